/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client tells by itself, where only a protocol's switch stops it. */
#include <check.h>
#include <string.h>
#include <xmlnode.h>

#include "talk.h"

Suite *hygiene_suite(void);

static void
add_options(void)
{
    fake_prpl.protocol_options =
        g_list_append(fake_prpl.protocol_options,
                      purple_account_option_bool_new("r", "mark-read", TRUE));
    fake_prpl.protocol_options = g_list_append(
        fake_prpl.protocol_options,
        purple_account_option_string_new("s", "send-receipt", "immediately"));
}

START_TEST(read_receipts_are_turned_off_once)
{
    host_start("prpl-fake");
    host_load();
    add_options();
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider on"));
    ck_assert(!purple_account_get_bool(host_alice, "mark-read", TRUE));
    ck_assert_str_eq(purple_account_get_string(host_alice, "send-receipt", ""),
                     "never");
    ck_assert_uint_eq(host_count(host_alice, "Read receipts of this account",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    /* What the user says after that, stays. */
    purple_account_set_bool(host_alice, "mark-read", TRUE);
    ck_assert(host_command(host_alice, "bob", "eider off"));
    ck_assert(host_command(host_alice, "bob", "eider on"));
    ck_assert(purple_account_get_bool(host_alice, "mark-read", FALSE));
}
END_TEST

START_TEST(open_contacts_change_no_switch)
{
    host_start("prpl-fake");
    host_load();
    add_options();
    host_type(host_alice, "bob", "hello");
    ck_assert(host_command(host_alice, "bob", "eider off"));
    ck_assert(purple_account_get_bool(host_alice, "mark-read", TRUE));
}
END_TEST

/* ---- IRC ------------------------------------------------------------------ */

/* What prpl-irc reads in the place of @line. */
static const char *
seen_by_irc(const char *line)
{
    static char text[512];
    char *p = text;

    g_strlcpy(text, line, sizeof text);
    purple_signal_emit(purple_find_prpl("prpl-irc"), "irc-receiving-text",
                       purple_account_get_connection(host_alice), &p);
    return p;
}

START_TEST(only_the_beginning_of_a_text_makes_it_a_question)
{
    static const char *const questions[] = {
        ":bob!b@host PRIVMSG alice :\001VERSION\001",
        ":bob!b@host privmsg alice :\001PING 17\001",
        ":bob!b@host PRIVMSG alice :\001ping\001"};
    static const char *const others[] = {
        /* a text that quotes one; words in the place of a name */
        ":bob!b@host PRIVMSG alice :look: :\001VERSION\001",
        ":bob!b@host PRIVMSG alice :they sent :\001PING 17\001",
        ":bob!b@host PRIVMSG alice :\001ACTION waves :\001VERSION\001",
        ":bob!b@host NOTICE alice :\001VERSION\001",
        ":carol!c@host PRIVMSG alice :\001VERSION\001"}; /* not private */

    host_start("prpl-irc");
    purple_signal_register(
        purple_find_prpl("prpl-irc"), "irc-receiving-text",
        purple_marshal_VOID__POINTER_POINTER, NULL, 2,
        purple_value_new(PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_CONNECTION),
        purple_value_new_outgoing(PURPLE_TYPE_STRING));
    host_load();
    ck_assert(host_command(host_alice, "bob", "eider on"));
    for (size_t i = 0; i < G_N_ELEMENTS(questions); i++)
        ck_assert_str_eq(seen_by_irc(questions[i]), ":eider PONG eider :eider");
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        ck_assert_str_eq(seen_by_irc(others[i]), others[i]);
    host_stop();
}
END_TEST

/* ---- XMPP ------------------------------------------------------------------ */

/* What is left of a message that prpl-jabber sends to @to; g_free(). */
static char *
sent_by_xmpp(const char *to, const char *body, const char *more)
{
    char *xml = g_strdup_printf("<message type='chat' to='%s'><body>%s</body>"
                                "%s</message>",
                                to, body, more);
    xmlnode *message = xmlnode_from_str(xml, -1);
    char *out;

    ck_assert_ptr_nonnull(message);
    purple_signal_emit(purple_find_prpl("prpl-jabber"),
                       "jabber-sending-xmlnode",
                       purple_account_get_connection(host_alice), &message);
    out = xmlnode_to_str(message, NULL);
    xmlnode_free(message);
    g_free(xml);
    return out;
}

/* A smiley of the user's own that is called "ok" stands in a line by chance:
 * prpl-jabber sends the line a second time, in which pictures are named that
 * the other side fetches, in a window that it opens for them. */
START_TEST(a_line_goes_without_smileys_that_stand_in_it_by_chance)
{
    static const char html[] =
        "<html xmlns='http://jabber.org/protocol/xhtml-im'><body "
        "xmlns='http://www.w3.org/1999/xhtml'>EIDERS0<img alt='ok' "
        "src='cid:sha1+1@bob.xmpp.org'/></body></html>";
    static const char invitation[] =
        "I would like to talk privately with Eider, a plugin for Pidgin. "
        "If you have it, nothing is to be done. EIDERinvite1";
    static const char *const names[] = {"bob", "carol"};
    const char *line = NULL;
    char *out;

    host_start("prpl-jabber");
    purple_signal_register(
        purple_find_prpl("prpl-jabber"), "jabber-sending-xmlnode",
        purple_marshal_VOID__POINTER_POINTER, NULL, 2,
        purple_value_new(PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_CONNECTION),
        purple_value_new_outgoing(PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_XMLNODE));
    host_load();
    talk_meet();
    line = g_ptr_array_index(fake_wire, fake_wire->len - 1);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        out = sent_by_xmpp(names[i], line, html);
        ck_assert_ptr_nonnull(strstr(out, line));
        ck_assert_ptr_null(strstr(out, "<html"));
        g_free(out);
        out = sent_by_xmpp(names[i], invitation, html);
        ck_assert_ptr_null(strstr(out, "<html"));
        g_free(out);
        out = sent_by_xmpp(names[i], "a text", html);
        ck_assert_ptr_nonnull(strstr(out, "<html"));
        g_free(out);
    }
    host_stop();
}
END_TEST

Suite *
hygiene_suite(void)
{
    Suite *s = suite_create("hygiene");
    TCase *tc = tcase_create("hygiene");

    tcase_add_test(tc, read_receipts_are_turned_off_once);
    tcase_add_test(tc, open_contacts_change_no_switch);
    tcase_add_test(tc, only_the_beginning_of_a_text_makes_it_a_question);
    tcase_add_test(tc, a_line_goes_without_smileys_that_stand_in_it_by_chance);
    suite_add_tcase(s, tc);
    return s;
}
