/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what is no text and comes from somebody private: said to be open. */
#include "seam.h"

#include "text.h"

static bool is_listening; /* for calls */

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

/* Asked for, it would start GStreamer: only where the client or a protocol has
 * done so, at the latest when an account comes online. */
static void
listen_for_calls(void)
{
    if (!is_listening && g_type_from_name("PurpleMediaManager") != 0 &&
        purple_media_manager_get() != NULL) {
        g_signal_connect(purple_media_manager_get(), "init-media",
                         G_CALLBACK(on_media), NULL);
        is_listening = true;
    }
}

static void
on_signed_on(PurpleConnection *gc G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    listen_for_calls();
}

void
eider_offers_start(void)
{
    PurplePlugin *us = eider_plugin();
    void *convs = purple_conversations_get_handle();

    purple_signal_connect(convs, "got-attention", us,
                          PURPLE_CALLBACK(on_attention), NULL);
    purple_signal_connect(convs, "chat-invited", us,
                          PURPLE_CALLBACK(on_chat_invited), NULL);
    purple_signal_connect(purple_xfers_get_handle(), "file-recv-request", us,
                          PURPLE_CALLBACK(on_file_offer), NULL);
    purple_signal_connect(purple_connections_get_handle(), "signed-on", us,
                          PURPLE_CALLBACK(on_signed_on), NULL);
    listen_for_calls();
}

void
eider_offers_stop(void)
{
    if (is_listening)
        g_signal_handlers_disconnect_by_func(purple_media_manager_get(),
                                             on_media, NULL);
    is_listening = false;
}
