/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/checks.h"

#include <string.h>

eider_check_view
checks_view(device *d, const char *peer)
{
    eider_check_view v;

    eider_engine_check_view(d->engine, d->account, peer, NULL, &v);
    return v;
}

void
checks_at(device *d, const char *peer, eider_check_phase phase)
{
    ck_assert_int_eq(checks_view(d, peer).phase, phase);
}

bool
checks_is_checked(device *d, const char *peer)
{
    eider_card *card = peek_card(d, peer);

    ck_assert_uint_eq(card->keys->len, 1);
    return g_array_index(card->keys, eider_known, 0).is_checked;
}

void
checks_say(device *d, const char *peer, uint8_t step, const uint8_t *run,
           const void *value, size_t n)
{
    eider_contact *c = peek_contact(d, peer);
    eider_session *s = peek_session(d, peer);
    uint8_t whole[EIDER_BODY_MAX] = {step};
    eider_body body;
    eider_frame f;

    memcpy(whole + 1, run, EIDER_RUN_ID_LEN);
    if (n > 0)
        memcpy(whole + 1 + EIDER_RUN_ID_LEN, value, n);
    eider_body_init(&body, EIDER_S);
    ck_assert_int_eq(
        eider_body_add(&body, EIDER_R_CHECK,
                       (eider_slice){whole, 1 + EIDER_RUN_ID_LEN + n}),
        EIDER_OK);
    ck_assert_int_eq(eider_ratchet_seal(s->ratchet, 0, &body, &f), EIDER_OK);
    c->is_dirty = true;
    eider_do_line(d->engine, c, NULL, &f, NULL, NULL);
    ck_assert_int_eq(eider_commit(d->engine, c), EIDER_OK);
    eider_effects_run(d->engine);
    world_run(d->w, WORLD_SECOND);
}

void
checks_ask(couple *two, const char *answer, const char *theirs)
{
    ck_assert_int_eq(eider_engine_check_start(two->a->engine, two->a->account,
                                              "bob", NULL, "Where?", answer),
                     EIDER_OK);
    world_run(two->w, WORLD_SECOND);
    checks_at(two->b, "alice", EIDER_PHASE_ASKED);
    ck_assert_int_eq(eider_engine_check_answer(two->b->engine, two->b->account,
                                               "alice", theirs),
                     EIDER_OK);
    world_run(two->w, WORLD_SECOND);
}

void
checks_call(couple *two)
{
    ck_assert_int_eq(eider_engine_check_code_start(
                         two->a->engine, two->a->account, "bob", NULL),
                     EIDER_OK);
    world_run(two->w, WORLD_SECOND);
    checks_at(two->a, "bob", EIDER_PHASE_COMPARE);
    checks_at(two->b, "alice", EIDER_PHASE_COMPARE);
}
