/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what a commit lets out; made in effects.c, let out in commit.c. */
#ifndef EIDER_CORE_EFFECT_H
#define EIDER_CORE_EFFECT_H

#include "ledger.h"

#include "eider/frame.h"
#include "eider/record.h"

typedef enum {
    EIDER_DO_LINE,
    EIDER_DO_SHOW,
    EIDER_DO_TELL,
    EIDER_DO_STATE,
    EIDER_DO_LOOK, /* nothing leaves, but something was written */
} eider_do;

typedef struct {
    eider_do what;
    char *account, *peer;
    char *to, *line; /* LINE */
    eider_rides rides;
    bool is_text;             /* LINE of this entry to this key: */
    uint8_t id[EIDER_ID_LEN]; /* of the item to SHOW; the text of a STATE */
    eider_text_state state;
    eider_public pk;
    eider_size size;
    eider_news_kind news; /* TELL */
    unsigned count;
    char *detail;
} eider_effect;

#endif
