/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The texts and the lines of a time line, and their sizes as numbers. */
#include "sees.h"
#include "seescanvas.h"

#include <math.h>

typedef eider_sees_colour colour;
typedef eider_sees_canvas canvas;

enum { GAP = 3 };

/* By the root: 3 bytes are told from 30 beside 300. */
static double
height_of(const canvas *c, uint32_t size)
{
    double most = MAX(c->p->most, 1u);
    double room = c->half - c->line * (c->p->is_server ? 1.0 : 1.25);

    return MAX(floor(room * sqrt(MIN(size, most) / most)), 3.0);
}

/* Runs of columns that look the same are one rectangle. */
static void
trace_bars(canvas *c, const eider_sees_bucket *b, int way, bool upper_part)
{
    for (int i = 0, n; i < c->width; i += n) {
        double high = height_of(c, upper_part ? b[i].most : b[i].least);
        double low = upper_part ? height_of(c, b[i].least) : 0;

        n = 1;
        if (b[i].count == 0)
            continue;
        while (c->stem <= 1 && i + n < c->width && b[i + n].count > 0 &&
               b[i + n].most == b[i].most && b[i + n].least == b[i].least)
            n++;
        if (high > low)
            cairo_rectangle(c->cr, c->gutter + i - floor((c->stem - 1) / 2),
                            c->middle + (way > 0 ? -high : low),
                            n - 1 + c->stem, high - low);
    }
}

/* Diagonal lines, and not a lighter colour: theirs is told from ours without
 * colours. */
static void
hatch(canvas *c, colour line)
{
    cairo_save(c->cr);
    cairo_clip(c->cr);
    eider_sees_use(c->cr, line);
    cairo_set_line_width(c->cr, 1.2);
    for (double x = c->gutter - c->half; x < c->gutter + c->width; x += 4) {
        cairo_move_to(c->cr, x, c->middle);
        cairo_line_to(c->cr, x + c->half, c->middle + c->half);
    }
    cairo_stroke(c->cr);
    cairo_restore(c->cr);
}

static void
draw_bars(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    colour full = is_up ? c->up : c->down;

    cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_NONE);
    trace_bars(c, b, is_up ? 1 : -1, false);
    if (is_up) {
        eider_sees_use(c->cr, full);
        cairo_fill(c->cr);
    } else {
        eider_sees_use(c->cr, eider_sees_mix(c->base, full, 0.35));
        cairo_fill_preserve(c->cr);
        hatch(c, full);
    }
    /* where several sizes share a column: from the least to the most */
    trace_bars(c, b, is_up ? 1 : -1, true);
    eider_sees_use(c->cr, eider_sees_mix(c->base, full, 0.55));
    cairo_fill(c->cr);
    cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_DEFAULT);
}

/* What can be read is hollow, whoever sent it. */
static void
draw_open(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    static const colour light = {0.70, 0.13, 0.11}, dark = {1.0, 0.55, 0.50};
    double w = MAX(c->stem, 4);

    cairo_set_line_width(c->cr, 1.6);
    for (int i = 0; i < c->width; i++) {
        double high = height_of(c, b[i].most);

        if (b[i].open == 0)
            continue;
        cairo_rectangle(c->cr, c->gutter + i - w / 2,
                        is_up ? c->middle - high : c->middle, w, high);
        eider_sees_use(c->cr, c->base);
        cairo_fill_preserve(c->cr);
        eider_sees_use(c->cr, c->is_dark ? dark : light);
        cairo_stroke(c->cr);
    }
}

/* A text: a thin stem with a head, a full disc or a hollow square. */
static void
draw_text(canvas *c, double x, double y, bool is_up)
{
    double r = c->line / 4.0;

    eider_sees_use(c->cr, is_up ? c->up : c->down);
    cairo_set_line_width(c->cr, 1.5);
    cairo_move_to(c->cr, x, c->middle);
    cairo_line_to(c->cr, x, y);
    cairo_stroke(c->cr);
    if (is_up)
        cairo_arc(c->cr, x, y, r, 0, 2 * G_PI);
    else
        cairo_rectangle(c->cr, x - r, y - r, 2 * r, 2 * r);
    if (!is_up)
        eider_sees_use(c->cr, c->base);
    cairo_fill_preserve(c->cr);
    eider_sees_use(c->cr, is_up ? c->up : c->down);
    cairo_stroke(c->cr);
}

static void
draw_texts(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    for (int i = 0; i < c->width; i++)
        if (b[i].count > 0)
            draw_text(c, c->gutter + i + 0.5,
                      c->middle + (is_up ? -1 : 1) * height_of(c, b[i].most),
                      is_up);
}

/* How long each text of the user's waited until it left. */
static void
draw_waits(canvas *c)
{
    const eider_sees_panel *p = c->p;

    eider_sees_use(c->cr, c->up);
    cairo_set_line_width(c->cr, 1.5);
    for (size_t i = 0; i < p->n; i++) {
        const eider_seen_event *e = &p->events[i];
        uint64_t left = eider_sees_lane_of(e) == EIDER_SEES_YOU
                            ? eider_sees_left(p->events, p->n, i)
                            : 0;
        double x = c->gutter + eider_sees_x(p->axis, (int64_t)e->ms);
        double end = c->gutter + eider_sees_x(p->axis, (int64_t)left);
        double y = c->middle - height_of(c, e->size);

        if (left == 0 || end - x < c->line / 2.0)
            continue;
        cairo_move_to(c->cr, x, y);
        cairo_line_to(c->cr, end, y);
        cairo_move_to(c->cr, end, y - c->line / 4.0);
        cairo_line_to(c->cr, end, y + c->line / 4.0);
        cairo_stroke(c->cr);
    }
}

/* The numbers that were put last, the newest first. */
typedef struct {
    double end[4], y[4];
} spots;

static bool
is_taken(const spots *s, double start, double y, int line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(s->end); i++)
        if (start < s->end[i] && fabs(y - s->y[i]) < line)
            return true;
    return false;
}

static void
take(spots *s, double end, double y)
{
    for (size_t i = G_N_ELEMENTS(s->end); --i > 0;) {
        s->end[i] = s->end[i - 1];
        s->y[i] = s->y[i - 1];
    }
    s->end[0] = end;
    s->y[0] = y;
}

/* A number at @x, over or under what it is about; false: no room. */
static bool
draw_size(canvas *c, double x, uint32_t size, bool is_up, spots *last,
          bool is_dry)
{
    double y = height_of(c, size) + (c->p->is_server ? 1 : c->line / 4.0);
    char text[32];
    int w;

    g_snprintf(text, sizeof text, "%u", size);
    w = eider_sees_lay_out(c, text, 0.8, 0);
    if (x - w / 2.0 < c->gutter || x + w / 2.0 > c->gutter + c->width ||
        is_taken(last, x - w / 2.0, y, c->line))
        return false;
    take(last, x + w / 2.0 + GAP, y);
    if (is_dry)
        return true;
    eider_sees_use(c->cr, c->text);
    eider_sees_put(c, x - w / 2.0,
                   is_up ? c->middle - y - c->line * 0.85 : c->middle + y);
    return true;
}

/* How many of the numbers find room beside each other. */
static unsigned
draw_sizes(canvas *c, const eider_sees_bucket *b, bool is_up, bool is_dry)
{
    spots last = {{0}, {0}};
    unsigned n = 0;

    for (int i = 0; i < c->width; i++)
        if (b[i].count > 0)
            n += draw_size(c, c->gutter + i, b[i].most, is_up, &last, is_dry);
    return n;
}

static bool
has_room(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    unsigned columns = 0;

    for (int i = 0; i < c->width; i++)
        columns += b[i].count > 0;
    return draw_sizes(c, b, is_up, true) * 10 >= columns * 6;
}

/* All of one size: a line across and the number once. */
static void
draw_level(canvas *c, uint32_t size, bool is_up)
{
    static const double dots[] = {2, 3};
    double y = floor(height_of(c, size) + 2);
    double at = c->middle + (is_up ? -y : y);
    char *text = eider_sees_say_bytes(size);

    eider_sees_use(c->cr, eider_sees_mix(c->base, c->text, 0.6));
    cairo_set_line_width(c->cr, 1);
    cairo_set_dash(c->cr, dots, 2, 0);
    cairo_move_to(c->cr, c->gutter, at + 0.5);
    cairo_line_to(c->cr, c->gutter + c->width, at + 0.5);
    cairo_stroke(c->cr);
    cairo_set_dash(c->cr, NULL, 0, 0);
    (void)eider_sees_lay_out(c, text, 0.8, 0);
    eider_sees_use(c->cr, c->text);
    eider_sees_put(c, c->gutter + 4, is_up ? at - c->line * 0.85 : at + 1);
    g_free(text);
}

/* The sizes as numbers, where there is room for most of them. */
static void
draw_numbers(canvas *c)
{
    const eider_sees_panel *p = c->p;
    eider_sees_bucket up = eider_sees_total(p->up, c->width);
    eider_sees_bucket down = eider_sees_total(p->down, c->width);
    bool is_even = (up.count == 0 || up.least == up.most) &&
                   (down.count == 0 || down.least == down.most);

    if (!is_even || (has_room(c, p->up, true) && has_room(c, p->down, false))) {
        (void)draw_sizes(c, p->up, true, false);
        (void)draw_sizes(c, p->down, false, false);
        return;
    }
    if (up.count > 0)
        draw_level(c, up.most, true);
    if (down.count > 0)
        draw_level(c, down.most, false);
}

void
eider_sees_draw_events(canvas *c)
{
    const eider_sees_panel *p = c->p;

    if (p->is_server) {
        draw_bars(c, p->up, true);
        draw_bars(c, p->down, false);
        draw_open(c, p->up, true);
        draw_open(c, p->down, false);
    } else {
        draw_waits(c);
        draw_texts(c, p->up, true);
        draw_texts(c, p->down, false);
    }
    draw_numbers(c);
}
