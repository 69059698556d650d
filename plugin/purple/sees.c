/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: what the server sees of a conversation, for faces and in words. */
#include "seam.h"

#include "text.h"

#include <string.h>

#define DAY  ((uint64_t)86400 * 1000)
#define SOON 250 /* milliseconds; lines come in bursts, and a slot is near */

static struct {
    void (*grew)(PurpleAccount *account, const char *who, void *arg);
    void *arg;
    void (*show)(PurpleAccount *account, const char *who);
    guint soon;
    bool is_any; /* of anybody, or more than one */
    char *account, *peer;
} it;

/* ---- news of it ------------------------------------------------------------ */

static gboolean
on_soon(gpointer data G_GNUC_UNUSED)
{
    char *id = it.account, *peer = it.peer;
    PurpleAccount *account = id != NULL ? eider_names_find(id) : NULL;
    bool is_any = it.is_any || account == NULL;

    it.soon = 0;
    it.account = it.peer = NULL;
    it.is_any = false;
    if (it.grew != NULL)
        it.grew(is_any ? NULL : account, is_any ? NULL : peer, it.arg);
    g_free(id);
    g_free(peer);
    return FALSE;
}

/* Called where a slot is near: it costs nothing to speak of. */
void
eider_sees_grew(const char *account, const char *peer)
{
    if (it.grew == NULL)
        return;
    if (peer == NULL ||
        (it.account != NULL &&
         (strcmp(it.account, account) != 0 || strcmp(it.peer, peer) != 0)))
        it.is_any = true;
    if (it.account == NULL && peer != NULL) {
        it.account = g_strdup(account);
        it.peer = g_strdup(peer);
    }
    if (it.soon == 0)
        it.soon = purple_timeout_add(SOON, on_soon, NULL);
}

static void
watch(void (*grew)(PurpleAccount *account, const char *who, void *arg),
      void *arg)
{
    it.grew = grew;
    it.arg = arg;
}

void
eider_sees_stop(void)
{
    if (it.soon != 0)
        purple_timeout_remove(it.soon);
    g_free(it.account);
    g_free(it.peer);
    memset(&it, 0, sizeof it);
}

/* ---- looking --------------------------------------------------------------- */

static void
sees(PurpleAccount *account, const char *who, uint64_t from_ms, uint64_t to_ms,
     eider_sees *out)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    eider_seen_estimate rows[EIDER_SEEN_ROWS] = {0};
    eider_status s = {0};
    char *name = eider_names_shown(account, who);

    memset(out, 0, sizeof *out);
    if (e != NULL) {
        eider_engine_status(e, p.account, p.peer, &s);
        eider_engine_seen_sums(e, p.account, p.peer, from_ms, to_ms, &out->sums,
                               rows);
    }
    /* what cannot be judged is not called hidden */
    for (int i = 0; i < EIDER_SEEN_ROWS && e == NULL; i++)
        rows[i].level = EIDER_SEEN_VISIBLE;
    out->is_on = purple_prefs_get_bool(EIDER_PREF_LEDGER);
    out->has_session = s.has_session;
    for (int i = 0; i < EIDER_SEEN_ROWS; i++) {
        out->rows[i].is = rows[i];
        out->rows[i].title = eider_words_row(i);
        out->rows[i].word = eider_words_level(rows[i].level);
        out->rows[i].sentence = eider_words_estimate(i, &rows[i], &s, name);
    }
    out->not_hidden = eider_words_not_hidden(account, name);
    out->numbers = eider_words_seen_numbers(&out->sums);
    out->cost = s.steady != 0
                    ? eider_steady_cost_words(account, who, s.steady)
                    : g_strdup(_("Standard costs no time; a short text is a "
                                 "line of 391 characters."));
    g_free(name);
}

static void
sees_clear(eider_sees *v)
{
    for (int i = 0; i < EIDER_SEEN_ROWS; i++)
        g_free(v->rows[i].sentence);
    g_strfreev(v->not_hidden);
    g_free(v->numbers);
    g_free(v->cost);
    memset(v, 0, sizeof *v);
}

static void
buckets(PurpleAccount *account, const char *who, uint64_t from_ms,
        uint64_t to_ms, eider_seen_bucket *out, size_t n)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    if (e != NULL)
        eider_engine_seen_buckets(e, p.account, p.peer, from_ms, to_ms, out, n);
    else
        memset(out, 0, n * sizeof *out);
}

static size_t
events(PurpleAccount *account, const char *who, uint64_t from_ms,
       uint64_t to_ms, eider_seen_event *out, size_t max)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return e != NULL ? eider_engine_seen(e, p.account, p.peer, from_ms, to_ms,
                                         out, max)
                     : 0;
}

/* ---- words ----------------------------------------------------------------- */

static char *
words(PurpleAccount *account, const char *who)
{
    uint64_t now = (uint64_t)g_get_real_time() / 1000;
    char *name = eider_names_shown(account, who), *closed = NULL;
    GString *text = g_string_new(NULL);
    eider_sees v;

    if (eider_opening_engine() == NULL)
        closed = eider_words_closed(name);
    g_free(name);
    if (closed != NULL) {
        g_string_free(text, TRUE);
        return closed;
    }
    sees(account, who, now - DAY, now + 1, &v);
    g_string_append(text, _("What the server sees, in the last 24 hours:"));
    g_string_append_c(text, '\n');
    for (int i = 0; i < EIDER_SEEN_ROWS; i++)
        g_string_append_printf(text, _("%s: %s. %s\n"), v.rows[i].title,
                               v.rows[i].word, v.rows[i].sentence);
    g_string_append_printf(text, "%s\n%s\n",
                           v.is_on ? v.numbers
                                   : _("Nothing is noted: that is turned off "
                                       "in the preferences."),
                           v.cost);
    g_string_append(text, _("Never hidden:"));
    for (char **s = v.not_hidden; *s != NULL; s++)
        g_string_append_printf(text, "\n- %s", *s);
    sees_clear(&v);
    return g_string_free(text, FALSE);
}

static void
set_window(void (*show)(PurpleAccount *account, const char *who))
{
    it.show = show;
}

void
eider_sees_open(PurpleAccount *account, const char *who)
{
    char *text, *plain, *html, *name;

    if (it.show != NULL) {
        it.show(account, who);
        return;
    }
    text = words(account, who);
    plain = g_markup_escape_text(text, -1);
    html = purple_strdup_withhtml(plain);
    g_free(plain);
    name = eider_names_shown(account, who);
    purple_notify_formatted(eider_plugin(), _("Eider"),
                            _("What the server sees"), name, html, NULL, NULL);
    g_free(name);
    g_free(html);
    g_free(text);
}

/* ---- deleting -------------------------------------------------------------- */

static void
say_erased(eider_err err)
{
    if (err != EIDER_OK)
        purple_notify_error(eider_plugin(), _("Eider"),
                            _("It was not deleted."), eider_opening_why());
}

static void
on_erase(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);
    eider_engine *e = eider_opening_engine();

    if (account != NULL && e != NULL) {
        EIDER_AUTO(eider_pair) p = eider_pair_of(account, a->who);

        say_erased(eider_engine_unsee(e, p.account, p.peer));
    }
    eider_ask_done(a);
}

static void
on_keep(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
on_erase_all(gpointer data G_GNUC_UNUSED, int action G_GNUC_UNUSED)
{
    eider_engine *e = eider_opening_engine();

    if (e != NULL)
        say_erased(eider_engine_unsee(e, NULL, NULL));
}

static void
on_keep_all(gpointer data G_GNUC_UNUSED, int action G_GNUC_UNUSED)
{
}

static void
erase(PurpleAccount *account, const char *who)
{
    const char *what =
        _("Only the record on this computer: the server keeps its own.");
    char *name, *title;

    if (who == NULL) {
        purple_request_action(
            eider_plugin(), _("Eider"), _("Delete all that was noted?"), what,
            1, NULL, NULL, NULL, NULL, 2, _("_Delete"),
            G_CALLBACK(on_erase_all), _("_Keep"), G_CALLBACK(on_keep_all));
        return;
    }
    name = eider_names_shown(account, who);
    title = g_strdup_printf(_("Delete what was noted about %s?"), name);
    purple_request_action(eider_plugin(), _("Eider"), title, what, 1, account,
                          who, NULL, eider_ask_new(account, who, NULL), 2,
                          _("_Delete"), G_CALLBACK(on_erase), _("_Keep"),
                          G_CALLBACK(on_keep));
    g_free(title);
    g_free(name);
}

const eider_seen_app eider_sees_table = {
    .sees = sees,
    .sees_clear = sees_clear,
    .buckets = buckets,
    .events = events,
    .watch = watch,
    .words = words,
    .erase = erase,
    .set_window = set_window,
};
