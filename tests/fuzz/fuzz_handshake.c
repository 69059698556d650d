/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three messages of a handshake: any bytes; good ones that were touched;
 * and those of somebody who holds keys and says in the payload what he likes.
 */
#include "fuzz/fuzz.h"

#include "eider/handshake.h"

#include <string.h>

static const eider_slice PROLOGUE = {(const uint8_t *)"EIDER/1", 7};

/* A side that follows Noise and not the rules of the payload. */
typedef struct {
    eider_noise noise;
    eider_buf out;
} rogue;

static void
rogue_init(rogue *r, bool initiator, const eider_keypair *s)
{
    memset(r, 0, sizeof *r);
    eider_noise_init(&r->noise, EIDER_NOISE_XXHFS, initiator, PROLOGUE, s);
}

static void
rogue_wipe(rogue *r)
{
    eider_noise_wipe(&r->noise);
    eider_buf_wipe(&r->out);
}

/* Its next message, of the length that it has to have. */
static void
rogue_write(rogue *r, fuzz_in *in, size_t payload, uint8_t *first)
{
    uint8_t p[180] = {1};

    (void)fuzz_edit(in, p, payload);
    *first = p[0];
    FUZZ_CHECK(eider_noise_write(&r->noise, (eider_slice){p, payload},
                                 &r->out) == EIDER_OK);
}

static void
rogue_read(rogue *r, const uint8_t *m, size_t n)
{
    EIDER_AUTO(eider_buf) b = {0};

    FUZZ_CHECK(eider_noise_read(&r->noise, (eider_slice){m, n}, &b) ==
               EIDER_OK);
}

static void
look_stored(const eider_attempt *a)
{
    EIDER_AUTO(eider_buf) b = {0}, again = {0};
    EIDER_AUTO(eider_attempt) copy;
    eider_reader rd;

    eider_attempt_pickle(a, &b);
    rd = eider_reader_of(b.p, b.n);
    FUZZ_CHECK(eider_attempt_unpickle(&copy, &rd) == EIDER_OK);
    eider_attempt_pickle(&copy, &again);
    FUZZ_CHECK(b.n == again.n && memcmp(b.p, again.p, b.n) == 0);
}

/* Message 1 of a rogue: taken if and only if its version is ours. */
static void
call_of_rogue(fuzz_in *in, const eider_keypair *s)
{
    EIDER_AUTO(eider_keypair) other;
    EIDER_AUTO(eider_attempt) a;
    EIDER_AUTO(eider_outcome) o;
    rogue r;
    uint8_t first, m3_first;
    eider_err err;

    eider_keypair_new(&other);
    rogue_init(&r, true, &other);
    rogue_write(&r, in, 4, &first);
    FUZZ_CHECK(r.out.n == EIDER_HS_LEN);
    err = eider_attempt_answer(&a, s, r.out.p);
    FUZZ_CHECK(err == (first == 1 ? EIDER_OK : EIDER_E_MALFORMED));
    if (err == EIDER_OK) {
        look_stored(&a);
        rogue_read(&r, a.message, EIDER_HS_LEN);
        rogue_write(&r, in, 180, &m3_first);
        FUZZ_CHECK(r.out.n == EIDER_HS_LEN_3);
        if (fuzz_edit(in, r.out.p, r.out.n) > 0)
            FUZZ_CHECK(eider_attempt_accept(&a, r.out.p, &o) == EIDER_E_AUTH);
        else
            FUZZ_CHECK(eider_attempt_accept(&a, r.out.p, &o) ==
                       (m3_first == 1 ? EIDER_OK : EIDER_E_MALFORMED));
    }
    rogue_wipe(&r);
}

/* Message 2 of one. */
static void
answer_of_rogue(fuzz_in *in, const eider_keypair *s)
{
    EIDER_AUTO(eider_keypair) other;
    EIDER_AUTO(eider_attempt) a, was;
    EIDER_AUTO(eider_outcome) o;
    uint8_t first, m3[EIDER_HS_LEN_3];
    eider_hs_id id23;
    eider_err err, want;
    rogue r;

    eider_keypair_new(&other);
    FUZZ_CHECK(eider_attempt_start(&a, s) == EIDER_OK);
    look_stored(&a);
    was = a;
    rogue_init(&r, false, &other);
    rogue_read(&r, a.message, EIDER_HS_LEN);
    rogue_write(&r, in, 20, &first);
    FUZZ_CHECK(r.out.n == EIDER_HS_LEN);
    want = first == 1 ? EIDER_OK : EIDER_E_MALFORMED;
    if (fuzz_edit(in, r.out.p, r.out.n) > 0)
        want = EIDER_E_AUTH;
    err = eider_attempt_finish(&a, r.out.p, m3, &id23, &o);
    FUZZ_CHECK(err == want);
    FUZZ_CHECK(memcmp(&a, &was, sizeof a) == 0);
    if (err == EIDER_OK) {
        FUZZ_CHECK(eider_public_is_equal(&o.peer, &other.pk));
        rogue_read(&r, m3, sizeof m3);
        FUZZ_CHECK(eider_noise_is_done(&r.noise));
    }
    rogue_wipe(&r);
}

/* Both honest, and somebody in between who touches. */
static void
touched(fuzz_in *in, const eider_keypair *s)
{
    EIDER_AUTO(eider_keypair) other;
    EIDER_AUTO(eider_attempt) a, b;
    EIDER_AUTO(eider_outcome) oa, ob;
    uint8_t m1[EIDER_HS_LEN], m2[EIDER_HS_LEN], m3[EIDER_HS_LEN_3];
    eider_hs_id id23;
    unsigned hits;

    eider_keypair_new(&other);
    FUZZ_CHECK(eider_attempt_start(&a, s) == EIDER_OK);
    memcpy(m1, a.message, sizeof m1);
    hits = fuzz_edit(in, m1, sizeof m1);
    if (eider_attempt_answer(&b, &other, m1) != EIDER_OK) {
        FUZZ_CHECK(hits > 0);
        return;
    }
    memcpy(m2, b.message, sizeof m2);
    hits += fuzz_edit(in, m2, sizeof m2);
    if (eider_attempt_finish(&a, m2, m3, &id23, &oa) != EIDER_OK) {
        FUZZ_CHECK(hits > 0);
        return;
    }
    FUZZ_CHECK(hits == 0);
    hits = fuzz_edit(in, m3, sizeof m3);
    FUZZ_CHECK(eider_attempt_accept(&b, m3, &ob) ==
               (hits == 0 ? EIDER_OK : EIDER_E_AUTH));
    if (hits > 0)
        return;
    FUZZ_CHECK(memcmp(&oa.keys, &ob.keys, sizeof oa.keys) == 0);
    FUZZ_CHECK(eider_public_is_equal(&oa.peer, &other.pk) &&
               eider_public_is_equal(&ob.peer, &s->pk));
    FUZZ_CHECK(memcmp(&id23, &b.id23, sizeof id23) == 0);
}

/* Bytes from anywhere. */
static void
raw(fuzz_in *in, const eider_keypair *s)
{
    EIDER_AUTO(eider_attempt) a, b;
    EIDER_AUTO(eider_outcome) o;
    uint8_t m[EIDER_HS_LEN], m3[EIDER_HS_LEN_3], op = fuzz_u8(in);
    eider_hs_id id23;

    memset(m, 0, sizeof m);
    fuzz_fill(in, m, in->n < sizeof m ? in->n : sizeof m);
    if (op % 3 == 0) {
        (void)!eider_attempt_answer(&a, s, m);
    } else if (op % 3 == 1) {
        FUZZ_CHECK(eider_attempt_start(&a, s) == EIDER_OK);
        FUZZ_CHECK(eider_attempt_finish(&a, m, m3, &id23, &o) != EIDER_OK);
        FUZZ_CHECK(eider_attempt_accept(&a, m, &o) == EIDER_E_STATE);
    } else {
        FUZZ_CHECK(eider_attempt_start(&a, s) == EIDER_OK);
        FUZZ_CHECK(eider_attempt_answer(&b, s, a.message) == EIDER_OK);
        FUZZ_CHECK(eider_attempt_accept(&b, m, &o) != EIDER_OK);
        FUZZ_CHECK(eider_attempt_finish(&b, m, m3, &id23, &o) == EIDER_E_STATE);
    }
}

static void
one(const uint8_t *p, size_t n)
{
    static void (*const ways[])(fuzz_in *, const eider_keypair *) = {
        call_of_rogue, answer_of_rogue, touched, raw};
    EIDER_AUTO(eider_keypair) s;
    fuzz_in in = {p, n};
    uint8_t way = fuzz_u8(&in);

    fuzz_random(5);
    eider_keypair_new(&s);
    ways[way % 4](&in, &s);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    out(arg, "\0\0\0\0", 4);
    out(arg, "\0\1\1\0\7\0\1\2\0\1", 10);
    out(arg, "\1\0\0", 3);
    out(arg, "\1\1\0\0\3\1\31\0\1", 9);
    out(arg, "\2\0\0\0", 4);
    out(arg, "\2\0\1\42\1\7\0", 7);
    out(arg, "\3\1abcdef", 8);
}

const fuzz_harness fuzz_handshake = {"handshake", 1300, one, seeds, false};
