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

static uint64_t
turn_left(uint64_t w, unsigned n)
{
    return w << n | w >> ((64 - n) & 63);
}

/*
 * theta, rho, pi and chi for row @y of what comes out: from which lanes its
 * five come, and how far each is turned.  Written out, as loops over tables
 * take twice as long, and half of ML-KEM is this.
 */
#define ROW(y, f0, n0, f1, n1, f2, n2, f3, n3, f4, n4)                         \
    do {                                                                       \
        uint64_t b0 = turn_left(in[f0] ^ theta[(f0) % 5], n0);                 \
        uint64_t b1 = turn_left(in[f1] ^ theta[(f1) % 5], n1);                 \
        uint64_t b2 = turn_left(in[f2] ^ theta[(f2) % 5], n2);                 \
        uint64_t b3 = turn_left(in[f3] ^ theta[(f3) % 5], n3);                 \
        uint64_t b4 = turn_left(in[f4] ^ theta[(f4) % 5], n4);                 \
                                                                               \
        out[5 * (y)] = b0 ^ (~b1 & b2);                                        \
        out[5 * (y) + 1] = b1 ^ (~b2 & b3);                                    \
        out[5 * (y) + 2] = b2 ^ (~b3 & b4);                                    \
        out[5 * (y) + 3] = b3 ^ (~b4 & b0);                                    \
        out[5 * (y) + 4] = b4 ^ (~b0 & b1);                                    \
    } while (0)

static inline void
one_round(uint64_t *restrict out, const uint64_t *restrict in, uint64_t iota)
{
    uint64_t sum[5], theta[5];
    int x;

    for (x = 0; x < 5; x++)
        sum[x] = in[x] ^ in[x + 5] ^ in[x + 10] ^ in[x + 15] ^ in[x + 20];
    theta[0] = sum[4] ^ turn_left(sum[1], 1);
    theta[1] = sum[0] ^ turn_left(sum[2], 1);
    theta[2] = sum[1] ^ turn_left(sum[3], 1);
    theta[3] = sum[2] ^ turn_left(sum[4], 1);
    theta[4] = sum[3] ^ turn_left(sum[0], 1);
    ROW(0, 0, 0, 6, 44, 12, 43, 18, 21, 24, 14);
    ROW(1, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61);
    ROW(2, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18);
    ROW(3, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56);
    ROW(4, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2);
    out[0] ^= iota;
}

static void
permute(uint64_t lane[25])
{
    uint64_t other[25];
    int round;

    for (round = 0; round < 24; round += 2) {
        one_round(other, lane, IOTA[round]);
        one_round(lane, other, IOTA[round + 1]);
    }
    sodium_memzero(other, sizeof other);
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

#endif
