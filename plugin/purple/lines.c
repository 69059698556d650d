/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lines.h"

#include "eider/markup.h"

#include <string.h>

/* Above 100 tags Pidgin takes all markup away and shows what is left as
 * markup: "&lt;b&gt;" becomes bold, and a peer writes whatever they like.
 * Some room stays for what other plugins add. */
#define TAGS_MAX 90

#define PLAIN_MAX 80 /* characters; libpurple cuts our lines at 4096 bytes */

char *
eider_lines_mark(const char *html, const char *mark)
{
    char *next = g_strconcat("<br>", mark, NULL);
    char *lines = purple_strreplace(html, "<br>", next);
    char *out = g_strconcat(mark, lines, NULL);

    g_free(lines);
    g_free(next);
    return out;
}

static bool
has_few_tags(const char *html, bool is_linked)
{
    char *shown = is_linked ? purple_markup_linkify(html) : g_strdup(html);
    unsigned n = 0;

    for (const char *p = shown; (p = strchr(p, '<')) != NULL; p++)
        n++;
    g_free(shown);
    return n <= TAGS_MAX;
}

char *
eider_lines_fit(const char *html, PurpleMessageFlags *flags)
{
    char *plain;

    if (has_few_tags(html, true))
        return g_strdup(html);
    plain = eider_markup_plain(html);
    if (!has_few_tags(plain, true))
        *flags |= PURPLE_MESSAGE_NO_LINKIFY;
    return plain;
}

/* Marks that turn the reading order could make one name look like another. */
static bool
turns(gunichar c)
{
    return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200e || c == 0x200f || c == 0x061c;
}

char *
eider_lines_plain(const char *text)
{
    char *valid = purple_utf8_salvage(text != NULL ? text : "");
    GString *out = g_string_new(NULL);
    unsigned n = 0;

    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (n == PLAIN_MAX) {
            g_string_append(out, "...");
            break;
        }
        if (g_unichar_isspace(c) || c == 0x2028 || c == 0x2029)
            c = ' ';
        if (g_unichar_iscntrl(c) || turns(c))
            continue;
        g_string_append_unichar(out, c);
        n++;
    }
    g_free(valid);
    return g_string_free(out, FALSE);
}

char *
eider_lines_name(PurpleAccount *account, const char *who)
{
    char *name = eider_names_shown(account, who);
    char *plain = eider_lines_plain(name);

    g_free(name);
    return plain;
}
