/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fragments of handshakes: frames as they come, and plaintexts as somebody
 * who knows the mask would seal them (PROTOCOL.md 7.2).
 */
#include "fuzz/fuzz.h"

#include "eider/crypto.h"
#include "eider/handshake.h"

#include <string.h>

#define PLAIN_MAX (EIDER_FRAME_M - 24)

/* 7.2, from the document. */
static bool
is_taken(const uint8_t *plain, eider_size size)
{
    unsigned message = plain[7] >> 4, index = plain[7] & 15;

    if (plain[0] != 0x48 || message < 1 || message > 3)
        return false;
    if (size == EIDER_S)
        return index < (message == 3 ? 1 : 5);
    for (size_t i = 12 + 1220; i < PLAIN_MAX; i++)
        if (plain[i] != 0)
            return false;
    return message != 3 && index == 0;
}

static void
seal(const eider_secret *mask, const uint8_t *plain, eider_frame *f)
{
    size_t n = eider_frame_len(f->size) - 24;
    const eider_slice part = {plain, n};
    EIDER_AUTO(eider_secret) ke, km;

    eider_kdf(1, "EIDRmask", mask, &ke);
    eider_kdf(2, "EIDRmask", mask, &km);
    eider_hash(f->b, 24, km.b, sizeof km.b, &part, 1);
    eider_stream(&ke, f->b, plain, n, f->b + 24);
}

static void
open_sealed(fuzz_in *in, const eider_secret *mask)
{
    uint8_t plain[PLAIN_MAX] = {0};
    eider_frame f = {.size = fuzz_below(in, 2)};
    bool is_good;
    eider_fragment got;
    eider_err err;
    uint16_t bit = fuzz_u16(in);

    plain[0] = 0x48;
    plain[7] = fuzz_u8(in);
    (void)fuzz_edit(in, plain, eider_frame_len(f.size) - 24);
    fuzz_fill(in, plain + 12, in->n < 1220 ? in->n : 244);
    is_good = is_taken(plain, f.size);
    seal(mask, plain, &f);
    err = eider_fragment_open(mask, &f, &got);
    FUZZ_CHECK(err == (is_good ? EIDER_OK : EIDER_E_MALFORMED));
    if (is_good) {
        FUZZ_CHECK(got.size == f.size && got.message == plain[7] >> 4 &&
                   got.index == (plain[7] & 15));
        FUZZ_CHECK(memcmp(got.id.b, plain + 1, sizeof got.id.b) == 0);
        FUZZ_CHECK(memcmp(got.data, plain + 12,
                          f.size == EIDER_S ? EIDER_FRAGMENT_S
                                            : EIDER_FRAGMENT_M) == 0);
    }
    f.b[bit / 8 % eider_frame_len(f.size)] ^= (uint8_t)(1 << bit % 8);
    FUZZ_CHECK(eider_fragment_open(mask, &f, &got) == EIDER_E_AUTH);
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    uint8_t op = fuzz_u8(&in);
    EIDER_AUTO(eider_secret) mask;
    eider_frame f = {.size = op % 3};
    eider_fragment got;

    fuzz_random(7);
    eider_mask_public(&mask);
    if (op & 4)
        mask.b[0] ^= 1;
    if (op & 8) {
        fuzz_fill(&in, f.b, eider_frame_len(f.size));
        FUZZ_CHECK(eider_fragment_open(&mask, &f, &got) == EIDER_E_AUTH);
    } else {
        open_sealed(&in, &mask);
    }
}

static void
seeds(fuzz_seed *out, void *arg)
{
    out(arg, "\0\0\0\0\20\0", 6);
    out(arg, "\0\1\0\0\20\0", 6);
    out(arg, "\0\1\7\1\42\1\340\4\1", 9);
    out(arg, "\4\0\7\1\60\0abc", 9);
    out(arg, "\10noise", 6);
}

const fuzz_harness fuzz_fragment = {"fragment", 1400, one, seeds, false};
