/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When we call, what an arriving message means for our own, and its time. */
#include "work.h"

#include <string.h>

#define REPEAT_ALWAYS 3 /* from the 1 h repeat on presence is not waited for */

void
eider_meet_want(eider_engine *e, eider_contact *c, bool by_user)
{
    const eider_card *card = eider_card_of(e, c);

    if (c->asked_ms == 0 && eider_trust_wants_session(e, c)) {
        c->asked_ms = eider_now(e);
        c->is_dirty = true;
    }
    if (!e->env.is_reachable(e->env.data, c->account, c->peer) ||
        (!by_user && eider_card_is_blocked(card)))
        return;
    if (card->keys->len == 0 && !card->has_spoken &&
        c->meeting.state == EIDER_MEET_IDLE) {
        eider_invite_send(e, c, by_user);
        return;
    }
    if (c->meeting.state == EIDER_MEET_IDLE ||
        (c->meeting.state == EIDER_MEET_CALLING && by_user))
        (void)!eider_meet_step(e, c, EIDER_EV_START, NULL);
}

bool
eider_trigger_take(eider_engine *e, eider_contact *c)
{
    uint64_t now = eider_now(e), gap = c->trigger_gap;

    if (gap == 0 || c->trigger_ms > now ||
        now - c->trigger_ms >= eider_span(e, EIDER_TRIGGER_GAP_MAX))
        gap = EIDER_TRIGGER_GAP;
    else if (now < c->trigger_ms + eider_span(e, gap))
        return false;
    else
        gap = MIN(gap * 2, EIDER_TRIGGER_GAP_MAX);
    c->trigger_ms = now;
    c->trigger_gap = gap;
    c->is_dirty = true;
    return true;
}

void
eider_meet_trigger(eider_engine *e, eider_contact *c)
{
    const eider_card *card = eider_card_find(e, c->account, c->peer);
    const eider_meeting *m = &c->meeting;

    if ((card != NULL &&
         (card->choice == EIDER_OFF || eider_card_is_blocked(card))) ||
        m->state == EIDER_MEET_PAUSED ||
        (m->state == EIDER_MEET_CALLING && !eider_meet_is_used_up(e, m)) ||
        !eider_trigger_take(e, c))
        return;
    (void)!eider_meet_step(e, c, EIDER_EV_START, NULL);
}

static void
take_1(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    const eider_meeting *m = &c->meeting;
    uint8_t h1[EIDER_H1_LEN];
    eider_hs_id id;
    int order = -1;

    eider_handshake_h1(as->whole, h1, &id);
    if (memcmp(id.b, as->id.b, sizeof id.b) != 0)
        return;
    if (m->state != EIDER_MEET_IDLE)
        order = memcmp(h1, m->a.h1, sizeof h1);
    for (guint i = 0; i < c->closed->len && order != 0; i++)
        if (memcmp(h1, g_array_index(c->closed, eider_closed, i).h1,
                   sizeof h1) == 0)
            order = 0;
    if (order == 0)
        return; /* our own line came back */
    /* Ours wins, but so long without an answer it gets none any more: they may
     * have answered it before our state was put back. */
    if (m->state == EIDER_MEET_CALLING &&
        m->since_ms + eider_span(e, EIDER_PAUSE) <= eider_now(e))
        order = -1;
    (void)!eider_meet_step(e, c, order < 0 ? EIDER_EV_M1_LOW : EIDER_EV_M1_HIGH,
                           as);
}

static void
take_2(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    eider_hs_id id;

    if (c->meeting.state != EIDER_MEET_IDLE) {
        eider_handshake_id23(c->meeting.a.h1, as->whole, &id);
        if (memcmp(id.b, as->id.b, sizeof id.b) == 0) {
            (void)!eider_meet_step(e, c, EIDER_EV_M2, as);
            if (c->meeting.answers >= EIDER_GOOD_ANSWERS_MAX)
                (void)!eider_meet_step(e, c, EIDER_EV_EXPIRE, NULL);
            return;
        }
    }
    for (guint i = 0; i < c->closed->len; i++) {
        eider_handshake_id23(g_array_index(c->closed, eider_closed, i).h1,
                             as->whole, &id);
        if (memcmp(id.b, as->id.b, sizeof id.b) == 0) {
            (void)!eider_meet_step(e, c, EIDER_EV_M2_CLOSED, as);
            return;
        }
    }
}

void
eider_meet_take(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    eider_leg *l;

    if (as->message == 1) {
        take_1(e, c, as);
    } else if (as->message == 2) {
        take_2(e, c, as);
    } else {
        l = eider_leg_find(c, &as->id, 3);
        if (l != NULL)
            (void)!eider_leg_step(e, c, l, EIDER_EV_M3, as);
    }
}

/* ---- time ----------------------------------------------------------------- */

static uint64_t
repeat_due(const eider_engine *e, const eider_contact *c)
{
    const eider_meeting *m = &c->meeting;
    /* The answer to an invitation: 2 min and 1 h only. */
    unsigned step = m->repeats_max == EIDER_REPEATS_INVITED ? m->repeats * 2 + 1
                                                            : m->repeats;

    return m->sent_ms +
           eider_slots_span(e, c, eider_repeat_after(e, step), EIDER_HS_SLOTS);
}

static void
repeat_if_due(eider_engine *e, eider_contact *c, bool came_online)
{
    eider_meeting *m = &c->meeting;
    bool is_online = e->env.is_online(e->env.data, c->account, c->peer);

    if (eider_meet_is_used_up(e, m)) {
        /* Somebody who never spoke is called again only when the user
         * writes; the others also when they come online. */
        if (came_online && m->repeats_max == EIDER_REPEATS_MAX &&
            eider_trust_wants_session(e, c))
            (void)!eider_meet_step(e, c, EIDER_EV_START, NULL);
        return;
    }
    if (!e->env.is_reachable(e->env.data, c->account, c->peer) ||
        eider_slots_has(c, &m->a.id1, 1))
        return;
    if (came_online || (eider_now(e) >= repeat_due(e, c) &&
                        (is_online || m->repeats >= REPEAT_ALWAYS)))
        (void)!eider_meet_step(e, c, EIDER_EV_REPEAT, NULL);
}

void
eider_meet_expire(const eider_engine *e, eider_contact *c)
{
    while (c->closed->len > 0 &&
           g_array_index(c->closed, eider_closed, 0).since_ms +
                   eider_span(e, EIDER_ANSWERED_KEEP) <=
               eider_now(e))
        g_array_remove_index(c->closed, 0);
}

void
eider_meet_tick(eider_engine *e, eider_contact *c, bool came_online)
{
    eider_meeting *m = &c->meeting;
    uint64_t now = eider_now(e);

    eider_meet_expire(e, c);
    if (m->state == EIDER_MEET_PAUSED && m->pause_ms <= now)
        (void)!eider_meet_step(e, c, EIDER_EV_RESUME, NULL);
    if ((m->state == EIDER_MEET_MET && m->wipe_ms <= now) ||
        (m->state != EIDER_MEET_IDLE &&
         m->since_ms + eider_span(e, EIDER_ATTEMPT_KEEP) <= now))
        (void)!eider_meet_step(e, c, EIDER_EV_EXPIRE, NULL);
    if (m->state == EIDER_MEET_CALLING && m->insist_ms != 0 &&
        m->insist_ms <= now)
        eider_meet_send(e, c, &m->insist_mask);
    if (m->state == EIDER_MEET_CALLING)
        repeat_if_due(e, c, came_online);
    else if (m->state == EIDER_MEET_IDLE && came_online &&
             eider_trust_wants_session(e, c))
        eider_meet_want(e, c, false);
}

uint64_t
eider_meet_due(const eider_engine *e, const eider_contact *c)
{
    const eider_meeting *m = &c->meeting;
    uint64_t due, expires;

    if (m->state == EIDER_MEET_IDLE)
        return 0;
    if (m->state == EIDER_MEET_MET)
        return m->wipe_ms;
    expires = m->since_ms + eider_span(e, EIDER_ATTEMPT_KEEP);
    if (m->state == EIDER_MEET_PAUSED)
        return MIN(m->pause_ms, expires);
    if (m->insist_ms != 0)
        expires = MIN(expires, m->insist_ms);
    if (eider_meet_is_used_up(e, m))
        return expires;
    due = repeat_due(e, c);
    /* Due, but the peer is not there: coming online is the next chance. */
    return due > eider_now(e) ? MIN(due, expires) : expires;
}

void
eider_meet_too_big(eider_engine *e, const eider_effect *f)
{
    eider_contact *c = eider_contact_get(e, f->account, f->peer);
    eider_size size;

    if (c == NULL)
        return;
    size = eider_size_now(e, c);
    if (size >= f->size)
        return; /* nothing smaller is known: the next repeat tries again */
    if (c->meeting.state == EIDER_MEET_CALLING)
        eider_meet_send(e, c, NULL);
    for (guint i = 0; i < c->legs->len; i++) {
        eider_leg *l = g_ptr_array_index(c->legs, i);

        if (l->state != EIDER_LEG_ANSWERED || l->size <= size)
            continue;
        l->size = size;
        c->is_dirty = true;
        eider_send_fragments(e, c, l->address, &l->mask, &l->id23, 2,
                             l->a->message, l->size);
    }
    (void)!eider_commit(e, c);
}
