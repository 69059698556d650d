/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: /eider, for clients without windows and people without a mouse. */
#include "seam.h"

#include "text.h"

#include <string.h>

static PurpleCmdId command;

static void
say_status(PurpleConversation *conv)
{
    eider_view v;
    char *machine, *text, *counts;

    eider_face_app()->view(purple_conversation_get_account(conv),
                           purple_conversation_get_name(conv), &v);
    machine = eider_words_machine(&v.status);
    counts = eider_words_counts(&v.status);
    text =
        g_strdup_printf("%s\n%s%s%s", v.sentence, counts != NULL ? counts : "",
                        counts != NULL ? "\n" : "", machine);
    g_free(counts);
    eider_say_in(conv, text);
    g_free(text);
    g_free(machine);
    eider_face_app()->view_clear(&v);
}

static void
say_fingerprints(PurpleConversation *conv)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    const char *who = purple_conversation_get_name(conv);
    char *text = eider_keys_listing(account, who);

    eider_say_in(conv, text);
    g_free(text);
    eider_question_ask(account, who);
}

static void
say_help(PurpleConversation *conv)
{
    eider_say_in(conv, _("/eider on: talk privately\n"
                         "/eider off: talk openly again\n"
                         "/eider status: how it stands\n"
                         "/eider steady [5|10|15|30|60|off]: hide when you "
                         "write, too\n"
                         "/eider decoys [off]: hide to whom you write, too\n"
                         "/eider fingerprint: whose keys these are\n"
                         "/eider keys: all keys, yours and theirs\n"
                         "/eider check: make sure that it is really them\n"
                         "/eider sees: what the server sees of all this\n"
                         "/eider harden: what your account tells by itself\n"
                         "/eider cancel: delete the text that waits\n"
                         "/eider passphrase: lock your keys, unlock, change "
                         "it\n"
                         "/eider backup: seal them into a file\n"
                         "/eider help: this"));
}

static void
say_sees(PurpleConversation *conv)
{
    char *text = eider_sees_table.words(purple_conversation_get_account(conv),
                                        purple_conversation_get_name(conv));

    eider_say_in(conv, text);
    g_free(text);
}

static void
steady(PurpleConversation *conv, const char *arg)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    const char *who = purple_conversation_get_name(conv);
    char *word = g_strstrip(g_strdup(arg)), *end;
    unsigned slot = (unsigned)g_ascii_strtoull(word, &end, 10);
    eider_view v;

    if (word[0] == '\0') {
        eider_face_app()->view(account, who, &v);
        slot = eider_steady_suggest(&v.status);
        eider_face_app()->view_clear(&v);
    } else if (strcmp(word, "off") == 0) {
        slot = 0;
    } else if (*end != '\0' || slot == 0 || slot > 255) {
        say_help(conv);
        g_free(word);
        return;
    }
    eider_steady_set(account, who, slot);
    g_free(word);
}

static PurpleCmdRet
on_command(PurpleConversation *conv, const char *cmd G_GNUC_UNUSED, char **args,
           char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    const char *who = purple_conversation_get_name(conv);
    char *word = g_strdup(args != NULL && args[0] != NULL ? args[0] : "");

    g_strstrip(word);
    if (strcmp(word, "harden") == 0 || g_str_has_prefix(word, "harden "))
        eider_harden_command(conv, word + strlen("harden"));
    else if (purple_conversation_get_type(conv) != PURPLE_CONV_TYPE_IM)
        eider_say_in(conv, _("Eider does not protect rooms yet: everybody "
                             "here, and the server, can read this."));
    else if (strcmp(word, "on") == 0)
        eider_face_app()->set_private(account, who, true);
    else if (strcmp(word, "off") == 0)
        eider_face_app()->set_private(account, who, false);
    else if (strcmp(word, "status") == 0)
        say_status(conv);
    else if (strcmp(word, "fingerprint") == 0)
        say_fingerprints(conv);
    else if (strcmp(word, "steady") == 0 || g_str_has_prefix(word, "steady "))
        steady(conv, word + strlen("steady"));
    else if (strcmp(word, "decoys") == 0 || g_str_has_prefix(word, "decoys "))
        eider_decoys_command(conv, word + strlen("decoys"));
    else if (strcmp(word, "keys") == 0)
        eider_ring_show();
    else if (strcmp(word, "check") == 0)
        eider_check_open(account, who);
    else if (strcmp(word, "sees") == 0)
        say_sees(conv);
    else if (strcmp(word, "passphrase") == 0 &&
             eider_opening_wants_passphrase())
        eider_opening_ask_passphrase();
    else if (strcmp(word, "passphrase") == 0)
        eider_vault_set();
    else if (strcmp(word, "backup") == 0)
        eider_backup_export();
    else if (strcmp(word, "cancel") == 0)
        eider_face_app()->cancel(account, who);
    else
        say_help(conv);
    g_free(word);
    return PURPLE_CMD_RET_OK;
}

void
eider_commands_start(void)
{
    command = purple_cmd_register(
        "eider", "s", PURPLE_CMD_P_PLUGIN,
        PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_CHAT |
            PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
        NULL, on_command,
        _("eider "
          "on|off|status|steady|decoys|check|fingerprint|keys|sees|harden|"
          "cancel|passphrase|backup|help: private conversations"),
        NULL);
}

void
eider_commands_stop(void)
{
    if (command != 0)
        purple_cmd_unregister(command);
    command = 0;
}
