/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The post-quantum epoch by itself, over a line that may lose, double and swap:
 * how many frames it takes, what a record looks like, what is wiped.  A peer
 * who lies and storage are in the files pq_*.c beside this one.
 */
#include "pq_line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AIR_MAX 8

Suite *pq_suite(void);

/* ---- how long it takes ---------------------------------------------------- */

static int
by_number(const void *a, const void *b)
{
    return (int)(*(const unsigned *)a - *(const unsigned *)b);
}

typedef struct {
    unsigned median, p95, most;
} spread;

static spread
measure(size_t used, unsigned loss, unsigned epochs)
{
    static unsigned n[1000];
    line l;

    line_start(&l, 1 + used + loss);
    (void)frames_of_an_epoch(&l, used, loss); /* it has a longer start */
    for (unsigned i = 0; i < epochs; i++)
        n[i] = frames_of_an_epoch(&l, used, loss);
    qsort(n, epochs, sizeof n[0], by_number);
    printf("pq: %zu bytes used, %u of 1000 lost: median %u, 95 %% %u, most %u "
           "frames an epoch\n",
           used, loss, n[epochs / 2], n[epochs * 95 / 100], n[epochs - 1]);
    return (spread){n[epochs / 2], n[epochs * 95 / 100], n[epochs - 1]};
}

START_TEST(takes_no_more_frames_than_is_said)
{
    spread text = measure(FIFTY, 0, 100), cover = measure(COVER, 0, 100);
    spread acks = measure(ACK, 0, 100);

    ck_assert_uint_le(text.most, 52);
    ck_assert_uint_le(cover.most, 31);
    ck_assert_uint_le(acks.most, 36);
}
END_TEST

START_TEST(takes_not_much_longer_where_one_in_five_is_lost)
{
    spread text = measure(FIFTY, 200, 1000);

    ck_assert_uint_le(text.median, 68);
    ck_assert_uint_le(text.p95, 85);
}
END_TEST

/* A frame from each side every ten seconds, all of them cover with an ack, or
 * all of them with a text: Steady. */
START_TEST(takes_less_than_four_minutes_at_a_frame_in_ten_seconds)
{
    spread acks = measure(ACK, 0, 100), lossy = measure(ACK, 50, 300);

    ck_assert_uint_lt(acks.most * 10 / 2, 240);
    ck_assert_uint_lt(lossy.p95 * 10 / 2, 240);
}
END_TEST

START_TEST(no_order_loss_or_repetition_does_more_than_delay)
{
    letter air[2][AIR_MAX];
    unsigned n[2] = {0}, mixed = 0;
    line l;

    line_start(&l, 100 + (unsigned)_i);
    while (mixed < 20) {
        int from = (int)(next_random(&l.seed) % 2), to = 1 - from;
        unsigned at;

        if (from == B && l.e[B].heard == 0)
            continue; /* it cannot send yet */
        ck_assert_uint_lt(l.sent, 20000);
        at = n[to] < AIR_MAX ? n[to]++
                             : (unsigned)(next_random(&l.seed) % AIR_MAX);
        air[to][at] = post(&l, from, next_random(&l.seed) % 190 + 3);
        for (int k = 0; k < 2; k++) {
            to = (int)(next_random(&l.seed) % 2);
            if (n[to] == 0)
                continue;
            at = (unsigned)(next_random(&l.seed) % n[to]);
            mixed += arrive(&l, to, &air[to][at]);
            if (next_random(&l.seed) % 4 > 0) /* else it comes once more */
                air[to][at] = air[to][--n[to]];
        }
    }
    ck_assert_int_le(abs((int)(l.e[A].pq.mixed - l.e[B].pq.mixed)), 1);
}
END_TEST

START_TEST(the_number_of_an_epoch_goes_round)
{
    line l;

    line_start(&l, 5);
    l.e[A].pq.mixed = l.e[B].pq.mixed = 253;
    for (unsigned i = 254; i <= 259; i++) {
        (void)frames_of_an_epoch(&l, COVER, 0);
        ck_assert_uint_eq(l.e[A].pq.mixed, i);
        ck_assert_uint_eq(l.e[B].pq.mixed, i);
        ck_assert_uint_eq(eider_pq_epoch(&l.e[A].pq), i % 256);
        ck_assert(eider_pq_makes_key(&l.e[A].pq) == (i % 2 == 0));
        ck_assert(eider_pq_makes_key(&l.e[B].pq) == (i % 2 != 0));
    }
}
END_TEST

/* ---- the record ----------------------------------------------------------- */

static eider_slice
record_of(const eider_body *b)
{
    eider_slice found = {NULL, 0};
    unsigned records = 0;
    eider_record r;

    ck_assert_int_eq(eider_body_check(b), EIDER_OK);
    for (size_t at = 0; eider_body_next(b, &at, &r);)
        if (r.type == EIDER_R_PQ) {
            found = r.value;
            records++;
        }
    ck_assert_uint_le(records, 1);
    return found;
}

START_TEST(fits_into_what_is_left)
{
    for (size_t used = 3; used <= 200; used++) {
        size_t room = 200 - used;
        letter m, back;
        eider_slice v;
        line l;

        line_start(&l, used);
        m = post(&l, A, used);
        v = record_of(&m.body);
        if (room < 6 + 32) {
            ck_assert_ptr_null(v.p); /* and nothing was drawn */
            ck_assert(!l.e[A].pq.has_seed);
            ck_assert_uint_eq(m.body.used, used);
        } else {
            ck_assert_uint_eq(v.n, 3 + (room - 6) / 32 * 32);
            ck_assert_uint_eq(m.body.used, used + 3 + v.n);
        }
        arrive(&l, B, &m);
        back = post(&l, B, used);
        ck_assert_uint_eq(record_of(&back.body).n, room < 10 ? 0 : 7);
    }
}
END_TEST

START_TEST(a_whole_key_and_a_whole_ciphertext_fit_into_one_large_body)
{
    eider_body b;
    line l;

    line_start(&l, 1);
    for (int size = EIDER_M; size <= EIDER_L; size++) {
        eider_body_init(&b, (eider_size)size);
        eider_pq_fill(&l.e[A].pq, &b);
        ck_assert_uint_eq(record_of(&b).n, 3 + 37 * 32);
    }
    eider_pq_take(&l.e[B].pq, &b);
    ck_assert(l.e[B].pq.has_ss);
    eider_body_init(&b, EIDER_M);
    eider_pq_fill(&l.e[B].pq, &b);
    ck_assert_uint_eq(record_of(&b).n, 3 + 34 * 32);
    eider_pq_take(&l.e[A].pq, &b);
    ck_assert(l.e[A].pq.has_ss);
    ck_assert(eider_equal(l.e[A].pq.ss.b, l.e[B].pq.ss.b, 32));
}
END_TEST

/* ---- wiping --------------------------------------------------------------- */

static bool
is_zero(const void *p, size_t n)
{
    const uint8_t *b = p;

    while (n > 0 && *b == 0) {
        b++;
        n--;
    }
    return n == 0;
}

START_TEST(nothing_of_an_epoch_outlives_it)
{
    eider_pq *pq;
    letter m;
    line l;

    line_start(&l, 2);
    to_the_secret(&l);
    pq = &l.e[A].pq;
    ck_assert(is_zero(pq->seed, sizeof pq->seed));
    ck_assert(is_zero(pq->dk, sizeof pq->dk));
    ck_assert(is_zero(pq->theirs, sizeof pq->theirs));
    ck_assert(!is_zero(pq->ss.b, sizeof pq->ss));
    ck_assert(is_zero(l.e[B].pq.theirs, sizeof pq->theirs));
    while (l.e[A].pq.mixed == 0 || l.e[B].pq.mixed == 0) {
        int from = (int)(l.sent % 2);

        m = post(&l, from, 200); /* no record: the next epoch stays empty */
        (void)arrive(&l, 1 - from, &m);
    }
    for (int i = A; i <= B; i++) {
        eider_pq clean;

        eider_pq_init(&clean, i == A);
        clean.mixed = 1;
        ck_assert_mem_eq(&clean, &l.e[i].pq, sizeof clean);
    }
}
END_TEST

Suite *
pq_suite(void)
{
    Suite *s = suite_create("pq");
    TCase *t = tcase_create("epochs");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, takes_no_more_frames_than_is_said);
    tcase_add_test(t, takes_not_much_longer_where_one_in_five_is_lost);
    tcase_add_test(t, takes_less_than_four_minutes_at_a_frame_in_ten_seconds);
    tcase_add_loop_test(t, no_order_loss_or_repetition_does_more_than_delay, 0,
                        4);
    tcase_add_test(t, the_number_of_an_epoch_goes_round);
    tcase_add_test(t, fits_into_what_is_left);
    tcase_add_test(t,
                   a_whole_key_and_a_whole_ciphertext_fit_into_one_large_body);
    tcase_add_test(t, nothing_of_an_epoch_outlives_it);
    suite_add_tcase(s, t);
    suite_add_tcase(s, pq_lies_case());
    suite_add_tcase(s, pq_storage_case());
    return s;
}
