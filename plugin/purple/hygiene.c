/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what a client tells by itself of somebody who talks in private.
 *
 * Automatic answers (how long idle, which clock, which program), chat states
 * and thread ids in messages, and pictures fetched from an address that the
 * contact chose.  Only for contacts whose text is private, and whatever is in
 * the message: what is sent must not tell lines with text from others.
 */
#include "seam.h"

#include "text.h"

#include <string.h>
#include <xmlnode.h>

#define CHAT_STATES "http://jabber.org/protocol/chatstates"
#define HINTS       "urn:xmpp:hints"
#define EVENTS      "http://jabber.org/protocol/pubsub#event"

static bool
is_private(PurpleConnection *gc, const char *who)
{
    return gc != NULL && who != NULL &&
           eider_outgoing_is_held(purple_connection_get_account(gc), who);
}

/* ---- XMPP: questions ------------------------------------------------------ */

/* Which of them it is, as the setting that keeps it back from everybody. */
static const char *
question(xmlnode *iq)
{
    if (xmlnode_get_child_with_namespace(iq, "query", "jabber:iq:last") != NULL)
        return EIDER_KEEP "last";
    if (xmlnode_get_child_with_namespace(iq, "query", "jabber:iq:version") !=
        NULL)
        return EIDER_KEEP "program";
    if (xmlnode_get_child_with_namespace(iq, "time", "urn:xmpp:time") != NULL)
        return EIDER_KEEP "clock";
    return NULL;
}

static bool
is_kept(PurpleConnection *gc, const char *what)
{
    return gc != NULL &&
           eider_harden_keeps(purple_connection_get_account(gc), what);
}

/* No answer at all would be one, too: this is what a client says that does
 * not know the question (RFC 6120, 8.3.3.19). */
void
eider_hygiene_refuse(PurpleConnection *gc, const char *id, const char *from)
{
    PurplePluginProtocolInfo *info =
        PURPLE_PLUGIN_PROTOCOL_INFO(purple_connection_get_prpl(gc));
    g_autofree char *name = g_markup_escape_text(id, -1);
    /* No name: the server asked. */
    g_autofree char *to =
        from != NULL ? g_markup_printf_escaped(" to='%s'", from) : g_strdup("");
    g_autofree char *raw = g_strdup_printf(
        "<iq type='error'%s id='%s'><error type='cancel'>"
        "<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>"
        "</error></iq>",
        to, name);

    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(info, send_raw) &&
        info->send_raw != NULL)
        info->send_raw(gc, raw, (int)strlen(raw));
}

static gboolean
on_iq(PurpleConnection *gc, const char *type, const char *id, const char *from,
      xmlnode *iq, gpointer data G_GNUC_UNUSED)
{
    const char *what = iq != NULL ? question(iq) : NULL;

    if (what == NULL || id == NULL || g_strcmp0(type, "get") != 0 ||
        (!is_private(gc, from) && !is_kept(gc, what)))
        return FALSE;
    eider_hygiene_refuse(gc, id, from);
    return TRUE;
}

/* ---- XMPP: an avatar that would be fetched -------------------------------- */

static bool
has_address(const xmlnode *metadata)
{
    for (xmlnode *info = xmlnode_get_child(metadata, "info"); info != NULL;
         info = xmlnode_get_next_twin(info))
        if (xmlnode_get_attrib(info, "url") != NULL)
            return true;
    return false;
}

static gboolean
on_message(PurpleConnection *gc, const char *type G_GNUC_UNUSED,
           const char *id G_GNUC_UNUSED, const char *from,
           const char *to G_GNUC_UNUSED, xmlnode *message,
           gpointer data G_GNUC_UNUSED)
{
    xmlnode *event, *items, *item, *metadata;

    event = message != NULL
                ? xmlnode_get_child_with_namespace(message, "event", EVENTS)
                : NULL;
    items = event != NULL ? xmlnode_get_child(event, "items") : NULL;
    if (items == NULL || !is_private(gc, from))
        return FALSE;
    for (item = xmlnode_get_child(items, "item"); item != NULL;
         item = xmlnode_get_next_twin(item)) {
        metadata = xmlnode_get_child(item, "metadata");
        if (metadata != NULL && has_address(metadata))
            return TRUE;
    }
    return FALSE;
}

/* ---- XMPP: what goes along with a message --------------------------------- */

static void
drop(xmlnode *message, const char *name, const char *ns)
{
    xmlnode *child;

    while ((child = ns != NULL
                        ? xmlnode_get_child_with_namespace(message, name, ns)
                        : xmlnode_get_child(message, name)) != NULL)
        xmlnode_free(child);
}

/* A line for every slot fills archives and rings telephones.  Each line of
 * the mode says so (XEP-0334), with or without text. */
static void
hint(xmlnode *message, const char *name)
{
    if (xmlnode_get_child_with_namespace(message, name, HINTS) == NULL)
        xmlnode_set_namespace(xmlnode_new_child(message, name), HINTS);
}

static bool
is_steady(PurpleConnection *gc, const char *who)
{
    PurpleAccount *account = purple_connection_get_account(gc);
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return e != NULL && eider_engine_is_steady(e, p.account, p.peer);
}

/* A line is letters, an invitation is words, and a smiley of the user's own may
 * stand in it: then prpl-jabber adds a second form, with pictures to fetch. */
static void
drop_second_form(xmlnode *message)
{
    xmlnode *body = xmlnode_get_child(message, "body");
    g_autofree char *text = body != NULL ? xmlnode_get_data(body) : NULL;

    if (text != NULL && eider_receive_is_ours(text))
        drop(message, "html", NULL);
}

static void
on_sending(PurpleConnection *gc, xmlnode **packet, gpointer data G_GNUC_UNUSED)
{
    static const char *const states[] = {"active", "composing", "paused",
                                         "inactive", "gone"};
    bool is_hidden;

    if (packet == NULL || *packet == NULL ||
        g_strcmp0((*packet)->name, "message") != 0 ||
        g_strcmp0(xmlnode_get_attrib(*packet, "type"), "groupchat") == 0)
        return;
    drop_second_form(*packet);
    is_hidden = is_private(gc, xmlnode_get_attrib(*packet, "to"));
    if (!is_hidden && !is_kept(gc, EIDER_KEEP "typing"))
        return;
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        drop(*packet, states[i], CHAT_STATES);
    if (!is_hidden)
        return;
    drop(*packet, "thread", NULL); /* a new one says that a window was closed */
    if (is_steady(gc, xmlnode_get_attrib(*packet, "to"))) {
        hint(*packet, "no-store");
        hint(*packet, "no-copy");
    }
}

/* ---- IRC: CTCP ------------------------------------------------------------ */

/* A question is ":nick!user@host PRIVMSG us :\001WORD...". */
static bool
is_question(const char *line, char **nick)
{
    const char *end = strchr(line, '!'), *command = strchr(line, ' ');
    const char *text = command != NULL ? strstr(command, " :") : NULL;

    if (line[0] != ':' || end == NULL || text == NULL || text[2] != '\001' ||
        end > command || g_ascii_strncasecmp(command, " PRIVMSG ", 9) != 0)
        return false;
    text += 3;
    if (g_ascii_strncasecmp(text, "VERSION", 7) != 0 &&
        g_ascii_strncasecmp(text, "PING", 4) != 0)
        return false;
    *nick = g_strndup(line + 1, (gsize)(end - line - 1));
    return true;
}

/* The line belongs to prpl-irc and cannot be taken away: it gets another one,
 * which says nothing. */
static void
on_irc_line(PurpleConnection *gc, char **line, gpointer data G_GNUC_UNUSED)
{
    static char nothing[32];
    g_autofree char *nick = NULL;

    if (line == NULL || *line == NULL || !is_question(*line, &nick) ||
        (!is_private(gc, nick) && !is_kept(gc, EIDER_KEEP "ctcp")))
        return;
    g_strlcpy(nothing, ":eider PONG eider :eider", sizeof nothing);
    *line = nothing;
}

/* The same length, or prpl-irc would take what is missing for what could not
 * be written yet.  Words that the user gave are left. */
static void
on_irc_sending(PurpleConnection *gc, char **line, gpointer data G_GNUC_UNUSED)
{
    static const char said[] = "QUIT :Leaving.";

    if (line != NULL && *line != NULL && g_str_has_prefix(*line, said) &&
        ((*line)[sizeof said - 1] == '\r' ||
         (*line)[sizeof said - 1] == '\n') &&
        is_kept(gc, EIDER_KEEP "quit"))
        memset(*line + 4, ' ', sizeof said - 1 - 4);
}

/* ---- receipts ------------------------------------------------------------- */

/* A protocol tells the server when a conversation was looked at, and never
 * looks at lines without text: that would tell the two apart.  Some have a
 * switch, for the whole account. */
static const struct {
    const char *setting;
    const char *off; /* of a list; NULL: a yes or no */
} receipts[] = {
    {"mark-read", NULL},
    {"read-receipts", NULL},
    {"send-receipt", "never"},
};

void
eider_hygiene_settle(PurpleAccount *account, const char *who)
{
    static const char told[] = "eider-receipts-off";
    bool was_on = false;

    if (purple_account_get_bool(account, told, FALSE))
        return; /* once; after that it is the user's */
    for (size_t i = 0; i < G_N_ELEMENTS(receipts); i++) {
        const char *setting = receipts[i].setting, *off = receipts[i].off;

        if (!eider_names_has_setting(account, setting))
            continue;
        if (off == NULL && purple_account_get_bool(account, setting, TRUE)) {
            purple_account_set_bool(account, setting, FALSE);
            was_on = true;
        } else if (off != NULL &&
                   g_strcmp0(purple_account_get_string(account, setting, ""),
                             off) != 0) {
            purple_account_set_string(account, setting, off);
            was_on = true;
        }
    }
    if (!was_on)
        return;
    purple_account_set_bool(account, told, TRUE);
    eider_say(account, who,
              _("Read receipts of this account are off now: they tell the "
                "server when you read. The account's settings turn them on."));
}

/* ---- connecting ----------------------------------------------------------- */

static void
connect(PurplePlugin *prpl)
{
    const char *id = purple_plugin_get_id(prpl);
    PurplePlugin *us = eider_plugin();

    if (g_strcmp0(id, "prpl-jabber") == 0) {
        purple_signal_connect(prpl, "jabber-receiving-iq", us,
                              PURPLE_CALLBACK(on_iq), NULL);
        purple_signal_connect(prpl, "jabber-receiving-message", us,
                              PURPLE_CALLBACK(on_message), NULL);
        purple_signal_connect(prpl, "jabber-sending-xmlnode", us,
                              PURPLE_CALLBACK(on_sending), NULL);
    } else if (g_strcmp0(id, "prpl-irc") == 0) {
        purple_signal_connect(prpl, "irc-receiving-text", us,
                              PURPLE_CALLBACK(on_irc_line), NULL);
        purple_signal_connect(prpl, "irc-sending-text", us,
                              PURPLE_CALLBACK(on_irc_sending), NULL);
    }
}

static void
on_plugin_load(PurplePlugin *plugin)
{
    connect(plugin);
}

void
eider_hygiene_start(void)
{
    for (GList *l = purple_plugins_get_protocols(); l != NULL; l = l->next)
        connect(l->data);
    purple_signal_connect(purple_plugins_get_handle(), "plugin-load",
                          eider_plugin(), PURPLE_CALLBACK(on_plugin_load),
                          NULL);
}
