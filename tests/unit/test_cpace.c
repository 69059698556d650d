/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/cpace.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

Suite *cpace_suite(void);

static void
draw_run(eider_run *run)
{
    eider_random(run, sizeof *run);
}

/* ---- against others ------------------------------------------------------- */

START_TEST(agrees_with_the_published_vector)
{
    uint8_t prs[64], ci[64], sid[64], ada[16], adb[16], want[64], isk[64];
    eider_secret g, ya, yb, k, got, s, product;
    eider_public point, ya_point, yb_point;
    size_t n_prs, n_ci, n_sid, n_ada, n_adb;
    vectors v;

    if (!vectors_open_published(&v, "cpace-ristretto255"))
        return;
    while (vectors_next(&v)) {
        n_prs = vectors_bytes(&v, "PRS", prs, sizeof prs);
        n_ci = vectors_bytes(&v, "CI", ci, sizeof ci);
        n_sid = vectors_bytes(&v, "sid", sid, sizeof sid);
        n_ada = vectors_bytes(&v, "ADa", ada, sizeof ada);
        n_adb = vectors_bytes(&v, "ADb", adb, sizeof adb);
        vectors_exactly(&v, "g", want, 32);
        eider_cpace_generator((eider_slice){prs, n_prs},
                              (eider_slice){ci, n_ci},
                              (eider_slice){sid, n_sid}, &g);
        ck_assert_mem_eq(g.b, want, 32);
        vectors_exactly(&v, "ya", ya.b, 32);
        vectors_exactly(&v, "yb", yb.b, 32);
        vectors_exactly(&v, "Ya", ya_point.b, 32);
        vectors_exactly(&v, "Yb", yb_point.b, 32);
        ck_assert_int_eq(eider_point_hide(&ya, &g, &point), EIDER_OK);
        ck_assert_mem_eq(point.b, ya_point.b, 32);
        ck_assert_int_eq(eider_point_hide(&yb, &g, &point), EIDER_OK);
        ck_assert_mem_eq(point.b, yb_point.b, 32);
        vectors_exactly(&v, "K", k.b, 32);
        ck_assert_int_eq(eider_point_join(&ya, &yb_point, &got), EIDER_OK);
        ck_assert_mem_eq(got.b, k.b, 32);
        ck_assert_int_eq(eider_point_join(&yb, &ya_point, &got), EIDER_OK);
        ck_assert_mem_eq(got.b, k.b, 32);
        eider_cpace_isk((eider_slice){sid, n_sid}, &k, &ya_point,
                        (eider_slice){ada, n_ada}, &yb_point,
                        (eider_slice){adb, n_adb}, isk);
        vectors_exactly(&v, "ISK_IR", want, 64);
        ck_assert_mem_eq(isk, want, 64);

        vectors_exactly(&v, "s", s.b, 32);
        vectors_exactly(&v, "x", point.b, 32);
        vectors_exactly(&v, "product", product.b, 32);
        ck_assert_int_eq(eider_point_join(&s, &point, &got), EIDER_OK);
        ck_assert_mem_eq(got.b, product.b, 32);
        vectors_exactly(&v, "invalid1", point.b, 32);
        ck_assert_int_eq(eider_point_join(&s, &point, &got), EIDER_E_AUTH);
        vectors_exactly(&v, "invalid2", point.b, 32);
        ck_assert_int_eq(eider_point_join(&s, &point, &got), EIDER_E_AUTH);
    }
}
END_TEST

/* Both sides with the scalars of the case. */
static void
agree_run(const vectors *v)
{
    uint8_t answer[256], want[64];
    size_t n = vectors_bytes(v, "answer", answer, sizeof answer);
    eider_cpace_tag ta, tb, proof;
    eider_public yb;
    uint8_t drawn[32];
    eider_cpace a;
    eider_run run;

    vectors_exactly(v, "sid", run.sid.b, 32);
    vectors_exactly(v, "run", run.run, sizeof run.run);
    vectors_exactly(v, "initiator", run.initiator.b, 32);
    vectors_exactly(v, "responder", run.responder.b, 32);
    vectors_exactly(v, "scalar_a", drawn, 32);
    test_random_push(drawn, 32);
    ck_assert_int_eq(eider_cpace_start(&a, &run, (eider_slice){answer, n}),
                     EIDER_OK);
    vectors_exactly(v, "ya", want, 32);
    ck_assert_mem_eq(a.y.b, want, 32);
    vectors_exactly(v, "scalar_b", drawn, 32);
    test_random_push(drawn, 32);
    ck_assert_int_eq(
        eider_cpace_answer(&run, (eider_slice){answer, n}, &a.y, &yb, &tb, &ta),
        EIDER_OK);
    vectors_exactly(v, "yb", want, 32);
    ck_assert_mem_eq(yb.b, want, 32);
    vectors_exactly(v, "tb", want, 64);
    ck_assert_mem_eq(tb.b, want, 64);
    ck_assert_int_eq(eider_cpace_finish(&a, &run, &yb, &tb, &proof), EIDER_OK);
    vectors_exactly(v, "ta", want, 64);
    ck_assert_mem_eq(proof.b, want, 64);
    ck_assert_mem_eq(ta.b, want, 64);
    test_random_end();
}

static void
refuse_point(const vectors *v)
{
    eider_cpace_tag ta, tb;
    eider_public y, yb;
    eider_cpace a;
    eider_run run;

    draw_run(&run);
    vectors_exactly(v, "y", y.b, 32);
    ck_assert_int_eq(
        eider_cpace_answer(&run, test_string("x"), &y, &yb, &tb, &ta),
        EIDER_E_AUTH);
    ck_assert(sodium_is_zero(tb.b, sizeof tb.b));
    ck_assert(sodium_is_zero(ta.b, sizeof ta.b));
    ck_assert_int_eq(eider_cpace_start(&a, &run, test_string("x")), EIDER_OK);
    ck_assert_int_eq(eider_cpace_finish(&a, &run, &y, &tb, &ta), EIDER_E_AUTH);
}

START_TEST(agrees_with_the_model)
{
    vectors v;

    vectors_open(&v, "tests/vectors/cpace.txt");
    while (vectors_next(&v)) {
        if (vectors_number(&v, "valid") == 1)
            agree_run(&v);
        else
            refuse_point(&v);
    }
}
END_TEST

/* ---- its contract --------------------------------------------------------- */

/* One run; true where both sides are content. */
static bool
run_once(const eider_run *at_a, const eider_run *at_b, const char *answer_a,
         const char *answer_b)
{
    eider_cpace_tag ta, tb, proof;
    eider_public yb;
    eider_cpace a;
    bool is_right;

    ck_assert_int_eq(eider_cpace_start(&a, at_a, test_string(answer_a)),
                     EIDER_OK);
    ck_assert_int_eq(
        eider_cpace_answer(at_b, test_string(answer_b), &a.y, &yb, &tb, &ta),
        EIDER_OK);
    is_right = eider_cpace_finish(&a, at_a, &yb, &tb, &proof) == EIDER_OK;
    ck_assert_int_eq(is_right, memcmp(proof.b, ta.b, sizeof ta.b) == 0);
    ck_assert_int_eq(is_right, !sodium_is_zero(proof.b, sizeof proof.b));
    eider_cpace_wipe(&a);
    ck_assert(sodium_is_zero((uint8_t *)&a, sizeof a));
    return is_right;
}

START_TEST(the_same_answer_passes_and_another_fails)
{
    eider_run run;

    draw_run(&run);
    for (int i = 0; i < 20; i++) {
        ck_assert(run_once(&run, &run, "istanbul", "istanbul"));
        ck_assert(!run_once(&run, &run, "istanbul", "ankara"));
        ck_assert(!run_once(&run, &run, "a", "ab"));
    }
}
END_TEST

/* Every byte of what a run is bound to counts: keys, their order, session. */
START_TEST(every_byte_of_the_run_is_bound)
{
    eider_run one, other;

    draw_run(&one);
    for (size_t i = 0; i < sizeof one; i++) {
        other = one;
        ((uint8_t *)&other)[i] ^= 1;
        ck_assert(!run_once(&one, &other, "istanbul", "istanbul"));
    }
    other = one;
    other.initiator = one.responder;
    other.responder = one.initiator;
    ck_assert(!run_once(&one, &other, "istanbul", "istanbul"));
}
END_TEST

START_TEST(every_bit_of_what_comes_back_counts)
{
    eider_cpace_tag ta, tb, proof;
    eider_public yb, forged;
    eider_cpace a;
    eider_run run;

    draw_run(&run);
    ck_assert_int_eq(eider_cpace_start(&a, &run, test_string("x")), EIDER_OK);
    ck_assert_int_eq(
        eider_cpace_answer(&run, test_string("x"), &a.y, &yb, &tb, &ta),
        EIDER_OK);
    for (size_t i = 0; i < 8 * sizeof tb.b; i++) {
        tb.b[i / 8] ^= (uint8_t)(1 << i % 8);
        ck_assert_int_eq(eider_cpace_finish(&a, &run, &yb, &tb, &proof),
                         EIDER_E_AUTH);
        tb.b[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    for (size_t i = 0; i < 8 * sizeof yb.b; i++) {
        forged = yb;
        forged.b[i / 8] ^= (uint8_t)(1 << i % 8);
        ck_assert_int_eq(eider_cpace_finish(&a, &run, &forged, &tb, &proof),
                         EIDER_E_AUTH);
    }
    ck_assert_int_eq(eider_cpace_finish(&a, &run, &yb, &tb, &proof), EIDER_OK);
}
END_TEST

/* Sent back, Ya would make Ta and Tb the same. */
START_TEST(our_own_point_is_no_answer)
{
    eider_cpace_tag ta, tb, proof;
    eider_public yb;
    eider_cpace a;
    eider_run run;

    draw_run(&run);
    ck_assert_int_eq(eider_cpace_start(&a, &run, test_string("x")), EIDER_OK);
    ck_assert_int_eq(
        eider_cpace_answer(&run, test_string("x"), &a.y, &yb, &tb, &ta),
        EIDER_OK);
    ck_assert_int_eq(eider_cpace_finish(&a, &run, &a.y, &ta, &proof),
                     EIDER_E_AUTH);
}
END_TEST

START_TEST(no_two_runs_look_alike)
{
    eider_cpace a, b;
    eider_run run;

    draw_run(&run);
    ck_assert_int_eq(eider_cpace_start(&a, &run, test_string("x")), EIDER_OK);
    ck_assert_int_eq(eider_cpace_start(&b, &run, test_string("x")), EIDER_OK);
    ck_assert_mem_ne(a.y.b, b.y.b, 32);
    ck_assert_mem_ne(a.scalar.b, b.scalar.b, 32);
}
END_TEST

Suite *
cpace_suite(void)
{
    Suite *s = suite_create("cpace");
    TCase *tc = tcase_create("cpace");

    tcase_add_test(tc, agrees_with_the_published_vector);
    tcase_add_test(tc, agrees_with_the_model);
    tcase_add_test(tc, the_same_answer_passes_and_another_fails);
    tcase_add_test(tc, every_byte_of_the_run_is_bound);
    tcase_add_test(tc, every_bit_of_what_comes_back_counts);
    tcase_add_test(tc, our_own_point_is_no_answer);
    tcase_add_test(tc, no_two_runs_look_alike);
    suite_add_tcase(s, tc);
    return s;
}
