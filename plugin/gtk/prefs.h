/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The core's preferences, in a window of Pidgin's. */
#ifndef EIDER_GTK_PREFS_H
#define EIDER_GTK_PREFS_H

#include "face.h"

#include <gtk/gtk.h>

/* For Pidgin's list of plugins; NULL where there is no core. */
GtkWidget *eider_prefs_new(PurplePlugin *plugin);
void eider_prefs_show(GtkWidget *beside);

#endif
