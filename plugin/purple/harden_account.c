/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: rows that are settings of one account. */
#include "harden.h"

#include "text.h"

#include <string.h>

/* ---- settings ------------------------------------------------------------- */

static bool
has_receipts(const PurpleAccount *account)
{
    return eider_names_has_setting(account, "mark-read") ||
           eider_names_has_setting(account, "read-receipts") ||
           eider_names_has_setting(account, "send-receipt");
}

/* Only those that the protocol has. */
static char *
receipts_wanted(const eider_harden_def *d, PurpleAccount *account)
{
    char *now = eider_set_read(d, account), *out;
    char **v = eider_set_split(now);

    for (size_t i = 0; v[i] != NULL; i++)
        if (eider_names_has_setting(account, d->set[i].name)) {
            g_free(v[i]);
            v[i] = g_strdup(d->set[i].wanted);
        }
    out = eider_set_join(v);
    g_strfreev(v);
    g_free(now);
    return out;
}

static eider_harden_state
receipts_state(PurpleAccount *account, char **v)
{
    bool told = (eider_names_has_setting(account, "mark-read") &&
                 strcmp(v[0], "=0") != 0) ||
                (eider_names_has_setting(account, "read-receipts") &&
                 strcmp(v[1], "=0") != 0) ||
                (eider_names_has_setting(account, "send-receipt") &&
                 strcmp(v[2], "=never") != 0);

    return eider_harden_hidden_if(!told);
}

static char *
receipts_words(PurpleAccount *account, char **v)
{
    return g_strdup(receipts_state(account, v) == EIDER_HARDEN_HIDDEN
                        ? _("not sent")
                        : _("sent"));
}

static eider_harden_state
tls_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(strcmp(v[0], "=opportunistic_tls") != 0);
}

static char *
tls_words(PurpleAccount *account, char **v)
{
    return g_strdup(tls_state(account, v) == EIDER_HARDEN_HIDDEN
                        ? _("required")
                        : _("only if the server offers it"));
}

/* The two well-known ports of IRC; any other is for both, or for neither. */
static char *
ssl_wanted(const eider_harden_def *d, PurpleAccount *account)
{
    char *now = eider_set_read(d, account), *out;
    char **v = eider_set_split(now);
    bool moves = strcmp(v[1], "-") == 0 || strcmp(v[1], "=6667") == 0;
    char *values[] = {(char *)"=1", moves ? (char *)"=6697" : v[1], NULL};

    out = eider_set_join(values);
    g_strfreev(v);
    g_free(now);
    return out;
}

static eider_harden_state
ssl_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(strcmp(v[0], "=1") == 0);
}

static char *
ssl_words(PurpleAccount *account, char **v)
{
    return g_strdup(ssl_state(account, v) == EIDER_HARDEN_HIDDEN ? _("required")
                                                                 : _("none"));
}

/* ---- names ---------------------------------------------------------------- */

static char *
nick_of(PurpleAccount *account)
{
    const char *name = purple_account_get_username(account);

    return g_strndup(name, strcspn(name, "@"));
}

static char *
names_wanted(const eider_harden_def *d G_GNUC_UNUSED, PurpleAccount *account)
{
    char *nick = nick_of(account), *out, *value = g_strconcat("=", nick, NULL);
    char *values[] = {value, value, NULL};

    out = eider_set_join(values);
    g_free(value);
    g_free(nick);
    return out;
}

/* Without a setting it is the nick, in older versions the name of the login
 * and that of the program. */
static char *
in_use(PurpleAccount *account, const char *value, const char *older)
{
    if (value[0] == '=' && value[1] != '\0')
        return g_strdup(value + 1);
    return purple_version_check(2, 14, 9) == NULL ? nick_of(account)
                                                  : g_strdup(older);
}

static eider_harden_state
names_state(PurpleAccount *account, char **v)
{
    char *nick = nick_of(account);
    char *user = in_use(account, v[0], g_get_user_name());
    char *real = in_use(account, v[1], "purple");
    bool hides = strcmp(user, nick) == 0 && strcmp(real, nick) == 0;
    bool tells = strcmp(user, g_get_user_name()) == 0 ||
                 strcmp(real, g_get_real_name()) == 0;

    g_free(nick);
    g_free(user);
    g_free(real);
    return hides   ? EIDER_HARDEN_HIDDEN
           : tells ? EIDER_HARDEN_VISIBLE
                   : EIDER_HARDEN_PARTLY;
}

static char *
names_words(PurpleAccount *account, char **v)
{
    char *user = in_use(account, v[0], g_get_user_name());
    char *real = in_use(account, v[1], "purple");
    char *out = g_strdup_printf("%s, %s", user, real);

    g_free(user);
    g_free(real);
    return out;
}

/* ---- the name of the connection (XMPP) ------------------------------------ */

static char *
place_read(const eider_harden_def *d G_GNUC_UNUSED, PurpleAccount *account)
{
    const char *slash = strchr(purple_account_get_username(account), '/');
    char *value =
        slash != NULL ? g_strconcat("=", slash + 1, NULL) : g_strdup("-");
    char *values[] = {value, NULL}, *out = eider_set_join(values);

    g_free(value);
    return out;
}

static char *
place_wanted(const eider_harden_def *d G_GNUC_UNUSED,
             PurpleAccount *account G_GNUC_UNUSED)
{
    return g_strdup("-");
}

/* Contacts and pounces are written with the name of their account. */
static bool
place_write(const eider_harden_def *d G_GNUC_UNUSED, PurpleAccount *account,
            const char *value)
{
    const char *name = purple_account_get_username(account);
    char *bare = g_strndup(name, strcspn(name, "/"));
    char **v = eider_set_split(value);
    char *full = v[0] != NULL && v[0][0] == '='
                     ? g_strconcat(bare, "/", v[0] + 1, NULL)
                     : g_strdup(bare);

    purple_account_set_username(account, full);
    purple_blist_schedule_save();
    g_free(full);
    g_free(bare);
    g_strfreev(v);
    return true;
}

static eider_harden_state
place_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    return eider_harden_hidden_if(v[0][0] != '=' || v[0][1] == '\0');
}

static char *
place_words(PurpleAccount *account, char **v)
{
    if (place_state(account, v) == EIDER_HARDEN_HIDDEN)
        return g_strdup(_("made up by the server"));
    if (strstr(v[0], "__HOSTNAME__") != NULL)
        return g_strdup_printf(_("the name of this computer, %s"),
                               g_get_host_name());
    return g_strdup(v[0] + 1);
}

/* ---- who may write -------------------------------------------------------- */

static char *
strangers_read(const eider_harden_def *d G_GNUC_UNUSED, PurpleAccount *account)
{
    return g_strdup_printf("=%d", (int)account->perm_deny);
}

static char *
strangers_wanted(const eider_harden_def *d G_GNUC_UNUSED,
                 PurpleAccount *account G_GNUC_UNUSED)
{
    return g_strdup_printf("=%d", PURPLE_PRIVACY_ALLOW_BUDDYLIST);
}

static bool
strangers_write(const eider_harden_def *d G_GNUC_UNUSED, PurpleAccount *account,
                const char *value)
{
    int mode = atoi(value + 1);
    PurpleConnection *gc = purple_account_get_connection(account);

    if (value[0] != '=' || mode < 0 || mode > PURPLE_PRIVACY_ALLOW_BUDDYLIST)
        return false;
    account->perm_deny = (PurplePrivacyType)mode;
    purple_blist_schedule_save();
    if (gc != NULL && PURPLE_CONNECTION_IS_CONNECTED(gc))
        serv_set_permit_deny(gc);
    return true;
}

static eider_harden_state
strangers_state(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    int mode = atoi(v[0] + 1);

    return eider_harden_hidden_if(mode == PURPLE_PRIVACY_ALLOW_BUDDYLIST ||
                                  mode == PURPLE_PRIVACY_ALLOW_USERS ||
                                  mode == PURPLE_PRIVACY_DENY_ALL);
}

static char *
strangers_words(PurpleAccount *account G_GNUC_UNUSED, char **v)
{
    switch (atoi(v[0] + 1)) {
    case PURPLE_PRIVACY_DENY_ALL:
        return g_strdup(_("nobody"));
    case PURPLE_PRIVACY_ALLOW_USERS:
        return g_strdup(_("those whom you named"));
    case PURPLE_PRIVACY_DENY_USERS:
        return g_strdup(_("everybody but those whom you named"));
    case PURPLE_PRIVACY_ALLOW_BUDDYLIST:
        return g_strdup(_("those on your list"));
    default:
        return g_strdup(_("everybody"));
    }
}

/* ---- the rows ------------------------------------------------------------- */

static bool
is_known(const PurpleAccount *account)
{
    return eider_names_protocol(account) != NULL;
}

static const eider_harden_def rows[] = {
    {
        .id = "address",
        .waits = true,
        .name = N_("Address of this computer"),
        .leak = N_("The server sees the address you connect from: where you "
                   "are, and who your provider is."),
        .effect = N_("The account connects through Tor: the server sees the "
                     "address of one of its exits. It is slower, and some "
                     "servers refuse it."),
        .applies = eider_proxy_applies,
        .state = eider_proxy_state,
        .words = eider_proxy_words,
        .read = eider_proxy_read,
        .wanted = eider_proxy_wanted,
        .write = eider_proxy_write,
        .doubt = eider_proxy_doubt,
        .loss = eider_proxy_loss,
    },
    {
        .id = "tls",
        .waits = true,
        .name = N_("Encryption to the server"),
        .leak = N_("Where the server offers none, or somebody on the way says "
                   "so, names, times and the password go out readable."),
        .effect = N_("Without encryption the account does not connect."),
        .set = {{"connection_security", EIDER_SET_STRING, "=require_tls"}},
        .applies = eider_harden_is_xmpp,
        .state = tls_state,
        .words = tls_words,
    },
    {
        .id = "ssl",
        .waits = true,
        .name = N_("Encryption to the server"),
        .leak = N_("Whoever is on the way to the server reads names, times, "
                   "and the password."),
        .effect = N_("Without encryption the account does not connect; port "
                     "6667 becomes 6697."),
        .set = {{"ssl", EIDER_SET_BOOL, NULL}, {"port", EIDER_SET_INT, NULL}},
        .applies = eider_names_is_irc,
        .state = ssl_state,
        .words = ssl_words,
        .wanted = ssl_wanted,
    },
    {
        .id = "place",
        .waits = true,
        .name = N_("Name of the connection"),
        .leak = N_("Everybody on your list sees the name of this connection "
                   "(the resource): that of a computer, a place, a program."),
        .effect = N_("The server makes up a name at each login."),
        .applies = eider_harden_is_xmpp,
        .state = place_state,
        .words = place_words,
        .read = place_read,
        .wanted = place_wanted,
        .write = place_write,
    },
    {
        .id = "names",
        .waits = true,
        .name = N_("User name and real name"),
        .leak = N_("Everybody on the network can ask for them: they say who "
                   "you are, and that you are the same elsewhere."),
        .effect = N_("Both are what everybody sees anyway: your nick."),
        .set = {{"username", EIDER_SET_STRING, NULL},
                {"realname", EIDER_SET_STRING, NULL}},
        .applies = eider_names_is_irc,
        .state = names_state,
        .words = names_words,
        .wanted = names_wanted,
    },
    {
        .id = "picture",
        .name = N_("Picture"),
        .leak = N_("Everybody can see your picture; the same one elsewhere "
                   "says that it is you there, too."),
        .effect = N_("It is taken off the server, for your other programs, "
                     "too."),
        .applies = eider_picture_applies,
        .state = eider_picture_state,
        .words = eider_picture_words,
        .read = eider_picture_read,
        .wanted = eider_picture_wanted,
        .write = eider_picture_write,
    },
    {
        .id = "strangers",
        .name = N_("Who can write to you"),
        .leak = N_("Whoever knows your address can write to you: a window "
                   "opens, and Eider may have to ask you about them."),
        .effect = N_("Only those on your list reach you. Nobody else can ask "
                     "to talk privately."),
        .applies = is_known,
        .state = strangers_state,
        .words = strangers_words,
        .read = strangers_read,
        .wanted = strangers_wanted,
        .write = strangers_write,
    },
    {
        .id = "receipts",
        .name = N_("Read receipts"),
        .leak = N_("The server, and who wrote, is told when you look at a "
                   "conversation."),
        .effect = N_("Nobody is told when you read."),
        .set = {{"mark-read", EIDER_SET_BOOL, "=0"},
                {"read-receipts", EIDER_SET_BOOL, "=0"},
                {"send-receipt", EIDER_SET_STRING, "=never"}},
        .applies = has_receipts,
        .state = receipts_state,
        .words = receipts_words,
        .wanted = receipts_wanted,
    },
};

const eider_harden_table eider_harden_account = {rows, G_N_ELEMENTS(rows)};
