/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is noted in the ledger, and when; and the way through it. */
#include "ledger_keep.h"
#include "work.h"

#include "eider/crypto.h"
#include "eider/frame.h"

#include <string.h>

/* ---- life ------------------------------------------------------------------ */

void
eider_ledger_start(eider_engine *e)
{
    eider_ledger *l = eider_alloc(sizeof *l);
    EIDER_AUTO(eider_secret) master = {0};

    eider_store_copy_key(e->store, &master);
    eider_kdf(1, "eiderldg", &master, &l->id_key);
    eider_kdf(2, "eiderldg", &master, &l->seal_key);
    eider_kdf(3, "eiderldg", &master, &l->nonce_key);
    l->gone = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    l->blocks =
        g_ptr_array_new_with_free_func((GDestroyNotify)eider_block_free);
    e->ledger = l;
}

void
eider_ledger_end(eider_engine *e)
{
    eider_ledger *l = e->ledger;

    if (l == NULL)
        return;
    if (l->flush_ms != 0)
        (void)!eider_ring_flush(e);
    e->ledger = NULL;
    g_hash_table_destroy(l->gone);
    g_ptr_array_free(l->blocks, TRUE);
    eider_free(l, sizeof *l);
}

static bool
is_on(const eider_engine *e)
{
    return e->ledger != NULL && e->env.has_ledger != NULL &&
           e->env.has_ledger(e->env.data);
}

static uint64_t
id_of(const eider_ledger *l, const char *account, const char *peer)
{
    const eider_slice parts[] = {
        {(const uint8_t *)account, strlen(account) + 1},
        {(const uint8_t *)peer, strlen(peer) + 1}};
    uint8_t h[16];

    eider_hash(h, sizeof h, l->id_key.b, sizeof l->id_key.b, parts,
               G_N_ELEMENTS(parts));
    return eider_be64(h);
}

/* ---- noting ---------------------------------------------------------------- */

/* By the clock alone: when something is written must not tell when the user
 * wrote. */
static uint64_t
next_beat(const eider_engine *e, uint64_t seconds)
{
    uint64_t span = MAX(eider_span(e, seconds), 1);

    return (eider_now(e) / span + 1) * span;
}

/* What cannot be written for long makes room in memory. */
static unsigned
bound(eider_ledger *l)
{
    guint n = 0, oldest = 0;

    for (guint i = l->blocks->len; i-- > 0;) {
        const eider_block *b = g_ptr_array_index(l->blocks, i);

        if (b->is_dirty) {
            n++;
            oldest = i;
        }
    }
    if (n > EIDER_LEDGER_PENDING)
        g_ptr_array_remove_index(l->blocks, oldest);
    return n;
}

static void
add(eider_engine *e, uint64_t id, const eider_seen_event *ev)
{
    eider_ledger *l = e->ledger;
    eider_block *b = l->blocks->len > 0
                         ? g_ptr_array_index(l->blocks, l->blocks->len - 1)
                         : NULL;
    eider_block *next;

    if (b != NULL && eider_block_add(b, id, ev))
        return;
    if (b != NULL)
        eider_block_close(b);
    next = eider_block_new(b != NULL ? b->number + 1 : 1);
    g_ptr_array_add(l->blocks, next);
    (void)eider_block_add(next, id, ev);
    if (bound(l) > EIDER_LEDGER_PENDING / 4)
        l->flush_ms = MIN(l->flush_ms, next_beat(e, EIDER_LEDGER_FLUSH / 10));
}

static void
note(eider_engine *e, const char *account, const char *peer,
     const eider_seen_event *ev)
{
    if (!is_on(e))
        return;
    if (e->ledger->flush_ms == 0)
        e->ledger->flush_ms = next_beat(e, EIDER_LEDGER_FLUSH);
    add(e, id_of(e->ledger, account, peer), ev);
    if (e->env.seen != NULL)
        e->env.seen(e->env.data, account, peer);
}

void
eider_ledger_line_out(eider_engine *e, const char *account, const char *peer,
                      const char *line, eider_rides rides, bool is_slot)
{
    const eider_seen_event ev = {.ms = eider_now(e),
                                 .size = (uint32_t)strlen(line),
                                 .kind = rides.kind,
                                 .way = EIDER_SEEN_OUT,
                                 .lines = rides.lines,
                                 .is_slot = is_slot};

    note(e, account, peer, &ev);
}

eider_rides
eider_rides_of(const eider_text *t)
{
    unsigned lines = t->part == 0 ? eider_pad_lines(t->parts) : 0;

    return (eider_rides){EIDER_SEEN_TEXT, (uint8_t)lines};
}

void
eider_ledger_line_in(eider_engine *e, const char *account, const char *peer,
                     size_t bytes)
{
    eider_seen_event ev = {.ms = e->arrival.ms,
                           .size = (uint32_t)bytes,
                           .kind = e->arrival.rides.kind,
                           .way = EIDER_SEEN_IN,
                           .lines = e->arrival.rides.lines,
                           .is_slot =
                               bytes == EIDER_LINE_S && e->arrival.in_slot};

    /* A schedule sends each line by itself. */
    if (ev.is_slot && ev.kind == EIDER_SEEN_TEXT)
        ev.lines = 1;

    note(e, account, peer, &ev);
}

void
eider_ledger_wrote(eider_engine *e, const char *account, const char *peer,
                   eider_seen_way way, uint64_t ms, size_t bytes)
{
    const eider_seen_event ev = {.ms = ms,
                                 .size = (uint32_t)bytes,
                                 .kind = EIDER_SEEN_WROTE,
                                 .way = (uint8_t)way};

    note(e, account, peer, &ev);
}

void
eider_engine_saw_open(eider_engine *e, const char *account, const char *peer,
                      eider_seen_way way, size_t bytes)
{
    const eider_seen_event ev = {.ms = eider_now(e),
                                 .size = (uint32_t)bytes,
                                 .kind = EIDER_SEEN_OPEN,
                                 .way = (uint8_t)way};

    if (eider_engine_is_private(e, account, peer))
        note(e, account, peer, &ev);
    eider_effects_run(e);
}

void
eider_ledger_open_in(eider_engine *e, const char *account, const char *peer,
                     eider_verdict verdict, size_t bytes)
{
    const eider_seen_event ev = {.ms = e->arrival.ms,
                                 .size = (uint32_t)bytes,
                                 .kind = EIDER_SEEN_INVITATION,
                                 .way = EIDER_SEEN_IN};

    if (verdict == EIDER_PASS)
        eider_engine_saw_open(e, account, peer, EIDER_SEEN_IN, bytes);
    else
        note(e, account, peer, &ev);
}

/* ---- looking --------------------------------------------------------------- */

typedef struct {
    GHashTable *gone;
    uint64_t id, from_ms, to_ms;
    bool is_all;
    eider_block_fn *each;
    void *arg;
} filter;

static void
pass(void *arg, uint64_t id, const eider_seen_event *ev)
{
    const filter *f = arg;

    if ((f->is_all || id == f->id) && ev->ms >= f->from_ms &&
        ev->ms < f->to_ms && !g_hash_table_contains(f->gone, &id))
        f->each(f->arg, id, ev);
}

void
eider_ledger_walk(eider_engine *e, const char *account, const char *peer,
                  uint64_t from_ms, uint64_t to_ms, eider_block_fn *each,
                  void *arg)
{
    eider_ledger *l = e->ledger;
    filter f = {l->gone, 0, from_ms, to_ms, peer == NULL, each, arg};

    if (peer != NULL)
        f.id = id_of(l, account, peer);
    eider_ring_hold(e);
    l->looked_ms = eider_now(e);
    for (guint i = 0; i < l->blocks->len; i++) {
        const eider_block *b = g_ptr_array_index(l->blocks, i);

        if (b->from_ms < to_ms && b->to_ms >= from_ms)
            eider_block_walk(b, pass, &f);
    }
}

/* ---- deleting -------------------------------------------------------------- */

/* Many may go at once, with their account: written together, soon. */
void
eider_ledger_forget(eider_engine *e, const char *account, const char *peer)
{
    eider_ledger *l = e->ledger;
    uint64_t id = id_of(l, account, peer);

    g_hash_table_add(l->gone, g_memdup2(&id, sizeof id));
    l->flush_ms = MAX(eider_now(e), 1);
    if (e->env.seen != NULL)
        e->env.seen(e->env.data, NULL, NULL);
}

eider_err
eider_engine_unsee(eider_engine *e, const char *account, const char *peer)
{
    if (account == NULL) {
        eider_err err = eider_ring_remove(e);

        if (e->env.seen != NULL)
            e->env.seen(e->env.data, NULL, NULL);
        return err;
    }
    eider_ledger_forget(e, account, peer);
    return eider_ring_rewrite(e);
}

/* ---- time ------------------------------------------------------------------ */

/* Is there time before the next slot for a write?  Asked less and less of,
 * where slots follow one another; the answer is the schedule's. */
static bool
is_quiet(const eider_engine *e, uint64_t late_ms)
{
    uint64_t next = eider_slots_due(e), now = eider_now(e);
    uint64_t need = eider_span_ms(e, EIDER_LEDGER_QUIET) >>
                    MIN(late_ms / (eider_span(e, 30) + 1), 16);

    return next == 0 || next >= now + need;
}

void
eider_ledger_tick(eider_engine *e)
{
    eider_ledger *l = e->ledger;
    uint64_t now = eider_now(e), span = eider_span(e, EIDER_LEDGER_FLUSH);

    l->flush_ms = MIN(l->flush_ms, now + span); /* the clock was put back */
    if (l->flush_ms != 0 && l->flush_ms <= now &&
        is_quiet(e, now - MAX(l->flush_ms, now - MIN(now, span))))
        l->flush_ms = eider_ring_flush(e) == EIDER_OK ? 0 : now + span;
    if (l->is_held && (l->looked_ms + span <= now || l->looked_ms > now))
        eider_ring_let_go(l);
}

uint64_t
eider_ledger_due(const eider_engine *e)
{
    const eider_ledger *l = e->ledger;
    uint64_t now = eider_now(e), due = l->flush_ms;

    if (due != 0 && due <= now && eider_slots_due(e) != 0)
        due = 0; /* a slot's tick comes before long */
    if (l->is_held) {
        uint64_t drop = l->looked_ms + eider_span(e, EIDER_LEDGER_FLUSH);

        due = due == 0 ? drop : MIN(due, drop);
    }
    return due;
}
