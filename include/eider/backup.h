/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: everything that makes this user this user, sealed in one file under a
 * passphrase, to move to a new computer or to survive a lost one.
 *
 *     engine ──gather──▶ plain ──seal (slow)──▶ file ──unseal (slow)──▶ plain
 *                                                       ──import──▶ engine
 *
 * Invariants
 *   1. No ratchet is in it: what is imported cannot send, or open, with a
 *      message key that another machine may have used.  Sessions come along as
 *      what a new one needs: the keys that mask handshakes, the ids of texts
 *      that came, and the text that waits.
 *   2. A file that fails to open in any bit changes nothing.
 *
 * gather and import belong to the engine's thread; seal and unseal may run in
 * another one.
 *
 * Spec: PROTOCOL.md, "A backup".
 */
#ifndef EIDER_BACKUP_H
#define EIDER_BACKUP_H

#include "eider/engine.h"

typedef struct {
    unsigned accounts, contacts, keys, waiting;
    uint64_t made_ms; /* when it was gathered */
} eider_backup_count;

/*
 * In/out:   e
 * Out:      plain  replaced; wipe it
 * Returns:  EIDER_OK, EIDER_E_STORE (a contact's file cannot be read; the
 *           store says why: nothing is left out in silence)
 */
EIDER_MUST_USE eider_err eider_backup_gather(eider_engine *e, eider_buf *plain);

/* Argon2id, about a second.  @pass has @n bytes; @file is replaced.
 * EIDER_E_INTERNAL: no memory for it; EIDER_E_LIMIT: more than 64 MiB. */
EIDER_MUST_USE eider_err eider_backup_seal(eider_slice plain, const char *pass,
                                           size_t n, eider_buf *file);

/*
 * Returns:  EIDER_OK
 *           EIDER_E_MALFORMED  no backup of ours, or damaged
 *           EIDER_E_STATE      written by a newer Eider
 *           EIDER_E_AUTH       not this passphrase
 *           EIDER_E_INTERNAL   no memory for Argon2id
 * Out:      plain  replaced; wipe it
 * On error: @plain is empty.
 */
EIDER_MUST_USE eider_err eider_backup_unseal(eider_slice file, const char *pass,
                                             size_t n, eider_buf *plain);

/*
 * Take it: its accounts' own keys in the place of this store's, contacts with
 * their trust, policy and history, and what waits.  What this store has beside
 * that stays: accounts, contacts, choices, text that waits, and keys, but one
 * that was taken on trust here alone is a candidate where the backup knows the
 * contact's keys.  All sessions end.  Contacts' files are written first and the
 * index last: where a write fails no key, trust or text has changed, and at
 * worst sessions have to be made anew.
 *
 * Out:      count  (may be NULL)
 * Returns:  EIDER_OK
 *           EIDER_E_MALFORMED
 *           EIDER_E_STORE   cannot be read or written
 */
EIDER_MUST_USE eider_err eider_backup_import(eider_engine *e, eider_slice plain,
                                             eider_backup_count *count);

/* Does this store know keys of contacts, so that one asks before an import? */
bool eider_backup_is_used(const eider_engine *e);

/*
 * One file, whole or not at all, 0600, synced.  Something that is there and is
 * no backup of ours is not overwritten (EIDER_E_LOCKED).
 *
 * Out:      why   on error the reason for people ("No space left on device"),
 *                 free with free(); else NULL
 *           file  (load) what is there is appended, up to 64 MiB
 * Returns:  EIDER_OK, EIDER_E_LOCKED (save), EIDER_E_STORE
 */
EIDER_MUST_USE eider_err eider_backup_save(const char *path, eider_slice file,
                                           char **why);
EIDER_MUST_USE eider_err eider_backup_load(const char *path, eider_buf *file,
                                           char **why);

#endif
