/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the ways of IRC around send_im.  /me, /msg, /query, /notice, /ctcp
 * and /quote end in the protocol itself; what is for a private contact is
 * taken away from it here, before.  So do some commands of XMPP, SILC and
 * Zephyr.
 */
#include "seam.h"

#include "text.h"

#include <string.h>

#define N_COMMANDS 15
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

/* Is one of the targets ("@bob,eve") held back? */
static bool
has_held_target(PurpleAccount *account, const char *targets)
{
    char **list = g_strsplit_set(targets, ", \t\r\n", -1);
    bool is_held = false;

    for (char **t = list; *t != NULL; t++) {
        char *nick = eider_names_nick(*t);

        if (nick[0] != '\0' && nick[0] != '#')
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

/* Two blanks after "/msg", and the nick is text: it goes to the server. */
static bool
has_no_target(const char *target)
{
    return target[strspn(target, " \t\r\n")] == '\0';
}

static PurpleCmdRet
refuse_nobody(PurpleConversation *conv, const char *cmd)
{
    char *text = g_strdup_printf(
        _("/%s was not sent: it is not clear to whom. Write one blank and no "
          "line break before the name."),
        cmd);

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
            line = g_strdup_printf(_("To %s: %s"), nick, plain);
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
        args[1][0] == '\0')
        return PURPLE_CMD_RET_CONTINUE;
    if (has_no_target(args[0]))
        return refuse_nobody(conv, cmd);
    if (!has_held_target(account, args[0]))
        return PURPLE_CMD_RET_CONTINUE;
    if (strpbrk(args[0], ",!@% \t\r\n") != NULL ||
        eider_disguise_is(account, args[0]))
        return refuse(conv, cmd, args[0]);
    send_to(conv, cmd, args[0], args[1]);
    return PURPLE_CMD_RET_OK;
}

/* ---- /notice, /ctcp, /quote ---------------------------------------------- */

static PurpleCmdRet
on_notice(PurpleConversation *conv, const char *cmd, char **args,
          char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    if (args == NULL || args[0] == NULL || args[1] == NULL)
        return PURPLE_CMD_RET_CONTINUE;
    if (has_no_target(args[0]))
        return refuse_nobody(conv, cmd);
    if (!has_held_target(purple_conversation_get_account(conv), args[0]))
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
    char *raw, *targets;
    PurpleCmdRet ret = PURPLE_CMD_RET_CONTINUE;

    if (args == NULL || args[0] == NULL)
        return PURPLE_CMD_RET_CONTINUE;
    raw = g_strstrip(g_strdup(args[0]));
    targets = raw_targets(raw);
    /* A second line is a second command. */
    if (strpbrk(raw, "\r\n") != NULL)
        ret = refuse_nobody(conv, cmd);
    else if (targets != NULL &&
             has_held_target(purple_conversation_get_account(conv), targets))
        ret = refuse(conv, cmd, targets);
    g_free(targets);
    g_free(raw);
    return ret;
}

/* ---- XMPP ---------------------------------------------------------------- */

/* In a room: /invite bob@example.org text */
static PurpleCmdRet
on_invite(PurpleConversation *conv, const char *cmd, char **args,
          char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    if (args == NULL || args[0] == NULL || args[1] == NULL)
        return PURPLE_CMD_RET_CONTINUE;
    if (has_no_target(args[0]))
        return refuse_nobody(conv, cmd);
    if (!eider_outgoing_is_held(purple_conversation_get_account(conv), args[0]))
        return PURPLE_CMD_RET_CONTINUE;
    /* The text stays here, as with the client's own dialog. */
    serv_chat_invite(purple_conversation_get_gc(conv),
                     purple_conv_chat_get_id(PURPLE_CONV_CHAT(conv)), args[1],
                     args[0]);
    return PURPLE_CMD_RET_OK;
}

static PurpleCmdRet
on_buzz(PurpleConversation *conv, const char *cmd G_GNUC_UNUSED, char **args,
        char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    const char *who = args != NULL && args[0] != NULL
                          ? args[0]
                          : purple_conversation_get_name(conv);

    if (!eider_outgoing_is_held(purple_conversation_get_account(conv), who))
        return PURPLE_CMD_RET_CONTINUE;
    eider_refuse_attention(purple_conversation_get_gc(conv), who, 0);
    return PURPLE_CMD_RET_OK;
}

/* In a room: /msg nick text */
static PurpleCmdRet
on_room_msg(PurpleConversation *conv, const char *cmd, char **args,
            char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    char *who;
    bool is_held;

    if (args == NULL || args[0] == NULL || args[1] == NULL)
        return PURPLE_CMD_RET_CONTINUE;
    if (has_no_target(args[0]))
        return refuse_nobody(conv, cmd);
    who = g_strdup_printf("%s/%s", purple_conversation_get_name(conv), args[0]);
    is_held =
        eider_outgoing_is_held(purple_conversation_get_account(conv), who);
    g_free(who);
    return is_held ? refuse(conv, cmd, args[0]) : PURPLE_CMD_RET_CONTINUE;
}

/* ---- Zephyr, SILC ----------------------------------------------------------- */

static PurpleCmdRet
refuse_held(PurpleConversation *conv, const char *cmd, const char *who,
            const char *text)
{
    PurpleAccount *account = purple_conversation_get_account(conv);

    if (who == NULL || text == NULL || !eider_outgoing_is_held(account, who))
        return PURPLE_CMD_RET_CONTINUE;
    return refuse(conv, cmd, who);
}

/* /msg bob text */
static PurpleCmdRet
on_other_msg(PurpleConversation *conv, const char *cmd, char **args,
             char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    return args == NULL || args[0] == NULL
               ? PURPLE_CMD_RET_CONTINUE
               : refuse_held(conv, cmd, args[0], args[1]);
}

/* /zir instance bob text, /memoserv send bob text */
static PurpleCmdRet
on_second(PurpleConversation *conv, const char *cmd, char **args,
          char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    return args == NULL || args[0] == NULL || args[1] == NULL
               ? PURPLE_CMD_RET_CONTINUE
               : refuse_held(conv, cmd, args[1], args[2]);
}

/* /zcir class instance bob text */
static PurpleCmdRet
on_third(PurpleConversation *conv, const char *cmd, char **args,
         char **error G_GNUC_UNUSED, void *data G_GNUC_UNUSED)
{
    return args == NULL || args[0] == NULL || args[1] == NULL || args[2] == NULL
               ? PURPLE_CMD_RET_CONTINUE
               : refuse_held(conv, cmd, args[2], args[3]);
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
        {"msg", "ws", "prpl-silc", on_other_msg},
        {"smsg", "ws", "prpl-silc", on_other_msg},
        {"query", "ws", "prpl-silc", on_other_msg},
        {"msg", "ws", "prpl-zephyr", on_other_msg},
        {"zir", "wws", "prpl-zephyr", on_second},
        {"zcir", "wwws", "prpl-zephyr", on_third},
        {"memoserv", "wws", "prpl-irc", on_second},
        {"invite", "ws", "prpl-jabber", on_invite},
        {"buzz", "w", "prpl-jabber", on_buzz},
    };

    for (gsize i = 0; i < N_COMMANDS; i++)
        commands[i] = purple_cmd_register(
            table[i].name, table[i].args, PURPLE_CMD_P_HIGH,
            (table[i].run == on_buzz ? 0 : PURPLE_CMD_FLAG_CHAT) |
                PURPLE_CMD_FLAG_PRPL_ONLY | PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS |
                (table[i].run == on_room_msg || table[i].run == on_invite
                     ? 0
                     : PURPLE_CMD_FLAG_IM),
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
