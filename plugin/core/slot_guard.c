/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that come just before a slot.  A text costs more than cover when it
 * arrives (it is written and shown), and who delivers lines could see by how
 * late ours follows which of them it was.  So none is looked at until the slot
 * is over.
 */
#include "work.h"

typedef struct {
    char *account, *peer, *from;
    uint64_t ms;
    eider_frame frame;
} held_line;

static void
free_held(gpointer p)
{
    held_line *h = p;

    g_free(h->account);
    g_free(h->peer);
    g_free(h->from);
    g_free(h);
}

static bool
is_near(const eider_engine *e)
{
    uint64_t near = eider_now(e) + eider_span_ms(e, EIDER_SLOT_GUARD);
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, e->slots);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_slots *x = v;

        if (x->is_running && eider_schedule_is_due(&x->clock, near))
            return true;
    }
    return false;
}

bool
eider_guard_hold(eider_engine *e, const char *account, const char *peer,
                 const char *from, const eider_frame *f)
{
    held_line *h;

    if (!eider_engine_is_steady(e, account, peer) || !is_near(e) ||
        g_queue_get_length(&e->held) >= EIDER_SLOT_HELD)
        return false;
    h = g_new0(held_line, 1);
    h->account = g_strdup(account);
    h->peer = g_strdup(peer);
    h->from = g_strdup(from);
    h->frame = *f;
    h->ms = e->arrival.ms;
    g_queue_push_tail(&e->held, h);
    return true;
}

/* A slot was used, or none is near any more. */
void
eider_guard_let_in(eider_engine *e, bool was_used)
{
    held_line *h;

    if (!was_used && is_near(e))
        return;
    for (guint n = g_queue_get_length(&e->held);
         n > 0 && (h = g_queue_pop_head(&e->held)) != NULL; n--) {
        e->arrival.ms = h->ms;
        eider_receive_frame(e, h->account, h->peer, h->from, &h->frame);
        free_held(h);
    }
}

bool
eider_guard_is_due(const eider_engine *e)
{
    return !g_queue_is_empty(&((eider_engine *)e)->held) && !is_near(e);
}

void
eider_guard_clear(eider_engine *e)
{
    g_queue_clear_full(&e->held, free_held);
}
