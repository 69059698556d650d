/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body of a frame that opened: whatever a peer with good keys puts there.
 * What a parser takes is written again the same (PROTOCOL.md 6).
 */
#include "fuzz/fuzz.h"

#include "core/work.h"
#include "eider/record.h"

#include <string.h>

static void
same(const eider_body *b, eider_err err, uint8_t type, eider_slice value)
{
    eider_record r;
    size_t at = 0;

    FUZZ_CHECK(err == EIDER_OK);
    FUZZ_CHECK(eider_body_next(b, &at, &r));
    FUZZ_CHECK(r.type == type && r.value.n == value.n &&
               memcmp(r.value.p, value.p, value.n) == 0);
}

static void
look_text(eider_slice v, eider_body *b)
{
    eider_text t;

    if (eider_text_parse(v, &t) != EIDER_OK)
        return;
    FUZZ_CHECK(t.part < t.parts && t.parts >= 1 && t.parts <= 32);
    FUZZ_CHECK(t.text.n + 11 == v.n);
    same(b, eider_body_add_text(b, &t), EIDER_R_TEXT, v);
}

static void
look_ack(eider_slice v, eider_body *b)
{
    eider_ack a;

    if (eider_ack_parse(v, &a) == EIDER_OK)
        same(b, eider_body_add_ack(b, &a), EIDER_R_ACK, v);
}

static void
look_hello(eider_slice v, eider_body *b)
{
    char label[EIDER_LABEL_SIZE], name[EIDER_NAME_SIZE];
    eider_hello h;

    if (eider_hello_parse(v, &h) != EIDER_OK)
        return;
    FUZZ_CHECK(h.label.n <= 40 && h.name.n <= 120);
    eider_copy_utf8(label, sizeof label, h.label);
    eider_copy_utf8(name, sizeof name, h.name);
    FUZZ_CHECK(g_utf8_validate(label, -1, NULL));
    FUZZ_CHECK(g_utf8_validate(name, -1, NULL));
    for (const char *p = name; *p != '\0'; p++)
        FUZZ_CHECK((unsigned char)*p >= 0x20 && *p != 0x7f);
    same(b, eider_body_add_hello(b, &h), EIDER_R_HELLO, v);
}

static void
look_state(eider_slice v, eider_body *b)
{
    eider_mode m;

    if (eider_mode_parse(v, &m) != EIDER_OK)
        return;
    FUZZ_CHECK(m.op >= 1 && m.op <= 3);
    same(b, eider_body_add_mode(b, &m), EIDER_R_STATE, v);
}

static void
look_check(eider_slice v, eider_body *b)
{
    eider_check_record c;

    if (eider_check_parse(v, &c) != EIDER_OK)
        return;
    FUZZ_CHECK(c.step >= 1 && c.step <= 8 && c.value.n + 9 == v.n);
    same(b, eider_body_add_check(b, &c), EIDER_R_CHECK, v);
}

static void
look_when(eider_slice v, eider_body *b)
{
    uint64_t ms;

    if (eider_when_parse(v, &ms) == EIDER_OK)
        same(b, eider_body_add_when(b, ms), EIDER_R_WHEN, v);
}

static void
look(const eider_record *r)
{
    static void (*const looks[])(eider_slice, eider_body *) = {
        [EIDER_R_TEXT] = look_text,   [EIDER_R_ACK] = look_ack,
        [EIDER_R_HELLO] = look_hello, [EIDER_R_STATE] = look_state,
        [EIDER_R_CHECK] = look_check, [EIDER_R_WHEN] = look_when,
    };
    static eider_body b; /* what it holds from before does not matter */
    uint8_t *copy = fuzz_copy(r->value.p, r->value.n);

    b.size = EIDER_L;
    for (size_t i = 0; i < G_N_ELEMENTS(looks); i++) {
        if (looks[i] == NULL || (i != r->type && r->value.n > 200))
            continue;
        b.used = 0;
        looks[i]((eider_slice){copy, r->value.n}, &b);
    }
    free(copy);
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    eider_body b = {.size = fuzz_below(&in, 3)};
    size_t len = eider_body_len(b.size), at = 0, sum = 0;
    eider_record r;
    bool is_whole;

    fuzz_fill(&in, b.b, len);
    is_whole = eider_body_check(&b) == EIDER_OK;
    while (eider_body_next(&b, &at, &r)) {
        FUZZ_CHECK(r.type != 0 && at <= len);
        FUZZ_CHECK(r.value.p >= b.b && r.value.p + r.value.n <= b.b + len);
        sum += 3 + r.value.n;
        FUZZ_CHECK(sum == at);
        look(&r);
    }
    FUZZ_CHECK(is_whole == (at == len || b.b[at] == 0));
}

static void
seeds(fuzz_seed *out, void *arg)
{
    EIDER_AUTO(eider_body) b;
    const eider_text t = {{1}, 7, 1, 3, true, {(const uint8_t *)"<b>x", 4}};
    const eider_ack a = {1, 2, 3};
    const eider_hello h = {{(const uint8_t *)"desk", 4},
                           {(const uint8_t *)"bob\303\251", 5}};
    const eider_mode m = {1, 7, 10};
    const uint8_t value[96] = {1};
    eider_check_record c = {EIDER_STEP_ANSWER, {1}, {value, 96}};

    b.b[0] = 0;
    eider_body_init(&b, EIDER_M);
    FUZZ_CHECK(eider_body_add_text(&b, &t) == EIDER_OK &&
               eider_body_add_ack(&b, &a) == EIDER_OK &&
               eider_body_add_when(&b, 5) == EIDER_OK &&
               eider_body_add_mode(&b, &m) == EIDER_OK &&
               eider_body_add_check(&b, &c) == EIDER_OK &&
               eider_body_add_hello(&b, &h) == EIDER_OK);
    {
        EIDER_AUTO(eider_buf) all = {0};

        eider_buf_add(&all, "\1", 1);
        eider_buf_add(&all, b.b, b.used);
        out(arg, all.p, all.n);
    }
}

const fuzz_harness fuzz_record = {"record", 1400, one, seeds, false};
