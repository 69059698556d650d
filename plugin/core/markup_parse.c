/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: reading markup; nothing in it is believed. */
#include "markup_doc.h"

#include <string.h>

#define TAB_WIDTH 4
#define TAG_MAX   2048 /* bytes; a longer "tag" is text */

void
eider_markup_doc_init(eider_doc *d)
{
    memset(d, 0, sizeof *d);
    d->text = g_string_new(NULL);
    d->runs = g_array_new(FALSE, FALSE, sizeof(eider_run));
    d->links = g_ptr_array_new_with_free_func(g_free);
    d->link = EIDER_NO_LINK;
}

void
eider_markup_doc_clear(eider_doc *d)
{
    g_string_free(d->text, TRUE);
    g_array_free(d->runs, TRUE);
    g_ptr_array_free(d->links, TRUE);
    g_free(d->unsafe);
}

/* ---- characters ---------------------------------------------------------- */

/* What becomes of one character: itself, a blank, a break, or nothing (0).
 * Overrides of the writing direction would let a peer's text run over ours. */
gunichar
eider_markup_filter(gunichar c)
{
    if (c == '\n' || c == 0x2028 || c == 0x2029)
        return '\n';
    if (c == '\t' || c == 0xa0)
        return ' '; /* add_char() makes more of a tab */
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return 0;
    if (c == 0x202d || c == 0x202e || c == 0xfeff)
        return 0;
    if ((c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef))
        return 0;
    return c;
}

static unsigned
style_of(const eider_doc *d)
{
    unsigned style = 0;

    for (unsigned i = 0; i < EIDER_STYLES; i++)
        if (d->depth[i] > 0)
            style |= 1u << i;
    return style;
}

static void
add_raw(eider_doc *d, gunichar c)
{
    unsigned style = style_of(d);
    gsize before = d->text->len;
    eider_run *last = NULL;

    if (d->runs->len > 0)
        last = &g_array_index(d->runs, eider_run, d->runs->len - 1);
    g_string_append_unichar(d->text, c);
    if (last != NULL && last->style == style && last->link == d->link) {
        last->len += d->text->len - before;
        return;
    }
    eider_run r = {before, d->text->len - before, style, d->link};
    g_array_append_val(d->runs, r);
}

static void
add_char(eider_doc *d, gunichar c)
{
    int copies = c == '\t' ? TAB_WIDTH : 1;

    c = eider_markup_filter(c);
    if (c == 0)
        return;
    if (d->wants_break) {
        d->wants_break = false;
        add_raw(d, '\n');
    }
    while (copies-- > 0)
        add_raw(d, c);
}

/* A block begins or ends: what follows stands on a line of its own. */
static void
add_block(eider_doc *d)
{
    if (d->text->len > 0 && d->text->str[d->text->len - 1] != '\n')
        d->wants_break = true;
}

/* One character of hostile bytes; returns how many it took. */
gsize
eider_markup_decode(const char *p, gsize n, gunichar *c)
{
    *c = g_utf8_get_char_validated(p, (gssize)MIN(n, 6));
    if (*p == '\0') {
        *c = 0;
        return 1;
    }
    if (*c == (gunichar)-1 || *c == (gunichar)-2) {
        *c = 0xfffd;
        return 1;
    }
    return (gsize)g_unichar_to_utf8(*c, NULL);
}

/* ---- entities ------------------------------------------------------------ */

static gsize
decode_number(const char *p, gsize n, gunichar *c)
{
    gsize i = 2;
    guint32 v = 0;
    bool hex = i < n && (p[i] == 'x' || p[i] == 'X');
    gsize first = hex ? ++i : i;

    for (; i < n && i < 12; i++) {
        int digit =
            hex ? g_ascii_xdigit_value(p[i]) : g_ascii_digit_value(p[i]);
        if (digit < 0)
            break;
        v = v > 0x110000 ? v : v * (hex ? 16 : 10) + (guint32)digit;
    }
    if (i == first || i >= n || p[i] != ';')
        return 0;
    *c = v != 0 && g_unichar_validate(v) ? v : 0xfffd;
    return i + 1;
}

/* An entity at @p: its character and length, or 0. */
gsize
eider_markup_entity(const char *p, gsize n, gunichar *c)
{
    static const struct {
        const char *name;
        gunichar c;
    } known[] = {{"&lt;", '<'},    {"&gt;", '>'},    {"&amp;", '&'},
                 {"&quot;", '"'},  {"&apos;", '\''}, {"&nbsp;", ' '},
                 {"&copy;", 0xa9}, {"&reg;", 0xae}};

    if (n < 4)
        return 0;
    if (p[1] == '#')
        return decode_number(p, n, c);
    for (gsize i = 0; i < G_N_ELEMENTS(known); i++) {
        gsize len = strlen(known[i].name);
        if (len <= n && g_ascii_strncasecmp(p, known[i].name, len) == 0) {
            *c = known[i].c;
            return len;
        }
    }
    return 0;
}

void
eider_markup_escape(GString *out, gunichar c)
{
    if (c == '<')
        g_string_append(out, "&lt;");
    else if (c == '>')
        g_string_append(out, "&gt;");
    else if (c == '&')
        g_string_append(out, "&amp;");
    else if (c == '"')
        g_string_append(out, "&quot;");
    else
        g_string_append_unichar(out, c);
}

/* ---- tags ---------------------------------------------------------------- */

/* The length of the comment at @p, or 0. */
static gsize
scan_comment(const char *p, gsize n)
{
    const char *end;

    if (n >= 7 && memcmp(p, "<!--", 4) == 0) {
        end = g_strstr_len(p + 4, (gssize)MIN(n - 4, TAG_MAX), "-->");
        return end != NULL ? (gsize)(end - p) + 3 : 0;
    }
    end = memchr(p, '>', MIN(n, TAG_MAX));
    return end != NULL ? (gsize)(end - p) + 1 : 0;
}

/* Where the tag ends: behind the first '>' outside quotes, or 0. */
static gsize
scan_attrs(const char *p, gsize n, gsize i)
{
    char quote = 0;

    for (; i < n && i < TAG_MAX; i++) {
        if (quote != 0) {
            if (p[i] == quote)
                quote = 0;
        } else if (p[i] == '"' || p[i] == '\'') {
            if (p[i - 1] == '=')
                quote = p[i];
        } else if (p[i] == '>') {
            return i + 1;
        } else if (p[i] == '<') {
            return 0;
        }
    }
    return 0;
}

/* A tag at @p (which is '<'): its length, or 0 where this is mere text. */
gsize
eider_markup_tag(const char *p, gsize n, eider_tag *t)
{
    gsize i = 1, k = 0, end;

    memset(t, 0, sizeof *t);
    if (n < 3)
        return 0;
    if (p[1] == '!' || p[1] == '?') {
        t->name[0] = '!';
        return scan_comment(p, n);
    }
    t->is_end = p[1] == '/';
    i += t->is_end;
    if (!g_ascii_isalpha(p[i]))
        return 0;
    for (; i < n && g_ascii_isalnum(p[i]); i++)
        if (k < sizeof t->name - 1)
            t->name[k++] = g_ascii_tolower(p[i]);
    if (i >= n || !(g_ascii_isspace(p[i]) || p[i] == '/' || p[i] == '>'))
        return 0;
    end = scan_attrs(p, n, i);
    if (end == 0)
        return 0;
    t->attrs = p + i;
    t->attrs_len = end - 1 - i;
    return end;
}

/* The value of one eider_markup_attribute, entities resolved, or NULL; g_free(). */
char *
eider_markup_attribute(const eider_tag *t, const char *name)
{
    const char *p = t->attrs, *end = t->attrs + t->attrs_len;
    gsize len = strlen(name);

    while (p < end) {
        const char *key, *value;
        char stop = 0;
        bool is_ours;

        while (p < end && (g_ascii_isspace(*p) || *p == '/'))
            p++;
        for (key = p; p < end && *p != '=' && !g_ascii_isspace(*p);)
            p++;
        is_ours =
            (gsize)(p - key) == len && g_ascii_strncasecmp(key, name, len) == 0;
        if (p >= end || *p != '=')
            continue;
        if (++p < end && (*p == '"' || *p == '\''))
            stop = *p++;
        for (value = p; p < end; p++)
            if (stop != 0 ? *p == stop : g_ascii_isspace(*p))
                break;
        if (is_ours)
            return g_strndup(value, (gsize)(p - value));
        p += p < end;
    }
    return NULL;
}

/* A link to what must not be clicked loses no word: its address is said. */
static void
end_unsafe(eider_doc *d)
{
    char *address = d->unsafe;
    bool has_words = d->text->len > d->unsafe_at;
    char *said;

    if (address == NULL)
        return;
    d->unsafe = NULL;
    said = has_words ? g_strdup_printf(" (%s)", address) : g_strdup(address);
    if (address[0] != '\0' && strcmp(d->text->str + d->unsafe_at, address) != 0)
        for (const char *p = said; *p != '\0'; p = g_utf8_next_char(p))
            add_char(d, g_utf8_get_char(p));
    g_free(said);
    g_free(address);
}

static void
begin_link(eider_doc *d, const eider_tag *t)
{
    char *raw = eider_markup_attribute(t, "href");
    char *address = raw != NULL ? eider_markup_safe_address(raw) : NULL;

    end_unsafe(d);
    if (raw != NULL && raw[0] != '\0' && address == NULL &&
        d->link == EIDER_NO_LINK) {
        d->unsafe = eider_markup_read_address(raw, false);
        d->unsafe_at = d->text->len;
    }
    g_free(raw);
    if (address == NULL || d->link != EIDER_NO_LINK) {
        g_free(address);
        return;
    }
    /* The same address again at once is one link, or writing and reading
     * would not agree. */
    if (d->runs->len > 0) {
        int before = g_array_index(d->runs, eider_run, d->runs->len - 1).link;
        if (before != EIDER_NO_LINK &&
            strcmp(g_ptr_array_index(d->links, (guint)before), address) == 0) {
            g_free(address);
            d->link = before;
            return;
        }
    }
    g_ptr_array_add(d->links, address);
    d->link = (int)d->links->len - 1;
}

static void
apply_tag(eider_doc *d, const eider_tag *t)
{
    static const struct {
        const char *name;
        int style;
    } styles[] = {{"b", EIDER_BOLD},      {"strong", EIDER_BOLD},
                  {"i", EIDER_ITALIC},    {"em", EIDER_ITALIC},
                  {"u", EIDER_UNDERLINE}, {"ins", EIDER_UNDERLINE},
                  {"s", EIDER_STRIKE},    {"strike", EIDER_STRIKE},
                  {"del", EIDER_STRIKE}};
    static const char *const blocks[] = {"p",  "div", "li", "ul", "ol", "tr",
                                         "hr", "h1",  "h2", "h3", "pre"};

    if (strcmp(t->name, "br") == 0) {
        if (!t->is_end)
            add_char(d, '\n');
    } else if (strcmp(t->name, "a") == 0) {
        if (t->is_end) {
            d->link = EIDER_NO_LINK;
            end_unsafe(d);
        } else {
            begin_link(d, t);
        }
    }
    for (gsize i = 0; i < G_N_ELEMENTS(styles); i++)
        if (strcmp(t->name, styles[i].name) == 0) {
            unsigned *depth = &d->depth[styles[i].style];
            if (!t->is_end)
                ++*depth;
            else if (*depth > 0)
                --*depth;
        }
    for (gsize i = 0; i < G_N_ELEMENTS(blocks); i++)
        if (strcmp(t->name, blocks[i]) == 0)
            add_block(d);
}

void
eider_markup_parse(eider_doc *d, const char *p, gsize n, bool is_html)
{
    gsize took;

    for (gsize i = 0; i < n; i += took) {
        gunichar c = 0;
        eider_tag t;

        took = is_html && p[i] == '<' ? eider_markup_tag(p + i, n - i, &t) : 0;
        if (took > 0) {
            apply_tag(d, &t);
            continue;
        }
        took =
            is_html && p[i] == '&' ? eider_markup_entity(p + i, n - i, &c) : 0;
        if (took == 0)
            took = eider_markup_decode(p + i, n - i, &c);
        if (took == 1 && c == '\r') {
            c = '\n';
            took += i + 1 < n && p[i + 1] == '\n';
        }
        add_char(d, c);
    }
    end_unsafe(d);
}
