/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/fuzz.h"

#include "eider/crypto.h"

#include <check.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

/* ---- randomness ----------------------------------------------------------- */

static uint64_t state;

static uint64_t
mix(void)
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static const char *
name_random(void)
{
    return "fuzz";
}

static uint32_t
draw_word(void)
{
    return (uint32_t)(mix() >> 32);
}

static void
draw_bytes(void *const out, const size_t n)
{
    uint8_t *p = out;

    for (size_t i = 0; i < n; i += 8) {
        uint64_t x = mix();

        memcpy(p + i, &x, n - i < 8 ? n - i : 8);
    }
}

static randombytes_implementation seeded = {
    .implementation_name = name_random,
    .random = draw_word,
    .buf = draw_bytes,
};

void
fuzz_random(uint64_t seed)
{
    state = seed;
    randombytes_set_implementation(&seeded);
}

void
fuzz_start(void)
{
    fuzz_random(1);
    FUZZ_CHECK(eider_crypto_init() == EIDER_OK);
}

/* ---- input ---------------------------------------------------------------- */

eider_slice
fuzz_take(fuzz_in *in, size_t n)
{
    eider_slice s = {in->p, n < in->n ? n : in->n};

    if (s.n > 0)
        in->p += s.n;
    in->n -= s.n;
    return s;
}

void
fuzz_fill(fuzz_in *in, void *out, size_t n)
{
    eider_slice s = fuzz_take(in, n);

    if (s.n > 0)
        memcpy(out, s.p, s.n);
    memset((uint8_t *)out + s.n, 0, n - s.n);
}

uint8_t
fuzz_u8(fuzz_in *in)
{
    uint8_t v;

    fuzz_fill(in, &v, 1);
    return v;
}

uint16_t
fuzz_u16(fuzz_in *in)
{
    uint8_t v[2];

    fuzz_fill(in, v, 2);
    return (uint16_t)(v[0] | v[1] << 8);
}

uint32_t
fuzz_u32(fuzz_in *in)
{
    uint32_t low = fuzz_u16(in);

    return low | (uint32_t)fuzz_u16(in) << 16;
}

unsigned
fuzz_below(fuzz_in *in, unsigned below)
{
    return (below <= 256 ? fuzz_u8(in) : fuzz_u16(in)) % below;
}

unsigned
fuzz_edit(fuzz_in *in, void *out, size_t n)
{
    unsigned edits = fuzz_u8(in) % 8, changed = 0;
    uint8_t *p = out, was[8];
    size_t at[8];

    if (n == 0)
        return 0;
    for (unsigned i = 0; i < edits; i++) {
        at[i] = fuzz_u16(in) % n;
        was[i] = p[at[i]];
        p[at[i]] ^= fuzz_u8(in);
    }
    for (unsigned i = 0; i < edits; i++) {
        bool is_first = true;

        for (unsigned k = 0; k < i; k++)
            is_first = is_first && at[k] != at[i];
        changed += is_first && p[at[i]] != was[i];
    }
    return changed;
}

uint8_t *
fuzz_copy(const void *p, size_t n)
{
    uint8_t *copy = malloc(n > 0 ? n : 1);

    FUZZ_CHECK(copy != NULL);
    if (n > 0)
        memcpy(copy, p, n);
    return copy;
}

/* ---- libcheck's macros, without libcheck: the world uses them ------------- */

void
_ck_assert_failed(const char *file, int line, const char *expr, const char *msg,
                  ...)
{
    va_list args;

    fprintf(stderr, "%s:%d: %s ", file, line, expr);
    va_start(args, msg);
    if (msg != NULL)
        vfprintf(stderr, msg, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

void
_mark_point(const char *file, int line)
{
    (void)file;
    (void)line;
}
