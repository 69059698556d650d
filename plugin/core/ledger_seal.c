/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block of the ledger on disk:
 *
 *     magic 8 | version 1 | number 8 | generation 8 | nonce 24 | sealed | tag
 *
 * sealed is the times of the earliest and the latest event, the events, and
 * zeros.  The key is bound to everything before the nonce.  The nonce is a
 * keyed hash of that and of what is sealed: it needs no randomness, and a
 * state that was put back says the same thing again at worst.
 */
#include "ledger_keep.h"

#include "eider/crypto.h"
#include "eider/pack.h"

#include <string.h>

#define MAGIC     "EIDERlg1"
#define MAGIC_LEN (sizeof MAGIC - 1)
#define BOUND_LEN (MAGIC_LEN + 1 + 8 + 8)

static void
derive_key(const eider_ledger *l, const uint8_t *header, eider_secret *out)
{
    const eider_slice part = {header, BOUND_LEN};

    eider_hash(out->b, sizeof out->b, l->seal_key.b, sizeof l->seal_key.b,
               &part, 1);
}

void
eider_block_seal(const eider_ledger *l, const eider_block *b,
                 uint64_t generation, eider_buf *out)
{
    EIDER_AUTO(eider_buf) plain = {0};
    EIDER_AUTO(eider_secret) key = {0};
    uint8_t nonce[EIDER_NONCE_LEN];
    size_t at = out->n;
    eider_slice parts[2];

    eider_put_u64(&plain, b->from_ms);
    eider_put_u64(&plain, b->to_ms);
    eider_buf_add(&plain, b->bytes.p, b->bytes.n);
    eider_buf_add(&plain, NULL, EIDER_LEDGER_PLAIN - plain.n);
    eider_buf_add(out, MAGIC, MAGIC_LEN);
    eider_put_u8(out, EIDER_LEDGER_VERSION);
    eider_put_u64(out, b->number);
    eider_put_u64(out, generation);
    parts[0] = (eider_slice){out->p + at, BOUND_LEN};
    parts[1] = (eider_slice){plain.p, plain.n};
    eider_hash(nonce, sizeof nonce, l->nonce_key.b, sizeof l->nonce_key.b,
               parts, 2);
    derive_key(l, out->p + at, &key);
    eider_buf_add(out, nonce, sizeof nonce);
    eider_buf_add(out, NULL, EIDER_LEDGER_BLOCK - EIDER_LEDGER_HEADER);
    eider_aead_seal(&key, nonce, plain.p, plain.n,
                    out->p + at + EIDER_LEDGER_HEADER);
}

int
eider_block_version(const uint8_t *header)
{
    return memcmp(header, MAGIC, MAGIC_LEN) == 0 ? header[MAGIC_LEN] : 0;
}

eider_block *
eider_block_unseal(const eider_ledger *l, const uint8_t *p)
{
    eider_reader r = eider_reader_of(p, EIDER_LEDGER_BLOCK);
    EIDER_AUTO(eider_secret) key = {0};
    EIDER_AUTO(eider_buf) plain = {0};
    eider_slice nonce;
    eider_block *b;

    if (eider_block_version(p) != EIDER_LEDGER_VERSION)
        return NULL;
    (void)eider_get_slice(&r, MAGIC_LEN + 1);
    b = eider_block_new(eider_get_u64(&r));
    b->generation = eider_get_u64(&r);
    nonce = eider_get_slice(&r, EIDER_NONCE_LEN);
    derive_key(l, p, &key);
    eider_buf_add(&plain, NULL, EIDER_LEDGER_PLAIN);
    if (eider_aead_open(&key, nonce.p, r.p, r.n, plain.p) != EIDER_OK) {
        eider_block_free(b);
        return NULL;
    }
    eider_block_close(b);
    r = eider_reader_of(plain.p, plain.n);
    b->from_ms = eider_get_u64(&r);
    b->to_ms = eider_get_u64(&r);
    eider_buf_add(&b->bytes, r.p, r.n);
    return b;
}
