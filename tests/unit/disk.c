/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/disk.h"

#include "eider/crypto.h"
#include "unit/folder.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct disk_test dt;
struct disk_bad disk_bad;

ssize_t
write(int fd, const void *p, size_t n)
{
    if (disk_bad.on && disk_bad.calls++ % 2 == 0) {
        errno = EINTR;
        return -1;
    }
    return syscall(SYS_write, fd, p, disk_bad.on && n > 7 ? (size_t)7 : n);
}

int
fsync(int fd)
{
    if (disk_bad.fsync_fails > 0 && --disk_bad.fsync_fails == 0) {
        errno = EIO;
        return -1;
    }
    return (int)syscall(SYS_fsync, fd);
}

void
disk_set_up(void)
{
    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    umask(0);
    dt.base = folder_new();
    dt.dir = folder_path("%s/home/.purple/eider", dt.base);
    dt.state = folder_path("%s/state/eider", dt.base);
    dt.f = (eider_files){0};
    memset(&disk_bad, 0, sizeof disk_bad);
}

void
disk_tear_down(void)
{
    eider_files_close(&dt.f);
    free(dt.dir);
    free(dt.state);
    folder_remove(dt.base);
}

void
disk_open_it(void)
{
    char *why = NULL;

    ck_assert_msg(eider_files_open(&dt.f, dt.dir, dt.state, &why) == EIDER_OK,
                  "%s", why != NULL ? why : "");
    ck_assert_ptr_null(why);
}

void
disk_assert_refused(const char *path, eider_err want, const char *reason)
{
    eider_files g;
    char *why = NULL;

    ck_assert_int_eq(eider_files_open(&g, path, dt.state, &why), want);
    ck_assert_ptr_null(g.data);
    ck_assert_ptr_nonnull(why);
    ck_assert_msg(strstr(why, reason) != NULL, "%s", why);
    ck_assert_msg(why[0] == '/', "%s", why);
    free(why);
}

eider_err
disk_put(const char *name, const void *p, size_t n)
{
    return dt.f.write(dt.f.data, name, (eider_slice){p, n});
}

eider_err
disk_put_text(const char *name, const char *text)
{
    return disk_put(name, text, strlen(text));
}

void
disk_assert_text(const char *name, const char *text)
{
    EIDER_AUTO(eider_buf) b = {0};

    ck_assert_int_eq(dt.f.read(dt.f.data, name, &b), EIDER_OK);
    ck_assert_uint_eq(b.n, strlen(text));
    ck_assert_mem_eq(b.p, text, b.n);
}

void
disk_assert_no_leftovers(void)
{
    char *s = folder_path("%s/s", dt.dir);

    ck_assert_uint_eq(folder_count(dt.dir, ".tmp"), 0);
    ck_assert_uint_eq(folder_count(s, ".tmp"), 0);
    free(s);
}

int
disk_in_child(int (*fn)(void))
{
    int status;
    pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(fn());
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    return status;
}
