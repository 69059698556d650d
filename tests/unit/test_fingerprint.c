/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/crypto.h"
#include "eider/fingerprint.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <string.h>

Suite *fingerprint_suite(void);

/* @shown without its blanks is the @digits digits of @name. */
static void
expect_digits(const vectors *v, const char *name, const char *shown,
              size_t digits)
{
    char want[EIDER_SAFETY_LEN + 1], got[EIDER_SAFETY_LEN + 1];
    size_t n = 0;

    for (; *shown != '\0'; shown++)
        if (*shown != ' ')
            got[n++] = *shown;
    ck_assert_uint_eq(n, digits);
    vectors_exactly(v, name, want, digits);
    ck_assert_mem_eq(got, want, digits);
}

START_TEST(agrees_with_the_model)
{
    char shown[EIDER_SAFETY_LEN + 1];
    eider_public a, b;
    vectors v;

    vectors_open(&v, "tests/vectors/fingerprint.txt");
    while (vectors_next(&v)) {
        vectors_exactly(&v, "key_a", a.b, sizeof a.b);
        vectors_exactly(&v, "key_b", b.b, sizeof b.b);
        eider_fingerprint(&a, shown);
        expect_digits(&v, "fingerprint_a", shown, 30);
        eider_fingerprint(&b, shown);
        expect_digits(&v, "fingerprint_b", shown, 30);
        eider_safety_number(&a, &b, shown);
        expect_digits(&v, "safety", shown, 60);
        eider_safety_number(&b, &a, shown);
        expect_digits(&v, "safety", shown, 60);
    }
}
END_TEST

START_TEST(is_six_groups_of_five_digits)
{
    char digits[EIDER_FINGERPRINT_LEN + 1];
    eider_public key;

    for (int n = 0; n < 200; n++) {
        eider_random(key.b, sizeof key.b);
        eider_fingerprint(&key, digits);
        ck_assert_uint_eq(strlen(digits), EIDER_FINGERPRINT_LEN);
        for (int i = 0; i < EIDER_FINGERPRINT_LEN; i++)
            if (i % 6 == 5)
                ck_assert_int_eq(digits[i], ' ');
            else
                ck_assert(digits[i] >= '0' && digits[i] <= '9');
    }
}
END_TEST

START_TEST(every_bit_of_the_key_counts)
{
    char before[EIDER_FINGERPRINT_LEN + 1], after[EIDER_FINGERPRINT_LEN + 1];
    eider_public key;

    eider_random(key.b, sizeof key.b);
    eider_fingerprint(&key, before);
    for (int i = 0; i < 256; i++) {
        key.b[i / 8] ^= (uint8_t)(1 << i % 8);
        eider_fingerprint(&key, after);
        ck_assert_str_ne(before, after);
        key.b[i / 8] ^= (uint8_t)(1 << i % 8);
    }
}
END_TEST

START_TEST(both_sides_read_the_same_safety_number)
{
    char x[EIDER_SAFETY_LEN + 1], y[EIDER_SAFETY_LEN + 1];
    eider_public a, b;

    for (int n = 0; n < 100; n++) {
        eider_random(a.b, sizeof a.b);
        eider_random(b.b, sizeof b.b);
        eider_safety_number(&a, &b, x);
        eider_safety_number(&b, &a, y);
        ck_assert_str_eq(x, y);
        ck_assert_uint_eq(strlen(x), EIDER_SAFETY_LEN);
        ck_assert_int_lt(
            memcmp(x, x + EIDER_FINGERPRINT_LEN + 1, EIDER_FINGERPRINT_LEN), 0);
    }
}
END_TEST

Suite *
fingerprint_suite(void)
{
    Suite *s = suite_create("fingerprint");
    TCase *tc = tcase_create("fingerprint");

    tcase_add_test(tc, agrees_with_the_model);
    tcase_add_test(tc, is_six_groups_of_five_digits);
    tcase_add_test(tc, every_bit_of_the_key_counts);
    tcase_add_test(tc, both_sides_read_the_same_safety_number);
    suite_add_tcase(s, tc);
    return s;
}
