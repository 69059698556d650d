/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the dialog of a check shows: three ways, or where the run stands. */
#include "check.h"

#include "fit.h"
#include "icon.h"

#include <string.h>

enum { LINE_CHARS = 56, GROUPS_A_LINE = 4, GROUP_CHARS = 6 };

/* ---- parts ---------------------------------------------------------------- */

static GtkWidget *
add_words(GtkWidget *box, const char *format, const char *text)
{
    GtkWidget *label = eider_fit_words(box, LINE_CHARS, format, text);

    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 0);
    return label;
}

/* What they call themselves where that is another name: never left out. */
static void
add_name(GtkWidget *box, const eider_check_window *w)
{
    char *called = eider_subject_plain(w->view.called);

    if (called[0] != '\0') {
        char *text = g_strdup_printf(_("They call themselves %s."), called);

        add_words(box, "<b>%s</b>", text);
        g_free(text);
    }
    g_free(called);
}

static void
add_digits(GtkWidget *box, const char *digits, const char *size,
           const char *name)
{
    GtkWidget *label = gtk_label_new(NULL);
    char *markup = g_markup_printf_escaped(
        "<span font_family='monospace' size='%s'>%s</span>", size, digits);

    gtk_label_set_markup(GTK_LABEL(label), markup);
    gtk_label_set_selectable(GTK_LABEL(label), TRUE);
    gtk_widget_set_can_focus(label, FALSE);
    gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
    atk_object_set_name(gtk_widget_get_accessible(label), name);
    gtk_box_pack_start(GTK_BOX(box), label, FALSE, FALSE, 6);
    g_free(markup);
}

static GtkWidget *
add_button(GtkWidget *row, const char *text, GCallback act,
           eider_check_window *w)
{
    GtkWidget *button = gtk_button_new_with_mnemonic(text);

    g_signal_connect(button, "clicked", act, w);
    gtk_widget_set_can_default(button, TRUE);
    gtk_box_pack_start(GTK_BOX(row), button, FALSE, FALSE, 0);
    return button;
}

static GtkWidget *
add_row(GtkWidget *box)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6);

    gtk_box_pack_start(GTK_BOX(box), row, FALSE, FALSE, 0);
    return row;
}

static GtkWidget *
add_entry(GtkWidget *box, const char *name, GtkWidget *widget, GtkWidget *entry)
{
    GtkWidget *row = add_row(box);
    GtkWidget *label = gtk_label_new_with_mnemonic(name);

    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    gtk_widget_set_size_request(label, eider_fit_chars(box, 10), -1);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), entry);
    gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), widget, TRUE, TRUE, 0);
    return entry;
}

static GtkWidget *
new_box(void)
{
    GtkWidget *box = gtk_vbox_new(FALSE, 10);

    gtk_container_set_border_width(GTK_CONTAINER(box), 10);
    return box;
}

/* ---- the three ways ------------------------------------------------------- */

/* As many bytes as a question may have. */
static void
bound_question(GtkEditable *entry, char *text, int n, int *at, gpointer unused)
{
    (void)text, (void)at, (void)unused;
    if (strlen(gtk_entry_get_text(GTK_ENTRY(entry))) + (size_t)n >=
        EIDER_QUESTION_SIZE)
        g_signal_stop_emission_by_name(entry, "insert-text");
}

/* Choosing one is no typing; of one's own is better. */
static GtkWidget *
new_question(eider_check_window *w)
{
    static const char *const examples[] = {
        N_("Where did we meet for the first time?"),
        N_("What did we eat the last time?"),
        N_("Who introduced us to each other?"),
        N_("What did I give you last?"),
    };
    GtkWidget *combo = gtk_combo_box_entry_new_text();

    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++)
        gtk_combo_box_append_text(GTK_COMBO_BOX(combo), _(examples[i]));
    w->question = gtk_bin_get_child(GTK_BIN(combo));
    gtk_combo_box_set_active(GTK_COMBO_BOX(combo), 0);
    g_signal_connect(w->question, "insert-text", G_CALLBACK(bound_question),
                     NULL);
    gtk_entry_set_activates_default(GTK_ENTRY(w->question), TRUE);
    return combo;
}

static GtkWidget *
new_answer(eider_check_window *w, GCallback act)
{
    w->answer = gtk_entry_new();
    gtk_entry_set_max_length(GTK_ENTRY(w->answer), 200);
    g_signal_connect(w->answer, "activate", act, w);
    return w->answer;
}

static GtkWidget *
new_question_tab(eider_check_window *w)
{
    GtkWidget *box = new_box(), *combo = new_question(w);

    add_words(box, "%s",
              _("Ask what only the two of you know. They type the answer, and "
                "both computers find out whether it is yours, without telling "
                "it to anybody."));
    add_entry(box, _("_Question:"), combo, w->question);
    new_answer(w, G_CALLBACK(eider_check_do_ask));
    add_entry(box, _("_Answer:"), w->answer, w->answer);
    add_words(box, "<small>%s</small>",
              _("Capitals, blanks and dots do not matter. The question can be "
                "read by whoever sits in between; the answer cannot."));
    add_button(add_row(box), _("As_k them"), G_CALLBACK(eider_check_do_ask), w);
    return box;
}

static GtkWidget *
new_code_tab(eider_check_window *w)
{
    GtkWidget *box = new_box();

    add_words(box, "%s",
              _("Call them, so that you know the voice, best with a picture. "
                "Both of you see a short code. If it is the same, nobody sits "
                "in between."));
    add_name(box, w);
    if (w->view.has_code)
        add_button(add_row(box), _("_Show the code"),
                   G_CALLBACK(eider_check_do_call), w);
    else
        add_words(box, "%s",
                  _("This session is too old for it. Take another way."));
    return box;
}

/* Groups of digits, a few a line. */
static char *
break_lines(const char *digits)
{
    char *out = g_strdup(digits);
    size_t each = GROUPS_A_LINE * GROUP_CHARS;

    for (size_t i = each - 1; i < strlen(out); i += each)
        out[i] = '\n';
    return out;
}

static GtkWidget *
new_number_tab(eider_check_window *w)
{
    GtkWidget *box = new_box(), *row;
    char *number = break_lines(w->view.number);

    add_words(box, "%s",
              _("Sit together, and compare these 60 digits. Both of you see "
                "the same ones if nobody sits in between."));
    add_name(box, w);
    add_digits(box, number, "large", _("The number"));
    add_words(box, "<small>%s</small>",
              _("Nothing is sent: it marks your side, and they mark theirs."));
    row = add_row(box);
    add_button(row, _("The _same"), G_CALLBACK(eider_check_do_same_number), w);
    add_button(row, _("It _differs"), G_CALLBACK(eider_check_do_other_number),
               w);
    g_free(number);
    return box;
}

static void
add_tab(GtkWidget *book, GtkWidget *page, const char *name)
{
    GtkWidget *label = gtk_label_new_with_mnemonic(name);

    gtk_notebook_append_page(GTK_NOTEBOOK(book), page, label);
}

static void
add_ways(GtkWidget *box, eider_check_window *w)
{
    GtkWidget *book = gtk_notebook_new();

    if (!w->view.is_closed) {
        add_tab(book, new_question_tab(w), _("B_y a question"));
        add_tab(book, new_code_tab(w), _("By a code, over a ca_ll"));
    }
    add_tab(book, new_number_tab(w), _("By the number, in _person"));
    gtk_box_pack_start(GTK_BOX(box), book, TRUE, TRUE, 0);
}

/* ---- where the run stands ------------------------------------------------- */

static void
add_answer(GtkWidget *box, eider_check_window *w)
{
    char *question = eider_subject_plain(w->view.question);

    if (question[0] != '\0')
        add_words(box, "<big><b>%s</b></big>", question);
    new_answer(w, G_CALLBACK(eider_check_do_answer));
    add_entry(box, _("_Answer:"), w->answer, w->answer);
    g_free(question);
}

static void
add_code(GtkWidget *box, eider_check_window *w)
{
    add_name(box, w);
    add_digits(box, w->view.code, "xx-large", _("The code"));
}

static void
add_run_buttons(GtkWidget *box, eider_check_window *w)
{
    GtkWidget *row = add_row(box);

    if (w->view.phase == EIDER_PHASE_ASKED)
        add_button(row, _("Send the a_nswer"),
                   G_CALLBACK(eider_check_do_answer), w);
    if (w->view.phase == EIDER_PHASE_COMPARE)
        add_button(row, _("The _same"), G_CALLBACK(eider_check_do_same), w);
    if (w->view.phase == EIDER_PHASE_COMPARE ||
        w->view.phase == EIDER_PHASE_AGREED)
        add_button(row, _("It _differs"), G_CALLBACK(eider_check_do_differs),
                   w);
    add_button(row, _("S_top the check"), G_CALLBACK(eider_check_do_stop), w);
}

static void
fill_run(GtkWidget *box, eider_check_window *w)
{
    if (w->view.phase == EIDER_PHASE_ASKED)
        add_answer(box, w);
    if (w->view.phase == EIDER_PHASE_COMPARE ||
        w->view.phase == EIDER_PHASE_AGREED)
        add_code(box, w);
    add_run_buttons(box, w);
}

static void
fill_result(GtkWidget *box, eider_check_window *w)
{
    GtkWidget *row = add_row(box);

    if (w->view.is_checked && w->view.trust == EIDER_TRUST_CANDIDATE)
        add_button(row, _("The _new device..."),
                   G_CALLBACK(eider_check_do_accept), w);
    add_button(row, w->view.is_checked ? _("Check a_gain") : _("Try a_gain"),
               G_CALLBACK(eider_check_do_again), w);
}

/* ---- all of it ------------------------------------------------------------ */

static const char *
picture_of(const eider_check_window *w)
{
    if (w->view.phase == EIDER_PHASE_FAILED && w->has_run)
        return "broken";
    return w->view.is_checked ? "checked" : "private";
}

/* What the run came to is shown where it was seen, or holds still. */
static bool
shows_result(const eider_check_window *w)
{
    if (w->again || !w->view.has_session)
        return false;
    return w->view.is_checked ||
           (w->has_run && w->view.phase >= EIDER_PHASE_PASSED);
}

static char *
sentence_of(const eider_check_window *w)
{
    eider_check_view v = w->view;

    /* What ended before this window was opened is history. */
    if (!w->has_run && v.phase >= EIDER_PHASE_PASSED)
        v.phase = EIDER_PHASE_NONE;
    if (w->again)
        v.is_checked = false;
    return eider_link_app()->check->words(w->subject->account, w->subject->who,
                                          &v);
}

GtkWidget *
eider_check_page_new(eider_check_window *w)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 10), *box = gtk_vbox_new(FALSE, 10);
    GtkWidget *image = gtk_image_new();
    char *sentence = sentence_of(w);

    gtk_container_set_border_width(GTK_CONTAINER(row), 6);
    eider_icon_set_large(GTK_IMAGE(image), picture_of(w),
                         w->view.is_checked ? _("Checked") : _("Not checked"));
    gtk_misc_set_alignment(GTK_MISC(image), 0.5, 0);
    gtk_box_pack_start(GTK_BOX(row), image, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), box, TRUE, TRUE, 0);
    add_words(box, "%s", sentence);
    if (w->view.phase != EIDER_PHASE_NONE && w->view.phase < EIDER_PHASE_PASSED)
        fill_run(box, w);
    else if (shows_result(w))
        fill_result(box, w);
    else if (w->view.has_device && w->view.has_session)
        add_ways(box, w);
    g_free(sentence);
    return row;
}
