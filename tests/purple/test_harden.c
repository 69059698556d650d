/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an account tells by itself: each row read, hidden, and put back. */
#include <arpa/inet.h>
#include <check.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eider/ui.h"

#include "talk.h"

Suite *harden_suite(void);

static const eider_harden_app *
app(void)
{
    gboolean ok = FALSE;
    const eider_app *table =
        purple_plugin_ipc_call(host_plugin, EIDER_UI_CALL, &ok);

    ck_assert(ok);
    return table->harden;
}

/* ---- looking -------------------------------------------------------------- */

typedef struct {
    const char *id;
    bool found;
    eider_harden_row row;
    char now[200];
} look;

static void
on_row(void *arg, const eider_harden_row *r)
{
    look *l = arg;

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

static look
see(const char *id)
{
    look l = {.id = id};

    (void)app()->rows(host_alice, on_row, &l);
    return l;
}

static bool
is(const char *id, eider_harden_state state, bool can_undo)
{
    look l = see(id);

    return l.found && l.row.will == state && l.row.can_undo == can_undo;
}

/* ---- a value of every kind, before ---------------------------------------- */

static const guchar png[] = "\211PNG\r\n\032\n not a real one";
static int pictures; /* that the server holds */

static void
set_buddy_icon(PurpleConnection *gc, PurpleStoredImage *img)
{
    (void)gc;
    pictures = img != NULL;
}

static void
start(const char *id)
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

static const char *const shared[] = {"idle",     "away",      "typing",
                                     "picture",  "strangers", "address",
                                     "receipts", NULL};
static const char *const xmpp[] = {"tls",     "place", "last", "clock",
                                   "program", "files", NULL};
static const char *const irc[] = {"ssl",  "names", "ctcp",
                                  "quit", "files", NULL};

/* Some set, some never: that has to come back, too. */
static void
make_visible(void)
{
    purple_prefs_set_string("/purple/away/idle_reporting", "purple");
    purple_prefs_set_bool("/purple/away/away_when_idle", TRUE);
    purple_buddy_icons_set_account_icon(host_alice, g_memdup2(png, sizeof png),
                                        sizeof png);
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
static char *
snapshot(void)
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

static int
listen_as_tor(void)
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

/* ---- every row ------------------------------------------------------------ */

static void
hide_each(const char *const *ids)
{
    for (; *ids != NULL; ids++) {
        ck_assert_msg(is(*ids, EIDER_HARDEN_VISIBLE, false) ||
                          is(*ids, EIDER_HARDEN_PARTLY, false),
                      "%s is not visible before", *ids);
        app()->change(host_alice, *ids);
        ck_assert_msg(is(*ids, EIDER_HARDEN_HIDDEN, true), "%s is not hidden",
                      *ids);
        ck_assert_msg(!see(*ids).row.was_changed, "%s was not changed", *ids);
    }
}

static void
undo_each(const char *const *ids)
{
    for (; *ids != NULL; ids++) {
        app()->undo(host_alice, *ids);
        ck_assert_msg(is(*ids, EIDER_HARDEN_VISIBLE, false) ||
                          is(*ids, EIDER_HARDEN_PARTLY, false),
                      "%s was not put back", *ids);
    }
}

static const struct {
    const char *protocol;
    const char *const *own;
} protocols[] = {{"prpl-jabber", xmpp}, {"prpl-irc", irc}};

START_TEST(every_row_is_hidden_and_put_back)
{
    char *before, *after;

    start(protocols[_i].protocol);
    listen_as_tor();
    make_visible();
    before = snapshot();
    for (int round = 0; round < 2; round++) {
        hide_each(shared);
        hide_each(protocols[_i].own);
        ck_assert_int_eq(pictures, 0);
        after = snapshot();
        ck_assert_str_ne(before, after);
        g_free(after);
        if (round == 0) {
            undo_each(protocols[_i].own);
            undo_each(shared);
        } else {
            app()->undo_all(host_alice);
        }
        after = snapshot();
        ck_assert_str_eq(before, after);
        g_free(after);
        ck_assert_int_eq(pictures, 1);
        ck_assert_uint_eq(host_questions(), 0);
    }
    g_free(before);
    host_stop();
}
END_TEST

START_TEST(rows_of_another_protocol_do_not_apply)
{
    start(protocols[_i].protocol);
    for (const char *const *id = protocols[1 - _i].own; *id != NULL; id++) {
        if (strcmp(*id, "files") == 0)
            continue; /* both have it */
        ck_assert(!see(*id).found);
        app()->change(host_alice, *id);
        app()->undo(host_alice, *id);
    }
    host_stop();
}
END_TEST

/* In two processes, as it is. */
START_TEST(what_was_before_is_known_after_a_restart)
{
    char pattern[] = "/tmp/eider-host-XXXXXX";
    char *file, *before = NULL, *after;
    int status;
    pid_t pid;

    host_dir = g_strdup(g_mkdtemp(pattern));
    file = g_build_filename(host_dir, "snapshot", NULL);
    pid = fork();
    if (pid == 0) {
        start(protocols[_i].protocol);
        listen_as_tor();
        make_visible();
        before = snapshot();
        g_file_set_contents(file, before, -1, NULL);
        hide_each(shared);
        hide_each(protocols[_i].own);
        host_quit();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert(g_file_get_contents(file, &before, NULL, NULL));
    if (getenv("DBG")) {
        char *c = g_strdup_printf("cp -r %s /tmp/dbgprof", host_dir);
        (void)!system(c);
    }
    start(protocols[_i].protocol);
    for (const char *const *id = shared; *id != NULL; id++)
        ck_assert_msg(see(*id).row.can_undo, "%s is forgotten", *id);
    app()->undo_all(host_alice);
    after = snapshot();
    ck_assert_str_eq(before, after);
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_int_eq(pictures, 1);
    host_stop();
    g_free(before);
    g_free(after);
    g_free(file);
}
END_TEST

/* ---- others change things, too -------------------------------------------- */

START_TEST(what_the_user_set_since_is_not_overwritten)
{
    start("prpl-fake");
    make_visible();
    app()->change(host_alice, "idle");
    app()->change(host_alice, "typing");
    app()->change(host_alice, "strangers");
    purple_prefs_set_string("/purple/away/idle_reporting", "system");
    host_alice->perm_deny = PURPLE_PRIVACY_DENY_ALL;
    ck_assert(see("idle").row.was_changed);
    app()->undo_all(host_alice);
    /* the one that is as it was left is put back, the others are asked about */
    ck_assert(is("typing", EIDER_HARDEN_VISIBLE, false));
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "system");
    ck_assert_int_eq(host_alice->perm_deny, PURPLE_PRIVACY_DENY_ALL);
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_answer("_Leave"));
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "system");
    ck_assert(is("idle", EIDER_HARDEN_VISIBLE, false));
    ck_assert(is("strangers", EIDER_HARDEN_HIDDEN, false));
    host_stop();
}
END_TEST

START_TEST(or_after_a_question)
{
    start("prpl-fake");
    make_visible();
    app()->change(host_alice, "idle");
    purple_prefs_set_string("/purple/away/idle_reporting", "system");
    app()->undo(host_alice, "idle");
    ck_assert(host_answer("_Put back"));
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "purple");
    ck_assert(is("idle", EIDER_HARDEN_VISIBLE, false));
    /* Hidden again after a change: that change is what comes back. */
    app()->change(host_alice, "idle");
    purple_prefs_set_string("/purple/away/idle_reporting", "system");
    app()->change(host_alice, "idle");
    app()->undo(host_alice, "idle");
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "system");
    host_stop();
}
END_TEST

/* ---- accounts come and go ------------------------------------------------- */

START_TEST(an_account_that_goes_leaves_its_questions)
{
    start("prpl-fake");
    purple_prefs_set_string("/plugins/core/eider/tor", "127.0.0.1:1");
    app()->change(host_alice, "address");
    app()->change(host_alice, "strangers");
    host_alice->perm_deny = PURPLE_PRIVACY_DENY_ALL;
    app()->undo(host_alice, "strangers");
    ck_assert_uint_eq(host_questions(), 2);
    host_sign_off(host_alice);
    purple_accounts_remove(host_alice);
    ck_assert(host_answer("_Put back"));
    ck_assert(host_answer("_Set it anyway"));
    ck_assert_ptr_null(purple_account_get_proxy_info(host_alice));
    ck_assert_int_eq(host_alice->perm_deny, PURPLE_PRIVACY_DENY_ALL);
    host_stop();
}
END_TEST

START_TEST(an_account_without_a_protocol_has_no_rows)
{
    PurpleAccount *lost;
    look l = {.id = "typing"};

    start("prpl-fake");
    lost = purple_account_new("carol", "prpl-nobody-has-it");
    purple_accounts_add(lost);
    ck_assert_uint_eq(app()->rows(lost, on_row, &l), 0);
    app()->change(lost, "typing");
    app()->undo(lost, "typing");
    app()->undo_all(lost);
    app()->reconnect(lost);
    app()->open(lost);
    ck_assert(host_has_notice("nothing that could be hidden"));
    host_stop();
}
END_TEST

/* ---- what the rows do ----------------------------------------------------- */

START_TEST(typing_and_answers_are_kept_back)
{
    PurpleStatus *s;

    fake.flags = 0;
    start("prpl-fake");
    serv_send_typing(purple_account_get_connection(host_alice), "bob",
                     PURPLE_TYPING);
    ck_assert_int_eq(fake_typings, 1);
    app()->change(host_alice, "typing");
    serv_send_typing(purple_account_get_connection(host_alice), "bob",
                     PURPLE_TYPING);
    ck_assert_int_eq(fake_typings, 1);
    app()->undo(host_alice, "typing");
    serv_send_typing(purple_account_get_connection(host_alice), "bob",
                     PURPLE_TYPING);
    ck_assert_int_eq(fake_typings, 2);

    /* XMPP and IRC never answer by themselves: this protocol does. */
    ck_assert(!see("reply").found);
    purple_account_get_connection(host_alice)->flags |=
        PURPLE_CONNECTION_AUTO_RESP;
    ck_assert(is("reply", EIDER_HARDEN_VISIBLE, false));
    purple_prefs_set_string("/purple/away/auto_reply", "away");
    purple_account_set_status(host_alice, "away", TRUE, "message", "gone",
                              NULL);
    s = purple_account_get_active_status(host_alice);
    ck_assert_str_eq(purple_status_get_id(s), "away");
    fake_deliver("alice", "carol", "hello?", 0);
    ck_assert(fake_wire_has("gone"));
    g_ptr_array_set_size(fake_wire, 0);
    app()->change(host_alice, "reply");
    fake_deliver("alice", "dave", "hello?", 0);
    ck_assert_uint_eq(fake_wire->len, 0);
    app()->undo(host_alice, "reply");
    fake_deliver("alice", "erin", "hello?", 0);
    ck_assert(fake_wire_has("gone"));
    host_stop();
}
END_TEST

/* libpurple stops its timer where nothing is to be reported. */
START_TEST(who_is_idle_is_shown_as_back)
{
    start("prpl-fake");
    make_visible();
    purple_presence_set_idle(purple_account_get_presence(host_alice), TRUE,
                             time(NULL) - 700);
    ck_assert_int_ge(fake_idle, 700);
    app()->change(host_alice, "idle");
    ck_assert_int_eq(fake_idle, 0);
    host_stop();
}
END_TEST

static unsigned
copies(void)
{
    GDir *dir = g_dir_open(purple_buddy_icons_get_cache_dir(), 0, NULL);
    const char *name;
    unsigned n = 0;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL)
        n += g_str_has_prefix(name, "eider-");
    if (dir != NULL)
        g_dir_close(dir);
    return n;
}

START_TEST(a_picture_is_kept_as_long_as_somebody_wants_it)
{
    start("prpl-fake");
    make_visible();
    purple_buddy_icons_set_account_icon(host_bob, g_memdup2(png, sizeof png),
                                        sizeof png);
    app()->change(host_alice, "picture");
    app()->change(host_bob, "picture");
    ck_assert_uint_eq(copies(), 1);
    app()->undo(host_alice, "picture");
    ck_assert_uint_eq(copies(), 1);
    app()->undo(host_bob, "picture");
    ck_assert_uint_eq(copies(), 0);
    ck_assert_str_eq(purple_account_get_string(host_alice, "buddy_icon", "a"),
                     purple_account_get_string(host_bob, "buddy_icon", "b"));
    host_stop();
}
END_TEST

START_TEST(irc_sends_no_file)
{
    PurpleConnection *gc;

    start("prpl-irc");
    gc = purple_account_get_connection(host_alice);
    serv_send_file(gc, "bob", "/f");
    ck_assert_int_eq(fake_files, 1);
    app()->change(host_alice, "files");
    serv_send_file(gc, "bob", "/f");
    ck_assert_int_eq(fake_files, 1);
    ck_assert(host_has_notice("The file was not sent"));
    app()->undo(host_alice, "files");
    serv_send_file(gc, "bob", "/f");
    ck_assert_int_eq(fake_files, 2);
    host_stop();
}
END_TEST

START_TEST(strangers_are_not_let_in)
{
    start("prpl-fake");
    make_visible();
    fake_deliver("alice", "carol", "first", 0);
    ck_assert_uint_eq(host_count(host_alice, "first", PURPLE_MESSAGE_RECV), 1);
    app()->change(host_alice, "strangers");
    fake_deliver("alice", "carol", "second", 0);
    fake_deliver("alice", "bob", "from the list", 0);
    ck_assert_uint_eq(host_count(host_alice, "second", PURPLE_MESSAGE_RECV), 0);
    ck_assert_uint_eq(
        host_count(host_alice, "from the list", PURPLE_MESSAGE_RECV), 1);
    app()->undo(host_alice, "strangers");
    fake_deliver("alice", "carol", "third", 0);
    ck_assert_uint_eq(host_count(host_alice, "third", PURPLE_MESSAGE_RECV), 1);
    host_stop();
}
END_TEST

/* ---- the proxy ------------------------------------------------------------ */

START_TEST(tor_is_asked_about_where_nothing_answers)
{
    start("prpl-fake");
    purple_prefs_set_string("/plugins/core/eider/tor", "127.0.0.1:1");
    app()->change(host_alice, "address");
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert_ptr_null(purple_account_get_proxy_info(host_alice));
    ck_assert(host_answer("_Cancel"));
    ck_assert_ptr_null(purple_account_get_proxy_info(host_alice));
    app()->change(host_alice, "address");
    ck_assert(host_answer("_Set it anyway"));
    ck_assert(is("address", EIDER_HARDEN_HIDDEN, true));
    ck_assert(see("address").row.waits);
    ck_assert_int_eq(see("address").row.state, EIDER_HARDEN_VISIBLE);
    app()->undo(host_alice, "address");
    ck_assert_ptr_null(purple_account_get_proxy_info(host_alice));
    ck_assert(!see("address").row.waits);
    host_stop();
}
END_TEST

START_TEST(tor_that_is_not_used_is_not_believed)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    start("prpl-fake");
    to.sin_port = htons((uint16_t)listen_as_tor());
    app()->change(host_alice, "address");
    ck_assert_str_eq(see("address").now, "no proxy");
    ck_assert(see("address").row.waits);
    app()->reconnect(host_alice);
    host_run(50);
    ck_assert(purple_account_is_connected(host_alice));
    /* the fake protocol connects nowhere */
    ck_assert(is("address", EIDER_HARDEN_VISIBLE, true));
    ck_assert(strstr(see("address").now, "no connection goes there") != NULL);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    ck_assert(is("address", EIDER_HARDEN_HIDDEN, true));
    ck_assert(strstr(see("address").now, "in use") != NULL);
    host_stop();
}
END_TEST

START_TEST(a_password_of_a_proxy_is_not_copied)
{
    PurpleProxyInfo *p = purple_proxy_info_new();
    const char *kept;

    start("prpl-fake");
    listen_as_tor();
    purple_proxy_info_set_type(p, PURPLE_PROXY_SOCKS5);
    purple_proxy_info_set_host(p, "proxy.example");
    purple_proxy_info_set_port(p, 1080);
    purple_proxy_info_set_username(p, "me");
    purple_proxy_info_set_password(p, "hunter2hunter2");
    purple_account_set_proxy_info(host_alice, p);
    ck_assert(see("address").row.waits);
    app()->reconnect(host_alice);
    host_run(50);
    ck_assert(is("address", EIDER_HARDEN_PARTLY, false));
    ck_assert(strstr(see("address").now, "not known to be Tor") != NULL);
    app()->change(host_alice, "address");
    ck_assert(is("address", EIDER_HARDEN_PARTLY, false)); /* it asked */
    ck_assert(host_answer("_Set it anyway"));
    kept = purple_account_get_string(host_alice, "eider-before-address", "");
    ck_assert(strstr(kept, "proxy.example") != NULL);
    ck_assert(strstr(kept, "hunter2") == NULL);
    app()->undo(host_alice, "address");
    ck_assert(host_has_notice("Enter the password of the proxy again"));
    p = purple_account_get_proxy_info(host_alice);
    ck_assert_str_eq(purple_proxy_info_get_host(p), "proxy.example");
    ck_assert_str_eq(purple_proxy_info_get_username(p), "me");
    host_stop();
}
END_TEST

/* ---- the dialog of a client without one ----------------------------------- */

START_TEST(the_list_hides_and_undoes)
{
    start("prpl-fake");
    make_visible();
    ck_assert(host_command(host_alice, "bob", "eider harden"));
    ck_assert(host_choose_line("row", "visible: Typing notices"));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Hide"));
    ck_assert(is("typing", EIDER_HARDEN_HIDDEN, true));
    ck_assert(host_choose_line("row", "hidden: Typing notices"));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Back"));
    /* the list comes back with the same line chosen */
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Undo"));
    ck_assert(is("typing", EIDER_HARDEN_VISIBLE, false));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Hide"));
    ck_assert(is("typing", EIDER_HARDEN_HIDDEN, true));
    ck_assert(host_choose_line("row", "visible: Idle time"));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Hide"));
    ck_assert(host_choose_line("row", "Undo everything"));
    ck_assert(host_answer("_Show"));
    ck_assert(is("typing", EIDER_HARDEN_VISIBLE, false));
    ck_assert(is("idle", EIDER_HARDEN_VISIBLE, false));
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert(host_command(host_alice, "bob", "eider harden"));
    ck_assert(host_choose_line("row", "Address of this computer"));
    ck_assert(host_answer("_Show"));
    purple_prefs_set_string("/plugins/core/eider/tor", "127.0.0.1:1");
    ck_assert(host_answer("_Hide"));
    ck_assert_uint_eq(host_questions(), 1); /* nothing covers it */
    ck_assert(host_answer("_Cancel"));
    ck_assert(host_command(host_alice, "bob", "eider harden"));
    ck_assert(host_answer("_Close"));
    /* Several accounts: which? */
    ck_assert(host_action("Hide more of an account..."));
    ck_assert(host_answer("_Cancel"));
    ck_assert_uint_eq(host_questions(), 0);
    host_stop();
}
END_TEST

Suite *
harden_suite(void)
{
    Suite *s = suite_create("harden");
    TCase *tc = tcase_create("harden");
    int n = (int)G_N_ELEMENTS(protocols);

    tcase_add_loop_test(tc, every_row_is_hidden_and_put_back, 0, n);
    tcase_add_loop_test(tc, rows_of_another_protocol_do_not_apply, 0, n);
    tcase_add_loop_test(tc, what_was_before_is_known_after_a_restart, 0, n);
    tcase_add_test(tc, what_the_user_set_since_is_not_overwritten);
    tcase_add_test(tc, or_after_a_question);
    tcase_add_test(tc, an_account_that_goes_leaves_its_questions);
    tcase_add_test(tc, an_account_without_a_protocol_has_no_rows);
    tcase_add_test(tc, typing_and_answers_are_kept_back);
    tcase_add_test(tc, who_is_idle_is_shown_as_back);
    tcase_add_test(tc, a_picture_is_kept_as_long_as_somebody_wants_it);
    tcase_add_test(tc, irc_sends_no_file);
    tcase_add_test(tc, strangers_are_not_let_in);
    tcase_add_test(tc, tor_is_asked_about_where_nothing_answers);
    tcase_add_test(tc, tor_that_is_not_used_is_not_believed);
    tcase_add_test(tc, a_password_of_a_proxy_is_not_copied);
    tcase_add_test(tc, the_list_hides_and_undoes);
    suite_add_tcase(s, tc);
    return s;
}
