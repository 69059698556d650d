/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/crypto.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define HMAC_BLOCK 128 /* BLAKE2b's block, Noise revision 34 section 4.3 */

static uint64_t dh_computed;

eider_err
eider_crypto_init(void)
{
    return sodium_init() < 0 ? EIDER_E_INTERNAL : EIDER_OK;
}

void
eider_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}

uint32_t
eider_random_below(uint32_t bound)
{
    return bound < 2 ? 0 : randombytes_uniform(bound);
}

void
eider_keypair_from(eider_keypair *out, const eider_secret *sk)
{
    out->sk = *sk;
    dh_computed++;
    crypto_scalarmult_base(out->pk.b, out->sk.b);
}

void
eider_keypair_new(eider_keypair *out)
{
    EIDER_AUTO(eider_secret) sk;

    randombytes_buf(sk.b, sizeof sk.b);
    eider_keypair_from(out, &sk);
}

eider_err
eider_dh(const eider_secret *sk, const eider_public *pk, eider_secret *out)
{
    dh_computed++;
    if (crypto_scalarmult(out->b, sk->b, pk->b) != 0 ||
        sodium_is_zero(out->b, sizeof out->b)) {
        eider_secret_wipe(out);
        return EIDER_E_AUTH;
    }
    return EIDER_OK;
}

uint64_t
eider_dh_count(void)
{
    return dh_computed;
}

void
eider_kdf(uint64_t i, const char ctx[8], const eider_secret *key,
          eider_secret *out)
{
    crypto_kdf_derive_from_key(out->b, sizeof out->b, i, ctx, key->b);
}

void
eider_hash(uint8_t *out, size_t out_len, const void *key, size_t key_len,
           const eider_slice *parts, size_t n)
{
    crypto_generichash_state st;

    assert(out_len >= 16 && out_len <= 64 && key_len <= 64);
    crypto_generichash_init(&st, key, key_len, out_len);
    for (size_t i = 0; i < n; i++)
        crypto_generichash_update(&st, parts[i].p, parts[i].n);
    crypto_generichash_final(&st, out, out_len);
    sodium_memzero(&st, sizeof st);
}

void
eider_hmac(const void *key, size_t key_len, eider_slice data,
           uint8_t out[EIDER_HASH_LEN])
{
    uint8_t pad[HMAC_BLOCK], inner[EIDER_HASH_LEN];
    const eider_slice in[2] = {{pad, sizeof pad}, data};
    const eider_slice outer[2] = {{pad, sizeof pad}, {inner, sizeof inner}};

    assert(key_len <= HMAC_BLOCK);
    memset(pad, 0x36, sizeof pad);
    for (size_t i = 0; i < key_len; i++)
        pad[i] ^= ((const uint8_t *)key)[i];
    eider_hash(inner, sizeof inner, NULL, 0, in, 2);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    eider_hash(out, EIDER_HASH_LEN, NULL, 0, outer, 2);
    sodium_memzero(pad, sizeof pad);
    sodium_memzero(inner, sizeof inner);
}

void
eider_hkdf(const void *ck, size_t ck_len, eider_slice ikm, unsigned outs,
           uint8_t (*out)[EIDER_HASH_LEN])
{
    uint8_t temp[EIDER_HASH_LEN], block[EIDER_HASH_LEN + 1];
    size_t n = 0;

    assert(outs >= 1 && outs <= 3);
    eider_hmac(ck, ck_len, ikm, temp);
    for (unsigned i = 0; i < outs; i++) {
        block[n] = (uint8_t)(i + 1);
        eider_hmac(temp, sizeof temp, (eider_slice){block, n + 1}, out[i]);
        memcpy(block, out[i], EIDER_HASH_LEN);
        n = EIDER_HASH_LEN;
    }
    sodium_memzero(temp, sizeof temp);
    sodium_memzero(block, sizeof block);
}

void
eider_stream(const eider_secret *key, const uint8_t nonce[EIDER_NONCE_LEN],
             const uint8_t *in, size_t n, uint8_t *out)
{
    crypto_stream_xchacha20_xor(out, in, n, nonce, key->b);
}

void
eider_aead_seal(const eider_secret *key, const uint8_t nonce[EIDER_NONCE_LEN],
                const uint8_t *in, size_t n, uint8_t *out)
{
    crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, in, n, NULL, 0, NULL,
                                               nonce, key->b);
}

eider_err
eider_aead_open(const eider_secret *key, const uint8_t nonce[EIDER_NONCE_LEN],
                const uint8_t *in, size_t n, uint8_t *out)
{
    if (n < EIDER_TAG_LEN ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in, n, NULL,
                                                   0, nonce, key->b) != 0)
        return EIDER_E_AUTH;
    return EIDER_OK;
}

static void
noise_nonce(uint64_t n,
            uint8_t out[crypto_aead_chacha20poly1305_ietf_NPUBBYTES])
{
    memset(out, 0, 4);
    for (int i = 0; i < 8; i++)
        out[4 + i] = (uint8_t)(n >> (8 * i));
}

void
eider_noise_seal(const eider_secret *key, uint64_t n, eider_slice ad,
                 eider_slice in, uint8_t *out)
{
    uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

    noise_nonce(n, nonce);
    crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, in.p, in.n, ad.p, ad.n,
                                              NULL, nonce, key->b);
}

eider_err
eider_noise_open(const eider_secret *key, uint64_t n, eider_slice ad,
                 eider_slice in, uint8_t *out)
{
    uint8_t nonce[crypto_aead_chacha20poly1305_ietf_NPUBBYTES];

    noise_nonce(n, nonce);
    if (in.n < EIDER_TAG_LEN ||
        crypto_aead_chacha20poly1305_ietf_decrypt(
            out, NULL, NULL, in.p, in.n, ad.p, ad.n, nonce, key->b) != 0)
        return EIDER_E_AUTH;
    return EIDER_OK;
}

void
eider_sha512(uint8_t out[EIDER_SHA512_LEN], const eider_slice *parts, size_t n)
{
    crypto_hash_sha512_state st;

    crypto_hash_sha512_init(&st);
    for (size_t i = 0; i < n; i++)
        crypto_hash_sha512_update(&st, parts[i].p, parts[i].n);
    crypto_hash_sha512_final(&st, out);
    sodium_memzero(&st, sizeof st);
}

void
eider_hmac_sha512(uint8_t out[EIDER_SHA512_LEN], const void *key,
                  size_t key_len, eider_slice data)
{
    crypto_auth_hmacsha512_state st;

    crypto_auth_hmacsha512_init(&st, key, key_len);
    crypto_auth_hmacsha512_update(&st, data.p, data.n);
    crypto_auth_hmacsha512_final(&st, out);
    sodium_memzero(&st, sizeof st);
}

void
eider_scalar_new(eider_secret *out)
{
    crypto_core_ristretto255_scalar_random(out->b);
}

void
eider_point_of_hash(const uint8_t hash[EIDER_SHA512_LEN], eider_secret *out)
{
    crypto_core_ristretto255_from_hash(out->b, hash);
}

eider_err
eider_point_hide(const eider_secret *s, const eider_secret *g,
                 eider_public *out)
{
    if (crypto_scalarmult_ristretto255(out->b, s->b, g->b) != 0) {
        sodium_memzero(out->b, sizeof out->b);
        return EIDER_E_AUTH;
    }
    return EIDER_OK;
}

eider_err
eider_point_join(const eider_secret *s, const eider_public *y,
                 eider_secret *out)
{
    if (crypto_scalarmult_ristretto255(out->b, s->b, y->b) != 0) {
        eider_secret_wipe(out);
        return EIDER_E_AUTH;
    }
    return EIDER_OK;
}

eider_err
eider_passphrase_key(const char *pass, size_t n, const uint8_t *salt,
                     eider_secret *out)
{
    if (crypto_pwhash(out->b, sizeof out->b, pass, n, salt,
                      crypto_pwhash_OPSLIMIT_MODERATE,
                      crypto_pwhash_MEMLIMIT_MODERATE,
                      crypto_pwhash_ALG_ARGON2ID13) != 0) {
        eider_secret_wipe(out);
        return EIDER_E_INTERNAL;
    }
    return EIDER_OK;
}
