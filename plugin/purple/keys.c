/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: fingerprints, and the question about a device nobody knows. */
#include "lines.h"

#include "eider/limits.h"

#include "text.h"

#define DEVICES_MAX (EIDER_DEVICES_MAX + EIDER_CANDIDATES_MAX + 16)

static const char *
trust_word(const eider_device *d)
{
    switch (d->trust) {
    case EIDER_TRUST_CANDIDATE:
        return _("new: nothing goes to it");
    case EIDER_TRUST_REFUSED:
        return _("refused");
    case EIDER_TRUST_BLOCKED:
        return _("blocked");
    case EIDER_TRUST_REPLACED:
        return _("replaced by a newer one");
    case EIDER_TRUST_FORGOTTEN:
        return _("forgotten");
    case EIDER_TRUST_ACCEPTED:
    case EIDER_TRUSTS:
        break;
    }
    return d->is_checked ? _("accepted, checked") : _("accepted");
}

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

static char *
shown_name(PurpleAccount *account, const char *who)
{
    char *name = eider_names_shown(account, who);
    char *plain = eider_lines_plain(name);

    g_free(name);
    return plain;
}

/* One row a device, ours first; plain text; g_free(). */
char *
eider_keys_listing(PurpleAccount *account, const char *who)
{
    eider_device d[DEVICES_MAX];
    char *name = shown_name(account, who);
    size_t n = eider_face_app()->devices(account, who, d, DEVICES_MAX);
    GString *out = g_string_new(NULL);

    add_own(out, account);
    for (size_t i = 0; i < MIN(n, DEVICES_MAX); i++) {
        char *label = eider_lines_plain(d[i].label);

        g_string_append_printf(out, "\n%s%s%s: %s (%s)", name,
                               label[0] != '\0' ? ", " : "", label,
                               d[i].fingerprint, trust_word(&d[i]));
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

/* ---- a new device -------------------------------------------------------- */

static void
answer(eider_ask *a, bool accept, bool with_waiting)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        eider_face_app()->decide(account, a->who, a->text, accept,
                                 with_waiting);
    eider_ask_done(a);
}

static void
on_them(eider_ask *a, int action G_GNUC_UNUSED)
{
    answer(a, true, false);
}

static void
on_them_and_waiting(eider_ask *a, int action G_GNUC_UNUSED)
{
    answer(a, true, true);
}

static void
on_not_them(eider_ask *a, int action G_GNUC_UNUSED)
{
    answer(a, false, false);
}

static void
on_later(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
open_question(PurpleAccount *account, const char *who, const eider_device *d,
              bool waits)
{
    char *name = shown_name(account, who);
    char *label = eider_lines_plain(d->label);
    char *primary = g_strdup_printf(
        _("A device nobody knows says it is %s. Is it them?"), name);
    char *secondary = g_strdup_printf(
        _("%s%sFingerprint: %s\n\nIt may be a new device or a new installation "
          "of theirs, or somebody in between. Ask them on another way, best by "
          "voice, for their fingerprint."),
        label, label[0] != '\0' ? "\n" : "", d->fingerprint);
    eider_ask *a = eider_ask_new(account, who, d->fingerprint);

    if (waits)
        purple_request_action(
            eider_plugin(), _("Eider"), primary, secondary, 3, account, who,
            NULL, a, 4, _("It's _them"), G_CALLBACK(on_them),
            _("It's them, send what _waits, too"),
            G_CALLBACK(on_them_and_waiting), _("_Not them"),
            G_CALLBACK(on_not_them), _("_Later"), G_CALLBACK(on_later));
    else
        purple_request_action(
            eider_plugin(), _("Eider"), primary, secondary, 2, account, who,
            NULL, a, 3, _("It's _them"), G_CALLBACK(on_them), _("_Not them"),
            G_CALLBACK(on_not_them), _("_Later"), G_CALLBACK(on_later));
    g_free(secondary);
    g_free(primary);
    g_free(label);
    g_free(name);
}

/* Ask about the candidate last heard from, if there is one. */
bool
eider_keys_ask(PurpleAccount *account, const char *who)
{
    eider_device d[DEVICES_MAX];
    size_t n = eider_face_app()->devices(account, who, d, DEVICES_MAX);
    eider_view v;
    bool waits;

    eider_face_app()->view(account, who, &v);
    waits = v.status.waiting > 0;
    eider_face_app()->view_clear(&v);
    for (size_t i = 0; i < MIN(n, DEVICES_MAX); i++)
        if (d[i].trust == EIDER_TRUST_CANDIDATE) {
            open_question(account, who, &d[i], waits);
            return true;
        }
    return false;
}
