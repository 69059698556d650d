/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states of all contacts whose slots come next, in one write.
 *
 * Each sealing pass writes one sealed file with the whole state of every
 * contact that it sealed for.  A file in which nothing is the newest any more
 * is used again, so there is about one a contact.  A state here is newer than
 * the contact's own file if it names that file's generation; a later write of
 * the file makes it old without touching it.  At the start, and at the end of
 * a run, what is newest goes into the contacts' own files.
 */
#include "work.h"

#include <string.h>

#define JOURNAL_VERSION 1
#define STATE_MAX       ((size_t)64 << 20) /* as of a file */

void
eider_journaled_free(eider_journaled *j)
{
    if (j == NULL)
        return;
    eider_buf_wipe(&j->bytes);
    g_free(j);
}

static void
name_of(unsigned file, char out[8])
{
    g_snprintf(out, 8, "j%u", file);
}

/* ---- writing -------------------------------------------------------------- */

static int
find_free(const eider_engine *e)
{
    for (int i = 0; i < EIDER_JOURNALS_MAX; i++)
        if (e->journal_live[i] == 0)
            return i;
    return -1;
}

void
eider_journal_forget(eider_engine *e, const eider_contact *c)
{
    g_autofree char *key = eider_people_key(c->account, c->peer);
    const eider_journaled *j = g_hash_table_lookup(e->journaled, key);

    if (j == NULL)
        return;
    e->journal_live[j->file]--;
    g_hash_table_remove(e->journaled, key);
}

static void
note(eider_engine *e, const eider_contact *c, unsigned file, eider_buf *bytes)
{
    eider_journaled *j = g_new0(eider_journaled, 1);

    eider_journal_forget(e, c);
    j->file = file;
    j->bytes = *bytes;
    *bytes = (eider_buf){0}; /* transferred */
    e->journal_live[file]++;
    g_hash_table_replace(e->journaled, eider_people_key(c->account, c->peer),
                         j);
}

eider_err
eider_contact_write(eider_engine *e, const eider_contact *c)
{
    EIDER_AUTO(eider_buf) out = {0};
    char name[EIDER_STORE_NAME_LEN + 1];
    eider_err err;

    eider_contact_pickle(c, &out);
    eider_store_name(e->store, c->account, c->peer, name);
    err = eider_store_put(e->store, name, (eider_slice){out.p, out.n});
    if (err == EIDER_OK)
        eider_journal_forget(e, c);
    return err;
}

/* A contact that has no file of its own yet gets one. */
static eider_err
write_own(eider_engine *e, eider_contact *c)
{
    c->is_dirty = true;
    return eider_contact_write(e, c);
}

eider_err
eider_journal_write(eider_engine *e, const GPtrArray *contacts)
{
    g_autofree eider_buf *states = g_new0(eider_buf, contacts->len + 1);
    EIDER_AUTO(eider_buf) out = {0};
    int file = find_free(e);
    eider_err err = EIDER_OK;
    unsigned n = 0;
    char name[8], own[EIDER_STORE_NAME_LEN + 1];

    eider_put_u8(&out, JOURNAL_VERSION);
    for (guint i = 0; i < contacts->len; i++) {
        eider_contact *c = g_ptr_array_index(contacts, i);

        eider_store_name(e->store, c->account, c->peer, own);
        if (file < 0 || eider_store_generation(e->store, own) == 0) {
            err = err == EIDER_OK ? write_own(e, c) : err;
            continue;
        }
        eider_contact_pickle(c, &states[i]);
        eider_put_block(&out, own, strlen(own));
        eider_put_u64(&out, eider_store_generation(e->store, own));
        eider_put_u64(&out, ++e->journal_order);
        eider_put_block(&out, states[i].p, states[i].n);
        n++;
    }
    if (err == EIDER_OK && n > 0) {
        name_of((unsigned)file, name);
        e->journal_used[file] = true;
        err = eider_store_put(e->store, name, (eider_slice){out.p, out.n});
    }
    for (guint i = 0; i < contacts->len; i++) {
        if (err == EIDER_OK && states[i].n > 0)
            note(e, g_ptr_array_index(contacts, i), (unsigned)file, &states[i]);
        eider_buf_wipe(&states[i]);
    }
    return err;
}

/* ---- at the start and at the end ------------------------------------------ */

typedef struct {
    uint64_t generation, order;
    eider_buf state;
    bool restored;
} newest;

static void
free_newest(gpointer p)
{
    newest *x = p;

    eider_buf_wipe(&x->state);
    g_free(x);
}

/* False: not all of it could be read, so nobody knows what was sent. */
static bool
take_states(GHashTable *all, eider_slice in, bool restored, uint64_t *order)
{
    eider_reader r = eider_reader_of(in.p, in.n);

    if (eider_get_u8(&r) != JOURNAL_VERSION)
        return false;
    while (r.n > 0) {
        eider_slice name = eider_get_block(&r, EIDER_STORE_NAME_LEN);
        uint64_t generation = eider_get_u64(&r);
        uint64_t at = eider_get_u64(&r);
        eider_slice state = eider_get_block(&r, STATE_MAX);
        bool was_put_back = restored;
        g_autofree char *key = NULL;
        newest *x;

        if (!eider_reader_ok(&r))
            return false;
        key = g_strndup((const char *)name.p, name.n);
        x = g_hash_table_lookup(all, key);
        *order = MAX(*order, at);
        if (x != NULL && x->order > at) {
            x->restored = x->restored || restored;
            continue;
        }
        was_put_back = was_put_back || (x != NULL && x->restored);
        x = g_new0(newest, 1);
        x->generation = generation;
        x->order = at;
        x->restored = was_put_back;
        eider_buf_add(&x->state, state.p, state.n);
        g_hash_table_replace(all, g_strdup(key), x);
    }
    return true;
}

/* What was sealed since is not known, so nothing may be sealed again: on disk,
 * as the files of slots are about to go, and a crash forgets e->behind. */
static eider_err
put_without_sessions(eider_engine *e, const char *name, eider_slice state)
{
    EIDER_AUTO(eider_buf) out = {0};
    eider_contact *c = eider_contact_new("", "");
    eider_err err = eider_contact_unpickle(c, state);

    if (err == EIDER_OK) {
        eider_contact_drop_sessions(c);
        eider_contact_pickle(c, &out);
        g_hash_table_add(e->behind, g_strdup(name));
        err = eider_store_put(e->store, name, (eider_slice){out.p, out.n});
    }
    eider_contact_free(c);
    return err;
}

static eider_err
fold(eider_engine *e, const char *name, const newest *x)
{
    EIDER_AUTO(eider_buf) own = {0};
    eider_slice state = {x->state.p, x->state.n};
    bool restored = false;
    eider_err err = eider_store_get(e->store, name, &own, &restored);

    if (err == EIDER_E_MISSING)
        return EIDER_OK; /* forgotten, or taken away */
    if (err != EIDER_OK)
        return err;
    if (restored || eider_store_generation(e->store, name) != x->generation) {
        if (!x->restored)
            return EIDER_OK; /* put back, or written later */
        state = (eider_slice){own.p, own.n};
    }
    return x->restored ? put_without_sessions(e, name, state)
                       : eider_store_put(e->store, name, state);
}

/* A file of slots was put back or taken away, and with it states of contacts
 * that nobody knows.  Whoever had any has a card that is busy: the mode is in
 * their own file. */
static eider_err
doubt_all(eider_engine *e, GHashTable *all)
{
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, all);
    while (g_hash_table_iter_next(&it, NULL, &v))
        ((newest *)v)->restored = true;
    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        EIDER_AUTO(eider_buf) own = {0};
        const eider_card *card = v;
        char name[EIDER_STORE_NAME_LEN + 1];

        eider_store_name(e->store, card->account, card->peer, name);
        /* What cannot be read is not used either, until it can be. */
        if (!card->is_busy || g_hash_table_contains(all, name) ||
            eider_store_get(e->store, name, &own, NULL) != EIDER_OK)
            continue;
        if (put_without_sessions(e, name, (eider_slice){own.p, own.n}) ==
            EIDER_E_STORE)
            return EIDER_E_STORE;
    }
    return EIDER_OK;
}

static eider_err
remove_all(eider_engine *e)
{
    char name[8];

    for (unsigned i = EIDER_JOURNALS_MAX; i-- > 0;) {
        if (!e->journal_used[i])
            continue;
        name_of(i, name);
        if (eider_store_remove(e->store, name) != EIDER_OK)
            return EIDER_E_STORE;
        e->journal_used[i] = false;
    }
    return EIDER_OK;
}

static eider_err
fold_all(eider_engine *e)
{
    g_autoptr(GHashTable) all =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_newest);
    GHashTableIter it;
    gpointer k, v;
    bool any = false;
    char name[8];

    for (unsigned i = 0; i < EIDER_JOURNALS_MAX; i++) {
        EIDER_AUTO(eider_buf) in = {0};
        bool restored = false;
        eider_err err;

        name_of(i, name);
        err = eider_store_get(e->store, name, &in, &restored);
        any = any || restored;
        if (err == EIDER_E_MISSING && !restored)
            break; /* they are used from the first on, and removed from the
                    * last on, their marks before them */
        if (err == EIDER_E_MISSING) {
            e->journal_used[i] = true; /* its mark goes with the others */
            continue;
        }
        if (err != EIDER_OK)
            return EIDER_E_STORE;
        e->journal_used[i] = true;
        if (!take_states(all, (eider_slice){in.p, in.n}, restored,
                         &e->journal_order))
            return EIDER_E_STORE;
    }
    if (any && doubt_all(e, all) != EIDER_OK)
        return EIDER_E_STORE;
    g_hash_table_iter_init(&it, all);
    while (g_hash_table_iter_next(&it, &k, &v))
        if (fold(e, k, v) != EIDER_OK)
            return EIDER_E_STORE;
    return remove_all(e);
}

eider_err
eider_journal_fold(eider_engine *e)
{
    eider_err err = fold_all(e);

    /* The end of an engine that never began removes none of them. */
    if (err != EIDER_OK)
        memset(e->journal_used, 0, sizeof e->journal_used);
    return err;
}

void
eider_journal_end(eider_engine *e)
{
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, e->contacts);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_contact *c = v;
        g_autofree char *key = eider_people_key(c->account, c->peer);

        if (g_hash_table_contains(e->journaled, key) &&
            eider_contact_write(e, c) != EIDER_OK)
            return; /* the files of slots stay: the next start reads them */
    }
    if (g_hash_table_size(e->journaled) == 0)
        (void)!remove_all(e);
}
