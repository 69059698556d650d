/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One scripted conversation, again and again: with a full disk at each single
 * write of either side, and with a crash right after each.  Nothing leaves in
 * a call whose write failed; all texts arrive in the end; and the next text
 * arrives without anybody doing anything.
 */
#include "sim/sim.h"

#include <stdio.h>

typedef struct {
    world *w;
    device *a, *b;
    unsigned typed[2];
    GPtrArray *taken[2]; /* texts that each side took */
    bool has_chosen;
} script;

static void
choose(script *s)
{
    /* Who is told that it did not work does it again. */
    for (unsigned i = 0; i < 3 && !s->has_chosen; i++) {
        s->has_chosen = device_choose(s->a, "bob", EIDER_ON) == EIDER_OK &&
                        device_status(s->a, "bob").choice == EIDER_ON;
        world_run(s->w, 20 * WORLD_SECOND);
    }
    ck_assert(s->has_chosen);
}

static void
say(script *s, bool from_a)
{
    device *d = from_a ? s->a : s->b;
    unsigned side = from_a ? 0 : 1;
    char *text = g_strdup_printf("%s %u", d->name, s->typed[side]++);
    eider_err err = EIDER_E_STORE;

    for (unsigned i = 0; i < 3 && err != EIDER_OK; i++) {
        if (d->engine == NULL)
            world_run(s->w, 20 * WORLD_SECOND); /* until it is back */
        err = device_write(d, from_a ? "bob" : "alice", text);
        if (d->is_dead)
            break; /* it may have it, or not: so the text does not count */
        if (err != EIDER_OK)
            world_run(s->w, WORLD_SECOND);
    }
    if (err == EIDER_OK && !d->is_dead)
        g_ptr_array_add(s->taken[side], text);
    else
        g_free(text);
    world_run(s->w, 5 * WORLD_SECOND);
}

static bool
is_all_there(const script *s)
{
    for (unsigned side = 0; side < 2; side++) {
        const device *to = side == 0 ? s->b : s->a;

        for (guint i = 0; i < s->taken[side]->len; i++)
            if (device_count_shown(to, g_ptr_array_index(s->taken[side], i)) ==
                0)
                return false;
    }
    return true;
}

static void
assert_shown_once(const script *s)
{
    for (unsigned side = 0; side < 2; side++) {
        const device *d = side == 0 ? s->a : s->b;

        for (guint i = 0; i < d->shown->len; i++)
            for (guint j = 0; j < i; j++) {
                const shown_text *x = g_ptr_array_index(d->shown, i);
                const shown_text *y = g_ptr_array_index(d->shown, j);

                ck_assert_msg(g_strcmp0(x->html, y->html) != 0 ||
                                  x->maybe_shown,
                              "%s twice without the mark", x->html);
            }
    }
}

static void
begin(script *s, uint64_t seed)
{
    *s = (script){.w = world_new(seed)};
    s->taken[0] = g_ptr_array_new_with_free_func(g_free);
    s->taken[1] = g_ptr_array_new_with_free_func(g_free);
    s->w->keeps = true;
    s->w->restart_ms = 5 * WORLD_SECOND;
    s->a = world_add(s->w, "alice", "1");
    s->b = world_add(s->w, "bob", "1");
    device_start(s->a);
    device_start(s->b);
}

static void
end(script *s)
{
    world_free(s->w);
    g_ptr_array_free(s->taken[0], TRUE);
    g_ptr_array_free(s->taken[1], TRUE);
}

static void
talk(script *s)
{
    choose(s);
    say(s, true);
    say(s, false);
    say(s, true);
    say(s, true);
    world_run(s->w, 2 * WORLD_MINUTE);
    say(s, false);
    say(s, true);
    world_run(s->w, WORLD_MINUTE);
}

/* How often both write when nothing goes wrong. */
static unsigned
count_writes(unsigned side)
{
    script s;
    unsigned n;

    begin(&s, 1);
    talk(&s);
    ck_assert(is_all_there(&s));
    n = (unsigned)memfiles_writes((side == 0 ? s.a : s.b)->files);
    end(&s);
    return n;
}

static void
finish(script *s, const char *what, unsigned side, unsigned n)
{
    uint64_t waited;

    for (waited = 0; waited < 300 && !is_all_there(s); waited++)
        world_run(s->w, WORLD_MINUTE);
    ck_assert_msg(is_all_there(s), "%s %u of side %u: a text is lost", what, n,
                  side);
    ck_assert_msg(s->a->after_failed + s->b->after_failed == 0,
                  "%s %u of side %u: a line left after it", what, n, side);
    /* The next one needs nobody to do anything. */
    say(s, true);
    say(s, false);
    for (waited = 0; waited < 300 && !is_all_there(s); waited++)
        world_run(s->w, WORLD_MINUTE);
    ck_assert_msg(is_all_there(s), "%s %u of side %u: the next is lost", what,
                  n, side);
    ck_assert(!eider_engine_is_paused(s->a->engine));
    ck_assert(!eider_engine_is_paused(s->b->engine));
    assert_shown_once(s);
    end(s);
}

START_TEST(a_full_disk_at_any_write_loses_nothing)
{
    for (unsigned side = 0; side < 2; side++) {
        unsigned n = count_writes(side);

        for (unsigned i = 0; i + 1 < n; i++) { /* the first is the key */
            script s;

            begin(&s, 1);
            memfiles_fail_after((side == 0 ? s.a : s.b)->files, (int)i);
            talk(&s);
            finish(&s, "full at write", side, i);
        }
        printf("sim: full disk at each of %u writes of %s\n", n - 1,
               side == 0 ? "alice" : "bob");
    }
}
END_TEST

START_TEST(a_crash_after_any_write_loses_nothing)
{
    for (unsigned side = 0; side < 2; side++) {
        unsigned n = count_writes(side);

        for (unsigned i = 0; i + 1 < n; i++) {
            script s;

            begin(&s, 1);
            (side == 0 ? s.a : s.b)->die_at_write = (int)i;
            talk(&s);
            finish(&s, "crash after write", side, i);
        }
        printf("sim: crash after each of %u writes of %s\n", n - 1,
               side == 0 ? "alice" : "bob");
    }
}
END_TEST

START_TEST(a_crash_at_any_line_or_show_loses_nothing)
{
    for (unsigned side = 0; side < 2; side++)
        for (unsigned i = 0; i < 24; i++) {
            script s;

            begin(&s, 1);
            if (i % 2 == 0)
                (side == 0 ? s.a : s.b)->die_at_send = (int)i / 2;
            else
                (side == 0 ? s.a : s.b)->die_at_show = (int)i / 2;
            talk(&s);
            finish(&s, "crash at line or show", side, i);
        }
}
END_TEST

START_TEST(a_protocol_that_receives_while_it_sends_is_fine)
{
    script s;

    begin(&s, 1);
    s.w->is_sync = true;
    talk(&s);
    finish(&s, "synchronous", 0, 0);
}
END_TEST

/* A copy from 40 texts ago is put back, on either side; with the copy of the
 * generations (noticed at once) or without (noticed by an ack). */
START_TEST(an_old_copy_that_is_put_back_heals)
{
    for (unsigned i = 0; i < 4; i++) {
        memfiles_copy *copy;
        device *d;
        script s;

        begin(&s, 1);
        d = i % 2 == 0 ? s.a : s.b;
        talk(&s);
        device_stop(d);
        copy = memfiles_snapshot(d->files);
        device_start(d);
        for (unsigned n = 0; n < 20; n++) {
            say(&s, true);
            say(&s, false);
        }
        world_run(s.w, 5 * WORLD_MINUTE);
        ck_assert(is_all_there(&s));
        device_stop(d);
        if (i < 2)
            memfiles_restore(d->files, copy);
        else
            memfiles_rewind(d->files, copy);
        memfiles_copy_free(copy);
        device_start(d);
        for (unsigned n = 0; n < 5; n++) {
            say(&s, true);
            say(&s, false);
        }
        for (unsigned n = 0; n < 300 && !is_all_there(&s); n++)
            world_run(s.w, WORLD_MINUTE);
        ck_assert_msg(is_all_there(&s), "restored: case %u", i);
        ck_assert_uint_eq(device_status(s.a, "bob").candidates, 0);
        ck_assert_uint_eq(device_status(s.b, "alice").candidates, 0);
        ck_assert_uint_le(d->news[EIDER_NEWS_RESTORED], 2);
        end(&s);
    }
}
END_TEST

Suite *sim_disk_suite(void);

Suite *
sim_disk_suite(void)
{
    Suite *s = suite_create("disk");
    TCase *tc = tcase_create("disk");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, a_full_disk_at_any_write_loses_nothing);
    tcase_add_test(tc, a_crash_after_any_write_loses_nothing);
    tcase_add_test(tc, a_crash_at_any_line_or_show_loses_nothing);
    tcase_add_test(tc, a_protocol_that_receives_while_it_sends_is_fine);
    tcase_add_test(tc, an_old_copy_that_is_put_back_heals);
    suite_add_tcase(s, tc);
    return s;
}
