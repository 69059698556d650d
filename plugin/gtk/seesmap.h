/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The arithmetic of "What the server sees": time to points of the screen and
 * back, zooming, the marks of the time axis, and events put together by the
 * column of points they fall into.  No GTK and no libpurple, so that tests/unit has it.
 *
 * Times are milliseconds since 1970, widths are points.
 */
#ifndef EIDER_GTK_SEESMAP_H
#define EIDER_GTK_SEESMAP_H

#include "eider/ui.h"

/* Above what people did, below what the server saw of it. */
typedef enum {
    EIDER_SEES_YOU,  /* texts that the user wrote */
    EIDER_SEES_THEY, /* those of the contact */
    EIDER_SEES_OUT,  /* lines to the server */
    EIDER_SEES_IN,   /* lines from it */
    EIDER_SEES_LANES
} eider_sees_lane;

eider_sees_lane eider_sees_lane_of(const eider_seen_event *event);

#define EIDER_SEES_NARROWEST (INT64_C(20) * 1000) /* ms in the window */
#define EIDER_SEES_WIDEST    (INT64_C(14) * 86400 * 1000)

/* @width points show @span milliseconds from @from on. */
typedef struct {
    int64_t from, span;
    int width;
} eider_sees_axis;

/* May lie outside of the width. */
double eider_sees_x(const eider_sees_axis *axis, int64_t ms);
int64_t eider_sees_ms(const eider_sees_axis *axis, double x);

/* @factor over 1 shows more time; what is at @x stays there.  Stops at the
 * bounds above. */
void eider_sees_zoom(eider_sees_axis *axis, double factor, double x);
/* Show @span up to @until, with a little room after it. */
void eider_sees_end_at(eider_sees_axis *axis, int64_t span, int64_t until);
/* By a part of the width; later times where positive. */
void eider_sees_move(eider_sees_axis *axis, double part);

/* Seconds between two marks that are at least @apart points from each other. */
int64_t eider_sees_step(const eider_sees_axis *axis, int apart);
/* The first mark at or after @ms: full hours and days of the local time, also
 * where the clocks are changed. */
int64_t eider_sees_mark(int64_t ms, int64_t step);

/* What falls into one column of points. */
typedef struct {
    uint32_t count;       /* texts or lines */
    uint32_t least, most; /* sizes of them; 0 where there are none */
    uint32_t open;        /* of them readable */
} eider_sees_bucket;

/* Of each lane @axis->width buckets, one lane after the other.  From single
 * @events, in order of time, or from @sums of the core's, one for each point,
 * which know only how large they are on average. */
void eider_sees_fill(const eider_sees_axis *axis,
                     const eider_seen_event *events, size_t n,
                     eider_sees_bucket *out);
void eider_sees_fill_sums(const eider_seen_bucket *sums, int width,
                          eider_sees_bucket *out);
/* All buckets of one lane as one. */
eider_sees_bucket eider_sees_total(const eider_sees_bucket *lane, int width);

/* The event of the upper or lower time line (@is_server) that is nearest to
 * @ms, at most @within away; NULL: none. */
const eider_seen_event *eider_sees_nearest(const eider_seen_event *events,
                                           size_t n, bool is_server, int64_t ms,
                                           int64_t within);
/* When a text of the user left that was written at events[@i]; 0: it has not,
 * or another one was waiting, so that it is not known. */
uint64_t eider_sees_left(const eider_seen_event *events, size_t n, size_t i);
/* The next one after (@way > 0) or before @ms. */
const eider_seen_event *eider_sees_next(const eider_seen_event *events,
                                        size_t n, bool is_server, int64_t ms,
                                        int way);

#endif
