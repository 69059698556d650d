/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A backup is imported on a second machine while the old one runs on: no
 * message key is used twice, no text is lost, and both are told.
 *
 * The observer is the other side.  On a network that repeats nothing, a frame
 * whose message key was used before is one that it counts as a duplicate; a
 * machine cloned as a whole, as a control, makes it count.
 */
#include "sim/sim.h"

#include "eider/backup.h"
#include "eider/keyring.h"
#include "unit/world.h"

#include <check.h>

Suite *sim_backup_suite(void);

#define TEXTS 40

static world *w;
static device *old, *fresh, *bob;
static uint64_t replayed; /* before the second machine */

static uint64_t
duplicates(void)
{
    return eider_engine_counters(bob->engine)->duplicates - replayed;
}

static void
write_some(device *d, const char *to, const char *word, int n)
{
    for (int i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("%s %d", word, i);

        if (d != NULL)
            ck_assert_int_eq(device_write(d, to, text), EIDER_OK);
        world_run(w, 1 + world_random(w, 3 * WORLD_MINUTE));
    }
}

static void
begin(unsigned seed)
{
    w = world_new(sim_seed(seed));
    old = world_add(w, "alice", "1");
    fresh = world_add(w, "alice", "2");
    bob = world_add(w, "bob", "1");
    w->delay_ms = 500;
    device_meet(old, bob);
    write_some(old, "bob", "early", 5);
    write_some(bob, "alice", "early", 5);
    world_run(w, 10 * WORLD_MINUTE);
    replayed = eider_engine_counters(bob->engine)->duplicates;
}

static void
talk_on(void)
{
    for (int i = 0; i < TEXTS; i++) {
        g_autofree char *a = g_strdup_printf("of old %d", i);
        g_autofree char *b = g_strdup_printf("of fresh %d", i);
        g_autofree char *c = g_strdup_printf("of bob %d", i);

        ck_assert_int_eq(device_write(old, "bob", a), EIDER_OK);
        world_run(w, world_random(w, WORLD_MINUTE));
        ck_assert_int_eq(device_write(fresh, "bob", b), EIDER_OK);
        world_run(w, world_random(w, WORLD_MINUTE));
        ck_assert_int_eq(device_write(bob, "alice", c), EIDER_OK);
        world_run(w, world_random(w, 5 * WORLD_MINUTE));
    }
    world_run(w, 2 * WORLD_DAY);
}

static void
check_texts(void)
{
    for (int i = 0; i < TEXTS; i++) {
        g_autofree char *a = g_strdup_printf("of old %d", i);
        g_autofree char *b = g_strdup_printf("of fresh %d", i);
        g_autofree char *c = g_strdup_printf("of bob %d", i);

        ck_assert_uint_eq(device_count_shown(bob, a), 1);
        ck_assert_uint_eq(device_count_shown(bob, b), 1);
        ck_assert_uint_le(device_count_shown(old, c), 1);
        ck_assert_uint_le(device_count_shown(fresh, c), 1);
        ck_assert_uint_ge(
            device_count_shown(old, c) + device_count_shown(fresh, c), 1);
    }
}

static uint64_t imported_at;

static void
see_own(void *arg, const eider_key_row *row)
{
    (void)arg;
    if (row->peer == NULL)
        imported_at = row->imported;
}

START_TEST(two_machines_with_one_backup_use_no_message_key_twice)
{
    EIDER_AUTO(eider_buf) plain = {0};

    begin((unsigned)_i);
    ck_assert_int_eq(eider_backup_gather(old->engine, &plain), EIDER_OK);
    write_some(old, "bob", "after the backup", 5);
    device_start(fresh);
    ck_assert_int_eq(eider_backup_import(fresh->engine,
                                         (eider_slice){plain.p, plain.n}, NULL),
                     EIDER_OK);
    talk_on();
    ck_assert_uint_eq(duplicates(), 0);
    check_texts();
    ck_assert_uint_ge(old->news[EIDER_NEWS_TWIN], 1);
    ck_assert_uint_eq(bob->news[EIDER_NEWS_NEW_DEVICE], 0);
    eider_engine_list_keys(fresh->engine, see_own, NULL);
    ck_assert_uint_gt(imported_at, 0);
    world_free(w);
}
END_TEST

START_TEST(an_old_machine_that_only_listens_is_told_within_two_minutes)
{
    EIDER_AUTO(eider_buf) plain = {0};

    begin(100 + (unsigned)_i);
    ck_assert_int_eq(eider_backup_gather(old->engine, &plain), EIDER_OK);
    device_start(fresh);
    ck_assert_int_eq(eider_backup_import(fresh->engine,
                                         (eider_slice){plain.p, plain.n}, NULL),
                     EIDER_OK);
    ck_assert_int_eq(device_write(fresh, "bob", "here I am"), EIDER_OK);
    world_run(w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(bob, "here I am"), 1);
    ck_assert_uint_eq(old->news[EIDER_NEWS_TWIN], 1);
    ck_assert_uint_eq(fresh->news[EIDER_NEWS_TWIN], 0);
    world_free(w);
}
END_TEST

/* One machine, many sessions: nobody is said to have a twin. */
START_TEST(a_machine_that_meets_anew_has_no_twin)
{
    begin(200 + (unsigned)_i);
    for (int i = 0; i < 6; i++) {
        device_stop(i % 2 == 0 ? bob : old);
        device_lose(i % 2 == 0 ? bob : old, i % 2 == 0 ? "alice" : "bob");
        device_start(i % 2 == 0 ? bob : old);
        write_some(old, "bob", "again", 3);
        write_some(bob, "alice", "again", 3);
        world_run(w, 30 * WORLD_MINUTE);
    }
    ck_assert_uint_eq(old->news[EIDER_NEWS_TWIN], 0);
    ck_assert_uint_eq(bob->news[EIDER_NEWS_TWIN], 0);
    world_free(w);
}
END_TEST

/* What the observer is for: it sees keys that are used twice. */
START_TEST(a_machine_cloned_as_a_whole_is_seen_to_use_keys_twice)
{
    memfiles_copy *copy;

    begin(300);
    copy = memfiles_snapshot(old->files);
    memfiles_rewind(fresh->files, copy);
    memfiles_copy_free(copy);
    device_start(fresh);
    ck_assert_int_eq(device_write(old, "bob", "of the one"), EIDER_OK);
    ck_assert_int_eq(device_write(fresh, "bob", "of the other"), EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert_uint_gt(duplicates(), 0);
    world_free(w);
}
END_TEST

/* In Steady the newest state is not in the contact's own file. */
START_TEST(an_import_ends_the_sessions_of_steady_contacts_too)
{
    EIDER_AUTO(eider_buf) plain = {0};
    eider_backup_count n;

    begin(0);
    ck_assert_int_eq(eider_backup_gather(old->engine, &plain), EIDER_OK);
    old->slot = bob->slot = 5;
    device_steady(old, bob, 10);
    world_run(w, WORLD_MINUTE);
    ck_assert_uint_eq(device_sessions(old, "bob"), 1);
    ck_assert_int_eq(
        eider_backup_import(old->engine, (eider_slice){plain.p, plain.n}, &n),
        EIDER_OK);
    ck_assert_uint_eq(device_sessions(old, "bob"), 0);
    world_free(w);
}
END_TEST

Suite *
sim_backup_suite(void)
{
    Suite *s = suite_create("backup");
    TCase *t = tcase_create("two machines");
    int n = sim_is_long() ? 200 : 3;

    tcase_set_timeout(t, 3600);
    tcase_add_loop_test(
        t, two_machines_with_one_backup_use_no_message_key_twice, 0, n);
    tcase_add_loop_test(
        t, an_old_machine_that_only_listens_is_told_within_two_minutes, 0, n);
    tcase_add_loop_test(t, a_machine_that_meets_anew_has_no_twin, 0, n);
    tcase_add_test(t, an_import_ends_the_sessions_of_steady_contacts_too);
    tcase_add_test(t, a_machine_cloned_as_a_whole_is_seen_to_use_keys_twice);
    suite_add_tcase(s, t);
    return s;
}
