/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ways of prpl-irc around send_im, and its automatic answers. */
#include <check.h>
#include <string.h>

#include "talk.h"

Suite *irc_suite(void);

static void
start_irc(void)
{
    host_start("prpl-irc");
    host_load();
    talk_meet();
    g_ptr_array_set_size(fake_wire, 0);
}

START_TEST(me_goes_through_the_engine)
{
    char *marker = g_strdup(talk_marker());
    char *text = g_strdup_printf("waves <%s> & goes", marker);
    char *want = g_strdup_printf("/me waves &lt;%s&gt; &amp; goes", marker);

    start_irc();
    fake_action(host_alice, "bob", text);
    host_run(100);
    ck_assert_uint_eq(host_count(host_alice, want, PURPLE_MESSAGE_SEND), 1);
    ck_assert_uint_eq(host_count(host_bob, want, PURPLE_MESSAGE_RECV), 1);
    talk_assert_clean(marker);
    fake_action(host_alice, "carol", "nods");
    ck_assert(fake_wire_has("/me nods"));
    host_stop();
    g_free(marker);
    g_free(text);
    g_free(want);
}
END_TEST

START_TEST(msg_and_query_go_through_the_engine)
{
    static const char *const commands[] = {"msg", "query"};
    char *marker = g_strdup(talk_marker());
    char *line = g_strdup_printf("%s bob %s <3", commands[_i], marker);

    start_irc();
    /* said in another window, while none with bob is open */
    purple_conversation_destroy(host_conv(host_alice, "bob"));
    ck_assert(host_command(host_alice, "carol", line));
    host_run(100);
    ck_assert_uint_eq(host_count(host_bob, marker, PURPLE_MESSAGE_RECV), 1);
    ck_assert_uint_ge(host_count(host_alice, marker,
                                 PURPLE_MESSAGE_SEND | PURPLE_MESSAGE_SYSTEM),
                      1);
    talk_assert_clean(marker);
    host_stop();
    g_free(line);
    g_free(marker);
}
END_TEST

START_TEST(what_cannot_be_encrypted_is_refused)
{
    static const char *const lines[] = {"notice bob secret",
                                        "notice carol,bob secret",
                                        "msg carol,bob secret",
                                        "msg bob@irc.example.org secret",
                                        "msg Bob,carol secret",
                                        "query bob!user@host secret",
                                        "quote PRIVMSG bob :secret",
                                        "quote privmsg carol,bob :secret",
                                        "quote :me NOTICE bob secret",
                                        "quote  PRIVMSG  bob secret",
                                        "ctcp bob ACTION secret",
                                        "msg  bob secret",
                                        "query  bob secret",
                                        "notice  bob secret",
                                        "ctcp  bob ACTION secret",
                                        "msg @bob secret",
                                        "msg +bob secret",
                                        "query @bob secret",
                                        "notice @bob secret",
                                        "msg bob\tx secret",
                                        "quote PRIVMSG @bob :secret",
                                        "quote PING x\nPRIVMSG bob :secret",
                                        "quote PING x\rPRIVMSG bob :secret",
                                        "memoserv send bob secret"};

    start_irc();
    host_forget_lines();
    ck_assert(host_command(host_alice, "carol", lines[_i]));
    host_run(50);
    ck_assert(!fake_wire_has("secret"));
    ck_assert_uint_eq(
        host_count(host_alice, "was not sent", PURPLE_MESSAGE_SYSTEM), 1);
    host_stop();
}
END_TEST

static int left;

static PurpleCmdRet
on_left(PurpleConversation *conv, const char *cmd, char **args, char **error,
        void *data)
{
    (void)conv;
    (void)cmd;
    (void)args;
    (void)error;
    (void)data;
    left++;
    return PURPLE_CMD_RET_OK;
}

/* In place of prpl-irc's own, which would look for a socket. */
static void
stand_in_for_the_protocol(void)
{
    static const char *const names[] = {"msg", "query", "notice", "quote"};

    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        purple_cmd_register(names[i], i < 3 ? "ws" : "s", PURPLE_CMD_P_PRPL + 1,
                            PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_PRPL_ONLY |
                                PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
                            "prpl-irc", on_left, "", NULL);
}

START_TEST(commands_for_others_are_left_to_the_protocol)
{
    static const char *const lines[] = {"msg carol hello",
                                        "notice carol hello",
                                        "notice #bob hello",
                                        "quote JOIN #bob",
                                        "quote WHOIS bob",
                                        "query bob",
                                        "quote PRIVMSG carol :bob",
                                        "quote",
                                        "msg",
                                        "quote JOIN #bob\n"};

    start_irc();
    stand_in_for_the_protocol();
    host_forget_lines();
    left = 0;
    ck_assert(host_command(host_alice, "carol", lines[_i]));
    ck_assert_msg(left == 1, "%s", lines[_i]);
    ck_assert_uint_eq(
        host_count(host_alice, "was not sent", PURPLE_MESSAGE_SYSTEM), 0);
    host_stop();
}
END_TEST

START_TEST(an_away_answer_is_told_once_and_is_no_text_of_theirs)
{
    start_irc();
    host_forget_lines();
    for (int i = 0; i < 3; i++) {
        host_type(host_alice, "bob", "hi");
        fake_deliver("alice", "bob", "gone <b>fishing</b>",
                     PURPLE_MESSAGE_AUTO_RESP);
    }
    ck_assert_uint_eq(host_count(host_alice, "gone", PURPLE_MESSAGE_RECV), 0);
    ck_assert_uint_eq(
        host_count(host_alice, "is away: gone fishing", PURPLE_MESSAGE_SYSTEM),
        1);
    fake_deliver("alice", "bob", "asleep", PURPLE_MESSAGE_AUTO_RESP);
    ck_assert_uint_eq(
        host_count(host_alice, "is away: asleep", PURPLE_MESSAGE_SYSTEM), 1);
    ck_assert_uint_eq(
        host_count(host_alice, "(not encrypted)", PURPLE_MESSAGE_RECV), 0);
    host_stop();
}
END_TEST

START_TEST(an_away_answer_opens_no_window)
{
    start_irc();
    purple_conversation_destroy(host_conv(host_alice, "bob"));
    fake_deliver("alice", "bob", "gone", PURPLE_MESSAGE_AUTO_RESP);
    ck_assert_ptr_null(purple_find_conversation_with_account(
        PURPLE_CONV_TYPE_IM, "bob", host_alice));
    /* of somebody open, and nothing was sent: as ever */
    fake_deliver("alice", "carol", "gone, too", PURPLE_MESSAGE_AUTO_RESP);
    ck_assert_uint_eq(host_count(host_alice, "gone, too", PURPLE_MESSAGE_RECV),
                      1);
    host_stop();
}
END_TEST

START_TEST(what_comes_back_from_a_bouncer_is_not_from_a_stranger)
{
    GPtrArray *lines;

    host_start("prpl-irc");
    host_load();
    talk_meet();
    /* bob's message 1 and all else, as another client of alice's might have
     * sent it, and the bouncer as if she had written to herself */
    lines = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < fake_wire->len; i++)
        g_ptr_array_add(lines, g_strdup(g_ptr_array_index(fake_wire, i)));
    ck_assert_uint_gt(lines->len, 10);
    g_ptr_array_set_size(fake_wire, 0);
    host_forget_lines();
    for (guint i = 0; i < lines->len; i++)
        fake_deliver("alice", "alice", g_ptr_array_index(lines, i), 0);
    host_run(100);
    ck_assert(!host_has_notice("asks to talk privately"));
    ck_assert_uint_eq(fake_wire->len, 0);
    ck_assert_uint_eq(host_count(host_alice, "", PURPLE_MESSAGE_RECV), 0);
    g_ptr_array_free(lines, TRUE);
    host_stop();
}
END_TEST

START_TEST(lines_fit_into_irc)
{
    start_irc();
    for (int i = 0; i < 5; i++)
        host_type(host_alice, "bob",
                  "a longer text, that needs more than one of the shortest "
                  "lines: lorem ipsum dolor sit amet, consetetur sadipscing "
                  "elitr, sed diam nonumy eirmod tempor invidunt ut labore et "
                  "dolore magna aliquyam erat, sed diam voluptua");
    host_run(200);
    ck_assert_uint_ge(fake_wire->len, 10);
    for (guint i = 0; i < fake_wire->len; i++)
        ck_assert_uint_eq(strlen(g_ptr_array_index(fake_wire, i)), 391);
    host_stop();
}
END_TEST

Suite *
irc_suite(void)
{
    Suite *s = suite_create("irc");
    TCase *t = tcase_create("irc");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, me_goes_through_the_engine);
    tcase_add_loop_test(t, msg_and_query_go_through_the_engine, 0, 2);
    tcase_add_loop_test(t, what_cannot_be_encrypted_is_refused, 0, 24);
    tcase_add_loop_test(t, commands_for_others_are_left_to_the_protocol, 0, 10);
    tcase_add_test(t, an_away_answer_is_told_once_and_is_no_text_of_theirs);
    tcase_add_test(t, an_away_answer_opens_no_window);
    tcase_add_test(t, what_comes_back_from_a_bouncer_is_not_from_a_stranger);
    tcase_add_test(t, lines_fit_into_irc);
    suite_add_tcase(s, t);
    return s;
}
