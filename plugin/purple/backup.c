/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: export to a sealed backup and import from one, asked step by step. */
#include "seam.h"

#include "eider/backup.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    bool imports;
    char *path, *pass, *why;
    eider_buf plain, file;
    eider_err err;
    bool in_file; /* it is the file that failed, not what is in it */
} backup;

/* What an open question remembers; one export or import at a time. */
static backup *asking;

static void
wipe(void *data)
{
    backup *b = data;

    if (b == NULL)
        return;
    g_free(b->path);
    if (b->pass != NULL)
        eider_wipe(b->pass, strlen(b->pass));
    g_free(b->pass);
    free(b->why);
    eider_buf_wipe(&b->plain);
    eider_buf_wipe(&b->file);
    g_free(b);
}

static backup *
begin(bool imports)
{
    wipe(asking);
    asking = g_new0(backup, 1);
    asking->imports = imports;
    return asking;
}

void
eider_backup_stop(void)
{
    wipe(asking);
    asking = NULL;
}

static void
fail(bool imports, const char *why)
{
    purple_notify_error(eider_plugin(), _("Eider"),
                        imports ? _("Nothing was imported.")
                                : _("No backup was written."),
                        why);
}

static void
fail_with(bool imports, const char *format, const char *detail)
{
    char *text = g_strdup_printf(format, detail != NULL ? detail : "");

    fail(imports, text);
    g_free(text);
}

static void
on_cancel(gpointer data G_GNUC_UNUSED, gpointer unused G_GNUC_UNUSED)
{
    eider_backup_stop();
}

/* ---- out: passphrase, file, seal ------------------------------------------ */

static void
seal(void *data)
{
    backup *b = data;

    b->err = eider_backup_seal((eider_slice){b->plain.p, b->plain.n}, b->pass,
                               strlen(b->pass), &b->file);
    if (b->err != EIDER_OK)
        return;
    b->in_file = true;
    b->err = eider_backup_save(b->path, (eider_slice){b->file.p, b->file.n},
                               &b->why);
}

static void
sealed(void *data)
{
    backup *b = data;
    char *text;

    if (b->err == EIDER_OK) {
        text = g_strdup_printf(
            _("%s\n\nWithout its passphrase nobody can open it, you neither. "
              "Keep both, in two places."),
            b->path);
        purple_notify_info(eider_plugin(), _("Eider"),
                           _("The backup was written."), text);
        g_free(text);
    } else if (b->err == EIDER_E_LOCKED) {
        fail_with(false,
                  _("%s is there already and is no backup: choose another "
                    "name."),
                  b->path);
    } else if (b->err == EIDER_E_INTERNAL) {
        fail(false, _("There is not enough memory for it."));
    } else {
        fail_with(false, _("The file cannot be written: %s."), b->why);
    }
}

/* The flow that this answer belongs to; NULL where another was begun in a
 * second dialog meanwhile, and said. */
static backup *
take(bool imports)
{
    backup *b = asking;

    if (b == NULL || b->imports != imports ||
        (imports ? b->path : b->pass) == NULL) {
        fail(imports, _("Try again in a few seconds."));
        return NULL;
    }
    asking = NULL;
    return b;
}

/* Finch gives a bare name where the user changed nothing; what the client's
 * own folder is, nobody knows. */
static char *
whole_path(const char *path)
{
    return g_path_is_absolute(path)
               ? g_strdup(path)
               : g_build_filename(g_get_home_dir(), path, NULL);
}

static void
on_save_as(gpointer data G_GNUC_UNUSED, const char *path)
{
    eider_engine *e = eider_opening_engine();
    backup *b;

    if (path == NULL || path[0] == '\0') {
        eider_backup_stop();
        return;
    }
    b = take(false);
    if (b == NULL)
        return;
    b->path = whole_path(path);
    if (e == NULL || eider_backup_gather(e, &b->plain) != EIDER_OK) {
        fail_with(false, _("Eider cannot use its folder (%s)."),
                  eider_opening_why());
        wipe(b);
        return;
    }
    eider_slow_run(_("Sealing the backup..."), seal, sealed, wipe, b);
}

static void
on_new_passphrase(gpointer data G_GNUC_UNUSED, PurpleRequestFields *f)
{
    const char *pass = purple_request_fields_get_string(f, "new");
    const char *again = purple_request_fields_get_string(f, "again");
    char name[64];
    time_t now = time(NULL);

    if (asking == NULL || asking->imports || asking->pass != NULL) {
        fail(false, _("Try again in a few seconds."));
        return;
    }
    if (pass == NULL || pass[0] == '\0' || g_strcmp0(pass, again) != 0) {
        fail(false, pass == NULL || pass[0] == '\0'
                        ? _("A backup needs a passphrase.")
                        : _("The two passphrases differ."));
        eider_backup_stop();
        return;
    }
    asking->pass = g_strdup(pass);
    strftime(name, sizeof name, "eider-%Y-%m-%d.backup", localtime(&now));
    purple_request_file(eider_plugin(), _("Save the backup of your keys"), name,
                        TRUE, G_CALLBACK(on_save_as), G_CALLBACK(on_cancel),
                        NULL, NULL, NULL, NULL);
}

static bool
is_ready(bool imports)
{
    if (eider_opening_retry() != NULL)
        return true;
    fail(imports, eider_opening_why());
    eider_opening_ask_passphrase();
    return false;
}

void
eider_backup_export(void)
{
    PurpleRequestFields *f;
    PurpleRequestFieldGroup *g;

    if (!is_ready(false))
        return;
    f = purple_request_fields_new();
    g = purple_request_field_group_new(NULL);
    purple_request_fields_add_group(f, g);
    eider_vault_add_field(g, "new", _("_Passphrase of the backup"));
    eider_vault_add_field(g, "again", _("The same _again"));
    (void)begin(false);
    purple_request_fields(
        eider_plugin(), _("Eider"), _("Export a sealed backup"),
        _("It holds your keys, whom you trust, and text that waits; not what "
          "was said. You can import it into a new profile."),
        f, _("C_ontinue"), G_CALLBACK(on_new_passphrase), _("_Cancel"),
        G_CALLBACK(on_cancel), NULL, NULL, NULL, NULL);
}

/* ---- in: file, passphrase, open, import ----------------------------------- */

static void
unseal(void *data)
{
    backup *b = data;

    b->err = eider_backup_load(b->path, &b->file, &b->why);
    b->in_file = b->err != EIDER_OK;
    if (b->err == EIDER_OK)
        b->err = eider_backup_unseal((eider_slice){b->file.p, b->file.n},
                                     b->pass, strlen(b->pass), &b->plain);
}

static const char *
words_for(eider_err err)
{
    switch (err) {
    case EIDER_E_AUTH:
        return _("That was not the passphrase of this backup.");
    case EIDER_E_STATE:
        return _("This backup was written by a newer Eider: update first.");
    case EIDER_E_INTERNAL:
        return _("There is not enough memory for it.");
    default:
        return _("This is no backup of Eider, or it is damaged.");
    }
}

static void
tell_imported(const eider_backup_count *n)
{
    char *text = g_strdup_printf(
        _("Accounts: %u, contacts: %u, keys: %u, texts that wait: %u.\n\nIf "
          "the old computer still runs Eider, stop it there: of two that use "
          "the same keys, each gets only some of the messages."),
        n->accounts, n->contacts, n->keys, n->waiting);

    purple_notify_info(eider_plugin(), _("Eider"),
                       _("The backup was imported."), text);
    g_free(text);
}

static void ask_to_open(const char *path, const char *primary);

static void
unsealed(void *data)
{
    backup *b = data;
    eider_engine *e = eider_opening_engine();
    eider_backup_count n = {0};
    eider_err err = b->err;

    if (b->in_file) {
        fail_with(true, _("The file cannot be read: %s."), b->why);
        return;
    }
    if (err == EIDER_E_AUTH) {
        ask_to_open(b->path, words_for(err));
        return;
    }
    if (err == EIDER_OK && e == NULL)
        err = EIDER_E_STORE;
    if (err == EIDER_OK)
        err = eider_backup_import(e, (eider_slice){b->plain.p, b->plain.n}, &n);
    if (err == EIDER_E_STORE) {
        fail_with(true, _("Eider cannot use its folder (%s)."),
                  eider_opening_why());
    } else if (err != EIDER_OK) {
        fail(true, words_for(err));
    } else {
        tell_imported(&n);
        eider_presence_report_all(); /* what waits goes out */
        eider_face_changed(NULL, NULL);
    }
}

static void
on_passphrase(gpointer data G_GNUC_UNUSED, const char *pass)
{
    backup *b = take(true);

    if (b == NULL)
        return;
    b->pass = g_strdup(pass != NULL ? pass : "");
    eider_slow_run(_("Opening the backup..."), unseal, unsealed, wipe, b);
}

static void
ask_to_open(const char *path, const char *primary)
{
    backup *b = begin(true);

    b->path = g_strdup(path);
    purple_request_input(
        eider_plugin(), _("Eider"), primary,
        _("Enter the passphrase that this backup was sealed with."), NULL,
        FALSE, TRUE, NULL, _("_Import"), G_CALLBACK(on_passphrase),
        _("_Cancel"), G_CALLBACK(on_cancel), NULL, NULL, NULL, NULL);
}

static void
on_open(gpointer data G_GNUC_UNUSED, const char *path)
{
    char *whole;

    if (path == NULL || path[0] == '\0') {
        eider_backup_stop();
        return;
    }
    whole = whole_path(path);
    ask_to_open(whole, _("Import a backup"));
    g_free(whole);
}

static void
choose_file(void)
{
    (void)begin(true);
    purple_request_file(eider_plugin(), _("Open a backup of your keys"), NULL,
                        FALSE, G_CALLBACK(on_open), G_CALLBACK(on_cancel), NULL,
                        NULL, NULL, NULL);
}

static void
on_sure(gpointer data G_GNUC_UNUSED, int action G_GNUC_UNUSED)
{
    if (is_ready(true))
        choose_file();
}

static void
on_unsure(gpointer data G_GNUC_UNUSED, int action G_GNUC_UNUSED)
{
}

void
eider_backup_ask_import(void)
{
    if (!is_ready(true))
        return;
    if (eider_backup_is_used(eider_opening_engine()))
        purple_request_action(
            eider_plugin(), _("Eider"),
            _("Import a backup over the keys of this profile?"),
            _("It has met contacts already. The backup's keys take the place "
              "of its own; contacts, trust and text that waits are put "
              "together, and sessions are made anew."),
            1, NULL, NULL, NULL, NULL, 2, _("_Import..."), G_CALLBACK(on_sure),
            _("_Cancel"), G_CALLBACK(on_unsure));
    else
        choose_file();
}
