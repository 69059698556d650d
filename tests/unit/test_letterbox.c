/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is written while the store is locked: durable, unreadable on the disk,
 * and told apart from what somebody else may have put there.
 */
#include "eider/crypto.h"
#include "eider/letterbox.h"
#include "eider/limits.h"
#include "unit/memfiles.h"

#include <check.h>
#include <glib.h>
#include <string.h>

Suite *letterbox_suite(void);

#define ACCOUNT "prpl-x\talice@example.org"
#define PEER    "bob@example.org"

static memfiles *m;
static eider_store *s;

/* Argon2id takes its time: once for all. */
static memfiles_copy *locked;
static eider_secret master;

static void
make_locked(void)
{
    memfiles *first = memfiles_new();

    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(first), NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_store_set_passphrase(s, "pass", 4), EIDER_OK);
    eider_store_copy_key(s, &master);
    eider_letterbox_prepare(memfiles_files(first), s);
    eider_store_close(s);
    locked = memfiles_snapshot(first);
    memfiles_free(first);
}

static void
free_locked(void)
{
    memfiles_copy_free(locked);
    eider_secret_wipe(&master);
}

static void
set_up(void)
{
    m = memfiles_new();
    memfiles_restore(m, locked);
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), &master),
                     EIDER_OK);
}

static void
tear_down(void)
{
    eider_store_close(s);
    memfiles_free(m);
}

static eider_letterbox *
open_box(void)
{
    eider_letterbox *b;

    ck_assert_int_eq(eider_letterbox_open(&b, memfiles_files(m)), EIDER_OK);
    return b;
}

static eider_err
put(eider_letterbox *b, const char *html, uint8_t id[EIDER_TEXT_ID_SIZE])
{
    return eider_letterbox_put(b, ACCOUNT, PEER, html, 12345, id);
}

/* Its letter @i is this text; NULL: there is none. */
static void
assert_letter(const eider_letterbox *b, size_t i, const char *html, bool found)
{
    const eider_letter *l = eider_letterbox_get(b, i);

    if (html == NULL) {
        ck_assert_ptr_null(l);
        return;
    }
    ck_assert_ptr_nonnull(l);
    ck_assert_str_eq(l->account, ACCOUNT);
    ck_assert_str_eq(l->peer, PEER);
    ck_assert_str_eq(l->html, html);
    ck_assert_uint_eq(l->written_ms, 12345);
    ck_assert(l->is_found == found);
}

START_TEST(a_text_of_this_process_needs_no_disk_to_come_back)
{
    uint8_t id[EIDER_TEXT_ID_SIZE];
    bool was_changed = true;
    eider_letterbox *b = open_box();

    ck_assert_int_eq(put(b, "one", id), EIDER_OK);
    ck_assert_int_eq(put(b, "two", id), EIDER_OK);
    memfiles_poke(m, "letters", (eider_slice){NULL, 0});
    eider_letterbox_unlock(b, s, &was_changed);
    ck_assert(!was_changed);
    assert_letter(b, 0, "one", false);
    assert_letter(b, 1, "two", false);
    assert_letter(b, 2, NULL, false);
    ck_assert_mem_eq(eider_letterbox_get(b, 1)->id, id, sizeof id);
    eider_letterbox_close(b);
}
END_TEST

START_TEST(after_a_crash_it_is_found_and_says_so)
{
    uint8_t id[EIDER_TEXT_ID_SIZE], id2[EIDER_TEXT_ID_SIZE];
    bool was_changed;
    eider_letterbox *b = open_box();

    ck_assert_int_eq(put(b, "one", id), EIDER_OK);
    eider_letterbox_close(b);
    b = open_box();
    assert_letter(b, 0, NULL, false); /* locked */
    ck_assert_uint_eq(eider_letterbox_closed(b), 1);
    ck_assert_int_eq(put(b, "two", id2), EIDER_OK);
    eider_letterbox_unlock(b, s, &was_changed);
    ck_assert(!was_changed);
    assert_letter(b, 0, "one", true);
    assert_letter(b, 1, "two", false);
    ck_assert_mem_eq(eider_letterbox_get(b, 0)->id, id, sizeof id);
    ck_assert_int_eq(eider_letterbox_drop(b, id), EIDER_OK);
    assert_letter(b, 0, "two", false);
    eider_letterbox_close(b);
    b = open_box();
    eider_letterbox_unlock(b, s, &was_changed);
    assert_letter(b, 0, "two", true);
    ck_assert_int_eq(eider_letterbox_drop(b, id2), EIDER_OK);
    ck_assert_ptr_null(memfiles_peek(m, "letters").p);
    eider_letterbox_close(b);
}
END_TEST

START_TEST(the_disk_shows_neither_text_nor_name_nor_length)
{
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_letterbox *b = open_box();
    char *longer = g_strnfill(900, 'x');
    size_t n;

    ck_assert_int_eq(put(b, "Xyzzy", id), EIDER_OK);
    n = memfiles_peek(m, "letters").n;
    ck_assert(!memfiles_contain(m, "Xyzzy", 5));
    ck_assert(!memfiles_contain(m, "example", 7));
    ck_assert_int_eq(eider_letterbox_drop(b, id), EIDER_OK);
    ck_assert_int_eq(put(b, longer, id), EIDER_OK);
    ck_assert_uint_eq(memfiles_peek(m, "letters").n, n);
    g_free(longer);
    eider_letterbox_close(b);
}
END_TEST

START_TEST(what_is_not_on_the_disk_is_not_taken)
{
    uint8_t id[EIDER_TEXT_ID_SIZE];
    bool was_changed;
    eider_letterbox *b = open_box();
    char *huge = g_strnfill(EIDER_TEXT_MAX + 1, 'x');

    ck_assert_int_eq(put(b, "one", id), EIDER_OK);
    memfiles_fail_all(m, true);
    ck_assert_int_eq(put(b, "two", id), EIDER_E_STORE);
    memfiles_fail_all(m, false);
    ck_assert_int_eq(put(b, huge, id), EIDER_E_LIMIT);
    ck_assert_int_eq(put(b, "three", id), EIDER_OK);
    memfiles_fail_all(m, true);
    ck_assert_int_eq(eider_letterbox_drop(b, id), EIDER_E_STORE);
    memfiles_fail_all(m, false);
    eider_letterbox_unlock(b, s, &was_changed);
    assert_letter(b, 0, "one", false);
    assert_letter(b, 1, "three", false);
    assert_letter(b, 2, NULL, false);
    eider_letterbox_close(b);
    g_free(huge);
}
END_TEST

START_TEST(there_is_an_end_to_it)
{
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_letterbox *b = open_box();
    char *large = g_strnfill(EIDER_TEXT_MAX, 'x');
    unsigned n;

    for (n = 0; n < EIDER_LETTERS_MAX; n++)
        ck_assert_int_eq(put(b, "x", id), EIDER_OK);
    ck_assert_int_eq(put(b, "x", id), EIDER_E_LIMIT);
    for (n = 0; n < EIDER_LETTERS_MAX - 1; n++)
        ck_assert_int_eq(eider_letterbox_drop(b, eider_letterbox_get(b, 0)->id),
                         EIDER_OK);
    for (n = 0; put(b, large, id) == EIDER_OK; n++)
        ck_assert_uint_lt(n, EIDER_LETTERS_BYTES_MAX / EIDER_TEXT_MAX);
    ck_assert_uint_gt(n, 0);
    ck_assert_uint_le(memfiles_peek(m, "letters").n, EIDER_LETTERS_BYTES_MAX);
    g_free(large);
    eider_letterbox_close(b);
}
END_TEST

START_TEST(another_public_half_is_found_out_and_costs_no_text)
{
    uint8_t id[EIDER_TEXT_ID_SIZE];
    bool was_changed = false;
    memfiles *other = memfiles_new();
    eider_store *t;
    eider_letterbox *b;

    ck_assert_int_eq(eider_store_open(&t, memfiles_files(other), NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_store_set_passphrase(t, "x", 1), EIDER_OK);
    eider_letterbox_prepare(memfiles_files(other), t);
    memfiles_poke(m, "letterbox", memfiles_peek(other, "letterbox"));
    b = open_box();
    ck_assert_int_eq(put(b, "one", id), EIDER_OK);
    eider_letterbox_unlock(b, s, &was_changed);
    ck_assert(was_changed);
    assert_letter(b, 0, "one", false);
    eider_letterbox_close(b);
    /* It was put right; the letter that is sealed to the other one stays. */
    b = open_box();
    eider_letterbox_unlock(b, s, &was_changed);
    ck_assert(!was_changed);
    assert_letter(b, 0, NULL, false);
    ck_assert_uint_eq(eider_letterbox_closed(b), 1);
    eider_letterbox_close(b);
    eider_store_close(t);
    memfiles_free(other);
}
END_TEST

static void
put_bytes(const char *name, const uint8_t *p, size_t n)
{
    memfiles_poke(m, name, (eider_slice){p, n});
}

/* Cut anywhere, each byte flipped: refused, or nothing is read from it; and
 * never overwritten. */
START_TEST(a_damaged_file_is_refused_and_left_alone)
{
    static const char *const names[] = {"letterbox", "letters"};
    const char *name = names[_i];
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_letterbox *b = open_box();
    uint8_t *good, *bad;
    size_t n;

    ck_assert_int_eq(put(b, "one", id), EIDER_OK);
    eider_letterbox_close(b);
    n = memfiles_peek(m, name).n;
    good = g_memdup2(memfiles_peek(m, name).p, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_ptr_nonnull(good);
        put_bytes(name, good, i);
        ck_assert_int_eq(eider_letterbox_open(&b, memfiles_files(m)),
                         EIDER_E_STORE);
        ck_assert_ptr_null(b);
        bad = g_memdup2(good, n);
        bad[i] ^= 0x20;
        put_bytes(name, bad, n);
        ck_assert_int_eq(eider_letterbox_open(&b, memfiles_files(m)),
                         EIDER_E_STORE);
        ck_assert_mem_eq(memfiles_peek(m, name).p, bad, n);
        g_free(bad);
    }
    put_bytes(name, good, n);
    b = open_box();
    eider_letterbox_close(b);
    g_free(good);
}
END_TEST

START_TEST(a_store_without_a_passphrase_has_none)
{
    eider_letterbox *b;

    memfiles_poke(m, "letterbox", (eider_slice){NULL, 0});
    ck_assert_int_eq(eider_letterbox_open(&b, memfiles_files(m)),
                     EIDER_E_MISSING);
    ck_assert_int_eq(eider_store_set_passphrase(s, NULL, 0), EIDER_OK);
    eider_letterbox_prepare(memfiles_files(m), s);
    ck_assert_int_eq(eider_letterbox_open(&b, memfiles_files(m)),
                     EIDER_E_MISSING);
}
END_TEST

Suite *
letterbox_suite(void)
{
    Suite *suite = suite_create("letterbox");
    TCase *t = tcase_create("letterbox");

    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, make_locked, free_locked);
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_text_of_this_process_needs_no_disk_to_come_back);
    tcase_add_test(t, after_a_crash_it_is_found_and_says_so);
    tcase_add_test(t, the_disk_shows_neither_text_nor_name_nor_length);
    tcase_add_test(t, what_is_not_on_the_disk_is_not_taken);
    tcase_add_test(t, there_is_an_end_to_it);
    tcase_add_test(t, another_public_half_is_found_out_and_costs_no_text);
    tcase_add_loop_test(t, a_damaged_file_is_refused_and_left_alone, 0, 2);
    tcase_add_test(t, a_store_without_a_passphrase_has_none);
    suite_add_tcase(suite, t);
    return suite;
}
