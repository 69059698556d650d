/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the nouns that the engine and everything people look at share.
 * Plain data, filled in by the engine, owned by whoever declared it.
 */
#ifndef EIDER_STATUS_H
#define EIDER_STATUS_H

#include <stdbool.h>
#include <stdint.h>

/* What the user said about one contact; remembered. */
typedef enum { EIDER_UNSET, EIDER_ON, EIDER_OFF } eider_choice;

/* The preference for contacts about whom nothing was said. */
typedef enum {
    EIDER_DEFAULT_OFF,  /* answer nobody */
    EIDER_DEFAULT_AUTO, /* answer buddies, start nothing */
    EIDER_DEFAULT_ON,   /* buddies are private: text waits for their Eider */
} eider_default;

/* What a conversation looks like: word, picture and colour follow. */
typedef enum {
    EIDER_LOOK_OPEN,
    EIDER_LOOK_STARTING,
    EIDER_LOOK_PRIVATE,
    EIDER_LOOK_CHECKED,
    EIDER_LOOK_NEW_DEVICE, /* private, and a key waits for a decision */
    EIDER_LOOK_PAUSED,     /* the store cannot be used: nothing is sent */
} eider_look;

typedef enum {
    EIDER_TRUST_ACCEPTED,  /* the first key, or one the user said yes to */
    EIDER_TRUST_CANDIDATE, /* nothing goes to it until the user says yes */
    EIDER_TRUST_REFUSED,   /* the user said no; remembered */
} eider_trust;

/* What becomes of one text of the user. */
typedef enum {
    EIDER_TEXT_WAITING,   /* has not left */
    EIDER_TEXT_SENT,      /* has left; nobody said yet that it arrived */
    EIDER_TEXT_DELIVERED, /* a device of theirs has it on disk */
    EIDER_TEXT_GIVEN_UP,  /* waited too long; news GIVEN_UP was told */
    EIDER_TEXT_CANCELLED, /* the user deleted it before it left */
} eider_text_state;

#define EIDER_TEXT_ID_SIZE 6 /* of the id that names one text */

#define EIDER_LABEL_SIZE  41
#define EIDER_NAME_SIZE   121
#define EIDER_DIGITS_SIZE 36

typedef struct {
    char fingerprint[EIDER_DIGITS_SIZE]; /* names the device in calls, too */
    char label[EIDER_LABEL_SIZE];        /* as it calls itself; may be "" */
    char name[EIDER_NAME_SIZE];          /* account name it says; may be "" */
    eider_trust trust;
    bool is_checked;
    bool has_session;
    uint64_t first_seen, last_seen; /* seconds since 1970; 0: never */
    /* The session that sends to it: how often its post-quantum ratchet has
     * healed it, and when last (seconds since 1970; 0: not yet). */
    uint32_t pq_times;
    uint64_t pq_last;
} eider_device;

typedef struct {
    eider_look look;
    eider_choice choice;
    bool is_private;  /* text to this contact never leaves open */
    bool has_session; /* a confirmed one with an accepted device */
    bool is_known;    /* something of their Eider was ever seen, or asked */
    bool is_left;     /* they said goodbye (turned it off) */
    bool is_full;     /* no more texts are taken until some arrive */
    unsigned waiting; /* texts that have not left */
    unsigned sent;    /* have left; nobody said yet that they arrived */
    /* Since the start of this process. */
    unsigned delivered;
    unsigned devices; /* accepted */
    unsigned candidates;
    char label[EIDER_LABEL_SIZE]; /* of the device last heard from */
} eider_status;

#endif
