/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The finder of lines, held against the rules of PROTOCOL.md 3.3 as they are
 * written; and whether a text is the invitation (7.10).
 */
#include "fuzz/fuzz.h"

#include "core/work.h"
#include "eider/frame.h"

#include <string.h>

#define TEXT_MAX 3000 /* and one piece more */

static const char DIGITS[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char LETTERS[] = "SML";

/* ---- the rules once more, without a thought for time ---------------------- */

static int
digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
}

static bool
slow_decode(const char *p, eider_size size, eider_frame *out)
{
    out->size = size;
    for (size_t i = 0; i < eider_frame_len(size) / 8; i++, p += 11) {
        uint64_t v = 0;

        for (int d = 0; d < 11; d++) {
            unsigned x = (unsigned)digit(p[d]);

            if (v > (UINT64_MAX - x) / 62)
                return false;
            v = v * 62 + x;
        }
        for (int b = 0; b < 8; b++)
            out->b[8 * i + (size_t)b] = (uint8_t)(v >> (56 - 8 * b));
    }
    return true;
}

static eider_line_kind
slow_find(const char *text, size_t n, eider_frame *out)
{
    eider_line_kind kind = EIDER_LINE_NONE;

    for (size_t at = 0; at + 6 <= n; at++) {
        const char *letter;
        size_t run = 0;
        eider_size size;

        if (text[at] != 'E' || memcmp(text + at, "EIDER", 5) != 0 ||
            text[at + 5] == '\0' ||
            (letter = strchr(LETTERS, text[at + 5])) == NULL)
            continue;
        size = (eider_size)(letter - LETTERS);
        while (at + 6 + run < n && digit(text[at + 6 + run]) >= 0)
            run++;
        if (run >= eider_line_len(size) - 6 &&
            slow_decode(text + at + 6, size, out))
            return EIDER_LINE_FRAME;
        if (run >= 64)
            kind = EIDER_LINE_DAMAGED;
    }
    return kind;
}

/* ---- texts with something in them ----------------------------------------- */

static void
add_line(fuzz_in *in, eider_buf *out)
{
    static const uint8_t sizes[] = {EIDER_S, EIDER_S, EIDER_S, EIDER_S,
                                    EIDER_S, EIDER_M, EIDER_M, EIDER_L};
    eider_frame f = {.size = sizes[fuzz_below(in, 8)]};
    char line[EIDER_LINE_MAX + 1];

    memset(f.b, fuzz_u8(in), sizeof f.b);
    (void)fuzz_edit(in, f.b, eider_frame_len(f.size));
    eider_line_encode(&f, line);
    eider_buf_add(out, line, eider_line_len(f.size));
}

static void
add_digits(fuzz_in *in, eider_buf *out)
{
    char c = DIGITS[fuzz_below(in, 62)];
    unsigned n = fuzz_u16(in) % 2000;

    eider_buf_add(out, NULL, n);
    if (n > 0)
        memset(out->p + out->n - n, c, n);
}

static void
build(fuzz_in *in, eider_buf *out)
{
    while (in->n > 0 && out->n < TEXT_MAX) {
        uint8_t op = fuzz_u8(in);
        eider_slice s;

        switch (op % 6) {
        case 0:
            s = fuzz_take(in, op / 6);
            eider_buf_add(out, s.p, s.n);
            break;
        case 1:
            add_line(in, out);
            break;
        case 2:
            eider_buf_add(out, "EIDER", 5);
            eider_buf_add(out, &LETTERS[op / 6 % 3], 1);
            break;
        case 3:
            add_digits(in, out);
            break;
        case 4:
            out->n -= out->n > op ? op : out->n;
            break;
        default:
            if (out->n > 0)
                (void)fuzz_edit(in, out->p, out->n);
        }
    }
}

static void
look(const char *text, size_t n)
{
    eider_frame f = {0}, g = {0};
    eider_line_kind kind = eider_line_find(text, n, &f);
    char line[EIDER_LINE_MAX + 1];

    FUZZ_CHECK(kind == slow_find(text, n, &g));
    (void)eider_engine_invites(text, n);
    FUZZ_CHECK(eider_engine_has_line(text, n) == (kind != EIDER_LINE_NONE));
    if (kind != EIDER_LINE_FRAME)
        return;
    FUZZ_CHECK(f.size == g.size &&
               memcmp(f.b, g.b, eider_frame_len(f.size)) == 0);
    eider_line_encode(&f, line);
    FUZZ_CHECK(strlen(line) == eider_line_len(f.size));
    FUZZ_CHECK(memmem(text, n, line, strlen(line)) != NULL);
}

static void
one(const uint8_t *p, size_t n)
{
    EIDER_AUTO(eider_buf) b = {0};
    fuzz_in in = {p, n};
    uint8_t *copy;

    if (fuzz_u8(&in) % 2 == 0)
        eider_buf_add(&b, in.p, in.n);
    else
        build(&in, &b);
    copy = fuzz_copy(b.p, b.n);
    look((const char *)copy, b.n);
    free(copy);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    static const char invitation[] =
        "\0I would like to talk privately with Eider, a plugin for Pidgin. "
        "If you have it, nothing is to be done. EIDERinvite1</b> ";
    EIDER_AUTO(eider_buf) b = {0};
    char line[EIDER_LINE_MAX + 1];

    out(arg, invitation, sizeof invitation - 1);
    for (eider_size s = EIDER_S; s < EIDER_M; s++) {
        eider_frame f = {.size = s};

        memset(f.b, 0x5a, sizeof f.b);
        eider_line_encode(&f, line);
        eider_buf_clear(&b);
        eider_buf_add(&b, "\0<b>", 4);
        eider_buf_add(&b, line, strlen(line));
        out(arg, b.p, b.n);
    }
    out(arg, "\1\1\0\377\0\3\12\310\1\1\2\1\0", 13);
    out(arg, "\1\2\3\13\220\1\2\3\13\220\1\12xyz", 14);
}

const fuzz_harness fuzz_line = {"line", 600, one, seeds, false};
