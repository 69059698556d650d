/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many lines of ours a user sees: starting one, restarting none, a day of
 * use none; and none of them is logged. */
#include <check.h>
#include <string.h>

#include "talk.h"

#include "eider/ui.h"

Suite *budget_suite(void);

enum { TEXTS = 100 };

static void
on_changed(PurpleAccount *account, const char *who, void *arg)
{
    (void)account;
    (void)who;
    (void)arg;
}

/* With a strip that shows the state. */
static void
load(void)
{
    const eider_app *app;

    host_load();
    app = purple_plugin_ipc_call(purple_plugins_find_with_id(EIDER_UI_CORE),
                                 EIDER_UI_CALL, NULL);
    app->subscribe(on_changed, NULL);
}

static void
start(void)
{
    host_start("prpl-fake");
    load();
    host_conv(host_alice, "bob");
    host_conv(host_bob, "alice");
    host_forget_lines();
    talk_meet();
    host_run(300);
}

/* What this test itself asked for does not count. */
static bool
was_asked(const host_line *l)
{
    return strstr(l->text, "eider: state=") != NULL;
}

static unsigned
ours(PurpleAccount *account)
{
    unsigned n = 0;

    for (guint i = 0; i < host_lines->len; i++) {
        const host_line *l = g_ptr_array_index(host_lines, i);

        if ((l->flags & (PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_ERROR)) == 0 ||
            strcmp(l->account, purple_account_get_username(account)) != 0 ||
            was_asked(l))
            continue;
        ck_assert_msg((l->flags & PURPLE_MESSAGE_NO_LOG) != 0, "logged: %s",
                      l->text);
        n++;
    }
    return n;
}

static void
expect(unsigned alice, unsigned bob)
{
    ck_assert_uint_eq(ours(host_alice), alice);
    ck_assert_uint_eq(ours(host_bob), bob);
    ck_assert_uint_eq(host_notices->len, 0);
    ck_assert_uint_eq(host_questions(), 0);
    host_forget_lines();
}

static void
talk(int texts)
{
    static int number;

    for (int i = 0; i < texts; i++) {
        char *text = g_strdup_printf("text %d, of some length", ++number);

        talk_say(i % 3 != 0 ? host_alice : host_bob,
                 i % 3 != 0 ? "bob" : "alice", text, 1);
        g_free(text);
    }
}

START_TEST(starting_shows_one_line)
{
    start();
    expect(1, 1);
    talk(3);
    expect(0, 0);
    host_stop();
}
END_TEST

START_TEST(restarting_shows_none)
{
    start();
    host_forget_lines();
    for (int i = 0; i < 3; i++) {
        host_unload();
        load();
        host_run(200);
        talk(3);
    }
    for (int i = 0; i < 3; i++) {
        host_sign_off(host_bob);
        host_sign_on(host_bob);
        purple_prpl_got_user_status(host_bob, "alice", "available", NULL);
        host_run(100);
        talk(3);
    }
    expect(0, 0);
    host_stop();
}
END_TEST

START_TEST(a_day_of_use_shows_none)
{
    start();
    host_forget_lines();
    for (int i = 0; i < 4; i++) {
        talk(TEXTS / 4);
        purple_conversation_destroy(host_conv(host_alice, "bob"));
        purple_prpl_got_user_status(host_alice, "bob", "offline", NULL);
        host_run(20);
        purple_prpl_got_user_status(host_alice, "bob", "available", NULL);
        host_run(20);
    }
    expect(0, 0);
    host_stop();
}
END_TEST

Suite *
budget_suite(void)
{
    Suite *s = suite_create("budget");
    TCase *t = tcase_create("lines");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, starting_shows_one_line);
    tcase_add_test(t, restarting_shows_none);
    tcase_add_test(t, a_day_of_use_shows_none);
    suite_add_tcase(s, t);
    return s;
}
