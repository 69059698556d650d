/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of starts that cross; PROTOCOL.md 7.7. */
#include "unit/peek.h"

#include <string.h>

Suite *cross_suite(void);

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
    eider_contact *c = peek_contact(d, peer);

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
        apart += peek_contact(a, "bob")->sessions->len == 2;
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
    ca = peek_contact(a, "bob");
    cb = peek_contact(b, "alice");
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
    c = peek_contact(a, "bob");
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
    c = peek_contact(a, "bob");
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
    c = peek_contact(a, "bob");
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
        c = peek_contact(a, "bob");
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

Suite *
cross_suite(void)
{
    Suite *s = suite_create("cross");
    TCase *tc = tcase_create("cross");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, crossed_starts_end_in_sessions_on_both_sides);
    tcase_add_test(tc, crossed_starts_are_no_sign_of_a_twin);
    tcase_add_test(tc, who_is_put_back_into_a_call_is_met_all_the_same);
    tcase_add_test(tc, the_smaller_h1_insists_after_half_a_minute);
    tcase_add_test(tc, a_public_call_is_not_said_again_for_a_mask);
    tcase_add_test(tc, a_masked_call_is_said_again_at_once_and_once);
    suite_add_tcase(s, tc);
    return s;
}
