/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The post-quantum epoch: what is stored, and what is believed of it. */
#include "pq_line.h"
#include "support.h"

#include <string.h>

static eider_buf
stored(const eider_pq *pq)
{
    eider_buf b = {0};

    eider_pq_pickle(pq, &b);
    return b;
}

static bool
takes(eider_slice in, void *data)
{
    const eider_pq *like = data;
    eider_reader rd = eider_reader_of(in.p, in.n);
    eider_pq got = *like;
    eider_err e = eider_pq_unpickle(&got, like->initiator, &rd);

    if (e == EIDER_OK)
        return eider_reader_is_done(&rd);
    ck_assert_int_eq(e, EIDER_E_MALFORMED);
    ck_assert_mem_eq(&got, like, sizeof got);
    return false;
}

/* Both ends after every frame of two epochs. */
START_TEST(every_stage_is_stored_and_read)
{
    size_t most = 0;
    line l;

    line_start(&l, 9);
    while (l.e[A].pq.mixed < 2) {
        int from = (int)(l.sent % 2);
        letter m = post(&l, from, FIFTY);

        (void)arrive(&l, 1 - from, &m);
        for (int i = A; i <= B; i++) {
            eider_pq *pq = &l.e[i].pq, got = {0};
            EIDER_AUTO(eider_buf) one = stored(pq);
            EIDER_AUTO(eider_buf) two = {0};
            eider_reader rd = eider_reader_of(one.p, one.n);

            ck_assert_int_eq(eider_pq_unpickle(&got, i == A, &rd), EIDER_OK);
            two = stored(&got);
            ck_assert_uint_eq(one.n, two.n);
            ck_assert_mem_eq(one.p, two.p, one.n);
            if (l.sent % 8 == 0)
                test_refuses_cuts(test_slice(one.p, one.n), takes, pq);
            most = one.n > most ? one.n : most;
            *pq = got; /* a restart after every frame */
        }
    }
    ck_assert_uint_le(most, 1168);
}
END_TEST

/* Bytes of what is stored: mixed 4, has 1, next 1, marked 5, arrived 5. */
enum { S_HAS = 4, S_NEXT = 5, S_MARKED = 6, S_ARRIVED = 11 };

static void
refuses_value(const eider_pq *pq, size_t at, uint8_t value)
{
    EIDER_AUTO(eider_buf) b = stored(pq);

    ck_assert_uint_ne(b.p[at], value);
    b.p[at] = value;
    eider_buf_add(&b, NULL, 2000); /* enough of whatever it says is there */
    {
        eider_reader rd = eider_reader_of(b.p, b.n);
        eider_pq got = *pq;

        ck_assert_msg(eider_pq_unpickle(&got, pq->initiator, &rd) ==
                          EIDER_E_MALFORMED,
                      "byte %zu = %u", at, value);
    }
}

START_TEST(numbers_that_cannot_be_are_refused)
{
    line l;

    line_start(&l, 10); /* nothing has happened */
    for (int i = A; i <= B; i++) {
        refuses_value(&l.e[i].pq, S_NEXT, 1);
        refuses_value(&l.e[i].pq, S_MARKED, 1);
        for (unsigned has = i == A ? 2 : 1; has < 256; has++)
            refuses_value(&l.e[i].pq, S_HAS, (uint8_t)has);
    }
    refuses_value(&l.e[A].pq, S_ARRIVED, 1);
    line_in_the_middle(&l);
    for (unsigned v = 37; v < 256; v++)
        refuses_value(&l.e[A].pq, S_NEXT, (uint8_t)v);
    refuses_value(&l.e[A].pq, S_MARKED + 4, 0x20);
    refuses_value(&l.e[A].pq, S_ARRIVED + 4, 0x04);
    refuses_value(&l.e[B].pq, S_ARRIVED + 4, 0x20);
    for (unsigned has = 0; has < 256; has++) {
        if (has != 1)
            refuses_value(&l.e[A].pq, S_HAS, (uint8_t)has);
        if (has != 0)
            refuses_value(&l.e[B].pq, S_HAS, (uint8_t)has);
    }
    to_the_secret(&l);
    for (int i = A; i <= B; i++) {
        refuses_value(&l.e[i].pq, S_ARRIVED, 0xfe); /* one is missing */
        refuses_value(&l.e[i].pq, S_HAS, 0);
        refuses_value(&l.e[i].pq, S_HAS, 3);
    }
}
END_TEST

TCase *
pq_storage_case(void)
{
    TCase *t = tcase_create("storage");

    tcase_add_test(t, every_stage_is_stored_and_read);
    tcase_add_test(t, numbers_that_cannot_be_are_refused);
    return t;
}
