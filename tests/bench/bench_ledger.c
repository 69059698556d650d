/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What it takes to note what the server saw, and to look at it. */
#include "bench/bench.h"

#include "core/ledger_keep.h"
#include "eider/frame.h"
#include "unit/world.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CONTACTS 10
#define SLOT     10
#define DAY      (24 * WORLD_HOUR)
#define PARTS    1000

static struct {
    world *w;
    device *a;
    uint64_t from;
    eider_seen_bucket parts[PARTS];
    eider_seen_sums sums;
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
} it;

static double
clock_ms(void) /* of this thread */
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* A day of slots of all contacts, both ways, and a text every hour. */
static uint64_t
one_day(void)
{
    char line[EIDER_LINE_S + 1], name[16];
    uint64_t n = 0;

    memset(line, 'x', EIDER_LINE_S);
    line[EIDER_LINE_S] = '\0';
    for (uint64_t ms = 0; ms < DAY; ms += SLOT * WORLD_SECOND) {
        it.w->now = it.from + ms;
        for (unsigned i = 0; i < CONTACTS; i++) {
            g_snprintf(name, sizeof name, "bob%u", i);
            eider_ledger_line_out(it.a->engine, it.a->account, name, line,
                                  (eider_rides){EIDER_SEEN_COVER, 0}, true);
            it.a->engine->arrival =
                (eider_arrival){it.w->now, {EIDER_SEEN_COVER, 0}, true};
            eider_ledger_line_in(it.a->engine, it.a->account, name,
                                 EIDER_LINE_S);
            n += 2;
            if (ms % WORLD_HOUR == 0)
                eider_ledger_wrote(it.a->engine, it.a->account, name,
                                   EIDER_SEEN_OUT, it.w->now, 40);
        }
        eider_ledger_tick(it.a->engine);
    }
    return n;
}

static void
restart(void)
{
    device_stop(it.a);
    device_start(it.a);
}

static void
parts(void)
{
    eider_engine_seen_buckets(it.a->engine, it.a->account, "bob3", it.from,
                              it.from + DAY, it.parts, PARTS);
}

static void
sums(void)
{
    eider_engine_seen_sums(it.a->engine, it.a->account, "bob3", it.from,
                           it.from + DAY, &it.sums, it.rows);
}

static double
took(void (*f)(void))
{
    double before = clock_ms();

    f();
    return clock_ms() - before;
}

static void
row(const char *what, double ms)
{
    printf("| %s | %.2f ms |\n", what, ms);
}

START_TEST(measure)
{
    char dir[] = "/tmp/eider-bench-XXXXXX";
    eider_files real;
    char *why = NULL;
    uint64_t n, writes;
    double noted;

    bench_check(mkdtemp(dir) != NULL, "no temporary folder");
    bench_check(eider_files_open(&real, dir, NULL, &why) == EIDER_OK,
                why != NULL ? why : "no folder");
    it.w = world_new(1);
    it.a = world_add(it.w, "alice", "1");
    it.a->table = real;
    device_start(it.a);
    it.from = it.w->now;
    noted = clock_ms();
    writes = eider_files_writes(&real);
    n = one_day();
    noted = clock_ms() - noted;
    writes = eider_files_writes(&real) - writes;
    printf("### The ledger: 24 hours of %u contacts in Steady, a slot every "
           "%u s\n\n",
           CONTACTS, SLOT);
    printf("%llu lines; CPU, on a real disk.\n\n| | |\n|---|---:|\n",
           (unsigned long long)n);
    printf("| to note a line, its share of the writes with it | %.1f us |\n",
           noted * 1000 / (double)n);
    printf("| writes in the day | %llu |\n", (unsigned long long)writes);
    restart();
    row("the first look, a thousand parts of the day", took(parts));
    row("the next one", took(parts));
    row("sums and estimates", took(sums));
    bench_check(it.sums.all.lines[EIDER_SEEN_OUT] == 8640 &&
                    it.sums.all.texts[EIDER_SEEN_OUT] == 24,
                "not all of it is there");
    for (unsigned i = 0; i < 6; i++) {
        it.from += DAY;
        (void)one_day();
    }
    restart();
    row("the first look where the ring is full (4 MiB)", took(parts));
    row("the next one", took(parts));
    row("sums and estimates", took(sums));
    bench_check(it.sums.all.lines[EIDER_SEEN_OUT] == 8640, "the ring is not");
    device_stop(it.a);
    world_free(it.w);
    eider_files_close(&real);
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", dir);

    bench_check(system(command) == 0, "the folder stays");
}
END_TEST

BENCH(ledger)
{
    bench_world("ledger", measure);
}
