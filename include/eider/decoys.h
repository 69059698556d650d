/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: decoys.  A few contacts of one account who all have the same slots,
 * so that nobody who sees the lines can tell to which of them the user writes.
 *
 *     set ──▶ an offer of Steady, 60 s, to each ──▶ those who agree take part
 *
 * A member is in Steady like any other contact (eider/engine.h), but that the
 * slot is 60 s for all of them and cannot be another one while they are in the
 * set.  Who is offline, declined or cannot now does not take part, and hides
 * nobody.  Who leaves the set keeps Steady until the user ends it.
 *
 * Invariants
 *   1. When members are offered it, and when their slots are, depends on the
 *      set, on who is online and on chance; on no text.
 *   2. Text to a member who takes part leaves in slots of 60 s only.
 *
 * Spec: PROTOCOL.md, "Decoys".
 */
#ifndef EIDER_DECOYS_H
#define EIDER_DECOYS_H

#include "eider/engine.h"

/*
 * Make these @n peers the account's set; who was in it and is not among them
 * leaves it.  0: no set.  A peer who comes in is offered Steady as soon as he
 * is online, though he declined before or the user ended it with him.
 *
 * In:       peers  a name that stands here twice counts once
 * Returns:  EIDER_OK
 *           EIDER_E_LIMIT      not 0, and not EIDER_DECOYS_MIN to _MAX
 *           EIDER_E_MALFORMED  a name that is empty or too long
 *           EIDER_E_STORE      cannot be written
 * On error: nothing has changed
 */
EIDER_MUST_USE eider_err eider_engine_decoys_set(eider_engine *e,
                                                 const char *account,
                                                 const char *const *peers,
                                                 size_t n);
/* How many members the account's set has; those of them that take part now. */
unsigned eider_engine_decoys(const eider_engine *e, const char *account);
unsigned eider_engine_decoys_now(eider_engine *e, const char *account);

/* Somebody who is a member or could be asked to be one. */
typedef struct {
    const char *peer; /* valid during the call only */
    bool is_member, is_online;
    eider_part part; /* of a member; of others OPEN or UNMET where they could
                        not take part as it is, else NONE */
} eider_decoy;

/* Members, and whoever is private or was met: in no order; returns how many.
 * Reads no file but the members'.  @row must not call the engine. */
size_t eider_engine_decoys_list(eider_engine *e, const char *account,
                                void (*row)(void *arg, const eider_decoy *d),
                                void *arg);

#endif
