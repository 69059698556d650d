/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data frames: what rides in one that leaves, and what one brings. */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

eider_size
eider_size_now(const eider_engine *e, const eider_contact *c)
{
    if (eider_steady_is(c))
        return EIDER_S;
    return eider_size_for(e->env.line_max(e->env.data, c->account));
}

static bool
is_accepted(eider_engine *e, const eider_contact *c, const eider_public *pk)
{
    const eider_known *k = eider_card_key(eider_card_of(e, c), pk);

    return k != NULL && k->trust == EIDER_TRUST_ACCEPTED;
}

/* ---- out ------------------------------------------------------------------ */

static void
add_hello(const eider_engine *e, const eider_contact *c, eider_body *body)
{
    const char *label = e->env.label(e->env.data);
    const char *name = e->env.own_name(e->env.data, c->account);
    const eider_hello h = {
        {(const uint8_t *)label, MIN(strlen(label), EIDER_LABEL_MAX)},
        {(const uint8_t *)name, MIN(strlen(name), EIDER_NAME_MAX)}};

    (void)!eider_body_add_hello(body, &h); /* no room: in the next frame */
}

/* Of no worth a slot later: where there is no room it is dropped. */
static void
add_typing(eider_contact *c, eider_body *body)
{
    const uint8_t value[] = {EIDER_STATE_TYPING, (uint8_t)c->typing};

    (void)!eider_body_add(body, EIDER_R_STATE,
                          (eider_slice){value, sizeof value});
    c->typing = -1;
}

/* Another session with the same key was confirmed after this one. */
static bool
is_passed(eider_contact *c, const eider_session *s)
{
    const eider_session *best = eider_contact_session(c, &s->pk);

    return s->is_confirmed && best != NULL && best != s;
}

/* Everything that rides along where there is room, in order of need.  Returns
 * the check of the ack, 0 where there is none. */
static uint8_t
add_riders(eider_engine *e, eider_contact *c, eider_session *s,
           eider_body *body)
{
    static const uint8_t goodbye[] = {EIDER_STATE_GOODBYE};
    static const uint8_t newer[] = {EIDER_STATE_NEWER};
    uint8_t check = 0;
    eider_ack ack;

    if (s->has_heard) {
        check = eider_inbox_ack(s, &ack);
        ack.floor = eider_outbox_floor(c, s);
        if (eider_body_add_ack(body, &ack) == EIDER_OK)
            s->ack_ms = 0;
        else
            check = 0;
    }
    eider_steady_say(e, c, s, body);
    if (c->typing >= 0 && s == eider_contact_session(c, &s->pk) &&
        is_accepted(e, c, &s->pk))
        add_typing(c, body);
    if (s->goodbyes > 0 &&
        eider_body_add(body, EIDER_R_STATE,
                       (eider_slice){goodbye, sizeof goodbye}) == EIDER_OK)
        s->goodbyes--;
    eider_check_ride(e, c, s, body);
    if (is_passed(c, s))
        (void)!eider_body_add(body, EIDER_R_STATE,
                              (eider_slice){newer, sizeof newer});
    if (!s->hello_arrived)
        add_hello(e, c, body);
    return check;
}

/* An epoch ends where a frame leaves or arrives; @before: so many had. */
static void
note_epoch(const eider_engine *e, eider_session *s, uint32_t before)
{
    if (eider_ratchet_mixed(s->ratchet) != before)
        s->pq_ms = eider_now(e);
}

/* Text that took longer than this says when it was written. */
static uint64_t
when_after(const eider_engine *e, const eider_contact *c)
{
    return eider_span(e, EIDER_WHEN_AFTER + c->steady.slot);
}

static eider_err
seal_body(eider_engine *e, eider_session *s, const eider_body *body,
          uint8_t check, eider_frame *f)
{
    uint8_t flags = (uint8_t)((s->hello_seen ? EIDER_FLAG_HELLO : 0) |
                              check << EIDER_FLAG_CHECK);

    f->size = body->size;
    if (e->env.seal != NULL && e->env.seal(e->env.data, s->sid, flags, body->b,
                                           eider_body_len(body->size), f->b))
        return EIDER_OK;
    return eider_ratchet_seal(s->ratchet, flags, body, f);
}

/* Text or cover: the same steps, and the same work. */
static eider_err
seal(eider_engine *e, eider_contact *c, eider_session *s, eider_size size,
     const eider_text *t, uint64_t written_ms, eider_frame *out)
{
    EIDER_AUTO(eider_body) body;
    uint64_t now = eider_now(e);
    uint32_t epochs = eider_ratchet_mixed(s->ratchet);
    const eider_known *k = eider_card_key(eider_card_of(e, c), &s->pk);
    uint8_t check;
    eider_err err;

    eider_body_init(&body, size);
    if (k != NULL && k->trust == EIDER_TRUST_BLOCKED)
        return EIDER_E_STATE;
    if (t != NULL) {
        err = eider_body_add_text(&body, t);
        if (err != EIDER_OK)
            return err;
        if (t->part == 0 && written_ms >= EIDER_EPOCH_2020_MS &&
            now > written_ms + when_after(e, c))
            (void)!eider_body_add_when(&body, written_ms - EIDER_EPOCH_2020_MS);
    }
    check = add_riders(e, c, s, &body);
    c->is_dirty = true;
    err = seal_body(e, s, &body, check, out);
    if (err == EIDER_OK)
        note_epoch(e, s, epochs);
    return err;
}

eider_err
eider_talk_seal(eider_engine *e, eider_contact *c, eider_session *s,
                eider_size size, const eider_text *t, uint64_t written_ms,
                const eider_entry *en)
{
    eider_frame f;
    eider_err err = seal(e, c, s, size, t, written_ms, &f);

    if (err == EIDER_OK)
        eider_do_line(e, c, s->address, &f, en, &s->pk);
    return err;
}

eider_err
eider_talk_seal_slot(eider_engine *e, eider_contact *c, eider_session *s,
                     eider_frame *out, eider_rides *rides)
{
    const eider_entry *en = NULL;
    eider_text t = {0};
    eider_err err;

    if (s == eider_contact_session(c, &s->pk) &&
        !eider_steady_is_urgent(c, s) && is_accepted(e, c, &s->pk))
        en = eider_slot_text_next(e, c, s, &t);
    err = seal(e, c, s, EIDER_S, en != NULL ? &t : NULL,
               en != NULL ? en->written_ms : 0, out);
    if (err != EIDER_OK)
        return err;
    s->owes_cover = false;
    if (en != NULL)
        eider_slot_text_left(e, c, s, &t, rides);
    return EIDER_OK;
}

eider_err
eider_talk_cover(eider_engine *e, eider_contact *c, eider_session *s)
{
    if (eider_steady_is(c)) {
        s->owes_cover = c->is_dirty = true; /* in a slot */
        return EIDER_OK;
    }
    return eider_talk_seal(e, c, s, EIDER_S, NULL, 0, NULL);
}

void
eider_talk_goodbye(eider_engine *e, eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s != eider_contact_session(c, &s->pk) || !is_accepted(e, c, &s->pk))
            continue;
        s->goodbyes = 3;
        c->is_dirty = true;
        if (e->env.is_reachable(e->env.data, c->account, c->peer))
            (void)!eider_talk_cover(e, c, s);
    }
}

/* ---- in ------------------------------------------------------------------- */

static void
take_hello(eider_engine *e, eider_contact *c, eider_session *s,
           eider_slice value)
{
    eider_known *k = eider_card_key(eider_card_of(e, c), &s->pk);
    char label[EIDER_LABEL_SIZE], name[EIDER_NAME_SIZE];
    g_autofree char *theirs = NULL, *ours = NULL;
    eider_hello h;

    if (k == NULL || eider_hello_parse(value, &h) != EIDER_OK)
        return;
    s->hello_seen = true;
    eider_copy_utf8(label, sizeof label, h.label);
    eider_copy_utf8(name, sizeof name, h.name);
    if (strcmp(label, k->label) == 0 && strcmp(name, k->name) == 0)
        return;
    theirs = g_utf8_casefold(name, -1);
    ours = g_utf8_casefold(c->peer, -1);
    /* Once for a key, and no candidate speaks through our news. */
    if (k->name[0] == '\0' && k->trust == EIDER_TRUST_ACCEPTED &&
        strcmp(theirs, ours) != 0)
        eider_do_tell(c, EIDER_NEWS_NAME_DIFFERS, 0, name);
    memcpy(k->label, label, sizeof label);
    memcpy(k->name, name, sizeof name);
    c->card_dirty = true;
}

/* They know a newer session with our key.  If we do not, somebody else made
 * it: a backup was imported while this machine runs on, or the key was taken.
 * Handshakes that cross may be confirmed here in one order and there in the
 * other, days apart where a server keeps lines; so it may be any other that we
 * have.  They say it with each line, until the others are gone. */
static void
take_newer(eider_engine *e, eider_contact *c, const eider_session *s)
{
    eider_own *own = g_hash_table_lookup(e->index.accounts, c->account);
    uint64_t now = eider_now(e) / 1000;

    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *x = g_ptr_array_index(c->sessions, i);

        if (x != s && eider_public_is_equal(&x->pk, &s->pk))
            return;
    }
    if (own == NULL || !is_accepted(e, c, &s->pk) ||
        (own->twin <= now &&
         own->twin + eider_span(e, EIDER_TWIN_GAP) / 1000 > now))
        return;
    own->twin = now;
    c->card_dirty = true;
    eider_do_tell(c, EIDER_NEWS_TWIN, 0, NULL);
}

static void
take_state(eider_engine *e, eider_contact *c, eider_session *s,
           eider_slice value)
{
    eider_card *card = eider_card_of(e, c);

    if (value.n < 1 || !is_accepted(e, c, &s->pk))
        return;
    if (value.p[0] == EIDER_STATE_NEWER)
        take_newer(e, c, s);
    if (value.p[0] == EIDER_STATE_MODE)
        eider_steady_take(e, c, s, value);
    if (value.p[0] == EIDER_STATE_TYPING && value.n == 2 && value.p[1] <= 2 &&
        e->env.typing != NULL)
        e->env.typing(e->env.data, c->account,
                      s->address != NULL ? s->address : c->peer, value.p[1]);
    if (value.p[0] != EIDER_STATE_GOODBYE || card->is_left)
        return;
    card->is_left = true;
    c->card_dirty = true;
    eider_do_tell(c, EIDER_NEWS_PEER_LEFT, 0, NULL);
}

static void
take_text(eider_engine *e, eider_contact *c, eider_session *s,
          eider_slice value, uint64_t written_ms)
{
    eider_card *card = eider_card_of(e, c);
    eider_text t;

    if (eider_text_parse(value, &t) != EIDER_OK)
        return;
    if (card->is_left && is_accepted(e, c, &s->pk)) {
        card->is_left = false;
        c->card_dirty = true;
    }
    e->arrival.rides = eider_rides_of(&t);
    eider_inbox_text(e, c, s, &t, written_ms);
}

/* Acks are read before a text, wherever they stand. */
static void
take_records(eider_engine *e, eider_contact *c, eider_session *s,
             const eider_body *body, uint8_t flags)
{
    uint64_t written_ms = 0;
    eider_record r;
    eider_ack ack;

    if (eider_body_check(body) != EIDER_OK)
        return;
    for (size_t at = 0; eider_body_next(body, &at, &r);) {
        if (r.type == EIDER_R_ACK && eider_ack_parse(r.value, &ack) == EIDER_OK)
            eider_outbox_acked(e, c, s, &ack, flags >> EIDER_FLAG_CHECK);
        else if (r.type == EIDER_R_WHEN &&
                 eider_when_parse(r.value, &written_ms) == EIDER_OK)
            written_ms += EIDER_EPOCH_2020_MS;
    }
    for (size_t at = 0; eider_body_next(body, &at, &r);) {
        if (r.type == EIDER_R_TEXT)
            take_text(e, c, s, r.value, written_ms);
        else if (r.type == EIDER_R_HELLO)
            take_hello(e, c, s, r.value);
        else if (r.type == EIDER_R_STATE)
            take_state(e, c, s, r.value);
        else if (r.type == EIDER_R_CHECK)
            eider_check_take(e, c, s, r.value);
    }
}

static void
take_opened(eider_engine *e, eider_contact *c, eider_session *s,
            const eider_body *body, uint8_t flags, const char *from)
{
    eider_known *k = eider_card_key(eider_card_of(e, c), &s->pk);
    eider_leg *l = eider_leg_of_session(c, s->sid);

    c->is_dirty = true;
    s->opened_ms = eider_now(e);
    if (k != NULL && k->trust == EIDER_TRUST_BLOCKED &&
        k->swallowed < UINT32_MAX)
        k->swallowed++;
    if (k == NULL || !eider_trust_is_heard(k))
        return; /* opened, so that it counts as no sign of a lost session */
    k->last_seen = s->opened_ms / 1000;
    c->card_dirty = c->card_dirty || k->told_silent;
    k->told_silent = false;
    if (from != NULL && g_strcmp0(s->address, from) != 0) {
        g_free(s->address);
        s->address = g_strdup(from);
    }
    s->hello_arrived = s->hello_arrived || (flags & EIDER_FLAG_HELLO) != 0;
    g_array_set_size(c->unopenable, 0);
    if (!s->is_confirmed) {
        if (l == NULL)
            eider_session_confirm(e, c, s);
        else
            (void)!eider_leg_step(e, c, l, EIDER_EV_FRAME, NULL);
    }
    take_records(e, c, s, body, flags);
    if (c->is_behind || c->is_forked) {
        const eider_public pk = s->pk; /* @s is freed */
        bool is_sure = c->is_behind;

        c->is_behind = c->is_forked = false;
        eider_trust_behind(e, c, &pk, is_sure);
    }
}

static eider_err
open_frame(eider_engine *e, eider_session *s, const eider_frame *f,
           eider_body *body, uint8_t *flags)
{
    if (e->env.open != NULL &&
        e->env.open(e->env.data, s->sid, f->b, eider_body_len(f->size), body->b,
                    flags))
        return EIDER_OK;
    return eider_ratchet_open(s->ratchet, eider_now(e) / 1000, f, body, flags);
}

eider_err
eider_talk_open(eider_engine *e, eider_contact *c, const eider_frame *f,
                const char *from)
{
    for (guint i = c->sessions->len; i-- > 0;) {
        eider_session *s = g_ptr_array_index(c->sessions, i);
        EIDER_AUTO(eider_body) body;
        uint32_t epochs = eider_ratchet_mixed(s->ratchet);
        uint8_t flags = 0;
        eider_err err;

        eider_body_init(&body, f->size);
        err = open_frame(e, s, f, &body, &flags);
        note_epoch(e, s, epochs);
        if (err == EIDER_OK)
            take_opened(e, c, s, &body, flags, from);
        else if (err == EIDER_E_REPLAY)
            e->counters.duplicates++;
        else if (err == EIDER_E_LIMIT)
            eider_meet_trigger(e, c);
        if (err != EIDER_E_AUTH)
            return err;
    }
    return EIDER_E_AUTH;
}

/* ---- time ----------------------------------------------------------------- */

void
eider_talk_tick(eider_engine *e, eider_contact *c)
{
    bool reaches = e->env.is_reachable(e->env.data, c->account, c->peer);
    uint64_t now = eider_now(e);

    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        eider_ratchet_expire(s->ratchet, now / 1000);
        if (s->is_confirmed && s != eider_contact_session(c, &s->pk) &&
            eider_contact_session(c, &s->pk) != NULL &&
            s->opened_ms + eider_span(e, EIDER_OLD_SESSION_KEEP) <= now) {
            g_ptr_array_remove_index(c->sessions, i--);
            c->is_dirty = true;
            continue;
        }
        if (s->ack_ms == 0 || s->ack_ms > now)
            continue;
        s->ack_ms = now + eider_span(e, EIDER_ACK_MAX);
        if (reaches && eider_ratchet_can_send(s->ratchet) &&
            eider_talk_cover(e, c, s) == EIDER_OK)
            s->ack_ms = 0;
    }
}
