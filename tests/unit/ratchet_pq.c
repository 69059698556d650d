/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ratchet: post-quantum epochs inside of it.  Who stole a state, and then
 * reads every X25519 secret as well; the other end from before there were
 * epochs; restarts, old copies and a bad line.
 */
#include "proto/ratchet_state.h"
#include "ratchet_pair.h"

#include <string.h>

/* A body with @used bytes of a record and room for pq behind it. */
static eider_frame
say_little(eider_ratchet *r, size_t used)
{
    static const uint8_t zeros[200];
    eider_frame f;
    eider_body b;

    eider_body_init(&b, EIDER_S);
    if (used > 0)
        ck_assert_int_eq(eider_body_add(&b, 99, (eider_slice){zeros, used - 3}),
                         EIDER_OK);
    ck_assert_int_eq(eider_ratchet_seal(r, 0, &b, &f), EIDER_OK);
    return f;
}

static eider_err
hear(eider_ratchet *r, const eider_frame *f)
{
    eider_body got;
    uint8_t flags;

    return eider_ratchet_open(r, 0, f, &got, &flags);
}

static uint8_t
epoch_on_wire(const eider_ratchet *from, const eider_frame *f)
{
    uint8_t header[40];

    ck_assert_int_eq(eider_aead_open(&from->c.HKs, f->b, f->b + 24, 56, header),
                     EIDER_OK);
    return header[38];
}

/* From each in turn, and all arrive. */
static void
talk(pair *p, unsigned frames)
{
    for (unsigned i = 0; i < frames; i++) {
        eider_frame f = say_little(p->side[i % 2], 0);

        ck_assert_int_eq(hear(p->side[1 - i % 2], &f), EIDER_OK);
    }
}

/* ---- a thief -------------------------------------------------------------- */

typedef struct {
    eider_secret SID, RK, HK[2], NHK[2], CK[2]; /* by who sends */
    uint8_t epoch;
    unsigned opened, failed;
} thief;

static void
steal(thief *t, const eider_ratchet *a)
{
    const ratchet_core *c = &a->c;

    *t = (thief){.SID = c->SID,
                 .RK = c->RK,
                 .HK = {c->HKs, c->HKr},
                 .NHK = {c->NHKs, c->NHKr},
                 .CK = {c->CKs, c->CKr},
                 .epoch = eider_pq_epoch(&a->pq)};
}

/* With the X25519 secret of the step, and the ML-KEM secret if he has it. */
static void
follow_step(thief *t, int from, const eider_ratchet *r, const eider_secret *ss)
{
    uint8_t ikm[65] = {ss == NULL ? 1 : 2}, out[3][EIDER_HASH_LEN];
    eider_secret dh;

    ck_assert_int_eq(eider_dh(&r->c.DHs.sk, &r->c.DHr, &dh), EIDER_OK);
    memcpy(ikm + 1, dh.b, 32);
    if (ss != NULL)
        memcpy(ikm + 33, ss->b, 32);
    eider_hkdf(t->RK.b, 32, (eider_slice){ikm, ss == NULL ? 33 : 65}, 3, out);
    t->HK[from] = t->NHK[from];
    memcpy(t->RK.b, out[0], 32);
    memcpy(t->CK[from].b, out[1], 32);
    memcpy(t->NHK[from].b, out[2], 32);
}

static bool
open_frame(thief *t, int from, const eider_frame *f, const uint8_t *header)
{
    eider_secret mk, next, k_enc, k_mac;
    uint8_t body[200], nonce[24];

    eider_kdf(2, "EIDRchn1", &t->CK[from], &mk);
    eider_kdf(1, "EIDRchn1", &t->CK[from], &next);
    eider_kdf(1, "EIDRmsg1", &mk, &k_enc);
    eider_kdf(2, "EIDRmsg1", &mk, &k_mac);
    eider_stream(&k_enc, f->b, f->b + 80, sizeof body, body);
    eider_hash(nonce, 24, k_mac.b, 32,
               (const eider_slice[]){{t->SID.b, 32}, {header, 40}, {body, 200}},
               3);
    t->CK[from] = next;
    return eider_equal(nonce, f->b, sizeof nonce);
}

/* He sees a frame that @r has just sealed, and reads all of its X25519. */
static void
watch(thief *t, int from, const eider_ratchet *r, const eider_frame *f,
      const eider_secret *ss)
{
    uint8_t header[40];
    bool opens = true;

    if (eider_aead_open(&t->HK[from], f->b, f->b + 24, 56, header) !=
        EIDER_OK) {
        opens = eider_aead_open(&t->NHK[from], f->b, f->b + 24, 56, header) ==
                EIDER_OK;
        if (opens)
            follow_step(t, from, r, header[38] == t->epoch ? NULL : ss);
        t->epoch = opens ? header[38] : t->epoch;
    }
    if (opens && open_frame(t, from, f, header))
        t->opened++;
    else
        t->failed++;
}

/*
 * Alice's whole state is stolen after @at frames.  The thief is handed the
 * first @handed ML-KEM secrets that are mixed from then on (the epoch that was
 * under way is his: he has the seed or the answer) and every X25519 secret.
 * Gives the number of mixes that he followed.
 */
static unsigned
followed(unsigned at, unsigned handed, unsigned epochs)
{
    unsigned mixes = 0, lost_at = 0;
    thief t;
    pair p;

    pair_start(&p, at + handed);
    talk(&p, at);
    steal(&t, p.side[A]);
    for (unsigned i = at; mixes < epochs; i++) {
        int from = (int)(i % 2);
        eider_ratchet *r = p.side[from];
        const eider_secret *due =
            r->c.has_DHs ? NULL : eider_pq_to_send(&r->pq);
        eider_secret ss = {{0}};
        eider_frame f;

        if (due != NULL && mixes++ < handed)
            ss = *due;
        f = say_little(r, 0);
        watch(&t, from, r, &f, &ss);
        ck_assert_int_eq(hear(p.side[1 - from], &f), EIDER_OK);
        if (t.failed > 0 && lost_at == 0)
            lost_at = mixes;
        /* Once out, he stays out: he opens nothing that follows. */
        ck_assert(t.failed == 0 || t.opened + t.failed == i + 1 - at);
    }
    if (lost_at > 0) {
        unsigned opened = t.opened;

        for (int i = 0; i < 60; i++) {
            eider_ratchet *r = p.side[(epochs + (unsigned)i) % 2];
            eider_frame f = say_little(r, 0);

            watch(&t, (int)((epochs + (unsigned)i) % 2), r, &f, NULL);
            ck_assert_int_eq(hear(p.side[1 - (epochs + (unsigned)i) % 2], &f),
                             EIDER_OK);
        }
        ck_assert_uint_eq(t.opened, opened);
    }
    pair_end(&p);
    return lost_at == 0 ? mixes : lost_at - 1;
}

/* The control: with every secret he reads on for ever. */
START_TEST(a_thief_with_all_secrets_follows)
{
    ck_assert_uint_eq(followed(2, 5, 5), 5);
    ck_assert_uint_eq(followed(17, 5, 5), 5);
}
END_TEST

/* An epoch that began after the theft, or whose key and answer he did not see,
 * shuts him out, though he has every secret of X25519. */
START_TEST(a_thief_with_all_of_x25519_is_shut_out_by_an_epoch)
{
    for (unsigned at = 2; at < 60; at += 3) {
        ck_assert_uint_eq(followed(at, 0, 2), 0);
        ck_assert_uint_eq(followed(at, 1, 2), 1);
    }
}
END_TEST

/* ---- the other end is older ----------------------------------------------- */

/* As one that skips records of type 3 and always says epoch 0: it owns every
 * key, and all symbols of it were marked.  Gone with the next restart. */
static void
make_old(eider_ratchet *r)
{
    eider_pq_init(&r->pq, true);
    r->pq.has_seed = true;
    r->pq.marked = (UINT64_C(1) << EIDER_PQ_EK_SYMBOLS) - 1;
}

START_TEST(an_older_end_and_a_newer_one_go_on_without_epochs)
{
    const int old = _i;
    pair p;

    pair_start(&p, 30);
    make_old(p.side[old]);
    for (unsigned i = 0; i < 400; i++) {
        int from = (int)(i / 2 % 2);
        eider_frame f = say_little(p.side[from], i % 3 == 0 ? 77 : 0);

        ck_assert_uint_eq(epoch_on_wire(p.side[from], &f), 0);
        if (i > 4 && i % 7 == 0)
            continue; /* lost */
        ck_assert_int_eq(hear(p.side[1 - from], &f), EIDER_OK);
    }
    ck_assert_uint_eq(eider_ratchet_mixed(p.side[A]), 0);
    ck_assert_uint_eq(eider_ratchet_mixed(p.side[B]), 0);
    /* And then it is brought up to date. */
    eider_pq_init(&p.side[old]->pq, old == A);
    talk(&p, 120);
    ck_assert_uint_ge(eider_ratchet_mixed(p.side[A]), 3);
    ck_assert_uint_eq(eider_ratchet_mixed(p.side[B]),
                      eider_ratchet_mixed(p.side[A]));
    pair_end(&p);
}
END_TEST

/* ---- state ---------------------------------------------------------------- */

static bool
is_same(const eider_ratchet *r, const eider_buf *before)
{
    EIDER_AUTO(eider_buf) after = pickle_of(r);

    return before->n == after.n && memcmp(before->p, after.p, after.n) == 0;
}

START_TEST(a_restart_may_follow_every_frame)
{
    pair p;

    pair_start(&p, 31);
    for (unsigned i = 0; i < 130; i++) {
        int from = (int)(i % 2);
        eider_frame f = say_little(p.side[from], 77);

        for (int s = A; s <= B; s++) {
            eider_ratchet *r = restored(p.side[s]);

            eider_ratchet_free(p.side[s]);
            p.side[s] = r;
        }
        ck_assert_int_eq(hear(p.side[1 - from], &f), EIDER_OK);
    }
    ck_assert_uint_ge(eider_ratchet_mixed(p.side[A]), 2);
    pair_end(&p);
}
END_TEST

/* The frame with the step that mixes: damaged, it changes nothing; and sealing
 * it, where that fails. */
START_TEST(a_mix_that_fails_changes_nothing)
{
    const eider_public zero = {{0}};
    EIDER_AUTO(eider_buf) before = {0};
    eider_ratchet *a, *bad;
    eider_frame f, good;
    eider_body b;
    unsigned i;
    pair p;

    pair_start(&p, 32);
    for (i = 0; !p.side[A]->pq.has_ss || p.side[A]->c.has_DHs || i % 2 != 0;
         i++) {
        ck_assert_uint_lt(i, 100);
        f = say_little(p.side[i % 2], 0);
        ck_assert_int_eq(hear(p.side[1 - i % 2], &f), EIDER_OK);
    }
    a = p.side[A];
    bad = restored(a);
    bad->c.DHr = zero;
    before = pickle_of(bad);
    eider_body_init(&b, EIDER_S);
    ck_assert_int_eq(eider_ratchet_seal(bad, 0, &b, &f), EIDER_E_AUTH);
    ck_assert(is_same(bad, &before));
    eider_ratchet_free(bad);

    good = say_little(a, 0);
    ck_assert_uint_eq(eider_ratchet_mixed(a), 1);
    for (size_t at = 0; at < EIDER_FRAME_S; at += 3) {
        f = good;
        f.b[at] ^= 1;
        refuses(p.side[B], &f, EIDER_E_AUTH);
    }
    ck_assert_int_eq(hear(p.side[B], &good), EIDER_OK);
    ck_assert_uint_eq(eider_ratchet_mixed(p.side[B]), 1);
    refuses(p.side[B], &good, EIDER_E_REPLAY);
    pair_end(&p);
}
END_TEST

/*
 * One side is put back by @back frames at every place of an epoch, and is not
 * told.  What does not open any more is a duplicate or unopenable, never
 * silently something else; and if they do not find together again there are
 * enough unopenable frames for a handshake.
 */
static void
put_back(int side, unsigned at, unsigned back)
{
    unsigned unopenable = 0, late_trouble = 0, noticed = 0;
    eider_ratchet *copy;
    pair p;

    pair_start(&p, 1000 * at + back);
    talk(&p, at);
    copy = restored(p.side[side]);
    for (unsigned i = at; i < at + back; i++) {
        eider_frame f = say_little(p.side[i % 2], 0);

        ck_assert_int_eq(hear(p.side[1 - i % 2], &f), EIDER_OK);
    }
    eider_ratchet_free(p.side[side]);
    p.side[side] = copy;
    for (unsigned i = 0; i < 120; i++) {
        eider_frame f = say_little(p.side[i % 2], 0);
        eider_err e = hear(p.side[1 - i % 2], &f);

        ck_assert_msg(e == EIDER_OK || e == EIDER_E_AUTH ||
                          e == EIDER_E_REPLAY || e == EIDER_E_LIMIT,
                      "%s", eider_err_name(e));
        unopenable += e == EIDER_E_AUTH;
        noticed += e == EIDER_E_LIMIT;
        late_trouble += i >= 60 && e != EIDER_OK;
    }
    ck_assert_msg(late_trouble == 0 || unopenable >= 3 || noticed > 0,
                  "side %d at %u back %u: %u unopenable, stuck", side, at, back,
                  unopenable);
    pair_end(&p);
}

START_TEST(an_old_copy_goes_on_or_is_noticed)
{
    for (unsigned at = 2; at < 56; at += 2)
        put_back(_i, at, 1 + at / 2 % 3);
}
END_TEST

/* ---- a bad line ----------------------------------------------------------- */

#define AIR_MAX 5

START_TEST(a_bad_line_only_delays)
{
    eider_frame air[2][AIR_MAX];
    unsigned n[2] = {0};
    uint64_t seed = 33 + (unsigned)_i;
    pair p;

    pair_start(&p, seed);
    talk(&p, 2);
    for (unsigned i = 0; i < 2500; i++) {
        int from = (int)(next_random(&seed) % 2), to = 1 - from;
        eider_frame f = say_little(p.side[from], next_random(&seed) % 2 * 77);

        if (next_random(&seed) % 5 == 0)
            continue;
        if (n[to] == AIR_MAX) { /* the oldest arrives */
            ck_assert_int_eq(hear(p.side[to], &air[to][0]), EIDER_OK);
            memmove(air[to], air[to] + 1, --n[to] * sizeof f);
        }
        air[to][n[to]++] = f;
        to = (int)(next_random(&seed) % 2);
        if (n[to] > 0) {
            unsigned at = (unsigned)(next_random(&seed) % n[to]);

            ck_assert_int_eq(hear(p.side[to], &air[to][at]), EIDER_OK);
            ck_assert_int_eq(hear(p.side[to], &air[to][at]), EIDER_E_REPLAY);
            n[to]--;
            memmove(air[to] + at, air[to] + at + 1,
                    (n[to] - at) * sizeof air[0][0]);
        }
    }
    ck_assert_uint_ge(eider_ratchet_mixed(p.side[A]), 25);
    pair_end(&p);
}
END_TEST

TCase *
ratchet_pq_case(void)
{
    TCase *t = tcase_create("post-quantum epochs");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_thief_with_all_secrets_follows);
    tcase_add_test(t, a_thief_with_all_of_x25519_is_shut_out_by_an_epoch);
    tcase_add_loop_test(t, an_older_end_and_a_newer_one_go_on_without_epochs, A,
                        B + 1);
    tcase_add_test(t, a_restart_may_follow_every_frame);
    tcase_add_test(t, a_mix_that_fails_changes_nothing);
    tcase_add_loop_test(t, an_old_copy_goes_on_or_is_noticed, A, B + 1);
    tcase_add_loop_test(t, a_bad_line_only_delays, 0, 2);
    return t;
}
