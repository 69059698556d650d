/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Below the time lines: how much, when and with whom can be told from them,
 * what is not hidden in any case, and what it costs. */
#include "sees.h"

#include "fit.h"
#include "harden.h"
#include "seesdraw.h"

#include <gtkaccount.h>

enum { SENTENCE_CHARS = 70, GAP = 8, SLOT = 10 };

static void
on_account(GtkWidget *button, gpointer data)
{
    const eider_sees_window *w = data;

    (void)button;
    if (eider_sees_app(w) != NULL)
        pidgin_account_dialog_show(PIDGIN_MODIFY_ACCOUNT_DIALOG,
                                   w->subject->account);
}

/* ---- parts ---------------------------------------------------------------- */

static GtkWidget *
words_new(GtkWidget *measure, const char *format, const char *text, int chars)
{
    GtkWidget *label = gtk_label_new(NULL);
    char *markup = g_markup_printf_escaped(format, text);

    gtk_label_set_markup(GTK_LABEL(label), markup);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0);
    if (chars > 0) {
        gtk_label_set_line_wrap(GTK_LABEL(label), TRUE);
        gtk_widget_set_size_request(label, eider_fit_chars(measure, chars), -1);
    }
    g_free(markup);
    return label;
}

static gboolean
on_level(GtkWidget *area, GdkEventExpose *e, gpointer level)
{
    cairo_t *cr = gdk_cairo_create(gtk_widget_get_window(area));

    (void)e;
    eider_sees_draw_level(area, cr, GPOINTER_TO_INT(level));
    cairo_destroy(cr);
    return FALSE;
}

static GtkWidget *
level_new(GtkWidget *measure, eider_seen_level level)
{
    GtkWidget *area = gtk_drawing_area_new();
    int size = eider_fit_chars(measure, 2) + 2;

    gtk_widget_set_size_request(area, size, size);
    g_signal_connect(area, "expose-event", G_CALLBACK(on_level),
                     GINT_TO_POINTER(level));
    return area;
}

static void
attach(GtkWidget *table, GtkWidget *child, guint column, guint row)
{
    gtk_table_attach(GTK_TABLE(table), child, column, column + 1, row, row + 1,
                     GTK_FILL, GTK_FILL, 0, 0);
}

static GtkWidget *
table_new(const eider_sees_window *w)
{
    GtkWidget *table = gtk_table_new(EIDER_SEEN_ROWS, 4, FALSE);

    gtk_table_set_col_spacings(GTK_TABLE(table), GAP);
    gtk_table_set_row_spacings(GTK_TABLE(table), 3);
    /* from the end, as a table is read out backwards */
    for (guint i = EIDER_SEEN_ROWS; i-- > 0;) {
        const char *title = w->sees.rows[i].title;
        const char *word = w->sees.rows[i].word;
        GtkWidget *sentence = words_new(
            w->window, "%s", w->sees.rows[i].sentence, SENTENCE_CHARS);
        char *name = g_strdup_printf("%s: %s", title, word);

        attach(table, sentence, 3, i);
        attach(table, words_new(w->window, "<b>%s</b>", word, 0), 2, i);
        attach(table, words_new(w->window, "<b>%s</b>", title, 0), 1, i);
        attach(table, level_new(w->window, w->sees.rows[i].is.level), 0, i);
        atk_object_set_description(gtk_widget_get_accessible(sentence), name);
        g_free(name);
    }
    return table;
}

static void
add(GtkWidget *box, GtkWidget *child)
{
    gtk_box_pack_start(GTK_BOX(box), child, FALSE, FALSE, 0);
}

static void
on_harden(GtkWidget *button, gpointer data)
{
    const eider_sees_window *w = data;

    (void)button;
    if (eider_sees_app(w) != NULL)
        eider_harden_show(w->subject->account);
}

/* Where some of it can be changed. */
static void
add_account(GtkWidget *box, const eider_sees_window *w)
{
    GtkWidget *row = gtk_hbox_new(FALSE, GAP);
    GtkWidget *proxy =
        gtk_button_new_with_mnemonic(_("_Proxy or Tor for this account..."));
    GtkWidget *more =
        gtk_button_new_with_mnemonic(_("Hide more of this _account..."));

    g_signal_connect(proxy, "clicked", G_CALLBACK(on_account), (gpointer)w);
    g_signal_connect(more, "clicked", G_CALLBACK(on_harden), (gpointer)w);
    add(row, proxy);
    if (eider_link_app()->harden != NULL)
        add(row, more);
    add(box, row);
}

static void
add_title(GtkWidget *box, const eider_sees_window *w, const char *text)
{
    add(box, words_new(w->window, "<b>%s</b>", text, 0));
}

static void
add_text(GtkWidget *box, const eider_sees_window *w, const char *text)
{
    add(box, words_new(w->window, "%s", text, SENTENCE_CHARS + 20));
}

/* Of each mode, also before it is switched on. */
static void
add_costs(GtkWidget *box, const eider_sees_window *w)
{
    const eider_app *app = eider_link_app();
    unsigned slot = w->steady != 0 ? w->steady : SLOT;
    char *title = g_strdup_printf(_("Steady, every %u s"), slot);
    char *cost =
        app->steady_cost != NULL
            ? app->steady_cost(w->subject->account, w->subject->who, slot)
            : NULL;
    GtkWidget *table = gtk_table_new(2, 2, FALSE);

    gtk_table_set_col_spacings(GTK_TABLE(table), GAP);
    attach(table,
           words_new(w->window, "%s", cost != NULL ? cost : "", SENTENCE_CHARS),
           1, 1);
    attach(table, words_new(w->window, "%s", title, 0), 0, 1);
    attach(table,
           words_new(w->window, "%s",
                     _("No time. A short text is a line of 391 bytes, and one "
                       "comes back if no answer does."),
                     SENTENCE_CHARS),
           1, 0);
    attach(table, words_new(w->window, "%s", _("Standard"), 0), 0, 0);
    add_title(box, w, _("What it costs"));
    add(box, table);
    g_free(title);
    g_free(cost);
}

/* ---- all of it ------------------------------------------------------------ */

GtkWidget *
eider_sees_rows_new(const eider_sees_window *w)
{
    GtkWidget *box = gtk_vbox_new(FALSE, 4);

    add_title(box, w, _("What it can tell from the lines above"));
    add(box, table_new(w));
    add_title(box, w, _("What it sees in any case"));
    for (char **s = w->sees.not_hidden; s != NULL && *s != NULL; s++) {
        char *point = g_strdup_printf("\342\200\242 %s", *s);

        add_text(box, w, point);
        g_free(point);
    }
    add_account(box, w);
    add_costs(box, w);
    return box;
}

char *
eider_sees_rows_describe(const eider_sees_window *w)
{
    GString *out = g_string_new(NULL);

    for (int i = 0; i < EIDER_SEEN_ROWS; i++)
        g_string_append_printf(out, "%s %d %s %s\n", w->sees.rows[i].title,
                               w->sees.rows[i].is.level, w->sees.rows[i].word,
                               w->sees.rows[i].sentence);
    for (char **s = w->sees.not_hidden; s != NULL && *s != NULL; s++)
        g_string_append_printf(out, "%s\n", *s);
    g_string_append_printf(out, "%u", w->steady);
    return g_string_free(out, FALSE);
}
