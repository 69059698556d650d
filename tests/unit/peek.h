/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Looking inside an engine of the world, and at whether a call left anything
 * behind: for tests of what must not happen.
 *
 *     footprint *f = footprint_take(d, "bob");
 *     device_receive(d, "bob", line);
 *     footprint_same(d, "bob", f);      fails if anything changed; frees
 */
#ifndef EIDER_TESTS_PEEK_H
#define EIDER_TESTS_PEEK_H

#include "core/work.h"
#include "eider/crypto.h"
#include "unit/world.h"

#include <check.h>

typedef struct footprint footprint;

/* Two who are at home: "alice" and "bob", one device each, both started. */
typedef struct {
    world *w;
    device *a, *b;
} couple;

couple couple_new(uint64_t seed);
/* The same, both having turned privacy on and met. */
couple couple_met(uint64_t seed);
void couple_free(couple *c);

/* Both turn it on, and two minutes pass; there is a session afterwards. */
void people_meet(world *w, device *a, device *b);

eider_contact *peek_contact(device *d, const char *peer);
eider_card *peek_card(device *d, const char *peer);
/* The session that sends to the only device of @peer. */
eider_session *peek_session(device *d, const char *peer);
/* The fingerprint of @d as others see it. */
void peek_own(device *d, char out[EIDER_DIGITS_SIZE]);
/* How @d trusts the key of @other; it has one. */
eider_trust peek_trust(device *d, device *other);
bool peek_knows(device *d, device *other);

/* What the contact's state is, the policy and the keys, and what was written,
 * sent, shown, told and computed. */
footprint *footprint_take(device *d, const char *peer);
void footprint_same(device *d, const char *peer, footprint *f);
/* The same, but for what was told. */
void footprint_same_but_told(device *d, const char *peer, footprint *f);

/* Message 1 of @d for @peer leaves now, unless a cell of the table is empty. */
void call_now(device *d, const char *peer);

/* The account's limit was believed, and the carrier takes 400 characters. */
void carrier_narrows(device *d);

/* Lines that @d sends from now on stay here instead of arriving. */
void tap_open(device *d);
/* They arrive again, those that were kept are forgotten. */
void tap_close(device *d);
const char *tap_line(const device *d, guint i);
/* Hand line @i, or all of them, to @to. */
void tap_give(device *d, guint i, device *to);
void tap_give_all(device *d, device *to);

#endif
