/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the engine of one machine calls: its clock, carrier, list and eyes. */
#include "unit/world_device.h"

#include "core/work.h"

#include <check.h>
#include <string.h>

static uint64_t
now_ms(void *data)
{
    const device *d = data;

    return d->w->now + (uint64_t)d->skew_ms;
}

static void
wake(world *w, void *a, int n)
{
    device *d = a;
    double start;

    (void)w;
    if (d->engine == NULL || d->is_dead || (unsigned)n != d->wake_gen)
        return;
    if (d->is_asleep) {
        world_later(d->w, WORLD_SECOND, wake, d, n);
        return;
    }
    d->wake_ms = 0;
    d->has_failed = false;
    start = device_clock(d);
    eider_engine_tick(d->engine);
    d->cpu_us += device_clock(d) - start;
}

static void
wake_in(void *data, uint64_t ms)
{
    device *d = data;
    uint64_t at = ms == UINT64_MAX || d->is_dead ? 0 : d->w->now + ms;

    if (at == d->wake_ms)
        return;
    d->wake_ms = at;
    d->wake_gen++;
    if (at != 0)
        world_later(d->w, ms, wake, d, (int)d->wake_gen);
}

static eider_sent
send_line(void *data, const char *account, const char *to, const char *line)
{
    device *d = data;
    sent_line *kept;
    bool is_invitation;

    (void)account;
    if (d->is_dead)
        return EIDER_SENT;
    if (!d->is_online || d->refuses)
        return EIDER_NOT_SENT;
    if (device_counts_down(&d->die_at_send)) {
        device_die(d);
        return EIDER_SENT;
    }
    ck_assert_msg(world_has_line_form(line, &is_invitation),
                  "no line of ours: %s", line);
    if (strlen(line) > d->line_max)
        return EIDER_TOO_BIG;
    d->sent++;
    d->after_failed += d->has_failed;
    if (d->keeps_lines) {
        kept = g_new0(sent_line, 1);
        kept->to = g_strdup(to);
        kept->line = g_strdup(line);
        kept->at_ms = d->w->now;
        g_ptr_array_add(d->lines, kept);
    }
    world_carry(d->w, d, to, line);
    return EIDER_SENT;
}

static size_t
line_max(void *data, const char *account)
{
    (void)account;
    return ((device *)data)->line_max;
}

static bool
is_buddy(void *data, const char *account, const char *peer)
{
    (void)account;
    (void)peer;
    return !((device *)data)->has_no_buddies;
}

static bool
is_online(void *data, const char *account, const char *peer)
{
    device *d = data;

    (void)account;
    if (d->w->is_quiet)
        return d->is_online;
    for (guint i = 0; i < d->w->devices->len; i++) {
        const device *x = g_ptr_array_index(d->w->devices, i);

        if (x->is_online && strcmp(x->name, peer) == 0)
            return d->is_online;
    }
    return false;
}

static bool
is_reachable(void *data, const char *account, const char *peer)
{
    const device *d = data;

    return d->is_online && (d->w->keeps || is_online(data, account, peer));
}

static bool
is_merged_on(void *data, const char *account, const char *peer)
{
    (void)account;
    (void)peer;
    return ((device *)data)->is_merged_on;
}

static eider_default
policy(void *data)
{
    return ((device *)data)->policy;
}

static const char *
label(void *data)
{
    return ((device *)data)->label;
}

static const char *
own_name(void *data, const char *account)
{
    (void)account;
    return ((device *)data)->name;
}

static bool
show(void *data, const char *account, const char *from, const eider_shown *text)
{
    device *d = data;
    shown_text *t;

    (void)account;
    if (d->is_dead)
        return true;
    if (d->cannot_show)
        return false;
    t = g_new0(shown_text, 1);
    t->html = g_strdup(text->html);
    t->from = g_strdup(from);
    t->maybe_shown = text->maybe_shown;
    t->from_candidate = text->from_candidate;
    t->written_ms = text->written_ms;
    t->at_ms = d->w->now;
    g_ptr_array_add(d->shown, t);
    if (d->on_show != NULL)
        d->on_show(d, t);
    if (device_counts_down(&d->die_at_show))
        device_die(d);
    return true;
}

static void
tell(void *data, const char *account, const char *peer, const eider_news *news)
{
    device *d = data;

    (void)account;
    (void)peer;
    d->news[news->kind]++;
    g_free(d->news_detail);
    d->news_detail = g_strdup(news->detail);
}

static void
changed(void *data, const char *account, const char *peer)
{
    device *d = data;

    eider_engine_status(d->engine, account, peer, &d->looked);
}

static void
text_state(void *data, const char *account, const char *peer, const uint8_t *id,
           eider_text_state state)
{
    device *d = data;
    told_state t = {.state = state};

    (void)account;
    (void)peer;
    if (d->is_dead)
        return;
    memcpy(t.id, id, sizeof t.id);
    g_array_append_val(d->states, t);
    if (d->on_state != NULL)
        d->on_state(d, &t);
}

static unsigned
own_slot(void *data)
{
    return ((device *)data)->slot;
}

static bool
may_steady(void *data, const char *account, const char *peer, unsigned slot,
           unsigned others)
{
    (void)account;
    (void)peer;
    (void)slot;
    return !((device *)data)->has_bystander && others < 100;
}

static bool
has_ledger(void *data)
{
    return ((device *)data)->has_ledger;
}

static void
seen(void *data, const char *account, const char *peer)
{
    (void)account;
    (void)peer;
    ((device *)data)->seen++;
}

static bool
has_bystander(void *data, const char *account, const char *peer)
{
    (void)account;
    (void)peer;
    return ((device *)data)->has_bystander;
}

static void
typing(void *data, const char *account, const char *from, unsigned state)
{
    (void)account;
    (void)from;
    ((device *)data)->typing = state;
}

eider_env
device_env(device *d)
{
    return (eider_env){
        .data = d,
        .now_ms = now_ms,
        .wake_in = wake_in,
        .speed = 1,
        .send = send_line,
        .line_max = line_max,
        .is_buddy = is_buddy,
        .is_online = is_online,
        .is_reachable = is_reachable,
        .is_merged_on = is_merged_on,
        .policy = policy,
        .label = label,
        .own_name = own_name,
        .show = show,
        .tell = tell,
        .changed = changed,
        .text_state = text_state,
        .own_slot = own_slot,
        .may_steady = may_steady,
        .has_bystander = has_bystander,
        .typing = typing,
        .has_ledger = has_ledger,
        .seen = seen,
        .seal = device_seal,
        .open = device_open,
    };
}
