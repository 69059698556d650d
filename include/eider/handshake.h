/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the handshake's three messages, and the masked fragments that carry
 * them.  Noise_XXhfs_25519+MLKEM768_ChaChaPoly_BLAKE2b, prologue "EIDER/1".
 *
 *     initiator  ──1──▶  ◀──2──  ──3──▶  responder
 *
 * Knows nothing of peers, time, repeats and who may be answered: that is the
 * engine's.  Nothing here changes its input, so a failed read leaves the
 * attempt as it was.
 *
 * Spec: PROTOCOL.md, "Handshake".  Vectors: tests/vectors/handshake.txt,
 * fragment.txt.
 */
#ifndef EIDER_HANDSHAKE_H
#define EIDER_HANDSHAKE_H

#include "eider/frame.h"
#include "eider/noise.h"

#define EIDER_HS_LEN     1220 /* messages 1 and 2 */
#define EIDER_HS_LEN_3   244  /* message 3 */
#define EIDER_HS_ID_LEN  6
#define EIDER_H1_LEN     32
#define EIDER_FRAGMENTS  5 /* S frames of message 1 and of message 2 */
#define EIDER_FRAGMENT_S 244
#define EIDER_FRAGMENT_M 1364

typedef struct {
    uint8_t b[EIDER_HS_ID_LEN];
} eider_hs_id;

/* What both sides hold at the end; PROTOCOL.md, "Session keys". */
typedef struct {
    eider_secret rk0, hk_initiator, nhk_responder, sask, sid, rm, export;
} eider_session_keys;

typedef struct {
    bool initiator; /* who we were */
    eider_session_keys keys;
    eider_public peer;           /* the other side's static key, proven */
    eider_keypair responder_e;   /* responder: its e; first ratchet key */
    eider_public responder_e_pk; /* initiator: the same, public half */
} eider_outcome;

typedef struct {
    eider_noise noise;
    uint8_t message[EIDER_HS_LEN]; /* 1 of the initiator, 2 of the responder */
    uint8_t h1[EIDER_H1_LEN];
    eider_hs_id id1;  /* of message 1 */
    eider_hs_id id23; /* responder: of messages 2 and 3 */
} eider_attempt;

void eider_attempt_wipe(eider_attempt *a);
void eider_outcome_wipe(eider_outcome *o);

/* Initiator: draw e and e1, make message 1.  EIDER_E_INTERNAL. */
EIDER_MUST_USE eider_err eider_attempt_start(eider_attempt *out,
                                             const eider_keypair *s);

/* Responder: read message 1 (EIDER_HS_LEN bytes), make message 2.
 * EIDER_E_AUTH, EIDER_E_MALFORMED (another version): answer nothing. */
EIDER_MUST_USE eider_err eider_attempt_answer(eider_attempt *out,
                                              const eider_keypair *s,
                                              const uint8_t *message1);

/* Initiator: read message 2, make message 3 (EIDER_HS_LEN_3 bytes) and its id.
 * @a is not changed, so several devices may answer one message 1.
 * EIDER_E_AUTH, EIDER_E_MALFORMED; EIDER_E_STATE: @a is a responder's. */
EIDER_MUST_USE eider_err eider_attempt_finish(const eider_attempt *a,
                                              const uint8_t *message2,
                                              uint8_t *message3,
                                              eider_hs_id *id23,
                                              eider_outcome *out);

/* Responder: read message 3.  Errors likewise. */
EIDER_MUST_USE eider_err eider_attempt_accept(const eider_attempt *a,
                                              const uint8_t *message3,
                                              eider_outcome *out);

/* H1 and id of message 1; id of messages 2 and 3 from H1 and message 2. */
void eider_handshake_h1(const uint8_t *message1, uint8_t h1[EIDER_H1_LEN],
                        eider_hs_id *id1);
void eider_handshake_id23(const uint8_t *h1, const uint8_t *message2,
                          eider_hs_id *out);

/* Storage of an attempt of either role.  Unpickling gives EIDER_E_MALFORMED
 * and a wiped @a. */
void eider_attempt_pickle(const eider_attempt *a, eider_buf *out);
EIDER_MUST_USE eider_err eider_attempt_unpickle(eider_attempt *a,
                                                eider_reader *r);

typedef struct {
    eider_hs_id id;
    uint8_t message;                /* 1 to 3 */
    uint8_t index;                  /* 0 to 4 (S), 0 (M) */
    eider_size size;                /* S or M */
    uint8_t data[EIDER_FRAGMENT_M]; /* 244 or 1364 bytes count */
} eider_fragment;

/* The mask that everybody knows. */
void eider_mask_public(eider_secret *out);

/* Fragment @index of @message (its whole 1220 or 244 bytes) as a frame, with a
 * fresh salt.  Message 3 is always one S frame. */
void eider_fragment_seal(const eider_secret *mask, const eider_hs_id *id,
                         uint8_t message, uint8_t index, const uint8_t *whole,
                         eider_size size, eider_frame *out);

/* EIDER_E_AUTH: not with this mask.  EIDER_E_MALFORMED: with this mask, but no
 * such message, index or size. */
EIDER_MUST_USE eider_err eider_fragment_open(const eider_secret *mask,
                                             const eider_frame *f,
                                             eider_fragment *out);

#endif
