/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: how the ledger is kept; shared by the files ledger*.c only.
 *
 * Events are packed into blocks.  One block is open and grows; the others are
 * full, on disk, and in memory while somebody looks.  A block stands alone: it
 * begins with a full time and names each contact when it first speaks of it.
 */
#ifndef EIDER_CORE_LEDGER_H
#define EIDER_CORE_LEDGER_H

#include "people.h"

#include "eider/ledger.h"

#define EIDER_LEDGER_BLOCK  ((size_t)4096) /* on disk */
#define EIDER_LEDGER_BLOCKS 1024u          /* 4 MiB of them */
/* magic 8, version 1, number 8, generation 8, nonce 24; tag 16 */
#define EIDER_LEDGER_HEADER ((size_t)49)
#define EIDER_LEDGER_PLAIN  (EIDER_LEDGER_BLOCK - EIDER_LEDGER_HEADER - 16)

/* ---- ledger_block.c: events as bytes --------------------------------------- */

typedef struct {
    uint64_t number;         /* of blocks, from 1 */
    uint64_t generation;     /* of this one's writings; 0: never written */
    eider_buf bytes;         /* events; empty: not in memory */
    uint64_t from_ms, to_ms; /* the earliest and the latest of them */
    unsigned slot;           /* where it is on disk */
    bool is_dirty;           /* there is more than on disk */

    /* the open one only */
    uint64_t last_ms;
    GHashTable *ids; /* of contacts -> number in this block */
} eider_block;

eider_block *eider_block_new(uint64_t number);
void eider_block_free(eider_block *b);
/* False: there is no room. */
bool eider_block_add(eider_block *b, uint64_t id, const eider_seen_event *ev);
/* Calls @each for all events; what is malformed ends it. */
typedef void eider_block_fn(void *arg, uint64_t id, const eider_seen_event *ev);
void eider_block_walk(const eider_block *b, eider_block_fn *each, void *arg);

/* ---- ledger_note.c --------------------------------------------------------- */

struct eider_ledger {
    eider_secret id_key, seal_key;
    GPtrArray *blocks; /* eider_block, by number; the last one is open */
};

void eider_ledger_walk(eider_engine *e, const char *account, const char *peer,
                       uint64_t from_ms, uint64_t to_ms, eider_block_fn *each,
                       void *arg);

#endif
