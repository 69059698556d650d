/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the simulations, in this process: SEED=<n> replays one, T=<name> runs
 * one suite only, EIDER_LONG=1 the long forms.
 */
#include "sim/sim.h"

#include "eider/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SUITES(X)                                                              \
    X(meet)                                                                    \
    X(talk)                                                                    \
    X(disk)                                                                    \
    X(cost)                                                                    \
    X(pq)

#define DECLARE(name) Suite *sim_##name##_suite(void);
SUITES(DECLARE)

#define LIST(name) {#name, sim_##name##_suite},
static const struct {
    const char *name;
    Suite *(*suite)(void);
} suites[] = {SUITES(LIST)};

static uint64_t base_seed;

uint64_t
sim_seed(unsigned i)
{
    return base_seed + i;
}

bool
sim_is_long(void)
{
    const char *s = getenv("EIDER_LONG");

    return s != NULL && s[0] != '\0' && strcmp(s, "0") != 0;
}

int
main(void)
{
    const char *only = getenv("T"), *seed = getenv("SEED");
    SRunner *runner = srunner_create(NULL);
    int run, failed;

    if (eider_crypto_init() != EIDER_OK)
        return EXIT_FAILURE;
    base_seed = seed != NULL && seed[0] != '\0' ? strtoull(seed, NULL, 10)
                                                : (uint64_t)time(NULL);
    printf("sim: SEED=%llu\n", (unsigned long long)base_seed);
    fflush(stdout);
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (only == NULL || only[0] == '\0' ||
            strcmp(only, suites[i].name) == 0)
            srunner_add_suite(runner, suites[i].suite());
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_ENV);
    run = srunner_ntests_run(runner);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("sim: %d passed, %d failed, 0 skipped\n", run - failed, failed);
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
