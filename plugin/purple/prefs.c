/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: preferences. */
#include "seam.h"

#include "eider/limits.h"
#include "eider/schedule.h"

#include "text.h"

#include <string.h>

static const struct {
    const char *label;
    int seconds;
} slots[] = {
    {N_("accept 5 seconds or more"), 5},
    {N_("accept 10 seconds or more"), 10},
    {N_("accept 15 seconds or more"), 15},
    {N_("accept 30 seconds"), 30},
    {N_("always ask"), 0},
};

static PurplePluginPref *
add(PurplePluginPrefFrame *frame, const char *name, const char *label)
{
    PurplePluginPref *pref =
        name != NULL ? purple_plugin_pref_new_with_name_and_label(name, label)
                     : purple_plugin_pref_new_with_label(label);

    purple_plugin_pref_frame_add(frame, pref);
    return pref;
}

static void
add_default(PurplePluginPrefFrame *frame)
{
    PurplePluginPref *pref = add(frame, EIDER_PREF_DEFAULT,
                                 _("Contacts about whom nothing was said:"));

    purple_plugin_pref_set_type(pref, PURPLE_PLUGIN_PREF_CHOICE);
    purple_plugin_pref_add_choice(
        pref, _("become private when they ask for it"), "auto");
    purple_plugin_pref_add_choice(
        pref, _("are private: text waits for their Eider"), "on");
    purple_plugin_pref_add_choice(pref, _("stay open, and nobody is answered"),
                                  "off");
}

static void
add_log(PurplePluginPrefFrame *frame)
{
    PurplePluginPref *pref =
        add(frame, EIDER_PREF_LOG, _("Logs of private conversations:"));

    purple_plugin_pref_set_type(pref, PURPLE_PLUGIN_PREF_CHOICE);
    purple_plugin_pref_add_choice(pref, _("readable ones, as of all others"),
                                  "client");
    purple_plugin_pref_add_choice(pref,
                                  _("none, but where a contact's menu "
                                    "says so"),
                                  "off");
}

static void
add_slot(PurplePluginPrefFrame *frame)
{
    PurplePluginPref *pref =
        add(frame, EIDER_PREF_SLOT, _("Steady, when a contact offers it:"));

    purple_plugin_pref_set_type(pref, PURPLE_PLUGIN_PREF_CHOICE);
    for (gsize i = 0; i < G_N_ELEMENTS(slots); i++)
        purple_plugin_pref_add_choice(pref, _(slots[i].label),
                                      GINT_TO_POINTER(slots[i].seconds));
}

static PurplePluginPrefFrame *
make_frame(PurplePlugin *plugin G_GNUC_UNUSED)
{
    PurplePluginPrefFrame *frame = purple_plugin_pref_frame_new();
    PurplePluginPref *pref;

    add(frame, NULL, _("Private conversations"));
    add_default(frame);
    add_slot(frame);
    add(frame, NULL, _("On this computer"));
    add_log(frame);
    add(frame, EIDER_PREF_LEDGER,
        _("Note what the server sees, to show it (sealed; never a text)"));
    pref = add(frame, NULL,
               _("The longest line of an account is set in its own settings"));
    /* A remark, and no heading over what is not there; but Finch would say
     * that it cannot show one. */
    if (g_strcmp0(purple_core_get_ui(), "gnt-purple") != 0)
        purple_plugin_pref_set_type(pref, PURPLE_PLUGIN_PREF_INFO);
    return frame;
}

PurplePluginUiInfo eider_prefs_info = {.get_plugin_pref_frame = make_frame};

/* Runs when the plugin is only looked at, too: nothing but preferences. */
void
eider_prefs_init(void)
{
    purple_prefs_add_none(EIDER_PREF_ROOT);
    purple_prefs_add_string(EIDER_PREF_DEFAULT, "auto");
    purple_prefs_add_int(EIDER_PREF_SLOT, EIDER_SLOT_DEFAULT);
    purple_prefs_add_string(EIDER_PREF_LOG, "client");
    purple_prefs_add_bool(EIDER_PREF_LEDGER, TRUE);
    eider_harden_init();
}

static void
on_changed(const char *name G_GNUC_UNUSED, PurplePrefType type G_GNUC_UNUSED,
           gconstpointer value G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    eider_face_changed(NULL, NULL);
}

void
eider_prefs_start(void)
{
    purple_prefs_connect_callback(eider_plugin(), EIDER_PREF_DEFAULT,
                                  on_changed, NULL);
}

unsigned
eider_prefs_slot(void)
{
    int set = purple_prefs_get_int(EIDER_PREF_SLOT);

    return set > 0 && eider_slot_is_valid((unsigned)set) ? (unsigned)set : 0;
}

eider_default
eider_prefs_policy(void)
{
    const char *set = purple_prefs_get_string(EIDER_PREF_DEFAULT);

    if (g_strcmp0(set, "on") == 0)
        return EIDER_DEFAULT_ON;
    return g_strcmp0(set, "off") == 0 ? EIDER_DEFAULT_OFF : EIDER_DEFAULT_AUTO;
}
