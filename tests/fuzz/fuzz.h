/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Harnesses for what others can hand us: each takes bytes, and ends the
 * process where something is wrong that a sanitizer would not see.
 *
 *     build/fuzz/<name>             libFuzzer's program of one harness
 *     build/fuzz-replay <corpus>    all of them over their corpora, cut and
 *                                   flipped, without a fuzzer
 *
 * A harness draws its randomness from fuzz_random(), so that the same bytes do
 * the same again.  Those that hold keys run with stand-ins for the slow
 * primitives (cheap.c) where a fuzzer calls them, and with the real ones in the
 * replay: what they look at holds for both.
 */
#ifndef EIDER_TESTS_FUZZ_H
#define EIDER_TESTS_FUZZ_H

#include "eider/mem.h"

#include <stdio.h>
#include <stdlib.h>

typedef void fuzz_seed(void *arg, const void *p, size_t n);

typedef struct {
    const char *name;
    size_t max; /* bytes of an input */
    void (*one)(const uint8_t *p, size_t n);
    /* First inputs, of which a fuzzer makes others; may be NULL. */
    void (*seeds)(fuzz_seed *out, void *arg);
    bool is_slow; /* the replay flips fewer of its bits */
} fuzz_harness;

/* Once a process. */
void fuzz_start(void);
/* Randomness from here on is that of @seed. */
void fuzz_random(uint64_t seed);

/* What must hold. */
#define FUZZ_CHECK(x)                                                          \
    do {                                                                       \
        if (!(x)) {                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__,  \
                    #x);                                                       \
            abort();                                                           \
        }                                                                      \
    } while (0)

/* ---- the input, read from its beginning; zeros when it is over ------------ */

typedef struct {
    const uint8_t *p;
    size_t n;
} fuzz_in;

uint8_t fuzz_u8(fuzz_in *in);
uint16_t fuzz_u16(fuzz_in *in);
uint32_t fuzz_u32(fuzz_in *in);
unsigned fuzz_below(fuzz_in *in, unsigned below); /* below > 0 */
/* The next @n bytes, or as many as there are. */
eider_slice fuzz_take(fuzz_in *in, size_t n);
/* Exactly @n bytes; zeros where the input is over. */
void fuzz_fill(fuzz_in *in, void *out, size_t n);
/* Up to seven edits of @out: a byte of count, then place (u16) and what is
 * xored each.  Says how many bytes are not what they were. */
unsigned fuzz_edit(fuzz_in *in, void *out, size_t n);

/* A copy that ends where its allocation ends. */
uint8_t *fuzz_copy(const void *p, size_t n);

#endif
