/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the simulations share. */
#ifndef EIDER_TESTS_SIM_H
#define EIDER_TESTS_SIM_H

#include "unit/world.h"

#include <check.h>

/* The seed of run @i of a test; printed by the runner. */
uint64_t sim_seed(unsigned i);
bool sim_is_long(void);
/* The next number of a writer, whose chance is not the world's. */
uint32_t sim_draw(uint64_t *chance, uint32_t below);
/* All runs in two processes: is test @i of a suite of both this one's? */
bool sim_is_mine(unsigned i);

#endif
