/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/peek.h"

#include "eider/fingerprint.h"
#include "unit/world_device.h"

#include <string.h>

/* ---- couples -------------------------------------------------------------- */

couple
couple_new(uint64_t seed)
{
    couple c;

    c.w = world_new(seed);
    c.a = world_add(c.w, "alice", "1");
    c.b = world_add(c.w, "bob", "1");
    device_start(c.a);
    device_start(c.b);
    return c;
}

couple
couple_met(uint64_t seed)
{
    couple c = couple_new(seed);

    people_meet(c.w, c.a, c.b);
    return c;
}

void
couple_free(couple *c)
{
    world_free(c->w);
}

void
people_meet(world *w, device *a, device *b)
{
    ck_assert_int_eq(device_choose(a, b->name, EIDER_ON), EIDER_OK);
    ck_assert_int_eq(device_choose(b, a->name, EIDER_ON), EIDER_OK);
    world_run(w, 2 * WORLD_MINUTE);
    ck_assert(device_status(a, b->name).has_session);
    ck_assert(device_status(b, a->name).has_session);
}

/* ---- what is inside ------------------------------------------------------- */

eider_contact *
peek_contact(device *d, const char *peer)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, peer);

    ck_assert_ptr_nonnull(c);
    return c;
}

eider_card *
peek_card(device *d, const char *peer)
{
    return eider_card_get(d->engine, d->account, peer);
}

eider_session *
peek_session(device *d, const char *peer)
{
    eider_card *card = peek_card(d, peer);
    eider_session *s;

    ck_assert_uint_eq(card->keys->len, 1);
    s = eider_contact_session(peek_contact(d, peer),
                              &g_array_index(card->keys, eider_known, 0).pk);
    ck_assert_ptr_nonnull(s);
    return s;
}

void
peek_own(device *d, char out[EIDER_DIGITS_SIZE])
{
    ck_assert_int_eq(eider_engine_own_fingerprint(d->engine, d->account, out),
                     EIDER_OK);
}

static const eider_known *
find_known(device *d, device *other)
{
    eider_card *card = peek_card(d, other->name);
    char want[EIDER_DIGITS_SIZE], is[EIDER_DIGITS_SIZE];

    peek_own(other, want);
    for (guint i = 0; i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);

        eider_fingerprint(&k->pk, is);
        if (strcmp(is, want) == 0)
            return k;
    }
    return NULL;
}

bool
peek_knows(device *d, device *other)
{
    return find_known(d, other) != NULL;
}

eider_trust
peek_trust(device *d, device *other)
{
    const eider_known *k = find_known(d, other);

    ck_assert_ptr_nonnull(k);
    return k->trust;
}

/* ---- footprints ----------------------------------------------------------- */

struct footprint {
    eider_buf contact, index;
    uint64_t writes, sent, dh;
    unsigned shown, told;
};

static unsigned
count_told(const device *d)
{
    unsigned n = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(d->news); i++)
        n += d->news[i];
    return n;
}

footprint *
footprint_take(device *d, const char *peer)
{
    footprint *f = g_new0(footprint, 1);

    eider_contact_pickle(peek_contact(d, peer), &f->contact);
    eider_index_pickle(&d->engine->index, &f->index);
    f->writes = memfiles_writes(d->files);
    f->sent = d->sent;
    f->dh = eider_dh_count();
    f->shown = d->shown->len;
    f->told = count_told(d);
    return f;
}

static void
footprint_free(footprint *f)
{
    eider_buf_wipe(&f->contact);
    eider_buf_wipe(&f->index);
    g_free(f);
}

static void
check_equal(const eider_buf *a, const eider_buf *b, const char *what)
{
    ck_assert_msg(a->n == b->n && memcmp(a->p, b->p, a->n) == 0,
                  "the %s changed", what);
}

void
footprint_same_but_told(device *d, const char *peer, footprint *f)
{
    footprint *now = footprint_take(d, peer);

    ck_assert_uint_eq(now->dh, f->dh);
    ck_assert_uint_eq(now->writes, f->writes);
    ck_assert_uint_eq(now->sent, f->sent);
    ck_assert_uint_eq(now->shown, f->shown);
    check_equal(&now->contact, &f->contact, "contact");
    check_equal(&now->index, &f->index, "index");
    footprint_free(now);
    footprint_free(f);
}

void
footprint_same(device *d, const char *peer, footprint *f)
{
    ck_assert_uint_eq(count_told(d), f->told);
    footprint_same_but_told(d, peer, f);
}

/* ---- calls and taps ------------------------------------------------------- */

void
call_now(device *d, const char *peer)
{
    eider_contact *c = peek_contact(d, peer);

    (void)!eider_meet_step(d->engine, c, EIDER_EV_START, NULL);
    ck_assert_int_eq(eider_commit(d->engine, c), EIDER_OK);
    eider_effects_run(d->engine);
}

void
tap_open(device *d)
{
    world_run(d->w, WORLD_SECOND); /* what is on its way arrives */
    g_ptr_array_set_size(d->lines, 0);
    d->keeps_lines = true;
    d->w->is_cut = true;
}

void
tap_close(device *d)
{
    d->keeps_lines = false;
    d->w->is_cut = false;
    g_ptr_array_set_size(d->lines, 0);
}

const char *
tap_line(const device *d, guint i)
{
    ck_assert_uint_lt(i, d->lines->len);
    return ((const sent_line *)g_ptr_array_index(d->lines, i))->line;
}

void
tap_give(device *d, guint i, device *to)
{
    g_autofree char *line = g_strdup(tap_line(d, i));

    device_hear(to, d->name, d->full, line, false);
}

void
tap_give_all(device *d, device *to)
{
    guint n = d->lines->len;

    for (guint i = 0; i < n; i++)
        tap_give(d, i, to);
}

/* ---- a carrier that takes less than was believed --------------------------- */

static eider_sent (*wide_send)(void *data, const char *account, const char *to,
                               const char *line);

static eider_sent
send_narrow(void *data, const char *account, const char *to, const char *line)
{
    device *d = data;

    if (strlen(line) > 400) {
        d->line_max = 400;
        return EIDER_TOO_BIG;
    }
    return wide_send(data, account, to, line);
}

void
carrier_narrows(device *d)
{
    if (d->engine->env.send != send_narrow)
        wide_send = d->engine->env.send;
    d->engine->env.send = send_narrow;
}
