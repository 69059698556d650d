/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what the files of the program "trace" share. */
#ifndef EIDER_TESTS_LEAKAGE_TRACE_H
#define EIDER_TESTS_LEAKAGE_TRACE_H

#include "unit/world.h"

typedef enum { TRACE_TEXT, TRACE_ON, TRACE_OFF } trace_what;

typedef struct {
    trace_what what;
    uint64_t ms;
    unsigned who;
    char from; /* TEXT */
    size_t bytes;
} trace_event;

/* @mode: standard, steady (every 10 s with the one who is written to) or
 * decoys; @how: real, plain (frames are random bytes) or grid (the slots
 * alone). */
void trace_decoys(uint64_t seed, uint64_t seconds, const char *mode,
                  const char *how);

#endif
