/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files share that draw a time line. */
#ifndef EIDER_GTK_SEESCANVAS_H
#define EIDER_GTK_SEESCANVAS_H

#include "seesdraw.h"

typedef struct {
    double r, g, b;
} eider_sees_colour;

/* One time line while it is drawn. */
typedef struct {
    GtkWidget *widget;
    cairo_t *cr;
    const eider_sees_panel *p;
    PangoLayout *layout;
    int gutter, width, height; /* of the plot; it begins at the gutter */
    int line;                  /* height of a line of text */
    double middle, half;
    double stem; /* width of a bar */
    eider_sees_colour text, base, up, down;
    bool is_dark;
} eider_sees_canvas;

/* Of @a and @b, @part of the way to @b. */
eider_sees_colour eider_sees_mix(eider_sees_colour a, eider_sees_colour b,
                                 double part);
void eider_sees_use(cairo_t *cr, eider_sees_colour c);
/* Lay a text out, in letters @scale times as large as others; @width: where it
 * ends in dots, or 0.  Returns how wide it is. */
int eider_sees_lay_out(eider_sees_canvas *c, const char *text, double scale,
                       int width);
/* Put it there. */
void eider_sees_put(eider_sees_canvas *c, double x, double y);

/* seesbar.c: texts or lines, and their sizes as numbers. */
void eider_sees_draw_events(eider_sees_canvas *c);

#endif
