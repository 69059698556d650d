/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file of a backup: its passphrase, damage, and a disk that is full. */
#include "eider/backup.h"
#include "eider/crypto.h"

#include <check.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define PASS   "correct horse"
#define PASS_N (sizeof PASS - 1)

Suite *backup_file_suite(void);

static eider_slice
slice(const eider_buf *b)
{
    return (eider_slice){b->p, b->n};
}

/* ---- the file ------------------------------------------------------------- */

static const uint8_t text[] = "what is in it";

static eider_buf made; /* once for all: Argon2id is slow */

static void
make_once(void)
{
    ck_assert_int_eq(eider_backup_seal((eider_slice){text, sizeof text}, PASS,
                                       PASS_N, &made),
                     EIDER_OK);
}

static void
unmake(void)
{
    eider_buf_wipe(&made);
}

static void
make_file(eider_buf *file)
{
    eider_buf_add(file, made.p, made.n);
}

static eider_err
open_file(const eider_buf *file, const char *pass, eider_buf *plain)
{
    eider_err err = eider_backup_unseal(slice(file), pass, strlen(pass), plain);

    if (err != EIDER_OK)
        ck_assert_uint_eq(plain->n, 0);
    return err;
}

START_TEST(opens_with_its_passphrase_only_and_tells_nothing_by_its_size)
{
    EIDER_AUTO(eider_buf) file = {0};
    EIDER_AUTO(eider_buf) plain = {0};

    make_file(&file);
    ck_assert_uint_eq(file.n, 65536);
    ck_assert_int_eq(open_file(&file, "Correct horse", &plain), EIDER_E_AUTH);
    ck_assert_int_eq(open_file(&file, PASS, &plain), EIDER_OK);
    ck_assert_uint_eq(plain.n, sizeof text);
    ck_assert_mem_eq(plain.p, text, sizeof text);
}
END_TEST

START_TEST(every_flipped_byte_and_every_cut_is_refused)
{
    EIDER_AUTO(eider_buf) file = {0};
    EIDER_AUTO(eider_buf) plain = {0};

    make_file(&file);
    for (size_t i = 0; i < file.n; i += i < 600 || i + 100 > file.n ? 1 : 97) {
        size_t n = file.n;

        file.p[i] ^= 1;
        ck_assert_int_eq(open_file(&file, PASS, &plain), EIDER_E_MALFORMED);
        file.p[i] ^= 1;
        file.n = i;
        ck_assert_int_eq(open_file(&file, PASS, &plain), EIDER_E_MALFORMED);
        file.n = n;
    }
}
END_TEST

/* Somebody who changes a byte and the check as well. */
START_TEST(a_changed_byte_with_the_right_check_is_refused)
{
    static const size_t at[] = {8 + 1 + 3, 30000};
    EIDER_AUTO(eider_buf) file = {0};
    EIDER_AUTO(eider_buf) plain = {0};
    eider_slice all;

    make_file(&file);
    file.p[at[_i]] ^= 0x40;
    all = (eider_slice){file.p, file.n - 16};
    eider_hash(file.p + file.n - 16, 16, NULL, 0, &all, 1);
    ck_assert_int_eq(open_file(&file, PASS, &plain), EIDER_E_AUTH);
}
END_TEST

START_TEST(a_newer_version_is_said_to_be_newer)
{
    EIDER_AUTO(eider_buf) file = {0};
    EIDER_AUTO(eider_buf) plain = {0};
    eider_slice all;

    make_file(&file);
    file.p[8] = 2;
    all = (eider_slice){file.p, file.n - 16};
    eider_hash(file.p + file.n - 16, 16, NULL, 0, &all, 1);
    ck_assert_int_eq(open_file(&file, PASS, &plain), EIDER_E_STATE);
}
END_TEST

/* ---- on a disk ------------------------------------------------------------ */

static unsigned
count_files(const char *folder)
{
    GDir *d = g_dir_open(folder, 0, NULL);
    unsigned n = 0;

    while (g_dir_read_name(d) != NULL)
        n++;
    g_dir_close(d);
    return n;
}

START_TEST(a_full_disk_leaves_no_file_and_the_old_backup)
{
    static const uint8_t old[] = "EIDERbk1 an older one";
    g_autofree char *dir = g_dir_make_tmp("eider-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "b.eider", NULL);
    EIDER_AUTO(eider_buf) big = {0};
    EIDER_AUTO(eider_buf) back = {0};
    struct rlimit was, tight = {1000, 1000};
    char *why = NULL;

    eider_buf_add(&big, NULL, 5000);
    ck_assert_int_eq(
        eider_backup_save(path, (eider_slice){old, sizeof old}, &why),
        EIDER_OK);
    getrlimit(RLIMIT_FSIZE, &was);
    tight.rlim_max = was.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tight);
    ck_assert_int_eq(eider_backup_save(path, slice(&big), &why), EIDER_E_STORE);
    setrlimit(RLIMIT_FSIZE, &was);
    ck_assert_ptr_nonnull(why);
    free(why);
    ck_assert_uint_eq(count_files(dir), 1);
    ck_assert_int_eq(eider_backup_load(path, &back, &why), EIDER_OK);
    ck_assert_mem_eq(back.p, old, sizeof old);
    g_unlink(path);
    g_rmdir(dir);
}
END_TEST

START_TEST(what_is_no_backup_is_not_overwritten)
{
    g_autofree char *dir = g_dir_make_tmp("eider-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "letter.txt", NULL);
    g_autofree char *now = NULL;
    char *why = NULL;

    ck_assert(g_file_set_contents(path, "Dear Bob", -1, NULL));
    ck_assert_int_eq(
        eider_backup_save(path, (eider_slice){text, sizeof text}, &why),
        EIDER_E_LOCKED);
    free(why);
    ck_assert(g_file_get_contents(path, &now, NULL, NULL));
    ck_assert_str_eq(now, "Dear Bob");
    g_unlink(path);
    g_rmdir(dir);
}
END_TEST

Suite *
backup_file_suite(void)
{
    Suite *s = suite_create("backup_file");
    TCase *t = tcase_create("file");

    tcase_set_timeout(t, 60);
    tcase_add_unchecked_fixture(t, make_once, unmake);
    tcase_add_test(
        t, opens_with_its_passphrase_only_and_tells_nothing_by_its_size);
    tcase_add_test(t, every_flipped_byte_and_every_cut_is_refused);
    tcase_add_loop_test(t, a_changed_byte_with_the_right_check_is_refused, 0,
                        2);
    tcase_add_test(t, a_newer_version_is_said_to_be_newer);
    tcase_add_test(t, a_full_disk_leaves_no_file_and_the_old_backup);
    tcase_add_test(t, what_is_no_backup_is_not_overwritten);
    suite_add_tcase(s, t);
    return s;
}
