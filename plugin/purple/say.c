/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: lines for the user.  Never logged, never the cause of a new window
 * of conversation.
 */
#include "lines.h"

#include "text.h"

#include <string.h>

#define LINE_MAX_BYTES 3000 /* escaped; Pidgin cuts at 4096, with its time */

static bool is_speaking;

bool
eider_say_is_speaking(void)
{
    return is_speaking;
}

static void
write_line(PurpleConversation *conv, const char *html)
{
    is_speaking = true;
    purple_conversation_write(conv, NULL, html,
                              PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG,
                              time(NULL));
    is_speaking = false;
}

/* Many rows make several lines, each short enough to be shown whole. */
void
eider_say_in(PurpleConversation *conv, const char *text)
{
    char *html = g_markup_escape_text(text, -1);
    char **rows = g_strsplit(html, "\n", -1);
    GString *line = g_string_new(NULL);

    for (char **row = rows; *row != NULL; row++) {
        if (line->len > 0 && line->len + strlen(*row) > LINE_MAX_BYTES) {
            write_line(conv, line->str);
            g_string_truncate(line, 0);
        }
        if (line->len > 0)
            g_string_append_c(line, '\n');
        g_string_append(line, *row);
    }
    write_line(conv, line->str);
    g_string_free(line, TRUE);
    g_strfreev(rows);
    g_free(html);
}

void
eider_say(PurpleAccount *account, const char *who, const char *text)
{
    PurpleConversation *conv = eider_names_conversation(account, who);

    if (conv != NULL)
        eider_say_in(conv, text);
}

void
eider_say_loudly(PurpleAccount *account, const char *who, const char *text)
{
    PurpleConversation *conv = NULL;

    if (account != NULL && who != NULL)
        conv = eider_names_conversation(account, who);
    if (conv != NULL)
        eider_say_in(conv, text);
    else
        purple_notify_warning(eider_plugin(), _("Eider"), text, NULL);
}

/* Does this matter enough for a dialog where no conversation is open? */
static bool
is_loud(eider_news_kind kind)
{
    switch (kind) {
    case EIDER_NEWS_STORE:
    case EIDER_NEWS_RESTORED:
    case EIDER_NEWS_NEW_DEVICE:
    case EIDER_NEWS_STRANGER:
    case EIDER_NEWS_GIVEN_UP:
        return true;
    default:
        return false;
    }
}

void
eider_say_news(PurpleAccount *account, const char *who, const eider_news *news)
{
    bool has_peer = account != NULL && who != NULL && who[0] != '\0';
    char *name = has_peer ? eider_names_shown(account, who) : NULL;
    char *text = eider_words_news(news, name);

    if (is_loud(news->kind))
        eider_say_loudly(has_peer ? account : NULL, who, text);
    else if (has_peer)
        eider_say(account, who, text);
    g_free(text);
    g_free(name);
}
