/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: rows for which no client has a setting.  Eider keeps it back itself,
 * as it always does for private contacts: hygiene.c and wrap.c ask for the
 * settings here.
 */
#include "harden.h"

#include "text.h"

#include <string.h>

static bool
tells_typing(const PurpleAccount *account)
{
    PurplePluginProtocolInfo *info = eider_names_protocol(account);

    return info != NULL && info->send_typing != NULL;
}

static eider_harden_state
kept_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(strcmp(v[0], "=1") == 0);
}

static char *
answer_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return g_strdup(strcmp(v[0], "=1") == 0
                        ? _("nobody is answered")
                        : _("everybody is answered, but private contacts"));
}

static char *
typing_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return g_strdup(strcmp(v[0], "=1") == 0
                        ? _("sent to nobody")
                        : _("sent to everybody, but private contacts"));
}

static char *
quit_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return g_strdup(strcmp(v[0], "=1") == 0
                        ? _("without words")
                        : "\342\200\234Leaving.\342\200\235");
}

static char *
files_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return g_strdup(strcmp(v[0], "=1") == 0 ? _("addresses are told to nobody")
                                            : _("addresses are told"));
}

#define KEEP(name)                                                             \
    {                                                                          \
        {                                                                      \
            EIDER_KEEP name, EIDER_SET_BOOL, "=1"                              \
        }                                                                      \
    }
#define NO_ANSWER N_("Whoever asks gets no answer.")

static const eider_harden_def rows[] = {
    {
        .id = "typing",
        .name = N_("Typing notices"),
        .leak = N_("Whom you write to, and the server, sees when you begin, "
                   "stop and think, before anything is sent."),
        .effect = N_("Nobody sees when you type."),
        .set = KEEP("typing"),
        .applies = tells_typing,
        .state = kept_state,
        .words = typing_words,
    },
    {
        .id = "last",
        .name = N_("Last activity"),
        .leak = N_("Whoever knows your address can ask how many seconds ago "
                   "you touched the keyboard."),
        .effect = NO_ANSWER,
        .set = KEEP("last"),
        .applies = eider_harden_is_xmpp,
        .state = kept_state,
        .words = answer_words,
    },
    {
        .id = "clock",
        .name = N_("Local time"),
        .leak = N_("Whoever knows your address can ask for your time zone and "
                   "how far your clock is off."),
        .effect = NO_ANSWER,
        .set = KEEP("clock"),
        .applies = eider_harden_is_xmpp,
        .state = kept_state,
        .words = answer_words,
    },
    {
        .id = "program",
        .name = N_("Program and version"),
        .leak = N_("Whoever knows your address can ask which program and "
                   "version you use."),
        .effect = N_("Whoever asks gets no answer. The features that your "
                     "presence lists still look like those of your program."),
        .set = KEEP("program"),
        .applies = eider_harden_is_xmpp,
        .state = kept_state,
        .words = answer_words,
    },
    {
        .id = "ctcp",
        .name = N_("CTCP questions"),
        .leak = N_("Whoever knows your nick can ask which program you use, and "
                   "measure how far away you are."),
        .effect = NO_ANSWER,
        .set = KEEP("ctcp"),
        .applies = eider_names_is_irc,
        .state = kept_state,
        .words = answer_words,
    },
    {
        .id = "files",
        .name = N_("Files and calls"),
        .leak = N_("With whom you exchange a file or a call sees the "
                   "addresses of this computer; a proxy does not help."),
        .effect = N_("Files go inside the chat, which is slower. Calls are "
                     "not taken."),
        .set = KEEP("files"),
        .applies = eider_harden_is_xmpp,
        .state = kept_state,
        .words = files_words,
    },
    {
        .id = "files",
        .name = N_("Files"),
        .leak = N_("With whom you exchange a file sees the address of this "
                   "computer."),
        .effect = N_("Files are neither sent nor taken."),
        .set = KEEP("files"),
        .applies = eider_names_is_irc,
        .state = kept_state,
        .words = files_words,
    },
    {
        .id = "quit",
        .name = N_("Words of farewell"),
        .leak = N_("When you leave, everybody in your rooms reads words that "
                   "only this program says."),
        .effect = N_("You leave without words, unless you give some with "
                     "/quit."),
        .set = KEEP("quit"),
        .applies = eider_names_is_irc,
        .state = kept_state,
        .words = quit_words,
    },
};

const eider_harden_table eider_harden_own = {rows, G_N_ELEMENTS(rows)};

bool
eider_harden_keeps(PurpleAccount *account, const char *what)
{
    return account != NULL && purple_account_get_bool(account, what, FALSE);
}
