/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: Steady and its slots; part of work.h. */
#ifndef EIDER_CORE_SLOTS_H
#define EIDER_CORE_SLOTS_H

#include "people.h"

/* A finished line, on disk, that waits for its slot. */
typedef struct {
    char *to, *line;
    eider_rides rides;
} eider_ready;

/* Of one contact, for the life of the engine: what a write that fails takes
 * back must not move a slot. */
typedef struct {
    char *account, *peer;
    eider_schedule clock;
    bool is_running;
    bool has_bystander; /* a program that cannot have Eider is online */
    uint64_t starts;
    GPtrArray *ready;  /* eider_ready, of the next slot; empty: not sealed */
    GPtrArray *places; /* char *, where the lines of the last one went */
} eider_slots;

/* ---- steady.c: Steady, as agreed -------------------------------------------- */

/* Does everything to this contact ride in slots? */
bool eider_steady_is(const eider_contact *c);
/* Slots wait for a program without Eider to go, unless the user insists. */
bool eider_steady_is_paused(const eider_engine *e, const eider_contact *c);
bool eider_steady_has_bystander(const eider_engine *e, const char *account,
                                const char *peer);
/* The next frame of @s has to say something that text must not put off. */
bool eider_steady_is_urgent(const eider_contact *c, const eider_session *s);
void eider_steady_say(eider_engine *e, eider_contact *c, eider_session *s,
                      eider_body *body);
void eider_steady_take(eider_engine *e, eider_contact *c, eider_session *s,
                       eider_slice value);
/* It is over at once; the other side is told in what leaves next. */
void eider_steady_drop(eider_engine *e, eider_contact *c);
/* The pieces of which a change is made. */
void eider_steady_agree(eider_contact *c, uint16_t run, uint8_t slot);
void eider_steady_end_run(eider_engine *e, eider_contact *c, uint16_t run);
void eider_steady_say_soon(eider_engine *e, eider_contact *c);
void eider_steady_used(eider_contact *c);
void eider_steady_turn_on(eider_engine *e, eider_contact *c, uint8_t slot);
/* As far as the carrier is concerned. */
bool eider_steady_fits(eider_engine *e, const eider_contact *c, uint8_t slot);
void eider_steady_tick(eider_engine *e, eider_contact *c);
uint64_t eider_steady_due(const eider_engine *e, eider_contact *c);

/* ---- slots.c, slot_text.c: what leaves in them ------------------------------ */

void eider_slots_free(eider_slots *x);
void eider_waiting_free(eider_waiting_frame *w);
/* Start or stop them, as the mode and presence say. */
void eider_slots_update(eider_engine *e, eider_contact *c);
/* Of one contact, or of all of an account (@peer NULL). */
void eider_slots_stop(eider_engine *e, const char *account, const char *peer);
bool eider_slots_run(const eider_engine *e, const eider_contact *c);
void eider_slots_queue(eider_contact *c, const char *to, const eider_frame *f,
                       const eider_hs_id *id, uint8_t message);
eider_waiting_frame *eider_slots_next(eider_engine *e, eider_contact *c);
/* @ms, but in slots no less than @slots of them. */
uint64_t eider_slots_span(const eider_engine *e, const eider_contact *c,
                          uint64_t ms, unsigned slots);
bool eider_slots_has(const eider_contact *c, const eider_hs_id *id,
                     uint8_t message);
void eider_slots_seal(eider_engine *e);
/* Says whether there was one. */
bool eider_slots_hand_over(eider_engine *e);
uint64_t eider_slots_due(const eider_engine *e);
/* Is this line of theirs kept until the slot that is near is over? */
bool eider_guard_hold(eider_engine *e, const char *account, const char *peer,
                      const char *from, const eider_frame *f);
void eider_guard_let_in(eider_engine *e, bool was_used);
bool eider_guard_is_due(const eider_engine *e);
void eider_guard_clear(eider_engine *e);
/* What @s would say next, and that it was said.  NULL: nothing waits. */
eider_entry *eider_slot_text_next(eider_engine *e, eider_contact *c,
                                  eider_session *s, eider_text *out);
void eider_slot_text_left(eider_engine *e, eider_contact *c, eider_session *s,
                          const eider_text *text, eider_rides *rides);
/* Nothing is half said any more. */
void eider_slot_text_reset(eider_contact *c);

#endif
