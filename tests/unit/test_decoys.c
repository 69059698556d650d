/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of decoys: who is in one, who takes part, and what may not differ. */
#include "core/decoys.h"
#include "unit/circle.h"

#include <check.h>
#include <string.h>

/* ---- agreeing ------------------------------------------------------------- */

START_TEST(all_members_get_the_same_slot_and_each_its_own_phase)
{
    uint64_t first[4];

    circle_begin();
    for (unsigned i = 0; i < 4; i++) {
        eider_status s = device_status(circle.a, circle_names[i]);
        g_autofree char *key =
            eider_people_key(circle.a->account, circle_names[i]);
        const eider_slots *x =
            g_hash_table_lookup(circle.a->engine->slots, key);

        ck_assert_uint_eq(s.steady, EIDER_SLOT_DECOYS);
        ck_assert_uint_eq(device_status(circle.b[i], "alice").steady,
                          EIDER_SLOT_DECOYS);
        ck_assert_int_eq(s.part, EIDER_PART_TAKES);
        ck_assert_int_eq(s.look, EIDER_LOOK_STEADY);
        ck_assert_uint_eq(s.decoys, 4);
        ck_assert_uint_eq(s.decoys_now, 4);
        first[i] = x->clock.first_ms % (EIDER_SLOT_DECOYS * WORLD_SECOND);
        for (unsigned j = 0; j < i; j++)
            ck_assert_uint_ne(first[i], first[j]);
    }
    ck_assert_int_eq(circle_part(4), EIDER_PART_NONE);
    ck_assert_uint_eq(device_status(circle.a, circle_names[4]).decoys_now, 0);
}
END_TEST

START_TEST(a_set_has_four_to_ten_members)
{
    const char *const twice[] = {"bob0", "bob1", "bob2", "bob2", "bob1"};
    const char *const bad[] = {"bob0", "bob1", "bob2", ""};
    const char *many[EIDER_DECOYS_MAX + 1];
    char buf[EIDER_DECOYS_MAX + 1][8];

    for (unsigned i = 0; i < G_N_ELEMENTS(many); i++) {
        g_snprintf(buf[i], sizeof buf[i], "x%u", i);
        many[i] = buf[i];
    }
    ck_assert_int_eq(circle_choose(EIDER_DECOYS_MIN - 1), EIDER_E_LIMIT);
    ck_assert_int_eq(
        eider_engine_decoys_set(circle.a->engine, circle.a->account, twice, 5),
        EIDER_E_LIMIT);
    ck_assert_int_eq(
        eider_engine_decoys_set(circle.a->engine, circle.a->account, bad, 4),
        EIDER_E_MALFORMED);
    ck_assert_int_eq(eider_engine_decoys_set(circle.a->engine,
                                             circle.a->account, many,
                                             EIDER_DECOYS_MAX + 1),
                     EIDER_E_LIMIT);
    ck_assert_uint_eq(eider_engine_decoys(circle.a->engine, circle.a->account),
                      0);
    ck_assert_int_eq(eider_engine_decoys_set(circle.a->engine,
                                             circle.a->account, many,
                                             EIDER_DECOYS_MAX),
                     EIDER_OK);
    ck_assert_uint_eq(eider_engine_decoys(circle.a->engine, circle.a->account),
                      EIDER_DECOYS_MAX);
    ck_assert_uint_eq(eider_engine_decoys(circle.a->engine, "sim\tother"), 0);
    ck_assert_uint_eq(circle_now(), 0);
}
END_TEST

START_TEST(who_leaves_the_set_keeps_the_mode)
{
    circle_begin();
    ck_assert_int_eq(circle_choose(0), EIDER_OK);
    world_run(circle.w, WORLD_HOUR);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_int_eq(circle_part(i), EIDER_PART_NONE);
        ck_assert_uint_eq(device_status(circle.a, circle_names[i]).steady,
                          EIDER_SLOT_DECOYS);
    }
    ck_assert_uint_eq(eider_engine_steady_lines(
                          circle.a->engine, circle.a->account, circle_names[0]),
                      3);
}
END_TEST

/* ---- why somebody does not take part -------------------------------------- */

START_TEST(each_reason_is_said)
{
    static const char *const who[] = {"bob0", "bob1", "bob2", "carol"};

    circle.b[0]->has_bystander = true; /* so his Eider asks him */
    ck_assert_int_eq(device_choose(circle.a, "bob1", EIDER_OFF), EIDER_OK);
    device_offline(circle.b[2]);
    ck_assert_int_eq(device_choose(circle.a, "carol", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(
        eider_engine_decoys_set(circle.a->engine, circle.a->account, who, 4),
        EIDER_OK);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(circle_part(0), EIDER_PART_ASKED);
    ck_assert_int_eq(circle_part(1), EIDER_PART_OPEN);
    ck_assert_int_eq(circle_part(2), EIDER_PART_OFFLINE);
    ck_assert_int_eq(device_status(circle.a, "carol").part, EIDER_PART_UNMET);
    ck_assert_uint_eq(circle_now(), 0);

    /* What was in the way is gone. */
    ck_assert_int_eq(eider_engine_steady(circle.b[0]->engine,
                                         circle.b[0]->account, "alice",
                                         EIDER_SLOT_DECOYS),
                     EIDER_OK);
    ck_assert_int_eq(device_choose(circle.a, "bob1", EIDER_ON), EIDER_OK);
    device_start(circle.b[2]);
    world_run(circle.w, 5 * WORLD_MINUTE);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(circle_part(i), EIDER_PART_TAKES);
    ck_assert_uint_eq(device_status(circle.a, "bob0").decoys_now, 3);
    ck_assert_uint_eq(device_status(circle.a, "bob0").decoys, 4);
}
END_TEST

START_TEST(a_no_is_not_asked_again_but_by_the_user)
{
    circle_begin();
    ck_assert_int_eq(eider_engine_steady(circle.b[1]->engine,
                                         circle.b[1]->account, "alice", 0),
                     EIDER_OK);
    world_run(circle.w, WORLD_HOUR);
    ck_assert_int_eq(circle_part(1), EIDER_PART_REFUSED);
    ck_assert_uint_eq(device_status(circle.a, circle_names[1]).steady_offer, 0);
    ck_assert_uint_eq(circle_now(), 3);
    device_offline(circle.b[1]);
    device_start(circle.b[1]);
    device_stop(circle.a);
    device_start(circle.a);
    world_run(circle.w, WORLD_HOUR);
    ck_assert_int_eq(circle_part(1), EIDER_PART_REFUSED);
    ck_assert_uint_eq(device_status(circle.b[1], "alice").steady_theirs, 0);

    ck_assert_int_eq(eider_engine_steady(circle.a->engine, circle.a->account,
                                         circle_names[1], EIDER_SLOT_DECOYS),
                     EIDER_OK);
    ck_assert_int_eq(circle_part(1), EIDER_PART_ASKED);
    world_run(circle.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(circle.b[1], "alice").steady_theirs,
                      EIDER_SLOT_DECOYS);
    ck_assert_int_eq(eider_engine_steady(circle.b[1]->engine,
                                         circle.b[1]->account, "alice",
                                         EIDER_SLOT_DECOYS),
                     EIDER_OK);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(circle_part(1), EIDER_PART_TAKES);
    ck_assert(!circle_card(1)->is_refused);
}
END_TEST

START_TEST(an_offer_that_is_declined_is_a_no)
{
    circle.b[0]->slot = 0; /* asks him each time */
    ck_assert_int_eq(circle_choose(4), EIDER_OK);
    world_run(circle.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(circle.b[0], "alice").steady_theirs,
                      EIDER_SLOT_DECOYS);
    ck_assert_int_eq(eider_engine_steady(circle.b[0]->engine,
                                         circle.b[0]->account, "alice", 0),
                     EIDER_OK);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(circle_part(0), EIDER_PART_REFUSED);
    ck_assert_uint_eq(circle_now(), 3);
    ck_assert_int_eq(circle_choose(5),
                     EIDER_OK); /* of the others only bob4 is new */
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(circle_part(0), EIDER_PART_REFUSED);
    ck_assert_uint_eq(circle_now(), 4);
    ck_assert_int_eq(circle_choose(0), EIDER_OK);
    ck_assert_int_eq(circle_choose(4), EIDER_OK); /* the user asks anew */
    ck_assert_int_eq(circle_part(0), EIDER_PART_ASKED);
}
END_TEST

START_TEST(what_stands_against_it_is_looked_at_again)
{
    circle.a->has_bystander = true;
    ck_assert_int_eq(circle_choose(4), EIDER_OK);
    world_run(circle.w, WORLD_HOUR);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(circle_part(i), EIDER_PART_HINDERED);
    circle.a->has_bystander = false;
    world_run(circle.w, (EIDER_DECOYS_AGAIN + 180) * WORLD_SECOND);
    ck_assert_uint_eq(circle_now(), 4);
}
END_TEST

START_TEST(a_telephone_takes_members_out_while_it_is_there)
{
    uint64_t sent;

    circle_begin();
    circle.a->has_bystander = true; /* ours: all of them wait */
    eider_engine_bystander(circle.a->engine, circle.a->account, NULL);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(circle_part(i), EIDER_PART_HINDERED);
    ck_assert_uint_eq(circle_now(), 0);
    sent = circle.a->sent;
    ck_assert_int_eq(device_write(circle.a, circle_names[0], "waits"),
                     EIDER_OK);
    world_run(circle.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(circle.a->sent, sent);
    circle.a->has_bystander = false;
    eider_engine_bystander(circle.a->engine, circle.a->account, NULL);
    ck_assert_uint_eq(circle_now(), 4);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(circle.b[0], "waits"), 1);
}
END_TEST

START_TEST(the_user_may_end_it_with_one)
{
    circle_begin();
    ck_assert_int_eq(eider_engine_steady(circle.a->engine, circle.a->account,
                                         circle_names[2], 0),
                     EIDER_OK);
    ck_assert_int_eq(circle_part(2), EIDER_PART_ENDED);
    world_run(circle.w, WORLD_HOUR);
    ck_assert_int_eq(circle_part(2), EIDER_PART_ENDED);
    ck_assert_uint_eq(device_status(circle.a, circle_names[2]).steady, 0);
    ck_assert_uint_eq(circle_now(), 3);
}
END_TEST

START_TEST(a_device_that_did_not_agree_is_no_part)
{
    eider_contact *c;
    eider_session *s;

    circle_begin();
    c = eider_contact_get(circle.a->engine, circle.a->account, circle_names[0]);
    s = g_ptr_array_index(c->sessions, 0);
    s->has_mode = false;
    ck_assert_int_eq(circle_part(0), EIDER_PART_PARTLY);
    ck_assert_uint_eq(circle_now(), 3);
    world_run(circle.w, 4 * WORLD_MINUTE); /* the offer stands in every frame */
    ck_assert_int_eq(circle_part(0), EIDER_PART_TAKES);
}
END_TEST

/* ---- nothing that the user does differs between members -------------------- */

START_TEST(a_member_has_no_slot_of_his_own)
{
    device_steady(circle.a, circle.b[0], 10);
    circle_begin(); /* moved to 60 s */
    ck_assert_int_eq(eider_engine_steady(circle.a->engine, circle.a->account,
                                         circle_names[0], 10),
                     EIDER_E_STATE);
    ck_assert_int_eq(eider_engine_steady(circle.b[0]->engine,
                                         circle.b[0]->account, "alice", 10),
                     EIDER_OK);
    world_run(circle.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_status(circle.a, circle_names[0]).steady,
                      EIDER_SLOT_DECOYS);
    ck_assert_uint_eq(device_status(circle.a, circle_names[0]).steady_theirs,
                      10);
    ck_assert_int_eq(circle_part(0), EIDER_PART_TAKES);
    ck_assert_int_eq(circle_choose(0), EIDER_OK); /* now he may */
    ck_assert_int_eq(eider_engine_steady(circle.a->engine, circle.a->account,
                                         circle_names[0], 10),
                     EIDER_OK);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(device_status(circle.a, circle_names[0]).steady, 10);
}
END_TEST

Suite *decoys_suite(void);

Suite *
decoys_suite(void)
{
    Suite *s = suite_create("decoys");
    TCase *t = tcase_create("decoys");

    tcase_add_checked_fixture(t, circle_set_up, circle_tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, all_members_get_the_same_slot_and_each_its_own_phase);
    tcase_add_test(t, a_set_has_four_to_ten_members);
    tcase_add_test(t, who_leaves_the_set_keeps_the_mode);
    tcase_add_test(t, each_reason_is_said);
    tcase_add_test(t, a_no_is_not_asked_again_but_by_the_user);
    tcase_add_test(t, an_offer_that_is_declined_is_a_no);
    tcase_add_test(t, what_stands_against_it_is_looked_at_again);
    tcase_add_test(t, a_telephone_takes_members_out_while_it_is_there);
    tcase_add_test(t, the_user_may_end_it_with_one);
    tcase_add_test(t, a_device_that_did_not_agree_is_no_part);
    tcase_add_test(t, a_member_has_no_slot_of_his_own);
    suite_add_tcase(s, t);
    return s;
}
