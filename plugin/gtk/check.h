/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dialog that checks that it is really them. */
#ifndef EIDER_GTK_CHECK_H
#define EIDER_GTK_CHECK_H

#include "face.h"

#include <gtk/gtk.h>

/* One for each contact and device: shows the one there is, or a new one.
 * @fingerprint: NULL for the device that the conversation is about. */
void eider_check_show(GtkWidget *beside, const eider_subject *s,
                      const char *fingerprint);
/* Make the open ones true. */
void eider_check_refresh_all(void);
/* The core says that the user asked for it by a command. */
void eider_check_asked_for(PurpleAccount *account, const char *who, void *arg);

/* ---- check_page.c --------------------------------------------------------- */

/* One dialog, while it is open. */
typedef struct {
    eider_subject *subject;
    char fingerprint[EIDER_DIGITS_SIZE]; /* "": not a certain one */
    GtkWidget *window, *page, *trouble;
    GtkWidget *question, *answer; /* entries of the page, or NULL */
    char *shown;                  /* what the page was made from */
    bool has_run;                 /* a run was seen under way here */
    bool again;                   /* "Check again" was pressed */
    eider_check_view view;
} eider_check_window;

/* The contents for w->view, each button wired to the deeds below. */
GtkWidget *eider_check_page_new(eider_check_window *w);

/* What its buttons do; @w as data. */
void eider_check_do_ask(GtkWidget *widget, gpointer w);
void eider_check_do_call(GtkWidget *widget, gpointer w);
void eider_check_do_answer(GtkWidget *widget, gpointer w);
void eider_check_do_same(GtkWidget *widget, gpointer w);
void eider_check_do_differs(GtkWidget *widget, gpointer w);
void eider_check_do_same_number(GtkWidget *widget, gpointer w);
void eider_check_do_other_number(GtkWidget *widget, gpointer w);
void eider_check_do_stop(GtkWidget *widget, gpointer w);
void eider_check_do_again(GtkWidget *widget, gpointer w);
void eider_check_do_accept(GtkWidget *widget, gpointer w);

#endif
