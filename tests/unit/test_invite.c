/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The invitation: when it leaves, and when it counts. */
#include "unit/peek.h"

#include <string.h>

Suite *invite_suite(void);

#define INVITATION                                                             \
    "I would like to talk privately with Eider, a plugin for Pidgin. "         \
    "If you have it, nothing is to be done. EIDERinvite1"

static couple two;

static void
set_up(void)
{
    two = couple_new(4);
}

static void
tear_down(void)
{
    couple_free(&two);
}

static guint
lines_after_choosing(eider_choice choice)
{
    guint n = two.a->lines->len;

    ck_assert_int_eq(device_choose(two.a, "bob", choice), EIDER_OK);
    return two.a->lines->len - n;
}

static eider_verdict
hear(device *d, const char *text, bool is_delayed)
{
    return eider_engine_receive(d->engine, d->account, "bob", "bob/1", text,
                                strlen(text), is_delayed);
}

static bool
is_calling(void)
{
    return peek_contact(two.a, "bob")->meeting.state == EIDER_MEET_CALLING;
}

/* ---- sent ----------------------------------------------------------------- */

START_TEST(the_first_line_is_the_invitation_to_the_byte)
{
    tap_open(two.a);
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 1);
    ck_assert_str_eq(tap_line(two.a, 0), INVITATION);
    ck_assert_str_eq(((sent_line *)g_ptr_array_index(two.a->lines, 0))->to,
                     "bob");
}
END_TEST

START_TEST(it_leaves_once_an_hour)
{
    tap_open(two.a);
    (void)lines_after_choosing(EIDER_ON);
    world_run(two.w, 59 * WORLD_MINUTE);
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 0);
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    ck_assert_uint_eq(two.a->lines->len, 1);
    two.b->is_online = false; /* nobody says so: it cannot go by itself */
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(two.a->lines->len, 1);
    two.b->is_online = true;
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 1);
}
END_TEST

START_TEST(somebody_who_stays_online_is_asked_three_times_in_all)
{
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    (void)lines_after_choosing(EIDER_ON);
    ck_assert_uint_eq(two.a->lines->len, 1);
    world_run(two.w, 59 * WORLD_MINUTE);
    ck_assert_uint_eq(two.a->lines->len, 1);
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(two.a->lines->len, 2);
    world_run(two.w, 23 * WORLD_HOUR);
    ck_assert_uint_eq(two.a->lines->len, 2);
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_uint_eq(two.a->lines->len, EIDER_INVITES_MAX);
    world_run(two.w, 10 * WORLD_DAY);
    ck_assert_uint_eq(two.a->lines->len, EIDER_INVITES_MAX);
}
END_TEST

/* Theirs was answered, but every copy of the answer is lost. */
START_TEST(a_lost_answer_is_no_end)
{
    guint n;

    tap_open(two.a);
    device_receive(two.a, "bob", INVITATION);
    ck_assert_uint_eq(two.a->lines->len, 1);
    world_run(two.w, WORLD_DAY);
    n = two.a->lines->len;
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    ck_assert_uint_eq(two.a->lines->len, n + 1);
    tap_give(two.a, n, two.b);
    tap_close(two.a);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "hello"), 1);
}
END_TEST

START_TEST(a_lost_invitation_is_no_end)
{
    two.w->loss = 1000;
    (void)lines_after_choosing(EIDER_ON);
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    two.w->loss = 0;
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "hello"), 1);
}
END_TEST

START_TEST(after_three_without_an_answer_only_the_user_sends_one)
{
    tap_open(two.a);
    (void)lines_after_choosing(EIDER_ON);
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    for (unsigned i = 0; i < 6; i++) {
        device_offline(two.b);
        world_run(two.w, 2 * WORLD_HOUR);
        device_start(two.b);
    }
    ck_assert_uint_eq(two.a->lines->len, EIDER_INVITES_MAX);
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_int_eq(device_write(two.a, "bob", "hello?"), EIDER_OK);
    ck_assert_uint_eq(two.a->lines->len, EIDER_INVITES_MAX + 1);
}
END_TEST

START_TEST(to_somebody_away_it_leaves_when_they_come)
{
    device_offline(two.b);
    tap_open(two.a);
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 0);
    device_start(two.b);
    ck_assert_uint_eq(two.a->lines->len, 1);
    ck_assert_str_eq(tap_line(two.a, 0), INVITATION);
}
END_TEST

START_TEST(nobody_off_the_list_is_invited_without_the_users_choice)
{
    two.a->has_no_buddies = true;
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    ck_assert_uint_eq(two.a->lines->len, 0);
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 1);
}
END_TEST

/* ---- received ------------------------------------------------------------- */

static const struct {
    const char *text;
    enum { TEXT, INVITES, INVITES_AND_TEXT } is; /* text is shown */
} texts[] = {
    {INVITATION, INVITES},
    {"EIDERinvite1", INVITES_AND_TEXT},
    {"<FONT FACE=\"Arial\"><B>" INVITATION "</B></FONT>", INVITES},
    {"<body>" INVITATION " </body>\r\n", INVITES},
    {"(notice) " INVITATION, INVITES},
    {"(what?) I got: " INVITATION, INVITES_AND_TEXT},
    {"(what is it?) " INVITATION, INVITES_AND_TEXT},
    {"(notice " INVITATION, INVITES_AND_TEXT},
    {"Bob: " INVITATION "<br/>", INVITES_AND_TEXT},
    {"I got this: <i>" INVITATION "</i>", INVITES_AND_TEXT},
    {"What is EIDERinvite1", INVITES_AND_TEXT},
    {INVITATION ".", TEXT},
    {INVITATION " Do you?", TEXT},
    {INVITATION "0", TEXT},
    {"EIDERinvite", TEXT},
    {"eiderinvite1", TEXT},
    {"EIDERinvite2", TEXT},
    {"> " INVITATION "\nwhat is this?", TEXT},
    {"<a href=\"EIDERinvite1\">look</a>", TEXT},
    {"<EIDERinvite1>", TEXT},
    {"", TEXT},
};

START_TEST(it_counts_only_at_the_very_end_of_the_text)
{
    two.w->is_cut = true;
    ck_assert_int_eq(hear(two.a, texts[_i].text, false),
                     texts[_i].is == INVITES ? EIDER_SWALLOW : EIDER_PASS);
    ck_assert_int_eq(is_calling(), texts[_i].is != TEXT);
}
END_TEST

START_TEST(words_about_one_are_shown_where_there_is_a_session_too)
{
    couple_free(&two);
    two = couple_met(4);
    two.w->is_cut = true;
    ck_assert_int_eq(hear(two.a, "What is EIDERinvite1", false), EIDER_PASS);
    ck_assert(is_calling());
}
END_TEST

START_TEST(one_that_is_delayed_does_not_count)
{
    ck_assert_int_eq(hear(two.a, INVITATION, true), EIDER_PASS);
    ck_assert(!is_calling());
}
END_TEST

START_TEST(one_from_somebody_who_may_not_be_answered_is_text)
{
    two.a->policy = EIDER_DEFAULT_OFF;
    ck_assert_int_eq(hear(two.a, INVITATION, false), EIDER_PASS);
    two.a->policy = EIDER_DEFAULT_ON;
    two.a->has_no_buddies = true;
    ck_assert_int_eq(hear(two.a, INVITATION, false), EIDER_PASS);
    two.a->has_no_buddies = false;
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(hear(two.a, INVITATION, false), EIDER_PASS);
    ck_assert(!is_calling());
}
END_TEST

START_TEST(one_that_came_while_off_lifts_the_hour_of_ours)
{
    tap_open(two.a);
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 1);
    ck_assert_uint_eq(lines_after_choosing(EIDER_OFF), 0);
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 0);
    ck_assert_uint_eq(lines_after_choosing(EIDER_OFF), 0);
    device_receive(two.a, "bob", INVITATION);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(two.a->lines->len, 1);
    ck_assert_uint_eq(lines_after_choosing(EIDER_ON), 1);
}
END_TEST

START_TEST(the_answer_is_a_call_with_two_repeats)
{
    tap_open(two.a);
    (void)hear(two.a, INVITATION, false);
    ck_assert_uint_eq(two.a->lines->len, 1);
    ck_assert_uint_eq(strlen(tap_line(two.a, 0)), EIDER_LINE_M);
    world_run(two.w, 119 * WORLD_SECOND);
    ck_assert_uint_eq(two.a->lines->len, 1);
    world_run(two.w, 2 * WORLD_SECOND);
    ck_assert_uint_eq(two.a->lines->len, 2);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.a->lines->len, 3);
    world_run(two.w, 3 * WORLD_DAY);
    ck_assert_uint_eq(two.a->lines->len, 3);
}
END_TEST

static void
end_call(void)
{
    ck_assert_int_eq(eider_meet_step(two.a->engine, peek_contact(two.a, "bob"),
                                     EIDER_EV_EXPIRE, NULL),
                     EIDER_OK);
}

START_TEST(one_an_hour_is_answered)
{
    tap_open(two.a);
    (void)hear(two.a, INVITATION, false);
    end_call();
    two.w->now += 59 * WORLD_MINUTE;
    (void)hear(two.a, INVITATION, false);
    ck_assert(!is_calling());
    ck_assert_uint_eq(two.a->lines->len, 1);
    two.w->now += 2 * WORLD_MINUTE;
    (void)hear(two.a, INVITATION, false);
    ck_assert(is_calling());
    ck_assert_uint_eq(two.a->lines->len, 2);
}
END_TEST

START_TEST(where_there_is_a_session_it_was_lost)
{
    people_meet(two.w, two.a, two.b);
    world_run(two.w, WORLD_HOUR);
    tap_open(two.a);
    ck_assert_int_eq(hear(two.a, INVITATION, false), EIDER_SWALLOW);
    ck_assert(is_calling());
    ck_assert_uint_eq(two.a->lines->len, 1);
    end_call();
    (void)hear(two.a, INVITATION, false); /* bound as all signs are */
    ck_assert(!is_calling());
}
END_TEST

START_TEST(two_meet_over_one_invitation)
{
    ck_assert_int_eq(device_write(two.a, "bob", "hello"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "hello"), 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_STARTED], 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_STARTED], 1);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->invites, 0);
}
END_TEST

/* The answer is a call in a mask that a new device of theirs cannot read.  It
 * calls, too, and ours is said once more, not after half a minute only. */
START_TEST(a_new_device_is_met_at_once_where_calls_cross)
{
    unsigned insisted = 0;

    for (unsigned seed = 0; seed < 24; seed++) {
        device *second;
        uint64_t sent;

        couple_free(&two);
        two = couple_met(seed);
        device_stop(two.b);
        second = world_add(two.w, "bob", "2");
        device_start(second);
        sent = two.a->sent;
        ck_assert_int_eq(device_choose(second, "alice", EIDER_ON), EIDER_OK);
        world_run(two.w, 5 * WORLD_SECOND);
        ck_assert_uint_eq(device_sessions(two.a, "bob"), 2);
        insisted += two.a->sent - sent > 2;
    }
    ck_assert_uint_gt(insisted, 0);
}
END_TEST

Suite *
invite_suite(void)
{
    Suite *suite = suite_create("invite");
    TCase *t = tcase_create("invitation");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, the_first_line_is_the_invitation_to_the_byte);
    tcase_add_test(t, it_leaves_once_an_hour);
    tcase_add_test(t, somebody_who_stays_online_is_asked_three_times_in_all);
    tcase_add_test(t, a_lost_invitation_is_no_end);
    tcase_add_test(t, a_lost_answer_is_no_end);
    tcase_add_test(t, after_three_without_an_answer_only_the_user_sends_one);
    tcase_add_test(t, to_somebody_away_it_leaves_when_they_come);
    tcase_add_test(t, nobody_off_the_list_is_invited_without_the_users_choice);
    tcase_add_loop_test(t, it_counts_only_at_the_very_end_of_the_text, 0,
                        (int)G_N_ELEMENTS(texts));
    tcase_add_test(t, words_about_one_are_shown_where_there_is_a_session_too);
    tcase_add_test(t, one_that_is_delayed_does_not_count);
    tcase_add_test(t, one_from_somebody_who_may_not_be_answered_is_text);
    tcase_add_test(t, one_that_came_while_off_lifts_the_hour_of_ours);
    tcase_add_test(t, the_answer_is_a_call_with_two_repeats);
    tcase_add_test(t, one_an_hour_is_answered);
    tcase_add_test(t, where_there_is_a_session_it_was_lost);
    tcase_add_test(t, two_meet_over_one_invitation);
    tcase_add_test(t, a_new_device_is_met_at_once_where_calls_cross);
    suite_add_tcase(suite, t);
    return suite;
}
