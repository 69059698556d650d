/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pictures of the states, embedded in the plugin. */
#ifndef EIDER_GTK_ICON_H
#define EIDER_GTK_ICON_H

#include <gtk/gtk.h>

void eider_icon_register(void);
void eider_icon_unregister(void);

/* Put the picture @name into @image, as high as the text beside it. */
void eider_icon_set(GtkImage *image, const char *name, const char *word);

/* The same, twice as high: for a dialog. */
void eider_icon_set_large(GtkImage *image, const char *name, const char *word);

/* A mark for a line of text in @view's font; borrowed, may be NULL. */
GdkPixbuf *eider_icon_mark(GtkWidget *view, const char *name);

#endif
