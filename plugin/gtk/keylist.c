/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "keylist.h"

#include "ask.h"
#include "icon.h"

#include <time.h>

static char *
date_of(uint64_t seconds)
{
    time_t t = (time_t)seconds;

    if (seconds == 0)
        return g_strdup(_("never"));
    return g_strdup(purple_date_format_long(localtime(&t)));
}

static const char *
words_for(const eider_device *d)
{
    switch (d->trust) {
    case EIDER_TRUST_ACCEPTED:
        return d->is_checked ? _("Checked: you made sure that it is them")
                             : _("Known: nobody checked that it is them");
    case EIDER_TRUST_CANDIDATE:
        return _("New: nothing goes to it until you say yes");
    case EIDER_TRUST_BLOCKED:
        return _("Blocked: nothing goes to it, nothing comes from it");
    case EIDER_TRUST_REPLACED:
    case EIDER_TRUST_FORGOTTEN:
    case EIDER_TRUST_REFUSED:
    case EIDER_TRUSTS:
        break;
    }
    return _("Not them: nothing goes to it");
}

static const char *
icon_for(const eider_device *d)
{
    switch (d->trust) {
    case EIDER_TRUST_ACCEPTED:
        return d->is_checked ? "checked" : "private";
    case EIDER_TRUST_CANDIDATE:
        return "newdevice";
    case EIDER_TRUST_REFUSED:
    case EIDER_TRUST_BLOCKED:
    case EIDER_TRUST_REPLACED:
    case EIDER_TRUST_FORGOTTEN:
    case EIDER_TRUSTS:
        break;
    }
    return "broken";
}

char *
eider_keylist_describe(const eider_subject *s)
{
    char own[EIDER_DIGITS_SIZE] = "";
    size_t n, i;
    eider_device *devices = eider_subject_devices(s, &n);
    GString *out = g_string_new(NULL);

    if (eider_link_app()->own_fingerprint(s->account, own))
        g_string_append(out, own);
    for (i = 0; i < n; i++) {
        const eider_device *d = &devices[i];

        g_string_append_printf(out, "\n%s\t%s\t%s\t%d\t%d", d->fingerprint,
                               d->label, d->name, d->trust, d->is_checked);
        g_string_append_printf(out, "\t%" G_GUINT64_FORMAT, d->first_seen);
        g_string_append_printf(out, "\t%" G_GUINT64_FORMAT, d->last_seen);
    }
    g_free(devices);
    return g_string_free(out, FALSE);
}

/* ---- pieces ------------------------------------------------------------- */

static GtkWidget *
new_text(const char *markup)
{
    GtkWidget *label = gtk_label_new(NULL);

    gtk_label_set_markup(GTK_LABEL(label), markup);
    gtk_label_set_selectable(GTK_LABEL(label), TRUE);
    gtk_misc_set_alignment(GTK_MISC(label), 0, 0.5);
    /* selectable for the mouse; the keyboard goes to the buttons */
    gtk_widget_set_can_focus(label, FALSE);
    return label;
}

static GtkWidget *
new_heading(const char *text, const char *more)
{
    char *markup = g_markup_printf_escaped("<b>%s</b>  %s", text, more);
    GtkWidget *label = new_text(markup);

    /* the peer chooses how long its names are */
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    g_free(markup);
    return label;
}

static GtkWidget *
new_hint(const char *text)
{
    char *markup = g_markup_printf_escaped("<small>%s</small>", text);
    GtkWidget *label = new_text(markup);

    g_free(markup);
    return label;
}

static void
copy(GtkWidget *button, gpointer digits)
{
    GtkClipboard *board =
        gtk_widget_get_clipboard(button, GDK_SELECTION_CLIPBOARD);

    gtk_clipboard_set_text(board, digits, -1);
}

static void
free_closure(gpointer data, GClosure *unused)
{
    (void)unused;
    g_free(data);
}

static GtkWidget *
new_fingerprint(const char *digits)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6);
    GtkWidget *button = gtk_button_new_with_mnemonic(_("_Copy"));
    char *markup = g_markup_printf_escaped("<tt>%s</tt>", digits);
    GtkWidget *label = new_text(markup);

    g_free(markup);
    g_signal_connect_data(button, "clicked", G_CALLBACK(copy), g_strdup(digits),
                          free_closure, 0);
    gtk_box_pack_start(GTK_BOX(row), label, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(row), button, FALSE, FALSE, 0);
    return row;
}

/* ---- deciding ----------------------------------------------------------- */

typedef struct {
    eider_subject *subject;
    char fingerprint[EIDER_DIGITS_SIZE];
} choice;

static void
free_choice(gpointer data, GClosure *unused)
{
    choice *c = data;

    (void)unused;
    eider_subject_free(c->subject);
    g_free(c);
}

static choice *
new_choice(const eider_subject *s, const eider_device *d)
{
    choice *c = g_new0(choice, 1);

    c->subject = eider_subject_copy(s);
    g_strlcpy(c->fingerprint, d->fingerprint, sizeof c->fingerprint);
    return c;
}

static void
accept_key(GtkWidget *button, gpointer data)
{
    const choice *c = data;

    eider_ask_key(button, c->subject, c->fingerprint);
}

static void
refuse_key(GtkWidget *button, gpointer data)
{
    const choice *c = data;

    (void)button;
    eider_ask_refuse(button, c->subject, c->fingerprint);
}

static GtkWidget *
new_decision(const eider_subject *s, const eider_device *d)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6);
    GtkWidget *yes = gtk_button_new_with_mnemonic(_("It's _them"));
    GtkWidget *no = gtk_button_new_with_mnemonic(_("_Not them"));

    g_signal_connect_data(yes, "clicked", G_CALLBACK(accept_key),
                          new_choice(s, d), free_choice, 0);
    g_signal_connect_data(no, "clicked", G_CALLBACK(refuse_key),
                          new_choice(s, d), free_choice, 0);
    gtk_box_pack_end(GTK_BOX(row), no, FALSE, FALSE, 0);
    gtk_box_pack_end(GTK_BOX(row), yes, FALSE, FALSE, 0);
    return row;
}

/* ---- one device --------------------------------------------------------- */

static GtkWidget *
new_device_name(const eider_device *d)
{
    char *label = eider_subject_plain(d->label);
    char *name = eider_subject_plain(d->name);
    GtkWidget *text = new_heading(
        label[0] != '\0' ? label : _("A device without a name"), name);

    g_free(label);
    g_free(name);
    return text;
}

static GtkWidget *
new_dates(const eider_device *d)
{
    char *first = date_of(d->first_seen), *last = date_of(d->last_seen);
    char *text = g_strdup_printf(_("First seen %s, last seen %s"), first, last);
    GtkWidget *label = new_hint(text);

    g_free(first);
    g_free(last);
    g_free(text);
    return label;
}

char *
eider_keylist_healed(const eider_device *d)
{
    uint64_t now = (uint64_t)time(NULL);
    char *ago, *text;

    if (d->pq_times == 0)
        return NULL;
    /* whole minutes; a clock that was put back counts as now */
    ago = purple_str_seconds_to_string(
        now > d->pq_last + 60 ? (guint)((now - d->pq_last) / 60 * 60) : 60);
    text = g_strdup_printf(
        EIDER_PLURAL("Healed against quantum computers: %s ago, %u time",
                     "Healed against quantum computers: %s ago, %u times",
                     d->pq_times),
        ago, d->pq_times);
    g_free(ago);
    return text;
}

/* NULL where there is nothing to say. */
static GtkWidget *
new_healing(const eider_device *d)
{
    char *text = eider_keylist_healed(d);
    GtkWidget *label;

    if (text == NULL)
        return NULL;
    label = new_hint(text);
    gtk_widget_set_tooltip_text(
        label, _("Fresh post-quantum keys travel inside the padding. Two of "
                 "them after a theft of the keys, whoever only listens has "
                 "lost the conversation, even with a quantum computer."));
    g_free(text);
    return label;
}

static GtkWidget *
new_device(const eider_subject *s, const eider_device *d)
{
    GtkWidget *row = gtk_hbox_new(FALSE, 6), *box = gtk_vbox_new(FALSE, 2);
    GtkWidget *image = gtk_image_new();
    char *words = g_markup_escape_text(words_for(d), -1);
    GtkWidget *healing = new_healing(d);

    gtk_misc_set_alignment(GTK_MISC(image), 0.5, 0);
    eider_icon_set(GTK_IMAGE(image), icon_for(d), words_for(d));
    gtk_box_pack_start(GTK_BOX(box), new_device_name(d), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_text(words), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_fingerprint(d->fingerprint), FALSE,
                       FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), new_dates(d), FALSE, FALSE, 0);
    if (healing != NULL)
        gtk_box_pack_start(GTK_BOX(box), healing, FALSE, FALSE, 0);
    if (d->trust == EIDER_TRUST_CANDIDATE)
        gtk_box_pack_start(GTK_BOX(box), new_decision(s, d), FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), image, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(row), box, TRUE, TRUE, 0);
    g_free(words);
    return row;
}

/* ---- the whole ---------------------------------------------------------- */

static void
add_own(GtkWidget *box, const eider_subject *s)
{
    char own[EIDER_DIGITS_SIZE];
    const char *name = purple_account_get_username(s->account);

    gtk_box_pack_start(GTK_BOX(box), new_heading(_("Your key"), name), FALSE,
                       FALSE, 0);
    gtk_box_pack_start(
        GTK_BOX(box),
        eider_link_app()->own_fingerprint(s->account, own)
            ? new_fingerprint(own)
            : new_text(_("None yet: it is made when you first need it.")),
        FALSE, FALSE, 0);
}

static void
add_theirs(GtkWidget *box, const eider_subject *s)
{
    char *name = eider_subject_name(s);
    char *title = g_strdup_printf(_("Keys of %s"), name);
    size_t n, i;
    eider_device *devices = eider_subject_devices(s, &n);

    gtk_box_pack_start(GTK_BOX(box), new_heading(title, ""), FALSE, FALSE, 0);
    if (n == 0)
        gtk_box_pack_start(GTK_BOX(box),
                           new_text(_("None yet: your Eiders have to meet.")),
                           FALSE, FALSE, 0);
    for (i = 0; i < n; i++)
        gtk_box_pack_start(GTK_BOX(box), new_device(s, &devices[i]), FALSE,
                           FALSE, 3);
    g_free(devices);
    g_free(title);
    g_free(name);
}

GtkWidget *
eider_keylist_new(const eider_subject *s)
{
    GtkWidget *box = gtk_vbox_new(FALSE, 6);
    GtkWidget *hint = new_hint(
        _("Compare the digits in person or over a call:\n"
          "if both of you see the same ones, nobody sits in between."));

    gtk_container_set_border_width(GTK_CONTAINER(box), 6);
    add_own(box, s);
    gtk_box_pack_start(GTK_BOX(box), hint, FALSE, FALSE, 0);
    gtk_box_pack_start(GTK_BOX(box), gtk_hseparator_new(), FALSE, FALSE, 6);
    add_theirs(box, s);
    gtk_widget_show_all(box);
    return box;
}
