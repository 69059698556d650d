/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The post-quantum ratchet in two engines: loss, crashes between any two steps,
 * a full disk and copies that are put back only delay it.
 */
#include "sim/sim_pq.h"

#include <stdio.h>
#include <string.h>

START_TEST(loss_and_late_lines_only_delay)
{
    talk t;

    pq_begin(&t, sim_seed(22));
    t.w->loss = 200;
    t.w->dup = 100;
    t.w->late = 200;
    t.w->late_ms = 1500;
    for (int i = 0; i < 400; i++)
        pq_say(&t, world_random(t.w, 2) == 0, 50,
               WORLD_SECOND + world_random(t.w, 2000));
    t.w->loss = 0;
    pq_wait(&t, "loss", 0);
    ck_assert(pq_is_same(&t));
    ck_assert_uint_eq(pq_unopenable(&t), t.unopenable);
    printf("sim: %u epochs in %" G_GUINT64_FORMAT " lines, 20 %% lost\n",
           pq_epochs(t.a), t.w->lines);
    ck_assert_uint_ge(pq_epochs(t.a), 4);
    pq_end(&t);
}
END_TEST

/* Texts whose frames hold whole keys and ciphertexts: two epochs and more. */
static void
two_epochs(talk *t)
{
    for (unsigned i = 0; i < 16; i++)
        pq_say(t, i % 2 == 0, LONG_TEXT, 2 * WORLD_SECOND);
}

static unsigned
count_writes(unsigned side)
{
    unsigned before, after;
    talk t;

    pq_begin(&t, 1);
    before = (unsigned)memfiles_writes((side == 0 ? t.a : t.b)->files);
    two_epochs(&t);
    ck_assert_uint_ge(pq_epochs(t.a), 2);
    after = (unsigned)memfiles_writes((side == 0 ? t.a : t.b)->files);
    pq_end(&t);
    return after - before;
}

static void
finish(talk *t, const char *what, unsigned n)
{
    pq_wait(t, what, n);
    two_epochs(t);
    pq_wait(t, what, n);
    ck_assert_msg(pq_is_same(t), "%s %u: another session", what, n);
    ck_assert_msg(pq_epochs(t->a) >= 3, "%s %u: %u epochs", what, n,
                  pq_epochs(t->a));
    ck_assert_msg(pq_epochs(t->a) <= pq_epochs(t->b) + 1 &&
                      pq_epochs(t->b) <= pq_epochs(t->a) + 1,
                  "%s %u: %u and %u epochs", what, n, pq_epochs(t->a),
                  pq_epochs(t->b));
    pq_end(t);
}

START_TEST(a_crash_between_any_two_steps_only_delays)
{
    for (unsigned side = 0; side < 2; side++) {
        unsigned n = count_writes(side), step = sim_is_long() ? 1 : 2;

        for (unsigned i = side; i < n; i += step) {
            device *d;
            talk t;

            pq_begin(&t, 1);
            d = side == 0 ? t.a : t.b;
            d->die_at_write = (int)i;
            two_epochs(&t);
            finish(&t, "crash after write", i);
            pq_begin(&t, 1);
            d = side == 0 ? t.a : t.b;
            d->die_at_send = (int)i / 2;
            two_epochs(&t);
            finish(&t, "crash at line", i);
        }
        printf("sim: crash at each of %u writes in two epochs\n", n);
    }
}
END_TEST

START_TEST(a_full_disk_only_delays)
{
    for (unsigned side = 0; side < 2; side++)
        for (unsigned i = side; i < 24; i += 2) {
            talk t;

            pq_begin(&t, 1);
            memfiles_fail_after((side == 0 ? t.a : t.b)->files, (int)i);
            two_epochs(&t);
            finish(&t, "full at write", i);
        }
}
END_TEST

/* A copy from a few texts ago, which nothing can notice by itself: at every
 * place of an epoch, either side.  What was agreed on since is void; in the
 * end texts arrive, and epochs go on, in this session or another. */
static bool
put_back(unsigned side, unsigned at, unsigned back)
{
    bool is_same;
    memfiles_copy *copy;
    uint32_t before;
    device *d;
    talk t;

    pq_begin(&t, 100 + at);
    d = side == 0 ? t.a : t.b;
    for (unsigned i = 0; i < at; i++)
        pq_say(&t, i % 2 == 0, LONG_TEXT, 2 * WORLD_SECOND);
    device_stop(d);
    copy = memfiles_snapshot(d->files);
    device_start(d);
    for (unsigned i = 0; i < back; i++)
        pq_say(&t, (at + i) % 2 == 0, LONG_TEXT, 2 * WORLD_SECOND);
    device_stop(d);
    memfiles_rewind(d->files, copy);
    memfiles_copy_free(copy);
    device_start(d);
    /* Of these one may be lost, where it got a number that was used. */
    for (unsigned i = 0; i < 12; i++)
        pq_say(&t, i % 2 == 0, LONG_TEXT, 20 * WORLD_SECOND);
    world_run(t.w, 5 * WORLD_HOUR);
    g_ptr_array_set_size(t.taken, 0);
    before = pq_epochs(t.a);
    two_epochs(&t);
    pq_wait(&t, "after put back at", at);
    ck_assert_msg(memcmp(pq_session(t.a)->sid, pq_session(t.b)->sid,
                         EIDER_SID_SHORT) == 0,
                  "put back at %u: two sessions", at);
    ck_assert_msg(pq_epochs(t.a) > before || pq_epochs(t.a) >= 2,
                  "put back at %u: no epochs", at);
    is_same = pq_is_same(&t);
    pq_end(&t);
    return is_same;
}

START_TEST(a_copy_that_is_put_back_heals)
{
    unsigned all = 0, same = 0, most = sim_is_long() ? 6 : 2;

    for (unsigned at = 0; at < 8; at++)
        for (unsigned back = 1; back <= most; back++, all++)
            same += put_back((unsigned)_i, at, back);
    printf("sim: put back unnoticed %u times, %u went on in their session\n",
           all, same);
}
END_TEST

TCase *
pq_harm_case(void)
{
    TCase *tc = tcase_create("harm");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, loss_and_late_lines_only_delay);
    tcase_add_test(tc, a_crash_between_any_two_steps_only_delays);
    tcase_add_test(tc, a_full_disk_only_delays);
    tcase_add_loop_test(tc, a_copy_that_is_put_back_heals, 0, 2);
    return tc;
}
