/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/sim.h"
Suite *sim_cost_suite(void);
Suite *
sim_cost_suite(void)
{
    return suite_create("cost");
}
