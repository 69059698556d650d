/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mark at the end of each line of the user's: waiting, sent, delivered.
 * A picture in the text, which no copy of the text holds. */
#ifndef EIDER_GTK_MARK_H
#define EIDER_GTK_MARK_H

#include "face.h"

#include <gtk/gtk.h>

/* A line was put at the end of @gtkconv's window. */
void eider_mark_line(PidginConversation *gtkconv, PurpleConversation *conv,
                     PurpleMessageFlags flags);
/* How it stands with a text has changed. */
void eider_mark_update(const uint8_t id[EIDER_TEXT_ID_SIZE],
                       eider_text_state state);
/* Marks stay where they are, and change no more. */
void eider_mark_forget_all(void);

#endif
