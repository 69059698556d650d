/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what the engine asks of libpurple. */
#include "lines.h"

#include "eider/limits.h"

#include "text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TYPING_SHOWN 40 /* seconds; a notice may be a slot of 30 s late */
#define WAKE_MAX     (6 * 3600 * 1000u) /* a guint of milliseconds is not enough */

static guint wake;
static bool is_showing;
static unsigned writing;

/* ---- time ---------------------------------------------------------------- */

static uint64_t
now_ms(void *data G_GNUC_UNUSED)
{
    return (uint64_t)g_get_real_time() / 1000;
}

static gboolean
on_wake(gpointer data G_GNUC_UNUSED)
{
    eider_engine *e = eider_opening_engine();

    wake = 0;
    if (e != NULL)
        eider_engine_tick(e);
    return FALSE;
}

static void
wake_in(void *data G_GNUC_UNUSED, uint64_t ms)
{
    if (wake != 0)
        purple_timeout_remove(wake);
    wake = purple_timeout_add((guint)CLAMP(ms, 1, WAKE_MAX), on_wake, NULL);
}

static unsigned
speed(void)
{
#ifdef EIDER_TESTING
    const char *set = g_getenv("EIDER_TEST_TIME");

    if (set != NULL && atoi(set) > 0)
        return (unsigned)atoi(set);
#endif
    return 1;
}

/* ---- sending ------------------------------------------------------------- */

static eider_sent
send_line(void *data G_GNUC_UNUSED, const char *account, const char *to,
          const char *line)
{
    PurpleAccount *a = eider_names_find(account);
    PurpleConnection *gc = a != NULL ? purple_account_get_connection(a) : NULL;
    int sent;

    if (gc == NULL || !PURPLE_CONNECTION_IS_CONNECTED(gc))
        return EIDER_NOT_SENT;
    EIDER_AUTO(eider_pair) p = eider_pair_of(a, to);
    eider_away_note_line(&p);
    sent = eider_wrap_send_im(gc, to, line, PURPLE_MESSAGE_SEND);
    if (sent == -E2BIG) {
        eider_carrier_lower(a, strlen(line));
        return EIDER_TOO_BIG;
    }
    return sent < 0 ? EIDER_NOT_SENT : EIDER_SENT;
}

static size_t
line_max(void *data G_GNUC_UNUSED, const char *account)
{
    PurpleAccount *a = eider_names_find(account);

    return a != NULL ? eider_carrier_line_max(a) : 0;
}

/* ---- who is there -------------------------------------------------------- */

/* Somebody in a room (room@server/nick) is a stranger whatever the list says:
 * the next one with that name may be somebody else. */
static PurpleBuddy *
buddy_of(const char *account, const char *peer)
{
    PurpleAccount *a = eider_names_find(account);

    if (a == NULL || (strchr(peer, '/') != NULL && strchr(peer, '@') != NULL))
        return NULL;
    return purple_find_buddy(a, peer);
}

static bool
is_buddy(void *data G_GNUC_UNUSED, const char *account, const char *peer)
{
    return buddy_of(account, peer) != NULL;
}

static bool
is_online(void *data G_GNUC_UNUSED, const char *account, const char *peer)
{
    PurpleBuddy *buddy = buddy_of(account, peer);

    return buddy == NULL || PURPLE_BUDDY_IS_ONLINE(buddy);
}

static bool
is_reachable(void *data G_GNUC_UNUSED, const char *account, const char *peer)
{
    PurpleAccount *a = eider_names_find(account);
    PurpleBuddy *buddy = buddy_of(account, peer);
    PurplePluginProtocolInfo *info;

    if (a == NULL || !purple_account_is_connected(a))
        return false;
    if (buddy == NULL || PURPLE_BUDDY_IS_ONLINE(buddy))
        return true;
    info = PURPLE_PLUGIN_PROTOCOL_INFO(
        purple_connection_get_prpl(purple_account_get_connection(a)));
    return PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(info, offline_message) &&
           info->offline_message(buddy);
}

static bool
has_on_sibling(PurpleBuddy *buddy)
{
    eider_engine *e = eider_opening_engine();
    PurpleBlistNode *n = (PurpleBlistNode *)purple_buddy_get_contact(buddy);

    for (n = n != NULL ? n->child : NULL; n != NULL; n = n->next) {
        PurpleBuddy *other = (PurpleBuddy *)n;

        if (!PURPLE_BLIST_NODE_IS_BUDDY(n) || other == buddy)
            continue;
        EIDER_AUTO(eider_pair)
        p = eider_pair_of(purple_buddy_get_account(other),
                          purple_buddy_get_name(other));
        if (eider_engine_is_on(e, p.account, p.peer))
            return true;
    }
    return false;
}

/* In whatever group: a server can put somebody into one more. */
static bool
is_merged_on(void *data G_GNUC_UNUSED, const char *account, const char *peer)
{
    PurpleAccount *a = eider_names_find(account);
    GSList *all;
    bool is_on = false;

    if (buddy_of(account, peer) == NULL || eider_opening_engine() == NULL)
        return false;
    all = purple_find_buddies(a, peer);
    for (GSList *l = all; l != NULL && !is_on; l = l->next)
        is_on = has_on_sibling(l->data);
    g_slist_free(all);
    return is_on;
}

/* ---- who we are ---------------------------------------------------------- */

static eider_default
policy(void *data G_GNUC_UNUSED)
{
    return eider_prefs_policy();
}

static const char *
label(void *data G_GNUC_UNUSED)
{
    static char out[EIDER_LABEL_SIZE];
    const char *host = g_get_host_name(), *end;

    if (!g_utf8_validate(host, -1, NULL))
        host = "";
    g_strlcpy(out, host, sizeof out);
    if (!g_utf8_validate(out, -1, &end))
        out[end - out] = '\0';
    return out;
}

/* On IRC the account is called nick@server; others see the nick. */
static const char *
own_name(void *data G_GNUC_UNUSED, const char *account)
{
    static char out[EIDER_NAME_SIZE];
    PurpleAccount *a = eider_names_find(account);
    const char *name = strchr(account, '\t');
    const char *nick = NULL;

    name = name != NULL ? name + 1 : account;
    if (a != NULL && eider_names_is_irc(a)) {
        PurpleConnection *gc = purple_account_get_connection(a);

        nick = gc != NULL ? purple_connection_get_display_name(gc) : NULL;
        if (nick != NULL)
            name = purple_normalize(a, nick);
    }
    g_strlcpy(out, name, sizeof out);
    if (a != NULL && eider_names_is_irc(a) && nick == NULL &&
        strchr(out, '@') != NULL)
        *strchr(out, '@') = '\0';
    return out;
}

/* ---- showing ------------------------------------------------------------- */

bool
eider_purple_env_is_showing(void)
{
    bool was = is_showing;

    is_showing = false;
    return was;
}

bool
eider_purple_env_is_writing(void)
{
    return writing > 0;
}

static void
show_now(PurpleConnection *gc, const char *from, const char *html, time_t when)
{
    PurpleAccount *account = purple_connection_get_account(gc);
    PurpleMessageFlags flags = PURPLE_MESSAGE_RECV;
    char *fit = eider_lines_fit(html, &flags);

    is_showing = true;
    writing++;
    serv_got_im(gc, from, fit, flags, when);
    writing--;
    is_showing = false; /* the user may have blocked them meanwhile */
    eider_others_hint(account, from); /* @gc may be gone by now */
    g_free(fit);
}

static bool
show(void *data G_GNUC_UNUSED, const char *account, const char *from,
     const eider_shown *text)
{
    PurpleAccount *a = eider_names_find(account);
    PurpleConnection *gc = a != NULL ? purple_account_get_connection(a) : NULL;
    time_t when = (time_t)(text->written_ms / 1000);
    char *marked = eider_lines_mark(
        text->html,
        text->from_candidate ? _("(from a device that nobody accepted) ") : "");
    char *html = g_strconcat(
        text->maybe_shown ? _("(maybe shown before) ") : "", marked, NULL);

    if (when == 0)
        when = eider_receive_stamp();
    if (when == 0 || when > time(NULL))
        when = time(NULL);
    if (gc != NULL)
        show_now(gc, from, html, when);
    g_free(html);
    g_free(marked);
    return gc != NULL;
}

/* ---- telling ------------------------------------------------------------- */

static void
tell(void *data G_GNUC_UNUSED, const char *account, const char *peer,
     const eider_news *news)
{
    eider_say_news(account != NULL ? eider_names_find(account) : NULL, peer,
                   news);
}

static unsigned
own_slot(void *data G_GNUC_UNUSED)
{
    return eider_prefs_slot();
}

static void
typing(void *data G_GNUC_UNUSED, const char *account, const char *from,
       unsigned state)
{
    static const PurpleTypingState states[] = {PURPLE_NOT_TYPING, PURPLE_TYPING,
                                               PURPLE_TYPED};
    PurpleAccount *a = eider_names_find(account);
    PurpleConnection *gc = a != NULL ? purple_account_get_connection(a) : NULL;

    if (gc == NULL)
        return;
    if (state == 0)
        serv_got_typing_stopped(gc, from);
    else
        serv_got_typing(gc, from, TYPING_SHOWN, states[state]);
}

static void
changed(void *data G_GNUC_UNUSED, const char *account, const char *peer)
{
    PurpleAccount *a = account != NULL ? eider_names_find(account) : NULL;

    if (a != NULL)
        eider_steady_refresh(a);

    eider_face_changed(a, a != NULL ? peer : NULL);
}

static void
text_state(void *data G_GNUC_UNUSED, const char *account G_GNUC_UNUSED,
           const char *peer G_GNUC_UNUSED, const uint8_t id[EIDER_TEXT_ID_SIZE],
           eider_text_state state)
{
    eider_echo_note(id, state);
    eider_face_text(id, state);
}

static bool
has_ledger(void *data G_GNUC_UNUSED)
{
    return purple_prefs_get_bool(EIDER_PREF_LEDGER);
}

static void
seen(void *data G_GNUC_UNUSED, const char *account, const char *peer)
{
    eider_sees_grew(account, peer);
}

void
eider_purple_env(eider_env *out)
{
    *out = (eider_env){
        .now_ms = now_ms,
        .wake_in = wake_in,
        .speed = speed(),
        .send = send_line,
        .line_max = line_max,
        .is_buddy = is_buddy,
        .is_online = is_online,
        .is_reachable = is_reachable,
        .is_merged_on = is_merged_on,
        .policy = policy,
        .label = label,
        .own_name = own_name,
        .show = show,
        .tell = tell,
        .changed = changed,
        .own_slot = own_slot,
        .may_steady = eider_steady_may,
        .has_bystander = eider_resources_has_bystander,
        .typing = typing,
        .text_state = text_state,
        .has_ledger = has_ledger,
        .seen = seen,
    };
}

void
eider_purple_env_stop(void)
{
    if (wake != 0)
        purple_timeout_remove(wake);
    wake = 0;
}
