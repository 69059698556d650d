/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two who agreed on Steady, and how they write. */
#ifndef EIDER_TESTS_SIM_STEADY_H
#define EIDER_TESTS_SIM_STEADY_H

#include "sim/sim.h"

typedef struct {
    world *w;
    device *a, *b;
    uint64_t since_ms; /* traces begin here */
    uint64_t random;   /* of the writers: the world's is not touched by them */
} pair;

/* They meet and agree on @slot seconds; traces begin. */
void steady_begin(pair *p, uint64_t seed, unsigned slot);
/* One S line for each slot of @slot seconds from line @from on: none missing,
 * none besides. */
void steady_regular(const device *d, unsigned slot, guint from);

/* Between 0 and 1; and a gap between two texts, seconds. */
double steady_unit(pair *p);
double steady_gap(pair *p, double mu, double sigma);
/* The pair in @data writes now and again, from now on. */
void steady_write(world *w, void *data, int n);

/* What takes a day, or many. */
TCase *steady_day_case(void);

#endif
