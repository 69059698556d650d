/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts of the user: waiting, leaving, in which lines, and given up. */
#include "unit/peek.h"

#include <string.h>

Suite *outbox_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_met(5);
}

static void
tear_down(void)
{
    couple_free(&two);
}

static unsigned
waiting(void)
{
    return device_status(two.a, "bob").waiting;
}

static void
type(const char *text)
{
    ck_assert_int_eq(device_write(two.a, "bob", text), EIDER_OK);
}

/* ---- waiting -------------------------------------------------------------- */

START_TEST(text_for_somebody_away_waits_and_is_told_once)
{
    device_offline(two.b);
    tap_open(two.a);
    type("one");
    type("two");
    ck_assert_uint_eq(waiting(), 2);
    ck_assert_uint_eq(two.a->lines->len, 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_WAITS_OFFLINE], 1);
    tap_close(two.a);
    device_start(two.b);
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(waiting(), 0);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
    ck_assert_uint_eq(device_count_shown(two.b, "two"), 1);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->outbox->len, 0);
}
END_TEST

START_TEST(text_that_waits_outlives_the_program)
{
    device_offline(two.b);
    type("kept");
    device_stop(two.a);
    device_start(two.b);
    device_start(two.a);
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "kept"), 1);
}
END_TEST

START_TEST(what_is_cancelled_never_leaves)
{
    unsigned n;

    device_offline(two.b);
    type("one");
    type("two");
    ck_assert_int_eq(
        eider_engine_cancel(two.a->engine, two.a->account, "bob", &n),
        EIDER_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_uint_eq(waiting(), 0);
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.b->shown->len, 0);
    ck_assert_int_eq(
        eider_engine_cancel(two.a->engine, two.a->account, "bob", &n),
        EIDER_OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(what_has_left_cannot_be_cancelled)
{
    unsigned n;

    tap_open(two.a);
    type("gone");
    ck_assert_int_eq(
        eider_engine_cancel(two.a->engine, two.a->account, "bob", &n),
        EIDER_OK);
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->outbox->len, 1);
}
END_TEST

START_TEST(too_long_too_many_and_nothing_are_not_taken)
{
    g_autofree char *most = g_strnfill(EIDER_TEXT_MAX, 'x');
    g_autofree char *more = g_strnfill(EIDER_TEXT_MAX + 1, 'x');
    eider_contact *c = peek_contact(two.a, "bob");

    ck_assert_int_eq(device_write(two.a, "bob", ""), EIDER_E_MALFORMED);
    ck_assert_int_eq(device_write(two.a, "bob", more), EIDER_E_LIMIT);
    device_offline(two.b);
    type(most);
    while (c->outbox->len < EIDER_OUTBOX_MAX)
        eider_outbox_add(two.a->engine, c, "x", false, NULL, NULL);
    ck_assert_int_eq(device_write(two.a, "bob", "x"), EIDER_E_LIMIT);
    ck_assert_uint_eq(c->outbox->len, EIDER_OUTBOX_MAX);
}
END_TEST

/* A file grows with them, and one that is too long could not be written. */
START_TEST(there_is_an_end_to_what_waits_in_bytes_too)
{
    g_autofree char *most = g_strnfill(EIDER_TEXT_MAX, 'x');
    eider_contact *c = peek_contact(two.a, "bob");
    unsigned n;

    device_offline(two.b);
    for (n = 0; n < EIDER_OUTBOX_BYTES / EIDER_TEXT_MAX; n++) {
        ck_assert(!device_status(two.a, "bob").is_full);
        eider_outbox_add(two.a->engine, c, most, false, NULL, NULL);
    }
    ck_assert_int_eq(device_write(two.a, "bob", "x"), EIDER_E_LIMIT);
    ck_assert(device_status(two.a, "bob").is_full);
    ck_assert_int_eq(
        eider_engine_cancel(two.a->engine, two.a->account, "bob", &n),
        EIDER_OK);
    ck_assert_uint_ge(n, EIDER_OUTBOX_BYTES / EIDER_TEXT_MAX);
    ck_assert_int_eq(device_write(two.a, "bob", "x"), EIDER_OK);
}
END_TEST

/* One device has the first of them: it makes room, but not where the others are
 * too many without it, or it would be given up for nothing. */
START_TEST(what_makes_too_little_room_stays)
{
    g_autofree char *most = g_strnfill(EIDER_TEXT_MAX, 'x');
    eider_contact *c = peek_contact(two.a, "bob");
    guint len, more = _i == 0 ? 0 : EIDER_OUTBOX_BYTES / EIDER_TEXT_MAX;
    eider_entry *en;
    eider_target acked = {.state = EIDER_ACKED};

    device_offline(two.b);
    eider_outbox_add(two.a->engine, c, "has come", false, NULL, NULL);
    en = g_ptr_array_index(c->outbox, 0);
    g_array_append_val(en->targets, acked);
    ck_assert(eider_entry_has_arrived(en));
    for (guint i = 0; i < more; i++)
        eider_outbox_add(two.a->engine, c, most, false, NULL, NULL);
    while (_i == 0 && c->outbox->len < EIDER_OUTBOX_MAX)
        eider_outbox_add(two.a->engine, c, "x", false, NULL, NULL);
    len = c->outbox->len;
    ck_assert_int_eq(device_status(two.a, "bob").is_full, _i == 1);
    ck_assert_int_eq(device_write(two.a, "bob", "y"),
                     _i == 0 ? EIDER_OK : EIDER_E_LIMIT);
    ck_assert_uint_eq(c->outbox->len, len);
    ck_assert_int_eq(g_ptr_array_index(c->outbox, 0) == en, _i == 1);
}
END_TEST

START_TEST(texts_arrive_in_the_order_of_typing)
{
    two.w->delay_ms = 5000;
    for (unsigned i = 0; i < 30; i++) {
        g_autofree char *text = g_strdup_printf("%u", i);

        type(text);
        world_run(two.w, 100);
    }
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(two.b->shown->len, 30);
    for (unsigned i = 0; i < 30; i++) {
        const shown_text *t = g_ptr_array_index(two.b->shown, i);

        ck_assert_uint_eq(strtoul(t->html, NULL, 10), i);
    }
}
END_TEST

/* ---- lines ---------------------------------------------------------------- */

static const struct {
    size_t line_max, len;
    unsigned lines;
    size_t line;
} sizes[] = {
    {8000, 1, 1, 391},     {8000, 173, 1, 391},    {8000, 174, 1, 1931},
    {8000, 1293, 1, 1931}, {8000, 1294, 1, 7706},  {8000, 5493, 1, 7706},
    {8000, 5494, 2, 7706}, {8000, 27465, 6, 7706}, {1931, 1293, 1, 1931},
    {1931, 1294, 2, 1931}, {1931, 6465, 6, 1931},  {1930, 173, 1, 391},
    {1930, 174, 2, 391},   {391, 519, 3, 391},     {391, 692, 4, 391},
    {391, 693, 6, 391},    {391, 1211, 8, 391},    {391, 1384, 8, 391},
    {391, 1385, 12, 391},  {391, 2076, 12, 391},   {391, 2077, 16, 391},
    {391, 2769, 24, 391},  {391, 4153, 32, 391},   {391, 5536, 32, 391},
    {391, 5537, 33, 391},
};

START_TEST(a_text_leaves_in_the_lines_of_its_step)
{
    g_autofree char *text = g_strnfill(sizes[_i].len, 'x');

    two.a->line_max = sizes[_i].line_max;
    tap_open(two.a);
    type(text);
    ck_assert_uint_eq(two.a->lines->len, sizes[_i].lines);
    for (guint i = 0; i < two.a->lines->len; i++)
        ck_assert_uint_eq(strlen(tap_line(two.a, i)), sizes[_i].line);
    tap_give_all(two.a, two.b);
    if (sizes[_i].lines <= EIDER_PARTS_MAX)
        ck_assert_uint_eq(device_count_shown(two.b, text), 1);
    else
        ck_assert_uint_eq(two.b->shown->len, 2);
}
END_TEST

START_TEST(a_carrier_that_takes_less_gets_smaller_lines_and_nothing_is_lost)
{
    g_autofree char *long_one = g_strnfill(20000, 'y');
    g_autofree char *short_one = g_strnfill(1000, 'z');
    size_t n = 0;

    carrier_narrows(two.a);
    type(short_one);
    two.a->line_max = 8000;
    type(long_one);
    type("end");
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, short_one), 1);
    ck_assert_uint_eq(device_count_shown(two.b, "end"), 1);
    for (guint i = 0; i < two.b->shown->len; i++) {
        const shown_text *t = g_ptr_array_index(two.b->shown, i);

        n += t->html[0] == 'y' ? strlen(t->html) : 0;
    }
    ck_assert_uint_eq(n, 20000);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->outbox->len, 0);
}
END_TEST

START_TEST(what_the_carrier_refuses_is_tried_again)
{
    two.a->refuses = true;
    type("later");
    world_run(two.w, WORLD_SECOND);
    ck_assert_uint_eq(two.b->shown->len, 0);
    two.a->refuses = false;
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "later"), 1);
}
END_TEST

/* ---- time ----------------------------------------------------------------- */

START_TEST(a_text_without_an_ack_is_sent_again_three_times)
{
    tap_open(two.a);
    type("hm");
    ck_assert_uint_eq(two.a->lines->len, 1);
    world_run(two.w, 119 * WORLD_SECOND);
    ck_assert_uint_eq(two.a->lines->len, 1);
    world_run(two.w, 2 * WORLD_SECOND);
    ck_assert_uint_eq(two.a->lines->len, 2);
    world_run(two.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(two.a->lines->len, 3);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.a->lines->len, 4);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state,
                     EIDER_MEET_IDLE);
    world_run(two.w, 10 * WORLD_MINUTE);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state,
                     EIDER_MEET_CALLING);
    tap_give_all(two.a, two.b);
    ck_assert_uint_eq(device_count_shown(two.b, "hm"), 1);
}
END_TEST

START_TEST(a_text_that_waits_two_weeks_is_given_up_and_told)
{
    device_offline(two.b);
    type("the first");
    type("the second");
    world_run(two.w, 14 * WORLD_DAY - WORLD_HOUR);
    ck_assert_uint_eq(waiting(), 2);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_GIVEN_UP], 0);
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_uint_eq(waiting(), 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_GIVEN_UP], 1);
    ck_assert_str_eq(two.a->news_detail, "the first");
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.b->shown->len, 0);
}
END_TEST

START_TEST(two_days_without_an_answer_are_told_once)
{
    device *c = world_add(two.w, "carol", "1");

    device_start(c);
    two.w->is_cut = true;
    ck_assert_int_eq(device_choose(two.a, "carol", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "carol", "hello"), EIDER_OK);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_WAITS_MEETING], 1);
    world_run(two.w, 2 * WORLD_DAY - WORLD_HOUR);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NO_ANSWER], 0);
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NO_ANSWER], 1);
    world_run(two.w, 5 * WORLD_DAY);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NO_ANSWER], 1);
}
END_TEST

Suite *
outbox_suite(void)
{
    Suite *suite = suite_create("outbox");
    TCase *t = tcase_create("waiting");
    TCase *l = tcase_create("lines");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, text_for_somebody_away_waits_and_is_told_once);
    tcase_add_test(t, text_that_waits_outlives_the_program);
    tcase_add_test(t, what_is_cancelled_never_leaves);
    tcase_add_test(t, what_has_left_cannot_be_cancelled);
    tcase_add_test(t, too_long_too_many_and_nothing_are_not_taken);
    tcase_add_test(t, there_is_an_end_to_what_waits_in_bytes_too);
    tcase_add_loop_test(t, what_makes_too_little_room_stays, 0, 2);
    tcase_add_test(t, texts_arrive_in_the_order_of_typing);
    tcase_add_checked_fixture(l, set_up, tear_down);
    tcase_add_loop_test(l, a_text_leaves_in_the_lines_of_its_step, 0,
                        (int)G_N_ELEMENTS(sizes));
    tcase_add_test(
        l, a_carrier_that_takes_less_gets_smaller_lines_and_nothing_is_lost);
    tcase_add_test(l, what_the_carrier_refuses_is_tried_again);
    tcase_add_test(l, a_text_without_an_ack_is_sent_again_three_times);
    tcase_add_test(l, a_text_that_waits_two_weeks_is_given_up_and_told);
    tcase_add_test(l, two_days_without_an_answer_are_told_once);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, l);
    return suite;
}
