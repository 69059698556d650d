/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: who comes and goes. */
#include "seam.h"

#define FORGET_AFTER 3 /* seconds; a roster update removes and adds again */

static GSList *gone; /* of eider_pair, buddies that were removed */
static guint timer;
static guint list_timer;

static void
report(PurpleAccount *account, bool online)
{
    char *id = eider_names_account(account);

    if (eider_opening_engine() != NULL)
        eider_engine_account(eider_opening_engine(), id, online);
    g_free(id);
}

static void
report_buddy(PurpleBuddy *buddy, bool online)
{
    EIDER_AUTO(eider_pair)
    p = eider_pair_of(purple_buddy_get_account(buddy),
                      purple_buddy_get_name(buddy));

    if (eider_opening_engine() != NULL)
        eider_engine_presence(eider_opening_engine(), p.account, p.peer,
                              online);
}

static void
on_signed_on(PurpleConnection *gc, gpointer data G_GNUC_UNUSED)
{
    PurpleAccount *account = purple_connection_get_account(gc);

    report(account, true);
    eider_face_changed(NULL, NULL);
}

/* Before the connection is taken apart, not after. */
static void
on_signing_off(PurpleConnection *gc, gpointer data G_GNUC_UNUSED)
{
    report(purple_connection_get_account(gc), false);
}

static void
on_buddy_on(PurpleBuddy *buddy, gpointer data G_GNUC_UNUSED)
{
    report_buddy(buddy, true);
}

static void
on_buddy_off(PurpleBuddy *buddy, gpointer data G_GNUC_UNUSED)
{
    report_buddy(buddy, false);
}

/* ---- the list changes ---------------------------------------------------- */

static gboolean
on_list(gpointer data G_GNUC_UNUSED)
{
    list_timer = 0;
    eider_face_changed(NULL, NULL);
    return FALSE;
}

/* Merged into a person, taken out of one: a window may say otherwise now.  A
 * whole list arrives at once. */
static void
note_list(void)
{
    if (list_timer == 0 && eider_face_is_watched())
        list_timer = purple_timeout_add(0, on_list, NULL);
}

static void
on_buddy_added(PurpleBuddy *buddy G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    note_list();
}

/* ---- removed from the list ----------------------------------------------- */

static void
forget(eider_pair *p)
{
    PurpleAccount *account = eider_names_find(p->account);
    eider_engine *e = eider_opening_engine();

    if (e != NULL &&
        (account == NULL || purple_find_buddy(account, p->peer) == NULL))
        eider_engine_forget(e, p->account, p->peer);
}

static gboolean
on_forget(gpointer data G_GNUC_UNUSED)
{
    GSList *list = gone;

    gone = NULL;
    timer = 0;
    for (GSList *l = list; l != NULL; l = l->next) {
        forget(l->data);
        eider_pair_wipe(l->data);
        g_free(l->data);
    }
    g_slist_free(list);
    /* What was noted of them goes in one write, and now. */
    if (eider_opening_engine() != NULL)
        eider_engine_tick(eider_opening_engine());
    return FALSE;
}

static void
on_buddy_removed(PurpleBuddy *buddy, gpointer data G_GNUC_UNUSED)
{
    eider_pair *p = g_new(eider_pair, 1);

    *p = eider_pair_of(purple_buddy_get_account(buddy),
                       purple_buddy_get_name(buddy));
    gone = g_slist_append(gone, p);
    note_list();
    if (timer == 0)
        timer = purple_timeout_add_seconds(FORGET_AFTER, on_forget, NULL);
}

/* ---- starting ------------------------------------------------------------ */

void
eider_presence_report_all(void)
{
    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next)
        if (purple_account_is_connected(l->data))
            report(l->data, true);
    for (PurpleBlistNode *n = purple_blist_get_root(); n != NULL;
         n = purple_blist_node_next(n, FALSE))
        if (PURPLE_BLIST_NODE_IS_BUDDY(n) &&
            PURPLE_BUDDY_IS_ONLINE((PurpleBuddy *)n))
            report_buddy((PurpleBuddy *)n, true);
}

void
eider_presence_start(void)
{
    PurplePlugin *us = eider_plugin();
    void *connections = purple_connections_get_handle();
    void *blist = purple_blist_get_handle();

    purple_signal_connect(connections, "signed-on", us,
                          PURPLE_CALLBACK(on_signed_on), NULL);
    purple_signal_connect(connections, "signing-off", us,
                          PURPLE_CALLBACK(on_signing_off), NULL);
    purple_signal_connect(blist, "buddy-signed-on", us,
                          PURPLE_CALLBACK(on_buddy_on), NULL);
    purple_signal_connect(blist, "buddy-signed-off", us,
                          PURPLE_CALLBACK(on_buddy_off), NULL);
    purple_signal_connect(blist, "buddy-added", us,
                          PURPLE_CALLBACK(on_buddy_added), NULL);
    purple_signal_connect(blist, "buddy-removed", us,
                          PURPLE_CALLBACK(on_buddy_removed), NULL);
}

void
eider_presence_stop(void)
{
    if (timer != 0)
        purple_timeout_remove(timer);
    if (list_timer != 0)
        purple_timeout_remove(list_timer);
    timer = list_timer = 0;
    for (GSList *l = gone; l != NULL; l = l->next) {
        eider_pair_wipe(l->data);
        g_free(l->data);
    }
    g_slist_free(gone);
    gone = NULL;
}
