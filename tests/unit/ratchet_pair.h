/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ends of one session, for the tests of the ratchet: bodies that say who
 * they are, the checks that every open must pass, and frames of a peer who
 * knows all keys and lies.
 */
#ifndef EIDER_TESTS_RATCHET_PAIR_H
#define EIDER_TESTS_RATCHET_PAIR_H

#include "eider/crypto.h"
#include "eider/limits.h"
#include "eider/pack.h"
#include "eider/ratchet.h"

#include <check.h>

enum { A, B }; /* initiator, responder */

/* Fields of a pickle: the keys in order, then numbers.  SID is the first. */
enum { P_RK = 1, P_CKS, P_HKS, P_NHKS, P_CKR, P_HKR, P_NHKR, P_DHS, P_DHS_PK };
#define P_DHR      10
#define P_KEY(i)   (2u + 32u * (i))
#define P_NS       P_KEY(11)
#define P_NR       (P_NS + 4u)
#define P_PN       (P_NS + 8u)
#define P_CHAIN    (P_NS + 12u)
#define P_OLD      (P_NS + 16u) /* u8 count, then these */
#define P_OLD_LEN  44u
#define P_LATE_LEN 47u
#define P_PQ_LEN   16u /* of an epoch that has not begun; at the end */

typedef struct {
    eider_ratchet *side[2];
} pair;

/* A small generator, the same on every machine. */
uint64_t next_random(uint64_t *seed);

void outcome_fill(eider_outcome *o, bool initiator, uint64_t seed);
void pair_start(pair *p, uint64_t seed); /* nothing sent yet */
void pair_meet(pair *p, uint64_t seed);  /* a frame each way was opened */
void pair_end(pair *p);

/* A body that is different for every @tag, full to its last byte. */
void body_fill(eider_body *b, eider_size size, uint64_t tag);

/* Seal the S body of @tag. */
eider_frame say(eider_ratchet *r, uint64_t tag);
/* Seal @n of them and lose them. */
void lose(eider_ratchet *r, unsigned n);

/* One frame from @from to the other side, opened there. */
void pass(pair *p, int from, uint64_t tag);

/* Open, or be refused with @expected and nothing changed; macros for lines. */
#define opens(r, f, tag)     opens_at(r, 0, f, tag, __LINE__)
#define refuses(r, f, error) refuses_at(r, f, error, __LINE__)
void opens_at(eider_ratchet *r, uint64_t now, const eider_frame *f,
              uint64_t tag, int line);
void refuses_at(eider_ratchet *r, const eider_frame *f, eider_err expected,
                int line);

/* @r pickled, and as pickled in @b with @n bytes at @at replaced. */
eider_buf pickle_of(const eider_ratchet *r);
eider_ratchet *unpickle_of(const eider_buf *b);
eider_ratchet *restored(const eider_ratchet *r);
void patch(eider_ratchet **r, size_t at, const void *p, size_t n);
void patch_u32(eider_ratchet **r, size_t at, uint32_t v);

/* What a lying @from would say in the chain in which it has sealed last, from
 * its next number on; @dh NULL: the true one. */
typedef struct {
    const eider_public *dh;
    uint32_t n, pn;
    uint8_t epoch, flags;
} lie;
eider_frame forge(const eider_ratchet *from, const lie *l, uint64_t tag);

/* The flags in the header of a frame of the chain in which @from is. */
uint8_t flags_on_wire(const eider_ratchet *from, const eider_frame *f);

/* The other files' part of ratchet_suite(). */
TCase *ratchet_late_case(void);
TCase *ratchet_storage_case(void);
TCase *ratchet_long_case(void);
TCase *ratchet_pq_case(void);

#endif
