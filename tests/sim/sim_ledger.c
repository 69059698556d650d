/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ledger changes nothing, and a crash at any of its writes spoils nothing.
 */
#include "sim/sim.h"

#include "eider/ledger.h"
#include "eider/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FLUSH (EIDER_LEDGER_FLUSH * WORLD_SECOND)

/* ---- what leaves ----------------------------------------------------------- */

static GString *trace;

static void
write_down(world *w, const device *from, const char *line)
{
    g_string_append_printf(trace, "%llu %s %s\n", (unsigned long long)w->now,
                           from->name, line);
}

static void
say(world *w, void *d, int n)
{
    const device *from = d;
    g_autofree char *s =
        g_strnfill((gsize)n, (char)('a' + world_random(w, 26)));

    if (from->engine != NULL)
        (void)!device_write(d, from->name[0] == 'a' ? "bob" : "alice", s);
}

static void
restart(world *w, void *d, int n)
{
    (void)w;
    (void)n;
    device_stop(d);
    device_start(d);
}

/* Three hours over a bad line, with a restart in the middle and Steady in the
 * last half; every byte of it. */
static GString *
three_hours(uint64_t seed, bool has_ledger)
{
    world *w = world_new(seed);
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");

    trace = g_string_new(NULL);
    a->has_ledger = b->has_ledger = has_ledger;
    w->on_line = write_down;
    device_meet(a, b);
    w->loss = w->dup = w->corrupt = 50;
    for (unsigned i = 0; i < 120; i++)
        world_later(w, world_random(w, (uint32_t)(3 * WORLD_HOUR)), say,
                    world_random(w, 2) != 0 ? a : b,
                    1 + (int)world_random(w, 1000));
    world_later(w, WORLD_HOUR, restart, a, 0);
    world_run(w, 90 * WORLD_MINUTE);
    w->loss = w->dup = w->corrupt = 0;
    device_steady(a, b, 10);
    w->loss = 50;
    world_run(w, 90 * WORLD_MINUTE);
    if (has_ledger)
        ck_assert_ptr_nonnull(memfiles_peek(a->files, "ledger").p);
    else
        ck_assert_ptr_null(memfiles_peek(a->files, "ledger").p);
    world_free(w);
    return trace;
}

START_TEST(nothing_else_changes)
{
    for (unsigned i = 0; i < (sim_is_long() ? 30u : 3u); i++) {
        GString *with = three_hours(sim_seed(i), true);
        GString *without = three_hours(sim_seed(i), false);

        ck_assert_uint_gt(with->len, 100000);
        ck_assert_msg(g_string_equal(with, without), "seed %llu",
                      (unsigned long long)sim_seed(i));
        g_string_free(with, TRUE);
        g_string_free(without, TRUE);
    }
}
END_TEST

/* ---- crashes --------------------------------------------------------------- */

static struct {
    device *d;
    unsigned n, at; /* writes of the ledger; the crash is right after this */
} crash;

static void
on_write(void *data, memfiles *m, const char *name)
{
    (void)data;
    (void)m;
    if (strcmp(name, "ledger") == 0 && crash.n++ == crash.at)
        crash.d->die_at_write = 0; /* the one that is being counted */
}

static unsigned
wrote(const device *d)
{
    eider_seen_sums sums;

    eider_engine_seen_sums(d->engine, d->account, "bob", 0, UINT64_MAX, &sums,
                           NULL);
    return sums.all.texts[EIDER_SEEN_OUT];
}

static bool
crash_at(unsigned at)
{
    world *w = world_new(sim_seed(at));
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");
    unsigned texts = 0, before = 0, crashes;

    device_meet(a, b);
    device_steady(a, b, 10);
    w->restart_ms = WORLD_SECOND;
    crash.d = a;
    crash.n = 0;
    crash.at = at;
    memfiles_on_write(a->files, on_write, NULL);
    for (unsigned i = 0; i < 14; i++) {
        g_autofree char *s = g_strdup_printf("text %u", i);

        if (a->engine != NULL && w->crashes == 0)
            before = wrote(a);
        texts += a->engine != NULL && device_write(a, "bob", s) == EIDER_OK;
        world_run(w, 2 * WORLD_MINUTE);
    }
    crashes = (unsigned)w->crashes;
    ck_assert_ptr_nonnull(a->engine);
    world_run(w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(b->shown->len, texts);
    for (guint i = 0; i < b->shown->len; i++)
        ck_assert(!((shown_text *)g_ptr_array_index(b->shown, i))->maybe_shown);
    /* The crash was right after a write: no more is missing than was written
     * since the one before it. */
    if (crashes > 0)
        ck_assert_uint_ge(wrote(a) + 3, before);
    ck_assert_uint_le(wrote(a), texts);
    memfiles_on_write(a->files, NULL, NULL);
    world_free(w);
    return crashes > 0;
}

START_TEST(a_crash_at_each_write_of_it)
{
    unsigned n = 0;

    while (crash_at(n))
        n++;
    printf("sim: crash at each of %u writes of the ledger\n", n);
    ck_assert_uint_ge(n, 4);
}
END_TEST

/* A disk that takes nothing of it for an hour: slots go on, texts arrive, and
 * it is all there when the disk is well again. */
START_TEST(a_full_disk_stops_no_slot)
{
    world *w = world_new(sim_seed(0));
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");
    uint64_t sent;

    device_meet(a, b);
    device_steady(a, b, 10);
    sent = a->sent;
    memfiles_fail_all(a->files, true);
    world_run(w, WORLD_HOUR);
    memfiles_fail_all(a->files, false);
    ck_assert_uint_ge(a->sent - sent, 350);
    ck_assert_int_eq(device_write(a, "bob", "hello"), EIDER_OK);
    world_run(w, 2 * FLUSH);
    ck_assert_uint_eq(b->shown->len, 1);
    device_stop(a);
    device_start(a);
    ck_assert_uint_eq(wrote(a), 1);
    world_free(w);
}
END_TEST

Suite *sim_ledger_suite(void);

Suite *
sim_ledger_suite(void)
{
    Suite *s = suite_create("ledger");
    TCase *tc = tcase_create("ledger");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, nothing_else_changes);
    tcase_add_test(tc, a_crash_at_each_write_of_it);
    tcase_add_test(tc, a_full_disk_stops_no_slot);
    suite_add_tcase(s, tc);
    return s;
}
