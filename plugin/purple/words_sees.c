/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the words about what the server sees.  @name is plain already. */
#include "seam.h"

#include "text.h"

#define FEW 8 /* texts: their entropy is a matter of luck */

const char *
eider_words_row(eider_seen_row row)
{
    static const char *const titles[] = {N_("How much"), N_("When"),
                                         N_("With whom")};

    return _(titles[row]);
}

const char *
eider_words_level(eider_seen_level level)
{
    static const char *const words[] = {N_("hidden"), N_("partly"),
                                        N_("visible")};

    return _(words[level]);
}

static char *
how_much(const eider_seen_estimate *is, const eider_status *s)
{
    if (!s->is_private)
        return g_strdup(_("The server can read what you write."));
    if (is->texts == 0)
        return g_strdup(s->steady != 0
                            ? _("Every line has the same length.")
                            : _("Lines have three lengths, whatever is in "
                                "them."));
    if (is->told > 0)
        return g_strdup_printf(
            EIDER_PLURAL("%u text was not encrypted; of the others, their "
                         "sizes tell %.2f bits each, of %.1f.",
                         "%u texts were not encrypted; of the others, their "
                         "sizes tell %.2f bits each, of %.1f.",
                         is->told),
            is->told, is->bits, is->of_bits);
    if (is->texts < FEW && is->bits <= 0)
        return g_strdup(_("The lines of all texts looked the same; so few "
                          "texts say no more than that."));
    return g_strdup_printf(_("The sizes of lines tell %.2f bits of a text, of "
                             "the %.1f that its length would."),
                           is->bits, is->of_bits);
}

static char *
when(const eider_seen_estimate *is, const eider_status *s)
{
    if (is->texts == 0)
        return g_strdup(s->steady != 0
                            ? _("Lines leave on a schedule, with text or "
                                "without.")
                            : _("A line leaves whenever one of you writes."));
    if (is->told == 0)
        return g_strdup_printf(
            EIDER_PLURAL("Of the minute of %u text the lines tell nothing "
                         "beyond that you both were online.",
                         "Of the minutes of %u texts the lines tell nothing "
                         "beyond that you both were online.",
                         is->texts),
            is->texts);
    return g_strdup_printf(EIDER_PLURAL("The server knows the minute of %u of "
                                        "%u text (%.1f bits of %.1f).",
                                        "The server knows the minute of %u of "
                                        "%u texts (%.1f bits each, of %.1f).",
                                        is->texts),
                           is->told, is->texts, is->bits, is->of_bits);
}

char *
eider_words_estimate(eider_seen_row row, const eider_seen_estimate *is,
                     const eider_status *s, const char *name)
{
    switch (row) {
    case EIDER_SEEN_MUCH:
        return how_much(is, s);
    case EIDER_SEEN_WHEN:
        return when(is, s);
    default:
        if (is->contacts > 1)
            return g_strdup_printf(_("One of %u contacts: the lines do not "
                                     "tell which, while all of you stay "
                                     "online."),
                                   is->contacts);
        return g_strdup_printf(_("The server brings the lines to %s."), name);
    }
}

char *
eider_words_seen_numbers(const eider_seen_sums *sums)
{
    const eider_seen_bucket *a = &sums->all;

    return g_strdup_printf(
        _("Texts: %u yours, %u theirs. Lines that the server saw of it: %u "
          "yours (%.1f kB), %u theirs (%.1f kB)."),
        a->texts[EIDER_SEEN_OUT], a->texts[EIDER_SEEN_IN],
        a->lines[EIDER_SEEN_OUT], a->bytes[EIDER_SEEN_OUT] / 1000.0,
        a->lines[EIDER_SEEN_IN], a->bytes[EIDER_SEEN_IN] / 1000.0);
}

/* As libpurple will choose, but for a desktop's own, which it would have to
 * ask other programs for. */
static PurpleProxyType
proxy_of(PurpleAccount *account)
{
    PurpleProxyInfo *info = purple_account_get_proxy_info(account);
    PurpleProxyType type;

    if (info == NULL ||
        purple_proxy_info_get_type(info) == PURPLE_PROXY_USE_GLOBAL)
        info = purple_global_proxy_get_info();
    type = info != NULL ? purple_proxy_info_get_type(info) : PURPLE_PROXY_NONE;
    if (type == PURPLE_PROXY_USE_ENVVAR && g_getenv("HTTP_PROXY") == NULL &&
        g_getenv("http_proxy") == NULL && g_getenv("HTTPPROXY") == NULL)
        return PURPLE_PROXY_NONE;
    return type;
}

static const char *
address_words(PurpleAccount *account)
{
    switch (proxy_of(account)) {
    case PURPLE_PROXY_TOR:
        return _("Tor's address instead of your IP address: Tor is set for "
                 "this account.");
    case PURPLE_PROXY_NONE:
    case PURPLE_PROXY_USE_GLOBAL:
        return purple_running_gnome()
                   ? _("Your IP address, unless your desktop's own proxy "
                       "hides it: none is set for this account.")
                   : _("Your IP address, and so about where you are: no proxy "
                       "is set for this account.");
    default:
        return _("The address of your proxy instead of your IP address, which "
                 "whoever runs that proxy sees.");
    }
}

char **
eider_words_not_hidden(PurpleAccount *account, const char *name)
{
    GPtrArray *out = g_ptr_array_new();

    g_ptr_array_add(
        out,
        g_strdup_printf(_("Your account and %s's, and that you talk."), name));
    g_ptr_array_add(out, g_strdup(_("When you and they are online.")));
    g_ptr_array_add(out, g_strdup(address_words(account)));
    g_ptr_array_add(out, g_strdup(_("That you both use Eider, on how many "
                                    "devices, and when you met first.")));
    g_ptr_array_add(out, NULL);
    return (char **)g_ptr_array_free(out, FALSE);
}
