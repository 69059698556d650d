/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "talk.h"

#include <check.h>
#include <string.h>

#define PATIENCE 30000 /* milliseconds; valgrind is slow */

const char *
talk_marker(void)
{
    static char out[17];

    for (int i = 0; i < 16; i++)
        out[i] = (char)g_random_int_range('a', 'z' + 1);
    return out;
}

bool
talk_is_private(PurpleAccount *account, const char *who)
{
    return strcmp(host_status(account, who, "session"), "1") == 0;
}

static bool
have_met(const void *arg)
{
    (void)arg;
    return talk_is_private(host_alice, "bob") &&
           talk_is_private(host_bob, "alice");
}

void
talk_meet(void)
{
    ck_assert(host_command(host_alice, "bob", "eider on"));
    ck_assert_msg(host_run_until(have_met, NULL, PATIENCE),
                  "they did not meet: alice %s, bob %s",
                  host_status(host_alice, "bob", "state"),
                  host_status(host_bob, "alice", "state"));
}

void
talk_start(void)
{
    host_start("prpl-fake");
    host_load();
    talk_meet();
}

typedef struct {
    PurpleAccount *account;
    const char *text;
} wanted;

static bool
is_shown(const void *arg)
{
    const wanted *w = arg;

    return host_count(w->account, w->text, PURPLE_MESSAGE_RECV) > 0;
}

void
talk_say(PurpleAccount *from, const char *to, const char *text, unsigned copies)
{
    PurpleAccount *other = from == host_alice ? host_bob : host_alice;
    wanted w = {other, text};

    host_type(from, to, text);
    ck_assert_msg(host_count(from, text, PURPLE_MESSAGE_SEND) == copies,
                  "echoed %u times, not %u",
                  host_count(from, text, PURPLE_MESSAGE_SEND), copies);
    ck_assert_msg(host_run_until(is_shown, &w, PATIENCE), "%s never came",
                  text);
    host_run(30);
    ck_assert_uint_eq(host_count(other, text, PURPLE_MESSAGE_RECV), 1);
}

void
talk_assert_clean(const char *marker)
{
    ck_assert(!fake_wire_has(marker));
    for (guint i = 0; i < host_lines->len; i++) {
        const host_line *l = g_ptr_array_index(host_lines, i);

        ck_assert_msg(strstr(l->text, "EIDER") == NULL, "%s sees %s",
                      l->account, l->text);
    }
}

static int
complain(const char *what, int i)
{
    g_printerr("cycle %d: %s\n", i, what);
    return 1;
}

int
talk_cycle(int times)
{
    const PurplePluginProtocolInfo clean = fake_prpl;
    unsigned commands;
    int timers;

    host_start("prpl-fake");
    host_run(300);
    timers = host_timers;
    commands = host_commands();
    for (int i = 0; i < times; i++) {
        host_load();
        host_command(host_alice, "bob", "eider on");
        if (i == 0 && !host_run_until(have_met, NULL, PATIENCE))
            return complain("they did not meet", i);
        host_type(host_alice, "bob", i % 2 == 0 ? "<b>even</b>" : "odd");
        host_command(host_alice, "bob", "eider fingerprint");
        serv_send_file(purple_account_get_connection(host_alice), "bob", "/f");
        host_run(10);
        host_unload();
        host_run(10);
        if (memcmp(&clean, &fake_prpl, sizeof clean) != 0)
            return complain("the protocol is not as it was", i);
        if (host_commands() != commands)
            return complain("commands are left", i);
        if (host_timers > timers)
            return complain("timers are left", i);
        if (host_questions() != 0)
            return complain("questions are left", i);
        host_forget_lines();
        g_ptr_array_set_size(fake_wire, 0);
    }
    host_stop();
    return 0;
}
