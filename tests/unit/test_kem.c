/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ML-KEM-768, ours or libsodium's, whichever this build uses.
 */
#include "eider/kem.h"
#include "vectors.h"

#include <check.h>
#include <string.h>

#define PK   crypto_kem_mlkem768_PUBLICKEYBYTES
#define SK   crypto_kem_mlkem768_SECRETKEYBYTES
#define CT   crypto_kem_mlkem768_CIPHERTEXTBYTES
#define SS   crypto_kem_mlkem768_SHAREDSECRETBYTES
#define SEED crypto_kem_mlkem768_SEEDBYTES

Suite *kem_suite(void);

static void
encapsulate_vectors(const char *file)
{
    unsigned char ek[PK], m[32], c[CT], k[SS], ct[CT], ss[SS];
    vectors v;

    if (!vectors_open_published(&v, file))
        return;
    while (vectors_next(&v)) {
        vectors_exactly(&v, "ek", ek, PK);
        vectors_exactly(&v, "m", m, 32);
        vectors_exactly(&v, "c", c, CT);
        vectors_exactly(&v, "k", k, SS);
        ck_assert(eider_kem_check_ek(ek));
        ck_assert_int_eq(crypto_kem_mlkem768_enc_deterministic(ct, ss, ek, m),
                         0);
        ck_assert_mem_eq(ct, c, CT);
        ck_assert_mem_eq(ss, k, SS);
    }
}

static void
decapsulate_vectors(const char *file)
{
    unsigned char dk[SK], c[CT], k[SS], ss[SS];
    vectors v;

    if (!vectors_open_published(&v, file))
        return;
    while (vectors_next(&v)) {
        vectors_exactly(&v, "dk", dk, SK);
        vectors_exactly(&v, "c", c, CT);
        vectors_exactly(&v, "k", k, SS);
        ck_assert_int_eq(crypto_kem_mlkem768_dec(ss, c, dk), 0);
        ck_assert_mem_eq(ss, k, SS);
    }
}

/* Neither the check nor enc takes @ek, and enc then touches nothing. */
static void
expect_refused(const unsigned char *ek)
{
    unsigned char ct[CT], ss[SS], ct_before[CT], ss_before[SS];

    memset(ct, 0xa5, CT);
    memset(ss, 0xa5, SS);
    memcpy(ct_before, ct, CT);
    memcpy(ss_before, ss, SS);
    ck_assert(!eider_kem_check_ek(ek));
    ck_assert_int_eq(crypto_kem_mlkem768_enc(ct, ss, ek), -1);
    ck_assert_mem_eq(ct, ct_before, CT);
    ck_assert_mem_eq(ss, ss_before, SS);
}

START_TEST(makes_the_key_pairs_that_acvp_expects)
{
    unsigned char seed[SEED], ek[PK], dk[SK], pk[PK], sk[SK];
    vectors v;

    if (!vectors_open_published(&v, "mlkem-keygen"))
        return;
    while (vectors_next(&v)) {
        vectors_exactly(&v, "d", seed, 32);
        vectors_exactly(&v, "z", seed + 32, 32);
        vectors_exactly(&v, "ek", ek, PK);
        vectors_exactly(&v, "dk", dk, SK);
        ck_assert_int_eq(crypto_kem_mlkem768_seed_keypair(pk, sk, seed), 0);
        ck_assert_mem_eq(pk, ek, PK);
        ck_assert_mem_eq(sk, dk, SK);
    }
}
END_TEST

START_TEST(encapsulates_as_acvp_expects)
{
    encapsulate_vectors("mlkem-encap");
}
END_TEST

START_TEST(decapsulates_and_rejects_as_acvp_expects)
{
    decapsulate_vectors("mlkem-decap");
}
END_TEST

START_TEST(takes_and_refuses_the_keys_that_acvp_does)
{
    unsigned char ek[PK], valid;
    vectors v;

    if (!vectors_open_published(&v, "mlkem-ek-check"))
        return;
    while (vectors_next(&v)) {
        vectors_exactly(&v, "ek", ek, PK);
        vectors_exactly(&v, "valid", &valid, 1);
        if (valid)
            ck_assert(eider_kem_check_ek(ek));
        else
            expect_refused(ek);
    }
}
END_TEST

START_TEST(refuses_every_key_of_cctv_with_a_large_coefficient)
{
    unsigned char ek[PK];
    vectors v;

    if (!vectors_open_published(&v, "mlkem-modulus"))
        return;
    while (vectors_next(&v)) {
        vectors_exactly(&v, "ek", ek, PK);
        expect_refused(ek);
    }
}
END_TEST

/* unluckysample: A takes more SHAKE128 output than nearly any other seed's. */
START_TEST(encapsulates_to_the_unlucky_keys_of_cctv)
{
    encapsulate_vectors("mlkem-cctv-encap");
}
END_TEST

/* strcmp: the ciphertext is wrong after a zero byte that is right. */
START_TEST(compares_beyond_a_zero_byte_as_cctv_wants)
{
    decapsulate_vectors("mlkem-cctv-decap");
}
END_TEST

/* invariant 2 */
START_TEST(takes_3328_and_refuses_3329_as_any_coefficient)
{
    unsigned char pk[PK], sk[SK], ek[PK];
    unsigned i;

    crypto_kem_mlkem768_keypair(pk, sk);
    for (i = 0; i < 768; i++) {
        unsigned char *p = ek + i / 2 * 3;

        memcpy(ek, pk, PK);
        if (i % 2 == 0) {
            p[0] = 3328 & 255;
            p[1] = (unsigned char)((p[1] & 0xf0) | 3328 >> 8);
        } else {
            p[1] = (unsigned char)((p[1] & 0x0f) | (3328 & 15) << 4);
            p[2] = 3328 >> 4;
        }
        ck_assert(eider_kem_check_ek(ek));
        p[i % 2] = (unsigned char)(p[i % 2] + (i % 2 == 0 ? 1 : 16));
        expect_refused(ek);
    }
}
END_TEST

START_TEST(both_sides_get_the_same_secret)
{
    unsigned char pk[PK], sk[SK], ct[CT], sent[SS], got[SS], last[SS] = {0};
    int i;

    for (i = 0; i < 50; i++) {
        crypto_kem_mlkem768_keypair(pk, sk);
        ck_assert(eider_kem_check_ek(pk));
        ck_assert_int_eq(crypto_kem_mlkem768_enc(ct, sent, pk), 0);
        ck_assert_int_eq(crypto_kem_mlkem768_dec(got, ct, sk), 0);
        ck_assert_mem_eq(sent, got, SS);
        ck_assert_mem_ne(got, last, SS);
        memcpy(last, got, SS);
    }
}
END_TEST

/*
 * Invariant 3.  The bits are lowest ones of coefficients (10 bits each in the
 * first 960 bytes of ct, then 4), so that the message stays the same, and only
 * the comparison of that byte tells that ct is not genuine.
 */
START_TEST(a_small_change_of_any_byte_gives_another_secret_and_no_error)
{
    static const unsigned char low[5] = {1 << 0, 1 << 2, 1 << 4, 1 << 6, 1};
    unsigned char pk[PK], sk[SK], ct[CT], sent[SS], got[SS], again[SS];
    unsigned char last[SS];
    unsigned i;

    crypto_kem_mlkem768_keypair(pk, sk);
    ck_assert_int_eq(crypto_kem_mlkem768_enc(ct, sent, pk), 0);
    memcpy(last, sent, SS);
    for (i = 0; i < CT; i++) {
        unsigned char flip = i < 960 ? low[i % 5] : 1;

        ct[i] ^= flip;
        ck_assert_int_eq(crypto_kem_mlkem768_dec(got, ct, sk), 0);
        ck_assert_mem_ne(got, sent, SS);
        ck_assert_mem_ne(got, last, SS);
        memcpy(last, got, SS);
        ck_assert_int_eq(crypto_kem_mlkem768_dec(again, ct, sk), 0);
        ck_assert_mem_eq(again, got, SS);
        ct[i] ^= flip;
    }
    ck_assert_int_eq(crypto_kem_mlkem768_dec(got, ct, sk), 0);
    ck_assert_mem_eq(got, sent, SS);
}
END_TEST

/* z is the last thing in sk, and only a rejection looks at it. */
START_TEST(the_secret_of_a_rejection_depends_on_z)
{
    unsigned char pk[PK], sk[SK], ct[CT], sent[SS], got[SS], other[SS];

    crypto_kem_mlkem768_keypair(pk, sk);
    ck_assert_int_eq(crypto_kem_mlkem768_enc(ct, sent, pk), 0);
    sk[SK - 1] ^= 1;
    ck_assert_int_eq(crypto_kem_mlkem768_dec(got, ct, sk), 0);
    ck_assert_mem_eq(got, sent, SS);

    ct[0] ^= 1;
    ck_assert_int_eq(crypto_kem_mlkem768_dec(got, ct, sk), 0);
    sk[SK - 1] ^= 1;
    ck_assert_int_eq(crypto_kem_mlkem768_dec(other, ct, sk), 0);
    ck_assert_mem_ne(got, other, SS);
}
END_TEST

static const char *
name_fixed(void)
{
    return "fixed";
}

static uint32_t
draw_fixed(void)
{
    ck_abort_msg("only randombytes_buf is expected");
    return 0;
}

static void
fill_fixed(void *const buf, const size_t size)
{
    memset(buf, (int)size, size);
}

/* Vectors of the handshake replace randombytes, and rely on this order. */
START_TEST(draws_its_seeds_with_one_call_of_randombytes)
{
    static randombytes_implementation fixed = {.implementation_name =
                                                   name_fixed,
                                               .random = draw_fixed,
                                               .buf = fill_fixed};
    unsigned char seed[SEED], m[32], pk[PK], sk[SK], pk2[PK], sk2[SK];
    unsigned char ct[CT], ss[SS], ct2[CT], ss2[SS];

    randombytes_set_implementation(&fixed);
    crypto_kem_mlkem768_keypair(pk, sk);
    ck_assert_int_eq(crypto_kem_mlkem768_enc(ct, ss, pk), 0);
    randombytes_set_implementation(&randombytes_sysrandom_implementation);

    memset(seed, SEED, SEED);
    memset(m, 32, 32);
    crypto_kem_mlkem768_seed_keypair(pk2, sk2, seed);
    ck_assert_mem_eq(pk, pk2, PK);
    ck_assert_mem_eq(sk, sk2, SK);
    ck_assert_int_eq(crypto_kem_mlkem768_enc_deterministic(ct2, ss2, pk, m), 0);
    ck_assert_mem_eq(ct, ct2, CT);
    ck_assert_mem_eq(ss, ss2, SS);
}
END_TEST

/* The digest is of what libsodium 1.0.22 makes: needs no vectors to be here. */
START_TEST(does_with_one_seed_what_libsodium_does)
{
    static const unsigned char want[32] = {
        0x72, 0x66, 0xcb, 0x80, 0x23, 0x92, 0x4f, 0x25, 0x00, 0x01, 0x01,
        0x0b, 0x8a, 0xad, 0x2f, 0x5b, 0x88, 0xa8, 0x3b, 0xeb, 0x34, 0x70,
        0xfb, 0x9d, 0x09, 0xae, 0xd3, 0xec, 0xff, 0xd9, 0x69, 0xdb};
    unsigned char seed[SEED], digest[32];
    struct {
        unsigned char pk[PK], sk[SK], ct[CT], sent[SS], rejected[SS];
    } all;
    unsigned i;

    for (i = 0; i < SEED; i++)
        seed[i] = (unsigned char)i;
    crypto_kem_mlkem768_seed_keypair(all.pk, all.sk, seed);
    ck_assert_int_eq(
        crypto_kem_mlkem768_enc_deterministic(all.ct, all.sent, all.pk, seed),
        0);
    all.ct[0] ^= 1;
    ck_assert_int_eq(crypto_kem_mlkem768_dec(all.rejected, all.ct, all.sk), 0);
    crypto_generichash(digest, sizeof digest, (unsigned char *)&all, sizeof all,
                       NULL, 0);
    ck_assert_mem_eq(digest, want, sizeof want);
}
END_TEST

START_TEST(has_the_sizes_of_fips_203)
{
    ck_assert_uint_eq(PK, 1184);
    ck_assert_uint_eq(SK, 2400);
    ck_assert_uint_eq(CT, 1088);
    ck_assert_uint_eq(SS, 32);
    ck_assert_uint_eq(SEED, 64);
}
END_TEST

Suite *
kem_suite(void)
{
    Suite *s = suite_create("kem");
    TCase *tc = tcase_create("ML-KEM-768");

    tcase_set_timeout(tc, 60); /* under valgrind */
    tcase_add_test(tc, makes_the_key_pairs_that_acvp_expects);
    tcase_add_test(tc, encapsulates_as_acvp_expects);
    tcase_add_test(tc, decapsulates_and_rejects_as_acvp_expects);
    tcase_add_test(tc, takes_and_refuses_the_keys_that_acvp_does);
    tcase_add_test(tc, refuses_every_key_of_cctv_with_a_large_coefficient);
    tcase_add_test(tc, encapsulates_to_the_unlucky_keys_of_cctv);
    tcase_add_test(tc, compares_beyond_a_zero_byte_as_cctv_wants);
    tcase_add_test(tc, takes_3328_and_refuses_3329_as_any_coefficient);
    tcase_add_test(tc, both_sides_get_the_same_secret);
    tcase_add_test(
        tc, a_small_change_of_any_byte_gives_another_secret_and_no_error);
    tcase_add_test(tc, the_secret_of_a_rejection_depends_on_z);
    tcase_add_test(tc, draws_its_seeds_with_one_call_of_randombytes);
    tcase_add_test(tc, does_with_one_seed_what_libsodium_does);
    tcase_add_test(tc, has_the_sizes_of_fips_203);
    suite_add_tcase(s, tc);
    return s;
}
