/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The master key, wrapped for the desktop's keyring. */
#include "eider/crypto.h"
#include "eider/desk.h"
#include "unit/memfiles.h"

#include <check.h>
#include <glib.h>
#include <string.h>

Suite *desk_suite(void);

START_TEST(it_opens_with_its_key_and_no_other_and_no_damage)
{
    uint8_t item[EIDER_DESK_ITEM_LEN], again[EIDER_DESK_ITEM_LEN];
    memfiles *m = memfiles_new();
    EIDER_AUTO(eider_secret) w = {0};
    EIDER_AUTO(eider_secret) key = {0};
    EIDER_AUTO(eider_secret) got = {0};
    EIDER_AUTO(eider_buf) file = {0};
    eider_store *s;
    eider_slice all;

    ck_assert_int_eq(eider_crypto_init(), EIDER_OK);
    ck_assert_int_eq(eider_store_open(&s, memfiles_files(m), NULL), EIDER_OK);
    eider_store_copy_key(s, &key);
    eider_desk_wrap(s, item, &w, &file);
    all = (eider_slice){file.p, file.n};
    ck_assert_int_eq(eider_desk_item(all, again), EIDER_OK);
    ck_assert_mem_eq(item, again, sizeof item);
    ck_assert_int_eq(eider_desk_unwrap(all, &w, &got), EIDER_OK);
    ck_assert(eider_equal(got.b, key.b, sizeof key.b));

    eider_secret_wipe(&got);
    w.b[0] ^= 1;
    ck_assert_int_eq(eider_desk_unwrap(all, &w, &got), EIDER_E_AUTH);
    w.b[0] ^= 1;
    for (size_t i = 0; i < file.n; i++) {
        ck_assert_int_eq(eider_desk_unwrap((eider_slice){file.p, i}, &w, &got),
                         EIDER_E_STORE);
        file.p[i] ^= 1;
        ck_assert_int_eq(eider_desk_unwrap(all, &w, &got), EIDER_E_STORE);
        file.p[i] ^= 1;
    }
    for (size_t i = 0; i < sizeof got.b; i++)
        ck_assert_uint_eq(got.b[i], 0);

    /* Each time another key, under another name. */
    eider_desk_wrap(s, again, &got, &file);
    ck_assert(memcmp(item, again, sizeof item) != 0);
    ck_assert(!eider_equal(got.b, w.b, sizeof w.b));
    eider_store_close(s);
    memfiles_free(m);
}
END_TEST

Suite *
desk_suite(void)
{
    Suite *s = suite_create("desk");
    TCase *t = tcase_create("desk");

    tcase_add_test(t, it_opens_with_its_key_and_no_other_and_no_damage);
    suite_add_tcase(s, t);
    return s;
}
