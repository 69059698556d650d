/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ask.h"

#include <string.h>

/* What a question is about: lives as long as its window. */
typedef struct {
    eider_subject *subject;
    char fingerprint[EIDER_DIGITS_SIZE];
} matter;

enum { ANSWER_ALL = 1, ANSWER_NEW, ANSWER_DELETE };

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
new_question(GtkWidget *beside, const eider_subject *s, const char *fingerprint,
             const char *title, const char *text)
{
    matter *m = g_new0(matter, 1);
    GtkWidget *dialog = gtk_message_dialog_new(NULL, 0, GTK_MESSAGE_QUESTION,
                                               GTK_BUTTONS_NONE, "%s", title);

    m->subject = eider_subject_copy(s);
    if (fingerprint != NULL)
        g_strlcpy(m->fingerprint, fingerprint, sizeof m->fingerprint);
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

static void
take_accept(GtkWidget *dialog, int answer, gpointer unused)
{
    matter *m = g_object_get_data(G_OBJECT(dialog), "eider-matter");
    eider_subject *s = eider_subject_copy(m->subject);
    char fingerprint[EIDER_DIGITS_SIZE];

    (void)unused;
    g_strlcpy(fingerprint, m->fingerprint, sizeof fingerprint);
    gtk_widget_destroy(dialog);
    if (answer == ANSWER_ALL || answer == ANSWER_NEW)
        decide(s, fingerprint, true, answer == ANSWER_ALL);
    eider_subject_free(s);
}

/* Nobody can say that it is them without having seen the key. */
static char *
describe_key(const char *fingerprint, unsigned waiting)
{
    char *waits, *text;

    if (waiting == 0)
        return g_strdup_printf(
            _("Its fingerprint: %s\n\nAsk them for theirs in person or over a "
              "call. If the digits differ, somebody sits in between."),
            fingerprint);
    waits =
        g_strdup_printf(EIDER_PLURAL("%u message is still waiting.",
                                     "%u messages are still waiting.", waiting),
                        waiting);
    text = g_strdup_printf(
        _("Its fingerprint: %s\n\nAsk them for theirs in person or over a "
          "call. If the digits differ, somebody sits in between.\n\n%s"),
        fingerprint, waits);
    g_free(waits);
    return text;
}

void
eider_ask_accept(GtkWidget *beside, const eider_subject *s,
                 const char *fingerprint)
{
    unsigned n = count_waiting(s);
    char *name = eider_subject_name(s);
    char *title = g_strdup_printf(_("Is the new device really of %s?"), name);
    char *text = describe_key(fingerprint, n);
    GtkWidget *dialog = new_question(beside, s, fingerprint, title, text);

    g_free(text);
    g_free(title);
    g_free(name);
    gtk_dialog_add_button(GTK_DIALOG(dialog), GTK_STOCK_CANCEL,
                          GTK_RESPONSE_CANCEL);
    if (n == 0)
        gtk_dialog_add_button(GTK_DIALOG(dialog), _("It's _them"), ANSWER_NEW);
    else
        gtk_dialog_add_buttons(GTK_DIALOG(dialog), _("It's _them"), ANSWER_NEW,
                               _("It's them, _send what waits, too"),
                               ANSWER_ALL, NULL);
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
    g_signal_connect(dialog, "response", G_CALLBACK(take_accept), NULL);
    gtk_widget_show_all(dialog);
}

void
eider_ask_refuse(const eider_subject *s, const char *fingerprint)
{
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
    char *title =
        g_strdup_printf(EIDER_PLURAL("Delete %u waiting message?",
                                     "Delete %u waiting messages?", n),
                        n);
    GtkWidget *dialog =
        new_question(beside, s, NULL, title,
                     _("What waits has not been sent, and never will be."));

    g_free(title);
    gtk_dialog_add_buttons(GTK_DIALOG(dialog), _("_Keep waiting"),
                           GTK_RESPONSE_CANCEL, GTK_STOCK_DELETE, ANSWER_DELETE,
                           NULL);
    gtk_dialog_set_default_response(GTK_DIALOG(dialog), GTK_RESPONSE_CANCEL);
    g_signal_connect(dialog, "response", G_CALLBACK(take_delete), NULL);
    gtk_widget_show_all(dialog);
}
