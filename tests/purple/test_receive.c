/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What arrives besides texts of a session. */
#include <check.h>
#include <string.h>

#include "talk.h"

#include <xmlnode.h>

Suite *receive_suite(void);

#define INVITATION                                                             \
    "I would like to talk privately with Eider, a plugin for Pidgin. If you "  \
    "have it, nothing is to be done. EIDERinvite1"

START_TEST(open_text_of_a_private_contact_is_marked)
{
    talk_start();
    fake_deliver("alice", "bob", "<b>plain</b>", 0);
    ck_assert_uint_eq(host_count(host_alice, "(not encrypted) <b>plain</b>",
                                 PURPLE_MESSAGE_RECV),
                      1);
    fake_deliver("alice", "carol", "as ever", 0);
    ck_assert_uint_eq(
        host_count(host_alice, "(not encrypted) as ever", PURPLE_MESSAGE_RECV),
        0);
    ck_assert_uint_eq(host_count(host_alice, "as ever", PURPLE_MESSAGE_RECV),
                      1);
    host_stop();
}
END_TEST

START_TEST(control_traffic_opens_no_window)
{
    host_start("prpl-fake");
    host_load();
    ck_assert(host_command(host_alice, "bob", "eider on"));
    host_run(500);
    ck_assert_uint_ge(fake_wire->len, 10);
    ck_assert_ptr_null(purple_find_conversation_with_account(
        PURPLE_CONV_TYPE_IM, "alice", host_bob));
    ck_assert_uint_eq(host_notices->len, 0);
    host_stop();
}
END_TEST

START_TEST(a_stranger_gets_no_answer_and_costs_one_line)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    talk_start();
    /* bob's lines, as if a stranger had copied them */
    for (guint i = 0; i < fake_wire->len; i++)
        g_ptr_array_add(lines, g_strdup(g_ptr_array_index(fake_wire, i)));
    host_forget_lines();
    g_ptr_array_set_size(fake_wire, 0);
    for (guint i = 0; i < lines->len; i++)
        fake_deliver("alice", "mallory", g_ptr_array_index(lines, i), 0);
    host_run(100);
    ck_assert_uint_eq(fake_wire->len, 0);
    ck_assert_uint_le(host_notices->len, 1);
    for (guint i = 0; i < host_lines->len; i++)
        ck_assert_ptr_null(
            strstr(((host_line *)host_lines->pdata[i])->text, "EIDERS"));
    g_ptr_array_free(lines, TRUE);
    host_stop();
}
END_TEST

START_TEST(an_echo_of_our_line_is_hidden)
{
    PurpleConversation *conv;
    char *line, *wrapped;

    talk_start();
    host_type(host_alice, "bob", "hello");
    line = g_strdup(g_ptr_array_index(fake_wire, fake_wire->len - 1));
    wrapped = g_strdup_printf("<p>%s</p>", line);
    conv = host_conv(host_alice, "bob");
    host_forget_lines();
    /* a carbon of another client, an echo of the server, the invitation */
    purple_conversation_write(conv, "alice", wrapped,
                              PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND,
                              time(NULL));
    purple_conv_im_write(PURPLE_CONV_IM(conv), "alice", line,
                         PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_DELAYED,
                         time(NULL));
    purple_conversation_write(conv, "alice", INVITATION, PURPLE_MESSAGE_SEND,
                              time(NULL));
    ck_assert_uint_eq(host_lines->len, 0);
    purple_conversation_write(conv, "alice", "mine", PURPLE_MESSAGE_SEND,
                              time(NULL));
    ck_assert_uint_eq(host_lines->len, 1);
    g_free(line);
    g_free(wrapped);
    host_stop();
}
END_TEST

/* Lines in @who's windows that hold @text. */
static unsigned
count_with(const char *who, const char *text)
{
    unsigned n = 0;

    for (guint i = 0; i < host_lines->len; i++) {
        const host_line *l = g_ptr_array_index(host_lines, i);

        n += strcmp(l->account, "alice") == 0 && strcmp(l->who, who) == 0 &&
             strstr(l->text, text) != NULL;
    }
    return n;
}

static void
take_file(PurpleXfer *xfer G_GNUC_UNUSED)
{
}

static void
offer_file(const char *who)
{
    PurpleXfer *xfer = purple_xfer_new(host_alice, PURPLE_XFER_RECEIVE, who);

    purple_xfer_set_init_fnc(xfer, take_file);
    purple_xfer_set_filename(xfer, "cat.png");
    purple_xfer_set_size(xfer, 7);
    purple_xfer_request(xfer);
    purple_xfer_unref(xfer);
}

START_TEST(a_file_offered_by_a_private_contact_is_marked)
{
    talk_start();
    host_conv(host_alice, "carol");
    host_forget_lines();
    offer_file("carol");
    ck_assert_uint_ge(count_with("carol", "cat.png"), 1);
    ck_assert_uint_eq(count_with("carol", "(not encrypted)"), 0);
    offer_file("bob");
    ck_assert_uint_eq(count_with("bob", "(not encrypted) bob offers a file."),
                      1);
    host_stop();
}
END_TEST

START_TEST(a_private_contact_that_asks_for_attention_is_marked)
{
    PurpleConnection *gc;

    talk_start();
    gc = purple_account_get_connection(host_alice);
    host_forget_lines();
    purple_prpl_got_attention(gc, "carol", 0);
    ck_assert_uint_ge(count_with("carol", "attention"), 1);
    ck_assert_uint_eq(count_with("carol", "(not encrypted)"), 0);
    purple_prpl_got_attention(gc, "bob", 0);
    ck_assert_uint_eq(
        count_with("bob", "(not encrypted) They ask for attention."), 1);
    host_stop();
}
END_TEST

/* ---- XMPP ---------------------------------------------------------------- */

static gboolean
emit_stanza(PurpleAccount *account, const char *type, const char *xml)
{
    xmlnode *node = xmlnode_from_str(xml, -1);
    PurplePlugin *jabber = purple_plugins_find_with_id("prpl-jabber");
    gboolean handled;

    ck_assert_ptr_nonnull(node);
    ck_assert_ptr_nonnull(jabber);
    handled = GPOINTER_TO_INT(
        purple_signal_emit_return_1(jabber, "jabber-receiving-message",
                                    purple_account_get_connection(account),
                                    type, "id", "bob@x/y", "alice", node));
    xmlnode_free(node);
    return handled;
}

START_TEST(a_late_invitation_is_not_answered)
{
    host_start("prpl-fake");
    host_load();
    emit_stanza(host_bob, "chat",
                "<message><body>x</body><delay xmlns='urn:xmpp:delay' "
                "stamp='2020-01-01T00:00:00Z'/></message>");
    fake_deliver("bob", "alice", INVITATION, 0);
    host_run(200);
    ck_assert_uint_eq(fake_wire->len, 0);
    emit_stanza(host_bob, "chat", "<message><body>x</body></message>");
    fake_deliver("bob", "alice", INVITATION, 0);
    host_run(200);
    ck_assert_uint_ge(fake_wire->len, 5);
    host_stop();
}
END_TEST

START_TEST(a_line_that_bounces_is_shown_in_no_dialog)
{
    char *xml;

    talk_start();
    xml = g_strdup_printf(
        "<message type='error'><body>%s</body></message>",
        (char *)g_ptr_array_index(fake_wire, fake_wire->len - 1));
    ck_assert(emit_stanza(host_alice, "error", xml));
    ck_assert(
        !emit_stanza(host_alice, "error",
                     "<message type='error'><body>mine</body></message>"));
    ck_assert(!emit_stanza(host_alice, "error", "<message type='error'/>"));
    g_free(xml);
    host_stop();
}
END_TEST

/* ---- commands ------------------------------------------------------------ */

START_TEST(the_commands_answer)
{
    talk_start();
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider"));
    ck_assert(host_command(host_alice, "bob", "eider nonsense"));
    ck_assert_uint_eq(
        host_count(host_alice, "/eider cancel", PURPLE_MESSAGE_SYSTEM), 2);
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    ck_assert_uint_eq(
        host_count(host_alice, "You (alice): ", PURPLE_MESSAGE_NO_LOG), 1);
    ck_assert(host_command(host_alice, "bob", "eider status"));
    ck_assert_uint_eq(host_count(host_alice,
                                 "\neider: state=private choice=on private=1 "
                                 "waiting=0 sent=0 delivered=0 devices=1 "
                                 "candidates=0 session=1 "
                                 "default=auto",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    ck_assert_str_eq(host_status(host_alice, "bob", "state"), "private");
    host_stop();
}
END_TEST

START_TEST(the_status_counts_texts)
{
    talk_start();
    host_type(host_alice, "bob", "hello");
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "0");
    ck_assert_str_eq(host_status(host_alice, "bob", "sent"), "1");
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider status"));
    ck_assert_uint_eq(host_count(host_alice,
                                 "1 text sent, not delivered yet.\nYour "
                                 "texts: 0 waiting, 1 sent, 0 delivered.\n",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    host_stop();
}
END_TEST

/* A menu as a client builds it: the words, and pressing one. */
static bool
press(GList *menu, const char *label, gpointer object)
{
    for (GList *l = menu; l != NULL; l = l->next) {
        PurpleMenuAction *a = l->data;

        if (strcmp(a->label, label) == 0 && a->callback != NULL) {
            ((void (*)(gpointer, gpointer))a->callback)(object, a->data);
            return true;
        }
        if (press(a->children, label, object))
            return true;
    }
    return false;
}

static void
free_menu(GList *menu)
{
    for (GList *l = menu; l != NULL; l = l->next) {
        PurpleMenuAction *a = l->data;

        free_menu(a->children);
        a->children = NULL;
        purple_menu_action_free(a);
    }
    g_list_free(menu);
}

START_TEST(the_menus_turn_it_on_and_off)
{
    PurpleBuddy *bob;
    PurpleConversation *conv;
    GList *menu = NULL;

    talk_start();
    bob = purple_find_buddy(host_alice, "bob");
    conv = host_conv(host_alice, "bob");
    purple_signal_emit(purple_blist_get_handle(), "blist-node-extended-menu",
                       bob, &menu);
    ck_assert(press(menu, "Turn privacy _off", bob));
    free_menu(menu);
    ck_assert_str_eq(host_status(host_alice, "bob", "choice"), "off");
    menu = NULL;
    purple_signal_emit(purple_conversations_get_handle(),
                       "conversation-extended-menu", conv, &menu);
    ck_assert(press(menu, "Talk _privately", conv));
    ck_assert(press(menu, "_Fingerprints...", conv));
    free_menu(menu);
    ck_assert_str_eq(host_status(host_alice, "bob", "choice"), "on");
    ck_assert(host_has_notice("Fingerprints"));
    host_stop();
}
END_TEST

Suite *
receive_suite(void)
{
    Suite *s = suite_create("receive");
    TCase *t = tcase_create("texts");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, open_text_of_a_private_contact_is_marked);
    tcase_add_test(t, control_traffic_opens_no_window);
    tcase_add_test(t, a_stranger_gets_no_answer_and_costs_one_line);
    tcase_add_test(t, an_echo_of_our_line_is_hidden);
    suite_add_tcase(s, t);

    t = tcase_create("marks");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_file_offered_by_a_private_contact_is_marked);
    tcase_add_test(t, a_private_contact_that_asks_for_attention_is_marked);
    suite_add_tcase(s, t);

    t = tcase_create("xmpp");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_late_invitation_is_not_answered);
    tcase_add_test(t, a_line_that_bounces_is_shown_in_no_dialog);
    suite_add_tcase(s, t);

    t = tcase_create("commands");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_commands_answer);
    tcase_add_test(t, the_status_counts_texts);
    tcase_add_test(t, the_menus_turn_it_on_and_off);
    suite_add_tcase(s, t);
    return s;
}
