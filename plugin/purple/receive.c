/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what arrives, before anybody else sees it; and our own lines that a
 * protocol writes into the window by itself.
 */
#include "seam.h"

#include "text.h"

#include <string.h>
#include <xmlnode.h>

#define INVITE_TAG "EIDERinvite1"

/* The XMPP stanza being handled; libpurple itself drops the server's stamp. */
static struct {
    PurpleConnection *gc;
    time_t stamp; /* 0: not delayed */
} stanza;

static time_t receiving; /* the stamp of the text that the engine looks at */

time_t
eider_receive_stamp(void)
{
    return receiving;
}

static eider_verdict
ask_engine(eider_engine *e, PurpleAccount *account, const eider_pair *p,
           const char *from, const char *text, bool is_delayed)
{
    time_t before = receiving;
    eider_verdict verdict;

    receiving =
        stanza.gc == purple_account_get_connection(account) ? stanza.stamp : 0;
    verdict = eider_engine_receive(e, p->account, p->peer, from, text,
                                   strlen(text), is_delayed || receiving != 0);
    receiving = before;
    return verdict;
}

static void
swallow(char **text)
{
    g_free(*text);
    *text = NULL;
}

static void
mark_open(char **text)
{
    char *marked = g_strconcat(_("(not encrypted) "), *text, NULL);

    g_free(*text);
    *text = marked;
}

static gboolean
on_receiving(PurpleAccount *account, char **who, char **text,
             PurpleConversation *conv G_GNUC_UNUSED, PurpleMessageFlags *flags,
             gpointer data G_GNUC_UNUSED)
{
    eider_engine *e = eider_opening_engine();
    bool is_private;

    if (eider_purple_env_is_showing())
        return FALSE;
    if (account == NULL || who == NULL || *who == NULL || text == NULL ||
        *text == NULL || g_str_has_prefix(*text, "?OTR"))
        return FALSE;
    if (e == NULL) {
        /* It stays unacknowledged, so it will come again. */
        if (!eider_engine_has_line(*text, strlen(*text)))
            return FALSE;
        swallow(text);
        return TRUE;
    }
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, *who);
    is_private = eider_engine_is_private(e, p.account, p.peer);
    if ((*flags & PURPLE_MESSAGE_AUTO_RESP) != 0 &&
        eider_names_is_irc(account)) {
        if (!eider_away_hides(account, &p, *text, is_private))
            return FALSE;
        swallow(text);
        return TRUE;
    }
    if (ask_engine(e, account, &p, *who, *text,
                   (*flags & PURPLE_MESSAGE_DELAYED) != 0) == EIDER_SWALLOW) {
        swallow(text);
        return TRUE;
    }
    if (is_private)
        mark_open(text);
    return FALSE;
}

/* ---- echoes -------------------------------------------------------------- */

/* Our text is echoed by libpurple as it was typed; what a protocol, a server
 * or another client of ours writes besides is the line. */
static gboolean
on_writing(PurpleAccount *account G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
           char **text, PurpleConversation *conv G_GNUC_UNUSED,
           PurpleMessageFlags flags, gpointer data G_GNUC_UNUSED)
{
    if (text == NULL || *text == NULL ||
        (flags & (PURPLE_MESSAGE_RECV | PURPLE_MESSAGE_SYSTEM)) != 0)
        return FALSE;
    return eider_engine_has_line(*text, strlen(*text)) ||
           g_str_has_suffix(*text, INVITE_TAG);
}

/* ---- XMPP ---------------------------------------------------------------- */

static time_t
stamp_of(xmlnode *message)
{
    xmlnode *delay =
        xmlnode_get_child_with_namespace(message, "delay", "urn:xmpp:delay");
    const char *text;
    time_t when = 0;

    if (delay == NULL)
        delay =
            xmlnode_get_child_with_namespace(message, "x", "jabber:x:delay");
    if (delay == NULL)
        return 0;
    text = xmlnode_get_attrib(delay, "stamp");
    if (text != NULL)
        when = purple_str_to_time(text, TRUE, NULL, NULL, NULL);
    return when > 0 ? when : time(NULL);
}

/* A line that could not be delivered comes back in an error, which libpurple
 * would show in a dialog, line and all. */
static bool
is_bounced_line(const char *type, xmlnode *message)
{
    xmlnode *body = xmlnode_get_child(message, "body");
    char *text;
    bool is_line;

    if (g_strcmp0(type, "error") != 0 || body == NULL)
        return false;
    text = xmlnode_get_data(body);
    is_line = text != NULL && (eider_engine_has_line(text, strlen(text)) ||
                               g_str_has_suffix(text, INVITE_TAG));
    g_free(text);
    return is_line;
}

static gboolean
on_stanza(PurpleConnection *gc, const char *type, const char *id G_GNUC_UNUSED,
          const char *from G_GNUC_UNUSED, const char *to G_GNUC_UNUSED,
          xmlnode *message, gpointer data G_GNUC_UNUSED)
{
    stanza.gc = gc;
    stanza.stamp = message != NULL ? stamp_of(message) : 0;
    return message != NULL && is_bounced_line(type, message);
}

/* ---- marks for what is not text ------------------------------------------ */

static void
on_file_offer(PurpleXfer *xfer, gpointer data G_GNUC_UNUSED)
{
    PurpleAccount *account = purple_xfer_get_account(xfer);
    const char *who = purple_xfer_get_remote_user(xfer);

    if (account == NULL || who == NULL || eider_opening_engine() == NULL ||
        !eider_outgoing_is_held(account, who))
        return;
    eider_say(account, who, _("(not encrypted) A file is offered."));
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

/* ---- connecting ---------------------------------------------------------- */

static void
connect_jabber(PurplePlugin *prpl)
{
    purple_signal_connect_priority(prpl, "jabber-receiving-message",
                                   eider_plugin(), PURPLE_CALLBACK(on_stanza),
                                   NULL, PURPLE_SIGNAL_PRIORITY_LOWEST);
}

void
eider_receive_start(void)
{
    PurplePlugin *us = eider_plugin();
    PurplePlugin *jabber = purple_find_prpl("prpl-jabber");
    void *convs = purple_conversations_get_handle();

    purple_signal_connect_priority(convs, "receiving-im-msg", us,
                                   PURPLE_CALLBACK(on_receiving), NULL,
                                   G_MININT);
    purple_signal_connect_priority(convs, "writing-im-msg", us,
                                   PURPLE_CALLBACK(on_writing), NULL, G_MININT);
    purple_signal_connect(convs, "got-attention", us,
                          PURPLE_CALLBACK(on_attention), NULL);
    purple_signal_connect(purple_xfers_get_handle(), "file-recv-request", us,
                          PURPLE_CALLBACK(on_file_offer), NULL);
    if (jabber != NULL)
        connect_jabber(jabber);
}

void
eider_receive_stop(void)
{
    stanza.gc = NULL;
    stanza.stamp = 0;
}
