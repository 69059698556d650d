/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two who agree on Steady, change it, end it and lose what they knew of it. */
#include "core/work.h"
#include "unit/world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static struct {
    world *w;
    device *a, *b;
    eider_contact *c; /* bob, as alice's engine has him */
} it;

static void
set_up(void)
{
    it.w = world_new(1);
    it.a = world_add(it.w, "alice", "1");
    it.b = world_add(it.w, "bob", "1");
    device_meet(it.a, it.b);
    it.c = eider_contact_get(it.a->engine, it.a->account, "bob");
}

static void
tear_down(void)
{
    world_free(it.w);
}

static eider_err
want(device *d, unsigned slot)
{
    return eider_engine_steady(d->engine, d->account,
                               d == it.a ? "bob" : "alice", slot);
}

static void
assert_both(unsigned slot)
{
    eider_status a = device_status(it.a, "bob"),
                 b = device_status(it.b, "alice");

    ck_assert_uint_eq(a.steady, slot);
    ck_assert_uint_eq(b.steady, slot);
    ck_assert_uint_eq(a.steady_agreed, slot != 0);
    ck_assert_uint_eq(b.steady_agreed, slot != 0);
    ck_assert_int_eq(a.steady_runs, slot != 0);
    ck_assert_uint_eq(a.steady_offer + b.steady_offer, 0);
    if (slot != 0) {
        ck_assert_int_eq(a.look, EIDER_LOOK_STEADY);
        ck_assert_int_eq(b.look, EIDER_LOOK_STEADY);
    }
}

START_TEST(both_may_ask_at_once)
{
    static const unsigned slots[][3] = {
        {10, 10, 10}, {5, 30, 30}, {30, 10, 30}, {15, 15, 15}};

    for (unsigned i = 0; i < 4; i++) {
        it.w->delay_ms = 3000;
        ck_assert_int_eq(want(it.a, slots[i][0]), EIDER_OK);
        ck_assert_int_eq(want(it.b, slots[i][1]), EIDER_OK);
        world_run(it.w, 5 * WORLD_MINUTE);
        assert_both(slots[i][2]);
        ck_assert_uint_eq(
            it.c->steady.run,
            eider_contact_get(it.b->engine, it.b->account, "alice")
                ->steady.run);
        tear_down();
        set_up();
    }
}
END_TEST

START_TEST(lost_lines_only_put_it_off)
{
    it.w->loss = 500;
    ck_assert_int_eq(want(it.a, 10), EIDER_OK);
    world_run(it.w, WORLD_HOUR);
    it.w->loss = 0;
    world_run(it.w, 5 * WORLD_MINUTE);
    assert_both(10);
}
END_TEST

START_TEST(only_what_there_is_can_be_asked_for)
{
    ck_assert_int_eq(want(it.a, 7), EIDER_E_MALFORMED);
    ck_assert_int_eq(want(it.a, 61), EIDER_E_MALFORMED);
    ck_assert_int_eq(want(it.a, 0), EIDER_E_STATE);
    ck_assert_int_eq(
        eider_engine_steady(it.a->engine, it.a->account, "carol", 10),
        EIDER_E_STATE);
    ck_assert_int_eq(device_choose(it.a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(want(it.a, 10), EIDER_E_STATE);
}
END_TEST

START_TEST(less_than_the_own_setting_is_asked_for)
{
    ck_assert_int_eq(want(it.a, 5), EIDER_OK);
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.b, "alice").steady, 0);
    ck_assert_uint_eq(device_status(it.b, "alice").steady_theirs, 5);
    ck_assert_uint_eq(device_status(it.a, "bob").steady_offer, 5);
    ck_assert_uint_eq(it.b->news[EIDER_NEWS_STEADY_ASKED], 1);

    ck_assert_int_eq(want(it.b, 0), EIDER_OK); /* no */
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.a, "bob").steady_offer, 0);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_STEADY_NO], 1);

    ck_assert_int_eq(want(it.a, 5), EIDER_OK);
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.b, "alice").steady_theirs, 5);
    ck_assert_int_eq(want(it.b, 5), EIDER_OK); /* yes */
    world_run(it.w, WORLD_MINUTE);
    assert_both(5);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_STEADY], 1);
    ck_assert_uint_eq(it.b->news[EIDER_NEWS_STEADY], 1);
}
END_TEST

START_TEST(off_lingers_and_ends_on_both_sides)
{
    uint64_t lines;

    device_steady(it.a, it.b, 10);
    ck_assert_int_eq(want(it.a, 0), EIDER_OK);
    ck_assert_uint_ne(device_status(it.a, "bob").steady_ends, 0);
    world_run(it.w, EIDER_LINGER_MIN * WORLD_SECOND);
    ck_assert_uint_eq(device_status(it.a, "bob").steady, 10);
    ck_assert_uint_eq(device_status(it.b, "alice").steady, 10);
    world_run(it.w, EIDER_LINGER_MAX * WORLD_SECOND + 2 * WORLD_MINUTE);
    assert_both(0);
    ck_assert_uint_eq(it.b->news[EIDER_NEWS_STEADY_ENDED], 1);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_STEADY_ENDED], 0);

    world_run(it.w, 10 * WORLD_MINUTE);
    lines = it.w->lines;
    world_run(it.w, WORLD_DAY);
    ck_assert_uint_eq(it.w->lines, lines); /* no answers to answers */

    ck_assert_int_eq(want(it.b, 10), EIDER_OK); /* she ended it: asked again */
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.a, "bob").steady_theirs, 10);
    device_steady(it.a, it.b, 10);
}
END_TEST

START_TEST(off_twice_ends_at_once)
{
    device_steady(it.a, it.b, 10);
    ck_assert_int_eq(want(it.a, 0), EIDER_OK);
    ck_assert_int_eq(want(it.a, 0), EIDER_OK);
    ck_assert_uint_eq(device_status(it.a, "bob").steady, 0);
    world_run(it.w, WORLD_MINUTE);
    assert_both(0);
    ck_assert_int_eq(want(it.a, 0), EIDER_E_STATE);
}
END_TEST

START_TEST(off_can_be_taken_back)
{
    device_steady(it.a, it.b, 10);
    ck_assert_int_eq(want(it.a, 0), EIDER_OK);
    ck_assert_int_eq(want(it.a, 10), EIDER_OK);
    ck_assert_uint_eq(device_status(it.a, "bob").steady_ends, 0);
    world_run(it.w, WORLD_HOUR);
    assert_both(10);
}
END_TEST

START_TEST(the_slot_can_be_changed)
{
    device_steady(it.a, it.b, 30);
    device_steady(it.b, it.a, 10);
    assert_both(10);
    device_steady(it.a, it.b, 15);
    assert_both(15);
}
END_TEST

START_TEST(open_talk_ends_it)
{
    device_steady(it.a, it.b, 10);
    ck_assert_int_eq(device_choose(it.a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_uint_eq(device_status(it.a, "bob").steady, 0);
    world_run(it.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.b, "alice").steady, 0);
    ck_assert(device_status(it.b, "alice").is_left);
    ck_assert_uint_eq(it.b->news[EIDER_NEWS_STEADY_ENDED], 1);
}
END_TEST

START_TEST(it_outlives_programs_and_sessions)
{
    device_steady(it.a, it.b, 10);
    device_stop(it.a);
    world_run(it.w, WORLD_MINUTE);
    ck_assert(!device_status(it.b, "alice").steady_runs);
    device_start(it.a);
    world_run(it.w, WORLD_MINUTE);
    assert_both(10);
    device_crash(it.b);
    device_start(it.b);
    world_run(it.w, WORLD_MINUTE);
    assert_both(10);

    /* He loses his contact's file, and with it sessions and mode: everything
     * is agreed on again in slots. */
    device_stop(it.b);
    device_lose(it.b, "alice");
    device_start(it.b);
    ck_assert_int_eq(device_write(it.b, "alice", "where are you?"), EIDER_OK);
    ck_assert_int_eq(device_write(it.a, "bob", "here"), EIDER_OK);
    world_run(it.w, 20 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(it.a, "where are you?"), 1);
    ck_assert_uint_eq(device_count_shown(it.b, "here"), 1);
    assert_both(10);
}
END_TEST

START_TEST(a_contact_that_is_forgotten_has_no_slots)
{
    device_steady(it.a, it.b, 10);
    eider_engine_forget(it.a->engine, it.a->account, "bob");
    ck_assert_uint_eq(device_status(it.a, "bob").steady, 0);
    /* His frames that nothing opens bring a new session, which he is told
     * in. */
    world_run(it.w, 10 * WORLD_MINUTE);
    assert_both(0);
}
END_TEST

START_TEST(with_the_last_key_it_is_over)
{
    eider_device d;
    uint64_t sent;

    device_steady(it.a, it.b, 10);
    ck_assert_uint_eq(
        eider_engine_devices(it.a->engine, it.a->account, "bob", &d, 1), 1);
    ck_assert_int_eq(eider_engine_decide(it.a->engine, it.a->account, "bob",
                                         d.fingerprint, false, false),
                     EIDER_OK);
    ck_assert_uint_eq(device_status(it.a, "bob").steady, 0);
    sent = it.a->sent;
    world_run(it.w, 5 * WORLD_MINUTE);
    ck_assert_uint_le(it.a->sent, sent + 5); /* looking for a session, not 30 */
}
END_TEST

Suite *steady_suite(void);

Suite *
steady_suite(void)
{
    Suite *s = suite_create("steady");
    TCase *tc = tcase_create("steady");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, both_may_ask_at_once);
    tcase_add_test(tc, lost_lines_only_put_it_off);
    tcase_add_test(tc, only_what_there_is_can_be_asked_for);
    tcase_add_test(tc, less_than_the_own_setting_is_asked_for);
    tcase_add_test(tc, off_lingers_and_ends_on_both_sides);
    tcase_add_test(tc, off_twice_ends_at_once);
    tcase_add_test(tc, off_can_be_taken_back);
    tcase_add_test(tc, the_slot_can_be_changed);
    tcase_add_test(tc, open_talk_ends_it);
    tcase_add_test(tc, it_outlives_programs_and_sessions);
    tcase_add_test(tc, a_contact_that_is_forgotten_has_no_slots);
    tcase_add_test(tc, with_the_last_key_it_is_over);
    suite_add_tcase(s, tc);
    return s;
}
