/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records against the vectors of the Python model: read, and written again.
 */
#include "eider/limits.h"
#include "eider/record.h"
#include "vectors.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *record_model_suite(void);

static void
expect_slice(eider_slice got, const void *want, size_t n)
{
    ck_assert_uint_eq(got.n, n);
    ck_assert(n == 0 || memcmp(got.p, want, n) == 0);
}

/* Does the value of a record parse?  True for types that have no parser. */
static bool
parses(const eider_record *r)
{
    eider_text t;
    eider_ack a;
    eider_hello h;
    eider_check_record c;
    eider_mode m;
    uint64_t ms;

    switch (r->type) {
    case EIDER_R_TEXT:
        return eider_text_parse(r->value, &t) == EIDER_OK;
    case EIDER_R_ACK:
        return eider_ack_parse(r->value, &a) == EIDER_OK;
    case EIDER_R_HELLO:
        return eider_hello_parse(r->value, &h) == EIDER_OK;
    case EIDER_R_CHECK:
        return eider_check_parse(r->value, &c) == EIDER_OK;
    case EIDER_R_WHEN:
        return eider_when_parse(r->value, &ms) == EIDER_OK;
    case EIDER_R_STATE:
        return r->value.p[0] != EIDER_STATE_MODE ||
               eider_mode_parse(r->value, &m) == EIDER_OK;
    default:
        return true;
    }
}

static void
agree_text(const vectors *v, eider_slice value, eider_body *again)
{
    uint8_t id[EIDER_ID_LEN], text[EIDER_BODY_MAX];
    size_t n = vectors_bytes(v, "text", text, sizeof text);
    eider_text t;

    vectors_exactly(v, "text_id", id, sizeof id);
    ck_assert_int_eq(eider_text_parse(value, &t), EIDER_OK);
    ck_assert_mem_eq(t.id, id, sizeof id);
    ck_assert_uint_eq(t.seq, vectors_number(v, "text_seq"));
    ck_assert_uint_eq(t.part, vectors_number(v, "text_part"));
    ck_assert_uint_eq(t.parts, vectors_number(v, "text_parts"));
    ck_assert_uint_eq(t.is_html, vectors_number(v, "text_html"));
    expect_slice(t.text, text, n);
    ck_assert_int_eq(eider_body_add_text(again, &t), EIDER_OK);
}

static void
agree_ack(const vectors *v, eider_slice value, eider_body *again)
{
    eider_ack a;

    ck_assert_int_eq(eider_ack_parse(value, &a), EIDER_OK);
    ck_assert_uint_eq(a.base, vectors_number(v, "ack_base"));
    ck_assert_uint_eq(a.bitmap, vectors_number(v, "ack_bitmap"));
    ck_assert_uint_eq(a.floor, vectors_number(v, "ack_floor"));
    ck_assert_int_eq(eider_body_add_ack(again, &a), EIDER_OK);
}

static void
agree_hello(const vectors *v, eider_slice value, eider_body *again)
{
    uint8_t label[EIDER_LABEL_MAX], name[EIDER_NAME_MAX];
    eider_hello h;

    ck_assert_int_eq(eider_hello_parse(value, &h), EIDER_OK);
    expect_slice(h.label, label,
                 vectors_bytes(v, "hello_label", label, sizeof label));
    expect_slice(h.name, name,
                 vectors_bytes(v, "hello_name", name, sizeof name));
    ck_assert_int_eq(eider_body_add_hello(again, &h), EIDER_OK);
}

static void
agree_check(const vectors *v, eider_slice value, eider_body *again)
{
    uint8_t run[EIDER_RUN_ID_LEN], rest[EIDER_BODY_MAX];
    eider_check_record c;

    ck_assert_int_eq(eider_check_parse(value, &c), EIDER_OK);
    ck_assert_uint_eq(c.step, vectors_number(v, "check_step"));
    vectors_exactly(v, "check_run", run, sizeof run);
    ck_assert_mem_eq(c.run, run, sizeof run);
    expect_slice(c.value, rest,
                 vectors_bytes(v, "check_value", rest, sizeof rest));
    ck_assert_int_eq(eider_body_add_check(again, &c), EIDER_OK);
}

static void
agree_mode(const vectors *v, eider_slice value, eider_body *again)
{
    eider_mode m;

    ck_assert_int_eq(eider_mode_parse(value, &m), EIDER_OK);
    ck_assert_uint_eq(m.op, vectors_number(v, "mode_op"));
    ck_assert_uint_eq(m.run, vectors_number(v, "mode_run"));
    ck_assert_uint_eq(m.slot, vectors_number(v, "mode_slot"));
    ck_assert_int_eq(eider_body_add_mode(again, &m), EIDER_OK);
}

/* Read a record's fields as the case has them, and write them again. */
static void
agree_fields(const vectors *v, const eider_record *r, eider_body *again)
{
    uint64_t ms;

    switch (r->type) {
    case EIDER_R_TEXT:
        agree_text(v, r->value, again);
        break;
    case EIDER_R_ACK:
        agree_ack(v, r->value, again);
        break;
    case EIDER_R_HELLO:
        agree_hello(v, r->value, again);
        break;
    case EIDER_R_CHECK:
        agree_check(v, r->value, again);
        break;
    case EIDER_R_WHEN:
        ck_assert_int_eq(eider_when_parse(r->value, &ms), EIDER_OK);
        ck_assert(ms == vectors_number(v, "when_ms"));
        ck_assert_int_eq(eider_body_add_when(again, ms), EIDER_OK);
        break;
    case EIDER_R_STATE:
        if (vectors_has(v, "mode_op")) {
            agree_mode(v, r->value, again);
            break;
        }
        /* fall through */
    default:
        ck_assert_int_eq(eider_body_add(again, r->type, r->value), EIDER_OK);
    }
}

/* The records of @b are those of the case. */
static void
agree_body(const vectors *v, const eider_body *b)
{
    unsigned long count = vectors_number(v, "records");
    bool ignored = vectors_has(v, "ignored");
    uint8_t value[EIDER_BODY_MAX];
    char type[32], name[32];
    eider_body again;
    eider_record r;
    size_t at = 0;

    eider_body_init(&again, b->size);
    for (unsigned long i = 0; i < count; i++) {
        snprintf(type, sizeof type, "type%lu", i);
        snprintf(name, sizeof name, "value%lu", i);
        ck_assert(eider_body_next(b, &at, &r));
        ck_assert_uint_eq(r.type, vectors_number(v, type));
        ck_assert_msg(parses(&r) != ignored, "case %u, record %lu", v->number,
                      i);
        if (!vectors_has(v, name)) /* only the frame of the body matters */
            continue;
        expect_slice(r.value, value,
                     vectors_bytes(v, name, value, sizeof value));
        if (!ignored)
            agree_fields(v, &r, &again);
    }
    ck_assert(!eider_body_next(b, &at, &r));
    if (!ignored && (count == 0 || vectors_has(v, "value0"))) {
        ck_assert_uint_eq(again.used, at);
        ck_assert_mem_eq(again.b, b->b, EIDER_BODY_MAX);
    }
}

START_TEST(agrees_with_the_model)
{
    unsigned cases[2] = {0};
    eider_body b;
    vectors v;

    vectors_open(&v, "tests/vectors/record.txt");
    while (vectors_next(&v)) {
        unsigned long valid = vectors_number(&v, "valid");
        size_t size = vectors_number(&v, "size");

        eider_body_init(&b, EIDER_S);
        while (eider_body_len(b.size) != size)
            b.size++;
        vectors_bytes(&v, "body", b.b, size);
        cases[valid]++;
        ck_assert_int_eq(eider_body_check(&b),
                         valid ? EIDER_OK : EIDER_E_MALFORMED);
        if (valid)
            agree_body(&v, &b);
    }
    ck_assert_uint_gt(cases[0], 0);
    ck_assert_uint_gt(cases[1], 0);
}
END_TEST

Suite *
record_model_suite(void)
{
    Suite *s = suite_create("record_model");
    TCase *tc = tcase_create("record");

    tcase_add_test(tc, agrees_with_the_model);
    suite_add_tcase(s, tc);
    return s;
}
