/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: when the slots of a Steady contact are, and what they cost.
 *
 *     seed, T, start ──▶ slot n at first + n T + jitter(seed, n)
 *
 * A schedule depends on the time it started and on its seed, drawn before,
 * and on nothing else: what is queued cannot move a slot.
 *
 * Invariants
 *   1. Slot n is no earlier than first + n T and less than T/10 later.
 *   2. A slot that was missed is skipped: there is never more than one line
 *      for a slot, nor a slot made up for.
 *   3. Two schedules of one seed that start at one time are the same.
 *
 * All times are milliseconds of the caller's clock, already divided by the
 * speed of tests.  Knows no contact, no frame and no timer.
 *
 * Spec: PROTOCOL.md, "Slots".
 */
#ifndef EIDER_SCHEDULE_H
#define EIDER_SCHEDULE_H

#include "eider/mem.h"

typedef struct {
    eider_secret seed;
    uint64_t slot_ms;  /* T */
    uint64_t pass_ms;  /* between two sealing passes */
    uint64_t first_ms; /* of slot 0, without its jitter */
    uint64_t n;        /* the next slot, and ... */
    uint64_t next_ms;  /* ... when it is */
} eider_schedule;

/* Is this a slot that may be agreed on: 5, 10, 15, 30 or 60 s? */
bool eider_slot_is_valid(unsigned seconds);

/* Start one: slot 0 is 2.5 passes and a drawn part of @slot_ms from @now. */
void eider_schedule_start(eider_schedule *s, const eider_secret *seed,
                          uint64_t slot_ms, uint64_t pass_ms, uint64_t now);

/* When the frame of the next slot is sealed: 1.5 to 2.5 passes before it, at a
 * multiple of a pass, so that the slots of many contacts share one. */
uint64_t eider_schedule_seal_ms(const eider_schedule *s);

/* The next slot is now; or so long ago that it counts as missed. */
bool eider_schedule_is_due(const eider_schedule *s, uint64_t now);
bool eider_schedule_is_missed(const eider_schedule *s, uint64_t now);

/* The next slot was used or missed: go on to the first that is after @now. */
void eider_schedule_step(eider_schedule *s, uint64_t now);

/* The clock was put back so far that nothing would be sent for long: start
 * anew from @now.  Says whether it did. */
bool eider_schedule_check(eider_schedule *s, uint64_t now);

/* What Steady costs, for somebody who is about to turn it on. */
typedef struct {
    double mean_s, worst_s; /* how long a short text waits for its slot */
    unsigned lines_a_day;   /* to and from the contact, online all day */
    double mb_a_day;        /* 10^6 bytes, likewise */
} eider_cost;

/* @bytes: of one line with everything that the protocol wraps around it;
 * @devices: accepted ones of the contact, at least 1. */
void eider_schedule_cost(unsigned seconds, size_t bytes, unsigned devices,
                         eider_cost *out);

#endif
