/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench/gtk/sees_made.h"

#include "eider/seen.h"

static void
add(GArray *events, uint64_t ms, eider_seen_kind kind, eider_seen_way way,
    unsigned size, bool is_slot)
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
talk(GArray *events, uint64_t now, bool is_open, bool is_steady)
{
    static const struct {
        unsigned ago, size;
        eider_seen_way way;
    } texts[] = {{430, 21, 0}, {412, 8, 1},   {395, 143, 1}, {371, 64, 0},
                 {228, 12, 1}, {214, 173, 0}, {205, 3, 0},   {96, 34, 1},
                 {83, 88, 0},  {31, 5, 0},    {22, 9, 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        uint64_t at = now - texts[i].ago * 1000;

        add(events, at, EIDER_SEEN_WROTE, texts[i].way, texts[i].size, false);
        if (is_steady && texts[i].way == EIDER_SEEN_OUT)
            add(events, at + 6000, EIDER_SEEN_TEXT, EIDER_SEEN_OUT, LINE, true);
        if (is_open)
            add(events, at + 40, EIDER_SEEN_OPEN, texts[i].way, texts[i].size,
                false);
        else if (!is_steady)
            add(events, at + 60, EIDER_SEEN_TEXT, texts[i].way, LINE, false);
        if (!is_open && !is_steady)
            add(events, at + 1300, EIDER_SEEN_COVER, !texts[i].way, LINE,
                false);
    }
}

static void
slots(GArray *events, uint64_t from, uint64_t to)
{
    for (uint64_t ms = from; ms < to; ms += SLOT * 1000) {
        add(events, ms + (uint64_t)g_random_int_range(0, 1000),
            EIDER_SEEN_COVER, EIDER_SEEN_OUT, LINE, true);
        add(events, ms + 4300 + (uint64_t)g_random_int_range(0, 1000),
            EIDER_SEEN_COVER, EIDER_SEEN_IN, LINE, true);
    }
}

void
sees_make_up(GArray *events, uint64_t now, bool is_open, bool is_steady)
{
    talk(events, now, is_open, is_steady);
    if (is_steady)
        slots(events, now - 500 * 1000, now);
    g_array_sort(events, by_time);
}
