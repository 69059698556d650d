/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks with a key that nobody accepted, and with more than one device. */
#include "unit/checks.h"

#include "eider/fingerprint.h"

#include <string.h>

Suite *check_first_suite(void);

static couple two;
static device *second; /* at Bob's name */
static char digits[EIDER_DIGITS_SIZE];

static void
set_up(void)
{
    two = couple_met(3);
    second = world_add(two.w, "bob", "2");
    world_run(two.w, 15 * WORLD_MINUTE); /* else it may be one too many */
    device_start(second);
    ck_assert_int_eq(device_choose(second, "alice", EIDER_ON), EIDER_OK);
    call_now(second, "alice");
    world_run(two.w, 2 * WORLD_MINUTE);
    peek_own(second, digits);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_CANDIDATE);
}

static void
tear_down(void)
{
    couple_free(&two);
}

static eider_check_view
view_of(const char *fingerprint)
{
    eider_check_view v;

    eider_engine_check_view(two.a->engine, two.a->account, "bob", fingerprint,
                            &v);
    return v;
}

static eider_err
ask(const char *fingerprint)
{
    return eider_engine_check_start(two.a->engine, two.a->account, "bob",
                                    fingerprint, "?", "x");
}

START_TEST(a_candidate_is_not_heard_asking)
{
    ck_assert_int_eq(eider_engine_check_start(second->engine, second->account,
                                              "alice", NULL, "?", "x"),
                     EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_int_eq(view_of(digits).phase, EIDER_PHASE_NONE);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_CHECK_ASKED], 0);
    checks_at(second, "alice", EIDER_PHASE_WAITS);
}
END_TEST

START_TEST(a_candidate_is_checked_first_and_stays_one)
{
    ck_assert_int_eq(ask(digits), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert_int_eq(view_of(NULL).trust, EIDER_TRUST_CANDIDATE);
    checks_at(second, "alice", EIDER_PHASE_ASKED);
    checks_at(two.b, "alice", EIDER_PHASE_NONE);
    ck_assert_int_eq(eider_engine_check_answer(second->engine, second->account,
                                               "alice", "x"),
                     EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert(view_of(digits).is_checked);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_CANDIDATE);
    /* Nothing typed goes to it until the user says so. */
    ck_assert_int_eq(device_write(two.a, "bob", "to the old one"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(second, "to the old one"), 0);
    ck_assert_uint_eq(device_count_shown(two.b, "to the old one"), 1);
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "bob",
                                         digits, true, false),
                     EIDER_OK);
    ck_assert(view_of(digits).is_checked);
}
END_TEST

/* Both press "check" for each other's new key: one run of the two. */
START_TEST(a_candidate_that_asks_too_is_heard)
{
    ck_assert_int_eq(ask(digits), EIDER_OK);
    ck_assert_int_eq(eider_engine_check_start(second->engine, second->account,
                                              "alice", NULL, "!", "x"),
                     EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    if (view_of(digits).is_ours)
        ck_assert_int_eq(eider_engine_check_answer(
                             second->engine, second->account, "alice", "x"),
                         EIDER_OK);
    else
        ck_assert_int_eq(eider_engine_check_answer(two.a->engine,
                                                   two.a->account, "bob", "x"),
                         EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert(view_of(digits).is_checked);
    ck_assert(checks_is_checked(second, "alice"));
}
END_TEST

START_TEST(one_at_a_time_and_the_other_hears_not_now)
{
    char first[EIDER_DIGITS_SIZE];

    peek_own(two.b, first);
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "bob",
                                         digits, true, false),
                     EIDER_OK);
    ck_assert_int_eq(ask(first), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert_int_eq(ask(digits), EIDER_E_STATE);
    ck_assert_int_eq(eider_engine_check_start(second->engine, second->account,
                                              "alice", NULL, "!", "x"),
                     EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    checks_at(second, "alice", EIDER_PHASE_STOPPED);
    ck_assert_int_eq(checks_view(second, "alice").end, EIDER_END_REFUSED);
    checks_at(two.b, "alice", EIDER_PHASE_ASKED);
    ck_assert_str_eq(view_of(NULL).fingerprint, first);
    ck_assert_int_eq(view_of(digits).phase, EIDER_PHASE_NONE);
}
END_TEST

START_TEST(the_device_last_heard_from_is_meant)
{
    char first[EIDER_DIGITS_SIZE];

    peek_own(two.b, first);
    ck_assert_str_eq(view_of(NULL).fingerprint, first);
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "bob",
                                         digits, true, false),
                     EIDER_OK);
    ck_assert_int_eq(device_write(second, "alice", "hi"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert_str_eq(view_of(NULL).fingerprint, digits);
    ck_assert_int_eq(device_write(two.b, "alice", "hi"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert_str_eq(view_of(NULL).fingerprint, first);
}
END_TEST

START_TEST(a_refused_key_cannot_be_checked)
{
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "bob",
                                         digits, false, false),
                     EIDER_OK);
    ck_assert_int_eq(ask(digits), EIDER_E_MISSING);
    ck_assert_int_eq(eider_engine_check_number(two.a->engine, two.a->account,
                                               "bob", digits, true),
                     EIDER_E_MISSING);
}
END_TEST

Suite *
check_first_suite(void)
{
    Suite *s = suite_create("check_first");
    TCase *tc = tcase_create("check_first");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_candidate_is_not_heard_asking);
    tcase_add_test(tc, a_candidate_is_checked_first_and_stays_one);
    tcase_add_test(tc, a_candidate_that_asks_too_is_heard);
    tcase_add_test(tc, one_at_a_time_and_the_other_hears_not_now);
    tcase_add_test(tc, the_device_last_heard_from_is_meant);
    tcase_add_test(tc, a_refused_key_cannot_be_checked);
    suite_add_tcase(s, tc);
    return s;
}
