/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proves that the harness loads a plugin of ours and that its hooks run: it
 * puts "[toy]" before outgoing messages and takes it off again.
 */
#include "helper.h"
#include <glib.h>
#include <string.h>

#define TAG "[toy]"

static void
add_tag(PurpleAccount *account, const char *who, char **message, void *data)
{
    char *tagged = g_strconcat(TAG, *message, NULL);

    (void)account, (void)who, (void)data;
    g_free(*message);
    *message = tagged;
}

static gboolean
strip_tag(PurpleAccount *account, char **who, char **message,
          PurpleConversation *conv, PurpleMessageFlags *flags, void *data)
{
    (void)account, (void)who, (void)conv, (void)flags, (void)data;
    if (message != NULL && *message != NULL &&
        g_str_has_prefix(*message, TAG)) {
        char *bare = g_strdup(*message + strlen(TAG));

        g_free(*message);
        *message = bare;
    }
    return FALSE;
}

static PurpleCmdRet
run_command(PurpleConversation *conv, const char *cmd, char **args,
            char **error, void *data)
{
    char *line = g_strdup_printf("toy: state=%s", args[0]);

    (void)cmd, (void)error, (void)data;
    purple_conversation_write(conv, NULL, line,
                              PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG, 0);
    g_free(line);
    return PURPLE_CMD_RET_OK;
}

static gboolean
load(PurplePlugin *plugin)
{
    void *conversations = purple_conversations_get_handle();

    purple_signal_connect(conversations, "sending-im-msg", plugin,
                          PURPLE_CALLBACK(add_tag), NULL);
    purple_signal_connect(conversations, "receiving-im-msg", plugin,
                          PURPLE_CALLBACK(strip_tag), NULL);
    purple_cmd_register("toy", "s", PURPLE_CMD_P_PLUGIN, PURPLE_CMD_FLAG_IM,
                        "core-eider-toy", run_command, "toy", NULL);
    return TRUE;
}

HELPER(toy, "core-eider-toy", NULL, load, NULL)
