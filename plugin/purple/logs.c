/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: whether the client keeps a log, which anybody can read, of what is
 * private.
 *
 * libpurple asks the conversation, line by line, so that is where it is
 * switched off and on again; before each line, since a contact may have become
 * private just now.  Whoever switches it on there by hand means this contact.
 */
#include "seam.h"

#include "text.h"

#include <string.h>

#define WAS  "eider-log-was" /* we switched it off: it was on */
#define NODE "eider-log"     /* "on", "off": about this contact */

static bool is_ours; /* the change that is being told of */

/* The list can be changed by others, who are on it in several places, or out
 * of it for a moment: so the word stays here until the client ends. */
static GHashTable *choices; /* "account\npeer" -> "on", "off" */

static char *
key_of(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);

    return g_strconcat(p.account, "\n", p.peer, NULL);
}

static void
remember(PurpleAccount *account, const char *who, const char *choice)
{
    g_hash_table_replace(choices, key_of(account, who),
                         (gpointer)(strcmp(choice, "off") != 0 ? "on" : "off"));
}

/* What was said about this contact, or NULL. */
static const char *
choice_of(PurpleAccount *account, const char *who)
{
    g_autofree char *key = key_of(account, who);
    const char *choice =
        choices != NULL ? g_hash_table_lookup(choices, key) : NULL;
    PurpleBuddy *buddy = purple_find_buddy(account, who);

    if (choice == NULL && buddy != NULL)
        choice = purple_blist_node_get_string((PurpleBlistNode *)buddy, NODE);
    return choice;
}

static bool
is_kept(PurpleAccount *account, const char *who)
{
    const char *choice = choice_of(account, who);

    if (choice != NULL)
        return strcmp(choice, "off") != 0;
    return g_strcmp0(purple_prefs_get_string(EIDER_PREF_LOG), "off") != 0;
}

static bool
is_private(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return e == NULL || eider_engine_is_private(e, p.account, p.peer);
}

static void
set_logging(PurpleConversation *conv, bool on)
{
    is_ours = true;
    purple_conversation_set_logging(conv, on);
    is_ours = false;
}

static void
give_back(PurpleConversation *conv)
{
    if (purple_conversation_get_data(conv, WAS) == NULL)
        return;
    purple_conversation_set_data(conv, WAS, NULL);
    set_logging(conv, true);
}

static void
apply(PurpleConversation *conv)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    const char *who = purple_conversation_get_name(conv);

    if (purple_conversation_get_type(conv) != PURPLE_CONV_TYPE_IM)
        return;
    if (is_kept(account, who) || !is_private(account, who)) {
        give_back(conv);
    } else if (purple_conversation_is_logging(conv)) {
        purple_conversation_set_data(conv, WAS, GINT_TO_POINTER(1));
        set_logging(conv, false);
    }
}

static void
each(void (*act)(PurpleConversation *))
{
    for (GList *l = purple_get_ims(); l != NULL; l = l->next)
        act(l->data);
}

bool
eider_logs_is_kept(PurpleAccount *account, const char *who)
{
    PurpleConversation *conv = eider_names_conversation(account, who);

    if (conv == NULL)
        return is_kept(account, who);
    apply(conv);
    return purple_conversation_is_logging(conv);
}

void
eider_logs_choose(PurpleAccount *account, const char *who, bool keep)
{
    PurpleConversation *conv = eider_names_conversation(account, who);
    GSList *all;

    if (choices == NULL)
        return; /* from a menu that was open while we were unloaded */
    all = purple_find_buddies(account, who);
    remember(account, who, keep ? "on" : "off");
    for (GSList *l = all; l != NULL; l = l->next)
        purple_blist_node_set_string(l->data, NODE, keep ? "on" : "off");
    g_slist_free(all);
    if (conv == NULL)
        return;
    apply(conv);
    /* Also where the client keeps none by itself. */
    if (keep)
        set_logging(conv, true);
}

static void
on_buddy_removed(PurpleBuddy *buddy, gpointer data G_GNUC_UNUSED)
{
    const char *choice =
        purple_blist_node_get_string((PurpleBlistNode *)buddy, NODE);

    if (choice != NULL)
        remember(purple_buddy_get_account(buddy), purple_buddy_get_name(buddy),
                 choice);
}

static void
on_buddy_added(PurpleBuddy *buddy, gpointer data G_GNUC_UNUSED)
{
    const char *choice = choice_of(purple_buddy_get_account(buddy),
                                   purple_buddy_get_name(buddy));

    if (choice != NULL)
        purple_blist_node_set_string((PurpleBlistNode *)buddy, NODE, choice);
}

/* ---- when ----------------------------------------------------------------- */

static gboolean
on_writing(PurpleAccount *account G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
           char **text G_GNUC_UNUSED, PurpleConversation *conv,
           PurpleMessageFlags flags G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    if (conv != NULL)
        apply(conv);
    return FALSE;
}

static void
on_created(PurpleConversation *conv, gpointer data G_GNUC_UNUSED)
{
    apply(conv);
}

/* Pidgin carries the tick of one name of a person over to the next. */
static bool
is_merged(PurpleConversation *conv)
{
    const PurpleBlistNode *n = (PurpleBlistNode *)purple_find_buddy(
        purple_conversation_get_account(conv),
        purple_conversation_get_name(conv));

    return n != NULL && (n->next != NULL || n->prev != NULL);
}

/* Somebody switches it on in the client's own menu. */
static void
on_updated(PurpleConversation *conv, PurpleConvUpdateType type,
           gpointer data G_GNUC_UNUSED)
{
    if (type != PURPLE_CONV_UPDATE_LOGGING || is_ours ||
        purple_conversation_get_data(conv, WAS) == NULL ||
        !purple_conversation_is_logging(conv))
        return;
    if (is_merged(conv)) {
        set_logging(conv, false); /* there only Eider's own menu decides */
        return;
    }
    purple_conversation_set_data(conv, WAS, NULL);
    eider_logs_choose(purple_conversation_get_account(conv),
                      purple_conversation_get_name(conv), true);
}

static void
on_pref(const char *name G_GNUC_UNUSED, PurplePrefType type G_GNUC_UNUSED,
        gconstpointer value G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    each(apply);
}

void
eider_logs_start(void)
{
    void *convs = purple_conversations_get_handle();
    void *blist = purple_blist_get_handle();
    PurplePlugin *us = eider_plugin();

    choices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    purple_signal_connect(blist, "buddy-removed", us,
                          PURPLE_CALLBACK(on_buddy_removed), NULL);
    purple_signal_connect(blist, "buddy-added", us,
                          PURPLE_CALLBACK(on_buddy_added), NULL);
    purple_signal_connect_priority(convs, "writing-im-msg", us,
                                   PURPLE_CALLBACK(on_writing), NULL, G_MININT);
    purple_signal_connect(convs, "conversation-created", us,
                          PURPLE_CALLBACK(on_created), NULL);
    purple_signal_connect(convs, "conversation-updated", us,
                          PURPLE_CALLBACK(on_updated), NULL);
    purple_prefs_connect_callback(us, EIDER_PREF_LOG, on_pref, NULL);
}

void
eider_logs_stop(void)
{
    each(give_back);
    g_clear_pointer(&choices, g_hash_table_destroy);
}
