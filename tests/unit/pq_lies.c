/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The post-quantum epoch: what a peer who lies can do, which is nothing. */
#include "pq_line.h"
#include "support.h"

#include <string.h>

static void
tell(eider_pq *pq, const void *value, size_t n)
{
    eider_body b;

    eider_body_init(&b, EIDER_M);
    ck_assert_int_eq(eider_body_add(&b, EIDER_R_PQ, (eider_slice){value, n}),
                     EIDER_OK);
    eider_pq_take(pq, &b);
}

static void
ignores(eider_pq *pq, const void *value, size_t n, int where)
{
    const eider_pq before = *pq;

    tell(pq, value, n);
    ck_assert_msg(memcmp(&before, pq, sizeof before) == 0, "line %d", where);
}

/* Every kind, epoch, first index and length that does not belong. */
START_TEST(what_does_not_belong_changes_nothing)
{
    uint8_t v[4 + 38 * 32];
    line l;

    line_in_the_middle(&l);
    memset(v, 0x11, sizeof v);
    for (int to = A; to <= B; to++) {
        eider_pq *pq = &l.e[to].pq;
        unsigned good = to == B ? EIDER_PQ_EK : EIDER_PQ_CT;
        unsigned n = to == B ? 37 : 34;

        for (unsigned kind = 0; kind < 256; kind++) {
            v[0] = (uint8_t)kind;
            v[1] = 1;
            v[2] = 0;
            if (kind != good && kind != EIDER_PQ_HAVE)
                ignores(pq, v, 35, __LINE__);
            v[0] = (uint8_t)good;
            v[1] = (uint8_t)kind; /* an epoch */
            if (v[1] != 1)
                ignores(pq, v, 35, __LINE__);
            v[1] = 1;
            v[2] = (uint8_t)kind; /* a first index */
            if (v[2] >= n)
                ignores(pq, v, 35, __LINE__);
            v[2] = 0;
        }
        for (size_t len = 0; len <= sizeof v; len++)
            if (len < 3 || (len - 3) % 32 != 0 || len == 3 ||
                (len - 3) / 32 > n)
                ignores(pq, v, len, __LINE__);
        v[0] = EIDER_PQ_HAVE;
        for (size_t len = 0; len < 40; len++)
            if (len != 7)
                ignores(pq, v, len, __LINE__);
    }
}
END_TEST

START_TEST(bits_beyond_the_last_symbol_mean_nothing)
{
    const uint8_t v[7] = {EIDER_PQ_HAVE, 1, 0, 0, 0, 0, 0xe0};
    line l;

    line_in_the_middle(&l);
    ignores(&l.e[A].pq, v, sizeof v, __LINE__);
}
END_TEST

/* Before anything of ours has left, nothing can answer it. */
START_TEST(an_answer_to_nothing_changes_nothing)
{
    uint8_t ct[3 + 34 * 32] = {EIDER_PQ_CT, 1, 0};
    uint8_t have[7] = {EIDER_PQ_HAVE, 1, 255, 255, 255, 255, 255};
    line l;

    line_start(&l, 4);
    ignores(&l.e[A].pq, ct, sizeof ct, __LINE__);
    ignores(&l.e[A].pq, have, sizeof have, __LINE__);
    ignores(&l.e[B].pq, have, sizeof have, __LINE__);
}
END_TEST

START_TEST(the_first_value_of_a_symbol_stays)
{
    uint8_t v[3 + 32] = {EIDER_PQ_EK, 1, 4, 0xaa};
    line l;

    line_in_the_middle(&l);
    for (unsigned i = 0; i < 18; i++) {
        v[2] = (uint8_t)i;
        ignores(&l.e[B].pq, v, sizeof v, __LINE__);
    }
    v[2] = 30;
    tell(&l.e[B].pq, v, sizeof v);
    ck_assert_uint_eq(l.e[B].pq.theirs[30 * 32], 0xaa);
}
END_TEST

START_TEST(a_key_that_fails_its_check_is_forgotten_and_costs_nothing)
{
    uint8_t v[3 + 37 * 32];
    eider_pq clean;
    line l;

    line_start(&l, 6);
    eider_pq_init(&clean, false);
    test_random_push(NULL, 0); /* nothing may be drawn */
    for (unsigned at = 0; at < 36 * 32; at += 3 * 64) {
        /* One coefficient of q, 3329. */
        memset(v, 0, sizeof v);
        v[0] = EIDER_PQ_EK;
        v[1] = 1;
        v[3 + at] = 0x01;
        v[3 + at + 1] = 0x0d;
        tell(&l.e[B].pq, v, sizeof v);
        ck_assert_mem_eq(&l.e[B].pq, &clean, sizeof clean);
    }
    test_random_end();
    /* The true one is still taken. */
    (void)frames_of_an_epoch(&l, COVER, 0);
    ck_assert_uint_eq(l.e[A].pq.mixed, 1);
}
END_TEST

START_TEST(of_several_records_the_first_counts)
{
    uint8_t v[3 + 32] = {EIDER_PQ_EK, 1, 20, 0xaa};
    eider_body b;
    line l;

    line_in_the_middle(&l);
    eider_body_init(&b, EIDER_M);
    for (unsigned i = 20; i < 37; i++) {
        v[2] = (uint8_t)i;
        ck_assert_int_eq(
            eider_body_add(&b, EIDER_R_PQ, (eider_slice){v, sizeof v}),
            EIDER_OK);
    }
    eider_pq_take(&l.e[B].pq, &b);
    ck_assert_uint_eq(l.e[B].pq.arrived, ((1u << 18) - 1) | 1u << 20);
    /* In a body where a record runs past the end none counts. */
    memset(&b.b[b.used], 0xff, 3);
    b.b[2 + 3] = 35;
    ignores(&l.e[B].pq, v, 0, __LINE__);
    {
        const eider_pq before = l.e[B].pq;

        eider_pq_take(&l.e[B].pq, &b);
        ck_assert_mem_eq(&before, &l.e[B].pq, sizeof before);
    }
}
END_TEST

/* A flood of anything: what is stored stays small, and the other side's work
 * is one operation of ML-KEM a body at most. */
START_TEST(a_flood_of_records_leads_nowhere)
{
    uint64_t seed = 7;
    uint8_t v[3 + 37 * 32];
    EIDER_AUTO(eider_buf) b = {0};
    line l;

    line_start(&l, 7);
    (void)post(&l, A, COVER);
    for (int i = 0; i < 3000; i++) {
        eider_pq *pq = &l.e[next_random(&seed) % 2].pq;
        unsigned k = (unsigned)(next_random(&seed) % 38);

        for (size_t n = 0; n < 3 + 32 * k; n++)
            v[n] = (uint8_t)next_random(&seed);
        v[0] = (uint8_t)(1 + next_random(&seed) % 3);
        v[1] = next_random(&seed) % 8 == 0 ? v[1] : 1;
        v[2] %= 38;
        tell(pq, v, 3 + 32 * k);
        eider_buf_clear(&b);
        eider_pq_pickle(pq, &b);
        ck_assert_uint_le(b.n, 1168);
        ck_assert_uint_eq(pq->mixed, 0);
    }
}
END_TEST

START_TEST(a_step_names_the_last_epoch_or_one_that_is_under_way)
{
    const eider_secret *ss;
    line l;

    line_start(&l, 8);
    for (int stage = 0; stage < 2; stage++) {
        for (unsigned epoch = 0; epoch < 256; epoch++)
            for (int to = A; to <= B; to++) {
                bool mixes = epoch == 1 && stage == 1 && to == B;

                ck_assert_int_eq(
                    eider_pq_to_receive(&l.e[to].pq, (uint8_t)epoch, &ss),
                    epoch == 0 || mixes ? EIDER_OK : EIDER_E_AUTH);
                ck_assert(mixes == (ss != NULL));
            }
        to_the_secret(&l);
    }
}
END_TEST

TCase *
pq_lies_case(void)
{
    TCase *t = tcase_create("a peer who lies");

    tcase_add_test(t, what_does_not_belong_changes_nothing);
    tcase_add_test(t, bits_beyond_the_last_symbol_mean_nothing);
    tcase_add_test(t, an_answer_to_nothing_changes_nothing);
    tcase_add_test(t, the_first_value_of_a_symbol_stays);
    tcase_add_test(t,
                   a_key_that_fails_its_check_is_forgotten_and_costs_nothing);
    tcase_add_test(t, of_several_records_the_first_counts);
    tcase_add_test(t, a_flood_of_records_leads_nowhere);
    tcase_add_test(t, a_step_names_the_last_epoch_or_one_that_is_under_way);
    return t;
}
