/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/crypto.h"
#include "eider/pack.h"
#include "eider/store.h"
#include "unit/disk.h"
#include "unit/folder.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

Suite *marks_suite(void);

/* ---- second copies of generations ---------------------------------------- */

START_TEST(a_mark_is_kept_until_it_is_forgotten)
{
    disk_open_it();
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 0);
    dt.f.write_mark(dt.f.data, "index", 0x1122334455667788);
    dt.f.write_mark(dt.f.data, "s/ab", 5);
    eider_files_close(&dt.f);
    disk_open_it();
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 0x1122334455667788);
    dt.f.write_mark(dt.f.data, "index", 3);
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 3);
    dt.f.write_mark(dt.f.data, "index", 0);
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 0);
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "s/ab"), 5);
    ck_assert_uint_eq(folder_count(dt.state, ""), 1);
    ck_assert_uint_eq(folder_mode(dt.state), 0700);
}
END_TEST

START_TEST(a_mark_belongs_to_one_folder)
{
    char *other = folder_path("%s/other", dt.base), *why = NULL;
    eider_files g;

    disk_open_it();
    dt.f.write_mark(dt.f.data, "index", 9);
    ck_assert_int_eq(eider_files_open(&g, other, dt.state, &why), EIDER_OK);
    ck_assert_uint_eq(g.read_mark(g.data, "index"), 0);
    g.write_mark(g.data, "index", 4);
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 9);
    eider_files_close(&g);
    free(other);
}
END_TEST

START_TEST(without_a_place_for_marks_nothing_is_known)
{
    char *file = folder_path("%s/file", dt.base), *why = NULL;

    folder_put(file, "x", 1);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(
            eider_files_open(&dt.f, dt.dir, i == 0 ? NULL : file, &why),
            EIDER_OK);
        dt.f.write_mark(dt.f.data, "index", 9);
        ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 0);
        eider_files_close(&dt.f);
    }
    free(file);
}
END_TEST

/* The one file in the folder of marks. */
static char *
path_of_mark(void)
{
    GDir *d = g_dir_open(dt.state, 0, NULL);
    char *path = folder_path("%s/%s", dt.state, g_dir_read_name(d));

    ck_assert_ptr_null(g_dir_read_name(d));
    g_dir_close(d);
    return path;
}

/* A mark as the machine of this id would write it. */
static void
forge_mark(const char *path, const char *id, uint64_t generation)
{
    EIDER_AUTO(eider_buf) b = {0};
    uint8_t machine[16], check[24];
    eider_slice a[2] = {{(const uint8_t *)"eider machine", 14},
                        {(const uint8_t *)id, strlen(id) + 1}};
    eider_slice c[2] = {{machine, 16}, {NULL, 8}};

    eider_hash(machine, sizeof machine, NULL, 0, a, 2);
    eider_put_u64(&b, generation);
    c[1].p = b.p;
    eider_hash(check, sizeof check, NULL, 0, c, 2);
    eider_buf_add(&b, check, sizeof check);
    folder_put(path, b.p, b.n);
}

START_TEST(a_mark_of_another_machine_is_unknown)
{
    char *id = NULL;

    disk_open_it();
    dt.f.write_mark(dt.f.data, "index", 9);
    char *path = path_of_mark();
    if (g_file_get_contents("/etc/machine-id", &id, NULL, NULL) &&
        *g_strstrip(id) != '\0') {
        forge_mark(path, id, 11);
        ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 11);
    }
    forge_mark(path, "00112233445566778899aabbccddeeff", 12);
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 0);
    dt.f.write_mark(dt.f.data, "index", 13); /* and is replaced by ours */
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 13);
    g_free(id);
    free(path);
}
END_TEST

START_TEST(a_torn_mark_is_unknown)
{
    char *bytes = NULL;
    gsize n;

    disk_open_it();
    dt.f.write_mark(dt.f.data, "index", 9);
    char *path = path_of_mark();
    ck_assert(g_file_get_contents(path, &bytes, &n, NULL));
    for (gsize i = 0; i < n; i++) {
        folder_put(path, bytes, i);
        ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 0);
        bytes[i] ^= 1;
        folder_put(path, bytes, n);
        ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 0);
        bytes[i] ^= 1;
    }
    folder_put(path, bytes, n);
    ck_assert_uint_eq(dt.f.read_mark(dt.f.data, "index"), 9);
    g_free(bytes);
    free(path);
}
END_TEST

Suite *
marks_suite(void)
{
    Suite *s = suite_create("marks");
    TCase *t = tcase_create("disk");

    tcase_add_checked_fixture(t, disk_set_up, disk_tear_down);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_mark_is_kept_until_it_is_forgotten);
    tcase_add_test(t, a_mark_belongs_to_one_folder);
    tcase_add_test(t, without_a_place_for_marks_nothing_is_known);
    tcase_add_test(t, a_mark_of_another_machine_is_unknown);
    tcase_add_test(t, a_torn_mark_is_unknown);
    suite_add_tcase(s, t);
    return s;
}
