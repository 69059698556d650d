/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events as bytes, about four each:
 *
 *     head 1 | contact | time | size | lines
 *
 * head: bits 0 to 2 kind + 1 (0: the end), bit 3 way, bit 4 slot, bit 5 the
 * size is that of an S line, bit 6 the contact is new here, bit 7 lines
 * follow.  contact: 8 bytes where it is new, else its number in this block.
 * time: ms after the event before, which may be less than nothing; the first
 * of a block, since 1970.  Numbers: seven bits a byte, the lowest first.
 */
#include "ledger_keep.h"

#include "eider/frame.h"
#include "eider/pack.h"

#include <string.h>

#define H_WAY     0x08u
#define H_SLOT    0x10u
#define H_S       0x20u
#define H_NEW     0x40u
#define H_LINES   0x80u
#define EVENT_MAX 32 /* bytes: 1 + 8 + 10 + 5 + 1, and an end */

eider_block *
eider_block_new(uint64_t number)
{
    eider_block *b = g_new0(eider_block, 1);

    b->number = number;
    b->slot = EIDER_LEDGER_NO_SLOT;
    b->ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    return b;
}

void
eider_block_free(eider_block *b)
{
    if (b == NULL)
        return;
    eider_block_close(b);
    eider_buf_wipe(&b->bytes);
    g_free(b);
}

void
eider_block_close(eider_block *b)
{
    g_clear_pointer(&b->ids, g_hash_table_destroy);
}

/* ---- numbers --------------------------------------------------------------- */

static void
put_number(eider_buf *b, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        eider_put_u8(b, (uint8_t)(v | 0x80));
    eider_put_u8(b, (uint8_t)v);
}

/* A day is two hundred thousand events, and somebody waits for it to be drawn:
 * no call for each byte. */
typedef struct {
    const uint8_t *p, *end;
    bool failed;
} bytes;

static inline uint8_t
get_byte(bytes *r)
{
    if (r->p < r->end)
        return *r->p++;
    r->failed = true;
    return 0;
}

static inline uint64_t
get_number(bytes *r)
{
    uint64_t v = 0;

    for (unsigned shift = 0; shift < 64; shift += 7) {
        uint8_t x = get_byte(r);

        v |= (uint64_t)(x & 0x7f) << shift;
        if ((x & 0x80) == 0)
            return v;
    }
    r->failed = true;
    return 0;
}

static uint64_t
get_id(bytes *r)
{
    eider_reader x = eider_reader_of(r->p, (size_t)(r->end - r->p));
    uint64_t id = eider_get_u64(&x);

    r->failed = r->failed || !eider_reader_ok(&x);
    r->p = x.p;
    return id;
}

/* Small numbers for small steps, back or ahead. */
static uint64_t
fold_step(uint64_t from, uint64_t to)
{
    return to >= from ? (to - from) << 1 : ((from - to) << 1) - 1;
}

static uint64_t
unfold_step(uint64_t from, uint64_t v)
{
    return (v & 1) == 0 ? from + (v >> 1) : from - ((v + 1) >> 1);
}

/* ---- one event ------------------------------------------------------------- */

static void
widen(eider_block *b, uint64_t ms)
{
    b->from_ms = b->from_ms == 0 ? ms : MIN(b->from_ms, ms);
    b->to_ms = MAX(b->to_ms, ms);
}

static void
put_contact(eider_block *b, uint64_t id)
{
    gpointer v = NULL;

    if (g_hash_table_lookup_extended(b->ids, &id, NULL, &v)) {
        put_number(&b->bytes, GPOINTER_TO_UINT(v));
        return;
    }
    v = GUINT_TO_POINTER(g_hash_table_size(b->ids));
    g_hash_table_insert(b->ids, g_memdup2(&id, sizeof id), v);
    eider_put_u64(&b->bytes, id);
}

bool
eider_block_add(eider_block *b, uint64_t id, const eider_seen_event *ev)
{
    unsigned head = (ev->kind + 1u) & 7;

    if (b->ids == NULL || b->bytes.n + EVENT_MAX > EIDER_LEDGER_EVENTS)
        return false;
    head |= (ev->way == EIDER_SEEN_IN ? H_WAY : 0) |
            (ev->is_slot ? H_SLOT : 0) | (ev->size == EIDER_LINE_S ? H_S : 0) |
            (ev->lines > 0 ? H_LINES : 0) |
            (g_hash_table_contains(b->ids, &id) ? 0 : H_NEW);
    eider_put_u8(&b->bytes, (uint8_t)head);
    put_contact(b, id);
    put_number(&b->bytes, fold_step(b->last_ms, ev->ms));
    if ((head & H_S) == 0)
        put_number(&b->bytes, ev->size);
    if ((head & H_LINES) != 0)
        eider_put_u8(&b->bytes, ev->lines);
    b->last_ms = ev->ms;
    widen(b, ev->ms);
    b->is_dirty = true;
    return true;
}

void
eider_block_walk(const eider_block *b, eider_block_fn *each, void *arg)
{
    uint64_t ids[EIDER_LEDGER_EVENTS / 10], id, n, n_ids = 0;
    bytes r = {b->bytes.p, b->bytes.p, false};
    eider_seen_event ev = {0};

    if (b->bytes.n > 0) /* an empty one has no memory to point into */
        r.end += b->bytes.n;
    while (r.p < r.end) {
        unsigned head = get_byte(&r);

        if ((head & 7) == 0 || (head & 7) > EIDER_SEEN_KINDS)
            return;
        if ((head & H_NEW) != 0 && n_ids < G_N_ELEMENTS(ids))
            ids[n = n_ids++] = get_id(&r);
        else
            n = get_number(&r);
        if (n >= n_ids)
            return;
        id = ids[n];
        ev.ms = unfold_step(ev.ms, get_number(&r));
        ev.size = (head & H_S) != 0 ? EIDER_LINE_S : (uint32_t)get_number(&r);
        ev.lines = (head & H_LINES) != 0 ? get_byte(&r) : 0;
        ev.kind = (uint8_t)((head & 7) - 1);
        ev.way = (head & H_WAY) != 0 ? EIDER_SEEN_IN : EIDER_SEEN_OUT;
        ev.is_slot = (head & H_SLOT) != 0;
        if (r.failed)
            return;
        each(arg, id, &ev);
    }
}
