/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The modulus check on ML-KEM encapsulation keys, whoever implements ML-KEM.
 */
#include "eider/kem.h"

#include <stdint.h>

enum {
    Q = 3329,
    COEFFICIENT_BYTES = 1152, /* 3 polynomials of 256 coefficients, 12 bits */
};

bool
eider_kem_check_ek(const unsigned char ek[crypto_kem_mlkem768_PUBLICKEYBYTES])
{
    const unsigned char *p = ek;

    /* ek is public: leaving at the first bad coefficient tells nothing. */
    for (; p < ek + COEFFICIENT_BYTES; p += 3) {
        if ((p[0] | (p[1] & 15) << 8) >= Q || (p[1] >> 4 | p[2] << 4) >= Q)
            return false;
    }
    return true;
}
