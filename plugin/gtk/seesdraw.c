/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seesdraw.h"

#include "fit.h"
#include "seescanvas.h"

#include <math.h>
#include <time.h>

typedef eider_sees_colour colour;
typedef eider_sees_canvas canvas;

enum { GUTTER_CHARS = 9, HALF_CHARS = 6, DAY = 86400 };

/* ---- colours -------------------------------------------------------------- */

static colour
of(const GdkColor *c)
{
    return (colour){c->red / 65535.0, c->green / 65535.0, c->blue / 65535.0};
}

colour
eider_sees_mix(colour a, colour b, double part)
{
    return (colour){a.r + (b.r - a.r) * part, a.g + (b.g - a.g) * part,
                    a.b + (b.b - a.b) * part};
}

void
eider_sees_use(cairo_t *cr, colour c)
{
    cairo_set_source_rgb(cr, c.r, c.g, c.b);
}

static void
choose_colours(canvas *c)
{
    GtkStyle *style = gtk_widget_get_style(c->widget);

    c->text = of(&style->text[GTK_STATE_NORMAL]);
    c->base = of(&style->base[GTK_STATE_NORMAL]);
    c->is_dark = c->base.r + c->base.g + c->base.b < 1.5;
    c->up = c->is_dark ? (colour){0.52, 0.75, 1.0} : (colour){0.07, 0.33, 0.66};
    c->down =
        c->is_dark ? (colour){1.0, 0.70, 0.40} : (colour){0.66, 0.32, 0.0};
}

/* ---- words ---------------------------------------------------------------- */

int
eider_sees_lay_out(canvas *c, const char *text, double scale, int width)
{
    PangoFontDescription *font =
        pango_font_description_copy(gtk_widget_get_style(c->widget)->font_desc);
    int w;

    if (pango_font_description_get_size_is_absolute(font))
        pango_font_description_set_absolute_size(
            font, pango_font_description_get_size(font) * scale);
    else
        pango_font_description_set_size(
            font, (int)(pango_font_description_get_size(font) * scale));
    pango_layout_set_font_description(c->layout, font);
    pango_layout_set_width(c->layout, width > 0 ? width * PANGO_SCALE : -1);
    pango_layout_set_ellipsize(c->layout, width > 0 ? PANGO_ELLIPSIZE_END
                                                    : PANGO_ELLIPSIZE_NONE);
    pango_layout_set_text(c->layout, text, -1);
    pango_layout_get_pixel_size(c->layout, &w, NULL);
    pango_font_description_free(font);
    return w;
}

void
eider_sees_put(canvas *c, double x, double y)
{
    cairo_move_to(c->cr, floor(x), floor(y));
    pango_cairo_show_layout(c->cr, c->layout);
}

static int
line_height(GtkWidget *widget)
{
    PangoFontMetrics *m = pango_context_get_metrics(
        gtk_widget_get_pango_context(widget),
        gtk_widget_get_style(widget)->font_desc, NULL);
    int height = PANGO_PIXELS(pango_font_metrics_get_ascent(m) +
                              pango_font_metrics_get_descent(m));

    pango_font_metrics_unref(m);
    return height;
}

int
eider_sees_gutter(GtkWidget *widget)
{
    return eider_fit_chars(widget, GUTTER_CHARS);
}

/* Less where the letters are large for the screen. */
int
eider_sees_lines(GtkWidget *widget)
{
    int screen = gdk_screen_get_height(gtk_widget_get_screen(widget));

    int lines = screen / line_height(widget);

    return lines < 30 ? 4 : lines < 42 ? 6 : 7;
}

int
eider_sees_height(GtkWidget *widget, bool has_times)
{
    int line = line_height(widget);

    return eider_sees_lines(widget) * line + (has_times ? line + 4 : 0);
}

char *
eider_sees_time(int64_t ms, int64_t step)
{
    time_t t = (time_t)(ms / 1000);
    struct tm local;
    char out[64] = "";

    if (localtime_r(&t, &local) == NULL)
        return g_strdup("");
    (void)strftime(out, sizeof out,
                   step >= DAY ? "%a %d"
                   : step < 60 ? "%H:%M:%S"
                               : "%H:%M",
                   &local);
    return g_locale_to_utf8(out, -1, NULL, NULL, NULL);
}

/* ---- what lies behind ----------------------------------------------------- */

static void
vertical(canvas *c, double x, colour line)
{
    eider_sees_use(c->cr, line);
    cairo_set_line_width(c->cr, 1);
    cairo_move_to(c->cr, floor(x) + 0.5, 0);
    cairo_line_to(c->cr, floor(x) + 0.5, c->height);
    cairo_stroke(c->cr);
}

static void
draw_times(canvas *c)
{
    const eider_sees_axis *axis = c->p->axis;
    int64_t step = eider_sees_step(
        axis, eider_fit_chars(c->widget, HALF_CHARS + HALF_CHARS + 2));
    int64_t at = eider_sees_mark(axis->from, step);

    for (; at < axis->from + axis->span;
         at = eider_sees_mark(at + 1000, step)) {
        double x = c->gutter + eider_sees_x(axis, at);
        char *text = eider_sees_time(at, step);
        int w;

        vertical(c, x, eider_sees_mix(c->base, c->text, 0.13));
        w = eider_sees_lay_out(c, text, 0.9, 0);
        eider_sees_use(c->cr, eider_sees_mix(c->base, c->text, 0.75));
        if (c->p->has_times && x - w / 2.0 > 0 &&
            x + w / 2.0 < c->gutter + c->width)
            eider_sees_put(c, x - w / 2.0, c->height + 2);
        g_free(text);
    }
}

/* What is not there yet is hatched, so that it is not taken for silence. */
static void
draw_future(canvas *c)
{
    double x = c->gutter + MAX(eider_sees_x(c->p->axis, c->p->now), 0.0);
    double end = c->gutter + c->width;

    if (x >= end)
        return;
    cairo_save(c->cr);
    cairo_rectangle(c->cr, x, 0, end - x, c->height);
    cairo_clip(c->cr);
    eider_sees_use(c->cr, eider_sees_mix(c->base, c->text, 0.18));
    cairo_set_line_width(c->cr, 1);
    for (double i = x - c->height; i < end; i += 7) {
        cairo_move_to(c->cr, i, c->height);
        cairo_line_to(c->cr, i + c->height, 0);
    }
    cairo_stroke(c->cr);
    cairo_restore(c->cr);
}

static void
draw_word(canvas *c, const char *word, double y, bool is_up)
{
    double size = c->line / 3.0, x = 4 + size / 2;

    (void)eider_sees_lay_out(c, word, 1, c->gutter - (int)size - 12);
    eider_sees_use(c->cr, is_up ? c->up : c->down);
    /* which way it goes, as a triangle: full up, hollow down */
    cairo_move_to(c->cr, x, y + (is_up ? -size / 2 : size / 2));
    cairo_rel_line_to(c->cr, size / 2, is_up ? size : -size);
    cairo_rel_line_to(c->cr, -size, 0);
    cairo_close_path(c->cr);
    cairo_set_line_width(c->cr, 1.3);
    if (is_up)
        cairo_fill_preserve(c->cr);
    cairo_stroke(c->cr);
    eider_sees_use(c->cr, c->text);
    eider_sees_put(c, x + size / 2 + 4, y - c->line / 2.0);
}

/* ---- all of it ------------------------------------------------------------ */

static void
measure(canvas *c)
{
    GtkAllocation a;

    gtk_widget_get_allocation(c->widget, &a);
    c->gutter = eider_sees_gutter(c->widget);
    c->width = c->p->axis->width;
    c->line = line_height(c->widget);
    c->height = a.height - (c->p->has_times ? c->line + 4 : 0);
    c->middle = floor(c->height / 2.0);
    c->half = c->middle;
    /* as wide as three seconds, so that one slot is told from the next */
    c->stem = CLAMP(floor(3000.0 * c->width / (double)c->p->axis->span), 1, 5);
}

void
eider_sees_draw(GtkWidget *widget, cairo_t *cr, const eider_sees_panel *panel)
{
    canvas c = {.widget = widget, .cr = cr, .p = panel};

    measure(&c);
    choose_colours(&c);
    c.layout = pango_layout_new(gtk_widget_get_pango_context(widget));
    eider_sees_use(cr, c.base);
    cairo_rectangle(cr, c.gutter, 0, c.width, c.height);
    cairo_fill(cr);
    draw_future(&c);
    draw_times(&c);
    eider_sees_use(cr, eider_sees_mix(c.base, c.text, 0.6));
    cairo_rectangle(cr, c.gutter, c.middle, c.width, 1);
    cairo_fill(cr);
    eider_sees_draw_events(&c);
    if (panel->at != 0)
        vertical(&c, c.gutter + eider_sees_x(panel->axis, panel->at), c.text);
    draw_word(&c, panel->up_word, c.middle - c.half / 2, true);
    draw_word(&c, panel->down_word, c.middle + c.half / 2, false);
    g_object_unref(c.layout);
}

void
eider_sees_draw_level(GtkWidget *widget, cairo_t *cr, eider_seen_level level)
{
    static const colour light[] = {
        {0.08, 0.45, 0.18}, {0.62, 0.42, 0.0}, {0.70, 0.13, 0.11}};
    static const colour dark[] = {
        {0.50, 0.86, 0.58}, {1.0, 0.78, 0.30}, {1.0, 0.55, 0.50}};
    GtkAllocation a;
    colour bg = of(&gtk_widget_get_style(widget)->bg[GTK_STATE_NORMAL]);
    bool is_dark = bg.r + bg.g + bg.b < 1.5;
    double r, x, y;

    gtk_widget_get_allocation(widget, &a);
    r = MIN(a.width, a.height) / 2.0 - 2;
    x = a.width / 2.0;
    y = MIN(a.height, a.width) / 2.0;
    eider_sees_use(cr, is_dark ? dark[level] : light[level]);
    cairo_set_line_width(cr, 1.8);
    cairo_arc(cr, x, y, r, 0, 2 * G_PI);
    cairo_stroke(cr);
    if (level == EIDER_SEEN_HIDDEN)
        cairo_arc(cr, x, y, r, 0, 2 * G_PI);
    else if (level == EIDER_SEEN_PARTLY)
        cairo_arc(cr, x, y, r, G_PI / 2, G_PI * 3 / 2);
    cairo_fill(cr);
}
