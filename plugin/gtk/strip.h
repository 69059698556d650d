/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The strip between the info pane and the talk: one sentence on how private
 * this is.  It folds to its picture, never to nothing. */
#ifndef EIDER_GTK_STRIP_H
#define EIDER_GTK_STRIP_H

#include "face.h"

#include <gtk/gtk.h>

#define EIDER_PREF_FACE   "/plugins/gtk/eider"
#define EIDER_PREF_FOLDED EIDER_PREF_FACE "/folded"

/* Tell GTK the looks of the small buttons; once is enough. */
void eider_strip_style(void);

/* NULL where the pane is not built as expected. */
GtkWidget *eider_strip_new(PidginConversation *gtkconv);
void eider_strip_update(GtkWidget *strip, const eider_sight *sight);

#endif
