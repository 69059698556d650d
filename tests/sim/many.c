/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sim/many.h"

#include "core/work.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct many many;

/* ---- what is seen --------------------------------------------------------- */

static machine *
machine_of(const device *d)
{
    for (unsigned i = 0; i < many.n_machines; i++)
        if (many.machines[i].d == d)
            return &many.machines[i];
    return NULL;
}

static void
on_show(device *d, const shown_text *t)
{
    machine *m = machine_of(d);
    unsigned i = (unsigned)atoi(t->html + 1);
    owed *x;

    ck_assert_uint_lt(i, many.texts->len);
    x = g_ptr_array_index(many.texts, i);
    ck_assert_uint_eq(x->to, m->person);
    if (m->times->len <= i) {
        guint was = m->times->len;

        g_byte_array_set_size(m->times, i + 1);
        memset(m->times->data + was, 0, i + 1 - was);
    }
    if (m->times->data[i]++ > 0) {
        if (!t->maybe_shown)
            printf("  %s sees m%u twice without the mark\n", d->full, i);
        many.doubled += !t->maybe_shown;
        many.marked += t->maybe_shown;
    } else {
        many.shown++;
    }
    x->shown_by |= 1u << m->key;
}

static gint64
number_of(const uint8_t *id)
{
    gint64 n = 0;

    memcpy(&n, id, EIDER_TEXT_ID_SIZE);
    return n;
}

static void
on_state(device *d, const told_state *t)
{
    gint64 n = number_of(t->id);
    owed *x = g_hash_table_lookup(many.by_id, &n);

    (void)d;
    if (x == NULL)
        return;
    x->is_delivered = x->is_delivered || t->state == EIDER_TEXT_DELIVERED;
    x->is_given_up = x->is_given_up || t->state == EIDER_TEXT_GIVEN_UP;
}

/* ---- machines ------------------------------------------------------------- */

void
many_start(many_form form, unsigned goal, const char *const *who)
{
    many = (struct many){.form = form, .goal = goal, .names = who};
    many.texts = g_ptr_array_new_with_free_func(g_free);
    many.by_id =
        g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

void
many_end(void)
{
    for (unsigned i = 0; i < many.n_machines; i++) {
        machine *m = &many.machines[i];

        g_byte_array_free(m->times, TRUE);
        if (m->copy_times != NULL)
            g_byte_array_free(m->copy_times, TRUE);
        memfiles_copy_free(m->copy);
    }
    g_hash_table_destroy(many.by_id);
    g_ptr_array_free(many.texts, TRUE);
}

machine *
many_add(world *w, unsigned person, const char *name, const char *resource)
{
    machine *m = &many.machines[many.n_machines++];

    ck_assert_uint_le(many.n_machines, MACHINES_MAX);
    *m = (machine){.person = person, .key = many.n_keys++};
    m->times = g_byte_array_new();
    m->d = world_add(w, name, resource);
    m->d->on_show = on_show;
    m->d->on_state = on_state;
    return m;
}

static GByteArray *
copy_bytes(const GByteArray *from)
{
    GByteArray *to = g_byte_array_new();

    if (from->len > 0)
        g_byte_array_append(to, from->data, from->len);
    return to;
}

/* The key of a machine, made when it is not there yet. */
static void
learn_key(machine *m)
{
    EIDER_AUTO(eider_keypair) own;

    if (m->has_pk || m->d->engine == NULL || m->d->is_dead ||
        eider_index_own(m->d->engine, m->d->account, &own) != EIDER_OK)
        return;
    m->pk = own.pk;
    m->has_pk = true;
}

void
many_know(machine *m)
{
    learn_key(m);
}

void
many_copy(machine *m)
{
    learn_key(m); /* no copy is older than that: it would be another device */
    memfiles_copy_free(m->copy);
    if (m->copy_times != NULL)
        g_byte_array_free(m->copy_times, TRUE);
    m->copy = memfiles_snapshot(m->d->files);
    m->copy_times = copy_bytes(m->times);
    m->copy_ms = m->d->w->now;
}

/* What it held since @since_ms is held by no store any more. */
static void
cut_history(machine *m, uint64_t since_ms)
{
    const unsigned which = (unsigned)(m - many.machines);

    for (guint i = 0; i < many.texts->len; i++) {
        owed *x = g_ptr_array_index(many.texts, i);

        if (x->from == which && x->at_ms >= since_ms)
            x->is_void = true;
    }
    g_byte_array_free(m->times, TRUE);
    m->put_back_ms = m->d->w->now;
    many.put_back++;
}

void
many_put_back(machine *m)
{
    cut_history(m, m->copy_ms);
    m->times = copy_bytes(m->copy_times);
}

void
many_lose(machine *m)
{
    for (unsigned i = 0; i < many.n_people; i++)
        if (i != m->person)
            device_lose(m->d, many.names[i]);
    cut_history(m, 0);
    m->times = g_byte_array_new();
}

void
many_take_over(machine *m, machine *of)
{
    m->key = of->key;
    g_byte_array_free(m->times, TRUE);
    m->times = copy_bytes(of->times);
    m->has_clone = of->has_clone = true;
}

/* ---- typing --------------------------------------------------------------- */

static unsigned
key_number(const eider_public *pk)
{
    for (unsigned i = 0; i < many.n_machines; i++) {
        machine *m = &many.machines[i];

        learn_key(m);
        if (m->has_pk && eider_public_is_equal(&m->pk, pk))
            return m->key;
    }
    return UINT32_MAX;
}

static const eider_entry *
find_entry(device *d, const char *name, const uint8_t *id)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, name);

    for (guint i = 0; c != NULL && i < c->outbox->len; i++) {
        const eider_entry *en = g_ptr_array_index(c->outbox, i);

        if (memcmp(en->id, id, sizeof en->id) == 0)
            return en;
    }
    return NULL;
}

static void
note_targets(device *d, const char *name, owed *x)
{
    const eider_entry *en = find_entry(d, name, x->id);

    for (guint i = 0; en != NULL && i < en->targets->len; i++) {
        unsigned key =
            key_number(&g_array_index(en->targets, eider_target, i).pk);

        ck_assert_uint_ne(key, UINT32_MAX);
        ck_assert_uint_lt(x->n_keys, TARGETS_MAX);
        x->keys[x->n_keys++] = key;
    }
}

void
many_type(machine *m, unsigned to)
{
    const char *name = many.names[to];
    owed *x = g_new0(owed, 1);
    g_autofree char *text = g_strdup_printf("m%u", many.texts->len);
    eider_err err;
    gint64 n;

    x->from = (unsigned)(m - many.machines);
    x->to = to;
    x->at_ms = m->d->w->now;
    g_ptr_array_add(many.texts, x); /* it may be shown at once */
    memset(m->d->last_id, 0, sizeof m->d->last_id);
    err = device_write(m->d, name, text);
    x->is_taken = err == EIDER_OK && !m->d->is_dead;
    if (x->is_taken) {
        memcpy(x->id, m->d->last_id, sizeof x->id);
        n = number_of(x->id);
        g_hash_table_insert(many.by_id, g_memdup2(&n, sizeof n), x);
        note_targets(m->d, name, x);
    }
}

/* ---- counting ------------------------------------------------------------- */

typedef enum { SHOWN, RESTS, OPEN } fate;

/* Does the store that it was typed into say that @key has it?  (~0: any.) */
static bool
is_acked(const owed *x, unsigned key)
{
    const machine *from = &many.machines[x->from];
    const eider_entry *en;

    /* What was told is not asked: a crash may have swallowed it. */
    if (from->d->engine == NULL)
        return false;
    en = find_entry(from->d, many.names[x->to], x->id);
    for (guint i = 0; en != NULL && i < en->targets->len; i++) {
        const eider_target *t = &g_array_index(en->targets, eider_target, i);

        if (key_number(&t->pk) == key)
            return t->state == EIDER_ACKED;
    }
    return en == NULL && !x->is_given_up;
}

/* Was a store thrown away that may have said so, or was told so? */
static bool
is_history_gone(const owed *x, unsigned key)
{
    for (unsigned i = 0; i < many.n_machines; i++) {
        const machine *m = &many.machines[i];

        if (m->person == x->to && (key == ~0u || m->key == key) &&
            m->put_back_ms > x->at_ms)
            return true;
    }
    return false;
}

static fate
fate_at(const owed *x, unsigned key)
{
    if (key == ~0u ? x->shown_by != 0 : (x->shown_by >> key & 1) != 0)
        return SHOWN;
    return is_acked(x, key) && is_history_gone(x, key) ? RESTS : OPEN;
}

static fate
fate_of(const owed *x)
{
    fate worst = x->n_keys > 0 ? SHOWN : fate_at(x, ~0u);

    for (unsigned i = 0; i < x->n_keys; i++)
        worst = MAX(worst, fate_at(x, x->keys[i]));
    return worst;
}

unsigned
many_count_open(void)
{
    unsigned n = 0;

    for (guint i = 0; i < many.texts->len; i++) {
        const owed *x = g_ptr_array_index(many.texts, i);

        n += x->is_taken && !x->is_void && fate_of(x) == OPEN;
    }
    return n;
}

many_counts
many_count(void)
{
    many_counts c = {
        .shown = many.shown, .marked = many.marked, .doubled = many.doubled};

    for (guint i = 0; i < many.texts->len; i++) {
        const owed *x = g_ptr_array_index(many.texts, i);
        fate f = x->is_taken && !x->is_void ? fate_of(x) : SHOWN;

        c.rest += f == RESTS;
        if (f != OPEN)
            continue;
        c.untrue += x->is_delivered && x->shown_by == 0;
        if (++c.lost > 5)
            continue;
        printf("  m%u of %s, keys %u, shown by %x%s%s: lost\n", i,
               many.machines[x->from].d->full, x->n_keys, x->shown_by,
               x->is_delivered ? ", delivered" : "",
               x->is_given_up ? ", given up" : "");
    }
    return c;
}
