/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is noted of what the server saw, and what it is said to tell. */
#include "core/ledger_keep.h"
#include "eider/frame.h"
#include "unit/world.h"

#include <check.h>
#include <math.h>
#include <string.h>

#define EVENTS 4096

static struct {
    world *w;
    device *a, *b;
    eider_seen_event ev[EVENTS];
    size_t n;
} it;

static void
set_up(void)
{
    it.w = world_new(1);
    it.a = world_add(it.w, "alice", "1");
    it.b = world_add(it.w, "bob", "1");
}

static void
tear_down(void)
{
    world_free(it.w);
}

/* All that @d has noted of @peer. */
static void
look(device *d, const char *peer)
{
    it.n = eider_engine_seen(d->engine, d->account, peer, 0, UINT64_MAX, it.ev,
                             EVENTS);
    ck_assert_uint_le(it.n, EVENTS);
}

static unsigned
count(eider_seen_kind kind, eider_seen_way way)
{
    unsigned n = 0;

    for (size_t i = 0; i < it.n; i++)
        n += it.ev[i].kind == kind && it.ev[i].way == way;
    return n;
}

static const eider_seen_event *
last(eider_seen_kind kind, eider_seen_way way)
{
    for (size_t i = it.n; i-- > 0;)
        if (it.ev[i].kind == kind && it.ev[i].way == way)
            return &it.ev[i];
    return NULL;
}

static char *
words(size_t n)
{
    char *s = g_malloc(n + 1);

    memset(s, 'x', n);
    s[n] = '\0';
    return s;
}

static void
say(device *from, const char *to, size_t n)
{
    g_autofree char *s = words(n);

    ck_assert_int_eq(device_write(from, to, s), EIDER_OK);
    world_run(it.w, WORLD_SECOND);
}

START_TEST(notes_each_line_and_each_text)
{
    device_meet(it.a, it.b);
    look(it.a, "bob");
    ck_assert_uint_gt(count(EIDER_SEEN_HANDSHAKE, EIDER_SEEN_OUT), 0);
    ck_assert_uint_gt(count(EIDER_SEEN_HANDSHAKE, EIDER_SEEN_IN), 0);
    ck_assert_uint_eq(count(EIDER_SEEN_WROTE, EIDER_SEEN_OUT), 0);
    say(it.a, "bob", 30);
    look(it.a, "bob");
    ck_assert_uint_eq(count(EIDER_SEEN_WROTE, EIDER_SEEN_OUT), 1);
    ck_assert_uint_eq(count(EIDER_SEEN_TEXT, EIDER_SEEN_OUT), 1);
    ck_assert_uint_eq(last(EIDER_SEEN_WROTE, EIDER_SEEN_OUT)->size, 30);
    ck_assert_uint_eq(last(EIDER_SEEN_TEXT, EIDER_SEEN_OUT)->size,
                      EIDER_LINE_S);
    ck_assert_uint_eq(last(EIDER_SEEN_TEXT, EIDER_SEEN_OUT)->lines, 1);
    look(it.b, "alice");
    ck_assert_uint_eq(count(EIDER_SEEN_WROTE, EIDER_SEEN_IN), 1);
    ck_assert_uint_eq(count(EIDER_SEEN_TEXT, EIDER_SEEN_IN), 1);
    ck_assert_uint_eq(last(EIDER_SEEN_WROTE, EIDER_SEEN_IN)->size, 30);
    ck_assert_uint_eq(last(EIDER_SEEN_TEXT, EIDER_SEEN_IN)->lines, 1);
    /* ... and the acknowledgement that follows. */
    world_run(it.w, 2 * WORLD_MINUTE);
    look(it.a, "bob");
    ck_assert_uint_ge(count(EIDER_SEEN_COVER, EIDER_SEEN_IN), 1);
    ck_assert_uint_gt(it.a->seen, 0);
}
END_TEST

/* As many as left, and of the size that left. */
START_TEST(notes_as_many_lines_as_left)
{
    uint64_t bytes = 0;
    size_t n = 0;

    it.a->keeps_lines = true;
    device_meet(it.a, it.b);
    for (size_t i = 1; i < 20000; i = i * 3 + 1)
        say(it.a, "bob", i);
    world_run(it.w, WORLD_HOUR);
    look(it.a, "bob");
    for (size_t i = 0; i < it.n; i++) {
        if (it.ev[i].way != EIDER_SEEN_OUT || it.ev[i].kind == EIDER_SEEN_WROTE)
            continue;
        bytes += it.ev[i].size;
        n++;
    }
    ck_assert_uint_eq(n, it.a->lines->len);
    for (guint i = 0; i < it.a->lines->len; i++)
        bytes -= strlen(((sent_line *)g_ptr_array_index(it.a->lines, i))->line);
    ck_assert_uint_eq(bytes, 0);
}
END_TEST

START_TEST(a_long_text_is_one_look)
{
    device_meet(it.a, it.b);
    it.a->line_max = 391;
    say(it.a, "bob", 800); /* five parts and a line of padding */
    look(it.a, "bob");
    ck_assert_uint_eq(count(EIDER_SEEN_TEXT, EIDER_SEEN_OUT), 5);
    for (size_t i = 0; i < it.n; i++)
        if (it.ev[i].kind == EIDER_SEEN_TEXT && it.ev[i].lines != 0)
            ck_assert_uint_eq(it.ev[i].lines, eider_pad_lines(5));
    look(it.b, "alice");
    ck_assert_uint_eq(count(EIDER_SEEN_TEXT, EIDER_SEEN_IN), 5);
    ck_assert_uint_eq(count(EIDER_SEEN_WROTE, EIDER_SEEN_IN), 1);
}
END_TEST

/* What the server did not get it has not seen. */
START_TEST(notes_no_line_that_was_refused)
{
    unsigned before;

    device_meet(it.a, it.b);
    look(it.a, "bob");
    before = count(EIDER_SEEN_TEXT, EIDER_SEEN_OUT);
    it.a->refuses = true;
    say(it.a, "bob", 10);
    look(it.a, "bob");
    ck_assert_uint_eq(count(EIDER_SEEN_TEXT, EIDER_SEEN_OUT), before);
    ck_assert_uint_eq(count(EIDER_SEEN_WROTE, EIDER_SEEN_OUT), 1);
    it.a->refuses = false;
    world_run(it.w, WORLD_MINUTE);
    look(it.a, "bob");
    ck_assert_uint_eq(count(EIDER_SEEN_TEXT, EIDER_SEEN_OUT), before + 1);
}
END_TEST

START_TEST(notes_open_text_of_private_contacts_only)
{
    static const char hi[] = "hello";

    device_meet(it.a, it.b);
    (void)eider_engine_receive(it.a->engine, it.a->account, "bob", "bob", hi,
                               strlen(hi), false);
    (void)eider_engine_receive(it.a->engine, it.a->account, "carol", "carol",
                               hi, strlen(hi), false);
    eider_engine_saw_open(it.a->engine, it.a->account, "bob", EIDER_SEEN_OUT,
                          77);
    eider_engine_saw_open(it.a->engine, it.a->account, "carol", EIDER_SEEN_OUT,
                          77);
    look(it.a, "carol");
    ck_assert_uint_eq(it.n, 0);
    look(it.a, "bob");
    ck_assert_uint_eq(count(EIDER_SEEN_OPEN, EIDER_SEEN_IN), 1);
    ck_assert_uint_eq(last(EIDER_SEEN_OPEN, EIDER_SEEN_IN)->size, strlen(hi));
    ck_assert_uint_eq(last(EIDER_SEEN_OPEN, EIDER_SEEN_OUT)->size, 77);
}
END_TEST

START_TEST(strangers_are_not_noted)
{
    device *m = world_add(it.w, "mallory", "1");

    device_start(it.a);
    device_start(m);
    it.a->has_no_buddies = true;
    ck_assert_int_eq(device_choose(m, "alice", EIDER_ON), EIDER_OK);
    world_run(it.w, WORLD_HOUR);
    look(it.a, "mallory");
    ck_assert_uint_eq(it.n, 0);
}
END_TEST

START_TEST(off_means_nothing)
{
    it.a->has_ledger = false;
    device_meet(it.a, it.b);
    say(it.a, "bob", 10);
    world_run(it.w, WORLD_HOUR);
    look(it.a, "bob");
    ck_assert_uint_eq(it.n, 0);
    device_stop(it.a);
    ck_assert_ptr_null(memfiles_peek(it.a->files, "ledger").p);
    ck_assert_uint_eq(it.a->seen, 0);
}
END_TEST

/* ---- what it tells --------------------------------------------------------- */

static void
estimate(device *d, const char *peer, uint64_t from, eider_seen_sums *sums,
         eider_seen_estimate *rows)
{
    eider_engine_seen_sums(d->engine, d->account, peer, from, it.w->now + 1,
                           sums, rows);
}

#define NEAR(x, y) ck_assert_double_eq_tol(x, y, 0.0005)

/* By hand: six texts of yours, five in an S and one in an M line; five
 * lengths, one of them twice; one text of theirs. */
START_TEST(estimates_standard)
{
    static const size_t lengths[] = {3, 3, 50, 70, 90, 500};
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
    eider_seen_sums sums;
    uint64_t from;

    device_meet(it.a, it.b);
    world_run(it.w, 10 * WORLD_MINUTE);
    from = it.w->now;
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        say(it.a, "bob", lengths[i]);
        world_run(it.w, 10 * WORLD_MINUTE - WORLD_SECOND);
    }
    say(it.b, "alice", 8);
    world_run(it.w, 10 * WORLD_MINUTE - 2 * WORLD_SECOND);
    estimate(it.a, "bob", from, &sums, rows);
    ck_assert_uint_eq(sums.all.texts[EIDER_SEEN_OUT], 6);
    ck_assert_uint_eq(sums.all.texts[EIDER_SEEN_IN], 1);
    ck_assert_uint_eq(sums.all.chars[EIDER_SEEN_OUT], 716);
    ck_assert_uint_eq(rows[EIDER_SEEN_MUCH].texts, 7);
    /* (6 (5/6 log2(6/5) + 1/6 log2(6)) + 0) / 7 */
    NEAR(rows[EIDER_SEEN_MUCH].bits, 0.5571);
    /* (6 (2/6 log2(3) + 4/6 log2(6)) + 0) / 7 */
    NEAR(rows[EIDER_SEEN_MUCH].of_bits, 1.9299);
    ck_assert_int_eq(rows[EIDER_SEEN_MUCH].level, EIDER_SEEN_PARTLY);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHEN].texts, 7);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHEN].told, 7);
    ck_assert_int_eq(rows[EIDER_SEEN_WHEN].level, EIDER_SEEN_VISIBLE);
    /* 7 minutes of 70: H(0.1) * 10 */
    NEAR(rows[EIDER_SEEN_WHEN].of_bits, 4.6900);
    ck_assert_double_gt(rows[EIDER_SEEN_WHEN].bits, 3);
    ck_assert_double_le(rows[EIDER_SEEN_WHEN].bits,
                        rows[EIDER_SEEN_WHEN].of_bits + 1e-9);
    ck_assert_int_eq(rows[EIDER_SEEN_WHOM].level, EIDER_SEEN_VISIBLE);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHOM].contacts, 1);
}
END_TEST

START_TEST(estimates_steady)
{
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
    eider_seen_sums sums;
    uint64_t from;

    device_meet(it.a, it.b);
    device_steady(it.a, it.b, 10);
    world_run(it.w, 10 * WORLD_MINUTE);
    from = it.w->now;
    for (size_t i = 0; i < 6; i++) {
        say(it.a, "bob", 1 + i * 150);
        say(it.b, "alice", 7);
        world_run(it.w, 10 * WORLD_MINUTE);
    }
    estimate(it.a, "bob", from, &sums, rows);
    ck_assert_uint_ge(sums.all.slots[EIDER_SEEN_OUT], 350);
    ck_assert_uint_eq(sums.all.slots[EIDER_SEEN_OUT],
                      sums.all.lines[EIDER_SEEN_OUT]);
    ck_assert_uint_eq(sums.all.slots[EIDER_SEEN_IN],
                      sums.all.lines[EIDER_SEEN_IN]);
    ck_assert_uint_eq(sums.all.bytes[EIDER_SEEN_IN],
                      EIDER_LINE_S * sums.all.lines[EIDER_SEEN_IN]);
    NEAR(rows[EIDER_SEEN_MUCH].bits, 0);
    ck_assert_double_gt(rows[EIDER_SEEN_MUCH].of_bits, 1);
    ck_assert_int_eq(rows[EIDER_SEEN_MUCH].level, EIDER_SEEN_HIDDEN);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHEN].texts, 12);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHEN].told, 0);
    NEAR(rows[EIDER_SEEN_WHEN].bits, 0);
    ck_assert_double_gt(rows[EIDER_SEEN_WHEN].of_bits, 3);
    ck_assert_int_eq(rows[EIDER_SEEN_WHEN].level, EIDER_SEEN_HIDDEN);
}
END_TEST

/* Nothing was written: what would be told if it were. */
START_TEST(estimates_without_texts)
{
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
    eider_seen_sums sums;

    device_start(it.a);
    estimate(it.a, "carol", 0, &sums, rows);
    ck_assert_int_eq(rows[EIDER_SEEN_MUCH].level, EIDER_SEEN_VISIBLE);
    device_meet(it.a, it.b);
    estimate(it.a, "bob", it.w->now, &sums, rows);
    ck_assert_int_eq(rows[EIDER_SEEN_MUCH].level, EIDER_SEEN_HIDDEN);
    ck_assert_int_eq(rows[EIDER_SEEN_WHEN].level, EIDER_SEEN_VISIBLE);
    device_steady(it.a, it.b, 10);
    estimate(it.a, "bob", it.w->now, &sums, rows);
    ck_assert_int_eq(rows[EIDER_SEEN_WHEN].level, EIDER_SEEN_HIDDEN);
    eider_engine_saw_open(it.a->engine, it.a->account, "bob", EIDER_SEEN_OUT,
                          5);
    estimate(it.a, "bob", it.w->now, &sums, rows);
    ck_assert_int_eq(rows[EIDER_SEEN_MUCH].level, EIDER_SEEN_VISIBLE);
    ck_assert_int_eq(rows[EIDER_SEEN_WHEN].level, EIDER_SEEN_HIDDEN);
}
END_TEST

/* All there ever was and will be, and nothing at all. */
START_TEST(estimates_of_strange_spans)
{
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
    eider_seen_sums sums;

    device_meet(it.a, it.b);
    say(it.a, "bob", 10);
    eider_engine_seen_sums(it.a->engine, it.a->account, "bob", 0, UINT64_MAX,
                           &sums, rows);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHEN].texts, 1);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHEN].told, 1);
    eider_engine_seen_sums(it.a->engine, it.a->account, "bob", it.w->now + 5,
                           UINT64_MAX, &sums, rows);
    ck_assert_uint_eq(rows[EIDER_SEEN_WHEN].texts, 0);
    eider_engine_seen_sums(it.a->engine, it.a->account, "bob", UINT64_MAX, 0,
                           &sums, rows);
    ck_assert_uint_eq(sums.all.lines[EIDER_SEEN_OUT], 0);
}
END_TEST

/* ---- parts ----------------------------------------------------------------- */

START_TEST(parts_add_up)
{
    eider_seen_bucket part[7], all = {0};
    eider_seen_sums sums;
    uint64_t from;

    from = it.w->now;
    device_meet(it.a, it.b);
    for (size_t i = 1; i < 40; i++)
        say(i % 3 == 0 ? it.b : it.a, i % 3 == 0 ? "alice" : "bob", i * 40);
    world_run(it.w, 10 * WORLD_MINUTE);
    eider_engine_seen_sums(it.a->engine, it.a->account, "bob", from, it.w->now,
                           &sums, NULL);
    eider_engine_seen_buckets(it.a->engine, it.a->account, "bob", from,
                              it.w->now, part, G_N_ELEMENTS(part));
    for (size_t i = 0; i < G_N_ELEMENTS(part); i++) {
        const uint32_t *p = (const uint32_t *)&part[i];

        for (size_t j = 0; j < sizeof all / sizeof *p; j++)
            ((uint32_t *)&all)[j] += p[j];
    }
    ck_assert_uint_gt(all.texts[EIDER_SEEN_OUT], 20);
    ck_assert_int_eq(memcmp(&all, &sums.all, sizeof all), 0);
    /* Nothing is beside a span without time. */
    eider_engine_seen_buckets(it.a->engine, it.a->account, "bob", from, from,
                              part, 1);
    ck_assert_uint_eq(part[0].lines[EIDER_SEEN_OUT], 0);
}
END_TEST

START_TEST(gives_the_newest_in_order)
{
    eider_seen_event few[10];
    size_t all;

    device_meet(it.a, it.b);
    for (size_t i = 1; i < 40; i++)
        say(it.a, "bob", i);
    look(it.a, "bob");
    all = eider_engine_seen(it.a->engine, it.a->account, "bob", 0, UINT64_MAX,
                            few, 10);
    ck_assert_uint_eq(all, it.n);
    ck_assert_int_eq(memcmp(few, it.ev + it.n - 10, sizeof few), 0);
    for (size_t i = 1; i < it.n; i++)
        ck_assert_uint_le(it.ev[i - 1].ms, it.ev[i].ms);
    ck_assert_uint_eq(eider_engine_seen(it.a->engine, it.a->account, "bob",
                                        it.ev[5].ms, it.ev[5].ms, few, 10),
                      0);
}
END_TEST

/* A clock that is put back, by years: nothing is lost, nothing waits. */
START_TEST(a_clock_may_be_put_back)
{
    uint64_t writes;

    device_meet(it.a, it.b);
    say(it.a, "bob", 10);
    it.w->now -= 400 * WORLD_DAY;
    say(it.a, "bob", 20);
    look(it.a, "bob");
    ck_assert_uint_eq(count(EIDER_SEEN_WROTE, EIDER_SEEN_OUT), 2);
    writes = memfiles_writes(it.a->files);
    eider_engine_tick(it.a->engine);
    it.w->now += 2 * EIDER_LEDGER_FLUSH * WORLD_SECOND;
    eider_engine_tick(it.a->engine);
    ck_assert_uint_gt(memfiles_writes(it.a->files), writes);
    ck_assert_ptr_nonnull(memfiles_peek(it.a->files, "ledger").p);
}
END_TEST

Suite *ledger_suite(void);

Suite *
ledger_suite(void)
{
    Suite *s = suite_create("ledger");
    TCase *tc = tcase_create("ledger");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, notes_each_line_and_each_text);
    tcase_add_test(tc, notes_as_many_lines_as_left);
    tcase_add_test(tc, a_long_text_is_one_look);
    tcase_add_test(tc, notes_no_line_that_was_refused);
    tcase_add_test(tc, notes_open_text_of_private_contacts_only);
    tcase_add_test(tc, strangers_are_not_noted);
    tcase_add_test(tc, off_means_nothing);
    tcase_add_test(tc, estimates_standard);
    tcase_add_test(tc, estimates_steady);
    tcase_add_test(tc, estimates_without_texts);
    tcase_add_test(tc, estimates_of_strange_spans);
    tcase_add_test(tc, parts_add_up);
    tcase_add_test(tc, gives_the_newest_in_order);
    tcase_add_test(tc, a_clock_may_be_put_back);
    suite_add_tcase(s, tc);
    return s;
}
