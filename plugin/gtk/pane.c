/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pane.h"

#include "button.h"
#include "strip.h"

#include <pidgin.h>

#define DATA "eider-pane"

/* Kept on the tab's own widget: one tab serves several conversations, one
 * after the other.  Each pointer turns NULL when its widget is destroyed. */
typedef struct {
    GtkWidget *button, *strip;
    char *shown; /* what they show: nothing is drawn twice */
} pane;

static void
follow(GtkWidget **widget)
{
    if (*widget != NULL)
        g_signal_connect(*widget, "destroy", G_CALLBACK(gtk_widget_destroyed),
                         widget);
}

static void
drop(GtkWidget *widget)
{
    if (widget != NULL)
        gtk_widget_destroy(widget);
}

static void
free_pane(gpointer data)
{
    pane *p = data;

    drop(p->button);
    drop(p->strip);
    g_free(p->shown);
    g_free(p);
}

static pane *
pane_of(PidginConversation *gtkconv)
{
    pane *p = g_object_get_data(G_OBJECT(gtkconv->tab_cont), DATA);

    if (p == NULL) {
        p = g_new0(pane, 1);
        g_object_set_data_full(G_OBJECT(gtkconv->tab_cont), DATA, p, free_pane);
    }
    return p;
}

static char *
describe(const eider_subject *s, const eider_sight *sight)
{
    const eider_view *v = &sight->view;

    return g_strdup_printf(
        "%p %s\n%d %d %d %d %u %u\n%s\n%s\n%s\n%s", (void *)s->account, s->who,
        sight->is_broken, v->status.look, v->status.check, v->has_strip,
        v->status.candidates, v->status.steady, sight->candidate,
        v->word != NULL ? v->word : "", v->sentence != NULL ? v->sentence : "",
        v->tooltip != NULL ? v->tooltip : "");
}

static bool
is_shown(pane *p, const eider_subject *s, const eider_sight *sight)
{
    char *now = describe(s, sight);

    if (purple_strequal(now, p->shown)) {
        g_free(now);
        return true;
    }
    g_free(p->shown);
    p->shown = now;
    return false;
}

/* Most conversations never have a strip. */
static void
build(pane *p, PidginConversation *gtkconv, const eider_sight *sight)
{
    if (p->button == NULL) {
        p->button = eider_button_new(gtkconv);
        follow(&p->button);
    }
    if (p->strip == NULL && sight->view.has_strip) {
        p->strip = eider_strip_new(gtkconv);
        follow(&p->strip);
    }
}

void
eider_pane_refresh(PidginConversation *gtkconv)
{
    eider_subject *s = eider_subject_new(gtkconv);
    eider_sight sight;
    pane *p;

    if (s == NULL || gtkconv->tab_cont == NULL) {
        eider_subject_free(s);
        return;
    }
    p = pane_of(gtkconv);
    eider_sight_take(s, &sight);
    if (!is_shown(p, s, &sight)) {
        build(p, gtkconv, &sight);
        if (p->button != NULL)
            eider_button_update(p->button, &sight);
        if (p->strip != NULL)
            eider_strip_update(p->strip, &sight);
    }
    eider_sight_clear(&sight);
    eider_subject_free(s);
}

static void
redraw(PidginConversation *gtkconv)
{
    pane *p = pane_of(gtkconv);

    g_free(p->shown);
    p->shown = NULL;
    eider_pane_refresh(gtkconv);
}

void
eider_pane_remove(PidginConversation *gtkconv)
{
    if (gtkconv->tab_cont != NULL)
        g_object_set_data(G_OBJECT(gtkconv->tab_cont), DATA, NULL);
}

static void
each_tab(void (*act)(PidginConversation *))
{
    GList *l;

    for (l = purple_get_ims(); l != NULL; l = l->next) {
        PurpleConversation *conv = l->data;
        PidginConversation *gtkconv = PIDGIN_IS_PIDGIN_CONVERSATION(conv)
                                          ? PIDGIN_CONVERSATION(conv)
                                          : NULL;

        /* several conversations may share one tab */
        if (gtkconv != NULL && gtkconv->active_conv == conv)
            act(gtkconv);
    }
}

void
eider_pane_refresh_all(void)
{
    each_tab(eider_pane_refresh);
}

void
eider_pane_remove_all(void)
{
    each_tab(eider_pane_remove);
}

void
eider_pane_redraw_all(void)
{
    each_tab(redraw);
}
