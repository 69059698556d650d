/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is noted in the ledger, and when; and the way through it. */
#include "ledger.h"
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
    l->blocks =
        g_ptr_array_new_with_free_func((GDestroyNotify)eider_block_free);
    e->ledger = l;
}

void
eider_ledger_end(eider_engine *e)
{
    eider_ledger *l = e->ledger;

    e->ledger = NULL;
    if (l == NULL)
        return;
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

static eider_block *
open_block(const eider_ledger *l)
{
    return l->blocks->len > 0 ? g_ptr_array_index(l->blocks, l->blocks->len - 1)
                              : NULL;
}

static void
add(eider_ledger *l, uint64_t id, const eider_seen_event *ev)
{
    eider_block *b = open_block(l);
    eider_block *next;

    if (b != NULL && eider_block_add(b, id, ev))
        return;
    next = eider_block_new(b != NULL ? b->number + 1 : 1);
    if (l->blocks->len >= EIDER_LEDGER_BLOCKS)
        g_ptr_array_remove_index(l->blocks, 0);
    g_ptr_array_add(l->blocks, next);
    (void)eider_block_add(next, id, ev);
}

void
eider_ledger_note(eider_engine *e, const char *account, const char *peer,
                  const eider_seen_event *ev)
{
    if (!is_on(e))
        return;
    add(e->ledger, id_of(e->ledger, account, peer), ev);
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

    eider_ledger_note(e, account, peer, &ev);
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
    eider_seen_event ev = {.ms = e->arrived_ms,
                           .size = (uint32_t)bytes,
                           .kind = e->arrives.kind,
                           .way = EIDER_SEEN_IN,
                           .lines = e->arrives.lines,
                           .is_slot =
                               bytes == EIDER_LINE_S && e->arrives_in_slot};

    /* A schedule sends each line by itself. */
    if (ev.is_slot && ev.kind == EIDER_SEEN_TEXT)
        ev.lines = 1;

    eider_ledger_note(e, account, peer, &ev);
}

void
eider_ledger_wrote(eider_engine *e, const char *account, const char *peer,
                   eider_seen_way way, uint64_t ms, size_t bytes)
{
    const eider_seen_event ev = {.ms = ms,
                                 .size = (uint32_t)bytes,
                                 .kind = EIDER_SEEN_WROTE,
                                 .way = (uint8_t)way};

    eider_ledger_note(e, account, peer, &ev);
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
        eider_ledger_note(e, account, peer, &ev);
}

void
eider_ledger_open_in(eider_engine *e, const char *account, const char *peer,
                     eider_verdict verdict, size_t bytes)
{
    const eider_seen_event ev = {.ms = e->arrived_ms,
                                 .size = (uint32_t)bytes,
                                 .kind = EIDER_SEEN_INVITATION,
                                 .way = EIDER_SEEN_IN};

    if (verdict == EIDER_PASS)
        eider_engine_saw_open(e, account, peer, EIDER_SEEN_IN, bytes);
    else
        eider_ledger_note(e, account, peer, &ev);
}

/* ---- looking --------------------------------------------------------------- */

typedef struct {
    uint64_t id, from_ms, to_ms;
    bool is_all;
    eider_block_fn *each;
    void *arg;
} filter;

static void
pass(void *arg, uint64_t id, const eider_seen_event *ev)
{
    const filter *f = arg;

    if ((f->is_all || id == f->id) && ev->ms >= f->from_ms && ev->ms < f->to_ms)
        f->each(f->arg, id, ev);
}

void
eider_ledger_walk(eider_engine *e, const char *account, const char *peer,
                  uint64_t from_ms, uint64_t to_ms, eider_block_fn *each,
                  void *arg)
{
    eider_ledger *l = e->ledger;
    filter f = {0, from_ms, to_ms, peer == NULL, each, arg};

    if (l == NULL)
        return;
    if (peer != NULL)
        f.id = id_of(l, account, peer);
    for (guint i = 0; i < l->blocks->len; i++) {
        const eider_block *b = g_ptr_array_index(l->blocks, i);

        if (b->from_ms < to_ms && b->to_ms >= from_ms)
            eider_block_walk(b, pass, &f);
    }
}

/* ---- deleting -------------------------------------------------------------- */

eider_err
eider_engine_unsee(eider_engine *e, const char *account, const char *peer)
{
    (void)peer;
    if (account == NULL)
        g_ptr_array_set_size(e->ledger->blocks, 0);
    return EIDER_OK;
}
