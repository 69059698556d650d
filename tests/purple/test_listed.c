/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is private only by the buddy list, which a server changes as it likes:
 * moving somebody to another group takes them out of the person they were
 * merged into.
 */
#include <check.h>
#include <string.h>

#include "eider/ui.h"

#include "talk.h"

Suite *listed_suite(void);

#define DEFAULT "/plugins/core/eider/default"

static PurpleBuddy *
add(const char *name, PurpleContact *contact, const char *group)
{
    PurpleBuddy *buddy = purple_buddy_new(host_alice, name, NULL);
    PurpleGroup *g = group != NULL ? purple_group_new(group) : NULL;

    if (g != NULL)
        purple_blist_add_group(g, NULL);
    purple_blist_add_buddy(buddy, contact, g, NULL);
    return buddy;
}

static PurpleBuddy *
merge(const char *name)
{
    return add(name,
               purple_buddy_get_contact(purple_find_buddy(host_alice, "bob")),
               NULL);
}

static bool
leaves_openly(const char *who)
{
    char *marker = g_strdup(talk_marker());
    bool is_open;

    host_type(host_alice, who, marker);
    host_run(30);
    is_open = fake_wire_has(marker);
    g_free(marker);
    return is_open;
}

static void
assert_held(const char *who, unsigned said)
{
    ck_assert(!leaves_openly(who));
    ck_assert_uint_eq(
        host_count(host_alice, "by your buddy list", PURPLE_MESSAGE_SYSTEM),
        said);
}

START_TEST(who_is_moved_out_of_a_person_is_not_written_to_openly)
{
    PurpleBuddy *work;

    talk_start();
    work = merge("bob-work");
    assert_held("bob-work", 0);
    /* as prpl-jabber does it when the server says so */
    purple_blist_remove_buddy(work);
    add("bob-work", NULL, "elsewhere");
    assert_held("bob-work", 1);
    ck_assert(host_command(host_alice, "bob-work", "eider off"));
    ck_assert(leaves_openly("bob-work"));
    host_stop();
}
END_TEST

START_TEST(one_place_in_the_list_is_enough)
{
    PurpleBuddy *work;

    talk_start();
    work = add("bob-work", NULL, "first");
    purple_blist_add_group(purple_buddy_get_group(work), NULL);
    ck_assert(leaves_openly("bob-work"));
    merge("bob-work");
    ck_assert_ptr_eq(purple_find_buddy(host_alice, "bob-work"), work);
    assert_held("bob-work", 0);
    host_stop();
}
END_TEST

START_TEST(a_buddy_by_default_who_is_removed_is_not_written_to_openly)
{
    talk_start();
    purple_prefs_set_string(DEFAULT, "on");
    add("carol", NULL, NULL);
    assert_held("carol", 0);
    purple_blist_remove_buddy(purple_find_buddy(host_alice, "carol"));
    assert_held("carol", 1);
    /* but what the user says of everybody counts */
    purple_prefs_set_string(DEFAULT, "auto");
    ck_assert(leaves_openly("carol"));
    host_stop();
}
END_TEST

static int told;

static void
on_changed(PurpleAccount *account, const char *who, void *arg)
{
    (void)account;
    (void)who;
    (void)arg;
    told++;
}

START_TEST(the_window_hears_of_a_changed_list)
{
    gboolean ok = FALSE;
    const eider_app *app;
    PurpleBuddy *work;
    eider_view v;

    talk_start();
    app = purple_plugin_ipc_call(host_plugin, EIDER_UI_CALL, &ok);
    work = add("bob-work", NULL, NULL);
    host_run(100);
    app->subscribe(on_changed, NULL);
    host_run(100);
    told = 0;
    /* drawn on the other, and shown */
    purple_blist_add_buddy(
        work, purple_buddy_get_contact(purple_find_buddy(host_alice, "bob")),
        NULL, NULL);
    for (int i = 0; i < 100; i++)
        add("bob-many", NULL, NULL);
    host_run(50);
    ck_assert_int_eq(told, 1);
    app->view(host_alice, "bob-work", &v);
    ck_assert(v.status.is_private);
    app->view_clear(&v);
    /* nothing was typed: seeing it is enough */
    purple_blist_remove_buddy(work);
    host_run(50);
    ck_assert_int_eq(told, 2);
    assert_held("bob-work", 1);
    host_stop();
}
END_TEST

Suite *
listed_suite(void)
{
    Suite *s = suite_create("listed");
    TCase *t = tcase_create("listed");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, who_is_moved_out_of_a_person_is_not_written_to_openly);
    tcase_add_test(t, one_place_in_the_list_is_enough);
    tcase_add_test(t,
                   a_buddy_by_default_who_is_removed_is_not_written_to_openly);
    tcase_add_test(t, the_window_hears_of_a_changed_list);
    suite_add_tcase(s, t);
    return s;
}
