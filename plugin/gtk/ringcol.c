/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ringcol.h"

#include "ringrow.h"

#define AROUND 18 /* points beside the text of a cell, or a title's arrow */

static const struct {
    const char *title, *sample;
} columns[EIDER_RING_COLUMNS] = {
    {N_("Name"), "Alexander N."},
    {N_("Account"), "name@example.org"},
    {N_("Device"), "notebook-2"},
    {N_("State"), ""},
    {N_("Checked"), "00/00/0000"},
    {N_("Fingerprint"), "00000 00000 00000 00000 00000 00000"},
    {N_("First seen"), "00/00/0000"},
    {N_("Last seen"), "00/00/0000"},
};

const char *
eider_ringcol_title(int column)
{
    return _(columns[column].title);
}

static int
width_of(GtkWidget *view, const char *text)
{
    PangoLayout *layout = gtk_widget_create_pango_layout(view, text);
    int width;

    pango_layout_get_pixel_size(layout, &width, NULL);
    g_object_unref(layout);
    return width + AROUND;
}

int
eider_ringcol_width(GtkWidget *view, int column)
{
    int width;

    gtk_widget_ensure_style(view);
    width = MAX(width_of(view, eider_ringcol_title(column)),
                width_of(view, columns[column].sample));
    for (int t = 0; column == EIDER_RING_STATE && t <= EIDER_TRUST_BLOCKED;
         t++) {
        const eider_device d = {.trust = (eider_trust)t};

        width = MAX(width, width_of(view, eider_link_app()->key_state(&d)));
    }
    for (int how = EIDER_CHECK_QUESTION;
         column == EIDER_RING_CHECKED && how <= EIDER_CHECK_NUMBER; how++) {
        char *text =
            g_strdup_printf("%s, %s", columns[column].sample,
                            eider_link_app()->check_way((eider_check_way)how));

        width = MAX(width, width_of(view, text));
        g_free(text);
    }
    return width;
}
