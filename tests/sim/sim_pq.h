/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two who met and write until an epoch, or more, has been mixed. */
#ifndef EIDER_TESTS_SIM_PQ_H
#define EIDER_TESTS_SIM_PQ_H

#include "sim/sim.h"

#include "core/work.h"

/* Text that leaves in an M frame: what is left of it holds a whole key. */
#define LONG_TEXT 176

typedef struct {
    world *w;
    device *a, *b;
    GPtrArray *taken; /* all texts, by whom */
    uint8_t sid[EIDER_SID_SHORT];
    uint64_t unopenable; /* while they met */
} talk;

void pq_begin(talk *t, uint64_t seed);
void pq_end(talk *t);

/* The session that sends; how many epochs were mixed in it; whether it is on
 * both sides the one with which they began. */
eider_session *pq_session(device *d);
uint32_t pq_epochs(device *d);
bool pq_is_same(const talk *t);
/* Frames that nothing opened, on both sides. */
uint64_t pq_unopenable(const talk *t);

/* One of them writes; where he cannot, he tries until he can. */
void pq_say(talk *t, bool from_a, size_t len, uint64_t wait_ms);
/* Fails with @what and @n where a text never arrives. */
void pq_wait(talk *t, const char *what, unsigned n);

/* What goes wrong. */
TCase *pq_harm_case(void);

#endif
