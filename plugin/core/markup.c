/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: markup in, canonical markup out.
 *
 *     any markup ──parse──▶ runs of (text, style, link) ──write──▶ HTML
 *
 * What is written depends on the runs alone, and what is written parses to the
 * same runs: so the output is canonical, balanced and a fixed point, whatever
 * came in.
 */
#include "eider/markup.h"

#include "markup_doc.h"

#include <string.h>

static const char *const tag_names[] = {"b", "i", "u", "s", "a"};

/* ---- writing ------------------------------------------------------------- */

static void
write_text(GString *out, const char *p, gsize n)
{
    const char *end = p + n;

    for (; p < end; p = g_utf8_next_char(p)) {
        if (*p == '\n')
            g_string_append(out, "<br>");
        else
            eider_markup_escape(out, g_utf8_get_char(p));
    }
}

/* Would a client make the same link of the bare text? */
static bool
is_plain_link(const char *address, const char *said)
{
    const char *rest = strchr(address, ':') + 1;

    if (strcmp(said, address) == 0)
        return true;
    if (g_str_has_prefix(address, "mailto:"))
        return strcmp(said, rest) == 0;
    return (g_str_has_prefix(address, "http://www.") ||
            g_str_has_prefix(address, "ftp://ftp.")) &&
           strcmp(said, rest + 2) == 0;
}

/* Clients make links of bare addresses by themselves, on both sides: a link
 * that says what it points to is sent as text. */
static void
drop_plain_links(eider_doc *d)
{
    eider_run *r = (eider_run *)(void *)d->runs->data;
    guint first = 0, next;

    for (; first < d->runs->len; first = next) {
        GString *said;

        next = first + 1;
        if (r[first].link == EIDER_NO_LINK)
            continue;
        while (next < d->runs->len && r[next].link == r[first].link)
            next++;
        said = g_string_new(NULL);
        for (guint k = first; k < next; k++)
            write_text(said, d->text->str + r[k].start, r[k].len);
        if (is_plain_link(g_ptr_array_index(d->links, (guint)r[first].link),
                          said->str))
            for (guint k = first; k < next; k++)
                r[k].link = EIDER_NO_LINK;
        g_string_free(said, TRUE);
    }
}

typedef struct {
    int tag[EIDER_STYLES + 1]; /* open, outermost first */
    unsigned n;
    int link;
} nest;

static bool
wants(const eider_run *r, int t)
{
    return t == EIDER_LINK ? r->link != EIDER_NO_LINK
                           : (r->style & (1u << t)) != 0;
}

/* Close what @r does not want, open what it wants. */
static void
write_tags(const eider_doc *d, GString *out, nest *open, const eider_run *r)
{
    static const int order[] = {EIDER_LINK, EIDER_BOLD, EIDER_ITALIC,
                                EIDER_UNDERLINE, EIDER_STRIKE};
    unsigned keep = 0, have = 0;

    while (keep < open->n && wants(r, open->tag[keep]) &&
           (open->tag[keep] != EIDER_LINK || open->link == r->link))
        have |= 1u << open->tag[keep++];
    while (open->n > keep)
        g_string_append_printf(out, "</%s>", tag_names[open->tag[--open->n]]);
    for (gsize i = 0; i < G_N_ELEMENTS(order); i++) {
        int t = order[i];

        if (!wants(r, t) || (have & (1u << t)) != 0)
            continue;
        open->tag[open->n++] = t;
        if (t == EIDER_LINK) {
            open->link = r->link;
            g_string_append_printf(
                out, "<a href=\"%s\">",
                (char *)g_ptr_array_index(d->links, (guint)r->link));
        } else {
            g_string_append_printf(out, "<%s>", tag_names[t]);
        }
    }
}

static char *
write_html(const eider_doc *d)
{
    static const eider_run nothing = {0, 0, 0, EIDER_NO_LINK};
    GString *out = g_string_new(NULL);
    nest open = {{0}, 0, EIDER_NO_LINK};

    for (guint i = 0; i < d->runs->len; i++) {
        const eider_run *r = &g_array_index(d->runs, eider_run, i);
        write_tags(d, out, &open, r);
        write_text(out, d->text->str + r->start, r->len);
    }
    write_tags(d, out, &open, &nothing);
    return g_string_free(out, FALSE);
}

char *
eider_markup_pack(const char *html, bool *is_html)
{
    eider_doc d;
    char *out;

    eider_markup_doc_init(&d);
    eider_markup_parse(&d, html, strlen(html), true);
    drop_plain_links(&d);
    *is_html = false;
    for (guint i = 0; i < d.runs->len; i++) {
        const eider_run *r = &g_array_index(d.runs, eider_run, i);
        if (r->style != 0 || r->link != EIDER_NO_LINK)
            *is_html = true;
    }
    out = *is_html ? write_html(&d) : g_strdup(d.text->str);
    eider_markup_doc_clear(&d);
    return out;
}

char *
eider_markup_show(const char *text, size_t n, bool is_html)
{
    eider_doc d;
    char *out;

    eider_markup_doc_init(&d);
    eider_markup_parse(&d, text, n, is_html);
    drop_plain_links(&d);
    out = write_html(&d);
    eider_markup_doc_clear(&d);
    return out;
}

/* What a link says, and where it goes if it says something else. */
static void
write_link_plain(const eider_doc *d, GString *out, guint first, guint next)
{
    const eider_run *r = (const eider_run *)(const void *)d->runs->data;

    for (guint k = first; k < next; k++)
        for (const char *p = d->text->str + r[k].start, *end = p + r[k].len;
             p < end; p = g_utf8_next_char(p))
            eider_markup_escape(out, g_utf8_get_char(p));
    if (r[first].link != EIDER_NO_LINK)
        g_string_append_printf(
            out, " (%s)",
            (char *)g_ptr_array_index(d->links, (guint)r[first].link));
}

char *
eider_markup_plain(const char *html)
{
    GString *out = g_string_new(NULL);
    const eider_run *r;
    eider_doc d;
    guint next;

    eider_markup_doc_init(&d);
    eider_markup_parse(&d, html, strlen(html), true);
    drop_plain_links(&d);
    r = (const eider_run *)(const void *)d.runs->data;
    for (guint first = 0; first < d.runs->len; first = next) {
        for (next = first + 1;
             next < d.runs->len && r[next].link == r[first].link;)
            next++;
        write_link_plain(&d, out, first, next);
    }
    eider_markup_doc_clear(&d);
    return g_string_free(out, FALSE);
}

/* ---- cutting ------------------------------------------------------------- */

/* The length of what must not be cut at @p: a tag, an entity, a character. */
static size_t
atom(const char *p, size_t n, bool is_html)
{
    gunichar c;
    gsize len = 0;
    eider_tag t;

    if (is_html && *p == '<')
        len = eider_markup_tag(p, n, &t);
    else if (is_html && *p == '&')
        len = eider_markup_entity(p, n, &c);
    return len > 0 ? len : eider_markup_decode(p, n, &c);
}

size_t
eider_markup_cut(const char *text, size_t n, bool is_html, size_t room)
{
    size_t at = 0;

    while (at < n) {
        size_t len = atom(text + at, n - at, is_html);
        if (at + len > room)
            break;
        at += len;
    }
    if (at > 0 || n == 0)
        return at;
    /* Nothing whole fits: as many characters as do. */
    for (;;) {
        gunichar c;
        size_t len = at < n ? eider_markup_decode(text + at, n - at, &c) : 0;
        if (len == 0 || at + len > room)
            break;
        at += len;
    }
    return at > 0 ? at : 1;
}

bool
eider_markup_has_image(const char *html)
{
    gsize n = strlen(html);

    for (const char *p = html; (p = strchr(p, '<')) != NULL; p++) {
        eider_tag t;
        char *id = NULL;

        if (eider_markup_tag(p, n - (gsize)(p - html), &t) > 0 &&
            strcmp(t.name, "img") == 0 && !t.is_end)
            id = eider_markup_attribute(&t, "id");
        g_free(id);
        if (id != NULL)
            return true;
    }
    return false;
}
