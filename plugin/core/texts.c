/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The user's own texts as he sees them: waiting, sent, delivered.  What was
 * typed may be several messages: they are a group, named by the first, and the
 * one that is furthest behind speaks for it.
 */
#include "work.h"

#include <string.h>

_Static_assert(EIDER_TEXT_ID_SIZE == EIDER_ID_LEN, "one id, two names");

/* ---- one message ---------------------------------------------------------- */

bool
eider_entry_is_unsent(const eider_entry *en)
{
    for (guint i = 0; i < en->targets->len; i++) {
        const eider_target *t = &g_array_index(en->targets, eider_target, i);

        if (!t->is_back && (t->state != EIDER_WAITS || t->has_seq))
            return false;
    }
    return true;
}

/* One of their devices has it. */
bool
eider_entry_has_arrived(const eider_entry *en)
{
    for (guint i = 0; i < en->targets->len; i++)
        if (g_array_index(en->targets, eider_target, i).state == EIDER_ACKED)
            return true;
    return false;
}

eider_text_state
eider_entry_state(const eider_entry *en)
{
    return eider_entry_has_arrived(en) ? EIDER_TEXT_DELIVERED
           : eider_entry_is_unsent(en) ? EIDER_TEXT_WAITING
                                       : EIDER_TEXT_SENT;
}

/* ---- groups --------------------------------------------------------------- */

static bool
is_same_group(const eider_entry *a, const eider_entry *b)
{
    return memcmp(a->group, b->group, sizeof a->group) == 0;
}

static void
tell_state(eider_contact *c, const eider_entry *en, eider_text_state state)
{
    eider_effect *f = g_new0(eider_effect, 1);

    f->what = EIDER_DO_STATE;
    f->account = g_strdup(c->account);
    f->peer = g_strdup(c->peer);
    memcpy(f->id, en->group, sizeof f->id);
    f->state = state;
    g_queue_push_tail(&c->effects, f);
}

/* For all of its group; says whether there is one in @list. */
static bool
set_told(GPtrArray *list, const eider_entry *en, eider_text_state state)
{
    bool has_any = false;

    for (guint i = 0; i < list->len; i++) {
        eider_entry *x = g_ptr_array_index(list, i);

        if (!is_same_group(x, en))
            continue;
        x->told = state;
        has_any = true;
    }
    return has_any;
}

void
eider_texts_leave(eider_contact *c, guint i, eider_text_state why)
{
    eider_entry *en = g_ptr_array_steal_index(c->outbox, i);

    en->fate = eider_entry_has_arrived(en) ? EIDER_TEXT_DELIVERED : why;
    g_ptr_array_add(c->gone, en);
}

/* Where other messages of a text that arrived are left, those will tell. */
static void
note_gone(eider_contact *c, bool arrived)
{
    for (guint i = 0; i < c->gone->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->gone, i);

        if ((en->fate == EIDER_TEXT_DELIVERED) != arrived ||
            en->told >= EIDER_TEXT_DELIVERED ||
            (arrived && set_told(c->outbox, en, en->told)))
            continue;
        tell_state(c, en, en->fate);
        (void)set_told(c->outbox, en, en->fate);
        (void)set_told(c->gone, en, en->fate);
    }
}

void
eider_texts_note(eider_contact *c)
{
    note_gone(c, false);
    note_gone(c, true);
    g_ptr_array_set_size(c->gone, 0);
    for (guint i = 0, next; i < c->outbox->len; i = next) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);
        eider_text_state state = eider_entry_state(en);

        for (next = i + 1; next < c->outbox->len; next++) {
            const eider_entry *x = g_ptr_array_index(c->outbox, next);

            if (!is_same_group(x, en))
                break;
            state = MIN(state, eider_entry_state(x));
        }
        if (en->told >= EIDER_TEXT_DELIVERED || en->told == state)
            continue;
        for (guint j = i; j < next; j++)
            ((eider_entry *)g_ptr_array_index(c->outbox, j))->told = state;
        tell_state(c, en, state);
    }
}

void
eider_texts_take_back(eider_engine *e, eider_contact *c, const eider_entry *en)
{
    for (GList *l = e->effects.head, *next; l != NULL; l = next) {
        eider_effect *f = l->data;

        next = l->next;
        if (f->what != EIDER_DO_STATE || f->state != EIDER_TEXT_SENT ||
            memcmp(f->id, en->group, sizeof f->id) != 0)
            continue;
        g_queue_delete_link(&e->effects, l);
        eider_effect_free(f);
        (void)set_told(c->outbox, en, EIDER_TEXT_WAITING);
    }
}

/* ---- a contact comes from disk -------------------------------------------- */

static const eider_entry *
find_entry(const GPtrArray *list, const uint8_t *id)
{
    for (guint i = 0; i < list->len; i++) {
        const eider_entry *en = g_ptr_array_index(list, i);

        if (memcmp(en->id, id, sizeof en->id) == 0)
            return en;
    }
    return NULL;
}

void
eider_texts_loaded(eider_contact *c, const eider_contact *old)
{
    c->delivered = old != NULL ? old->delivered : 0;
    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);
        const eider_entry *was =
            old != NULL ? find_entry(old->outbox, en->id) : NULL;

        if (was == NULL && old != NULL)
            was = find_entry(old->gone, en->id);
        memcpy(en->group, was != NULL ? was->group : en->id, sizeof en->group);
        en->told = was != NULL ? was->told : eider_entry_state(en);
    }
}

/* ---- telling and asking --------------------------------------------------- */

void
eider_texts_run(eider_engine *e, const eider_effect *f)
{
    g_autofree char *key = eider_people_key(f->account, f->peer);
    eider_contact *c = g_hash_table_lookup(e->contacts, key);

    if (c != NULL && f->state == EIDER_TEXT_DELIVERED)
        c->delivered++;
    if (e->env.text_state != NULL)
        e->env.text_state(e->env.data, f->account, f->peer, f->id, f->state);
}

bool
eider_engine_text(eider_engine *e, const char *account, const char *peer,
                  const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state *out)
{
    eider_contact *c = eider_card_find(e, account, peer) != NULL
                           ? eider_contact_get(e, account, peer)
                           : NULL;
    bool found = false;

    *out = EIDER_TEXT_WAITING;
    for (guint i = 0; c != NULL && i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        if (memcmp(en->group, id, sizeof en->group) != 0)
            continue;
        *out = found ? MIN(*out, eider_entry_state(en)) : eider_entry_state(en);
        found = true;
    }
    eider_effects_run(e);
    return found;
}
