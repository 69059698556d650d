/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the post-quantum ratchet costs: the same conversation with it and with
 * zeros in its place, in both directions by turns, so that every message has
 * its DH step.
 */
#include "bench/bench.h"

#include "proto/ratchet_state.h"

#include "eider/crypto.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT   50
#define ROUND  98 /* messages: two epochs */
#define SINGLE 20000

typedef struct {
    void *ends;
    unsigned next;
} talk;

static const char text[] = "a text of just about fifty bytes, as people write";

/* As if there were no epochs: both own every key, and all of it has arrived. */
static void
hush(eider_ratchet *r)
{
    eider_pq_init(&r->pq, true);
    r->pq.has_seed = true;
    r->pq.marked = (UINT64_C(1) << EIDER_PQ_EK_SYMBOLS) - 1;
}

static void
pass_round(void *arg)
{
    talk *t = arg;

    for (unsigned i = 0; i < ROUND; i++)
        (void)bench_eider.pass(t->ends, t->next++ % 2, text, TEXT - 1);
}

/* ---- one by one ----------------------------------------------------------- */

static double
cpu_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double seal_us[SINGLE], open_us[SINGLE];

/* Cover frames, as of a slot.  Sealing it is what the other side of a wire
 * might see, did the frame not wait for its slot. */
static void
each_frame(eider_ratchet *const r[2])
{
    for (unsigned i = 0; i < SINGLE; i++) {
        eider_body b, got;
        eider_frame f;
        uint8_t flags;
        double start;

        eider_body_init(&b, EIDER_S);
        start = cpu_us();
        bench_check(eider_ratchet_seal(r[i % 2], 0, &b, &f) == EIDER_OK,
                    "does not seal");
        seal_us[i] = cpu_us() - start;
        start = cpu_us();
        bench_check(eider_ratchet_open(r[1 - i % 2], 0, &f, &got, &flags) ==
                        EIDER_OK,
                    "does not open");
        open_us[i] = cpu_us() - start;
    }
    qsort(seal_us, SINGLE, sizeof seal_us[0], by_size);
    qsort(open_us, SINGLE, sizeof open_us[0], by_size);
}

static void
print_singles(const char *name, const double *us)
{
    printf("| %s | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, us[SINGLE / 2],
           us[SINGLE * 9 / 10], us[SINGLE - SINGLE / 100],
           us[SINGLE - SINGLE / 1000], us[SINGLE - 1]);
}

static void
print_each(const char *seal, const char *open, bool hushed)
{
    eider_outcome o[2] = {{.initiator = true}, {.initiator = false}};
    eider_ratchet *r[2];

    eider_random(&o[0].keys, sizeof o[0].keys);
    o[1].keys = o[0].keys;
    eider_keypair_new(&o[1].responder_e);
    o[0].responder_e_pk = o[1].responder_e.pk;
    for (int i = 0; i < 2; i++) {
        bench_check(eider_ratchet_new(&r[i], &o[i]) == EIDER_OK, "no ratchet");
        if (hushed)
            hush(r[i]);
    }
    each_frame(r);
    print_singles(seal, seal_us);
    print_singles(open, open_us);
    for (int i = 0; i < 2; i++)
        eider_ratchet_free(r[i]);
}

BENCH(pq)
{
    talk with = {0}, without = {0};
    bench_case c[2] = {{"with epochs", pass_round, &with, 0},
                       {"zeros instead", pass_round, &without, 0}};

    with.ends = bench_eider.start();
    without.ends = bench_eider.start();
    for (unsigned i = 0; i < 2; i++)
        hush(bench_eider_ratchet(without.ends, i));
    bench_run(c, 2);
    bench_check(eider_ratchet_mixed(bench_eider_ratchet(with.ends, 0)) > 20,
                "no epochs");
    bench_check(eider_ratchet_mixed(bench_eider_ratchet(without.ends, 0)) == 0,
                "epochs, where there should be none");
    printf("### The post-quantum ratchet, microseconds of CPU\n\n"
           "| a message of %d bytes, both ends, each with a DH step | |\n"
           "|---|---:|\n| with epochs | %.1f |\n| zeros instead | %.1f |\n"
           "| difference | %.1f %% |\n\n",
           TEXT - 1, c[0].us / ROUND, c[1].us / ROUND,
           100 * (c[0].us - c[1].us) / c[1].us);
    printf(
        "| one cover frame of %d | median | 90 %% | 99 %% | 99.9 %% | most |\n"
        "|---|---:|---:|---:|---:|---:|\n",
        SINGLE);
    print_each("seal, with epochs", "open, with epochs", false);
    print_each("seal, zeros", "open, zeros", true);
    bench_eider.stop(with.ends);
    bench_eider.stop(without.ends);
}
