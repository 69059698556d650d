/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the tests of the loaded plugin, each in a process of its own.
 * T=<name> runs one suite only; EIDER_SO names the plugin.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scale.h"
#include "talk.h"

/* clang-format off */
#define SUITES(X) \
    X(matrix) \
    X(guard) X(offers) \
    X(closed) \
    X(locked) \
    X(irc) X(orders) \
    X(receive) \
    X(devices) \
    X(unload) \
    X(window) \
    X(disguise) X(listed) \
    X(hygiene) \
    X(harden) X(hardened) \
    X(steady) X(decoys) \
    X(keys) \
    X(echo) \
    X(logs) X(sees) \
    X(budget) \
    X(unanswered)
/* clang-format on */

#define DECLARE(name) Suite *name##_suite(void);
SUITES(DECLARE)

#define LIST(name) {#name, name##_suite},
static const struct {
    const char *name;
    Suite *(*suite)(void);
} suites[] = {SUITES(LIST)};

static int
run_all(const char *only)
{
    SRunner *runner;
    int run, failed;

    /* A slow machine is no failure: this only ends what hangs. */
    setenv("CK_DEFAULT_TIMEOUT", "120", 0);
    runner = srunner_create(NULL);
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if (only == NULL || only[0] == '\0' ||
            strcmp(only, suites[i].name) == 0)
            srunner_add_suite(runner, suites[i].suite());
    srunner_run_all(runner, CK_NORMAL);
    run = srunner_ntests_run(runner);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("purple: %d passed, %d failed, 0 skipped\n", run - failed, failed);
    return run == 0 || failed > 0;
}

int
main(int argc, char **argv)
{
    int code;

    host_room_open();
    if (argc == 3 && strcmp(argv[1], "--cycle") == 0)
        code = talk_cycle(atoi(argv[2]));
    else if (argc == 3 && strcmp(argv[1], "--scale") == 0)
        code = scale_measure((unsigned)atoi(argv[2]));
    else
        code = run_all(getenv("T"));
    host_room_close();
    return code;
}
