/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/pack.h"

#include <string.h>

static void
put_le(eider_buf *b, uint64_t v, size_t n)
{
    uint8_t t[8];

    for (size_t i = 0; i < n; i++)
        t[i] = (uint8_t)(v >> (8 * i));
    eider_buf_add(b, t, n);
}

void
eider_put_u8(eider_buf *b, uint8_t v)
{
    put_le(b, v, 1);
}

void
eider_put_u16(eider_buf *b, uint16_t v)
{
    put_le(b, v, 2);
}

void
eider_put_u24(eider_buf *b, uint32_t v)
{
    put_le(b, v, 3);
}

void
eider_put_u32(eider_buf *b, uint32_t v)
{
    put_le(b, v, 4);
}

void
eider_put_u64(eider_buf *b, uint64_t v)
{
    put_le(b, v, 8);
}

void
eider_put_block(eider_buf *b, const void *p, size_t n)
{
    put_le(b, n, 4);
    eider_buf_add(b, p, n);
}

eider_reader
eider_reader_of(const void *p, size_t n)
{
    return (eider_reader){.p = p, .n = n, .failed = false};
}

eider_slice
eider_get_slice(eider_reader *r, size_t n)
{
    eider_slice s = {NULL, 0};

    if (r->failed || n > r->n) {
        r->failed = true;
        return s;
    }
    s.p = r->p;
    s.n = n;
    r->p += n;
    r->n -= n;
    return s;
}

static uint64_t
get_le(eider_reader *r, size_t n)
{
    eider_slice s = eider_get_slice(r, n);
    uint64_t v = 0;

    for (size_t i = 0; i < s.n; i++)
        v |= (uint64_t)s.p[i] << (8 * i);
    return v;
}

uint8_t
eider_get_u8(eider_reader *r)
{
    return (uint8_t)get_le(r, 1);
}

uint16_t
eider_get_u16(eider_reader *r)
{
    return (uint16_t)get_le(r, 2);
}

uint32_t
eider_get_u24(eider_reader *r)
{
    return (uint32_t)get_le(r, 3);
}

uint32_t
eider_get_u32(eider_reader *r)
{
    return (uint32_t)get_le(r, 4);
}

uint64_t
eider_get_u64(eider_reader *r)
{
    return get_le(r, 8);
}

void
eider_get_bytes(eider_reader *r, void *out, size_t n)
{
    eider_slice s = eider_get_slice(r, n);

    if (s.p != NULL)
        memcpy(out, s.p, n);
    else
        memset(out, 0, n);
}

eider_slice
eider_get_block(eider_reader *r, size_t max)
{
    uint32_t n = eider_get_u32(r);

    if (n > max)
        r->failed = true;
    return eider_get_slice(r, n);
}

bool
eider_reader_ok(const eider_reader *r)
{
    return !r->failed;
}

bool
eider_reader_is_done(const eider_reader *r)
{
    return !r->failed && r->n == 0;
}

uint64_t
eider_be64(const uint8_t p[8])
{
    uint64_t v = 0;

    for (int i = 0; i < 8; i++)
        v = v << 8 | p[i];
    return v;
}

void
eider_put_be64(uint8_t p[8], uint64_t v)
{
    for (int i = 7; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)v;
}
