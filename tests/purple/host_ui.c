/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the client without windows would have shown. */
#include "host.h"

#include <stdarg.h>
#include <string.h>

GPtrArray *host_lines, *host_notices;

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
           PurpleMessageFlags flags, time_t when)
{
    host_line *l = g_new(host_line, 1);

    l->account = g_strdup(
        purple_account_get_username(purple_conversation_get_account(conv)));
    l->who = g_strdup(purple_conversation_get_name(conv));
    l->text = g_strdup(text);
    l->flags = flags;
    l->when = when;
    g_ptr_array_add(host_lines, l);
}

static PurpleConversationUiOps conv_ops = {.write_conv = write_conv};

/* ---- questions ----------------------------------------------------------- */

typedef struct {
    PurpleRequestType type;
    char *primary, *secondary;
    char *labels[8];
    GCallback calls[8];
    size_t n;
    void *data;
    PurpleRequestFields *fields;
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
    g_free(q->secondary);
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
               const char *secondary, int def G_GNUC_UNUSED,
               PurpleAccount *account G_GNUC_UNUSED,
               const char *who G_GNUC_UNUSED,
               PurpleConversation *conv G_GNUC_UNUSED, void *data, size_t n,
               va_list actions)
{
    question *q = question_new(PURPLE_REQUEST_ACTION, primary, data);

    q->secondary = g_strdup(secondary);

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

static void *
request_fields(const char *title G_GNUC_UNUSED, const char *primary,
               const char *secondary, PurpleRequestFields *fields,
               const char *ok, GCallback ok_cb, const char *cancel,
               GCallback cancel_cb, PurpleAccount *account G_GNUC_UNUSED,
               const char *who G_GNUC_UNUSED,
               PurpleConversation *conv G_GNUC_UNUSED, void *data)
{
    question *q = question_new(PURPLE_REQUEST_FIELDS, primary, data);

    q->secondary = g_strdup(secondary);
    q->fields = fields;
    add_button(q, ok, ok_cb);
    add_button(q, cancel, cancel_cb);
    return q;
}

static void *
request_file(const char *title, const char *name G_GNUC_UNUSED,
             gboolean saves G_GNUC_UNUSED, GCallback ok_cb, GCallback cancel_cb,
             PurpleAccount *account G_GNUC_UNUSED,
             const char *who G_GNUC_UNUSED,
             PurpleConversation *conv G_GNUC_UNUSED, void *data)
{
    question *q = question_new(PURPLE_REQUEST_FILE, title, data);

    add_button(q, "ok", ok_cb);
    add_button(q, "cancel", cancel_cb);
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
    .request_fields = request_fields,
    .request_file = request_file,
    .close_request = close_request,
};

unsigned
host_questions(void)
{
    return g_slist_length(questions);
}

bool
host_asks(const char *text)
{
    question *q = questions != NULL ? questions->data : NULL;

    return q != NULL &&
           (strstr(q->primary, text) != NULL ||
            (q->secondary != NULL && strstr(q->secondary, text) != NULL));
}

/* As a client does: the answer, then the window goes. */
bool
host_answer(const char *label)
{
    question *q = questions != NULL ? questions->data : NULL;

    for (size_t i = 0; q != NULL && i < q->n; i++)
        if (strcmp(q->labels[i], label) == 0) {
            if (q->calls[i] != NULL && q->fields != NULL)
                ((PurpleRequestFieldsCb)q->calls[i])(q->data, q->fields);
            else if (q->calls[i] != NULL)
                ((PurpleRequestActionCb)q->calls[i])(q->data, (int)i);
            purple_request_close(q->type, q);
            return true;
        }
    return false;
}

/* To the newest of its kind: others may lie over it. */
static bool
give(PurpleRequestType type, const char *text)
{
    question *q = NULL;

    for (GSList *l = questions; l != NULL && q == NULL; l = l->next)
        if (((question *)l->data)->type == type)
            q = l->data;
    if (q == NULL)
        return false;
    ((void (*)(void *, const char *))q->calls[0])(q->data, text);
    purple_request_close(q->type, q);
    return true;
}

bool
host_enter(const char *text)
{
    return give(PURPLE_REQUEST_INPUT, text);
}

bool
host_choose(const char *path)
{
    return give(PURPLE_REQUEST_FILE, path);
}

bool
host_fill(const char *id, const char *text)
{
    question *q = questions != NULL ? questions->data : NULL;

    if (q == NULL || q->fields == NULL ||
        !purple_request_fields_exists(q->fields, id))
        return false;
    purple_request_field_string_set_value(
        purple_request_fields_get_field(q->fields, id), text);
    return true;
}

bool
host_choose_line(const char *id, const char *part)
{
    question *q = questions != NULL ? questions->data : NULL;
    PurpleRequestField *f;

    if (q == NULL || q->fields == NULL ||
        !purple_request_fields_exists(q->fields, id))
        return false;
    f = purple_request_fields_get_field(q->fields, id);
    for (const GList *l = purple_request_field_list_get_items(f); l != NULL;
         l = l->next)
        if (strstr(l->data, part) != NULL) {
            purple_request_field_list_clear_selected(f);
            purple_request_field_list_add_selected(f, l->data);
            return true;
        }
    return false;
}

bool
host_action(const char *label)
{
    GList *all = PURPLE_PLUGIN_ACTIONS(host_plugin, NULL);
    bool found = false;

    for (GList *l = all; l != NULL; l = l->next) {
        PurplePluginAction *a = l->data;

        if (strcmp(a->label, label) == 0) {
            a->plugin = host_plugin;
            a->callback(a);
            found = true;
        }
        purple_plugin_action_free(a);
    }
    g_list_free(all);
    return found;
}

/* ---- lists --------------------------------------------------------------- */

static PurpleNotifySearchResults *results;

static void *
notify_searchresults(PurpleConnection *gc G_GNUC_UNUSED,
                     const char *title G_GNUC_UNUSED,
                     const char *primary G_GNUC_UNUSED,
                     const char *secondary G_GNUC_UNUSED,
                     PurpleNotifySearchResults *r, gpointer data G_GNUC_UNUSED)
{
    results = r;
    return g_new0(char, 1);
}

unsigned
host_rows(void)
{
    return results != NULL ? g_list_length(results->rows) : 0;
}

const char *
host_cell(unsigned row, unsigned column)
{
    return results != NULL
               ? g_list_nth_data(g_list_nth_data(results->rows, row), column)
               : NULL;
}

bool
host_press_row(const char *label, unsigned row)
{
    for (GList *l = results != NULL ? results->buttons : NULL; l != NULL;
         l = l->next) {
        PurpleNotifySearchButton *b = l->data;

        if (b->label != NULL && strcmp(b->label, label) == 0) {
            b->callback(NULL, g_list_nth_data(results->rows, row), NULL);
            return true;
        }
    }
    return false;
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
close_notify(PurpleNotifyType type, void *handle)
{
    if (type == PURPLE_NOTIFY_SEARCHRESULTS)
        results = NULL; /* libpurple frees it */
    g_free(handle);
}

static PurpleNotifyUiOps notify_ops = {
    .notify_message = notify_message,
    .notify_formatted = notify_formatted,
    .notify_searchresults = notify_searchresults,
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

/* ---- looking back -------------------------------------------------------- */

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

/* An empty one: libpurple fills in that changes are saved. */
static PurpleBlistUiOps blist_ops;

void
host_ui_init(void)
{
    purple_blist_set_ui_ops(&blist_ops);
    host_lines = g_ptr_array_new_with_free_func(line_free);
    host_notices = g_ptr_array_new_with_free_func(g_free);
    purple_conversations_set_ui_ops(&conv_ops);
    purple_request_set_ui_ops(&request_ops);
    purple_notify_set_ui_ops(&notify_ops);
}
