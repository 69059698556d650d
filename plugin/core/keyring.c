/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All keys at once, for the inspector, and what the user does to one. */
#include "work.h"

#include "eider/fingerprint.h"
#include "eider/keyring.h"

#include <string.h>

static void
list_own(eider_engine *e, void (*row)(void *arg, const eider_key_row *row),
         void *arg)
{
    GHashTableIter it;
    gpointer name, v;

    g_hash_table_iter_init(&it, e->index.accounts);
    while (g_hash_table_iter_next(&it, &name, &v)) {
        const eider_own *own = v;
        eider_key_row r = {.account = name,
                           .device = {.first_seen = own->since},
                           .imported = own->imported,
                           .twin = own->twin};

        eider_fingerprint(&own->pair.pk, r.device.fingerprint);
        g_strlcpy(r.device.label, e->env.label(e->env.data),
                  sizeof r.device.label);
        row(arg, &r);
    }
}

void
eider_engine_list_keys(eider_engine *e,
                       void (*row)(void *arg, const eider_key_row *row),
                       void *arg)
{
    GHashTableIter it;
    gpointer v;

    list_own(e, row, arg);
    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_card *card = v;
        g_autofree char *key = eider_people_key(card->account, card->peer);
        eider_contact *c = g_hash_table_lookup(e->contacts, key);

        for (guint i = 0; i < card->keys->len; i++) {
            eider_key_row r = {.account = card->account, .peer = card->peer};

            eider_look_device(&g_array_index(card->keys, eider_known, i), c,
                              &r.device);
            row(arg, &r);
        }
    }
}

bool
eider_card_is_blocked(const eider_card *card)
{
    return eider_card_count(card, EIDER_TRUST_BLOCKED) > 0 &&
           eider_card_count(card, EIDER_TRUST_ACCEPTED) == 0 &&
           eider_card_count(card, EIDER_TRUST_CANDIDATE) == 0;
}

/* What is due in its sessions leaves with nobody. */
static void
hush(eider_contact *c, const eider_public *pk)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        if (eider_public_is_equal(&s->pk, pk)) {
            s->ack_ms = 0;
            s->goodbyes = 0;
        }
    }
}

static eider_err
do_deed(eider_engine *e, eider_contact *c, eider_card *card, eider_known *k,
        eider_deed deed)
{
    switch (deed) {
    case EIDER_KEY_BLOCK:
        hush(c, &k->pk);
        eider_outbox_unbind(c, &k->pk);
        eider_trust_set(e, k, EIDER_TRUST_BLOCKED);
        k->swallowed = 0;
        if (eider_card_is_blocked(card))
            (void)!eider_meet_step(e, c, EIDER_EV_OFF, NULL);
        break;
    case EIDER_KEY_UNBLOCK:
        if (k->trust != EIDER_TRUST_BLOCKED)
            return EIDER_E_STATE;
        if (eider_card_count(card, EIDER_TRUST_CANDIDATE) >=
            EIDER_CANDIDATES_MAX)
            return EIDER_E_LIMIT;
        eider_trust_set(e, k, EIDER_TRUST_CANDIDATE);
        break;
    case EIDER_KEY_FORGET:
        eider_outbox_unbind(c, &k->pk);
        eider_trust_leave(c, &k->pk);
        eider_trust_set(e, k, EIDER_TRUST_FORGOTTEN);
        k->is_checked = false;
        k->checked_how = EIDER_CHECK_NONE;
        k->checked_at = 0;
        break;
    }
    return EIDER_OK;
}

/* Was it the last one? */
static bool
is_forgotten(const eider_card *card)
{
    return eider_card_count(card, EIDER_TRUST_ACCEPTED) == 0 &&
           eider_card_count(card, EIDER_TRUST_CANDIDATE) == 0;
}

eider_err
eider_engine_key(eider_engine *e, const char *account, const char *peer,
                 const char *fingerprint, eider_deed deed)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    eider_card *card = eider_card_find(e, account, peer);
    eider_known *k;
    eider_err err;

    err = eider_key_find(card, c, fingerprint, &k);
    if (err != EIDER_OK)
        return err;
    err = do_deed(e, c, card, k, deed);
    if (err != EIDER_OK)
        return err;
    c->is_dirty = c->card_dirty = true;
    /* What is refused by the card is refused first; what is given, last. */
    c->card_last = deed == EIDER_KEY_UNBLOCK;
    err = eider_commit(e, c);
    if (err == EIDER_OK && deed == EIDER_KEY_FORGET && is_forgotten(card)) {
        eider_ledger_forget(e, account, peer);
        eider_ledger_tick(e); /* not after a crash */
    }
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}
