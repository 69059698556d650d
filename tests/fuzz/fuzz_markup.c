/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Markup: what a client's window gives, and what a peer sends.  What comes out
 * is UTF-8, of the tags that are allowed, and comes out of itself the same.
 */
#include "fuzz/fuzz.h"

#include "eider/markup.h"

#include <glib.h>
#include <string.h>

/* One canonical tag at @p: its length, else 0. */
static size_t
tag_length(const char *p)
{
    static const char *const tags[] = {"<b>",  "</b>", "<i>",  "</i>", "<u>",
                                       "</u>", "<s>",  "</s>", "</a>", "<br>"};
    static const char *const schemes[] = {
        "http:", "https:", "mailto:", "xmpp:", "irc:", "ftp:"};
    const char *end;

    for (size_t i = 0; i < G_N_ELEMENTS(tags); i++)
        if (g_str_has_prefix(p, tags[i]))
            return strlen(tags[i]);
    if (!g_str_has_prefix(p, "<a href=\""))
        return 0;
    p += 9;
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++)
        if (g_ascii_strncasecmp(p, schemes[i], strlen(schemes[i])) == 0 &&
            (end = strchr(p, '"')) != NULL && end[1] == '>')
            return 9 + (size_t)(end - p) + 2;
    return 0;
}

static void
look_shown(const char *s)
{
    static const char *const entities[] = {"&lt;", "&gt;", "&amp;", "&quot;"};

    FUZZ_CHECK(g_utf8_validate(s, -1, NULL));
    for (size_t n = 0; *s != '\0'; s += n) {
        n = 1;
        FUZZ_CHECK((unsigned char)*s >= 0x20 && *s != '>' && *s != 0x7f);
        if (*s == '<') {
            n = tag_length(s);
            FUZZ_CHECK(n > 0);
        } else if (*s == '&') {
            n = 0;
            for (size_t i = 0; i < G_N_ELEMENTS(entities); i++)
                if (g_str_has_prefix(s, entities[i]))
                    n = strlen(entities[i]);
            FUZZ_CHECK(n > 0);
        }
    }
}

static void
look_cuts(const char *text, size_t n, bool is_html, size_t room)
{
    size_t at = 0;

    for (unsigned i = 0; at < n && i < 20; i++) {
        size_t k = eider_markup_cut(text + at, n - at, is_html, room);

        FUZZ_CHECK(k >= 1 && k <= n - at);
        FUZZ_CHECK(k <= room || k <= 6);
        at += k;
    }
}

static void
look_in(const char *text, size_t n, bool is_html)
{
    g_autofree char *shown = eider_markup_show(text, n, is_html);
    g_autofree char *again = eider_markup_show(shown, strlen(shown), true);
    g_autofree char *plain = eider_markup_plain(shown);

    look_shown(shown);
    FUZZ_CHECK(strcmp(shown, again) == 0);
    FUZZ_CHECK(g_utf8_validate(plain, -1, NULL));
    FUZZ_CHECK(strchr(plain, '<') == NULL);
}

static void
look_out(const char *html, size_t room)
{
    bool is_html = false, again_html = false;
    g_autofree char *packed = eider_markup_pack(html, &is_html);
    g_autofree char *again = NULL;
    g_autofree char *shown = NULL;

    FUZZ_CHECK(g_utf8_validate(packed, -1, NULL));
    shown = eider_markup_show(packed, strlen(packed), is_html);
    look_shown(shown);
    again = eider_markup_pack(shown, &again_html);
    FUZZ_CHECK(is_html == again_html);
    FUZZ_CHECK(strcmp(packed, again) == 0);
    look_cuts(packed, strlen(packed), is_html, room);
    (void)eider_markup_has_image(html);
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    uint8_t op = fuzz_u8(&in);
    uint8_t *copy = fuzz_copy(in.p, in.n);
    size_t room = 1 + op / 4;

    if (op & 1) {
        g_autofree char *html = g_strndup((const char *)copy, in.n);

        look_out(html, room);
    } else {
        look_in((const char *)copy, in.n, (op & 2) != 0);
        look_cuts((const char *)copy, in.n, (op & 2) != 0, room);
    }
    free(copy);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    static const char *const texts[] = {
        "\3<FONT FACE=\"Sans\" COLOR='#f00'>a<B>b<i>c</B></i></font><br/>d",
        "\3<a href=\"http://x/?a&amp;b\" title=q>w</a><A HREF='j:k'>l</a>",
        "\2<b>a&lt;&#228;&#x20AC;&nbsp;<!-- c --><img src=x id=1></b><p>q</p>",
        "\6<a href=\"mailto:a@b\">m</a>\377\300\200\355\240\200<s><u>z",
        "\1<IMG ID=\"3\"><style>x</style><script>y</script><body><ul><li>p",
        "\0plain < & > \" \r\n\t\1",
        "\13<a href=\"xmpp:a@b/c\"><b>n</b></a><div><span style='x'>o</span>",
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        out(arg, texts[i], texts[i][0] == 0 ? 20 : strlen(texts[i]));
}

const fuzz_harness fuzz_markup = {"markup", 400, one, seeds, false};
