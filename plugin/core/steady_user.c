/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user wants of Steady, and what the client asks about it. */
#include "work.h"

#include "slots.h"

#include "eider/crypto.h"

#include <string.h>

static void
offer(eider_engine *e, eider_contact *c, uint8_t slot)
{
    eider_steady *m = &c->steady;

    do
        eider_random(&m->offer_run, sizeof m->offer_run);
    while (m->offer_run == 0 ||
           (m->has_ended && m->offer_run == m->ended_run) ||
           (m->slot != 0 && m->offer_run == m->run));
    m->offer_slot = slot;
    m->is_by_hand = false;
    m->offers = 0;
    m->offered_ms = eider_now(e);
    c->is_dirty = true;
    eider_steady_say_soon(e, c);
}

bool
eider_steady_has_bystander(const eider_engine *e, const char *account,
                           const char *peer)
{
    return e->env.has_bystander != NULL &&
           e->env.has_bystander(e->env.data, account, peer);
}

bool
eider_steady_is_paused(const eider_engine *e, const eider_contact *c)
{
    g_autofree char *key = eider_people_key(c->account, c->peer);
    const eider_slots *x = g_hash_table_lookup(e->slots, key);

    return c->steady.slot != 0 && !c->steady.insists &&
           (x != NULL ? x->has_bystander
                      : eider_steady_has_bystander(e, c->account, c->peer));
}

/* One who is there now, or is not any more; slots follow, as nothing else than
 * what the server sees has changed. */
static void
note_bystander(eider_engine *e, eider_slots *x)
{
    bool has = eider_steady_has_bystander(e, x->account, x->peer), was_paused;
    eider_contact *c;

    if (has == x->has_bystander)
        return;
    c = eider_contact_get(e, x->account, x->peer);
    was_paused = c != NULL && eider_steady_is_paused(e, c);
    x->has_bystander = has;
    if (c == NULL)
        return;
    if (!was_paused && eider_steady_is_paused(e, c))
        eider_do_tell(c, EIDER_NEWS_STEADY_PAUSED, c->steady.slot, NULL);
    (void)!eider_commit(e, c);
    e->env.changed(e->env.data, x->account, x->peer);
}

void
eider_engine_bystander(eider_engine *e, const char *account, const char *peer)
{
    g_autoptr(GList) all = g_hash_table_get_values(e->slots);

    for (GList *l = all; l != NULL; l = l->next) {
        eider_slots *x = l->data;

        if (strcmp(x->account, account) == 0 &&
            (peer == NULL || strcmp(x->peer, peer) == 0))
            note_bystander(e, x);
    }
    eider_effects_run(e);
}

/* Whatever is said against it now does not count any more. */
static void
insist(const eider_engine *e, eider_contact *c)
{
    bool has = eider_steady_has_bystander(e, c->account, c->peer);

    if (c->steady.insists == has)
        return;
    c->steady.insists = has;
    c->is_dirty = true;
}

void
eider_steady_turn_on(eider_engine *e, eider_contact *c, uint8_t slot)
{
    eider_steady *m = &c->steady;

    insist(e, c);
    if (m->slot == slot && m->ends_ms == 0)
        return; /* as it is */
    if (m->slot == slot && m->stop_ms == 0) {
        m->ends_ms = 0; /* the off is taken back */
        m->is_by_hand = false;
        c->is_dirty = true;
    } else if (m->theirs_slot == slot) {
        eider_steady_agree(c, m->theirs_run, slot);
        for (guint i = 0; i < c->sessions->len; i++)
            ((eider_session *)g_ptr_array_index(c->sessions, i))->accepts =
                EIDER_MODE_SAYS;
    } else {
        offer(e, c, slot);
    }
}

static eider_err
turn_off(eider_engine *e, eider_contact *c)
{
    eider_steady *m = &c->steady;

    if (m->slot == 0 && m->offer_slot == 0 && m->theirs_slot == 0)
        return EIDER_E_STATE;
    if (m->theirs_slot != 0)
        eider_steady_end_run(e, c, m->theirs_run);
    else if (m->offer_slot != 0)
        eider_steady_end_run(e, c, m->offer_run);
    if (m->theirs_slot != 0 || m->offer_slot != 0)
        eider_steady_say_soon(e, c);
    m->theirs_slot = m->offer_slot = 0;
    m->is_by_hand = true;
    c->is_dirty = true;
    if (m->slot == 0)
        return EIDER_OK;
    if (m->ends_ms != 0) { /* said again */
        eider_steady_drop(e, c);
        eider_steady_say_soon(e, c);
        return EIDER_OK;
    }
    m->ends_ms = eider_now(e) + eider_span(e, EIDER_LINGER_MIN) +
                 eider_random_below((uint32_t)eider_span(
                     e, EIDER_LINGER_MAX - EIDER_LINGER_MIN));
    return EIDER_OK;
}

eider_err
eider_engine_steady(eider_engine *e, const char *account, const char *peer,
                    unsigned slot)
{
    eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c;
    eider_err err = EIDER_OK;

    if (slot != 0 && !eider_slot_is_valid(slot))
        return EIDER_E_MALFORMED;
    if (card == NULL || eider_card_count(card, EIDER_TRUST_ACCEPTED) == 0 ||
        (slot != 0 && !eider_engine_is_private(e, account, peer)) ||
        (card->is_decoy && slot != 0 && slot != EIDER_SLOT_DECOYS))
        return EIDER_E_STATE;
    c = eider_contact_get(e, account, peer);
    if (c == NULL) {
        eider_effects_run(e);
        return EIDER_E_STORE;
    }
    if (slot != 0) {
        c->card_dirty = c->card_dirty || card->is_refused;
        card->is_refused = false;
        eider_steady_turn_on(e, c, (uint8_t)slot);
    } else {
        err = turn_off(e, c);
    }
    if (err == EIDER_OK)
        err = eider_commit(e, c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err;
}

bool
eider_engine_is_steady(eider_engine *e, const char *account, const char *peer)
{
    g_autofree char *key = eider_people_key(account, peer);
    const eider_contact *c = g_hash_table_lookup(e->contacts, key);

    return c != NULL && eider_steady_is(c);
}

/* How many, or how many lines a minute. */
static unsigned
count(eider_engine *e, const char *account, const char *peer, bool lines)
{
    GHashTableIter it;
    unsigned n = 0;
    gpointer k, v;

    /* Few have slots, however many contacts are loaded. */
    g_hash_table_iter_init(&it, e->slots);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        const eider_slots *x = v;
        const eider_contact *c = g_hash_table_lookup(e->contacts, k);

        if (c != NULL && eider_steady_is(c) &&
            strcmp(x->account, account) == 0 && g_strcmp0(x->peer, peer) != 0)
            n += lines ? 60u / c->steady.slot : 1;
    }
    return n;
}

unsigned
eider_engine_steady_count(eider_engine *e, const char *account,
                          const char *peer)
{
    return count(e, account, peer, false);
}

unsigned
eider_engine_steady_lines(eider_engine *e, const char *account,
                          const char *peer)
{
    return count(e, account, peer, true);
}

bool
eider_engine_is_address(eider_engine *e, const char *account, const char *peer,
                        const char *address)
{
    g_autofree char *key = eider_people_key(account, peer);
    const eider_contact *c = g_hash_table_lookup(e->contacts, key);

    for (guint i = 0; c != NULL && i < c->sessions->len; i++)
        if (g_strcmp0(
                ((eider_session *)g_ptr_array_index(c->sessions, i))->address,
                address) == 0)
            return true;
    return false;
}
