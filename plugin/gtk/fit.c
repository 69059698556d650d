/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fit.h"

enum { NARROWEST = 60 };

/* Runs after the box's own answer, which is the width the label was set to:
 * the window could then never be made narrower. */
static void
ask_little(GtkWidget *box, GtkRequisition *need, gpointer unused)
{
    (void)box, (void)unused;
    need->width = MIN(need->width, NARROWEST);
}

static void
follow_width(GtkWidget *box, GtkAllocation *given, gpointer label)
{
    int now;

    (void)box;
    gtk_widget_get_size_request(label, &now, NULL);
    /* only on a change: setting it asks for another round of sizes */
    if (given->width > 1 && given->width != now)
        gtk_widget_set_size_request(label, given->width, -1);
}

GtkWidget *
eider_fit_new(GtkWidget *label)
{
    GtkWidget *box = gtk_hbox_new(FALSE, 0);

    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    gtk_box_pack_start(GTK_BOX(box), label, TRUE, TRUE, 0);
    g_signal_connect(box, "size-request", G_CALLBACK(ask_little), NULL);
    g_signal_connect(box, "size-allocate", G_CALLBACK(follow_width), label);
    return box;
}

static int
line_of(GtkWidget *widget)
{
    PangoLayout *layout = gtk_widget_create_pango_layout(widget, "X");
    int height;

    pango_layout_get_pixel_size(layout, NULL, &height);
    g_object_unref(layout);
    return height;
}

static void
ask_height(GtkWidget *scroll, GtkRequisition *need, gpointer lines)
{
    GtkWidget *view = gtk_bin_get_child(GTK_BIN(scroll));
    GtkRequisition inner;
    int line = line_of(scroll);
    int room = gdk_screen_get_height(gtk_widget_get_screen(scroll)) -
               GPOINTER_TO_INT(lines) * line;

    gtk_widget_get_child_requisition(view, &inner);
    need->height = MIN(inner.height, MAX(room, 4 * line));
}

GtkWidget *
eider_fit_scroll(GtkWidget *content, int lines)
{
    GtkWidget *scroll = gtk_scrolled_window_new(NULL, NULL);

    gtk_scrolled_window_set_policy(GTK_SCROLLED_WINDOW(scroll),
                                   GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_scrolled_window_add_with_viewport(GTK_SCROLLED_WINDOW(scroll), content);
    gtk_viewport_set_shadow_type(
        GTK_VIEWPORT(gtk_bin_get_child(GTK_BIN(scroll))), GTK_SHADOW_NONE);
    g_signal_connect(scroll, "size-request", G_CALLBACK(ask_height),
                     GINT_TO_POINTER(lines));
    return scroll;
}

int
eider_fit_chars(GtkWidget *widget, int letters)
{
    PangoContext *context = gtk_widget_get_pango_context(widget);
    PangoFontMetrics *m = pango_context_get_metrics(
        context, gtk_widget_get_style(widget)->font_desc, NULL);
    int width = pango_font_metrics_get_approximate_char_width(m);

    pango_font_metrics_unref(m);
    return PANGO_PIXELS(width * letters);
}

GtkWidget *
eider_fit_words(GtkWidget *beside, int letters, const char *format,
                const char *text)
{
    GtkWidget *label = gtk_label_new(NULL);
    char *markup = g_markup_printf_escaped(format, text);

    gtk_label_set_markup(GTK_LABEL(label), markup);
    gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
    gtk_label_set_line_wrap_mode(GTK_LABEL(label), PANGO_WRAP_WORD_CHAR);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0);
    gtk_widget_set_size_request(label, eider_fit_chars(beside, letters), -1);
    g_free(markup);
    return label;
}
