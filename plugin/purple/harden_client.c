/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: rows that are preferences of the client, for all accounts. */
#include "harden.h"

#include "text.h"

#include <string.h>

static bool
tells_idle(const PurpleAccount *account)
{
    PurplePluginProtocolInfo *info = eider_names_protocol(account);

    return info != NULL && info->set_idle != NULL;
}

/* libpurple answers by itself where the connection says so: of the protocols
 * that we know, XMPP and IRC never do. */
static bool
answers(const PurpleAccount *account)
{
    PurpleConnection *gc = purple_account_get_connection(account);

    if (eider_names_protocol(account) == NULL)
        return false;
    if (gc != NULL && PURPLE_CONNECTION_IS_CONNECTED(gc))
        return (gc->flags & PURPLE_CONNECTION_AUTO_RESP) != 0;
    return !eider_harden_is_xmpp(account) && !eider_names_is_irc(account);
}

static eider_harden_state
idle_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(strcmp(v[0], "=none") == 0);
}

static char *
idle_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return g_strdup(strcmp(v[0], "=none") == 0 ? _("not told")
                    : strcmp(v[0], "=purple") == 0
                        ? _("told, since you last wrote")
                        : _("told, since you last touched keyboard or mouse"));
}

static eider_harden_state
away_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(strcmp(v[0], "=1") != 0);
}

static char *
away_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    int n = purple_prefs_get_int("/purple/away/mins_before_away");

    return strcmp(v[0], "=1") != 0
               ? g_strdup(_("only when you say so"))
               : g_strdup_printf(
                     EIDER_PLURAL("after %d minute", "after %d minutes", n), n);
}

static eider_harden_state
reply_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(strcmp(v[0], "=never") == 0);
}

static char *
reply_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return g_strdup(strcmp(v[0], "=never") == 0  ? _("never sent")
                    : strcmp(v[0], "=away") == 0 ? _("sent while you are away")
                                                 : _("sent while you are away "
                                                     "and idle"));
}

/* The client does not look at its timer while nothing is to be reported: who
 * is shown as idle now would be so for ever. */
static bool
write_idle(const eider_harden_def *d, PurpleAccount *account, const char *value)
{
    bool ok = eider_set_write(d, account, value);

    if (strcmp(value, "=none") == 0)
        for (GList *l = purple_connections_get_all(); l != NULL; l = l->next)
            purple_presence_set_idle(
                purple_account_get_presence(
                    purple_connection_get_account(l->data)),
                FALSE, 0);
    return ok;
}

/* The same timer serves both. */
static bool
write_away(const eider_harden_def *d, PurpleAccount *account, const char *value)
{
    bool ok = eider_set_write(d, account, value);

    purple_prefs_trigger_callback("/purple/away/idle_reporting");
    return ok;
}

static bool
is_known(const PurpleAccount *account)
{
    return eider_names_protocol(account) != NULL;
}

#define AWAY "/purple/away/"

static const eider_harden_def rows[] = {
    {
        .id = "idle",
        .is_global = true,
        .name = N_("Idle time"),
        .leak = N_("Everybody on your list, and the server, is told how long "
                   "you have not touched the keyboard."),
        .effect = N_("Nobody is told how long you have been idle."),
        .set = {{AWAY "idle_reporting", EIDER_SET_STRING, "=none"}},
        .applies = tells_idle,
        .state = idle_state,
        .words = idle_words,
        .write = write_idle,
    },
    {
        .id = "away",
        .is_global = true,
        .name = N_("Away when idle"),
        .leak = N_("When you leave the keyboard, everybody on your list, and "
                   "the server, sees it some minutes later."),
        .effect = N_("You are shown as away only when you say so."),
        .set = {{AWAY "away_when_idle", EIDER_SET_BOOL, "=0"}},
        .applies = is_known,
        .state = away_state,
        .words = away_words,
        .write = write_away,
    },
    {
        .id = "reply",
        .is_global = true,
        .name = N_("Automatic answers"),
        .leak = N_("Whoever writes while you are away gets an answer at once: "
                   "that nobody is there."),
        .effect = N_("Nobody gets an answer that you did not write."),
        .set = {{AWAY "auto_reply", EIDER_SET_STRING, "=never"}},
        .applies = answers,
        .state = reply_state,
        .words = reply_words,
    },
};

const eider_harden_table eider_harden_client = {rows, G_N_ELEMENTS(rows)};
