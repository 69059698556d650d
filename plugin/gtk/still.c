/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "still.h"

void
eider_still_label(GtkLabel *label, const char *text)
{
    if (g_strcmp0(gtk_label_get_text(label), text) != 0)
        gtk_label_set_text(label, text);
}

void
eider_still_tooltip(GtkWidget *widget, const char *text)
{
    char *now = gtk_widget_get_tooltip_text(widget);

    if (g_strcmp0(now, text) != 0)
        gtk_widget_set_tooltip_text(widget, text);
    g_free(now);
}

void
eider_still_name(GtkWidget *widget, const char *name)
{
    AtkObject *object = gtk_widget_get_accessible(widget);

    if (g_strcmp0(atk_object_get_name(object), name) != 0)
        atk_object_set_name(object, name);
}
