/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before the passphrase is given: what is written waits, what arrives is kept,
 * nothing leaves; after it each text goes its way, once. */
#include <check.h>
#include <string.h>

#include "eider/letterbox.h"
#include "eider/limits.h"
#include "talk.h"

#define WAIT 30000
#define PASS "correct horse"

Suite *locked_suite(void);

static bool
is_asked(const void *unused)
{
    (void)unused;
    return host_questions() > 0;
}

static bool
has_notice(const void *text)
{
    return host_has_notice(text);
}

static bool
is_unlocked(const void *unused)
{
    (void)unused;
    return strcmp(host_status(host_alice, "bob", "session"), "1") == 0;
}

static bool
has_come(const void *text)
{
    return host_count(host_bob, text, PURPLE_MESSAGE_RECV) > 0;
}

/* Private with bob, then locked; carol is open. */
static void
start_locked(void)
{
    talk_start();
    ck_assert(host_action("Set the passphrase..."));
    ck_assert(host_fill("new", PASS));
    ck_assert(host_fill("again", PASS));
    ck_assert(host_answer("_Set"));
    ck_assert(host_run_until(has_notice, "The passphrase was set.", WAIT));
}

static void
load_locked(void)
{
    host_load();
    host_forget_lines();
    g_ptr_array_set_size(fake_wire, 0);
    ck_assert(host_run_until(is_asked, NULL, 2000));
}

static void
unlock(void)
{
    ck_assert(host_enter(PASS));
    ck_assert(host_run_until(is_unlocked, NULL, WAIT));
}

static char *
write_to(const char *who)
{
    char *text = g_strdup(talk_marker());

    host_type(host_alice, who, text);
    return text;
}

START_TEST(what_is_written_waits_and_goes_out_once)
{
    char *one, *two;

    start_locked();
    host_unload();
    load_locked();
    one = write_to("bob");
    two = write_to("bob");
    host_run(50);
    ck_assert_uint_eq(fake_wire->len, 0);
    /* Shown as any other text; said in one line that it waits. */
    ck_assert_uint_eq(host_count(host_alice, one, PURPLE_MESSAGE_SEND), 1);
    ck_assert_uint_eq(
        host_count(host_alice, "Not sent yet", PURPLE_MESSAGE_SYSTEM), 1);
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "2");
    /* An automatic answer would be none any more. */
    ck_assert_int_lt(serv_send_im(purple_account_get_connection(host_alice),
                                  "bob", "away", PURPLE_MESSAGE_AUTO_RESP),
                     0);
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "2");
    unlock();
    ck_assert(host_run_until(has_come, one, WAIT));
    ck_assert(host_run_until(has_come, two, WAIT));
    host_run(50);
    ck_assert_uint_eq(host_count(host_bob, one, PURPLE_MESSAGE_RECV), 1);
    ck_assert_uint_eq(host_count(host_alice, one, PURPLE_MESSAGE_SEND), 1);
    ck_assert_uint_eq(host_questions(), 0);
    talk_assert_clean(one);
    talk_assert_clean(two);
    /* Nothing is left of them. */
    host_unload();
    load_locked();
    unlock();
    host_run(300);
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_uint_eq(host_count(host_bob, one, PURPLE_MESSAGE_RECV), 0);
    host_stop();
    g_free(one);
    g_free(two);
}
END_TEST

static bool
has_called(const void *unused)
{
    (void)unused;
    return fake_wire->len > 0;
}

START_TEST(an_invitation_in_tags_is_answered_when_it_is_unlocked)
{
    start_locked();
    ck_assert(host_command(host_alice, "carol", "eider on"));
    host_unload();
    load_locked();
    fake_deliver("alice", "carol",
                 "<b>I would like to talk privately with Eider, a plugin for "
                 "Pidgin. If you have it, nothing is to be done. "
                 "EIDERinvite1</b>",
                 0);
    g_ptr_array_set_size(fake_wire, 0);
    unlock();
    ck_assert(host_run_until(has_called, NULL, WAIT));
    host_stop();
}
END_TEST

START_TEST(what_is_for_an_open_contact_is_asked_about)
{
    static const char *const answers[] = {"Send _openly", "Talk _privately",
                                          "_Later"};
    char *text, *again;

    start_locked();
    host_unload();
    load_locked();
    text = write_to("carol");
    unlock();
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_asks("carol"));
    ck_assert(host_asks(text));
    ck_assert(!fake_wire_has(text));
    ck_assert(host_answer(answers[_i]));
    host_run(50);
    ck_assert(fake_wire_has(text) == (_i == 0));
    ck_assert_str_eq(host_status(host_alice, "carol", "waiting"),
                     _i == 1 ? "1" : "0");
    ck_assert_str_eq(host_status(host_alice, "carol", "private"),
                     _i == 1 ? "1" : "0");
    if (_i == 2) { /* the question comes back */
        host_unload();
        load_locked();
        again = write_to("carol");
        unlock();
        ck_assert(host_asks(text));
        ck_assert(host_asks(again));
        ck_assert(host_answer("_Delete"));
        g_free(again);
    }
    if (_i == 1) /* private now: what is said later is not open, either */
        talk_assert_clean(text);
    host_stop();
    g_free(text);
}
END_TEST

/* A process that ended in between cannot know who wrote what it finds. */
START_TEST(what_is_found_is_shown_before_it_goes)
{
    char *text;

    start_locked();
    host_unload();
    load_locked();
    text = write_to("bob");
    purple_signal_emit(purple_get_core(), "quitting");
    ck_assert_uint_eq(
        host_count(host_alice, "1 text waits, sealed", PURPLE_MESSAGE_SYSTEM),
        1);
    host_unload();
    load_locked();
    unlock();
    host_run(50);
    ck_assert(!has_come(text));
    ck_assert(host_asks(text));
    ck_assert(host_asks("is it yours?"));
    ck_assert(host_answer("_Send"));
    ck_assert(host_run_until(has_come, text, WAIT));
    host_run(50);
    ck_assert_uint_eq(host_count(host_bob, text, PURPLE_MESSAGE_RECV), 1);
    talk_assert_clean(text);
    host_stop();
    g_free(text);
}
END_TEST

START_TEST(what_waits_can_be_deleted)
{
    char *text;

    start_locked();
    host_unload();
    load_locked();
    text = write_to("bob");
    ck_assert(host_command(host_alice, "bob", "eider cancel"));
    ck_assert_uint_eq(host_count(host_alice, "1 waiting text was deleted.",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    unlock();
    host_run(300);
    ck_assert(!has_come(text));
    host_stop();
    g_free(text);
}
END_TEST

START_TEST(what_arrives_is_opened_afterwards)
{
    char *text, *caught;

    start_locked();
    fake.loses = true;
    g_ptr_array_set_size(fake_wire, 0);
    text = write_to("bob");
    ck_assert_uint_eq(fake_wire->len, 1);
    caught = g_strdup(g_ptr_array_index(fake_wire, 0));
    host_unload();
    load_locked();
    fake_deliver("bob", "alice", caught, PURPLE_MESSAGE_RECV);
    fake_deliver("bob", "alice", "not from there", PURPLE_MESSAGE_RECV);
    ck_assert(!has_come(text));
    ck_assert_uint_eq(host_count(host_bob, "(not encrypted) not from there",
                                 PURPLE_MESSAGE_RECV),
                      1);
    unlock();
    host_run(50);
    ck_assert_uint_eq(host_count(host_bob, text, PURPLE_MESSAGE_RECV), 1);
    talk_assert_clean(text);
    fake.loses = false;
    host_stop();
    g_free(text);
    g_free(caught);
}
END_TEST

START_TEST(a_damaged_file_takes_nothing_and_is_left_alone)
{
    char *path, *after, *text;

    start_locked();
    path = g_build_filename(host_dir, "eider", "letters", NULL);
    host_unload();
    ck_assert(g_file_set_contents(path, "damage", -1, NULL));
    load_locked();
    text = write_to("bob");
    ck_assert_uint_eq(host_count(host_alice, text, PURPLE_MESSAGE_SEND), 0);
    ck_assert_uint_eq(
        host_count(host_alice, "was not sent", PURPLE_MESSAGE_SYSTEM), 1);
    unlock();
    ck_assert(host_has_notice("cannot be read"));
    ck_assert(g_file_get_contents(path, &after, NULL, NULL));
    ck_assert_str_eq(after, "damage");
    talk_assert_clean(text);
    host_stop();
    g_free(after);
    g_free(text);
    g_free(path);
}
END_TEST

/* One written a while ago for an account that is gone, and one just now. */
static void
leave_letters(const char *dir)
{
    const uint64_t now = (uint64_t)g_get_real_time() / 1000;
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_letterbox *box;
    eider_files files;
    char *why;

    ck_assert_int_eq(eider_files_open(&files, dir, NULL, &why), EIDER_OK);
    ck_assert_int_eq(eider_letterbox_open(&box, &files), EIDER_OK);
    ck_assert_int_eq(eider_letterbox_put(box, "prpl-gone\tme", "bob", "old",
                                         now - EIDER_OUTBOX_KEEP * 1000ull, id),
                     EIDER_OK);
    ck_assert_int_eq(
        eider_letterbox_put(box, "prpl-gone\tme", "bob", "new", now, id),
        EIDER_OK);
    eider_letterbox_close(box);
    eider_files_close(&files);
}

static size_t
size_of(const char *path)
{
    char *bytes = NULL;
    size_t n = 0;

    ck_assert(g_file_get_contents(path, &bytes, &n, NULL));
    g_free(bytes);
    return n;
}

START_TEST(what_was_for_an_account_that_is_gone_goes_in_two_weeks)
{
    char *dir, *path;
    size_t n;

    start_locked();
    dir = g_build_filename(host_dir, "eider", NULL);
    path = g_build_filename(dir, "letters", NULL);
    host_unload();
    leave_letters(dir);
    n = size_of(path);
    load_locked();
    unlock();
    host_run(300);
    ck_assert_uint_lt(size_of(path), n);
    host_unload();
    load_locked();
    unlock();
    host_run(300);
    ck_assert_uint_gt(size_of(path), n / 3);
    host_stop();
    g_free(path);
    g_free(dir);
}
END_TEST

Suite *
locked_suite(void)
{
    Suite *s = suite_create("locked");
    TCase *t = tcase_create("locked");

    tcase_set_timeout(t, 120);
    tcase_add_test(t, what_is_written_waits_and_goes_out_once);
    tcase_add_test(t, an_invitation_in_tags_is_answered_when_it_is_unlocked);
    tcase_add_loop_test(t, what_is_for_an_open_contact_is_asked_about, 0, 3);
    tcase_add_test(t, what_is_found_is_shown_before_it_goes);
    tcase_add_test(t, what_waits_can_be_deleted);
    tcase_add_test(t, what_arrives_is_opened_afterwards);
    tcase_add_test(t, a_damaged_file_takes_nothing_and_is_left_alone);
    tcase_add_test(t, what_was_for_an_account_that_is_gone_goes_in_two_weeks);
    suite_add_tcase(s, t);
    return s;
}
