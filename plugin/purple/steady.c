/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: Steady, as far as it concerns libpurple: the question before it is
 * turned on, and what else of the account would tell when somebody is at the
 * keyboard.  Idle times and the away state of an idle machine are kept from
 * the protocol itself, so that no preference has to be put back after a crash.
 */
#include "seam.h"

#include "eider/frame.h"
#include "eider/limits.h"
#include "eider/schedule.h"

#include "text.h"

#include <string.h>

#define IRC_INTERVAL 4 /* seconds a line, with room for the user's own */

static GHashTable *hidden; /* accounts with a Steady contact: id -> "" */
static GHashTable *told;   /* id -> the status that the server knows */
static GHashTable *kept;   /* ids of which it does not know the newest -> "" */

/* ---- what it costs ------------------------------------------------------- */

/* Bytes of a line with all that is around it, as measured on the wire; half
 * the lines come from the server, with a sender in them. */
size_t
eider_steady_line_bytes(PurpleAccount *account)
{
    const char *protocol = purple_account_get_protocol_id(account);

    if (eider_names_is_irc(account))
        return EIDER_LINE_S + 40;
    if (g_strcmp0(protocol, "prpl-jabber") == 0)
        return EIDER_LINE_S + 110;
    return EIDER_LINE_S + 300;
}

char *
eider_steady_cost_words(PurpleAccount *account, const char *who, unsigned slot)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_status s = {0};
    eider_cost c;

    if (eider_opening_engine() != NULL)
        eider_engine_status(eider_opening_engine(), p.account, p.peer, &s);
    eider_schedule_cost(slot, eider_steady_line_bytes(account), s.devices, &c);
    return g_strdup_printf(_("A text waits %.0f s on average and %.0f s at "
                             "most, longer ones and several at a time longer; "
                             "about %.0f MB and %u lines a day, both ways, "
                             "while both are online."),
                           c.mean_s, c.worst_s, c.mb_a_day, c.lines_a_day);
}

/* ---- may it be? ---------------------------------------------------------- */

static bool
fits_carrier(const char *account, unsigned slot, unsigned others)
{
    return !g_str_has_prefix(account, "prpl-irc\t") ||
           others + 60 / slot <= 60 / IRC_INTERVAL;
}

/* Of who is not on the list nobody says when they go: lines would be sent to
 * nobody for days. */
static bool
is_seen(PurpleAccount *account, const char *who)
{
    return purple_find_buddy(account, who) != NULL;
}

bool
eider_steady_may(void *data G_GNUC_UNUSED, const char *account,
                 const char *peer, unsigned slot, unsigned others)
{
    PurpleAccount *a = eider_names_find(account);

    return a != NULL && is_seen(a, peer) &&
           fits_carrier(account, slot, others) && !eider_resources_has_own(a) &&
           !eider_resources_has_peer(a, peer);
}

/* Why not, or NULL; @is_final: whatever the user says. */
char *
eider_steady_refusal(PurpleAccount *account, const char *who, unsigned slot,
                     bool *is_final)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    unsigned others =
        e != NULL ? eider_engine_steady_lines(e, p.account, p.peer) : 0;
    char *name, *out = NULL;

    *is_final = !is_seen(account, p.peer);
    if (*is_final) {
        name = eider_names_shown(account, who);
        out = g_strdup_printf(_("Steady needs to know when %s is online: add "
                                "them to your buddy list first."),
                              name);
        g_free(name);
        return out;
    }
    *is_final = !fits_carrier(p.account, slot, others);
    if (*is_final)
        return g_strdup_printf(
            _("IRC takes a line in two seconds: at %u s no more than %u "
              "contacts of an account can have Steady."),
            slot, slot / IRC_INTERVAL);
    name = eider_names_shown(account, who);
    if (eider_resources_has_peer(account, p.peer))
        out = g_strdup_printf(_("%s is also online with a program that has no "
                                "Eider, maybe a telephone: it could ring for "
                                "every line."),
                              name);
    else if (eider_resources_has_own(account))
        out = g_strdup(_("You are also online with a program that has no "
                         "Eider, maybe a telephone: it could show every "
                         "line."));
    g_free(name);
    return out;
}

char *
eider_steady_detail(PurpleAccount *account, const char *who, unsigned slot)
{
    bool is_final = false;
    char *cost = eider_steady_cost_words(account, who, slot);
    char *refusal = eider_steady_refusal(account, who, slot, &is_final);
    char *out = refusal != NULL ? g_strdup_printf("%s %s", cost, refusal)
                                : g_strdup(cost);

    g_free(refusal);
    g_free(cost);
    return out;
}

/* ---- turning on and off -------------------------------------------------- */

static void
say_result(PurpleAccount *account, const char *who, eider_err err)
{
    char *name = eider_names_shown(account, who), *text = NULL;

    if (err == EIDER_E_STATE)
        text = g_strdup_printf(_("Steady needs a private conversation with %s "
                                 "that has begun."),
                               name);
    else if (err == EIDER_E_MALFORMED)
        text =
            g_strdup(_("Steady has a line every 5, 10, 15, 30 or 60 seconds."));
    else if (err != EIDER_OK)
        text =
            g_strdup_printf(_("Nothing was changed: %s."), eider_opening_why());
    if (text != NULL)
        eider_say_loudly(account, who, text);
    g_free(text);
    g_free(name);
}

static void
say_sentence(PurpleAccount *account, const char *who)
{
    eider_view v;

    eider_face_app()->view(account, who, &v);
    eider_say(account, who, v.sentence);
    eider_face_app()->view_clear(&v);
}

static void
turn(PurpleAccount *account, const char *who, unsigned slot)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    eider_err err = e != NULL ? eider_engine_steady(e, p.account, p.peer, slot)
                              : EIDER_E_STORE;

    say_result(account, who, err);
    if (err == EIDER_OK && !eider_face_is_watched())
        say_sentence(account, who);
}

static void
on_yes(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        turn(account, a->who, a->number);
    eider_ask_done(a);
}

static void
on_no(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

/* The price first. */
static void
ask(PurpleAccount *account, const char *who, unsigned slot, const char *refusal)
{
    char *name = eider_names_shown(account, who);
    char *title =
        g_strdup_printf(_("Steady with %s, every %u seconds?"), name, slot);
    char *cost = eider_steady_cost_words(account, who, slot);
    char *text = g_strdup_printf(
        _("Nobody will see when either of you writes, only that you both are "
          "online and use Eider. %s%s%s"),
        cost, refusal != NULL ? "\n\n" : "", refusal != NULL ? refusal : "");
    eider_ask *a = eider_ask_new(account, who, NULL);

    a->number = slot;
    purple_request_action(
        eider_plugin(), _("Eider"), title, text, 0, account, who, NULL, a, 2,
        refusal != NULL ? _("Turn on _anyway") : _("Turn _on"),
        G_CALLBACK(on_yes), _("_Not now"), G_CALLBACK(on_no));
    g_free(text);
    g_free(cost);
    g_free(title);
    g_free(name);
}

/* Is there anything to ask about? */
static bool
is_possible(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_status s = {0};

    if (eider_opening_engine() != NULL)
        eider_engine_status(eider_opening_engine(), p.account, p.peer, &s);
    return s.is_private && s.devices > 0;
}

static bool
is_decoy(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_status s = {0};

    if (eider_opening_engine() != NULL)
        eider_engine_status(eider_opening_engine(), p.account, p.peer, &s);
    return s.part != EIDER_PART_NONE;
}

static void
refuse_decoy(PurpleAccount *account, const char *who)
{
    char *name = eider_names_shown(account, who);
    char *text = eider_words_decoy_slot(name);

    eider_say_loudly(account, who, text);
    g_free(text);
    g_free(name);
}

void
eider_steady_set(PurpleAccount *account, const char *who, unsigned slot)
{
    bool is_final = false;
    char *refusal;

    if (slot == 0) {
        turn(account, who, 0);
        return;
    }
    if (!eider_slot_is_valid(slot) || !is_possible(account, who)) {
        say_result(account, who,
                   eider_slot_is_valid(slot) ? EIDER_E_STATE
                                             : EIDER_E_MALFORMED);
        return;
    }
    if (slot != EIDER_SLOT_DECOYS && is_decoy(account, who)) {
        refuse_decoy(account, who);
        return;
    }
    refusal = eider_steady_refusal(account, who, slot, &is_final);
    if (is_final)
        eider_say_loudly(account, who, refusal);
    else
        ask(account, who, slot, refusal);
    g_free(refusal);
}

/* The user said no number: theirs, if they offer, else his own setting. */
unsigned
eider_steady_suggest(const eider_status *s)
{
    unsigned own = eider_prefs_slot();

    if (s->part != EIDER_PART_NONE)
        return EIDER_SLOT_DECOYS;
    if (s->steady_theirs != 0)
        return s->steady_theirs;
    return own != 0 ? own : 10;
}

/* ---- what else tells when somebody is there ------------------------------ */

bool
eider_steady_hides(PurpleAccount *account)
{
    char *id = eider_names_account(account);
    eider_engine *e = eider_opening_engine();
    bool is = e != NULL && eider_engine_steady_count(e, id, NULL) > 0;

    g_free(id);
    return is;
}

/* What an idle machine is, the server learns when Steady has ended. */
static void
tell_status(PurpleAccount *account, const char *id)
{
    PurplePluginProtocolInfo *info = eider_names_protocol(account);

    if (kept != NULL && g_hash_table_remove(kept, id) && info != NULL &&
        info->set_status != NULL)
        info->set_status(account, purple_account_get_active_status(account));
}

/* The idle time as the server should have it, when Steady begins or ends. */
void
eider_steady_refresh(PurpleAccount *account)
{
    PurpleConnection *gc = purple_account_get_connection(account);
    char *id = eider_names_account(account);
    bool was = hidden != NULL && g_hash_table_contains(hidden, id);
    bool is = eider_steady_hides(account);
    PurplePresence *presence = purple_account_get_presence(account);

    if (was == is || gc == NULL || !PURPLE_CONNECTION_IS_CONNECTED(gc)) {
        g_free(id);
        return;
    }
    if (hidden == NULL)
        hidden = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (purple_presence_is_idle(presence)) {
        time_t since = purple_presence_get_idle_time(presence);

        eider_wrap_set_idle(gc, is ? 0 : (int)(time(NULL) - since));
    }
    if (is) {
        g_hash_table_add(hidden, id);
        return;
    }
    g_hash_table_remove(hidden, id);
    tell_status(account, id);
    g_free(id);
}

static char *
status_key(PurpleStatus *status)
{
    const char *message = purple_status_get_attr_string(status, "message");

    return g_strdup_printf("%s\n%s", purple_status_get_id(status),
                           message != NULL ? message : "");
}

/* Is this a change that an idle machine made, or the way back from it? */
bool
eider_steady_hides_status(PurpleAccount *account, PurpleStatus *status)
{
    char *id, *key;
    bool is_hidden;

    if (!purple_status_is_exclusive(status))
        return false; /* a mood, a tune: not whether somebody is there */
    id = eider_names_account(account);
    key = status_key(status);
    if (told == NULL)
        told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    is_hidden = eider_steady_hides(account) &&
                (purple_savedstatus_is_idleaway() ||
                 g_strcmp0(g_hash_table_lookup(told, id), key) == 0);
    if (kept == NULL)
        kept = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (g_strcmp0(g_hash_table_lookup(told, id), key) != 0 && is_hidden)
        g_hash_table_add(kept, g_strdup(id));
    else
        g_hash_table_remove(kept, id);
    if (is_hidden) {
        g_free(id);
        g_free(key);
    } else {
        g_hash_table_replace(told, id, key);
    }
    return is_hidden;
}

/* A new connection knows nothing of what the last one was told. */
static void
on_signed_on(PurpleConnection *gc, gpointer data G_GNUC_UNUSED)
{
    char *id = eider_names_account(purple_connection_get_account(gc));

    if (told != NULL)
        g_hash_table_remove(told, id);
    if (kept != NULL)
        g_hash_table_remove(kept, id);
    if (hidden != NULL)
        g_hash_table_remove(hidden, id);
    g_free(id);
}

static gboolean
on_writing(PurpleAccount *account, const char *who G_GNUC_UNUSED,
           char **text G_GNUC_UNUSED, PurpleConversation *conv G_GNUC_UNUSED,
           PurpleMessageFlags flags, gpointer data G_GNUC_UNUSED)
{
    /* An automatic answer that was not sent is not shown as if it were. */
    return account != NULL && (flags & PURPLE_MESSAGE_AUTO_RESP) != 0 &&
           (flags & PURPLE_MESSAGE_SEND) != 0 && eider_steady_hides(account);
}

void
eider_steady_start(void)
{
    purple_signal_connect(purple_conversations_get_handle(), "writing-im-msg",
                          eider_plugin(), PURPLE_CALLBACK(on_writing), NULL);
    purple_signal_connect(purple_connections_get_handle(), "signed-on",
                          eider_plugin(), PURPLE_CALLBACK(on_signed_on), NULL);
}

void
eider_steady_stop(void)
{
    if (hidden != NULL)
        g_hash_table_destroy(hidden);
    if (told != NULL)
        g_hash_table_destroy(told);
    if (kept != NULL)
        g_hash_table_destroy(kept);
    hidden = told = kept = NULL;
}
