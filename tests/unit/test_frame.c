/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/crypto.h"
#include "eider/frame.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *frame_suite(void);

#define PREFIX 6 /* magic and letter */

static const struct {
    size_t frame, line, body, room;
} sizes[EIDER_SIZES] = {
    {280, 391, 200, 173}, {1400, 1931, 1320, 1293}, {5600, 7706, 5520, 5493}};

static void
random_frame(eider_size size, eider_frame *out)
{
    memset(out, 0, sizeof *out);
    out->size = size;
    eider_random(out->b, eider_frame_len(size));
}

static void
random_line(eider_size size, char *line, eider_frame *f)
{
    random_frame(size, f);
    eider_line_encode(f, line);
}

/* @text is of @kind; a frame in it is @want, else the output is untouched.
 * The copy ends where an allocation ends, so that reading on is seen. */
static void
expect(const char *text, size_t n, eider_line_kind kind,
       const eider_frame *want)
{
    eider_frame untouched, got;
    char *copy = eider_alloc(n);

    if (n > 0)
        memcpy(copy, text, n);
    memset(&untouched, 0x77, sizeof untouched);
    got = untouched;
    ck_assert_int_eq(eider_line_find(copy, n, &got), kind);
    if (kind != EIDER_LINE_FRAME) {
        ck_assert_mem_eq(&got, &untouched, sizeof got);
    } else {
        ck_assert_int_eq(got.size, want->size);
        ck_assert_mem_eq(got.b, want->b, eider_frame_len(want->size));
    }
    eider_free(copy, n);
}

static void
expect_text(const char *text, eider_line_kind kind, const eider_frame *want)
{
    expect(text, strlen(text), kind, want);
}

/* ---- Against the model ------------------------------------------------- */

static void
agree_group(const vectors *v)
{
    char line[EIDER_LINE_MAX + 1], digits[11];
    eider_frame f = {.size = EIDER_S};

    vectors_exactly(v, "group0", f.b, 8);
    for (size_t i = 8; i < EIDER_FRAME_S; i++)
        f.b[i] = f.b[i - 8];
    vectors_exactly(v, "digits0", digits, sizeof digits);
    eider_line_encode(&f, line);
    ck_assert_mem_eq(line + PREFIX, digits, sizeof digits);
    expect_text(line, EIDER_LINE_FRAME, &f);
}

static eider_size
size_of_frame(size_t n)
{
    for (eider_size s = EIDER_S; s < EIDER_SIZES; s++)
        if (sizes[s].frame == n)
            return s;
    ck_abort_msg("no frame has %zu bytes", n);
}

START_TEST(lines_agree_with_the_model)
{
    static const eider_line_kind kinds[] = {EIDER_LINE_NONE, EIDER_LINE_FRAME,
                                            EIDER_LINE_DAMAGED};
    char text[2 * EIDER_LINE_MAX], line[EIDER_LINE_MAX + 1];
    eider_frame f;
    size_t n;
    vectors v;

    vectors_open(&v, "tests/vectors/armor.txt");
    while (vectors_next(&v)) {
        if (vectors_has(&v, "group0")) {
            agree_group(&v);
        } else if (vectors_has(&v, "line")) {
            n = vectors_bytes(&v, "frame", f.b, sizeof f.b);
            f.size = size_of_frame(n);
            eider_line_encode(&f, line);
            n = vectors_bytes(&v, "line", text, sizeof text - 1);
            text[n] = '\0';
            ck_assert_str_eq(line, text);
            expect(text, n, EIDER_LINE_FRAME, &f);
        } else {
            unsigned long result = vectors_number(&v, "result");

            ck_assert_uint_le(result, 2);
            if (result == 1)
                f.size =
                    size_of_frame(vectors_bytes(&v, "found", f.b, sizeof f.b));
            n = vectors_bytes(&v, "text", text, sizeof text);
            expect(text, n, kinds[result], &f);
        }
    }
}
END_TEST

static unsigned long
numbered(const vectors *v, const char *name, unsigned long n)
{
    char full[32];

    snprintf(full, sizeof full, "%s%lu", name, n);
    return vectors_number(v, full);
}

/* The cutting of a text is its caller's; sizes and numbers of lines are ours. */
START_TEST(padding_agrees_with_the_model)
{
    vectors v;

    vectors_open(&v, "tests/vectors/pad.txt");
    while (vectors_next(&v)) {
        eider_size largest = eider_size_for(vectors_number(&v, "limit"));
        unsigned long messages = vectors_number(&v, "messages");

        for (unsigned long i = 0; i < messages; i++) {
            unsigned long parts = numbered(&v, "parts", i);
            eider_size size = largest;

            if (parts == 1)
                size = eider_pad_size(numbered(&v, "last", i), largest);
            ck_assert_uint_eq(eider_frame_len(size), numbered(&v, "frame", i));
            ck_assert_uint_eq(eider_pad_lines((unsigned)parts),
                              numbered(&v, "lines", i));
        }
    }
}
END_TEST

/* ---- Properties -------------------------------------------------------- */

START_TEST(the_sizes_are_those_of_the_table)
{
    for (eider_size s = EIDER_S; s < EIDER_SIZES; s++) {
        ck_assert_uint_eq(eider_frame_len(s), sizes[s].frame);
        ck_assert_uint_eq(eider_line_len(s), sizes[s].line);
        ck_assert_uint_eq(eider_body_len(s), sizes[s].body);
        ck_assert_uint_eq(eider_text_room(s), sizes[s].room);
    }
}
END_TEST

START_TEST(the_size_fits_the_carrier_and_is_s_where_nothing_does)
{
    ck_assert_int_eq(eider_size_for(0), EIDER_S);
    ck_assert_int_eq(eider_size_for(390), EIDER_S);
    ck_assert_int_eq(eider_size_for(1930), EIDER_S);
    ck_assert_int_eq(eider_size_for(1931), EIDER_M);
    ck_assert_int_eq(eider_size_for(7705), EIDER_M);
    ck_assert_int_eq(eider_size_for(7706), EIDER_L);
    ck_assert_int_eq(eider_size_for(SIZE_MAX), EIDER_L);
}
END_TEST

START_TEST(a_frame_comes_back_from_its_line)
{
    char line[EIDER_LINE_MAX + 1];
    eider_frame f;

    random_line((eider_size)_i, line, &f);
    ck_assert_uint_eq(strlen(line), sizes[_i].line);
    ck_assert_uint_eq(strspn(line, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz"),
                      sizes[_i].line);
    expect_text(line, EIDER_LINE_FRAME, &f);
    memset(f.b, 0, sizeof f.b);
    eider_line_encode(&f, line);
    expect_text(line, EIDER_LINE_FRAME, &f);
    memset(f.b, 0xff, sizeof f.b);
    eider_line_encode(&f, line);
    expect_text(line, EIDER_LINE_FRAME, &f);
}
END_TEST

/* Around a line (%s), and other things that look like one. */
static const char *const around[] = {
    "%s",
    "<html><body><p>%s</p></body></html>",
    "<a href=\"%s\">x</a>",
    "(12:03:11) somebody: %s (edited)",
    "> EIDER\n%s\n",
    "EIDER%s",
    "EIDEREIDER%s",
    "EIDERSEIDERMEIDERL%s",
    "EIDERS0000000000 %s",
    "xEIDERSx%sEIDERSx",
    "%s0",
    "EIDERSzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz%s",
};

START_TEST(a_line_is_found_wherever_it_stands)
{
    char line[EIDER_LINE_MAX + 1], text[2 * EIDER_LINE_MAX];
    eider_frame f;

    for (eider_size s = EIDER_S; s < EIDER_SIZES; s++) {
        random_line(s, line, &f);
        snprintf(text, sizeof text, around[_i], line);
        expect_text(text, EIDER_LINE_FRAME, &f);
    }
}
END_TEST

START_TEST(of_two_lines_the_first_counts)
{
    char text[2 * EIDER_LINE_MAX + 2];
    eider_frame first, second;

    random_line(EIDER_S, text, &first);
    text[EIDER_LINE_S] = ' ';
    random_line(EIDER_M, text + EIDER_LINE_S + 1, &second);
    expect_text(text, EIDER_LINE_FRAME, &first);
    text[3] = 'e';
    expect_text(text, EIDER_LINE_FRAME, &second);
}
END_TEST

START_TEST(a_zero_in_the_text_does_not_end_the_search)
{
    char text[EIDER_LINE_MAX + 3] = {'a', '\0'};
    eider_frame f;

    random_line(EIDER_S, text + 2, &f);
    expect(text, EIDER_LINE_S + 2, EIDER_LINE_FRAME, &f);
}
END_TEST

START_TEST(a_group_of_2_to_the_64_does_not_decode_and_the_search_goes_on)
{
    char text[2 * EIDER_LINE_S + 1];
    eider_frame ones = {.size = EIDER_S}, second;

    memset(ones.b, 0xff, EIDER_FRAME_S);
    for (size_t group = 0; group < EIDER_FRAME_S / 8; group++) {
        char *last = text + PREFIX + group * 11 + 10;

        eider_line_encode(&ones, text);
        ck_assert_int_eq(*last, 'F'); /* the digit of 2^64 - 1 */
        random_line(EIDER_S, text + EIDER_LINE_S, &second);
        ++*last;
        expect(text, EIDER_LINE_S, EIDER_LINE_DAMAGED, NULL);
        expect_text(text, EIDER_LINE_FRAME, &second);
        *last = 'z';
        expect_text(text, EIDER_LINE_FRAME, &second);
        last[-10] = 'z';
        expect_text(text, EIDER_LINE_FRAME, &second);
    }
}
END_TEST

/* What is remembered of a long line must not hide a short one inside it. */
START_TEST(a_line_inside_a_line_that_does_not_decode_is_found)
{
    char text[EIDER_LINE_L + 1];
    eider_frame outer, inner;

    for (size_t shift = 0; shift < 11; shift++) {
        for (size_t bad = 0; bad < 700; bad += 33) {
            random_line(EIDER_L, text, &outer);
            memset(text + PREFIX + bad * 11, 'z', 11);
            random_frame(EIDER_S, &inner);
            if (bad * 11 > 1000 + shift + EIDER_LINE_S || bad * 11 < 900) {
                char line[EIDER_LINE_MAX + 1];

                eider_line_encode(&inner, line);
                memcpy(text + PREFIX + 1000 + shift, line, EIDER_LINE_S);
                expect_text(text, EIDER_LINE_FRAME, &inner);
            }
        }
    }
}
END_TEST

START_TEST(a_line_cut_anywhere_is_damaged_from_64_digits_on)
{
    char line[EIDER_LINE_MAX + 1];
    eider_frame f;

    for (eider_size s = EIDER_S; s <= EIDER_M; s++) {
        random_line(s, line, &f);
        for (size_t n = 0; n < sizes[s].line; n++)
            expect(line, n,
                   n < PREFIX + EIDER_DAMAGED_MIN ? EIDER_LINE_NONE
                                                  : EIDER_LINE_DAMAGED,
                   NULL);
    }
}
END_TEST

START_TEST(a_foreign_character_anywhere_damages_the_line)
{
    static const char foreign[] = "-_ <\n\0\x80\xff/:@[`{";
    char line[EIDER_LINE_MAX + 1];
    eider_frame f;

    random_line(EIDER_S, line, &f);
    for (size_t i = 0; i < EIDER_LINE_S; i++) {
        for (size_t j = 0; j < sizeof foreign - 1; j++) {
            char was = line[i];

            line[i] = foreign[j];
            expect(line, EIDER_LINE_S,
                   i < PREFIX + EIDER_DAMAGED_MIN ? EIDER_LINE_NONE
                                                  : EIDER_LINE_DAMAGED,
                   NULL);
            line[i] = was;
        }
    }
}
END_TEST

static const char *const ordinary[] = {
    "",
    "E",
    "EIDER",
    "EIDERS",
    "The EIDER is a duck. EIDERS are ducks, eiders too.",
    "EIDER/1 EIDERinvite1 EIDERSEA EIDERMEN EIDERLAND",
    "EIDERX00000000000000000000000000000000000000000000000000000000000000000",
    "eiderS00000000000000000000000000000000000000000000000000000000000000000",
    "EIDERS 0000000000000000000000000000000000000000000000000000000000000000",
    "EIDERS000000000000000000000000000000000000000000000000000000000000000-0",
    "EIDES00000000000000000000000000000000000000000000000000000000000000000",
};

START_TEST(ordinary_text_stays_ordinary)
{
    expect_text(ordinary[_i], EIDER_LINE_NONE, NULL);
}
END_TEST

/*
 * A magic every 11 characters, and every so often a group that is too large,
 * so that each looks like a line nearly to its end.  Looked at anew each time,
 * this takes longer than a test may.
 */
START_TEST(a_text_made_of_magics_takes_no_longer_than_another)
{
    size_t n = 11 * (size_t)3000000;
    char *text = eider_alloc(n + PREFIX);
    eider_frame f;

    for (size_t i = 0; i < n; i += 11)
        memcpy(text + i, "EIDERL00000", 11);
    for (size_t i = PREFIX; i < n; i += 11 * 690)
        memcpy(text + i, "zzzzz", 5);
    ck_assert_int_eq(eider_line_find(text, n, &f), EIDER_LINE_DAMAGED);
    eider_free(text, n + PREFIX);
}
END_TEST

START_TEST(text_takes_the_smallest_size_that_holds_it)
{
    ck_assert_int_eq(eider_pad_size(0, EIDER_L), EIDER_S);
    for (eider_size largest = EIDER_S; largest < EIDER_SIZES; largest++) {
        for (size_t n = 0; n < 6000; n++) {
            eider_size got = eider_pad_size(n, largest);

            ck_assert_int_le(got, largest);
            ck_assert(got == largest || n <= sizes[got].room);
            ck_assert(got == EIDER_S || n > sizes[got - 1].room);
        }
    }
}
END_TEST

START_TEST(lines_are_filled_up_to_the_next_step)
{
    static const unsigned want[33] = {
        0,  1,  2,  3,  4,  6,  6,  8,  8,  12, 12, 12, 12, 16, 16, 16, 16,
        24, 24, 24, 24, 24, 24, 24, 24, 32, 32, 32, 32, 32, 32, 32, 32};

    for (unsigned parts = 1; parts <= 32; parts++)
        ck_assert_uint_eq(eider_pad_lines(parts), want[parts]);
}
END_TEST

Suite *
frame_suite(void)
{
    Suite *s = suite_create("frame");
    TCase *tc = tcase_create("frame");

    tcase_add_test(tc, lines_agree_with_the_model);
    tcase_add_test(tc, padding_agrees_with_the_model);
    tcase_add_test(tc, the_sizes_are_those_of_the_table);
    tcase_add_test(tc, the_size_fits_the_carrier_and_is_s_where_nothing_does);
    tcase_add_loop_test(tc, a_frame_comes_back_from_its_line, 0, EIDER_SIZES);
    tcase_add_loop_test(tc, a_line_is_found_wherever_it_stands, 0,
                        sizeof around / sizeof around[0]);
    tcase_add_test(tc, of_two_lines_the_first_counts);
    tcase_add_test(tc, a_zero_in_the_text_does_not_end_the_search);
    tcase_add_test(
        tc, a_group_of_2_to_the_64_does_not_decode_and_the_search_goes_on);
    tcase_add_test(tc, a_line_inside_a_line_that_does_not_decode_is_found);
    tcase_add_test(tc, a_line_cut_anywhere_is_damaged_from_64_digits_on);
    tcase_add_test(tc, a_foreign_character_anywhere_damages_the_line);
    tcase_add_loop_test(tc, ordinary_text_stays_ordinary, 0,
                        sizeof ordinary / sizeof ordinary[0]);
    tcase_add_test(tc, a_text_made_of_magics_takes_no_longer_than_another);
    tcase_add_test(tc, text_takes_the_smallest_size_that_holds_it);
    tcase_add_test(tc, lines_are_filled_up_to_the_next_step);
    suite_add_tcase(s, tc);
    return s;
}
