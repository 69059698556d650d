/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Handshake frames that wait for slots. */
#include "work.h"

#include <string.h>

void
eider_waiting_free(eider_waiting_frame *w)
{
    if (w == NULL)
        return;
    g_free(w->to);
    g_free(w);
}

/* Five frames each way: what is said again sooner than its answer can be here
 * only makes it later. */
uint64_t
eider_slots_span(const eider_engine *e, const eider_contact *c, uint64_t ms,
                 unsigned slots)
{
    return MAX(ms, eider_span(e, (uint64_t)slots * c->steady.slot));
}

bool
eider_slots_has(const eider_contact *c, const eider_hs_id *id, uint8_t message)
{
    for (const GList *l = c->fragments.head; l != NULL; l = l->next) {
        const eider_waiting_frame *w = l->data;

        if (w->message == message && memcmp(w->id.b, id->b, sizeof id->b) == 0)
            return true;
    }
    return false;
}

void
eider_slots_queue(eider_contact *c, const char *to, const eider_frame *f,
                  const eider_hs_id *id, uint8_t message)
{
    eider_waiting_frame *w;

    if (g_queue_get_length(&c->fragments) >= EIDER_SLOT_QUEUE)
        return; /* repeats make up for it */
    w = g_new0(eider_waiting_frame, 1);
    w->frame = *f;
    w->id = *id;
    w->message = message;
    w->to = g_strdup(to);
    g_queue_push_tail(&c->fragments, w);
}

eider_waiting_frame *
eider_slots_next(eider_engine *e, eider_contact *c)
{
    eider_waiting_frame *w = g_queue_pop_head(&c->fragments);

    if (w != NULL && w->message == 1)
        c->meeting.sent_ms = eider_now(e); /* repeats count from here */
    return w;
}
