/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steady in libpurple: the question, and what the account does not tell. */
#include <check.h>
#include <string.h>

#include "talk.h"

#define PATIENCE 60000 /* slots are of real seconds, and valgrind is slow */

Suite *steady_suite(void);

static bool
says(PurpleAccount *account, const char *who, const char *field,
     const char *value)
{
    return strcmp(host_status(account, who, field), value) == 0;
}

static bool
have_agreed(const void *unused)
{
    (void)unused;
    return says(host_alice, "bob", "agreed", "1") &&
           says(host_bob, "alice", "agreed", "1");
}

static bool
is_typing(const void *unused)
{
    PurpleConversation *conv = host_conv(host_bob, "alice");

    (void)unused;
    return purple_conv_im_get_typing_state(PURPLE_CONV_IM(conv)) ==
           PURPLE_TYPING;
}

static void
assert_lines_only(void)
{
    for (guint i = 0; i < fake_wire->len; i++)
        ck_assert_uint_eq(strlen(g_ptr_array_index(fake_wire, i)), 391);
}

START_TEST(wrong_words_and_wrong_times)
{
    host_start("prpl-fake");
    host_load();
    ck_assert(host_command(host_alice, "bob", "eider steady 10"));
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_uint_eq(
        host_count(host_alice, "that has begun", PURPLE_MESSAGE_SYSTEM), 1);
    talk_meet();
    ck_assert(host_command(host_alice, "bob", "eider steady 7"));
    ck_assert_uint_eq(host_count(host_alice, "5, 10, 15, 30 or 60 seconds",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider steady soon"));
    ck_assert(host_command(host_alice, "bob", "eider steady 10s"));
    ck_assert_uint_eq(
        host_count(host_alice, "/eider steady [5", PURPLE_MESSAGE_SYSTEM), 2);
    ck_assert(host_command(host_alice, "bob", "eider steady off"));
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert(says(host_alice, "bob", "offer", "0"));

    /* A question that is not answered, or with no, is a no. */
    ck_assert(host_command(host_alice, "bob", "eider steady 10"));
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(says(host_alice, "bob", "offer", "0"));
    ck_assert(host_answer("_Not now"));
    ck_assert(says(host_alice, "bob", "offer", "0"));
}
END_TEST

START_TEST(irc_bears_few_contacts)
{
    host_start("prpl-irc");
    host_load();
    talk_meet();
    /* One line in four seconds: 5 s leave room for one contact only. */
    ck_assert(host_command(host_alice, "bob", "eider steady 5"));
    ck_assert_uint_eq(host_questions(), 1);
}
END_TEST

START_TEST(who_is_not_seen_gets_no_slots)
{
    PurpleBuddy *buddy;

    talk_start();
    buddy = purple_find_buddy(host_alice, "bob");
    ck_assert_ptr_nonnull(buddy);
    purple_blist_remove_buddy(buddy);
    ck_assert(host_command(host_alice, "bob", "eider steady 10"));
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_uint_eq(host_count(host_alice, "add them to your buddy list",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    ck_assert(says(host_alice, "bob", "offer", "0"));
}
END_TEST

static void
go_away(bool is_idle)
{
    purple_prefs_set_bool("/purple/savedstatus/isidleaway", is_idle);
    purple_account_set_status(host_alice, is_idle ? "away" : "available", TRUE,
                              NULL);
}

/* Nothing of it reaches the protocol. */
static void
assert_keyboard_is_quiet(PurplePresence *presence)
{
    int before = fake_statuses;

    purple_presence_set_idle(presence, FALSE, 0);
    purple_presence_set_idle(presence, TRUE, time(NULL) - 600);
    ck_assert_int_eq(fake_idle, 0);
    go_away(true);
    go_away(false);
    ck_assert_int_le(fake_statuses, before + 1);
    before = fake_statuses;
    go_away(true);
    go_away(false);
    ck_assert_int_eq(fake_statuses, before);
    purple_account_set_status(host_alice, "away", TRUE, "message", "lunch",
                              NULL);
    ck_assert_int_eq(fake_statuses, before + 1); /* the user said so */

    /* A mood is no word of whether somebody is there, and none was told. */
    purple_prefs_set_bool("/purple/savedstatus/isidleaway", TRUE);
    before = fake_statuses;
    purple_account_set_status(host_alice, "mood", TRUE, NULL);
    ck_assert_int_eq(fake_statuses, before + 1);
    purple_account_set_status(host_alice, "mood", FALSE, NULL);
    ck_assert_int_eq(fake_statuses, before + 2);
    purple_prefs_set_bool("/purple/savedstatus/isidleaway", FALSE);
}

START_TEST(agreed_and_nothing_else_tells)
{
    PurplePresence *presence;
    int before;

    talk_start();
    purple_prefs_set_int("/plugins/core/eider/slot", 5);
    presence = purple_account_get_presence(host_alice);
    purple_presence_set_idle(presence, TRUE, time(NULL) - 300);
    ck_assert_int_eq(fake_idle, 300);

    ck_assert(host_command(host_alice, "bob", "eider steady 5"));
    ck_assert(host_answer("Turn _on"));
    ck_assert_msg(host_run_until(have_agreed, NULL, PATIENCE),
                  "alice %s, bob %s", host_status(host_alice, "bob", "state"),
                  host_status(host_bob, "alice", "state"));
    ck_assert_uint_eq(host_count(host_bob, "Steady with alice now, every 5 s",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    ck_assert_uint_eq(
        host_count(host_bob, "MB and 34560 lines a day", PURPLE_MESSAGE_SYSTEM),
        1);
    ck_assert_int_eq(fake_idle, 0); /* said when it began, whatever is so */
    g_ptr_array_set_size(fake_wire, 0);

    assert_keyboard_is_quiet(presence);

    /* An automatic answer, to this one and to others. */
    serv_send_im(purple_account_get_connection(host_alice), "bob", "gone",
                 PURPLE_MESSAGE_AUTO_RESP);
    serv_send_im(purple_account_get_connection(host_alice), "carol", "gone",
                 PURPLE_MESSAGE_AUTO_RESP);

    /* Typing goes in a slot, and by no other way. */
    before = fake_typings;
    serv_send_typing(purple_account_get_connection(host_alice), "bob",
                     PURPLE_TYPING);
    ck_assert_msg(host_run_until(is_typing, NULL, PATIENCE), "no typing");
    ck_assert_int_eq(fake_typings, before);
    talk_say(host_alice, "bob", "hello", 1);
    assert_lines_only();

    /* What the idle machine is now is told when it has ended. */
    purple_account_set_status(host_alice, "available", TRUE, NULL);
    go_away(true);
    before = fake_statuses;
    ck_assert(host_command(host_alice, "bob", "eider steady off"));
    ck_assert_int_eq(fake_statuses, before);
    ck_assert(host_command(host_alice, "bob", "eider steady off"));
    ck_assert_int_eq(fake_statuses, before + 1);
    ck_assert(says(host_alice, "bob", "steady", "0"));
    ck_assert_int_ge(fake_idle, 600); /* as it is */
}
END_TEST

/* ---- a telephone ---------------------------------------------------------- */

static void
show_up(const char *from, const char *node, bool is_there)
{
    xmlnode *presence = xmlnode_new("presence"), *c;

    c = xmlnode_new_child(presence, "c");
    xmlnode_set_namespace(c, "http://jabber.org/protocol/caps");
    xmlnode_set_attrib(c, "node", node);
    (void)purple_signal_emit_return_1(
        purple_find_prpl("prpl-jabber"), "jabber-receiving-presence",
        purple_account_get_connection(host_alice),
        is_there ? "" : "unavailable", from, presence);
    xmlnode_free(presence);
}

static bool
is_paused(const void *unused)
{
    (void)unused;
    return says(host_alice, "bob", "paused", "1");
}

static void
start_jabber(void)
{
    host_start("prpl-jabber");
    purple_signal_register(
        purple_find_prpl("prpl-jabber"), "jabber-receiving-presence",
        purple_marshal_BOOLEAN__POINTER_POINTER_POINTER_POINTER,
        purple_value_new(PURPLE_TYPE_BOOLEAN), 4,
        purple_value_new(PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_CONNECTION),
        purple_value_new(PURPLE_TYPE_STRING),
        purple_value_new(PURPLE_TYPE_STRING),
        purple_value_new(PURPLE_TYPE_SUBTYPE, PURPLE_SUBTYPE_XMLNODE));
    fake.has_resources = true;
    host_load();
    talk_meet();
}

static bool
is_warned(void)
{
    bool is;

    ck_assert(host_command(host_alice, "bob", "eider steady 5"));
    is = host_asks("maybe a telephone");
    ck_assert(host_answer("_Not now"));
    return is;
}

START_TEST(a_pidgin_that_has_not_spoken_yet_is_no_telephone)
{
    start_jabber();
    host_unload();
    host_load(); /* from where their Eider spoke is not kept */
    show_up("bob/home", "http://pidgin.im/", true);
    ck_assert(!is_warned());
    talk_say(host_bob, "alice", talk_marker(), 1);
    ck_assert(!is_warned());
    show_up("bob/other", "http://pidgin.im/", true);
    ck_assert(is_warned());
    host_stop();
}
END_TEST

START_TEST(a_telephone_makes_slots_wait)
{
    start_jabber();
    purple_prefs_set_int("/plugins/core/eider/slot", 5);
    ck_assert(host_command(host_alice, "bob", "eider steady 5"));
    ck_assert(host_answer("Turn _on"));
    ck_assert(host_run_until(have_agreed, NULL, PATIENCE));
    host_forget_lines();

    /* Another Pidgin may have Eider; and it is not about carol. */
    show_up("bob/other", "http://pidgin.im/", true);
    show_up("carol/phone", "https://phone.example", true);
    ck_assert(!is_paused(NULL));
    show_up("bob/phone", "https://phone.example", true);
    ck_assert(is_paused(NULL));
    ck_assert_uint_eq(host_count(host_alice, "is paused: a program without",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    show_up("bob/phone", "https://phone.example", false);
    ck_assert(!is_paused(NULL));
    show_up("alice/phone", "https://phone.example", true); /* our own */
    ck_assert(is_paused(NULL));
    ck_assert(host_command(host_alice, "bob", "eider steady 5"));
    ck_assert(host_answer("Turn on _anyway"));
    ck_assert(!is_paused(NULL));
    host_stop();
}
END_TEST

Suite *
steady_suite(void)
{
    Suite *s = suite_create("steady");
    TCase *tc = tcase_create("steady");

    tcase_set_timeout(tc, 200);
    tcase_add_test(tc, wrong_words_and_wrong_times);
    tcase_add_test(tc, irc_bears_few_contacts);
    tcase_add_test(tc, who_is_not_seen_gets_no_slots);
    tcase_add_test(tc, agreed_and_nothing_else_tells);
    tcase_add_test(tc, a_pidgin_that_has_not_spoken_yet_is_no_telephone);
    tcase_add_test(tc, a_telephone_makes_slots_wait);
    suite_add_tcase(s, tc);
    return s;
}
