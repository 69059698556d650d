/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How two sides agree on Steady: each state with each record, one by one. */
#include "core/work.h"
#include "unit/world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define RUN   7 /* of what is agreed, or of our offer */
#define OTHER 9 /* of another offer, larger than ours */
#define OLD   3 /* of a run that ended */
#define LESS  5 /* a run smaller than RUN */

static struct {
    world *w;
    device *a, *b;
    eider_contact *c;
    eider_session *s;
} it;

static void
set_up(void)
{
    it.w = world_new(1);
    it.a = world_add(it.w, "alice", "1");
    it.b = world_add(it.w, "bob", "1");
    device_meet(it.a, it.b);
    it.c = eider_contact_get(it.a->engine, it.a->account, "bob");
    it.s = g_ptr_array_index(it.c->sessions, 0);
}

static void
tear_down(void)
{
    world_free(it.w);
}

typedef enum {
    OFF,      /* nothing was said */
    BY_HAND,  /* the user ended it before */
    OFFERED,  /* we offered 10 s in RUN */
    ASKED,    /* they offered 5 s in RUN, and it waits for the user */
    ON,       /* 10 s in RUN */
    STOPPING, /* the same, and we say stop */
    OURS,     /* OLD ended by us, and they have not answered */
    ANSWERED, /* OLD ended by us, and they have */
    THEIRS,   /* OLD ended by them */
    STATES
} state;

typedef enum {
    OFFER_10,   /* 10 s in OTHER */
    OFFER_LESS, /* 10 s in LESS */
    OFFER_5,    /* 5 s in OTHER: less than the user's setting */
    OFFER_30,   /* 30 s in OTHER */
    OFFER_RUN,  /* 10 s in RUN */
    OFFER_OLD,  /* 10 s in OLD */
    OFFER_BAD,  /* 7 s in OTHER */
    ACCEPT_RUN, /* 10 s in RUN */
    ACCEPT_BAD, /* 5 s in RUN */
    ACCEPT_OLD,
    STOP_RUN,
    STOP_OLD,
    STOP_OTHER,
    EVENTS
} event;

/* What is so afterwards, a letter each:
 *   a  agreed on the offer that came      A  agreed on ours
 *   k  kept: agreed as before             c  the same, but slots end soon
 *   o  our offer waits                    t  theirs waits for the user
 *   y  we say accept                      n  we answer by stop
 *   s  we say stop                        .  nothing of all that  */
static const char *const table[STATES][EVENTS] = {
    [OFF] = {"ay", "ay", "t", "ay", "ay", "ay", ".", ".", ".", ".", "n", "n",
             "n"},
    [BY_HAND] = {"t", "t", "t", "t", "t", "t", ".", ".", ".", ".", "n", "n",
                 "n"},
    [OFFERED] = {"o", "ay", "o", "ay", "Ay", "ay", "o", "A", "o", "o", "n",
                 "on", "on"},
    [ASKED] = {"ay", "ay", "t", "ay", "ay", "ay", "t", "t", "t", "t", "n", "tn",
               "tn"},
    [ON] = {"ay", "ay", "kt", "ay", "ky", "ay", "k", "k", "k", "k", "cn", "kn",
            "kn"},
    [STOPPING] = {"ay", "ay", "kst", "ay", "ksn", "ay", "ks", "ks", "ks", "ks",
                  ".", "ksn", "ksn"},
    [OURS] = {"ay", "ay", "ts", "ay", "ay", "ns", "s", "s", "s", "s", "ns", ".",
              "ns"},
    [ANSWERED] = {"ay", "ay", "t", "ay", "ay", "n", ".", ".", ".", ".", "n",
                  ".", "n"},
    [THEIRS] = {"ay", "ay", "t", "ay", "ay", "n", ".", ".", ".", ".", "n", "n",
                "n"},
};

static void
put_into(state st)
{
    eider_steady *m = &it.c->steady;

    *m = (eider_steady){0};
    it.s->has_mode = it.s->says_stop = it.s->owes_stop = false;
    it.s->accepts = 0;
    it.s->stop_run = 0;
    m->is_by_hand = st == BY_HAND;
    if (st == OFFERED) {
        m->offer_slot = 10;
        m->offer_run = RUN;
    } else if (st == ASKED) {
        m->theirs_slot = 5;
        m->theirs_run = RUN;
    } else if (st == ON || st == STOPPING) {
        m->slot = 10;
        m->run = RUN;
        it.s->has_mode = true;
        it.s->mode_run = RUN;
    }
    if (st == STOPPING) {
        m->has_ended = m->is_ended_by_us = it.s->says_stop = true;
        m->ended_run = RUN;
        m->stop_ms = it.w->now + 60000;
    } else if (st == OURS || st == ANSWERED || st == THEIRS) {
        m->has_ended = true;
        m->ended_run = OLD;
        m->is_ended_by_us = st != THEIRS;
        it.s->says_stop = st == OURS;
    }
}

static void
hear(uint8_t op, uint16_t run, uint8_t slot)
{
    const uint8_t value[] = {EIDER_STATE_MODE, op, (uint8_t)run,
                             (uint8_t)(run >> 8), slot};

    eider_steady_take(it.a->engine, it.c, it.s,
                      (eider_slice){value, sizeof value});
}

static void
happen(event ev)
{
    static const eider_mode events[EVENTS] = {
        [OFFER_10] = {EIDER_MODE_OFFER, OTHER, 10},
        [OFFER_LESS] = {EIDER_MODE_OFFER, LESS, 10},
        [OFFER_5] = {EIDER_MODE_OFFER, OTHER, 5},
        [OFFER_30] = {EIDER_MODE_OFFER, OTHER, 30},
        [OFFER_RUN] = {EIDER_MODE_OFFER, RUN, 10},
        [OFFER_OLD] = {EIDER_MODE_OFFER, OLD, 10},
        [OFFER_BAD] = {EIDER_MODE_OFFER, OTHER, 7},
        [ACCEPT_RUN] = {EIDER_MODE_ACCEPT, RUN, 10},
        [ACCEPT_BAD] = {EIDER_MODE_ACCEPT, RUN, 5},
        [ACCEPT_OLD] = {EIDER_MODE_ACCEPT, OLD, 10},
        [STOP_RUN] = {EIDER_MODE_STOP, RUN, 0},
        [STOP_OLD] = {EIDER_MODE_STOP, OLD, 0},
        [STOP_OTHER] = {EIDER_MODE_STOP, OTHER, 0},
    };

    hear(events[ev].op, events[ev].run, events[ev].slot);
}

static void
describe(char *out, state before)
{
    const eider_steady *m = &it.c->steady;
    bool was_on = before == ON || before == STOPPING;

    if (m->slot != 0 && m->run == RUN && was_on)
        *out++ = m->closing > 0 ? 'c' : 'k';
    else if (m->slot != 0)
        *out++ = m->run == RUN && before == OFFERED ? 'A' : 'a';
    if (m->offer_slot != 0)
        *out++ = 'o';
    if (m->theirs_slot != 0)
        *out++ = 't';
    if (it.s->accepts > 0)
        *out++ = 'y';
    if (it.s->owes_stop)
        *out++ = 'n';
    if (it.s->says_stop)
        *out++ = 's';
    *out = '\0';
}

static int
by_letter(const void *a, const void *b)
{
    return *(const char *)a - *(const char *)b;
}

START_TEST(each_record_in_each_state)
{
    for (int st = 0; st < STATES; st++)
        for (int ev = 0; ev < EVENTS; ev++) {
            char got[16], want[16];

            put_into((state)st);
            happen((event)ev);
            describe(got, (state)st);
            strcpy(want, table[st][ev][0] == '.' ? "" : table[st][ev]);
            qsort(got, strlen(got), 1, by_letter);
            qsort(want, strlen(want), 1, by_letter);
            ck_assert_msg(strcmp(got, want) == 0,
                          "state %d, event %d: '%s' is not '%s'", st, ev, got,
                          want);
        }
}
END_TEST

START_TEST(nonsense_is_ignored)
{
    static const uint8_t values[][6] = {
        {2, 0, 7, 0, 10}, {2, 4, 7, 0, 10}, {2, 1, 7, 0}, {2, 1, 7, 0, 10, 0}};
    static const size_t lengths[] = {5, 5, 4, 6};

    for (unsigned i = 0; i < 4; i++) {
        put_into(OFF);
        eider_steady_take(it.a->engine, it.c, it.s,
                          (eider_slice){values[i], lengths[i]});
        ck_assert_uint_eq(it.c->steady.slot, 0);
        ck_assert_uint_eq(it.c->steady.theirs_slot, 0);
        ck_assert(!it.s->owes_stop);
    }
}
END_TEST

START_TEST(a_device_that_nobody_accepted_has_no_say)
{
    eider_card *card = eider_card_of(it.a->engine, it.c);

    g_array_index(card->keys, eider_known, 0).trust = EIDER_TRUST_CANDIDATE;
    for (int ev = 0; ev < EVENTS; ev++) {
        put_into(ON);
        happen((event)ev);
        ck_assert_uint_eq(it.c->steady.run, RUN);
        ck_assert_uint_eq(it.c->steady.closing, 0);
        ck_assert(!it.s->owes_stop && it.s->accepts == 0);
    }
}
END_TEST

START_TEST(what_the_carrier_cannot_bear_waits_for_the_user)
{
    it.a->has_bystander = true;
    put_into(OFF);
    happen(OFFER_10);
    ck_assert_uint_eq(it.c->steady.slot, 0);
    ck_assert_uint_eq(it.c->steady.theirs_slot, 10);
    happen(OFFER_10);
    eider_effects_run(it.a->engine);
    ck_assert_int_eq(eider_commit(it.a->engine, it.c), EIDER_OK);
    eider_effects_run(it.a->engine);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_STEADY_ASKED], 1);

    it.a->has_bystander = false;
    it.a->slot = 0; /* the user wants to be asked */
    put_into(OFF);
    happen(OFFER_30);
    ck_assert_uint_eq(it.c->steady.slot, 0);
    ck_assert_int_eq(
        eider_engine_steady(it.a->engine, it.a->account, "bob", 30), EIDER_OK);
    ck_assert_uint_eq(it.c->steady.slot, 30);
    ck_assert_uint_eq(it.c->steady.run, OTHER);
    ck_assert_uint_gt(it.s->accepts, 0);
}
END_TEST

Suite *steady_table_suite(void);

Suite *
steady_table_suite(void)
{
    Suite *s = suite_create("steady_table");
    TCase *tc = tcase_create("steady_table");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, each_record_in_each_state);
    tcase_add_test(tc, nonsense_is_ignored);
    tcase_add_test(tc, a_device_that_nobody_accepted_has_no_say);
    tcase_add_test(tc, what_the_carrier_cannot_bear_waits_for_the_user);
    suite_add_tcase(s, tc);
    return s;
}
