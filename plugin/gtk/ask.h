/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions and windows of ours: never blocking, all gone on unload. */
#ifndef EIDER_GTK_ASK_H
#define EIDER_GTK_ASK_H

#include "face.h"

#include <gtk/gtk.h>

/* Keep track of a window, so that eider_ask_close_all() destroys it. */
void eider_ask_adopt(GtkWidget *window, GtkWidget *beside);
void eider_ask_close_all(void);
/* Something changed: questions that are answered go. */
void eider_ask_refresh_all(void);

/* Whose key is it?  Shows it, with all that is known, and asks. */
void eider_ask_key(GtkWidget *beside, const eider_subject *s,
                   const char *fingerprint);
/* "Check first". */
void eider_ask_check(GtkWidget *beside, const eider_subject *s,
                     const char *fingerprint);
/* "Not them": remembered, nothing to ask. */
void eider_ask_refuse(GtkWidget *beside, const eider_subject *s,
                      const char *fingerprint);
/* Deleting text that has not left cannot be undone: asks. */
void eider_ask_delete(GtkWidget *beside, const eider_subject *s);

#endif
