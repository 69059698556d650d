/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the server sees, in words, in a client without windows. */
#include <check.h>
#include <string.h>

#include "talk.h"

#include "eider/ui.h"

Suite *sees_suite(void);

#define PREF "/plugins/core/eider/ledger"

static const eider_seen_app *
app(void)
{
    PurplePlugin *core = purple_plugins_find_with_id(EIDER_UI_CORE);
    const eider_app *table = purple_plugin_ipc_call(core, EIDER_UI_CALL, NULL);

    return table->seen;
}

static eider_seen_sums
sums(PurpleAccount *account, const char *who)
{
    eider_seen_sums out;
    eider_sees v;

    app()->sees(account, who, 0, UINT64_MAX, &v);
    out = v.sums;
    app()->sees_clear(&v);
    return out;
}

static unsigned
says(const char *text)
{
    return host_count(host_alice, text, PURPLE_MESSAGE_SYSTEM);
}

static bool
has_file(void)
{
    char *path = g_build_filename(host_dir, "eider", "ledger", NULL);
    bool has = g_file_test(path, G_FILE_TEST_EXISTS);

    g_free(path);
    return has;
}

START_TEST(the_command_says_all_of_it)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    talk_say(host_alice, "bob", marker, 1);
    talk_say(host_bob, "alice", "and back", 1);
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider sees"));
    ck_assert_uint_eq(says("How much: hidden."), 1);
    ck_assert_uint_eq(says("When: visible."), 1);
    ck_assert_uint_eq(says("of 2 texts"), 1);
    ck_assert_uint_eq(says("With whom: visible."), 1);
    ck_assert_uint_eq(says("Texts: 1 yours, 1 theirs."), 1);
    ck_assert_uint_eq(says("Never hidden:"), 1);
    ck_assert_uint_eq(says("no proxy is set"), 1);
    ck_assert_uint_eq(says("391 characters"), 1);
    ck_assert_uint_eq(says(marker), 0);
    ck_assert_uint_eq(host_lines->len, 1); /* one line, as every command */
    g_free(marker);
    host_stop();
}
END_TEST

START_TEST(an_open_contact_is_an_open_book)
{
    host_start("prpl-fake");
    host_load();
    host_type(host_alice, "bob", "hello");
    host_type(host_bob, "alice", "hello");
    ck_assert(host_command(host_alice, "bob", "eider sees"));
    ck_assert_uint_eq(says("How much: visible. The server can read"), 1);
    ck_assert_uint_eq(sums(host_alice, "bob").all.lines[EIDER_SEEN_OUT], 0);
    ck_assert_uint_eq(sums(host_alice, "bob").all.lines[EIDER_SEEN_IN], 0);
    host_stop();
}
END_TEST

START_TEST(the_proxy_is_looked_up)
{
    PurpleProxyInfo *info = purple_proxy_info_new();

    talk_start();
    purple_proxy_info_set_type(info, PURPLE_PROXY_TOR);
    purple_account_set_proxy_info(host_alice, info);
    ck_assert(host_command(host_alice, "bob", "eider sees"));
    ck_assert_uint_eq(says("Tor is set"), 1);
    purple_proxy_info_set_type(info, PURPLE_PROXY_SOCKS5);
    ck_assert(host_command(host_alice, "bob", "eider sees"));
    ck_assert_uint_eq(says("The address of your proxy"), 1);
    purple_proxy_info_set_type(info, PURPLE_PROXY_NONE);
    ck_assert(host_command(host_alice, "bob", "eider sees"));
    ck_assert_uint_eq(says("no proxy is set"), 1);
    host_stop();
}
END_TEST

static PurpleMenuAction *
find_item(GList *menu, const char *label)
{
    for (GList *l = menu; l != NULL; l = l->next) {
        PurpleMenuAction *a = l->data, *inner;

        if (strcmp(a->label, label) == 0)
            return a;
        inner = find_item(a->children, label);
        if (inner != NULL)
            return inner;
    }
    return NULL;
}

static PurpleAccount *opened;

static void
open_window(PurpleAccount *account, const char *who)
{
    ck_assert_str_eq(who, "bob");
    opened = account;
}

START_TEST(the_menu_shows_the_window_or_the_words)
{
    PurpleBlistNode *bob;
    PurpleMenuAction *a;
    GList *menu = NULL;

    talk_start();
    purple_blist_alias_buddy(purple_find_buddy(host_alice, "bob"), "B<o>b");
    bob = (PurpleBlistNode *)purple_find_buddy(host_alice, "bob");
    purple_signal_emit(purple_blist_get_handle(), "blist-node-extended-menu",
                       bob, &menu);
    a = find_item(menu, "_What the server sees...");
    ck_assert_ptr_nonnull(a);
    ((void (*)(PurpleBlistNode *, gpointer))a->callback)(bob, a->data);
    ck_assert(host_has_notice("What the server sees"));
    ck_assert(host_has_notice("the lines to B&lt;o&gt;b"));
    app()->set_window(open_window);
    ((void (*)(PurpleBlistNode *, gpointer))a->callback)(bob, a->data);
    ck_assert_ptr_eq(opened, host_alice);
    app()->set_window(NULL);
    host_stop();
}
END_TEST

START_TEST(turned_off_nothing_is_noted)
{
    host_start("prpl-fake");
    host_load();
    purple_prefs_set_bool(PREF, FALSE);
    talk_meet();
    talk_say(host_alice, "bob", "hello", 1);
    ck_assert_uint_eq(sums(host_alice, "bob").all.texts[EIDER_SEEN_OUT], 0);
    ck_assert(host_command(host_alice, "bob", "eider sees"));
    ck_assert_uint_eq(says("Nothing is noted"), 1);
    host_unload();
    ck_assert(!has_file());
    purple_prefs_set_bool(PREF, TRUE);
    host_load();
    talk_say(host_alice, "bob", "again", 1);
    ck_assert_uint_eq(sums(host_alice, "bob").all.texts[EIDER_SEEN_OUT], 1);
    host_unload();
    ck_assert(has_file());
    host_stop();
}
END_TEST

START_TEST(it_is_there_after_a_restart_and_can_be_deleted)
{
    char *marker = g_strdup(talk_marker()), *path, *bytes = NULL;
    gsize n;

    talk_start();
    talk_say(host_alice, "bob", marker, 1);
    host_unload();
    path = g_build_filename(host_dir, "eider", "ledger", NULL);
    ck_assert(g_file_get_contents(path, &bytes, &n, NULL));
    ck_assert_ptr_null(memmem(bytes, n, marker, strlen(marker)));
    ck_assert_ptr_null(memmem(bytes, n, "bob", 3));
    host_load();
    ck_assert_uint_eq(sums(host_alice, "bob").all.texts[EIDER_SEEN_OUT], 1);

    app()->erase(host_alice, "bob");
    ck_assert(host_asks("bob"));
    ck_assert(host_answer("_Keep"));
    ck_assert_uint_eq(sums(host_alice, "bob").all.texts[EIDER_SEEN_OUT], 1);
    app()->erase(host_alice, "bob");
    ck_assert(host_answer("_Delete"));
    ck_assert_uint_eq(sums(host_alice, "bob").all.texts[EIDER_SEEN_OUT], 0);
    ck_assert_uint_eq(sums(host_bob, "alice").all.texts[EIDER_SEEN_IN], 1);
    app()->erase(NULL, NULL);
    ck_assert(host_answer("_Delete"));
    ck_assert_uint_eq(sums(host_bob, "alice").all.texts[EIDER_SEEN_IN], 0);
    ck_assert(!has_file());
    g_free(bytes);
    g_free(path);
    g_free(marker);
    host_stop();
}
END_TEST

static unsigned grown;

static void
on_grew(PurpleAccount *account, const char *who, void *arg)
{
    (void)account;
    (void)who;
    (void)arg;
    grown++;
}

static bool
has_grown(const void *unused)
{
    (void)unused;
    return grown > 0;
}

START_TEST(a_watcher_is_told_once_for_many)
{
    int timers;

    talk_start();
    host_run(400);
    timers = host_timers;
    app()->watch(on_grew, NULL);
    for (int i = 0; i < 10; i++)
        host_type(host_alice, "bob", "hello");
    ck_assert_uint_eq(grown, 0);
    ck_assert(host_run_until(has_grown, NULL, 5000));
    ck_assert_uint_eq(grown, 1);
    app()->watch(NULL, NULL);
    host_type(host_alice, "bob", "hello");
    host_run(400);
    ck_assert_uint_eq(grown, 1);
    ck_assert_int_le(host_timers, timers + 1);
    host_stop();
}
END_TEST

/* What cannot be judged is not called hidden. */
static void
nothing_is_hidden(void)
{
    eider_sees v;

    app()->sees(host_alice, "bob", 0, UINT64_MAX, &v);
    for (int i = 0; i < EIDER_SEEN_ROWS; i++) {
        ck_assert_int_eq(v.rows[i].is.level, EIDER_SEEN_VISIBLE);
        ck_assert_str_eq(v.rows[i].word, "visible");
    }
    app()->sees_clear(&v);
}

START_TEST(locked_it_says_so)
{
    char *path;

    host_start("prpl-fake");
    path = g_build_filename(host_dir, "eider", NULL);
    ck_assert(g_file_set_contents(path, "in the way", -1, NULL));
    host_load();
    ck_assert(host_command(host_alice, "bob", "eider sees"));
    ck_assert_uint_eq(says("How much"), 0);
    ck_assert_uint_eq(host_lines->len, 1);
    nothing_is_hidden();
    host_stop();
    g_free(path);
}
END_TEST

Suite *
sees_suite(void)
{
    Suite *s = suite_create("sees");
    TCase *t = tcase_create("sees");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_command_says_all_of_it);
    tcase_add_test(t, an_open_contact_is_an_open_book);
    tcase_add_test(t, the_proxy_is_looked_up);
    tcase_add_test(t, the_menu_shows_the_window_or_the_words);
    tcase_add_test(t, turned_off_nothing_is_noted);
    tcase_add_test(t, it_is_there_after_a_restart_and_can_be_deleted);
    tcase_add_test(t, a_watcher_is_told_once_for_many);
    tcase_add_test(t, locked_it_says_so);
    suite_add_tcase(s, t);
    return s;
}
