/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: every bound that a peer, a server or a stranger can push on, with its
 * reason.  Times are seconds unless the name says otherwise.
 *
 * Spec: PROTOCOL.md, "Constants".
 */
#ifndef EIDER_LIMITS_H
#define EIDER_LIMITS_H

/* Ratchet: enough for a lost day of talk, little enough to compute at once. */
#define EIDER_SKIP_MAX         1000 /* message numbers skipped in one step */
#define EIDER_SKIPPED_KEYS_MAX 2000 /* kept message keys a session */
#define EIDER_OLD_HEADERS_MAX  8    /* receiving header keys kept */
#define EIDER_SKIPPED_KEEP     (14 * 86400)
#define EIDER_N_MAX            (1u << 24) /* the width of n on the wire */

/* Text. */
#define EIDER_PARTS_MAX      32   /* of one message */
#define EIDER_IDS_MAX        1000 /* ids remembered a device */
#define EIDER_SEQ_WINDOW     512  /* numbers beyond base that are accepted */
#define EIDER_HELD_MAX       64   /* incomplete or early messages a device */
#define EIDER_HELD_BYTES_MAX (1024 * 1024)
#define EIDER_OUTBOX_MAX     500               /* texts waiting for a contact */
#define EIDER_OUTBOX_BYTES   ((size_t)4 << 20) /* written at each change */
#define EIDER_ONLINE_GRACE   75 /* for what the server kept, and its ack */
#define EIDER_OUTBOX_KEEP    (14 * 86400)
#define EIDER_OUTBOX_GRACE   3600 /* nothing is given up so soon after a start */
#define EIDER_RESENDS_MAX    3
#define EIDER_HOLE_AGAIN     10 /* a hole that is still one after this */
#define EIDER_TEXT_MAX       (256 * 1024) /* of one text as typed */
#define EIDER_HOLD_BACK      30           /* a gap holds later text this long */
#define EIDER_ACK_MIN        10           /* drawn between these two */
#define EIDER_ACK_MAX        60
#define EIDER_ACK_GAP_MIN    1 /* the same while a gap is open */
#define EIDER_ACK_GAP_MAX    3
#define EIDER_WHEN_AFTER     60 /* older text says when it was written */

/* While the store is locked with a passphrase: texts that the user writes and
 * their file; lines that arrive, of a contact, and of all in memory. */
#define EIDER_LETTERS_MAX       200
#define EIDER_LETTERS_BYTES_MAX ((size_t)4 << 20)
#define EIDER_KEPT_LINES_MAX    200
#define EIDER_KEPT_BYTES_MAX    ((size_t)4 << 20)

/* Handshake. */
#define EIDER_ANSWERED_MAX     4   /* answered handshakes pending a sender */
#define EIDER_ANSWERED_ACCOUNT 64  /* the same for an account */
#define EIDER_ANSWERS_PER_SPAN 3   /* answered per sender ... */
#define EIDER_ANSWER_SPAN      600 /* ... in this time */
#define EIDER_LEGS_MAX         24  /* handshakes remembered a contact */
#define EIDER_READS_PER_SPAN   16  /* messages 2 and 3 computed on */
#define EIDER_ASSEMBLIES_MAX   8   /* unfinished sets of fragments a sender */
#define EIDER_STRAY_LINES_MAX  32  /* unopened lines kept meanwhile */
#define EIDER_REPEAT_GAP       30  /* least time between two answers */
#define EIDER_REPEATS_MAX      8   /* of message 1 ... */
#define EIDER_ATTEMPT_KEEP     (7 * 86400) /* ... in this time */
#define EIDER_REPEATS_STRANGER 3   /* to somebody who never spoke Eider */
#define EIDER_REPEATS_INVITED  2   /* of the answer to an invitation */
#define EIDER_PAUSE            600 /* of our repeats after a crossing */
#define EIDER_EPHEMERAL_KEEP   600 /* after the first good answer */
#define EIDER_GOOD_ANSWERS_MAX 8
#define EIDER_ANSWERED_KEEP    (7 * 86400) /* H1 and id, against repeats */
#define EIDER_TRIGGER_GAP      600         /* between handshakes, doubling */
#define EIDER_TRIGGER_GAP_MAX  86400
#define EIDER_UNOPENABLE_MAX   3 /* frames in EIDER_TRIGGER_GAP */

/* First contact. */
#define EIDER_INVITE_GAP   3600  /* one sent, one answered a contact */
#define EIDER_INVITE_GAP_2 86400 /* before the third, if they stay online */
#define EIDER_INVITES_MAX  3     /* unanswered, without the user's doing */
#define EIDER_SILENT_WORD  (2 * 86400)

/* Steady. */
#define EIDER_SLOT_DEFAULT  10  /* the user's own setting, as shipped */
#define EIDER_SLOT_DECOYS   60  /* of every member of a set of decoys */
#define EIDER_SLOT_PASS     200 /* ms between two sealing passes */
#define EIDER_SLOT_LATE     10  /* a slot is missed after T / this */
#define EIDER_MODE_SAYS     3   /* frames that say an accept */
#define EIDER_OFFERS_MAX    4   /* cover frames sent for an offer alone */
#define EIDER_STOP_SLOTS    6   /* slots in which an answer to stop may come */
#define EIDER_CLOSING_SLOTS 2   /* after the other side's stop */
#define EIDER_LINGER_MIN    120 /* slots after the user's off: drawn ... */
#define EIDER_LINGER_MAX    900 /* ... between these two */
#define EIDER_SLOT_GUARD    250 /* ms before a slot: lines wait for it */
#define EIDER_SLOT_HELD     256 /* of them, of all contacts */
#define EIDER_HS_SLOTS      7   /* one way and back of a handshake: no sooner */
#define EIDER_HS_SLOTS_ALL  20  /* all of it, with a frame lost */
#define EIDER_SLOT_QUEUE    64  /* handshake frames that wait for slots */
#define EIDER_JOURNALS_MAX  64  /* files of slots; one a sealing pass */
#define EIDER_DECOYS_MIN    4   /* fewer hide little more than Steady alone */
#define EIDER_DECOYS_MAX    10  /* a line each way every 6 s, 14 MB a day */
#define EIDER_DECOYS_AGAIN  600 /* until what stood against one is looked at */

/* What the server sees. */
#define EIDER_LEDGER_FLUSH   300 /* events wait so long for the disk */
#define EIDER_LEDGER_PENDING 64 /* blocks of 4 KiB that wait; peers make them */
#define EIDER_LEDGER_QUIET   250 /* ms without a slot, for a write */

/* Sessions and trust. */
#define EIDER_OLD_SESSIONS_MAX 2
#define EIDER_OLD_SESSION_KEEP (7 * 86400)
#define EIDER_TWIN_GAP         86400 /* between two words about one */
#define EIDER_PROVEN_MAX       4     /* unconfirmed sessions a device */
#define EIDER_WARNINGS_MAX     5 /* strangers that the user is told of an hour */
#define EIDER_STRANGERS_MAX    64 /* remembered at a time, not stored */
#define EIDER_KEYS_KEPT        60 /* of a contact; refused ones go first */
#define EIDER_DEVICES_MAX      8
#define EIDER_CANDIDATES_MAX   2
#define EIDER_DEVICE_SILENT    (30 * 86400)
#define EIDER_KEY_MAX          4000 /* an account's or a peer's name here */
#define EIDER_LABEL_MAX        40
#define EIDER_NAME_MAX         120

/* Checking that it is really them. */
#define EIDER_QUESTION_MAX       120  /* bytes: an S frame has room beside it */
#define EIDER_ANSWER_MAX         1000 /* bytes, as typed and after folding */
#define EIDER_CHECK_KEEP         86400 /* a run waits so long for the next step */
#define EIDER_CHECK_FAILURES_MAX 3     /* guesses at a key's answer ... */
#define EIDER_CHECK_CLOSED       86400 /* ... until it is left alone so long */
#define EIDER_CHECK_AGAIN        10    /* between two equal answers */
#define EIDER_CHECK_CANCELS      3     /* frames with it: nobody acknowledges */
#define EIDER_CHECK_STARTS       6     /* of theirs in EIDER_CHECK_SPAN */
#define EIDER_CHECK_SPAN         600
#define EIDER_CHECK_KEYS         16 /* whose failures are remembered a contact */

#endif
