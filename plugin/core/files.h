/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what files.c, marks.c and store.c share beyond include/eider/store.h.
 */
#ifndef EIDER_CORE_FILES_H
#define EIDER_CORE_FILES_H

#include "eider/store.h"

/* No file of ours is longer; a longer one is not read into memory. */
#define EIDER_FILE_MAX ((size_t)64 << 20)

/* The absolute path of the folder, for messages to people; NULL when @f is
 * not a folder on a disk. */
const char *eider_files_folder(const eider_files *f);

/* Read all of @fd, at most @max bytes.  Returns 0 or an errno. */
int eider_fd_read_all(int fd, size_t max, eider_buf *out);

/* Write all of @bytes.  Returns 0 or an errno. */
int eider_fd_write_all(int fd, eider_slice bytes);

/*
 * A small file that is written again and again has two halves of one size; a
 * new copy goes into the one that is not needed, and then the other one is
 * zeros.  So a crash in the middle of a write leaves the copy before it, at the
 * price of one sync, and no copy before the last stays on the disk.
 *
 * eider_halves_find() gives the copies that may be in @file, the newest first;
 * which of them is whole its seal says.
 */
#define EIDER_HALVES   2
#define EIDER_HALF_MAX ((size_t)65536) /* larger files are written whole */

typedef struct {
    size_t size;     /* of one copy; 0: no file */
    unsigned halves; /* 1 or 2 */
    unsigned half;   /* where the newest copy is */
} eider_place;

unsigned eider_halves_find(eider_slice file, eider_place out[EIDER_HALVES]);
EIDER_MUST_USE eider_err eider_halves_write(const eider_files *f,
                                            const char *name,
                                            eider_place *place,
                                            eider_slice sealed);

/* The bytes with which a sealed file begins; then a byte of version and the
 * generation. */
#define EIDER_SEAL_MAGIC "EIDERst1"
/* What a sealed file's size may be. */
#define EIDER_SEAL_MIN ((size_t)4096)
bool eider_seal_size_is_ours(size_t n);

/* What the store lies on, for a file that seals its own blocks. */
const eider_files *eider_store_files(const eider_store *s);

/*
 * Second copies of generations, outside of the folder: one small file for each
 * name.  A copy is tied to this machine and to the folder's path, so that a
 * home directory that moves does not look like one that was put back.
 *
 * @dir may be NULL: nothing is kept then.  eider_marks_read() is 0 where
 * nothing is known; a generation of 0 forgets.
 */
typedef struct eider_marks eider_marks;

eider_marks *eider_marks_new(const char *dir, const char *folder);
void eider_marks_free(eider_marks *m);
uint64_t eider_marks_read(const eider_marks *m, const char *name);
void eider_marks_write(const eider_marks *m, const char *name,
                       uint64_t generation);

#endif
