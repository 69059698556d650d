/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what is no text and comes from somebody private: said to be open. */
#include "seam.h"

#include "text.h"

/* The client asks what to do about it, in words that say nothing of this. */
static void
say_offer(PurpleAccount *account, const char *who, const char *what)
{
    char *name, *text;

    if (account == NULL || who == NULL || !eider_outgoing_is_held(account, who))
        return;
    name = eider_names_shown(account, who);
    text = g_strdup_printf(what, name);
    eider_say_loudly(account, who, text);
    g_free(text);
    g_free(name);
}

static void
on_file_offer(PurpleXfer *xfer, gpointer data G_GNUC_UNUSED)
{
    say_offer(purple_xfer_get_account(xfer), purple_xfer_get_remote_user(xfer),
              _("(not encrypted) %s offers a file."));
}

/* What the last one of these answers counts, and the client's answer is yes. */
static gboolean
on_media(PurpleMediaManager *manager G_GNUC_UNUSED, PurpleMedia *media,
         PurpleAccount *account, const char *who, gpointer data G_GNUC_UNUSED)
{
    if (!purple_media_is_initiator(media, NULL, NULL))
        say_offer(account, who,
                  _("(not encrypted) %s calls. Whoever is on the way can "
                    "listen."));
    return TRUE;
}

/* 0: the client asks. */
static int
on_chat_invited(PurpleAccount *account, const char *who,
                const char *room G_GNUC_UNUSED, const char *text G_GNUC_UNUSED,
                gpointer components G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    say_offer(account, who, _("(not encrypted) %s invites you to a room."));
    return 0;
}

static void
on_attention(PurpleAccount *account, const char *who,
             PurpleConversation *conv G_GNUC_UNUSED, guint type G_GNUC_UNUSED,
             gpointer data G_GNUC_UNUSED)
{
    if (who != NULL && eider_opening_engine() != NULL &&
        eider_outgoing_is_held(account, who))
        eider_say(account, who, _("(not encrypted) They ask for attention."));
}

void
eider_offers_start(void)
{
    PurplePlugin *us = eider_plugin();

    purple_signal_connect(purple_conversations_get_handle(), "got-attention",
                          us, PURPLE_CALLBACK(on_attention), NULL);
    purple_signal_connect(purple_conversations_get_handle(), "chat-invited", us,
                          PURPLE_CALLBACK(on_chat_invited), NULL);
    purple_signal_connect(purple_xfers_get_handle(), "file-recv-request", us,
                          PURPLE_CALLBACK(on_file_offer), NULL);
    if (purple_media_manager_get() != NULL) /* not in every build */
        g_signal_connect(purple_media_manager_get(), "init-media",
                         G_CALLBACK(on_media), NULL);
}

void
eider_offers_stop(void)
{
    if (purple_media_manager_get() != NULL)
        g_signal_handlers_disconnect_by_func(purple_media_manager_get(),
                                             on_media, NULL);
}
