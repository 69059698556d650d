/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a row that is hidden does, and the proxy. */
#include <arpa/inet.h>
#include <check.h>
#include <string.h>

#include "harden.h"

Suite *hardened_suite(void);

/* ---- what the rows do ----------------------------------------------------- */

START_TEST(typing_and_answers_are_kept_back)
{
    PurpleStatus *s;

    fake.flags = 0;
    harden_start("prpl-fake");
    serv_send_typing(purple_account_get_connection(host_alice), "bob",
                     PURPLE_TYPING);
    ck_assert_int_eq(fake_typings, 1);
    harden_app()->change(host_alice, "typing");
    serv_send_typing(purple_account_get_connection(host_alice), "bob",
                     PURPLE_TYPING);
    ck_assert_int_eq(fake_typings, 1);
    harden_app()->undo(host_alice, "typing");
    serv_send_typing(purple_account_get_connection(host_alice), "bob",
                     PURPLE_TYPING);
    ck_assert_int_eq(fake_typings, 2);

    /* XMPP and IRC never answer by themselves: this protocol does. */
    ck_assert(!harden_see("reply").found);
    purple_account_get_connection(host_alice)->flags |=
        PURPLE_CONNECTION_AUTO_RESP;
    ck_assert(harden_is("reply", EIDER_HARDEN_VISIBLE, false));
    purple_prefs_set_string("/purple/away/auto_reply", "away");
    purple_account_set_status(host_alice, "away", TRUE, "message", "gone",
                              NULL);
    s = purple_account_get_active_status(host_alice);
    ck_assert_str_eq(purple_status_get_id(s), "away");
    fake_deliver("alice", "carol", "hello?", 0);
    ck_assert(fake_wire_has("gone"));
    g_ptr_array_set_size(fake_wire, 0);
    harden_app()->change(host_alice, "reply");
    fake_deliver("alice", "dave", "hello?", 0);
    ck_assert_uint_eq(fake_wire->len, 0);
    harden_app()->undo(host_alice, "reply");
    fake_deliver("alice", "erin", "hello?", 0);
    ck_assert(fake_wire_has("gone"));
    host_stop();
}
END_TEST

/* libpurple stops its timer where nothing is to be reported. */
START_TEST(who_is_idle_is_shown_as_back)
{
    harden_start("prpl-fake");
    harden_make_visible();
    purple_presence_set_idle(purple_account_get_presence(host_alice), TRUE,
                             time(NULL) - 700);
    ck_assert_int_ge(fake_idle, 700);
    harden_app()->change(host_alice, "idle");
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
    harden_start("prpl-fake");
    harden_make_visible();
    harden_set_picture(host_bob);
    harden_app()->change(host_alice, "picture");
    harden_app()->change(host_bob, "picture");
    ck_assert_uint_eq(copies(), 1);
    harden_app()->undo(host_alice, "picture");
    ck_assert_uint_eq(copies(), 1);
    harden_app()->undo(host_bob, "picture");
    ck_assert_uint_eq(copies(), 0);
    ck_assert_str_eq(purple_account_get_string(host_alice, "buddy_icon", "a"),
                     purple_account_get_string(host_bob, "buddy_icon", "b"));
    host_stop();
}
END_TEST

START_TEST(irc_sends_no_file)
{
    PurpleConnection *gc;

    harden_start("prpl-irc");
    gc = purple_account_get_connection(host_alice);
    serv_send_file(gc, "bob", "/f");
    ck_assert_int_eq(fake_files, 1);
    harden_app()->change(host_alice, "files");
    serv_send_file(gc, "bob", "/f");
    ck_assert_int_eq(fake_files, 1);
    ck_assert(host_has_notice("The file was not sent"));
    harden_app()->undo(host_alice, "files");
    serv_send_file(gc, "bob", "/f");
    ck_assert_int_eq(fake_files, 2);
    host_stop();
}
END_TEST

START_TEST(strangers_are_not_let_in)
{
    harden_start("prpl-fake");
    harden_make_visible();
    fake_deliver("alice", "carol", "first", 0);
    ck_assert_uint_eq(host_count(host_alice, "first", PURPLE_MESSAGE_RECV), 1);
    harden_app()->change(host_alice, "strangers");
    fake_deliver("alice", "carol", "second", 0);
    fake_deliver("alice", "bob", "from the list", 0);
    ck_assert_uint_eq(host_count(host_alice, "second", PURPLE_MESSAGE_RECV), 0);
    ck_assert_uint_eq(
        host_count(host_alice, "from the list", PURPLE_MESSAGE_RECV), 1);
    harden_app()->undo(host_alice, "strangers");
    fake_deliver("alice", "carol", "third", 0);
    ck_assert_uint_eq(host_count(host_alice, "third", PURPLE_MESSAGE_RECV), 1);
    host_stop();
}
END_TEST

/* ---- the proxy ------------------------------------------------------------ */

START_TEST(tor_is_asked_about_where_nothing_answers)
{
    harden_start("prpl-fake");
    purple_prefs_set_string("/plugins/core/eider/tor", "127.0.0.1:1");
    harden_app()->change(host_alice, "address");
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert_ptr_null(purple_account_get_proxy_info(host_alice));
    ck_assert(host_answer("_Cancel"));
    ck_assert_ptr_null(purple_account_get_proxy_info(host_alice));
    harden_app()->change(host_alice, "address");
    ck_assert(host_answer("_Set it anyway"));
    ck_assert(harden_is("address", EIDER_HARDEN_HIDDEN, true));
    ck_assert(harden_see("address").row.waits);
    ck_assert_int_eq(harden_see("address").row.state, EIDER_HARDEN_VISIBLE);
    harden_app()->undo(host_alice, "address");
    ck_assert_ptr_null(purple_account_get_proxy_info(host_alice));
    ck_assert(!harden_see("address").row.waits);
    host_stop();
}
END_TEST

START_TEST(tor_that_is_not_used_is_not_believed)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    harden_start("prpl-fake");
    to.sin_port = htons((uint16_t)harden_listen_as_tor());
    harden_app()->change(host_alice, "address");
    ck_assert_str_eq(harden_see("address").now, "no proxy");
    ck_assert(harden_see("address").row.waits);
    harden_app()->reconnect(host_alice);
    host_run(50);
    ck_assert(purple_account_is_connected(host_alice));
    /* the fake protocol connects nowhere */
    ck_assert(harden_is("address", EIDER_HARDEN_VISIBLE, true));
    ck_assert(strstr(harden_see("address").now, "no connection goes there") !=
              NULL);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    ck_assert(harden_is("address", EIDER_HARDEN_HIDDEN, true));
    ck_assert(strstr(harden_see("address").now, "in use") != NULL);
    host_stop();
}
END_TEST

START_TEST(a_password_of_a_proxy_is_not_copied)
{
    PurpleProxyInfo *p = purple_proxy_info_new();
    const char *kept;

    harden_start("prpl-fake");
    harden_listen_as_tor();
    purple_proxy_info_set_type(p, PURPLE_PROXY_SOCKS5);
    purple_proxy_info_set_host(p, "proxy.example");
    purple_proxy_info_set_port(p, 1080);
    purple_proxy_info_set_username(p, "me");
    purple_proxy_info_set_password(p, "hunter2hunter2");
    purple_account_set_proxy_info(host_alice, p);
    ck_assert(harden_see("address").row.waits);
    harden_app()->reconnect(host_alice);
    host_run(50);
    ck_assert(harden_is("address", EIDER_HARDEN_PARTLY, false));
    ck_assert(strstr(harden_see("address").now, "not known to be Tor") != NULL);
    harden_app()->change(host_alice, "address");
    ck_assert(harden_is("address", EIDER_HARDEN_PARTLY, false)); /* it asked */
    ck_assert(host_answer("_Set it anyway"));
    kept = purple_account_get_string(host_alice, "eider-before-address", "");
    ck_assert(strstr(kept, "proxy.example") != NULL);
    ck_assert(strstr(kept, "hunter2") == NULL);
    harden_app()->undo(host_alice, "address");
    ck_assert(host_has_notice("Enter the password of the proxy again"));
    p = purple_account_get_proxy_info(host_alice);
    ck_assert_str_eq(purple_proxy_info_get_host(p), "proxy.example");
    ck_assert_str_eq(purple_proxy_info_get_username(p), "me");
    host_stop();
}
END_TEST

Suite *
hardened_suite(void)
{
    Suite *s = suite_create("hardened");
    TCase *tc = tcase_create("hardened");

    tcase_add_test(tc, typing_and_answers_are_kept_back);
    tcase_add_test(tc, who_is_idle_is_shown_as_back);
    tcase_add_test(tc, a_picture_is_kept_as_long_as_somebody_wants_it);
    tcase_add_test(tc, irc_sends_no_file);
    tcase_add_test(tc, strangers_are_not_let_in);
    tcase_add_test(tc, tor_is_asked_about_where_nothing_answers);
    tcase_add_test(tc, tor_that_is_not_used_is_not_believed);
    tcase_add_test(tc, a_password_of_a_proxy_is_not_copied);
    suite_add_tcase(s, tc);
    return s;
}
