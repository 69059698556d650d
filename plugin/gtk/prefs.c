/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "prefs.h"

#include "ask.h"

#include <gtkplugin.h>
#include <gtkpluginpref.h>

static GtkWidget *window;

GtkWidget *
eider_prefs_new(PurplePlugin *plugin)
{
    PurplePlugin *core = purple_plugins_find_with_id(EIDER_UI_CORE);
    PurplePluginPrefFrame *frame;
    GtkWidget *out;

    (void)plugin;
    if (core == NULL || !purple_plugin_is_loaded(core) ||
        core->info->prefs_info == NULL ||
        core->info->prefs_info->get_plugin_pref_frame == NULL)
        return NULL;
    frame = core->info->prefs_info->get_plugin_pref_frame(core);
    out = pidgin_plugin_pref_create_frame(frame);
    purple_plugin_pref_frame_destroy(frame);
    gtk_container_set_border_width(GTK_CONTAINER(out), 12);
    return out;
}

/* Without a core there is only the list in which to switch it on. */
void
eider_prefs_show(GtkWidget *beside)
{
    GtkWidget *content = window == NULL ? eider_prefs_new(NULL) : NULL;

    if (window != NULL) {
        gtk_window_present(GTK_WINDOW(window));
        return;
    }
    if (content == NULL) {
        pidgin_plugin_dialog_show();
        return;
    }
    window = gtk_dialog_new_with_buttons(
        _("Eider: Preferences"), NULL, GTK_DIALOG_NO_SEPARATOR, GTK_STOCK_CLOSE,
        GTK_RESPONSE_CLOSE, NULL);
    gtk_window_set_resizable(GTK_WINDOW(window), FALSE);
    gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(window))),
                       content, TRUE, TRUE, 0);
    g_signal_connect(window, "response", G_CALLBACK(gtk_widget_destroy), NULL);
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_widget_destroyed),
                     &window);
    eider_ask_adopt(window, beside);
    gtk_widget_show_all(window);
}
