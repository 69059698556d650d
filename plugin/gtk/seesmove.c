/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which time is shown: by buttons, keys, the wheel, and by dragging. */
#include "sees.h"

#include "seesdraw.h"

#include <gdk/gdkkeysyms.h>

#define MINUTE (INT64_C(60) * 1000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static const double closer = 0.5, wheel = 0.8;

enum { NEAR = 6 /* points */ };

/* ---- moving --------------------------------------------------------------- */

static bool
shows_now(const eider_sees_window *w)
{
    int64_t now = eider_sees_now();

    return w->axis.from <= now && w->axis.from + w->axis.span >= now;
}

static void
zoom(eider_sees_window *w, double factor, double x)
{
    eider_sees_zoom(&w->axis, factor, x);
    w->follows = w->follows && shows_now(w);
    eider_sees_moved(w);
}

/* Around what is read off, else around now, else around the middle. */
static void
zoom_by_key(eider_sees_window *w, double factor)
{
    double x = w->at != 0 ? eider_sees_x(&w->axis, w->at) : w->axis.width / 2.0;

    if (w->follows) {
        eider_sees_end_at(&w->axis, (int64_t)((double)w->axis.span * factor),
                          eider_sees_now());
        eider_sees_moved(w);
        return;
    }
    if (x < 0 || x > w->axis.width)
        x = w->axis.width / 2.0;
    zoom(w, factor, x);
}

static void
move(eider_sees_window *w, double part)
{
    eider_sees_move(&w->axis, part);
    w->follows = false;
    eider_sees_moved(w);
}

static void
go_to_now(eider_sees_window *w)
{
    eider_sees_end_at(&w->axis, w->axis.span, eider_sees_now());
    w->follows = true;
    eider_sees_moved(w);
}

static void
show_span(eider_sees_window *w, int64_t span)
{
    int64_t end = w->axis.from + w->axis.span;

    if (w->follows)
        eider_sees_end_at(&w->axis, span, eider_sees_now());
    else
        eider_sees_end_at(&w->axis, span, end - span / 50);
    eider_sees_moved(w);
}

/* From one event to the next, for whoever has no mouse. */
static void
step(eider_sees_window *w, bool is_server, int way)
{
    int64_t from = w->at != 0 ? w->at
                   : way > 0  ? w->axis.from - 1
                              : w->axis.from + w->axis.span;
    const eider_seen_event *e;

    eider_sees_fetch(w);
    e = w->has_events ? eider_sees_next(w->events, w->n, is_server, from, way)
                      : NULL;
    if (e == NULL)
        return;
    w->at = (int64_t)e->ms;
    w->at_server = is_server;
    eider_sees_read(w);
}

/* ---- buttons -------------------------------------------------------------- */

static void
on_earlier(GtkWidget *button, gpointer w)
{
    (void)button;
    move(w, -0.5);
}

static void
on_later(GtkWidget *button, gpointer w)
{
    (void)button;
    move(w, 0.5);
}

static void
on_closer(GtkWidget *button, gpointer w)
{
    (void)button;
    zoom_by_key(w, closer);
}

static void
on_farther(GtkWidget *button, gpointer w)
{
    (void)button;
    zoom_by_key(w, 1 / closer);
}

static void
on_minutes(GtkWidget *button, gpointer w)
{
    (void)button;
    show_span(w, 10 * MINUTE);
}

static void
on_hour(GtkWidget *button, gpointer w)
{
    (void)button;
    show_span(w, HOUR);
}

static void
on_day(GtkWidget *button, gpointer w)
{
    (void)button;
    show_span(w, DAY);
}

static void
on_now(GtkWidget *button, gpointer w)
{
    (void)button;
    go_to_now(w);
}

static void
add(GtkWidget *bar, const char *label, const char *hint, GCallback act,
    eider_sees_window *w)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(label);

    gtk_widget_set_tooltip_text(button, hint);
    atk_object_set_name(gtk_widget_get_accessible(button), hint);
    g_signal_connect(button, "clicked", act, w);
    gtk_box_pack_start(GTK_BOX(bar), button, FALSE, FALSE, 0);
}

GtkWidget *
eider_sees_bar_new(eider_sees_window *w)
{
    GtkWidget *bar = gtk_hbox_new(FALSE, 3);

    add(bar, _("10 _minutes"), _("Show ten minutes"), G_CALLBACK(on_minutes),
        w);
    add(bar, _("_Hour"), _("Show an hour"), G_CALLBACK(on_hour), w);
    add(bar, _("_Day"), _("Show a day"), G_CALLBACK(on_day), w);
    add(bar, "+", _("Closer: less time"), G_CALLBACK(on_closer), w);
    add(bar, "\342\210\222", _("Farther: more time"), G_CALLBACK(on_farther),
        w);
    add(bar, "\342\227\202", _("Earlier"), G_CALLBACK(on_earlier), w);
    add(bar, "\342\226\270", _("Later"), G_CALLBACK(on_later), w);
    add(bar, _("_Now"), _("Go on with what happens now"), G_CALLBACK(on_now),
        w);
    w->span = gtk_label_new(NULL);
    gtk_misc_set_alignment(GTK_MISC(w->span), 1, 0.5);
    gtk_label_set_ellipsize(GTK_LABEL(w->span), PANGO_ELLIPSIZE_START);
    gtk_box_pack_start(GTK_BOX(bar), w->span, TRUE, TRUE, 3);
    return bar;
}

/* ---- a panel's mouse and keys --------------------------------------------- */

static bool
is_server_panel(const eider_sees_window *w, GtkWidget *panel)
{
    return panel == w->panels[EIDER_SEES_SAW];
}

static gboolean
on_key(GtkWidget *panel, GdkEventKey *key, gpointer data)
{
    eider_sees_window *w = data;

    if ((key->state & (GDK_CONTROL_MASK | GDK_MOD1_MASK)) != 0)
        return FALSE;
    switch (key->keyval) {
    case GDK_plus:
    case GDK_equal:
    case GDK_KP_Add:
        zoom_by_key(w, closer);
        return TRUE;
    case GDK_minus:
    case GDK_KP_Subtract:
        zoom_by_key(w, 1 / closer);
        return TRUE;
    case GDK_Left:
        move(w, -0.1);
        return TRUE;
    case GDK_Right:
        move(w, 0.1);
        return TRUE;
    case GDK_End:
        go_to_now(w);
        return TRUE;
    case GDK_Page_Up:
        step(w, is_server_panel(w, panel), -1);
        return TRUE;
    case GDK_Page_Down:
        step(w, is_server_panel(w, panel), 1);
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean
on_scroll(GtkWidget *panel, GdkEventScroll *e, gpointer data)
{
    eider_sees_window *w = data;
    double x = e->x - eider_sees_gutter(panel);
    bool is_back = e->direction == GDK_SCROLL_UP;

    if (e->direction == GDK_SCROLL_LEFT || e->direction == GDK_SCROLL_RIGHT)
        move(w, e->direction == GDK_SCROLL_LEFT ? -0.1 : 0.1);
    else if ((e->state & GDK_SHIFT_MASK) != 0)
        move(w, is_back ? -0.1 : 0.1);
    else
        zoom(w, is_back ? wheel : 1 / wheel, CLAMP(x, 0, w->axis.width));
    return TRUE;
}

static gboolean
on_press(GtkWidget *panel, GdkEventButton *e, gpointer data)
{
    eider_sees_window *w = data;

    if (e->button != 1)
        return FALSE;
    gtk_widget_grab_focus(panel);
    w->drag_x = e->x;
    w->is_dragged = true;
    return TRUE;
}

static gboolean
on_release(GtkWidget *panel, GdkEventButton *e, gpointer data)
{
    eider_sees_window *w = data;

    (void)panel, (void)e;
    w->is_dragged = false;
    return FALSE;
}

static gboolean
on_motion(GtkWidget *panel, GdkEventMotion *e, gpointer data)
{
    eider_sees_window *w = data;
    double x = e->x - eider_sees_gutter(panel);

    if (w->is_dragged && e->x != w->drag_x) {
        move(w, (w->drag_x - e->x) / w->axis.width);
        w->drag_x = e->x;
    }
    w->at_server = is_server_panel(w, panel);
    w->at = x >= 0 && x < w->axis.width ? eider_sees_ms(&w->axis, x) : 0;
    eider_sees_read(w);
    gdk_event_request_motions(e);
    return FALSE;
}

static gboolean
on_leave(GtkWidget *panel, GdkEventCrossing *e, gpointer data)
{
    eider_sees_window *w = data;

    (void)panel, (void)e;
    w->at = 0;
    eider_sees_read(w);
    return FALSE;
}

char *
eider_sees_hint(eider_sees_window *w, bool is_server, double x)
{
    const eider_seen_event *e;

    eider_sees_fetch(w);
    if (w->buckets == NULL || x < 0 || x >= w->axis.width)
        return NULL;
    if (!w->has_events)
        return eider_sees_say_bucket(w, is_server, (int)x);
    e = eider_sees_nearest(w->events, w->n, is_server,
                           eider_sees_ms(&w->axis, x),
                           w->axis.span * NEAR / w->axis.width);
    return e != NULL ? eider_sees_say_event(w, e) : NULL;
}

static gboolean
on_tooltip(GtkWidget *panel, int x, int y, gboolean by_key, GtkTooltip *tip,
           gpointer data)
{
    eider_sees_window *w = data;
    char *text;

    (void)y;
    if (by_key)
        return FALSE;
    text = eider_sees_hint(w, is_server_panel(w, panel),
                           x - eider_sees_gutter(panel));
    gtk_tooltip_set_text(tip, text);
    g_free(text);
    return text != NULL;
}

void
eider_sees_listen(eider_sees_window *w, GtkWidget *panel)
{
    gtk_widget_set_can_focus(panel, TRUE);
    gtk_widget_set_has_tooltip(panel, TRUE);
    gtk_widget_add_events(panel,
                          GDK_BUTTON_PRESS_MASK | GDK_BUTTON_RELEASE_MASK |
                              GDK_POINTER_MOTION_MASK |
                              GDK_POINTER_MOTION_HINT_MASK | GDK_SCROLL_MASK |
                              GDK_KEY_PRESS_MASK | GDK_LEAVE_NOTIFY_MASK);
    g_signal_connect(panel, "key-press-event", G_CALLBACK(on_key), w);
    g_signal_connect(panel, "scroll-event", G_CALLBACK(on_scroll), w);
    g_signal_connect(panel, "button-press-event", G_CALLBACK(on_press), w);
    g_signal_connect(panel, "button-release-event", G_CALLBACK(on_release), w);
    g_signal_connect(panel, "motion-notify-event", G_CALLBACK(on_motion), w);
    g_signal_connect(panel, "leave-notify-event", G_CALLBACK(on_leave), w);
    g_signal_connect(panel, "query-tooltip", G_CALLBACK(on_tooltip), w);
}
