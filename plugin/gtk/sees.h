/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window "What the server sees": two time lines, one above the other, and
 * what can be told from the lower one. */
#ifndef EIDER_GTK_SEES_H
#define EIDER_GTK_SEES_H

#include "face.h"
#include "seesmap.h"

#include <gtk/gtk.h>

/* One for each contact: shows the one there is, or a new one. */
void eider_sees_show(const eider_subject *s);
/* Make the open ones true. */
void eider_sees_refresh_all(void);
/* The core: there are new events; the user asked by a command. */
void eider_sees_grew(PurpleAccount *account, const char *who, void *arg);
void eider_sees_asked_for(PurpleAccount *account, const char *who);

/* ---- what its files share ------------------------------------------------- */

enum { EIDER_SEES_DID, EIDER_SEES_SAW, EIDER_SEES_PANELS };

/* One window, while it is open. */
typedef struct {
    eider_subject *subject;
    char *name; /* as people know the contact */
    GtkWidget *window, *panels[EIDER_SEES_PANELS], *captions[EIDER_SEES_PANELS];
    GtkWidget *span, *meaning, *read, *rows, *place, *trouble, *turn_on;
    char *shown; /* what the rows were made from */

    eider_sees_axis axis;
    bool follows;   /* the right end is now */
    int64_t at;     /* what is read off; 0: nothing */
    bool at_server; /* of the lower time line */
    double drag_x;
    bool is_dragged;

    /* what is in sight, as it was fetched last; stale: the time or the events
     * have changed since */
    bool is_stale;
    eider_seen_event *events;
    size_t n;
    bool has_events; /* else too many: sums only */
    eider_sees_bucket *buckets;
    unsigned steady; /* seconds between slots, now; 0: Standard */
    eider_sees sees; /* filled in while words are made only */
    guint soon, tick;
} eider_sees_window;

#define EIDER_SEES_MOST 4000 /* events that are drawn one by one */

int64_t eider_sees_now(void);
/* The core's table for it, where it can be used. */
const eider_seen_app *eider_sees_app(const eider_sees_window *w);
/* Make what was fetched true; to be called before it is looked at. */
void eider_sees_fetch(eider_sees_window *w);
/* The time shown has changed: draw; words follow a little later. */
void eider_sees_moved(eider_sees_window *w);
/* Only the line to read off at has. */
void eider_sees_read(eider_sees_window *w);

/* seesshow.c: connect it to a panel. */
void eider_sees_show_in(eider_sees_window *w, GtkWidget *panel);
/* All that is said in words, now. */
void eider_sees_say(eider_sees_window *w);

/* seesmove.c: buttons, keys and the mouse. */
GtkWidget *eider_sees_bar_new(eider_sees_window *w);
void eider_sees_listen(eider_sees_window *w, GtkWidget *panel);
/* The events that a point of a panel is about, in words; g_free(), or NULL. */
char *eider_sees_hint(eider_sees_window *w, bool is_server, double x);

/* seessay.c: words; all to be freed with g_free(). */
char *eider_sees_say_bytes(uint32_t n);
char *eider_sees_say_event(const eider_sees_window *w,
                           const eider_seen_event *e);
char *eider_sees_say_bucket(const eider_sees_window *w, bool is_server,
                            int column);
char *eider_sees_say_span(const eider_sees_axis *axis);
/* The line over a panel: what is in it. */
char *eider_sees_say_panel(const eider_sees_window *w, bool is_server);
/* What the lower panel means, in a sentence. */
const char *eider_sees_say_meaning(const eider_sees_window *w);
/* All of it for somebody who does not see it. */
char *eider_sees_describe(const eider_sees_window *w, bool is_server);

/* seesrow.c: how much, when, with whom; what is not hidden; the cost. */
GtkWidget *eider_sees_rows_new(const eider_sees_window *w);
/* Everything they would show, as one text to compare. */
char *eider_sees_rows_describe(const eider_sees_window *w);

#endif
