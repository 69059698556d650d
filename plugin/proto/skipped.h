/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what a ratchet keeps for frames that come late: the message keys that
 * were skipped, and the header keys of receiving chains that have ended.
 *
 * A header key is kept also without message keys, else a late duplicate would
 * look like a frame of somebody else.  Keys lie in one slab in the order in
 * which they were skipped, so the oldest is the first.
 *
 * Bounds: EIDER_SKIPPED_KEYS_MAX, EIDER_OLD_HEADERS_MAX, EIDER_SKIPPED_KEEP.
 *
 * Spec: PROTOCOL.md, "Ratchet".
 */
#ifndef EIDER_SKIPPED_H
#define EIDER_SKIPPED_H

#include "eider/limits.h"
#include "eider/pack.h"

typedef struct {
    uint32_t chain; /* which receiving chain, counted from 1 */
    uint32_t n;
    uint64_t at; /* when it was skipped */
    eider_secret mk;
} eider_skipped_key;

typedef struct {
    uint32_t chain;
    uint64_t at; /* when the chain ended */
    eider_secret HK;
} eider_old_header;

/* Starts as {0}. */
typedef struct {
    eider_skipped_key *keys;
    size_t n, cap;
    eider_old_header old[EIDER_OLD_HEADERS_MAX]; /* the oldest first */
    size_t n_old;
} eider_skipped;

void eider_skipped_wipe(eider_skipped *s);

/* Keep @n (at most EIDER_SKIPPED_KEYS_MAX) more keys; the oldest go. */
void eider_skipped_add(eider_skipped *s, const eider_skipped_key *keys,
                       size_t n);

/* The key of number @n in @chain, or NULL; its removal, which wipes it. */
eider_skipped_key *eider_skipped_find(const eider_skipped *s, uint32_t chain,
                                      uint32_t n);
void eider_skipped_remove(eider_skipped *s, eider_skipped_key *key);

/* Keep the header key of a chain that ends; the oldest goes with its keys. */
void eider_skipped_retire(eider_skipped *s, uint32_t chain,
                          const eider_secret *HK, uint64_t now);

void eider_skipped_expire(eider_skipped *s, uint64_t now);

/* @chain and @Nr: the chain that is being received, and its next number. */
void eider_skipped_pickle(const eider_skipped *s, eider_buf *out);
EIDER_MUST_USE eider_err eider_skipped_unpickle(eider_skipped *s,
                                                eider_reader *rd,
                                                uint32_t chain, uint32_t Nr);

#endif
