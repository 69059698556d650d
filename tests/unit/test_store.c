/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/crypto.h"
#include "eider/store.h"
#include "unit/disk.h"
#include "unit/folder.h"
#include "unit/memfiles.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

Suite *store_suite(void);

#define OVERHEAD                                                               \
    61 /* magic 8, version 1, generation 8, nonce 24, tag 16, u32 */

static memfiles *m;
static eider_store *s;

static void
open_it(void)
{
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL), EIDER_OK);
}

static void
reopen(void)
{
    eider_store_close(s);
    open_it();
}

static void
set_up(void)
{
    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    m = memfiles_new();
    open_it();
}

static void
tear_down(void)
{
    eider_store_close(s);
    memfiles_free(m);
}

static eider_err
put(const char *name, const char *text)
{
    return eider_store_put(s, name,
                           (eider_slice){(const uint8_t *)text, strlen(text)});
}

/* Reading @name gives @text, and says whether it was put back. */
static bool
check_text(const char *name, const char *text)
{
    EIDER_AUTO(eider_buf) b = {0};
    bool restored = true;

    ck_assert_int_eq(eider_store_get(s, name, &b, &restored), EIDER_OK);
    ck_assert_uint_eq(b.n, strlen(text));
    ck_assert_mem_eq(b.p, text, b.n);
    return restored;
}

static uint64_t
generation_of(const char *name)
{
    eider_slice f = memfiles_peek(m, name);
    uint64_t g = 0;

    ck_assert_uint_ge(f.n, 17);
    for (int i = 7; i >= 0; i--)
        g = g << 8 | f.p[9 + i];
    return g;
}

static uint64_t
mark_of(const char *name)
{
    return memfiles_files(m)->read_mark(memfiles_files(m)->data, name);
}

/* ---- sizes ---------------------------------------------------------------- */

static const size_t sizes[] = {4096, 16384, 65536, 262144, 1048576, 4194304};

START_TEST(every_size_comes_back_and_shows_only_its_class)
{
    const size_t cap = sizes[_i] - OVERHEAD;
    const size_t below = _i > 0 ? sizes[_i - 1] - OVERHEAD + 1 : 0;
    const size_t lengths[] = {below, below + 1, (below + cap) / 2, cap - 1,
                              cap};
    uint8_t *data = eider_alloc(cap);

    eider_random(data, cap);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        EIDER_AUTO(eider_buf) b = {0};
        eider_slice in = {data, lengths[i]};

        ck_assert_int_eq(eider_store_put(s, "index", in), EIDER_OK);
        ck_assert_uint_eq(memfiles_peek(m, "index").n, sizes[_i]);
        reopen();
        eider_buf_add(&b, "before", 6);
        ck_assert_int_eq(eider_store_get(s, "index", &b, NULL), EIDER_OK);
        ck_assert_uint_eq(b.n, 6 + lengths[i]);
        ck_assert_mem_eq(b.p, "before", 6);
        ck_assert(lengths[i] == 0 || memcmp(b.p + 6, data, lengths[i]) == 0);
    }
    eider_free(data, cap);
}
END_TEST

START_TEST(what_is_too_large_is_refused_and_the_old_stays)
{
    const size_t n = (64 << 20) - OVERHEAD + 1;
    uint8_t *data = eider_alloc(n);

    ck_assert_int_eq(put("index", "old"), EIDER_OK);
    ck_assert_int_eq(eider_store_put(s, "index", (eider_slice){data, n}),
                     EIDER_E_STORE);
    ck_assert_str_eq(eider_store_why(s), "index: too large");
    check_text("index", "old");
    ck_assert_int_eq(put("index", "new"), EIDER_OK);
    eider_free(data, n);
}
END_TEST

START_TEST(nothing_of_the_content_is_seen_and_equal_content_looks_different)
{
    const char marker[] = "QWERTZUIOPASDFGH";
    EIDER_AUTO(eider_buf) first = {0};
    eider_slice f;

    ck_assert_int_eq(put("index", marker), EIDER_OK);
    f = memfiles_peek(m, "index");
    eider_buf_add(&first, f.p, f.n);
    ck_assert_int_eq(put("index", marker), EIDER_OK);
    ck_assert_int_eq(put("s/ab12", marker), EIDER_OK);
    f = memfiles_peek(m, "index");
    for (size_t i = 41; i + 16 <= f.n; i += 16)
        ck_assert(memcmp(f.p + i, first.p + i, 16) != 0);
    ck_assert(!memfiles_contain(m, marker, strlen(marker)));
}
END_TEST

START_TEST(a_missing_file_is_missing)
{
    EIDER_AUTO(eider_buf) b = {0};
    bool restored = true;

    ck_assert_int_eq(eider_store_get(s, "index", &b, &restored),
                     EIDER_E_MISSING);
    ck_assert(!restored);
    ck_assert_uint_eq(b.n, 0);
    ck_assert_int_eq(eider_store_remove(s, "index"), EIDER_OK);
    ck_assert_int_eq(put("index", "a"), EIDER_OK);
    ck_assert_int_eq(eider_store_remove(s, "index"), EIDER_OK);
    ck_assert_int_eq(eider_store_get(s, "index", &b, NULL), EIDER_E_MISSING);
}
END_TEST

/* ---- generations ---------------------------------------------------------- */

START_TEST(each_write_is_the_next_generation)
{
    ck_assert_int_eq(put("index", "a"), EIDER_OK);
    ck_assert_uint_eq(generation_of("index"), 1);
    ck_assert_int_eq(put("index", "b"), EIDER_OK);
    ck_assert_uint_eq(generation_of("index"), 2);
    reopen();
    ck_assert_int_eq(put("index", "c"), EIDER_OK); /* not read before */
    ck_assert_uint_eq(generation_of("index"), 3);
    reopen();
    check_text("index", "c");
    ck_assert_int_eq(put("index", "d"), EIDER_OK);
    ck_assert_uint_eq(generation_of("index"), 4);
    ck_assert_int_eq(put("s/ab", "e"), EIDER_OK); /* each file its own */
    ck_assert_uint_eq(generation_of("s/ab"), 1);
}
END_TEST

START_TEST(a_file_that_was_put_back_is_noticed)
{
    memfiles_copy *old;

    ck_assert_int_eq(put("index", "old"), EIDER_OK);
    ck_assert_int_eq(put("s/ab", "same"), EIDER_OK);
    old = memfiles_snapshot(m);
    ck_assert_int_eq(put("index", "new"), EIDER_OK);
    ck_assert(!check_text("index", "new"));
    memfiles_restore(m, old);
    reopen();
    ck_assert(check_text("index", "old"));
    ck_assert(check_text("index", "old")); /* until something is written */
    ck_assert(!check_text("s/ab", "same"));
    ck_assert_int_eq(put("index", "now"), EIDER_OK);
    ck_assert(!check_text("index", "now"));
    memfiles_copy_free(old);
}
END_TEST

START_TEST(a_crash_or_another_machine_is_not_taken_for_it)
{
    memfiles_copy *old;

    ck_assert_int_eq(put("index", "old"), EIDER_OK);
    old = memfiles_snapshot(m);
    ck_assert_int_eq(put("index", "new"), EIDER_OK);
    memfiles_rewind(m, old); /* the mark is older as well */
    reopen();
    ck_assert(!check_text("index", "old"));
    memfiles_forget_marks(m);
    reopen();
    ck_assert(!check_text("index", "old"));
    /* From then on it is watched again. */
    ck_assert_uint_eq(mark_of("index"), 1);
    memfiles_copy_free(old);
}
END_TEST

START_TEST(a_file_made_again_was_not_put_back)
{
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(put("s/ab", "a"), EIDER_OK);
    ck_assert_int_eq(eider_store_remove(s, "s/ab"), EIDER_OK);
    ck_assert_uint_eq(mark_of("s/ab"), 0); /* a crash may lose the next */
    ck_assert_int_eq(put("s/ab", "b"), EIDER_OK);
    ck_assert_uint_eq(mark_of("s/ab"), 1);
    ck_assert_uint_eq(generation_of("s/ab"), 1);
    reopen();
    ck_assert(!check_text("s/ab", "b"));
}
END_TEST

/* ---- writes that fail ----------------------------------------------------- */

START_TEST(a_write_that_fails_changes_nothing)
{
    ck_assert_int_eq(put("index", "old"), EIDER_OK);
    memfiles_fail_after(m, 0);
    ck_assert_int_eq(put("index", "new"), EIDER_E_STORE);
    ck_assert_str_eq(eider_store_why(s),
                     "memory/index: No space left on device");
    check_text("index", "old");
    ck_assert_int_eq(put("index", "new"), EIDER_OK);
    ck_assert_uint_eq(generation_of("index"), 2);
    memfiles_fail_all(m, true);
    ck_assert_int_eq(put("index", "x"), EIDER_E_STORE);
    ck_assert_int_eq(put("s/ab", "x"), EIDER_E_STORE);
    ck_assert_int_eq(eider_store_remove(s, "index"), EIDER_E_STORE);
    ck_assert(!check_text("index", "new"));
    ck_assert_uint_eq(memfiles_peek(m, "s/ab").n, 0);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_overwritten)
{
    EIDER_AUTO(eider_buf) b = {0};

    ck_assert_int_eq(put("index", "old"), EIDER_OK);
    reopen();
    memfiles_fail_reads(m, true);
    ck_assert_int_eq(eider_store_get(s, "index", &b, NULL), EIDER_E_STORE);
    ck_assert_int_eq(put("index", "new"), EIDER_E_STORE);
    ck_assert_int_eq(eider_store_remove(s, "index"), EIDER_E_STORE);
    ck_assert_str_eq(eider_store_why(s), "memory/index: Input/output error");
    memfiles_fail_reads(m, false);
    check_text("index", "old");
}
END_TEST

START_TEST(a_file_without_a_byte_is_damaged_and_stays)
{
    EIDER_AUTO(eider_buf) b = {0};

    memfiles_poke(m, "index", (eider_slice){(const uint8_t *)"", 0});
    ck_assert_int_eq(eider_store_get(s, "index", &b, NULL), EIDER_E_STORE);
    ck_assert_str_eq(eider_store_why(s), "index: damaged");
    ck_assert_int_eq(put("index", "new"), EIDER_E_STORE);
    ck_assert_uint_eq(memfiles_count(m), 2); /* and the master key's */
    ck_assert_uint_eq(memfiles_peek(m, "index").n, 0);
}
END_TEST

/* ---- names ---------------------------------------------------------------- */

static const char *
name_of(const char *account, const char *peer)
{
    static char out[4][EIDER_STORE_NAME_LEN + 1];
    static unsigned i;
    char *o = out[i++ % 4];

    memset(o, '#', EIDER_STORE_NAME_LEN + 1);
    eider_store_name(s, account, peer, o);
    ck_assert_uint_eq(strlen(o), EIDER_STORE_NAME_LEN);
    return o;
}

START_TEST(a_name_says_nothing_and_is_always_the_same)
{
    char first[EIDER_STORE_NAME_LEN + 1];
    const char *n = name_of("prpl-jabber\ta@x.org", "juliet@x.org");

    ck_assert(strncmp(n, "s/", 2) == 0);
    ck_assert_uint_eq(strspn(n + 2, "0123456789abcdef"), 32);
    memcpy(first, n, sizeof first);
    ck_assert_str_eq(first, name_of("prpl-jabber\ta@x.org", "juliet@x.org"));
    ck_assert_int_eq(put(first, "juliet@x.org"), EIDER_OK);
    ck_assert(!memfiles_contain(m, "juliet", 6));
    reopen();
    ck_assert_str_eq(first, name_of("prpl-jabber\ta@x.org", "juliet@x.org"));
}
END_TEST

START_TEST(names_of_two_contacts_differ)
{
    static const char *const pairs[][2] = {
        {"a", "bc"}, {"ab", "c"}, {"abc", ""}, {"", "abc"}, {"bc", "a"},
        {"a", "b"},  {"a", "B"},  {"a", "b "}, {"", ""}};
    const size_t n = sizeof pairs / sizeof pairs[0];

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(name_of(pairs[i][0], pairs[i][1]),
                             name_of(pairs[j][0], pairs[j][1]));
}
END_TEST

START_TEST(names_depend_on_the_master_key)
{
    memfiles *other = memfiles_new();
    eider_store *mine = s;
    const char *here = name_of("a", "b");

    ck_assert_int_eq(eider_store_open(&s, memfiles_files(other), NULL),
                     EIDER_OK);
    ck_assert_str_ne(here, name_of("a", "b"));
    eider_store_close(s);
    memfiles_free(other);
    s = mine;
}
END_TEST

/* ---- on a real disk ------------------------------------------------------- */

START_TEST(on_disk_the_reason_has_the_path_and_a_copy_is_noticed)
{
    char *path, *want;
    EIDER_AUTO(eider_buf) old = {0};
    EIDER_AUTO(eider_buf) b = {0};
    bool restored = false;

    disk_open_it();
    eider_store_close(s);
    ck_assert_int_eq(eider_store_open(&s, &dt.f, NULL), EIDER_OK);
    ck_assert_int_eq(put("s/ab", "old"), EIDER_OK);
    ck_assert_int_eq(dt.f.read(dt.f.data, "s/ab", &old), EIDER_OK);
    ck_assert_int_eq(put("s/ab", "new"), EIDER_OK);
    ck_assert(!check_text("s/ab", "new"));
    path = folder_path("%s/s/ab", dt.dir);
    folder_put(path, old.p, old.n);
    ck_assert(check_text("s/ab", "old"));

    folder_put(path, old.p, old.n - 1);
    ck_assert_int_eq(eider_store_get(s, "s/ab", &b, &restored), EIDER_E_STORE);
    ck_assert(!restored);
    want = folder_path("%s: damaged", path);
    ck_assert_str_eq(eider_store_why(s), want);
    eider_store_close(s);
    s = NULL;
    free(path), free(want);
}
END_TEST

Suite *
store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *t = tcase_create("memory");
    TCase *d = tcase_create("disk");

    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, every_size_comes_back_and_shows_only_its_class, 0,
                        (int)(sizeof sizes / sizeof sizes[0]));
    tcase_add_test(t, what_is_too_large_is_refused_and_the_old_stays);
    tcase_add_test(
        t, nothing_of_the_content_is_seen_and_equal_content_looks_different);
    tcase_add_test(t, a_missing_file_is_missing);
    tcase_add_test(t, each_write_is_the_next_generation);
    tcase_add_test(t, a_file_that_was_put_back_is_noticed);
    tcase_add_test(t, a_crash_or_another_machine_is_not_taken_for_it);
    tcase_add_test(t, a_file_made_again_was_not_put_back);
    tcase_add_test(t, a_write_that_fails_changes_nothing);
    tcase_add_test(t, what_cannot_be_read_is_not_overwritten);
    tcase_add_test(t, a_file_without_a_byte_is_damaged_and_stays);
    tcase_add_test(t, a_name_says_nothing_and_is_always_the_same);
    tcase_add_test(t, names_of_two_contacts_differ);
    tcase_add_test(t, names_depend_on_the_master_key);
    tcase_add_checked_fixture(d, disk_set_up, disk_tear_down);
    tcase_add_checked_fixture(d, set_up, tear_down);
    tcase_add_test(d, on_disk_the_reason_has_the_path_and_a_copy_is_noticed);
    suite_add_tcase(suite, t);
    suite_add_tcase(suite, d);
    return suite;
}
