/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A private talk over services that each do something else wrong. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "talk.h"

Suite *matrix_suite(void);

static const fake_knobs services[] = {
    {.name = "good", .result = 1},
    {.name = "returns 0", .result = 0},
    {.name = "returns 0 and echoes", .result = 0, .echoes = true},
    {.name = "returns 1 and echoes", .result = 1, .echoes = true},
    {.name = "delivers inside send_im", .result = 1, .is_sync = true},
    {.name = "returns 0, echoes, delivers inside",
     .result = 0,
     .echoes = true,
     .is_sync = true},
    {.name = "HTML", .result = 1, .flags = PURPLE_CONNECTION_HTML},
    {.name = "HTML from the server", .result = 1, .marks_up = true},
    {.name = "prefix", .result = 1, .before = "(notice) "},
    {.name = "font",
     .result = 1,
     .before = "<font color='#000'><!-- 12:00 -->"},
    {.name = "trims", .result = 1, .trims = true},
    {.name = "no newlines",
     .result = 1,
     .flags = PURPLE_CONNECTION_NO_NEWLINES},
    {.name = "everything twice", .result = 1, .copies = 2},
    {.name = "everything three times, inside",
     .result = 1,
     .copies = 3,
     .is_sync = true},
    {.name = "resources", .result = 1, .has_resources = true},
    {.name = "all marked late",
     .result = 1,
     .received = PURPLE_MESSAGE_DELAYED},
    {.name = "automatic answers",
     .result = 1,
     .flags = PURPLE_CONNECTION_AUTO_RESP},
    {.name = "small lines", .result = 1, .line_setting = 391},
    {.name = "large lines", .result = 1, .line_setting = 16000},
    {.name = "too big, unexpectedly",
     .result = 1,
     .line_setting = 16000,
     .limit = 2000},
    {.name = "too big for all but the smallest",
     .result = 0,
     .line_setting = 16000,
     .limit = 400},
};

static void
apply(const fake_knobs *k)
{
    fake = *k;
    for (int i = 0; i < 2; i++)
        purple_account_set_int(i == 0 ? host_alice : host_bob, "eider-max-line",
                               k->line_setting);
}

/* An invitation that is late is not answered, and a handshake that does not
 * fit waits for its next turn: those come after the meeting. */
static void
start_with(const fake_knobs *k)
{
    fake_knobs early = *k;

    early.limit = 0;
    early.received = 0;
    host_start("prpl-fake");
    apply(&early);
    /* The flags of a connection are those of its making. */
    host_sign_off(host_alice);
    host_sign_off(host_bob);
    host_sign_on(host_alice);
    host_sign_on(host_bob);
    purple_prpl_got_user_status(host_alice, "bob", "available", NULL);
    purple_prpl_got_user_status(host_bob, "alice", "available", NULL);
    host_load();
    talk_meet();
    apply(k);
}

START_TEST(a_private_talk_works_and_nothing_of_it_is_on_the_wire)
{
    const fake_knobs *k = &services[_i];
    char *marker = g_strdup(talk_marker()), *text;

    start_with(k);
    for (int turn = 0; turn < 3; turn++) {
        text = g_strdup_printf("%s %d there", marker, turn);
        talk_say(host_alice, "bob", text, 1);
        g_free(text);
        text = g_strdup_printf("%s %d back", marker, turn);
        talk_say(host_bob, "alice", text, 1);
        g_free(text);
    }
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(long_text_arrives_whole)
{
    const fake_knobs *k = &services[_i];
    char *marker = g_strdup(talk_marker());
    GString *text = g_string_new(marker);

    while (text->len < 3000)
        g_string_append(text, " lorem");
    g_string_append(text, " end");
    start_with(k);
    talk_say(host_alice, "bob", text->str, 1);
    talk_assert_clean(marker);
    host_stop();
    g_string_free(text, TRUE);
    g_free(marker);
}
END_TEST

START_TEST(lines_have_one_of_three_lengths)
{
    const fake_knobs *k = &services[_i];
    char *marker = g_strdup(talk_marker());

    start_with(k);
    talk_say(host_alice, "bob", marker, 1);
    for (guint i = 0; i < fake_wire->len; i++) {
        const char *line = g_ptr_array_index(fake_wire, i);
        size_t n = strlen(line);

        ck_assert_msg(n == 391 || n == 1931 || n == 7706 ||
                          g_str_has_suffix(line, " EIDERinvite1"),
                      "%s", line);
    }
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(what_a_failing_connection_refuses_goes_out_later)
{
    char *marker = g_strdup(talk_marker());

    start_with(&services[0]);
    if (_i == 0)
        fake.not_connected = 2;
    else
        fake.failing = 2;
    host_type(host_alice, "bob", marker);
    ck_assert_uint_eq(host_count(host_alice, marker, PURPLE_MESSAGE_SEND), 1);
    host_run(50);
    fake.not_connected = fake.failing = 0;
    host_sign_off(host_alice);
    host_sign_on(host_alice);
    purple_prpl_got_user_status(host_alice, "bob", "available", NULL);
    for (int i = 0; i < 100; i++) {
        host_run(50);
        if (host_count(host_bob, marker, PURPLE_MESSAGE_RECV) > 0)
            break;
    }
    ck_assert_uint_eq(host_count(host_bob, marker, PURPLE_MESSAGE_RECV), 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

/* Of somebody off the list no presence tells that they can be reached. */
START_TEST(what_waits_for_somebody_off_the_list_leaves_with_the_connection)
{
    char *marker = g_strdup(talk_marker());

    host_start("prpl-fake");
    purple_blist_remove_buddy(purple_find_buddy(host_alice, "bob"));
    host_load();
    talk_meet();
    fake.failing = 1000;
    host_type(host_alice, "bob", marker);
    host_run(50);
    host_sign_off(host_alice);
    fake.failing = 0;
    host_run(50);
    ck_assert_uint_eq(host_count(host_bob, marker, PURPLE_MESSAGE_RECV), 0);
    host_sign_on(host_alice);
    host_run(2000);
    ck_assert_uint_eq(host_count(host_bob, marker, PURPLE_MESSAGE_RECV), 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

Suite *
matrix_suite(void)
{
    Suite *s = suite_create("matrix");
    TCase *t = tcase_create("services");
    int n = G_N_ELEMENTS(services);

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(
        t, a_private_talk_works_and_nothing_of_it_is_on_the_wire, 0, n);
    tcase_add_loop_test(t, long_text_arrives_whole, 0, n);
    tcase_add_loop_test(t, lines_have_one_of_three_lengths, 0, n);
    tcase_add_loop_test(t, what_a_failing_connection_refuses_goes_out_later, 0,
                        2);
    tcase_add_test(
        t, what_waits_for_somebody_off_the_list_leaves_with_the_connection);
    suite_add_tcase(s, t);
    return s;
}
