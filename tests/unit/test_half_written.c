/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call writes the index and the contact: what if just one of them can be
 * written?  A call that failed has changed nothing, now and after a restart.
 */
#include "unit/peek.h"

#include <string.h>

Suite *half_written_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_new(9);
}

static void
tear_down(void)
{
    couple_free(&two);
}

static void
start_again(device *d)
{
    device_stop(d);
    device_start(d);
}

/* @_i writes succeed, the next fails. */
START_TEST(a_choice_is_made_whole_or_not_at_all)
{
    uint64_t sent;
    eider_err err;
    eider_choice want;

    people_meet(two.w, two.a, two.b);
    sent = two.a->sent;
    memfiles_fail_after(two.a->files, _i);
    err = device_choose(two.a, "bob", EIDER_OFF);
    memfiles_fail_after(two.a->files, -1);
    want = err == EIDER_OK ? EIDER_OFF : EIDER_ON;
    ck_assert(err == EIDER_OK || two.a->sent == sent);
    ck_assert_int_eq(device_status(two.a, "bob").choice, want);
    start_again(two.a);
    ck_assert_int_eq(device_status(two.a, "bob").choice, want);
}
END_TEST

START_TEST(a_first_choice_is_made_whole_or_not_at_all)
{
    eider_err err;
    eider_choice want;

    memfiles_fail_after(two.a->files, _i);
    err = device_choose(two.a, "bob", EIDER_ON);
    memfiles_fail_after(two.a->files, -1);
    want = err == EIDER_OK ? EIDER_ON : EIDER_UNSET;
    ck_assert(err == EIDER_OK || two.a->sent == 0);
    start_again(two.a);
    ck_assert_int_eq(device_status(two.a, "bob").choice, want);
}
END_TEST

START_TEST(a_text_is_taken_whole_or_not_at_all)
{
    eider_err err;

    device_offline(two.b);
    memfiles_fail_after(two.a->files, _i);
    err = device_write(two.a, "bob", "text");
    memfiles_fail_after(two.a->files, -1);
    ck_assert_uint_eq(device_status(two.a, "bob").waiting, err == EIDER_OK);
    start_again(two.a);
    device_start(two.b);
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "text"), err == EIDER_OK);
}
END_TEST

START_TEST(a_decision_is_made_whole_or_not_at_all)
{
    device *second = world_add(two.w, "bob", "2");
    char digits[EIDER_DIGITS_SIZE];
    eider_err err;

    people_meet(two.w, two.a, two.b);
    world_run(two.w, 15 * WORLD_MINUTE);
    device_start(second);
    call_now(second, "alice");
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_CANDIDATE);
    peek_own(second, digits);
    memfiles_fail_after(two.a->files, _i);
    err = eider_engine_decide(two.a->engine, two.a->account, "bob", digits,
                              false, false);
    memfiles_fail_after(two.a->files, -1);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_int_eq(peek_trust(two.a, second),
                         err == EIDER_OK ? EIDER_TRUST_REFUSED
                                         : EIDER_TRUST_CANDIDATE);
        start_again(two.a);
    }
}
END_TEST

/* Bob's disk fails at each single write while the two meet.  An invitation
 * that he could not note is lost; the next is due when he comes back. */
START_TEST(two_meet_although_any_one_write_fails)
{
    memfiles_fail_after(two.b->files, _i);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    world_run(two.w, 2 * WORLD_HOUR);
    device_offline(two.b);
    device_start(two.b);
    world_run(two.w, 20 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "hello"), 1);
    ck_assert(!eider_engine_is_paused(two.b->engine));
    ck_assert_uint_le(two.b->news[EIDER_NEWS_STORE], 1);
    ck_assert_uint_eq(two.b->after_failed, 0);
}
END_TEST

START_TEST(a_disk_that_is_full_for_an_hour_is_told_once)
{
    people_meet(two.w, two.a, two.b);
    memfiles_fail_all(two.b->files, true);
    ck_assert_int_eq(device_write(two.b, "alice", "no"), EIDER_E_STORE);
    ck_assert_int_eq(device_write(two.b, "alice", "no"), EIDER_E_STORE);
    ck_assert_int_eq(device_choose(two.b, "alice", EIDER_OFF), EIDER_E_STORE);
    ck_assert_int_eq(device_write(two.a, "bob", "yes"), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_STORE], 1);
    ck_assert_int_eq(device_status(two.b, "alice").look, EIDER_LOOK_PAUSED);
    ck_assert_uint_eq(two.b->shown->len, 0);
    memfiles_fail_all(two.b->files, false);
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "yes"), 1);
    ck_assert_int_eq(device_status(two.b, "alice").look, EIDER_LOOK_PRIVATE);
    ck_assert_uint_eq(two.a->shown->len, 0);
}
END_TEST

Suite *
half_written_suite(void)
{
    Suite *suite = suite_create("half_written");
    TCase *t = tcase_create("writes");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, a_choice_is_made_whole_or_not_at_all, 0, 4);
    tcase_add_loop_test(t, a_first_choice_is_made_whole_or_not_at_all, 0, 4);
    tcase_add_loop_test(t, a_text_is_taken_whole_or_not_at_all, 0, 4);
    tcase_add_loop_test(t, a_decision_is_made_whole_or_not_at_all, 0, 4);
    tcase_add_loop_test(t, two_meet_although_any_one_write_fails, 0, 12);
    tcase_add_test(t, a_disk_that_is_full_for_an_hour_is_told_once);
    suite_add_tcase(suite, t);
    return suite;
}
