/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Slots: the frame is sealed and stored well before, whatever is in it, and at
 * the slot a finished line is handed over and nothing else is done.
 *
 *     pass: seal for every slot that is near ─▶ one write ─▶ ready
 *     slot: ready ─▶ env.send
 */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

/* ---- life ----------------------------------------------------------------- */

static void
free_ready(gpointer p)
{
    eider_ready *r = p;

    g_free(r->to);
    g_free(r->line);
    g_free(r);
}

void
eider_slots_free(eider_slots *x)
{
    if (x == NULL)
        return;
    g_free(x->account);
    g_free(x->peer);
    g_ptr_array_free(x->ready, TRUE);
    g_ptr_array_free(x->places, TRUE);
    eider_free(x, sizeof *x);
}

static eider_slots *
slots_of(const eider_engine *e, const eider_contact *c)
{
    g_autofree char *key = eider_people_key(c->account, c->peer);

    return g_hash_table_lookup(e->slots, key);
}

static eider_slots *
make(eider_engine *e, const eider_contact *c)
{
    eider_slots *x = slots_of(e, c);

    if (x != NULL)
        return x;
    x = eider_alloc(sizeof *x);
    x->account = g_strdup(c->account);
    x->peer = g_strdup(c->peer);
    x->has_bystander = eider_steady_has_bystander(e, c->account, c->peer);
    x->ready = g_ptr_array_new_with_free_func(free_ready);
    x->places = g_ptr_array_new_with_free_func(g_free);
    g_hash_table_replace(e->slots, eider_people_key(c->account, c->peer), x);
    return x;
}

/* All of its chance was drawn when the engine started. */
static void
start(eider_engine *e, eider_slots *x, uint64_t slot_ms)
{
    EIDER_AUTO(eider_secret) seed = {0};
    uint8_t n[8];
    const eider_slice parts[] = {
        {(const uint8_t *)x->account, strlen(x->account) + 1},
        {(const uint8_t *)x->peer, strlen(x->peer) + 1},
        {n, sizeof n}};

    eider_put_be64(n, x->starts++);
    eider_hash(seed.b, sizeof seed.b, e->slot_seed.b, sizeof e->slot_seed.b,
               parts, G_N_ELEMENTS(parts));
    eider_schedule_start(&x->clock, &seed, slot_ms,
                         eider_span_ms(e, EIDER_SLOT_PASS), eider_now(e));
    x->is_running = true;
}

static void
stop(eider_slots *x)
{
    x->is_running = false;
    /* What is sealed goes out in the first slot of the next time; addresses
     * do not last. */
    for (guint i = 0; i < x->ready->len; i++) {
        eider_ready *r = g_ptr_array_index(x->ready, i);

        g_free(r->to);
        r->to = g_strdup(x->peer);
    }
    g_ptr_array_set_size(x->places, 0);
}

void
eider_slots_update(eider_engine *e, eider_contact *c)
{
    eider_slots *x = slots_of(e, c);
    const eider_card *card = eider_card_find(e, c->account, c->peer);
    uint64_t slot_ms = eider_span(e, c->steady.slot);
    bool runs;

    /* Nobody is left with whom it was agreed. */
    if (eider_steady_is(c) &&
        (card == NULL || eider_card_count(card, EIDER_TRUST_ACCEPTED) == 0))
        eider_steady_drop(e, c);
    runs = eider_steady_is(c) && !eider_steady_is_paused(e, c) &&
           e->env.is_online(e->env.data, c->account, c->peer) &&
           e->env.is_reachable(e->env.data, c->account, c->peer);
    if (!eider_steady_is(c)) {
        if (x != NULL) {
            x->is_running = false;
            g_ptr_array_set_size(x->ready, 0);
        }
        return;
    }
    if (x == NULL)
        x = make(e, c);
    if (!runs) {
        if (x->is_running)
            stop(x);
    } else if (!x->is_running || x->clock.slot_ms != slot_ms) {
        start(e, x, slot_ms);
        c->steady.silent_ms = eider_now(e);
    }
}

void
eider_slots_stop(eider_engine *e, const char *account, const char *peer)
{
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, e->slots);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        eider_slots *x = v;

        if (x->is_running && strcmp(x->account, account) == 0 &&
            (peer == NULL || strcmp(x->peer, peer) == 0))
            stop(x);
    }
}

bool
eider_slots_run(const eider_engine *e, const eider_contact *c)
{
    const eider_slots *x = slots_of(e, c);

    return x != NULL && x->is_running;
}

/* ---- one frame ------------------------------------------------------------ */

static void
fill_random(eider_frame *f)
{
    f->size = EIDER_S;
    eider_random(f->b, EIDER_FRAME_S);
}

static void
add_ready(eider_slots *x, const char *to, const eider_frame *f,
          eider_rides rides)
{
    char line[EIDER_LINE_MAX + 1];
    eider_ready *r = g_new0(eider_ready, 1);

    eider_line_encode(f, line);
    r->to = g_strdup(to != NULL ? to : x->peer);
    r->line = g_strdup(line);
    r->rides = rides;
    g_ptr_array_add(x->ready, r);
    g_ptr_array_add(x->places, g_strdup(r->to));
}

/* A session that must be heard from, of this device or, with @pk NULL, of one
 * that has no frames of its own in a slot. */
static eider_session *
find_owing(eider_engine *e, eider_contact *c, const eider_public *pk)
{
    eider_card *card = eider_card_of(e, c);

    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);
        const eider_known *k = eider_card_key(card, &s->pk);
        bool is_own = k != NULL && k->trust == EIDER_TRUST_ACCEPTED;

        if (k != NULL && k->trust == EIDER_TRUST_BLOCKED)
            continue;
        if (s->owes_cover && eider_ratchet_can_send(s->ratchet) &&
            (pk != NULL ? eider_public_is_equal(&s->pk, pk) : !is_own))
            return s;
    }
    return NULL;
}

/* The frame of session @s, or random bytes where it cannot send. */
static void
seal_session(eider_engine *e, eider_contact *c, eider_session *s,
             eider_frame *f, eider_rides *rides)
{
    *rides = (eider_rides){0};
    if (s == NULL || eider_talk_seal_slot(e, c, s, f, rides) != EIDER_OK) {
        if (s != NULL)
            eider_meet_trigger(e, c);
        fill_random(f);
    }
}

static void
seal_first(eider_engine *e, eider_contact *c, eider_slots *x,
           eider_session *own, const char *to)
{
    eider_waiting_frame *w = eider_slots_next(e, c);
    eider_session *other = w == NULL ? find_owing(e, c, NULL) : NULL;
    eider_rides rides = {EIDER_SEEN_HANDSHAKE, 0};
    eider_frame f;

    if (w != NULL) {
        add_ready(x, w->to, &w->frame, rides);
        eider_waiting_free(w);
        return;
    }
    seal_session(e, c, other != NULL ? other : own, &f, &rides);
    add_ready(x, other != NULL ? other->address : to, &f, rides);
}

/* One frame to each accepted device; to the bare name where there is none. */
static void
seal_contact(eider_engine *e, eider_contact *c, eider_slots *x)
{
    eider_card *card = eider_card_of(e, c);
    bool is_first = true;

    g_ptr_array_set_size(x->places, 0);
    for (guint i = 0; i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);
        eider_session *s, *sends;
        eider_rides rides;
        const char *to;
        eider_frame f;

        if (k->trust != EIDER_TRUST_ACCEPTED ||
            eider_outbox_leaves_out(e, c, card, k))
            continue;
        sends = eider_contact_session(c, &k->pk);
        to = sends != NULL ? sends->address : NULL;
        s = find_owing(e, c, &k->pk);
        if (is_first) {
            seal_first(e, c, x, s != NULL ? s : sends, to);
        } else {
            seal_session(e, c, s != NULL ? s : sends, &f, &rides);
            add_ready(x, to, &f, rides);
        }
        is_first = false;
    }
    if (is_first)
        seal_first(e, c, x, NULL, NULL);
    c->is_dirty = true;
}

/* Random bytes to where the last lines went: what cannot be stored does not
 * leave, and that nothing can be stored does not show. */
static void
fill_places(eider_slots *x)
{
    g_autoptr(GPtrArray) places = x->places;
    eider_frame f;

    x->places = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_set_size(x->ready, 0);
    for (guint i = 0; i < MAX(places->len, 1); i++) {
        fill_random(&f);
        add_ready(x, i < places->len ? g_ptr_array_index(places, i) : NULL, &f,
                  (eider_rides){0});
    }
}

/* What is due already stays due until its tick, whatever happens before. */
void
eider_look_ahead(eider_engine *e, eider_contact *c)
{
    if (c->due_ms == 0 || c->due_ms > eider_now(e))
        eider_due(e, c, eider_find_due(e, c));
}

/* A frame in a slot that brought nothing to show is written with the next
 * sealing pass: nothing leaves before. */
void
eider_commit_later(eider_engine *e, eider_contact *c)
{
    if (!eider_steady_is(c) || !eider_slots_run(e, c) || c->card_dirty ||
        !g_queue_is_empty(&c->effects)) {
        (void)!eider_commit(e, c);
        return;
    }
    eider_look_ahead(e, c);
}

/* ---- the pass ------------------------------------------------------------- */

/* Nothing of this pass is on disk: back to what is. */
static void
give_up(eider_engine *e, GPtrArray *contacts, GPtrArray *slots)
{
    for (guint i = 0; i < contacts->len; i++)
        eider_contact_roll_back(e, g_ptr_array_index(contacts, i));
    for (guint i = 0; i < slots->len; i++)
        fill_places(g_ptr_array_index(slots, i));
}

static void
let_out(eider_engine *e, GPtrArray *contacts)
{
    e->is_paused = false;
    for (guint i = 0; i < contacts->len; i++) {
        eider_contact *c = g_ptr_array_index(contacts, i);

        c->is_dirty = c->is_soon = false;
        (void)!eider_commit(e, c);
    }
}

void
eider_slots_seal(eider_engine *e)
{
    g_autoptr(GPtrArray) contacts = g_ptr_array_new();
    g_autoptr(GPtrArray) sealed = g_ptr_array_new();
    uint64_t now = eider_now(e);
    GHashTableIter it;
    gpointer k, v;

    g_hash_table_iter_init(&it, e->slots);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        eider_slots *x = v;
        eider_contact *c = g_hash_table_lookup(e->contacts, k);

        if (!x->is_running || x->ready->len > 0 ||
            eider_schedule_seal_ms(&x->clock) > now)
            continue;
        if (c == NULL) {
            fill_places(x); /* its file cannot be read */
            continue;
        }
        seal_contact(e, c, x);
        g_ptr_array_add(contacts, c);
        g_ptr_array_add(sealed, x);
    }
    if (contacts->len == 0)
        return;
    if (eider_journal_write(e, contacts) == EIDER_OK)
        let_out(e, contacts);
    else
        give_up(e, contacts, sealed);
}

/* ---- the slot ------------------------------------------------------------- */

/* The carrier may call the engine while it sends: nothing is held on to. */
static void
hand_over(eider_engine *e, eider_slots *x)
{
    g_autoptr(GPtrArray) lines = x->ready;

    x->ready = g_ptr_array_new_with_free_func(free_ready);
    for (guint i = 0; i < lines->len; i++) {
        const eider_ready *r = g_ptr_array_index(lines, i);
        eider_sent sent;

        eider_note_own_line(e, x->account, r->line);
        sent = e->env.send(e->env.data, x->account, r->to, r->line);
        e->counters.lines_sent++;
        if (sent == EIDER_SENT) {
            eider_ledger_line_out(e, x->account, x->peer, r->line, r->rides,
                                  true);
            continue;
        }
        /* The same one in the next slot. */
        g_ptr_array_add(x->ready, g_ptr_array_steal_index(lines, i--));
    }
}

static void
after(eider_engine *e, eider_slots *x)
{
    g_autofree char *key = eider_people_key(x->account, x->peer);
    eider_contact *c = g_hash_table_lookup(e->contacts, key);

    if (c != NULL && c->steady.closing > 0) {
        eider_steady_used(c);
        if (!eider_steady_is(c))
            (void)eider_outbox_flush(e, c);
        (void)!eider_commit(e, c);
    }
    e->env.changed(e->env.data, x->account, x->peer);
}

bool
eider_slots_hand_over(eider_engine *e)
{
    g_autoptr(GList) all = g_hash_table_get_values(e->slots);
    uint64_t now = eider_now(e);
    bool was_used = false;

    for (GList *l = all; l != NULL; l = l->next) {
        eider_slots *x = l->data;

        if (!x->is_running || eider_schedule_check(&x->clock, now) ||
            !eider_schedule_is_due(&x->clock, now))
            continue;
        if (eider_schedule_is_missed(&x->clock, now) ||
            !e->env.is_online(e->env.data, x->account, x->peer)) {
            eider_schedule_step(&x->clock, now);
            continue;
        }
        if (x->ready->len == 0)
            eider_slots_seal(e); /* the pass was missed */
        hand_over(e, x);
        eider_schedule_step(&x->clock, now);
        after(e, x);
        was_used = true;
    }
    return was_used;
}

uint64_t
eider_slots_due(const eider_engine *e)
{
    GHashTableIter it;
    uint64_t due = eider_guard_is_due(e) ? eider_now(e) : 0;
    gpointer v;

    g_hash_table_iter_init(&it, e->slots);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_slots *x = v;
        uint64_t at;

        if (!x->is_running)
            continue;
        at = x->ready->len > 0 ? x->clock.next_ms
                               : eider_schedule_seal_ms(&x->clock);
        due = due == 0 ? at : MIN(due, at);
    }
    return due;
}
