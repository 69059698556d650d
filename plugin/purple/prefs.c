/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: preferences. */
#include "seam.h"

#include "text.h"

#include <string.h>

static PurplePluginPrefFrame *
make_frame(PurplePlugin *plugin G_GNUC_UNUSED)
{
    PurplePluginPrefFrame *frame = purple_plugin_pref_frame_new();
    PurplePluginPref *pref = purple_plugin_pref_new_with_name_and_label(
        EIDER_PREF_DEFAULT, _("Contacts about whom nothing was said:"));

    purple_plugin_pref_set_type(pref, PURPLE_PLUGIN_PREF_CHOICE);
    purple_plugin_pref_add_choice(
        pref, _("become private when they ask for it"), "auto");
    purple_plugin_pref_add_choice(
        pref, _("are private: text waits for their Eider"), "on");
    purple_plugin_pref_add_choice(pref, _("stay open, and nobody is answered"),
                                  "off");
    purple_plugin_pref_frame_add(frame, pref);
    return frame;
}

PurplePluginUiInfo eider_prefs_info = {.get_plugin_pref_frame = make_frame};

/* Runs when the plugin is only looked at, too: nothing but preferences. */
void
eider_prefs_init(void)
{
    purple_prefs_add_none(EIDER_PREF_ROOT);
    purple_prefs_add_string(EIDER_PREF_DEFAULT, "auto");
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

eider_default
eider_prefs_policy(void)
{
    const char *set = purple_prefs_get_string(EIDER_PREF_DEFAULT);

    if (g_strcmp0(set, "on") == 0)
        return EIDER_DEFAULT_ON;
    return g_strcmp0(set, "off") == 0 ? EIDER_DEFAULT_OFF : EIDER_DEFAULT_AUTO;
}
