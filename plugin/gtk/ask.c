/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include "check.h"
#include "fit.h"
#include "icon.h"
#include "keys.h"

#include <string.h>

/* What a question is about: lives as long as its window. */
typedef struct {
    eider_subject *subject;
    char fingerprint[EIDER_DIGITS_SIZE];
} matter;

enum { ANSWER_THEM = 1, ANSWER_NOT_THEM, ANSWER_CHECK, ANSWER_DELETE };

static GSList *windows;

static void
forget_window(GtkWidget *window, gpointer unused)
{
    (void)unused;
    windows = g_slist_remove(windows, window);
}

void
eider_ask_adopt(GtkWidget *window, GtkWidget *beside)
{
    GtkWidget *top = beside != NULL ? gtk_widget_get_toplevel(beside) : NULL;

    windows = g_slist_prepend(windows, window);
    g_signal_connect(window, "destroy", G_CALLBACK(forget_window), NULL);
    if (top == NULL || !GTK_IS_WINDOW(top))
        return;
    gtk_window_set_transient_for(GTK_WINDOW(window), GTK_WINDOW(top));
    gtk_window_set_destroy_with_parent(GTK_WINDOW(window), TRUE);
}

void
eider_ask_close_all(void)
{
    while (windows != NULL)
        gtk_widget_destroy(windows->data);
}

static void
free_matter(gpointer data)
{
    matter *m = data;

    eider_subject_free(m->subject);
    g_free(m);
}

static unsigned
count_waiting(const eider_subject *s)
{
    eider_sight sight;
    unsigned n;

    eider_sight_take(s, &sight);
    n = sight.view.status.waiting;
    eider_sight_clear(&sight);
    return n;
}

static GtkWidget *
new_question(GtkWidget *beside, const eider_subject *s, const char *title,
             const char *text)
{
    matter *m = g_new0(matter, 1);
    GtkWidget *dialog = gtk_message_dialog_new(NULL, 0, GTK_MESSAGE_QUESTION,
                                               GTK_BUTTONS_NONE, "%s", title);

    m->subject = eider_subject_copy(s);
    g_object_set_data_full(G_OBJECT(dialog), "eider-matter", m, free_matter);
    gtk_message_dialog_format_secondary_text(GTK_MESSAGE_DIALOG(dialog), "%s",
                                             text);
    gtk_window_set_title(GTK_WINDOW(dialog), "Eider");
    eider_ask_adopt(dialog, beside);
    return dialog;
}

static void
decide(const eider_subject *s, const char *fingerprint, bool accept, bool all)
{
    if (eider_subject_is_usable(s) && fingerprint[0] != '\0')
        eider_link_app()->decide(s->account, s->who, fingerprint, accept, all);
}

/* ---- a key that nobody knows ---------------------------------------------- */

enum { LINE_CHARS = 62 }; /* as wide as text is easy to read */

static void
take_answer(GtkWidget *dialog, int answer, gpointer box)
{
    matter *m = g_object_get_data(G_OBJECT(dialog), "eider-matter");
    eider_subject *s = eider_subject_copy(m->subject);
    GtkWindow *parent = gtk_window_get_transient_for(GTK_WINDOW(dialog));
    bool all =
        box != NULL && gtk_toggle_button_get_active(GTK_TOGGLE_BUTTON(box));
    char fingerprint[EIDER_DIGITS_SIZE];

    g_strlcpy(fingerprint, m->fingerprint, sizeof fingerprint);
    gtk_widget_destroy(dialog);
    if (answer == ANSWER_THEM || answer == ANSWER_NOT_THEM)
        decide(s, fingerprint, answer == ANSWER_THEM,
               answer == ANSWER_THEM && all);
    else if (answer == ANSWER_CHECK)
        eider_ask_check((GtkWidget *)parent, s, fingerprint);
    eider_subject_free(s);
}

static GtkWidget *
new_words(GtkWidget *beside, const char *format, const char *text)
{
    return eider_fit_words(beside, LINE_CHARS, format, text);
}

static void
add_words(GtkWidget *box, const char *format, const char *text)
{
    gtk_box_pack_start(GTK_BOX(box), new_words(box, format, text), FALSE, FALSE,
                       0);
}

static void
add_causes(GtkWidget *box, const char *causes)
{
    char **list = g_strsplit(causes, "\n", -1);
    GtkWidget *rows = gtk_vbox_new(FALSE, 2);

    gtk_box_pack_start(GTK_BOX(rows), new_words(rows, "%s", _("It can be:")),
                       FALSE, FALSE, 0);
    for (char **c = list; *c != NULL; c++)
        add_words(rows, "\342\200\242 %s", *c);
    gtk_box_pack_start(GTK_BOX(box), rows, FALSE, FALSE, 0);
    g_strfreev(list);
}

/* What speaks against it stands out, in shape and words and colour. */
static void
add_warning(GtkWidget *box, const char *warning)
{
    GtkWidget *back = gtk_event_box_new(), *row = gtk_hbox_new(FALSE, 8);
    GtkWidget *image = gtk_image_new(), *label;
    GdkColor colour;

    gdk_color_parse("#ffc233", &colour);
    gtk_widget_modify_bg(back, GTK_STATE_NORMAL, &colour);
    gtk_container_set_border_width(GTK_CONTAINER(row), 6);
    eider_icon_set(GTK_IMAGE(image), "broken", _("Warning"));
    gtk_misc_set_alignment(GTK_MISC(image), 0.5, 0);
    label = new_words(box, "<b>%s</b>", warning);
    gtk_widget_set_size_request(label, eider_fit_chars(box, LINE_CHARS - 6),
                                -1);
    gdk_color_parse("#241800", &colour);
    gtk_widget_modify_fg(label, GTK_STATE_NORMAL, &colour);
    gtk_box_pack_start(GTK_BOX(row), image, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), label, TRUE, TRUE, 0);
    gtk_container_add(GTK_CONTAINER(back), row);
    gtk_box_pack_start(GTK_BOX(box), back, FALSE, FALSE, 0);
}

static void
copy_digits(GtkWidget *button, gpointer digits)
{
    gtk_clipboard_set_text(
        gtk_widget_get_clipboard(button, GDK_SELECTION_CLIPBOARD), digits, -1);
}

static void
free_digits(gpointer digits, GClosure *unused)
{
    (void)unused;
    g_free(digits);
}

static void
add_digits(GtkWidget *box, const char *digits)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 8);
    GtkWidget *label = gtk_label_new(NULL);
    GtkWidget *button = gtk_button_new_with_mnemonic(_("C_opy"));
    char *markup = g_markup_printf_escaped("<tt><big>%s</big></tt>", digits);

    gtk_label_set_markup(GTK_LABEL(label), markup);
    gtk_label_set_selectable(GTK_LABEL(label), TRUE);
    gtk_widget_set_can_focus(label, FALSE);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    g_signal_connect_data(button, "clicked", G_CALLBACK(copy_digits),
                          g_strdup(digits), free_digits, 0);
    gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), row, FALSE, FALSE, 0);
    g_free(markup);
}

/* Returns the box to tick, where text waits. */
static GtkWidget *
fill_question(GtkWidget *dialog, const eider_question *q)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 12), *box = gtk_vbox_new(FALSE, 10);
    GtkWidget *image = gtk_image_new(), *tick = NULL;

    gtk_container_set_border_width(GTK_CONTAINER(row), 8);
    gtk_misc_set_alignment(GTK_MISC(image), 0.5, 0);
    eider_icon_set_large(GTK_IMAGE(image), "newdevice", _("New device?"));
    add_words(box, "<big><b>%s</b></big>", q->title);
    add_words(box, "%s", q->happened);
    if (q->warning != NULL)
        add_warning(box, q->warning);
    add_causes(box, q->causes);
    add_words(box, "%s", q->advice);
    add_digits(box, q->device.fingerprint);
    if (q->waiting != NULL) {
        tick = gtk_check_button_new_with_label(q->waiting);
        gtk_box_pack_start(GTK_BOX(box), tick, FALSE, FALSE, 0);
    }
    gtk_box_pack_start(GTK_BOX(row), image, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), box, TRUE, TRUE, 0);
    gtk_box_pack_start(GTK_BOX(gtk_dialog_get_content_area(GTK_DIALOG(dialog))),
                       row, TRUE, TRUE, 0);
    return tick;
}

static GtkWidget *
new_key_dialog(GtkWidget *beside, const eider_subject *s,
               const eider_question *q)
{
    matter *m = g_new0(matter, 1);
    GtkWidget *dialog = gtk_dialog_new_with_buttons(
        _("New device?"), NULL, GTK_DIALOG_NO_SEPARATOR, _("_Not them"),
        ANSWER_NOT_THEM, _("_Check first"), ANSWER_CHECK, _("It's _them"),
        ANSWER_THEM, NULL);
    GtkWidget *tick;

    m->subject = eider_subject_copy(s);
    g_strlcpy(m->fingerprint, q->device.fingerprint, sizeof m->fingerprint);
    g_object_set_data_full(G_OBJECT(dialog), "eider-matter", m, free_matter);
    gtk_window_set_resizable(GTK_WINDOW(dialog), FALSE);
    eider_ask_adopt(dialog, beside);
    tick = fill_question(dialog, q);
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), ANSWER_CHECK);
    g_signal_connect(dialog, "response", G_CALLBACK(take_answer), tick);
    return dialog;
}

static GtkWidget *
find_question(const eider_subject *s, const char *fingerprint)
{
    for (GSList *l = windows; l != NULL; l = l->next) {
        matter *m = g_object_get_data(l->data, "eider-matter");

        if (m != NULL && strcmp(m->fingerprint, fingerprint) == 0 &&
            eider_subject_is_same(m->subject, s))
            return l->data;
    }
    return NULL;
}

void
eider_ask_key(GtkWidget *beside, const eider_subject *s,
              const char *fingerprint)
{
    GtkWidget *dialog;
    eider_question q;

    if (!eider_subject_is_usable(s))
        return;
    dialog = find_question(s, fingerprint);
    if (dialog == NULL &&
        eider_link_app()->question(s->account, s->who, fingerprint, &q)) {
        dialog = new_key_dialog(beside, s, &q);
        gtk_widget_show_all(dialog);
        gtk_widget_grab_focus(gtk_dialog_get_widget_for_response(
            GTK_DIALOG(dialog), ANSWER_CHECK));
        eider_link_app()->question_clear(&q);
    }
    if (dialog != NULL)
        gtk_window_present(GTK_WINDOW(dialog));
}

void
eider_ask_check(GtkWidget *beside, const eider_subject *s,
                const char *fingerprint)
{
    eider_check_show(beside, s, fingerprint);
}

/* A question that was answered elsewhere goes. */
static bool
is_open(const matter *m)
{
    eider_question q;
    bool is_there;

    if (m->fingerprint[0] == '\0')
        return true;
    if (!eider_subject_is_usable(m->subject))
        return false;
    is_there = eider_link_app()->question(m->subject->account, m->subject->who,
                                          m->fingerprint, &q);
    eider_link_app()->question_clear(&q);
    return is_there;
}

void
eider_ask_refresh_all(void)
{
    for (GSList *l = windows, *next; l != NULL; l = next) {
        matter *m = g_object_get_data(l->data, "eider-matter");

        next = l->next;
        if (m != NULL && !is_open(m))
            gtk_widget_destroy(l->data);
    }
}

void
eider_ask_refuse(GtkWidget *beside, const eider_subject *s,
                 const char *fingerprint)
{
    (void)beside;
    decide(s, fingerprint, false, false);
}

static void
take_delete(GtkWidget *dialog, int answer, gpointer unused)
{
    matter *m = g_object_get_data(G_OBJECT(dialog), "eider-matter");
    eider_subject *s = eider_subject_copy(m->subject);

    (void)unused;
    gtk_widget_destroy(dialog);
    if (answer == ANSWER_DELETE && eider_subject_is_usable(s))
        eider_link_app()->cancel(s->account, s->who);
    eider_subject_free(s);
}

void
eider_ask_delete(GtkWidget *beside, const eider_subject *s)
{
    unsigned n = count_waiting(s);
    char *title = g_strdup_printf(
        EIDER_PLURAL("Delete %u waiting text?", "Delete %u waiting texts?", n),
        n);
    GtkWidget *dialog =
        new_question(beside, s, title,
                     _("What waits has not been sent, and never will be."));

    g_free(title);
    gtk_dialog_add_buttons(GTK_DIALOG(dialog), _("_Keep waiting"),
                           GTK_RESPONSE_CANCEL, GTK_STOCK_DELETE, ANSWER_DELETE,
                           NULL);
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
    g_signal_connect(dialog, "response", G_CALLBACK(take_delete), NULL);
    gtk_widget_show_all(dialog);
}
