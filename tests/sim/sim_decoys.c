/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoys: the lines of a set are the same whoever of it is written to, whatever
 * the server does and whoever comes and goes; and nothing is lost.
 */
#include "sim/sim.h"

#include "eider/decoys.h"
#include "eider/frame.h"

#include <stdio.h>
#include <string.h>

#define MEMBERS 5
#define NOBODY  MEMBERS

typedef struct {
    world *w;
    device *a, *b[MEMBERS];
    unsigned whom;
    uint64_t random; /* of the writers: the world's is not touched by them */
    unsigned written;
} set;

static const char *const names[] = {"bob0", "bob1", "bob2", "bob3", "bob4"};

static void
keep_lines(device *d)
{
    d->keeps_lines = true;
    g_ptr_array_set_size(d->lines, 0);
}

static void
begin(set *s, uint64_t seed)
{
    *s = (set){.w = world_new(seed), .random = seed};
    s->a = world_add(s->w, "alice", "1");
    for (unsigned i = 0; i < MEMBERS; i++) {
        s->b[i] = world_add(s->w, names[i], "1");
        device_meet(s->a, s->b[i]);
    }
    ck_assert_int_eq(
        eider_engine_decoys_set(s->a->engine, s->a->account, names, MEMBERS),
        EIDER_OK);
    world_run(s->w, 4 * WORLD_MINUTE);
    ck_assert_uint_eq(eider_engine_decoys_now(s->a->engine, s->a->account),
                      MEMBERS);
    keep_lines(s->a);
    for (unsigned i = 0; i < MEMBERS; i++)
        keep_lines(s->b[i]);
}

static void
seal_plainly(set *s)
{
    device_seal_plainly(s->a, s->b[0]);
    for (unsigned i = 1; i < MEMBERS; i++)
        s->b[i]->bodies = g_hash_table_ref(s->a->bodies);
}

/* ---- to whom is not seen --------------------------------------------------- */

static void
write_sometimes(world *w, void *data, int n)
{
    set *s = data;
    device *from = n == 0 ? s->a : s->b[s->whom];
    const char *to = n == 0 ? names[s->whom] : "alice";
    g_autofree char *text = g_strnfill(1 + sim_draw(&s->random, 400), 't');

    if (from->engine != NULL && device_write(from, to, text) == EIDER_OK) {
        s->written++;
        eider_engine_typing(from->engine, from->account, to, 1);
    }
    world_later(w, 1000 + sim_draw(&s->random, 300 * 1000), write_sometimes, s,
                n);
}

/* Somebody goes for ten minutes; the one who is written to, at times. */
static void
leave(world *w, void *data, int n)
{
    (void)w;
    device_offline(((set *)data)->b[n]);
}

static void
come(world *w, void *data, int n)
{
    (void)w;
    device_start(((set *)data)->b[n]);
}

static void
run(set *s, uint64_t seed, unsigned whom, unsigned server)
{
    begin(s, seed);
    seal_plainly(s);
    s->whom = whom;
    if (whom != NOBODY) {
        write_sometimes(s->w, s, 0);
        write_sometimes(s->w, s, 1);
    }
    s->w->loss = server == 1 ? 200 : 0;
    s->w->dup = server == 2 ? 300 : 0;
    s->w->late = server == 3 ? 300 : 0;
    s->w->late_ms = 90 * 1000;
    for (int i = 0; i < MEMBERS; i++) {
        world_later(s->w, (uint64_t)(1 + i) * 20 * WORLD_MINUTE, leave, s, i);
        world_later(s->w,
                    (uint64_t)(1 + i) * 20 * WORLD_MINUTE + 10 * WORLD_MINUTE,
                    come, s, i);
    }
    world_run(s->w, 3 * WORLD_HOUR);
}

static void
assert_same(const device *x, const device *y)
{
    ck_assert_uint_eq(x->lines->len, y->lines->len);
    ck_assert_uint_gt(x->lines->len, 150);
    for (guint i = 0; i < x->lines->len; i++) {
        const sent_line *l = g_ptr_array_index(x->lines, i);
        const sent_line *m = g_ptr_array_index(y->lines, i);

        ck_assert_uint_eq(l->at_ms, m->at_ms);
        ck_assert_uint_eq(strlen(l->line), EIDER_LINE_S);
        ck_assert_uint_eq(strlen(m->line), EIDER_LINE_S);
        ck_assert_str_eq(l->to, m->to);
    }
}

START_TEST(to_whom_is_not_seen)
{
    set quiet, other;

    run(&quiet, sim_seed(0), NOBODY, (unsigned)_i);
    for (unsigned whom = 0; whom < MEMBERS; whom += 2) {
        run(&other, sim_seed(0), whom, (unsigned)_i);
        ck_assert_uint_gt(other.written, 30);
        ck_assert_uint_gt(other.b[whom]->shown->len, 10);
        assert_same(quiet.a, other.a);
        for (unsigned i = 0; i < MEMBERS; i++)
            assert_same(quiet.b[i], other.b[i]);
        world_free(other.w);
    }
    world_free(quiet.w);
}
END_TEST

/* ---- nothing lost ---------------------------------------------------------- */

static void
fall(world *w, void *data, int n)
{
    set *s = data;
    device *d = n == MEMBERS ? s->a : s->b[n];

    world_later(w, WORLD_MINUTE + world_random(w, 3 * 3600 * 1000), fall, s, n);
    if (d->engine == NULL || d->is_dead)
        return;
    switch (world_random(w, 4)) {
    case 0:
        device_crash(d);
        break;
    case 1:
        d->die_at_write = (int)world_random(w, 30);
        break;
    case 2:
        d->die_at_send = (int)world_random(w, 30);
        break;
    default:
        if (n == MEMBERS)
            break;
        device_offline(d);
        world_later(w, world_random(w, 1200 * 1000), come, s, n);
    }
}

/* What a machine took that then died may be there or not. */
static bool
write_one(set *s, unsigned to, int n)
{
    g_autofree char *text = g_strdup_printf("text #%d", n);

    return device_write(s->a, names[to], text) == EIDER_OK && !s->a->is_dead;
}

/* The slots begin anew whenever somebody comes: half a second at least. */
static void
assert_no_burst(const device *d, const char *to)
{
    uint64_t last = 0;

    for (guint i = 0; i < d->lines->len; i++) {
        const sent_line *l = g_ptr_array_index(d->lines, i);

        if (strncmp(l->to, to, strlen(to)) != 0)
            continue;
        ck_assert_uint_eq(strlen(l->line), EIDER_LINE_S);
        ck_assert(last == 0 || l->at_ms >= last + 500);
        last = l->at_ms;
    }
}

START_TEST(loss_crashes_and_leaving_lose_no_text)
{
    unsigned taken = 0, missing = 0, to[100];
    set s;

    begin(&s, sim_seed(1));
    s.w->loss = 100;
    s.w->restart_ms = 60 * 1000;
    for (int i = 0; i <= MEMBERS; i++)
        world_later(s.w, 1 + world_random(s.w, 3600 * 1000), fall, &s, i);
    while (taken < G_N_ELEMENTS(to)) {
        to[taken] = sim_draw(&s.random, MEMBERS);
        taken += write_one(&s, to[taken], (int)taken);
        world_run(s.w, 1000 + sim_draw(&s.random, 300 * 1000));
    }
    s.w->loss = 0;
    world_run(s.w, 6 * WORLD_HOUR);
    for (unsigned i = 0; i < taken; i++) {
        g_autofree char *text = g_strdup_printf("text #%u", i);

        missing += device_count_shown(s.b[to[i]], text) == 0;
    }
    printf("sim: 100 texts to 5 decoys at 10 %% loss, %llu crashes, %u lost\n",
           (unsigned long long)s.w->crashes, missing);
    ck_assert_uint_gt(s.w->crashes, 5);
    ck_assert_uint_eq(missing, 0);
    for (unsigned i = 0; i < MEMBERS; i++)
        assert_no_burst(s.a, names[i]);
    ck_assert_uint_eq(eider_engine_decoys(s.a->engine, s.a->account), MEMBERS);
    world_free(s.w);
}
END_TEST

Suite *sim_decoys_suite(void);

Suite *
sim_decoys_suite(void)
{
    Suite *s = suite_create("decoys");
    TCase *tc = tcase_create("decoys");

    tcase_set_timeout(tc, 0);
    tcase_add_loop_test(tc, to_whom_is_not_seen, 0, 4);
    tcase_add_test(tc, loss_crashes_and_leaving_lose_no_text);
    suite_add_tcase(s, tc);
    return s;
}
