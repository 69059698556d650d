/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/noise.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *noise_suite(void);

#define MESSAGE_MAX 2048

static const eider_slice prologue = {(const uint8_t *)"prologue", 8};

/* For each pattern: messages, and what each adds to its payload. */
static const struct {
    const char *name;
    unsigned messages;
    size_t overhead[3];
} patterns[EIDER_NOISE_PATTERNS] = {
    [EIDER_NOISE_NN] = {"NN", 2, {32, 32 + 16}},
    [EIDER_NOISE_NX] = {"NX", 2, {32, 32 + 48 + 16}},
    [EIDER_NOISE_XX] = {"XX", 3, {32, 32 + 48 + 16, 48 + 16}},
    [EIDER_NOISE_XXHFS] = {"XXhfs", 3, {1216, 1200, 64}},
};

/* Two sides, [0] the initiator; @message is what was written last. */
typedef struct {
    eider_noise side[2];
    eider_keypair s[2];
    eider_buf message, payload;
} pair;

static void
pair_wipe(pair *p)
{
    eider_buf_wipe(&p->message);
    eider_buf_wipe(&p->payload);
}

static void
pair_init(pair *p, eider_noise_pattern pattern)
{
    memset(p, 0, sizeof *p);
    for (int i = 0; i < 2; i++) {
        eider_keypair_new(&p->s[i]);
        eider_noise_init(&p->side[i], pattern, i == 0, prologue, &p->s[i]);
    }
}

static void
write_next(pair *p, unsigned message, eider_slice payload)
{
    ck_assert_int_eq(
        eider_noise_write(&p->side[message % 2], payload, &p->message),
        EIDER_OK);
}

static void
pass(pair *p, unsigned message)
{
    write_next(p, message, test_string("payload"));
    ck_assert_int_eq(eider_noise_read(&p->side[(message + 1) % 2],
                                      test_slice(p->message.p, p->message.n),
                                      &p->payload),
                     EIDER_OK);
    ck_assert_uint_eq(p->payload.n, 7);
    ck_assert_mem_eq(p->payload.p, "payload", 7);
}

/* Everything up to @message, which is written only. */
static void
pass_until(pair *p, eider_noise_pattern pattern, unsigned message)
{
    pair_init(p, pattern);
    for (unsigned m = 0; m < message; m++)
        pass(p, m);
    write_next(p, message, test_string("payload"));
}

/* ---- Vectors ----------------------------------------------------------- */

/* How a file of vectors calls things. */
typedef struct {
    const char *prologue, *statics[2], *ephemerals[2];
    const char *message, *h; /* of message n, with its number behind it */
} names;

static const names ours = {"prologue",
                           {"initiator_static", "responder_static"},
                           {"initiator_e", "responder_e"},
                           "message",
                           "h"};
static const names published = {"init_prologue",
                                {"init_static", "resp_static"},
                                {"init_ephemeral", "resp_ephemeral"},
                                "ciphertext",
                                "handshake_hash"};

static size_t
numbered(const vectors *v, const char *name, unsigned n, uint8_t *out)
{
    char full[32];

    snprintf(full, sizeof full, "%s%u", name, n);
    return vectors_has(v, full) ? vectors_bytes(v, full, out, MESSAGE_MAX)
                                : SIZE_MAX;
}

static void
init_from(const vectors *v, const names *as, eider_noise_pattern pattern,
          pair *p)
{
    uint8_t text[64];
    size_t n = vectors_bytes(v, as->prologue, text, sizeof text);

    memset(p, 0, sizeof *p);
    for (int i = 0; i < 2; i++) {
        bool has = vectors_has(v, as->statics[i]);
        eider_secret s;

        if (has) {
            vectors_exactly(v, as->statics[i], s.b, sizeof s.b);
            eider_keypair_from(&p->s[i], &s);
        }
        eider_noise_init(&p->side[i], pattern, i == 0, test_slice(text, n),
                         has ? &p->s[i] : NULL);
    }
}

/* What the writer of @message will draw. */
static void
push_from(const vectors *v, const names *as, eider_noise_pattern pattern,
          unsigned message)
{
    uint8_t bytes[64];

    if (message > 1)
        return;
    vectors_exactly(v, as->ephemerals[message], bytes, 32);
    test_random_push(bytes, 32);
    if (pattern == EIDER_NOISE_XXHFS) { /* invariant 2 */
        size_t n = vectors_bytes(v, message == 0 ? "kem_seed" : "kem_m", bytes,
                                 sizeof bytes);

        test_random_push(bytes, n);
    }
}

/* After the handshake the same sequence goes on with k1 and k2. */
static void
agree_transport(const vectors *v, const names *as, const pair *p, unsigned m)
{
    uint8_t payload[MESSAGE_MAX], want[MESSAGE_MAX], got[MESSAGE_MAX];
    uint64_t n[2] = {0, 0};
    eider_secret k[2];
    size_t len;

    eider_noise_split(&p->side[0], &k[0], &k[1]);
    for (; (len = numbered(v, "payload", m, payload)) != SIZE_MAX; m++) {
        eider_noise_seal(&k[m % 2], n[m % 2]++, test_slice(NULL, 0),
                         test_slice(payload, len), got);
        ck_assert_uint_eq(numbered(v, as->message, m, want),
                          len + EIDER_TAG_LEN);
        ck_assert_mem_eq(got, want, len + EIDER_TAG_LEN);
    }
}

static void
agree_split(const vectors *v, const pair *p)
{
    eider_secret k[2], want;

    for (int i = 0; i < 2; i++) {
        eider_noise_split(&p->side[i], &k[0], &k[1]);
        vectors_exactly(v, "k1", want.b, sizeof want.b);
        ck_assert_mem_eq(k[0].b, want.b, sizeof want.b);
        vectors_exactly(v, "k2", want.b, sizeof want.b);
        ck_assert_mem_eq(k[1].b, want.b, sizeof want.b);
    }
}

static void
agree_case(const vectors *v, const names *as, eider_noise_pattern pattern)
{
    uint8_t payload[MESSAGE_MAX], want[MESSAGE_MAX], h[MESSAGE_MAX];
    unsigned messages = patterns[pattern].messages;
    EIDER_AUTO(pair) p;
    size_t n;

    init_from(v, as, pattern, &p);
    for (unsigned m = 0; m < messages; m++) {
        n = numbered(v, "payload", m, payload);
        ck_assert_uint_ne(n, SIZE_MAX);
        push_from(v, as, pattern, m);
        write_next(&p, m, test_slice(payload, n));
        test_random_end();
        ck_assert_uint_eq(p.message.n, numbered(v, as->message, m, want));
        ck_assert_mem_eq(p.message.p, want, p.message.n);
        ck_assert_int_eq(eider_noise_read(&p.side[(m + 1) % 2],
                                          test_slice(want, p.message.n),
                                          &p.payload),
                         EIDER_OK);
        ck_assert_uint_eq(p.payload.n, n);
        ck_assert(n == 0 || memcmp(p.payload.p, payload, n) == 0);
        ck_assert_mem_eq(p.side[0].h, p.side[1].h, EIDER_HASH_LEN);
        if (numbered(v, "h", m, h) != SIZE_MAX)
            ck_assert_mem_eq(p.side[0].h, h, EIDER_HASH_LEN);
        if (numbered(v, "ck", m, h) != SIZE_MAX)
            ck_assert_mem_eq(p.side[0].ck, h, EIDER_HASH_LEN);
    }
    if (vectors_has(v, as->h)) {
        vectors_exactly(v, as->h, h, EIDER_HASH_LEN);
        ck_assert_mem_eq(p.side[0].h, h, EIDER_HASH_LEN);
    }
    if (vectors_has(v, "k1"))
        agree_split(v, &p);
    agree_transport(v, as, &p, messages);
}

START_TEST(agrees_with_the_model)
{
    unsigned found = 0;
    char protocol[64], name[64];
    vectors v;

    snprintf(name, sizeof name, "Noise_%s_", patterns[_i].name);
    vectors_open(&v, "tests/vectors/noise.txt");
    while (vectors_next(&v)) {
        size_t n = vectors_bytes(&v, "protocol", protocol, sizeof protocol);

        if (n > strlen(name) && memcmp(protocol, name, strlen(name)) == 0) {
            agree_case(&v, &ours, (eider_noise_pattern)_i);
            found++;
        }
    }
    ck_assert_uint_gt(found, 0);
}
END_TEST

START_TEST(agrees_with_published_vectors)
{
    char name[64];
    vectors v;

    snprintf(name, sizeof name, "noise-%s", patterns[_i].name);
    if (!vectors_open_published(&v, name))
        return;
    while (vectors_next(&v))
        agree_case(&v, &published, (eider_noise_pattern)_i);
}
END_TEST

/* ---- Properties -------------------------------------------------------- */

START_TEST(both_sides_end_with_the_same_keys_and_the_others_static)
{
    EIDER_AUTO(pair) p;
    eider_secret k[2][2];

    pair_init(&p, (eider_noise_pattern)_i);
    for (unsigned m = 0; m < patterns[_i].messages; m++) {
        ck_assert(!eider_noise_is_done(&p.side[0]));
        pass(&p, m);
        ck_assert_uint_eq(p.message.n, patterns[_i].overhead[m] + 7);
    }
    for (int i = 0; i < 2; i++) {
        ck_assert(eider_noise_is_done(&p.side[i]));
        eider_noise_split(&p.side[i], &k[i][0], &k[i][1]);
    }
    ck_assert_mem_eq(k[0], k[1], sizeof k[0]);
    ck_assert(!eider_equal(&k[0][0], &k[0][1], sizeof k[0][0]));
    if (_i != EIDER_NOISE_NN)
        ck_assert(eider_public_is_equal(&p.side[0].rs, &p.s[1].pk));
    if (_i >= EIDER_NOISE_XX)
        ck_assert(eider_public_is_equal(&p.side[1].rs, &p.s[0].pk));
}
END_TEST

START_TEST(nobody_writes_or_reads_out_of_turn)
{
    unsigned messages = patterns[_i].messages;
    eider_slice some = test_string("some bytes that are no message at all");
    EIDER_AUTO(eider_buf) out = {0};
    EIDER_AUTO(pair) p;

    pair_init(&p, (eider_noise_pattern)_i);
    for (unsigned m = 0; m <= messages; m++) {
        bool over = m == messages;

        eider_buf_add(&out, "x", 1);
        ck_assert_int_eq(eider_noise_write(&p.side[(m + 1) % 2], some, &out),
                         EIDER_E_STATE);
        ck_assert_uint_eq(out.n, 0);
        ck_assert_int_eq(eider_noise_read(&p.side[m % 2], some, &out),
                         EIDER_E_STATE);
        if (over) {
            ck_assert_int_eq(eider_noise_write(&p.side[m % 2], some, &out),
                             EIDER_E_STATE);
            ck_assert_int_eq(eider_noise_read(&p.side[(m + 1) % 2], some, &out),
                             EIDER_E_STATE);
        } else {
            pass(&p, m);
        }
    }
}
END_TEST

/* Reads into a copy of the state. */
typedef struct {
    const eider_noise *state;
    eider_err last;
} reading;

static bool
reads(eider_slice in, void *data)
{
    reading *r = data;
    eider_noise copy = *r->state;
    EIDER_AUTO(eider_buf) out = {0};

    eider_buf_add(&out, "old", 3);
    r->last = eider_noise_read(&copy, in, &out);
    if (r->last == EIDER_OK)
        return true;
    ck_assert_uint_eq(out.n, 0);
    ck_assert(r->last == EIDER_E_AUTH || r->last == EIDER_E_MALFORMED);
    return false;
}

START_TEST(a_sealed_message_is_read_only_whole_and_unchanged)
{
    for (unsigned m = 1; m < patterns[_i].messages; m++) {
        EIDER_AUTO(pair) p;
        reading r;
        eider_slice whole;

        pass_until(&p, (eider_noise_pattern)_i, m);
        r.state = &p.side[(m + 1) % 2];
        whole = test_slice(p.message.p, p.message.n);
        test_refuses_cuts(whole, reads, &r);
        test_refuses_flips(whole, 0, reads, &r);
        ck_assert(!reads(test_slice(NULL, 0), &r));
        ck_assert_int_eq(r.last, EIDER_E_MALFORMED);
    }
}
END_TEST

/* Before there is a key, the payload is what follows the public keys. */
START_TEST(a_first_message_shorter_than_its_keys_is_malformed)
{
    EIDER_AUTO(pair) p;
    reading r;

    pass_until(&p, (eider_noise_pattern)_i, 0);
    r.state = &p.side[1];
    for (size_t n = 0; n <= p.message.n; n++) {
        bool enough = n >= patterns[_i].overhead[0];

        ck_assert_int_eq(reads(test_slice(p.message.p, n), &r), enough);
        ck_assert(enough || r.last == EIDER_E_MALFORMED);
    }
}
END_TEST

START_TEST(another_prologue_is_noticed)
{
    EIDER_AUTO(pair) p;
    reading r;

    pair_init(&p, (eider_noise_pattern)_i);
    eider_noise_init(&p.side[1], (eider_noise_pattern)_i, false,
                     test_string("Prologue"), &p.s[1]);
    pass(&p, 0);
    write_next(&p, 1, test_string(""));
    r.state = &p.side[0];
    ck_assert(!reads(test_slice(p.message.p, p.message.n), &r));
    ck_assert_int_eq(r.last, EIDER_E_AUTH);
}
END_TEST

START_TEST(a_low_order_e_is_refused)
{
    EIDER_AUTO(pair) p;
    EIDER_AUTO(eider_buf) out = {0};

    pass_until(&p, (eider_noise_pattern)_i, 0);
    memset(p.message.p, 0, 32);
    ck_assert_int_eq(eider_noise_read(&p.side[1],
                                      test_slice(p.message.p, p.message.n),
                                      &out),
                     EIDER_OK);
    ck_assert_int_eq(eider_noise_write(&p.side[1], test_string(""), &out),
                     EIDER_E_AUTH);
    ck_assert_uint_eq(out.n, 0);
}
END_TEST

START_TEST(an_ek_that_is_not_reduced_is_refused)
{
    EIDER_AUTO(pair) p;
    reading r;

    pass_until(&p, EIDER_NOISE_XXHFS, 0);
    r.state = &p.side[1];
    /* Coefficient 2i is the low 12 bits of bytes 3i and on: set it to q. */
    for (size_t at = 0; at < 1152; at += 3 * 127) {
        uint8_t was[2] = {p.message.p[32 + at], p.message.p[33 + at]};

        p.message.p[32 + at] = 0x01;
        p.message.p[33 + at] = (uint8_t)((was[1] & 0xf0) | 0x0d);
        ck_assert(!reads(test_slice(p.message.p, p.message.n), &r));
        ck_assert_int_eq(r.last, EIDER_E_AUTH);
        p.message.p[32 + at] = 0x00; /* q - 1 */
        ck_assert(reads(test_slice(p.message.p, p.message.n), &r));
        memcpy(p.message.p + 32 + at, was, 2);
    }
}
END_TEST

Suite *
noise_suite(void)
{
    Suite *s = suite_create("noise");
    TCase *tc = tcase_create("noise");
    const int n = EIDER_NOISE_PATTERNS, hfs = EIDER_NOISE_XXHFS;

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, agrees_with_the_model, 0, n);
    tcase_add_loop_test(tc, agrees_with_published_vectors, 0, hfs);
    tcase_add_loop_test(
        tc, both_sides_end_with_the_same_keys_and_the_others_static, 0, n);
    tcase_add_loop_test(tc, nobody_writes_or_reads_out_of_turn, 0, n);
    tcase_add_loop_test(tc, a_sealed_message_is_read_only_whole_and_unchanged,
                        0, n);
    tcase_add_loop_test(tc, a_first_message_shorter_than_its_keys_is_malformed,
                        0, n);
    tcase_add_loop_test(tc, another_prologue_is_noticed, 0, n);
    tcase_add_loop_test(tc, a_low_order_e_is_refused, 0, n);
    tcase_add_test(tc, an_ek_that_is_not_reduced_is_refused);
    suite_add_tcase(s, tc);
    return s;
}
