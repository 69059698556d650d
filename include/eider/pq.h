/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the post-quantum ratchet, in the space that padding leaves.
 *
 * One side makes an ML-KEM key (ek), the other answers with a ciphertext (ct);
 * both go as numbered symbols of 32 bytes, a few in each frame, in whatever
 * order they arrive.  The shared secret enters the root key at the next DH
 * step of the side that made the key; then the two change roles.  That is one
 * epoch.  Nothing on the wire shows it: no frame is sent for it and none gets
 * longer.
 *
 *     ek, 37 symbols ──▶   ◀── have      what of ours has arrived
 *          have ──▶        ◀── ct, 34 symbols
 *          DH step that mixes ──▶
 *
 * Does not know frames, keys of the ratchet, or time.
 *
 * Invariants
 *   1. A symbol that arrived is not replaced by another.
 *   2. Whatever the peer sends, one body costs at most one operation of
 *      ML-KEM, and the state stays below 4 KiB.
 *   3. What belongs to an epoch is wiped when its secret was mixed.
 *
 * Spec: PROTOCOL.md, "Post-quantum ratchet".  Vectors: pq.txt.
 */
#ifndef EIDER_PQ_H
#define EIDER_PQ_H

#include "eider/pack.h"
#include "eider/record.h"

#define EIDER_PQ_SYMBOL     32 /* bytes */
#define EIDER_PQ_EK_SYMBOLS 37
#define EIDER_PQ_CT_SYMBOLS 34
#define EIDER_PQ_SEED       64 /* d || z */
#define EIDER_PQ_DK         2400

/* Kinds of EIDER_R_PQ. */
enum { EIDER_PQ_EK = 1, EIDER_PQ_CT = 2, EIDER_PQ_HAVE = 3 };

/*
 * The epoch after the last mixed one.  By value, wiped with eider_pq_wipe().
 *
 *                     has_seed             has_ss
 *     makes the key   ek is under way      ct was complete: mix
 *     answers         never                ct is under way
 */
typedef struct {
    bool initiator; /* of the session */
    bool has_seed, has_ss;
    bool has_dk;      /* dk and, in ours, ek; not stored but made again */
    uint32_t mixed;   /* epochs; on the wire modulo 256 */
    uint8_t next;     /* where the next run of our symbols begins */
    uint64_t marked;  /* bit i: they have symbol i of ours */
    uint64_t arrived; /* bit i: we have symbol i of theirs */
    uint8_t seed[EIDER_PQ_SEED];
    uint8_t dk[EIDER_PQ_DK];
    eider_secret ss;
    uint8_t ours[EIDER_PQ_EK_SYMBOLS * EIDER_PQ_SYMBOL];
    uint8_t theirs[EIDER_PQ_EK_SYMBOLS * EIDER_PQ_SYMBOL];
} eider_pq;

void eider_pq_init(eider_pq *pq, bool initiator);
void eider_pq_wipe(eider_pq *pq);

/* Do we make the key of this epoch? */
bool eider_pq_makes_key(const eider_pq *pq);

/* The last mixed epoch, as every header says it. */
uint8_t eider_pq_epoch(const eider_pq *pq);

/* The secret that our sending DH step is to mix now; NULL: none. */
const eider_secret *eider_pq_to_send(const eider_pq *pq);

/*
 * What a DH step of the peer mixes, by the epoch that its header names.
 *
 * Out:      ss  NULL: nothing, it is the last epoch
 * Returns:  EIDER_OK
 *           EIDER_E_AUTH  it names an epoch to which we have no secret: one of
 *                         the two lost state, as with a body that is forged
 */
EIDER_MUST_USE eider_err eider_pq_to_receive(const eider_pq *pq, uint8_t epoch,
                                             const eider_secret **ss);

/* The secret is in the root: wipe the epoch, begin the next. */
void eider_pq_advance(eider_pq *pq);

/*
 * Add the one record to what is left in @body, if there is something to say
 * and room for it.
 *
 * Secrets:  draws 64 bytes with the first symbol of a key.
 */
void eider_pq_fill(eider_pq *pq, eider_body *body);

/*
 * Take the first pq record of a verified @body; nothing, where the body or the
 * record is not well-formed or does not belong to this epoch.
 *
 * Secrets:  draws 32 bytes when a key is complete; with the last symbol of a
 *           ciphertext the seed is wiped.
 */
void eider_pq_take(eider_pq *pq, const eider_body *body);

/* Storage, 16 to 1168 bytes.  EIDER_E_MALFORMED leaves @pq as it was. */
void eider_pq_pickle(const eider_pq *pq, eider_buf *out);
EIDER_MUST_USE eider_err eider_pq_unpickle(eider_pq *pq, bool initiator,
                                           eider_reader *rd);

#endif
