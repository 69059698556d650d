/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pq_line.h"

#include <string.h>

void
line_start(line *l, uint64_t seed)
{
    memset(l, 0, sizeof *l);
    l->seed = seed;
    for (int i = A; i <= B; i++)
        eider_pq_init(&l->e[i].pq, i == A);
    l->e[A].is_due = true;
}

letter
post(line *l, int from, size_t used)
{
    end_of *e = &l->e[from];
    static const uint8_t filling[EIDER_BODY_MAX];
    letter m = {0};

    if (e->is_due) {
        const eider_secret *ss = eider_pq_to_send(&e->pq);

        e->has_mixed = ss != NULL;
        if (e->has_mixed) {
            e->ss = *ss;
            eider_pq_advance(&e->pq);
        }
        e->is_due = false;
        e->steps++;
    }
    eider_body_init(&m.body, EIDER_S);
    if (used > 0)
        ck_assert_int_eq(
            eider_body_add(&m.body, 99, (eider_slice){filling, used - 3}),
            EIDER_OK);
    eider_pq_fill(&e->pq, &m.body);
    m.epoch = eider_pq_epoch(&e->pq);
    m.step = e->steps;
    m.mixes = e->has_mixed;
    m.ss = e->ss;
    l->sent++;
    return m;
}

bool
arrive(line *l, int to, const letter *m)
{
    end_of *e = &l->e[to];
    const eider_secret *ss = NULL;

    if (m->step > e->heard) {
        ck_assert_int_eq(eider_pq_to_receive(&e->pq, m->epoch, &ss), EIDER_OK);
        ck_assert(m->mixes == (ss != NULL));
        if (ss != NULL) {
            ck_assert(eider_equal(ss->b, m->ss.b, sizeof ss->b));
            eider_pq_advance(&e->pq);
        }
        e->heard = m->step;
        e->is_due = true;
    }
    eider_pq_take(&e->pq, &m->body);
    return ss != NULL;
}

unsigned
frames_of_an_epoch(line *l, size_t used, unsigned loss)
{
    unsigned before = l->sent;

    for (;;) {
        int from = (int)(l->sent % 2);
        letter m = post(l, from, used);

        if (next_random(&l->seed) % 1000 >= loss && arrive(l, 1 - from, &m))
            return l->sent - before;
        ck_assert_uint_lt(l->sent - before, 1000);
    }
}

void
to_the_secret(line *l)
{
    while (!l->e[A].pq.has_ss) {
        int from = (int)(l->sent % 2);
        letter m = post(l, from, COVER);

        (void)arrive(l, 1 - from, &m);
    }
}

void
line_in_the_middle(line *l)
{
    line_start(l, 3);
    for (int i = 0; i < 6; i++) {
        letter m = post(l, i % 2, COVER);

        (void)arrive(l, 1 - i % 2, &m);
    }
    ck_assert_uint_eq(l->e[B].pq.arrived, (1u << 18) - 1);
}
