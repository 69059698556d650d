/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of decoys: what outlives programs, disks and machines, and how they show
 * in the list and the ledger. */
#include "eider/backup.h"
#include "eider/ledger.h"
#include "unit/circle.h"

#include <check.h>
#include <string.h>

/* ---- it goes on ------------------------------------------------------------ */

START_TEST(it_outlives_programs)
{
    circle_begin();
    device_crash(circle.a);
    device_start(circle.a);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(circle_now(), 4);
    device_stop(circle.a);
    device_start(circle.a);
    device_offline(circle.b[3]);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(circle_now(), 3);
    ck_assert_uint_eq(device_status(circle.a, circle_names[0]).decoys_now, 3);
    ck_assert_int_eq(circle_part(3), EIDER_PART_OFFLINE);
    device_start(circle.b[3]);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(circle_now(), 4);
}
END_TEST

START_TEST(a_full_disk_changes_no_set)
{
    circle_begin();
    memfiles_fail_after(circle.a->files, 0);
    ck_assert_int_eq(circle_choose(5), EIDER_E_STORE);
    ck_assert_uint_eq(eider_engine_decoys(circle.a->engine, circle.a->account),
                      4);
    ck_assert(!circle_card(4)->is_decoy && circle_card(0)->is_decoy);
    memfiles_fail_after(circle.a->files, 0);
    ck_assert_int_eq(circle_choose(0), EIDER_E_STORE);
    ck_assert_uint_eq(eider_engine_decoys(circle.a->engine, circle.a->account),
                      4);
    memfiles_fail_after(circle.a->files, WORLD_NEVER);
    ck_assert_int_eq(circle_choose(5), EIDER_OK);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(circle_now(), 5);
}
END_TEST

START_TEST(an_older_index_has_no_set)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_index x;
    GHashTableIter i;
    gpointer v;
    unsigned n = 0;

    circle_begin();
    eider_index_pickle(&circle.a->engine->index, &b);
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

    circle_begin();
    ck_assert_int_eq(eider_backup_gather(circle.a->engine, &plain), EIDER_OK);
    for (unsigned i = 0; i < 2; i++) {
        ck_assert_int_eq(circle_choose(i == 0 ? 5 : 0), EIDER_OK);
        ck_assert_int_eq(eider_backup_import(circle.a->engine,
                                             (eider_slice){plain.p, plain.n},
                                             NULL),
                         EIDER_OK);
        ck_assert_uint_eq(
            eider_engine_decoys(circle.a->engine, circle.a->account),
            i == 0 ? 5 : 4);
    }
    ck_assert_int_eq(device_write(circle.a, circle_names[0], "after it"),
                     EIDER_OK);
    /* A handshake of 12 frames in slots, and not again and again. */
    world_run(circle.w, 30 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(circle.b[0], "after it"), 1);
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

    circle_begin();
    ck_assert_uint_eq(eider_engine_decoys_list(circle.a->engine,
                                               circle.a->account, count_row, n),
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

    eider_engine_seen_sums(circle.a->engine, circle.a->account, circle_names[1],
                           from, circle.w->now + 1, &sums, rows);
    return rows[EIDER_SEEN_WHOM];
}

START_TEST(the_ledger_says_among_how_many)
{
    uint64_t start = circle.w->now, from;

    ck_assert_int_eq(device_write(circle.a, circle_names[1], "before"),
                     EIDER_OK);
    circle_begin();
    from = circle.w->now;
    ck_assert_int_eq(device_write(circle.a, circle_names[1], "within"),
                     EIDER_OK);
    world_run(circle.w, 5 * WORLD_MINUTE);
    ck_assert_int_eq(with_whom(from).level, EIDER_SEEN_PARTLY);
    ck_assert_uint_eq(with_whom(from).contacts, 4);
    ck_assert_double_eq_tol(with_whom(from).of_bits, 2, 1e-9);
    /* One that left outside of the slots went to nobody else. */
    ck_assert_int_eq(with_whom(start).level, EIDER_SEEN_VISIBLE);
    ck_assert_uint_eq(with_whom(start).contacts, 1);
    device_offline(circle.b[1]);
    world_run(circle.w, WORLD_MINUTE);
    ck_assert_int_eq(with_whom(from).level, EIDER_SEEN_VISIBLE);
}
END_TEST

Suite *decoys_kept_suite(void);

Suite *
decoys_kept_suite(void)
{
    Suite *s = suite_create("decoys_kept");
    TCase *t = tcase_create("decoys_kept");

    tcase_add_checked_fixture(t, circle_set_up, circle_tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, it_outlives_programs);
    tcase_add_test(t, a_full_disk_changes_no_set);
    tcase_add_test(t, an_older_index_has_no_set);
    tcase_add_test(t, a_backup_brings_its_set_where_there_is_none);
    tcase_add_test(t, the_list_has_members_and_who_could_be);
    tcase_add_test(t, the_ledger_says_among_how_many);
    suite_add_tcase(s, t);
    return s;
}
