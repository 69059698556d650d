/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time, randomness and the server. */
#include "unit/world.h"

#include "eider/frame.h"
#include "unit/world_device.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

/* ---- randomness ----------------------------------------------------------- */

/* Numbers (times are drawn so) and bytes (keys) come from two streams, so that
 * more or fewer keys move no time. */
static uint64_t word_state, byte_state;

static uint64_t
mix(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static const char *
name_random(void)
{
    return "world";
}

static uint32_t
draw_word(void)
{
    return (uint32_t)mix(&word_state);
}

static void
draw_bytes(void *const out, const size_t n)
{
    uint8_t *p = out;

    for (size_t i = 0; i < n; i += 8) {
        uint64_t x = GUINT64_TO_LE(mix(&byte_state));

        memcpy(p + i, &x, MIN(8, n - i));
    }
}

static randombytes_implementation seeded = {
    .implementation_name = name_random,
    .random = draw_word,
    .buf = draw_bytes,
};

uint32_t
world_random(world *w, uint32_t below)
{
    return below > 0 ? (uint32_t)(mix(&w->random) >> 16) % below : 0;
}

static bool
happens(world *w, unsigned of_1000)
{
    return of_1000 > 0 && world_random(w, 1000) < of_1000;
}

/* ---- time ----------------------------------------------------------------- */

typedef struct {
    uint64_t at, order;
    void (*f)(world *w, void *a, int n);
    void *a;
    int n;
} event;

static gint
by_time(gconstpointer a, gconstpointer b, gpointer unused)
{
    const event *x = a, *y = b;

    (void)unused;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return x->order < y->order ? -1 : 1;
}

void
world_later(world *w, uint64_t ms, void (*f)(world *w, void *a, int n), void *a,
            int n)
{
    event *e = g_new0(event, 1);

    e->at = w->now + ms;
    e->order = w->event_count++;
    e->f = f;
    e->a = a;
    e->n = n;
    g_sequence_insert_sorted(w->events, e, by_time, NULL);
}

static void
reap(world *w)
{
    for (guint i = 0; i < w->devices->len; i++)
        device_reap(g_ptr_array_index(w->devices, i));
}

static bool
step(world *w, uint64_t until)
{
    GSequenceIter *first = g_sequence_get_begin_iter(w->events);
    const event *e;
    event copy;

    if (g_sequence_iter_is_end(first))
        return false;
    e = g_sequence_get(first);
    if (e->at > until)
        return false;
    copy = *e;
    w->now = copy.at;
    g_sequence_remove(first);
    copy.f(w, copy.a, copy.n);
    reap(w);
    return true;
}

void
world_run(world *w, uint64_t ms)
{
    uint64_t until = w->now + ms;

    reap(w); /* what crashed in a call of the user's */
    while (step(w, until))
        ;
    w->now = until;
}

bool
world_run_until(world *w, uint64_t ms, bool (*done)(world *w))
{
    uint64_t until = w->now + ms;

    reap(w); /* what crashed in a call of the user's */
    while (!done(w))
        if (!step(w, until))
            return false;
    return true;
}

/* ---- the server ----------------------------------------------------------- */

typedef struct {
    char *to, *from, *peer, *text;
    bool is_delayed;
} letter;

static void
letter_free(letter *l)
{
    g_free(l->to);
    g_free(l->from);
    g_free(l->peer);
    g_free(l->text);
    g_free(l);
}

static letter *
letter_copy(const letter *l)
{
    letter *x = g_new0(letter, 1);

    x->to = g_strdup(l->to);
    x->from = g_strdup(l->from);
    x->peer = g_strdup(l->peer);
    x->text = g_strdup(l->text);
    return x;
}

static char *
bare(const char *address)
{
    return g_strndup(address, strcspn(address, "/"));
}

static void
keep(world *w, const letter *l)
{
    g_autofree char *name = bare(l->to);
    GQueue *box = g_hash_table_lookup(w->mail, name);
    letter *x = letter_copy(l);

    x->is_delayed = true;
    if (box == NULL) {
        box = g_queue_new();
        g_hash_table_replace(w->mail, g_strdup(name), box);
    }
    g_queue_push_tail(box, x);
}

/* A full address goes to that device; else, and if it is away, to all that are
 * online at the name. */
static void
deliver(world *w, void *a, int n)
{
    g_autofree char *name = NULL;
    letter *l = a;
    bool is_done = false;

    (void)n;
    name = bare(l->to);
    for (guint i = 0; i < w->devices->len && !is_done; i++) {
        device *d = g_ptr_array_index(w->devices, i);

        if (d->is_online && strcmp(d->full, l->to) == 0) {
            device_hear(d, l->peer, l->from, l->text, l->is_delayed);
            is_done = true;
        }
    }
    for (guint i = 0; i < w->devices->len && !is_done; i++) {
        device *d = g_ptr_array_index(w->devices, i);

        if (d->is_online && strcmp(d->name, name) == 0) {
            is_done = true;
            for (; i < w->devices->len; i++) {
                d = g_ptr_array_index(w->devices, i);
                if (d->is_online && strcmp(d->name, name) == 0)
                    device_hear(d, l->peer, l->from, l->text, l->is_delayed);
            }
        }
    }
    if (!is_done && w->keeps)
        keep(w, l);
    letter_free(l);
}

void
world_empty_box(world *w, const char *name)
{
    GQueue *box = g_hash_table_lookup(w->mail, name);
    letter *l;
    uint64_t ms = 1;

    while (box != NULL && (l = g_queue_pop_head(box)) != NULL)
        world_later(w, ms++, deliver, l, 0);
}

static void
damage(world *w, letter *l)
{
    size_t n = strlen(l->text);

    if (happens(w, w->corrupt))
        l->text[world_random(w, (uint32_t)n)] ^=
            (char)(1 << world_random(w, 5));
    if (happens(w, w->cut))
        l->text[world_random(w, (uint32_t)n)] = '\0';
}

static void
post(world *w, const letter *l)
{
    letter *x = letter_copy(l);
    uint64_t ms = w->is_sync ? 0 : 1 + world_random(w, w->delay_ms);

    damage(w, x);
    if (happens(w, w->late))
        ms += world_random(w, w->late_ms);
    if (w->is_sync && w->depth < 6)
        deliver(w, x, 0);
    else
        world_later(w, ms, deliver, x, 0);
}

void
world_carry(world *w, device *from, const char *to, const char *line)
{
    letter l = {.to = (char *)to,
                .from = from->full,
                .peer = from->name,
                .text = (char *)line};

    w->lines++;
    if (w->takes_line != NULL && w->takes_line(w, from, line))
        return;
    if (w->on_line != NULL)
        w->on_line(w, from, line);
    if (w->is_cut || happens(w, w->loss))
        return;
    w->depth++;
    post(w, &l);
    if (happens(w, w->dup))
        post(w, &l);
    w->depth--;
}

bool
world_has_line_form(const char *line, bool *is_invitation)
{
    static const char invitation[] =
        "I would like to talk privately with Eider, a plugin for Pidgin. "
        "If you have it, nothing is to be done. EIDERinvite1";
    size_t n = strlen(line);
    eider_frame f;

    *is_invitation = strcmp(line, invitation) == 0;
    if (*is_invitation)
        return true;
    if (n != EIDER_LINE_S && n != EIDER_LINE_M && n != EIDER_LINE_L)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!g_ascii_isalnum(line[i]))
            return false;
    return eider_line_find(line, n, &f) == EIDER_LINE_FRAME &&
           eider_line_len(f.size) == n;
}

/* ---- making and ending ---------------------------------------------------- */

world *
world_new(uint64_t seed)
{
    world *w = g_new0(world, 1);

    w->now = UINT64_C(1700000000000);
    w->random = seed;
    word_state = ~seed;
    byte_state = ~seed + 1;
    randombytes_set_implementation(&seeded);
    w->events = g_sequence_new(g_free);
    w->devices = g_ptr_array_new();
    w->mail = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    w->delay_ms = 100;
    return w;
}

static void
drop_letters(world *w)
{
    GHashTableIter it;
    gpointer box;

    for (GSequenceIter *i = g_sequence_get_begin_iter(w->events);
         !g_sequence_iter_is_end(i); i = g_sequence_iter_next(i)) {
        event *e = g_sequence_get(i);

        if (e->f == deliver)
            letter_free(e->a);
    }
    g_sequence_free(w->events);
    g_hash_table_iter_init(&it, w->mail);
    while (g_hash_table_iter_next(&it, NULL, &box))
        g_queue_free_full(box, (GDestroyNotify)letter_free);
    g_hash_table_destroy(w->mail);
}

void
world_free(world *w)
{
    for (guint i = 0; i < w->devices->len; i++)
        device_free(g_ptr_array_index(w->devices, i));
    g_ptr_array_free(w->devices, TRUE);
    drop_letters(w);
    g_free(w);
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}
