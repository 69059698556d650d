/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user is told of each of his texts: waiting, sent, delivered. */
#include "unit/peek.h"

#include <string.h>

Suite *texts_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_met(6);
}

static void
tear_down(void)
{
    couple_free(&two);
}

static void
type(const char *text)
{
    ck_assert_int_eq(device_write(two.a, "bob", text), EIDER_OK);
}

/* The states called out since the start, as letters: "SD". */
static const char *
told(void)
{
    static const char letters[] = "WSDGC";
    static char out[64];
    guint n = MIN(two.a->states->len, sizeof out - 1);

    for (guint i = 0; i < n; i++)
        out[i] = letters[g_array_index(two.a->states, told_state, i).state];
    out[n] = '\0';
    return out;
}

static void
assert_counts(unsigned waiting, unsigned sent, unsigned delivered)
{
    eider_status s = device_status(two.a, "bob");

    ck_assert_uint_eq(s.waiting, waiting);
    ck_assert_uint_eq(s.sent, sent);
    ck_assert_uint_eq(s.delivered, delivered);
}

START_TEST(a_text_is_sent_and_then_delivered)
{
    eider_text_state state;

    type("one");
    ck_assert_str_eq(told(), "S");
    assert_counts(0, 1, 0);
    ck_assert(eider_engine_text(two.a->engine, two.a->account, "bob",
                                two.a->last_id, &state));
    ck_assert_int_eq(state, EIDER_TEXT_SENT);
    ck_assert_uint_eq(two.b->shown->len, 0);
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(two.b->shown->len, 1);
    ck_assert_str_eq(told(), "SD");
    ck_assert_int_eq(device_state_of(two.a, NULL), EIDER_TEXT_DELIVERED);
    assert_counts(0, 0, 1);
    ck_assert(!eider_engine_text(two.a->engine, two.a->account, "bob",
                                 two.a->last_id, &state));
}
END_TEST

START_TEST(the_names_are_those_that_were_given_out)
{
    uint8_t first[EIDER_TEXT_ID_SIZE];

    type("one");
    memcpy(first, two.a->last_id, sizeof first);
    type("two");
    ck_assert_mem_ne(first, two.a->last_id, sizeof first);
    ck_assert_mem_eq(g_array_index(two.a->states, told_state, 0).id, first,
                     sizeof first);
    ck_assert_mem_eq(g_array_index(two.a->states, told_state, 1).id,
                     two.a->last_id, sizeof first);
}
END_TEST

START_TEST(a_text_that_waits_is_told_of_when_it_leaves)
{
    device_offline(two.b);
    type("one");
    ck_assert_str_eq(told(), "");
    assert_counts(1, 0, 0);
    device_start(two.b);
    ck_assert_str_eq(told(), "S");
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_str_eq(told(), "SD");
}
END_TEST

START_TEST(what_the_carrier_refuses_was_never_sent)
{
    unsigned n;

    two.a->refuses = true;
    type("one");
    ck_assert_str_eq(told(), "");
    assert_counts(1, 0, 0);
    type("two");
    ck_assert_int_eq(
        eider_engine_cancel(two.a->engine, two.a->account, "bob", &n),
        EIDER_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(told(), "CC");
    two.a->refuses = false;
    type("three");
    world_run(two.w, WORLD_HOUR);
    ck_assert_str_eq(told(), "CCSD");
    ck_assert_uint_eq(two.b->shown->len, 1);
    ck_assert_uint_eq(device_count_shown(two.b, "three"), 1);
}
END_TEST

START_TEST(a_lost_session_puts_it_back_to_waiting)
{
    tap_open(two.a);
    type("one");
    tap_close(two.a);
    device_stop(two.b);
    device_lose(two.b, "alice");
    ck_assert_str_eq(told(), "S");
    device_start(two.b);
    world_run(two.w, WORLD_DAY);
    ck_assert_uint_eq(device_count_shown(two.b, "one"), 1);
    /* Back to waiting when the new session was made, then out at once. */
    ck_assert_int_eq(device_state_of(two.a, NULL), EIDER_TEXT_DELIVERED);
    assert_counts(0, 0, 1);
}
END_TEST

START_TEST(one_of_their_devices_is_enough)
{
    device *b2 = world_add(two.w, "bob", "2");
    eider_device all[4];
    size_t n;

    device_start(b2);
    ck_assert_int_eq(device_choose(b2, "alice", EIDER_ON), EIDER_OK);
    world_run(two.w, 2 * WORLD_MINUTE);
    n = eider_engine_devices(two.a->engine, two.a->account, "bob", all, 4);
    ck_assert_uint_eq(n, 2);
    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account,
                                             "bob", all[i].fingerprint, true,
                                             true),
                         EIDER_OK);
    device_stop(b2);
    g_array_set_size(two.a->states, 0);
    type("one");
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_str_eq(told(), "SD");
    assert_counts(0, 0, 1);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->outbox->len, 1);
    device_start(b2);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(b2, "one"), 1);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->outbox->len, 0);
    ck_assert_str_eq(told(), "SD");
    assert_counts(0, 0, 1);
}
END_TEST

/* Said once, also after a restart, and anew after it was heard from. */
START_TEST(a_device_put_away_is_told_of_once)
{
    device *b2 = world_add(two.w, "bob", "2");
    eider_device all[4];
    size_t n;

    device_start(b2);
    ck_assert_int_eq(device_choose(b2, "alice", EIDER_ON), EIDER_OK);
    world_run(two.w, 2 * WORLD_MINUTE);
    n = eider_engine_devices(two.a->engine, two.a->account, "bob", all, 4);
    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account,
                                             "bob", all[i].fingerprint, true,
                                             true),
                         EIDER_OK);
    for (unsigned round = 1; round <= 2; round++) {
        device_stop(b2);
        for (unsigned i = 0; i < 31; i++) {
            world_run(two.w, WORLD_DAY);
            ck_assert_int_eq(device_write(two.b, "alice", "here"), EIDER_OK);
        }
        type("one");
        device_stop(two.a);
        device_start(two.a);
        type("two");
        ck_assert_uint_eq(two.a->news[EIDER_NEWS_SILENT], round);
        device_start(b2);
        ck_assert_int_eq(device_write(b2, "alice", "back"), EIDER_OK);
        world_run(two.w, WORLD_HOUR);
        type("three");
        world_run(two.w, WORLD_HOUR);
        ck_assert_uint_eq(device_count_shown(b2, "one"), 0);
        ck_assert_uint_eq(device_count_shown(b2, "three"), round);
    }
}
END_TEST

/* 12,000 bytes are three messages of up to 32 short lines. */
START_TEST(a_text_of_many_messages_is_told_of_once)
{
    g_autofree char *text = g_strnfill(12000, 'x');

    two.a->line_max = two.b->line_max = 391;
    type(text);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->outbox->len, 3);
    ck_assert_str_eq(told(), "S");
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(two.b->shown->len, 3);
    ck_assert_str_eq(told(), "SD");
    ck_assert_int_eq(device_state_of(two.a, NULL), EIDER_TEXT_DELIVERED);
    assert_counts(0, 0, 1);
}
END_TEST

/* @_i writes succeed, the next fails: what is told afterwards still names the
 * text as a whole, and nothing is told of what was not written. */
START_TEST(a_full_disk_does_not_break_it_up)
{
    g_autofree char *text = g_strnfill(12000, 'x');

    two.a->line_max = two.b->line_max = 391;
    type(text);
    memfiles_fail_after(two.a->files, _i);
    world_run(two.w, WORLD_HOUR);
    memfiles_fail_after(two.a->files, -1);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.b->shown->len, 3);
    ck_assert_str_eq(told(), "SD");
    assert_counts(0, 0, 1);
}
END_TEST

START_TEST(what_is_given_up_says_so)
{
    device_offline(two.b);
    type("one");
    world_run(two.w, 15 * WORLD_DAY);
    ck_assert_str_eq(told(), "G");
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_GIVEN_UP], 1);
    assert_counts(0, 0, 0);
}
END_TEST

/* They met long ago: that they have to meet once would be said in vain, and
 * beside the line about what became of the session. */
START_TEST(after_a_lost_session_nobody_has_to_meet)
{
    memfiles_copy *copy;

    device_stop(two.a);
    copy = memfiles_snapshot(two.a->files);
    device_start(two.a);
    for (unsigned i = 0; i < 6; i++)
        type("before");
    world_run(two.w, 2 * WORLD_MINUTE);
    device_stop(two.a);
    memfiles_restore(two.a->files, copy);
    memfiles_copy_free(copy);
    device_start(two.a);
    type("at once");
    ck_assert_uint_eq(device_status(two.a, "bob").waiting, 1);
    world_run(two.w, 20 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "at once"), 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_RESTORED], 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_WAITS_MEETING], 0);
}
END_TEST

/* ... but if it takes its time, they are told after all. */
START_TEST(after_a_lost_session_that_stays_lost_it_is_said)
{
    device_stop(two.a);
    device_lose(two.a, "bob");
    two.w->is_cut = true;
    device_start(two.a);
    type("one");
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_WAITS_MEETING], 0);
    type("two");
    type("three");
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_WAITS_MEETING], 1);
}
END_TEST

START_TEST(a_restart_tells_nothing_twice)
{
    uint8_t id[EIDER_TEXT_ID_SIZE];

    tap_open(two.a);
    type("one");
    memcpy(id, two.a->last_id, sizeof id);
    device_stop(two.a);
    tap_close(two.a);
    device_start(two.a);
    ck_assert_str_eq(told(), "S");
    assert_counts(0, 1, 0);
    world_run(two.w, WORLD_DAY);
    ck_assert_str_eq(told(), "SD");
    ck_assert_int_eq(device_state_of(two.a, id), EIDER_TEXT_DELIVERED);
}
END_TEST

Suite *
texts_suite(void)
{
    Suite *s = suite_create("texts");
    TCase *t = tcase_create("states");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_text_is_sent_and_then_delivered);
    tcase_add_test(t, the_names_are_those_that_were_given_out);
    tcase_add_test(t, a_text_that_waits_is_told_of_when_it_leaves);
    tcase_add_test(t, what_the_carrier_refuses_was_never_sent);
    tcase_add_test(t, a_lost_session_puts_it_back_to_waiting);
    tcase_add_test(t, one_of_their_devices_is_enough);
    tcase_add_test(t, a_device_put_away_is_told_of_once);
    tcase_add_test(t, a_text_of_many_messages_is_told_of_once);
    tcase_add_loop_test(t, a_full_disk_does_not_break_it_up, 0, 6);
    tcase_add_test(t, what_is_given_up_says_so);
    tcase_add_test(t, after_a_lost_session_nobody_has_to_meet);
    tcase_add_test(t, after_a_lost_session_that_stays_lost_it_is_said);
    tcase_add_test(t, a_restart_tells_nothing_twice);
    suite_add_tcase(s, t);
    return s;
}
