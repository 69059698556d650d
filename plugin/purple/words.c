/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the words.  Short, the same everywhere, about what happened to the
 * user's text and not about keys.
 */
#include "lines.h"

#include "eider/limits.h"

#include "text.h"

#include <string.h>

typedef char *eider_word;

static void
eider_word_wipe(eider_word *w)
{
    g_free(*w);
}

const char *
eider_words_look(eider_look look)
{
    switch (look) {
    case EIDER_LOOK_STARTING:
        return _("Starting");
    case EIDER_LOOK_PRIVATE:
        return _("Private");
    case EIDER_LOOK_CHECKED:
        return _("Private, checked");
    case EIDER_LOOK_NEW_DEVICE:
        return _("New device?");
    case EIDER_LOOK_PAUSED:
        return eider_letters_is_open() ? _("Locked") : _("Paused");
    case EIDER_LOOK_STEADY:
        return _("Steady");
    case EIDER_LOOK_OPEN:
        break;
    }
    return _("Open");
}

/* What a mark on a line of the user's means. */
const char *
eider_words_text(eider_text_state state)
{
    switch (state) {
    case EIDER_TEXT_WAITING:
        return _("Waiting: it has not left yet");
    case EIDER_TEXT_SENT:
        return _("Sent: nobody has said yet that it arrived");
    case EIDER_TEXT_DELIVERED:
        return _("Delivered: it is on their device");
    case EIDER_TEXT_GIVEN_UP:
        return _("Not delivered: it waited too long");
    case EIDER_TEXT_CANCELLED:
        break;
    }
    return _("Deleted before it left");
}

/* "Bob (laptop)", where the device has a name. */
static char *
with_label(const eider_status *s, const char *name)
{
    EIDER_AUTO(eider_word) label = eider_lines_plain(s->label);

    if (label[0] == '\0')
        return g_strdup(name);
    return g_strdup_printf(_("%s (%s)"), name, label);
}

static char *
private_sentence(const eider_status *s, const char *name)
{
    char *whom, *out;

    if (s->is_left)
        return g_strdup_printf(_("%s turned privacy off. You stay private, "
                                 "and what you write still reaches them."),
                               name);
    if (s->look == EIDER_LOOK_STEADY)
        return eider_words_steady(s, name);
    whom = with_label(s, name);
    out = g_strdup_printf(
        s->look == EIDER_LOOK_CHECKED
            ? _("Private with %s, and you checked that it is really them. The "
                "server sees padded lines, and when you write.")
            : _("Private with %s. The server sees padded lines, and when you "
                "write."),
        whom);
    g_free(whom);
    return out;
}

static char *
state_sentence(const eider_status *s, const char *name)
{
    switch (s->look) {
    case EIDER_LOOK_STARTING:
        if (s->is_shut)
            return g_strdup_printf(_("You blocked or refused %s's keys: what "
                                     "you type waits. Keys... changes that."),
                                   name);
        return g_strdup_printf(_("Starting: waiting for %s's Eider. What you "
                                 "type waits, too."),
                               name);
    case EIDER_LOOK_PRIVATE:
    case EIDER_LOOK_CHECKED:
    case EIDER_LOOK_STEADY:
        return private_sentence(s, name);
    case EIDER_LOOK_NEW_DEVICE:
        return g_strdup_printf(_("A device nobody knows says it is %s. Nothing "
                                 "goes to it until you say yes."),
                               name);
    case EIDER_LOOK_PAUSED:
        if (eider_letters_is_open())
            return g_strdup(_("Locked: what you write waits until you enter "
                              "the passphrase."));
        return g_strdup_printf(_("Paused: nothing is sent (%s)."),
                               eider_opening_why());
    case EIDER_LOOK_OPEN:
        break;
    }
    if (s->has_session)
        return g_strdup_printf(_("Open: the server can read this. %s has "
                                 "Eider, too."),
                               name);
    return g_strdup(_("Open: the server can read this."));
}

static char *
check_sentence(const eider_status *s, const char *name)
{
    if (s->check == EIDER_PHASE_ASKED)
        return g_strdup_printf(
            _("%s asks you something, to check that it is really you."), name);
    if (s->check == EIDER_PHASE_COMPARE || s->check == EIDER_PHASE_MEETING)
        return g_strdup_printf(
            _("%s and you compare a short code, over a call."), name);
    return NULL;
}

/* Somebody waits for the user: that comes before how it stands, but not before
 * what he has to decide. */
static char *
base_sentence(const eider_status *s, const char *name)
{
    bool is_well = s->look == EIDER_LOOK_PRIVATE ||
                   s->look == EIDER_LOOK_CHECKED ||
                   s->look == EIDER_LOOK_STEADY;
    char *check = is_well ? check_sentence(s, name) : NULL;

    return check != NULL ? check : state_sentence(s, name);
}

/* What is not delivered yet; NULL: nothing. */
static char *
undelivered(const eider_status *s)
{
    if (s->waiting > 0 && s->sent > 0)
        return g_strdup_printf(_("%u waiting, %u sent."), s->waiting, s->sent);
    if (s->waiting > 0)
        return g_strdup_printf(
            EIDER_PLURAL("%u text waits.", "%u texts wait.", s->waiting),
            s->waiting);
    if (s->sent > 0)
        return g_strdup_printf(EIDER_PLURAL("%u text sent, not delivered yet.",
                                            "%u texts sent, not delivered yet.",
                                            s->sent),
                               s->sent);
    return NULL;
}

char *
eider_words_sentence(const eider_status *s, const char *name)
{
    EIDER_AUTO(eider_word) whom = eider_lines_plain(name);
    EIDER_AUTO(eider_word) plain = base_sentence(s, whom);
    EIDER_AUTO(eider_word) base = eider_words_add_offer(plain, s, whom);
    /* In slots everything waits a little: no word of it. */
    EIDER_AUTO(eider_word)
    texts = s->steady_runs && s->has_session ? NULL : undelivered(s);

    return texts != NULL ? g_strdup_printf("%s %s", base, texts)
                         : g_strdup(base);
}

char *
eider_words_counts(const eider_status *s)
{
    if (s->waiting + s->sent + s->delivered == 0)
        return NULL;
    return g_strdup_printf(_("Your texts: %u waiting, %u sent, %u delivered."),
                           s->waiting, s->sent, s->delivered);
}

char *
eider_words_tooltip(const eider_status *s, const char *name)
{
    EIDER_AUTO(eider_word) whom = eider_lines_plain(name);
    EIDER_AUTO(eider_word) base = base_sentence(s, whom);
    EIDER_AUTO(eider_word) counts = eider_words_counts(s);

    EIDER_AUTO(eider_word) more = eider_words_one_of(s);

    return g_strdup_printf(
        "%s\n%s%s%s", more != NULL ? more : eider_words_look(s->look), base,
        counts != NULL ? "\n" : "", counts != NULL ? counts : "");
}

char *
eider_words_machine(const eider_status *s)
{
    static const char *const states[] = {"open",    "starting",  "private",
                                         "checked", "newdevice", "paused",
                                         "steady"};
    static const char *const choices[] = {"unset", "on", "off"};
    static const char *const policies[] = {"off", "auto", "on"};
    static const char *const checks[] = {
        "none",    "waits",  "asked",  "answered", "meeting",
        "compare", "agreed", "passed", "failed",   "stopped"};
    static const char *const parts[EIDER_PARTS] = {
        "none",  "takes",   "open",  "unmet",    "offline",
        "asked", "refused", "ended", "hindered", "partly"};

    return g_strdup_printf(
        "eider: state=%s choice=%s private=%d waiting=%u "
        "sent=%u delivered=%u devices=%u candidates=%u session=%d "
        "default=%s steady=%u offer=%u theirs=%u agreed=%u runs=%d check=%s "
        "part=%s decoys=%u now=%u paused=%d",
        states[s->look], choices[s->choice], s->is_private, s->waiting, s->sent,
        s->delivered, s->devices, s->candidates, s->has_session,
        policies[eider_prefs_policy()], s->steady, s->steady_offer,
        s->steady_theirs, s->steady_agreed, s->steady_runs, checks[s->check],
        parts[s->part], s->decoys, s->decoys_now, s->steady_paused);
}

/* ---- news ---------------------------------------------------------------- */

/* What becomes of the user's texts; @detail: the first of those given up. */
static char *
text_news(const eider_news *n, const char *who, const char *detail)
{
    EIDER_AUTO(eider_word) words = purple_markup_strip_html(detail);
    EIDER_AUTO(eider_word) first = eider_lines_plain(words);

    if (n->kind == EIDER_NEWS_WAITS_OFFLINE)
        return g_strdup_printf(_("Not sent yet: %s is offline. It will go out, "
                                 "encrypted, when they are back."),
                               who);
    if (n->kind == EIDER_NEWS_WAITS_MEETING)
        return g_strdup_printf(
            _("Not sent yet: Eider has to meet %s's Eider once."), who);
    if (n->kind == EIDER_NEWS_NO_ANSWER)
        return g_strdup_printf(
            _("%s's Eider has not answered for two days; they may not have it. "
              "Your text still waits: /eider cancel deletes it, /eider off "
              "writes openly."),
            who);
    return g_strdup_printf(
        EIDER_PLURAL("%u text to %s waited too long and was not delivered: "
                     "“%s”",
                     "%u texts to %s waited too long and were not delivered. "
                     "The first: “%s”",
                     n->count),
        n->count, who, first);
}

/* An old copy, or a second one; @is_folder: of all contacts at once. */
static char *
copy_news(const eider_news *n, const char *who, bool is_folder)
{
    if (n->kind == EIDER_NEWS_RENEWED)
        return g_strdup_printf(
            _("A new session with %s was made: the old one no longer fitted, "
              "as when a backup is put back. Nothing is to be done."),
            who);
    if (n->kind == EIDER_NEWS_TWIN)
        return g_strdup_printf(
            _("Your keys are in use on another computer, too: what %s writes "
              "goes to the one that met them last. Use one of the two."),
            who);
    if (is_folder)
        return g_strdup(
            _("Eider's folder was put back to an older state. What you "
              "turned on or off since then is not in it: look at your "
              "padlocks. Nothing else is to be done."));
    return g_strdup_printf(
        _("Eider's folder was put back to an older state, so a new session "
          "with %s is made. Nothing is to be done."),
        who);
}

static char *
silent_news(const char *who, const char *device)
{
    return device[0] != '\0'
               ? g_strdup_printf(
                     _("%s's device %s has been silent for 30 days: what "
                       "you write goes to the others only, until it is "
                       "heard from again."),
                     who, device)
               : g_strdup_printf(
                     _("A device of %s has been silent for 30 days: what "
                       "you write goes to the others only, until it is "
                       "heard from again."),
                     who);
}

char *
eider_words_news(const eider_news *n, const char *name)
{
    EIDER_AUTO(eider_word)
    who = eider_lines_plain(name != NULL ? name : _("a contact"));
    const char *detail = n->detail != NULL ? n->detail : "";
    EIDER_AUTO(eider_word) called = eider_lines_plain(detail);

    switch (n->kind) {
    case EIDER_NEWS_STARTED:
        return g_strdup_printf(_("Private now: the server cannot read this any "
                                 "more. That it is really %s, nobody has "
                                 "checked yet."),
                               who);
    case EIDER_NEWS_WAITS_OFFLINE:
    case EIDER_NEWS_WAITS_MEETING:
    case EIDER_NEWS_NO_ANSWER:
    case EIDER_NEWS_GIVEN_UP:
        return text_news(n, who, detail);
    case EIDER_NEWS_STRANGER:
        return g_strdup_printf(
            _("%s asks to talk privately. To agree, type /eider on"), who);
    case EIDER_NEWS_NEW_DEVICE:
        return g_strdup_printf(
            _("A device nobody knows says it is %s: a new one, a new "
              "installation, or somebody in between. Nothing goes to it until "
              "you say yes: /eider fingerprint"),
            who);
    case EIDER_NEWS_PEER_LEFT:
        return g_strdup_printf(_("%s turned privacy off. You stay private, "
                                 "and what you write still reaches them; "
                                 "/eider off writes openly."),
                               who);
    case EIDER_NEWS_NAME_DIFFERS:
        return g_strdup_printf(
            _("%s's Eider calls its account %s. Are you sure whom you talk "
              "to?"),
            who, called);
    case EIDER_NEWS_RESTORED:
    case EIDER_NEWS_RENEWED:
    case EIDER_NEWS_TWIN:
        return copy_news(n, who, name == NULL);
    case EIDER_NEWS_CHECK_ASKED:
    case EIDER_NEWS_CHECK_PASSED:
    case EIDER_NEWS_CHECK_FAILED:
    case EIDER_NEWS_CHECK_ENDED:
        return eider_words_check(n, who);
    case EIDER_NEWS_STORE:
        return g_strdup_printf(_("Eider cannot use its folder (%s). Until it "
                                 "can, nothing private is sent."),
                               detail);
    case EIDER_NEWS_STEADY:
    case EIDER_NEWS_STEADY_ASKED:
    case EIDER_NEWS_STEADY_NO:
    case EIDER_NEWS_STEADY_ENDED:
    case EIDER_NEWS_STEADY_PAUSED:
        return eider_words_steady_news(n, who);
    case EIDER_NEWS_SILENT:
        return silent_news(who, called);
    }
    return g_strdup("");
}

/* ---- text that was not taken --------------------------------------------- */

/* Pidgin clears the entry whatever happened, but keeps what was in it.  What
 * a pounce or a script sends was never there. */
static const char *
get_it_back(void)
{
    if (eider_receive_is_typed() &&
        g_strcmp0(purple_core_get_ui(), "gtk-gaim") == 0)
        return _(" Ctrl+Up brings the text back.");
    return "";
}

static char *
reason_of(eider_err err, const eider_status *s, const char *name)
{
    switch (err) {
    case EIDER_E_LIMIT:
        if (s->is_full)
            return g_strdup_printf(_("%u texts to %s are not delivered yet, "
                                     "and no more are kept"),
                                   s->waiting + s->sent, name);
        return g_strdup(_("it is too long"));
    case EIDER_E_STORE:
        return g_strdup_printf(_("Eider cannot use its folder (%s)"),
                               eider_opening_why());
    case EIDER_E_MALFORMED:
        return g_strdup(_("there is nothing in it that can be sent"));
    default:
        return g_strdup_printf(_("internal error: %s"), eider_err_name(err));
    }
}

char *
eider_words_not_sent(eider_err err, const eider_status *s, const char *name)
{
    EIDER_AUTO(eider_word) whom = eider_lines_plain(name);
    char *reason = reason_of(err, s, whom);
    char *out = g_strdup_printf(_("Your text to %s was not sent: %s.%s"), whom,
                                reason, get_it_back());

    g_free(reason);
    return out;
}

char *
eider_words_closed(const char *name)
{
    EIDER_AUTO(eider_word) whom = eider_lines_plain(name);
    const char *todo =
        eider_opening_wants_passphrase()
            ? _("Unlock it: Eider in the menu of plugins, or /eider on.")
        : eider_opening_is_held()
            ? _("Close it, and write again. To write openly, unload Eider.")
            : _("To write openly, unload Eider.");

    if (name == NULL)
        return g_strdup_printf(
            _("Eider does not know who is private, so nothing is sent to "
              "anybody: %s. %s"),
            eider_opening_why(), todo);
    return g_strdup_printf(_("Your text to %s was not sent. Eider does not "
                             "know who is private, so nothing is sent: %s. "
                             "%s%s"),
                           whom, eider_opening_why(), todo, get_it_back());
}
