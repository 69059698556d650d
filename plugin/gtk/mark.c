/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mark.h"

#include "icon.h"

#include <gtkimhtml.h>
#include <string.h>

#define STATE "eider-state"
#define ID    "eider-id"
#define TIPS  "eider-tips"

/* Where the picture of a text stands that may still change.  Each pointer
 * turns NULL with its object; Pidgin's text may outlive its window. */
typedef struct {
    char id[2 * EIDER_TEXT_ID_SIZE + 1];
    GtkWidget *view;
    GtkTextBuffer *buffer;
    GtkTextMark *mark; /* just before it */
} place;

static GHashTable *places; /* id -> place */

static void
name_of(const uint8_t id[EIDER_TEXT_ID_SIZE],
        char out[2 * EIDER_TEXT_ID_SIZE + 1])
{
    for (int i = 0; i < EIDER_TEXT_ID_SIZE; i++)
        g_snprintf(out + 2 * i, 3, "%02x", id[i]);
}

static place *
place_new(GtkWidget *view)
{
    place *p = g_new0(place, 1);

    p->view = view;
    p->buffer = gtk_text_view_get_buffer(GTK_TEXT_VIEW(view));
    g_object_add_weak_pointer(G_OBJECT(p->view), (gpointer *)&p->view);
    g_object_add_weak_pointer(G_OBJECT(p->buffer), (gpointer *)&p->buffer);
    return p;
}

static void
place_free(gpointer data)
{
    place *p = data;

    if (p->buffer != NULL) {
        gtk_text_buffer_delete_mark(p->buffer, p->mark);
        g_object_remove_weak_pointer(G_OBJECT(p->buffer),
                                     (gpointer *)&p->buffer);
    }
    if (p->view != NULL)
        g_object_remove_weak_pointer(G_OBJECT(p->view), (gpointer *)&p->view);
    g_free(p);
}

static bool
is_final(eider_text_state state)
{
    return state != EIDER_TEXT_WAITING && state != EIDER_TEXT_SENT;
}

/* ---- the picture ---------------------------------------------------------- */

static const char *
icon_of(eider_text_state state)
{
    switch (state) {
    case EIDER_TEXT_WAITING:
        return "mark-waiting";
    case EIDER_TEXT_SENT:
        return "mark-sent";
    case EIDER_TEXT_DELIVERED:
        return "mark-delivered";
    case EIDER_TEXT_GIVEN_UP:
    case EIDER_TEXT_CANCELLED:
        break;
    }
    return "mark-lost";
}

/* Each has its own, which says whose it is; some room stands before it. */
static GdkPixbuf *
new_picture(GtkWidget *view, const char *id, eider_text_state state)
{
    GdkPixbuf *icon = eider_icon_mark(view, icon_of(state)), *out;
    int size, gap;

    if (icon == NULL)
        return NULL;
    size = gdk_pixbuf_get_width(icon);
    gap = size / 3;
    out = gdk_pixbuf_new(GDK_COLORSPACE_RGB, TRUE, 8, size + gap, size);
    gdk_pixbuf_fill(out, 0);
    gdk_pixbuf_copy_area(icon, 0, 0, size, size, out, gap, 0);
    g_object_set_data_full(G_OBJECT(out), ID, g_strdup(id), g_free);
    g_object_set_data(G_OBJECT(out), STATE, GINT_TO_POINTER(state + 1));
    return out;
}

/* Pidgin writes "Bob is typing" behind the last line and takes it away again,
 * from a mark on: what is put in there belongs before that mark. */
static void
put(place *p, GtkTextIter *at, eider_text_state state)
{
    GtkTextMark *typing =
        gtk_text_buffer_get_mark(p->buffer, "typing-notification-start");
    GdkPixbuf *picture = new_picture(p->view, p->id, state);
    bool is_before = false;
    GtkTextIter there;

    if (picture == NULL)
        return;
    if (typing != NULL) {
        gtk_text_buffer_get_iter_at_mark(p->buffer, &there, typing);
        is_before = gtk_text_iter_equal(&there, at);
    }
    gtk_text_buffer_insert_pixbuf(p->buffer, at, picture);
    if (is_before)
        gtk_text_buffer_move_mark(p->buffer, typing, at);
    g_object_unref(picture);
}

/* ---- tooltips ------------------------------------------------------------- */

static gboolean
show_tip(GtkWidget *view, int x, int y, gboolean is_keyboard, GtkTooltip *tip,
         gpointer unused)
{
    GtkTextIter at;
    GdkRectangle where;
    GdkPixbuf *picture;
    int state;

    (void)unused;
    if (is_keyboard || eider_link_app() == NULL)
        return FALSE;
    gtk_text_view_window_to_buffer_coords(GTK_TEXT_VIEW(view),
                                          GTK_TEXT_WINDOW_WIDGET, x, y, &x, &y);
    gtk_text_view_get_iter_at_position(GTK_TEXT_VIEW(view), &at, NULL, x, y);
    picture = gtk_text_iter_get_pixbuf(&at);
    if (picture == NULL)
        return FALSE;
    gtk_text_view_get_iter_location(GTK_TEXT_VIEW(view), &at, &where);
    state = GPOINTER_TO_INT(g_object_get_data(G_OBJECT(picture), STATE));
    if (state == 0 || x < where.x || x >= where.x + where.width)
        return FALSE;
    gtk_tooltip_set_text(
        tip, eider_link_app()->text_words((eider_text_state)(state - 1)));
    return TRUE;
}

static void
want_tips(GtkWidget *view)
{
    if (g_object_get_data(G_OBJECT(view), TIPS) != NULL)
        return;
    g_object_set_data(G_OBJECT(view), TIPS,
                      GSIZE_TO_POINTER(g_signal_connect(
                          view, "query-tooltip", G_CALLBACK(show_tip), NULL)));
    gtk_widget_set_has_tooltip(view, TRUE);
}

/* ---- lines ---------------------------------------------------------------- */

static void
find_end(GtkTextBuffer *buffer, GtkTextIter *out)
{
    GtkTextMark *typing =
        gtk_text_buffer_get_mark(buffer, "typing-notification-start");

    if (typing != NULL)
        gtk_text_buffer_get_iter_at_mark(buffer, out, typing);
    else
        gtk_text_buffer_get_end_iter(buffer, out);
}

static void
add_mark(GtkWidget *view, const uint8_t id[EIDER_TEXT_ID_SIZE],
         eider_text_state state)
{
    place *p = place_new(view);
    GtkTextIter end;

    name_of(id, p->id);
    find_end(p->buffer, &end);
    p->mark = gtk_text_buffer_create_mark(p->buffer, NULL, &end, TRUE);
    put(p, &end, state);
    want_tips(view);
    if (is_final(state)) {
        place_free(p);
        return;
    }
    if (places == NULL)
        places =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, place_free);
    g_hash_table_replace(places, p->id, p);
}

void
eider_mark_line(PidginConversation *gtkconv, PurpleConversation *conv,
                PurpleMessageFlags flags)
{
    const eider_app *app = eider_link_app();
    uint8_t id[EIDER_TEXT_ID_SIZE];
    eider_text_state state;

    if (app == NULL || gtkconv->imhtml == NULL ||
        (flags & PURPLE_MESSAGE_SEND) == 0 ||
        (flags & (PURPLE_MESSAGE_REMOTE_SEND | PURPLE_MESSAGE_DELAYED)) != 0)
        return;
    if (app->shown_text(purple_conversation_get_account(conv),
                        purple_conversation_get_name(conv), id, &state))
        add_mark(gtkconv->imhtml, id, state);
}

/* The window may have been cleared, or its oldest lines taken away. */
static bool
find_picture(const place *p, GtkTextIter *at)
{
    GdkPixbuf *picture;

    if (p->view == NULL || p->buffer == NULL)
        return false;
    gtk_text_buffer_get_iter_at_mark(p->buffer, at, p->mark);
    picture = gtk_text_iter_get_pixbuf(at);
    return picture != NULL &&
           purple_strequal(g_object_get_data(G_OBJECT(picture), ID), p->id);
}

void
eider_mark_update(const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state state)
{
    char name[2 * EIDER_TEXT_ID_SIZE + 1];
    GtkTextIter at, next;
    place *p;

    name_of(id, name);
    p = places != NULL ? g_hash_table_lookup(places, name) : NULL;
    if (p == NULL)
        return;
    if (find_picture(p, &at)) {
        next = at;
        gtk_text_iter_forward_char(&next);
        gtk_text_buffer_delete(p->buffer, &at, &next);
        put(p, &at, state);
        if (!is_final(state))
            return;
    }
    g_hash_table_remove(places, name);
}

static void
forget_tips(PurpleConversation *conv)
{
    GtkWidget *view = PIDGIN_CONVERSATION(conv)->imhtml;
    gulong id = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(view), TIPS));

    if (id == 0)
        return;
    g_signal_handler_disconnect(view, id);
    g_object_set_data(G_OBJECT(view), TIPS, NULL);
    gtk_widget_set_has_tooltip(view, FALSE);
}

void
eider_mark_forget_all(void)
{
    if (places != NULL)
        g_hash_table_destroy(places);
    places = NULL;
    for (GList *l = purple_get_ims(); l != NULL; l = l->next)
        if (PIDGIN_IS_PIDGIN_CONVERSATION((PurpleConversation *)l->data) &&
            PIDGIN_CONVERSATION((PurpleConversation *)l->data) != NULL)
            forget_tips(l->data);
}
