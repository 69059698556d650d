/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/frame.h"

#include "eider/limits.h"
#include "eider/pack.h"
#include "eider/record.h"

#include <assert.h>
#include <string.h>

#define MAGIC_LEN     (sizeof EIDER_MAGIC - 1)
#define PREFIX_LEN    (MAGIC_LEN + 1) /* with the letter for the size */
#define GROUP_BYTES   8
#define GROUP_DIGITS  11 /* 62^11 is the first power above 2^64 */
#define DATA_OVERHEAD 80 /* of a data frame: N 24, sealed header 56 */

static const char DIGITS[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static const struct {
    char letter;
    size_t frame, line;
} SIZES[EIDER_SIZES] = {
    [EIDER_S] = {'S', EIDER_FRAME_S, EIDER_LINE_S},
    [EIDER_M] = {'M', EIDER_FRAME_M, EIDER_LINE_M},
    [EIDER_L] = {'L', EIDER_FRAME_L, EIDER_LINE_L},
};

#define LINE_OF(frame) (PREFIX_LEN + (frame) / GROUP_BYTES * GROUP_DIGITS)
_Static_assert(EIDER_LINE_S == LINE_OF(EIDER_FRAME_S), "S line");
_Static_assert(EIDER_LINE_M == LINE_OF(EIDER_FRAME_M), "M line");
_Static_assert(EIDER_LINE_L == LINE_OF(EIDER_FRAME_L), "L line");
_Static_assert(EIDER_BODY_MAX == EIDER_FRAME_L - DATA_OVERHEAD, "L body");

size_t
eider_frame_len(eider_size s)
{
    return SIZES[s].frame;
}

size_t
eider_line_len(eider_size s)
{
    return SIZES[s].line;
}

size_t
eider_body_len(eider_size s)
{
    return SIZES[s].frame - DATA_OVERHEAD;
}

size_t
eider_text_room(eider_size s)
{
    return eider_body_len(s) - EIDER_TEXT_HEADER - EIDER_ACK_ROOM;
}

eider_size
eider_size_for(size_t line_max)
{
    eider_size s = EIDER_L;

    while (s > EIDER_S && SIZES[s].line > line_max)
        s--;
    return s;
}

void
eider_line_encode(const eider_frame *f, char *out)
{
    memcpy(out, EIDER_MAGIC, MAGIC_LEN);
    out[MAGIC_LEN] = SIZES[f->size].letter;
    out += PREFIX_LEN;
    for (size_t i = 0; i < SIZES[f->size].frame; i += GROUP_BYTES) {
        uint64_t v = eider_be64(f->b + i);

        for (int d = GROUP_DIGITS - 1; d >= 0; d--, v /= 62)
            out[d] = DIGITS[v % 62];
        out += GROUP_DIGITS;
    }
    *out = '\0';
}

/* The value of a base62 digit plus one; 0 for any other character.  A table,
 * as every character that anybody sends is looked up here. */
#define TEN(c, v)                                                              \
    [(c) + 0] = (v) + 1, [(c) + 1] = (v) + 2, [(c) + 2] = (v) + 3,             \
           [(c) + 3] = (v) + 4, [(c) + 4] = (v) + 5, [(c) + 5] = (v) + 6,      \
           [(c) + 6] = (v) + 7, [(c) + 7] = (v) + 8, [(c) + 8] = (v) + 9,      \
           [(c) + 9] = (v) + 10
#define SIX(c, v)                                                              \
    [(c) + 0] = (v) + 1, [(c) + 1] = (v) + 2, [(c) + 2] = (v) + 3,             \
           [(c) + 3] = (v) + 4, [(c) + 4] = (v) + 5, [(c) + 5] = (v) + 6

static const uint8_t VALUES[256] = {
    TEN('0', 0),  TEN('A', 10), TEN('K', 20), SIX('U', 30),
    TEN('a', 36), TEN('k', 46), SIX('u', 56),
};

static bool
is_digit(char c)
{
    return VALUES[(uint8_t)c] != 0;
}

static uint64_t
value_of(char c)
{
    return VALUES[(uint8_t)c] - 1u;
}

/* False for a group worth 2^64 or more; all its characters are digits. */
static bool
decode_group(const char *p, uint8_t out[GROUP_BYTES])
{
    uint64_t v = 0, d = value_of(p[GROUP_DIGITS - 1]);

    /* 62^10 is below 2^64: only the last digit can be too much. */
    for (int i = 0; i < GROUP_DIGITS - 1; i++)
        v = v * 62 + value_of(p[i]);
    if (v > (UINT64_MAX - d) / 62)
        return false;
    eider_put_be64(out, v * 62 + d);
    return true;
}

/*
 * A search through a text.  What is known of it is kept, so that a text made
 * of nothing but magics costs no more than its length.
 */
typedef struct {
    const char *text;
    size_t n;
    size_t run_end; /* of the digits that were last looked at */
    /* For groups that begin at a multiple of 11 plus i: one past the start of
     * the last group that was found to be too large. */
    size_t bad[GROUP_DIGITS];
} search;

/* The number of digits in a row from @at on. */
static size_t
run_from(search *s, size_t at)
{
    if (s->run_end < at)
        s->run_end = at;
    while (s->run_end < s->n && is_digit(s->text[s->run_end]))
        s->run_end++;
    return s->run_end - at;
}

/* The frame whose groups begin at @at; they are all digits. */
static bool
decode_at(search *s, size_t at, eider_size size, eider_frame *out)
{
    size_t *bad = &s->bad[at % GROUP_DIGITS];
    size_t digits = SIZES[size].line - PREFIX_LEN;
    eider_frame f = {.size = size};

    if (*bad > at && *bad <= at + digits)
        return false;
    for (size_t i = 0; i < SIZES[size].frame / GROUP_BYTES; i++) {
        size_t group = at + i * GROUP_DIGITS;

        if (!decode_group(s->text + group, f.b + i * GROUP_BYTES)) {
            *bad = group + 1;
            return false;
        }
    }
    *out = f;
    return true;
}

/* EIDER_SIZES where there is no magic and letter at @p. */
static eider_size
size_at(const char *p)
{
    eider_size s = EIDER_SIZES;

    if (memcmp(p, EIDER_MAGIC, MAGIC_LEN) == 0)
        for (s = EIDER_S; s < EIDER_SIZES; s++)
            if (SIZES[s].letter == p[MAGIC_LEN])
                break;
    return s;
}

eider_line_kind
eider_line_find(const char *text, size_t n, eider_frame *out)
{
    search s = {.text = text, .n = n};
    eider_line_kind kind = EIDER_LINE_NONE;

    for (size_t at = PREFIX_LEN; at < n; at++) {
        eider_size size = size_at(text + at - PREFIX_LEN);
        size_t run;

        if (size == EIDER_SIZES)
            continue;
        run = run_from(&s, at);
        if (run >= SIZES[size].line - PREFIX_LEN &&
            decode_at(&s, at, size, out))
            return EIDER_LINE_FRAME;
        if (run >= EIDER_DAMAGED_MIN)
            kind = EIDER_LINE_DAMAGED;
    }
    return kind;
}

eider_size
eider_pad_size(size_t len, eider_size largest)
{
    eider_size s = EIDER_S;

    while (s < largest && len > eider_text_room(s))
        s++;
    return s;
}

unsigned
eider_pad_lines(unsigned parts)
{
    static const unsigned steps[] = {1, 2, 3, 4, 6, 8, 12, 16, 24};

    assert(parts <= EIDER_PARTS_MAX);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (parts <= steps[i])
            return steps[i];
    return EIDER_PARTS_MAX;
}
