/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the ways of IRC around send_im.  /me, /msg, /query, /notice, /ctcp
 * and /quote end in the protocol itself; what is for a private contact is
 * taken away from it here, before.
 */
#include "seam.h"

#include "text.h"

#include <string.h>

#define N_COMMANDS 6
static PurpleCmdId commands[N_COMMANDS];

/* ---- /me ----------------------------------------------------------------- */

static void
echo(PurpleAccount *account, const char *who, const char *html)
{
    PurpleConversation *conv = eider_names_conversation(account, who);

    if (conv != NULL)
        purple_conv_im_write(PURPLE_CONV_IM(conv), NULL, html,
                             PURPLE_MESSAGE_SEND, time(NULL));
}

/* The one text that reaches this signal plain, and not send_im. */
static void
on_sending(PurpleAccount *account, const char *who, char **text,
           gpointer data G_GNUC_UNUSED)
{
    char *html;

    if (account == NULL || who == NULL || text == NULL || *text == NULL ||
        !eider_names_is_irc(account) || !g_str_has_prefix(*text, "/me ") ||
        !eider_outgoing_is_held(account, who))
        return;
    html = g_markup_escape_text(*text, -1);
    g_free(*text);
    *text = NULL;
    if (eider_outgoing_text(account, who, html))
        echo(account, who, html);
    g_free(html);
}

/* ---- who is meant -------------------------------------------------------- */

/* bob, bob!user@host, bob@server */
static char *
nick_of(const char *target)
{
    return g_strndup(target, strcspn(target, "!@%"));
}

/* Is one of the targets ("bob,eve") held back? */
static bool
has_held_target(PurpleAccount *account, const char *targets)
{
    char **list = g_strsplit(targets, ",", -1);
    bool is_held = false;

    for (char **t = list; *t != NULL; t++) {
        char *nick = nick_of(g_strstrip(*t));

        if (nick[0] != '\0' && strchr("#&+", nick[0]) == NULL)
            is_held = is_held || eider_outgoing_is_held(account, nick);
        g_free(nick);
    }
    g_strfreev(list);
    return is_held;
}

static PurpleCmdRet
refuse(PurpleConversation *conv, const char *cmd, const char *target)
{
    char *text = g_strdup_printf(
        _("/%s to %s was not sent: it cannot be encrypted. Write in a "
          "conversation with them."),
        cmd, target);

    eider_say_in(conv, text);
    g_free(text);
    return PURPLE_CMD_RET_OK;
}

/* ---- /msg, /query -------------------------------------------------------- */

static void
send_to(PurpleConversation *conv, const char *cmd, const char *nick,
        const char *plain)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    char *html = g_markup_escape_text(plain, -1), *line;

    if (strcmp(cmd, "query") == 0 &&
        eider_names_conversation(account, nick) == NULL)
        purple_conversation_new(PURPLE_CONV_TYPE_IM, account, nick);
    if (eider_outgoing_text(account, nick, html)) {
        if (eider_names_conversation(account, nick) == NULL) {
            line = g_strdup_printf(_("To %s, encrypted: %s"), nick, plain);
            eider_say_in(conv, line);
            g_free(line);
        }
        echo(account, nick, html);
    }
    g_free(html);
}

static PurpleCmdRet
on_msg(PurpleConversation *conv, const char *cmd, char **args,
       char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    PurpleAccount *account = purple_conversation_get_account(conv);

    if (args == NULL || args[0] == NULL || args[1] == NULL ||
        args[1][0] == '\0' || !has_held_target(account, args[0]))
        return PURPLE_CMD_RET_CONTINUE;
    if (strpbrk(args[0], ",!@%") != NULL)
        return refuse(conv, cmd, args[0]);
    send_to(conv, cmd, args[0], args[1]);
    return PURPLE_CMD_RET_OK;
}

/* ---- /notice, /ctcp, /quote ---------------------------------------------- */

static PurpleCmdRet
on_notice(PurpleConversation *conv, const char *cmd, char **args,
          char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    if (args == NULL || args[0] == NULL || args[1] == NULL ||
        !has_held_target(purple_conversation_get_account(conv), args[0]))
        return PURPLE_CMD_RET_CONTINUE;
    return refuse(conv, cmd, args[0]);
}

/* "[@tags] [:prefix] PRIVMSG bob,eve :text" */
static char *
raw_targets(const char *raw)
{
    static const char *const verbs[] = {"PRIVMSG", "NOTICE", "SQUERY",
                                        "CPRIVMSG", "CNOTICE"};
    char **words = g_strsplit_set(raw, " \r\n\t", -1);
    char *out = NULL, **w = words;
    bool is_text = false;

    while (*w != NULL && ((*w)[0] == '\0' || (*w)[0] == '@' || (*w)[0] == ':'))
        w++;
    for (gsize i = 0; *w != NULL && i < G_N_ELEMENTS(verbs); i++)
        is_text = is_text || g_ascii_strcasecmp(*w, verbs[i]) == 0;
    if (is_text)
        do
            w++;
        while (*w != NULL && (*w)[0] == '\0');
    if (is_text && *w != NULL)
        out = g_strdup((*w)[0] == ':' ? *w + 1 : *w);
    g_strfreev(words);
    return out;
}

static PurpleCmdRet
on_quote(PurpleConversation *conv, const char *cmd, char **args,
         char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    char *targets =
        args != NULL && args[0] != NULL ? raw_targets(args[0]) : NULL;
    PurpleCmdRet ret = PURPLE_CMD_RET_CONTINUE;

    if (targets != NULL &&
        has_held_target(purple_conversation_get_account(conv), targets))
        ret = refuse(conv, cmd, targets);
    g_free(targets);
    return ret;
}

/* ---- XMPP's /msg in a room ----------------------------------------------- */

static PurpleCmdRet
on_room_msg(PurpleConversation *conv, const char *cmd, char **args,
            char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    char *who;
    bool is_held;

    if (args == NULL || args[0] == NULL || args[1] == NULL)
        return PURPLE_CMD_RET_CONTINUE;
    who = g_strdup_printf("%s/%s", purple_conversation_get_name(conv), args[0]);
    is_held =
        eider_outgoing_is_held(purple_conversation_get_account(conv), who);
    g_free(who);
    return is_held ? refuse(conv, cmd, args[0]) : PURPLE_CMD_RET_CONTINUE;
}

/* ---- starting ------------------------------------------------------------ */

void
eider_irc_start(void)
{
    static const struct {
        const char *name, *args, *prpl;
        PurpleCmdFunc run;
    } table[N_COMMANDS] = {
        {"msg", "ws", "prpl-irc", on_msg},
        {"query", "ws", "prpl-irc", on_msg},
        {"notice", "ws", "prpl-irc", on_notice},
        {"ctcp", "ws", "prpl-irc", on_notice},
        {"quote", "s", "prpl-irc", on_quote},
        {"msg", "ws", "prpl-jabber", on_room_msg},
    };

    for (gsize i = 0; i < N_COMMANDS; i++)
        commands[i] = purple_cmd_register(
            table[i].name, table[i].args, PURPLE_CMD_P_HIGH,
            PURPLE_CMD_FLAG_CHAT | PURPLE_CMD_FLAG_PRPL_ONLY |
                PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS |
                (table[i].run == on_room_msg ? 0 : PURPLE_CMD_FLAG_IM),
            table[i].prpl, table[i].run, "", NULL);
    purple_signal_connect_priority(purple_conversations_get_handle(),
                                   "sending-im-msg", eider_plugin(),
                                   PURPLE_CALLBACK(on_sending), NULL, G_MAXINT);
}

void
eider_irc_stop(void)
{
    for (gsize i = 0; i < N_COMMANDS; i++) {
        if (commands[i] != 0)
            purple_cmd_unregister(commands[i]);
        commands[i] = 0;
    }
}
