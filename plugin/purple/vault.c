/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the passphrase of the store: set, change, remove. */
#include "seam.h"

#include "text.h"

#include <string.h>

typedef struct {
    bool removes, by_desk;
    char *current, *pass; /* current: NULL where there is none yet */
    eider_buf master, wrapped;
    eider_secret key;
    eider_err err;
} change;

static void
wipe_text(char *s)
{
    if (s != NULL)
        eider_wipe(s, strlen(s));
    g_free(s);
}

static void
wipe(void *data)
{
    change *c = data;

    wipe_text(c->current);
    wipe_text(c->pass);
    eider_buf_wipe(&c->master);
    eider_buf_wipe(&c->wrapped);
    eider_secret_wipe(&c->key);
    g_free(c);
}

static void
fail(const char *why)
{
    purple_notify_error(eider_plugin(), _("Eider"),
                        _("The passphrase is as it was."), why);
}

/* In the thread. */
static void
work(void *data)
{
    EIDER_AUTO(eider_secret) was = {0};
    change *c = data;

    c->err = EIDER_OK;
    if (c->current != NULL)
        c->err = eider_master_unwrap((eider_slice){c->master.p, c->master.n},
                                     c->current, strlen(c->current), &was);
    if (c->err == EIDER_OK && !c->removes)
        c->err =
            eider_master_wrap(&c->key, c->pass, strlen(c->pass), &c->wrapped);
}

static void
tell_done(const change *c)
{
    purple_notify_info(
        eider_plugin(), _("Eider"),
        c->removes ? _("The passphrase was removed.")
                   : _("The passphrase was set."),
        c->removes ? _("Your keys now open without one: whoever can read your "
                       "files can use them.")
        : c->by_desk ? _("The desktop's keyring opens your keys. Where it "
                         "cannot, you are asked for the passphrase.")
                     : _("You are asked for it when Pidgin starts. Nobody can "
                         "tell it to you if you forget it."));
}

static void
done(void *data)
{
    change *c = data;
    eider_store *s = eider_opening_store();
    eider_err err = c->err;

    if (s == NULL) {
        fail(eider_opening_why());
        return;
    }
    if (err == EIDER_OK)
        err = c->removes ? eider_store_set_passphrase(s, NULL, 0)
                         : eider_store_put_master(
                               s, (eider_slice){c->wrapped.p, c->wrapped.n});
    if (err == EIDER_OK) {
        eider_opening_prepare_letterbox();
        if (c->by_desk)
            eider_desk_keep();
        else
            eider_desk_forget();
        tell_done(c);
    } else if (err == EIDER_E_AUTH) {
        fail(_("That was not the current passphrase."));
    } else if (err == EIDER_E_INTERNAL) {
        fail(_("There is not enough memory for it."));
    } else {
        fail(eider_opening_why());
    }
}

static bool
take_master(change *c)
{
    eider_store *s = eider_opening_store();

    if (s == NULL || !eider_opening_read_master(&c->master)) {
        fail(eider_opening_why());
        return false;
    }
    eider_store_copy_key(s, &c->key);
    return true;
}

static void
start(change *c)
{
    if (!take_master(c)) {
        wipe(c);
        return;
    }
    eider_slow_run(c->removes ? _("Removing the passphrase...")
                              : _("Setting the passphrase..."),
                   work, done, wipe, c);
}

/* ---- asking --------------------------------------------------------------- */

static const char *
field(PurpleRequestFields *f, const char *id)
{
    const char *s = purple_request_fields_exists(f, id)
                        ? purple_request_fields_get_string(f, id)
                        : NULL;

    return s != NULL ? s : "";
}

static void
on_set(gpointer data G_GNUC_UNUSED, PurpleRequestFields *f)
{
    eider_store *s = eider_opening_store();
    const char *pass = field(f, "new");
    change *c;

    if (pass[0] == '\0') {
        fail(_("It cannot be empty. To go without one, remove it."));
        return;
    }
    if (strcmp(pass, field(f, "again")) != 0) {
        fail(_("The two new ones differ."));
        return;
    }
    c = g_new0(change, 1);
    c->pass = g_strdup(pass);
    c->by_desk = purple_request_fields_exists(f, "desk") &&
                 purple_request_fields_get_bool(f, "desk");
    if (s != NULL && eider_store_has_passphrase(s))
        c->current = g_strdup(field(f, "current"));
    start(c);
}

static void
on_remove(gpointer data G_GNUC_UNUSED, PurpleRequestFields *f)
{
    change *c = g_new0(change, 1);

    c->removes = true;
    c->current = g_strdup(field(f, "current"));
    start(c);
}

static void
on_cancel(gpointer data G_GNUC_UNUSED, PurpleRequestFields *f G_GNUC_UNUSED)
{
}

void
eider_vault_add_field(PurpleRequestFieldGroup *g, const char *id,
                      const char *label)
{
    PurpleRequestField *f =
        purple_request_field_string_new(id, label, NULL, FALSE);

    purple_request_field_string_set_masked(f, TRUE);
    purple_request_field_set_required(f, TRUE);
    purple_request_field_group_add_field(g, f);
}

static eider_store *
open_store(void)
{
    eider_store *s =
        eider_opening_retry() != NULL ? eider_opening_store() : NULL;

    if (s == NULL)
        fail(eider_opening_why());
    return s;
}

void
eider_vault_set(void)
{
    PurpleRequestFields *f = purple_request_fields_new();
    PurpleRequestFieldGroup *g = purple_request_field_group_new(NULL);
    eider_store *s = open_store();
    bool has = s != NULL && eider_store_has_passphrase(s);

    purple_request_fields_add_group(f, g);
    if (s == NULL) {
        purple_request_fields_destroy(f);
        return;
    }
    if (has)
        eider_vault_add_field(g, "current", _("_Current passphrase"));
    eider_vault_add_field(g, "new", _("_New passphrase"));
    eider_vault_add_field(g, "again", _("New passphrase, _again"));
    if (eider_desk_can())
        purple_request_field_group_add_field(
            g, purple_request_field_bool_new(
                   "desk", _("Let the desktop's keyring open it"),
                   eider_desk_is_used()));
    purple_request_fields(
        eider_plugin(), _("Eider"),
        has ? _("Change the passphrase of your keys")
            : _("Lock your keys with a passphrase"),
        _("Without it nobody who reads your files can use your keys. If you "
          "forget it they are lost."),
        f, has ? _("C_hange") : _("_Set"), G_CALLBACK(on_set), _("_Cancel"),
        G_CALLBACK(on_cancel), NULL, NULL, NULL, NULL);
}

void
eider_vault_remove(void)
{
    PurpleRequestFields *f;
    PurpleRequestFieldGroup *g;
    eider_store *s = open_store();

    if (s == NULL)
        return;
    if (!eider_store_has_passphrase(s)) {
        purple_notify_info(eider_plugin(), _("Eider"),
                           _("There is no passphrase."), NULL);
        return;
    }
    f = purple_request_fields_new();
    g = purple_request_field_group_new(NULL);
    purple_request_fields_add_group(f, g);
    eider_vault_add_field(g, "current", _("_Current passphrase"));
    purple_request_fields(
        eider_plugin(), _("Eider"), _("Remove the passphrase of your keys"),
        _("Whoever can read your files can use your keys then."), f,
        _("_Remove"), G_CALLBACK(on_remove), _("_Cancel"),
        G_CALLBACK(on_cancel), NULL, NULL, NULL, NULL);
}

bool
eider_vault_is_locked(void)
{
    eider_store *s = eider_opening_store();

    return s != NULL && eider_store_has_passphrase(s);
}
