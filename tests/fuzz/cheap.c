/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stand-ins for the slow primitives, put in their places by the linker
 * (--wrap) in the fuzzers' programs only: what parsers and state machines do
 * does not hang on the strength of a group.  They keep what the callers may
 * rely on: two sides agree, what comes out hangs on what goes in, a point that
 * is none is refused, and a damaged ciphertext gives another secret.
 */
#include "fuzz/fuzz.h"

#include "eider/crypto.h"
#include "eider/kem.h"

#include <sodium.h>
#include <string.h>

int __wrap_crypto_scalarmult_base(unsigned char *q, const unsigned char *n);
int __wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n,
                             const unsigned char *p);
void __wrap_crypto_core_ristretto255_scalar_random(unsigned char *r);
int __wrap_crypto_core_ristretto255_from_hash(unsigned char *p,
                                              const unsigned char *r);
int __wrap_crypto_scalarmult_ristretto255(unsigned char *q,
                                          const unsigned char *n,
                                          const unsigned char *p);
int __wrap_crypto_kem_mlkem768_seed_keypair(unsigned char *pk,
                                            unsigned char *sk,
                                            const unsigned char *seed);
int __wrap_crypto_kem_mlkem768_enc_deterministic(unsigned char *ct,
                                                 unsigned char *ss,
                                                 const unsigned char *pk,
                                                 const unsigned char *seed);
int __wrap_crypto_kem_mlkem768_enc(unsigned char *ct, unsigned char *ss,
                                   const unsigned char *pk);
int __wrap_crypto_kem_mlkem768_dec(unsigned char *ss, const unsigned char *ct,
                                   const unsigned char *sk);

int __real_crypto_aead_xchacha20poly1305_ietf_encrypt(
    unsigned char *c, unsigned long long *clen, const unsigned char *m,
    unsigned long long mlen, const unsigned char *ad, unsigned long long adlen,
    const unsigned char *nsec, const unsigned char *npub,
    const unsigned char *k);
int __wrap_crypto_aead_xchacha20poly1305_ietf_encrypt(
    unsigned char *c, unsigned long long *clen, const unsigned char *m,
    unsigned long long mlen, const unsigned char *ad, unsigned long long adlen,
    const unsigned char *nsec, const unsigned char *npub,
    const unsigned char *k);
int __real_crypto_aead_xchacha20poly1305_ietf_decrypt(
    unsigned char *m, unsigned long long *mlen, unsigned char *nsec,
    const unsigned char *c, unsigned long long clen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *npub,
    const unsigned char *k);
int __wrap_crypto_aead_xchacha20poly1305_ietf_decrypt(
    unsigned char *m, unsigned long long *mlen, unsigned char *nsec,
    const unsigned char *c, unsigned long long clen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *npub,
    const unsigned char *k);

/* ---- X25519: addition without a carry -------------------------------------- */

int
__wrap_crypto_scalarmult_base(unsigned char *q, const unsigned char *n)
{
    for (int i = 0; i < 32; i++)
        q[i] = n[i] ^ 0x9c;
    return 0;
}

int
__wrap_crypto_scalarmult(unsigned char *q, const unsigned char *n,
                         const unsigned char *p)
{
    for (int i = 0; i < 32; i++)
        q[i] = n[i] ^ p[i] ^ 0x9c;
    /* A few points of low order. */
    if (sodium_is_zero(p, 32) || (p[0] == 1 && sodium_is_zero(p + 1, 31)))
        memset(q, 0, 32);
    return sodium_is_zero(q, 32) ? -1 : 0;
}

/* ---- ristretto255: the same; an odd first byte is no point ----------------- */

void
__wrap_crypto_core_ristretto255_scalar_random(unsigned char *r)
{
    randombytes_buf(r, 32);
    r[0] &= 0xfe;
}

int
__wrap_crypto_core_ristretto255_from_hash(unsigned char *p,
                                          const unsigned char *r)
{
    memcpy(p, r, 32);
    p[0] &= 0xfe;
    return 0;
}

int
__wrap_crypto_scalarmult_ristretto255(unsigned char *q, const unsigned char *n,
                                      const unsigned char *p)
{
    if (p[0] & 1)
        return -1;
    for (int i = 0; i < 32; i++)
        q[i] = n[i] ^ p[i];
    return sodium_is_zero(q, 32) ? -1 : 0;
}

/* ---- ML-KEM-768: ct carries m under the first bytes of ek -------------------- */

#define PK crypto_kem_mlkem768_PUBLICKEYBYTES
#define SK crypto_kem_mlkem768_SECRETKEYBYTES
#define CT crypto_kem_mlkem768_CIPHERTEXTBYTES

/* 32 bytes again and again, each coefficient below q. */
static void
stretch(unsigned char *out, size_t n, const unsigned char *seed)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (seed[i % 32] ^ (unsigned char)(i / 32)) & 0x77;
}

static void
share(unsigned char *ss, const unsigned char *m, unsigned char c)
{
    for (int i = 0; i < 32; i++)
        ss[i] = m[i] ^ (unsigned char)(c + i);
}

int
__wrap_crypto_kem_mlkem768_seed_keypair(unsigned char *pk, unsigned char *sk,
                                        const unsigned char *seed)
{
    stretch(pk, PK, seed);
    memset(sk, 0, SK);
    memcpy(sk, pk, PK);
    memcpy(sk + PK, seed, 64);
    return 0;
}

int
__wrap_crypto_kem_mlkem768_enc_deterministic(unsigned char *ct,
                                             unsigned char *ss,
                                             const unsigned char *pk,
                                             const unsigned char *seed)
{
    if (!eider_kem_check_ek(pk))
        return -1;
    for (size_t i = 0; i < CT; i++)
        ct[i] = seed[i % 32] ^ pk[i];
    share(ss, seed, 1);
    return 0;
}

int
__wrap_crypto_kem_mlkem768_enc(unsigned char *ct, unsigned char *ss,
                               const unsigned char *pk)
{
    unsigned char seed[32];

    randombytes_buf(seed, sizeof seed);
    return __wrap_crypto_kem_mlkem768_enc_deterministic(ct, ss, pk, seed);
}

int
__wrap_crypto_kem_mlkem768_dec(unsigned char *ss, const unsigned char *ct,
                               const unsigned char *sk)
{
    unsigned char m[32], bad = 0;

    for (size_t i = 0; i < 32; i++)
        m[i] = ct[i] ^ sk[i];
    for (size_t i = 0; i < CT; i++)
        bad |= ct[i] ^ m[i % 32] ^ sk[i];
    share(ss, bad ? sk + PK + 32 : m, 1);
    if (bad)
        for (size_t i = 0; i < CT; i++)
            ss[i % 32] ^= (unsigned char)(ct[i] + i / 32);
    return 0;
}

/* ---- sealed files: one pass instead of two --------------------------------- */

#define LARGE 2000 /* headers of frames are smaller, and stay what they are */

/* A word of key and nonce over all of it, and a hash of what comes out. */
static void
blur(unsigned char *out, const unsigned char *in, size_t n,
     const unsigned char *npub, const unsigned char *k, bool tag_in,
     unsigned char *tag)
{
    uint64_t key[4], nonce[3], pad, h[2];

    memcpy(key, k, sizeof key);
    memcpy(nonce, npub, sizeof nonce);
    pad = (key[0] ^ nonce[0]) * UINT64_C(0x9E3779B97F4A7C15) ^ key[1];
    h[0] = key[2] ^ nonce[1] ^ pad; /* the nonce is bound, as by the real one */
    h[1] = key[3] ^ nonce[2] ^ n;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t x = 0, y = 0;

        if (n - i >= 8) {
            memcpy(&x, in + i, 8);
            y = x ^ pad;
            memcpy(out + i, &y, 8);
        } else { /* what is left */
            memcpy(&x, in + i, n - i);
            pad ^= x;
            memcpy(&y, &pad, n - i);
            memcpy(out + i, &y, n - i);
        }
        h[0] = (h[0] ^ (tag_in ? x : y)) * UINT64_C(0xBF58476D1CE4E5B9);
        h[0] ^= h[0] >> 29;
        h[1] = (h[1] << 23 | h[1] >> 41) + h[0];
        pad += UINT64_C(0x94D049BB133111EB);
    }
    h[1] += h[0] * UINT64_C(0x9E3779B97F4A7C15);
    memcpy(tag, h, 16);
}

int
__wrap_crypto_aead_xchacha20poly1305_ietf_encrypt(
    unsigned char *c, unsigned long long *clen, const unsigned char *m,
    unsigned long long mlen, const unsigned char *ad, unsigned long long adlen,
    const unsigned char *nsec, const unsigned char *npub,
    const unsigned char *k)
{
    if (mlen < LARGE)
        return __real_crypto_aead_xchacha20poly1305_ietf_encrypt(
            c, clen, m, mlen, ad, adlen, nsec, npub, k);
    blur(c, m, mlen, npub, k, false, c + mlen);
    return 0;
}

int
__wrap_crypto_aead_xchacha20poly1305_ietf_decrypt(
    unsigned char *m, unsigned long long *mlen, unsigned char *nsec,
    const unsigned char *c, unsigned long long clen, const unsigned char *ad,
    unsigned long long adlen, const unsigned char *npub, const unsigned char *k)
{
    unsigned char tag[16];

    if (clen < LARGE + 16)
        return __real_crypto_aead_xchacha20poly1305_ietf_decrypt(
            m, mlen, nsec, c, clen, ad, adlen, npub, k);
    blur(m, c, clen - 16, npub, k, true, tag);
    if (memcmp(tag, c + clen - 16, sizeof tag) == 0)
        return 0;
    memset(m, 0, clen - 16);
    return -1;
}
