/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What becomes of texts that left: acknowledged, sent again, given up; and
 * what changes when keys or sessions come and go.
 */
#include "work.h"

#include "eider/markup.h"

#include <string.h>

/* ---- keys and sessions ---------------------------------------------------- */

void
eider_outbox_bind(eider_contact *c, const eider_public *pk, bool all)
{
    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        if (all || en->targets->len == 0)
            eider_entry_for(en, pk);
    }
}

void
eider_outbox_again(eider_contact *c, const eider_public *pk)
{
    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++) {
            eider_target *t = &g_array_index(en->targets, eider_target, j);

            if (t->state == EIDER_ACKED || !eider_public_is_equal(&t->pk, pk))
                continue;
            t->state = EIDER_WAITS;
            t->has_seq = false;
            t->resends = 0;
        }
    }
}

void
eider_outbox_unbind(eider_contact *c, const eider_public *pk)
{
    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        /* The last one stays: without any, the text would be for whoever
         * comes first. */
        for (guint j = en->targets->len; j-- > 0 && en->targets->len > 1;)
            if (eider_public_is_equal(
                    &g_array_index(en->targets, eider_target, j).pk, pk))
                g_array_remove_index(en->targets, j);
    }
}

/* ---- acknowledgements ----------------------------------------------------- */

/* Something that left later has arrived.  Where the second copy is lost as
 * well there may be nothing new to tell of behind it: then time decides. */
static bool
is_hole(const eider_engine *e, const eider_contact *c, const eider_session *s,
        const eider_target *t, const eider_ack *a)
{
    uint64_t slot = c->steady.slot, now = eider_now(e);

    /* In slots each frame brings an ack, and the way there and back takes two
     * of them: one that still does not have the last text says that it is
     * lost, though nothing left behind it. */
    if (slot != 0 && t->sent_ms + eider_span(e, 3 * slot) <= now)
        return true;
    return t->order < s->acked_order ||
           (t->seq + 1 < eider_ack_end(a) &&
            t->sent_ms + eider_span(e, MAX(EIDER_HOLE_AGAIN, 2 * slot)) <= now);
}

void
eider_outbox_acked(eider_engine *e, eider_contact *c, eider_session *s,
                   const eider_ack *a, uint8_t check)
{
    /* They have what we never sent, or something else under its number. */
    c->is_behind = c->is_behind || eider_ack_end(a) > s->next_seq;
    if (!eider_numbers_fit(c, s, a, check)) {
        c->is_forked = true;
        e->counters.forks++;
    }
    if (c->is_behind || c->is_forked)
        return;
    eider_inbox_floor(s, a->floor, eider_now(e));
    c->retry_gap = 0;
    for (guint i = c->outbox->len; i-- > 0;) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);
        bool is_done = en->targets->len > 0;

        for (guint j = 0; j < en->targets->len; j++) {
            eider_target *t = eider_target_in(en, j, s);

            if (t != NULL && eider_ack_has(a, t->seq)) {
                t->state = EIDER_ACKED;
                eider_numbers_acked(s, en);
                s->acked_order = MAX(s->acked_order, t->first_order);
            }
            is_done =
                is_done && g_array_index(en->targets, eider_target, j).state ==
                               EIDER_ACKED;
        }
        if (is_done)
            eider_texts_leave(c, i, EIDER_TEXT_DELIVERED);
    }
    /* A hole: something that left later has arrived. */
    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++) {
            eider_target *t = eider_target_in(en, j, s);

            if (t == NULL || t->state != EIDER_LEFT || !is_hole(e, c, s, t, a))
                continue;
            t->state = EIDER_WAITS;
            if (t->resends < EIDER_RESENDS_MAX)
                t->resends++;
        }
    }
}

/* ---- time ----------------------------------------------------------------- */

/* The next resend; 10 min after the last a handshake, and another each hour
 * that it takes. */
static uint64_t
resend_due(const eider_engine *e, const eider_target *t)
{
    unsigned step = t->resends < EIDER_RESENDS_MAX    ? t->resends + 1
                    : t->resends == EIDER_RESENDS_MAX ? 2
                                                      : 3;

    return t->sent_ms + eider_repeat_after(e, step);
}

static void
resend_target(eider_engine *e, eider_contact *c, eider_target *t,
              bool came_online)
{
    uint64_t now = eider_now(e),
             grace = now + eider_span(e, EIDER_ONLINE_GRACE);

    if (came_online) {
        t->resends = MIN(t->resends, EIDER_RESENDS_MAX - 1);
        t->sent_ms += grace - resend_due(e, t);
    } else if (resend_due(e, t) > now) {
        return;
    } else if (t->resends < EIDER_RESENDS_MAX) {
        t->resends++;
        t->state = EIDER_WAITS;
    } else {
        t->resends = EIDER_RESENDS_MAX + 1;
        t->sent_ms = now;
        if (!eider_steady_is(c)) /* there silence alone does that */
            eider_meet_trigger(e, c);
    }
    c->is_dirty = true;
}

static void
resend(eider_engine *e, eider_contact *c, bool came_online)
{
    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++) {
            eider_target *t = &g_array_index(en->targets, eider_target, j);

            if (t->state == EIDER_LEFT)
                resend_target(e, c, t, came_online);
        }
    }
}

/* Too much of all, or of what no device has yet. */
static bool
is_too_much(const eider_contact *c, bool of_all)
{
    size_t n = 0, bytes = 0;

    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        if (!of_all && eider_entry_has_arrived(en))
            continue;
        n++;
        bytes += en->text.n;
    }
    return n >= EIDER_OUTBOX_MAX || bytes >= EIDER_OUTBOX_BYTES;
}

bool
eider_outbox_is_full(const eider_contact *c)
{
    return is_too_much(c, false);
}

bool
eider_outbox_has_room(eider_contact *c)
{
    if (eider_outbox_is_full(c))
        return false;
    for (guint i = 0; i < c->outbox->len && is_too_much(c, true);)
        if (eider_entry_has_arrived(g_ptr_array_index(c->outbox, i)))
            eider_texts_leave(c, i, EIDER_TEXT_DELIVERED);
        else
            i++;
    return true;
}

typedef bool choice(const eider_entry *en, uint64_t before_ms);

static bool
is_old(const eider_entry *en, uint64_t before_ms)
{
    return en->written_ms <= before_ms;
}

static bool
is_unbound(const eider_entry *en, uint64_t before_ms)
{
    (void)before_ms;
    return en->targets->len == 0;
}

/* They leave, and the user is told of those that nobody has. */
static void
drop(eider_contact *c, choice *is_over, uint64_t before_ms)
{
    g_autofree char *first = NULL;
    unsigned n = 0;

    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        if (!is_over(en, before_ms))
            continue;
        c->is_dirty = true;
        if (first == NULL && !eider_entry_has_arrived(en))
            first = eider_markup_show((const char *)en->text.p, en->text.n,
                                      en->is_html);
        n += !eider_entry_has_arrived(en);
        eider_texts_leave(c, i--, EIDER_TEXT_GIVEN_UP);
    }
    if (n > 0)
        eider_do_tell(c, EIDER_NEWS_GIVEN_UP, n, first);
}

void
eider_outbox_drop_unbound(eider_contact *c)
{
    drop(c, is_unbound, 0);
}

static void
give_up(eider_engine *e, eider_contact *c)
{
    uint64_t now = eider_now(e), keep = eider_span(e, EIDER_OUTBOX_KEEP);

    if (e->grace_ms <= now)
        drop(c, is_old, now > keep ? now - keep : 0);
    if (c->asked_ms != 0 && !c->told_silent && eider_outbox_waiting(c) > 0 &&
        c->asked_ms + eider_span(e, EIDER_SILENT_WORD) <= now) {
        c->told_silent = c->is_dirty = true;
        eider_do_tell(c, EIDER_NEWS_NO_ANSWER, eider_outbox_waiting(c), NULL);
    }
}

void
eider_outbox_tick(eider_engine *e, eider_contact *c, bool came_online)
{
    if (came_online)
        c->retry_ms = c->retry_gap = 0;
    if (e->env.is_reachable(e->env.data, c->account, c->peer) &&
        e->env.is_online(e->env.data, c->account, c->peer))
        resend(e, c, came_online);
    give_up(e, c);
    (void)eider_outbox_flush(e, c);
}

uint64_t
eider_outbox_due(const eider_engine *e, const eider_contact *c)
{
    uint64_t due = 0, now = eider_now(e);
    bool is_online = e->env.is_online(e->env.data, c->account, c->peer) &&
                     e->env.is_reachable(e->env.data, c->account, c->peer);

    for (guint i = 0; i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);
        uint64_t t =
            MAX(en->written_ms + eider_span(e, EIDER_OUTBOX_KEEP), e->grace_ms);

        for (guint j = 0; is_online && j < en->targets->len; j++) {
            const eider_target *x =
                &g_array_index(en->targets, eider_target, j);

            if (x->state == EIDER_LEFT)
                t = MIN(t, MAX(resend_due(e, x), now));
        }
        due = due == 0 ? t : MIN(due, t);
    }
    if (c->asked_ms != 0 && !c->told_silent && eider_outbox_waiting(c) > 0) {
        uint64_t t = c->asked_ms + eider_span(e, EIDER_SILENT_WORD);

        due = MIN(due, t);
    }
    return due;
}

/* ---- what the user is told at once ---------------------------------------- */

/* They met long ago and a session is lost: the new one is a matter of seconds,
 * and what happened has a line of its own. */
static bool
meets_again(eider_engine *e, eider_contact *c)
{
    return eider_card_of(e, c)->was_private &&
           (c->asked_ms == 0 || c->asked_ms + 60 * 1000 > eider_now(e));
}

void
eider_outbox_tell(eider_engine *e, eider_contact *c)
{
    bool is_there = e->env.is_reachable(e->env.data, c->account, c->peer) &&
                    e->env.is_online(e->env.data, c->account, c->peer);

    if (c->told_waiting || eider_outbox_waiting(c) == 0 ||
        eider_steady_is_paused(e, c) || /* told when it began */
        (eider_slots_run(e, c) && !eider_trust_wants_session(e, c)) ||
        (is_there && meets_again(e, c)))
        return;
    c->told_waiting = true;
    eider_do_tell(
        c, is_there ? EIDER_NEWS_WAITS_MEETING : EIDER_NEWS_WAITS_OFFLINE,
        eider_outbox_waiting(c), NULL);
}
