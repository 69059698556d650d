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
              "nothing secret until you have compared the 60 digits in "
              "person."),
            name);
    return g_strdup_printf(
        _("It did not match, so nobody knows yet whether it is really %s. "
          "Perhaps it was written differently: try again."),
        name);
}
