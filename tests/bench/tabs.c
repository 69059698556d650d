/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long a tab takes to open, with Eider loaded and without, in one Pidgin:
 * opens windows of the buddies by turns, each until the main loop has nothing
 * left to do, and writes milliseconds, by the clock and of the processor, to
 * the file $EIDER_TABS: "on 12.3 8.1", "off 11.9 8.0".
 */
#include <purple.h>

#include <gtkconv.h>
#include <gtkplugin.h>
#include <pidgin.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 12, TABS = 10 };

static FILE *out;
static int round_number;

static void
settle(void)
{
    while (gtk_events_pending())
        gtk_main_iteration();
}

static double
ms_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
open_tab(PurpleAccount *account, int n, const char *how)
{
    char *name = g_strdup_printf("tab%d@localhost", n);
    double start = ms_of(CLOCK_MONOTONIC);
    double busy = ms_of(CLOCK_PROCESS_CPUTIME_ID);

    purple_conversation_new(PURPLE_CONV_TYPE_IM, account, name);
    settle();
    busy = ms_of(CLOCK_PROCESS_CPUTIME_ID) - busy;
    if (how != NULL)
        fprintf(out, "%s %.3f %.3f\n", how, ms_of(CLOCK_MONOTONIC) - start,
                busy);
    g_free(name);
}

static void
set_loaded(bool on)
{
    PurplePlugin *core = purple_plugins_find_with_id("core-eider");
    PurplePlugin *face = purple_plugins_find_with_id("gtk-eider");

    if (on) {
        purple_plugin_load(core);
        purple_plugin_load(face);
    } else {
        purple_plugin_unload(face);
        purple_plugin_unload(core);
    }
    settle();
}

static gboolean
run(gpointer unused)
{
    PurpleAccount *account = purple_accounts_get_all()->data;
    bool is_on = round_number % 2 == 0;

    (void)unused;
    set_loaded(is_on);
    open_tab(account, 0, NULL); /* the window, and what is made once */
    for (int i = 1; i <= TABS; i++)
        open_tab(account, i, is_on ? "on" : "off");
    while (purple_get_ims() != NULL)
        purple_conversation_destroy(purple_get_ims()->data);
    settle();
    if (++round_number < 2 * ROUNDS)
        return TRUE;
    fprintf(out, "end\n");
    fclose(out);
    return FALSE;
}

static gboolean
load(PurplePlugin *plugin)
{
    (void)plugin;
    out = fopen(g_getenv("EIDER_TABS"), "w");
    purple_timeout_add(3000, run, NULL);
    return out != NULL;
}

static PurplePluginInfo info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .type = PURPLE_PLUGIN_STANDARD,
    .ui_requirement = PIDGIN_PLUGIN_TYPE,
    .id = "gtk-eider-tabs",
    .name = "Tabs",
    .version = "0",
    .load = load,
};

static void
init(PurplePlugin *plugin)
{
    (void)plugin;
}

PURPLE_INIT_PLUGIN(tabs, init, info)
