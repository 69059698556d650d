/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what becomes of a text on its way out.  When in doubt it stays. */
#include "seam.h"

#include "eider/markup.h"

#include <errno.h>

bool
eider_outgoing_is_held(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return e == NULL || eider_engine_is_private(e, p.account, p.peer) ||
           eider_disguise_is(account, who);
}

static void
say_closed(PurpleAccount *account, const char *who)
{
    char *name = eider_names_shown(account, who);
    char *text = eider_words_closed(name);

    eider_say_loudly(account, who, text);
    g_free(text);
    g_free(name);
}

/* Open by name, but maybe somebody private: then nothing is sent. */
static bool
says_disguised(PurpleAccount *account, const char *who)
{
    char *text = eider_disguise_words(account, who);

    if (text == NULL)
        return false;
    eider_say_loudly(account, who, text);
    g_free(text);
    return true;
}

static void
say_not_sent(PurpleAccount *account, const char *who, eider_err err)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    char *name = eider_names_shown(account, who), *text;
    eider_status s;

    eider_engine_status(eider_opening_engine(), p.account, p.peer, &s);
    text = eider_words_not_sent(err, &s, name);
    eider_say_loudly(account, who, text);
    g_free(text);
    g_free(name);
}

void
eider_outgoing_typing(PurpleAccount *account, const char *who,
                      PurpleTypingState state)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    if (e != NULL)
        eider_engine_typing(e, p.account, p.peer,
                            state == PURPLE_TYPING  ? 1
                            : state == PURPLE_TYPED ? 2
                                                    : 0);
}

/* While it is locked: kept, if it can be. */
static bool
keep(PurpleAccount *account, const char *who, const char *html)
{
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_err err;
    char *name, *text;
    eider_status s = {.is_private = true};

    if (!eider_letters_is_open()) {
        say_closed(account, who);
        return false;
    }
    err = eider_letters_put(account, who, html, id);
    if (err == EIDER_OK) {
        eider_echo_expect(account, who, id);
        return true;
    }
    s.is_full = err == EIDER_E_LIMIT;
    s.waiting = eider_letters_count(account, who);
    name = eider_names_shown(account, who);
    text = eider_words_not_sent(err, &s, name);
    eider_say_loudly(account, who, text);
    g_free(text);
    g_free(name);
    return false;
}

bool
eider_outgoing_text(PurpleAccount *account, const char *who, const char *html)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_retry();
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_err err;

    if (e == NULL)
        return keep(account, who, html);
    if (says_disguised(account, who))
        return false;
    err = eider_engine_send(e, p.account, p.peer, html, id);
    if (err != EIDER_OK) {
        say_not_sent(account, who, err);
    } else {
        eider_others_hint(account, who);
        eider_echo_expect(account, who, id);
    }
    return err == EIDER_OK;
}

/* -ENOTCONN is the one failure of which libpurple says nothing itself: right
 * wherever we have just said what happened. */
int
eider_outgoing_im(PurpleConnection *gc, const char *who, const char *text,
                  PurpleMessageFlags flags)
{
    PurpleAccount *account = purple_connection_get_account(gc);
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_retry();

    /* An automatic answer would say that nobody is at the keyboard. */
    if (e != NULL && (flags & PURPLE_MESSAGE_AUTO_RESP) != 0 &&
        eider_steady_hides(account))
        return -ENOTCONN;
    /* One for later would be no answer any more. */
    if (e == NULL && (flags & PURPLE_MESSAGE_AUTO_RESP) != 0)
        return -ENOTCONN;
    if (e != NULL && says_disguised(account, who))
        return -ENOTCONN;
    if (e != NULL && !eider_engine_is_private(e, p.account, p.peer))
        return eider_wrap_send_im(gc, who, text, flags);
    if ((flags & (PURPLE_MESSAGE_WHISPER | PURPLE_MESSAGE_IMAGES)) != 0 ||
        eider_markup_has_image(text)) {
        eider_refuse_im(gc, who, text, flags);
        return -ENOTCONN;
    }
    return eider_outgoing_text(account, who, text) ? 1 : -ENOTCONN;
}
