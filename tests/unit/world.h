/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small world for engines: a virtual clock, a server that loses, delays,
 * repeats and damages lines, and people whose machines crash.
 *
 *     world *w = world_new(seed);
 *     device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");
 *
 *     device_start(a), device_start(b);       both come online
 *     (void)device_choose(a, "bob", EIDER_ON);
 *     world_run(w, 60 * 1000);                a minute passes
 *
 * Everything drawn, also inside libsodium, comes from the seed, so one seed
 * replays a run.  Each line that leaves any engine is looked at here: it is
 * the invitation or one of the three lengths and decodes.
 *
 * A crash happens at a chosen write, send or show: from that moment on nothing
 * of the device reaches disk, network or eyes, and the engine is taken away
 * when its call returns.
 */
#ifndef EIDER_TESTS_WORLD_H
#define EIDER_TESTS_WORLD_H

#include "eider/engine.h"
#include "unit/memfiles.h"

#include <glib.h>

#define WORLD_SECOND UINT64_C(1000)
#define WORLD_MINUTE (60 * WORLD_SECOND)
#define WORLD_HOUR   (60 * WORLD_MINUTE)
#define WORLD_DAY    (24 * WORLD_HOUR)
#define WORLD_NEVER  (-1)

typedef struct world world;
typedef struct device device;

/* What was shown to somebody, in order. */
typedef struct {
    char *html, *from;
    bool maybe_shown, from_candidate;
    uint64_t at_ms, written_ms;
} shown_text;

/* A line that left. */
typedef struct {
    char *to, *line;
    uint64_t at_ms;
} sent_line;

/* What the engine called out about a text of its user's. */
typedef struct {
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_text_state state;
} told_state;

struct device {
    world *w;
    char *name, *full, *account;
    memfiles *files;
    eider_files table; /* of files, with our write in between */
    eider_store *store;
    eider_engine *engine; /* NULL: switched off */
    bool is_online, is_dead;
    int64_t skew_ms; /* by how much its clock is ahead */
    unsigned wake_gen;
    uint64_t wake_ms; /* asked for; 0: never */

    size_t line_max;
    eider_default policy;
    bool has_no_buddies, is_merged_on, refuses; /* refuses: NOT_SENT */
    const char *label;

    unsigned slot;      /* the user's own seconds between slots */
    bool has_bystander; /* a resource without Eider is online */
    bool is_asleep;     /* no timer comes, as of a machine that sleeps */
    unsigned typing;    /* what they last said of it */
    GHashTable *bodies; /* frame -> body: sealed without a ratchet, or NULL */

    bool has_ledger;
    unsigned seen; /* how often something was noted, or deleted */

    bool is_timed;
    double cpu_us; /* what its engine used of this thread, where is_timed */

    bool cannot_show; /* as a client whose account is not connected */
    int die_at_write, die_at_send, die_at_show; /* countdowns; WORLD_NEVER */
    uint64_t died_ms;
    bool has_failed;       /* a write failed in this call ... */
    unsigned after_failed; /* ... and so many lines left after that: 0 */

    GPtrArray *shown; /* shown_text */
    GPtrArray *lines; /* sent_line, where keeps_lines */
    bool keeps_lines;
    unsigned news[64];
    char *news_detail;   /* of the last news */
    eider_status looked; /* what a face saw when it was told last to look */
    uint64_t sent;       /* lines */
    void (*on_show)(device *d, const shown_text *t);
    uint8_t last_id[EIDER_TEXT_ID_SIZE]; /* of what was written last */
    GArray *states;                      /* told_state, in order */
    void (*on_state)(device *d, const told_state *t);
};

struct world {
    uint64_t now; /* ms since 1970 */
    uint64_t random;
    GSequence *events;
    uint64_t event_count;
    GPtrArray *devices;
    GHashTable *mail; /* bare name -> GQueue, for who is away */

    unsigned loss, dup, corrupt, cut; /* of 1000 lines */
    unsigned late;                    /* of 1000 lines, so many are */
    uint32_t delay_ms, late_ms;       /* at most; drawn */
    bool keeps;                       /* lines for who is away */
    bool is_sync;                     /* deliver inside of send */
    bool is_cut;                      /* partition: nothing arrives */
    bool is_quiet;                    /* no presence, all count as online */
    uint64_t restart_ms;              /* after a crash, at most; 0: never */
    /* Somebody in between: true where the line is his. */
    bool (*takes_line)(world *w, device *from, const char *line);
    uint64_t lines, crashes;
    /* Called with each line that leaves, before anything befalls it. */
    void (*on_line)(world *w, const device *from, const char *line);
    unsigned depth;
};

world *world_new(uint64_t seed);
void world_free(world *w);
uint32_t world_random(world *w, uint32_t below);
/* Let @ms pass. */
void world_run(world *w, uint64_t ms);
/* Let time pass until @done says so, at most @ms; false: it never did. */
bool world_run_until(world *w, uint64_t ms, bool (*done)(world *w));
/* Call @f(w, a, n) in @ms. */
void world_later(world *w, uint64_t ms, void (*f)(world *w, void *a, int n),
                 void *a, int n);

/* A machine with an empty disk, switched off; several may share @name. */
device *world_add(world *w, const char *name, const char *resource);
/* Start the program and come online; or come back after device_offline(). */
void device_start(device *d);
/* The program alone; false: its files are not to be used. */
bool device_try(device *d);
/* The line is cut, the program runs on; or the program ends in good order. */
void device_offline(device *d);
void device_stop(device *d);
void device_crash(device *d);

eider_err device_choose(device *d, const char *peer, eider_choice choice);
eider_err device_write(device *d, const char *peer, const char *html);
void device_receive(device *d, const char *peer, const char *text);
/* Delete the contact's file, or everything about sessions in all of them,
 * while the machine is off; the keys stay. */
void device_lose(device *d, const char *peer);

/* Both agree on @slot seconds; at the end both know it. */
void device_steady(device *a, device *b, unsigned slot);
/* Frames of both are random bytes from now on, and their bodies go from one to
 * the other past them. */
void device_seal_plainly(device *a, device *b);
/* Both come online, @a turns privacy on, and a minute later they have met. */
void device_meet(device *a, device *b);
/* The engine's contact and the bytes of it and of the index. */
void device_pickle(device *d, const char *peer, eider_buf *out);
/* The line that @d sent last, and how many it has sent. */
const char *device_last_line(const device *d);

/* How many devices of @peer are there with a session (in any trust). */
unsigned device_sessions(device *d, const char *peer);
/* What was called out last about this text, or about the one written last;
 * WAITING where nothing was. */
eider_text_state device_state_of(const device *d, const uint8_t *id);
eider_status device_status(device *d, const char *peer);
unsigned device_count_shown(const device *d, const char *html);
bool world_has_line_form(const char *line, bool *is_invitation);

#endif
