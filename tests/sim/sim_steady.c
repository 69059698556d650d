/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steady: what leaves depends on who is online and on nothing else, whatever
 * is written and whatever the server does; and nothing is lost.
 */
#include "sim/sim.h"

#include "core/work.h"
#include "eider/frame.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- two who agreed ------------------------------------------------------- */

typedef struct {
    world *w;
    device *a, *b;
    uint64_t since_ms; /* traces begin here */
    uint64_t random;   /* of the writers: the world's is not touched by them */
} pair;

static uint32_t
draw(pair *p, uint32_t below)
{
    p->random = p->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(p->random >> 33) % below;
}

static double
draw_unit(pair *p)
{
    return (draw(p, 1u << 30) + 0.5) / (double)(1u << 30);
}

/* A gap between two texts, seconds. */
static double
draw_gap(pair *p, double mu, double sigma)
{
    double u = draw_unit(p), v = draw_unit(p);

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

static void
begin(pair *p, uint64_t seed, unsigned slot)
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

/* One S line for each slot of @slot seconds: none missing, none besides. */
static void
assert_regular(const device *d, unsigned slot, guint from)
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

    begin(&p, sim_seed(0), 10);
    for (unsigned i = 0; i < 60; i++) {
        ck_assert_int_eq(device_write(p.a, "bob", "hello"), EIDER_OK);
        world_run(p.w, 10 * WORLD_SECOND);
    }
    assert_regular(p.a, 10, 0);
    assert_regular(p.b, 10, 0);
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

static void
write_sometimes(world *w, void *data, int n)
{
    pair *p = data;
    device *d = n == 0 ? p->a : p->b;
    g_autofree char *text = g_strnfill(1 + draw(p, 900), 't');

    if (d->engine != NULL && !d->is_dead) {
        (void)!device_write(d, n == 0 ? "bob" : "alice", text);
        eider_engine_typing(d->engine, d->account, n == 0 ? "bob" : "alice", 1);
    }
    world_later(w, (uint64_t)(1000 * MIN(draw_gap(p, 3.6, 1.3), 240)),
                write_sometimes, p, n);
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
    begin(p, seed, slot);
    if (u == WRITES) {
        write_sometimes(p->w, p, 0);
        write_sometimes(p->w, p, 1);
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

    begin(&p, sim_seed(2), 5);
    p.w->loss = 200;
    p.w->restart_ms = 20 * 1000;
    world_later(p.w, 1, fall, p.a, 0);
    world_later(p.w, 1, fall, p.b, 0);
    while (taken < 200) {
        g_autofree char *text = g_strdup_printf("text #%d", taken);

        /* What is taken by a machine that dies may be there or not. */
        if (device_write(p.a, "bob", text) == EIDER_OK && !p.a->is_dead)
            taken++;
        world_run(p.w, (uint64_t)(1000 * draw_gap(&p, 2.5, 1)));
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

    begin(p, 1, 5);
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

/* ---- how long texts wait -------------------------------------------------- */

static int
by_size(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* How many texts a conversation has: half of them one, one in ten five or
 * more, one in a hundred some thirty. */
static int
draw_length(pair *p)
{
    return (int)MIN(pow(draw_unit(p), -1 / 1.43), 60);
}

/* Texts of one frame with the gaps of real conversations (private messages in
 * a network of students; the quick ones of IRC); the speaker changes with
 * probability 0.62. */
static void
measure(const char *what, uint64_t seed, double mu, double sigma)
{
    enum { TEXTS = 500 };
    static uint64_t waits[TEXTS];
    double sum = 0;
    bool is_a = true;
    int left = 0;
    pair p;

    begin(&p, seed, 10);
    device_seal_plainly(p.a, p.b);
    for (int i = 0; i < TEXTS; i++, left--) {
        g_autofree char *text = g_strdup_printf("text #%d", i);
        double gap = draw_gap(&p, mu, sigma);

        ck_assert_int_eq(
            device_write(is_a ? p.a : p.b, is_a ? "bob" : "alice", text),
            EIDER_OK);
        waits[i] = p.w->now;
        if (left == 0)
            left = draw_length(&p);
        /* A pause from which on the queues are empty. */
        world_run(p.w, left == 1 ? 2 * WORLD_MINUTE : (uint64_t)(1000 * gap));
        is_a = is_a != (draw_unit(&p) < 0.62);
    }
    world_run(p.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(p.a->shown->len + p.b->shown->len, TEXTS);
    for (unsigned side = 0; side < 2; side++) {
        const device *d = side == 0 ? p.a : p.b;

        for (guint i = 0; i < d->shown->len; i++) {
            const shown_text *t = g_ptr_array_index(d->shown, i);
            int n = atoi(strchr(t->html, '#') + 1);

            waits[n] = t->at_ms - waits[n];
            sum += (double)waits[n] / 1000;
        }
    }
    qsort(waits, TEXTS, sizeof waits[0], by_size);
    printf("sim: %s at 10 s: mean wait %.2f s, 99 %% under %.1f s, longest "
           "%.1f s\n",
           what, sum / TEXTS, (double)waits[TEXTS * 99 / 100] / 1000,
           (double)waits[TEXTS - 1] / 1000);
    ck_assert(sum / TEXTS <= 6.0);
    ck_assert_uint_lt(waits[TEXTS * 99 / 100], 20 * 1000);
    world_free(p.w);
}

/* These seeds do not change: it is a measurement of the schedule. */
START_TEST(texts_wait_six_seconds)
{
    measure("conversations", 3, 4.748, 1.079);
    measure("quick speakers", 4, 3.643, 1.333);
}
END_TEST

/* ---- a day, many contacts ------------------------------------------------- */

START_TEST(no_slot_of_a_day_is_lost)
{
    unsigned days = sim_is_long() ? 7 : 1;
    pair p;
    guint n;

    begin(&p, sim_seed(5), 10);
    if (days == 1)
        device_seal_plainly(p.a, p.b);
    else
        write_sometimes(p.w, &p, 0);
    world_run(p.w, days * WORLD_DAY);
    assert_regular(p.a, 10, 0);
    assert_regular(p.b, 10, 0);
    n = p.a->lines->len;
    printf("sim: %u slots of 10 s in %u days, %u texts shown\n", n, days,
           p.b->shown->len);
    ck_assert_uint_ge(n, days * 8640 - 1);
    ck_assert_uint_le(n, days * 8640 + 1);
    world_free(p.w);
}
END_TEST

/* The plain sealer makes the very trace of the real one. */
START_TEST(the_tests_own_sealer_changes_no_slot)
{
    pair real, plain;

    begin(&real, sim_seed(6), 10);
    begin(&plain, sim_seed(6), 10);
    device_seal_plainly(plain.a, plain.b);
    world_run(real.w, sim_is_long() ? WORLD_DAY : WORLD_HOUR);
    write_sometimes(plain.w, &plain, 0);
    world_run(plain.w, sim_is_long() ? WORLD_DAY : WORLD_HOUR);
    assert_same(real.a, plain.a, FAIR);
    assert_same(real.b, plain.b, FAIR);
    world_free(real.w);
    world_free(plain.w);
}
END_TEST

#define MANY 50

START_TEST(fifty_contacts_share_writes)
{
    world *w = world_new(sim_seed(7));
    device *a = world_add(w, "alice", "1"), *b[MANY];
    uint64_t writes, lines, passes = 10 * 60 * 5;

    device_start(a);
    for (unsigned i = 0; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf("bob%u", i);

        b[i] = world_add(w, name, "1");
        device_meet(a, b[i]);
        ck_assert_int_eq(
            eider_engine_steady(a->engine, a->account, b[i]->name, 10),
            EIDER_OK);
    }
    world_run(w, 2 * WORLD_MINUTE);
    for (unsigned i = 0; i < MANY; i++)
        ck_assert_uint_eq(device_status(a, b[i]->name).steady_agreed, 1);
    ck_assert_uint_eq(eider_engine_steady_count(a->engine, a->account, NULL),
                      MANY);
    writes = memfiles_writes(a->files);
    lines = a->sent;
    world_run(w, 10 * WORLD_MINUTE);
    writes = memfiles_writes(a->files) - writes;
    lines = a->sent - lines;
    printf("sim: 50 contacts, 10 min: %llu lines, %llu writes\n",
           (unsigned long long)lines, (unsigned long long)writes);
    ck_assert_uint_ge(lines, MANY * 59);
    ck_assert_uint_le(lines, MANY * 61);
    ck_assert_uint_le(writes, passes + 10);
    ck_assert_uint_lt(writes, lines);
    world_free(w);
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
    tcase_add_test(tc, texts_wait_six_seconds);
    tcase_add_test(tc, no_slot_of_a_day_is_lost);
    tcase_add_test(tc, the_tests_own_sealer_changes_no_slot);
    tcase_add_test(tc, fifty_contacts_share_writes);
    suite_add_tcase(s, tc);
    return s;
}
