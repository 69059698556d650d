/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/mem.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

const char *
eider_err_name(eider_err e)
{
    static const char *const names[] = {
        [EIDER_OK] = "ok",
        [EIDER_E_MALFORMED] = "malformed",
        [EIDER_E_AUTH] = "auth",
        [EIDER_E_REPLAY] = "replay",
        [EIDER_E_STATE] = "state",
        [EIDER_E_LIMIT] = "limit",
        [EIDER_E_PARTIAL] = "partial",
        [EIDER_E_MISSING] = "missing",
        [EIDER_E_LOCKED] = "locked",
        [EIDER_E_STORE] = "store",
        [EIDER_E_INTERNAL] = "internal",
    };

    if ((size_t)e >= sizeof names / sizeof names[0] || names[e] == NULL)
        return "unknown";
    return names[e];
}

void
eider_wipe(void *p, size_t n)
{
    if (p != NULL)
        sodium_memzero(p, n);
}

void
eider_secret_wipe(eider_secret *s)
{
    sodium_memzero(s, sizeof *s);
}

void
eider_keypair_wipe(eider_keypair *k)
{
    sodium_memzero(k, sizeof *k);
}

void *
eider_alloc(size_t n)
{
    void *p = calloc(1, n > 0 ? n : 1);

    if (p == NULL)
        abort();
    return p;
}

void
eider_free(void *p, size_t n)
{
    if (p == NULL)
        return;
    sodium_memzero(p, n);
    free(p);
}

void
eider_buf_wipe(eider_buf *b)
{
    eider_free(b->p, b->cap);
    *b = (eider_buf){0};
}

void
eider_buf_clear(eider_buf *b)
{
    eider_wipe(b->p, b->n);
    b->n = 0;
}

/* Never realloc(): it may leave a copy of the secret behind. */
static void
grow(eider_buf *b, size_t need)
{
    size_t cap = b->cap > 0 ? b->cap : 256;
    uint8_t *p;

    while (cap < need)
        cap *= 2;
    p = eider_alloc(cap);
    if (b->n > 0)
        memcpy(p, b->p, b->n);
    eider_free(b->p, b->cap);
    b->p = p;
    b->cap = cap;
}

void
eider_buf_add(eider_buf *b, const void *p, size_t n)
{
    if (n > SIZE_MAX / 4 - b->n)
        abort();
    if (b->n + n > b->cap)
        grow(b, b->n + n);
    if (p != NULL && n > 0)
        memcpy(b->p + b->n, p, n);
    else if (n > 0)
        memset(b->p + b->n, 0, n);
    b->n += n;
}

bool
eider_equal(const void *a, const void *b, size_t n)
{
    return sodium_memcmp(a, b, n) == 0;
}

bool
eider_public_is_equal(const eider_public *a, const eider_public *b)
{
    return sodium_memcmp(a->b, b->b, sizeof a->b) == 0;
}
