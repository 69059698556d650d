/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what arrives, before anybody else sees it; and our own lines that a
 * protocol writes into the window by itself.
 */
#include "lines.h"

#include "eider/markup.h"

#include "text.h"

#include <string.h>
#include <xmlnode.h>

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

void
eider_receive_late(const char *account, const char *peer, const char *from,
                   const char *text, bool is_delayed, time_t when)
{
    time_t before = receiving;

    receiving = when;
    (void)eider_engine_receive(eider_opening_engine(), account, peer, from,
                               text, strlen(text), is_delayed);
    receiving = before;
}

static void
swallow(char **text)
{
    g_free(*text);
    *text = NULL;
}

/* Every line of it, or one without the mark could look like ours. */
static void
mark_open(char **text, PurpleMessageFlags *flags)
{
    char *html = eider_markup_show(*text, strlen(*text), true);
    char *marked = eider_lines_mark(html, _("(not encrypted) "));

    g_free(*text);
    *text = eider_lines_fit(marked, flags);
    g_free(marked);
    g_free(html);
}

static bool
has_line(const char *text)
{
    return eider_engine_has_line(text, strlen(text));
}

static bool
invites(const char *text)
{
    return eider_engine_invites(text, strlen(text));
}

/* The traffic of another plugin, which has to see it as it is. */
static bool
is_for_otr(const char *text)
{
    PurplePlugin *otr;

    if (!g_str_has_prefix(text, "?OTR") || has_line(text))
        return false;
    otr = purple_plugins_find_with_id("otr");
    return otr != NULL && purple_plugin_is_loaded(otr);
}

/* A bouncer may bring what another client of ours wrote as if we had written
 * to ourselves.  It is for the other side. */
static bool
is_own_echo(PurpleAccount *account, const eider_pair *p, const char *text)
{
    PurpleConnection *gc = purple_account_get_connection(account);
    const char *nick =
        gc != NULL ? purple_connection_get_display_name(gc) : NULL;
    char *own;
    bool is_own;

    if (nick == NULL || !eider_names_is_irc(account) ||
        (!has_line(text) && !invites(text)))
        return false;
    own = g_strdup(purple_normalize(account, nick));
    is_own = strcmp(own, p->peer) == 0;
    g_free(own);
    return is_own;
}

/* Nobody knows who is private: what is open is marked, lines are kept until
 * the passphrase is there (or come again: they stay unacknowledged). */
static bool
hides_closed(PurpleAccount *account, const char *who, char **text,
             PurpleMessageFlags *flags)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    bool is_auto =
        (*flags & PURPLE_MESSAGE_AUTO_RESP) != 0 && eider_names_is_irc(account);
    bool is_late =
        stanza.gc == purple_account_get_connection(account) && stanza.stamp;
    bool is_own = is_own_echo(account, &p, *text);

    if (eider_opening_wants_passphrase() && !is_auto && !is_own &&
        (has_line(*text) || invites(*text)))
        eider_letters_keep(&p, who, *text,
                           is_late || (*flags & PURPLE_MESSAGE_DELAYED) != 0,
                           is_late ? stanza.stamp : time(NULL));
    if (has_line(*text) || is_own)
        return true;
    if (!is_auto)
        mark_open(text, flags);
    return false;
}

/* Returns whether it is to be shown to nobody. */
static bool
take(PurpleAccount *account, char **who, char **text, PurpleMessageFlags *flags)
{
    eider_engine *e = eider_opening_engine();
    bool is_private;

    if (eider_purple_env_is_showing())
        return false;
    if (account == NULL || who == NULL || *who == NULL || text == NULL ||
        *text == NULL || is_for_otr(*text))
        return false;
    if (e == NULL) {
        if (!hides_closed(account, *who, text, flags))
            return false;
        swallow(text);
        return true;
    }
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, *who);
    if (is_own_echo(account, &p, *text)) {
        swallow(text);
        return true;
    }
    is_private = eider_engine_is_private(e, p.account, p.peer);
    if ((*flags & PURPLE_MESSAGE_AUTO_RESP) != 0 &&
        eider_names_is_irc(account)) {
        if (!has_line(*text) &&
            !eider_away_hides(account, &p, *text, is_private))
            return false;
        swallow(text);
        return true;
    }
    if (ask_engine(e, account, &p, *who, *text,
                   (*flags & PURPLE_MESSAGE_DELAYED) != 0) == EIDER_SWALLOW) {
        swallow(text);
        return true;
    }
    if (is_private)
        mark_open(text, flags);
    return false;
}

static bool was_looked_at; /* the text that is written next */

static gboolean
on_receiving(PurpleAccount *account, char **who, char **text,
             PurpleConversation *conv G_GNUC_UNUSED, PurpleMessageFlags *flags,
             gpointer data G_GNUC_UNUSED)
{
    was_looked_at = !take(account, who, text, flags);
    return !was_looked_at;
}

/* ---- echoes -------------------------------------------------------------- */

/* What the user entered, if it looks like a line of ours, to be shown once. */
static char *entered;
static bool is_typed;

bool
eider_receive_is_typed(void)
{
    return is_typed;
}

bool
eider_receive_is_ours(const char *text)
{
    return has_line(text) || eider_engine_is_invitation(text, strlen(text));
}

/* The words that are seen, whatever links a client made of them. */
static char *
plain_of(const char *text)
{
    char *linked = purple_markup_linkify(text);
    char *plain = purple_markup_strip_html(linked);

    g_free(linked);
    return plain;
}

static void
on_sending(PurpleAccount *account G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
           char **text, gpointer data G_GNUC_UNUSED)
{
    char *plain;

    is_typed = true;
    g_free(entered);
    entered = NULL;
    if (text == NULL || *text == NULL)
        return;
    plain = plain_of(*text);
    if (eider_receive_is_ours(*text) || eider_receive_is_ours(plain))
        entered = plain;
    else
        g_free(plain);
}

static void
on_sent(PurpleAccount *account G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
        const char *text G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    is_typed = false;
}

static bool
take_entered(const char *text)
{
    char *plain = plain_of(text);
    bool is_it = g_strcmp0(plain, entered) == 0;

    g_free(plain);
    if (is_it) {
        g_free(entered);
        entered = NULL;
    }
    return is_it;
}

/* A protocol may take open text from a history, or from another client of
 * ours, and write it without handing it over. */
static bool
is_open_unseen(PurpleConversation *conv, PurpleMessageFlags flags)
{
    bool is_theirs = (flags & PURPLE_MESSAGE_RECV) != 0;
    bool is_seen = was_looked_at;

    if (is_theirs)
        was_looked_at = false;
    return (flags & PURPLE_MESSAGE_SYSTEM) == 0 &&
           (is_theirs ? !is_seen : (flags & PURPLE_MESSAGE_REMOTE_SEND) != 0) &&
           purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM &&
           eider_outgoing_is_held(purple_conversation_get_account(conv),
                                  purple_conversation_get_name(conv));
}

/* Our text is echoed by libpurple as it was typed; what a protocol, a server
 * or another client of ours writes besides is the line.  So is what somebody
 * reads from a history. */
static gboolean
on_writing(PurpleAccount *account G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
           char **text, PurpleConversation *conv, PurpleMessageFlags flags,
           gpointer data G_GNUC_UNUSED)
{
    bool is_theirs = (flags & PURPLE_MESSAGE_RECV) != 0, is_unseen;

    if (text == NULL || *text == NULL || eider_purple_env_is_writing() ||
        eider_say_is_speaking())
        return FALSE;
    is_unseen = is_open_unseen(conv, flags);
    /* An invitation of theirs that gets here is shown, as any other text. */
    if (is_theirs ? has_line(*text) : eider_receive_is_ours(*text))
        return is_theirs || !take_entered(*text);
    if (is_unseen)
        mark_open(text, &flags);
    return FALSE;
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
 * would show in a dialog, line and all; so it does with a headline. */
static bool
is_bounced_line(const char *type, xmlnode *message)
{
    xmlnode *body = xmlnode_get_child(message, "body");
    char *text;
    bool is_line;

    if ((g_strcmp0(type, "error") != 0 && g_strcmp0(type, "headline") != 0) ||
        body == NULL)
        return false;
    text = xmlnode_get_data(body);
    is_line = text != NULL && eider_receive_is_ours(text);
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

/* ---- connecting ---------------------------------------------------------- */

static void
connect_jabber(PurplePlugin *prpl)
{
    purple_signal_connect_priority(prpl, "jabber-receiving-message",
                                   eider_plugin(), PURPLE_CALLBACK(on_stanza),
                                   NULL, PURPLE_SIGNAL_PRIORITY_LOWEST);
}

/* Its signals go with it, and what was connected to them. */
static void
on_plugin_load(PurplePlugin *plugin)
{
    if (g_strcmp0(purple_plugin_get_id(plugin), "prpl-jabber") == 0)
        connect_jabber(plugin);
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
    purple_signal_connect_priority(convs, "sending-im-msg", us,
                                   PURPLE_CALLBACK(on_sending), NULL, G_MININT);
    purple_signal_connect_priority(convs, "sent-im-msg", us,
                                   PURPLE_CALLBACK(on_sent), NULL, G_MININT);
    purple_signal_connect(purple_plugins_get_handle(), "plugin-load", us,
                          PURPLE_CALLBACK(on_plugin_load), NULL);
    if (jabber != NULL)
        connect_jabber(jabber);
}

void
eider_receive_stop(void)
{
    stanza.gc = NULL;
    stanza.stamp = 0;
    g_free(entered);
    entered = NULL;
    is_typed = false;
}
