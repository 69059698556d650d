/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seam.h"

#include "text.h"

#include <string.h>

/* Finch draws "_Later" as it stands; Pidgin underlines the L. */
const char *
eider_text(const char *id)
{
    const char *text = g_dgettext(GETTEXT_PACKAGE, id);
    char **parts, *bare;

    if (strchr(text, '_') == NULL ||
        g_strcmp0(purple_core_get_ui(), "gnt-purple") != 0)
        return text;
    parts = g_strsplit(text, "_", -1);
    bare = g_strjoinv("", parts);
    text = g_intern_string(bare); /* as good as static, and few */
    g_free(bare);
    g_strfreev(parts);
    return text;
}
