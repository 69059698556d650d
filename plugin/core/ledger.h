/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what the rest of the core tells the ledger (eider/ledger.h). */
#ifndef EIDER_CORE_LEDGER_H
#define EIDER_CORE_LEDGER_H

#include "eider/ledger.h"
#include "eider/record.h"

typedef struct eider_ledger eider_ledger;

/* What is in a line. */
typedef struct {
    uint8_t kind;  /* eider_seen_kind */
    uint8_t lines; /* of the text whose first line this is; else 0 */
} eider_rides;

/* A line that came. */
typedef struct {
    uint64_t ms;
    eider_rides rides;
    bool in_slot; /* while slots ran */
} eider_arrival;

eider_rides eider_rides_of(const eider_text *t);

void eider_ledger_start(eider_engine *e);
void eider_ledger_end(eider_engine *e);
/* Write, if it is time and no slot is near; and when to ask again, 0: never. */
void eider_ledger_tick(eider_engine *e);
uint64_t eider_ledger_due(const eider_engine *e);

void eider_ledger_line_out(eider_engine *e, const char *account,
                           const char *peer, const char *line,
                           eider_rides rides, bool is_slot);
/* The one that e->arrival speaks of. */
void eider_ledger_line_in(eider_engine *e, const char *account,
                          const char *peer, size_t bytes);
/* A text that is no line: an invitation, if it is swallowed. */
void eider_ledger_open_in(eider_engine *e, const char *account,
                          const char *peer, eider_verdict verdict,
                          size_t bytes);
void eider_ledger_wrote(eider_engine *e, const char *account, const char *peer,
                        eider_seen_way way, uint64_t ms, size_t bytes);

/* A contact is forgotten, and all that was noted of him. */
void eider_ledger_forget(eider_engine *e, const char *account,
                         const char *peer);

#endif
