/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * First contact: one polite line to somebody of whom no key is known, the same
 * bytes for everybody, so that a person without Eider sees one sentence and
 * not forty lines of noise.
 */
#include "work.h"

#include <string.h>

#define TAG "EIDERinvite1"

static const char invitation[] =
    "I would like to talk privately with Eider, a plugin for Pidgin. "
    "If you have it, nothing is to be done. " TAG;

void
eider_invite_send(eider_engine *e, eider_contact *c, bool by_user)
{
    const eider_card *card = eider_card_of(e, c);
    uint64_t now = eider_now(e);

    if (eider_steady_is(c))
        return; /* no line but those of slots */
    if (card->choice != EIDER_ON &&
        !e->env.is_buddy(e->env.data, c->account, c->peer))
        return;
    if (!e->env.is_online(e->env.data, c->account, c->peer) ||
        (c->invites >= EIDER_INVITES_MAX && !by_user) ||
        (c->invited_ms != 0 && c->invited_ms <= now &&
         now < c->invited_ms + eider_span(e, EIDER_INVITE_GAP)))
        return;
    c->invited_ms = now;
    c->invites++;
    c->is_dirty = true;
    eider_do_text(e, c, c->peer, invitation);
    eider_do_rides(c, EIDER_SEEN_INVITATION, 0);
}

/* Who was asked and stays online is asked again: the line may be lost.  An hour
 * after the first, a day after the second, and no more by itself. */
uint64_t
eider_invite_due(eider_engine *e, const eider_contact *c)
{
    const eider_card *card = eider_card_find(e, c->account, c->peer);

    if (c->invites == 0 || c->invites >= EIDER_INVITES_MAX ||
        c->meeting.state != EIDER_MEET_IDLE || c->outbox->len == 0 ||
        eider_steady_is(c) || card == NULL || card->keys->len > 0 ||
        card->has_spoken || card->choice == EIDER_OFF ||
        (card->choice == EIDER_UNSET &&
         !e->env.is_buddy(e->env.data, c->account, c->peer)) ||
        !e->env.is_online(e->env.data, c->account, c->peer))
        return 0;
    return c->invited_ms + eider_span(e, c->invites == 1 ? EIDER_INVITE_GAP
                                                         : EIDER_INVITE_GAP_2);
}

void
eider_invite_tick(eider_engine *e, eider_contact *c)
{
    uint64_t due = eider_invite_due(e, c);

    if (due != 0 && due <= eider_now(e))
        eider_invite_send(e, c, false);
}

/* The tag counts only at the very end; clients wrap text in tags. */
bool
eider_engine_invites(const char *text, size_t n)
{
    const size_t len = strlen(TAG);

    for (;;) {
        while (n > 0 && g_ascii_isspace(text[n - 1]))
            n--;
        if (n == 0 || text[n - 1] != '>')
            break;
        while (n > 0 && text[n - 1] != '<')
            n--;
        if (n > 0)
            n--;
    }
    return n >= len && memcmp(text + n - len, TAG, len) == 0;
}

/* Whatever a client wrapped around it.  Else somebody asks what EIDERinvite1
 * is. */
bool
eider_engine_is_invitation(const char *text, size_t n)
{
    g_autofree char *words = g_malloc(n + 1);
    size_t len = 0;
    bool in_tag = false;
    char *rest;

    for (size_t i = 0; i < n; i++) {
        in_tag = in_tag || text[i] == '<';
        if (!in_tag)
            words[len++] = text[i];
        in_tag = in_tag && text[i] != '>';
    }
    words[len] = '\0';
    g_strstrip(words);
    /* As libpurple puts "(notice)" before IRC's notices. */
    rest = words + strcspn(words, " )");
    rest = words[0] == '(' && *rest == ')' ? g_strchug(rest + 1) : words;
    return strcmp(rest, invitation) == 0;
}

/* Not answered, as it is turned off: but they are there, so that our own need
 * not wait for its hour when it is turned on. */
static void
lift_hour(eider_engine *e, const char *account, const char *peer)
{
    const eider_card *card = eider_card_find(e, account, peer);
    eider_contact *c = card != NULL && card->choice == EIDER_OFF
                           ? eider_contact_get(e, account, peer)
                           : NULL;

    if (c != NULL)
        c->invited_ms = 0;
}

bool
eider_invite_take(eider_engine *e, const char *account, const char *peer,
                  const char *text, size_t n)
{
    uint64_t now = eider_now(e);
    eider_contact *c;

    if (!eider_trust_may_answer(e, account, peer)) {
        lift_hour(e, account, peer);
        return false;
    }
    c = eider_contact_get(e, account, peer);
    if (c == NULL)
        return false;
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (!s->is_confirmed)
            continue;
        eider_meet_trigger(e, c); /* they have lost it */
        (void)!eider_commit(e, c);
        return eider_engine_is_invitation(text, n);
    }
    /* We are calling, which is as good as an answer. */
    if (c->meeting.state != EIDER_MEET_IDLE &&
        !(c->meeting.state == EIDER_MEET_CALLING &&
          eider_meet_is_used_up(e, &c->meeting)))
        return eider_engine_is_invitation(text, n);
    if (c->answered_ms != 0 && c->answered_ms <= now &&
        now < c->answered_ms + eider_span(e, EIDER_INVITE_GAP))
        return eider_engine_is_invitation(text, n);
    c->answered_ms = now;
    (void)!eider_meet_step(e, c, EIDER_EV_INVITED, NULL);
    c->is_dirty = true;
    (void)!eider_commit(e, c);
    return eider_engine_is_invitation(text, n);
}
