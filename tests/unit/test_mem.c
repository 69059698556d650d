/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/mem.h"
#include "support.h"

#include <check.h>
#include <string.h>

Suite *mem_suite(void);

static const uint8_t zeros[1024];

START_TEST(every_error_has_a_name_of_its_own)
{
    for (int a = EIDER_OK; a <= EIDER_E_INTERNAL; a++) {
        ck_assert_str_ne(eider_err_name((eider_err)a), "unknown");
        for (int b = EIDER_OK; b < a; b++)
            ck_assert_str_ne(eider_err_name((eider_err)a),
                             eider_err_name((eider_err)b));
    }
    ck_assert_str_eq(eider_err_name(EIDER_E_AUTH), "auth");
    ck_assert_str_eq(eider_err_name((eider_err)(EIDER_E_INTERNAL + 1)),
                     "unknown");
    ck_assert_str_eq(eider_err_name((eider_err)-1), "unknown");
}
END_TEST

START_TEST(wiping_leaves_zeros)
{
    eider_keypair k;
    eider_secret s;

    memset(&k, 7, sizeof k);
    memset(&s, 7, sizeof s);
    eider_keypair_wipe(&k);
    eider_secret_wipe(&s);
    ck_assert_mem_eq(&k, zeros, sizeof k);
    ck_assert_mem_eq(&s, zeros, sizeof s);
    eider_wipe(NULL, 5);
}
END_TEST

typedef struct {
    int *wiped;
} probe;

static void
probe_wipe(probe *p)
{
    ++*p->wiped;
}

static int
leave_early(bool early, int *wiped)
{
    EIDER_AUTO(probe) first = {wiped};
    if (early)
        return *first.wiped;
    EIDER_AUTO(probe) second = {wiped};
    return *second.wiped;
}

START_TEST(an_auto_variable_is_wiped_on_every_way_out)
{
    int wiped = 0;

    ck_assert_int_eq(leave_early(true, &wiped), 0);
    ck_assert_int_eq(wiped, 1);
    ck_assert_int_eq(leave_early(false, &wiped), 1);
    ck_assert_int_eq(wiped, 3);
}
END_TEST

START_TEST(a_buffer_keeps_what_was_added_while_it_grows)
{
    eider_buf b = {0};

    for (unsigned i = 0; i < 3000; i++) {
        uint8_t v = (uint8_t)(i * 7);

        eider_buf_add(&b, &v, 1);
    }
    ck_assert_uint_eq(b.n, 3000);
    ck_assert_uint_ge(b.cap, b.n);
    for (unsigned i = 0; i < 3000; i++)
        ck_assert_uint_eq(b.p[i], (uint8_t)(i * 7));
    eider_buf_wipe(&b);
    ck_assert_ptr_null(b.p);
    ck_assert_uint_eq(b.n + b.cap, 0);
    eider_buf_wipe(&b); /* twice is once */
}
END_TEST

START_TEST(a_cleared_buffer_keeps_its_storage_but_not_its_bytes)
{
    eider_buf b = {0};
    uint8_t *p;

    eider_buf_clear(&b);
    eider_buf_add(&b, "secret", 6);
    p = b.p;
    eider_buf_clear(&b);
    ck_assert_ptr_eq(b.p, p);
    ck_assert_uint_eq(b.n, 0);
    ck_assert_mem_eq(p, zeros, 6);
    eider_buf_wipe(&b);
}
END_TEST

START_TEST(adding_null_adds_zeros_over_whatever_was_there)
{
    eider_buf b = {0};

    eider_buf_add(&b, "xxxxxxxx", 8);
    b.n = 2; /* not cleared: the x are still in the storage */
    eider_buf_add(&b, NULL, 6);
    ck_assert_uint_eq(b.n, 8);
    ck_assert_mem_eq(b.p, "xx\0\0\0\0\0\0", 8);
    eider_buf_add(&b, "y", 0);
    ck_assert_uint_eq(b.n, 8);
    eider_buf_wipe(&b);
}
END_TEST

START_TEST(comparing_sees_every_byte)
{
    eider_public a, b;

    memset(&a, 1, sizeof a);
    b = a;
    ck_assert(eider_public_is_equal(&a, &b));
    ck_assert(eider_equal(&a, &b, 0));
    for (size_t i = 0; i < sizeof a.b; i++) {
        b.b[i] ^= 0x80;
        ck_assert(!eider_public_is_equal(&a, &b));
        ck_assert(!eider_equal(&a, &b, sizeof a));
        ck_assert(eider_equal(&a, &b, i));
        b.b[i] ^= 0x80;
    }
}
END_TEST

START_TEST(allocated_memory_is_zero)
{
    uint8_t *p = eider_alloc(sizeof zeros);

    ck_assert_mem_eq(p, zeros, sizeof zeros);
    eider_free(p, sizeof zeros);
    p = eider_alloc(0);
    ck_assert_ptr_nonnull(p);
    eider_free(p, 0);
    eider_free(NULL, 3);
}
END_TEST

Suite *
mem_suite(void)
{
    Suite *s = suite_create("mem");
    TCase *tc = tcase_create("mem");

    tcase_add_test(tc, every_error_has_a_name_of_its_own);
    tcase_add_test(tc, wiping_leaves_zeros);
    tcase_add_test(tc, an_auto_variable_is_wiped_on_every_way_out);
    tcase_add_test(tc, a_buffer_keeps_what_was_added_while_it_grows);
    tcase_add_test(tc, a_cleared_buffer_keeps_its_storage_but_not_its_bytes);
    tcase_add_test(tc, adding_null_adds_zeros_over_whatever_was_there);
    tcase_add_test(tc, comparing_sees_every_byte);
    tcase_add_test(tc, allocated_memory_is_zero);
    suite_add_tcase(s, tc);
    return s;
}
