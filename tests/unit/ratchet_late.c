/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ratchet: late frames, the keys kept for them, and the limits that hold
 * also against a peer who knows all keys and lies.
 */
#include "ratchet_pair.h"

#include <string.h>

#define KEEP EIDER_SKIPPED_KEEP

START_TEST(skips_a_thousand_in_a_chain_and_no_more)
{
    eider_frame far;
    pair p;

    pair_meet(&p, 1);
    pass(&p, A, 1);
    lose(p.side[A], EIDER_SKIP_MAX);
    pass(&p, A, 2);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), EIDER_SKIP_MAX);
    lose(p.side[A], EIDER_SKIP_MAX + 1);
    far = say(p.side[A], 3);
    refuses(p.side[B], &far, EIDER_E_LIMIT);
    pair_end(&p);
}
END_TEST

START_TEST(skips_a_thousand_at_the_start_of_a_chain_and_no_more)
{
    eider_frame far;
    uint64_t n;
    pair p;

    pair_start(&p, 2);
    lose(p.side[A], EIDER_SKIP_MAX);
    pass(&p, A, 2);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), EIDER_SKIP_MAX);
    pair_end(&p);
    pair_start(&p, 2);
    lose(p.side[A], EIDER_SKIP_MAX + 1);
    far = say(p.side[A], 3);
    n = eider_dh_count();
    refuses(p.side[B], &far, EIDER_E_LIMIT);
    ck_assert_uint_eq(eider_dh_count(), n);
    pair_end(&p);
}
END_TEST

/* A step that ends a chain of which @lost have not come. */
static void
step_over(pair *p, unsigned lost)
{
    pair_meet(p, 3);
    pass(p, A, 1);
    lose(p->side[A], lost);
    pass(p, B, 2);
}

START_TEST(skips_a_thousand_at_the_end_of_a_chain_and_no_more)
{
    eider_frame far;
    pair p;

    step_over(&p, EIDER_SKIP_MAX);
    lose(p.side[A], EIDER_SKIP_MAX); /* both gaps at once */
    pass(&p, A, 3);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 2 * EIDER_SKIP_MAX);
    pair_end(&p);
    step_over(&p, EIDER_SKIP_MAX + 1);
    far = say(p.side[A], 3);
    refuses(p.side[B], &far, EIDER_E_LIMIT);
    pair_end(&p);
}
END_TEST

START_TEST(keeps_two_thousand_keys_and_the_newest_of_them)
{
    eider_frame f[3], mid;
    pair p;

    pair_meet(&p, 4);
    for (unsigned i = 0; i < 3; i++) {
        f[i] = say(p.side[A], i);
        lose(p.side[A], EIDER_SKIP_MAX / 2 - 1);
        mid = say(p.side[A], 10 + i);
        lose(p.side[A], EIDER_SKIP_MAX / 2 - 1);
        pass(&p, A, 100 + i);
    }
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), EIDER_SKIPPED_KEYS_MAX);
    refuses(p.side[B], &f[0], EIDER_E_REPLAY);
    opens(p.side[B], &f[1], 1);
    opens(p.side[B], &f[2], 2);
    opens(p.side[B], &mid, 12);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]),
                      EIDER_SKIPPED_KEYS_MAX - 3);
    pair_end(&p);
}
END_TEST

/* Invariant 4: the slab fills up, is emptied and fills up again. */
START_TEST(holds_its_bounds_over_many_gaps)
{
    eider_frame last;
    pair p;

    pair_meet(&p, 5);
    for (unsigned i = 0; i < 30; i++) {
        lose(p.side[A], 300 + 20 * i);
        last = say(p.side[A], i);
        pass(&p, A, 100 + i);
        pass(&p, B, 200 + i);
        ck_assert_uint_le(eider_ratchet_skipped(p.side[B]),
                          EIDER_SKIPPED_KEYS_MAX);
    }
    opens(p.side[B], &last, 29);
    pair_end(&p);
}
END_TEST

START_TEST(opens_a_late_frame_of_an_old_chain_once)
{
    eider_frame f, g;
    pair p;

    pair_meet(&p, 6);
    pass(&p, A, 1);
    f = say(p.side[A], 2);
    g = say(p.side[A], 3);
    pass(&p, B, 4);
    pass(&p, A, 5); /* pn tells of both */
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 2);
    opens(p.side[B], &g, 3);
    refuses(p.side[B], &g, EIDER_E_REPLAY);
    opens(p.side[B], &f, 2);
    refuses(p.side[B], &f, EIDER_E_REPLAY);
    pass(&p, A, 6);
    pair_end(&p);
}
END_TEST

START_TEST(knows_eight_old_chains_and_not_the_ninth)
{
    eider_frame late[10], seen[10];
    pair p;

    pair_meet(&p, 7); /* the chain of this is the first of ten */
    for (unsigned i = 0; i < 10; i++) {
        late[i] = say(p.side[A], i);
        seen[i] = say(p.side[A], 10 + i);
        opens(p.side[B], &seen[i], 10 + i);
        pass(&p, B, 100 + i);
    }
    /* ten, of which the last is the current one and eight are old */
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 9);
    refuses(p.side[B], &late[0], EIDER_E_AUTH);
    refuses(p.side[B], &seen[0], EIDER_E_AUTH);
    for (unsigned i = 1; i < 10; i++) {
        refuses(p.side[B], &seen[i], EIDER_E_REPLAY);
        opens(p.side[B], &late[i], i);
        refuses(p.side[B], &late[i], EIDER_E_REPLAY);
    }
    pair_end(&p);
}
END_TEST

START_TEST(an_old_chain_ends_where_pn_said)
{
    eider_frame beyond, late;
    pair p;

    pair_meet(&p, 8);
    pass(&p, A, 1);
    late = say(p.side[A], 2);
    beyond = forge(p.side[A], &(lie){.n = 2, .pn = 1}, 3);
    pass(&p, B, 4);
    pass(&p, A, 5);
    refuses(p.side[B], &beyond, EIDER_E_REPLAY);
    opens(p.side[B], &late, 2);
    pair_end(&p);
}
END_TEST

/* ---- a peer who lies ----------------------------------------------------- */

/* Whoever names an epoch to which we have no secret has lost state, or we
 * have.  In a chain it says nothing new. */
START_TEST(a_step_to_another_epoch_is_unopenable)
{
    eider_frame step, in_chain, late, first;
    pair p;

    pair_meet(&p, 9);
    first = say(p.side[A], 1);
    for (unsigned epoch = 1; epoch < 256; epoch++) {
        uint64_t n = eider_dh_count();

        step = forge(p.side[A],
                     &(lie){.n = 1, .pn = 1, .epoch = (uint8_t)epoch}, 2);
        refuses(p.side[B], &step, EIDER_E_AUTH);
        ck_assert_uint_eq(eider_dh_count(), n);
    }
    opens(p.side[B], &first, 1);
    in_chain = forge(p.side[A], &(lie){.n = 1, .pn = 1, .epoch = 255}, 2);
    late = forge(p.side[A], &(lie){.n = 2, .pn = 1, .epoch = 7}, 3);
    opens(p.side[B], &in_chain, 2);
    (void)say(p.side[A], 2);
    (void)say(p.side[A], 3);
    pass(&p, A, 6);
    pass(&p, B, 4);
    pass(&p, A, 5);
    opens(p.side[B], &late, 3);
    pair_end(&p);
}
END_TEST

START_TEST(drops_a_step_to_a_low_order_key)
{
    const eider_public zero = {{0}}, one = {{1}};
    eider_frame good, f;
    pair p;

    pair_meet(&p, 10);
    good = say(p.side[A], 1);
    f = forge(p.side[A], &(lie){.dh = &zero, .n = 1, .pn = 1}, 2);
    refuses(p.side[B], &f, EIDER_E_AUTH);
    f = forge(p.side[A], &(lie){.dh = &one, .n = 1, .pn = 1}, 2);
    refuses(p.side[B], &f, EIDER_E_AUTH);
    opens(p.side[B], &good, 1);
    pair_end(&p);
}
END_TEST

START_TEST(drops_numbers_far_beyond_the_limit)
{
    const uint32_t n = EIDER_N_MAX - 1;
    eider_frame f;
    pair p;

    pair_meet(&p, 11);
    lose(p.side[A], 1);
    f = forge(p.side[A], &(lie){.n = 1, .pn = n}, 1);
    refuses(p.side[B], &f, EIDER_E_LIMIT);
    f = forge(p.side[A], &(lie){.n = 1002, .pn = 1}, 1);
    refuses(p.side[B], &f, EIDER_E_LIMIT);
    f = forge(p.side[A], &(lie){.n = 1000, .pn = 1001}, 1);
    opens(p.side[B], &f, 1); /* 1000 each */
    pair_end(&p);
}
END_TEST

START_TEST(a_pn_below_what_has_come_skips_nothing)
{
    eider_frame f;
    pair p;

    pair_meet(&p, 12);
    pass(&p, A, 1);
    pass(&p, A, 2);
    pass(&p, B, 3);
    lose(p.side[A], 1);
    f = forge(p.side[A], &(lie){.n = 1, .pn = 0}, 4);
    opens(p.side[B], &f, 4);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 1);
    pair_end(&p);
}
END_TEST

START_TEST(a_pn_in_the_first_chain_skips_nothing)
{
    eider_frame f;
    pair p;

    pair_start(&p, 17);
    lose(p.side[A], 1);
    f = forge(p.side[A], &(lie){.n = 1, .pn = 5}, 1);
    opens(p.side[B], &f, 1);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 1);
    pair_end(&p);
}
END_TEST

/* No chain can follow ours before we have made a ratchet key for it. */
START_TEST(takes_no_step_without_a_key_of_its_own)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_frame f;
    uint64_t n;
    pair p;

    pair_meet(&p, 13); /* A has opened B's chain and not answered */
    b = pickle_of(p.side[A]);
    patch(&p.side[B], P_KEY(P_HKS), b.p + P_KEY(P_NHKR), EIDER_KEY_LEN);
    f = say(p.side[B], 1);
    n = eider_dh_count();
    refuses(p.side[A], &f, EIDER_E_AUTH);
    ck_assert_uint_eq(eider_dh_count(), n);
    pair_end(&p);
}
END_TEST

/* ---- time ---------------------------------------------------------------- */

START_TEST(message_keys_expire_one_by_one)
{
    eider_frame f[2], g;
    pair p;

    pair_meet(&p, 14);
    f[0] = say(p.side[A], 0);
    g = say(p.side[A], 10);
    opens_at(p.side[B], 1000, &g, 10, __LINE__);
    f[1] = say(p.side[A], 1);
    g = say(p.side[A], 11);
    opens_at(p.side[B], 1500, &g, 11, __LINE__);
    eider_ratchet_expire(p.side[B], 1000 + KEEP);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 2);
    eider_ratchet_expire(p.side[B], 1001 + KEEP);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 1);
    refuses(p.side[B], &f[0], EIDER_E_REPLAY);
    opens(p.side[B], &f[1], 1);
    pass(&p, A, 20);
    pair_end(&p);
}
END_TEST

START_TEST(an_old_header_key_expires_with_its_message_keys)
{
    eider_frame seen, late, next;
    pair p;

    pair_meet(&p, 15);
    late = say(p.side[A], 1);
    seen = say(p.side[A], 2);
    opens_at(p.side[B], 5000, &seen, 2, __LINE__);
    pass(&p, B, 3);
    next = say(p.side[A], 4);
    opens_at(p.side[B], 100, &next, 4, __LINE__); /* a clock set back */
    eider_ratchet_expire(p.side[B], 100 + KEEP);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 1);
    refuses(p.side[B], &seen, EIDER_E_REPLAY);
    eider_ratchet_expire(p.side[B], 101 + KEEP);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 0);
    refuses(p.side[B], &seen, EIDER_E_AUTH);
    refuses(p.side[B], &late, EIDER_E_AUTH);
    refuses(p.side[B], &next, EIDER_E_REPLAY); /* the chain itself stays */
    pass(&p, A, 5);
    pair_end(&p);
}
END_TEST

START_TEST(a_clock_that_was_ahead_does_not_keep_keys_for_ever)
{
    eider_frame g;
    pair p;

    pair_meet(&p, 16);
    lose(p.side[A], 2);
    g = say(p.side[A], 1);
    opens_at(p.side[B], UINT64_MAX, &g, 1, __LINE__);
    eider_ratchet_expire(p.side[B], 1000);
    eider_ratchet_expire(p.side[B], 1000 + KEEP);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 2);
    eider_ratchet_expire(p.side[B], 1001 + KEEP);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 0);
    pair_end(&p);
}
END_TEST

TCase *
ratchet_late_case(void)
{
    TCase *t = tcase_create("late frames and limits");

    tcase_add_test(t, skips_a_thousand_in_a_chain_and_no_more);
    tcase_add_test(t, skips_a_thousand_at_the_start_of_a_chain_and_no_more);
    tcase_add_test(t, skips_a_thousand_at_the_end_of_a_chain_and_no_more);
    tcase_add_test(t, keeps_two_thousand_keys_and_the_newest_of_them);
    tcase_add_test(t, holds_its_bounds_over_many_gaps);
    tcase_add_test(t, opens_a_late_frame_of_an_old_chain_once);
    tcase_add_test(t, knows_eight_old_chains_and_not_the_ninth);
    tcase_add_test(t, an_old_chain_ends_where_pn_said);
    tcase_add_test(t, a_step_to_another_epoch_is_unopenable);
    tcase_add_test(t, drops_a_step_to_a_low_order_key);
    tcase_add_test(t, drops_numbers_far_beyond_the_limit);
    tcase_add_test(t, a_pn_below_what_has_come_skips_nothing);
    tcase_add_test(t, a_pn_in_the_first_chain_skips_nothing);
    tcase_add_test(t, takes_no_step_without_a_key_of_its_own);
    tcase_add_test(t, message_keys_expire_one_by_one);
    tcase_add_test(t, an_old_header_key_expires_with_its_message_keys);
    tcase_add_test(t, a_clock_that_was_ahead_does_not_keep_keys_for_ever);
    return t;
}
