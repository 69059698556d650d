/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The way to the core.
 *
 * The core is not declared as a dependency: libpurple refuses to load a
 * plugin whose dependency is missing or fails, and a conversation would then
 * look as if Eider had never been there.  So it is loaded by hand, and
 * without it every conversation says that nothing is protected.
 */
#include "check.h"
#include "decoys.h"
#include "face.h"
#include "harden.h"
#include "mark.h"
#include "ring.h"
#include "sees.h"

#include <pidgin.h>

#include <string.h>

static struct {
    PurplePlugin *self;
    const eider_app *app;
    char *trouble; /* why there is no app */
    void (*changed)(void);
    guint idle;
} core_link;

static gboolean
tell(gpointer unused)
{
    (void)unused;
    core_link.idle = 0;
    if (core_link.changed != NULL)
        core_link.changed();
    return FALSE;
}

/* The core calls from the depth of its work: look again when it is done. */
static void
tell_soon(void)
{
    if (core_link.idle == 0 && core_link.self != NULL)
        core_link.idle = g_idle_add(tell, NULL);
}

static void
note_change(PurpleAccount *account, const char *who, void *unused)
{
    (void)account, (void)who, (void)unused;
    tell_soon();
}

static void
note_text(const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state state,
          void *unused)
{
    (void)unused;
    eider_mark_update(id, state);
}

static void
set_trouble(const char *text)
{
    core_link.app = NULL;
    g_free(core_link.trouble);
    core_link.trouble = g_strdup(text);
}

static void
open_inspector(void)
{
    eider_ring_open(NULL);
}

static bool
load_core(PurplePlugin *core)
{
    if (core == NULL) {
        set_trouble(_("its core (eider.so) is not installed."));
        return false;
    }
    if (purple_plugin_is_loaded(core))
        return true;
    if (core->error == NULL && !purple_plugin_is_unloadable(core) &&
        purple_plugin_load(core))
        return true;
    set_trouble(core->error != NULL ? core->error
                                    : _("its core could not be loaded."));
    return false;
}

static void
find_core(void)
{
    PurplePlugin *core = purple_plugins_find_with_id(EIDER_UI_CORE);
    const eider_app *app;
    gboolean is_answered = FALSE;

    if (!load_core(core))
        return;
    app = purple_plugin_ipc_call(core, EIDER_UI_CALL, &is_answered);
    if (!is_answered || app == NULL) {
        set_trouble(_("its core (eider.so) does not answer."));
        return;
    }
    if (app->abi != EIDER_UI_ABI) {
        set_trouble(_("eider.so and eider-gtk.so are of different versions; "
                      "install both again."));
        return;
    }
    core_link.app = app;
    app->subscribe(note_change, NULL);
    if (app->set_inspector != NULL)
        app->set_inspector(open_inspector);
    if (app->harden != NULL)
        app->harden->set_window(eider_harden_show);
    app->check->watch(eider_check_asked_for, NULL);
    app->watch_texts(note_text, NULL);
    if (app->decoys != NULL)
        app->decoys->watch(eider_decoys_asked_for, NULL);
    if (app->seen != NULL) {
        app->seen->watch(eider_sees_grew, NULL);
        app->seen->set_window(eider_sees_asked_for);
    }
}

static void
watch_load(PurplePlugin *plugin)
{
    if (core_link.app != NULL ||
        !purple_strequal(plugin->info->id, EIDER_UI_CORE))
        return;
    find_core();
    tell_soon();
}

static void
watch_unload(PurplePlugin *plugin)
{
    if (!purple_strequal(plugin->info->id, EIDER_UI_CORE))
        return;
    /* too late to unsubscribe: its table is not to be called any more */
    set_trouble(_("its core was switched off in the list of plugins."));
    tell_soon();
}

void
eider_link_attach(PurplePlugin *self, void (*changed)(void))
{
    void *plugins = purple_plugins_get_handle();

    core_link.self = self;
    core_link.changed = changed;
    find_core();
    purple_signal_connect(plugins, "plugin-load", self,
                          PURPLE_CALLBACK(watch_load), NULL);
    purple_signal_connect(plugins, "plugin-unload", self,
                          PURPLE_CALLBACK(watch_unload), NULL);
}

void
eider_link_detach(void)
{
    if (core_link.app != NULL) {
        core_link.app->subscribe(NULL, NULL);
        if (core_link.app->set_inspector != NULL)
            core_link.app->set_inspector(NULL);
        if (core_link.app->harden != NULL)
            core_link.app->harden->set_window(NULL);
        core_link.app->check->watch(NULL, NULL);
        core_link.app->watch_texts(NULL, NULL);
        if (core_link.app->decoys != NULL)
            core_link.app->decoys->watch(NULL, NULL);
        if (core_link.app->seen != NULL) {
            core_link.app->seen->watch(NULL, NULL);
            core_link.app->seen->set_window(NULL);
        }
    }
    if (core_link.idle != 0)
        g_source_remove(core_link.idle);
    g_free(core_link.trouble);
    memset(&core_link, 0, sizeof core_link);
}

const eider_app *
eider_link_app(void)
{
    return core_link.app;
}

/* ---- how it looks ------------------------------------------------------- */

static void
find_candidate(const eider_subject *s, eider_sight *out)
{
    size_t n, i;
    eider_device *devices = eider_subject_devices(s, &n);

    for (i = 0; i < n && out->candidate[0] == '\0'; i++)
        if (devices[i].trust == EIDER_TRUST_CANDIDATE)
            g_strlcpy(out->candidate, devices[i].fingerprint,
                      sizeof out->candidate);
    g_free(devices);
}

void
eider_sight_take(const eider_subject *s, eider_sight *out)
{
    memset(out, 0, sizeof *out);
    if (eider_subject_is_usable(s)) {
        core_link.app->view(s->account, s->who, &out->view);
        if (out->view.status.candidates > 0)
            find_candidate(s, out);
        return;
    }
    out->is_broken = true;
    out->view.has_strip = true;
    out->view.word = g_strdup(_("Not protected"));
    out->view.sentence =
        g_strdup_printf(_("Eider is not protecting anything: %s"),
                        core_link.trouble != NULL ? core_link.trouble
                                                  : _("the account is gone."));
    out->view.tooltip = g_strdup(out->view.sentence);
}

void
eider_sight_clear(eider_sight *sight)
{
    if (!sight->is_broken && core_link.app != NULL) {
        core_link.app->view_clear(&sight->view);
    } else {
        g_free(sight->view.word);
        g_free(sight->view.sentence);
        g_free(sight->view.tooltip);
    }
    memset(sight, 0, sizeof *sight);
}

const char *
eider_sight_icon(const eider_sight *sight)
{
    if (sight->is_broken)
        return "broken";
    switch (sight->view.status.look) {
    case EIDER_LOOK_OPEN:
        return "open";
    case EIDER_LOOK_STARTING:
        return "starting";
    case EIDER_LOOK_PRIVATE:
        return "private";
    case EIDER_LOOK_CHECKED:
        return "checked";
    case EIDER_LOOK_NEW_DEVICE:
        return "newdevice";
    case EIDER_LOOK_PAUSED:
        return "paused";
    case EIDER_LOOK_STEADY:
        return "steady";
    }
    return "broken";
}
