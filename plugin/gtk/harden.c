/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window: an account, its rows, and the way back.  A row that is there
 * already is updated, so that the keyboard stays where it is.
 */
#include "harden.h"

#include "ask.h"
#include "fit.h"
#include "still.h"

#include <gtkutils.h>

#include <string.h>

enum { WIDE = 100, HIGH = 82, GAP = 6, REFRESH_MS = 500 }; /* letters */

static struct {
    GtkWidget *window, *accounts, *count, *mine, *all, *scroll;
    GtkWidget *undo, *reconnect;
    PurpleAccount *account;
    GPtrArray *rows; /* of eider_hardenrow */
    guint soon;
} dialog;

static const eider_harden_app *
app(void)
{
    return eider_link_app() != NULL ? eider_link_app()->harden : NULL;
}

static void refresh(void);

static bool
is_usable(void)
{
    return app() != NULL && dialog.account != NULL &&
           g_list_find(purple_accounts_get_all(), dialog.account) != NULL;
}

/* ---- rows ----------------------------------------------------------------- */

static void
on_act(const char *id, bool hides)
{
    if (!is_usable())
        return;
    if (hides)
        app()->change(dialog.account, id);
    else
        app()->undo(dialog.account, id);
    refresh();
}

typedef struct {
    guint n[3];  /* of each state */
    guint at;    /* how many rows so far */
    bool builds; /* rows are made, else only brought up to date */
    bool fits;   /* they are the ones that are there */
    bool can_undo, waits;
} filling;

static void
add_row(const eider_harden_row *now)
{
    eider_hardenrow *r = eider_hardenrow_new(now->id, on_act);
    GtkWidget *box = now->is_global ? dialog.all : dialog.mine;

    g_ptr_array_add(dialog.rows, r);
    gtk_box_pack_start(GTK_BOX(box), eider_hardenrow_widget(r), FALSE, FALSE,
                       0);
}

static void
on_row(void *arg, const eider_harden_row *now)
{
    filling *f = arg;
    eider_hardenrow *r;

    if (f->builds)
        add_row(now);
    if (f->at >= dialog.rows->len) {
        f->fits = false;
        return;
    }
    r = g_ptr_array_index(dialog.rows, f->at++);
    if (strcmp(eider_hardenrow_id(r), now->id) != 0) {
        f->fits = false;
        return;
    }
    eider_hardenrow_update(r, now);
    f->n[now->state]++;
    f->can_undo = f->can_undo || now->can_undo;
    f->waits = f->waits || now->waits;
}

static void
drop_all(GtkWidget *box)
{
    GList *children = gtk_container_get_children(GTK_CONTAINER(box));

    for (GList *l = children; l != NULL; l = l->next)
        gtk_widget_destroy(l->data);
    g_list_free(children);
}

static void
fill(filling *f)
{
    *f = (filling){.fits = true};
    if (is_usable() &&
        app()->rows(dialog.account, on_row, f) == dialog.rows->len && f->fits)
        return;
    drop_all(dialog.mine);
    drop_all(dialog.all);
    g_ptr_array_set_size(dialog.rows, 0);
    *f = (filling){.builds = true, .fits = true};
    if (is_usable())
        (void)app()->rows(dialog.account, on_row, f);
    gtk_widget_show_all(dialog.mine);
    gtk_widget_show_all(dialog.all);
}

static void
refresh(void)
{
    filling f;
    char *text;

    fill(&f);
    text = g_strdup_printf(_("visible: %u, partly: %u, hidden: %u"),
                           f.n[EIDER_HARDEN_VISIBLE], f.n[EIDER_HARDEN_PARTLY],
                           f.n[EIDER_HARDEN_HIDDEN]);
    eider_still_label(GTK_LABEL(dialog.count), text);
    gtk_widget_set_sensitive(dialog.undo, f.can_undo);
    gtk_widget_set_sensitive(dialog.reconnect, f.waits);
    g_free(text);
}

static gboolean
on_soon(gpointer unused)
{
    (void)unused;
    dialog.soon = 0;
    refresh();
    return FALSE;
}

/* The core says so with every message, too. */
void
eider_harden_refresh(void)
{
    if (dialog.window != NULL && app() == NULL)
        gtk_widget_destroy(dialog.window);
    else if (dialog.window != NULL && dialog.soon == 0)
        dialog.soon = g_timeout_add(REFRESH_MS, on_soon, NULL);
}

/* ---- building ------------------------------------------------------------- */

static void
on_account(GtkWidget *menu, PurpleAccount *account, gpointer unused)
{
    (void)menu, (void)unused;
    dialog.account = account;
    refresh();
}

/* Nobody tells of a setting that was changed in the client's own dialogs. */
static gboolean
on_focus(GtkWidget *window, GdkEventFocus *e, gpointer unused)
{
    (void)window, (void)e, (void)unused;
    eider_harden_refresh();
    return FALSE;
}

static void
on_undo(GtkWidget *button, gpointer unused)
{
    (void)button, (void)unused;
    if (is_usable())
        app()->undo_all(dialog.account);
    refresh();
}

static void
on_reconnect(GtkWidget *button, gpointer unused)
{
    (void)button, (void)unused;
    if (is_usable())
        app()->reconnect(dialog.account);
    refresh();
}

static GtkWidget *
new_top(void)
{
    GtkWidget *row = gtk_hbox_new(FALSE, GAP);
    GtkWidget *label = gtk_label_new_with_mnemonic(_("_Account:"));

    dialog.accounts = pidgin_account_option_menu_new(
        dialog.account, TRUE, G_CALLBACK(on_account), NULL, NULL);
    dialog.count = gtk_label_new(NULL);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), dialog.accounts);
    gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), dialog.accounts, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(row), dialog.count, FALSE, FALSE, 0);
    return row;
}

static GtkWidget *
add_section(GtkWidget *box, const char *title)
{
    GtkWidget *label = gtk_label_new(NULL);
    GtkWidget *rows = gtk_vbox_new(FALSE, 2 * GAP);
    char *markup = g_markup_printf_escaped("<b>%s</b>", title);

    gtk_label_set_markup(GTK_LABEL(label), markup);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), rows, FALSE, FALSE, 0);
    g_free(markup);
    return rows;
}

static GtkWidget *
new_rows(void)
{
    GtkWidget *scroll = gtk_scrolled_window_new(NULL, NULL);
    GtkWidget *box = gtk_vbox_new(FALSE, 2 * GAP);

    gtk_container_set_border_width(GTK_CONTAINER(box), GAP);
    dialog.mine = add_section(box, _("This account"));
    dialog.all = add_section(box, _("All accounts of this program"));
    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll),
                                   GTK_POLICY_NEVER, GTK_POLICY_ALWAYS);
    gtk_scrolled_window_set_shadow_type(GTK_SCROLLED_WINDOW(scroll),
                                        GTK_SHADOW_IN);
    gtk_scrolled_window_add_with_viewport(GTK_SCROLLED_WINDOW(scroll), box);
    gtk_viewport_set_shadow_type(
        GTK_VIEWPORT(gtk_bin_get_child(GTK_BIN(scroll))), GTK_SHADOW_NONE);
    /* who goes on with the keyboard sees where */
    gtk_container_set_focus_vadjustment(
        GTK_CONTAINER(box),
        gtk_scrolled_window_get_vadjustment(GTK_SCROLLED_WINDOW(scroll)));
    return scroll;
}

static void
add_deeds(GtkWidget *row)
{
    dialog.undo = gtk_button_new_with_mnemonic(_("_Undo everything"));
    dialog.reconnect = gtk_button_new_with_mnemonic(_("_Reconnect now"));
    gtk_widget_set_tooltip_text(
        dialog.reconnect, _("Some of it takes effect with a new login only."));
    g_signal_connect(dialog.undo, "clicked", G_CALLBACK(on_undo), NULL);
    g_signal_connect(dialog.reconnect, "clicked", G_CALLBACK(on_reconnect),
                     NULL);
    gtk_box_pack_start(GTK_BOX(row), dialog.undo, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), dialog.reconnect, FALSE, FALSE, 0);
    gtk_button_box_set_child_secondary(GTK_BUTTON_BOX(row), dialog.undo, TRUE);
    gtk_button_box_set_child_secondary(GTK_BUTTON_BOX(row), dialog.reconnect,
                                       TRUE);
}

static void
on_destroy(GtkWidget *window, gpointer unused)
{
    (void)window, (void)unused;
    if (dialog.soon != 0)
        g_source_remove(dialog.soon);
    g_ptr_array_free(dialog.rows, TRUE);
    memset(&dialog, 0, sizeof dialog);
}

static void
free_row(gpointer row)
{
    eider_hardenrow_free(row);
}

static void
build(void)
{
    GtkWidget *box, *rest;
    GdkScreen *screen = gdk_screen_get_default();

    dialog.window = gtk_dialog_new_with_buttons(
        _("Hide more of an account"), NULL, GTK_DIALOG_NO_SEPARATOR,
        GTK_STOCK_CLOSE, GTK_RESPONSE_CLOSE, NULL);
    gtk_window_set_default_size(GTK_WINDOW(dialog.window),
                                MIN(eider_fit_chars(dialog.window, WIDE),
                                    gdk_screen_get_width(screen) - 80),
                                MIN(eider_fit_chars(dialog.window, HIGH),
                                    gdk_screen_get_height(screen) - 80));
    gtk_container_set_border_width(GTK_CONTAINER(dialog.window), GAP);
    box = gtk_dialog_get_content_area(GTK_DIALOG(dialog.window));
    gtk_box_set_spacing(GTK_BOX(box), GAP);
    dialog.rows = g_ptr_array_new_with_free_func(free_row);
    rest = gtk_label_new(
        _("None of this hides that you are online, who is on your list, and "
          "with whom you talk."));
    gtk_box_pack_start(GTK_BOX(box), new_top(), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_rows(), TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(box), eider_fit_new(rest), FALSE, FALSE, 0);
    add_deeds(gtk_dialog_get_action_area(GTK_DIALOG(dialog.window)));
    g_signal_connect(dialog.window, "response", G_CALLBACK(gtk_widget_destroy),
                     NULL);
    g_signal_connect(dialog.window, "focus-in-event", G_CALLBACK(on_focus),
                     NULL);
    g_signal_connect(dialog.window, "destroy", G_CALLBACK(on_destroy), NULL);
}

void
eider_harden_show(PurpleAccount *account)
{
    bool is_new = dialog.window == NULL;

    if (app() == NULL)
        return;
    dialog.account = account;
    if (is_new) {
        build();
        eider_ask_adopt(dialog.window, NULL);
    } else {
        pidgin_account_option_menu_set_selected(dialog.accounts, account);
    }
    refresh();
    if (is_new)
        gtk_widget_show_all(dialog.window);
    gtk_window_present(GTK_WINDOW(dialog.window));
}
