/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: sets of decoys, as the other files of this folder see them. */
#ifndef EIDER_CORE_DECOYS_H
#define EIDER_CORE_DECOYS_H

#include "people.h"

/* Whom a set of decoys has, so that nobody looks through all cards. */
typedef struct {
    char *account, *peer;
    bool takes_part; /* when it was told of last */
} eider_member;

void eider_member_free(eider_member *m);
/* The cards are other ones, or a set is. */
void eider_decoys_index(eider_engine *e);
/* Before @theirs takes the place of our index: our set stays where there is
 * one, so that two do not become a larger one. */
void eider_decoys_merge(const eider_engine *e, eider_index *theirs);
bool eider_decoys_has(const eider_engine *e, const eider_contact *c);
void eider_decoys_answered(eider_engine *e, eider_contact *c, bool agreed);
eider_part eider_decoys_part(eider_engine *e, const eider_card *card,
                             eider_contact *c);
void eider_decoys_look(eider_engine *e, const eider_card *card,
                       eider_contact *c, eider_status *out);
/* Offer it where it is due. */
void eider_decoys_tick(eider_engine *e, eider_contact *c);
/* Tell where another number takes part than was told. */
void eider_decoys_note(eider_engine *e);

#endif
