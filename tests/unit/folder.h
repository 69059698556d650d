/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scratch folder on a real disk, for the tests of files and of the store.
 */
#ifndef EIDER_TESTS_FOLDER_H
#define EIDER_TESTS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* A new empty folder; free with folder_remove(), which deletes it. */
char *folder_new(void);
void folder_remove(char *path);

/* printf into a path of its own; free(). */
char *folder_path(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* A file with @n bytes (replaced); its permissions; names in a folder that
 * begin with @prefix. */
void folder_put(const char *path, const void *p, size_t n);
unsigned folder_mode(const char *path);
unsigned folder_count(const char *path, const char *prefix);
bool folder_has(const char *path);

#endif
