/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: checking that it is really them, for a face, and in libpurple's own
 * requests for clients without one.  An answer is never part of a command: an
 * unknown command is sent to the peer as text.
 */
#include "seam.h"

#include "lines.h"

#include "eider/limits.h"

#include "text.h"

#include <string.h>

/* ---- the table ------------------------------------------------------------ */

static void
view(PurpleAccount *account, const char *who, const char *fingerprint,
     eider_check_view *out)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    memset(out, 0, sizeof *out);
    if (e != NULL)
        eider_engine_check_view(e, p.account, p.peer, fingerprint, out);
}

static char *
words(PurpleAccount *account, const char *who, const eider_check_view *v)
{
    char *name = eider_names_shown(account, who);
    char *text = eider_words_run(v, name);

    g_free(name);
    return text;
}

static char *
ask(PurpleAccount *account, const char *who, const char *fingerprint,
    const char *question, const char *answer)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return eider_words_refused(
        e == NULL ? EIDER_E_STORE
                  : eider_engine_check_start(e, p.account, p.peer, fingerprint,
                                             question, answer));
}

static char *
call(PurpleAccount *account, const char *who, const char *fingerprint)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return eider_words_refused(
        e == NULL
            ? EIDER_E_STORE
            : eider_engine_check_code_start(e, p.account, p.peer, fingerprint));
}

static char *
answer(PurpleAccount *account, const char *who, const char *text)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return eider_words_refused(
        e == NULL ? EIDER_E_STORE
                  : eider_engine_check_answer(e, p.account, p.peer, text));
}

static char *
confirm(PurpleAccount *account, const char *who, bool same)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return eider_words_refused(
        e == NULL ? EIDER_E_STORE
                  : eider_engine_check_confirm(e, p.account, p.peer, same));
}

static char *
cancel(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return eider_words_refused(
        e == NULL ? EIDER_E_STORE
                  : eider_engine_check_cancel(e, p.account, p.peer));
}

static char *
number(PurpleAccount *account, const char *who, const char *fingerprint,
       bool same)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return eider_words_refused(
        e == NULL ? EIDER_E_STORE
                  : eider_engine_check_number(e, p.account, p.peer, fingerprint,
                                              same));
}

static struct {
    void (*open)(PurpleAccount *account, const char *who, void *arg);
    void *arg;
} face;

static void
watch(void (*open)(PurpleAccount *account, const char *who, void *arg),
      void *arg)
{
    face.open = open;
    face.arg = arg;
}

const eider_check_app eider_check_table = {
    .view = view,
    .words = words,
    .ask = ask,
    .call = call,
    .answer = answer,
    .confirm = confirm,
    .cancel = cancel,
    .number = number,
    .watch = watch,
};

/* ---- requests ------------------------------------------------------------- */

static void open_request(PurpleAccount *account, const char *who);

/* Whose code is awaited by a request of ours; it opens by itself. */
static struct {
    char *account, *who;
    guint timer;
} follow;

static void
unfollow(void)
{
    if (follow.timer != 0)
        purple_timeout_remove(follow.timer);
    g_free(follow.account);
    g_free(follow.who);
    memset(&follow, 0, sizeof follow);
}

static void
follow_code(PurpleAccount *account, const char *who)
{
    unfollow();
    follow.account = eider_names_account(account);
    follow.who = g_strdup(purple_normalize(account, who));
}

static gboolean
open_followed(gpointer unused G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_names_find(follow.account);
    char *who = g_strdup(follow.who);

    follow.timer = 0;
    unfollow();
    if (account != NULL)
        open_request(account, who);
    g_free(who);
    return FALSE;
}

/* Called from the depth of the engine's work: looked at when that is done. */
void
eider_check_changed(PurpleAccount *account, const char *who)
{
    eider_check_view v;
    char *id;

    if (follow.who == NULL || follow.timer != 0 || account == NULL ||
        who == NULL || strcmp(who, follow.who) != 0)
        return;
    id = eider_names_account(account);
    if (strcmp(id, follow.account) == 0) {
        view(account, who, NULL, &v);
        if (v.phase == EIDER_PHASE_COMPARE)
            follow.timer = purple_timeout_add(0, open_followed, NULL);
        else if (v.phase != EIDER_PHASE_WAITS)
            unfollow();
    }
    g_free(id);
}

void
eider_check_stop(void)
{
    unfollow();
    watch(NULL, NULL);
}

/* A sentence that says what went wrong, or nothing. */
static void
complain(const eider_ask *a, char *text)
{
    PurpleAccount *account = eider_ask_account(a);

    if (text != NULL && account != NULL)
        eider_say_loudly(account, a->who, text);
    g_free(text);
}

static void
on_close(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
on_stop(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        complain(a, cancel(account, a->who));
    eider_ask_done(a);
}

static void
on_code(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL) {
        follow_code(account, a->who);
        complain(a, call(account, a->who, NULL));
        eider_check_changed(account, follow.who);
    }
    eider_ask_done(a);
}

static void
on_same(eider_ask *a, int action)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL && a->text != NULL) /* the number of this key */
        complain(a, number(account, a->who, a->text, action == 0));
    else if (account != NULL)
        complain(a, confirm(account, a->who, action == 0));
    eider_ask_done(a);
}

static void
on_fields(eider_ask *a, PurpleRequestFields *fields)
{
    PurpleAccount *account = eider_ask_account(a);
    const char *question = purple_request_fields_get_string(fields, "question");
    const char *text = purple_request_fields_get_string(fields, "answer");

    if (account != NULL)
        complain(a, ask(account, a->who, NULL, question != NULL ? question : "",
                        text != NULL ? text : ""));
    eider_ask_done(a);
}

static void
on_no_fields(eider_ask *a, PurpleRequestFields *fields G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
on_answer(eider_ask *a, const char *text)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        complain(a, answer(account, a->who, text != NULL ? text : ""));
    eider_ask_done(a);
}

static void
on_no_answer(eider_ask *a, const char *text G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
on_question(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *group = purple_request_field_group_new(NULL);

    purple_request_field_group_add_field(
        group, purple_request_field_string_new(
                   "question", _("_Question"),
                   _("Where did we meet for the first time?"), FALSE));
    purple_request_field_group_add_field(
        group,
        purple_request_field_string_new("answer", _("_Answer"), NULL, FALSE));
    purple_request_fields_add_group(fields, group);
    if (account == NULL)
        purple_request_fields_destroy(fields);
    else
        purple_request_fields(
            eider_plugin(), _("Eider"), _("Ask what only they can answer"),
            _("Case and blanks do not matter. The answer never leaves this "
              "computer."),
            fields, _("_Ask"), G_CALLBACK(on_fields), _("_Cancel"),
            G_CALLBACK(on_no_fields), account, a->who, NULL,
            eider_ask_new(account, a->who, NULL));
    eider_ask_done(a);
}

/* "They call themselves ...": never code or number without it. */
static char *
with_name(const eider_check_view *v, const char *text)
{
    char *called, *out;

    if (v->called[0] == '\0')
        return g_strdup(text);
    called = eider_lines_plain(v->called);
    out = g_strdup_printf(_("They call themselves %s.\n\n%s"), called, text);
    g_free(called);
    return out;
}

/* @fingerprint: of the number; NULL for the code of the run. */
static void
open_compare(PurpleAccount *account, const char *who, const eider_check_view *v,
             const char *fingerprint)
{
    char *sentence =
        fingerprint == NULL
            ? words(account, who, v)
            : g_strdup(_("Compare these 60 digits in person. It marks your "
                         "side only: they do the same on theirs."));
    char *text = with_name(v, sentence);

    purple_request_action(
        eider_plugin(), _("Eider"), fingerprint == NULL ? v->code : v->number,
        text, 2, account, who, NULL, eider_ask_new(account, who, fingerprint),
        3, _("The _same"), G_CALLBACK(on_same), _("It _differs"),
        G_CALLBACK(on_same), _("_Later"), G_CALLBACK(on_close));
    g_free(text);
    g_free(sentence);
}

static void
on_number(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);
    eider_check_view v;

    if (account != NULL) {
        view(account, a->who, NULL, &v);
        if (v.has_device)
            open_compare(account, a->who, &v, v.fingerprint);
    }
    eider_ask_done(a);
}

static void
open_ways(PurpleAccount *account, const char *who, const eider_check_view *v,
          const char *sentence)
{
    eider_ask *a = eider_ask_new(account, who, NULL);

    if (!v->has_device || !v->has_session)
        purple_request_action(eider_plugin(), _("Eider"), _("Not yet"),
                              sentence, 0, account, who, NULL, a, 1,
                              _("_Close"), G_CALLBACK(on_close));
    else if (v->is_closed || !v->has_code)
        purple_request_action(
            eider_plugin(), _("Eider"), _("Is it really them?"), sentence, 0,
            account, who, NULL, a, 2, _("The _number"), G_CALLBACK(on_number),
            _("_Close"), G_CALLBACK(on_close));
    else
        purple_request_action(
            eider_plugin(), _("Eider"), _("Is it really them?"), sentence, 0,
            account, who, NULL, a, 4, _("A _question"), G_CALLBACK(on_question),
            _("A _code over a call"), G_CALLBACK(on_code), _("The _number"),
            G_CALLBACK(on_number), _("C_lose"), G_CALLBACK(on_close));
}

static void
open_answer(PurpleAccount *account, const char *who, const eider_check_view *v,
            const char *sentence)
{
    char *question = eider_lines_plain(v->question);

    purple_request_input(
        eider_plugin(), _("Eider"),
        question[0] != '\0' ? question : _("What you agreed on?"), sentence,
        NULL, FALSE, FALSE, NULL, _("_Answer"), G_CALLBACK(on_answer),
        _("_Later"), G_CALLBACK(on_no_answer), account, who, NULL,
        eider_ask_new(account, who, NULL));
    g_free(question);
}

static void
open_request(PurpleAccount *account, const char *who)
{
    eider_check_view v;
    char *sentence;

    view(account, who, NULL, &v);
    sentence = words(account, who, &v);
    switch (v.phase) {
    case EIDER_PHASE_ASKED:
        open_answer(account, who, &v, sentence);
        break;
    case EIDER_PHASE_COMPARE:
        open_compare(account, who, &v, NULL);
        break;
    case EIDER_PHASE_WAITS:
    case EIDER_PHASE_ANSWERED:
    case EIDER_PHASE_MEETING:
    case EIDER_PHASE_AGREED:
        purple_request_action(eider_plugin(), _("Eider"),
                              _("A check is under "
                                "way"),
                              sentence, 1, account, who, NULL,
                              eider_ask_new(account, who, NULL), 2,
                              _("_Stop the check"), G_CALLBACK(on_stop),
                              _("_Close"), G_CALLBACK(on_close));
        break;
    default:
        open_ways(account, who, &v, sentence);
        break;
    }
    g_free(sentence);
}

void
eider_check_open(PurpleAccount *account, const char *who)
{
    if (face.open != NULL)
        face.open(account, who, face.arg);
    else
        open_request(account, who);
}
