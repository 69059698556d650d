/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ledger on disk: what it costs, the ring, and what is forgotten. */
#include "eider/keyring.h"
#include "unit/noted.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define SECRET "the quick brown fox"

/* ---- what it costs --------------------------------------------------------- */

static bool
is_slot_near(void)
{
    uint64_t due = eider_slots_due(noted.a->engine);

    return due != 0 && due < noted.w->now + EIDER_LEDGER_QUIET;
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
        noted_tear_down();
        noted_set_up();
        noted.a->has_ledger = on;
        world_run(noted.w, 2 * FLUSH);
        flushed = 0;
        memfiles_on_write(noted.a->files, on_write, NULL);
        noted_say("hello", 100);
        ck_assert_uint_le(flushed, 1);
        n[on] = memfiles_writes(noted.a->files) - flushed;
    }
    ck_assert_uint_eq(n[0], n[1]);
    flushed = 0;
    world_run(noted.w, 2 * FLUSH);
    ck_assert_uint_eq(flushed, 1);
    world_run(noted.w, 10 * FLUSH); /* and nothing more */
    ck_assert_uint_eq(flushed, 1);
}
END_TEST

START_TEST(the_start_reads_none_of_it)
{
    noted_say("hello", 10);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert(!noted_ledger()->is_read);
    noted_say("hello", 10);
    ck_assert(!noted_ledger()->is_read);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 20);
    ck_assert(noted_ledger()->is_held);
    /* Nor is it kept in memory when nobody looks any more. */
    world_run(noted.w, 2 * FLUSH);
    ck_assert(!noted_ledger()->is_held);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 20);
}
END_TEST

START_TEST(no_write_is_near_a_slot)
{
    noted.a->slot = noted.b->slot = 5;
    device_steady(noted.a, noted.b, 5);
    world_run(noted.w, FLUSH);
    flushed = near = 0;
    memfiles_on_write(noted.a->files, on_write, NULL);
    world_run(noted.w, 12 * FLUSH);
    ck_assert_uint_eq(near, 0);
    ck_assert_uint_ge(flushed, 11);
    ck_assert_uint_le(flushed, 13);
}
END_TEST

START_TEST(ten_thousand_contacts_fit)
{
    for (int i = 0; i < 3; i++) {
        noted_fill(10000, 1);
        noted_flush();
    }
    ck_assert_uint_eq(noted_seen(noted.a, "peer9999"), 3);
    ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 3);
    noted_flush();
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_seen(noted.a, "peer9999"), 3);
    ck_assert_uint_eq(noted_seen(noted.a, "peer5000"), 3);
}
END_TEST

/* A disk that is full for days: so much is kept, and not more. */
START_TEST(memory_is_bounded)
{
    unsigned n = 0;

    memfiles_fail_all(noted.a->files, true);
    for (unsigned i = 0; i < 40; i++) {
        noted_fill(10000, 1);
        (void)!eider_ring_flush(noted.a->engine);
    }
    for (guint i = 0; i < noted_ledger()->blocks->len; i++)
        n += ((eider_block *)g_ptr_array_index(noted_ledger()->blocks, i))
                 ->is_dirty;
    ck_assert_uint_le(n, EIDER_LEDGER_PENDING + 1);
    ck_assert_uint_le(noted_ledger()->blocks->len, EIDER_LEDGER_PENDING + 2);
    memfiles_fail_all(noted.a->files, false);
    noted_flush();
    ck_assert_uint_gt(noted_seen(noted.a, "peer9999"), 0);
}
END_TEST

/* ---- the ring -------------------------------------------------------------- */

START_TEST(the_ring_wraps)
{
    size_t max = EIDER_LEDGER_BLOCKS * EIDER_LEDGER_BLOCK;
    uint64_t first;

    noted_say("hello", 3);
    for (unsigned i = 0; i < 30; i++) {
        noted_fill(12000, 1); /* some 12 bytes each: 36 blocks */
        noted_flush();
        ck_assert_uint_le(noted_file().n, max);
    }
    ck_assert_uint_eq(noted_file().n, max);
    first =
        ((eider_block *)g_ptr_array_index(noted_ledger()->blocks, 0))->number;
    ck_assert_uint_gt(first, 1);
    ck_assert_uint_eq(noted_seen(noted.a, "bob"), 0); /* the oldest are gone */
    noted_say("hello", 2);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 2);
    ck_assert_uint_ge(noted_seen(noted.a, "peer11999"), 20);
    ck_assert_uint_le(noted_ledger()->blocks->len, EIDER_LEDGER_BLOCKS + 1);
    noted_say("hello", 1);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 3);
    ck_assert_uint_eq(noted_file().n, max);
}
END_TEST

START_TEST(a_crash_takes_what_was_not_written)
{
    noted_say("hello", 5);
    world_run(noted.w, 2 * FLUSH);
    noted_say("hello", 3);
    device_crash(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 5);
    noted_say("hello", 1);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 6);
}
END_TEST

/* Half of a block is on disk: what was there before is there still. */
START_TEST(a_torn_write_spoils_nothing)
{
    noted_say("hello", 5);
    noted_flush();
    for (unsigned i = 0; i < 8; i++) {
        noted_say("hello", 1);
        memfiles_fail_after(noted.a->files, 0);
        ck_assert_int_eq(eider_ring_flush(noted.a->engine), EIDER_E_STORE);
        if (i % 2 == 0)
            noted_flush();
    }
    noted_say("hello", 1);
    memfiles_fail_after(noted.a->files, 0);
    ck_assert_int_eq(eider_ring_flush(noted.a->engine), EIDER_E_STORE);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 14);
    device_crash(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 12);
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

    for (size_t at = 0; at < noted_file().n; at += EIDER_LEDGER_BLOCK) {
        eider_block *b =
            eider_block_unseal(noted_ledger(), noted_file().p + at);

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
    noted_say(SECRET, 20);
    noted_flush();
    ck_assert_uint_gt(on_disk().events, 20);
    ck_assert(!on_disk().has_text);
    ck_assert(!memfiles_contain(noted.a->files, SECRET, strlen(SECRET)));
}
END_TEST

START_TEST(a_forgotten_contact_is_gone_from_the_disk)
{
    for (int i = 0; i < 4; i++) {
        noted_say("hello", 2);
        noted_fill(1, 2);
        noted_flush();
    }
    ck_assert_uint_gt(on_disk().events, 16);
    eider_engine_forget(noted.a->engine, noted.a->account, "bob");
    ck_assert_uint_eq(noted_seen(noted.a, "bob"), 0);
    eider_engine_tick(noted.a->engine);
    ck_assert_uint_eq(on_disk().events, 8);
    ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 8);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 0);
    ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 8);
}
END_TEST

/* Nobody is left whom it would be about. */
START_TEST(with_the_last_key_of_a_contact_it_goes)
{
    eider_device key;

    noted_say("hello", 2);
    noted_fill(1, 2);
    noted_flush();
    ck_assert_uint_eq(
        eider_engine_devices(noted.a->engine, noted.a->account, "bob", &key, 1),
        1);
    ck_assert_int_eq(eider_engine_key(noted.a->engine, noted.a->account, "bob",
                                      key.fingerprint, EIDER_KEY_FORGET),
                     EIDER_OK);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 0);
    ck_assert_uint_eq(on_disk().events, 2);
}
END_TEST

/* It failed: it is tried again, and nothing else was lost. */
START_TEST(forgetting_outlives_a_full_disk)
{
    noted_two_blocks();
    device_start(noted.a);
    memfiles_fail_all(noted.a->files, true);
    ck_assert_int_eq(
        eider_engine_unsee(noted.a->engine, noted.a->account, "bob"),
        EIDER_E_STORE);
    ck_assert_uint_eq(noted_seen(noted.a, "bob"), 0);
    ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 7);
    memfiles_fail_all(noted.a->files, false);
    world_run(noted.w, 2 * FLUSH);
    ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 7);
    ck_assert_uint_eq(on_disk().events, 7 + noted_seen(noted.a, "bob"));
}
END_TEST

START_TEST(all_can_be_deleted)
{
    noted_two_blocks();
    device_start(noted.a);
    noted_say("hello", 1);
    ck_assert_int_eq(eider_engine_unsee(noted.a->engine, NULL, NULL), EIDER_OK);
    ck_assert_ptr_null(noted_file().p);
    ck_assert_uint_eq(noted_seen(noted.a, "bob"), 0);
    ck_assert_uint_eq(noted_seen(noted.a, "peer0"), 0);
    noted_say("hello", 1);
    device_stop(noted.a);
    device_start(noted.a);
    ck_assert_uint_eq(noted_wrote(noted.a, "bob"), 1);
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
        for (uint32_t n = world_random(noted.w, 64); n > 0; n--) {
            uint8_t byte = (uint8_t)world_random(noted.w, 256);

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
        noted_tear_down();
        noted_set_up();
        world_run(noted.w, 2 * FLUSH + 13 * WORLD_SECOND);
        noted.a->slot = noted.b->slot = 5;
        device_steady(noted.a, noted.b, 5);
        noted_flush();
        noted.a->engine->ledger->flush_ms = 0;
        if (i == 1) /* before the next slot */
            ck_assert_int_eq(device_write(noted.a, "bob", "hello"), EIDER_OK);
        world_run(noted.w, 20 * WORLD_SECOND);
        at[i] = noted_ledger()->flush_ms;
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

    tcase_add_checked_fixture(tc, noted_set_up, noted_tear_down);
    tcase_add_test(tc, a_message_costs_no_write);
    tcase_add_test(tc, the_start_reads_none_of_it);
    tcase_add_test(tc, no_write_is_near_a_slot);
    tcase_add_test(tc, ten_thousand_contacts_fit);
    tcase_add_test(tc, memory_is_bounded);
    tcase_add_test(tc, the_ring_wraps);
    tcase_add_test(tc, a_crash_takes_what_was_not_written);
    tcase_add_test(tc, a_torn_write_spoils_nothing);
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
