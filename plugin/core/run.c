/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When steps of a check come and go: which run a record belongs to, what is
 * sent again, and what ends it.  What a step does is check.c's.
 */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

#define BIT(step) ((uint16_t)(1u << (step)))

/* ---- out ------------------------------------------------------------------ */

/* The value of a step of ours; its length. */
static size_t
write_value(eider_engine *e, eider_contact *c, const eider_session *s,
            eider_step step, uint8_t out[EIDER_STEP_VALUE_MAX])
{
    const eider_check *k = &c->check;
    size_t n = strlen(k->question);
    EIDER_AUTO(eider_run) run;
    eider_sas_value ok;

    switch (step) {
    case EIDER_STEP_ASK:
        memcpy(out, k->mine.y.b, 32);
        memcpy(out + 32, k->question, n);
        return 32 + n;
    case EIDER_STEP_ANSWER:
        memcpy(out, k->yb.b, 32);
        memcpy(out + 32, k->tb.b, 64);
        return 96;
    case EIDER_STEP_PROOF:
        memcpy(out, k->ta.b, 64);
        return 64;
    case EIDER_STEP_COMMIT:
        memcpy(out, k->c.b, 32);
        return 32;
    case EIDER_STEP_NONCE:
        memcpy(out, k->nb.b, 32);
        return 32;
    case EIDER_STEP_REVEAL:
        memcpy(out, k->na.b, 32);
        return 32;
    case EIDER_STEP_OK:
        if (eider_run_bind(e, c, &run) != EIDER_OK)
            return 0;
        eider_sas_ok(&run, &s->sask, k->is_asker, &ok);
        memcpy(out, ok.b, 32);
        return 32;
    default:
        out[0] = k->reason;
        return 1;
    }
}

static bool
add_step(eider_engine *e, eider_contact *c, const eider_session *s,
         eider_step step, eider_body *body)
{
    uint8_t value[EIDER_STEP_VALUE_MAX];
    eider_check_record r = {.step = step};

    memcpy(r.run, c->check.run, sizeof r.run);
    r.value = (eider_slice){value, write_value(e, c, s, step, value)};
    return eider_body_add_check(body, &r) == EIDER_OK;
}

/* The step whose answer is awaited, and so is sent again; 0: none. */
static eider_step
waiting_step(const eider_check *k)
{
    switch (k->state) {
    case EIDER_RUN_ASKED:
        return EIDER_STEP_ASK;
    case EIDER_RUN_ANSWERED:
        return EIDER_STEP_ANSWER;
    case EIDER_RUN_CALLED:
        return EIDER_STEP_COMMIT;
    case EIDER_RUN_NONCED:
        return EIDER_STEP_NONCE;
    case EIDER_RUN_AGREED:
        return EIDER_STEP_OK;
    default:
        return 0;
    }
}

static void
ride_refusal(eider_contact *c, const eider_session *s, eider_body *body)
{
    eider_refusal *f = &c->refusal;
    eider_check_record r = {.step = EIDER_STEP_CANCEL,
                            .value = {&f->reason, 1}};

    if (!f->is_due || memcmp(f->sid, s->sid, sizeof f->sid) != 0)
        return;
    memcpy(r.run, f->run, sizeof r.run);
    if (eider_body_add_check(body, &r) == EIDER_OK)
        f->is_due = false;
}

void
eider_check_ride(eider_engine *e, eider_contact *c, const eider_session *s,
                 eider_body *body)
{
    eider_check *k = &c->check;

    ride_refusal(c, s, body);
    if (k->state == EIDER_RUN_NONE ||
        memcmp(k->sid, s->sid, sizeof k->sid) != 0)
        return;
    for (unsigned step = EIDER_STEP_ASK; step < EIDER_STEP_CANCEL; step++) {
        if ((k->due & BIT(step)) == 0 ||
            !add_step(e, c, s, (eider_step)step, body))
            continue;
        k->due &= (uint16_t)~BIT(step);
        k->sent |= BIT(step);
        if (step == waiting_step(k))
            k->sent_ms = eider_now(e);
    }
    if (k->cancels > 0 && add_step(e, c, s, EIDER_STEP_CANCEL, body))
        k->cancels--;
}

void
eider_check_flush(eider_engine *e, eider_contact *c)
{
    const eider_check *k = &c->check;
    eider_session *s;

    if (eider_steady_is(c) || /* there it rides in a slot */
        !e->env.is_reachable(e->env.data, c->account, c->peer))
        return;
    if (c->refusal.is_due) {
        s = eider_contact_sid(c, c->refusal.sid);
        if (s != NULL && eider_ratchet_can_send(s->ratchet))
            (void)!eider_talk_cover(e, c, s);
        c->refusal.is_due = false;
    }
    /* One that does not fit beside the others takes the next frame. */
    for (unsigned i = 0; i < 3 && k->due != 0; i++) {
        s = eider_contact_sid(c, k->sid);
        if (s == NULL || !eider_ratchet_can_send(s->ratchet) ||
            eider_talk_cover(e, c, s) != EIDER_OK)
            return;
    }
    s = eider_contact_sid(c, k->sid);
    /* Its second and third copy ride along with what comes. */
    if (k->cancels == EIDER_CHECK_CANCELS && s != NULL &&
        eider_ratchet_can_send(s->ratchet))
        (void)!eider_talk_cover(e, c, s);
}

/* ---- in ------------------------------------------------------------------- */

static void
refuse(eider_engine *e, eider_contact *c, const eider_session *s,
       const uint8_t *run, uint8_t reason)
{
    eider_refusal *f = &c->refusal;
    uint64_t now = eider_now(e);

    if (f->at_ms != 0 && f->at_ms <= now &&
        now < f->at_ms + eider_span(e, EIDER_REPEAT_GAP))
        return;
    f->is_due = true;
    f->at_ms = now;
    f->reason = reason;
    memcpy(f->run, run, sizeof f->run);
    memcpy(f->sid, s->sid, sizeof f->sid);
}

static void
hash_step(const eider_check_record *r, uint8_t out[EIDER_HEARD_LEN])
{
    eider_hash(out, EIDER_HEARD_LEN, NULL, 0, &r->value, 1);
}

/* What answers a step that came once more. */
static void
say_again(eider_engine *e, eider_check *k, eider_step step)
{
    static const uint16_t answers[EIDER_STEPS] = {
        [EIDER_STEP_ASK] = BIT(EIDER_STEP_ANSWER),
        [EIDER_STEP_ANSWER] = BIT(EIDER_STEP_PROOF),
        [EIDER_STEP_COMMIT] = BIT(EIDER_STEP_NONCE),
        [EIDER_STEP_NONCE] = BIT(EIDER_STEP_REVEAL) | BIT(EIDER_STEP_OK),
        [EIDER_STEP_REVEAL] = BIT(EIDER_STEP_OK),
        [EIDER_STEP_OK] = BIT(EIDER_STEP_OK),
    };
    uint64_t now = eider_now(e);

    if (k->again_ms != 0 && k->again_ms <= now &&
        now < k->again_ms + eider_span(e, EIDER_CHECK_AGAIN))
        return;
    k->again_ms = now;
    if (k->state == EIDER_RUN_ENDED)
        k->cancels = EIDER_CHECK_CANCELS;
    else
        k->due |= answers[step] & k->sent;
}

static void
take_known(eider_engine *e, eider_contact *c, const eider_check_record *r)
{
    eider_check *k = &c->check;
    uint8_t hash[EIDER_HEARD_LEN];

    hash_step(r, hash);
    if (k->state == EIDER_RUN_ENDED) {
        if (r->step != EIDER_STEP_CANCEL)
            say_again(e, k, r->step);
        return;
    }
    if ((k->heard & BIT(r->step)) != 0) {
        if (memcmp(hash, k->heard_hash[r->step], sizeof hash) == 0)
            say_again(e, k, r->step);
        return;
    }
    /* A start is of a new run only: here it is our own, or forged. */
    if (r->step == EIDER_STEP_ASK || r->step == EIDER_STEP_COMMIT ||
        eider_check_step(e, c, EIDER_EV_STEP_1 + (r->step - EIDER_STEP_ASK),
                         r->value) != EIDER_OK)
        return;
    k->heard |= BIT(r->step);
    memcpy(k->heard_hash[r->step], hash, sizeof hash);
}

/* May this start begin a run here?  What is in its way has ended then. */
static bool
makes_room(eider_engine *e, eider_contact *c, const eider_session *s,
           const eider_check_record *r)
{
    eider_check *k = &c->check;
    bool is_theirs =
        eider_run_is_active(k) && eider_public_is_equal(&k->pk, &s->pk);
    bool is_crossed = is_theirs && (k->state == EIDER_RUN_ASKED ||
                                    k->state == EIDER_RUN_CALLED);
    const eider_known *known = eider_card_key(eider_card_of(e, c), &s->pk);
    uint64_t now = eider_now(e);

    if (is_crossed && memcmp(k->run, r->run, sizeof k->run) <= 0)
        return false; /* they drop theirs */
    if (!is_crossed && (known == NULL || known->trust != EIDER_TRUST_ACCEPTED))
        return false;
    if (!eider_budget_has(c->starts, now, eider_span(e, EIDER_CHECK_SPAN),
                          EIDER_CHECK_STARTS))
        return false;
    g_array_append_val(c->starts, now);
    if ((eider_run_is_active(k) && !is_theirs) ||
        (r->step == EIDER_STEP_COMMIT && !s->has_sask)) {
        refuse(e, c, s, r->run, EIDER_WHY_NOT_NOW);
        return false;
    }
    if (is_theirs && !is_crossed) {
        /* Who starts anew has ended the one before; its cancel was lost. */
        const uint8_t why = EIDER_WHY_STOPPED;

        (void)!eider_check_step(e, c, EIDER_EV_STEP_8, (eider_slice){&why, 1});
    }
    if (eider_tries_is_closed(e, c, &s->pk)) {
        refuse(e, c, s, r->run, EIDER_WHY_NOT_NOW);
        return false;
    }
    return true;
}

static void
take_start(eider_engine *e, eider_contact *c, const eider_session *s,
           const eider_check_record *r)
{
    bool is_question = r->step == EIDER_STEP_ASK;
    eider_check *k = &c->check;

    if (!s->is_confirmed || !makes_room(e, c, s, r))
        return;
    eider_run_begin(c, s, is_question ? EIDER_CHECK_QUESTION : EIDER_CHECK_CODE,
                    false);
    memcpy(k->run, r->run, sizeof k->run);
    if (eider_check_step(e, c, is_question ? EIDER_EV_STEP_1 : EIDER_EV_STEP_4,
                         r->value) != EIDER_OK)
        return;
    k->heard |= BIT(r->step);
    hash_step(r, k->heard_hash[r->step]);
}

void
eider_check_take(eider_engine *e, eider_contact *c, const eider_session *s,
                 eider_slice value)
{
    const eider_card *card = eider_card_of(e, c);
    const eider_check *k = &c->check;
    eider_check_record r;

    if (eider_check_parse(value, &r) != EIDER_OK || card->choice == EIDER_OFF)
        return;
    if (k->state != EIDER_RUN_NONE &&
        memcmp(k->run, r.run, sizeof k->run) == 0 &&
        memcmp(k->sid, s->sid, sizeof k->sid) == 0)
        take_known(e, c, &r);
    else if (r.step == EIDER_STEP_ASK || r.step == EIDER_STEP_COMMIT)
        take_start(e, c, s, &r);
    else if (r.step != EIDER_STEP_CANCEL)
        refuse(e, c, s, r.run, EIDER_WHY_STOPPED);
}

/* ---- time ----------------------------------------------------------------- */

/* The last one again and again: whoever gave Tb away has to hear what came of
 * it, and a bad line may swallow a few. */
static const unsigned schedule[] = {30, 120, 600, 3600};

static uint64_t
repeat_due(const eider_engine *e, const eider_check *k)
{
    unsigned last = G_N_ELEMENTS(schedule) - 1;

    if (waiting_step(k) == 0 || k->sent_ms == 0)
        return 0;
    return k->sent_ms + eider_span(e, schedule[MIN(k->repeats, last)]);
}

static bool
has_session(const eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (memcmp(s->sid, c->check.sid, sizeof s->sid) == 0)
            return true;
    }
    return false;
}

void
eider_check_tick(eider_engine *e, eider_contact *c, bool came_online)
{
    eider_check *k = &c->check;
    uint64_t now = eider_now(e), due = repeat_due(e, k);
    const eider_slice none = {NULL, 0};

    if (k->state != EIDER_RUN_NONE && !has_session(c))
        k->due = k->cancels = 0; /* nothing can be said any more */
    if (eider_run_is_active(k)) {
        if (!has_session(c))
            (void)!eider_check_step(e, c, EIDER_EV_LOST, none);
        else if (k->since_ms + eider_span(e, EIDER_CHECK_KEEP) <= now)
            (void)!eider_check_step(e, c, EIDER_EV_TIME, none);
    }
    if (waiting_step(k) != 0 && k->sent_ms != 0 &&
        e->env.is_reachable(e->env.data, c->account, c->peer)) {
        if (due != 0 && due <= now) {
            k->repeats++;
            k->due |= BIT(waiting_step(k));
        } else if (came_online &&
                   k->sent_ms + eider_span(e, EIDER_REPEAT_GAP) <= now) {
            k->due |= BIT(waiting_step(k));
        }
        c->is_dirty = c->is_dirty || k->due != 0;
    }
    eider_check_flush(e, c);
}

uint64_t
eider_check_due(const eider_engine *e, const eider_contact *c)
{
    const eider_check *k = &c->check;
    uint64_t due, end;

    if (!eider_run_is_active(k))
        return 0;
    if (!has_session(c))
        return eider_now(e); /* over: the next tick says so */
    end = k->since_ms + eider_span(e, EIDER_CHECK_KEEP);
    due = repeat_due(e, k);
    /* Due, but they are not there: coming online is the next chance. */
    return due > eider_now(e) ? MIN(due, end) : end;
}
