/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/schedule.h"

#include "eider/crypto.h"
#include "eider/limits.h"
#include "eider/pack.h"

#include <string.h>

#define PHASE UINT64_MAX /* what is drawn for it; slots are counted from 0 */

bool
eider_slot_is_valid(unsigned seconds)
{
    return seconds == 5 || seconds == 10 || seconds == 15 || seconds == 30 ||
           seconds == EIDER_SLOT_DECOYS;
}

/* A number below @bound for draw @n; the bias is below 2^-40. */
static uint64_t
draw(const eider_schedule *s, uint64_t n, uint64_t bound)
{
    uint8_t in[8], out[16];
    const eider_slice part = {in, sizeof in};

    eider_put_be64(in, n);
    eider_hash(out, sizeof out, s->seed.b, sizeof s->seed.b, &part, 1);
    return bound > 0 ? eider_be64(out) % bound : 0;
}

static uint64_t
slot_ms(const eider_schedule *s, uint64_t n)
{
    return s->first_ms + n * s->slot_ms + draw(s, n, s->slot_ms / 10);
}

void
eider_schedule_start(eider_schedule *s, const eider_secret *seed, uint64_t slot,
                     uint64_t pass_ms, uint64_t now)
{
    *s = (eider_schedule){.slot_ms = slot, .pass_ms = pass_ms};
    s->seed = *seed;
    s->first_ms = now + pass_ms * 5 / 2 + draw(s, PHASE, slot);
    s->next_ms = slot_ms(s, 0);
}

uint64_t
eider_schedule_seal_ms(const eider_schedule *s)
{
    uint64_t latest = s->next_ms - s->pass_ms * 3 / 2;

    return s->pass_ms > 0 ? latest - latest % s->pass_ms : latest;
}

bool
eider_schedule_is_due(const eider_schedule *s, uint64_t now)
{
    return s->next_ms <= now;
}

bool
eider_schedule_is_missed(const eider_schedule *s, uint64_t now)
{
    return s->next_ms + s->slot_ms / EIDER_SLOT_LATE <= now;
}

void
eider_schedule_step(eider_schedule *s, uint64_t now)
{
    s->n++;
    if (s->first_ms + s->n * s->slot_ms <= now)
        s->n = (now - s->first_ms) / s->slot_ms;
    while ((s->next_ms = slot_ms(s, s->n)) <= now)
        s->n++;
}

bool
eider_schedule_check(eider_schedule *s, uint64_t now)
{
    const eider_secret seed = s->seed;

    if (s->next_ms <= now + 2 * s->slot_ms + 3 * s->pass_ms)
        return false;
    eider_schedule_start(s, &seed, s->slot_ms, s->pass_ms, now);
    return true;
}

void
eider_schedule_cost(unsigned seconds, size_t bytes, unsigned devices,
                    eider_cost *out)
{
    double slot = seconds, lead = EIDER_SLOT_PASS / 1000.0;

    /* A text waits for the next sealing pass, then with its frame. */
    out->mean_s = slot / 2 + 2 * lead;
    out->worst_s = slot + slot / 10 + 2.5 * lead;
    out->lines_a_day = 2 * (devices > 1 ? devices : 1) * 86400 / seconds;
    out->mb_a_day = out->lines_a_day * (double)bytes / 1e6;
}
