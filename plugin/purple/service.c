/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The session of the service is "plain".  The other one that it offers is a
 * Diffie-Hellman of 1024 bits with AES-CBC and no authentication; and who
 * can read the bus's socket is this user, and may ask for the secret himself.
 *
 *     keep    OpenSession, ReadAlias, Unlock, (prompt), CreateItem, (prompt)
 *     find    OpenSession, SearchItems, Unlock, (prompt), GetSecret
 *     forget  OpenSession, SearchItems, Delete, (prompt)
 */
#include "service_op.h"

#include "eider/mem.h"

#include <string.h>

#define SERVICE    "org.freedesktop.Secret.Service"
#define COLLECTION "org.freedesktop.Secret.Collection"
#define ITEM       "org.freedesktop.Secret.Item"
#define SCHEMA     "im.eider.Unlock"

static bool is_there;

/* ---- keep ----------------------------------------------------------------- */

static GVariant *
attributes(const eider_op *o)
{
    GVariantBuilder b;

    g_variant_builder_init(&b, G_VARIANT_TYPE("a{ss}"));
    g_variant_builder_add(&b, "{ss}", "xdg:schema", SCHEMA);
    g_variant_builder_add(&b, "{ss}", "item", o->item);
    return g_variant_builder_end(&b);
}

static void
on_kept(eider_op *o, GVariant *reply G_GNUC_UNUSED)
{
    eider_op_finish(o, true, NULL);
}

static void
on_created(eider_op *o, GVariant *reply)
{
    const char *item, *path;

    g_variant_get(reply, "(&o&o)", &item, &path);
    eider_op_prompt(o, path, on_kept);
}

static void
create_item(eider_op *o, GVariant *reply G_GNUC_UNUSED)
{
    GVariantBuilder props;

    g_variant_builder_init(&props, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&props, "{sv}", ITEM ".Label",
                          g_variant_new_string(o->label));
    g_variant_builder_add(&props, "{sv}", ITEM ".Attributes", attributes(o));
    eider_op_call(
        o, o->path, COLLECTION, "CreateItem",
        g_variant_new(
            "(a{sv}(o@ay@ays)b)", &props, o->session,
            g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, NULL, 0, 1),
            g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, o->secret,
                                      strlen(o->secret), 1),
            "text/plain", TRUE),
        "(oo)", on_created);
}

static void on_unlocked(eider_op *o, GVariant *reply);

static void
unlock(eider_op *o)
{
    const char *const paths[] = {o->path, NULL};

    eider_op_call(o, EIDER_SECRETS_PATH, SERVICE, "Unlock",
                  g_variant_new("(^ao)", paths), "(aoo)", on_unlocked);
}

static void
on_alias(eider_op *o, GVariant *reply)
{
    const char *path;

    g_variant_get(reply, "(&o)", &path);
    if (strcmp(path, "/") == 0) {
        eider_op_finish(o, false,
                        NULL); /* there is no collection to put it in */
        return;
    }
    o->path = g_strdup(path);
    unlock(o);
}

/* ---- find, forget --------------------------------------------------------- */

static void
on_secret(eider_op *o, GVariant *reply)
{
    GVariant *bytes = NULL;
    const char *p;
    char *secret;
    gsize n = 0;

    g_variant_get(reply, "((o@ay@ays))", NULL, NULL, &bytes, NULL);
    p = g_variant_get_fixed_array(bytes, &n, 1);
    secret = g_strndup(p != NULL ? p : "", n);
    g_variant_unref(bytes);
    eider_op_finish(o, true, secret);
    eider_wipe(secret, strlen(secret));
    g_free(secret);
}

static void
get_secret(eider_op *o, GVariant *reply G_GNUC_UNUSED)
{
    eider_op_call(o, o->path, ITEM, "GetSecret",
                  g_variant_new("(o)", o->session), "((oayays))", on_secret);
}

static void
on_unlocked(eider_op *o, GVariant *reply)
{
    const char *path;

    g_variant_get(reply, "(@ao&o)", NULL, &path);
    eider_op_prompt(o, path, o->kind == EIDER_KEEP ? create_item : get_secret);
}

static void
on_deleted(eider_op *o, GVariant *reply)
{
    const char *path;

    g_variant_get(reply, "(&o)", &path);
    eider_op_prompt(o, path, on_kept);
}

static void
on_searched(eider_op *o, GVariant *reply)
{
    char **open, **locked;

    g_variant_get(reply, "(^ao^ao)", &open, &locked);
    o->path = g_strdup(open[0] != NULL ? open[0] : locked[0]);
    if (o->path == NULL)
        eider_op_finish(o, false, NULL);
    else if (o->kind == EIDER_FORGET)
        eider_op_call(o, o->path, ITEM, "Delete", NULL, "(o)", on_deleted);
    else
        unlock(o);
    g_strfreev(open);
    g_strfreev(locked);
}

static void
on_session(eider_op *o, GVariant *reply)
{
    g_variant_get(reply, "(vo)", NULL, &o->session);
    if (o->kind == EIDER_KEEP)
        eider_op_call(o, EIDER_SECRETS_PATH, SERVICE, "ReadAlias",
                      g_variant_new("(s)", "default"), "(o)", on_alias);
    else
        eider_op_call(o, EIDER_SECRETS_PATH, SERVICE, "SearchItems",
                      g_variant_new("(@a{ss})", attributes(o)), "(aoao)",
                      on_searched);
}

/* ---- beginning ------------------------------------------------------------ */

static void
on_names(GObject *bus, GAsyncResult *result, gpointer data)
{
    GVariant *reply = eider_op_reply(data, bus, result);
    char **names;

    if (reply == NULL)
        return;
    g_variant_get(reply, "(^as)", &names);
    is_there =
        is_there || g_strv_contains((const char *const *)names, EIDER_SECRETS);
    g_strfreev(names);
    g_variant_unref(reply);
    if (((eider_op *)data)->next == NULL)
        eider_op_finish(data, true, NULL);
    ((eider_op *)data)->next = NULL;
}

/* Running, or started by whoever asks for it. */
static void
look(eider_op *o, GVariant *reply G_GNUC_UNUSED)
{
    static const char *const lists[] = {"ListNames", "ListActivatableNames"};

    o->next = on_kept; /* the first of two answers has not come yet */
    for (size_t i = 0; i < 2; i++) {
        o->pending++;
        g_dbus_connection_call(
            o->bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
            "org.freedesktop.DBus", lists[i], NULL, G_VARIANT_TYPE("(as)"),
            G_DBUS_CALL_FLAGS_NONE, EIDER_SECRETS_WAIT, o->cancel, on_names, o);
    }
}

static void
open_session(eider_op *o, GVariant *reply G_GNUC_UNUSED)
{
    eider_op_call(o, EIDER_SECRETS_PATH, SERVICE, "OpenSession",
                  g_variant_new("(sv)", "plain", g_variant_new_string("")),
                  "(vo)", on_session);
}

void
eider_service_look(void)
{
    eider_op_begin(EIDER_LOOK, NULL, NULL, NULL, NULL, look);
}

bool
eider_service_is_there(void)
{
    return is_there;
}

void
eider_service_keep(const char *item, const char *secret, const char *label,
                   eider_service_done *done)
{
    eider_op_stop(EIDER_KEEP); /* of another key, which nobody wants now */
    eider_op_begin(EIDER_KEEP, item, secret, label, done, open_session);
}

void
eider_service_find(const char *item, eider_service_done *done)
{
    eider_op_begin(EIDER_FIND, item, NULL, NULL, done, open_session);
}

void
eider_service_forget(const char *item)
{
    eider_op_begin(EIDER_FORGET, item, NULL, NULL, NULL, open_session);
}

void
eider_service_stop(void)
{
    eider_op_stop_all();
    is_there = false;
}
