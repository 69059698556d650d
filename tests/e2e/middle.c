/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Somebody in between, for the tap: two engines with keys of their own, one
 * that is Bob for Alice and one that is Alice for Bob.
 *
 *     in:   A <text>   Alice sent it        out:  A <text>   for Alice
 *           B <text>   Bob sent it                B <text>   for Bob
 *           relay      from now on each frame is opened in one half, and its
 *                      records are sealed in the other, as they are
 *           code       runs a code with each, and says "the same" to both
 *
 *     middle <Alice's name> <Bob's name>
 */
#include "core/work.h"
#include "eider/crypto.h"
#include "unit/memfiles.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    char letter; /* of the victim at this half */
    char *account, *own, *peer;
    memfiles *files;
    eider_store *store;
    eider_engine *engine;
    eider_session *heard; /* in which the victim spoke last */
    uint64_t due;         /* 0: never */
} half;

static half alice, bob;
static bool relays, makes_codes;

static half *
other(const half *h)
{
    return h == &alice ? &bob : &alice;
}

/* ---- what the engines call ------------------------------------------------ */

static uint64_t
now_ms(void *data)
{
    (void)data;
    return (uint64_t)g_get_real_time() / 1000;
}

static void
wake_in(void *data, uint64_t ms)
{
    ((half *)data)->due = ms == UINT64_MAX ? 0 : now_ms(NULL) + ms;
}

static eider_sent
send_line(void *data, const char *account, const char *to, const char *line)
{
    (void)account, (void)to;
    if (!relays)
        printf("%c %s\n", ((half *)data)->letter, line);
    return EIDER_SENT;
}

static size_t
line_max(void *data, const char *account)
{
    (void)data, (void)account;
    return 8000;
}

static bool
always(void *data, const char *account, const char *peer)
{
    (void)data, (void)account, (void)peer;
    return true;
}

static bool
never(void *data, const char *account, const char *peer)
{
    (void)data, (void)account, (void)peer;
    return false;
}

static eider_default
policy(void *data)
{
    (void)data;
    return EIDER_DEFAULT_AUTO;
}

static const char *
label(void *data)
{
    (void)data;
    return "vm";
}

static const char *
own_name(void *data, const char *account)
{
    (void)account;
    return ((half *)data)->own;
}

static bool
show(void *data, const char *account, const char *from, const eider_shown *text)
{
    (void)data, (void)account, (void)from, (void)text;
    return true;
}

static void
tell(void *data, const char *account, const char *peer, const eider_news *news)
{
    (void)data, (void)account, (void)peer, (void)news;
}

static void
changed(void *data, const char *account, const char *peer)
{
    (void)data, (void)account, (void)peer;
}

static void
start(half *h, char letter, const char *own, const char *peer)
{
    const eider_env env = {
        .data = h,
        .now_ms = now_ms,
        .wake_in = wake_in,
        .speed = 1,
        .send = send_line,
        .line_max = line_max,
        .is_buddy = always,
        .is_online = always,
        .is_reachable = always,
        .is_merged_on = never,
        .policy = policy,
        .label = label,
        .own_name = own_name,
        .show = show,
        .tell = tell,
        .changed = changed,
    };

    h->letter = letter;
    h->own = g_strdup(own);
    h->peer = g_strdup(peer);
    h->account = g_strconcat("m\t", own, NULL);
    h->files = memfiles_new();
    if (eider_store_open(&h->store, memfiles_files(h->files), NULL) !=
            EIDER_OK ||
        eider_engine_new(&h->engine, &env, h->store) != EIDER_OK)
        g_error("middle: no engine");
    eider_engine_account(h->engine, h->account, true);
}

/* ---- relaying ------------------------------------------------------------- */

static eider_session *
session_of(half *h)
{
    eider_contact *c = eider_contact_get(h->engine, h->account, h->peer);
    const eider_card *card = eider_card_get(h->engine, h->account, h->peer);

    return card->keys->len > 0
               ? eider_contact_session(
                     c, &g_array_index(card->keys, eider_known, 0).pk)
               : NULL;
}

/* But for what would agree on secrets past us. */
static void
copy_records(const eider_body *body, eider_body *out)
{
    eider_record r;

    eider_body_init(out, body->size);
    for (size_t at = 0; eider_body_next(body, &at, &r);)
        if (r.type != EIDER_R_PQ)
            (void)!eider_body_add(out, r.type, r.value);
}

static void
relay(half *from, const eider_frame *f)
{
    eider_contact *c =
        eider_contact_get(from->engine, from->account, from->peer);
    half *to = other(from);
    char line[EIDER_LINE_MAX + 1];
    eider_body body, copy;
    eider_frame again;
    eider_session *s;
    uint8_t flags;

    for (guint i = 0; i < c->sessions->len; i++) {
        s = g_ptr_array_index(c->sessions, i);
        eider_body_init(&body, f->size);
        if (eider_ratchet_open(s->ratchet, 0, f, &body, &flags) != EIDER_OK)
            continue;
        from->heard = s;
        copy_records(&body, &copy);
        s = to->heard != NULL ? to->heard : session_of(to);
        if (s == NULL ||
            eider_ratchet_seal(s->ratchet, flags, &copy, &again) != EIDER_OK)
            return;
        eider_line_encode(&again, line);
        printf("%c %s\n", to->letter, line);
        return;
    }
}

/* ---- the loop ------------------------------------------------------------- */

static void
make_codes(void)
{
    half *both[] = {&alice, &bob};

    for (int i = 0; i < 2; i++) {
        half *h = both[i], *x = other(h);
        eider_check_view v;

        eider_engine_check_view(h->engine, h->account, h->peer, NULL, &v);
        if (v.phase == EIDER_PHASE_COMPARE && !v.is_ours)
            (void)!eider_engine_check_code_start(x->engine, x->account, x->peer,
                                                 NULL);
        if (v.phase == EIDER_PHASE_COMPARE)
            (void)!eider_engine_check_confirm(h->engine, h->account, h->peer,
                                              true);
    }
}

static void
obey(char *row)
{
    half *h = row[0] == 'A' ? &alice : &bob;
    eider_frame f;

    g_strchomp(row);
    if (strcmp(row, "relay") == 0)
        relays = true;
    else if (strcmp(row, "code") == 0)
        makes_codes = true;
    else if (strlen(row) < 3)
        return;
    else if (relays &&
             eider_line_find(row + 2, strlen(row + 2), &f) == EIDER_LINE_FRAME)
        relay(h, &f);
    else
        (void)eider_engine_receive(h->engine, h->account, h->peer, h->peer,
                                   row + 2, strlen(row + 2), false);
    if (makes_codes)
        make_codes();
}

static void
tick(half *h)
{
    if (h->due == 0 || h->due > now_ms(NULL) || relays)
        return;
    h->due = 0;
    eider_engine_tick(h->engine);
}

int
main(int argc, char **argv)
{
    static char row[16384];
    struct pollfd in = {0, POLLIN, 0};

    if (argc != 3 || eider_crypto_init() != EIDER_OK)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    setvbuf(stdin, NULL, _IONBF, 0);
    start(&alice, 'A', argv[2], argv[1]);
    start(&bob, 'B', argv[1], argv[2]);
    for (;;) {
        if (poll(&in, 1, 100) > 0) {
            if (fgets(row, sizeof row, stdin) == NULL)
                return 0;
            obey(row);
        }
        tick(&alice);
        tick(&bob);
    }
}
