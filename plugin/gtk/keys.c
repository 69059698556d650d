/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keys.h"

#include "ask.h"
#include "keylist.h"
#include "ring.h"

#define RESPONSE_ALL 1

static GSList *open_windows;

typedef struct {
    eider_subject *subject;
    char *shown; /* what the contents were made from */
} state;

static state *
state_of(GtkWidget *window)
{
    return g_object_get_data(G_OBJECT(window), "eider-keys");
}

static void
free_state(gpointer data)
{
    state *st = data;

    eider_subject_free(st->subject);
    g_free(st->shown);
    g_free(st);
}

static void
forget(GtkWidget *window, gpointer unused)
{
    (void)unused;
    open_windows = g_slist_remove(open_windows, window);
}

/* Rebuilding would take away a selection: only where something changed. */
static void
refresh(GtkWidget *window)
{
    state *st = state_of(window);
    GtkWidget *viewport = g_object_get_data(G_OBJECT(window), "eider-viewport");
    GtkWidget *old = gtk_bin_get_child(GTK_BIN(viewport));
    char *now = eider_keylist_describe(st->subject);

    if (purple_strequal(now, st->shown)) {
        g_free(now);
        return;
    }
    g_free(st->shown);
    st->shown = now;
    if (old != NULL)
        gtk_widget_destroy(old);
    gtk_container_add(GTK_CONTAINER(viewport), eider_keylist_new(st->subject));
}

static void
on_response(GtkWidget *window, gint response, gpointer unused)
{
    (void)unused;
    if (response == RESPONSE_ALL)
        eider_ring_open(NULL);
    else
        gtk_widget_destroy(window);
}

static GtkWidget *
new_window(const eider_subject *s)
{
    GtkWidget *window = gtk_dialog_new_with_buttons(
        NULL, NULL, GTK_DIALOG_NO_SEPARATOR, _("_All keys..."), RESPONSE_ALL,
        GTK_STOCK_CLOSE, GTK_RESPONSE_CLOSE, NULL);
    GtkWidget *scroll = gtk_scrolled_window_new(NULL, NULL);
    GtkWidget *viewport = gtk_viewport_new(NULL, NULL);
    state *st = g_new0(state, 1);
    char *name = eider_subject_name(s);
    char *title = g_strdup_printf(_("Keys: %s"), name);

    g_free(name);
    gtk_window_set_title(GTK_WINDOW(window), title);
    g_free(title);
    gtk_window_set_default_size(GTK_WINDOW(window), -1, 420);
    gtk_container_set_border_width(GTK_CONTAINER(window), 6);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll),
                                   GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_viewport_set_shadow_type(GTK_VIEWPORT(viewport), GTK_SHADOW_NONE);
    gtk_container_add(GTK_CONTAINER(scroll), viewport);
    gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(window))),
                       scroll, TRUE, TRUE, 0);
    st->subject = eider_subject_copy(s);
    g_object_set_data_full(G_OBJECT(window), "eider-keys", st, free_state);
    g_object_set_data(G_OBJECT(window), "eider-viewport", viewport);
    g_signal_connect(window, "response", G_CALLBACK(on_response), NULL);
    g_signal_connect(window, "destroy", G_CALLBACK(forget), NULL);
    return window;
}

void
eider_keys_show(GtkWidget *beside, const eider_subject *s)
{
    GtkWidget *window;
    GSList *l;

    if (!eider_subject_is_usable(s))
        return;
    for (l = open_windows; l != NULL; l = l->next) {
        if (eider_subject_is_same(state_of(l->data)->subject, s)) {
            gtk_window_present(GTK_WINDOW(l->data));
            return;
        }
    }
    window = new_window(s);
    open_windows = g_slist_prepend(open_windows, window);
    eider_ask_adopt(window, beside);
    refresh(window);
    gtk_widget_show_all(window);
}

void
eider_keys_refresh_all(void)
{
    GSList *l, *next;

    for (l = open_windows; l != NULL; l = next) {
        next = l->next;
        if (eider_subject_is_usable(state_of(l->data)->subject))
            refresh(l->data);
        else
            gtk_widget_destroy(l->data);
    }
}
