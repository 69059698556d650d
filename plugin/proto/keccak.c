/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keccak.h"

#ifdef EIDER_KEM_OWN

static const size_t RATE[] = {
    [EIDER_SHAKE128] = 168,
    [EIDER_SHAKE256] = 136,
    [EIDER_SHA3_256] = 136,
    [EIDER_SHA3_512] = 72,
};

/* FIPS 202, algorithm 6: what iota adds, one word a round. */
static const uint64_t IOTA[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a,
    0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
    0x8000000080008081, 0x8000000000008009, 0x000000000000008a,
    0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
    0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
    0x000000000000800a, 0x800000008000000a, 0x8000000080008081,
    0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/* Of one word, or of four side by side. */
#define TURN_LEFT(w, n) ((w) << (n) | (w) >> ((64 - (n)) & 63))

/*
 * theta, rho, pi and chi for row @y of what comes out: from which lanes its
 * five come, and how far each is turned.  Written out, as loops over tables
 * take twice as long, and half of ML-KEM is this.
 */
#define ROW(word, y, f0, n0, f1, n1, f2, n2, f3, n3, f4, n4)                   \
    do {                                                                       \
        word b0 = TURN_LEFT(in[f0] ^ theta[(f0) % 5], n0);                     \
        word b1 = TURN_LEFT(in[f1] ^ theta[(f1) % 5], n1);                     \
        word b2 = TURN_LEFT(in[f2] ^ theta[(f2) % 5], n2);                     \
        word b3 = TURN_LEFT(in[f3] ^ theta[(f3) % 5], n3);                     \
        word b4 = TURN_LEFT(in[f4] ^ theta[(f4) % 5], n4);                     \
                                                                               \
        out[5 * (y)] = b0 ^ (~b1 & b2);                                        \
        out[5 * (y) + 1] = b1 ^ (~b2 & b3);                                    \
        out[5 * (y) + 2] = b2 ^ (~b3 & b4);                                    \
        out[5 * (y) + 3] = b3 ^ (~b4 & b0);                                    \
        out[5 * (y) + 4] = b4 ^ (~b0 & b1);                                    \
    } while (0)

/* The permutation of FIPS 202, for states whose lanes are a @word. */
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#define PERMUTATION(word, one_round, permute)                                  \
    ALWAYS_INLINE void one_round(word *restrict out, const word *restrict in,  \
                                 uint64_t iota)                                \
    {                                                                          \
        word sum[5], theta[5];                                                 \
        int x;                                                                 \
                                                                               \
        for (x = 0; x < 5; x++)                                                \
            sum[x] = in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20]; \
        theta[0] = sum[4] ^ TURN_LEFT(sum[1], 1);                              \
        theta[1] = sum[0] ^ TURN_LEFT(sum[2], 1);                              \
        theta[2] = sum[1] ^ TURN_LEFT(sum[3], 1);                              \
        theta[3] = sum[2] ^ TURN_LEFT(sum[4], 1);                              \
        theta[4] = sum[3] ^ TURN_LEFT(sum[0], 1);                              \
        ROW(word, 0, 0, 0, 6, 44, 12, 43, 18, 21, 24, 14);                     \
        ROW(word, 1, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61);                     \
        ROW(word, 2, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18);                       \
        ROW(word, 3, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56);                    \
        ROW(word, 4, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2);                     \
        out[0] ^= iota;                                                        \
    }                                                                          \
                                                                               \
    ALWAYS_INLINE void permute(word lane[25])                                  \
    {                                                                          \
        word other[25];                                                        \
        int round;                                                             \
                                                                               \
        for (round = 0; round < 24; round += 2) {                              \
            one_round(other, lane, IOTA[round]);                               \
            one_round(lane, other, IOTA[round + 1]);                           \
        }                                                                      \
        sodium_memzero(other, sizeof other);                                   \
    }

PERMUTATION(uint64_t, one_round, permute_inline)
PERMUTATION(eider_keccak_four, four_rounds, permute_four_inline)

static void
permute(uint64_t lane[25])
{
    permute_inline(lane);
}

/* Where registers hold four words; elsewhere compilers take two of two.  Tests
 * define EIDER_KECCAK_PLAIN. */
#if defined __x86_64__ && !defined EIDER_KECCAK_PLAIN
#define HAS_AVX2 1
__attribute__((target("avx2"))) static void
permute_four_avx2(eider_keccak_four lane[25])
{
    permute_four_inline(lane);
}
#endif

static void
permute_four(eider_keccak_four lane[25])
{
#ifdef HAS_AVX2
    if (__builtin_cpu_supports("avx2")) {
        permute_four_avx2(lane);
        return;
    }
#endif
    permute_four_inline(lane);
}

static void
add_byte(eider_keccak *k, size_t at, uint8_t byte)
{
    k->lane[at / 8] ^= (uint64_t)byte << 8 * (at % 8);
}

void
eider_keccak_init(eider_keccak *k, eider_keccak_kind kind)
{
    *k = (eider_keccak){.rate = RATE[kind]};
}

/* Written out, so that compilers see one load and one store. */
static uint64_t
load_lane(const uint8_t p[8])
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 |
           (uint64_t)p[3] << 24 | (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 |
           (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

static void
store_lane(uint8_t p[8], uint64_t w)
{
    p[0] = (uint8_t)w;
    p[1] = (uint8_t)(w >> 8);
    p[2] = (uint8_t)(w >> 16);
    p[3] = (uint8_t)(w >> 24);
    p[4] = (uint8_t)(w >> 32);
    p[5] = (uint8_t)(w >> 40);
    p[6] = (uint8_t)(w >> 48);
    p[7] = (uint8_t)(w >> 56);
}

/* Whole lanes where they lie so, else bytes; rates are whole lanes. */
void
eider_keccak_absorb(eider_keccak *k, const void *data, size_t len)
{
    const uint8_t *p = data;
    size_t n;

    for (; len > 0; len -= n, p += n) {
        n = k->at % 8 == 0 && len >= 8 ? 8 : 1;
        if (n == 8)
            k->lane[k->at / 8] ^= load_lane(p);
        else
            add_byte(k, k->at, *p);
        k->at += n;
        if (k->at == k->rate) {
            permute(k->lane);
            k->at = 0;
        }
    }
}

void
eider_keccak_finish(eider_keccak *k, eider_keccak_kind kind)
{
    bool shake = kind == EIDER_SHAKE128 || kind == EIDER_SHAKE256;

    add_byte(k, k->at, shake ? 0x1f : 0x06);
    add_byte(k, k->rate - 1, 0x80);
    k->at = k->rate; /* the first byte out asks for a permutation */
}

void
eider_keccak_squeeze(eider_keccak *k, void *out, size_t len)
{
    uint8_t *p = out;
    size_t n;

    for (; len > 0; len -= n, p += n) {
        if (k->at == k->rate) {
            permute(k->lane);
            k->at = 0;
        }
        n = k->at % 8 == 0 && len >= 8 ? 8 : 1;
        if (n == 8)
            store_lane(p, k->lane[k->at / 8]);
        else
            *p = (uint8_t)(k->lane[k->at / 8] >> 8 * (k->at % 8));
        k->at += n;
    }
}

void
eider_keccak_hash(eider_keccak_kind kind, void *out, size_t out_len,
                  const void *a, size_t a_len, const void *b, size_t b_len)
{
    eider_keccak k;

    eider_keccak_init(&k, kind);
    eider_keccak_absorb(&k, a, a_len);
    eider_keccak_absorb(&k, b, b_len);
    eider_keccak_finish(&k, kind);
    eider_keccak_squeeze(&k, out, out_len);
    sodium_memzero(&k, sizeof k);
}

/* ---- four at a time ------------------------------------------------------- */

void
eider_keccak_fours_start(eider_keccak_fours *k, eider_keccak_kind kind,
                         const uint8_t *in, size_t len)
{
    eider_keccak one;
    int i, j;

    k->rate = RATE[kind];
    for (j = 0; j < 4; j++) {
        eider_keccak_init(&one, kind);
        eider_keccak_absorb(&one, in + len * (size_t)j, len);
        eider_keccak_finish(&one, kind);
        for (i = 0; i < 25; i++)
            k->lane[i][j] = one.lane[i];
    }
    sodium_memzero(&one, sizeof one);
}

void
eider_keccak_fours_next(eider_keccak_fours *k,
                        uint8_t out[4][EIDER_KECCAK_BLOCK])
{
    size_t i;
    int j;

    permute_four(k->lane);
    for (i = 0; i < k->rate / 8; i++)
        for (j = 0; j < 4; j++)
            store_lane(out[j] + 8 * i, k->lane[i][j]);
}

#endif
