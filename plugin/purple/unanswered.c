/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: somebody has not answered for two days, and nobody looks at the
 * conversation, where a line would say so: the choice, in a question. */
#include "lines.h"

#include "text.h"

static void
on_wait(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
on_delete(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        eider_face_app()->cancel(account, a->who);
    eider_ask_done(a);
}

/* Asks what becomes of the text: it never goes out openly. */
static void
on_open(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        eider_face_app()->set_private(account, a->who, false);
    eider_ask_done(a);
}

void
eider_unanswered_ask(PurpleAccount *account, const char *who)
{
    char *shown = eider_names_shown(account, who);
    char *name = eider_lines_plain(shown);
    char *primary =
        g_strdup_printf(_("%s's Eider has not answered for two days."), name);

    purple_request_action(
        eider_plugin(), _("Eider"), primary,
        _("They may not have it. Your text still waits, and never goes out "
          "openly."),
        0, account, who, NULL, eider_ask_new(account, who, NULL), 3,
        _("_Keep waiting"), G_CALLBACK(on_wait), _("_Delete"),
        G_CALLBACK(on_delete), _("Turn privacy _off"), G_CALLBACK(on_open));
    g_free(primary);
    g_free(name);
    g_free(shown);
}
