/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: markup as runs of text; shared by its reader and its writer only.
 */
#ifndef EIDER_CORE_MARKUP_DOC_H
#define EIDER_CORE_MARKUP_DOC_H

#include <glib.h>
#include <stdbool.h>

#define EIDER_NO_LINK (-1)

enum { EIDER_BOLD, EIDER_ITALIC, EIDER_UNDERLINE, EIDER_STRIKE, EIDER_LINK };
#define EIDER_STYLES EIDER_LINK

typedef struct {
    gsize start, len; /* in text */
    unsigned style;   /* 1 << EIDER_BOLD, ... */
    int link;
} eider_run;

typedef struct {
    GString *text;    /* UTF-8, LF for a line break */
    GArray *runs;     /* of eider_run */
    GPtrArray *links; /* addresses, escaped */
    unsigned depth[EIDER_STYLES];
    int link;
    char *unsafe;     /* address of the link we are in, if it cannot be one */
    gsize unsafe_at;  /* where in text its words began */
    bool wants_break; /* a block ended; a break if anything follows */
} eider_doc;

typedef struct {
    char name[16]; /* lower case; "!" for a comment or declaration */
    bool is_end;
    const char *attrs;
    gsize attrs_len;
} eider_tag;

void eider_markup_doc_init(eider_doc *d);
void eider_markup_doc_clear(eider_doc *d);

/* Read @n hostile bytes into runs. */
void eider_markup_parse(eider_doc *d, const char *p, gsize n, bool is_html);

/* One character of hostile bytes; returns how many it took. */
gsize eider_markup_decode(const char *p, gsize n, gunichar *c);
/* An entity or a tag at @p: its length, or 0 where it is mere text. */
gsize eider_markup_entity(const char *p, gsize n, gunichar *c);
gsize eider_markup_tag(const char *p, gsize n, eider_tag *t);
/* The value of one attribute as it stands, or NULL; g_free(). */
char *eider_markup_attribute(const eider_tag *t, const char *name);
/* What becomes of a character: itself, a blank, a break, or nothing (0). */
gunichar eider_markup_filter(gunichar c);
/* An address as it was meant, g_free(); NULL, if @is_strict, where a character
 * in it is broken or has no business there. */
char *eider_markup_read_address(const char *raw, bool is_strict);
/* One that may be clicked, escaped; or NULL; g_free(). */
char *eider_markup_safe_address(const char *raw);
void eider_markup_escape(GString *out, gunichar c);

#endif
