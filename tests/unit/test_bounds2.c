/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bounds on texts, devices and names, with the numbers written out: a limit
 * that moves, or is not looked at, fails here.
 */
#include "unit/peek.h"

#include "eider/fingerprint.h"

#include <string.h>

#define KIB ((size_t)1024)

Suite *bounds2_suite(void);

static couple two;
static eider_contact *c; /* Alice, as Bob has her */
static eider_session *s;

static void
set_up(void)
{
    two = couple_met(31);
    two.w->is_cut = true;
    c = peek_contact(two.b, "alice");
    s = peek_session(two.b, "alice");
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* ---- texts that arrive ---------------------------------------------------- */

/* @n bytes of text @seq, the first of @parts; its id is its number. */
static void
bring(uint32_t seq, unsigned parts, size_t n)
{
    g_autofree char *word = g_strnfill(n, 'x');
    eider_text t = {.seq = seq,
                    .parts = (uint8_t)parts,
                    .id = {(uint8_t)seq},
                    .text = {(const uint8_t *)word, n}};

    eider_inbox_text(two.b->engine, c, s, &t, 0);
    ck_assert_int_eq(eider_commit(two.b->engine, c), EIDER_OK);
    eider_effects_run(two.b->engine);
}

START_TEST(sixty_four_texts_are_held_back_and_one_more_shows_them)
{
    for (uint32_t i = 1; i <= 64; i++)
        bring(i, 1, 1);
    ck_assert_uint_eq(two.b->shown->len, 0);
    bring(65, 1, 1);
    ck_assert_uint_eq(two.b->shown->len, 65);
}
END_TEST

START_TEST(a_mebibyte_is_held_back_and_one_byte_more_shows_it)
{
    for (uint32_t i = 1; i <= 32; i++)
        bring(i, 1, 32 * KIB);
    ck_assert_uint_eq(two.b->shown->len, 0);
    bring(33, 1, 1);
    ck_assert_uint_eq(two.b->shown->len, 33);
}
END_TEST

static uint32_t
oldest_partial(void)
{
    return ((const eider_partial *)c->partials->pdata[0])->seq;
}

START_TEST(sixty_four_incomplete_texts_are_kept_and_the_oldest_goes)
{
    for (uint32_t i = 0; i < 64; i++)
        bring(i, 2, 1);
    ck_assert_uint_eq(c->partials->len, 64);
    bring(64, 2, 1);
    ck_assert_uint_eq(c->partials->len, 64);
    ck_assert_uint_eq(oldest_partial(), 1);
}
END_TEST

START_TEST(a_mebibyte_of_incomplete_texts_is_kept_and_the_oldest_goes)
{
    for (uint32_t i = 0; i < 32; i++)
        bring(i, 2, 32 * KIB);
    ck_assert_uint_eq(c->partials->len, 32);
    bring(32, 2, 1);
    ck_assert_uint_eq(c->partials->len, 32);
    ck_assert_uint_eq(oldest_partial(), 1);
}
END_TEST

/* ---- texts that left ------------------------------------------------------ */

static eider_target *
first_target(eider_contact *bob)
{
    const eider_entry *en = bob->outbox->pdata[0];

    return &g_array_index(en->targets, eider_target, 0);
}

/* Bob says that the second text has come and the first has not. */
static eider_target_state
report_hole(eider_contact *bob)
{
    const eider_ack hole = {.base = 0, .bitmap = 1};

    eider_outbox_acked(two.a->engine, bob, peek_session(two.a, "bob"), &hole,
                       0);
    return first_target(bob)->state;
}

START_TEST(a_hole_goes_again_ten_seconds_after_its_last_copy)
{
    eider_contact *bob = peek_contact(two.a, "bob");

    ck_assert_int_eq(device_write(two.a, "bob", "0"), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "1"), EIDER_OK);
    ck_assert_int_eq(report_hole(bob), EIDER_WAITS); /* the first: at once */
    (void)eider_outbox_flush(two.a->engine, bob);
    ck_assert_int_eq(first_target(bob)->state, EIDER_LEFT);
    two.w->now += 10 * WORLD_SECOND - 1;
    ck_assert_int_eq(report_hole(bob), EIDER_LEFT);
    two.w->now++;
    ck_assert_int_eq(report_hole(bob), EIDER_WAITS);
}
END_TEST

/* ---- devices -------------------------------------------------------------- */

/* Dora has one more device, of number @n. */
static eider_public
add_device(uint8_t n, eider_trust trust, uint64_t last_seen_ms)
{
    const eider_known k = {
        .pk = {.b = {n}}, .trust = trust, .last_seen = last_seen_ms / 1000};

    g_array_append_val(peek_card(two.b, "dora")->keys, k);
    return k.pk;
}

static guint
devices_of_next_text(void)
{
    eider_contact *dora = peek_contact(two.b, "dora");
    const eider_entry *en;

    eider_outbox_add(two.b->engine, dora, "hello", false, NULL, NULL);
    en = dora->outbox->pdata[dora->outbox->len - 1];
    return en->targets->len;
}

START_TEST(a_device_silent_for_thirty_days_is_left_out_where_one_is_not)
{
    two.w->now -= two.w->now % 1000;
    (void)add_device(1, EIDER_TRUST_ACCEPTED, two.w->now);
    (void)add_device(2, EIDER_TRUST_ACCEPTED, two.w->now + WORLD_DAY);
    two.w->now += 30 * WORLD_DAY - 1;
    ck_assert_uint_eq(devices_of_next_text(), 2);
    two.w->now++;
    ck_assert_uint_eq(devices_of_next_text(), 1);
    ck_assert_uint_eq(devices_of_next_text(), 1);
    ck_assert_int_eq(eider_commit(two.b->engine, peek_contact(two.b, "dora")),
                     EIDER_OK);
    eider_effects_run(two.b->engine);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_SILENT], 1);
    two.w->now += WORLD_DAY; /* both are: better late than to nobody */
    ck_assert_uint_eq(devices_of_next_text(), 2);
}
END_TEST

static eider_err
accept_device(uint8_t n)
{
    eider_public pk = add_device(n, EIDER_TRUST_CANDIDATE, two.w->now);
    char digits[EIDER_DIGITS_SIZE];

    eider_fingerprint(&pk, digits);
    return eider_engine_decide(two.b->engine, two.b->account, "dora", digits,
                               true, false);
}

START_TEST(eight_devices_are_accepted_and_the_ninth_is_not)
{
    for (uint8_t i = 1; i <= 8; i++)
        ck_assert_int_eq(accept_device(i), EIDER_OK);
    ck_assert_int_eq(accept_device(9), EIDER_E_LIMIT);
    ck_assert_uint_eq(
        eider_card_count(peek_card(two.b, "dora"), EIDER_TRUST_ACCEPTED), 8);
}
END_TEST

/* ---- names ---------------------------------------------------------------- */

START_TEST(a_name_of_4000_bytes_is_taken_and_a_longer_one_is_not)
{
    g_autofree char *longest = g_strnfill(4000, 'n');
    g_autofree char *longer = g_strnfill(4001, 'n');
    eider_engine *e = two.b->engine;

    ck_assert_ptr_nonnull(eider_contact_get(e, two.b->account, longest));
    ck_assert_ptr_nonnull(eider_contact_get(e, longest, "alice"));
    ck_assert_ptr_null(eider_contact_get(e, two.b->account, longer));
    ck_assert_ptr_null(eider_contact_get(e, longer, "alice"));
    ck_assert_int_ne(device_choose(two.b, longer, EIDER_ON), EIDER_OK);
    ck_assert_ptr_null(eider_card_find(e, two.b->account, longer));
}
END_TEST

Suite *
bounds2_suite(void)
{
    Suite *suite = suite_create("bounds2");
    TCase *t = tcase_create("kept");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 20);
    tcase_add_test(t, sixty_four_texts_are_held_back_and_one_more_shows_them);
    tcase_add_test(t, a_mebibyte_is_held_back_and_one_byte_more_shows_it);
    tcase_add_test(t, sixty_four_incomplete_texts_are_kept_and_the_oldest_goes);
    tcase_add_test(t,
                   a_mebibyte_of_incomplete_texts_is_kept_and_the_oldest_goes);
    tcase_add_test(t, a_hole_goes_again_ten_seconds_after_its_last_copy);
    tcase_add_test(
        t, a_device_silent_for_thirty_days_is_left_out_where_one_is_not);
    tcase_add_test(t, eight_devices_are_accepted_and_the_ninth_is_not);
    tcase_add_test(t, a_name_of_4000_bytes_is_taken_and_a_longer_one_is_not);
    suite_add_tcase(suite, t);
    return suite;
}
