/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody private under another name, and other ways past the choice. */
#include <check.h>
#include <string.h>

#include "talk.h"

Suite *disguise_suite(void);

static PurpleConnection *
alice_gc(void)
{
    return purple_account_get_connection(host_alice);
}

static void
start(const char *id)
{
    host_start(id);
    host_load();
    talk_meet();
    host_forget_lines();
    g_ptr_array_set_size(fake_wire, 0);
}

/* Typed, sent past the window, as /me: it stays, and that is said once each. */
static void
assert_refused(const char *who, const char *why)
{
    char *marker = g_strdup(talk_marker());

    host_forget_lines();
    host_type(host_alice, who, marker);
    ck_assert_uint_eq(host_count(host_alice, why, PURPLE_MESSAGE_SYSTEM), 1);
    ck_assert_uint_eq(host_lines->len, 1);
    ck_assert_int_lt(serv_send_im(alice_gc(), who, marker, 0), 0);
    if (strcmp(purple_account_get_protocol_id(host_alice), "prpl-irc") == 0)
        fake_action(host_alice, who, marker);
    host_run(50);
    ck_assert_msg(!fake_wire_has(marker), "to \"%s\"", who);
    ck_assert_uint_eq(host_count(host_alice, marker, PURPLE_MESSAGE_SEND), 0);
    g_free(marker);
}

static void
assert_open(const char *who)
{
    char *marker = g_strdup(talk_marker());

    host_type(host_alice, who, marker);
    ck_assert_msg(fake_wire_has(marker), "to \"%s\"", who);
    g_free(marker);
}

/* ---- a new nick ---------------------------------------------------------- */

START_TEST(a_new_nick_is_not_written_to_openly)
{
    PurpleConversation *conv;

    start("prpl-irc");
    conv = host_conv(host_alice, "bob");
    purple_conversation_set_name(conv, "bobby");
    assert_refused("bobby", "was called bob");
    purple_conversation_set_name(conv, "robert");
    assert_refused("robert", "was called bob");
    /* nor in a window of its own */
    purple_conversation_destroy(conv);
    assert_refused("robert", "was called bob");
    host_stop();
}
END_TEST

START_TEST(an_earlier_off_is_none_for_who_takes_the_nick_now)
{
    start("prpl-irc");
    ck_assert(host_command(host_alice, "eve", "eider off"));
    purple_conversation_destroy(host_conv(host_alice, "eve"));
    purple_conversation_set_name(host_conv(host_alice, "bob"), "eve");
    assert_refused("eve", "was called bob");
    host_stop();
}
END_TEST

START_TEST(off_settles_a_new_nick)
{
    start("prpl-irc");
    purple_conversation_set_name(host_conv(host_alice, "bob"), "bobby");
    assert_refused("bobby", "was called bob");
    ck_assert(host_command(host_alice, "bobby", "eider off"));
    assert_open("bobby");
    host_stop();
}
END_TEST

START_TEST(on_settles_a_new_nick)
{
    char *marker = g_strdup(talk_marker());

    start("prpl-irc");
    purple_conversation_set_name(host_conv(host_alice, "bob"), "bobby");
    ck_assert(host_command(host_alice, "bobby", "eider on"));
    host_type(host_alice, "bobby", marker);
    ck_assert_str_eq(host_status(host_alice, "bobby", "waiting"), "1");
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(the_old_nick_is_as_it_was)
{
    char *marker = g_strdup(talk_marker());
    PurpleConversation *conv;

    start("prpl-irc");
    conv = host_conv(host_alice, "bob");
    purple_conversation_set_name(conv, "bobby");
    purple_conversation_set_name(conv, "bob");
    talk_say(host_alice, "bob", marker, 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(the_new_nick_of_somebody_open_is_open)
{
    start("prpl-irc");
    purple_conversation_set_name(host_conv(host_alice, "carol"), "caro");
    assert_open("caro");
    host_stop();
}
END_TEST

START_TEST(nothing_else_goes_to_a_new_nick_either)
{
    start("prpl-irc");
    purple_conversation_set_name(host_conv(host_alice, "bob"), "bobby");
    fake_typings = 0;
    serv_send_typing(alice_gc(), "bobby", PURPLE_TYPING);
    serv_send_file(alice_gc(), "bobby", "/tmp/f");
    purple_prpl_send_attention(alice_gc(), "bobby", 0);
    fake_prpl.chat_whisper(alice_gc(), 1, "bobby", "psst");
    ck_assert_int_eq(fake_typings + fake_files + fake_attentions, 0);
    ck_assert_int_eq(fake_whispers, 0);
    ck_assert_uint_eq(
        host_count(host_alice, "was called bob", PURPLE_MESSAGE_SYSTEM), 3);
    ck_assert_uint_eq(host_questions(), 0);
    host_stop();
}
END_TEST

/* ---- spellings ----------------------------------------------------------- */

START_TEST(another_spelling_of_a_nick_is_not_written_to_openly)
{
    static const char *const names[] = {
        "@bob",      "+bob",      "%bob",    "bob ",    " bob",  "bob,carol",
        "carol,Bob", "carol bob", "bob!u@h", "bob@irc", "~&@bob"};

    start("prpl-irc");
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        assert_refused(names[i], "may be bob");
    assert_open("bobby");
    assert_open("carol");
    assert_open("#bob");
    /* the user knows better */
    ck_assert(host_command(host_alice, "@bob", "eider off"));
    assert_open("@bob");
    assert_refused("+bob", "may be bob");
    host_stop();
}
END_TEST

START_TEST(case_is_as_irc_has_it)
{
    start("prpl-irc");
    fake.loses = true;
    ck_assert(host_command(host_alice, "d[]x\\", "eider on"));
    assert_refused("d{]X|", "may be d[]x");
    assert_refused("D{}x|", "may be d[]x");
    assert_open("d()x");
    host_stop();
}
END_TEST

START_TEST(another_spelling_of_an_address_is_not_written_to_openly)
{
    static const char *const names[] = {"bob@x ", " Bob@x", "bob@x.",
                                        "xmpp:bob@x", "bob@x./home"};

    start("prpl-fake");
    fake.loses = true;
    ck_assert(host_command(host_alice, "bob@x", "eider on"));
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        assert_refused(names[i], "may be bob@x");
    assert_open("bob@xy");
    assert_open("bo,bob@x");
    host_stop();
}
END_TEST

/* ---- rooms --------------------------------------------------------------- */

START_TEST(somebody_of_a_room_stays_private_when_we_have_left_it)
{
    start("prpl-fake");
    fake.loses = true;
    ck_assert(host_command(host_alice, "room@x/bob", "eider on"));
    fake.has_left_room = true;
    assert_refused("room@x/bob", "Join it again");
    ck_assert_int_eq(serv_send_im(alice_gc(), "room@x/carol", "hi", 0), 1);
    /* the name that off would be kept under is everybody's there */
    ck_assert(host_command(host_alice, "room@x/bob", "eider off"));
    assert_refused("room@x/bob", "Join it again");
    host_stop();
}
END_TEST

START_TEST(the_text_of_an_invitation_stays_at_home)
{
    start("prpl-fake");
    serv_got_joined_chat(alice_gc(), 1, "room@x");
    serv_chat_invite(alice_gc(), 1, "secret", "bob");
    ck_assert_int_eq(fake_invitations, 1);
    ck_assert(!fake_wire_has("secret"));
    ck_assert_uint_eq(
        host_count(host_alice, "without your text", PURPLE_MESSAGE_SYSTEM), 1);
    serv_chat_invite(alice_gc(), 1, NULL, "bob");
    serv_chat_invite(alice_gc(), 1, "come", "carol");
    ck_assert_int_eq(fake_invitations, 3);
    ck_assert(fake_wire_has("come"));
    ck_assert_uint_eq(
        host_count(host_alice, "without your text", PURPLE_MESSAGE_SYSTEM), 1);
    host_stop();
}
END_TEST

START_TEST(the_text_of_a_request_stays_at_home)
{
    PurpleBuddy *bob, *dave;
    GList *both;

    start("prpl-fake");
    bob = purple_find_buddy(host_alice, "bob");
    dave = purple_buddy_new(host_alice, "dave", NULL);
    purple_blist_add_buddy(dave, NULL, NULL, NULL);
    purple_account_add_buddy_with_invite(host_alice, bob, "secret");
    ck_assert(!fake_wire_has("secret"));
    purple_account_add_buddy_with_invite(host_alice, dave, "hello");
    ck_assert(fake_wire_has("hello"));
    ck_assert_int_eq(fake_invitations, 2);
    g_ptr_array_set_size(fake_wire, 0);
    both = g_list_append(g_list_append(NULL, dave), bob);
    purple_account_add_buddies_with_invite(host_alice, both, "secret");
    ck_assert_int_eq(fake_invitations, 4);
    ck_assert(!fake_wire_has("secret"));
    g_list_free(both);
    host_stop();
}
END_TEST

/* ---- an account that is renamed ------------------------------------------ */

START_TEST(a_renamed_account_does_not_write_openly)
{
    start("prpl-fake");
    purple_account_set_username(host_alice, "alice2");
    assert_refused("bob", "another name");
    purple_account_set_username(host_alice, "alice3");
    assert_refused("bob", "another name");
    assert_refused("bob ", "may be bob");
    assert_open("carol");
    /* remembered with the account, and not cleared with its settings */
    host_unload();
    purple_account_clear_settings(host_alice);
    host_load();
    assert_refused("bob", "another name");
    ck_assert(host_command(host_alice, "bob", "eider off"));
    assert_open("bob");
    host_stop();
}
END_TEST

/* ---- plugins around us --------------------------------------------------- */

static gboolean
other_load(PurplePlugin *plugin)
{
    (void)plugin;
    return TRUE;
}

static int (*found)(PurpleConnection *, const char *, const char *,
                    PurpleMessageFlags);

static gboolean
other_unload(PurplePlugin *plugin)
{
    (void)plugin;
    fake_prpl.send_im = found;
    return TRUE;
}

START_TEST(one_that_came_before_us_and_goes_does_not_put_us_out)
{
    static PurplePluginInfo info = {
        .magic = PURPLE_PLUGIN_MAGIC,
        .major_version = PURPLE_MAJOR_VERSION,
        .minor_version = PURPLE_MINOR_VERSION,
        .type = PURPLE_PLUGIN_STANDARD,
        .id = (char *)"other",
        .name = (char *)"Other",
        .version = (char *)"1",
        .load = other_load,
        .unload = other_unload,
    };
    PurplePlugin *other;

    host_start("prpl-fake");
    found = fake_prpl.send_im;
    other = purple_plugin_new(TRUE, NULL);
    other->info = &info;
    purple_plugin_register(other);
    purple_plugin_load(other);
    /* Never called: only where it comes from counts, another library. */
    fake_prpl.send_im = serv_send_im;
    host_load();
    ck_assert(host_command(host_alice, "bob", "eider on"));
    purple_plugin_unload(other);
    ck_assert(fake_prpl.send_im != found);
    host_type(host_alice, "bob", "secret");
    host_run(50);
    ck_assert(!fake_wire_has("secret"));
    assert_open("carol");
    host_unload();
    ck_assert(fake_prpl.send_im == found);
    host_stop();
}
END_TEST

START_TEST(a_slot_that_was_put_back_is_taken_again)
{
    start("prpl-fake");
    found = NULL;
    host_unload();
    found = fake_prpl.send_im;
    host_load();
    fake_prpl.send_im = found;
    purple_signal_emit(purple_plugins_get_handle(), "plugin-load",
                       purple_plugins_find_with_id("core-eider"));
    assert_open("carol");
    host_type(host_alice, "bob", "secret");
    host_run(50);
    ck_assert(!fake_wire_has("secret"));
    host_stop();
}
END_TEST

/* ---- after an unload ----------------------------------------------------- */

static PurpleMenuAction *
find_item(GList *menu, const char *label)
{
    for (GList *l = menu; l != NULL; l = l->next) {
        PurpleMenuAction *a = l->data, *inner;

        if (strcmp(a->label, label) == 0)
            return a;
        inner = find_item(a->children, label);
        if (inner != NULL)
            return inner;
    }
    return NULL;
}

START_TEST(a_menu_left_open_starts_nothing_after_an_unload)
{
    PurpleConversation *conv;
    PurpleMenuAction *off;
    GList *menu = NULL;

    start("prpl-fake");
    conv = host_conv(host_alice, "bob");
    purple_signal_emit(purple_conversations_get_handle(),
                       "conversation-extended-menu", conv, &menu);
    off = find_item(menu, "Turn privacy _off");
    ck_assert_ptr_nonnull(off);
    host_unload();
    host_run(20);
    ((void (*)(PurpleConversation *, gpointer))off->callback)(conv, off->data);
    host_load();
    ck_assert_str_eq(host_status(host_alice, "bob", "private"), "1");
    host_stop();
}
END_TEST

Suite *
disguise_suite(void)
{
    Suite *s = suite_create("disguise");
    TCase *t = tcase_create("disguise");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_new_nick_is_not_written_to_openly);
    tcase_add_test(t, an_earlier_off_is_none_for_who_takes_the_nick_now);
    tcase_add_test(t, off_settles_a_new_nick);
    tcase_add_test(t, on_settles_a_new_nick);
    tcase_add_test(t, the_old_nick_is_as_it_was);
    tcase_add_test(t, the_new_nick_of_somebody_open_is_open);
    tcase_add_test(t, nothing_else_goes_to_a_new_nick_either);
    tcase_add_test(t, another_spelling_of_a_nick_is_not_written_to_openly);
    tcase_add_test(t, case_is_as_irc_has_it);
    tcase_add_test(t, another_spelling_of_an_address_is_not_written_to_openly);
    tcase_add_test(t, somebody_of_a_room_stays_private_when_we_have_left_it);
    tcase_add_test(t, the_text_of_an_invitation_stays_at_home);
    tcase_add_test(t, the_text_of_a_request_stays_at_home);
    tcase_add_test(t, a_renamed_account_does_not_write_openly);
    tcase_add_test(t, one_that_came_before_us_and_goes_does_not_put_us_out);
    tcase_add_test(t, a_slot_that_was_put_back_is_taken_again);
    tcase_add_test(t, a_menu_left_open_starts_nothing_after_an_unload);
    suite_add_tcase(s, t);
    return s;
}
