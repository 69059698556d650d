/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * People who have lived a little, made once a process: their disks, and what
 * is in the files, for harnesses that damage it or begin there.
 */
#ifndef EIDER_TESTS_FUZZ_PEOPLE_H
#define EIDER_TESTS_FUZZ_PEOPLE_H

#include "fuzz/fuzz.h"
#include "unit/world.h"

enum {
    PEOPLE_MET,     /* private, with text both ways */
    PEOPLE_WAITING, /* a handshake and text under way, nothing answered */
    PEOPLE_LOADED,  /* texts wait, parts miss, a check is under way */
    PEOPLE_STEADY,
    PEOPLE_TWICE, /* bob has a second device that nobody accepted */
    PEOPLE
};

/* The second device of bob. */
#define PEOPLE_DEVICES 3

typedef struct {
    /* Of alice, bob and bob's other machine; NULL: it is not there. */
    memfiles_copy *disk[PEOPLE][PEOPLE_DEVICES];
    uint64_t now[PEOPLE];
    eider_buf index[PEOPLE], contact[PEOPLE]; /* alice's, unsealed */
    eider_buf ratchet, attempt;
    eider_buf backup;        /* alice's, gathered */
    memfiles_copy *journal;  /* alice's disk in the middle of slots */
    eider_buf journal_bytes; /* its file of slots, unsealed */
} people;

const people *people_get(void);

/* A world that begins as one of these; alice, bob and, where he is, bob's
 * other machine are the devices of it, switched off. */
world *people_world(unsigned which, uint64_t seed, device *out[PEOPLE_DEVICES]);

#endif
