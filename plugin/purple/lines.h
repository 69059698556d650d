/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what of a peer's making may stand in a window, and how, so that it
 * cannot be taken for a line of the client's or of ours.
 */
#ifndef EIDER_PURPLE_LINES_H
#define EIDER_PURPLE_LINES_H

#include "seam.h"

/* ---- lines.c ---- */
/* @mark (plain) before every line of canonical HTML; g_free(). */
char *eider_lines_mark(const char *html, const char *mark);
/* Few enough tags for the client to leave them alone; may add to @flags;
 * g_free(). */
char *eider_lines_fit(const char *html, PurpleMessageFlags *flags);
/* Text of the peer's choice as one short plain line; g_free(). */
char *eider_lines_plain(const char *text);
/* What the user calls them, likewise; g_free(). */
char *eider_lines_name(PurpleAccount *account, const char *who);

/* ---- env.c ---- */
/* Is a text that opened on its way into the window? */
bool eider_purple_env_is_writing(void);

/* ---- say.c ---- */
/* Is a line of ours on its way into the window? */
bool eider_say_is_speaking(void);

/* ---- receive.c ---- */
/* Is a text on its way out that was entered in a conversation? */
bool eider_receive_is_typed(void);

#endif
