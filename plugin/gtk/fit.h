/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A label that wraps at the width it is given.  GTK 2's own wraps at a width
 * of its own choice, and asks for that much. */
#ifndef EIDER_GTK_FIT_H
#define EIDER_GTK_FIT_H

#include <gtk/gtk.h>

/* A box around @label that needs next to no width. */
GtkWidget *eider_fit_new(GtkWidget *label);

/* A frame around @content that scrolls: as high as that, while the screen has
 * room for it beside @lines lines of text; at least four. */
GtkWidget *eider_fit_scroll(GtkWidget *content, int lines);

/* The width of so many letters in the widget's font, in points. */
int eider_fit_chars(GtkWidget *widget, int letters);

/* A label with @text in the markup @format, lines of @letters in the font of
 * @beside. */
GtkWidget *eider_fit_words(GtkWidget *beside, int letters, const char *format,
                           const char *text);

#endif
