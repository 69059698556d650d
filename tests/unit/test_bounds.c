/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounds on what others make us keep, compute and say.  The numbers are
 * written out: a limit that moves, or is not looked at, fails here.
 */
#include "unit/peek.h"

#include <string.h>

Suite *bounds_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_new(21);
}

static void
set_up_met(void)
{
    two = couple_met(22);
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* Fragment 0 of @whole in the public mask, from @peer to @to. */
static void
give(device *to, const char *peer, const eider_hs_id *id, uint8_t message,
     const uint8_t *whole)
{
    EIDER_AUTO(eider_secret) mask;
    char line[EIDER_LINE_MAX + 1];
    eider_frame f;

    eider_mask_public(&mask);
    eider_fragment_seal(&mask, id, message, 0, whole,
                        message == 3 ? EIDER_S : EIDER_M, &f);
    eider_line_encode(&f, line);
    device_receive(to, peer, line);
}

/* Message 1 of somebody new at @peer's name. */
static void
give_call(device *to, const char *peer)
{
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_attempt) a;

    eider_keypair_new(&own);
    ck_assert_int_eq(eider_attempt_start(&a, &own), EIDER_OK);
    give(to, peer, &a.id1, 1, a.message);
}

/* A line of a frame that nothing opens, which begins with @first. */
static void
give_stray(device *to, const char *peer, uint8_t first)
{
    eider_frame f = {.size = EIDER_S};
    char line[EIDER_LINE_MAX + 1];

    f.b[0] = first;
    eider_line_encode(&f, line);
    device_receive(to, peer, line);
}

/* ---- strangers ------------------------------------------------------------ */

static void
be_called_by(unsigned from, unsigned n)
{
    for (unsigned i = from; i < from + n; i++) {
        g_autofree char *name = g_strdup_printf("stranger%u", i);

        give_call(two.b, name);
        two.w->now++;
    }
}

static bool
is_remembered(unsigned i)
{
    g_autofree char *name = g_strdup_printf("stranger%u", i);
    g_autofree char *key = eider_people_key(two.b->account, name);

    return g_hash_table_contains(two.b->engine->strangers, key);
}

START_TEST(five_strangers_in_all_are_told_of_an_hour)
{
    two.b->has_no_buddies = true;
    be_called_by(0, 5);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_STRANGER], 5);
    be_called_by(5, 10);
    two.w->now += 59 * WORLD_MINUTE;
    be_called_by(15, 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_STRANGER], 5);
    two.w->now += WORLD_MINUTE;
    be_called_by(16, 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_STRANGER], 6);
}
END_TEST

START_TEST(sixty_four_strangers_are_remembered_and_the_oldest_goes)
{
    two.b->has_no_buddies = true;
    be_called_by(0, 64);
    ck_assert(is_remembered(0));
    be_called_by(64, 1);
    ck_assert(!is_remembered(0));
    ck_assert(is_remembered(1));
    ck_assert(is_remembered(64));
    be_called_by(65, 20);
    ck_assert_uint_eq(g_hash_table_size(two.b->engine->strangers), 64);
}
END_TEST

/* ---- handshakes ----------------------------------------------------------- */

static unsigned
answered_to(const char *name)
{
    return peek_contact(two.b, name)->legs->len;
}

START_TEST(sixty_four_answered_handshakes_an_account_and_the_oldest_goes)
{
    be_called_by(0, 64);
    ck_assert_uint_eq(answered_to("stranger0"), 1);
    be_called_by(64, 1);
    ck_assert_uint_eq(answered_to("stranger0"), 0);
    ck_assert_uint_eq(answered_to("stranger1"), 1);
    ck_assert_uint_eq(answered_to("stranger64"), 1);
}
END_TEST

START_TEST(thirty_two_stray_lines_are_kept_and_the_oldest_goes)
{
    eider_contact *c = peek_contact(two.b, "alice");

    two.w->is_cut = true;
    call_now(two.b, "alice");
    for (uint8_t i = 1; i <= 32; i++)
        give_stray(two.b, "alice", i);
    ck_assert_uint_eq(g_queue_get_length(&c->strays), 32);
    give_stray(two.b, "alice", 33);
    ck_assert_uint_eq(g_queue_get_length(&c->strays), 32);
    ck_assert_uint_eq(((eider_frame *)c->strays.head->data)->b[0], 2);
    ck_assert_uint_eq(((eider_frame *)c->strays.tail->data)->b[0], 33);
}
END_TEST

/* One device answers Alice's call @n times, as if each time anew. */
static void
answer_call(const eider_keypair *own, unsigned n)
{
    uint8_t call[EIDER_HS_LEN];

    memcpy(call, peek_contact(two.a, "bob")->meeting.a.message, sizeof call);
    for (unsigned i = 0; i < n; i++) {
        EIDER_AUTO(eider_attempt) a;

        ck_assert_int_eq(eider_attempt_answer(&a, own, call), EIDER_OK);
        give(two.a, "bob", &a.id23, 2, a.message);
    }
}

static eider_contact *
call_in_vain(void)
{
    two.w->is_cut = true;
    call_now(two.a, "bob");
    return peek_contact(two.a, "bob");
}

START_TEST(the_ninth_message_2_is_not_read)
{
    eider_contact *c = call_in_vain();
    EIDER_AUTO(eider_keypair) own;

    eider_keypair_new(&own);
    answer_call(&own, 7);
    ck_assert_uint_eq(c->meeting.answers, 7);
    answer_call(&own, 2);
    ck_assert_uint_eq(c->reads->len, 8);
}
END_TEST

START_TEST(four_unconfirmed_sessions_a_device_and_the_oldest_goes)
{
    eider_contact *c = call_in_vain();
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_keypair) other;
    uint8_t second[EIDER_SID_SHORT];

    eider_keypair_new(&own);
    eider_keypair_new(&other);
    answer_call(&own, 4);
    ck_assert_uint_eq(c->sessions->len, 4);
    memcpy(second, ((eider_session *)c->sessions->pdata[1])->sid,
           sizeof second);
    answer_call(&own, 1);
    ck_assert_uint_eq(c->sessions->len, 4);
    ck_assert_mem_eq(((eider_session *)c->sessions->pdata[0])->sid, second,
                     sizeof second);
    answer_call(&other, 1); /* each device has its own four */
    ck_assert_uint_eq(c->sessions->len, 5);
}
END_TEST

START_TEST(sixteen_messages_2_are_read_in_ten_minutes)
{
    eider_contact *c = call_in_vain();
    EIDER_AUTO(eider_keypair) own;

    eider_keypair_new(&own);
    answer_call(&own, 8);
    call_now(two.a, "bob");
    answer_call(&own, 8);
    ck_assert_uint_eq(c->reads->len, 16);
    call_now(two.a, "bob");
    answer_call(&own, 1);
    two.w->now += 10 * WORLD_MINUTE - 1;
    answer_call(&own, 1);
    ck_assert_uint_eq(c->meeting.answers, 0);
    two.w->now++;
    answer_call(&own, 1);
    ck_assert_uint_eq(c->meeting.answers, 1);
}
END_TEST

START_TEST(sixteen_messages_3_are_read_in_ten_minutes)
{
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_attempt) a;
    EIDER_AUTO(eider_outcome) o;
    uint8_t m3[EIDER_HS_LEN_3], bad[EIDER_HS_LEN_3];
    const eider_leg *l;
    eider_hs_id id23;

    eider_keypair_new(&own);
    ck_assert_int_eq(eider_attempt_start(&a, &own), EIDER_OK);
    give(two.b, "alice", &a.id1, 1, a.message);
    l = peek_contact(two.b, "alice")->legs->pdata[0];
    ck_assert_int_eq(eider_attempt_finish(&a, l->a->message, m3, &id23, &o),
                     EIDER_OK);
    memcpy(bad, m3, sizeof bad);
    bad[0] ^= 1;
    for (unsigned i = 0; i < 16; i++)
        give(two.b, "alice", &id23, 3, bad);
    ck_assert_uint_eq(peek_contact(two.b, "alice")->reads->len, 16);
    two.w->now += 10 * WORLD_MINUTE - 1;
    give(two.b, "alice", &id23, 3, m3);
    ck_assert_int_eq(l->state, EIDER_LEG_ANSWERED);
    two.w->now++;
    give(two.b, "alice", &id23, 3, m3);
    ck_assert_int_eq(l->state, EIDER_LEG_PROVEN_R);
}
END_TEST

START_TEST(who_yields_pauses_for_ten_minutes)
{
    eider_contact *c = call_in_vain();
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_attempt) a = {0};

    eider_keypair_new(&own);
    do {
        eider_attempt_wipe(&a);
        ck_assert_int_eq(eider_attempt_start(&a, &own), EIDER_OK);
    } while (memcmp(a.h1, c->meeting.a.h1, sizeof a.h1) >= 0);
    give(two.a, "bob", &a.id1, 1, a.message);
    ck_assert_int_eq(c->meeting.state, EIDER_MEET_PAUSED);
    world_run(two.w, 10 * WORLD_MINUTE - 1);
    ck_assert_int_eq(c->meeting.state, EIDER_MEET_PAUSED);
    world_run(two.w, 1);
    ck_assert_int_eq(c->meeting.state, EIDER_MEET_CALLING);
}
END_TEST

/* ---- sessions ------------------------------------------------------------- */

static void
meet_again(void)
{
    world_run(two.w, 15 * WORLD_MINUTE); /* the attempt before is over */
    call_now(two.a, "bob");
    world_run(two.w, 2 * WORLD_MINUTE);
}

START_TEST(two_old_sessions_a_device_are_kept)
{
    eider_contact *c = peek_contact(two.b, "alice");
    uint8_t second[EIDER_SID_SHORT];

    meet_again();
    meet_again();
    ck_assert_uint_eq(c->sessions->len, 3);
    memcpy(second, ((eider_session *)c->sessions->pdata[1])->sid,
           sizeof second);
    meet_again();
    ck_assert_uint_eq(c->sessions->len, 3);
    ck_assert_mem_eq(((eider_session *)c->sessions->pdata[0])->sid, second,
                     sizeof second);
}
END_TEST

START_TEST(an_old_session_goes_seven_days_after_the_last_frame_was_opened)
{
    eider_contact *c = peek_contact(two.b, "alice");
    g_autofree char *late = NULL;

    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", "late"), EIDER_OK);
    late = g_strdup(tap_line(two.a, 0));
    tap_close(two.a);
    meet_again();
    ck_assert_uint_eq(c->sessions->len, 2);
    two.w->now += 3 * WORLD_DAY;
    device_receive(two.b, "alice", late);
    two.w->now += 7 * WORLD_DAY - 1;
    eider_talk_tick(two.b->engine, c);
    ck_assert_uint_eq(c->sessions->len, 2);
    two.w->now++;
    eider_talk_tick(two.b->engine, c);
    ck_assert_uint_eq(c->sessions->len, 1);
}
END_TEST

Suite *
bounds_suite(void)
{
    Suite *suite = suite_create("bounds");
    TCase *t = tcase_create("calls"), *s = tcase_create("sessions");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 20);
    tcase_add_test(t, five_strangers_in_all_are_told_of_an_hour);
    tcase_add_test(t, sixty_four_strangers_are_remembered_and_the_oldest_goes);
    tcase_add_test(
        t, sixty_four_answered_handshakes_an_account_and_the_oldest_goes);
    tcase_add_test(t, thirty_two_stray_lines_are_kept_and_the_oldest_goes);
    tcase_add_test(t, the_ninth_message_2_is_not_read);
    tcase_add_test(t, four_unconfirmed_sessions_a_device_and_the_oldest_goes);
    tcase_add_test(t, sixteen_messages_2_are_read_in_ten_minutes);
    tcase_add_test(t, sixteen_messages_3_are_read_in_ten_minutes);
    tcase_add_test(t, who_yields_pauses_for_ten_minutes);
    tcase_add_checked_fixture(s, set_up_met, tear_down);
    tcase_set_timeout(s, 20);
    tcase_add_test(s, two_old_sessions_a_device_are_kept);
    tcase_add_test(
        s, an_old_session_goes_seven_days_after_the_last_frame_was_opened);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, s);
    return suite;
}
