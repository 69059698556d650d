/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin with so many known contacts, all of them buddies and online. */
#ifndef EIDER_TESTS_PURPLE_SCALE_H
#define EIDER_TESTS_PURPLE_SCALE_H

#include <stdbool.h>

/* A store of alice's in the fresh profile, before the plugin is loaded, with
 * many0, many1, ...; and one more that has the key of the first, too. */
void scale_make_store(unsigned contacts, bool has_twin);

/* Prints name=number pairs for tests/bench/run.py; 0 if all went well. */
int scale_measure(unsigned contacts);

#endif
