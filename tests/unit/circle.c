/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/circle.h"

#include <check.h>

struct circle circle;

const char *const circle_names[FRIENDS] = {"bob0", "bob1", "bob2", "bob3",
                                           "bob4"};

void
circle_set_up(void)
{
    circle.w = world_new(1);
    circle.a = world_add(circle.w, "alice", "1");
    for (unsigned i = 0; i < FRIENDS; i++) {
        circle.b[i] = world_add(circle.w, circle_names[i], "1");
        device_meet(circle.a, circle.b[i]);
    }
}

void
circle_tear_down(void)
{
    world_free(circle.w);
}

eider_err
circle_choose(size_t n)
{
    return eider_engine_decoys_set(circle.a->engine, circle.a->account,
                                   circle_names, n);
}

eider_part
circle_part(unsigned i)
{
    return device_status(circle.a, circle_names[i]).part;
}

unsigned
circle_now(void)
{
    return eider_engine_decoys_now(circle.a->engine, circle.a->account);
}

eider_card *
circle_card(unsigned i)
{
    return eider_card_find(circle.a->engine, circle.a->account,
                           circle_names[i]);
}

void
circle_begin(void)
{
    ck_assert_int_eq(circle_choose(4), EIDER_OK);
    world_run(circle.w, 3 * WORLD_MINUTE);
    ck_assert_uint_eq(circle_now(), 4);
}
