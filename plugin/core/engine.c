/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's door: what the client tells it and asks it. */
#include "people.h"

#include "eider/crypto.h"
#include "eider/fingerprint.h"
#include "eider/markup.h"

#include <string.h>

/* ---- life ----------------------------------------------------------------- */

eider_err
eider_engine_new(eider_engine **out, const eider_env *env, eider_store *store)
{
    eider_engine *e = g_new0(eider_engine, 1);
    eider_err err;

    *out = NULL;
    e->env = *env;
    e->store = store;
    eider_index_init(&e->index);
    e->contacts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)eider_contact_free);
    e->strangers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    e->warnings = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    e->unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&e->effects);
    err = eider_index_read(e);
    if (err != EIDER_OK) {
        eider_engine_free(e);
        return err;
    }
    *out = e;
    return EIDER_OK;
}

static GList *
list_contacts(const eider_engine *e)
{
    return g_hash_table_get_keys(e->contacts);
}

/* Write what was put off, and note who still has something that waits. */
static void
settle(eider_engine *e)
{
    GHashTableIter it;
    bool changed = false;
    gpointer v;

    g_hash_table_iter_init(&it, e->contacts);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        eider_contact *c = v;
        eider_card *card = eider_card_find(e, c->account, c->peer);
        EIDER_AUTO(eider_buf) out = {0};
        char name[EIDER_STORE_NAME_LEN + 1];

        if (card != NULL && card->is_busy == eider_contact_is_idle(c)) {
            card->is_busy = !card->is_busy;
            changed = true;
        }
        if (!c->is_dirty)
            continue;
        eider_contact_pickle(c, &out);
        eider_store_name(e->store, c->account, c->peer, name);
        (void)!eider_store_put(e->store, name, (eider_slice){out.p, out.n});
    }
    if (changed)
        (void)!eider_index_write(e);
}

void
eider_engine_free(eider_engine *e)
{
    if (e == NULL)
        return;
    settle(e);
    g_hash_table_destroy(e->contacts);
    g_hash_table_destroy(e->strangers);
    g_array_free(e->warnings, TRUE);
    g_hash_table_destroy(e->unread);
    g_queue_clear_full(&e->effects, (GDestroyNotify)eider_effect_free);
    eider_index_clear(&e->index);
    g_free(e);
}

/* ---- time, accounts, presence --------------------------------------------- */

static void
tick_contact(eider_engine *e, eider_contact *c, bool came_online)
{
    eider_meet_tick(e, c, came_online);
    eider_legs_tick(e, c, came_online);
    eider_outbox_tick(e, c, came_online);
    eider_talk_tick(e, c);
    eider_inbox_tick(e, c);
    eider_receive_tick(e, c);
    (void)!eider_commit(e, c);
}

void
eider_engine_tick(eider_engine *e)
{
    GList *keys = list_contacts(e);
    uint64_t now = eider_now(e);

    for (GList *l = keys; l != NULL; l = l->next) {
        eider_contact *c = g_hash_table_lookup(e->contacts, l->data);

        /* A commit that fails frees a contact, not the ones behind it. */
        if (c != NULL && c->due_ms != 0 && c->due_ms <= now)
            tick_contact(e, c, false);
    }
    g_list_free(keys);
    eider_effects_run(e);
}

void
eider_engine_account(eider_engine *e, const char *account, bool online)
{
    GPtrArray *peers = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter it;
    gpointer v;

    if (online) {
        g_hash_table_iter_init(&it, e->index.cards);
        while (g_hash_table_iter_next(&it, NULL, &v)) {
            const eider_card *card = v;

            if (card->is_busy && strcmp(card->account, account) == 0)
                g_ptr_array_add(peers, g_strdup(card->peer));
        }
    }
    for (guint i = 0; i < peers->len; i++) {
        eider_contact *c =
            eider_contact_get(e, account, g_ptr_array_index(peers, i));

        if (c != NULL)
            tick_contact(e, c, false);
    }
    g_ptr_array_free(peers, TRUE);
    eider_effects_run(e);
}

void
eider_engine_presence(eider_engine *e, const char *account, const char *peer,
                      bool online)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c = card != NULL && card->choice == EIDER_ON
                           ? eider_contact_get(e, account, peer)
                           : eider_contact_if_busy(e, account, peer);

    if (c == NULL)
        return;
    for (guint i = 0; !online && i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        g_clear_pointer(&s->address, g_free);
    }
    if (online)
        tick_contact(e, c, true);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
}

void
eider_engine_forget(eider_engine *e, const char *account, const char *peer)
{
    eider_contact *c;

    if (eider_card_find(e, account, peer) == NULL)
        return;
    c = eider_contact_get(e, account, peer);
    if (c == NULL)
        return;
    eider_contact_drop_sessions(c);
    c->is_dirty = true;
    (void)!eider_commit(e, c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
}

/* ---- who is private ------------------------------------------------------- */

bool
eider_engine_is_on(eider_engine *e, const char *account, const char *peer)
{
    const eider_card *card = eider_card_find(e, account, peer);

    return card != NULL && (card->choice == EIDER_ON ||
                            (card->choice == EIDER_UNSET && card->was_private));
}

bool
eider_engine_is_private(eider_engine *e, const char *account, const char *peer)
{
    const eider_card *card = eider_card_find(e, account, peer);

    if (card != NULL && card->choice != EIDER_UNSET)
        return card->choice == EIDER_ON;
    if (e->env.is_merged_on(e->env.data, account, peer) ||
        eider_engine_is_on(e, account, peer))
        return true;
    return e->env.policy(e->env.data) == EIDER_DEFAULT_ON &&
           e->env.is_buddy(e->env.data, account, peer);
}

eider_choice
eider_engine_choice(eider_engine *e, const char *account, const char *peer)
{
    const eider_card *card = eider_card_find(e, account, peer);

    return card != NULL ? card->choice : EIDER_UNSET;
}

eider_err
eider_engine_choose(eider_engine *e, const char *account, const char *peer,
                    eider_choice choice)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    eider_card *card;
    eider_err err;

    if (c == NULL) {
        eider_effects_run(e);
        return EIDER_E_STORE;
    }
    card = eider_card_get(e, account, peer);
    if (choice == EIDER_OFF && eider_engine_is_private(e, account, peer))
        eider_talk_goodbye(e, c);
    c->card_dirty = card->choice != choice;
    /* The card last: where either write fails the choice is the old one. */
    c->card_last = true;
    card->choice = choice;
    if (choice == EIDER_OFF)
        (void)!eider_meet_step(e, c, EIDER_EV_EXPIRE, NULL);
    for (guint i = 0; choice != EIDER_OFF && i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        c->is_dirty = c->is_dirty || s->goodbyes > 0;
        s->goodbyes = 0;
    }
    if (choice == EIDER_ON) {
        eider_receive_stranger(e, c);
        if (eider_trust_wants_session(e, c))
            eider_meet_want(e, c, true);
    }
    err = eider_commit(e, c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}

/* ---- text ----------------------------------------------------------------- */

static void
tell_waiting(eider_engine *e, eider_contact *c)
{
    bool reaches = e->env.is_reachable(e->env.data, c->account, c->peer);
    bool is_online = e->env.is_online(e->env.data, c->account, c->peer);

    if (c->told_waiting || eider_outbox_waiting(c) == 0)
        return;
    c->told_waiting = true;
    eider_do_tell(c,
                  reaches && is_online ? EIDER_NEWS_WAITS_MEETING
                                       : EIDER_NEWS_WAITS_OFFLINE,
                  eider_outbox_waiting(c), NULL);
}

eider_err
eider_engine_send(eider_engine *e, const char *account, const char *peer,
                  const char *html)
{
    bool is_html = false;
    g_autofree char *text = eider_markup_pack(html, &is_html);
    eider_contact *c;
    eider_err err;

    if (text[0] == '\0')
        return EIDER_E_MALFORMED;
    if (strlen(text) > EIDER_TEXT_MAX)
        return EIDER_E_LIMIT;
    c = eider_contact_get(e, account, peer);
    if (c == NULL) {
        eider_effects_run(e);
        return EIDER_E_STORE;
    }
    if (c->outbox->len >= EIDER_OUTBOX_MAX)
        return EIDER_E_LIMIT;
    eider_outbox_add(e, c, text, is_html);
    if (eider_outbox_flush(e, c))
        eider_meet_want(e, c, true);
    tell_waiting(e, c);
    err = eider_commit(e, c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}

eider_err
eider_engine_cancel(eider_engine *e, const char *account, const char *peer,
                    unsigned *count)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    eider_err err;

    *count = 0;
    if (c == NULL) {
        eider_effects_run(e);
        return EIDER_E_STORE;
    }
    *count = eider_outbox_cancel(c);
    err = eider_commit(e, c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}

/* ---- what people look at -------------------------------------------------- */

static const eider_session *
last_heard(eider_contact *c)
{
    const eider_session *best = NULL;

    for (guint i = 0; c != NULL && i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s->is_confirmed &&
            (best == NULL || s->opened_ms >= best->opened_ms))
            best = s;
    }
    return best;
}

static void
look(const eider_engine *e, eider_status *out, bool all_checked, bool unread)
{
    if (e->is_paused || unread)
        out->look = EIDER_LOOK_PAUSED;
    else if (!out->is_private)
        out->look = EIDER_LOOK_OPEN;
    else if (!out->has_session)
        out->look = EIDER_LOOK_STARTING;
    else if (out->candidates > 0)
        out->look = EIDER_LOOK_NEW_DEVICE;
    else
        out->look = all_checked ? EIDER_LOOK_CHECKED : EIDER_LOOK_PRIVATE;
}

void
eider_engine_status(eider_engine *e, const char *account, const char *peer,
                    eider_status *out)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c =
        card != NULL ? eider_contact_get(e, account, peer) : NULL;
    const eider_session *heard = last_heard(c);
    bool all_checked = true;

    *out = (eider_status){0};
    out->choice = card != NULL ? card->choice : EIDER_UNSET;
    out->is_private = eider_engine_is_private(e, account, peer);
    out->waiting = c != NULL ? eider_outbox_waiting(c) : 0;
    out->is_known = card != NULL && (card->has_spoken || card->keys->len > 0);
    out->is_left = card != NULL && card->is_left;
    for (guint i = 0; card != NULL && i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);

        if (k->trust == EIDER_TRUST_CANDIDATE)
            out->candidates++;
        if (heard != NULL && eider_public_is_equal(&k->pk, &heard->pk))
            g_strlcpy(out->label, k->label, sizeof out->label);
        if (k->trust != EIDER_TRUST_ACCEPTED)
            continue;
        out->devices++;
        all_checked = all_checked && k->is_checked;
        if (c != NULL && eider_contact_session(c, &k->pk) != NULL)
            out->has_session = true;
    }
    look(e, out, all_checked && out->devices > 0, card != NULL && c == NULL);
    out->is_known = out->is_known || out->is_private;
    eider_effects_run(e);
}

static void
fill_device(const eider_known *k, eider_contact *c, eider_device *out)
{
    *out = (eider_device){.trust = k->trust,
                          .is_checked = k->is_checked,
                          .first_seen = k->first_seen,
                          .last_seen = k->last_seen};
    eider_fingerprint(&k->pk, out->fingerprint);
    g_strlcpy(out->label, k->label, sizeof out->label);
    g_strlcpy(out->name, k->name, sizeof out->name);
    out->has_session = c != NULL && eider_contact_session(c, &k->pk) != NULL;
}

static int
by_last_seen(const void *a, const void *b)
{
    const eider_device *x = a, *y = b;

    return x->last_seen < y->last_seen   ? 1
           : x->last_seen > y->last_seen ? -1
                                         : 0;
}

size_t
eider_engine_devices(eider_engine *e, const char *account, const char *peer,
                     eider_device *out, size_t max)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c =
        card != NULL ? eider_contact_get(e, account, peer) : NULL;
    size_t n = card != NULL ? card->keys->len : 0;
    g_autofree eider_device *all = g_new0(eider_device, n + 1);

    for (guint i = 0; i < n; i++)
        fill_device(&g_array_index(card->keys, eider_known, i), c, &all[i]);
    if (n > 1)
        qsort(all, n, sizeof *all, by_last_seen);
    if (max > 0)
        memcpy(out, all, MIN(n, max) * sizeof *out);
    eider_effects_run(e);
    return n;
}

eider_err
eider_engine_own_fingerprint(eider_engine *e, const char *account,
                             char out[EIDER_DIGITS_SIZE])
{
    EIDER_AUTO(eider_keypair) own;
    eider_err err = eider_index_own(e, account, &own);

    if (err != EIDER_OK)
        return err;
    eider_fingerprint(&own.pk, out);
    return EIDER_OK;
}

eider_err
eider_engine_decide(eider_engine *e, const char *account, const char *peer,
                    const char *fingerprint, bool accept, bool with_waiting)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    eider_card *card = eider_card_find(e, account, peer);
    eider_known *found = NULL;
    char digits[EIDER_DIGITS_SIZE];
    eider_err err;

    if (card == NULL || c == NULL)
        return card == NULL ? EIDER_E_MISSING : EIDER_E_STORE;
    for (guint i = 0; i < card->keys->len; i++) {
        eider_known *k = &g_array_index(card->keys, eider_known, i);

        eider_fingerprint(&k->pk, digits);
        if (strcmp(digits, fingerprint) == 0)
            found = k;
    }
    if (found == NULL)
        return EIDER_E_MISSING;
    if (accept && found->trust != EIDER_TRUST_ACCEPTED &&
        eider_card_count(card, EIDER_TRUST_ACCEPTED) >= EIDER_DEVICES_MAX)
        return EIDER_E_LIMIT;
    found->trust = accept ? EIDER_TRUST_ACCEPTED : EIDER_TRUST_REFUSED;
    if (accept) {
        eider_outbox_bind(c, &found->pk, with_waiting);
        card->was_private = true;
    }
    for (guint i = c->sessions->len; !accept && i-- > 0;) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (eider_public_is_equal(&s->pk, &found->pk))
            g_ptr_array_remove_index(c->sessions, i);
    }
    c->is_dirty = c->card_dirty = c->card_last = true;
    (void)eider_outbox_flush(e, c);
    err = eider_commit(e, c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}

bool
eider_engine_is_paused(const eider_engine *e)
{
    return e->is_paused;
}

const eider_counters *
eider_engine_counters(const eider_engine *e)
{
    return &e->counters;
}
