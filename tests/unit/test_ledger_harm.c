/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ledger's file, damaged, put back, taken away, or of somebody else. */
#include "unit/noted.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static void
poke(const uint8_t *bytes, size_t n)
{
    memfiles_poke(noted.a->files, "ledger", (eider_slice){bytes, n});
}

/* Every byte of the header, and some of the rest. */
START_TEST(a_damaged_block_is_left_out)
{
    g_autofree uint8_t *good = NULL;
    size_t n;

    noted_two_blocks();
    n = noted_file().n;
    good = g_memdup2(noted_file().p, n);
    for (size_t at = 0; at < EIDER_LEDGER_BLOCK;
         at += at < EIDER_LEDGER_HEADER + 2 ? 1 : 509) {
        good[at] ^= 0x80;
        /* A newer version is somebody's: the whole file is left alone. */
        if (at != 8) {
            poke(good, n);
            device_start(noted.a);
            ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 0);
            ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 7);
            noted_say("again", 1);
            device_stop(noted.a);
            device_start(noted.a);
            ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 1);
            ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 7);
            device_stop(noted.a);
        }
        good[at] ^= 0x80;
    }
}
END_TEST

START_TEST(what_is_not_ours_is_left_alone)
{
    g_autofree uint8_t *other = NULL;
    size_t n;

    noted_two_blocks();
    n = noted_file().n;
    other = g_memdup2(noted_file().p, n);
    for (int i = 0; i < 3; i++) {
        if (i == 0)
            other[EIDER_LEDGER_BLOCK + 8] = 2; /* of a newer version */
        else
            memset(other, '!', n);
        poke(other, i == 2 ? 17 : n);
        device_start(noted.a);
        ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 0);
        noted_say("hello", 3);
        world_run(noted.w, 2 * FLUSH);
        ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 3); /* in memory */
        ck_assert_int_eq(
            eider_engine_unsee(noted.a->engine, noted.a->account, "bob"),
            EIDER_OK);
        ck_assert_int_eq(eider_engine_unsee(noted.a->engine, NULL, NULL),
                         EIDER_OK);
        device_stop(noted.a);
        ck_assert_uint_eq(noted_file().n, i == 2 ? 17 : n);
        ck_assert_int_eq(memcmp(noted_file().p, other, noted_file().n), 0);
    }
}
END_TEST

/* Of another store: nothing in it opens, and its room is used. */
START_TEST(a_file_of_another_store_is_nothing)
{
    eider_slice theirs;

    noted_two_blocks();
    device_stop(noted.b);
    theirs = memfiles_peek(noted.b->files, "ledger");
    ck_assert_uint_gt(theirs.n, 0);
    poke(theirs.p, theirs.n);
    device_start(noted.a);
    device_start(noted.b);
    ck_assert_uint_eq(noted_seen(noted.a, "bob"), 0);
    ck_assert_uint_eq(noted_seen(noted.a, "alice"), 0);
    noted_say("hello", 2);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 2);
}
END_TEST

START_TEST(a_file_put_back_is_read_as_it_is)
{
    memfiles_copy *copy;

    noted_say("hello", 4);
    device_stop(noted.a);
    copy = memfiles_snapshot(noted.a->files);
    device_start(noted.a);
    noted_say("hello", 5);
    device_stop(noted.a);
    memfiles_rewind(noted.a->files, copy);
    memfiles_copy_free(copy);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 4);
    noted_say("hello", 1);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 5);
}
END_TEST

START_TEST(a_file_that_goes_meanwhile_comes_again)
{
    noted_say("hello", 4);
    noted_flush();
    memfiles_poke(noted.a->files, "ledger", (eider_slice){NULL, 0});
    noted_say("hello", 1);
    noted_flush();
    ck_assert_ptr_nonnull(noted_file().p);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_ge(noted_wrote(noted.a, "bob"), 1);
}
END_TEST

START_TEST(an_unreadable_disk_is_no_harm)
{
    noted_two_blocks();
    device_start(noted.a);
    noted_say("hello", 1);
    memfiles_fail_reads(noted.a->files, true);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 1);
    ck_assert_int_eq(eider_ring_flush(noted.a->engine), EIDER_E_STORE);
    memfiles_fail_reads(noted.a->files, false);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 5);
    ck_assert_uint_eq(noted.a->news[EIDER_NEWS_STORE], 0);
}
END_TEST

Suite *ledger_harm_suite(void);

Suite *
ledger_harm_suite(void)
{
    Suite *s = suite_create("ledger_harm");
    TCase *tc = tcase_create("ledger_harm");

    tcase_add_checked_fixture(tc, noted_set_up, noted_tear_down);
    tcase_add_test(tc, a_damaged_block_is_left_out);
    tcase_add_test(tc, what_is_not_ours_is_left_alone);
    tcase_add_test(tc, a_file_of_another_store_is_nothing);
    tcase_add_test(tc, a_file_put_back_is_read_as_it_is);
    tcase_add_test(tc, a_file_that_goes_meanwhile_comes_again);
    tcase_add_test(tc, an_unreadable_disk_is_no_harm);
    suite_add_tcase(s, tc);
    return s;
}
