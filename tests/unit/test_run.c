/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks where lines are lost, machines restart, and the other side lies. */
#include "unit/checks.h"

#include "eider/fingerprint.h"
#include "unit/world_device.h"

#include <string.h>

Suite *run_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_met(6);
}

static void
tear_down(void)
{
    couple_free(&two);
}

#define A two.a->engine, two.a->account, "bob"
#define B two.b->engine, two.b->account, "alice"

static void
ask(void)
{
    ck_assert_int_eq(eider_engine_check_start(A, NULL, "?", "x"), EIDER_OK);
}

static void
both_checked(void)
{
    checks_at(two.a, "bob", EIDER_PHASE_PASSED);
    checks_at(two.b, "alice", EIDER_PHASE_PASSED);
    ck_assert(checks_is_checked(two.a, "bob"));
    ck_assert(checks_is_checked(two.b, "alice"));
}

/* ---- lost lines ----------------------------------------------------------- */

static void
lose_a_minute(void)
{
    two.w->is_cut = true;
    world_run(two.w, 20 * WORLD_SECOND);
    two.w->is_cut = false;
    world_run(two.w, 20 * WORLD_SECOND);
}

START_TEST(each_lost_step_of_a_question_comes_again)
{
    two.w->is_cut = true;
    ask();
    two.w->is_cut = false;
    checks_at(two.b, "alice", EIDER_PHASE_NONE);
    world_run(two.w, 40 * WORLD_SECOND);
    checks_at(two.b, "alice", EIDER_PHASE_ASKED);
    two.w->is_cut = true; /* 2 is lost; then 3 */
    ck_assert_int_eq(eider_engine_check_answer(B, "x"), EIDER_OK);
    two.w->is_cut = false;
    tap_open(two.a);
    two.w->is_cut = false;
    world_run(two.w, 29 * WORLD_SECOND);
    checks_at(two.a, "bob", EIDER_PHASE_WAITS);
    while (checks_view(two.a, "bob").phase == EIDER_PHASE_WAITS)
        world_run(two.w, 10);
    checks_at(two.a, "bob", EIDER_PHASE_PASSED);
    checks_at(two.b, "alice", EIDER_PHASE_ANSWERED);
    two.w->is_cut = true;
    world_run(two.w, WORLD_SECOND);
    two.w->is_cut = false;
    world_run(two.w, 11 * WORLD_MINUTE);
    both_checked();
}
END_TEST

START_TEST(each_lost_step_of_a_code_comes_again)
{
    two.w->is_cut = true;
    ck_assert_int_eq(eider_engine_check_code_start(A, NULL), EIDER_OK);
    lose_a_minute();
    checks_at(two.a, "bob", EIDER_PHASE_COMPARE);
    checks_at(two.b, "alice", EIDER_PHASE_COMPARE);
    two.w->is_cut = true;
    ck_assert_int_eq(eider_engine_check_confirm(A, true), EIDER_OK);
    ck_assert_int_eq(eider_engine_check_confirm(B, true), EIDER_OK);
    lose_a_minute();
    both_checked();
}
END_TEST

/* Both stay true to themselves when the last line is the one that is lost. */
START_TEST(a_step_is_repeated_for_a_day_less_and_less)
{
    uint64_t sent;

    device_offline(two.b);
    two.w->keeps = true; /* so that it counts as reachable */
    two.w->is_quiet = true;
    sent = two.a->sent;
    ask();
    ck_assert_uint_eq(two.a->sent, sent + 1);
    world_run(two.w, 29 * WORLD_SECOND);
    ck_assert_uint_eq(two.a->sent, sent + 1);
    world_run(two.w, 2 * WORLD_SECOND);
    ck_assert_uint_eq(two.a->sent, sent + 2);
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(two.a->sent, sent + 3);
    world_run(two.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(two.a->sent, sent + 4);
    world_run(two.w, 20 * WORLD_HOUR);
    ck_assert_uint_eq(two.a->sent, sent + 24);
    checks_at(two.a, "bob", EIDER_PHASE_WAITS);
    world_run(two.w, 4 * WORLD_HOUR);
    checks_at(two.a, "bob", EIDER_PHASE_STOPPED);
    world_run(two.w, WORLD_DAY);
    ck_assert_uint_le(two.a->sent, sent + 28);
    ck_assert_int_eq(checks_view(two.a, "bob").end, EIDER_END_TIME);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_CHECK_ENDED], 1);
}
END_TEST

START_TEST(whoever_is_away_is_asked_when_he_comes)
{
    uint64_t sent;

    device_stop(two.b);
    sent = two.a->sent;
    ask();
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.a->sent, sent);
    device_start(two.b);
    world_run(two.w, WORLD_SECOND);
    checks_at(two.b, "alice", EIDER_PHASE_ASKED);
}
END_TEST

/* ---- restarts ------------------------------------------------------------- */

static void
restart_both(void)
{
    device_crash(two.a);
    device_crash(two.b);
    device_start(two.a);
    device_start(two.b);
    world_run(two.w, WORLD_SECOND);
}

START_TEST(a_run_survives_restarts_at_every_step)
{
    ask();
    world_run(two.w, WORLD_SECOND);
    restart_both();
    checks_at(two.a, "bob", EIDER_PHASE_WAITS);
    checks_at(two.b, "alice", EIDER_PHASE_ASKED);
    ck_assert_str_eq(checks_view(two.b, "alice").question, "?");
    ck_assert_int_eq(eider_engine_check_answer(B, "X"), EIDER_OK);
    restart_both(); /* what was under way is lost */
    world_run(two.w, WORLD_MINUTE);
    both_checked();
    restart_both();
    both_checked();
    ck_assert_int_eq(checks_view(two.a, "bob").checked_how,
                     EIDER_CHECK_QUESTION);

    checks_call(&two);
    restart_both();
    ck_assert_str_eq(checks_view(two.a, "bob").code,
                     checks_view(two.b, "alice").code);
    ck_assert_int_eq(eider_engine_check_confirm(A, true), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    restart_both();
    ck_assert_int_eq(eider_engine_check_confirm(B, true), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    both_checked();
}
END_TEST

START_TEST(a_disk_that_is_full_changes_nothing)
{
    memfiles_fail_all(two.a->files, true);
    two.a->has_failed = false;
    ck_assert_int_eq(eider_engine_check_start(A, NULL, "?", "x"),
                     EIDER_E_STORE);
    checks_at(two.a, "bob", EIDER_PHASE_NONE);
    memfiles_fail_all(two.a->files, false);
    world_run(two.w, WORLD_HOUR);
    checks_at(two.b, "alice", EIDER_PHASE_NONE);
    ask();
    world_run(two.w, WORLD_SECOND);
    /* The mark comes first: where the rest fails, the answer comes again. */
    memfiles_fail_after(two.a->files, 1);
    ck_assert_int_eq(eider_engine_check_answer(B, "x"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    checks_at(two.b, "alice", EIDER_PHASE_ANSWERED);
    world_run(two.w, 15 * WORLD_MINUTE);
    both_checked();
}
END_TEST

/* ---- crossings, ends ------------------------------------------------------ */

START_TEST(of_two_starts_the_smaller_run_stays)
{
    bool by_a;

    for (int i = 0; i < 8; i++) {
        two.w->delay_ms = 1; /* neither sees the other's before his own */
        ask();
        if (i % 2 == 0)
            ck_assert_int_eq(eider_engine_check_start(B, NULL, "!", "y"),
                             EIDER_OK);
        else
            ck_assert_int_eq(eider_engine_check_code_start(B, NULL), EIDER_OK);
        by_a = memcmp(peek_contact(two.a, "bob")->check.run,
                      peek_contact(two.b, "alice")->check.run, 8) < 0;
        world_run(two.w, WORLD_MINUTE);
        ck_assert_mem_eq(peek_contact(two.a, "bob")->check.run,
                         peek_contact(two.b, "alice")->check.run, 8);
        ck_assert(checks_view(two.a, "bob").is_ours == by_a);
        ck_assert(checks_view(two.b, "alice").is_ours == !by_a);
        if (by_a)
            ck_assert_int_eq(eider_engine_check_answer(B, "x"), EIDER_OK);
        else if (i % 2 == 0)
            ck_assert_int_eq(eider_engine_check_answer(A, "y"), EIDER_OK);
        else {
            ck_assert_int_eq(eider_engine_check_confirm(A, true), EIDER_OK);
            ck_assert_int_eq(eider_engine_check_confirm(B, true), EIDER_OK);
        }
        world_run(two.w, 10 * WORLD_MINUTE);
        both_checked();
    }
}
END_TEST

START_TEST(a_cancel_ends_it_on_both_sides)
{
    ask();
    world_run(two.w, WORLD_SECOND);
    ck_assert_int_eq(eider_engine_check_cancel(B), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    checks_at(two.a, "bob", EIDER_PHASE_STOPPED);
    checks_at(two.b, "alice", EIDER_PHASE_STOPPED);
    ck_assert_int_eq(checks_view(two.a, "bob").end, EIDER_END_THEIRS);
    ck_assert_int_eq(checks_view(two.b, "alice").end, EIDER_END_OURS);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_CHECK_ENDED], 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_CHECK_ENDED], 0);
    ck_assert_int_eq(eider_engine_check_cancel(B), EIDER_E_STATE);
    checks_call(&two);
}
END_TEST

/* A cancel that got lost is heard when the step is said again. */
START_TEST(a_lost_cancel_is_found_out)
{
    ask();
    world_run(two.w, WORLD_SECOND);
    two.w->is_cut = true;
    ck_assert_int_eq(eider_engine_check_cancel(B), EIDER_OK);
    two.w->is_cut = false;
    checks_at(two.a, "bob", EIDER_PHASE_WAITS);
    world_run(two.w, 40 * WORLD_SECOND);
    checks_at(two.a, "bob", EIDER_PHASE_STOPPED);
}
END_TEST

START_TEST(a_run_that_one_side_lost_ends_on_the_other)
{
    ask();
    world_run(two.w, WORLD_SECOND);
    ck_assert_int_eq(eider_engine_check_answer(B, "x"), EIDER_OK);
    peek_contact(two.a, "bob")->check = (eider_check){0};
    world_run(two.w, WORLD_SECOND);
    checks_at(two.b, "alice", EIDER_PHASE_STOPPED);
    ck_assert_int_eq(checks_view(two.b, "alice").end, EIDER_END_THEIRS);
}
END_TEST

START_TEST(a_run_ends_with_its_session)
{
    ask();
    world_run(two.w, WORLD_SECOND);
    eider_engine_forget(two.a->engine, two.a->account, "bob");
    world_run(two.w, WORLD_SECOND);
    ck_assert_int_eq(peek_contact(two.a, "bob")->check.state, EIDER_RUN_ENDED);
    checks_at(two.a, "bob", EIDER_PHASE_STOPPED);
    ck_assert_int_eq(checks_view(two.a, "bob").end, EIDER_END_SESSION);
    ck_assert_int_eq(eider_engine_check_start(A, NULL, "?", "x"),
                     EIDER_E_MISSING);
}
END_TEST

START_TEST(it_goes_on_in_an_older_session)
{
    ask();
    world_run(two.w, WORLD_SECOND);
    call_now(two.b, "alice");
    world_run(two.w, WORLD_MINUTE);
    ck_assert_mem_ne(peek_session(two.a, "bob")->sid,
                     peek_contact(two.a, "bob")->check.sid, EIDER_SID_SHORT);
    ck_assert_int_eq(eider_engine_check_answer(B, "x"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    both_checked();
}
END_TEST

/* ---- who lies ------------------------------------------------------------- */

START_TEST(steps_out_of_turn_and_forged_change_nothing)
{
    uint8_t run[8], value[EIDER_STEP_VALUE_MAX] = {9};
    static const size_t lengths[] = {0, 32, 96, 64, 32, 32, 32, 32, 1};
    eider_check before;

    checks_call(&two);
    memcpy(run, peek_contact(two.a, "bob")->check.run, 8);
    before = peek_contact(two.a, "bob")->check;
    for (uint8_t step = 1; step < EIDER_STEP_CANCEL; step++) {
        checks_say(two.b, "alice", step, run, value, lengths[step]);
        ck_assert_int_eq(peek_contact(two.a, "bob")->check.state, before.state);
        ck_assert_str_eq(checks_view(two.a, "bob").code,
                         checks_view(two.b, "alice").code);
    }
    /* An ok of the wrong role is no ok. */
    ck_assert_int_eq(eider_engine_check_confirm(A, true), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    checks_at(two.a, "bob", EIDER_PHASE_AGREED);
    checks_say(two.b, "alice", EIDER_STEP_OK, run, value, 32);
    checks_at(two.a, "bob", EIDER_PHASE_AGREED);
    ck_assert(!checks_is_checked(two.a, "bob"));
}
END_TEST

START_TEST(a_nonce_that_was_not_promised_ends_it)
{
    ck_assert_int_eq(eider_engine_check_code_start(A, NULL), EIDER_OK);
    peek_contact(two.a, "bob")->check.na.b[0] ^= 1;
    world_run(two.w, WORLD_SECOND);
    checks_at(two.a, "bob", EIDER_PHASE_FAILED);
    checks_at(two.b, "alice", EIDER_PHASE_FAILED);
    ck_assert_str_eq(checks_view(two.b, "alice").code, "");
    ck_assert(!checks_is_checked(two.b, "alice"));
    ck_assert_uint_eq(checks_view(two.b, "alice").failures, 1);
}
END_TEST

START_TEST(a_point_that_is_none_costs_them_the_run)
{
    const uint8_t run[8] = {1}, value[32] = {0};

    checks_say(two.a, "bob", EIDER_STEP_ASK, run, value, 32);
    checks_at(two.b, "alice", EIDER_PHASE_ASKED);
    ck_assert_int_eq(eider_engine_check_answer(B, "x"), EIDER_E_AUTH);
    checks_at(two.b, "alice", EIDER_PHASE_FAILED);
}
END_TEST

START_TEST(at_most_six_starts_in_ten_minutes_are_read)
{
    uint8_t run[8] = {0}, value[32] = {0};

    for (uint8_t i = 1; i <= 20; i++) {
        run[0] = i;
        checks_say(two.a, "bob", EIDER_STEP_ASK, run, value, 32);
        ck_assert_int_eq(peek_contact(two.b, "alice")->check.run[0],
                         MIN(i, EIDER_CHECK_STARTS));
    }
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_CHECK_ASKED], EIDER_CHECK_STARTS);
    world_run(two.w, 10 * WORLD_MINUTE);
    run[0] = 77;
    checks_say(two.a, "bob", EIDER_STEP_ASK, run, value, 32);
    ck_assert_int_eq(peek_contact(two.b, "alice")->check.run[0], 77);
}
END_TEST

START_TEST(who_turned_privacy_off_is_not_asked)
{
    ck_assert_int_eq(device_choose(two.b, "alice", EIDER_OFF), EIDER_OK);
    ask();
    world_run(two.w, WORLD_SECOND);
    checks_at(two.b, "alice", EIDER_PHASE_NONE);
    ck_assert_int_eq(eider_engine_check_start(B, NULL, "?", "x"),
                     EIDER_E_STATE);
}
END_TEST

Suite *
run_suite(void)
{
    Suite *s = suite_create("run");
    TCase *tc = tcase_create("run");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, each_lost_step_of_a_question_comes_again);
    tcase_add_test(tc, each_lost_step_of_a_code_comes_again);
    tcase_add_test(tc, a_step_is_repeated_for_a_day_less_and_less);
    tcase_add_test(tc, whoever_is_away_is_asked_when_he_comes);
    tcase_add_test(tc, a_run_survives_restarts_at_every_step);
    tcase_add_test(tc, a_disk_that_is_full_changes_nothing);
    tcase_add_test(tc, of_two_starts_the_smaller_run_stays);
    tcase_add_test(tc, a_cancel_ends_it_on_both_sides);
    tcase_add_test(tc, a_lost_cancel_is_found_out);
    tcase_add_test(tc, a_run_that_one_side_lost_ends_on_the_other);
    tcase_add_test(tc, a_run_ends_with_its_session);
    tcase_add_test(tc, it_goes_on_in_an_older_session);
    tcase_add_test(tc, steps_out_of_turn_and_forged_change_nothing);
    tcase_add_test(tc, a_nonce_that_was_not_promised_ends_it);
    tcase_add_test(tc, a_point_that_is_none_costs_them_the_run);
    tcase_add_test(tc, at_most_six_starts_in_ten_minutes_are_read);
    tcase_add_test(tc, who_turned_privacy_off_is_not_asked);
    suite_add_tcase(s, tc);
    return s;
}
