/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/pack.h"
#include "support.h"

#include <check.h>
#include <string.h>

Suite *pack_suite(void);

START_TEST(integers_are_little_endian)
{
    static const uint8_t expected[] = {0xfe, 0x34, 0x12, 3, 2, 1, 7, 6, 5,
                                       4,    8,    7,    6, 5, 4, 3, 2, 1};
    eider_buf b = {0};
    eider_reader r;

    eider_put_u8(&b, 0xfe);
    eider_put_u16(&b, 0x1234);
    eider_put_u24(&b, 0x010203);
    eider_put_u32(&b, 0x04050607);
    eider_put_u64(&b, 0x0102030405060708);
    ck_assert_uint_eq(b.n, sizeof expected);
    ck_assert_mem_eq(b.p, expected, sizeof expected);

    r = eider_reader_of(b.p, b.n);
    ck_assert_uint_eq(eider_get_u8(&r), 0xfe);
    ck_assert_uint_eq(eider_get_u16(&r), 0x1234);
    ck_assert_uint_eq(eider_get_u24(&r), 0x010203);
    ck_assert_uint_eq(eider_get_u32(&r), 0x04050607);
    ck_assert(!eider_reader_is_done(&r));
    ck_assert_uint_eq(eider_get_u64(&r), 0x0102030405060708);
    ck_assert(eider_reader_is_done(&r));
    eider_buf_wipe(&b);
}
END_TEST

START_TEST(the_largest_integers_come_back)
{
    eider_buf b = {0};
    eider_reader r;

    eider_put_u8(&b, UINT8_MAX);
    eider_put_u16(&b, UINT16_MAX);
    eider_put_u24(&b, 0xffffff);
    eider_put_u32(&b, UINT32_MAX);
    eider_put_u64(&b, UINT64_MAX);
    r = eider_reader_of(b.p, b.n);
    ck_assert_uint_eq(eider_get_u8(&r), UINT8_MAX);
    ck_assert_uint_eq(eider_get_u16(&r), UINT16_MAX);
    ck_assert_uint_eq(eider_get_u24(&r), 0xffffff);
    ck_assert_uint_eq(eider_get_u32(&r), UINT32_MAX);
    ck_assert(eider_get_u64(&r) == UINT64_MAX);
    eider_buf_wipe(&b);
}
END_TEST

START_TEST(a_failure_sticks_and_reads_as_zero)
{
    const uint8_t bytes[] = {1, 2, 3};
    uint8_t out[2] = {9, 9};
    eider_reader r = eider_reader_of(bytes, sizeof bytes);
    eider_slice s;

    ck_assert_uint_eq(eider_get_u8(&r), 1);
    ck_assert_uint_eq(eider_get_u32(&r), 0); /* two bytes are left */
    ck_assert(!eider_reader_ok(&r));
    ck_assert_uint_eq(eider_get_u8(&r), 0); /* though one would be there */
    ck_assert_uint_eq(eider_get_u16(&r) | eider_get_u24(&r), 0);
    ck_assert(eider_get_u64(&r) == 0);
    eider_get_bytes(&r, out, 2);
    ck_assert_mem_eq(out, "\0\0", 2);
    s = eider_get_slice(&r, 0);
    ck_assert_ptr_null(s.p);
    s = eider_get_block(&r, 9);
    ck_assert_uint_eq(s.n, 0);
    ck_assert(!eider_reader_ok(&r));
    ck_assert(!eider_reader_is_done(&r));
}
END_TEST

START_TEST(a_length_that_would_wrap_around_is_refused)
{
    const uint8_t bytes[] = {1, 2, 3};
    eider_reader r = eider_reader_of(bytes, sizeof bytes);

    ck_assert_ptr_null(eider_get_slice(&r, SIZE_MAX).p);
    ck_assert(!eider_reader_ok(&r));
}
END_TEST

static bool
take_block(eider_slice in, void *data)
{
    eider_reader r = eider_reader_of(in.p, in.n);
    eider_slice s = eider_get_block(&r, *(size_t *)data);

    if (!eider_reader_is_done(&r)) {
        ck_assert(eider_reader_ok(&r) || s.n == 0);
        return false;
    }
    ck_assert_uint_eq(s.n, 11);
    ck_assert_mem_eq(s.p, "eleven byte", 11);
    return true;
}

START_TEST(a_block_is_taken_whole_or_not_at_all)
{
    eider_buf b = {0};
    size_t max = 11;

    eider_put_block(&b, "eleven byte", 11);
    ck_assert_uint_eq(b.n, 15);
    test_refuses_cuts(test_slice(b.p, b.n), take_block, &max);
    max = 10;
    ck_assert(!take_block(test_slice(b.p, b.n), &max));
    eider_buf_wipe(&b);
}
END_TEST

START_TEST(an_empty_block_is_not_a_failure)
{
    const uint8_t bytes[4] = {0};
    eider_reader r = eider_reader_of(bytes, sizeof bytes);

    ck_assert_uint_eq(eider_get_block(&r, 0).n, 0);
    ck_assert(eider_reader_is_done(&r));
    r = eider_reader_of(NULL, 0);
    ck_assert(eider_reader_is_done(&r));
}
END_TEST

START_TEST(big_endian_comes_back)
{
    uint8_t p[8];

    eider_put_be64(p, 0x0102030405060708);
    ck_assert_mem_eq(p, "\1\2\3\4\5\6\7\10", 8);
    ck_assert(eider_be64(p) == 0x0102030405060708);
    memset(p, 0xff, sizeof p);
    ck_assert(eider_be64(p) == UINT64_MAX);
}
END_TEST

Suite *
pack_suite(void)
{
    Suite *s = suite_create("pack");
    TCase *tc = tcase_create("pack");

    tcase_add_test(tc, integers_are_little_endian);
    tcase_add_test(tc, the_largest_integers_come_back);
    tcase_add_test(tc, a_failure_sticks_and_reads_as_zero);
    tcase_add_test(tc, a_length_that_would_wrap_around_is_refused);
    tcase_add_test(tc, a_block_is_taken_whole_or_not_at_all);
    tcase_add_test(tc, an_empty_block_is_not_a_failure);
    tcase_add_test(tc, big_endian_comes_back);
    suite_add_tcase(s, tc);
    return s;
}
