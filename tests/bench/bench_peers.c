/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same tasks with Eider, libotr and libolm. */
#include "bench/bench.h"

#include <string.h>

#define PEERS 3
#define TEXT  30

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

typedef struct {
    const bench_peer *peer;
    void *ends;
} pair;

static void
one_way(void *arg)
{
    const pair *p = arg;

    p->peer->pass(p->ends, 0, letters, TEXT);
}

static void
there_and_back(void *arg)
{
    const pair *p = arg;

    p->peer->pass(p->ends, 0, letters, TEXT);
    p->peer->pass(p->ends, 1, letters, TEXT);
}

static void
meet(void *arg)
{
    const pair *p = arg;

    p->peer->meet(p->ends);
}

static size_t
open_peers(pair out[PEERS])
{
    const bench_peer *const all[PEERS] = {&bench_eider, bench_otr, bench_olm};
    size_t n = 0;

    for (int i = 0; i < PEERS; i++) {
        if (all[i] == NULL) {
            printf("skipped: %s not there\n", i == 1 ? "libotr" : "libolm");
            continue;
        }
        out[n].peer = all[i];
        out[n++].ends = all[i]->start();
    }
    return n;
}

static void
print_head(const char *title, const pair *p, size_t n, bool with_ratios)
{
    printf("| %s |", title);
    for (size_t i = 0; i < n; i++)
        printf(" %s |", p[i].peer->name);
    for (size_t i = 1; with_ratios && i < n; i++)
        printf(" %s / Eider |", p[i].peer->name);
    printf("\n|---|");
    for (size_t i = 0; i < (with_ratios ? 2 * n - 1 : n); i++)
        printf("---:|");
    putchar('\n');
}

static void
measure(const char *title, void (*op)(void *), pair *p, size_t n)
{
    bench_case c[PEERS];

    for (size_t i = 0; i < n; i++)
        c[i] = (bench_case){p[i].peer->name, op, &p[i], 0};
    bench_run(c, n);
    printf("| %s |", title);
    for (size_t i = 0; i < n; i++)
        printf(" %.1f |", c[i].us);
    for (size_t i = 1; i < n; i++)
        printf(" %.1f |", c[i].us / c[0].us);
    putchar('\n');
}

/* Of one end of one conversation, as the library holds it. */
static void
print_memory(const pair *p, size_t n)
{
    enum { SESSIONS = 64 };

    printf("| memory of a conversation, KiB |");
    for (size_t i = 0; i < n; i++) {
        void *ends[SESSIONS];
        size_t before = bench_heap(), used;

        for (int j = 0; j < SESSIONS; j++)
            ends[j] = p[i].peer->start();
        used = bench_heap() - before;
        for (int j = 0; j < SESSIONS; j++)
            p[i].peer->stop(ends[j]);
        printf(" %.1f |", (double)used / SESSIONS / 2 / 1024);
    }
    for (size_t i = 1; i < n; i++)
        printf(" |");
    putchar('\n');
}

BENCH(messages)
{
    pair p[PEERS];

    printf("### Messages of 30 bytes and the handshake, both ends, "
           "microseconds of CPU\n\n");
    size_t n = open_peers(p);
    print_head("task", p, n, true);
    measure("one way", one_way, p, n);
    measure("there and back, a DH step each", there_and_back, p, n);
    measure("handshake, both sides", meet, p, n);
    print_memory(p, n);
    for (size_t i = 0; i < n; i++)
        p[i].peer->stop(p[i].ends);
}

BENCH(sizes)
{
    static const size_t lengths[] = {1,   10,  20,  30,  50,  75,  100, 150,
                                     173, 174, 200, 300, 500, 750, 1000};
    char text[1001];
    pair p[PEERS];

    printf("### Characters that a server sees, by bytes of text\n\n");
    size_t n = open_peers(p);
    print_head("text", p, n, false);
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = letters[i % (sizeof letters - 1)];
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        printf("| %zu |", lengths[i]);
        for (size_t j = 0; j < n; j++)
            printf(" %zu |", p[j].peer->pass(p[j].ends, 0, text, lengths[i]));
        putchar('\n');
    }
    for (size_t i = 0; i < n; i++)
        p[i].peer->stop(p[i].ends);
}
