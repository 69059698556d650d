/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "seesdraw.h"

#include "fit.h"
#include "sees.h"

#include <math.h>
#include <time.h>

enum { GUTTER_CHARS = 9, HALF_CHARS = 6, DAY = 86400, GAP = 3 };

typedef struct {
    double r, g, b;
} colour;

/* One time line while it is drawn. */
typedef struct {
    GtkWidget *widget;
    cairo_t *cr;
    const eider_sees_panel *p;
    PangoLayout *layout;
    int gutter, width, height; /* of the plot; it begins at the gutter */
    int line;                  /* height of a line of text */
    double middle, half;
    double stem; /* width of a bar */
    colour text, base, up, down;
    bool is_dark;
} canvas;

/* ---- colours -------------------------------------------------------------- */

static colour
of(const GdkColor *c)
{
    return (colour){c->red / 65535.0, c->green / 65535.0, c->blue / 65535.0};
}

static colour
mix(colour a, colour b, double part)
{
    return (colour){a.r + (b.r - a.r) * part, a.g + (b.g - a.g) * part,
                    a.b + (b.b - a.b) * part};
}

static void
use(cairo_t *cr, colour c)
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

static int
lay_out(canvas *c, const char *text, double scale, int width)
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

static void
put(canvas *c, double x, double y)
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

int
eider_sees_height(GtkWidget *widget, bool has_times)
{
    int line = line_height(widget);

    return EIDER_SEES_LINES * line + (has_times ? line + 4 : 0);
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
    use(c->cr, line);
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

        vertical(c, x, mix(c->base, c->text, 0.13));
        w = lay_out(c, text, 0.9, 0);
        use(c->cr, mix(c->base, c->text, 0.75));
        if (c->p->has_times && x - w / 2.0 > 0 &&
            x + w / 2.0 < c->gutter + c->width)
            put(c, x - w / 2.0, c->height + 2);
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
    use(c->cr, mix(c->base, c->text, 0.18));
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

    (void)lay_out(c, word, 1, c->gutter - (int)size - 12);
    use(c->cr, is_up ? c->up : c->down);
    /* which way it goes, as a triangle: full up, hollow down */
    cairo_move_to(c->cr, x, y + (is_up ? -size / 2 : size / 2));
    cairo_rel_line_to(c->cr, size / 2, is_up ? size : -size);
    cairo_rel_line_to(c->cr, -size, 0);
    cairo_close_path(c->cr);
    cairo_set_line_width(c->cr, 1.3);
    if (is_up)
        cairo_fill_preserve(c->cr);
    cairo_stroke(c->cr);
    use(c->cr, c->text);
    put(c, x + size / 2 + 4, y - c->line / 2.0);
}

/* ---- texts and lines ------------------------------------------------------ */

/* By the root: 3 bytes are told from 30 beside 300. */
static double
height_of(const canvas *c, uint32_t size)
{
    double most = MAX(c->p->most, 1u);
    double room = c->half - c->line * (c->p->is_server ? 1.0 : 1.25);

    return MAX(floor(room * sqrt(MIN(size, most) / most)), 3.0);
}

/* Runs of columns that look the same are one rectangle. */
static void
trace_bars(canvas *c, const eider_sees_bucket *b, int way, bool upper_part)
{
    for (int i = 0, n; i < c->width; i += n) {
        double high = height_of(c, upper_part ? b[i].most : b[i].least);
        double low = upper_part ? height_of(c, b[i].least) : 0;

        n = 1;
        if (b[i].count == 0)
            continue;
        while (c->stem <= 1 && i + n < c->width && b[i + n].count > 0 &&
               b[i + n].most == b[i].most && b[i + n].least == b[i].least)
            n++;
        if (high > low)
            cairo_rectangle(c->cr, c->gutter + i - floor((c->stem - 1) / 2),
                            c->middle + (way > 0 ? -high : low),
                            n - 1 + c->stem, high - low);
    }
}

/* Diagonal lines, and not a lighter colour: theirs is told from ours without
 * colours. */
static void
hatch(canvas *c, colour line)
{
    cairo_save(c->cr);
    cairo_clip(c->cr);
    use(c->cr, line);
    cairo_set_line_width(c->cr, 1.2);
    for (double x = c->gutter - c->half; x < c->gutter + c->width; x += 4) {
        cairo_move_to(c->cr, x, c->middle);
        cairo_line_to(c->cr, x + c->half, c->middle + c->half);
    }
    cairo_stroke(c->cr);
    cairo_restore(c->cr);
}

static void
draw_bars(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    colour full = is_up ? c->up : c->down;

    cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_NONE);
    trace_bars(c, b, is_up ? 1 : -1, false);
    if (is_up) {
        use(c->cr, full);
        cairo_fill(c->cr);
    } else {
        use(c->cr, mix(c->base, full, 0.35));
        cairo_fill_preserve(c->cr);
        hatch(c, full);
    }
    /* where several sizes share a column: from the least to the most */
    trace_bars(c, b, is_up ? 1 : -1, true);
    use(c->cr, mix(c->base, full, 0.55));
    cairo_fill(c->cr);
    cairo_set_antialias(c->cr, CAIRO_ANTIALIAS_DEFAULT);
}

/* What can be read is hollow, whoever sent it. */
static void
draw_open(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    static const colour light = {0.70, 0.13, 0.11}, dark = {1.0, 0.55, 0.50};
    double w = MAX(c->stem, 4);

    cairo_set_line_width(c->cr, 1.6);
    for (int i = 0; i < c->width; i++) {
        double high = height_of(c, b[i].most);

        if (b[i].open == 0)
            continue;
        cairo_rectangle(c->cr, c->gutter + i - w / 2,
                        is_up ? c->middle - high : c->middle, w, high);
        use(c->cr, c->base);
        cairo_fill_preserve(c->cr);
        use(c->cr, c->is_dark ? dark : light);
        cairo_stroke(c->cr);
    }
}

/* A text: a thin stem with a head, a full disc or a hollow square. */
static void
draw_text(canvas *c, double x, double y, bool is_up)
{
    double r = c->line / 4.0;

    use(c->cr, is_up ? c->up : c->down);
    cairo_set_line_width(c->cr, 1.5);
    cairo_move_to(c->cr, x, c->middle);
    cairo_line_to(c->cr, x, y);
    cairo_stroke(c->cr);
    if (is_up)
        cairo_arc(c->cr, x, y, r, 0, 2 * G_PI);
    else
        cairo_rectangle(c->cr, x - r, y - r, 2 * r, 2 * r);
    if (!is_up)
        use(c->cr, c->base);
    cairo_fill_preserve(c->cr);
    use(c->cr, is_up ? c->up : c->down);
    cairo_stroke(c->cr);
}

static void
draw_texts(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    for (int i = 0; i < c->width; i++)
        if (b[i].count > 0)
            draw_text(c, c->gutter + i + 0.5,
                      c->middle + (is_up ? -1 : 1) * height_of(c, b[i].most),
                      is_up);
}

/* The numbers that were put last, the newest first. */
typedef struct {
    double end[4], y[4];
} spots;

static bool
is_taken(const spots *s, double start, double y, int line)
{
    for (size_t i = 0; i < G_N_ELEMENTS(s->end); i++)
        if (start < s->end[i] && fabs(y - s->y[i]) < line)
            return true;
    return false;
}

static void
take(spots *s, double end, double y)
{
    for (size_t i = G_N_ELEMENTS(s->end); --i > 0;) {
        s->end[i] = s->end[i - 1];
        s->y[i] = s->y[i - 1];
    }
    s->end[0] = end;
    s->y[0] = y;
}

/* A number at @x, over or under what it is about; false: no room. */
static bool
draw_size(canvas *c, double x, uint32_t size, bool is_up, spots *last,
          bool is_dry)
{
    double y = height_of(c, size) + (c->p->is_server ? 1 : c->line / 4.0);
    char text[32];
    int w;

    g_snprintf(text, sizeof text, "%u", size);
    w = lay_out(c, text, 0.8, 0);
    if (x - w / 2.0 < c->gutter || x + w / 2.0 > c->gutter + c->width ||
        is_taken(last, x - w / 2.0, y, c->line))
        return false;
    take(last, x + w / 2.0 + GAP, y);
    if (is_dry)
        return true;
    use(c->cr, c->text);
    put(c, x - w / 2.0, is_up ? c->middle - y - c->line * 0.85 : c->middle + y);
    return true;
}

/* How many of the numbers find room beside each other. */
static unsigned
draw_sizes(canvas *c, const eider_sees_bucket *b, bool is_up, bool is_dry)
{
    spots last = {{0}, {0}};
    unsigned n = 0;

    for (int i = 0; i < c->width; i++)
        if (b[i].count > 0)
            n += draw_size(c, c->gutter + i, b[i].most, is_up, &last, is_dry);
    return n;
}

static bool
has_room(canvas *c, const eider_sees_bucket *b, bool is_up)
{
    unsigned columns = 0;

    for (int i = 0; i < c->width; i++)
        columns += b[i].count > 0;
    return draw_sizes(c, b, is_up, true) * 10 >= columns * 6;
}

/* All of one size: a line across and the number once. */
static void
draw_level(canvas *c, uint32_t size, bool is_up)
{
    static const double dots[] = {2, 3};
    double y = floor(height_of(c, size) + 2);
    double at = c->middle + (is_up ? -y : y);
    char *text = eider_sees_say_bytes(size);

    use(c->cr, mix(c->base, c->text, 0.6));
    cairo_set_line_width(c->cr, 1);
    cairo_set_dash(c->cr, dots, 2, 0);
    cairo_move_to(c->cr, c->gutter, at + 0.5);
    cairo_line_to(c->cr, c->gutter + c->width, at + 0.5);
    cairo_stroke(c->cr);
    cairo_set_dash(c->cr, NULL, 0, 0);
    (void)lay_out(c, text, 0.8, 0);
    use(c->cr, c->text);
    put(c, c->gutter + 4, is_up ? at - c->line * 0.85 : at + 1);
    g_free(text);
}

/* The sizes as numbers, where there is room for most of them. */
static void
draw_numbers(canvas *c)
{
    const eider_sees_panel *p = c->p;
    eider_sees_bucket up = eider_sees_total(p->up, c->width);
    eider_sees_bucket down = eider_sees_total(p->down, c->width);
    bool is_even = (up.count == 0 || up.least == up.most) &&
                   (down.count == 0 || down.least == down.most);

    if (!is_even || (has_room(c, p->up, true) && has_room(c, p->down, false))) {
        (void)draw_sizes(c, p->up, true, false);
        (void)draw_sizes(c, p->down, false, false);
        return;
    }
    if (up.count > 0)
        draw_level(c, up.most, true);
    if (down.count > 0)
        draw_level(c, down.most, false);
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
    use(cr, c.base);
    cairo_rectangle(cr, c.gutter, 0, c.width, c.height);
    cairo_fill(cr);
    draw_future(&c);
    draw_times(&c);
    use(cr, mix(c.base, c.text, 0.6));
    cairo_rectangle(cr, c.gutter, c.middle, c.width, 1);
    cairo_fill(cr);
    if (panel->is_server) {
        draw_bars(&c, panel->up, true);
        draw_bars(&c, panel->down, false);
        draw_open(&c, panel->up, true);
        draw_open(&c, panel->down, false);
    } else {
        draw_texts(&c, panel->up, true);
        draw_texts(&c, panel->down, false);
    }
    draw_numbers(&c);
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
    use(cr, is_dark ? dark[level] : light[level]);
    cairo_set_line_width(cr, 1.8);
    cairo_arc(cr, x, y, r, 0, 2 * G_PI);
    cairo_stroke(cr);
    if (level == EIDER_SEEN_HIDDEN)
        cairo_arc(cr, x, y, r, 0, 2 * G_PI);
    else if (level == EIDER_SEEN_PARTLY)
        cairo_arc(cr, x, y, r, G_PI / 2, G_PI * 3 / 2);
    cairo_fill(cr);
}
