/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One session: two ends, a line that does what it likes, and a peer who knows
 * all keys and lies in headers and bodies.
 *
 * A frame opens at most once and as what was sealed; one that does not open
 * leaves the ratchet byte by byte as it was; the bounds hold.
 */
#include "fuzz/fuzz.h"

#include "eider/limits.h"
#include "proto/ratchet_state.h"

#include <string.h>

#define FRAMES_MAX 24

typedef struct {
    eider_frame f;
    uint8_t from;
    bool is_lie, is_open; /* is_open: at the other side */
    eider_slice body;     /* of the input */
} sent;

typedef struct {
    eider_ratchet *side[2];
    sent pool[FRAMES_MAX];
    unsigned n;
    uint64_t now;
    bool has_lied;
} talk;

static eider_outcome start_a, start_b;

static void
start(void)
{
    EIDER_AUTO(eider_keypair) a, b;
    EIDER_AUTO(eider_attempt) ta, tb;
    uint8_t m3[EIDER_HS_LEN_3];
    eider_hs_id id;
    static bool is_done;

    if (is_done)
        return;
    is_done = true;
    eider_keypair_new(&a);
    eider_keypair_new(&b);
    FUZZ_CHECK(eider_attempt_start(&ta, &a) == EIDER_OK);
    FUZZ_CHECK(eider_attempt_answer(&tb, &b, ta.message) == EIDER_OK);
    FUZZ_CHECK(eider_attempt_finish(&ta, tb.message, m3, &id, &start_a) ==
               EIDER_OK);
    FUZZ_CHECK(eider_attempt_accept(&tb, m3, &start_b) == EIDER_OK);
}

static void
bounds(const eider_ratchet *r)
{
    FUZZ_CHECK(eider_ratchet_skipped(r) <= EIDER_SKIPPED_KEYS_MAX);
    FUZZ_CHECK(r->late.n_old <= EIDER_OLD_HEADERS_MAX);
    FUZZ_CHECK(r->c.Ns <= EIDER_N_MAX);
}

/* Give @f to @to; says whether it opened. */
static bool
give(talk *t, unsigned to, const eider_frame *f, const sent *known)
{
    EIDER_AUTO(eider_buf) before = {0}, after = {0};
    EIDER_AUTO(eider_body) body;
    uint8_t flags = 0;
    eider_err err;

    eider_ratchet_pickle(t->side[to], &before);
    err = eider_ratchet_open(t->side[to], t->now, f, &body, &flags);
    bounds(t->side[to]);
    if (err != EIDER_OK) {
        FUZZ_CHECK(err == EIDER_E_AUTH || err == EIDER_E_REPLAY ||
                   err == EIDER_E_LIMIT);
        eider_ratchet_pickle(t->side[to], &after);
        FUZZ_CHECK(before.n == after.n &&
                   memcmp(before.p, after.p, after.n) == 0);
        for (size_t i = 0; i < sizeof body.b; i++)
            FUZZ_CHECK(body.b[i] == 0);
        return false;
    }
    FUZZ_CHECK(known != NULL && body.size == f->size);
    if (known->body.n > 0)
        FUZZ_CHECK(memcmp(body.b, known->body.p, known->body.n) == 0);
    return true;
}

static void
seal(talk *t, fuzz_in *in, unsigned from, eider_ratchet *r, bool is_lie)
{
    EIDER_AUTO(eider_body) b;
    sent *s = &t->pool[t->n];
    uint8_t op = fuzz_u8(in);

    if (t->n == FRAMES_MAX)
        return;
    eider_body_init(&b, op & 1 ? EIDER_M : EIDER_S);
    s->body = fuzz_take(in, op / 2 % 64);
    if (s->body.n > 0)
        memcpy(b.b, s->body.p, s->body.n);
    b.used = op & 128 ? eider_body_len(b.size) : s->body.n;
    if (eider_ratchet_seal(r, op & 1, &b, &s->f) != EIDER_OK)
        return;
    s->from = (uint8_t)from;
    s->is_lie = is_lie;
    s->is_open = false;
    t->n++;
}

/* As the peer who has the keys of @from would seal it. */
static void
lie(talk *t, fuzz_in *in, unsigned from)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_ratchet *r = NULL;
    eider_reader rd;
    uint8_t op = fuzz_u8(in);

    eider_ratchet_pickle(t->side[from], &b);
    rd = eider_reader_of(b.p, b.n);
    FUZZ_CHECK(eider_ratchet_unpickle(&r, &rd) == EIDER_OK);
    t->has_lied = true;
    if (op & 1)
        for (unsigned skip = fuzz_u8(in) * (op & 64 ? 5u : 1u); skip > 0;
             skip--) {
            EIDER_AUTO(eider_secret) next;

            eider_kdf(1, "EIDRchn1", &r->c.CKs, &next);
            r->c.CKs = next;
            r->c.Ns++;
        }
    if (op & 2)
        r->c.PN = fuzz_u16(in);
    if (op & 4) { /* an epoch that begins, as a half one has other symbols */
        uint32_t mixed = r->pq.mixed + fuzz_u8(in);

        eider_pq_init(&r->pq, r->pq.initiator);
        r->pq.mixed = mixed;
    }
    if (op & 8)
        fuzz_fill(in, r->c.DHs.pk.b, 1 + op / 16 % 4 * 8);
    if (op & 128)
        r->c.has_DHs = !r->c.has_DHs;
    seal(t, in, from, r, true);
    eider_ratchet_free(r);
}

static void
deliver(talk *t, fuzz_in *in, bool to_self)
{
    sent *s;
    unsigned to;

    if (t->n == 0)
        return;
    s = &t->pool[fuzz_below(in, t->n)];
    to = to_self ? s->from : 1u - s->from;
    if (!give(t, to, &s->f, s))
        return;
    FUZZ_CHECK(!to_self && !s->is_open);
    s->is_open = true;
}

static void
damage(talk *t, fuzz_in *in)
{
    const sent *s;
    eider_frame f;

    if (t->n == 0)
        return;
    s = &t->pool[fuzz_below(in, t->n)];
    f = s->f;
    if (fuzz_edit(in, f.b, eider_frame_len(f.size)) > 0)
        FUZZ_CHECK(!give(t, 1u - s->from, &f, NULL));
}

static void
reload(talk *t, unsigned side)
{
    EIDER_AUTO(eider_buf) b = {0}, again = {0};
    eider_reader rd;

    eider_ratchet_pickle(t->side[side], &b);
    eider_ratchet_free(t->side[side]);
    rd = eider_reader_of(b.p, b.n);
    FUZZ_CHECK(eider_ratchet_unpickle(&t->side[side], &rd) == EIDER_OK);
    FUZZ_CHECK(eider_reader_is_done(&rd));
    eider_ratchet_pickle(t->side[side], &again);
    FUZZ_CHECK(b.n == again.n && memcmp(b.p, again.p, b.n) == 0);
}

/* What nobody lied about goes on: the newest frame of each opens, in order. */
static void
go_on(talk *t, fuzz_in *in)
{
    for (unsigned from = 0; from < 2 && t->n < FRAMES_MAX; from++) {
        unsigned n = t->n;

        seal(t, in, from, t->side[from], false);
        if (t->n > n && give(t, 1 - from, &t->pool[n].f, &t->pool[n]))
            t->pool[n].is_open = true;
        else
            FUZZ_CHECK(t->has_lied || t->n == n);
    }
}

static void
step(talk *t, fuzz_in *in)
{
    uint8_t op = fuzz_u8(in);
    unsigned side = op & 1;

    switch (op / 2 % 10) {
    case 0:
    case 1:
        seal(t, in, side, t->side[side], false);
        break;
    case 2:
    case 3:
        deliver(t, in, false);
        break;
    case 4:
        deliver(t, in, side != 0);
        break;
    case 5:
        damage(t, in);
        break;
    case 6:
        if (t->side[side]->c.has_sending ||
            eider_ratchet_can_send(t->side[side]))
            lie(t, in, side);
        break;
    case 7:
        reload(t, side);
        break;
    case 8:
        t->now += (uint64_t)fuzz_u8(in) * 86400;
        eider_ratchet_expire(t->side[side], t->now);
        break;
    default:
        go_on(t, in);
    }
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    talk *t = calloc(1, sizeof *t);

    FUZZ_CHECK(t != NULL);
    fuzz_random(11);
    start();
    fuzz_random(12);
    FUZZ_CHECK(eider_ratchet_new(&t->side[0], &start_a) == EIDER_OK);
    FUZZ_CHECK(eider_ratchet_new(&t->side[1], &start_b) == EIDER_OK);
    for (unsigned i = 0; i < 24 && in.n > 0; i++)
        step(t, &in);
    for (unsigned i = 0; i < 2; i++) {
        bounds(t->side[i]);
        eider_ratchet_free(t->side[i]);
    }
    free(t);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    out(arg, "\22\0\0\22\0\0\22\0\0\16\17\22\0\0", 14);
    out(arg, "\0\10abcd\4\0\1\6xyz\4\1\5\1\11\0\12\0\1\40\0\7", 26);
    out(arg, "\22\0\0\14\1\5\0\4\2\15\2\7\1\0\4\3\15\4\1\0\4\4\20\17\22", 26);
    out(arg, "\22\0\0\15\10\1\2\0\4\2\14\101\377\0\4\3\22\0\0", 19);
}

const fuzz_harness fuzz_frame = {"frame", 160, one, seeds, false};
