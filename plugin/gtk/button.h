/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The button at the right end of the toolbar. */
#ifndef EIDER_GTK_BUTTON_H
#define EIDER_GTK_BUTTON_H

#include "face.h"

#include <gtk/gtk.h>

/* NULL where there is no toolbar. */
GtkWidget *eider_button_new(PidginConversation *gtkconv);
void eider_button_update(GtkWidget *button, const eider_sight *sight);

#endif
