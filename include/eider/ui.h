/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the one door between eider.so and a face (eider-gtk.so).
 *
 * The face fetches the table by purple_plugin_ipc_call() on the plugin
 * core-eider, call "eider-ui-attach" (no arguments, returns a pointer), and
 * refuses to work when abi differs.  No face attached is a normal state: the
 * core then asks through libpurple's own requests, and a question that nobody
 * answers is a "no".
 *
 * What view() fills in is freed by view_clear().  Everything happens in the
 * main thread.
 */
#ifndef EIDER_UI_H
#define EIDER_UI_H

#include "eider/seen.h"
#include "eider/status.h"

#include <stddef.h>

#define EIDER_UI_ABI  3
#define EIDER_UI_CALL "eider-ui-attach"
#define EIDER_UI_CORE "core-eider"

struct _PurpleAccount;

/* One conversation as it should look, in words of the user's language. */
typedef struct {
    eider_status status;
    bool has_strip; /* false: Open, and nothing known of the peer's Eider */
    char *word;     /* "Private" */
    char *sentence; /* the strip's one line */
    char *tooltip;
} eider_view;

/* The question about a key that nobody knows, in the same words for every
 * face.  NULL where there is nothing to say. */
typedef struct {
    eider_device device;
    char *title;    /* "Is it really Bob?" */
    char *happened; /* what happened to the user */
    char *causes;   /* a line each */
    char *warning;  /* a name that does not fit, a key seen elsewhere */
    char *advice;
    char *waiting; /* of the texts that could go to it, asked apart */
} eider_question;

/* A row of the inspector; strings are valid during the call only. */
typedef struct {
    struct _PurpleAccount *account; /* NULL: it is not set up here */
    const char *account_name;
    const char *who;  /* NULL: our own key */
    const char *name; /* as the user calls them */
    eider_device device;
    uint64_t imported; /* ours: from a backup, then; 0: made here */
    uint64_t twin;     /* ours: seen in use elsewhere, then; 0: never */
} eider_ui_key;

/* Checking that it is really them.  @fingerprint: NULL for the device of the
 * run, else for the one last heard from.  What returns a sentence did nothing
 * and says why (g_free()); NULL: done. */
typedef struct {
    void (*view)(struct _PurpleAccount *account, const char *who,
                 const char *fingerprint, eider_check_view *out);
    /* How it stands, in a sentence; g_free(). */
    char *(*words)(struct _PurpleAccount *account, const char *who,
                   const eider_check_view *v);
    char *(*ask)(struct _PurpleAccount *account, const char *who,
                 const char *fingerprint, const char *question,
                 const char *answer);
    char *(*call)(struct _PurpleAccount *account, const char *who,
                  const char *fingerprint);
    char *(*answer)(struct _PurpleAccount *account, const char *who,
                    const char *answer);
    char *(*confirm)(struct _PurpleAccount *account, const char *who,
                     bool same);
    char *(*cancel)(struct _PurpleAccount *account, const char *who);
    char *(*number)(struct _PurpleAccount *account, const char *who,
                    const char *fingerprint, bool same);
    /* The user asked for it by a command or a menu of the core's: show it.
     * NULL stops it, and requests are used again. */
    void (*watch)(void (*open)(struct _PurpleAccount *account, const char *who,
                               void *arg),
                  void *arg);
} eider_check_app;

/* What the server sees, in words; eider/ledger.h says what the figures are. */
typedef struct {
    bool is_on;       /* the ledger is kept */
    bool has_session; /* there is something to protect already */
    eider_seen_sums sums;
    struct {
        eider_seen_estimate is;
        const char *title; /* "How much", static */
        const char *word;  /* "hidden", static */
        char *sentence;    /* says the bits, too */
    } rows[EIDER_SEEN_ROWS];
    char **not_hidden; /* sentences, NULL at the end: always shown */
    char *numbers;     /* the sums, in a sentence */
    char *cost;        /* of the mode that is on, in a sentence */
} eider_sees;

typedef struct {
    /* Times: ms since 1970, [from, to).  Reading takes some milliseconds,
     * however much is asked for. */
    void (*sees)(struct _PurpleAccount *account, const char *who,
                 uint64_t from_ms, uint64_t to_ms, eider_sees *out);
    void (*sees_clear)(eider_sees *sees);
    /* Sums of @n even parts of the span: what to draw where more than a few
     * hundred events are in it. */
    void (*buckets)(struct _PurpleAccount *account, const char *who,
                    uint64_t from_ms, uint64_t to_ms, eider_seen_bucket *out,
                    size_t n);
    /* The newest @max events, in order of time; returns how many there are. */
    size_t (*events)(struct _PurpleAccount *account, const char *who,
                     uint64_t from_ms, uint64_t to_ms, eider_seen_event *out,
                     size_t max);
    /* @grew: there are new events of this contact (NULL: of anybody, or some
     * were deleted); a few times a second at most.  NULL stops it. */
    void (*watch)(void (*grew)(struct _PurpleAccount *account, const char *who,
                               void *arg),
                  void *arg);
    /* All of it in words, as /eider sees says it; g_free(). */
    char *(*words)(struct _PurpleAccount *account, const char *who);
    /* Delete what is kept of @who, or of everybody (NULL); asks first. */
    void (*erase)(struct _PurpleAccount *account, const char *who);
    /* Opens instead of the words; NULL: none. */
    void (*set_window)(void (*show)(struct _PurpleAccount *account,
                                    const char *who));
} eider_seen_app;

/* What an account, or the client on all accounts, tells by itself, and what
 * can be done about it.  Strings of a row are valid during the call only. */
typedef enum {
    EIDER_HARDEN_VISIBLE,
    EIDER_HARDEN_PARTLY,
    EIDER_HARDEN_HIDDEN
} eider_harden_state;

typedef struct {
    const char *id;
    bool is_global;           /* a preference of the client: of all accounts */
    eider_harden_state state; /* as it is now */
    eider_harden_state will;  /* after the next login; mostly the same */
    const char *name;         /* "Idle time" */
    const char *now;          /* the present value, in words */
    const char *leak;         /* what it tells, a sentence */
    const char *effect;       /* what hiding it changes for the user */
    bool can_undo;    /* it was hidden here, and what was before is known */
    bool was_changed; /* by somebody else, since it was hidden here */
    bool waits;       /* it takes effect after a reconnect */
} eider_harden_row;

typedef struct {
    size_t (*rows)(struct _PurpleAccount *account,
                   void (*row)(void *arg, const eider_harden_row *row),
                   void *arg);
    /* Hide it; put back exactly what was before.  Both say what went wrong,
     * and ask where something would be lost.  @id of a row. */
    void (*change)(struct _PurpleAccount *account, const char *id);
    void (*undo)(struct _PurpleAccount *account, const char *id);
    /* Of this account, and of all accounts. */
    void (*undo_all)(struct _PurpleAccount *account);
    void (*reconnect)(struct _PurpleAccount *account);
    const char *(*word)(eider_harden_state state); /* "visible" */
    /* Show the dialog, for this account or (NULL) for the first one. */
    void (*open)(struct _PurpleAccount *account);
    /* Shown instead of the core's own; NULL: none. */
    void (*set_window)(void (*show)(struct _PurpleAccount *account));
} eider_harden_app;

/* A member of an account's decoys, or who could be one. */
typedef struct {
    const char *who, *name; /* normalised; as the user calls them */
    bool is_member, is_online;
    eider_part part;   /* of who is none: what stands against it, or NONE */
    const char *state; /* the same in words; may be "" */
} eider_ui_decoy;

/* Contacts of one account among whom the server does not see to which the user
 * writes.  Strings: g_free(). */
typedef struct {
    unsigned min, max; /* members of a set */
    /* Members first, then who could be one now; returns how many.  @d is valid
     * during the call only; @row must not call anything of this table. */
    size_t (*list)(struct _PurpleAccount *account,
                   void (*row)(void *arg, const eider_ui_decoy *d), void *arg);
    /* All members; 0: none.  NULL: done, else why not. */
    char *(*set)(struct _PurpleAccount *account, const char *const *who,
                 size_t n);
    char *(*sum)(struct _PurpleAccount *account); /* how many take part */
    char *(*cost)(struct _PurpleAccount *account, unsigned n);
    char *(*needs)(void);
    /* The user asked for it by a command or a menu of the core's: show it.
     * NULL stops it, and requests are used again. */
    void (*watch)(void (*open)(struct _PurpleAccount *account, void *arg),
                  void *arg);
} eider_decoys_app;

typedef struct {
    size_t abi; /* EIDER_UI_ABI */

    /* How a conversation looks.  @out is cleared with view_clear(). */
    void (*view)(struct _PurpleAccount *account, const char *who,
                 eider_view *out);
    void (*view_clear)(eider_view *view);

    /* Turn privacy on or off, with the questions and errors that belong to
     * it (a request dialog where text still waits). */
    void (*set_private)(struct _PurpleAccount *account, const char *who,
                        bool on);
    /* Delete what waits. */
    void (*cancel)(struct _PurpleAccount *account, const char *who);

    /* Keys.  devices() fills up to @max and returns how many there are. */
    size_t (*devices)(struct _PurpleAccount *account, const char *who,
                      eider_device *out, size_t max);
    bool (*own_fingerprint)(struct _PurpleAccount *account,
                            char out[EIDER_DIGITS_SIZE]);
    void (*decide)(struct _PurpleAccount *account, const char *who,
                   const char *fingerprint, bool accept, bool with_waiting);

    /* @changed is called after anything that view() says has changed; @who is
     * a normalised name, or NULL for "everything".  NULL stops it. */
    void (*subscribe)(void (*changed)(struct _PurpleAccount *account,
                                      const char *who, void *arg),
                      void *arg);

    /* The question about one of devices(); false: there is no such key, or it
     * was decided on.  @out is cleared with question_clear() in both cases. */
    bool (*question)(struct _PurpleAccount *account, const char *who,
                     const char *fingerprint, eider_question *out);
    void (*question_clear)(eider_question *question);

    /* Steady every @slot seconds (5, 10, 15, 30, 60; 0: off).  Asks first, with
     * what it costs; says why it cannot be. */
    void (*set_steady)(struct _PurpleAccount *account, const char *who,
                       unsigned slot);
    /* What it costs, in words; g_free() or free(). */
    char *(*steady_cost)(struct _PurpleAccount *account, const char *who,
                         unsigned slot);
    /* The inspector.  Every key, ours first; returns how many.  @row must not
     * call anything of this table. */
    size_t (*keys)(void (*row)(void *arg, const eider_ui_key *key), void *arg);
    /* Block, unblock; says what went wrong.  Forget asks first. */
    void (*key_deed)(struct _PurpleAccount *account, const char *who,
                     const char *fingerprint, eider_deed deed);
    /* Words for a state and a way of checking; static. */
    const char *(*key_state)(const eider_device *device);
    const char *(*check_way)(eider_check_way way);
    /* The store's passphrase and backups, each with its own dialogs. */
    bool (*has_passphrase)(void);
    void (*set_passphrase)(void);
    void (*remove_passphrase)(void);
    void (*export_backup)(void);
    void (*import_backup)(void);
    /* Opens instead of the plain list of keys; NULL: none. */
    void (*set_inspector)(void (*show)(void));

    const eider_check_app *check;

    /* Marks.  Which of the user's texts is the line that is being put into a
     * window just now, and how does it stand?  To be asked once a line, while
     * it is written; false: none of ours. */
    bool (*shown_text)(struct _PurpleAccount *account, const char *who,
                       uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state *state);
    /* @told is called when that changes; NULL stops it. */
    void (*watch_texts)(void (*told)(const uint8_t id[EIDER_TEXT_ID_SIZE],
                                     eider_text_state state, void *arg),
                        void *arg);
    const char *(*text_words)(eider_text_state state);

    /* Does the client keep a readable log of this conversation?  The choice is
     * about this contact, whatever the preference says. */
    bool (*is_logged)(struct _PurpleAccount *account, const char *who);
    void (*set_logged)(struct _PurpleAccount *account, const char *who,
                       bool keep);

    const eider_seen_app *seen;
    const eider_harden_app *harden;

    const eider_decoys_app *decoys;

    /* The passphrase is wanted: what is written waits; ask for it (again). */
    bool (*is_locked)(void);
    void (*unlock)(void);
} eider_app;

#endif
