/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "menu.h"

#include "ask.h"
#include "check.h"
#include "decoys.h"
#include "harden.h"
#include "keys.h"
#include "prefs.h"
#include "sees.h"

/* Each item does one thing to the subject of its menu. */
typedef void action(GtkWidget *beside, const eider_subject *s,
                    const char *fingerprint);

static void
toggle_private(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    eider_sight sight;
    bool is_private;

    (void)beside, (void)unused;
    if (!eider_subject_is_usable(s))
        return;
    eider_sight_take(s, &sight);
    is_private = sight.view.status.is_private;
    eider_sight_clear(&sight);
    eider_link_app()->set_private(s->account, s->who, !is_private);
}

static void
decide_device(GtkWidget *beside, const eider_subject *s, const char *print)
{
    eider_ask_key(beside, s, print);
}

static void
delete_waiting(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)unused;
    eider_ask_delete(beside, s);
}

static void
show_check(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)unused;
    eider_check_show(beside, s, NULL);
}

static void
show_keys(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)unused;
    eider_keys_show(beside, s);
}

static void
show_sees(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)beside, (void)unused;
    eider_sees_show(s);
}

/* Off, or as often as they offer, or every 10 s; /eider steady has the rest. */
static void
toggle_steady(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    eider_sight sight;
    unsigned slot;

    (void)beside, (void)unused;
    if (!eider_subject_is_usable(s))
        return;
    eider_sight_take(s, &sight);
    slot = sight.view.status.steady != 0 ? 0
           : sight.view.status.steady_theirs != 0
               ? sight.view.status.steady_theirs
               : 10;
    eider_sight_clear(&sight);
    eider_link_app()->set_steady(s->account, s->who, slot);
}

static void
toggle_log(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)beside, (void)unused;
    if (eider_subject_is_usable(s))
        eider_link_app()->set_logged(
            s->account, s->who,
            !eider_link_app()->is_logged(s->account, s->who));
}

static void
show_preferences(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)s, (void)unused;
    eider_prefs_show(beside);
}

static void
show_harden(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)beside, (void)unused;
    if (eider_subject_is_usable(s))
        eider_harden_show(s->account);
}

static void
run_item(GtkWidget *item, gpointer act)
{
    GtkWidget *menu = gtk_widget_get_parent(item);
    const eider_subject *s = g_object_get_data(G_OBJECT(menu), "eider-subject");
    const char *print = g_object_get_data(G_OBJECT(menu), "eider-candidate");

    ((action *)act)(gtk_menu_get_attach_widget(GTK_MENU(menu)), s, print);
}

static void
add_item(GtkWidget *menu, GtkWidget *item, action *act)
{
    if (act != NULL)
        g_signal_connect(item, "activate", G_CALLBACK(run_item), (gpointer)act);
    gtk_menu_shell_append(GTK_MENU_SHELL(menu), item);
}

static void
show_decoys(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)beside, (void)unused;
    if (eider_subject_is_usable(s))
        eider_decoys_asked_for(s->account, NULL);
}

static void
add_line(GtkWidget *menu)
{
    add_item(menu, gtk_separator_menu_item_new(), NULL);
}

static void
add_text(GtkWidget *menu, const char *text, action *act)
{
    add_item(menu, gtk_menu_item_new_with_mnemonic(text), act);
}

static void
add_private(GtkWidget *menu, const eider_status *status)
{
    GtkWidget *item = gtk_check_menu_item_new_with_mnemonic(_("_Private"));

    /* before connecting: setting it is no wish of the user */
    gtk_check_menu_item_set_active(GTK_CHECK_MENU_ITEM(item),
                                   status->is_private);
    add_item(menu, item, toggle_private);
}

static void
add_steady(GtkWidget *menu, const eider_status *status)
{
    GtkWidget *item = gtk_check_menu_item_new_with_mnemonic(
        status->steady != 0 ? _("_Steady") : _("_Steady..."));

    gtk_check_menu_item_set_active(GTK_CHECK_MENU_ITEM(item),
                                   status->steady != 0);
    gtk_widget_set_sensitive(item,
                             status->steady != 0 ||
                                 (status->is_private && status->has_session));
    add_item(menu, item, toggle_steady);
}

/* Eider protects the way, not this disk. */
static void
add_log(GtkWidget *menu, const eider_subject *s)
{
    GtkWidget *item = gtk_check_menu_item_new_with_mnemonic(
        _("Pidgin keeps a readable _log"));

    gtk_check_menu_item_set_active(
        GTK_CHECK_MENU_ITEM(item),
        eider_link_app()->is_logged(s->account, s->who));
    add_item(menu, item, toggle_log);
}

static bool
is_locked(void)
{
    return eider_link_app()->is_locked != NULL && eider_link_app()->is_locked();
}

static void
unlock(GtkWidget *beside, const eider_subject *s, const char *unused)
{
    (void)beside, (void)s, (void)unused;
    if (eider_link_app() != NULL && is_locked())
        eider_link_app()->unlock();
}

static void
add_delete(GtkWidget *menu, const eider_status *status)
{
    char *text =
        g_strdup_printf(_("_Delete waiting text (%u)..."), status->waiting);

    if (status->waiting > 0)
        add_text(menu, text, delete_waiting);
    g_free(text);
}

/* Nothing else can be done before the passphrase is there. */
static void
fill_locked(GtkWidget *menu, const eider_status *status)
{
    add_text(menu, _("_Unlock..."), unlock);
    add_delete(menu, status);
    add_line(menu);
}

static void
fill(GtkWidget *menu, const eider_subject *s, const eider_sight *sight)
{
    const eider_status *status = &sight->view.status;

    add_private(menu, status);
    add_steady(menu, status);
    if (status->is_private)
        add_text(menu, _("Deco_ys..."), show_decoys);
    if (sight->candidate[0] != '\0' && status->candidates > 1) {
        add_line(menu);
        add_text(menu, _("_New devices..."), show_keys);
    } else if (sight->candidate[0] != '\0') {
        add_line(menu);
        add_text(menu, _("_New device..."), decide_device);
    }
    add_line(menu);
    add_delete(menu, status);
    if (status->is_private && status->has_session)
        add_text(menu, _("_Check it is really them..."), show_check);
    add_text(menu, _("_Keys..."), show_keys);
    if (eider_link_app()->seen != NULL)
        add_text(menu, _("_What the server sees..."), show_sees);
    if (eider_link_app()->harden != NULL)
        add_text(menu, _("Hide more of this _account..."), show_harden);
    add_line(menu);
    if (status->is_private)
        add_log(menu, s);
}

static void
fill_broken(GtkWidget *menu)
{
    GtkWidget *item =
        gtk_menu_item_new_with_label(_("Eider is not protecting anything"));

    gtk_widget_set_sensitive(item, FALSE);
    add_item(menu, item, NULL);
    add_line(menu);
}

/* Under the button, or above it where the screen ends. */
static void
place(GtkMenu *menu, int *x, int *y, gboolean *push_in, gpointer data)
{
    GtkWidget *button = data;
    GtkAllocation a;
    GtkRequisition need;
    GdkScreen *screen = gtk_widget_get_screen(button);
    GdkWindow *window = gtk_widget_get_window(button);
    GdkRectangle monitor;

    gtk_widget_get_allocation(button, &a);
    gtk_widget_size_request(GTK_WIDGET(menu), &need);
    gdk_window_get_origin(window, x, y);
    gdk_screen_get_monitor_geometry(
        screen, gdk_screen_get_monitor_at_window(screen, window), &monitor);
    *x = MIN(*x + a.x, monitor.x + monitor.width - need.width);
    *y += a.y;
    *y += *y + a.height + need.height > monitor.y + monitor.height
              ? -need.height
              : a.height;
    *push_in = FALSE;
}

static void
open_menu(GtkWidget *button, gpointer gtkconv)
{
    eider_subject *s = eider_subject_new(gtkconv);
    GtkWidget *menu;
    eider_sight sight;

    if (s == NULL)
        return;
    menu = gtk_menu_new();
    eider_sight_take(s, &sight);
    g_object_set_data_full(G_OBJECT(menu), "eider-subject", s,
                           (GDestroyNotify)eider_subject_free);
    g_object_set_data_full(G_OBJECT(menu), "eider-candidate",
                           g_strdup(sight.candidate), g_free);
    if (sight.is_broken)
        fill_broken(menu);
    else if (is_locked())
        fill_locked(menu, &sight.view.status);
    else
        fill(menu, s, &sight);
    eider_sight_clear(&sight);
    add_text(menu, _("P_references"), show_preferences);

    /* it goes when its button goes */
    gtk_menu_attach_to_widget(GTK_MENU(menu), button, NULL);
    g_signal_connect_object(button, "destroy", G_CALLBACK(gtk_widget_destroy),
                            menu, G_CONNECT_SWAPPED);
    g_signal_connect(menu, "selection-done", G_CALLBACK(gtk_widget_destroy),
                     NULL);
    gtk_widget_show_all(menu);
    gtk_menu_popup(GTK_MENU(menu), NULL, NULL, place, button, 0,
                   gtk_get_current_event_time());
    gtk_menu_shell_select_first(GTK_MENU_SHELL(menu), TRUE);
}

void
eider_menu_connect(GtkWidget *button, PidginConversation *gtkconv)
{
    /* a click must not take the keyboard from the text being typed */
    gtk_button_set_focus_on_click(GTK_BUTTON(button), FALSE);
    g_signal_connect(button, "clicked", G_CALLBACK(open_menu), gtkconv);
}
