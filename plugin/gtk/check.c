/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The window around a check: it follows the run, whoever moved it, and closing
 * it ends nothing.
 */
#include "check.h"

#include "ask.h"

#include <limits.h>
#include <string.h>

static GSList *open_windows; /* eider_check_window */

static const char *
print_of(const eider_check_window *w)
{
    return w->fingerprint[0] != '\0' ? w->fingerprint : NULL;
}

static const eider_check_app *
app_of(const eider_check_window *w)
{
    return eider_subject_is_usable(w->subject) ? eider_link_app()->check : NULL;
}

/* ---- following ------------------------------------------------------------ */

static char *
describe(const eider_check_window *w)
{
    eider_check_view v = w->view;

    /* What ended before is not on the page: no reason to take it away. */
    if (v.phase == EIDER_PHASE_NONE ||
        (!w->has_run && v.phase >= EIDER_PHASE_PASSED)) {
        v.phase = EIDER_PHASE_NONE;
        v.way = EIDER_CHECK_NONE;
        v.end = EIDER_END_NONE;
        v.failures = 0;
        v.is_heard = false;
        v.question[0] = v.code[0] = '\0';
    }
    return g_strdup_printf(
        "%d %d %d %d %d %d %d %d %d %u %d %d %d\n%s\n%s\n%s\n%s", v.phase,
        v.way, v.end, v.is_heard, v.has_session, v.has_code, v.trust,
        v.is_checked, v.checked_how, v.failures, v.is_closed, w->has_run,
        w->again, v.question, v.code, v.called, v.number);
}

static bool
is_under_way(eider_check_phase phase)
{
    return phase != EIDER_PHASE_NONE && phase < EIDER_PHASE_PASSED;
}

static void
forget_entry(GtkWidget **entry)
{
    if (*entry != NULL && GTK_IS_ENTRY(*entry))
        gtk_entry_set_text(GTK_ENTRY(*entry), "");
    *entry = NULL;
}

/* Rebuilding takes away what is being typed: only where something changed. */
static void
refresh(eider_check_window *w)
{
    const eider_check_app *app = app_of(w);
    GtkWidget *box = gtk_dialog_get_content_area(GTK_DIALOG(w->window));
    char *now;

    app->view(w->subject->account, w->subject->who, print_of(w), &w->view);
    if (is_under_way(w->view.phase)) {
        w->has_run = true;
        w->again = false;
    }
    now = describe(w);
    if (purple_strequal(now, w->shown)) {
        g_free(now);
        return;
    }
    g_free(w->shown);
    w->shown = now;
    forget_entry(&w->question);
    forget_entry(&w->answer);
    if (w->page != NULL)
        gtk_widget_destroy(w->page);
    gtk_label_set_text(GTK_LABEL(w->trouble), "");
    gtk_widget_hide(w->trouble);
    w->page = eider_check_page_new(w);
    gtk_box_pack_start(GTK_BOX(box), w->page, TRUE, TRUE, 0);
    gtk_widget_show_all(w->page);
    /* Return must not say that a code is the same. */
    gtk_widget_grab_focus(w->answer != NULL
                              ? w->answer
                              : gtk_dialog_get_widget_for_response(
                                    GTK_DIALOG(w->window), GTK_RESPONSE_CLOSE));
}

static void
say_trouble(eider_check_window *w, char *text)
{
    if (text != NULL) {
        gtk_label_set_text(GTK_LABEL(w->trouble), text);
        gtk_widget_show(w->trouble);
        g_free(text);
    } else {
        refresh(w);
    }
}

/* ---- what buttons do ------------------------------------------------------ */

void
eider_check_do_ask(GtkWidget *widget, gpointer data)
{
    eider_check_window *w = data;

    (void)widget;
    if (app_of(w) != NULL && w->answer != NULL)
        say_trouble(
            w, app_of(w)->ask(w->subject->account, w->subject->who, print_of(w),
                              gtk_entry_get_text(GTK_ENTRY(w->question)),
                              gtk_entry_get_text(GTK_ENTRY(w->answer))));
}

void
eider_check_do_call(GtkWidget *widget, gpointer data)
{
    eider_check_window *w = data;

    (void)widget;
    if (app_of(w) != NULL)
        say_trouble(w, app_of(w)->call(w->subject->account, w->subject->who,
                                       print_of(w)));
}

void
eider_check_do_answer(GtkWidget *widget, gpointer data)
{
    eider_check_window *w = data;

    (void)widget;
    if (app_of(w) != NULL && w->answer != NULL)
        say_trouble(
            w, app_of(w)->answer(w->subject->account, w->subject->who,
                                 gtk_entry_get_text(GTK_ENTRY(w->answer))));
}

static void
confirm(eider_check_window *w, bool same)
{
    if (app_of(w) != NULL)
        say_trouble(
            w, app_of(w)->confirm(w->subject->account, w->subject->who, same));
}

void
eider_check_do_same(GtkWidget *widget, gpointer w)
{
    (void)widget;
    confirm(w, true);
}

void
eider_check_do_differs(GtkWidget *widget, gpointer w)
{
    (void)widget;
    confirm(w, false);
}

static void
compare_number(eider_check_window *w, bool same)
{
    char *trouble;

    w->again = false;
    if (app_of(w) == NULL)
        return;
    trouble = app_of(w)->number(w->subject->account, w->subject->who,
                                w->view.fingerprint, same);
    say_trouble(w, trouble);
    if (trouble == NULL && !same) {
        w->view.phase = EIDER_PHASE_FAILED;
        w->view.failures = UINT_MAX;
        say_trouble(w, app_of(w)->words(w->subject->account, w->subject->who,
                                        &w->view));
    }
}

void
eider_check_do_same_number(GtkWidget *widget, gpointer w)
{
    (void)widget;
    compare_number(w, true);
}

void
eider_check_do_other_number(GtkWidget *widget, gpointer w)
{
    (void)widget;
    compare_number(w, false);
}

void
eider_check_do_stop(GtkWidget *widget, gpointer data)
{
    eider_check_window *w = data;

    (void)widget;
    if (app_of(w) != NULL)
        say_trouble(w, app_of(w)->cancel(w->subject->account, w->subject->who));
}

void
eider_check_do_again(GtkWidget *widget, gpointer data)
{
    eider_check_window *w = data;

    (void)widget;
    w->again = true;
    w->has_run = false;
    if (app_of(w) != NULL)
        refresh(w);
}

void
eider_check_do_accept(GtkWidget *widget, gpointer data)
{
    eider_check_window *w = data;

    eider_ask_key(widget, w->subject, w->view.fingerprint);
}

/* ---- the window ----------------------------------------------------------- */

static void
free_window(GtkWidget *window, gpointer data)
{
    eider_check_window *w = data;

    (void)window;
    open_windows = g_slist_remove(open_windows, w);
    eider_subject_free(w->subject);
    g_free(w->shown);
    g_free(w);
}

static void
close_window(GtkWidget *window, int answer, gpointer unused)
{
    (void)answer, (void)unused;
    gtk_widget_destroy(window);
}

static eider_check_window *
new_window(const eider_subject *s, const char *fingerprint)
{
    eider_check_window *w = g_new0(eider_check_window, 1);
    char *name = eider_subject_name(s);
    char *title = g_strdup_printf(_("Check: %s"), name);
    GtkWidget *box;

    w->subject = eider_subject_copy(s);
    if (fingerprint != NULL)
        g_strlcpy(w->fingerprint, fingerprint, sizeof w->fingerprint);
    w->window =
        gtk_dialog_new_with_buttons(title, NULL, GTK_DIALOG_NO_SEPARATOR,
                                    GTK_STOCK_CLOSE, GTK_RESPONSE_CLOSE, NULL);
    gtk_container_set_border_width(GTK_CONTAINER(w->window), 6);
    gtk_window_set_resizable(GTK_WINDOW(w->window), FALSE);
    box = gtk_dialog_get_content_area(GTK_DIALOG(w->window));
    w->trouble = gtk_label_new(NULL);
    gtk_label_set_line_wrap(GTK_LABEL(w->trouble), TRUE);
    gtk_misc_set_alignment(GTK_MISC(w->trouble), 0, 0.5);
    gtk_box_pack_end(GTK_BOX(box), w->trouble, FALSE, FALSE, 3);
    g_signal_connect(w->window, "response", G_CALLBACK(close_window), NULL);
    g_signal_connect(w->window, "destroy", G_CALLBACK(free_window), w);
    g_free(title);
    g_free(name);
    return w;
}

void
eider_check_show(GtkWidget *beside, const eider_subject *s,
                 const char *fingerprint)
{
    eider_check_window *w;

    if (!eider_subject_is_usable(s))
        return;
    for (GSList *l = open_windows; l != NULL; l = l->next) {
        w = l->data;
        if (eider_subject_is_same(w->subject, s) &&
            strcmp(w->fingerprint, fingerprint != NULL ? fingerprint : "") ==
                0) {
            gtk_window_present(GTK_WINDOW(w->window));
            return;
        }
    }
    w = new_window(s, fingerprint);
    open_windows = g_slist_prepend(open_windows, w);
    eider_ask_adopt(w->window, beside);
    refresh(w);
    gtk_widget_show(w->window);
    gtk_window_present(GTK_WINDOW(w->window));
}

void
eider_check_refresh_all(void)
{
    for (GSList *l = open_windows, *next; l != NULL; l = next) {
        eider_check_window *w = l->data;

        next = l->next;
        if (app_of(w) != NULL)
            refresh(w);
        else
            gtk_widget_destroy(w->window);
    }
}

void
eider_check_asked_for(PurpleAccount *account, const char *who, void *arg)
{
    eider_subject s = {account, (char *)who};

    (void)arg;
    eider_check_show(NULL, &s, NULL);
}
