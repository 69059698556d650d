/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts that arrive: parts into wholes, each id once, in the order of their
 * numbers, on disk before they are shown and acknowledged.
 */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

/* ---- ids ------------------------------------------------------------------ */

bool
eider_inbox_knows(const eider_memory *m, const uint8_t *id)
{
    for (guint i = 0; i < m->ids->len; i += EIDER_ID_LEN)
        if (memcmp(m->ids->data + i, id, EIDER_ID_LEN) == 0)
            return true;
    return false;
}

static void
remember_id(eider_memory *m, const uint8_t *id)
{
    if (m->ids->len >= EIDER_IDS_MAX * EIDER_ID_LEN)
        g_byte_array_remove_range(m->ids, 0, EIDER_ID_LEN);
    g_byte_array_append(m->ids, id, EIDER_ID_LEN);
}

/* ---- parts ---------------------------------------------------------------- */

static bool
is_partial_of(const eider_partial *p, const eider_session *s,
              const eider_text *t)
{
    return memcmp(p->id, t->id, sizeof p->id) == 0 && p->parts == t->parts &&
           eider_public_is_equal(&p->pk, &s->pk);
}

static size_t
size_of(const eider_partial *p)
{
    size_t n = 0;

    for (unsigned i = 0; i < p->parts; i++)
        n += p->part[i].n;
    return n;
}

/* Oldest out, unacknowledged: they will come again. */
static void
bound_partials(eider_contact *c, const eider_public *pk)
{
    size_t n = 0, bytes = 0;

    for (guint i = c->partials->len; i-- > 0;) {
        const eider_partial *p = g_ptr_array_index(c->partials, i);

        if (!eider_public_is_equal(&p->pk, pk))
            continue;
        bytes += size_of(p);
        if (++n > EIDER_HELD_MAX || bytes > EIDER_HELD_BYTES_MAX)
            g_ptr_array_remove_index(c->partials, i);
    }
}

static eider_partial *
partial_for(eider_engine *e, eider_contact *c, const eider_session *s,
            const eider_text *t)
{
    eider_partial *p;

    for (guint i = 0; i < c->partials->len; i++) {
        p = g_ptr_array_index(c->partials, i);
        if (is_partial_of(p, s, t))
            return p;
    }
    p = g_new0(eider_partial, 1);
    p->pk = s->pk;
    memcpy(p->id, t->id, sizeof p->id);
    p->parts = t->parts;
    p->is_html = t->is_html;
    p->since_ms = eider_now(e);
    g_ptr_array_add(c->partials, p);
    return p;
}

static void
drop_partials(eider_contact *c, const eider_public *pk, const uint8_t *id)
{
    for (guint i = c->partials->len; i-- > 0;) {
        const eider_partial *p = g_ptr_array_index(c->partials, i);

        if (memcmp(p->id, id, EIDER_ID_LEN) == 0 &&
            eider_public_is_equal(&p->pk, pk))
            g_ptr_array_remove_index(c->partials, i);
    }
}

/* True when @t completes the text; then @whole holds it. */
static bool
collect(eider_engine *e, eider_contact *c, eider_session *s,
        const eider_text *t, uint64_t *written_ms, eider_buf *whole)
{
    eider_partial *p;

    if (t->parts == 1) {
        eider_buf_add(whole, t->text.p, t->text.n);
        return true;
    }
    p = partial_for(e, c, s, t);
    p->seq = t->seq;
    memcpy(p->sid, s->sid, sizeof p->sid);
    if (*written_ms != 0)
        p->written_ms = *written_ms;
    *written_ms = p->written_ms;
    if ((p->have >> t->part & 1) == 0) {
        eider_buf_add(&p->part[t->part], t->text.p, t->text.n);
        p->have |= 1u << t->part;
    }
    c->is_dirty = true;
    if (p->have != (p->parts == 32 ? UINT32_MAX : (1u << p->parts) - 1)) {
        bound_partials(c, &s->pk);
        return false;
    }
    for (unsigned i = 0; i < p->parts; i++)
        eider_buf_add(whole, p->part[i].p, p->part[i].n);
    return true;
}

/* ---- showing -------------------------------------------------------------- */

/* The highest number below @it that is missing and not given up. */
static bool
find_gap(const eider_session *s, const eider_item *it, uint32_t *gap)
{
    uint32_t from = MAX(s->base, s->passed);

    for (uint32_t n = it->seq; n > from; n--) {
        if (!eider_numbers_has(s, n - 1)) {
            *gap = n - 1;
            return true;
        }
    }
    return false;
}

uint64_t
eider_inbox_hold(const eider_engine *e, const eider_contact *c)
{
    return eider_span(e, eider_steady_is(c) ? 4u * c->steady.slot
                                            : EIDER_HOLD_BACK);
}

/* A gap holds back from when something behind it came. */
static bool
may_show(const eider_engine *e, eider_contact *c, const eider_item *it)
{
    const eider_session *s = eider_contact_sid(c, it->sid);
    uint64_t now = eider_now(e), until = it->hold_ms;
    uint32_t gap;

    if (it->is_queued)
        return false;
    if (it->hold_ms == 0 || s == NULL || it->seq < s->base ||
        !find_gap(s, it, &gap))
        return true;
    for (guint i = 0; i < c->inbox->len; i++) {
        const eider_item *x = g_ptr_array_index(c->inbox, i);

        if (x->hold_ms != 0 && x->seq > gap &&
            memcmp(x->sid, it->sid, sizeof x->sid) == 0)
            until = MIN(until, x->hold_ms);
    }
    /* The clock may have been put back: nothing waits for years. */
    return until <= now || until > now + eider_inbox_hold(e, c);
}

/* What is missing in a session comes again in the newest, in order: with each
 * text that is new there one number is not missed any more. */
static void
pass_older(eider_contact *c, const eider_session *newest)
{
    for (guint i = 0; i < c->inbox->len; i++) {
        const eider_item *it = g_ptr_array_index(c->inbox, i);
        eider_session *s = eider_contact_sid(c, it->sid);
        uint32_t n;

        if (it->hold_ms == 0 || s == NULL || s == newest ||
            !eider_public_is_equal(&it->pk, &newest->pk))
            continue;
        for (n = MAX(s->base, s->passed); n < it->seq; n++) {
            if (eider_numbers_has(s, n))
                continue;
            s->passed = n + 1;
            return;
        }
    }
}

/* What is missing below a text that is shown holds nothing back any more. */
static void
pass(eider_contact *c, const eider_item *it)
{
    eider_session *s = eider_contact_sid(c, it->sid);

    if (s == NULL)
        return;
    if (it->seq >= s->base)
        s->passed = MAX(s->passed, it->seq);
    if (!it->is_moved && s == eider_contact_session(c, &s->pk))
        pass_older(c, s);
}

/* Everything that may be shown, the lowest number of a session first. */
static void
show_ready(eider_engine *e, eider_contact *c)
{
    for (;;) {
        eider_item *best = NULL;

        for (guint i = 0; i < c->inbox->len; i++) {
            eider_item *it = g_ptr_array_index(c->inbox, i);

            if (may_show(e, c, it) &&
                (best == NULL ||
                 (memcmp(it->sid, best->sid, sizeof it->sid) == 0 &&
                  it->seq < best->seq)))
                best = it;
        }
        if (best == NULL)
            return;
        pass(c, best);
        best->hold_ms = 0;
        c->is_dirty = true;
        eider_do_show(c, best);
    }
}

static void
bound_held(eider_contact *c)
{
    size_t n = 0, bytes = 0;

    /* These are acknowledged: too many are shown early, never dropped. */
    for (guint i = c->inbox->len; i-- > 0;) {
        eider_item *it = g_ptr_array_index(c->inbox, i);

        if (it->hold_ms == 0)
            continue;
        bytes += it->text.n;
        if (++n > EIDER_HELD_MAX || bytes > EIDER_HELD_BYTES_MAX)
            it->hold_ms = 0;
    }
}

static void
ack_later(eider_engine *e, eider_contact *c, eider_session *s)
{
    uint64_t now = eider_now(e), due;
    uint32_t lo = s->gap_ms != 0 ? EIDER_ACK_GAP_MIN : EIDER_ACK_MIN;
    uint32_t hi = s->gap_ms != 0 ? EIDER_ACK_GAP_MAX : EIDER_ACK_MAX;

    s->has_heard = true;
    if (eider_steady_is(c)) { /* in every frame; an old session has none */
        s->owes_cover = s->owes_cover || s != eider_contact_session(c, &s->pk);
        return;
    }
    due = now + eider_span(e, lo) +
          eider_random_below((uint32_t)(eider_span(e, hi - lo) + 1));
    if (s->ack_ms == 0 || due < s->ack_ms)
        s->ack_ms = due;
}

/* A text that is held back came again in a newer session: its place in the
 * order is there now. */
static void
move_held(eider_contact *c, const eider_session *s, const eider_text *t)
{
    for (guint i = 0; i < c->inbox->len; i++) {
        eider_item *it = g_ptr_array_index(c->inbox, i);

        if (it->hold_ms == 0 || memcmp(it->id, t->id, sizeof it->id) != 0 ||
            !eider_public_is_equal(&it->pk, &s->pk))
            continue;
        memcpy(it->sid, s->sid, sizeof it->sid);
        it->seq = t->seq;
        it->is_moved = true;
    }
}

void
eider_inbox_text(eider_engine *e, eider_contact *c, eider_session *s,
                 const eider_text *t, uint64_t written_ms)
{
    eider_memory *m = eider_contact_memory(c, &s->pk);
    EIDER_AUTO(eider_buf) whole = {0};
    uint64_t now = eider_now(e);
    eider_item *it;

    if (t->seq >= s->base + EIDER_SEQ_WINDOW)
        return;
    c->is_dirty = true;
    if (eider_inbox_knows(m, t->id)) {
        eider_numbers_arrived(s, t->seq, t->id, now);
        ack_later(e, c, s);
        e->counters.duplicates++;
        if (s == eider_contact_session(c, &s->pk))
            move_held(c, s, t);
        show_ready(e, c);
        return;
    }
    if (!collect(e, c, s, t, &written_ms, &whole))
        return;
    remember_id(m, t->id);
    drop_partials(c, &s->pk, t->id);
    eider_numbers_arrived(s, t->seq, t->id, now);
    ack_later(e, c, s);

    if (whole.n == 0) {
        show_ready(e, c); /* acknowledged; there is nothing to show */
        return;
    }
    it = g_new0(eider_item, 1);
    it->pk = s->pk;
    memcpy(it->sid, s->sid, sizeof it->sid);
    memcpy(it->id, t->id, sizeof it->id);
    it->seq = t->seq;
    it->is_html = t->is_html;
    it->written_ms = written_ms;
    it->text = whole;
    whole = (eider_buf){0}; /* transferred */
    if (t->seq >= s->base && s->gap_ms != 0)
        it->hold_ms = now + eider_inbox_hold(e, c);
    g_ptr_array_add(c->inbox, it);
    bound_held(c);
    show_ready(e, c);
}

void
eider_inbox_tick(eider_engine *e, eider_contact *c)
{
    uint64_t keep = eider_span(e, EIDER_OUTBOX_KEEP);

    /* Who sent the other parts has given them up by now. */
    for (guint i = c->partials->len; i-- > 0;) {
        const eider_partial *p = g_ptr_array_index(c->partials, i);

        if (p->since_ms + keep > eider_now(e))
            continue;
        g_ptr_array_remove_index(c->partials, i);
        c->is_dirty = true;
    }
    show_ready(e, c);
}

uint64_t
eider_inbox_due(const eider_contact *c)
{
    uint64_t due = 0;

    for (guint i = 0; i < c->inbox->len; i++) {
        const eider_item *it = g_ptr_array_index(c->inbox, i);

        if (!it->is_queued && it->hold_ms != 0 &&
            (due == 0 || it->hold_ms < due))
            due = it->hold_ms;
    }
    return due;
}

void
eider_inbox_shown(eider_engine *e, const eider_effect *f)
{
    g_autofree char *key = eider_people_key(f->account, f->peer);
    eider_contact *c = g_hash_table_lookup(e->contacts, key);

    for (guint i = 0; c != NULL && i < c->inbox->len; i++) {
        const eider_item *it = g_ptr_array_index(c->inbox, i);

        if (memcmp(it->id, f->id, sizeof f->id) != 0 ||
            !eider_public_is_equal(&it->pk, &f->pk))
            continue;
        g_ptr_array_remove_index(c->inbox, i);
        c->is_dirty = c->is_soon = true;
        c->soon_ms = eider_now(e) + eider_span(e, 1);
        eider_due(e, c,
                  c->due_ms == 0 ? c->soon_ms : MIN(c->due_ms, c->soon_ms));
        return;
    }
}
