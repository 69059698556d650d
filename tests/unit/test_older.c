/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an older Eider left on disk is read, and what it was in the middle of
 * goes on: sessions above all, since their other end knows nothing of it.
 */
#include "core/work.h"
#include "unit/vectors.h"

#include <check.h>
#include <string.h>

#define STORED_MAX 4096

static struct {
    vectors v;
    eider_contact *alice, *bob;
} old;

static eider_contact *
read_contact(const char *name)
{
    uint8_t b[STORED_MAX];
    size_t n = vectors_bytes(&old.v, name, b, sizeof b);
    eider_contact *c = eider_contact_new("sim\tx", "y");

    ck_assert_int_eq(eider_contact_unpickle(c, (eider_slice){b, n}), EIDER_OK);
    ck_assert_uint_eq(c->version, b[0]);
    ck_assert_uint_eq(c->sessions->len, 1);
    return c;
}

static void
open_version(unsigned n)
{
    vectors_open(&old.v, "tests/unit/older.txt");
    while (n-- > 0)
        ck_assert(vectors_next(&old.v));
    old.alice = read_contact("alice");
    old.bob = read_contact("bob");
}

static void
close_version(void)
{
    while (vectors_next(&old.v))
        ;
    eider_contact_free(old.alice);
    eider_contact_free(old.bob);
}

static eider_session *
session_of(const eider_contact *c)
{
    return g_ptr_array_index(c->sessions, 0);
}

/* As it would be after the first write and a restart. */
static eider_contact *
written_and_read(eider_contact *c)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_contact *again = eider_contact_new(c->account, c->peer);
    EIDER_AUTO(eider_buf) more = {0};

    eider_contact_pickle(c, &b);
    ck_assert_uint_gt(b.p[0], c->version);
    ck_assert_int_eq(eider_contact_unpickle(again, (eider_slice){b.p, b.n}),
                     EIDER_OK);
    eider_contact_pickle(again, &more);
    ck_assert_uint_eq(more.n, b.n);
    ck_assert_mem_eq(more.p, b.p, b.n);
    eider_contact_free(c);
    return again;
}

static void
talk(eider_ratchet *from, eider_ratchet *to)
{
    eider_body b, got;
    eider_frame f;
    uint8_t flags;

    eider_body_init(&b, EIDER_S);
    ck_assert_int_eq(eider_ratchet_seal(from, 0, &b, &f), EIDER_OK);
    ck_assert_int_eq(eider_ratchet_open(to, 0, &f, &got, &flags), EIDER_OK);
}

START_TEST(a_session_from_before_epochs_begins_with_the_first)
{
    eider_ratchet *a, *b;

    open_version(1);
    ck_assert_uint_eq(session_of(old.alice)->pq_ms, 0);
    ck_assert_uint_eq(session_of(old.bob)->pq_ms, 0);
    for (int i = 0; i < 80; i++) {
        if (i % 7 == 0) {
            eider_contact **c = i % 2 == 0 ? &old.alice : &old.bob;

            *c = (*c)->version == 1 ? written_and_read(*c) : *c;
        }
        a = session_of(old.alice)->ratchet;
        b = session_of(old.bob)->ratchet;
        talk(i % 2 == 0 ? a : b, i % 2 == 0 ? b : a);
    }
    a = session_of(old.alice)->ratchet;
    b = session_of(old.bob)->ratchet;
    ck_assert_uint_ge(eider_ratchet_mixed(a), 2);
    ck_assert_uint_eq(eider_ratchet_mixed(a), eider_ratchet_mixed(b));
    close_version();
}
END_TEST

/* Texts of it were acknowledged whose ids nobody knows any more. */
START_TEST(a_session_from_before_checks_of_acks_gives_none_and_asks_none)
{
    eider_ack a;

    open_version(2);
    ck_assert_uint_eq(old.bob->version, 4);
    old.bob = written_and_read(old.bob);
    ck_assert_uint_gt(session_of(old.bob)->base, 0);
    eider_numbers_arrived(session_of(old.bob), session_of(old.bob)->base,
                          (const uint8_t *)"sixbyte", 1);
    ck_assert_uint_eq(eider_inbox_ack(session_of(old.bob), &a), 0);
    for (unsigned check = 1; check < 128; check++)
        ck_assert(eider_numbers_fit(old.alice, session_of(old.alice), &a,
                                    (uint8_t)check));
    close_version();
}
END_TEST

START_TEST(a_version_that_is_not_known_is_refused)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_contact *c;
    uint8_t newest;

    open_version(1);
    eider_contact_pickle(old.alice, &b);
    newest = b.p[0];
    for (unsigned v = 0; v < 256; v++) {
        if (v >= 1 && v <= newest)
            continue;
        b.p[0] = (uint8_t)v;
        c = eider_contact_new("sim\tx", "y");
        ck_assert_int_eq(eider_contact_unpickle(c, (eider_slice){b.p, b.n}),
                         EIDER_E_MALFORMED);
        eider_contact_free(c);
    }
    close_version();
}
END_TEST

Suite *older_suite(void);

Suite *
older_suite(void)
{
    Suite *s = suite_create("older");
    TCase *tc = tcase_create("contacts");

    tcase_add_test(tc, a_session_from_before_epochs_begins_with_the_first);
    tcase_add_test(
        tc, a_session_from_before_checks_of_acks_gives_none_and_asks_none);
    tcase_add_test(tc, a_version_that_is_not_known_is_refused);
    suite_add_tcase(s, tc);
    return s;
}
