/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The file "ledger": up to EIDER_LEDGER_BLOCKS blocks, sealed one by one.
 *
 * A block is where there was room: the oldest one makes some.  One that is
 * written again goes to another place than before, so that a write that was
 * cut off spoils nothing that was there; of two copies the higher generation
 * counts.
 */
#include "files.h"
#include "ledger_keep.h"

#include <string.h>

#define NAME      "ledger"
#define SLOTS_MIN 16u /* 64 KiB; then four times as many */

/* ---- reading ------------------------------------------------------------------ */

static bool
is_zero(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (p[i] != 0)
            return false;
    return true;
}

/* A file of somebody else, or of a newer Eider: left alone. */
static bool
is_foreign(eider_slice file)
{
    bool is_ours = is_zero(file.p, MIN(file.n, EIDER_LEDGER_BLOCK));

    for (size_t at = 0; at + EIDER_LEDGER_HEADER < file.n;
         at += EIDER_LEDGER_BLOCK) {
        int version = eider_block_version(file.p + at);

        if (version > EIDER_LEDGER_VERSION)
            return true;
        is_ours = is_ours || version > 0;
    }
    return !is_ours;
}

static gint
by_number(gconstpointer a, gconstpointer b)
{
    const eider_block *x = *(eider_block *const *)a;
    const eider_block *y = *(eider_block *const *)b;

    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return x->generation < y->generation ? -1 : x->generation > y->generation;
}

static eider_err
read_file(eider_engine *e, eider_buf *file)
{
    const eider_files *f = eider_store_files(e->store);
    eider_err err = f->read(f->data, NAME, file);

    return err == EIDER_E_MISSING ? EIDER_OK : err;
}

/* What this run has noted comes after what is in the file. */
static void
join(eider_ledger *l, GPtrArray *old)
{
    uint64_t last = 0;

    g_ptr_array_sort(old, by_number);
    for (guint i = 0; i + 1 < old->len;) {
        const eider_block *b = g_ptr_array_index(old, i);
        const eider_block *next = g_ptr_array_index(old, i + 1);

        if (b->number == next->number)
            g_ptr_array_remove_index(old, i);
        else
            i++;
    }
    if (old->len > 0)
        last = ((eider_block *)g_ptr_array_index(old, old->len - 1))->number;
    for (guint i = 0; i < l->blocks->len; i++) {
        eider_block *b = g_ptr_array_index(l->blocks, i);

        b->number += last;
        g_ptr_array_add(old, b);
    }
    g_ptr_array_set_free_func(l->blocks, NULL);
    g_ptr_array_free(l->blocks, TRUE);
    l->blocks = old;
}

static eider_err
read_all(eider_engine *e)
{
    eider_ledger *l = e->ledger;
    EIDER_AUTO(eider_buf) file = {0};
    GPtrArray *old;
    eider_err err;

    if (l->is_read)
        return EIDER_OK;
    err = read_file(e, &file);
    if (err != EIDER_OK)
        return err;
    old = g_ptr_array_new_with_free_func((GDestroyNotify)eider_block_free);
    l->is_foreign = file.n > 0 && is_foreign((eider_slice){file.p, file.n});
    l->n_slots =
        (unsigned)MIN(file.n / EIDER_LEDGER_BLOCK, EIDER_LEDGER_BLOCKS);
    for (unsigned i = 0; i < l->n_slots && !l->is_foreign; i++) {
        eider_block *b = eider_block_unseal(l, file.p + i * EIDER_LEDGER_BLOCK);

        if (b == NULL)
            continue;
        b->slot = i;
        g_ptr_array_add(old, b);
    }
    join(l, old);
    l->is_read = l->is_held = true;
    return EIDER_OK;
}

/* The bytes of those that were let go. */
static void
read_again(eider_engine *e)
{
    eider_ledger *l = e->ledger;
    EIDER_AUTO(eider_buf) file = {0};

    if (read_file(e, &file) != EIDER_OK)
        return;
    for (guint i = 0; i < l->blocks->len; i++) {
        eider_block *b = g_ptr_array_index(l->blocks, i);
        eider_block *x;

        if (b->bytes.n > 0 || b->slot >= l->n_slots ||
            (b->slot + 1) * EIDER_LEDGER_BLOCK > file.n)
            continue;
        x = eider_block_unseal(l, file.p + b->slot * EIDER_LEDGER_BLOCK);
        if (x != NULL && x->number == b->number &&
            x->generation == b->generation) {
            b->bytes = x->bytes;
            x->bytes = (eider_buf){0}; /* transferred */
        }
        eider_block_free(x);
    }
    l->is_held = true;
}

void
eider_ring_hold(eider_engine *e)
{
    if (!e->ledger->is_read)
        (void)!read_all(e);
    else if (!e->ledger->is_held)
        read_again(e);
}

void
eider_ring_let_go(eider_ledger *l)
{
    for (guint i = 0; i < l->blocks->len; i++) {
        eider_block *b = g_ptr_array_index(l->blocks, i);

        if (!b->is_dirty && b->ids == NULL)
            eider_buf_wipe(&b->bytes);
    }
    l->is_held = false;
}

/* ---- writing ------------------------------------------------------------------- */

static unsigned
find_free(const eider_ledger *l)
{
    bool used[EIDER_LEDGER_BLOCKS] = {false};

    for (guint i = 0; i < l->blocks->len; i++) {
        const eider_block *b = g_ptr_array_index(l->blocks, i);

        if (b->slot < EIDER_LEDGER_BLOCKS)
            used[b->slot] = true;
    }
    for (unsigned i = 0; i < l->n_slots; i++)
        if (!used[i])
            return i;
    return EIDER_LEDGER_NO_SLOT;
}

/* The file with one more block in it, whole. */
static eider_err
write_whole(eider_engine *e, unsigned slots, unsigned at, eider_slice block)
{
    const eider_files *f = eider_store_files(e->store);
    EIDER_AUTO(eider_buf) file = {0};
    eider_err err = read_file(e, &file);
    size_t n = slots * EIDER_LEDGER_BLOCK;

    if (err != EIDER_OK)
        return err;
    if (file.n < n)
        eider_buf_add(&file, NULL, n - file.n);
    memcpy(file.p + at * EIDER_LEDGER_BLOCK, block.p, block.n);
    err = f->write(f->data, NAME, (eider_slice){file.p, n});
    if (err == EIDER_OK)
        e->ledger->n_slots = slots;
    return err;
}

/* Where the next block goes; the file grows, or the oldest one makes room. */
static unsigned
make_room(eider_ledger *l, unsigned *slots)
{
    unsigned slot = find_free(l);

    *slots = l->n_slots;
    if (slot != EIDER_LEDGER_NO_SLOT)
        return slot;
    if (l->n_slots < EIDER_LEDGER_BLOCKS) {
        *slots = MIN(MAX(SLOTS_MIN, l->n_slots * 4), EIDER_LEDGER_BLOCKS);
        return l->n_slots;
    }
    /* Never the one to write: that is the last of a thousand. */
    for (guint i = 0; i + 1 < l->blocks->len; i++) {
        slot = ((eider_block *)g_ptr_array_index(l->blocks, i))->slot;
        if (slot < EIDER_LEDGER_BLOCKS) {
            g_ptr_array_remove_index(l->blocks, i);
            break;
        }
    }
    return slot;
}

static eider_err
write_block(eider_engine *e, eider_block *b)
{
    const eider_files *f = eider_store_files(e->store);
    eider_ledger *l = e->ledger;
    EIDER_AUTO(eider_buf) out = {0};
    eider_err err = EIDER_E_MISSING;
    unsigned slots, slot = make_room(l, &slots);
    eider_slice sealed;

    eider_block_seal(l, b, b->generation + 1, &out);
    sealed = (eider_slice){out.p, out.n};
    if (slots == l->n_slots && f->patch != NULL)
        err = f->patch(f->data, NAME, slot * EIDER_LEDGER_BLOCK, sealed);
    if (err == EIDER_E_MISSING)
        err = write_whole(e, slots, slot, sealed);
    if (err != EIDER_OK)
        return err;
    b->generation++;
    b->slot = slot;
    b->is_dirty = false;
    if (b->ids == NULL && !l->is_held)
        eider_buf_wipe(&b->bytes);
    return EIDER_OK;
}

eider_err
eider_ring_flush(eider_engine *e)
{
    eider_ledger *l = e->ledger;
    bool was_held = l->is_held;
    eider_err err = read_all(e);

    if (err == EIDER_OK && !was_held)
        eider_ring_let_go(l);
    if (err == EIDER_OK && g_hash_table_size(l->gone) > 0)
        err = eider_ring_rewrite(e);
    if (l->is_foreign)
        return EIDER_OK; /* in memory only */
    /* Counted from the end, as the oldest one may go. */
    for (guint n = l->blocks->len; err == EIDER_OK && n > 0; n--) {
        eider_block *b = g_ptr_array_index(l->blocks, l->blocks->len - n);

        if (b->is_dirty)
            err = write_block(e, b);
    }
    return err;
}

/* ---- forgetting ------------------------------------------------------------------ */

typedef struct {
    GHashTable *gone;
    GPtrArray *blocks;
    bool has_hit;
} sieve;

static void
keep(void *arg, uint64_t id, const eider_seen_event *ev)
{
    sieve *s = arg;
    eider_block *b = g_ptr_array_index(s->blocks, s->blocks->len - 1);

    if (g_hash_table_contains(s->gone, &id)) {
        s->has_hit = true;
        return;
    }
    if (eider_block_add(b, id, ev))
        return;
    eider_block_close(b);
    b = eider_block_new(b->number + 1);
    g_ptr_array_add(s->blocks, b);
    (void)eider_block_add(b, id, ev);
}

eider_err
eider_ring_rewrite(eider_engine *e)
{
    const eider_files *f = eider_store_files(e->store);
    eider_ledger *l = e->ledger;
    EIDER_AUTO(eider_buf) file = {0};
    sieve s = {l->gone, NULL, false};
    uint64_t number = 1;
    eider_err err = EIDER_OK;

    if (!l->is_read || !l->is_held)
        eider_ring_hold(e);
    if (!l->is_held)
        return EIDER_E_STORE;
    if (l->blocks->len > 0)
        number =
            ((eider_block *)g_ptr_array_index(l->blocks, l->blocks->len - 1))
                ->number +
            1;
    s.blocks = g_ptr_array_new_with_free_func((GDestroyNotify)eider_block_free);
    g_ptr_array_add(s.blocks, eider_block_new(number));
    for (guint i = 0; i < l->blocks->len; i++)
        eider_block_walk(g_ptr_array_index(l->blocks, i), keep, &s);
    if (!s.has_hit) {
        g_hash_table_remove_all(l->gone);
        g_ptr_array_free(s.blocks, TRUE);
        return EIDER_OK;
    }
    for (guint i = 0; i < s.blocks->len && i < EIDER_LEDGER_BLOCKS; i++) {
        eider_block *b = g_ptr_array_index(s.blocks, i);

        eider_block_seal(l, b, ++b->generation, &file);
        b->slot = i;
        b->is_dirty = false;
    }
    if (file.n < l->n_slots * EIDER_LEDGER_BLOCK)
        eider_buf_add(&file, NULL, l->n_slots * EIDER_LEDGER_BLOCK - file.n);
    if (!l->is_foreign)
        err = f->write(f->data, NAME, (eider_slice){file.p, file.n});
    if (err != EIDER_OK) {
        g_ptr_array_free(s.blocks, TRUE);
        return err;
    }
    if (!l->is_foreign)
        l->n_slots = (unsigned)(file.n / EIDER_LEDGER_BLOCK);
    g_ptr_array_free(l->blocks, TRUE);
    l->blocks = s.blocks;
    g_hash_table_remove_all(l->gone);
    return EIDER_OK;
}

eider_err
eider_ring_remove(eider_engine *e)
{
    const eider_files *f = eider_store_files(e->store);
    eider_ledger *l = e->ledger;
    eider_err err = read_all(e);

    if (err == EIDER_OK && !l->is_foreign)
        err = f->remove(f->data, NAME);
    if (err != EIDER_OK)
        return err;
    g_ptr_array_set_size(l->blocks, 0);
    g_hash_table_remove_all(l->gone);
    l->n_slots = l->is_foreign ? l->n_slots : 0;
    l->flush_ms = 0;
    return EIDER_OK;
}
