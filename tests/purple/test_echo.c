/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which line of a window is which text, and what becomes of it. */
#include <check.h>
#include <string.h>

#include "talk.h"

#include "eider/ui.h"

Suite *echo_suite(void);

#define WAIT 10000

typedef struct {
    char *text;
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_text_state state; /* when it was shown */
    eider_text_state last;  /* told of since */
    bool is_ours;
} line;

static GPtrArray *lines;
static int handle;

static const eider_app *
app(void)
{
    PurplePlugin *core = purple_plugins_find_with_id(EIDER_UI_CORE);

    return purple_plugin_ipc_call(core, EIDER_UI_CALL, NULL);
}

/* As a face does when a line stands in the window. */
static void
on_wrote(PurpleAccount *account, const char *who, const char *text,
         PurpleConversation *conv, PurpleMessageFlags flags)
{
    line *l;

    (void)who;
    if ((flags & PURPLE_MESSAGE_SEND) == 0)
        return;
    l = g_new0(line, 1);
    l->text = g_strdup(text);
    l->is_ours = app()->shown_text(account, purple_conversation_get_name(conv),
                                   l->id, &l->state);
    l->last = l->state;
    g_ptr_array_add(lines, l);
}

static void
on_told(const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state state, void *arg)
{
    (void)arg;
    for (guint i = 0; i < lines->len; i++) {
        line *l = g_ptr_array_index(lines, i);

        if (l->is_ours && memcmp(l->id, id, sizeof l->id) == 0)
            l->last = state;
    }
}

static void
watch(void)
{
    lines = g_ptr_array_new();
    purple_signal_connect(purple_conversations_get_handle(), "wrote-im-msg",
                          &handle, PURPLE_CALLBACK(on_wrote), NULL);
    app()->watch_texts(on_told, NULL);
}

static void
stop(void)
{
    purple_signals_disconnect_by_handle(&handle);
    host_stop();
}

static line *
last(void)
{
    ck_assert_uint_gt(lines->len, 0);
    return g_ptr_array_index(lines, lines->len - 1);
}

static bool
is_delivered(const void *l)
{
    return ((const line *)l)->last == EIDER_TEXT_DELIVERED;
}

START_TEST(each_line_is_its_own_text)
{
    line *first, *second;

    talk_start();
    watch();
    host_type(host_alice, "bob", "one");
    first = last();
    host_type(host_alice, "bob", "two");
    second = last();
    ck_assert_ptr_ne(first, second);
    ck_assert(first->is_ours && second->is_ours);
    ck_assert_int_eq(first->state, EIDER_TEXT_SENT);
    ck_assert_mem_ne(first->id, second->id, sizeof first->id);
    host_run(50);
    talk_say(host_bob, "alice", "back", 1);
    ck_assert(last()->is_ours);
    ck_assert(host_run_until(is_delivered, first, WAIT));
    ck_assert(host_run_until(is_delivered, second, WAIT));
    stop();
}
END_TEST

START_TEST(a_text_that_waits_says_so_until_it_is_deleted)
{
    host_start("prpl-fake");
    host_load();
    fake.loses = true;
    watch();
    ck_assert(host_command(host_alice, "bob", "eider on"));
    host_type(host_alice, "bob", "it waits");
    ck_assert(last()->is_ours);
    ck_assert_int_eq(last()->state, EIDER_TEXT_WAITING);
    ck_assert(host_command(host_alice, "bob", "eider cancel"));
    ck_assert_int_eq(last()->last, EIDER_TEXT_CANCELLED);
    stop();
}
END_TEST

/* Delivered inside the protocol's send function, and answered there. */
START_TEST(what_arrives_before_it_is_shown_is_not_lost)
{
    talk_start();
    watch();
    fake.is_sync = true;
    host_type(host_alice, "bob", "one");
    ck_assert(last()->is_ours);
    ck_assert_str_eq(last()->text, "one");
    host_type(host_bob, "alice", "back");
    ck_assert(last()->is_ours);
    ck_assert(is_delivered(g_ptr_array_index(lines, 0)));
    stop();
}
END_TEST

START_TEST(open_text_is_none_of_ours)
{
    host_start("prpl-fake");
    host_load();
    watch();
    host_type(host_alice, "bob", "hello");
    ck_assert(!last()->is_ours);
    stop();
}
END_TEST

START_TEST(what_has_no_echo_takes_no_later_line)
{
    PurpleConversation *conv;

    talk_start();
    watch();
    serv_send_im(purple_account_get_connection(host_alice), "bob", "past", 0);
    ck_assert_uint_eq(lines->len, 0);
    host_run(20);
    /* a copy of what another client of ours sent */
    conv = host_conv(host_alice, "bob");
    purple_conv_im_write(PURPLE_CONV_IM(conv), NULL, "from elsewhere",
                         PURPLE_MESSAGE_SEND, time(NULL));
    ck_assert(!last()->is_ours);
    stop();
}
END_TEST

START_TEST(an_action_on_irc_is_a_text)
{
    host_start("prpl-irc");
    host_load();
    talk_meet();
    watch();
    fake_action(host_alice, "bob", "waves");
    ck_assert(last()->is_ours);
    ck_assert_ptr_nonnull(strstr(last()->text, "waves"));
    stop();
}
END_TEST

START_TEST(each_state_has_words)
{
    talk_start();
    for (int i = 0; i <= EIDER_TEXT_CANCELLED; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(app()->text_words(i), app()->text_words(j));
    host_stop();
}
END_TEST

Suite *
echo_suite(void)
{
    Suite *s = suite_create("echo");
    TCase *t = tcase_create("marks");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, each_line_is_its_own_text);
    tcase_add_test(t, a_text_that_waits_says_so_until_it_is_deleted);
    tcase_add_test(t, what_arrives_before_it_is_shown_is_not_lost);
    tcase_add_test(t, open_text_is_none_of_ours);
    tcase_add_test(t, what_has_no_echo_takes_no_later_line);
    tcase_add_test(t, an_action_on_irc_is_a_text);
    tcase_add_test(t, each_state_has_words);
    suite_add_tcase(s, t);
    return s;
}
