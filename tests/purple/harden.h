/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of what an account tells, and an account that tells it all. */
#ifndef EIDER_TESTS_PURPLE_HARDEN_H
#define EIDER_TESTS_PURPLE_HARDEN_H

#include "eider/ui.h"

#include "talk.h"

typedef struct {
    const char *id;
    bool found;
    eider_harden_row row;
    char now[200];
} harden_look;

extern int harden_pictures; /* that the server holds */

const eider_harden_app *harden_app(void);
/* A row of alice's, as it is; has it these? */
harden_look harden_see(const char *id);
void harden_on_row(void *look, const eider_harden_row *r);
bool harden_is(const char *id, eider_harden_state state, bool can_undo);

/* A profile with the plugin; @id is the protocol's. */
void harden_start(const char *id);
/* A value of every kind, some set, some never: that has to come back, too. */
void harden_make_visible(void);
void harden_set_picture(PurpleAccount *account);
/* Everything that a row may touch, exactly; g_free(). */
char *harden_snapshot(void);
/* Tor in little, which the preference names; its port. */
int harden_listen_as_tor(void);

#endif
