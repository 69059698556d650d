/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steady: what leaves depends on who is online and on nothing else, whatever
 * is written and whatever the server does; and nothing is lost.
 */
#include "sim/sim_steady.h"

#include "core/work.h"
#include "eider/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- two who agreed ------------------------------------------------------- */

double
steady_unit(pair *p)
{
    return (sim_draw(&p->random, 1u << 30) + 0.5) / (double)(1u << 30);
}

double
steady_gap(pair *p, double mu, double sigma)
{
    double u = steady_unit(p), v = steady_unit(p);

    return exp(mu + sigma * sqrt(-2 * log(u)) * cos(6.283185307179586 * v));
}

static void
drop_line(gpointer data)
{
    sent_line *l = data;

    g_free(l->to);
    g_free(l->line);
    g_free(l);
}

static void
begin_trace(pair *p)
{
    p->since_ms = p->w->now;
    for (unsigned i = 0; i < 2; i++) {
        device *d = i == 0 ? p->a : p->b;

        g_ptr_array_free(d->lines, TRUE);
        d->lines = g_ptr_array_new_with_free_func(drop_line);
        d->keeps_lines = true;
    }
}

void
steady_begin(pair *p, uint64_t seed, unsigned slot)
{
    *p = (pair){.w = world_new(seed), .random = seed};
    p->a = world_add(p->w, "alice", "1");
    p->b = world_add(p->w, "bob", "1");
    p->a->slot = p->b->slot = 5;
    device_meet(p->a, p->b);
    device_steady(p->a, p->b, slot);
    begin_trace(p);
}

static const sent_line *
line_of(const device *d, guint i)
{
    return g_ptr_array_index(d->lines, i);
}

void
steady_regular(const device *d, unsigned slot, guint from)
{
    for (guint i = from; i < d->lines->len; i++) {
        const sent_line *l = line_of(d, i);
        uint64_t gap = i > from ? l->at_ms - line_of(d, i - 1)->at_ms : 0;

        ck_assert_uint_eq(strlen(l->line), EIDER_LINE_S);
        if (i == from)
            continue;
        ck_assert_uint_gt(gap, slot * 900);
        ck_assert_uint_lt(gap, slot * 1100);
    }
}

START_TEST(slots_are_regular_and_of_one_length)
{
    pair p;

    steady_begin(&p, sim_seed(0), 10);
    for (unsigned i = 0; i < 60; i++) {
        ck_assert_int_eq(device_write(p.a, "bob", "hello"), EIDER_OK);
        world_run(p.w, 10 * WORLD_SECOND);
    }
    steady_regular(p.a, 10, 0);
    steady_regular(p.b, 10, 0);
    ck_assert_uint_ge(p.a->lines->len, 59);
    ck_assert_uint_le(p.a->lines->len, 61);
    world_run(p.w, WORLD_MINUTE);
    ck_assert_uint_eq(p.b->shown->len, 60);
    world_free(p.w);
}
END_TEST

/* ---- traces with and without text ----------------------------------------- */

typedef enum { QUIET, WRITES, N_USERS } user;
typedef enum { FAIR, DROPS, DELAYS, REPEATS, LOSSY, SILENT, N_SERVERS } server;

void
steady_write(world *w, void *data, int n)
{
    pair *p = data;
    device *d = n == 0 ? p->a : p->b;
    g_autofree char *text = g_strnfill(1 + sim_draw(&p->random, 900), 't');

    if (d->engine != NULL && !d->is_dead) {
        (void)!device_write(d, n == 0 ? "bob" : "alice", text);
        eider_engine_typing(d->engine, d->account, n == 0 ? "bob" : "alice", 1);
    }
    world_later(w, (uint64_t)(1000 * MIN(steady_gap(p, 3.6, 1.3), 240)),
                steady_write, p, n);
}

/* The server's part, at fixed times. */
static void
meddle(world *w, server s)
{
    w->loss = s == DROPS ? 1000 : s == LOSSY ? 200 : s == SILENT ? 1000 : 0;
    w->dup = s == REPEATS ? 1000 : 0;
    w->late = s == DELAYS ? 1000 : 0;
    w->late_ms = 40 * 1000;
}

static void
trace(pair *p, uint64_t seed, user u, server s, unsigned slot)
{
    steady_begin(p, seed, slot);
    if (u == WRITES) {
        steady_write(p->w, p, 0);
        steady_write(p->w, p, 1);
    }
    for (unsigned i = 0; i < (s == SILENT ? 30 : 12); i++) {
        /* One line in five minutes, or all the time. */
        meddle(p->w, s);
        world_run(p->w, slot * WORLD_SECOND);
        if (s != LOSSY && s != SILENT)
            meddle(p->w, FAIR);
        world_run(p->w, 5 * WORLD_MINUTE);
    }
}

static void
assert_same(const device *x, const device *y, server s)
{
    ck_assert_uint_eq(x->lines->len, y->lines->len);
    ck_assert_uint_gt(x->lines->len, 100);
    for (guint i = 0; i < x->lines->len; i++) {
        ck_assert_msg(line_of(x, i)->at_ms == line_of(y, i)->at_ms,
                      "server %d, line %u: %llu is not %llu", s, i,
                      (unsigned long long)line_of(x, i)->at_ms,
                      (unsigned long long)line_of(y, i)->at_ms);
        ck_assert_uint_eq(strlen(line_of(x, i)->line),
                          strlen(line_of(y, i)->line));
        ck_assert_str_eq(line_of(x, i)->to, line_of(y, i)->to);
    }
}

START_TEST(what_is_written_does_not_show)
{
    server s = (server)_i;
    pair quiet, writes;

    trace(&quiet, sim_seed(1), QUIET, s, 10);
    trace(&writes, sim_seed(1), WRITES, s, 10);
    assert_same(quiet.a, writes.a, s);
    assert_same(quiet.b, writes.b, s);
    if (s != SILENT)
        ck_assert_uint_gt(writes.b->shown->len, 5);
    world_free(quiet.w);
    world_free(writes.w);
}
END_TEST

/* ---- nothing lost --------------------------------------------------------- */

static unsigned
count_missing(const device *to, int n)
{
    unsigned missing = 0;

    for (int i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("text #%d", i);

        missing += device_count_shown(to, text) == 0;
    }
    return missing;
}

static void
fall(world *w, void *data, int n)
{
    device *d = data;

    (void)n;
    world_later(w, 1 + world_random(w, 600 * 1000), fall, d, 0);
    if (d->engine == NULL || d->is_dead)
        return;
    switch (world_random(w, 3)) {
    case 0:
        device_crash(d);
        break;
    case 1:
        d->die_at_write = (int)world_random(w, 30);
        break;
    default:
        d->die_at_send = (int)world_random(w, 30);
        break;
    }
}

/* Whenever one of the two comes back the slots begin anew, half a second later
 * at the least: never two lines at once, and one more for each such time. */
static void
assert_no_burst(const pair *p, const device *d, uint64_t slot)
{
    uint64_t slots = (p->w->now - p->since_ms) / slot;

    for (guint i = 1; i < d->lines->len; i++) {
        ck_assert_uint_eq(strlen(line_of(d, i)->line), EIDER_LINE_S);
        ck_assert_uint_ge(line_of(d, i)->at_ms - line_of(d, i - 1)->at_ms, 500);
    }
    ck_assert_uint_le(d->lines->len, slots + 2 * p->w->crashes + 1);
}

START_TEST(loss_and_crashes_lose_no_text)
{
    int taken = 0;
    pair p;

    steady_begin(&p, sim_seed(2), 5);
    p.w->loss = 200;
    p.w->restart_ms = 20 * 1000;
    world_later(p.w, 1, fall, p.a, 0);
    world_later(p.w, 1, fall, p.b, 0);
    while (taken < 200) {
        g_autofree char *text = g_strdup_printf("text #%d", taken);

        /* What is taken by a machine that dies may be there or not. */
        if (device_write(p.a, "bob", text) == EIDER_OK && !p.a->is_dead)
            taken++;
        world_run(p.w, (uint64_t)(1000 * steady_gap(&p, 2.5, 1)));
    }
    p.w->loss = 0;
    world_run(p.w, 6 * WORLD_HOUR);
    printf("sim: 200 texts in slots at 20 %% loss, %llu crashes, %u lost\n",
           (unsigned long long)p.w->crashes, count_missing(p.b, taken));
    ck_assert_uint_gt(p.w->crashes, 2);
    ck_assert_uint_eq(count_missing(p.b, taken), 0);
    ck_assert_uint_eq(device_status(p.a, "bob").waiting, 0);
    assert_no_burst(&p, p.a, 5000);
    assert_no_burst(&p, p.b, 5000);
    world_free(p.w);
}
END_TEST

/* A short talk in slots; where it is to be disturbed, from the agreement on. */
static unsigned
talk_and_count(pair *p, unsigned side, bool crashes, int at)
{
    uint64_t before;
    device *d;

    steady_begin(p, 1, 5);
    d = side == 0 ? p->a : p->b;
    p->w->restart_ms = 5 * 1000;
    before = memfiles_writes(d->files);
    if (crashes)
        d->die_at_write = at;
    else if (at >= 0)
        memfiles_fail_after(d->files, at);
    for (int i = 0; i < 3; i++) {
        g_autofree char *text = g_strdup_printf("text #%d", i);

        for (unsigned tries = 0;
             tries < 5 && device_write(p->a, "bob", text) != EIDER_OK; tries++)
            world_run(p->w, 7 * WORLD_SECOND);
        (void)!device_write(p->b, "alice", text);
        world_run(p->w, 12 * WORLD_SECOND);
    }
    world_run(p->w, 20 * WORLD_SECOND);
    return (unsigned)(memfiles_writes(d->files) - before);
}

/* What a machine took that then died may be there or not; all else is. */
static void
assert_talk_survives(unsigned side, bool crashes, int at)
{
    pair p;

    talk_and_count(&p, side, crashes, at);
    world_run(p.w, 5 * WORLD_MINUTE);
    ck_assert_msg(count_missing(p.b, 3) <= (crashes && side == 0),
                  "%s %d of side %u: a text is lost",
                  crashes ? "crash at write" : "full at write", at, side);
    ck_assert_uint_eq(p.a->after_failed + p.b->after_failed, 0);
    ck_assert_int_eq(device_write(p.a, "bob", "and on"), EIDER_OK);
    world_run(p.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(p.b, "and on"), 1);
    ck_assert_uint_eq(device_status(p.a, "bob").steady_agreed, 1);
    ck_assert_uint_eq(device_sessions(p.a, "bob"), 1);
    world_free(p.w);
}

START_TEST(no_write_matters_more_than_another)
{
    int step = sim_is_long() ? 1 : 4;

    for (unsigned side = 0; side < 2; side++) {
        unsigned n;
        pair p;

        n = talk_and_count(&p, side, false, -1);
        world_free(p.w);
        for (int at = 0; at < (int)n; at += step) {
            assert_talk_survives(side, false, at);
            assert_talk_survives(side, true, at);
        }
        printf("sim: slots with a full disk and a crash at %s of %u writes of "
               "%s\n",
               step == 1 ? "each" : "each fourth", n,
               side == 0 ? "alice" : "bob");
    }
}
END_TEST

/* The plain sealer makes the very trace of the real one. */
START_TEST(the_tests_own_sealer_changes_no_slot)
{
    pair real, plain;

    steady_begin(&real, sim_seed(6), 10);
    steady_begin(&plain, sim_seed(6), 10);
    device_seal_plainly(plain.a, plain.b);
    world_run(real.w, sim_is_long() ? WORLD_DAY : WORLD_HOUR);
    steady_write(plain.w, &plain, 0);
    world_run(plain.w, sim_is_long() ? WORLD_DAY : WORLD_HOUR);
    assert_same(real.a, plain.a, FAIR);
    assert_same(real.b, plain.b, FAIR);
    world_free(real.w);
    world_free(plain.w);
}
END_TEST

Suite *sim_steady_suite(void);

Suite *
sim_steady_suite(void)
{
    Suite *s = suite_create("steady");
    TCase *tc = tcase_create("steady");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, slots_are_regular_and_of_one_length);
    tcase_add_loop_test(tc, what_is_written_does_not_show, 0, N_SERVERS);
    tcase_add_test(tc, loss_and_crashes_lose_no_text);
    tcase_add_test(tc, no_write_matters_more_than_another);
    tcase_add_test(tc, the_tests_own_sealer_changes_no_slot);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, steady_day_case());
    return s;
}
