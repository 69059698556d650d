/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What Eider relies on in libsodium, against Wycheproof.
 */
#include "vectors.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

enum { TEXT_MAX = 1024, TAG = 16 };

Suite *published_suite(void);

/* PROTOCOL.md: a zero result aborts, and libsodium's -1 is how we notice. */
START_TEST(x25519_is_right_and_refuses_results_of_zero)
{
    static const unsigned char zero[32];
    unsigned char public[32], private[32], shared[32], got[32];
    unsigned refused = 0;
    vectors v;

    if (!vectors_open_published(&v, "x25519"))
        return;
    while (vectors_next(&v)) {
        vectors_exactly(&v, "public", public, 32);
        vectors_exactly(&v, "private", private, 32);
        vectors_exactly(&v, "shared", shared, 32);
        if (memcmp(shared, zero, 32) == 0) {
            ck_assert_int_eq(crypto_scalarmult(got, private, public), -1);
            refused++;
        } else {
            ck_assert_int_eq(crypto_scalarmult(got, private, public), 0);
            ck_assert_mem_eq(got, shared, 32);
        }
    }
    ck_assert_uint_gt(refused, 0);
}
END_TEST

typedef int seal(unsigned char *, unsigned long long *, const unsigned char *,
                 unsigned long long, const unsigned char *, unsigned long long,
                 const unsigned char *, const unsigned char *,
                 const unsigned char *);
typedef int unseal(unsigned char *, unsigned long long *, unsigned char *,
                   const unsigned char *, unsigned long long,
                   const unsigned char *, unsigned long long,
                   const unsigned char *, const unsigned char *);

static const struct {
    const char *file;
    size_t nonce_len;
    seal *seal;
    unseal *open;
} aeads[] = {
    {"chacha20-poly1305", 12, crypto_aead_chacha20poly1305_ietf_encrypt,
     crypto_aead_chacha20poly1305_ietf_decrypt},
    {"xchacha20-poly1305", 24, crypto_aead_xchacha20poly1305_ietf_encrypt,
     crypto_aead_xchacha20poly1305_ietf_decrypt},
};

START_TEST(aead_seals_opens_and_refuses_as_wycheproof_expects)
{
    unsigned char key[32], nonce[24], ad[TEXT_MAX], msg[TEXT_MAX], valid;
    unsigned char ct[TEXT_MAX + TAG], out[TEXT_MAX + TAG];
    unsigned refused = 0;
    unsigned long long n;
    size_t ad_len, len;
    vectors v;

    if (!vectors_open_published(&v, aeads[_i].file))
        return;
    while (vectors_next(&v)) {
        vectors_exactly(&v, "key", key, sizeof key);
        vectors_exactly(&v, "iv", nonce, aeads[_i].nonce_len);
        vectors_exactly(&v, "valid", &valid, 1);
        ad_len = vectors_bytes(&v, "aad", ad, sizeof ad);
        len = vectors_bytes(&v, "msg", msg, sizeof msg);
        ck_assert_uint_eq(vectors_bytes(&v, "ct", ct, TEXT_MAX), len);
        vectors_exactly(&v, "tag", ct + len, TAG);

        if (!valid) {
            ck_assert_int_eq(aeads[_i].open(out, &n, NULL, ct, len + TAG, ad,
                                            ad_len, nonce, key),
                             -1);
            refused++;
            continue;
        }
        ck_assert_int_eq(aeads[_i].open(out, &n, NULL, ct, len + TAG, ad,
                                        ad_len, nonce, key),
                         0);
        ck_assert_uint_eq(n, len);
        ck_assert_mem_eq(out, msg, len);
        aeads[_i].seal(out, &n, msg, len, ad, ad_len, NULL, nonce, key);
        ck_assert_uint_eq(n, len + TAG);
        ck_assert_mem_eq(out, ct, len + TAG);
    }
    ck_assert_uint_gt(refused, 0);
}
END_TEST

Suite *
published_suite(void)
{
    Suite *s = suite_create("published");
    TCase *tc = tcase_create("libsodium");

    tcase_add_test(tc, x25519_is_right_and_refuses_results_of_zero);
    tcase_add_loop_test(tc, aead_seals_opens_and_refuses_as_wycheproof_expects,
                        0, sizeof aeads / sizeof aeads[0]);
    suite_add_tcase(s, tc);
    return s;
}
