/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our ML-KEM-768 and a newer libsodium's, side by side in one process, on
 * random seeds: keys, encapsulation, decapsulation, a damaged ciphertext and a
 * key that must be refused.
 *
 *     mlkem_equal <libsodium.so.26> [rounds [seed in hex]]
 *
 * tests/oracle-sodium.sh fetches the library.  Compile this file and our
 * ML-KEM with -DEIDER_KEM_BESIDE, link with the libsodium of the build.
 */
#include "eider/kem.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PK crypto_kem_mlkem768_PUBLICKEYBYTES
#define SK crypto_kem_mlkem768_SECRETKEYBYTES
#define CT crypto_kem_mlkem768_CIPHERTEXTBYTES
#define SS crypto_kem_mlkem768_SHAREDSECRETBYTES

typedef struct {
    int (*keypair)(unsigned char *, unsigned char *, const unsigned char *);
    int (*enc)(unsigned char *, unsigned char *, const unsigned char *,
               const unsigned char *);
    int (*dec)(unsigned char *, const unsigned char *, const unsigned char *);
} kem;

/* What one round draws. */
typedef struct {
    unsigned char seed[64], m[32];
    uint32_t where, how, coefficient;
} draw;

/* What one implementation makes of it; compared byte by byte. */
typedef struct {
    unsigned char pk[PK], sk[SK], ct[CT], sent[SS], got[SS], rejected[SS];
    unsigned char bad_pk[PK], bad_ct[CT];
    int results[5];
} outcome;

static const kem ours = {crypto_kem_mlkem768_seed_keypair,
                         crypto_kem_mlkem768_enc_deterministic,
                         crypto_kem_mlkem768_dec};

static void
run(const kem *k, const draw *d, outcome *o)
{
    unsigned char ct[CT], ss[SS], *p;
    uint32_t which = d->coefficient % 768;

    memset(o, 0, sizeof *o);
    o->results[0] = k->keypair(o->pk, o->sk, d->seed);
    o->results[1] = k->enc(o->ct, o->sent, o->pk, d->m);
    o->results[2] = k->dec(o->got, o->ct, o->sk);

    memcpy(o->bad_ct, o->ct, CT);
    o->bad_ct[d->where % CT] ^= (unsigned char)(1 + d->how % 255);
    o->results[3] = k->dec(o->rejected, o->bad_ct, o->sk);

    memcpy(o->bad_pk, o->pk, PK);
    p = o->bad_pk + which / 2 * 3; /* 0xe00 is 3584, above q */
    if (which % 2 == 0)
        p[1] = (unsigned char)((p[1] & 0xf0) | 0x0e);
    else
        p[2] = 0xe0;
    o->results[4] = k->enc(ct, ss, o->bad_pk, d->m);
}

/* NULL if all is well, or what is not. */
static const char *
judge(const outcome *a, const outcome *b)
{
    static const int expected[5] = {0, 0, 0, 0, -1};

    if (memcmp(a->pk, b->pk, PK) != 0 || memcmp(a->sk, b->sk, SK) != 0)
        return "the key pairs differ";
    if (memcmp(a->ct, b->ct, CT) != 0 || memcmp(a->sent, b->sent, SS) != 0)
        return "the encapsulations differ";
    if (memcmp(a->got, b->got, SS) != 0)
        return "the decapsulations differ";
    if (memcmp(a->rejected, b->rejected, SS) != 0)
        return "the rejections differ";
    if (memcmp(a, b, sizeof *a) != 0)
        return "the results differ";
    if (memcmp(a->results, expected, sizeof expected) != 0)
        return "a result is not the expected one";
    if (memcmp(a->sent, a->got, SS) != 0)
        return "the two sides have different secrets";
    if (memcmp(a->rejected, a->got, SS) == 0)
        return "a damaged ciphertext is not rejected";
    return NULL;
}

static void *
find(void *library, const char *name)
{
    void *f = dlsym(library, name);

    if (f == NULL) {
        printf("skipped: the libsodium to compare with has no %s\n", name);
        exit(77);
    }
    return f;
}

/* DEEPBIND: its calls to itself must not end in the libsodium of the build. */
static kem
load(const char *path)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    int (*init)(void);
    kem k;

    if (library == NULL) {
        printf("skipped: no libsodium to compare with: %s\n", dlerror());
        exit(77);
    }
    *(void **)&init = find(library, "sodium_init");
    *(void **)&k.keypair = find(library, "crypto_kem_mlkem768_seed_keypair");
    *(void **)&k.enc = find(library, "crypto_kem_mlkem768_enc_deterministic");
    *(void **)&k.dec = find(library, "crypto_kem_mlkem768_dec");
    if (init() < 0)
        exit(1);
    return k;
}

int
main(int argc, char **argv)
{
    unsigned char base[randombytes_SEEDBYTES];
    char hex[2 * sizeof base + 1];
    static outcome a, b;
    unsigned long round, rounds;
    const char *wrong;
    kem theirs;
    draw d;

    if (argc < 2 || sodium_init() < 0)
        return 2;
    theirs = load(argv[1]);
    rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 10000;
    randombytes_buf(base, sizeof base);
    if (argc > 3 && sodium_hex2bin(base, sizeof base, argv[3], strlen(argv[3]),
                                   NULL, NULL, NULL) != 0)
        return 2;
    sodium_bin2hex(hex, sizeof hex, base, sizeof base);

    for (round = 0; round < rounds; round++) {
        randombytes_buf_deterministic(&d, sizeof d, base);
        crypto_generichash(base, sizeof base, base, sizeof base, NULL, 0);
        run(&ours, &d, &a);
        run(&theirs, &d, &b);
        if ((wrong = judge(&a, &b)) != NULL) {
            printf("round %lu of seed %s: %s\n", round, hex, wrong);
            return 1;
        }
    }
    printf("ML-KEM-768 equals libsodium's on %lu seeds (from %s)\n", rounds,
           hex);
    return rounds == 0;
}
