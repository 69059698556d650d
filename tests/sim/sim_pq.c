/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The post-quantum ratchet in two engines: it moves no line and no byte, and an
 * epoch takes the time that is said.
 */
#include "sim/sim_pq.h"

#include "proto/ratchet_state.h"

#include <stdio.h>
#include <string.h>

static const char *
other(const device *d)
{
    return d->name[0] == 'a' ? "bob" : "alice";
}

eider_session *
pq_session(device *d)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, other(d));
    eider_session *best = NULL;

    ck_assert_ptr_nonnull(c);
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s == eider_contact_session(c, &s->pk))
            best = s;
    }
    return best;
}

uint32_t
pq_epochs(device *d)
{
    return eider_ratchet_mixed(pq_session(d)->ratchet);
}

uint64_t
pq_unopenable(const talk *t)
{
    return t->a->engine->counters.unopenable +
           t->b->engine->counters.unopenable;
}

void
pq_begin(talk *t, uint64_t seed)
{
    *t = (talk){.w = world_new(seed)};
    t->taken = g_ptr_array_new_with_free_func(g_free);
    t->w->keeps = true;
    t->w->restart_ms = 3 * WORLD_SECOND;
    t->a = world_add(t->w, "alice", "1");
    t->b = world_add(t->w, "bob", "1");
    device_meet(t->a, t->b);
    world_run(t->w, 10 * WORLD_MINUTE);
    memcpy(t->sid, pq_session(t->a)->sid, sizeof t->sid);
    t->unopenable = pq_unopenable(t);
}

void
pq_end(talk *t)
{
    world_free(t->w);
    g_ptr_array_free(t->taken, TRUE);
}

bool
pq_is_same(const talk *t)
{
    return memcmp(t->sid, pq_session(t->a)->sid, sizeof t->sid) == 0 &&
           memcmp(t->sid, pq_session(t->b)->sid, sizeof t->sid) == 0;
}

void
pq_say(talk *t, bool from_a, size_t len, uint64_t wait_ms)
{
    device *d = from_a ? t->a : t->b;
    char *text = g_strdup_printf("%s %u ", d->name, t->taken->len);
    char *padded = g_strdup_printf("%s%*s", text, (int)len, "x");

    for (char *p = padded; *p != '\0'; p++)
        if (*p == ' ')
            *p = '_'; /* blanks in a row are no text */
    for (unsigned i = 0; i < 20; i++) {
        bool is_sure;

        if (d->engine == NULL) {
            world_run(t->w, 5 * WORLD_SECOND);
            continue;
        }
        is_sure = device_write(d, other(d), padded) == EIDER_OK && !d->is_dead;
        world_run(t->w, wait_ms);
        if (is_sure) {
            g_ptr_array_add(t->taken, g_strdup(padded));
            break;
        }
    }
    g_free(text);
    g_free(padded);
}

static bool
is_all_there(const talk *t)
{
    for (guint i = 0; i < t->taken->len; i++) {
        const char *text = g_ptr_array_index(t->taken, i);

        if (device_count_shown(text[0] == 'a' ? t->b : t->a, text) == 0)
            return false;
    }
    return true;
}

void
pq_wait(talk *t, const char *what, unsigned n)
{
    for (unsigned i = 0; i < 300 && !is_all_there(t); i++)
        world_run(t->w, WORLD_MINUTE);
    ck_assert_msg(is_all_there(t), "%s %u: a text is lost", what, n);
}

/* ---- the trace ------------------------------------------------------------ */

/* As if there were no epochs: both own every key, and all of it has arrived,
 * so zeros are sent instead.  Gone with the next restart. */
static void
hush(device *d)
{
    eider_pq *pq = &pq_session(d)->ratchet->pq;

    eider_pq_init(pq, true);
    pq->has_seed = true;
    pq->marked = (UINT64_C(1) << EIDER_PQ_EK_SYMBOLS) - 1;
}

static void
add_trace(GString *out, const device *d)
{
    for (guint i = 0; i < d->lines->len; i++) {
        const sent_line *l = g_ptr_array_index(d->lines, i);

        g_string_append_printf(out, "%" G_GUINT64_FORMAT " %s %s %zu\n",
                               l->at_ms, d->name, l->to, strlen(l->line));
    }
}

static char *
trace_of(uint64_t seed, bool is_hushed, uint32_t *epochs)
{
    GString *out = g_string_new(NULL);
    uint64_t draws = seed;
    uint32_t most = 0;
    talk t;

    pq_begin(&t, seed);
    t.w->loss = 200;
    t.w->dup = 100;
    t.w->late = 100;
    t.w->late_ms = 2000;
    t.a->keeps_lines = t.b->keeps_lines = true;
    if (is_hushed) {
        hush(t.a);
        hush(t.b);
    }
    for (int i = 0; i < 400; i++) {
        uint64_t x = draws = draws * UINT64_C(6364136223846793005) + 12345;

        pq_say(&t, x >> 40 & 1, (size_t)(x >> 45) % (x >> 60 == 0 ? 900 : 120),
               (x >> 33) % 30000);
        /* A text that was lost four times starts another session. */
        most = MAX(most, pq_epochs(t.a));
    }
    world_run(t.w, 3 * WORLD_HOUR);
    ck_assert(is_all_there(&t));
    *epochs = MAX(most, pq_epochs(t.a));
    add_trace(out, t.a);
    add_trace(out, t.b);
    pq_end(&t);
    return g_string_free(out, FALSE);
}

START_TEST(no_line_is_moved_added_or_longer)
{
    uint32_t with, without;
    g_autofree char *on = trace_of(sim_seed((unsigned)_i), false, &with);
    g_autofree char *off = trace_of(sim_seed((unsigned)_i), true, &without);

    ck_assert_str_eq(on, off);
    ck_assert_uint_ge(with, 5);
    ck_assert_uint_eq(without, 0);
    if (_i == 0)
        printf("sim: %zu bytes of trace, the same with %u epochs and none\n",
               strlen(on), with);
}
END_TEST

/* ---- time ----------------------------------------------------------------- */

static void
slot(device *d)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, other(d));

    ck_assert_int_eq(eider_talk_cover(d->engine, c, pq_session(d)), EIDER_OK);
    ck_assert_int_eq(eider_commit(d->engine, c), EIDER_OK);
    eider_effects_run(d->engine);
}

/* One S frame of cover from each side every ten seconds; every frame says what
 * has arrived, too, as after a text. */
static void
steady(unsigned loss, uint64_t *longest_ms, uint64_t *mean_ms)
{
    uint64_t last, start;
    uint32_t seen = 0;
    talk t;

    pq_begin(&t, sim_seed(10 + loss));
    pq_say(&t, true, 1, WORLD_SECOND);
    pq_say(&t, false, 1, WORLD_MINUTE);
    t.w->loss = loss;
    *longest_ms = 0;
    last = start = 0;
    for (int i = 0; i < 2000; i++) {
        slot(t.a);
        world_run(t.w, 3 * WORLD_SECOND);
        slot(t.b);
        world_run(t.w, 7 * WORLD_SECOND);
        if (pq_epochs(t.a) == seen)
            continue;
        seen = pq_epochs(t.a);
        if (last != 0)
            *longest_ms = MAX(*longest_ms, t.w->now - last);
        else
            start = t.w->now; /* the first has a longer way */
        last = t.w->now;
    }
    *mean_ms = (last - start) / (seen - 1);
    printf("sim: steady at 10 s, %u of 1000 lost: an epoch in %.0f s, at most "
           "%.0f\n",
           loss, (double)*mean_ms / 1000, (double)*longest_ms / 1000);
    pq_end(&t);
}

START_TEST(steady_frames_take_less_than_four_minutes)
{
    uint64_t longest, mean;

    steady(0, &longest, &mean);
    ck_assert_uint_lt(longest, 4 * WORLD_MINUTE);
    steady(200, &longest, &mean);
    ck_assert_uint_lt(mean, 4 * WORLD_MINUTE);
}
END_TEST

static void
look(device *d, eider_device *out)
{
    ck_assert_uint_eq(
        eider_engine_devices(d->engine, d->account, other(d), out, 1), 1);
}

START_TEST(it_says_how_often_and_when_last)
{
    eider_device seen, again;
    uint64_t from;
    talk t;

    pq_begin(&t, sim_seed(20));
    look(t.a, &seen);
    ck_assert_uint_eq(seen.pq_times, 0);
    ck_assert_uint_eq(seen.pq_last, 0);
    from = t.w->now / 1000;
    while (pq_epochs(t.a) < 2)
        pq_say(&t, t.taken->len % 2 == 0, LONG_TEXT, WORLD_MINUTE);
    look(t.a, &seen);
    ck_assert_uint_eq(seen.pq_times, 2);
    ck_assert_uint_gt(seen.pq_last, from);
    ck_assert_uint_ge(seen.pq_last + 60, t.w->now / 1000);
    device_stop(t.a);
    world_run(t.w, WORLD_HOUR);
    device_start(t.a);
    look(t.a, &again);
    ck_assert_uint_eq(again.pq_times, seen.pq_times);
    ck_assert_uint_eq(again.pq_last, seen.pq_last);
    pq_end(&t);
}
END_TEST

START_TEST(the_number_goes_round_in_an_engine)
{
    talk t;

    pq_begin(&t, sim_seed(21));
    pq_session(t.a)->ratchet->pq.mixed = 254;
    pq_session(t.b)->ratchet->pq.mixed = 254;
    while (pq_epochs(t.a) < 259) {
        pq_say(&t, t.taken->len % 2 == 0, LONG_TEXT, WORLD_SECOND);
        ck_assert_uint_lt(t.taken->len, 100);
    }
    pq_wait(&t, "wrap", 0);
    ck_assert(pq_is_same(&t));
    ck_assert_uint_eq(pq_unopenable(&t), t.unopenable);
    pq_end(&t);
}
END_TEST

Suite *sim_pq_suite(void);

Suite *
sim_pq_suite(void)
{
    Suite *s = suite_create("pq");
    TCase *tc = tcase_create("pq");

    tcase_set_timeout(tc, 0);
    tcase_add_loop_test(tc, no_line_is_moved_added_or_longer, 0,
                        sim_is_long() ? 20 : 2);
    tcase_add_test(tc, steady_frames_take_less_than_four_minutes);
    tcase_add_test(tc, it_says_how_often_and_when_last);
    tcase_add_test(tc, the_number_goes_round_in_an_engine);
    suite_add_tcase(s, tc);
    suite_add_tcase(s, pq_harm_case());
    return s;
}
