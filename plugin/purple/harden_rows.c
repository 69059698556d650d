/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the rows of the hardening dialog and what is remembered of each.
 *
 * With each row that was hidden here two values are remembered, that of before
 * and that of after, in the settings of the account or, for what is the
 * client's, in its preferences.
 */
#include "harden.h"

#include <string.h>

static const eider_harden_table *const tables[] = {
    &eider_harden_account, &eider_harden_own, &eider_harden_client};

static GHashTable *in_use; /* "<account>\n<row>" -> value at the last login */

eider_harden_state
eider_harden_hidden_if(bool is_hidden)
{
    return is_hidden ? EIDER_HARDEN_HIDDEN : EIDER_HARDEN_VISIBLE;
}

bool
eider_harden_is_xmpp(const PurpleAccount *account)
{
    return g_strcmp0(purple_account_get_protocol_id(account), "prpl-jabber") ==
           0;
}

/* ---- rows ----------------------------------------------------------------- */

void
eider_harden_each(PurpleAccount *account,
                  void (*act)(const eider_harden_def *d, PurpleAccount *account,
                              void *arg),
                  void *arg)
{
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
        for (size_t i = 0; i < tables[t]->n; i++)
            if (tables[t]->rows[i].applies(account))
                act(&tables[t]->rows[i], account, arg);
}

const eider_harden_def *
eider_harden_find(PurpleAccount *account, const char *id)
{
    for (size_t t = 0; t < G_N_ELEMENTS(tables); t++)
        for (size_t i = 0; i < tables[t]->n; i++)
            if (strcmp(tables[t]->rows[i].id, id) == 0 &&
                tables[t]->rows[i].applies(account))
                return &tables[t]->rows[i];
    return NULL;
}

char *
eider_harden_read(const eider_harden_def *d, PurpleAccount *account)
{
    return d->read != NULL ? d->read(d, account) : eider_set_read(d, account);
}

bool
eider_harden_write(const eider_harden_def *d, PurpleAccount *account,
                   const char *v)
{
    return d->write != NULL ? d->write(d, account, v)
                            : eider_set_write(d, account, v);
}

/* ---- what was before ------------------------------------------------------ */

static char *
place_of(const eider_harden_def *d, const char *which)
{
    return d->is_global
               ? g_strdup_printf(EIDER_PREF_HARDEN "/%s-%s", d->id, which)
               : g_strdup_printf("eider-%s-%s", which, d->id);
}

/* NULL: nothing is remembered. */
char *
eider_harden_recall(const eider_harden_def *d, PurpleAccount *account,
                    const char *which)
{
    char *place = place_of(d, which);
    const char *text = d->is_global
                           ? purple_prefs_get_string(place)
                           : purple_account_get_string(account, place, NULL);
    char *out = text != NULL && text[0] != '\0' ? g_strdup(text) : NULL;

    g_free(place);
    return out;
}

void
eider_harden_remember(const eider_harden_def *d, PurpleAccount *account,
                      const char *which, const char *value)
{
    char *place = place_of(d, which);

    if (d->is_global)
        purple_prefs_set_string(place, value != NULL ? value : "");
    else if (value != NULL)
        purple_account_set_string(account, place, value);
    else
        purple_account_remove_setting(account, place);
    g_free(place);
}

void
eider_harden_forget(const eider_harden_def *d, PurpleAccount *account)
{
    eider_harden_remember(d, account, EIDER_BEFORE, NULL);
    eider_harden_remember(d, account, EIDER_AFTER, NULL);
}

/* ---- what needs a new connection ------------------------------------------ */

static char *
key_of(PurpleAccount *account, const char *id)
{
    char *name = eider_names_account(account);
    char *key = g_strdup_printf("%s\n%s", name, id);

    g_free(name);
    return key;
}

static void
note_use(const eider_harden_def *d, PurpleAccount *account,
         void *arg G_GNUC_UNUSED)
{
    if (d->waits)
        g_hash_table_replace(in_use, key_of(account, d->id),
                             eider_harden_read(d, account));
}

char *
eider_harden_used(const eider_harden_def *d, PurpleAccount *account)
{
    char *key, *now, *out = NULL;
    const char *used;

    if (!d->waits || in_use == NULL || purple_account_is_disconnected(account))
        return NULL;
    key = key_of(account, d->id);
    used = g_hash_table_lookup(in_use, key);
    now = eider_harden_read(d, account);
    if (used != NULL && strcmp(used, now) != 0)
        out = g_strdup(used);
    g_free(now);
    g_free(key);
    return out;
}

bool
eider_harden_waits(PurpleAccount *account, const char *id)
{
    const eider_harden_def *d = eider_harden_find(account, id);
    char *used = d != NULL ? eider_harden_used(d, account) : NULL;
    bool waits = used != NULL;

    g_free(used);
    return waits;
}

static void
on_signed_off(PurpleConnection *gc G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    eider_face_changed(NULL, NULL); /* nothing waits for a new login now */
}

static void
on_signing_on(PurpleConnection *gc, gpointer data G_GNUC_UNUSED)
{
    eider_harden_each(purple_connection_get_account(gc), note_use, NULL);
}

/* ---- starting ------------------------------------------------------------- */

void
eider_harden_rows_init(void)
{
    purple_prefs_add_none(EIDER_PREF_HARDEN);
    for (size_t i = 0; i < eider_harden_client.n; i++) {
        const eider_harden_def *d = &eider_harden_client.rows[i];
        char *before = place_of(d, EIDER_BEFORE),
             *after = place_of(d, EIDER_AFTER);

        purple_prefs_add_string(before, "");
        purple_prefs_add_string(after, "");
        g_free(before);
        g_free(after);
    }
}

void
eider_harden_rows_start(void)
{
    in_use = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (GList *l = purple_connections_get_all(); l != NULL; l = l->next)
        eider_harden_each(purple_connection_get_account(l->data), note_use,
                          NULL);
    purple_signal_connect(purple_connections_get_handle(), "signing-on",
                          eider_plugin(), PURPLE_CALLBACK(on_signing_on), NULL);
    purple_signal_connect(purple_connections_get_handle(), "signed-off",
                          eider_plugin(), PURPLE_CALLBACK(on_signed_off), NULL);
}

void
eider_harden_rows_stop(void)
{
    g_clear_pointer(&in_use, g_hash_table_destroy);
}
