/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: a folder on a disk, shared by files.c and patch.c only. */
#ifndef EIDER_CORE_DISK_H
#define EIDER_CORE_DISK_H

#include "files.h"

#include <fcntl.h>
#include <sys/stat.h>

#define OPEN_FLAGS (O_NOFOLLOW | O_CLOEXEC | O_NOCTTY)

enum { TOP, SUB, N_DIRS };

typedef struct {
    char *path; /* absolute, no slash at the end */
    int dirs[N_DIRS];
    int lock;
    dev_t dev;
    ino_t ino;
    pid_t pid;
    eider_marks *marks;
    char *why;
} disk;

/* Say what went wrong with @name; returns EIDER_E_STORE. */
eider_err eider_disk_fail(disk *d, const char *name, int err);
bool eider_disk_name_is_valid(const char *name);
/* The folder that @name is in, and what it is called there. */
int eider_disk_dir_of(const disk *d, const char *name, const char **base);
void eider_disk_count_write(void);

/* The last two functions of eider_files. */
eider_err eider_disk_patch(void *data, const char *name, size_t at,
                           eider_slice bytes);
void eider_disk_scrub(void *data, const char *name, size_t at, size_t n);

#endif
