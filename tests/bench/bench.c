/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs what the files of this folder measure; arguments name some of it. */
#include "bench/bench.h"

#include "eider/crypto.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS   201
#define BATCH_US 1000.0 /* so that neither the clock nor a cold start count */
#define CASE_US  1.5e6  /* at most, for one case */
#define CASES    16

static bench *all;

void
bench_register(bench *b)
{
    bench **at = &all;

    while (*at != NULL && strcmp((*at)->name, b->name) < 0)
        at = &(*at)->next;
    b->next = *at;
    *at = b;
}

/* Of this thread: others may use the machine, too. */
static double
cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static double
one_batch(const bench_case *c, unsigned n)
{
    double start = cpu_us();

    for (unsigned i = 0; i < n; i++)
        c->op(c->arg);
    return (cpu_us() - start) / n;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

void
bench_run(bench_case *cases, size_t n)
{
    static double us[CASES][ROUNDS];
    unsigned batch[CASES], rounds[CASES];

    bench_check(n <= CASES, "too many cases at once");
    for (size_t i = 0; i < n; i++) {
        double once = one_batch(&cases[i], 1); /* warms it up, too */

        once = MIN(once, one_batch(&cases[i], 3));
        batch[i] = (unsigned)MAX(1, BATCH_US / MAX(once, 0.01));
        rounds[i] = (unsigned)CLAMP(CASE_US / (once * batch[i]), 5, ROUNDS);
    }
    for (unsigned r = 0; r < ROUNDS; r++)
        for (size_t i = 0; i < n; i++)
            if (r < rounds[i])
                us[i][r] = one_batch(&cases[i], batch[i]);
    for (size_t i = 0; i < n; i++) {
        qsort(us[i], rounds[i], sizeof us[i][0], by_size);
        cases[i].us = us[i][rounds[i] / 2];
    }
}

size_t
bench_heap(void)
{
    return mallinfo2().uordblks;
}

void
bench_check(bool is_so, const char *what)
{
    if (is_so)
        return;
    fflush(stdout);
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

void
bench_world(const char *name, const TTest *measure)
{
    Suite *suite = suite_create(name);
    TCase *tc = tcase_create(name);
    SRunner *runner;

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, measure);
    suite_add_tcase(suite, tc);
    runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    bench_check(srunner_ntests_failed(runner) == 0, "the world fell apart");
    srunner_free(runner);
}

static bool
is_wanted(const char *name, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc < 2;
}

int
main(int argc, char **argv)
{
    unsigned n = 0;

    bench_check(eider_crypto_init() == EIDER_OK, "libsodium does not start");
    for (const bench *b = all; b != NULL; b = b->next) {
        if (!is_wanted(b->name, argc, argv))
            continue;
        b->run();
        putchar('\n');
        n++;
    }
    bench_check(n > 0, "nothing of that name");
    return 0;
}
