/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes into a backup, and how an engine takes one. */
#include "work.h"

#include "eider/backup.h"

#include <string.h>

#define VERSION      1
#define CONTACTS_MAX 1000000
#define STRING_MAX   4096
#define CONTACT_MAX  ((size_t)64 << 20)

/* ---- out ------------------------------------------------------------------ */

static eider_err
read_contact(eider_engine *e, const char *account, const char *peer,
             eider_contact **out)
{
    EIDER_AUTO(eider_buf) in = {0};
    g_autofree char *key = eider_people_key(account, peer);
    eider_contact *live = g_hash_table_lookup(e->contacts, key);
    char name[EIDER_STORE_NAME_LEN + 1];
    eider_err err = EIDER_OK;

    *out = eider_contact_new(account, peer);
    if (live != NULL) { /* it may be a second ahead of its file */
        eider_contact_pickle(live, &in);
    } else {
        eider_store_name(e->store, account, peer, name);
        err = eider_store_get(e->store, name, &in, NULL);
        if (err == EIDER_E_MISSING)
            return EIDER_OK;
    }
    if (err == EIDER_OK)
        err = eider_contact_unpickle(*out, (eider_slice){in.p, in.n});
    if (err != EIDER_OK)
        g_clear_pointer(out, eider_contact_free);
    return err == EIDER_OK ? EIDER_OK : EIDER_E_STORE;
}

/* What stays of a contact: no ratchet, no attempt, and no set of parts, which
 * is not acknowledged and comes again. */
static void
put_contact(eider_contact *c, eider_buf *out)
{
    EIDER_AUTO(eider_buf) one = {0};

    eider_contact_drop_sessions(c);
    g_array_set_size(c->closed, 0);
    eider_contact_pickle(c, &one);
    eider_put_block(out, c->account, strlen(c->account));
    eider_put_block(out, c->peer, strlen(c->peer));
    eider_put_block(out, one.p, one.n);
}

eider_err
eider_backup_gather(eider_engine *e, eider_buf *plain)
{
    EIDER_AUTO(eider_buf) index = {0};
    EIDER_AUTO(eider_buf) all = {0};
    GHashTableIter it;
    gpointer v;

    eider_put_u8(&all, VERSION);
    eider_put_u64(&all, eider_now(e));
    eider_index_pickle(&e->index, &index);
    eider_put_block(&all, index.p, index.n);
    eider_put_u32(&all, g_hash_table_size(e->index.cards));
    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        const eider_card *card = v;
        eider_contact *c = NULL;
        eider_err err = read_contact(e, card->account, card->peer, &c);

        if (err != EIDER_OK)
            return err;
        put_contact(c, &all);
        eider_contact_free(c);
    }
    eider_buf_wipe(plain);
    *plain = all;
    all = (eider_buf){0}; /* transferred */
    return EIDER_OK;
}

/* ---- in ------------------------------------------------------------------- */

typedef struct {
    eider_index index;
    GPtrArray *contacts;
    eider_backup_count count;
} load;

static void
load_clear(load *l)
{
    eider_index_clear(&l->index);
    g_ptr_array_free(l->contacts, TRUE);
}

static char *
get_name(eider_reader *r)
{
    eider_slice s = eider_get_block(r, STRING_MAX);

    return g_strndup(s.p != NULL ? (const char *)s.p : "", s.n);
}

static void
get_contact(load *l, eider_reader *r)
{
    g_autofree char *account = get_name(r);
    g_autofree char *peer = get_name(r);
    g_autofree char *key = eider_people_key(account, peer);
    eider_slice in = eider_get_block(r, CONTACT_MAX);
    eider_contact *c = eider_contact_new(account, peer);
    eider_card *card = g_hash_table_lookup(l->index.cards, key);

    g_ptr_array_add(l->contacts, c);
    if (!eider_reader_ok(r) || card == NULL ||
        eider_contact_unpickle(c, in) != EIDER_OK) {
        r->failed = true;
        return;
    }
    /* Whoever wrote it: nothing that was sent with comes in. */
    eider_contact_drop_sessions(c);
    card->is_busy = !eider_contact_is_idle(c);
    l->count.contacts++;
    l->count.keys += card->keys->len;
    l->count.waiting += eider_outbox_waiting(c);
}

static eider_err
parse(load *l, eider_slice plain)
{
    eider_reader r = eider_reader_of(plain.p, plain.n);
    eider_slice index;
    uint32_t n;

    if (eider_get_u8(&r) != VERSION)
        return EIDER_E_MALFORMED;
    l->count.made_ms = eider_get_u64(&r);
    index = eider_get_block(&r, plain.n);
    n = eider_get_u32(&r);
    if (!eider_reader_ok(&r) || n > CONTACTS_MAX ||
        eider_index_unpickle(&l->index, index) != EIDER_OK)
        return EIDER_E_MALFORMED;
    l->count.accounts = g_hash_table_size(l->index.accounts);
    for (uint32_t i = 0; i < n && eider_reader_ok(&r); i++)
        get_contact(l, &r);
    return eider_reader_is_done(&r) ? EIDER_OK : EIDER_E_MALFORMED;
}

bool
eider_backup_is_used(const eider_engine *e)
{
    GHashTableIter it;
    gpointer v;

    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, NULL, &v))
        if (((eider_card *)v)->keys->len > 0)
            return true;
    return false;
}

/* What this store has and the backup has not: accounts, and choices. */
static void
merge(eider_engine *e, load *l)
{
    GHashTableIter it;
    gpointer k, v;

    g_hash_table_iter_init(&it, l->index.accounts);
    while (g_hash_table_iter_next(&it, NULL, &v)) {
        eider_own *own = v;

        own->imported = eider_now(e) / 1000;
        own->twin = 0;
    }
    g_hash_table_iter_init(&it, e->index.accounts);
    while (g_hash_table_iter_next(&it, &k, &v))
        if (!g_hash_table_contains(l->index.accounts, k)) {
            eider_own *own = eider_alloc(sizeof *own);

            *own = *(eider_own *)v;
            g_hash_table_replace(l->index.accounts, g_strdup(k), own);
        }
    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        eider_card *mine = v;
        eider_card *theirs = g_hash_table_lookup(l->index.cards, k);

        if (theirs == NULL) {
            g_hash_table_iter_steal(&it);
            g_hash_table_replace(l->index.cards, k, mine);
        } else if (mine->choice != EIDER_UNSET) {
            theirs->choice = mine->choice;
        }
    }
}

static eider_err
write_contacts(eider_engine *e, const load *l)
{
    for (guint i = 0; i < l->contacts->len; i++) {
        EIDER_AUTO(eider_buf) out = {0};
        const eider_contact *c = g_ptr_array_index(l->contacts, i);
        char name[EIDER_STORE_NAME_LEN + 1];

        eider_contact_pickle(c, &out);
        eider_store_name(e->store, c->account, c->peer, name);
        if (eider_store_put(e->store, name, (eider_slice){out.p, out.n}) !=
            EIDER_OK)
            return EIDER_E_STORE;
    }
    return EIDER_OK;
}

static eider_err
take(eider_engine *e, load *l)
{
    eider_index old;
    eider_err err = write_contacts(e, l);

    if (err != EIDER_OK)
        return err;
    merge(e, l);
    old = e->index;
    e->index = l->index;
    l->index = old;
    err = eider_index_write(e);
    if (err != EIDER_OK) {
        eider_index_roll_back(e);
        return EIDER_E_STORE;
    }
    /* What was begun here under other keys ends; what is on disk counts. */
    g_hash_table_remove_all(e->contacts);
    g_hash_table_remove_all(e->strangers);
    g_hash_table_remove_all(e->unread);
    return EIDER_OK;
}

eider_err
eider_backup_import(eider_engine *e, eider_slice plain,
                    eider_backup_count *count)
{
    load l = {.contacts = g_ptr_array_new_with_free_func(
                  (GDestroyNotify)eider_contact_free)};
    eider_err err;

    eider_index_init(&l.index);
    err = parse(&l, plain);
    if (err == EIDER_OK && eider_backup_is_used(e))
        err = EIDER_E_LOCKED;
    if (err == EIDER_OK)
        err = take(e, &l);
    if (err == EIDER_OK && count != NULL)
        *count = l.count;
    load_clear(&l);
    eider_wake(e);
    return err;
}
