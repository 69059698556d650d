/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/sas.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <string.h>

Suite *sas_suite(void);

typedef struct {
    eider_run run;
    eider_secret sask;
    eider_sas_value na, nb;
} talk;

static void
draw_talk(talk *t)
{
    eider_random(t, sizeof *t);
}

START_TEST(agrees_with_the_model)
{
    char code[EIDER_SAS_LEN + 1], want[EIDER_SAS_LEN];
    eider_sas_value c, got, ok;
    eider_public key_a;
    vectors v;
    talk t;

    vectors_open(&v, "tests/vectors/sas.txt");
    while (vectors_next(&v)) {
        vectors_exactly(&v, "sid", t.run.sid.b, 32);
        vectors_exactly(&v, "run", t.run.run, sizeof t.run.run);
        vectors_exactly(&v, "initiator", t.run.initiator.b, 32);
        vectors_exactly(&v, "responder", t.run.responder.b, 32);
        vectors_exactly(&v, "sask", t.sask.b, 32);
        vectors_exactly(&v, "na", t.na.b, 32);
        vectors_exactly(&v, "nb", t.nb.b, 32);
        vectors_exactly(&v, "key_a", key_a.b, 32);
        vectors_exactly(&v, "c", c.b, 32);
        eider_sas_commit(&t.run, &t.na, &key_a, &got);
        ck_assert_mem_eq(got.b, c.b, 32);
        ck_assert_int_eq(eider_sas_check(&t.run, &t.na, &key_a, &c), EIDER_OK);
        vectors_exactly(&v, "code", want, sizeof want);
        eider_sas_code(&t.run, &t.sask, &t.na, &t.nb, code);
        ck_assert_mem_eq(code, want, sizeof want);
        vectors_exactly(&v, "ok_a", ok.b, 32);
        eider_sas_ok(&t.run, &t.sask, true, &got);
        ck_assert_mem_eq(got.b, ok.b, 32);
        vectors_exactly(&v, "ok_b", ok.b, 32);
        eider_sas_ok(&t.run, &t.sask, false, &got);
        ck_assert_mem_eq(got.b, ok.b, 32);
    }
}
END_TEST

START_TEST(a_code_is_three_numbers_of_four_digits)
{
    char code[EIDER_SAS_LEN + 1];
    talk t;

    for (int n = 0; n < 500; n++) {
        draw_talk(&t);
        eider_sas_code(&t.run, &t.sask, &t.na, &t.nb, code);
        ck_assert_uint_eq(strlen(code), EIDER_SAS_LEN);
        for (int i = 0; i < EIDER_SAS_LEN; i++)
            if (i % 5 == 4)
                ck_assert_int_eq(code[i], ' ');
            else
                ck_assert(code[i] >= (i % 5 == 0 ? '1' : '0') &&
                          code[i] <= '9');
    }
}
END_TEST

START_TEST(a_code_hangs_on_every_byte)
{
    char before[EIDER_SAS_LEN + 1], after[EIDER_SAS_LEN + 1];
    talk t;

    draw_talk(&t);
    eider_sas_code(&t.run, &t.sask, &t.na, &t.nb, before);
    for (size_t i = 0; i < sizeof t; i++) {
        ((uint8_t *)&t)[i] ^= 1;
        eider_sas_code(&t.run, &t.sask, &t.na, &t.nb, after);
        ck_assert_str_ne(before, after);
        ((uint8_t *)&t)[i] ^= 1;
    }
}
END_TEST

/* Another nonce, session, run or key than what was promised. */
START_TEST(a_commitment_holds)
{
    eider_sas_value c;
    eider_public key;
    talk t;

    draw_talk(&t);
    eider_random(&key, sizeof key);
    eider_sas_commit(&t.run, &t.na, &key, &c);
    for (size_t i = 0; i < 32; i++) {
        t.na.b[i] ^= 1;
        ck_assert_int_eq(eider_sas_check(&t.run, &t.na, &key, &c),
                         EIDER_E_AUTH);
        t.na.b[i] ^= 1;
        t.run.sid.b[i] ^= 1;
        ck_assert_int_eq(eider_sas_check(&t.run, &t.na, &key, &c),
                         EIDER_E_AUTH);
        t.run.sid.b[i] ^= 1;
        key.b[i] ^= 1;
        ck_assert_int_eq(eider_sas_check(&t.run, &t.na, &key, &c),
                         EIDER_E_AUTH);
        key.b[i] ^= 1;
        t.run.run[i % 8] ^= 1;
        ck_assert_int_eq(eider_sas_check(&t.run, &t.na, &key, &c),
                         EIDER_E_AUTH);
        t.run.run[i % 8] ^= 1;
    }
    ck_assert_int_eq(eider_sas_check(&t.run, &t.na, &key, &c), EIDER_OK);
}
END_TEST

START_TEST(one_sides_ok_is_not_the_others)
{
    eider_sas_value a, b;
    talk t;

    draw_talk(&t);
    eider_sas_ok(&t.run, &t.sask, true, &a);
    eider_sas_ok(&t.run, &t.sask, false, &b);
    ck_assert_mem_ne(a.b, b.b, 32);
    t.run.run[0] ^= 1;
    eider_sas_ok(&t.run, &t.sask, true, &b);
    ck_assert_mem_ne(a.b, b.b, 32);
}
END_TEST

Suite *
sas_suite(void)
{
    Suite *s = suite_create("sas");
    TCase *tc = tcase_create("sas");

    tcase_add_test(tc, agrees_with_the_model);
    tcase_add_test(tc, a_code_is_three_numbers_of_four_digits);
    tcase_add_test(tc, a_code_hangs_on_every_byte);
    tcase_add_test(tc, a_commitment_holds);
    tcase_add_test(tc, one_sides_ok_is_not_the_others);
    suite_add_tcase(s, tc);
    return s;
}
