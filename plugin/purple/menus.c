/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: menus of buddies and conversations, and the plugin's own. */
#include "seam.h"

#include "text.h"

typedef enum {
    TURN_ON,
    TURN_OFF,
    STEADY,
    STEADY_OFF,
    DECOYS,
    FINGERPRINTS,
    CHECK,
    SEES,
    NEW_DEVICE,
    KEEP_LOG,
    KEEP_NO_LOG,
    CANCEL
} deed;

static unsigned
suggested_slot(PurpleAccount *account, const char *who)
{
    eider_view v;
    unsigned slot;

    eider_face_app()->view(account, who, &v);
    slot = eider_steady_suggest(&v.status);
    eider_face_app()->view_clear(&v);
    return slot;
}

static void
act(PurpleAccount *account, const char *who, deed what)
{
    switch (what) {
    case TURN_ON:
    case TURN_OFF:
        eider_face_app()->set_private(account, who, what == TURN_ON);
        break;
    case STEADY:
        eider_steady_set(account, who, suggested_slot(account, who));
        break;
    case STEADY_OFF:
        eider_steady_set(account, who, 0);
        break;
    case DECOYS:
        eider_decoys_open(account);
        break;
    case FINGERPRINTS:
        eider_keys_show(account, who);
        break;
    case CHECK:
        eider_check_open(account, who);
        break;
    case SEES:
        eider_sees_open(account, who);
        break;
    case NEW_DEVICE:
        eider_question_ask(account, who);
        break;
    case KEEP_LOG:
    case KEEP_NO_LOG:
        eider_logs_choose(account, who, what == KEEP_LOG);
        break;
    case CANCEL:
        eider_face_app()->cancel(account, who);
        break;
    }
}

static void
on_buddy_item(PurpleBlistNode *node, gpointer what)
{
    PurpleBuddy *buddy = (PurpleBuddy *)node;

    act(purple_buddy_get_account(buddy), purple_buddy_get_name(buddy),
        (deed)GPOINTER_TO_INT(what));
}

static void
on_conversation_item(PurpleConversation *conv, gpointer what)
{
    act(purple_conversation_get_account(conv),
        purple_conversation_get_name(conv), (deed)GPOINTER_TO_INT(what));
}

static PurpleMenuAction *
item(const char *label, PurpleCallback cb, deed what)
{
    return purple_menu_action_new(label, cb, GINT_TO_POINTER((int)what), NULL);
}

static PurpleMenuAction *
submenu(PurpleAccount *account, const char *who, PurpleCallback cb)
{
    GList *list = NULL;
    eider_view v;

    eider_face_app()->view(account, who, &v);
    if (v.status.is_private && v.status.look != EIDER_LOOK_PAUSED)
        list = g_list_append(list, item(_("Turn privacy _off"), cb, TURN_OFF));
    else
        list = g_list_append(list, item(_("Talk _privately"), cb, TURN_ON));
    if (v.status.steady != 0)
        list = g_list_append(list, item(_("End _Steady"), cb, STEADY_OFF));
    else if (v.status.is_private && v.status.has_session)
        list = g_list_append(list, item(_("_Steady..."), cb, STEADY));
    if (v.status.is_private)
        list = g_list_append(list, item(_("Deco_ys..."), cb, DECOYS));
    if (v.status.candidates > 0)
        list = g_list_append(list, item(_("New _device..."), cb, NEW_DEVICE));
    if (v.status.has_session && v.status.is_private)
        list = g_list_append(list,
                             item(_("_Check it is really them..."), cb, CHECK));
    list = g_list_append(list, item(_("_Fingerprints..."), cb, FINGERPRINTS));
    list = g_list_append(list, item(_("_What the server sees..."), cb, SEES));
    if (v.status.waiting > 0)
        list = g_list_append(list, item(_("_Delete what waits"), cb, CANCEL));
    if (v.status.is_private)
        list = g_list_append(
            list, eider_logs_is_kept(account, who)
                      ? item(_("Keep no readable _log"), cb, KEEP_NO_LOG)
                      : item(_("Keep a readable _log"), cb, KEEP_LOG));
    eider_face_app()->view_clear(&v);
    return purple_menu_action_new(_("Eider"), NULL, NULL, list);
}

static void
on_buddy_menu(PurpleBlistNode *node, GList **menu, gpointer data G_GNUC_UNUSED)
{
    PurpleBuddy *buddy = (PurpleBuddy *)node;

    if (PURPLE_BLIST_NODE_IS_BUDDY(node))
        *menu = g_list_append(*menu, submenu(purple_buddy_get_account(buddy),
                                             purple_buddy_get_name(buddy),
                                             PURPLE_CALLBACK(on_buddy_item)));
}

static void
on_conversation_menu(PurpleConversation *conv, GList **menu,
                     gpointer data G_GNUC_UNUSED)
{
    if (purple_conversation_get_type(conv) == PURPLE_CONV_TYPE_IM)
        *menu = g_list_append(*menu,
                              submenu(purple_conversation_get_account(conv),
                                      purple_conversation_get_name(conv),
                                      PURPLE_CALLBACK(on_conversation_item)));
}

void
eider_menus_start(void)
{
    purple_signal_connect(purple_blist_get_handle(), "blist-node-extended-menu",
                          eider_plugin(), PURPLE_CALLBACK(on_buddy_menu), NULL);
    purple_signal_connect(purple_conversations_get_handle(),
                          "conversation-extended-menu", eider_plugin(),
                          PURPLE_CALLBACK(on_conversation_menu), NULL);
}

/* ---- the plugin's own menu ----------------------------------------------- */

static void
on_own_fingerprints(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_keys_show_own();
}

static void
on_seen(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_sees_table.erase(NULL, NULL);
}

static void
on_lines(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_carrier_show();
}

static void
on_harden(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_harden_open(NULL);
}

static void
on_unlock(PurplePluginAction *action G_GNUC_UNUSED)
{
    if (eider_opening_retry() == NULL && !eider_opening_wants_passphrase())
        purple_notify_error(eider_plugin(), _("Eider"), _("Nothing is sent."),
                            eider_opening_why());
    eider_opening_ask_passphrase();
}

static void
on_keys(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_ring_show();
}

static void
on_decoys(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_decoys_open(NULL);
}

static void
on_passphrase(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_vault_set();
}

static void
on_no_passphrase(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_vault_remove();
}

static void
on_export(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_backup_export();
}

static void
on_import(PurplePluginAction *action G_GNUC_UNUSED)
{
    eider_backup_ask_import();
}

GList *
eider_menus_actions(PurplePlugin *plugin G_GNUC_UNUSED,
                    gpointer context G_GNUC_UNUSED)
{
    static const struct {
        const char *label;
        void (*cb)(PurplePluginAction *action);
    } items[] = {
        {N_("Keys..."), on_keys},
        {N_("Decoys..."), on_decoys},
        {N_("Your fingerprints..."), on_own_fingerprints},
        {N_("Set the passphrase..."), on_passphrase},
        {N_("Remove the passphrase..."), on_no_passphrase},
        {N_("Export a backup..."), on_export},
        {N_("Import a backup..."), on_import},
        {N_("Longest lines..."), on_lines},
        {N_("Delete what was noted..."), on_seen},
        {N_("Hide more of an account..."), on_harden},
        {N_("Unlock, or try again..."), on_unlock},
    };
    GList *list = NULL;

    for (gsize i = 0; i < G_N_ELEMENTS(items); i++)
        list = g_list_append(
            list, purple_plugin_action_new(_(items[i].label), items[i].cb));
    return list;
}
