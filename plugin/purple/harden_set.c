/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: settings of accounts and preferences of the client as values that can
 * be put back exactly, a setting that was never set included.
 */
#include "harden.h"

#include <stdlib.h>

#define UNSET "-"

/* ---- one setting ---------------------------------------------------------- */

/* libpurple does not say whether a setting is set; two defaults do. */
static char *
read_account(PurpleAccount *account, const eider_setting *s)
{
    const char *text;
    bool yes;
    int n;

    switch (s->kind) {
    case EIDER_SET_BOOL:
        yes = purple_account_get_bool(account, s->name, FALSE);
        if (yes != purple_account_get_bool(account, s->name, TRUE))
            return g_strdup(UNSET);
        return g_strdup(yes ? "=1" : "=0");
    case EIDER_SET_INT:
        n = purple_account_get_int(account, s->name, 0);
        if (n != purple_account_get_int(account, s->name, 1))
            return g_strdup(UNSET);
        return g_strdup_printf("=%d", n);
    case EIDER_SET_STRING:
        break;
    }
    text = purple_account_get_string(account, s->name, NULL);
    return text != NULL ? g_strconcat("=", text, NULL) : g_strdup(UNSET);
}

static void
write_account(PurpleAccount *account, const eider_setting *s, const char *value)
{
    if (value[0] != '=')
        purple_account_remove_setting(account, s->name);
    else if (s->kind == EIDER_SET_BOOL)
        purple_account_set_bool(account, s->name, value[1] == '1');
    else if (s->kind == EIDER_SET_INT)
        purple_account_set_int(account, s->name, atoi(value + 1));
    else
        purple_account_set_string(account, s->name, value + 1);
}

static char *
read_pref(const eider_setting *s)
{
    const char *text;

    if (!purple_prefs_exists(s->name))
        return g_strdup(UNSET);
    if (s->kind == EIDER_SET_BOOL)
        return g_strdup(purple_prefs_get_bool(s->name) ? "=1" : "=0");
    if (s->kind == EIDER_SET_INT)
        return g_strdup_printf("=%d", purple_prefs_get_int(s->name));
    text = purple_prefs_get_string(s->name);
    return g_strconcat("=", text != NULL ? text : "", NULL);
}

static void
write_pref(const eider_setting *s, const char *value)
{
    if (value[0] != '=')
        return; /* the client has no such preference */
    if (s->kind == EIDER_SET_BOOL)
        purple_prefs_set_bool(s->name, value[1] == '1');
    else if (s->kind == EIDER_SET_INT)
        purple_prefs_set_int(s->name, atoi(value + 1));
    else
        purple_prefs_set_string(s->name, value + 1);
}

/* ---- several -------------------------------------------------------------- */

char **
eider_set_split(const char *value)
{
    char **list = g_strsplit(value, "\t", -1);

    for (char **v = list; *v != NULL; v++) {
        char *plain = g_strcompress(*v);

        g_free(*v);
        *v = plain;
    }
    return list;
}

char *
eider_set_join(char **values)
{
    GString *out = g_string_new(NULL);

    for (char **v = values; *v != NULL; v++) {
        char *line = g_strescape(*v, NULL); /* no tab is left in it */

        if (v != values)
            g_string_append_c(out, '\t');
        g_string_append(out, line);
        g_free(line);
    }
    return g_string_free(out, FALSE);
}

static size_t
count(const eider_harden_def *d)
{
    size_t n = 0;

    while (n < EIDER_HARDEN_SETTINGS && d->set[n].name != NULL)
        n++;
    return n;
}

char *
eider_set_read(const eider_harden_def *d, PurpleAccount *account)
{
    char *values[EIDER_HARDEN_SETTINGS + 1] = {NULL};
    size_t n = count(d);
    char *out;

    for (size_t i = 0; i < n; i++)
        values[i] = d->is_global ? read_pref(&d->set[i])
                                 : read_account(account, &d->set[i]);
    out = eider_set_join(values);
    for (size_t i = 0; i < n; i++)
        g_free(values[i]);
    return out;
}

char *
eider_set_wanted(const eider_harden_def *d, PurpleAccount *account)
{
    char *values[EIDER_HARDEN_SETTINGS + 1] = {NULL};
    size_t n = count(d);

    (void)account;
    for (size_t i = 0; i < n; i++)
        values[i] = (char *)d->set[i].wanted;
    return eider_set_join(values);
}

bool
eider_set_write(const eider_harden_def *d, PurpleAccount *account,
                const char *value)
{
    char **values = eider_set_split(value);
    size_t n = count(d);
    bool fits = g_strv_length(values) == n;

    for (size_t i = 0; fits && i < n; i++) {
        if (d->is_global)
            write_pref(&d->set[i], values[i]);
        else
            write_account(account, &d->set[i], values[i]);
    }
    g_strfreev(values);
    return fits;
}
