/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes around the conversation, and what cannot be encrypted yet. */
#include <check.h>
#include <string.h>

#include "talk.h"

Suite *guard_suite(void);

#define REFUSED "was not sent"

static PurpleConnection *
alice_gc(void)
{
    return purple_account_get_connection(host_alice);
}

START_TEST(a_pounce_goes_out_encrypted)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    ck_assert_int_eq(serv_send_im(alice_gc(), "bob", marker, 0), 1);
    host_run(100);
    ck_assert_uint_eq(host_count(host_bob, marker, PURPLE_MESSAGE_RECV), 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(an_automatic_answer_goes_out_encrypted)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    serv_send_im(alice_gc(), "bob", marker, PURPLE_MESSAGE_AUTO_RESP);
    host_run(100);
    ck_assert_uint_eq(host_count(host_bob, marker, PURPLE_MESSAGE_RECV), 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(an_open_contact_is_left_alone)
{
    talk_start();
    g_ptr_array_set_size(fake_wire, 0);
    host_type(host_alice, "carol", "<b>hello</b> &lt;");
    ck_assert_uint_eq(fake_wire->len, 1);
    ck_assert_str_eq(g_ptr_array_index(fake_wire, 0), "<b>hello</b> &lt;");
    serv_send_typing(alice_gc(), "carol", PURPLE_TYPING);
    serv_send_file(alice_gc(), "carol", "/tmp/f");
    purple_prpl_send_attention(alice_gc(), "carol", 0);
    ck_assert_int_gt(fake_typings, 0);
    ck_assert_int_eq(fake_files, 1);
    ck_assert_int_eq(fake_attentions, 1);
    host_stop();
}
END_TEST

START_TEST(typing_is_not_told)
{
    talk_start();
    fake_typings = 0;
    ck_assert_uint_eq(serv_send_typing(alice_gc(), "bob", PURPLE_TYPING), 0);
    serv_send_typing(alice_gc(), "bob", PURPLE_NOT_TYPING);
    ck_assert_int_eq(fake_typings, 0);
    host_stop();
}
END_TEST

/* ---- files, buzzes, pictures, whispers ----------------------------------- */

START_TEST(a_file_is_refused_and_sent_openly_only_when_the_user_says_so)
{
    talk_start();
    serv_send_file(alice_gc(), "bob", "/tmp/secret");
    ck_assert_int_eq(fake_files, 0);
    ck_assert_uint_eq(host_count(host_alice, REFUSED, PURPLE_MESSAGE_SYSTEM),
                      1);
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_answer("_Do not send"));
    ck_assert_int_eq(fake_files, 0);
    serv_send_file(alice_gc(), "bob", "/tmp/secret");
    ck_assert(host_answer("Send _open once"));
    ck_assert_int_eq(fake_files, 1);
    serv_send_file(alice_gc(), "bob", "/tmp/secret");
    ck_assert_int_eq(fake_files, 1);
    host_stop();
}
END_TEST

START_TEST(nobody_is_asked_where_no_conversation_is_open)
{
    talk_start();
    purple_conversation_destroy(host_conv(host_alice, "bob"));
    serv_send_file(alice_gc(), "bob", "/tmp/secret");
    ck_assert_int_eq(fake_files, 0);
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert(host_has_notice(REFUSED));
    host_stop();
}
END_TEST

START_TEST(a_buzz_is_refused)
{
    talk_start();
    purple_prpl_send_attention(alice_gc(), "bob", 0);
    ck_assert_int_eq(fake_attentions, 0);
    ck_assert_uint_eq(
        host_count(host_alice, "was not called", PURPLE_MESSAGE_SYSTEM), 1);
    ck_assert(host_answer("Send _open once"));
    ck_assert_int_eq(fake_attentions, 1);
    host_stop();
}
END_TEST

START_TEST(a_whisper_is_refused)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    ck_assert_int_lt(
        serv_send_im(alice_gc(), "bob", marker, PURPLE_MESSAGE_WHISPER), 0);
    fake_prpl.chat_whisper(alice_gc(), 1, "bob", marker);
    ck_assert_int_eq(fake_whispers, 0);
    host_run(100);
    talk_assert_clean(marker);
    fake_prpl.chat_whisper(alice_gc(), 1, "carol", "hello");
    ck_assert_int_eq(fake_whispers, 1);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(a_picture_is_refused_with_the_text_around_it)
{
    static const guchar png[] = {0x89, 'P', 'N', 'G'};
    char *marker = g_strdup(talk_marker()), *text;
    int id;

    talk_start();
    id = purple_imgstore_add_with_id(g_memdup2(png, sizeof png), sizeof png,
                                     "x.png");
    text = g_strdup_printf("%s <IMG ID=\"%d\">", marker, id);
    host_type(host_alice, "bob", text);
    host_run(100);
    ck_assert_uint_eq(host_count(host_alice, marker, PURPLE_MESSAGE_SEND), 0);
    talk_assert_clean(marker);
    /* the client lets go of it, the open question does not */
    purple_imgstore_unref_by_id(id);
    ck_assert_ptr_nonnull(purple_imgstore_find_by_id(id));
    ck_assert(host_answer("Send _open once"));
    ck_assert_ptr_null(purple_imgstore_find_by_id(id));
    ck_assert(fake_wire_has(marker));
    ck_assert_uint_eq(host_count(host_alice, marker, PURPLE_MESSAGE_SEND), 1);
    host_stop();
    g_free(text);
    g_free(marker);
}
END_TEST

/* ---- never open again by itself ------------------------------------------ */

START_TEST(text_waits_for_a_contact_without_eider)
{
    char *marker = g_strdup(talk_marker());

    host_start("prpl-fake");
    host_load();
    fake.loses = true;
    ck_assert(host_command(host_alice, "bob", "eider on"));
    host_type(host_alice, "bob", marker);
    ck_assert_uint_eq(host_count(host_alice, marker, PURPLE_MESSAGE_SEND), 1);
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "1");
    host_run(200);
    talk_assert_clean(marker);
    /* off asks, because something waits; it never goes out openly */
    ck_assert(host_command(host_alice, "bob", "eider off"));
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_answer("_Keep waiting"));
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "1");
    ck_assert(host_command(host_alice, "bob", "eider cancel"));
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "0");
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(off_is_open_and_on_is_private_again)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    ck_assert(host_command(host_alice, "bob", "eider off"));
    ck_assert_str_eq(host_status(host_alice, "bob", "private"), "0");
    host_type(host_alice, "bob", "openly");
    host_run(50);
    ck_assert(fake_wire_has("openly"));
    ck_assert_uint_eq(
        host_count(host_bob, "(not encrypted) openly", PURPLE_MESSAGE_RECV), 1);
    ck_assert_str_eq(host_status(host_bob, "alice", "private"), "1");
    ck_assert(host_command(host_alice, "bob", "eider on"));
    host_type(host_alice, "bob", marker);
    host_run(200);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(a_contact_merged_with_a_private_one_is_private)
{
    PurpleBuddy *bob, *work;

    talk_start();
    bob = purple_find_buddy(host_alice, "bob");
    work = purple_buddy_new(host_alice, "bob-work", NULL);
    purple_blist_add_buddy(work, purple_buddy_get_contact(bob), NULL, NULL);
    g_ptr_array_set_size(fake_wire, 0);
    host_type(host_alice, "bob-work", "secret");
    host_run(50);
    ck_assert(!fake_wire_has("secret"));
    ck_assert_str_eq(host_status(host_alice, "bob-work", "private"), "1");
    host_stop();
}
END_TEST

START_TEST(somebody_in_a_room_is_no_buddy)
{
    PurpleBuddy *b;

    host_start("prpl-fake");
    host_load();
    b = purple_buddy_new(host_alice, "room@x/bob", NULL);
    purple_blist_add_buddy(b, NULL, NULL, NULL);
    purple_prefs_set_string("/plugins/core/eider/default", "on");
    ck_assert_str_eq(host_status(host_alice, "room@x/bob", "private"), "0");
    ck_assert_str_eq(host_status(host_alice, "bob", "private"), "1");
    host_stop();
}
END_TEST

Suite *
guard_suite(void)
{
    Suite *s = suite_create("guard");
    TCase *t = tcase_create("ways around");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, a_pounce_goes_out_encrypted);
    tcase_add_test(t, an_automatic_answer_goes_out_encrypted);
    tcase_add_test(t, an_open_contact_is_left_alone);
    tcase_add_test(t, typing_is_not_told);
    suite_add_tcase(s, t);

    t = tcase_create("refused");
    tcase_set_timeout(t, 60);
    tcase_add_test(
        t, a_file_is_refused_and_sent_openly_only_when_the_user_says_so);
    tcase_add_test(t, nobody_is_asked_where_no_conversation_is_open);
    tcase_add_test(t, a_buzz_is_refused);
    tcase_add_test(t, a_whisper_is_refused);
    tcase_add_test(t, a_picture_is_refused_with_the_text_around_it);
    suite_add_tcase(s, t);

    t = tcase_create("policy");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, text_waits_for_a_contact_without_eider);
    tcase_add_test(t, off_is_open_and_on_is_private_again);
    tcase_add_test(t, a_contact_merged_with_a_private_one_is_private);
    tcase_add_test(t, somebody_in_a_room_is_no_buddy);
    suite_add_tcase(s, t);
    return s;
}
