/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libFuzzer's door to one harness; FUZZ_NAME is its name in C. */
#include "fuzz/fuzz.h"

extern const fuzz_harness FUZZ_NAME;

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_start();
    return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    if (n <= FUZZ_NAME.max)
        FUZZ_NAME.one(p, n);
    return 0;
}
