/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is to be looked at next, however many are loaded. */
#include "work.h"

static gint
by_due(gconstpointer a, gconstpointer b, gpointer unused)
{
    const eider_contact *x = a, *y = b;

    (void)unused;
    return x->due_ms < y->due_ms ? -1 : x->due_ms > y->due_ms;
}

void
eider_due(eider_engine *e, eider_contact *c, uint64_t ms)
{
    if (c->due_ms == ms && (ms == 0 || c->due_at != NULL))
        return;
    if (c->due_at != NULL)
        g_sequence_remove(c->due_at);
    c->due_ms = ms;
    c->due_at =
        ms != 0 ? g_sequence_insert_sorted(e->due, c, by_due, NULL) : NULL;
}

void
eider_wake(eider_engine *e)
{
    GSequenceIter *first = g_sequence_get_begin_iter(e->due);
    uint64_t due = eider_slots_due(e), now = eider_now(e);

    if (!g_sequence_iter_is_end(first)) {
        uint64_t ms = ((const eider_contact *)g_sequence_get(first))->due_ms;

        due = due == 0 ? ms : MIN(due, ms);
    }
    e->env.wake_in(e->env.data, due == 0    ? UINT64_MAX
                                : due > now ? due - now
                                            : 0);
}
