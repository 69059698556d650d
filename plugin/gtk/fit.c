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
