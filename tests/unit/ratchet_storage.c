/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ratchet: what is stored, what is believed when it is read again, and
 * what happens when it was an old copy.
 */
#include "ratchet_pair.h"
#include "support.h"

#include <string.h>

/* B with two old chains, with a key in each and two in the current one. */
static void
pair_fill(pair *p, uint64_t seed)
{
    pair_meet(p, seed);
    for (unsigned i = 0; i < 2; i++) {
        lose(p->side[A], 1);
        pass(p, A, i);
        pass(p, B, i);
    }
    lose(p->side[A], 2);
    pass(p, A, 9);
    pass(p, B, 9);
}

START_TEST(a_pickle_is_read_back_to_the_same_pickle)
{
    EIDER_AUTO(eider_buf) one = {0};
    EIDER_AUTO(eider_buf) two = {0};
    eider_ratchet *r;
    pair p;

    for (int stage = 0; stage < 3; stage++) {
        stage == 0   ? pair_start(&p, 1)
        : stage == 1 ? pair_meet(&p, 1)
                     : pair_fill(&p, 1);
        for (int i = A; i <= B; i++) {
            eider_buf_clear(&one);
            eider_buf_clear(&two);
            eider_ratchet_pickle(p.side[i], &one);
            r = unpickle_of(&one);
            eider_ratchet_pickle(r, &two);
            ck_assert_uint_eq(one.n, two.n);
            ck_assert_mem_eq(one.p, two.p, one.n);
            ck_assert_uint_eq(eider_ratchet_skipped(r),
                              eider_ratchet_skipped(p.side[i]));
            eider_ratchet_free(r);
        }
        pair_end(&p);
    }
}
END_TEST

static bool
takes_pickle(eider_slice input, void *data)
{
    eider_reader rd = eider_reader_of(input.p, input.n);
    eider_ratchet *r = data;
    eider_err e = eider_ratchet_unpickle(&r, &rd);

    ck_assert(e == EIDER_OK ? r != NULL : r == NULL);
    ck_assert(e == EIDER_OK || e == EIDER_E_MALFORMED);
    eider_ratchet_free(r);
    return e == EIDER_OK;
}

START_TEST(a_pickle_cut_anywhere_is_malformed)
{
    EIDER_AUTO(eider_buf) b = {0};
    pair p;

    pair_fill(&p, 2);
    b = pickle_of(p.side[B]);
    test_refuses_cuts(test_slice(b.p, b.n), takes_pickle, p.side[B]);
    pair_end(&p);
}
END_TEST

/* Of the pickle of B after pair_fill(): where the kept keys stand.  Old chains
 * 1, 2, 3; keys (2, 0), (3, 0), (4, 0), (4, 1); Nr = 3. */
#define P_LATE        (P_OLD + 1 + 3 * P_OLD_LEN)
#define P_LATE_KEY(i) (P_LATE + 2 + P_LATE_LEN * (i))

/* One byte set to a value that must not be. */
static const struct {
    size_t at;
    uint8_t value;
} wrong[] = {
    {0, 0},                 /* version */
    {0, 3},                 /* a newer one */
    {1, 14 + 16},           /* a flag that is not */
    {1, 0},                 /* a responder with nothing */
    {1, 1},                 /* an initiator that has not sent but has Ns */
    {1, 2},                 /* a fresh responder that has received */
    {1, 3},                 /* a key of its own and no sending chain */
    {1, 7},                 /* nothing received, but Nr */
    {1, 8},                 /* nothing sent, but Ns */
    {P_NS, 0},              /* a sending chain without a frame */
    {P_NS + 3, 1},          /* Ns beyond 24 bits */
    {P_NR, 0},              /* a receiving chain without a frame */
    {P_NR, 1},              /* a kept key that is yet to come */
    {P_NR + 3, 1},          /* Nr beyond 24 bits */
    {P_PN + 3, 1},          /* PN beyond 24 bits */
    {P_CHAIN, 0},           /* received, but no chain */
    {P_CHAIN, 3},           /* an old chain is the current one */
    {P_CHAIN, 5},           /* keys of a chain that is not known */
    {P_OLD, 9},             /* nine old chains */
    {P_OLD, 255},           /* */
    {P_OLD + 1, 0},         /* there is no chain 0 */
    {P_OLD + 1, 2},         /* an old chain twice */
    {P_OLD + 1 + 44, 1},    /* likewise */
    {P_OLD + 1 + 88, 4},    /* an old chain is the current one */
    {P_OLD + 1 + 88, 5},    /* an old chain that is yet to come */
    {P_LATE + 1, 8},        /* over 2000 keys */
    {P_LATE_KEY(0), 9},     /* a key of a chain that is not known */
    {P_LATE_KEY(0), 4},     /* out of order */
    {P_LATE_KEY(1), 2},     /* (2, 0) twice */
    {P_LATE_KEY(3) + 4, 0}, /* (4, 0) twice */
    {P_LATE_KEY(3) + 4, 3}, /* yet to come */
};

START_TEST(a_pickle_with_a_number_out_of_bounds_is_malformed)
{
    EIDER_AUTO(eider_buf) b = {0};
    uint8_t kept;
    pair p;

    pair_fill(&p, 3);
    b = pickle_of(p.side[B]);
    ck_assert_uint_eq(b.n, P_LATE_KEY(4) + P_PQ_LEN);
    ck_assert_uint_eq(b.p[P_OLD], 3);
    ck_assert_uint_eq(b.p[P_LATE], 4);
    kept = b.p[wrong[_i].at];
    ck_assert_uint_ne(kept, wrong[_i].value);
    b.p[wrong[_i].at] = wrong[_i].value;
    ck_assert(!takes_pickle(test_slice(b.p, b.n), p.side[B]));
    b.p[wrong[_i].at] = kept;
    eider_ratchet_free(unpickle_of(&b));
    pair_end(&p);
}
END_TEST

/* As it was before there were epochs: it ends with the kept keys. */
static eider_buf
older_pickle_of(const eider_ratchet *r)
{
    eider_buf b = pickle_of(r);

    b.p[0] = 1;
    b.n -= P_PQ_LEN;
    return b;
}

/* With the count of keys at its bound and one above, all of them there. */
START_TEST(two_thousand_keys_are_read_and_not_one_more)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_frame last;
    size_t at;
    pair p;

    pair_meet(&p, 4);
    lose(p.side[A], 1000);
    pass(&p, A, 1);
    lose(p.side[A], 999);
    last = say(p.side[A], 3);
    pass(&p, A, 2);
    b = older_pickle_of(p.side[B]);
    at = b.n - 2000 * P_LATE_LEN - 2;
    ck_assert_uint_eq(b.p[at] | b.p[at + 1] << 8, 2000);
    patch_u32(&p.side[B], P_NR, 5000);
    ck_assert_uint_eq(eider_ratchet_skipped(p.side[B]), 2000);
    opens(p.side[B], &last, 3);
    memset(b.p + P_NR, 0xff, 2);
    b.p[at]++;
    eider_buf_add(&b, NULL, P_LATE_LEN); /* chain 2, n 3840 */
    b.p[b.n - P_LATE_LEN] = 2;
    b.p[b.n - P_LATE_LEN + 5] = 15;
    ck_assert(!takes_pickle(test_slice(b.p, b.n), p.side[B]));
    b.p[at]--; /* without the first, it is the number alone */
    memmove(b.p + at + 2, b.p + at + 2 + P_LATE_LEN, 2000 * P_LATE_LEN);
    ck_assert(takes_pickle(test_slice(b.p, b.n - P_LATE_LEN), p.side[B]));
    pair_end(&p);
}
END_TEST

START_TEST(eight_old_chains_are_read_and_not_one_more)
{
    EIDER_AUTO(eider_buf) b = {0};
    pair p;

    pair_start(&p, 10);
    for (unsigned i = 0; i < 20; i++)
        pass(&p, i % 2, i);
    b = older_pickle_of(p.side[B]); /* old chains 2 to 9 */
    ck_assert_uint_eq(b.n, P_OLD + 1 + 8 * P_OLD_LEN + 2);
    ck_assert(takes_pickle(test_slice(b.p, b.n), p.side[B]));
    eider_buf_add(&b, NULL, P_OLD_LEN);
    memmove(b.p + P_OLD + 1 + P_OLD_LEN, b.p + P_OLD + 1, 8 * P_OLD_LEN + 2);
    b.p[P_OLD + 1] = 1;
    b.p[P_OLD]++;
    ck_assert(!takes_pickle(test_slice(b.p, b.n), p.side[B]));
    pair_end(&p);
}
END_TEST

/* By side, and by which of the two have sent: A, then B, then A once more. */
START_TEST(only_states_that_can_be_reached_are_read)
{
    static const struct {
        int side, sent;
        const char *flags;
    } ok[] = {{A, 0, "\x01\x02"},
              {B, 0, "\x01\x02"},
              {A, 1, "\x07"},
              {B, 1, "\x08"},
              {A, 2, "\x0c\x0d\x0e\x0f"},
              {B, 2, "\x0c\x0d\x0e\x0f"},
              {A, 3, "\x0c\x0d\x0e\x0f"},
              {B, 3, "\x0c\x0d\x0e\x0f"}};
    EIDER_AUTO(eider_buf) b = {0};
    pair p;

    pair_start(&p, 11);
    for (int i = 0; i < ok[_i].sent; i++)
        pass(&p, i % 2, (unsigned)i);
    b = pickle_of(p.side[ok[_i].side]);
    ck_assert_ptr_nonnull(strchr(ok[_i].flags, b.p[1]));
    for (unsigned has = 0; has < 256; has++) {
        bool reachable = has > 0 && strchr(ok[_i].flags, (int)has) != NULL;

        b.p[1] = (uint8_t)has;
        ck_assert(takes_pickle(test_slice(b.p, b.n), NULL) == reachable);
    }
    pair_end(&p);
}
END_TEST

START_TEST(a_replay_is_one_also_after_a_restart)
{
    eider_frame f[3];
    eider_ratchet *r;
    pair p;

    pair_meet(&p, 5);
    for (unsigned i = 0; i < 3; i++)
        f[i] = say(p.side[A], i);
    opens(p.side[B], &f[2], 2);
    opens(p.side[B], &f[0], 0);
    r = restored(p.side[B]);
    refuses(r, &f[2], EIDER_E_REPLAY);
    refuses(r, &f[0], EIDER_E_REPLAY);
    opens(r, &f[1], 1);
    refuses(r, &f[1], EIDER_E_REPLAY);
    eider_ratchet_free(r);
    pair_end(&p);
}
END_TEST

START_TEST(every_frame_may_be_followed_by_a_restart)
{
    eider_ratchet *r;
    pair p;

    pair_start(&p, 6);
    for (unsigned i = 0; i < 40; i++) {
        pass(&p, i / 3 % 2, i);
        for (int s = A; s <= B; s++) {
            r = restored(p.side[s]);
            eider_ratchet_free(p.side[s]);
            p.side[s] = r;
        }
    }
    pair_end(&p);
}
END_TEST

/* ---- an old copy --------------------------------------------------------- */

START_TEST(an_old_copy_repeats_a_frame_only_if_it_says_the_same)
{
    eider_frame f, g, h;
    eider_ratchet *old;
    pair p;

    pair_meet(&p, 7);
    pass(&p, A, 1);
    old = restored(p.side[A]);
    f = say(p.side[A], 2);
    g = say(old, 2);
    ck_assert_mem_eq(f.b, g.b, EIDER_FRAME_S);
    eider_ratchet_free(old);
    old = restored(p.side[A]);
    f = say(p.side[A], 3);
    h = say(old, 4);
    for (size_t i = 0; i + 8 <= EIDER_FRAME_S; i += 8) /* nothing in common */
        ck_assert_mem_ne(f.b + i, h.b + i, 8);
    opens(p.side[B], &g, 2);
    opens(p.side[B], &h, 4);
    refuses(p.side[B], &f, EIDER_E_REPLAY); /* the number was used */
    pass(&p, A, 5);
    eider_ratchet_free(old);
    pair_end(&p);
}
END_TEST

START_TEST(an_old_copy_draws_another_key_for_its_step)
{
    eider_frame f, g;
    eider_ratchet *old;
    pair p;

    pair_meet(&p, 8);
    old = restored(p.side[A]); /* a sending half is due */
    f = say(p.side[A], 1);
    g = say(old, 1);
    ck_assert_mem_ne(f.b, g.b, EIDER_FRAME_S);
    opens(p.side[B], &f, 1);
    refuses(p.side[B], &g, EIDER_E_LIMIT); /* two of them: a new handshake */
    g = say(old, 2); /* a number not used, under the chain of the other key */
    refuses(p.side[B], &g, EIDER_E_LIMIT);
    pass(&p, A, 3);
    pass(&p, B, 4);
    eider_ratchet_free(old);
    pair_end(&p);
}
END_TEST

START_TEST(a_receiver_put_back_opens_again_what_it_opened)
{
    eider_frame f, g;
    eider_ratchet *old;
    pair p;

    pair_meet(&p, 9);
    old = restored(p.side[B]);
    f = say(p.side[A], 1);
    opens(p.side[B], &f, 1);
    pass(&p, B, 2);
    g = say(p.side[A], 3);
    refuses(old, &g, EIDER_E_AUTH); /* two steps ahead: a new handshake */
    opens(old, &f, 1);
    eider_ratchet_free(old);
    pair_end(&p);
}
END_TEST

TCase *
ratchet_storage_case(void)
{
    TCase *t = tcase_create("storage");

    tcase_add_test(t, a_pickle_is_read_back_to_the_same_pickle);
    tcase_add_test(t, a_pickle_cut_anywhere_is_malformed);
    tcase_add_loop_test(t, a_pickle_with_a_number_out_of_bounds_is_malformed, 0,
                        sizeof wrong / sizeof wrong[0]);
    tcase_add_test(t, two_thousand_keys_are_read_and_not_one_more);
    tcase_add_test(t, eight_old_chains_are_read_and_not_one_more);
    tcase_add_loop_test(t, only_states_that_can_be_reached_are_read, 0, 8);
    tcase_add_test(t, a_replay_is_one_also_after_a_restart);
    tcase_add_test(t, every_frame_may_be_followed_by_a_restart);
    tcase_add_test(t, an_old_copy_repeats_a_frame_only_if_it_says_the_same);
    tcase_add_test(t, an_old_copy_draws_another_key_for_its_step);
    tcase_add_test(t, a_receiver_put_back_opens_again_what_it_opened);
    return t;
}
