/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts as they arrive: numbers, gaps, parts, ids; driven without a network,
 * so that each may come when it likes.
 */
#include "core/work.h"
#include "unit/world.h"

#include <check.h>
#include <string.h>

static world *w;
static device *a, *b;
static eider_contact *c;
static eider_session *s;

static void
set_up(void)
{
    w = world_new(13);
    a = world_add(w, "alice", "1");
    b = world_add(w, "bob", "1");
    device_meet(a, b);
    w->is_cut = true;
    c = eider_contact_get(b->engine, b->account, "alice");
    s = g_ptr_array_index(c->sessions, 0);
}

static void
tear_down(void)
{
    world_free(w);
}

/* Text @word of number @seq, part @part of @parts; its id is its number. */
static void
bring(uint32_t seq, unsigned part, unsigned parts, const char *word)
{
    eider_text t = {.seq = seq,
                    .part = (uint8_t)part,
                    .parts = (uint8_t)parts,
                    .text = {(const uint8_t *)word, strlen(word)}};

    t.id[0] = (uint8_t)seq;
    t.id[1] = (uint8_t)(seq >> 8);
    eider_inbox_text(b->engine, c, s, &t, 0);
    ck_assert_int_eq(eider_commit(b->engine, c), EIDER_OK);
    eider_effects_run(b->engine);
}

static void
assert_shown(const char *words)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < b->shown->len; i++)
        g_string_append(all, ((shown_text *)b->shown->pdata[i])->html);
    ck_assert_str_eq(all->str, words);
    g_string_free(all, TRUE);
}

START_TEST(a_gap_holds_back_what_is_behind_it)
{
    bring(0, 0, 1, "a");
    bring(2, 0, 1, "c");
    bring(3, 0, 1, "d");
    assert_shown("a");
    bring(1, 0, 1, "b");
    assert_shown("abcd");
    ck_assert_uint_eq(s->base, 4);
}
END_TEST

START_TEST(for_half_a_minute_and_no_longer)
{
    bring(1, 0, 1, "b");
    world_run(w, 29 * WORLD_SECOND);
    assert_shown("");
    world_run(w, 2 * WORLD_SECOND);
    assert_shown("b");
    bring(2, 0, 1, "c"); /* the same gap holds nothing back any more */
    assert_shown("bc");
    bring(0, 0, 1, "a"); /* late, but not lost */
    assert_shown("bca");
}
END_TEST

START_TEST(each_gap_has_its_own_half_minute)
{
    bring(1, 0, 1, "b");
    world_run(w, 20 * WORLD_SECOND);
    bring(3, 0, 1, "d");
    world_run(w, 11 * WORLD_SECOND);
    assert_shown("b"); /* 0 is given up, 2 is missed for 11 s only */
    bring(2, 0, 1, "c");
    assert_shown("bcd");
}
END_TEST

START_TEST(a_filled_gap_does_not_lend_its_age_to_the_next)
{
    bring(1, 0, 1, "b");
    world_run(w, 25 * WORLD_SECOND);
    bring(3, 0, 1, "d");
    bring(0, 0, 1, "a");
    assert_shown("ab");
    world_run(w, 20 * WORLD_SECOND);
    assert_shown("ab");
    world_run(w, 11 * WORLD_SECOND);
    assert_shown("abd");
}
END_TEST

START_TEST(what_comes_twice_is_shown_once)
{
    bring(0, 0, 1, "a");
    bring(0, 0, 1, "a");
    bring(2, 0, 1, "c");
    bring(2, 0, 1, "c");
    bring(1, 0, 1, "b");
    bring(1, 0, 1, "b");
    assert_shown("abc");
    ck_assert(s->ack_ms != 0); /* known ones are acknowledged, too */
}
END_TEST

START_TEST(parts_come_in_any_order)
{
    bring(0, 2, 3, "C");
    bring(0, 0, 3, "A");
    bring(0, 0, 3, "A");
    ck_assert_uint_eq(s->base, 0); /* not complete: not acknowledged */
    assert_shown("");
    bring(0, 1, 3, "B");
    assert_shown("ABC");
    ck_assert_uint_eq(s->base, 1);
    bring(0, 1, 3, "B");
    ck_assert_uint_eq(c->partials->len, 0);
}
END_TEST

START_TEST(of_two_cuts_the_first_complete_one_wins)
{
    bring(0, 0, 2, "AB");
    bring(0, 0, 3, "A");
    bring(0, 1, 3, "B");
    bring(0, 2, 3, "C");
    assert_shown("ABC");
    bring(0, 1, 2, "C");
    assert_shown("ABC");
    ck_assert_uint_eq(c->partials->len, 0);
}
END_TEST

START_TEST(numbers_beyond_the_window_are_not_taken)
{
    bring(EIDER_SEQ_WINDOW, 0, 1, "x");
    assert_shown("");
    ck_assert_uint_eq(c->inbox->len, 0);
    bring(EIDER_SEQ_WINDOW - 1, 0, 1, "y");
    ck_assert_uint_eq(c->inbox->len, 1);
}
END_TEST

START_TEST(a_floor_gives_numbers_up)
{
    bring(5, 0, 1, "f");
    eider_inbox_floor(s, 5, w->now);
    ck_assert_uint_eq(s->base, 6);
    eider_inbox_tick(b->engine, c);
    ck_assert_int_eq(eider_commit(b->engine, c), EIDER_OK);
    eider_effects_run(b->engine);
    assert_shown("f");
    bring(3, 0, 1, "d"); /* given up by them, but new to us */
    assert_shown("fd");
    eider_inbox_floor(s, 1000000, w->now);
    ck_assert_uint_eq(s->base, 1000000);
    eider_inbox_floor(s, 5, w->now);
    ck_assert_uint_eq(s->base, 1000000);
}
END_TEST

START_TEST(an_ack_says_what_has_arrived)
{
    eider_ack ack;

    bring(0, 0, 1, "a");
    bring(2, 0, 1, "c");
    bring(33, 0, 1, "z");
    eider_inbox_ack(s, &ack);
    ck_assert_uint_eq(ack.base, 1);
    ck_assert_uint_eq(ack.bitmap, 1u | 1u << 31);
}
END_TEST

START_TEST(too_many_held_back_are_shown_early_and_not_lost)
{
    for (uint32_t i = 1; i <= EIDER_HELD_MAX + 10; i++)
        bring(i, 0, 1, "x");
    ck_assert_uint_ge(b->shown->len, 10);
    ck_assert_uint_le(c->inbox->len, EIDER_HELD_MAX);
    world_run(w, 31 * WORLD_SECOND);
    ck_assert_uint_eq(b->shown->len, EIDER_HELD_MAX + 10);
}
END_TEST

START_TEST(an_ack_comes_after_10_to_60_s_or_soon_in_a_gap)
{
    bring(0, 0, 1, "a");
    ck_assert_uint_ge(s->ack_ms, w->now + 10 * WORLD_SECOND);
    ck_assert_uint_le(s->ack_ms, w->now + 60 * WORLD_SECOND);
    bring(2, 0, 1, "c");
    ck_assert_uint_ge(s->ack_ms, w->now + 1 * WORLD_SECOND);
    ck_assert_uint_le(s->ack_ms, w->now + 3 * WORLD_SECOND);
}
END_TEST

START_TEST(a_clock_put_back_holds_nothing_for_years)
{
    bring(1, 0, 1, "b");
    w->now -= 400 * WORLD_DAY;
    bring(2, 0, 1, "c");
    w->now += 31 * WORLD_SECOND;
    eider_inbox_tick(b->engine, c);
    ck_assert_int_eq(eider_commit(b->engine, c), EIDER_OK);
    eider_effects_run(b->engine);
    assert_shown("bc");
}
END_TEST

Suite *inbox_suite(void);

Suite *
inbox_suite(void)
{
    Suite *suite = suite_create("inbox");
    TCase *tc = tcase_create("inbox");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_gap_holds_back_what_is_behind_it);
    tcase_add_test(tc, for_half_a_minute_and_no_longer);
    tcase_add_test(tc, each_gap_has_its_own_half_minute);
    tcase_add_test(tc, a_filled_gap_does_not_lend_its_age_to_the_next);
    tcase_add_test(tc, what_comes_twice_is_shown_once);
    tcase_add_test(tc, parts_come_in_any_order);
    tcase_add_test(tc, of_two_cuts_the_first_complete_one_wins);
    tcase_add_test(tc, numbers_beyond_the_window_are_not_taken);
    tcase_add_test(tc, a_floor_gives_numbers_up);
    tcase_add_test(tc, an_ack_says_what_has_arrived);
    tcase_add_test(tc, too_many_held_back_are_shown_early_and_not_lost);
    tcase_add_test(tc, an_ack_comes_after_10_to_60_s_or_soon_in_a_gap);
    tcase_add_test(tc, a_clock_put_back_holds_nothing_for_years);
    suite_add_tcase(suite, tc);
    return suite;
}
