/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window with the keys of both sides of one conversation. */
#ifndef EIDER_GTK_KEYS_H
#define EIDER_GTK_KEYS_H

#include "face.h"

#include <gtk/gtk.h>

/* One window for each contact: shows the one there is, or a new one. */
void eider_keys_show(GtkWidget *beside, const eider_subject *s);
/* Make the open ones true. */
void eider_keys_refresh_all(void);

#endif
