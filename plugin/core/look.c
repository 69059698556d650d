/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people look at, and their word about a key that nobody knows. */
#include "work.h"

#include "decoys.h"

#include "eider/crypto.h"
#include "eider/fingerprint.h"

#include <string.h>

/* ---- looking -------------------------------------------------------------- */

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
    else if (out->candidates > 0) /* it is the user's turn, met or not */
        out->look = EIDER_LOOK_NEW_DEVICE;
    else if (!out->has_session)
        out->look = EIDER_LOOK_STARTING;
    else if (out->steady != 0 && out->steady_agreed > 0)
        out->look = EIDER_LOOK_STEADY;
    else
        out->look = all_checked ? EIDER_LOOK_CHECKED : EIDER_LOOK_PRIVATE;
}

static void
count_texts(const eider_contact *c, eider_status *out)
{
    if (c == NULL)
        return;
    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);
        eider_text_state state = eider_entry_state(en);

        out->waiting += state == EIDER_TEXT_WAITING;
        out->sent += state == EIDER_TEXT_SENT;
    }
    out->delivered = c->delivered;
    out->is_full = eider_outbox_is_full(c);
}

static void
look_at_steady(const eider_engine *e, eider_contact *c, eider_status *out)
{
    const eider_steady *m = &c->steady;

    out->steady = m->slot;
    out->steady_offer = m->offer_slot;
    out->steady_theirs = m->theirs_slot;
    out->steady_runs = eider_slots_run(e, c);
    out->steady_paused = eider_steady_is_paused(e, c);
    out->steady_ends = m->ends_ms;
}

/* Has this device said so in the session that speaks to it? */
static bool
is_steady_with(const eider_contact *c, const eider_session *s)
{
    return c->steady.slot != 0 && s->has_mode && s->mode_run == c->steady.run;
}

void
eider_engine_status(eider_engine *e, const char *account, const char *peer,
                    eider_status *out)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c =
        card != NULL ? eider_contact_get(e, account, peer) : NULL;
    const eider_session *heard = last_heard(c);
    bool all_checked = true, is_shut = false;

    *out = (eider_status){0};
    out->choice = card != NULL ? card->choice : EIDER_UNSET;
    out->is_private = eider_engine_is_private(e, account, peer);
    count_texts(c, out);
    out->is_known = card != NULL && (card->has_spoken || card->keys->len > 0);
    out->is_left = card != NULL && card->is_left;
    if (c != NULL && eider_run_is_active(&c->check)) {
        out->check = eider_check_phase_of(&c->check);
        out->check_way = c->check.way;
    }
    for (guint i = 0; card != NULL && i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);
        const eider_session *s;

        if (k->trust == EIDER_TRUST_CANDIDATE)
            out->candidates++;
        is_shut = is_shut || k->trust == EIDER_TRUST_BLOCKED ||
                  k->trust == EIDER_TRUST_REFUSED;
        if (heard != NULL && eider_public_is_equal(&k->pk, &heard->pk))
            g_strlcpy(out->label, k->label, sizeof out->label);
        if (k->trust != EIDER_TRUST_ACCEPTED)
            continue;
        out->devices++;
        all_checked = all_checked && k->is_checked;
        s = c != NULL ? eider_contact_session(c, &k->pk) : NULL;
        out->has_session = out->has_session || s != NULL;
        out->steady_agreed += s != NULL && is_steady_with(c, s);
    }
    out->is_checked = all_checked && out->devices > 0;
    out->is_shut = is_shut && out->devices + out->candidates == 0;
    if (c != NULL) {
        look_at_steady(e, c, out);
        eider_decoys_look(e, card, c, out);
    }
    look(e, out, out->is_checked, card != NULL && c == NULL);
    out->is_known = out->is_known || out->is_private;
    eider_effects_run(e);
}

void
eider_look_device(const eider_known *k, eider_contact *c, eider_device *out)
{
    const eider_session *s =
        c != NULL ? eider_contact_session(c, &k->pk) : NULL;

    *out = (eider_device){.trust = k->trust,
                          .is_checked = k->is_checked,
                          .checked_how = k->checked_how,
                          .checked_at = k->checked_at,
                          .first_seen = k->first_seen,
                          .last_seen = k->last_seen,
                          .changed_at = k->changed_at,
                          .swallowed = k->swallowed};
    eider_fingerprint(&k->pk, out->fingerprint);
    g_strlcpy(out->label, k->label, sizeof out->label);
    g_strlcpy(out->name, k->name, sizeof out->name);
    out->has_session = s != NULL;
    if (s == NULL)
        return;
    out->pq_times = eider_ratchet_mixed(s->ratchet);
    out->pq_last = s->pq_ms / 1000;
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
    guint kept = card != NULL ? card->keys->len : 0;
    g_autofree eider_device *all = g_new0(eider_device, kept + 1);
    size_t n = 0;

    for (guint i = 0; i < kept; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);

        if (k->trust != EIDER_TRUST_REPLACED &&
            k->trust != EIDER_TRUST_FORGOTTEN)
            eider_look_device(k, c, &all[n++]);
    }
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

/* ---- deciding ------------------------------------------------------------- */

eider_known *
eider_card_digits(eider_card *card, const char *fingerprint)
{
    char digits[EIDER_DIGITS_SIZE];

    for (guint i = 0; i < card->keys->len; i++) {
        eider_known *k = &g_array_index(card->keys, eider_known, i);

        eider_fingerprint(&k->pk, digits);
        if (strcmp(digits, fingerprint) == 0)
            return k;
    }
    return NULL;
}

eider_err
eider_key_find(eider_card *card, const eider_contact *c,
               const char *fingerprint, eider_known **k)
{
    if (card == NULL || c == NULL)
        return card == NULL ? EIDER_E_MISSING : EIDER_E_STORE;
    *k = eider_card_digits(card, fingerprint);
    return *k != NULL ? EIDER_OK : EIDER_E_MISSING;
}

bool
eider_engine_also_known(eider_engine *e, const char *account, const char *peer,
                        const char *fingerprint, char **other_account,
                        char **other_peer)
{
    eider_card *card = eider_card_find(e, account, peer);
    const eider_known *k =
        card != NULL ? eider_card_digits(card, fingerprint) : NULL;
    GHashTableIter it;
    gpointer v;

    *other_account = *other_peer = NULL;
    g_hash_table_iter_init(&it, e->index.cards);
    while (k != NULL && g_hash_table_iter_next(&it, NULL, &v)) {
        eider_card *other = v;

        if (other == card || eider_card_key(other, &k->pk) == NULL)
            continue;
        *other_account = g_strdup(other->account);
        *other_peer = g_strdup(other->peer);
        return true;
    }
    return false;
}

eider_err
eider_engine_decide(eider_engine *e, const char *account, const char *peer,
                    const char *fingerprint, bool accept, bool with_waiting)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    eider_card *card = eider_card_find(e, account, peer);
    eider_known *k;
    eider_err err;

    err = eider_key_find(card, c, fingerprint, &k);
    if (err != EIDER_OK)
        return err;
    if (accept && k->trust != EIDER_TRUST_ACCEPTED &&
        eider_card_count(card, EIDER_TRUST_ACCEPTED) >= EIDER_DEVICES_MAX)
        return EIDER_E_LIMIT;
    eider_trust_set(e, k, accept ? EIDER_TRUST_ACCEPTED : EIDER_TRUST_REFUSED);
    if (!accept) {
        eider_outbox_unbind(c, &k->pk);
        eider_trust_leave(c, &k->pk);
    } else if (with_waiting) {
        eider_outbox_bind(c, &k->pk, true);
    }
    card->was_private = card->was_private || accept;
    /* The card last: where a write fails nobody was accepted. */
    c->is_dirty = c->card_dirty = c->card_last = true;
    (void)eider_outbox_flush(e, c);
    err = eider_commit(e, c);
    /* Only what is accepted for good leaves nobody for the others. */
    if (err == EIDER_OK && accept && !with_waiting) {
        eider_outbox_drop_unbound(c);
        (void)!eider_commit(e, c);
    }
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}
