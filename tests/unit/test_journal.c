/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of slots after a crash, and in a folder that was put back. */
#include "core/work.h"
#include "unit/world.h"

#include <check.h>
#include <string.h>

#define SIDS_MAX 16

static struct {
    world *w;
    device *a, *b;
    memfiles_copy *copy; /* of alice's disk */
    uint8_t sids[SIDS_MAX][EIDER_SID_SHORT];
    unsigned n_sids;
} it;

static void
set_up(void)
{
    it.n_sids = 0;
    it.copy = NULL;
    it.w = world_new(20);
    it.a = world_add(it.w, "alice", "1");
    it.b = world_add(it.w, "bob", "1");
    device_meet(it.a, it.b);
}

static void
tear_down(void)
{
    memfiles_copy_free(it.copy);
    world_free(it.w);
}

static eider_contact *
contact(device *d, const char *peer)
{
    return eider_contact_get(d->engine, d->account, peer);
}

/* The last disk on which there is no file of slots yet. */
static void
on_write(void *data, memfiles *m, const char *name)
{
    (void)data;
    (void)name;
    if (memfiles_peek(m, "j0").p != NULL)
        return;
    memfiles_copy_free(it.copy);
    it.copy = memfiles_snapshot(m);
}

/* The last disk on which bob's state is in no file of slots yet. */
static void
on_write_of_bob(void *data, memfiles *m, const char *name)
{
    (void)data;
    if (it.a->engine == NULL || name[0] != 's' ||
        g_hash_table_contains(it.a->engine->journaled, "sim\talice\nbob"))
        return;
    memfiles_copy_free(it.copy);
    it.copy = memfiles_snapshot(m);
}

/* The sessions in which something may have been sealed that the copy does not
 * know of. */
static void
note_sessions(void)
{
    const eider_contact *c = contact(it.a, "bob");

    ck_assert_uint_ge(c->sessions->len, 1);
    it.n_sids = 0;
    for (guint i = 0; i < c->sessions->len && i < SIDS_MAX; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        memcpy(it.sids[it.n_sids++], s->sid, EIDER_SID_SHORT);
    }
}

static void
assert_sessions_new(void)
{
    const eider_contact *c = contact(it.a, "bob");

    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        for (unsigned j = 0; j < it.n_sids; j++)
            ck_assert_int_ne(memcmp(s->sid, it.sids[j], sizeof s->sid), 0);
    }
}

/* Slots begin, run, and end in a crash; the folder is put back to before. */
static void
put_back_to_before_the_first_slot(void)
{
    memfiles_on_write(it.a->files, on_write, NULL);
    device_steady(it.a, it.b, 10);
    world_run(it.w, 5 * WORLD_MINUTE);
    memfiles_on_write(it.a->files, NULL, NULL);
    ck_assert_ptr_nonnull(memfiles_peek(it.a->files, "j0").p);
    note_sessions();
    device_crash(it.a);
    memfiles_restore(it.a->files, it.copy);
    ck_assert_ptr_null(memfiles_peek(it.a->files, "j0").p);
}

static void
assert_all_is_well(void)
{
    ck_assert_int_eq(device_write(it.a, "bob", "again"), EIDER_OK);
    world_run(it.w, 20 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(it.b, "again"), 1);
    ck_assert_uint_eq(device_status(it.a, "bob").candidates, 0);
}

START_TEST(a_folder_from_before_the_first_slot_is_noticed)
{
    put_back_to_before_the_first_slot();
    device_start(it.a);
    assert_sessions_new();
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_RESTORED], 1);
    assert_all_is_well();
    /* Once: the next start knows nothing of it. */
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_RESTORED], 1);
}
END_TEST

/* A start whose write @n fails, and whose process ends then. */
static eider_err
start_and_fail(int n)
{
    eider_store *store;
    eider_engine *e = NULL;
    eider_err err;

    ck_assert_int_eq(
        eider_store_open(&store, memfiles_files(it.a->files), NULL), EIDER_OK);
    memfiles_fail_after(it.a->files, n);
    err = eider_engine_new(&e, &(eider_env){0}, store);
    memfiles_fail_all(it.a->files, true);
    eider_engine_free(e);
    memfiles_fail_all(it.a->files, false);
    memfiles_fail_after(it.a->files, -1);
    eider_store_close(store);
    return err;
}

/* The start itself dies at every write in turn: what it had noticed is not
 * forgotten. */
START_TEST(a_crash_while_it_is_noticed_forgets_nothing)
{
    int n = 0;

    put_back_to_before_the_first_slot();
    while (start_and_fail(n) != EIDER_OK)
        ck_assert_int_lt(++n, 30);
    ck_assert_int_ge(n, 1);
    device_start(it.a);
    assert_sessions_new();
    assert_all_is_well();
}
END_TEST

/* The files of slots are gone as soon as the engine is there, and nothing but
 * the disk remembers what they said. */
START_TEST(what_was_noticed_is_on_disk_before_the_contact_is_used)
{
    eider_engine *e = NULL;

    put_back_to_before_the_first_slot();
    ck_assert_int_eq(
        eider_store_open(&it.a->store, memfiles_files(it.a->files), NULL),
        EIDER_OK);
    ck_assert_int_eq(eider_engine_new(&e, &(eider_env){0}, it.a->store),
                     EIDER_OK);
    /* No contact was loaded: this ends it as a crash would. */
    eider_engine_free(e);
    eider_store_close(it.a->store);
    it.a->store = NULL;
    device_start(it.a);
    assert_sessions_new();
    assert_all_is_well();
}
END_TEST

/* An older file of slots in which this contact was not: another one's state
 * says that all may be old. */
START_TEST(a_contact_whose_states_are_in_none_is_doubted_too)
{
    device *c = world_add(it.w, "carol", "1");

    device_meet(it.a, c);
    device_steady(it.a, c, 30);
    world_run(it.w, 35 * WORLD_SECOND);
    memfiles_on_write(it.a->files, on_write_of_bob, NULL);
    device_steady(it.a, it.b, 10);
    world_run(it.w, 5 * WORLD_MINUTE);
    memfiles_on_write(it.a->files, NULL, NULL);
    note_sessions();
    device_crash(it.a);
    memfiles_restore(it.a->files, it.copy);
    device_start(it.a);
    assert_sessions_new();
    assert_all_is_well();
}
END_TEST

START_TEST(a_crash_alone_drops_no_session)
{
    device_steady(it.a, it.b, 10);
    world_run(it.w, 5 * WORLD_MINUTE);
    for (unsigned i = 0; i < 3; i++) {
        int n = 0;

        device_crash(it.a);
        while (start_and_fail(n) != EIDER_OK)
            ck_assert_int_lt(++n, 30);
        ck_assert_int_ge(n, 1);
        device_start(it.a);
        ck_assert_uint_eq(device_sessions(it.a, "bob"), 1);
        world_run(it.w, WORLD_MINUTE);
    }
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_RESTORED], 0);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_RESTORED], 0);
    assert_all_is_well();
}
END_TEST

/* A file that opens, but whose end is not as it was written. */
START_TEST(one_that_cannot_be_read_whole_stops_the_start)
{
    EIDER_AUTO(eider_buf) in = {0};
    EIDER_AUTO(eider_buf) was = {0};
    eider_engine *e = NULL;

    device_steady(it.a, it.b, 10);
    world_run(it.w, 5 * WORLD_MINUTE);
    device_crash(it.a);
    ck_assert_int_eq(
        eider_store_open(&it.a->store, memfiles_files(it.a->files), NULL),
        EIDER_OK);
    ck_assert_int_eq(eider_store_get(it.a->store, "j0", &in, NULL), EIDER_OK);
    eider_buf_add(&was, in.p, in.n);
    for (unsigned i = 0; i < 2; i++) {
        if (i == 0)
            in.n -= 5; /* in the middle of a state */
        else
            in.p[0]++; /* of a later version */
        ck_assert_int_eq(
            eider_store_put(it.a->store, "j0", (eider_slice){in.p, in.n}),
            EIDER_OK);
        ck_assert_int_eq(eider_engine_new(&e, &(eider_env){0}, it.a->store),
                         EIDER_E_STORE);
        /* And is still there. */
        ck_assert_ptr_nonnull(memfiles_peek(it.a->files, "j0").p);
        in.n = was.n;
    }
    ck_assert_int_eq(
        eider_store_put(it.a->store, "j0", (eider_slice){was.p, was.n}),
        EIDER_OK);
    eider_store_close(it.a->store);
    it.a->store = NULL;
    device_start(it.a);
    ck_assert_uint_eq(device_sessions(it.a, "bob"), 1);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_RESTORED], 0);
}
END_TEST

Suite *journal_suite(void);

Suite *
journal_suite(void)
{
    Suite *s = suite_create("journal");
    TCase *tc = tcase_create("journal");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_folder_from_before_the_first_slot_is_noticed);
    tcase_add_test(tc, a_crash_while_it_is_noticed_forgets_nothing);
    tcase_add_test(tc, what_was_noticed_is_on_disk_before_the_contact_is_used);
    tcase_add_test(tc, a_contact_whose_states_are_in_none_is_doubted_too);
    tcase_add_test(tc, a_crash_alone_drops_no_session);
    tcase_add_test(tc, one_that_cannot_be_read_whole_stops_the_start);
    suite_add_tcase(s, tc);
    return s;
}
