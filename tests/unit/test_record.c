/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/limits.h"
#include "eider/record.h"
#include "support.h"

#include <check.h>
#include <string.h>

Suite *record_suite(void);

static void
expect_slice(eider_slice got, const void *want, size_t n)
{
    ck_assert_uint_eq(got.n, n);
    ck_assert(n == 0 || memcmp(got.p, want, n) == 0);
}

static eider_text
some_text(const char *s)
{
    return (eider_text){.id = {1, 2, 3, 4, 5, 6},
                        .seq = 0x010203,
                        .part = 0,
                        .parts = 1,
                        .text = test_string(s)};
}

/* Adding gives @e, and where that is not EIDER_OK, changes nothing. */
#define EXPECT_ADD(b, e, call)                                                 \
    do {                                                                       \
        eider_body before = *(b);                                              \
                                                                               \
        ck_assert_int_eq((call), (e));                                         \
        if ((e) != EIDER_OK)                                                   \
            ck_assert_mem_eq((b), &before, sizeof before);                     \
    } while (0)

/* ---- Writing ----------------------------------------------------------- */

START_TEST(a_full_text_leaves_room_for_an_ack_and_no_more)
{
    eider_ack a = {0x0a0b0c, 0x80000001, 7};
    uint8_t long_text[EIDER_BODY_MAX];
    eider_text t = some_text("");
    eider_body b;

    memset(long_text, 'a', sizeof long_text);
    eider_body_init(&b, (eider_size)_i);
    t.text = test_slice(long_text, eider_text_room((eider_size)_i));
    EXPECT_ADD(&b, EIDER_OK, eider_body_add_text(&b, &t));
    EXPECT_ADD(&b, EIDER_OK, eider_body_add_ack(&b, &a));
    ck_assert_uint_eq(b.used, eider_body_len(b.size));
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add(&b, 99, test_string("")));
    ck_assert_int_eq(eider_body_check(&b), EIDER_OK);

    eider_body_init(&b, (eider_size)_i);
    t.text.n += EIDER_ACK_ROOM;
    EXPECT_ADD(&b, EIDER_OK, eider_body_add_text(&b, &t));
    eider_body_init(&b, (eider_size)_i);
    t.text.n++;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_text(&b, &t));
}
END_TEST

START_TEST(what_is_left_of_a_body_is_zeros)
{
    static const uint8_t zeros[EIDER_BODY_MAX];
    eider_body b;

    memset(&b, 7, sizeof b);
    eider_body_init(&b, EIDER_M);
    EXPECT_ADD(&b, EIDER_OK, eider_body_add(&b, 99, test_string("abc")));
    ck_assert_uint_eq(b.used, 6);
    ck_assert_mem_eq(b.b,
                     "\x63\x03\x00"
                     "abc",
                     6);
    ck_assert_mem_eq(b.b + 6, zeros, sizeof b.b - 6);
    eider_body_wipe(&b);
    ck_assert_mem_eq(b.b, zeros, sizeof b.b);
}
END_TEST

START_TEST(fields_out_of_their_bounds_are_refused)
{
    uint8_t bytes[EIDER_NAME_MAX + 1] = {0};
    eider_ack acks[] = {{1 << 24, 0, 0}, {0, 0, 1 << 24}};
    eider_hello h = {test_slice(bytes, EIDER_LABEL_MAX),
                     test_slice(bytes, EIDER_NAME_MAX)};
    eider_text t;
    eider_body b;

    eider_body_init(&b, EIDER_M);
    EXPECT_ADD(&b, EIDER_E_LIMIT,
               eider_body_add(&b, EIDER_R_PAD, test_string("x")));
    t = some_text("x");
    t.seq = 1 << 24;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_text(&b, &t));
    t = some_text("x");
    t.parts = 0;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_text(&b, &t));
    t.part = 32;
    t.parts = 33;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_text(&b, &t));
    t.parts = 32;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_text(&b, &t));
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_ack(&b, &acks[0]));
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_ack(&b, &acks[1]));
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_when(&b, UINT64_C(1) << 40));
    EXPECT_ADD(&b, EIDER_OK, eider_body_add_hello(&b, &h));
    h.label.n++;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_hello(&b, &h));
    h.label.n--;
    h.name.n++;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_hello(&b, &h));
}
END_TEST

START_TEST(a_length_that_would_wrap_around_is_refused)
{
    eider_text t = some_text("x");
    eider_body b;

    eider_body_init(&b, EIDER_L);
    t.text.n = SIZE_MAX - EIDER_TEXT_HEADER + 1;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_text(&b, &t));
    t.text.n = SIZE_MAX;
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add_text(&b, &t));
    EXPECT_ADD(&b, EIDER_E_LIMIT, eider_body_add(&b, 99, t.text));
}
END_TEST

/* ---- Reading ----------------------------------------------------------- */

START_TEST(a_record_ends_inside_its_body_or_all_are_ignored)
{
    static const uint8_t zeros[200];
    eider_body b;

    for (size_t start = 0; start < 200; start++) {
        for (size_t n = 0; n < 260; n++) {
            eider_body_init(&b, EIDER_S);
            if (start >= 3)
                ck_assert_int_eq(
                    eider_body_add(&b, 98, test_slice(zeros, start - 3)),
                    EIDER_OK);
            else if (start > 0)
                continue;
            b.b[start] = 99;
            if (start + 1 < 200)
                b.b[start + 1] = (uint8_t)n;
            if (start + 2 < 200)
                b.b[start + 2] = (uint8_t)(n >> 8);
            ck_assert_int_eq(eider_body_check(&b), start + 3 + n <= 200
                                                       ? EIDER_OK
                                                       : EIDER_E_MALFORMED);
        }
    }
}
END_TEST

START_TEST(a_body_of_any_bytes_is_read_inside_its_bounds)
{
    struct {
        eider_body b;
    } *heap = eider_alloc(sizeof *heap);
    uint8_t seed = 1;

    for (int round = 0; round < 2000; round++) {
        eider_record r;
        size_t at = 0, end = 0;

        heap->b.size = (eider_size)(round % 3);
        for (size_t i = 0; i < EIDER_BODY_MAX; i++)
            heap->b.b[i] = seed = (uint8_t)(seed * 5 + 13 + (i + round) % 7);
        while (eider_body_next(&heap->b, &at, &r)) {
            ck_assert_uint_ne(r.type, EIDER_R_PAD);
            ck_assert_ptr_eq(r.value.p, heap->b.b + end + 3);
            end += 3 + r.value.n;
            ck_assert_uint_eq(at, end);
            ck_assert_uint_le(end, eider_body_len(heap->b.size));
        }
    }
    eider_free(heap, sizeof *heap);
}
END_TEST

START_TEST(an_unknown_record_is_given_and_what_follows_is_read)
{
    eider_ack a = {1, 2, 3}, got;
    eider_record r;
    eider_body b;
    size_t at = 0;

    eider_body_init(&b, EIDER_S);
    ck_assert_int_eq(eider_body_add(&b, 200, test_string("later")), EIDER_OK);
    ck_assert_int_eq(eider_body_add_ack(&b, &a), EIDER_OK);
    ck_assert(eider_body_next(&b, &at, &r));
    ck_assert_uint_eq(r.type, 200);
    expect_slice(r.value, "later", 5);
    ck_assert(eider_body_next(&b, &at, &r));
    ck_assert_int_eq(eider_ack_parse(r.value, &got), EIDER_OK);
    ck_assert_mem_eq(&got, &a, sizeof a);
    ck_assert(!eider_body_next(&b, &at, &r));
    ck_assert(!eider_body_next(&b, &at, &r));
}
END_TEST

static bool
takes_text(eider_slice in, void *data)
{
    eider_text t, *untouched = data;

    memset(&t, 0x77, sizeof t);
    *untouched = t;
    if (eider_text_parse(in, &t) == EIDER_OK)
        return true;
    ck_assert_mem_eq(&t, untouched, sizeof t);
    return false;
}

static bool
takes_ack(eider_slice in, void *data)
{
    eider_ack a = {5, 5, 5};

    (void)data;
    if (eider_ack_parse(in, &a) == EIDER_OK)
        return true;
    ck_assert_uint_eq(a.base + a.bitmap + a.floor, 15);
    return false;
}

static bool
takes_hello(eider_slice in, void *data)
{
    eider_hello h = {{NULL, 9}, {NULL, 9}};

    (void)data;
    if (eider_hello_parse(in, &h) == EIDER_OK)
        return true;
    ck_assert_uint_eq(h.label.n + h.name.n, 18);
    return false;
}

static bool
takes_when(eider_slice in, void *data)
{
    uint64_t ms = 5;

    (void)data;
    if (eider_when_parse(in, &ms) == EIDER_OK)
        return true;
    ck_assert(ms == 5);
    return false;
}

static bool
takes_mode(eider_slice in, void *data)
{
    eider_mode m = {9, 9, 9};

    (void)data;
    if (eider_mode_parse(in, &m) == EIDER_OK)
        return true;
    ck_assert_uint_eq(m.op + m.run + m.slot, 27u);
    return false;
}

/* Each at its shortest, so that no beginning of it is one, too. */
START_TEST(values_that_are_cut_are_ignored)
{
    static const uint8_t text[11] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 31, 32};
    static const uint8_t ack[11], when[6], hello[4] = {3, 'a', 'b', 'c'};
    static const uint8_t mode[6] = {EIDER_STATE_MODE, 1, 7, 0, 10};
    eider_text untouched;

    test_refuses_cuts(test_slice(text, sizeof text), takes_text, &untouched);
    test_refuses_cuts(test_slice(ack, 10), takes_ack, NULL);
    ck_assert(!takes_ack(test_slice(ack, 11), NULL));
    test_refuses_cuts(test_slice(hello, sizeof hello), takes_hello, NULL);
    test_refuses_cuts(test_slice(when, 5), takes_when, NULL);
    test_refuses_cuts(test_slice(mode, 5), takes_mode, NULL);
    ck_assert(!takes_mode(test_slice(mode, 6), NULL));
    ck_assert(!takes_when(test_slice(when, 6), NULL));
}
END_TEST

/* Each step has one length, but for the one with a question; no other step. */
START_TEST(every_step_of_every_length_is_right_or_ignored)
{
    static const size_t least[] = {0, 32, 96, 64, 32, 32, 32, 32, 1};
    uint8_t value[9 + 200] = {0};
    eider_check_record c;
    bool is_right;
    eider_body b;

    for (unsigned step = 0; step < 256; step++) {
        value[0] = (uint8_t)step;
        for (size_t n = 0; n < 200; n++) {
            is_right = step >= 1 && step <= 8 && n >= least[step] &&
                       n <= (step == 1 ? 152 : least[step]);
            memset(&c, 0x55, sizeof c);
            ck_assert_int_eq(eider_check_parse(test_slice(value, 9 + n), &c),
                             is_right ? EIDER_OK : EIDER_E_MALFORMED);
            if (!is_right)
                ck_assert_uint_eq(c.run[0], 0x55);
            c = (eider_check_record){(eider_step)step, {0}, {value + 9, n}};
            eider_body_init(&b, EIDER_S);
            ck_assert_int_eq(eider_body_add_check(&b, &c),
                             is_right ? EIDER_OK : EIDER_E_LIMIT);
            ck_assert_uint_eq(b.used, is_right ? 3 + 9 + n : 0);
        }
    }
    for (size_t n = 0; n < 9; n++)
        ck_assert_int_eq(eider_check_parse(test_slice(value, n), &c),
                         EIDER_E_MALFORMED);
}
END_TEST

START_TEST(every_part_of_every_number_of_parts_is_right_or_ignored)
{
    uint8_t value[12] = {0};
    eider_text t;

    for (unsigned part = 0; part < 256; part++) {
        for (unsigned parts = 0; parts < 256; parts++) {
            unsigned count = parts & 0x7f;

            value[9] = (uint8_t)part;
            value[10] = (uint8_t)parts;
            if (count < 1 || count > 32 || part >= count) {
                ck_assert(!takes_text(test_slice(value, 12), &t));
                continue;
            }
            ck_assert_int_eq(eider_text_parse(test_slice(value, 12), &t),
                             EIDER_OK);
            ck_assert_uint_eq(t.part, part);
            ck_assert_uint_eq(t.parts, count);
            ck_assert_int_eq(t.is_html, parts >= 128);
        }
    }
}
END_TEST

START_TEST(labels_and_names_that_are_too_long_are_ignored)
{
    uint8_t value[200] = {EIDER_LABEL_MAX};

    ck_assert(takes_hello(test_slice(value, 1 + 40 + 120), NULL));
    ck_assert(!takes_hello(test_slice(value, 1 + 40 + 121), NULL));
    value[0]++;
    ck_assert(!takes_hello(test_slice(value, 1 + 41 + 120), NULL));
    value[0] = 0;
    ck_assert(takes_hello(test_slice(value, 1), NULL));
    ck_assert(takes_hello(test_slice(value, 1 + 120), NULL));
    ck_assert(!takes_hello(test_slice(value, 1 + 121), NULL));
}
END_TEST

Suite *
record_suite(void)
{
    Suite *s = suite_create("record");
    TCase *tc = tcase_create("record");

    tcase_add_loop_test(tc, a_full_text_leaves_room_for_an_ack_and_no_more, 0,
                        EIDER_SIZES);
    tcase_add_test(tc, what_is_left_of_a_body_is_zeros);
    tcase_add_test(tc, fields_out_of_their_bounds_are_refused);
    tcase_add_test(tc, a_length_that_would_wrap_around_is_refused);
    tcase_add_test(tc, a_record_ends_inside_its_body_or_all_are_ignored);
    tcase_add_test(tc, a_body_of_any_bytes_is_read_inside_its_bounds);
    tcase_add_test(tc, an_unknown_record_is_given_and_what_follows_is_read);
    tcase_add_test(tc, values_that_are_cut_are_ignored);
    tcase_add_test(tc, every_step_of_every_length_is_right_or_ignored);
    tcase_add_test(tc, every_part_of_every_number_of_parts_is_right_or_ignored);
    tcase_add_test(tc, labels_and_names_that_are_too_long_are_ignored);
    suite_add_tcase(s, tc);
    return s;
}
