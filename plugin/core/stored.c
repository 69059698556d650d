/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A contact as bytes of its sealed file; fields in the order of people.h. */
#include "work.h"

#include <string.h>

#define CONTACT_VERSION 5
#define CONTACT_NO_PQ   1    /* before there were post-quantum epochs */
#define CONTACT_CHECKS  3    /* from here on with checks */
#define CONTACT_STEADY  4    /* from here on with Steady */
#define CONTACT_IDS     5    /* from here on with checks of acks */
#define LIST_MAX        4096 /* of anything; a damaged count stops here */

static void
put_pk(eider_buf *out, const eider_public *pk)
{
    eider_buf_add(out, pk->b, sizeof pk->b);
}

static void
get_pk(eider_reader *r, eider_public *pk)
{
    eider_get_bytes(r, pk->b, sizeof pk->b);
}

static unsigned
get_count(eider_reader *r, unsigned max)
{
    unsigned n = eider_get_u16(r);

    if (n > max)
        r->failed = true;
    return r->failed ? 0 : n;
}

static void
get_text(eider_reader *r, eider_buf *out)
{
    eider_slice s = eider_get_block(r, EIDER_TEXT_MAX);

    eider_buf_add(out, s.p, s.n);
}

/* ---- sessions and memories ------------------------------------------------ */

static void
pickle_session(const eider_session *s, eider_buf *out)
{
    put_pk(out, &s->pk);
    eider_buf_add(out, s->sid, sizeof s->sid);
    eider_buf_add(out, s->rm.b, sizeof s->rm.b);
    eider_put_u8(out, (uint8_t)(s->is_confirmed | s->hello_arrived << 1 |
                                s->hello_seen << 2 | s->has_heard << 3));
    eider_put_u8(out, s->goodbyes);
    eider_put_u64(out, s->confirmed_ms);
    eider_put_u64(out, s->opened_ms);
    eider_put_u32(out, s->next_seq);
    eider_put_u64(out, s->acked_order);
    eider_put_u32(out, s->base);
    eider_buf_add(out, s->arrived, sizeof s->arrived);
    eider_put_u64(out, s->gap_ms);
    eider_put_u32(out, s->passed);
    eider_put_u64(out, s->ack_ms);
    eider_put_u64(out, s->pq_ms);
    eider_numbers_pickle(s, out);
    eider_ratchet_pickle(s->ratchet, out);
}

static void
unpickle_session(eider_contact *c, eider_reader *r)
{
    eider_session *s = eider_alloc(sizeof *s);
    uint8_t flags;

    get_pk(r, &s->pk);
    eider_get_bytes(r, s->sid, sizeof s->sid);
    eider_get_bytes(r, s->rm.b, sizeof s->rm.b);
    flags = eider_get_u8(r);
    s->is_confirmed = flags & 1;
    s->hello_arrived = flags >> 1 & 1;
    s->hello_seen = flags >> 2 & 1;
    s->has_heard = flags >> 3 & 1;
    s->goodbyes = eider_get_u8(r);
    s->confirmed_ms = eider_get_u64(r);
    s->opened_ms = eider_get_u64(r);
    s->next_seq = eider_get_u32(r);
    s->acked_order = eider_get_u64(r);
    s->base = eider_get_u32(r);
    eider_get_bytes(r, s->arrived, sizeof s->arrived);
    s->gap_ms = eider_get_u64(r);
    s->passed = eider_get_u32(r);
    s->ack_ms = eider_get_u64(r);
    s->pq_ms = c->version > CONTACT_NO_PQ ? eider_get_u64(r) : 0;
    if (c->version >= CONTACT_IDS)
        eider_numbers_unpickle(s, r);
    if (!eider_reader_ok(r) ||
        eider_ratchet_unpickle(&s->ratchet, r) != EIDER_OK) {
        r->failed = true;
        eider_session_free(s);
        return;
    }
    g_ptr_array_add(c->sessions, s);
}

static void
pickle_memory(const eider_memory *m, eider_buf *out)
{
    put_pk(out, &m->pk);
    eider_put_u8(out, (uint8_t)m->n_rms);
    for (unsigned i = 0; i < m->n_rms; i++)
        eider_buf_add(out, m->rms[i].b, sizeof m->rms[i].b);
    eider_put_block(out, m->ids->data, m->ids->len);
}

static void
unpickle_memory(eider_contact *c, eider_reader *r)
{
    eider_memory *m;
    eider_public pk;
    eider_slice ids;

    get_pk(r, &pk);
    m = eider_contact_memory(c, &pk);
    m->n_rms = eider_get_u8(r);
    if (m->n_rms > G_N_ELEMENTS(m->rms)) {
        r->failed = true;
        m->n_rms = 0;
    }
    for (unsigned i = 0; i < m->n_rms; i++)
        eider_get_bytes(r, m->rms[i].b, sizeof m->rms[i].b);
    ids = eider_get_block(r, EIDER_IDS_MAX * EIDER_ID_LEN);
    if (ids.n % EIDER_ID_LEN != 0)
        r->failed = true;
    if (ids.n > 0)
        g_byte_array_append(m->ids, ids.p, (guint)ids.n);
}

/* ---- texts ---------------------------------------------------------------- */

static void
pickle_entry(const eider_entry *en, eider_buf *out)
{
    eider_buf_add(out, en->id, sizeof en->id);
    eider_put_u64(out, en->written_ms);
    eider_put_u8(out, en->is_html);
    eider_put_block(out, en->text.p, en->text.n);
    eider_put_u16(out, (uint16_t)en->targets->len);
    for (guint i = 0; i < en->targets->len; i++) {
        const eider_target *t = &g_array_index(en->targets, eider_target, i);

        put_pk(out, &t->pk);
        eider_put_u8(out, (uint8_t)t->state);
        eider_buf_add(out, t->sid, sizeof t->sid);
        eider_put_u8(out, t->has_seq);
        eider_put_u32(out, t->seq);
        eider_put_u64(out, t->sent_ms);
        eider_put_u64(out, t->order);
        eider_put_u64(out, t->first_order);
        eider_put_u32(out, t->resends);
    }
}

static void
unpickle_entry(eider_contact *c, eider_reader *r)
{
    eider_entry *en = g_new0(eider_entry, 1);
    unsigned n;

    en->targets = g_array_new(FALSE, TRUE, sizeof(eider_target));
    eider_get_bytes(r, en->id, sizeof en->id);
    en->written_ms = eider_get_u64(r);
    en->is_html = eider_get_u8(r);
    get_text(r, &en->text);
    n = get_count(r, EIDER_DEVICES_MAX);
    for (unsigned i = 0; i < n; i++) {
        eider_target t = {0};

        get_pk(r, &t.pk);
        t.state = eider_get_u8(r);
        eider_get_bytes(r, t.sid, sizeof t.sid);
        t.has_seq = eider_get_u8(r);
        t.seq = eider_get_u32(r);
        t.sent_ms = eider_get_u64(r);
        t.order = eider_get_u64(r);
        t.first_order = eider_get_u64(r);
        t.resends = eider_get_u32(r);
        if (t.state > EIDER_ACKED)
            r->failed = true;
        g_array_append_val(en->targets, t);
    }
    g_ptr_array_add(c->outbox, en);
}

static void
pickle_item(const eider_item *it, eider_buf *out)
{
    put_pk(out, &it->pk);
    eider_buf_add(out, it->sid, sizeof it->sid);
    eider_buf_add(out, it->id, sizeof it->id);
    eider_put_u32(out, it->seq);
    eider_put_u8(out, it->is_html);
    eider_put_block(out, it->text.p, it->text.n);
    eider_put_u64(out, it->written_ms);
    eider_put_u64(out, it->hold_ms);
}

static void
unpickle_item(eider_contact *c, eider_reader *r)
{
    eider_item *it = g_new0(eider_item, 1);

    get_pk(r, &it->pk);
    eider_get_bytes(r, it->sid, sizeof it->sid);
    eider_get_bytes(r, it->id, sizeof it->id);
    it->seq = eider_get_u32(r);
    it->is_html = eider_get_u8(r);
    get_text(r, &it->text);
    it->written_ms = eider_get_u64(r);
    it->hold_ms = eider_get_u64(r);
    it->maybe_shown = it->hold_ms == 0;
    g_ptr_array_add(c->inbox, it);
}

static void
pickle_partial(const eider_partial *p, eider_buf *out)
{
    put_pk(out, &p->pk);
    eider_buf_add(out, p->sid, sizeof p->sid);
    eider_buf_add(out, p->id, sizeof p->id);
    eider_put_u32(out, p->seq);
    eider_put_u32(out, p->have);
    eider_put_u8(out, p->parts);
    eider_put_u8(out, p->is_html);
    eider_put_u64(out, p->since_ms);
    eider_put_u64(out, p->written_ms);
    for (unsigned i = 0; i < p->parts; i++)
        eider_put_block(out, p->part[i].p, p->part[i].n);
}

static void
unpickle_partial(eider_contact *c, eider_reader *r)
{
    eider_partial *p = g_new0(eider_partial, 1);

    get_pk(r, &p->pk);
    eider_get_bytes(r, p->sid, sizeof p->sid);
    eider_get_bytes(r, p->id, sizeof p->id);
    p->seq = eider_get_u32(r);
    p->have = eider_get_u32(r);
    p->parts = eider_get_u8(r);
    p->is_html = eider_get_u8(r);
    p->since_ms = eider_get_u64(r);
    p->written_ms = eider_get_u64(r);
    if (p->parts > EIDER_PARTS_MAX) {
        r->failed = true;
        p->parts = 0;
    }
    for (unsigned i = 0; i < p->parts; i++)
        get_text(r, &p->part[i]);
    g_ptr_array_add(c->partials, p);
}

/* ---- Steady --------------------------------------------------------------- */

/* Also what each session says of it, in their order. */
static void
pickle_steady(const eider_contact *c, eider_buf *out)
{
    const eider_steady *m = &c->steady;

    eider_put_u8(out, m->slot);
    eider_put_u16(out, m->run);
    eider_put_u8(out, m->offer_slot);
    eider_put_u16(out, m->offer_run);
    eider_put_u8(out, m->theirs_slot);
    eider_put_u16(out, m->theirs_run);
    eider_put_u8(out, (uint8_t)(m->has_ended | m->is_ended_by_us << 1 |
                                m->is_by_hand << 2 | m->insists << 3));
    eider_put_u16(out, m->ended_run);
    eider_put_u64(out, m->ends_ms);
    eider_put_u64(out, m->stop_ms);
    eider_put_u8(out, m->closing);
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        eider_put_u8(out, (uint8_t)(s->has_mode | s->says_stop << 1 |
                                    s->owes_stop << 2));
        eider_put_u16(out, s->mode_run);
        eider_put_u16(out, s->stop_run);
    }
}

static bool
is_slot(unsigned slot)
{
    return slot == 0 || eider_slot_is_valid(slot);
}

static void
unpickle_steady(eider_contact *c, eider_reader *r)
{
    eider_steady *m = &c->steady;
    uint8_t flags;

    m->slot = eider_get_u8(r);
    m->run = eider_get_u16(r);
    m->offer_slot = eider_get_u8(r);
    m->offer_run = eider_get_u16(r);
    m->theirs_slot = eider_get_u8(r);
    m->theirs_run = eider_get_u16(r);
    flags = eider_get_u8(r);
    m->has_ended = flags & 1;
    m->is_ended_by_us = flags >> 1 & 1;
    m->is_by_hand = flags >> 2 & 1;
    m->insists = flags >> 3 & 1;
    m->ended_run = eider_get_u16(r);
    m->ends_ms = eider_get_u64(r);
    m->stop_ms = eider_get_u64(r);
    m->closing = eider_get_u8(r);
    if (!is_slot(m->slot) || !is_slot(m->offer_slot) ||
        !is_slot(m->theirs_slot))
        r->failed = true;
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        flags = eider_get_u8(r);
        s->has_mode = flags & 1;
        s->says_stop = flags >> 1 & 1;
        s->owes_stop = flags >> 2 & 1;
        s->mode_run = eider_get_u16(r);
        s->stop_run = eider_get_u16(r);
    }
}

/* ---- all of it ------------------------------------------------------------ */

typedef void pickler(const void *p, eider_buf *out);
typedef void unpickler(eider_contact *c, eider_reader *r);

static void
pickle_list(const GPtrArray *list, pickler *f, eider_buf *out)
{
    eider_put_u16(out, (uint16_t)list->len);
    for (guint i = 0; i < list->len; i++)
        f(g_ptr_array_index(list, i), out);
}

static void
unpickle_list(eider_contact *c, unpickler *f, eider_reader *r)
{
    unsigned n = get_count(r, LIST_MAX);

    for (unsigned i = 0; i < n && eider_reader_ok(r); i++)
        f(c, r);
}

/* One typed call each, as a cast of function pointers would be undefined. */
#define PICKLER(name, type)                                                    \
    static void name##_any(const void *p, eider_buf *out)                      \
    {                                                                          \
        name((const type *)p, out);                                            \
    }

PICKLER(pickle_session, eider_session)
PICKLER(pickle_memory, eider_memory)
PICKLER(eider_leg_pickle, eider_leg)
PICKLER(eider_assembly_pickle, eider_assembly)
PICKLER(pickle_entry, eider_entry)
PICKLER(pickle_item, eider_item)
PICKLER(pickle_partial, eider_partial)

void
eider_contact_pickle(const eider_contact *c, eider_buf *out)
{
    eider_put_u8(out, CONTACT_VERSION);
    pickle_list(c->sessions, pickle_session_any, out);
    pickle_list(c->memories, pickle_memory_any, out);
    pickle_list(c->legs, eider_leg_pickle_any, out);
    pickle_list(c->assemblies, eider_assembly_pickle_any, out);
    pickle_list(c->outbox, pickle_entry_any, out);
    pickle_list(c->inbox, pickle_item_any, out);
    pickle_list(c->partials, pickle_partial_any, out);
    eider_put_u16(out, (uint16_t)c->closed->len);
    for (guint i = 0; i < c->closed->len; i++) {
        const eider_closed *x = &g_array_index(c->closed, eider_closed, i);

        eider_buf_add(out, x->h1, sizeof x->h1);
        eider_put_u64(out, x->since_ms);
    }
    eider_meeting_pickle(&c->meeting, out);
    eider_put_u64(out, c->order);
    eider_put_u64(out, c->trigger_ms);
    eider_put_u64(out, c->trigger_gap);
    eider_put_u64(out, c->invited_ms);
    eider_put_u64(out, c->answered_ms);
    eider_put_u32(out, c->invites);
    eider_put_u64(out, c->asked_ms);
    eider_put_u8(out, c->told_silent);
    eider_checks_pickle(c, out);
    pickle_steady(c, out);
}

eider_err
eider_contact_unpickle(eider_contact *c, eider_slice in)
{
    eider_reader r = eider_reader_of(in.p, in.n);
    unsigned n;

    c->version = eider_get_u8(&r);
    if (c->version < CONTACT_NO_PQ || c->version > CONTACT_VERSION)
        return EIDER_E_MALFORMED;
    unpickle_list(c, unpickle_session, &r);
    unpickle_list(c, unpickle_memory, &r);
    unpickle_list(c, eider_leg_unpickle, &r);
    unpickle_list(c, eider_assembly_unpickle, &r);
    unpickle_list(c, unpickle_entry, &r);
    unpickle_list(c, unpickle_item, &r);
    unpickle_list(c, unpickle_partial, &r);
    n = get_count(&r, LIST_MAX);
    for (unsigned i = 0; i < n; i++) {
        eider_closed x = {0};

        eider_get_bytes(&r, x.h1, sizeof x.h1);
        x.since_ms = eider_get_u64(&r);
        g_array_append_val(c->closed, x);
    }
    eider_meeting_unpickle(&c->meeting, &r);
    c->order = eider_get_u64(&r);
    c->trigger_ms = eider_get_u64(&r);
    c->trigger_gap = eider_get_u64(&r);
    c->invited_ms = eider_get_u64(&r);
    c->answered_ms = eider_get_u64(&r);
    c->invites = eider_get_u32(&r);
    c->asked_ms = eider_get_u64(&r);
    c->told_silent = eider_get_u8(&r);
    if (c->version >= CONTACT_CHECKS)
        eider_checks_unpickle(c, &r);
    if (c->version >= CONTACT_STEADY)
        unpickle_steady(c, &r);
    return eider_reader_is_done(&r) ? EIDER_OK : EIDER_E_MALFORMED;
}
