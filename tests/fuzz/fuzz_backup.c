/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Backups: what is in one, touched or of somebody who writes his own; and the
 * file around it.  One that is refused changes nothing.
 */
#include "fuzz/people.h"

#include "core/work.h"
#include "eider/backup.h"

#include <string.h>

static void
pickle(device *d, eider_buf *out)
{
    eider_index_pickle(&d->engine->index, out);
}

static void
build(fuzz_in *in, eider_buf *b)
{
    const eider_buf *s = &people_get()->backup;
    uint8_t op = fuzz_u8(in);
    size_t at = op & 1 ? fuzz_u16(in) % s->n : s->n, gap = op & 4 ? op / 8 : 0;

    if (op == 0) {
        eider_buf_add(b, in->p, in->n);
        return;
    }
    eider_buf_add(b, s->p, at);
    if (op & 2) {
        eider_slice more = fuzz_take(in, op / 8);

        eider_buf_add(b, more.p, more.n);
    }
    if (at + gap < s->n)
        eider_buf_add(b, s->p + at + gap, s->n - at - gap);
    for (unsigned i = 0; i < 3 && in->n > 0; i++)
        (void)fuzz_edit(in, b->p, b->n);
}

/* A refused one changes nothing, so its world is good for the next. */
static struct {
    world *w;
    device *d;
} kept[PEOPLE];

static void
open_world(unsigned who, world **w, device **d)
{
    device *all_of_them[PEOPLE_DEVICES];

    if (kept[who].w == NULL) {
        kept[who].w = people_world(who, 29, all_of_them);
        kept[who].d = all_of_them[0];
        kept[who].w->is_cut = true;
        device_start(kept[who].d);
    }
    *w = kept[who].w;
    *d = kept[who].d;
}

static void
import(fuzz_in *in, uint8_t op)
{
    unsigned who = op % PEOPLE;
    EIDER_AUTO(eider_buf) b = {0}, before = {0}, after = {0};
    eider_backup_count count = {0};
    eider_err err;
    device *d;
    world *w;

    open_world(who, &w, &d);
    if (op & 64)
        memfiles_fail_after(d->files, op / 8 % 4);
    pickle(d, &before);
    build(in, &b);
    err = eider_backup_import(d->engine, (eider_slice){b.p, b.n}, &count);
    memfiles_fail_after(d->files, -1);
    pickle(d, &after);
    if (err != EIDER_OK)
        FUZZ_CHECK(before.n == after.n &&
                   memcmp(before.p, after.p, before.n) == 0);
    if (err != EIDER_OK && !(op & 64))
        return;
    kept[who].w = NULL;
    (void)device_write(d, "bob", "after it");
    world_run(w, 2 * WORLD_SECOND);
    world_free(w);
}

static void
file(fuzz_in *in)
{
    EIDER_AUTO(eider_buf) f = {0}, plain = {0};
    const eider_slice data = fuzz_take(in, fuzz_u8(in));
    uint8_t op = fuzz_u8(in);
    bool is_touched;
    eider_err err;

    FUZZ_CHECK(eider_backup_seal(data, "word", 4, &f) == EIDER_OK);
    is_touched = fuzz_edit(in, f.p, op & 1 ? 64 : f.n) > 0;
    if (op & 2) {
        const eider_slice all = {f.p, f.n - 16};

        eider_hash(f.p + f.n - 16, 16, NULL, 0, &all, 1);
    }
    if (op & 4)
        f.n -= 1 + fuzz_u16(in) % f.n;
    err = eider_backup_unseal((eider_slice){f.p, f.n}, "word", 4, &plain);
    if (err != EIDER_OK)
        FUZZ_CHECK(plain.n == 0 && (is_touched || op & 4));
    else
        FUZZ_CHECK(plain.n == data.n &&
                   (data.n == 0 || memcmp(plain.p, data.p, data.n) == 0));
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    uint8_t op = fuzz_u8(&in);

    fuzz_random(31);
    if (op >= 248)
        file(&in);
    else
        import(&in, op);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    for (uint8_t who = 0; who < PEOPLE; who++) {
        const uint8_t whole[] = {who, 16, 0};
        const uint8_t hit[] = {who, 1, 7, 40, 0, 2, 3, 0, 1, 9, 0, 9};
        const uint8_t full[] = {(uint8_t)(who | 72), 16, 0};

        out(arg, whole, sizeof whole);
        out(arg, hit, sizeof hit);
        out(arg, full, sizeof full);
    }
    out(arg, "\370\5hello\0\0", 9);
    out(arg, "\370\5hello\3\1\10\0\2", 12);
}

const fuzz_harness fuzz_backup = {"backup", 400, one, seeds, true};
