/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: which line of a window is which text of the user's.
 *
 * libpurple writes the echo of a text right after the protocol's send
 * function, which is ours, has taken it: so the next own line in that
 * conversation is this text, if it comes before the main loop turns.  What is
 * sent past a conversation has no echo, and no later line is taken for it.
 */
#include "seam.h"

#include <string.h>

enum { RECENT = 64 };

static struct {
    PurpleAccount *account;
    char *who; /* normalised; NULL: nothing is expected */
    uint8_t id[EIDER_TEXT_ID_SIZE];
    guint timer;
} expected;

/* A text may be delivered before it is shown, and is forgotten by then. */
static struct {
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_text_state state;
    bool is_set;
} recent[RECENT];
static unsigned next;

static void
forget(void)
{
    g_free(expected.who);
    expected.who = NULL;
    if (expected.timer != 0)
        purple_timeout_remove(expected.timer);
    expected.timer = 0;
}

static gboolean
on_turn(gpointer data G_GNUC_UNUSED)
{
    expected.timer = 0;
    forget();
    return FALSE;
}

void
eider_echo_expect(PurpleAccount *account, const char *who,
                  const uint8_t id[EIDER_TEXT_ID_SIZE])
{
    forget();
    expected.account = account;
    expected.who = g_strdup(purple_normalize(account, who));
    memcpy(expected.id, id, sizeof expected.id);
    expected.timer = purple_timeout_add(0, on_turn, NULL);
}

void
eider_echo_note(const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state state)
{
    memcpy(recent[next].id, id, sizeof recent[next].id);
    recent[next].state = state;
    recent[next].is_set = true;
    next = (next + 1) % RECENT;
}

static bool
find_recent(const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state *out)
{
    for (unsigned i = 1; i <= RECENT; i++) {
        unsigned at = (next + RECENT - i) % RECENT;

        if (recent[at].is_set &&
            memcmp(recent[at].id, id, sizeof recent[at].id) == 0) {
            *out = recent[at].state;
            return true;
        }
    }
    return false;
}

bool
eider_echo_take(PurpleAccount *account, const char *who,
                uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state *state)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    if (expected.who == NULL || expected.account != account ||
        strcmp(expected.who, p.peer) != 0)
        return false;
    memcpy(id, expected.id, sizeof expected.id);
    forget();
    if (e == NULL) { /* locked: kept in the letterbox */
        *state = EIDER_TEXT_WAITING;
        return true;
    }
    return eider_engine_text(e, p.account, p.peer, id, state) ||
           find_recent(id, state);
}

void
eider_echo_stop(void)
{
    forget();
    memset(recent, 0, sizeof recent);
}
