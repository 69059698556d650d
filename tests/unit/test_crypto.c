/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/crypto.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <string.h>

Suite *crypto_suite(void);

static const uint8_t zeros[64];

/* ---- Against the model, one function for each kind of case ------------- */

static void
agree_kdf(const vectors *v)
{
    eider_secret key, want, got;
    char ctx[8];

    vectors_exactly(v, "kdf_key", key.b, sizeof key.b);
    vectors_exactly(v, "kdf_ctx", ctx, sizeof ctx);
    vectors_exactly(v, "kdf_out", want.b, sizeof want.b);
    eider_kdf(vectors_number(v, "kdf_id"), ctx, &key, &got);
    ck_assert_mem_eq(got.b, want.b, sizeof got.b);
}

static void
agree_hash(const vectors *v)
{
    uint8_t data[256], key[64], want[64], got[64];
    size_t n = vectors_bytes(v, "hash_data", data, sizeof data);
    size_t key_len = vectors_bytes(v, "hash_key", key, sizeof key);
    size_t out = vectors_bytes(v, "hash_keyed", want, sizeof want);
    const eider_slice parts[] = {{data, 3}, {NULL, 0}, {data + 3, n - 3}};

    eider_hash(got, out, key, key_len, parts, 3);
    ck_assert_mem_eq(got, want, out);
    vectors_exactly(v, "hash_plain", want, out);
    eider_hash(got, out, NULL, 0, parts, 3);
    ck_assert_mem_eq(got, want, out);
}

static void
agree_hkdf(const vectors *v)
{
    uint8_t ck[64], ikm[64], want[EIDER_HASH_LEN], got[3][EIDER_HASH_LEN];
    size_t ck_len = vectors_bytes(v, "hkdf_ck", ck, sizeof ck);
    size_t n = vectors_bytes(v, "hkdf_ikm", ikm, sizeof ikm);
    static const char *const names[] = {"hkdf_out0", "hkdf_out1", "hkdf_out2"};

    for (unsigned outs = 1; outs <= 3; outs++) {
        eider_hkdf(ck, ck_len, test_slice(ikm, n), outs, got);
        for (unsigned i = 0; i < outs; i++) {
            vectors_exactly(v, names[i], want, sizeof want);
            ck_assert_mem_eq(got[i], want, sizeof want);
        }
    }
}

static void
agree_stream(const vectors *v)
{
    uint8_t nonce[EIDER_NONCE_LEN], in[512], want[512];
    eider_secret key;
    size_t n = vectors_bytes(v, "stream_in", in, sizeof in);

    vectors_exactly(v, "stream_key", key.b, sizeof key.b);
    vectors_exactly(v, "stream_nonce", nonce, sizeof nonce);
    vectors_exactly(v, "stream_out", want, n);
    eider_stream(&key, nonce, in, n, in);
    ck_assert_mem_eq(in, want, n);
}

static void
agree_aead(const vectors *v)
{
    uint8_t nonce[EIDER_NONCE_LEN], in[128], want[128], got[128];
    eider_secret key;
    size_t n = vectors_bytes(v, "aead_in", in, sizeof in);

    vectors_exactly(v, "aead_key", key.b, sizeof key.b);
    vectors_exactly(v, "aead_nonce", nonce, sizeof nonce);
    vectors_exactly(v, "aead_out", want, n + EIDER_TAG_LEN);
    eider_aead_seal(&key, nonce, in, n, got);
    ck_assert_mem_eq(got, want, n + EIDER_TAG_LEN);
}

static void
agree_x25519(const vectors *v)
{
    eider_public x_public, y_public;
    eider_secret private, shared, got;
    eider_keypair x, y;

    vectors_exactly(v, "x_private", private.b, sizeof private.b);
    eider_keypair_from(&x, &private);
    vectors_exactly(v, "y_private", private.b, sizeof private.b);
    eider_keypair_from(&y, &private);
    vectors_exactly(v, "x_public", x_public.b, sizeof x_public.b);
    vectors_exactly(v, "y_public", y_public.b, sizeof y_public.b);
    vectors_exactly(v, "shared", shared.b, sizeof shared.b);
    ck_assert(eider_public_is_equal(&x.pk, &x_public));
    ck_assert(eider_public_is_equal(&y.pk, &y_public));
    ck_assert_int_eq(eider_dh(&x.sk, &y.pk, &got), EIDER_OK);
    ck_assert_mem_eq(got.b, shared.b, sizeof got.b);
    ck_assert_int_eq(eider_dh(&y.sk, &x.pk, &got), EIDER_OK);
    ck_assert_mem_eq(got.b, shared.b, sizeof got.b);
}

static const struct {
    const char *name; /* a case with this is of this kind */
    void (*agree)(const vectors *v);
} kinds[] = {{"kdf_key", agree_kdf},   {"hash_data", agree_hash},
             {"hkdf_ck", agree_hkdf},  {"stream_key", agree_stream},
             {"aead_key", agree_aead}, {"x_private", agree_x25519}};

START_TEST(agrees_with_the_model)
{
    unsigned found = 0;
    vectors v;

    vectors_open(&v, "tests/vectors/kdf.txt");
    while (vectors_next(&v))
        if (vectors_has(&v, kinds[_i].name)) {
            kinds[_i].agree(&v);
            found++;
        }
    ck_assert_uint_gt(found, 0);
}
END_TEST

/* ---- Properties -------------------------------------------------------- */

START_TEST(a_pair_takes_32_bytes_of_randomness)
{
    uint8_t bytes[32];
    eider_keypair k, again;
    eider_secret sk;

    memset(bytes, 0x5a, sizeof bytes);
    memcpy(sk.b, bytes, sizeof sk.b);
    test_random_push(bytes, sizeof bytes);
    eider_keypair_new(&k);
    test_random_end();
    ck_assert_mem_eq(k.sk.b, bytes, sizeof bytes);
    eider_keypair_from(&again, &sk);
    ck_assert(eider_public_is_equal(&k.pk, &again.pk));
}
END_TEST

START_TEST(low_order_points_are_refused_and_leave_nothing)
{
    /* 0; 1; order 8, twice; p - 1; p; p + 1 (RFC 7748, little-endian). */
    static const char *const points[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    };
    eider_secret out;
    eider_public pk;
    eider_keypair k;

    eider_keypair_new(&k);
    for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
        test_hex(points[i], pk.b, sizeof pk.b);
        memset(&out, 1, sizeof out);
        ck_assert_int_eq(eider_dh(&k.sk, &pk, &out), EIDER_E_AUTH);
        ck_assert_mem_eq(out.b, zeros, sizeof out.b);
    }
}
END_TEST

START_TEST(every_multiplication_is_counted)
{
    uint64_t before = eider_dh_count();
    eider_keypair k;
    eider_secret out;

    eider_keypair_new(&k);
    ck_assert(eider_dh_count() == before + 1);
    ck_assert_int_eq(eider_dh(&k.sk, &k.pk, &out), EIDER_OK);
    ck_assert(eider_dh_count() == before + 2);
}
END_TEST

START_TEST(random_numbers_stay_below_their_bound_and_reach_it)
{
    unsigned seen[3] = {0};

    ck_assert_uint_eq(eider_random_below(0), 0);
    ck_assert_uint_eq(eider_random_below(1), 0);
    for (int i = 0; i < 1000; i++) {
        uint32_t v = eider_random_below(3);

        ck_assert_uint_lt(v, 3);
        seen[v]++;
    }
    for (int i = 0; i < 3; i++)
        ck_assert_uint_gt(seen[i], 200);
}
END_TEST

START_TEST(subkeys_differ_in_number_context_and_key)
{
    eider_secret a = {{1}}, b = {{2}}, out[4];

    eider_kdf(1, "EIDRtest", &a, &out[0]);
    eider_kdf(2, "EIDRtest", &a, &out[1]);
    eider_kdf(1, "EIDRtesu", &a, &out[2]);
    eider_kdf(1, "EIDRtest", &b, &out[3]);
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++)
            ck_assert(!eider_equal(&out[i], &out[j], sizeof out[0]));
}
END_TEST

typedef struct {
    eider_secret key;
    uint8_t nonce[EIDER_NONCE_LEN];
    eider_slice ad;
} sealed;

static bool
opens_aead(eider_slice in, void *data)
{
    const sealed *s = data;
    uint8_t out[64];

    return eider_aead_open(&s->key, s->nonce, in.p, in.n, out) == EIDER_OK;
}

START_TEST(a_sealed_header_opens_only_whole_and_unchanged)
{
    uint8_t in[40], box[40 + EIDER_TAG_LEN], out[40];
    sealed s;

    eider_random(&s.key, sizeof s.key);
    eider_random(s.nonce, sizeof s.nonce);
    eider_random(in, sizeof in);
    eider_aead_seal(&s.key, s.nonce, in, sizeof in, box);
    ck_assert_int_eq(eider_aead_open(&s.key, s.nonce, box, sizeof box, out),
                     EIDER_OK);
    ck_assert_mem_eq(out, in, sizeof in);
    test_refuses_cuts(test_slice(box, sizeof box), opens_aead, &s);
    test_refuses_bit_flips(test_slice(box, sizeof box), opens_aead, &s);
    s.nonce[23] ^= 1;
    ck_assert(!opens_aead(test_slice(box, sizeof box), &s));
    s.nonce[23] ^= 1;
    s.key.b[0] ^= 1;
    ck_assert(!opens_aead(test_slice(box, sizeof box), &s));
}
END_TEST

static bool
opens_noise(eider_slice in, void *data)
{
    const sealed *s = data;
    uint8_t out[64];

    return eider_noise_open(&s->key, 7, s->ad, in, out) == EIDER_OK;
}

START_TEST(a_noise_field_is_bound_to_its_number_and_its_hash)
{
    uint8_t box[5 + EIDER_TAG_LEN], out[64];
    sealed s = {.ad = test_string("hash")};

    eider_random(&s.key, sizeof s.key);
    eider_noise_seal(&s.key, 7, s.ad, test_string("field"), box);
    ck_assert_int_eq(
        eider_noise_open(&s.key, 7, s.ad, test_slice(box, sizeof box), out),
        EIDER_OK);
    ck_assert_mem_eq(out, "field", 5);
    test_refuses_cuts(test_slice(box, sizeof box), opens_noise, &s);
    test_refuses_bit_flips(test_slice(box, sizeof box), opens_noise, &s);
    ck_assert_int_eq(eider_noise_open(&s.key, (UINT64_C(1) << 32) + 7, s.ad,
                                      test_slice(box, sizeof box), out),
                     EIDER_E_AUTH);
    s.ad = test_string("hasi");
    ck_assert(!opens_noise(test_slice(box, sizeof box), &s));
}
END_TEST

/* Wrapped master keys on disk depend on it: cost and kind must not drift. */
START_TEST(a_passphrase_gives_the_key_it_always_gave)
{
    uint8_t salt[EIDER_PASS_SALT_LEN], want[32];
    eider_secret key;

    for (size_t i = 0; i < sizeof salt; i++)
        salt[i] = (uint8_t)i;
    test_hex("aad608b5866cef907f47d5cae529ed01a91301c92c5d5fef46e1a65e394e5742",
             want, sizeof want);
    ck_assert_int_eq(
        eider_passphrase_key("correct horse battery staple", 28, salt, &key),
        EIDER_OK);
    ck_assert_mem_eq(key.b, want, sizeof want);
}
END_TEST

Suite *
crypto_suite(void)
{
    Suite *s = suite_create("crypto");
    TCase *tc = tcase_create("crypto");
    TCase *slow = tcase_create("slow");

    tcase_add_loop_test(tc, agrees_with_the_model, 0,
                        sizeof kinds / sizeof kinds[0]);
    tcase_add_test(tc, a_pair_takes_32_bytes_of_randomness);
    tcase_add_test(tc, low_order_points_are_refused_and_leave_nothing);
    tcase_add_test(tc, every_multiplication_is_counted);
    tcase_add_test(tc, random_numbers_stay_below_their_bound_and_reach_it);
    tcase_add_test(tc, subkeys_differ_in_number_context_and_key);
    tcase_add_test(tc, a_sealed_header_opens_only_whole_and_unchanged);
    tcase_add_test(tc, a_noise_field_is_bound_to_its_number_and_its_hash);
    suite_add_tcase(s, tc);
    tcase_set_timeout(slow, 60);
    tcase_add_test(slow, a_passphrase_gives_the_key_it_always_gave);
    suite_add_tcase(s, slow);
    return s;
}
