/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libpurple wants to know of a plugin that only tests load. */
#ifndef EIDER_TESTS_E2E_HELPER_H
#define EIDER_TESTS_E2E_HELPER_H

#include <purple.h>

#define HELPER_PERIOD 50 /* milliseconds */

/* @load and @unload: as in PurplePluginInfo; @ui: NULL, or whose it is. */
#define HELPER(symbol, ident, ui, on_load, on_unload)                          \
    static PurplePluginInfo info = {                                           \
        .magic = PURPLE_PLUGIN_MAGIC,                                          \
        .major_version = PURPLE_MAJOR_VERSION,                                 \
        .type = PURPLE_PLUGIN_STANDARD,                                        \
        .ui_requirement = ui,                                                  \
        .id = ident,                                                           \
        .name = ident,                                                         \
        .version = "0",                                                        \
        .load = on_load,                                                       \
        .unload = on_unload,                                                   \
    };                                                                         \
    static void prepare(PurplePlugin *plugin)                                  \
    {                                                                          \
        (void)plugin;                                                          \
    }                                                                          \
    PURPLE_INIT_PLUGIN(symbol, prepare, info)

/* One of Pidgin's that calls @look again and again. */
#define HELPER_LOOKS(symbol, ident, look)                                      \
    static guint timer;                                                        \
    static gboolean load(PurplePlugin *plugin)                                 \
    {                                                                          \
        (void)plugin;                                                          \
        timer = purple_timeout_add(HELPER_PERIOD, look, NULL);                 \
        return TRUE;                                                           \
    }                                                                          \
    static gboolean unload(PurplePlugin *plugin)                               \
    {                                                                          \
        (void)plugin;                                                          \
        purple_timeout_remove(timer);                                          \
        return TRUE;                                                           \
    }                                                                          \
    HELPER(symbol, ident, PIDGIN_PLUGIN_TYPE, load, unload)

/* Into the file that this variable names, if it is something new; takes it. */
static inline void
helper_write(const char *variable, GString *now)
{
    static char *last;

    if (g_strcmp0(now->str, last) != 0) {
        g_file_set_contents(g_getenv(variable), now->str, -1, NULL);
        g_free(last);
        last = g_strdup(now->str);
    }
    g_string_free(now, TRUE);
}

#endif
