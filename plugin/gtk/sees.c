/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window around the time lines.  What is in sight is fetched when it is
 * drawn, once for a picture, however often the mouse moved; words follow at
 * rest, as they cost more.
 */
#include "sees.h"

#include "ask.h"
#include "fit.h"
#include "prefs.h"
#include "seesdraw.h"
#include "still.h"

#include <string.h>

#define FIRST_SPAN (INT64_C(600) * 1000)
#define WORDS_MS   250
#define MOST       4000 /* events that are drawn one by one */

enum { TICK_MS = 1000 };

static GSList *open_windows; /* eider_sees_window */

int64_t
eider_sees_now(void)
{
    return g_get_real_time() / 1000;
}

const eider_seen_app *
eider_sees_app(const eider_sees_window *w)
{
    return eider_subject_is_usable(w->subject) ? eider_link_app()->seen : NULL;
}

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
    n = app->events(w->subject->account, w->subject->who,
                    (uint64_t)w->axis.from,
                    (uint64_t)(w->axis.from + w->axis.span), w->events, MOST);
    w->has_events = n <= MOST;
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

static void
show_words(eider_sees_window *w)
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
    show_words(w);
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

/* ---- time goes on --------------------------------------------------------- */

/* Only where it can be seen: a day moves by a point in two minutes. */
static gboolean
on_tick(gpointer data)
{
    eider_sees_window *w = data;
    int64_t now = eider_sees_now();
    int64_t end = w->axis.from + w->axis.span - w->axis.span / 50;

    if (w->follows && w->axis.width > 0 && !w->is_dragged &&
        (now - end) * w->axis.width >= w->axis.span) {
        eider_sees_end_at(&w->axis, w->axis.span, now);
        eider_sees_moved(w);
    }
    return TRUE;
}

/* ---- the window ----------------------------------------------------------- */

static void
free_window(GtkWidget *window, gpointer data)
{
    eider_sees_window *w = data;

    (void)window;
    open_windows = g_slist_remove(open_windows, w);
    if (w->soon != 0)
        g_source_remove(w->soon);
    g_source_remove(w->tick);
    eider_subject_free(w->subject);
    g_free(w->name);
    g_free(w->shown);
    g_free(w->events);
    g_free(w->buckets);
    g_free(w);
}

static void
on_turn_on(GtkWidget *button, gpointer unused)
{
    (void)unused;
    eider_prefs_show(button);
}

static GtkWidget *
add_label(GtkWidget *box)
{
    GtkWidget *label = gtk_label_new(NULL);

    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
    return label;
}

static void
add_panel(eider_sees_window *w, GtkWidget *box, int i)
{
    GtkWidget *panel = gtk_drawing_area_new();

    w->captions[i] = add_label(box);
    w->panels[i] = panel;
    atk_object_set_role(gtk_widget_get_accessible(panel), ATK_ROLE_CHART);
    g_signal_connect(panel, "expose-event", G_CALLBACK(on_expose), w);
    g_signal_connect(panel, "size-allocate", G_CALLBACK(on_size), w);
    g_signal_connect(panel, "style-set", G_CALLBACK(on_style), w);
    eider_sees_listen(w, panel);
    gtk_box_pack_start(GTK_BOX(box), panel, TRUE, TRUE, 0);
}

static void
add_trouble(eider_sees_window *w, GtkWidget *box)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6);

    w->trouble = gtk_label_new(NULL);
    gtk_misc_set_alignment(GTK_MISC(w->trouble), 0, 0.5);
    w->turn_on = gtk_button_new_with_mnemonic(_("P_references"));
    g_signal_connect(w->turn_on, "clicked", G_CALLBACK(on_turn_on), NULL);
    gtk_box_pack_start(GTK_BOX(row), w->trouble, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), w->turn_on, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), row, FALSE, FALSE, 0);
}

/* As high as what is in it, while the screen has room for that beside the rest
 * of the window, which is about two panels and twelve lines. */
static void
ask_height(GtkWidget *scroll, GtkRequisition *need, gpointer place)
{
    GtkRequisition inner;
    int line = eider_sees_height(scroll, false) / EIDER_SEES_LINES;
    int room = gdk_screen_get_height(gtk_widget_get_screen(scroll)) -
               (2 * EIDER_SEES_LINES + 12) * line - 130;

    gtk_widget_get_child_requisition(place, &inner);
    need->height = MIN(inner.height + 4, MAX(room, 4 * line));
    need->width = MAX(need->width, inner.width + 24);
}

static GtkWidget *
new_scroll(eider_sees_window *w)
{
    GtkWidget *scroll = gtk_scrolled_window_new(NULL, NULL);

    w->place = gtk_alignment_new(0, 0, 1, 0);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll),
                                   GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_add_with_viewport(GTK_SCROLLED_WINDOW(scroll),
                                          w->place);
    gtk_viewport_set_shadow_type(
        GTK_VIEWPORT(gtk_bin_get_child(GTK_BIN(scroll))), GTK_SHADOW_NONE);
    g_signal_connect(scroll, "size-request", G_CALLBACK(ask_height), w->place);
    return scroll;
}

static void
build(eider_sees_window *w)
{
    char *title = g_strdup_printf(_("What the server sees: %s"), w->name);
    GtkWidget *box;

    w->window =
        gtk_dialog_new_with_buttons(title, NULL, GTK_DIALOG_NO_SEPARATOR,
                                    GTK_STOCK_CLOSE, GTK_RESPONSE_CLOSE, NULL);
    g_free(title);
    gtk_container_set_border_width(GTK_CONTAINER(w->window), 6);
    box = gtk_dialog_get_content_area(GTK_DIALOG(w->window));
    gtk_box_set_spacing(GTK_BOX(box), 4);
    gtk_box_pack_start(GTK_BOX(box), eider_sees_bar_new(w), FALSE, FALSE, 0);
    add_trouble(w, box);
    add_panel(w, box, EIDER_SEES_DID);
    add_panel(w, box, EIDER_SEES_SAW);
    w->meaning = gtk_label_new(NULL);
    gtk_box_pack_start(GTK_BOX(box), eider_fit_new(w->meaning), FALSE, FALSE,
                       0);
    w->read = add_label(box);
    gtk_box_pack_start(GTK_BOX(box), new_scroll(w), FALSE, TRUE, 0);
    g_signal_connect(w->window, "response", G_CALLBACK(gtk_widget_destroy),
                     NULL);
    g_signal_connect(w->window, "destroy", G_CALLBACK(free_window), w);
}

/* The last ten minutes, or those before the last event. */
static void
choose_span(eider_sees_window *w)
{
    int64_t now = eider_sees_now(), last;
    eider_sees all = {0};
    const eider_seen_app *app = eider_sees_app(w);

    app->sees(w->subject->account, w->subject->who, 0, (uint64_t)now + 1, &all);
    last = (int64_t)all.sums.last_ms;
    app->sees_clear(&all);
    w->follows = last == 0 || now - last < FIRST_SPAN;
    eider_sees_end_at(&w->axis, FIRST_SPAN, w->follows ? now : last);
}

void
eider_sees_show(const eider_subject *s)
{
    eider_sees_window *w;

    for (GSList *l = open_windows; l != NULL; l = l->next) {
        w = l->data;
        if (eider_subject_is_same(w->subject, s)) {
            gtk_window_present(GTK_WINDOW(w->window));
            return;
        }
    }
    if (!eider_subject_is_usable(s) || eider_link_app()->seen == NULL)
        return;
    w = g_new0(eider_sees_window, 1);
    w->subject = eider_subject_copy(s);
    w->name = eider_subject_name(s);
    w->events = g_new(eider_seen_event, MOST);
    choose_span(w);
    build(w);
    open_windows = g_slist_prepend(open_windows, w);
    w->tick = g_timeout_add(TICK_MS, on_tick, w);
    /* One writes and watches: it is not to lie on the conversation always, as
     * a window manager lets dialogs do. */
    gtk_window_set_type_hint(GTK_WINDOW(w->window),
                             GDK_WINDOW_TYPE_HINT_NORMAL);
    eider_ask_adopt(w->window, NULL);
    gtk_widget_show_all(w->window);
    gtk_window_present(GTK_WINDOW(w->window));
    gtk_widget_grab_focus(w->panels[EIDER_SEES_SAW]);
    show_words(w);
    eider_sees_read(w);
}

/* ---- what changed --------------------------------------------------------- */

void
eider_sees_refresh_all(void)
{
    for (GSList *l = open_windows, *next; l != NULL; l = next) {
        eider_sees_window *w = l->data;

        next = l->next;
        if (eider_sees_app(w) == NULL)
            gtk_widget_destroy(w->window);
        else
            eider_sees_moved(w);
    }
}

void
eider_sees_grew(PurpleAccount *account, const char *who, void *arg)
{
    eider_subject s = {account, (char *)who};

    (void)arg;
    for (GSList *l = open_windows; l != NULL; l = l->next) {
        eider_sees_window *w = l->data;

        if (who != NULL && !eider_subject_is_same(w->subject, &s))
            continue;
        if (w->follows)
            eider_sees_end_at(&w->axis, w->axis.span, eider_sees_now());
        eider_sees_moved(w);
    }
}

void
eider_sees_asked_for(PurpleAccount *account, const char *who)
{
    eider_subject s = {account, (char *)who};

    eider_sees_show(&s);
}
