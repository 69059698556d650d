/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: all keys, for any client: a search, a list, and what can be done. */
#include "lines.h"

#include "text.h"

#include <string.h>
#include <time.h>

#define ROWS_MAX 500 /* in a list without a scroll bar's comfort */

/* ---- rows as a face gets them --------------------------------------------- */

typedef struct {
    GHashTable *accounts; /* core's name -> PurpleAccount, or NULL */
    void (*row)(void *arg, const eider_ui_key *key);
    void *arg;
    size_t n;
} walk;

static PurpleAccount *
account_of(walk *w, const char *name)
{
    gpointer found = NULL;

    if (!g_hash_table_lookup_extended(w->accounts, name, NULL, &found)) {
        found = eider_names_find(name);
        g_hash_table_insert(w->accounts, g_strdup(name), found);
    }
    return found;
}

static void
on_row(void *arg, const eider_key_row *row)
{
    walk *w = arg;
    const char *tab = strchr(row->account, '\t');
    eider_ui_key k = {.account = account_of(w, row->account),
                      .account_name = tab != NULL ? tab + 1 : row->account,
                      .who = row->peer,
                      .device = row->device,
                      .imported = row->imported,
                      .twin = row->twin};
    char *name = NULL;

    if (row->peer != NULL)
        name = k.account != NULL ? eider_names_shown(k.account, row->peer)
                                 : eider_lines_plain(row->peer);
    k.name = name != NULL ? name : _("You");
    w->n++;
    w->row(w->arg, &k);
    g_free(name);
}

size_t
eider_ring_list(void (*row)(void *arg, const eider_ui_key *key), void *arg)
{
    eider_engine *e = eider_opening_engine();
    walk w = {.row = row, .arg = arg};

    if (e == NULL)
        return 0;
    w.accounts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    eider_engine_list_keys(e, on_row, &w);
    g_hash_table_destroy(w.accounts);
    return w.n;
}

/* ---- words ---------------------------------------------------------------- */

const char *
eider_ring_trust(const eider_device *d)
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

const char *
eider_ring_way(eider_check_way way)
{
    switch (way) {
    case EIDER_CHECK_QUESTION:
        return _("question");
    case EIDER_CHECK_CODE:
        return _("code");
    case EIDER_CHECK_NUMBER:
        return _("number");
    case EIDER_CHECK_NONE:
    case EIDER_CHECKS:
        break;
    }
    return "";
}

/* ---- what is done to one -------------------------------------------------- */

static const char *
words_for(eider_deed deed)
{
    switch (deed) {
    case EIDER_KEY_BLOCK:
        return _("The key is blocked: nothing goes to it, and what it sends "
                 "is not shown.");
    case EIDER_KEY_UNBLOCK:
        return _("The key is not blocked any more. Nothing goes to it until "
                 "you say that it is them.");
    case EIDER_KEY_FORGET:
        break;
    }
    return _("The key was forgotten.");
}

bool
eider_ring_deed(PurpleAccount *account, const char *who, const char *digits,
                eider_deed deed)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    eider_err err = e == NULL
                        ? EIDER_E_STORE
                        : eider_engine_key(e, p.account, p.peer, digits, deed);

    if (err == EIDER_OK) {
        eider_say(account, who, words_for(deed));
        return true;
    }
    purple_notify_error(eider_plugin(), _("Eider"), _("Nothing was changed."),
                        err == EIDER_E_STORE ? eider_opening_why()
                        : err == EIDER_E_LIMIT
                            ? _("Decide about their new keys first.")
                            : _("This key is not known any more."));
    return false;
}

static void
on_forget(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        (void)eider_ring_deed(account, a->who, a->text, EIDER_KEY_FORGET);
    eider_ask_done(a);
}

static void
on_keep(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

void
eider_ring_forget(PurpleAccount *account, const char *who, const char *digits)
{
    char *name = eider_names_shown(account, who);
    char *primary = g_strdup_printf(_("Forget this key of %s?"), name);

    purple_request_action(
        eider_plugin(), _("Eider"), primary,
        _("Its session ends. Where no other key of theirs is left, the next "
          "one is taken for theirs without a question. Text that waits for "
          "this key goes to no other."),
        1, account, who, NULL, eider_ask_new(account, who, digits), 2,
        _("_Forget"), G_CALLBACK(on_forget), _("_Cancel"), G_CALLBACK(on_keep));
    g_free(primary);
    g_free(name);
}

/* ---- the list ------------------------------------------------------------- */

typedef struct {
    char *needle; /* folded */
    PurpleNotifySearchResults *results;
    GString *plain; /* where there is no connection to show a list with */
    size_t found;
} list;

static char *
date_of(uint64_t seconds)
{
    time_t t = (time_t)seconds;

    return g_strdup(seconds == 0 ? ""
                                 : purple_date_format_short(localtime(&t)));
}

static bool
fits(const list *l, const eider_ui_key *k)
{
    char *all = g_strdup_printf("%s\n%s\n%s\n%s\n%s", k->name, k->account_name,
                                k->who != NULL ? k->who : "", k->device.label,
                                k->device.fingerprint);
    char *folded = g_utf8_casefold(all, -1);
    bool found = strstr(folded, l->needle) != NULL;

    g_free(folded);
    g_free(all);
    return found;
}

static GList *
columns_of(const eider_ui_key *k)
{
    GList *row = NULL;
    const eider_device *d = &k->device;
    char *checked = date_of(d->checked_at);

    row = g_list_append(row, g_strdup(k->name));
    row = g_list_append(row, g_strdup(k->account_name));
    row = g_list_append(row, eider_lines_plain(d->label));
    row = g_list_append(row, g_strdup(d->fingerprint));
    row = g_list_append(
        row, g_strdup(k->who == NULL ? _("yours") : eider_ring_trust(d)));
    row = g_list_append(
        row, g_strdup_printf("%s %s", eider_ring_way(d->checked_how), checked));
    row = g_list_append(row, date_of(d->first_seen));
    row = g_list_append(row, date_of(d->last_seen));
    g_free(checked);
    return row;
}

static void
on_key(void *arg, const eider_ui_key *k)
{
    list *l = arg;
    GList *row;

    if (!fits(l, k) || ++l->found > ROWS_MAX)
        return;
    row = columns_of(k);
    if (l->results != NULL) {
        purple_notify_searchresults_row_add(l->results, row);
        return;
    }
    for (GList *i = row; i != NULL; i = i->next) {
        char *cell = g_markup_escape_text(i->data, -1);

        g_string_append_printf(l->plain, "%s%s", cell,
                               i->next != NULL ? ", " : "<br>");
        g_free(cell);
    }
    g_list_free_full(row, g_free);
}

/* Whom a row is about: titles are all that a list can carry. */
typedef struct {
    const char *name, *user, *digits;
    PurpleAccount *account;
    char *who;
    unsigned n;
} wanted;

static void
on_wanted(void *arg, const eider_ui_key *k)
{
    wanted *w = arg;

    if (k->who == NULL || k->account == NULL ||
        g_strcmp0(k->name, w->name) != 0 ||
        g_strcmp0(k->account_name, w->user) != 0 ||
        g_strcmp0(k->device.fingerprint, w->digits) != 0)
        return;
    if (w->n++ > 0)
        return;
    w->account = k->account;
    w->who = g_strdup(k->who);
}

static void
do_to_row(GList *row, eider_deed deed)
{
    wanted w = {.name = g_list_nth_data(row, 0),
                .user = g_list_nth_data(row, 1),
                .digits = g_list_nth_data(row, 3)};

    (void)eider_ring_list(on_wanted, &w);
    if (w.who == NULL)
        return;    /* ours, or gone */
    if (w.n > 1) { /* two look the same: better none than the wrong one */
        purple_notify_error(eider_plugin(), _("Eider"),
                            _("Nothing was changed."), NULL);
        g_free(w.who);
        return;
    }
    if (deed == EIDER_KEY_FORGET)
        eider_ring_forget(w.account, w.who, w.digits);
    else
        (void)eider_ring_deed(w.account, w.who, w.digits, deed);
    g_free(w.who);
}

static void
on_block(PurpleConnection *gc G_GNUC_UNUSED, GList *row,
         gpointer data G_GNUC_UNUSED)
{
    do_to_row(row, EIDER_KEY_BLOCK);
}

static void
on_unblock(PurpleConnection *gc G_GNUC_UNUSED, GList *row,
           gpointer data G_GNUC_UNUSED)
{
    do_to_row(row, EIDER_KEY_UNBLOCK);
}

static void
on_forget_row(PurpleConnection *gc G_GNUC_UNUSED, GList *row,
              gpointer data G_GNUC_UNUSED)
{
    do_to_row(row, EIDER_KEY_FORGET);
}

static PurpleNotifySearchResults *
new_results(void)
{
    static const char *const titles[] = {
        N_("Name"),  N_("Account"), N_("Device"),     N_("Fingerprint"),
        N_("State"), N_("Checked"), N_("First seen"), N_("Last seen")};
    PurpleNotifySearchResults *r = purple_notify_searchresults_new();

    for (gsize i = 0; i < G_N_ELEMENTS(titles); i++)
        purple_notify_searchresults_column_add(
            r, purple_notify_searchresults_column_new(_(titles[i])));
    purple_notify_searchresults_button_add_labeled(r, _("_Block"), on_block);
    purple_notify_searchresults_button_add_labeled(r, _("_Unblock"),
                                                   on_unblock);
    purple_notify_searchresults_button_add_labeled(r, _("_Forget..."),
                                                   on_forget_row);
    return r;
}

static void
show(const char *needle)
{
    GList *online = purple_connections_get_all();
    list l = {.needle = g_utf8_casefold(needle != NULL ? needle : "", -1)};
    char *found;

    if (online != NULL)
        l.results = new_results();
    l.plain = g_string_new(NULL);
    (void)eider_ring_list(on_key, &l);
    found = g_strdup_printf(EIDER_PLURAL("%u key", "%u keys", l.found),
                            (unsigned)l.found);
    if (l.results != NULL)
        (void)purple_notify_searchresults(online->data, _("Eider"), _("Keys"),
                                          found, l.results, NULL, NULL);
    else
        purple_notify_formatted(eider_plugin(), _("Eider"), _("Keys"), found,
                                l.plain->str, NULL, NULL);
    g_free(found);
    g_string_free(l.plain, TRUE);
    g_free(l.needle);
}

static void
on_search(gpointer data G_GNUC_UNUSED, const char *needle)
{
    show(needle);
}

static void
on_no_search(gpointer data G_GNUC_UNUSED, const char *needle G_GNUC_UNUSED)
{
}

/* ---- the door ------------------------------------------------------------- */

static void (*window)(void); /* of a face */

void
eider_ring_set_window(void (*show_window)(void))
{
    window = show_window;
}

void
eider_ring_show(void)
{
    if (eider_opening_retry() == NULL) {
        purple_notify_error(eider_plugin(), _("Eider"),
                            _("Keys cannot be shown."), eider_opening_why());
        eider_opening_ask_passphrase();
        return;
    }
    if (window != NULL) {
        window();
        return;
    }
    purple_request_input(
        eider_plugin(), _("Eider"), _("Keys"),
        _("Whose? A part of a name, an account, a device or a fingerprint; "
          "nothing: all."),
        NULL, FALSE, FALSE, NULL, _("_Search"), G_CALLBACK(on_search),
        _("_Cancel"), G_CALLBACK(on_no_search), NULL, NULL, NULL, NULL);
}
