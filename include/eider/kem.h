/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: ML-KEM-768 (FIPS 203), the post-quantum half of the handshake.
 *
 * Where libsodium has ML-KEM (1.0.22), its functions are used.  Elsewhere
 * plugin/proto/mlkem768.c offers the functions below, with libsodium's names,
 * prototypes, sizes and answers, so that no caller knows the difference; that
 * file and keccak.c can be deleted the day nobody builds with an older one.
 *
 *     ek, dk <- keypair      ct, ss <- enc(ek)      ss <- dec(ct, dk)
 *
 * libsodium's words: pk is FIPS 203's ek, sk is dk (it holds ek too), the seed
 * of a key pair is d || z, that of an encapsulation is m.
 *
 * Invariants
 *   1. No branch and no memory index depends on a secret (tests/ctime).
 *   2. An ek with a coefficient that is not reduced is never used.
 *   3. A damaged ct gives a shared secret that looks random, never an error.
 *
 * Only plugin/proto includes this file, as it includes <sodium.h>.
 *
 * Spec: FIPS 203; PROTOCOL.md, "Primitives".
 */
#ifndef EIDER_KEM_H
#define EIDER_KEM_H

#include <sodium.h>
#include <stdbool.h>

/*
 * EIDER_KEM_OWN is defined where our implementation is compiled.  Tests define
 * EIDER_KEM_BESIDE to get it under other names, next to libsodium's.
 */
#if defined EIDER_KEM_BESIDE || !defined crypto_kem_mlkem768_PUBLICKEYBYTES
#define EIDER_KEM_OWN 1
#endif

#ifdef EIDER_KEM_BESIDE
#define crypto_kem_mlkem768_seed_keypair      eider_mlkem768_seed_keypair
#define crypto_kem_mlkem768_keypair           eider_mlkem768_keypair
#define crypto_kem_mlkem768_enc               eider_mlkem768_enc
#define crypto_kem_mlkem768_enc_deterministic eider_mlkem768_enc_deterministic
#define crypto_kem_mlkem768_dec               eider_mlkem768_dec
#endif

#ifndef crypto_kem_mlkem768_PUBLICKEYBYTES
#define crypto_kem_mlkem768_PUBLICKEYBYTES    1184U
#define crypto_kem_mlkem768_SECRETKEYBYTES    2400U
#define crypto_kem_mlkem768_CIPHERTEXTBYTES   1088U
#define crypto_kem_mlkem768_SHAREDSECRETBYTES 32U
#define crypto_kem_mlkem768_SEEDBYTES         64U
#endif

/*
 * Is @ek an encapsulation key, each of its coefficients below q?
 *
 * FIPS 203 7.2.  Both implementations of enc check it too and refuse; a caller
 * that wants to refuse a message before it does any work asks here.
 *
 * In:       ek  1184 bytes, public
 */
__attribute__((warn_unused_result, nonnull)) bool
eider_kem_check_ek(const unsigned char ek[crypto_kem_mlkem768_PUBLICKEYBYTES]);

#ifdef EIDER_KEM_OWN

/* Never exported: a host that has libsodium's functions keeps its own. */
#pragma GCC visibility push(hidden)

/*
 * Make the key pair that belongs to @seed, which is d || z.
 *
 * Out:      pk, sk
 * Returns:  0, always
 * Secrets:  @seed and @sk are the caller's to wipe.
 * Spec:     FIPS 203, algorithm 16
 */
__attribute__((nonnull)) int crypto_kem_mlkem768_seed_keypair(
    unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES],
    unsigned char sk[crypto_kem_mlkem768_SECRETKEYBYTES],
    const unsigned char seed[crypto_kem_mlkem768_SEEDBYTES]);

/* The same from 64 bytes of randombytes_buf(). */
__attribute__((nonnull)) int crypto_kem_mlkem768_keypair(
    unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES],
    unsigned char sk[crypto_kem_mlkem768_SECRETKEYBYTES]);

/*
 * Make a shared secret for the owner of @pk, out of @seed, which is m.
 *
 * Out:      ct  to send, ss  to keep
 * Returns:  0, or -1 if @pk is no encapsulation key
 * On error: @ct and @ss are unchanged.
 * Secrets:  @seed and @ss are the caller's to wipe.
 * Spec:     FIPS 203, algorithm 17
 */
__attribute__((warn_unused_result, nonnull)) int
crypto_kem_mlkem768_enc_deterministic(
    unsigned char ct[crypto_kem_mlkem768_CIPHERTEXTBYTES],
    unsigned char ss[crypto_kem_mlkem768_SHAREDSECRETBYTES],
    const unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES],
    const unsigned char seed[32]);

/* The same from 32 bytes of randombytes_buf(). */
__attribute__((warn_unused_result, nonnull)) int crypto_kem_mlkem768_enc(
    unsigned char ct[crypto_kem_mlkem768_CIPHERTEXTBYTES],
    unsigned char ss[crypto_kem_mlkem768_SHAREDSECRETBYTES],
    const unsigned char pk[crypto_kem_mlkem768_PUBLICKEYBYTES]);

/*
 * Find the shared secret in @ct.
 *
 * A @ct that was not made for @sk gives a secret that nobody else has, and
 * takes the same time: only what is done with the secret shows it.
 *
 * In:       ct  any 1088 bytes
 *           sk  as made by the functions above; it is not checked
 * Out:      ss
 * Returns:  0, always
 * Spec:     FIPS 203, algorithm 18
 */
__attribute__((warn_unused_result, nonnull)) int crypto_kem_mlkem768_dec(
    unsigned char ss[crypto_kem_mlkem768_SHAREDSECRETBYTES],
    const unsigned char ct[crypto_kem_mlkem768_CIPHERTEXTBYTES],
    const unsigned char sk[crypto_kem_mlkem768_SECRETKEYBYTES]);

#pragma GCC visibility pop

#endif

#endif
