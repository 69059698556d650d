/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a branch or a memory index in our ML-KEM depend on a secret?
 *
 *     tests/ctime/run.sh <build folder>
 *
 * Secrets are marked undefined: memcheck, which run.sh runs this under, then
 * complains of each jump and each address that is computed from one.  What gets public is marked defined: ek
 * and ct here, rho in mlkem768.c.  Compile this file and our ML-KEM with
 * -DEIDER_CTIME -DEIDER_KEM_BESIDE, optimised as they are shipped, and -g -gdwarf-4, as
 * old valgrinds do not read the DWARF 5 of clang.
 *
 * `ctime leak` branches on a secret, to see that the check can fail.
 */
#include "eider/kem.h"

#include <stdio.h>
#include <string.h>
#include <valgrind/memcheck.h>

#define PK crypto_kem_mlkem768_PUBLICKEYBYTES
#define SK crypto_kem_mlkem768_SECRETKEYBYTES
#define CT crypto_kem_mlkem768_CIPHERTEXTBYTES
#define SS crypto_kem_mlkem768_SHAREDSECRETBYTES

#define SECRET(x) VALGRIND_MAKE_MEM_UNDEFINED(x, sizeof(x))
#define PUBLIC(x) VALGRIND_MAKE_MEM_DEFINED(x, sizeof(x))

static unsigned char seed[64], m[32], pk[PK], sk[SK], ct[CT];
static unsigned char sent[SS], got[SS], rejected[SS];

static int
run(void)
{
    int i;

    SECRET(seed);
    crypto_kem_mlkem768_seed_keypair(pk, sk, seed);
    PUBLIC(pk);

    SECRET(m);
    if (crypto_kem_mlkem768_enc_deterministic(ct, sent, pk, m) != 0)
        return -1;
    PUBLIC(ct);

    SECRET(sk); /* z and H(ek) too, whatever became of them */
    if (crypto_kem_mlkem768_dec(got, ct, sk) != 0)
        return -1;
    for (i = 0; i < 64; i++) {
        ct[CT / 64 * i] ^= 1;
        if (crypto_kem_mlkem768_dec(rejected, ct, sk) != 0)
            return -1;
        ct[CT / 64 * i] ^= 1;
    }
    return 0;
}

int
main(int argc, char **argv)
{
    int i;

    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "run this under valgrind\n");
        return 2;
    }
    if (sodium_init() < 0)
        return 2;
    for (i = 0; i < 4; i++) {
        randombytes_buf(seed, sizeof seed);
        randombytes_buf(m, sizeof m);
        if (run() != 0)
            return 2;
        if (argc > 1 && strcmp(argv[1], "leak") == 0 && sent[0] & 1)
            puts("the first bit of the shared secret is 1");
        /* Only now may anybody look at them. */
        PUBLIC(sent);
        PUBLIC(got);
        PUBLIC(rejected);
        if (memcmp(sent, got, SS) != 0 || memcmp(got, rejected, SS) == 0)
            return 2;
    }
    return 0;
}
