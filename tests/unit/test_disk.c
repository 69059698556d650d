/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/store.h"
#include "unit/disk.h"
#include "unit/folder.h"

#include <check.h>
#include <errno.h>
#include <glib.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *disk_suite(void);

/* ---- disks that are full or read-only ------------------------------------ */

static void
assert_old_stays(const void *big, size_t n)
{
    ck_assert_int_eq(disk_put("index", big, n), EIDER_E_STORE);
    disk_assert_text("index", "old");
    disk_assert_no_leftovers();
}

START_TEST(a_full_disk_leaves_the_old_file)
{
    static uint8_t big[1 << 20];

    /* In a namespace of this test's process: nobody else sees the mount. */
    if (getenv("CK_FORK") != NULL || unshare(CLONE_NEWNS) != 0 ||
        mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", dt.base, "tmpfs", 0, "size=256k,mode=0700") != 0)
        return;
    disk_open_it();
    ck_assert_int_eq(disk_put_text("index", "old"), EIDER_OK);
    assert_old_stays(big, sizeof big);
    char *why = folder_path("%s/index: %s", dt.dir, strerror(ENOSPC));
    ck_assert_str_eq(dt.f.why(dt.f.data), why);
    free(why);
    ck_assert_int_eq(disk_put_text("index", "new"), EIDER_OK);
    disk_assert_text("index", "new");
    eider_files_close(&dt.f);
    ck_assert_int_eq(umount2(dt.base, MNT_DETACH), 0);
}
END_TEST

START_TEST(a_file_size_limit_leaves_the_old_file)
{
    static uint8_t big[1 << 20];
    struct rlimit lim;

    disk_open_it();
    ck_assert_int_eq(disk_put_text("index", "old"), EIDER_OK);
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &lim), 0);
    lim.rlim_cur = 65536;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &lim), 0);
    ck_assert_int_eq(disk_put("index", big, sizeof big), EIDER_E_STORE);
    lim.rlim_cur = lim.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &lim), 0);
    disk_assert_text("index", "old");
    disk_assert_no_leftovers();
}
END_TEST

static int
use_read_only_folder(void)
{
    EIDER_AUTO(eider_buf) b = {0};
    char *why = NULL;

    if (geteuid() == 0 &&
        (setgid(DISK_NOBODY) != 0 || setuid(DISK_NOBODY) != 0))
        return 1;
    if (eider_files_open(&dt.f, dt.dir, dt.state, &why) != EIDER_OK)
        return 2;
    if (disk_put_text("index", "old") != EIDER_OK || chmod(dt.dir, 0500) != 0)
        return 3;
    if (disk_put_text("index", "new") != EIDER_E_STORE ||
        strstr(dt.f.why(dt.f.data), strerror(EACCES)) == NULL ||
        dt.f.remove(dt.f.data, "index") != EIDER_E_STORE)
        return 4;
    if (dt.f.read(dt.f.data, "index", &b) != EIDER_OK || b.n != 3 ||
        memcmp(b.p, "old", 3) != 0)
        return 5;
    return chmod(dt.dir, 0700) == 0 && disk_put_text("index", "new") == EIDER_OK
               ? 0
               : 6;
}

START_TEST(a_read_only_folder_leaves_the_old_file)
{
    if (geteuid() == 0) /* whom no mode stops */
        ck_assert_int_eq(chown(dt.base, DISK_NOBODY, DISK_NOBODY), 0);
    ck_assert_int_eq(disk_in_child(use_read_only_folder), 0);
}
END_TEST

/* ---- one process at a time ----------------------------------------------- */

static pid_t holder;

/* 0: locked, and the message names the holder. */
static int
try_to_open(void)
{
    eider_files g;
    char *why = NULL, *want = folder_path("held by process %d", (int)holder);

    if (eider_files_open(&g, dt.dir, NULL, &why) != EIDER_E_LOCKED)
        return 1;
    return strstr(why, want) != NULL && strstr(why, "/lock: ") != NULL ? 0 : 2;
}

START_TEST(a_second_process_is_locked_out)
{
    disk_open_it();
    holder = getpid();
    ck_assert_int_eq(disk_in_child(try_to_open), 0);
    eider_files_close(&dt.f);
    ck_assert_int_eq(disk_in_child(try_to_open), 1 << 8);
    disk_open_it();
    ck_assert_int_eq(disk_in_child(try_to_open), 0);
}
END_TEST

START_TEST(a_second_open_in_the_process_is_locked_out)
{
    char *link = folder_path("%s/home2", dt.base);
    char *other = folder_path("%s/home2/.purple/eider", dt.base);
    char *home = folder_path("%s/home", dt.base);
    char *me = folder_path("held by process %d", (int)getpid());

    disk_open_it();
    holder = getpid();
    ck_assert_int_eq(symlink(home, link), 0);
    disk_assert_refused(dt.dir, EIDER_E_LOCKED, me);
    disk_assert_refused(other, EIDER_E_LOCKED,
                        me); /* the same by another name */
    /* The attempts did not let go of the lock. */
    ck_assert_int_eq(disk_in_child(try_to_open), 0);
    ck_assert_int_eq(disk_put_text("index", "x"), EIDER_OK);
    eider_files_close(&dt.f);
    disk_open_it();
    free(link), free(other), free(home), free(me);
}
END_TEST

START_TEST(two_folders_may_be_open)
{
    char *other = folder_path("%s/other", dt.base), *why = NULL;
    eider_files g;

    disk_open_it();
    ck_assert_int_eq(eider_files_open(&g, other, NULL, &why), EIDER_OK);
    eider_files_close(&g);
    eider_files_close(&g); /* closed is closed */
    free(other);
}
END_TEST

/* ---- crashes ------------------------------------------------------------- */

START_TEST(what_a_crash_left_is_swept)
{
    char *a = folder_path("%s/.tmp-0011", dt.dir);
    char *b = folder_path("%s/s/.tmp-0022", dt.dir);
    char *c = folder_path("%s/notes.txt", dt.dir);

    disk_open_it();
    ck_assert_int_eq(disk_put_text("index", "text"), EIDER_OK);
    eider_files_close(&dt.f);
    folder_put(a, "x", 1);
    folder_put(b, "x", 1);
    folder_put(c, "x", 1);
    disk_open_it();
    disk_assert_no_leftovers();
    disk_assert_text("index", "text");
    ck_assert(folder_has(c)); /* not ours: stays */
    free(a), free(b), free(c);
}
END_TEST

START_TEST(a_locked_folder_is_not_swept)
{
    char *a = folder_path("%s/.tmp-0011", dt.dir);

    disk_open_it();
    folder_put(a, "x", 1);
    holder = getpid();
    ck_assert_int_eq(disk_in_child(try_to_open), 0);
    ck_assert(folder_has(a));
    free(a);
}
END_TEST

static _Noreturn void
write_for_ever(int ready)
{
    static uint8_t data[300000];
    char *why = NULL;

    if (eider_files_open(&dt.f, dt.dir, NULL, &why) != EIDER_OK)
        _exit(1);
    for (unsigned i = 0;; i++) {
        memset(data, 'a' + (int)(i % 2), sizeof data);
        if (disk_put("index", data, i % 2 == 0 ? 200000 : 300000) != EIDER_OK)
            _exit(2);
        if (i == 0 && write(ready, "x", 1) != 1)
            _exit(3);
    }
}

START_TEST(a_killed_process_leaves_a_whole_file)
{
    EIDER_AUTO(eider_buf) b = {0};
    int ready[2], status;
    char c;

    ck_assert_int_eq(pipe(ready), 0);
    pid_t pid = fork();
    if (pid == 0)
        write_for_ever(ready[1]);
    ck_assert_int_eq(read(ready[0], &c, 1), 1);
    g_usleep(1000 + 3000 * (unsigned)_i);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(WTERMSIG(status), SIGKILL);
    disk_open_it();
    disk_assert_no_leftovers();
    ck_assert_int_eq(dt.f.read(dt.f.data, "index", &b), EIDER_OK);
    ck_assert_uint_eq(b.n, b.p[0] == 'a' ? 200000 : 300000);
    for (size_t i = 0; i < b.n; i++)
        ck_assert(b.p[i] == b.p[0]);
    close(ready[0]), close(ready[1]);
}
END_TEST

static int
write_five(void)
{
    static const char *const names[] = {"a", "b", "s/c", "d", "e"};
    char *why = NULL;
    struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    setenv("EIDER_TEST_CRASH", "3", 1);
    if (eider_files_open(&dt.f, dt.dir, NULL, &why) != EIDER_OK)
        return 1;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (disk_put_text(names[i], "x") != EIDER_OK)
            return 2;
    }
    return 0;
}

START_TEST(only_a_testing_build_crashes_when_told)
{
    int status = disk_in_child(write_five);
    bool crashed = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
    char *third = folder_path("%s/s/c", dt.dir),
         *fourth = folder_path("%s/d", dt.dir);

    ck_assert(crashed || status == 0);
    ck_assert(folder_has(third)); /* right after the third, not before */
    ck_assert_int_eq(folder_has(fourth), !crashed);
    free(third), free(fourth);
}
END_TEST

Suite *
disk_suite(void)
{
    Suite *s = suite_create("disk");
    TCase *t = tcase_create("disk");

    tcase_add_checked_fixture(t, disk_set_up, disk_tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_full_disk_leaves_the_old_file);
    tcase_add_test(t, a_file_size_limit_leaves_the_old_file);
    tcase_add_test(t, a_read_only_folder_leaves_the_old_file);
    tcase_add_test(t, a_second_process_is_locked_out);
    tcase_add_test(t, a_second_open_in_the_process_is_locked_out);
    tcase_add_test(t, two_folders_may_be_open);
    tcase_add_test(t, what_a_crash_left_is_swept);
    tcase_add_test(t, a_locked_folder_is_not_swept);
    tcase_add_loop_test(t, a_killed_process_leaves_a_whole_file, 0, 5);
    tcase_add_test(t, only_a_testing_build_crashes_when_told);
    suite_add_tcase(s, t);
    return s;
}
