/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: IRC answers every line to somebody who is away with their away text,
 * which libpurple hands over as if they had written it.  Lines that nobody
 * typed must not open windows, and the answer is no text of the peer.
 */
#include "seam.h"

#include "text.h"

#include <string.h>

#define AFTER_LINE (30 * G_USEC_PER_SEC) /* the queue of prpl-irc is slow */

typedef struct {
    gint64 sent; /* our last line, monotonic; 0: none */
    char *text;  /* the away text last told */
} entry;

static GHashTable *entries; /* "<account>\n<peer>" -> entry */

static void
entry_free(gpointer data)
{
    entry *e = data;

    g_free(e->text);
    g_free(e);
}

static entry *
entry_of(const eider_pair *p)
{
    char *key = g_strdup_printf("%s\n%s", p->account, p->peer);
    entry *e;

    if (entries == NULL)
        entries =
            g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    e = g_hash_table_lookup(entries, key);
    if (e != NULL) {
        g_free(key);
        return e;
    }
    e = g_new0(entry, 1);
    g_hash_table_insert(entries, key, e);
    return e;
}

void
eider_away_note_line(const eider_pair *p)
{
    if (g_str_has_prefix(p->account, "prpl-irc\t"))
        entry_of(p)->sent = g_get_monotonic_time();
}

bool
eider_away_hides(PurpleAccount *account, const eider_pair *p, const char *text,
                 bool is_private)
{
    entry *e = entry_of(p);
    bool is_answer =
        e->sent != 0 && g_get_monotonic_time() - e->sent < AFTER_LINE;

    if (!is_private && !is_answer)
        return false;
    if (g_strcmp0(e->text, text) != 0) {
        char *plain = purple_markup_strip_html(text);
        char *name = eider_names_shown(account, p->peer);
        char *line = g_strdup_printf(_("%s is away: %s"), name, plain);

        g_free(e->text);
        e->text = g_strdup(text);
        eider_say(account, p->peer, line);
        g_free(line);
        g_free(name);
        g_free(plain);
    }
    return true;
}

void
eider_away_stop(void)
{
    if (entries != NULL)
        g_hash_table_destroy(entries);
    entries = NULL;
}
