/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plugin with so many known contacts, all of them buddies and online. */
#ifndef EIDER_TESTS_PURPLE_SCALE_H
#define EIDER_TESTS_PURPLE_SCALE_H

/* Prints name=number pairs for tests/bench/run.py; 0 if all went well. */
int scale_measure(unsigned contacts);

#endif
