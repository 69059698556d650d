/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: calls to the Secret Service, one after the other, each followed by a
 * step; and its prompts.  For service.c alone.
 */
#ifndef EIDER_PURPLE_SERVICE_OP_H
#define EIDER_PURPLE_SERVICE_OP_H

#include "service.h"

#include <gio/gio.h>

#define EIDER_SECRETS      "org.freedesktop.secrets"
#define EIDER_SECRETS_PATH "/org/freedesktop/secrets"
#define EIDER_SECRETS_WAIT 5000 /* ms, of a call that asks nobody */

typedef struct eider_op eider_op;
/* @reply: NULL after a prompt, or where none was needed. */
typedef void eider_step(eider_op *o, GVariant *reply);

typedef enum { EIDER_LOOK, EIDER_KEEP, EIDER_FIND, EIDER_FORGET } eider_op_kind;

struct eider_op {
    eider_op_kind kind;
    char *item, *secret, *label;
    eider_service_done *done;
    GCancellable *cancel;
    GDBusConnection *bus;
    char *session, *path; /* path: the collection or the item */
    guint completed;      /* the signal of a prompt that is open */
    eider_step *next;
    unsigned pending; /* calls whose answer must still be waited for */
    bool is_over;
};

/* A connection of its own, then @first. */
void eider_op_begin(eider_op_kind kind, const char *item, const char *secret,
                    const char *label, eider_service_done *done,
                    eider_step *first);
void eider_op_call(eider_op *o, const char *path, const char *iface,
                   const char *method, GVariant *args, const char *type,
                   eider_step *next);
/* The service asks the user; "/": it need not. */
void eider_op_prompt(eider_op *o, const char *path, eider_step *next);
/* The answer to a call, unless nobody waits for it any more. */
GVariant *eider_op_reply(eider_op *o, GObject *bus, GAsyncResult *result);
void eider_op_finish(eider_op *o, bool ok, const char *secret);
/* Nobody is called back any more. */
void eider_op_stop(eider_op_kind kind);
void eider_op_stop_all(void);

#endif
