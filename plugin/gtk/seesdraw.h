/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of the two time lines, drawn.  What it costs depends on its width, not
 * on how many events there are. */
#ifndef EIDER_GTK_SEESDRAW_H
#define EIDER_GTK_SEESDRAW_H

#include "seesmap.h"

#include <gtk/gtk.h>

/* Ours goes up from the middle, theirs goes down. */
typedef struct {
    const eider_sees_axis *axis;        /* of what is right of the gutter */
    const eider_sees_bucket *up, *down; /* a bucket for each point */
    const eider_seen_event *events;     /* one by one, or NULL */
    size_t n;
    uint32_t most;                   /* the size that is as high as it gets */
    const char *up_word, *down_word; /* at the left */
    bool is_server;                  /* bars of the server's, or texts */
    bool has_times;                  /* the times under it */
    int64_t now;                     /* nothing is known of what follows */
    int64_t at;                      /* a line to read off at; 0: none */
} eider_sees_panel;

/* Points that the words at the left take. */
int eider_sees_gutter(GtkWidget *widget);
/* The height that such a panel should have, in lines of text, and in points. */
int eider_sees_lines(GtkWidget *widget);
int eider_sees_height(GtkWidget *widget, bool has_times);
void eider_sees_draw(GtkWidget *widget, cairo_t *cr,
                     const eider_sees_panel *panel);

/* How well hidden: covered, half covered, uncovered.  Shape before colour. */
void eider_sees_draw_level(GtkWidget *widget, cairo_t *cr,
                           eider_seen_level level);

/* As exact as marks @step seconds apart need: "Mon 26", "14:03", "14:03:10";
 * g_free(). */
char *eider_sees_time(int64_t ms, int64_t step);

#endif
