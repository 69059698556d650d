/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

PurpleAccount *host_alice, *host_bob;
PurplePlugin *host_plugin;
int host_timers;
char *host_dir;
gint64 host_ahead;

/* Stands before glib's: the engine's clock is nothing else. */
__attribute__((visibility("default"))) gint64
g_get_real_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000 + host_ahead;
}

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

/* ---- folders ------------------------------------------------------------- */

#define ROOM "eider-host-"

static char *room;

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

/* The lock that a run holds, and its tests; -1: somebody else does. */
static int
lock_room(const char *path, int flags)
{
    char *file = g_build_filename(path, "lock", NULL);
    int fd = open(file, flags | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600);

    g_free(file);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static void
remove_if_left(const char *path)
{
    int fd = lock_room(path, 0);

    if (fd < 0)
        return;
    remove_tree(path);
    close(fd);
}

void
host_room_open(void)
{
    const char *tmp = g_getenv("TMPDIR") != NULL ? g_getenv("TMPDIR") : "/tmp";
    GDir *dir = g_dir_open(tmp, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        char *path = g_build_filename(tmp, name, NULL);

        if (g_str_has_prefix(name, ROOM))
            remove_if_left(path);
        g_free(path);
    }
    if (dir != NULL)
        g_dir_close(dir);
    room = g_mkdtemp(g_build_filename(tmp, ROOM "XXXXXX", NULL));
    if (room == NULL || lock_room(room, O_CREAT | O_EXCL) < 0)
        g_error("no folder for the profiles");
    g_setenv("TMPDIR", room, TRUE);
}

void
host_room_close(void)
{
    remove_tree(room);
    g_free(room);
}

char *
host_new_dir(void)
{
    return g_mkdtemp(g_build_filename(g_get_tmp_dir(), "profile-XXXXXX", NULL));
}

/* ---- starting and stopping ----------------------------------------------- */

static PurpleCoreUiOps core_ops = {.ui_init = host_ui_init};

static PurpleAccount *
account_new(const char *name, const char *id)
{
    PurpleAccount *account = purple_accounts_find(name, id);

    if (account == NULL) {
        account = purple_account_new(name, id);
        purple_accounts_add(account);
    }
    purple_account_set_enabled(account, "eider-test", TRUE);
    return account;
}

static void
befriend(PurpleAccount *account, const char *who)
{
    if (purple_find_buddy(account, who) == NULL)
        purple_blist_add_buddy(purple_buddy_new(account, who, NULL), NULL, NULL,
                               NULL);
    purple_prpl_got_user_status(account, who, "available", NULL);
}

void
host_start(const char *id)
{
    PurpleSavedStatus *status;

    /* A second start of the same profile, in another process? */
    if (host_dir == NULL)
        host_dir = host_new_dir();
    g_setenv("HOME", host_dir, TRUE);
    g_setenv("XDG_STATE_HOME", host_dir, TRUE);
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

void
host_forget_store(void)
{
    char *store = g_build_filename(host_dir, "eider", NULL);

    remove_tree(store);
    g_free(store);
}

void
host_quit(void)
{
    purple_core_quit();
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
host_commands(void)
{
    GList *list = purple_cmd_list(NULL);
    unsigned n = g_list_length(list);

    g_list_free(list);
    return n;
}
