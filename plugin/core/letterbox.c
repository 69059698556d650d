/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two files:
 *
 *     letterbox   magic 8 | version 1 | public half 32 | check 16
 *     letters     magic 8 | version 1 | block (u32 length) ... | check 16
 *
 * check is a plain hash: it tells damage.  A block is a letter:
 *
 *     one-time public key 32 | nonce 24 | sealed ... | tag 16
 *
 * with id 6, time 8, account, peer and html as blocks and zeros up to 1, 4, 16
 * KiB and on in it, under BLAKE2b-256(key = X25519(one-time, public half),
 * label || one-time public key || public half).
 */
#include "eider/letterbox.h"

#include "eider/crypto.h"
#include "eider/limits.h"
#include "eider/pack.h"

#include <glib.h>
#include <string.h>

#define HALF_NAME    "letterbox"
#define LETTERS_NAME "letters"
#define HALF_MAGIC   "EIDERlb1"
#define MAGIC        "EIDERlt1"
#define MAGIC_LEN    (sizeof MAGIC - 1)
#define VERSION      1
#define CHECK_LEN    16
#define HEAD_LEN     (EIDER_KEY_LEN + EIDER_NONCE_LEN)
#define PLAIN_MIN    1024
#define LABEL        "eider letter"

typedef struct {
    eider_letter l;   /* of what is below; account NULL: not opened */
    eider_buf sealed; /* as it is in the file */
    char *account, *peer, *html;
} letter;

struct eider_letterbox {
    const eider_files *files;
    eider_public half;
    bool has_file;
    GPtrArray *letters; /* of letter *, as in the file */
    GPtrArray *read;    /* of those, what can be read; borrowed */
};

static void
wipe_text(char *s)
{
    if (s != NULL)
        eider_wipe(s, strlen(s));
    g_free(s);
}

static void
letter_free(gpointer data)
{
    letter *x = data;

    eider_buf_wipe(&x->sealed);
    wipe_text(x->account);
    wipe_text(x->peer);
    wipe_text(x->html);
    eider_free(x, sizeof *x);
}

/* ---- files ---------------------------------------------------------------- */

static void
put_check(eider_buf *b)
{
    const eider_slice all = {b->p, b->n};
    uint8_t check[CHECK_LEN];

    eider_hash(check, sizeof check, NULL, 0, &all, 1);
    eider_buf_add(b, check, sizeof check);
}

/* What stands between version and check; false: it is none of ours. */
static bool
body_of(const eider_buf *file, const char *magic, eider_slice *out)
{
    uint8_t check[CHECK_LEN];
    eider_slice all;

    if (file->n < MAGIC_LEN + 1 + CHECK_LEN ||
        memcmp(file->p, magic, MAGIC_LEN) != 0 || file->p[MAGIC_LEN] != VERSION)
        return false;
    all = (eider_slice){file->p, file->n - CHECK_LEN};
    eider_hash(check, sizeof check, NULL, 0, &all, 1);
    *out = (eider_slice){file->p + MAGIC_LEN + 1,
                         file->n - MAGIC_LEN - 1 - CHECK_LEN};
    return eider_equal(check, all.p + all.n, sizeof check);
}

static eider_err
read_half(const eider_files *f, eider_public *out)
{
    EIDER_AUTO(eider_buf) file = {0};
    eider_slice body;
    eider_err e = f->read(f->data, HALF_NAME, &file);

    if (e != EIDER_OK)
        return e;
    if (!body_of(&file, HALF_MAGIC, &body) || body.n != sizeof out->b)
        return EIDER_E_STORE;
    memcpy(out->b, body.p, sizeof out->b);
    return EIDER_OK;
}

static eider_err
read_letters(eider_letterbox *b)
{
    EIDER_AUTO(eider_buf) file = {0};
    eider_slice body;
    eider_reader r;
    eider_err e = b->files->read(b->files->data, LETTERS_NAME, &file);

    if (e == EIDER_E_MISSING)
        return EIDER_OK;
    if (e != EIDER_OK)
        return e;
    if (!body_of(&file, MAGIC, &body))
        return EIDER_E_STORE;
    b->has_file = true;
    r = eider_reader_of(body.p, body.n);
    while (eider_reader_ok(&r) && !eider_reader_is_done(&r)) {
        eider_slice sealed = eider_get_block(&r, body.n);
        letter *x = eider_alloc(sizeof *x);

        eider_buf_add(&x->sealed, sealed.p, sealed.n);
        x->l.is_found = true;
        g_ptr_array_add(b->letters, x);
    }
    return eider_reader_ok(&r) ? EIDER_OK : EIDER_E_STORE;
}

static eider_err
write_letters(eider_letterbox *b)
{
    EIDER_AUTO(eider_buf) file = {0};
    eider_err e;

    if (b->letters->len == 0) {
        if (!b->has_file)
            return EIDER_OK;
        e = b->files->remove(b->files->data, LETTERS_NAME);
        b->has_file = b->has_file && e != EIDER_OK;
        return e;
    }
    eider_buf_add(&file, MAGIC, MAGIC_LEN);
    eider_put_u8(&file, VERSION);
    for (guint i = 0; i < b->letters->len; i++) {
        const letter *x = g_ptr_array_index(b->letters, i);

        eider_put_block(&file, x->sealed.p, x->sealed.n);
    }
    put_check(&file);
    if (file.n > EIDER_LETTERS_BYTES_MAX)
        return EIDER_E_LIMIT;
    e = b->files->write(b->files->data, LETTERS_NAME,
                        (eider_slice){file.p, file.n});
    b->has_file = b->has_file || e == EIDER_OK;
    return e;
}

/* ---- sealing -------------------------------------------------------------- */

static void
derive(const eider_secret *dh, const eider_public *once,
       const eider_public *half, eider_secret *out)
{
    const eider_slice parts[3] = {{(const uint8_t *)LABEL, sizeof LABEL - 1},
                                  {once->b, sizeof once->b},
                                  {half->b, sizeof half->b}};

    eider_hash(out->b, sizeof out->b, dh->b, sizeof dh->b, parts, 3);
}

static eider_err
seal(const eider_public *half, const eider_letter *l, eider_buf *out)
{
    EIDER_AUTO(eider_buf) plain = {0};
    EIDER_AUTO(eider_keypair) once;
    EIDER_AUTO(eider_secret) dh;
    EIDER_AUTO(eider_secret) key;
    uint8_t nonce[EIDER_NONCE_LEN];
    size_t size = PLAIN_MIN;

    eider_buf_add(&plain, l->id, sizeof l->id);
    eider_put_u64(&plain, l->written_ms);
    eider_put_block(&plain, l->account, strlen(l->account));
    eider_put_block(&plain, l->peer, strlen(l->peer));
    eider_put_block(&plain, l->html, strlen(l->html));
    while (size < plain.n)
        size *= 4;
    eider_buf_add(&plain, NULL, size - plain.n);

    eider_keypair_new(&once);
    if (eider_dh(&once.sk, half, &dh) != EIDER_OK)
        return EIDER_E_STORE; /* what lies there is no public half */
    derive(&dh, &once.pk, half, &key);
    eider_random(nonce, sizeof nonce);
    eider_buf_add(out, once.pk.b, sizeof once.pk.b);
    eider_buf_add(out, nonce, sizeof nonce);
    eider_buf_add(out, NULL, plain.n + EIDER_TAG_LEN);
    eider_aead_seal(&key, nonce, plain.p, plain.n, out->p + HEAD_LEN);
    return EIDER_OK;
}

/* A name or a text: without zero bytes in it, or it is none. */
static char *
take_string(eider_reader *r)
{
    eider_slice s = eider_get_block(r, EIDER_LETTERS_BYTES_MAX);

    return s.p == NULL || memchr(s.p, 0, s.n) != NULL
               ? NULL
               : g_strndup((const char *)s.p, s.n);
}

static bool
parse(letter *x, const eider_buf *plain)
{
    eider_reader r = eider_reader_of(plain->p, plain->n);
    eider_slice id = eider_get_slice(&r, EIDER_TEXT_ID_SIZE);

    x->l.written_ms = eider_get_u64(&r);
    x->account = take_string(&r);
    x->peer = take_string(&r);
    x->html = take_string(&r);
    if (!eider_reader_ok(&r) || x->account == NULL || x->peer == NULL ||
        x->html == NULL || !g_utf8_validate(x->account, -1, NULL) ||
        !g_utf8_validate(x->peer, -1, NULL) ||
        !g_utf8_validate(x->html, -1, NULL))
        return false;
    memcpy(x->l.id, id.p, sizeof x->l.id);
    x->l.account = x->account;
    x->l.peer = x->peer;
    x->l.html = x->html;
    return true;
}

static bool
open_letter(letter *x, const eider_keypair *box)
{
    EIDER_AUTO(eider_buf) plain = {0};
    EIDER_AUTO(eider_secret) dh;
    EIDER_AUTO(eider_secret) key;
    eider_public once;

    if (x->sealed.n < HEAD_LEN + EIDER_TAG_LEN + PLAIN_MIN)
        return false;
    memcpy(once.b, x->sealed.p, sizeof once.b);
    if (eider_dh(&box->sk, &once, &dh) != EIDER_OK)
        return false;
    derive(&dh, &once, &box->pk, &key);
    eider_buf_add(&plain, NULL, x->sealed.n - HEAD_LEN - EIDER_TAG_LEN);
    return eider_aead_open(&key, x->sealed.p + sizeof once.b,
                           x->sealed.p + HEAD_LEN, x->sealed.n - HEAD_LEN,
                           plain.p) == EIDER_OK &&
           parse(x, &plain);
}

static void
derive_box(const eider_store *s, eider_keypair *out)
{
    EIDER_AUTO(eider_secret) master;
    EIDER_AUTO(eider_secret) sk;

    eider_store_copy_key(s, &master);
    eider_kdf(3, "eiderbox", &master, &sk);
    eider_keypair_from(out, &sk);
}

/* ---- the box -------------------------------------------------------------- */

eider_err
eider_letterbox_open(eider_letterbox **out, const eider_files *files)
{
    eider_letterbox *b = eider_alloc(sizeof *b);
    eider_err e;

    *out = NULL;
    b->files = files;
    b->letters = g_ptr_array_new_with_free_func(letter_free);
    b->read = g_ptr_array_new();
    e = eider_crypto_init();
    if (e == EIDER_OK)
        e = read_half(files, &b->half);
    if (e == EIDER_OK)
        e = read_letters(b);
    if (e != EIDER_OK) {
        eider_letterbox_close(b);
        return e;
    }
    *out = b;
    return EIDER_OK;
}

void
eider_letterbox_close(eider_letterbox *b)
{
    if (b == NULL)
        return;
    g_ptr_array_free(b->read, TRUE);
    g_ptr_array_free(b->letters, TRUE);
    eider_free(b, sizeof *b);
}

eider_err
eider_letterbox_put(eider_letterbox *b, const char *account, const char *peer,
                    const char *html, uint64_t written_ms,
                    uint8_t id[EIDER_TEXT_ID_SIZE])
{
    letter *x;
    eider_err e;

    if (strlen(html) > EIDER_TEXT_MAX || b->letters->len >= EIDER_LETTERS_MAX)
        return EIDER_E_LIMIT;
    x = eider_alloc(sizeof *x);
    eider_random(x->l.id, sizeof x->l.id);
    x->l.written_ms = written_ms;
    x->l.account = x->account = g_strdup(account);
    x->l.peer = x->peer = g_strdup(peer);
    x->l.html = x->html = g_strdup(html);
    e = seal(&b->half, &x->l, &x->sealed);
    if (e != EIDER_OK) {
        letter_free(x);
        return e;
    }
    g_ptr_array_add(b->letters, x);
    e = write_letters(b);
    if (e != EIDER_OK) {
        g_ptr_array_remove(b->letters, x);
        return e;
    }
    g_ptr_array_add(b->read, x);
    memcpy(id, x->l.id, sizeof x->l.id);
    return EIDER_OK;
}

static bool
has_half(const eider_files *f, const eider_public *half)
{
    eider_public there;

    return read_half(f, &there) == EIDER_OK &&
           eider_public_is_equal(&there, half);
}

/* Best effort: without it nothing is kept, which the user is told then. */
static void
put_half(const eider_files *f, const eider_public *half)
{
    EIDER_AUTO(eider_buf) file = {0};

    eider_buf_add(&file, HALF_MAGIC, MAGIC_LEN);
    eider_put_u8(&file, VERSION);
    eider_buf_add(&file, half->b, sizeof half->b);
    put_check(&file);
    (void)!f->write(f->data, HALF_NAME, (eider_slice){file.p, file.n});
}

void
eider_letterbox_prepare(const eider_files *files, const eider_store *s)
{
    EIDER_AUTO(eider_keypair) box;

    if (!eider_store_has_passphrase(s))
        return; /* letters of a time before may still need the half */
    derive_box(s, &box);
    if (!has_half(files, &box.pk))
        put_half(files, &box.pk);
}

void
eider_letterbox_unlock(eider_letterbox *b, const eider_store *s,
                       bool *was_changed)
{
    EIDER_AUTO(eider_keypair) box;
    guint at = 0;

    derive_box(s, &box);
    *was_changed =
        !eider_public_is_equal(&box.pk, &b->half) ||
        (eider_store_has_passphrase(s) && !has_half(b->files, &box.pk));
    eider_letterbox_prepare(b->files, s);
    b->half = box.pk;
    for (guint i = 0; i < b->letters->len; i++) {
        letter *x = g_ptr_array_index(b->letters, i);

        if (x->l.is_found && x->l.account == NULL && open_letter(x, &box))
            g_ptr_array_insert(b->read, (gint)at++, x);
    }
}

const eider_letter *
eider_letterbox_get(const eider_letterbox *b, size_t i)
{
    if (i >= b->read->len)
        return NULL;
    return &((letter *)g_ptr_array_index(b->read, i))->l;
}

size_t
eider_letterbox_closed(const eider_letterbox *b)
{
    return b->letters->len - b->read->len;
}

eider_err
eider_letterbox_drop(eider_letterbox *b, const uint8_t id[EIDER_TEXT_ID_SIZE])
{
    for (guint i = 0; i < b->read->len; i++) {
        letter *x = g_ptr_array_index(b->read, i);
        eider_err e;
        guint at;

        if (memcmp(x->l.id, id, sizeof x->l.id) != 0)
            continue;
        (void)g_ptr_array_find(b->letters, x, &at);
        g_ptr_array_steal_index(b->letters, at);
        e = write_letters(b);
        if (e != EIDER_OK) {
            g_ptr_array_insert(b->letters, (gint)at, x);
            return e;
        }
        g_ptr_array_remove_index(b->read, i);
        letter_free(x);
        return EIDER_OK;
    }
    return EIDER_OK;
}
