/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: translated text. */
#ifndef EIDER_PURPLE_TEXT_H
#define EIDER_PURPLE_TEXT_H

#ifndef GETTEXT_PACKAGE
#define GETTEXT_PACKAGE "eider"
#endif
#include <glib/gi18n-lib.h>

#endif
