/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: addresses of links; those that may be clicked, and the others. */
#include "markup_doc.h"

#include <string.h>

#define HREF_MAX 2000 /* bytes of an address, escaped: less than a tag */

/* An address as it was meant: entities resolved, no blanks around it; NULL
 * where a character in it is broken or has no business there. */
char *
eider_markup_read_address(const char *raw, bool is_strict)
{
    GString *s = g_string_new(NULL);
    gsize n = strlen(raw), took;

    for (gsize i = 0; i < n; i += took) {
        gunichar c, kept;

        took = raw[i] == '&' ? eider_markup_entity(raw + i, n - i, &c) : 0;
        if (took == 0)
            took = eider_markup_decode(raw + i, n - i, &c);
        kept = eider_markup_filter(c);
        if (is_strict &&
            (c == 0xfffd || kept != c || (c != ' ' && g_unichar_isspace(c)))) {
            g_string_free(s, TRUE);
            return NULL;
        }
        if (kept != 0)
            g_string_append_unichar(s, g_unichar_isspace(kept) ? ' ' : kept);
    }
    return g_strstrip(g_string_free(s, FALSE));
}

/* People write www.x.org for a link, and files have blanks in their names. */
static char *
escape_address(const char *plain)
{
    GString *s = g_string_new(NULL);

    if (g_ascii_strncasecmp(plain, "www.", 4) == 0)
        g_string_append(s, "http://");
    for (; *plain != '\0'; plain = g_utf8_next_char(plain)) {
        if (*plain == ' ')
            g_string_append(s, "%20");
        else
            eider_markup_escape(s, g_utf8_get_char(plain));
    }
    return g_string_free(s, FALSE);
}

/* An address that may be clicked, escaped anew and its scheme in lower case,
 * or NULL; g_free(). */
char *
eider_markup_safe_address(const char *raw)
{
    static const char *const schemes[] = {
        "http:", "https:", "mailto:", "xmpp:", "irc:", "ftp:"};
    char *plain = eider_markup_read_address(raw, true);
    char *s = plain != NULL ? escape_address(plain) : NULL;
    gsize n = s != NULL ? strlen(s) : 0;

    g_free(plain);
    for (gsize i = 0; n <= HREF_MAX && i < G_N_ELEMENTS(schemes); i++) {
        gsize len = strlen(schemes[i]);
        if (n > len && g_ascii_strncasecmp(s, schemes[i], len) == 0) {
            memcpy(s, schemes[i], len);
            return s;
        }
    }
    g_free(s);
    return NULL;
}
