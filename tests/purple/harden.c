/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harden.h"

#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

const eider_harden_app *
harden_app(void)
{
    gboolean ok = FALSE;
    const eider_app *table =
        purple_plugin_ipc_call(host_plugin, EIDER_UI_CALL, &ok);

    ck_assert(ok);
    return table->harden;
}

/* ---- looking -------------------------------------------------------------- */

void
harden_on_row(void *arg, const eider_harden_row *r)
{
    harden_look *l = arg;

    ck_assert_str_ne(r->name, "");
    ck_assert_str_ne(r->leak, "");
    ck_assert_str_ne(r->effect, "");
    ck_assert_str_ne(r->now, "");
    if (strcmp(r->id, l->id) != 0)
        return;
    l->found = true;
    l->row = *r;
    g_strlcpy(l->now, r->now, sizeof l->now);
}

harden_look
harden_see(const char *id)
{
    harden_look l = {.id = id};

    (void)harden_app()->rows(host_alice, harden_on_row, &l);
    return l;
}

bool
harden_is(const char *id, eider_harden_state state, bool can_undo)
{
    harden_look l = harden_see(id);

    return l.found && l.row.will == state && l.row.can_undo == can_undo;
}

/* ---- a value of every kind, before ---------------------------------------- */

static const guchar png[] = "\211PNG\r\n\032\n not a real one";
int harden_pictures;

static void
set_buddy_icon(PurpleConnection *gc, PurpleStoredImage *img)
{
    (void)gc;
    harden_pictures = img != NULL;
}

void
harden_start(const char *id)
{
    char format[] = "png";

    fake_prpl.set_buddy_icon = set_buddy_icon;
    fake_prpl.icon_spec.format = g_strdup(format);
    fake_prpl.protocol_options = g_list_append(
        NULL, purple_account_option_bool_new("r", "mark-read", TRUE));
    fake_prpl.protocol_options = g_list_append(
        fake_prpl.protocol_options,
        purple_account_option_string_new("s", "send-receipt", "immediately"));
    host_start(id);
    host_load();
}

/* Some set, some never: that has to come back, too. */
void
harden_set_picture(PurpleAccount *account)
{
    purple_buddy_icons_set_account_icon(account, g_memdup2(png, sizeof png),
                                        sizeof png);
}

void
harden_make_visible(void)
{
    purple_prefs_set_string("/purple/away/idle_reporting", "purple");
    purple_prefs_set_bool("/purple/away/away_when_idle", TRUE);
    harden_set_picture(host_alice);
    purple_account_set_string(host_alice, "connection_security",
                              "opportunistic_tls");
    purple_account_set_string(host_alice, "send-receipt", "on-answer");
    purple_account_set_int(host_alice, "port", 7000);
    purple_account_set_string(host_alice, "realname", "Alice\tB. \303\244");
    host_alice->perm_deny = PURPLE_PRIVACY_DENY_USERS;
    if (strcmp(purple_account_get_protocol_id(host_alice), "prpl-jabber") == 0)
        purple_account_set_username(host_alice, "alice/my laptop");
}

/* Everything that a row may touch, exactly. */
char *
harden_snapshot(void)
{
    static const char *const bools[] = {"mark-read",
                                        "read-receipts",
                                        "ssl",
                                        "use-global-buddyicon",
                                        "eider-keep-typing",
                                        "eider-keep-last",
                                        "eider-keep-clock",
                                        "eider-keep-program",
                                        "eider-keep-ctcp",
                                        "eider-keep-quit",
                                        "eider-keep-files"};
    static const char *const strings[] = {"connection_security", "username",
                                          "realname", "send-receipt",
                                          "buddy_icon"};
    GString *s = g_string_new(purple_account_get_username(host_alice));
    PurpleProxyInfo *p = purple_account_get_proxy_info(host_alice);

    for (gsize i = 0; i < G_N_ELEMENTS(bools); i++)
        g_string_append_printf(
            s, "\n%s %d%d", bools[i],
            purple_account_get_bool(host_alice, bools[i], FALSE),
            purple_account_get_bool(host_alice, bools[i], TRUE));
    for (gsize i = 0; i < G_N_ELEMENTS(strings); i++)
        g_string_append_printf(
            s, "\n%s %s", strings[i],
            purple_account_get_string(host_alice, strings[i], "(not set)"));
    g_string_append_printf(
        s, "\nport %d%d\nprivacy %d\nproxy %d %s %d\n%s %d",
        purple_account_get_int(host_alice, "port", 0),
        purple_account_get_int(host_alice, "port", 1), host_alice->perm_deny,
        p != NULL ? (int)purple_proxy_info_get_type(p) : 99,
        p != NULL ? purple_proxy_info_get_host(p) : "",
        p != NULL ? purple_proxy_info_get_port(p) : 0,
        purple_prefs_get_string("/purple/away/idle_reporting"),
        purple_prefs_get_bool("/purple/away/away_when_idle"));
    return g_string_free(s, FALSE);
}

/* ---- Tor in little -------------------------------------------------------- */

static int tor_fd = -1;

static void *
answer(void *arg)
{
    char got[3];
    int fd;

    (void)arg;
    while ((fd = accept(tor_fd, NULL, NULL)) >= 0) {
        if (recv(fd, got, 3, MSG_WAITALL) == 3 && got[0] == 5)
            (void)!send(fd, "\5\0", 2, MSG_NOSIGNAL);
        (void)!recv(fd, got, 1, 0); /* until the other side closes */
        close(fd);
    }
    return NULL;
}

int
harden_listen_as_tor(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET,
                            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    pthread_t thread;
    char *where;

    tor_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(tor_fd, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(listen(tor_fd, 5), 0);
    ck_assert_int_eq(getsockname(tor_fd, (struct sockaddr *)&a, &n), 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, answer, NULL), 0);
    where = g_strdup_printf("127.0.0.1:%d", ntohs(a.sin_port));
    purple_prefs_set_string("/plugins/core/eider/tor", where);
    g_free(where);
    return ntohs(a.sin_port);
}
