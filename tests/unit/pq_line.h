/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ends of a post-quantum epoch and a line between them, for the tests of
 * it.  Of the ratchet around it only the rule is here that a side steps when
 * it sends after having heard a new step of the other.
 */
#ifndef EIDER_TESTS_PQ_LINE_H
#define EIDER_TESTS_PQ_LINE_H

#include "eider/crypto.h"
#include "eider/pq.h"
#include "ratchet_pair.h"

#define COVER 0
#define ACK   13 /* bytes of an ack record */
#define FIFTY 77 /* of a text of 50 bytes, and an ack */

typedef struct {
    eider_body body;
    uint8_t epoch;
    unsigned step; /* of the sender, when it left */
    bool mixes;
    eider_secret ss;
} letter;

typedef struct {
    eider_pq pq;
    bool is_due;
    unsigned steps, heard; /* own; the newest of the other */
    eider_secret ss;       /* that its own last step mixed */
    bool has_mixed;
} end_of;

typedef struct {
    end_of e[2];
    uint64_t seed;
    unsigned sent;
} line;

void line_start(line *l, uint64_t seed);
/* A frame of @from, of which @used bytes (0, 3 or more) are taken. */
letter post(line *l, int from, size_t used);
/* True: it brought the mix of an epoch, and both have the same secret. */
bool arrive(line *l, int to, const letter *m);
/* Frames until the next mix has arrived, one from each side in turn; of 1000
 * so many are lost. */
unsigned frames_of_an_epoch(line *l, size_t used, unsigned loss);
/* Until the initiator has the secret of the first epoch. */
void to_the_secret(line *l);
/* Symbols of the first key have arrived, none of the answer. */
void line_in_the_middle(line *l);

/* The other files' part of pq_suite(). */
TCase *pq_lies_case(void);
TCase *pq_storage_case(void);

#endif
