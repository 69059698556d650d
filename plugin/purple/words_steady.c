/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the words about Steady.  @name is plain already. */
#include "seam.h"

#include "text.h"

/* Only for so much as both ends do. */
static char *
what_is_hidden(const eider_status *s, const char *name)
{
    if (s->steady_paused)
        return g_strdup_printf(
            _("Steady with %s is paused: a program without Eider is online, "
              "theirs or yours, and could ring for every line. What you type "
              "waits until it is gone."),
            name);
    if (!s->steady_runs)
        return g_strdup_printf(_("Steady with %s, every %u s while both are "
                                 "online. What you type waits until then."),
                               name, s->steady);
    if (s->steady_agreed < s->devices)
        return g_strdup_printf(_("Steady with %s, every %u s, but not on every "
                                 "device of theirs: when they write there, the "
                                 "server sees it."),
                               name, s->steady);
    return g_strdup_printf(_("Steady with %s, every %u s: the server sees "
                             "equal lines at fixed times, and not when either "
                             "of you writes."),
                           name, s->steady);
}

char *
eider_words_steady(const eider_status *s, const char *name)
{
    char *base = what_is_hidden(s, name), *out;
    char *more = eider_words_decoys(s, name);

    out = g_strconcat(
        base, more != NULL ? " " : "", more != NULL ? more : "",
        s->steady_ends != 0
            ? _(" It ends within 15 minutes, so that the end does not tell of "
                "your last text; off once more ends it at once.")
            : "",
        s->is_checked ? _(" You checked that it is really them.") : "", NULL);
    g_free(more);
    g_free(base);
    return out;
}

char *
eider_words_add_offer(const char *sentence, const eider_status *s,
                      const char *name)
{
    char *more = NULL, *out;

    if (s->steady_theirs != 0)
        more = g_strdup_printf(_("%s offers Steady, every %u s."), name,
                               s->steady_theirs);
    else if (s->steady_offer != 0)
        more = g_strdup_printf(_("Steady every %u s begins when %s's Eider has "
                                 "agreed."),
                               s->steady_offer, name);
    if (more == NULL)
        return g_strdup(sentence);
    out = g_strdup_printf("%s %s", sentence, more);
    g_free(more);
    return out;
}

char *
eider_words_steady_news(const eider_news *n, const char *name)
{
    switch (n->kind) {
    case EIDER_NEWS_STEADY:
        return g_strdup_printf(
            _("Steady with %s now, every %u s: the server does not see any "
              "more when either of you writes. %s"),
            name, n->count, n->detail != NULL ? n->detail : "");
    case EIDER_NEWS_STEADY_ASKED:
        return g_strdup_printf(
            _("%s offers Steady, every %u s. %s To agree, type /eider steady "
              "%u; to decline, /eider steady off"),
            name, n->count, n->detail != NULL ? n->detail : "", n->count);
    case EIDER_NEWS_STEADY_PAUSED:
        return g_strdup_printf(
            _("Steady with %s is paused: a program without Eider is online, "
              "theirs or yours, and could ring for every line. What you type "
              "waits until it is gone; to go on all the same, type /eider "
              "steady %u"),
            name, n->count);
    case EIDER_NEWS_STEADY_NO:
        return g_strdup_printf(_("%s does not want Steady now."), name);
    default:
        return g_strdup_printf(_("%s ended Steady: the server sees again when "
                                 "you write."),
                               name);
    }
}
