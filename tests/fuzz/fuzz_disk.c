/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A start over files that are sealed well and are not what they should be: of
 * another version, cut, touched, of another day.  The engine refuses to start,
 * or pauses, or goes on; it does not die, and what it sends has the form of a
 * line (the world looks at each).
 */
#include "fuzz/people.h"

#include "core/work.h"

#include <string.h>

enum { INDEX, CHANGES, CONTACT, JOURNAL, FILES };

static void
name_of(const eider_store *s, unsigned file, char out[EIDER_STORE_NAME_LEN + 1])
{
    static const char *const names[FILES] = {
        [INDEX] = "index", [CHANGES] = "changes", [JOURNAL] = "j0"};

    if (file == CONTACT)
        eider_store_name(s, "sim\talice", "bob", out);
    else
        g_strlcpy(out, names[file], EIDER_STORE_NAME_LEN + 1);
}

/* Put something else in the place of @file. */
static void
replace(fuzz_in *in, eider_store *s, unsigned file)
{
    EIDER_AUTO(eider_buf) was = {0}, b = {0};
    char name[EIDER_STORE_NAME_LEN + 1];
    uint8_t op = fuzz_u8(in);
    size_t at;

    name_of(s, file, name);
    (void)!eider_store_get(s, name, &was, NULL);
    if (file == JOURNAL && was.n == 0)
        eider_buf_add(&was, people_get()->journal_bytes.p,
                      people_get()->journal_bytes.n);
    at = was.n > 0 && op & 1 ? fuzz_u16(in) % was.n : was.n;
    eider_buf_add(&b, was.p, at);
    if (op & 2) {
        eider_slice more = fuzz_take(in, op / 8);

        eider_buf_add(&b, more.p, more.n);
    }
    if (op & 4 && at + op / 8 < was.n)
        eider_buf_add(&b, was.p + at + op / 8, was.n - at - op / 8);
    (void)fuzz_edit(in, b.p, b.n);
    (void)fuzz_edit(in, b.p, b.n < 64 ? b.n : 64);
    (void)!eider_store_put(s, name, (eider_slice){b.p, b.n});
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    uint8_t op = fuzz_u8(&in);
    device *d[PEOPLE_DEVICES];
    world *w = people_world(op % PEOPLE, 23, d);
    eider_store *s = NULL;

    if (op / 8 % 2 == 1)
        memfiles_rewind(d[0]->files, people_get()->journal);
    FUZZ_CHECK(eider_store_open(&s, &d[0]->table, NULL) == EIDER_OK);
    for (unsigned i = 0; i < 2u + op / 64 && in.n > 0; i++)
        replace(&in, s, fuzz_below(&in, FILES));
    eider_store_close(s);
    w->is_cut = true;
    if (device_try(d[0])) {
        device_start(d[0]);
        (void)device_write(d[0], "bob", "after <b>all</b>");
        (void)device_status(d[0], "bob");
        world_run(w, 12 * WORLD_SECOND);
    }
    world_free(w);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    for (uint8_t who = 0; who < PEOPLE; who++)
        for (uint8_t file = 0; file < FILES; file++) {
            const uint8_t a[] = {who, file, 0, 1, 9, 0, 1, 0};
            const uint8_t b[] = {(uint8_t)(who | 8),
                                 file,
                                 7,
                                 40,
                                 0,
                                 0xff,
                                 0xff,
                                 0,
                                 0,
                                 CONTACT,
                                 0,
                                 1,
                                 30,
                                 0,
                                 2};

            out(arg, a, sizeof a);
            if (who % 2 == 0)
                out(arg, b, sizeof b);
        }
}

const fuzz_harness fuzz_disk = {"disk", 300, one, seeds, true};
