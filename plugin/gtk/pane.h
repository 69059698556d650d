/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Eider adds to one tab of a conversation window. */
#ifndef EIDER_GTK_PANE_H
#define EIDER_GTK_PANE_H

#include "face.h"

/* Put button and strip where they are missing, and make them true.  Does
 * nothing for a room. */
void eider_pane_refresh(PidginConversation *gtkconv);
void eider_pane_remove(PidginConversation *gtkconv);

/* The same for every tab there is. */
void eider_pane_refresh_all(void);
/* How it is drawn has changed, and not only what. */
void eider_pane_redraw_all(void);
void eider_pane_remove_all(void);

#endif
