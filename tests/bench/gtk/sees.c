/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "What the server sees" without Pidgin: the real window over the real ledger,
 * or over made-up conversations.
 *
 *     bench-sees [contacts]       a day of so many contacts, a line every 10 s
 *                                 in both ways; prints milliseconds
 *     bench-sees --show WHAT      standard, steady, open, empty, off or
 *                                 paused: stays, to be looked at
 */
#include "bench/gtk/sees_made.h"

#include "gtk/ask.h"
#include "gtk/sees.h"

#include "core/ledger.h"
#include "core/work.h"
#include "eider/crypto.h"
#include "unit/memfiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONTACTS = 10, DAY = 86400 };

static GArray *events; /* eider_seen_event */
static bool is_on = true, is_steady, is_paused;

/* ---- the real ledger ------------------------------------------------------ */

static eider_engine *engine;
static uint64_t clock_ms;

#define ACCOUNT "prpl-jabber\tme@example.org"

static uint64_t
now_ms(void *data)
{
    (void)data;
    return clock_ms;
}

static void
wake_in(void *data, uint64_t ms)
{
    (void)data, (void)ms;
}

static const char *
label(void *data)
{
    (void)data;
    return "bench";
}

static bool
has_ledger(void *data)
{
    (void)data;
    return true;
}

static bool
no(void *data, const char *account, const char *peer)
{
    (void)data, (void)account, (void)peer;
    return false;
}

static eider_default
policy(void *data)
{
    (void)data;
    return EIDER_DEFAULT_AUTO;
}

static bool
open_engine(void)
{
    static const eider_env env = {.now_ms = now_ms,
                                  .is_merged_on = no,
                                  .is_buddy = no,
                                  .policy = policy,
                                  .wake_in = wake_in,
                                  .label = label,
                                  .has_ledger = has_ledger,
                                  .speed = 1};
    memfiles *files = memfiles_new();
    eider_store *store = NULL;

    return eider_crypto_init() == EIDER_OK &&
           eider_store_open(&store, memfiles_files(files), NULL) == EIDER_OK &&
           eider_engine_new(&engine, &env, store) == EIDER_OK;
}

/* A day of Steady, and what it takes to note it. */
static void
live_a_day(uint64_t until, unsigned contacts)
{
    static const eider_rides cover = {EIDER_SEEN_COVER, 0};
    char line[LINE + 1];
    unsigned n = 0;

    memset(line, 'x', LINE);
    line[LINE] = '\0';
    for (clock_ms = until - DAY * UINT64_C(1000); clock_ms < until;
         clock_ms += SLOT * 1000 / contacts, n++) {
        char peer[32];

        g_snprintf(peer, sizeof peer, "bob%u", n % contacts);
        eider_ledger_line_out(engine, ACCOUNT, peer, line, cover, true);
        engine->arrival.ms = clock_ms + 1;
        engine->arrival.rides = cover;
        engine->arrival.in_slot = true;
        eider_ledger_line_in(engine, ACCOUNT, peer, LINE);
        eider_ledger_tick(engine);
    }
}

/* ---- what stands behind the window ---------------------------------------- */

static guint
first_at(uint64_t ms)
{
    guint low = 0, high = events->len;

    while (low < high) {
        guint middle = (low + high) / 2;

        if (g_array_index(events, eider_seen_event, middle).ms < ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void
count(eider_seen_bucket *b, const eider_seen_event *e)
{
    if (e->kind == EIDER_SEEN_WROTE) {
        b->texts[e->way]++;
        b->chars[e->way] += e->size;
        return;
    }
    b->lines[e->way]++;
    b->bytes[e->way] += e->size;
    b->slots[e->way] += e->is_slot;
    b->open[e->way] += e->kind == EIDER_SEEN_OPEN;
}

static void
sees(PurpleAccount *account, const char *who, uint64_t from, uint64_t to,
     eider_sees *out)
{
    static const char *const standard[] = {
        ("The lines are of one size: they tell 0.0 bits of the 4.2 that the "
         "lengths of your texts would tell."),
        "Whoever watches sees in which minutes somebody wrote: 5 of 5 texts.",
        "The server delivers the lines: it sees that you talk with Bob."};
    static const char *const steady[] = {
        "A line every 10 s, all of one size: 0.0 bits of 4.2.",
        ("A line comes every 10 s, whether anybody writes or not: 0.0 bits of "
         "0.9."),
        "The server delivers the lines: it sees that you talk with Bob."};
    static const char *const titles[] = {"How much", "When", "With whom"};
    static const char *const words[] = {"hidden", "partly", "visible"};
    eider_seen_estimate rows[EIDER_SEEN_ROWS];
    guint n = first_at(to);

    (void)account;
    memset(out, 0, sizeof *out);
    if (engine != NULL)
        eider_engine_seen_sums(engine, ACCOUNT, who, from, to, &out->sums,
                               rows);
    out->is_on = is_on;
    out->has_session = events->len > 0;
    for (guint i = first_at(from); i < n; i++) {
        const eider_seen_event *e = &g_array_index(events, eider_seen_event, i);

        count(&out->sums.all, e);
        out->sums.last_ms = e->ms;
        if (out->sums.first_ms == 0)
            out->sums.first_ms = e->ms;
    }
    for (int i = 0; i < EIDER_SEEN_ROWS; i++) {
        out->rows[i].is.level = i == 0 || (i == 1 && is_steady)
                                    ? EIDER_SEEN_HIDDEN
                                    : EIDER_SEEN_VISIBLE;
        out->rows[i].title = titles[i];
        out->rows[i].word = words[out->rows[i].is.level];
        out->rows[i].sentence = g_strdup(is_steady ? steady[i] : standard[i]);
    }
    out->not_hidden = g_strsplit(
        "The server sees both accounts, me@example.org and bob@example.org.\n"
        "It sees when each of you is online.\n"
        "It sees that you use Eider.",
        "\n", -1);
    out->cost =
        g_strdup(is_steady ? "Steady: a text waits 5 to 6 seconds; 9 MB a "
                             "day."
                           : "Standard: nothing waits; 391 bytes for a text "
                             "and as much for its answer.");
}

static void
sees_clear(eider_sees *s)
{
    for (int i = 0; i < EIDER_SEEN_ROWS; i++)
        g_free(s->rows[i].sentence);
    g_strfreev(s->not_hidden);
    g_free(s->cost);
    memset(s, 0, sizeof *s);
}

static void
buckets(PurpleAccount *account, const char *who, uint64_t from, uint64_t to,
        eider_seen_bucket *out, size_t n)
{
    guint end = first_at(to);

    (void)account;
    if (engine != NULL) {
        eider_engine_seen_buckets(engine, ACCOUNT, who, from, to, out, n);
        return;
    }
    memset(out, 0, n * sizeof *out);
    for (guint i = first_at(from); i < end; i++) {
        const eider_seen_event *e = &g_array_index(events, eider_seen_event, i);

        count(&out[(e->ms - from) * n / (to - from)], e);
    }
}

static size_t
fetch(PurpleAccount *account, const char *who, uint64_t from, uint64_t to,
      eider_seen_event *out, size_t max)
{
    guint start = first_at(from), end = first_at(to);
    size_t n = MIN(end - start, max);

    (void)account;
    if (engine != NULL)
        return eider_engine_seen(engine, ACCOUNT, who, from, to, out, max);
    if (n > 0)
        memcpy(out, &g_array_index(events, eider_seen_event, end - n),
               n * sizeof *out);
    return end - start;
}

static const eider_seen_app seen = {.sees = sees,
                                    .sees_clear = sees_clear,
                                    .buckets = buckets,
                                    .events = fetch};

static char *
cost(PurpleAccount *account, const char *who, unsigned slot)
{
    (void)account, (void)who;
    return g_strdup_printf("A text waits %u s on average; so many lines a day.",
                           slot / 2);
}

const eider_app *
eider_link_app(void)
{
    static const eider_app app = {.seen = &seen, .steady_cost = cost};

    return &app;
}

void
eider_sight_take(const eider_subject *s, eider_sight *out)
{
    (void)s;
    memset(out, 0, sizeof *out);
    out->view.status.look = is_paused   ? EIDER_LOOK_PAUSED
                            : is_steady ? EIDER_LOOK_STEADY
                                        : EIDER_LOOK_PRIVATE;
}

void
eider_sight_clear(eider_sight *sight)
{
    memset(sight, 0, sizeof *sight);
}

/* ---- measuring ------------------------------------------------------------ */

static void
settle(void)
{
    while (gtk_events_pending())
        gtk_main_iteration();
    gdk_flush();
    while (gtk_events_pending())
        gtk_main_iteration();
}

static GtkWidget *
window_of(void)
{
    GList *all = gtk_window_list_toplevels();
    GtkWidget *found = NULL;

    for (GList *l = all; l != NULL; l = l->next)
        if (GTK_IS_DIALOG(l->data))
            found = l->data;
    g_list_free(all);
    return found;
}

static void
press(GtkWidget *w, gpointer label)
{
    if (GTK_IS_BUTTON(w) &&
        g_strcmp0(gtk_button_get_label(GTK_BUTTON(w)), label) == 0)
        gtk_button_clicked(GTK_BUTTON(w));
    else if (GTK_IS_CONTAINER(w))
        gtk_container_foreach(GTK_CONTAINER(w), press, label);
}

typedef struct {
    double wall, cpu;
} span;

/* From the press on a button until everything is drawn; the best of three, as
 * whatever else runs here is not meant. */
static span
drawn(const char *label, const char *back)
{
    span best = {1e9, 1e9};

    for (int i = 0; i < 3; i++) {
        gint64 start = g_get_monotonic_time();
        clock_t used = clock();

        press(window_of(), (gpointer)label);
        settle();
        best.wall =
            MIN(best.wall, (double)(g_get_monotonic_time() - start) / 1000);
        best.cpu =
            MIN(best.cpu, (double)(clock() - used) * 1000 / CLOCKS_PER_SEC);
        press(window_of(), (gpointer)back);
        settle();
    }
    return best;
}

/* The words follow at rest, from a timer: how long the loop is at work. */
static double
spoken(void)
{
    gint64 end = g_get_monotonic_time() + 600 * 1000;
    clock_t worst = 0;

    while (g_get_monotonic_time() < end) {
        clock_t used = clock();

        if (!g_main_context_iteration(NULL, FALSE))
            g_usleep(1000);
        worst = MAX(worst, clock() - used);
    }
    return (double)worst * 1000 / CLOCKS_PER_SEC;
}

static void
measure(void)
{
    eider_subject s = {NULL, "bob0"};
    eider_seen_sums sums;
    span day, move;
    double words;

    eider_engine_seen_sums(engine, ACCOUNT, NULL, 0, clock_ms + 1, &sums, NULL);
    printf("lines %u\n",
           sums.all.lines[EIDER_SEEN_OUT] + sums.all.lines[EIDER_SEEN_IN]);
    eider_sees_show(&s);
    settle();
    day = drawn("_Day", "10 _minutes");
    press(window_of(), (gpointer) "_Day");
    move = drawn("\342\227\202", "\342\226\270");
    words = spoken();
    printf("day %.0f\nday_cpu %.0f\n", day.wall, day.cpu);
    printf("move %.0f\nmove_cpu %.0f\n", move.wall, move.cpu);
    printf("words %.0f\n", words);
}

/* What is shown to be looked at. */
static void
make_up(const char *what, uint64_t now)
{
    is_steady = strcmp(what, "steady") == 0;
    is_on = strcmp(what, "off") != 0;
    is_paused = strcmp(what, "paused") == 0;
    if (*what == 'e' || is_paused)
        return;
    sees_make_up(events, now, strcmp(what, "open") == 0, is_steady);
}

int
main(int argc, char **argv)
{
    uint64_t now = (uint64_t)g_get_real_time() / 1000;
    bool is_shown = argc > 2 && strcmp(argv[1], "--show") == 0;
    eider_subject s = {NULL, "bob"};

    if (!gtk_init_check(&argc, &argv))
        return EXIT_FAILURE;
    events = g_array_new(FALSE, FALSE, sizeof(eider_seen_event));
    if (is_shown) {
        make_up(argv[2], now);
        eider_sees_show(&s);
        gtk_main();
        return EXIT_SUCCESS;
    }
    if (!open_engine())
        return EXIT_FAILURE;
    live_a_day(now, argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : CONTACTS);
    measure();
    return EXIT_SUCCESS;
}
