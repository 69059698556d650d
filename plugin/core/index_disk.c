/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index on disk: all of it in one file, and what changed since in another
 * one that stays small, so that a change costs the same whether ten people are
 * known or ten thousand.
 *
 *     index     everything, when it was last written whole
 *     changes   version 1 | hash of that index 32 | an index of the cards that
 *               were written since
 *
 * Changes that belong to another index than the one beside them are void: a
 * crash between writing the index and removing them left them behind.
 */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

#define INDEX_FILE      "index"
#define CHANGES_FILE    "changes"
#define CHANGES_VERSION 1
#define CHANGES_MAX     16000 /* bytes: what a file of 16 KiB holds */

static void
hash_index(eider_engine *e)
{
    const eider_slice part = {e->index_bytes.p, e->index_bytes.n};

    eider_hash(e->index_hash, sizeof e->index_hash, NULL, 0, &part, 1);
}

/* ---- reading -------------------------------------------------------------- */

/* Lay what changed over @x.  @changed, if it is not NULL, takes the names. */
static eider_err
apply_changes(eider_index *x, eider_slice in, const uint8_t *index_hash,
              GHashTable *changed)
{
    eider_reader r = eider_reader_of(in.p, in.n);
    uint8_t version = eider_get_u8(&r);
    eider_slice hash = eider_get_slice(&r, EIDER_INDEX_HASH);
    eider_index late = {0};
    GHashTableIter it;
    gpointer k, v;
    eider_err err;

    if (version != CHANGES_VERSION || !eider_reader_ok(&r))
        return EIDER_E_MALFORMED;
    if (memcmp(hash.p, index_hash, EIDER_INDEX_HASH) != 0)
        return EIDER_E_MISSING;
    eider_index_init(&late);
    err = eider_index_unpickle(&late, (eider_slice){r.p, r.n});
    g_hash_table_iter_init(&it, late.cards);
    while (err == EIDER_OK && g_hash_table_iter_next(&it, &k, &v)) {
        if (changed != NULL)
            g_hash_table_add(changed, g_strdup(k));
        g_hash_table_iter_steal(&it);
        g_hash_table_replace(x->cards, k, v);
    }
    eider_index_clear(&late);
    return err;
}

/* The store was put back: whoever is loaded first has to find that out. */
static void
disturb(eider_engine *e)
{
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v))
        ((eider_card *)v)->is_calm = false;
    eider_tell_now(e, "", "", EIDER_NEWS_RESTORED, NULL);
}

static eider_err
read_changes(eider_engine *e, bool *restored)
{
    EIDER_AUTO(eider_buf) in = {0};
    bool put_back = false;
    eider_err err = eider_store_get(e->store, CHANGES_FILE, &in, &put_back);

    if (err == EIDER_OK)
        err = apply_changes(&e->index, (eider_slice){in.p, in.n}, e->index_hash,
                            e->changed);
    *restored = *restored || put_back;
    if (err == EIDER_E_MISSING)
        return EIDER_OK;
    if (err != EIDER_OK)
        return EIDER_E_STORE;
    e->changes_bytes = in;
    in = (eider_buf){0}; /* transferred */
    return EIDER_OK;
}

eider_err
eider_index_read(eider_engine *e)
{
    bool restored = false;
    eider_err err =
        eider_store_get(e->store, INDEX_FILE, &e->index_bytes, &restored);

    if (err == EIDER_E_MISSING && !restored)
        return EIDER_OK; /* the very first start; later it was taken away, and
                          * nobody knows any more who is private */
    if (err == EIDER_OK)
        err = eider_index_unpickle(
            &e->index, (eider_slice){e->index_bytes.p, e->index_bytes.n});
    hash_index(e);
    if (err == EIDER_OK)
        err = read_changes(e, &restored);
    if (err != EIDER_OK)
        return EIDER_E_STORE;
    if (restored)
        disturb(e);
    return EIDER_OK;
}

/* ---- writing -------------------------------------------------------------- */

eider_err
eider_index_write(eider_engine *e)
{
    EIDER_AUTO(eider_buf) out = {0};
    eider_err err;

    eider_index_pickle(&e->index, &out);
    err = eider_store_put(e->store, INDEX_FILE, (eider_slice){out.p, out.n});
    /* It may be there all the same, and changes belong to one index. */
    e->index_doubt = err != EIDER_OK;
    if (err != EIDER_OK)
        return err;
    eider_buf_wipe(&e->index_bytes);
    e->index_bytes = out;
    out = (eider_buf){0}; /* transferred */
    hash_index(e);
    if (e->changes_bytes.n > 0)
        (void)!eider_store_remove(e->store, CHANGES_FILE);
    eider_buf_wipe(&e->changes_bytes);
    g_hash_table_remove_all(e->changed);
    return EIDER_OK;
}

static void
pickle_changes(const eider_engine *e, eider_buf *out)
{
    eider_index late = {g_hash_table_new(g_str_hash, g_str_equal),
                        g_hash_table_new(g_str_hash, g_str_equal)};
    GHashTableIter it;
    gpointer k;

    g_hash_table_iter_init(&it, e->changed);
    while (g_hash_table_iter_next(&it, &k, NULL))
        g_hash_table_insert(late.cards, k,
                            g_hash_table_lookup(e->index.cards, k));
    eider_put_u8(out, CHANGES_VERSION);
    eider_buf_add(out, e->index_hash, sizeof e->index_hash);
    eider_index_pickle(&late, out);
    g_hash_table_destroy(late.cards); /* they were borrowed */
    g_hash_table_destroy(late.accounts);
}

static eider_err
write_changes(eider_engine *e)
{
    EIDER_AUTO(eider_buf) out = {0};
    eider_err err;

    pickle_changes(e, &out);
    if (out.n > CHANGES_MAX)
        return eider_index_write(e);
    err = eider_store_put(e->store, CHANGES_FILE, (eider_slice){out.p, out.n});
    if (err != EIDER_OK)
        return err;
    eider_buf_wipe(&e->changes_bytes);
    e->changes_bytes = out;
    out = (eider_buf){0}; /* transferred */
    return EIDER_OK;
}

eider_err
eider_index_write_card(eider_engine *e, const eider_card *card)
{
    g_autofree char *key = eider_people_key(card->account, card->peer);
    bool is_new;
    eider_err err;

    if (e->index_doubt || e->index_bytes.n < CHANGES_MAX)
        return eider_index_write(e);
    is_new = g_hash_table_add(e->changed, g_strdup(key));
    err = write_changes(e);
    if (err != EIDER_OK && is_new)
        g_hash_table_remove(e->changed, key);
    return err;
}

/* From memory: the disk that fails to write may fail to read as well. */
void
eider_index_roll_back(eider_engine *e)
{
    const eider_slice changes = {e->changes_bytes.p, e->changes_bytes.n};
    eider_index fresh = {0};
    eider_err err = EIDER_OK;

    eider_index_init(&fresh);
    if (e->index_bytes.n > 0)
        err = eider_index_unpickle(
            &fresh, (eider_slice){e->index_bytes.p, e->index_bytes.n});
    if (err == EIDER_OK && changes.n > 0)
        err = apply_changes(&fresh, changes, e->index_hash, NULL);
    if (err != EIDER_OK) {
        eider_index_clear(&fresh);
        return; /* cannot be: these bytes were read or written before */
    }
    eider_index_clear(&e->index);
    e->index = fresh;
}
