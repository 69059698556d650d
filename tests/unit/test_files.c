/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/crypto.h"
#include "eider/store.h"
#include "unit/disk.h"
#include "unit/folder.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Suite *files_suite(void);

/* ---- who may read -------------------------------------------------------- */

START_TEST(everything_is_private_whatever_the_umask)
{
    static const char *const files[] = {"lock", "master", "s/ab12"};
    char *s = folder_path("%s/s", dt.dir);

    disk_open_it();
    ck_assert_int_eq(disk_put_text("master", "m"), EIDER_OK);
    ck_assert_int_eq(disk_put_text("s/ab12", "s"), EIDER_OK);
    ck_assert_uint_eq(folder_mode(dt.dir), 0700);
    ck_assert_uint_eq(folder_mode(s), 0700);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        char *path = folder_path("%s/%s", dt.dir, files[i]);

        ck_assert_uint_eq(folder_mode(path), 0600);
        free(path);
    }
    free(s);
}
END_TEST

START_TEST(a_strict_umask_does_not_lock_us_out)
{
    disk_open_it();
    umask(0777);
    ck_assert_int_eq(disk_put_text("index", "text"), EIDER_OK);
    umask(0);
    char *path = folder_path("%s/index", dt.dir);
    ck_assert_uint_eq(folder_mode(path), 0600);
    free(path);
}
END_TEST

START_TEST(a_folder_open_to_others_is_tightened)
{
    char *s = folder_path("%s/s", dt.dir);

    ck_assert_int_eq(g_mkdir_with_parents(s, 0777), 0);
    ck_assert_uint_eq(folder_mode(dt.dir), 0777);
    disk_open_it();
    ck_assert_uint_eq(folder_mode(dt.dir), 0700);
    ck_assert_uint_eq(folder_mode(s), 0700);
    free(s);
}
END_TEST

START_TEST(a_symbolic_link_is_not_a_folder)
{
    char *real = folder_path("%s/real", dt.base);
    char *link = folder_path("%s/link", dt.base);
    char *slash = folder_path("%s/link/", dt.base);
    char *s = folder_path("%s/real/s", dt.base);

    ck_assert_int_eq(mkdir(real, 0700), 0);
    ck_assert_int_eq(symlink(real, link), 0);
    disk_assert_refused(link, EIDER_E_STORE, "symbolic link");
    disk_assert_refused(slash, EIDER_E_STORE, "symbolic link");
    ck_assert_uint_eq(folder_count(real, ""), 0);
    ck_assert_int_eq(symlink(dt.base, s), 0);
    disk_assert_refused(real, EIDER_E_STORE, "/real/s: ");
    free(real), free(link), free(slash), free(s);
}
END_TEST

START_TEST(a_folder_of_somebody_else_is_refused)
{
    if (geteuid() != 0)
        return;
    ck_assert_int_eq(g_mkdir_with_parents(dt.dir, 0700), 0);
    ck_assert_int_eq(chown(dt.dir, DISK_NOBODY, DISK_NOBODY), 0);
    disk_assert_refused(dt.dir, EIDER_E_STORE, "belongs to somebody else");
}
END_TEST

START_TEST(a_file_in_the_place_of_the_folder_is_refused)
{
    char *path = folder_path("%s/file", dt.base);

    folder_put(path, "x", 1);
    disk_assert_refused(path, EIDER_E_STORE, "/file: not a folder");
    free(path);
}
END_TEST

/* ---- reading and writing ------------------------------------------------- */

START_TEST(what_is_written_is_read_back)
{
    static const size_t sizes[] = {0, 1, 16383, 16384, 16385, 1000000};
    static uint8_t data[1000000];

    disk_open_it();
    eider_random(data, sizeof data);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        EIDER_AUTO(eider_buf) b = {0};

        eider_buf_add(&b, "before", 6);
        ck_assert_int_eq(disk_put("s/ab12", data, sizes[i]), EIDER_OK);
        ck_assert_int_eq(dt.f.read(dt.f.data, "s/ab12", &b), EIDER_OK);
        ck_assert_uint_eq(b.n, 6 + sizes[i]);
        ck_assert_mem_eq(b.p, "before", 6);
        ck_assert(memcmp(b.p + 6, data, sizes[i]) == 0);
    }
    disk_assert_no_leftovers();
    eider_files_close(&dt.f);
    disk_open_it();
    EIDER_AUTO(eider_buf) again = {0};
    ck_assert_int_eq(dt.f.read(dt.f.data, "s/ab12", &again), EIDER_OK);
    ck_assert_uint_eq(again.n, sizeof data);
}
END_TEST

START_TEST(a_missing_file_is_missing_and_may_be_removed)
{
    EIDER_AUTO(eider_buf) b = {0};

    disk_open_it();
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_E_MISSING);
    ck_assert_int_eq(dt.f.remove(dt.f.data, "index"), EIDER_OK);
    ck_assert_int_eq(disk_put_text("index", "text"), EIDER_OK);
    ck_assert_int_eq(dt.f.remove(dt.f.data, "index"), EIDER_OK);
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_E_MISSING);
    ck_assert_uint_eq(b.n, 0);
}
END_TEST

START_TEST(short_and_interrupted_writes_are_continued)
{
    static uint8_t data[5000];
    EIDER_AUTO(eider_buf) b = {0};

    disk_open_it();
    eider_random(data, sizeof data);
    disk_bad.on = true;
    eider_err e = disk_put("index", data, sizeof data);
    disk_bad.on = false;
    ck_assert_int_eq(e, EIDER_OK);
    ck_assert_uint_gt(disk_bad.calls, 2 * sizeof data / 7);
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_OK);
    ck_assert_uint_eq(b.n, sizeof data);
    ck_assert_mem_eq(b.p, data, sizeof data);
}
END_TEST

START_TEST(a_file_that_is_not_synced_does_not_replace_the_old_one)
{
    disk_open_it();
    ck_assert_int_eq(disk_put_text("s/ab12", "old"), EIDER_OK);
    uint64_t n = eider_files_writes(&dt.f);
    disk_bad.fsync_fails = 1;
    ck_assert_int_eq(disk_put_text("s/ab12", "new"), EIDER_E_STORE);
    disk_assert_text("s/ab12", "old");
    disk_assert_no_leftovers();
    ck_assert_ptr_nonnull(strstr(dt.f.why(dt.f.data), "/s/ab12: "));
    ck_assert_uint_eq(eider_files_writes(&dt.f), n);
}
END_TEST

START_TEST(a_folder_that_is_not_synced_is_an_error)
{
    disk_open_it();
    disk_bad.fsync_fails = 2; /* the file's, then the folder's */
    ck_assert_int_eq(disk_put_text("index", "new"), EIDER_E_STORE);
    ck_assert_int_eq(disk_bad.fsync_fails, 0);
    disk_assert_no_leftovers();
    disk_bad.fsync_fails = 1;
    ck_assert_int_eq(dt.f.remove(dt.f.data, "index"), EIDER_E_STORE);
}
END_TEST

START_TEST(successful_writes_are_counted)
{
    disk_open_it();
    uint64_t n = eider_files_writes(&dt.f);
    ck_assert_int_eq(disk_put_text("index", "a"), EIDER_OK);
    ck_assert_int_eq(disk_put_text("s/ab", "b"), EIDER_OK);
    dt.f.write_mark(dt.f.data, "index", 7);
    ck_assert_uint_eq(eider_files_writes(&dt.f), n + 2);
}
END_TEST

START_TEST(a_link_a_pipe_and_a_folder_are_not_read)
{
    char *secret = folder_path("%s/secret", dt.base);
    char *name = folder_path("%s/index", dt.dir);
    EIDER_AUTO(eider_buf) b = {0};

    disk_open_it();
    folder_put(secret, "secret", 6);
    ck_assert_int_eq(symlink(secret, name), 0);
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_E_STORE);
    ck_assert_int_eq(disk_put_text("index", "mine"), EIDER_OK);
    disk_assert_text("index", "mine");
    ck_assert_uint_eq(folder_mode(name), 0600); /* no link any more */
    ck_assert_int_eq(unlink(name), 0);
    ck_assert_int_eq(mkfifo(name, 0600), 0);
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_E_STORE);
    ck_assert_ptr_nonnull(
        strstr(dt.f.why(dt.f.data), "/index: not a regular file"));
    ck_assert_int_eq(unlink(name), 0);
    ck_assert_int_eq(mkdir(name, 0700), 0);
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_E_STORE);
    ck_assert_int_eq(disk_put_text("index", "x"), EIDER_E_STORE);
    disk_assert_no_leftovers();
    ck_assert_uint_eq(b.n, 0);
    free(secret), free(name);
}
END_TEST

/* To open one for writing would wait for ever for who reads it. */
START_TEST(a_pipe_in_the_place_of_a_file_is_not_written_into)
{
    static const uint8_t zeros[4096];
    char *name = folder_path("%s/index", dt.dir);

    disk_open_it();
    ck_assert_int_eq(mkfifo(name, 0600), 0);
    ck_assert_int_eq(
        dt.f.patch(dt.f.data, "index", 0, (eider_slice){zeros, sizeof zeros}),
        EIDER_E_MISSING);
    dt.f.scrub(dt.f.data, "index", 0, sizeof zeros);
    ck_assert_int_eq(disk_put_text("index", "mine"), EIDER_OK);
    disk_assert_text("index", "mine");
    free(name);
}
END_TEST

START_TEST(a_file_of_more_than_64_mib_is_not_read)
{
    char *name = folder_path("%s/index", dt.dir);
    EIDER_AUTO(eider_buf) b = {0};

    disk_open_it();
    folder_put(name, "", 0);
    ck_assert_int_eq(truncate(name, (64 << 20) + 1), 0);
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_E_STORE);
    ck_assert_uint_eq(b.n, 0);
    ck_assert_int_eq(truncate(name, 64 << 20), 0);
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_OK);
    ck_assert_uint_eq(b.n, 64 << 20);
    free(name);
}
END_TEST

static void
swallow(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    (void)domain, (void)level, (void)text;
    ++*(unsigned *)data;
}

START_TEST(names_stay_in_the_folder)
{
    static const char *const names[] = {
        "",
        "..",
        "../x",
        "/etc/passwd",
        "s/",
        "s/../x",
        "s/s/x",
        "t/ab12",
        ".tmp-",
        "lock",
        "s",
        "Index",
        "a\nb",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    EIDER_AUTO(eider_buf) b = {0};
    unsigned refused = 0;

    disk_open_it();
    g_log_set_always_fatal(G_LOG_LEVEL_ERROR);
    g_log_set_default_handler(swallow, &refused);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        ck_assert_int_eq(disk_put_text(names[i], "x"), EIDER_E_INTERNAL);
        ck_assert_int_eq(dt.f.read(dt.f.data, names[i], &b), EIDER_E_INTERNAL);
        ck_assert_int_eq(dt.f.remove(dt.f.data, names[i]), EIDER_E_INTERNAL);
    }
    g_log_set_default_handler(g_log_default_handler, NULL);
    ck_assert_uint_eq(refused, 3 * G_N_ELEMENTS(names));
    ck_assert_uint_eq(folder_count(dt.dir, ""), 2); /* lock and s */
}
END_TEST

Suite *
files_suite(void)
{
    Suite *s = suite_create("files");
    TCase *t = tcase_create("disk");

    tcase_add_checked_fixture(t, disk_set_up, disk_tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, everything_is_private_whatever_the_umask);
    tcase_add_test(t, a_strict_umask_does_not_lock_us_out);
    tcase_add_test(t, a_folder_open_to_others_is_tightened);
    tcase_add_test(t, a_symbolic_link_is_not_a_folder);
    tcase_add_test(t, a_folder_of_somebody_else_is_refused);
    tcase_add_test(t, a_file_in_the_place_of_the_folder_is_refused);
    tcase_add_test(t, what_is_written_is_read_back);
    tcase_add_test(t, a_missing_file_is_missing_and_may_be_removed);
    tcase_add_test(t, short_and_interrupted_writes_are_continued);
    tcase_add_test(t, a_file_that_is_not_synced_does_not_replace_the_old_one);
    tcase_add_test(t, a_folder_that_is_not_synced_is_an_error);
    tcase_add_test(t, successful_writes_are_counted);
    tcase_add_test(t, a_link_a_pipe_and_a_folder_are_not_read);
    tcase_add_test(t, a_pipe_in_the_place_of_a_file_is_not_written_into);
    tcase_add_test(t, a_file_of_more_than_64_mib_is_not_read);
    tcase_add_test(t, names_stay_in_the_folder);
    suite_add_tcase(s, t);
    return s;
}
