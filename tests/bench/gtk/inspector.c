/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long the inspector takes with many keys: the real window over the real
 * core, from the call until everything is drawn; then a search typed letter by
 * letter, and a click on a title.
 *
 *     bench-inspector [keys]        prints milliseconds, one line each
 */
#include "gtk/ask.h"
#include "gtk/keylist.h"
#include "gtk/ring.h"

#include "core/work.h"
#include "eider/crypto.h"
#include "eider/keyring.h"
#include "unit/memfiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static eider_engine *engine;

/* ---- what stands behind the window ---------------------------------------- */

typedef struct {
    void (*row)(void *arg, const eider_ui_key *key);
    void *arg;
    size_t n;
} walk;

static void
on_row(void *arg, const eider_key_row *row)
{
    walk *w = arg;
    eider_ui_key k = {.account_name = row->account,
                      .who = row->peer,
                      .name = row->peer != NULL ? row->peer : "You",
                      .device = row->device};

    w->n++;
    w->row(w->arg, &k);
}

static size_t
keys(void (*row)(void *arg, const eider_ui_key *key), void *arg)
{
    walk w = {row, arg, 0};

    eider_engine_list_keys(engine, on_row, &w);
    return w.n;
}

static const char *
key_state(const eider_device *d)
{
    return d->is_checked ? "accepted, checked" : "accepted";
}

static const char *
check_way(eider_check_way way)
{
    return way == EIDER_CHECK_CODE ? "code" : "";
}

static bool
no(void)
{
    return false;
}

const eider_app *
eider_link_app(void)
{
    static const eider_app app = {.keys = keys,
                                  .key_state = key_state,
                                  .check_way = check_way,
                                  .has_passphrase = no};

    return &app;
}

void
eider_ask_adopt(GtkWidget *window, GtkWidget *beside)
{
    (void)window, (void)beside;
}

void
eider_ask_check(GtkWidget *beside, const eider_subject *s,
                const char *fingerprint)
{
    (void)beside, (void)s, (void)fingerprint;
}

char *
eider_keylist_healed(const eider_device *d)
{
    (void)d;
    return NULL; /* no session here */
}

bool
eider_subject_is_usable(const eider_subject *s)
{
    return s != NULL;
}

char *
eider_subject_plain(const char *text)
{
    return g_strdup(text);
}

/* ---- an index ------------------------------------------------------------- */

static uint64_t
now_ms(void *data)
{
    (void)data;
    return (uint64_t)g_get_real_time() / 1000;
}

static void
wake_in(void *data, uint64_t ms)
{
    (void)data, (void)ms;
}

static const char *
label(void *data)
{
    (void)data;
    return "bench";
}

static void
fill(eider_engine *e, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *peer =
            g_strdup_printf("contact-%05u@example.org", i * 7919u % n);
        eider_card *card = eider_card_get(e, "prpl-jabber\tme@x", peer);
        eider_known k = {.trust = EIDER_TRUST_ACCEPTED,
                         .is_checked = i % 3 == 0,
                         .checked_how = EIDER_CHECK_CODE,
                         .checked_at = 1700000000 + i,
                         .first_seen = 1600000000 + i * 977u,
                         .last_seen = 1700000000 + i * 13u};

        eider_random(k.pk.b, sizeof k.pk.b);
        g_snprintf(k.label, sizeof k.label, "laptop %u", i % 17);
        g_array_append_val(card->keys, k);
    }
}

/* ---- measuring ------------------------------------------------------------ */

static void
settle(void)
{
    while (gtk_events_pending())
        gtk_main_iteration();
    gdk_flush();
    while (gtk_events_pending())
        gtk_main_iteration();
}

static double
since(gint64 start)
{
    return (double)(g_get_monotonic_time() - start) / 1000;
}

static void
find(GtkWidget *w, gpointer out)
{
    GtkWidget **found = out;

    if (*found == NULL && GTK_IS_ENTRY(w))
        *found = w;
    if (GTK_IS_CONTAINER(w))
        gtk_container_foreach(GTK_CONTAINER(w), find, out);
}

static GtkWidget *
search_entry(void)
{
    GList *all = gtk_window_list_toplevels();
    GtkWidget *found = NULL;

    for (GList *l = all; l != NULL; l = l->next)
        find(l->data, &found);
    g_list_free(all);
    return found;
}

int
main(int argc, char **argv)
{
    const char needle[] = "contact-0123";
    unsigned n = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 10000;
    memfiles *files = memfiles_new();
    eider_store *store = NULL;
    eider_env env = {
        .now_ms = now_ms, .wake_in = wake_in, .label = label, .speed = 1};
    double worst = 0;
    gint64 start;

    if (eider_crypto_init() != EIDER_OK || !gtk_init_check(&argc, &argv) ||
        eider_store_open(&store, memfiles_files(files), NULL) != EIDER_OK ||
        eider_engine_new(&engine, &env, store) != EIDER_OK)
        return EXIT_FAILURE;
    fill(engine, n);
    start = g_get_monotonic_time();
    eider_ring_open(NULL);
    settle();
    printf("open %.0f\n", since(start));
    for (size_t i = 1; i < sizeof needle; i++) {
        g_autofree char *typed = g_strndup(needle, i);
        double took;

        start = g_get_monotonic_time();
        gtk_entry_set_text(GTK_ENTRY(search_entry()), typed);
        settle();
        took = since(start);
        worst = MAX(worst, took);
    }
    printf("letter %.0f\n", worst);
    start = g_get_monotonic_time();
    gtk_entry_set_text(GTK_ENTRY(search_entry()), "");
    settle();
    printf("clear %.0f\n", since(start));
    return EXIT_SUCCESS;
}
