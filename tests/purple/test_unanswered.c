/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Somebody does not answer for two days: said where it is seen, once. */
#include <check.h>
#include <string.h>

#include "talk.h"

#define DAYS(n) ((gint64)(n)*86400 * G_USEC_PER_SEC)

Suite *unanswered_suite(void);

static bool
is_asked(const void *unused)
{
    (void)unused;
    return host_questions() > 0;
}

static bool
has_line(const void *unused)
{
    (void)unused;
    return host_count(host_alice, "has not answered for two days",
                      PURPLE_MESSAGE_SYSTEM) > 0;
}

/* A text waits for carol, who has no Eider; then days go by. */
static void
wait_in_vain(bool is_open)
{
    char *text = g_strdup(talk_marker());

    host_start("prpl-fake");
    host_load();
    ck_assert(host_command(host_alice, "carol", "eider on"));
    host_type(host_alice, "carol", text);
    ck_assert_str_eq(host_status(host_alice, "carol", "waiting"), "1");
    if (!is_open)
        purple_conversation_destroy(host_conv(host_alice, "carol"));
    host_unload();
    host_forget_lines();
    host_ahead = DAYS(2) + G_USEC_PER_SEC;
    host_load();
    g_free(text);
}

START_TEST(an_open_conversation_says_it_in_a_line)
{
    wait_in_vain(true);
    ck_assert(host_run_until(has_line, NULL, 5000));
    ck_assert_uint_eq(host_questions(), 0);
    host_unload();
    host_forget_lines();
    host_ahead += DAYS(2);
    host_load();
    host_run(500);
    ck_assert(!has_line(NULL));
    host_stop();
}
END_TEST

START_TEST(without_one_the_choice_is_asked_for)
{
    static const char *const answers[] = {"_Keep waiting", "_Delete",
                                          "Turn privacy _off"};

    wait_in_vain(false);
    ck_assert(host_run_until(is_asked, NULL, 5000));
    ck_assert(host_asks("carol"));
    ck_assert(host_answer(answers[_i]));
    if (_i == 2) { /* what waits is asked about, and does not leave */
        ck_assert(host_asks("1 text is still waiting"));
        ck_assert(host_answer("_Delete"));
    }
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_str_eq(host_status(host_alice, "carol", "waiting"),
                     _i == 0 ? "1" : "0");
    ck_assert_str_eq(host_status(host_alice, "carol", "private"),
                     _i == 2 ? "0" : "1");
    host_unload();
    host_ahead += DAYS(2);
    host_load();
    host_run(500);
    ck_assert_uint_eq(host_questions(), 0);
    host_stop();
}
END_TEST

Suite *
unanswered_suite(void)
{
    Suite *s = suite_create("unanswered");
    TCase *t = tcase_create("unanswered");

    tcase_add_test(t, an_open_conversation_says_it_in_a_line);
    tcase_add_loop_test(t, without_one_the_choice_is_asked_for, 0, 3);
    suite_add_tcase(s, t);
    return s;
}
