/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a screen reader would say of the windows of "What the server sees":
 * written to the file $EIDER_HEAR whenever it changed.  A window a paragraph,
 * a widget a line: its kind, its name, and what is said of it.  "face=0" in
 * $EIDER_HEAR.do unloads the face.
 */
#include "helper.h"

#include <gtkplugin.h>
#include <pidgin.h>

#include <string.h>

static const char *
kind_of(GtkWidget *w)
{
    if (GTK_IS_DRAWING_AREA(w))
        return "drawing";
    if (GTK_IS_LABEL(w))
        return "label";
    return GTK_IS_BUTTON(w) ? "button" : NULL;
}

static void
add_widget(GtkWidget *w, gpointer data)
{
    GString *out = data;
    AtkObject *object = gtk_widget_get_accessible(w);
    const char *name = atk_object_get_name(object);
    const char *more = atk_object_get_description(object);

    if (!gtk_widget_get_visible(w))
        return;
    if (GTK_IS_LABEL(w))
        name = gtk_label_get_text(GTK_LABEL(w));
    if (GTK_IS_BUTTON(w) && name == NULL)
        name = gtk_button_get_label(GTK_BUTTON(w));
    if (kind_of(w) != NULL && name != NULL && *name != '\0')
        g_string_append_printf(out, "%s%s: %s%s%s\n",
                               gtk_widget_has_focus(w) ? "*" : "", kind_of(w),
                               name, more != NULL ? " | " : "",
                               more != NULL ? more : "");
    if (GTK_IS_CONTAINER(w) && !GTK_IS_BUTTON(w))
        gtk_container_forall(GTK_CONTAINER(w), add_widget, data);
}

static void
obey(void)
{
    PurplePlugin *face = purple_plugins_find_with_id("gtk-eider");
    char *path = g_strconcat(g_getenv("EIDER_HEAR"), ".do", NULL), *text = NULL;

    if (g_file_get_contents(path, &text, NULL, NULL) &&
        g_str_has_prefix(text, "face=0") && purple_plugin_is_loaded(face))
        purple_plugin_unload(face);
    g_free(text);
    g_free(path);
}

static gboolean
look(gpointer unused)
{
    GString *now = g_string_new(NULL);
    GList *all = gtk_window_list_toplevels();

    (void)unused;
    obey();
    for (GList *l = all; l != NULL; l = l->next) {
        const char *title = gtk_window_get_title(l->data);

        if (title == NULL || !gtk_widget_get_visible(l->data) ||
            (!g_str_has_prefix(title, "What the server sees") &&
             !g_str_has_prefix(title, "Was der Server sieht")))
            continue;
        g_string_append_printf(now, "== %s\n", title);
        add_widget(l->data, now);
    }
    g_list_free(all);
    helper_write("EIDER_HEAR", now);
    return TRUE;
}

HELPER_LOOKS(hear, "gtk-hear", look)
