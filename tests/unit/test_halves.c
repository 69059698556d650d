/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of two halves: a write that is cut off anywhere leaves what was there,
 * no older copy stays behind, and what is no half of ours is refused.
 */
#include "eider/crypto.h"
#include "eider/store.h"
#include "unit/disk.h"
#include "unit/folder.h"
#include "unit/memfiles.h"

#include <check.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *halves_suite(void);

#define NAME "s/ab"
#define S    4096u

static memfiles *m;
static eider_store *s;

static void
open_store(void)
{
    eider_store_close(s);
    s = NULL;
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL), EIDER_OK);
}

static void
set_up(void)
{
    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    m = memfiles_new();
    memfiles_in_place(m);
    open_store();
}

static void
tear_down(void)
{
    eider_store_close(s);
    s = NULL;
    memfiles_free(m);
}

static eider_err
put(const char *text)
{
    return eider_store_put(
        s, NAME, (eider_slice){(const uint8_t *)text, strlen(text) + 1});
}

static void
must_put(const char *text)
{
    ck_assert_int_eq(put(text), EIDER_OK);
}

static void
must_get(const char *want, bool is_restored)
{
    EIDER_AUTO(eider_buf) b = {0};
    bool restored = false;

    ck_assert_int_eq(eider_store_get(s, NAME, &b, &restored), EIDER_OK);
    ck_assert_str_eq((const char *)b.p, want);
    ck_assert_int_eq(restored, is_restored);
}

static eider_buf
keep(void)
{
    eider_slice f = memfiles_peek(m, NAME);
    eider_buf b = {0};

    eider_buf_add(&b, f.p, f.n);
    return b;
}

static bool
is_zero(const uint8_t *p)
{
    for (size_t i = 0; i < S; i++)
        if (p[i] != 0)
            return false;
    return true;
}

START_TEST(only_the_newest_copy_stays)
{
    static const char *const texts[] = {"one", "two", "three", "four", "five"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        eider_slice f;

        must_put(texts[i]);
        must_get(texts[i], false);
        f = memfiles_peek(m, NAME);
        ck_assert_uint_eq(f.n, i == 0 ? S : 2 * S);
        if (i > 0)
            ck_assert_int_ne(is_zero(f.p), is_zero(f.p + S));
        open_store();
        must_get(texts[i], false);
    }
}
END_TEST

/* The bytes that a crash lets through, for both halves. */
START_TEST(a_write_cut_off_anywhere_leaves_the_copy_before_it)
{
    for (int turn = 0; turn < 2; turn++) {
        EIDER_AUTO(eider_buf) before = {0};
        EIDER_AUTO(eider_buf) after = {0};
        EIDER_AUTO(eider_buf) torn = {0};
        const uint8_t *fresh;
        size_t at;

        must_put("x");
        must_put("x");
        if (turn == 1)
            must_put("x");
        must_put("old");
        before = keep();
        must_put("new");
        after = keep();
        at = is_zero(before.p) ? 0 : S;
        fresh = after.p + at;
        for (size_t n = 0; n < S; n += n < 64 ? 1 : 61) {
            eider_buf_clear(&torn);
            eider_buf_add(&torn, before.p, before.n);
            memcpy(torn.p + at, fresh, n);
            memfiles_poke(m, NAME, (eider_slice){torn.p, torn.n});
            memfiles_forget_marks(m);
            open_store();
            must_get("old", false);
        }
        must_put("after it"); /* and it goes on from there */
        must_get("after it", false);
    }
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_copy_before_it)
{
    must_put("one");
    must_put("two");
    for (int i = 0; i < 4; i++) {
        memfiles_fail_after(m, 0);
        ck_assert_int_eq(put("never"), EIDER_E_STORE);
        must_get("two", false);
    }
    must_put("three");
    must_get("three", false);
}
END_TEST

/* Both at once: from before the scrubbing reached the disk. */
START_TEST(of_two_copies_the_newer_counts)
{
    EIDER_AUTO(eider_buf) both = {0};
    EIDER_AUTO(eider_buf) old = {0};
    EIDER_AUTO(eider_buf) new = {0};
    size_t at;

    must_put("one");
    must_put("two");
    old = keep();
    must_put("three");
    new = keep();
    at = is_zero(old.p) ? S : 0;
    eider_buf_add(&both, new.p, new.n);
    memcpy(both.p + at, old.p + at, S);
    memfiles_poke(m, NAME, (eider_slice){both.p, both.n});
    open_store();
    must_get("three", false);
    /* The newer one is damaged: the older is a store that was put back. */
    both.p[S - at + 100] ^= 1;
    memfiles_poke(m, NAME, (eider_slice){both.p, both.n});
    open_store();
    must_get("two", true);
}
END_TEST

START_TEST(what_is_no_slot_is_refused)
{
    EIDER_AUTO(eider_buf) good = {0};
    EIDER_AUTO(eider_buf) b = {0};

    must_put("one");
    must_put("two");
    good = keep();
    for (size_t n = 0; n < 2 * S; n += n % S == S - 1 || n % S == 0 ? 1 : 93) {
        if (n == S && !is_zero(good.p))
            continue; /* the first half alone is a file */
        memfiles_poke(m, NAME, (eider_slice){good.p, n});
        open_store();
        ck_assert_int_eq(eider_store_get(s, NAME, &b, NULL), EIDER_E_STORE);
        ck_assert_int_eq(put("over it"), EIDER_E_STORE);
    }
    memset(good.p, 0, good.n); /* nothing at all */
    memfiles_poke(m, NAME, (eider_slice){good.p, good.n});
    open_store();
    ck_assert_int_eq(eider_store_get(s, NAME, &b, NULL), EIDER_E_STORE);
}
END_TEST

START_TEST(another_size_is_written_whole)
{
    EIDER_AUTO(eider_buf) big = {0};

    eider_buf_add(&big, NULL, 9000);
    must_put("one");
    must_put("two");
    ck_assert_int_eq(eider_store_put(s, NAME, (eider_slice){big.p, big.n}),
                     EIDER_OK);
    ck_assert_uint_eq(memfiles_peek(m, NAME).n, 4 * S);
    must_put("small again");
    ck_assert_uint_eq(memfiles_peek(m, NAME).n, S);
    must_get("small again", false);
}
END_TEST

/* ---- on a disk ------------------------------------------------------------ */

static ino_t
inode_of(const char *path)
{
    struct stat st;

    ck_assert_int_eq(stat(path, &st), 0);
    return st.st_ino;
}

START_TEST(on_disk_it_is_one_file_that_stays)
{
    char *path = folder_path("%s/s/ab", dt.dir);
    char *copy = folder_path("%s/copy", dt.base);
    eider_store *t = NULL;
    const eider_slice text = {(const uint8_t *)"text", 5};
    ino_t ino;

    disk_open_it();
    ck_assert_int_eq(eider_store_open(&t, &dt.f, NULL), EIDER_OK);
    ck_assert_int_eq(eider_store_put(t, NAME, text), EIDER_OK);
    ck_assert_int_eq(eider_store_put(t, NAME, text), EIDER_OK);
    ino = inode_of(path);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(eider_store_put(t, NAME, text), EIDER_OK);
    ck_assert(inode_of(path) == ino);
    /* Somebody's copy by a second link is not written to. */
    ck_assert_int_eq(link(path, copy), 0);
    ck_assert_int_eq(eider_store_put(t, NAME, text), EIDER_OK);
    ck_assert(inode_of(path) != ino);
    ck_assert(inode_of(copy) == ino);
    /* One that went away comes again. */
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(eider_store_put(t, NAME, text), EIDER_OK);
    eider_store_close(t);
    disk_assert_no_leftovers();
    free(path);
    free(copy);
}
END_TEST

START_TEST(on_disk_a_write_costs_one_sync)
{
    eider_store *t = NULL;
    const eider_slice text = {(const uint8_t *)"text", 5};

    disk_open_it();
    ck_assert_int_eq(eider_store_open(&t, &dt.f, NULL), EIDER_OK);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(eider_store_put(t, NAME, text), EIDER_OK);
    disk_bad.fsync_fails = 1; /* of a folder or a new file: there is none */
    ck_assert_int_eq(eider_store_put(t, NAME, text), EIDER_OK);
    ck_assert_int_eq(disk_bad.fsync_fails, 1);
    disk_bad.fsync_fails = 0;
    eider_store_close(t);
}
END_TEST

/* ---- libsodium ------------------------------------------------------------ */

int halves_bare(void);

/* What main() does when it is called as "unit --bare": nothing was started.
 * EIDER_BARE says how this program runs, where its file is not what runs. */
int
halves_bare(void)
{
    m = memfiles_new();
    if (eider_store_open(&s, memfiles_files(m), NULL) != EIDER_OK)
        return 1;
    tear_down();
    return sodium_init() == 1 ? 0 : 2; /* 1: it was started before */
}

/* The plugin calls nothing else: without it libsodium computes with the code
 * that every processor can run, and draws without a lock. */
START_TEST(opening_a_store_starts_libsodium)
{
    int status = system("${EIDER_BARE:-/proc/$PPID/exe} --bare");

    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

Suite *
halves_suite(void)
{
    Suite *suite = suite_create("halves");
    TCase *t = tcase_create("memory");
    TCase *d = tcase_create("disk");
    TCase *b = tcase_create("bare");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, only_the_newest_copy_stays);
    tcase_add_test(t, a_write_cut_off_anywhere_leaves_the_copy_before_it);
    tcase_add_test(t, a_write_that_fails_leaves_the_copy_before_it);
    tcase_add_test(t, of_two_copies_the_newer_counts);
    tcase_add_test(t, what_is_no_slot_is_refused);
    tcase_add_test(t, another_size_is_written_whole);
    suite_add_tcase(suite, t);
    tcase_add_checked_fixture(d, disk_set_up, disk_tear_down);
    tcase_add_test(d, on_disk_it_is_one_file_that_stays);
    tcase_add_test(d, on_disk_a_write_costs_one_sync);
    suite_add_tcase(suite, d);
    tcase_add_test(b, opening_a_store_starts_libsodium);
    suite_add_tcase(suite, b);
    return suite;
}
