/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose key is whose: the first one is taken on trust, the next ones are
 * candidates, and nothing that the user typed goes to a candidate.
 */
#include "unit/peek.h"

#include "eider/fingerprint.h"

#include <string.h>

Suite *trust_suite(void);

static couple two;
static device *second, *third; /* more devices at Bob's name */

static void
set_up(void)
{
    two = couple_met(3);
    second = world_add(two.w, "bob", "2");
    third = world_add(two.w, "bob", "3");
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* A device at Bob's name comes along, calls Alice and has a session. */
static void
bring(device *d)
{
    world_run(two.w, 15 * WORLD_MINUTE); /* else it may be one too many */
    device_start(d);
    ck_assert_int_eq(device_choose(d, "alice", EIDER_ON), EIDER_OK);
    call_now(d, "alice");
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert(device_status(d, "alice").has_session);
}

static eider_err
decide(device *d, bool accept, bool with_waiting)
{
    char digits[EIDER_DIGITS_SIZE];

    peek_own(d, digits);
    return eider_engine_decide(two.a->engine, two.a->account, "bob", digits,
                               accept, with_waiting);
}

/* ---- the first, the next -------------------------------------------------- */

START_TEST(the_first_key_is_taken_on_trust)
{
    eider_status s = device_status(two.a, "bob");

    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_ACCEPTED);
    ck_assert_int_eq(s.look, EIDER_LOOK_PRIVATE);
    ck_assert_uint_eq(s.devices, 1);
    ck_assert_uint_eq(s.candidates, 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_STARTED], 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NEW_DEVICE], 0);
}
END_TEST

START_TEST(a_second_key_is_a_candidate_and_is_told_once)
{
    bring(second);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_CANDIDATE);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_ACCEPTED);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NEW_DEVICE], 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_STARTED], 1);
    ck_assert_int_eq(device_status(two.a, "bob").look, EIDER_LOOK_NEW_DEVICE);
    ck_assert_uint_eq(device_status(two.a, "bob").candidates, 1);
}
END_TEST

START_TEST(of_three_candidates_the_two_newest_stay)
{
    device *fourth = world_add(two.w, "bob", "4");

    bring(second);
    two.w->is_quiet = true; /* nobody calls because somebody came */
    bring(third);
    ck_assert_uint_eq(device_status(two.a, "bob").candidates, 2);
    bring(fourth);
    ck_assert_uint_eq(device_status(two.a, "bob").candidates, 2);
    ck_assert_int_eq(peek_trust(two.a, fourth), EIDER_TRUST_CANDIDATE);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_ACCEPTED);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_REPLACED);
}
END_TEST

START_TEST(what_a_candidate_writes_is_shown_with_a_mark)
{
    const shown_text *t;

    bring(second);
    ck_assert_int_eq(device_write(second, "alice", "it is me"), EIDER_OK);
    ck_assert_int_eq(device_write(two.b, "alice", "no, me"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(two.a->shown->len, 2);
    for (guint i = 0; i < 2; i++) {
        t = g_ptr_array_index(two.a->shown, i);
        ck_assert_int_eq(t->from_candidate, strcmp(t->html, "it is me") == 0);
    }
}
END_TEST

/* ---- what a candidate gets ------------------------------------------------ */

static const eider_session *
session_with(device *d, const char *peer, device *other)
{
    eider_contact *c = peek_contact(d, peer);
    EIDER_AUTO(eider_keypair) own;

    ck_assert_int_eq(eider_index_own(other->engine, other->account, &own),
                     EIDER_OK);
    return eider_contact_session(c, &own.pk);
}

/* Opens @line with @r; of a frame that opens only hello, ack, pq and zeros. */
static bool
is_cover(eider_ratchet *r, const char *line)
{
    EIDER_AUTO(eider_body) body;
    eider_frame f;
    uint8_t flags;
    eider_record rec;

    ck_assert_int_eq(eider_line_find(line, strlen(line), &f), EIDER_LINE_FRAME);
    eider_body_init(&body, f.size);
    if (eider_ratchet_open(r, 0, &f, &body, &flags) != EIDER_OK)
        return false;
    for (size_t at = 0; eider_body_next(&body, &at, &rec);)
        ck_assert_msg(rec.type == EIDER_R_ACK || rec.type == EIDER_R_HELLO ||
                          rec.type == EIDER_R_PQ,
                      "a candidate got a record of type %d", rec.type);
    return true;
}

START_TEST(a_candidate_gets_nothing_that_was_typed)
{
    EIDER_AUTO(eider_buf) pickle = {0};
    eider_ratchet *r = NULL;
    eider_reader rd;
    unsigned covers = 0;

    bring(second);
    two.a->keeps_lines = true;
    ck_assert_int_eq(device_write(second, "alice", "hm?"), EIDER_OK);
    eider_ratchet_pickle(session_with(second, "alice", two.a)->ratchet,
                         &pickle);
    rd = eider_reader_of(pickle.p, pickle.n);
    ck_assert_int_eq(eider_ratchet_unpickle(&r, &rd), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "for Bob"), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "and once more"), EIDER_OK);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_OFF), EIDER_OK);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    world_run(two.w, 5 * WORLD_MINUTE);
    for (guint i = 0; i < two.a->lines->len; i++)
        covers += is_cover(r, tap_line(two.a, i));
    ck_assert_uint_eq(covers, 1); /* the ack of "hm?" */
    ck_assert_uint_eq(second->shown->len, 0);
    ck_assert_uint_eq(two.b->shown->len, 2);
    eider_ratchet_free(r);
}
END_TEST

START_TEST(text_that_waits_for_the_known_key_does_not_go_to_a_candidate)
{
    device_stop(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "secret"), EIDER_OK);
    bring(second);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(second->shown->len, 0);
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "secret"), 1);
}
END_TEST

START_TEST(text_leaves_to_no_key_that_is_not_accepted)
{
    device_offline(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "secret"), EIDER_OK);
    g_array_index(peek_card(two.a, "bob")->keys, eider_known, 0).trust =
        _i == 0 ? EIDER_TRUST_CANDIDATE : EIDER_TRUST_REFUSED;
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.b->shown->len, 0);
    ck_assert_uint_eq(device_status(two.a, "bob").waiting, 1);
}
END_TEST

/* ---- what the user decides ------------------------------------------------ */

START_TEST(an_accepted_candidate_gets_only_what_is_typed_from_then_on)
{
    device_stop(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "before"), EIDER_OK);
    bring(second);
    ck_assert_int_eq(decide(second, true, false), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "after"), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_ACCEPTED);
    ck_assert_uint_eq(device_count_shown(second, "before"), 0);
    ck_assert_uint_eq(device_count_shown(second, "after"), 1);
}
END_TEST

START_TEST(an_accepted_candidate_gets_what_waits_if_the_user_says_so)
{
    device_stop(two.b);
    ck_assert_int_eq(device_write(two.a, "bob", "before"), EIDER_OK);
    bring(second);
    ck_assert_int_eq(decide(second, true, true), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(second, "before"), 1);
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "before"), 1);
}
END_TEST

START_TEST(a_refused_key_stays_refused)
{
    bring(second);
    ck_assert_int_eq(decide(second, false, false), EIDER_OK);
    (void)!device_write(second, "alice", "let me in");
    world_run(two.w, WORLD_MINUTE);
    device_stop(two.a);
    device_start(two.a);
    call_now(second, "alice");
    world_run(two.w, 2 * WORLD_HOUR);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_REFUSED);
    ck_assert_uint_eq(two.a->shown->len, 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NEW_DEVICE], 1);
    ck_assert_int_eq(device_status(two.a, "bob").look, EIDER_LOOK_PRIVATE);
    ck_assert_ptr_null(session_with(two.a, "bob", second));
}
END_TEST

START_TEST(a_decision_about_a_key_that_nobody_has_is_missing)
{
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "bob",
                                         "00000 00000 00000 00000 00000 00000",
                                         true, true),
                     EIDER_E_MISSING);
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "eve",
                                         "", true, true),
                     EIDER_E_MISSING);
}
END_TEST

/* ---- keys that are known otherwise ---------------------------------------- */

START_TEST(a_key_known_under_another_contact_is_a_candidate)
{
    eider_card *carol = peek_card(two.a, "carol");
    const eider_known bobs =
        g_array_index(peek_card(two.a, "bob")->keys, eider_known, 0);

    g_array_append_val(carol->keys, bobs);
    g_array_set_size(peek_card(two.a, "bob")->keys, 0);
    eider_engine_forget(two.a->engine, two.a->account, "bob");
    call_now(two.b, "alice");
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_CANDIDATE);
}
END_TEST

START_TEST(another_contact_with_the_same_key_is_found)
{
    const eider_known bobs =
        g_array_index(peek_card(two.a, "bob")->keys, eider_known, 0);
    char digits[EIDER_DIGITS_SIZE], *account, *peer;

    peek_own(two.b, digits);
    ck_assert(!eider_engine_also_known(two.a->engine, two.a->account, "bob",
                                       digits, &account, &peer));
    ck_assert_ptr_null(peer);
    g_array_append_val(peek_card(two.a, "carol")->keys, bobs);
    ck_assert(eider_engine_also_known(two.a->engine, two.a->account, "bob",
                                      digits, &account, &peer));
    ck_assert_str_eq(account, two.a->account);
    ck_assert_str_eq(peer, "carol");
    g_free(account);
    g_free(peer);
    ck_assert(!eider_engine_also_known(two.a->engine, two.a->account, "bob",
                                       "12345", &account, &peer));
    ck_assert(!eider_engine_also_known(two.a->engine, two.a->account, "dave",
                                       digits, &account, &peer));
}
END_TEST

START_TEST(our_own_key_is_nobodys)
{
    eider_contact *c = peek_contact(two.a, "bob");
    EIDER_AUTO(eider_outcome) o = {0};
    EIDER_AUTO(eider_keypair) own;
    eider_session *s;
    footprint *f;

    ck_assert_int_eq(eider_index_own(two.a->engine, two.a->account, &own),
                     EIDER_OK);
    o.peer = own.pk;
    f = footprint_take(two.a, "bob");
    ck_assert_int_eq(eider_session_begin(two.a->engine, c, &o, "bob/1", &s),
                     EIDER_E_AUTH);
    ck_assert_ptr_null(s);
    footprint_same(two.a, "bob", f);
}
END_TEST

START_TEST(our_own_lines_coming_back_do_nothing)
{
    footprint *f;

    tap_open(two.a);
    call_now(two.a, "bob");
    ck_assert_int_eq(device_write(two.a, "bob", "echo"), EIDER_OK);
    ck_assert_uint_eq(two.a->lines->len, 2);
    f = footprint_take(two.a, "bob");
    device_receive(two.a, "bob", tap_line(two.a, 0));
    device_receive(two.a, "bob", tap_line(two.a, 1));
    footprint_same(two.a, "bob", f);
}
END_TEST

/* Both sides of twelve turns, so that no header key of then is kept. */
static void
talk_for_long(void)
{
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(device_write(two.a, "bob", "to"), EIDER_OK);
        world_run(two.w, WORLD_MINUTE);
        ck_assert_int_eq(device_write(two.b, "alice", "fro"), EIDER_OK);
        world_run(two.w, WORLD_MINUTE);
    }
}

START_TEST(a_session_that_an_unknown_copy_lost_is_told_of_once)
{
    memfiles_copy *copy;
    unsigned told;

    talk_for_long();
    device_stop(two.a);
    copy = memfiles_snapshot(two.a->files);
    device_start(two.a);
    talk_for_long();
    device_stop(two.a);
    memfiles_rewind(two.a->files, copy); /* nothing tells that it is old */
    memfiles_copy_free(copy);
    device_start(two.a);
    world_run(two.w, 15 * WORLD_MINUTE);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(device_write(two.b, "alice", "after"), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.a, "after"), 4);
    told = two.a->news[EIDER_NEWS_RENEWED] + two.b->news[EIDER_NEWS_RENEWED];
    ck_assert_uint_eq(told, 1);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_RESTORED], 0);
    talk_for_long();
    ck_assert_uint_eq(told, two.a->news[EIDER_NEWS_RENEWED] +
                                two.b->news[EIDER_NEWS_RENEWED]);
}
END_TEST

START_TEST(lines_for_another_device_are_no_lost_session)
{
    bring(second); /* nobody accepts it: it gets no text, but copies */
    two.a->keeps_lines = true;
    world_run(two.w, WORLD_HOUR);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(device_write(two.a, "bob", "for the first"), EIDER_OK);
        device_receive(second, "alice", device_last_line(two.a));
    }
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_ge(eider_engine_counters(second->engine)->unopenable, 3);
    ck_assert_uint_eq(second->news[EIDER_NEWS_RENEWED], 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_RENEWED], 0);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_RENEWED], 0);
}
END_TEST

START_TEST(accounts_share_no_key)
{
    char one[EIDER_DIGITS_SIZE], other[EIDER_DIGITS_SIZE];

    peek_own(two.a, one);
    ck_assert_int_eq(
        eider_engine_own_fingerprint(two.a->engine, "sim\tmallory", other),
        EIDER_OK);
    ck_assert_str_ne(one, other);
}
END_TEST

Suite *
trust_suite(void)
{
    Suite *suite = suite_create("trust");
    TCase *t = tcase_create("keys");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 20);
    tcase_add_test(t, the_first_key_is_taken_on_trust);
    tcase_add_test(t, a_second_key_is_a_candidate_and_is_told_once);
    tcase_add_test(t, of_three_candidates_the_two_newest_stay);
    tcase_add_test(t, what_a_candidate_writes_is_shown_with_a_mark);
    tcase_add_test(t, a_candidate_gets_nothing_that_was_typed);
    tcase_add_test(
        t, text_that_waits_for_the_known_key_does_not_go_to_a_candidate);
    tcase_add_loop_test(t, text_leaves_to_no_key_that_is_not_accepted, 0, 2);
    tcase_add_test(t,
                   an_accepted_candidate_gets_only_what_is_typed_from_then_on);
    tcase_add_test(t,
                   an_accepted_candidate_gets_what_waits_if_the_user_says_so);
    tcase_add_test(t, a_refused_key_stays_refused);
    tcase_add_test(t, a_decision_about_a_key_that_nobody_has_is_missing);
    tcase_add_test(t, a_key_known_under_another_contact_is_a_candidate);
    tcase_add_test(t, another_contact_with_the_same_key_is_found);
    tcase_add_test(t, our_own_key_is_nobodys);
    tcase_add_test(t, our_own_lines_coming_back_do_nothing);
    tcase_add_test(t, a_session_that_an_unknown_copy_lost_is_told_of_once);
    tcase_add_test(t, lines_for_another_device_are_no_lost_session);
    tcase_add_test(t, accounts_share_no_key);
    suite_add_tcase(suite, t);
    return suite;
}
