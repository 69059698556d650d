/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "button.h"

#include "icon.h"
#include "menu.h"
#include "still.h"

#include <pidgin.h>

#include <string.h>

/* Pidgin's toolbar has two forms: words beside few pictures, or many bare
 * pictures ("wide").  The button follows. */
#define PREF_WIDE PIDGIN_PREFS_ROOT "/conversations/toolbar/wide"

GtkWidget *
eider_button_new(PidginConversation *gtkconv)
{
    GtkWidget *button, *box, *image, *label;

    if (gtkconv->toolbar == NULL || !GTK_IS_BOX(gtkconv->toolbar))
        return NULL;
    button = gtk_button_new();
    gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
    box = gtk_hbox_new(FALSE, 3);
    image = gtk_image_new();
    label = gtk_label_new(NULL);
    gtk_box_pack_start(GTK_BOX(box), image, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
    gtk_container_add(GTK_CONTAINER(button), box);
    gtk_widget_show_all(button);
    g_object_set_data(G_OBJECT(button), "eider-image", image);
    g_object_set_data(G_OBJECT(button), "eider-label", label);
    eider_menu_connect(button, gtkconv);
    gtk_box_pack_start(GTK_BOX(gtkconv->toolbar), button, FALSE, FALSE, 0);
    return button;
}

/* Up to the comma: a toolbar that needs more room makes the window grow.
 * The picture tells the rest. */
static void
set_short(GtkLabel *label, const char *word)
{
    char *text = g_strndup(word, strcspn(word, ","));

    eider_still_label(label, text);
    g_free(text);
}

/* Only the picture, where the words would make the window grow. */
static void
fit(GtkWidget *button, GtkWidget *label)
{
    GtkWidget *toolbar = gtk_widget_get_parent(button);
    GtkAllocation has;
    GtkRequisition need;

    gtk_widget_set_visible(label, !purple_prefs_get_bool(PREF_WIDE));
    if (toolbar == NULL)
        return;
    gtk_widget_get_allocation(toolbar, &has);
    gtk_widget_size_request(toolbar, &need);
    if (has.width > 1 && need.width > has.width)
        gtk_widget_hide(label);
}

void
eider_button_update(GtkWidget *button, const eider_sight *sight)
{
    GtkWidget *image = g_object_get_data(G_OBJECT(button), "eider-image");
    GtkWidget *label = g_object_get_data(G_OBJECT(button), "eider-label");
    const char *word = sight->view.word != NULL ? sight->view.word : "";
    char *name = g_strdup_printf(_("Eider: %s"), word);

    eider_icon_set(GTK_IMAGE(image), eider_sight_icon(sight), word);
    set_short(GTK_LABEL(label), word);
    fit(button, label);
    eider_still_tooltip(
        button, sight->view.tooltip != NULL ? sight->view.tooltip : name);
    eider_still_name(button, name);
    g_free(name);
}
