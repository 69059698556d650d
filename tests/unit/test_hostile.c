/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a server can do to lines of two who know each other or are about to:
 * damage, cut, repeat and mix them.  Nothing of it may be computed on,
 * written, shown, told or answered.
 */
#include "unit/peek.h"

#include <string.h>

Suite *hostile_suite(void);

static couple two;

static void
set_up(void)
{
    two = couple_new(8);
}

static void
tear_down(void)
{
    couple_free(&two);
}

typedef void harm(device *to, const char *from, const char *line);

/* Each call is long after the one before: three lines in ten minutes would be
 * the sign of a lost session. */
static void
hand(device *to, const char *from, const char *line)
{
    footprint *f = footprint_take(to, from);

    two.w->now += 11 * WORLD_MINUTE;
    device_receive(to, from, line);
    footprint_same(to, from, f);
}

/* Each fifth bit of the frame in @line, the other way round. */
static void
flip_bits(device *to, const char *from, const char *line)
{
    char out[EIDER_LINE_MAX + 1];
    eider_frame f;

    ck_assert_int_eq(eider_line_find(line, strlen(line), &f), EIDER_LINE_FRAME);
    for (size_t bit = 0; bit < 8 * eider_frame_len(f.size); bit += 5) {
        f.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
        eider_line_encode(&f, out);
        hand(to, from, out);
        f.b[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void
cut_short(device *to, const char *from, const char *line)
{
    for (size_t n = 0; n < strlen(line); n += 7) {
        g_autofree char *cut = g_strndup(line, n);

        hand(to, from, cut);
    }
}

static void
reverse_and_mix(device *to, const char *from, const char *line)
{
    g_autofree char *back = g_strreverse(g_strdup(line + 6));
    g_autofree char *whole = g_strconcat(EIDER_MAGIC "S", back, NULL);
    g_autofree char *zeros = g_strnfill(EIDER_LINE_S, '0');
    g_autofree char *most = g_strnfill(EIDER_LINE_S, 'z'); /* over 2^64 */

    memcpy(zeros, EIDER_MAGIC "S", 6);
    memcpy(most, EIDER_MAGIC "S", 6);
    hand(to, from, whole);
    hand(to, from, zeros);
    hand(to, from, most);
}

static harm *const harms[] = {flip_bits, cut_short, reverse_and_mix};

/* ---- data frames ---------------------------------------------------------- */

/* One S line of Alice's in a chain that Bob knows already; where one begins,
 * a forged body is seen only with the new key. */
static char *
catch_line(void)
{
    people_meet(two.w, two.a, two.b);
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", "first"), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "caught"), EIDER_OK);
    tap_give(two.a, 0, two.b);
    world_run(two.w, 90 * WORLD_SECOND); /* written, acknowledged in vain */
    ck_assert_uint_eq(strlen(tap_line(two.a, 1)), EIDER_LINE_S);
    return g_strdup(tap_line(two.a, 1));
}

START_TEST(a_data_frame_that_was_harmed_does_nothing)
{
    g_autofree char *line = catch_line();

    harms[_i](two.b, "alice", line);
    device_receive(two.b, "alice", line); /* and the true one still opens */
    ck_assert_uint_eq(device_count_shown(two.b, "caught"), 1);
}
END_TEST

START_TEST(a_data_frame_that_was_opened_does_nothing_again)
{
    g_autofree char *line = catch_line();

    device_receive(two.b, "alice", line);
    two.w->is_cut = false;
    world_run(two.w, 2 * WORLD_MINUTE);
    for (unsigned i = 0; i < 5; i++)
        hand(two.b, "alice", line);
}
END_TEST

START_TEST(a_data_frame_of_ours_does_nothing_to_us)
{
    g_autofree char *line = catch_line();

    hand(two.a, "bob", line);
    /* ... nor when a restart has forgotten that it was ours. */
    device_stop(two.a);
    device_start(two.a);
    hand(two.a, "bob", line);
}
END_TEST

START_TEST(a_data_frame_from_the_wrong_name_does_nothing)
{
    device *c = world_add(two.w, "carol", "1");
    g_autofree char *line = NULL;

    device_start(c);
    people_meet(two.w, c, two.b);
    line = catch_line();
    hand(two.b, "carol", line);
    hand(c, "bob", line);
}
END_TEST

/* ---- handshakes ----------------------------------------------------------- */

/* Alice's call in five lines, of which Bob has the first. */
static void
begin_call(void)
{
    two.a->line_max = two.b->line_max = EIDER_LINE_S;
    tap_open(two.a);
    two.b->keeps_lines = true;
    call_now(two.a, "bob");
    ck_assert_uint_eq(two.a->lines->len, EIDER_FRAGMENTS);
    tap_give(two.a, 0, two.b);
}

static void
give_rest(device *from, guint first, device *to)
{
    for (guint i = first; i < EIDER_FRAGMENTS; i++)
        tap_give(from, i, to);
}

START_TEST(a_fragment_of_message_1_that_was_harmed_does_nothing)
{
    begin_call();
    harms[_i](two.b, "alice", tap_line(two.a, 1));
    give_rest(two.a, 1, two.b);
    ck_assert_uint_eq(two.b->lines->len, EIDER_FRAGMENTS);
}
END_TEST

START_TEST(a_fragment_of_message_2_that_was_harmed_does_nothing)
{
    begin_call();
    give_rest(two.a, 1, two.b);
    tap_give(two.b, 0, two.a);
    harms[_i](two.a, "bob", tap_line(two.b, 4));
    give_rest(two.b, 1, two.a);
    ck_assert_int_eq(peek_contact(two.a, "bob")->meeting.state, EIDER_MEET_MET);
}
END_TEST

/* Until both are there but for the last two lines, which are Alice's. */
static void
reach_message_3(void)
{
    begin_call();
    give_rest(two.a, 1, two.b);
    g_ptr_array_set_size(two.a->lines, 0);
    give_rest(two.b, 0, two.a);
    ck_assert_uint_eq(two.a->lines->len, 2);
}

START_TEST(a_message_3_that_was_harmed_does_nothing)
{
    reach_message_3();
    harms[_i](two.b, "alice", tap_line(two.a, 0));
    tap_give_all(two.a, two.b);
    ck_assert_uint_eq(device_sessions(two.b, "alice"), 1);
}
END_TEST

START_TEST(each_message_that_comes_again_at_once_does_nothing)
{
    g_autofree char *call = NULL, *answer = NULL;
    footprint *f;

    begin_call();
    call = g_strdup(tap_line(two.a, 3));
    give_rest(two.a, 1, two.b);
    answer = g_strdup(tap_line(two.b, 2));
    f = footprint_take(two.b, "alice");
    device_receive(two.b, "alice", call);
    footprint_same(two.b, "alice", f);

    g_ptr_array_set_size(two.a->lines, 0);
    give_rest(two.b, 0, two.a);
    f = footprint_take(two.a, "bob");
    device_receive(two.a, "bob", answer);
    footprint_same(two.a, "bob", f);

    tap_give_all(two.a, two.b);
    f = footprint_take(two.b, "alice");
    device_receive(two.b, "alice", tap_line(two.a, 0));
    device_receive(two.b, "alice", call);
    footprint_same(two.b, "alice", f);
}
END_TEST

START_TEST(messages_2_and_3_of_other_peoples_handshakes_do_nothing)
{
    device *c = world_add(two.w, "carol", "1");
    device *d = world_add(two.w, "dave", "1");

    people_meet(two.w, two.a, two.b);
    world_run(two.w, 8 * WORLD_DAY); /* no handshake of theirs is pending */
    device_stop(two.b);
    device_start(two.b);
    world_run(two.w, WORLD_HOUR);
    device_start(c);
    device_start(d);
    tap_open(c);
    d->keeps_lines = true;
    call_now(c, "dave");
    tap_give(c, 0, d);
    tap_give(d, 0, c);
    hand(two.b, "alice", tap_line(d, 0)); /* message 2 */
    hand(two.b, "alice", tap_line(c, 1)); /* message 3 */
    hand(two.b, "alice", tap_line(c, 2)); /* frame 0 */
}
END_TEST

START_TEST(a_whole_message_1_under_a_false_id_costs_nothing)
{
    EIDER_AUTO(eider_secret) mask;
    char line[EIDER_LINE_MAX + 1];
    uint8_t whole[EIDER_HS_LEN] = {1};
    eider_hs_id id = {{9}};
    uint64_t dh;
    eider_frame f;

    people_meet(two.w, two.a, two.b);
    world_run(two.w, WORLD_MINUTE);
    two.b->sent = 0;
    dh = eider_dh_count();
    eider_mask_public(&mask);
    eider_fragment_seal(&mask, &id, 1, 0, whole, EIDER_M, &f);
    eider_line_encode(&f, line);
    device_receive(two.b, "alice", line);
    ck_assert_uint_eq(eider_dh_count(), dh);
    ck_assert_uint_eq(two.b->sent, 0);
    ck_assert_uint_eq(peek_contact(two.b, "alice")->assemblies->len, 0);
}
END_TEST

START_TEST(a_flood_of_beginnings_keeps_eight)
{
    EIDER_AUTO(eider_secret) mask;
    char line[EIDER_LINE_MAX + 1];
    uint8_t whole[EIDER_HS_LEN] = {1};
    uint64_t dh = eider_dh_count();
    eider_frame f;

    eider_mask_public(&mask);
    for (unsigned i = 0; i < 100; i++) {
        eider_hs_id id = {{(uint8_t)i}};

        eider_fragment_seal(&mask, &id, 1, (uint8_t)(i % 5), whole, EIDER_S,
                            &f);
        eider_line_encode(&f, line);
        device_receive(two.b, "alice", line);
        ck_assert_uint_le(peek_contact(two.b, "alice")->assemblies->len,
                          EIDER_ASSEMBLIES_MAX);
    }
    ck_assert_uint_eq(eider_dh_count(), dh);
    ck_assert_uint_eq(two.b->sent, 0);
}
END_TEST

START_TEST(a_name_does_not_turn_round_what_stands_beside_it)
{
    static const struct {
        const char *in, *out;
    } names[] = {
        {"bob\342\200\256dekcehc", "bob dekcehc"},
        {"a\302\205b\342\200\250c\342\201\246d", "a b c d"},
        {"\303\251\360\237\246\206\001\177", "\303\251\360\237\246\206  "},
        {"\327\251\327\234\327\225\327\235",
         "\327\251\327\234\327\225\327\235"},
    };
    char out[16];

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        eider_copy_utf8(
            out, sizeof out,
            (eider_slice){(const uint8_t *)names[i].in, strlen(names[i].in)});
        ck_assert_str_eq(out, names[i].out);
    }
    eider_copy_utf8(out, 4, (eider_slice){(const uint8_t *)"ab\303\251", 4});
    ck_assert_str_eq(out, "ab"); /* no half of a character */
}
END_TEST

Suite *
hostile_suite(void)
{
    Suite *suite = suite_create("hostile");
    TCase *t = tcase_create("frames");
    TCase *h = tcase_create("handshakes");
    const int n = (int)G_N_ELEMENTS(harms);

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(t, a_data_frame_that_was_harmed_does_nothing, 0, n);
    tcase_add_test(t, a_name_does_not_turn_round_what_stands_beside_it);
    tcase_add_test(t, a_data_frame_that_was_opened_does_nothing_again);
    tcase_add_test(t, a_data_frame_of_ours_does_nothing_to_us);
    tcase_add_test(t, a_data_frame_from_the_wrong_name_does_nothing);
    tcase_add_checked_fixture(h, set_up, tear_down);
    tcase_add_loop_test(h, a_fragment_of_message_1_that_was_harmed_does_nothing,
                        0, n);
    tcase_add_loop_test(h, a_fragment_of_message_2_that_was_harmed_does_nothing,
                        0, n);
    tcase_add_loop_test(h, a_message_3_that_was_harmed_does_nothing, 0, n);
    tcase_add_test(h, each_message_that_comes_again_at_once_does_nothing);
    tcase_add_test(h, messages_2_and_3_of_other_peoples_handshakes_do_nothing);
    tcase_add_test(h, a_whole_message_1_under_a_false_id_costs_nothing);
    tcase_add_test(h, a_flood_of_beginnings_keeps_eight);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, h);
    return suite;
}
