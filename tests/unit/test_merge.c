/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a contact a backup brings, and what the store had since. */
#include "eider/backup.h"

#include "unit/peek.h"

#include <string.h>

Suite *merge_suite(void);

static couple two;
static eider_buf plain;

static void
set_up(void)
{
    two = couple_met(7);
    plain = (eider_buf){0};
}

static void
tear_down(void)
{
    eider_buf_wipe(&plain);
    couple_free(&two);
}

static void
gather(void)
{
    ck_assert_int_eq(eider_backup_gather(two.a->engine, &plain), EIDER_OK);
}

static void
import(device *d)
{
    ck_assert_int_eq(
        eider_backup_import(d->engine, (eider_slice){plain.p, plain.n}, NULL),
        EIDER_OK);
}

static void
go_home_and_come_back(device *d)
{
    device_offline(d);
    device_start(d);
    world_run(two.w, WORLD_MINUTE);
}

/* ---- wrong answers -------------------------------------------------------- */

static unsigned
tries(device *d)
{
    eider_contact *c = peek_contact(d, "bob");

    return eider_tries_count(d->engine, c, &peek_session(two.a, "bob")->pk);
}

static void
guess(unsigned n)
{
    eider_contact *c = peek_contact(two.a, "bob");

    for (unsigned i = 0; i < n; i++)
        eider_tries_add(two.a->engine, c, &peek_session(two.a, "bob")->pk);
    ck_assert_int_eq(eider_commit(two.a->engine, c), EIDER_OK);
}

static unsigned
tries_after_import(void)
{
    const eider_public pk = peek_session(two.a, "bob")->pk;

    import(two.a);
    return eider_tries_count(two.a->engine, peek_contact(two.a, "bob"), &pk);
}

START_TEST(wrong_answers_since_are_not_forgotten)
{
    gather();
    guess(EIDER_CHECK_FAILURES_MAX);
    ck_assert_uint_eq(tries_after_import(), EIDER_CHECK_FAILURES_MAX);
}
END_TEST

START_TEST(wrong_answers_before_are_not_either)
{
    guess(2);
    gather();
    eider_tries_forget(peek_contact(two.a, "bob"),
                       &peek_session(two.a, "bob")->pk);
    guess(1);
    ck_assert_uint_eq(tries_after_import(), 2);
}
END_TEST

START_TEST(those_that_are_over_do_not_come_back)
{
    guess(EIDER_CHECK_FAILURES_MAX);
    gather();
    world_run(two.w, WORLD_DAY + WORLD_MINUTE);
    ck_assert_uint_eq(tries(two.a), 0);
    guess(1);
    ck_assert_uint_eq(tries_after_import(), 1);
}
END_TEST

/* ---- texts ---------------------------------------------------------------- */

START_TEST(a_text_that_was_shown_since_is_not_shown_again)
{
    two.a->cannot_show = true;
    ck_assert_int_eq(device_write(two.b, "alice", "late"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->inbox->len, 1);
    gather();
    two.a->cannot_show = false;
    go_home_and_come_back(two.a);
    ck_assert_uint_eq(device_count_shown(two.a, "late"), 1);
    device_stop(two.a); /* a process knows what it has shown itself */
    device_start(two.a);
    import(two.a);
    go_home_and_come_back(two.a);
    ck_assert_uint_eq(device_count_shown(two.a, "late"), 1);
}
END_TEST

START_TEST(a_text_that_waits_to_be_shown_is_shown_once)
{
    const eider_contact *c;

    two.a->cannot_show = true;
    ck_assert_int_eq(device_write(two.b, "alice", "late"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    gather();
    for (unsigned i = 0; i < 3; i++) {
        import(two.a);
        c = peek_contact(two.a, "bob");
        ck_assert_uint_eq(c->inbox->len, 1);
        ck_assert_uint_eq(c->memories->len, 1);
        ck_assert_uint_eq(
            ((eider_memory *)g_ptr_array_index(c->memories, 0))->ids->len,
            EIDER_ID_LEN);
    }
    two.a->cannot_show = false;
    go_home_and_come_back(two.a);
    ck_assert_uint_eq(device_count_shown(two.a, "late"), 1);
}
END_TEST

/* On the new computer nobody has seen it. */
START_TEST(a_text_that_waited_on_the_old_machine_is_shown_on_the_new)
{
    device *other = world_add(two.w, "alice", "2");

    two.a->cannot_show = true;
    ck_assert_int_eq(device_write(two.b, "alice", "late"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    gather();
    device_crash(two.a);
    device_start(other);
    import(other);
    go_home_and_come_back(other);
    ck_assert_uint_eq(device_count_shown(other, "late"), 1);
}
END_TEST

Suite *
merge_suite(void)
{
    Suite *s = suite_create("merge");
    TCase *t = tcase_create("merge");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, wrong_answers_since_are_not_forgotten);
    tcase_add_test(t, wrong_answers_before_are_not_either);
    tcase_add_test(t, those_that_are_over_do_not_come_back);
    tcase_add_test(t, a_text_that_was_shown_since_is_not_shown_again);
    tcase_add_test(t, a_text_that_waits_to_be_shown_is_shown_once);
    tcase_add_test(t,
                   a_text_that_waited_on_the_old_machine_is_shown_on_the_new);
    suite_add_tcase(s, t);
    return s;
}
