/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what the user writes while the store is locked with a passphrase.
 *
 *     text ──put──▶ letterbox ──sealed to a public half──▶ file "letters"
 *                      │
 *                 unlock (the secret half comes from the master key)
 *                      ▼
 *        letters of this process          found ones, for the user to see
 *
 * Anybody may drop something in, only the master key takes it out.  So a crash
 * loses nothing, nothing on the disk can be read, and nothing there proves who
 * wrote it: what was found is never sent before the user has seen it.  Letters
 * of this process are kept in memory as well and do not come from the disk.
 *
 * The public half lies in the open in the file "letterbox".  Whoever changes
 * it can read what is written until the store is unlocked, and is found out
 * then.
 *
 * Not thread-safe.  Account and peer: normalised, see env.h.
 *
 * Spec: PROTOCOL.md 12.6.
 */
#ifndef EIDER_LETTERBOX_H
#define EIDER_LETTERBOX_H

#include "eider/status.h"
#include "eider/store.h"

typedef struct {
    const char *account, *peer, *html;
    uint64_t written_ms;
    uint8_t id[EIDER_TEXT_ID_SIZE]; /* the text's, for good */
    bool is_found; /* it was on the disk when this process began */
} eider_letter;

typedef struct eider_letterbox eider_letterbox;

/*
 * In:       files  borrowed; outlives the letterbox
 * Returns:  EIDER_OK
 *           EIDER_E_MISSING  no public half: the store was never unlocked by
 *                            an Eider that has letterboxes
 *           EIDER_E_STORE    a file cannot be read, or is none of ours
 */
EIDER_MUST_USE eider_err eider_letterbox_open(eider_letterbox **out,
                                              const eider_files *files);
void eider_letterbox_close(eider_letterbox *b); /* wipes; NULL is fine */

/*
 * Keep a text: it is on the disk when this returns EIDER_OK.
 *
 * Out:      id  drawn here
 * Returns:  EIDER_OK; EIDER_E_LIMIT (too long, or too many); EIDER_E_STORE
 */
EIDER_MUST_USE eider_err eider_letterbox_put(eider_letterbox *b,
                                             const char *account,
                                             const char *peer, const char *html,
                                             uint64_t written_ms,
                                             uint8_t id[EIDER_TEXT_ID_SIZE]);

/*
 * The store is open: look at what was found, and put the public half right.
 * Once a box.
 *
 * Out:      was_changed  somebody had put another public half there
 */
void eider_letterbox_unlock(eider_letterbox *b, const eider_store *s,
                            bool *was_changed);

/* The same for a store that has no letterbox yet: makes one where it has a
 * passphrase. */
void eider_letterbox_prepare(const eider_files *files, const eider_store *s);

/* The letters that can be read now, the oldest first; NULL: no more.  Valid
 * until the next call that changes the box. */
const eider_letter *eider_letterbox_get(const eider_letterbox *b, size_t i);
/* How many were found that nothing opens; they stay. */
size_t eider_letterbox_closed(const eider_letterbox *b);

/* It was handed on, or the user threw it away; one that is not there is
 * fine.  EIDER_E_STORE: it is still there. */
EIDER_MUST_USE eider_err
eider_letterbox_drop(eider_letterbox *b, const uint8_t id[EIDER_TEXT_ID_SIZE]);

#endif
