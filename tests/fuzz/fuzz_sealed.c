/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sealed files as bytes: damaged, cut, half written, of somebody who knows the
 * key; and the file of the master key.  What does not open is not overwritten,
 * what opens is what was put there.
 */
#include "fuzz/fuzz.h"

#include "core/files.h"
#include "core/master.h"
#include "eider/crypto.h"
#include "eider/pack.h"
#include "unit/memfiles.h"

#include <glib.h>
#include <string.h>

#define NAME  "index"
#define BOUND 17 /* magic, version, generation */

/* The bytes that a crash, or somebody with a hex editor, left. */
static void
damage(fuzz_in *in, memfiles *m, const char *name)
{
    eider_slice was = memfiles_peek(m, name);
    uint8_t op = fuzz_u8(in);
    EIDER_AUTO(eider_buf) b = {0};
    size_t n = was.n;

    if (op & 1)
        n = fuzz_u16(in) % (was.n + 1);
    eider_buf_add(&b, was.p, n);
    if (op & 2)
        eider_buf_add(&b, NULL, fuzz_u16(in) % 9000u);
    if (op & 4)
        eider_buf_add(&b, was.p, was.n);
    if (op & 8 && b.n > 64) { /* the header, where it matters */
        fuzz_in again = *in;
        size_t at = op & 16 ? b.n / 2 : 0;

        (void)fuzz_edit(&again, b.p + at, b.n - at < 41 ? b.n - at : 41);
        *in = again;
    }
    (void)fuzz_edit(in, b.p, b.n);
    memfiles_poke(m, name, (eider_slice){b.p != NULL ? b.p : was.p, b.n});
}

/* A file that is sealed well and says what it likes inside. */
static void
forge(fuzz_in *in, const eider_store *s, memfiles *m, const char *name)
{
    EIDER_AUTO(eider_secret) master, parent, key;
    EIDER_AUTO(eider_buf) b = {0};
    const size_t sizes[] = {4096, 16384, 4096, 8192};
    size_t size = sizes[fuzz_below(in, 4)];
    uint8_t *plain = calloc(1, size);
    eider_slice parts[2];

    FUZZ_CHECK(plain != NULL);
    eider_store_copy_key(s, &master);
    eider_kdf(1, "eiderfil", &master, &parent);
    eider_buf_add(&b, EIDER_SEAL_MAGIC, 8);
    eider_put_u8(&b, fuzz_u8(in) % 4);
    eider_put_u64(&b, fuzz_u32(in));
    eider_buf_add(&b, NULL, size - b.n);
    fuzz_fill(in, plain, in->n < 600 ? in->n : 600);
    parts[0] = (eider_slice){b.p, BOUND};
    parts[1] = (eider_slice){(const uint8_t *)name, strlen(name)};
    eider_hash(key.b, sizeof key.b, parent.b, sizeof parent.b, parts, 2);
    eider_aead_seal(&key, b.p + BOUND, plain, size - BOUND - 24 - 16,
                    b.p + BOUND + 24);
    memfiles_poke(m, name, (eider_slice){b.p, b.n});
    free(plain);
}

/* Read it: what opens was put there, and nothing else is overwritten. */
static void
look(eider_store *s, memfiles *m, const eider_buf *put, unsigned n)
{
    EIDER_AUTO(eider_buf) got = {0};
    EIDER_AUTO(eider_buf) before = {0};
    eider_slice now = memfiles_peek(m, NAME);
    bool restored = false, is_known = n == 0;
    eider_err err;

    eider_buf_add(&before, now.p, now.n);
    err = eider_store_get(s, NAME, &got, &restored);
    FUZZ_CHECK(err == EIDER_OK || err == EIDER_E_STORE ||
               (err == EIDER_E_MISSING && now.p == NULL));
    if (err == EIDER_OK) {
        for (unsigned i = 0; i < n; i++)
            is_known = is_known ||
                       (got.n == put[i].n &&
                        (got.n == 0 || memcmp(got.p, put[i].p, got.n) == 0));
        FUZZ_CHECK(is_known);
        return;
    }
    if (err == EIDER_E_MISSING)
        return;
    FUZZ_CHECK(*eider_store_why(s) != '\0');
    FUZZ_CHECK(eider_store_put(s, NAME, (eider_slice){before.p, 1}) !=
               EIDER_OK);
    FUZZ_CHECK(eider_store_remove(s, NAME) != EIDER_OK);
    now = memfiles_peek(m, NAME);
    FUZZ_CHECK(now.n == before.n &&
               (now.n == 0 || memcmp(now.p, before.p, now.n) == 0));
}

static void
files(fuzz_in *in)
{
    memfiles *m = memfiles_new();
    eider_store *s = NULL;
    eider_buf put[3] = {{0}, {0}, {0}};
    uint8_t op = fuzz_u8(in);
    unsigned n = 1 + op % 3;

    if (op & 4)
        memfiles_in_place(m);
    FUZZ_CHECK(eider_store_open(&s, memfiles_files(m), NULL) == EIDER_OK);
    for (unsigned i = 0; i < n; i++) {
        eider_slice x = fuzz_take(in, fuzz_u8(in) % 40u);

        eider_buf_add(&put[i], x.p, x.n);
        if (op & 8 && i == n - 1)
            memfiles_fail_after(m, 0); /* a crash in the last write */
        (void)!eider_store_put(s, NAME, (eider_slice){put[i].p, put[i].n});
    }
    memfiles_fail_after(m, -1);
    if (op & 16)
        eider_store_close(s);
    if (op & 16)
        FUZZ_CHECK(eider_store_open(&s, memfiles_files(m), NULL) == EIDER_OK);
    if (op & 32)
        forge(in, s, m, NAME);
    else if (op & 64)
        damage(in, m, NAME);
    look(s, m, put, op & 32 ? 0 : n);
    eider_store_close(s);
    memfiles_free(m);
    for (unsigned i = 0; i < 3; i++)
        eider_buf_wipe(&put[i]);
}

/* The file of the master key: touched, or somebody's. */
static void
masters(fuzz_in *in)
{
    EIDER_AUTO(eider_secret) key, got = {0};
    EIDER_AUTO(eider_buf) b = {0};
    const char *reason = NULL;
    uint8_t op = fuzz_u8(in);
    bool wrapped = false, is_touched;
    eider_err err;

    memset(&key, 0x11, sizeof key);
    if (op & 1)
        FUZZ_CHECK(eider_master_wrap(&key, "pass", 4, &b) == EIDER_OK);
    else
        eider_master_build_plain(&key, &b);
    is_touched = fuzz_edit(in, b.p, b.n) > 0;
    if (op & 2) {
        b.n = fuzz_u8(in) % (b.n + 1);
        is_touched = true;
    }
    if (op & 4 && b.n > 16) { /* the check is anybody's to make */
        const eider_slice all = {b.p, b.n - 16};

        eider_hash(b.p + b.n - 16, 16, NULL, 0, &all, 1);
    }
    err = eider_master_take((eider_slice){b.p, b.n}, op & 8 ? &key : NULL, &got,
                            &wrapped, &reason);
    FUZZ_CHECK(err == EIDER_OK || reason != NULL);
    if (!is_touched)
        FUZZ_CHECK(err == ((op & 1) && !(op & 8) ? EIDER_E_LOCKED : EIDER_OK));
    if (err == EIDER_OK && !(op & 4))
        FUZZ_CHECK(eider_equal(got.b, key.b, sizeof key.b));
    err = eider_master_unwrap((eider_slice){b.p, b.n}, "pass", 4, &got);
    if (!is_touched)
        FUZZ_CHECK(err == (op & 1 ? EIDER_OK : EIDER_E_STATE));
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};

    fuzz_random(19);
    if (fuzz_u8(&in) % 4 == 0)
        masters(&in);
    else
        files(&in);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    out(arg, "\1\0\4abcd", 7);
    out(arg, "\1\6\4abcd\3xyz\2uv", 14);
    out(arg, "\1\134\4abcd\11\0\1\2\1\0\1\0\1\0", 17);
    out(arg, "\1\105\4abcd\3xyz\30\1\11\0\1\1\100\0\1", 20);
    out(arg, "\1\44\4abcd\0\2\1\0\0\0\5\0\0\0hello", 20);
    out(arg, "\0\0\0", 3);
    out(arg, "\0\17\1\12\0\1", 6);
    out(arg, "\0\16\1\11\0\2\40", 7);
}

const fuzz_harness fuzz_sealed = {"sealed", 400, one, seeds, false};
