/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing is left behind; and what others put in our way is respected. */
#include <check.h>
#include <string.h>

#include "talk.h"

#include "eider/ui.h"

Suite *unload_suite(void);

static PurplePluginProtocolInfo before;

static void
assert_restored(void)
{
    ck_assert(memcmp(&before, &fake_prpl, sizeof before) == 0);
}

START_TEST(everything_is_put_back)
{
    unsigned commands;
    int timers;
    char *marker = g_strdup(talk_marker());

    before = fake_prpl;
    host_start("prpl-fake");
    host_run(300);
    timers = host_timers;
    commands = host_commands();
    host_load();
    ck_assert(fake_prpl.send_im != before.send_im);
    talk_meet();
    talk_say(host_alice, "bob", marker, 1);
    host_unload();
    assert_restored();
    host_run(300);
    ck_assert_int_eq(host_timers, timers);
    ck_assert_uint_eq(host_commands(), commands);
    /* Unprotected, as README says. */
    host_type(host_alice, "bob", "open");
    ck_assert(fake_wire_has("open"));
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(who_was_private_is_told_that_nothing_is_any_more)
{
    talk_start();
    host_conv(host_alice, "carol");
    host_forget_lines();
    host_unload();
    /* bob at alice's, alice at bob's */
    ck_assert_uint_eq(host_lines->len, 2);
    ck_assert_uint_eq(
        host_count(host_alice, "was turned off", PURPLE_MESSAGE_SYSTEM), 1);
    host_load();
    host_forget_lines();
    host_quit();
    ck_assert_uint_eq(host_lines->len, 0);
}
END_TEST

START_TEST(a_session_survives_an_unload)
{
    char *marker = g_strdup(talk_marker());

    talk_start();
    talk_say(host_alice, "bob", "before", 1);
    host_unload();
    host_load();
    g_ptr_array_set_size(fake_wire, 0);
    talk_say(host_alice, "bob", marker, 1);
    talk_say(host_bob, "alice", "back", 1);
    talk_assert_clean(marker);
    host_stop();
    g_free(marker);
}
END_TEST

/* ---- another plugin in front of us --------------------------------------- */

static int (*others_saved)(PurpleConnection *, const char *, const char *,
                           PurpleMessageFlags);
static int others_calls;

static int
others_send_im(PurpleConnection *gc, const char *who, const char *text,
               PurpleMessageFlags flags)
{
    others_calls++;
    return others_saved(gc, who, text, flags);
}

START_TEST(somebody_in_front_of_us_stays_and_we_pass_through)
{
    char *marker = g_strdup(talk_marker());

    before = fake_prpl;
    talk_start();
    others_saved = fake_prpl.send_im;
    fake_prpl.send_im = others_send_im;
    host_unload();
    ck_assert(fake_prpl.send_im == others_send_im);
    ck_assert(fake_prpl.send_typing == before.send_typing);
    g_ptr_array_set_size(fake_wire, 0);
    host_type(host_alice, "bob", "passes");
    ck_assert_uint_eq(fake_wire->len, 1);
    ck_assert_int_eq(others_calls, 1);

    /* back again: private, not in a circle */
    host_load();
    host_type(host_alice, "bob", marker);
    host_run(100);
    ck_assert(!fake_wire_has(marker));
    fake_prpl.send_im = others_saved; /* they unload */
    host_type(host_alice, "bob", marker);
    host_run(100);
    ck_assert(!fake_wire_has(marker));
    host_unload();
    ck_assert(fake_prpl.send_im == before.send_im);
    host_stop();
    g_free(marker);
}
END_TEST

START_TEST(a_protocol_that_comes_later_is_guarded_too)
{
    static PurplePluginProtocolInfo late;
    static PurplePluginInfo info = {
        .magic = PURPLE_PLUGIN_MAGIC,
        .major_version = PURPLE_MAJOR_VERSION,
        .minor_version = PURPLE_MINOR_VERSION,
        .type = PURPLE_PLUGIN_PROTOCOL,
        .id = (char *)"prpl-late",
        .name = (char *)"Late",
        .version = (char *)"1",
        .extra_info = &late,
    };
    PurplePlugin *plugin;

    late = fake_prpl;
    host_start("prpl-fake");
    host_load();
    plugin = purple_plugin_new(TRUE, NULL);
    plugin->info = &info;
    purple_plugin_register(plugin);
    purple_plugin_load(plugin);
    ck_assert(late.send_im != NULL);
    ck_assert(late.send_im == fake_prpl.send_im);
    host_unload();
    ck_assert(late.send_im == fake_prpl.send_im);
    host_stop();
}
END_TEST

/* ---- the door for a face ------------------------------------------------- */

static int face_calls;

static void
on_face_changed(PurpleAccount *account, const char *who, void *arg)
{
    (void)account;
    (void)who;
    (void)arg;
    face_calls++;
}

START_TEST(a_face_gets_the_table)
{
    const eider_app *app;
    eider_view v;
    gboolean ok = FALSE;
    char digits[EIDER_DIGITS_SIZE];

    talk_start();
    app = purple_plugin_ipc_call(purple_plugins_find_with_id(EIDER_UI_CORE),
                                 EIDER_UI_CALL, &ok);
    ck_assert(ok && app != NULL);
    ck_assert_uint_eq(app->abi, EIDER_UI_ABI);
    app->view(host_alice, "Bob/phone", &v);
    ck_assert_int_eq(v.status.look, EIDER_LOOK_PRIVATE);
    ck_assert(v.has_strip);
    ck_assert_str_eq(v.word, "Private");
    ck_assert_ptr_nonnull(strstr(v.sentence, "bob"));
    app->view_clear(&v);
    ck_assert_ptr_null(v.word);
    app->view(host_alice, "carol", &v);
    ck_assert_int_eq(v.status.look, EIDER_LOOK_OPEN);
    ck_assert(!v.has_strip);
    app->view_clear(&v);
    ck_assert(app->own_fingerprint(host_alice, digits));
    ck_assert_uint_eq(strlen(digits), EIDER_DIGITS_SIZE - 1);
    app->subscribe(on_face_changed, NULL);
    app->set_private(host_alice, "bob", false);
    ck_assert_int_gt(face_calls, 0);
    host_unload();
    face_calls = 0;
    purple_plugin_ipc_call(host_plugin, EIDER_UI_CALL, &ok);
    ck_assert(!ok);
    host_load();
    host_command(host_alice, "bob", "eider on");
    ck_assert_int_eq(face_calls, 0);
    host_stop();
}
END_TEST

Suite *
unload_suite(void)
{
    Suite *s = suite_create("unload");
    TCase *t = tcase_create("unload");

    tcase_set_timeout(t, 60);
    tcase_add_test(t, everything_is_put_back);
    tcase_add_test(t, who_was_private_is_told_that_nothing_is_any_more);
    tcase_add_test(t, a_session_survives_an_unload);
    tcase_add_test(t, somebody_in_front_of_us_stays_and_we_pass_through);
    tcase_add_test(t, a_protocol_that_comes_later_is_guarded_too);
    tcase_add_test(t, a_face_gets_the_table);
    suite_add_tcase(s, t);
    return s;
}
