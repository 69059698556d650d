/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a key's answers were wrong, and which keys were compared well. */
#include "work.h"

static eider_tries *
find_tries(const eider_contact *c, const eider_public *pk)
{
    for (guint i = 0; i < c->tries->len; i++) {
        eider_tries *t = &g_array_index(c->tries, eider_tries, i);

        if (eider_public_is_equal(&t->pk, pk))
            return t;
    }
    return NULL;
}

unsigned
eider_tries_count(const eider_engine *e, const eider_contact *c,
                  const eider_public *pk)
{
    const eider_tries *t = find_tries(c, pk);

    return t != NULL &&
                   eider_now(e) < t->last_ms + eider_span(e, EIDER_CHECK_CLOSED)
               ? t->n
               : 0;
}

bool
eider_tries_is_closed(const eider_engine *e, const eider_contact *c,
                      const eider_public *pk)
{
    return eider_tries_count(e, c, pk) >= EIDER_CHECK_FAILURES_MAX;
}

void
eider_tries_add(eider_engine *e, eider_contact *c, const eider_public *pk)
{
    eider_tries fresh = {*pk, eider_tries_count(e, c, pk) + 1, eider_now(e)};

    eider_tries_forget(c, pk);
    if (c->tries->len >= EIDER_CHECK_KEYS)
        g_array_remove_index(c->tries, 0);
    g_array_append_val(c->tries, fresh);
    c->is_dirty = true;
}

void
eider_tries_forget(eider_contact *c, const eider_public *pk)
{
    const eider_tries *t = find_tries(c, pk);

    if (t == NULL)
        return;
    g_array_remove_index(c->tries, (guint)(t - (eider_tries *)c->tries->data));
    c->is_dirty = true;
}

void
eider_tries_merge(eider_engine *e, eider_contact *c, const eider_contact *from)
{
    for (guint i = 0; i < from->tries->len; i++) {
        const eider_tries *other = &g_array_index(from->tries, eider_tries, i);
        const eider_public pk = other->pk;
        unsigned n = eider_tries_count(e, from, &pk);
        eider_tries both = {pk, MAX(n, eider_tries_count(e, c, &pk)), 0};
        const eider_tries *own = find_tries(c, &pk);

        if (n == 0)
            continue; /* over */
        both.last_ms = MAX(other->last_ms, own != NULL ? own->last_ms : 0);
        eider_tries_forget(c, &pk);
        if (c->tries->len >= EIDER_CHECK_KEYS)
            g_array_remove_index(c->tries, 0);
        g_array_append_val(c->tries, both);
    }
}

void
eider_check_mark(eider_engine *e, eider_contact *c, const eider_public *pk,
                 eider_check_way how, bool same)
{
    eider_known *k = eider_card_key(eider_card_of(e, c), pk);

    if (same)
        eider_tries_forget(c, pk);
    if (k == NULL)
        return;
    k->is_checked = same;
    k->checked_how = same ? how : EIDER_CHECK_NONE;
    k->checked_at = same ? eider_now(e) / 1000 : 0;
    c->card_dirty = true;
}
