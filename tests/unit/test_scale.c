/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ten thousand people who are known: a message, a start and a storm of
 * presences cost what they cost with ten.  Writes, bytes and reads are counted.
 */
#include "unit/many.h"
#include "unit/world.h"

#include "core/work.h"

#include <check.h>
#include <string.h>

Suite *scale_suite(void);

#define MANY 10000
#define SOME 1000 /* are more than a small index holds */
#define FEW  10

/* ---- counting ------------------------------------------------------------- */

typedef struct {
    unsigned writes, reads, index, changes;
    size_t bytes;
} counts;

static counts count;
static eider_err (*read_below)(void *data, const char *name, eider_buf *out);

static void
on_write(void *data, memfiles *m, const char *name)
{
    (void)data;
    count.writes++;
    count.bytes += memfiles_peek(m, name).n;
    count.index += strcmp(name, "index") == 0;
    count.changes += strcmp(name, "changes") == 0;
}

static eider_err
counting_read(void *data, const char *name, eider_buf *out)
{
    count.reads++;
    return read_below(data, name, out);
}

static void
start_counting(device *d)
{
    count = (counts){0};
    memfiles_on_write(d->files, on_write, NULL);
    if (d->table.read != counting_read)
        read_below = d->table.read;
    d->table.read = counting_read;
}

/* ---- a world -------------------------------------------------------------- */

static world *w;
static device *alice, *bob;

static void
restart(device *d)
{
    device_stop(d);
    device_start(d);
    world_run(w, 2 * WORLD_MINUTE);
}

/* Alice knows bob and @n others; both programs were started anew. */
static void
set_up(unsigned n, eider_choice choice)
{
    w = world_new(7);
    alice = world_add(w, "alice", "1");
    bob = world_add(w, "bob", "1");
    device_meet(alice, bob);
    many_add(alice->engine, alice->account, n, choice);
    restart(alice);
}

static void
tear_down(void)
{
    world_free(w);
    w = NULL;
}

/* ---- messages ------------------------------------------------------------- */

static void
say(device *from, const char *to, const char *text)
{
    ck_assert_int_eq(device_write(from, to, text), EIDER_OK);
    world_run(w, 2 * WORLD_MINUTE);
}

/* A conversation of five there and five back, and what alice writes. */
static counts
converse(unsigned n)
{
    counts got;

    set_up(n, EIDER_UNSET);
    start_counting(alice);
    for (int i = 0; i < 5; i++) {
        say(alice, "bob", "there");
        say(bob, "alice", "back");
    }
    got = count;
    ck_assert_uint_eq(device_count_shown(bob, "there"), 5);
    ck_assert_uint_eq(device_count_shown(alice, "back"), 5);
    tear_down();
    return got;
}

START_TEST(a_conversation_writes_the_same_with_ten_and_ten_thousand)
{
    counts few = converse(FEW), many = converse(MANY);

    ck_assert_uint_eq(few.writes, many.writes);
    ck_assert_uint_eq(few.bytes, many.bytes);
    ck_assert_uint_eq(few.reads, many.reads);
    ck_assert_uint_eq(many.index, 0);
    /* That something waits, once after a start. */
    ck_assert_uint_le(many.changes, 1);
    ck_assert_uint_le(few.index, 1);
    /* Sending; arriving, and that it was shown; an ack of theirs or of ours:
     * at most so much for one there and one back. */
    ck_assert_uint_le(many.writes, 1 + 5 * 6);
}
END_TEST

START_TEST(one_of_many_costs_one_file)
{
    set_up(SOME, EIDER_UNSET);
    start_counting(alice);
    ck_assert_int_eq(device_write(alice, "many77", "hello"), EIDER_OK);
    ck_assert_uint_eq(count.reads, 1);
    ck_assert_uint_eq(count.index, 0);
    ck_assert_uint_eq(count.writes, 2); /* the card, once, and the contact */
    ck_assert_int_eq(device_write(alice, "many77", "hello"), EIDER_OK);
    ck_assert_uint_eq(count.reads, 1);
    ck_assert_uint_eq(count.writes, 3);
    ck_assert_uint_eq(g_hash_table_size(alice->engine->contacts), 1);
    tear_down();
}
END_TEST

/* ---- starting and presence ------------------------------------------------ */

START_TEST(a_start_reads_no_contact_that_is_calm)
{
    set_up(SOME, EIDER_ON);
    device_stop(alice);
    start_counting(alice);
    device_start(alice);
    /* master, index, changes; no more than one for bob */
    ck_assert_uint_le(count.reads, 4);
    ck_assert_uint_eq(count.writes, 0);
    ck_assert_uint_le(g_hash_table_size(alice->engine->contacts), 1);
    ck_assert(eider_engine_is_private(alice->engine, alice->account, "many9"));
    tear_down();
}
END_TEST

START_TEST(a_storm_of_presences_reads_and_writes_nothing)
{
    set_up(MANY, EIDER_ON);
    start_counting(alice);
    for (unsigned i = 0; i < MANY; i++) {
        g_autofree char *peer = g_strdup_printf("many%u", i);

        eider_engine_presence(alice->engine, alice->account, peer, true);
        eider_engine_presence(alice->engine, alice->account, peer, false);
    }
    ck_assert_uint_eq(count.reads, 0);
    ck_assert_uint_eq(count.writes, 0);
    ck_assert_uint_le(g_hash_table_size(alice->engine->contacts), 1);
    tear_down();
}
END_TEST

/* Whom the user turned on and who was never met is still called. */
START_TEST(who_was_never_met_is_looked_at_when_he_comes)
{
    set_up(FEW, EIDER_UNSET);
    ck_assert_int_eq(device_choose(alice, "dave", EIDER_ON), EIDER_OK);
    device_stop(alice);
    device_start(alice);
    start_counting(alice);
    eider_engine_presence(alice->engine, alice->account, "dave", true);
    ck_assert_ptr_nonnull(
        eider_contact_if_busy(alice->engine, alice->account, "dave"));
    tear_down();
}
END_TEST

/* ---- the index and what changed since ------------------------------------- */

#define TOUCHED 300 /* more cards than the changes hold */

static char *
nth(unsigned i)
{
    return g_strdup_printf("many%u", i * 31 % SOME);
}

static void
check_choices(unsigned n)
{
    for (unsigned i = 0; i < TOUCHED; i++) {
        g_autofree char *peer = nth(i);

        ck_assert_int_eq(
            eider_engine_choice(alice->engine, alice->account, peer),
            i < n ? EIDER_OFF : EIDER_UNSET);
    }
    ck_assert_uint_ge(g_hash_table_size(alice->engine->index.cards), SOME + 1);
}

START_TEST(choices_survive_crashes_and_the_index_is_rarely_written)
{
    set_up(SOME, EIDER_UNSET);
    start_counting(alice);
    for (unsigned i = 0; i < TOUCHED; i++) {
        g_autofree char *peer = nth(i);

        ck_assert_int_eq(device_choose(alice, peer, EIDER_OFF), EIDER_OK);
        if (i % 60 != 59)
            continue;
        device_crash(alice);
        device_start(alice);
        check_choices(i + 1);
    }
    ck_assert_uint_ge(count.index, 1);
    ck_assert_uint_le(count.index, TOUCHED / 50);
    ck_assert_uint_eq(count.changes + count.index, TOUCHED);
    tear_down();
}
END_TEST

/* Every write fails in turn; then memory and disk say the same. */
START_TEST(a_write_that_fails_changes_no_choice)
{
    unsigned n = 0;

    set_up(SOME, EIDER_UNSET);
    for (unsigned i = 0; n < 150; i++) {
        g_autofree char *peer = nth(n);

        if (i % 3 == 0)
            memfiles_fail_after(alice->files, (int)(i / 3 % 2));
        n += device_choose(alice, peer, EIDER_OFF) == EIDER_OK;
        memfiles_fail_after(alice->files, -1);
        if (i % 50 == 0)
            check_choices(n);
    }
    device_crash(alice);
    device_start(alice);
    check_choices(n);
    tear_down();
}
END_TEST

static eider_buf
keep(const char *name)
{
    eider_slice s = memfiles_peek(alice->files, name);
    eider_buf b = {0};

    eider_buf_add(&b, s.p, s.n);
    return b;
}

/* A crash after the index and before the changes are removed. */
START_TEST(changes_of_an_older_index_are_void)
{
    EIDER_AUTO(eider_buf) old = {0};

    set_up(SOME, EIDER_UNSET);
    ck_assert_int_eq(device_choose(alice, "many1", EIDER_OFF), EIDER_OK);
    old = keep("changes");
    ck_assert_uint_gt(old.n, 0);
    ck_assert_int_eq(device_choose(alice, "many1", EIDER_ON), EIDER_OK);
    ck_assert_int_eq(eider_index_write(alice->engine), EIDER_OK);
    ck_assert_ptr_null(memfiles_peek(alice->files, "changes").p);
    device_crash(alice);
    memfiles_poke(alice->files, "changes", (eider_slice){old.p, old.n});
    device_start(alice);
    ck_assert_int_eq(
        eider_engine_choice(alice->engine, alice->account, "many1"), EIDER_ON);
    tear_down();
}
END_TEST

START_TEST(damaged_changes_close_the_store)
{
    EIDER_AUTO(eider_buf) file = {0};
    eider_engine *e = NULL;
    eider_store *s = NULL;

    set_up(SOME, EIDER_UNSET);
    ck_assert_int_eq(device_choose(alice, "many1", EIDER_OFF), EIDER_OK);
    device_crash(alice);
    file = keep("changes");
    file.p[file.n / 4] ^= 1; /* in both halves, where there are two */
    file.p[file.n / 4 * 3] ^= 1;
    memfiles_poke(alice->files, "changes", (eider_slice){file.p, file.n});
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(alice->files), NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_engine_new(&e, &(eider_env){.speed = 1}, s),
                     EIDER_E_STORE);
    ck_assert_ptr_null(e);
    eider_store_close(s);
    tear_down();
}
END_TEST

Suite *
scale_suite(void)
{
    Suite *s = suite_create("scale");
    TCase *t = tcase_create("ten thousand");
    TCase *i = tcase_create("index");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_conversation_writes_the_same_with_ten_and_ten_thousand);
    tcase_add_test(t, one_of_many_costs_one_file);
    tcase_add_test(t, a_start_reads_no_contact_that_is_calm);
    tcase_add_test(t, a_storm_of_presences_reads_and_writes_nothing);
    tcase_add_test(t, who_was_never_met_is_looked_at_when_he_comes);
    suite_add_tcase(s, t);
    tcase_set_timeout(i, 60);
    tcase_add_test(i, choices_survive_crashes_and_the_index_is_rarely_written);
    tcase_add_test(i, a_write_that_fails_changes_no_choice);
    tcase_add_test(i, changes_of_an_older_index_are_void);
    tcase_add_test(i, damaged_changes_close_the_store);
    suite_add_tcase(s, i);
    return s;
}
