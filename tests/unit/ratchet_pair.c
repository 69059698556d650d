/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ratchet_pair.h"

#include <string.h>

uint64_t
next_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u; /* splitmix64 */

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static void
fill(void *out, size_t n, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)out)[i] = (uint8_t)next_random(seed);
}

void
outcome_fill(eider_outcome *o, bool initiator, uint64_t seed)
{
    EIDER_AUTO(eider_secret) e = {0};

    memset(o, 0, sizeof *o);
    fill(&o->keys, sizeof o->keys, &seed);
    fill(e.b, sizeof e.b, &seed);
    eider_keypair_from(&o->responder_e, &e);
    o->responder_e_pk = o->responder_e.pk;
    o->initiator = initiator;
    if (initiator)
        eider_keypair_wipe(&o->responder_e);
}

void
pair_start(pair *p, uint64_t seed)
{
    eider_outcome o;

    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    for (int i = A; i <= B; i++) {
        outcome_fill(&o, i == A, seed);
        ck_assert_int_eq(eider_ratchet_new(&p->side[i], &o), EIDER_OK);
    }
}

void
pair_meet(pair *p, uint64_t seed)
{
    pair_start(p, seed);
    pass(p, A, 1000001);
    pass(p, B, 1000002);
}

void
pair_end(pair *p)
{
    eider_ratchet_free(p->side[A]);
    eider_ratchet_free(p->side[B]);
}

void
body_fill(eider_body *b, eider_size size, uint64_t tag)
{
    memset(b, 0, sizeof *b);
    b->size = size;
    b->used = eider_body_len(size);
    fill(b->b, b->used, &tag);
}

eider_frame
say(eider_ratchet *r, uint64_t tag)
{
    eider_frame f;
    eider_body b;

    body_fill(&b, EIDER_S, tag);
    ck_assert_int_eq(eider_ratchet_seal(r, 0, &b, &f), EIDER_OK);
    return f;
}

void
lose(eider_ratchet *r, unsigned n)
{
    while (n-- > 0)
        say(r, n);
}

void
pass(pair *p, int from, uint64_t tag)
{
    eider_frame f = say(p->side[from], tag);

    opens(p->side[1 - from], &f, tag);
}

void
opens_at(eider_ratchet *r, uint64_t now, const eider_frame *f, uint64_t tag,
         int line)
{
    eider_body got, b;
    uint8_t flags = 255;
    eider_err e = eider_ratchet_open(r, now, f, &got, &flags);

    ck_assert_msg(e == EIDER_OK, "line %d: %s", line, eider_err_name(e));
    body_fill(&b, f->size, tag);
    ck_assert_msg(got.size == b.size && got.used == b.used &&
                      memcmp(got.b, b.b, sizeof b.b) == 0,
                  "line %d: another body", line);
    ck_assert_msg(flags == 0, "line %d: flags", line);
}

void
refuses_at(eider_ratchet *r, const eider_frame *f, eider_err expected, int line)
{
    EIDER_AUTO(eider_buf) before = pickle_of(r);
    EIDER_AUTO(eider_buf) after = {0};
    eider_body got, zero;
    uint8_t flags;
    eider_err e;

    memset(&got, 0x55, sizeof got);
    memset(&zero, 0, sizeof zero);
    e = eider_ratchet_open(r, 0, f, &got, &flags);
    ck_assert_msg(e == expected, "line %d: %s instead of %s", line,
                  eider_err_name(e), eider_err_name(expected));
    eider_ratchet_pickle(r, &after);
    ck_assert_msg(before.n == after.n &&
                      memcmp(before.p, after.p, after.n) == 0,
                  "line %d: a refused frame changed the ratchet", line);
    ck_assert_msg(memcmp(&got, &zero, sizeof zero) == 0,
                  "line %d: something was given back", line);
}

eider_buf
pickle_of(const eider_ratchet *r)
{
    eider_buf b = {0};

    eider_ratchet_pickle(r, &b);
    return b;
}

eider_ratchet *
unpickle_of(const eider_buf *b)
{
    eider_reader rd = eider_reader_of(b->p, b->n);
    eider_ratchet *r;

    ck_assert_int_eq(eider_ratchet_unpickle(&r, &rd), EIDER_OK);
    ck_assert(eider_reader_is_done(&rd));
    return r;
}

eider_ratchet *
restored(const eider_ratchet *r)
{
    EIDER_AUTO(eider_buf) b = pickle_of(r);

    return unpickle_of(&b);
}

void
patch(eider_ratchet **r, size_t at, const void *p, size_t n)
{
    EIDER_AUTO(eider_buf) b = pickle_of(*r);

    ck_assert_uint_le(at + n, b.n);
    memcpy(b.p + at, p, n);
    eider_ratchet_free(*r);
    *r = unpickle_of(&b);
}

void
patch_u32(eider_ratchet **r, size_t at, uint32_t v)
{
    const uint8_t t[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                          (uint8_t)(v >> 24)};

    patch(r, at, t, sizeof t);
}

static void
key_at(const eider_buf *pickle, size_t i, void *out)
{
    memcpy(out, pickle->p + P_KEY(i), EIDER_KEY_LEN);
}

eider_frame
forge(const eider_ratchet *from, const lie *l, uint64_t tag)
{
    EIDER_AUTO(eider_buf) pickle = pickle_of(from);
    EIDER_AUTO(eider_buf) h = {0};
    eider_reader ns = eider_reader_of(pickle.p + P_NS, 4);
    eider_secret SID, HK, CK, mk = {0}, k_enc, k_mac;
    eider_public dh;
    eider_frame f = {.size = EIDER_S};
    eider_body b;

    key_at(&pickle, 0, SID.b);
    key_at(&pickle, P_HKS, HK.b);
    key_at(&pickle, P_CKS, CK.b);
    key_at(&pickle, P_DHS_PK, dh.b);
    for (uint32_t n = eider_get_u32(&ns); n <= l->n; n++) {
        eider_kdf(2, "EIDRchn1", &CK, &mk);
        eider_kdf(1, "EIDRchn1", &CK, &k_mac);
        CK = k_mac;
    }
    eider_kdf(1, "EIDRmsg1", &mk, &k_enc);
    eider_kdf(2, "EIDRmsg1", &mk, &k_mac);
    eider_buf_add(&h, l->dh != NULL ? l->dh->b : dh.b, EIDER_KEY_LEN);
    eider_put_u24(&h, l->n);
    eider_put_u24(&h, l->pn);
    eider_put_u8(&h, l->epoch);
    eider_put_u8(&h, l->flags);
    body_fill(&b, EIDER_S, tag);
    eider_hash(f.b, EIDER_NONCE_LEN, k_mac.b, sizeof k_mac.b,
               (const eider_slice[]){{SID.b, 32}, {h.p, h.n}, {b.b, 200}}, 3);
    eider_aead_seal(&HK, f.b, h.p, h.n, f.b + 24);
    eider_stream(&k_enc, f.b, b.b, 200, f.b + 80);
    return f;
}

uint8_t
flags_on_wire(const eider_ratchet *from, const eider_frame *f)
{
    EIDER_AUTO(eider_buf) pickle = pickle_of(from);
    eider_secret HK;
    uint8_t header[40];

    key_at(&pickle, P_HKS, HK.b);
    ck_assert_int_eq(eider_aead_open(&HK, f->b, f->b + 24, 56, header),
                     EIDER_OK);
    return header[39];
}
