/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tables of the handshake, cell by cell, as PROTOCOL.md prints them; and
 * what becomes of repeats and late answers.
 */
#include "unit/peek.h"

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
    c = peek_contact(a, "bob");
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
    c = peek_contact(a, "bob");
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
    c = peek_contact(a, "bob");
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

START_TEST(an_invitation_wakes_an_attempt_that_is_used_up)
{
    eider_contact *c;
    uint64_t sent;

    device_start(a);
    device_start(b);
    w->is_cut = true;
    c = peek_contact(a, "bob");
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
    ck_assert_int_ne(peek_contact(a, "bob")->meeting.state, EIDER_MEET_IDLE);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(peek_contact(a, "bob")->meeting.state, EIDER_MEET_IDLE);
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
    c = peek_contact(a, "bob");
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
    tcase_add_test(tc, an_invitation_wakes_an_attempt_that_is_used_up);
    tcase_add_test(tc, turning_off_ends_the_attempt);
    tcase_add_test(tc, triggers_start_one_handshake_and_then_wait_longer);
    suite_add_tcase(s, tc);
    return s;
}
