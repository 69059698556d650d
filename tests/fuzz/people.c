/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/people.h"

#include "core/work.h"
#include "eider/backup.h"

#include <check.h>
#include <string.h>

static people all;

/* ---- lives ------------------------------------------------------------------ */

static void
say(device *d, const char *peer, const char *html)
{
    ck_assert_int_eq(device_write(d, peer, html), EIDER_OK);
}

static void
live_met(world *w, device **d)
{
    device_meet(d[0], d[1]);
    say(d[0], "bob", "first <b>text</b>");
    world_run(w, WORLD_MINUTE);
    say(d[1], "alice", "and back");
    world_run(w, 2 * WORLD_MINUTE);
}

static void
live_waiting(world *w, device **d)
{
    device_start(d[0]);
    device_start(d[1]);
    ck_assert_int_eq(device_choose(d[1], "alice", EIDER_ON), EIDER_OK);
    world_run(w, WORLD_SECOND);
    w->is_cut = true;
    ck_assert_int_eq(device_choose(d[0], "bob", EIDER_ON), EIDER_OK);
    say(d[0], "bob", "waits");
    world_run(w, WORLD_MINUTE);
    w->is_cut = false;
}

static bool
takes_every_third(world *w, device *from, const char *line)
{
    (void)from;
    (void)line;
    return w->lines % 3 == 0;
}

static void
live_loaded(world *w, device **d)
{
    g_autofree char *html = g_strnfill(500, 'x');

    live_met(w, d);
    d[0]->line_max = 400;
    d[1]->line_max = 400;
    w->takes_line = takes_every_third;
    say(d[1], "alice", html);
    say(d[0], "bob", html);
    ck_assert_int_eq(eider_engine_check_start(d[1]->engine, d[1]->account,
                                              "alice", NULL, "where?", "here"),
                     EIDER_OK);
    world_run(w, 5 * WORLD_SECOND);
    device_offline(d[1]);
    say(d[0], "bob", "later");
    world_run(w, WORLD_SECOND);
    w->takes_line = NULL;
}

static void
live_steady(world *w, device **d)
{
    live_met(w, d);
    device_steady(d[0], d[1], 10);
    say(d[0], "bob", "in a slot");
    world_run(w, 25 * WORLD_SECOND);
}

static void
live_twice(world *w, device **d)
{
    live_met(w, d);
    device_start(d[2]);
    (void)device_choose(d[2], "alice", EIDER_ON);
    world_run(w, 3 * WORLD_MINUTE);
    say(d[0], "bob", "to one only");
    world_run(w, WORLD_MINUTE);
}

/* ---- what is kept of them ------------------------------------------------------ */

static void
pickle_ratchet(device *d)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, "bob");

    ck_assert_uint_gt(c->sessions->len, 0);
    eider_ratchet_pickle(((eider_session *)c->sessions->pdata[0])->ratchet,
                         &all.ratchet);
}

static void
keep(unsigned which, world *w, device **d, unsigned n)
{
    eider_contact *c = eider_contact_get(d[0]->engine, d[0]->account, "bob");

    ck_assert_ptr_nonnull(c);
    eider_contact_pickle(c, &all.contact[which]);
    eider_index_pickle(&d[0]->engine->index, &all.index[which]);
    if (which == PEOPLE_WAITING)
        eider_attempt_pickle(&c->meeting.a, &all.attempt);
    if (which == PEOPLE_LOADED) {
        pickle_ratchet(d[0]);
        ck_assert_int_eq(eider_backup_gather(d[0]->engine, &all.backup),
                         EIDER_OK);
    }
    if (which == PEOPLE_STEADY) {
        eider_buf *out = &all.journal_bytes;

        all.journal = memfiles_snapshot(d[0]->files);
        if (eider_store_get(d[0]->store, "j0", out, NULL) != EIDER_OK)
            ck_abort_msg("no file of slots");
    }
    for (unsigned i = 0; i < n; i++) {
        device_stop(d[i]);
        all.disk[which][i] = memfiles_snapshot(d[i]->files);
    }
    all.now[which] = w->now;
}

static void
live(unsigned which)
{
    static void (*const lives[PEOPLE])(world *, device **) = {
        live_met, live_waiting, live_loaded, live_steady, live_twice};
    world *w = world_new(100 + which);
    device *d[PEOPLE_DEVICES];
    unsigned n = which == PEOPLE_TWICE ? 3 : 2;

    d[0] = world_add(w, "alice", "1");
    d[1] = world_add(w, "bob", "1");
    if (n > 2)
        d[2] = world_add(w, "bob", "2");
    w->delay_ms = 10;
    lives[which](w, d);
    keep(which, w, d, n);
    world_free(w);
}

const people *
people_get(void)
{
    static bool is_done;

    if (!is_done) {
        is_done = true;
        for (unsigned i = 0; i < PEOPLE; i++)
            live(i);
    }
    return &all;
}

world *
people_world(unsigned which, uint64_t seed, device *out[PEOPLE_DEVICES])
{
    static const char *const names[] = {"alice", "bob", "bob"};
    const people *p = people_get();
    world *w = world_new(seed);

    w->now = p->now[which];
    for (unsigned i = 0; i < PEOPLE_DEVICES; i++) {
        out[i] = NULL;
        if (p->disk[which][i] == NULL)
            continue;
        out[i] = world_add(w, names[i], i == 2 ? "2" : "1");
        memfiles_rewind(out[i]->files, p->disk[which][i]);
    }
    return w;
}
