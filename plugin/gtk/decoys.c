/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window about the decoys of one account: a list with ticks, what it
 * costs, what it needs.  Nothing happens until the user presses the button,
 * and then all of it at once.
 */
#include "decoys.h"

#include "ask.h"
#include "fit.h"
#include "still.h"

#include <string.h>

#define REFRESH_MS 1000 /* at most so often, while things change */
#define REST_LINES 16   /* of text, as high as list and buttons are at least */

typedef struct {
    char *who, *name, *state, *folded;
    bool is_member, is_ticked, is_fit;
} row;

static struct {
    GtkWidget *window, *sum, *search, *view, *count, *cost, *use;
    GtkListStore *model;
    GPtrArray *rows;
    PurpleAccount *account; /* check it before each use */
    guint soon;
} it;

enum { ROW, TICKED, FIT, NAME, STATE, COLUMNS };

/* ---- rows ----------------------------------------------------------------- */

static void
free_row(gpointer data)
{
    row *r = data;

    g_free(r->who);
    g_free(r->name);
    g_free(r->state);
    g_free(r->folded);
    g_free(r);
}

static void
add_row(void *rows, const eider_ui_decoy *d)
{
    row *r = g_new0(row, 1);
    char *all = g_strdup_printf("%s\n%s", d->name, d->who);

    r->who = g_strdup(d->who);
    r->name = eider_subject_plain(d->name);
    r->state = eider_subject_plain(d->state);
    r->folded = g_utf8_casefold(all, -1);
    r->is_member = r->is_ticked = d->is_member;
    r->is_fit = d->is_member || d->part == EIDER_PART_NONE;
    g_ptr_array_add(rows, r);
    g_free(all);
}

static const eider_decoys_app *
app(void)
{
    const eider_app *core = eider_link_app();

    return core != NULL && it.account != NULL &&
                   g_list_find(purple_accounts_get_all(), it.account) != NULL
               ? core->decoys
               : NULL;
}

/* Ticks that were not used yet stay as they are. */
static void
take_rows(void)
{
    GPtrArray *old = it.rows;
    GHashTable *ticks = g_hash_table_new(g_str_hash, g_str_equal);

    it.rows = g_ptr_array_new_with_free_func(free_row);
    if (app() != NULL)
        (void)app()->list(it.account, add_row, it.rows);
    for (guint i = 0; old != NULL && i < old->len; i++) {
        row *r = g_ptr_array_index(old, i);

        if (r->is_ticked != r->is_member)
            g_hash_table_insert(ticks, r->who, r);
    }
    for (guint i = 0; i < it.rows->len; i++) {
        row *r = g_ptr_array_index(it.rows, i);
        const row *was = g_hash_table_lookup(ticks, r->who);

        if (was != NULL)
            r->is_ticked = was->is_ticked && r->is_fit;
    }
    g_hash_table_destroy(ticks);
    if (old != NULL)
        g_ptr_array_free(old, TRUE);
}

static guint
count_ticks(bool *has_changed)
{
    guint n = 0;

    *has_changed = false;
    for (guint i = 0; i < it.rows->len; i++) {
        const row *r = g_ptr_array_index(it.rows, i);

        n += r->is_ticked;
        *has_changed = *has_changed || r->is_ticked != r->is_member;
    }
    return n;
}

/* ---- showing -------------------------------------------------------------- */

static void
set_label(GtkWidget *label, char *text)
{
    eider_still_label(GTK_LABEL(label), text != NULL ? text : "");
    g_free(text);
}

static void
show_choice(void)
{
    bool has_changed;
    guint n = count_ticks(&has_changed);

    set_label(it.count,
              n == 0 || app() == NULL
                  ? g_strdup(_("Nobody is chosen."))
                  : g_strdup_printf(EIDER_PLURAL("%u chosen, of %u to %u.",
                                                 "%u chosen, of %u to %u.", n),
                                    n, app()->min, app()->max));
    set_label(it.cost, app() != NULL
                           ? app()->cost(it.account, n > 0 ? n : app()->max)
                           : NULL);
    gtk_button_set_label(GTK_BUTTON(it.use),
                         n == 0 ? _("_No decoys") : _("_Use these"));
    gtk_widget_set_sensitive(
        it.use, app() != NULL && has_changed &&
                    (n == 0 || (n >= app()->min && n <= app()->max)));
}

/* Where the keyboard is; g_free(). */
static char *
who_is_at_cursor(void)
{
    GtkTreePath *path = NULL;
    GtkTreeIter at;
    char *who = NULL;
    row *r;

    gtk_tree_view_get_cursor(GTK_TREE_VIEW(it.view), &path, NULL);
    if (path != NULL &&
        gtk_tree_model_get_iter(GTK_TREE_MODEL(it.model), &at, path)) {
        gtk_tree_model_get(GTK_TREE_MODEL(it.model), &at, ROW, &r, -1);
        who = g_strdup(r->who);
    }
    gtk_tree_path_free(path);
    return who;
}

/* The keyboard and the scroll bar stay where they were. */
static void
fill(const char *who)
{
    GtkTreeView *view = GTK_TREE_VIEW(it.view);
    double scrolled =
        gtk_adjustment_get_value(gtk_tree_view_get_vadjustment(view));
    GtkTreePath *cursor = NULL;
    char *typed = g_strdup(gtk_entry_get_text(GTK_ENTRY(it.search)));
    char *needle = g_utf8_casefold(g_strstrip(typed), -1);
    gint n = 0;

    /* Detached: a view that is told of each of ten thousand rows is slow. */
    gtk_tree_view_set_model(view, NULL);
    gtk_list_store_clear(it.model);
    for (guint i = 0; i < it.rows->len; i++) {
        row *r = g_ptr_array_index(it.rows, i);
        GtkTreeIter at;

        if (strstr(r->folded, needle) == NULL)
            continue;
        gtk_list_store_insert_with_values(it.model, &at, n, ROW, r, TICKED,
                                          r->is_ticked, FIT, r->is_fit, NAME,
                                          r->name, STATE, r->state, -1);
        if (cursor == NULL && (who == NULL || strcmp(who, r->who) == 0))
            cursor = gtk_tree_path_new_from_indices(n, -1);
        n++;
    }
    gtk_tree_view_set_model(view, GTK_TREE_MODEL(it.model));
    if (cursor != NULL)
        gtk_tree_view_set_cursor(view, cursor, NULL, FALSE);
    gtk_tree_path_free(cursor);
    gtk_adjustment_set_value(gtk_tree_view_get_vadjustment(view), scrolled);
    g_free(needle);
    g_free(typed);
}

static void
show_all(void)
{
    char *who = it.rows != NULL ? who_is_at_cursor() : NULL;

    take_rows();
    fill(who);
    g_free(who);
    set_label(it.sum, app() != NULL ? app()->sum(it.account) : NULL);
    show_choice();
}

static gboolean
on_soon(gpointer unused)
{
    (void)unused;
    it.soon = 0;
    show_all();
    return FALSE;
}

void
eider_decoys_refresh(void)
{
    if (it.window != NULL && app() == NULL)
        gtk_widget_destroy(it.window);
    else if (it.window != NULL && it.soon == 0)
        it.soon = g_timeout_add(REFRESH_MS, on_soon, NULL);
}

/* ---- what the user does --------------------------------------------------- */

static void
on_search(GtkWidget *unused, gpointer data)
{
    char *who = who_is_at_cursor();

    (void)unused, (void)data;
    fill(who);
    g_free(who);
}

static void
on_tick(GtkCellRendererToggle *cell, char *path, gpointer unused)
{
    GtkTreeIter at;
    row *r;

    (void)cell, (void)unused;
    if (!gtk_tree_model_get_iter_from_string(GTK_TREE_MODEL(it.model), &at,
                                             path))
        return;
    gtk_tree_model_get(GTK_TREE_MODEL(it.model), &at, ROW, &r, -1);
    if (!r->is_fit)
        return;
    r->is_ticked = !r->is_ticked;
    gtk_list_store_set(it.model, &at, TICKED, r->is_ticked, -1);
    show_choice();
}

static void
on_row(GtkTreeView *view, GtkTreePath *path, GtkTreeViewColumn *column,
       gpointer unused)
{
    char *text = gtk_tree_path_to_string(path);

    (void)view, (void)column;
    on_tick(NULL, text, unused);
    g_free(text);
}

static void
use(void)
{
    GPtrArray *who = g_ptr_array_new();
    char *why;

    for (guint i = 0; i < it.rows->len; i++) {
        const row *r = g_ptr_array_index(it.rows, i);

        if (r->is_ticked)
            g_ptr_array_add(who, r->who);
    }
    why = app() != NULL ? app()->set(it.account,
                                     (const char *const *)who->pdata, who->len)
                        : NULL;
    g_ptr_array_free(who, TRUE);
    if (why != NULL)
        set_label(it.sum, why);
    else
        show_all();
}

static void
on_response(GtkWidget *window, int response, gpointer unused)
{
    (void)unused;
    if (response == GTK_RESPONSE_APPLY)
        use();
    else
        gtk_widget_destroy(window);
}

/* ---- building ------------------------------------------------------------- */

static void
add_column(const char *title, GtkCellRenderer *cell, const char *property,
           int from, int width)
{
    GtkTreeViewColumn *c = gtk_tree_view_column_new_with_attributes(
        title, cell, property, from, "sensitive", FIT, NULL);

    gtk_tree_view_column_set_sizing(c, GTK_TREE_VIEW_COLUMN_FIXED);
    gtk_tree_view_column_set_fixed_width(c, width);
    gtk_tree_view_column_set_resizable(c, from != TICKED);
    gtk_tree_view_append_column(GTK_TREE_VIEW(it.view), c);
}

static GtkCellRenderer *
new_text(void)
{
    GtkCellRenderer *cell = gtk_cell_renderer_text_new();

    g_object_set(cell, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
    return cell;
}

static GtkWidget *
new_list(void)
{
    GtkWidget *scroll = gtk_scrolled_window_new(NULL, NULL);
    GtkCellRenderer *tick = gtk_cell_renderer_toggle_new();

    it.model = gtk_list_store_new(COLUMNS, G_TYPE_POINTER, G_TYPE_BOOLEAN,
                                  G_TYPE_BOOLEAN, G_TYPE_STRING, G_TYPE_STRING);
    it.view = gtk_tree_view_new();
    g_signal_connect(tick, "toggled", G_CALLBACK(on_tick), NULL);
    add_column("", tick, "active", TICKED, 30);
    add_column(_("Contact"), new_text(), "text", NAME, 220);
    add_column(_("State"), new_text(), "text", STATE, 260);
    gtk_tree_view_set_fixed_height_mode(GTK_TREE_VIEW(it.view), TRUE);
    gtk_tree_view_set_rules_hint(GTK_TREE_VIEW(it.view), TRUE);
    gtk_tree_view_set_enable_search(GTK_TREE_VIEW(it.view), FALSE);
    gtk_tree_view_set_tooltip_column(GTK_TREE_VIEW(it.view), STATE);
    g_signal_connect(it.view, "row-activated", G_CALLBACK(on_row), NULL);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll),
                                   GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(scroll),
                                        GTK_SHADOW_IN);
    gtk_container_add(GTK_CONTAINER(scroll), it.view);
    return scroll;
}

static GtkWidget *
new_search(void)
{
    GtkWidget *line = gtk_hbox_new(FALSE, 6);
    GtkWidget *label = gtk_label_new_with_mnemonic(_("_Search:"));

    it.search = gtk_entry_new();
    it.count = gtk_label_new(NULL);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), it.search);
    gtk_box_pack_start(GTK_BOX(line), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(line), it.search, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(line), it.count, FALSE, FALSE, 6);
    g_signal_connect(it.search, "changed", G_CALLBACK(on_search), NULL);
    return line;
}

static GtkWidget *
add_words(GtkWidget *box, char *text, bool is_bold)
{
    GtkWidget *label = gtk_label_new(text);
    PangoAttrList *bold = pango_attr_list_new();

    if (is_bold)
        pango_attr_list_insert(bold, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
    gtk_label_set_attributes(GTK_LABEL(label), bold);
    pango_attr_list_unref(bold);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0);
    gtk_box_pack_start(GTK_BOX(box), eider_fit_new(label), FALSE, FALSE, 0);
    g_free(text);
    return label;
}

static void
on_destroy(GtkWidget *window, gpointer unused)
{
    (void)window, (void)unused;
    if (it.soon != 0)
        g_source_remove(it.soon);
    g_object_unref(it.model);
    g_ptr_array_free(it.rows, TRUE);
    memset(&it, 0, sizeof it);
}

static void
build(void)
{
    char *title = g_strdup_printf(_("Decoys of %s"),
                                  purple_account_get_username(it.account));
    GtkWidget *box, *words = gtk_vbox_new(FALSE, 6);

    it.window = gtk_dialog_new_with_buttons(
        title, NULL, GTK_DIALOG_NO_SEPARATOR, NULL, NULL);
    it.use = gtk_dialog_add_button(GTK_DIALOG(it.window), _("_Use these"),
                                   GTK_RESPONSE_APPLY);
    gtk_dialog_add_button(GTK_DIALOG(it.window), GTK_STOCK_CLOSE,
                          GTK_RESPONSE_CLOSE);
    gtk_window_set_default_size(GTK_WINDOW(it.window), 560, 560);
    gtk_container_set_border_width(GTK_CONTAINER(it.window), 6);
    box = gtk_dialog_get_content_area(GTK_DIALOG(it.window));
    gtk_box_set_spacing(GTK_BOX(box), 6);
    it.sum = add_words(box, NULL, true);
    gtk_box_pack_start(GTK_BOX(box), new_search(), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_list(), TRUE, TRUE, 0);
    it.cost = add_words(words, NULL, false);
    (void)add_words(words, app()->needs(), false);
    gtk_box_pack_start(GTK_BOX(box), eider_fit_scroll(words, REST_LINES), FALSE,
                       FALSE, 0);
    g_signal_connect(it.window, "response", G_CALLBACK(on_response), NULL);
    g_signal_connect(it.window, "destroy", G_CALLBACK(on_destroy), NULL);
    g_free(title);
}

void
eider_decoys_asked_for(PurpleAccount *account, void *arg)
{
    (void)arg;
    if (it.window != NULL && it.account != account)
        gtk_widget_destroy(it.window);
    it.account = account;
    if (app() == NULL)
        return;
    if (it.window == NULL) {
        build();
        eider_ask_adopt(it.window, NULL);
        show_all();
        gtk_widget_show_all(it.window);
        gtk_widget_grab_focus(it.search);
    }
    gtk_window_present(GTK_WINDOW(it.window));
}
