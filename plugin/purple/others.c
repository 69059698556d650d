/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: other clients of ours on the same account.  A phone cannot open what
 * is private and shows lines; the user hears of it once, when it matters.
 *
 * XMPP servers bring the presence of one's own other resources.  Whether
 * there is an Eider behind one nobody says, but only libpurple can have it.
 */
#include "lines.h"

#include "text.h"

#include <string.h>
#include <xmlnode.h>

#define OUR_UI    "eider"
#define TOLD      "told-others"
#define LIBPURPLE "http://pidgin.im/" /* in its capabilities (XEP-0115) */

typedef enum { MAYBE_EIDER = 1, NO_EIDER } kind;

#define OTHERS_MAX 32 /* a server could invent any number */

static GHashTable *others; /* "<account>\n<resource>" -> kind */

static kind
kind_of(xmlnode *presence)
{
    xmlnode *caps = xmlnode_get_child_with_namespace(
        presence, "c", "http://jabber.org/protocol/caps");
    const char *node = caps != NULL ? xmlnode_get_attrib(caps, "node") : NULL;

    return g_strcmp0(node, LIBPURPLE) == 0 ? MAYBE_EIDER : NO_EIDER;
}

/* The resource, if @from is another client of the same account. */
static const char *
other_resource(PurpleConnection *gc, const char *from)
{
    const char *own = purple_connection_get_display_name(gc);
    const char *mine = own != NULL ? strchr(own, '/') : NULL;
    const char *theirs = strchr(from, '/');

    if (mine == NULL || theirs == NULL || mine - own != theirs - from ||
        g_ascii_strncasecmp(own, from, (gsize)(mine - own)) != 0 ||
        strcmp(mine, theirs) == 0)
        return NULL;
    return theirs + 1;
}

static gboolean
on_presence(PurpleConnection *gc, const char *type, const char *from,
            xmlnode *presence, gpointer data G_GNUC_UNUSED)
{
    const char *resource =
        gc != NULL && from != NULL ? other_resource(gc, from) : NULL;
    char *id, *key;

    if (resource == NULL || presence == NULL)
        return FALSE;
    id = eider_names_account(purple_connection_get_account(gc));
    key = g_strdup_printf("%s\n%s", id, resource);
    if (g_strcmp0(type, "unavailable") == 0)
        g_hash_table_remove(others, key);
    else if (type == NULL && g_hash_table_size(others) < OTHERS_MAX)
        g_hash_table_replace(others, g_strdup(key),
                             GINT_TO_POINTER(kind_of(presence)));
    g_free(key);
    g_free(id);
    return FALSE;
}

static gboolean
is_of(gpointer key, gpointer value G_GNUC_UNUSED, gpointer id)
{
    const char *end = strrchr(key, '\n');

    return end != NULL && strlen(id) == (gsize)(end - (char *)key) &&
           strncmp(key, id, strlen(id)) == 0;
}

static void
on_signing_off(PurpleConnection *gc, gpointer data G_GNUC_UNUSED)
{
    char *id = eider_names_account(purple_connection_get_account(gc));

    g_hash_table_foreach_remove(others, is_of, id);
    g_free(id);
}

/* One that surely lacks Eider before one that may have it. */
static kind
find(PurpleAccount *account, char **resource)
{
    char *id = eider_names_account(account);
    kind best = 0;
    GHashTableIter it;
    gpointer key, value;

    g_hash_table_iter_init(&it, others);
    while (g_hash_table_iter_next(&it, &key, &value)) {
        if (!is_of(key, value, id) || GPOINTER_TO_INT(value) <= (int)best)
            continue;
        best = (kind)GPOINTER_TO_INT(value);
        g_free(*resource);
        *resource = eider_lines_plain(strrchr(key, '\n') + 1);
    }
    g_free(id);
    return best;
}

void
eider_others_hint(PurpleAccount *account, const char *who)
{
    char *resource = NULL, *text;
    kind k;

    if (others == NULL || g_hash_table_size(others) == 0 ||
        purple_account_get_ui_bool(account, OUR_UI, TOLD, FALSE) ||
        eider_names_conversation(account, who) == NULL)
        return;
    k = find(account, &resource);
    if (k != 0) {
        text = g_strdup_printf(
            k == NO_EIDER
                ? _("Another client of yours is online on this account (%s). "
                    "It cannot open private text: where it gets any, it shows "
                    "lines that begin with EIDER.")
                : _("Your account is online elsewhere, too (%s). If Eider is "
                    "not loaded there, lines that begin with EIDER are shown "
                    "in place of private text."),
            resource);
        purple_account_set_ui_bool(account, OUR_UI, TOLD, TRUE);
        eider_say(account, who, text);
        g_free(text);
    }
    g_free(resource);
}

/* ---- connecting ---------------------------------------------------------- */

static void
connect_jabber(PurplePlugin *prpl)
{
    purple_signal_connect(prpl, "jabber-receiving-presence", eider_plugin(),
                          PURPLE_CALLBACK(on_presence), NULL);
}

static void
on_plugin_load(PurplePlugin *plugin)
{
    if (g_strcmp0(purple_plugin_get_id(plugin), "prpl-jabber") == 0)
        connect_jabber(plugin);
}

void
eider_others_start(void)
{
    PurplePlugin *jabber = purple_find_prpl("prpl-jabber");

    others = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    purple_signal_connect(purple_connections_get_handle(), "signing-off",
                          eider_plugin(), PURPLE_CALLBACK(on_signing_off),
                          NULL);
    purple_signal_connect(purple_plugins_get_handle(), "plugin-load",
                          eider_plugin(), PURPLE_CALLBACK(on_plugin_load),
                          NULL);
    if (jabber != NULL)
        connect_jabber(jabber);
}

void
eider_others_stop(void)
{
    g_hash_table_destroy(others);
    others = NULL;
}
