/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the Noise Protocol Framework, revision 34, as a table of tokens, for
 * 25519, ChaChaPoly and BLAKE2b, with the hybrid forward secrecy tokens e1 and
 * ekem1 over ML-KEM-768.
 *
 * Eider itself uses XXhfs; the other patterns run through the same code so
 * that published vectors prove it.
 *
 * Invariants
 *   1. A read that fails leaves the state unusable for its caller's original:
 *      callers read on a copy and keep the copy only on success.
 *   2. A pair is drawn with one 32-byte read of randomness, e1 with one of 64,
 *      ekem1 with one of 32, in the order of the tokens.
 *
 * Spec: PROTOCOL.md, "Handshake".  Vectors: tests/vectors/noise.txt, and
 * published ones.
 */
#ifndef EIDER_NOISE_H
#define EIDER_NOISE_H

#include "eider/crypto.h"
#include "eider/pack.h"

#define EIDER_KEM_PK 1184
#define EIDER_KEM_SK 2400
#define EIDER_KEM_CT 1088

typedef enum {
    EIDER_NOISE_NN,
    EIDER_NOISE_NX,
    EIDER_NOISE_XX,
    EIDER_NOISE_XXHFS,
    EIDER_NOISE_PATTERNS
} eider_noise_pattern;

/* Plain data: copy by assignment, wipe after use. */
typedef struct {
    uint8_t pattern, initiator, message; /* message: next one, from 0 */
    uint8_t has_key;
    uint64_t n;
    uint8_t ck[EIDER_HASH_LEN], h[EIDER_HASH_LEN];
    eider_secret k;
    eider_keypair s, e;
    eider_public rs, re;
    uint8_t kem_sk[EIDER_KEM_SK]; /* of our e1 */
    uint8_t kem_pk[EIDER_KEM_PK]; /* of the other side's e1 */
} eider_noise;

void eider_noise_wipe(eider_noise *n);

/* Start; @s may be NULL where the pattern never sends ours. */
void eider_noise_init(eider_noise *n, eider_noise_pattern p, bool initiator,
                      eider_slice prologue, const eider_keypair *s);

/*
 * Write, read the next message.
 *
 * Out:      out  cleared, then the message / the payload
 * Returns:  EIDER_OK
 *           EIDER_E_STATE      not our turn, or the handshake is over
 *           EIDER_E_MALFORMED  too short
 *           EIDER_E_AUTH       a tag, a low-order point, or an ek that fails
 *                              the modulus check
 *           EIDER_E_INTERNAL
 * On error: @out is empty; @n must be thrown away.
 */
EIDER_MUST_USE eider_err eider_noise_write(eider_noise *n, eider_slice payload,
                                           eider_buf *out);
EIDER_MUST_USE eider_err eider_noise_read(eider_noise *n, eider_slice message,
                                          eider_buf *out);

bool eider_noise_is_done(const eider_noise *n);

/* Split(): k1 is initiator to responder.  Only when done. */
void eider_noise_split(const eider_noise *n, eider_secret *k1,
                       eider_secret *k2);

/* Storage.  Unpickling gives EIDER_E_MALFORMED and a wiped @n. */
void eider_noise_pickle(const eider_noise *n, eider_buf *out);
EIDER_MUST_USE eider_err eider_noise_unpickle(eider_noise *n, eider_reader *r);

#endif
