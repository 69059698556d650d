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

#define EIDER_ID_LEN      6
#define EIDER_ACK_ROOM    13 /* kept free beside text: an ack or a time */
#define EIDER_TEXT_HEADER 14 /* type, length and fields before the text */

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
enum { EIDER_STATE_TYPING = 1, EIDER_STATE_MODE = 2, EIDER_STATE_GOODBYE = 3 };

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
EIDER_MUST_USE eider_err eider_body_add_when(eider_body *b, uint64_t ms);

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
EIDER_MUST_USE eider_err eider_when_parse(eider_slice value, uint64_t *ms);

#endif
