/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: from nothing to a running engine.
 *
 *     folder ──lock──▶ files ──(passphrase)──▶ store ──▶ engine
 *
 * Every step may fail, and then nobody knows who is private: the engine stays
 * NULL, and with it nothing leaves (outgoing.c).
 */
#include "seam.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

#define TRY_AGAIN (5 * G_USEC_PER_SEC)
#define POLL      50  /* milliseconds, while the passphrase is worked on */
#define SOON      200 /* the same, until the client has its windows */

static struct {
    eider_files files;
    bool has_files;
    eider_store *store;
    eider_engine *engine;
    char *why;
    bool is_locked; /* a passphrase is wanted */
    bool is_held;   /* another program has the folder */
    gint64 tried;
    void *dialog;
    guint soon; /* a question or a warning, once the client runs */
    bool is_starting;
    guint deliver;
} it;

/* Argon2id takes a second: not in the thread that draws windows. */
typedef struct {
    GThread *thread;
    guint poll;
    gint is_done; /* atomic */
    eider_buf master;
    char *pass;
    eider_secret key;
    eider_err err;
} job;

static job *working;

static void
set_why(const char *why)
{
    g_free(it.why);
    it.why = g_strdup(why);
}

const char *
eider_opening_why(void)
{
    /* With an engine it is a file of one contact, or the disk, that fails. */
    const char *now = it.store != NULL ? eider_store_why(it.store) : "";

    if (it.why != NULL)
        return it.why;
    return now[0] != '\0' ? now : _("Eider is not ready");
}

eider_engine *
eider_opening_engine(void)
{
    return it.engine;
}

eider_store *
eider_opening_store(void)
{
    return it.engine != NULL ? it.store : NULL;
}

bool
eider_opening_read_master(eider_buf *out)
{
    return it.has_files &&
           it.files.read(it.files.data, "master", out) == EIDER_OK;
}

void
eider_opening_prepare_letterbox(void)
{
    if (it.engine != NULL)
        eider_letterbox_prepare(&it.files, it.store);
}

const eider_files *
eider_opening_files(void)
{
    return it.has_files ? &it.files : NULL;
}

bool
eider_opening_wants_passphrase(void)
{
    return it.is_locked;
}

bool
eider_opening_is_held(void)
{
    return it.is_held;
}

/* ---- steps --------------------------------------------------------------- */

static bool
open_files(void)
{
    char *dir, *state;
    char *why = NULL;
    eider_err err;

    if (it.has_files)
        return true;
    dir = g_build_filename(purple_user_dir(), "eider", NULL);
    state = g_getenv("XDG_STATE_HOME") != NULL &&
                    g_path_is_absolute(g_getenv("XDG_STATE_HOME"))
                ? g_build_filename(g_getenv("XDG_STATE_HOME"), "eider", NULL)
                : g_build_filename(g_get_home_dir(), ".local", "state", "eider",
                                   NULL);
    err = eider_files_open(&it.files, dir, state, &why);
    it.has_files = err == EIDER_OK;
    it.is_held = err == EIDER_E_LOCKED;
    if (it.is_held)
        set_why(_("a second Pidgin, or another program, uses Eider's folder"));
    else if (!it.has_files)
        set_why(why != NULL ? why : dir);
    free(why);
    g_free(state);
    g_free(dir);
    return it.has_files;
}

static gboolean
on_deliver(gpointer data G_GNUC_UNUSED)
{
    it.deliver = 0;
    if (it.engine != NULL)
        eider_letters_deliver(&it.files, it.store);
    return FALSE;
}

/* At the start there is no window yet to ask in. */
static void
deliver(void)
{
    if (it.is_starting)
        it.deliver = purple_timeout_add(SOON, on_deliver, NULL);
    else
        eider_letters_deliver(&it.files, it.store);
}

static void
open_engine(void)
{
    eider_env env;

    eider_purple_env(&env);
    if (eider_engine_new(&it.engine, &env, it.store) != EIDER_OK) {
        it.engine = NULL;
        set_why(eider_store_why(it.store));
        eider_store_close(it.store);
        it.store = NULL;
        return;
    }
    set_why(NULL);
    it.is_locked = false;
    eider_presence_report_all();
    deliver();
    eider_face_changed(NULL, NULL);
}

static void
open_store(const eider_secret *key)
{
    eider_err err = eider_store_open(&it.store, &it.files, key);

    it.is_locked = err == EIDER_E_LOCKED;
    if (err == EIDER_OK) {
        open_engine();
        return;
    }
    if (it.is_locked)
        eider_letters_open(&it.files);
    it.store = NULL;
    set_why(it.is_locked ? _("it is locked with a passphrase")
                         : eider_store_why(NULL));
}

static void
close_all(void)
{
    eider_engine *e = it.engine;

    it.engine = NULL; /* before its last writes tell anybody anything */
    eider_engine_free(e);
    eider_store_close(it.store);
    it.store = NULL;
    if (it.has_files)
        eider_files_close(&it.files);
    it.has_files = false;
}

static void
try_open(void)
{
    it.tried = g_get_monotonic_time();
    if (it.engine == NULL && working == NULL && open_files())
        open_store(NULL);
    /* Others may want the folder's lock. */
    if (it.engine == NULL && !it.is_locked && working == NULL)
        close_all();
}

eider_engine *
eider_opening_retry(void)
{
    if (eider_plugin() == NULL)
        return NULL; /* asked by a menu that was open while we were unloaded */
    if (it.engine == NULL && !it.is_locked &&
        g_get_monotonic_time() - it.tried > TRY_AGAIN)
        try_open();
    return it.engine;
}

/* ---- the passphrase ------------------------------------------------------ */

static gpointer
work(gpointer data)
{
    job *j = data;

    j->err = eider_master_unwrap((eider_slice){j->master.p, j->master.n},
                                 j->pass, strlen(j->pass), &j->key);
    g_atomic_int_set(&j->is_done, 1);
    return NULL;
}

static void
job_free(job *j)
{
    g_thread_join(j->thread);
    if (j->poll != 0)
        purple_timeout_remove(j->poll);
    eider_wipe(j->pass, strlen(j->pass));
    g_free(j->pass);
    eider_buf_wipe(&j->master);
    eider_secret_wipe(&j->key);
    g_free(j);
}

static void on_passphrase(gpointer data, const char *pass);
static void on_no_passphrase(gpointer data, const char *pass);

static void
ask(const char *primary)
{
    if (!it.is_locked || it.dialog != NULL || working != NULL ||
        eider_desk_is_asked())
        return;
    it.dialog = purple_request_input(
        eider_plugin(), _("Eider"), primary,
        eider_letters_is_open()
            ? _("Your keys are locked with a passphrase. Until it is entered, "
                "what you write waits, and what arrives stays closed.")
            : _("Your keys are locked with a passphrase. Until it is entered, "
                "no message is sent to anybody."),
        NULL, FALSE, TRUE, NULL, _("_Unlock"), G_CALLBACK(on_passphrase),
        _("_Later"), G_CALLBACK(on_no_passphrase), NULL, NULL, NULL, NULL);
}

void
eider_opening_ask_passphrase(void)
{
    ask(_("Unlock Eider"));
}

static gboolean
on_poll(gpointer data)
{
    job *j = data;
    eider_err err;

    if (!g_atomic_int_get(&j->is_done))
        return TRUE;
    err = j->err;
    working = NULL;
    j->poll = 0;
    if (err == EIDER_OK)
        open_store(&j->key);
    job_free(j);
    if (err == EIDER_OK && it.engine != NULL)
        return FALSE;
    if (err == EIDER_E_AUTH) {
        ask(_("That was not the passphrase. Unlock Eider"));
        return FALSE;
    }
    if (err == EIDER_E_INTERNAL)
        set_why(_("there is not enough memory to check the passphrase"));
    purple_notify_error(eider_plugin(), _("Eider"),
                        _("Eider stays locked: nothing is sent."),
                        eider_opening_why());
    return FALSE;
}

static void
on_passphrase(gpointer data G_GNUC_UNUSED, const char *pass)
{
    job *j;

    it.dialog = NULL;
    if (working != NULL || it.engine != NULL || pass == NULL || !it.has_files)
        return;
    j = g_new0(job, 1);
    if (it.files.read(it.files.data, "master", &j->master) != EIDER_OK) {
        set_why(it.files.why(it.files.data));
        g_free(j);
        return;
    }
    j->pass = g_strdup(pass);
    j->thread = g_thread_new("eider-passphrase", work, j);
    j->poll = purple_timeout_add(POLL, on_poll, j);
    working = j;
}

static void
on_no_passphrase(gpointer data G_GNUC_UNUSED, const char *pass G_GNUC_UNUSED)
{
    it.dialog = NULL;
}

/* ---- the desktop's keyring ----------------------------------------------- */

static void
on_desk(const eider_secret *key)
{
    if (it.engine == NULL && it.is_locked && key != NULL)
        open_store(key);
    if (it.engine == NULL)
        eider_opening_ask_passphrase();
}

/* ---- starting ------------------------------------------------------------ */

/* Windows are shown once the client is up. */
static gboolean
on_soon(gpointer data G_GNUC_UNUSED)
{
    it.soon = 0;
    if (it.is_locked) {
        if (!eider_desk_find(on_desk))
            eider_opening_ask_passphrase();
    } else if (it.engine == NULL) {
        char *text = eider_words_closed(NULL);

        purple_notify_error(eider_plugin(), _("Eider"), text, NULL);
        g_free(text);
    }
    return FALSE;
}

void
eider_opening_start(void)
{
    eider_desk_start();
    it.is_starting = true;
    try_open();
    it.is_starting = false;
    if (it.engine == NULL)
        it.soon = purple_timeout_add(SOON, on_soon, NULL);
}

void
eider_opening_stop(void)
{
    if (it.soon != 0)
        purple_timeout_remove(it.soon);
    it.soon = 0;
    if (it.deliver != 0)
        purple_timeout_remove(it.deliver);
    it.deliver = 0;
    it.dialog = NULL; /* closed with the plugin's questions */
    if (working != NULL)
        job_free(working);
    working = NULL;
    eider_desk_stop();
    eider_letters_stop();
    close_all();
    it.is_locked = false;
    it.tried = 0;
    set_why(NULL);
}
