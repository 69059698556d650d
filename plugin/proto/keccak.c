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

/* rho: how far lane x + 5y is turned; pi: where it goes. */
static const uint8_t RHO[25] = {0,  1, 62, 28, 27, 36, 44, 6,  55,
                                20, 3, 10, 43, 25, 39, 41, 45, 15,
                                21, 8, 18, 2,  61, 56, 14};
static const uint8_t PI[25] = {0,  10, 20, 5, 15, 16, 1,  11, 21, 6, 7,  17, 2,
                               12, 22, 23, 8, 18, 3,  13, 14, 24, 9, 19, 4};

/* The columns before and after column x. */
static const uint8_t BEFORE[5] = {4, 0, 1, 2, 3}, AFTER[5] = {1, 2, 3, 4, 0};

static uint64_t
turn_left(uint64_t w, unsigned n)
{
    return w << n | w >> ((64 - n) & 63);
}

static void
permute(uint64_t lane[25])
{
    uint64_t moved[25], sum[5], theta;
    int x, y, round;

    for (round = 0; round < 24; round++) {
        for (x = 0; x < 5; x++)
            sum[x] = lane[x] ^ lane[x + 5] ^ lane[x + 10] ^ lane[x + 15] ^
                     lane[x + 20];
        for (x = 0; x < 5; x++) {
            theta = sum[BEFORE[x]] ^ turn_left(sum[AFTER[x]], 1);
            for (y = 0; y < 25; y += 5)
                moved[PI[y + x]] = turn_left(lane[y + x] ^ theta, RHO[y + x]);
        }
        for (y = 0; y < 25; y += 5) {
            for (x = 0; x < 5; x++)
                lane[y + x] = moved[y + x] ^ (~moved[y + AFTER[x]] &
                                              moved[y + AFTER[AFTER[x]]]);
        }
        lane[0] ^= IOTA[round];
    }
    sodium_memzero(moved, sizeof moved);
    sodium_memzero(sum, sizeof sum);
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

void
eider_keccak_absorb(eider_keccak *k, const void *data, size_t len)
{
    const uint8_t *p = data;

    for (; len > 0; len--) {
        add_byte(k, k->at++, *p++);
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

    for (; len > 0; len--) {
        if (k->at == k->rate) {
            permute(k->lane);
            k->at = 0;
        }
        *p++ = (uint8_t)(k->lane[k->at / 8] >> 8 * (k->at % 8));
        k->at++;
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
