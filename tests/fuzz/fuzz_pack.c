/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of fields, held against one that copies. */
#include "fuzz/fuzz.h"

#include "eider/pack.h"

#include <string.h>

/* What a reader has done so far. */
typedef struct {
    const uint8_t *p;
    size_t n, at;
    bool failed;
} slow;

static uint64_t
slow_number(slow *s, unsigned bytes)
{
    uint64_t v = 0;

    if (s->failed || s->n - s->at < bytes) {
        s->failed = true;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        v |= (uint64_t)s->p[s->at++] << 8 * i;
    return v;
}

static size_t
slow_slice(slow *s, size_t n)
{
    if (s->failed || s->n - s->at < n) {
        s->failed = true;
        return 0;
    }
    s->at += n;
    return n;
}

static void
look_block(eider_reader *r, slow *s, size_t max)
{
    eider_slice got = eider_get_block(r, max);
    size_t n = (size_t)slow_number(s, 4);

    if (n > max)
        s->failed = true;
    n = slow_slice(s, n);
    FUZZ_CHECK(got.n == n);
    FUZZ_CHECK(n == 0 || got.p == s->p + s->at - n);
}

static void
look_bytes(eider_reader *r, slow *s, size_t n)
{
    uint8_t out[64];
    size_t got;

    n %= sizeof out;
    eider_get_bytes(r, out, n);
    got = slow_slice(s, n);
    for (size_t i = 0; i < n; i++)
        FUZZ_CHECK(out[i] == (got > 0 ? s->p[s->at - n + i] : 0));
}

static void
step(fuzz_in *ops, eider_reader *r, slow *s)
{
    uint8_t op = fuzz_u8(ops);

    switch (op % 8) {
    case 0:
        FUZZ_CHECK(eider_get_u8(r) == slow_number(s, 1));
        break;
    case 1:
        FUZZ_CHECK(eider_get_u16(r) == slow_number(s, 2));
        break;
    case 2:
        FUZZ_CHECK(eider_get_u24(r) == slow_number(s, 3));
        break;
    case 3:
        FUZZ_CHECK(eider_get_u32(r) == slow_number(s, 4));
        break;
    case 4:
        FUZZ_CHECK(eider_get_u64(r) == slow_number(s, 8));
        break;
    case 5:
        look_bytes(r, s, op / 8);
        break;
    case 6: {
        size_t n = op > 250 ? SIZE_MAX - op : op / 8;

        FUZZ_CHECK(eider_get_slice(r, n).n == slow_slice(s, n));
        break;
    }
    default:
        look_block(r, s, op / 8);
    }
    FUZZ_CHECK(eider_reader_ok(r) == !s->failed);
    FUZZ_CHECK(eider_reader_is_done(r) == (!s->failed && s->at == s->n));
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    eider_slice ops = fuzz_take(&in, fuzz_u8(&in) % 32);
    fuzz_in todo = {ops.p, ops.n};
    uint8_t *copy = fuzz_copy(in.p, in.n);
    eider_reader r = eider_reader_of(copy, in.n);
    slow s = {copy, in.n, 0, false};

    while (todo.n > 0)
        step(&todo, &r, &s);
    free(copy);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    out(arg, "\10\0\1\2\3\4\55\66\37abcdefghijklmnopqrstuvwxyz0123456789", 46);
    out(arg, "\2\77\376\3\0\0\0abc", 10);
}

const fuzz_harness fuzz_pack = {"pack", 300, one, seeds, false};
