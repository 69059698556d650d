/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: who else is online under a name on XMPP.  A program without Eider,
 * a telephone most of all, would ring for each line of Steady.  libpurple has
 * no list of resources, so this one follows the presences that pass.
 */
#include "seam.h"

#include <string.h>
#include <xmlnode.h>

#define LIBPURPLE "http://pidgin.im/" /* in its capabilities (XEP-0115) */

/* Account id -> full addresses -> what is there.  Whether it has an Eider
 * nobody says, but only libpurple can have one. */
enum { ANY_PROGRAM = 1, LIBPURPLE_PROGRAM };
static GHashTable *online;

static GHashTable *
list_of(PurpleAccount *account)
{
    char *id = eider_names_account(account);
    GHashTable *list;

    if (online == NULL)
        online = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify)g_hash_table_destroy);
    list = g_hash_table_lookup(online, id);
    if (list != NULL) {
        g_free(id);
        return list;
    }
    list = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(online, id, list);
    return list;
}

static int
program_of(xmlnode *presence)
{
    xmlnode *caps = presence != NULL
                        ? xmlnode_get_child_with_namespace(
                              presence, "c", "http://jabber.org/protocol/caps")
                        : NULL;
    const char *node = caps != NULL ? xmlnode_get_attrib(caps, "node") : NULL;

    return g_strcmp0(node, LIBPURPLE) == 0 ? LIBPURPLE_PROGRAM : ANY_PROGRAM;
}

static void report(PurpleAccount *account, const char *full);

static gboolean
on_presence(PurpleConnection *gc, const char *type, const char *from,
            xmlnode *presence, gpointer data G_GNUC_UNUSED)
{
    PurpleAccount *account = purple_connection_get_account(gc);

    if (from == NULL || strchr(from, '/') == NULL)
        return FALSE;
    if (type == NULL || type[0] == '\0' || strcmp(type, "available") == 0)
        g_hash_table_replace(list_of(account), g_strdup(from),
                             GINT_TO_POINTER(program_of(presence)));
    else if (strcmp(type, "unavailable") == 0)
        g_hash_table_remove(list_of(account), from);
    report(account, from);
    return FALSE;
}

static void
on_signed_off(PurpleConnection *gc, gpointer data G_GNUC_UNUSED)
{
    g_hash_table_remove_all(list_of(purple_connection_get_account(gc)));
}

static bool
is_at(PurpleAccount *account, const char *full, const char *bare)
{
    char *copy = g_strdup(purple_normalize(account, full));
    bool is = strcmp(copy, bare) == 0;

    g_free(copy);
    return is;
}

const char *
eider_resources_own(PurpleAccount *account, bool *is_libpurple)
{
    const char *us = purple_account_get_username(account);
    PurpleConnection *gc = purple_account_get_connection(account);
    const char *full =
        gc != NULL ? purple_connection_get_display_name(gc) : NULL;
    char *bare = g_strdup(purple_normalize(account, us));
    const char *found = NULL;
    GHashTableIter it;
    gpointer k, v;

    *is_libpurple = true;
    g_hash_table_iter_init(&it, list_of(account));
    while (*is_libpurple && g_hash_table_iter_next(&it, &k, &v)) {
        if (!is_at(account, k, bare) || g_strcmp0(k, full) == 0)
            continue;
        found = strchr(k, '/') + 1;
        *is_libpurple = GPOINTER_TO_INT(v) == LIBPURPLE_PROGRAM;
    }
    g_free(bare);
    return found;
}

bool
eider_resources_has_own(PurpleAccount *account)
{
    bool is_libpurple;

    return eider_resources_own(account, &is_libpurple) != NULL;
}

bool
eider_resources_has_peer(PurpleAccount *account, const char *peer)
{
    char *id = eider_names_account(account);
    eider_engine *e = eider_opening_engine();
    GHashTableIter it;
    bool has = false, may = false, is_heard = false;
    gpointer k, v;

    g_hash_table_iter_init(&it, list_of(account));
    while (e != NULL && g_hash_table_iter_next(&it, &k, &v)) {
        if (!is_at(account, k, peer))
            continue;
        if (eider_engine_is_address(e, id, peer, k))
            is_heard = true;
        else if (GPOINTER_TO_INT(v) == LIBPURPLE_PROGRAM)
            may = true;
        else
            has = true;
    }
    g_free(id);
    /* Until their Eider has spoken it can be any Pidgin of theirs. */
    return has || (may && is_heard);
}

bool
eider_resources_has_bystander(void *data G_GNUC_UNUSED, const char *account,
                              const char *peer)
{
    PurpleAccount *a = eider_names_find(account);
    eider_engine *e = eider_opening_engine();
    bool is_libpurple = true;
    GHashTableIter it;
    gpointer k, v;

    if (a == NULL)
        return false;
    if (eider_resources_own(a, &is_libpurple) != NULL && !is_libpurple)
        return true;
    g_hash_table_iter_init(&it, list_of(a));
    while (g_hash_table_iter_next(&it, &k, &v))
        if (GPOINTER_TO_INT(v) == ANY_PROGRAM && is_at(a, k, peer) &&
            (e == NULL || !eider_engine_is_address(e, account, peer, k)))
            return true;
    return false;
}

/* Somebody came or went: does a contact in Steady wait for it? */
static void
report(PurpleAccount *account, const char *full)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, full);
    char *us = g_strdup(
        purple_normalize(account, purple_account_get_username(account)));
    eider_engine *e = eider_opening_engine();

    if (e != NULL)
        eider_engine_bystander(e, p.account,
                               is_at(account, full, us) ? NULL : p.peer);
    g_free(us);
}

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
eider_resources_start(void)
{
    PurplePlugin *jabber = purple_find_prpl("prpl-jabber");

    purple_signal_connect(purple_plugins_get_handle(), "plugin-load",
                          eider_plugin(), PURPLE_CALLBACK(on_plugin_load),
                          NULL);
    purple_signal_connect(purple_connections_get_handle(), "signed-off",
                          eider_plugin(), PURPLE_CALLBACK(on_signed_off), NULL);
    if (jabber != NULL)
        connect_jabber(jabber);
}

void
eider_resources_stop(void)
{
    if (online != NULL)
        g_hash_table_destroy(online);
    online = NULL;
}
