/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: checking that it is really them; part of the engine.
 *
 *     start ──▶ WAITS ──▶ PASSED or FAILED     (a question with its answer)
 *     code_start ──▶ WAITS ──▶ COMPARE ──▶ AGREED ──▶ PASSED or FAILED
 *     theirs ──▶ ASKED ──answer──▶ ANSWERED ──▶ PASSED or FAILED
 *
 * One run a contact; it survives restarts.  env.changed() says that a view may
 * be another, news tell of what the user must hear without looking.
 *
 * Invariants
 *   1. A key becomes checked by a proof of this side's own: a right tag, or
 *      this user's word.  Nothing that the other side says alone does it.
 *   2. The answer is not kept, and never leaves.
 *
 * Spec: PROTOCOL.md 11.5 to 11.7.
 */
#ifndef EIDER_CHECK_H
#define EIDER_CHECK_H

#include "eider/engine.h"

/*
 * How it stands with one device.
 *
 * In:  fingerprint  or NULL: of the run, else the accepted device last heard
 *                   from
 */
void eider_engine_check_view(eider_engine *e, const char *account,
                             const char *peer, const char *fingerprint,
                             eider_check_view *out);

/*
 * Ask a question.  The answer is folded; what it is leaves no trace.
 *
 * In:       question  up to EIDER_QUESTION_MAX bytes of UTF-8; may be ""
 * Returns:  EIDER_OK
 *           EIDER_E_STATE      not private, or a run is under way
 *           EIDER_E_MISSING    no such device, or no session with it
 *           EIDER_E_LIMIT      closed after too many failures
 *           EIDER_E_MALFORMED  nothing is left of the answer, or too long
 *           EIDER_E_STORE      nothing changed
 */
EIDER_MUST_USE eider_err eider_engine_check_start(
    eider_engine *e, const char *account, const char *peer,
    const char *fingerprint, const char *question, const char *answer);

/* Compare a short code over a call.  Errors as above; EIDER_E_MISSING also for
 * a session older than this way. */
EIDER_MUST_USE eider_err eider_engine_check_code_start(eider_engine *e,
                                                       const char *account,
                                                       const char *peer,
                                                       const char *fingerprint);

/* Answer theirs (ASKED).  EIDER_E_STATE, EIDER_E_MALFORMED, EIDER_E_STORE;
 * EIDER_E_AUTH: what they sent is forged, and the run has ended. */
EIDER_MUST_USE eider_err eider_engine_check_answer(eider_engine *e,
                                                   const char *account,
                                                   const char *peer,
                                                   const char *answer);

/* The code is (not) the same on both sides.  EIDER_E_STATE, EIDER_E_STORE. */
EIDER_MUST_USE eider_err eider_engine_check_confirm(eider_engine *e,
                                                    const char *account,
                                                    const char *peer,
                                                    bool same);

/* End the run, here and there.  EIDER_E_STATE: there is none. */
EIDER_MUST_USE eider_err eider_engine_check_cancel(eider_engine *e,
                                                   const char *account,
                                                   const char *peer);

/* The 60 digits were (not) the same: holds on this side alone, and nothing is
 * sent.  EIDER_E_MISSING, EIDER_E_STORE. */
EIDER_MUST_USE eider_err eider_engine_check_number(eider_engine *e,
                                                   const char *account,
                                                   const char *peer,
                                                   const char *fingerprint,
                                                   bool same);

#endif
