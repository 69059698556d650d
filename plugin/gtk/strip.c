/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "strip.h"

#include "ask.h"
#include "check.h"
#include "fit.h"
#include "icon.h"
#include "keys.h"
#include "menu.h"
#include "still.h"

/* Buttons no higher than a line of text, whatever the theme likes. */
#define SMALL "eider-small-button"
static const char small_style[] =
    "style \"" SMALL "\" {\n"
    "  xthickness = 1\n"
    "  ythickness = 0\n"
    "  GtkWidget::focus-padding = 0\n"
    "  GtkWidget::focus-line-width = 1\n"
    "  GtkButton::inner-border = { 0, 0, 0, 0 }\n"
    "  GtkButton::default-border = { 0, 0, 0, 0 }\n"
    "}\n"
    "widget \"*." SMALL "\" style \"" SMALL "\"\n";

/* Lives as long as the strip; its widgets are the strip's. */
typedef struct {
    PidginConversation *gtkconv;
    GtkWidget *strip, *fold, *fold_arrow, *image, *fit, *label, *menu;
    GtkWidget *menu_arrow, *decision, *check, *check_place;
    bool has_check, is_awaited; /* the button; somebody waits for it */
    char candidate[EIDER_DIGITS_SIZE];
    unsigned candidates;
    bool is_loud; /* never folded */
    const void *tone;
    bool is_dark;
} parts;

/* Both colours are always set, so that no theme can make them one. */
typedef struct {
    const char *back, *text;
} colours;

typedef struct {
    colours light, dark;
} tone;

static const tone grey = {{"#e8e8e8", "#2b2b2b"}, {"#3a3a3a", "#e8e8e8"}};
static const tone warm = {{"#fdf1d4", "#402e00"}, {"#40351c", "#ffe6ad"}};
static const tone green = {{"#def2de", "#0f3d18"}, {"#1f3b25", "#c9f0cf"}};
static const tone amber = {{"#ffc233", "#241800"}, {"#ffb914", "#241800"}};
static const tone red = {{"#b3201c", "#ffffff"}, {"#b3201c", "#ffffff"}};

static const tone *
tone_for(const eider_sight *sight)
{
    if (sight->is_broken)
        return &red;
    switch (sight->view.status.look) {
    case EIDER_LOOK_OPEN:
        return &grey;
    case EIDER_LOOK_STARTING:
    case EIDER_LOOK_PRIVATE:
        return &warm;
    case EIDER_LOOK_CHECKED:
        return &green;
    case EIDER_LOOK_STEADY:
        return sight->view.status.is_checked ? &green : &warm;
    case EIDER_LOOK_NEW_DEVICE:
        return &amber;
    case EIDER_LOOK_PAUSED:
        return &red;
    }
    return &red;
}

static bool
is_loud(const eider_sight *sight)
{
    const tone *t = tone_for(sight);

    return t == &amber || t == &red;
}

static bool
is_theme_dark(GtkWidget *widget)
{
    const GdkColor *c = &gtk_widget_get_style(widget)->bg[GTK_STATE_NORMAL];

    return 3 * c->red + 6 * c->green + c->blue < 10 * 0x8000;
}

static void
paint(parts *p, const tone *t)
{
    GtkWidget *parent = gtk_widget_get_parent(p->strip);
    bool dark = parent != NULL && is_theme_dark(parent);
    const colours *c = dark ? &t->dark : &t->light;
    GdkColor back, text;

    if (p->tone == t && p->is_dark == dark)
        return;
    p->tone = t;
    p->is_dark = dark;
    gdk_color_parse(c->back, &back);
    gdk_color_parse(c->text, &text);
    gtk_widget_modify_bg(p->strip, GTK_STATE_NORMAL, &back);
    gtk_widget_modify_fg(p->label, GTK_STATE_NORMAL, &text);
    gtk_widget_modify_fg(p->fold_arrow, GTK_STATE_NORMAL, &text);
    gtk_widget_modify_fg(p->menu_arrow, GTK_STATE_NORMAL, &text);
}

static void
follow_theme(GtkWidget *strip, GtkStyle *old, gpointer data)
{
    parts *p = data;

    (void)strip, (void)old;
    if (p->tone != NULL)
        paint(p, p->tone);
}

/* ---- folding ------------------------------------------------------------ */

static void
apply_fold(parts *p)
{
    bool is_folded = !p->is_loud && purple_prefs_get_bool(EIDER_PREF_FOLDED);
    const char *hint = is_folded ? _("Show the words") : _("Hide the words");

    gtk_widget_set_visible(p->label, !is_folded);
    gtk_widget_set_visible(p->menu, !is_folded);
    gtk_widget_set_visible(p->check,
                           p->has_check && (p->is_awaited || !is_folded));
    gtk_widget_set_visible(p->fold, !p->is_loud);
    gtk_arrow_set(GTK_ARROW(p->fold_arrow),
                  is_folded ? GTK_ARROW_RIGHT : GTK_ARROW_LEFT,
                  GTK_SHADOW_NONE);
    eider_still_tooltip(p->fold, hint);
    eider_still_name(p->fold, hint);
}

static void
toggle_fold(GtkWidget *button, gpointer data)
{
    (void)button;
    purple_prefs_set_bool(EIDER_PREF_FOLDED,
                          !purple_prefs_get_bool(EIDER_PREF_FOLDED));
    apply_fold(data);
}

/* ---- deciding ----------------------------------------------------------- */

/* About the key that was looked at, not about one that came since; which one
 * it is of several, only the window with all of them can say. */
static void
decide_shown(parts *p, GtkWidget *button,
             void (*act)(GtkWidget *, const eider_subject *, const char *))
{
    eider_subject *s = eider_subject_new(p->gtkconv);

    if (s != NULL && p->candidates > 1)
        eider_keys_show(button, s);
    else if (s != NULL)
        act(button, s, p->candidate);
    eider_subject_free(s);
}

static void
accept_shown(GtkWidget *button, gpointer data)
{
    decide_shown(data, button, eider_ask_key);
}

static void
check_shown(GtkWidget *button, gpointer data)
{
    decide_shown(data, button, eider_ask_check);
}

static void
refuse_shown(GtkWidget *button, gpointer data)
{
    decide_shown(data, button, eider_ask_refuse);
}

/* ---- checking ----------------------------------------------------------- */

static void
open_check(GtkWidget *button, gpointer data)
{
    parts *p = data;
    eider_subject *s = eider_subject_new(p->gtkconv);

    if (s != NULL)
        eider_check_show(button, s, NULL);
    eider_subject_free(s);
}

/* Where nobody has checked yet, or a check is under way. */
static void
update_check(parts *p, const eider_sight *sight)
{
    const eider_status *s = &sight->view.status;

    p->is_awaited =
        s->check == EIDER_PHASE_ASKED || s->check == EIDER_PHASE_COMPARE;
    p->has_check = !sight->is_broken && (s->check != EIDER_PHASE_NONE ||
                                         s->look == EIDER_LOOK_PRIVATE);
    gtk_button_set_label(GTK_BUTTON(p->check),
                         s->check == EIDER_PHASE_ASKED     ? _("Answer...")
                         : s->check == EIDER_PHASE_COMPARE ? _("Compare...")
                                                           : _("Check..."));
}

/* ---- building ----------------------------------------------------------- */

static GtkWidget *
new_arrow_button(GtkArrowType type, GtkWidget **arrow)
{
    GtkWidget *button = gtk_button_new();

    *arrow = gtk_arrow_new(type, GTK_SHADOW_NONE);
    gtk_widget_set_name(button, SMALL);
    gtk_button_set_relief(GTK_BUTTON(button), GTK_RELIEF_NONE);
    gtk_button_set_focus_on_click(GTK_BUTTON(button), FALSE);
    gtk_container_add(GTK_CONTAINER(button), *arrow);
    return button;
}

static GtkWidget *
new_decision(parts *p)
{
    GtkWidget *box = gtk_hbox_new(FALSE, 6);
    GtkWidget *yes = gtk_button_new_with_mnemonic(_("It's _them"));
    GtkWidget *check = gtk_button_new_with_mnemonic(_("_Check first"));
    GtkWidget *no = gtk_button_new_with_mnemonic(_("_Not them"));

    g_signal_connect(check, "clicked", G_CALLBACK(check_shown), p);
    gtk_button_set_focus_on_click(GTK_BUTTON(check), FALSE);
    g_signal_connect(yes, "clicked", G_CALLBACK(accept_shown), p);
    g_signal_connect(no, "clicked", G_CALLBACK(refuse_shown), p);
    gtk_button_set_focus_on_click(GTK_BUTTON(yes), FALSE);
    gtk_button_set_focus_on_click(GTK_BUTTON(no), FALSE);
    gtk_box_pack_end(GTK_BOX(box), no, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(box), check, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(box), yes, FALSE, FALSE, 0);
    return box;
}

static void
fill(parts *p)
{
    GtkWidget *rows = gtk_vbox_new(FALSE, 3);
    GtkWidget *row = gtk_hbox_new(FALSE, 6);

    gtk_container_set_border_width(GTK_CONTAINER(rows), 2);
    p->fold = new_arrow_button(GTK_ARROW_LEFT, &p->fold_arrow);
    p->image = gtk_image_new();
    gtk_misc_set_padding(GTK_MISC(p->image), 3, 0);
    p->label = gtk_label_new(NULL);
    p->fit = eider_fit_new(p->label);
    p->menu = new_arrow_button(GTK_ARROW_DOWN, &p->menu_arrow);
    p->decision = new_decision(p);
    p->check = gtk_button_new_with_label("");
    gtk_widget_set_name(p->check, SMALL);
    gtk_button_set_focus_on_click(GTK_BUTTON(p->check), FALSE);
    g_signal_connect(p->check, "clicked", G_CALLBACK(open_check), p);
    /* as high as its text, however many lines the sentence has */
    p->check_place = gtk_alignment_new(0.5, 0.5, 0, 0);
    gtk_container_add(GTK_CONTAINER(p->check_place), p->check);
    gtk_widget_set_tooltip_text(p->menu, _("Private on or off, keys..."));
    atk_object_set_name(gtk_widget_get_accessible(p->menu), _("Eider menu"));
    g_signal_connect(p->fold, "clicked", G_CALLBACK(toggle_fold), p);
    eider_menu_connect(p->menu, p->gtkconv);

    gtk_box_pack_start(GTK_BOX(row), p->image, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), p->fit, TRUE, TRUE, 0);
    gtk_box_pack_end(GTK_BOX(row), p->fold, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(row), p->menu, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(row), p->check_place, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(rows), row, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(rows), p->decision, FALSE, FALSE, 0);
    gtk_container_add(GTK_CONTAINER(p->strip), rows);
    gtk_widget_show_all(rows);
    gtk_widget_hide(p->decision);
}

void
eider_strip_style(void)
{
    gtk_rc_parse_string(small_style);
}

/* The box whose first child is the info pane. */
static GtkWidget *
find_pane(PidginConversation *gtkconv)
{
    GtkWidget *w = gtkconv->infopane_hbox;

    if (w == NULL || (w = gtk_widget_get_parent(w)) == NULL ||
        (w = gtk_widget_get_parent(w)) == NULL || !GTK_IS_VBOX(w))
        return NULL;
    return w;
}

GtkWidget *
eider_strip_new(PidginConversation *gtkconv)
{
    GtkWidget *pane = find_pane(gtkconv);
    parts *p;

    if (pane == NULL)
        return NULL;
    p = g_new0(parts, 1);
    p->gtkconv = gtkconv;
    p->strip = gtk_event_box_new();
    g_object_set_data_full(G_OBJECT(p->strip), "eider-parts", p, g_free);
    fill(p);
    g_signal_connect(p->strip, "style-set", G_CALLBACK(follow_theme), p);
    gtk_box_pack_start(GTK_BOX(pane), p->strip, FALSE, FALSE, 0);
    gtk_box_reorder_child(GTK_BOX(pane), p->strip, 1);
    return p->strip;
}

void
eider_strip_update(GtkWidget *strip, const eider_sight *sight)
{
    parts *p = g_object_get_data(G_OBJECT(strip), "eider-parts");
    const eider_view *view = &sight->view;
    bool has_words = view->sentence != NULL && view->sentence[0] != '\0';

    if (!view->has_strip) {
        gtk_widget_hide(strip);
        return;
    }
    p->is_loud = is_loud(sight);
    update_check(p, sight);
    p->candidates = view->status.candidates;
    g_strlcpy(p->candidate, sight->candidate, sizeof p->candidate);
    eider_icon_set(GTK_IMAGE(p->image), eider_sight_icon(sight), view->word);
    eider_still_label(GTK_LABEL(p->label),
                      has_words ? view->sentence : view->word);
    eider_still_tooltip(strip, view->tooltip);
    gtk_widget_set_visible(p->decision, p->candidate[0] != '\0');
    apply_fold(p);
    gtk_widget_show(strip);
    paint(p, tone_for(sight));
}
