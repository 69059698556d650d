/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slots wait while a program that cannot have Eider is online, whatever is
 * typed, unless the user insists; and nobody calls whom the user has blocked.
 */
#include "core/work.h"
#include "eider/keyring.h"
#include "unit/peek.h"

#include <string.h>

Suite *pause_suite(void);

static couple two;
static const char *whose; /* theirs, or (NULL) ours */

static void
set_up(void)
{
    two = couple_new(31);
    device_meet(two.a, two.b);
    whose = "bob";
    device_steady(two.a, two.b, 10);
    two.a->keeps_lines = true;
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* A telephone comes or goes. */
static void
telephone(bool is_there)
{
    two.a->has_bystander = is_there;
    eider_engine_bystander(two.a->engine, two.a->account, whose);
}

static guint
lines_in(uint64_t ms)
{
    guint n = two.a->lines->len;

    world_run(two.w, ms);
    return two.a->lines->len - n;
}

START_TEST(slots_wait_for_it_to_go_whatever_is_typed)
{
    whose = _i == 0 ? "bob" : NULL;
    telephone(true);
    ck_assert(device_status(two.a, "bob").steady_paused);
    ck_assert_uint_eq(device_status(two.a, "bob").steady, 10);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_STEADY_PAUSED], 1);
    ck_assert_uint_eq(lines_in(5 * WORLD_MINUTE), 0);
    ck_assert_int_eq(device_write(two.a, "bob", "waits"), EIDER_OK);
    ck_assert_uint_eq(lines_in(20 * WORLD_MINUTE), 0);
    ck_assert_uint_eq(device_count_shown(two.b, "waits"), 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_WAITS_OFFLINE], 0);
    telephone(true); /* another one: said once */
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_STEADY_PAUSED], 1);
    telephone(false);
    ck_assert(!device_status(two.a, "bob").steady_paused);
    ck_assert_uint_ge(lines_in(5 * WORLD_MINUTE), 29);
    ck_assert_uint_eq(device_count_shown(two.b, "waits"), 1);
}
END_TEST

START_TEST(who_insists_goes_on)
{
    telephone(true);
    ck_assert_int_eq(
        eider_engine_steady(two.a->engine, two.a->account, "bob", 10),
        EIDER_OK);
    ck_assert(!device_status(two.a, "bob").steady_paused);
    ck_assert_uint_ge(lines_in(5 * WORLD_MINUTE), 29);
    device_stop(two.a); /* and after a restart */
    device_start(two.a);
    ck_assert_uint_ge(lines_in(5 * WORLD_MINUTE), 28);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_STEADY_PAUSED], 1);
    /* Gone, and said once more: the next one is not meant. */
    telephone(false);
    ck_assert_int_eq(
        eider_engine_steady(two.a->engine, two.a->account, "bob", 10),
        EIDER_OK);
    telephone(true);
    ck_assert_uint_eq(lines_in(5 * WORLD_MINUTE), 0);
}
END_TEST

START_TEST(one_that_is_there_at_the_start_counts)
{
    device_stop(two.a);
    two.a->has_bystander = true;
    device_start(two.a);
    ck_assert(device_status(two.a, "bob").steady_paused);
    ck_assert_uint_eq(lines_in(5 * WORLD_MINUTE), 0);
    telephone(false);
    ck_assert_uint_ge(lines_in(5 * WORLD_MINUTE), 29);
}
END_TEST

/* Whom the user ends it with gets lines as ever. */
START_TEST(an_end_while_it_waits_lets_text_go)
{
    telephone(true);
    ck_assert_int_eq(device_write(two.a, "bob", "waits"), EIDER_OK);
    for (unsigned i = 0; i < 2; i++)
        ck_assert_int_eq(
            eider_engine_steady(two.a->engine, two.a->account, "bob", 0),
            EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "waits"), 1);
    ck_assert(!device_status(two.a, "bob").steady_paused);
}
END_TEST

/* ---- blocked -------------------------------------------------------------- */

START_TEST(nobody_calls_whom_the_user_has_blocked)
{
    char digits[EIDER_DIGITS_SIZE];
    eider_contact *c;

    peek_own(two.b, digits);
    ck_assert_int_eq(
        eider_engine_steady(two.a->engine, two.a->account, "bob", 0), EIDER_OK);
    ck_assert_int_eq(
        eider_engine_steady(two.a->engine, two.a->account, "bob", 0), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    two.w->is_cut = true;
    call_now(two.a, "bob");
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state,
                     EIDER_MEET_CALLING);
    ck_assert_int_eq(eider_engine_key(two.a->engine, two.a->account, "bob",
                                      digits, EIDER_KEY_BLOCK),
                     EIDER_OK);
    c = peek_contact(two.a, "bob");
    ck_assert_int_eq(c->meeting.state, EIDER_MEET_IDLE);
    ck_assert_uint_eq(lines_in(2 * WORLD_DAY), 0);
    eider_meet_trigger(two.a->engine, c);
    ck_assert_int_eq(c->meeting.state, EIDER_MEET_IDLE);
    device_offline(two.b);
    device_start(two.b);
    ck_assert_uint_eq(lines_in(WORLD_HOUR), 0);
}
END_TEST

Suite *
pause_suite(void)
{
    Suite *s = suite_create("pause");
    TCase *t = tcase_create("pause");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, slots_wait_for_it_to_go_whatever_is_typed, 0, 2);
    tcase_add_test(t, who_insists_goes_on);
    tcase_add_test(t, one_that_is_there_at_the_start_counts);
    tcase_add_test(t, an_end_while_it_waits_lets_text_go);
    tcase_add_test(t, nobody_calls_whom_the_user_has_blocked);
    suite_add_tcase(s, t);
    return s;
}
