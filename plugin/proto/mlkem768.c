/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ML-KEM-768 for libsodiums that have none.  Written from FIPS 203, whose
 * names and algorithm numbers it keeps; plain before fast.
 */
#include "eider/kem.h"

#ifdef EIDER_KEM_OWN

#include "keccak.h"
#include "mlkem_poly.h"

#include <string.h>

/* tests/ctime marks secrets as undefined; this says what is public of them. */
#ifdef EIDER_CTIME
#include <valgrind/memcheck.h>
#define DECLASSIFY(p, len) VALGRIND_MAKE_MEM_DEFINED(p, len)
#else
#define DECLASSIFY(p, len) ((void)0)
#endif

enum {
    Q = EIDER_POLY_Q,
    N = EIDER_POLY_N,
    K = 3,
    DU = 10,
    DV = 4,
    POLY_BYTES = 384,           /* 256 coefficients of 12 bits */
    VEC_BYTES = K * POLY_BYTES, /* 1152: dkPKE, and ek before rho */
    EK_BYTES = VEC_BYTES + 32,  /* 1184 */
    CT_U_BYTES = K * 32 * DU,   /* 960 of the 1088 bytes of ct */
    CT_BYTES = CT_U_BYTES + 32 * DV,
    DK_EK = VEC_BYTES, /* where ek, H(ek) and z stand in dk */
    DK_HASH = DK_EK + EK_BYTES,
    DK_Z = DK_HASH + 32,
    DK_BYTES = DK_Z + 32,
};

_Static_assert(EK_BYTES == crypto_kem_mlkem768_PUBLICKEYBYTES, "size of ek");
_Static_assert(DK_BYTES == crypto_kem_mlkem768_SECRETKEYBYTES, "size of dk");
_Static_assert(CT_BYTES == crypto_kem_mlkem768_CIPHERTEXTBYTES, "size of ct");

typedef struct {
    eider_poly p[K];
} vec;

static void
encode_vec(uint8_t *out, const vec *v)
{
    int i;

    for (i = 0; i < K; i++)
        eider_poly_encode(out + POLY_BYTES * i, &v->p[i], 12);
}

static void
decode_vec(vec *v, const uint8_t *in)
{
    int i;

    for (i = 0; i < K; i++)
        eider_poly_decode(&v->p[i], in + POLY_BYTES * i, 12);
}

/* ---- Sampling ---------------------------------------------------------- */

/* What of algorithm 7 one block gives; from @n coefficients on, and how many
 * there are then. */
static int
take_uniform(eider_poly *f, int n, const uint8_t block[EIDER_KECCAK_BLOCK])
{
    const uint8_t *p;

    for (p = block; p < block + EIDER_KECCAK_BLOCK && n < N; p += 3) {
        uint16_t d1 = (uint16_t)(p[0] | (p[1] & 15) << 8);
        uint16_t d2 = (uint16_t)(p[1] >> 4 | p[2] << 4);

        if (d1 < Q)
            f->c[n++] = d1;
        if (d2 < Q && n < N)
            f->c[n++] = d2;
    }
    return n;
}

/* Algorithm 7: four entries of A, which is public and may take its time. */
static void
sample_uniform(eider_poly f[4], const uint8_t (*seed)[34])
{
    uint8_t block[4][EIDER_KECCAK_BLOCK];
    eider_keccak_fours k;
    int n[4] = {0}, i, full = 0;

    eider_keccak_fours_start(&k, EIDER_SHAKE128, seed[0], 34);
    while (full < 4) {
        eider_keccak_fours_next(&k, block);
        for (i = full = 0; i < 4; i++) {
            n[i] = take_uniform(&f[i], n[i], block[i]);
            full += n[i] == N;
        }
    }
}

/* The same of one, the last of nine. */
static void
sample_last(eider_poly *f, const uint8_t seed[34])
{
    uint8_t block[EIDER_KECCAK_BLOCK];
    eider_keccak k;
    int n = 0;

    eider_keccak_init(&k, EIDER_SHAKE128);
    eider_keccak_absorb(&k, seed, 34);
    eider_keccak_finish(&k, EIDER_SHAKE128);
    while (n < N) {
        eider_keccak_squeeze(&k, block, sizeof block);
        n = take_uniform(f, n, block);
    }
}

/* Algorithm 8 with eta = 2. */
static void
take_small(eider_poly *f, const uint8_t b[128])
{
    int i;

    for (i = 0; i < N / 2; i++) {
        uint32_t x = (b[i] & 0x55U) + (b[i] >> 1 & 0x55U);

        f->c[2 * i] = eider_poly_reduce((x & 3) + Q - (x >> 2 & 3));
        f->c[2 * i + 1] = eider_poly_reduce((x >> 4 & 3) + Q - (x >> 6));
    }
}

/* Up to four of them, from PRF(seed, nonce), PRF(seed, nonce + 1) and on. */
static void
sample_small(eider_poly *const f[], int n, const uint8_t seed[32],
             uint8_t nonce)
{
    struct {
        uint8_t in[4][33], out[4][EIDER_KECCAK_BLOCK];
        eider_keccak_fours k;
    } w;
    int i;

    for (i = 0; i < 4; i++) {
        memcpy(w.in[i], seed, 32);
        w.in[i][32] = (uint8_t)(nonce + i);
    }
    eider_keccak_fours_start(&w.k, EIDER_SHAKE256, w.in[0], 33);
    eider_keccak_fours_next(&w.k, w.out);
    for (i = 0; i < n; i++)
        take_small(f[i], w.out[i]);
    sodium_memzero(&w, sizeof w);
}

/* out = A v, or transposed; A comes from @rho, four entries at a time. */
static void
multiply_matrix(vec *out, const uint8_t rho[32], bool transposed, const vec *v)
{
    eider_poly_sum sum[K] = {{{0}, {0}}};
    uint8_t seed[K * K][34];
    eider_poly a[4];
    unsigned i, j, at;

    for (i = 0, at = 0; i < K; i++)
        for (j = 0; j < K; j++, at++) {
            memcpy(seed[at], rho, 32);
            seed[at][32] = (uint8_t)(transposed ? i : j);
            seed[at][33] = (uint8_t)(transposed ? j : i);
        }
    DECLASSIFY(seed, sizeof seed);
    for (i = 0, at = 0; i < K; i++)
        for (j = 0; j < K; j++, at++) {
            if (at == K * K - 1)
                sample_last(&a[0], seed[at]);
            else if (at % 4 == 0)
                sample_uniform(a, (const uint8_t(*)[34])seed[at]);
            eider_poly_multiply(&sum[i], &a[at % 4], &v->p[j]);
        }
    for (i = 0; i < K; i++)
        eider_poly_reduce_sum(&out->p[i], &sum[i]);
    sodium_memzero(sum, sizeof sum);
}

static void
multiply_vec(eider_poly *out, const vec *a, const vec *b)
{
    eider_poly_sum sum = {{0}, {0}};
    int i;

    for (i = 0; i < K; i++)
        eider_poly_multiply(&sum, &a->p[i], &b->p[i]);
    eider_poly_reduce_sum(out, &sum);
    sodium_memzero(&sum, sizeof sum);
}

/* ---- K-PKE ------------------------------------------------------------- */

/* Algorithm 13.  @dk_pke has 1152 bytes, @ek 1184. */
static void
pke_keygen(uint8_t *ek, uint8_t *dk_pke, const uint8_t d[32])
{
    static const uint8_t k = K; /* ties d to this parameter set */
    struct {
        uint8_t seed[64]; /* rho, which becomes public, and sigma */
        vec s, e, t;
    } w;
    const uint8_t *rho = w.seed, *sigma = w.seed + 32;
    int i;

    eider_keccak_hash(EIDER_SHA3_512, w.seed, 64, d, 32, &k, 1);
    sample_small((eider_poly *[]){&w.s.p[0], &w.s.p[1], &w.s.p[2], &w.e.p[0]},
                 4, sigma, 0);
    sample_small((eider_poly *[]){&w.e.p[1], &w.e.p[2]}, 2, sigma, 4);
    for (i = 0; i < K; i++) {
        eider_poly_ntt(&w.s.p[i]);
        eider_poly_ntt(&w.e.p[i]);
    }
    multiply_matrix(&w.t, rho, false, &w.s);
    for (i = 0; i < K; i++)
        eider_poly_add(&w.t.p[i], &w.e.p[i]);

    encode_vec(ek, &w.t);
    memcpy(ek + VEC_BYTES, rho, 32);
    encode_vec(dk_pke, &w.s);
    sodium_memzero(&w, sizeof w);
}

/* Algorithm 14. */
static void
pke_encrypt(uint8_t ct[CT_BYTES], const uint8_t *ek, const uint8_t m[32],
            const uint8_t r[32])
{
    struct {
        vec t, y, e1, u;
        eider_poly e2, mu, v;
    } w;
    int i;

    sample_small((eider_poly *[]){&w.y.p[0], &w.y.p[1], &w.y.p[2], &w.e1.p[0]},
                 4, r, 0);
    sample_small((eider_poly *[]){&w.e1.p[1], &w.e1.p[2], &w.e2}, 3, r, 4);
    for (i = 0; i < K; i++)
        eider_poly_ntt(&w.y.p[i]);

    multiply_matrix(&w.u, ek + VEC_BYTES, true, &w.y);
    for (i = 0; i < K; i++) {
        eider_poly_ntt_inverse(&w.u.p[i]);
        eider_poly_add(&w.u.p[i], &w.e1.p[i]);
        eider_poly_compress(&w.u.p[i], DU);
        eider_poly_encode(ct + 32 * DU * i, &w.u.p[i], DU);
    }

    decode_vec(&w.t, ek);
    eider_poly_decode(&w.mu, m, 1);
    eider_poly_decompress(&w.mu, 1);
    multiply_vec(&w.v, &w.t, &w.y);
    eider_poly_ntt_inverse(&w.v);
    eider_poly_add(&w.v, &w.e2);
    eider_poly_add(&w.v, &w.mu);
    eider_poly_compress(&w.v, DV);
    eider_poly_encode(ct + CT_U_BYTES, &w.v, DV);
    sodium_memzero(&w, sizeof w);
}

/* Algorithm 15. */
static void
pke_decrypt(uint8_t m[32], const uint8_t *dk_pke, const uint8_t *ct)
{
    struct {
        vec s, u;
        eider_poly v, w;
    } w;
    int i;

    for (i = 0; i < K; i++) {
        eider_poly_decode(&w.u.p[i], ct + 32 * DU * i, DU);
        eider_poly_decompress(&w.u.p[i], DU);
        eider_poly_ntt(&w.u.p[i]);
    }
    eider_poly_decode(&w.v, ct + CT_U_BYTES, DV);
    eider_poly_decompress(&w.v, DV);
    decode_vec(&w.s, dk_pke);
    multiply_vec(&w.w, &w.s, &w.u);
    eider_poly_ntt_inverse(&w.w);
    eider_poly_subtract(&w.v, &w.w);
    eider_poly_compress(&w.v, 1);
    eider_poly_encode(m, &w.v, 1);
    sodium_memzero(&w, sizeof w);
}

/* ---- ML-KEM ------------------------------------------------------------ */

int
crypto_kem_mlkem768_seed_keypair(
    unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES],
    unsigned char sk[crypto_kem_mlkem768_SECRETKEYBYTES],
    const unsigned char seed[crypto_kem_mlkem768_SEEDBYTES])
{
    pke_keygen(pk, sk, seed);
    memcpy(sk + DK_EK, pk, EK_BYTES);
    eider_keccak_hash(EIDER_SHA3_256, sk + DK_HASH, 32, pk, EK_BYTES, NULL, 0);
    memcpy(sk + DK_Z, seed + 32, 32);
    return 0;
}

int
crypto_kem_mlkem768_keypair(
    unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES],
    unsigned char sk[crypto_kem_mlkem768_SECRETKEYBYTES])
{
    uint8_t seed[crypto_kem_mlkem768_SEEDBYTES];

    randombytes_buf(seed, sizeof seed);
    crypto_kem_mlkem768_seed_keypair(pk, sk, seed);
    sodium_memzero(seed, sizeof seed);
    return 0;
}

int
crypto_kem_mlkem768_enc_deterministic(
    unsigned char ct[crypto_kem_mlkem768_CIPHERTEXTBYTES],
    unsigned char ss[crypto_kem_mlkem768_SHAREDSECRETBYTES],
    const unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES],
    const unsigned char seed[32])
{
    uint8_t hash[32];
    struct {
        uint8_t key[32], r[32];
    } g;

    if (!eider_kem_check_ek(pk))
        return -1;
    eider_keccak_hash(EIDER_SHA3_256, hash, 32, pk, EK_BYTES, NULL, 0);
    eider_keccak_hash(EIDER_SHA3_512, &g, sizeof g, seed, 32, hash, 32);
    pke_encrypt(ct, pk, seed, g.r);
    memcpy(ss, g.key, 32);
    sodium_memzero(&g, sizeof g);
    return 0;
}

int
crypto_kem_mlkem768_enc(
    unsigned char ct[crypto_kem_mlkem768_CIPHERTEXTBYTES],
    unsigned char ss[crypto_kem_mlkem768_SHAREDSECRETBYTES],
    const unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES])
{
    uint8_t m[32];
    int result;

    randombytes_buf(m, sizeof m);
    result = crypto_kem_mlkem768_enc_deterministic(ct, ss, pk, m);
    sodium_memzero(m, sizeof m);
    return result;
}

int
crypto_kem_mlkem768_dec(
    unsigned char ss[crypto_kem_mlkem768_SHAREDSECRETBYTES],
    const unsigned char ct[crypto_kem_mlkem768_CIPHERTEXTBYTES],
    const unsigned char sk[crypto_kem_mlkem768_SECRETKEYBYTES])
{
    struct {
        uint8_t m[32];
        struct {
            uint8_t key[32], r[32];
        } g;
        uint8_t rejected[32], ct[CT_BYTES];
        uint32_t keep; /* all bits set where ct is genuine, else none */
    } w;
    int i;

    pke_decrypt(w.m, sk, ct);
    eider_keccak_hash(EIDER_SHA3_512, &w.g, sizeof w.g, w.m, 32, sk + DK_HASH,
                      32);
    eider_keccak_hash(EIDER_SHAKE256, w.rejected, 32, sk + DK_Z, 32, ct,
                      CT_BYTES);
    pke_encrypt(w.ct, sk + DK_EK, w.m, w.g.r);
    w.keep = ~hide((uint32_t)sodium_memcmp(w.ct, ct, CT_BYTES)); /* 0 or -1 */
    for (i = 0; i < 32; i++)
        ss[i] =
            (uint8_t)(w.rejected[i] ^ (w.keep & (w.g.key[i] ^ w.rejected[i])));
    sodium_memzero(&w, sizeof w);
    return 0;
}

#endif
