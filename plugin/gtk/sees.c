/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window around the time lines: made, followed, closed. */
#include "sees.h"

#include "ask.h"
#include "fit.h"
#include "prefs.h"
#include "seesdraw.h"
#include "still.h"

#include <string.h>

#define FIRST_SPAN (INT64_C(600) * 1000)
#define LEAST_SPAN (INT64_C(120) * 1000)

enum { TICK_MS = 1000, ERASE = 1 };

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

static void
on_response(GtkWidget *window, int answer, gpointer data)
{
    const eider_sees_window *w = data;

    if (answer != ERASE)
        gtk_widget_destroy(window);
    else if (eider_sees_app(w) != NULL)
        eider_sees_app(w)->erase(w->subject->account, w->subject->who);
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
    eider_sees_show_in(w, panel);
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
    int lines = eider_sees_lines(scroll);
    int line = eider_sees_height(scroll, false) / lines;
    int room = gdk_screen_get_height(gtk_widget_get_screen(scroll)) -
               (2 * lines + 12) * line - 130;

    gtk_widget_get_child_requisition(place, &inner);
    need->height = MIN(inner.height + 4, MAX(room, 3 * line));
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

    w->window = gtk_dialog_new_with_buttons(
        title, NULL, GTK_DIALOG_NO_SEPARATOR, _("D_elete this record..."),
        ERASE, GTK_STOCK_CLOSE, GTK_RESPONSE_CLOSE, NULL);
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
    gtk_box_pack_start(GTK_BOX(box), new_scroll(w), TRUE, TRUE, 0);
    g_signal_connect(w->window, "response", G_CALLBACK(on_response), w);
    g_signal_connect(w->window, "destroy", G_CALLBACK(free_window), w);
}

/* The last ten minutes, or less if there is less; or those before the last
 * event. */
static void
choose_span(eider_sees_window *w)
{
    int64_t now = eider_sees_now(), first, last;
    int64_t span = FIRST_SPAN;
    eider_sees all = {0};
    const eider_seen_app *app = eider_sees_app(w);

    app->sees(w->subject->account, w->subject->who, 0, (uint64_t)now + 1, &all);
    first = (int64_t)all.sums.first_ms;
    last = (int64_t)all.sums.last_ms;
    app->sees_clear(&all);
    w->follows = last == 0 || now - last < FIRST_SPAN;
    if (w->follows && first != 0)
        span = CLAMP((now - first) * 5 / 4, LEAST_SPAN, FIRST_SPAN);
    eider_sees_end_at(&w->axis, span, w->follows ? now : last);
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
    w->events = g_new(eider_seen_event, EIDER_SEES_MOST);
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
    eider_sees_say(w);
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
