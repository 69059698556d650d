/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index: own keys, and for every contact policy, keys and trust. */
#include "work.h"

#include "eider/crypto.h"

#include <string.h>

#define INDEX_VERSION 4 /* 1 to 3: without what is marked so below */
#define STRING_MAX    4096
#define KEYS_MAX      64 /* accepted, candidates and refused together */

char *
eider_people_key(const char *account, const char *peer)
{
    return g_strconcat(account, "\n", peer, NULL);
}

static void
free_own(gpointer p)
{
    eider_free(p, sizeof(eider_own));
}

static void
free_card(gpointer p)
{
    eider_card *card = p;

    g_free(card->account);
    g_free(card->peer);
    g_array_free(card->keys, TRUE);
    g_free(card);
}

void
eider_index_init(eider_index *x)
{
    x->accounts =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_own);
    x->cards =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_card);
}

void
eider_index_clear(eider_index *x)
{
    if (x->accounts != NULL)
        g_hash_table_destroy(x->accounts);
    if (x->cards != NULL)
        g_hash_table_destroy(x->cards);
    *x = (eider_index){0};
}

static void
put_string(eider_buf *out, const char *s)
{
    eider_put_block(out, s, strlen(s));
}

static char *
get_string(eider_reader *r)
{
    eider_slice s = eider_get_block(r, STRING_MAX);

    return g_strndup(s.p != NULL ? (const char *)s.p : "", s.n);
}

static void
get_fixed(eider_reader *r, char *out, size_t size)
{
    eider_slice s = eider_get_block(r, size - 1);

    memset(out, 0, size);
    if (s.p != NULL)
        memcpy(out, s.p, s.n);
}

static void
pickle_card(const eider_card *card, eider_buf *out)
{
    put_string(out, card->account);
    put_string(out, card->peer);
    eider_put_u8(out, (uint8_t)card->choice);
    eider_put_u8(out, (uint8_t)(card->was_private | card->has_spoken << 1 |
                                card->is_left << 2 | card->is_busy << 3 |
                                card->is_calm << 4 | card->is_decoy << 5 |
                                card->is_refused << 6));
    eider_put_u16(out, (uint16_t)card->keys->len);
    for (guint i = 0; i < card->keys->len; i++) {
        const eider_known *k = &g_array_index(card->keys, eider_known, i);

        eider_buf_add(out, k->pk.b, sizeof k->pk.b);
        eider_put_u8(out, (uint8_t)k->trust);
        eider_put_u8(out, k->is_checked);
        eider_put_u64(out, k->first_seen);
        eider_put_u64(out, k->last_seen);
        put_string(out, k->label);
        put_string(out, k->name);
        eider_put_u8(out, (uint8_t)k->checked_how);
        eider_put_u64(out, k->checked_at);
        eider_put_u64(out, k->changed_at);
        eider_put_u32(out, k->swallowed);
        eider_put_u8(out, k->told_silent);
    }
}

void
eider_index_pickle(const eider_index *x, eider_buf *out)
{
    GHashTableIter it;
    gpointer k, v;

    eider_put_u8(out, INDEX_VERSION);
    eider_put_u32(out, g_hash_table_size(x->accounts));
    g_hash_table_iter_init(&it, x->accounts);
    while (g_hash_table_iter_next(&it, &k, &v)) {
        const eider_own *own = v;

        put_string(out, k);
        eider_buf_add(out, own->pair.sk.b, sizeof own->pair.sk.b);
        eider_buf_add(out, own->pair.pk.b, sizeof own->pair.pk.b);
        eider_put_u64(out, own->since);
        eider_put_u64(out, own->imported);
        eider_put_u64(out, own->twin);
    }
    eider_put_u32(out, g_hash_table_size(x->cards));
    g_hash_table_iter_init(&it, x->cards);
    while (g_hash_table_iter_next(&it, &k, &v))
        pickle_card(v, out);
}

static eider_card *
new_card(char *account, char *peer)
{
    eider_card *card = g_new0(eider_card, 1);

    card->account = account;
    card->peer = peer;
    card->keys = g_array_new(FALSE, TRUE, sizeof(eider_known));
    return card;
}

static void
unpickle_known(eider_known *k, unsigned version, eider_reader *r)
{
    eider_get_bytes(r, k->pk.b, sizeof k->pk.b);
    k->trust = eider_get_u8(r);
    k->is_checked = eider_get_u8(r);
    k->first_seen = eider_get_u64(r);
    k->last_seen = eider_get_u64(r);
    get_fixed(r, k->label, sizeof k->label);
    get_fixed(r, k->name, sizeof k->name);
    if (version >= 2) {
        k->checked_how = eider_get_u8(r);
        k->checked_at = eider_get_u64(r);
        k->changed_at = eider_get_u64(r);
        k->swallowed = eider_get_u32(r);
    }
    k->told_silent = version >= 3 && eider_get_u8(r) != 0;
    if (k->trust >= EIDER_TRUSTS || k->checked_how >= EIDER_CHECKS)
        r->failed = true;
}

static void
unpickle_card(eider_index *x, unsigned version, eider_reader *r)
{
    char *account = get_string(r), *peer = get_string(r);
    eider_card *card = new_card(account, peer);
    uint8_t flags;
    unsigned n;

    card->choice = eider_get_u8(r);
    flags = eider_get_u8(r);
    card->was_private = flags & 1;
    card->has_spoken = flags >> 1 & 1;
    card->is_left = flags >> 2 & 1;
    card->is_busy = flags >> 3 & 1;
    card->is_calm = flags >> 4 & 1;
    card->is_decoy = version >= 4 && (flags >> 5 & 1) != 0;
    card->is_refused = version >= 4 && (flags >> 6 & 1) != 0;
    n = eider_get_u16(r);
    if (card->choice > EIDER_OFF || n > KEYS_MAX)
        r->failed = true;
    for (unsigned i = 0; i < n && eider_reader_ok(r); i++) {
        eider_known k = {0};

        unpickle_known(&k, version, r);
        g_array_append_val(card->keys, k);
    }
    g_hash_table_replace(x->cards, eider_people_key(account, peer), card);
}

eider_err
eider_index_unpickle(eider_index *x, eider_slice in)
{
    eider_reader r = eider_reader_of(in.p, in.n);
    unsigned version = eider_get_u8(&r);
    uint32_t n;

    if (version < 1 || version > INDEX_VERSION)
        return EIDER_E_MALFORMED;
    n = eider_get_u32(&r);
    for (uint32_t i = 0; i < n && eider_reader_ok(&r); i++) {
        char *name = get_string(&r);
        eider_own *own = eider_alloc(sizeof *own);

        eider_get_bytes(&r, own->pair.sk.b, sizeof own->pair.sk.b);
        eider_get_bytes(&r, own->pair.pk.b, sizeof own->pair.pk.b);
        if (version >= 2) {
            own->since = eider_get_u64(&r);
            own->imported = eider_get_u64(&r);
            own->twin = eider_get_u64(&r);
        }
        g_hash_table_replace(x->accounts, name, own);
    }
    n = eider_get_u32(&r);
    for (uint32_t i = 0; i < n && eider_reader_ok(&r); i++)
        unpickle_card(x, version, &r);
    return eider_reader_is_done(&r) ? EIDER_OK : EIDER_E_MALFORMED;
}

eider_card *
eider_card_find(const eider_engine *e, const char *account, const char *peer)
{
    g_autofree char *key = eider_people_key(account, peer);

    return g_hash_table_lookup(e->index.cards, key);
}

eider_card *
eider_card_get(eider_engine *e, const char *account, const char *peer)
{
    eider_card *card = eider_card_find(e, account, peer);

    if (card == NULL) {
        card = new_card(g_strdup(account), g_strdup(peer));
        g_hash_table_replace(e->index.cards, eider_people_key(account, peer),
                             card);
    }
    return card;
}

eider_card *
eider_card_of(eider_engine *e, const eider_contact *c)
{
    return eider_card_get(e, c->account, c->peer);
}

eider_known *
eider_card_key(eider_card *card, const eider_public *pk)
{
    for (guint i = 0; i < card->keys->len; i++) {
        eider_known *k = &g_array_index(card->keys, eider_known, i);

        if (eider_public_is_equal(&k->pk, pk))
            return k;
    }
    return NULL;
}

unsigned
eider_card_count(const eider_card *card, eider_trust trust)
{
    unsigned n = 0;

    for (guint i = 0; i < card->keys->len; i++)
        n += g_array_index(card->keys, eider_known, i).trust == trust;
    return n;
}

eider_err
eider_index_own(eider_engine *e, const char *account, eider_keypair *out)
{
    eider_own *own = g_hash_table_lookup(e->index.accounts, account);
    eider_err err;

    if (own == NULL) {
        own = eider_alloc(sizeof *own);
        eider_keypair_new(&own->pair);
        own->since = eider_now(e) / 1000;
        g_hash_table_replace(e->index.accounts, g_strdup(account), own);
        err = eider_index_write(e);
        if (err != EIDER_OK) {
            g_hash_table_remove(e->index.accounts, account);
            return err;
        }
    }
    *out = own->pair;
    return EIDER_OK;
}
