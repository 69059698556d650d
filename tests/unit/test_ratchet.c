/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ratchet: talking, and what a stranger on the way can do to a frame.
 * Late frames and limits, storage, and long conversations are in the files
 * ratchet_*.c beside this one.
 */
#include "ratchet_pair.h"

#include <string.h>

Suite *ratchet_suite(void);

/* ---- talking ------------------------------------------------------------- */

START_TEST(says_who_started_and_what_may_be_sent)
{
    eider_outcome o;
    pair p;

    pair_start(&p, 1);
    outcome_fill(&o, true, 1);
    for (int i = A; i <= B; i++) {
        ck_assert_mem_eq(eider_ratchet_sid(p.side[i]), &o.keys.sid, 32);
        ck_assert(eider_ratchet_is_initiator(p.side[i]) == (i == A));
        ck_assert(eider_ratchet_can_send(p.side[i]) == (i == A));
        ck_assert(!eider_ratchet_has_opened(p.side[i]));
    }
    pass(&p, A, 1);
    ck_assert(!eider_ratchet_has_opened(p.side[A]));
    ck_assert(eider_ratchet_has_opened(p.side[B]));
    ck_assert(eider_ratchet_can_send(p.side[B]));
    pass(&p, B, 2);
    ck_assert(eider_ratchet_has_opened(p.side[A]));
    pair_end(&p);
}
END_TEST

START_TEST(carries_every_size_both_ways)
{
    eider_body b, got;
    eider_frame f;
    uint8_t flags;
    pair p;

    pair_start(&p, 2);
    for (unsigned i = 0; i < 60; i++) {
        int from = i / 2 % 2; /* two frames a chain */

        body_fill(&b, (eider_size)(i % 3), i);
        ck_assert_int_eq(eider_ratchet_seal(p.side[from], 0, &b, &f), EIDER_OK);
        ck_assert_int_eq(f.size, b.size);
        ck_assert_int_eq(
            eider_ratchet_open(p.side[1 - from], 0, &f, &got, &flags),
            EIDER_OK);
        ck_assert_mem_eq(got.b, b.b, eider_body_len(b.size));
    }
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[A]), 0);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 0);
    pair_end(&p);
}
END_TEST

START_TEST(opens_a_chain_in_every_order)
{
    eider_frame f[4];
    pair p, copy;

    pair_meet(&p, 3);
    for (unsigned i = 0; i < 4; i++)
        f[i] = say(p.side[A], i);
    for (unsigned order = 0; order < 256; order++) {
        unsigned o[4], seen = 0;

        for (unsigned i = 0; i < 4; i++)
            seen |= 1u << (o[i] = order >> 2 * i & 3);
        if (seen != 15)
            continue;
        copy.side[B] = restored(p.side[B]);
        for (unsigned i = 0; i < 4; i++)
            opens(copy.side[B], &f[o[i]], o[i]);
        for (unsigned i = 0; i < 4; i++)
            refuses(copy.side[B], &f[i], EIDER_E_REPLAY);
        ck_assert_uint_eq(eider_ratchet_skipped(copy.side[B]), 0);
        eider_ratchet_free(copy.side[B]);
    }
    pair_end(&p);
}
END_TEST

START_TEST(goes_on_after_frames_were_lost_on_both_sides)
{
    pair p;

    pair_start(&p, 4);
    for (unsigned i = 0; i < 40; i++) {
        int from = i % 2;

        lose(p.side[from], i % 7);
        pass(&p, from, i);
        pass(&p, from, 100 + i);
        lose(p.side[from], i % 3);
    }
    pair_end(&p);
}
END_TEST

START_TEST(a_lost_first_frame_is_no_loss)
{
    eider_frame first;
    pair p;

    pair_start(&p, 5);
    first = say(p.side[A], 0);
    pass(&p, A, 1);
    pass(&p, B, 2);
    pass(&p, A, 3);
    opens(p.side[B], &first, 0);
    pair_end(&p);
}
END_TEST

START_TEST(hands_over_all_flags)
{
    eider_frame f;
    eider_body b, got;
    uint8_t flags = 77;
    lie odd = {.n = 1, .pn = 1, .flags = 0xfe};
    pair p;

    pair_meet(&p, 6);
    body_fill(&b, EIDER_S, 1);
    ck_assert_int_eq(eider_ratchet_seal(p.side[A], 0xff, &b, &f), EIDER_OK);
    ck_assert_int_eq(eider_ratchet_open(p.side[B], 0, &f, &got, &flags),
                     EIDER_OK);
    ck_assert_uint_eq(flags, 0xff);
    ck_assert_uint_eq(flags_on_wire(p.side[A], &f), 0xff);
    f = forge(p.side[A], &odd, 2);
    ck_assert_int_eq(eider_ratchet_open(p.side[B], 0, &f, &got, &flags),
                     EIDER_OK);
    ck_assert_uint_eq(flags, 0xfe);
    pair_end(&p);
}
END_TEST

START_TEST(never_seals_the_same_body_to_the_same_frame)
{
    eider_frame f, g;
    pair p;

    pair_meet(&p, 7);
    f = say(p.side[A], 1);
    g = say(p.side[A], 1);
    for (size_t i = 0; i + 8 <= EIDER_FRAME_S; i += 8)
        ck_assert_mem_ne(f.b + i, g.b + i, 8);
    pair_end(&p);
}
END_TEST

/* Invariant 3, and what an honest peer costs. */
START_TEST(computes_once_for_a_step_and_twice_for_its_answer)
{
    eider_frame f, g, h;
    uint64_t n;
    pair p;

    pair_start(&p, 8);
    n = eider_dh_count();
    f = say(p.side[A], 1); /* a key pair and a DH */
    ck_assert_uint_eq(eider_dh_count(), n + 2);
    g = say(p.side[A], 2);
    h = say(p.side[A], 3);
    ck_assert_uint_eq(eider_dh_count(), n + 2);
    opens(p.side[B], &g, 2);
    ck_assert_uint_eq(eider_dh_count(), n + 3);
    opens(p.side[B], &h, 3);
    opens(p.side[B], &f, 1);
    refuses(p.side[B], &f, EIDER_E_REPLAY);
    ck_assert_uint_eq(eider_dh_count(), n + 3);
    say(p.side[B], 4);
    ck_assert_uint_eq(eider_dh_count(), n + 5);
    say(p.side[B], 5);
    ck_assert_uint_eq(eider_dh_count(), n + 5);
    pair_end(&p);
}
END_TEST

static bool
contains(const eider_ratchet *r, const void *needle)
{
    EIDER_AUTO(eider_buf) b = pickle_of(r);

    return memmem(b.p, b.n, needle, EIDER_KEY_LEN) != NULL;
}

START_TEST(wipes_a_ratchet_key_with_the_step_that_used_it)
{
    eider_outcome o;
    eider_secret a;
    pair p;

    pair_start(&p, 9);
    outcome_fill(&o, false, 9);
    ck_assert(contains(p.side[B], o.responder_e.sk.b));
    say(p.side[A], 0);
    {
        EIDER_AUTO(eider_buf) b = pickle_of(p.side[A]);

        memcpy(a.b, b.p + P_KEY(P_DHS), sizeof a.b);
    }
    pass(&p, A, 1);
    ck_assert(!contains(p.side[B], o.responder_e.sk.b));
    ck_assert(contains(p.side[A], a.b));
    pass(&p, B, 2);
    ck_assert(!contains(p.side[A], a.b));
    pair_end(&p);
}
END_TEST

/* ---- strangers ----------------------------------------------------------- */

/* Invariants 2 and 3.  @at: where a flip may cost a DH, because the header
 * still opens and asks for a step. */
static void
flip_every_bit(eider_ratchet *r, const eider_frame *good, size_t at)
{
    uint64_t n = eider_dh_count();
    eider_frame f = *good;

    for (size_t i = 0; i < EIDER_FRAME_S; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            f.b[i] ^= (uint8_t)(1u << bit);
            refuses(r, &f, EIDER_E_AUTH);
            f.b[i] = good->b[i];
        }
        if (i + 1 == at)
            ck_assert_uint_eq(eider_dh_count(), n);
    }
}

START_TEST(refuses_a_frame_with_any_bit_flipped)
{
    eider_frame f;
    pair p;

    pair_meet(&p, 10);
    pass(&p, A, 0);
    f = say(p.side[A], 1);
    flip_every_bit(p.side[B], &f, EIDER_FRAME_S);
    opens(p.side[B], &f, 1);
    pair_end(&p);
}
END_TEST

START_TEST(refuses_a_step_with_any_bit_flipped)
{
    eider_frame f;
    pair p;

    pair_meet(&p, 11);
    lose(p.side[A], 3);
    f = say(p.side[A], 1);
    flip_every_bit(p.side[B], &f, 80);
    opens(p.side[B], &f, 1);
    pair_end(&p);
}
END_TEST

START_TEST(refuses_a_late_frame_with_any_bit_flipped)
{
    eider_frame f;
    pair p;

    pair_meet(&p, 12);
    f = say(p.side[A], 1);
    pass(&p, A, 2);
    pass(&p, B, 3);
    pass(&p, A, 4);
    flip_every_bit(p.side[B], &f, EIDER_FRAME_S);
    opens(p.side[B], &f, 1);
    pair_end(&p);
}
END_TEST

START_TEST(refuses_another_body_under_a_header_that_opens)
{
    eider_frame f, g;
    eider_body b;
    pair p;

    pair_meet(&p, 13);
    f = say(p.side[A], 1); /* a step; */
    memset(f.b + 80, 0, 200);
    refuses(p.side[B], &f, EIDER_E_AUTH);
    pass(&p, A, 2);
    g = forge(p.side[A], &(lie){.n = 2, .pn = 1}, 3); /* no step; */
    f = g;
    body_fill(&b, EIDER_S, 3);
    memcpy(f.b + 80, b.b, 200);
    refuses(p.side[B], &f, EIDER_E_AUTH);
    opens(p.side[B], &g, 3);
    pair_end(&p);
}
END_TEST

START_TEST(a_foreign_frame_costs_no_dh)
{
    pair p, q;
    uint64_t n, seed = 14;
    eider_frame f, own, foreign;

    pair_meet(&p, 14);
    pair_meet(&q, 15);
    for (unsigned i = 0; i < 24; i++) /* so that there are old header keys */
        pass(&p, i % 2, i);
    own = say(p.side[B], 1);
    foreign = say(q.side[A], 1);
    n = eider_dh_count();
    refuses(p.side[B], &own, EIDER_E_AUTH);
    refuses(p.side[B], &foreign, EIDER_E_AUTH);
    for (unsigned i = 0; i < 200; i++) {
        f.size = (eider_size)(i % 3);
        for (size_t k = 0; k < eider_frame_len(f.size); k++)
            f.b[k] = (uint8_t)next_random(&seed);
        refuses(p.side[i / 3 % 2], &f, EIDER_E_AUTH);
    }
    ck_assert_uint_eq(eider_dh_count(), n);
    pair_end(&p);
    pair_end(&q);
}
END_TEST

START_TEST(a_frame_of_another_size_does_not_open)
{
    eider_frame f;
    pair p;

    pair_meet(&p, 16);
    f = say(p.side[A], 1);
    memset(f.b + EIDER_FRAME_S, 0, EIDER_FRAME_M - EIDER_FRAME_S);
    f.size = EIDER_M;
    refuses(p.side[B], &f, EIDER_E_AUTH);
    pair_end(&p);
}
END_TEST

/* ---- sending that fails -------------------------------------------------- */

static void
cannot_seal(eider_ratchet *r, eider_err expected)
{
    EIDER_AUTO(eider_buf) before = pickle_of(r);
    EIDER_AUTO(eider_buf) after = {0};
    eider_frame f;
    eider_body b;

    body_fill(&b, EIDER_S, 1);
    ck_assert_int_eq(eider_ratchet_seal(r, 0, &b, &f), expected);
    eider_ratchet_pickle(r, &after);
    ck_assert_uint_eq(before.n, after.n);
    ck_assert_mem_eq(before.p, after.p, after.n);
}

START_TEST(the_responder_does_not_send_first)
{
    eider_frame f;
    pair p;

    pair_start(&p, 17);
    cannot_seal(p.side[B], EIDER_E_STATE);
    f = say(p.side[A], 1);
    f.b[200] ^= 1;
    refuses(p.side[B], &f, EIDER_E_AUTH);
    cannot_seal(p.side[B], EIDER_E_STATE); /* nor after a forged one */
    pass(&p, A, 2);
    pass(&p, B, 3);
    pair_end(&p);
}
END_TEST

START_TEST(a_low_order_key_of_the_peer_is_not_sent_to)
{
    const eider_public zero = {{0}}, one = {{1}};
    pair p;

    pair_start(&p, 18);
    patch(&p.side[A], P_KEY(P_DHR), zero.b, sizeof zero.b);
    cannot_seal(p.side[A], EIDER_E_AUTH);
    patch(&p.side[A], P_KEY(P_DHR), one.b, sizeof one.b);
    cannot_seal(p.side[A], EIDER_E_AUTH);
    pair_end(&p);
}
END_TEST

START_TEST(a_chain_ends_at_the_last_number_of_24_bits)
{
    const uint32_t last = EIDER_N_MAX - 1;
    eider_frame f;
    pair p;

    pair_meet(&p, 19);
    pass(&p, A, 1);
    patch_u32(&p.side[A], P_NS, last);
    patch_u32(&p.side[B], P_NR, last);
    f = say(p.side[A], 2);
    cannot_seal(p.side[A], EIDER_E_LIMIT);
    opens(p.side[B], &f, 2);
    refuses(p.side[B], &f, EIDER_E_REPLAY);
    pass(&p, B, 3); /* nor can the next chain name the length of this one */
    cannot_seal(p.side[A], EIDER_E_LIMIT);
    patch_u32(&p.side[A], P_NS, last);
    pass(&p, A, 4);
    pair_end(&p);
}
END_TEST

Suite *
ratchet_suite(void)
{
    Suite *s = suite_create("ratchet");
    TCase *talk = tcase_create("talking");
    TCase *foreign = tcase_create("strangers");

    tcase_add_test(talk, says_who_started_and_what_may_be_sent);
    tcase_add_test(talk, carries_every_size_both_ways);
    tcase_add_test(talk, opens_a_chain_in_every_order);
    tcase_add_test(talk, goes_on_after_frames_were_lost_on_both_sides);
    tcase_add_test(talk, a_lost_first_frame_is_no_loss);
    tcase_add_test(talk, hands_over_all_flags);
    tcase_add_test(talk, never_seals_the_same_body_to_the_same_frame);
    tcase_add_test(talk, computes_once_for_a_step_and_twice_for_its_answer);
    tcase_add_test(talk, wipes_a_ratchet_key_with_the_step_that_used_it);
    tcase_add_test(talk, the_responder_does_not_send_first);
    tcase_add_test(talk, a_low_order_key_of_the_peer_is_not_sent_to);
    tcase_add_test(talk, a_chain_ends_at_the_last_number_of_24_bits);
    tcase_add_test(foreign, refuses_a_frame_with_any_bit_flipped);
    tcase_add_test(foreign, refuses_a_step_with_any_bit_flipped);
    tcase_add_test(foreign, refuses_a_late_frame_with_any_bit_flipped);
    tcase_add_test(foreign, refuses_another_body_under_a_header_that_opens);
    tcase_add_test(foreign, a_foreign_frame_costs_no_dh);
    tcase_add_test(foreign, a_frame_of_another_size_does_not_open);
    suite_add_tcase(s, talk);
    suite_add_tcase(s, foreign);
    suite_add_tcase(s, ratchet_late_case());
    suite_add_tcase(s, ratchet_storage_case());
    suite_add_tcase(s, ratchet_long_case());
    suite_add_tcase(s, ratchet_pq_case());
    return s;
}
