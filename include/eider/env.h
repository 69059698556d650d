/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what the engine gets from the world.  It calls up only through this
 * table, so that the simulator can run years in seconds and a client that is
 * not Pidgin can carry it.
 *
 * Account and peer are opaque strings: the caller's normalised names.  Strings
 * given to these functions are valid during the call only.  Every function may
 * call the engine again (a synchronous protocol receives while it sends): the
 * engine calls them only when its own state is on disk and consistent.
 */
#ifndef EIDER_ENV_H
#define EIDER_ENV_H

#include "eider/err.h"
#include "eider/status.h"

#include <stddef.h>
#include <stdint.h>

typedef enum {
    EIDER_SENT,     /* the carrier took it */
    EIDER_TOO_BIG,  /* -E2BIG: send smaller lines from now on */
    EIDER_NOT_SENT, /* not connected or refused: try again later */
} eider_sent;

/* A text that arrived and opened. */
typedef struct {
    const char *html;        /* canonical subset, safe to show */
    uint64_t written_ms;     /* in the past, if it is late; 0: now */
    bool maybe_shown;        /* a crash may have cut off the first showing */
    bool from_candidate;     /* a key that nobody accepted wrote it */
    const char *fingerprint; /* of the device */
} eider_shown;

/* Things a user is told, each in one line, at most once for one event. */
typedef enum {
    EIDER_NEWS_STARTED,       /* private now */
    EIDER_NEWS_WAITS_OFFLINE, /* a text waits: the peer is away */
    EIDER_NEWS_WAITS_MEETING, /* a text waits: the two must meet once */
    EIDER_NEWS_NO_ANSWER,     /* two days: the peer may not have Eider */
    EIDER_NEWS_STRANGER,      /* somebody not on the list asks for privacy */
    EIDER_NEWS_NEW_DEVICE,    /* a key nobody knows says it is them */
    EIDER_NEWS_PEER_LEFT,     /* they turned privacy off; we stay private */
    EIDER_NEWS_NAME_DIFFERS,  /* detail: what they call themselves */
    EIDER_NEWS_GIVEN_UP,      /* count texts waited too long; detail: first */
    EIDER_NEWS_RESTORED,      /* an old copy of our state was put back */
    EIDER_NEWS_RENEWED,       /* a lost session was made anew by us */
    EIDER_NEWS_CHECK_ASKED,  /* they want to check; count: an eider_check_way */
    EIDER_NEWS_CHECK_PASSED, /* it is really them; count: an eider_check_way */
    EIDER_NEWS_CHECK_FAILED, /* count: how often in a row;
                                EIDER_CHECK_FAILURES_MAX or more: a warning */
    EIDER_NEWS_CHECK_ENDED,  /* not by us; count: an eider_check_end */
    EIDER_NEWS_TWIN,         /* our keys are in use on another machine */
    EIDER_NEWS_STORE,        /* detail: path and reason */
    EIDER_NEWS_STEADY,       /* agreed; count: seconds between slots */
    EIDER_NEWS_STEADY_ASKED, /* they offer it, and it needs the user's word */
    EIDER_NEWS_STEADY_NO,    /* they do not want it */
    EIDER_NEWS_STEADY_ENDED, /* they ended it */
    EIDER_NEWS_STEADY_PAUSED, /* a program without Eider came; count: seconds */
    EIDER_NEWS_SILENT, /* a device gets no more texts; detail: its label */
} eider_news_kind;

typedef struct {
    eider_news_kind kind;
    unsigned count;
    const char *detail; /* may be NULL */
} eider_news;

typedef struct {
    void *data;

    /* Wall clock, milliseconds since 1970; may jump. */
    uint64_t (*now_ms)(void *data);
    /* Call eider_engine_tick() in @ms; replaces what was asked before. */
    void (*wake_in)(void *data, uint64_t ms);
    /* All waiting times are divided by this (1; more in tests only). */
    unsigned speed;

    /* Hand a finished line to the carrier.  @to is an address given to
     * eider_engine_receive(), or the peer's name. */
    eider_sent (*send)(void *data, const char *account, const char *to,
                       const char *line);
    /* Longest line that the account's carrier takes. */
    size_t (*line_max)(void *data, const char *account);

    /* On the buddy list?  Online, as far as the list knows (somebody not on it
     * counts as online)?  Would a line get there (online, or kept by the
     * server) with our account connected? */
    bool (*is_buddy)(void *data, const char *account, const char *peer);
    bool (*is_online)(void *data, const char *account, const char *peer);
    bool (*is_reachable)(void *data, const char *account, const char *peer);
    /* Did the user turn on another buddy of the same merged contact? */
    bool (*is_merged_on)(void *data, const char *account, const char *peer);
    eider_default (*policy)(void *data);
    /* This device's label, up to EIDER_LABEL_MAX bytes; never NULL. */
    const char *(*label)(void *data);
    /* Our own name in the account, as the peer should see it; never NULL. */
    const char *(*own_name)(void *data, const char *account);

    /* False: it cannot be shown now (the account is not connected): it is kept
     * on disk and offered again when eider_engine_account() says so. */
    bool (*show)(void *data, const char *account, const char *from,
                 const eider_shown *text);
    void (*tell)(void *data, const char *account, const char *peer,
                 const eider_news *news);
    /* Something that eider_engine_status() says has changed. */
    void (*changed)(void *data, const char *account, const char *peer);
    /*
     * A text of the user's, named by eider_engine_send(), is now @state; told
     * once for each change.  A new text is WAITING without being told of.
     * SENT may become WAITING again (a lost session, a new handshake); nothing
     * follows DELIVERED, GIVEN_UP and CANCELLED.  DELIVERED: one device of
     * theirs has it, not each.  A text that was cut into several messages is
     * what the one of them that is furthest behind is.  May be NULL.
     */
    void (*text_state)(void *data, const char *account, const char *peer,
                       const uint8_t id[EIDER_TEXT_ID_SIZE],
                       eider_text_state state);

    /* Each of the following may be NULL. */

    /* The user's own seconds between slots: an offer of so many or more is
     * accepted without a question; 0: none is.  NULL: EIDER_SLOT_DEFAULT. */
    unsigned (*own_slot)(void *data);
    /* May an offer be accepted without a question, as far as the carrier is
     * concerned?  @others: lines a minute that go to the account's other Steady
     * contacts. */
    bool (*may_steady)(void *data, const char *account, const char *peer,
                       unsigned slot, unsigned others);
    /* Is a program online, theirs or ours, that cannot have Eider?  Slots wait
     * until it is gone; eider_engine_bystander() says that it changed. */
    bool (*has_bystander)(void *data, const char *account, const char *peer);
    /* They type (1), paused (2) or do not (0). */
    void (*typing)(void *data, const char *account, const char *from,
                   unsigned state);

    /* Is a ledger kept?  NULL: no.  And: there is something new in it of this
     * contact (NULL: something was deleted).  To be quick about: a slot may
     * be near. */
    bool (*has_ledger)(void *data);
    void (*seen)(void *data, const char *account, const char *peer);

    /* For tests, both or none: in the place of the ratchet, unless they return
     * false.  seal() fills a frame of @n + 80 bytes, whatever they are; open()
     * finds the body again of a frame of @n + 80 bytes that the other side
     * sealed in the session @sid (8 bytes). */
    bool (*seal)(void *data, const uint8_t *sid, uint8_t flags,
                 const uint8_t *body, size_t n, uint8_t *frame);
    bool (*open)(void *data, const uint8_t *sid, const uint8_t *frame, size_t n,
                 uint8_t *body, uint8_t *flags);
} eider_env;

#endif
