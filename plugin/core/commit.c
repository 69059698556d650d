/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Loading, writing, and what may leave afterwards.  The rule of the house:
 * the state is on disk before a line leaves and before a text is shown.
 */
#include "work.h"

#include "decoys.h"

#include "eider/crypto.h"
#include "eider/fingerprint.h"
#include "eider/markup.h"

#include <string.h>

#define AFTER_FAILURE 60 /* seconds until a write is tried again by itself */

uint64_t
eider_now(const eider_engine *e)
{
    return e->env.now_ms(e->env.data);
}

uint64_t
eider_span_ms(const eider_engine *e, uint64_t ms)
{
    return ms / (e->env.speed > 0 ? e->env.speed : 1);
}

uint64_t
eider_span(const eider_engine *e, uint64_t seconds)
{
    return eider_span_ms(e, seconds * 1000);
}

/* ---- loading -------------------------------------------------------------- */

void
eider_contact_restored(eider_engine *e, eider_contact *c)
{
    const eider_card *card = eider_card_find(e, c->account, c->peer);

    eider_contact_drop_sessions(c);
    eider_do_tell(c, EIDER_NEWS_RESTORED, 0, NULL);
    c->is_dirty = true;
    if (card != NULL && card->was_private && card->choice != EIDER_OFF)
        eider_meet_trigger(e, c);
}

/* After a write that failed the file still lists what was shown since. */
static void
forget_shown(const eider_engine *e, eider_contact *c)
{
    for (guint i = c->inbox->len; i-- > 0;) {
        const eider_item *it = g_ptr_array_index(c->inbox, i);
        bool was = false;

        for (unsigned j = 0; j < G_N_ELEMENTS(e->shown); j++)
            was = was || (j < e->shown_next &&
                          memcmp(e->shown[j], it->id, EIDER_ID_LEN) == 0);
        if (was)
            g_ptr_array_remove_index(c->inbox, i);
    }
}

/* A crash, or a write that failed, may come between the card that has the first
 * key and the text that waited for it. */
static void
bind_first(const eider_engine *e, eider_contact *c)
{
    const eider_card *card = eider_card_find(e, c->account, c->peer);

    for (guint i = 0; card != NULL && i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);

        if (eider_trust_is_first(k))
            eider_outbox_bind(c, &k->pk, false);
    }
}

static eider_contact *
load(eider_engine *e, const char *account, const char *peer, const char *key)
{
    EIDER_AUTO(eider_buf) in = {0};
    const eider_journaled *j = g_hash_table_lookup(e->journaled, key);
    char name[EIDER_STORE_NAME_LEN + 1];
    eider_contact *c = eider_contact_new(account, peer);
    bool restored = false;
    eider_err err = EIDER_OK;

    eider_store_name(e->store, account, peer, name);
    if (j != NULL)
        eider_buf_add(&in, j->bytes.p, j->bytes.n);
    else
        err = eider_store_get(e->store, name, &in, &restored);
    restored = g_hash_table_remove(e->behind, name) || restored;
    if (err == EIDER_OK)
        err = eider_contact_unpickle(c, (eider_slice){in.p, in.n});
    else if (err == EIDER_E_MISSING)
        err = EIDER_OK; /* @restored says whether it was taken away */
    if (err != EIDER_OK) {
        eider_contact_free(c);
        /* Once for a contact: each of their lines would say it again. */
        if (g_hash_table_add(e->unread, g_strdup(key)))
            eider_tell_now(e, account, peer, EIDER_NEWS_STORE,
                           eider_store_why(e->store));
        return NULL;
    }
    g_hash_table_remove(e->unread, key);
    g_hash_table_replace(e->contacts, g_strdup(key), c);
    forget_shown(e, c);
    eider_texts_loaded(c, NULL);
    bind_first(e, c);
    eider_clock_settle(e, c); /* a clock that was ahead, or somebody's file */
    eider_meet_expire(e, c);
    eider_legs_expire(e, c);
    c->is_dirty = false; /* whatever is written next leaves those out */
    if (restored)
        eider_contact_restored(e, c);
    eider_inbox_tick(e, c);
    eider_due(e, c, eider_find_due(e, c));
    return c;
}

eider_contact *
eider_contact_get(eider_engine *e, const char *account, const char *peer)
{
    g_autofree char *key = eider_people_key(account, peer);
    eider_contact *c = g_hash_table_lookup(e->contacts, key);

    /* What the index could not hold is not taken at all. */
    if (c == NULL && MAX(strlen(account), strlen(peer)) > EIDER_KEY_MAX)
        return NULL;
    return c != NULL ? c : load(e, account, peer, key);
}

eider_contact *
eider_contact_if_busy(eider_engine *e, const char *account, const char *peer)
{
    g_autofree char *key = eider_people_key(account, peer);
    eider_contact *c = g_hash_table_lookup(e->contacts, key);
    const eider_card *card;

    if (c != NULL)
        return c;
    card = eider_card_find(e, account, peer);
    return card != NULL && card->is_busy ? load(e, account, peer, key) : NULL;
}

/* ---- effects -------------------------------------------------------------- */

/* With the account, as two accounts of one client may talk to each other. */
static uint64_t
hash_line(const char *account, const char *line)
{
    uint8_t h[16];
    const eider_slice parts[] = {
        {(const uint8_t *)account, strlen(account) + 1},
        {(const uint8_t *)line, strlen(line)},
    };

    eider_hash(h, sizeof h, NULL, 0, parts, G_N_ELEMENTS(parts));
    return eider_be64(h);
}

bool
eider_is_own_line(const eider_engine *e, const char *account,
                  const eider_frame *f)
{
    char line[EIDER_LINE_MAX + 1];
    uint64_t h;

    eider_line_encode(f, line);
    h = hash_line(account, line);
    for (unsigned i = 0; i < G_N_ELEMENTS(e->own_lines); i++)
        if (e->own_lines[i] == h)
            return true;
    return false;
}

void
eider_note_own_line(eider_engine *e, const char *account, const char *line)
{
    e->own_lines[e->own_next++ % G_N_ELEMENTS(e->own_lines)] =
        hash_line(account, line);
}

static void
run_line(eider_engine *e, const eider_effect *f)
{
    eider_sent r;

    eider_note_own_line(e, f->account, f->line);
    r = e->env.send(e->env.data, f->account, f->to, f->line);
    e->counters.lines_sent++;
    if (r == EIDER_SENT)
        eider_ledger_line_out(e, f->account, f->peer, f->line, f->rides, false);
    if (r != EIDER_SENT && f->is_text)
        eider_outbox_failed(e, f, r == EIDER_TOO_BIG);
    else if (r == EIDER_TOO_BIG)
        eider_meet_too_big(e, f);
}

static eider_item *
find_item(eider_contact *c, const eider_effect *f)
{
    for (guint i = 0; c != NULL && i < c->inbox->len; i++) {
        eider_item *it = g_ptr_array_index(c->inbox, i);

        if (memcmp(it->id, f->id, sizeof f->id) == 0 &&
            eider_public_is_equal(&it->pk, &f->pk))
            return it;
    }
    return NULL;
}

static void
run_show(eider_engine *e, const eider_effect *f)
{
    eider_contact *c = eider_contact_get(e, f->account, f->peer);
    const eider_card *card = eider_card_find(e, f->account, f->peer);
    char digits[EIDER_DIGITS_SIZE];
    eider_item *it = find_item(c, f);
    /* Who is not on the card was pushed off it: nobody accepted them. */
    eider_shown shown = {.from_candidate = true};
    uint64_t ms;
    size_t bytes;

    if (it == NULL)
        return;
    for (guint i = 0; card != NULL && i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);

        if (eider_public_is_equal(&k->pk, &f->pk))
            shown.from_candidate = k->trust != EIDER_TRUST_ACCEPTED;
    }
    eider_fingerprint(&f->pk, digits);
    g_autofree char *html = eider_markup_show(
        (const char *)(it->text.p != NULL ? it->text.p : (uint8_t *)""),
        it->text.n, it->is_html);
    shown.html = html;
    /* A moment to come is none, and may not fit where time_t has 32 bits. */
    shown.written_ms = it->written_ms <= eider_now(e) ? it->written_ms : 0;
    shown.maybe_shown = it->maybe_shown;
    shown.fingerprint = digits;
    ms = shown.written_ms != 0 ? shown.written_ms : eider_now(e);
    bytes = it->text.n; /* showing may free it */
    if (e->env.show(e->env.data, f->account, f->to, &shown)) {
        e->counters.texts_shown++;
        eider_ledger_wrote(e, f->account, f->peer, EIDER_SEEN_IN, ms, bytes);
        memcpy(e->shown[e->shown_next++ % G_N_ELEMENTS(e->shown)], f->id,
               EIDER_ID_LEN);
        eider_inbox_shown(e, f);
        return;
    }
    /* Not now: it stays on disk until the account is connected.  Showing may
     * have called us again, so it is looked up anew. */
    it = find_item(eider_contact_get(e, f->account, f->peer), f);
    if (it != NULL)
        it->is_queued = false;
}

void
eider_effects_run(eider_engine *e)
{
    eider_effect *f;

    if (e->is_running)
        return;
    e->is_running = true;
    while ((f = g_queue_pop_head(&e->effects)) != NULL) {
        if (f->what == EIDER_DO_LINE) {
            run_line(e, f);
        } else if (f->what == EIDER_DO_SHOW) {
            run_show(e, f);
        } else if (f->what == EIDER_DO_STATE) {
            eider_texts_run(e, f);
        } else if (f->what == EIDER_DO_TELL) {
            const eider_news news = {f->news, f->count, f->detail};

            e->env.tell(e->env.data, f->account, f->peer, &news);
        }
        if (g_queue_is_empty(&e->effects) ||
            strcmp(((eider_effect *)g_queue_peek_head(&e->effects))->peer,
                   f->peer) != 0)
            e->env.changed(e->env.data, f->account, f->peer);
        eider_effect_free(f);
    }
    e->is_running = false;
    eider_decoys_note(e);
    eider_wake(e);
}

/* ---- writing -------------------------------------------------------------- */

/* Back to what is on disk; @c is freed. */
void
eider_contact_roll_back(eider_engine *e, eider_contact *old)
{
    eider_contact *c = old;
    g_autofree char *account = g_strdup(c->account);
    g_autofree char *peer = g_strdup(c->peer);
    g_autofree char *key = eider_people_key(account, peer);
    g_autofree char *why = g_strdup(eider_store_why(e->store));
    bool was_paused = e->is_paused;
    gpointer held = NULL;

    g_hash_table_steal_extended(e->contacts, key, &held, NULL);
    g_free(held);
    e->is_paused = true;
    eider_index_roll_back(e);
    if (!was_paused)
        eider_tell_now(e, account, peer, EIDER_NEWS_STORE, why);
    /* Its timers must go on: tried again in a while. */
    c = load(e, account, peer, key);
    if (c != NULL) {
        eider_texts_loaded(c, old);
        c->retry_ms = eider_now(e) + eider_span(e, AFTER_FAILURE);
        eider_due(e, c, c->retry_ms);
    }
    eider_contact_free(old);
}

/* What the card on disk says must never be better than the contact is.  That
 * it is well again is written when the card is for another reason, or at the
 * end: a message is not to cost a second write. */
static void
note_waiting(eider_engine *e, eider_contact *c)
{
    eider_card *card = eider_card_find(e, c->account, c->peer);
    bool is_calm = eider_contact_is_calm(e, c);

    if (c->is_dirty && !eider_contact_is_idle(c)) {
        card = eider_card_of(e, c);
        c->card_dirty = c->card_dirty || !card->is_busy;
        card->is_busy = true;
    }
    if (card == NULL)
        return;
    c->card_dirty = c->card_dirty || (card->is_calm && !is_calm);
    if (c->card_dirty)
        card->is_calm = is_calm;
}

eider_err
eider_commit(eider_engine *e, eider_contact *c)
{
    eider_err err = EIDER_OK;
    eider_effect *f;

    eider_decoys_tick(e, c);
    note_waiting(e, c);
    if (c->card_dirty && !c->card_last)
        err = eider_index_write_card(e, eider_card_of(e, c));
    if (err == EIDER_OK && c->is_dirty)
        err = eider_contact_write(e, c);
    if (err == EIDER_OK && c->card_dirty && c->card_last)
        err = eider_index_write_card(e, eider_card_of(e, c));
    if (err != EIDER_OK) {
        eider_contact_roll_back(e, c);
        return EIDER_E_STORE;
    }
    if (c->is_dirty || c->card_dirty) {
        e->is_paused = false;
        c->is_soon = false;
        eider_do_look(c);
    }
    c->is_dirty = c->card_dirty = c->card_last = false;
    eider_texts_note(c);
    while ((f = g_queue_pop_head(&c->effects)) != NULL)
        g_queue_push_tail(&e->effects, f);
    eider_slots_update(e, c);
    eider_look_ahead(e, c);
    return EIDER_OK;
}
