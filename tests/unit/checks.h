/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tests of checking share: a couple, its two views, and records that
 * no engine would send. */
#ifndef EIDER_TESTS_CHECKS_H
#define EIDER_TESTS_CHECKS_H

#include "unit/peek.h"

eider_check_view checks_view(device *d, const char *peer);
/* @phase on @d's side about @peer. */
void checks_at(device *d, const char *peer, eider_check_phase phase);
/* Is the only key of @peer checked, by @d's own index? */
bool checks_is_checked(device *d, const char *peer);
/* A record in a frame of its own, from @d to @peer, in their session. */
void checks_say(device *d, const char *peer, uint8_t step, const uint8_t *run,
                const void *value, size_t n);

/* Alice asks, Bob answers; enough time passes. */
void checks_ask(couple *two, const char *answer, const char *theirs);
/* Alice calls; both have the code. */
void checks_call(couple *two);

#endif
