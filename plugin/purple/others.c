/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: another client of ours on the same account.  A phone cannot open
 * what is private and shows lines: the user hears of it once for an account,
 * when it matters.
 */
#include "lines.h"

#include "text.h"

#define OUR_UI "eider"
#define TOLD   "told-others"

void
eider_others_hint(PurpleAccount *account, const char *who)
{
    const char *other;
    char *resource, *text;
    bool is_libpurple;

    if (purple_account_get_ui_bool(account, OUR_UI, TOLD, FALSE) ||
        eider_names_conversation(account, who) == NULL)
        return;
    other = eider_resources_own(account, &is_libpurple);
    if (other == NULL)
        return;
    resource = eider_lines_plain(other);
    text = g_strdup_printf(
        is_libpurple
            ? _("Your account is online elsewhere, too (%s). If Eider is not "
                "loaded there, lines that begin with EIDER are shown in place "
                "of private text.")
            : _("Another client of yours is online on this account (%s). It "
                "cannot open private text: where it gets any, it shows lines "
                "that begin with EIDER."),
        resource);
    purple_account_set_ui_bool(account, OUR_UI, TOLD, TRUE);
    eider_say(account, who, text);
    g_free(text);
    g_free(resource);
}
