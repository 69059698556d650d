/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decoys through libpurple's own requests, as in Finch. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "talk.h"

/* Their answer rides in the first slot of theirs: up to a minute. */
#define PATIENCE 80000

Suite *decoys_suite(void);

static bool
says(PurpleAccount *account, const char *who, const char *field,
     const char *value)
{
    return strcmp(host_status(account, who, field), value) == 0;
}

static bool
takes_part(const void *unused)
{
    (void)unused;
    return says(host_alice, "bob", "part", "takes");
}

static unsigned
said(PurpleAccount *account, const char *text)
{
    return host_count(account, text, PURPLE_MESSAGE_SYSTEM);
}

/* By the command: the request comes, and what is typed into it is the set. */
static void
choose(const char *names)
{
    ck_assert(host_command(host_alice, "bob", "eider decoys"));
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_fill("more", names));
    ck_assert(host_answer("_Use these"));
}

START_TEST(a_set_is_chosen_in_a_request_and_told_of)
{
    talk_start();
    ck_assert(host_command(host_alice, "bob", "eider decoys"));
    ck_assert_uint_eq(said(host_alice, "No decoys: the server sees"), 1);
    ck_assert(host_asks("you and they stay"));
    ck_assert(host_asks("28800"));
    ck_assert(host_answer("_Cancel"));
    ck_assert(says(host_alice, "bob", "part", "none"));

    choose("Bob, carol ,dave,,erin");
    ck_assert(says(host_alice, "bob", "part", "asked"));
    ck_assert(says(host_alice, "bob", "offer", "60"));
    ck_assert(says(host_alice, "bob", "decoys", "4"));
    ck_assert(says(host_bob, "alice", "part", "none"));
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider decoys"));
    ck_assert_uint_eq(said(host_alice, "0 of 4 take part now"), 1);
    ck_assert_uint_eq(said(host_alice, "bob: asked, no answer yet"), 1);
    ck_assert_uint_eq(said(host_alice, "carol: not private"), 1);
    /* The members are ticked already. */
    ck_assert(host_answer("_Use these"));
    ck_assert(says(host_alice, "bob", "decoys", "4"));
}
END_TEST

START_TEST(who_agrees_takes_part)
{
    if (getenv("EIDER_LONG") == NULL)
        return;
    talk_start();
    choose("bob, carol, dave, erin");
    ck_assert_msg(host_run_until(takes_part, NULL, PATIENCE), "part %s",
                  host_status(host_alice, "bob", "part"));
    ck_assert(says(host_alice, "bob", "steady", "60"));
    ck_assert(says(host_alice, "bob", "now", "1"));
    ck_assert(says(host_bob, "alice", "steady", "60"));
    ck_assert(host_command(host_alice, "bob", "eider status"));
    ck_assert_uint_eq(said(host_alice, "that it is bob shows"), 1);
    host_unload();
    host_load();
    ck_assert_msg(host_run_until(takes_part, NULL, PATIENCE), "part %s",
                  host_status(host_alice, "bob", "part"));
    ck_assert(host_command(host_alice, "bob", "eider decoys off"));
    ck_assert(says(host_alice, "bob", "steady", "60"));
    ck_assert_uint_eq(said(host_alice, "Steady goes on with each"), 1);
}
END_TEST

START_TEST(a_member_has_the_slot_of_the_set)
{
    talk_start();
    choose("bob, carol, dave, erin");
    ck_assert(host_command(host_alice, "bob", "eider steady 10"));
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_uint_eq(said(host_alice, "bob is one of your decoys"), 1);
    ck_assert(host_command(host_alice, "bob", "eider steady off"));
    ck_assert(says(host_alice, "bob", "part", "ended"));
    ck_assert(host_command(host_alice, "bob", "eider decoys off"));
    ck_assert(says(host_alice, "bob", "part", "none"));
    ck_assert(host_command(host_alice, "bob", "eider steady 10"));
    ck_assert_uint_eq(host_questions(), 1);
}
END_TEST

START_TEST(too_few_change_nothing)
{
    talk_start();
    choose("bob, carol, dave");
    ck_assert(host_has_notice("Decoys are 4 to 10 contacts."));
    ck_assert(says(host_alice, "bob", "part", "none"));
    /* Two accounts are online: whose? */
    ck_assert(host_action("Decoys..."));
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_answer("_Show"));
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_answer("_Cancel"));
}
END_TEST

START_TEST(a_set_outlives_the_program)
{
    talk_start();
    choose("bob, carol, dave, erin");
    host_unload();
    host_load();
    ck_assert(says(host_alice, "bob", "decoys", "4"));
    ck_assert(says(host_alice, "bob", "part", "asked"));
}
END_TEST

Suite *
decoys_suite(void)
{
    Suite *s = suite_create("decoys");
    TCase *t = tcase_create("decoys");

    tcase_set_timeout(t, 0);
    tcase_add_test(t, a_set_is_chosen_in_a_request_and_told_of);
    tcase_add_test(t, who_agrees_takes_part);
    tcase_add_test(t, a_member_has_the_slot_of_the_set);
    tcase_add_test(t, too_few_change_nothing);
    tcase_add_test(t, a_set_outlives_the_program);
    suite_add_tcase(s, t);
    return s;
}
