/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: lines for the user.  Never logged, never the cause of a new window
 * of conversation.
 */
#include "lines.h"

#include "text.h"

#include <string.h>

#define LINE_MAX_BYTES 3000 /* escaped; Pidgin cuts at 4096, with its time */

static bool is_speaking;

bool
eider_say_is_speaking(void)
{
    return is_speaking;
}

static void
write_line(PurpleConversation *conv, const char *html, time_t when)
{
    is_speaking = true;
    purple_conversation_write(
        conv, NULL, html, PURPLE_MESSAGE_SYSTEM | PURPLE_MESSAGE_NO_LOG, when);
    is_speaking = false;
}

/* Many rows make several lines, each short enough to be shown whole. */
void
eider_say_in(PurpleConversation *conv, const char *text)
{
    char *html = g_markup_escape_text(text, -1);
    char **rows = g_strsplit(html, "\n", -1);
    GString *line = g_string_new(NULL);

    for (char **row = rows; *row != NULL; row++) {
        if (line->len > 0 && line->len + strlen(*row) > LINE_MAX_BYTES) {
            write_line(conv, line->str, time(NULL));
            g_string_truncate(line, 0);
        }
        if (line->len > 0)
            g_string_append_c(line, '\n');
        g_string_append(line, *row);
    }
    write_line(conv, line->str, time(NULL));
    g_string_free(line, TRUE);
    g_strfreev(rows);
    g_free(html);
}

void
eider_say(PurpleAccount *account, const char *who, const char *text)
{
    PurpleConversation *conv = eider_names_conversation(account, who);

    if (conv != NULL)
        eider_say_in(conv, text);
}

void
eider_say_loudly(PurpleAccount *account, const char *who, const char *text)
{
    PurpleConversation *conv = NULL;

    if (account != NULL && who != NULL)
        conv = eider_names_conversation(account, who);
    if (conv != NULL)
        eider_say_in(conv, text);
    else
        purple_notify_warning(eider_plugin(), _("Eider"), text, NULL);
}

/* ---- notes ---------------------------------------------------------------- */

/* What happened to a conversation that is not open: said, with its time, when
 * it is.  One a contact, the newest. */
typedef struct {
    char *text;
    time_t when;
} note;

static GHashTable *notes; /* "<account>\n<peer>" -> note */

static void
note_free(gpointer data)
{
    note *n = data;

    g_free(n->text);
    g_free(n);
}

static char *
note_key(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);

    return g_strdup_printf("%s\n%s", p.account, p.peer);
}

static void
say_noted(PurpleAccount *account, const char *who, const char *text)
{
    note *n;

    if (eider_names_conversation(account, who) != NULL) {
        eider_say(account, who, text);
        return;
    }
    if (notes == NULL)
        notes =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, note_free);
    n = g_new(note, 1);
    *n = (note){g_strdup(text), time(NULL)};
    g_hash_table_replace(notes, note_key(account, who), n);
}

static void
on_created(PurpleConversation *conv, gpointer data G_GNUC_UNUSED)
{
    char *key;
    note *n;

    if (notes == NULL ||
        purple_conversation_get_type(conv) != PURPLE_CONV_TYPE_IM)
        return;
    key = note_key(purple_conversation_get_account(conv),
                   purple_conversation_get_name(conv));
    n = g_hash_table_lookup(notes, key);
    if (n != NULL) {
        char *html = g_markup_escape_text(n->text, -1);

        write_line(conv, html, n->when);
        g_free(html);
        g_hash_table_remove(notes, key);
    }
    g_free(key);
}

static void
write_letters(PurpleConversation *conv, unsigned n)
{
    char *text = g_strdup_printf(
        EIDER_PLURAL("%u text waits, sealed: Eider was locked. You are asked "
                     "about it when you have unlocked it.",
                     "%u texts wait, sealed: Eider was locked. You are asked "
                     "about them when you have unlocked it.",
                     n),
        n);

    is_speaking = true;
    if (n > 0)
        purple_conversation_write(conv, NULL, text, PURPLE_MESSAGE_SYSTEM,
                                  time(NULL));
    is_speaking = false;
    g_free(text);
}

/* Nobody sees a window any more; who looks into the log later does. */
static void
on_quitting(gpointer data G_GNUC_UNUSED)
{
    for (GList *l = purple_get_ims(); l != NULL; l = l->next) {
        PurpleAccount *account = purple_conversation_get_account(l->data);
        const char *who = purple_conversation_get_name(l->data);
        char *name, *text, *html;
        eider_status s;

        if (account != NULL && eider_letters_is_open())
            write_letters(l->data, eider_letters_count(account, who));
        if (account == NULL || eider_opening_engine() == NULL)
            continue;
        EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
        eider_engine_status(eider_opening_engine(), p.account, p.peer, &s);
        if (s.waiting == 0)
            continue;
        name = eider_names_shown(account, who);
        text = g_strdup_printf(
            EIDER_PLURAL(
                "%u text to %s still waits. It goes out, encrypted, when "
                "both of you are online again.",
                "%u texts to %s still wait. They go out, encrypted, when "
                "both of you are online again.",
                s.waiting),
            s.waiting, name);
        html = g_markup_escape_text(text, -1);
        is_speaking = true;
        purple_conversation_write(l->data, NULL, html, PURPLE_MESSAGE_SYSTEM,
                                  time(NULL));
        is_speaking = false;
        g_free(html);
        g_free(text);
        g_free(name);
    }
}

/* Where no strip shows it, the last that was said is how private it is.  (Not
 * as the client quits: no account is connected by then.) */
void
eider_say_leaving(void)
{
    if (eider_face_is_watched())
        return;
    for (GList *l = purple_get_ims(); l != NULL; l = l->next) {
        PurpleAccount *account = purple_conversation_get_account(l->data);

        if (account != NULL && purple_account_is_connected(account) &&
            eider_outgoing_is_held(account,
                                   purple_conversation_get_name(l->data)))
            eider_say_in(l->data,
                         _("Eider was turned off: the server can read what "
                           "you write from now on."));
    }
}

void
eider_say_start(void)
{
    purple_signal_connect(purple_get_core(), "quitting", eider_plugin(),
                          PURPLE_CALLBACK(on_quitting), NULL);
    purple_signal_connect(purple_conversations_get_handle(),
                          "conversation-created", eider_plugin(),
                          PURPLE_CALLBACK(on_created), NULL);
}

void
eider_say_stop(void)
{
    if (notes != NULL)
        g_hash_table_destroy(notes);
    notes = NULL;
}

/* ---- news ----------------------------------------------------------------- */

/* Does this matter enough for a dialog where no conversation is open? */
static bool
is_loud(eider_news_kind kind)
{
    switch (kind) {
    case EIDER_NEWS_STORE:
    case EIDER_NEWS_RESTORED: /* of a contact: noted instead */
    case EIDER_NEWS_NEW_DEVICE:
    case EIDER_NEWS_STRANGER:
    case EIDER_NEWS_GIVEN_UP:
    case EIDER_NEWS_TWIN:
    case EIDER_NEWS_CHECK_FAILED:
        return true;
    default:
        return false;
    }
}

void
eider_say_news(PurpleAccount *account, const char *who, const eider_news *news)
{
    bool has_peer = account != NULL && who != NULL && who[0] != '\0';
    char *name = has_peer ? eider_names_shown(account, who) : NULL;
    eider_news with_cost = *news;
    char *detail = NULL, *text;

    if (has_peer && (news->kind == EIDER_NEWS_STEADY ||
                     news->kind == EIDER_NEWS_STEADY_ASKED)) {
        detail = eider_steady_detail(account, who, news->count);
        with_cost.detail = detail;
    }
    text = eider_words_news(&with_cost, name);
    g_free(detail);

    /* Somebody waits for an answer: as obtrusive as a message of theirs. */
    if (has_peer && news->kind == EIDER_NEWS_CHECK_ASKED &&
        eider_names_conversation(account, who) == NULL)
        purple_conversation_new(PURPLE_CONV_TYPE_IM, account, who);
    if (has_peer &&
        (news->kind == EIDER_NEWS_RESTORED || news->kind == EIDER_NEWS_RENEWED))
        say_noted(account, who, text);
    else if (has_peer && news->kind == EIDER_NEWS_NO_ANSWER &&
             eider_names_conversation(account, who) == NULL)
        eider_unanswered_ask(account, who);
    else if (is_loud(news->kind))
        eider_say_loudly(has_peer ? account : NULL, who, text);
    else if (has_peer)
        eider_say(account, who, text);
    g_free(text);
    g_free(name);
}
