/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: accounts and contacts as the strings that the core knows. */
#include "seam.h"

#include "lines.h"

#include <string.h>

/* purple_normalize() answers in a buffer of its own: always copy. */
static char *
normal(const PurpleAccount *account, const char *name)
{
    return g_strdup(purple_normalize(account, name));
}

char *
eider_names_account(const PurpleAccount *account)
{
    char *name = normal(account, purple_account_get_username(account));
    char *out = g_strdup_printf("%s\t%s",
                                purple_account_get_protocol_id(account), name);

    g_free(name);
    return out;
}

eider_pair
eider_pair_of(PurpleAccount *account, const char *who)
{
    return (eider_pair){eider_names_account(account), normal(account, who)};
}

void
eider_pair_wipe(eider_pair *p)
{
    g_free(p->account);
    g_free(p->peer);
    *p = (eider_pair){NULL, NULL};
}

PurpleAccount *
eider_names_find(const char *account)
{
    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next) {
        char *id = eider_names_account(l->data);
        bool is_it = strcmp(id, account) == 0;

        g_free(id);
        if (is_it)
            return l->data;
    }
    return NULL;
}

char *
eider_names_shown(PurpleAccount *account, const char *who)
{
    PurpleBuddy *buddy = purple_find_buddy(account, who);
    const char *alias = NULL;
    char *name, *plain;

    if (buddy != NULL)
        alias = purple_buddy_get_contact_alias(buddy);
    /* A server or a peer may have chosen it. */
    name = alias != NULL ? g_strdup(alias) : normal(account, who);
    plain = eider_lines_plain(name);
    g_free(name);
    return plain;
}

bool
eider_names_is_irc(const PurpleAccount *account)
{
    return g_strcmp0(purple_account_get_protocol_id(account), "prpl-irc") == 0;
}

PurplePluginProtocolInfo *
eider_names_protocol(const PurpleAccount *account)
{
    PurplePlugin *prpl =
        purple_find_prpl(purple_account_get_protocol_id(account));

    return prpl != NULL ? PURPLE_PLUGIN_PROTOCOL_INFO(prpl) : NULL;
}

bool
eider_names_has_setting(const PurpleAccount *account, const char *setting)
{
    PurplePluginProtocolInfo *info = eider_names_protocol(account);

    for (GList *l = info != NULL ? info->protocol_options : NULL; l != NULL;
         l = l->next)
        if (g_strcmp0(purple_account_option_get_setting(l->data), setting) == 0)
            return true;
    return false;
}

char *
eider_names_nick(const char *target)
{
    target += strspn(target, ":@%+&~!");
    return g_strndup(target, strcspn(target, "!@%"));
}

PurpleConversation *
eider_names_conversation(PurpleAccount *account, const char *who)
{
    PurpleConversation *conv = purple_find_conversation_with_account(
        PURPLE_CONV_TYPE_IM, who, account);

    /* Somebody of a room that was left is normalised to another name now. */
    for (GList *l = purple_get_ims(); conv == NULL && l != NULL; l = l->next)
        if (purple_conversation_get_account(l->data) == account &&
            strcmp(purple_conversation_get_name(l->data), who) == 0)
            conv = l->data;
    return conv;
}
