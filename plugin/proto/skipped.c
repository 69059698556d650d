/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "skipped.h"

#include <assert.h>
#include <string.h>

#define CAP_MIN 32

void
eider_skipped_wipe(eider_skipped *s)
{
    eider_free(s->keys, s->cap * sizeof *s->keys);
    eider_wipe(s, sizeof *s);
}

/* Remove @n keys from @at on, and wipe what is left behind the last one. */
static void
cut_keys(eider_skipped *s, size_t at, size_t n)
{
    if (n == 0)
        return;
    memmove(s->keys + at, s->keys + at + n, (s->n - at - n) * sizeof *s->keys);
    s->n -= n;
    eider_wipe(s->keys + s->n, n * sizeof *s->keys);
}

static void
reserve(eider_skipped *s, size_t need)
{
    size_t cap = s->cap > 0 ? s->cap : CAP_MIN;
    eider_skipped_key *keys;

    if (need <= s->cap)
        return;
    while (cap < need)
        cap *= 2;
    if (cap > EIDER_SKIPPED_KEYS_MAX)
        cap = EIDER_SKIPPED_KEYS_MAX;
    keys = eider_alloc(cap * sizeof *keys);
    if (s->n > 0)
        memcpy(keys, s->keys, s->n * sizeof *keys);
    eider_free(s->keys, s->cap * sizeof *keys);
    s->keys = keys;
    s->cap = cap;
}

void
eider_skipped_add(eider_skipped *s, const eider_skipped_key *keys, size_t n)
{
    assert(n <= EIDER_SKIPPED_KEYS_MAX);
    if (n == 0)
        return;
    if (s->n + n > EIDER_SKIPPED_KEYS_MAX)
        cut_keys(s, 0, s->n + n - EIDER_SKIPPED_KEYS_MAX);
    reserve(s, s->n + n);
    memcpy(s->keys + s->n, keys, n * sizeof *keys);
    s->n += n;
}

eider_skipped_key *
eider_skipped_find(const eider_skipped *s, uint32_t chain, uint32_t n)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->keys[i].chain == chain && s->keys[i].n == n)
            return &s->keys[i];
    return NULL;
}

void
eider_skipped_remove(eider_skipped *s, eider_skipped_key *key)
{
    cut_keys(s, (size_t)(key - s->keys), 1);
}

static void
drop_header(eider_skipped *s, size_t at)
{
    size_t from = 0, n = 0;

    while (from < s->n && s->keys[from].chain != s->old[at].chain)
        from++;
    while (from + n < s->n && s->keys[from + n].chain == s->old[at].chain)
        n++;
    cut_keys(s, from, n); /* the keys of a chain lie together */
    memmove(s->old + at, s->old + at + 1,
            (s->n_old - at - 1) * sizeof s->old[0]);
    s->n_old--;
    eider_wipe(s->old + s->n_old, sizeof s->old[0]);
}

void
eider_skipped_retire(eider_skipped *s, uint32_t chain, const eider_secret *HK,
                     uint64_t now)
{
    if (s->n_old == EIDER_OLD_HEADERS_MAX)
        drop_header(s, 0);
    s->old[s->n_old++] = (eider_old_header){chain, now, *HK};
}

/* A time in the future comes from a clock that was wrong: count from now on,
 * or the key would be kept for as long as the clock was ahead. */
static bool
is_over(uint64_t *at, uint64_t now)
{
    if (*at > now)
        *at = now;
    return now - *at > EIDER_SKIPPED_KEEP;
}

void
eider_skipped_expire(eider_skipped *s, uint64_t now)
{
    for (size_t i = s->n; i-- > 0;)
        if (is_over(&s->keys[i].at, now))
            cut_keys(s, i, 1);
    for (size_t i = s->n_old; i-- > 0;)
        if (is_over(&s->old[i].at, now))
            drop_header(s, i);
}

void
eider_skipped_pickle(const eider_skipped *s, eider_buf *out)
{
    eider_put_u8(out, (uint8_t)s->n_old);
    for (size_t i = 0; i < s->n_old; i++) {
        eider_put_u32(out, s->old[i].chain);
        eider_put_u64(out, s->old[i].at);
        eider_buf_add(out, s->old[i].HK.b, EIDER_KEY_LEN);
    }
    eider_put_u16(out, (uint16_t)s->n);
    for (size_t i = 0; i < s->n; i++) {
        eider_put_u32(out, s->keys[i].chain);
        eider_put_u24(out, s->keys[i].n);
        eider_put_u64(out, s->keys[i].at);
        eider_buf_add(out, s->keys[i].mk.b, EIDER_KEY_LEN);
    }
}

static bool
read_headers(eider_skipped *s, eider_reader *rd, uint32_t chain)
{
    uint8_t n = eider_get_u8(rd);

    if (n > EIDER_OLD_HEADERS_MAX)
        return false;
    for (size_t i = 0; i < n; i++) {
        eider_old_header *h = &s->old[i];

        h->chain = eider_get_u32(rd);
        h->at = eider_get_u64(rd);
        eider_get_bytes(rd, h->HK.b, EIDER_KEY_LEN);
        s->n_old = i + 1;
        if (h->chain == 0 || h->chain >= chain ||
            (i > 0 && h->chain <= s->old[i - 1].chain))
            return false;
    }
    return eider_reader_ok(rd);
}

/* Chains are skipped one after the other and upwards, so in a list that we
 * wrote (chain, n) only grows, and no key stands twice. */
static bool
is_in_order(const eider_skipped *s, size_t i, uint32_t chain, uint32_t Nr)
{
    const eider_skipped_key *k = &s->keys[i];
    bool known = k->chain == chain && k->n < Nr;

    for (size_t j = 0; j < s->n_old; j++)
        known = known || s->old[j].chain == k->chain;
    return known && (i == 0 || k[-1].chain < k->chain ||
                     (k[-1].chain == k->chain && k[-1].n < k->n));
}

static bool
read_keys(eider_skipped *s, eider_reader *rd, uint32_t chain, uint32_t Nr)
{
    uint16_t n = eider_get_u16(rd);

    if (n > EIDER_SKIPPED_KEYS_MAX || !eider_reader_ok(rd))
        return false;
    reserve(s, n);
    for (size_t i = 0; i < n; i++) {
        eider_skipped_key *k = &s->keys[i];

        k->chain = eider_get_u32(rd);
        k->n = eider_get_u24(rd);
        k->at = eider_get_u64(rd);
        eider_get_bytes(rd, k->mk.b, EIDER_KEY_LEN);
        s->n = i + 1;
        if (!eider_reader_ok(rd) || !is_in_order(s, i, chain, Nr))
            return false;
    }
    return true;
}

eider_err
eider_skipped_unpickle(eider_skipped *s, eider_reader *rd, uint32_t chain,
                       uint32_t Nr)
{
    EIDER_AUTO(eider_skipped) got = {0};

    if (!read_headers(&got, rd, chain) || !read_keys(&got, rd, chain, Nr))
        return EIDER_E_MALFORMED;
    *s = got;
    got = (eider_skipped){0}; /* transferred */
    return EIDER_OK;
}
