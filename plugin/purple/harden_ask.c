/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the hardening dialog of a client without one of its own: a list with
 * a line for each row, and a page for the one that was chosen.
 */
#include "harden.h"

#include "text.h"

#include <string.h>

#define ALL  "all" /* no row has this id */
#define LINE 70    /* letters */

/* @id: of the row that is chosen already; NULL: the first one. */
static void show_list(PurpleAccount *account, const char *id);

static char *
shown(const eider_harden_row *r)
{
    return g_strdup_printf("%s: %s (%s)", eider_harden_face.word(r->state),
                           r->name, r->now);
}

/* ---- the page ------------------------------------------------------------- */

typedef struct {
    const char *id;
    char *primary, *secondary;
    bool can_hide, can_undo, waits;
} page;

/* Some clients show a line as long as it is. */
static char *
wrap(char *text)
{
    char *blank = NULL;
    int n = 0;

    for (char *c = text; *c != '\0'; c = g_utf8_next_char(c)) {
        n = *c == '\n' ? 0 : n + 1;
        if (*c == ' ')
            blank = c;
        if (n > LINE && blank != NULL) {
            *blank = '\n';
            n = (int)g_utf8_pointer_to_offset(blank, c);
            blank = NULL;
        }
    }
    return text;
}

static void
fill_page(void *arg, const eider_harden_row *r)
{
    page *p = arg;

    if (strcmp(r->id, p->id) != 0)
        return;
    p->primary =
        g_strdup_printf("%s: %s", r->name, eider_harden_face.word(r->state));
    p->secondary = wrap(g_strdup_printf(
        _("Now: %s.\n\n%s\n\nIf hidden: %s%s%s"), r->now, r->leak, r->effect,
        r->is_global ? _("\nThis is so for all accounts.") : "",
        r->waits ? _("\nIt takes effect after a new login.") : ""));
    p->can_hide = r->will != EIDER_HARDEN_HIDDEN;
    p->can_undo = r->can_undo;
    p->waits = r->waits;
}

/* Where it asks something, or says that it failed, the list stays away. */
static void
done_with(eider_ask *a, bool hides, bool undoes)
{
    PurpleAccount *account = eider_ask_account(a);
    char *id = g_strdup(a->text);
    page p = {.id = id};

    eider_ask_done(a);
    if (account != NULL && hides)
        eider_harden_face.change(account, id);
    else if (account != NULL && undoes)
        eider_harden_face.undo(account, id);
    if (account != NULL)
        (void)eider_harden_face.rows(account, fill_page, &p);
    if (p.primary != NULL && !(hides && p.can_hide) && !(undoes && p.can_undo))
        show_list(account, id);
    g_free(p.primary);
    g_free(p.secondary);
    g_free(id);
}

static void
on_hide(eider_ask *a, int action G_GNUC_UNUSED)
{
    done_with(a, true, false);
}

static void
on_undo(eider_ask *a, int action G_GNUC_UNUSED)
{
    done_with(a, false, true);
}

static void
on_back(eider_ask *a, int action G_GNUC_UNUSED)
{
    done_with(a, false, false);
}

static void
on_reconnect(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    eider_ask_done(a);
    if (account != NULL)
        eider_harden_face.reconnect(account);
}

static void
show_page(PurpleAccount *account, const char *id)
{
    page p = {.id = id};
    const char *labels[4] = {NULL};
    GCallback calls[4] = {NULL};
    size_t n = 0;

    (void)eider_harden_face.rows(account, fill_page, &p);
    if (p.primary == NULL)
        return;
    if (p.can_hide) {
        labels[n] = _("_Hide");
        calls[n++] = G_CALLBACK(on_hide);
    }
    if (p.can_undo) {
        labels[n] = _("_Undo");
        calls[n++] = G_CALLBACK(on_undo);
    }
    if (p.waits) {
        labels[n] = _("_Reconnect");
        calls[n++] = G_CALLBACK(on_reconnect);
    }
    labels[n] = _("_Back");
    calls[n++] = G_CALLBACK(on_back);
    purple_request_action(
        eider_plugin(), _("Eider"), p.primary, p.secondary, (int)n - 1, account,
        NULL, NULL, eider_ask_new(account, "", id), n, labels[0], calls[0],
        labels[1], calls[1], labels[2], calls[2], labels[3], calls[3]);
    g_free(p.primary);
    g_free(p.secondary);
}

/* ---- the list ------------------------------------------------------------- */

typedef struct {
    PurpleRequestField *field;
    const char *chosen;
    bool has_undo;
} list;

static void
add_row(void *arg, const eider_harden_row *r)
{
    list *l = arg;
    char *line = shown(r);

    purple_request_field_list_add(l->field, line, (void *)r->id);
    if (l->chosen == NULL || strcmp(l->chosen, r->id) == 0) {
        purple_request_field_list_clear_selected(l->field);
        purple_request_field_list_add_selected(l->field, line);
        l->chosen = r->id;
    }
    l->has_undo = l->has_undo || r->can_undo;
    g_free(line);
}

static void
on_show(eider_ask *a, PurpleRequestFields *fields)
{
    PurpleAccount *account = eider_ask_account(a);
    PurpleRequestField *f = purple_request_fields_get_field(fields, "row");
    GList *chosen = purple_request_field_list_get_selected(f);
    const char *id = chosen != NULL
                         ? purple_request_field_list_get_data(f, chosen->data)
                         : NULL;

    eider_ask_done(a);
    if (account == NULL || id == NULL)
        return;
    if (strcmp(id, ALL) == 0)
        eider_harden_face.undo_all(account);
    else
        show_page(account, id);
}

static void
on_close(eider_ask *a, PurpleRequestFields *fields G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
show_list(PurpleAccount *account, const char *id)
{
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *group = purple_request_field_group_new(NULL);
    list l = {.field = purple_request_field_list_new("row", NULL),
              .chosen = id};
    size_t n = eider_harden_face.rows(account, add_row, &l);
    char *primary = g_strdup_printf(_("What %s tells by itself"),
                                    purple_account_get_username(account));

    if (l.has_undo)
        purple_request_field_list_add(l.field, _("Undo everything"),
                                      (void *)ALL);
    purple_request_field_group_add_field(group, l.field);
    purple_request_fields_add_group(fields, group);
    if (n > 0) {
        purple_request_fields(
            eider_plugin(), _("Eider"), primary,
            _("Choose a line to see what it tells, and to hide it."), fields,
            _("_Show"), G_CALLBACK(on_show), _("_Close"), G_CALLBACK(on_close),
            account, NULL, NULL, eider_ask_new(account, "", NULL));
    } else {
        purple_request_fields_destroy(fields);
        purple_notify_info(eider_plugin(), _("Eider"), primary,
                           _("Eider knows nothing that could be hidden."));
    }
    g_free(primary);
}

/* ---- which account -------------------------------------------------------- */

static void
on_account(gpointer data G_GNUC_UNUSED, PurpleRequestFields *fields)
{
    PurpleAccount *account =
        purple_request_fields_get_account(fields, "account");

    if (account != NULL)
        eider_harden_open(account);
}

static void
on_no_account(gpointer data G_GNUC_UNUSED,
              PurpleRequestFields *fields G_GNUC_UNUSED)
{
}

void
eider_harden_choose(void)
{
    PurpleRequestFields *fields = purple_request_fields_new();
    PurpleRequestFieldGroup *group = purple_request_field_group_new(NULL);
    PurpleRequestField *f =
        purple_request_field_account_new("account", _("_Account"), NULL);

    purple_request_field_account_set_show_all(f, TRUE);
    purple_request_field_group_add_field(group, f);
    purple_request_fields_add_group(fields, group);
    purple_request_fields(eider_plugin(), _("Eider"), _("Of which account?"),
                          NULL, fields, _("_Show"), G_CALLBACK(on_account),
                          _("_Cancel"), G_CALLBACK(on_no_account), NULL, NULL,
                          NULL, NULL);
}

void
eider_harden_ask(PurpleAccount *account)
{
    show_list(account, NULL);
}

/* ---- /eider harden -------------------------------------------------------- */

static void
add_words(void *arg, const eider_harden_row *r)
{
    char *line = shown(r);

    g_string_append_printf(
        arg, "%s%s [%s]%s%s", ((GString *)arg)->len > 0 ? "\n" : "", line,
        r->id, r->can_undo ? ", " : "", r->can_undo ? _("can be undone") : "");
    if (r->waits)
        g_string_append_printf(arg, ", %s", _("from the next login on"));
    g_free(line);
}

static void
say_rows(PurpleConversation *conv)
{
    GString *text = g_string_new(NULL);

    (void)eider_harden_face.rows(purple_conversation_get_account(conv),
                                 add_words, text);
    eider_say_in(conv, text->len > 0
                           ? text->str
                           : _("Eider knows nothing that could be hidden."));
    g_string_free(text, TRUE);
}

void
eider_harden_command(PurpleConversation *conv, const char *arg)
{
    PurpleAccount *account = purple_conversation_get_account(conv);
    char **words = g_strsplit(arg + strspn(arg, " "), " ", 2);
    const char *verb = words[0] != NULL ? words[0] : "";
    const char *id = words[0] != NULL && words[1] != NULL ? words[1] : "";
    bool is_row = id[0] != '\0' && eider_harden_find(account, id) != NULL;

    if (verb[0] == '\0') {
        eider_harden_open(account);
    } else if (strcmp(verb, "undo") == 0 && id[0] == '\0') {
        eider_harden_face.undo_all(account);
        say_rows(conv);
    } else if (strcmp(verb, "hide") == 0 && is_row) {
        eider_harden_face.change(account, id);
        say_rows(conv);
    } else if (strcmp(verb, "undo") == 0 && is_row) {
        eider_harden_face.undo(account, id);
        say_rows(conv);
    } else if (strcmp(verb, "list") == 0) {
        say_rows(conv);
    } else {
        eider_say_in(conv, _("/eider harden: the dialog\n"
                             "/eider harden list: what this account tells\n"
                             "/eider harden hide idle: hide one of them\n"
                             "/eider harden undo idle: undo that\n"
                             "/eider harden undo: undo everything"));
    }
    g_strfreev(words);
}
