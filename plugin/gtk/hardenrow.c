/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "harden.h"

#include "fit.h"
#include "seesdraw.h"
#include "still.h"

enum { GAP = 8 };

struct eider_hardenrow {
    char *id;
    void (*act)(const char *id, bool hides);
    GtkWidget *box, *level, *title, *text, *hide, *undo;
    eider_harden_state state;
};

/* ---- the sign ------------------------------------------------------------- */

/* Covered, half covered, uncovered: as in the window of what the server
 * sees. */
static gboolean
on_level(GtkWidget *area, GdkEventExpose *e, gpointer data)
{
    static const eider_seen_level levels[] = {
        [EIDER_HARDEN_VISIBLE] = EIDER_SEEN_VISIBLE,
        [EIDER_HARDEN_PARTLY] = EIDER_SEEN_PARTLY,
        [EIDER_HARDEN_HIDDEN] = EIDER_SEEN_HIDDEN,
    };
    const eider_hardenrow *r = data;
    cairo_t *cr = gdk_cairo_create(gtk_widget_get_window(area));

    (void)e;
    eider_sees_draw_level(area, cr, levels[r->state]);
    cairo_destroy(cr);
    return FALSE;
}

static GtkWidget *
level_new(eider_hardenrow *r)
{
    GtkWidget *area = gtk_drawing_area_new();
    int size = eider_fit_chars(area, 2) + 2;

    gtk_widget_set_size_request(area, size, size);
    g_signal_connect(area, "expose-event", G_CALLBACK(on_level), r);
    return area;
}

/* ---- building ------------------------------------------------------------- */

static void
on_hide(GtkWidget *button, gpointer data)
{
    const eider_hardenrow *r = data;

    (void)button;
    r->act(r->id, true);
}

static void
on_undo(GtkWidget *button, gpointer data)
{
    const eider_hardenrow *r = data;

    (void)button;
    r->act(r->id, false);
}

static GtkWidget *
add_button(GtkWidget *box, const char *label, GCallback cb, eider_hardenrow *r)
{
    GtkWidget *b = gtk_button_new_with_label(label);

    g_signal_connect(b, "clicked", cb, r);
    gtk_widget_set_no_show_all(b, TRUE);
    gtk_box_pack_start(GTK_BOX(box), b, FALSE, FALSE, 0);
    return b;
}

eider_hardenrow *
eider_hardenrow_new(const char *id, void (*act)(const char *id, bool hides))
{
    eider_hardenrow *r = g_new0(eider_hardenrow, 1);
    GtkWidget *words = gtk_vbox_new(FALSE, 2), *deeds = gtk_vbox_new(FALSE, 2);

    r->id = g_strdup(id);
    r->act = act;
    r->box = gtk_hbox_new(FALSE, GAP);
    r->level = level_new(r);
    r->title = gtk_label_new(NULL);
    r->text = gtk_label_new(NULL);
    gtk_box_pack_start(GTK_BOX(words), eider_fit_new(r->title), FALSE, FALSE,
                       0);
    gtk_box_pack_start(GTK_BOX(words), eider_fit_new(r->text), FALSE, FALSE, 0);
    r->hide = add_button(deeds, _("Hide"), G_CALLBACK(on_hide), r);
    r->undo = add_button(deeds, _("Undo"), G_CALLBACK(on_undo), r);
    gtk_widget_set_size_request(deeds, eider_fit_chars(r->box, 12), -1);
    gtk_box_pack_start(GTK_BOX(r->box), r->level, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(r->box), words, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(r->box), deeds, FALSE, FALSE, 0);
    return r;
}

void
eider_hardenrow_free(eider_hardenrow *r)
{
    g_free(r->id);
    g_free(r);
}

GtkWidget *
eider_hardenrow_widget(const eider_hardenrow *r)
{
    return r->box;
}

const char *
eider_hardenrow_id(const eider_hardenrow *r)
{
    return r->id;
}

/* ---- what it shows -------------------------------------------------------- */

static char *
title_of(const eider_harden_row *now)
{
    return g_markup_printf_escaped("<b>%s: %s</b> (%s)", now->name,
                                   eider_link_app()->harden->word(now->state),
                                   now->now);
}

static char *
text_of(const eider_harden_row *now)
{
    GString *out = g_string_new(NULL);

    if (now->state != EIDER_HARDEN_HIDDEN)
        g_string_append_printf(out, "%s\n", now->leak);
    if (now->will != EIDER_HARDEN_HIDDEN)
        g_string_append_printf(out, _("If hidden: %s"), now->effect);
    else
        g_string_append(out, now->effect);
    if (now->waits)
        g_string_append_printf(out, "\n%s",
                               now->will == EIDER_HARDEN_HIDDEN
                                   ? _("Hidden from the next login on.")
                                   : _("Visible from the next login on."));
    if (now->was_changed)
        g_string_append_printf(out, "\n%s",
                               _("It was changed since it was hidden here."));
    return g_string_free(out, FALSE);
}

static void
set_title(GtkWidget *label, const char *markup)
{
    if (g_strcmp0(gtk_label_get_label(GTK_LABEL(label)), markup) != 0)
        gtk_label_set_markup(GTK_LABEL(label), markup);
}

static void
name_button(GtkWidget *button, const char *label, const char *name)
{
    char *full = g_strdup_printf("%s: %s", label, name);

    eider_still_name(button, full);
    g_free(full);
}

/* Where one of the two goes while it has the keyboard, the other gets it. */
static void
show_buttons(eider_hardenrow *r, bool hides, bool undoes)
{
    bool had = gtk_widget_has_focus(r->hide) || gtk_widget_has_focus(r->undo);

    gtk_widget_set_visible(r->hide, hides);
    gtk_widget_set_visible(r->undo, undoes);
    if (had && hides)
        gtk_widget_grab_focus(r->hide);
    else if (had && undoes)
        gtk_widget_grab_focus(r->undo);
}

void
eider_hardenrow_update(eider_hardenrow *r, const eider_harden_row *now)
{
    char *title = title_of(now), *text = text_of(now);

    set_title(r->title, title);
    eider_still_label(GTK_LABEL(r->text), text);
    name_button(r->hide, _("Hide"), now->name);
    name_button(r->undo, _("Undo"), now->name);
    show_buttons(r, now->will != EIDER_HARDEN_HIDDEN, now->can_undo);
    if (r->state != now->state) {
        r->state = now->state;
        gtk_widget_queue_draw(r->level);
    }
    g_free(title);
    g_free(text);
}
