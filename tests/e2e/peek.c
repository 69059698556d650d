/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the marks: writes what stands in the windows to the file
 * $EIDER_PEEK whenever it changed, a conversation a paragraph: its name, the
 * text with pictures as <waiting>, <sent>, <delivered>, <lost>, and after
 * "copy:" what somebody who copies it gets.  And to $EIDER_PEEK.tips where
 * each mark is on the screen, and the tooltip that is shown.
 */
#include "helper.h"

#include <gtkconv.h>
#include <gtkimhtml.h>
#include <gtkplugin.h>
#include <pidgin.h>

#include <string.h>

static const char *
name_of(GdkPixbuf *picture)
{
    static const char *const names[] = {"<?>",         "<waiting>", "<sent>",
                                        "<delivered>", "<lost>",    "<lost>"};
    int state =
        GPOINTER_TO_INT(g_object_get_data(G_OBJECT(picture), "eider-state"));

    return names[CLAMP(state, 0, 5)];
}

static void
add_text(GString *out, GtkTextBuffer *buffer)
{
    GtkTextIter at;

    gtk_text_buffer_get_start_iter(buffer, &at);
    for (; !gtk_text_iter_is_end(&at); gtk_text_iter_forward_char(&at)) {
        GdkPixbuf *picture = gtk_text_iter_get_pixbuf(&at);

        if (picture != NULL)
            g_string_append(out, name_of(picture));
        else
            g_string_append_unichar(out, gtk_text_iter_get_char(&at));
    }
}

static void
add_conversation(GString *out, PurpleConversation *conv)
{
    GtkIMHtml *view = GTK_IMHTML(PIDGIN_CONVERSATION(conv)->imhtml);
    GtkTextIter start, end;
    char *plain, *markup = gtk_imhtml_get_markup(view);

    gtk_text_buffer_get_bounds(view->text_buffer, &start, &end);
    plain = gtk_imhtml_get_text(view, &start, &end);
    g_string_append_printf(out, "== %s\n", purple_conversation_get_name(conv));
    add_text(out, view->text_buffer);
    g_string_append_printf(out, "\ncopy: %s\nmarkup: %s\n", plain, markup);
    g_free(plain);
    g_free(markup);
}

/* ---- tooltips ------------------------------------------------------------- */

static void
add_places(GString *out, GtkTextView *view)
{
    GdkWindow *window = gtk_text_view_get_window(view, GTK_TEXT_WINDOW_TEXT);
    GtkTextIter at;
    GdkRectangle where;
    int x, y, left, top;

    if (window == NULL)
        return;
    gdk_window_get_origin(window, &left, &top);
    gtk_text_buffer_get_start_iter(gtk_text_view_get_buffer(view), &at);
    for (; !gtk_text_iter_is_end(&at); gtk_text_iter_forward_char(&at)) {
        if (gtk_text_iter_get_pixbuf(&at) == NULL)
            continue;
        gtk_text_view_get_iter_location(view, &at, &where);
        gtk_text_view_buffer_to_window_coords(
            view, GTK_TEXT_WINDOW_TEXT, where.x + where.width / 2,
            where.y + where.height / 2, &x, &y);
        g_string_append_printf(out, "at %s %d %d\n",
                               name_of(gtk_text_iter_get_pixbuf(&at)), left + x,
                               top + y);
    }
}

static void
add_label(GtkWidget *widget, gpointer out)
{
    if (GTK_IS_LABEL(widget) && gtk_widget_get_visible(widget))
        g_string_append_printf(out, "tip %s\n",
                               gtk_label_get_text(GTK_LABEL(widget)));
    else if (GTK_IS_CONTAINER(widget))
        gtk_container_foreach(GTK_CONTAINER(widget), add_label, out);
}

static void
look_at_tips(void)
{
    GString *out = g_string_new(NULL);
    GList *windows = gtk_window_list_toplevels();
    char *path = g_strconcat(g_getenv("EIDER_PEEK"), ".tips", NULL);

    for (GList *l = purple_get_ims(); l != NULL; l = l->next)
        if (PIDGIN_IS_PIDGIN_CONVERSATION((PurpleConversation *)l->data))
            add_places(out, GTK_TEXT_VIEW(PIDGIN_CONVERSATION(
                                              (PurpleConversation *)l->data)
                                              ->imhtml));
    for (GList *l = windows; l != NULL; l = l->next)
        if (gtk_widget_get_visible(l->data) &&
            g_strcmp0(gtk_widget_get_name(l->data), "gtk-tooltip") == 0)
            add_label(l->data, out);
    g_file_set_contents(path, out->str, -1, NULL);
    g_list_free(windows);
    g_free(path);
    g_string_free(out, TRUE);
}

static gboolean
look(gpointer unused)
{
    GString *now = g_string_new(NULL);

    (void)unused;
    look_at_tips();
    for (GList *l = purple_get_ims(); l != NULL; l = l->next)
        if (PIDGIN_IS_PIDGIN_CONVERSATION((PurpleConversation *)l->data))
            add_conversation(now, l->data);
    helper_write("EIDER_PEEK", now);
    return TRUE;
}

HELPER_LOOKS(peek, "gtk-eider-peek", look)
