/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: how long a line each protocol takes.
 *
 * libpurple has no way to ask, so this is a table, with a setting of the
 * account above it and what a protocol said by -E2BIG below it.
 */
#include "seam.h"

#include "eider/frame.h"

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
        return (size_t)set;
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

void
eider_carrier_stop(void)
{
    if (learned != NULL)
        g_hash_table_destroy(learned);
    learned = NULL;
}
