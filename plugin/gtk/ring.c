/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window: search, list, story, buttons.  The model holds pointers to rows
 * only, and is filled while no view is attached: a view that is told of ten
 * thousand rows one by one is what makes such lists slow.
 */
#include "ring.h"

#include "ask.h"
#include "ringcol.h"
#include "ringown.h"
#include "ringrow.h"

#include <string.h>

#define REFRESH_MS 1000 /* at most so often, while things change */

static struct {
    GtkWidget *window, *search, *history, *view, *count, *story, *own;
    GtkWidget *copy, *check, *block, *forget;
    GtkListStore *model;
    GPtrArray *rows;
    int column;
    bool is_down;
    guint soon;
} ring;

/* ---- the list ------------------------------------------------------------- */

static eider_ring_row *
selected(void)
{
    GtkTreeSelection *s;
    GtkTreeIter it;
    gpointer row = NULL;

    if (ring.window == NULL)
        return NULL;
    s = gtk_tree_view_get_selection(GTK_TREE_VIEW(ring.view));
    if (gtk_tree_selection_get_selected(s, NULL, &it))
        gtk_tree_model_get(GTK_TREE_MODEL(ring.model), &it, 0, &row, -1);
    return row;
}

static void
render(GtkTreeViewColumn *column, GtkCellRenderer *cell, GtkTreeModel *model,
       GtkTreeIter *it, gpointer which)
{
    eider_ring_row *r;
    char *text;

    (void)column;
    gtk_tree_model_get(model, it, 0, &r, -1);
    text = eider_ringrow_text(r, GPOINTER_TO_INT(which));
    g_object_set(cell, "text", text, NULL);
    g_free(text);
}

static void
say_count(guint shown)
{
    char *text =
        shown == ring.rows->len
            ? g_strdup_printf(EIDER_PLURAL("%u key", "%u keys", shown), shown)
            : g_strdup_printf(_("%u of %u keys"), shown, ring.rows->len);

    gtk_label_set_text(GTK_LABEL(ring.count), text);
    g_free(text);
}

static char *
folded_needle(void)
{
    char *typed = g_strdup(gtk_entry_get_text(GTK_ENTRY(ring.search)));
    char *folded = g_utf8_casefold(g_strstrip(typed), -1);

    g_free(typed);
    return folded;
}

/* @keep: the row to select again, of these or of earlier rows. */
static void
fill(const eider_ring_row *keep)
{
    GtkTreeView *view = GTK_TREE_VIEW(ring.view);
    bool history =
        gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(ring.history));
    char *needle = folded_needle();
    GtkTreeIter it, again;
    bool found = false;
    guint n = 0;

    gtk_tree_view_set_model(view, NULL);
    gtk_list_store_clear(ring.model);
    for (guint i = 0; i < ring.rows->len; i++) {
        eider_ring_row *r = g_ptr_array_index(ring.rows, i);

        if (!eider_ringrow_fits(r, needle, history))
            continue;
        gtk_list_store_insert_with_values(ring.model, &it, (gint)n++, 0, r, -1);
        if (keep != NULL && !found && eider_ringrow_is_same(keep, r)) {
            again = it;
            found = true;
        }
    }
    gtk_tree_view_set_model(view, GTK_TREE_MODEL(ring.model));
    if (found)
        gtk_tree_selection_select_iter(gtk_tree_view_get_selection(view),
                                       &again);
    say_count(n);
    g_free(needle);
}

static void
on_search(GtkWidget *unused, gpointer data)
{
    (void)unused, (void)data;
    fill(selected());
}

static void
mark_sorted(void)
{
    GList *columns = gtk_tree_view_get_columns(GTK_TREE_VIEW(ring.view));
    int i = 0;

    for (GList *l = columns; l != NULL; l = l->next, i++) {
        gtk_tree_view_column_set_sort_indicator(l->data, i == ring.column);
        gtk_tree_view_column_set_sort_order(
            l->data, ring.is_down ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
    }
    g_list_free(columns);
}

static void
on_column(GtkTreeViewColumn *column, gpointer which)
{
    int now = GPOINTER_TO_INT(which);
    const eider_ring_row *keep = selected();

    (void)column;
    ring.is_down = now == ring.column && !ring.is_down;
    ring.column = now;
    eider_ringrow_sort(ring.rows, ring.column, ring.is_down);
    mark_sorted();
    fill(keep);
}

/* ---- one of them ---------------------------------------------------------- */

static bool
is_theirs(const eider_ring_row *r)
{
    return r != NULL && r->who != NULL && r->account != NULL;
}

static void
on_select(GtkTreeSelection *unused, gpointer data)
{
    const eider_ring_row *r = selected();
    bool theirs = is_theirs(r);
    bool blocked = r != NULL && r->device.trust == EIDER_TRUST_BLOCKED;
    char *story = r != NULL ? eider_ringrow_story(r, ring.rows) : NULL;

    (void)unused, (void)data;
    gtk_label_set_markup(GTK_LABEL(ring.story), story != NULL ? story : "");
    g_free(story);
    gtk_widget_set_sensitive(ring.copy, r != NULL);
    gtk_widget_set_sensitive(
        ring.check, theirs && (r->device.trust == EIDER_TRUST_ACCEPTED ||
                               r->device.trust == EIDER_TRUST_CANDIDATE));
    gtk_widget_set_sensitive(ring.block, theirs);
    gtk_widget_set_sensitive(ring.forget, theirs && r->device.trust !=
                                                        EIDER_TRUST_FORGOTTEN);
    gtk_button_set_label(GTK_BUTTON(ring.block),
                         blocked ? _("Un_block") : _("_Block"));
}

static void
on_copy(GtkWidget *button, gpointer unused)
{
    const eider_ring_row *r = selected();

    (void)unused;
    if (r != NULL)
        gtk_clipboard_set_text(
            gtk_widget_get_clipboard(button, GDK_SELECTION_CLIPBOARD),
            r->device.fingerprint, -1);
}

static void
on_check(GtkWidget *button, gpointer unused)
{
    const eider_ring_row *r = selected();
    eider_subject s;

    (void)button, (void)unused;
    if (!is_theirs(r))
        return;
    s = (eider_subject){r->account, r->who};
    if (eider_subject_is_usable(&s))
        eider_ask_check(ring.window, &s, r->device.fingerprint);
}

static void
do_deed(eider_deed deed)
{
    const eider_ring_row *r = selected();
    eider_subject s;

    if (!is_theirs(r))
        return;
    s = (eider_subject){r->account, r->who};
    if (eider_subject_is_usable(&s))
        eider_link_app()->key_deed(s.account, s.who, r->device.fingerprint,
                                   deed);
    eider_ring_refresh();
}

static void
on_block(GtkWidget *button, gpointer unused)
{
    const eider_ring_row *r = selected();

    (void)button, (void)unused;
    if (r != NULL)
        do_deed(r->device.trust == EIDER_TRUST_BLOCKED ? EIDER_KEY_UNBLOCK
                                                       : EIDER_KEY_BLOCK);
}

static void
on_forget(GtkWidget *button, gpointer unused)
{
    (void)button, (void)unused;
    do_deed(EIDER_KEY_FORGET);
}

/* ---- building ------------------------------------------------------------- */

static GtkWidget *
add_button(GtkWidget *row, const char *label, GCallback cb)
{
    GtkWidget *b = gtk_button_new_with_mnemonic(label);

    g_signal_connect(b, "clicked", cb, NULL);
    gtk_box_pack_start(GTK_BOX(row), b, FALSE, FALSE, 0);
    return b;
}

static void
add_columns(void)
{
    for (int i = 0; i < EIDER_RING_COLUMNS; i++) {
        GtkCellRenderer *cell = gtk_cell_renderer_text_new();
        GtkTreeViewColumn *c = gtk_tree_view_column_new();

        g_object_set(cell, "ellipsize", PANGO_ELLIPSIZE_END, NULL);
        gtk_tree_view_column_set_title(c, eider_ringcol_title(i));
        gtk_tree_view_column_pack_start(c, cell, TRUE);
        gtk_tree_view_column_set_cell_data_func(c, cell, render,
                                                GINT_TO_POINTER(i), NULL);
        gtk_tree_view_column_set_sizing(c, GTK_TREE_VIEW_COLUMN_FIXED);
        gtk_tree_view_column_set_fixed_width(c,
                                             eider_ringcol_width(ring.view, i));
        gtk_tree_view_column_set_resizable(c, TRUE);
        gtk_tree_view_column_set_clickable(c, TRUE);
        g_signal_connect(c, "clicked", G_CALLBACK(on_column),
                         GINT_TO_POINTER(i));
        gtk_tree_view_append_column(GTK_TREE_VIEW(ring.view), c);
    }
}

static GtkWidget *
new_list(void)
{
    GtkWidget *scroll = gtk_scrolled_window_new(NULL, NULL);

    ring.model = gtk_list_store_new(1, G_TYPE_POINTER);
    ring.view = gtk_tree_view_new();
    add_columns();
    gtk_tree_view_set_fixed_height_mode(GTK_TREE_VIEW(ring.view), TRUE);
    gtk_tree_view_set_rules_hint(GTK_TREE_VIEW(ring.view), TRUE);
    gtk_tree_view_set_enable_search(GTK_TREE_VIEW(ring.view), FALSE);
    g_signal_connect(gtk_tree_view_get_selection(GTK_TREE_VIEW(ring.view)),
                     "changed", G_CALLBACK(on_select), NULL);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll),
                                   GTK_POLICY_AUTOMATIC, GTK_POLICY_ALWAYS);
    gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(scroll),
                                        GTK_SHADOW_IN);
    gtk_container_add(GTK_CONTAINER(scroll), ring.view);
    return scroll;
}

static GtkWidget *
new_search(void)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6), *more = gtk_hbox_new(FALSE, 6);
    GtkWidget *rows = gtk_vbox_new(FALSE, 3);
    GtkWidget *label = gtk_label_new_with_mnemonic(_("_Search:"));

    ring.search = gtk_entry_new();
    ring.history = gtk_check_button_new_with_mnemonic(
        _("Also keys that were _replaced or forgotten"));
    ring.count = gtk_label_new(NULL);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), ring.search);
    gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), ring.search, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(more), ring.history, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(more), ring.count, FALSE, FALSE, 6);
    gtk_box_pack_start(GTK_BOX(rows), row, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(rows), more, FALSE, FALSE, 0);
    g_signal_connect(ring.search, "changed", G_CALLBACK(on_search), NULL);
    g_signal_connect(ring.history, "toggled", G_CALLBACK(on_search), NULL);
    return rows;
}

static GtkWidget *
new_story(void)
{
    GtkWidget *scroll = gtk_scrolled_window_new(NULL, NULL);

    ring.story = gtk_label_new(NULL);
    gtk_label_set_selectable(GTK_LABEL(ring.story), TRUE);
    gtk_widget_set_can_focus(ring.story, FALSE);
    gtk_misc_set_alignment(GTK_MISC(ring.story), 0, 0);
    gtk_misc_set_padding(GTK_MISC(ring.story), 6, 3);
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll),
                                   GTK_POLICY_AUTOMATIC, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_add_with_viewport(GTK_SCROLLED_WINDOW(scroll),
                                          ring.story);
    gtk_viewport_set_shadow_type(
        GTK_VIEWPORT(gtk_bin_get_child(GTK_BIN(scroll))), GTK_SHADOW_NONE);
    gtk_widget_set_size_request(scroll, -1, 110);
    return scroll;
}

/* In two rows, or in a large font the window is wider than a small screen. */
static GtkWidget *
new_buttons(void)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6), *rows = gtk_vbox_new(FALSE, 6);

    ring.copy = add_button(row, _("_Copy fingerprint"), G_CALLBACK(on_copy));
    ring.check = add_button(row, _("C_heck..."), G_CALLBACK(on_check));
    ring.block = add_button(row, _("_Block"), G_CALLBACK(on_block));
    ring.forget = add_button(row, _("_Forget..."), G_CALLBACK(on_forget));
    ring.own = eider_ringown_new();
    gtk_box_pack_start(GTK_BOX(rows), row, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(rows), ring.own, FALSE, FALSE, 0);
    return rows;
}

static void
on_destroy(GtkWidget *window, gpointer unused)
{
    (void)window, (void)unused;
    if (ring.soon != 0)
        g_source_remove(ring.soon);
    g_object_unref(ring.model);
    g_ptr_array_free(ring.rows, TRUE);
    memset(&ring, 0, sizeof ring);
}

static void
build(void)
{
    GtkWidget *box;

    ring.window =
        gtk_dialog_new_with_buttons(_("Keys"), NULL, GTK_DIALOG_NO_SEPARATOR,
                                    GTK_STOCK_CLOSE, GTK_RESPONSE_CLOSE, NULL);
    gtk_window_set_default_size(GTK_WINDOW(ring.window), 1000, 560);
    /* A dialog of nobody's would lie on top of every conversation. */
    gtk_window_set_type_hint(GTK_WINDOW(ring.window),
                             GDK_WINDOW_TYPE_HINT_NORMAL);
    gtk_container_set_border_width(GTK_CONTAINER(ring.window), 6);
    box = gtk_dialog_get_content_area(GTK_DIALOG(ring.window));
    gtk_box_set_spacing(GTK_BOX(box), 6);
    ring.rows = eider_ringrow_list();
    gtk_box_pack_start(GTK_BOX(box), new_search(), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_list(), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_story(), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_buttons(), FALSE, FALSE, 0);
    g_signal_connect(ring.window, "response", G_CALLBACK(gtk_widget_destroy),
                     NULL);
    g_signal_connect(ring.window, "destroy", G_CALLBACK(on_destroy), NULL);
}

void
eider_ring_open(const char *search)
{
    if (ring.window == NULL) {
        build();
        eider_ask_adopt(ring.window, NULL);
        eider_ringrow_sort(ring.rows, ring.column, ring.is_down);
        mark_sorted();
        fill(NULL);
        on_select(NULL, NULL);
        eider_ringown_refresh(ring.own);
        gtk_widget_show_all(ring.window);
        gtk_widget_grab_focus(ring.search);
    }
    if (search != NULL)
        gtk_entry_set_text(GTK_ENTRY(ring.search), search);
    gtk_window_present(GTK_WINDOW(ring.window));
}

/* ---- what changed --------------------------------------------------------- */

static gboolean
on_soon(gpointer unused)
{
    GPtrArray *old = ring.rows;
    const eider_ring_row *keep = selected();

    (void)unused;
    ring.soon = 0;
    ring.rows = eider_ringrow_list();
    eider_ringrow_sort(ring.rows, ring.column, ring.is_down);
    fill(keep);
    g_ptr_array_free(old, TRUE);
    on_select(NULL, NULL);
    eider_ringown_refresh(ring.own);
    return FALSE;
}

void
eider_ring_refresh(void)
{
    if (ring.window != NULL && eider_link_app() == NULL)
        gtk_widget_destroy(ring.window);
    else if (ring.window != NULL && ring.soon == 0)
        ring.soon = g_timeout_add(REFRESH_MS, on_soon, NULL);
}
