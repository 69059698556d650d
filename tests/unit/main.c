/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the unit tests.  T=<name> runs one suite only.
 */
#include "eider/crypto.h"
#include "vectors.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every suite: a line here is all that a new test file needs. */
#define SUITES(X)                                                              \
    X(mem)                                                                     \
    X(pack)                                                                    \
    X(crypto)                                                                  \
    X(published)                                                               \
    X(keccak)                                                                  \
    X(kem)                                                                     \
    X(frame)                                                                   \
    X(record)                                                                  \
    X(record_model)                                                            \
    X(fingerprint)                                                             \
    X(cpace)                                                                   \
    X(sas)                                                                     \
    X(fold)                                                                    \
    X(check)                                                                   \
    X(run)                                                                     \
    X(check_first)                                                             \
    X(noise)                                                                   \
    X(noise_storage)                                                           \
    X(fragment)                                                                \
    X(handshake)                                                               \
    X(ratchet)                                                                 \
    X(pq)                                                                      \
    X(sealed)                                                                  \
    X(disk)                                                                    \
    X(files)                                                                   \
    X(desk)                                                                    \
    X(letterbox)                                                               \
    X(master)                                                                  \
    X(store)                                                                   \
    X(markup)                                                                  \
    X(marks)                                                                   \
    X(cross)                                                                   \
    X(meet)                                                                    \
    X(stranger)                                                                \
    X(call)                                                                    \
    X(policy)                                                                  \
    X(trust)                                                                   \
    X(invite)                                                                  \
    X(outbox)                                                                  \
    X(texts)                                                                   \
    X(clock)                                                                   \
    X(store_errors)                                                            \
    X(inbox)                                                                   \
    X(numbers)                                                                 \
    X(backup)                                                                  \
    X(backup_file)                                                             \
    X(merge)                                                                   \
    X(keyring)                                                                 \
    X(decisions)                                                               \
    X(hostile)                                                                 \
    X(attacks)                                                                 \
    X(arrival)                                                                 \
    X(older)                                                                   \
    X(half_written)                                                            \
    X(bounds)                                                                  \
    X(schedule)                                                                \
    X(steady)                                                                  \
    X(steady_table)                                                            \
    X(slots)                                                                   \
    X(journal)                                                                 \
    X(pause)                                                                   \
    X(decoys)                                                                  \
    X(decoys_kept)                                                             \
    X(bounds2)                                                                 \
    X(scale)                                                                   \
    X(halves)                                                                  \
    X(sees)                                                                    \
    X(ledger)                                                                  \
    X(ledger_disk)                                                             \
    X(ledger_harm)

#define DECLARE(name) Suite *name##_suite(void);
SUITES(DECLARE)

#define LIST(name) {#name, name##_suite},
static const struct {
    const char *name;
    Suite *(*suite)(void);
} suites[] = {SUITES(LIST)};

int halves_bare(void);

int
main(int argc, char **argv)
{
    const char *only = getenv("T");
    const char *half = getenv("HALF"); /* 0 or 1: every second suite */
    const char *run_suite = getenv("CK_RUN_SUITE");
    SRunner *runner;
    int run, failed, skipped;

    /* Check takes an empty name for one that no suite has, and is content. */
    if (run_suite != NULL && run_suite[0] == '\0')
        unsetenv("CK_RUN_SUITE");
    if (argc == 2 && strcmp(argv[1], "--bare") == 0)
        return halves_bare();
    /* A slow machine is no failure: this only ends what hangs. */
    setenv("CK_DEFAULT_TIMEOUT", "120", 0);
    runner = srunner_create(NULL);
    if (eider_crypto_init() != EIDER_OK)
        return EXIT_FAILURE;

    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
        if ((only == NULL || only[0] == '\0' ||
             strcmp(only, suites[i].name) == 0) &&
            (half == NULL || i % 2 == (half[0] == '1')))
            srunner_add_suite(runner, suites[i].suite());
    srunner_run_all(runner, CK_ENV);
    run = srunner_ntests_run(runner);
    failed = srunner_ntests_failed(runner);
    skipped = (int)tests_skipped;
    srunner_free(runner);

    printf("unit: %d passed, %d failed, %d skipped\n", run - failed - skipped,
           failed, skipped);
    return run > 0 && failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
