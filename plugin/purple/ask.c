/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what an open question remembers.
 *
 * libpurple forgets the data of a question that is closed with the plugin, and
 * accounts may go while it is open: so names are kept, not pointers, and all
 * of it in one list.
 */
#include "seam.h"

static GSList *asks;

eider_ask *
eider_ask_new(PurpleAccount *account, const char *who, const char *text)
{
    eider_ask *a = g_new0(eider_ask, 1);

    a->protocol = g_strdup(purple_account_get_protocol_id(account));
    a->username = g_strdup(purple_account_get_username(account));
    a->who = g_strdup(who);
    a->text = g_strdup(text);
    asks = g_slist_prepend(asks, a);
    return a;
}

PurpleAccount *
eider_ask_account(const eider_ask *a)
{
    return purple_accounts_find(a->username, a->protocol);
}

void
eider_ask_done(eider_ask *a)
{
    asks = g_slist_remove(asks, a);
    for (GSList *l = a->images; l != NULL; l = l->next)
        purple_imgstore_unref_by_id(GPOINTER_TO_INT(l->data));
    g_slist_free(a->images);
    g_free(a->protocol);
    g_free(a->username);
    g_free(a->who);
    g_free(a->text);
    g_free(a);
}

void
eider_ask_stop(void)
{
    purple_request_close_with_handle(eider_plugin());
    purple_notify_close_with_handle(eider_plugin());
    while (asks != NULL)
        eider_ask_done(asks->data);
}
