/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ringrow.h"

#include "keylist.h"

#include <string.h>
#include <time.h>

static void
free_row(gpointer data)
{
    eider_ring_row *r = data;

    g_free(r->name);
    g_free(r->user);
    g_free(r->who);
    g_free(r->label);
    g_free(r->folded);
    g_free(r->order);
    g_free(r);
}

static void
add_row(void *rows, const eider_ui_key *k)
{
    eider_ring_row *r = g_new0(eider_ring_row, 1);
    char *all;

    r->account = k->account;
    r->name = eider_subject_plain(k->name);
    r->user = g_strdup(k->account_name);
    r->who = g_strdup(k->who);
    r->label = eider_subject_plain(k->device.label);
    r->device = k->device;
    r->imported = k->imported;
    r->twin = k->twin;
    all = g_strdup_printf("%s\n%s\n%s\n%s\n%s", r->name, r->user,
                          r->who != NULL ? r->who : "", r->label,
                          r->device.fingerprint);
    r->folded = g_utf8_casefold(all, -1);
    g_free(all);
    g_ptr_array_add(rows, r);
}

GPtrArray *
eider_ringrow_list(void)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(free_row);

    if (eider_link_app() != NULL)
        (void)eider_link_app()->keys(add_row, rows);
    return rows;
}

/* ---- cells ---------------------------------------------------------------- */

static char *
date_of(uint64_t seconds)
{
    time_t t = (time_t)seconds;
    const struct tm *tm = localtime(&t);

    return g_strdup(seconds == 0 || tm == NULL ? ""
                                               : purple_date_format_short(tm));
}

static bool
is_history(const eider_ring_row *r)
{
    return r->device.trust == EIDER_TRUST_REPLACED ||
           r->device.trust == EIDER_TRUST_FORGOTTEN;
}

/* The core may go while a window still draws. */
static const char *
state_of(const eider_device *d)
{
    return eider_link_app() != NULL ? eider_link_app()->key_state(d) : "";
}

static char *
checked_text(const eider_device *d)
{
    const char *way = eider_link_app() != NULL
                          ? eider_link_app()->check_way(d->checked_how)
                          : "";
    char *date = date_of(d->checked_at), *text;

    if (!d->is_checked) {
        g_free(date);
        return g_strdup(_("no"));
    }
    text = way[0] != '\0' ? g_strdup_printf("%s, %s", date, way)
                          : g_strdup(_("yes"));
    g_free(date);
    return text;
}

char *
eider_ringrow_text(const eider_ring_row *r, int column)
{
    switch (column) {
    case EIDER_RING_NAME:
        return g_strdup(r->name);
    case EIDER_RING_ACCOUNT:
        return g_strdup(r->user);
    case EIDER_RING_DEVICE:
        return g_strdup(r->label);
    case EIDER_RING_STATE:
        return g_strdup(r->who == NULL ? _("yours") : state_of(&r->device));
    case EIDER_RING_CHECKED:
        return r->who == NULL ? g_strdup("") : checked_text(&r->device);
    case EIDER_RING_DIGITS:
        return g_strdup(r->device.fingerprint);
    case EIDER_RING_FIRST:
        return date_of(r->device.first_seen);
    default:
        return date_of(r->device.last_seen);
    }
}

/* ---- search and order ----------------------------------------------------- */

bool
eider_ringrow_fits(const eider_ring_row *r, const char *folded_needle,
                   bool with_history)
{
    return (with_history || !is_history(r)) &&
           strstr(r->folded, folded_needle) != NULL;
}

bool
eider_ringrow_is_same(const eider_ring_row *a, const eider_ring_row *b)
{
    return g_strcmp0(a->user, b->user) == 0 && g_strcmp0(a->who, b->who) == 0 &&
           strcmp(a->device.fingerprint, b->device.fingerprint) == 0;
}

/* Words are compared by a key made once: comparing them as people expect is
 * slow. */
static void
prepare(eider_ring_row *r, int column)
{
    char *text, *folded;

    g_free(r->order);
    r->order = NULL;
    r->number = 0;
    if (column == EIDER_RING_FIRST)
        r->number = r->device.first_seen;
    else if (column == EIDER_RING_LAST)
        r->number = r->device.last_seen;
    else if (column == EIDER_RING_CHECKED)
        r->number = r->device.is_checked ? 1 + r->device.checked_at : 0;
    else if (column == EIDER_RING_DIGITS) {
        r->order = g_strdup(r->device.fingerprint);
    } else {
        text = eider_ringrow_text(r, column);
        folded = g_utf8_casefold(text, -1);
        r->order = g_utf8_collate_key(folded, -1);
        g_free(folded);
        g_free(text);
    }
}

static gint
compare(gconstpointer a, gconstpointer b, gpointer is_down)
{
    const eider_ring_row *x = *(eider_ring_row *const *)a;
    const eider_ring_row *y = *(eider_ring_row *const *)b;
    gint c;

    if ((x->who == NULL) != (y->who == NULL))
        return x->who == NULL ? -1 : 1;
    c = x->number < y->number ? -1 : x->number > y->number;
    if (c == 0)
        c = g_strcmp0(x->order, y->order);
    if (GPOINTER_TO_INT(is_down))
        c = -c;
    /* A fixed order among equals. */
    return c != 0 ? c : strcmp(x->device.fingerprint, y->device.fingerprint);
}

void
eider_ringrow_sort(GPtrArray *rows, int column, bool is_down)
{
    for (guint i = 0; i < rows->len; i++)
        prepare(g_ptr_array_index(rows, i), column);
    g_ptr_array_sort_with_data(rows, compare, GINT_TO_POINTER(is_down));
}

/* ---- the story ------------------------------------------------------------ */

static void
add_date(GString *out, const char *format, uint64_t when)
{
    time_t t = (time_t)when;
    const struct tm *tm = localtime(&t);

    if (when == 0 || tm == NULL)
        return;
    g_string_append_c(out, '\n');
    g_string_append_printf(out, format, purple_date_format_long(tm));
}

static void
add_healed(GString *out, const eider_device *d)
{
    char *text = eider_keylist_healed(d);

    if (text != NULL)
        g_string_append_printf(out, "\n%s", text);
    g_free(text);
}

static void
tell_own(GString *out, const eider_ring_row *r)
{
    add_date(out, _("Made on %s"), r->device.first_seen);
    add_date(out, _("Imported from a backup on %s"), r->imported);
    add_date(out, _("Seen in use on another computer on %s"), r->twin);
}

static void
tell_theirs(GString *out, const eider_ring_row *r)
{
    const eider_device *d = &r->device;

    if (d->name[0] != '\0') {
        char *name = eider_subject_plain(d->name);
        char *text = g_strdup_printf(_("They call themselves %s"), name);
        char *safe = g_markup_escape_text(text, -1);

        g_string_append_printf(out, "\n%s", safe);
        g_free(safe);
        g_free(text);
        g_free(name);
    }
    add_date(out, _("State since %s"), d->changed_at);
    if (d->trust == EIDER_TRUST_BLOCKED) {
        g_string_append_c(out, '\n');
        g_string_append_printf(
            out,
            EIDER_PLURAL("%u line of it was swallowed since",
                         "%u lines of it were swallowed since", d->swallowed),
            d->swallowed);
    }
    add_healed(out, d);
}

static gint
by_first_seen(gconstpointer a, gconstpointer b)
{
    const eider_ring_row *x = *(eider_ring_row *const *)a;
    const eider_ring_row *y = *(eider_ring_row *const *)b;

    return x->device.first_seen < y->device.first_seen
               ? -1
               : x->device.first_seen > y->device.first_seen;
}

static void
tell_history(GString *out, const eider_ring_row *r, const GPtrArray *all)
{
    GPtrArray *theirs = g_ptr_array_new();

    for (guint i = 0; i < all->len; i++) {
        eider_ring_row *x = g_ptr_array_index(all, i);

        if (x->account == r->account && g_strcmp0(x->user, r->user) == 0 &&
            g_strcmp0(x->who, r->who) == 0)
            g_ptr_array_add(theirs, x);
    }
    g_ptr_array_sort(theirs, by_first_seen);
    if (theirs->len > 1)
        g_string_append_printf(out, "\n<b>%s</b>",
                               _("All keys of this contact"));
    for (guint i = 0; theirs->len > 1 && i < theirs->len; i++) {
        const eider_ring_row *x = g_ptr_array_index(theirs, i);
        char *date = date_of(x->device.first_seen);
        char *line = g_markup_printf_escaped("\n%s  <tt>%s</tt>  %s", date,
                                             x->device.fingerprint,
                                             state_of(&x->device));

        g_string_append(out, line);
        g_free(line);
        g_free(date);
    }
    g_ptr_array_free(theirs, TRUE);
}

char *
eider_ringrow_story(const eider_ring_row *r, const GPtrArray *all)
{
    GString *out = g_string_new(NULL);
    char *head = g_markup_printf_escaped("<b>%s</b>  <tt>%s</tt>", r->name,
                                         r->device.fingerprint);

    g_string_append(out, head);
    g_free(head);
    if (r->who == NULL) {
        tell_own(out, r);
    } else {
        tell_theirs(out, r);
        tell_history(out, r, all);
    }
    return g_string_free(out, FALSE);
}
