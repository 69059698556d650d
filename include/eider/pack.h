/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: cursors for fields in wire order.
 *
 * A writer appends to an eider_buf.  A reader walks over a slice and keeps a
 * sticky failure: after the first field that does not fit, every later field
 * reads as zero and eider_reader_ok() stays false, so that a list of fields
 * reads like the table in PROTOCOL.md and is checked once, at its end.
 *
 * Integers are little-endian.  A block is a u32 length and its bytes.
 */
#ifndef EIDER_PACK_H
#define EIDER_PACK_H

#include "eider/mem.h"

typedef struct {
    const uint8_t *p;
    size_t n;
    bool failed;
} eider_reader;

void eider_put_u8(eider_buf *b, uint8_t v);
void eider_put_u16(eider_buf *b, uint16_t v);
void eider_put_u24(eider_buf *b, uint32_t v);
void eider_put_u32(eider_buf *b, uint32_t v);
void eider_put_u64(eider_buf *b, uint64_t v);
void eider_put_block(eider_buf *b, const void *p, size_t n);

eider_reader eider_reader_of(const void *p, size_t n);
uint8_t eider_get_u8(eider_reader *r);
uint16_t eider_get_u16(eider_reader *r);
uint32_t eider_get_u24(eider_reader *r);
uint32_t eider_get_u32(eider_reader *r);
uint64_t eider_get_u64(eider_reader *r);

/* Copy exactly @n bytes to @out; zeros there when they do not exist. */
void eider_get_bytes(eider_reader *r, void *out, size_t n);

/* The next @n bytes in place; {NULL, 0} when they do not exist. */
eider_slice eider_get_slice(eider_reader *r, size_t n);

/* A block in place, refused (sticky) when longer than @max. */
eider_slice eider_get_block(eider_reader *r, size_t max);

/* Nothing failed so far / nothing failed and nothing is left. */
bool eider_reader_ok(const eider_reader *r);
bool eider_reader_is_done(const eider_reader *r);

/* Big-endian 64 bits, for base62 groups and digits of fingerprints. */
uint64_t eider_be64(const uint8_t p[8]);
void eider_put_be64(uint8_t p[8], uint64_t v);

#endif
