/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Set what a widget shows, and leave it alone where it shows that already: GTK
 * lays out the window anew for each text that is set, the same one, too, and
 * the core tells of a change with every message.
 */
#ifndef EIDER_GTK_STILL_H
#define EIDER_GTK_STILL_H

#include <gtk/gtk.h>

void eider_still_label(GtkLabel *label, const char *text);
void eider_still_tooltip(GtkWidget *widget, const char *text);
/* What a screen reader says. */
void eider_still_name(GtkWidget *widget, const char *name);

#endif
