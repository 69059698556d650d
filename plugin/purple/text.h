/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: translated text. */
#ifndef EIDER_PURPLE_TEXT_H
#define EIDER_PURPLE_TEXT_H

#ifndef GETTEXT_PACKAGE
#define GETTEXT_PACKAGE "eider"
#endif
#include <glib/gi18n-lib.h>

/* As _(), in our domain: plain ngettext() asks that of the client. */
#define EIDER_PLURAL(one, many, n)                                             \
    g_dngettext(GETTEXT_PACKAGE, (one), (many), (n))

#endif
