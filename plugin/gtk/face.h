/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of this folder share: the way to the core, and whom a
 * widget is about.
 */
#ifndef EIDER_GTK_FACE_H
#define EIDER_GTK_FACE_H

#define GETTEXT_PACKAGE "eider"
#include <glib/gi18n-lib.h>

#include <purple.h>

#include <gtkconv.h>

#include "eider/ui.h"

/* The word for a count, in the language of the user. */
#define EIDER_PLURAL(one, many, n)                                             \
    g_dngettext(GETTEXT_PACKAGE, (one), (many), (n))

/* ---- the core ----------------------------------------------------------- */

/* Find, load and ask the core; @changed is called, from the main loop, after
 * anything shown may have changed, the loss of the core included. */
void eider_link_attach(PurplePlugin *self, void (*changed)(void));
void eider_link_detach(void);

/* NULL where there is no usable core: then nothing is protected. */
const eider_app *eider_link_app(void);

/* ---- whom it is about --------------------------------------------------- */

/* Outlives conversations and windows; check it before each use. */
typedef struct {
    PurpleAccount *account;
    char *who;
} eider_subject;

/* Of the active conversation; NULL for a room. */
eider_subject *eider_subject_new(const PidginConversation *gtkconv);
eider_subject *eider_subject_copy(const eider_subject *s);
void eider_subject_free(eider_subject *s);
/* The account still exists, and so does the core: the table may be used. */
bool eider_subject_is_usable(const eider_subject *s);
bool eider_subject_is_same(const eider_subject *a, const eider_subject *b);
/* The name people know them by; g_free(). */
char *eider_subject_name(const eider_subject *s);
/* All devices known, g_free(). */
eider_device *eider_subject_devices(const eider_subject *s, size_t *n);

/* ---- how it looks ------------------------------------------------------- */

typedef struct {
    eider_view view; /* complete even where there is no core */
    bool is_broken;  /* no core: words say why */
    char candidate[EIDER_DIGITS_SIZE]; /* first key to decide on, or "" */
} eider_sight;

void eider_sight_take(const eider_subject *s, eider_sight *out);
void eider_sight_clear(eider_sight *sight);
/* Name of the picture. */
const char *eider_sight_icon(const eider_sight *sight);

/* Text of the peer's making, safe to show on one line; g_free(). */
char *eider_subject_plain(const char *text);

#endif
