/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two to ten machines of two to four people over a bad line, with crashes,
 * absences, partitions; disks that are put back to a copy taken earlier, with
 * and without the second copy of the generations; machines that run from a
 * copy of another's disk.
 *
 * What is owed is counted along each line of store history.  A text that only
 * the overwritten store held is not lost.  One that was shown before that
 * store was thrown away is not shown twice when it comes again.  And what was
 * acknowledged by, or to, a store that is no more may rest on that alone: it is
 * counted, not held against anybody, where the wire cannot tell.
 */
#include "sim/many.h"
#include "sim/sim.h"
#include "sim/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- people at their machines --------------------------------------------- */

static const char *const names[] = {"alice", "bob", "carol", "dave"};

static void
speak(world *w, void *a, int n)
{
    machine *m = a;
    unsigned to = world_random(w, many.n_people - 1);
    uint32_t fast_ms = 8000;

    (void)n;
    if (many.texts->len >= many.goal)
        return;
    if (many.form == FORM_STEADY) /* in between there is cover alone */
        fast_ms = 90 * 1000;
    world_later(w, 500 + world_random(w, many.is_fast ? fast_ms : 1200 * 1000),
                speak, m, 0);
    if (m->d->engine == NULL || m->d->is_dead || !m->d->is_online)
        return;
    to += to >= m->person;
    many_type(m, to);
}

/* Who is asked about a new device says yes, sooner or later. */
static void
decide(world *w, void *a, int n)
{
    machine *m = a;

    (void)n;
    world_later(w, 60 * 1000 + world_random(w, 600 * 1000), decide, m, 0);
    if (m->d->engine == NULL || m->d->is_dead)
        return;
    for (unsigned i = 0; i < many.n_people; i++) {
        eider_device all[16];
        size_t count;

        if (i == m->person || device_status(m->d, names[i]).candidates == 0)
            continue;
        count = eider_engine_devices(m->d->engine, m->d->account, names[i], all,
                                     G_N_ELEMENTS(all));
        for (size_t j = 0; j < MIN(count, G_N_ELEMENTS(all)); j++)
            if (all[j].trust == EIDER_TRUST_CANDIDATE && !m->d->is_dead)
                (void)!eider_engine_decide(m->d->engine, m->d->account,
                                           names[i], all[j].fingerprint, true,
                                           world_random(w, 2) == 0);
    }
}

static void
start_again(world *w, void *a, int n)
{
    machine *m = a;

    (void)w;
    (void)n;
    if (m->d->engine == NULL || !m->d->is_online)
        device_start(m->d);
}

static void
mend_line(world *w, void *a, int n)
{
    (void)a;
    (void)n;
    w->is_cut = false;
}

/* Copies of a disk on which there is no file of slots yet: what these hold then
 * is nowhere else. */
static void
before_slots(void *data, memfiles *m, const char *name)
{
    machine *who = data;

    if (name[0] == 's' && memfiles_peek(m, "j0").p == NULL &&
        world_random(who->d->w, 4) == 0)
        many_copy(who);
}

/* One after the other is in Steady with one after the other. */
static void
go_steady(world *w, void *a, int n)
{
    machine *m = a;
    unsigned to = world_random(w, many.n_people - 1);

    (void)n;
    if (many.is_quiet)
        return;
    world_later(w, 20 * 1000 + world_random(w, 200 * 1000), go_steady, m, 0);
    to += to >= m->person;
    if (m->d->engine == NULL || m->d->is_dead || !m->d->is_online)
        return;
    (void)!eider_engine_steady(m->d->engine, m->d->account, names[to],
                               world_random(w, 8) == 0 ? 0 : 10);
    many.steady += device_status(m->d, names[to]).steady_runs;
}

static void
end_steady(void)
{
    for (unsigned i = 0; many.form == FORM_STEADY && i < many.n_machines; i++) {
        machine *m = &many.machines[i];

        for (unsigned to = 0; to < many.n_people; to++)
            if (to != m->person && m->d->engine != NULL && !m->d->is_dead)
                (void)!eider_engine_steady(m->d->engine, m->d->account,
                                           names[to], 0);
    }
}

static void
put_back(world *w, machine *m)
{
    if (m->copy == NULL)
        return;
    if (world_random(w, 2) == 0)
        device_crash(m->d);
    device_stop(m->d);
    if (many.form == FORM_NOTICED || many.form == FORM_STEADY)
        memfiles_restore(m->d->files, m->copy);
    else
        memfiles_rewind(m->d->files, m->copy);
    many_put_back(m);
    world_later(w, 1 + world_random(w, 20 * 1000), start_again, m, 0);
}

/* Of two who talk to each other, too: then each takes the other's lines for a
 * sign. */
static void
lose(world *w, machine *m)
{
    machine *other = &many.machines[world_random(w, many.n_machines)];

    for (unsigned i = 0; i < 2; i++) {
        machine *x = i == 0 ? m : other;

        if (i == 1 && (other == m || world_random(w, 2) == 0))
            return;
        device_stop(x->d);
        many_lose(x);
        world_later(w, 1 + world_random(w, 20 * 1000), start_again, x, 0);
    }
}

static void
fall(world *w, device *d)
{
    switch (world_random(w, 4)) {
    case 0:
        device_crash(d);
        break;
    case 1:
        d->die_at_write = (int)world_random(w, 10);
        break;
    case 2:
        d->die_at_send = (int)world_random(w, 10);
        break;
    default:
        d->die_at_show = (int)world_random(w, 5);
        break;
    }
}

static void
trouble(world *w, void *a, int n)
{
    machine *m = a;

    (void)n;
    if (many.is_quiet)
        return;
    world_later(w, 5 * 1000 + world_random(w, 60 * 1000), trouble, m, 0);
    if (m->d->engine == NULL || m->d->is_dead)
        return;
    switch (world_random(w, 8)) {
    case 0:
    case 1:
    case 2:
        fall(w, m->d);
        break;
    case 3:
        device_offline(m->d);
        world_later(w, world_random(w, 240 * 1000), start_again, m, 0);
        break;
    case 4:
        w->is_cut = true;
        world_later(w, world_random(w, 60 * 1000), mend_line, NULL, 0);
        break;
    case 5:
        many_copy(m);
        break;
    case 6:
        if (many.form == FORM_LOST)
            lose(w, m);
        else if (many.form != FORM_PLAIN && many.form != FORM_CLONED)
            put_back(w, m);
        break;
    default:
        memfiles_fail_after(m->d->files, (int)world_random(w, 6));
        break;
    }
}

static void
sit_down(world *w, machine *m)
{
    device_start(m->d);
    many_know(m);
    for (unsigned i = 0; i < many.n_people; i++)
        if (i != m->person && m->d->engine != NULL)
            (void)!device_choose(m->d, names[i], EIDER_ON);
    world_later(w, 1000 + world_random(w, 5000), speak, m, 0);
    world_later(w, 60 * 1000, decide, m, 0);
    world_later(w, 600 * 1000 + world_random(w, 120 * 1000), trouble, m, 0);
    if (many.form != FORM_STEADY)
        return;
    memfiles_on_write(m->d->files, before_slots, m);
    world_later(w, 400 * 1000, go_steady, m, 0);
}

/* A second machine runs from a copy of the whole disk of the first. */
static void
copy_machine(world *w, void *a, int n)
{
    machine *m = a, *copy;
    memfiles_copy *disk;

    (void)n;
    if (m->d->engine == NULL || many.texts->len >= many.goal)
        return;
    many_copy(m); /* with its key */
    disk = memfiles_snapshot(m->d->files);
    copy = many_add(w, m->person, names[m->person], "clone");
    memfiles_rewind(copy->d->files, disk);
    memfiles_copy_free(disk);
    many_take_over(copy, m);
    sit_down(w, copy);
}

/* ---- a run ---------------------------------------------------------------- */

static void
hurry(world *w, void *a, int n)
{
    (void)w;
    (void)a;
    (void)n;
    many.is_fast = true;
}

static world *
build(uint64_t seed, many_form form, unsigned goal)
{
    world *w = world_new(seed);
    unsigned each;

    w->loss = 200;
    w->dup = 100;
    w->late = 300;
    w->late_ms = 12 * 1000;
    w->corrupt = w->cut = 5;
    w->delay_ms = 300;
    w->keeps = world_random(w, 2) == 0;
    w->restart_ms = 20 * 1000;
    many_start(form, goal, names);
    watch_start(w);
    many.n_people = 2 + world_random(w, form == FORM_CLONED ? 2 : 3);
    for (unsigned i = 0; i < many.n_people; i++) {
        each = 1 + world_random(w, 2);
        for (unsigned j = 0; j < each; j++)
            (void)many_add(w, i, names[i], j == 0 ? "1" : "2");
    }
    for (unsigned i = 0; i < many.n_machines; i++) {
        machine *m = &many.machines[i];

        m->d->line_max = world_random(w, 4) == 0 ? 391 : 8000;
        sit_down(w, m);
    }
    world_later(w, 600 * 1000, hurry, NULL, 0);
    if (form == FORM_CLONED)
        for (unsigned i = 0; i < 2; i++)
            world_later(w, 700 * 1000 + i * 60 * 1000, copy_machine,
                        &many.machines[i * (many.n_machines - 1)], 0);
    return w;
}

static bool
all_written(world *w)
{
    (void)w;
    return many.texts->len >= many.goal;
}

/* Where nobody has answered yet people write again the next day. */
static void
write_to_all(world *w)
{
    (void)w;
    for (unsigned i = 0; i < many.n_machines; i++)
        for (unsigned to = 0; to < many.n_people; to++)
            if (to != many.machines[i].person)
                many_type(&many.machines[i], to);
}

/* No more trouble: everything arrives. */
static void
settle(world *w)
{
    many.is_quiet = true;
    for (unsigned i = 0; i < many.n_machines; i++)
        memfiles_fail_after(many.machines[i].d->files, -1);
    for (unsigned n = 1; n < 20 * 24 * 6 && many_count_open() > 0; n++) {
        end_steady();
        world_run(w, 10 * WORLD_MINUTE);
        if (n % (24 * 6) == 0)
            write_to_all(w);
    }
}

static void
run_many(uint64_t seed, many_form form, unsigned goal)
{
    static const char *const forms[] = {"plain",  "noticed", "rewound",
                                        "cloned", "lost",    "steady"};
    world *w = build(seed, form, goal);
    uint64_t attempts, lines;
    const watch_counts *c;
    many_counts n;

    ck_assert(world_run_until(w, 60 * WORLD_DAY, all_written));
    settle(w);
    end_steady();
    n = many_count();
    world_run(w, 3 * WORLD_DAY);
    attempts = watch_now()->attempts;
    lines = w->lines;
    world_run(w, 4 * WORLD_DAY);
    attempts = watch_now()->attempts - attempts;
    lines = w->lines - lines;
    c = watch_stop();
    printf("sim: %s: %u machines of %u, %u texts, %u shown, %llu lines, %llu "
           "crashes, %u put back, %u again with the mark, %u rest on what is "
           "no more; %llu handshakes, then %llu in 4 days and %llu lines; "
           "%llu frames equal, %llu of one key, %llu acks of a twin\n",
           forms[form], many.n_machines, many.n_people, many.texts->len,
           n.shown, (unsigned long long)w->lines,
           (unsigned long long)w->crashes, many.put_back, n.marked, n.rest,
           (unsigned long long)c->attempts, (unsigned long long)attempts,
           (unsigned long long)lines, (unsigned long long)c->equal,
           (unsigned long long)c->reused_keys, (unsigned long long)c->forks);
    ck_assert_uint_eq(n.lost, 0);
    ck_assert_uint_eq(n.doubled, 0);
    ck_assert_uint_eq(n.untrue, 0);
    ck_assert_uint_eq(c->reused_n, 0);
    /* Where nobody can know that a disk was copied only the body differs. */
    if (form != FORM_REWOUND && form != FORM_CLONED) {
        ck_assert_uint_eq(c->reused_keys, 0);
        ck_assert_uint_eq(c->forks, 0);
        ck_assert_uint_eq(n.rest * (form == FORM_PLAIN), 0);
    }
    ck_assert_uint_ge(many.steady, form == FORM_STEADY);
    ck_assert_uint_ge(c->data, n.shown); /* the watch saw what it counts */
    /* Nobody writes: nobody goes on answering the other for ever. */
    ck_assert_uint_le(attempts, many.n_machines);
    ck_assert_uint_le(lines, 40 * many.n_machines);
    many_end();
    world_free(w);
}

START_TEST(many_machines_lose_and_double_nothing)
{
    run_many(sim_seed(300 + (unsigned)_i), (many_form)(_i % FORMS),
             sim_is_long() ? 2000 : 400);
}
END_TEST

Suite *sim_many_suite(void);

Suite *
sim_many_suite(void)
{
    Suite *s = suite_create("many");
    TCase *tc = tcase_create("many");

    tcase_set_timeout(tc, 0);
    for (int i = 0; i < (sim_is_long() ? 25 * FORMS : FORMS); i++)
        if (sim_is_mine((unsigned)(i + i / FORMS)))
            tcase_add_loop_test(tc, many_machines_lose_and_double_nothing, i,
                                i + 1);
    suite_add_tcase(s, tc);
    return s;
}
