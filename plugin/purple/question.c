/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the question about a key that nobody knows: what happened, what it
 * can be, and what speaks against it.  A face draws it; without one libpurple
 * asks.  What waits is asked about apart, after the yes.
 */
#include "lines.h"

#include "eider/limits.h"

#include "text.h"

#include <string.h>

#define DEVICES_MAX (EIDER_DEVICES_MAX + EIDER_CANDIDATES_MAX + 16)

/* ---- what speaks against it ----------------------------------------------- */

static bool
is_same_name(PurpleAccount *account, const char *who, const char *called)
{
    char *theirs = g_utf8_casefold(called, -1);
    char *ours = g_utf8_casefold(purple_normalize(account, who), -1);
    bool is_same = strcmp(theirs, ours) == 0;

    g_free(theirs);
    g_free(ours);
    return is_same;
}

static void
add_wrong_name(GString *out, PurpleAccount *account, const char *who,
               const eider_device *d)
{
    char *called = eider_lines_plain(d->name);
    char *name = eider_lines_plain(purple_normalize(account, who));

    if (d->name[0] != '\0' && !is_same_name(account, who, d->name))
        g_string_append_printf(out, _("They call themselves %s, not %s.\n"),
                               called, name);
    g_free(called);
    g_free(name);
}

static void
add_elsewhere(GString *out, PurpleAccount *account, const char *who,
              const eider_device *d)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    char *other_account, *other_peer, *name;
    PurpleAccount *other;

    if (!eider_engine_also_known(eider_opening_engine(), p.account, p.peer,
                                 d->fingerprint, &other_account, &other_peer))
        return;
    other = eider_names_find(other_account);
    name = other != NULL ? eider_lines_name(other, other_peer)
                         : eider_lines_plain(other_peer);
    g_string_append_printf(out, _("The same key was seen as %s's.\n"), name);
    g_free(name);
    g_free(other_account);
    g_free(other_peer);
}

static void
add_checked(GString *out, PurpleAccount *account, const char *who)
{
    eider_device d[DEVICES_MAX];
    size_t n = eider_face_app()->devices(account, who, d, DEVICES_MAX);

    for (size_t i = 0; i < MIN(n, DEVICES_MAX); i++)
        if (d[i].trust == EIDER_TRUST_ACCEPTED && d[i].is_checked) {
            g_string_append(out, _("It is not the key that you checked.\n"));
            return;
        }
}

static char *
warning_of(PurpleAccount *account, const char *who, const eider_device *d)
{
    GString *out = g_string_new(NULL);

    add_checked(out, account, who);
    add_wrong_name(out, account, who, d);
    add_elsewhere(out, account, who, d);
    if (out->len == 0)
        return g_string_free(out, TRUE), NULL;
    g_string_truncate(out, out->len - 1);
    return g_string_free(out, FALSE);
}

/* ---- filling -------------------------------------------------------------- */

static bool
find_device(PurpleAccount *account, const char *who, const char *fingerprint,
            eider_device *out)
{
    eider_device d[DEVICES_MAX];
    size_t n = eider_face_app()->devices(account, who, d, DEVICES_MAX);

    for (size_t i = 0; i < MIN(n, DEVICES_MAX); i++)
        if (d[i].trust == EIDER_TRUST_CANDIDATE &&
            (fingerprint == NULL ||
             strcmp(d[i].fingerprint, fingerprint) == 0)) {
            *out = d[i];
            return true;
        }
    return false;
}

static char *
waiting_of(PurpleAccount *account, const char *who)
{
    eider_view v;
    unsigned n;

    eider_face_app()->view(account, who, &v);
    /* What left for a key that is gone waits for nobody else. */
    n = v.status.waiting + v.status.sent;
    eider_face_app()->view_clear(&v);
    if (n == 0)
        return NULL;
    return g_strdup_printf(
        EIDER_PLURAL("Send it the %u text that is not delivered yet, too",
                     "Send it the %u texts that are not delivered yet, too", n),
        n);
}

static char *
happened_of(const eider_device *d, const char *name)
{
    char *label = eider_lines_plain(d->label), *out;

    out = label[0] == '\0'
              ? g_strdup_printf(_("A device that nobody knows says it is %s. "
                                  "Nothing you write goes to it yet."),
                                name)
              : g_strdup_printf(_("A device that nobody knows, “%s”, says it "
                                  "is %s. Nothing you write goes to it yet."),
                                label, name);
    g_free(label);
    return out;
}

bool
eider_question_fill(PurpleAccount *account, const char *who,
                    const char *fingerprint, eider_question *out)
{
    char *name;

    memset(out, 0, sizeof *out);
    if (!find_device(account, who, fingerprint, &out->device))
        return false;
    name = eider_lines_name(account, who);
    out->title = g_strdup_printf(_("Is it really %s?"), name);
    out->happened = happened_of(&out->device, name);
    out->causes = g_strdup(_("a new device of theirs, or a second one\n"
                             "Pidgin or Eider installed again\n"
                             "or somebody in between who pretends to be them"));
    out->warning = warning_of(account, who, &out->device);
    out->advice =
        g_strdup(_("Ask them for its fingerprint, in person or over a call:"));
    out->waiting = waiting_of(account, who);
    g_free(name);
    return true;
}

void
eider_question_clear(eider_question *q)
{
    g_free(q->title);
    g_free(q->happened);
    g_free(q->causes);
    g_free(q->warning);
    g_free(q->advice);
    g_free(q->waiting);
    memset(q, 0, sizeof *q);
}

/* ---- asking by libpurple -------------------------------------------------- */

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
on_new_only(eider_ask *a, int action G_GNUC_UNUSED)
{
    answer(a, true, false);
}

static void
on_waiting_too(eider_ask *a, int action G_GNUC_UNUSED)
{
    answer(a, true, true);
}

static void
on_later(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

/* Nothing was decided before this has an answer. */
static void
ask_about_waiting(eider_ask *a, PurpleAccount *account, const char *waiting)
{
    char *name = eider_lines_name(account, a->who);
    char *primary = g_strdup_printf(_("It's %s. What waits, too?"), name);

    purple_request_action(
        eider_plugin(), _("Eider"), primary, waiting, 0, account, a->who, NULL,
        a, 3, _("_Only what I write from now on"), G_CALLBACK(on_new_only),
        _("Send what _waits, too"), G_CALLBACK(on_waiting_too), _("_Cancel"),
        G_CALLBACK(on_later));
    g_free(primary);
    g_free(name);
}

static void
on_them(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);
    char *waiting = account != NULL ? waiting_of(account, a->who) : NULL;

    if (waiting != NULL)
        ask_about_waiting(a, account, waiting);
    else
        answer(a, true, false);
    g_free(waiting);
}

static void
on_not_them(eider_ask *a, int action G_GNUC_UNUSED)
{
    answer(a, false, false);
}

static void
on_check(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        eider_keys_show(account, a->who);
    eider_ask_done(a);
}

/* "- a new device" in lines of their own. */
static char *
list_of(const char *causes)
{
    char *lines = purple_strreplace(causes, "\n", "\n- ");
    char *out = g_strconcat("- ", lines, NULL);

    g_free(lines);
    return out;
}

static char *
body_of(const eider_question *q)
{
    char *causes = list_of(q->causes);
    char *out = g_strdup_printf(
        "%s\n\n%s%s%s\n%s\n\n%s\n%s", q->happened,
        q->warning != NULL ? q->warning : "", q->warning != NULL ? "\n\n" : "",
        _("It can be:"), causes, q->advice, q->device.fingerprint);

    g_free(causes);
    return out;
}

bool
eider_question_ask(PurpleAccount *account, const char *who)
{
    eider_question q;
    char *body;

    if (!eider_question_fill(account, who, NULL, &q)) {
        eider_question_clear(&q);
        return false;
    }
    body = body_of(&q);
    purple_request_action(
        eider_plugin(), _("Eider"), q.title, body, 3, account, who, NULL,
        eider_ask_new(account, who, q.device.fingerprint), 4, _("It's _them"),
        G_CALLBACK(on_them), _("_Check first"), G_CALLBACK(on_check),
        _("_Not them"), G_CALLBACK(on_not_them), _("_Later"),
        G_CALLBACK(on_later));
    g_free(body);
    eider_question_clear(&q);
    return true;
}
