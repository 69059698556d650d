/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clocks that are wrong, and set right while the program runs. */
#include "unit/peek.h"

#include <string.h>

Suite *clock_suite(void);

#define YEARS (3650 * (int64_t)WORLD_DAY)
#define HOUR  ((int64_t)WORLD_HOUR)

static const int64_t ahead[] = {HOUR, YEARS};

static couple two;

static void
set_up(void)
{
    two = couple_new(6);
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* From a clock that is ahead to the right one; nobody restarts or comes. */
START_TEST(a_text_that_is_lost_comes_again)
{
    people_meet(two.w, two.a, two.b);
    two.a->skew_ms = ahead[_i];
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    tap_close(two.a);
    world_run(two.w, 10 * WORLD_SECOND);
    two.a->skew_ms = 0;
    world_run(two.w, 30 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
}
END_TEST

START_TEST(a_text_that_the_carrier_refused_goes)
{
    people_meet(two.w, two.a, two.b);
    two.a->skew_ms = ahead[_i];
    two.a->refuses = true;
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    two.a->refuses = false;
    world_run(two.w, WORLD_SECOND);
    two.a->skew_ms = 0;
    world_run(two.w, 30 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
}
END_TEST

START_TEST(a_full_disk_is_tried_again)
{
    people_meet(two.w, two.a, two.b);
    two.b->skew_ms = ahead[_i];
    memfiles_fail_after(two.b->files, 0);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    two.b->skew_ms = 0;
    world_run(two.w, 30 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
    ck_assert_int_eq(device_state_of(two.a, NULL), EIDER_TEXT_DELIVERED);
}
END_TEST

/* What leaves in the first moment is lost, or what leaves in the next. */
START_TEST(a_handshake_goes_on)
{
    two.w->is_quiet = true;
    two.a->skew_ms = two.b->skew_ms = ahead[_i % 2];
    two.w->loss = _i / 2 == 0 ? 1000 : 0;
    ck_assert_int_eq(device_choose(two.b, "alice", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    world_run(two.w, 30);
    two.w->loss = 1000;
    world_run(two.w, WORLD_SECOND);
    two.w->loss = 0;
    world_run(two.w, 2 * WORLD_SECOND);
    two.a->skew_ms = two.b->skew_ms = 0;
    world_run(two.w, 100 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
}
END_TEST

/* After an absence of weeks the other side gets an hour to be there. */
START_TEST(a_start_gives_up_nothing_at_once)
{
    people_meet(two.w, two.a, two.b);
    device_offline(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    device_stop(two.a);
    world_run(two.w, 20 * WORLD_DAY);
    if (_i == 0)
        device_start(two.b);
    device_start(two.a);
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), _i == 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_GIVEN_UP], _i == 1);
}
END_TEST

/* Of two sessions the one made last sends, whatever the clock said. */
START_TEST(a_new_session_is_the_newest)
{
    two.a->skew_ms = ahead[_i];
    people_meet(two.w, two.a, two.b);
    two.a->skew_ms = 0;
    device_stop(two.b);
    device_lose(two.b, "alice");
    device_start(two.b);
    ck_assert_int_eq(device_write(two.b, "alice", "lost"), EIDER_OK);
    world_run(two.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.a, "lost"), 1);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
}
END_TEST

/* What is on disk is of the time that was wrong. */
START_TEST(a_restart_meanwhile_changes_nothing)
{
    people_meet(two.w, two.a, two.b);
    two.w->is_quiet = true;
    two.a->skew_ms = ahead[_i];
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    device_stop(two.a);
    tap_close(two.a);
    two.a->skew_ms = 0;
    device_start(two.a);
    world_run(two.w, 30 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
}
END_TEST

START_TEST(questions_are_not_closed_for_years)
{
    eider_check_view v;

    people_meet(two.w, two.a, two.b);
    two.a->skew_ms = ahead[_i];
    for (unsigned i = 0; i < EIDER_CHECK_FAILURES_MAX; i++)
        eider_tries_add(two.a->engine, peek_contact(two.a, "bob"),
                        &peek_session(two.a, "bob")->pk);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    two.a->skew_ms = 0;
    world_run(two.w, WORLD_DAY + WORLD_MINUTE);
    eider_engine_check_view(two.a->engine, two.a->account, "bob", NULL, &v);
    ck_assert(!v.is_closed);
}
END_TEST

START_TEST(slots_end_when_they_are_to)
{
    people_meet(two.w, two.a, two.b);
    device_steady(two.a, two.b, 10);
    two.a->skew_ms = ahead[_i];
    ck_assert_int_eq(
        eider_engine_steady(two.a->engine, two.a->account, "bob", 0), EIDER_OK);
    world_run(two.w, 10 * WORLD_SECOND);
    two.a->skew_ms = 0;
    world_run(two.w, 20 * WORLD_MINUTE);
    ck_assert_uint_eq(device_status(two.a, "bob").steady, 0);
}
END_TEST

START_TEST(a_clock_that_was_ahead_gives_up_nothing)
{
    people_meet(two.w, two.a, two.b);
    device_offline(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    two.a->skew_ms = YEARS;
    ck_assert_int_eq(device_write(two.a, "bob", "two"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    two.a->skew_ms = 0;
    world_run(two.w, WORLD_MINUTE);
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
    ck_assert_uint_eq(device_count_shown(two.b, "two"), 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_GIVEN_UP], 0);
}
END_TEST

START_TEST(what_is_written_in_1970_is_kept)
{
    people_meet(two.w, two.a, two.b);
    device_offline(two.b);
    two.a->skew_ms = -(int64_t)(two.w->now - WORLD_MINUTE);
    ck_assert_int_eq(device_write(two.a, "bob", "one"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    two.a->skew_ms = 0;
    world_run(two.w, WORLD_MINUTE);
    ck_assert_int_eq(device_write(two.a, "bob", "two"), EIDER_OK);
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_GIVEN_UP], 0);
}
END_TEST

START_TEST(talk_goes_on)
{
    people_meet(two.w, two.a, two.b);
    for (int i = 0; i < 20; i++) {
        static const int64_t skews[] = {YEARS, -HOUR, 0, HOUR, -YEARS, 0};
        g_autofree char *t = g_strdup_printf("t%d", i);

        two.a->skew_ms = skews[i % 6];
        two.b->skew_ms = skews[i / 2 % 6];
        two.w->loss = i % 3 == 0 ? 400 : 0;
        ck_assert_int_eq(device_write(two.a, "bob", t), EIDER_OK);
        world_run(two.w, WORLD_MINUTE);
        ck_assert_int_eq(device_write(two.b, "alice", t), EIDER_OK);
        world_run(two.w, WORLD_MINUTE);
    }
    two.a->skew_ms = two.b->skew_ms = 0;
    two.w->loss = 0;
    world_run(two.w, 30 * WORLD_MINUTE);
    for (int i = 0; i < 20; i++) {
        g_autofree char *t = g_strdup_printf("t%d", i);
        ck_assert_msg(device_count_shown(two.b, t) == 1, "%s to b", t);
        ck_assert_msg(device_count_shown(two.a, t) == 1, "%s to a", t);
    }
}
END_TEST

Suite *
clock_suite(void)
{
    Suite *s = suite_create("clock");
    TCase *t = tcase_create("clock");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, a_text_that_is_lost_comes_again, 0, 2);
    tcase_add_loop_test(t, a_text_that_the_carrier_refused_goes, 0, 2);
    tcase_add_loop_test(t, a_full_disk_is_tried_again, 0, 2);
    tcase_add_loop_test(t, a_handshake_goes_on, 0, 4);
    tcase_add_loop_test(t, a_new_session_is_the_newest, 0, 2);
    tcase_add_loop_test(t, a_restart_meanwhile_changes_nothing, 0, 2);
    tcase_add_loop_test(t, questions_are_not_closed_for_years, 0, 2);
    tcase_add_loop_test(t, slots_end_when_they_are_to, 0, 2);
    tcase_add_test(t, a_clock_that_was_ahead_gives_up_nothing);
    tcase_add_test(t, what_is_written_in_1970_is_kept);
    tcase_add_test(t, talk_goes_on);
    tcase_add_loop_test(t, a_start_gives_up_nothing_at_once, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
