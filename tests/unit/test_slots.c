/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What rides in slots, in which order, and what does not leave outside. */
#include "core/work.h"
#include "eider/frame.h"
#include "unit/world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct {
    world *w;
    device *a, *b;
} it;

static void
set_up(void)
{
    it.w = world_new(2);
    it.a = world_add(it.w, "alice", "1");
    it.b = world_add(it.w, "bob", "1");
    device_meet(it.a, it.b);
    device_steady(it.a, it.b, 10);
    it.a->keeps_lines = it.b->keeps_lines = true;
}

static void
tear_down(void)
{
    world_free(it.w);
}

static eider_contact *
contact(void)
{
    return eider_contact_get(it.a->engine, it.a->account, "bob");
}

static const sent_line *
line(guint i)
{
    return g_ptr_array_index(it.a->lines, i);
}

static void
assert_lines_regular(guint from)
{
    for (guint i = from; i < it.a->lines->len; i++) {
        ck_assert_uint_eq(strlen(line(i)->line), EIDER_LINE_S);
        if (i > from)
            ck_assert_uint_gt(line(i)->at_ms - line(i - 1)->at_ms, 9000);
    }
}

START_TEST(text_waits_for_its_slot)
{
    guint before = it.a->lines->len;

    ck_assert_int_eq(device_write(it.a, "bob", "hello"), EIDER_OK);
    ck_assert_uint_eq(it.a->lines->len, before);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_WAITS_OFFLINE], 0);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_WAITS_MEETING], 0);
    world_run(it.w, 23 * WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(it.b, "hello"), 1);
    world_run(it.w, 20 * WORLD_SECOND);
    ck_assert_uint_eq(contact()->outbox->len, 0); /* acknowledged in a slot */
    assert_lines_regular(before);
}
END_TEST

START_TEST(texts_keep_their_order)
{
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *text = g_strdup_printf("%u", i);

        ck_assert_int_eq(device_write(it.a, "bob", text), EIDER_OK);
    }
    world_run(it.w, 21 * 10 * WORLD_SECOND + 5 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->shown->len, 20);
    for (guint i = 0; i < 20; i++) {
        const shown_text *t = g_ptr_array_index(it.b->shown, i);

        ck_assert_int_eq(atoi(t->html), (int)i);
    }
}
END_TEST

START_TEST(a_long_text_goes_in_small_parts)
{
    g_autofree char *text = g_strnfill(1500, 'x');

    it.a->line_max = 8000;
    ck_assert_int_eq(device_write(it.a, "bob", text), EIDER_OK);
    world_run(it.w, 9 * 10 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->shown->len, 1); /* in nine frames, not one more */
    ck_assert_uint_eq(device_count_shown(it.b, text), 1);
    assert_lines_regular(0);
}
END_TEST

/* More than 32 parts of 173 bytes: the rest is a text of its own. */
START_TEST(a_text_that_is_too_long_becomes_two)
{
    g_autofree char *text = g_strnfill(40 * 173, 'x');

    ck_assert_int_eq(device_write(it.a, "bob", text), EIDER_OK);
    world_run(it.w, 45 * 10 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->shown->len, 2);
    ck_assert_uint_eq(
        strlen(((shown_text *)g_ptr_array_index(it.b->shown, 0))->html), 5536);
    ck_assert_uint_eq(
        strlen(((shown_text *)g_ptr_array_index(it.b->shown, 1))->html), 1384);
}
END_TEST

START_TEST(a_text_in_parts_outlives_the_mode)
{
    g_autofree char *text = g_strnfill(1500, 'x');

    ck_assert_int_eq(device_write(it.a, "bob", text), EIDER_OK);
    world_run(it.w, 3 * 10 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->shown->len, 0);
    ck_assert_int_eq(eider_engine_steady(it.a->engine, it.a->account, "bob", 0),
                     EIDER_OK);
    ck_assert_int_eq(eider_engine_steady(it.a->engine, it.a->account, "bob", 0),
                     EIDER_OK);
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(it.b, text), 1);
    ck_assert_uint_eq(it.b->shown->len, 1);
    world_run(it.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(contact()->outbox->len, 0);
}
END_TEST

START_TEST(typing_rides_along)
{
    eider_engine_typing(it.a->engine, it.a->account, "bob", 1);
    ck_assert_uint_eq(it.b->typing, 0);
    world_run(it.w, 23 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->typing, 1);
    eider_engine_typing(it.a->engine, it.a->account, "bob", 2);
    world_run(it.w, 23 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->typing, 2);
    eider_engine_typing(it.a->engine, it.a->account, "bob", 0);
    world_run(it.w, 23 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->typing, 0);
    assert_lines_regular(0);
}
END_TEST

START_TEST(nobody_there_nothing_sent)
{
    guint n;

    device_offline(it.b);
    n = it.a->lines->len;
    ck_assert_int_eq(device_write(it.a, "bob", "later"), EIDER_OK);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_WAITS_OFFLINE], 1);
    world_run(it.w, WORLD_HOUR);
    ck_assert_uint_eq(it.a->lines->len, n);
    ck_assert(!device_status(it.a, "bob").steady_runs);
    device_start(it.b);
    world_run(it.w, 30 * WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(it.b, "later"), 1);
    assert_lines_regular(n);
}
END_TEST

START_TEST(a_machine_that_slept_catches_up_with_nothing)
{
    guint n;

    it.a->is_asleep = true;
    for (unsigned i = 0; i < 5; i++)
        ck_assert_int_eq(device_write(it.a, "bob", "zzz"), EIDER_OK);
    world_run(it.w, WORLD_HOUR);
    n = it.a->lines->len;
    it.a->is_asleep = false;
    world_run(it.w, 10 * WORLD_MINUTE);
    ck_assert_uint_ge(it.a->lines->len, n + 59);
    ck_assert_uint_le(it.a->lines->len, n + 61);
    assert_lines_regular(n);
    ck_assert_uint_eq(it.b->shown->len, 5);
}
END_TEST

START_TEST(a_reconnect_makes_no_burst)
{
    for (unsigned i = 0; i < 10; i++) {
        guint n = it.a->lines->len;

        for (unsigned k = 0; k < 3; k++)
            ck_assert_int_eq(device_write(it.a, "bob", "again"), EIDER_OK);
        device_offline(it.a);
        world_run(it.w, 3 * WORLD_SECOND);
        device_start(it.a);
        world_run(it.w, 12 * WORLD_SECOND);
        ck_assert_uint_le(it.a->lines->len, n + 2);
    }
    world_run(it.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(it.b->shown->len, 30);
}
END_TEST

START_TEST(a_full_disk_shows_as_nothing)
{
    guint n = it.a->lines->len;
    uint64_t unopenable = eider_engine_counters(it.b->engine)->unopenable;

    memfiles_fail_all(it.a->files, true);
    ck_assert_int_eq(device_write(it.a, "bob", "lost"), EIDER_E_STORE);
    world_run(it.w, 65 * WORLD_SECOND);
    ck_assert_uint_ge(it.a->lines->len, n + 5);
    assert_lines_regular(n);
    ck_assert(eider_engine_is_paused(it.a->engine));
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_STORE], 1);
    /* They were random bytes: nothing that is not on disk left. */
    ck_assert_uint_ge(eider_engine_counters(it.b->engine)->unopenable,
                      unopenable + 5);
    memfiles_fail_all(it.a->files, false);
    world_run(it.w, WORLD_MINUTE);
    ck_assert(!eider_engine_is_paused(it.a->engine));
    ck_assert_int_eq(device_write(it.a, "bob", "found"), EIDER_OK);
    world_run(it.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(it.b, "found"), 1);
    assert_lines_regular(n);
}
END_TEST

START_TEST(a_carrier_that_refuses_loses_nothing)
{
    guint n;

    ck_assert_int_eq(device_write(it.a, "bob", "hello"), EIDER_OK);
    it.a->refuses = true;
    world_run(it.w, 95 * WORLD_SECOND);
    ck_assert_uint_eq(it.b->shown->len, 0);
    it.a->refuses = false;
    n = it.a->lines->len;
    world_run(it.w, 11 * WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(it.b, "hello"), 1);
    ck_assert_uint_le(it.a->lines->len, n + 2);
}
END_TEST

/* What is sealed is on disk before: a machine that dies between the two begins
 * behind it, and uses no key twice. */
START_TEST(a_crash_between_sealing_and_sending_heals)
{
    it.w->restart_ms = WORLD_SECOND;
    for (int i = 0; i < 12; i++) {
        g_autofree char *text = g_strdup_printf("text %d", i);

        ck_assert_int_eq(device_write(it.a, "bob", text), EIDER_OK);
        if (i % 2 == 0)
            it.a->die_at_send = i % 3;
        else
            it.a->die_at_write = i % 4;
        world_run(it.w, 6 * WORLD_MINUTE);
        ck_assert_uint_ge(device_count_shown(it.b, text), 1);
    }
    ck_assert_uint_eq(it.w->crashes, 12);
    ck_assert_uint_eq(it.b->shown->len, 12);
    ck_assert_uint_eq(device_sessions(it.a, "bob"), 1);
}
END_TEST

START_TEST(cover_costs_one_write_a_slot)
{
    uint64_t writes = memfiles_writes(it.a->files);
    guint n = it.a->lines->len;

    it.a->has_ledger = false;
    world_run(it.w, 100 * 10 * WORLD_SECOND);
    n = it.a->lines->len - n;
    writes = memfiles_writes(it.a->files) - writes;
    ck_assert_uint_ge(writes, n - 1);
    ck_assert_uint_le(writes, n + 1);
    /* Two files by turns, whatever the number of slots. */
    ck_assert_uint_le(memfiles_count(it.a->files), 6);
}
END_TEST

START_TEST(a_clean_end_leaves_no_journal)
{
    device_stop(it.a);
    for (unsigned i = 0; i < EIDER_JOURNALS_MAX; i++) {
        g_autofree char *name = g_strdup_printf("j%u", i);

        ck_assert_ptr_null(memfiles_peek(it.a->files, name).p);
    }
    device_start(it.a);
    ck_assert_int_eq(device_write(it.a, "bob", "still here"), EIDER_OK);
    world_run(it.w, 30 * WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(it.b, "still here"), 1);
}
END_TEST

START_TEST(a_folder_that_is_put_back_is_noticed)
{
    memfiles_copy *copy = memfiles_snapshot(it.a->files);

    world_run(it.w, 5 * WORLD_MINUTE);
    device_crash(it.a);
    memfiles_restore(it.a->files, copy);
    memfiles_copy_free(copy);
    device_start(it.a);
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_ge(it.a->news[EIDER_NEWS_RESTORED], 1);
    ck_assert_int_eq(device_write(it.a, "bob", "again"), EIDER_OK);
    world_run(it.w, 20 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(it.b, "again"), 1);
    ck_assert_uint_eq(device_status(it.a, "bob").candidates, 0);
}
END_TEST

START_TEST(each_accepted_device_has_its_frame)
{
    device *b2 = world_add(it.w, "bob", "2");
    eider_device all[4];
    guint n, to_first = 0, to_second = 0;

    device_start(b2);
    ck_assert_int_eq(device_choose(b2, "alice", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_write(b2, "alice", "me too"), EIDER_OK);
    world_run(it.w, 20 * WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.a, "bob").candidates, 1);
    n = it.a->lines->len;
    world_run(it.w, 100 * WORLD_SECOND);
    ck_assert_uint_le(it.a->lines->len, n + 11); /* not for a candidate */

    ck_assert_uint_eq(
        eider_engine_devices(it.a->engine, it.a->account, "bob", all, 4), 2);
    for (unsigned i = 0; i < 2; i++)
        if (all[i].trust == EIDER_TRUST_CANDIDATE)
            ck_assert_int_eq(eider_engine_decide(it.a->engine, it.a->account,
                                                 "bob", all[i].fingerprint,
                                                 true, false),
                             EIDER_OK);
    world_run(it.w, 5 * WORLD_MINUTE);
    n = it.a->lines->len;
    world_run(it.w, 100 * WORLD_SECOND);
    for (guint i = n; i < it.a->lines->len; i++) {
        to_first += strcmp(line(i)->to, "bob/1") == 0;
        to_second += strcmp(line(i)->to, "bob/2") == 0;
    }
    ck_assert_uint_ge(to_first, 9);
    ck_assert_uint_le(to_first, 11);
    ck_assert_uint_eq(to_second, to_first);
    ck_assert_int_eq(device_write(it.a, "bob", "both of you"), EIDER_OK);
    world_run(it.w, 30 * WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(it.b, "both of you"), 1);
    ck_assert_uint_eq(device_count_shown(b2, "both of you"), 1);
}
END_TEST

/* Just before a slot nothing is looked at, so that what it costs is not to be
 * seen by how late the slot is. */
START_TEST(a_line_just_before_a_slot_waits_for_it)
{
    const eider_slots *x =
        g_hash_table_lookup(it.a->engine->slots, "sim\talice\nbob");
    eider_counters before;
    g_autofree char *text = NULL;
    guint n;

    ck_assert_ptr_nonnull(x);
    it.w->is_cut = true; /* the lines are carried by hand */
    ck_assert_int_eq(device_write(it.b, "alice", "hello"), EIDER_OK);
    world_run(it.w, 12 * WORLD_SECOND);
    text = g_strdup(device_last_line(it.b));

    world_run(it.w, x->clock.next_ms - it.w->now - EIDER_SLOT_GUARD + 1);
    before = *eider_engine_counters(it.a->engine);
    n = it.a->lines->len;
    device_receive(it.a, "bob", text);
    ck_assert_uint_eq(it.a->shown->len, 0);
    ck_assert_uint_eq(eider_engine_counters(it.a->engine)->frames,
                      before.frames);
    world_run(it.w, EIDER_SLOT_GUARD);
    ck_assert_uint_eq(it.a->lines->len, n + 1);
    ck_assert_uint_eq(device_count_shown(it.a, "hello"), 1);

    /* Earlier it is looked at at once; and one that is held when slots stop
     * is not forgotten. */
    ck_assert_int_eq(device_write(it.b, "alice", "again"), EIDER_OK);
    world_run(it.w, 12 * WORLD_SECOND);
    g_free(text);
    text = g_strdup(device_last_line(it.b));
    world_run(it.w, x->clock.next_ms - it.w->now - EIDER_SLOT_GUARD + 1);
    device_receive(it.a, "bob", text);
    ck_assert_uint_eq(device_count_shown(it.a, "again"), 0);
    device_offline(it.b);
    world_run(it.w, WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(it.a, "again"), 1);
}
END_TEST

Suite *slots_suite(void);

Suite *
slots_suite(void)
{
    Suite *s = suite_create("slots");
    TCase *tc = tcase_create("slots");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, text_waits_for_its_slot);
    tcase_add_test(tc, texts_keep_their_order);
    tcase_add_test(tc, a_long_text_goes_in_small_parts);
    tcase_add_test(tc, a_text_that_is_too_long_becomes_two);
    tcase_add_test(tc, a_text_in_parts_outlives_the_mode);
    tcase_add_test(tc, typing_rides_along);
    tcase_add_test(tc, nobody_there_nothing_sent);
    tcase_add_test(tc, a_machine_that_slept_catches_up_with_nothing);
    tcase_add_test(tc, a_reconnect_makes_no_burst);
    tcase_add_test(tc, a_full_disk_shows_as_nothing);
    tcase_add_test(tc, a_carrier_that_refuses_loses_nothing);
    tcase_add_test(tc, a_crash_between_sealing_and_sending_heals);
    tcase_add_test(tc, cover_costs_one_write_a_slot);
    tcase_add_test(tc, a_clean_end_leaves_no_journal);
    tcase_add_test(tc, a_folder_that_is_put_back_is_noticed);
    tcase_add_test(tc, each_accepted_device_has_its_frame);
    tcase_add_test(tc, a_line_just_before_a_slot_waits_for_it);
    suite_add_tcase(s, tc);
    return s;
}
