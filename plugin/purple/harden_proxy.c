/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the proxy of an account, and whether it is Tor.
 *
 * libpurple has a type of its own for Tor: SOCKS 5, but names are looked up
 * by the proxy only, which it does not do with other proxies.  A password of
 * a proxy is never copied: where one is set, changing the proxy asks first.
 */
#include "harden.h"

#include "text.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOR_HOST   "127.0.0.1"
#define TOR_PORT   9050
#define ANSWER_MS  300 /* on this machine it takes far less than one */
#define MOST_FILES 4096

/* ---- the value: type, host, port, user, has a password -------------------- */

enum { TYPE, HOST, PORT, USER, SECRET, FIELDS };

static char *
value_of(const PurpleProxyInfo *info)
{
    const char *host, *user, *secret;
    char *v[FIELDS + 1] = {NULL}, *out;

    if (info == NULL)
        return g_strdup("-");
    host = purple_proxy_info_get_host(info);
    user = purple_proxy_info_get_username(info);
    secret = purple_proxy_info_get_password(info);
    v[TYPE] = g_strdup_printf("=%d", (int)purple_proxy_info_get_type(info));
    v[HOST] = g_strdup(host != NULL ? host : "");
    v[PORT] = g_strdup_printf("%d", purple_proxy_info_get_port(info));
    v[USER] = g_strdup(user != NULL ? user : "");
    v[SECRET] = g_strdup(secret != NULL && secret[0] != '\0' ? "1" : "");
    out = eider_set_join(v);
    for (int i = 0; i < FIELDS; i++)
        g_free(v[i]);
    return out;
}

bool
eider_proxy_applies(const PurpleAccount *account)
{
    return eider_names_protocol(account) != NULL;
}

char *
eider_proxy_read(const eider_harden_def *d G_GNUC_UNUSED,
                 PurpleAccount *account)
{
    return value_of(purple_account_get_proxy_info(account));
}

bool
eider_proxy_write(const eider_harden_def *d G_GNUC_UNUSED,
                  PurpleAccount *account, const char *value)
{
    char **v = eider_set_split(value);
    PurpleProxyInfo *info = NULL;
    bool ok = g_strv_length(v) == FIELDS && v[TYPE][0] == '=';

    if (ok) {
        info = purple_proxy_info_new();
        purple_proxy_info_set_type(info, (PurpleProxyType)atoi(v[TYPE] + 1));
        if (v[HOST][0] != '\0')
            purple_proxy_info_set_host(info, v[HOST]);
        purple_proxy_info_set_port(info, atoi(v[PORT]));
        if (v[USER][0] != '\0')
            purple_proxy_info_set_username(info, v[USER]);
    } else if (strcmp(value, "-") == 0) {
        ok = true;
    }
    if (ok)
        purple_account_set_proxy_info(account, info);
    g_strfreev(v);
    return ok;
}

/* ---- Tor ------------------------------------------------------------------ */

/* Where Tor should be: a preference, for those who run it elsewhere. */
static char *
tor_host(int *port)
{
    const char *set = purple_prefs_get_string(EIDER_PREF_TOR);
    const char *colon = set != NULL ? strrchr(set, ':') : NULL;

    *port = colon != NULL ? atoi(colon + 1) : 0;
    if (colon == NULL || colon == set || *port <= 0 || *port > 65535) {
        *port = TOR_PORT;
        return g_strdup(TOR_HOST);
    }
    return g_strndup(set, (gsize)(colon - set));
}

char *
eider_proxy_wanted(const eider_harden_def *d G_GNUC_UNUSED,
                   PurpleAccount *account G_GNUC_UNUSED)
{
    PurpleProxyInfo *info = purple_proxy_info_new();
    int port;
    char *host = tor_host(&port), *out;

    purple_proxy_info_set_type(info, PURPLE_PROXY_TOR);
    purple_proxy_info_set_host(info, host);
    purple_proxy_info_set_port(info, port);
    out = value_of(info);
    purple_proxy_info_destroy(info);
    g_free(host);
    return out;
}

static bool
is_ready(int fd, short what)
{
    struct pollfd p = {.fd = fd, .events = what};

    return poll(&p, 1, ANSWER_MS) == 1 && (p.revents & what) != 0;
}

/* Does something at this address speak SOCKS 5 without a password?  Only
 * addresses of this machine are tried: anything else could take long. */
static bool
answers_socks(const char *host, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port)};
    char got[2];
    bool ok;
    int fd;

    if (inet_pton(AF_INET, host, &to.sin_addr) != 1 ||
        (ntohl(to.sin_addr.s_addr) >> 24) != 127)
        return false;
    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    (void)connect(fd, (struct sockaddr *)&to, sizeof to);
    ok = is_ready(fd, POLLOUT) && send(fd, "\5\1\0", 3, MSG_NOSIGNAL) == 3 &&
         is_ready(fd, POLLIN) && recv(fd, got, 2, 0) == 2 && got[0] == 5 &&
         got[1] == 0;
    close(fd);
    return ok;
}

char *
eider_proxy_doubt(PurpleAccount *account)
{
    const PurpleProxyInfo *now = purple_account_get_proxy_info(account);
    const char *secret =
        now != NULL ? purple_proxy_info_get_password(now) : NULL;
    GString *out = g_string_new(NULL);
    int port;
    char *host = tor_host(&port);

    if (!answers_socks(host, port))
        g_string_printf(out,
                        _("Nothing answers at %s port %d, where Tor should be. "
                          "The account will not connect until it does."),
                        host, port);
    if (secret != NULL && secret[0] != '\0')
        g_string_append_printf(
            out, "%s%s", out->len > 0 ? "\n\n" : "",
            _("The account has a proxy with a password. Eider copies no "
              "passwords: to go back you would have to enter it again."));
    g_free(host);
    return g_string_free(out, out->len == 0);
}

char *
eider_proxy_loss(const char *before)
{
    char **v = eider_set_split(before);
    bool has = g_strv_length(v) == FIELDS && v[SECRET][0] != '\0';

    g_strfreev(v);
    return has ? g_strdup(_("Enter the password of the proxy again, in the "
                            "account's settings."))
               : NULL;
}

/* ---- is it used? ---------------------------------------------------------- */

/* Has this program a connection to that address?  -1: it cannot be said. */
static int
connections_to(const char *host, int port)
{
    struct in_addr want;
    int n = 0;

    if (host == NULL || inet_pton(AF_INET, host, &want) != 1)
        return -1;
    for (int fd = 3; fd < MOST_FILES; fd++) {
        struct sockaddr_in to;
        socklen_t size = sizeof to;

        if (getpeername(fd, (struct sockaddr *)&to, &size) == 0 &&
            to.sin_family == AF_INET && to.sin_addr.s_addr == want.s_addr &&
            ntohs(to.sin_port) == port)
            n++;
    }
    return n;
}

static bool
is_direct(const PurpleProxyInfo *info)
{
    PurpleProxyType type =
        info != NULL ? purple_proxy_info_get_type(info) : PURPLE_PROXY_NONE;
    const char *host = info != NULL ? purple_proxy_info_get_host(info) : NULL;

    return type == PURPLE_PROXY_NONE || type == PURPLE_PROXY_USE_GLOBAL ||
           host == NULL || host[0] == '\0';
}

/* Is it this account's own proxy, or that of the client? */
static bool
is_own(char **v)
{
    int type = v[TYPE][0] == '=' ? atoi(v[TYPE] + 1) : PURPLE_PROXY_USE_GLOBAL;

    return type != PURPLE_PROXY_USE_GLOBAL && type != PURPLE_PROXY_USE_ENVVAR &&
           g_strv_length(v) == FIELDS;
}

/* Of the value, which need not be the one that is set now; false: there is
 * none, or none that can be told. */
static bool
find(char **v, PurpleProxyType *type, const char **host, int *port)
{
    const PurpleProxyInfo *info;

    if (is_own(v)) {
        *type = (PurpleProxyType)atoi(v[TYPE] + 1);
        *host = v[HOST];
        *port = atoi(v[PORT]);
        return *type != PURPLE_PROXY_NONE && v[HOST][0] != '\0';
    }
    info = purple_proxy_get_setup(NULL);
    if (is_direct(info))
        return false;
    *type = purple_proxy_info_get_type(info);
    *host = purple_proxy_info_get_host(info);
    *port = purple_proxy_info_get_port(info);
    return true;
}

/* In force, but no connection goes there. */
static bool
is_bypassed(PurpleAccount *account, const char *host, int port)
{
    return purple_account_is_connected(account) &&
           !eider_harden_waits(account, "address") &&
           connections_to(host, port) == 0;
}

eider_harden_state
eider_proxy_state(PurpleAccount *account, char **v)
{
    PurpleProxyType type;
    const char *host;
    int port;

    if (!find(v, &type, &host, &port))
        return EIDER_HARDEN_VISIBLE;
    if (type != PURPLE_PROXY_TOR)
        return EIDER_HARDEN_PARTLY;
    return eider_harden_hidden_if(!is_bypassed(account, host, port));
}

char *
eider_proxy_words(PurpleAccount *account, char **v)
{
    PurpleProxyType type;
    const char *host;
    int port;

    if (!find(v, &type, &host, &port))
        return g_strdup(_("no proxy"));
    if (type != PURPLE_PROXY_TOR)
        return g_strdup_printf(
            _("a proxy is set (%s, %s port %d), not known to be Tor"),
            type == PURPLE_PROXY_HTTP     ? "HTTP"
            : type == PURPLE_PROXY_SOCKS4 ? "SOCKS 4"
                                          : "SOCKS 5",
            host, port);
    if (is_bypassed(account, host, port))
        return g_strdup_printf(
            _("Tor at %s port %d is set, but no connection goes there"), host,
            port);
    return g_strdup_printf(purple_account_is_connected(account)
                               ? _("Tor at %s port %d, in use")
                               : _("Tor at %s port %d, from the next login on"),
                           host, port);
}
