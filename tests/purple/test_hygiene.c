/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client tells by itself, where only a protocol's switch stops it. */
#include <check.h>

#include "talk.h"

Suite *hygiene_suite(void);

static void
add_options(void)
{
    fake_prpl.protocol_options =
        g_list_append(fake_prpl.protocol_options,
                      purple_account_option_bool_new("r", "mark-read", TRUE));
    fake_prpl.protocol_options = g_list_append(
        fake_prpl.protocol_options,
        purple_account_option_string_new("s", "send-receipt", "immediately"));
}

START_TEST(read_receipts_are_turned_off_once)
{
    host_start("prpl-fake");
    host_load();
    add_options();
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider on"));
    ck_assert(!purple_account_get_bool(host_alice, "mark-read", TRUE));
    ck_assert_str_eq(purple_account_get_string(host_alice, "send-receipt", ""),
                     "never");
    ck_assert_uint_eq(host_count(host_alice, "Read receipts of this account",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    /* What the user says after that, stays. */
    purple_account_set_bool(host_alice, "mark-read", TRUE);
    ck_assert(host_command(host_alice, "bob", "eider off"));
    ck_assert(host_command(host_alice, "bob", "eider on"));
    ck_assert(purple_account_get_bool(host_alice, "mark-read", FALSE));
}
END_TEST

START_TEST(open_contacts_change_no_switch)
{
    host_start("prpl-fake");
    host_load();
    add_options();
    host_type(host_alice, "bob", "hello");
    ck_assert(host_command(host_alice, "bob", "eider off"));
    ck_assert(purple_account_get_bool(host_alice, "mark-read", TRUE));
}
END_TEST

Suite *
hygiene_suite(void)
{
    Suite *s = suite_create("hygiene");
    TCase *tc = tcase_create("hygiene");

    tcase_add_test(tc, read_receipts_are_turned_off_once);
    tcase_add_test(tc, open_contacts_change_no_switch);
    suite_add_tcase(s, tc);
    return s;
}
