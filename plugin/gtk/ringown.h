/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inspector's buttons for the user's own keys: passphrase and backup. */
#ifndef EIDER_GTK_RINGOWN_H
#define EIDER_GTK_RINGOWN_H

#include "face.h"

#include <gtk/gtk.h>

GtkWidget *eider_ringown_new(void);
/* The store got a passphrase, or lost it. */
void eider_ringown_refresh(GtkWidget *row);

#endif
