/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is to be looked at next, however many are loaded. */
#include "work.h"

#include "decoys.h"

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

static uint64_t
earlier(uint64_t a, uint64_t b)
{
    return a == 0 ? b : b == 0 ? a : MIN(a, b);
}

uint64_t
eider_find_due(eider_engine *e, eider_contact *c)
{
    uint64_t due = earlier(c->is_soon ? c->soon_ms : 0, c->stray_ms);

    due = earlier(due, c->retry_ms);
    due = earlier(due, eider_meet_due(e, c));
    due = earlier(due, eider_legs_due(e, c));
    due = earlier(due, eider_invite_due(e, c));
    due = earlier(due, eider_outbox_due(e, c));
    due = earlier(due, eider_inbox_due(c));
    due = earlier(due, eider_check_due(e, c));
    due = earlier(due, eider_steady_due(e, c));
    due = earlier(due, c->decoy_ms);
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        due = earlier(due, s->ack_ms);
    }
    return due;
}

void
eider_wake(eider_engine *e)
{
    GSequenceIter *first;
    uint64_t due, ledger, now = eider_now(e);

    eider_clock_watch(e);
    first = g_sequence_get_begin_iter(e->due);
    due = eider_slots_due(e);
    ledger = eider_ledger_due(e);
    if (ledger != 0)
        due = due == 0 ? ledger : MIN(due, ledger);
    if (!g_sequence_iter_is_end(first)) {
        uint64_t ms = ((const eider_contact *)g_sequence_get(first))->due_ms;

        due = due == 0 ? ms : MIN(due, ms);
    }
    e->env.wake_in(e->env.data, due == 0    ? UINT64_MAX
                                : due > now ? due - now
                                            : 0);
}
