/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring of ML-KEM (FIPS 203, 2.4): polynomials of 256 coefficients modulo
 * q = 3329, and their bytes.  Part of mlkem768.c, of no use elsewhere.
 *
 * Invariant: coefficients are reduced, 0 to q - 1, before and after each call.
 */
#ifndef EIDER_PROTO_MLKEM_POLY_H
#define EIDER_PROTO_MLKEM_POLY_H

#include "eider/kem.h"

#ifdef EIDER_KEM_OWN

#include <stdint.h>

#define EIDER_POLY_Q 3329
#define EIDER_POLY_N 256

typedef struct {
    uint16_t c[EIDER_POLY_N];
} eider_poly;

/* A sum of products, coefficients 0, 2, ... and 1, 3, ... apart. */
typedef struct {
    uint32_t even[EIDER_POLY_N / 2], odd[EIDER_POLY_N / 2];
} eider_poly_sum;

/*
 * Hide from the optimiser what is known about @x.  Where it knows that a value
 * is 0 or 1, it may make a jump of it, and the jump tells the bit.
 */
static inline uint32_t
hide(uint32_t x)
{
    __asm__ volatile("" : "+r"(x));
    return x;
}

/* x mod q, for x below 2^28. */
uint16_t eider_poly_reduce(uint32_t x);

/* sum += a; from -= a. */
void eider_poly_add(eider_poly *sum, const eider_poly *a);
void eider_poly_subtract(eider_poly *from, const eider_poly *a);

/* Algorithms 9 and 10, in place. */
void eider_poly_ntt(eider_poly *f);
void eider_poly_ntt_inverse(eider_poly *f);

/* sum += f g, all transformed: algorithm 11; and what it comes to.  Each
 * product adds less than 3 q^2: up to eight of them are below 2^28. */
void eider_poly_multiply(eider_poly_sum *sum, const eider_poly *f,
                         const eider_poly *g);
void eider_poly_reduce_sum(eider_poly *f, const eider_poly_sum *sum);

/* Algorithms 5 and 6, @d bits a coefficient, 32 @d bytes.  Decoding reduces. */
void eider_poly_encode(uint8_t *out, const eider_poly *f, unsigned d);
void eider_poly_decode(eider_poly *f, const uint8_t *in, unsigned d);

/* Equations 4.7 and 4.8, in place, to and from @d < 12 bits. */
void eider_poly_compress(eider_poly *f, unsigned d);
void eider_poly_decompress(eider_poly *f, unsigned d);

#endif

#endif
