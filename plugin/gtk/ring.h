/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inspector: one window with every key. */
#ifndef EIDER_GTK_RING_H
#define EIDER_GTK_RING_H

#include "face.h"

#include <gtk/gtk.h>

/* Opens it, or brings it to the front.  @search: typed into it; may be NULL. */
void eider_ring_open(const char *search);
void eider_ring_refresh(void);

#endif
