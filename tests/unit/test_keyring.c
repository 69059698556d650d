/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All keys at once, blocking, forgetting, and indexes of older versions. */
#include "eider/keyring.h"

#include "unit/peek.h"

#include <string.h>

static couple two;
static device *second;

static void
set_up(void)
{
    two = couple_met(11);
    second = world_add(two.w, "bob", "2");
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* Another device of bob turns up at alice's. */
static void
bring_second(void)
{
    device_stop(two.b);
    device_start(second);
    ck_assert_int_eq(device_choose(second, "alice", EIDER_ON), EIDER_OK);
    world_run(two.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_CANDIDATE);
}

static eider_err
deed(device *of, eider_deed what)
{
    char digits[EIDER_DIGITS_SIZE];

    peek_own(of, digits);
    return eider_engine_key(two.a->engine, two.a->account, "bob", digits, what);
}

typedef struct {
    unsigned own, theirs, forgotten;
    eider_key_row last_own;
    eider_device last;
} listing;

static void
count_row(void *arg, const eider_key_row *row)
{
    listing *l = arg;

    if (row->peer == NULL) {
        l->own++;
        l->last_own = *row;
        ck_assert_uint_eq(l->theirs, 0); /* ours first */
    } else {
        l->theirs++;
        l->forgotten += row->device.trust == EIDER_TRUST_FORGOTTEN;
        l->last = row->device;
        ck_assert_str_eq(row->peer, "bob");
    }
}

static listing
list_of(device *d)
{
    listing l = {0};

    eider_engine_list_keys(d->engine, count_row, &l);
    return l;
}

START_TEST(lists_own_and_contacts_keys_without_their_files)
{
    char digits[EIDER_DIGITS_SIZE];
    listing l;

    device_stop(two.a);
    device_start(two.a);
    g_hash_table_remove_all(two.a->engine->contacts);
    l = list_of(two.a);
    ck_assert_uint_eq(g_hash_table_size(two.a->engine->contacts), 0);
    ck_assert_uint_eq(l.own, 1);
    ck_assert_uint_eq(l.theirs, 1);
    peek_own(two.a, digits);
    ck_assert_str_eq(l.last_own.device.fingerprint, digits);
    ck_assert_uint_gt(l.last_own.device.first_seen, 0);
    ck_assert_uint_eq(l.last_own.imported, 0);
    peek_own(two.b, digits);
    ck_assert_str_eq(l.last.fingerprint, digits);
    ck_assert_uint_gt(l.last.first_seen, 0);
}
END_TEST

START_TEST(a_blocked_key_gets_nothing_and_is_swallowed_and_counted)
{
    uint64_t sent;
    unsigned met;

    ck_assert_int_eq(deed(two.b, EIDER_KEY_BLOCK), EIDER_OK);
    sent = two.a->sent;
    met = two.a->news[EIDER_NEWS_NEW_DEVICE];
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(device_write(two.b, "alice", "hello?"), EIDER_OK);
        world_run(two.w, 5 * WORLD_MINUTE);
    }
    ck_assert_uint_eq(device_count_shown(two.a, "hello?"), 0);
    ck_assert_uint_eq(two.a->sent, sent); /* no ack, no handshake, no cover */
    ck_assert_uint_ge(list_of(two.a).last.swallowed, 5);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NEW_DEVICE], met);
    /* It stays so on disk. */
    device_stop(two.a);
    device_start(two.a);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_BLOCKED);
    ck_assert_int_eq(device_write(two.a, "bob", "not for it"), EIDER_OK);
    world_run(two.w, WORLD_DAY);
    ck_assert_uint_eq(device_count_shown(two.b, "not for it"), 0);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_BLOCKED);
    ck_assert(eider_engine_is_private(two.a->engine, two.a->account, "bob"));
}
END_TEST

START_TEST(a_blocked_key_is_told_no_goodbye)
{
    uint64_t sent;

    ck_assert_int_eq(deed(two.b, EIDER_KEY_BLOCK), EIDER_OK);
    sent = two.a->sent;
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_OFF), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(two.a->sent, sent);
}
END_TEST

START_TEST(an_unblocked_key_is_a_candidate_until_the_user_says_yes)
{
    char digits[EIDER_DIGITS_SIZE];

    ck_assert_int_eq(deed(two.b, EIDER_KEY_UNBLOCK), EIDER_E_STATE);
    ck_assert(!two.a->looked.is_shut);
    ck_assert_int_eq(deed(two.b, EIDER_KEY_BLOCK), EIDER_OK);
    ck_assert(two.a->looked.is_shut);
    ck_assert_int_eq(deed(two.b, EIDER_KEY_UNBLOCK), EIDER_OK);
    ck_assert(!two.a->looked.is_shut);
    ck_assert_int_eq(two.a->looked.look, EIDER_LOOK_NEW_DEVICE);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_CANDIDATE);
    ck_assert_int_eq(device_write(two.a, "bob", "early"), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "early"), 0);
    peek_own(two.b, digits);
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "bob",
                                         digits, true, true),
                     EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "early"), 1);
}
END_TEST

START_TEST(blocking_one_device_leaves_the_other_alone)
{
    char digits[EIDER_DIGITS_SIZE];

    bring_second();
    peek_own(second, digits);
    ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account, "bob",
                                         digits, true, false),
                     EIDER_OK);
    device_start(two.b);
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_int_eq(deed(second, EIDER_KEY_BLOCK), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "for one"), EIDER_OK);
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "for one"), 1);
    ck_assert_uint_eq(device_count_shown(second, "for one"), 0);
}
END_TEST

START_TEST(a_forgotten_key_is_history_and_the_next_is_taken_on_trust)
{
    ck_assert_int_eq(deed(two.b, EIDER_KEY_FORGET), EIDER_OK);
    ck_assert_uint_eq(device_sessions(two.a, "bob"), 0);
    ck_assert_int_eq(list_of(two.a).last.trust, EIDER_TRUST_FORGOTTEN);
    ck_assert_uint_gt(list_of(two.a).last.changed_at, 0);
    device_stop(two.b);
    device_start(second);
    ck_assert_int_eq(device_choose(second, "alice", EIDER_ON), EIDER_OK);
    call_now(second, "alice");
    world_run(two.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_ACCEPTED);
    ck_assert_uint_eq(list_of(two.a).forgotten, 1);
    ck_assert_uint_eq(list_of(two.a).theirs, 2);
}
END_TEST

/* It came, and was not acknowledged: the new session brings it once more. */
START_TEST(a_text_is_not_shown_again_because_its_key_was_forgotten)
{
    ck_assert_int_eq(device_write(two.b, "alice", "once"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(two.a, "once"), 1);
    ck_assert_int_eq(device_state_of(two.b, NULL), EIDER_TEXT_SENT);
    ck_assert_int_eq(deed(two.b, EIDER_KEY_FORGET), EIDER_OK);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_int_eq(device_state_of(two.b, NULL), EIDER_TEXT_DELIVERED);
    ck_assert_uint_eq(device_count_shown(two.a, "once"), 1);
}
END_TEST

START_TEST(a_text_is_not_shown_again_because_its_key_was_refused)
{
    char digits[EIDER_DIGITS_SIZE];

    peek_own(two.b, digits);
    ck_assert_int_eq(device_write(two.b, "alice", "once"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(two.a, "once"), 1);
    for (int accept = 0; accept < 2; accept++)
        ck_assert_int_eq(eider_engine_decide(two.a->engine, two.a->account,
                                             "bob", digits, accept, true),
                         EIDER_OK);
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_int_eq(device_state_of(two.b, NULL), EIDER_TEXT_DELIVERED);
    ck_assert_uint_eq(device_count_shown(two.a, "once"), 1);
}
END_TEST

START_TEST(a_forgotten_key_that_comes_back_beside_others_is_a_candidate)
{
    bring_second();
    ck_assert_int_eq(deed(second, EIDER_KEY_FORGET), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    device_stop(second);
    device_lose(second, "alice");
    device_start(second);
    ck_assert_int_eq(device_choose(second, "alice", EIDER_ON), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    ck_assert_int_eq(peek_trust(two.a, second), EIDER_TRUST_CANDIDATE);
    ck_assert_uint_eq(list_of(two.a).theirs, 2);
}
END_TEST

START_TEST(a_deed_that_cannot_be_written_is_none)
{
    static const eider_deed deeds[] = {EIDER_KEY_BLOCK, EIDER_KEY_FORGET};

    memfiles_fail_all(two.a->files, true);
    ck_assert_int_eq(deed(two.b, deeds[_i]), EIDER_E_STORE);
    memfiles_fail_all(two.a->files, false);
    ck_assert_int_eq(peek_trust(two.a, two.b), EIDER_TRUST_ACCEPTED);
    ck_assert_int_eq(device_write(two.a, "bob", "on"), EIDER_OK);
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "on"), 1);
}
END_TEST

START_TEST(nobodys_key_is_missing)
{
    ck_assert_int_eq(deed(second = two.a, EIDER_KEY_BLOCK), EIDER_E_MISSING);
    ck_assert_int_eq(eider_engine_key(two.a->engine, two.a->account, "carol",
                                      "x", EIDER_KEY_FORGET),
                     EIDER_E_MISSING);
}
END_TEST

/* An index as version 1 wrote it: one account, one contact with one key. */
static void
put_version_1(eider_buf *out, uint8_t trust)
{
    uint8_t pk[EIDER_KEY_LEN];

    memset(pk, 7, sizeof pk);
    eider_put_u8(out, 1);
    eider_put_u32(out, 1);
    eider_put_block(out, "acc", 3);
    eider_buf_add(out, pk, sizeof pk);
    eider_buf_add(out, pk, sizeof pk);
    eider_put_u32(out, 1);
    eider_put_block(out, "acc", 3);
    eider_put_block(out, "bob", 3);
    eider_put_u8(out, EIDER_ON);
    eider_put_u8(out, 3);
    eider_put_u16(out, 1);
    eider_buf_add(out, pk, sizeof pk);
    eider_put_u8(out, trust);
    eider_put_u8(out, 1);
    eider_put_u64(out, 1000);
    eider_put_u64(out, 2000);
    eider_put_block(out, "laptop", 6);
    eider_put_block(out, "Bob", 3);
}

static eider_err
read_index(const eider_buf *b, eider_index *x)
{
    eider_index_init(x);
    return eider_index_unpickle(x, (eider_slice){b->p, b->n});
}

START_TEST(an_index_of_version_1_is_read_with_defaults_and_written_anew)
{
    EIDER_AUTO(eider_buf) old = {0};
    EIDER_AUTO(eider_buf) now = {0};
    eider_index x, y;
    eider_card *card;
    eider_known *k;

    put_version_1(&old, EIDER_TRUST_REFUSED);
    ck_assert_int_eq(read_index(&old, &x), EIDER_OK);
    card = g_hash_table_lookup(x.cards, "acc\nbob");
    ck_assert_ptr_nonnull(card);
    k = &g_array_index(card->keys, eider_known, 0);
    ck_assert(k->is_checked);
    ck_assert_int_eq(k->trust, EIDER_TRUST_REFUSED);
    ck_assert_int_eq(k->checked_how, EIDER_CHECK_NONE);
    ck_assert_uint_eq(k->checked_at, 0);
    ck_assert_uint_eq(k->last_seen, 2000);
    k->checked_how = EIDER_CHECK_CODE;
    k->checked_at = 12345;
    eider_index_pickle(&x, &now);
    ck_assert_int_eq(read_index(&now, &y), EIDER_OK);
    card = g_hash_table_lookup(y.cards, "acc\nbob");
    k = &g_array_index(card->keys, eider_known, 0);
    ck_assert_int_eq(k->checked_how, EIDER_CHECK_CODE);
    ck_assert_uint_eq(k->checked_at, 12345);
    ck_assert_str_eq(k->label, "laptop");
    eider_index_clear(&x);
    eider_index_clear(&y);
}
END_TEST

START_TEST(an_index_with_a_trust_or_version_that_does_not_exist_is_refused)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_index x;

    put_version_1(&b, _i == 0 ? EIDER_TRUSTS : EIDER_TRUST_ACCEPTED);
    if (_i > 0)
        b.p[0] = _i == 1 ? 0 : 200;
    ck_assert_int_eq(read_index(&b, &x), EIDER_E_MALFORMED);
    eider_index_clear(&x);
}
END_TEST

Suite *keyring_suite(void);

Suite *
keyring_suite(void)
{
    Suite *s = suite_create("keyring");
    TCase *t = tcase_create("keys");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, lists_own_and_contacts_keys_without_their_files);
    tcase_add_test(t, a_blocked_key_gets_nothing_and_is_swallowed_and_counted);
    tcase_add_test(t, a_blocked_key_is_told_no_goodbye);
    tcase_add_test(t, an_unblocked_key_is_a_candidate_until_the_user_says_yes);
    tcase_add_test(t, blocking_one_device_leaves_the_other_alone);
    tcase_add_test(t,
                   a_forgotten_key_is_history_and_the_next_is_taken_on_trust);
    tcase_add_test(
        t, a_forgotten_key_that_comes_back_beside_others_is_a_candidate);
    tcase_add_loop_test(t, a_deed_that_cannot_be_written_is_none, 0, 2);
    tcase_add_test(t, a_text_is_not_shown_again_because_its_key_was_forgotten);
    tcase_add_test(t, a_text_is_not_shown_again_because_its_key_was_refused);
    tcase_add_test(t, nobodys_key_is_missing);
    suite_add_tcase(s, t);
    t = tcase_create("versions");
    tcase_add_test(
        t, an_index_of_version_1_is_read_with_defaults_and_written_anew);
    tcase_add_loop_test(
        t, an_index_with_a_trust_or_version_that_does_not_exist_is_refused, 0,
        3);
    suite_add_tcase(s, t);
    return s;
}
