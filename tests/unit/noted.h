/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two who met, and what alice's ledger has of it: for the tests of its file. */
#ifndef EIDER_TESTS_NOTED_H
#define EIDER_TESTS_NOTED_H

#include "core/ledger_keep.h"
#include "unit/world.h"

#define FLUSH (EIDER_LEDGER_FLUSH * WORLD_SECOND)

extern struct noted {
    world *w;
    device *a, *b;
} noted;

void noted_set_up(void);
void noted_tear_down(void);

/* Events that @d has of @peer; texts that its user wrote to them. */
size_t noted_seen(const device *d, const char *peer);
unsigned noted_wrote(const device *d, const char *peer);

/* Alice writes to bob, a second each. */
void noted_say(const char *text, unsigned times);
/* Lines to @peers contacts who are not there, @each of them. */
void noted_fill(unsigned peers, unsigned each);
void noted_flush(void);
/* Two blocks on disk: of bob, and of peer0; alice's engine is stopped. */
void noted_two_blocks(void);

eider_slice noted_file(void);
const eider_ledger *noted_ledger(void);

#endif
