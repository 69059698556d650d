/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "icon.h"

#include "still.h"

#define NAME  "eider-icon"
#define LARGE "eider-icon-large"

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
    static const int sizes[] = {48, 32, 24, 22};
    PangoContext *context = gtk_widget_get_pango_context(widget);
    PangoFontMetrics *m;
    int height;
    size_t i;

    m = pango_context_get_metrics(
        context, gtk_widget_get_style(widget)->font_desc, NULL);
    height = PANGO_PIXELS(pango_font_metrics_get_ascent(m) +
                          pango_font_metrics_get_descent(m));
    pango_font_metrics_unref(m);
    if (g_object_get_data(G_OBJECT(widget), LARGE) != NULL)
        height *= 2;
    for (i = 0; i < G_N_ELEMENTS(sizes); i++)
        if (height >= sizes[i])
            return sizes[i];
    return 16;
}

static void
load(GtkWidget *image)
{
    char *path =
        g_strdup_printf("/im/eider/icons/%s-%d.png",
                        (const char *)g_object_get_data(G_OBJECT(image), NAME),
                        size_beside_text(image));
    GdkPixbuf *pixbuf = gdk_pixbuf_new_from_resource(path, NULL);

    gtk_image_set_from_pixbuf(GTK_IMAGE(image), pixbuf);
    if (pixbuf != NULL)
        g_object_unref(pixbuf);
    g_free(path);
}

/* The font is known only once the widget is in its window, and may change. */
static void
follow_font(GtkWidget *image, GtkStyle *old, gpointer unused)
{
    (void)old, (void)unused;
    load(image);
}

void
eider_icon_set(GtkImage *image, const char *name, const char *word)
{
    GObject *object = G_OBJECT(image);

    eider_still_name(GTK_WIDGET(image), word != NULL ? word : name);
    if (g_strcmp0(g_object_get_data(object, NAME), name) == 0)
        return;
    if (g_object_get_data(object, NAME) == NULL)
        g_signal_connect(image, "style-set", G_CALLBACK(follow_font), NULL);
    g_object_set_data_full(object, NAME, g_strdup(name), g_free);
    load(GTK_WIDGET(image));
}

void
eider_icon_set_large(GtkImage *image, const char *name, const char *word)
{
    g_object_set_data(G_OBJECT(image), LARGE, GINT_TO_POINTER(1));
    eider_icon_set(image, name, word);
}
