/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A sealed file:
 *
 *     magic 8 | version 1 | generation 8 | nonce 24 | sealed ... | tag 16
 *
 * or two of these of one size, one of which may be zeros or half written
 * (files.h).  sealed is a block (u32 length, data) and zeros up to one of the sizes below,
 * counted for the whole file.  The key is a hash of everything before the
 * nonce and the file's name, keyed with a subkey of the master key: a header
 * that was changed, or a file that was renamed, opens under no key.
 */
#include "files.h"
#include "master.h"

#include "eider/crypto.h"
#include "eider/pack.h"

#include <glib.h>
#include <string.h>

#define MAGIC      EIDER_SEAL_MAGIC
#define MAGIC_LEN  (sizeof MAGIC - 1)
#define VERSION    2 /* since 2 a file may have two halves; else as 1 */
#define BOUND_LEN  (MAGIC_LEN + 1 + 8) /* what the key is bound to */
#define HEADER_LEN (BOUND_LEN + EIDER_NONCE_LEN)
#define OVERHEAD   (HEADER_LEN + EIDER_TAG_LEN)
#define SIZE_MIN   EIDER_SEAL_MIN

struct eider_store {
    const eider_files *files;
    eider_secret master;
    eider_secret file_key; /* parent of the keys of files */
    eider_secret name_key; /* of the names of contacts */
    bool has_passphrase;
    /* name -> copy, of the files that this process has read or written
     * successfully: nothing else is overwritten without a look at it. */
    GHashTable *known;
    char *why;
};

typedef struct {
    uint64_t generation;
    eider_place place;
} copy;

/* Why the last eider_store_open() failed: there is no store to ask then. */
static char *open_why;

/* ---- reasons -------------------------------------------------------------- */

static char *
sentence(const eider_files *f, const char *name, const char *reason)
{
    const char *folder = eider_files_folder(f);

    return g_strdup_printf("%s%s%s: %s", folder != NULL ? folder : "",
                           folder != NULL ? "/" : "", name, reason);
}

static eider_err
refuse(eider_store *s, const char *name, const char *reason)
{
    g_free(s->why);
    s->why = sentence(s->files, name, reason);
    return EIDER_E_STORE;
}

/* The files know better what went wrong. */
static eider_err
pass_on(eider_store *s, eider_err e)
{
    if (e == EIDER_E_STORE) {
        g_free(s->why);
        s->why = g_strdup(s->files->why(s->files->data));
    }
    return e;
}

const char *
eider_store_why(const eider_store *s)
{
    const char *why = s != NULL ? s->why : open_why;

    return why != NULL ? why : "";
}

/* ---- opening -------------------------------------------------------------- */

/* A master key is made only where nothing was ever sealed with another one. */
static eider_err
make_master(eider_store *s)
{
    EIDER_AUTO(eider_buf) index = {0};
    EIDER_AUTO(eider_buf) bytes = {0};
    eider_err e = s->files->read(s->files->data, "index", &index);

    if (e == EIDER_OK)
        return refuse(s, "master", "missing, but there is an index");
    if (e != EIDER_E_MISSING)
        return pass_on(s, e);
    eider_random(s->master.b, sizeof s->master.b);
    eider_master_build_plain(&s->master, &bytes);
    /* A folder that was deleted on purpose may begin again. */
    s->files->write_mark(s->files->data, "index", 0);
    s->files->write_mark(s->files->data, "changes", 0);
    return pass_on(s, s->files->write(s->files->data, "master",
                                      (eider_slice){bytes.p, bytes.n}));
}

static eider_err
read_master(eider_store *s, const eider_secret *key)
{
    EIDER_AUTO(eider_buf) bytes = {0};
    const char *reason = NULL;
    eider_err e = s->files->read(s->files->data, "master", &bytes);

    if (e == EIDER_E_MISSING)
        return make_master(s);
    if (e != EIDER_OK)
        return pass_on(s, e);
    e = eider_master_take((eider_slice){bytes.p, bytes.n}, key, &s->master,
                          &s->has_passphrase, &reason);
    if (e != EIDER_OK)
        (void)refuse(s, "master", reason);
    return e;
}

eider_err
eider_store_open(eider_store **out, const eider_files *files,
                 const eider_secret *key)
{
    eider_store *s = eider_alloc(sizeof *s);
    eider_err e;

    *out = NULL;
    g_clear_pointer(&open_why, g_free);
    s->files = files;
    s->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    e = eider_crypto_init();
    if (e != EIDER_OK) {
        open_why = g_strdup("libsodium does not start");
        eider_store_close(s);
        return EIDER_E_STORE;
    }
    if ((e = read_master(s, key)) != EIDER_OK) {
        open_why = g_steal_pointer(&s->why);
        eider_store_close(s);
        return e;
    }
    eider_kdf(1, "eiderfil", &s->master, &s->file_key);
    eider_kdf(2, "eidernam", &s->master, &s->name_key);
    *out = s;
    return EIDER_OK;
}

void
eider_store_close(eider_store *s)
{
    if (s == NULL)
        return;
    g_hash_table_destroy(s->known);
    g_free(s->why);
    eider_free(s, sizeof *s);
}

bool
eider_store_has_passphrase(const eider_store *s)
{
    return s->has_passphrase;
}

eider_err
eider_store_set_passphrase(eider_store *s, const char *pass, size_t n)
{
    EIDER_AUTO(eider_buf) bytes = {0};
    eider_err e = EIDER_OK;

    if (pass == NULL)
        eider_master_build_plain(&s->master, &bytes);
    else
        e = eider_master_wrap(&s->master, pass, n, &bytes);
    return e != EIDER_OK
               ? e
               : eider_store_put_master(s, (eider_slice){bytes.p, bytes.n});
}

const eider_files *
eider_store_files(const eider_store *s)
{
    return s->files;
}

void
eider_store_copy_key(const eider_store *s, eider_secret *out)
{
    *out = s->master;
}

eider_err
eider_store_put_master(eider_store *s, eider_slice master)
{
    EIDER_AUTO(eider_secret) key = {0};
    const char *reason = NULL;
    bool wrapped = false;
    eider_err e =
        eider_master_take(master, &s->master, &key, &wrapped, &reason);

    if (e != EIDER_OK || !eider_equal(key.b, s->master.b, sizeof key.b))
        return EIDER_E_INTERNAL; /* it would lock the store for good */
    e = s->files->write(s->files->data, "master", master);
    if (e != EIDER_OK)
        return pass_on(s, e);
    s->has_passphrase = wrapped;
    return EIDER_OK;
}

void
eider_store_name(const eider_store *s, const char *account, const char *peer,
                 char out[EIDER_STORE_NAME_LEN + 1])
{
    EIDER_AUTO(eider_buf) in = {0};
    eider_slice part;
    uint8_t h[16];

    eider_put_block(&in, account, strlen(account));
    eider_put_block(&in, peer, strlen(peer));
    part = (eider_slice){in.p, in.n};
    eider_hash(h, sizeof h, s->name_key.b, sizeof s->name_key.b, &part, 1);
    memcpy(out, "s/", 3);
    for (size_t i = 0; i < sizeof h; i++)
        g_snprintf(out + 2 + 2 * i, 3, "%02x", h[i]);
}

/* ---- one sealed file ------------------------------------------------------ */

/* The key of @name at what is in the first BOUND_LEN bytes of @header. */
static void
derive_key(const eider_store *s, const char *name, const uint8_t *header,
           eider_secret *out)
{
    const eider_slice parts[2] = {{header, BOUND_LEN},
                                  {(const uint8_t *)name, strlen(name)}};

    eider_hash(out->b, sizeof out->b, s->file_key.b, sizeof s->file_key.b,
               parts, 2);
}

/* The size of a file for @n bytes of data, 0 for too much. */
static size_t
size_for(size_t n)
{
    size_t size = SIZE_MIN;

    if (n > EIDER_FILE_MAX - OVERHEAD - 4)
        return 0;
    while (size < n + OVERHEAD + 4)
        size *= 4;
    return size;
}

static eider_err
seal(const eider_store *s, const char *name, uint64_t generation,
     eider_slice data, eider_buf *out)
{
    EIDER_AUTO(eider_buf) plain = {0};
    EIDER_AUTO(eider_secret) key = {0};
    uint8_t nonce[EIDER_NONCE_LEN];
    size_t size = size_for(data.n);

    if (size == 0)
        return EIDER_E_LIMIT;
    eider_put_block(&plain, data.p, data.n);
    eider_buf_add(&plain, NULL, size - OVERHEAD - plain.n);

    eider_random(nonce, sizeof nonce);
    eider_buf_add(out, MAGIC, MAGIC_LEN);
    eider_put_u8(out, VERSION);
    eider_put_u64(out, generation);
    eider_buf_add(out, nonce, sizeof nonce);
    eider_buf_add(out, NULL, size - HEADER_LEN);
    derive_key(s, name, out->p, &key);
    eider_aead_seal(&key, nonce, plain.p, plain.n, out->p + HEADER_LEN);
    return EIDER_OK;
}

/* Opens @file; @data may be NULL.  Says why it cannot. */
static eider_err
unseal(eider_store *s, const char *name, eider_slice file, eider_buf *data,
       uint64_t *generation)
{
    EIDER_AUTO(eider_buf) plain = {0};
    EIDER_AUTO(eider_secret) key = {0};
    eider_reader r = eider_reader_of(file.p, file.n);
    eider_slice magic = eider_get_slice(&r, MAGIC_LEN);
    uint8_t version = eider_get_u8(&r);
    uint64_t gen = eider_get_u64(&r);
    eider_slice nonce = eider_get_slice(&r, EIDER_NONCE_LEN);
    eider_slice in;

    if (magic.p != NULL && memcmp(magic.p, MAGIC, MAGIC_LEN) != 0)
        return refuse(s, name, "not written by Eider");
    if (version > VERSION)
        return refuse(s, name, "written by a newer Eider");
    if (!eider_reader_ok(&r) || version == 0 ||
        !eider_seal_size_is_ours(file.n))
        return refuse(s, name, "damaged");

    derive_key(s, name, file.p, &key);
    eider_buf_add(&plain, NULL, file.n - OVERHEAD);
    if (eider_aead_open(&key, nonce.p, r.p, r.n, plain.p) != EIDER_OK)
        return refuse(s, name, "damaged");
    r = eider_reader_of(plain.p, plain.n);
    in = eider_get_block(&r, plain.n);
    if (!eider_reader_ok(&r))
        return refuse(s, name, "damaged");
    if (data != NULL)
        eider_buf_add(data, in.p, in.n);
    *generation = gen;
    return EIDER_OK;
}

static void
remember(eider_store *s, const char *name, copy c)
{
    g_hash_table_replace(s->known, g_strdup(name), g_memdup2(&c, sizeof c));
}

/* Read @name from the disk, the newest copy that opens; it is known afterwards
 * if and only if that went well. */
static eider_err
load(eider_store *s, const char *name, eider_buf *data, copy *out)
{
    EIDER_AUTO(eider_buf) file = {0};
    eider_place places[EIDER_HALVES];
    unsigned n;
    eider_err e = s->files->read(s->files->data, name, &file);

    *out = (copy){0};
    g_hash_table_remove(s->known, name);
    if (e != EIDER_OK)
        return pass_on(s, e);
    n = eider_halves_find((eider_slice){file.p, file.n}, places);
    for (unsigned i = 0; i < n; i++) {
        const eider_place *p = &places[i];
        /* A file without a byte has no place for a second copy. */
        const uint8_t *at = p->half > 0 ? file.p + p->size : file.p;

        e = unseal(s, name, (eider_slice){at, p->size}, data, &out->generation);
        if (e != EIDER_OK)
            continue;
        out->place = *p;
        remember(s, name, *out);
        break;
    }
    return e;
}

/* What would be overwritten; EIDER_E_MISSING and zeros where there is
 * nothing. */
static eider_err
check_old(eider_store *s, const char *name, copy *out)
{
    const copy *c = g_hash_table_lookup(s->known, name);

    if (c == NULL)
        return load(s, name, NULL, out);
    *out = *c;
    return EIDER_OK;
}

eider_err
eider_store_get(eider_store *s, const char *name, eider_buf *out,
                bool *restored)
{
    uint64_t mark;
    copy c;
    eider_err e = load(s, name, out, &c);

    if (restored != NULL)
        *restored = false;
    if (e == EIDER_E_MISSING && restored != NULL)
        *restored = s->files->read_mark(s->files->data, name) > 0;
    if (e != EIDER_OK)
        return e;
    mark = s->files->read_mark(s->files->data, name);
    if (restored != NULL)
        *restored = mark > c.generation;
    /* Unknown here, or lost in a crash: from now on it is watched again. */
    if (mark < c.generation)
        s->files->write_mark(s->files->data, name, c.generation);
    return EIDER_OK;
}

eider_err
eider_store_put(eider_store *s, const char *name, eider_slice data)
{
    EIDER_AUTO(eider_buf) file = {0};
    copy c;
    eider_err e = check_old(s, name, &c);

    if (e != EIDER_OK && e != EIDER_E_MISSING)
        return e;
    if (seal(s, name, ++c.generation, data, &file) != EIDER_OK)
        return refuse(s, name, "too large");
    e = eider_halves_write(s->files, name, &c.place,
                           (eider_slice){file.p, file.n});
    if (e != EIDER_OK) {
        /* A write that failed in its very last step may be there after all:
         * the next one looks. */
        g_hash_table_remove(s->known, name);
        return pass_on(s, e);
    }
    remember(s, name, c);
    s->files->write_mark(s->files->data, name, c.generation);
    return EIDER_OK;
}

eider_err
eider_store_remove(eider_store *s, const char *name)
{
    copy c;
    eider_err e = check_old(s, name, &c);

    if (e != EIDER_OK && e != EIDER_E_MISSING)
        return e;
    /* Else the next file of this name, at 1 again, would look put back.  First,
     * as after a crash in between the file would look taken away. */
    s->files->write_mark(s->files->data, name, 0);
    if (e == EIDER_E_MISSING)
        return EIDER_OK;
    e = s->files->remove(s->files->data, name);
    g_hash_table_remove(s->known, name);
    if (e == EIDER_OK)
        return EIDER_OK;
    s->files->write_mark(s->files->data, name, c.generation);
    return pass_on(s, e);
}

uint64_t
eider_store_generation(const eider_store *s, const char *name)
{
    const uint64_t *g = g_hash_table_lookup(s->known, name);

    return g != NULL ? *g : 0;
}
