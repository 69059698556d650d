/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alice and five contacts whom she has met: for the tests of decoys. */
#ifndef EIDER_TESTS_CIRCLE_H
#define EIDER_TESTS_CIRCLE_H

#include "core/work.h"
#include "eider/decoys.h"
#include "unit/world.h"

#define FRIENDS 5

extern struct circle {
    world *w;
    device *a, *b[FRIENDS];
} circle;

extern const char *const circle_names[FRIENDS];

void circle_set_up(void);
void circle_tear_down(void);

/* Make the first @n her set; and the first four, who have all agreed. */
eider_err circle_choose(size_t n);
void circle_begin(void);

eider_part circle_part(unsigned i);
unsigned circle_now(void); /* how many take part */
eider_card *circle_card(unsigned i);

#endif
