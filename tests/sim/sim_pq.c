/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The post-quantum ratchet in two engines: it moves no line and no byte; an
 * epoch in the time that is said; loss, crashes between any two steps, a full
 * disk and copies that are put back only delay it.
 */
#include "sim/sim.h"

#include "core/work.h"
#include "proto/ratchet_state.h"

#include <stdio.h>
#include <string.h>

/* Text that leaves in an M frame: what is left of it holds a whole key. */
#define LONG_TEXT 176

typedef struct {
    world *w;
    device *a, *b;
    GPtrArray *taken; /* all texts, by whom */
    uint8_t sid[EIDER_SID_SHORT];
    uint64_t unopenable; /* while they met */
} talk;

static const char *
other(const device *d)
{
    return d->name[0] == 'a' ? "bob" : "alice";
}

static eider_session *
session_of(device *d)
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

static uint32_t
epochs_of(device *d)
{
    return eider_ratchet_mixed(session_of(d)->ratchet);
}

static uint64_t
unopenable(const talk *t)
{
    return t->a->engine->counters.unopenable +
           t->b->engine->counters.unopenable;
}

static void
begin(talk *t, uint64_t seed)
{
    *t = (talk){.w = world_new(seed)};
    t->taken = g_ptr_array_new_with_free_func(g_free);
    t->w->keeps = true;
    t->w->restart_ms = 3 * WORLD_SECOND;
    t->a = world_add(t->w, "alice", "1");
    t->b = world_add(t->w, "bob", "1");
    device_meet(t->a, t->b);
    world_run(t->w, 10 * WORLD_MINUTE);
    memcpy(t->sid, session_of(t->a)->sid, sizeof t->sid);
    t->unopenable = unopenable(t);
}

static void
end(talk *t)
{
    world_free(t->w);
    g_ptr_array_free(t->taken, TRUE);
}

static bool
is_same_session(const talk *t)
{
    return memcmp(t->sid, session_of(t->a)->sid, sizeof t->sid) == 0 &&
           memcmp(t->sid, session_of(t->b)->sid, sizeof t->sid) == 0;
}

/* One of them writes; where he cannot, he tries until he can. */
static void
say(talk *t, bool from_a, size_t len, uint64_t wait_ms)
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

static void
wait_for_all(talk *t, const char *what, unsigned n)
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
    eider_pq *pq = &session_of(d)->ratchet->pq;

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

    begin(&t, seed);
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

        say(&t, x >> 40 & 1, (size_t)(x >> 45) % (x >> 60 == 0 ? 900 : 120),
            (x >> 33) % 30000);
        /* A text that was lost four times starts another session. */
        most = MAX(most, epochs_of(t.a));
    }
    world_run(t.w, 3 * WORLD_HOUR);
    ck_assert(is_all_there(&t));
    *epochs = MAX(most, epochs_of(t.a));
    add_trace(out, t.a);
    add_trace(out, t.b);
    end(&t);
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

    ck_assert_int_eq(eider_talk_cover(d->engine, c, session_of(d)), EIDER_OK);
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

    begin(&t, sim_seed(10 + loss));
    say(&t, true, 1, WORLD_SECOND);
    say(&t, false, 1, WORLD_MINUTE);
    t.w->loss = loss;
    *longest_ms = 0;
    last = start = 0;
    for (int i = 0; i < 2000; i++) {
        slot(t.a);
        world_run(t.w, 3 * WORLD_SECOND);
        slot(t.b);
        world_run(t.w, 7 * WORLD_SECOND);
        if (epochs_of(t.a) == seen)
            continue;
        seen = epochs_of(t.a);
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
    end(&t);
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

    begin(&t, sim_seed(20));
    look(t.a, &seen);
    ck_assert_uint_eq(seen.pq_times, 0);
    ck_assert_uint_eq(seen.pq_last, 0);
    from = t.w->now / 1000;
    while (epochs_of(t.a) < 2)
        say(&t, t.taken->len % 2 == 0, LONG_TEXT, WORLD_MINUTE);
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
    end(&t);
}
END_TEST

START_TEST(the_number_goes_round_in_an_engine)
{
    talk t;

    begin(&t, sim_seed(21));
    session_of(t.a)->ratchet->pq.mixed = 254;
    session_of(t.b)->ratchet->pq.mixed = 254;
    while (epochs_of(t.a) < 259) {
        say(&t, t.taken->len % 2 == 0, LONG_TEXT, WORLD_SECOND);
        ck_assert_uint_lt(t.taken->len, 100);
    }
    wait_for_all(&t, "wrap", 0);
    ck_assert(is_same_session(&t));
    ck_assert_uint_eq(unopenable(&t), t.unopenable);
    end(&t);
}
END_TEST

/* ---- what goes wrong ------------------------------------------------------ */

START_TEST(loss_and_late_lines_only_delay)
{
    talk t;

    begin(&t, sim_seed(22));
    t.w->loss = 200;
    t.w->dup = 100;
    t.w->late = 200;
    t.w->late_ms = 1500;
    for (int i = 0; i < 400; i++)
        say(&t, world_random(t.w, 2) == 0, 50,
            WORLD_SECOND + world_random(t.w, 2000));
    t.w->loss = 0;
    wait_for_all(&t, "loss", 0);
    ck_assert(is_same_session(&t));
    ck_assert_uint_eq(unopenable(&t), t.unopenable);
    printf("sim: %u epochs in %" G_GUINT64_FORMAT " lines, 20 %% lost\n",
           epochs_of(t.a), t.w->lines);
    ck_assert_uint_ge(epochs_of(t.a), 4);
    end(&t);
}
END_TEST

/* Texts whose frames hold whole keys and ciphertexts: two epochs and more. */
static void
two_epochs(talk *t)
{
    for (unsigned i = 0; i < 16; i++)
        say(t, i % 2 == 0, LONG_TEXT, 2 * WORLD_SECOND);
}

static unsigned
count_writes(unsigned side)
{
    unsigned before, after;
    talk t;

    begin(&t, 1);
    before = (unsigned)memfiles_writes((side == 0 ? t.a : t.b)->files);
    two_epochs(&t);
    ck_assert_uint_ge(epochs_of(t.a), 2);
    after = (unsigned)memfiles_writes((side == 0 ? t.a : t.b)->files);
    end(&t);
    return after - before;
}

static void
finish(talk *t, const char *what, unsigned n)
{
    wait_for_all(t, what, n);
    two_epochs(t);
    wait_for_all(t, what, n);
    ck_assert_msg(is_same_session(t), "%s %u: another session", what, n);
    ck_assert_msg(epochs_of(t->a) >= 3, "%s %u: %u epochs", what, n,
                  epochs_of(t->a));
    ck_assert_msg(epochs_of(t->a) <= epochs_of(t->b) + 1 &&
                      epochs_of(t->b) <= epochs_of(t->a) + 1,
                  "%s %u: %u and %u epochs", what, n, epochs_of(t->a),
                  epochs_of(t->b));
    end(t);
}

START_TEST(a_crash_between_any_two_steps_only_delays)
{
    for (unsigned side = 0; side < 2; side++) {
        unsigned n = count_writes(side), step = sim_is_long() ? 1 : 2;

        for (unsigned i = side; i < n; i += step) {
            device *d;
            talk t;

            begin(&t, 1);
            d = side == 0 ? t.a : t.b;
            d->die_at_write = (int)i;
            two_epochs(&t);
            finish(&t, "crash after write", i);
            begin(&t, 1);
            d = side == 0 ? t.a : t.b;
            d->die_at_send = (int)i / 2;
            two_epochs(&t);
            finish(&t, "crash at line", i);
        }
        printf("sim: crash at each of %u writes in two epochs\n", n);
    }
}
END_TEST

START_TEST(a_full_disk_only_delays)
{
    for (unsigned side = 0; side < 2; side++)
        for (unsigned i = side; i < 24; i += 2) {
            talk t;

            begin(&t, 1);
            memfiles_fail_after((side == 0 ? t.a : t.b)->files, (int)i);
            two_epochs(&t);
            finish(&t, "full at write", i);
        }
}
END_TEST

/* A copy from a few texts ago, which nothing can notice by itself: at every
 * place of an epoch, either side.  What was agreed on since is void; in the
 * end texts arrive, and epochs go on, in this session or another. */
static bool
put_back(unsigned side, unsigned at, unsigned back)
{
    bool is_same;
    memfiles_copy *copy;
    uint32_t before;
    device *d;
    talk t;

    begin(&t, 100 + at);
    d = side == 0 ? t.a : t.b;
    for (unsigned i = 0; i < at; i++)
        say(&t, i % 2 == 0, LONG_TEXT, 2 * WORLD_SECOND);
    device_stop(d);
    copy = memfiles_snapshot(d->files);
    device_start(d);
    for (unsigned i = 0; i < back; i++)
        say(&t, (at + i) % 2 == 0, LONG_TEXT, 2 * WORLD_SECOND);
    device_stop(d);
    memfiles_rewind(d->files, copy);
    memfiles_copy_free(copy);
    device_start(d);
    /* Of these one may be lost, where it got a number that was used. */
    for (unsigned i = 0; i < 12; i++)
        say(&t, i % 2 == 0, LONG_TEXT, 20 * WORLD_SECOND);
    world_run(t.w, 5 * WORLD_HOUR);
    g_ptr_array_set_size(t.taken, 0);
    before = epochs_of(t.a);
    two_epochs(&t);
    wait_for_all(&t, "after put back at", at);
    ck_assert_msg(memcmp(session_of(t.a)->sid, session_of(t.b)->sid,
                         EIDER_SID_SHORT) == 0,
                  "put back at %u: two sessions", at);
    ck_assert_msg(epochs_of(t.a) > before || epochs_of(t.a) >= 2,
                  "put back at %u: no epochs", at);
    is_same = is_same_session(&t);
    end(&t);
    return is_same;
}

START_TEST(a_copy_that_is_put_back_heals)
{
    unsigned all = 0, same = 0, most = sim_is_long() ? 6 : 2;

    for (unsigned at = 0; at < 8; at++)
        for (unsigned back = 1; back <= most; back++, all++)
            same += put_back((unsigned)_i, at, back);
    printf("sim: put back unnoticed %u times, %u went on in their session\n",
           all, same);
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
    tcase_add_test(tc, loss_and_late_lines_only_delay);
    tcase_add_test(tc, a_crash_between_any_two_steps_only_delays);
    tcase_add_test(tc, a_full_disk_only_delays);
    tcase_add_loop_test(tc, a_copy_that_is_put_back_heals, 0, 2);
    suite_add_tcase(s, tc);
    return s;
}
