/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Checking that it is really them: what each event does to a run.  The table
 * is PROTOCOL.md 14.4; when steps come and go is run.c's.
 */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

/* ---- parts of actions ----------------------------------------------------- */

bool
eider_run_is_active(const eider_check *k)
{
    return k->state > EIDER_RUN_NONE && k->state < EIDER_RUN_PASSED;
}

void
eider_run_begin(eider_contact *c, const eider_session *s, eider_check_way way,
                bool is_asker)
{
    eider_check *k = &c->check;

    eider_wipe(k, sizeof *k);
    k->way = way;
    k->is_asker = is_asker;
    k->pk = s->pk;
    memcpy(k->sid, s->sid, sizeof k->sid);
    if (is_asker)
        eider_random(k->run, sizeof k->run);
    c->is_dirty = true;
}

eider_err
eider_run_bind(eider_engine *e, eider_contact *c, eider_run *out)
{
    const eider_session *s = eider_contact_sid(c, c->check.sid);
    EIDER_AUTO(eider_keypair) own;
    bool is_initiator;
    eider_err err;

    if (s == NULL)
        return EIDER_E_STATE;
    err = eider_index_own(e, c->account, &own);
    if (err != EIDER_OK)
        return err;
    is_initiator = eider_ratchet_is_initiator(s->ratchet);
    out->sid = *eider_ratchet_sid(s->ratchet);
    memcpy(out->run, c->check.run, sizeof out->run);
    out->initiator = is_initiator ? own.pk : s->pk;
    out->responder = is_initiator ? s->pk : own.pk;
    return EIDER_OK;
}

static void
queue_step(eider_check *k, eider_step step)
{
    k->due |= (uint16_t)(1u << step);
}

static void
pass(eider_engine *e, eider_contact *c)
{
    eider_check_mark(e, c, &c->check.pk, c->check.way, true);
    eider_do_tell(c, EIDER_NEWS_CHECK_PASSED, c->check.way, NULL);
    eider_secret_wipe(&c->check.mine.scalar);
}

/* A run that ends before a proof: what it cost, and who hears of it. */
static void
finish(eider_engine *e, eider_contact *c, eider_check_end end)
{
    eider_check *k = &c->check;
    bool counts = end == EIDER_END_DIFFERS || k->state == EIDER_RUN_ANSWERED;

    if (counts)
        eider_tries_add(e, c, &k->pk);
    k->end = end;
    k->due = 0;
    eider_secret_wipe(&k->mine.scalar);
    if (end == EIDER_END_DIFFERS ||
        (counts && eider_tries_is_closed(e, c, &k->pk)))
        /* An answer may be mistyped, a code is only copied. */
        eider_do_tell(c, EIDER_NEWS_CHECK_FAILED,
                      k->way == EIDER_CHECK_CODE
                          ? EIDER_CHECK_FAILURES_MAX
                          : eider_tries_count(e, c, &k->pk),
                      NULL);
    else if (end != EIDER_END_OURS)
        eider_do_tell(c, EIDER_NEWS_CHECK_ENDED, end, NULL);
}

static void
say_cancel(eider_check *k, uint8_t reason)
{
    k->reason = reason;
    k->cancels = EIDER_CHECK_CANCELS;
}

/* ---- the table ------------------------------------------------------------ */

typedef eider_err action(eider_engine *e, eider_contact *c, eider_slice in);

static action ask, call, answer, agree, differ, stop, offer, answer_call, prove,
    accept_proof, reveal, open_code, hear_ok, hear_last_ok, hear_cancel,
    end_time, end_lost;

/* PROTOCOL.md 14.4.  An empty cell is EIDER_E_STATE. */
static const struct {
    action *act;
    eider_run_state next;
} table[EIDER_RUN_STATES][EIDER_RUN_EVENTS] = {
/* clang-format off */
#define BEGINNINGS \
    [EIDER_EV_ASK]    = {ask,         EIDER_RUN_ASKED}, \
    [EIDER_EV_CALL]   = {call,        EIDER_RUN_CALLED}, \
    [EIDER_EV_STEP_1] = {offer,       EIDER_RUN_OFFERED}, \
    [EIDER_EV_STEP_4] = {answer_call, EIDER_RUN_NONCED}
#define ENDINGS \
    [EIDER_EV_STOP]   = {stop,        EIDER_RUN_ENDED}, \
    [EIDER_EV_STEP_8] = {hear_cancel, EIDER_RUN_ENDED}, \
    [EIDER_EV_TIME]   = {end_time,    EIDER_RUN_ENDED}, \
    [EIDER_EV_LOST]   = {end_lost,    EIDER_RUN_ENDED}
    [EIDER_RUN_NONE]     = {BEGINNINGS},
    [EIDER_RUN_PASSED]   = {BEGINNINGS},
    [EIDER_RUN_ENDED]    = {BEGINNINGS},
    [EIDER_RUN_ASKED]    = {[EIDER_EV_STEP_2] = {prove, EIDER_RUN_PASSED},
                            ENDINGS},
    [EIDER_RUN_OFFERED]  = {[EIDER_EV_ANSWER] = {answer, EIDER_RUN_ANSWERED},
                            ENDINGS},
    [EIDER_RUN_ANSWERED] = {[EIDER_EV_STEP_3] = {accept_proof,
                                                 EIDER_RUN_PASSED},
                            ENDINGS},
    [EIDER_RUN_CALLED]   = {[EIDER_EV_STEP_5] = {reveal, EIDER_RUN_COMPARE},
                            ENDINGS},
    [EIDER_RUN_NONCED]   = {[EIDER_EV_STEP_6] = {open_code, EIDER_RUN_COMPARE},
                            ENDINGS},
    [EIDER_RUN_COMPARE]  = {[EIDER_EV_SAME]   = {agree, EIDER_RUN_AGREED},
                            [EIDER_EV_DIFFER] = {differ, EIDER_RUN_ENDED},
                            [EIDER_EV_STEP_7] = {hear_ok, EIDER_RUN_HEARD},
                            ENDINGS},
    [EIDER_RUN_AGREED]   = {[EIDER_EV_DIFFER] = {differ, EIDER_RUN_ENDED},
                            [EIDER_EV_STEP_7] = {hear_last_ok,
                                                 EIDER_RUN_PASSED},
                            ENDINGS},
    [EIDER_RUN_HEARD]    = {[EIDER_EV_SAME]   = {agree, EIDER_RUN_PASSED},
                            [EIDER_EV_DIFFER] = {differ, EIDER_RUN_ENDED},
                            ENDINGS},
    /* clang-format on */
};

bool
eider_check_has_cell(eider_run_state s, eider_run_event ev,
                     eider_run_state *next)
{
    if (table[s][ev].act == NULL)
        return false;
    *next = table[s][ev].next;
    return true;
}

eider_err
eider_check_step(eider_engine *e, eider_contact *c, eider_run_event ev,
                 eider_slice in)
{
    eider_check *k = &c->check;
    action *act = table[k->state][ev].act;
    eider_run_state next = table[k->state][ev].next;
    eider_err err;

    if (act == NULL)
        return EIDER_E_STATE;
    err = act(e, c, in);
    if (err == EIDER_E_AUTH) {
        finish(e, c, EIDER_END_DIFFERS);
        say_cancel(k, EIDER_WHY_DIFFERS);
        next = EIDER_RUN_ENDED;
    } else if (err != EIDER_OK) {
        return err;
    }
    k->state = next;
    k->since_ms = eider_now(e);
    k->sent_ms = 0;
    k->repeats = 0;
    c->is_dirty = true;
    return err;
}

/* ---- the user's actions --------------------------------------------------- */

static eider_err
ask(eider_engine *e, eider_contact *c, eider_slice in)
{
    EIDER_AUTO(eider_run) run;
    eider_err err = eider_run_bind(e, c, &run);

    if (err == EIDER_OK)
        err = eider_cpace_start(&c->check.mine, &run, in);
    if (err == EIDER_OK)
        queue_step(&c->check, EIDER_STEP_ASK);
    return err;
}

static eider_err
call(eider_engine *e, eider_contact *c, eider_slice in)
{
    eider_check *k = &c->check;
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_run) run;
    eider_err err = eider_run_bind(e, c, &run);

    (void)in;
    if (err == EIDER_OK)
        err = eider_index_own(e, c->account, &own);
    if (err != EIDER_OK)
        return err;
    eider_random(&k->na, sizeof k->na);
    eider_sas_commit(&run, &k->na, &own.pk, &k->c);
    queue_step(k, EIDER_STEP_COMMIT);
    return EIDER_OK;
}

static eider_err
answer(eider_engine *e, eider_contact *c, eider_slice in)
{
    eider_check *k = &c->check;
    EIDER_AUTO(eider_run) run;
    eider_err err = eider_run_bind(e, c, &run);

    if (err == EIDER_OK)
        err = eider_cpace_answer(&run, in, &k->mine.y, &k->yb, &k->tb, &k->ta);
    if (err == EIDER_OK)
        queue_step(k, EIDER_STEP_ANSWER);
    return err;
}

static eider_err
agree(eider_engine *e, eider_contact *c, eider_slice in)
{
    (void)in;
    if (c->check.state == EIDER_RUN_HEARD)
        pass(e, c);
    queue_step(&c->check, EIDER_STEP_OK);
    return EIDER_OK;
}

static eider_err
differ(eider_engine *e, eider_contact *c, eider_slice in)
{
    (void)in;
    eider_check_mark(e, c, &c->check.pk, EIDER_CHECK_CODE, false);
    finish(e, c, EIDER_END_DIFFERS);
    say_cancel(&c->check, EIDER_WHY_DIFFERS);
    return EIDER_OK;
}

static eider_err
stop(eider_engine *e, eider_contact *c, eider_slice in)
{
    (void)in;
    finish(e, c, EIDER_END_OURS);
    say_cancel(&c->check, EIDER_WHY_STOPPED);
    return EIDER_OK;
}

/* ---- theirs --------------------------------------------------------------- */

static eider_err
offer(eider_engine *e, eider_contact *c, eider_slice in)
{
    eider_check *k = &c->check;

    (void)e;
    memcpy(k->mine.y.b, in.p, sizeof k->mine.y.b);
    eider_copy_utf8(
        k->question, sizeof k->question,
        (eider_slice){in.p + sizeof k->mine.y.b, in.n - sizeof k->mine.y.b});
    eider_do_tell(c, EIDER_NEWS_CHECK_ASKED, EIDER_CHECK_QUESTION, NULL);
    return EIDER_OK;
}

static eider_err
answer_call(eider_engine *e, eider_contact *c, eider_slice in)
{
    eider_check *k = &c->check;

    (void)e;
    memcpy(k->c.b, in.p, sizeof k->c.b);
    eider_random(&k->nb, sizeof k->nb);
    queue_step(k, EIDER_STEP_NONCE);
    eider_do_tell(c, EIDER_NEWS_CHECK_ASKED, EIDER_CHECK_CODE, NULL);
    return EIDER_OK;
}

static eider_err
prove(eider_engine *e, eider_contact *c, eider_slice in)
{
    eider_check *k = &c->check;
    EIDER_AUTO(eider_run) run;
    eider_cpace_tag tb;
    eider_public yb;
    eider_err err = eider_run_bind(e, c, &run);

    if (err != EIDER_OK)
        return err;
    memcpy(yb.b, in.p, sizeof yb.b);
    memcpy(tb.b, in.p + sizeof yb.b, sizeof tb.b);
    err = eider_cpace_finish(&k->mine, &run, &yb, &tb, &k->ta);
    if (err != EIDER_OK)
        return err;
    queue_step(k, EIDER_STEP_PROOF);
    pass(e, c);
    return EIDER_OK;
}

static eider_err
accept_proof(eider_engine *e, eider_contact *c, eider_slice in)
{
    if (!eider_equal(in.p, c->check.ta.b, sizeof c->check.ta.b))
        return EIDER_E_AUTH;
    pass(e, c);
    return EIDER_OK;
}

static eider_err
reveal(eider_engine *e, eider_contact *c, eider_slice in)
{
    (void)e;
    memcpy(c->check.nb.b, in.p, sizeof c->check.nb.b);
    queue_step(&c->check, EIDER_STEP_REVEAL);
    return EIDER_OK;
}

static eider_err
open_code(eider_engine *e, eider_contact *c, eider_slice in)
{
    eider_check *k = &c->check;
    EIDER_AUTO(eider_run) run;
    eider_sas_value na;
    eider_err err = eider_run_bind(e, c, &run);

    if (err != EIDER_OK)
        return err;
    memcpy(na.b, in.p, sizeof na.b);
    err = eider_sas_check(&run, &na, &k->pk, &k->c);
    if (err == EIDER_OK)
        k->na = na;
    return err;
}

static eider_err
check_ok(eider_engine *e, eider_contact *c, eider_slice in)
{
    const eider_session *s = eider_contact_sid(c, c->check.sid);
    EIDER_AUTO(eider_run) run;
    eider_sas_value want;
    eider_err err = eider_run_bind(e, c, &run);

    if (err != EIDER_OK)
        return err;
    eider_sas_ok(&run, &s->sask, !c->check.is_asker, &want);
    /* Not of this session: nothing that the user must hear of. */
    return eider_equal(in.p, want.b, sizeof want.b) ? EIDER_OK
                                                    : EIDER_E_MALFORMED;
}

static eider_err
hear_ok(eider_engine *e, eider_contact *c, eider_slice in)
{
    return check_ok(e, c, in);
}

static eider_err
hear_last_ok(eider_engine *e, eider_contact *c, eider_slice in)
{
    eider_err err = check_ok(e, c, in);

    if (err == EIDER_OK)
        pass(e, c);
    return err;
}

static eider_err
hear_cancel(eider_engine *e, eider_contact *c, eider_slice in)
{
    finish(e, c,
           in.p[0] == EIDER_WHY_DIFFERS   ? EIDER_END_DIFFERS
           : in.p[0] == EIDER_WHY_NOT_NOW ? EIDER_END_REFUSED
                                          : EIDER_END_THEIRS);
    return EIDER_OK;
}

static eider_err
end_time(eider_engine *e, eider_contact *c, eider_slice in)
{
    (void)in;
    finish(e, c, EIDER_END_TIME);
    return EIDER_OK;
}

static eider_err
end_lost(eider_engine *e, eider_contact *c, eider_slice in)
{
    (void)in;
    finish(e, c, EIDER_END_SESSION);
    return EIDER_OK;
}
