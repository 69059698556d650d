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
    EIDER_LOOK_STEADY,     /* private, and when is hidden as well */
} eider_look;

typedef enum {
    EIDER_TRUST_ACCEPTED,  /* the first key, or one the user said yes to */
    EIDER_TRUST_CANDIDATE, /* nothing goes to it until the user says yes */
    EIDER_TRUST_REFUSED,   /* the user said no; remembered */
    EIDER_TRUST_BLOCKED,   /* nothing to it, nothing from it; until unblocked */
    EIDER_TRUST_REPLACED, /* history: a candidate that a newer one pushed out */
    EIDER_TRUST_FORGOTTEN, /* history: the user forgot it */
    EIDER_TRUSTS
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

/* How the user made sure that a key is theirs. */
typedef enum {
    EIDER_CHECK_NONE, /* not, or before the way was noted */
    EIDER_CHECK_QUESTION,
    EIDER_CHECK_CODE,
    EIDER_CHECK_NUMBER,
    EIDER_CHECKS
} eider_check_way;

/* Where a check stands, as people see it. */
typedef enum {
    EIDER_PHASE_NONE,
    EIDER_PHASE_WAITS,    /* we asked or called; they have not answered */
    EIDER_PHASE_ASKED,    /* their question waits for our answer */
    EIDER_PHASE_ANSWERED, /* our answer left; theirs comes by itself */
    EIDER_PHASE_MEETING,  /* they called; the code comes by itself */
    EIDER_PHASE_COMPARE,  /* the code is there */
    EIDER_PHASE_AGREED,   /* we said that it is the same, they did not yet */
    EIDER_PHASE_PASSED,
    EIDER_PHASE_FAILED, /* it did not match */
    EIDER_PHASE_STOPPED,
} eider_check_phase;

/* Does a member of a set of decoys take part in it now, and if not, why? */
typedef enum {
    EIDER_PART_NONE,     /* in no set */
    EIDER_PART_TAKES,    /* slots run, as those of the others do */
    EIDER_PART_OPEN,     /* the user does not talk privately with them */
    EIDER_PART_UNMET,    /* no Eider of theirs is known, or none accepted */
    EIDER_PART_OFFLINE,  /* one of the two is */
    EIDER_PART_ASKED,    /* their Eider has not answered yet */
    EIDER_PART_REFUSED,  /* they declined, or ended it */
    EIDER_PART_ENDED,    /* the user ended it with them */
    EIDER_PART_HINDERED, /* a program without Eider, the carrier's limit, not
                            on the list: looked at again by itself */
    EIDER_PART_PARTLY,   /* a device of theirs has not agreed */
    EIDER_PARTS
} eider_part;

#define EIDER_LABEL_SIZE  41
#define EIDER_NAME_SIZE   121
#define EIDER_DIGITS_SIZE 36

typedef struct {
    char fingerprint[EIDER_DIGITS_SIZE]; /* names the device in calls, too */
    char label[EIDER_LABEL_SIZE];        /* as it calls itself; may be "" */
    char name[EIDER_NAME_SIZE];          /* account name it says; may be "" */
    eider_trust trust;
    bool is_checked;
    eider_check_way checked_how;
    uint64_t checked_at; /* seconds since 1970; 0: not, or not noted */
    bool has_session;
    uint64_t first_seen, last_seen; /* seconds since 1970; 0: never */
    /* The session that sends to it: how often its post-quantum ratchet has
     * healed it, and when last (seconds since 1970; 0: not yet). */
    uint32_t pq_times;
    uint64_t pq_last;
    uint64_t changed_at; /* of trust, the same; 0: never */
    unsigned swallowed;  /* frames it sent while it was blocked */
} eider_device;

/* What the user does to a known key; eider/keyring.h says what it means. */
typedef enum {
    EIDER_KEY_BLOCK,
    EIDER_KEY_UNBLOCK,
    EIDER_KEY_FORGET
} eider_deed;

/* A row of the inspector: a key of ours or of a contact.  Strings: the core's
 * own names, valid during the call that shows them. */
typedef struct {
    const char *account;
    const char *peer; /* NULL: our own key */
    eider_device device;
    uint64_t imported; /* ours: from a backup, then; 0: made here */
    uint64_t twin;     /* ours: seen in use elsewhere, then; 0: never */
} eider_key_row;

typedef struct {
    eider_look look;
    eider_choice choice;
    bool is_private;  /* text to this contact never leaves open */
    bool has_session; /* a confirmed one with an accepted device */
    bool is_known;    /* something of their Eider was ever seen, or asked */
    bool is_left;     /* they said goodbye (turned it off) */
    bool is_full;     /* no more texts are taken until some arrive */
    bool is_shut;     /* keys are known, and the user shut all of them out */
    unsigned waiting; /* texts that have not left */
    unsigned sent;    /* have left; nobody said yet that they arrived */
    /* Since the start of this process. */
    unsigned delivered;
    unsigned devices; /* accepted */
    unsigned candidates;
    char label[EIDER_LABEL_SIZE]; /* of the device last heard from */
    eider_check_phase check;      /* NONE: nothing is under way */
    eider_check_way check_way;

    bool is_checked;        /* every accepted device was */
    unsigned steady;        /* seconds between slots, agreed; 0: no Steady */
    unsigned steady_offer;  /* the same, offered by us and not answered yet */
    unsigned steady_theirs; /* the same, offered by them and not accepted */
    unsigned steady_agreed; /* accepted devices that have agreed */
    bool steady_runs;       /* slots are being sent: both are online */
    bool steady_paused;     /* they wait until a bystander has gone */
    uint64_t steady_ends;   /* ms since 1970: our off takes effect; 0 */
    eider_part part;        /* NONE: no decoy, and the next two are 0 */
    unsigned decoys;        /* members of the account's set, and ... */
    unsigned decoys_now;    /* ... those of them that take part now */
} eider_status;

#define EIDER_QUESTION_SIZE 121
#define EIDER_CODE_SIZE     15
#define EIDER_NUMBER_SIZE   72

/* Why a run ended without a proof. */
typedef enum {
    EIDER_END_NONE,
    EIDER_END_DIFFERS, /* answer or code: a typo, or somebody in between */
    EIDER_END_OURS,    /* stopped here */
    EIDER_END_THEIRS,  /* stopped there */
    EIDER_END_REFUSED, /* they cannot now: something else is under way */
    EIDER_END_TIME,    /* a day without the next step */
    EIDER_END_SESSION, /* its session is gone */
} eider_check_end;

typedef struct {
    /* the run */
    eider_check_phase phase;
    eider_check_way way;
    eider_check_end end; /* of FAILED and STOPPED */
    bool is_ours;        /* we started it */
    bool is_heard;       /* COMPARE: they said that it is the same */
    char question[EIDER_QUESTION_SIZE]; /* theirs; UTF-8 without controls */
    char code[EIDER_CODE_SIZE];         /* from COMPARE on */

    /* the device that it is about, or would be */
    bool has_device, has_session, has_code; /* has_code: it can be called */
    char fingerprint[EIDER_DIGITS_SIZE];
    char label[EIDER_LABEL_SIZE];
    char called[EIDER_NAME_SIZE]; /* what they call themselves, where that is
                                     not the contact's name: to be shown
                                     beside code and number; else "" */
    char number[EIDER_NUMBER_SIZE];
    eider_trust trust;
    bool is_checked;
    eider_check_way checked_how; /* NONE: not known */
    uint64_t checked_at;         /* seconds since 1970; 0: not known */
    unsigned failures;           /* in a row */
    bool is_closed; /* too many: only the number is left, for a day */
} eider_check_view;

#endif
