/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The post-quantum ratchet: two honest ends, a line that loses and repeats,
 * and records of a peer who says anything.
 */
#include "fuzz/fuzz.h"

#include "eider/pq.h"

#include <string.h>

typedef struct {
    eider_pq pq[2];
    eider_body sent[2];
    unsigned mixes;
    bool is_honest; /* nobody lied so far: what they share is the same */
} pair;

static uint64_t
count(uint64_t bits)
{
    return (uint64_t)__builtin_popcountll(bits);
}

static void
look(const eider_pq *pq)
{
    EIDER_AUTO(eider_buf) out = {0}, again = {0};
    EIDER_AUTO(eider_pq) copy;
    eider_reader rd;

    eider_pq_pickle(pq, &out);
    FUZZ_CHECK(out.n >= 16 && out.n <= 1168);
    rd = eider_reader_of(out.p, out.n);
    FUZZ_CHECK(eider_pq_unpickle(&copy, pq->initiator, &rd) == EIDER_OK);
    FUZZ_CHECK(eider_reader_is_done(&rd));
    eider_pq_pickle(&copy, &again);
    FUZZ_CHECK(out.n == again.n && memcmp(out.p, again.p, out.n) == 0);
}

/* Symbols that are here stay what they are; at most as many come as fit. */
static void
take(eider_pq *pq, const eider_body *body)
{
    EIDER_AUTO(eider_pq) was = *pq;

    eider_pq_take(pq, body);
    FUZZ_CHECK(pq->mixed == was.mixed);
    if (pq->has_ss || pq->arrived == 0) {
        FUZZ_CHECK(!was.has_ss || eider_equal(was.ss.b, pq->ss.b, 32));
        return; /* they are used up, or the key was none */
    }
    FUZZ_CHECK((was.arrived & ~pq->arrived) == 0);
    FUZZ_CHECK(count(pq->arrived) - count(was.arrived) <= 37);
    for (unsigned i = 0; i < EIDER_PQ_EK_SYMBOLS; i++)
        if (was.arrived >> i & 1)
            FUZZ_CHECK(memcmp(was.theirs + 32 * i, pq->theirs + 32 * i, 32) ==
                       0);
}

static void
lie(pair *p, fuzz_in *in, unsigned to)
{
    EIDER_AUTO(eider_body) b;
    uint8_t v[3 + 32 * 40] = {0}, op = fuzz_u8(in);
    size_t n;

    b.b[0] = 0;
    eider_body_init(&b, EIDER_M);
    v[0] = op % 4;
    v[1] = (uint8_t)(p->pq[to].mixed + 1 + (op & 64 ? fuzz_u8(in) : 0));
    v[2] = fuzz_u8(in);
    n = op & 4 ? 3 + 32 * (size_t)(fuzz_u8(in) % 40) : fuzz_u8(in) % 80u;
    memset(v + 3, op & 8 ? 0xff : fuzz_u8(in), sizeof v - 3);
    (void)fuzz_edit(in, v, sizeof v);
    if (op & 16)
        (void)!eider_body_add(&b, EIDER_R_STATE, (eider_slice){v, 2});
    (void)!eider_body_add(&b, EIDER_R_PQ, (eider_slice){v, n});
    if (op & 32)
        b.b[b.used] = 0xff; /* no record counts */
    p->is_honest = false;
    take(&p->pq[to], &b);
}

/* A step of @from that mixes, and at the other end. */
static void
mix(pair *p, unsigned from)
{
    const eider_secret *out = eider_pq_to_send(&p->pq[from]), *in = NULL;
    uint8_t epoch = (uint8_t)(eider_pq_epoch(&p->pq[from]) + (out != NULL));
    eider_err err = eider_pq_to_receive(&p->pq[1 - from], epoch, &in);

    if (p->is_honest) {
        FUZZ_CHECK(err == EIDER_OK);
        FUZZ_CHECK((out == NULL) == (in == NULL));
        FUZZ_CHECK(out == NULL || eider_equal(out->b, in->b, sizeof out->b));
    }
    if (err != EIDER_OK || out == NULL || in == NULL)
        return;
    eider_pq_advance(&p->pq[from]);
    eider_pq_advance(&p->pq[1 - from]);
    p->mixes++;
}

static void
step(pair *p, fuzz_in *in)
{
    static const uint8_t some[160];
    uint8_t op = fuzz_u8(in);
    unsigned side = op & 1;

    switch (op / 2 % 8) {
    case 0:
    case 1:
        eider_body_init(&p->sent[side], op & 16 ? EIDER_M : EIDER_S);
        if (op & 32)
            (void)!eider_body_add(&p->sent[side], EIDER_R_TEXT,
                                  (eider_slice){some, fuzz_u8(in) % 160u});
        eider_pq_fill(&p->pq[side], &p->sent[side]);
        if (op & 64)
            break;
        /* fallthrough */
    case 2:
        take(&p->pq[1 - side], &p->sent[side]);
        break;
    case 3:
        lie(p, in, side);
        break;
    case 4:
        mix(p, side);
        break;
    case 5:
        look(&p->pq[side]);
        break;
    default:
        for (int i = 0; i < 4; i++) {
            unsigned s = (side + (unsigned)i) % 2;

            eider_body_init(&p->sent[s], EIDER_M);
            eider_pq_fill(&p->pq[s], &p->sent[s]);
            take(&p->pq[1 - s], &p->sent[s]);
        }
    }
}

static void
talk(fuzz_in *in)
{
    pair *p = calloc(1, sizeof *p);

    FUZZ_CHECK(p != NULL);
    p->is_honest = true;
    eider_pq_init(&p->pq[0], true);
    eider_pq_init(&p->pq[1], false);
    for (unsigned i = 0; i < 40 && in->n > 0; i++)
        step(p, in);
    look(&p->pq[0]);
    look(&p->pq[1]);
    free(p);
}

static void
load(fuzz_in *in)
{
    bool initiator = fuzz_u8(in) & 1;
    eider_reader rd = eider_reader_of(in->p, in->n);
    EIDER_AUTO(eider_pq) pq;
    EIDER_AUTO(eider_body) b;

    memset(&pq, 0x77, sizeof pq);
    if (eider_pq_unpickle(&pq, initiator, &rd) != EIDER_OK) {
        for (size_t i = 0; i < sizeof pq; i++)
            FUZZ_CHECK(((const uint8_t *)&pq)[i] == 0x77);
        return;
    }
    look(&pq);
    eider_body_init(&b, EIDER_M);
    eider_pq_fill(&pq, &b);
    FUZZ_CHECK(eider_body_check(&b) == EIDER_OK);
    look(&pq);
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};

    fuzz_random(3);
    if (fuzz_u8(&in) & 1)
        load(&in);
    else
        talk(&in);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    EIDER_AUTO(eider_pq) pq;
    EIDER_AUTO(eider_buf) b = {0};
    EIDER_AUTO(eider_body) body;

    out(arg, "\0\16\16\10\11\16\16\10\12\13", 10);
    out(arg, "\0\0\1\0\1\20\21\4\5\12\10\6\5\1\0\0\7", 17);
    eider_pq_init(&pq, true);
    eider_buf_add(&b, "\3", 2);
    eider_pq_pickle(&pq, &b);
    out(arg, b.p, b.n);
    eider_body_init(&body, EIDER_S);
    eider_pq_fill(&pq, &body);
    eider_buf_clear(&b);
    eider_buf_add(&b, "\3\1", 2);
    eider_pq_pickle(&pq, &b);
    out(arg, b.p, b.n);
}

const fuzz_harness fuzz_pq = {"pq", 1300, one, seeds, false};
