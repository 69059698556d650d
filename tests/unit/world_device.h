/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the two halves of the world. */
#ifndef EIDER_TESTS_WORLD_DEVICE_H
#define EIDER_TESTS_WORLD_DEVICE_H

#include "unit/world.h"

void world_carry(world *w, device *from, const char *to, const char *line);
void world_empty_box(world *w, const char *name);
void device_hear(device *d, const char *peer, const char *from,
                 const char *text, bool is_delayed);
void device_reap(device *d); /* take away what has crashed */
void device_free(device *d);
/* From now on nothing of it reaches anything. */
void device_die(device *d);
bool device_counts_down(int *n);
/* Microseconds of CPU of this thread so far, where @d is timed; else 0. */
double device_clock(const device *d);
bool device_seal(void *data, const uint8_t *sid, uint8_t flags,
                 const uint8_t *body, size_t n, uint8_t *frame);
bool device_open(void *data, const uint8_t *sid, const uint8_t *frame, size_t n,
                 uint8_t *body, uint8_t *flags);
eider_files device_table(device *d);
eider_env device_env(device *d); /* world_env.c */

#endif
