/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contents of the window with the keys. */
#ifndef EIDER_GTK_KEYLIST_H
#define EIDER_GTK_KEYLIST_H

#include "face.h"

#include <gtk/gtk.h>

/* Everything it would show, as one text to compare; g_free(). */
char *eider_keylist_describe(const eider_subject *s);
GtkWidget *eider_keylist_new(const eider_subject *s);
/* How often its session was healed, and when; g_free().  NULL: never. */
char *eider_keylist_healed(const eider_device *d);

#endif
