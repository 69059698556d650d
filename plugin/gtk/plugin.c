/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider for Pidgin: a button, a strip and a window of keys.  Everything it
 * shows comes from the core through eider/ui.h; it decides nothing itself.
 */
#include "ask.h"
#include "check.h"
#include "decoys.h"
#include "face.h"
#include "harden.h"
#include "icon.h"
#include "keys.h"
#include "mark.h"
#include "pane.h"
#include "prefs.h"
#include "ring.h"
#include "sees.h"
#include "strip.h"

#include <pidgin.h>

#include <gtkplugin.h>

static void
refresh_all(void)
{
    eider_pane_refresh_all();
    eider_keys_refresh_all();
    eider_ring_refresh();
    eider_decoys_refresh();
    eider_harden_refresh();
    eider_check_refresh_all();
    eider_sees_refresh_all();
    eider_ask_refresh_all();
}

static PidginConversation *
tab_of(PurpleConversation *conv)
{
    if (conv == NULL || !PIDGIN_IS_PIDGIN_CONVERSATION(conv))
        return NULL;
    return PIDGIN_CONVERSATION(conv); /* NULL while it is being made */
}

static void
note_displayed(PidginConversation *gtkconv)
{
    if (gtkconv != NULL)
        eider_pane_refresh(gtkconv);
}

static void
note_conversation(PurpleConversation *conv)
{
    note_displayed(tab_of(conv));
}

/* Closing one of the conversations of a tab makes another one active, of
 * which Pidgin says no more than this.  The title follows the name: after a
 * new nick it is another contact. */
static void
note_updated(PurpleConversation *conv, PurpleConvUpdateType type)
{
    if (type == PURPLE_CONV_UPDATE_FEATURES || type == PURPLE_CONV_UPDATE_TITLE)
        note_conversation(conv);
}

/* The line stands at the end of the window now. */
static void
note_line(PurpleAccount *account, const char *who, char *text,
          PurpleConversation *conv, PurpleMessageFlags flags)
{
    PidginConversation *gtkconv = tab_of(conv);

    (void)account, (void)who, (void)text;
    if (gtkconv != NULL)
        eider_mark_line(gtkconv, conv, flags);
}

static void
note_pref(const char *name, PurplePrefType type, gconstpointer value,
          gpointer unused)
{
    (void)name, (void)type, (void)value, (void)unused;
    eider_pane_redraw_all();
}

static void
connect_signals(PurplePlugin *plugin)
{
    void *tabs = pidgin_conversations_get_handle();
    void *convs = purple_conversations_get_handle();

    purple_signal_connect(tabs, "conversation-displayed", plugin,
                          PURPLE_CALLBACK(note_displayed), NULL);
    purple_signal_connect(tabs, "conversation-switched", plugin,
                          PURPLE_CALLBACK(note_conversation), NULL);
    purple_signal_connect(tabs, "displayed-im-msg", plugin,
                          PURPLE_CALLBACK(note_line), NULL);
    purple_signal_connect(convs, "conversation-created", plugin,
                          PURPLE_CALLBACK(note_conversation), NULL);
    purple_signal_connect(convs, "conversation-updated", plugin,
                          PURPLE_CALLBACK(note_updated), NULL);
    purple_prefs_connect_callback(
        plugin, PIDGIN_PREFS_ROOT "/conversations/toolbar/wide", note_pref,
        NULL);
    purple_prefs_connect_callback(plugin, EIDER_PREF_FOLDED, note_pref, NULL);
}

static gboolean
load(PurplePlugin *plugin)
{
    eider_icon_register();
    eider_strip_style();
    eider_link_attach(plugin, refresh_all);
    connect_signals(plugin);
    eider_pane_refresh_all();
    return TRUE;
}

static gboolean
unload(PurplePlugin *plugin)
{
    (void)plugin;
    eider_ask_close_all();
    eider_pane_remove_all();
    eider_link_detach();
    eider_mark_forget_all();
    eider_icon_unregister();
    return TRUE;
}

static PidginPluginUiInfo ui_info = {.get_config_frame = eider_prefs_new};

static PurplePluginInfo info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .minor_version = 10,
    .type = PURPLE_PLUGIN_STANDARD,
    .ui_requirement = PIDGIN_PLUGIN_TYPE,
    .priority = PURPLE_PRIORITY_DEFAULT,
    .id = "gtk-eider",
    .name = "Eider for Pidgin",
    .version = EIDER_VERSION,
    .author = "The Eider authors",
    .homepage = "",
    .load = load,
    .unload = unload,
    .ui_info = &ui_info,
};

static void
init(PurplePlugin *plugin)
{
    (void)plugin;
    info.summary = _("Shows how private each conversation is.");
    info.description =
        _("A button in the toolbar, a line under the name of the contact, and "
          "the keys of both sides. Needs Eider itself.");
    purple_prefs_add_none("/plugins/gtk");
    purple_prefs_add_none(EIDER_PREF_FACE);
    purple_prefs_add_bool(EIDER_PREF_FOLDED, FALSE);
}

PURPLE_INIT_PLUGIN(eider_gtk, init, info)
