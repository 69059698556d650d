/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the window shows.  What is in sight is fetched when it is drawn, once
 * for a picture, however often the mouse moved; words follow at rest, as they
 * cost more.
 */
#include "sees.h"

#include "seesdraw.h"
#include "still.h"

#include <string.h>

#define WORDS_MS 250

/* ---- fetching ------------------------------------------------------------- */

static void
fetch_sums(eider_sees_window *w, const eider_seen_app *app)
{
    eider_seen_bucket *sums = g_new0(eider_seen_bucket, w->axis.width);

    app->buckets(w->subject->account, w->subject->who, (uint64_t)w->axis.from,
                 (uint64_t)(w->axis.from + w->axis.span), sums,
                 (size_t)w->axis.width);
    eider_sees_fill_sums(sums, w->axis.width, w->buckets);
    g_free(sums);
}

void
eider_sees_fetch(eider_sees_window *w)
{
    const eider_seen_app *app = eider_sees_app(w);
    size_t n;

    if (!w->is_stale || w->axis.width <= 0)
        return;
    w->is_stale = false;
    w->n = 0;
    w->has_events = true;
    w->buckets = g_renew(eider_sees_bucket, w->buckets,
                         EIDER_SEES_LANES * w->axis.width);
    memset(w->buckets, 0,
           EIDER_SEES_LANES * (size_t)w->axis.width * sizeof *w->buckets);
    if (app == NULL)
        return;
    n = app->events(
        w->subject->account, w->subject->who, (uint64_t)w->axis.from,
        (uint64_t)(w->axis.from + w->axis.span), w->events, EIDER_SEES_MOST);
    w->has_events = n <= EIDER_SEES_MOST;
    w->n = w->has_events ? n : 0;
    if (w->has_events)
        eider_sees_fill(&w->axis, w->events, w->n, w->buckets);
    else
        fetch_sums(w, app);
}

/* ---- drawing -------------------------------------------------------------- */

static uint32_t
most_of(const eider_sees_window *w, eider_sees_lane lane)
{
    const eider_sees_bucket *b = w->buckets + (int)lane * w->axis.width;
    eider_sees_bucket a = eider_sees_total(b, w->axis.width);
    eider_sees_bucket c = eider_sees_total(b + w->axis.width, w->axis.width);

    return MAX(a.most, c.most);
}

static gboolean
on_expose(GtkWidget *panel, GdkEventExpose *e, gpointer data)
{
    eider_sees_window *w = data;
    bool is_server = panel == w->panels[EIDER_SEES_SAW];
    eider_sees_lane lane = is_server ? EIDER_SEES_OUT : EIDER_SEES_YOU;
    cairo_t *cr;
    eider_sees_panel p = {.axis = &w->axis,
                          .up_word = _("you"),
                          .down_word = w->name,
                          .is_server = is_server,
                          .has_times = is_server,
                          .now = eider_sees_now(),
                          .at = w->at};

    eider_sees_fetch(w);
    if (w->buckets == NULL)
        return FALSE;
    p.up = w->buckets + (int)lane * w->axis.width;
    p.down = p.up + w->axis.width;
    p.most = most_of(w, lane);
    p.events = w->has_events ? w->events : NULL;
    p.n = w->n;
    cr = gdk_cairo_create(gtk_widget_get_window(panel));
    gdk_cairo_region(cr, e->region);
    cairo_clip(cr);
    eider_sees_draw(panel, cr, &p);
    cairo_destroy(cr);
    if (gtk_widget_has_focus(panel)) {
        GtkAllocation a;

        gtk_widget_get_allocation(panel, &a);
        gtk_paint_focus(gtk_widget_get_style(panel),
                        gtk_widget_get_window(panel), GTK_STATE_NORMAL,
                        &e->area, panel, NULL, 0, 0, a.width, a.height);
    }
    return FALSE;
}

static void
on_size(GtkWidget *panel, GtkAllocation *a, gpointer data)
{
    eider_sees_window *w = data;
    int width = MAX(a->width - eider_sees_gutter(panel), 50);

    if (width != w->axis.width) {
        w->axis.width = width;
        eider_sees_moved(w);
    }
}

static void
on_style(GtkWidget *panel, GtkStyle *old, gpointer data)
{
    const eider_sees_window *w = data;

    (void)old;
    gtk_widget_set_size_request(
        panel, -1,
        eider_sees_height(panel, panel == w->panels[EIDER_SEES_SAW]));
}

void
eider_sees_show_in(eider_sees_window *w, GtkWidget *panel)
{
    g_signal_connect(panel, "expose-event", G_CALLBACK(on_expose), w);
    g_signal_connect(panel, "size-allocate", G_CALLBACK(on_size), w);
    g_signal_connect(panel, "style-set", G_CALLBACK(on_style), w);
}

/* ---- words ---------------------------------------------------------------- */

/* What is wrong, or missing; and which mode it is. */
static const char *
look(eider_sees_window *w)
{
    eider_sight sight;
    bool is_paused;

    eider_sight_take(w->subject, &sight);
    is_paused = sight.view.status.look == EIDER_LOOK_PAUSED;
    w->steady = sight.view.status.steady;
    eider_sight_clear(&sight);
    if (is_paused)
        return _("Eider's files cannot be used: nothing is noted, and what was "
                 "noted cannot be read.");
    if (!w->sees.is_on)
        return _("This record is turned off: nothing is noted.");
    if (w->sees.sums.first_ms == 0 && !w->sees.has_session)
        return _("Nothing to show yet: turn on Private, and write something.");
    return "";
}

static void
show_rows(eider_sees_window *w)
{
    char *now = eider_sees_rows_describe(w);

    if (g_strcmp0(now, w->shown) == 0) {
        g_free(now);
        return;
    }
    g_free(w->shown);
    w->shown = now;
    if (w->rows != NULL)
        gtk_widget_destroy(w->rows);
    w->rows = eider_sees_rows_new(w);
    gtk_container_add(GTK_CONTAINER(w->place), w->rows);
    gtk_widget_show_all(w->rows);
}

static void
describe_panel(eider_sees_window *w, int i)
{
    static const char *const titles[] = {N_("What you did"),
                                         N_("What the server saw of it")};
    AtkObject *object = gtk_widget_get_accessible(w->panels[i]);
    char *words = eider_sees_say_panel(w, i == EIDER_SEES_SAW);
    char *all = eider_sees_describe(w, i == EIDER_SEES_SAW);
    char *markup =
        g_markup_printf_escaped("<b>%s:</b> %s", _(titles[i]), words);

    gtk_label_set_markup(GTK_LABEL(w->captions[i]), markup);
    eider_still_name(w->panels[i], _(titles[i]));
    if (g_strcmp0(atk_object_get_description(object), all) != 0)
        atk_object_set_description(object, all);
    g_free(words);
    g_free(all);
    g_free(markup);
}

static void
say_meaning(eider_sees_window *w)
{
    char *markup =
        g_markup_printf_escaped("<b>%s</b>", eider_sees_say_meaning(w));

    gtk_label_set_markup(GTK_LABEL(w->meaning), markup);
    g_free(markup);
}

void
eider_sees_say(eider_sees_window *w)
{
    const eider_seen_app *app = eider_sees_app(w);
    const char *trouble;

    eider_sees_fetch(w);
    if (app == NULL || w->buckets == NULL)
        return;
    app->sees(w->subject->account, w->subject->who, (uint64_t)w->axis.from,
              (uint64_t)(w->axis.from + w->axis.span), &w->sees);
    describe_panel(w, EIDER_SEES_DID);
    describe_panel(w, EIDER_SEES_SAW);
    say_meaning(w);
    trouble = look(w);
    eider_still_label(GTK_LABEL(w->trouble), trouble);
    gtk_widget_set_visible(w->trouble, *trouble != '\0');
    gtk_widget_set_visible(w->turn_on, !w->sees.is_on);
    show_rows(w);
    app->sees_clear(&w->sees);
}

static gboolean
on_soon(gpointer data)
{
    eider_sees_window *w = data;

    w->soon = 0;
    eider_sees_say(w);
    return FALSE;
}

static void
redraw(eider_sees_window *w)
{
    for (int i = 0; i < EIDER_SEES_PANELS; i++)
        gtk_widget_queue_draw(w->panels[i]);
}

void
eider_sees_moved(eider_sees_window *w)
{
    char *span = eider_sees_say_span(&w->axis);

    w->is_stale = true;
    eider_still_label(GTK_LABEL(w->span), span);
    g_free(span);
    redraw(w);
    if (w->soon == 0)
        w->soon = g_timeout_add(WORDS_MS, on_soon, w);
}

void
eider_sees_read(eider_sees_window *w)
{
    char *text = NULL;

    if (w->at != 0)
        text = eider_sees_hint(w, w->at_server, eider_sees_x(&w->axis, w->at));
    if (text == NULL)
        text = g_strdup(_("Point at one, or press Page Up and Page Down, to "
                          "read what it is."));
    eider_still_label(GTK_LABEL(w->read), text);
    redraw(w);
    g_free(text);
}
