/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: do both know the same answer?  CPace-ristretto255-SHA512 in the
 * initiator-responder setting, with explicit tags on both sides.
 *
 *     asker  ──Ya──▶  ◀──Yb, Tb──  ──Ta──▶  answerer
 *
 * Whoever sits in between learns nothing but whether one guess was right, and
 * only in that run: the tags hang on the static keys and on the session, which
 * differ on his two sides.
 *
 * Does not know people, records, time, or what an answer is: @answer is the
 * caller's normalised bytes, not empty.
 *
 * Spec: PROTOCOL.md 11.5.  Vectors: tests/vectors/cpace.txt, and the
 * published ones of draft-irtf-cfrg-cpace.
 */
#ifndef EIDER_CPACE_H
#define EIDER_CPACE_H

#include "eider/crypto.h"
#include "eider/record.h"

#define EIDER_CPACE_TAG_LEN 64

/* What a check is about; the same on both sides. */
typedef struct {
    eider_secret sid; /* SID of the session */
    uint8_t run[EIDER_RUN_ID_LEN];
    eider_public initiator, responder; /* static keys by Noise's roles */
} eider_run;

void eider_run_wipe(eider_run *run);

typedef struct {
    uint8_t b[EIDER_CPACE_TAG_LEN];
} eider_cpace_tag;

/* The asker's half while Yb is awaited. */
typedef struct {
    eider_secret scalar;
    eider_public y; /* Ya */
} eider_cpace;

void eider_cpace_wipe(eider_cpace *c);

/* The asker: draw Ya.  EIDER_E_AUTH, with @out to be wiped, where chance made
 * it the neutral element: draw again. */
EIDER_MUST_USE eider_err eider_cpace_start(eider_cpace *out,
                                           const eider_run *run,
                                           eider_slice answer);

/*
 * The answerer: from Ya to Yb and both tags.  Sending @tb lets the other side
 * test one guess: a run whose @ta does not come counts as a failure.
 *
 * Returns:  EIDER_OK
 *           EIDER_E_AUTH  Ya is no point: refuse
 * On error: the outputs are wiped.
 */
EIDER_MUST_USE eider_err eider_cpace_answer(
    const eider_run *run, eider_slice answer, const eider_public *ya,
    eider_public *yb, eider_cpace_tag *tb, eider_cpace_tag *ta);

/*
 * The asker: look at Yb and Tb, and make Ta.
 *
 * Returns:  EIDER_OK      they know the answer: send @ta
 *           EIDER_E_AUTH  they do not, or Yb is no point, or is our own
 * On error: @ta is wiped.
 */
EIDER_MUST_USE eider_err eider_cpace_finish(const eider_cpace *c,
                                            const eider_run *run,
                                            const eider_public *yb,
                                            const eider_cpace_tag *tb,
                                            eider_cpace_tag *ta);

/* ---- its parts, for published vectors ------------------------------------- */

/* The secret generator. */
void eider_cpace_generator(eider_slice prs, eider_slice ci, eider_slice sid,
                           eider_secret *g);

/* ISK from K and the transcript of (Ya, ADa), (Yb, ADb). */
void eider_cpace_isk(eider_slice sid, const eider_secret *k,
                     const eider_public *ya, eider_slice ada,
                     const eider_public *yb, eider_slice adb,
                     uint8_t isk[EIDER_SHA512_LEN]);

#endif
