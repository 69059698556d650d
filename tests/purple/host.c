/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

#include <glib/gstdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

GPtrArray *host_lines, *host_notices;
PurpleAccount *host_alice, *host_bob;
PurplePlugin *host_plugin;
int host_timers;
char *host_dir;

/* ---- event loop ---------------------------------------------------------- */

typedef struct {
    GSourceFunc run;
    gpointer data;
} timer;

static gboolean
on_timer(gpointer data)
{
    timer *t = data;

    return t->run(t->data);
}

static void
timer_free(gpointer data)
{
    host_timers--;
    g_free(data);
}

static guint
timeout_add(guint ms, GSourceFunc run, gpointer data)
{
    timer *t = g_new(timer, 1);

    *t = (timer){run, data};
    host_timers++;
    return g_timeout_add_full(G_PRIORITY_DEFAULT, ms, on_timer, t, timer_free);
}

static guint
timeout_add_seconds(guint s, GSourceFunc run, gpointer data)
{
    return timeout_add(s * 1000, run, data);
}

static guint
input_add(int fd G_GNUC_UNUSED, PurpleInputCondition c G_GNUC_UNUSED,
          PurpleInputFunction run G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    return 0;
}

static PurpleEventLoopUiOps loop_ops = {
    .timeout_add = timeout_add,
    .timeout_remove = g_source_remove,
    .input_add = input_add,
    .input_remove = g_source_remove,
    .timeout_add_seconds = timeout_add_seconds,
};

/* ---- windows ------------------------------------------------------------- */

static void
line_free(gpointer data)
{
    host_line *l = data;

    g_free(l->account);
    g_free(l->who);
    g_free(l->text);
    g_free(l);
}

static void
write_conv(PurpleConversation *conv, const char *name G_GNUC_UNUSED,
           const char *alias G_GNUC_UNUSED, const char *text,
           PurpleMessageFlags flags, time_t when G_GNUC_UNUSED)
{
    host_line *l = g_new(host_line, 1);

    l->account = g_strdup(
        purple_account_get_username(purple_conversation_get_account(conv)));
    l->who = g_strdup(purple_conversation_get_name(conv));
    l->text = g_strdup(text);
    l->flags = flags;
    g_ptr_array_add(host_lines, l);
}

static PurpleConversationUiOps conv_ops = {.write_conv = write_conv};

/* ---- questions ----------------------------------------------------------- */

typedef struct {
    PurpleRequestType type;
    char *primary;
    char *labels[8];
    GCallback calls[8];
    size_t n;
    void *data;
} question;

static GSList *questions;

static question *
question_new(PurpleRequestType type, const char *primary, void *data)
{
    question *q = g_new0(question, 1);

    q->type = type;
    q->primary = g_strdup(primary);
    q->data = data;
    questions = g_slist_prepend(questions, q);
    return q;
}

static void
question_free(question *q)
{
    questions = g_slist_remove(questions, q);
    for (size_t i = 0; i < q->n; i++)
        g_free(q->labels[i]);
    g_free(q->primary);
    g_free(q);
}

static void
add_button(question *q, const char *label, GCallback call)
{
    q->labels[q->n] = g_strdup(label);
    q->calls[q->n++] = call;
}

static void *
request_action(const char *title G_GNUC_UNUSED, const char *primary,
               const char *secondary G_GNUC_UNUSED, int def G_GNUC_UNUSED,
               PurpleAccount *account G_GNUC_UNUSED,
               const char *who G_GNUC_UNUSED,
               PurpleConversation *conv G_GNUC_UNUSED, void *data, size_t n,
               va_list actions)
{
    question *q = question_new(PURPLE_REQUEST_ACTION, primary, data);

    for (size_t i = 0; i < n && i < 8; i++) {
        const char *label = va_arg(actions, const char *);

        add_button(q, label, va_arg(actions, GCallback));
    }
    return q;
}

static void *
request_input(const char *title G_GNUC_UNUSED, const char *primary,
              const char *secondary G_GNUC_UNUSED,
              const char *def G_GNUC_UNUSED, gboolean multiline G_GNUC_UNUSED,
              gboolean masked G_GNUC_UNUSED, gchar *hint G_GNUC_UNUSED,
              const char *ok, GCallback ok_cb, const char *cancel,
              GCallback cancel_cb, PurpleAccount *account G_GNUC_UNUSED,
              const char *who G_GNUC_UNUSED,
              PurpleConversation *conv G_GNUC_UNUSED, void *data)
{
    question *q = question_new(PURPLE_REQUEST_INPUT, primary, data);

    add_button(q, ok, ok_cb);
    add_button(q, cancel, cancel_cb);
    return q;
}

static void
close_request(PurpleRequestType type G_GNUC_UNUSED, void *handle)
{
    if (g_slist_find(questions, handle) != NULL)
        question_free(handle);
}

static PurpleRequestUiOps request_ops = {
    .request_input = request_input,
    .request_action = request_action,
    .close_request = close_request,
};

unsigned
host_questions(void)
{
    return g_slist_length(questions);
}

/* As a client does: the answer, then the window goes. */
bool
host_answer(const char *label)
{
    question *q = questions != NULL ? questions->data : NULL;

    for (size_t i = 0; q != NULL && i < q->n; i++)
        if (strcmp(q->labels[i], label) == 0) {
            if (q->calls[i] != NULL)
                ((PurpleRequestActionCb)q->calls[i])(q->data, (int)i);
            purple_request_close(q->type, q);
            return true;
        }
    return false;
}

bool
host_enter(const char *text)
{
    question *q = questions != NULL ? questions->data : NULL;

    if (q == NULL || q->type != PURPLE_REQUEST_INPUT)
        return false;
    ((void (*)(void *, const char *))q->calls[0])(q->data, text);
    purple_request_close(q->type, q);
    return true;
}

/* ---- notices ------------------------------------------------------------- */

static void *
notify_message(PurpleNotifyMsgType type G_GNUC_UNUSED,
               const char *title G_GNUC_UNUSED, const char *primary,
               const char *secondary)
{
    g_ptr_array_add(host_notices,
                    g_strconcat(primary != NULL ? primary : "", "\n",
                                secondary != NULL ? secondary : "", NULL));
    return g_new0(char, 1);
}

static void *
notify_formatted(const char *title G_GNUC_UNUSED, const char *primary,
                 const char *secondary G_GNUC_UNUSED, const char *text)
{
    return notify_message(PURPLE_NOTIFY_MSG_INFO, NULL, primary, text);
}

static void
close_notify(PurpleNotifyType type G_GNUC_UNUSED, void *handle)
{
    g_free(handle);
}

static PurpleNotifyUiOps notify_ops = {
    .notify_message = notify_message,
    .notify_formatted = notify_formatted,
    .close_notify = close_notify,
};

bool
host_has_notice(const char *text)
{
    for (guint i = 0; i < host_notices->len; i++)
        if (strstr(g_ptr_array_index(host_notices, i), text) != NULL)
            return true;
    return false;
}

/* ---- starting and stopping ----------------------------------------------- */

static void
ui_init(void)
{
    purple_conversations_set_ui_ops(&conv_ops);
    purple_request_set_ui_ops(&request_ops);
    purple_notify_set_ui_ops(&notify_ops);
}

static PurpleCoreUiOps core_ops = {.ui_init = ui_init};

static PurpleAccount *
account_new(const char *name, const char *id)
{
    PurpleAccount *account = purple_account_new(name, id);

    purple_accounts_add(account);
    purple_account_set_enabled(account, "eider-test", TRUE);
    return account;
}

static void
befriend(PurpleAccount *account, const char *who)
{
    PurpleBuddy *buddy = purple_buddy_new(account, who, NULL);

    purple_blist_add_buddy(buddy, NULL, NULL, NULL);
    purple_prpl_got_user_status(account, who, "available", NULL);
}

void
host_start(const char *id)
{
    char *pattern =
        g_build_filename(g_get_tmp_dir(), "eider-host-XXXXXX", NULL);
    PurpleSavedStatus *status;

    host_dir = g_mkdtemp(pattern);
    g_setenv("HOME", host_dir, TRUE);
    g_setenv("XDG_STATE_HOME", host_dir, TRUE);
    host_lines = g_ptr_array_new_with_free_func(line_free);
    host_notices = g_ptr_array_new_with_free_func(g_free);
    purple_util_set_user_dir(host_dir);
    purple_debug_set_enabled(g_getenv("EIDER_DEBUG") != NULL);
    purple_core_set_ui_ops(&core_ops);
    purple_eventloop_set_ui_ops(&loop_ops);
    if (!purple_core_init("eider-test"))
        g_error("libpurple does not start");
    purple_set_blist(purple_blist_new());
    purple_blist_load();
    purple_prefs_load();
    purple_prefs_set_bool("/purple/logging/log_ims", FALSE);
    fake_register(id);
    fake_clear();
    host_alice = account_new("alice", id);
    host_bob = account_new("bob", id);
    status = purple_savedstatus_new(NULL, PURPLE_STATUS_AVAILABLE);
    purple_savedstatus_activate(status);
    if (!purple_account_is_connected(host_alice))
        host_sign_on(host_alice);
    if (!purple_account_is_connected(host_bob))
        host_sign_on(host_bob);
    befriend(host_alice, "bob");
    befriend(host_bob, "alice");
}

void
host_sign_on(PurpleAccount *account)
{
    purple_account_connect(account);
    host_run(20);
    if (!purple_account_is_connected(account))
        g_error("%s is not connected", purple_account_get_username(account));
}

void
host_sign_off(PurpleAccount *account)
{
    purple_account_disconnect(account);
}

void
host_load(void)
{
    const char *path = g_getenv("EIDER_SO");

    if (host_plugin == NULL)
        host_plugin =
            purple_plugin_probe(path != NULL ? path : "build/eider.so");
    if (host_plugin == NULL || !purple_plugin_load(host_plugin))
        g_error("the plugin does not load: %s",
                host_plugin != NULL && host_plugin->error != NULL
                    ? host_plugin->error
                    : "not found");
}

void
host_unload(void)
{
    if (!purple_plugin_unload(host_plugin))
        g_error("the plugin does not unload");
}

static void
remove_tree(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        char *inner = g_build_filename(path, name, NULL);

        if (g_file_test(inner, G_FILE_TEST_IS_DIR) &&
            !g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
            remove_tree(inner);
        else
            g_unlink(inner);
        g_free(inner);
    }
    if (dir != NULL)
        g_dir_close(dir);
    g_rmdir(path);
}

void
host_stop(void)
{
    purple_core_quit();
    remove_tree(host_dir);
    g_ptr_array_free(host_lines, TRUE);
    g_ptr_array_free(host_notices, TRUE);
    g_ptr_array_free(fake_wire, TRUE);
}

/* ---- time ---------------------------------------------------------------- */

static gboolean
on_over(gpointer data)
{
    *(bool *)data = true;
    return FALSE;
}

static bool
is_never(const void *arg)
{
    (void)arg;
    return false;
}

void
host_run(unsigned ms)
{
    host_run_until(is_never, NULL, ms);
}

bool
host_run_until(bool (*is_so)(const void *), const void *arg, unsigned ms)
{
    bool is_over = false;
    guint id = g_timeout_add(ms, on_over, &is_over);

    while (!is_over && !is_so(arg))
        g_main_context_iteration(NULL, TRUE);
    if (is_over)
        return is_so(arg);
    g_source_remove(id);
    return true;
}

/* ---- what a user does ---------------------------------------------------- */

PurpleConversation *
host_conv(PurpleAccount *account, const char *who)
{
    PurpleConversation *conv = purple_find_conversation_with_account(
        PURPLE_CONV_TYPE_IM, who, account);

    return conv != NULL
               ? conv
               : purple_conversation_new(PURPLE_CONV_TYPE_IM, account, who);
}

void
host_type(PurpleAccount *account, const char *who, const char *html)
{
    purple_conv_im_send(PURPLE_CONV_IM(host_conv(account, who)), html);
}

bool
host_command(PurpleAccount *account, const char *who, const char *line)
{
    char *error = NULL;
    PurpleCmdStatus status =
        purple_cmd_do_command(host_conv(account, who), line, line, &error);

    g_free(error);
    return status == PURPLE_CMD_STATUS_OK;
}

const char *
host_status(PurpleAccount *account, const char *who, const char *field)
{
    static char out[64];
    char *key = g_strconcat(" ", field, "=", NULL);
    const host_line *l;
    const char *p = NULL;

    host_command(account, who, "eider status");
    l = g_ptr_array_index(host_lines, host_lines->len - 1);
    p = strstr(l->text, "eider:");
    p = p != NULL ? strstr(p, key) : NULL;
    g_strlcpy(out, p != NULL ? p + strlen(key) : "?", sizeof out);
    out[strcspn(out, " ")] = '\0';
    g_ptr_array_remove_index(host_lines, host_lines->len - 1);
    g_free(key);
    return out;
}

unsigned
host_count(PurpleAccount *account, const char *text, PurpleMessageFlags flags)
{
    unsigned n = 0;

    for (guint i = 0; i < host_lines->len; i++) {
        const host_line *l = g_ptr_array_index(host_lines, i);

        n += strcmp(l->account, purple_account_get_username(account)) == 0 &&
             (l->flags & flags) != 0 && strstr(l->text, text) != NULL;
    }
    return n;
}

void
host_forget_lines(void)
{
    g_ptr_array_set_size(host_lines, 0);
    g_ptr_array_set_size(host_notices, 0);
}
