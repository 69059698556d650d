/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ratchet_state.h"

#include "eider/pack.h"

#define PICKLE_VERSION 2
#define PICKLE_NO_PQ   1 /* before there were epochs */
#define HAS_INITIATOR  1u
#define HAS_DHS        2u
#define HAS_SENDING    4u
#define HAS_RECEIVING  8u

/* ---- life ---------------------------------------------------------------- */

eider_err
eider_ratchet_new(eider_ratchet **out, const eider_outcome *o)
{
    eider_ratchet *r = eider_alloc(sizeof *r);
    ratchet_core *c = &r->c;

    eider_pq_init(&r->pq, o->initiator);
    c->initiator = o->initiator;
    c->SID = o->keys.sid;
    c->RK = o->keys.rk0;
    if (o->initiator) {
        c->DHr = o->responder_e_pk;
        c->NHKs = o->keys.hk_initiator;
        c->NHKr = o->keys.nhk_responder;
    } else {
        c->DHs = o->responder_e;
        c->has_DHs = true;
        c->NHKs = o->keys.nhk_responder;
        c->NHKr = o->keys.hk_initiator;
    }
    *out = r;
    return EIDER_OK;
}

void
eider_ratchet_free(eider_ratchet *r)
{
    if (r == NULL)
        return;
    eider_skipped_wipe(&r->late);
    eider_free(r, sizeof *r);
}

const eider_secret *
eider_ratchet_sid(const eider_ratchet *r)
{
    return &r->c.SID;
}

bool
eider_ratchet_is_initiator(const eider_ratchet *r)
{
    return r->c.initiator;
}

bool
eider_ratchet_can_send(const eider_ratchet *r)
{
    return r->c.initiator || r->c.has_receiving;
}

bool
eider_ratchet_has_opened(const eider_ratchet *r)
{
    return r->c.has_receiving;
}

uint32_t
eider_ratchet_mixed(const eider_ratchet *r)
{
    return r->pq.mixed;
}

void
eider_ratchet_expire(eider_ratchet *r, uint64_t now)
{
    eider_skipped_expire(&r->late, now);
}

size_t
eider_ratchet_skipped(const eider_ratchet *r)
{
    return r->late.n;
}

/* ---- storage ------------------------------------------------------------- */

void
eider_ratchet_pickle(const eider_ratchet *r, eider_buf *out)
{
    const ratchet_core *c = &r->c;
    const eider_secret *const keys[] = {&c->SID,  &c->RK,  &c->CKs, &c->HKs,
                                        &c->NHKs, &c->CKr, &c->HKr, &c->NHKr};

    eider_put_u8(out, PICKLE_VERSION);
    eider_put_u8(out, (uint8_t)((c->initiator ? HAS_INITIATOR : 0) |
                                (c->has_DHs ? HAS_DHS : 0) |
                                (c->has_sending ? HAS_SENDING : 0) |
                                (c->has_receiving ? HAS_RECEIVING : 0)));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        eider_buf_add(out, keys[i]->b, EIDER_KEY_LEN);
    eider_buf_add(out, c->DHs.sk.b, EIDER_KEY_LEN);
    eider_buf_add(out, c->DHs.pk.b, EIDER_KEY_LEN);
    eider_buf_add(out, c->DHr.b, EIDER_KEY_LEN);
    eider_put_u32(out, c->Ns);
    eider_put_u32(out, c->Nr);
    eider_put_u32(out, c->PN);
    eider_put_u32(out, c->chain);
    eider_skipped_pickle(&r->late, out);
    eider_pq_pickle(&r->pq, out);
}

/* The states that sending and receiving lead to, and no others. */
static bool
is_reachable(uint8_t has)
{
    switch (has) {
    case HAS_INITIATOR:
    case HAS_INITIATOR | HAS_DHS | HAS_SENDING:
    case HAS_INITIATOR | HAS_SENDING | HAS_RECEIVING:
    case HAS_INITIATOR | HAS_DHS | HAS_SENDING | HAS_RECEIVING:
    case HAS_DHS:
    case HAS_RECEIVING:
    case HAS_SENDING | HAS_RECEIVING:
    case HAS_DHS | HAS_SENDING | HAS_RECEIVING:
        return true;
    default:
        return false;
    }
}

static bool
read_core(ratchet_core *c, uint8_t version, eider_reader *rd)
{
    eider_secret *const keys[] = {&c->SID,  &c->RK,  &c->CKs, &c->HKs,
                                  &c->NHKs, &c->CKr, &c->HKr, &c->NHKr};
    uint8_t has = eider_get_u8(rd);

    if ((version != PICKLE_VERSION && version != PICKLE_NO_PQ) ||
        !is_reachable(has))
        return false;
    c->initiator = has & HAS_INITIATOR;
    c->has_DHs = has & HAS_DHS;
    c->has_sending = has & HAS_SENDING;
    c->has_receiving = has & HAS_RECEIVING;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        eider_get_bytes(rd, keys[i]->b, EIDER_KEY_LEN);
    eider_get_bytes(rd, c->DHs.sk.b, EIDER_KEY_LEN);
    eider_get_bytes(rd, c->DHs.pk.b, EIDER_KEY_LEN);
    eider_get_bytes(rd, c->DHr.b, EIDER_KEY_LEN);
    c->Ns = eider_get_u32(rd);
    c->Nr = eider_get_u32(rd);
    c->PN = eider_get_u32(rd);
    c->chain = eider_get_u32(rd);
    return eider_reader_ok(rd) && c->Ns <= EIDER_N_MAX &&
           c->Nr <= EIDER_N_MAX && c->PN < EIDER_N_MAX &&
           (c->has_sending ? c->Ns > 0 : c->Ns == 0 && c->PN == 0) &&
           (c->has_receiving ? c->Nr > 0 && c->chain > 0
                             : c->Nr == 0 && c->chain == 0);
}

/* An older session is in the first epoch. */
static eider_err
read_pq(eider_pq *pq, uint8_t version, bool initiator, eider_reader *rd)
{
    if (version != PICKLE_NO_PQ)
        return eider_pq_unpickle(pq, initiator, rd);
    eider_pq_init(pq, initiator);
    return EIDER_OK;
}

eider_err
eider_ratchet_unpickle(eider_ratchet **out, eider_reader *rd)
{
    eider_ratchet *r = eider_alloc(sizeof *r);
    ratchet_core *c = &r->c;
    uint8_t version = eider_get_u8(rd);

    *out = NULL;
    if (!read_core(c, version, rd) ||
        eider_skipped_unpickle(&r->late, rd, c->chain, c->Nr) != EIDER_OK ||
        read_pq(&r->pq, version, c->initiator, rd) != EIDER_OK) {
        eider_ratchet_free(r);
        return EIDER_E_MALFORMED;
    }
    *out = r;
    return EIDER_OK;
}
