/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A contact's check as bytes of its sealed file. */
#include "work.h"

static void
pickle_run(const eider_check *k, eider_buf *out)
{
    eider_put_u8(out, (uint8_t)k->state);
    if (k->state == EIDER_RUN_NONE)
        return;
    eider_put_u8(out, (uint8_t)k->way);
    eider_put_u8(out, (uint8_t)k->end);
    eider_put_u8(out, k->is_asker);
    eider_buf_add(out, k->run, sizeof k->run);
    eider_buf_add(out, k->sid, sizeof k->sid);
    eider_buf_add(out, k->pk.b, sizeof k->pk.b);
    eider_put_u64(out, k->since_ms);
    eider_put_u64(out, k->sent_ms);
    eider_put_u32(out, k->repeats);
    eider_put_u16(out, k->due);
    eider_put_u16(out, k->sent);
    eider_put_u16(out, k->heard);
    eider_put_u8(out, k->cancels);
    eider_put_u8(out, k->reason);
    eider_buf_add(out, k->mine.scalar.b, sizeof k->mine.scalar.b);
    eider_buf_add(out, k->mine.y.b, sizeof k->mine.y.b);
    eider_buf_add(out, k->yb.b, sizeof k->yb.b);
    eider_buf_add(out, k->tb.b, sizeof k->tb.b);
    eider_buf_add(out, k->ta.b, sizeof k->ta.b);
    eider_buf_add(out, k->c.b, sizeof k->c.b);
    eider_buf_add(out, k->na.b, sizeof k->na.b);
    eider_buf_add(out, k->nb.b, sizeof k->nb.b);
    eider_buf_add(out, k->question, sizeof k->question);
    eider_buf_add(out, k->heard_hash, sizeof k->heard_hash);
}

static void
unpickle_run(eider_check *k, eider_reader *r)
{
    k->state = eider_get_u8(r);
    if (k->state == EIDER_RUN_NONE)
        return;
    k->way = eider_get_u8(r);
    k->end = eider_get_u8(r);
    k->is_asker = eider_get_u8(r);
    eider_get_bytes(r, k->run, sizeof k->run);
    eider_get_bytes(r, k->sid, sizeof k->sid);
    eider_get_bytes(r, k->pk.b, sizeof k->pk.b);
    k->since_ms = eider_get_u64(r);
    k->sent_ms = eider_get_u64(r);
    k->repeats = eider_get_u32(r);
    k->due = eider_get_u16(r);
    k->sent = eider_get_u16(r);
    k->heard = eider_get_u16(r);
    k->cancels = eider_get_u8(r);
    k->reason = eider_get_u8(r);
    eider_get_bytes(r, k->mine.scalar.b, sizeof k->mine.scalar.b);
    eider_get_bytes(r, k->mine.y.b, sizeof k->mine.y.b);
    eider_get_bytes(r, k->yb.b, sizeof k->yb.b);
    eider_get_bytes(r, k->tb.b, sizeof k->tb.b);
    eider_get_bytes(r, k->ta.b, sizeof k->ta.b);
    eider_get_bytes(r, k->c.b, sizeof k->c.b);
    eider_get_bytes(r, k->na.b, sizeof k->na.b);
    eider_get_bytes(r, k->nb.b, sizeof k->nb.b);
    eider_get_bytes(r, k->question, sizeof k->question);
    eider_get_bytes(r, k->heard_hash, sizeof k->heard_hash);
    if (k->state >= EIDER_RUN_STATES || k->way >= EIDER_CHECKS ||
        k->end > EIDER_END_SESSION || k->cancels > EIDER_CHECK_CANCELS ||
        k->question[sizeof k->question - 1] != '\0')
        r->failed = true;
}

void
eider_checks_pickle(const eider_contact *c, eider_buf *out)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        eider_put_u8(out, s->has_sask);
        if (s->has_sask)
            eider_buf_add(out, s->sask.b, sizeof s->sask.b);
    }
    pickle_run(&c->check, out);
    eider_put_u8(out, (uint8_t)c->tries->len);
    for (guint i = 0; i < c->tries->len; i++) {
        const eider_tries *t = &g_array_index(c->tries, eider_tries, i);

        eider_buf_add(out, t->pk.b, sizeof t->pk.b);
        eider_put_u32(out, t->n);
        eider_put_u64(out, t->last_ms);
    }
}

void
eider_checks_unpickle(eider_contact *c, eider_reader *r)
{
    unsigned n;

    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        s->has_sask = eider_get_u8(r);
        if (s->has_sask)
            eider_get_bytes(r, s->sask.b, sizeof s->sask.b);
    }
    unpickle_run(&c->check, r);
    n = eider_get_u8(r);
    if (n > EIDER_CHECK_KEYS)
        r->failed = true;
    for (unsigned i = 0; i < n && eider_reader_ok(r); i++) {
        eider_tries t = {0};

        eider_get_bytes(r, t.pk.b, sizeof t.pk.b);
        t.n = eider_get_u32(r);
        t.last_ms = eider_get_u64(r);
        g_array_append_val(c->tries, t);
    }
}
