/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The engine's door: what the client tells it and asks it. */
#include "work.h"

#include "decoys.h"

#include "eider/crypto.h"
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
    e->changed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    e->due = g_sequence_new(NULL);
    e->contacts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify)eider_contact_free);
    e->strangers =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    e->warnings = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    e->unread = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_queue_init(&e->effects);
    g_queue_init(&e->held);
    e->slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                     (GDestroyNotify)eider_slots_free);
    e->journaled = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                         (GDestroyNotify)eider_journaled_free);
    e->behind = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    e->decoys =
        g_ptr_array_new_with_free_func((GDestroyNotify)eider_member_free);
    eider_random(e->slot_seed.b, sizeof e->slot_seed.b);
    eider_ledger_start(e);
    err = eider_index_read(e);
    eider_decoys_index(e);
    if (err == EIDER_OK)
        err = eider_journal_fold(e);
    if (err != EIDER_OK) {
        eider_engine_free(e);
        return err;
    }
    *out = e;
    return EIDER_OK;
}

/* Note on its card what still waits for a contact, and when it was heard. */
static bool
settle_card(eider_engine *e, eider_contact *c)
{
    eider_card *card = eider_card_find(e, c->account, c->peer);
    bool is_busy = !eider_contact_is_idle(c);
    bool is_calm = eider_contact_is_calm(e, c);

    if (card == NULL || (card->is_busy == is_busy && card->is_calm == is_calm))
        return false;
    card->is_busy = is_busy;
    card->is_calm = is_calm;
    g_hash_table_add(e->changed, eider_people_key(c->account, c->peer));
    return true;
}

/* Write what was put off, and note who still has something that waits. */
static void
settle(eider_engine *e)
{
    GHashTableIter it;
    eider_card *changed = NULL;
    gpointer v;

    g_hash_table_iter_init(&it, e->contacts);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        eider_contact *c = v;
        if (settle_card(e, c))
            changed = eider_card_of(e, c);
        if (c->is_dirty)
            (void)!eider_contact_write(e, c);
    }
    if (changed != NULL)
        (void)!eider_index_write_card(e, changed); /* and the others' */
}

void
eider_engine_free(eider_engine *e)
{
    if (e == NULL)
        return;
    settle(e);
    eider_journal_end(e);
    eider_guard_clear(e);
    eider_ledger_end(e);
    g_ptr_array_free(e->decoys, TRUE);
    g_hash_table_destroy(e->slots);
    g_hash_table_destroy(e->journaled);
    g_hash_table_destroy(e->behind);
    eider_secret_wipe(&e->slot_seed);
    g_hash_table_destroy(e->contacts);
    g_sequence_free(e->due);
    g_hash_table_destroy(e->changed);
    g_hash_table_destroy(e->strangers);
    g_array_free(e->warnings, TRUE);
    g_hash_table_destroy(e->unread);
    g_queue_clear_full(&e->effects, (GDestroyNotify)eider_effect_free);
    eider_index_clear(&e->index);
    eider_buf_wipe(&e->index_bytes);
    eider_buf_wipe(&e->changes_bytes);
    g_free(e);
}

/* ---- time, accounts, presence --------------------------------------------- */

static void
tick_contact(eider_engine *e, eider_contact *c, bool came_online)
{
    eider_clock_watch(e);
    eider_due(e, c, 0);
    eider_steady_tick(e, c);
    eider_meet_tick(e, c, came_online);
    eider_invite_tick(e, c);
    eider_legs_tick(e, c, came_online);
    eider_outbox_tick(e, c, came_online);
    eider_talk_tick(e, c);
    eider_inbox_tick(e, c);
    eider_check_tick(e, c, came_online);
    eider_receive_tick(e, c);
    (void)!eider_commit(e, c);
}

/* Names, as a commit that fails frees a contact. */
static GPtrArray *
list_due(const eider_engine *e, uint64_t now)
{
    GPtrArray *keys = g_ptr_array_new_with_free_func(g_free);

    for (GSequenceIter *i = g_sequence_get_begin_iter(e->due);
         !g_sequence_iter_is_end(i); i = g_sequence_iter_next(i)) {
        const eider_contact *c = g_sequence_get(i);

        if (c->due_ms > now)
            break;
        g_ptr_array_add(keys, eider_people_key(c->account, c->peer));
    }
    return keys;
}

void
eider_engine_tick(eider_engine *e)
{
    GPtrArray *keys;
    uint64_t now = eider_now(e);

    /* First: nothing else may make it late. */
    eider_guard_let_in(e, eider_slots_hand_over(e));
    eider_slots_seal(e);
    keys = list_due(e, now);
    for (guint i = 0; i < keys->len; i++) {
        eider_contact *c =
            g_hash_table_lookup(e->contacts, g_ptr_array_index(keys, i));

        if (c != NULL && c->due_ms != 0 && c->due_ms <= now)
            tick_contact(e, c, false);
    }
    g_ptr_array_free(keys, TRUE);
    eider_ledger_tick(e);
    eider_effects_run(e);
}

void
eider_engine_account(eider_engine *e, const char *account, bool online)
{
    GPtrArray *peers = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter it;
    gpointer v;

    if (!online)
        eider_slots_stop(e, account, NULL);
    if (online) {
        g_hash_table_iter_init(&it, e->index.cards);
        while (g_hash_table_iter_next(&it, NULL, &v)) {
            const eider_card *card = v;

            if ((card->is_busy || card->is_decoy) &&
                strcmp(card->account, account) == 0)
                g_ptr_array_add(peers, g_strdup(card->peer));
        }
    }
    for (guint i = 0; i < peers->len; i++) {
        eider_contact *c =
            eider_contact_get(e, account, g_ptr_array_index(peers, i));

        /* Nobody tells of the presence of who is not on the list. */
        if (c != NULL)
            tick_contact(e, c, e->env.is_online(e->env.data, account, c->peer));
    }
    g_ptr_array_free(peers, TRUE);
    eider_effects_run(e);
}

void
eider_engine_presence(eider_engine *e, const char *account, const char *peer,
                      bool online)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c =
        card != NULL &&
                (card->is_decoy || (card->choice == EIDER_ON && !card->is_calm))
            ? eider_contact_get(e, account, peer)
            : eider_contact_if_busy(e, account, peer);

    if (c == NULL)
        return;
    if (!online)
        eider_slots_stop(e, account, peer);
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
    eider_steady_drop(e, c);
    eider_contact_drop_sessions(c);
    c->is_dirty = true;
    (void)!eider_commit(e, c);
    eider_ledger_forget(e, account, peer);
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

/* What is left of a goodbye is not said any more. */
static void
stay(eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        c->is_dirty = c->is_dirty || s->goodbyes > 0;
        s->goodbyes = 0;
    }
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
    if (choice == EIDER_OFF && eider_engine_is_private(e, account, peer)) {
        eider_steady_drop(e, c);
        eider_talk_goodbye(e, c);
    }
    c->card_dirty = card->choice != choice;
    /* The card last: where either write fails the choice is the old one. */
    c->card_last = true;
    card->choice = choice;
    if (choice == EIDER_OFF)
        (void)!eider_meet_step(e, c, EIDER_EV_OFF, NULL);
    else
        stay(c);
    if (choice == EIDER_ON) {
        eider_receive_stranger(e, c);
        if (eider_trust_wants_session(e, c))
            eider_meet_want(e, c, true);
    }
    err = eider_commit(e, c);
    /* The contact, and that it was to be said, may be on disk all the same. */
    if (err != EIDER_OK && (c = eider_contact_get(e, account, peer)) != NULL)
        stay(c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}

/* ---- text ----------------------------------------------------------------- */

/* @letter: a text that was named, and written, before the store was open. */
static eider_err
take_text(eider_engine *e, const char *account, const char *peer,
          const char *html, const eider_letter *letter,
          uint8_t id[EIDER_TEXT_ID_SIZE])
{
    bool is_html = false;
    g_autofree char *text = eider_markup_pack(html, &is_html);
    eider_text_state state;
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
    if (letter != NULL &&
        eider_engine_text(e, account, peer, letter->id, &state))
        return EIDER_OK; /* a crash came before the letter was dropped */
    if (!eider_outbox_has_room(c))
        return EIDER_E_LIMIT;
    eider_outbox_add(e, c, text, is_html, letter, id);
    c->retry_ms = 0; /* the user tries now */
    if (eider_outbox_flush(e, c) && !eider_steady_is(c))
        eider_meet_want(e, c, true);
    eider_outbox_tell(e, c);
    err = eider_commit(e, c);
    if (err == EIDER_OK)
        eider_ledger_wrote(e, account, peer, EIDER_SEEN_OUT, eider_now(e),
                           strlen(text));
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}

eider_err
eider_engine_send(eider_engine *e, const char *account, const char *peer,
                  const char *html, uint8_t id[EIDER_TEXT_ID_SIZE])
{
    return take_text(e, account, peer, html, NULL, id);
}

eider_err
eider_engine_send_letter(eider_engine *e, const eider_letter *letter)
{
    return take_text(e, letter->account, letter->peer, letter->html, letter,
                     NULL);
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

void
eider_engine_typing(eider_engine *e, const char *account, const char *peer,
                    unsigned state)
{
    g_autofree char *key = eider_people_key(account, peer);
    eider_contact *c = g_hash_table_lookup(e->contacts, key);

    if (c != NULL && eider_slots_run(e, c) && state <= 2)
        c->typing = (int)state;
}

/* ---- counters ------------------------------------------------------------ */

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
