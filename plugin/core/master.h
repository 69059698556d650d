/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the bytes of the file "master".
 *
 *     magic 8 | version 1 | kind 1 | key check 16
 *     kind 0  | key 32                                      | check 16
 *     kind 1  | salt 16 | nonce 24 | sealed key 32 + tag 16 | check 16
 *
 * The key check is a hash keyed with the master key: it tells a key that
 * belongs to another store.  The last check is a plain hash of everything
 * before it: it tells damage from a wrong passphrase.
 */
#ifndef EIDER_CORE_MASTER_H
#define EIDER_CORE_MASTER_H

#include "eider/store.h"

void eider_master_build_plain(const eider_secret *key, eider_buf *out);

/*
 * The key that opens the store of the file @bytes.
 *
 * In:       given    what eider_master_unwrap() found; NULL: no passphrase
 * Out:      wrapped  the file has a passphrase
 *           reason   on error: why, static
 * Returns:  EIDER_OK, EIDER_E_LOCKED (wrapped, and @given is not its key),
 *           EIDER_E_STORE
 */
EIDER_MUST_USE eider_err eider_master_take(eider_slice bytes,
                                           const eider_secret *given,
                                           eider_secret *key, bool *wrapped,
                                           const char **reason);

#endif
