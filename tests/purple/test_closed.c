/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store cannot be read: then nobody knows who is private, and nothing
 * leaves. */
#include <check.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "talk.h"

#include "eider/store.h"

Suite *closed_suite(void);

static char *
store_path(const char *name)
{
    return g_build_filename(host_dir, "eider", name, NULL);
}

/* Whatever is tried, and to whomever: nothing on the wire. */
static void
assert_nothing_leaves(const char *reason)
{
    PurpleConnection *gc = purple_account_get_connection(host_alice);
    char *marker = g_strdup(talk_marker());

    host_forget_lines();
    g_ptr_array_set_size(fake_wire, 0);
    fake_typings = fake_files = fake_attentions = 0;
    host_type(host_alice, "bob", marker);
    host_type(host_alice, "carol", marker);
    ck_assert_int_lt(serv_send_im(gc, "bob", marker, 0), 0);
    serv_send_typing(gc, "bob", PURPLE_TYPING);
    serv_send_file(gc, "bob", marker);
    purple_prpl_send_attention(gc, "bob", 0);
    host_run(50);
    ck_assert_uint_eq(fake_wire->len, 0);
    ck_assert_int_eq(fake_typings + fake_files + fake_attentions, 0);
    ck_assert_uint_eq(host_count(host_alice, marker, PURPLE_MESSAGE_SEND), 0);
    ck_assert_uint_ge(
        host_count(host_alice, "was not sent", PURPLE_MESSAGE_SYSTEM), 2);
    ck_assert_msg(host_count(host_alice, reason, PURPLE_MESSAGE_SYSTEM) > 0,
                  "nobody says %s", reason);
    g_free(marker);
}

static void
spoil(const char *name)
{
    char *path = store_path(name), *bytes;
    gsize n;

    ck_assert(g_file_get_contents(path, &bytes, &n, NULL));
    /* It may hold two copies, one of them zeros. */
    bytes[n / 4] = (char)(bytes[n / 4] ^ 1);
    bytes[n / 4 * 3] = (char)(bytes[n / 4 * 3] ^ 1);
    ck_assert(g_file_set_contents(path, bytes, (gssize)n, NULL));
    g_free(bytes);
    g_free(path);
}

START_TEST(nothing_leaves_with_a_damaged_file)
{
    static const char *const names[] = {"index", "master"};
    char *path, *before, *after;
    gsize n, m;

    talk_start();
    host_unload();
    spoil(names[_i]);
    path = store_path(names[_i]);
    ck_assert(g_file_get_contents(path, &before, &n, NULL));
    host_load();
    assert_nothing_leaves(names[_i]);
    host_run(300);
    ck_assert_msg(host_has_notice("nothing is sent"), "no word at the start");
    host_unload();
    ck_assert(g_file_get_contents(path, &after, &m, NULL));
    ck_assert(n == m && memcmp(before, after, n) == 0);
    host_stop();
    g_free(before);
    g_free(after);
    g_free(path);
}
END_TEST

START_TEST(nothing_leaves_where_the_folder_is_none)
{
    char *path;

    host_start("prpl-fake");
    path = store_path(NULL);
    ck_assert(g_file_set_contents(path, "x", 1, NULL));
    host_load();
    assert_nothing_leaves(path);
    host_stop();
    g_free(path);
}
END_TEST

/* Another process that holds the folder until the pipe is closed. */
static pid_t
hold_lock(int *end)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char *path = store_path("lock"), *dir = store_path(NULL), c = 0;
    int up[2], down[2], fd;
    pid_t pid;

    ck_assert(pipe(up) == 0 && pipe(down) == 0);
    g_mkdir_with_parents(dir, 0700);
    pid = fork();
    if (pid == 0) {
        close(down[1]);
        fd = open(path, O_RDWR | O_CREAT, 0600);
        if (fd < 0 || fcntl(fd, F_SETLK, &l) != 0)
            _exit(1);
        (void)!write(up[1], "x", 1);
        (void)!read(down[0], &c, 1);
        _exit(0);
    }
    close(down[0]);
    ck_assert_int_eq(read(up[0], &c, 1), 1);
    *end = down[1];
    g_free(path);
    g_free(dir);
    return pid;
}

START_TEST(nothing_leaves_beside_a_second_client_and_all_is_well_when_it_goes)
{
    char *marker = g_strdup(talk_marker());
    int end = -1;
    pid_t pid;

    host_start("prpl-fake");
    pid = hold_lock(&end);
    host_load();
    assert_nothing_leaves("a second Pidgin");
    close(end);
    waitpid(pid, NULL, 0);
    host_run(5200); /* it looks again when somebody writes, not all the time */
    host_type(host_alice, "carol", "hello");
    ck_assert(fake_wire_has("hello"));
    talk_meet();
    talk_say(host_alice, "bob", marker, 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

/* ---- passphrase ---------------------------------------------------------- */

static void
set_passphrase(const char *pass)
{
    char *dir = store_path(NULL), *why = NULL;
    eider_files files;
    eider_store *store;

    ck_assert_int_eq(eider_files_open(&files, dir, NULL, &why), EIDER_OK);
    ck_assert_int_eq(eider_store_open(&store, &files, NULL), EIDER_OK);
    ck_assert_int_eq(eider_store_set_passphrase(store, pass, strlen(pass)),
                     EIDER_OK);
    eider_store_close(store);
    eider_files_close(&files);
    g_free(dir);
}

static bool
is_asked(const void *arg)
{
    (void)arg;
    return host_questions() > 0;
}

static bool
is_unlocked(const void *arg)
{
    (void)arg;
    return strcmp(host_status(host_alice, "bob", "session"), "1") == 0;
}

START_TEST(a_locked_store_sends_nothing_until_the_passphrase_is_there)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    host_unload();
    set_passphrase("correct horse");
    host_load();
    assert_nothing_leaves("locked");
    ck_assert(host_run_until(is_asked, NULL, 2000));
    ck_assert(host_enter("wrong horse"));
    ck_assert_uint_eq(host_questions(), 0);
    assert_nothing_leaves("locked");
    ck_assert_msg(host_run_until(is_asked, NULL, 30000), "not asked again");
    ck_assert(host_enter("correct horse"));
    ck_assert(host_run_until(is_unlocked, NULL, 30000));
    talk_say(host_alice, "bob", marker, 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(a_question_left_open_goes_with_the_plugin)
{
    talk_start();
    host_unload();
    set_passphrase("correct horse");
    host_load();
    ck_assert(host_run_until(is_asked, NULL, 2000));
    host_unload();
    ck_assert_uint_eq(host_questions(), 0);
    host_load();
    ck_assert(host_run_until(is_asked, NULL, 2000));
    ck_assert(host_enter("correct horse"));
    host_unload(); /* while the thread works */
    host_run(100);
    host_stop();
}
END_TEST

Suite *
closed_suite(void)
{
    Suite *s = suite_create("closed");
    TCase *t = tcase_create("closed");

    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, nothing_leaves_with_a_damaged_file, 0, 2);
    tcase_add_test(t, nothing_leaves_where_the_folder_is_none);
    tcase_add_test(
        t, nothing_leaves_beside_a_second_client_and_all_is_well_when_it_goes);
    tcase_add_test(t,
                   a_locked_store_sends_nothing_until_the_passphrase_is_there);
    tcase_add_test(t, a_question_left_open_goes_with_the_plugin);
    suite_add_tcase(s, t);
    return s;
}
