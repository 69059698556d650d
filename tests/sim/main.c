/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the simulations, in two processes: SEED=<n> replays one, T=<name> runs
 * one suite only, EIDER_LONG=1 the long forms, ONE=1 in one process, for a
 * debugger.
 */
#include "sim/sim.h"

#include "eider/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BOTH 2
#define SUITES(X)                                                              \
    X(meet, 0)                                                                 \
    X(talk, BOTH)                                                              \
    X(disk, 1)                                                                 \
    X(many, BOTH)                                                              \
    X(cost, 0)                                                                 \
    X(backup, 0)                                                               \
    X(check, 1)                                                                \
    X(pq, 0)                                                                   \
    X(steady, 1)                                                               \
    X(decoys, 1)                                                               \
    X(years, 0)                                                                \
    X(ledger, 0)

#define DECLARE(name, share) Suite *sim_##name##_suite(void);
SUITES(DECLARE)

#define LIST(name, share) {#name, share, sim_##name##_suite},
static const struct {
    const char *name;
    unsigned share;
    Suite *(*suite)(void);
} suites[] = {SUITES(LIST)};

static uint64_t base_seed;
static unsigned share, shares;

uint64_t
sim_seed(unsigned i)
{
    return base_seed + i;
}

uint32_t
sim_draw(uint64_t *chance, uint32_t below)
{
    *chance = *chance * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*chance >> 33) % below;
}

bool
sim_is_long(void)
{
    const char *s = getenv("EIDER_LONG");

    return s != NULL && s[0] != '\0' && strcmp(s, "0") != 0;
}

bool
sim_is_mine(unsigned i)
{
    return shares == 1 || i % 2 == share;
}

typedef struct {
    int run, failed;
} result;

static bool
is_wanted(const char *name)
{
    const char *only = getenv("T");

    return only == NULL || only[0] == '\0' || strcmp(only, name) == 0;
}

/* What has long loops runs in both processes, each doing half of them; the
 * rest is dealt out. */
static result
run_share(void)
{
    SRunner *runner = srunner_create(NULL);
    result r;

    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (is_wanted(suites[i].name) &&
            (suites[i].share == share || suites[i].share == BOTH ||
             shares == 1))
            srunner_add_suite(runner, suites[i].suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    r.run = srunner_ntests_run(runner);
    r.failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return r;
}

/* A second process: two cores, and all that a suite keeps is its own. */
static result
run_both(void)
{
    result mine, other = {0, 1};
    int ends[2], status = 0;
    pid_t child;

    if (pipe(ends) != 0 || (child = fork()) < 0)
        exit(EXIT_FAILURE);
    share = child == 0;
    mine = run_share();
    if (child == 0) {
        if (write(ends[1], &mine, sizeof mine) != (ssize_t)sizeof mine)
            _exit(EXIT_FAILURE);
        fflush(stdout);
        _exit(EXIT_SUCCESS);
    }
    close(ends[1]);
    if (read(ends[0], &other, sizeof other) != (ssize_t)sizeof other)
        other = (result){1, 1}; /* it died */
    waitpid(child, &status, 0);
    mine.run += other.run;
    mine.failed += other.failed + (status != 0 && other.failed == 0);
    return mine;
}

int
main(void)
{
    const char *seed = getenv("SEED"), *one = getenv("ONE");
    result r;

    if (eider_crypto_init() != EIDER_OK)
        return EXIT_FAILURE;
    setvbuf(stdout, NULL, _IOLBF, 0);
    shares = one != NULL && one[0] == '1' && !sim_is_long() ? 1 : 2;
    base_seed = seed != NULL && seed[0] != '\0' ? strtoull(seed, NULL, 10)
                                                : (uint64_t)time(NULL);
    printf("sim: SEED=%llu\n", (unsigned long long)base_seed);
    r = shares == 1 ? run_share() : run_both();
    printf("sim: %d passed, %d failed, 0 skipped\n", r.run - r.failed,
           r.failed);
    return r.run > 0 && r.failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
