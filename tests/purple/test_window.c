/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a peer, a server or a protocol can make a window say. */
#include <check.h>
#include <string.h>

#include "talk.h"

#include <xmlnode.h>

Suite *window_suite(void);

#define FORGED                                                                 \
    "&lt;BR&gt;&lt;FONT COLOR=&quot;#16569E&quot;&gt;(12:00:01) alice:&lt;"    \
    "/FONT&gt; I never said this"

static host_line *
last_line(void)
{
    ck_assert_uint_gt(host_lines->len, 0);
    return g_ptr_array_index(host_lines, host_lines->len - 1);
}

static unsigned
count(const char *text, const char *what)
{
    unsigned n = 0;

    for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
        n++;
    return n;
}

/* What Pidgin counts before it takes markup away, escaped text included. */
static unsigned
tags_in(const host_line *l)
{
    char *linked = (l->flags & PURPLE_MESSAGE_NO_LINKIFY) != 0
                       ? g_strdup(l->text)
                       : purple_markup_linkify(l->text);
    unsigned n = count(linked, "<");

    g_free(linked);
    return n;
}

static void
type_many(const char *line, int n)
{
    GString *s = g_string_new(NULL);

    for (int i = 0; i < n; i++)
        g_string_append_printf(s, "%s%d<BR>", line, i);
    g_string_append(s, FORGED);
    host_forget_lines();
    host_type(host_bob, "alice", s->str);
    host_run(100);
    g_string_free(s, TRUE);
    ck_assert_uint_eq(
        host_count(host_alice, "I never said this", PURPLE_MESSAGE_RECV), 1);
}

START_TEST(many_tags_do_not_turn_text_into_markup)
{
    talk_start();
    type_many("line ", 120);
    ck_assert_uint_le(tags_in(last_line()), 90);
    ck_assert_ptr_nonnull(strstr(last_line()->text, "line 7\nline 8\n"));
    ck_assert_ptr_nonnull(strstr(last_line()->text, FORGED));
    type_many("http://x.org/", 60);
    ck_assert_uint_le(tags_in(last_line()), 90);
    type_many("<b>x</b> http://x.org/", 80);
    ck_assert_uint_le(tags_in(last_line()), 90);
    /* a few keep what they are */
    type_many("<b>x</b>", 20);
    ck_assert_ptr_nonnull(strstr(last_line()->text, "<b>x</b>7<br>"));
    host_stop();
}
END_TEST

START_TEST(every_line_of_open_text_is_marked)
{
    const char *text;

    talk_start();
    host_forget_lines();
    fake_deliver("alice", "bob",
                 "hi<br/>(12:00:01) <b>bob:</b> send<IMG SRC='x'>\nmoney", 0);
    text = last_line()->text;
    ck_assert_str_eq(text, "(not encrypted) hi<br>(not encrypted) (12:00:01) "
                           "<b>bob:</b> send<br>(not encrypted) money");
    host_stop();
}
END_TEST

START_TEST(open_text_with_many_tags_stays_marked_text)
{
    GString *s = g_string_new(NULL);

    talk_start();
    host_forget_lines();
    for (int i = 0; i < 120; i++)
        g_string_append(s, "<br>");
    g_string_append(s, FORGED);
    fake_deliver("alice", "bob", s->str, 0);
    ck_assert_uint_le(tags_in(last_line()), 90);
    ck_assert_ptr_nonnull(
        strstr(last_line()->text, "\n(not encrypted) " FORGED));
    g_string_free(s, TRUE);
    host_stop();
}
END_TEST

/* ---- OTR ----------------------------------------------------------------- */

static void
add_otr(void)
{
    static PurplePluginInfo info = {
        .magic = PURPLE_PLUGIN_MAGIC,
        .major_version = PURPLE_MAJOR_VERSION,
        .minor_version = PURPLE_MINOR_VERSION,
        .type = PURPLE_PLUGIN_STANDARD,
        .id = (char *)"otr",
        .name = (char *)"OTR",
        .version = (char *)"1",
    };
    PurplePlugin *plugin = purple_plugin_new(TRUE, NULL);

    plugin->info = &info;
    purple_plugin_register(plugin);
    ck_assert(purple_plugin_load(plugin));
}

START_TEST(text_for_otr_is_left_to_it_where_it_is_loaded)
{
    talk_start();
    fake_deliver("alice", "bob", "?OTR Error: send money", 0);
    ck_assert_str_eq(last_line()->text,
                     "(not encrypted) ?OTR Error: send money");
    add_otr();
    fake_deliver("alice", "bob", "?OTRv23?", 0);
    ck_assert_str_eq(last_line()->text, "?OTRv23?");
    host_stop();
}
END_TEST

START_TEST(a_line_of_ours_is_ours_whatever_stands_before_it)
{
    char *text;

    talk_start();
    add_otr();
    host_type(host_alice, "bob", "hello");
    host_run(50);
    text = g_strdup_printf(
        "?OTR %s", (char *)g_ptr_array_index(fake_wire, fake_wire->len - 1));
    host_forget_lines();
    fake_deliver("alice", "bob", text, 0);
    ck_assert_uint_eq(host_lines->len, 0);
    g_free(text);
    host_stop();
}
END_TEST

/* ---- raw lines ----------------------------------------------------------- */

START_TEST(a_line_is_hidden_whoever_writes_it)
{
    PurpleConvIm *im;
    PurpleConversation *conv;
    const char *line;

    talk_start();
    host_type(host_alice, "bob", "hello");
    line = g_ptr_array_index(fake_wire, fake_wire->len - 1);
    conv = host_conv(host_alice, "bob");
    im = PURPLE_CONV_IM(conv);
    host_forget_lines();
    purple_conv_im_write(im, "bob", line,
                         PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_DELAYED, 1);
    purple_conversation_write(conv, NULL, line, PURPLE_MESSAGE_SYSTEM, 1);
    purple_conversation_write(conv, NULL, line, PURPLE_MESSAGE_ERROR, 1);
    ck_assert_uint_eq(host_lines->len, 0);
    host_stop();
}
END_TEST

/* What a protocol took from a history, or another client of ours wrote. */
START_TEST(open_text_that_a_protocol_writes_itself_is_marked)
{
    PurpleConversation *conv;
    PurpleConvIm *im;

    talk_start();
    conv = host_conv(host_alice, "bob");
    im = PURPLE_CONV_IM(conv);
    purple_conv_im_write(im, "bob", "one<br>two",
                         PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_DELAYED, 1);
    ck_assert_str_eq(last_line()->text,
                     "(not encrypted) one<br>(not encrypted) two");
    purple_conversation_write(conv, "alice", "mine",
                              PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND,
                              1);
    ck_assert_str_eq(last_line()->text, "(not encrypted) mine");
    /* words that end in the invitation's mark are words */
    purple_conv_im_write(im, "bob", "pay here EIDERinvite1",
                         PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_DELAYED, 1);
    ck_assert_str_eq(last_line()->text,
                     "(not encrypted) pay here EIDERinvite1");
    purple_conversation_write(conv, "alice", "my EIDERinvite1",
                              PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_REMOTE_SEND,
                              1);
    ck_assert_str_eq(last_line()->text, "(not encrypted) my EIDERinvite1");
    /* once, and nothing that is private */
    fake_deliver("alice", "bob", "three", 0);
    ck_assert_str_eq(last_line()->text, "(not encrypted) three");
    talk_say(host_bob, "alice", "a secret", 1);
    ck_assert_str_eq(last_line()->text, "a secret");
    talk_say(host_alice, "bob", "another", 1);
    purple_conversation_write(conv, NULL, "bob has left",
                              PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_RECV, 1);
    ck_assert_str_eq(last_line()->text, "bob has left");
    conv = host_conv(host_alice, "carol");
    purple_conversation_write(conv, "carol", "open", PURPLE_MESSAGE_RECV, 1);
    ck_assert_str_eq(last_line()->text, "open");
    host_stop();
}
END_TEST

START_TEST(a_text_that_quotes_a_line_is_shown_on_both_sides)
{
    char *text;

    talk_start();
    host_type(host_alice, "bob", "hello");
    host_run(50);
    text = g_strdup_printf(
        "what is &lt;this&gt; %s",
        (char *)g_ptr_array_index(fake_wire, fake_wire->len - 1));
    talk_say(host_alice, "bob", text, 1);
    host_type(host_alice, "bob", "see www.x.org EIDERinvite1");
    ck_assert_uint_eq(
        host_count(host_alice, "> EIDERinvite1", PURPLE_MESSAGE_SEND), 1);
    host_forget_lines();
    host_type(host_alice, "carol", text);
    host_type(host_alice, "carol", "and EIDERinvite1");
    ck_assert_uint_eq(host_lines->len, 2);
    /* once: this is an echo of it that nobody typed */
    purple_conversation_write(host_conv(host_alice, "carol"), "alice", text,
                              PURPLE_MESSAGE_SEND, 1);
    ck_assert_uint_eq(host_lines->len, 2);
    g_free(text);
    host_stop();
}
END_TEST

static gboolean
emit_stanza(const char *type, const char *xml)
{
    xmlnode *node = xmlnode_from_str(xml, -1);
    gboolean handled = GPOINTER_TO_INT(purple_signal_emit_return_1(
        purple_plugins_find_with_id("prpl-jabber"), "jabber-receiving-message",
        purple_account_get_connection(host_alice), type, "id", "bob@x/y",
        "alice", node));

    xmlnode_free(node);
    return handled;
}

START_TEST(a_headline_that_is_a_line_is_shown_in_no_dialog)
{
    char *xml;

    talk_start();
    xml = g_strdup_printf(
        "<message type='headline'><body>%s</body></message>",
        (char *)g_ptr_array_index(fake_wire, fake_wire->len - 1));
    ck_assert(emit_stanza("headline", xml));
    ck_assert(!emit_stanza(
        "headline", "<message type='headline'><body>x</body></message>"));
    /* what the user wrote, and has to hear of */
    ck_assert(!emit_stanza("error", "<message type='error'><body>What is "
                                    "EIDERinvite1</body></message>"));
    g_free(xml);
    host_stop();
}
END_TEST

START_TEST(xmpp_that_is_loaded_again_is_watched_again)
{
    PurplePlugin *jabber;
    char *xml;

    talk_start();
    xml = g_strdup_printf(
        "<message type='error'><body>%s</body></message>",
        (char *)g_ptr_array_index(fake_wire, fake_wire->len - 1));
    jabber = purple_plugins_find_with_id("prpl-jabber");
    ck_assert(purple_plugin_unload(jabber));
    ck_assert(purple_plugin_load(jabber));
    ck_assert(emit_stanza("error", xml));
    g_free(xml);
    host_stop();
}
END_TEST

/* ---- our own lines ------------------------------------------------------- */

START_TEST(a_refusal_is_said_once)
{
    talk_start();
    host_forget_lines();
    host_type(host_alice, "bob", "<font></font>");
    ck_assert_uint_eq(host_lines->len, 1);
    ck_assert_uint_eq(
        host_count(host_alice, "was not sent", PURPLE_MESSAGE_SYSTEM), 1);
    host_forget_lines();
    host_type(host_alice, "bob", "<IMG ID=\"1\">");
    ck_assert_uint_eq(host_lines->len, 1);
    host_stop();
}
END_TEST

START_TEST(a_name_cannot_break_or_turn_our_line)
{
    const char *text;

    talk_start();
    purple_blist_alias_buddy(purple_find_buddy(host_alice, "bob"),
                             "b\342\200\256ob\n(12:00) alice: x\342\200\250y");
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider status"));
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    for (guint i = 0; i < host_lines->len; i++) {
        text = ((host_line *)host_lines->pdata[i])->text;
        ck_assert_msg(strstr(text, "bob (12:00) alice: x y") != NULL, "%s",
                      text);
    }
    ck_assert_uint_eq(host_lines->len, 2);
    host_stop();
}
END_TEST

START_TEST(no_text_is_from_the_future)
{
    char *line;

    talk_start();
    fake.loses = true;
    host_type(host_bob, "alice", "late");
    fake.loses = false;
    line = g_strdup(g_ptr_array_index(fake_wire, fake_wire->len - 1));
    host_forget_lines();
    emit_stanza("chat", "<message><body>x</body><delay xmlns='urn:xmpp:delay' "
                        "stamp='2038-01-01T00:00:00Z'/></message>");
    fake_deliver("alice", "bob", line, 0);
    ck_assert_uint_eq(host_count(host_alice, "late", PURPLE_MESSAGE_RECV), 1);
    ck_assert_int_le(last_line()->when, time(NULL));
    g_free(line);
    host_stop();
}
END_TEST

Suite *
window_suite(void)
{
    Suite *s = suite_create("window");
    TCase *t = tcase_create("window");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, many_tags_do_not_turn_text_into_markup);
    tcase_add_test(t, every_line_of_open_text_is_marked);
    tcase_add_test(t, open_text_with_many_tags_stays_marked_text);
    tcase_add_test(t, text_for_otr_is_left_to_it_where_it_is_loaded);
    tcase_add_test(t, a_line_of_ours_is_ours_whatever_stands_before_it);
    tcase_add_test(t, a_line_is_hidden_whoever_writes_it);
    tcase_add_test(t, open_text_that_a_protocol_writes_itself_is_marked);
    tcase_add_test(t, a_text_that_quotes_a_line_is_shown_on_both_sides);
    tcase_add_test(t, a_headline_that_is_a_line_is_shown_in_no_dialog);
    tcase_add_test(t, xmpp_that_is_loaded_again_is_watched_again);
    tcase_add_test(t, a_refusal_is_said_once);
    tcase_add_test(t, a_name_cannot_break_or_turn_our_line);
    tcase_add_test(t, no_text_is_from_the_future);
    suite_add_tcase(s, t);
    return s;
}
