/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "master.h"

#include "eider/crypto.h"
#include "eider/pack.h"

#include <string.h>

#define MAGIC      "EIDERmk1"
#define MAGIC_LEN  (sizeof MAGIC - 1)
#define VERSION    1
#define CHECK_LEN  16
#define SEALED_LEN (EIDER_KEY_LEN + EIDER_TAG_LEN)

enum { PLAIN = 0, WRAPPED = 1 };

/* Slices into the file; which ones are there depends on the kind. */
typedef struct {
    uint8_t kind;
    eider_slice key_check, key, salt, nonce, sealed;
} master;

static void
hash_key(const eider_secret *key, uint8_t out[CHECK_LEN])
{
    const char label[] = "eider master key check";
    const eider_slice part = {(const uint8_t *)label, sizeof label};

    eider_hash(out, CHECK_LEN, key->b, sizeof key->b, &part, 1);
}

static void
put_header(const eider_secret *key, uint8_t kind, eider_buf *out)
{
    uint8_t check[CHECK_LEN];

    hash_key(key, check);
    eider_buf_add(out, MAGIC, MAGIC_LEN);
    eider_put_u8(out, VERSION);
    eider_put_u8(out, kind);
    eider_buf_add(out, check, sizeof check);
}

static void
put_check(eider_buf *out)
{
    const eider_slice all = {out->p, out->n};
    uint8_t check[CHECK_LEN];

    eider_hash(check, sizeof check, NULL, 0, &all, 1);
    eider_buf_add(out, check, sizeof check);
}

void
eider_master_build_plain(const eider_secret *key, eider_buf *out)
{
    eider_buf_clear(out);
    put_header(key, PLAIN, out);
    eider_buf_add(out, key->b, sizeof key->b);
    put_check(out);
}

eider_err
eider_master_wrap(const eider_secret *key, const char *pass, size_t n,
                  eider_buf *out)
{
    EIDER_AUTO(eider_secret) wrap = {0};
    uint8_t salt[EIDER_PASS_SALT_LEN], nonce[EIDER_NONCE_LEN],
        sealed[SEALED_LEN];
    eider_err e;

    eider_random(salt, sizeof salt);
    eider_random(nonce, sizeof nonce);
    if ((e = eider_passphrase_key(pass, n, salt, &wrap)) != EIDER_OK)
        return e;
    eider_aead_seal(&wrap, nonce, key->b, sizeof key->b, sealed);

    eider_buf_clear(out);
    put_header(key, WRAPPED, out);
    eider_buf_add(out, salt, sizeof salt);
    eider_buf_add(out, nonce, sizeof nonce);
    eider_buf_add(out, sealed, sizeof sealed);
    put_check(out);
    return EIDER_OK;
}

/* NULL, or why @bytes is no master file that we can read. */
static const char *
parse(eider_slice bytes, master *m)
{
    eider_reader r = eider_reader_of(bytes.p, bytes.n);
    eider_slice magic = eider_get_slice(&r, MAGIC_LEN), body, check;
    uint8_t version = eider_get_u8(&r), want[CHECK_LEN];

    if (magic.p != NULL && memcmp(magic.p, MAGIC, MAGIC_LEN) != 0)
        return "not written by Eider";
    if (version > VERSION)
        return "written by a newer Eider";
    *m = (master){.kind = eider_get_u8(&r)};
    m->key_check = eider_get_slice(&r, CHECK_LEN);
    if (m->kind == PLAIN) {
        m->key = eider_get_slice(&r, EIDER_KEY_LEN);
    } else {
        m->salt = eider_get_slice(&r, EIDER_PASS_SALT_LEN);
        m->nonce = eider_get_slice(&r, EIDER_NONCE_LEN);
        m->sealed = eider_get_slice(&r, SEALED_LEN);
    }
    check = eider_get_slice(&r, CHECK_LEN);
    if (!eider_reader_is_done(&r) || version != VERSION || m->kind > WRAPPED)
        return "damaged";
    body = (eider_slice){bytes.p, bytes.n - CHECK_LEN};
    eider_hash(want, sizeof want, NULL, 0, &body, 1);
    return eider_equal(check.p, want, sizeof want) ? NULL : "damaged";
}

static bool
key_fits(const master *m, const eider_secret *key)
{
    uint8_t check[CHECK_LEN];

    hash_key(key, check);
    return eider_equal(check, m->key_check.p, sizeof check);
}

eider_err
eider_master_take(eider_slice bytes, const eider_secret *given,
                  eider_secret *key, bool *wrapped, const char **reason)
{
    EIDER_AUTO(eider_secret) k = {0};
    master m;

    if ((*reason = parse(bytes, &m)) != NULL)
        return EIDER_E_STORE;
    if (m.kind == WRAPPED) {
        if (given == NULL || !key_fits(&m, given)) {
            *reason = "wants a passphrase";
            return EIDER_E_LOCKED;
        }
        k = *given;
    } else {
        memcpy(k.b, m.key.p, sizeof k.b);
        if (!key_fits(&m, &k)) {
            *reason = "damaged";
            return EIDER_E_STORE;
        }
    }
    *key = k;
    *wrapped = m.kind == WRAPPED;
    return EIDER_OK;
}

eider_err
eider_master_unwrap(eider_slice bytes, const char *pass, size_t n,
                    eider_secret *key)
{
    EIDER_AUTO(eider_secret) wrap = {0};
    EIDER_AUTO(eider_secret) k = {0};
    master m;
    eider_err e;

    if (parse(bytes, &m) != NULL)
        return EIDER_E_STORE;
    if (m.kind != WRAPPED)
        return EIDER_E_STATE;
    if ((e = eider_passphrase_key(pass, n, m.salt.p, &wrap)) != EIDER_OK)
        return e;
    if (eider_aead_open(&wrap, m.nonce.p, m.sealed.p, m.sealed.n, k.b) !=
            EIDER_OK ||
        !key_fits(&m, &k))
        return EIDER_E_AUTH;
    *key = k;
    return EIDER_OK;
}
