/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: files and calls go straight from one computer to the other, past any
 * proxy, and each is told the addresses of the other.  Where the account keeps
 * that back, XMPP sends files inside the chat, and a call is not taken; IRC
 * has no such way, so there are no files.
 */
#include "harden.h"

#include "text.h"

#include <xmlnode.h>

#define STREAMS "http://jabber.org/protocol/bytestreams"
#define JINGLE  "urn:xmpp:jingle:1"

static bool
is_kept(PurpleConnection *gc)
{
    return gc != NULL && eider_harden_keeps(purple_connection_get_account(gc),
                                            EIDER_KEEP "files");
}

/* ---- XMPP ----------------------------------------------------------------- */

static void
drop_all(xmlnode *node, const char *name)
{
    xmlnode *child;

    while ((child = xmlnode_get_child(node, name)) != NULL)
        xmlnode_free(child);
}

/* Without an address both sides go on inside the chat.  A relay's is one, too:
 * the other side could name any. */
static void
strip_streams(xmlnode *iq)
{
    xmlnode *query = xmlnode_get_child_with_namespace(iq, "query", STREAMS);

    if (query != NULL)
        drop_all(query, "streamhost");
}

static void
strip_candidates(xmlnode *jingle)
{
    for (xmlnode *c = xmlnode_get_child(jingle, "content"); c != NULL;
         c = xmlnode_get_next_twin(c)) {
        xmlnode *transport = xmlnode_get_child(c, "transport");

        if (transport != NULL)
            drop_all(transport, "candidate");
    }
}

static gboolean
on_iq(PurpleConnection *gc, const char *type, const char *id, const char *from,
      xmlnode *iq, gpointer data G_GNUC_UNUSED)
{
    if (iq == NULL || id == NULL || from == NULL || !is_kept(gc) ||
        g_strcmp0(type, "set") != 0)
        return FALSE;
    if (xmlnode_get_child_with_namespace(iq, "jingle", JINGLE) != NULL) {
        eider_hygiene_refuse(gc, id, from);
        return TRUE;
    }
    strip_streams(iq);
    return FALSE;
}

static void
on_sending(PurpleConnection *gc, xmlnode **packet, gpointer data G_GNUC_UNUSED)
{
    xmlnode *jingle;

    if (packet == NULL || *packet == NULL ||
        g_strcmp0((*packet)->name, "iq") != 0 || !is_kept(gc))
        return;
    strip_streams(*packet);
    jingle = xmlnode_get_child_with_namespace(*packet, "jingle", JINGLE);
    if (jingle != NULL)
        strip_candidates(jingle);
}

/* ---- IRC ------------------------------------------------------------------ */

bool
eider_harden_refuses_file(PurpleConnection *gc, const char *who)
{
    PurpleAccount *account = purple_connection_get_account(gc);

    if (!eider_names_is_irc(account) || !is_kept(gc))
        return false;
    eider_say_loudly(account, who,
                     _("The file was not sent: it would tell the address of "
                       "this computer. /eider harden undo files allows it."));
    return true;
}

static void
on_offer(PurpleXfer *xfer, gpointer data G_GNUC_UNUSED)
{
    PurpleAccount *account = purple_xfer_get_account(xfer);

    if (!eider_names_is_irc(account) ||
        !eider_harden_keeps(account, EIDER_KEEP "files"))
        return;
    xfer->status = PURPLE_XFER_STATUS_CANCEL_LOCAL; /* libpurple asks for it */
    eider_say_loudly(account, xfer->who,
                     _("A file was refused: fetching it would tell the "
                       "address of this computer. /eider harden undo files "
                       "allows it."));
}

/* ---- starting ------------------------------------------------------------- */

static void
connect_to(PurplePlugin *prpl)
{
    if (g_strcmp0(purple_plugin_get_id(prpl), "prpl-jabber") != 0)
        return;
    purple_signal_connect(prpl, "jabber-receiving-iq", eider_plugin(),
                          PURPLE_CALLBACK(on_iq), NULL);
    purple_signal_connect(prpl, "jabber-sending-xmlnode", eider_plugin(),
                          PURPLE_CALLBACK(on_sending), NULL);
}

static void
on_plugin_load(PurplePlugin *plugin)
{
    connect_to(plugin);
}

void
eider_harden_files_start(void)
{
    for (GList *l = purple_plugins_get_protocols(); l != NULL; l = l->next)
        connect_to(l->data);
    purple_signal_connect(purple_plugins_get_handle(), "plugin-load",
                          eider_plugin(), PURPLE_CALLBACK(on_plugin_load),
                          NULL);
    purple_signal_connect(purple_xfers_get_handle(), "file-recv-request",
                          eider_plugin(), PURPLE_CALLBACK(on_offer), NULL);
}
