/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The master key: made once, never replaced, with and without a passphrase.
 */
#include "eider/crypto.h"
#include "eider/store.h"
#include "unit/memfiles.h"

#include <check.h>
#include <string.h>

Suite *master_suite(void);

static memfiles *m;

static void
set_up(void)
{
    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    m = memfiles_new();
}

static void
tear_down(void)
{
    memfiles_free(m);
}

static eider_store *
open_with(const eider_secret *key)
{
    eider_store *s;

    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), key), EIDER_OK);
    return s;
}

static void
assert_not_opened(const eider_secret *key, eider_err want, const char *reason)
{
    eider_store *s = (eider_store *)m;
    uint64_t writes = memfiles_writes(m);

    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), key), want);
    ck_assert_ptr_null(s);
    ck_assert_str_eq(eider_store_why(NULL), reason);
    ck_assert_uint_eq(memfiles_writes(m), writes);
}

static void
put_hello(eider_store *s)
{
    ck_assert_int_eq(
        eider_store_put(s, "index", (eider_slice){(const uint8_t *)"hello", 5}),
        EIDER_OK);
}

static void
assert_hello(eider_store *s)
{
    EIDER_AUTO(eider_buf) b = {0};

    ck_assert_int_eq(eider_store_get(s, "index", &b, NULL), EIDER_OK);
    ck_assert_uint_eq(b.n, 5);
    ck_assert_mem_eq(b.p, "hello", 5);
}

static void
copy_master(eider_buf *out)
{
    eider_slice f = memfiles_peek(m, "master");

    eider_buf_clear(out);
    eider_buf_add(out, f.p, f.n);
}

static eider_err
unwrap(const char *pass, eider_secret *key)
{
    return eider_master_unwrap(memfiles_peek(m, "master"), pass, strlen(pass),
                               key);
}

static eider_err
set_pass(eider_store *s, const char *pass)
{
    return eider_store_set_passphrase(s, pass, pass != NULL ? strlen(pass) : 0);
}

START_TEST(a_master_key_is_made_once)
{
    EIDER_AUTO(eider_buf) first = {0};
    eider_store *s = open_with(NULL);

    ck_assert(!eider_store_has_passphrase(s));
    ck_assert_str_eq(eider_store_why(s), "");
    put_hello(s);
    eider_store_close(s);
    copy_master(&first);
    s = open_with(NULL);
    assert_hello(s);
    eider_store_close(s);
    ck_assert_uint_eq(memfiles_peek(m, "master").n, first.n);
    ck_assert_mem_eq(memfiles_peek(m, "master").p, first.p, first.n);
    ck_assert_uint_eq(memfiles_writes(m), 2);
    eider_store_close(NULL);
}
END_TEST

START_TEST(an_index_without_a_master_key_is_left_alone)
{
    eider_store *s = open_with(NULL);

    put_hello(s);
    eider_store_close(s);
    memfiles_poke(m, "master", (eider_slice){NULL, 0});
    assert_not_opened(NULL, EIDER_E_STORE,
                      "master: missing, but there is an index");
    ck_assert_uint_eq(memfiles_count(m), 1);
}
END_TEST

START_TEST(a_disk_that_fails_makes_no_store)
{
    memfiles_fail_after(m, 0);
    assert_not_opened(NULL, EIDER_E_STORE,
                      "memory/master: No space left on device");
    memfiles_fail_reads(m, true);
    assert_not_opened(NULL, EIDER_E_STORE, "memory/master: Input/output error");
    ck_assert_uint_eq(memfiles_count(m), 0);
}
END_TEST

/* Neither way to read it takes @bytes, and they stay as they are. */
static void
assert_bad_master(eider_slice bytes, const char *reason)
{
    EIDER_AUTO(eider_secret) key = {{7}};

    memfiles_poke(m, "master", bytes);
    assert_not_opened(NULL, EIDER_E_STORE, reason);
    assert_not_opened(&key, EIDER_E_STORE, reason);
    ck_assert_int_eq(unwrap("pass", &key), EIDER_E_STORE);
    ck_assert_uint_eq(key.b[0], 7);
    ck_assert_uint_eq(memfiles_peek(m, "master").n, bytes.n);
    ck_assert_mem_eq(memfiles_peek(m, "master").p, bytes.p, bytes.n);
}

static void
assert_damage_is_seen(void)
{
    EIDER_AUTO(eider_buf) b = {0};

    copy_master(&b);
    for (size_t i = 0; i < b.n; i++) {
        uint8_t was = b.p[i];

        assert_bad_master((eider_slice){b.p, i}, "master: damaged");
        b.p[i] = i == 8 ? 0 : was ^ (uint8_t)(1u << i % 8);
        assert_bad_master((eider_slice){b.p, b.n},
                          i < 8 ? "master: not written by Eider"
                                : "master: damaged");
        b.p[i] = was;
    }
    eider_buf_add(&b, NULL, 1);
    assert_bad_master((eider_slice){b.p, b.n}, "master: damaged");
    b.p[8] = 2;
    assert_bad_master((eider_slice){b.p, b.n},
                      "master: written by a newer Eider");
}

START_TEST(a_damaged_master_key_is_refused_and_kept)
{
    eider_store *s = open_with(NULL);

    eider_store_close(s);
    assert_damage_is_seen();
}
END_TEST

START_TEST(a_damaged_wrapped_master_key_is_refused_and_kept)
{
    eider_store *s = open_with(NULL);

    ck_assert_int_eq(set_pass(s, "pass"), EIDER_OK);
    eider_store_close(s);
    assert_damage_is_seen();
}
END_TEST

START_TEST(a_passphrase_is_asked_for_checked_and_removed)
{
    EIDER_AUTO(eider_secret) key = {{7}};
    eider_store *s = open_with(NULL);
    char name[2][EIDER_STORE_NAME_LEN + 1];

    put_hello(s);
    eider_store_name(s, "a", "b", name[0]);
    ck_assert_int_eq(set_pass(s, "right"), EIDER_OK);
    ck_assert(eider_store_has_passphrase(s));
    assert_hello(s);
    eider_store_close(s);

    assert_not_opened(NULL, EIDER_E_LOCKED, "master: wants a passphrase");
    ck_assert_int_eq(unwrap("wrong", &key), EIDER_E_AUTH);
    ck_assert_uint_eq(key.b[0], 7);
    assert_not_opened(&key, EIDER_E_LOCKED, "master: wants a passphrase");
    ck_assert_int_eq(unwrap("right", &key), EIDER_OK);
    ck_assert(!memfiles_contain(m, key.b, sizeof key.b));
    s = open_with(&key);
    ck_assert(eider_store_has_passphrase(s));
    assert_hello(s);
    eider_store_name(s, "a", "b", name[1]);
    ck_assert_str_eq(name[0], name[1]);

    ck_assert_int_eq(set_pass(s, NULL), EIDER_OK);
    ck_assert(!eider_store_has_passphrase(s));
    eider_store_close(s);
    ck_assert_int_eq(unwrap("right", &key), EIDER_E_STATE);
    s = open_with(NULL);
    assert_hello(s);
    eider_store_close(s);
}
END_TEST

START_TEST(a_passphrase_that_could_not_be_written_is_not_set)
{
    EIDER_AUTO(eider_secret) key = {0};
    eider_store *s = open_with(NULL);

    memfiles_fail_all(m, true);
    ck_assert_int_eq(set_pass(s, "new"), EIDER_E_STORE);
    ck_assert_str_eq(eider_store_why(s),
                     "memory/master: No space left on device");
    ck_assert(!eider_store_has_passphrase(s));
    memfiles_fail_all(m, false);
    eider_store_close(s);
    eider_store_close(open_with(NULL));
    ck_assert_int_eq(unwrap("new", &key), EIDER_E_STATE);
}
END_TEST

Suite *
master_suite(void)
{
    Suite *suite = suite_create("master");
    TCase *t = tcase_create("key");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 120); /* Argon2id, under valgrind as well */
    tcase_add_test(t, a_master_key_is_made_once);
    tcase_add_test(t, an_index_without_a_master_key_is_left_alone);
    tcase_add_test(t, a_disk_that_fails_makes_no_store);
    tcase_add_test(t, a_damaged_master_key_is_refused_and_kept);
    tcase_add_test(t, a_damaged_wrapped_master_key_is_refused_and_kept);
    tcase_add_test(t, a_passphrase_is_asked_for_checked_and_removed);
    tcase_add_test(t, a_passphrase_that_could_not_be_written_is_not_set);
    suite_add_tcase(suite, t);
    return suite;
}
