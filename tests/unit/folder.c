/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/folder.h"

#include <check.h>
#include <dirent.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *
folder_new(void)
{
    const char *tmp = getenv("TMPDIR");
    char *path = folder_path("%s/eider-test-XXXXXX", tmp ? tmp : "/tmp");

    ck_assert_ptr_nonnull(mkdtemp(path));
    return path;
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

void
folder_remove(char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(path);
}

char *
folder_path(const char *format, ...)
{
    va_list ap;
    char *s;
    int n;

    va_start(ap, format);
    n = vasprintf(&s, format, ap);
    va_end(ap);
    ck_assert_int_ge(n, 0);
    return s;
}

void
folder_put(const char *path, const void *p, size_t n)
{
    FILE *f = fopen(path, "we");

    ck_assert_msg(f != NULL, "cannot write %s", path);
    ck_assert_uint_eq(fwrite(p, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

unsigned
folder_mode(const char *path)
{
    struct stat st;

    ck_assert_msg(lstat(path, &st) == 0, "no %s", path);
    return st.st_mode & 07777;
}

unsigned
folder_count(const char *path, const char *prefix)
{
    DIR *d = opendir(path);
    const struct dirent *e;
    unsigned n = 0;

    ck_assert_msg(d != NULL, "no %s", path);
    while ((e = readdir(d)) != NULL) {
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 &&
             strncmp(e->d_name, prefix, strlen(prefix)) == 0;
    }
    closedir(d);
    return n;
}

bool
folder_has(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0;
}
