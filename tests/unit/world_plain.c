/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the place of the ratchet, for runs of many days: a frame is random bytes,
 * and its body is found again under them.
 */
#include "unit/world_device.h"

#include "eider/crypto.h"
#include "eider/frame.h"

#include <string.h>

typedef struct {
    uint8_t sid[8], flags, body[EIDER_BODY_MAX];
} plain;

static GBytes *
key_of(const uint8_t *frame)
{
    return g_bytes_new(frame, 24);
}

void
device_seal_plainly(device *a, device *b)
{
    GHashTable *bodies = g_hash_table_new_full(
        g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, g_free);

    a->bodies = bodies;
    b->bodies = g_hash_table_ref(bodies);
}

bool
device_seal(void *data, const uint8_t *sid, uint8_t flags, const uint8_t *body,
            size_t n, uint8_t *frame)
{
    device *d = data;
    plain *p;

    if (d->bodies == NULL)
        return false;
    p = g_new0(plain, 1);
    eider_random(frame, n + 80);
    memcpy(p->sid, sid, sizeof p->sid);
    memcpy(p->body, body, n);
    p->flags = flags;
    g_hash_table_replace(d->bodies, key_of(frame), p);
    return true;
}

bool
device_open(void *data, const uint8_t *sid, const uint8_t *frame, size_t n,
            uint8_t *body, uint8_t *flags)
{
    device *d = data;
    g_autoptr(GBytes) key = NULL;
    const plain *p;

    if (d->bodies == NULL)
        return false;
    key = key_of(frame);
    p = g_hash_table_lookup(d->bodies, key);
    if (p == NULL || memcmp(p->sid, sid, sizeof p->sid) != 0)
        return false;
    memcpy(body, p->body, n);
    *flags = p->flags;
    g_hash_table_remove(d->bodies, key); /* a copy of it is unopenable */
    return true;
}
