/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which part of which text rides in the next slot, and that it has left. */
#include "work.h"

#include "eider/markup.h"

#include <string.h>

void
eider_slot_text_reset(eider_contact *c)
{
    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++)
            g_array_index(en->targets, eider_target, j).part = 0;
    }
}

/* The oldest that waits for this device. */
static eider_target *
find_target(eider_contact *c, const eider_public *pk, guint *at)
{
    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++) {
            eider_target *t = &g_array_index(en->targets, eider_target, j);

            if (t->state != EIDER_WAITS || !eider_public_is_equal(&t->pk, pk))
                continue;
            *at = i;
            return t;
        }
    }
    return NULL;
}

static void
give_number(eider_contact *c, eider_session *s, eider_target *t)
{
    if (t->has_seq && memcmp(t->sid, s->sid, sizeof t->sid) == 0)
        return;
    t->has_seq = true;
    t->seq = s->next_seq++;
    t->order = t->first_order = 0;
    t->part = 0;
    memcpy(t->sid, s->sid, sizeof t->sid);
    c->is_dirty = true;
}

static bool
may_number(const eider_contact *c, const eider_session *s,
           const eider_target *t)
{
    return (t->has_seq && memcmp(t->sid, s->sid, sizeof t->sid) == 0) ||
           s->next_seq < eider_outbox_floor(c, s) + EIDER_SEQ_WINDOW;
}

/* Where part @n begins, and how long it is. */
static size_t
find_part(const eider_entry *en, unsigned n, size_t *len)
{
    const char *text = en->text.p != NULL ? (const char *)en->text.p : "";
    size_t at = 0;

    for (unsigned i = 0;; i++) {
        *len = eider_markup_cut(text + at, en->text.n - at, en->is_html,
                                eider_text_room(EIDER_S));
        if (i == n || at + *len >= en->text.n)
            return at;
        at += *len;
    }
}

eider_entry *
eider_slot_text_next(eider_engine *e, eider_contact *c, eider_session *s,
                     eider_text *out)
{
    guint at = 0;
    eider_target *t = find_target(c, &s->pk, &at);
    eider_entry *en;
    unsigned parts;
    size_t from, len;

    if (t == NULL || !may_number(c, s, t))
        return NULL;
    parts = eider_outbox_fit(e, c, at); /* may move the targets */
    en = g_ptr_array_index(c->outbox, at);
    t = find_target(c, &s->pk, &at);
    give_number(c, s, t);
    if (t->part >= parts)
        t->part = 0;
    from = find_part(en, t->part, &len);
    *out = (eider_text){.seq = t->seq,
                        .part = t->part,
                        .parts = (uint8_t)parts,
                        .is_html = en->is_html,
                        .text = {en->text.p + from, len}};
    memcpy(out->id, en->id, sizeof out->id);
    return en;
}

void
eider_slot_text_left(eider_engine *e, eider_contact *c, eider_session *s,
                     const eider_text *text, eider_rides *rides)
{
    guint at = 0;
    eider_target *t = find_target(c, &s->pk, &at);

    *rides = (eider_rides){EIDER_SEEN_TEXT, 1};
    c->is_dirty = true;
    if (++t->part < text->parts)
        return;
    t->part = 0;
    t->is_back = false;
    t->state = EIDER_LEFT;
    t->sent_ms = eider_now(e);
    t->order = ++c->order;
    if (t->first_order == 0)
        t->first_order = t->order;
}
