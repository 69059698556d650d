/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is owed to whom, along each line of store history; see sim_many.c. */
#ifndef EIDER_TESTS_MANY_H
#define EIDER_TESTS_MANY_H

#include "eider/crypto.h"
#include "unit/world.h"

#define MACHINES_MAX 16
#define TARGETS_MAX  8

typedef enum {
    FORM_PLAIN,
    FORM_NOTICED, /* disks put back without the second copy */
    FORM_REWOUND, /* with it: nobody can know */
    FORM_CLONED,
    FORM_LOST,   /* all but keys and choices is deleted, also on both sides */
    FORM_STEADY, /* as FORM_NOTICED, and what leaves does so in slots */
    FORMS
} many_form;

typedef struct {
    device *d;
    unsigned person, key; /* clones share a key */
    GByteArray *times;    /* by text: shown in this line of history */
    memfiles_copy *copy;
    GByteArray *copy_times;
    uint64_t copy_ms, put_back_ms; /* 0: never */
    bool has_clone, has_pk;
    eider_public pk;
} machine;

typedef struct {
    unsigned from, to; /* machine, person */
    uint64_t at_ms;
    uint8_t id[EIDER_TEXT_ID_SIZE];
    bool is_taken; /* else the machine crashed meanwhile */
    bool is_void;  /* only a store that was overwritten held it */
    bool is_delivered, is_given_up;     /* as its machine was told */
    unsigned n_keys, keys[TARGETS_MAX]; /* 0: the first key of @to */
    uint32_t shown_by;                  /* keys, as bits */
} owed;

typedef struct {
    unsigned shown, marked, doubled;
    unsigned lost, rest;
    unsigned untrue; /* said to be delivered, and never shown */
} many_counts;

extern struct many {
    many_form form;
    const char *const *names; /* of the people */
    unsigned goal, n_people, n_machines, n_keys, put_back, steady;
    unsigned shown, marked, doubled;
    machine machines[MACHINES_MAX];
    GPtrArray *texts;  /* owed */
    GHashTable *by_id; /* id -> owed */
    bool is_fast, is_quiet;
} many;

void many_start(many_form form, unsigned goal, const char *const *who);
void many_end(void);
machine *many_add(world *w, unsigned person, const char *name,
                  const char *resource);
void many_type(machine *m, unsigned to);
/* Remember the disk and what was seen; it was put back; @m runs from a copy
 * of the disk of @of. */
/* Its key, while it runs: others name it when it does not. */
void many_know(machine *m);
void many_copy(machine *m);
void many_put_back(machine *m);
/* Everything about its contacts but keys and choices is gone; it is off. */
void many_lose(machine *m);
void many_take_over(machine *m, machine *of);
/* How many texts are owed still; and everything. */
unsigned many_count_open(void);
many_counts many_count(void);

#endif
