/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Steady as two sides agree on it, in records of their frames: an offer that
 * is repeated until it is answered, a stop that is answered by one stop.  What
 * the slots then do is in slots.c.
 *
 * A run is the name of one offer.  Once it has ended nothing about it is
 * accepted any more, so that a line that was held back turns nothing on.
 */
#include "work.h"

#include "decoys.h"

#include "eider/crypto.h"

#include <string.h>

bool
eider_steady_is(const eider_contact *c)
{
    return c->steady.slot != 0;
}

static bool
is_accepted(eider_engine *e, const eider_contact *c, const eider_session *s)
{
    const eider_known *k = eider_card_key(eider_card_of(e, c), &s->pk);

    return k != NULL && k->trust == EIDER_TRUST_ACCEPTED;
}

/* ---- what a frame says ---------------------------------------------------- */

/* A frame that starts or ends their slots carries no text, so that no text
 * puts it off. */
bool
eider_steady_is_urgent(const eider_contact *c, const eider_session *s)
{
    return eider_steady_is(c) &&
           (s->owes_stop || s->says_stop || s->accepts > 0);
}

static bool
has_agreed(const eider_contact *c, const eider_session *s)
{
    return s->has_mode && s->mode_run == c->steady.run;
}

static bool
choose(const eider_contact *c, const eider_session *s, eider_mode *out)
{
    const eider_steady *m = &c->steady;

    if (s->owes_stop)
        *out = (eider_mode){EIDER_MODE_STOP, s->stop_run, 0};
    else if (s->says_stop)
        *out = (eider_mode){EIDER_MODE_STOP, m->ended_run, 0};
    else if (s->accepts > 0)
        *out = (eider_mode){EIDER_MODE_ACCEPT, m->run, m->slot};
    else if (m->offer_slot != 0)
        *out = (eider_mode){EIDER_MODE_OFFER, m->offer_run, m->offer_slot};
    else if (m->slot != 0 && m->closing == 0 && !has_agreed(c, s))
        *out = (eider_mode){EIDER_MODE_OFFER, m->run, m->slot};
    else
        return false;
    return true;
}

void
eider_steady_say(eider_engine *e, eider_contact *c, eider_session *s,
                 eider_body *body)
{
    eider_mode m;

    if (!choose(c, s, &m) || !is_accepted(e, c, s) ||
        eider_body_add_mode(body, &m) != EIDER_OK)
        return;
    if (s->owes_stop)
        s->owes_stop = false;
    else if (!s->says_stop && s->accepts > 0)
        s->accepts--;
}

/* ---- changing ------------------------------------------------------------- */

void
eider_steady_agree(eider_contact *c, uint16_t run, uint8_t slot)
{
    eider_steady *m = &c->steady;

    m->run = run;
    m->slot = slot;
    m->offer_slot = m->theirs_slot = m->closing = 0;
    m->ends_ms = m->stop_ms = 0;
    m->is_by_hand = false;
    c->is_dirty = true;
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        s->says_stop = false;
    }
    eider_do_tell(c, EIDER_NEWS_STEADY, slot, NULL);
}

/* No slot follows: what was under way in them begins again as a whole. */
static void
leave(eider_contact *c)
{
    eider_steady *m = &c->steady;

    m->slot = m->closing = 0;
    m->insists = false;
    m->ends_ms = m->stop_ms = 0;
    c->typing = -1;
    c->is_dirty = true;
    eider_slot_text_reset(c);
    g_queue_clear_full(&c->fragments, (GDestroyNotify)eider_waiting_free);
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        s->has_mode = s->owes_cover = false;
        s->accepts = 0;
    }
}

/* We end it, and say so until they answer. */
void
eider_steady_end_run(eider_engine *e, eider_contact *c, uint16_t run)
{
    c->steady.has_ended = c->steady.is_ended_by_us = true;
    c->steady.ended_run = run;
    c->is_dirty = true;
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s == eider_contact_session(c, &s->pk) && is_accepted(e, c, s))
            s->says_stop = true;
    }
}

/* Outside of slots a record needs a frame: one that would bring an ack. */
static void
say_soon(eider_engine *e, eider_contact *c, eider_session *s)
{
    uint64_t due = eider_now(e) + eider_span(e, EIDER_ACK_GAP_MIN);

    if (!eider_steady_is(c) && (s->ack_ms == 0 || due < s->ack_ms))
        s->ack_ms = due;
}

void
eider_steady_say_soon(eider_engine *e, eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s == eider_contact_session(c, &s->pk) && is_accepted(e, c, s))
            say_soon(e, c, s);
    }
}

void
eider_steady_drop(eider_engine *e, eider_contact *c)
{
    const eider_steady *m = &c->steady;

    if (m->slot != 0)
        eider_steady_end_run(e, c, m->run);
    else if (m->offer_slot != 0)
        eider_steady_end_run(e, c, m->offer_run);
    leave(c);
    c->steady.offer_slot = c->steady.theirs_slot = 0;
}

/* ---- their records -------------------------------------------------------- */

bool
eider_steady_fits(eider_engine *e, const eider_contact *c, uint8_t slot)
{
    return e->env.may_steady == NULL ||
           e->env.may_steady(e->env.data, c->account, c->peer, slot,
                             eider_engine_steady_lines(e, c->account, c->peer));
}

static bool
may_accept(eider_engine *e, const eider_contact *c, uint8_t slot)
{
    unsigned own = e->env.own_slot != NULL ? e->env.own_slot(e->env.data)
                                           : EIDER_SLOT_DEFAULT;

    if (c->steady.is_by_hand)
        return false;
    /* All of a set have one slot, and the user has agreed to that one. */
    if (eider_decoys_has(e, c) ? slot != EIDER_SLOT_DECOYS
                               : own == 0 || slot < own)
        return false;
    return eider_steady_fits(e, c, slot);
}

static void
accept(eider_contact *c, eider_session *s, const eider_mode *r)
{
    eider_steady_agree(c, r->run, r->slot);
    s->has_mode = true;
    s->mode_run = r->run;
    s->accepts = EIDER_MODE_SAYS;
}

/* Both offered: the longer slot counts, then the smaller run. */
static bool
is_ours_first(const eider_steady *m, const eider_mode *r)
{
    return m->offer_slot > r->slot ||
           (m->offer_slot == r->slot && m->offer_run < r->run);
}

static void
take_offer(eider_engine *e, eider_contact *c, eider_session *s,
           const eider_mode *r)
{
    eider_steady *m = &c->steady;
    bool is_new = m->theirs_slot == 0 || m->theirs_run != r->run;

    if (m->has_ended && r->run == m->ended_run) {
        s->owes_stop = true;
        s->stop_run = r->run;
        say_soon(e, c, s);
    } else if (!eider_slot_is_valid(r->slot)) {
        return; /* of a later version */
    } else if (m->slot == r->slot && m->run == r->run) {
        s->has_mode = true;
        s->mode_run = r->run;
        s->accepts = EIDER_MODE_SAYS;
    } else if (m->offer_slot != 0) {
        if (!is_ours_first(m, r))
            accept(c, s, r);
    } else if (may_accept(e, c, r->slot)) {
        accept(c, s, r);
    } else {
        m->theirs_slot = r->slot;
        m->theirs_run = r->run;
        if (is_new)
            eider_do_tell(c, EIDER_NEWS_STEADY_ASKED, r->slot, NULL);
    }
    c->is_dirty = true;
}

static void
take_accept(eider_contact *c, eider_session *s, const eider_mode *r)
{
    eider_steady *m = &c->steady;

    if (m->offer_slot != 0 && m->offer_slot == r->slot &&
        m->offer_run == r->run)
        eider_steady_agree(c, r->run, r->slot);
    else if (m->slot != r->slot || m->run != r->run)
        return; /* of something that is over */
    s->has_mode = true;
    s->mode_run = r->run;
    c->is_dirty = true;
}

static bool
is_anybody_to_hear_stop(const eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++)
        if (((eider_session *)g_ptr_array_index(c->sessions, i))->says_stop)
            return true;
    return false;
}

/* Is theirs to be answered?  Whoever ended a run does not answer, and a run
 * that we do not know is answered once, or two answers would go on for ever. */
static bool
is_to_answer(const eider_contact *c, const eider_session *s, uint16_t run)
{
    const eider_steady *m = &c->steady;

    if (m->has_ended && m->ended_run == run)
        return !m->is_ended_by_us;
    return (m->slot != 0 && m->run == run) ||
           (m->offer_slot != 0 && m->offer_run == run) ||
           (m->theirs_slot != 0 && m->theirs_run == run) || s->stop_run != run;
}

static void
take_stop(eider_engine *e, eider_contact *c, eider_session *s,
          const eider_mode *r)
{
    eider_steady *m = &c->steady;

    c->is_dirty = true;
    if (s->says_stop && r->run == m->ended_run) {
        s->says_stop = false; /* the answer to ours */
        if (m->stop_ms != 0 && !is_anybody_to_hear_stop(c))
            leave(c);
        return;
    }
    if (!is_to_answer(c, s, r->run))
        return;
    s->owes_stop = true;
    s->stop_run = r->run;
    if (m->slot != 0 && m->run == r->run) {
        m->has_ended = true;
        m->is_ended_by_us = false;
        m->ended_run = r->run;
        if (m->slot == EIDER_SLOT_DECOYS)
            eider_decoys_answered(e, c, false);
        if (m->closing == 0) {
            m->closing = EIDER_CLOSING_SLOTS;
            eider_do_tell(c, EIDER_NEWS_STEADY_ENDED, 0, NULL);
        }
        /* Where no slot comes, as nobody is there to see it. */
        m->stop_ms = eider_now(e) + eider_span(e, 3u * m->slot);
    }
    if (m->offer_slot != 0 && m->offer_run == r->run) {
        if (m->offer_slot == EIDER_SLOT_DECOYS)
            eider_decoys_answered(e, c, false);
        m->offer_slot = 0;
        eider_do_tell(c, EIDER_NEWS_STEADY_NO, 0, NULL);
    }
    if (m->theirs_slot != 0 && m->theirs_run == r->run)
        m->theirs_slot = 0;
    say_soon(e, c, s);
}

void
eider_steady_take(eider_engine *e, eider_contact *c, eider_session *s,
                  eider_slice value)
{
    eider_mode r;

    if (eider_mode_parse(value, &r) != EIDER_OK || !is_accepted(e, c, s))
        return;
    if (r.op == EIDER_MODE_OFFER)
        take_offer(e, c, s, &r);
    else if (r.op == EIDER_MODE_ACCEPT)
        take_accept(c, s, &r);
    else
        take_stop(e, c, s, &r);
    if (r.op != EIDER_MODE_STOP && c->steady.slot == EIDER_SLOT_DECOYS)
        eider_decoys_answered(e, c, true);
}

/* ---- time ----------------------------------------------------------------- */

/* A slot was used. */
void
eider_steady_used(eider_contact *c)
{
    if (c->steady.closing > 0 && --c->steady.closing == 0)
        leave(c);
}

static uint64_t
offer_due(const eider_engine *e, const eider_contact *c)
{
    const eider_steady *m = &c->steady;

    if (m->offer_slot == 0 || m->slot != 0 || m->offers >= EIDER_OFFERS_MAX)
        return 0;
    return m->offered_ms + eider_repeat_after(e, m->offers);
}

/* Both sides send all the time: one of which nothing is heard has lost the
 * session.  No text has a part in it. */
static uint64_t
silence_due(const eider_engine *e, eider_contact *c)
{
    uint64_t heard = c->steady.silent_ms;

    if (!eider_slots_run(e, c))
        return 0;
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s->is_confirmed)
            heard = MAX(heard, s->opened_ms);
    }
    return heard + eider_slots_span(e, c, eider_span(e, EIDER_TRIGGER_GAP),
                                    EIDER_HS_SLOTS_ALL);
}

void
eider_steady_tick(eider_engine *e, eider_contact *c)
{
    eider_steady *m = &c->steady;
    uint64_t now = eider_now(e), due = offer_due(e, c);

    if (m->stop_ms != 0 && m->stop_ms <= now) {
        leave(c); /* the record goes on in frames with room */
    } else if (m->ends_ms != 0 && m->ends_ms <= now && m->stop_ms == 0) {
        eider_steady_end_run(e, c, m->run);
        m->stop_ms = now + eider_span(e, EIDER_STOP_SLOTS * m->slot);
    }
    if (due != 0 && due <= now &&
        e->env.is_online(e->env.data, c->account, c->peer)) {
        m->offers++;
        m->offered_ms = now;
        eider_steady_say_soon(e, c);
    }
    due = silence_due(e, c);
    if (due != 0 && due <= now) {
        m->silent_ms = now;
        eider_meet_trigger(e, c);
    }
}

uint64_t
eider_steady_due(const eider_engine *e, eider_contact *c)
{
    const eider_steady *m = &c->steady;
    uint64_t due = offer_due(e, c), end = m->stop_ms;
    uint64_t silence = silence_due(e, c);

    if (due <= eider_now(e) &&
        !e->env.is_online(e->env.data, c->account, c->peer))
        due = 0; /* when they are back */
    if (end == 0)
        end = m->ends_ms;
    if (silence != 0)
        end = end == 0 ? silence : MIN(end, silence);
    return due == 0 ? end : end == 0 ? due : MIN(due, end);
}
