/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own message 1 and its fate.  The table below is the one in PROTOCOL.md,
 * "State tables"; an empty cell is EIDER_E_STATE, there is no other
 * default, and the state moves only if the action succeeded.
 */
#include "work.h"

#include <string.h>

typedef eider_err action(eider_engine *e, eider_contact *c, eider_assembly *as);

static action begin, begin_invited, begin_again, invited_again, answer,
    yield_to, insist, finish, reopen, repeat, resume, forget;

/* clang-format off */
static const struct {
    action *act;
    eider_meet_state next;
} table[EIDER_MEET_STATES][EIDER_MEET_EVENTS] = {
    [EIDER_MEET_IDLE] = {
        [EIDER_EV_START]     = {begin,         EIDER_MEET_CALLING},
        [EIDER_EV_INVITED]   = {begin_invited, EIDER_MEET_CALLING},
        [EIDER_EV_M1_LOW]    = {answer,        EIDER_MEET_IDLE},
        [EIDER_EV_M1_HIGH]   = {answer,        EIDER_MEET_IDLE},
        [EIDER_EV_M2_CLOSED] = {reopen,        EIDER_MEET_CALLING}},
    [EIDER_MEET_CALLING] = {
        [EIDER_EV_START]     = {begin_again,   EIDER_MEET_CALLING},
        [EIDER_EV_INVITED]   = {invited_again, EIDER_MEET_CALLING},
        [EIDER_EV_M1_LOW]    = {yield_to,      EIDER_MEET_PAUSED},
        [EIDER_EV_M1_HIGH]   = {insist,        EIDER_MEET_CALLING},
        [EIDER_EV_M2]        = {finish,        EIDER_MEET_MET},
        [EIDER_EV_REPEAT]    = {repeat,        EIDER_MEET_CALLING},
        [EIDER_EV_EXPIRE]    = {forget,        EIDER_MEET_IDLE},
        [EIDER_EV_OFF]       = {forget,        EIDER_MEET_IDLE}},
    [EIDER_MEET_PAUSED] = {
        [EIDER_EV_M1_LOW]    = {answer,        EIDER_MEET_PAUSED},
        [EIDER_EV_M1_HIGH]   = {answer,        EIDER_MEET_PAUSED},
        [EIDER_EV_M2]        = {finish,        EIDER_MEET_MET},
        [EIDER_EV_RESUME]    = {resume,        EIDER_MEET_CALLING},
        [EIDER_EV_CONFIRMED] = {forget,        EIDER_MEET_IDLE},
        [EIDER_EV_EXPIRE]    = {forget,        EIDER_MEET_IDLE},
        [EIDER_EV_OFF]       = {forget,        EIDER_MEET_IDLE}},
    [EIDER_MEET_MET] = {
        [EIDER_EV_START]     = {begin,         EIDER_MEET_CALLING},
        [EIDER_EV_M1_LOW]    = {answer,        EIDER_MEET_MET},
        [EIDER_EV_M1_HIGH]   = {answer,        EIDER_MEET_MET},
        [EIDER_EV_M2]        = {finish,        EIDER_MEET_MET},
        [EIDER_EV_EXPIRE]    = {forget,        EIDER_MEET_IDLE},
        [EIDER_EV_OFF]       = {forget,        EIDER_MEET_IDLE}},
};
/* clang-format on */

bool
eider_meet_has_cell(eider_meet_state s, eider_meet_event ev,
                    eider_meet_state *next)
{
    *next = table[s][ev].next;
    return table[s][ev].act != NULL;
}

eider_err
eider_meet_step(eider_engine *e, eider_contact *c, eider_meet_event ev,
                eider_assembly *as)
{
    eider_meet_state was = c->meeting.state;
    action *act = table[was][ev].act;
    eider_err err = act != NULL ? act(e, c, as) : EIDER_E_STATE;

    if (err == EIDER_OK) {
        c->meeting.state = table[was][ev].next;
        c->is_dirty = true;
    }
    return err;
}

/* ---- sending message 1 ---------------------------------------------------- */

uint64_t
eider_repeat_after(const eider_engine *e, unsigned repeats)
{
    static const uint64_t after[] = {30, 120, 600, 3600, 86400};

    return eider_span(e, after[MIN(repeats, G_N_ELEMENTS(after) - 1)]);
}

bool
eider_meet_is_used_up(const eider_engine *e, const eider_meeting *m)
{
    return m->repeats >= m->repeats_max ||
           m->since_ms + eider_span(e, EIDER_ATTEMPT_KEEP) <= eider_now(e);
}

/* The mask of the first two sends is known to that device only. */
static void
choose_mask(eider_engine *e, eider_contact *c, eider_secret *out)
{
    eider_card *card = eider_card_of(e, c);

    eider_mask_public(out);
    if (c->meeting.sends >= 2 ||
        eider_card_count(card, EIDER_TRUST_ACCEPTED) != 1)
        return;
    for (guint i = 0; i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);
        const eider_memory *m = eider_contact_memory(c, &k->pk);

        if (k->trust == EIDER_TRUST_ACCEPTED && m->n_rms > 0)
            *out = m->rms[0];
    }
}

void
eider_send_fragments(eider_engine *e, eider_contact *c, const char *to,
                     const eider_secret *mask, const eider_hs_id *id,
                     uint8_t message, const uint8_t *whole, eider_size size)
{
    unsigned n = message < 3 && size == EIDER_S ? EIDER_FRAGMENTS : 1;
    eider_frame f;

    if (eider_steady_is(c)) {
        n = message < 3 && !eider_slots_has(c, id, message) ? EIDER_FRAGMENTS
            : eider_slots_has(c, id, message)               ? 0
                                                            : 1;
        for (unsigned i = 0; i < n; i++) {
            eider_fragment_seal(mask, id, message, (uint8_t)i, whole, EIDER_S,
                                &f);
            eider_slots_queue(c, to, &f, id, message);
        }
        return;
    }
    for (unsigned i = 0; i < n; i++) {
        eider_fragment_seal(mask, id, message, (uint8_t)i, whole, size, &f);
        eider_do_line(e, c, to, &f, NULL, NULL);
        eider_do_rides(c, EIDER_SEEN_HANDSHAKE, 0);
    }
}

void
eider_meet_send(eider_engine *e, eider_contact *c, const eider_secret *mask)
{
    EIDER_AUTO(eider_secret) chosen;
    eider_meeting *m = &c->meeting;

    choose_mask(e, c, &chosen);
    eider_send_fragments(e, c, c->peer, mask != NULL ? mask : &chosen,
                         &m->a.id1, 1, m->a.message,
                         MIN(eider_size_now(e, c), EIDER_M));
    m->sent_ms = eider_now(e);
    m->insist_ms = 0;
    m->sends++;
    c->is_dirty = true;
}

/* ---- actions -------------------------------------------------------------- */

static void
close_attempt(eider_engine *e, eider_contact *c)
{
    eider_closed x = {.since_ms = eider_now(e)};

    if (c->meeting.state != EIDER_MEET_IDLE) {
        memcpy(x.h1, c->meeting.a.h1, sizeof x.h1);
        if (c->closed->len >= EIDER_ASSEMBLIES_MAX)
            g_array_remove_index(c->closed, 0);
        g_array_append_val(c->closed, x);
    }
    eider_attempt_wipe(&c->meeting.a);
    c->meeting = (eider_meeting){.state = c->meeting.state};
}

static eider_err
begin(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_attempt) a;
    const eider_card *card = eider_card_of(e, c);
    eider_err err = eider_index_own(e, c->account, &own);

    (void)as;
    if (err != EIDER_OK)
        return err;
    err = eider_attempt_start(&a, &own);
    if (err != EIDER_OK)
        return err;
    close_attempt(e, c);
    c->meeting.a = a;
    c->meeting.since_ms = eider_now(e);
    c->meeting.repeats_max =
        card->has_spoken ? EIDER_REPEATS_MAX : EIDER_REPEATS_STRANGER;
    eider_meet_send(e, c, NULL);
    return EIDER_OK;
}

static eider_err
begin_invited(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    eider_err err = begin(e, c, as);

    if (err == EIDER_OK)
        c->meeting.repeats_max = EIDER_REPEATS_INVITED;
    return err;
}

static eider_err
begin_again(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    return eider_meet_is_used_up(e, &c->meeting) ? begin(e, c, as)
                                                 : EIDER_E_STATE;
}

static eider_err
invited_again(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    return eider_meet_is_used_up(e, &c->meeting) ? begin_invited(e, c, as)
                                                 : EIDER_E_STATE;
}

/* They answered an attempt that we have forgotten: meet anew, not too often. */
static eider_err
reopen(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    return eider_trigger_take(e, c) ? begin(e, c, as) : EIDER_E_LIMIT;
}

static eider_err
answer(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    return eider_leg_answer(e, c, as);
}

static eider_err
yield_to(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    eider_err err = eider_leg_answer(e, c, as);

    if (err == EIDER_OK)
        c->meeting.pause_ms =
            eider_now(e) + eider_slots_span(e, c, eider_span(e, EIDER_PAUSE),
                                            EIDER_HS_SLOTS_ALL);
    return err;
}

/* A device that is new, or has lost its memory of us, calls in another mask than
 * ours is in, and so cannot read ours, unless that is public.  Once an attempt,
 * as anybody can send masks in turn; slots send a message 1 once. */
static bool
cannot_read(eider_engine *e, eider_contact *c, const eider_secret *theirs)
{
    EIDER_AUTO(eider_secret) ours, open;

    if (c->meeting.sends != 1 || eider_steady_is(c))
        return false;
    choose_mask(e, c, &ours);
    eider_mask_public(&open);
    return !eider_equal(ours.b, open.b, sizeof ours.b) &&
           !eider_equal(ours.b, theirs->b, sizeof ours.b);
}

/* Our H1 is the smaller: say it once more, in the mask that they used, and
 * let them answer.  What was sent just now may still arrive: then later. */
static eider_err
insist(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    uint64_t from =
        c->meeting.sent_ms +
        eider_slots_span(e, c, eider_span(e, EIDER_REPEAT_GAP), EIDER_HS_SLOTS);

    if (eider_now(e) < from && !cannot_read(e, c, &as->mask)) {
        c->meeting.insist_ms = from;
        c->meeting.insist_mask = as->mask;
        return EIDER_E_LIMIT;
    }
    eider_meet_send(e, c, &as->mask);
    return EIDER_OK;
}

static eider_err
finish(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    eider_err err;

    if (c->meeting.answers >= EIDER_GOOD_ANSWERS_MAX)
        return EIDER_E_LIMIT;
    err = eider_leg_finish(e, c, as);
    if (err != EIDER_OK)
        return err;
    c->meeting.answers++;
    if (c->meeting.wipe_ms == 0)
        c->meeting.wipe_ms = eider_now(e) + eider_span(e, EIDER_EPHEMERAL_KEEP);
    return EIDER_OK;
}

static eider_err
repeat(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    (void)as;
    if (eider_meet_is_used_up(e, &c->meeting))
        return EIDER_E_LIMIT;
    c->meeting.repeats++;
    eider_meet_send(e, c, NULL);
    return EIDER_OK;
}

static eider_err
resume(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    (void)e;
    (void)as;
    c->meeting.pause_ms = 0;
    return EIDER_OK;
}

static eider_err
forget(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    (void)as;
    close_attempt(e, c);
    return EIDER_OK;
}
