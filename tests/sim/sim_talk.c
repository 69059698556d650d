/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A long talk over a bad line between machines that crash: every text is shown
 * once, or a second time with the mark where a crash fell between showing and
 * writing it down; in order, unless a gap was open for 30 s; none is lost.
 */
#include "sim/sim.h"
#include "sim/watch.h"

#include "core/work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { TEXT_NONE, TEXT_TAKEN, TEXT_MAYBE } text_state;

typedef struct {
    text_state state; /* MAYBE: the machine crashed while taking it */
    uint64_t written, first_shown;
    unsigned times;
    bool is_delivered; /* its writer was told so */
} told;

typedef struct {
    device *from, *to;
    told *texts;
    int next; /* to be written */
    int highest;
    unsigned repeats, swaps, early;
    uint8_t sid[EIDER_SID_SHORT]; /* of the session that shows now ... */
    uint64_t since_ms;            /* ... since when */
} lane;

static struct {
    lane lanes[2];
    int each;
    unsigned shown;
    bool is_fast;      /* they have met */
    GHashTable *by_id; /* id -> told */
} talk;

/* ---- the oracle ----------------------------------------------------------- */

/* Numbers order the texts of one session only. */
static void
note_session(lane *l)
{
    g_autofree char *key = eider_people_key(l->to->account, l->from->name);
    eider_contact *c = g_hash_table_lookup(l->to->engine->contacts, key);
    const eider_session *s;

    for (guint i = 0; c != NULL && i < c->sessions->len; i++) {
        s = g_ptr_array_index(c->sessions, i);
        if (s == eider_contact_session(c, &s->pk) &&
            memcmp(l->sid, s->sid, sizeof l->sid) != 0) {
            memcpy(l->sid, s->sid, sizeof l->sid);
            l->since_ms = l->to->w->now;
        }
    }
}

static bool
may_come_late(const lane *l, int i, uint64_t now)
{
    /* A gap lasts no longer than since its text was written; and only so
     * many later ones are held back for it. */
    return l->to->w->now < l->since_ms + 2 * EIDER_HOLD_BACK * WORLD_SECOND ||
           now - l->texts[i].written >= EIDER_HOLD_BACK * WORLD_SECOND ||
           l->next - i >= EIDER_HELD_MAX;
}

static void
see(device *d, const shown_text *t)
{
    lane *l = &talk.lanes[talk.lanes[0].to == d ? 0 : 1];
    const char *hash = strchr(t->html, '#');
    int i = hash != NULL ? atoi(hash + 1) : -1;
    told *x;

    if (hash == NULL)
        return; /* the rest of one that was too long for 32 parts */
    ck_assert_int_ge(i, 0);
    ck_assert_int_lt(i, talk.each);
    note_session(l);
    x = &l->texts[i];
    ck_assert_int_ne(x->state, TEXT_NONE);
    ck_assert(!t->from_candidate);
    if (t->maybe_shown)
        ck_assert_msg(d->died_ms != 0, "#%d is marked without a crash", i);
    if (x->times++ > 0) {
        l->repeats++;
        ck_assert_msg(t->maybe_shown, "#%d twice without the mark", i);
        ck_assert_msg(d->died_ms >= x->first_shown &&
                          d->died_ms <= x->first_shown + 1001,
                      "#%d twice, but no crash cut it off", i);
    } else {
        x->first_shown = t->at_ms;
        talk.shown++;
    }
    if (i < l->highest && x->times == 1) {
        l->swaps++;
        if (!may_come_late(l, i, l->texts[l->highest].first_shown) &&
            !t->maybe_shown)
            l->early++;
    }
    l->highest = MAX(l->highest, i);
}

static void
hear_state(device *d, const told_state *t)
{
    told *x;
    gint64 id = 0;

    (void)d;
    memcpy(&id, t->id, sizeof t->id);
    x = g_hash_table_lookup(talk.by_id, &id);
    ck_assert_int_ne(t->state, EIDER_TEXT_GIVEN_UP);
    if (x != NULL && t->state == EIDER_TEXT_DELIVERED)
        x->is_delivered = true;
}

static void
note_id(const device *d, told *x)
{
    gint64 id = 0;

    memcpy(&id, d->last_id, sizeof d->last_id);
    g_hash_table_insert(talk.by_id, g_memdup2(&id, sizeof id), x);
}

/* ---- the two -------------------------------------------------------------- */

static char *
make_text(world *w, int i)
{
    GString *s = g_string_new(NULL);
    unsigned draw = world_random(w, 1000);
    unsigned words = draw < 5    ? world_random(w, 1500)
                     : draw < 50 ? world_random(w, 200)
                                 : world_random(w, 12);

    g_string_printf(s, "text #%d", i);
    for (unsigned n = 0; n < words; n++)
        g_string_append_printf(s, " w%u", world_random(w, 100000));
    return g_string_free(s, FALSE);
}

static bool
have_met(world *w)
{
    device *a = g_ptr_array_index(w->devices, 0);
    device *b = g_ptr_array_index(w->devices, 1);

    return device_sessions(a, "bob") == 1 && device_sessions(b, "alice") == 1;
}

static void
speak(world *w, void *a, int n)
{
    lane *l = a;
    g_autofree char *text = NULL;
    eider_err err;

    (void)n;
    if (l->next >= talk.each)
        return;
    if (!talk.is_fast && have_met(w))
        talk.is_fast = true;
    world_later(w,
                talk.is_fast ? 200 + world_random(w, 400) : 20 * WORLD_MINUTE,
                speak, l, 0);
    if (l->from->engine == NULL || l->from->is_dead)
        return;
    text = make_text(w, l->next);
    /* It may be shown before the call returns. */
    l->texts[l->next].state = TEXT_MAYBE;
    l->texts[l->next].written = w->now;
    err = device_write(l->from, l->to->name, text);
    note_id(l->from, &l->texts[l->next]);
    if (l->from->is_dead) {
        l->next++;
    } else if (err == EIDER_OK) {
        l->texts[l->next++].state = TEXT_TAKEN;
    } else {
        ck_assert_int_eq(err, EIDER_E_LIMIT); /* too many wait */
        l->texts[l->next].state = TEXT_NONE;
    }
}

static void
fall(world *w, void *a, int n)
{
    device *d = a;

    (void)n;
    world_later(w, 1 + world_random(w, 120 * 1000), fall, d, 0);
    if (d->engine == NULL || d->is_dead)
        return;
    switch (world_random(w, 4)) {
    case 0:
        device_crash(d);
        break;
    case 1:
        d->die_at_write = (int)world_random(w, 10);
        break;
    case 2:
        d->die_at_send = (int)world_random(w, 10);
        break;
    default:
        d->die_at_show = (int)world_random(w, 5);
        break;
    }
}

static bool
is_all_there(world *w)
{
    (void)w;
    for (unsigned i = 0; i < 2; i++) {
        const lane *l = &talk.lanes[i];

        if (l->next < talk.each)
            return false;
        for (int j = 0; j < talk.each; j++)
            if (l->texts[j].state == TEXT_TAKEN && l->texts[j].times == 0)
                return false;
    }
    return true;
}

static bool
all_written(world *w)
{
    (void)w;
    return talk.lanes[0].next >= talk.each && talk.lanes[1].next >= talk.each;
}

static void
set_up(world *w, int texts, device **a, device **b)
{
    *a = world_add(w, "alice", "1");
    *b = world_add(w, "bob", "1");
    (*a)->on_show = (*b)->on_show = see;
    (*a)->on_state = (*b)->on_state = hear_state;
    talk.by_id =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    talk.each = texts / 2;
    talk.shown = 0;
    talk.is_fast = false;
    for (unsigned i = 0; i < 2; i++) {
        talk.lanes[i] =
            (lane){.from = i == 0 ? *a : *b, .to = i == 0 ? *b : *a};
        talk.lanes[i].texts = g_new0(told, (gsize)talk.each);
    }
    device_start(*a);
    device_start(*b);
    ck_assert_int_eq(device_choose(*a, "bob", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_choose(*b, "alice", EIDER_ON), EIDER_OK);
}

static void
report(const world *w)
{
    unsigned lost = 0, swaps = 0, early = 0, repeats = 0, said = 0, untrue = 0;
    const watch_counts *c = watch_stop();

    for (unsigned i = 0; i < 2; i++) {
        lane *l = &talk.lanes[i];

        swaps += l->swaps;
        early += l->early;
        repeats += l->repeats;
        for (int j = 0; j < talk.each; j++) {
            const told *x = &l->texts[j];

            if (x->state == TEXT_TAKEN && x->times == 0) {
                printf("  lost: lane %u #%d\n", i, j);
                lost++;
            }
            said += x->is_delivered;
            untrue += x->is_delivered && x->times == 0;
        }
    }
    printf("sim: %u shown, %u said to be delivered, %llu lines, %llu crashes, "
           "%u again with the mark, %u late, %u out of order, %u lost, %llu "
           "keys used twice\n",
           talk.shown, said, (unsigned long long)w->lines,
           (unsigned long long)w->crashes, repeats, swaps, early, lost,
           (unsigned long long)c->reused_keys);
    ck_assert_uint_eq(lost, 0);
    ck_assert_uint_eq(early, 0);
    ck_assert_uint_eq(untrue, 0);
    ck_assert_uint_ge(said, talk.shown * 9 / 10);
    ck_assert_uint_eq(c->reused_keys + c->reused_n + c->equal, 0);
    ck_assert_uint_gt(c->data, 10 * c->other); /* it looked at what matters */
}

static void
run_talk(uint64_t seed, int texts, size_t line_max, bool crashes)
{
    world *w = world_new(seed);
    device *a, *b;

    w->loss = 200;
    w->dup = 100;
    w->late = 300;
    w->late_ms = 12 * 1000; /* some 30 lines */
    w->corrupt = w->cut = 5;
    w->delay_ms = 200;
    w->keeps = true;
    w->restart_ms = 10 * 1000;
    watch_start(w);
    set_up(w, texts, &a, &b);
    a->line_max = b->line_max = line_max;
    world_later(w, 1, speak, &talk.lanes[0], 0);
    world_later(w, 2, speak, &talk.lanes[1], 0);
    if (crashes) {
        world_later(w, 60 * 1000, fall, a, 0);
        world_later(w, 90 * 1000, fall, b, 0);
    }
    ck_assert(world_run_until(w, 2 * WORLD_DAY, all_written));
    if (!world_run_until(w, 12 * WORLD_HOUR, is_all_there))
        printf("  not all there\n");
    report(w);
    world_free(w);
    g_free(talk.lanes[0].texts);
    g_free(talk.lanes[1].texts);
    g_hash_table_destroy(talk.by_id);
}

START_TEST(a_bad_line_loses_doubles_and_swaps_nothing)
{
    run_talk(sim_seed(0), 2000, 8000, false);
}
END_TEST

START_TEST(neither_do_crashes)
{
    run_talk(sim_seed(1), 10000, 8000, true);
}
END_TEST

START_TEST(nor_short_lines)
{
    run_talk(sim_seed(2), 1000, 391, true);
}
END_TEST

START_TEST(nor_many_seeds)
{
    run_talk(sim_seed(3 + (unsigned)_i), 5000, _i % 2 == 0 ? 1931 : 8000, true);
}
END_TEST

Suite *sim_talk_suite(void);

Suite *
sim_talk_suite(void)
{
    Suite *s = suite_create("talk");
    TCase *tc = tcase_create("talk");

    tcase_set_timeout(tc, 0);
    if (sim_is_mine(0))
        tcase_add_test(tc, neither_do_crashes);
    if (sim_is_mine(1)) {
        tcase_add_test(tc, a_bad_line_loses_doubles_and_swaps_nothing);
        tcase_add_test(tc, nor_short_lines);
    }
    for (int i = 0; i < 200 && sim_is_long(); i++)
        if (sim_is_mine((unsigned)i / 2)) /* of each size as many */
            tcase_add_loop_test(tc, nor_many_seeds, i, i + 1);
    suite_add_tcase(s, tc);
    return s;
}
