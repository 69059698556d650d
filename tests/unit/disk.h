/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The fixture of the tests that open eider_files on a real disk.
 */
#ifndef EIDER_TESTS_DISK_H
#define EIDER_TESTS_DISK_H

#include "eider/store.h"

#define DISK_NOBODY 65534 /* the user without rights */

/* Set up: names only, nothing is made but @base, and the umask is 0. */
extern struct disk_test {
    char *base, *dir, *state;
    eider_files f;
} dt;

void disk_set_up(void);
void disk_tear_down(void);

/* This program's write() and fsync() take the place of libc's.  Left alone
 * they only pass on. */
extern struct disk_bad {
    bool on; /* every other write interrupted, the rest 7 bytes at most */
    unsigned calls;
    int fsync_fails; /* the one that fails, 1 is the next; 0: none */
} disk_bad;

/* Open dt.f on dt.dir. */
void disk_open_it(void);

/* Opening @path fails with @want, for a reason that contains @reason. */
void disk_assert_refused(const char *path, eider_err want, const char *reason);

eider_err disk_put(const char *name, const void *p, size_t n);
eider_err disk_put_text(const char *name, const char *text);
void disk_assert_text(const char *name, const char *text);
void disk_assert_no_leftovers(void);

/* Run @fn in a process of its own; its wait status (0: it returned 0). */
int disk_in_child(int (*fn)(void));

#endif
