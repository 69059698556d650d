/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: all keys at once, for the inspector, and what a user does to one.
 *
 * Spec: PROTOCOL.md, "Trust".
 */
#ifndef EIDER_KEYRING_H
#define EIDER_KEYRING_H

#include "eider/engine.h"

/* Every key in the index, ours first, then contacts' with their history; no
 * file is read.  @row must not call the engine. */
void eider_engine_list_keys(eider_engine *e,
                            void (*row)(void *arg, const eider_key_row *row),
                            void *arg);

/*
 * The user's word about a known key.  Block: nothing is sent to it, and what it
 * sends is opened, swallowed and counted.  Unblock: it is a candidate again, so
 * that the user says yes before anything goes to it.  Forget: its sessions go,
 * waiting text is not for it any more, and it is history; where no other key
 * is left the next one is taken on trust again.
 *
 * Returns:  EIDER_OK, EIDER_E_MISSING (no such key), EIDER_E_STATE (it is
 *             not blocked), EIDER_E_LIMIT (too many candidates), EIDER_E_STORE
 *           (nothing changed)
 */
EIDER_MUST_USE eider_err eider_engine_key(eider_engine *e, const char *account,
                                          const char *peer,
                                          const char *fingerprint,
                                          eider_deed deed);

#endif
