/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/desk.h"

#include "eider/crypto.h"
#include "eider/pack.h"

#include <string.h>

#define MAGIC      "EIDERkr1"
#define MAGIC_LEN  (sizeof MAGIC - 1)
#define VERSION    1
#define CHECK_LEN  16
#define SEALED_LEN (EIDER_KEY_LEN + EIDER_TAG_LEN)

typedef struct {
    eider_slice item, nonce, sealed;
} parts;

void
eider_desk_wrap(const eider_store *s, uint8_t item[EIDER_DESK_ITEM_LEN],
                eider_secret *w, eider_buf *file)
{
    EIDER_AUTO(eider_secret) key = {0};
    uint8_t nonce[EIDER_NONCE_LEN], sealed[SEALED_LEN], check[CHECK_LEN];
    eider_slice all;

    eider_store_copy_key(s, &key);
    eider_random(item, EIDER_DESK_ITEM_LEN);
    eider_random(w->b, sizeof w->b);
    eider_random(nonce, sizeof nonce);
    eider_aead_seal(w, nonce, key.b, sizeof key.b, sealed);
    eider_buf_clear(file);
    eider_buf_add(file, MAGIC, MAGIC_LEN);
    eider_put_u8(file, VERSION);
    eider_buf_add(file, item, EIDER_DESK_ITEM_LEN);
    eider_buf_add(file, nonce, sizeof nonce);
    eider_buf_add(file, sealed, sizeof sealed);
    all = (eider_slice){file->p, file->n};
    eider_hash(check, sizeof check, NULL, 0, &all, 1);
    eider_buf_add(file, check, sizeof check);
}

static bool
parse(eider_slice file, parts *out)
{
    eider_reader r = eider_reader_of(file.p, file.n);
    eider_slice magic = eider_get_slice(&r, MAGIC_LEN), check, all;
    uint8_t version = eider_get_u8(&r), want[CHECK_LEN];

    out->item = eider_get_slice(&r, EIDER_DESK_ITEM_LEN);
    out->nonce = eider_get_slice(&r, EIDER_NONCE_LEN);
    out->sealed = eider_get_slice(&r, SEALED_LEN);
    check = eider_get_slice(&r, CHECK_LEN);
    if (!eider_reader_is_done(&r) || version != VERSION ||
        memcmp(magic.p, MAGIC, MAGIC_LEN) != 0)
        return false;
    all = (eider_slice){file.p, file.n - CHECK_LEN};
    eider_hash(want, sizeof want, NULL, 0, &all, 1);
    return eider_equal(check.p, want, sizeof want);
}

eider_err
eider_desk_item(eider_slice file, uint8_t item[EIDER_DESK_ITEM_LEN])
{
    parts p;

    if (!parse(file, &p))
        return EIDER_E_STORE;
    memcpy(item, p.item.p, EIDER_DESK_ITEM_LEN);
    return EIDER_OK;
}

eider_err
eider_desk_unwrap(eider_slice file, const eider_secret *w, eider_secret *key)
{
    EIDER_AUTO(eider_secret) k = {0};
    parts p;

    if (!parse(file, &p))
        return EIDER_E_STORE;
    if (eider_aead_open(w, p.nonce.p, p.sealed.p, p.sealed.n, k.b) != EIDER_OK)
        return EIDER_E_AUTH;
    *key = k;
    return EIDER_OK;
}
