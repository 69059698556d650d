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
