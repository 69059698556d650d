/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is drawn, in words: over the time lines, beside the mouse, and for
 * whoever has it read out. */
#include "sees.h"

#include "seesdraw.h"

enum { SECOND = 1000, MOST_READ = 12 };

/* ---- times ---------------------------------------------------------------- */

static char *
clock_of(int64_t ms)
{
    return eider_sees_time(ms, 1);
}

char *
eider_sees_say_span(const eider_sees_axis *axis)
{
    int64_t until = axis->from + axis->span;
    int64_t step = axis->span < INT64_C(600) * SECOND ? 1 : 60;
    char *day = eider_sees_time(axis->from, INT64_C(86400));
    char *last = eider_sees_time(until, INT64_C(86400));
    char *from = eider_sees_time(axis->from, step);
    char *to = eider_sees_time(until, step);
    char *out =
        g_strcmp0(day, last) == 0
            ? g_strdup_printf(_("%s, %s to %s"), day, from, to)
            : g_strdup_printf(_("%s, %s to %s, %s"), day, from, last, to);

    g_free(day);
    g_free(last);
    g_free(from);
    g_free(to);
    return out;
}

/* ---- one event, or those of one point ------------------------------------- */

char *
eider_sees_say_bytes(uint32_t n)
{
    return g_strdup_printf(EIDER_PLURAL("%u byte", "%u bytes", n), n);
}

static char *
what_is(const eider_sees_window *w, const eider_seen_event *e)
{
    bool is_ours = e->way == EIDER_SEEN_OUT;
    char *size = eider_sees_say_bytes(e->size), *out;

    if (e->kind == EIDER_SEEN_WROTE && !is_ours)
        out = g_strdup_printf(_("%s wrote %s"), w->name, size);
    else if (e->kind == EIDER_SEEN_WROTE)
        out = g_strdup_printf(_("you wrote %s"), size);
    else if (e->kind == EIDER_SEEN_OPEN)
        out = g_strdup_printf(is_ours ? _("a text of %s from you")
                                      : _("a text of %s to you"),
                              size);
    else
        out = g_strdup_printf(is_ours ? _("a line of %s from you")
                                      : _("a line of %s to you"),
                              size);
    g_free(size);
    return out;
}

/* What Eider knows and the server does not. */
static const char *
secret_of(const eider_seen_event *e)
{
    switch ((eider_seen_kind)e->kind) {
    case EIDER_SEEN_COVER:
        return e->is_slot
                   ? _("It is there by the clock, with no text in it; "
                       "the server cannot tell.")
                   : _("There is no text in it: it confirms something; the "
                       "server cannot tell.");
    case EIDER_SEEN_TEXT:
        return e->is_slot ? _("A text is in it; the server cannot tell.")
                          : _("A text is in it; the server cannot tell how "
                              "long it is.");
    case EIDER_SEEN_HANDSHAKE:
        return _("The two Eiders meet.");
    case EIDER_SEEN_INVITATION:
        return _("It asks for an Eider; it is the same for everybody.");
    case EIDER_SEEN_OPEN:
        return _("It was not encrypted: the server can read it.");
    case EIDER_SEEN_WROTE:
    case EIDER_SEEN_KINDS:
        break;
    }
    return NULL;
}

/* How long a text of the user waited, if that is known and to be felt. */
static char *
say_wait(const eider_sees_window *w, const eider_seen_event *e)
{
    size_t i = (size_t)(e - w->events);
    uint64_t left = eider_sees_lane_of(e) == EIDER_SEES_YOU
                        ? eider_sees_left(w->events, w->n, i)
                        : 0;
    unsigned s = left != 0 ? (unsigned)((left - e->ms) / SECOND) : 0;

    if (s == 0)
        return NULL;
    return g_strdup_printf(EIDER_PLURAL("It left %u second later.",
                                        "It left %u seconds later.", s),
                           s);
}

char *
eider_sees_say_event(const eider_sees_window *w, const eider_seen_event *e)
{
    char *time = clock_of((int64_t)e->ms), *what = what_is(w, e);
    char *wait = say_wait(w, e);
    const char *more = wait != NULL ? wait : secret_of(e);
    char *out = more != NULL
                    ? g_strdup_printf(_("%s: %s. %s"), time, what, more)
                    : g_strdup_printf(_("%s: %s."), time, what);

    g_free(time);
    g_free(what);
    g_free(wait);
    return out;
}

static char *
count_texts(uint32_t n)
{
    return g_strdup_printf(EIDER_PLURAL("%u text", "%u texts", n), n);
}

static char *
count_lines(uint32_t n)
{
    return g_strdup_printf(EIDER_PLURAL("%u line", "%u lines", n), n);
}

/* Both ways of one panel: "3 texts from you, 1 text from Bob". */
static char *
say_counts(const eider_sees_window *w, bool is_server, uint32_t ours,
           uint32_t theirs)
{
    char *a = is_server ? count_lines(ours) : count_texts(ours);
    char *b = is_server ? count_lines(theirs) : count_texts(theirs);
    char *out = is_server ? g_strdup_printf(_("%s from you, %s to you"), a, b)
                          : g_strdup_printf(_("%s from you, %s from %s"), a, b,
                                            w->name);

    g_free(a);
    g_free(b);
    return out;
}

char *
eider_sees_say_bucket(const eider_sees_window *w, bool is_server, int column)
{
    const eider_sees_bucket *b =
        w->buckets +
        (is_server ? EIDER_SEES_OUT : EIDER_SEES_YOU) * w->axis.width;
    const eider_sees_bucket *ours = &b[column];
    const eider_sees_bucket *theirs = &b[w->axis.width + column];
    char *counts, *from, *to, *out;

    if (ours->count == 0 && theirs->count == 0)
        return NULL;
    counts = say_counts(w, is_server, ours->count, theirs->count);
    from = clock_of(eider_sees_ms(&w->axis, column));
    to = clock_of(eider_sees_ms(&w->axis, column + 1));
    out = g_strdup_printf(_("%s to %s: %s."), from, to, counts);
    g_free(counts);
    g_free(from);
    g_free(to);
    return out;
}

/* ---- a whole panel -------------------------------------------------------- */

static eider_sees_bucket
both(const eider_sees_window *w, bool is_server)
{
    int lane = is_server ? EIDER_SEES_OUT : EIDER_SEES_YOU;
    eider_sees_bucket a, b;

    a = eider_sees_total(w->buckets + lane * w->axis.width, w->axis.width);
    b = eider_sees_total(w->buckets + (lane + 1) * w->axis.width,
                         w->axis.width);
    if (a.count == 0 || b.count == 0)
        return a.count == 0 ? b : a;
    a.least = MIN(a.least, b.least);
    a.most = MAX(a.most, b.most);
    a.count += b.count;
    return a;
}

/* The sizes differ, or they do not: that is what padding is about. */
static char *
say_sizes(const eider_sees_window *w, bool is_server)
{
    eider_sees_bucket all = both(w, is_server);
    char *size = eider_sees_say_bytes(all.most), *out;

    if (all.count == 0)
        out = g_strdup("");
    else if (all.least == all.most)
        out = g_strdup_printf(all.count > 1 ? _(", each of %s") : _(", of %s"),
                              size);
    else if (!w->has_events)
        out = g_strdup_printf(_(", on average up to %s"), size);
    else
        out = g_strdup_printf(_(", of %u to %s"), all.least, size);
    g_free(size);
    return out;
}

char *
eider_sees_say_panel(const eider_sees_window *w, bool is_server)
{
    const eider_seen_bucket *all = &w->sees.sums.all;
    const uint32_t *n = is_server ? all->lines : all->texts;
    char *counts, *sizes, *out;

    if (n[EIDER_SEEN_OUT] + n[EIDER_SEEN_IN] == 0)
        return g_strdup(is_server ? _("nothing") : _("nobody wrote"));
    counts = say_counts(w, is_server, n[EIDER_SEEN_OUT], n[EIDER_SEEN_IN]);
    sizes = say_sizes(w, is_server);
    out = g_strdup_printf("%s%s.", counts, sizes);
    g_free(counts);
    g_free(sizes);
    return out;
}

const char *
eider_sees_say_meaning(const eider_sees_window *w)
{
    const eider_seen_bucket *all = &w->sees.sums.all;
    uint32_t lines = all->lines[EIDER_SEEN_OUT] + all->lines[EIDER_SEEN_IN];
    uint32_t slots = all->slots[EIDER_SEEN_OUT] + all->slots[EIDER_SEEN_IN];
    bool is_even = w->sees.rows[EIDER_SEEN_MUCH].is.level == EIDER_SEEN_HIDDEN;

    if (lines == 0)
        return "";
    if (all->open[EIDER_SEEN_OUT] + all->open[EIDER_SEEN_IN] > 0)
        return _("The server can read texts: they were not encrypted.");
    if (slots == 0 &&
        all->texts[EIDER_SEEN_OUT] + all->texts[EIDER_SEEN_IN] == 0)
        return _("Nobody wrote: these are lines by which the two Eiders meet "
                 "and confirm.");
    if (slots == 0)
        return is_even ? _("Lines go when somebody writes: the server can tell "
                           "when, but not how much.")
                       : _("Lines go when somebody writes: the server can tell "
                           "when, and roughly how much.");
    if (slots == lines) /* one outside of it may have told something */
        return _("Lines go by the clock: the server cannot tell when anybody "
                 "writes, nor how much.");
    return _("Part of this time lines went by the clock, and part of it when "
             "somebody wrote.");
}

/* The events one by one, while they are few. */
static void
list_events(GString *out, const eider_sees_window *w, bool is_server)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        n += (w->events[i].kind == EIDER_SEEN_WROTE) != is_server;
    if (!w->has_events || n > MOST_READ)
        return;
    for (size_t i = 0; i < w->n; i++) {
        char *text;

        if ((w->events[i].kind == EIDER_SEEN_WROTE) == is_server)
            continue;
        text = eider_sees_say_event(w, &w->events[i]);
        g_string_append_printf(out, " %s", text);
        g_free(text);
    }
}

char *
eider_sees_describe(const eider_sees_window *w, bool is_server)
{
    GString *out = g_string_new(NULL);
    char *span = eider_sees_say_span(&w->axis);
    char *panel = eider_sees_say_panel(w, is_server);

    g_string_append_printf(out, "%s: %s %s", span, panel,
                           is_server ? eider_sees_say_meaning(w) : "");
    list_events(out, w, is_server);
    g_free(span);
    g_free(panel);
    return g_string_free(out, FALSE);
}
