/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door to checking: what the client asks and is shown. */
#include "work.h"

#include "eider/fingerprint.h"

#include <string.h>

/* ---- whom it is about ----------------------------------------------------- */

/* The accepted device with a session that was heard from last. */
static const eider_known *
last_accepted(eider_contact *c, const eider_card *card)
{
    const eider_known *best = NULL;
    uint64_t best_ms = 0;

    for (guint i = 0; i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);
        const eider_session *s = eider_contact_session(c, &k->pk);

        if (k->trust != EIDER_TRUST_ACCEPTED)
            continue;
        if (best == NULL || (s != NULL && s->opened_ms >= best_ms)) {
            best = k;
            best_ms = s != NULL ? s->opened_ms : 0;
        }
    }
    return best;
}

static const eider_known *
find_device(eider_contact *c, eider_card *card, const char *fingerprint)
{
    const eider_known *k;

    if (fingerprint == NULL)
        return last_accepted(c, card);
    k = eider_card_digits(card, fingerprint);
    return k != NULL && (k->trust == EIDER_TRUST_ACCEPTED ||
                         k->trust == EIDER_TRUST_CANDIDATE)
               ? k
               : NULL;
}

/* ---- looking -------------------------------------------------------------- */

eider_check_phase
eider_check_phase_of(const eider_check *k)
{
    switch (k->state) {
    case EIDER_RUN_ASKED:
    case EIDER_RUN_CALLED:
        return EIDER_PHASE_WAITS;
    case EIDER_RUN_OFFERED:
        return EIDER_PHASE_ASKED;
    case EIDER_RUN_ANSWERED:
        return EIDER_PHASE_ANSWERED;
    case EIDER_RUN_NONCED:
        return EIDER_PHASE_MEETING;
    case EIDER_RUN_COMPARE:
    case EIDER_RUN_HEARD:
        return EIDER_PHASE_COMPARE;
    case EIDER_RUN_AGREED:
        return EIDER_PHASE_AGREED;
    case EIDER_RUN_PASSED:
        return EIDER_PHASE_PASSED;
    case EIDER_RUN_ENDED:
        return k->end == EIDER_END_DIFFERS ? EIDER_PHASE_FAILED
                                           : EIDER_PHASE_STOPPED;
    default:
        return EIDER_PHASE_NONE;
    }
}

static void
view_code(eider_engine *e, eider_contact *c, eider_check_view *out)
{
    const eider_session *s = eider_contact_sid(c, c->check.sid);
    EIDER_AUTO(eider_run) run;

    if (s == NULL || eider_run_bind(e, c, &run) != EIDER_OK)
        return;
    eider_sas_code(&run, &s->sask, &c->check.na, &c->check.nb, out->code);
}

static void
view_run(eider_engine *e, eider_contact *c, eider_check_view *out)
{
    const eider_check *k = &c->check;

    out->phase = eider_check_phase_of(k);
    out->way = k->way;
    out->end = k->end;
    out->is_ours = k->is_asker;
    out->is_heard = k->state == EIDER_RUN_HEARD;
    g_strlcpy(out->question, k->question, sizeof out->question);
    if (eider_run_is_active(k) && eider_contact_sid(c, k->sid) == NULL) {
        out->phase = EIDER_PHASE_STOPPED;
        out->end = EIDER_END_SESSION;
    } else if (out->phase == EIDER_PHASE_COMPARE ||
               out->phase == EIDER_PHASE_AGREED) {
        view_code(e, c, out);
    }
}

static bool
is_called_otherwise(const eider_contact *c, const eider_known *k)
{
    g_autofree char *theirs = g_utf8_casefold(k->name, -1);
    g_autofree char *ours = g_utf8_casefold(c->peer, -1);

    return k->name[0] != '\0' && strcmp(theirs, ours) != 0;
}

static void
view_device(eider_engine *e, eider_contact *c, const eider_known *k,
            eider_check_view *out)
{
    const eider_session *s = eider_contact_session(c, &k->pk);
    EIDER_AUTO(eider_keypair) own;

    out->has_device = true;
    out->has_session = s != NULL;
    out->has_code = s != NULL && s->has_sask;
    out->trust = k->trust;
    out->is_checked = k->is_checked;
    out->checked_how = k->checked_how;
    out->checked_at = k->checked_at;
    out->failures = eider_tries_count(e, c, &k->pk);
    out->is_closed = eider_tries_is_closed(e, c, &k->pk);
    eider_fingerprint(&k->pk, out->fingerprint);
    g_strlcpy(out->label, k->label, sizeof out->label);
    if (is_called_otherwise(c, k))
        g_strlcpy(out->called, k->name, sizeof out->called);
    if (eider_index_own(e, c->account, &own) == EIDER_OK)
        eider_safety_number(&own.pk, &k->pk, out->number);
}

void
eider_engine_check_view(eider_engine *e, const char *account, const char *peer,
                        const char *fingerprint, eider_check_view *out)
{
    eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c =
        card != NULL ? eider_contact_get(e, account, peer) : NULL;
    const eider_known *k = NULL;

    *out = (eider_check_view){0};
    if (c == NULL)
        return;
    if (fingerprint != NULL)
        k = eider_card_digits(card, fingerprint);
    else if (eider_run_is_active(&c->check))
        k = eider_card_key(card, &c->check.pk);
    if (k == NULL)
        k = find_device(c, card, NULL);
    if (k == NULL)
        return;
    if (c->check.state != EIDER_RUN_NONE &&
        eider_public_is_equal(&c->check.pk, &k->pk))
        view_run(e, c, out);
    view_device(e, c, k, out);
    eider_effects_run(e);
}

/* ---- doing ---------------------------------------------------------------- */

/* Whatever was done is written, let out and shown. */
static eider_err
settle(eider_engine *e, eider_contact *c, const char *account, const char *peer,
       eider_err done)
{
    eider_err err;

    eider_check_flush(e, c);
    err = eider_commit(e, c);
    eider_effects_run(e);
    e->env.changed(e->env.data, account, peer);
    return err != EIDER_OK ? err : done;
}

/* A session that a run could be begun in. */
static eider_err
find_session(eider_engine *e, eider_contact *c, const char *fingerprint,
             eider_session **out)
{
    eider_card *card = eider_card_of(e, c);
    const eider_known *k = find_device(c, card, fingerprint);

    if (!eider_engine_is_private(e, c->account, c->peer) ||
        eider_run_is_active(&c->check))
        return EIDER_E_STATE;
    *out = k != NULL ? eider_contact_session(c, &k->pk) : NULL;
    if (*out == NULL)
        return EIDER_E_MISSING;
    return eider_tries_is_closed(e, c, &k->pk) ? EIDER_E_LIMIT : EIDER_OK;
}

eider_err
eider_engine_check_start(eider_engine *e, const char *account, const char *peer,
                         const char *fingerprint, const char *question,
                         const char *answer)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    EIDER_AUTO(eider_buf) folded = {0};
    eider_session *s = NULL;
    eider_err err;

    if (c == NULL)
        return EIDER_E_STORE;
    err = find_session(e, c, fingerprint, &s);
    if (err != EIDER_OK)
        return err;
    eider_fold(answer, &folded);
    if (folded.n == 0 || strlen(question) > EIDER_QUESTION_MAX ||
        !g_utf8_validate(question, -1, NULL))
        return EIDER_E_MALFORMED;
    eider_run_begin(c, s, EIDER_CHECK_QUESTION, true);
    g_strlcpy(c->check.question, question, sizeof c->check.question);
    err =
        eider_check_step(e, c, EIDER_EV_ASK, (eider_slice){folded.p, folded.n});
    return settle(e, c, account, peer, err);
}

eider_err
eider_engine_check_code_start(eider_engine *e, const char *account,
                              const char *peer, const char *fingerprint)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    eider_session *s = NULL;
    eider_err err;

    if (c == NULL)
        return EIDER_E_STORE;
    err = find_session(e, c, fingerprint, &s);
    if (err != EIDER_OK)
        return err;
    if (!s->has_sask)
        return EIDER_E_MISSING;
    eider_run_begin(c, s, EIDER_CHECK_CODE, true);
    err = eider_check_step(e, c, EIDER_EV_CALL, (eider_slice){NULL, 0});
    return settle(e, c, account, peer, err);
}

eider_err
eider_engine_check_answer(eider_engine *e, const char *account,
                          const char *peer, const char *answer)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    EIDER_AUTO(eider_buf) folded = {0};
    eider_err err;

    if (c == NULL)
        return EIDER_E_STORE;
    if (c->check.state != EIDER_RUN_OFFERED)
        return EIDER_E_STATE;
    eider_fold(answer, &folded);
    if (folded.n == 0)
        return EIDER_E_MALFORMED;
    err = eider_check_step(e, c, EIDER_EV_ANSWER,
                           (eider_slice){folded.p, folded.n});
    return settle(e, c, account, peer, err);
}

static eider_err
do_event(eider_engine *e, const char *account, const char *peer,
         eider_run_event ev)
{
    eider_contact *c = eider_contact_get(e, account, peer);
    eider_err err;

    if (c == NULL)
        return EIDER_E_STORE;
    err = eider_check_step(e, c, ev, (eider_slice){NULL, 0});
    return settle(e, c, account, peer, err);
}

eider_err
eider_engine_check_confirm(eider_engine *e, const char *account,
                           const char *peer, bool same)
{
    return do_event(e, account, peer, same ? EIDER_EV_SAME : EIDER_EV_DIFFER);
}

eider_err
eider_engine_check_cancel(eider_engine *e, const char *account,
                          const char *peer)
{
    return do_event(e, account, peer, EIDER_EV_STOP);
}

eider_err
eider_engine_check_number(eider_engine *e, const char *account,
                          const char *peer, const char *fingerprint, bool same)
{
    eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c =
        card != NULL ? eider_contact_get(e, account, peer) : NULL;
    const eider_known *k;

    if (c == NULL)
        return card == NULL ? EIDER_E_MISSING : EIDER_E_STORE;
    k = find_device(c, card, fingerprint);
    if (k == NULL)
        return EIDER_E_MISSING;
    eider_check_mark(e, c, &k->pk, EIDER_CHECK_NUMBER, same);
    eider_do_tell(c, same ? EIDER_NEWS_CHECK_PASSED : EIDER_NEWS_CHECK_FAILED,
                  same ? EIDER_CHECK_NUMBER : EIDER_CHECK_FAILURES_MAX, NULL);
    return settle(e, c, account, peer, EIDER_OK);
}
