/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoys: who is in a set, who of them takes part, and the offers that follow
 * from being in one.  All else is Steady's.
 */
#include "work.h"

#include "decoys.h"
#include "eider/decoys.h"

#include <string.h>

/* ---- the members ---------------------------------------------------------- */

void
eider_member_free(eider_member *m)
{
    if (m == NULL)
        return;
    g_free(m->account);
    g_free(m->peer);
    g_free(m);
}

/* After the index was read, or a set was changed. */
void
eider_decoys_index(eider_engine *e)
{
    GHashTableIter it;
    gpointer v;

    g_ptr_array_set_size(e->decoys, 0);
    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_card *card = v;
        eider_member *m;

        if (!card->is_decoy)
            continue;
        m = g_new0(eider_member, 1);
        m->account = g_strdup(card->account);
        m->peer = g_strdup(card->peer);
        g_ptr_array_add(e->decoys, m);
    }
}

void
eider_decoys_merge(const eider_engine *e, eider_index *theirs)
{
    GHashTableIter it;
    gpointer k, v;

    g_hash_table_iter_init(&it, theirs->cards);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        eider_card *card = v;
        const eider_card *mine = g_hash_table_lookup(e->index.cards, k);

        if (eider_engine_decoys(e, card->account) == 0)
            continue;
        card->is_decoy = mine != NULL && mine->is_decoy;
        card->is_refused = card->is_decoy && mine->is_refused;
    }
}

bool
eider_decoys_has(const eider_engine *e, const eider_contact *c)
{
    const eider_card *card = eider_card_find(e, c->account, c->peer);

    return card != NULL && card->is_decoy;
}

/* They said no to it, or ended it; or they have agreed. */
void
eider_decoys_answered(eider_engine *e, eider_contact *c, bool agreed)
{
    eider_card *card = eider_card_find(e, c->account, c->peer);

    if (card == NULL || !card->is_decoy || card->is_refused == !agreed)
        return;
    card->is_refused = !agreed;
    c->card_dirty = true;
}

/* ---- who takes part ------------------------------------------------------- */

/* Every device that gets frames has said so: what another one sends shows when
 * it is written. */
static bool
have_all_agreed(eider_engine *e, eider_contact *c, const eider_card *card)
{
    for (guint i = 0; i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);
        const eider_session *s;

        if (k->trust != EIDER_TRUST_ACCEPTED ||
            eider_outbox_leaves_out(e, c, card, k))
            continue;
        s = eider_contact_session(c, &k->pk);
        if (s == NULL || !s->has_mode || s->mode_run != c->steady.run)
            return false;
    }
    return true;
}

eider_part
eider_decoys_part(eider_engine *e, const eider_card *card, eider_contact *c)
{
    const eider_steady *m = &c->steady;

    if (!card->is_decoy)
        return EIDER_PART_NONE;
    if (!eider_engine_is_private(e, card->account, card->peer))
        return EIDER_PART_OPEN;
    if (eider_card_count(card, EIDER_TRUST_ACCEPTED) == 0)
        return EIDER_PART_UNMET;
    if (m->is_by_hand || m->ends_ms != 0)
        return EIDER_PART_ENDED;
    if (card->is_refused || m->closing > 0)
        return EIDER_PART_REFUSED;
    if (!e->env.is_online(e->env.data, card->account, card->peer) ||
        !e->env.is_reachable(e->env.data, card->account, card->peer))
        return EIDER_PART_OFFLINE;
    if (m->slot == EIDER_SLOT_DECOYS && m->stop_ms == 0 &&
        eider_slots_run(e, c))
        return have_all_agreed(e, c, card) ? EIDER_PART_TAKES
                                           : EIDER_PART_PARTLY;
    if (m->offer_slot == EIDER_SLOT_DECOYS)
        return EIDER_PART_ASKED;
    return c->sessions->len == 0 ? EIDER_PART_UNMET : EIDER_PART_HINDERED;
}

/* Of a contact that is not loaded nothing runs. */
static bool
takes_part(eider_engine *e, const eider_member *m)
{
    g_autofree char *key = eider_people_key(m->account, m->peer);
    eider_contact *c = g_hash_table_lookup(e->contacts, key);
    const eider_card *card = g_hash_table_lookup(e->index.cards, key);

    return c != NULL && card != NULL &&
           eider_decoys_part(e, card, c) == EIDER_PART_TAKES;
}

unsigned
eider_engine_decoys(const eider_engine *e, const char *account)
{
    unsigned n = 0;

    for (guint i = 0; i < e->decoys->len; i++)
        n += strcmp(((eider_member *)g_ptr_array_index(e->decoys, i))->account,
                    account) == 0;
    return n;
}

unsigned
eider_engine_decoys_now(eider_engine *e, const char *account)
{
    unsigned n = 0;

    for (guint i = 0; i < e->decoys->len; i++) {
        const eider_member *m = g_ptr_array_index(e->decoys, i);

        n += strcmp(m->account, account) == 0 && takes_part(e, m);
    }
    return n;
}

/* All members show how many take part, so all of them change with one. */
void
eider_decoys_note(eider_engine *e)
{
    g_autoptr(GPtrArray) told = NULL;
    bool has_changed = false;

    for (guint i = 0; i < e->decoys->len; i++) {
        eider_member *m = g_ptr_array_index(e->decoys, i);
        bool now = takes_part(e, m);

        has_changed = has_changed || now != m->takes_part;
        m->takes_part = now;
    }
    if (!has_changed)
        return;
    told = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < e->decoys->len; i++) {
        const eider_member *m = g_ptr_array_index(e->decoys, i);

        g_ptr_array_add(told, g_strdup(m->account));
        g_ptr_array_add(told, g_strdup(m->peer));
    }
    for (guint i = 0; i < told->len; i += 2)
        e->env.changed(e->env.data, g_ptr_array_index(told, i),
                       g_ptr_array_index(told, i + 1));
}

/* ---- offers --------------------------------------------------------------- */

/* Is this a member who is to be asked, and has not been? */
static bool
is_to_ask(eider_engine *e, const eider_contact *c)
{
    const eider_card *card = eider_card_find(e, c->account, c->peer);
    const eider_steady *m = &c->steady;

    return card != NULL && card->is_decoy && !card->is_refused &&
           !m->is_by_hand && m->slot != EIDER_SLOT_DECOYS &&
           m->offer_slot != EIDER_SLOT_DECOYS && m->closing == 0 &&
           m->stop_ms == 0 && c->sessions->len > 0 &&
           eider_card_count(card, EIDER_TRUST_ACCEPTED) > 0 &&
           eider_engine_is_private(e, c->account, c->peer);
}

void
eider_decoys_tick(eider_engine *e, eider_contact *c)
{
    uint64_t now = eider_now(e);

    if (!is_to_ask(e, c) ||
        !e->env.is_online(e->env.data, c->account, c->peer) ||
        !e->env.is_reachable(e->env.data, c->account, c->peer)) {
        c->decoy_ms = 0;
    } else if (!eider_steady_fits(e, c, EIDER_SLOT_DECOYS)) {
        if (c->decoy_ms <= now)
            c->decoy_ms = now + eider_span(e, EIDER_DECOYS_AGAIN);
    } else {
        c->decoy_ms = 0;
        eider_steady_turn_on(e, c, EIDER_SLOT_DECOYS);
    }
}

/* ---- the user's set ------------------------------------------------------- */

/* Names, each once; NULL: one of them cannot be. */
static GHashTable *
read_names(const char *const *peers, size_t n)
{
    GHashTable *names = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < n; i++) {
        if (peers[i][0] == '\0' || strlen(peers[i]) > EIDER_KEY_MAX) {
            g_hash_table_destroy(names);
            return NULL;
        }
        g_hash_table_add(names, (gpointer)peers[i]);
    }
    return names;
}

/* On their cards; @came takes who was not in the set, @gone who is not. */
static void
mark(eider_engine *e, const char *account, GHashTable *names, GPtrArray *came,
     GPtrArray *gone)
{
    GHashTableIter it;
    gpointer k;

    for (guint i = 0; i < e->decoys->len; i++) {
        const eider_member *m = g_ptr_array_index(e->decoys, i);
        eider_card *card = eider_card_find(e, m->account, m->peer);

        if (card == NULL || strcmp(m->account, account) != 0 ||
            g_hash_table_contains(names, m->peer))
            continue;
        card->is_decoy = card->is_refused = false;
        g_ptr_array_add(gone, g_strdup(m->peer));
    }
    g_hash_table_iter_init(&it, names);
    while (g_hash_table_iter_next(&it, &k, NULL)) {
        eider_card *card = eider_card_get(e, account, k);

        if (card->is_decoy)
            continue;
        card->is_decoy = true;
        card->is_refused = false;
        g_ptr_array_add(came, g_strdup(k));
    }
}

/* Whatever was said before, the user asks now.  One that cannot be written is
 * asked with the next change of his. */
static void
bring_in(eider_engine *e, const char *account, const char *peer)
{
    eider_contact *c = eider_contact_get(e, account, peer);

    if (c == NULL)
        return;
    c->is_dirty = c->is_dirty || c->steady.is_by_hand;
    c->steady.is_by_hand = false;
    (void)!eider_commit(e, c);
}

eider_err
eider_engine_decoys_set(eider_engine *e, const char *account,
                        const char *const *peers, size_t n)
{
    g_autoptr(GHashTable) names = read_names(peers, n);
    g_autoptr(GPtrArray) came = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func(g_free);
    guint count = names != NULL ? g_hash_table_size(names) : 0;

    if (names == NULL)
        return EIDER_E_MALFORMED;
    if (count != 0 && (count < EIDER_DECOYS_MIN || count > EIDER_DECOYS_MAX))
        return EIDER_E_LIMIT;
    mark(e, account, names, came, gone);
    if (came->len + gone->len == 0)
        return EIDER_OK;
    if (eider_index_write(e) != EIDER_OK) {
        eider_index_roll_back(e);
        return EIDER_E_STORE;
    }
    eider_decoys_index(e);
    for (guint i = 0; i < came->len; i++)
        bring_in(e, account, g_ptr_array_index(came, i));
    eider_effects_run(e);
    for (guint i = 0; i < gone->len; i++)
        e->env.changed(e->env.data, account, g_ptr_array_index(gone, i));
    for (guint i = 0; i < came->len; i++)
        e->env.changed(e->env.data, account, g_ptr_array_index(came, i));
    return EIDER_OK;
}

/* ---- looking -------------------------------------------------------------- */

void
eider_decoys_look(eider_engine *e, const eider_card *card, eider_contact *c,
                  eider_status *out)
{
    if (!card->is_decoy)
        return;
    out->part = eider_decoys_part(e, card, c);
    out->decoys = eider_engine_decoys(e, card->account);
    out->decoys_now = eider_engine_decoys_now(e, card->account);
}

static bool
fill_row(eider_engine *e, const eider_card *card, eider_decoy *out)
{
    bool is_private = eider_engine_is_private(e, card->account, card->peer);
    bool is_met = eider_card_count(card, EIDER_TRUST_ACCEPTED) > 0;
    eider_contact *c;

    *out = (eider_decoy){.peer = card->peer, .is_member = card->is_decoy};
    if (!card->is_decoy && !is_private && !is_met)
        return false;
    out->is_online =
        e->env.is_online(e->env.data, card->account, card->peer) &&
        e->env.is_reachable(e->env.data, card->account, card->peer);
    if (!card->is_decoy) {
        out->part = !is_private ? EIDER_PART_OPEN
                    : !is_met   ? EIDER_PART_UNMET
                                : EIDER_PART_NONE;
        return true;
    }
    c = eider_contact_get(e, card->account, card->peer);
    out->part = c != NULL ? eider_decoys_part(e, card, c) : EIDER_PART_HINDERED;
    return true;
}

size_t
eider_engine_decoys_list(eider_engine *e, const char *account,
                         void (*row)(void *arg, const eider_decoy *d),
                         void *arg)
{
    GHashTableIter it;
    size_t n = 0;
    gpointer v;

    /* Loading one may write cards, but makes and takes away none. */
    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_card *card = v;
        eider_decoy d;

        if (strcmp(card->account, account) != 0 || !fill_row(e, card, &d))
            continue;
        row(arg, &d);
        n++;
    }
    eider_effects_run(e);
    return n;
}
