/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include "eider/pack.h"

#include <string.h>

#define MAGIC_LEN (sizeof EIDER_SEAL_MAGIC - 1)

bool
eider_seal_size_is_ours(size_t n)
{
    size_t size = EIDER_SEAL_MIN;

    while (size < n)
        size *= 4;
    return size == n && n <= EIDER_FILE_MAX;
}

/* The generation that a copy claims to have; 0: it is none. */
static uint64_t
generation_at(eider_slice file, size_t at)
{
    eider_reader r = eider_reader_of(file.p + at, file.n - at);
    eider_slice magic = eider_get_slice(&r, MAGIC_LEN);

    (void)eider_get_u8(&r); /* version */
    if (magic.p == NULL || memcmp(magic.p, EIDER_SEAL_MAGIC, MAGIC_LEN) != 0)
        return 0;
    return eider_get_u64(&r);
}

unsigned
eider_halves_find(eider_slice file, eider_place out[EIDER_HALVES])
{
    size_t size = file.n / EIDER_HALVES;
    uint64_t g[EIDER_HALVES];
    unsigned n = 0, first;

    out[0] = (eider_place){file.n, 1, 0};
    if (file.n % EIDER_HALVES != 0 || size > EIDER_HALF_MAX ||
        !eider_seal_size_is_ours(size))
        return 1;
    g[0] = generation_at(file, 0);
    g[1] = generation_at(file, size);
    first = g[1] > g[0];
    for (unsigned i = 0; i < EIDER_HALVES; i++) {
        unsigned half = i == 0 ? first : 1 - first;

        if (i == 0 || g[half] != 0)
            out[n++] = (eider_place){size, EIDER_HALVES, half};
    }
    return n;
}

/* The whole file, with a second half where it was of this size before. */
static eider_err
write_whole(const eider_files *f, const char *name, eider_place *place,
            eider_slice sealed)
{
    bool again = f->patch != NULL && place->size == sealed.n &&
                 sealed.n <= EIDER_HALF_MAX;
    EIDER_AUTO(eider_buf) both = {0};

    *place = (eider_place){sealed.n, again ? EIDER_HALVES : 1, 0};
    if (!again)
        return f->write(f->data, name, sealed);
    eider_buf_add(&both, sealed.p, sealed.n);
    eider_buf_add(&both, NULL, sealed.n);
    return f->write(f->data, name, (eider_slice){both.p, both.n});
}

eider_err
eider_halves_write(const eider_files *f, const char *name, eider_place *place,
                   eider_slice sealed)
{
    unsigned old = place->half;
    eider_err e;

    if (f->patch == NULL || place->halves != EIDER_HALVES ||
        place->size != sealed.n)
        return write_whole(f, name, place, sealed);
    e = f->patch(f->data, name, (1 - old) * sealed.n, sealed);
    if (e == EIDER_E_MISSING)
        return write_whole(f, name, place, sealed);
    if (e != EIDER_OK)
        return e;
    place->half = 1 - old;
    f->scrub(f->data, name, old * sealed.n, sealed.n);
    return EIDER_OK;
}
