/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A core without anything behind it, for tests of the face: it shows what the
 * file $EIDER_FACE says ("look=2 choice=1 private=1 waiting=2 candidates=1
 * sentence=...") and appends the calls it gets to $EIDER_FACE.calls.
 */
#include <purple.h>

#include "eider/ui.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static void (*changed)(PurpleAccount *, const char *, void *);
static void *changed_arg;
static guint timer;
static char *last;

static char *
read_state(void)
{
    const char *path = g_getenv("EIDER_FACE");
    char *text = NULL;

    if (path == NULL || !g_file_get_contents(path, &text, NULL, NULL))
        return g_strdup("");
    return g_strchomp(text);
}

static const char *
value(const char *text, const char *key)
{
    char *token = g_strdup_printf("%s=", key);
    const char *at = strstr(text, token);

    at = at != NULL ? at + strlen(token) : "";
    g_free(token);
    return at;
}

static void
note(const char *call, const char *who, const char *more)
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
    char *s = read_state();

    (void)account;
    memset(out, 0, sizeof *out);
    out->status.look = (eider_look)(atoi(value(s, "look")) % 7);
    out->status.is_private = atoi(value(s, "private")) != 0;
    out->status.waiting = (unsigned)atoi(value(s, "waiting"));
    out->status.candidates = (unsigned)atoi(value(s, "candidates"));
    out->status.check = (eider_check_phase)(atoi(value(s, "phase")) % 10);
    out->status.has_session = atoi(value(s, "session")) != 0;
    out->has_strip = atoi(value(s, "strip")) != 0;
    out->word = g_strdup(words[out->status.look]);
    out->sentence = g_strdup(value(s, "sentence"));
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
    note("set_private", who, on ? "on" : "off");
}

static void
cancel(PurpleAccount *account, const char *who)
{
    (void)account;
    note("cancel", who, "");
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
    char *s = read_state();
    size_t known = (size_t)atoi(value(s, "devices"));
    size_t n = known + (size_t)atoi(value(s, "candidates")), i;

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
    note("decide", who, more);
    g_free(more);
}

static bool
question(PurpleAccount *account, const char *who, const char *fingerprint,
         eider_question *out)
{
    char *s = read_state();
    size_t known = (size_t)atoi(value(s, "devices"));
    size_t n = known + (size_t)atoi(value(s, "candidates")), i;
    int waiting = atoi(value(s, "waiting"));

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
    if (atoi(value(s, "warning")) != 0)
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

static void
check_view(PurpleAccount *account, const char *who, const char *fingerprint,
           eider_check_view *out)
{
    char *s = read_state();

    (void)account, (void)who, (void)fingerprint;
    memset(out, 0, sizeof *out);
    out->has_device = out->has_session = out->has_code = true;
    out->phase = (eider_check_phase)(atoi(value(s, "phase")) % 10);
    out->way = (eider_check_way)(atoi(value(s, "way")) % 4);
    out->end = (eider_check_end)(atoi(value(s, "end")) % 7);
    out->is_checked = atoi(value(s, "checked")) != 0;
    out->checked_how = out->is_checked ? out->way : EIDER_CHECK_NONE;
    out->is_closed = atoi(value(s, "closed")) != 0;
    out->failures = (unsigned)atoi(value(s, "failures"));
    if (atoi(value(s, "called")) != 0)
        g_strlcpy(out->called, "mallory <b>", sizeof out->called);
    g_strlcpy(out->question, "Where <b>did</b> we meet?", sizeof out->question);
    g_strlcpy(out->code, "1234 5678 9012", sizeof out->code);
    g_strlcpy(out->fingerprint, "00000 22222 33333 44444 55555 66666",
              sizeof out->fingerprint);
    g_strlcpy(out->number,
              "00000 22222 33333 44444 55555 66666 "
              "99999 88888 77777 66666 55555 44444",
              sizeof out->number);
    g_free(s);
}

static char *
check_words(PurpleAccount *account, const char *who, const eider_check_view *v)
{
    (void)account, (void)who;
    return g_strdup_printf("How it stands: phase %d.", v->phase);
}

static char *
check_ask(PurpleAccount *account, const char *who, const char *fingerprint,
          const char *question, const char *answer)
{
    char *more = g_strdup_printf("%s|%s", question, answer);

    (void)account, (void)fingerprint;
    note("check_ask", who, more);
    g_free(more);
    return answer[0] == '\0' ? g_strdup("No answer.") : NULL;
}

static char *
check_call(PurpleAccount *account, const char *who, const char *fingerprint)
{
    (void)account, (void)fingerprint;
    note("check_call", who, "");
    return NULL;
}

static char *
check_answer(PurpleAccount *account, const char *who, const char *answer)
{
    (void)account;
    note("check_answer", who, answer);
    return NULL;
}

static char *
check_confirm(PurpleAccount *account, const char *who, bool same)
{
    (void)account;
    note("check_confirm", who, same ? "same" : "differs");
    return NULL;
}

static char *
check_cancel(PurpleAccount *account, const char *who)
{
    (void)account;
    note("check_cancel", who, "");
    return NULL;
}

static char *
check_number(PurpleAccount *account, const char *who, const char *fingerprint,
             bool same)
{
    (void)account, (void)fingerprint;
    note("check_number", who, same ? "same" : "differs");
    return NULL;
}

static void
check_watch(void (*open)(PurpleAccount *, const char *, void *), void *arg)
{
    (void)open, (void)arg;
}

static const eider_check_app check_app = {
    .view = check_view,
    .words = check_words,
    .ask = check_ask,
    .call = check_call,
    .answer = check_answer,
    .confirm = check_confirm,
    .cancel = check_cancel,
    .number = check_number,
    .watch = check_watch,
};
static bool
shown_text(PurpleAccount *account, const char *who,
           uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state *state)
{
    char *s = read_state();
    const char *mark = value(s, "mark");
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
    char *s = read_state();
    bool is_it = atoi(value(s, "log")) != 0;

    (void)account, (void)who;
    g_free(s);
    return is_it;
}

static void
set_logged(PurpleAccount *account, const char *who, bool keep)
{
    (void)account;
    note("set_logged", who, keep ? "on" : "off");
}

static eider_app app = {
    .check = &check_app,
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
    char want = *value(state, "face");

    if (face != NULL && want == '0' && purple_plugin_is_loaded(face))
        purple_plugin_unload(face);
    if (face != NULL && want == '1' && !purple_plugin_is_loaded(face))
        purple_plugin_load(face);
    if (*value(state, "core") == '0')
        purple_plugin_unload(purple_plugins_find_with_id(EIDER_UI_CORE));
}

/* "again=N" loads and unloads the face N times in one go. */
static void
repeat(const char *state)
{
    PurplePlugin *face = purple_plugins_find_with_id("gtk-eider");
    int n = atoi(value(state, "again"));

    while (face != NULL && n-- > 0)
        if (!purple_plugin_unload(face) || !purple_plugin_load(face))
            g_critical("loading again failed");
    if (*value(state, "again") != '\0')
        note("again", "-", "done");
}

static gboolean
poll_state(gpointer unused)
{
    char *now = read_state();

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

static PurplePluginInfo info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .type = PURPLE_PLUGIN_STANDARD,
    .id = EIDER_UI_CORE,
    .name = "Eider (scripted)",
    .version = "0",
    .load = load,
    .unload = unload,
};

static void
init(PurplePlugin *plugin)
{
    (void)plugin;
}

PURPLE_INIT_PLUGIN(eider, init, info)
