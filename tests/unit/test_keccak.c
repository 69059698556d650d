/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SHA-3 and SHAKE, in builds with our own ML-KEM; nothing in the others.
 */
#include "../../plugin/proto/keccak.h"
#include "vectors.h"

#include <check.h>
#include <string.h>

Suite *keccak_suite(void);

#ifdef EIDER_KEM_OWN

static const struct {
    const char *file;
    eider_keccak_kind kind;
} published[] = {
    {"sha3-256", EIDER_SHA3_256},
    {"sha3-512", EIDER_SHA3_512},
    {"shake128-shortmsg", EIDER_SHAKE128},
    {"shake128-variableout", EIDER_SHAKE128},
    {"shake256-shortmsg", EIDER_SHAKE256},
};

START_TEST(hashes_as_nist_expects)
{
    unsigned char msg[400], want[400], got[400];
    size_t msg_len, want_len;
    vectors v;

    if (!vectors_open_published(&v, published[_i].file))
        return;
    while (vectors_next(&v)) {
        msg_len = vectors_bytes(&v, "msg", msg, sizeof msg);
        want_len = vectors_bytes(&v, "out", want, sizeof want);
        ck_assert_uint_gt(want_len, 0);
        eider_keccak_hash(published[_i].kind, got, want_len, msg, msg_len, NULL,
                          0);
        ck_assert_mem_eq(got, want, want_len);
    }
}
END_TEST

/* The first 8 bytes for the empty message, so that no vectors are needed. */
START_TEST(hashes_nothing_as_fips_202_does)
{
    static const unsigned char want[][8] = {
        [EIDER_SHAKE128] = {0x7f, 0x9c, 0x2b, 0xa4, 0xe8, 0x8f, 0x82, 0x7d},
        [EIDER_SHAKE256] = {0x46, 0xb9, 0xdd, 0x2b, 0x0b, 0xa8, 0x8d, 0x13},
        [EIDER_SHA3_256] = {0xa7, 0xff, 0xc6, 0xf8, 0xbf, 0x1e, 0xd7, 0x66},
        [EIDER_SHA3_512] = {0xa6, 0x9f, 0x73, 0xcc, 0xa2, 0x3a, 0x9a, 0xc5},
    };
    unsigned char got[8];

    eider_keccak_hash((eider_keccak_kind)_i, got, 8, NULL, 0, NULL, 0);
    ck_assert_mem_eq(got, want[_i], 8);
}
END_TEST

/* Every cut of a message and of its output, across the 168 bytes of a block. */
START_TEST(cuts_make_no_difference)
{
    unsigned char msg[400], whole[400], parts[400];
    eider_keccak k;
    size_t cut;

    memset(msg, 0x5c, sizeof msg);
    eider_keccak_hash(EIDER_SHAKE128, whole, sizeof whole, msg, sizeof msg,
                      NULL, 0);
    for (cut = 0; cut <= sizeof msg; cut++) {
        eider_keccak_init(&k, EIDER_SHAKE128);
        eider_keccak_absorb(&k, msg, cut);
        eider_keccak_absorb(&k, msg + cut, sizeof msg - cut);
        eider_keccak_finish(&k, EIDER_SHAKE128);
        eider_keccak_squeeze(&k, parts, cut);
        eider_keccak_squeeze(&k, parts + cut, sizeof parts - cut);
        ck_assert_mem_eq(parts, whole, sizeof whole);
    }
}
END_TEST

/* tests/unit/keccak_plain.c */
void plain_keccak_fours_start(eider_keccak_fours *k, eider_keccak_kind kind,
                              const uint8_t *in, size_t len);
void plain_keccak_fours_next(eider_keccak_fours *k,
                             uint8_t out[4][EIDER_KECCAK_BLOCK]);

/* Lengths across a block, and five blocks out. */
START_TEST(four_at_a_time_are_four)
{
    static const size_t rate[] = {168, 136};
    unsigned char in[4 * 200], want[4][5 * EIDER_KECCAK_BLOCK];
    size_t len, at, r = rate[_i];

    for (len = 0; len < 200; len++) {
        uint8_t got[4][EIDER_KECCAK_BLOCK], plain[4][EIDER_KECCAK_BLOCK];
        eider_keccak_fours k, p;

        for (at = 0; at < sizeof in; at++)
            in[at] = (unsigned char)(7 * at + len + at / 256);
        for (at = 0; at < 4; at++)
            eider_keccak_hash((eider_keccak_kind)_i, want[at], 5 * r,
                              in + at * len, len, NULL, 0);
        eider_keccak_fours_start(&k, (eider_keccak_kind)_i, in, len);
        plain_keccak_fours_start(&p, (eider_keccak_kind)_i, in, len);
        for (size_t block = 0; block < 5; block++) {
            eider_keccak_fours_next(&k, got);
            plain_keccak_fours_next(&p, plain);
            for (at = 0; at < 4; at++) {
                ck_assert_mem_eq(got[at], want[at] + block * r, r);
                ck_assert_mem_eq(plain[at], want[at] + block * r, r);
            }
        }
    }
}
END_TEST

#endif

Suite *
keccak_suite(void)
{
    Suite *s = suite_create("keccak");

#ifdef EIDER_KEM_OWN
    TCase *tc = tcase_create("SHA-3");

    tcase_add_loop_test(tc, hashes_as_nist_expects, 0,
                        sizeof published / sizeof published[0]);
    tcase_add_loop_test(tc, hashes_nothing_as_fips_202_does, 0, 4);
    tcase_add_test(tc, cuts_make_no_difference);
    tcase_add_loop_test(tc, four_at_a_time_are_four, 0, 2);
    suite_add_tcase(s, tc);
#endif
    return s;
}
