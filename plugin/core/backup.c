/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes into a backup, and how an engine takes one. */
#include "work.h"

#include "decoys.h"

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

/* Keys that only this store knows.  One that was taken on trust without the
 * others in sight is a question again. */
static void
merge_keys(eider_engine *e, const eider_card *mine, eider_card *theirs)
{
    bool has = eider_card_count(theirs, EIDER_TRUST_ACCEPTED) > 0;

    for (guint i = 0; i < mine->keys->len; i++) {
        eider_known k = g_array_index(mine->keys, eider_known, i);

        if (eider_card_key(theirs, &k.pk) != NULL ||
            theirs->keys->len >= EIDER_KEYS_KEPT)
            continue;
        if (k.trust == EIDER_TRUST_ACCEPTED && has && !k.is_checked)
            eider_trust_set(e, &k,
                            eider_card_count(theirs, EIDER_TRUST_CANDIDATE) <
                                    EIDER_CANDIDATES_MAX
                                ? EIDER_TRUST_CANDIDATE
                                : EIDER_TRUST_REPLACED);
        else if (k.trust == EIDER_TRUST_CANDIDATE &&
                 eider_card_count(theirs, EIDER_TRUST_CANDIDATE) >=
                     EIDER_CANDIDATES_MAX)
            eider_trust_set(e, &k, EIDER_TRUST_REPLACED);
        g_array_append_val(theirs->keys, k);
    }
}

static void
merge_accounts(eider_engine *e, load *l)
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
}

/* What this store has and the backup has not.  Its index is put together anew
 * from its bytes where this comes to nothing. */
static void
merge(eider_engine *e, load *l)
{
    GHashTableIter it;
    gpointer k, v;

    merge_accounts(e, l);
    eider_decoys_merge(e, &l->index);
    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        eider_card *mine = v;
        eider_card *theirs = g_hash_table_lookup(l->index.cards, k);

        if (theirs == NULL) {
            g_hash_table_iter_steal(&it);
            g_hash_table_replace(l->index.cards, k, mine);
            continue;
        }
        if (mine->choice != EIDER_UNSET)
            theirs->choice = mine->choice;
        theirs->was_private = theirs->was_private || mine->was_private;
        theirs->has_spoken = theirs->has_spoken || mine->has_spoken;
        theirs->is_busy = theirs->is_busy || mine->is_busy;
        merge_keys(e, mine, theirs);
    }
}

/* ---- contacts ------------------------------------------------------------- */

static bool
has_entry(const eider_contact *c, const uint8_t *id)
{
    for (guint i = 0; i < c->outbox->len; i++)
        if (memcmp(((eider_entry *)g_ptr_array_index(c->outbox, i))->id, id,
                   EIDER_ID_LEN) == 0)
            return true;
    return false;
}

static bool
has_item(const eider_contact *c, const eider_item *it)
{
    for (guint i = 0; i < c->inbox->len; i++) {
        const eider_item *x = g_ptr_array_index(c->inbox, i);

        if (memcmp(x->id, it->id, sizeof x->id) == 0 &&
            eider_public_is_equal(&x->pk, &it->pk))
            return true;
    }
    return false;
}

/* Each text once; and what came here and waits no more was shown since. */
static void
merge_inbox(eider_contact *mine, eider_contact *c)
{
    for (guint i = c->inbox->len; i-- > 0;) {
        const eider_item *it = g_ptr_array_index(c->inbox, i);

        if (has_item(mine, it) ||
            eider_inbox_knows(eider_contact_memory(mine, &it->pk), it->id))
            g_ptr_array_remove_index(c->inbox, i);
    }
    while (mine->inbox->len > 0)
        g_ptr_array_add(c->inbox, g_ptr_array_steal_index(mine->inbox, 0));
}

/* The ids that both have stand where this store has them, the newest last. */
static void
merge_ids(const eider_memory *m, eider_memory *t)
{
    for (guint i = t->ids->len; i > 0; i -= EIDER_ID_LEN)
        if (eider_inbox_knows(m, t->ids->data + i - EIDER_ID_LEN))
            g_byte_array_remove_range(t->ids, i - EIDER_ID_LEN, EIDER_ID_LEN);
    g_byte_array_append(t->ids, m->ids->data, m->ids->len);
    if (t->ids->len > EIDER_IDS_MAX * EIDER_ID_LEN)
        g_byte_array_remove_range(t->ids, 0,
                                  t->ids->len - EIDER_IDS_MAX * EIDER_ID_LEN);
}

/* Which texts came here; and, from the same device, the newer masks. */
static void
merge_memories(const eider_contact *mine, eider_contact *c, bool same_own)
{
    for (guint i = 0; i < mine->memories->len; i++) {
        const eider_memory *m = g_ptr_array_index(mine->memories, i);
        eider_memory *t = eider_contact_memory(c, &m->pk);

        if (t->n_rms == 0 || (same_own && m->n_rms > 0)) {
            t->n_rms = m->n_rms;
            memcpy(t->rms, m->rms, sizeof t->rms);
        }
        merge_ids(m, t);
    }
}

/* Text that waits in this store goes on waiting, after the backup's. */
static eider_err
merge_contact(eider_engine *e, const load *l, eider_contact *c)
{
    const eider_own *was = g_hash_table_lookup(e->index.accounts, c->account);
    const eider_own *is = g_hash_table_lookup(l->index.accounts, c->account);
    eider_contact *mine = NULL;
    eider_err err = read_contact(e, c->account, c->peer, &mine);

    if (err != EIDER_OK)
        return err;
    eider_contact_drop_sessions(mine);
    while (mine->outbox->len > 0) {
        eider_entry *en = g_ptr_array_steal_index(mine->outbox, 0);

        if (has_entry(c, en->id))
            eider_entry_free(en);
        else
            g_ptr_array_add(c->outbox, en);
    }
    merge_inbox(mine, c);
    eider_tries_merge(e, c, mine);
    merge_memories(mine, c,
                   was != NULL && is != NULL &&
                       eider_public_is_equal(&was->pair.pk, &is->pair.pk));
    eider_contact_free(mine);
    return EIDER_OK;
}

/* Contacts that the backup does not know: their sessions are of the key that
 * goes. */
static eider_err
add_others(eider_engine *e, load *l)
{
    GHashTableIter it;
    gpointer k, v;

    g_hash_table_iter_init(&it, e->index.cards);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        const eider_card *card = v;
        eider_contact *c = NULL;

        if (g_hash_table_contains(l->index.cards, k) ||
            !g_hash_table_contains(l->index.accounts, card->account))
            continue;
        if (read_contact(e, card->account, card->peer, &c) != EIDER_OK)
            return EIDER_E_STORE;
        eider_contact_drop_sessions(c);
        g_ptr_array_add(l->contacts, c);
    }
    return EIDER_OK;
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
        eider_journal_forget(e, c); /* it would be loaded before the file */
    }
    return EIDER_OK;
}

static eider_err
take(eider_engine *e, load *l)
{
    eider_index old;
    guint n = l->contacts->len;
    eider_err err = EIDER_OK;

    for (guint i = 0; i < n && err == EIDER_OK; i++)
        err = merge_contact(e, l, g_ptr_array_index(l->contacts, i));
    if (err == EIDER_OK)
        err = add_others(e, l);
    if (err != EIDER_OK)
        return err;
    /* From here on what is on disk counts, whatever happens. */
    err = write_contacts(e, l);
    g_hash_table_remove_all(e->contacts);
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
    eider_decoys_index(e);
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
    if (err == EIDER_OK)
        err = take(e, &l);
    if (err == EIDER_OK && count != NULL)
        *count = l.count;
    load_clear(&l);
    eider_wake(e);
    return err;
}
