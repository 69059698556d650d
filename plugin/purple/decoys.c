/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the set of decoys of an account, shown and edited. */
#include "seam.h"

#include "eider/decoys.h"
#include "eider/limits.h"

#include "text.h"

#include <string.h>

#define COLUMNS   72
#define SHOWN_MAX 200 /* in a request; a longer list freezes some clients */

static struct {
    void (*open)(PurpleAccount *account, void *arg);
    void *arg;
} window;

/* ---- the list ------------------------------------------------------------- */

typedef struct {
    char *who, *name;
    bool is_member, is_online;
    eider_part part;
    char *state;
} entry;

static void
free_entry(gpointer p)
{
    entry *x = p;

    g_free(x->who);
    g_free(x->name);
    g_free(x->state);
    g_free(x);
}

static void
add_entry(void *list, const eider_decoy *d)
{
    entry *x = g_new0(entry, 1);

    x->who = g_strdup(d->peer);
    x->is_member = d->is_member;
    x->is_online = d->is_online;
    x->part = d->part;
    g_ptr_array_add(list, x);
}

/* What stands against it, where there is more to say than the part. */
static char *
state_of(PurpleAccount *account, const entry *x)
{
    bool is_final;
    char *why;

    if (x->part == EIDER_PART_NONE)
        return g_strdup(x->is_online ? "" : _("offline"));
    if (x->part != EIDER_PART_HINDERED)
        return g_strdup(eider_words_part(x->part));
    why = eider_steady_refusal(account, x->who, EIDER_SLOT_DECOYS, &is_final);
    return why != NULL ? why : g_strdup(eider_words_part(x->part));
}

static gint
by_use(gconstpointer a, gconstpointer b)
{
    const entry *x = *(entry *const *)a, *y = *(entry *const *)b;
    int u = x->is_member * 4 + (x->part == EIDER_PART_NONE) * 2 + x->is_online;
    int v = y->is_member * 4 + (y->part == EIDER_PART_NONE) * 2 + y->is_online;

    return u != v ? v - u : strcmp(x->name, y->name);
}

/* Members first, then who could be one now, then the others. */
static GPtrArray *
entries_of(PurpleAccount *account)
{
    GPtrArray *all = g_ptr_array_new_with_free_func(free_entry);
    eider_engine *e = eider_opening_engine();
    char *id = eider_names_account(account);

    if (e != NULL)
        (void)eider_engine_decoys_list(e, id, add_entry, all);
    for (guint i = 0; i < all->len; i++) {
        entry *x = g_ptr_array_index(all, i);

        x->name = eider_names_shown(account, x->who);
        x->state = state_of(account, x);
    }
    g_ptr_array_sort(all, by_use);
    g_free(id);
    return all;
}

/* ---- the table ------------------------------------------------------------ */

static size_t
list(PurpleAccount *account, void (*row)(void *arg, const eider_ui_decoy *d),
     void *arg)
{
    GPtrArray *all = entries_of(account);
    size_t n = all->len;

    for (guint i = 0; i < all->len; i++) {
        const entry *x = g_ptr_array_index(all, i);
        const eider_ui_decoy d = {.who = x->who,
                                  .name = x->name,
                                  .is_member = x->is_member,
                                  .is_online = x->is_online,
                                  .part = x->part,
                                  .state = x->state};

        row(arg, &d);
    }
    g_ptr_array_free(all, TRUE);
    return n;
}

/* Names as they are typed become the core's. */
static char *
set(PurpleAccount *account, const char *const *who, size_t n)
{
    eider_engine *e = eider_opening_retry();
    char *id = eider_names_account(account);
    char **peers = g_new0(char *, n + 1);
    eider_err err = EIDER_E_STORE;

    for (size_t i = 0; i < n; i++)
        peers[i] = g_strdup(purple_normalize(account, who[i]));
    if (e != NULL)
        err = eider_engine_decoys_set(e, id, (const char *const *)peers, n);
    g_strfreev(peers);
    g_free(id);
    return eider_words_decoys_refused(err);
}

static char *
sum(PurpleAccount *account)
{
    eider_engine *e = eider_opening_engine();
    char *id = eider_names_account(account);
    unsigned n = e != NULL ? eider_engine_decoys(e, id) : 0;
    unsigned now = e != NULL ? eider_engine_decoys_now(e, id) : 0;

    g_free(id);
    return eider_words_decoys_sum(n, now);
}

static char *
cost(PurpleAccount *account, unsigned n)
{
    return eider_words_decoys_cost(eider_steady_line_bytes(account), n);
}

static void
watch(void (*open)(PurpleAccount *account, void *arg), void *arg)
{
    window.open = open;
    window.arg = arg;
}

const eider_decoys_app eider_decoys_table = {
    .min = EIDER_DECOYS_MIN,
    .max = EIDER_DECOYS_MAX,
    .list = list,
    .set = set,
    .sum = sum,
    .cost = cost,
    .needs = eider_words_decoys_needs,
    .watch = watch,
};

/* ---- a request, where there is no window ---------------------------------- */

static void
add_typed(GPtrArray *names, const char *typed)
{
    char **parts = g_strsplit(typed != NULL ? typed : "", ",", -1);

    for (char **p = parts; *p != NULL; p++)
        if (*g_strstrip(*p) != '\0')
            g_ptr_array_add(names, g_strdup(*p));
    g_strfreev(parts);
}

static void
on_set(eider_ask *a, PurpleRequestFields *fields)
{
    PurpleAccount *account = eider_ask_account(a);
    PurpleRequestField *field = purple_request_fields_get_field(fields, "who");
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    char **shown = g_strsplit(a->text, "\n", -1);
    char *text;

    for (GList *l = purple_request_field_list_get_selected(field); l != NULL;
         l = l->next) {
        int i =
            GPOINTER_TO_INT(purple_request_field_list_get_data(field, l->data));

        if (i > 0 && (guint)i <= g_strv_length(shown))
            g_ptr_array_add(names, g_strdup(shown[i - 1]));
    }
    add_typed(names, purple_request_fields_get_string(fields, "more"));
    text = account != NULL
               ? set(account, (const char *const *)names->pdata, names->len)
               : NULL;
    if (text != NULL)
        purple_notify_error(eider_plugin(), _("Eider"),
                            _("Nothing was changed."), text);
    g_free(text);
    g_strfreev(shown);
    g_ptr_array_free(names, TRUE);
    eider_ask_done(a);
}

static void
on_cancel(eider_ask *a, PurpleRequestFields *fields G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

/* The lines of a list have to differ. */
static char *
line_of(const entry *x)
{
    const char *colon = x->state[0] != '\0' ? ": " : "";

    return strcmp(x->name, x->who) == 0
               ? g_strconcat(x->name, colon, x->state, NULL)
               : g_strconcat(x->name, " (", x->who, ")", colon, x->state, NULL);
}

static char *
fill_list(PurpleRequestField *field, const GPtrArray *all)
{
    GString *names = g_string_new(NULL);

    purple_request_field_list_set_multi_select(field, TRUE);
    for (guint i = 0; i < all->len && i < SHOWN_MAX; i++) {
        const entry *x = g_ptr_array_index(all, i);
        char *line = line_of(x);

        purple_request_field_list_add(field, line, GINT_TO_POINTER((int)i + 1));
        if (x->is_member)
            purple_request_field_list_add_selected(field, line);
        g_string_append_printf(names, "%s%s", i > 0 ? "\n" : "", x->who);
        g_free(line);
    }
    return g_string_free(names, FALSE);
}

/* A terminal cuts off what is longer than it is wide. */
static void
fold(char *text)
{
    char *space = NULL;
    long column = 0;

    for (char *p = text; *p != '\0'; p = g_utf8_next_char(p)) {
        if (*p == '\n') {
            space = NULL;
            column = 0;
            continue;
        }
        if (*p == ' ')
            space = p;
        if (++column > COLUMNS && space != NULL) {
            *space = '\n';
            column = g_utf8_pointer_to_offset(space, p);
            space = NULL;
        }
    }
}

static void
ask(PurpleAccount *account)
{
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *g = purple_request_field_group_new(NULL);
    PurpleRequestField *who =
        purple_request_field_list_new("who", _("Your private contacts"));
    GPtrArray *all = entries_of(account);
    char *names = fill_list(who, all), *is = sum(account);
    char *price = cost(account, EIDER_DECOYS_MAX);
    char *needs = eider_words_decoys_needs();
    char *title = g_strdup_printf(_("Decoys of %s"),
                                  purple_account_get_username(account));
    char *text = g_strdup_printf("%s\n\n%s\n\n%s", is, needs, price);

    fold(text);
    purple_request_field_group_add_field(g, who);
    purple_request_field_group_add_field(
        g, purple_request_field_string_new(
               "more", _("Others, with commas between them"), "", FALSE));
    purple_request_fields_add_group(fields, g);
    purple_request_fields(eider_plugin(), _("Eider"), title, text, fields,
                          _("_Use these"), G_CALLBACK(on_set), _("_Cancel"),
                          G_CALLBACK(on_cancel), account, NULL, NULL,
                          eider_ask_new(account, NULL, names));
    g_free(text);
    g_free(title);
    g_free(needs);
    g_free(price);
    g_free(is);
    g_free(names);
    g_ptr_array_free(all, TRUE);
}

/* ---- the door ------------------------------------------------------------- */

static void
open_for(PurpleAccount *account)
{
    if (window.open != NULL)
        window.open(account, window.arg);
    else
        ask(account);
}

static void
on_account(void *data G_GNUC_UNUSED, PurpleRequestFields *fields)
{
    PurpleAccount *account = purple_request_field_account_get_value(
        purple_request_fields_get_field(fields, "account"));

    if (account != NULL)
        open_for(account);
}

static void
on_no_account(void *data G_GNUC_UNUSED,
              PurpleRequestFields *fields G_GNUC_UNUSED)
{
}

static void
ask_account(PurpleAccount *first)
{
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *g = purple_request_field_group_new(NULL);

    purple_request_field_group_add_field(
        g, purple_request_field_account_new("account", _("_Account"), first));
    purple_request_fields_add_group(fields, g);
    purple_request_fields(eider_plugin(), _("Eider"), _("Decoys"),
                          _("Each account has a set of its own."), fields,
                          _("_Show"), G_CALLBACK(on_account), _("_Cancel"),
                          G_CALLBACK(on_no_account), NULL, NULL, NULL, NULL);
}

void
eider_decoys_open(PurpleAccount *account)
{
    GList *online = purple_connections_get_all();

    if (eider_opening_retry() == NULL) {
        purple_notify_error(eider_plugin(), _("Eider"),
                            _("Decoys cannot be shown."), eider_opening_why());
        eider_opening_ask_passphrase();
    } else if (account != NULL) {
        open_for(account);
    } else if (online == NULL) {
        purple_notify_info(eider_plugin(), _("Eider"), _("Decoys"),
                           _("Connect an account first."));
    } else if (online->next == NULL) {
        open_for(purple_connection_get_account(online->data));
    } else {
        ask_account(purple_connection_get_account(online->data));
    }
}

/* Who takes part, and who does not and why. */
static void
say_list(PurpleConversation *conv)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    GPtrArray *all = entries_of(account);
    GString *text = g_string_new(NULL);
    char *is = sum(account);

    g_string_append(text, is);
    for (guint i = 0; i < all->len; i++) {
        const entry *x = g_ptr_array_index(all, i);

        if (x->is_member)
            g_string_append_printf(text, "\n%s: %s", x->name, x->state);
    }
    eider_say_in(conv, text->str);
    g_string_free(text, TRUE);
    g_free(is);
    g_ptr_array_free(all, TRUE);
}

void
eider_decoys_command(PurpleConversation *conv, const char *arg)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    char *word = g_strstrip(g_strdup(arg)), *why;

    if (strcmp(word, "off") == 0) {
        why = set(account, NULL, 0);
        eider_say_in(conv, why != NULL
                               ? why
                               : _("You have no decoys any more. Steady goes "
                                   "on with each of them until you end it."));
        g_free(why);
    } else {
        if (eider_opening_engine() != NULL)
            say_list(conv);
        eider_decoys_open(account);
    }
    g_free(word);
}

void
eider_decoys_stop(void)
{
    watch(NULL, NULL);
}
