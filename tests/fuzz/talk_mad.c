/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fuzz/talk.h"

#include "eider/handshake.h"
#include "unit/world_device.h"

#include <string.h>

static talk *watched;

/* ---- the server keeps everything ------------------------------------------------ */

static void
on_line(world *w, const device *from, const char *line)
{
    talk *t = watched;
    kept_line *k = &t->kept[t->n_kept++ % LINES_KEPT];

    (void)w;
    g_free(k->line);
    k->line = g_strdup(line);
    for (k->from = 0; t->d[k->from] != from;)
        k->from++;
}

void
talk_begin(talk *t)
{
    watched = t;
    t->w->on_line = on_line;
}

void
talk_note_keys(talk *t)
{
    device *d = t->d[2];

    if (d != NULL)
        FUZZ_CHECK(eider_engine_own_fingerprint(d->engine, d->account,
                                                t->other_key) == EIDER_OK);
}

void
talk_clear(talk *t)
{
    for (unsigned i = 0; i < LINES_KEPT; i++)
        g_free(t->kept[i].line);
}

static void
give(device *to, unsigned from, const char *line)
{
    static const char *const names[] = {"alice", "bob", "bob"};
    static const char *const full[] = {"alice/1", "bob/1", "bob/2"};

    device_hear(to, names[from], full[from], line, false);
}

/* The ratchets of a contact, to see whether a line moved one. */
static void
pickle_sessions(device *d, const char *peer, eider_buf *out)
{
    eider_contact *c = NULL;

    if (d->engine != NULL && !d->is_dead)
        c = eider_contact_if_busy(d->engine, d->account, peer);
    for (guint i = 0; c != NULL && i < c->sessions->len; i++)
        eider_ratchet_pickle(((eider_session *)c->sessions->pdata[i])->ratchet,
                             out);
}

/* A frame of which a bit is another is nobody's. */
static void
give_touched(talk *t, const kept_line *k, device *to, fuzz_in *in)
{
    EIDER_AUTO(eider_buf) before = {0}, after = {0};
    char line[EIDER_LINE_MAX + 1];
    const char *peer = k->from == 0 ? "alice" : "bob";
    eider_frame f;
    uint64_t writes;

    if (eider_line_find(k->line, strlen(k->line), &f) != EIDER_LINE_FRAME ||
        fuzz_edit(in, f.b, eider_frame_len(f.size)) == 0)
        return;
    eider_line_encode(&f, line);
    pickle_sessions(to, peer, &before);
    writes = to->engine != NULL ? eider_engine_counters(to->engine)->frames : 0;
    give(to, k->from, line);
    if (to->engine == NULL || to->is_dead ||
        eider_engine_counters(to->engine)->frames != writes)
        return; /* a slot was near, and let others in */
    pickle_sessions(to, peer, &after);
    FUZZ_CHECK(before.n == after.n &&
               (after.n == 0 || memcmp(before.p, after.p, after.n) == 0));
    (void)t;
}

void
talk_again(talk *t, fuzz_in *in, bool touched)
{
    unsigned n = t->n_kept < LINES_KEPT ? t->n_kept : LINES_KEPT;
    uint8_t op = fuzz_u8(in);
    const kept_line *k;
    device *to;
    g_autofree char *line = NULL;

    if (n == 0)
        return;
    k = &t->kept[op % n];
    to = k->from == 0 ? t->d[t->d[2] != NULL && op & 64 ? 2 : 1] : t->d[0];
    if (op & 128) /* back to who sent it */
        to = t->d[k->from];
    line = g_strdup(k->line); /* what it brings may push it out */
    if (touched && !(op & 128))
        give_touched(t, &(kept_line){line, k->from}, to, in);
    else if (!(op & 128))
        give(to, k->from, line);
    else
        give(to, k->from == 0 ? 1 : 0, line);
}

void
talk_text(talk *t, unsigned who, fuzz_in *in)
{
    static const char invitation[] =
        "I would like to talk privately with Eider, a plugin for Pidgin. "
        "If you have it, nothing is to be done. EIDERinvite1";
    uint8_t op = fuzz_u8(in);
    g_autofree char *text = NULL;
    eider_slice s;

    if (op & 1) {
        text = g_strdup(invitation);
    } else {
        s = fuzz_take(in, op / 2);
        text = g_strndup(s.p != NULL ? (const char *)s.p : "", s.n);
    }
    give(t->d[who], who == 0 ? 1 : 0, text);
}

/* ---- bodies ------------------------------------------------------------------------ */

static void
add_text(eider_body *b, fuzz_in *in)
{
    eider_text x = {.is_html = true};
    uint8_t op = fuzz_u8(in);

    x.id[0] = op % 4;
    x.seq = op & 4 ? fuzz_u8(in) : fuzz_u32(in) & 0xffffff;
    x.parts = (uint8_t)(1 + op / 8);
    x.part = fuzz_u8(in) % x.parts;
    x.text = fuzz_take(in, 1 + op % 16);
    (void)!eider_body_add_text(b, &x);
}

static void
add_check(eider_body *b, fuzz_in *in, const eider_contact *c)
{
    static const uint8_t lengths[] = {0, 40, 96, 64, 32, 32, 32, 32, 1};
    uint8_t v[9 + 160] = {0}, op = fuzz_u8(in);
    size_t n = lengths[op % 9];

    v[0] = op % 9;
    memcpy(v + 1, c->check.run, EIDER_RUN_ID_LEN);
    if (op & 64)
        v[1] ^= fuzz_u8(in);
    fuzz_fill(in, v + 9, MIN(n, 8));
    (void)!eider_body_add(b, EIDER_R_CHECK, (eider_slice){v, 9 + n});
}

static void
add_state(eider_body *b, fuzz_in *in, const eider_contact *c)
{
    static const uint8_t slots[] = {5, 10, 15, 30, 0, 7, 200, 60};
    uint8_t op = fuzz_u8(in);
    eider_mode m = {(uint8_t)(1 + op % 3), c->steady.run, slots[op / 8 % 8]};
    uint8_t raw[2] = {op % 8, op / 8};

    if (op & 64)
        m.run = fuzz_u16(in);
    if (op & 128)
        (void)!eider_body_add_mode(b, &m);
    else
        (void)!eider_body_add(b, EIDER_R_STATE,
                              (eider_slice){raw, raw[0] < 3 ? 2 : 1});
}

static void
add_pq(eider_body *b, fuzz_in *in, const eider_session *s)
{
    uint8_t v[3 + 32 * 4] = {0}, op = fuzz_u8(in);

    v[0] = 1 + op % 3;
    v[1] = (uint8_t)(eider_ratchet_mixed(s->ratchet) + 1);
    v[2] = fuzz_u8(in);
    (void)!eider_body_add(
        b, EIDER_R_PQ,
        (eider_slice){v, v[0] == 3 ? 7 : 3 + 32 * (size_t)(1 + op / 8 % 4)});
}

static void
add_record(eider_body *b, fuzz_in *in, const eider_contact *c,
           const eider_session *s)
{
    uint8_t op = fuzz_u8(in), raw[3];
    eider_ack a;
    eider_hello h;
    eider_slice v;

    switch (op % 8) {
    case 0:
    case 1:
        add_text(b, in);
        break;
    case 2:
        a = (eider_ack){fuzz_u8(in), fuzz_u32(in), fuzz_u8(in)};
        (void)!eider_body_add_ack(b, &a);
        break;
    case 3:
        h.label = fuzz_take(in, op / 8);
        h.name = fuzz_take(in, op / 8);
        (void)!eider_body_add_hello(b, &h);
        break;
    case 4:
        add_state(b, in, c);
        break;
    case 5:
        add_check(b, in, c);
        break;
    case 6:
        add_pq(b, in, s);
        break;
    default:
        fuzz_fill(in, raw, sizeof raw);
        v = fuzz_take(in, op / 8);
        if (op & 128)
            (void)!eider_body_add_when(b, fuzz_u32(in) * (uint64_t)256);
        else
            (void)!eider_body_add(b, raw[0], v);
    }
}

void
talk_mad_body(talk *t, unsigned who, fuzz_in *in)
{
    device *d = t->d[who];
    const char *peer = who == 0 ? "bob" : "alice";
    char line[EIDER_LINE_MAX + 1];
    uint8_t op = fuzz_u8(in);
    EIDER_AUTO(eider_body) b;
    const eider_session *s;
    eider_contact *c;
    eider_frame f;

    if (d->engine == NULL || d->is_dead ||
        (c = eider_contact_get(d->engine, d->account, peer)) == NULL ||
        c->sessions->len == 0)
        return;
    s = c->sessions->pdata[op / 16 % c->sessions->len];
    eider_body_init(&b, op & 4 ? EIDER_M : EIDER_S);
    for (unsigned i = 0; i < 1u + op % 4; i++)
        add_record(&b, in, c, s);
    if (op & 8 && eider_body_len(b.size) - b.used > 2) {
        b.b[b.used] = 0x7f; /* runs past the end: none counts */
        b.b[b.used + 2] = 0xff;
        b.used = eider_body_len(b.size);
    }
    if (eider_ratchet_seal(s->ratchet, op & 1, &b, &f) != EIDER_OK)
        return;
    eider_line_encode(&f, line);
    world_carry(t->w, d, peer, line);
}

/* ---- handshakes --------------------------------------------------------------------- */

/* A mask that @who may know. */
static void
pick_mask(const eider_contact *c, uint8_t op, eider_secret *out)
{
    eider_mask_public(out);
    if (op & 1 && c->memories->len > 0) {
        const eider_memory *m = c->memories->pdata[0];

        if (m->n_rms > 0)
            *out = m->rms[op / 2 % m->n_rms];
    }
}

static void
send_whole(talk *t, device *d, const char *peer, const eider_secret *mask,
           const eider_hs_id *id, uint8_t message, const uint8_t *whole,
           uint8_t op)
{
    char line[EIDER_LINE_MAX + 1];
    bool small = message == 3 || op & 4;
    eider_frame f;

    for (uint8_t i = 0; i < (small && message < 3 ? EIDER_FRAGMENTS : 1); i++) {
        if (op & 8 && i == 2)
            continue; /* one is missing */
        eider_fragment_seal(mask, id, message, i, whole,
                            small ? EIDER_S : EIDER_M, &f);
        eider_line_encode(&f, line);
        world_carry(t->w, d, peer, line);
    }
}

void
talk_mad_fragment(talk *t, unsigned who, fuzz_in *in)
{
    device *d = t->d[who];
    const char *peer = who == 0 ? "bob" : "alice";
    uint8_t op = fuzz_u8(in), message = (uint8_t)(1 + op / 16 % 3);
    uint8_t whole[EIDER_HS_LEN];
    EIDER_AUTO(eider_attempt) a;
    EIDER_AUTO(eider_keypair) own;
    EIDER_AUTO(eider_secret) mask;
    eider_contact *c;
    eider_hs_id id;

    if (d->engine == NULL || d->is_dead ||
        (c = eider_contact_get(d->engine, d->account, peer)) == NULL)
        return;
    pick_mask(c, op, &mask);
    eider_keypair_new(&own);
    if (eider_attempt_start(&a, &own) != EIDER_OK)
        return;
    memcpy(whole, a.message, sizeof whole);
    id = a.id1;
    if (message > 1 && c->legs->len > 0) { /* about one that is known */
        const eider_leg *l = c->legs->pdata[op % c->legs->len];

        id = l->id23;
        if (message == 3)
            memcpy(whole, l->m3, sizeof l->m3);
    }
    if (op & 128)
        (void)fuzz_edit(in, whole, sizeof whole);
    if (op & 64)
        (void)fuzz_edit(in, id.b, sizeof id.b);
    send_whole(t, d, peer, &mask, &id, message, whole, op);
}
