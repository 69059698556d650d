/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts of the user, sealed on disk until each key they are for has said that
 * it has them.  An entry names its keys when it is typed; with none known yet
 * it is for the first key that is taken on trust.
 */
#include "work.h"

#include "eider/crypto.h"
#include "eider/markup.h"

#include <string.h>

#define RETRY_AFTER 10 /* seconds, when the carrier did not take a line */

unsigned
eider_outbox_waiting(const eider_contact *c)
{
    unsigned n = 0;

    for (guint i = 0; i < c->outbox->len; i++)
        n += eider_entry_is_unsent(g_ptr_array_index(c->outbox, i));
    return n;
}

unsigned
eider_outbox_cancel(eider_contact *c)
{
    unsigned n = 0;

    for (guint i = c->outbox->len; i-- > 0;) {
        if (eider_entry_is_unsent(g_ptr_array_index(c->outbox, i))) {
            eider_texts_leave(c, i, EIDER_TEXT_CANCELLED);
            n++;
        }
    }
    c->is_dirty = c->is_dirty || n > 0;
    c->told_waiting = false;
    return n;
}

uint32_t
eider_outbox_floor(const eider_contact *c, const eider_session *s)
{
    uint32_t floor = s->next_seq;

    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++) {
            const eider_target *t =
                &g_array_index(en->targets, eider_target, j);

            if (t->has_seq && t->state != EIDER_ACKED &&
                memcmp(t->sid, s->sid, sizeof t->sid) == 0)
                floor = MIN(floor, t->seq);
        }
    }
    return floor;
}

/* ---- adding --------------------------------------------------------------- */

void
eider_entry_for(eider_entry *en, const eider_public *pk)
{
    eider_target t = {.pk = *pk, .state = EIDER_WAITS};

    for (guint i = 0; i < en->targets->len; i++)
        if (eider_public_is_equal(
                &g_array_index(en->targets, eider_target, i).pk, pk))
            return;
    if (en->targets->len < EIDER_DEVICES_MAX)
        g_array_append_val(en->targets, t);
}

static eider_entry *
new_entry(uint64_t now, const char *text, size_t n, bool is_html)
{
    eider_entry *en = g_new0(eider_entry, 1);

    eider_random(en->id, sizeof en->id);
    memcpy(en->group, en->id, sizeof en->group);
    en->written_ms = now;
    en->is_html = is_html;
    eider_buf_add(&en->text, text, n);
    en->targets = g_array_new(FALSE, TRUE, sizeof(eider_target));
    return en;
}

/* The length of what fits into EIDER_PARTS_MAX frames of @size, and into how
 * many it goes. */
static size_t
measure(const char *text, size_t n, bool is_html, eider_size size,
        unsigned *parts)
{
    size_t at = 0;

    for (*parts = 0; at < n && *parts < EIDER_PARTS_MAX; ++*parts)
        at +=
            eider_markup_cut(text + at, n - at, is_html, eider_text_room(size));
    return at;
}

static uint64_t
last_heard_ms(const eider_contact *c, const eider_known *k)
{
    uint64_t ms = k->last_seen * 1000;

    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (eider_public_is_equal(&s->pk, &k->pk))
            ms = MAX(ms, s->opened_ms);
    }
    return ms;
}

/* A device that was silent for long, where another was not: its owner has put
 * it away, and its texts would wait for ever. */
bool
eider_outbox_leaves_out(const eider_engine *e, const eider_contact *c,
                        const eider_card *card, const eider_known *k)
{
    uint64_t since = eider_span(e, EIDER_DEVICE_SILENT), now = eider_now(e);

    if (last_heard_ms(c, k) + since > now)
        return false;
    for (guint i = 0; i < card->keys->len; i++) {
        const eider_known *x = &g_array_index(card->keys, eider_known, i);

        if (x->trust == EIDER_TRUST_ACCEPTED &&
            last_heard_ms(c, x) + since > now)
            return true;
    }
    return false;
}

/* To each accepted key; the user hears once of one that is left out. */
static void
address_entry(eider_engine *e, eider_contact *c, eider_entry *en)
{
    eider_card *card = eider_card_of(e, c);

    for (guint i = 0; i < card->keys->len; i++) {
        eider_known *k = &g_array_index(card->keys, eider_known, i);

        if (k->trust != EIDER_TRUST_ACCEPTED)
            continue;
        if (!eider_outbox_leaves_out(e, c, card, k)) {
            eider_entry_for(en, &k->pk);
        } else if (!k->told_silent) {
            k->told_silent = c->card_dirty = true;
            eider_do_tell(c, EIDER_NEWS_SILENT, 0, k->label);
        }
    }
}

void
eider_outbox_add(eider_engine *e, eider_contact *c, const char *text,
                 bool is_html, const eider_letter *letter,
                 uint8_t id[EIDER_ID_LEN])
{
    uint64_t now = eider_now(e);
    uint64_t written_ms = letter != NULL ? MIN(letter->written_ms, now) : now;
    size_t n = strlen(text);
    const eider_entry *first = NULL;

    while (n > 0) {
        unsigned parts;
        size_t len = measure(text, n, is_html, eider_size_now(e, c), &parts);
        eider_entry *en = new_entry(written_ms, text, len, is_html);

        if (first == NULL && letter != NULL)
            memcpy(en->id, letter->id, sizeof en->id);
        address_entry(e, c, en);
        first = first != NULL ? first : en;
        memcpy(en->group, first->id, sizeof en->group);
        g_ptr_array_add(c->outbox, en);
        text += len;
        n -= len;
    }
    if (id != NULL && first != NULL)
        memcpy(id, first->id, EIDER_ID_LEN);
    c->is_dirty = true;
}

/* ---- sending -------------------------------------------------------------- */

/* A carrier that takes less than when this was typed: the rest goes as a
 * message of its own. */
static void
split_rest(eider_contact *c, guint at, size_t len)
{
    eider_entry *en = g_ptr_array_index(c->outbox, at);
    eider_entry *rest =
        new_entry(en->written_ms, (const char *)en->text.p + len,
                  en->text.n - len, en->is_html);

    for (guint i = 0; i < en->targets->len; i++) {
        const eider_target *t = &g_array_index(en->targets, eider_target, i);

        if (t->state != EIDER_ACKED)
            eider_entry_for(rest, &t->pk);
    }
    eider_wipe(en->text.p + len, en->text.n - len);
    en->text.n = len;
    g_ptr_array_insert(c->outbox, (gint)at + 1, rest);
}

static eider_err
seal_parts(eider_engine *e, eider_contact *c, eider_session *s,
           const eider_entry *en, uint32_t seq, eider_size size, unsigned parts)
{
    const char *text = en->text.p != NULL ? (const char *)en->text.p : "";
    eider_text t = {
        .seq = seq, .parts = (uint8_t)parts, .is_html = en->is_html};
    size_t at = 0;
    eider_err err;

    memcpy(t.id, en->id, sizeof t.id);
    for (unsigned i = 0; i < parts; i++) {
        size_t n = eider_markup_cut(text + at, en->text.n - at, en->is_html,
                                    eider_text_room(size));

        t.part = (uint8_t)i;
        t.text = (eider_slice){(const uint8_t *)text + at, n};
        err = eider_talk_seal(e, c, s, size, &t, en->written_ms, en);
        if (err != EIDER_OK)
            return err;
        if (i == 0)
            eider_do_rides(c, EIDER_SEEN_TEXT, eider_pad_lines(parts));
        at += n;
    }
    for (unsigned i = parts; i < eider_pad_lines(parts); i++) {
        err = eider_talk_seal(e, c, s, size, NULL, 0, NULL);
        if (err != EIDER_OK)
            return err;
    }
    return EIDER_OK;
}

unsigned
eider_outbox_fit(eider_engine *e, eider_contact *c, guint at)
{
    const eider_entry *en = g_ptr_array_index(c->outbox, at);
    const char *text = en->text.p != NULL ? (const char *)en->text.p : "";
    unsigned parts;
    size_t len =
        measure(text, en->text.n, en->is_html, eider_size_now(e, c), &parts);

    if (len < en->text.n)
        split_rest(c, at, len);
    return MAX(parts, 1);
}

static eider_err
send_entry(eider_engine *e, eider_contact *c, eider_session *s, guint at,
           guint target)
{
    eider_entry *en = g_ptr_array_index(c->outbox, at);
    eider_target *t = &g_array_index(en->targets, eider_target, target);
    eider_size size = eider_size_now(e, c);
    const char *text = en->text.p != NULL ? (const char *)en->text.p : "";
    unsigned parts;
    size_t len = measure(text, en->text.n, en->is_html, size, &parts);
    bool is_new = !t->has_seq || memcmp(t->sid, s->sid, sizeof t->sid) != 0;
    eider_err err;

    if (is_new && s->next_seq >= eider_outbox_floor(c, s) + EIDER_SEQ_WINDOW)
        return EIDER_E_PARTIAL; /* they would not take it yet */
    if (len < en->text.n)
        split_rest(c, at, len);
    if (parts == 1)
        size = eider_pad_size(en->text.n, size);
    if (is_new) {
        t->has_seq = true;
        t->seq = s->next_seq++;
        memcpy(t->sid, s->sid, sizeof t->sid);
    }
    if (is_new || t->is_back)
        t->first_order = c->order + 1;
    err = seal_parts(e, c, s, en, t->seq, size, parts);
    if (err != EIDER_OK)
        return err;
    t->state = EIDER_LEFT;
    t->is_back = false;
    t->part = 0;
    t->sent_ms = eider_now(e);
    t->order = ++c->order;
    c->is_dirty = true;
    return EIDER_OK;
}

/* What waits in @en, to each accepted key with a session; true if there is one
 * without. */
static bool
flush_entry(eider_engine *e, eider_contact *c, guint at, bool may_send)
{
    eider_card *card = eider_card_of(e, c);
    /* The array may grow while we walk; the entry stays where it is. */
    eider_entry *en = g_ptr_array_index(c->outbox, at);
    bool needs = en->targets->len == 0;

    for (guint j = 0; j < en->targets->len; j++) {
        eider_target *t = &g_array_index(en->targets, eider_target, j);
        const eider_known *k = eider_card_key(card, &t->pk);
        eider_session *s = eider_contact_session(c, &t->pk);
        eider_err err;

        if (t->state != EIDER_WAITS || k == NULL ||
            k->trust != EIDER_TRUST_ACCEPTED)
            continue;
        if (s == NULL)
            needs = true;
        if (s == NULL || !may_send)
            continue;
        err = send_entry(e, c, s, at, j);
        if (err != EIDER_OK && err != EIDER_E_PARTIAL)
            eider_meet_trigger(e, c);
    }
    return needs;
}

bool
eider_outbox_flush(eider_engine *e, eider_contact *c)
{
    bool may_send = !eider_steady_is(c) &&
                    e->env.is_reachable(e->env.data, c->account, c->peer) &&
                    c->retry_ms <= eider_now(e);
    bool needs = false;

    if (c->retry_ms <= eider_now(e))
        c->retry_ms = 0;
    for (guint i = 0; i < c->outbox->len; i++)
        needs = flush_entry(e, c, i, may_send) || needs;
    if (eider_outbox_waiting(c) == 0)
        c->told_waiting = false;
    return needs;
}

static void
drop_queued(eider_engine *e, const eider_effect *f)
{
    for (GList *l = e->effects.head, *next; l != NULL; l = next) {
        eider_effect *x = l->data;

        next = l->next;
        if (x->what == EIDER_DO_LINE && x->is_text &&
            memcmp(x->id, f->id, sizeof x->id) == 0 &&
            eider_public_is_equal(&x->pk, &f->pk)) {
            g_queue_delete_link(&e->effects, l);
            eider_effect_free(x);
        }
    }
}

static unsigned
retry_gap(eider_contact *c)
{
    c->retry_gap = c->retry_gap == 0 ? RETRY_AFTER
                                     : MIN(c->retry_gap * 2, EIDER_RETRY_MAX);
    return c->retry_gap;
}

void
eider_outbox_failed(eider_engine *e, const eider_effect *f, bool too_big)
{
    eider_contact *c = eider_contact_get(e, f->account, f->peer);

    if (c == NULL)
        return;
    drop_queued(e, f);
    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++) {
            eider_target *t = &g_array_index(en->targets, eider_target, j);

            if (memcmp(en->id, f->id, sizeof en->id) != 0 ||
                !eider_public_is_equal(&t->pk, &f->pk) ||
                t->state != EIDER_LEFT)
                continue;
            t->state = EIDER_WAITS;
            t->is_back = t->order == t->first_order;
            eider_texts_take_back(e, c, en);
        }
    }
    c->is_dirty = true;
    if (too_big && eider_size_now(e, c) < f->size)
        (void)eider_outbox_flush(e, c);
    else
        c->retry_ms = eider_now(e) + eider_span(e, retry_gap(c));
    (void)!eider_commit(e, c);
}
