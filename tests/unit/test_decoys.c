/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of decoys: who is in one, who takes part, and what may not differ. */
#include "core/decoys.h"
#include "core/work.h"
#include "eider/backup.h"
#include "eider/decoys.h"
#include "eider/ledger.h"
#include "unit/world.h"

#include <check.h>
#include <string.h>

#define FRIENDS 5

static struct {
    world *w;
    device *a, *b[FRIENDS];
} it;

static const char *const names[] = {"bob0", "bob1", "bob2", "bob3", "bob4"};

static void
set_up(void)
{
    it.w = world_new(1);
    it.a = world_add(it.w, "alice", "1");
    for (unsigned i = 0; i < FRIENDS; i++) {
        it.b[i] = world_add(it.w, names[i], "1");
        device_meet(it.a, it.b[i]);
    }
}

static void
tear_down(void)
{
    world_free(it.w);
}

static eider_err
choose(size_t n)
{
    return eider_engine_decoys_set(it.a->engine, it.a->account, names, n);
}

static eider_part
part_of(unsigned i)
{
    return device_status(it.a, names[i]).part;
}

static unsigned
count_now(void)
{
    return eider_engine_decoys_now(it.a->engine, it.a->account);
}

static eider_card *
card_of(unsigned i)
{
    return eider_card_find(it.a->engine, it.a->account, names[i]);
}

/* The first four, who have all agreed. */
static void
begin(void)
{
    ck_assert_int_eq(choose(4), EIDER_OK);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(count_now(), 4);
}

/* ---- agreeing ------------------------------------------------------------- */

START_TEST(all_members_get_the_same_slot_and_each_its_own_phase)
{
    uint64_t first[4];

    begin();
    for (unsigned i = 0; i < 4; i++) {
        eider_status s = device_status(it.a, names[i]);
        g_autofree char *key = eider_people_key(it.a->account, names[i]);
        const eider_slots *x = g_hash_table_lookup(it.a->engine->slots, key);

        ck_assert_uint_eq(s.steady, EIDER_SLOT_DECOYS);
        ck_assert_uint_eq(device_status(it.b[i], "alice").steady,
                          EIDER_SLOT_DECOYS);
        ck_assert_int_eq(s.part, EIDER_PART_TAKES);
        ck_assert_int_eq(s.look, EIDER_LOOK_STEADY);
        ck_assert_uint_eq(s.decoys, 4);
        ck_assert_uint_eq(s.decoys_now, 4);
        first[i] = x->clock.first_ms % (EIDER_SLOT_DECOYS * WORLD_SECOND);
        for (unsigned j = 0; j < i; j++)
            ck_assert_uint_ne(first[i], first[j]);
    }
    ck_assert_int_eq(part_of(4), EIDER_PART_NONE);
    ck_assert_uint_eq(device_status(it.a, names[4]).decoys_now, 0);
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
    ck_assert_int_eq(choose(EIDER_DECOYS_MIN - 1), EIDER_E_LIMIT);
    ck_assert_int_eq(
        eider_engine_decoys_set(it.a->engine, it.a->account, twice, 5),
        EIDER_E_LIMIT);
    ck_assert_int_eq(
        eider_engine_decoys_set(it.a->engine, it.a->account, bad, 4),
        EIDER_E_MALFORMED);
    ck_assert_int_eq(eider_engine_decoys_set(it.a->engine, it.a->account, many,
                                             EIDER_DECOYS_MAX + 1),
                     EIDER_E_LIMIT);
    ck_assert_uint_eq(eider_engine_decoys(it.a->engine, it.a->account), 0);
    ck_assert_int_eq(eider_engine_decoys_set(it.a->engine, it.a->account, many,
                                             EIDER_DECOYS_MAX),
                     EIDER_OK);
    ck_assert_uint_eq(eider_engine_decoys(it.a->engine, it.a->account),
                      EIDER_DECOYS_MAX);
    ck_assert_uint_eq(eider_engine_decoys(it.a->engine, "sim\tother"), 0);
    ck_assert_uint_eq(count_now(), 0);
}
END_TEST

START_TEST(who_leaves_the_set_keeps_the_mode)
{
    begin();
    ck_assert_int_eq(choose(0), EIDER_OK);
    world_run(it.w, WORLD_HOUR);
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_int_eq(part_of(i), EIDER_PART_NONE);
        ck_assert_uint_eq(device_status(it.a, names[i]).steady,
                          EIDER_SLOT_DECOYS);
    }
    ck_assert_uint_eq(
        eider_engine_steady_lines(it.a->engine, it.a->account, names[0]), 3);
}
END_TEST

/* ---- why somebody does not take part -------------------------------------- */

START_TEST(each_reason_is_said)
{
    static const char *const who[] = {"bob0", "bob1", "bob2", "carol"};

    it.b[0]->has_bystander = true; /* so his Eider asks him */
    ck_assert_int_eq(device_choose(it.a, "bob1", EIDER_OFF), EIDER_OK);
    device_offline(it.b[2]);
    ck_assert_int_eq(device_choose(it.a, "carol", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(
        eider_engine_decoys_set(it.a->engine, it.a->account, who, 4), EIDER_OK);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(part_of(0), EIDER_PART_ASKED);
    ck_assert_int_eq(part_of(1), EIDER_PART_OPEN);
    ck_assert_int_eq(part_of(2), EIDER_PART_OFFLINE);
    ck_assert_int_eq(device_status(it.a, "carol").part, EIDER_PART_UNMET);
    ck_assert_uint_eq(count_now(), 0);

    /* What was in the way is gone. */
    ck_assert_int_eq(eider_engine_steady(it.b[0]->engine, it.b[0]->account,
                                         "alice", EIDER_SLOT_DECOYS),
                     EIDER_OK);
    ck_assert_int_eq(device_choose(it.a, "bob1", EIDER_ON), EIDER_OK);
    device_start(it.b[2]);
    world_run(it.w, 5 * WORLD_MINUTE);
    for (unsigned i = 0; i < 3; i++)
        ck_assert_int_eq(part_of(i), EIDER_PART_TAKES);
    ck_assert_uint_eq(device_status(it.a, "bob0").decoys_now, 3);
    ck_assert_uint_eq(device_status(it.a, "bob0").decoys, 4);
}
END_TEST

START_TEST(a_no_is_not_asked_again_but_by_the_user)
{
    begin();
    ck_assert_int_eq(
        eider_engine_steady(it.b[1]->engine, it.b[1]->account, "alice", 0),
        EIDER_OK);
    world_run(it.w, WORLD_HOUR);
    ck_assert_int_eq(part_of(1), EIDER_PART_REFUSED);
    ck_assert_uint_eq(device_status(it.a, names[1]).steady_offer, 0);
    ck_assert_uint_eq(count_now(), 3);
    device_offline(it.b[1]);
    device_start(it.b[1]);
    device_stop(it.a);
    device_start(it.a);
    world_run(it.w, WORLD_HOUR);
    ck_assert_int_eq(part_of(1), EIDER_PART_REFUSED);
    ck_assert_uint_eq(device_status(it.b[1], "alice").steady_theirs, 0);

    ck_assert_int_eq(eider_engine_steady(it.a->engine, it.a->account, names[1],
                                         EIDER_SLOT_DECOYS),
                     EIDER_OK);
    ck_assert_int_eq(part_of(1), EIDER_PART_ASKED);
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.b[1], "alice").steady_theirs,
                      EIDER_SLOT_DECOYS);
    ck_assert_int_eq(eider_engine_steady(it.b[1]->engine, it.b[1]->account,
                                         "alice", EIDER_SLOT_DECOYS),
                     EIDER_OK);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(part_of(1), EIDER_PART_TAKES);
    ck_assert(!card_of(1)->is_refused);
}
END_TEST

START_TEST(an_offer_that_is_declined_is_a_no)
{
    it.b[0]->slot = 0; /* asks him each time */
    ck_assert_int_eq(choose(4), EIDER_OK);
    world_run(it.w, WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.b[0], "alice").steady_theirs,
                      EIDER_SLOT_DECOYS);
    ck_assert_int_eq(
        eider_engine_steady(it.b[0]->engine, it.b[0]->account, "alice", 0),
        EIDER_OK);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(part_of(0), EIDER_PART_REFUSED);
    ck_assert_uint_eq(count_now(), 3);
    ck_assert_int_eq(choose(5), EIDER_OK); /* of the others only bob4 is new */
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_int_eq(part_of(0), EIDER_PART_REFUSED);
    ck_assert_uint_eq(count_now(), 4);
    ck_assert_int_eq(choose(0), EIDER_OK);
    ck_assert_int_eq(choose(4), EIDER_OK); /* the user asks anew */
    ck_assert_int_eq(part_of(0), EIDER_PART_ASKED);
}
END_TEST

START_TEST(what_stands_against_it_is_looked_at_again)
{
    it.a->has_bystander = true;
    ck_assert_int_eq(choose(4), EIDER_OK);
    world_run(it.w, WORLD_HOUR);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(part_of(i), EIDER_PART_HINDERED);
    it.a->has_bystander = false;
    world_run(it.w, (EIDER_DECOYS_AGAIN + 180) * WORLD_SECOND);
    ck_assert_uint_eq(count_now(), 4);
}
END_TEST

START_TEST(a_telephone_takes_members_out_while_it_is_there)
{
    uint64_t sent;

    begin();
    it.a->has_bystander = true; /* ours: all of them wait */
    eider_engine_bystander(it.a->engine, it.a->account, NULL);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(part_of(i), EIDER_PART_HINDERED);
    ck_assert_uint_eq(count_now(), 0);
    sent = it.a->sent;
    ck_assert_int_eq(device_write(it.a, names[0], "waits"), EIDER_OK);
    world_run(it.w, 10 * WORLD_MINUTE);
    ck_assert_uint_eq(it.a->sent, sent);
    it.a->has_bystander = false;
    eider_engine_bystander(it.a->engine, it.a->account, NULL);
    ck_assert_uint_eq(count_now(), 4);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(it.b[0], "waits"), 1);
}
END_TEST

START_TEST(the_user_may_end_it_with_one)
{
    begin();
    ck_assert_int_eq(
        eider_engine_steady(it.a->engine, it.a->account, names[2], 0),
        EIDER_OK);
    ck_assert_int_eq(part_of(2), EIDER_PART_ENDED);
    world_run(it.w, WORLD_HOUR);
    ck_assert_int_eq(part_of(2), EIDER_PART_ENDED);
    ck_assert_uint_eq(device_status(it.a, names[2]).steady, 0);
    ck_assert_uint_eq(count_now(), 3);
}
END_TEST

START_TEST(a_device_that_did_not_agree_is_no_part)
{
    eider_contact *c;
    eider_session *s;

    begin();
    c = eider_contact_get(it.a->engine, it.a->account, names[0]);
    s = g_ptr_array_index(c->sessions, 0);
    s->has_mode = false;
    ck_assert_int_eq(part_of(0), EIDER_PART_PARTLY);
    ck_assert_uint_eq(count_now(), 3);
    world_run(it.w, 4 * WORLD_MINUTE); /* the offer stands in every frame */
    ck_assert_int_eq(part_of(0), EIDER_PART_TAKES);
}
END_TEST

/* ---- nothing that the user does differs between members -------------------- */

START_TEST(a_member_has_no_slot_of_his_own)
{
    device_steady(it.a, it.b[0], 10);
    begin(); /* moved to 60 s */
    ck_assert_int_eq(
        eider_engine_steady(it.a->engine, it.a->account, names[0], 10),
        EIDER_E_STATE);
    ck_assert_int_eq(
        eider_engine_steady(it.b[0]->engine, it.b[0]->account, "alice", 10),
        EIDER_OK);
    world_run(it.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.a, names[0]).steady, EIDER_SLOT_DECOYS);
    ck_assert_uint_eq(device_status(it.a, names[0]).steady_theirs, 10);
    ck_assert_int_eq(part_of(0), EIDER_PART_TAKES);
    ck_assert_int_eq(choose(0), EIDER_OK); /* now he may */
    ck_assert_int_eq(
        eider_engine_steady(it.a->engine, it.a->account, names[0], 10),
        EIDER_OK);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(device_status(it.a, names[0]).steady, 10);
}
END_TEST

/* ---- it goes on ------------------------------------------------------------ */

START_TEST(it_outlives_programs)
{
    begin();
    device_crash(it.a);
    device_start(it.a);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(count_now(), 4);
    device_stop(it.a);
    device_start(it.a);
    device_offline(it.b[3]);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(count_now(), 3);
    ck_assert_uint_eq(device_status(it.a, names[0]).decoys_now, 3);
    ck_assert_int_eq(part_of(3), EIDER_PART_OFFLINE);
    device_start(it.b[3]);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(count_now(), 4);
}
END_TEST

START_TEST(a_full_disk_changes_no_set)
{
    begin();
    memfiles_fail_after(it.a->files, 0);
    ck_assert_int_eq(choose(5), EIDER_E_STORE);
    ck_assert_uint_eq(eider_engine_decoys(it.a->engine, it.a->account), 4);
    ck_assert(!card_of(4)->is_decoy && card_of(0)->is_decoy);
    memfiles_fail_after(it.a->files, 0);
    ck_assert_int_eq(choose(0), EIDER_E_STORE);
    ck_assert_uint_eq(eider_engine_decoys(it.a->engine, it.a->account), 4);
    memfiles_fail_after(it.a->files, WORLD_NEVER);
    ck_assert_int_eq(choose(5), EIDER_OK);
    world_run(it.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(count_now(), 5);
}
END_TEST

START_TEST(an_older_index_has_no_set)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_index x;
    GHashTableIter i;
    gpointer v;
    unsigned n = 0;

    begin();
    eider_index_pickle(&it.a->engine->index, &b);
    b.p[0] = 3;
    eider_index_init(&x);
    ck_assert_int_eq(eider_index_unpickle(&x, (eider_slice){b.p, b.n}),
                     EIDER_OK);
    g_hash_table_iter_init(&i, x.cards);
    while (g_hash_table_iter_next(&i, NULL, &v))
        n += ((eider_card *)v)->is_decoy;
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(g_hash_table_size(x.cards), FRIENDS);
    eider_index_clear(&x);
}
END_TEST

START_TEST(a_backup_brings_its_set_where_there_is_none)
{
    EIDER_AUTO(eider_buf) plain = {0};

    begin();
    ck_assert_int_eq(eider_backup_gather(it.a->engine, &plain), EIDER_OK);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_int_eq(choose(i == 0 ? 5 : 0), EIDER_OK);
        ck_assert_int_eq(eider_backup_import(it.a->engine,
                                             (eider_slice){plain.p, plain.n},
                                             NULL),
                         EIDER_OK);
        ck_assert_uint_eq(eider_engine_decoys(it.a->engine, it.a->account),
                          i == 0 ? 5 : 4);
    }
    ck_assert_int_eq(device_write(it.a, names[0], "after it"), EIDER_OK);
    /* A handshake of 12 frames in slots, and not again and again. */
    world_run(it.w, 30 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(it.b[0], "after it"), 1);
}
END_TEST

/* ---- the list -------------------------------------------------------------- */

static void
count_row(void *arg, const eider_decoy *d)
{
    unsigned *n = arg;

    ck_assert_int_eq(d->is_member, d->part != EIDER_PART_NONE);
    n[d->is_member]++;
    ck_assert(d->is_online);
}

START_TEST(the_list_has_members_and_who_could_be)
{
    unsigned n[2] = {0, 0};

    begin();
    ck_assert_uint_eq(
        eider_engine_decoys_list(it.a->engine, it.a->account, count_row, n),
        FRIENDS);
    ck_assert_uint_eq(n[0], 1);
    ck_assert_uint_eq(n[1], 4);
}
END_TEST

/* ---- what the ledger says of it -------------------------------------------- */

static eider_seen_estimate
with_whom(uint64_t from)
{
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
    eider_seen_sums sums;

    eider_engine_seen_sums(it.a->engine, it.a->account, names[1], from,
                           it.w->now + 1, &sums, rows);
    return rows[EIDER_SEEN_WHOM];
}

START_TEST(the_ledger_says_among_how_many)
{
    uint64_t start = it.w->now, from;

    ck_assert_int_eq(device_write(it.a, names[1], "before"), EIDER_OK);
    begin();
    from = it.w->now;
    ck_assert_int_eq(device_write(it.a, names[1], "within"), EIDER_OK);
    world_run(it.w, 5 * WORLD_MINUTE);
    ck_assert_int_eq(with_whom(from).level, EIDER_SEEN_PARTLY);
    ck_assert_uint_eq(with_whom(from).contacts, 4);
    ck_assert_double_eq_tol(with_whom(from).of_bits, 2, 1e-9);
    /* One that left outside of the slots went to nobody else. */
    ck_assert_int_eq(with_whom(start).level, EIDER_SEEN_VISIBLE);
    ck_assert_uint_eq(with_whom(start).contacts, 1);
    device_offline(it.b[1]);
    world_run(it.w, WORLD_MINUTE);
    ck_assert_int_eq(with_whom(from).level, EIDER_SEEN_VISIBLE);
}
END_TEST

Suite *decoys_suite(void);

Suite *
decoys_suite(void)
{
    Suite *s = suite_create("decoys");
    TCase *t = tcase_create("decoys");

    tcase_add_checked_fixture(t, set_up, tear_down);
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
    tcase_add_test(t, it_outlives_programs);
    tcase_add_test(t, a_full_disk_changes_no_set);
    tcase_add_test(t, an_older_index_has_no_set);
    tcase_add_test(t, a_backup_brings_its_set_where_there_is_none);
    tcase_add_test(t, the_list_has_members_and_who_could_be);
    tcase_add_test(t, the_ledger_says_among_how_many);
    suite_add_tcase(s, t);
    return s;
}
