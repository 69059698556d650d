/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "icon.h"

/* Made by glib-compile-resources, which writes no header for so little. */
void eider_icons_register_resource(void);
void eider_icons_unregister_resource(void);

void
eider_icon_register(void)
{
    eider_icons_register_resource();
}

void
eider_icon_unregister(void)
{
    eider_icons_unregister_resource();
}

static int
size_beside_text(GtkWidget *widget)
{
    static const int sizes[] = {32, 24, 22};
    PangoContext *context = gtk_widget_get_pango_context(widget);
    PangoFontMetrics *m = pango_context_get_metrics(
        context, gtk_widget_get_style(widget)->font_desc, NULL);
    int height = PANGO_PIXELS(pango_font_metrics_get_ascent(m) +
                              pango_font_metrics_get_descent(m));
    size_t i;

    pango_font_metrics_unref(m);
    for (i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (height + 2 >= sizes[i])
            return sizes[i];
    return 16;
}

void
eider_icon_set(GtkImage *image, const char *name, const char *word)
{
    char *path = g_strdup_printf("/im/eider/icons/%s-%d.png", name,
                                 size_beside_text(GTK_WIDGET(image)));
    GdkPixbuf *pixbuf = gdk_pixbuf_new_from_resource(path, NULL);

    gtk_image_set_from_pixbuf(image, pixbuf);
    if (pixbuf != NULL)
        g_object_unref(pixbuf);
    g_free(path);
    atk_object_set_name(gtk_widget_get_accessible(GTK_WIDGET(image)),
                        word != NULL ? word : name);
}
