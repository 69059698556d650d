/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of the handshake, cell by cell, as PROTOCOL.md prints them; and
 * what becomes of starts that cross, repeats and late answers.
 */
#include "core/work.h"
#include "unit/world.h"

#include <check.h>
#include <string.h>

#define NONE (-1)

/* Columns: IDLE, CALLING, PAUSED, MET. */
static const int meet_table[EIDER_MEET_EVENTS][EIDER_MEET_STATES] = {
    [EIDER_EV_START] = {EIDER_MEET_CALLING, EIDER_MEET_CALLING, NONE,
                        EIDER_MEET_CALLING},
    [EIDER_EV_INVITED] = {EIDER_MEET_CALLING, EIDER_MEET_CALLING, NONE, NONE},
    [EIDER_EV_M1_LOW] = {EIDER_MEET_IDLE, EIDER_MEET_PAUSED, EIDER_MEET_PAUSED,
                         EIDER_MEET_MET},
    [EIDER_EV_M1_HIGH] = {EIDER_MEET_IDLE, EIDER_MEET_CALLING,
                          EIDER_MEET_PAUSED, EIDER_MEET_MET},
    [EIDER_EV_M2] = {NONE, EIDER_MEET_MET, EIDER_MEET_MET, EIDER_MEET_MET},
    [EIDER_EV_M2_CLOSED] = {EIDER_MEET_CALLING, NONE, NONE, NONE},
    [EIDER_EV_REPEAT] = {NONE, EIDER_MEET_CALLING, NONE, NONE},
    [EIDER_EV_RESUME] = {NONE, NONE, EIDER_MEET_CALLING, NONE},
    [EIDER_EV_CONFIRMED] = {NONE, NONE, EIDER_MEET_IDLE, NONE},
    [EIDER_EV_EXPIRE] = {NONE, EIDER_MEET_IDLE, EIDER_MEET_IDLE,
                         EIDER_MEET_IDLE},
    [EIDER_EV_OFF] = {NONE, EIDER_MEET_IDLE, EIDER_MEET_IDLE, EIDER_MEET_IDLE},
};

/* Columns: ANSWERED, PROVEN of the responder, of the initiator, DONE. */
static const int leg_table[EIDER_LEG_EVENTS][EIDER_LEG_STATES] = {
    [EIDER_EV_M1_AGAIN] = {EIDER_LEG_ANSWERED, EIDER_LEG_PROVEN_R, NONE, NONE},
    [EIDER_EV_M2_AGAIN] = {NONE, NONE, EIDER_LEG_PROVEN_I, NONE},
    [EIDER_EV_M3] = {EIDER_LEG_PROVEN_R, NONE, NONE, NONE},
    [EIDER_EV_M3_AGAIN] = {NONE, NONE, NONE, EIDER_LEG_DONE},
    [EIDER_EV_FRAME] = {NONE, EIDER_LEG_DONE, EIDER_LEG_DONE, NONE},
    [EIDER_EV_M3_REPEAT] = {NONE, NONE, EIDER_LEG_PROVEN_I, NONE},
};

static world *w;
static device *a, *b;

static void
set_up(void)
{
    w = world_new(7);
    a = world_add(w, "alice", "1");
    b = world_add(w, "bob", "1");
    a->keeps_lines = b->keeps_lines = true;
}

static void
tear_down(void)
{
    world_free(w);
}

static eider_contact *
contact(device *d, const char *peer)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, peer);

    ck_assert_ptr_nonnull(c);
    return c;
}

START_TEST(each_cell_of_the_own_attempt_is_as_printed)
{
    for (int ev = 0; ev < EIDER_MEET_EVENTS; ev++)
        for (int s = 0; s < EIDER_MEET_STATES; s++) {
            eider_meet_state next;
            bool has = eider_meet_has_cell(s, ev, &next);

            ck_assert_msg(has == (meet_table[ev][s] != NONE),
                          "event %d in state %d", ev, s);
            if (has)
                ck_assert_int_eq(next, meet_table[ev][s]);
        }
}
END_TEST

START_TEST(each_cell_of_an_answer_is_as_printed)
{
    for (int ev = 0; ev < EIDER_LEG_EVENTS; ev++)
        for (int s = 0; s < EIDER_LEG_STATES; s++) {
            eider_leg_state next;
            bool has = eider_leg_has_cell(s, ev, &next);

            ck_assert_msg(has == (leg_table[ev][s] != NONE),
                          "event %d in state %d", ev, s);
            if (has)
                ck_assert_int_eq(next, leg_table[ev][s]);
        }
}
END_TEST

static void
assert_same(device *d, const char *peer, const eider_buf *before)
{
    EIDER_AUTO(eider_buf) after = {0};

    device_pickle(d, peer, &after);
    ck_assert_uint_eq(after.n, before->n);
    ck_assert_mem_eq(after.p, before->p, before->n);
}

START_TEST(empty_cells_are_refused_and_change_nothing)
{
    eider_assembly as = {.message = 1};
    eider_contact *c;

    device_start(a);
    c = contact(a, "bob");
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_OK);
    for (int s = 0; s < EIDER_MEET_STATES; s++) {
        EIDER_AUTO(eider_buf) before = {0};

        c->meeting.state = s;
        device_pickle(a, "bob", &before);
        for (int ev = 0; ev < EIDER_MEET_EVENTS; ev++) {
            c->is_dirty = false;
            if (meet_table[ev][s] != NONE)
                continue;
            ck_assert_int_eq(eider_meet_step(a->engine, c, ev, &as),
                             EIDER_E_STATE);
            ck_assert(!c->is_dirty);
            assert_same(a, "bob", &before);
        }
    }
}
END_TEST

START_TEST(empty_cells_of_answers_are_refused_and_change_nothing)
{
    eider_assembly as = {.message = 1};
    eider_contact *c;
    eider_leg *l;

    device_meet(a, b);
    c = contact(a, "bob");
    l = g_ptr_array_index(c->legs, 0);
    for (int s = 0; s < EIDER_LEG_STATES; s++) {
        EIDER_AUTO(eider_buf) before = {0};

        l->state = s;
        device_pickle(a, "bob", &before);
        for (int ev = 0; ev < EIDER_LEG_EVENTS; ev++) {
            if (leg_table[ev][s] != NONE)
                continue;
            ck_assert_int_eq(eider_leg_step(a->engine, c, l, ev, &as),
                             EIDER_E_STATE);
            assert_same(a, "bob", &before);
        }
    }
}
END_TEST

START_TEST(a_running_attempt_is_not_started_again)
{
    eider_contact *c;
    uint64_t sent;

    device_start(a);
    c = contact(a, "bob");
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_OK);
    sent = c->meeting.sends;
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_E_STATE);
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_INVITED, NULL),
                     EIDER_E_STATE);
    ck_assert_uint_eq(c->meeting.sends, sent);
    c->meeting.repeats = c->meeting.repeats_max;
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_REPEAT, NULL),
                     EIDER_E_LIMIT);
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_OK);
    ck_assert_uint_eq(c->meeting.repeats, 0);
}
END_TEST

START_TEST(crossed_starts_end_in_sessions_on_both_sides)
{
    for (unsigned seed = 0; seed < 40; seed++) {
        tear_down();
        w = world_new(seed);
        a = world_add(w, "alice", "1");
        b = world_add(w, "bob", "1");
        device_start(a);
        device_start(b);
        ck_assert_int_eq(device_choose(a, "bob", EIDER_ON), EIDER_OK);
        ck_assert_int_eq(device_choose(b, "alice", EIDER_ON), EIDER_OK);
        world_run(w, 2 * WORLD_MINUTE);
        ck_assert_uint_eq(device_sessions(a, "bob"), 1);
        ck_assert_uint_eq(device_sessions(b, "alice"), 1);
        ck_assert_int_eq(device_write(a, "bob", "hello"), EIDER_OK);
        world_run(w, WORLD_MINUTE);
        ck_assert_uint_eq(device_count_shown(b, "hello"), 1);
    }
}
END_TEST

/* All but the one that sends were confirmed an hour earlier, as where a server
 * kept the last line of one. */
static void
pull_apart(device *d, const char *peer)
{
    eider_contact *c = contact(d, peer);

    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s != eider_contact_session(c, &s->pk))
            s->confirmed_ms -= WORLD_HOUR;
    }
}

/* Two handshakes that cross may leave each side with another newest session:
 * that is no sign of a key in use elsewhere. */
START_TEST(crossed_starts_are_no_sign_of_a_twin)
{
    unsigned apart = 0;

    for (unsigned seed = 0; seed < 150; seed++) {
        tear_down();
        w = world_new(seed);
        a = world_add(w, "alice", "1");
        b = world_add(w, "bob", "1");
        a->line_max = 400;
        w->delay_ms = 300;
        device_start(a);
        device_start(b);
        ck_assert_int_eq(device_choose(a, "bob", EIDER_ON), EIDER_OK);
        ck_assert_int_eq(device_choose(b, "alice", EIDER_ON), EIDER_OK);
        world_run(w, WORLD_MINUTE);
        if (seed % 2 == 1) {
            pull_apart(a, "bob");
            pull_apart(b, "alice");
        }
        for (unsigned i = 0; i < 3; i++) {
            ck_assert_int_eq(device_write(a, "bob", "hello"), EIDER_OK);
            ck_assert_int_eq(device_write(b, "alice", "hello"), EIDER_OK);
            world_run(w, 2 * WORLD_MINUTE);
        }
        ck_assert_uint_eq(device_count_shown(a, "hello"), 3);
        ck_assert_uint_eq(device_count_shown(b, "hello"), 3);
        ck_assert_uint_eq(a->news[EIDER_NEWS_TWIN], 0);
        ck_assert_uint_eq(b->news[EIDER_NEWS_TWIN], 0);
        apart += contact(a, "bob")->sessions->len == 2;
    }
    ck_assert_uint_gt(apart, 0);
}
END_TEST

/* Both call, and every line of the one that should win is lost, until its
 * insisting: that comes when the other repeats. */
START_TEST(the_smaller_h1_insists_after_half_a_minute)
{
    eider_contact *ca, *cb;
    device *low;
    uint64_t before;

    device_start(a);
    device_start(b);
    w->is_cut = true;
    ca = contact(a, "bob");
    cb = contact(b, "alice");
    ck_assert_int_eq(eider_meet_step(a->engine, ca, EIDER_EV_START, NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_commit(a->engine, ca), EIDER_OK);
    eider_effects_run(a->engine);
    ck_assert_int_eq(eider_meet_step(b->engine, cb, EIDER_EV_START, NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_commit(b->engine, cb), EIDER_OK);
    eider_effects_run(b->engine);
    low = memcmp(ca->meeting.a.h1, cb->meeting.a.h1, 32) < 0 ? a : b;
    before = low->sent;
    device_receive(low, low == a ? "bob" : "alice",
                   device_last_line(low == a ? b : a));
    ck_assert_uint_eq(low->sent, before); /* it was said just now */
    world_run(w, 29 * WORLD_SECOND);
    ck_assert_uint_eq(low->sent, before);
    world_run(w, 2 * WORLD_SECOND);
    ck_assert_uint_ge(low->sent, before + 1);
}
END_TEST

/* A call of theirs in a mask that a server kept gets our public one no sooner:
 * that one can be read by everybody. */
START_TEST(a_public_call_is_not_said_again_for_a_mask)
{
    eider_assembly as = {.message = 1};
    eider_contact *c;

    device_start(a);
    c = contact(a, "bob");
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_OK);
    memset(as.mask.b, 7, sizeof as.mask.b);
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_M1_HIGH, &as),
                     EIDER_E_LIMIT);
    ck_assert_uint_eq(c->meeting.sends, 1);
    ck_assert_int_eq(eider_commit(a->engine, c), EIDER_OK);
    eider_effects_run(a->engine);
    world_run(w, 31 * WORLD_SECOND);
    ck_assert_uint_eq(c->meeting.sends, 2);
}
END_TEST

/* In the mask of the one known device it is, once. */
START_TEST(a_masked_call_is_said_again_at_once_and_once)
{
    eider_assembly as = {.message = 1};
    eider_contact *c;

    device_meet(a, b);
    device_offline(b);
    c = contact(a, "bob");
    world_run(w, WORLD_HOUR);
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_OK);
    as.mask =
        eider_contact_memory(
            c, &g_array_index(eider_card_of(a->engine, c)->keys, eider_known, 0)
                    .pk)
            ->rms[0];
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_M1_HIGH, &as),
                     EIDER_E_LIMIT);
    eider_mask_public(&as.mask);
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_M1_HIGH, &as),
                     EIDER_OK);
    for (uint8_t i = 0; i < 200; i++) {
        memset(as.mask.b, i, sizeof as.mask.b);
        ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_M1_HIGH, &as),
                         EIDER_E_LIMIT);
    }
    ck_assert_uint_eq(c->meeting.sends, 2);
    /* It is stored how often, so that no restart makes it once more. */
    ck_assert_int_eq(eider_commit(a->engine, c), EIDER_OK);
    device_stop(a);
    device_start(a);
    c = contact(a, "bob");
    ck_assert_uint_eq(c->meeting.state, EIDER_MEET_CALLING);
    eider_mask_public(&as.mask);
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_M1_HIGH, &as),
                     EIDER_E_LIMIT);
}
END_TEST

/* Put back to the moment of a call that has long been answered, one goes on
 * with it: the other drops that as a repeat, and sends a call of its own. */
START_TEST(who_is_put_back_into_a_call_is_met_all_the_same)
{
    memfiles_copy *copy;
    unsigned smaller = 0;

    for (unsigned seed = 0; seed < 8; seed++) {
        eider_contact *c;
        uint8_t h1[32];

        tear_down();
        w = world_new(seed);
        a = world_add(w, "alice", "1");
        b = world_add(w, "bob", "1");
        device_meet(a, b);
        w->is_cut = true;
        c = contact(a, "bob");
        ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                         EIDER_OK);
        ck_assert_int_eq(eider_commit(a->engine, c), EIDER_OK);
        eider_effects_run(a->engine);
        memcpy(h1, c->meeting.a.h1, sizeof h1);
        copy = memfiles_snapshot(a->files);
        w->is_cut = false;
        world_run(w, 2 * WORLD_MINUTE);
        device_stop(a);
        memfiles_rewind(a->files, copy);
        memfiles_copy_free(copy);
        device_start(a);
        ck_assert_int_eq(device_write(b, "alice", "hello"), EIDER_OK);
        /* Three resends, ten minutes, and as many for a's own call. */
        world_run(w, 2 * WORLD_HOUR);
        ck_assert_uint_eq(device_count_shown(a, "hello"), 1);
        smaller += h1[0] < 0x80;
    }
    ck_assert_uint_gt(smaller, 0);
}
END_TEST

START_TEST(an_invitation_wakes_an_attempt_that_is_used_up)
{
    eider_contact *c;
    uint64_t sent;

    device_start(a);
    device_start(b);
    w->is_cut = true;
    c = contact(a, "bob");
    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_commit(a->engine, c), EIDER_OK);
    eider_effects_run(a->engine);
    world_run(w, WORLD_DAY); /* three repeats, as to a stranger */
    sent = a->sent;
    world_run(w, WORLD_DAY);
    ck_assert_uint_eq(a->sent, sent);
    w->is_cut = false;
    ck_assert_int_eq(device_choose(b, "alice", EIDER_ON), EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert_uint_eq(device_sessions(a, "bob"), 1);
    ck_assert_uint_eq(device_sessions(b, "alice"), 1);
}
END_TEST

START_TEST(turning_off_ends_the_attempt)
{
    uint64_t sent;

    device_start(a);
    device_start(b);
    device_meet(a, b);
    device_stop(b);
    device_stop(a);
    device_lose(a, "bob");
    device_start(a);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_ON), EIDER_OK);
    device_start(b);
    w->is_cut = true;
    ck_assert_int_eq(device_write(a, "bob", "x"), EIDER_OK);
    ck_assert_int_ne(contact(a, "bob")->meeting.state, EIDER_MEET_IDLE);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(contact(a, "bob")->meeting.state, EIDER_MEET_IDLE);
    sent = a->sent;
    world_run(w, WORLD_DAY);
    ck_assert_uint_eq(a->sent, sent);
}
END_TEST

START_TEST(triggers_start_one_handshake_and_then_wait_longer)
{
    eider_contact *c;

    device_meet(a, b);
    w->is_cut = true;
    c = contact(a, "bob");
    ck_assert(eider_trigger_take(a->engine, c));
    ck_assert(!eider_trigger_take(a->engine, c));
    w->now += 10 * WORLD_MINUTE;
    ck_assert(eider_trigger_take(a->engine, c));
    w->now += 19 * WORLD_MINUTE;
    ck_assert(!eider_trigger_take(a->engine, c));
    w->now += 1 * WORLD_MINUTE;
    ck_assert(eider_trigger_take(a->engine, c));
    w->now += WORLD_DAY;
    ck_assert(eider_trigger_take(a->engine, c));
    w->now += 10 * WORLD_MINUTE;
    ck_assert(eider_trigger_take(a->engine, c));
}
END_TEST

Suite *meet_suite(void);

Suite *
meet_suite(void)
{
    Suite *s = suite_create("meet");
    TCase *tc = tcase_create("meet");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, each_cell_of_the_own_attempt_is_as_printed);
    tcase_add_test(tc, each_cell_of_an_answer_is_as_printed);
    tcase_add_test(tc, empty_cells_are_refused_and_change_nothing);
    tcase_add_test(tc, empty_cells_of_answers_are_refused_and_change_nothing);
    tcase_add_test(tc, a_running_attempt_is_not_started_again);
    tcase_add_test(tc, crossed_starts_end_in_sessions_on_both_sides);
    tcase_add_test(tc, crossed_starts_are_no_sign_of_a_twin);
    tcase_add_test(tc, who_is_put_back_into_a_call_is_met_all_the_same);
    tcase_add_test(tc, the_smaller_h1_insists_after_half_a_minute);
    tcase_add_test(tc, a_public_call_is_not_said_again_for_a_mask);
    tcase_add_test(tc, a_masked_call_is_said_again_at_once_and_once);
    tcase_add_test(tc, an_invitation_wakes_an_attempt_that_is_used_up);
    tcase_add_test(tc, turning_off_ends_the_attempt);
    tcase_add_test(tc, triggers_start_one_handshake_and_then_wait_longer);
    suite_add_tcase(s, tc);
    return s;
}
