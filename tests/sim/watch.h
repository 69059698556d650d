/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looks at each line of a world for what must never happen: one key for two
 * frames, or a line whose sealing key is not known here (then this looks at
 * nothing, and says so).
 *
 *     watch_start(w);
 *     ...
 *     const watch_counts *n = watch_stop();      before world_free()
 */
#ifndef EIDER_TESTS_WATCH_H
#define EIDER_TESTS_WATCH_H

#include "unit/world.h"

typedef struct {
    uint64_t data;        /* frames of sessions, header opened here */
    uint64_t other;       /* handshakes, invitations */
    uint64_t equal;       /* frames that left twice, byte by byte the same */
    uint64_t reused_keys; /* one message key, two frames */
    uint64_t reused_n;    /* the same with one N: must never be */
    uint64_t attempts;    /* handshakes begun */
    uint64_t forks;       /* acks of other texts under one's numbers */
} watch_counts;

void watch_start(world *w);
const watch_counts *watch_stop(void);
const watch_counts *watch_now(void);

#endif
