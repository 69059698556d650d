/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inspector's columns: what they are called, and how wide they are. */
#ifndef EIDER_GTK_RINGCOL_H
#define EIDER_GTK_RINGCOL_H

#include <gtk/gtk.h>

const char *eider_ringcol_title(int column);
/* Rows of one height are fast, and fix the widths as well: wide enough for
 * the title and for what is usually in it, in this language and font. */
int eider_ringcol_width(GtkWidget *view, int column);

#endif
