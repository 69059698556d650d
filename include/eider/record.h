/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the records in the body of a data frame.
 *
 * A body is filled with eider_body_add_*() in the order in which the caller
 * wants them; what does not fit is refused and the body is as before.  What is
 * left is zeros.  Reading gives one record after the other; records of unknown
 * type are given too, so that the caller skips them.
 *
 * Spec: PROTOCOL.md, "Records".  Vectors: tests/vectors/record.txt.
 */
#ifndef EIDER_RECORD_H
#define EIDER_RECORD_H

#include "eider/frame.h"

#define EIDER_ID_LEN        6
#define EIDER_ACK_ROOM      13  /* kept free beside text: an ack or a time */
#define EIDER_CHECK_MODULUS 127 /* of an ack; 7 bits in the header */
#define EIDER_TEXT_HEADER   14  /* type, length and fields before the text */

typedef enum {
    EIDER_R_PAD = 0,
    EIDER_R_TEXT = 1,
    EIDER_R_ACK = 2,
    EIDER_R_PQ = 3,
    EIDER_R_HELLO = 4,
    EIDER_R_STATE = 5,
    EIDER_R_CHECK = 6,
    EIDER_R_WHEN = 7,
} eider_record_type;

/* Kinds of EIDER_R_STATE.  */
enum {
    EIDER_STATE_TYPING = 1,
    EIDER_STATE_MODE = 2,
    EIDER_STATE_GOODBYE = 3,
    EIDER_STATE_NEWER = 4, /* your key confirmed a newer session than this */
};

typedef struct {
    uint8_t id[EIDER_ID_LEN];
    uint32_t seq;  /* 24 bits */
    uint8_t part;  /* from 0, below parts */
    uint8_t parts; /* 1 to 32 */
    bool is_html;
    eider_slice text; /* points into the body it was read from */
} eider_text;

typedef struct {
    uint32_t base;   /* all below it arrived */
    uint32_t bitmap; /* bit i: base + 1 + i arrived */
    uint32_t floor;  /* lowest of the sender's own that may still come */
} eider_ack;

typedef struct {
    eider_slice label; /* up to EIDER_LABEL_MAX bytes of UTF-8 */
    eider_slice name;  /* up to EIDER_NAME_MAX bytes of UTF-8 */
} eider_hello;

/* Steps of EIDER_R_CHECK; a is who asked.  PROTOCOL.md 6.8. */
typedef enum {
    EIDER_STEP_ASK = 1,    /* a: Ya 32, question up to EIDER_QUESTION_MAX */
    EIDER_STEP_ANSWER = 2, /* b: Yb 32, Tb 64 */
    EIDER_STEP_PROOF = 3,  /* a: Ta 64 */
    EIDER_STEP_COMMIT = 4, /* a: C 32 */
    EIDER_STEP_NONCE = 5,  /* b: nB 32 */
    EIDER_STEP_REVEAL = 6, /* a: nA 32 */
    EIDER_STEP_OK = 7,     /* either: 32 */
    EIDER_STEP_CANCEL = 8, /* either: reason 1 */
    EIDER_STEPS
} eider_step;

/* Reasons of EIDER_STEP_CANCEL; others count as STOPPED. */
enum { EIDER_WHY_STOPPED = 1, EIDER_WHY_DIFFERS = 2, EIDER_WHY_NOT_NOW = 3 };

#define EIDER_RUN_ID_LEN     8
#define EIDER_STEP_VALUE_MAX (32 + 120)

typedef struct {
    eider_step step;
    uint8_t run[EIDER_RUN_ID_LEN]; /* random, of who asked */
    eider_slice value;             /* of the length that the step has */
} eider_check_record;

/* EIDER_STATE_MODE. */
typedef enum {
    EIDER_MODE_OFFER = 1,
    EIDER_MODE_ACCEPT = 2,
    EIDER_MODE_STOP = 3
} eider_mode_op;

typedef struct {
    uint8_t op;   /* eider_mode_op */
    uint16_t run; /* names an offer and all that is said about it */
    uint8_t slot; /* seconds */
} eider_mode;

/* One record as it stands; @type may be unknown. */
typedef struct {
    uint8_t type;
    eider_slice value;
} eider_record;

typedef struct {
    eider_size size;
    size_t used;
    uint8_t b[EIDER_BODY_MAX]; /* eider_body_len(size) count */
} eider_body;

void eider_body_init(eider_body *b, eider_size size);
void eider_body_wipe(eider_body *b);

/* Each returns EIDER_E_LIMIT, and changes nothing, where it does not fit (or
 * where a field is out of its bounds). */
EIDER_MUST_USE eider_err eider_body_add(eider_body *b, uint8_t type,
                                        eider_slice value);
EIDER_MUST_USE eider_err eider_body_add_text(eider_body *b,
                                             const eider_text *t);
EIDER_MUST_USE eider_err eider_body_add_ack(eider_body *b, const eider_ack *a);
EIDER_MUST_USE eider_err eider_body_add_hello(eider_body *b,
                                              const eider_hello *h);
EIDER_MUST_USE eider_err eider_body_add_mode(eider_body *b,
                                             const eider_mode *m);
EIDER_MUST_USE eider_err eider_body_add_when(eider_body *b, uint64_t ms);
EIDER_MUST_USE eider_err eider_body_add_check(eider_body *b,
                                              const eider_check_record *c);

/*
 * Check the whole body before anything in it is believed.
 *
 * Returns:  EIDER_OK           every record ends inside the body
 *           EIDER_E_MALFORMED  one runs past its end: ignore them all
 */
EIDER_MUST_USE eider_err eider_body_check(const eider_body *b);

/* The record at *@at (0 first), which moves behind it; false at the end. */
bool eider_body_next(const eider_body *b, size_t *at, eider_record *out);

/* Read one record's value.  EIDER_E_MALFORMED: ignore this record. */
EIDER_MUST_USE eider_err eider_text_parse(eider_slice value, eider_text *out);
EIDER_MUST_USE eider_err eider_ack_parse(eider_slice value, eider_ack *out);
EIDER_MUST_USE eider_err eider_hello_parse(eider_slice value, eider_hello *out);
/* Of a state record of this kind; EIDER_E_MALFORMED: also another op. */
EIDER_MUST_USE eider_err eider_mode_parse(eider_slice value, eider_mode *out);
EIDER_MUST_USE eider_err eider_when_parse(eider_slice value, uint64_t *ms);
EIDER_MUST_USE eider_err eider_check_parse(eider_slice value,
                                           eider_check_record *out);

#endif
