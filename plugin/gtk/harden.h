/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window about what an account tells by itself. */
#ifndef EIDER_GTK_HARDEN_H
#define EIDER_GTK_HARDEN_H

#include "face.h"

#include <gtk/gtk.h>

/* Opens it, or brings it to the front. */
void eider_harden_show(PurpleAccount *account);
void eider_harden_refresh(void);

/* ---- hardenrow.c: one row of it ---- */

typedef struct eider_hardenrow eider_hardenrow;

/* @act is called with what the user wants: to hide it, or to undo that. */
eider_hardenrow *eider_hardenrow_new(const char *id,
                                     void (*act)(const char *id, bool hides));
/* Frees what is ours; the widget goes with its parent. */
void eider_hardenrow_free(eider_hardenrow *r);
GtkWidget *eider_hardenrow_widget(const eider_hardenrow *r);
const char *eider_hardenrow_id(const eider_hardenrow *r);
void eider_hardenrow_update(eider_hardenrow *r, const eider_harden_row *now);

#endif
