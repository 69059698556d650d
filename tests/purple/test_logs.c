/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a private conversation the client writes into its logs. */
#include <check.h>
#include <string.h>

#include "talk.h"

#include "eider/ui.h"

Suite *logs_suite(void);

#define PREF "/plugins/core/eider/log"

static const eider_app *
app(void)
{
    PurplePlugin *core = purple_plugins_find_with_id(EIDER_UI_CORE);

    return purple_plugin_ipc_call(core, EIDER_UI_CALL, NULL);
}

static bool
has_file(const char *path, const char *text)
{
    char *content = NULL;
    bool has = g_file_get_contents(path, &content, NULL, NULL) &&
               strstr(content, text) != NULL;

    g_free(content);
    return has;
}

/* Is @text in any file below? */
static bool
has_below(const char *path, const char *text)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    bool has = false;

    if (dir == NULL)
        return has_file(path, text);
    while (!has && (name = g_dir_read_name(dir)) != NULL) {
        char *next = g_build_filename(path, name, NULL);

        has = has_below(next, text);
        g_free(next);
    }
    g_dir_close(dir);
    return has;
}

/* In alice's: bob's client is in this process, too. */
static bool
is_in_logs(const char *text)
{
    char *logs = purple_log_get_log_dir(PURPLE_LOG_IM, "bob", host_alice);
    bool has;

    ck_assert_ptr_nonnull(logs);
    has = has_below(logs, text);
    g_free(logs);
    return has;
}

static void
start(const char *pref)
{
    host_start("prpl-fake");
    purple_prefs_set_bool("/purple/logging/log_ims", TRUE);
    purple_prefs_set_string("/purple/logging/format", "txt");
    host_load();
    purple_prefs_set_string(PREF, pref);
}

static void
say(const char *text)
{
    host_type(host_alice, "bob", text);
    host_run(20);
}

START_TEST(a_private_text_is_logged_as_others_are)
{
    start("client");
    talk_meet();
    say("private text");
    ck_assert(is_in_logs("private text"));
    ck_assert(app()->is_logged(host_alice, "bob"));
    host_stop();
}
END_TEST

START_TEST(with_off_no_private_text_is_logged)
{
    char *marker = g_strdup(talk_marker());

    start("off");
    say("an open text");
    ck_assert(is_in_logs("an open text"));
    talk_meet();
    say(marker);
    host_type(host_bob, "alice", "their private text");
    host_run(50);
    ck_assert(!is_in_logs(marker));
    ck_assert(!is_in_logs("their private text"));
    ck_assert(!app()->is_logged(host_alice, "bob"));
    /* a new window of the same contact, and one that opens by itself */
    purple_conversation_destroy(host_conv(host_alice, "bob"));
    say("after closing");
    ck_assert(!is_in_logs("after closing"));
    /* open again: logged again */
    ck_assert(host_command(host_alice, "bob", "eider off"));
    say("open again");
    ck_assert(is_in_logs("open again"));
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(a_contact_may_differ_from_the_preference)
{
    start("off");
    talk_meet();
    app()->set_logged(host_alice, "bob", true);
    say("kept text");
    ck_assert(is_in_logs("kept text"));
    ck_assert(app()->is_logged(host_alice, "bob"));
    purple_conversation_destroy(host_conv(host_alice, "bob"));
    say("kept, too");
    ck_assert(is_in_logs("kept, too"));
    purple_prefs_set_string(PREF, "client");
    app()->set_logged(host_alice, "bob", false);
    say("not kept");
    ck_assert(!is_in_logs("not kept"));
    host_stop();
}
END_TEST

START_TEST(who_switches_it_on_in_the_client_means_it)
{
    start("off");
    talk_meet();
    say("before it");
    purple_conversation_set_logging(host_conv(host_alice, "bob"), TRUE);
    say("from now on");
    ck_assert(!is_in_logs("before it"));
    ck_assert(is_in_logs("from now on"));
    ck_assert(app()->is_logged(host_alice, "bob"));
    host_stop();
}
END_TEST

/* A server may put them into another group, or into one more. */
START_TEST(a_changed_list_does_not_change_what_is_kept)
{
    PurpleGroup *first;

    start("client");
    talk_meet();
    app()->set_logged(host_alice, "bob", false);
    purple_blist_remove_buddy(purple_find_buddy(host_alice, "bob"));
    say("out of the list");
    purple_blist_add_buddy(purple_buddy_new(host_alice, "bob", NULL), NULL,
                           NULL, NULL);
    say("in it again");
    first = purple_group_new("first");
    purple_blist_add_group(first, NULL);
    purple_blist_add_buddy(purple_buddy_new(host_alice, "bob", NULL), NULL,
                           first, NULL);
    purple_blist_add_group(first, NULL);
    say("twice in it");
    ck_assert(!is_in_logs("out of the list"));
    ck_assert(!is_in_logs("in it again"));
    ck_assert(!is_in_logs("twice in it"));
    app()->set_logged(host_alice, "bob", true);
    say("kept again");
    ck_assert(is_in_logs("kept again"));
    host_stop();
}
END_TEST

/* Pidgin carries the tick of one name of a person over to the next: that is no
 * word about the private one. */
START_TEST(of_two_names_of_a_person_the_clients_tick_means_nothing)
{
    char *marker = g_strdup(talk_marker());
    PurpleBuddy *bob;

    start("off");
    talk_meet();
    bob = purple_find_buddy(host_alice, "bob");
    purple_blist_add_buddy(purple_buddy_new(host_alice, "robert", NULL),
                           purple_buddy_get_contact(bob), NULL, NULL);
    say("before it");
    purple_conversation_set_logging(host_conv(host_alice, "bob"), TRUE);
    ck_assert(!purple_conversation_is_logging(host_conv(host_alice, "bob")));
    say(marker);
    ck_assert(!is_in_logs(marker));
    ck_assert(!app()->is_logged(host_alice, "bob"));
    app()->set_logged(host_alice, "bob", true); /* Eider's own menu does */
    say("from now on");
    ck_assert(is_in_logs("from now on"));
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(a_client_that_logs_nothing_goes_on_so)
{
    start("client");
    purple_prefs_set_bool("/purple/logging/log_ims", FALSE);
    talk_meet();
    say("never logged");
    purple_prefs_set_string(PREF, "off");
    say("never logged");
    purple_prefs_set_string(PREF, "client");
    say("never logged");
    ck_assert(!is_in_logs("never logged"));
    host_stop();
}
END_TEST

START_TEST(an_unload_gives_logging_back)
{
    start("off");
    talk_meet();
    ck_assert(!purple_conversation_is_logging(host_conv(host_alice, "bob")));
    host_unload();
    ck_assert(purple_conversation_is_logging(host_conv(host_alice, "bob")));
    host_stop();
}
END_TEST

/* ---- the account's longest line ------------------------------------------- */

static unsigned
count_options(void)
{
    unsigned n = 0;

    for (GList *l = fake_prpl.protocol_options; l != NULL; l = l->next)
        n += g_strcmp0(purple_account_option_get_setting(l->data),
                       "eider-max-line") == 0;
    return n;
}

START_TEST(each_account_has_a_place_for_its_longest_line)
{
    host_start("prpl-fake");
    ck_assert_uint_eq(count_options(), 0);
    host_load();
    ck_assert_uint_eq(count_options(), 1);
    host_unload();
    ck_assert_uint_eq(count_options(), 0);
    host_load();
    ck_assert_uint_eq(count_options(), 1);
    host_stop();
}
END_TEST

Suite *
logs_suite(void)
{
    Suite *s = suite_create("logs");
    TCase *t = tcase_create("logs, and other preferences");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_private_text_is_logged_as_others_are);
    tcase_add_test(t, with_off_no_private_text_is_logged);
    tcase_add_test(t, a_contact_may_differ_from_the_preference);
    tcase_add_test(t, who_switches_it_on_in_the_client_means_it);
    tcase_add_test(t, of_two_names_of_a_person_the_clients_tick_means_nothing);
    tcase_add_test(t, a_changed_list_does_not_change_what_is_kept);
    tcase_add_test(t, a_client_that_logs_nothing_goes_on_so);
    tcase_add_test(t, an_unload_gives_logging_back);
    tcase_add_test(t, each_account_has_a_place_for_its_longest_line);
    suite_add_tcase(s, t);
    return s;
}
