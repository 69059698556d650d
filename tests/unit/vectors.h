/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads files of test vectors, for all unit tests.
 *
 *     # a comment: why this case
 *     key = 00ff
 *     msg =
 *                      <- a blank line ends a case
 *     key = 01ff
 *     count = #12      <- a decimal number
 *
 * Use:
 *
 *     vectors v;
 *
 *     vectors_open(&v, "tests/vectors/ratchet.txt");
 *     while (vectors_next(&v)) {
 *         vectors_exactly(&v, "key", key, sizeof key);
 *         len = vectors_bytes(&v, "msg", msg, sizeof msg);
 *         ...
 *     }
 *
 * All that goes wrong (no file, no case in it, a line that is not like the
 * above, a name that is missing or too long) fails the running Check test with
 * the file and the case in the message, so callers check nothing.
 */
#ifndef EIDER_TESTS_VECTORS_H
#define EIDER_TESTS_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * How many tests found nothing to test with.  Check runs tests in children, so
 * this lies in memory that they share; use it like an unsigned variable.
 */
#define tests_skipped (*tests_skipped_counter())
unsigned *tests_skipped_counter(void);

typedef struct {
    unsigned number; /* of the case, from 1, for messages */
    char path[512];
    char *text, *rest, *block, *block_end; /* private */
} vectors;

/* Open one of our own files; @path is seen from the top of the project. */
void vectors_open(vectors *v, const char *path);

/*
 * Open @name, for instance "x25519", of the published vectors, which
 * tests/vectors/published.py put into the folder that EIDER_PUBLISHED names.
 *
 * Returns:  false if there is no such folder: counted in tests_skipped, the
 *           test just returns (so no test opens two of them)
 */
bool vectors_open_published(vectors *v, const char *name);

/* Go to the next (at first: the first) case.  False, and closed, after all. */
bool vectors_next(vectors *v);

/* Does this case have @name? */
bool vectors_has(const vectors *v, const char *name);

/* Put the bytes of @name, at most @cap, into @out, and say how many. */
size_t vectors_bytes(const vectors *v, const char *name, void *out, size_t cap);

/* The same for a value that must have @len bytes. */
void vectors_exactly(const vectors *v, const char *name, void *out, size_t len);

/* The decimal number of @name. */
uint64_t vectors_number(const vectors *v, const char *name);

#endif
