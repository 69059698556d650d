/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files in memory, in the place of a disk: for tests that need disks which
 * fail at a chosen moment, crash, or are put back from a copy.
 *
 *     memfiles *m = memfiles_new();
 *     eider_store *s;
 *
 *     ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL), EIDER_OK);
 *     memfiles_fail_after(m, 2);        two more writes, then a full disk
 *     ...
 *     eider_store_close(s);             the crash: nothing is flushed
 *     eider_store_open(&s, memfiles_files(m), NULL);       and the restart
 *
 * Writes are atomic, as on the disk: a write that fails changes nothing.
 * Any number of stores may be open on one memfiles, one after the other.
 */
#ifndef EIDER_TESTS_MEMFILES_H
#define EIDER_TESTS_MEMFILES_H

#include "eider/store.h"

typedef struct memfiles memfiles;
typedef struct memfiles_copy memfiles_copy;

memfiles *memfiles_new(void);
void memfiles_free(memfiles *m); /* NULL is fine */

/* The table for eider_store_open(); lives as long as @m. */
eider_files *memfiles_files(memfiles *m);

/* Files may be changed in place, too.  Such a write that fails is half there. */
void memfiles_in_place(memfiles *m);

/* Let @n more writes succeed and the one after them fail with EIDER_E_STORE,
 * once (0: the next one); a negative @n takes that back. */
void memfiles_fail_after(memfiles *m, int n);

/* While @on every write and remove fails with EIDER_E_STORE: a full disk. */
void memfiles_fail_all(memfiles *m, bool on);

/* While @on every read fails with EIDER_E_STORE. */
void memfiles_fail_reads(memfiles *m, bool on);

/* Successful writes since memfiles_new(). */
uint64_t memfiles_writes(const memfiles *m);

/* Called after each successful write, when its content is already durable:
 * the place to take the copy that a crash would leave behind.  NULL: none. */
typedef void memfiles_written(void *data, memfiles *m, const char *name);
void memfiles_on_write(memfiles *m, memfiles_written *fn, void *data);

/*
 * A copy of the whole content, second copies of generations (marks) included.
 *
 * memfiles_restore() puts back the files and leaves the marks: a user who
 * copies an old folder back.  memfiles_rewind() puts back both: a crash, or a
 * whole machine put back, which cannot be noticed.  Both may be used many
 * times with one copy; knobs and counters stay as they are.
 */
memfiles_copy *memfiles_snapshot(const memfiles *m);
void memfiles_restore(memfiles *m, const memfiles_copy *c);
void memfiles_rewind(memfiles *m, const memfiles_copy *c);
void memfiles_copy_free(memfiles_copy *c); /* NULL is fine */

/* Forget all marks: the folder was moved to another machine. */
void memfiles_forget_marks(memfiles *m);

/* The raw bytes of a file ({NULL, 0}: none), valid until it is written; and
 * changing them behind the store's back (@bytes.p NULL: delete). */
eider_slice memfiles_peek(const memfiles *m, const char *name);
void memfiles_poke(memfiles *m, const char *name, eider_slice bytes);

/* Number of files, and bytes in all of them. */
unsigned memfiles_count(const memfiles *m);
size_t memfiles_size(const memfiles *m);

/* Does any file contain these bytes, or any name this text?  For leaks. */
bool memfiles_contain(const memfiles *m, const void *p, size_t n);

#endif
