/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/noted.h"

#include <check.h>

struct noted noted;

void
noted_set_up(void)
{
    noted.w = world_new(1);
    noted.a = world_add(noted.w, "alice", "1");
    noted.b = world_add(noted.w, "bob", "1");
    device_meet(noted.a, noted.b);
}

void
noted_tear_down(void)
{
    world_free(noted.w);
}

size_t
noted_seen(const device *d, const char *peer)
{
    return eider_engine_seen(d->engine, d->account, peer, 0, UINT64_MAX, NULL,
                             0);
}

unsigned
noted_wrote(const device *d, const char *peer)
{
    eider_seen_sums sums;

    eider_engine_seen_sums(d->engine, d->account, peer, 0, UINT64_MAX, &sums,
                           NULL);
    return sums.all.texts[EIDER_SEEN_OUT];
}

void
noted_say(const char *text, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        ck_assert_int_eq(device_write(noted.a, "bob", text), EIDER_OK);
        world_run(noted.w, WORLD_SECOND);
    }
}

eider_slice
noted_file(void)
{
    return memfiles_peek(noted.a->files, "ledger");
}

const eider_ledger *
noted_ledger(void)
{
    return noted.a->engine->ledger;
}

void
noted_fill(unsigned peers, unsigned each)
{
    char name[32];

    for (unsigned j = 0; j < each; j++) {
        for (unsigned i = 0; i < peers; i++) {
            g_snprintf(name, sizeof name, "peer%u", i);
            eider_ledger_wrote(noted.a->engine, noted.a->account, name,
                               EIDER_SEEN_OUT, noted.w->now + j, i + j * 1000);
        }
    }
}

void
noted_flush(void)
{
    ck_assert_int_eq(eider_ring_flush(noted.a->engine), EIDER_OK);
}

void
noted_two_blocks(void)
{
    noted_say("hello", 4);
    device_stop(noted.a);
    device_start(noted.a);
    noted_fill(1, 7);
    device_stop(noted.a);
    ck_assert_uint_eq(noted_file().n, 16 * EIDER_LEDGER_BLOCK);
}
