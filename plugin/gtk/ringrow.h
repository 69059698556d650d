/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rows of the inspector: all keys as the core lists them, searched and
 * sorted here, without a widget.  Ten thousand take a few hundredths of a
 * second, so that a letter typed into the search is not felt.
 */
#ifndef EIDER_GTK_RINGROW_H
#define EIDER_GTK_RINGROW_H

#include "face.h"

enum {
    EIDER_RING_NAME,
    EIDER_RING_ACCOUNT,
    EIDER_RING_DEVICE,
    EIDER_RING_STATE,
    EIDER_RING_CHECKED,
    EIDER_RING_DIGITS,
    EIDER_RING_FIRST,
    EIDER_RING_LAST,
    EIDER_RING_COLUMNS
};

typedef struct {
    PurpleAccount *account;          /* check it before each use */
    char *name, *user, *who, *label; /* who: NULL for our own */
    char *folded;                    /* what a search looks through */
    char *order;                     /* by which it is sorted now */
    uint64_t number;
    eider_device device;
    uint64_t imported, twin;
} eider_ring_row;

/* All of them; g_ptr_array_free() frees the rows, too. */
GPtrArray *eider_ringrow_list(void);
/* By a column, ours always first. */
void eider_ringrow_sort(GPtrArray *rows, int column, bool is_down);
/* Does it belong into the list? */
bool eider_ringrow_fits(const eider_ring_row *r, const char *folded_needle,
                        bool with_history);
/* The text of a cell; g_free(). */
char *eider_ringrow_text(const eider_ring_row *r, int column);
bool eider_ringrow_is_same(const eider_ring_row *a, const eider_ring_row *b);
/* Markup: what is known about a row, and the history of its contact's keys;
 * g_free(). */
char *eider_ringrow_story(const eider_ring_row *r, const GPtrArray *all);

#endif
