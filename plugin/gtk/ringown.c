/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ringown.h"

static void
on_lock(GtkWidget *button, gpointer unused)
{
    (void)button, (void)unused;
    if (eider_link_app() != NULL)
        eider_link_app()->set_passphrase();
}

static void
on_unlock(GtkWidget *button, gpointer unused)
{
    (void)button, (void)unused;
    if (eider_link_app() != NULL)
        eider_link_app()->remove_passphrase();
}

static void
on_export(GtkWidget *button, gpointer unused)
{
    (void)button, (void)unused;
    if (eider_link_app() != NULL)
        eider_link_app()->export_backup();
}

static void
on_import(GtkWidget *button, gpointer unused)
{
    (void)button, (void)unused;
    if (eider_link_app() != NULL)
        eider_link_app()->import_backup();
}

static GtkWidget *
add_button(GtkWidget *row, const char *label, GCallback cb)
{
    GtkWidget *b = gtk_button_new_with_mnemonic(label);

    g_signal_connect(b, "clicked", cb, NULL);
    gtk_box_pack_start(GTK_BOX(row), b, FALSE, FALSE, 0);
    return b;
}

GtkWidget *
eider_ringown_new(void)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6);

    g_object_set_data(
        G_OBJECT(row), "lock",
        add_button(row, _("Set a _passphrase..."), G_CALLBACK(on_lock)));
    g_object_set_data(
        G_OBJECT(row), "unlock",
        add_button(row, _("Re_move passphrase..."), G_CALLBACK(on_unlock)));
    (void)add_button(row, _("_Export backup..."), G_CALLBACK(on_export));
    (void)add_button(row, _("_Import backup..."), G_CALLBACK(on_import));
    return row;
}

void
eider_ringown_refresh(GtkWidget *row)
{
    bool has = eider_link_app() != NULL && eider_link_app()->has_passphrase();
    GtkWidget *lock = g_object_get_data(G_OBJECT(row), "lock");

    gtk_button_set_label(GTK_BUTTON(lock), has ? _("Change _passphrase...")
                                               : _("Set a _passphrase..."));
    gtk_widget_set_sensitive(g_object_get_data(G_OBJECT(row), "unlock"), has);
}
