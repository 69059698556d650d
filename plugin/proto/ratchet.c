/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ratchet_state.h"

#include "eider/crypto.h"

#include <assert.h>
#include <string.h>

#define HEADER_LEN 40
#define EH_LEN     (HEADER_LEN + EIDER_TAG_LEN)
#define BODY_AT    (EIDER_NONCE_LEN + EH_LEN)

typedef struct {
    uint8_t raw[HEADER_LEN];
    eider_public dh;
    uint32_t n, pn;
    uint8_t epoch, flags;
} header;

/* What opening a frame is going to change, until its body has verified. */
typedef struct {
    ratchet_core next;
    header h;
    eider_secret mk;
    bool is_step;
    const eider_secret *ss;   /* that a step mixes; in the ratchet */
    eider_skipped_key *taken; /* in the ratchet's store; NULL: a new key */
    eider_skipped_key *skipped;
    size_t n_skipped, cap;
} plan;

static void
ratchet_core_wipe(ratchet_core *c)
{
    eider_wipe(c, sizeof *c);
}

static void
plan_wipe(plan *p)
{
    eider_free(p->skipped, p->cap * sizeof *p->skipped);
    eider_wipe(p, sizeof *p);
}

/* ---- keys ---------------------------------------------------------------- */

/* RK, CK, NHK = KDF_RK(RK, 0x01 || DH(DHs, DHr) or 0x02 || DH(DHs, DHr) || ss)
 */
static eider_err
mix_dh(ratchet_core *c, const eider_secret *ss, eider_secret *CK,
       eider_secret *NHK)
{
    uint8_t ikm[1 + 2 * EIDER_KEY_LEN] = {ss == NULL ? 0x01 : 0x02};
    size_t n = 1 + EIDER_KEY_LEN;
    uint8_t outs[3][EIDER_HASH_LEN];
    EIDER_AUTO(eider_secret) dh = {0};
    eider_err e;

    if ((e = eider_dh(&c->DHs.sk, &c->DHr, &dh)) != EIDER_OK)
        return e;
    memcpy(ikm + 1, dh.b, EIDER_KEY_LEN);
    if (ss != NULL) {
        memcpy(ikm + n, ss->b, EIDER_KEY_LEN);
        n += EIDER_KEY_LEN;
    }
    eider_hkdf(c->RK.b, EIDER_KEY_LEN, (eider_slice){ikm, n}, 3, outs);
    memcpy(c->RK.b, outs[0], EIDER_KEY_LEN);
    memcpy(CK->b, outs[1], EIDER_KEY_LEN);
    memcpy(NHK->b, outs[2], EIDER_KEY_LEN);
    eider_wipe(ikm, sizeof ikm);
    eider_wipe(outs, sizeof outs);
    return EIDER_OK;
}

static void
step_chain(eider_secret *CK, eider_secret *mk)
{
    EIDER_AUTO(eider_secret) next = {0};

    eider_kdf(2, "EIDRchn1", CK, mk);
    eider_kdf(1, "EIDRchn1", CK, &next);
    *CK = next;
}

static eider_err
sending_half(ratchet_core *c, const eider_secret *ss)
{
    c->PN = c->Ns;
    c->Ns = 0;
    c->HKs = c->NHKs;
    eider_keypair_new(&c->DHs);
    c->has_DHs = true;
    c->has_sending = true;
    return mix_dh(c, ss, &c->CKs, &c->NHKs);
}

static eider_err
receiving_half(ratchet_core *c, const eider_public *dh, const eider_secret *ss)
{
    eider_err e;

    c->HKr = c->NHKr;
    c->DHr = *dh;
    c->Nr = 0;
    c->chain++;
    c->has_receiving = true;
    e = mix_dh(c, ss, &c->CKr, &c->NHKr);
    eider_keypair_wipe(&c->DHs);
    c->has_DHs = false;
    return e;
}

/* ---- frame --------------------------------------------------------------- */

static void
make_nonce(const eider_secret *k_mac, const eider_secret *SID,
           const uint8_t *raw, const eider_body *body,
           uint8_t out[EIDER_NONCE_LEN])
{
    const eider_slice parts[3] = {{SID->b, EIDER_KEY_LEN},
                                  {raw, HEADER_LEN},
                                  {body->b, eider_body_len(body->size)}};

    eider_hash(out, EIDER_NONCE_LEN, k_mac->b, EIDER_KEY_LEN, parts, 3);
}

static void
pack_header(const ratchet_core *c, uint8_t epoch, uint8_t flags, eider_buf *out)
{
    eider_buf_add(out, c->DHs.pk.b, EIDER_KEY_LEN);
    eider_put_u24(out, c->Ns);
    eider_put_u24(out, c->PN);
    eider_put_u8(out, epoch);
    eider_put_u8(out, flags);
    assert(out->n == HEADER_LEN);
}

static void
parse_header(header *h)
{
    eider_reader rd = eider_reader_of(h->raw, sizeof h->raw);

    eider_get_bytes(&rd, h->dh.b, sizeof h->dh.b);
    h->n = eider_get_u24(&rd);
    h->pn = eider_get_u24(&rd);
    h->epoch = eider_get_u8(&rd);
    h->flags = eider_get_u8(&rd);
    assert(eider_reader_is_done(&rd));
}

/* Everything that can fail; @next is the state after it. */
static eider_err
prepare_seal(const eider_ratchet *r, ratchet_core *next, bool *mixes)
{
    const eider_secret *ss = eider_pq_to_send(&r->pq);

    *mixes = false;
    if (!eider_ratchet_can_send(r))
        return EIDER_E_STATE;
    /* Neither n nor, in the next chain, pn could say more. */
    if (next->Ns >= EIDER_N_MAX)
        return EIDER_E_LIMIT;
    if (next->has_DHs)
        return EIDER_OK;
    *mixes = ss != NULL;
    return sending_half(next, ss);
}

/* @body and the pq record in what it leaves. */
static void
fill_body(eider_pq *pq, const eider_body *body, eider_body *full)
{
    full->size = body->size;
    full->used = body->used;
    memcpy(full->b, body->b, eider_body_len(body->size));
    eider_pq_fill(pq, full);
}

eider_err
eider_ratchet_seal(eider_ratchet *r, uint8_t flags, const eider_body *body,
                   eider_frame *out)
{
    EIDER_AUTO(ratchet_core) next = r->c;
    EIDER_AUTO(eider_secret) mk = {0}, k_enc = {0}, k_mac = {0};
    EIDER_AUTO(eider_buf) raw = {0};
    EIDER_AUTO(eider_body) full;
    bool mixes;
    eider_err e;

    assert(body->size < EIDER_SIZES);
    if ((e = prepare_seal(r, &next, &mixes)) != EIDER_OK)
        return e;

    if (mixes)
        eider_pq_advance(&r->pq);
    fill_body(&r->pq, body, &full);
    pack_header(&next, eider_pq_epoch(&r->pq), flags, &raw);
    step_chain(&next.CKs, &mk);
    next.Ns++;
    eider_kdf(1, "EIDRmsg1", &mk, &k_enc);
    eider_kdf(2, "EIDRmsg1", &mk, &k_mac);

    out->size = full.size;
    make_nonce(&k_mac, &next.SID, raw.p, &full, out->b);
    eider_aead_seal(&next.HKs, out->b, raw.p, raw.n, out->b + EIDER_NONCE_LEN);
    eider_stream(&k_enc, out->b, full.b, eider_body_len(full.size),
                 out->b + BODY_AT);
    r->c = next;
    return EIDER_OK;
}

/* ---- opening ------------------------------------------------------------- */

static bool
open_header(const eider_secret *HK, const eider_frame *f, header *h)
{
    if (eider_aead_open(HK, f->b, f->b + EIDER_NONCE_LEN, EH_LEN, h->raw) !=
        EIDER_OK)
        return false;
    parse_header(h);
    return true;
}

static eider_err
take_late_key(const eider_ratchet *r, uint32_t chain, plan *p)
{
    p->taken = eider_skipped_find(&r->late, chain, p->h.n);
    if (p->taken == NULL)
        return EIDER_E_REPLAY;
    p->mk = p->taken->mk;
    return EIDER_OK;
}

/* Step the receiving chain to @n, keeping the keys on the way. */
static void
skip_to(plan *p, uint32_t n, uint64_t now)
{
    ratchet_core *c = &p->next;

    while (c->Nr < n) {
        eider_skipped_key *k = &p->skipped[p->n_skipped++];

        k->chain = c->chain;
        k->n = c->Nr++;
        k->at = now;
        step_chain(&c->CKr, &k->mk);
    }
}

static uint32_t
gap_to(uint32_t Nr, uint32_t n)
{
    return n > Nr ? n - Nr : 0;
}

/* A key of the current chain, or after a DH step of the one after it.  The
 * limits come first: they need no computation. */
static eider_err
plan_new_key(plan *p, uint64_t now)
{
    ratchet_core *c = &p->next;
    uint32_t old = p->is_step && c->has_receiving ? gap_to(c->Nr, p->h.pn) : 0;
    uint32_t gap = gap_to(p->is_step ? 0 : c->Nr, p->h.n);
    eider_err e;

    if (old > EIDER_SKIP_MAX || gap > EIDER_SKIP_MAX || c->chain == UINT32_MAX)
        return EIDER_E_LIMIT;
    p->cap = old + gap;
    p->skipped = p->cap > 0 ? eider_alloc(p->cap * sizeof *p->skipped) : NULL;
    if (p->is_step) {
        if (old > 0)
            skip_to(p, p->h.pn, now);
        if ((e = receiving_half(c, &p->h.dh, p->ss)) != EIDER_OK)
            return e;
    }
    skip_to(p, p->h.n, now);
    step_chain(&c->CKr, &p->mk);
    c->Nr++;
    return EIDER_OK;
}

static eider_err
plan_open(const eider_ratchet *r, uint64_t now, const eider_frame *f, plan *p)
{
    const ratchet_core *c = &r->c;
    uint32_t chain = c->chain;
    bool found = c->has_receiving && open_header(&c->HKr, f, &p->h);
    eider_err e;

    if (!found)
        found = p->is_step = c->has_DHs && open_header(&c->NHKr, f, &p->h);
    for (size_t i = r->late.n_old; i-- > 0 && !found;) {
        found = open_header(&r->late.old[i].HK, f, &p->h);
        chain = r->late.old[i].chain;
    }
    if (!found)
        return EIDER_E_AUTH;
    if (p->is_step &&
        (e = eider_pq_to_receive(&r->pq, p->h.epoch, &p->ss)) != EIDER_OK)
        return e;
    /* Two copies of their state made a step each: this one is not ours. */
    if (!p->is_step && chain == c->chain &&
        !eider_public_is_equal(&p->h.dh, &c->DHr))
        return EIDER_E_LIMIT;
    if (!p->is_step && (chain != c->chain || p->h.n < c->Nr))
        return take_late_key(r, chain, p);
    return plan_new_key(p, now);
}

static eider_err
open_body(const plan *p, const eider_frame *f, eider_body *body)
{
    EIDER_AUTO(eider_secret) k_enc = {0}, k_mac = {0};
    uint8_t nonce[EIDER_NONCE_LEN];

    eider_kdf(1, "EIDRmsg1", &p->mk, &k_enc);
    eider_kdf(2, "EIDRmsg1", &p->mk, &k_mac);
    body->size = f->size;
    body->used = eider_body_len(f->size);
    eider_stream(&k_enc, f->b, f->b + BODY_AT, body->used, body->b);
    make_nonce(&k_mac, &p->next.SID, p->h.raw, body, nonce);
    if (!eider_equal(nonce, f->b, sizeof nonce)) {
        eider_wipe(body, sizeof *body);
        return EIDER_E_AUTH;
    }
    return EIDER_OK;
}

static void
commit(eider_ratchet *r, const plan *p, uint64_t now)
{
    if (p->taken != NULL)
        eider_skipped_remove(&r->late, p->taken);
    if (p->is_step && r->c.has_receiving)
        eider_skipped_retire(&r->late, r->c.chain, &r->c.HKr, now);
    eider_skipped_add(&r->late, p->skipped, p->n_skipped);
    if (p->ss != NULL)
        eider_pq_advance(&r->pq);
    r->c = p->next;
}

eider_err
eider_ratchet_open(eider_ratchet *r, uint64_t now, const eider_frame *f,
                   eider_body *body, uint8_t *flags)
{
    EIDER_AUTO(plan) p = {.next = r->c};
    eider_err e;

    assert(f->size < EIDER_SIZES);
    eider_wipe(body, sizeof *body);
    if ((e = plan_open(r, now, f, &p)) != EIDER_OK)
        return e;
    if ((e = open_body(&p, f, body)) != EIDER_OK)
        return e;
    *flags = p.h.flags;
    commit(r, &p, now);
    eider_pq_take(&r->pq, body);
    return EIDER_OK;
}
