/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is in the sealed files: index, contacts, ratchets, attempts.  Any bytes;
 * and good ones that were touched.  What is taken is written again the same.
 */
#include "fuzz/people.h"

#include "core/work.h"

#include <string.h>

/* Read and written once more; false: refused. */
typedef bool read_twice(eider_slice in, eider_buf *out);

static bool
read_index(eider_slice in, eider_buf *out)
{
    eider_index x;
    bool good;

    eider_index_init(&x);
    good = eider_index_unpickle(&x, in) == EIDER_OK;
    if (good)
        eider_index_pickle(&x, out);
    eider_index_clear(&x);
    return good;
}

static void
look_at(const eider_contact *c)
{
    FUZZ_CHECK(c->meeting.state < EIDER_MEET_STATES);
    FUZZ_CHECK(c->check.state < EIDER_RUN_STATES);
    FUZZ_CHECK(memchr(c->check.question, 0, sizeof c->check.question) != NULL);
    for (guint i = 0; i < c->partials->len; i++) {
        const eider_partial *p = c->partials->pdata[i];

        FUZZ_CHECK(p->parts >= 1 && p->parts <= EIDER_PARTS_MAX);
    }
    for (guint i = 0; i < c->legs->len; i++) {
        const eider_leg *l = c->legs->pdata[i];

        FUZZ_CHECK(l->state < EIDER_LEG_STATES);
        FUZZ_CHECK(l->size == EIDER_S || l->size == EIDER_M);
        FUZZ_CHECK(l->state != EIDER_LEG_ANSWERED || l->a != NULL);
    }
    for (guint i = 0; i < c->sessions->len; i++)
        FUZZ_CHECK(((eider_session *)c->sessions->pdata[i])->ratchet != NULL);
}

static bool
read_contact(eider_slice in, eider_buf *out)
{
    eider_contact *c = eider_contact_new("a", "b");
    bool good = eider_contact_unpickle(c, in) == EIDER_OK;

    if (good) {
        look_at(c);
        eider_contact_pickle(c, out);
    }
    eider_contact_free(c);
    return good;
}

static bool
read_ratchet(eider_slice in, eider_buf *out)
{
    eider_reader rd = eider_reader_of(in.p, in.n);
    eider_ratchet *r = NULL;

    if (eider_ratchet_unpickle(&r, &rd) != EIDER_OK) {
        FUZZ_CHECK(r == NULL);
        return false;
    }
    FUZZ_CHECK(eider_ratchet_skipped(r) <= EIDER_SKIPPED_KEYS_MAX);
    eider_ratchet_pickle(r, out);
    eider_ratchet_free(r);
    return true;
}

static bool
read_attempt(eider_slice in, eider_buf *out)
{
    eider_reader rd = eider_reader_of(in.p, in.n);
    EIDER_AUTO(eider_attempt) a;

    if (eider_attempt_unpickle(&a, &rd) != EIDER_OK)
        return false;
    eider_attempt_pickle(&a, out);
    return true;
}

static bool
read_noise(eider_slice in, eider_buf *out)
{
    eider_reader rd = eider_reader_of(in.p, in.n);
    EIDER_AUTO(eider_noise) n;

    if (eider_noise_unpickle(&n, &rd) != EIDER_OK)
        return false;
    FUZZ_CHECK(n.pattern < EIDER_NOISE_PATTERNS);
    eider_noise_pickle(&n, out);
    return true;
}

static read_twice *const readers[] = {read_index, read_contact, read_ratchet,
                                      read_attempt, read_noise};

/* What is written may differ from what was read: an older version, a name
 * twice.  What is read of that is not different any more in its length. */
static void
look(read_twice *f, eider_slice in)
{
    EIDER_AUTO(eider_buf) once = {0}, twice = {0};
    uint8_t *copy = fuzz_copy(in.p, in.n);
    bool good = f((eider_slice){copy, in.n}, &once);

    free(copy);
    if (!good)
        return;
    FUZZ_CHECK(f((eider_slice){once.p, once.n}, &twice));
    FUZZ_CHECK(once.n == twice.n);
    if (f != read_index) /* a table has no order */
        FUZZ_CHECK(memcmp(once.p, twice.p, once.n) == 0);
}

static const eider_buf *
sample(unsigned reader, unsigned which)
{
    const people *p = people_get();

    if (reader == 0)
        return &p->index[which % PEOPLE];
    if (reader == 1)
        return &p->contact[which % PEOPLE];
    if (reader == 2)
        return &p->ratchet;
    return &p->attempt;
}

/* Touched, cut, and with a hole or something more in the middle. */
static void
touched(fuzz_in *in, unsigned reader)
{
    EIDER_AUTO(eider_buf) b = {0};
    const eider_buf *s = sample(reader, fuzz_u8(in));
    uint8_t op = fuzz_u8(in);
    size_t at = s->n > 0 ? fuzz_u16(in) % s->n : 0, gap = op & 1 ? op / 4 : 0;

    eider_buf_add(&b, s->p, at);
    if (op & 2) {
        eider_slice more = fuzz_take(in, op / 4);

        eider_buf_add(&b, more.p, more.n);
    }
    if (at + gap < s->n)
        eider_buf_add(&b, s->p + at + gap, s->n - at - gap);
    for (unsigned i = 0; i < 3 && in->n > 0; i++)
        (void)fuzz_edit(in, b.p, b.n);
    look(readers[reader], (eider_slice){b.p, b.n});
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    uint8_t op = fuzz_u8(&in);
    unsigned reader = op / 2 % G_N_ELEMENTS(readers);

    (void)people_get();
    fuzz_random(17);
    if (op & 1)
        touched(&in, reader);
    else
        look(readers[reader], (eider_slice){in.p, in.n});
}

static void
seeds(fuzz_seed *out, void *arg)
{
    const people *p = people_get();

    for (unsigned i = 0; i < PEOPLE; i++) {
        EIDER_AUTO(eider_buf) b = {0};

        eider_buf_add(&b, "\0", 1);
        eider_buf_add(&b, p->index[i].p, p->index[i].n);
        out(arg, b.p, b.n);
    }
    for (uint8_t i = 0; i < G_N_ELEMENTS(readers); i++)
        for (uint8_t k = 0; k < 4; k++) {
            const uint8_t op[] = {(uint8_t)(2 * i + 1), k, k, 9, 0, 1, 3, 0, k};

            out(arg, op, sizeof op);
        }
}

const fuzz_harness fuzz_stored = {"stored", 1200, one, seeds, false};
