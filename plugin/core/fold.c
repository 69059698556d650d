/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The answer to a question as the bytes that both sides compare: what people
 * mean as the same becomes the same, in whatever language their computer
 * speaks.
 */
#include "work.h"

#include <string.h>

#define DOT_ABOVE 0x0307 /* what İ leaves behind */
#define DOTLESS_I 0x0131

/* Cherokee came without small letters, so Unicode folds it to its capitals.
 * g_utf8_casefold() takes the small ones right, and wrongly lets the capitals
 * change places with them. */
#define CHEROKEE       0x13a0
#define CHEROKEE_REST  0x13f0 /* six, whose small ones are right behind */
#define CHEROKEE_SMALL 0xab70

static void
wipe_text(char **text)
{
    if (*text != NULL)
        eider_wipe(*text, strlen(*text));
    g_free(*text);
}

#define SECRET_TEXT __attribute__((cleanup(wipe_text))) char *

static bool
is_kept(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_DECIMAL_NUMBER:
        return c != DOT_ABOVE;
    default:
        return false;
    }
}

static gunichar
cherokee_capital(gunichar c)
{
    if (c >= CHEROKEE_SMALL && c < CHEROKEE_SMALL + (CHEROKEE_REST - CHEROKEE))
        return c - CHEROKEE_SMALL + CHEROKEE;
    return c >= CHEROKEE_REST + 8 && c < CHEROKEE_REST + 14 ? c - 8 : c;
}

void
eider_fold(const char *answer, eider_buf *out)
{
    SECRET_TEXT first = NULL;
    SECRET_TEXT folded = NULL;
    SECRET_TEXT again = NULL;

    eider_buf_clear(out);
    if (strlen(answer) > EIDER_ANSWER_MAX || !g_utf8_validate(answer, -1, NULL))
        return;
    first = g_utf8_normalize(answer, -1, G_NORMALIZE_NFKC);
    folded = g_utf8_casefold(first, -1);
    again = g_utf8_normalize(folded, -1, G_NORMALIZE_NFKC);
    for (const char *p = again; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = cherokee_capital(g_utf8_get_char(p));
        char bytes[6];

        if (c == DOTLESS_I)
            eider_buf_add(out, "i", 1);
        else if (is_kept(c))
            eider_buf_add(out, bytes, (size_t)g_unichar_to_utf8(c, bytes));
    }
    if (out->n > EIDER_ANSWER_MAX)
        eider_buf_clear(out);
}
