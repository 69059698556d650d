/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks that cannot be read or written: a clear word, nothing sent, nothing
 * overwritten; and all goes on when the disk does. */
#include "core/work.h"
#include "unit/many.h"
#include "unit/world.h"

#include <check.h>
#include <string.h>

static world *w;
static device *a, *b;

static void
set_up(void)
{
    w = world_new(9);
    a = world_add(w, "alice", "1");
    b = world_add(w, "bob", "1");
    device_meet(a, b);
    world_run(w, 5 * WORLD_MINUTE);
}

static void
tear_down(void)
{
    world_free(w);
}

static void
name_of(device *d, const char *peer, char *out)
{
    eider_store_name(d->store, d->account, peer, out);
}

static void
damage(const char *name)
{
    eider_slice old = memfiles_peek(a->files, name);
    g_autofree uint8_t *bytes = g_memdup2(old.p, old.n);

    ck_assert_uint_gt(old.n, 100);
    bytes[old.n / 2] ^= 1;
    memfiles_poke(a->files, name, (eider_slice){bytes, old.n});
}

START_TEST(keys_and_choices_that_were_put_back_are_told_of)
{
    memfiles_copy *old = memfiles_snapshot(a->files);

    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_OK);
    device_stop(a);
    memfiles_restore(a->files, old);
    device_start(a);
    ck_assert_uint_ge(a->news[EIDER_NEWS_RESTORED], 1);
    memfiles_copy_free(old);
}
END_TEST

START_TEST(a_full_disk_sends_nothing_and_says_so_once)
{
    uint64_t sent = a->sent;

    memfiles_fail_all(a->files, true);
    ck_assert_int_eq(device_write(a, "bob", "one"), EIDER_E_STORE);
    ck_assert_int_eq(device_write(a, "bob", "two"), EIDER_E_STORE);
    ck_assert(eider_engine_is_paused(a->engine));
    ck_assert_int_eq(device_status(a, "bob").look, EIDER_LOOK_PAUSED);
    ck_assert_uint_eq(a->sent, sent);
    ck_assert_uint_eq(a->news[EIDER_NEWS_STORE], 1);
    ck_assert_ptr_nonnull(strstr(a->news_detail, "No space left"));
    ck_assert_uint_eq(device_status(a, "bob").waiting, 0);

    memfiles_fail_all(a->files, false);
    ck_assert_int_eq(device_write(a, "bob", "three"), EIDER_OK);
    ck_assert(!eider_engine_is_paused(a->engine));
    ck_assert_int_eq(device_status(a, "bob").look, EIDER_LOOK_PRIVATE);
    world_run(w, 2 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(b, "one"), 0);
    ck_assert_uint_eq(device_count_shown(b, "three"), 1);
}
END_TEST

START_TEST(what_comes_while_the_disk_is_full_comes_again)
{
    memfiles_fail_all(a->files, true);
    ck_assert_int_eq(device_write(b, "alice", "hello"), EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert_uint_eq(a->shown->len, 0);
    memfiles_fail_all(a->files, false);
    world_run(w, 15 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(a, "hello"), 1);
    ck_assert_uint_eq(device_status(b, "alice").waiting, 0);
}
END_TEST

START_TEST(a_damaged_contact_is_told_once_and_never_overwritten)
{
    char name[EIDER_STORE_NAME_LEN + 1];
    g_autofree uint8_t *kept = NULL;
    uint64_t sent;
    eider_slice now;
    size_t n;

    name_of(a, "bob", name);
    device_stop(a);
    damage(name);
    now = memfiles_peek(a->files, name);
    n = now.n;
    kept = g_memdup2(now.p, now.n);
    device_start(a);
    sent = a->sent;
    ck_assert(eider_engine_is_private(a->engine, a->account, "bob"));
    ck_assert_int_eq(device_write(a, "bob", "x"), EIDER_E_STORE);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_OFF), EIDER_E_STORE);
    ck_assert_int_eq(device_write(b, "alice", "y"), EIDER_OK);
    world_run(w, WORLD_HOUR);
    ck_assert_uint_eq(a->news[EIDER_NEWS_STORE], 1);
    ck_assert_int_eq(device_status(a, "bob").look, EIDER_LOOK_PAUSED);
    ck_assert_uint_eq(a->sent, sent);
    ck_assert_uint_eq(a->shown->len, 0);
    now = memfiles_peek(a->files, name);
    ck_assert_uint_eq(now.n, n);
    ck_assert_mem_eq(now.p, kept, n);
}
END_TEST

START_TEST(a_damaged_index_lets_no_engine_start)
{
    eider_env env = a->engine->env;
    eider_engine *e = NULL;
    eider_store *s = NULL;

    device_stop(a);
    damage("index");
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(a->files), NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_engine_new(&e, &env, s), EIDER_E_STORE);
    ck_assert_ptr_null(e);
    eider_store_close(s);
}
END_TEST

START_TEST(a_failed_write_leaves_what_is_on_disk)
{
    EIDER_AUTO(eider_buf) before = {0};
    EIDER_AUTO(eider_buf) after = {0};

    device_pickle(a, "bob", &before);
    memfiles_fail_all(a->files, true);
    memfiles_fail_reads(a->files, true);
    ck_assert_int_eq(device_write(a, "bob", "x"), EIDER_E_STORE);
    memfiles_fail_all(a->files, false);
    memfiles_fail_reads(a->files, false);
    device_pickle(a, "bob", &after);
    ck_assert_uint_eq(before.n, after.n);
    ck_assert_mem_eq(before.p, after.p, after.n);
}
END_TEST

START_TEST(cut_contacts_are_refused_whole)
{
    EIDER_AUTO(eider_buf) out = {0};
    eider_contact *c = eider_contact_get(a->engine, a->account, "bob");

    w->is_cut = true;
    ck_assert_int_eq(device_write(a, "bob", "waits"), EIDER_OK);
    eider_contact_pickle(c, &out);
    for (size_t n = 0; n < out.n; n += 1 + n / 64) {
        eider_contact *x = eider_contact_new("a", "b");
        g_autofree uint8_t *cut = g_memdup2(out.p, n);

        ck_assert_int_eq(eider_contact_unpickle(x, (eider_slice){cut, n}),
                         EIDER_E_MALFORMED);
        eider_contact_free(x);
    }
}
END_TEST

START_TEST(flipped_contacts_do_no_harm)
{
    EIDER_AUTO(eider_buf) out = {0};
    eider_contact *c = eider_contact_get(a->engine, a->account, "bob");

    w->is_cut = true;
    ck_assert_int_eq(device_write(a, "bob", "waits"), EIDER_OK);
    eider_contact_pickle(c, &out);
    for (size_t i = 0; i < out.n; i++) {
        eider_contact *x = eider_contact_new("a", "b");
        g_autofree uint8_t *bad = g_memdup2(out.p, out.n);

        bad[i] ^= 0xFF;
        (void)!eider_contact_unpickle(x, (eider_slice){bad, out.n});
        eider_contact_free(x); /* for the sanitizers */
    }
}
END_TEST

/* ---- a write that fails in its last step, and is there -------------------- */

static eider_files whole; /* what alice's disk does */

static eider_err
write_and_fail(void *data, const char *name, eider_slice bytes)
{
    (void)!whole.write(data, name, bytes);
    return EIDER_E_STORE;
}

static eider_err
patch_and_fail(void *data, const char *name, size_t at, eider_slice bytes)
{
    (void)!whole.patch(data, name, at, bytes);
    return EIDER_E_STORE;
}

/* Changes are bound to the index that they were made on; it is another one
 * now, and whoever reads them would throw them away. */
START_TEST(changes_after_an_index_that_may_be_there_are_not_void)
{
    /* So many that changes are written beside it. */
    many_add(a->engine, a->account, 200, EIDER_ON);
    ck_assert_int_eq(device_choose(a, "many0", EIDER_OFF), EIDER_OK);
    ck_assert_ptr_nonnull(memfiles_peek(a->files, "changes").p);

    whole = a->table;
    a->table.write = write_and_fail;
    a->table.patch = patch_and_fail;
    (void)eider_card_get(a->engine, a->account, "somebody else");
    ck_assert_int_eq(eider_index_write(a->engine), EIDER_E_STORE);
    eider_index_roll_back(a->engine);
    a->table = whole;

    ck_assert_int_eq(device_choose(a, "many1", EIDER_OFF), EIDER_OK);
    device_crash(a);
    device_start(a);
    ck_assert(!eider_engine_is_private(a->engine, a->account, "many0"));
    ck_assert(!eider_engine_is_private(a->engine, a->account, "many1"));
    ck_assert(eider_engine_is_private(a->engine, a->account, "many2"));
}
END_TEST

Suite *store_errors_suite(void);

Suite *
store_errors_suite(void)
{
    Suite *s = suite_create("store_errors");
    TCase *tc = tcase_create("store_errors");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, keys_and_choices_that_were_put_back_are_told_of);
    tcase_add_test(tc, a_full_disk_sends_nothing_and_says_so_once);
    tcase_add_test(tc, what_comes_while_the_disk_is_full_comes_again);
    tcase_add_test(tc, a_damaged_contact_is_told_once_and_never_overwritten);
    tcase_add_test(tc, a_damaged_index_lets_no_engine_start);
    tcase_add_test(tc, a_failed_write_leaves_what_is_on_disk);
    tcase_add_test(tc, changes_after_an_index_that_may_be_there_are_not_void);
    tcase_add_test(tc, cut_contacts_are_refused_whole);
    tcase_add_test(tc, flipped_contacts_do_no_harm);
    suite_add_tcase(s, tc);
    return s;
}
