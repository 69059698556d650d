/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/schedule.h"

#include "eider/crypto.h"

#include <check.h>
#include <string.h>

#define SLOT 10000
#define PASS 200
#define NOW  UINT64_C(1700000000123)

static void
begin(eider_schedule *s, uint8_t seed)
{
    eider_secret k;

    memset(k.b, seed, sizeof k.b);
    eider_schedule_start(s, &k, SLOT, PASS, NOW);
}

START_TEST(only_five_slots_may_be_agreed_on)
{
    unsigned n = 0;

    for (unsigned i = 0; i < 300; i++)
        n += eider_slot_is_valid(i);
    ck_assert_uint_eq(n, 5);
    ck_assert(eider_slot_is_valid(5) && eider_slot_is_valid(10) &&
              eider_slot_is_valid(15) && eider_slot_is_valid(30) &&
              eider_slot_is_valid(60));
}
END_TEST

START_TEST(the_first_slot_is_drawn_from_one_length)
{
    uint64_t low = UINT64_MAX, high = 0;

    for (unsigned i = 0; i < 256; i++) {
        eider_schedule s;

        begin(&s, (uint8_t)i);
        ck_assert_uint_ge(s.next_ms, NOW + 5 * PASS / 2);
        ck_assert_uint_lt(s.next_ms, NOW + 5 * PASS / 2 + SLOT + SLOT / 10);
        low = s.next_ms < low ? s.next_ms : low;
        high = s.next_ms > high ? s.next_ms : high;
    }
    ck_assert_uint_lt(low, NOW + SLOT / 10);
    ck_assert_uint_gt(high, NOW + SLOT * 9 / 10);
}
END_TEST

START_TEST(slots_stay_on_their_grid)
{
    uint64_t sum = 0;
    eider_schedule s;

    begin(&s, 1);
    for (uint64_t i = 0; i < 10000; i++) {
        uint64_t grid = s.first_ms + i * SLOT;

        ck_assert_uint_eq(s.n, i);
        ck_assert_uint_ge(s.next_ms, grid);
        ck_assert_uint_lt(s.next_ms, grid + SLOT / 10);
        sum += s.next_ms - grid;
        ck_assert(!eider_schedule_is_due(&s, s.next_ms - 1));
        ck_assert(eider_schedule_is_due(&s, s.next_ms));
        eider_schedule_step(&s, s.next_ms + i % 30); /* timers are late */
    }
    /* The jitter is uniform: half of it on average. */
    ck_assert_uint_gt(sum / 10000, SLOT / 20 - SLOT / 200);
    ck_assert_uint_lt(sum / 10000, SLOT / 20 + SLOT / 200);
}
END_TEST

START_TEST(one_seed_is_one_schedule)
{
    eider_schedule a, b, c;
    unsigned same = 0;

    begin(&a, 1);
    begin(&b, 1);
    begin(&c, 2);
    for (unsigned i = 0; i < 100; i++) {
        ck_assert_uint_eq(a.next_ms, b.next_ms);
        same += a.next_ms - a.first_ms == c.next_ms - c.first_ms;
        eider_schedule_step(&a, a.next_ms + 3);
        eider_schedule_step(&b, b.next_ms + 7);
        eider_schedule_step(&c, c.next_ms);
    }
    ck_assert_uint_lt(same, 5);
}
END_TEST

START_TEST(frames_are_sealed_well_before)
{
    eider_schedule s;

    begin(&s, 3);
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t lead = s.next_ms - eider_schedule_seal_ms(&s);

        ck_assert_uint_ge(lead, 300);
        ck_assert_uint_lt(lead, 500);
        ck_assert_uint_eq(eider_schedule_seal_ms(&s) % PASS, 0);
        eider_schedule_step(&s, s.next_ms);
    }
}
END_TEST

START_TEST(what_was_slept_through_is_skipped)
{
    static const uint64_t sleeps[] = {1000, 9999, 10000, 36000000, 864000123};

    for (unsigned i = 0; i < sizeof sleeps / sizeof sleeps[0]; i++) {
        eider_schedule s;
        uint64_t woke;

        begin(&s, 4);
        woke = s.next_ms + sleeps[i];
        ck_assert(eider_schedule_is_missed(&s, woke));
        eider_schedule_step(&s, woke);
        ck_assert_uint_gt(s.next_ms, woke);
        ck_assert_uint_lt(s.next_ms, woke + SLOT + SLOT / 10);
        ck_assert_uint_ge(s.next_ms, s.first_ms + s.n * SLOT);
    }
}
END_TEST

START_TEST(a_little_late_is_not_missed)
{
    eider_schedule s;

    begin(&s, 5);
    ck_assert(!eider_schedule_is_missed(&s, s.next_ms + SLOT / 10 - 1));
    ck_assert(eider_schedule_is_missed(&s, s.next_ms + SLOT / 10));
}
END_TEST

START_TEST(a_clock_put_back_begins_anew)
{
    eider_schedule s;

    begin(&s, 6);
    ck_assert(!eider_schedule_check(&s, NOW));
    ck_assert(!eider_schedule_check(&s, NOW - 9000));
    ck_assert(eider_schedule_check(&s, NOW - 3600 * 1000));
    ck_assert_uint_lt(s.next_ms, NOW - 3600 * 1000 + 2 * SLOT);
}
END_TEST

START_TEST(costs_are_said)
{
    static const struct {
        unsigned slot;
        double mean, worst, mb;
        unsigned lines;
    } table[] = {{5, 2.9, 6.0, 20.736, 34560},
                 {10, 5.4, 11.5, 10.368, 17280},
                 {15, 7.9, 17.0, 6.912, 11520},
                 {30, 15.4, 33.5, 3.456, 5760}};

    for (unsigned i = 0; i < 4; i++) {
        eider_cost c, two;

        eider_schedule_cost(table[i].slot, 600, 1, &c);
        eider_schedule_cost(table[i].slot, 600, 2, &two);
        ck_assert_double_eq_tol(c.mean_s, table[i].mean, 1e-9);
        ck_assert_double_eq_tol(c.worst_s, table[i].worst, 1e-9);
        ck_assert_double_eq_tol(c.mb_a_day, table[i].mb, 1e-9);
        ck_assert_uint_eq(c.lines_a_day, table[i].lines);
        ck_assert_uint_eq(two.lines_a_day, 2 * c.lines_a_day);
    }
}
END_TEST

Suite *schedule_suite(void);

Suite *
schedule_suite(void)
{
    Suite *s = suite_create("schedule");
    TCase *tc = tcase_create("schedule");

    tcase_add_test(tc, only_five_slots_may_be_agreed_on);
    tcase_add_test(tc, the_first_slot_is_drawn_from_one_length);
    tcase_add_test(tc, slots_stay_on_their_grid);
    tcase_add_test(tc, one_seed_is_one_schedule);
    tcase_add_test(tc, frames_are_sealed_well_before);
    tcase_add_test(tc, what_was_slept_through_is_skipped);
    tcase_add_test(tc, a_little_late_is_not_missed);
    tcase_add_test(tc, a_clock_put_back_begins_anew);
    tcase_add_test(tc, costs_are_said);
    suite_add_tcase(s, tc);
    return s;
}
