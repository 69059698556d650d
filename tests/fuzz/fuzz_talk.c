/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whole conversations: the bytes are a script of what people do, what becomes
 * of their machines, what the server does to lines, and what a peer sends who
 * holds real keys and keeps no rule (talk_mad.c).  talk_deeds.c has what honest
 * people do.
 *
 * Alice and bob are honest until somebody speaks for them; bob's other machine
 * is a key that alice never accepted, in one of the beginnings.
 *
 *   1. Nothing but lines of the three lengths and the invitation leaves
 *      (world.c looks at each); no text is in a file.
 *   2. No machine shows a text twice without the mark, unless an old copy of
 *      its files was put back.
 *   3. A key that alice did not accept shows nothing of hers.
 *   4. What limits.h bounds is bounded, after every step.
 *   5. A line that was touched changes no session.
 */
#include "fuzz/talk.h"

#include "eider/check.h"
#include "eider/fingerprint.h"
#include "eider/keyring.h"
#include "unit/world_device.h"

#include <check.h>
#include <string.h>

#define STEPS_MAX  48
#define EVENTS_MAX 200 /* of one script */
#define TEXTS_MAX  24
#define TOKEN      "Token_of_" /* begins each text; no line has a "_" */

typedef struct {
    talk t;
    unsigned texts;
    uint8_t shown[PEOPLE_DEVICES][TEXTS_MAX]; /* unmarked */
    memfiles_copy *old[PEOPLE_DEVICES];
    bool is_restored[PEOPLE_DEVICES];
    bool has_accepted; /* alice, bob's other machine, ever */
    bool is_owed;      /* it showed a text while she was away: asked later */
} script;

static script *now; /* for callbacks, which know only a device */

/* ---- what must hold ----------------------------------------------------------- */

static void
note_trust(script *s)
{
    device *a = s->t.d[0];
    eider_device all[16];
    size_t n;

    if (s->t.d[2] == NULL || a->engine == NULL || a->is_dead)
        return;
    n = eider_engine_devices(a->engine, a->account, "bob", all, 16);
    for (size_t i = 0; i < n && i < 16; i++)
        if (strcmp(all[i].fingerprint, s->t.other_key) == 0 &&
            all[i].trust == EIDER_TRUST_ACCEPTED)
            s->has_accepted = true;
    FUZZ_CHECK(!s->is_owed || s->has_accepted || s->is_restored[0]);
    s->is_owed = false;
}

static void
on_show(device *d, const shown_text *t)
{
    const char *token = strstr(t->html, TOKEN);
    unsigned who = 0, n;

    while (now->t.d[who] != d)
        who++;
    if (token == NULL)
        return;
    n = (unsigned)strtoul(token + strlen(TOKEN), NULL, 10);
    if (n >= TEXTS_MAX)
        return;
    if (who == 2) {
        /* She may have accepted it, and died as the text left. */
        now->is_owed = !now->has_accepted;
        note_trust(now);
    }
    if (t->maybe_shown || now->is_restored[who])
        return;
    FUZZ_CHECK(now->shown[who][n] == 0);
    now->shown[who][n]++;
}

static void
look_at(const eider_contact *c)
{
    unsigned held = c->partials->len;

    FUZZ_CHECK(c->legs->len <= EIDER_LEGS_MAX);
    FUZZ_CHECK(c->assemblies->len <= EIDER_ASSEMBLIES_MAX);
    FUZZ_CHECK(c->outbox->len <= EIDER_OUTBOX_MAX);
    FUZZ_CHECK(c->strays.length <= EIDER_STRAY_LINES_MAX);
    FUZZ_CHECK(c->fragments.length <= EIDER_SLOT_QUEUE);
    FUZZ_CHECK(c->reads->len <= EIDER_READS_PER_SPAN);
    FUZZ_CHECK(c->answers->len <= EIDER_ANSWERS_PER_SPAN);
    FUZZ_CHECK(c->tries->len <= EIDER_CHECK_KEYS);
    FUZZ_CHECK(held <= EIDER_HELD_MAX * EIDER_KEYS_KEPT);
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = c->sessions->pdata[i];
        unsigned proven = 0, old = 0;

        FUZZ_CHECK(eider_ratchet_skipped(s->ratchet) <= EIDER_SKIPPED_KEYS_MAX);
        for (guint k = 0; k < c->sessions->len; k++) {
            const eider_session *x = c->sessions->pdata[k];

            if (!eider_public_is_equal(&x->pk, &s->pk))
                continue;
            proven += !x->is_confirmed;
            old += x->is_confirmed;
        }
        FUZZ_CHECK(proven <= EIDER_PROVEN_MAX);
        FUZZ_CHECK(old <= EIDER_OLD_SESSIONS_MAX + 1);
    }
    for (guint i = 0; i < c->memories->len; i++) {
        const eider_memory *m = c->memories->pdata[i];

        FUZZ_CHECK(m->n_rms <= 2);
        FUZZ_CHECK(m->ids->len <= EIDER_IDS_MAX * EIDER_ID_LEN);
    }
}

static void
look(script *s)
{
    GHashTableIter it;
    gpointer v;

    note_trust(s);
    for (unsigned i = 0; i < PEOPLE_DEVICES; i++) {
        device *d = s->t.d[i];

        if (d == NULL || d->engine == NULL)
            continue;
        g_hash_table_iter_init(&it, d->engine->contacts);
        while (g_hash_table_iter_next(&it, NULL, &v))
            look_at(v);
        g_hash_table_iter_init(&it, d->engine->index.cards);
        while (g_hash_table_iter_next(&it, NULL, &v)) {
            const eider_card *card = v;

            FUZZ_CHECK(card->keys->len <= EIDER_KEYS_KEPT);
            FUZZ_CHECK(eider_card_count(card, EIDER_TRUST_CANDIDATE) <=
                       EIDER_CANDIDATES_MAX);
        }
        FUZZ_CHECK(g_hash_table_size(d->engine->strangers) <=
                   EIDER_STRANGERS_MAX);
        FUZZ_CHECK(d->engine->held.length <= EIDER_SLOT_HELD);
    }
}

/* ---- time ----------------------------------------------------------------------- */

static bool
is_enough(world *w)
{
    return w->event_count > EVENTS_MAX;
}

static void
pass(script *s, uint64_t ms)
{
    (void)world_run_until(s->t.w, ms, is_enough);
}

static void
let_time_pass(script *s, fuzz_in *in)
{
    static const uint64_t spans[] = {
        50,           WORLD_SECOND,      10 * WORLD_SECOND,
        WORLD_MINUTE, 11 * WORLD_MINUTE, WORLD_HOUR,
        WORLD_DAY,    8 * WORLD_DAY};

    pass(s, spans[fuzz_below(in, G_N_ELEMENTS(spans))]);
}

/* ---- people ---------------------------------------------------------------------- */

static void
write_text(script *s, device *d, const char *peer, fuzz_in *in)
{
    static const unsigned lengths[] = {0, 0, 0, 0, 170, 170, 400, 1400};
    uint8_t op = fuzz_u8(in);
    g_autofree char *more =
        g_strnfill(op == 0x7f ? 9000 : lengths[op % 8], 'x');
    g_autofree char *html =
        g_strdup_printf("%s" TOKEN "%u.%s%s", op & 128 ? "<b>" : "", s->texts,
                        more, op & 128 ? "</b>" : "");

    if (s->texts == TEXTS_MAX || d->engine == NULL || d->is_dead ||
        !eider_engine_is_private(d->engine, d->account, peer))
        return;
    s->texts++;
    (void)device_write(d, peer, html);
}

/* ---- machines ---------------------------------------------------------------------- */

static void
befall(script *s, unsigned who, fuzz_in *in)
{
    device *d = s->t.d[who];
    uint8_t op = fuzz_u8(in);

    switch (op % 8) {
    case 0:
        device_crash(d);
        break;
    case 1:
        device_offline(d);
        break;
    case 2:
        device_stop(d);
        break;
    case 3:
        d->die_at_write = op / 8 % 8;
        break;
    case 4:
        d->die_at_send = op / 8 % 8;
        break;
    case 5:
        d->die_at_show = op / 8 % 2;
        break;
    case 6:
        memfiles_fail_after(d->files, op / 8 % 8);
        break;
    default: /* an old copy of its files */
        if (op & 64) {
            memfiles_copy_free(s->old[who]);
            s->old[who] = memfiles_snapshot(d->files);
        } else if (s->old[who] != NULL) {
            device_crash(d);
            if (op & 32)
                memfiles_rewind(d->files, s->old[who]);
            else
                memfiles_restore(d->files, s->old[who]);
            s->is_restored[who] = true;
        }
    }
}

static void
come_back(script *s, unsigned who)
{
    device *d = s->t.d[who];

    device_reap(d);
    if (!device_try(d)) { /* its disk fails, or it died: once more */
        device_reap(d);
        memfiles_fail_after(d->files, -1);
        FUZZ_CHECK(device_try(d) || s->is_restored[who]);
    }
    if (d->engine != NULL)
        device_start(d);
}

/* ---- a script ------------------------------------------------------------------------ */

static void
step(script *s, fuzz_in *in)
{
    uint8_t op = fuzz_u8(in);
    unsigned who = op / 16 % (s->t.d[2] != NULL ? 3 : 2);
    device *d = s->t.d[who];
    const char *peer = who == 0 ? "bob" : "alice";

    d->has_failed = false; /* another call begins */
    switch (op % 16) {
    case 0:
    case 1:
        write_text(s, d, peer, in);
        break;
    case 2:
    case 3:
        let_time_pass(s, in);
        break;
    case 4:
        befall(s, who, in);
        break;
    case 5:
        come_back(s, who);
        break;
    case 6:
        talk_do(d, peer, in);
        break;
    case 7:
        talk_decide(d, peer, in);
        break;
    case 8:
        talk_check(d, peer, in);
        break;
    case 9:
        talk_rule(s->t.w, in);
        break;
    case 10:
    case 11:
        talk_mad_body(&s->t, who, in);
        break;
    case 12:
        talk_mad_fragment(&s->t, who, in);
        break;
    case 13:
        talk_again(&s->t, in, false);
        break;
    case 14:
        talk_again(&s->t, in, true);
        break;
    default:
        talk_text(&s->t, who, in);
    }
    for (unsigned i = 0; i < PEOPLE_DEVICES; i++)
        if (s->t.d[i] != NULL)
            device_reap(s->t.d[i]);
    look(s);
}

static void
end(script *s)
{
    if (s->is_owed) {
        come_back(s, 0);
        note_trust(s);
    }
    for (unsigned i = 0; i < PEOPLE_DEVICES; i++) {
        device *d = s->t.d[i];

        if (d == NULL)
            continue;
        FUZZ_CHECK(d->after_failed == 0);
        FUZZ_CHECK(!memfiles_contain(d->files, TOKEN, strlen(TOKEN)));
        memfiles_copy_free(s->old[i]);
    }
    talk_clear(&s->t);
    world_free(s->t.w);
    free(s);
    now = NULL;
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    script *s = calloc(1, sizeof *s);
    uint8_t op = fuzz_u8(&in);

    FUZZ_CHECK(s != NULL);
    now = s;
    s->t.w = people_world(op % PEOPLE, 37, s->t.d);
    s->t.w->delay_ms = 20;
    s->t.w->restart_ms = op & 64 ? 2000 : 0;
    talk_begin(&s->t);
    for (unsigned i = 0; i < PEOPLE_DEVICES; i++)
        if (s->t.d[i] != NULL) {
            s->t.d[i]->on_show = on_show;
            device_start(s->t.d[i]);
        }
    talk_note_keys(&s->t);
    s->t.w->event_count = 0;
    pass(s, WORLD_SECOND);
    for (unsigned i = 0; i < STEPS_MAX && in.n > 0; i++)
        step(s, &in);
    pass(s, 5 * WORLD_SECOND);
    look(s);
    end(s);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    static const char *const plays[] = {
        "\0\0\2\3\20\0\3\1\4\0\2\2\5\0\1\3\3\3",  /* text, crash */
        "\0\0\4\3\21\3\204\4\3\2\5\5\3\3",        /* dies at a write */
        "\0\12\1\0\20\0\0\1\3\1\12\12\2\1\2\3\2", /* mad bodies */
        "\1\14\1\2\3\5\14\2\1\3\3",               /* handshakes */
        "\2\11\10\15\0\16\0\1\5\3\3\3\5",         /* replays, damage */
        "\3\0\1\3\3\6\41\3\3\20\1\3\4",           /* slots */
        "\4\0\0\3\3\7\1\0\0\3\3\7\6\0\0\3\3",     /* trust */
        "\0\10\0\3\2\30\2\3\2\10\1\3\2\30\103",   /* checks */
        "\0\4\107\0\0\3\3\4\47\5\0\0\3\3\3\4",    /* an old copy */
        "\0\6\20\3\3\0\0\6\10\3\3\0\0\3\4"};
    static const uint8_t lengths[] = {18, 14, 17, 11, 13, 13, 17, 15, 16, 15};

    for (size_t i = 0; i < G_N_ELEMENTS(plays); i++)
        out(arg, plays[i], lengths[i]);
}

const fuzz_harness fuzz_talk = {"talk", 200, one, seeds, true};
