/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files that are damaged, foreign or of a newer version: refused by every
 * function of the store, and left as they are to the last byte.
 */
#include "eider/crypto.h"
#include "eider/store.h"
#include "unit/memfiles.h"

#include <check.h>
#include <string.h>

Suite *sealed_suite(void);

static memfiles *m;
static eider_buf good; /* a sealed "s/ab" that opens */
static const uint8_t text[] = "what must not be lost";

static void
seal(size_t n)
{
    eider_store *s;
    eider_slice f;
    uint8_t *data = eider_alloc(n);

    memcpy(data, text, sizeof text);
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL), EIDER_OK);
    ck_assert_int_eq(eider_store_put(s, "s/ab", (eider_slice){data, n}),
                     EIDER_OK);
    f = memfiles_peek(m, "s/ab");
    eider_buf_clear(&good);
    eider_buf_add(&good, f.p, f.n);
    eider_store_close(s);
    eider_free(data, n);
}

static void
set_up(void)
{
    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    m = memfiles_new();
    good = (eider_buf){0};
    seal(sizeof text);
    ck_assert_uint_eq(good.n, 4096);
}

static void
tear_down(void)
{
    eider_buf_wipe(&good);
    memfiles_free(m);
}

static void
assert_untouched(const char *name, eider_slice want)
{
    eider_slice got = memfiles_peek(m, name);

    ck_assert_uint_eq(got.n, want.n);
    ck_assert(memcmp(got.p, want.p, want.n) == 0);
}

/* @bytes in the place of @name: each function refuses them for @reason, alone
 * and after a read, and nothing changes. */
static void
assert_refused(const char *name, eider_slice bytes, const char *reason)
{
    static const eider_slice fresh = {text, sizeof text};
    EIDER_AUTO(eider_buf) b = {0};
    bool restored = true;
    eider_store *s;

    memfiles_poke(m, name, bytes);
    for (int first = 0; first < 3; first++) {
        ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL),
                         EIDER_OK);
        if (first == 0)
            ck_assert_int_eq(eider_store_get(s, name, &b, &restored),
                             EIDER_E_STORE);
        if (first <= 1)
            ck_assert_int_eq(eider_store_put(s, name, fresh), EIDER_E_STORE);
        ck_assert_int_eq(eider_store_remove(s, name), EIDER_E_STORE);
        ck_assert_msg(strstr(eider_store_why(s), reason) != NULL, "%s",
                      eider_store_why(s));
        ck_assert(strncmp(eider_store_why(s), name, strlen(name)) == 0);
        eider_store_close(s);
    }
    ck_assert_uint_eq(b.n, 0);
    ck_assert(!restored);
    assert_untouched(name, bytes);
}

/* The good file still opens: what was refused was refused for its damage. */
static void
assert_good(void)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_store *s;

    memfiles_poke(m, "s/ab", (eider_slice){good.p, good.n});
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL), EIDER_OK);
    ck_assert_int_eq(eider_store_get(s, "s/ab", &b, NULL), EIDER_OK);
    ck_assert_mem_eq(b.p, text, sizeof text);
    eider_store_close(s);
}

START_TEST(a_file_cut_anywhere_is_refused_and_kept)
{
    for (size_t n = 0; n < good.n; n++)
        assert_refused("s/ab", (eider_slice){good.p, n}, "damaged");
    assert_good();
}
END_TEST

START_TEST(a_large_file_cut_is_refused_and_kept)
{
    static const size_t lengths[] = {0,     1,     4095,   4096,
                                     4097,  16384, 65535,  65536,
                                     65537, 99999, 262143, 262144};

    seal(300000);
    ck_assert_uint_eq(good.n, 1048576);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++)
        assert_refused("s/ab", (eider_slice){good.p, lengths[i]}, "damaged");
    assert_good();
}
END_TEST

START_TEST(a_file_that_grew_is_refused_and_kept)
{
    EIDER_AUTO(eider_buf) longer = {0};

    eider_buf_add(&longer, good.p, good.n);
    eider_buf_add(&longer, NULL, 1);
    assert_refused("s/ab", (eider_slice){longer.p, longer.n}, "damaged");
    eider_buf_add(&longer, NULL, 16384 - longer.n);
    assert_refused("s/ab", (eider_slice){longer.p, longer.n}, "damaged");
}
END_TEST

START_TEST(a_file_with_any_byte_changed_is_refused_and_kept)
{
    for (size_t i = 0; i < good.n; i++) {
        const char *reason = "damaged";
        uint8_t bit = (uint8_t)(1u << i % 8);

        if (i < 8)
            reason = "not written by Eider";
        else if (i == 8)
            bit = 2; /* version 2 becomes 0; newer ones have their own test */
        good.p[i] ^= bit;
        assert_refused("s/ab", (eider_slice){good.p, good.n}, reason);
        good.p[i] ^= bit;
    }
    assert_good();
}
END_TEST

START_TEST(a_newer_version_is_refused_and_kept)
{
    for (unsigned v = 3; v < 256; v++) {
        good.p[8] = (uint8_t)v;
        assert_refused("s/ab", (eider_slice){good.p, good.n},
                       "written by a newer Eider");
    }
    /* ... whatever its size will be. */
    assert_refused("s/ab", (eider_slice){good.p, 1000},
                   "written by a newer Eider");
}
END_TEST

START_TEST(a_foreign_file_is_refused_and_kept)
{
    static const char page[] = "<html>what somebody saved here</html>";
    uint8_t zeros[4096] = {0};

    assert_refused("s/ab",
                   (eider_slice){(const uint8_t *)page, sizeof page - 1},
                   "not written by Eider");
    assert_refused("s/ab", (eider_slice){zeros, sizeof zeros},
                   "not written by Eider");
    assert_refused("index", (eider_slice){zeros, sizeof zeros},
                   "not written by Eider");
}
END_TEST

START_TEST(a_file_under_another_name_is_refused_and_kept)
{
    assert_refused("s/ac", (eider_slice){good.p, good.n}, "damaged");
    assert_refused("index", (eider_slice){good.p, good.n}, "damaged");
}
END_TEST

START_TEST(a_file_of_another_store_is_refused_and_kept)
{
    memfiles *mine = m, *other = memfiles_new();

    m = other;
    seal(sizeof text);
    m = mine;
    assert_refused("s/ab", (eider_slice){good.p, good.n}, "damaged");
    memfiles_free(other);
}
END_TEST

START_TEST(a_file_damaged_after_it_was_known_is_seen_by_reading)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_store *s;
    eider_slice bad = {good.p, good.n};

    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL), EIDER_OK);
    ck_assert_int_eq(eider_store_get(s, "s/ab", &b, NULL), EIDER_OK);
    good.p[100] ^= 1;
    memfiles_poke(m, "s/ab", bad);
    ck_assert_int_eq(eider_store_get(s, "s/ab", &b, NULL), EIDER_E_STORE);
    ck_assert_uint_eq(b.n, sizeof text); /* what the first one appended */
    ck_assert_int_eq(eider_store_put(s, "s/ab", (eider_slice){text, 1}),
                     EIDER_E_STORE);
    assert_untouched("s/ab", bad);
    eider_store_close(s);
}
END_TEST

Suite *
sealed_suite(void)
{
    Suite *suite = suite_create("sealed");
    TCase *t = tcase_create("damage");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, a_file_cut_anywhere_is_refused_and_kept);
    tcase_add_test(t, a_large_file_cut_is_refused_and_kept);
    tcase_add_test(t, a_file_that_grew_is_refused_and_kept);
    tcase_add_test(t, a_file_with_any_byte_changed_is_refused_and_kept);
    tcase_add_test(t, a_newer_version_is_refused_and_kept);
    tcase_add_test(t, a_foreign_file_is_refused_and_kept);
    tcase_add_test(t, a_file_under_another_name_is_refused_and_kept);
    tcase_add_test(t, a_file_of_another_store_is_refused_and_kept);
    tcase_add_test(t, a_file_damaged_after_it_was_known_is_seen_by_reading);
    suite_add_tcase(suite, t);
    return suite;
}
