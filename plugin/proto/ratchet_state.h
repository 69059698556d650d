/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the inside of a ratchet, shared by what works it (ratchet.c) and what
 * makes, stores and frees it (ratchet_state.c).
 */
#ifndef EIDER_RATCHET_STATE_H
#define EIDER_RATCHET_STATE_H

#include "eider/limits.h"
#include "eider/pq.h"
#include "eider/ratchet.h"
#include "skipped.h"

/*
 * All but the keys for late frames and the post-quantum epoch; the letters are PROTOCOL.md's.
 *
 * Sending and receiving halves alternate: the peer makes a new chain only
 * after it has opened one of ours, and that one carries the DHs made for it.
 * So a DHs serves one sending half and the receiving half after it.  It is
 * wiped with that, and its absence says that a sending half is due.
 */
typedef struct {
    bool initiator, has_DHs, has_sending, has_receiving;
    eider_secret SID, RK;
    eider_keypair DHs;
    eider_public DHr; /* initiator: always; responder: with has_receiving */
    eider_secret CKs, HKs, NHKs, CKr, HKr, NHKr;
    uint32_t Ns, Nr, PN;
    uint32_t chain; /* receiving chains so far */
} ratchet_core;

struct eider_ratchet {
    ratchet_core c;
    eider_skipped late;
    eider_pq pq;
};

#endif
