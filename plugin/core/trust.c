/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose key is whose, and sessions as they begin and are confirmed.  A
 * contact's first key is taken on trust; every later one is a candidate, to
 * which nothing goes until the user says yes.
 */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

bool
eider_budget_has(GArray *times, uint64_t now, uint64_t span, unsigned max)
{
    while (times->len > 0 && (g_array_index(times, uint64_t, 0) + span <= now ||
                              g_array_index(times, uint64_t, 0) > now))
        g_array_remove_index(times, 0);
    return times->len < max;
}

bool
eider_trust_may_answer(eider_engine *e, const char *account, const char *peer)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_choice choice = card != NULL ? card->choice : EIDER_UNSET;

    if (choice != EIDER_UNSET)
        return choice == EIDER_ON;
    if (card != NULL && card->was_private)
        return true;
    if (e->env.is_merged_on(e->env.data, account, peer))
        return true;
    return e->env.policy(e->env.data) != EIDER_DEFAULT_OFF &&
           e->env.is_buddy(e->env.data, account, peer);
}

bool
eider_trust_wants_session(eider_engine *e, eider_contact *c)
{
    eider_card *card = eider_card_find(e, c->account, c->peer);
    bool has_any = false;

    if (card != NULL && card->choice == EIDER_OFF)
        return false;
    for (guint i = 0; card != NULL && i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);

        if (k->trust == EIDER_TRUST_ACCEPTED &&
            eider_contact_session(c, &k->pk) != NULL)
            has_any = true;
    }
    if (card != NULL && card->choice == EIDER_ON && !has_any)
        return true;
    if (eider_steady_is(c))
        return !has_any; /* what waits must not show */
    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        if (en->targets->len == 0)
            return true;
        for (guint j = 0; j < en->targets->len; j++) {
            const eider_target *t =
                &g_array_index(en->targets, eider_target, j);
            const eider_known *k =
                card != NULL ? eider_card_key(card, &t->pk) : NULL;

            if (t->state == EIDER_WAITS && k != NULL &&
                k->trust == EIDER_TRUST_ACCEPTED &&
                eider_contact_session(c, &t->pk) == NULL)
                return true;
        }
    }
    return false;
}

bool
eider_trust_is_elsewhere(const eider_engine *e, const eider_contact *c,
                         const eider_public *pk)
{
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        eider_card *card = v;

        if (strcmp(card->account, c->account) == 0 &&
            strcmp(card->peer, c->peer) != 0 &&
            eider_card_key(card, pk) != NULL)
            return true;
    }
    return false;
}

static void
drop_sessions_with(eider_contact *c, const eider_public *pk)
{
    for (guint i = c->sessions->len; i-- > 0;) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (eider_public_is_equal(&s->pk, pk))
            g_ptr_array_remove_index(c->sessions, i);
    }
}

void
eider_trust_leave(eider_contact *c, const eider_public *pk)
{
    drop_sessions_with(c, pk);
    for (guint i = c->partials->len; i-- > 0;) {
        const eider_partial *p = g_ptr_array_index(c->partials, i);

        if (eider_public_is_equal(&p->pk, pk))
            g_ptr_array_remove_index(c->partials, i);
    }
    for (guint i = 0; i < c->memories->len; i++) {
        eider_memory *m = g_ptr_array_index(c->memories, i);

        if (!eider_public_is_equal(&m->pk, pk))
            continue;
        eider_wipe(m->rms, sizeof m->rms);
        m->n_rms = 0;
    }
}

/* A candidate that leaves takes everything along: it may be one of many. */
void
eider_trust_forget(eider_contact *c, const eider_public *pk)
{
    eider_trust_leave(c, pk);
    for (guint i = c->memories->len; i-- > 0;) {
        const eider_memory *m = g_ptr_array_index(c->memories, i);

        if (eider_public_is_equal(&m->pk, pk))
            g_ptr_array_remove_index(c->memories, i);
    }
}

void
eider_trust_behind(eider_engine *e, eider_contact *c, const eider_public *pk,
                   bool is_sure)
{
    const eider_known *k = eider_card_key(eider_card_of(e, c), pk);

    eider_outbox_again(c, pk);
    drop_sessions_with(c, pk);
    c->is_dirty = true;
    if (k == NULL || k->trust != EIDER_TRUST_ACCEPTED)
        return;
    if (is_sure)
        eider_do_tell(c, EIDER_NEWS_RESTORED, 0, NULL);
    eider_meet_trigger(e, c);
    /* Else it was said already, and better. */
    c->is_renewing = !is_sure && c->meeting.state == EIDER_MEET_CALLING;
}

bool
eider_trust_is_heard(const eider_known *k)
{
    return k->trust == EIDER_TRUST_ACCEPTED ||
           k->trust == EIDER_TRUST_CANDIDATE;
}

bool
eider_trust_is_first(const eider_known *k)
{
    return k->trust == EIDER_TRUST_ACCEPTED && k->changed_at == 0;
}

void
eider_trust_set(eider_engine *e, eider_known *k, eider_trust trust)
{
    if (k->trust != trust)
        k->changed_at = eider_now(e) / 1000;
    k->trust = trust;
}

/* History goes first, the user's own "no" last. */
static void
shorten(eider_card *card)
{
    static const eider_trust order[] = {
        EIDER_TRUST_REPLACED, EIDER_TRUST_FORGOTTEN, EIDER_TRUST_REFUSED,
        EIDER_TRUST_BLOCKED};

    for (guint o = 0; o < G_N_ELEMENTS(order); o++)
        for (guint i = 0;
             card->keys->len >= EIDER_KEYS_KEPT && i < card->keys->len; i++)
            if (g_array_index(card->keys, eider_known, i).trust == order[o])
                g_array_remove_index(card->keys, i--);
}

/* Make room for one more key: a newer candidate replaces the older. */
static void
make_room(eider_engine *e, eider_contact *c, eider_card *card,
          eider_trust trust)
{
    if (trust == EIDER_TRUST_CANDIDATE &&
        eider_card_count(card, EIDER_TRUST_CANDIDATE) >= EIDER_CANDIDATES_MAX) {
        eider_known *k = NULL;

        for (guint i = 0; i < card->keys->len; i++) {
            k = &g_array_index(card->keys, eider_known, i);
            if (k->trust == EIDER_TRUST_CANDIDATE)
                break;
        }
        eider_trust_forget(c, &k->pk);
        eider_trust_set(e, k, EIDER_TRUST_REPLACED);
    }
    shorten(card);
}

/* Nobody else is there, but for keys that the user forgot. */
static bool
is_first(const eider_card *card)
{
    return eider_card_count(card, EIDER_TRUST_FORGOTTEN) == card->keys->len;
}

static eider_err
know(eider_engine *e, eider_contact *c, const eider_public *pk)
{
    EIDER_AUTO(eider_keypair) own;
    eider_card *card = eider_card_of(e, c);
    eider_known *k = eider_card_key(card, pk);
    eider_known fresh = {.pk = *pk};
    eider_err err = eider_index_own(e, c->account, &own);

    if (err != EIDER_OK)
        return err;
    if (eider_public_is_equal(&own.pk, pk))
        return EIDER_E_AUTH; /* our own line came back */
    if (k != NULL && eider_trust_is_heard(k))
        return EIDER_OK;
    if (k != NULL &&
        (k->trust == EIDER_TRUST_REFUSED || k->trust == EIDER_TRUST_BLOCKED))
        return EIDER_E_STATE;

    fresh.first_seen = fresh.last_seen = eider_now(e) / 1000;
    if (k != NULL) { /* back from the history: as new, and the newest */
        fresh.first_seen = k->first_seen;
        g_array_remove_index(card->keys,
                             (guint)(k - (eider_known *)card->keys->data));
    }
    fresh.trust = is_first(card) && !eider_trust_is_elsewhere(e, c, pk)
                      ? EIDER_TRUST_ACCEPTED
                      : EIDER_TRUST_CANDIDATE;
    make_room(e, c, card, fresh.trust);
    g_array_append_val(card->keys, fresh);
    c->card_dirty = true;
    if (fresh.trust == EIDER_TRUST_ACCEPTED)
        eider_outbox_bind(c, pk, false);
    return EIDER_OK;
}

/* The RMs of the two newest confirmed sessions of a device outlive them. */
static void
keep_rm(eider_contact *c, eider_session *s)
{
    eider_memory *m = eider_contact_memory(c, &s->pk);

    m->rms[1] = m->rms[0];
    m->rms[0] = s->rm;
    m->n_rms = MIN(m->n_rms + 1, 2);
    eider_secret_wipe(&s->rm);
}

/* At most @max sessions with @pk that are (not) confirmed; oldest out. */
static void
prune(eider_contact *c, const eider_public *pk, bool confirmed, unsigned max)
{
    unsigned n = 0;

    for (guint i = c->sessions->len; i-- > 0;) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s->is_confirmed == confirmed && eider_public_is_equal(&s->pk, pk) &&
            ++n > max)
            g_ptr_array_remove_index(c->sessions, i);
    }
}

eider_err
eider_session_begin(eider_engine *e, eider_contact *c, const eider_outcome *o,
                    const char *address, eider_session **out)
{
    eider_ratchet *ratchet = NULL;
    eider_session *s;
    eider_err err = know(e, c, &o->peer);

    *out = NULL;
    if (err != EIDER_OK)
        return err;
    err = eider_ratchet_new(&ratchet, o);
    if (err != EIDER_OK)
        return err;
    prune(c, &o->peer, false, EIDER_PROVEN_MAX - 1);
    s = eider_alloc(sizeof *s);
    s->ratchet = ratchet; /* transferred */
    s->pk = o->peer;
    s->rm = o->keys.rm;
    s->sask = o->keys.sask;
    s->has_sask = true;
    memcpy(s->sid, o->keys.sid.b, sizeof s->sid);
    s->has_ids = true;
    s->opened_ms = eider_now(e);
    s->address = g_strdup(address);
    g_ptr_array_add(c->sessions, s);
    c->is_dirty = true;
    *out = s;
    return EIDER_OK;
}

/* The one before says so by a cover frame, at the time of an acknowledgement:
 * where it belongs to another machine with the same key, that one learns it. */
static void
pass(eider_engine *e, eider_contact *c, const eider_session *s)
{
    eider_session *old = eider_contact_session(c, &s->pk);

    if (old == NULL || old == s || old->ack_ms != 0)
        return;
    old->ack_ms = eider_now(e) + eider_span(e, EIDER_ACK_MIN) +
                  eider_random_below(
                      (uint32_t)eider_span(e, EIDER_ACK_MAX - EIDER_ACK_MIN));
}

void
eider_session_confirm(eider_engine *e, eider_contact *c, eider_session *s)
{
    eider_card *card = eider_card_of(e, c);
    const eider_known *k = eider_card_key(card, &s->pk);
    bool is_accepted = k != NULL && k->trust == EIDER_TRUST_ACCEPTED;

    if (!is_accepted && eider_contact_session(c, &s->pk) == NULL)
        eider_do_tell(c, EIDER_NEWS_NEW_DEVICE, 0, NULL);
    pass(e, c, s);
    s->is_confirmed = true;
    keep_rm(c, s);
    s->confirmed_ms = eider_now(e);
    /* The newest is last, so that of equal times the newest sends. */
    if (g_ptr_array_find(c->sessions, s, NULL)) {
        guint i;

        g_ptr_array_find(c->sessions, s, &i);
        g_ptr_array_steal_index(c->sessions, i);
        g_ptr_array_add(c->sessions, s);
    }
    prune(c, &s->pk, true, 1 + EIDER_OLD_SESSIONS_MAX);
    if (is_accepted && !card->was_private) {
        card->was_private = true;
        eider_do_tell(c, EIDER_NEWS_STARTED, 0, NULL);
    } else if (is_accepted && c->is_renewing) {
        eider_do_tell(c, EIDER_NEWS_RENEWED, 0, NULL);
    }
    c->is_renewing = c->is_renewing && !is_accepted;
    c->card_dirty = c->card_dirty || is_accepted || !card->has_spoken;
    card->has_spoken = c->is_dirty = true;
    if (!is_accepted)
        return; /* a candidate changes nothing of what the others are told */
    card->is_left = false;
    c->invites = 0;
    c->asked_ms = 0;
    c->told_silent = false;
    eider_outbox_again(c, &s->pk);
    (void)!eider_meet_step(e, c, EIDER_EV_CONFIRMED, NULL);
}
