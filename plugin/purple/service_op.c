/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "service_op.h"

#include "eider/mem.h"

#include <string.h>

#define PROMPT "org.freedesktop.Secret.Prompt"

static GSList *ops;

static void
wipe_text(char *s)
{
    if (s != NULL)
        eider_wipe(s, strlen(s));
    g_free(s);
}

static void
release(eider_op *o)
{
    if (o->pending > 0)
        return;
    ops = g_slist_remove(ops, o);
    if (o->bus != NULL)
        g_dbus_connection_close(o->bus, NULL, NULL, NULL);
    g_clear_object(&o->bus);
    g_clear_object(&o->cancel);
    g_free(o->item);
    wipe_text(o->secret);
    g_free(o->label);
    g_free(o->session);
    g_free(o->path);
    g_free(o);
}

static void
end(eider_op *o)
{
    o->is_over = true;
    o->done = NULL;
    if (o->completed != 0)
        g_dbus_connection_signal_unsubscribe(o->bus, o->completed);
    o->completed = 0;
    g_cancellable_cancel(o->cancel);
    release(o);
}

void
eider_op_finish(eider_op *o, bool ok, const char *secret)
{
    eider_service_done *done = o->done;

    if (o->is_over)
        return;
    o->is_over = true; /* @done may stop us all */
    o->pending++;
    if (done != NULL)
        done(ok, secret);
    o->pending--;
    end(o);
}

/* ---- calls ---------------------------------------------------------------- */

GVariant *
eider_op_reply(eider_op *o, GObject *bus, GAsyncResult *result)
{
    GVariant *reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(bus), result, NULL);

    o->pending--;
    if (o->is_over && reply != NULL)
        g_clear_pointer(&reply, g_variant_unref);
    if (o->is_over)
        release(o);
    else if (reply == NULL)
        eider_op_finish(o, false, NULL);
    return reply;
}

static void
on_reply(GObject *bus, GAsyncResult *result, gpointer data)
{
    eider_op *o = data;
    GVariant *reply = eider_op_reply(o, bus, result);

    if (reply != NULL) {
        o->next(o, reply);
        g_variant_unref(reply);
    }
}

void
eider_op_call(eider_op *o, const char *path, const char *iface,
              const char *method, GVariant *args, const char *type,
              eider_step *next)
{
    o->next = next;
    o->pending++;
    g_dbus_connection_call(o->bus, EIDER_SECRETS, path, iface, method, args,
                           G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NONE,
                           EIDER_SECRETS_WAIT, o->cancel, on_reply, o);
}

static void
on_completed(GDBusConnection *bus, const char *sender G_GNUC_UNUSED,
             const char *path G_GNUC_UNUSED, const char *iface G_GNUC_UNUSED,
             const char *name G_GNUC_UNUSED, GVariant *args, gpointer data)
{
    eider_op *o = data;
    gboolean dismissed = TRUE;

    if (o->completed == 0)
        return;
    g_dbus_connection_signal_unsubscribe(bus, o->completed);
    o->completed = 0;
    if (g_variant_is_of_type(args, G_VARIANT_TYPE("(bv)")))
        g_variant_get(args, "(bv)", &dismissed, NULL);
    if (dismissed)
        eider_op_finish(o, false, NULL);
    else
        o->next(o, NULL);
}

static void
on_prompted(GObject *bus, GAsyncResult *result, gpointer data)
{
    GVariant *reply = eider_op_reply(data, bus, result);

    if (reply != NULL)
        g_variant_unref(reply);
}

void
eider_op_prompt(eider_op *o, const char *path, eider_step *next)
{
    if (strcmp(path, "/") == 0) {
        next(o, NULL);
        return;
    }
    o->next = next;
    o->completed = g_dbus_connection_signal_subscribe(
        o->bus, EIDER_SECRETS, PROMPT, "Completed", path, NULL,
        G_DBUS_SIGNAL_FLAGS_NONE, on_completed, o, NULL);
    o->pending++;
    g_dbus_connection_call(o->bus, EIDER_SECRETS, path, PROMPT, "Prompt",
                           g_variant_new("(s)", ""), G_VARIANT_TYPE("()"),
                           G_DBUS_CALL_FLAGS_NONE, EIDER_SECRETS_WAIT,
                           o->cancel, on_prompted, o);
}

/* ---- beginning -------------------------------------------------------- */

static void
on_bus(GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
    eider_op *o = data;

    o->bus = g_dbus_connection_new_for_address_finish(result, NULL);
    o->pending--;
    if (o->is_over)
        release(o);
    else if (o->bus == NULL)
        eider_op_finish(o, false, NULL);
    else
        o->next(o, NULL);
}

/* No bus is started for it; and a connection of our own, as the one that is
 * shared ends the process when the bus goes. */
static char *
bus_address(void)
{
    const char *set = g_getenv("DBUS_SESSION_BUS_ADDRESS");
    char *path, *out = NULL;

    if (set != NULL && set[0] != '\0')
        return g_strdup(set);
    path = g_build_filename(g_get_user_runtime_dir(), "bus", NULL);
    if (g_file_test(path, G_FILE_TEST_EXISTS))
        out = g_strconcat("unix:path=", path, NULL);
    g_free(path);
    return out;
}

void
eider_op_begin(eider_op_kind kind, const char *item, const char *secret,
               const char *label, eider_service_done *done, eider_step *first)
{
    char *address = bus_address();
    eider_op *o;

    if (address == NULL) {
        if (done != NULL)
            done(false, NULL);
        return;
    }
    o = g_new0(eider_op, 1);
    o->kind = kind;
    o->next = first;
    o->item = g_strdup(item);
    o->secret = g_strdup(secret);
    o->label = g_strdup(label);
    o->done = done;
    o->cancel = g_cancellable_new();
    o->pending = 1;
    ops = g_slist_prepend(ops, o);
    g_dbus_connection_new_for_address(
        address,
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
            G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
        NULL, o->cancel, on_bus, o);
    g_free(address);
}

static void
stop(bool all, eider_op_kind kind)
{
    GSList *list = g_slist_copy(ops);

    for (GSList *l = list; l != NULL; l = l->next)
        if (all || ((eider_op *)l->data)->kind == kind)
            end(l->data);
    g_slist_free(list);
}

void
eider_op_stop(eider_op_kind kind)
{
    stop(false, kind);
}

void
eider_op_stop_all(void)
{
    stop(true, EIDER_LOOK);
}
