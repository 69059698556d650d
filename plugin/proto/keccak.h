/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-3 and SHAKE (FIPS 202), for our ML-KEM only; libsodium 1.0.18 has none.
 *
 * absorb any number of times, finish once, squeeze any number of times, wipe.
 * Runs in time that depends on the lengths only.
 */
#ifndef EIDER_PROTO_KECCAK_H
#define EIDER_PROTO_KECCAK_H

#include "eider/kem.h"

#ifdef EIDER_KEM_OWN

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint64_t lane[25];
    size_t rate; /* bytes of the state that data goes into or comes from */
    size_t at;   /* of these, how many are used up */
} eider_keccak;

/* Which function it is: its rate, and the bits that follow the message. */
typedef enum {
    EIDER_SHAKE128,
    EIDER_SHAKE256,
    EIDER_SHA3_256, /* squeeze 32 bytes */
    EIDER_SHA3_512, /* squeeze 64 bytes */
} eider_keccak_kind;

/* Four of one kind side by side, in registers that hold two or four words: much
 * faster where messages are short and much comes out. */
typedef uint64_t eider_keccak_four __attribute__((vector_size(32)));

typedef struct {
    eider_keccak_four lane[25];
    size_t rate;
} eider_keccak_fours;

/* The longest block that comes out at once. */
#define EIDER_KECCAK_BLOCK 168

/* Take in four messages of @len bytes, one after the other, which are whole. */
void eider_keccak_fours_start(eider_keccak_fours *k, eider_keccak_kind kind,
                              const uint8_t *in, size_t len);

/* Give out the next block of each: 168 or 136 bytes by kind. */
void eider_keccak_fours_next(eider_keccak_fours *k,
                             uint8_t out[4][EIDER_KECCAK_BLOCK]);

/* Begin. */
void eider_keccak_init(eider_keccak *k, eider_keccak_kind kind);

/* Take in the next @len bytes of the message. */
void eider_keccak_absorb(eider_keccak *k, const void *data, size_t len);

/* The message is over; @kind as given to eider_keccak_init(). */
void eider_keccak_finish(eider_keccak *k, eider_keccak_kind kind);

/* Give out the next @len bytes. */
void eider_keccak_squeeze(eider_keccak *k, void *out, size_t len);

/* All of it for a message in two pieces (@b may have 0 bytes), wiped after. */
void eider_keccak_hash(eider_keccak_kind kind, void *out, size_t out_len,
                       const void *a, size_t a_len, const void *b,
                       size_t b_len);

#endif

#endif
