/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attacks on the whole engine that have a name: a handshake that is passed on
 * (unknown key share), a server that lets nothing through and asks for the
 * clear text (downgrade), floods, acknowledgements that a contact makes up.
 * A man in the middle and a ghost device are in the simulator; what a server
 * can do to single lines is in test_hostile.c.
 */
#include "unit/peek.h"
#include "unit/world_device.h"

#include <string.h>

Suite *attacks_suite(void);

#define INVITATION                                                             \
    "I would like to talk privately with Eider, a plugin for Pidgin. "         \
    "If you have it, nothing is to be done. EIDERinvite1"

static couple two;

static void
set_up(void)
{
    two = couple_new(13);
}

static void
tear_down(void)
{
    couple_free(&two);
}

/* ---- unknown key share ---------------------------------------------------- */

typedef struct {
    device *to;
    char *line;
} parcel;

static void
pass_on(world *w, void *a, int n)
{
    parcel *p = a;

    (void)w, (void)n;
    if (p->to->engine != NULL)
        device_hear(p->to, "mallory", "mallory/x", p->line, false);
    g_free(p->line);
    g_free(p);
}

/* What Alice sends to Mallory comes to Bob as Mallory's, and the other way. */
static bool
mallory_relays(world *w, device *from, const char *line)
{
    parcel *p = g_new0(parcel, 1);

    p->to = from == two.a ? two.b : two.a;
    p->line = g_strdup(line);
    world_later(w, 50, pass_on, p, 0);
    return true;
}

static void
meet_through_mallory(void)
{
    two.w->is_quiet = true; /* she counts as online */
    two.w->takes_line = mallory_relays;
    ck_assert_int_eq(device_choose(two.a, "mallory", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_choose(two.b, "mallory", EIDER_ON), EIDER_OK);
    world_run(two.w, 5 * WORLD_MINUTE);
}

START_TEST(a_handshake_that_is_passed_on_is_seen_by_its_names)
{
    meet_through_mallory();
    /* Noise cannot know which name a key has, so there is a session ... */
    ck_assert_uint_eq(device_sessions(two.a, "mallory"), 1);
    ck_assert_uint_eq(device_sessions(two.b, "mallory"), 1);
    /* ... and both are told that she calls herself otherwise. */
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NAME_DIFFERS], 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_NAME_DIFFERS], 1);
    ck_assert_str_eq(two.a->news_detail, "bob");
    ck_assert_str_eq(two.b->news_detail, "alice");
}
END_TEST

START_TEST(a_known_key_that_is_passed_on_gets_nothing)
{
    people_meet(two.w, two.a, two.b);
    meet_through_mallory();
    ck_assert_int_eq(device_write(two.a, "mallory", "for mallory"), EIDER_OK);
    ck_assert_int_eq(device_write(two.b, "mallory", "to mallory"), EIDER_OK);
    world_run(two.w, WORLD_DAY);
    ck_assert_uint_eq(device_count_shown(two.b, "for mallory"), 0);
    ck_assert_uint_eq(device_count_shown(two.a, "to mallory"), 0);
    ck_assert_uint_eq(two.a->news[EIDER_NEWS_NEW_DEVICE], 1);
    ck_assert_uint_eq(two.b->news[EIDER_NEWS_NEW_DEVICE], 1);
    ck_assert_int_eq(
        g_array_index(peek_card(two.a, "mallory")->keys, eider_known, 0).trust,
        EIDER_TRUST_CANDIDATE);
}
END_TEST

/* A session of Alice and Bob that Mallory sends on under her own name opens
 * nothing: it belongs to who it was made with. */
START_TEST(lines_passed_on_under_another_name_open_nothing)
{
    people_meet(two.w, two.a, two.b);
    tap_open(two.a);
    ck_assert_int_eq(device_write(two.a, "bob", "for bob"), EIDER_OK);
    for (guint i = 0; i < two.a->lines->len; i++)
        device_hear(two.b, "mallory", "mallory/x", tap_line(two.a, i), false);
    ck_assert_uint_eq(device_count_shown(two.b, "for bob"), 0);
    tap_give_all(two.a, two.b);
    ck_assert_uint_eq(device_count_shown(two.b, "for bob"), 1);
}
END_TEST

/* ---- downgrade ------------------------------------------------------------ */

static bool
nothing_passes(world *w, device *from, const char *line)
{
    (void)w, (void)from, (void)line;
    return true;
}

static const char *const wishes[] = {
    "I cannot read your encrypted message, please send it again without.",
    "?OTRv23?\nBob has requested an Off-the-Record private conversation.",
    "EIDERinvite0",
    "EIDERS" /* and no more of it */,
    INVITATION,
};

/* The world holds every line that leaves against its two forms. */
START_TEST(a_server_that_blocks_and_asks_gets_no_clear_text)
{
    eider_status status;
    unsigned before;

    if (_i == 1)
        people_meet(two.w, two.a, two.b);
    two.w->takes_line = nothing_passes;
    ck_assert_int_eq(device_choose(two.a, "bob", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_write(two.a, "bob", "secret"), EIDER_OK);
    before = (unsigned)two.a->sent;
    for (unsigned day = 0; day < 13; day++) {
        for (size_t i = 0; i < G_N_ELEMENTS(wishes); i++)
            device_receive(two.a, "bob", wishes[i]);
        world_run(two.w, WORLD_DAY);
        ck_assert_int_eq(device_write(two.a, "bob", "more"), EIDER_OK);
    }
    status = device_status(two.a, "bob");
    ck_assert_uint_eq(status.waiting + status.sent, 14);
    ck_assert_int_ne(status.look, EIDER_LOOK_OPEN);
    /* nor does he make her shout */
    ck_assert_uint_le(two.a->sent - before, 13 * 24 * 20);
    two.w->takes_line = NULL;
    world_run(two.w, WORLD_DAY);
    ck_assert_uint_eq(device_count_shown(two.b, "secret"), 1);
    ck_assert_uint_eq(device_count_shown(two.b, "more"), 13);
}
END_TEST

/* ---- floods --------------------------------------------------------------- */

START_TEST(ten_thousand_invitations_cost_one_handshake_an_hour)
{
    char own[EIDER_DIGITS_SIZE];
    uint64_t steps;

    peek_own(two.b, own); /* his key is there */
    steps = eider_dh_count();
    two.w->takes_line = nothing_passes;
    for (unsigned i = 0; i < 10000; i++) {
        device_receive(two.b, "alice", INVITATION);
        world_run(two.w, 360); /* an hour in all */
    }
    ck_assert_uint_gt(two.b->sent, 0);
    ck_assert_uint_le(two.b->sent, 3 * 5); /* message 1 and two repeats */
    ck_assert_uint_le(eider_dh_count() - steps, 1);
}
END_TEST

/* Each of @n machines at Alice's name calls Bob, who answers as he may. */
START_TEST(a_flood_of_true_handshakes_is_answered_three_times_in_ten_minutes)
{
    enum { CALLERS = 40 };
    uint64_t steps, sent;

    ck_assert_int_eq(device_choose(two.b, "alice", EIDER_ON), EIDER_OK);
    world_run(two.w, WORLD_MINUTE);
    two.w->takes_line = nothing_passes;
    sent = two.b->sent;
    steps = eider_dh_count();
    for (unsigned i = 0; i < CALLERS; i++) {
        g_autofree char *resource = g_strdup_printf("r%u", i);
        device *c = world_add(two.w, "alice", resource);
        g_autofree char *from = g_strconcat("alice/", resource, NULL);
        uint64_t own;

        c->keeps_lines = true;
        own = eider_dh_count();
        device_start(c);
        call_now(c, "bob");
        steps += eider_dh_count() - own; /* hers */
        for (guint n = 0; n < c->lines->len; n++)
            device_hear(two.b, "alice", from, tap_line(c, n), false);
        device_stop(c);
        world_run(two.w, 10 * WORLD_SECOND);
    }
    ck_assert_uint_gt(two.b->sent, sent);
    ck_assert_uint_le(two.b->sent - sent, 3 * 5 + 5); /* and his own call */
    /* a key of his own, ee, es; for each that is answered */
    ck_assert_uint_le(eider_dh_count() - steps, 3 * 3 + 3);
}
END_TEST

/* ---- acknowledgements ----------------------------------------------------- */

/* A contact who is accepted and lies: he acknowledges what was never sent. */
static void
seal_lie(eider_session *s, uint32_t base, char out[EIDER_LINE_MAX + 1])
{
    eider_ack lie = {.base = base, .bitmap = UINT32_MAX, .floor = 0};
    eider_body body;
    eider_frame f;

    eider_body_init(&body, EIDER_S);
    ck_assert_int_eq(eider_body_add_ack(&body, &lie), EIDER_OK);
    ck_assert_int_eq(eider_ratchet_seal(s->ratchet, 0, &body, &f), EIDER_OK);
    eider_line_encode(&f, out);
}

START_TEST(made_up_acknowledgements_lose_no_text_and_bring_no_storm)
{
    char line[EIDER_LINE_MAX + 1];
    uint64_t sent;
    unsigned lies = 0;

    people_meet(two.w, two.a, two.b);
    sent = two.a->sent;
    for (unsigned minute = 0; minute < 24 * 60; minute++) {
        if (device_sessions(two.b, "alice") > 0) {
            seal_lie(peek_session(two.b, "alice"), 1000 + minute, line);
            device_receive(two.a, "bob", line);
            lies++;
        }
        if (minute % 60 == 0)
            ck_assert_int_eq(device_write(two.a, "bob", "hour"), EIDER_OK);
        world_run(two.w, WORLD_MINUTE);
    }
    ck_assert_uint_gt(lies, 24);
    world_run(two.w, 2 * WORLD_DAY);
    ck_assert_uint_eq(device_count_shown(two.b, "hour"), 24);
    /* 10, 20, 40 ... minutes apart: some handshakes, 24 texts, their acks */
    ck_assert_uint_le(two.a->sent - sent, 24 * 8 + 10 * 20);
}
END_TEST

Suite *
attacks_suite(void)
{
    Suite *s = suite_create("attacks");
    TCase *tc = tcase_create("attacks");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, a_handshake_that_is_passed_on_is_seen_by_its_names);
    tcase_add_test(tc, a_known_key_that_is_passed_on_gets_nothing);
    tcase_add_test(tc, lines_passed_on_under_another_name_open_nothing);
    tcase_add_loop_test(tc, a_server_that_blocks_and_asks_gets_no_clear_text, 0,
                        2);
    tcase_add_test(tc, ten_thousand_invitations_cost_one_handshake_an_hour);
    tcase_add_test(
        tc, a_flood_of_true_handshakes_is_answered_three_times_in_ten_minutes);
    tcase_add_test(tc,
                   made_up_acknowledgements_lose_no_text_and_bring_no_storm);
    suite_add_tcase(s, tc);
    return s;
}
