/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is noted of lines (the ledger's blocks), and what was written while the
 * store was locked (the letterbox, into which anybody may drop a letter).
 */
#include "fuzz/fuzz.h"

#include "core/ledger_keep.h"
#include "eider/crypto.h"
#include "eider/letterbox.h"
#include "unit/memfiles.h"

#include <string.h>

/* ---- blocks ----------------------------------------------------------------- */

#define EVENTS 64

typedef struct {
    eider_seen_event ev[EVENTS];
    uint64_t id[EVENTS];
    unsigned n, at;
    bool is_known; /* hold what comes against what was put there */
} events;

static void
see(void *arg, uint64_t id, const eider_seen_event *ev)
{
    events *s = arg;

    FUZZ_CHECK(ev->kind < EIDER_SEEN_KINDS);
    FUZZ_CHECK(ev->way == EIDER_SEEN_IN || ev->way == EIDER_SEEN_OUT);
    if (s->is_known) {
        const eider_seen_event *want = &s->ev[s->at];

        FUZZ_CHECK(s->at < s->n && id == s->id[s->at]);
        FUZZ_CHECK(ev->ms == want->ms && ev->kind == want->kind &&
                   ev->way == want->way && ev->size == want->size &&
                   ev->lines == want->lines && ev->is_slot == want->is_slot);
    }
    s->at++;
}

static void
raw_block(fuzz_in *in)
{
    eider_block *b = eider_block_new(1);
    events s = {.is_known = false};

    eider_buf_add(&b->bytes, in->p, in->n);
    eider_block_walk(b, see, &s);
    FUZZ_CHECK(s.at <= in->n / 3 + 1);
    eider_block_free(b);
}

static void
good_block(fuzz_in *in)
{
    static events s;
    eider_block *b = eider_block_new(1);

    s = (events){.is_known = true};
    while (in->n > 0 && s.n < EVENTS) {
        eider_seen_event *ev = &s.ev[s.n];
        uint8_t op = fuzz_u8(in);

        ev->kind = op % EIDER_SEEN_KINDS;
        ev->way = op & 8 ? EIDER_SEEN_IN : EIDER_SEEN_OUT;
        ev->is_slot = op & 16;
        ev->size = op & 32 ? EIDER_LINE_S : fuzz_u32(in);
        ev->lines = op & 64 ? fuzz_u8(in) : 0;
        ev->ms = op & 128 ? fuzz_u32(in) * UINT64_C(4096) : fuzz_u16(in);
        s.id[s.n] = fuzz_u8(in) * UINT64_C(0x0101010101010101);
        if (!eider_block_add(b, s.id[s.n], ev))
            break;
        s.n++;
        FUZZ_CHECK(b->bytes.n <= EIDER_LEDGER_EVENTS);
    }
    eider_block_walk(b, see, &s);
    FUZZ_CHECK(s.at == s.n);
    eider_block_free(b);
}

/* ---- letters ------------------------------------------------------------------ */

static const uint8_t MASTER_SEED = 41;

static eider_store *
open_store(memfiles *m)
{
    eider_store *s = NULL;

    fuzz_random(MASTER_SEED);
    FUZZ_CHECK(eider_store_open(&s, memfiles_files(m), NULL) == EIDER_OK);
    return s;
}

/* The public half, as a store with a passphrase puts it. */
static void
prepare(memfiles *m, eider_store *s)
{
    FUZZ_CHECK(eider_store_set_passphrase(s, "x", 1) == EIDER_OK);
    eider_letterbox_prepare(memfiles_files(m), s);
    FUZZ_CHECK(memfiles_peek(m, "letterbox").p != NULL);
}

static void
put_check(eider_buf *b)
{
    const eider_slice all = {b->p, b->n};
    uint8_t check[16];

    eider_hash(check, sizeof check, NULL, 0, &all, 1);
    eider_buf_add(b, check, sizeof check);
}

/* Of somebody who read PROTOCOL.md and has the public half. */
static void
drop(fuzz_in *in, const eider_public *half, eider_buf *file)
{
    EIDER_AUTO(eider_keypair) once;
    EIDER_AUTO(eider_secret) dh, key;
    uint8_t plain[1024] = {0}, nonce[24] = {0}, op = fuzz_u8(in);
    const eider_slice parts[3] = {
        {(const uint8_t *)"eider letter", 12}, {once.pk.b, 32}, {half->b, 32}};
    EIDER_AUTO(eider_buf) one = {0}, p = {0};

    eider_buf_add(&p, "123456", 6);
    eider_put_u64(&p, fuzz_u8(in));
    for (int i = 0; i < 3; i++) {
        eider_slice s = fuzz_take(in, fuzz_u8(in) % 40u);

        eider_put_block(&p, s.p, s.n);
    }
    memcpy(plain, p.p, p.n);
    (void)fuzz_edit(in, plain, op & 1 ? 64 : sizeof plain);
    eider_keypair_new(&once);
    FUZZ_CHECK(eider_dh(&once.sk, half, &dh) == EIDER_OK);
    eider_hash(key.b, sizeof key.b, dh.b, sizeof dh.b, parts, 3);
    eider_buf_add(&one, once.pk.b, 32);
    eider_buf_add(&one, nonce, 24);
    eider_buf_add(&one, NULL, sizeof plain + 16);
    eider_aead_seal(&key, nonce, plain, sizeof plain, one.p + 56);
    if (op & 2)
        (void)fuzz_edit(in, one.p, one.n);
    eider_put_block(file, one.p, op & 4 ? fuzz_u8(in) : one.n);
}

static void
look(eider_letterbox *b, const eider_store *s)
{
    const eider_letter *l;
    bool was_changed;

    eider_letterbox_unlock(b, s, &was_changed);
    for (size_t i = 0; (l = eider_letterbox_get(b, i)) != NULL; i++) {
        FUZZ_CHECK(l->is_found);
        FUZZ_CHECK(g_utf8_validate(l->account, -1, NULL) &&
                   g_utf8_validate(l->peer, -1, NULL) &&
                   g_utf8_validate(l->html, -1, NULL));
    }
    if ((l = eider_letterbox_get(b, 0)) != NULL) {
        uint8_t id[EIDER_TEXT_ID_SIZE];

        memcpy(id, l->id, sizeof id);
        FUZZ_CHECK(eider_letterbox_drop(b, id) == EIDER_OK);
    }
}

static void
letters(fuzz_in *in)
{
    memfiles *m = memfiles_new();
    eider_store *s = open_store(m);
    EIDER_AUTO(eider_buf) file = {0}, half = {0};
    eider_letterbox *b = NULL;
    uint8_t op = fuzz_u8(in);
    eider_public pk;
    eider_slice was;

    prepare(m, s);
    was = memfiles_peek(m, "letterbox");
    eider_buf_add(&half, was.p, was.n);
    memcpy(pk.b, half.p + 9, sizeof pk.b);
    if (op & 1) { /* the half of somebody */
        (void)fuzz_edit(in, half.p, half.n);
        half.n -= op & 2 ? 16 : 0;
        if (op & 2)
            put_check(&half);
        memfiles_poke(m, "letterbox", (eider_slice){half.p, half.n});
    }
    eider_buf_add(&file, "EIDERlt1\1", 9);
    for (unsigned i = 0; i < op / 8 % 4u; i++)
        drop(in, &pk, &file);
    if (op & 4)
        eider_buf_add(&file, in->p, in->n);
    put_check(&file);
    if (op & 128)
        (void)fuzz_edit(in, file.p, file.n);
    memfiles_poke(m, "letters", (eider_slice){file.p, file.n});
    if (eider_letterbox_open(&b, memfiles_files(m)) == EIDER_OK)
        look(b, s);
    eider_letterbox_close(b);
    eider_store_close(s);
    memfiles_free(m);
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    uint8_t op = fuzz_u8(&in);

    fuzz_random(MASTER_SEED);
    if (op % 4 == 0)
        raw_block(&in);
    else if (op % 4 == 1)
        good_block(&in);
    else
        letters(&in);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    out(arg, "\0\141abcdefgh\200\200\1\1\0\41\0\2", 16);
    out(arg, "\1\50\1\0\2\351\7\0\0\0\3\1\2\3\4\2", 16);
    out(arg, "\2\10\0\5\1a\3bob\2hi\0", 14);
    out(arg, "\2\30\2\5\1a\3bob\2hi\0\1\3\0\1\4\7\1a\3bob\2hi\0\5", 31);
    out(arg, "\2\213\1\7\0\3\0\5\1a\3bob\2hi\0\1\30\0\1", 22);
}

const fuzz_harness fuzz_notes = {"notes", 300, one, seeds, false};
