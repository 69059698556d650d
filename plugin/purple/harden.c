/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what an account tells by itself: looking at it, hiding it, and the
 * way back.  Undo writes the value of before where it still finds that of
 * after; where it does not, somebody else changed it since, and it asks.
 */
#include "harden.h"

#include "text.h"

#include <string.h>

static void (*window)(PurpleAccount *account); /* of a face */

/* ---- listing -------------------------------------------------------------- */

typedef struct {
    void (*row)(void *arg, const eider_harden_row *row);
    void *arg;
    size_t n;
} walk;

static eider_harden_state
state_of(const eider_harden_def *d, PurpleAccount *account, const char *value)
{
    char **v = eider_set_split(value);
    eider_harden_state state = d->state(account, v);

    g_strfreev(v);
    return state;
}

static void
list_row(const eider_harden_def *d, PurpleAccount *account, void *arg)
{
    walk *w = arg;
    char *now = eider_harden_read(d, account), **v = eider_set_split(now);
    char *used = eider_harden_used(d, account);
    char *before = eider_harden_recall(d, account, EIDER_BEFORE);
    char *after = eider_harden_recall(d, account, EIDER_AFTER);
    char **u = used != NULL ? eider_set_split(used) : v;
    char *words = d->words(account, u);
    eider_harden_row r = {
        .id = d->id,
        .is_global = d->is_global,
        .state = d->state(account, u),
        .will = d->state(account, v),
        .name = _(d->name),
        .now = words,
        .leak = _(d->leak),
        .effect = _(d->effect),
        .can_undo = before != NULL,
        .was_changed = before != NULL && g_strcmp0(after, now) != 0,
        .waits = used != NULL,
    };

    w->row(w->arg, &r);
    w->n++;
    if (u != v)
        g_strfreev(u);
    g_strfreev(v);
    g_free(words);
    g_free(now);
    g_free(used);
    g_free(before);
    g_free(after);
}

static size_t
list_rows(PurpleAccount *account,
          void (*row)(void *arg, const eider_harden_row *row), void *arg)
{
    walk w = {.row = row, .arg = arg};

    eider_harden_each(account, list_row, &w);
    return w.n;
}

static const char *
word(eider_harden_state state)
{
    switch (state) {
    case EIDER_HARDEN_HIDDEN:
        return _("hidden");
    case EIDER_HARDEN_PARTLY:
        return _("partly");
    case EIDER_HARDEN_VISIBLE:
        break;
    }
    return _("visible");
}

/* ---- hiding --------------------------------------------------------------- */

static char *
wanted_value(const eider_harden_def *d, PurpleAccount *account)
{
    return d->wanted != NULL ? d->wanted(d, account)
                             : eider_set_wanted(d, account);
}

static void
fail(const eider_harden_def *d)
{
    char *text = g_strdup_printf(_("%s: nothing was changed."), _(d->name));

    purple_notify_error(eider_plugin(), _("Eider"), text, NULL);
    g_free(text);
}

static void
hide(const eider_harden_def *d, PurpleAccount *account)
{
    char *before = eider_harden_read(d, account);
    char *wanted = wanted_value(d, account), *after;

    if (!eider_harden_write(d, account, wanted)) {
        fail(d);
    } else {
        after = eider_harden_read(d, account);
        eider_harden_remember(d, account, EIDER_BEFORE, before);
        eider_harden_remember(d, account, EIDER_AFTER, after);
        g_free(after);
    }
    g_free(wanted);
    g_free(before);
    eider_face_changed(NULL, NULL);
}

static void
on_hide(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);
    const eider_harden_def *d =
        account != NULL ? eider_harden_find(account, a->text) : NULL;

    if (d != NULL)
        hide(d, account);
    eider_ask_done(a);
}

static void
on_keep(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
change(PurpleAccount *account, const char *id)
{
    const eider_harden_def *d = eider_harden_find(account, id);
    char *now = d != NULL ? eider_harden_read(d, account) : NULL;
    char *doubt;

    if (d == NULL || state_of(d, account, now) == EIDER_HARDEN_HIDDEN) {
        g_free(now);
        return;
    }
    g_free(now);
    doubt = d->doubt != NULL ? d->doubt(account) : NULL;
    if (doubt == NULL)
        hide(d, account);
    else
        purple_request_action(
            eider_plugin(), _("Eider"), _(d->name), doubt, 1, account, NULL,
            NULL, eider_ask_new(account, "", d->id), 2, _("_Set it anyway"),
            G_CALLBACK(on_hide), _("_Cancel"), G_CALLBACK(on_keep));
    g_free(doubt);
}

/* ---- undoing -------------------------------------------------------------- */

static void
put_back(const eider_harden_def *d, PurpleAccount *account)
{
    char *before = eider_harden_recall(d, account, EIDER_BEFORE), *loss;

    if (before == NULL || !eider_harden_write(d, account, before)) {
        fail(d);
        g_free(before);
        return;
    }
    eider_harden_forget(d, account);
    loss = d->loss != NULL ? d->loss(before) : NULL;
    if (loss != NULL)
        purple_notify_info(eider_plugin(), _("Eider"), _(d->name), loss);
    g_free(loss);
    g_free(before);
}

/* Is it as it was left here? */
static bool
is_ours(const eider_harden_def *d, PurpleAccount *account)
{
    char *now = eider_harden_read(d, account),
         *after = eider_harden_recall(d, account, EIDER_AFTER);
    bool is = g_strcmp0(now, after) == 0;

    g_free(now);
    g_free(after);
    return is;
}

static void
on_put_back(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);
    char **ids = g_strsplit(a->text, " ", -1);

    for (char **id = ids; account != NULL && *id != NULL; id++) {
        const eider_harden_def *d = eider_harden_find(account, *id);

        if (d != NULL)
            put_back(d, account);
    }
    g_strfreev(ids);
    eider_ask_done(a);
    eider_face_changed(NULL, NULL);
}

/* What the user chose since is left, and is not ours any more. */
static void
on_leave(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);
    char **ids = g_strsplit(a->text, " ", -1);

    for (char **id = ids; account != NULL && *id != NULL; id++) {
        const eider_harden_def *d = eider_harden_find(account, *id);

        if (d != NULL)
            eider_harden_forget(d, account);
    }
    g_strfreev(ids);
    eider_ask_done(a);
    eider_face_changed(NULL, NULL);
}

static void
ask_about_changed(PurpleAccount *account, const char *ids, const char *names)
{
    char *text = g_strdup_printf(
        _("%s: changed since, but not here. Put back what was before it was "
          "hidden, or leave it as it is now?"),
        names);

    purple_request_action(eider_plugin(), _("Eider"), _("Undo"), text, 1,
                          account, NULL, NULL, eider_ask_new(account, "", ids),
                          2, _("_Put back"), G_CALLBACK(on_put_back),
                          _("_Leave"), G_CALLBACK(on_leave));
    g_free(text);
}

typedef struct {
    GString *ids, *names; /* of what somebody else changed */
} undoing;

static void
undo_row(const eider_harden_def *d, PurpleAccount *account, void *arg)
{
    undoing *u = arg;
    char *before = eider_harden_recall(d, account, EIDER_BEFORE);

    if (before != NULL && is_ours(d, account)) {
        put_back(d, account);
    } else if (before != NULL) {
        g_string_append_printf(u->ids, "%s%s", u->ids->len > 0 ? " " : "",
                               d->id);
        g_string_append_printf(u->names, "%s%s", u->names->len > 0 ? ", " : "",
                               _(d->name));
    }
    g_free(before);
}

static void
finish(PurpleAccount *account, undoing *u)
{
    if (u->ids->len > 0)
        ask_about_changed(account, u->ids->str, u->names->str);
    g_string_free(u->ids, TRUE);
    g_string_free(u->names, TRUE);
    eider_face_changed(NULL, NULL);
}

static void
undo(PurpleAccount *account, const char *id)
{
    const eider_harden_def *d = eider_harden_find(account, id);
    undoing u = {g_string_new(NULL), g_string_new(NULL)};

    if (d != NULL)
        undo_row(d, account, &u);
    finish(account, &u);
}

static void
undo_all(PurpleAccount *account)
{
    undoing u = {g_string_new(NULL), g_string_new(NULL)};

    eider_harden_each(account, undo_row, &u);
    finish(account, &u);
}

/* ---- the door ------------------------------------------------------------- */

static void
reconnect(PurpleAccount *account)
{
    if (purple_account_is_disconnected(account))
        return;
    purple_account_disconnect(account);
    purple_account_connect(account);
}

static void
set_window(void (*show)(PurpleAccount *account))
{
    window = show;
}

void
eider_harden_open(PurpleAccount *account)
{
    GList *all = purple_accounts_get_all();

    if (account == NULL && all != NULL && (all->next == NULL || window != NULL))
        account = all->data;
    if (account == NULL && all != NULL)
        eider_harden_choose();
    else if (account == NULL)
        purple_notify_info(eider_plugin(), _("Eider"),
                           _("There is no account."), NULL);
    else if (window != NULL)
        window(account);
    else
        eider_harden_ask(account);
}

const eider_harden_app eider_harden_face = {
    .rows = list_rows,
    .change = change,
    .undo = undo,
    .undo_all = undo_all,
    .reconnect = reconnect,
    .word = word,
    .open = eider_harden_open,
    .set_window = set_window,
};

void
eider_harden_init(void)
{
    purple_prefs_add_string(EIDER_PREF_TOR, "");
    eider_harden_rows_init();
}

void
eider_harden_start(void)
{
    eider_harden_rows_start();
    eider_harden_files_start();
}

void
eider_harden_stop(void)
{
    window = NULL;
    eider_harden_rows_stop();
}
