/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the double ratchet with encrypted headers, and the data frame.
 *
 * An endless supply of one-use message keys from one handshake.  It gives
 * forward secrecy (old keys are gone), recovery after compromise (a new DH key
 * comes with each reply) and hides counters and keys under a header key.  The
 * body is bound to the header by a synthetic IV, so that a state that was
 * rolled back leaks no more than "the same frame again".
 *
 *     handshake ──outcome──▶ ratchet ◀──seal/open──▶ session
 *
 * Does not know peers, records, time or files: @now is whatever clock the
 * caller uses, in seconds, and only serves to forget old keys.
 *
 * Invariants
 *   1. A message key opens one frame, then it is wiped.
 *   2. A call that fails leaves the ratchet exactly as it was.
 *   3. A frame that no header key opens costs no DH computation.
 *   4. The bounds of limits.h hold whatever the peer sends.
 *
 * Persist the ratchet (eider_ratchet_pickle) before a sealed frame leaves the
 * process and before an opened text is acknowledged.
 *
 * Spec: PROTOCOL.md, "Data frame", "Ratchet".  Vectors: ratchet.txt.
 */
#ifndef EIDER_RATCHET_H
#define EIDER_RATCHET_H

#include "eider/handshake.h"
#include "eider/record.h"

/* The header's flags: your hello in this session has arrived; and, from this
 * bit on, the check of the ack in the frame, 0 where there is none. */
#define EIDER_FLAG_HELLO 1u
#define EIDER_FLAG_CHECK 1

typedef struct eider_ratchet eider_ratchet;

/* A ratchet from a finished handshake; free with eider_ratchet_free(). */
EIDER_MUST_USE eider_err eider_ratchet_new(eider_ratchet **out,
                                           const eider_outcome *o);
void eider_ratchet_free(eider_ratchet *r); /* NULL is fine */

/* The session's public name (SID) and whether we were the initiator. */
const eider_secret *eider_ratchet_sid(const eider_ratchet *r);
bool eider_ratchet_is_initiator(const eider_ratchet *r);

/* False for a responder that has not opened a frame yet. */
bool eider_ratchet_can_send(const eider_ratchet *r);

/* Something of this session has been opened. */
bool eider_ratchet_has_opened(const eider_ratchet *r);

/* How many secrets of the post-quantum ratchet (pq.h) were mixed into the
 * root: so often the session has healed against a quantum computer. */
uint32_t eider_ratchet_mixed(const eider_ratchet *r);

/*
 * Seal @body into a frame of its size, with a DH step first where one is due.
 * What @body leaves free, from its .used on, may carry a pq record.
 *
 * Returns:  EIDER_OK
 *           EIDER_E_STATE  a responder that has not opened a frame
 *           EIDER_E_LIMIT  2^24 frames in this chain: a new handshake
 *           EIDER_E_AUTH   the peer's key is a low-order point: likewise
 */
EIDER_MUST_USE eider_err eider_ratchet_seal(eider_ratchet *r, uint8_t flags,
                                            const eider_body *body,
                                            eider_frame *out);

/*
 * Open a frame, in whatever order frames arrive.
 *
 * Out:      body   with size and bytes; wiped on error
 *           flags  of the header
 * Returns:  EIDER_OK
 *           EIDER_E_AUTH    unopenable: no header key, the body is forged,
 *                           or a step names an epoch that we do not have
 *           EIDER_E_REPLAY  its key has been used or thrown away: a duplicate
 *           EIDER_E_LIMIT   it skips more than EIDER_SKIP_MAX, or two copies
 *                           of their state send here: new handshake
 */
EIDER_MUST_USE eider_err eider_ratchet_open(eider_ratchet *r, uint64_t now,
                                            const eider_frame *f,
                                            eider_body *body, uint8_t *flags);

/* Forget message keys and header keys older than EIDER_SKIPPED_KEEP. */
void eider_ratchet_expire(eider_ratchet *r, uint64_t now);

/* Counters for tests and bounds. */
size_t eider_ratchet_skipped(const eider_ratchet *r);

/* Storage.  Unpickling gives EIDER_E_MALFORMED and *@out = NULL. */
void eider_ratchet_pickle(const eider_ratchet *r, eider_buf *out);
EIDER_MUST_USE eider_err eider_ratchet_unpickle(eider_ratchet **out,
                                                eider_reader *rd);

#endif
