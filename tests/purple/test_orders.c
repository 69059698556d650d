/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands of XMPP that end in the protocol, past its table. */
#include <check.h>
#include <string.h>

#include "talk.h"

Suite *orders_suite(void);

static int left;

static PurpleCmdRet
on_left(PurpleConversation *conv, const char *cmd, char **args, char **error,
        void *data)
{
    (void)conv;
    (void)cmd;
    (void)args;
    (void)error;
    (void)data;
    left++;
    return PURPLE_CMD_RET_OK;
}

/* In place of prpl-jabber's own, which would look for a stream. */
static void
start_xmpp(void)
{
    static const char *const names[] = {"invite", "msg", "buzz"};

    host_start("prpl-jabber");
    host_load();
    talk_meet();
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        purple_cmd_register(names[i], i < 2 ? "ws" : "w", PURPLE_CMD_P_PRPL + 1,
                            PURPLE_CMD_FLAG_IM | PURPLE_CMD_FLAG_CHAT |
                                PURPLE_CMD_FLAG_PRPL_ONLY |
                                PURPLE_CMD_FLAG_ALLOW_WRONG_ARGS,
                            "prpl-jabber", on_left, "", NULL);
    g_ptr_array_set_size(fake_wire, 0);
    host_forget_lines();
    left = 0;
}

/* Typed into a room. */
static void
say_in_room(const char *line)
{
    PurpleConnection *gc = purple_account_get_connection(host_alice);
    PurpleConversation *room = purple_find_conversation_with_account(
        PURPLE_CONV_TYPE_CHAT, "room@x", host_alice);
    char *error = NULL;

    if (room == NULL)
        room = serv_got_joined_chat(gc, 1, "room@x");
    ck_assert_int_eq(purple_cmd_do_command(room, line, line, &error),
                     PURPLE_CMD_STATUS_OK);
    g_free(error);
}

START_TEST(the_text_of_an_invitation_by_command_stays_at_home)
{
    start_xmpp();
    say_in_room("invite bob secret words");
    ck_assert_int_eq(left, 0);
    ck_assert_int_eq(fake_invitations, 1);
    ck_assert(!fake_wire_has("secret"));
    ck_assert_uint_eq(
        host_count(host_alice, "without your text", PURPLE_MESSAGE_SYSTEM), 1);
    say_in_room("invite  bob secret");
    say_in_room("msg  bob secret");
    ck_assert_int_eq(left, 0);
    ck_assert_uint_eq(
        host_count(host_alice, "not clear to whom", PURPLE_MESSAGE_SYSTEM), 2);
    say_in_room("invite bob");
    say_in_room("invite carol hello");
    say_in_room("msg carol hello");
    say_in_room("invite");
    ck_assert_int_eq(left, 4);
    host_stop();
}
END_TEST

START_TEST(a_buzz_by_command_is_refused)
{
    start_xmpp();
    ck_assert(host_command(host_alice, "bob", "buzz"));
    ck_assert(host_command(host_alice, "carol", "buzz bob"));
    ck_assert_int_eq(left, 0);
    ck_assert_uint_eq(
        host_count(host_alice, "bob was not called", PURPLE_MESSAGE_SYSTEM), 2);
    ck_assert(host_answer("Send _open once"));
    ck_assert_int_eq(fake_attentions, 1);
    ck_assert(host_command(host_alice, "carol", "buzz"));
    ck_assert_int_eq(left, 1);
    host_stop();
}
END_TEST

Suite *
orders_suite(void)
{
    Suite *s = suite_create("orders");
    TCase *t = tcase_create("orders");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, the_text_of_an_invitation_by_command_stays_at_home);
    tcase_add_test(t, a_buzz_by_command_is_refused);
    suite_add_tcase(s, t);
    return s;
}
