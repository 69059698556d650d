/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: fingerprints. */
#include "lines.h"

#include "eider/limits.h"

#include "text.h"

#include <time.h>

#define DEVICES_MAX (EIDER_DEVICES_MAX + EIDER_CANDIDATES_MAX + 16)

static void
add_own(GString *out, PurpleAccount *account)
{
    char digits[EIDER_DIGITS_SIZE];

    if (eider_face_app()->own_fingerprint(account, digits))
        g_string_append_printf(out, _("You (%s): %s"),
                               purple_account_get_username(account), digits);
    else
        g_string_append_printf(out, _("You (%s): %s"),
                               purple_account_get_username(account),
                               eider_opening_why());
}

/* Of the session with a device; a row of its own. */
static void
add_healing(GString *out, const eider_device *d)
{
    uint64_t now = (uint64_t)time(NULL);
    char *ago;

    if (d->pq_times == 0)
        return;
    /* Whole minutes; a clock that was put back counts as now. */
    ago = purple_str_seconds_to_string(
        now > d->pq_last + 60 ? (guint)((now - d->pq_last) / 60 * 60) : 60);
    g_string_append_c(out, '\n');
    g_string_append_printf(
        out,
        EIDER_PLURAL("Healed against quantum computers: %s ago, %u time",
                     "Healed against quantum computers: %s ago, %u times",
                     d->pq_times),
        ago, d->pq_times);
    g_free(ago);
}

/* One row a device, ours first; plain text; g_free(). */
char *
eider_keys_listing(PurpleAccount *account, const char *who)
{
    eider_device d[DEVICES_MAX];
    char *name = eider_lines_name(account, who);
    size_t n = eider_face_app()->devices(account, who, d, DEVICES_MAX);
    GString *out = g_string_new(NULL);

    add_own(out, account);
    for (size_t i = 0; i < MIN(n, DEVICES_MAX); i++) {
        char *label = eider_lines_plain(d[i].label);

        g_string_append_printf(out, "\n%s%s%s: %s (%s)", name,
                               label[0] != '\0' ? ", " : "", label,
                               d[i].fingerprint, eider_ring_trust(&d[i]));
        add_healing(out, &d[i]);
        g_free(label);
    }
    if (n == 0)
        g_string_append_printf(out, _("\n%s: no key is known yet"), name);
    g_free(name);
    return g_string_free(out, FALSE);
}

static void
show(const char *primary, const char *plain)
{
    char *escaped = g_markup_escape_text(plain, -1);
    char *html = purple_strreplace(escaped, "\n", "<br>");

    purple_notify_formatted(eider_plugin(), _("Eider"), primary,
                            _("Compare them in person or over a call."), html,
                            NULL, NULL);
    g_free(html);
    g_free(escaped);
}

void
eider_keys_show(PurpleAccount *account, const char *who)
{
    char *listing = eider_keys_listing(account, who);

    show(_("Fingerprints"), listing);
    g_free(listing);
}

void
eider_keys_show_own(void)
{
    GString *out = g_string_new(NULL);

    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next) {
        if (!purple_account_is_connected(l->data))
            continue;
        if (out->len > 0)
            g_string_append_c(out, '\n');
        add_own(out, l->data);
    }
    if (out->len == 0)
        g_string_append(out, _("No account is online."));
    show(_("Your fingerprints"), out->str);
    g_string_free(out, TRUE);
}
