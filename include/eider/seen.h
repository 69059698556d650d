/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the nouns of the ledger that the engine and everything people look at
 * share: what the server saw of one conversation, and what its people did.
 * Plain data, filled in by the engine.  eider/ledger.h says what they mean.
 */
#ifndef EIDER_SEEN_H
#define EIDER_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first five are lines, seen by the server.  WROTE is a deed, which it
 * does not see: that is the point of drawing one above the other. */
typedef enum {
    EIDER_SEEN_COVER,      /* a line without text: cover, acknowledgement */
    EIDER_SEEN_TEXT,       /* a line with a text, or a part of one */
    EIDER_SEEN_HANDSHAKE,  /* a line of one */
    EIDER_SEEN_INVITATION, /* open, the same bytes for everybody */
    EIDER_SEEN_OPEN,       /* a text that was not encrypted */
    EIDER_SEEN_WROTE,      /* somebody wrote a text */
    EIDER_SEEN_KINDS
} eider_seen_kind;

typedef enum { EIDER_SEEN_OUT, EIDER_SEEN_IN, EIDER_SEEN_WAYS } eider_seen_way;

typedef struct {
    uint64_t ms;   /* since 1970 */
    uint32_t size; /* bytes: of the line as the protocol got it, without what
                      the protocol adds; WROTE: of the text */
    uint8_t kind;  /* eider_seen_kind */
    uint8_t way;   /* OUT: yours; IN: theirs */
    uint8_t lines; /* TEXT: of the whole text, with its padding, where this
                      line is its first; else 0 */
    bool is_slot;  /* the schedule sent it, whatever was in it */
} eider_seen_event;

/* An even part of a span of time; arrays: by eider_seen_way. */
typedef struct {
    uint32_t lines[EIDER_SEEN_WAYS]; /* seen */
    uint32_t bytes[EIDER_SEEN_WAYS]; /* of them */
    uint32_t slots[EIDER_SEEN_WAYS]; /* of the lines: sent by the schedule */
    uint32_t open[EIDER_SEEN_WAYS];  /* of the lines: readable texts */
    uint32_t texts[EIDER_SEEN_WAYS]; /* written */
    uint32_t chars[EIDER_SEEN_WAYS]; /* bytes of them */
} eider_seen_bucket;

typedef struct {
    eider_seen_bucket all;
    uint32_t handshakes;        /* lines of them, both ways */
    uint64_t first_ms, last_ms; /* of the events in the span; 0: none */
} eider_seen_sums;

typedef enum {
    EIDER_SEEN_MUCH, /* how much was written */
    EIDER_SEEN_WHEN,
    EIDER_SEEN_WHOM, /* with whom */
    EIDER_SEEN_ROWS
} eider_seen_row;

typedef enum {
    EIDER_SEEN_HIDDEN,
    EIDER_SEEN_PARTLY,
    EIDER_SEEN_VISIBLE
} eider_seen_level;

typedef struct {
    eider_seen_level level;
    double bits;       /* that the lines tell, for one text */
    double of_bits;    /* that there were to tell; WHOM: log2 of the contacts
                          among whom it stays hidden */
    unsigned texts;    /* that it was computed from */
    unsigned told;     /* of them: size alone, or minute, is in plain sight */
    unsigned contacts; /* WHOM: among so many; 1: visible */
} eider_seen_estimate;

#endif
