/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the picture of an account.  libpurple deletes a picture that nobody
 * uses any more, so a copy is kept beside the others until it is put back.
 */
#include "harden.h"

#include "text.h"

#include <glib/gstdio.h>
#include <string.h>

#define OWN  "use-global-buddyicon"
#define FILE "buddy_icon"
#define KEPT "eider-" /* before the name of a copy */

enum { SHARES, NAME, FIELDS };

/* Whether it follows the picture for all accounts, and the file's name. */
static const eider_harden_def settings = {
    .set = {{OWN, EIDER_SET_BOOL, "=0"}, {FILE, EIDER_SET_STRING, "-"}},
};

bool
eider_picture_applies(const PurpleAccount *account)
{
    PurplePluginProtocolInfo *info = eider_names_protocol(account);

    return info != NULL && info->set_buddy_icon != NULL &&
           info->icon_spec.format != NULL;
}

char *
eider_picture_read(const eider_harden_def *d G_GNUC_UNUSED,
                   PurpleAccount *account)
{
    return eider_set_read(&settings, account);
}

char *
eider_picture_wanted(const eider_harden_def *d G_GNUC_UNUSED,
                     PurpleAccount *account)
{
    return eider_set_wanted(&settings, account);
}

static char *
path_of(const char *prefix, const char *name)
{
    /* A file of that folder, whatever the setting says. */
    char *base = g_path_get_basename(name);
    char *file = g_strconcat(prefix, base, NULL);
    char *path =
        g_build_filename(purple_buddy_icons_get_cache_dir(), file, NULL);

    g_free(file);
    g_free(base);
    return path;
}

static bool
keep_copy(const char *name)
{
    char *from = path_of("", name), *to = path_of(KEPT, name), *data = NULL;
    gsize n;
    bool ok = g_file_get_contents(from, &data, &n, NULL) &&
              g_file_set_contents(to, data, (gssize)n, NULL);

    if (ok)
        g_chmod(to, 0600);
    g_free(data);
    g_free(from);
    g_free(to);
    return ok;
}

/* The copy goes, unless another account waits for the same one. */
static void
drop_copy(const PurpleAccount *account, const char *name)
{
    char *path = path_of(KEPT, name);
    bool is_wanted = false;

    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next) {
        const char *kept = purple_account_get_string(
            l->data, "eider-" EIDER_BEFORE "-picture", "");

        is_wanted =
            is_wanted || (l->data != account && strstr(kept, name) != NULL);
    }
    if (!is_wanted)
        g_unlink(path);
    g_free(path);
}

static bool
put_back(PurpleAccount *account, const char *name)
{
    char *from = path_of(KEPT, name), *data = NULL;
    gsize n;
    bool ok = g_file_get_contents(from, &data, &n, NULL) && n > 0;

    if (ok) { /* takes the data */
        purple_buddy_icons_set_account_icon(account, (guchar *)data, n);
        drop_copy(account, name);
    }
    g_free(from);
    return ok;
}

bool
eider_picture_write(const eider_harden_def *d G_GNUC_UNUSED,
                    PurpleAccount *account, const char *value)
{
    char *now = eider_set_read(&settings, account);
    char **was = eider_set_split(now), **v = eider_set_split(value);
    bool ok = g_strv_length(v) == FIELDS;

    if (ok && strcmp(was[NAME], v[NAME]) != 0) {
        if (was[NAME][0] == '=')
            ok = keep_copy(was[NAME] + 1);
        if (ok && v[NAME][0] == '=')
            ok = put_back(account, v[NAME] + 1);
        else if (ok)
            purple_buddy_icons_set_account_icon(account, NULL, 0);
    }
    if (ok && v[SHARES][0] == '=')
        purple_account_set_bool(account, OWN, v[SHARES][1] == '1');
    else if (ok)
        purple_account_remove_setting(account, OWN);
    g_strfreev(was);
    g_strfreev(v);
    g_free(now);
    return ok;
}

eider_harden_state
eider_picture_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(v[NAME][0] != '=');
}

char *
eider_picture_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return g_strdup(v[NAME][0] == '=' ? _("shown to everybody") : _("none"));
}
