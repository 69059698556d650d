/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server sees of somebody and ten contacts, to one of whom he writes.
 *
 * Standard input, in order of time:
 *     text,ms,contact,from,bytes    from: a or b, of the pair with contact 0..9
 *     on,ms,who  off,ms,who         who: a contact, or 10 for the user
 * Standard output: seen_line for each line; and one with no characters for
 * each text shown, with how long it took for the time.
 */
#include "trace.h"

#include "core/work.h"
#include "eider/crypto.h"
#include "eider/decoys.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTACTS 10
#define USER     CONTACTS
#define SETTLE   (15 * WORLD_MINUTE)

typedef struct {
    uint32_t ms;
    uint8_t contact;
    uint8_t is_to_them;
    uint16_t chars; /* 0: a text was shown, ms after it was written */
} seen_line;

static struct {
    world *w;
    device *a, *b[CONTACTS];
    uint64_t start; /* 0: nothing is written down yet */
} it;

static void
put_line(uint64_t ms, unsigned contact, bool is_to_them, size_t chars)
{
    seen_line l;

    memset(&l, 0, sizeof l);
    l.ms = (uint32_t)ms;
    l.contact = (uint8_t)contact;
    l.is_to_them = is_to_them;
    l.chars = (uint16_t)chars;
    ck_assert_uint_eq(fwrite(&l, sizeof l, 1, stdout), 1);
}

static unsigned
number_of(const char *name)
{
    return name[0] == 'a' ? USER : (unsigned)(name[3] - '0');
}

static void
put_seen(world *w, const device *from, const char *to, const char *line)
{
    unsigned i = number_of(from->name);

    if (it.start != 0)
        put_line(w->now - it.start, i == USER ? number_of(to) : i, i == USER,
                 strlen(line));
}

static void
put_shown(device *d, const shown_text *t)
{
    char *end;
    uint64_t at = strtoull(t->html, &end, 10);
    unsigned i = number_of(d->name);

    if (*end == ' ' && it.start != 0)
        put_line(d->w->now - it.start - at, i == USER ? number_of(t->from) : i,
                 i != USER, 0);
}

/* ---- what people do ------------------------------------------------------- */

typedef struct {
    device *from;
    const char *to;
    size_t bytes;
} text;

static void
say(world *w, void *data, int n)
{
    text *t = data;
    char *s, stamp[24];

    (void)n;
    g_snprintf(stamp, sizeof stamp, "%llu ",
               (unsigned long long)(w->now - it.start));
    s = g_strnfill(MAX(t->bytes, strlen(stamp) + 1), 'x');
    memcpy(s, stamp, strlen(stamp));
    ck_assert_int_eq(device_write(t->from, t->to, s), EIDER_OK);
    g_free(s);
    g_free(t);
}

static void
come_or_go(world *w, void *d, int comes)
{
    (void)w;
    if (comes)
        device_start(d);
    else
        device_offline(d);
}

static device *
device_of(unsigned who)
{
    return who == USER ? it.a : it.b[who];
}

static void
do_later(const trace_event *ev)
{
    text *t;

    if (ev->what != TRACE_TEXT) {
        world_later(it.w, ev->ms, come_or_go, device_of(ev->who),
                    ev->what == TRACE_ON);
        return;
    }
    t = g_new0(text, 1);
    t->from = ev->from == 'a' ? it.a : it.b[ev->who];
    t->to = ev->from == 'a' ? it.b[ev->who]->name : "alice";
    t->bytes = ev->bytes;
    world_later(it.w, ev->ms, say, t, 0);
}

/* ---- the slots alone ------------------------------------------------------ */

/* One side of a pair, as core/slots.c has it; that this makes the very lines
 * of the engine is held by with_whom.py. */
typedef struct {
    eider_schedule clock;
    const device *d;
    const char *peer;
    uint64_t starts;
    bool has_slots, is_running;
} side;

static void
take_side(side *s, const device *d, const char *peer)
{
    g_autofree char *key = eider_people_key(d->account, peer);
    const eider_slots *x = g_hash_table_lookup(d->engine->slots, key);

    *s = (side){.d = d, .peer = peer};
    if (x == NULL || !x->is_running)
        return; /* no slots with this one */
    s->clock = x->clock;
    s->starts = x->starts;
    s->is_running = s->has_slots = true;
}

static void
start_side(side *s, uint64_t now)
{
    const eider_engine *e = s->d->engine;
    uint8_t n[8];
    const eider_slice parts[] = {
        {(const uint8_t *)s->d->account, strlen(s->d->account) + 1},
        {(const uint8_t *)s->peer, strlen(s->peer) + 1},
        {n, sizeof n}};
    eider_secret seed;

    eider_put_be64(n, s->starts++);
    eider_hash(seed.b, sizeof seed.b, e->slot_seed.b, sizeof e->slot_seed.b,
               parts, G_N_ELEMENTS(parts));
    eider_schedule_start(&s->clock, &seed, s->clock.slot_ms, s->clock.pass_ms,
                         now);
    s->is_running = true;
}

static void
run_sides(side sides[CONTACTS][2], uint64_t until)
{
    for (unsigned i = 0; i < CONTACTS; i++)
        for (unsigned j = 0; j < 2; j++) {
            side *s = &sides[i][j];

            while (s->is_running && s->clock.next_ms < until) {
                put_line(s->clock.next_ms - it.start, i, j == 0, 391);
                eider_schedule_step(&s->clock, s->clock.next_ms);
            }
        }
}

static void
run_grid(GArray *events, uint64_t seconds)
{
    side sides[CONTACTS][2];
    bool is_on[CONTACTS + 1];

    memset(is_on, 1, sizeof is_on);
    for (unsigned i = 0; i < CONTACTS; i++) {
        take_side(&sides[i][0], it.a, it.b[i]->name);
        take_side(&sides[i][1], it.b[i], "alice");
    }
    for (guint k = 0; k < events->len; k++) {
        const trace_event *ev = &g_array_index(events, trace_event, k);

        if (ev->what == TRACE_TEXT)
            continue;
        run_sides(sides, it.start + ev->ms);
        is_on[ev->who] = ev->what == TRACE_ON;
        for (unsigned i = 0; i < CONTACTS; i++)
            for (unsigned j = 0; j < 2; j++) {
                bool runs = is_on[i] && is_on[USER] && sides[i][j].has_slots;

                if (runs && !sides[i][j].is_running)
                    start_side(&sides[i][j], it.start + ev->ms);
                sides[i][j].is_running = runs;
            }
    }
    run_sides(sides, it.start + seconds * WORLD_SECOND);
}

/* ---- all of it ------------------------------------------------------------ */

static void
put_line_of(world *w, const device *from, const char *line)
{
    const sent_line *l;

    (void)line;
    l = g_ptr_array_index(from->lines, from->lines->len - 1);
    put_seen(w, from, l->to, l->line);
    g_ptr_array_set_size(from->lines, 0);
}

static void
make_people(uint64_t seed)
{
    static const char *const names[CONTACTS] = {"bob0", "bob1", "bob2", "bob3",
                                                "bob4", "bob5", "bob6", "bob7",
                                                "bob8", "bob9"};

    it.w = world_new(seed);
    it.a = world_add(it.w, "alice", "1");
    for (unsigned i = 0; i < CONTACTS; i++) {
        it.b[i] = world_add(it.w, names[i], "1");
        device_meet(it.a, it.b[i]);
    }
}

static void
agree(const char *mode, unsigned whom)
{
    const char *names[CONTACTS];

    for (unsigned i = 0; i < CONTACTS; i++)
        names[i] = it.b[i]->name;
    if (strcmp(mode, "steady") == 0)
        device_steady(it.a, it.b[whom], 10);
    if (strcmp(mode, "decoys") != 0)
        return;
    ck_assert_int_eq(
        eider_engine_decoys_set(it.a->engine, it.a->account, names, CONTACTS),
        EIDER_OK);
    world_run(it.w, SETTLE);
    ck_assert_uint_eq(eider_engine_decoys_now(it.a->engine, it.a->account),
                      CONTACTS);
}

static GArray *
read_events(void)
{
    GArray *all = g_array_new(FALSE, TRUE, sizeof(trace_event));
    char what[8];
    unsigned long long ms;
    unsigned who;

    while (scanf(" %7[a-z],%llu,%u", what, &ms, &who) == 3) {
        trace_event ev = {.ms = ms, .who = who};

        ev.what = what[0] == 't'   ? TRACE_TEXT
                  : what[1] == 'n' ? TRACE_ON
                                   : TRACE_OFF;
        if (ev.what == TRACE_TEXT)
            ck_assert_int_eq(scanf(",%c,%zu", &ev.from, &ev.bytes), 2);
        ck_assert_uint_le(who, USER);
        g_array_append_val(all, ev);
    }
    return all;
}

void
trace_decoys(uint64_t seed, uint64_t seconds, const char *mode, const char *how)
{
    g_autoptr(GArray) events = read_events();
    unsigned whom = 0;

    for (guint i = 0; i < events->len; i++)
        if (g_array_index(events, trace_event, i).what == TRACE_TEXT)
            whom = g_array_index(events, trace_event, i).who;
    make_people(seed);
    if (strcmp(how, "real") != 0) {
        device_seal_plainly(it.a, it.b[0]);
        for (unsigned i = 1; i < CONTACTS; i++)
            it.b[i]->bodies = g_hash_table_ref(it.a->bodies);
    }
    agree(mode, whom);
    world_run(it.w, SETTLE);
    it.start = it.w->now;
    if (strcmp(how, "grid") == 0) {
        run_grid(events, seconds);
    } else {
        it.w->on_line = put_line_of;
        it.a->keeps_lines = true;
        it.a->on_show = put_shown;
        for (unsigned i = 0; i < CONTACTS; i++) {
            it.b[i]->keeps_lines = true;
            it.b[i]->on_show = put_shown;
        }
        for (guint i = 0; i < events->len; i++)
            do_later(&g_array_index(events, trace_event, i));
        world_run(it.w, seconds * WORLD_SECOND - 1);
    }
    world_free(it.w);
}
