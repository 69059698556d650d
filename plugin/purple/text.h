/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: translated text. */
#ifndef EIDER_PURPLE_TEXT_H
#define EIDER_PURPLE_TEXT_H

#ifndef GETTEXT_PACKAGE
#define GETTEXT_PACKAGE "eider"
#endif
#include <glib/gi18n-lib.h>

/* Translated, and without the marks of mnemonics where the client would show
 * them as they are. */
const char *eider_text(const char *id) G_GNUC_FORMAT(1);
#undef _
#define _(id) eider_text(id)

/* As _(), in our domain: plain ngettext() asks that of the client. */
#define EIDER_PLURAL(one, many, n)                                             \
    g_dngettext(GETTEXT_PACKAGE, (one), (many), (n))

#endif
