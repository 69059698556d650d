/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the words about decoys. */
#include "seam.h"

#include "eider/limits.h"
#include "eider/schedule.h"

#include "text.h"

/* What texts wait at 60 s, and what logging in daily gives away, both as
 * docs/measured.md has it. */
#define WAIT_MEAN   43
#define WAIT_99     179
#define FOUND_DAILY 52

/* Between "Bob" and nothing else, in a list. */
const char *
eider_words_part(eider_part part)
{
    switch (part) {
    case EIDER_PART_TAKES:
        return _("takes part");
    case EIDER_PART_OPEN:
        return _("not private");
    case EIDER_PART_UNMET:
        return _("no Eider met yet");
    case EIDER_PART_OFFLINE:
        return _("offline");
    case EIDER_PART_ASKED:
        return _("asked, no answer yet");
    case EIDER_PART_REFUSED:
        return _("declined");
    case EIDER_PART_ENDED:
        return _("you ended Steady");
    case EIDER_PART_HINDERED:
        return _("not possible now");
    case EIDER_PART_PARTLY:
        return _("not on every device");
    case EIDER_PART_NONE:
    case EIDER_PARTS:
        break;
    }
    return "";
}

/* The word of the state, where it is more than Steady; or NULL. */
char *
eider_words_one_of(const eider_status *s)
{
    if (s->look != EIDER_LOOK_STEADY || s->part != EIDER_PART_TAKES ||
        s->decoys_now < 2)
        return NULL;
    return g_strdup_printf(
        EIDER_PLURAL("Steady, one of %u", "Steady, one of %u", s->decoys_now),
        s->decoys_now);
}

/* What follows the sentence about Steady with a member of a set. */
char *
eider_words_decoys(const eider_status *s, const char *name)
{
    if (s->part == EIDER_PART_NONE)
        return NULL;
    if (s->part != EIDER_PART_TAKES)
        return g_strdup_printf(
            _("One of your decoys, but takes no part now: %s."),
            eider_words_part(s->part));
    if (s->decoys_now < 2)
        return g_strdup_printf(_("None of your other decoys takes part now: "
                                 "that it is %s shows."),
                               name);
    return g_strdup_printf(EIDER_PLURAL("Nor does it see to which of your %u "
                                        "decoys you write.",
                                        "Nor does it see to which of your %u "
                                        "decoys you write.",
                                        s->decoys_now),
                           s->decoys_now);
}

char *
eider_words_decoys_sum(unsigned members, unsigned now)
{
    if (members == 0)
        return g_strdup_printf(_("No decoys: the server sees to whom you "
                                 "write. Choose %u to %u contacts."),
                               EIDER_DECOYS_MIN, EIDER_DECOYS_MAX);
    if (now < 2)
        return g_strdup_printf(EIDER_PLURAL("%u of %u takes part now: nobody "
                                            "is hidden behind another.",
                                            "%u of %u take part now: nobody "
                                            "is hidden behind another.",
                                            now),
                               now, members);
    return g_strdup_printf(EIDER_PLURAL("%u of %u takes part now: to which of "
                                        "them you write is hidden.",
                                        "%u of %u take part now: to which of "
                                        "them you write is hidden.",
                                        now),
                           now, members);
}

char *
eider_words_decoys_cost(size_t bytes, unsigned n)
{
    eider_cost c;

    eider_schedule_cost(EIDER_SLOT_DECOYS, bytes, n, &c);
    return g_strdup_printf(
        _("A text to them waits %u s on average, one of a hundred %u s or "
          "more, longer ones longer. With %u contacts online all day: %.0f MB "
          "and %u lines a day, both ways, written to or not."),
        WAIT_MEAN, WAIT_99, n, c.mb_a_day, c.lines_a_day);
}

char *
eider_words_decoys_needs(void)
{
    return g_strdup_printf(
        _("All of them send and get one line a minute, so that nobody sees to "
          "which of them you write.\n"
          "It needs that you and they stay logged in. Who comes online to "
          "write is found by that: with daily logins the one of ten was found "
          "in %u of 100 trials (10 would be chance).\n"
          "It needs that their Eider agrees. Who is offline, declined or "
          "cannot now takes no part and hides nobody.\n"
          "It does not hide that they are your decoys, when each of you is "
          "online, nor what you write to others."),
        FOUND_DAILY);
}

char *
eider_words_decoys_refused(eider_err err)
{
    switch (err) {
    case EIDER_OK:
        return NULL;
    case EIDER_E_LIMIT:
        return g_strdup_printf(_("Decoys are %u to %u contacts."),
                               EIDER_DECOYS_MIN, EIDER_DECOYS_MAX);
    case EIDER_E_MALFORMED:
        return g_strdup(_("There is no such contact."));
    default:
        return g_strdup_printf(_("Nothing was changed: %s."),
                               eider_opening_why());
    }
}

char *
eider_words_decoy_slot(const char *name)
{
    return g_strdup_printf(_("%s is one of your decoys, who all have a line "
                             "every %u s: take them out of the set first "
                             "(/eider decoys)."),
                           name, EIDER_SLOT_DECOYS);
}
