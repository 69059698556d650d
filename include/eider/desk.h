/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the master key, wrapped a second time for the desktop's keyring.
 *
 *     file "keyring" = magic 8 | version 1 | item 16 | nonce 24 |
 *                      seal(W, nonce, master key) 48 | check 16
 *
 * W is random and lies with the desktop's keyring under the name @item; it is
 * no passphrase, opens nothing else, and is worth nothing once the file is
 * gone.  check is a plain hash of what stands before it.
 *
 * Spec: PROTOCOL.md 12; SECURITY.md, "At rest", says what it is worth.
 */
#ifndef EIDER_DESK_H
#define EIDER_DESK_H

#include "eider/store.h"

#define EIDER_DESK_FILE     "keyring"
#define EIDER_DESK_ITEM_LEN 16

/* Draw item and W, to be wiped; @file is appended to: what is to be written
 * once the keyring has W. */
void eider_desk_wrap(const eider_store *s, uint8_t item[EIDER_DESK_ITEM_LEN],
                     eider_secret *w, eider_buf *file);

/* Returns EIDER_OK, EIDER_E_STORE (damaged, or none of ours). */
EIDER_MUST_USE eider_err eider_desk_item(eider_slice file,
                                         uint8_t item[EIDER_DESK_ITEM_LEN]);

/*
 * The key for eider_store_open().
 *
 * Returns:  EIDER_OK, EIDER_E_AUTH (another W), EIDER_E_STORE
 * On error: @key is unchanged.
 */
EIDER_MUST_USE eider_err eider_desk_unwrap(eider_slice file,
                                           const eider_secret *w,
                                           eider_secret *key);

#endif
