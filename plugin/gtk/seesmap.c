/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seesmap.h"

#include <string.h>
#include <time.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };

#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

/* ---- time and points ------------------------------------------------------ */

double
eider_sees_x(const eider_sees_axis *axis, int64_t ms)
{
    return (double)(ms - axis->from) * axis->width / (double)axis->span;
}

int64_t
eider_sees_ms(const eider_sees_axis *axis, double x)
{
    return axis->from + (int64_t)(x * (double)axis->span / axis->width);
}

static int64_t
bound(int64_t span)
{
    return MAX_OF(EIDER_SEES_NARROWEST, MIN_OF(span, EIDER_SEES_WIDEST));
}

void
eider_sees_zoom(eider_sees_axis *axis, double factor, double x)
{
    int64_t at = eider_sees_ms(axis, x);
    int64_t span = bound((int64_t)((double)axis->span * factor));

    axis->span = span;
    axis->from = at - (int64_t)(x * (double)span / axis->width);
}

void
eider_sees_end_at(eider_sees_axis *axis, int64_t span, int64_t until)
{
    axis->span = bound(span);
    axis->from = until - axis->span + axis->span / 50;
}

void
eider_sees_move(eider_sees_axis *axis, double part)
{
    axis->from += (int64_t)((double)axis->span * part);
}

/* ---- marks of the axis ---------------------------------------------------- */

int64_t
eider_sees_step(const eider_sees_axis *axis, int apart)
{
    static const int64_t steps[] = {
        1,           2,           5,          10,         15,
        30,          MINUTE,      2 * MINUTE, 5 * MINUTE, 10 * MINUTE,
        15 * MINUTE, 30 * MINUTE, HOUR,       2 * HOUR,   3 * HOUR,
        6 * HOUR,    12 * HOUR,   DAY,        2 * DAY};
    double least = (double)axis->span / 1000 * apart / axis->width;
    size_t i = 0;

    while (i + 1 < sizeof steps / sizeof *steps && (double)steps[i] < least)
        i++;
    return steps[i];
}

/* Seconds that the local time is ahead. */
static int64_t
ahead(int64_t seconds)
{
    time_t t = (time_t)seconds;
    struct tm local;

    if (localtime_r(&t, &local) == NULL)
        return 0;
    return local.tm_gmtoff;
}

static int64_t
floor_to(int64_t x, int64_t step)
{
    int64_t rest = x % step;

    return x - (rest < 0 ? rest + step : rest);
}

int64_t
eider_sees_mark(int64_t ms, int64_t step)
{
    int64_t s = ms / 1000 + (ms % 1000 > 0), off = ahead(s);
    int64_t mark = floor_to(s + off + step - 1, step);
    int64_t found = mark - off;

    /* The clocks may be changed in between; an hour that they leave out is
     * marked where it would have begun. */
    if (ahead(found) != off && mark - ahead(found) >= s)
        found = mark - ahead(found);
    return found * 1000;
}

/* ---- events --------------------------------------------------------------- */

static bool
is_deed(const eider_seen_event *e)
{
    return e->kind == EIDER_SEEN_WROTE;
}

eider_sees_lane
eider_sees_lane_of(const eider_seen_event *e)
{
    if (is_deed(e))
        return e->way == EIDER_SEEN_OUT ? EIDER_SEES_YOU : EIDER_SEES_THEY;
    return e->way == EIDER_SEEN_OUT ? EIDER_SEES_OUT : EIDER_SEES_IN;
}

void
eider_sees_fill(const eider_sees_axis *axis, const eider_seen_event *events,
                size_t n, eider_sees_bucket *out)
{
    size_t width = (size_t)axis->width;

    memset(out, 0, EIDER_SEES_LANES * width * sizeof *out);
    for (size_t i = 0; i < n; i++) {
        const eider_seen_event *e = &events[i];
        double x = eider_sees_x(axis, (int64_t)e->ms);
        eider_sees_bucket *b;

        if (x < 0 || x >= axis->width)
            continue;
        b = &out[(size_t)eider_sees_lane_of(e) * width + (size_t)x];
        b->least = b->count == 0 ? e->size : MIN_OF(b->least, e->size);
        b->most = MAX_OF(b->most, e->size);
        b->open += e->kind == EIDER_SEEN_OPEN;
        b->count++;
    }
}

static eider_sees_bucket
average(uint32_t count, uint32_t bytes, uint32_t open)
{
    uint32_t each = count > 0 ? bytes / count : 0;

    return (eider_sees_bucket){count, each, each, open};
}

void
eider_sees_fill_sums(const eider_seen_bucket *sums, int width,
                     eider_sees_bucket *out)
{
    for (int i = 0; i < width; i++)
        for (int way = 0; way < EIDER_SEEN_WAYS; way++) {
            const eider_seen_bucket *s = &sums[i];

            out[(EIDER_SEES_YOU + way) * width + i] =
                average(s->texts[way], s->chars[way], 0);
            out[(EIDER_SEES_OUT + way) * width + i] =
                average(s->lines[way], s->bytes[way], s->open[way]);
        }
}

eider_sees_bucket
eider_sees_total(const eider_sees_bucket *lane, int width)
{
    eider_sees_bucket all = {0};

    for (int i = 0; i < width; i++) {
        if (lane[i].count == 0)
            continue;
        all.least =
            all.count == 0 ? lane[i].least : MIN_OF(all.least, lane[i].least);
        all.most = MAX_OF(all.most, lane[i].most);
        all.open += lane[i].open;
        all.count += lane[i].count;
    }
    return all;
}

const eider_seen_event *
eider_sees_nearest(const eider_seen_event *events, size_t n, bool is_server,
                   int64_t ms, int64_t within)
{
    const eider_seen_event *best = NULL;

    for (size_t i = 0; i < n; i++) {
        int64_t away = (int64_t)events[i].ms - ms;

        away = away < 0 ? -away : away;
        if (is_deed(&events[i]) != is_server && away <= within) {
            best = &events[i];
            within = away;
        }
    }
    return best;
}

static bool
is_first_line(const eider_seen_event *e)
{
    return e->kind == EIDER_SEEN_TEXT && e->way == EIDER_SEEN_OUT &&
           e->lines > 0;
}

uint64_t
eider_sees_left(const eider_seen_event *events, size_t n, size_t i)
{
    size_t before = i;

    while (before > 0 && !is_first_line(&events[before - 1]))
        if (eider_sees_lane_of(&events[--before]) == EIDER_SEES_YOU)
            return 0;
    for (i++; i < n; i++)
        if (is_first_line(&events[i]))
            return events[i].ms;
    return 0;
}

const eider_seen_event *
eider_sees_next(const eider_seen_event *events, size_t n, bool is_server,
                int64_t ms, int way)
{
    const eider_seen_event *before = NULL;

    for (size_t i = 0; i < n; i++) {
        int64_t at = (int64_t)events[i].ms;

        if (is_deed(&events[i]) == is_server)
            continue;
        if (way > 0 && at > ms)
            return &events[i];
        if (at < ms)
            before = &events[i];
    }
    return way > 0 ? NULL : before;
}
