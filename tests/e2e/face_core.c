/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core without anything behind it, for tests of the face: it shows what the
 * file $EIDER_FACE says ("look=2 choice=1 private=1 waiting=2 candidates=1
 * sentence=...") and appends the calls it gets to $EIDER_FACE.calls.
 */
#include "face_core.h"

#include "helper.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void (*changed)(PurpleAccount *, const char *, void *);
static void *changed_arg;
static guint timer;
static char *last;

char *
face_read_state(void)
{
    const char *path = g_getenv("EIDER_FACE");
    char *text = NULL;

    if (path == NULL || !g_file_get_contents(path, &text, NULL, NULL))
        return g_strdup("");
    return g_strchomp(text);
}

const char *
face_value(const char *text, const char *key)
{
    char *token = g_strdup_printf("%s=", key);
    const char *at = strstr(text, token);

    at = at != NULL ? at + strlen(token) : "";
    g_free(token);
    return at;
}

void
face_note(const char *call, const char *who, const char *more)
{
    char *path = g_strconcat(g_getenv("EIDER_FACE"), ".calls", NULL);
    FILE *f = fopen(path, "a");

    if (f != NULL) {
        fprintf(f, "%s %s %s\n", call, who, more);
        fclose(f);
    }
    g_free(path);
}

static void
view(PurpleAccount *account, const char *who, eider_view *out)
{
    static const char *const words[] = {
        "Open",        "Starting", "Private", "Private, checked",
        "New device?", "Paused",   "Steady"};
    char *s = face_read_state();

    (void)account;
    memset(out, 0, sizeof *out);
    out->status.look = (eider_look)(atoi(face_value(s, "look")) % 7);
    out->status.is_private = atoi(face_value(s, "private")) != 0;
    out->status.waiting = (unsigned)atoi(face_value(s, "waiting"));
    out->status.candidates = (unsigned)atoi(face_value(s, "candidates"));
    out->status.check = (eider_check_phase)(atoi(face_value(s, "phase")) % 10);
    out->status.has_session = atoi(face_value(s, "session")) != 0;
    out->has_strip = atoi(face_value(s, "strip")) != 0;
    out->word = g_strdup(words[out->status.look]);
    out->sentence = g_strdup(face_value(s, "sentence"));
    out->tooltip = g_strdup_printf("%s: %s", who, out->sentence);
    g_free(s);
}

static void
view_clear(eider_view *v)
{
    g_free(v->word);
    g_free(v->sentence);
    g_free(v->tooltip);
    memset(v, 0, sizeof *v);
}

static void
set_private(PurpleAccount *account, const char *who, bool on)
{
    (void)account;
    face_note("set_private", who, on ? "on" : "off");
}

static void
cancel(PurpleAccount *account, const char *who)
{
    (void)account;
    face_note("cancel", who, "");
}

static void
name_device(eider_device *d, unsigned i, bool candidate)
{
    memset(d, 0, sizeof *d);
    g_snprintf(d->fingerprint, sizeof d->fingerprint,
               "%05u 22222 33333 44444 55555 66666", i);
    g_strlcpy(d->label, candidate ? "phone <b>" : "laptop", sizeof d->label);
    g_strlcpy(d->name, "bob@localhost", sizeof d->name);
    d->trust = candidate ? EIDER_TRUST_CANDIDATE : EIDER_TRUST_ACCEPTED;
    d->first_seen = 1700000000 + i;
    d->last_seen = candidate ? 0 : 1710000000;
    d->pq_times = candidate ? 0 : 213;
    d->pq_last = candidate ? 0 : (uint64_t)time(NULL) - 250;
}

static size_t
devices(PurpleAccount *account, const char *who, eider_device *out, size_t max)
{
    char *s = face_read_state();
    size_t known = (size_t)atoi(face_value(s, "devices"));
    size_t n = known + (size_t)atoi(face_value(s, "candidates")), i;

    (void)account, (void)who;
    for (i = 0; i < n && i < max; i++)
        name_device(&out[i], (unsigned)i, i >= known);
    g_free(s);
    return n;
}

static bool
own_fingerprint(PurpleAccount *account, char out[EIDER_DIGITS_SIZE])
{
    (void)account;
    g_strlcpy(out, "99999 88888 77777 66666 55555 44444", EIDER_DIGITS_SIZE);
    return true;
}

static void
decide(PurpleAccount *account, const char *who, const char *fingerprint,
       bool accept, bool with_waiting)
{
    char *more =
        g_strdup_printf("%.5s %s %s", fingerprint, accept ? "them" : "not-them",
                        with_waiting ? "all" : "new");

    (void)account;
    face_note("decide", who, more);
    g_free(more);
}

static bool
question(PurpleAccount *account, const char *who, const char *fingerprint,
         eider_question *out)
{
    char *s = face_read_state();
    size_t known = (size_t)atoi(face_value(s, "devices"));
    size_t n = known + (size_t)atoi(face_value(s, "candidates")), i;
    int waiting = atoi(face_value(s, "waiting"));

    (void)account, (void)who;
    memset(out, 0, sizeof *out);
    for (i = known; i < n && out->title == NULL; i++) {
        name_device(&out->device, (unsigned)i, true);
        if (strcmp(out->device.fingerprint, fingerprint) == 0)
            out->title = g_strdup("Is it really Bob?");
    }
    out->happened = g_strdup("A device that nobody knows, “phone”, says it is "
                             "Bob. Nothing you write goes to it yet.");
    out->causes = g_strdup("a new device of theirs, or a second one\n"
                           "Pidgin or Eider installed again\n"
                           "or somebody in between who pretends to be them");
    out->advice =
        g_strdup("Ask them for its fingerprint, in person or over a call:");
    if (waiting > 0)
        out->waiting =
            g_strdup_printf("Send the %d texts that wait to it, too", waiting);
    if (atoi(face_value(s, "warning")) != 0)
        out->warning =
            g_strdup("It is not the key that you checked.\nThey call "
                     "themselves <i>eve</i>@localhost, not bob@localhost.");
    g_free(s);
    return out->title != NULL;
}

static void
question_clear(eider_question *q)
{
    g_free(q->title);
    g_free(q->happened);
    g_free(q->causes);
    g_free(q->warning);
    g_free(q->advice);
    g_free(q->waiting);
    memset(q, 0, sizeof *q);
}

static void
subscribe(void (*fn)(PurpleAccount *, const char *, void *), void *arg)
{
    changed = fn;
    changed_arg = arg;
}

static bool
shown_text(PurpleAccount *account, const char *who,
           uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state *state)
{
    char *s = face_read_state();
    const char *mark = face_value(s, "mark");
    bool is_marked = *mark != '\0';

    (void)account, (void)who;
    memset(id, 0, EIDER_TEXT_ID_SIZE);
    *state = (eider_text_state)atoi(mark);
    id[0] = (uint8_t)(*state + 1);
    g_free(s);
    return is_marked;
}

static void
watch_texts(void (*told)(const uint8_t id[EIDER_TEXT_ID_SIZE],
                         eider_text_state state, void *arg),
            void *arg)
{
    (void)told, (void)arg;
}

static const char *
text_words(eider_text_state state)
{
    static const char *const words[] = {"State 0", "State 1", "State 2",
                                        "State 3", "State 4"};

    return words[state];
}

static bool
is_logged(PurpleAccount *account, const char *who)
{
    char *s = face_read_state();
    bool is_it = atoi(face_value(s, "log")) != 0;

    (void)account, (void)who;
    g_free(s);
    return is_it;
}

static void
set_logged(PurpleAccount *account, const char *who, bool keep)
{
    (void)account;
    face_note("set_logged", who, keep ? "on" : "off");
}

static eider_app app = {
    .check = &face_check,
    .view = view,
    .view_clear = view_clear,
    .set_private = set_private,
    .cancel = cancel,
    .devices = devices,
    .own_fingerprint = own_fingerprint,
    .decide = decide,
    .subscribe = subscribe,
    .question = question,
    .question_clear = question_clear,
    .shown_text = shown_text,
    .watch_texts = watch_texts,
    .text_words = text_words,
    .is_logged = is_logged,
    .set_logged = set_logged,
};

static const void *
attach(void)
{
    app.abi = EIDER_UI_ABI + (g_getenv("EIDER_FACE_ABI") != NULL);
    return &app;
}

static void
marshal(PurpleCallback cb, va_list args, void *data, void **result)
{
    (void)args, (void)data;
    *result = (void *)((const void *(*)(void))cb)();
}

/* "face=0" unloads the face, "face=1" loads it, "core=0" unloads this. */
static void
obey(const char *state)
{
    PurplePlugin *face = purple_plugins_find_with_id("gtk-eider");
    char want = *face_value(state, "face");

    if (face != NULL && want == '0' && purple_plugin_is_loaded(face))
        purple_plugin_unload(face);
    if (face != NULL && want == '1' && !purple_plugin_is_loaded(face))
        purple_plugin_load(face);
    if (*face_value(state, "core") == '0')
        purple_plugin_unload(purple_plugins_find_with_id(EIDER_UI_CORE));
}

/* "again=N" loads and unloads the face N times in one go. */
static void
repeat(const char *state)
{
    PurplePlugin *face = purple_plugins_find_with_id("gtk-eider");
    int n = atoi(face_value(state, "again"));

    while (face != NULL && n-- > 0)
        if (!purple_plugin_unload(face) || !purple_plugin_load(face))
            g_critical("loading again failed");
    if (*face_value(state, "again") != '\0')
        face_note("again", "-", "done");
}

static gboolean
poll_state(gpointer unused)
{
    char *now = face_read_state();

    (void)unused;
    if (g_strcmp0(now, last) == 0) {
        g_free(now);
        return TRUE;
    }
    g_free(last);
    last = now;
    if (changed != NULL)
        changed(NULL, NULL, changed_arg);
    repeat(last);
    obey(last); /* may take the timer away */
    return TRUE;
}

static gboolean
load(PurplePlugin *plugin)
{
    if (g_getenv("EIDER_FACE_FAIL") != NULL)
        return FALSE;
    purple_plugin_ipc_register(plugin, EIDER_UI_CALL, PURPLE_CALLBACK(attach),
                               marshal, purple_value_new(PURPLE_TYPE_POINTER),
                               0);
    timer = purple_timeout_add(50, poll_state, NULL);
    return TRUE;
}

static gboolean
unload(PurplePlugin *plugin)
{
    (void)plugin;
    changed = NULL;
    purple_timeout_remove(timer);
    return TRUE;
}

HELPER(eider, EIDER_UI_CORE, NULL, load, unload)
