/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A clock that was ahead and was set right: what happened "in the future" has
 * happened now, and nothing waits longer than it would have from now on.  One
 * that jumps ahead may be wrong, too: for an hour no text is given up.
 */
#include "work.h"

#define JUMP 86400 /* seconds: so long nobody looked at the clock */

static void
pull(uint64_t *ms, uint64_t latest)
{
    *ms = MIN(*ms, latest);
}

static void
settle_texts(const eider_engine *e, eider_contact *c, uint64_t now)
{
    uint64_t hold = now + eider_inbox_hold(e, c);

    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        pull(&en->written_ms, now);
        if (en->written_ms < EIDER_EPOCH_2020_MS)
            en->written_ms = now; /* where a clock begins that nobody set */
        for (guint j = 0; j < en->targets->len; j++)
            pull(&g_array_index(en->targets, eider_target, j).sent_ms, now);
    }
    for (guint i = 0; i < c->inbox->len; i++)
        pull(&((eider_item *)g_ptr_array_index(c->inbox, i))->hold_ms, hold);
    for (guint i = 0; i < c->partials->len; i++)
        pull(&((eider_partial *)g_ptr_array_index(c->partials, i))->since_ms,
             now);
}

static void
settle_sessions(const eider_engine *e, eider_contact *c, uint64_t now)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        pull(&s->confirmed_ms, now);
        pull(&s->opened_ms, now);
        pull(&s->gap_ms, now);
        pull(&s->pq_ms, now);
        pull(&s->ack_ms, now + eider_span(e, EIDER_ACK_MAX));
    }
}

static void
settle_meeting(const eider_engine *e, eider_contact *c, uint64_t now)
{
    eider_meeting *m = &c->meeting;

    pull(&m->since_ms, now);
    pull(&m->sent_ms, now);
    pull(&m->wipe_ms, now + eider_span(e, EIDER_EPHEMERAL_KEEP));
    pull(&m->pause_ms, now + eider_slots_span(e, c, eider_span(e, EIDER_PAUSE),
                                              EIDER_HS_SLOTS_ALL));
    pull(&m->insist_ms,
         now + eider_slots_span(e, c, eider_span(e, EIDER_REPEAT_GAP),
                                EIDER_HS_SLOTS));
    for (guint i = 0; i < c->legs->len; i++) {
        eider_leg *l = g_ptr_array_index(c->legs, i);

        pull(&l->since_ms, now);
        pull(&l->sent_ms, now);
    }
    for (guint i = 0; i < c->assemblies->len; i++)
        pull(&((eider_assembly *)g_ptr_array_index(c->assemblies, i))->since_ms,
             now);
    for (guint i = 0; i < c->closed->len; i++)
        pull(&g_array_index(c->closed, eider_closed, i).since_ms, now);
}

static void
settle_checks(eider_contact *c, uint64_t now)
{
    pull(&c->check.since_ms, now);
    pull(&c->check.sent_ms, now);
    pull(&c->check.again_ms, now);
    pull(&c->refusal.at_ms, now);
    for (guint i = 0; i < c->tries->len; i++)
        pull(&g_array_index(c->tries, eider_tries, i).last_ms, now);
}

static void
settle_steady(const eider_engine *e, eider_contact *c, uint64_t now)
{
    eider_steady *m = &c->steady;

    pull(&m->ends_ms, now + eider_span(e, EIDER_LINGER_MAX));
    pull(&m->stop_ms, now + eider_span(e, EIDER_STOP_SLOTS * m->slot));
    pull(&m->silent_ms, now);
    pull(&m->offered_ms, now);
}

void
eider_clock_settle(const eider_engine *e, eider_contact *c)
{
    uint64_t now = eider_now(e);

    settle_texts(e, c, now);
    settle_sessions(e, c, now);
    settle_meeting(e, c, now);
    settle_checks(c, now);
    settle_steady(e, c, now);
    pull(&c->trigger_ms, now);
    pull(&c->invited_ms, now);
    pull(&c->answered_ms, now);
    pull(&c->asked_ms, now);
    pull(&c->soon_ms, now);
    pull(&c->retry_ms, now + eider_span(e, EIDER_RETRY_MAX));
    pull(&c->stray_ms, now + eider_span(e, EIDER_TRIGGER_GAP));
    pull(&c->decoy_ms, now + eider_span(e, EIDER_DECOYS_AGAIN));
}

void
eider_clock_watch(eider_engine *e)
{
    uint64_t now = eider_now(e), seen = e->seen_ms;
    GHashTableIter it;
    gpointer v;

    e->seen_ms = now;
    if (now >= seen && now - seen < eider_span(e, JUMP))
        return;
    e->grace_ms = now + eider_span(e, EIDER_OUTBOX_GRACE);
    g_hash_table_iter_init(&it, e->contacts);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        eider_clock_settle(e, v);
        eider_look_ahead(e, v);
    }
}
