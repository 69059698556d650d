/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: how long things take, beside the peers, in one process.
 *
 *     BENCH(hashing)
 *     {
 *         bench_case c[] = {{"BLAKE2b", hash_it, &state}, ...};
 *
 *         bench_run(c, G_N_ELEMENTS(c));
 *         printf("| %s | %.1f |\n", c[0].name, c[0].us);
 *     }
 *
 * What such a function prints is Markdown; it begins with a line "### title".
 * A file bench_*.c in this folder is all that is needed to add one.
 */
#ifndef EIDER_TESTS_BENCH_H
#define EIDER_TESTS_BENCH_H

#include <check.h>
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct bench bench;
struct bench {
    const char *name;
    void (*run)(void);
    bench *next;
};
void bench_register(bench *b);

#define BENCH(NAME)                                                            \
    static void bench_##NAME(void);                                            \
    __attribute__((constructor)) static void bench_##NAME##_register(void)     \
    {                                                                          \
        static bench b = {#NAME, bench_##NAME, NULL};                          \
                                                                               \
        bench_register(&b);                                                    \
    }                                                                          \
    static void bench_##NAME(void)

/* One thing to measure. */
typedef struct {
    const char *name;
    void (*op)(void *arg);
    void *arg;
    double us; /* out: the median of one call, in microseconds of CPU */
} bench_case;

/* Measures them by turns, so that a machine that slows down slows all. */
void bench_run(bench_case *cases, size_t n);

/* Bytes on the heap now. */
size_t bench_heap(void);

/* Ends the run: what was measured was not what was meant. */
void bench_check(bool is_so, const char *what);

/* Runs @measure, which uses the tests' world and so needs a test around it. */
void bench_world(const char *name, const TTest *measure);

/*
 * A protocol between two ends, 0 and 1, that have met.
 *
 * pass() takes @n bytes of text, of letters and digits only, through sending
 * and receiving, checks that they came, and returns the characters that a
 * server saw.  meet() is a whole handshake of two people who have their keys.
 */
typedef struct {
    const char *name;
    void *(*start)(void);
    void (*stop)(void *ends);
    void (*meet)(void *ends);
    size_t (*pass)(void *ends, unsigned from, const char *text, size_t n);
} bench_peer;

extern const bench_peer bench_eider;
struct eider_ratchet *bench_eider_ratchet(void *ends, unsigned i);
/* NULL, where the library was not there when this was built. */
extern const bench_peer *const bench_otr, *const bench_olm;

#endif
