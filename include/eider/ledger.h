/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the ledger, all that went out to and came in from private contacts as
 * the server saw it, beside what the user did.
 *
 *     engine ──event──▶ open block ──sealed, at leisure──▶ "ledger" (4 MiB)
 *                            └──────────────look──────────────┴─▶ faces
 *
 * It is for the user's eyes only; nothing in the engine reads it.  It has no
 * text and no names in it: time, size, kind and direction, under a keyed hash
 * of (account, peer).  Off where env.has_ledger says so, or is not there.
 *
 * Invariants
 *   1. No event costs a write: blocks are sealed every EIDER_LEDGER_FLUSH
 *      seconds, when no slot is near, and at the end.  A crash loses what came
 *      since, and nothing else.
 *   2. What cannot be read is left out, and harms nothing.
 *   3. Recording draws no randomness and changes no other state: a trace with
 *      the ledger is the trace without it.
 *
 * The estimates say what an attacker who knows everything but the texts can
 * tell from the lines of the span that was asked for.  They are plug-in
 * figures of what happened, not promises, and of few texts they are rough.
 *
 *   how much   H(C | way, mode): the entropy of what a text looked like, C =
 *              (number of lines, bytes of each), given its direction and
 *              whether a schedule sent it.  A line of a slot is a C by itself.
 *              of_bits: H(length | way) of the texts as written, which is what
 *              they would tell if nothing were padded.
 *   when       per text I(W;S) * minutes / W-minutes: the mutual information,
 *              over the minutes of the span, of W (you or they wrote) and S (a
 *              line was seen that no schedule sent), spread over the minutes
 *              with text.  of_bits: the same of H(W).  told: texts in a minute
 *              with such a line.
 *   with whom  the server delivers the lines, so it is visible, unless a cover
 *              set is running: then it is one of the set.
 *
 * Spec: PROTOCOL.md 12.7.
 */
#ifndef EIDER_LEDGER_H
#define EIDER_LEDGER_H

#include "eider/engine.h"
#include "eider/seen.h"

/* The events of one contact in [@from_ms, @to_ms), in order of time: the
 * newest @max of them; returns how many there are. */
size_t eider_engine_seen(eider_engine *e, const char *account, const char *peer,
                         uint64_t from_ms, uint64_t to_ms,
                         eider_seen_event *out, size_t max);

/* The same as sums of @n even parts of the span; all of @out is filled in. */
void eider_engine_seen_buckets(eider_engine *e, const char *account,
                               const char *peer, uint64_t from_ms,
                               uint64_t to_ms, eider_seen_bucket *out,
                               size_t n);

/* The same as one sum, and what it tells.  @peer NULL: of all contacts, and
 * no estimates (@rows may be NULL). */
void eider_engine_seen_sums(eider_engine *e, const char *account,
                            const char *peer, uint64_t from_ms, uint64_t to_ms,
                            eider_seen_sums *sums,
                            eider_seen_estimate rows[EIDER_SEEN_ROWS]);

/* A text that was not encrypted went to or came from a private contact; of
 * one that is not private nothing is noted. */
void eider_engine_saw_open(eider_engine *e, const char *account,
                           const char *peer, eider_seen_way way, size_t bytes);

/* Delete what is there of one contact, or of all (@account NULL).
 * Returns:  EIDER_OK, EIDER_E_STORE (it may be there still) */
EIDER_MUST_USE eider_err eider_engine_unsee(eider_engine *e,
                                            const char *account,
                                            const char *peer);

#endif
