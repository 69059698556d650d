/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: lines for the user.  Never logged, never the cause of a new window
 * of conversation.
 */
#include "seam.h"

#include "text.h"

void
eider_say_in(PurpleConversation *conv, const char *text)
{
    char *html = g_markup_escape_text(text, -1);

    purple_conversation_write(conv, NULL, html,
                              PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG,
                              time(NULL));
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
