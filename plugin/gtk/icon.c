/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "icon.h"

#include "still.h"

#define NAME  "eider-icon"
#define LARGE "eider-icon-large"

/* Made by glib-compile-resources, which writes no header for so little. */
void eider_icons_register_resource(void);
void eider_icons_unregister_resource(void);

static GHashTable *known; /* path -> picture */

void
eider_icon_register(void)
{
    eider_icons_register_resource();
}

void
eider_icon_unregister(void)
{
    if (known != NULL)
        g_hash_table_destroy(known);
    known = NULL;
    eider_icons_unregister_resource();
}

/* Borrowed. */
static GdkPixbuf *
find(const char *name, int size)
{
    char *path = g_strdup_printf("/im/eider/icons/%s-%d.png", name, size);
    GdkPixbuf *pixbuf;

    if (known == NULL)
        known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                      g_object_unref);
    pixbuf = g_hash_table_lookup(known, path);
    if (pixbuf == NULL &&
        (pixbuf = gdk_pixbuf_new_from_resource(path, NULL)) != NULL)
        g_hash_table_insert(known, g_strdup(path), pixbuf);
    g_free(path);
    return pixbuf;
}

static PangoFontMetrics *
metrics_of(GtkWidget *widget)
{
    return pango_context_get_metrics(gtk_widget_get_pango_context(widget),
                                     gtk_widget_get_style(widget)->font_desc,
                                     NULL);
}

/* The largest of @sizes that is no higher than that; else the last. */
static int
choose(const int *sizes, size_t n, int height)
{
    size_t i = 0;

    while (i + 1 < n && sizes[i] > height)
        i++;
    return sizes[i];
}

static int
size_beside_text(GtkWidget *widget)
{
    static const int sizes[] = {48, 32, 24, 22, 16};
    PangoFontMetrics *m = metrics_of(widget);
    int height = PANGO_PIXELS(pango_font_metrics_get_ascent(m) +
                              pango_font_metrics_get_descent(m));

    pango_font_metrics_unref(m);
    if (g_object_get_data(G_OBJECT(widget), LARGE) != NULL)
        height *= 2;
    return choose(sizes, G_N_ELEMENTS(sizes), height);
}

/* It stands on the base line: higher than a letter, and it would push the
 * lines apart. */
GdkPixbuf *
eider_icon_mark(GtkWidget *view, const char *name)
{
    static const int sizes[] = {24, 20, 16, 14, 12, 10};
    PangoFontMetrics *m = metrics_of(view);
    int height = PANGO_PIXELS(pango_font_metrics_get_ascent(m));

    pango_font_metrics_unref(m);
    return find(name, choose(sizes, G_N_ELEMENTS(sizes), height * 9 / 10));
}

static void
load(GtkWidget *image)
{
    GdkPixbuf *pixbuf =
        find(g_object_get_data(G_OBJECT(image), NAME), size_beside_text(image));

    gtk_image_set_from_pixbuf(GTK_IMAGE(image), pixbuf);
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
