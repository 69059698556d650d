/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the suite.  The only door to libsodium for everything but ML-KEM: one
 * function for each use that PROTOCOL.md makes of a primitive, with its
 * parameters fixed here.
 *
 * eider_crypto_init() comes before everything else in this folder.
 *
 * Spec: PROTOCOL.md, "Primitives".
 */
#ifndef EIDER_CRYPTO_H
#define EIDER_CRYPTO_H

#include "eider/mem.h"

#define EIDER_NONCE_LEN     24 /* XChaCha20 and the synthetic IV */
#define EIDER_TAG_LEN       16 /* Poly1305 */
#define EIDER_HASH_LEN      64 /* BLAKE2b as Noise uses it */
#define EIDER_PASS_SALT_LEN 16 /* Argon2id */
#define EIDER_SHA512_LEN    64 /* of CPace, and its HMAC */

/* Returns EIDER_E_INTERNAL if libsodium cannot start (no entropy). */
EIDER_MUST_USE eider_err eider_crypto_init(void);

/* Fill with random bytes; aborts where there is no entropy. */
void eider_random(void *out, size_t n);
uint32_t eider_random_below(uint32_t bound); /* uniform in 0 .. bound-1 */

/* X25519.  A pair is drawn with exactly one 32-byte read of randomness. */
void eider_keypair_new(eider_keypair *out);
void eider_keypair_from(eider_keypair *out, const eider_secret *sk);

/*
 * X25519 of @sk and @pk.
 *
 * Returns:  EIDER_OK
 *           EIDER_E_AUTH  the result is all zero (a low-order point)
 * On error: @out is wiped.
 */
EIDER_MUST_USE eider_err eider_dh(const eider_secret *sk,
                                  const eider_public *pk, eider_secret *out);

/* Number of eider_dh() and key pair computations in this process, for tests
 * that count what a stranger can make us compute. */
uint64_t eider_dh_count(void);

/* crypto_kdf: BLAKE2b-256 keyed with @key, subkey @i, 8-character @ctx. */
void eider_kdf(uint64_t i, const char ctx[8], const eider_secret *key,
               eider_secret *out);

/* BLAKE2b of @n parts in order, unkeyed (@key NULL) or keyed with @key_len
 * bytes; @out_len 16 to 64. */
void eider_hash(uint8_t *out, size_t out_len, const void *key, size_t key_len,
                const eider_slice *parts, size_t n);

/* HMAC-BLAKE2b (64-byte output), Noise revision 34 section 4.3; and its HKDF
 * with @outs outputs of 64 bytes each in @out (@outs 1 to 3). */
void eider_hmac(const void *key, size_t key_len, eider_slice data,
                uint8_t out[EIDER_HASH_LEN]);
void eider_hkdf(const void *ck, size_t ck_len, eider_slice ikm, unsigned outs,
                uint8_t (*out)[EIDER_HASH_LEN]);

/* XChaCha20, block counter 0; @out may be @in. */
void eider_stream(const eider_secret *key, const uint8_t nonce[EIDER_NONCE_LEN],
                  const uint8_t *in, size_t n, uint8_t *out);

/* XChaCha20-Poly1305, empty associated data.  @out has @n + EIDER_TAG_LEN
 * bytes; opening takes the sealed length and gives EIDER_E_AUTH. */
void eider_aead_seal(const eider_secret *key,
                     const uint8_t nonce[EIDER_NONCE_LEN], const uint8_t *in,
                     size_t n, uint8_t *out);
EIDER_MUST_USE eider_err eider_aead_open(const eider_secret *key,
                                         const uint8_t nonce[EIDER_NONCE_LEN],
                                         const uint8_t *in, size_t n,
                                         uint8_t *out);

/* ChaCha20-Poly1305 (IETF) as Noise uses it: nonce = 4 zeros and @n as u64.
 * @out has EIDER_TAG_LEN bytes more than @in, or less; opening gives
 * EIDER_E_AUTH. */
void eider_noise_seal(const eider_secret *key, uint64_t n, eider_slice ad,
                      eider_slice in, uint8_t *out);
EIDER_MUST_USE eider_err eider_noise_open(const eider_secret *key, uint64_t n,
                                          eider_slice ad, eider_slice in,
                                          uint8_t *out);

/* SHA-512, and HMAC-SHA-512, of @n parts in order: for CPace. */
void eider_sha512(uint8_t out[EIDER_SHA512_LEN], const eider_slice *parts,
                  size_t n);
void eider_hmac_sha512(uint8_t out[EIDER_SHA512_LEN], const void *key,
                       size_t key_len, eider_slice data);

/* ristretto255 for CPace.  A scalar is drawn below the order of the group. */
void eider_scalar_new(eider_secret *out);
void eider_point_of_hash(const uint8_t hash[EIDER_SHA512_LEN],
                         eider_secret *out);

/*
 * @s times the secret generator @g, to be sent; and times a point that came.
 *
 * Returns:  EIDER_OK
 *           EIDER_E_AUTH  no encoding of a point, or the result is the neutral
 *                         element
 * On error: @out is wiped.
 */
EIDER_MUST_USE eider_err eider_point_hide(const eider_secret *s,
                                          const eider_secret *g,
                                          eider_public *out);
EIDER_MUST_USE eider_err eider_point_join(const eider_secret *s,
                                          const eider_public *y,
                                          eider_secret *out);

/* Argon2id of @n bytes with libsodium's MODERATE cost: about a second and
 * 256 MiB, so call it where nobody waits.  @salt has EIDER_PASS_SALT_LEN bytes.
 * EIDER_E_INTERNAL when memory is short. */
EIDER_MUST_USE eider_err eider_passphrase_key(const char *pass, size_t n,
                                              const uint8_t *salt,
                                              eider_secret *out);

#endif
