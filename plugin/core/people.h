/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what the engine knows of people, in memory; shared by the files of
 * this folder only.
 *
 *     engine ─ index ─ card (account, peer): policy, keys, trust
 *            └ contact (account, peer): sessions, handshakes, texts;
 *              loaded on first use, one sealed file each
 *
 * A change to a contact or a card is followed by eider_commit(), which writes
 * it and only then lets the effects (lines, texts, news) out.  When the write
 * fails both are read again from disk, so pointers to them are void after a
 * commit that failed.
 */
#ifndef EIDER_CORE_PEOPLE_H
#define EIDER_CORE_PEOPLE_H

#include "effect.h"

#include "eider/check.h"
#include "eider/engine.h"
#include "eider/limits.h"
#include "eider/ratchet.h"
#include "eider/sas.h"
#include "eider/schedule.h"

#include <glib.h>

/* ---- the index ------------------------------------------------------------ */

/* A static key that was ever seen for a contact. */
typedef struct {
    eider_public pk;
    eider_trust trust;
    bool is_checked;
    eider_check_way checked_how;
    uint64_t checked_at;            /* seconds; 0: unknown */
    uint64_t first_seen, last_seen; /* seconds */
    uint64_t changed_at;            /* when its trust changed last; 0: never */
    uint32_t swallowed;             /* frames while it was blocked */
    bool told_silent; /* the user knows that it gets nothing now */
    char label[EIDER_LABEL_SIZE];
    char name[EIDER_NAME_SIZE];
} eider_known;

typedef struct {
    char *account, *peer;
    eider_choice choice;
    bool was_private; /* a session was ever confirmed */
    bool has_spoken;  /* something of their Eider was ever seen */
    bool is_left;     /* they said goodbye */
    bool is_busy;     /* its file may hold something that waits: load it */
    bool is_calm;     /* nothing waits for the peer to come online */
    bool is_decoy;    /* a member of the account's set */
    bool is_refused;  /* the same, and they do not want to take part */
    GArray *keys;     /* eider_known */
} eider_card;

/* Our own key for an account. */
typedef struct {
    eider_keypair pair;
    uint64_t since;    /* seconds; 0: before it was noted */
    uint64_t imported; /* from a backup, then; 0: made here */
    uint64_t twin;     /* somebody else used it, noticed then; 0: never */
} eider_own;

typedef struct {
    GHashTable *accounts; /* name -> eider_own */
    GHashTable *cards;    /* "account\npeer" -> eider_card */
} eider_index;

#define EIDER_INDEX_HASH 32

/* ---- a contact ------------------------------------------------------------ */

#define EIDER_SID_SHORT     8 /* of the SID, to tell sessions apart here */
#define EIDER_ARRIVED_BYTES (EIDER_SEQ_WINDOW / 8)

typedef struct {
    eider_ratchet *ratchet;
    eider_public pk;
    uint8_t sid[EIDER_SID_SHORT];
    eider_secret rm; /* until it is confirmed; then the memory keeps it */
    eider_secret sask;
    bool has_sask; /* false: the session is older than this field */
    bool is_confirmed;
    uint64_t confirmed_ms, opened_ms;
    uint32_t next_seq;                    /* of ours */
    uint64_t acked_order;                 /* newest sending that was acked */
    uint32_t base;                        /* of theirs: all below arrived */
    uint8_t arrived[EIDER_ARRIVED_BYTES]; /* bit i: base + i */
    bool has_ids; /* false: the session is older than these four */
    uint8_t ahead[EIDER_SEQ_WINDOW][EIDER_ID_LEN]; /* by number; of arrived */
    uint64_t heard_ids; /* of theirs below base: each laid over the others */
    uint64_t acked_ids; /* the same of ours that they acknowledged ... */
    uint32_t acked;     /* ... and how many */
    uint64_t gap_ms;    /* since when one is open; 0 */
    uint32_t passed;    /* gaps below it hold nothing back */
    bool hello_arrived; /* ours, they say */
    bool hello_seen;    /* theirs */
    bool has_heard;     /* a text came: acks ride along */
    uint8_t goodbyes;   /* frames that still say it */
    uint64_t ack_ms;    /* an ack is due then; 0 */
    uint64_t pq_ms;     /* when the last post-quantum epoch was mixed; 0 */
    bool has_mode;      /* they agreed to the run below in this session */
    bool says_stop;     /* ours (steady.ended_run), until they answer */
    bool owes_stop;     /* an answer to theirs (stop_run) */
    uint16_t mode_run, stop_run;
    uint8_t accepts; /* frames that still say it; not stored */
    bool owes_cover; /* a slot carries a frame of it; not stored */
    char *address;   /* last heard from; not stored, presence is not either */
} eider_session;

/* A device's memory that outlives its sessions. */
typedef struct {
    eider_public pk;
    unsigned n_rms;
    eider_secret rms[2]; /* newest first */
    GByteArray *ids;     /* EIDER_ID_LEN each, oldest first */
} eider_memory;

/* Our own message 1 and its fate; PROTOCOL.md 14.1. */
typedef enum {
    EIDER_MEET_IDLE,
    EIDER_MEET_CALLING,
    EIDER_MEET_PAUSED,
    EIDER_MEET_MET,
    EIDER_MEET_STATES
} eider_meet_state;

typedef struct {
    eider_meet_state state;
    eider_attempt a;
    uint64_t since_ms, sent_ms, pause_ms, wipe_ms;
    unsigned sends, repeats, repeats_max, answers;
    uint64_t insist_ms;       /* repeat then, in the mask of theirs; 0 */
    eider_secret insist_mask; /* neither is stored */
} eider_meeting;

/* A handshake that got an answer; PROTOCOL.md 14.2. */
typedef enum {
    EIDER_LEG_ANSWERED, /* we sent message 2 */
    EIDER_LEG_PROVEN_R, /* we read message 3: a session, unconfirmed */
    EIDER_LEG_PROVEN_I, /* we sent message 3: a session, unconfirmed */
    EIDER_LEG_DONE,     /* confirmed; only names are kept */
    EIDER_LEG_STATES
} eider_leg_state;

typedef struct {
    eider_leg_state state;
    eider_hs_id id1, id23;
    uint8_t h1[EIDER_H1_LEN];
    eider_attempt *a;             /* ANSWERED: the responder's half */
    uint8_t m3[EIDER_HS_LEN_3];   /* PROVEN_I */
    uint8_t sid[EIDER_SID_SHORT]; /* from PROVEN on */
    uint64_t since_ms, sent_ms;
    unsigned repeats;
    eider_secret mask; /* in which the message that we answer came */
    eider_size size;   /* in which we answer */
    char *address;     /* where the answer goes */
} eider_leg;

typedef struct {
    eider_hs_id id;
    uint8_t message, have; /* bits of the fragments that came */
    eider_size size;
    uint64_t since_ms;
    eider_secret mask; /* of the latest copy */
    char from[256];    /* the address of the latest copy; not stored */
    uint8_t whole[EIDER_HS_LEN];
} eider_assembly;

typedef struct {
    uint8_t h1[EIDER_H1_LEN];
    uint64_t since_ms;
} eider_closed;

typedef enum { EIDER_WAITS, EIDER_LEFT, EIDER_ACKED } eider_target_state;

typedef struct {
    eider_public pk;
    eider_target_state state;
    uint8_t sid[EIDER_SID_SHORT]; /* of the session that gave the number */
    bool has_seq;
    uint32_t seq;
    uint64_t sent_ms, order, first_order; /* of sendings; first: of this seq */
    unsigned resends; /* one more than EIDER_RESENDS_MAX: met because of it */
    bool is_back;     /* the carrier never took it; not stored */
    uint8_t part;     /* the next one that rides in a slot; not stored */
} eider_target;

typedef struct {
    uint8_t id[EIDER_ID_LEN];
    uint64_t written_ms;
    bool is_html;
    eider_buf text;
    GArray *targets; /* eider_target; none: the first key taken on trust */

    /* not stored */
    uint8_t group[EIDER_ID_LEN]; /* the first message of what was typed */
    eider_text_state told;       /* of the group */
    eider_text_state fate;       /* of one in "gone" */
} eider_entry;

/* A complete text that was not shown yet (or not known to be). */
typedef struct {
    eider_public pk;
    uint8_t sid[EIDER_SID_SHORT];
    uint8_t id[EIDER_ID_LEN];
    uint32_t seq;
    bool is_html;
    eider_buf text;
    uint64_t written_ms;
    uint64_t hold_ms; /* held back until then; 0: show */
    bool is_queued;   /* an effect shows it; not stored */
    bool is_moved;    /* from an older session; not stored */
    bool maybe_shown; /* was to be shown when the process ended; not stored */
} eider_item;

/* A text of which parts are missing. */
typedef struct {
    eider_public pk;
    uint8_t sid[EIDER_SID_SHORT];
    uint8_t id[EIDER_ID_LEN];
    uint32_t seq, have;
    uint8_t parts;
    bool is_html;
    uint64_t since_ms, written_ms;
    eider_buf part[EIDER_PARTS_MAX];
} eider_partial;

/* A check under way, or the last one; PROTOCOL.md 14.4. */
typedef enum {
    EIDER_RUN_NONE,
    EIDER_RUN_ASKED,    /* a: question sent */
    EIDER_RUN_OFFERED,  /* b: question here */
    EIDER_RUN_ANSWERED, /* b: answer sent */
    EIDER_RUN_CALLED,   /* a: commitment sent */
    EIDER_RUN_NONCED,   /* b: nonce sent */
    EIDER_RUN_COMPARE,  /* the code is here */
    EIDER_RUN_AGREED,   /* we said ok */
    EIDER_RUN_HEARD,    /* they said ok */
    EIDER_RUN_PASSED,
    EIDER_RUN_ENDED,
    EIDER_RUN_STATES
} eider_run_state;

#define EIDER_HEARD_LEN 16 /* hash of a step of theirs, to know it again */

typedef struct {
    eider_run_state state;
    eider_check_way way;
    eider_check_end end;
    bool is_asker;
    uint8_t run[EIDER_RUN_ID_LEN];
    uint8_t sid[EIDER_SID_SHORT];
    eider_public pk;
    uint64_t since_ms;  /* the last step ahead */
    uint64_t sent_ms;   /* the step that waits for the next ... */
    unsigned repeats;   /* ... and how often it was sent again */
    uint16_t due;       /* bits: steps for the next frame */
    uint16_t sent;      /* bits: steps of ours */
    uint16_t heard;     /* bits: steps of theirs */
    uint8_t cancels;    /* frames that still say it ... */
    uint8_t reason;     /* ... and why */
    eider_cpace mine;   /* the scalar is a's; y is Ya on both sides */
    eider_public yb;    /* b */
    eider_cpace_tag tb; /* b */
    eider_cpace_tag ta; /* b: what must come */
    eider_sas_value c, na, nb;
    char question[EIDER_QUESTION_SIZE];
    uint8_t heard_hash[EIDER_STEPS][EIDER_HEARD_LEN];
    uint64_t again_ms; /* not stored: the last equal answer */
} eider_check;

/* Guesses at what a key could answer. */
typedef struct {
    eider_public pk;
    unsigned n;
    uint64_t last_ms;
} eider_tries;

/* A run that is not known here, or not wanted: the next frame says so. */
typedef struct {
    bool is_due;
    uint8_t run[EIDER_RUN_ID_LEN], sid[EIDER_SID_SHORT], reason;
    uint64_t at_ms;
} eider_refusal;

/* Steady, as agreed with a contact; PROTOCOL.md 10.6. */
typedef struct {
    uint8_t slot; /* seconds; 0: not agreed */
    uint16_t run;
    uint8_t offer_slot; /* ours, not answered yet; 0: none */
    uint16_t offer_run;
    uint8_t theirs_slot; /* theirs, not accepted; 0: none */
    uint16_t theirs_run;
    bool has_ended; /* a run of which nothing is accepted any more: */
    bool is_ended_by_us;
    uint16_t ended_run;
    bool is_by_hand;     /* the user ended it: offers wait for his word */
    bool insists;        /* turned on though a bystander was there */
    uint64_t ends_ms;    /* the user's off takes effect; 0: no off */
    uint64_t stop_ms;    /* slots end then, answered or not; 0 */
    uint8_t closing;     /* slots that are left after their stop */
    uint64_t silent_ms;  /* nothing was heard then, or slots began; and */
    uint64_t offered_ms; /* our offer went out in a frame of its own ... */
    uint8_t offers;      /* ... so many times; neither is stored */
} eider_steady;

#define EIDER_EPOCH_2020_MS 1577836800000u /* of the record "when" */

/* Seconds between two tries to hand a text over: each costs numbers. */
#define EIDER_RETRY_MAX 600

/* A handshake frame that waits for a slot; not stored. */
typedef struct {
    eider_frame frame;
    eider_hs_id id;
    uint8_t message;
    char *to;
} eider_waiting_frame;

typedef struct {
    char *account, *peer;
    GPtrArray *sessions;   /* eider_session */
    GPtrArray *memories;   /* eider_memory */
    GPtrArray *legs;       /* eider_leg, oldest first */
    GPtrArray *assemblies; /* eider_assembly, oldest first */
    GPtrArray *outbox;     /* eider_entry, in the order of typing */
    GPtrArray *inbox;      /* eider_item */
    GPtrArray *partials;   /* eider_partial */
    GArray *closed;        /* eider_closed: own attempts that ended */
    eider_meeting meeting;
    uint64_t order;       /* counts sendings of text */
    uint64_t trigger_ms;  /* last handshake by a trigger */
    uint64_t trigger_gap; /* seconds until the next may be */
    uint64_t invited_ms;  /* our last invitation */
    uint64_t answered_ms; /* their last invitation that we answered */
    unsigned invites;     /* unanswered ones */
    uint64_t asked_ms;    /* since when a text waits for a meeting */
    bool told_silent;     /* NO_ANSWER was said */
    eider_check check;
    GArray *tries; /* eider_tries, the oldest first */
    eider_steady steady;

    /* not stored */
    uint8_t version;    /* of the file that it was read from */
    GQueue fragments;   /* eider_waiting_frame */
    int typing;         /* what the next slot says of it; -1: nothing */
    uint64_t decoy_ms;  /* what stands against it is looked at again; 0 */
    GQueue strays;      /* eider_frame: lines that nothing opened */
    uint64_t stray_ms;  /* trigger a handshake then; 0 */
    GArray *answers;    /* uint64_t: when we answered */
    GArray *reads;      /* uint64_t: when we computed on message 2 or 3 */
    GArray *unopenable; /* uint64_t: when frames were not */
    GArray *starts;     /* uint64_t: when they started a check */
    eider_refusal refusal;
    bool told_waiting; /* of the text that waits now */
    bool is_renewing;  /* lines that no session opens made us meet anew */
    bool is_behind;    /* an ack said that our state was put back, or ... */
    bool is_forked;    /* ... that one of both was */
    bool is_dirty, card_dirty; /* to be written by the next commit */
    bool card_last;            /* the card after the contact: see choose() */
    bool is_soon;              /* to be written within a second */
    uint64_t soon_ms, due_ms;  /* 0: never; see eider_due() */
    GSequenceIter *due_at;     /* in the engine's list; NULL: not in it */
    uint64_t retry_ms;         /* try to hand over what waits */
    unsigned retry_gap;        /* seconds, the last time */
    unsigned delivered;        /* texts, in this process */
    GPtrArray *gone;           /* eider_entry: left since the last commit */
    GQueue effects;            /* eider_effect, let out by the commit */
} eider_contact;

/* Somebody who may not be answered: their newest message 1, for when the user
 * agrees.  In memory only: strangers do not make us write. */
typedef struct {
    uint64_t told_ms;
    eider_hs_id id;
    unsigned have; /* bits */
    eider_frame frames[EIDER_FRAGMENTS];
} eider_stranger;

/* The newest state of a contact, where that is not in its own file. */
typedef struct {
    eider_buf bytes;
    unsigned file; /* of EIDER_JOURNALS_MAX */
} eider_journaled;

struct eider_engine {
    eider_env env;
    GHashTable *slots; /* "account\npeer" -> eider_slots */
    eider_secret slot_seed;
    GHashTable *journaled;                     /* the same -> eider_journaled */
    unsigned journal_live[EIDER_JOURNALS_MAX]; /* newest states in each */
    bool journal_used[EIDER_JOURNALS_MAX];
    uint64_t journal_order;
    GQueue held;        /* lines that wait until a slot is over */
    GPtrArray *decoys;  /* eider_member, of all accounts */
    GHashTable *behind; /* contacts whose newest state was put back: key */
    eider_store *store;
    eider_index index;
    eider_buf index_bytes, changes_bytes; /* as on disk */
    bool index_doubt; /* its last write failed: on disk may be either */
    uint8_t index_hash[EIDER_INDEX_HASH]; /* of index_bytes */
    GHashTable *changed;   /* names of the cards in changes_bytes -> "" */
    GHashTable *contacts;  /* "account\npeer" -> eider_contact */
    GSequence *due;        /* those of them with a due_ms, the first first */
    uint64_t seen_ms;      /* what the clock said last */
    uint64_t grace_ms;     /* nothing is given up before */
    GHashTable *strangers; /* key -> eider_stranger, a few */
    GArray *warnings;      /* uint64_t: when the user was told of one */
    GHashTable *unread;    /* contacts whose file cannot be read: key -> "" */
    GQueue effects;
    bool is_running; /* the effects */
    bool is_paused;
    uint64_t own_lines[256]; /* hashes of lines we sent, a ring */
    unsigned own_next;
    uint8_t shown[256][EIDER_ID_LEN]; /* ids shown by this process, a ring */
    unsigned shown_next;
    eider_counters counters;
    eider_ledger *ledger;
    eider_arrival arrival; /* of the line that is being read */
};

#endif
