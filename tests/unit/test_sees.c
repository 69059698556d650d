/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The arithmetic of the time lines: points, zoom, marks, columns. */
#include "gtk/seesmap.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Suite *sees_suite(void);

#define T0     INT64_C(1700000000000)
#define MINUTE INT64_C(60000)

static eider_seen_event
event(int64_t ms, eider_seen_kind kind, eider_seen_way way, uint32_t size)
{
    return (eider_seen_event){.ms = (uint64_t)ms,
                              .size = size,
                              .kind = (uint8_t)kind,
                              .way = (uint8_t)way};
}

START_TEST(a_point_is_a_time_and_back)
{
    const eider_sees_axis a = {T0, 10 * MINUTE, 600};

    ck_assert_double_eq(eider_sees_x(&a, T0), 0);
    ck_assert_double_eq(eider_sees_x(&a, T0 + MINUTE), 60);
    ck_assert_double_lt(eider_sees_x(&a, T0 - 1), 0);
    ck_assert_double_ge(eider_sees_x(&a, T0 + 10 * MINUTE), 600);
    for (int x = 0; x <= 600; x += 7)
        ck_assert_double_eq_tol(eider_sees_x(&a, eider_sees_ms(&a, x)), x,
                                0.01);
}
END_TEST

START_TEST(zooming_keeps_what_is_under_the_mouse)
{
    for (int x = 0; x <= 700; x += 50) {
        eider_sees_axis a = {T0, 10 * MINUTE, 700};
        int64_t at = eider_sees_ms(&a, x);

        eider_sees_zoom(&a, 0.5, x);
        ck_assert_int_eq(a.span, 5 * MINUTE);
        ck_assert_double_eq_tol(eider_sees_x(&a, at), x, 0.01);
        eider_sees_zoom(&a, 2, x);
        ck_assert_int_eq(a.span, 10 * MINUTE);
        ck_assert_double_eq_tol(eider_sees_x(&a, at), x, 0.01);
    }
}
END_TEST

START_TEST(zooming_has_ends)
{
    eider_sees_axis a = {T0, 10 * MINUTE, 700};

    for (int i = 0; i < 100; i++)
        eider_sees_zoom(&a, 0.5, 10);
    ck_assert_int_eq(a.span, EIDER_SEES_NARROWEST);
    for (int i = 0; i < 100; i++)
        eider_sees_zoom(&a, 3, 10);
    ck_assert_int_eq(a.span, EIDER_SEES_WIDEST);
    eider_sees_end_at(&a, 1, T0);
    ck_assert_int_eq(a.span, EIDER_SEES_NARROWEST);
    ck_assert_int_lt(a.from, T0);
    ck_assert_int_gt(a.from + a.span, T0);
    eider_sees_move(&a, -1);
    ck_assert_int_lt(a.from + a.span, T0);
}
END_TEST

START_TEST(marks_are_far_enough_apart_and_round)
{
    static const int64_t spans[] = {20,    60,     300,    600,       3600,
                                    86400, 172800, 604800, 86400 * 14};

    for (size_t i = 0; i < sizeof spans / sizeof *spans; i++) {
        eider_sees_axis a = {T0 + 123, spans[i] * 1000, 700};
        int64_t step = eider_sees_step(&a, 90), n = 0, before = 0, at;

        if (step < 2 * 86400)
            ck_assert_int_ge(step * 700 / spans[i], 89);
        for (at = eider_sees_mark(a.from, step); at < a.from + a.span;
             at = eider_sees_mark(at + 1000, step)) {
            ck_assert_int_ge(at, a.from);
            if (n > 0)
                ck_assert_int_eq(at - before, step * 1000);
            before = at;
            n++;
        }
        ck_assert_int_ge(n, 2);
        ck_assert_int_le(n, 9);
    }
}
END_TEST

static void
is_local(int64_t ms, const char *want)
{
    time_t t = (time_t)(ms / 1000);
    struct tm local;
    char got[32];

    ck_assert_int_eq(ms % 1000, 0);
    (void)strftime(got, sizeof got, "%d %H:%M", localtime_r(&t, &local));
    ck_assert_str_eq(got, want);
}

START_TEST(days_begin_at_midnight_where_clocks_change)
{
    static const struct {
        int64_t from; /* seconds; a day before */
        const char *want[4];
    } changes[] = {
        /* the last Sundays of March and October 2026 */
        {1774656000, {"28 12:00", "29 00:00", "30 00:00", "31 00:00"}},
        {1792836000, {"24 12:00", "25 00:00", "26 00:00", "27 00:00"}}};

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        int64_t at = changes[i].from * 1000;
        int64_t noon = eider_sees_mark(at, 43200);

        is_local(noon, changes[i].want[0]);
        for (int d = 1; d < 4; d++) {
            at = eider_sees_mark(at + 1000, 86400);
            is_local(at, changes[i].want[d]);
        }
    }
    /* every hour is a full one, and they go on */
    for (int64_t at = INT64_C(1774740000000), i = 0; i < 8; i++) {
        int64_t next = eider_sees_mark(at + 1000, 3600);

        ck_assert_int_gt(next, at);
        ck_assert_int_eq(next % 3600000, 0);
        at = next;
    }
    setenv("TZ", "IST-5:30", 1);
    tzset();
    is_local(eider_sees_mark(T0, 86400), "16 00:00");
    unsetenv("TZ");
    tzset();
}
END_TEST

START_TEST(events_fall_into_their_columns)
{
    const eider_sees_axis a = {T0, 100 * 1000, 100};
    const eider_seen_event events[] = {
        event(T0 - 1, EIDER_SEEN_COVER, EIDER_SEEN_OUT, 1),
        event(T0, EIDER_SEEN_COVER, EIDER_SEEN_OUT, 391),
        event(T0 + 999, EIDER_SEEN_OPEN, EIDER_SEEN_OUT, 7),
        event(T0 + 1000, EIDER_SEEN_TEXT, EIDER_SEEN_IN, 391),
        event(T0 + 50000, EIDER_SEEN_WROTE, EIDER_SEEN_OUT, 12),
        event(T0 + 99999, EIDER_SEEN_WROTE, EIDER_SEEN_IN, 5),
        event(T0 + 100000, EIDER_SEEN_WROTE, EIDER_SEEN_IN, 5)};
    eider_sees_bucket b[EIDER_SEES_LANES * 100], all;

    eider_sees_fill(&a, events, 7, b);
    ck_assert_uint_eq(b[EIDER_SEES_OUT * 100].count, 2);
    ck_assert_uint_eq(b[EIDER_SEES_OUT * 100].least, 7);
    ck_assert_uint_eq(b[EIDER_SEES_OUT * 100].most, 391);
    ck_assert_uint_eq(b[EIDER_SEES_OUT * 100].open, 1);
    ck_assert_uint_eq(b[EIDER_SEES_IN * 100 + 1].count, 1);
    ck_assert_uint_eq(b[EIDER_SEES_YOU * 100 + 50].most, 12);
    ck_assert_uint_eq(b[EIDER_SEES_THEY * 100 + 99].count, 1);
    all = eider_sees_total(b + EIDER_SEES_OUT * 100, 100);
    ck_assert_uint_eq(all.count, 2);
    ck_assert_uint_eq(all.least, 7);
    ck_assert_uint_eq(all.most, 391);
    ck_assert_uint_eq(all.open, 1);
    all = eider_sees_total(b + EIDER_SEES_YOU * 100, 50);
    ck_assert_uint_eq(all.count, 0);
}
END_TEST

START_TEST(sums_are_drawn_as_averages)
{
    eider_seen_bucket sums[2] = {
        {.lines = {3, 0}, .bytes = {1173, 0}, .open = {1, 0}},
        {.texts = {0, 2}, .chars = {0, 30}}};
    eider_sees_bucket b[EIDER_SEES_LANES * 2];

    eider_sees_fill_sums(sums, 2, b);
    ck_assert_uint_eq(b[EIDER_SEES_OUT * 2].count, 3);
    ck_assert_uint_eq(b[EIDER_SEES_OUT * 2].most, 391);
    ck_assert_uint_eq(b[EIDER_SEES_OUT * 2].open, 1);
    ck_assert_uint_eq(b[EIDER_SEES_IN * 2].count, 0);
    ck_assert_uint_eq(b[EIDER_SEES_IN * 2].most, 0);
    ck_assert_uint_eq(b[EIDER_SEES_THEY * 2 + 1].count, 2);
    ck_assert_uint_eq(b[EIDER_SEES_THEY * 2 + 1].least, 15);
}
END_TEST

START_TEST(an_event_is_found_by_mouse_and_key)
{
    const eider_seen_event e[] = {
        event(T0, EIDER_SEEN_WROTE, EIDER_SEEN_OUT, 5),
        event(T0 + 40, EIDER_SEEN_TEXT, EIDER_SEEN_OUT, 391),
        event(T0 + 900, EIDER_SEEN_COVER, EIDER_SEEN_IN, 391),
        event(T0 + 5000, EIDER_SEEN_WROTE, EIDER_SEEN_IN, 5)};

    ck_assert_ptr_eq(eider_sees_nearest(e, 4, false, T0 + 30, 50), &e[0]);
    ck_assert_ptr_eq(eider_sees_nearest(e, 4, true, T0 + 30, 50), &e[1]);
    ck_assert_ptr_eq(eider_sees_nearest(e, 4, true, T0 + 800, 5000), &e[2]);
    ck_assert_ptr_null(eider_sees_nearest(e, 4, true, T0 + 2000, 500));
    ck_assert_ptr_null(eider_sees_nearest(NULL, 0, true, T0, 500));

    ck_assert_ptr_eq(eider_sees_next(e, 4, false, T0 - 1, 1), &e[0]);
    ck_assert_ptr_eq(eider_sees_next(e, 4, false, T0, 1), &e[3]);
    ck_assert_ptr_null(eider_sees_next(e, 4, false, T0 + 5000, 1));
    ck_assert_ptr_eq(eider_sees_next(e, 4, true, T0 + 9000, -1), &e[2]);
    ck_assert_ptr_eq(eider_sees_next(e, 4, true, T0 + 900, -1), &e[1]);
    ck_assert_ptr_null(eider_sees_next(e, 4, true, T0 + 40, -1));
}
END_TEST

START_TEST(a_text_leaves_with_the_next_line_if_it_was_alone)
{
    eider_seen_event e[] = {
        event(T0, EIDER_SEEN_COVER, EIDER_SEEN_OUT, 391),
        event(T0 + 1, EIDER_SEEN_WROTE, EIDER_SEEN_OUT, 5),
        event(T0 + 2, EIDER_SEEN_WROTE, EIDER_SEEN_IN, 5),
        event(T0 + 5000, EIDER_SEEN_TEXT, EIDER_SEEN_IN, 391),
        event(T0 + 7000, EIDER_SEEN_TEXT, EIDER_SEEN_OUT, 391),
        event(T0 + 8000, EIDER_SEEN_WROTE, EIDER_SEEN_OUT, 5),
        event(T0 + 9000, EIDER_SEEN_WROTE, EIDER_SEEN_OUT, 5),
        event(T0 + 9900, EIDER_SEEN_TEXT, EIDER_SEEN_OUT, 391),
        event(T0 + 9950, EIDER_SEEN_WROTE, EIDER_SEEN_OUT, 5)};

    e[3].lines = e[4].lines = e[7].lines = 1;
    ck_assert_uint_eq(eider_sees_left(e, 9, 1), T0 + 7000);
    ck_assert_uint_eq(eider_sees_left(e, 9, 5), T0 + 9900);
    ck_assert_uint_eq(eider_sees_left(e, 9, 6), 0);
    ck_assert_uint_eq(eider_sees_left(e, 9, 8), 0);
}
END_TEST

Suite *
sees_suite(void)
{
    Suite *s = suite_create("sees");
    TCase *tc = tcase_create("sees");

    tcase_add_test(tc, a_point_is_a_time_and_back);
    tcase_add_test(tc, zooming_keeps_what_is_under_the_mouse);
    tcase_add_test(tc, zooming_has_ends);
    tcase_add_test(tc, marks_are_far_enough_apart_and_round);
    tcase_add_test(tc, days_begin_at_midnight_where_clocks_change);
    tcase_add_test(tc, events_fall_into_their_columns);
    tcase_add_test(tc, sums_are_drawn_as_averages);
    tcase_add_test(tc, an_event_is_found_by_mouse_and_key);
    tcase_add_test(tc, a_text_leaves_with_the_next_line_if_it_was_alone);
    suite_add_tcase(s, tc);
    return s;
}
