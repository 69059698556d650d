/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls, and what is offered by somebody private: never encrypted. */
#include <check.h>
#include <string.h>

#include <mediamanager.h>

#include "talk.h"

Suite *offers_suite(void);

#define VOICE PURPLE_MEDIA_AUDIO

/* ---- calls --------------------------------------------------------------- */

START_TEST(a_call_is_refused_and_made_openly_only_when_the_user_says_so)
{
    talk_start();
    ck_assert(!purple_prpl_initiate_media(host_alice, "bob", VOICE));
    ck_assert_int_eq(fake_calls, 0);
    ck_assert_uint_eq(host_count(host_alice,
                                 "bob was not called: a call cannot be "
                                 "encrypted yet.",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    ck_assert(host_answer("_Do not send"));
    ck_assert_int_eq(fake_calls, 0);
    purple_prpl_initiate_media(host_alice, "bob", VOICE);
    ck_assert(host_answer("Send _open once"));
    ck_assert_int_eq(fake_calls, 1);
    purple_prpl_initiate_media(host_alice, "bob", VOICE);
    ck_assert_int_eq(fake_calls, 1);
    /* others are called as ever */
    ck_assert(purple_prpl_initiate_media(host_alice, "carol", VOICE));
    ck_assert_int_eq(fake_calls, 2);
    host_stop();
}
END_TEST

/* As a protocol does it, whoever began. */
static void
ring(const char *who, bool is_ours)
{
    PurpleMedia *media = purple_media_manager_create_media(
        purple_media_manager_get(), host_alice, "fsrtpconference", who,
        is_ours);

    ck_assert_ptr_nonnull(media); /* nobody took it away */
    purple_media_end(media, NULL, NULL);
}

START_TEST(who_is_called_is_told_that_it_is_open)
{
    talk_start();
    ring("bob/phone", false);
    ck_assert_uint_eq(host_count(host_alice, "(not encrypted) bob calls.",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    ring("bob/phone", true); /* ours was asked about before */
    ring("carol", false);
    ck_assert_uint_eq(host_count(host_alice, " calls.", PURPLE_MESSAGE_SYSTEM),
                      1);
    purple_conversation_destroy(host_conv(host_alice, "bob"));
    ring("bob/phone", false);
    ck_assert(host_has_notice("(not encrypted) bob calls."));
    host_unload();
    host_forget_lines();
    ring("bob/phone", false);
    ck_assert(!host_has_notice("calls."));
    host_stop();
}
END_TEST

/* ---- files --------------------------------------------------------------- */

static void
start_transfer(PurpleXfer *xfer)
{
    (void)xfer;
}

static void
offer(const char *who)
{
    PurpleXfer *xfer = purple_xfer_new(host_alice, PURPLE_XFER_RECEIVE, who);

    purple_xfer_set_init_fnc(xfer, start_transfer);
    purple_xfer_set_filename(xfer, "minutes.txt");
    purple_xfer_set_size(xfer, 12);
    purple_xfer_request(xfer);
}

START_TEST(a_file_is_said_to_be_open_where_no_conversation_is)
{
    talk_start();
    purple_conversation_destroy(host_conv(host_alice, "bob"));
    offer("carol");
    ck_assert(!host_has_notice("offers a file."));
    offer("bob/phone");
    ck_assert(host_has_notice("(not encrypted) bob offers a file."));
    ck_assert_uint_eq(host_questions(), 2); /* the client's own */
    host_stop();
}
END_TEST

/* ---- rooms --------------------------------------------------------------- */

static void
invite(const char *who)
{
    serv_got_chat_invite(purple_account_get_connection(host_alice), "room@x",
                         who, "come, it is secret", NULL);
}

START_TEST(the_text_of_an_invitation_is_said_to_be_open)
{
    talk_start();
    invite("carol");
    ck_assert_uint_eq(
        host_count(host_alice, " invites you", PURPLE_MESSAGE_SYSTEM), 0);
    invite("bob/phone");
    ck_assert_uint_eq(host_count(host_alice,
                                 "(not encrypted) bob invites you to a room.",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    ck_assert_uint_eq(host_questions(), 2); /* the client's own */
    host_stop();
}
END_TEST

Suite *
offers_suite(void)
{
    Suite *s = suite_create("offers");
    TCase *t = tcase_create("offers");

    tcase_set_timeout(t, 60);
    tcase_add_test(
        t, a_call_is_refused_and_made_openly_only_when_the_user_says_so);
    tcase_add_test(t, who_is_called_is_told_that_it_is_open);
    tcase_add_test(t, a_file_is_said_to_be_open_where_no_conversation_is);
    tcase_add_test(t, the_text_of_an_invitation_is_said_to_be_open);
    suite_add_tcase(s, t);
    return s;
}
