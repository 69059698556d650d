/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the engine.  Sessions, trust, waiting text and the handshake's rules
 * for every (account, peer, device), over any carrier.
 *
 *     text ──▶ send ──▶ outbox ──▶ session ──▶ store ──▶ env.send(line)
 *     line ──▶ receive ──▶ session ──▶ store ──▶ env.show(text)
 *
 * Invariants
 *   1. The state is on disk before a line leaves and before a text is shown as
 *      received; when the write fails nothing leaves and the state in memory
 *      is the one on disk.
 *   2. Text of a private contact leaves only inside a confirmed session, only
 *      to accepted keys, and never open.
 *   3. Nothing received turns privacy off, or holds back text of a contact
 *      that was open.
 *   4. A line that nothing opens changes nothing but counters, costs no DH
 *      step, and shows nothing.
 *
 * Not thread-safe.  Account and peer: normalised, see env.h.
 *
 * Spec: PROTOCOL.md, "Handshake", "Sessions and delivery", "Trust".
 */
#ifndef EIDER_ENGINE_H
#define EIDER_ENGINE_H

#include "eider/env.h"
#include "eider/letterbox.h"
#include "eider/store.h"

typedef struct eider_engine eider_engine;

/*
 * In:       env    copied; its data outlives the engine
 *           store  borrowed, outlives the engine
 * Returns:  EIDER_OK, EIDER_E_STORE (the index cannot be read: nobody knows
 *           who is private, so the caller sends nothing)
 */
EIDER_MUST_USE eider_err eider_engine_new(eider_engine **out,
                                          const eider_env *env,
                                          eider_store *store);
/* Writes what is pending, sends nothing.  NULL is fine. */
void eider_engine_free(eider_engine *e);

/* The time asked for by wake_in() has come. */
void eider_engine_tick(eider_engine *e);

/* An account connected or went; a peer's presence changed; a buddy was removed
 * (forgets sessions, not policy or keys). */
void eider_engine_account(eider_engine *e, const char *account, bool online);
void eider_engine_presence(eider_engine *e, const char *account,
                           const char *peer, bool online);
void eider_engine_forget(eider_engine *e, const char *account,
                         const char *peer);

/* Does the user's text to this peer belong to Eider? (PROTOCOL.md has the
 * order of the rules.)  The caller never asks for rooms. */
bool eider_engine_is_private(eider_engine *e, const char *account,
                             const char *peer);

/* The same by this peer's own choice and history alone: on, or a session was
 * ever confirmed and the user never said off. */
bool eider_engine_is_on(eider_engine *e, const char *account, const char *peer);

/*
 * Take the user's text to a private peer: it leaves now or waits, on disk.
 *
 * In:       html   as typed; canonicalised here
 * Out:      id     (may be NULL) names it in env.text_state(), which may be
 *                  called before this returns; @id is filled in by then.
 *                  Random, the same after a restart
 * Returns:  EIDER_OK        it is ours now; echo it
 *           EIDER_E_LIMIT   too long, or too many texts wait: not taken
 *           EIDER_E_STORE   cannot be written (news STORE told): not taken
 *           EIDER_E_MALFORMED  nothing in it to send: not taken
 */
EIDER_MUST_USE eider_err eider_engine_send(eider_engine *e, const char *account,
                                           const char *peer, const char *html,
                                           uint8_t id[EIDER_TEXT_ID_SIZE]);

/*
 * The same for a text that was written while the store was locked: it keeps
 * its id and its time.  Where this very text waits already nothing happens; one
 * that was delivered before is sent again, and the other side knows its id.
 * Errors as above.
 */
EIDER_MUST_USE eider_err eider_engine_send_letter(eider_engine *e,
                                                  const eider_letter *letter);

/* How it stands with one text; false: it is not kept any more, and
 * env.text_state() said why. */
bool eider_engine_text(eider_engine *e, const char *account, const char *peer,
                       const uint8_t id[EIDER_TEXT_ID_SIZE],
                       eider_text_state *out);

typedef enum {
    EIDER_PASS,    /* ordinary text: show it as it is */
    EIDER_SWALLOW, /* ours: show nothing; texts come through env.show */
} eider_verdict;

/*
 * Look at a received text.
 *
 * In:       from     the address it came from (answers go there); may be
 *                    the same as @peer
 *           delayed  the server says that it is old
 */
eider_verdict eider_engine_receive(eider_engine *e, const char *account,
                                   const char *peer, const char *from,
                                   const char *text, size_t n, bool delayed);

/* Is there an Eider line in this text?  For echoes that a protocol writes
 * into the window by itself. */
bool eider_engine_has_line(const char *text, size_t n);
/* Is it the invitation and nothing else, so that nothing is lost where it is
 * not shown? */
bool eider_engine_is_invitation(const char *text, size_t n);
/* Does it count as one?  So does what ends in its mark, and is shown. */
bool eider_engine_invites(const char *text, size_t n);

/*
 * The user's choice.  On: starts meeting the peer where there is no session.
 * Off: says goodbye; waiting text goes on waiting unless cancelled.
 * Returns:  EIDER_OK, EIDER_E_STORE (nothing changed)
 */
EIDER_MUST_USE eider_err eider_engine_choose(eider_engine *e,
                                             const char *account,
                                             const char *peer,
                                             eider_choice choice);
eider_choice eider_engine_choice(eider_engine *e, const char *account,
                                 const char *peer);

/* Delete the text that waits; says how many there were.  EIDER_E_STORE. */
EIDER_MUST_USE eider_err eider_engine_cancel(eider_engine *e,
                                             const char *account,
                                             const char *peer, unsigned *count);

void eider_engine_status(eider_engine *e, const char *account, const char *peer,
                         eider_status *out);

/* Up to @max devices of a peer, the one last heard from first, without what is
 * history only; returns how many there are. */
size_t eider_engine_devices(eider_engine *e, const char *account,
                            const char *peer, eider_device *out, size_t max);

/* This device's fingerprint for an account, making its key when needed.
 * EIDER_E_STORE: it cannot be written. */
EIDER_MUST_USE eider_err eider_engine_own_fingerprint(
    eider_engine *e, const char *account, char out[EIDER_DIGITS_SIZE]);

/* Another contact for whom the same key was ever seen; false: none.  Both
 * strings are g_free()d by the caller. */
bool eider_engine_also_known(eider_engine *e, const char *account,
                             const char *peer, const char *fingerprint,
                             char **other_account, char **other_peer);

/* The user's answer about a candidate: accept it (also what waits goes to it
 * if @with_waiting), or refuse it for good.  EIDER_E_MISSING: no such key;
 * EIDER_E_LIMIT: EIDER_DEVICES_MAX are accepted; EIDER_E_STORE. */
EIDER_MUST_USE eider_err eider_engine_decide(eider_engine *e,
                                             const char *account,
                                             const char *peer,
                                             const char *fingerprint,
                                             bool accept, bool with_waiting);

/*
 * Steady with a private contact: everything to them rides in slots.
 *
 * Offers @slot seconds (5, 10, 15, 30, 60), or accepts their offer of as many.
 * 0 ends it: after a drawn time, so that the end does not tell of the last
 * text; said again, at once.  0 while they offer declines.
 *
 * Returns:  EIDER_OK, EIDER_E_STORE
 *           EIDER_E_MALFORMED  no such slot
 *           EIDER_E_STATE      not private, or never met; nothing to end; a
 *                              member of a set of decoys, and @slot is neither
 *                              60 nor 0
 */
EIDER_MUST_USE eider_err eider_engine_steady(eider_engine *e,
                                             const char *account,
                                             const char *peer, unsigned slot);
/* Do lines to this contact leave in slots only?  For what a carrier adds to
 * each line of the mode; false for a contact that is not loaded. */
bool eider_engine_is_steady(eider_engine *e, const char *account,
                            const char *peer);
/* How many contacts of the account are, without @peer (may be NULL), and how
 * many lines a minute go to them: 60 / T each. */
unsigned eider_engine_steady_count(eider_engine *e, const char *account,
                                   const char *peer);
unsigned eider_engine_steady_lines(eider_engine *e, const char *account,
                                   const char *peer);
/* env.has_bystander() says something else of @peer, or (NULL) of all of the
 * account. */
void eider_engine_bystander(eider_engine *e, const char *account,
                            const char *peer);
/* Did their Eider speak from this address since they came online? */
bool eider_engine_is_address(eider_engine *e, const char *account,
                             const char *peer, const char *address);
/* The user types (1), paused (2), does not (0): rides in a slot, or is
 * dropped where there are none. */
void eider_engine_typing(eider_engine *e, const char *account, const char *peer,
                         unsigned state);

/* The store failed and nothing was written since. */
bool eider_engine_is_paused(const eider_engine *e);

/* What was swallowed and why, since the start; for status and tests. */
typedef struct {
    uint64_t frames, fragments, duplicates, unopenable, damaged, strangers;
    uint64_t forks; /* acks of other texts under our numbers */
    uint64_t lines_sent, texts_shown;
} eider_counters;
const eider_counters *eider_engine_counters(const eider_engine *e);

#endif
