/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ten minutes of two people, to be looked at. */
#ifndef EIDER_BENCH_SEES_MADE_H
#define EIDER_BENCH_SEES_MADE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum { LINE = 391, SLOT = 10 }; /* characters; seconds */

/* Adds to @events (eider_seen_event), in order of time: in the open, in Steady,
 * or in Standard. */
void sees_make_up(GArray *events, uint64_t now, bool is_open, bool is_steady);

#endif
