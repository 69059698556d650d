/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A second device of bob: an engine of the runner's own, behind the same
 * address, that the plugin has never seen.
 */
#include <check.h>
#include <string.h>

#include "talk.h"

#include "eider/engine.h"
#include "eider/ui.h"

Suite *devices_suite(void);

#define ACCOUNT "prpl-fake\tbob"
#define WAIT    10000

static eider_engine *second;
static eider_store *store;
static eider_files files;
static guint wake;
static GString *seen;      /* what the second device shows */
static const char *called; /* what it says its account is called */

/* ---- its world ----------------------------------------------------------- */

static uint64_t
now_ms(void *data)
{
    (void)data;
    return (uint64_t)g_get_real_time() / 1000;
}

static gboolean
on_wake(gpointer data)
{
    (void)data;
    wake = 0;
    eider_engine_tick(second);
    return FALSE;
}

static void
wake_in(void *data, uint64_t ms)
{
    (void)data;
    if (wake != 0)
        g_source_remove(wake);
    wake = g_timeout_add((guint)MIN(ms, 1000000), on_wake, NULL);
}

static gboolean
on_line(gpointer line)
{
    fake_deliver("alice", "bob", line, 0);
    g_free(line);
    return FALSE;
}

static eider_sent
send_line(void *data, const char *account, const char *to, const char *line)
{
    (void)data;
    (void)account;
    (void)to;
    g_timeout_add(1, on_line, g_strdup(line));
    return EIDER_SENT;
}

static size_t
line_max(void *data, const char *account)
{
    (void)data;
    (void)account;
    return 1400;
}

static bool
yes(void *data, const char *account, const char *peer)
{
    (void)data;
    (void)account;
    (void)peer;
    return true;
}

static bool
no(void *data, const char *account, const char *peer)
{
    return !yes(data, account, peer);
}

static eider_default
policy(void *data)
{
    (void)data;
    return EIDER_DEFAULT_AUTO;
}

static const char *
label(void *data)
{
    (void)data;
    return "second";
}

static const char *
own_name(void *data, const char *account)
{
    (void)data;
    (void)account;
    return called;
}

static bool
show(void *data, const char *account, const char *from, const eider_shown *t)
{
    (void)data;
    (void)account;
    (void)from;
    g_string_append_printf(seen, "%s\n", t->html);
    return true;
}

static void
tell(void *data, const char *account, const char *peer, const eider_news *n)
{
    (void)data;
    (void)account;
    (void)peer;
    (void)n;
}

static void
changed(void *data, const char *account, const char *peer)
{
    (void)data;
    (void)account;
    (void)peer;
}

static void
on_tap(const char *to, const char *from, const char *text)
{
    if (strcmp(to, "bob") == 0)
        eider_engine_receive(second, ACCOUNT, from, from, text, strlen(text),
                             false);
}

static bool
is_candidate(const void *arg)
{
    eider_status s;

    (void)arg;
    eider_engine_status(second, ACCOUNT, "alice", &s);
    return s.has_session &&
           strcmp(host_status(host_alice, "bob", "candidates"), "1") == 0;
}

/* alice and bob talk; then a line to bob reaches his second device, too. */
static void
start_with_candidate(void)
{
    const eider_env env = {
        .now_ms = now_ms,
        .wake_in = wake_in,
        .speed = 1,
        .send = send_line,
        .line_max = line_max,
        .is_buddy = yes,
        .is_online = yes,
        .is_reachable = yes,
        .is_merged_on = no,
        .policy = policy,
        .label = label,
        .own_name = own_name,
        .show = show,
        .tell = tell,
        .changed = changed,
    };
    char *dir, *why = NULL;

    talk_start();
    if (called == NULL)
        called = "bob";
    seen = g_string_new(NULL);
    dir = g_build_filename(host_dir, "second", NULL);
    ck_assert_int_eq(eider_files_open(&files, dir, NULL, &why), EIDER_OK);
    ck_assert_int_eq(eider_store_open(&store, &files, NULL), EIDER_OK);
    ck_assert_int_eq(eider_engine_new(&second, &env, store), EIDER_OK);
    eider_engine_account(second, ACCOUNT, true);
    host_forget_lines();
    fake_tap = on_tap;
    talk_say(host_alice, "bob", "for the first only", 1);
    ck_assert_msg(host_run_until(is_candidate, NULL, WAIT),
                  "no candidate: alice has %s",
                  host_status(host_alice, "bob", "candidates"));
    g_free(dir);
}

static void
stop(void)
{
    fake_tap = NULL;
    eider_engine_free(second);
    eider_store_close(store);
    eider_files_close(&files);
    if (wake != 0)
        g_source_remove(wake);
    g_string_free(seen, TRUE);
    host_stop();
}

static bool
has_seen(const void *text)
{
    return strstr(seen->str, text) != NULL;
}

static const eider_app *
app(void)
{
    PurplePlugin *core = purple_plugins_find_with_id(EIDER_UI_CORE);

    return purple_plugin_ipc_call(core, EIDER_UI_CALL, NULL);
}

static bool
is_shown_to_bob(const void *text)
{
    return host_count(host_bob, text, PURPLE_MESSAGE_RECV) == 1;
}

/* The question about the only candidate. */
static void
take_question(eider_question *q)
{
    eider_device d[8];
    size_t n = app()->devices(host_alice, "bob", d, 8), i;

    for (i = 0; i < n && d[i].trust != EIDER_TRUST_CANDIDATE; i++)
        ck_assert(!app()->question(host_alice, "bob", d[i].fingerprint, q));
    ck_assert_uint_lt(i, n);
    ck_assert(app()->question(host_alice, "bob", d[i].fingerprint, q));
    ck_assert_str_eq(q->device.fingerprint, d[i].fingerprint);
}

/* ---- tests --------------------------------------------------------------- */

START_TEST(nothing_goes_to_a_new_device_unasked)
{
    char *marker = g_strdup(talk_marker());

    start_with_candidate();
    ck_assert_uint_eq(host_count(host_alice, "A device nobody knows says it is",
                                 PURPLE_MESSAGE_SYSTEM),
                      1);
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_str_eq(host_status(host_alice, "bob", "state"), "newdevice");
    talk_say(host_alice, "bob", marker, 1);
    host_run(500);
    ck_assert(!has_seen(marker));
    ck_assert(!has_seen("for the first only"));
    talk_assert_clean(marker);
    stop();
    g_free(marker);
}
END_TEST

START_TEST(what_a_new_device_says_is_marked)
{
    start_with_candidate();
    ck_assert_int_eq(
        eider_engine_send(second, ACCOUNT, "alice", "it is me", NULL),
        EIDER_OK);
    host_run(500);
    ck_assert_uint_eq(
        host_count(host_alice, "(from a device that nobody accepted) it is me",
                   PURPLE_MESSAGE_RECV),
        1);
    ck_assert_uint_eq(
        host_count(host_alice, "(not encrypted)", PURPLE_MESSAGE_RECV), 0);
    stop();
}
END_TEST

START_TEST(it_is_them)
{
    start_with_candidate();
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    ck_assert_uint_eq(host_questions(), 1);
    ck_assert(host_answer("_Later"));
    ck_assert_str_eq(host_status(host_alice, "bob", "candidates"), "1");
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    /* what left just now is not delivered yet: it is asked about */
    ck_assert(host_answer("It's _them"));
    ck_assert(host_answer("_Only what I write from now on"));
    ck_assert_str_eq(host_status(host_alice, "bob", "candidates"), "0");
    ck_assert_str_eq(host_status(host_alice, "bob", "devices"), "2");
    talk_say(host_alice, "bob", "for both", 1);
    ck_assert(host_run_until(has_seen, "for both", WAIT));
    ck_assert(!has_seen("for the first only"));
    stop();
}
END_TEST

START_TEST(a_question_says_what_it_can_be)
{
    eider_question q;

    start_with_candidate();
    take_question(&q);
    ck_assert_ptr_nonnull(strstr(q.title, "bob"));
    ck_assert_ptr_nonnull(strstr(q.happened, "second"));
    ck_assert_ptr_nonnull(strstr(q.causes, "installed again"));
    ck_assert_ptr_nonnull(strstr(q.causes, "somebody in between"));
    ck_assert_ptr_null(q.warning);
    ck_assert_ptr_nonnull(strstr(q.waiting, "not delivered yet"));
    app()->question_clear(&q);
    ck_assert(!app()->question(host_alice, "bob", "00000", &q));
    app()->question_clear(&q);
    stop();
}
END_TEST

START_TEST(a_question_warns_of_a_name_that_does_not_fit)
{
    eider_question q;

    called = "eve<b>";
    start_with_candidate();
    host_run(200);
    take_question(&q);
    ck_assert_str_eq(q.warning, "They call themselves eve<b>, not bob.");
    app()->question_clear(&q);
    stop();
}
END_TEST

START_TEST(what_waits_is_asked_about_apart)
{
    eider_question q;

    start_with_candidate();
    purple_prpl_got_user_status(host_alice, "bob", "offline", NULL);
    host_type(host_alice, "bob", "it waits");
    ck_assert_str_eq(host_status(host_alice, "bob", "waiting"), "1");
    take_question(&q);
    ck_assert_str_eq(q.waiting,
                     "Send it the 2 texts that are not delivered yet, too");
    app()->question_clear(&q);
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    ck_assert(host_answer("It's _them"));
    /* nothing yet: the answer to the second question decides */
    ck_assert_str_eq(host_status(host_alice, "bob", "candidates"), "1");
    ck_assert(host_answer("_Cancel"));
    ck_assert_str_eq(host_status(host_alice, "bob", "candidates"), "1");
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    ck_assert(host_answer("It's _them"));
    ck_assert(host_answer("_Only what I write from now on"));
    ck_assert_str_eq(host_status(host_alice, "bob", "candidates"), "0");
    ck_assert_uint_eq(host_questions(), 0);
    purple_prpl_got_user_status(host_alice, "bob", "available", NULL);
    ck_assert(host_run_until(is_shown_to_bob, "it waits", WAIT));
    host_run(500);
    ck_assert(!has_seen("it waits"));
    stop();
}
END_TEST

START_TEST(checking_first_decides_nothing)
{
    start_with_candidate();
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    ck_assert(host_answer("_Check first"));
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_str_eq(host_status(host_alice, "bob", "candidates"), "1");
    stop();
}
END_TEST

START_TEST(it_is_not_them)
{
    start_with_candidate();
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    ck_assert(host_answer("_Not them"));
    ck_assert_str_eq(host_status(host_alice, "bob", "candidates"), "0");
    ck_assert_str_eq(host_status(host_alice, "bob", "devices"), "1");
    talk_say(host_alice, "bob", "for one", 1);
    host_run(500);
    ck_assert(!has_seen("for one"));
    host_forget_lines();
    ck_assert(host_command(host_alice, "bob", "eider fingerprint"));
    ck_assert_uint_eq(host_questions(), 0);
    ck_assert_uint_eq(host_count(host_alice, "refused", PURPLE_MESSAGE_SYSTEM),
                      1);
    stop();
}
END_TEST

Suite *
devices_suite(void)
{
    Suite *s = suite_create("devices");
    TCase *t = tcase_create("a second device");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, nothing_goes_to_a_new_device_unasked);
    tcase_add_test(t, what_a_new_device_says_is_marked);
    tcase_add_test(t, it_is_them);
    tcase_add_test(t, it_is_not_them);
    tcase_add_test(t, a_question_says_what_it_can_be);
    tcase_add_test(t, a_question_warns_of_a_name_that_does_not_fit);
    tcase_add_test(t, what_waits_is_asked_about_apart);
    tcase_add_test(t, checking_first_decides_nothing);
    suite_add_tcase(s, t);
    return s;
}
