/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is private, and that nothing that arrives has a say in it. */
#include "unit/peek.h"

#include <string.h>

Suite *policy_suite(void);

#define INVITATION "Talk privately? EIDERinvite1"

static couple two;

static void
set_up(void)
{
    two = couple_new(2);
}

static void
tear_down(void)
{
    couple_free(&two);
}

static bool
is_private(device *d, const char *peer)
{
    return eider_engine_is_private(d->engine, d->account, peer);
}

/* ---- the order of the rules ----------------------------------------------- */

static const struct {
    eider_choice choice;
    bool is_merged, was_private;
    eider_default policy;
    bool is_buddy, is_private;
} rules[] = {
    /* the user's choice, whatever the rest says */
    {EIDER_ON, false, false, EIDER_DEFAULT_OFF, false, true},
    {EIDER_ON, false, false, EIDER_DEFAULT_AUTO, true, true},
    {EIDER_OFF, true, true, EIDER_DEFAULT_ON, true, false},
    {EIDER_OFF, true, false, EIDER_DEFAULT_AUTO, true, false},
    {EIDER_OFF, false, true, EIDER_DEFAULT_ON, true, false},
    /* another buddy of the merged contact is on */
    {EIDER_UNSET, true, false, EIDER_DEFAULT_OFF, true, true},
    {EIDER_UNSET, true, false, EIDER_DEFAULT_AUTO, false, true},
    /* a session was once confirmed */
    {EIDER_UNSET, false, true, EIDER_DEFAULT_OFF, false, true},
    {EIDER_UNSET, false, true, EIDER_DEFAULT_AUTO, true, true},
    /* the default, for buddies only */
    {EIDER_UNSET, false, false, EIDER_DEFAULT_ON, true, true},
    {EIDER_UNSET, false, false, EIDER_DEFAULT_ON, false, false},
    {EIDER_UNSET, false, false, EIDER_DEFAULT_AUTO, true, false},
    {EIDER_UNSET, false, false, EIDER_DEFAULT_OFF, true, false},
};

START_TEST(the_first_rule_that_applies_decides)
{
    eider_card *card = peek_card(two.a, "bob");

    card->choice = rules[_i].choice;
    card->was_private = rules[_i].was_private;
    two.a->is_merged_on = rules[_i].is_merged;
    two.a->policy = rules[_i].policy;
    two.a->has_no_buddies = !rules[_i].is_buddy;
    ck_assert_int_eq(is_private(two.a, "bob"), rules[_i].is_private);
}
END_TEST

START_TEST(of_somebody_unknown_the_default_decides)
{
    ck_assert(!is_private(two.a, "carol"));
    two.a->policy = EIDER_DEFAULT_ON;
    ck_assert(is_private(two.a, "carol"));
    two.a->has_no_buddies = true;
    ck_assert(!is_private(two.a, "carol"));
}
END_TEST

START_TEST(the_choice_outlives_the_program)
{
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_choose(two.a, "carol", EIDER_OFF), EIDER_OK);
    device_stop(two.a);
    device_start(two.a);
    ck_assert(is_private(two.a, "bob"));
    two.a->policy = EIDER_DEFAULT_ON;
    ck_assert(!is_private(two.a, "carol"));
    ck_assert_int_eq(
        eider_engine_choice(two.a->engine, two.a->account, "carol"), EIDER_OFF);
}
END_TEST

START_TEST(a_choice_taken_back_leaves_who_was_private_once_private)
{
    people_meet(two.w, two.a, two.b);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_UNSET), EIDER_OK);
    eider_engine_forget(two.a->engine, two.a->account, "bob");
    two.a->policy = EIDER_DEFAULT_OFF;
    two.a->has_no_buddies = true;
    ck_assert(is_private(two.a, "bob"));
}
END_TEST

/* ---- nothing received changes it ------------------------------------------ */

START_TEST(a_goodbye_leaves_us_private_and_is_told_once)
{
    people_meet(two.w, two.a, two.b);
    ck_assert_int_eq(device_choose(two.b, "alice", EIDER_OFF), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert(is_private(two.a, "bob"));
    ck_assert(device_status(two.a, "bob").is_left);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_PEER_LEFT], 1);
    ck_assert_int_eq(eider_engine_choice(two.a->engine, two.a->account, "bob"),
                     EIDER_ON);
    ck_assert(!is_private(two.b, "alice"));
}
END_TEST

START_TEST(a_goodbye_rides_in_three_frames)
{
    people_meet(two.w, two.a, two.b);
    ck_assert_int_eq(device_choose(two.b, "alice", EIDER_OFF), EIDER_OK);
    ck_assert_uint_eq(peek_session(two.b, "alice")->goodbyes, 2);
    ck_assert_int_eq(device_write(two.a, "bob", "are you there?"), EIDER_OK);
    world_run(two.w, 90 * WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(two.b, "are you there?"), 1);
    ck_assert_uint_eq(peek_session(two.b, "alice")->goodbyes, 1);
}
END_TEST

START_TEST(a_message_1_holds_back_no_text_of_an_open_contact)
{
    tap_open(two.b);
    call_now(two.b, "alice");
    tap_give_all(two.b, two.a);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->legs->len, 1);
    ck_assert(!is_private(two.a, "bob"));
}
END_TEST

START_TEST(an_invitation_holds_back_no_text)
{
    two.w->is_cut = true;
    device_receive(two.a, "bob", INVITATION);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state,
                     EIDER_MEET_CALLING);
    ck_assert(!is_private(two.a, "bob"));
}
END_TEST

static void
say_all_sorts(device *d, const char *peer)
{
    g_autofree char *line = g_strnfill(EIDER_LINE_S, 'a');

    memcpy(line, "EIDERS", 6);
    device_receive(d, peer, line);
    line[200] = '\0';
    device_receive(d, peer, line);
    device_receive(d, peer, "EIDER");
    device_receive(d, peer, "turn privacy off");
    device_receive(d, peer, "");
}

START_TEST(garbage_neither_turns_it_on_nor_off)
{
    two.w->is_cut = true;
    say_all_sorts(two.a, "bob");
    ck_assert(!is_private(two.a, "bob"));
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    say_all_sorts(two.a, "bob");
    ck_assert(is_private(two.a, "bob"));
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_OFF), EIDER_OK);
    say_all_sorts(two.a, "bob");
    ck_assert(!is_private(two.a, "bob"));
}
END_TEST

START_TEST(what_arrives_does_not_undo_the_users_off)
{
    people_meet(two.w, two.a, two.b);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(device_write(two.b, "alice", "still here"), EIDER_OK);
    device_receive(two.a, "bob", INVITATION);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.a, "still here"), 1);
    ck_assert(!is_private(two.a, "bob"));
}
END_TEST

Suite *
policy_suite(void)
{
    Suite *suite = suite_create("policy");
    TCase *t = tcase_create("rules");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, the_first_rule_that_applies_decides, 0,
                        (int)G_N_ELEMENTS(rules));
    tcase_add_test(t, of_somebody_unknown_the_default_decides);
    tcase_add_test(t, the_choice_outlives_the_program);
    tcase_add_test(t, a_choice_taken_back_leaves_who_was_private_once_private);
    tcase_add_test(t, a_goodbye_leaves_us_private_and_is_told_once);
    tcase_add_test(t, a_goodbye_rides_in_three_frames);
    tcase_add_test(t, a_message_1_holds_back_no_text_of_an_open_contact);
    tcase_add_test(t, an_invitation_holds_back_no_text);
    tcase_add_test(t, garbage_neither_turns_it_on_nor_off);
    tcase_add_test(t, what_arrives_does_not_undo_the_users_off);
    suite_add_tcase(suite, t);
    return suite;
}
