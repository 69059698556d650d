/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the window of sees.c wants of the plugin around it, and does not get. */
#include "gtk/ask.h"
#include "gtk/harden.h"
#include "gtk/prefs.h"
#include "gtk/sees.h"

#include <gtkaccount.h>

#include <string.h>

void
eider_ask_adopt(GtkWidget *window, GtkWidget *beside)
{
    (void)beside;
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
}

void
eider_prefs_show(GtkWidget *beside)
{
    (void)beside;
}

void
eider_harden_show(PurpleAccount *account)
{
    (void)account;
}

void
pidgin_account_dialog_show(PidginAccountDialogType type, PurpleAccount *account)
{
    (void)type, (void)account;
}

eider_subject *
eider_subject_copy(const eider_subject *s)
{
    eider_subject *copy = g_new0(eider_subject, 1);

    copy->who = g_strdup(s->who);
    return copy;
}

void
eider_subject_free(eider_subject *s)
{
    g_free(s->who);
    g_free(s);
}

bool
eider_subject_is_usable(const eider_subject *s)
{
    return s != NULL;
}

bool
eider_subject_is_same(const eider_subject *a, const eider_subject *b)
{
    return strcmp(a->who, b->who) == 0;
}

char *
eider_subject_name(const eider_subject *s)
{
    (void)s;
    return g_strdup("Bob");
}
