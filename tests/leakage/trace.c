/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the server sees of two people, written by the real engine under the
 * virtual clock.
 *
 *     trace sizes <seed> <max>     which lines a text of 1 .. max bytes makes:
 *                                  "bytes,lines,letter" (letter: size)
 *     trace talk <seed> <seconds> [<slot> [plain]]
 *                                  in Steady with so many seconds between
 *                                  slots; plain: frames are random bytes (long
 *                                  runs; that the trace is the same is proven
 *                                  by tests/leakage/run.py)
 *     trace frames <seed> <n> [zeros]
 *                                  the lines of n short texts by turns; zeros:
 *                                  without what the post-quantum ratchet puts
 *                                  into their free space
 *
 *     trace decoys <seed> <seconds> <mode> <how>
 *                                  see trace_decoys.c
 *
 *     trace ledger <seed> <seconds> <slot> [off]
 *                                  as talk (slot 0: Standard), over a server
 *                                  that takes a millisecond; "shown,to,ms"; and
 *                                  at the end what a's own ledger says of it:
 *                                  "much,bits,of", "when,bits,of,told,texts",
 *                                  "sums,out,in,texts out,texts in"
 *
 * talk and ledger read texts "ms,from,bytes" on standard input,
 *                                  from a or b, in order of time; the lines
 *                                  that leave: "ms,from,characters", and
 *                                  "shown,ms written,ms shown" for each text
 */
#include "trace.h"

#include "core/work.h"
#include "eider/crypto.h"
#include "proto/ratchet_state.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE (15 * WORLD_MINUTE) /* the first contact is over by then */

typedef struct {
    uint64_t at;
    device *from;
    size_t bytes;
} text;

static struct {
    uint64_t start; /* 0: nothing is written down yet */
    unsigned lines;
    char letter;
} seen;

static char *
words(world *w, size_t n)
{
    char *s = g_malloc(n + 1);

    for (size_t i = 0; i < n; i++)
        s[i] = (char)('a' + world_random(w, 26));
    s[n] = '\0';
    return s;
}

/* ---- sizes ---------------------------------------------------------------- */

static void
count_line(world *w, const device *from, const char *line)
{
    (void)w;
    if (from->name[0] != 'a')
        return;
    seen.lines++;
    seen.letter = line[5];
}

static void
sizes(uint64_t seed, size_t max)
{
    world *w = world_new(seed);
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");

    device_meet(a, b);
    world_run(w, SETTLE);
    w->on_line = count_line;
    for (size_t n = 1; n <= max; n++) {
        g_autofree char *s = words(w, n);

        seen.lines = 0;
        ck_assert_int_eq(device_write(a, "bob", s), EIDER_OK);
        world_run(w, WORLD_SECOND);
        printf("%zu,%u,%c\n", n, seen.lines, seen.letter);
        world_run(w, 2 * WORLD_MINUTE); /* acknowledged */
        seen.lines = 0;
    }
    world_free(w);
}

/* ---- talk ----------------------------------------------------------------- */

static void
write_line(world *w, const device *from, const char *line)
{
    if (w->now >= seen.start)
        printf("%llu,%c,%zu\n", (unsigned long long)(w->now - seen.start),
               from->name[0], strlen(line));
}

static void
write_shown(device *d, const shown_text *t)
{
    printf("shown,%.20s,%llu\n", t->html,
           (unsigned long long)(d->w->now - seen.start));
}

static void
say(world *w, void *a, int n)
{
    text *t = a;
    g_autofree char *s = words(w, t->bytes);
    char stamp[24];

    (void)n;
    /* When it was written, in as much of its length as there is. */
    g_snprintf(stamp, sizeof stamp, "%llu ",
               (unsigned long long)(w->now - seen.start));
    memcpy(s, stamp, MIN(strlen(stamp), t->bytes));
    ck_assert_int_eq(
        device_write(t->from, t->from->name[0] == 'a' ? "bob" : "alice", s),
        EIDER_OK);
    g_free(t);
}

/* As long either way, so that the draws of two runs meet at the same slots. */
static void
meet(world *w, device *a, device *b, unsigned slot, bool is_plain)
{
    device_meet(a, b);
    world_run(w, SETTLE);
    if (slot == 0)
        return;
    a->slot = b->slot = 5;
    device_steady(a, b, slot);
    if (is_plain)
        device_seal_plainly(a, b);
    world_run(w, SETTLE);
}

static void
read_texts(world *w, device *a, device *b)
{
    unsigned long long at;
    unsigned bytes;
    char from;

    while (scanf("%llu,%c,%u ", &at, &from, &bytes) == 3) {
        text *t = g_new(text, 1);

        *t = (text){at, from == 'a' ? a : b, bytes};
        world_later(w, at, say, t, 0);
    }
}

static void
talk(uint64_t seed, uint64_t seconds, unsigned slot, bool is_plain)
{
    world *w = world_new(seed);
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");

    meet(w, a, b, slot, is_plain);
    seen.start = w->now;
    w->on_line = write_line;
    a->on_show = b->on_show = write_shown;
    read_texts(w, a, b);
    world_run(w, seconds * WORLD_SECOND);
    world_free(w);
}

/* ---- ledger --------------------------------------------------------------- */

static void
write_shown_to(device *d, const shown_text *t)
{
    (void)t;
    printf("shown,%c,%llu\n", d->name[0],
           (unsigned long long)(d->w->now - seen.start));
}

static void
write_estimates(const device *a)
{
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
    const eider_seen_estimate *much = &rows[EIDER_SEEN_MUCH];
    const eider_seen_estimate *when = &rows[EIDER_SEEN_WHEN];
    eider_seen_sums sums;

    eider_engine_seen_sums(a->engine, a->account, "bob", seen.start, a->w->now,
                           &sums, rows);
    printf("much,%.6f,%.6f\n", much->bits, much->of_bits);
    printf("when,%.6f,%.6f,%u,%u\n", when->bits, when->of_bits, when->told,
           when->texts);
    printf("sums,%u,%u,%u,%u\n", sums.all.lines[EIDER_SEEN_OUT],
           sums.all.lines[EIDER_SEEN_IN], sums.all.texts[EIDER_SEEN_OUT],
           sums.all.texts[EIDER_SEEN_IN]);
}

static void
ledger(uint64_t seed, uint64_t seconds, unsigned slot, bool is_off)
{
    world *w = world_new(seed);
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");

    a->has_ledger = b->has_ledger = !is_off;
    w->delay_ms = 1;
    meet(w, a, b, slot, false);
    seen.start = w->now;
    w->on_line = write_line;
    a->on_show = b->on_show = write_shown_to;
    read_texts(w, a, b);
    world_run(w, seconds * WORLD_SECOND);
    if (!is_off)
        write_estimates(a);
    world_free(w);
}

/* ---- frames --------------------------------------------------------------- */

/* As if there were no epochs: zeros are sent where symbols would be. */
static void
hush(device *d, const char *peer)
{
    g_autofree char *key = eider_people_key(d->account, peer);
    eider_contact *c = g_hash_table_lookup(d->engine->contacts, key);
    eider_session *s = g_ptr_array_index(c->sessions, c->sessions->len - 1);
    eider_pq *pq = &s->ratchet->pq;

    eider_pq_init(pq, true);
    pq->has_seed = true;
    pq->marked = (UINT64_C(1) << EIDER_PQ_EK_SYMBOLS) - 1;
}

static void
write_frame(world *w, const device *from, const char *line)
{
    (void)w, (void)from;
    puts(line);
}

static void
frames(uint64_t seed, uint64_t n, bool is_hushed)
{
    world *w = world_new(seed);
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");

    device_meet(a, b);
    world_run(w, SETTLE);
    if (is_hushed) {
        hush(a, "bob");
        hush(b, "alice");
    }
    w->on_line = write_frame;
    for (uint64_t i = 0; i < n; i++) {
        g_autofree char *s = words(w, 50);

        ck_assert_int_eq(i % 2 == 0 ? device_write(a, "bob", s)
                                    : device_write(b, "alice", s),
                         EIDER_OK);
        world_run(w, WORLD_SECOND);
    }
    world_free(w);
}

/* The world asserts, so it runs as a test does. */
static char **words_given;
static int words_count;

START_TEST(trace)
{
    uint64_t seed = strtoull(words_given[2], NULL, 10);
    uint64_t n = strtoull(words_given[3], NULL, 10);

    if (strcmp(words_given[1], "sizes") == 0)
        sizes(seed, (size_t)n);
    else if (strcmp(words_given[1], "frames") == 0)
        frames(seed, n, words_count > 4);
    else if (strcmp(words_given[1], "ledger") == 0)
        ledger(seed, n, words_count > 4 ? (unsigned)atoi(words_given[4]) : 0,
               words_count > 5);
    else if (strcmp(words_given[1], "decoys") == 0 && words_count == 6)
        trace_decoys(seed, n, words_given[4], words_given[5]);
    else
        talk(seed, n, words_count > 4 ? (unsigned)atoi(words_given[4]) : 0,
             words_count > 5);
}
END_TEST

int
main(int argc, char **argv)
{
    Suite *s = suite_create("trace");
    TCase *tc = tcase_create("trace");
    SRunner *runner;
    int failed;

    if (argc < 4 || argc > 6 || eider_crypto_init() != EIDER_OK) {
        fputs(
            "usage: trace sizes SEED MAX | talk SEED SECONDS [SLOT [plain]] |\n"
            "       decoys SEED SECONDS MODE real|plain|grid\n",
            stderr);
        return EXIT_FAILURE;
    }
    words_given = argv;
    words_count = argc;
    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, trace);
    suite_add_tcase(s, tc);
    runner = srunner_create(s);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
