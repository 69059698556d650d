/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts that arrive, over restarts and losses of both sides. */
#include "unit/peek.h"

#include <string.h>

Suite *arrival_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_met(6);
    two.w->is_quiet = true;
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* Alice writes "0" to "n - 1"; the lines stay in the tap. */
static void
write_numbers(unsigned n)
{
    tap_open(two.a);
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("%u", i);

        ck_assert_int_eq(device_write(two.a, "bob", text), EIDER_OK);
    }
    ck_assert_uint_eq(two.a->lines->len, n);
}

/* What Bob has seen so far, one digit each. */
static const char *
seen(void)
{
    static char out[64];

    out[0] = '\0';
    for (guint i = 0; i < two.b->shown->len; i++)
        g_strlcat(out, ((shown_text *)g_ptr_array_index(two.b->shown, i))->html,
                  sizeof out);
    return out;
}

/* ---- restarts --------------------------------------------------- */

START_TEST(what_a_gap_holds_back_outlives_the_program)
{
    write_numbers(2);
    tap_give(two.a, 1, two.b);
    device_stop(two.b);
    device_start(two.b);
    ck_assert_str_eq(seen(), "");
    world_run(two.w, WORLD_MINUTE);
    ck_assert_str_eq(seen(), "1");
}
END_TEST

START_TEST(what_cannot_be_shown_yet_stays_until_it_can)
{
    two.b->cannot_show = true;
    write_numbers(2);
    tap_give(two.a, 0, two.b);
    tap_give(two.a, 1, two.b);
    world_run(two.w, WORLD_MINUTE);
    device_stop(two.b);
    device_start(two.b);
    ck_assert_str_eq(seen(), "");
    two.b->cannot_show = false;
    eider_engine_account(two.b->engine, two.b->account, true);
    ck_assert_str_eq(seen(), "01");
    world_run(two.w, WORLD_MINUTE);
    eider_engine_account(two.b->engine, two.b->account, true);
    ck_assert_str_eq(seen(), "01");
}
END_TEST

START_TEST(an_id_is_known_after_a_restart)
{
    two.w->is_quiet = false;
    write_numbers(1);
    tap_give(two.a, 0, two.b);
    device_stop(two.b);
    device_start(two.b);
    world_run(two.w, 3 * WORLD_MINUTE); /* no ack came: sent again */
    ck_assert_uint_ge(two.a->lines->len, 2);
    tap_give_all(two.a, two.b);
    ck_assert_str_eq(seen(), "0");
    ck_assert_uint_gt(peek_session(two.b, "alice")->ack_ms, 0);
}
END_TEST

START_TEST(the_last_thousand_ids_are_kept)
{
    eider_contact *c = peek_contact(two.b, "alice");
    eider_session *s = peek_session(two.b, "alice");
    eider_memory *m = eider_contact_memory(c, &s->pk);
    eider_text t = {.parts = 1, .text = {(const uint8_t *)"x", 1}};

    for (unsigned i = 0; i < EIDER_IDS_MAX + 5; i++) {
        t.seq = i;
        memcpy(t.id, &i, sizeof i);
        eider_inbox_text(two.b->engine, c, s, &t, 0);
    }
    ck_assert_uint_eq(m->ids->len, EIDER_IDS_MAX * EIDER_ID_LEN);
    ck_assert_uint_eq(s->base, EIDER_IDS_MAX + 5);
}
END_TEST

/* "1" and "3" were acknowledged before a new session was made, "0" and "2" come
 * again in it, and what was written since after them. */
START_TEST(what_is_held_back_keeps_its_place_in_a_new_session)
{
    write_numbers(4);
    two.b->keeps_lines = true;
    tap_give(two.a, 1, two.b);
    tap_give(two.a, 3, two.b);
    world_run(two.w, 5 * WORLD_SECOND);
    tap_give_all(two.b, two.a); /* an ack */
    ck_assert_uint_eq(device_status(two.a, "bob").sent, 2);
    ck_assert_int_eq(device_write(two.a, "bob", "4"), EIDER_OK);
    tap_close(two.a);
    ck_assert_str_eq(seen(), "");
    call_now(two.a, "bob");
    world_run(two.w, 5 * WORLD_SECOND);
    ck_assert_str_eq(seen(), "01234");
}
END_TEST

/* ---- acks ----------------------------------------------------- */

START_TEST(a_text_that_was_given_up_holds_nothing_back)
{
    write_numbers(2);
    g_ptr_array_remove_index(peek_contact(two.a, "bob")->outbox, 0);
    tap_give(two.a, 1, two.b);
    ck_assert_str_eq(seen(), "");
    two.b->keeps_lines = true; /* Alice hears something, so she has an ack */
    ck_assert_int_eq(device_write(two.b, "alice", "you?"), EIDER_OK);
    tap_give(two.b, 0, two.a);
    g_ptr_array_set_size(two.a->lines, 0);
    ck_assert_int_eq(device_write(two.a, "bob", "2"), EIDER_OK);
    tap_give_all(two.a, two.b);
    ck_assert_str_eq(seen(), "12");
}
END_TEST

START_TEST(an_ack_rides_alone_after_10_to_60_seconds)
{
    write_numbers(1);
    two.b->keeps_lines = true;
    tap_give(two.a, 0, two.b);
    world_run(two.w, 9 * WORLD_SECOND);
    ck_assert_uint_eq(two.b->lines->len, 0);
    world_run(two.w, 52 * WORLD_SECOND);
    ck_assert_uint_eq(two.b->lines->len, 1);
    ck_assert_uint_eq(strlen(tap_line(two.b, 0)), EIDER_LINE_S);
    tap_give(two.b, 0, two.a);
    ck_assert_uint_eq(peek_contact(two.a, "bob")->outbox->len, 0);
}
END_TEST

START_TEST(with_a_gap_the_ack_hurries_and_brings_the_missing_text)
{
    write_numbers(3);
    two.b->keeps_lines = true;
    tap_give(two.a, 2, two.b);
    world_run(two.w, 3500);
    ck_assert_uint_eq(two.b->lines->len, 1);
    tap_give(two.b, 0, two.a);
    ck_assert_uint_eq(two.a->lines->len, 5); /* 0 and 1 once more */
    tap_give(two.a, 3, two.b);
    tap_give(two.a, 4, two.b);
    ck_assert_str_eq(seen(), "012");
}
END_TEST

START_TEST(an_ack_of_numbers_never_sent_means_that_we_were_put_back)
{
    eider_contact *c = peek_contact(two.a, "bob");
    eider_ack a = {.base = 7};

    eider_outbox_acked(two.a->engine, c, peek_session(two.a, "bob"), &a, 0);
    ck_assert(c->is_behind);
}
END_TEST

/* ---- parts ---------------------------------------------------------------- */

START_TEST(parts_outlive_the_program_and_come_in_any_order)
{
    g_autofree char *text = g_strnfill(500, 'p'); /* three parts */

    two.a->line_max = 391;
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", text), EIDER_OK);
    ck_assert_uint_eq(two.a->lines->len, 3);
    tap_give(two.a, 2, two.b);
    tap_give(two.a, 0, two.b);
    device_stop(two.b); /* what came is kept */
    device_start(two.b);
    ck_assert_uint_eq(two.b->shown->len, 0);
    tap_give(two.a, 1, two.b);
    ck_assert_uint_eq(device_count_shown(two.b, text), 1);
    ck_assert_uint_eq(peek_contact(two.b, "alice")->partials->len, 0);
}
END_TEST

START_TEST(a_text_with_a_part_missing_is_not_acknowledged)
{
    g_autofree char *text = g_strnfill(500, 'p');

    two.a->line_max = 391;
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", text), EIDER_OK);
    tap_give(two.a, 0, two.b);
    tap_give(two.a, 2, two.b);
    ck_assert_uint_eq(peek_session(two.b, "alice")->ack_ms, 0);
    ck_assert_uint_eq(peek_session(two.b, "alice")->base, 0);
}
END_TEST

START_TEST(at_most_64_unfinished_texts_are_kept)
{
    eider_contact *c = peek_contact(two.b, "alice");
    eider_session *s = peek_session(two.b, "alice");
    eider_text t = {.parts = 2, .text = {(const uint8_t *)"ab", 2}};

    for (unsigned i = 0; i < 100; i++) {
        t.seq = i;
        t.id[0] = (uint8_t)i;
        eider_inbox_text(two.b->engine, c, s, &t, 0);
        ck_assert_uint_le(c->partials->len, EIDER_HELD_MAX);
    }
    ck_assert_uint_eq(c->partials->len, EIDER_HELD_MAX);
    ck_assert_uint_eq(
        ((eider_partial *)g_ptr_array_index(c->partials, 0))->id[0], 36);
}
END_TEST

/* ---- time ----------------------------------------------------------------- */

START_TEST(late_text_says_when_it_was_written)
{
    const shown_text *t;
    uint64_t written = two.w->now;

    two.w->is_quiet = false;
    device_offline(two.b);
    written = two.w->now;
    ck_assert_int_eq(device_write(two.a, "bob", "early"), EIDER_OK);
    world_run(two.w, WORLD_HOUR);
    device_start(two.b);
    world_run(two.w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(two.b->shown->len, 1);
    t = g_ptr_array_index(two.b->shown, 0);
    ck_assert_uint_eq(t->written_ms, written);
    ck_assert_int_eq(device_write(two.a, "bob", "now"), EIDER_OK);
    world_run(two.w, WORLD_SECOND);
    t = g_ptr_array_index(two.b->shown, 1);
    ck_assert_uint_eq(t->written_ms, 0);
}
END_TEST

START_TEST(a_moment_that_has_not_come_is_none)
{
    eider_contact *c = peek_contact(two.b, "alice");
    eider_text t = {.parts = 1, .text = {(const uint8_t *)"x", 1}};
    const shown_text *got;

    eider_inbox_text(two.b->engine, c, peek_session(two.b, "alice"), &t,
                     two.w->now + 30 * 365 * 24 * WORLD_HOUR);
    ck_assert_int_eq(eider_commit(two.b->engine, c), EIDER_OK);
    eider_effects_run(two.b->engine);
    ck_assert_uint_eq(two.b->shown->len, 1);
    got = g_ptr_array_index(two.b->shown, 0);
    ck_assert_uint_eq(got->written_ms, 0);
}
END_TEST

Suite *
arrival_suite(void)
{
    Suite *suite = suite_create("arrival");
    TCase *t = tcase_create("acks");
    TCase *p = tcase_create("parts");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, what_a_gap_holds_back_outlives_the_program);
    tcase_add_test(t, what_cannot_be_shown_yet_stays_until_it_can);
    tcase_add_test(t, an_id_is_known_after_a_restart);
    tcase_add_test(t, the_last_thousand_ids_are_kept);
    tcase_add_test(t, what_is_held_back_keeps_its_place_in_a_new_session);
    tcase_add_test(t, a_text_that_was_given_up_holds_nothing_back);
    tcase_add_test(t, an_ack_rides_alone_after_10_to_60_seconds);
    tcase_add_test(t, with_a_gap_the_ack_hurries_and_brings_the_missing_text);
    tcase_add_test(t, an_ack_of_numbers_never_sent_means_that_we_were_put_back);
    tcase_add_checked_fixture(p, set_up, tear_down);
    tcase_add_test(p, parts_outlive_the_program_and_come_in_any_order);
    tcase_add_test(p, a_text_with_a_part_missing_is_not_acknowledged);
    tcase_add_test(p, at_most_64_unfinished_texts_are_kept);
    tcase_add_test(p, late_text_says_when_it_was_written);
    tcase_add_test(p, a_moment_that_has_not_come_is_none);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, p);
    return suite;
}
