/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call and its answer, line by line: repeats, bounds, and what fails. */
#include "unit/peek.h"

#include <string.h>

Suite *call_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_new(1);
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* Alice calls, and nobody hears her. */
static eider_contact *
call(void)
{
    tap_open(two.a);
    call_now(two.a, "bob");
    return peek_contact(two.a, "bob");
}

/* ---- a carrier that takes less than was believed --------------------------- */

START_TEST(messages_1_and_2_go_again_in_small_lines_at_once)
{
    eider_status st;

    carrier_narrows(two.a);
    carrier_narrows(two.b);
    two.a->line_max = two.b->line_max = 8000;
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    world_run(two.w, 10 * WORLD_SECOND); /* before any repeat */
    eider_engine_status(two.a->engine, two.a->account, "bob", &st);
    ck_assert(st.has_session);
    eider_engine_status(two.b->engine, two.b->account, "alice", &st);
    ck_assert(st.has_session);
}
END_TEST

/* ---- actions that fail ---------------------------------------------------- */

START_TEST(a_message_2_that_fails_leaves_the_attempt_as_it_was)
{
    eider_contact *c = call();
    eider_assembly as = {.message = 2};
    EIDER_AUTO(eider_buf) was = {0};
    EIDER_AUTO(eider_buf) is = {0};

    eider_contact_pickle(c, &was);
    memset(as.whole, 0x5A, sizeof as.whole);
    ck_assert_int_ne(eider_meet_step(two.a->engine, c, EIDER_EV_M2, &as),
                     EIDER_OK);
    eider_contact_pickle(c, &is);
    ck_assert_uint_eq(is.n, was.n);
    ck_assert_mem_eq(is.p, was.p, is.n);
    ck_assert(g_queue_is_empty(&c->effects));
}
END_TEST

START_TEST(a_message_1_that_fails_is_not_answered)
{
    eider_contact *c = call();
    eider_assembly as = {.message = 1};

    memset(as.whole, 0xFF, sizeof as.whole); /* no key of ML-KEM */
    ck_assert_int_ne(eider_meet_step(two.a->engine, c, EIDER_EV_M1_LOW, &as),
                     EIDER_OK);
    ck_assert_int_eq(c->meeting.state, EIDER_MEET_CALLING);
    ck_assert_uint_eq(c->legs->len, 0);
    ck_assert(g_queue_is_empty(&c->effects));
}
END_TEST

/* ---- the life of an attempt ----------------------------------------------- */

static guint
lines_after(uint64_t ms)
{
    guint n = two.a->lines->len;

    world_run(two.w, ms);
    return two.a->lines->len - n;
}

START_TEST(to_somebody_who_never_spoke_a_call_is_repeated_three_times)
{
    (void)call();
    ck_assert_uint_eq(two.a->lines->len, 1);
    ck_assert_uint_eq(lines_after(29 * WORLD_SECOND), 0);
    ck_assert_uint_eq(lines_after(2 * WORLD_SECOND), 1);
    ck_assert_uint_eq(lines_after(2 * WORLD_MINUTE), 1);
    ck_assert_uint_eq(lines_after(10 * WORLD_MINUTE), 1);
    ck_assert_uint_eq(lines_after(3 * WORLD_DAY), 0);
    world_run(two.w, 4 * WORLD_DAY);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state,
                     EIDER_MEET_IDLE);
}
END_TEST

START_TEST(to_somebody_who_spoke_a_call_is_repeated_eight_times_a_week)
{
    peek_card(two.a, "bob")->has_spoken = true;
    (void)call();
    ck_assert_uint_eq(lines_after(31 * WORLD_SECOND), 1);
    ck_assert_uint_eq(lines_after(2 * WORLD_MINUTE), 1);
    ck_assert_uint_eq(lines_after(10 * WORLD_MINUTE), 1);
    ck_assert_uint_eq(lines_after(WORLD_HOUR), 1);
    ck_assert_uint_eq(lines_after(4 * WORLD_DAY), 4);
    ck_assert_uint_eq(lines_after(2 * WORLD_DAY), 0);
}
END_TEST

START_TEST(a_call_in_five_lines_is_as_good_as_in_one)
{
    two.a->line_max = two.b->line_max = 391;
    (void)call();
    ck_assert_uint_eq(two.a->lines->len, EIDER_FRAGMENTS);
    two.w->is_cut = false;
    tap_give(two.a, 4, two.b); /* in whatever order */
    tap_give(two.a, 1, two.b);
    tap_give(two.a, 1, two.b);
    tap_give(two.a, 0, two.b);
    tap_give(two.a, 3, two.b);
    ck_assert_uint_eq(peek_contact(two.b, "alice")->legs->len, 0);
    tap_give(two.a, 2, two.b);
    world_run(two.w, WORLD_SECOND);
    ck_assert_uint_eq(device_sessions(two.a, "bob"), 1);
    ck_assert_uint_eq(device_sessions(two.b, "alice"), 1);
}
END_TEST

START_TEST(turning_it_off_ends_the_call)
{
    peek_card(two.a, "bob")->has_spoken = true;
    (void)call();
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state,
                     EIDER_MEET_IDLE);
    ck_assert_uint_eq(lines_after(8 * WORLD_DAY), 0);
}
END_TEST

START_TEST(no_sign_of_a_lost_session_calls_somebody_turned_off)
{
    people_meet(two.w, two.a, two.b);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_OFF), EIDER_OK);
    tap_open(two.a);
    eider_meet_trigger(two.a->engine, peek_contact(two.a, "bob"));
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state,
                     EIDER_MEET_IDLE);
}
END_TEST

/* Alice has called, Bob has answered, Alice has read it; nothing of that last
 * reading arrived. */
static void
answer_alice(void)
{
    (void)call();
    two.b->keeps_lines = true;
    tap_give(two.a, 0, two.b);
    ck_assert_uint_eq(two.b->lines->len, 1); /* message 2 in one M line */
    g_ptr_array_set_size(two.a->lines, 0);
    tap_give(two.b, 0, two.a);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state, EIDER_MEET_MET);
    ck_assert_uint_eq(two.a->lines->len, 2);
}

START_TEST(an_answer_that_comes_again_gets_message_3_and_a_cover_frame)
{
    answer_alice();
    tap_give(two.b, 0, two.a); /* too soon */
    ck_assert_uint_eq(two.a->lines->len, 2);
    two.w->now += 30 * WORLD_SECOND;
    g_ptr_array_set_size(two.a->lines, 0);
    tap_give(two.b, 0, two.a);
    ck_assert_uint_eq(two.a->lines->len, 2);
    tap_give_all(two.a, two.b);
    ck_assert_uint_eq(device_sessions(two.b, "alice"), 1);
}
END_TEST

/* Bob lost the handshake in which alice waits for his first frame; there is
 * another by now, so she does not go on about the one that he cannot know. */
START_TEST(what_a_later_session_replaced_is_not_repeated)
{
    uint64_t from_a, from_b;

    answer_alice();
    device_stop(two.b);
    device_lose(two.b, "alice");
    tap_close(two.a);
    device_start(two.b);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_sessions(two.b, "alice"), 1);
    from_a = two.a->sent;
    from_b = two.b->sent;
    world_run(two.w, 8 * WORLD_DAY);
    ck_assert_uint_eq(two.a->sent, from_a);
    ck_assert_uint_eq(two.b->sent, from_b);
}
END_TEST

START_TEST(a_cover_frame_before_its_message_3_is_kept_and_tried_again)
{
    answer_alice();
    tap_give(two.a, 1, two.b);
    ck_assert_uint_eq(device_sessions(two.b, "alice"), 0);
    tap_give(two.a, 0, two.b);
    ck_assert_uint_eq(device_sessions(two.b, "alice"), 1);
}
END_TEST

START_TEST(a_message_1_that_comes_again_gets_the_same_answer_once_in_30_s)
{
    (void)call();
    two.b->keeps_lines = true;
    tap_give(two.a, 0, two.b);
    tap_give(two.a, 0, two.b);
    ck_assert_uint_eq(two.b->lines->len, 1);
    two.w->now += 30 * WORLD_SECOND;
    tap_give(two.a, 0, two.b);
    ck_assert_uint_eq(two.b->lines->len, 2);
    ck_assert_str_ne(tap_line(two.b, 0), tap_line(two.b, 1)); /* the salt */
    ck_assert_uint_eq(peek_contact(two.b, "alice")->legs->len, 1);
    tap_give(two.b, 1, two.a);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state, EIDER_MEET_MET);
}
END_TEST

START_TEST(three_message_1_are_answered_in_ten_minutes_and_four_are_kept)
{
    for (unsigned i = 0; i < 10; i++) {
        eider_contact *c = call();

        tap_give(two.a, 0, two.b);
        ck_assert_int_eq(
            eider_meet_step(two.a->engine, c, EIDER_EV_EXPIRE, NULL), EIDER_OK);
        if (i == 3)
            ck_assert_uint_eq(peek_contact(two.b, "alice")->legs->len, 3);
        two.w->now += i < 3 ? WORLD_SECOND : 4 * WORLD_MINUTE;
    }
    ck_assert_uint_eq(peek_contact(two.b, "alice")->legs->len,
                      EIDER_ANSWERED_MAX);
}
END_TEST

/* A server, or they, may choose any address: it is answered whole or not used,
 * as half a character would end our stream. */
START_TEST(an_address_is_never_cut)
{
    g_autofree char *name = g_strnfill(249, 'x');
    g_autofree char *from = g_strconcat("alice/", name, "\xc3\xbc", NULL);

    ck_assert_int_eq(device_choose(two.b, "alice", EIDER_ON), EIDER_OK);
    (void)call();
    tap_open(two.b);
    for (guint i = 0; i < two.a->lines->len; i++) {
        const char *line = tap_line(two.a, i);

        (void)eider_engine_receive(two.b->engine, two.b->account, "alice", from,
                                   line, strlen(line), false);
    }
    ck_assert_uint_gt(two.b->lines->len, 0);
    for (guint i = 0; i < two.b->lines->len; i++) {
        const char *to = ((sent_line *)g_ptr_array_index(two.b->lines, i))->to;

        ck_assert_msg(strcmp(to, from) == 0 || strcmp(to, "alice") == 0,
                      "to %s", to);
    }
}
END_TEST

Suite *
call_suite(void)
{
    Suite *suite = suite_create("call");
    TCase *t = tcase_create("lines");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, messages_1_and_2_go_again_in_small_lines_at_once);
    tcase_add_test(t, a_message_2_that_fails_leaves_the_attempt_as_it_was);
    tcase_add_test(t, a_message_1_that_fails_is_not_answered);
    tcase_add_test(t,
                   to_somebody_who_never_spoke_a_call_is_repeated_three_times);
    tcase_add_test(t,
                   to_somebody_who_spoke_a_call_is_repeated_eight_times_a_week);
    tcase_add_test(t, a_call_in_five_lines_is_as_good_as_in_one);
    tcase_add_test(t, turning_it_off_ends_the_call);
    tcase_add_test(t, no_sign_of_a_lost_session_calls_somebody_turned_off);
    tcase_add_test(t,
                   an_answer_that_comes_again_gets_message_3_and_a_cover_frame);
    tcase_add_test(t, what_a_later_session_replaced_is_not_repeated);
    tcase_add_test(t,
                   a_cover_frame_before_its_message_3_is_kept_and_tried_again);
    tcase_add_test(
        t, a_message_1_that_comes_again_gets_the_same_answer_once_in_30_s);
    tcase_add_test(
        t, three_message_1_are_answered_in_ten_minutes_and_four_are_kept);
    tcase_add_test(t, an_address_is_never_cut);
    suite_add_tcase(suite, t);
    return suite;
}
