/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A message key belongs to a chain and a number.  The chain is named by its
 * ratchet key, which is in the header; the header opens with the sending
 * header key of the machine that the line leaves.
 */
#include "sim/watch.h"

#include "core/work.h"
#include "eider/frame.h"
#include "proto/ratchet_state.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

#define HEADER    40
#define KEYS_KEPT 64 /* sending header keys seen, the newest first */

/* H1 of the attempt that was seen last, by machine and peer. */
typedef struct {
    eider_secret keys[KEYS_KEPT];
    unsigned n;
    uint64_t forks; /* of the engine that runs */
} ring;

static struct {
    watch_counts counts;
    GHashTable *frames; /* dh and n -> hash of the frame */
    GHashTable *ns;     /* N -> hash of the frame */
    GHashTable *rings;  /* device -> ring */
    GHashTable *h1s;    /* set */
} seen;

static void
remember(ring *r, const eider_secret *key)
{
    for (unsigned i = 0; i < MIN(r->n, KEYS_KEPT); i++)
        if (memcmp(r->keys[i].b, key->b, sizeof key->b) == 0)
            return;
    r->keys[r->n++ % KEYS_KEPT] = *key;
}

static void
note_attempt(const eider_contact *c)
{
    GBytes *h1;

    if (c->meeting.state == EIDER_MEET_IDLE)
        return;
    h1 = g_bytes_new(c->meeting.a.h1, sizeof c->meeting.a.h1);
    seen.counts.attempts += g_hash_table_add(seen.h1s, h1);
}

static ring *
look_at(const device *d)
{
    ring *r = g_hash_table_lookup(seen.rings, d);
    GHashTableIter it;
    uint64_t now;
    gpointer v;

    if (r == NULL) {
        r = g_new0(ring, 1);
        g_hash_table_insert(seen.rings, (gpointer)d, r);
    }
    now = eider_engine_counters(d->engine)->forks;
    seen.counts.forks += now - (now >= r->forks ? r->forks : 0);
    r->forks = now;
    g_hash_table_iter_init(&it, d->engine->contacts);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_contact *c = v;

        note_attempt(c);
        for (guint i = 0; i < c->sessions->len; i++) {
            const eider_session *s = g_ptr_array_index(c->sessions, i);

            if (s->ratchet->c.has_sending)
                remember(r, &s->ratchet->c.HKs);
        }
    }
    return r;
}

static bool
open_header(const ring *r, const eider_frame *f, uint8_t *header)
{
    for (unsigned i = 0; i < MIN(r->n, KEYS_KEPT); i++)
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(
                header, NULL, NULL, f->b + 24, HEADER + 16, NULL, 0, f->b,
                r->keys[i].b) == 0)
            return true;
    return false;
}

static GBytes *
digest(const char *line)
{
    uint8_t h[16];

    crypto_generichash(h, sizeof h, (const uint8_t *)line, strlen(line), NULL,
                       0);
    return g_bytes_new(h, sizeof h);
}

/* The first frame of @key, or the frame that it is held against. */
static bool
is_new(GHashTable *table, GBytes *key, GBytes *frame, bool *is_equal)
{
    GBytes *was = g_hash_table_lookup(table, key);

    *is_equal = was != NULL && g_bytes_equal(was, frame);
    if (was == NULL)
        g_hash_table_insert(table, g_bytes_ref(key), g_bytes_ref(frame));
    return was == NULL;
}

static void
on_line(world *w, const device *d, const char *line)
{
    const ring *r = look_at(d);
    uint8_t header[HEADER];
    bool is_invitation, is_equal, fresh;
    GBytes *key, *frame, *n;
    eider_frame f;

    (void)w;
    if (!world_has_line_form(line, &is_invitation) || is_invitation ||
        eider_line_find(line, strlen(line), &f) != EIDER_LINE_FRAME ||
        !open_header(r, &f, header)) {
        seen.counts.other++;
        return;
    }
    seen.counts.data++;
    key = g_bytes_new(header, 32 + 3);
    n = g_bytes_new(f.b, 24);
    frame = digest(line);
    fresh = is_new(seen.frames, key, frame, &is_equal);
    seen.counts.equal += is_equal;
    seen.counts.reused_keys += !fresh && !is_equal;
    fresh = is_new(seen.ns, n, frame, &is_equal);
    seen.counts.reused_n += !fresh && !is_equal;
    g_bytes_unref(key);
    g_bytes_unref(n);
    g_bytes_unref(frame);
}

static GHashTable *
new_table(void)
{
    return g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                 (GDestroyNotify)g_bytes_unref,
                                 (GDestroyNotify)g_bytes_unref);
}

void
watch_start(world *w)
{
    seen.counts = (watch_counts){0};
    seen.frames = new_table();
    seen.ns = new_table();
    seen.h1s = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
                                     (GDestroyNotify)g_bytes_unref, NULL);
    seen.rings = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    w->on_line = on_line;
}

const watch_counts *
watch_now(void)
{
    return &seen.counts;
}

const watch_counts *
watch_stop(void)
{
    g_hash_table_destroy(seen.frames);
    g_hash_table_destroy(seen.ns);
    g_hash_table_destroy(seen.h1s);
    g_hash_table_destroy(seen.rings);
    return &seen.counts;
}
