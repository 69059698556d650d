/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the words of checking that it is really them. */
#include "seam.h"

#include "eider/limits.h"

#include "text.h"

static char *
asked(eider_check_way way, const char *name)
{
    if (way == EIDER_CHECK_CODE)
        return g_strdup_printf(
            eider_face_is_watched()
                ? _("%s wants to compare a short code with you over a call. "
                    "See the strip above.")
                : _("%s wants to compare a short code with you over a call: "
                    "/eider check"),
            name);
    return g_strdup_printf(
        eider_face_is_watched()
            ? _("%s asks you something, to check that it is really you. "
                "Answer in the strip above.")
            : _("%s asks you something, to check that it is really you. To "
                "answer: /eider check"),
        name);
}

static char *
passed(eider_check_way way, const char *name)
{
    switch (way) {
    case EIDER_CHECK_QUESTION:
        return g_strdup_printf(_("Checked: it is really %s. You both gave the "
                                 "same answer."),
                               name);
    case EIDER_CHECK_CODE:
        return g_strdup_printf(_("Checked: it is really %s. You both saw the "
                                 "same code."),
                               name);
    default:
        return g_strdup_printf(_("Checked: it is really %s. That holds for "
                                 "your side; they mark it on theirs."),
                               name);
    }
}

static char *
ended(eider_check_end end, const char *name)
{
    switch (end) {
    case EIDER_END_REFUSED:
        return g_strdup_printf(_("%s cannot check now. Try again later."),
                               name);
    case EIDER_END_TIME:
        return g_strdup_printf(
            _("The check with %s has ended: nothing came for a day."), name);
    case EIDER_END_SESSION:
        return g_strdup_printf(
            _("The check with %s has ended, as its session has. Start it "
              "again."),
            name);
    default:
        return g_strdup_printf(_("%s stopped the check."), name);
    }
}

char *
eider_words_check(const eider_news *n, const char *name)
{
    switch (n->kind) {
    case EIDER_NEWS_CHECK_ASKED:
        return asked((eider_check_way)n->count, name);
    case EIDER_NEWS_CHECK_PASSED:
        return passed((eider_check_way)n->count, name);
    case EIDER_NEWS_CHECK_ENDED:
        return ended((eider_check_end)n->count, name);
    default:
        break;
    }
    if (n->count >= EIDER_CHECK_FAILURES_MAX)
        return g_strdup_printf(
            _("The check with %s failed. Somebody may sit in between: write "
              "nothing secret here until you have compared the 60 digits in "
              "person, and they are the same."),
            name);
    return g_strdup_printf(
        _("It did not match, so nobody knows yet whether it is really %s. "
          "Perhaps it was written differently: try again."),
        name);
}

/* ---- how it stands -------------------------------------------------------- */

static char *
why(const char *name)
{
    return g_strdup_printf(
        _("Somebody could sit in between: %s for you, and you for %s. A check "
          "rules that out."),
        name, name);
}

static char *
was_checked(const eider_check_view *v, const char *name)
{
    static const char *const how[] = {
        [EIDER_CHECK_NONE] = N_("Checked"),
        [EIDER_CHECK_QUESTION] = N_("Checked by question and answer"),
        [EIDER_CHECK_CODE] = N_("Checked by a code over a call"),
        [EIDER_CHECK_NUMBER] = N_("Checked by the number")};
    time_t at = (time_t)v->checked_at;

    if (at == 0)
        return g_strdup_printf(_("%s: it is really %s."),
                               _(how[v->checked_how]), name);
    return g_strdup_printf(_("%s on %s: it is really %s."),
                           _(how[v->checked_how]),
                           purple_date_format_short(localtime(&at)), name);
}

static char *
not_running(const eider_check_view *v, const char *name)
{
    if (!v->has_session)
        return g_strdup_printf(
            _("It has to be private first, and Eider has to meet %s's Eider."),
            name);
    if (v->is_closed)
        return g_strdup_printf(
            _("It did not match too often, so only the number is left until "
              "tomorrow. Somebody may sit between %s and you: compare it in "
              "person."),
            name);
    return v->is_checked ? was_checked(v, name) : why(name);
}

static char *
waits(const eider_check_view *v, const char *name)
{
    return g_strdup_printf(
        v->way == EIDER_CHECK_CODE
            ? _("Waiting for %s's Eider. Call them meanwhile.")
            : _("%s has been asked. It goes on when they answer; you may close "
                "this."),
        name);
}

static char *
result(const eider_check_view *v, const char *name)
{
    const eider_news news = {
        v->phase == EIDER_PHASE_PASSED   ? EIDER_NEWS_CHECK_PASSED
        : v->phase == EIDER_PHASE_FAILED ? EIDER_NEWS_CHECK_FAILED
                                         : EIDER_NEWS_CHECK_ENDED,
        v->phase == EIDER_PHASE_PASSED   ? v->way
        : v->phase != EIDER_PHASE_FAILED ? v->end
        : v->way == EIDER_CHECK_CODE     ? EIDER_CHECK_FAILURES_MAX
                                         : v->failures,
        NULL};

    if (v->end == EIDER_END_OURS)
        return g_strdup(_("You stopped the check."));
    return eider_words_check(&news, name);
}

char *
eider_words_run(const eider_check_view *v, const char *name)
{
    switch (v->phase) {
    case EIDER_PHASE_NONE:
        break;
    case EIDER_PHASE_WAITS:
        return waits(v, name);
    case EIDER_PHASE_ASKED:
        return g_strdup_printf(
            _("%s asks. Answer what nobody else knows: what others could "
              "guess proves nothing."),
            name);
    case EIDER_PHASE_ANSWERED:
        return g_strdup_printf(
            _("Your answer is under way; whether it matches comes back from "
              "%s's Eider."),
            name);
    case EIDER_PHASE_MEETING:
        return g_strdup_printf(_("%s wants to compare a code. It comes in a "
                                 "moment."),
                               name);
    case EIDER_PHASE_COMPARE:
        return g_strdup_printf(
            v->is_heard ? _("Read the code to each other over a call. %s has "
                            "said that it is the same.")
                        : _("Read the code to each other over a call. Does %s "
                            "see the same one?"),
            name);
    case EIDER_PHASE_AGREED:
        return g_strdup_printf(_("You said that it is the same. Waiting for %s "
                                 "to say so, too."),
                               name);
    case EIDER_PHASE_PASSED:
    case EIDER_PHASE_FAILED:
    case EIDER_PHASE_STOPPED:
        return result(v, name);
    }
    return not_running(v, name);
}

char *
eider_words_refused(eider_err err)
{
    switch (err) {
    case EIDER_OK:
        return NULL;
    case EIDER_E_MALFORMED:
        return g_strdup(_("The answer needs letters or digits."));
    case EIDER_E_MISSING:
        return g_strdup(_("There is no session for it yet. Write something, "
                          "and try again."));
    case EIDER_E_LIMIT:
        return g_strdup(_("It did not match too often. Compare the number."));
    case EIDER_E_STATE:
        return g_strdup(_("Another check is under way, or it is not private."));
    case EIDER_E_AUTH:
        return g_strdup(_("What came was forged. The check has ended."));
    default:
        return g_strdup_printf(_("Nothing was changed: %s."),
                               eider_opening_why());
    }
}
