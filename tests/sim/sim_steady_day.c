/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steady over days and with many: how long texts wait, and what is written. */
#include "sim/sim_steady.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    return (int)MIN(pow(steady_unit(p), -1 / 1.43), 60);
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

    steady_begin(&p, seed, 10);
    device_seal_plainly(p.a, p.b);
    for (int i = 0; i < TEXTS; i++, left--) {
        g_autofree char *text = g_strdup_printf("text #%d", i);
        double gap = steady_gap(&p, mu, sigma);

        ck_assert_int_eq(
            device_write(is_a ? p.a : p.b, is_a ? "bob" : "alice", text),
            EIDER_OK);
        waits[i] = p.w->now;
        if (left == 0)
            left = draw_length(&p);
        /* A pause from which on the queues are empty. */
        world_run(p.w, left == 1 ? 2 * WORLD_MINUTE : (uint64_t)(1000 * gap));
        is_a = is_a != (steady_unit(&p) < 0.62);
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

    steady_begin(&p, sim_seed(5), 10);
    if (days == 1)
        device_seal_plainly(p.a, p.b);
    else
        steady_write(p.w, &p, 0);
    world_run(p.w, days * WORLD_DAY);
    steady_regular(p.a, 10, 0);
    steady_regular(p.b, 10, 0);
    n = p.a->lines->len;
    printf("sim: %u slots of 10 s in %u days, %u texts shown\n", n, days,
           p.b->shown->len);
    ck_assert_uint_ge(n, days * 8640 - 1);
    ck_assert_uint_le(n, days * 8640 + 1);
    world_free(p.w);
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

TCase *
steady_day_case(void)
{
    TCase *tc = tcase_create("day");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, texts_wait_six_seconds);
    tcase_add_test(tc, no_slot_of_a_day_is_lost);
    tcase_add_test(tc, fifty_contacts_share_writes);
    return tc;
}
