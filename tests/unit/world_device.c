/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One machine: its disk, its engine, its user's eyes. */
#include "unit/world_device.h"

#include <check.h>
#include <string.h>

static void
shown_free(gpointer p)
{
    shown_text *t = p;

    g_free(t->html);
    g_free(t->from);
    g_free(t);
}

static void
line_free(gpointer p)
{
    sent_line *l = p;

    g_free(l->to);
    g_free(l->line);
    g_free(l);
}

device *
world_add(world *w, const char *name, const char *resource)
{
    device *d = g_new0(device, 1);

    d->w = w;
    d->name = g_strdup(name);
    d->full = g_strconcat(name, "/", resource, NULL);
    d->account = g_strconcat("sim\t", name, NULL);
    d->files = memfiles_new();
    memfiles_in_place(d->files);
    d->table = device_table(d);
    d->line_max = 8000;
    d->policy = EIDER_DEFAULT_AUTO;
    d->label = "desk";
    d->slot = 10;
    d->has_ledger = true;
    d->die_at_write = d->die_at_send = d->die_at_show = WORLD_NEVER;
    d->shown = g_ptr_array_new_with_free_func(shown_free);
    d->lines = g_ptr_array_new_with_free_func(line_free);
    d->states = g_array_new(FALSE, TRUE, sizeof(told_state));
    g_ptr_array_add(w->devices, d);
    return d;
}

static bool
is_here(const world *w, const char *name)
{
    for (guint i = 0; i < w->devices->len; i++) {
        const device *x = g_ptr_array_index(w->devices, i);

        if (x->is_online && strcmp(x->name, name) == 0)
            return true;
    }
    return false;
}

/* Everybody else sees @d come or go. */
static void
tell_presence(device *d, bool online)
{
    for (guint i = 0; i < d->w->devices->len; i++) {
        device *x = g_ptr_array_index(d->w->devices, i);

        if (x->engine == NULL || x->is_dead || !x->is_online ||
            strcmp(x->name, d->name) == 0 || d->w->is_quiet)
            continue;
        x->has_failed = false;
        eider_engine_presence(x->engine, x->account, d->name, online);
    }
}

static void
see_presences(device *d)
{
    for (guint i = 0; i < d->w->devices->len; i++) {
        const device *x = g_ptr_array_index(d->w->devices, i);
        bool seen = strcmp(x->name, d->name) == 0 || !x->is_online;

        for (guint j = 0; j < i && !seen; j++) {
            const device *y = g_ptr_array_index(d->w->devices, j);

            seen = y->is_online && strcmp(x->name, y->name) == 0;
        }
        if (seen || d->is_dead || d->w->is_quiet)
            continue;
        d->has_failed = false;
        eider_engine_presence(d->engine, d->account, x->name, true);
    }
}

bool
device_try(device *d)
{
    const eider_env env = device_env(d);

    if (d->engine != NULL)
        return true;
    if (eider_store_open(&d->store, &d->table, NULL) != EIDER_OK)
        return false;
    if (eider_engine_new(&d->engine, &env, d->store) == EIDER_OK)
        return true;
    eider_store_close(d->store);
    d->store = NULL;
    return false;
}

void
device_start(device *d)
{
    bool was_here = is_here(d->w, d->name);

    device_reap(d);
    /* A disk that fails once makes the user start it again. */
    for (unsigned i = 0; !device_try(d); i++) {
        ck_assert(d->is_dead || i == 0);
        device_reap(d);
    }
    if (d->is_online)
        return;
    d->is_online = true;
    d->has_failed = false;
    eider_engine_account(d->engine, d->account, true);
    if (!d->is_dead)
        see_presences(d);
    if (!was_here && !d->is_dead)
        tell_presence(d, true);
    if (!d->is_dead)
        world_empty_box(d->w, d->name);
}

void
device_offline(device *d)
{
    if (!d->is_online)
        return;
    d->is_online = false;
    if (d->engine != NULL && !d->is_dead)
        eider_engine_account(d->engine, d->account, false);
    if (!is_here(d->w, d->name))
        tell_presence(d, false);
}

static void
take_away(device *d)
{
    eider_engine_free(d->engine);
    eider_store_close(d->store);
    d->engine = NULL;
    d->store = NULL;
    d->wake_gen++;
    d->wake_ms = 0;
}

void
device_stop(device *d)
{
    device_offline(d);
    if (d->engine != NULL)
        take_away(d);
    if (d->is_dead) /* on its way down */
        memfiles_fail_all(d->files, false);
    d->is_dead = false;
}

static void
start_again(world *w, void *a, int n)
{
    (void)w;
    (void)n;
    if (((device *)a)->engine == NULL)
        device_start(a);
}

void
device_reap(device *d)
{
    if (!d->is_dead)
        return;
    if (d->engine != NULL)
        take_away(d);
    d->is_dead = false;
    d->die_at_write = d->die_at_send = d->die_at_show = WORLD_NEVER;
    memfiles_fail_all(d->files, false);
    d->is_online = false;
    if (!is_here(d->w, d->name))
        tell_presence(d, false);
    if (d->w->restart_ms > 0)
        world_later(d->w, 1 + world_random(d->w, (uint32_t)d->w->restart_ms),
                    start_again, d, 0);
}

void
device_crash(device *d)
{
    if (d->engine == NULL || d->is_dead)
        return;
    device_die(d);
    device_reap(d);
}

void
device_free(device *d)
{
    d->is_dead = true; /* nothing is looked at any more */
    if (d->engine != NULL)
        take_away(d);
    if (d->bodies != NULL)
        g_hash_table_unref(d->bodies);
    memfiles_free(d->files);
    g_ptr_array_free(d->shown, TRUE);
    g_ptr_array_free(d->lines, TRUE);
    g_array_free(d->states, TRUE);
    g_free(d->name);
    g_free(d->full);
    g_free(d->account);
    g_free(d->news_detail);
    g_free(d);
}
