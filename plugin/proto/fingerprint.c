/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/fingerprint.h"

#include "eider/crypto.h"

#include <string.h>

#define LABEL       "EIDER1-fp"
#define GROUPS      6
#define GROUP_BYTES 5
#define DIGITS      5

_Static_assert(EIDER_FINGERPRINT_LEN == GROUPS * (DIGITS + 1) - 1, "digits");
_Static_assert(EIDER_SAFETY_LEN == 2 * EIDER_FINGERPRINT_LEN + 1, "digits");

void
eider_fingerprint(const eider_public *key, char out[EIDER_FINGERPRINT_LEN + 1])
{
    const eider_slice parts[] = {{(const uint8_t *)LABEL, sizeof LABEL - 1},
                                 {key->b, sizeof key->b}};
    uint8_t hash[EIDER_HASH_LEN];

    eider_hash(hash, sizeof hash, NULL, 0, parts, 2);
    for (int i = 0; i < GROUPS; i++) {
        char *group = out + i * (DIGITS + 1);
        uint64_t v = 0;

        for (int j = 0; j < GROUP_BYTES; j++)
            v = v << 8 | hash[i * GROUP_BYTES + j];
        for (int d = DIGITS - 1; d >= 0; d--, v /= 10)
            group[d] = (char)('0' + v % 10);
        group[DIGITS] = ' ';
    }
    out[EIDER_FINGERPRINT_LEN] = '\0';
}

void
eider_safety_number(const eider_public *a, const eider_public *b,
                    char out[EIDER_SAFETY_LEN + 1])
{
    char x[EIDER_FINGERPRINT_LEN + 1], y[EIDER_FINGERPRINT_LEN + 1];
    bool swapped;

    eider_fingerprint(a, x);
    eider_fingerprint(b, y);
    swapped = strcmp(x, y) > 0;
    memcpy(out, swapped ? y : x, EIDER_FINGERPRINT_LEN);
    out[EIDER_FINGERPRINT_LEN] = ' ';
    memcpy(out + EIDER_FINGERPRINT_LEN + 1, swapped ? x : y, sizeof x);
}
