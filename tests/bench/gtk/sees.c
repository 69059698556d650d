/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "What the server sees" without Pidgin and without a core behind it: the real
 * window over made-up conversations.
 *
 *     bench-sees                  prints milliseconds, one line each
 *     bench-sees --show WHAT      standard, steady, open, empty, off or
 *                                 paused: stays, to be looked at
 */
#include "gtk/sees.h"
#include "gtk/ask.h"
#include "gtk/prefs.h"

#include <gtkaccount.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 391, SLOT = 10, CONTACTS = 10, DAY = 86400 };

static GArray *events; /* eider_seen_event */
static bool is_on = true, is_steady, is_paused;

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
        "The lines are of one size: they tell 0.0 bits of the 4.2 that the "
        "lengths of your texts would tell.",
        "Whoever watches sees in which minutes somebody wrote: 5 of 5 texts.",
        "The server delivers the lines: it sees that you talk with Bob."};
    static const char *const steady[] = {
        "A line every 10 s, all of one size: 0.0 bits of 4.2.",
        "A line comes every 10 s, whether anybody writes or not: 0.0 bits of "
        "0.9.",
        "The server delivers the lines: it sees that you talk with Bob."};
    static const char *const titles[] = {"How much", "When", "With whom"};
    static const char *const words[] = {"hidden", "partly", "visible"};
    guint n = first_at(to);

    (void)account, (void)who;
    memset(out, 0, sizeof *out);
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

    (void)account, (void)who;
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

    (void)account, (void)who;
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

void
eider_ask_adopt(GtkWidget *window, GtkWidget *beside)
{
    (void)beside;
    g_signal_connect(window, "destroy", G_CALLBACK(gtk_main_quit), NULL);
}

void
eider_prefs_show(GtkWidget *beside)
{
    (void)beside;
}

void
pidgin_account_dialog_show(PidginAccountDialogType type, PurpleAccount *account)
{
    (void)type, (void)account;
}

eider_subject *
eider_subject_copy(const eider_subject *s)
{
    eider_subject *copy = g_new0(eider_subject, 1);

    copy->who = g_strdup(s->who);
    return copy;
}

void
eider_subject_free(eider_subject *s)
{
    g_free(s->who);
    g_free(s);
}

bool
eider_subject_is_usable(const eider_subject *s)
{
    return s != NULL;
}

bool
eider_subject_is_same(const eider_subject *a, const eider_subject *b)
{
    return strcmp(a->who, b->who) == 0;
}

char *
eider_subject_name(const eider_subject *s)
{
    (void)s;
    return g_strdup("Bob");
}

/* ---- conversations -------------------------------------------------------- */

static void
add(uint64_t ms, eider_seen_kind kind, eider_seen_way way, unsigned size,
    bool is_slot)
{
    eider_seen_event e = {.ms = ms,
                          .lines = kind == EIDER_SEEN_TEXT,
                          .size = size,
                          .kind = (uint8_t)kind,
                          .way = (uint8_t)way,
                          .is_slot = is_slot};

    g_array_append_val(events, e);
}

static int
by_time(gconstpointer a, gconstpointer b)
{
    const eider_seen_event *x = a, *y = b;

    return (x->ms > y->ms) - (x->ms < y->ms);
}

/* The same talk in each mode: what was written, and what left for it. */
static void
talk(uint64_t now, bool is_open)
{
    static const struct {
        unsigned ago, size;
        eider_seen_way way;
    } texts[] = {{430, 21, 0}, {412, 8, 1},   {395, 143, 1}, {371, 64, 0},
                 {228, 12, 1}, {214, 173, 0}, {205, 3, 0},   {96, 34, 1},
                 {83, 88, 0},  {31, 5, 0},    {22, 9, 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        uint64_t at = now - texts[i].ago * 1000;

        add(at, EIDER_SEEN_WROTE, texts[i].way, texts[i].size, false);
        if (is_steady && texts[i].way == EIDER_SEEN_OUT)
            add(at + 6000, EIDER_SEEN_TEXT, EIDER_SEEN_OUT, LINE, true);
        if (is_open)
            add(at + 40, EIDER_SEEN_OPEN, texts[i].way, texts[i].size, false);
        else if (!is_steady)
            add(at + 60, EIDER_SEEN_TEXT, texts[i].way, LINE, false);
        if (!is_open && !is_steady)
            add(at + 1300, EIDER_SEEN_COVER, !texts[i].way, LINE, false);
    }
}

static void
slots(uint64_t from, uint64_t to)
{
    for (uint64_t ms = from; ms < to; ms += SLOT * 1000) {
        add(ms + (uint64_t)g_random_int_range(0, 1000), EIDER_SEEN_COVER,
            EIDER_SEEN_OUT, LINE, true);
        add(ms + 4300 + (uint64_t)g_random_int_range(0, 1000), EIDER_SEEN_COVER,
            EIDER_SEEN_IN, LINE, true);
    }
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

/* From the press on a button until everything is drawn. */
static double
drawn(const char *label)
{
    gint64 start = g_get_monotonic_time();

    press(window_of(), (gpointer)label);
    settle();
    return (double)(g_get_monotonic_time() - start) / 1000;
}

static void
measure(void)
{
    eider_subject s = {NULL, "bob"};
    double day, later;

    eider_sees_show(&s);
    settle();
    day = drawn("_Day");
    later = drawn("\342\227\202");
    later = MAX(later, drawn("\342\226\270"));
    printf("day %.0f\nmove %.0f\n", day, later);
}

int
main(int argc, char **argv)
{
    uint64_t now = (uint64_t)g_get_real_time() / 1000;
    const char *what = argc > 2 ? argv[2] : "";
    eider_subject s = {NULL, "bob"};

    if (!gtk_init_check(&argc, &argv))
        return EXIT_FAILURE;
    events = g_array_new(FALSE, FALSE, sizeof(eider_seen_event));
    is_steady = argc < 2 || strcmp(what, "steady") == 0;
    is_on = strcmp(what, "off") != 0;
    is_paused = strcmp(what, "paused") == 0;
    if (argc < 2) {
        for (int i = 0; i < CONTACTS; i++)
            slots(now - DAY * INT64_C(1000), now);
    } else if (*what != 'e' && *what != 'p') {
        talk(now, strcmp(what, "open") == 0);
        if (is_steady)
            slots(now - (*what == 's' ? 500 : DAY) * 1000, now);
    }
    g_array_sort(events, by_time);
    if (argc < 2) {
        printf("events %u\n", events->len);
        measure();
        return EXIT_SUCCESS;
    }
    eider_sees_show(&s);
    gtk_main();
    return EXIT_SUCCESS;
}
