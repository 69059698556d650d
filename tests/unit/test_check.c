/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ways of checking, both outcomes, between two who met. */
#include "unit/checks.h"

#include "eider/fingerprint.h"

#include <string.h>

Suite *check_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_met(5);
}

static void
tear_down(void)
{
    couple_free(&two);
}

#define A two.a->engine, two.a->account, "bob"
#define B two.b->engine, two.b->account, "alice"

/* ---- the table ------------------------------------------------------------ */

/* PROTOCOL.md 14.4: rows are states, columns events; the next state's letter. */
static const char *const printed[EIDER_RUN_STATES] = {
    /*              ask call answer same differ stop 1-8        time lost */
    /* NONE     */ "S"
                   "C"
                   "-"
                   "-"
                   "-"
                   "-"
                   "O--N----"
                   "--",
    /* ASKED    */
    "-"
    "-"
    "-"
    "-"
    "-"
    "E"
    "-P-----E"
    "EE",
    /* OFFERED  */
    "-"
    "-"
    "W"
    "-"
    "-"
    "E"
    "-------E"
    "EE",
    /* ANSWERED */
    "-"
    "-"
    "-"
    "-"
    "-"
    "E"
    "--P----E"
    "EE",
    /* CALLED   */
    "-"
    "-"
    "-"
    "-"
    "-"
    "E"
    "----M--E"
    "EE",
    /* NONCED   */
    "-"
    "-"
    "-"
    "-"
    "-"
    "E"
    "-----M-E"
    "EE",
    /* COMPARE  */
    "-"
    "-"
    "-"
    "G"
    "E"
    "E"
    "------HE"
    "EE",
    /* AGREED   */
    "-"
    "-"
    "-"
    "-"
    "E"
    "E"
    "------PE"
    "EE",
    /* HEARD    */
    "-"
    "-"
    "-"
    "P"
    "E"
    "E"
    "-------E"
    "EE",
    /* PASSED   */
    "S"
    "C"
    "-"
    "-"
    "-"
    "-"
    "O--N----"
    "--",
    /* ENDED    */
    "S"
    "C"
    "-"
    "-"
    "-"
    "-"
    "O--N----"
    "--",
};
static const char letters[EIDER_RUN_STATES + 1] = "_SOWCNMGHPE";

START_TEST(each_cell_is_as_printed)
{
    for (int s = 0; s < EIDER_RUN_STATES; s++) {
        ck_assert_uint_eq(strlen(printed[s]), EIDER_RUN_EVENTS);
        for (int ev = 0; ev < EIDER_RUN_EVENTS; ev++) {
            eider_run_state next = EIDER_RUN_NONE;
            bool has = eider_check_has_cell(s, ev, &next);
            char is = has ? letters[next] : '-';

            ck_assert_msg(is == printed[s][ev], "state %d event %d: %c", s, ev,
                          is);
        }
    }
}
END_TEST

START_TEST(empty_cells_are_refused_and_change_nothing)
{
    static const uint8_t value[EIDER_STEP_VALUE_MAX] = {1};
    eider_contact *c = peek_contact(two.a, "bob");
    eider_run_state next;

    checks_call(&two);
    for (int s = 0; s < EIDER_RUN_STATES; s++) {
        for (int ev = 0; ev < EIDER_RUN_EVENTS; ev++) {
            footprint *f;

            if (eider_check_has_cell(s, ev, &next))
                continue;
            c->check.state = s;
            f = footprint_take(two.a, "bob");
            ck_assert_int_eq(
                eider_check_step(two.a->engine, c, ev,
                                 (eider_slice){value, sizeof value}),
                EIDER_E_STATE);
            footprint_same(two.a, "bob", f);
        }
    }
}
END_TEST

/* ---- question and answer -------------------------------------------------- */

START_TEST(the_right_answer_checks_both)
{
    checks_ask(&two, "in Istanbul", "IN ISTANBUL!");
    checks_at(two.a, "bob", EIDER_PHASE_PASSED);
    checks_at(two.b, "alice", EIDER_PHASE_PASSED);
    ck_assert(checks_is_checked(two.a, "bob"));
    ck_assert(checks_is_checked(two.b, "alice"));
    ck_assert_int_eq(device_status(two.a, "bob").look, EIDER_LOOK_CHECKED);
    ck_assert_int_eq(device_status(two.b, "alice").look, EIDER_LOOK_CHECKED);
    ck_assert_int_eq(device_status(two.a, "bob").check, EIDER_PHASE_NONE);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_CHECK_PASSED], 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_CHECK_PASSED], 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_CHECK_ASKED], 1);
    ck_assert_int_eq(checks_view(two.a, "bob").checked_how,
                     EIDER_CHECK_QUESTION);
    ck_assert_uint_eq(checks_view(two.b, "alice").checked_at,
                      (two.w->now - 2 * WORLD_SECOND) / 1000 + 1);
}
END_TEST

START_TEST(the_question_arrives_as_it_was_asked)
{
    char question[EIDER_QUESTION_MAX + 2];

    memset(question, 'q', sizeof question);
    question[EIDER_QUESTION_MAX + 1] = '\0';
    ck_assert_int_eq(eider_engine_check_start(A, NULL, question, "x"),
                     EIDER_E_MALFORMED);
    question[EIDER_QUESTION_MAX] = '\0';
    ck_assert_int_eq(eider_engine_check_start(A, NULL, question, "x"),
                     EIDER_OK);
    checks_at(two.a, "bob", EIDER_PHASE_WAITS);
    world_run(two.w, WORLD_SECOND);
    ck_assert_str_eq(checks_view(two.b, "alice").question, question);
    ck_assert(!checks_view(two.b, "alice").is_ours);
    ck_assert(checks_view(two.a, "bob").is_ours);
    ck_assert_int_eq(device_status(two.b, "alice").check, EIDER_PHASE_ASKED);
}
END_TEST

START_TEST(a_wrong_answer_fails_on_both_sides)
{
    checks_ask(&two, "Istanbul", "Ankara");
    checks_at(two.a, "bob", EIDER_PHASE_FAILED);
    checks_at(two.b, "alice", EIDER_PHASE_FAILED);
    ck_assert(!checks_is_checked(two.a, "bob"));
    ck_assert(!checks_is_checked(two.b, "alice"));
    ck_assert_uint_eq(checks_view(two.a, "bob").failures, 1);
    ck_assert_uint_eq(checks_view(two.b, "alice").failures, 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_CHECK_FAILED], 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_CHECK_FAILED], 1);
    checks_ask(&two, "Istanbul", "istanbul");
    ck_assert(checks_is_checked(two.b, "alice"));
    ck_assert_uint_eq(checks_view(two.b, "alice").failures, 0);
}
END_TEST

START_TEST(three_failures_close_question_and_code_for_a_day)
{
    const uint8_t run[8] = {7}, value[32] = {0};

    for (int i = 0; i < 3; i++) {
        ck_assert(!checks_view(two.a, "bob").is_closed);
        checks_ask(&two, "Istanbul", "Ankara");
    }
    ck_assert(checks_view(two.a, "bob").is_closed);
    ck_assert(checks_view(two.b, "alice").is_closed);
    ck_assert_int_eq(eider_engine_check_start(A, NULL, "", "x"), EIDER_E_LIMIT);
    ck_assert_int_eq(eider_engine_check_code_start(A, NULL), EIDER_E_LIMIT);
    ck_assert_int_eq(eider_engine_check_start(B, NULL, "", "x"), EIDER_E_LIMIT);
    /* Nor theirs: it is answered by "not now". */
    two.b->sent = 0;
    world_run(two.w, 11 * WORLD_MINUTE);
    checks_say(two.a, "bob", EIDER_STEP_COMMIT, run, value, sizeof value);
    checks_at(two.b, "alice", EIDER_PHASE_FAILED);
    ck_assert_uint_ge(two.b->sent, 1);
    world_run(two.w, WORLD_DAY);
    ck_assert(!checks_view(two.a, "bob").is_closed);
    checks_ask(&two, "Istanbul", "Istanbul");
    ck_assert(checks_is_checked(two.a, "bob"));
}
END_TEST

/* Who stops after Tb was seen has used up a guess, whatever he says. */
START_TEST(a_guess_that_was_given_counts)
{
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(eider_engine_check_start(A, NULL, "", "x"), EIDER_OK);
        world_run(two.w, WORLD_SECOND);
        tap_open(two.b); /* the answer does not arrive */
        ck_assert_int_eq(eider_engine_check_answer(B, "y"), EIDER_OK);
        tap_close(two.b);
        ck_assert_int_eq(eider_engine_check_cancel(A), EIDER_OK);
        world_run(two.w, WORLD_SECOND);
        checks_at(two.b, "alice", EIDER_PHASE_STOPPED);
        ck_assert_int_eq(checks_view(two.b, "alice").end, EIDER_END_THEIRS);
        ck_assert_uint_eq(checks_view(two.b, "alice").failures, i + 1);
        ck_assert_uint_eq(checks_view(two.a, "bob").failures, 0);
    }
    ck_assert(checks_view(two.b, "alice").is_closed);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_CHECK_FAILED], 1);
}
END_TEST

START_TEST(nothing_is_no_answer)
{
    footprint *f = footprint_take(two.a, "bob");

    ck_assert_int_eq(eider_engine_check_start(A, NULL, "?", " !"),
                     EIDER_E_MALFORMED);
    footprint_same(two.a, "bob", f);
    ck_assert_int_eq(eider_engine_check_start(A, NULL, "?", "x"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    f = footprint_take(two.b, "alice");
    ck_assert_int_eq(eider_engine_check_answer(B, ""), EIDER_E_MALFORMED);
    ck_assert_int_eq(eider_engine_check_confirm(B, true), EIDER_E_STATE);
    footprint_same_but_told(two.b, "alice", f);
    checks_at(two.b, "alice", EIDER_PHASE_ASKED);
}
END_TEST

/* ---- the code ------------------------------------------------------------- */

START_TEST(the_code_is_the_same_and_checks_when_both_said_so)
{
    eider_check_view a, b;

    checks_call(&two);
    a = checks_view(two.a, "bob");
    b = checks_view(two.b, "alice");
    ck_assert_uint_eq(strlen(a.code), EIDER_SAS_LEN);
    ck_assert_str_eq(a.code, b.code);
    ck_assert_int_eq(eider_engine_check_confirm(B, true), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    checks_at(two.b, "alice", EIDER_PHASE_AGREED);
    ck_assert(!checks_is_checked(two.b, "alice"));
    ck_assert(!checks_is_checked(two.a, "bob"));
    ck_assert(checks_view(two.a, "bob").is_heard);
    ck_assert_int_eq(eider_engine_check_confirm(A, true), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    checks_at(two.a, "bob", EIDER_PHASE_PASSED);
    checks_at(two.b, "alice", EIDER_PHASE_PASSED);
    ck_assert(checks_is_checked(two.a, "bob"));
    ck_assert(checks_is_checked(two.b, "alice"));
    ck_assert_int_eq(checks_view(two.b, "alice").checked_how, EIDER_CHECK_CODE);
}
END_TEST

START_TEST(a_window_that_is_open_follows_each_step_of_theirs)
{
    checks_call(&two);
    ck_assert_int_eq(two.a->looked.check, EIDER_PHASE_COMPARE);
    ck_assert_int_eq(two.b->looked.check, EIDER_PHASE_COMPARE);
    ck_assert_int_eq(eider_engine_check_confirm(B, true), EIDER_OK);
    two.a->looked.check = EIDER_PHASE_NONE;
    world_run(two.w, WORLD_SECOND); /* A hears that it is the same */
    ck_assert_int_eq(two.a->looked.check, EIDER_PHASE_COMPARE);
    ck_assert_int_eq(eider_engine_check_confirm(A, true), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert_int_eq(two.b->looked.check, EIDER_PHASE_NONE);
}
END_TEST

START_TEST(one_who_says_it_differs_ends_it_for_both)
{
    for (int by_a = 0; by_a < 2; by_a++) {
        checks_call(&two);
        if (by_a)
            ck_assert_int_eq(eider_engine_check_confirm(B, true), EIDER_OK);
        world_run(two.w, WORLD_SECOND);
        ck_assert_int_eq(by_a ? eider_engine_check_confirm(A, false)
                              : eider_engine_check_confirm(B, false),
                         EIDER_OK);
        world_run(two.w, WORLD_SECOND);
        checks_at(two.a, "bob", EIDER_PHASE_FAILED);
        checks_at(two.b, "alice", EIDER_PHASE_FAILED);
        ck_assert(!checks_is_checked(two.a, "bob"));
        ck_assert(!checks_is_checked(two.b, "alice"));
    }
}
END_TEST

START_TEST(a_code_that_differs_takes_back_what_was_checked)
{
    checks_ask(&two, "x", "x");
    ck_assert(checks_is_checked(two.a, "bob"));
    checks_call(&two);
    ck_assert_int_eq(eider_engine_check_confirm(A, false), EIDER_OK);
    ck_assert(!checks_is_checked(two.a, "bob"));
    ck_assert_int_eq(device_status(two.a, "bob").look, EIDER_LOOK_PRIVATE);
}
END_TEST

/* ---- the number ----------------------------------------------------------- */

START_TEST(the_number_holds_for_one_side_and_sends_nothing)
{
    eider_check_view a = checks_view(two.a, "bob");
    uint64_t sent = two.a->sent;

    ck_assert_uint_eq(strlen(a.number), EIDER_SAFETY_LEN);
    ck_assert_str_eq(a.number, checks_view(two.b, "alice").number);
    ck_assert_int_eq(eider_engine_check_number(A, a.fingerprint, true),
                     EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.a->sent, sent);
    ck_assert(checks_is_checked(two.a, "bob"));
    ck_assert(!checks_is_checked(two.b, "alice"));
    ck_assert_int_eq(checks_view(two.a, "bob").checked_how, EIDER_CHECK_NUMBER);
    ck_assert_int_eq(eider_engine_check_number(A, a.fingerprint, false),
                     EIDER_OK);
    ck_assert(!checks_is_checked(two.a, "bob"));
    ck_assert_int_eq(eider_engine_check_number(A, "12345", true),
                     EIDER_E_MISSING);
}
END_TEST

START_TEST(another_name_is_shown_beside_code_and_number)
{
    eider_known *k =
        &g_array_index(peek_card(two.a, "bob")->keys, eider_known, 0);

    ck_assert_str_eq(k->name, "bob");
    ck_assert_str_eq(checks_view(two.a, "bob").called, "");
    g_strlcpy(k->name, "BOB", sizeof k->name);
    ck_assert_str_eq(checks_view(two.a, "bob").called, "");
    g_strlcpy(k->name, "mallory", sizeof k->name);
    ck_assert_str_eq(checks_view(two.a, "bob").called, "mallory");
}
END_TEST

Suite *
check_suite(void)
{
    Suite *s = suite_create("check");
    TCase *tc = tcase_create("check");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, each_cell_is_as_printed);
    tcase_add_test(tc, empty_cells_are_refused_and_change_nothing);
    tcase_add_test(tc, the_right_answer_checks_both);
    tcase_add_test(tc, the_question_arrives_as_it_was_asked);
    tcase_add_test(tc, a_wrong_answer_fails_on_both_sides);
    tcase_add_test(tc, three_failures_close_question_and_code_for_a_day);
    tcase_add_test(tc, a_guess_that_was_given_counts);
    tcase_add_test(tc, nothing_is_no_answer);
    tcase_add_test(tc, the_code_is_the_same_and_checks_when_both_said_so);
    tcase_add_test(tc, a_window_that_is_open_follows_each_step_of_theirs);
    tcase_add_test(tc, one_who_says_it_differs_ends_it_for_both);
    tcase_add_test(tc, a_code_that_differs_takes_back_what_was_checked);
    tcase_add_test(tc, the_number_holds_for_one_side_and_sends_nothing);
    tcase_add_test(tc, another_name_is_shown_beside_code_and_number);
    suite_add_tcase(s, tc);
    return s;
}
