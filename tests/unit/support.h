/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What several unit tests share: randomness that is known beforehand, and
 * damage done to inputs in every place.
 */
#ifndef EIDER_TESTS_SUPPORT_H
#define EIDER_TESTS_SUPPORT_H

#include "eider/mem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Known randomness.  After the first push all of libsodium draws from a queue;
 * a test that draws more than was pushed fails.  test_random_end() fails if
 * anything is left, and gives the system's randomness back.
 */
void test_random_push(const void *bytes, size_t n);
void test_random_end(void);

/* The bytes of a literal in hex, at most @cap; says how many. */
size_t test_hex(const char *hex, void *out, size_t cap);

eider_slice test_slice(const void *p, size_t n);
eider_slice test_string(const char *s);

/* Is @input taken? */
typedef bool test_taker(eider_slice input, void *data);

/* No beginning of @input that is shorter than it is taken.  The copies end
 * where an allocation ends, so that reading on is seen by ASan. */
void test_refuses_cuts(eider_slice input, test_taker *take, void *data);

/* @input is not taken when one of its bytes from @from on is another, */
void test_refuses_flips(eider_slice input, size_t from, test_taker *take,
                        void *data);

/* ... or one of its bits. */
void test_refuses_bit_flips(eider_slice input, test_taker *take, void *data);

#endif
