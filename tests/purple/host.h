/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A client without windows, that remembers what it would have shown; two
 * accounts of the fake protocol, alice and bob, on each other's list.
 */
#ifndef EIDER_TESTS_PURPLE_HOST_H
#define EIDER_TESTS_PURPLE_HOST_H

#include "fake.h"

typedef struct {
    char *account, *who, *text;
    PurpleMessageFlags flags;
    time_t when;
} host_line;

extern GPtrArray *host_lines;   /* of host_line *, written into windows */
extern GPtrArray *host_notices; /* of char *, dialogs that only say */
extern PurpleAccount *host_alice, *host_bob;
extern PurplePlugin *host_plugin;
extern int host_timers; /* that are running */
extern char *host_dir;
/* Microseconds that the plugin's clock is ahead of the world's. */
extern gint64 host_ahead;

/* The place of all profiles of this run, which goes with it; what runs that
 * were killed have left goes, too. */
void host_room_open(void);
void host_room_close(void);
char *host_new_dir(void);

void host_ui_init(void);

/* libpurple with a fresh profile; @id is the fake protocol's. */
void host_start(const char *id);
void host_load(void);
void host_unload(void);
void host_stop(void);
/* As the user quits: the profile stays, in host_dir. */
void host_quit(void);
/* As in a fresh profile: while the plugin is unloaded. */
void host_forget_store(void);
void host_sign_on(PurpleAccount *account);
void host_sign_off(PurpleAccount *account);

/* Let time pass; until something is so, or the time is over. */
void host_run(unsigned ms);
bool host_run_until(bool (*is_so)(const void *), const void *arg, unsigned ms);

PurpleConversation *host_conv(PurpleAccount *account, const char *who);
/* Type into a window; true if libpurple took it for a command. */
void host_type(PurpleAccount *account, const char *who, const char *html);
bool host_command(PurpleAccount *account, const char *who, const char *line);
/* The value of one field of /eider status; static storage. */
const char *host_status(PurpleAccount *account, const char *who,
                        const char *field);

/* How many commands are registered. */
unsigned host_commands(void);

/* How many lines in @account's windows hold @text, with any of @flags. */
unsigned host_count(PurpleAccount *account, const char *text,
                    PurpleMessageFlags flags);
bool host_has_notice(const char *text);
void host_forget_lines(void);

/* Press the button with this label in the last open question. */
bool host_answer(const char *label);
/* Type into the last open input. */
bool host_enter(const char *text);
unsigned host_questions(void);
/* Does the last open question say this? */
bool host_asks(const char *text);
/* Type into a field of the last open form; choose a file for the question that
 * wants one. */
bool host_fill(const char *id, const char *text);
/* Choose the line that contains this in the list of the last open form. */
bool host_choose_line(const char *id, const char *part);
bool host_choose(const char *path);
/* Call the plugin's own menu item. */
bool host_action(const char *label);
/* The list that was shown last: its rows, and one cell; a button for a row. */
unsigned host_rows(void);
const char *host_cell(unsigned row, unsigned column);
bool host_press_row(const char *label, unsigned row);

#endif
