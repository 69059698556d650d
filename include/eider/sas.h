/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: a short code that two people compare over a call.
 *
 *     a  ──C──▶  ◀──nB──  ──nA──▶  b          then each says ok
 *
 * C binds nA before nB is known, so that nobody can look for nonces that make
 * the codes of two sessions equal: one try in 2^39 for each run.
 *
 * Spec: PROTOCOL.md 11.6.  Vectors: tests/vectors/sas.txt.
 */
#ifndef EIDER_SAS_H
#define EIDER_SAS_H

#include "eider/cpace.h"

#define EIDER_SAS_LEN 14 /* three groups of four digits, two blanks */

typedef struct {
    uint8_t b[32];
} eider_sas_value; /* a nonce, C, ok: 32 bytes of a record */

/* a's commitment to @na, bound to its own static key. */
void eider_sas_commit(const eider_run *run, const eider_sas_value *na,
                      const eider_public *key_a, eider_sas_value *c);

/* b: was @na what @c said?  EIDER_E_AUTH: no. */
EIDER_MUST_USE eider_err eider_sas_check(const eider_run *run,
                                         const eider_sas_value *na,
                                         const eider_public *key_a,
                                         const eider_sas_value *c);

/* The digits, a blank after each four, and a zero. */
void eider_sas_code(const eider_run *run, const eider_secret *sask,
                    const eider_sas_value *na, const eider_sas_value *nb,
                    char out[EIDER_SAS_LEN + 1]);

/* "It matches", said by a (@by_asker) or by b. */
void eider_sas_ok(const eider_run *run, const eider_secret *sask, bool by_asker,
                  eider_sas_value *out);

#endif
