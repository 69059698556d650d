/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a user does with keys through libpurple's own dialogs: the list, block,
 * forget; the passphrase; a backup that moves into a fresh profile.
 */
#include <check.h>
#include <glib/gstdio.h>
#include <string.h>

#include "scale.h"
#include "talk.h"

Suite *keys_suite(void);

#define WAIT 60000

static bool
has_notice(const void *text)
{
    return host_has_notice(text);
}

static bool
is_asked(const void *unused)
{
    (void)unused;
    return host_questions() > 0;
}

static void
expect(const char *notice)
{
    ck_assert_msg(host_run_until(has_notice, notice, WAIT), "no notice: %s",
                  notice);
}

/* ---- the list ------------------------------------------------------------- */

static void
list(const char *needle)
{
    ck_assert(host_command(host_alice, "bob", "eider keys"));
    ck_assert(host_enter(needle));
}

START_TEST(the_list_shows_ours_and_theirs_and_searches)
{
    char *digits;

    talk_start();
    talk_meet();
    list("");
    ck_assert_uint_eq(host_rows(), 4); /* two of ours, one of each other's */
    ck_assert_str_eq(host_cell(0, 4), "yours");
    ck_assert_str_eq(host_cell(2, 4), "accepted");
    digits = g_strdup(host_cell(2, 3));
    list(digits);
    ck_assert_uint_eq(host_rows(), 2); /* as theirs and as our own */
    list("BOB");
    ck_assert_uint_ge(host_rows(), 1);
    list("nobody is called so");
    ck_assert_uint_eq(host_rows(), 0);
    g_free(digits);
    host_stop();
}
END_TEST

/* The row in which @account knows somebody's key. */
static unsigned
row_of(const char *account)
{
    for (unsigned i = 0; i < host_rows(); i++)
        if (strcmp(host_cell(i, 1), account) == 0 &&
            strcmp(host_cell(i, 4), "yours") != 0)
            return i;
    ck_abort_msg("no row of %s", account);
}

START_TEST(a_blocked_key_gets_nothing_and_shows_nothing)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    talk_meet();
    list("");
    ck_assert(host_press_row("_Block", row_of("alice")));
    ck_assert_uint_eq(host_count(host_alice, "blocked", PURPLE_MESSAGE_SYSTEM),
                      1);
    host_type(host_alice, "bob", marker); /* waits for another key */
    host_run(1000);
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "1");
    ck_assert_uint_eq(host_count(host_bob, marker, PURPLE_MESSAGE_RECV), 0);
    host_type(host_bob, "alice", marker);
    host_run(1000);
    ck_assert_uint_eq(host_count(host_alice, marker, PURPLE_MESSAGE_RECV), 0);
    talk_assert_clean(marker);
    list("");
    ck_assert_str_eq(host_cell(row_of("alice"), 4), "blocked");
    ck_assert(host_press_row("_Unblock", row_of("alice")));
    list("");
    ck_assert_str_eq(host_cell(row_of("alice"), 4), "new: nothing goes to it");
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(forgetting_asks_first)
{
    talk_start();
    talk_meet();
    list("");
    ck_assert(host_press_row("_Forget...", row_of("alice")));
    ck_assert(host_answer("_Cancel"));
    ck_assert_str_eq(host_status(host_alice, "bob", "session"), "1");
    ck_assert(host_press_row("_Forget...", row_of("alice")));
    ck_assert(host_answer("_Forget"));
    ck_assert_str_eq(host_status(host_alice, "bob", "session"), "0");
    list("");
    ck_assert_str_eq(host_cell(row_of("alice"), 4), "forgotten");
    /* Our own keys are no rows to press on. */
    ck_assert(host_press_row("_Forget...", 0));
    ck_assert_uint_eq(host_questions(), 0);
    host_stop();
}
END_TEST

/* ---- the passphrase ------------------------------------------------------- */

static void
set_passphrase(const char *current, const char *pass, const char *again)
{
    host_forget_lines();
    ck_assert(host_action("Set the passphrase..."));
    ck_assert_int_eq(host_fill("current", current != NULL ? current : ""),
                     current != NULL);
    ck_assert(host_fill("new", pass));
    ck_assert(host_fill("again", again));
    ck_assert(host_answer(current != NULL ? "C_hange" : "_Set"));
}

static bool
is_unlocked(const void *unused)
{
    (void)unused;
    return strcmp(host_status(host_alice, "bob", "session"), "1") == 0;
}

START_TEST(a_passphrase_is_set_and_removed_while_talk_goes_on)
{
    char *marker;

    talk_start();
    talk_meet();
    set_passphrase(NULL, "", "");
    expect("cannot be empty");
    set_passphrase(NULL, "one", "two");
    expect("differ");
    set_passphrase(NULL, "correct horse", "correct horse");
    marker = g_strdup(talk_marker());
    talk_say(host_alice, "bob", marker, 1); /* while the thread works */
    expect("The passphrase was set.");
    host_unload();
    host_load();
    ck_assert(host_run_until(is_asked, NULL, 2000));
    ck_assert(host_enter("correct horse"));
    ck_assert(host_run_until(is_unlocked, NULL, WAIT));
    set_passphrase("battery", "staple", "staple");
    expect("That was not the current passphrase.");
    host_forget_lines();
    ck_assert(host_action("Remove the passphrase..."));
    ck_assert(host_fill("current", "correct horse"));
    ck_assert(host_answer("_Remove"));
    expect("The passphrase was removed.");
    host_unload();
    host_load();
    host_run(400);
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert(is_unlocked(NULL));
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(an_unload_while_the_thread_works_leaves_the_old_state)
{
    talk_start();
    set_passphrase(NULL, "correct horse", "correct horse");
    host_unload();
    host_load();
    host_run(300);
    ck_assert_uint_eq(host_questions(), 0); /* it was not set */
    host_stop();
}
END_TEST

/* ---- a backup ------------------------------------------------------------- */

static void
export_to(const char *path)
{
    host_forget_lines();
    ck_assert(host_action("Export a backup..."));
    ck_assert(host_fill("new", "correct horse"));
    ck_assert(host_fill("again", "correct horse"));
    ck_assert(host_answer("C_ontinue"));
    ck_assert(host_choose(path));
}

START_TEST(a_backup_moves_into_a_fresh_profile_and_talk_goes_on)
{
    char *marker = g_strdup(talk_marker()), *digits;
    char *dir = g_dir_make_tmp("eider-backup-XXXXXX", NULL);
    char *path = g_build_filename(dir, "b", NULL);
    char *letter = g_build_filename(dir, "letter", NULL);

    talk_start();
    talk_meet();
    list("");
    digits = g_strdup(host_cell(row_of("alice"), 3));
    ck_assert(g_file_set_contents(letter, "Dear Bob", -1, NULL));
    export_to(letter);
    expect("is no backup");
    export_to(path);
    expect("The backup was written.");
    ck_assert(host_action("Import a backup..."));
    ck_assert(host_answer("_Cancel")); /* asks, as this profile knows keys */
    ck_assert_uint_eq(host_questions(), 0);

    host_unload();
    host_forget_store();
    host_load();
    list("");
    ck_assert_uint_eq(host_rows(), 0);
    ck_assert(host_action("Import a backup..."));
    ck_assert(host_choose(letter));
    ck_assert(host_enter("correct horse"));
    expect("This is no backup of Eider");
    ck_assert(host_action("Import a backup..."));
    ck_assert(host_choose(path));
    ck_assert(host_enter("wrong horse"));
    ck_assert(host_run_until(is_asked, NULL, WAIT));
    ck_assert(host_enter("correct horse"));
    expect("The backup was imported.");
    list("");
    ck_assert_str_eq(host_cell(row_of("alice"), 3), digits);
    talk_say(host_alice, "bob", marker, 1);
    talk_assert_clean(marker);
    host_stop();
    g_unlink(path);
    g_unlink(letter);
    g_rmdir(dir);
    g_free(letter);
    g_free(path);
    g_free(dir);
    g_free(digits);
    g_free(marker);
}
END_TEST

/* Somebody opens the menu again while a question of the first is open. */
START_TEST(a_second_export_beside_the_first_takes_nothing_from_it)
{
    char *dir = g_dir_make_tmp("eider-backup-XXXXXX", NULL);
    char *path = g_build_filename(dir, "b", NULL);

    talk_start();
    ck_assert(host_action("Export a backup..."));
    ck_assert(host_fill("new", "correct horse"));
    ck_assert(host_fill("again", "correct horse"));
    ck_assert(host_answer("C_ontinue"));
    ck_assert(host_action("Export a backup..."));
    ck_assert_uint_eq(host_questions(), 2);
    host_forget_lines();
    ck_assert(host_choose(path)); /* for the first, whose passphrase is gone */
    expect("Try again in a few seconds.");
    ck_assert(!g_file_test(path, G_FILE_TEST_EXISTS));
    ck_assert(host_fill("new", "battery"));
    ck_assert(host_fill("again", "battery"));
    ck_assert(host_answer("C_ontinue"));
    ck_assert(host_choose(path));
    expect("The backup was written.");
    host_stop();
    g_unlink(path);
    g_rmdir(dir);
    g_free(path);
    g_free(dir);
}
END_TEST

/* ---- two that look alike -------------------------------------------------- */

/* One key under two names, as of somebody who is on the list twice. */
static void
add_twins(void)
{
    for (unsigned i = 0; i < 2; i++) {
        char *name = g_strdup_printf("many%u", i);
        PurpleBuddy *b = purple_buddy_new(host_alice, name, NULL);

        purple_blist_add_buddy(b, NULL, NULL, NULL);
        purple_blist_alias_buddy(b, "Twin");
        g_free(name);
    }
}

static unsigned
count_blocked(void)
{
    unsigned n = 0;

    list("Twin");
    for (unsigned i = 0; i < host_rows(); i++)
        n += strcmp(host_cell(i, 4), "blocked") == 0;
    return n;
}

START_TEST(a_row_of_two_that_look_alike_is_not_guessed)
{
    host_start("prpl-fake");
    scale_make_store(1, true);
    add_twins();
    host_load();
    host_run(50);
    list("Twin");
    ck_assert_uint_eq(host_rows(), 2);
    for (unsigned i = 0; i < 8; i++)
        if (i != 4)
            ck_assert_str_eq(host_cell(0, i), host_cell(1, i));
    host_forget_lines();
    ck_assert(host_press_row("_Block", 1));
    expect("Nothing was changed.");
    ck_assert_uint_eq(count_blocked(), 0);
    /* As soon as they can be told apart it is done. */
    purple_blist_alias_buddy(purple_find_buddy(host_alice, "many1"), "Other");
    list("Other");
    ck_assert_uint_eq(host_rows(), 1);
    ck_assert(host_press_row("_Block", 0));
    ck_assert_uint_eq(count_blocked(), 0);
    list("Other");
    ck_assert_str_eq(host_cell(0, 4), "blocked");
    host_stop();
}
END_TEST

Suite *
keys_suite(void)
{
    Suite *s = suite_create("keys");
    TCase *t = tcase_create("keys");

    tcase_set_timeout(t, 180);
    tcase_add_test(t, the_list_shows_ours_and_theirs_and_searches);
    tcase_add_test(t, a_blocked_key_gets_nothing_and_shows_nothing);
    tcase_add_test(t, forgetting_asks_first);
    tcase_add_test(t, a_passphrase_is_set_and_removed_while_talk_goes_on);
    tcase_add_test(t, an_unload_while_the_thread_works_leaves_the_old_state);
    tcase_add_test(t, a_backup_moves_into_a_fresh_profile_and_talk_goes_on);
    tcase_add_test(t, a_second_export_beside_the_first_takes_nothing_from_it);
    tcase_add_test(t, a_row_of_two_that_look_alike_is_not_guessed);
    suite_add_tcase(s, t);
    return s;
}
