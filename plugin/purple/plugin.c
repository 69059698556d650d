/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the plugin that libpurple sees. */
#include "seam.h"

#include "text.h"

#ifndef EIDER_LOCALEDIR
#define EIDER_LOCALEDIR "/usr/share/locale"
#endif

static PurplePlugin *loaded;

PurplePlugin *
eider_plugin(void)
{
    return loaded;
}

/* ---- the door for a face ------------------------------------------------- */

static const eider_app *
attach(void)
{
    return eider_face_app();
}

/* libpurple brings no marshaller for "nothing in, pointer out". */
static void
marshal_attach(PurpleCallback cb, va_list args G_GNUC_UNUSED,
               void *data G_GNUC_UNUSED, void **result)
{
    const eider_app *(*call)(void) = (const eider_app *(*)(void))cb;
    const eider_app *app = call();

    if (result != NULL)
        *result = (void *)(gintptr)app;
}

/* ---- load, unload -------------------------------------------------------- */

/* Where the words are: beside the plugin in a user's folder, else where the
 * system keeps them.  One text domain serves both plugins. */
static void
bind_words(const PurplePlugin *plugin)
{
    g_autofree char *folder =
        plugin->path != NULL ? g_path_get_dirname(plugin->path) : NULL;
    g_autofree char *beside =
        folder != NULL ? g_build_filename(folder, "locale", NULL) : NULL;

    bindtextdomain(GETTEXT_PACKAGE,
                   beside != NULL && g_file_test(beside, G_FILE_TEST_IS_DIR)
                       ? beside
                       : EIDER_LOCALEDIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
}

/* A failure here must not make it fail: then nothing would hold text back. */
static gboolean
load(PurplePlugin *plugin)
{
    loaded = plugin;
    bind_words(plugin);
    eider_disguise_start();
    eider_wrap_start();
    eider_receive_start();
    eider_offers_start();
    eider_say_start();
    eider_hygiene_start();
    eider_harden_start();
    eider_presence_start();
    eider_resources_start();
    eider_steady_start();
    eider_irc_start();
    eider_commands_start();
    eider_menus_start();
    eider_prefs_start();
    purple_plugin_ipc_register(plugin, EIDER_UI_CALL, PURPLE_CALLBACK(attach),
                               marshal_attach,
                               purple_value_new(PURPLE_TYPE_POINTER), 0);
    eider_logs_start();
    eider_carrier_start();
    eider_opening_start();
#ifdef EIDER_TESTING
    purple_debug_warning("eider", "a build for tests: times are not real\n");
#endif
    return TRUE;
}

/* Never refused: libpurple has taken it half apart when it asks. */
static gboolean
unload(PurplePlugin *plugin)
{
    eider_say_leaving();
    eider_face_stop();
    eider_sees_stop();
    eider_decoys_stop();
    eider_logs_stop();
    purple_plugin_ipc_unregister_all(plugin);
    purple_signals_disconnect_by_handle(plugin);
    purple_prefs_disconnect_by_handle(plugin);
    eider_harden_stop();
    eider_commands_stop();
    eider_irc_stop();
    eider_ask_stop();
    eider_slow_stop();
    eider_backup_stop();
    eider_ring_set_window(NULL);
    eider_check_stop();
    eider_opening_stop();
    eider_wrap_stop();
    eider_disguise_stop();
    eider_offers_stop();
    eider_receive_stop();
    eider_say_stop();
    eider_presence_stop();
    eider_resources_stop();
    eider_steady_stop();
    eider_away_stop();
    eider_carrier_stop();
    eider_purple_env_stop();
    eider_echo_stop();
    loaded = NULL;
    return TRUE;
}

static char id[] = EIDER_UI_CORE;
static char name[] = N_("Eider");
static char version[] = EIDER_VERSION;
static char summary[] = N_("Private conversations, padded.");
static char description[] =
    N_("Encrypts what you write to contacts who have Eider, too, and hides "
       "how long it is. It protects only while it is loaded.");
static char author[] = "The Eider authors";
static char homepage[] = "";

static PurplePluginInfo info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .minor_version = 12, /* the oldest with all that is used */
    .type = PURPLE_PLUGIN_STANDARD,
    .priority = PURPLE_PRIORITY_DEFAULT,
    .id = id,
    .name = name,
    .version = version,
    .summary = summary,
    .description = description,
    .author = author,
    .homepage = homepage,
    .load = load,
    .unload = unload,
    .prefs_info = &eider_prefs_info,
    .actions = eider_menus_actions,
};

static void
init(PurplePlugin *plugin G_GNUC_UNUSED)
{
    eider_prefs_init();
}

PURPLE_INIT_PLUGIN(eider, init, info)
