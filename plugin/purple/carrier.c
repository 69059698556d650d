/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: how long a line each protocol takes.
 *
 * libpurple has no way to ask, so this is a table, with a setting of the
 * account above it and what a protocol said by -E2BIG below it.
 */
#include "seam.h"

#include "eider/frame.h"

#include "text.h"

#include <string.h>

#define UNKNOWN 1400

static const struct {
    const char *protocol;
    size_t line;
} table[] = {
    {"prpl-irc", 391},
    {"prpl-jabber", 8000},
    {"prpl-bonjour", 8000},
    {"prpl-simple", 1200}, /* a datagram */
    {"prpl-gg", 1900},
    {"prpl-novell", 1790},
    {"prpl-zephyr", 1000},
    {"prpl-meanwhile", 1500},
    {"prpl-silc", 2000},
    {"prpl-eionrobb-discord", 1990},
    {"prpl-slack", 3900},
    {"prpl-telegram", 4000},
    {"telegram-tdlib", 4000},
    {"prpl-hehoe-whatsmeow", 16000},
    {"prpl-hehoe-presage", 1900}, /* longer text becomes a file */
    {"prpl-hehoe-signald", 1900},
    {"prpl-facebook", 8000},
    {"prpl-matrix", 16000},
    {"prpl-eionrobb-mattermost", 16000},
    {"prpl-eionrobb-rocketchat", 4900},
    {"prpl-eionrobb-msteams", 16000},
    {"prpl-eionrobb-msteams-personal", 16000},
    {"prpl-skypeweb", 8000},
    {"prpl-googlechat", 4000},
    {"prpl-aim", 2300},
    {"prpl-icq", 2300},
    {"prpl-msn", 1400},
    {"prpl-yahoo", 799},
};

static GHashTable *learned; /* account -> the longest that was not refused */

static size_t
look_up(PurpleAccount *account)
{
    const char *protocol = purple_account_get_protocol_id(account);
    int set = purple_account_get_int(account, EIDER_LINE_SETTING, 0);

    if (set > 0)
        return MAX((size_t)set, EIDER_LINE_S);
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (g_strcmp0(protocol, table[i].protocol) == 0)
            return table[i].line;
    return UNKNOWN;
}

size_t
eider_carrier_line_max(PurpleAccount *account)
{
    size_t most = look_up(account);

    if (learned != NULL) {
        char *id = eider_names_account(account);
        size_t less = GPOINTER_TO_SIZE(g_hash_table_lookup(learned, id));

        g_free(id);
        if (less > 0 && less < most)
            return less;
    }
    return most;
}

/* A line of @failed characters was too big; remembered for this session. */
void
eider_carrier_lower(PurpleAccount *account, size_t failed)
{
    if (failed <= 1 || failed > eider_carrier_line_max(account))
        return;
    if (learned == NULL)
        learned = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_insert(learned, eider_names_account(account),
                        GSIZE_TO_POINTER(MAX(failed - 1, EIDER_LINE_S)));
}

/* ---- in the settings of every account ------------------------------------- */

static GHashTable *options; /* protocol info -> our option in its list */

static void
offer(PurplePlugin *prpl)
{
    PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO(prpl);
    PurpleAccountOption *option;

    if (info == NULL || g_hash_table_contains(options, info))
        return;
    option = purple_account_option_int_new(
        _("Eider: longest line, in characters (0: as usual)"),
        EIDER_LINE_SETTING, 0);
    info->protocol_options = g_list_append(info->protocol_options, option);
    g_hash_table_insert(options, info, option);
}

static void
withdraw(PurplePluginProtocolInfo *info, PurpleAccountOption *option)
{
    GList *link = g_list_find(info->protocol_options, option);

    if (link == NULL)
        return; /* the protocol has freed it with its own */
    info->protocol_options = g_list_delete_link(info->protocol_options, link);
    purple_account_option_destroy(option);
}

static void
on_load(PurplePlugin *plugin, gpointer data G_GNUC_UNUSED)
{
    if (PURPLE_IS_PROTOCOL_PLUGIN(plugin))
        offer(plugin);
}

static void
on_unload(PurplePlugin *plugin, gpointer data G_GNUC_UNUSED)
{
    PurplePluginProtocolInfo *info = PURPLE_IS_PROTOCOL_PLUGIN(plugin)
                                         ? PURPLE_PLUGIN_PROTOCOL_INFO(plugin)
                                         : NULL;
    PurpleAccountOption *option =
        info != NULL ? g_hash_table_lookup(options, info) : NULL;

    if (option == NULL)
        return;
    withdraw(info, option);
    g_hash_table_remove(options, info);
}

void
eider_carrier_start(void)
{
    void *plugins = purple_plugins_get_handle();

    options = g_hash_table_new(NULL, NULL);
    for (GList *l = purple_plugins_get_protocols(); l != NULL; l = l->next)
        offer(l->data);
    purple_signal_connect(plugins, "plugin-load", &options,
                          PURPLE_CALLBACK(on_load), NULL);
    purple_signal_connect(plugins, "plugin-unload", &options,
                          PURPLE_CALLBACK(on_unload), NULL);
}

static const char *
reason_of(PurpleAccount *account, size_t line)
{
    if (line < look_up(account))
        return _("a longer one was refused");
    return purple_account_get_int(account, EIDER_LINE_SETTING, 0) > 0
               ? _("set in the account")
               : _("as usual for its protocol");
}

void
eider_carrier_show(void)
{
    GString *out = g_string_new(NULL);

    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next) {
        size_t line = eider_carrier_line_max(l->data);
        char *name =
            g_markup_escape_text(purple_account_get_username(l->data), -1);

        g_string_append_printf(out, "%s (%s): %zu (%s)<br>", name,
                               purple_account_get_protocol_name(l->data), line,
                               reason_of(l->data, line));
        g_free(name);
    }
    if (out->len == 0)
        g_string_append(out, _("There is no account."));
    purple_notify_formatted(eider_plugin(), _("Eider"), _("Longest lines"),
                            _("In characters. To set one: Accounts, Modify, "
                              "Advanced."),
                            out->str, NULL, NULL);
    g_string_free(out, TRUE);
}

void
eider_carrier_stop(void)
{
    GHashTableIter it;
    gpointer info, option;

    if (options != NULL) {
        purple_signals_disconnect_by_handle(&options);
        g_hash_table_iter_init(&it, options);
        while (g_hash_table_iter_next(&it, &info, &option))
            withdraw(info, option);
        g_hash_table_destroy(options);
        options = NULL;
    }
    if (learned != NULL)
        g_hash_table_destroy(learned);
    learned = NULL;
}
