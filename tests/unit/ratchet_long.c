/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ratchet: long conversations over a bad network, and the one that an
 * independent implementation wrote down.
 */
#include "ratchet_pair.h"
#include "support.h"
#include "vectors.h"

#include <string.h>

/* ---- a bad network ------------------------------------------------------- */

#define FRAMES     3000
#define LOSS       30 /* percent */
#define DUPLICATES 20
#define FLYING_MAX 12
#define OVERTAKEN  7 /* fewer than the old header keys that are kept */

typedef struct {
    eider_frame f;
    uint64_t tag;
    unsigned overtaken;
} flying;

typedef struct {
    pair p;
    uint64_t seed;
    flying air[2][FLYING_MAX]; /* towards A, towards B; in order of sending */
    unsigned n[2];
    uint8_t sent[FRAMES], opened[FRAMES]; /* sent: 1, and arrives: 2 */
} network;

static unsigned
draw(network *w, unsigned bound)
{
    return (unsigned)(next_random(&w->seed) % bound);
}

static void
send_one(network *w, int from, uint64_t tag)
{
    int to = 1 - from;

    if (!eider_ratchet_can_send(w->p.side[from])) {
        from = A;
        to = B;
    }
    w->sent[tag] = 1;
    if (draw(w, 100) < LOSS || w->n[to] == FLYING_MAX) {
        lose(w->p.side[from], 1);
        return;
    }
    w->sent[tag] = 2;
    w->air[to][w->n[to]++] = (flying){say(w->p.side[from], tag), tag, 0};
}

/* Any frame that flies, but none is overtaken too often. */
static void
deliver_one(network *w, int to)
{
    flying *air = w->air[to];
    unsigned i;

    if (w->n[to] == 0)
        return;
    i = air[0].overtaken >= OVERTAKEN ? 0 : draw(w, w->n[to]);
    for (unsigned k = 0; k < i; k++)
        if (air[k].overtaken >= OVERTAKEN)
            i = k;
    if (w->opened[air[i].tag]) {
        refuses(w->p.side[to], &air[i].f, EIDER_E_REPLAY);
    } else {
        opens(w->p.side[to], &air[i].f, air[i].tag);
        w->opened[air[i].tag] = 1;
        if (draw(w, 100) < DUPLICATES && air[i].overtaken < OVERTAKEN)
            return; /* it flies on */
    }
    for (unsigned k = 0; k < i; k++)
        air[k].overtaken++;
    memmove(air + i, air + i + 1, (w->n[to] - i - 1) * sizeof air[0]);
    w->n[to]--;
}

static void
restart(network *w, int side)
{
    eider_ratchet *r = restored(w->p.side[side]);

    eider_ratchet_free(w->p.side[side]);
    w->p.side[side] = r;
}

START_TEST(a_bad_network_loses_only_what_it_dropped)
{
    static network w;
    unsigned arrived = 0, lost = 0;

    memset(&w, 0, sizeof w);
    w.seed = 2024 + (unsigned)_i;
    pair_start(&w.p, w.seed);
    for (uint64_t tag = 0; tag < FRAMES; tag++) {
        send_one(&w, (int)draw(&w, 2), tag);
        for (unsigned k = draw(&w, 4); k > 0; k--)
            deliver_one(&w, (int)draw(&w, 2));
        if (draw(&w, 50) == 0)
            restart(&w, (int)draw(&w, 2));
    }
    for (int to = A; to <= B; to++)
        while (w.n[to] > 0)
            deliver_one(&w, to);
    for (unsigned i = 0; i < FRAMES; i++) {
        ck_assert_msg(w.opened[i] == (w.sent[i] == 2), "frame %u", i);
        arrived += w.opened[i];
        lost += w.sent[i] == 1;
    }
    ck_assert_uint_eq(arrived + lost, FRAMES);
    ck_assert_uint_gt(arrived, FRAMES / 2);
    ck_assert_uint_gt(lost, FRAMES / 4);
    pair_end(&w.p);
}
END_TEST

/* ---- the conversations of ratchet.txt and pq.txt --------------------- */

#define SENT_MAX 64

typedef struct {
    vectors v;
    pair p, kept;
    eider_frame sent[SENT_MAX];
    unsigned seen; /* bits: verbs */
} script;

static int
side_of(const script *s, const char *verb)
{
    unsigned long side = vectors_number(&s->v, verb);

    ck_assert_uint_le(side, B);
    return (int)side;
}

/* The ratchet may draw what a case names, in this order, and must. */
static void
push_draws(const script *s, const char *const *names)
{
    uint8_t b[SENT_MAX * EIDER_KEY_LEN];

    test_random_push(NULL, 0); /* from here on nothing else */
    for (; *names != NULL; names++)
        if (vectors_has(&s->v, *names))
            test_random_push(b, vectors_bytes(&s->v, *names, b, sizeof b));
}

static void
play_start(script *s)
{
    eider_outcome o = {0};
    eider_secret e;

    vectors_exactly(&s->v, "sid", o.keys.sid.b, 32);
    vectors_exactly(&s->v, "rk0", o.keys.rk0.b, 32);
    vectors_exactly(&s->v, "hk_i2r", o.keys.hk_initiator.b, 32);
    vectors_exactly(&s->v, "nhk_r2i", o.keys.nhk_responder.b, 32);
    vectors_exactly(&s->v, "dh_public", o.responder_e_pk.b, 32);
    o.initiator = true;
    ck_assert_int_eq(eider_ratchet_new(&s->p.side[A], &o), EIDER_OK);
    vectors_exactly(&s->v, "dh_private", e.b, 32);
    eider_keypair_from(&o.responder_e, &e);
    ck_assert_mem_eq(o.responder_e.pk.b, o.responder_e_pk.b, 32);
    o.initiator = false;
    ck_assert_int_eq(eider_ratchet_new(&s->p.side[B], &o), EIDER_OK);
}

static eider_size
size_of(size_t len)
{
    for (eider_size z = EIDER_S; z < EIDER_SIZES; z++)
        if (eider_frame_len(z) == len)
            return z;
    ck_abort_msg("no frame has %zu bytes", len);
}

static void
play_send(script *s)
{
    unsigned long id = vectors_number(&s->v, "id");
    eider_body b = {.size = size_of(vectors_number(&s->v, "size"))};
    static const char *const draws[] = {"dh_private", "pq_seed", NULL};
    uint8_t expected[EIDER_FRAME_MAX];
    eider_frame *f = &s->sent[id];

    ck_assert_uint_lt(id, SENT_MAX);
    b.used = vectors_bytes(&s->v, "body", b.b, sizeof b.b);
    push_draws(s, draws);
    ck_assert_int_eq(eider_ratchet_seal(s->p.side[side_of(s, "send")],
                                        (uint8_t)vectors_number(&s->v, "flags"),
                                        &b, f),
                     EIDER_OK);
    test_random_end();
    vectors_exactly(&s->v, "frame", expected, eider_frame_len(b.size));
    ck_assert_msg(memcmp(f->b, expected, eider_frame_len(b.size)) == 0,
                  "case %u: another frame", s->v.number);
}

static void
play_open(script *s)
{
    eider_ratchet *r = s->p.side[side_of(s, "open")];
    static const eider_err results[] = {EIDER_OK, EIDER_E_REPLAY, EIDER_E_AUTH,
                                        EIDER_E_LIMIT};
    static const char *const draws[] = {"pq_m", NULL};
    unsigned long result = vectors_number(&s->v, "result");
    eider_frame f;
    eider_body b;
    uint8_t flags;

    if (vectors_has(&s->v, "id"))
        f = s->sent[vectors_number(&s->v, "id")];
    else
        f.size = size_of(vectors_bytes(&s->v, "frame", f.b, sizeof f.b));
    ck_assert_uint_lt(result, sizeof results / sizeof results[0]);
    push_draws(s, draws);
    if (results[result] != EIDER_OK)
        refuses(r, &f, results[result]);
    else
        ck_assert_msg(eider_ratchet_open(r, 0, &f, &b, &flags) == EIDER_OK,
                      "case %u does not open", s->v.number);
    test_random_end();
}

static void
play_skip(script *s)
{
    static const char *const draws[] = {"draws", NULL};
    eider_body b = {.size = EIDER_S};
    eider_frame f;

    push_draws(s, draws);
    for (unsigned long n = vectors_number(&s->v, "count"); n > 0; n--)
        ck_assert_int_eq(
            eider_ratchet_seal(s->p.side[side_of(s, "skip")], 0, &b, &f),
            EIDER_OK);
    test_random_end();
}

static void
play_rounds(script *s)
{
    static const char *const draws[] = {"draws", NULL};
    eider_body b = {.size = EIDER_S}, got;
    uint8_t flags;
    int side = side_of(s, "rounds");
    eider_frame f;

    push_draws(s, draws);
    for (unsigned long n = 2 * vectors_number(&s->v, "count"); n > 0; n--) {
        ck_assert_int_eq(eider_ratchet_seal(s->p.side[side], 0, &b, &f),
                         EIDER_OK);
        side = 1 - side;
        ck_assert_int_eq(
            eider_ratchet_open(s->p.side[side], 0, &f, &got, &flags), EIDER_OK);
    }
    test_random_end();
}

static void
play_fork(script *s)
{
    int side = side_of(s, "fork");

    eider_ratchet_free(s->kept.side[side]);
    s->kept.side[side] = restored(s->p.side[side]);
}

static void
play_swap(script *s)
{
    int side = side_of(s, "swap");
    eider_ratchet *r = s->p.side[side];

    ck_assert_ptr_nonnull(s->kept.side[side]);
    s->p.side[side] = s->kept.side[side];
    s->kept.side[side] = r;
}

static const struct {
    const char *verb;
    void (*play)(script *s);
} verbs[] = {{"start", play_start},  {"send", play_send}, {"open", play_open},
             {"skip", play_skip},    {"fork", play_fork}, {"swap", play_swap},
             {"rounds", play_rounds}};

#define NOT_IN_PQ (1u << 3 | 1u << 4 | 1u << 5) /* skip, fork, swap */

static const char *const files[] = {"tests/vectors/ratchet.txt",
                                    "tests/vectors/pq.txt"};

START_TEST(agrees_with_an_independent_implementation)
{
    static script s;
    unsigned all = (1u << sizeof verbs / sizeof verbs[0]) - 1;

    memset(&s, 0, sizeof s);
    vectors_open(&s.v, files[_i]);
    while (vectors_next(&s.v))
        for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
            if (vectors_has(&s.v, verbs[i].verb)) {
                verbs[i].play(&s);
                s.seen |= 1u << i;
            }
    /* Epochs need no lost thousand, and no copy that is put back. */
    ck_assert_uint_eq(s.seen, _i == 0 ? all : all & ~NOT_IN_PQ);
    pair_end(&s.p);
    pair_end(&s.kept);
}
END_TEST

TCase *
ratchet_long_case(void)
{
    TCase *t = tcase_create("long conversations");

    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, a_bad_network_loses_only_what_it_dropped, 0, 4);
    tcase_add_loop_test(t, agrees_with_an_independent_implementation, 0, 2);
    return t;
}
