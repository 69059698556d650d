/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/handshake.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <string.h>

Suite *handshake_suite(void);

static const eider_outcome no_outcome;
static const eider_attempt no_attempt;

/* Both sides up to message 3, which is written. */
typedef struct {
    eider_keypair s[2]; /* initiator, responder */
    eider_attempt a[2];
    uint8_t message3[EIDER_HS_LEN_3];
    eider_hs_id id23;
    eider_outcome out; /* of the initiator */
} meeting;

static void
meet(meeting *m)
{
    memset(m, 0, sizeof *m);
    eider_keypair_new(&m->s[0]);
    eider_keypair_new(&m->s[1]);
    ck_assert_int_eq(eider_attempt_start(&m->a[0], &m->s[0]), EIDER_OK);
    ck_assert_int_eq(eider_attempt_answer(&m->a[1], &m->s[1], m->a[0].message),
                     EIDER_OK);
    ck_assert_int_eq(eider_attempt_finish(&m->a[0], m->a[1].message,
                                          m->message3, &m->id23, &m->out),
                     EIDER_OK);
}

/* ---- Against the model ------------------------------------------------- */

static void
push(const vectors *v, const char *name)
{
    uint8_t bytes[64];
    size_t n = vectors_bytes(v, name, bytes, sizeof bytes);

    test_random_push(bytes, n);
}

static void
expect(const vectors *v, const char *name, const void *got, size_t n)
{
    uint8_t want[EIDER_HS_LEN];

    vectors_exactly(v, name, want, n);
    ck_assert_msg(memcmp(got, want, n) == 0, "%s, case %u: %s", v->path,
                  v->number, name);
}

static void
expect_outcome(const vectors *v, const eider_outcome *o)
{
    const eider_session_keys *k = &o->keys;

    expect(v, "rk0", k->rk0.b, EIDER_KEY_LEN);
    expect(v, "hk_i2r", k->hk_initiator.b, EIDER_KEY_LEN);
    expect(v, "nhk_r2i", k->nhk_responder.b, EIDER_KEY_LEN);
    expect(v, "sask", k->sask.b, EIDER_KEY_LEN);
    expect(v, "sid", k->sid.b, EIDER_KEY_LEN);
    expect(v, "rm", k->rm.b, EIDER_KEY_LEN);
    expect(v, "export", k->export.b, EIDER_KEY_LEN);
    expect(v, "responder_e_public", o->responder_e_pk.b, EIDER_KEY_LEN);
    if (o->initiator) {
        expect(v, "responder_static_public", o->peer.b, EIDER_KEY_LEN);
    } else {
        expect(v, "initiator_static_public", o->peer.b, EIDER_KEY_LEN);
        expect(v, "responder_e", o->responder_e.sk.b, EIDER_KEY_LEN);
        expect(v, "responder_e_public", o->responder_e.pk.b, EIDER_KEY_LEN);
    }
}

static void
keys_from(const vectors *v, meeting *m)
{
    eider_secret s;

    memset(m, 0, sizeof *m);
    vectors_exactly(v, "initiator_static", s.b, sizeof s.b);
    eider_keypair_from(&m->s[0], &s);
    vectors_exactly(v, "responder_static", s.b, sizeof s.b);
    eider_keypair_from(&m->s[1], &s);
}

START_TEST(agrees_with_the_model)
{
    eider_outcome out;
    meeting m;
    vectors v;

    vectors_open(&v, "tests/vectors/handshake.txt");
    while (vectors_next(&v)) {
        keys_from(&v, &m);
        push(&v, "initiator_e");
        push(&v, "kem_seed");
        ck_assert_int_eq(eider_attempt_start(&m.a[0], &m.s[0]), EIDER_OK);
        test_random_end();
        expect(&v, "message1", m.a[0].message, EIDER_HS_LEN);
        expect(&v, "h1", m.a[0].h1, EIDER_H1_LEN);
        expect(&v, "id1", m.a[0].id1.b, EIDER_HS_ID_LEN);

        push(&v, "responder_e");
        push(&v, "kem_m");
        ck_assert_int_eq(eider_attempt_answer(&m.a[1], &m.s[1], m.a[0].message),
                         EIDER_OK);
        test_random_end();
        expect(&v, "message2", m.a[1].message, EIDER_HS_LEN);
        expect(&v, "h1", m.a[1].h1, EIDER_H1_LEN);
        expect(&v, "id1", m.a[1].id1.b, EIDER_HS_ID_LEN);
        expect(&v, "id2", m.a[1].id23.b, EIDER_HS_ID_LEN);

        ck_assert_int_eq(eider_attempt_finish(&m.a[0], m.a[1].message,
                                              m.message3, &m.id23, &out),
                         EIDER_OK);
        expect(&v, "message3", m.message3, EIDER_HS_LEN_3);
        expect(&v, "id2", m.id23.b, EIDER_HS_ID_LEN);
        expect_outcome(&v, &out);
        ck_assert_int_eq(eider_attempt_accept(&m.a[1], m.message3, &out),
                         EIDER_OK);
        expect_outcome(&v, &out);
    }
}
END_TEST

/* ---- Properties -------------------------------------------------------- */

START_TEST(both_sides_hold_the_same_at_the_end)
{
    static const eider_keypair none;
    eider_outcome out;
    meeting m;

    meet(&m);
    ck_assert_int_eq(eider_attempt_accept(&m.a[1], m.message3, &out), EIDER_OK);
    ck_assert(m.out.initiator && !out.initiator);
    ck_assert_mem_eq(&m.out.keys, &out.keys, sizeof out.keys);
    ck_assert(eider_public_is_equal(&m.out.peer, &m.s[1].pk));
    ck_assert(eider_public_is_equal(&out.peer, &m.s[0].pk));
    ck_assert(
        eider_public_is_equal(&m.out.responder_e_pk, &out.responder_e.pk));
    ck_assert(eider_public_is_equal(&out.responder_e_pk, &out.responder_e.pk));
    ck_assert_mem_eq(&m.out.responder_e, &none, sizeof none);
    ck_assert_mem_eq(m.id23.b, m.a[1].id23.b, sizeof m.id23);
    ck_assert_mem_eq(m.a[0].h1, m.a[1].h1, EIDER_H1_LEN);
}
END_TEST

START_TEST(all_keys_of_a_session_differ_and_no_two_sessions_share_one)
{
    eider_secret keys[14];
    meeting m;

    for (int i = 0; i < 2; i++) {
        meet(&m);
        ck_assert_uint_eq(sizeof m.out.keys, 7 * sizeof keys[0]);
        memcpy(keys + 7 * i, &m.out.keys, sizeof m.out.keys);
    }
    for (int i = 0; i < 14; i++)
        for (int j = 0; j < i; j++)
            ck_assert(!eider_equal(&keys[i], &keys[j], sizeof keys[0]));
}
END_TEST

START_TEST(several_devices_answer_one_message_1)
{
    eider_keypair phone;
    eider_attempt a, before;
    eider_outcome out, other;
    uint8_t message3[EIDER_HS_LEN_3];
    eider_hs_id id;
    meeting m;

    meet(&m);
    before = m.a[0];
    eider_keypair_new(&phone);
    ck_assert_int_eq(eider_attempt_answer(&a, &phone, m.a[0].message),
                     EIDER_OK);
    ck_assert_int_eq(
        eider_attempt_finish(&m.a[0], a.message, message3, &id, &out),
        EIDER_OK);
    ck_assert_mem_eq(&m.a[0], &before, sizeof before);
    ck_assert(memcmp(id.b, m.id23.b, sizeof id) != 0);
    ck_assert(memcmp(m.a[1].id1.b, a.id1.b, sizeof id) == 0);
    ck_assert(eider_public_is_equal(&out.peer, &phone.pk));
    ck_assert_int_eq(eider_attempt_accept(&a, message3, &other), EIDER_OK);
    ck_assert_mem_eq(&out.keys, &other.keys, sizeof out.keys);
    /* What is for the one is not for the other. */
    ck_assert_int_eq(eider_attempt_accept(&m.a[1], message3, &other),
                     EIDER_E_AUTH);
    ck_assert_int_eq(eider_attempt_accept(&a, m.message3, &other),
                     EIDER_E_AUTH);
}
END_TEST

/* Nothing of message 1 is sealed; all of it is bound. */
START_TEST(a_changed_message_1_does_not_end_in_a_session)
{
    eider_outcome out;
    eider_attempt a;
    meeting m;

    meet(&m);
    for (size_t at = 0; at < EIDER_HS_LEN; at++) {
        eider_err e;

        m.a[0].message[at] ^= (uint8_t)(1 << at % 8);
        memset(&a, 0x77, sizeof a);
        e = eider_attempt_answer(&a, &m.s[1], m.a[0].message);
        m.a[0].message[at] ^= (uint8_t)(1 << at % 8);
        if (e != EIDER_OK) {
            ck_assert_mem_eq(&a, &no_attempt, sizeof a);
            continue;
        }
        ck_assert_int_eq(
            eider_attempt_finish(&m.a[0], a.message, m.message3, &m.id23, &out),
            EIDER_E_AUTH);
    }
}
END_TEST

static bool
finishes(eider_slice in, void *data)
{
    const meeting *m = data;
    uint8_t message3[EIDER_HS_LEN_3] = {0};
    static const uint8_t nothing[EIDER_HS_LEN_3];
    eider_hs_id id = {{0}};
    eider_outcome out = {0};

    if (eider_attempt_finish(&m->a[0], in.p, message3, &id, &out) == EIDER_OK)
        return true;
    ck_assert_mem_eq(message3, nothing, sizeof message3);
    ck_assert_mem_eq(id.b, nothing, sizeof id);
    ck_assert_mem_eq(&out, &no_outcome, sizeof out);
    return false;
}

static bool
accepts(eider_slice in, void *data)
{
    const meeting *m = data;
    eider_outcome out = {0};

    if (eider_attempt_accept(&m->a[1], in.p, &out) == EIDER_OK)
        return true;
    ck_assert_mem_eq(&out, &no_outcome, sizeof out);
    return false;
}

START_TEST(a_changed_message_2_or_3_gives_nothing_and_changes_nothing)
{
    meeting m, before;

    meet(&m);
    before = m;
    test_refuses_flips(test_slice(m.a[1].message, EIDER_HS_LEN), 0, finishes,
                       &m);
    test_refuses_bit_flips(test_slice(m.message3, EIDER_HS_LEN_3), accepts, &m);
    ck_assert_mem_eq(&m, &before, sizeof m);
}
END_TEST

START_TEST(a_message_is_not_taken_for_another)
{
    uint8_t longer[EIDER_HS_LEN] = {0};
    eider_outcome out;
    eider_hs_id id;
    meeting m;

    meet(&m);
    memcpy(longer, m.message3, EIDER_HS_LEN_3);
    ck_assert_int_eq(
        eider_attempt_finish(&m.a[1], longer, m.message3, &id, &out),
        EIDER_E_STATE);
    ck_assert_int_eq(eider_attempt_accept(&m.a[0], m.a[1].message, &out),
                     EIDER_E_STATE);
    ck_assert(!finishes(test_slice(m.a[0].message, EIDER_HS_LEN), &m));
}
END_TEST

/* ---- Payloads: another version is dropped, capabilities are not read ---- */

static void
write_with(eider_noise *n, size_t payload, size_t at, uint8_t v, uint8_t *out)
{
    uint8_t bytes[180] = {1};
    eider_buf b = {0};

    bytes[at] = v;
    ck_assert_int_eq(eider_noise_write(n, test_slice(bytes, payload), &b),
                     EIDER_OK);
    memcpy(out, b.p, b.n);
    eider_buf_wipe(&b);
}

static const struct {
    size_t at;
    uint8_t v;
    eider_err e;
} payloads[] = {
    {0, 0, EIDER_E_MALFORMED},
    {0, 2, EIDER_E_MALFORMED},
    {0, 255, EIDER_E_MALFORMED},
    {0, 1, EIDER_OK},
    {1, 1, EIDER_OK},
    {2, 0x80, EIDER_OK},
    {3, 9, EIDER_OK},
};

START_TEST(another_version_is_dropped_and_the_rest_is_not_read)
{
    const eider_err e = payloads[_i].e;
    const size_t at = payloads[_i].at;
    const uint8_t v = payloads[_i].v;
    eider_slice prologue = test_string("EIDER/1");
    uint8_t message[EIDER_HS_LEN], message3[EIDER_HS_LEN_3];
    EIDER_AUTO(eider_buf) ignored = {0};
    eider_outcome out;
    eider_attempt a;
    eider_noise n;
    eider_hs_id id;
    meeting m;

    meet(&m);
    eider_noise_init(&n, EIDER_NOISE_XXHFS, true, prologue, &m.s[0]);
    write_with(&n, 4, at, v, message);
    ck_assert_int_eq(eider_attempt_answer(&a, &m.s[1], message), e);

    eider_noise_init(&n, EIDER_NOISE_XXHFS, false, prologue, &m.s[1]);
    ck_assert_int_eq(eider_noise_read(&n,
                                      test_slice(m.a[0].message, EIDER_HS_LEN),
                                      &ignored),
                     EIDER_OK);
    write_with(&n, 20, at, v, message);
    ck_assert_int_eq(
        eider_attempt_finish(&m.a[0], message, message3, &id, &out), e);

    n = m.a[0].noise;
    ck_assert_int_eq(eider_noise_read(&n,
                                      test_slice(m.a[1].message, EIDER_HS_LEN),
                                      &ignored),
                     EIDER_OK);
    write_with(&n, 180, at, v, message3);
    ck_assert_int_eq(eider_attempt_accept(&m.a[1], message3, &out), e);
}
END_TEST

/* ---- Storage ----------------------------------------------------------- */

static bool
unpickles(eider_slice in, void *data)
{
    eider_reader r = eider_reader_of(in.p, in.n);
    eider_attempt a;

    memset(&a, 0x77, sizeof a);
    if (eider_attempt_unpickle(&a, &r) == EIDER_OK) {
        ck_assert(eider_reader_is_done(&r));
        ck_assert_mem_eq(&a, data, sizeof a);
        return true;
    }
    ck_assert_mem_eq(&a, &no_attempt, sizeof a);
    return false;
}

START_TEST(an_attempt_comes_back_whole_or_not_at_all)
{
    EIDER_AUTO(eider_buf) b = {0};
    meeting m;

    meet(&m);
    eider_attempt_pickle(&m.a[_i], &b);
    test_refuses_cuts(test_slice(b.p, b.n), unpickles, &m.a[_i]);
    /* Pattern, role and message do not fit together. */
    b.p[0] = EIDER_NOISE_XX;
    ck_assert(!unpickles(test_slice(b.p, b.n), &m.a[_i]));
    b.p[0] = EIDER_NOISE_XXHFS;
    b.p[2] ^= 3;
    ck_assert(!unpickles(test_slice(b.p, b.n), &m.a[_i]));
    b.p[2] = 3;
    ck_assert(!unpickles(test_slice(b.p, b.n), &m.a[_i]));
}
END_TEST

START_TEST(wiping_leaves_nothing)
{
    eider_attempt a;
    eider_outcome o;

    memset(&a, 0x77, sizeof a);
    memset(&o, 0x77, sizeof o);
    eider_attempt_wipe(&a);
    eider_outcome_wipe(&o);
    ck_assert_mem_eq(&a, &no_attempt, sizeof a);
    ck_assert_mem_eq(&o, &no_outcome, sizeof o);
}
END_TEST

Suite *
handshake_suite(void)
{
    Suite *s = suite_create("handshake");
    TCase *tc = tcase_create("handshake");

    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, agrees_with_the_model);
    tcase_add_test(tc, both_sides_hold_the_same_at_the_end);
    tcase_add_test(tc,
                   all_keys_of_a_session_differ_and_no_two_sessions_share_one);
    tcase_add_test(tc, several_devices_answer_one_message_1);
    tcase_add_test(tc, a_changed_message_1_does_not_end_in_a_session);
    tcase_add_test(tc,
                   a_changed_message_2_or_3_gives_nothing_and_changes_nothing);
    tcase_add_test(tc, a_message_is_not_taken_for_another);
    tcase_add_loop_test(tc, another_version_is_dropped_and_the_rest_is_not_read,
                        0, sizeof payloads / sizeof payloads[0]);
    tcase_add_loop_test(tc, an_attempt_comes_back_whole_or_not_at_all, 0, 2);
    tcase_add_test(tc, wiping_leaves_nothing);
    suite_add_tcase(s, tc);
    return s;
}
