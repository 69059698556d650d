/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an account tells by itself: each row read, hidden, and put back. */
#include <check.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harden.h"

Suite *harden_suite(void);

static const char *const shared[] = {"idle",     "away",      "typing",
                                     "picture",  "strangers", "address",
                                     "receipts", NULL};
static const char *const xmpp[] = {"tls",     "place", "last", "clock",
                                   "program", "files", NULL};
static const char *const irc[] = {"ssl",  "names", "ctcp",
                                  "quit", "files", NULL};

/* ---- every row ------------------------------------------------------------ */

static void
hide_each(const char *const *ids)
{
    for (; *ids != NULL; ids++) {
        ck_assert_msg(harden_is(*ids, EIDER_HARDEN_VISIBLE, false) ||
                          harden_is(*ids, EIDER_HARDEN_PARTLY, false),
                      "%s is not visible before", *ids);
        harden_app()->change(host_alice, *ids);
        ck_assert_msg(harden_is(*ids, EIDER_HARDEN_HIDDEN, true),
                      "%s is not hidden", *ids);
        ck_assert_msg(!harden_see(*ids).row.was_changed, "%s was not changed",
                      *ids);
    }
}

static void
undo_each(const char *const *ids)
{
    for (; *ids != NULL; ids++) {
        harden_app()->undo(host_alice, *ids);
        ck_assert_msg(harden_is(*ids, EIDER_HARDEN_VISIBLE, false) ||
                          harden_is(*ids, EIDER_HARDEN_PARTLY, false),
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

    harden_start(protocols[_i].protocol);
    harden_listen_as_tor();
    harden_make_visible();
    before = harden_snapshot();
    for (int round = 0; round < 2; round++) {
        hide_each(shared);
        hide_each(protocols[_i].own);
        ck_assert_int_eq(harden_pictures, 0);
        after = harden_snapshot();
        ck_assert_str_ne(before, after);
        g_free(after);
        if (round == 0) {
            undo_each(protocols[_i].own);
            undo_each(shared);
        } else {
            harden_app()->undo_all(host_alice);
        }
        after = harden_snapshot();
        ck_assert_str_eq(before, after);
        g_free(after);
        ck_assert_int_eq(harden_pictures, 1);
        ck_assert_uint_eq(host_questions(), 0);
    }
    g_free(before);
    host_stop();
}
END_TEST

START_TEST(rows_of_another_protocol_do_not_apply)
{
    harden_start(protocols[_i].protocol);
    for (const char *const *id = protocols[1 - _i].own; *id != NULL; id++) {
        if (strcmp(*id, "files") == 0)
            continue; /* both have it */
        ck_assert(!harden_see(*id).found);
        harden_app()->change(host_alice, *id);
        harden_app()->undo(host_alice, *id);
    }
    host_stop();
}
END_TEST

/* In two processes, as it is. */
START_TEST(what_was_before_is_known_after_a_restart)
{
    char *file, *before = NULL, *after;
    int status;
    pid_t pid;

    host_dir = host_new_dir();
    file = g_build_filename(host_dir, "snapshot", NULL);
    pid = fork();
    if (pid == 0) {
        harden_start(protocols[_i].protocol);
        harden_listen_as_tor();
        harden_make_visible();
        before = harden_snapshot();
        g_file_set_contents(file, before, -1, NULL);
        hide_each(shared);
        hide_each(protocols[_i].own);
        host_quit();
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    ck_assert(g_file_get_contents(file, &before, NULL, NULL));
    harden_start(protocols[_i].protocol);
    for (const char *const *id = shared; *id != NULL; id++)
        ck_assert_msg(harden_see(*id).row.can_undo, "%s is forgotten", *id);
    harden_app()->undo_all(host_alice);
    after = harden_snapshot();
    ck_assert_str_eq(before, after);
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_int_eq(harden_pictures, 1);
    host_stop();
    g_free(before);
    g_free(after);
    g_free(file);
}
END_TEST

/* ---- others change things, too -------------------------------------------- */

START_TEST(what_the_user_set_since_is_not_overwritten)
{
    harden_start("prpl-fake");
    harden_make_visible();
    harden_app()->change(host_alice, "idle");
    harden_app()->change(host_alice, "typing");
    harden_app()->change(host_alice, "strangers");
    purple_prefs_set_string("/purple/away/idle_reporting", "system");
    host_alice->perm_deny = PURPLE_PRIVACY_DENY_ALL;
    ck_assert(harden_see("idle").row.was_changed);
    harden_app()->undo_all(host_alice);
    /* the one that is as it was left is put back, the others are asked about */
    ck_assert(harden_is("typing", EIDER_HARDEN_VISIBLE, false));
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "system");
    ck_assert_int_eq(host_alice->perm_deny, PURPLE_PRIVACY_DENY_ALL);
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_answer("_Leave"));
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "system");
    ck_assert(harden_is("idle", EIDER_HARDEN_VISIBLE, false));
    ck_assert(harden_is("strangers", EIDER_HARDEN_HIDDEN, false));
    host_stop();
}
END_TEST

START_TEST(or_after_a_question)
{
    harden_start("prpl-fake");
    harden_make_visible();
    harden_app()->change(host_alice, "idle");
    purple_prefs_set_string("/purple/away/idle_reporting", "system");
    harden_app()->undo(host_alice, "idle");
    ck_assert(host_answer("_Put back"));
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "purple");
    ck_assert(harden_is("idle", EIDER_HARDEN_VISIBLE, false));
    /* Hidden again after a change: that change is what comes back. */
    harden_app()->change(host_alice, "idle");
    purple_prefs_set_string("/purple/away/idle_reporting", "system");
    harden_app()->change(host_alice, "idle");
    harden_app()->undo(host_alice, "idle");
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_str_eq(purple_prefs_get_string("/purple/away/idle_reporting"),
                     "system");
    host_stop();
}
END_TEST

/* ---- accounts come and go ------------------------------------------------- */

START_TEST(an_account_that_goes_leaves_its_questions)
{
    harden_start("prpl-fake");
    purple_prefs_set_string("/plugins/core/eider/tor", "127.0.0.1:1");
    harden_app()->change(host_alice, "address");
    harden_app()->change(host_alice, "strangers");
    host_alice->perm_deny = PURPLE_PRIVACY_DENY_ALL;
    harden_app()->undo(host_alice, "strangers");
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
    harden_look l = {.id = "typing"};

    harden_start("prpl-fake");
    lost = purple_account_new("carol", "prpl-nobody-has-it");
    purple_accounts_add(lost);
    ck_assert_uint_eq(harden_app()->rows(lost, harden_on_row, &l), 0);
    harden_app()->change(lost, "typing");
    harden_app()->undo(lost, "typing");
    harden_app()->undo_all(lost);
    harden_app()->reconnect(lost);
    harden_app()->open(lost);
    ck_assert(host_has_notice("nothing that could be hidden"));
    host_stop();
}
END_TEST

/* ---- the dialog of a client without one ----------------------------------- */

START_TEST(the_list_hides_and_undoes)
{
    harden_start("prpl-fake");
    harden_make_visible();
    ck_assert(host_command(host_alice, "bob", "eider harden"));
    ck_assert(host_choose_line("row", "visible: Typing notices"));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Hide"));
    ck_assert(harden_is("typing", EIDER_HARDEN_HIDDEN, true));
    ck_assert(host_choose_line("row", "hidden: Typing notices"));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Back"));
    /* the list comes back with the same line chosen */
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Undo"));
    ck_assert(harden_is("typing", EIDER_HARDEN_VISIBLE, false));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Hide"));
    ck_assert(harden_is("typing", EIDER_HARDEN_HIDDEN, true));
    ck_assert(host_choose_line("row", "visible: Idle time"));
    ck_assert(host_answer("_Show"));
    ck_assert(host_answer("_Hide"));
    ck_assert(host_choose_line("row", "Undo everything"));
    ck_assert(host_answer("_Show"));
    ck_assert(harden_is("typing", EIDER_HARDEN_VISIBLE, false));
    ck_assert(harden_is("idle", EIDER_HARDEN_VISIBLE, false));
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
    tcase_add_test(tc, the_list_hides_and_undoes);
    suite_add_tcase(s, tc);
    return s;
}
