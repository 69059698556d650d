/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Handshakes that got an answer: from message 2 to the first frame of the
 * session that confirms it.  The table is the one in PROTOCOL.md, "State
 * tables"; an empty cell is EIDER_E_STATE.
 */
#include "work.h"

#include <string.h>

typedef eider_err action(eider_engine *e, eider_contact *c, eider_leg *l,
                         eider_assembly *as);

static action send_2_again, accept_3, send_3_again, repeat_3, confirm,
    confirm_and_cover, cover_again;

/* clang-format off */
static const struct {
    action *act;
    eider_leg_state next;
} table[EIDER_LEG_STATES][EIDER_LEG_EVENTS] = {
    [EIDER_LEG_ANSWERED] = {
        [EIDER_EV_M1_AGAIN]  = {send_2_again,      EIDER_LEG_ANSWERED},
        [EIDER_EV_M3]        = {accept_3,          EIDER_LEG_PROVEN_R}},
    [EIDER_LEG_PROVEN_R] = {
        [EIDER_EV_M1_AGAIN]  = {send_2_again,      EIDER_LEG_PROVEN_R},
        [EIDER_EV_FRAME]     = {confirm_and_cover, EIDER_LEG_DONE}},
    [EIDER_LEG_PROVEN_I] = {
        [EIDER_EV_M2_AGAIN]  = {send_3_again,      EIDER_LEG_PROVEN_I},
        [EIDER_EV_M3_REPEAT] = {repeat_3,          EIDER_LEG_PROVEN_I},
        [EIDER_EV_FRAME]     = {confirm,           EIDER_LEG_DONE}},
    [EIDER_LEG_DONE] = {
        [EIDER_EV_M3_AGAIN]  = {cover_again,       EIDER_LEG_DONE}},
};
/* clang-format on */

bool
eider_leg_has_cell(eider_leg_state s, eider_leg_event ev, eider_leg_state *next)
{
    *next = table[s][ev].next;
    return table[s][ev].act != NULL;
}

eider_err
eider_leg_step(eider_engine *e, eider_contact *c, eider_leg *l,
               eider_leg_event ev, eider_assembly *as)
{
    eider_leg_state was = l->state;
    action *act = table[was][ev].act;
    eider_err err = act != NULL ? act(e, c, l, as) : EIDER_E_STATE;

    if (err == EIDER_OK) {
        l->state = table[was][ev].next;
        c->is_dirty = true;
    }
    return err;
}

/* ---- finding and making --------------------------------------------------- */

eider_leg *
eider_leg_find(eider_contact *c, const eider_hs_id *id, uint8_t message)
{
    for (guint i = c->legs->len; i-- > 0;) {
        eider_leg *l = g_ptr_array_index(c->legs, i);
        const eider_hs_id *mine = message == 1 ? &l->id1 : &l->id23;

        if (memcmp(mine->b, id->b, sizeof id->b) == 0)
            return l;
    }
    return NULL;
}

eider_leg *
eider_leg_of_session(eider_contact *c, const uint8_t *sid)
{
    for (guint i = 0; i < c->legs->len; i++) {
        eider_leg *l = g_ptr_array_index(c->legs, i);

        if (l->state != EIDER_LEG_ANSWERED &&
            memcmp(l->sid, sid, sizeof l->sid) == 0)
            return l;
    }
    return NULL;
}

static eider_leg *
add_leg(eider_engine *e, eider_contact *c, const eider_assembly *as)
{
    eider_leg *l = eider_alloc(sizeof *l);

    l->since_ms = l->sent_ms = eider_now(e);
    l->mask = as->mask;
    l->size = MIN(eider_size_now(e, c), EIDER_M);
    l->address = g_strdup(as->from[0] != '\0' ? as->from : c->peer);
    for (guint i = 0; c->legs->len >= EIDER_LEGS_MAX && i < c->legs->len; i++) {
        const eider_leg *old = g_ptr_array_index(c->legs, i);

        if (old->state == EIDER_LEG_DONE ||
            (old->state != EIDER_LEG_ANSWERED &&
             eider_contact_sid(c, old->sid) == NULL)) {
            g_ptr_array_remove_index(c->legs, i);
            break;
        }
    }
    g_ptr_array_add(c->legs, l);
    return l;
}

/* The oldest answered handshake of @c leaves when there are too many. */
static unsigned
count_answered(const eider_contact *c, guint *oldest)
{
    unsigned n = 0;

    for (guint i = c->legs->len; i-- > 0;) {
        const eider_leg *l = g_ptr_array_index(c->legs, i);

        if (l->state == EIDER_LEG_ANSWERED) {
            *oldest = i;
            n++;
        }
    }
    return n;
}

/* Strangers cannot be many here, but a server can be many buddies. */
static void
bound_account(eider_engine *e, const char *account)
{
    eider_contact *victim = NULL;
    uint64_t oldest_ms = UINT64_MAX;
    guint i, victim_leg = 0;
    unsigned n = 0;
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, e->contacts);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        eider_contact *c = v;
        unsigned mine =
            strcmp(c->account, account) == 0 ? count_answered(c, &i) : 0;

        n += mine;
        if (mine > 0 && ((eider_leg *)g_ptr_array_index(c->legs, i))->since_ms <
                            oldest_ms) {
            oldest_ms = ((eider_leg *)g_ptr_array_index(c->legs, i))->since_ms;
            victim = c;
            victim_leg = i;
        }
    }
    if (n >= EIDER_ANSWERED_ACCOUNT && victim != NULL) {
        g_ptr_array_remove_index(victim->legs, victim_leg);
        victim->is_dirty = true; /* goes with its next write */
    }
}

eider_err
eider_leg_answer(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_attempt) a;
    uint64_t now = eider_now(e);
    eider_err err;
    eider_leg *l;
    guint oldest;

    if (!eider_budget_has(c->answers, now, eider_span(e, EIDER_ANSWER_SPAN),
                          EIDER_ANSWERS_PER_SPAN))
        return EIDER_E_LIMIT;
    err = eider_index_own(e, c->account, &own);
    if (err != EIDER_OK)
        return err;
    g_array_append_val(c->answers, now);
    err = eider_attempt_answer(&a, &own, as->whole);
    if (err != EIDER_OK)
        return err;
    if (count_answered(c, &oldest) >= EIDER_ANSWERED_MAX)
        g_ptr_array_remove_index(c->legs, oldest);
    bound_account(e, c->account);

    l = add_leg(e, c, as);
    l->state = EIDER_LEG_ANSWERED;
    l->a = eider_alloc(sizeof *l->a);
    *l->a = a;
    l->id1 = a.id1;
    l->id23 = a.id23;
    memcpy(l->h1, a.h1, sizeof l->h1);
    eider_send_fragments(e, c, l->address, &l->mask, &l->id23, 2, a.message,
                         l->size);
    return EIDER_OK;
}

static void
send_3(eider_engine *e, eider_contact *c, eider_leg *l)
{
    eider_send_fragments(e, c, l->address, &l->mask, &l->id23, 3, l->m3,
                         EIDER_S);
    l->sent_ms = eider_now(e);
}

eider_err
eider_leg_finish(eider_engine *e, eider_contact *c, eider_assembly *as)
{
    EIDER_AUTO(eider_outcome) o;
    uint8_t m3[EIDER_HS_LEN_3];
    uint64_t now = eider_now(e);
    eider_hs_id id23;
    eider_session *s;
    eider_err err;
    eider_leg *l;

    if (!eider_budget_has(c->reads, now, eider_span(e, EIDER_ANSWER_SPAN),
                          EIDER_READS_PER_SPAN))
        return EIDER_E_LIMIT;
    g_array_append_val(c->reads, now);
    err = eider_attempt_finish(&c->meeting.a, as->whole, m3, &id23, &o);
    if (err != EIDER_OK)
        return err;
    err = eider_session_begin(e, c, &o,
                              as->from[0] != '\0' ? as->from : c->peer, &s);
    if (err != EIDER_OK)
        return err;
    l = add_leg(e, c, as);
    l->state = EIDER_LEG_PROVEN_I;
    l->id1 = c->meeting.a.id1;
    l->id23 = id23;
    memcpy(l->h1, c->meeting.a.h1, sizeof l->h1);
    memcpy(l->m3, m3, sizeof l->m3);
    memcpy(l->sid, s->sid, sizeof l->sid);
    send_3(e, c, l);
    return eider_talk_cover(e, c, s); /* frame 0: gives them a chain */
}

/* ---- actions -------------------------------------------------------------- */

static bool
is_too_soon(const eider_engine *e, const eider_contact *c, const eider_leg *l)
{
    uint64_t now = eider_now(e);

    return l->sent_ms <= now &&
           now < l->sent_ms + eider_slots_span(e, c,
                                               eider_span(e, EIDER_REPEAT_GAP),
                                               EIDER_HS_SLOTS);
}

static eider_err
send_2_again(eider_engine *e, eider_contact *c, eider_leg *l,
             eider_assembly *as)
{
    if (is_too_soon(e, c, l))
        return EIDER_E_LIMIT;
    l->mask = as->mask;
    l->sent_ms = eider_now(e);
    l->size = MIN(l->size, eider_size_now(e, c)); /* it may take less now */
    eider_send_fragments(e, c, l->address, &l->mask, &l->id23, 2, l->a->message,
                         l->size);
    return EIDER_OK;
}

static eider_err
accept_3(eider_engine *e, eider_contact *c, eider_leg *l, eider_assembly *as)
{
    EIDER_AUTO(eider_outcome) o;
    uint64_t now = eider_now(e);
    eider_session *s;
    eider_err err;

    if (!eider_budget_has(c->reads, now, eider_span(e, EIDER_ANSWER_SPAN),
                          EIDER_READS_PER_SPAN))
        return EIDER_E_LIMIT;
    g_array_append_val(c->reads, now);
    err = eider_attempt_accept(l->a, as->whole, &o);
    if (err != EIDER_OK)
        return err;
    err = eider_session_begin(e, c, &o,
                              as->from[0] != '\0' ? as->from : c->peer, &s);
    if (err != EIDER_OK)
        return err;
    memcpy(l->sid, s->sid, sizeof l->sid);
    return EIDER_OK;
}

static eider_err
send_3_again(eider_engine *e, eider_contact *c, eider_leg *l,
             eider_assembly *as)
{
    eider_session *s = eider_contact_sid(c, l->sid);

    if (s == NULL || is_too_soon(e, c, l))
        return EIDER_E_LIMIT;
    l->mask = as->mask;
    send_3(e, c, l);
    return eider_talk_cover(e, c, s); /* without it they cannot speak */
}

static eider_err
repeat_3(eider_engine *e, eider_contact *c, eider_leg *l, eider_assembly *as)
{
    eider_session *s = eider_contact_sid(c, l->sid);

    (void)as;
    if (s == NULL)
        return EIDER_E_STATE;
    l->repeats++;
    send_3(e, c, l);
    return eider_talk_cover(e, c, s);
}

/* They answer in a later handshake: what we repeat of an earlier one they have
 * lost, and would take for a sign that we have. */
static void
end_earlier(eider_contact *c, const eider_leg *l, const eider_session *s)
{
    for (guint i = 0; i < c->legs->len; i++) {
        eider_leg *x = g_ptr_array_index(c->legs, i);
        const eider_session *other = eider_contact_sid(c, x->sid);

        if (x == l)
            return;
        if (x->state == EIDER_LEG_PROVEN_I && other != NULL &&
            eider_public_is_equal(&other->pk, &s->pk))
            x->repeats = EIDER_REPEATS_MAX;
    }
}

static eider_err
confirm(eider_engine *e, eider_contact *c, eider_leg *l, eider_assembly *as)
{
    eider_session *s = eider_contact_sid(c, l->sid);

    (void)as;
    if (s == NULL)
        return EIDER_E_STATE;
    eider_wipe(l->m3, sizeof l->m3);
    eider_free(l->a, sizeof *l->a);
    l->a = NULL;
    l->sent_ms = eider_now(e);
    end_earlier(c, l, s);
    eider_session_confirm(e, c, s);
    return EIDER_OK;
}

static eider_err
confirm_and_cover(eider_engine *e, eider_contact *c, eider_leg *l,
                  eider_assembly *as)
{
    eider_session *s = eider_contact_sid(c, l->sid);
    eider_err err = confirm(e, c, l, as);

    return err == EIDER_OK ? eider_talk_cover(e, c, s) : err;
}

static eider_err
cover_again(eider_engine *e, eider_contact *c, eider_leg *l, eider_assembly *as)
{
    eider_session *s = eider_contact_sid(c, l->sid);

    (void)as;
    if (s == NULL || is_too_soon(e, c, l))
        return EIDER_E_LIMIT;
    l->sent_ms = eider_now(e);
    return eider_talk_cover(e, c, s);
}

/* ---- time ----------------------------------------------------------------- */

static bool
is_over(const eider_engine *e, const eider_leg *l)
{
    return l->since_ms + eider_span(e, EIDER_ANSWERED_KEEP) <= eider_now(e);
}

void
eider_legs_expire(eider_engine *e, eider_contact *c)
{
    for (guint i = 0; i < c->legs->len; i++) {
        const eider_leg *l = g_ptr_array_index(c->legs, i);
        eider_session *s = eider_contact_sid(c, l->sid);

        if (!is_over(e, l) && (l->state == EIDER_LEG_ANSWERED ||
                               l->state == EIDER_LEG_DONE || s != NULL))
            continue;
        if (l->state != EIDER_LEG_DONE && s != NULL && !s->is_confirmed)
            g_ptr_array_remove(c->sessions, s);
        g_ptr_array_remove_index(c->legs, i--);
        c->is_dirty = true;
    }
}

static uint64_t
repeat_due(const eider_engine *e, const eider_contact *c, const eider_leg *l)
{
    return l->sent_ms + eider_slots_span(e, c,
                                         eider_repeat_after(e, l->repeats),
                                         EIDER_HS_SLOTS);
}

void
eider_legs_tick(eider_engine *e, eider_contact *c, bool came_online)
{
    bool is_online = e->env.is_online(e->env.data, c->account, c->peer);
    bool reaches = e->env.is_reachable(e->env.data, c->account, c->peer);
    const eider_card *card = eider_card_find(e, c->account, c->peer);
    bool is_off = card != NULL && card->choice == EIDER_OFF;

    eider_legs_expire(e, c);
    for (guint i = 0; i < c->legs->len; i++) {
        eider_leg *l = g_ptr_array_index(c->legs, i);

        if (l->state == EIDER_LEG_PROVEN_I && reaches && !is_off &&
            l->repeats < EIDER_REPEATS_MAX &&
            (came_online || (eider_now(e) >= repeat_due(e, c, l) &&
                             (is_online || l->repeats >= 3))))
            (void)!eider_leg_step(e, c, l, EIDER_EV_M3_REPEAT, NULL);
    }
}

uint64_t
eider_legs_due(const eider_engine *e, const eider_contact *c)
{
    uint64_t due = 0, now = eider_now(e);

    for (guint i = 0; i < c->legs->len; i++) {
        const eider_leg *l = g_ptr_array_index(c->legs, i);
        uint64_t t = l->since_ms + eider_span(e, EIDER_ANSWERED_KEEP);
        uint64_t r = repeat_due(e, c, l);

        if (l->state == EIDER_LEG_PROVEN_I && l->repeats < EIDER_REPEATS_MAX &&
            r > now)
            t = MIN(t, r);
        due = due == 0 ? t : MIN(due, t);
    }
    return due;
}
