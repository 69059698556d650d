/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a value stops being secret inside of what all.c calls.  The linker puts
 * these in the places of the functions (--wrap); each says why.
 */
#include "eider/crypto.h"
#include "eider/noise.h"
#include "eider/pq.h"

#include <sodium.h>
#include <valgrind/memcheck.h>

#define PUBLIC(p, n) VALGRIND_MAKE_MEM_DEFINED(p, n)

#define WRAPPED(type, name, ...)                                               \
    type __real_##name(__VA_ARGS__);                                           \
    type __wrap_##name(__VA_ARGS__);                                           \
    type __wrap_##name(__VA_ARGS__)

/* Whether two things are equal: the answer is what one asks for, and what is
 * done next shows it. */
WRAPPED(bool, eider_equal, const void *a, const void *b, size_t n)
{
    bool is_equal = __real_eider_equal(a, b, n);

    PUBLIC(&is_equal, sizeof is_equal);
    return is_equal;
}

WRAPPED(bool, eider_public_is_equal, const eider_public *a,
        const eider_public *b)
{
    bool is_equal = __real_eider_public_is_equal(a, b);

    PUBLIC(&is_equal, sizeof is_equal);
    return is_equal;
}

/* Whether a key exchange failed: the other side's point was of low order, or
 * none, and the message is dropped. */
WRAPPED(int, crypto_scalarmult, unsigned char *q, const unsigned char *n,
        const unsigned char *p)
{
    int err = __real_crypto_scalarmult(q, n, p);

    PUBLIC(&err, sizeof err);
    return err;
}

WRAPPED(int, sodium_is_zero, const unsigned char *p, const size_t n)
{
    int is_zero = __real_sodium_is_zero(p, n);

    PUBLIC(&is_zero, sizeof is_zero);
    return is_zero;
}

WRAPPED(int, crypto_scalarmult_ristretto255, unsigned char *q,
        const unsigned char *n, const unsigned char *p)
{
    int err = __real_crypto_scalarmult_ristretto255(q, n, p);

    PUBLIC(&err, sizeof err);
    return err;
}

/* Whether a tag was right shows in what happens. */
#define CRYPTO_VERDICT(name)                                                   \
    WRAPPED(int, name, unsigned char *m, unsigned long long *mlen,             \
            unsigned char *nsec, const unsigned char *c,                       \
            unsigned long long clen, const unsigned char *ad,                  \
            unsigned long long adlen, const unsigned char *npub,               \
            const unsigned char *k)                                            \
    {                                                                          \
        int err = __real_##name(m, mlen, nsec, c, clen, ad, adlen, npub, k);   \
                                                                               \
        PUBLIC(&err, sizeof err);                                              \
        return err;                                                            \
    }

CRYPTO_VERDICT(crypto_aead_xchacha20poly1305_ietf_decrypt)
CRYPTO_VERDICT(crypto_aead_chacha20poly1305_ietf_decrypt)

/* What opened is a header, whose numbers say which key comes next, or a file,
 * whose first field says how long it is; keys that are in a file stay secret. */
WRAPPED(eider_err, eider_aead_open, const eider_secret *key,
        const uint8_t nonce[EIDER_NONCE_LEN], const uint8_t *in, size_t n,
        uint8_t *out)
{
    eider_err err = __real_eider_aead_open(key, nonce, in, n, out);

    if (err == EIDER_OK)
        PUBLIC(out, n == 40 + EIDER_TAG_LEN ? 40 : 4);
    return err;
}

/* A payload says a version, and another is dropped. */
WRAPPED(eider_err, eider_noise_read, eider_noise *n, eider_slice message,
        eider_buf *out)
{
    eider_err err = __real_eider_noise_read(n, message, out);

    if (err == EIDER_OK && out->n > 0)
        PUBLIC(out->p, 1);
    return err;
}

/* Under the mask of a fragment are its type, id and place, and a message of
 * Noise, which is public or sealed by itself.  Bodies have other sizes. */
WRAPPED(void, eider_stream, const eider_secret *key,
        const uint8_t nonce[EIDER_NONCE_LEN], const uint8_t *in, size_t n,
        uint8_t *out)
{
    __real_eider_stream(key, nonce, in, n, out);
    if (n == 256 || n == 1376)
        PUBLIC(out, n);
}

/* The records of a body that has verified steer what is done; their symbols
 * are an encapsulation key and a ciphertext. */
WRAPPED(void, eider_pq_take, eider_pq *pq, const eider_body *body)
{
    EIDER_AUTO(eider_body) seen = *body;

    PUBLIC(seen.b, sizeof seen.b);
    __real_eider_pq_take(pq, &seen);
}

/* The name of a file is a hash with a key, and stands in a folder; so do the
 * checks of the master key's file, of the same length. */
WRAPPED(void, eider_hash, uint8_t *out, size_t out_len, const void *key,
        size_t key_len, const eider_slice *parts, size_t n)
{
    __real_eider_hash(out, out_len, key, key_len, parts, n);
    if (out_len == 16)
        PUBLIC(out, out_len);
}
