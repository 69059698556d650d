/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the lines of a span of time tell; eider/ledger.h has the definitions. */
#include "ledger_keep.h"
#include "work.h"

#include <math.h>
#include <string.h>

#define MINUTE      60000u
#define MINUTES_MAX ((uint64_t)1 << 22) /* eight years: a byte each */
/* What the sizes of real chat tell is less than this (docs/measured.md). */
#define HIDDEN_BITS 0.25
/* Of what there is to tell, this much is as good as all. */
#define VISIBLE_SHARE 0.75

/* ---- events and sums ------------------------------------------------------- */

typedef struct {
    eider_seen_event *out;
    size_t max, n;
} newest;

static void
keep_newest(void *arg, uint64_t id, const eider_seen_event *ev)
{
    newest *x = arg;

    (void)id;
    if (x->max > 0)
        x->out[x->n % x->max] = *ev;
    x->n++;
}

static int
by_time(const void *a, const void *b)
{
    const eider_seen_event *x = a, *y = b;

    return x->ms < y->ms ? -1 : x->ms > y->ms;
}

size_t
eider_engine_seen(eider_engine *e, const char *account, const char *peer,
                  uint64_t from_ms, uint64_t to_ms, eider_seen_event *out,
                  size_t max)
{
    newest x = {out, max, 0};
    size_t first;

    eider_ledger_walk(e, account, peer, from_ms, to_ms, keep_newest, &x);
    if (max > 0 && x.n > max && (first = x.n % max) != 0) {
        g_autofree eider_seen_event *tail = g_memdup2(out, first * sizeof *out);

        memmove(out, out + first, (max - first) * sizeof *out);
        memcpy(out + max - first, tail, first * sizeof *out);
    }
    /* Noted in this order; a clock may have been put back, and a text may
     * have been written before it came. */
    if (max > 0)
        qsort(out, MIN(x.n, max), sizeof *out, by_time);
    return x.n;
}

static void
count(eider_seen_bucket *b, const eider_seen_event *ev)
{
    unsigned way = ev->way;

    if (ev->kind == EIDER_SEEN_WROTE) {
        b->texts[way]++;
        b->chars[way] += ev->size;
        return;
    }
    b->lines[way]++;
    b->bytes[way] += ev->size;
    b->slots[way] += ev->is_slot;
    b->open[way] += ev->kind == EIDER_SEEN_OPEN;
}

typedef struct {
    uint64_t from_ms, span_ms;
    eider_seen_bucket *out;
    size_t n;
} parts;

static void
into_bucket(void *arg, uint64_t id, const eider_seen_event *ev)
{
    const parts *x = arg;
    size_t i = (size_t)((double)(ev->ms - x->from_ms) * (double)x->n /
                        (double)x->span_ms);

    (void)id;
    count(&x->out[MIN(i, x->n - 1)], ev);
}

void
eider_engine_seen_buckets(eider_engine *e, const char *account,
                          const char *peer, uint64_t from_ms, uint64_t to_ms,
                          eider_seen_bucket *out, size_t n)
{
    parts x = {from_ms, to_ms - from_ms, out, n};

    memset(out, 0, n * sizeof *out);
    if (n > 0 && to_ms > from_ms)
        eider_ledger_walk(e, account, peer, from_ms, to_ms, into_bucket, &x);
}

/* ---- what it tells --------------------------------------------------------- */

enum { W_YOU = 1, W_THEY = 2, W = W_YOU | W_THEY, S = 4 };

typedef struct {
    eider_seen_sums *sums;
    uint64_t from_ms;
    GHashTable *looks;   /* direction and mode, lines, size -> how often */
    GHashTable *lengths; /* direction, bytes -> how often */
    uint8_t *minutes;    /* W | S */
    uint64_t n_minutes;
    GArray *texts; /* uint32_t: the minute of each */
} tally;

/* Twice as many bits as any field needs. */
static void
add_one(GHashTable *t, uint64_t given, uint64_t what)
{
    uint64_t k = given << 56 | what;
    gpointer n = g_hash_table_lookup(t, &k);

    g_hash_table_insert(t, g_memdup2(&k, sizeof k),
                        GUINT_TO_POINTER(GPOINTER_TO_UINT(n) + 1));
}

static void
take_event(void *arg, uint64_t id, const eider_seen_event *ev)
{
    eider_seen_sums *sums = ((tally *)arg)->sums;
    tally *t = arg;
    uint64_t minute =
        ev->ms >= t->from_ms ? (ev->ms - t->from_ms) / MINUTE : UINT64_MAX;

    (void)id;
    count(&sums->all, ev);
    sums->handshakes += ev->kind == EIDER_SEEN_HANDSHAKE;
    sums->first_ms = sums->first_ms == 0 ? ev->ms : MIN(sums->first_ms, ev->ms);
    sums->last_ms = MAX(sums->last_ms, ev->ms);
    if (t->minutes == NULL || minute >= t->n_minutes)
        return;
    if (ev->kind == EIDER_SEEN_WROTE) {
        uint32_t m = (uint32_t)minute;

        add_one(t->lengths, ev->way, ev->size);
        g_array_append_val(t->texts, m);
        t->minutes[minute] |= ev->way == EIDER_SEEN_OUT ? W_YOU : W_THEY;
        return;
    }
    if (!ev->is_slot)
        t->minutes[minute] |= S;
    if (ev->kind == EIDER_SEEN_TEXT && (ev->is_slot || ev->lines > 0))
        add_one(t->looks, ev->way | (ev->is_slot ? 2u : 0u),
                (uint64_t)ev->lines << 32 | ev->size);
}

/* H(what | given) of what add_one() counted. */
static double
entropy(GHashTable *t)
{
    double given[4] = {0}, all = 0, bits = 0;
    GHashTableIter it;
    gpointer k, v;

    g_hash_table_iter_init(&it, t);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        given[*(uint64_t *)k >> 56] += GPOINTER_TO_UINT(v);
        all += GPOINTER_TO_UINT(v);
    }
    g_hash_table_iter_init(&it, t);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        double n = GPOINTER_TO_UINT(v);

        bits += n * log2(given[*(uint64_t *)k >> 56] / n);
    }
    return all > 0 ? bits / all : 0;
}

static double
part(double n, double all, double of)
{
    return n > 0 ? n / all * log2(n * all / of) : 0;
}

static void
estimate_when(const tally *t, eider_seen_estimate *out)
{
    double n = (double)t->n_minutes, w = 0, s = 0, both = 0, bits, all;

    for (uint64_t i = 0; i < t->n_minutes; i++) {
        bool is_w = (t->minutes[i] & W) != 0, is_s = (t->minutes[i] & S) != 0;

        w += is_w;
        s += is_s;
        both += is_w && is_s;
    }
    for (guint i = 0; i < t->texts->len; i++)
        out->told +=
            (t->minutes[g_array_index(t->texts, uint32_t, i)] & S) != 0;
    out->texts = t->texts->len;
    if (w == 0)
        return;
    bits = part(both, n, w * s) + part(w - both, n, w * (n - s)) +
           part(s - both, n, (n - w) * s) +
           part(n - w - s + both, n, (n - w) * (n - s));
    all = w / n * log2(n / w) + (w < n ? (n - w) / n * log2(n / (n - w)) : 0);
    out->bits = MAX(bits, 0) * n / w;
    out->of_bits = all * n / w;
}

static eider_seen_level
level_of(double bits, double of_bits)
{
    if (bits <= HIDDEN_BITS)
        return EIDER_SEEN_HIDDEN;
    return bits < VISIBLE_SHARE * of_bits ? EIDER_SEEN_PARTLY
                                          : EIDER_SEEN_VISIBLE;
}

/* Where nothing was written, what would be told if it were. */
static void
judge(eider_engine *e, const char *account, const char *peer,
      const eider_seen_sums *sums, eider_seen_estimate *rows)
{
    eider_seen_estimate *much = &rows[EIDER_SEEN_MUCH];
    eider_seen_estimate *when = &rows[EIDER_SEEN_WHEN];
    eider_seen_estimate *whom = &rows[EIDER_SEEN_WHOM];
    eider_status now;
    unsigned open =
        sums->all.open[EIDER_SEEN_OUT] + sums->all.open[EIDER_SEEN_IN];

    much->told = open;
    much->level = level_of(much->bits, much->of_bits);
    if (!eider_engine_is_private(e, account, peer))
        much->level = EIDER_SEEN_VISIBLE;
    else if (open > 0)
        much->level = much->texts == 0 ? EIDER_SEEN_VISIBLE : EIDER_SEEN_PARTLY;
    if (when->texts == 0)
        when->level = eider_engine_is_steady(e, account, peer)
                          ? EIDER_SEEN_HIDDEN
                          : EIDER_SEEN_VISIBLE;
    else
        when->level = when->told == 0             ? EIDER_SEEN_HIDDEN
                      : when->told == when->texts ? EIDER_SEEN_VISIBLE
                                                  : EIDER_SEEN_PARTLY;
    whom->level = EIDER_SEEN_VISIBLE;
    whom->contacts = 1;
    eider_engine_status(e, account, peer, &now);
    /* Text outside of the schedule went to nobody else. */
    if (now.part == EIDER_PART_TAKES && now.decoys_now > 1 && when->told == 0) {
        whom->level = EIDER_SEEN_PARTLY;
        whom->contacts = now.decoys_now;
        whom->of_bits = log2(now.decoys_now);
    }
}

void
eider_engine_seen_sums(eider_engine *e, const char *account, const char *peer,
                       uint64_t from_ms, uint64_t to_ms, eider_seen_sums *sums,
                       eider_seen_estimate rows[EIDER_SEEN_ROWS])
{
    tally t = {.sums = sums, .from_ms = from_ms};
    uint64_t last_ms;

    memset(sums, 0, sizeof *sums);
    if (rows == NULL || peer == NULL || to_ms <= from_ms) {
        eider_ledger_walk(e, account, peer, from_ms, to_ms, take_event, &t);
        return;
    }
    memset(rows, 0, EIDER_SEEN_ROWS * sizeof *rows);
    /* No minute that has not come, and not more than there can be. */
    last_ms = MIN(to_ms, eider_now(e) + 1);
    t.from_ms = MAX(from_ms, last_ms - MIN(last_ms, MINUTES_MAX * MINUTE));
    t.n_minutes =
        last_ms > t.from_ms ? (last_ms - t.from_ms + MINUTE - 1) / MINUTE : 1;
    t.minutes = g_malloc0(t.n_minutes);
    t.texts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    t.looks = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    t.lengths =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    eider_ledger_walk(e, account, peer, from_ms, to_ms, take_event, &t);
    rows[EIDER_SEEN_MUCH].bits = entropy(t.looks);
    rows[EIDER_SEEN_MUCH].of_bits = entropy(t.lengths);
    rows[EIDER_SEEN_MUCH].texts = t.texts->len;
    estimate_when(&t, &rows[EIDER_SEEN_WHEN]);
    judge(e, account, peer, sums, rows);
    g_hash_table_destroy(t.looks);
    g_hash_table_destroy(t.lengths);
    g_array_free(t.texts, TRUE);
    g_free(t.minutes);
}
