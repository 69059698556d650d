/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the user decides: written down or not done, and never undone by what
 * arrives.
 */
#include "core/work.h"
#include "unit/world.h"

#include <check.h>
#include <string.h>

static world *w;
static device *a, *b, *b2;

static void
set_up(void)
{
    w = world_new(3);
    a = world_add(w, "alice", "1");
    b = world_add(w, "bob", "1");
    b2 = world_add(w, "bob", "2");
    a->keeps_lines = true;
    device_meet(a, b);
}

static void
tear_down(void)
{
    world_free(w);
}

/* The second device of bob turns up, and the first goes to sleep. */
static void
bring_second(void)
{
    device_stop(b);
    device_start(b2);
    ck_assert_int_eq(device_choose(b2, "alice", EIDER_ON), EIDER_OK);
    world_run(w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(device_sessions(b2, "alice"), 1);
}

static eider_device
device_with(eider_trust trust)
{
    eider_device all[8];
    size_t n = eider_engine_devices(a->engine, a->account, "bob", all, 8);

    for (size_t i = 0; i < MIN(n, 8); i++)
        if (all[i].trust == trust)
            return all[i];
    ck_abort_msg("no device with trust %d", (int)trust);
}

static eider_err
decide(bool accept, bool with_waiting)
{
    eider_device d = device_with(EIDER_TRUST_CANDIDATE);
    eider_err err = eider_engine_decide(a->engine, a->account, "bob",
                                        d.fingerprint, accept, with_waiting);

    world_run(w, 5 * WORLD_MINUTE);
    return err;
}

static bool
is_private(void)
{
    return eider_engine_is_private(a->engine, a->account, "bob");
}

START_TEST(a_second_key_is_a_candidate_and_gets_no_text)
{
    uint64_t before;

    bring_second();
    ck_assert_uint_eq(device_status(a, "bob").candidates, 1);
    ck_assert_int_eq(device_status(a, "bob").look, EIDER_LOOK_NEW_DEVICE);
    ck_assert_uint_eq(a->news[EIDER_NEWS_NEW_DEVICE], 1);
    ck_assert_int_eq(device_write(a, "bob", "for the first only"), EIDER_OK);
    world_run(w, WORLD_HOUR);
    ck_assert_uint_eq(b2->shown->len, 0);
    /* What it says is shown, marked, and acknowledged. */
    before = a->sent;
    ck_assert_int_eq(device_write(b2, "alice", "it is me"), EIDER_OK);
    world_run(w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(a, "it is me"), 1);
    ck_assert(((shown_text *)g_ptr_array_index(a->shown, a->shown->len - 1))
                  ->from_candidate);
    ck_assert_uint_gt(a->sent, before);
    ck_assert_uint_eq(device_status(b2, "alice").waiting, 0);
    ck_assert_uint_eq(b2->shown->len, 0);
    device_start(b);
    world_run(w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(b, "for the first only"), 1);
}
END_TEST

START_TEST(yes_without_waiting_gives_it_only_what_is_typed_later)
{
    bring_second();
    ck_assert_int_eq(device_write(a, "bob", "before"), EIDER_OK);
    ck_assert_int_eq(decide(true, false), EIDER_OK);
    ck_assert_int_eq(device_write(a, "bob", "after"), EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(b2, "before"), 0);
    ck_assert_uint_eq(device_count_shown(b2, "after"), 1);
    ck_assert_uint_eq(device_status(a, "bob").devices, 2);
    device_start(b);
    world_run(w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(b, "before"), 1);
    ck_assert_uint_eq(device_count_shown(b, "after"), 1);
}
END_TEST

START_TEST(no_is_remembered_and_what_it_sends_is_dropped)
{
    bring_second();
    ck_assert_int_eq(decide(false, false), EIDER_OK);
    ck_assert_int_eq(device_write(b2, "alice", "still me"), EIDER_OK);
    world_run(w, WORLD_DAY);
    ck_assert_uint_eq(device_count_shown(a, "still me"), 0);
    ck_assert_uint_eq(device_status(a, "bob").candidates, 0);
    ck_assert_uint_eq(a->news[EIDER_NEWS_NEW_DEVICE], 1);
    ck_assert_int_eq(device_write(a, "bob", "not for it"), EIDER_OK);
    world_run(w, WORLD_HOUR);
    ck_assert_uint_eq(b2->shown->len, 0);
    device_stop(a);
    device_start(a);
    (void)device_with(EIDER_TRUST_REFUSED);
}
END_TEST

START_TEST(a_decision_that_cannot_be_written_is_none)
{
    eider_device d;

    bring_second();
    d = device_with(EIDER_TRUST_CANDIDATE);
    memfiles_fail_all(a->files, true);
    ck_assert_int_eq(eider_engine_decide(a->engine, a->account, "bob",
                                         d.fingerprint, true, true),
                     EIDER_E_STORE);
    memfiles_fail_all(a->files, false);
    ck_assert_uint_eq(device_status(a, "bob").devices, 1);
    ck_assert_uint_eq(device_status(a, "bob").candidates, 1);
}
END_TEST

/* @_i writes of the meeting go well, the next one fails: what waited for the
 * first key is that one's, and not given up when another is accepted. */
START_TEST(what_waited_for_the_first_key_is_for_it)
{
    tear_down();
    w = world_new(6);
    a = world_add(w, "alice", "1");
    b = world_add(w, "bob", "1");
    b2 = world_add(w, "bob", "2");
    device_start(a);
    device_start(b);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_write(a, "bob", "one"), EIDER_OK);
    memfiles_fail_after(a->files, _i);
    world_run(w, 2 * WORLD_SECOND);
    memfiles_fail_after(a->files, -1);
    device_stop(b);
    device_start(b2);
    ck_assert_int_eq(device_choose(b2, "alice", EIDER_ON), EIDER_OK);
    world_run(w, 30 * WORLD_MINUTE);
    if (device_status(a, "bob").candidates > 0)
        ck_assert_int_eq(decide(true, false), EIDER_OK);
    device_start(b);
    world_run(w, 2 * WORLD_HOUR);
    ck_assert_uint_eq(
        device_count_shown(b, "one") + device_count_shown(b2, "one"), 1);
    ck_assert_uint_eq(a->news[EIDER_NEWS_GIVEN_UP], 0);
}
END_TEST

/* Text of a time before any key, which a yes without it gives up: the contact
 * is written, the card is not, and then nobody was accepted. */
START_TEST(a_yes_that_cannot_be_written_gives_nothing_up)
{
    eider_contact *c;

    bring_second();
    ck_assert_int_eq(device_write(a, "bob", "one"), EIDER_OK);
    c = eider_contact_get(a->engine, a->account, "bob");
    ck_assert_uint_eq(c->outbox->len, 1);
    g_array_set_size(((eider_entry *)g_ptr_array_index(c->outbox, 0))->targets,
                     0);
    memfiles_fail_after(a->files, 1);
    ck_assert_int_eq(decide(true, false), EIDER_E_STORE);
    c = eider_contact_get(a->engine, a->account, "bob");
    ck_assert_uint_eq(c->outbox->len, 1);
    ck_assert_uint_eq(device_status(a, "bob").candidates, 1);
}
END_TEST

START_TEST(deciding_about_a_key_that_is_not_there_changes_nothing)
{
    ck_assert_int_eq(eider_engine_decide(a->engine, a->account, "bob",
                                         "00000 00000 00000 00000 00000 00000",
                                         true, true),
                     EIDER_E_MISSING);
    ck_assert_int_eq(
        eider_engine_decide(a->engine, a->account, "nobody", "", true, true),
        EIDER_E_MISSING);
    ck_assert_ptr_null(eider_card_find(a->engine, a->account, "nobody"));
}
END_TEST

START_TEST(off_stays_off_whatever_comes)
{
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(device_write(b, "alice", "come back"), EIDER_OK);
    world_run(w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(a, "come back"), 1);
    ck_assert(!is_private());
    device_stop(b);
    device_lose(b, "alice");
    device_start(b);
    (void)!device_write(b, "alice", "again");
    world_run(w, WORLD_HOUR);
    ck_assert(!is_private());
}
END_TEST

START_TEST(on_stays_on_whatever_comes)
{
    ck_assert_int_eq(device_choose(b, "alice", EIDER_OFF), EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert_uint_eq(a->news[EIDER_NEWS_PEER_LEFT], 1);
    ck_assert(device_status(a, "bob").is_left);
    ck_assert(is_private());
    ck_assert_int_eq(device_choose(b, "alice", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_write(b, "alice", "back"), EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert(!device_status(a, "bob").is_left);
    ck_assert_uint_eq(a->news[EIDER_NEWS_PEER_LEFT], 1);
}
END_TEST

START_TEST(a_choice_that_cannot_be_written_is_none)
{
    memfiles_fail_all(a->files, true);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_E_STORE);
    ck_assert(is_private());
    memfiles_fail_reads(a->files, true);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_E_STORE);
    ck_assert(is_private());
}
END_TEST

/* The contact is written and the card is not: nothing says goodbye later. */
START_TEST(a_goodbye_that_cannot_be_written_is_not_said)
{
    memfiles_fail_after(a->files, _i);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_E_STORE);
    memfiles_fail_after(a->files, -1);
    ck_assert(is_private());
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(device_write(a, "bob", "one"), EIDER_OK);
        world_run(w, 10 * WORLD_SECOND);
    }
    ck_assert_uint_eq(b->news[EIDER_NEWS_PEER_LEFT], 0);
    ck_assert_uint_eq(device_count_shown(b, "one"), 3);
}
END_TEST

START_TEST(who_forgets_a_buddy_stays_private)
{
    eider_engine_forget(a->engine, a->account, "bob");
    ck_assert_uint_eq(device_sessions(a, "bob"), 0);
    ck_assert_uint_eq(device_status(a, "bob").devices, 1);
    ck_assert(is_private());
}
END_TEST

Suite *decisions_suite(void);

Suite *
decisions_suite(void)
{
    Suite *s = suite_create("decisions");
    TCase *tc = tcase_create("decisions");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_second_key_is_a_candidate_and_gets_no_text);
    tcase_add_test(tc, yes_without_waiting_gives_it_only_what_is_typed_later);
    tcase_add_test(tc, no_is_remembered_and_what_it_sends_is_dropped);
    tcase_add_test(tc, a_decision_that_cannot_be_written_is_none);
    tcase_add_loop_test(tc, what_waited_for_the_first_key_is_for_it, 0, 8);
    tcase_add_test(tc, a_yes_that_cannot_be_written_gives_nothing_up);
    tcase_add_test(tc, deciding_about_a_key_that_is_not_there_changes_nothing);
    tcase_add_test(tc, off_stays_off_whatever_comes);
    tcase_add_test(tc, on_stays_on_whatever_comes);
    tcase_add_test(tc, a_choice_that_cannot_be_written_is_none);
    tcase_add_loop_test(tc, a_goodbye_that_cannot_be_written_is_not_said, 0, 2);
    tcase_add_test(tc, who_forgets_a_buddy_stays_private);
    suite_add_tcase(s, tc);
    return s;
}
