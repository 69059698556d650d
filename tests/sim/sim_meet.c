/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two people, up to three devices, 30 % loss, starts that cross, state that is
 * lost: each device comes online once a day and writes once.  After 14 days
 * every device has a confirmed session with every device of the other.
 */
#include "sim/sim.h"

#include <stdio.h>

#define RUNS 60
#define DAYS 14

typedef struct {
    device *all[3];
    unsigned n, at_alice;
} house;

static const char *
other(const device *d)
{
    return d->name[0] == 'a' ? "bob" : "alice";
}

static void
write_daily(world *w, void *a, int n)
{
    device *d = a;
    g_autofree char *text = g_strdup_printf("%s day %d", d->full, n);

    (void)w;
    (void)!device_write(d, other(d), text);
}

static void
come(world *w, void *a, int n)
{
    device *d = a;

    (void)n;
    (void)w;
    device_start(d);
    if (device_status(d, other(d)).choice != EIDER_ON)
        (void)!device_choose(d, other(d), EIDER_ON);
}

static void
go(world *w, void *a, int n)
{
    (void)w;
    (void)n;
    device_stop(a);
}

static void
lose(world *w, void *a, int n)
{
    device *d = a;

    (void)w;
    (void)n;
    if (d->engine == NULL)
        device_lose(d, other(d));
}

/* Evenings: two hours, begun within three. */
static void
plan_day(world *w, house *h, int day)
{
    for (unsigned i = 0; i < h->n; i++) {
        uint64_t from = 18 * WORLD_HOUR + world_random(w, 3 * 3600 * 1000);

        if (day == 0 && w->random % 2 == 0)
            from = 18 * WORLD_HOUR + i; /* at the same moment: crossed */
        world_later(w, from, come, h->all[i], 0);
        world_later(w, from + 1 + world_random(w, 3600 * 1000), write_daily,
                    h->all[i], day);
        world_later(w, from + 2 * WORLD_HOUR, go, h->all[i], 0);
    }
}

static bool
is_done(const house *h)
{
    for (unsigned i = 0; i < h->n; i++) {
        device *d = h->all[i];
        unsigned others = i < h->at_alice ? h->n - h->at_alice : h->at_alice;

        device_start(d);
        if (device_sessions(d, other(d)) < others)
            return false;
    }
    return true;
}

static world *
build(unsigned run, house *h)
{
    static const size_t maxima[] = {8000, 1931, 391};
    world *w = world_new(sim_seed(run));

    w->loss = 300;
    w->keeps = run % 2 == 0;
    w->delay_ms = 2000;
    h->at_alice = 1;
    h->n = run % 3 == 0 ? 3 : 2;
    h->all[0] = world_add(w, "alice", "1");
    h->all[1] = world_add(w, "bob", "1");
    if (h->n == 3)
        h->all[2] = world_add(w, "bob", "2");
    for (unsigned i = 0; i < h->n; i++)
        h->all[i]->line_max = maxima[run / 2 % 3];
    return w;
}

/* Returns the day after which all was well, or -1. */
static int
live(unsigned run, uint64_t *lines)
{
    house h = {0};
    world *w = build(run, &h);
    bool done;

    for (int day = 0; day < DAYS; day++) {
        plan_day(w, &h, day);
        if (run % 4 >= 2 && day >= 3 && day <= 5)
            world_later(w, WORLD_HOUR, lose, h.all[(run + day) % h.n], 0);
        world_run(w, WORLD_DAY);
    }
    *lines += w->lines;
    done = is_done(&h);
    for (unsigned i = 0; i < h.n && !done; i++) {
        eider_status s = device_status(h.all[i], other(h.all[i]));

        printf("  run %u: %s has %u sessions, %u devices, %u candidates\n", run,
               h.all[i]->full, device_sessions(h.all[i], other(h.all[i])),
               s.devices, s.candidates);
    }
    world_free(w);
    return done ? 0 : -1;
}

START_TEST(all_meet_within_14_days)
{
    unsigned bad = 0, runs = sim_is_long() ? RUNS * 20 : RUNS;
    uint64_t lines = 0;

    for (unsigned i = 0; i < runs; i++)
        if (live(i, &lines) < 0)
            bad++;
    printf("sim: %u of %u met, %llu lines\n", runs - bad, runs,
           (unsigned long long)lines);
    ck_assert_uint_eq(bad, 0);
}
END_TEST

Suite *sim_meet_suite(void);

Suite *
sim_meet_suite(void)
{
    Suite *s = suite_create("meet");
    TCase *tc = tcase_create("meet");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, all_meet_within_14_days);
    suite_add_tcase(s, tc);
    return s;
}
