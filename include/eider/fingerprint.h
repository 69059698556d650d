/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: static keys as digits that people compare.
 *
 * Spec: PROTOCOL.md, "Trust".  Vectors: tests/vectors/fingerprint.txt.
 */
#ifndef EIDER_FINGERPRINT_H
#define EIDER_FINGERPRINT_H

#include "eider/mem.h"

#define EIDER_FINGERPRINT_LEN 35 /* six groups of five digits, five blanks */
#define EIDER_SAFETY_LEN      71 /* both, the smaller first */

/* Digits, blanks and a zero. */
void eider_fingerprint(const eider_public *key,
                       char out[EIDER_FINGERPRINT_LEN + 1]);
void eider_safety_number(const eider_public *a, const eider_public *b,
                         char out[EIDER_SAFETY_LEN + 1]);

#endif
