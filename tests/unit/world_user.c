/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What people do with their machines, and what tests look at. */
#include "core/work.h"
#include "unit/world_device.h"

#include <check.h>
#include <string.h>
#include <time.h>

double
device_clock(const device *d)
{
    struct timespec t;

    if (!d->is_timed)
        return 0;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

eider_err
device_choose(device *d, const char *peer, eider_choice choice)
{
    if (d->engine == NULL || d->is_dead)
        return EIDER_E_STATE;
    d->has_failed = false;
    return eider_engine_choose(d->engine, d->account, peer, choice);
}

eider_err
device_write(device *d, const char *peer, const char *html)
{
    if (d->engine == NULL || d->is_dead)
        return EIDER_E_STATE;
    d->has_failed = false;
    return eider_engine_send(d->engine, d->account, peer, html, d->last_id);
}

void
device_hear(device *d, const char *peer, const char *from, const char *text,
            bool is_delayed)
{
    double start = device_clock(d);
    bool was = d->has_failed;

    if (d->engine == NULL || d->is_dead)
        return;
    d->has_failed = false;
    (void)eider_engine_receive(d->engine, d->account, peer, from, text,
                               strlen(text), is_delayed);
    /* Inside of a send the call around this one goes on: its lines are on
     * disk, whatever failed here. */
    d->has_failed = was;
    d->cpu_us += device_clock(d) - start;
}

void
device_receive(device *d, const char *peer, const char *text)
{
    g_autofree char *from = g_strconcat(peer, "/1", NULL);

    device_hear(d, peer, from, text, false);
}

void
device_lose(device *d, const char *peer)
{
    char name[EIDER_STORE_NAME_LEN + 1];
    eider_store *s = NULL;

    ck_assert_ptr_null(d->engine);
    ck_assert_int_eq(eider_store_open(&s, &d->table, NULL), EIDER_OK);
    eider_store_name(s, d->account, peer, name);
    eider_store_close(s);
    memfiles_poke(d->files, name, (eider_slice){NULL, 0});
}

unsigned
device_sessions(device *d, const char *peer)
{
    eider_device all[16];
    unsigned n = 0;
    size_t count;

    if (d->engine == NULL || d->is_dead)
        return 0;
    count = eider_engine_devices(d->engine, d->account, peer, all,
                                 G_N_ELEMENTS(all));
    for (size_t i = 0; i < MIN(count, G_N_ELEMENTS(all)); i++)
        n += all[i].has_session;
    return n;
}

eider_status
device_status(device *d, const char *peer)
{
    eider_status s = {0};

    if (d->engine != NULL && !d->is_dead)
        eider_engine_status(d->engine, d->account, peer, &s);
    return s;
}

eider_text_state
device_state_of(const device *d, const uint8_t *id)
{
    const uint8_t *which = id != NULL ? id : d->last_id;

    for (guint i = d->states->len; i-- > 0;) {
        const told_state *t = &g_array_index(d->states, told_state, i);

        if (memcmp(t->id, which, sizeof t->id) == 0)
            return t->state;
    }
    return EIDER_TEXT_WAITING;
}

unsigned
device_count_shown(const device *d, const char *html)
{
    unsigned n = 0;

    for (guint i = 0; i < d->shown->len; i++)
        n += strcmp(((shown_text *)g_ptr_array_index(d->shown, i))->html,
                    html) == 0;
    return n;
}

void
device_meet(device *a, device *b)
{
    device_start(a);
    device_start(b);
    ck_assert_int_eq(device_choose(a, b->name, EIDER_ON), EIDER_OK);
    world_run(a->w, WORLD_MINUTE);
    ck_assert_uint_eq(device_sessions(a, b->name), 1);
    ck_assert_uint_eq(device_sessions(b, a->name), 1);
}

void
device_steady(device *a, device *b, unsigned slot)
{
    ck_assert_int_eq(eider_engine_steady(a->engine, a->account, b->name, slot),
                     EIDER_OK);
    world_run(a->w, (60 + 4 * slot) * WORLD_SECOND);
    ck_assert_uint_eq(device_status(a, b->name).steady, slot);
    ck_assert_uint_eq(device_status(b, a->name).steady, slot);
    ck_assert_uint_eq(device_status(a, b->name).steady_agreed, 1);
    ck_assert_uint_eq(device_status(b, a->name).steady_agreed, 1);
}

void
device_pickle(device *d, const char *peer, eider_buf *out)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, peer);

    ck_assert_ptr_nonnull(c);
    eider_contact_pickle(c, out);
    eider_index_pickle(&d->engine->index, out);
}

const char *
device_last_line(const device *d)
{
    ck_assert_uint_gt(d->lines->len, 0);
    return ((sent_line *)g_ptr_array_index(d->lines, d->lines->len - 1))->line;
}
