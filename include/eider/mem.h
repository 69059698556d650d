/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: typed secrets and buffers that wipe themselves.
 *
 * A secret and a public value are different types, so that one passed for the
 * other does not compile.  A variable declared with EIDER_AUTO is wiped on
 * every way out of its block, early returns included; not by longjmp, abort
 * or exit.  What wiping cannot reach is written down in SECURITY.md.
 *
 * Out of memory is fatal here (abort): there is no reaction to it that does
 * not risk a half-written ratchet, and glib behaves the same.
 */
#ifndef EIDER_MEM_H
#define EIDER_MEM_H

#include "eider/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EIDER_KEY_LEN 32

typedef struct {
    uint8_t b[EIDER_KEY_LEN];
} eider_secret;

typedef struct {
    uint8_t b[EIDER_KEY_LEN];
} eider_public;

/* An X25519 pair; @pk always belongs to @sk. */
typedef struct {
    eider_secret sk;
    eider_public pk;
} eider_keypair;

/* Bytes of somebody else: not owned, not changed. */
typedef struct {
    const uint8_t *p;
    size_t n;
} eider_slice;

/* Owned bytes that grow; old storage is wiped before it is freed. */
typedef struct {
    uint8_t *p;
    size_t n, cap;
} eider_buf;

/* Declares a variable whose <type>_wipe runs when it goes out of scope. */
#define EIDER_AUTO(type) __attribute__((cleanup(type##_wipe))) type

void eider_wipe(void *p, size_t n);
void eider_secret_wipe(eider_secret *s);
void eider_keypair_wipe(eider_keypair *k);

/* Wipe, free, and leave the empty buffer. */
void eider_buf_wipe(eider_buf *b);

/* Append @n bytes; @p may be NULL for @n zeros. */
void eider_buf_add(eider_buf *b, const void *p, size_t n);

/* Wipe the contents, keep the storage. */
void eider_buf_clear(eider_buf *b);

/* Compare in constant time. */
bool eider_equal(const void *a, const void *b, size_t n);
bool eider_public_is_equal(const eider_public *a, const eider_public *b);

/* Zeroed memory of @n bytes or abort(); and its wiping opposite. */
void *eider_alloc(size_t n);
void eider_free(void *p, size_t n);

#endif
