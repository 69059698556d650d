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

Suite *
clock_suite(void)
{
    Suite *s = suite_create("clock");
    TCase *t = tcase_create("clock");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, a_new_session_is_the_newest, 0, 2);
    suite_add_tcase(s, t);
    return s;
}
