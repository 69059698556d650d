/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the error codes.  One code for one reaction, not one for each cause:
 * the peer never learns why something was refused, and the user hears only of
 * what happened to a message of theirs.
 *
 * Spec: PROTOCOL.md 5.2, 7.4, 9.4, 10.5.
 */
#ifndef EIDER_ERR_H
#define EIDER_ERR_H

typedef enum {
    EIDER_OK = 0,
    EIDER_E_MALFORMED, /* not something we can parse: drop it, say nothing  */
    EIDER_E_AUTH,      /* parsed, but forged or for another key: drop it    */
    EIDER_E_REPLAY,    /* authentic, but seen or too old: drop it           */
    EIDER_E_STATE,     /* not allowed in this state: drop it                */
    EIDER_E_LIMIT,     /* would exceed a bound in limits.h: drop it         */
    EIDER_E_PARTIAL,   /* more pieces are needed: wait                      */
    EIDER_E_MISSING,   /* there is no such thing                            */
    EIDER_E_LOCKED,    /* held by another client, or wants a passphrase     */
    EIDER_E_STORE,     /* unreadable or unwritable: refuse to send          */
    EIDER_E_INTERNAL,  /* out of memory, or a broken invariant: refuse      */
} eider_err;

/* Ignoring an eider_err is always a bug; make the compiler say so. */
#define EIDER_MUST_USE __attribute__((warn_unused_result))

/* A short name for logs ("auth"), never NULL; static storage. */
const char *eider_err_name(eider_err e);

#endif
