/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzz_talk.c lets happen: what honest people do; bodies and fragments of
 * a peer who holds keys, and a server that kept every line.
 */
#ifndef EIDER_TESTS_FUZZ_TALK_H
#define EIDER_TESTS_FUZZ_TALK_H

#include "fuzz/people.h"

#include "core/work.h"

#define LINES_KEPT 32

typedef struct {
    char *line;
    uint8_t from;
} kept_line;

typedef struct {
    world *w;
    device *d[PEOPLE_DEVICES];  /* alice, bob, bob's other machine or NULL */
    kept_line kept[LINES_KEPT]; /* a ring */
    unsigned n_kept;
    char other_key[EIDER_DIGITS_SIZE]; /* of bob's other machine */
} talk;

void talk_begin(talk *t);
void talk_note_keys(talk *t);
void talk_clear(talk *t);

/* talk_deeds.c: the user of @d decides on a key of @peer's, forgets, blocks;
 * checks; turns things on and off; and how the world's lines fare from now on. */
void talk_decide(device *d, const char *peer, fuzz_in *in);
void talk_check(device *d, const char *peer, fuzz_in *in);
void talk_do(device *d, const char *peer, fuzz_in *in);
void talk_rule(world *w, fuzz_in *in);

/* Device @who says in a body what no engine would. */
void talk_mad_body(talk *t, unsigned who, fuzz_in *in);
/* ... sends a fragment of a handshake of its own making. */
void talk_mad_fragment(talk *t, unsigned who, fuzz_in *in);
/* The server hands over a line once more, @touched or not. */
void talk_again(talk *t, fuzz_in *in, bool touched);
/* Any text, or the invitation, reaches @who. */
void talk_text(talk *t, unsigned who, fuzz_in *in);

#endif
