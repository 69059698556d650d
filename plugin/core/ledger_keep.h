/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: how the ledger is kept; shared by the files ledger*.c only.
 *
 * Events are packed into blocks.  The last block is open and grows; the others
 * are full, on disk, and in memory while somebody looks.  A block stands
 * alone: it begins with a full time and names each contact when it first
 * speaks of it.
 */
#ifndef EIDER_CORE_LEDGER_KEEP_H
#define EIDER_CORE_LEDGER_KEEP_H

#include "work.h"

#define EIDER_LEDGER_BLOCK  ((size_t)4096) /* on disk */
#define EIDER_LEDGER_BLOCKS 1024u          /* 4 MiB of them */
/* magic 8, version 1, number 8, generation 8, nonce 24; tag 16 */
#define EIDER_LEDGER_HEADER ((size_t)49)
#define EIDER_LEDGER_PLAIN  (EIDER_LEDGER_BLOCK - EIDER_LEDGER_HEADER - 16)
#define EIDER_LEDGER_EVENTS (EIDER_LEDGER_PLAIN - 16) /* after two times */

#define EIDER_LEDGER_NO_SLOT EIDER_LEDGER_BLOCKS
#define EIDER_LEDGER_VERSION 1

/* ---- ledger_block.c: events as bytes --------------------------------------- */

typedef struct {
    uint64_t number;         /* of blocks, from 1 */
    uint64_t generation;     /* of this one's writings; 0: never written */
    uint64_t from_ms, to_ms; /* the earliest and the latest of them */
    eider_buf bytes;         /* events; empty: not in memory */
    unsigned slot;           /* where it is on disk, or NO_SLOT */
    bool is_dirty;           /* there is more than on disk */

    /* the open one only */
    uint64_t last_ms;
    GHashTable *ids; /* of contacts -> number in this block; NULL: full */
} eider_block;

eider_block *eider_block_new(uint64_t number);
void eider_block_free(eider_block *b);
/* False: there is no room, or it was closed. */
bool eider_block_add(eider_block *b, uint64_t id, const eider_seen_event *ev);
void eider_block_close(eider_block *b);
/* Calls @each for all events; what is malformed ends it. */
typedef void eider_block_fn(void *arg, uint64_t id, const eider_seen_event *ev);
void eider_block_walk(const eider_block *b, eider_block_fn *each, void *arg);

/* ---- ledger_seal.c ---------------------------------------------------------- */

/* Append EIDER_LEDGER_BLOCK bytes to @out; and read them.  NULL: not ours, or
 * spoilt. */
void eider_block_seal(const eider_ledger *l, const eider_block *b,
                      uint64_t generation, eider_buf *out);
eider_block *eider_block_unseal(const eider_ledger *l, const uint8_t *p);
/* That a header claims to have; 0: it is none of ours. */
int eider_block_version(const uint8_t *header);

/* ---- ledger_ring.c: blocks on disk ------------------------------------------ */

struct eider_ledger {
    eider_secret id_key, seal_key, nonce_key;
    GPtrArray *blocks;  /* eider_block, by number; the last one is open */
    bool is_read;       /* all blocks of the file are among them */
    bool is_foreign;    /* the file is not ours to change */
    bool is_held;       /* the bytes of all are in memory */
    unsigned n_slots;   /* of the file */
    uint64_t flush_ms;  /* write then, or soon after; 0: nothing to write */
    uint64_t looked_ms; /* somebody did last */
    GHashTable *gone;   /* uint64_t: contacts that are to be forgotten */
};

/* Bring all blocks into memory.  What cannot be read is left out. */
void eider_ring_hold(eider_engine *e);
/* Forget the bytes that are on disk. */
void eider_ring_let_go(eider_ledger *l);
/* Write what is dirty. */
EIDER_MUST_USE eider_err eider_ring_flush(eider_engine *e);
/* Write all of it anew, without those who are gone. */
EIDER_MUST_USE eider_err eider_ring_rewrite(eider_engine *e);
/* The file goes, and everything with it. */
EIDER_MUST_USE eider_err eider_ring_remove(eider_engine *e);

/* ---- ledger_note.c ----------------------------------------------------------- */

void eider_ledger_walk(eider_engine *e, const char *account, const char *peer,
                       uint64_t from_ms, uint64_t to_ms, eider_block_fn *each,
                       void *arg);

#endif
