/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A backup: what is in it, and an import, also one that fails. */
#include "eider/backup.h"

#include "unit/peek.h"
#include "unit/support.h"

#include <string.h>

Suite *backup_suite(void);

static couple two;
static device *other; /* alice's new machine */

static void
set_up(void)
{
    two = couple_met(5);
    other = world_add(two.w, "alice", "2");
}

static void
tear_down(void)
{
    couple_free(&two);
}

static void
gather(eider_buf *out)
{
    ck_assert_int_eq(eider_backup_gather(two.a->engine, out), EIDER_OK);
}

static eider_slice
slice(const eider_buf *b)
{
    return (eider_slice){b->p, b->n};
}

/* ---- what is in it -------------------------------------------------------- */

START_TEST(identity_trust_and_waiting_text_arrive_and_talk_goes_on)
{
    EIDER_AUTO(eider_buf) plain = {0};
    char before[EIDER_DIGITS_SIZE], after[EIDER_DIGITS_SIZE];
    eider_backup_count count;

    peek_own(two.a, before);
    device_offline(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "waits"), EIDER_OK);
    gather(&plain);
    device_stop(two.a); /* the old computer is gone */
    device_start(other);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), &count),
                     EIDER_OK);
    ck_assert_uint_eq(count.accounts, 1);
    ck_assert_uint_eq(count.contacts, 1);
    ck_assert_uint_eq(count.keys, 1);
    ck_assert_uint_eq(count.waiting, 1);
    peek_own(other, after);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(peek_trust(other, two.b), EIDER_TRUST_ACCEPTED);
    ck_assert(eider_engine_is_private(other->engine, other->account, "bob"));
    ck_assert_uint_eq(device_sessions(other, "bob"), 0);
    device_start(two.b);
    world_run(two.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "waits"), 1);
    ck_assert_int_eq(device_write(two.b, "alice", "welcome back"), EIDER_OK);
    world_run(two.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(other, "welcome back"), 1);
    /* For Bob it is the same device. */
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_NEW_DEVICE], 0);
    ck_assert_uint_eq(other->news[EIDER_NEWS_NEW_DEVICE], 0);
}
END_TEST

/* Its clock was ahead, or somebody made the file. */
START_TEST(a_text_of_the_future_is_one_of_now)
{
    EIDER_AUTO(eider_buf) plain = {0};
    eider_entry *en;

    device_offline(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "waits"), EIDER_OK);
    en = g_ptr_array_index(peek_contact(two.a, "bob")->outbox, 0);
    en->written_ms = UINT64_MAX;
    gather(&plain);
    device_stop(two.a);
    device_start(other);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_OK);
    world_run(two.w, WORLD_MINUTE); /* comes to an end */
    device_start(two.b);
    world_run(two.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "waits"), 1);
}
END_TEST

START_TEST(no_ratchet_and_no_attempt_is_in_it)
{
    EIDER_AUTO(eider_buf) plain = {0};

    ck_assert_ptr_nonnull(peek_session(two.a, "bob"));
    gather(&plain);
    ck_assert_ptr_nonnull(peek_session(two.a, "bob")); /* here it goes on */
    device_start(other);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_OK);
    ck_assert_uint_eq(peek_contact(other, "bob")->sessions->len, 0);
    ck_assert_uint_eq(peek_contact(other, "bob")->legs->len, 0);
    ck_assert_uint_eq(peek_contact(other, "bob")->memories->len, 1);
    ck_assert_int_eq(peek_contact(other, "bob")->meeting.state,
                     EIDER_MEET_IDLE);
}
END_TEST

START_TEST(a_text_that_came_before_is_not_shown_again)
{
    EIDER_AUTO(eider_buf) plain = {0};

    ck_assert_int_eq(device_write(two.b, "alice", "once"), EIDER_OK);
    world_run(two.w, 5); /* it is there, and Bob does not know it yet */
    world_run(two.w, 5 * WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(two.a, "once"), 1);
    ck_assert_uint_eq(device_status(two.b, "alice").sent, 1);
    gather(&plain);
    device_crash(two.a);
    device_start(other);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_OK);
    ck_assert_int_eq(device_write(other, "bob", "moved"), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "moved"), 1);
    ck_assert_uint_eq(device_status(two.b, "alice").sent, 0);
    ck_assert_uint_eq(device_count_shown(other, "once"), 0);
}
END_TEST

/* ---- importing ------------------------------------------------------------ */

/* The new computer met Bob before the user thought of the backup. */
START_TEST(a_store_that_met_somebody_takes_the_old_identity_and_keeps_its_text)
{
    EIDER_AUTO(eider_buf) plain = {0};
    char old[EIDER_DIGITS_SIZE], now[EIDER_DIGITS_SIZE];
    device *carol = world_add(two.w, "carol", "1");

    peek_own(two.a, old);
    gather(&plain);
    device_stop(two.a);
    device_start(carol);
    device_start(other);
    people_meet(two.w, other, two.b);
    ck_assert_int_eq(device_choose(other, "carol", EIDER_ON), EIDER_OK);
    world_run(two.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(device_sessions(other, "carol"), 1);
    ck_assert(eider_backup_is_used(other->engine));
    device_offline(two.b);
    ck_assert_int_eq(device_write(other, "bob", "typed before"), EIDER_OK);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_OK);
    peek_own(other, now);
    ck_assert_str_eq(now, old);
    ck_assert_uint_eq(device_sessions(other, "bob"), 0);
    ck_assert_uint_eq(device_sessions(other, "carol"), 0);
    ck_assert_int_eq(peek_trust(other, carol), EIDER_TRUST_ACCEPTED);
    device_start(two.b);
    ck_assert_int_eq(device_write(other, "bob", "typed after"), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "typed before"), 1);
    ck_assert_uint_eq(device_count_shown(two.b, "typed after"), 1);
}
END_TEST

/* Somebody in between was taken for Bob on the new computer. */
START_TEST(a_key_taken_on_trust_beside_known_ones_is_asked_about)
{
    EIDER_AUTO(eider_buf) plain = {0};
    device *liar = world_add(two.w, "bob", "9");

    gather(&plain);
    device_stop(two.a);
    device_stop(two.b);
    device_start(liar);
    device_start(other);
    people_meet(two.w, other, liar);
    ck_assert_int_eq(peek_trust(other, liar), EIDER_TRUST_ACCEPTED);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_OK);
    ck_assert_int_eq(peek_trust(other, liar), EIDER_TRUST_CANDIDATE);
    device_start(two.b);
    ck_assert_int_eq(peek_trust(other, two.b), EIDER_TRUST_ACCEPTED);
}
END_TEST

START_TEST(an_import_into_the_store_it_came_from_costs_sessions_only)
{
    EIDER_AUTO(eider_buf) plain = {0};

    gather(&plain);
    ck_assert_int_eq(eider_backup_import(two.a->engine, slice(&plain), NULL),
                     EIDER_OK);
    ck_assert_uint_eq(device_sessions(two.a, "bob"), 0);
    ck_assert_int_eq(device_write(two.a, "bob", "on we go"), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "on we go"), 1);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_ACCEPTED);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_TWIN], 0);
}
END_TEST

START_TEST(every_cut_of_what_is_inside_is_refused_and_changes_nothing)
{
    EIDER_AUTO(eider_buf) plain = {0};
    uint64_t writes;

    gather(&plain);
    device_start(other);
    writes = memfiles_writes(other->files);
    for (size_t n = 0; n < plain.n; n++) {
        g_autofree uint8_t *cut = g_memdup2(plain.p, n + 1);

        ck_assert_int_eq(
            eider_backup_import(other->engine, (eider_slice){cut, n}, NULL),
            EIDER_E_MALFORMED);
    }
    ck_assert_uint_eq(memfiles_writes(other->files), writes);
    ck_assert(!eider_backup_is_used(other->engine));
}
END_TEST

START_TEST(an_import_that_cannot_be_written_has_not_happened)
{
    EIDER_AUTO(eider_buf) plain = {0};
    char before[EIDER_DIGITS_SIZE], after[EIDER_DIGITS_SIZE];

    gather(&plain);
    device_start(other);
    peek_own(other, before);
    memfiles_fail_after(other->files, _i);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_E_STORE);
    memfiles_fail_after(other->files, -1);
    peek_own(other, after);
    ck_assert_str_eq(before, after);
    ck_assert(!eider_backup_is_used(other->engine));
    device_crash(other);
    device_start(other);
    peek_own(other, after);
    ck_assert_str_eq(before, after);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_OK);
    ck_assert(eider_backup_is_used(other->engine));
}
END_TEST

START_TEST(a_contact_that_cannot_be_read_is_not_left_out_in_silence)
{
    EIDER_AUTO(eider_buf) plain = {0};
    char name[EIDER_STORE_NAME_LEN + 1];

    eider_store_name(two.a->store, two.a->account, "bob", name);
    device_stop(two.a);
    memfiles_poke(two.a->files, name, (eider_slice){(const uint8_t *)"x", 1});
    device_start(two.a);
    ck_assert_int_eq(eider_backup_gather(two.a->engine, &plain), EIDER_E_STORE);
    ck_assert_uint_eq(plain.n, 0);
}
END_TEST

START_TEST(a_choice_made_on_the_new_machine_stays)
{
    EIDER_AUTO(eider_buf) plain = {0};

    gather(&plain);
    device_start(other);
    other->w->is_cut = true;
    ck_assert_int_eq(device_choose(other, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(device_choose(other, "carol", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(eider_backup_import(other->engine, slice(&plain), NULL),
                     EIDER_OK);
    ck_assert(!eider_engine_is_private(other->engine, other->account, "bob"));
    ck_assert(eider_engine_is_private(other->engine, other->account, "carol"));
}
END_TEST

Suite *
backup_suite(void)
{
    Suite *s = suite_create("backup");
    TCase *t = tcase_create("people");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, identity_trust_and_waiting_text_arrive_and_talk_goes_on);
    tcase_add_test(t, a_text_of_the_future_is_one_of_now);
    tcase_add_test(t, no_ratchet_and_no_attempt_is_in_it);
    tcase_add_test(t, a_text_that_came_before_is_not_shown_again);
    tcase_add_test(
        t, a_store_that_met_somebody_takes_the_old_identity_and_keeps_its_text);
    tcase_add_test(t, a_key_taken_on_trust_beside_known_ones_is_asked_about);
    tcase_add_test(t,
                   an_import_into_the_store_it_came_from_costs_sessions_only);
    tcase_add_test(t,
                   every_cut_of_what_is_inside_is_refused_and_changes_nothing);
    tcase_add_loop_test(t, an_import_that_cannot_be_written_has_not_happened, 0,
                        2);
    tcase_add_test(t, a_contact_that_cannot_be_read_is_not_left_out_in_silence);
    tcase_add_test(t, a_choice_made_on_the_new_machine_stays);
    suite_add_tcase(s, t);
    return s;
}
