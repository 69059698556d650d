/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions and windows of ours: never blocking, all gone on unload. */
#ifndef EIDER_GTK_ASK_H
#define EIDER_GTK_ASK_H

#include "face.h"

#include <gtk/gtk.h>

/* Keep track of a window, so that eider_ask_close_all() destroys it. */
void eider_ask_adopt(GtkWidget *window, GtkWidget *beside);
void eider_ask_close_all(void);

/* "It's them": shows the key and asks, also whether what waits goes to it. */
void eider_ask_accept(GtkWidget *beside, const eider_subject *s,
                      const char *fingerprint);
/* "Not them": remembered, nothing to ask. */
void eider_ask_refuse(const eider_subject *s, const char *fingerprint);
/* Deleting text that has not left cannot be undone: asks. */
void eider_ask_delete(GtkWidget *beside, const eider_subject *s);

#endif
