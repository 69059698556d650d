/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one menu, opened from the toolbar's button and from the strip's. */
#ifndef EIDER_GTK_MENU_H
#define EIDER_GTK_MENU_H

#include "face.h"

#include <gtk/gtk.h>

/* Make a click or a key on @button open the menu of @gtkconv's active
 * conversation. */
void eider_menu_connect(GtkWidget *button, PidginConversation *gtkconv);

#endif
