/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A protocol that misbehaves as the real ones do.  Its accounts talk to one
 * another inside one process, and everything handed to it is kept.
 */
#ifndef EIDER_TESTS_PURPLE_FAKE_H
#define EIDER_TESTS_PURPLE_FAKE_H

#include <glib.h>
#include <stdbool.h>

#include <purple.h>

typedef struct {
    const char *name;
    int result;         /* of send_im, when all is well */
    size_t limit;       /* -E2BIG above so many characters; 0: none */
    int not_connected;  /* so many sends fail with -ENOTCONN */
    int failing;        /* so many sends fail with -EIO */
    bool echoes;        /* writes what it sent into the window */
    bool is_sync;       /* delivers inside send_im */
    bool trims;         /* takes blanks away, breaks lines into blanks */
    bool marks_up;      /* HTML from the server: <p>...</p> */
    const char *before; /* stands before every text that arrives */
    unsigned copies;    /* more than one of each arrive */
    bool has_resources; /* senders are called name/place */
    PurpleConnectionFlags flags;
    PurpleMessageFlags received;
    int line_setting;   /* eider-max-line of both accounts; 0: unset */
    bool has_left_room; /* somebody in room@... loses his place in the name */
    bool loses;         /* everything */
} fake_knobs;

extern fake_knobs fake;
extern GPtrArray *fake_wire; /* of char *, all that left */
extern int fake_typings, fake_files, fake_attentions, fake_whispers,
    fake_invitations, fake_statuses, fake_calls;
extern int fake_idle; /* seconds, as the protocol was told last */
extern PurplePluginProtocolInfo fake_prpl;

/* Sees what arrives at @to; NULL: nobody does. */
extern void (*fake_tap)(const char *to, const char *from, const char *text);

/* Register it under this id, in place of a real one with the same. */
void fake_register(const char *id);
/* What the wire carried is searched for this; prints what it finds. */
bool fake_wire_has(const char *needle);
/* As if @from had sent it from elsewhere. */
void fake_deliver(const char *to, const char *from, const char *text,
                  PurpleMessageFlags flags);
/* What prpl-irc does with "/me text". */
void fake_action(PurpleAccount *account, const char *who, const char *text);
void fake_clear(void);

#endif
