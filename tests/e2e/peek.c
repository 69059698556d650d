/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For tests of the marks: writes what stands in the windows to the file
 * $EIDER_PEEK whenever it changed, a conversation a paragraph: its name, the
 * text with pictures as <waiting>, <sent>, <delivered>, <lost>, and after
 * "copy:" what somebody who copies it gets.
 */
#include <purple.h>

#include <gtkconv.h>
#include <gtkimhtml.h>
#include <gtkplugin.h>
#include <pidgin.h>

#include <string.h>

static guint timer;
static char *last;

static const char *
name_of(GdkPixbuf *picture)
{
    static const char *const names[] = {"<?>",         "<waiting>", "<sent>",
                                        "<delivered>", "<lost>",    "<lost>"};
    int state =
        GPOINTER_TO_INT(g_object_get_data(G_OBJECT(picture), "eider-state"));

    return names[CLAMP(state, 0, 5)];
}

static void
add_text(GString *out, GtkTextBuffer *buffer)
{
    GtkTextIter at;

    gtk_text_buffer_get_start_iter(buffer, &at);
    for (; !gtk_text_iter_is_end(&at); gtk_text_iter_forward_char(&at)) {
        GdkPixbuf *picture = gtk_text_iter_get_pixbuf(&at);

        if (picture != NULL)
            g_string_append(out, name_of(picture));
        else
            g_string_append_unichar(out, gtk_text_iter_get_char(&at));
    }
}

static void
add_conversation(GString *out, PurpleConversation *conv)
{
    GtkIMHtml *view = GTK_IMHTML(PIDGIN_CONVERSATION(conv)->imhtml);
    GtkTextIter start, end;
    char *plain, *markup = gtk_imhtml_get_markup(view);

    gtk_text_buffer_get_bounds(view->text_buffer, &start, &end);
    plain = gtk_imhtml_get_text(view, &start, &end);
    g_string_append_printf(out, "== %s\n", purple_conversation_get_name(conv));
    add_text(out, view->text_buffer);
    g_string_append_printf(out, "\ncopy: %s\nmarkup: %s\n", plain, markup);
    g_free(plain);
    g_free(markup);
}

static gboolean
look(gpointer unused)
{
    GString *now = g_string_new(NULL);

    (void)unused;
    for (GList *l = purple_get_ims(); l != NULL; l = l->next)
        if (PIDGIN_IS_PIDGIN_CONVERSATION((PurpleConversation *)l->data))
            add_conversation(now, l->data);
    if (g_strcmp0(now->str, last) != 0) {
        g_file_set_contents(g_getenv("EIDER_PEEK"), now->str, -1, NULL);
        g_free(last);
        last = g_strdup(now->str);
    }
    g_string_free(now, TRUE);
    return TRUE;
}

static gboolean
load(PurplePlugin *plugin)
{
    (void)plugin;
    timer = purple_timeout_add(50, look, NULL);
    return TRUE;
}

static gboolean
unload(PurplePlugin *plugin)
{
    (void)plugin;
    purple_timeout_remove(timer);
    return TRUE;
}

static PurplePluginInfo info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .type = PURPLE_PLUGIN_STANDARD,
    .ui_requirement = PIDGIN_PLUGIN_TYPE,
    .id = "gtk-eider-peek",
    .name = "Peek",
    .version = "0",
    .load = load,
    .unload = unload,
};

static void
init(PurplePlugin *plugin)
{
    (void)plugin;
}

PURPLE_INIT_PLUGIN(peek, init, info)
