/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ledger on disk: what it costs, and what a bad disk does to it. */
#include "core/ledger_keep.h"
#include "eider/keyring.h"
#include "unit/world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define FLUSH  (EIDER_LEDGER_FLUSH * WORLD_SECOND)
#define SECRET "the quick brown fox"

static struct {
    world *w;
    device *a, *b;
} it;

static void
set_up(void)
{
    it.w = world_new(1);
    it.a = world_add(it.w, "alice", "1");
    it.b = world_add(it.w, "bob", "1");
    device_meet(it.a, it.b);
}

static void
tear_down(void)
{
    world_free(it.w);
}

static size_t
seen(const device *d, const char *peer)
{
    return eider_engine_seen(d->engine, d->account, peer, 0, UINT64_MAX, NULL,
                             0);
}

static unsigned
wrote(const device *d, const char *peer)
{
    eider_seen_sums sums;

    eider_engine_seen_sums(d->engine, d->account, peer, 0, UINT64_MAX, &sums,
                           NULL);
    return sums.all.texts[EIDER_SEEN_OUT];
}

static void
say(const char *text, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        ck_assert_int_eq(device_write(it.a, "bob", text), EIDER_OK);
        world_run(it.w, WORLD_SECOND);
    }
}

static eider_slice
file(void)
{
    return memfiles_peek(it.a->files, "ledger");
}

static const eider_ledger *
ledger(void)
{
    return it.a->engine->ledger;
}

/* Lines to @peers contacts who are not there, @each of them. */
static void
fill(unsigned peers, unsigned each)
{
    char name[32];

    for (unsigned j = 0; j < each; j++) {
        for (unsigned i = 0; i < peers; i++) {
            g_snprintf(name, sizeof name, "peer%u", i);
            eider_ledger_wrote(it.a->engine, it.a->account, name,
                               EIDER_SEEN_OUT, it.w->now + j, i + j * 1000);
        }
    }
}

static void
flush(void)
{
    ck_assert_int_eq(eider_ring_flush(it.a->engine), EIDER_OK);
}

/* ---- what it costs --------------------------------------------------------- */

static bool
is_slot_near(void)
{
    uint64_t due = eider_slots_due(it.a->engine);

    return due != 0 && due < it.w->now + EIDER_LEDGER_QUIET;
}

static unsigned flushed, near; /* of them: with a slot near */

static void
on_write(void *data, memfiles *m, const char *name)
{
    (void)data;
    (void)m;
    if (strcmp(name, "ledger") != 0)
        return;
    flushed++;
    near += is_slot_near();
}

START_TEST(a_message_costs_no_write)
{
    uint64_t n[2];

    /* The same world twice. */
    for (int on = 0; on < 2; on++) {
        tear_down();
        set_up();
        it.a->has_ledger = on;
        world_run(it.w, 2 * FLUSH);
        flushed = 0;
        memfiles_on_write(it.a->files, on_write, NULL);
        say("hello", 100);
        ck_assert_uint_le(flushed, 1);
        n[on] = memfiles_writes(it.a->files) - flushed;
    }
    ck_assert_uint_eq(n[0], n[1]);
    flushed = 0;
    world_run(it.w, 2 * FLUSH);
    ck_assert_uint_eq(flushed, 1);
    world_run(it.w, 10 * FLUSH); /* and nothing more */
    ck_assert_uint_eq(flushed, 1);
}
END_TEST

START_TEST(the_start_reads_none_of_it)
{
    say("hello", 10);
    device_stop(it.a);
    device_start(it.a);
    ck_assert(!ledger()->is_read);
    say("hello", 10);
    ck_assert(!ledger()->is_read);
    ck_assert_uint_eq(wrote(it.a, "bob"), 20);
    ck_assert(ledger()->is_held);
    /* Nor is it kept in memory when nobody looks any more. */
    world_run(it.w, 2 * FLUSH);
    ck_assert(!ledger()->is_held);
    ck_assert_uint_eq(wrote(it.a, "bob"), 20);
}
END_TEST

START_TEST(no_write_is_near_a_slot)
{
    it.a->slot = it.b->slot = 5;
    device_steady(it.a, it.b, 5);
    world_run(it.w, FLUSH);
    flushed = near = 0;
    memfiles_on_write(it.a->files, on_write, NULL);
    world_run(it.w, 12 * FLUSH);
    ck_assert_uint_eq(near, 0);
    ck_assert_uint_ge(flushed, 11);
    ck_assert_uint_le(flushed, 13);
}
END_TEST

START_TEST(ten_thousand_contacts_fit)
{
    for (int i = 0; i < 3; i++) {
        fill(10000, 1);
        flush();
    }
    ck_assert_uint_eq(seen(it.a, "peer9999"), 3);
    ck_assert_uint_eq(seen(it.a, "peer0"), 3);
    flush();
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(seen(it.a, "peer9999"), 3);
    ck_assert_uint_eq(seen(it.a, "peer5000"), 3);
}
END_TEST

/* A disk that is full for days: so much is kept, and not more. */
START_TEST(memory_is_bounded)
{
    unsigned n = 0;

    memfiles_fail_all(it.a->files, true);
    for (unsigned i = 0; i < 40; i++) {
        fill(10000, 1);
        (void)!eider_ring_flush(it.a->engine);
    }
    for (guint i = 0; i < ledger()->blocks->len; i++)
        n += ((eider_block *)g_ptr_array_index(ledger()->blocks, i))->is_dirty;
    ck_assert_uint_le(n, EIDER_LEDGER_PENDING + 1);
    ck_assert_uint_le(ledger()->blocks->len, EIDER_LEDGER_PENDING + 2);
    memfiles_fail_all(it.a->files, false);
    flush();
    ck_assert_uint_gt(seen(it.a, "peer9999"), 0);
}
END_TEST

/* ---- the ring -------------------------------------------------------------- */

START_TEST(the_ring_wraps)
{
    size_t max = EIDER_LEDGER_BLOCKS * EIDER_LEDGER_BLOCK;
    uint64_t first;

    say("hello", 3);
    for (unsigned i = 0; i < 30; i++) {
        fill(12000, 1); /* some 12 bytes each: 36 blocks */
        flush();
        ck_assert_uint_le(file().n, max);
    }
    ck_assert_uint_eq(file().n, max);
    first = ((eider_block *)g_ptr_array_index(ledger()->blocks, 0))->number;
    ck_assert_uint_gt(first, 1);
    ck_assert_uint_eq(seen(it.a, "bob"), 0); /* the oldest are gone */
    say("hello", 2);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 2);
    ck_assert_uint_ge(seen(it.a, "peer11999"), 20);
    ck_assert_uint_le(ledger()->blocks->len, EIDER_LEDGER_BLOCKS + 1);
    say("hello", 1);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 3);
    ck_assert_uint_eq(file().n, max);
}
END_TEST

START_TEST(a_crash_takes_what_was_not_written)
{
    say("hello", 5);
    world_run(it.w, 2 * FLUSH);
    say("hello", 3);
    device_crash(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 5);
    say("hello", 1);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 6);
}
END_TEST

/* Half of a block is on disk: what was there before is there still. */
START_TEST(a_torn_write_spoils_nothing)
{
    say("hello", 5);
    flush();
    for (unsigned i = 0; i < 8; i++) {
        say("hello", 1);
        memfiles_fail_after(it.a->files, 0);
        ck_assert_int_eq(eider_ring_flush(it.a->engine), EIDER_E_STORE);
        if (i % 2 == 0)
            flush();
    }
    say("hello", 1);
    memfiles_fail_after(it.a->files, 0);
    ck_assert_int_eq(eider_ring_flush(it.a->engine), EIDER_E_STORE);
    ck_assert_uint_eq(wrote(it.a, "bob"), 14);
    device_crash(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 12);
}
END_TEST

/* ---- what is not as it was left --------------------------------------------- */

/* Two blocks on disk: of bob, and of peer0. */
static void
two_blocks(void)
{
    say("hello", 4);
    device_stop(it.a);
    device_start(it.a);
    fill(1, 7);
    device_stop(it.a);
    ck_assert_uint_eq(file().n, 16 * EIDER_LEDGER_BLOCK);
}

static void
poke(const uint8_t *bytes, size_t n)
{
    memfiles_poke(it.a->files, "ledger", (eider_slice){bytes, n});
}

/* Every byte of the header, and some of the rest. */
START_TEST(a_damaged_block_is_left_out)
{
    g_autofree uint8_t *good = NULL;
    size_t n;

    two_blocks();
    n = file().n;
    good = g_memdup2(file().p, n);
    for (size_t at = 0; at < EIDER_LEDGER_BLOCK;
         at += at < EIDER_LEDGER_HEADER + 2 ? 1 : 509) {
        good[at] ^= 0x80;
        /* A newer version is somebody's: the whole file is left alone. */
        if (at != 8) {
            poke(good, n);
            device_start(it.a);
            ck_assert_uint_eq(wrote(it.a, "bob"), 0);
            ck_assert_uint_eq(seen(it.a, "peer0"), 7);
            say("again", 1);
            device_stop(it.a);
            device_start(it.a);
            ck_assert_uint_eq(wrote(it.a, "bob"), 1);
            ck_assert_uint_eq(seen(it.a, "peer0"), 7);
            device_stop(it.a);
        }
        good[at] ^= 0x80;
    }
}
END_TEST

START_TEST(what_is_not_ours_is_left_alone)
{
    g_autofree uint8_t *other = NULL;
    size_t n;

    two_blocks();
    n = file().n;
    other = g_memdup2(file().p, n);
    for (int i = 0; i < 3; i++) {
        if (i == 0)
            other[EIDER_LEDGER_BLOCK + 8] = 2; /* of a newer version */
        else
            memset(other, '!', n);
        poke(other, i == 2 ? 17 : n);
        device_start(it.a);
        ck_assert_uint_eq(wrote(it.a, "bob"), 0);
        say("hello", 3);
        world_run(it.w, 2 * FLUSH);
        ck_assert_uint_eq(wrote(it.a, "bob"), 3); /* in memory */
        ck_assert_int_eq(eider_engine_unsee(it.a->engine, it.a->account, "bob"),
                         EIDER_OK);
        ck_assert_int_eq(eider_engine_unsee(it.a->engine, NULL, NULL),
                         EIDER_OK);
        device_stop(it.a);
        ck_assert_uint_eq(file().n, i == 2 ? 17 : n);
        ck_assert_int_eq(memcmp(file().p, other, file().n), 0);
    }
}
END_TEST

/* Of another store: nothing in it opens, and its room is used. */
START_TEST(a_file_of_another_store_is_nothing)
{
    eider_slice theirs;

    two_blocks();
    device_stop(it.b);
    theirs = memfiles_peek(it.b->files, "ledger");
    ck_assert_uint_gt(theirs.n, 0);
    poke(theirs.p, theirs.n);
    device_start(it.a);
    device_start(it.b);
    ck_assert_uint_eq(seen(it.a, "bob"), 0);
    ck_assert_uint_eq(seen(it.a, "alice"), 0);
    say("hello", 2);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 2);
}
END_TEST

START_TEST(a_file_put_back_is_read_as_it_is)
{
    memfiles_copy *copy;

    say("hello", 4);
    device_stop(it.a);
    copy = memfiles_snapshot(it.a->files);
    device_start(it.a);
    say("hello", 5);
    device_stop(it.a);
    memfiles_rewind(it.a->files, copy);
    memfiles_copy_free(copy);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 4);
    say("hello", 1);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 5);
}
END_TEST

START_TEST(a_file_that_goes_meanwhile_comes_again)
{
    say("hello", 4);
    flush();
    memfiles_poke(it.a->files, "ledger", (eider_slice){NULL, 0});
    say("hello", 1);
    flush();
    ck_assert_ptr_nonnull(file().p);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_ge(wrote(it.a, "bob"), 1);
}
END_TEST

START_TEST(an_unreadable_disk_is_no_harm)
{
    two_blocks();
    device_start(it.a);
    say("hello", 1);
    memfiles_fail_reads(it.a->files, true);
    ck_assert_uint_eq(wrote(it.a, "bob"), 1);
    ck_assert_int_eq(eider_ring_flush(it.a->engine), EIDER_E_STORE);
    memfiles_fail_reads(it.a->files, false);
    ck_assert_uint_eq(wrote(it.a, "bob"), 5);
    ck_assert_uint_eq(it.a->news[EIDER_NEWS_STORE], 0);
}
END_TEST

/* ---- forgetting -------------------------------------------------------------- */

typedef struct {
    unsigned events;
    bool has_text;
} content;

static void
count_event(void *arg, uint64_t id, const eider_seen_event *ev)
{
    (void)id;
    (void)ev;
    ((content *)arg)->events++;
}

/* All that is in any block on the disk, the old copies, too. */
static content
on_disk(void)
{
    content c = {0};

    for (size_t at = 0; at < file().n; at += EIDER_LEDGER_BLOCK) {
        eider_block *b = eider_block_unseal(ledger(), file().p + at);

        if (b == NULL)
            continue;
        eider_block_walk(b, count_event, &c);
        c.has_text =
            c.has_text ||
            memmem(b->bytes.p, b->bytes.n, SECRET, strlen(SECRET)) != NULL ||
            memmem(b->bytes.p, b->bytes.n, "bob", 3) != NULL;
        eider_block_free(b);
    }
    return c;
}

START_TEST(no_text_and_no_name_is_in_it)
{
    say(SECRET, 20);
    flush();
    ck_assert_uint_gt(on_disk().events, 20);
    ck_assert(!on_disk().has_text);
    ck_assert(!memfiles_contain(it.a->files, SECRET, strlen(SECRET)));
}
END_TEST

START_TEST(a_forgotten_contact_is_gone_from_the_disk)
{
    for (int i = 0; i < 4; i++) {
        say("hello", 2);
        fill(1, 2);
        flush();
    }
    ck_assert_uint_gt(on_disk().events, 16);
    eider_engine_forget(it.a->engine, it.a->account, "bob");
    ck_assert_uint_eq(seen(it.a, "bob"), 0);
    world_run(it.w, WORLD_SECOND);
    ck_assert_uint_eq(on_disk().events, 8);
    ck_assert_uint_eq(seen(it.a, "peer0"), 8);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 0);
    ck_assert_uint_eq(seen(it.a, "peer0"), 8);
}
END_TEST

/* Nobody is left whom it would be about. */
START_TEST(with_the_last_key_of_a_contact_it_goes)
{
    eider_device key;

    say("hello", 2);
    fill(1, 2);
    flush();
    ck_assert_uint_eq(
        eider_engine_devices(it.a->engine, it.a->account, "bob", &key, 1), 1);
    ck_assert_int_eq(eider_engine_key(it.a->engine, it.a->account, "bob",
                                      key.fingerprint, EIDER_KEY_FORGET),
                     EIDER_OK);
    ck_assert_uint_eq(wrote(it.a, "bob"), 0);
    world_run(it.w, WORLD_SECOND);
    ck_assert_uint_eq(on_disk().events, 2);
}
END_TEST

/* It failed: it is tried again, and nothing else was lost. */
START_TEST(forgetting_outlives_a_full_disk)
{
    two_blocks();
    device_start(it.a);
    memfiles_fail_all(it.a->files, true);
    ck_assert_int_eq(eider_engine_unsee(it.a->engine, it.a->account, "bob"),
                     EIDER_E_STORE);
    ck_assert_uint_eq(seen(it.a, "bob"), 0);
    ck_assert_uint_eq(seen(it.a, "peer0"), 7);
    memfiles_fail_all(it.a->files, false);
    world_run(it.w, 2 * FLUSH);
    ck_assert_uint_eq(seen(it.a, "peer0"), 7);
    ck_assert_uint_eq(on_disk().events, 7 + seen(it.a, "bob"));
}
END_TEST

START_TEST(all_can_be_deleted)
{
    two_blocks();
    device_start(it.a);
    say("hello", 1);
    ck_assert_int_eq(eider_engine_unsee(it.a->engine, NULL, NULL), EIDER_OK);
    ck_assert_ptr_null(file().p);
    ck_assert_uint_eq(seen(it.a, "bob"), 0);
    ck_assert_uint_eq(seen(it.a, "peer0"), 0);
    say("hello", 1);
    device_stop(it.a);
    device_start(it.a);
    ck_assert_uint_eq(wrote(it.a, "bob"), 1);
}
END_TEST

/* What is in a block is ours or nothing; even so, any bytes are no harm. */
START_TEST(any_bytes_are_read_to_their_end)
{
    eider_block *b = eider_block_new(1);
    content c = {0};

    eider_block_close(b);
    for (unsigned i = 0; i < 20000; i++) {
        eider_buf_clear(&b->bytes);
        for (uint32_t n = world_random(it.w, 64); n > 0; n--) {
            uint8_t byte = (uint8_t)world_random(it.w, 256);

            eider_buf_add(&b->bytes, &byte, 1);
        }
        eider_block_walk(b, count_event, &c);
    }
    ck_assert_uint_gt(c.events, 0);
    eider_block_free(b);
}
END_TEST

/* When it is written does not depend on when the user wrote. */
START_TEST(the_clock_alone_says_when)
{
    uint64_t at[2];

    for (int i = 0; i < 2; i++) {
        tear_down();
        set_up();
        world_run(it.w, 2 * FLUSH + 13 * WORLD_SECOND);
        it.a->slot = it.b->slot = 5;
        device_steady(it.a, it.b, 5);
        flush();
        it.a->engine->ledger->flush_ms = 0;
        if (i == 1) /* before the next slot */
            ck_assert_int_eq(device_write(it.a, "bob", "hello"), EIDER_OK);
        world_run(it.w, 20 * WORLD_SECOND);
        at[i] = ledger()->flush_ms;
    }
    ck_assert_uint_ne(at[0], 0);
    ck_assert_uint_eq(at[0], at[1]);
}
END_TEST

Suite *ledger_disk_suite(void);

Suite *
ledger_disk_suite(void)
{
    Suite *s = suite_create("ledger_disk");
    TCase *tc = tcase_create("ledger_disk");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_message_costs_no_write);
    tcase_add_test(tc, the_start_reads_none_of_it);
    tcase_add_test(tc, no_write_is_near_a_slot);
    tcase_add_test(tc, ten_thousand_contacts_fit);
    tcase_add_test(tc, memory_is_bounded);
    tcase_add_test(tc, the_ring_wraps);
    tcase_add_test(tc, a_crash_takes_what_was_not_written);
    tcase_add_test(tc, a_torn_write_spoils_nothing);
    tcase_add_test(tc, a_damaged_block_is_left_out);
    tcase_add_test(tc, what_is_not_ours_is_left_alone);
    tcase_add_test(tc, a_file_of_another_store_is_nothing);
    tcase_add_test(tc, a_file_put_back_is_read_as_it_is);
    tcase_add_test(tc, a_file_that_goes_meanwhile_comes_again);
    tcase_add_test(tc, an_unreadable_disk_is_no_harm);
    tcase_add_test(tc, no_text_and_no_name_is_in_it);
    tcase_add_test(tc, a_forgotten_contact_is_gone_from_the_disk);
    tcase_add_test(tc, with_the_last_key_of_a_contact_it_goes);
    tcase_add_test(tc, forgetting_outlives_a_full_disk);
    tcase_add_test(tc, all_can_be_deleted);
    tcase_add_test(tc, any_bytes_are_read_to_their_end);
    tcase_add_test(tc, the_clock_alone_says_when);
    suite_add_tcase(s, tc);
    return s;
}
