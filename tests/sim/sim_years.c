/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two people for two years: their machines are on in the evening and sometimes
 * not for weeks, the line is middling, once in a while one of them crashes.
 * Every text is shown once, nothing grows, and nobody has to do anything.
 */
#include "sim/sim.h"

#include "core/work.h"
#include "unit/world_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS      40
#define LONG_DAYS 730
#define MOST      40000 /* texts of both */

static struct {
    world *w;
    device *who[2];
    uint64_t random; /* of the people */
    unsigned written, twice, marked;
    unsigned char times[MOST];
} life;

static uint32_t
draw(uint32_t below)
{
    life.random =
        life.random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(life.random >> 33) % below;
}

static void
see(device *d, const shown_text *t)
{
    const char *hash = strchr(t->html, '#');
    unsigned i = hash != NULL ? (unsigned)atoi(hash + 1) : MOST;

    ck_assert_uint_lt(i, life.written);
    life.marked += t->maybe_shown;
    if (life.times[i]++ > 0) {
        life.twice++;
        ck_assert_msg(t->maybe_shown && d->died_ms != 0,
                      "#%u twice without the mark", i);
    }
}

static void
write_one(device *d)
{
    g_autofree char *fill =
        g_strnfill(draw(10) == 0 ? draw(2000) : draw(120), 't');
    g_autofree char *text = g_strdup_printf("#%u %s", life.written, fill);

    ck_assert_uint_lt(life.written, MOST);
    life.written++; /* it may be shown before the call returns */
    ck_assert_int_eq(device_write(d, d == life.who[0] ? "bob" : "alice", text),
                     EIDER_OK);
}

/* An evening: both are there or one of them is, they write by turns. */
static void
spend_evening(void)
{
    unsigned there = draw(8), texts = draw(30);

    for (unsigned i = 0; i < 2; i++)
        if (there != i + 1)
            device_start(life.who[i]);
    for (unsigned n = 0; n < texts; n++) {
        device *d = life.who[draw(2)];

        if (d->engine != NULL)
            write_one(d);
        world_run(life.w, WORLD_SECOND * (1 + draw(draw(5) == 0 ? 1800 : 90)));
        if (draw(400) == 0 && d->engine != NULL) {
            device_crash(d);
            device_start(d);
        }
    }
    world_run(life.w, 10 * WORLD_MINUTE);
    for (unsigned i = 0; i < 2; i++)
        if (life.who[i]->engine != NULL)
            device_stop(life.who[i]);
}

static size_t
kept(const device *d)
{
    return memfiles_size(d->files);
}

START_TEST(two_years_lose_nothing_and_grow_nothing)
{
    unsigned days = sim_is_long() ? LONG_DAYS : DAYS, missing = 0;
    size_t early[2] = {0, 0};

    memset(&life, 0, sizeof life);
    life.random = sim_seed(0);
    life.w = world_new(sim_seed(0));
    life.who[0] = world_add(life.w, "alice", "1");
    life.who[1] = world_add(life.w, "bob", "1");
    /* its ring of 4 MiB grows until it is round */
    life.who[0]->has_ledger = life.who[1]->has_ledger = false;
    device_meet(life.who[0], life.who[1]);
    life.w->loss = 5, life.w->dup = 5, life.w->late = 5;
    life.w->late_ms = 20000;
    life.w->keeps = true;
    for (unsigned i = 0; i < 2; i++) {
        life.who[i]->on_show = see;
        device_stop(life.who[i]);
    }
    for (unsigned day = 0; day < days; day++) {
        if (draw(60) == 0)
            day += draw(10); /* away, less than what texts wait for */
        life.w->now += 20 * WORLD_HOUR;
        spend_evening();
        for (unsigned i = 0; i < 2 && day < DAYS; i++)
            early[i] = MAX(early[i], kept(life.who[i]));
    }
    for (unsigned i = 0; i < 2; i++)
        device_start(life.who[i]);
    world_run(life.w, WORLD_DAY);
    for (unsigned i = 0; i < life.written; i++)
        missing += life.times[i] == 0;
    printf("sim: %u days: %u texts, %u missing, %u shown again with the mark, "
           "%llu lines, %u and %u sessions made anew; on disk %zu and %zu "
           "bytes, in the first %u days at most %zu and %zu\n",
           days, life.written, missing, life.twice,
           (unsigned long long)life.w->lines,
           life.who[0]->news[EIDER_NEWS_RENEWED],
           life.who[1]->news[EIDER_NEWS_RENEWED], kept(life.who[0]),
           kept(life.who[1]), DAYS, early[0], early[1]);
    ck_assert_uint_gt(life.written, days * 5);
    ck_assert_uint_eq(missing, 0);
    for (unsigned i = 0; i < 2; i++)
        ck_assert_uint_le(kept(life.who[i]),
                          64 * 1024); /* one step of padding */
    world_free(life.w);
}
END_TEST

Suite *sim_years_suite(void);

Suite *
sim_years_suite(void)
{
    Suite *s = suite_create("years");
    TCase *tc = tcase_create("years");

    tcase_set_timeout(tc, 3600);
    tcase_add_test(tc, two_years_lose_nothing_and_grow_nothing);
    suite_add_tcase(s, tc);
    return s;
}
