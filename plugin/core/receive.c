/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A received text on its way in: is there a line in it, which session or mask
 * opens the frame, and what does it mean when nothing does.
 */
#include "work.h"

#include <string.h>

/* ---- strangers ------------------------------------------------------------ */

static void
drop_oldest_stranger(eider_engine *e)
{
    uint64_t oldest_ms = UINT64_MAX;
    gpointer k, v, oldest = NULL;
    GHashTableIter it;

    if (g_hash_table_size(e->strangers) < EIDER_STRANGERS_MAX)
        return;
    g_hash_table_iter_init(&it, e->strangers);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        if (((eider_stranger *)v)->told_ms < oldest_ms) {
            oldest_ms = ((eider_stranger *)v)->told_ms;
            oldest = k;
        }
    }
    g_hash_table_remove(e->strangers, oldest);
}

/* One line for the user, at most once an hour for each; nothing is sent. */
static void
note_stranger(eider_engine *e, const char *account, const char *peer,
              const eider_frame *f, const eider_fragment *fr)
{
    const eider_card *card = eider_card_find(e, account, peer);
    g_autofree char *key = eider_people_key(account, peer);
    eider_stranger *s = g_hash_table_lookup(e->strangers, key);
    uint64_t now = eider_now(e);

    e->counters.strangers++;
    if (card != NULL && card->choice == EIDER_OFF)
        return;
    if (s == NULL) {
        drop_oldest_stranger(e);
        s = g_new0(eider_stranger, 1);
        g_hash_table_replace(e->strangers, g_strdup(key), s);
    }
    if (memcmp(s->id.b, fr->id.b, sizeof s->id.b) != 0) {
        s->id = fr->id;
        s->have = 0;
    }
    s->frames[fr->index] = *f; /* index: below EIDER_FRAGMENTS */
    s->have |= 1u << fr->index;
    if (s->told_ms != 0 && s->told_ms <= now &&
        now < s->told_ms + eider_span(e, EIDER_INVITE_GAP))
        return;
    s->told_ms = now;
    /* A server can invent any number of them. */
    if (!eider_budget_has(e->warnings, now, eider_span(e, EIDER_INVITE_GAP),
                          EIDER_WARNINGS_MAX))
        return;
    g_array_append_val(e->warnings, now);
    eider_tell_now(e, account, peer, EIDER_NEWS_STRANGER, NULL);
}

/* Of somebody of whom nothing is kept only a message 1 in the public mask
 * means anything, and costs no DH step. */
static void
look_at_stranger(eider_engine *e, const char *account, const char *peer,
                 const eider_frame *f)
{
    EIDER_AUTO(eider_secret) mask;
    eider_fragment fr;

    eider_mask_public(&mask);
    if (eider_fragment_open(&mask, f, &fr) == EIDER_OK && fr.message == 1)
        note_stranger(e, account, peer, f, &fr);
    else
        e->counters.unopenable++;
}

/* ---- fragments ------------------------------------------------------------ */

static eider_err
unmask(eider_contact *c, const eider_frame *f, eider_secret *mask,
       eider_fragment *out)
{
    eider_err err;

    for (guint i = 0; i < c->memories->len; i++) {
        const eider_memory *m = g_ptr_array_index(c->memories, i);

        for (unsigned j = 0; j < m->n_rms; j++) {
            *mask = m->rms[j];
            err = eider_fragment_open(mask, f, out);
            if (err != EIDER_E_AUTH)
                return err;
        }
    }
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s->is_confirmed)
            continue;
        *mask = s->rm;
        err = eider_fragment_open(mask, f, out);
        if (err != EIDER_E_AUTH)
            return err;
    }
    eider_mask_public(mask);
    return eider_fragment_open(mask, f, out);
}

static bool
is_same_set(const eider_assembly *as, const eider_fragment *fr)
{
    return as->message == fr->message && as->size == fr->size &&
           memcmp(as->id.b, fr->id.b, sizeof as->id.b) == 0;
}

static eider_assembly *
assembly_for(eider_engine *e, eider_contact *c, const eider_fragment *fr)
{
    uint64_t now = eider_now(e);
    eider_assembly *as;

    for (guint i = c->assemblies->len; i-- > 0;) {
        as = g_ptr_array_index(c->assemblies, i);
        if (as->since_ms + eider_span(e, EIDER_ANSWERED_KEEP) <= now)
            g_ptr_array_remove_index(c->assemblies, i);
    }
    for (guint i = 0; i < c->assemblies->len; i++) {
        as = g_ptr_array_index(c->assemblies, i);
        if (is_same_set(as, fr))
            return as;
    }
    if (c->assemblies->len >= EIDER_ASSEMBLIES_MAX)
        g_ptr_array_remove_index(c->assemblies, 0);
    as = eider_alloc(sizeof *as);
    as->id = fr->id;
    as->message = fr->message;
    as->size = fr->size;
    as->since_ms = now;
    g_ptr_array_add(c->assemblies, as);
    return as;
}

static void
take_fragment(eider_engine *e, eider_contact *c, const eider_fragment *fr,
              const eider_secret *mask, const char *from)
{
    bool is_one = fr->message == 3 || fr->size == EIDER_M;
    eider_assembly *as = assembly_for(e, c, fr);
    size_t n = fr->message == 3      ? EIDER_HS_LEN_3
               : fr->size == EIDER_M ? EIDER_HS_LEN
                                     : EIDER_FRAGMENT_S;

    memcpy(as->whole + (is_one ? 0 : fr->index * EIDER_FRAGMENT_S), fr->data,
           n);
    as->have |= (uint8_t)(1u << fr->index);
    as->mask = *mask;
    /* Whole, or the bare name is answered: half a character is no text. */
    if (from != NULL &&
        g_strlcpy(as->from, from, sizeof as->from) >= sizeof as->from)
        as->from[0] = '\0';
    c->is_dirty = true;
    if (as->have != (is_one ? 1 : (1u << EIDER_FRAGMENTS) - 1))
        return;
    eider_meet_take(e, c, as);
    g_ptr_array_remove(c->assemblies, as);
}

/* A fragment of a handshake that was answered: the cached answer again. */
static bool
take_again(eider_engine *e, eider_contact *c, const eider_fragment *fr,
           const eider_secret *mask)
{
    static const eider_leg_event events[] = {
        0, EIDER_EV_M1_AGAIN, EIDER_EV_M2_AGAIN, EIDER_EV_M3_AGAIN};
    eider_leg *l = eider_leg_find(c, &fr->id, fr->message);
    eider_assembly as = {.mask = *mask};

    /* The first copy of message 3 is no repeat. */
    if (l == NULL || (fr->message == 3 && l->state == EIDER_LEG_ANSWERED))
        return false;
    /* We may be its initiator: our own message 1 came back. */
    (void)!eider_leg_step(e, c, l, events[fr->message], &as);
    return true;
}

static bool
is_expected(const eider_contact *c, const eider_fragment *fr)
{
    if (fr->message == 1)
        return true;
    if (fr->message == 2)
        return c->meeting.state != EIDER_MEET_IDLE || c->closed->len > 0;
    return false; /* a message 3 of ours to read is found as a leg */
}

/* False: no mask opens it, or it belongs to a handshake that we lost. */
static bool
try_fragment(eider_engine *e, eider_contact *c, const eider_frame *f,
             const char *from)
{
    EIDER_AUTO(eider_secret) mask = {0};
    eider_card *card = eider_card_of(e, c);
    eider_fragment fr;
    eider_err err = unmask(c, f, &mask, &fr);

    if (err == EIDER_E_AUTH)
        return false;
    e->counters.fragments++;
    e->arrival.rides.kind = EIDER_SEEN_HANDSHAKE;
    if (err != EIDER_OK)
        return true;
    if (fr.message == 1 && !eider_trust_may_answer(e, c->account, c->peer)) {
        note_stranger(e, c->account, c->peer, f, &fr);
        return true;
    }
    if (card->choice == EIDER_OFF)
        return true;
    if (!card->has_spoken)
        card->has_spoken = c->card_dirty = true;
    if (take_again(e, c, &fr, &mask))
        return true;
    if (fr.message == 1 && c->meeting.state != EIDER_MEET_IDLE &&
        memcmp(fr.id.b, c->meeting.a.id1.b, sizeof fr.id.b) == 0)
        return true; /* our own line came back */
    if (!is_expected(c, &fr) && eider_leg_find(c, &fr.id, fr.message) == NULL)
        return false;
    take_fragment(e, c, &fr, &mask, from);
    return true;
}

/* ---- what nothing opens --------------------------------------------------- */

static bool
is_answering(const eider_contact *c)
{
    for (guint i = 0; i < c->legs->len; i++) {
        const eider_leg *l = g_ptr_array_index(c->legs, i);

        if (l->state != EIDER_LEG_DONE)
            return true;
    }
    return c->assemblies->len > 0;
}

static bool
has_confirmed(const eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s->is_confirmed)
            return true;
    }
    return false;
}

/* Did text ever come in one?  A device that nobody has accepted yet gets
 * none, and sees only lines that are for others. */
static bool
has_heard(const eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s->is_confirmed && s->has_heard)
            return true;
    }
    return false;
}

static void
keep_stray(eider_contact *c, const eider_frame *f)
{
    eider_frame *copy = g_new(eider_frame, 1);

    *copy = *f;
    if (g_queue_get_length(&c->strays) >= EIDER_STRAY_LINES_MAX)
        g_free(g_queue_pop_head(&c->strays));
    g_queue_push_tail(&c->strays, copy);
}

static void
take_unopened(eider_engine *e, eider_contact *c, const eider_frame *f)
{
    uint64_t now = eider_now(e), span = eider_span(e, EIDER_TRIGGER_GAP);

    e->counters.unopenable++;
    if (!eider_trust_may_answer(e, c->account, c->peer))
        return;
    if (is_answering(c) || c->meeting.state != EIDER_MEET_IDLE)
        keep_stray(c, f);
    if (has_confirmed(c)) {
        (void)eider_budget_has(c->unopenable, now, span, 1);
        g_array_append_val(c->unopenable, now);
        if (c->unopenable->len >= EIDER_UNOPENABLE_MAX) {
            g_array_set_size(c->unopenable, 0);
            eider_meet_trigger(e, c);
            c->is_renewing =
                has_heard(c) && c->meeting.state == EIDER_MEET_CALLING;
        }
    } else if (c->meeting.state == EIDER_MEET_IDLE) {
        if (!is_answering(c))
            eider_meet_trigger(e, c);
        else if (c->stray_ms == 0)
            c->stray_ms = now + span;
    }
}

static bool
open_either(eider_engine *e, eider_contact *c, const eider_frame *f,
            const char *from)
{
    return eider_talk_open(e, c, f, from) != EIDER_E_AUTH ||
           try_fragment(e, c, f, from);
}

/* After each step of a handshake: what could not be opened before. */
static void
try_strays(eider_engine *e, eider_contact *c)
{
    bool again = true;

    while (again) {
        again = false;
        for (GList *l = c->strays.head, *next; l != NULL; l = next) {
            next = l->next;
            if (!open_either(e, c, l->data, NULL))
                continue;
            g_free(l->data);
            g_queue_delete_link(&c->strays, l);
            again = true;
        }
    }
    if (g_queue_is_empty(&c->strays))
        c->stray_ms = 0;
}

void
eider_receive_tick(eider_engine *e, eider_contact *c)
{
    if (c->stray_ms == 0 || c->stray_ms > eider_now(e))
        return;
    c->stray_ms = 0;
    if (!g_queue_is_empty(&c->strays) && !has_confirmed(c))
        eider_meet_trigger(e, c);
}

static void
take_frame(eider_engine *e, eider_contact *c, const eider_frame *f,
           const char *from)
{
    e->arrival.rides = (eider_rides){EIDER_SEEN_COVER, 0};
    if (open_either(e, c, f, from)) {
        eider_rides rides = e->arrival.rides;

        try_strays(e, c);
        (void)eider_outbox_flush(e, c);
        eider_check_flush(e, c);
        e->arrival.rides = rides;
    } else {
        take_unopened(e, c, f);
    }
}

void
eider_receive_stranger(eider_engine *e, eider_contact *c)
{
    g_autofree char *key = eider_people_key(c->account, c->peer);
    eider_stranger *s = g_hash_table_lookup(e->strangers, key);

    if (s == NULL)
        return;
    for (unsigned i = 0; i < EIDER_FRAGMENTS; i++)
        if ((s->have >> i & 1) != 0)
            take_frame(e, c, &s->frames[i], NULL);
    g_hash_table_remove(e->strangers, key);
}

/* ---- the door ------------------------------------------------------------- */

void
eider_receive_frame(eider_engine *e, const char *account, const char *peer,
                    const char *from, const eider_frame *f)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c;

    e->counters.frames++;
    if (eider_is_own_line(e, account, f)) {
        e->counters.duplicates++;
        return;
    }
    if ((card == NULL || card->keys->len == 0) &&
        !eider_trust_may_answer(e, account, peer)) {
        look_at_stranger(e, account, peer, f);
        return;
    }
    c = eider_contact_get(e, account, peer);
    if (c == NULL)
        return; /* news STORE; nothing is acknowledged, so it comes again */
    e->arrival.in_slot = eider_slots_run(e, c);
    take_frame(e, c, f, from);
    eider_ledger_line_in(e, account, peer, eider_line_len(f->size));
    eider_commit_later(e, c);
}

eider_verdict
eider_engine_receive(eider_engine *e, const char *account, const char *peer,
                     const char *from, const char *text, size_t n, bool delayed)
{
    eider_verdict verdict = EIDER_SWALLOW;
    eider_frame f;

    e->arrival.ms = eider_now(e);

    switch (eider_line_find(text, n, &f)) {
    case EIDER_LINE_FRAME:
        if (!eider_guard_hold(e, account, peer, from, &f))
            eider_receive_frame(e, account, peer, from, &f);
        break;
    case EIDER_LINE_DAMAGED:
        e->counters.damaged++;
        break;
    default:
        if (delayed || !eider_engine_invites(text, n) ||
            !eider_invite_take(e, account, peer, text, n))
            verdict = EIDER_PASS;
        eider_ledger_open_in(e, account, peer, verdict, n);
        break;
    }
    eider_effects_run(e);
    return verdict;
}

bool
eider_engine_has_line(const char *text, size_t n)
{
    eider_frame f;

    return eider_line_find(text, n, &f) != EIDER_LINE_NONE;
}
