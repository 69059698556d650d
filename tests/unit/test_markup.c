/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/markup.h"

#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Suite *markup_suite(void);

static void
assert_packs(const char *in, const char *want, bool want_html)
{
    bool is_html = !want_html;
    char *out = eider_markup_pack(in, &is_html);

    ck_assert_msg(strcmp(out, want) == 0, "%s packs to %s, not %s", in, out,
                  want);
    ck_assert_msg(is_html == want_html, "%s", in);
    g_free(out);
}

static void
assert_shows(const char *in, bool is_html, const char *want)
{
    char *out = eider_markup_show(in, strlen(in), is_html);

    ck_assert_msg(strcmp(out, want) == 0, "%s shows as %s, not %s", in, out,
                  want);
    g_free(out);
}

/* ---- one case each ------------------------------------------------------- */

START_TEST(text_without_formatting_is_sent_plain)
{
    assert_packs("", "", false);
    assert_packs("hello", "hello", false);
    assert_packs("a &lt; b &amp;&amp; c &gt; d &quot;e&quot; &apos;f&apos;",
                 "a < b && c > d \"e\" 'f'", false);
    assert_packs("one<BR>two<br/>three\nfour\r\nfive",
                 "one\ntwo\nthree\nfour"
                 "\nfive",
                 false);
    assert_packs("<FONT FACE=\"Sans\" COLOR='#ff0000'>red</FONT>", "red",
                 false);
    assert_packs("a&nbsp;b\tc", "a b    c", false);
    assert_packs("&#228;&#x20AC;", "\303\244\342\202\254", false);
}
END_TEST

START_TEST(formatting_is_sent_in_one_spelling)
{
    assert_packs("<STRONG>a</STRONG>", "<b>a</b>", true);
    assert_packs("<em>a</em> <ins>b</ins> <DEL>c</DEL>",
                 "<i>a</i> <u>b</u> <s>c</s>", true);
    assert_packs("<i><b>a</b></i>", "<b><i>a</i></b>", true);
    assert_packs("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b><i>c</i>", true);
    assert_packs("<b>a</b><b>b", "<b>ab</b>", true);
    assert_packs("<b>1 &lt; 2<br>\"x\"</b>", "<b>1 &lt; 2<br>&quot;x&quot;</b>",
                 true);
    assert_packs("<b></b>a</i>", "a", false);
}
END_TEST

START_TEST(links_keep_their_address)
{
    assert_packs("<A HREF=\"HTTPS://x.org/?a=1&amp;b=2\">see</A>",
                 "<a href=\"https://x.org/?a=1&amp;b=2\">see</a>", true);
    assert_packs("<a href=irc://x/y>chat</a>", "<a href=\"irc://x/y\">chat</a>",
                 true);
    assert_packs("<A HREF=\"www.x.org/y\">here</A>",
                 "<a href=\"http://www.x.org/y\">here</a>", true);
    assert_packs("<A HREF=\" http://x/a b \">here</A>",
                 "<a href=\"http://x/a%20b\">here</a>", true);
    /* inside another one: the outer counts */
    assert_packs("<a href=http://x/>1<a href=http://y/>2</a>3</a>",
                 "<a href=\"http://x/\">12</a>3", true);
}
END_TEST

START_TEST(links_that_a_client_made_are_sent_as_text)
{
    assert_packs("<A HREF=\"http://x.org/\">http://x.org/</A>", "http://x.org/",
                 false);
    assert_packs("<A HREF=\"http://www.x.org\">www.x.org</A>", "www.x.org",
                 false);
    assert_packs("<A HREF=\"mailto:a@b.c\">a@b.c</A>", "a@b.c", false);
    assert_packs("<A HREF=\"http://x.org/?a&amp;b\">http://x.org/?a&amp;b</A>",
                 "http://x.org/?a&b", false);
    /* the text says something else: it stays a link */
    assert_packs("<a href=\"http://y.org/\">http://x.org/</a>",
                 "<a href=\"http://y.org/\">http://x.org/</a>", true);
}
END_TEST

START_TEST(addresses_that_may_do_harm_are_said_not_linked)
{
    static const struct {
        const char *address, *said;
    } bad[] = {{"javascript:alert(1)", "javascript:alert(1)"},
               {"file:///etc/passwd", "file:///etc/passwd"},
               {"data:text/html,x", "data:text/html,x"},
               {"java&#115;cript:x", "javascript:x"},
               {"open:///x", "open:///x"},
               {"http:", "http:"},
               {"magnet:?xt=1", "magnet:?xt=1"},
               {"http://a&#10;b", "http://a b"},
               {"&#x202e;http://x", "http://x"}};

    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        char *in = g_strdup_printf("<a href=\"%s\">t</a>.", bad[i].address);
        char *want = g_strdup_printf("t (%s).", bad[i].said);
        assert_packs(in, want, false);
        assert_shows(in, true, want);
        g_free(want);
        g_free(in);
    }
    assert_packs("<a href=\"\">t</a>", "t", false);
    assert_packs("<a href=\"magnet:x\">magnet:x</a>", "magnet:x", false);
    assert_packs("<a href=\"magnet:x\"></a>", "magnet:x", false);
    assert_packs("<a href=\"magnet:x\">t", "t (magnet:x)", false);
    assert_packs("<a href=\"magnet:x\">t<a href=\"http://x/\">u</a>",
                 "t (magnet:x)<a href=\"http://x/\">u</a>", true);
    assert_shows("<a href='magnet:?&lt;img id=1&gt;'>t</a>", true,
                 "t (magnet:?&lt;img id=1&gt;)");
    assert_shows("<a onclick=\"x\" href=\"http://x/\" style='y'>t</a>", true,
                 "<a href=\"http://x/\">t</a>");
    assert_shows("<a href=\"http://x/&quot;onclick=y\">t</a>", true,
                 "<a href=\"http://x/&quot;onclick=y\">t</a>");
}
END_TEST

static void
assert_plain(const char *in, const char *want)
{
    char *out = eider_markup_plain(in);

    ck_assert_str_eq(out, want);
    g_free(out);
}

START_TEST(a_text_without_tags_keeps_its_words)
{
    assert_plain("", "");
    assert_plain("<b>a</b><br>&lt;FONT&gt; &amp; &quot;b&quot;",
                 "a\n&lt;FONT&gt; &amp; &quot;b&quot;");
    assert_plain("<a href=\"http://x/?a&amp;b\">he<b>re</b></a>.",
                 "here (http://x/?a&amp;b).");
    assert_plain("<a href=\"http://x/\">http://x/</a>", "http://x/");
}
END_TEST

START_TEST(what_arrives_is_shown_without_harm)
{
    assert_shows("a <b> & \"c\"\nd", false,
                 "a &lt;b&gt; &amp; &quot;c&quot;<br>d");
    assert_shows("&lt;b&gt;", false, "&amp;lt;b&amp;gt;");
    assert_shows("<IMG ID=\"7\">x<img src=http://evil/>", true, "x");
    assert_shows("<!-- 12:00 --> x<!DOCTYPE y>", true, " x");
    assert_shows("<font size=7>big</font><body bgcolor=red>y", true, "bigy");
    assert_shows("a\001b\033[31mc\177d", false, "ab[31mcd");
    assert_shows("a\342\200\256b", false, "ab");
    assert_shows("a&#x202e;b&#0;c", true, "ab\357\277\275c");
    assert_shows("<div>a</div><p>b</p>c", true, "a<br>b<br>c");
}
END_TEST

START_TEST(text_that_only_looks_like_markup_stays)
{
    assert_packs("<3 and 1<2 and a <- b", "<3 and 1<2 and a <- b", false);
    assert_packs("<mail@x.org> <http://x/>", "<mail@x.org> <http://x/>", false);
    assert_packs("AT&T &unknown; &#; &#x; & &lt",
                 "AT&T &unknown; &#; &#x; & "
                 "&lt",
                 false);
    assert_packs("<b", "<b", false);
    assert_packs("<a href=\"x", "<a href=\"x", false);
}
END_TEST

START_TEST(broken_utf8_becomes_a_mark_that_shows)
{
    char *out = eider_markup_show("a\xff\xc3", 3, false);

    ck_assert_str_eq(out, "a\357\277\275\357\277\275");
    g_free(out);
    out = eider_markup_show("a\0b\xe2\x82", 5, true);
    ck_assert_str_eq(out, "ab\357\277\275\357\277\275");
    g_free(out);
}
END_TEST

START_TEST(only_images_of_the_client_are_images)
{
    ck_assert(eider_markup_has_image("see <IMG ID=\"3\">"));
    ck_assert(eider_markup_has_image("<<<img\nid=3>"));
    ck_assert(!eider_markup_has_image("&lt;IMG ID=\"3\"&gt;"));
    ck_assert(!eider_markup_has_image("<img src=\"x\" alt=' id=3'>"));
    ck_assert(!eider_markup_has_image("<imgs id=3>"));
    ck_assert(!eider_markup_has_image(""));
}
END_TEST

/* ---- cutting ------------------------------------------------------------- */

START_TEST(a_cut_does_not_break_anything)
{
    const char *html = "a&amp;<b>\303\244</b>";
    static const size_t want[] = {1, 1, 1,  1,  1,  1,  6,  6, 6,
                                  9, 9, 11, 11, 11, 11, 15, 15};

    for (size_t room = 1; room <= 16; room++)
        ck_assert_uint_eq(eider_markup_cut(html, strlen(html), true, room),
                          want[room]);
    ck_assert_uint_eq(eider_markup_cut("a&amp;", 6, false, 3), 3);
    ck_assert_uint_eq(eider_markup_cut("\303\244\303\244", 4, false, 3), 2);
    ck_assert_uint_eq(eider_markup_cut("", 0, true, 10), 0);
}
END_TEST

START_TEST(a_tag_longer_than_the_room_is_cut_at_a_character)
{
    const char *html = "<a href=\"http://x/\303\244\">t</a>";

    ck_assert_uint_eq(eider_markup_cut(html, strlen(html), true, 18), 18);
    ck_assert_uint_eq(eider_markup_cut(html, strlen(html), true, 19), 18);
    ck_assert_uint_eq(eider_markup_cut(html, strlen(html), true, 20), 20);
    ck_assert_uint_eq(eider_markup_cut("\360\237\246\206", 4, false, 2), 1);
}
END_TEST

/* ---- whatever comes in --------------------------------------------------- */

/* Is it what the contract says, and nothing else? */
static void
assert_canonical(const char *html)
{
    static const char *const fixed[] = {
        "<br>", "<b>",  "</b>", "<i>",  "</i>", "<u>",   "</u>",
        "<s>",  "</s>", "</a>", "&lt;", "&gt;", "&amp;", "&quot;"};
    char open[16] = "";
    gsize n = 0;

    ck_assert(g_utf8_validate(html, -1, NULL));
    for (const char *p = html; *p != '\0';) {
        gsize len = 0;

        for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
            if (g_str_has_prefix(p, fixed[i]))
                len = strlen(fixed[i]);
        if (g_str_has_prefix(p, "<a href=\""))
            len = (gsize)(strchr(p + 9, '"') - p) + 2;
        ck_assert_msg(len > 0 || strchr("<>&\"", *p) == NULL, "%s", html);
        ck_assert_msg((guchar)*p >= 0x20, "%s", html);
        if (*p == '<' && p[1] == '/') {
            ck_assert_msg(n > 0 && open[--n] == p[2], "%s", html);
        } else if (*p == '<' && p[2] != 'r') {
            ck_assert_msg(n < 5, "%s", html);
            open[n++] = p[1];
        }
        p += len > 0 ? len : 1;
    }
    ck_assert_msg(n == 0, "not closed: %s", html);
}

static void
assert_holds_for(const char *in, gsize n)
{
    char *once = eider_markup_show(in, n, true);
    char *twice = eider_markup_show(once, strlen(once), true);
    char *plain = eider_markup_show(in, n, false);
    char *copy = g_strndup(in, n), *packed, *again, *shown;
    bool is_html, is_html2;

    assert_canonical(once);
    assert_canonical(plain);
    ck_assert_str_eq(once, twice);
    packed = eider_markup_pack(copy, &is_html);
    ck_assert(g_utf8_validate(packed, -1, NULL));
    shown = eider_markup_show(packed, strlen(packed), is_html);
    assert_canonical(shown);
    if (is_html) {
        again = eider_markup_pack(packed, &is_html2);
        ck_assert(is_html2);
        ck_assert_str_eq(again, packed);
        ck_assert_str_eq(shown, packed);
        g_free(again);
    }
    if (strlen(copy) == n)
        ck_assert_str_eq(shown, once);
    g_free(once);
    g_free(twice);
    g_free(plain);
    g_free(copy);
    g_free(packed);
    g_free(shown);
}

static const char *const pieces[] = {"<b>",
                                     "</b>",
                                     "<i>",
                                     "</I>",
                                     "<u>",
                                     "</u>",
                                     "<strike>",
                                     "</s>",
                                     "<br>",
                                     "<p>",
                                     "</div>",
                                     "<a href=\"http://x/\">",
                                     "<a href='http://y/&lt;'>",
                                     "</a>",
                                     "<A HREF=mailto:z@z>",
                                     "z@z",
                                     "http://x/",
                                     "<",
                                     ">",
                                     "&",
                                     "\"",
                                     "&lt;",
                                     "&#60;",
                                     "&#x0;",
                                     "&amp;amp;",
                                     "<img id=1>",
                                     "<!--",
                                     "-->",
                                     "<a href=\"javascript:x\">",
                                     "<a href='magnet:a b'>",
                                     "<a href='www.q q'>",
                                     "\n",
                                     "\r",
                                     "\t",
                                     "\xff",
                                     "\xe2\x80\xae",
                                     "\303\244",
                                     "\360\237\246\206",
                                     "=",
                                     "'",
                                     "/",
                                     "text ",
                                     "<a href=",
                                     "http://www.q",
                                     "www.q",
                                     "<a href=http://www.q>"};

START_TEST(any_mixture_of_markup_comes_out_canonical)
{
    const char *seed = g_getenv("SEED");
    GRand *r = g_rand_new_with_seed(seed != NULL ? (guint32)atoi(seed)
                                                 : (guint32)_i + 1);

    for (int k = 0; k < 400; k++) {
        GString *s = g_string_new(NULL);
        int n = g_rand_int_range(r, 0, 30);

        for (int i = 0; i < n; i++) {
            int p = g_rand_int_range(r, 0, G_N_ELEMENTS(pieces) + 2);
            if (p < (int)G_N_ELEMENTS(pieces))
                g_string_append(s, pieces[p]);
            else
                g_string_append_c(s, (char)g_rand_int_range(r, 0, 256));
        }
        assert_holds_for(s->str, s->len);
        g_string_free(s, TRUE);
    }
    g_rand_free(r);
}
END_TEST

START_TEST(every_beginning_of_a_text_comes_out_canonical)
{
    const char *in = "<b>a<a href=\"http://x/&amp;\">\303\244&quot;</a>"
                     "<!-- c --></b>&#228;<br/>";

    for (gsize n = 0; n <= strlen(in); n++)
        assert_holds_for(in, n);
}
END_TEST

START_TEST(cuts_put_together_are_the_text)
{
    const char *in = "<b>a&amp;b</b> \303\244\360\237\246\206 <a "
                     "href=\"http://x/y/z\">w</a>&lt;&gt;<br>ende";
    size_t n = strlen(in);

    for (size_t room = 4; room < n + 2; room++) {
        size_t at = 0;
        while (at < n) {
            size_t len = eider_markup_cut(in + at, n - at, true, room);
            ck_assert_uint_ge(len, 1);
            ck_assert_uint_le(len, room);
            ck_assert(g_utf8_validate(in + at, (gssize)len, NULL));
            at += len;
        }
        ck_assert_uint_eq(at, n);
    }
}
END_TEST

START_TEST(hostile_size_costs_no_hostile_time)
{
    static const char *const unit[] = {"<a href=\"",          "<a ",  "<",
                                       "<a href=http://x/>y", "<!--", "&#1"};

    for (gsize i = 0; i < G_N_ELEMENTS(unit); i++) {
        GString *s = g_string_new(NULL);
        clock_t start = clock();
        char *out;

        while (s->len < 256 * 1024)
            g_string_append(s, unit[i]);
        out = eider_markup_show(s->str, s->len, true);
        ck_assert_msg(clock() - start < 10 * CLOCKS_PER_SEC, "%s", unit[i]);
        g_free(out);
        g_string_free(s, TRUE);
    }
}
END_TEST

Suite *
markup_suite(void)
{
    Suite *s = suite_create("markup");
    TCase *t = tcase_create("cases");

    tcase_add_test(t, text_without_formatting_is_sent_plain);
    tcase_add_test(t, formatting_is_sent_in_one_spelling);
    tcase_add_test(t, links_keep_their_address);
    tcase_add_test(t, links_that_a_client_made_are_sent_as_text);
    tcase_add_test(t, addresses_that_may_do_harm_are_said_not_linked);
    tcase_add_test(t, a_text_without_tags_keeps_its_words);
    tcase_add_test(t, what_arrives_is_shown_without_harm);
    tcase_add_test(t, text_that_only_looks_like_markup_stays);
    tcase_add_test(t, broken_utf8_becomes_a_mark_that_shows);
    tcase_add_test(t, only_images_of_the_client_are_images);
    tcase_add_test(t, a_cut_does_not_break_anything);
    tcase_add_test(t, a_tag_longer_than_the_room_is_cut_at_a_character);
    suite_add_tcase(s, t);

    t = tcase_create("anything");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, any_mixture_of_markup_comes_out_canonical, 0, 25);
    tcase_add_test(t, every_beginning_of_a_text_comes_out_canonical);
    tcase_add_test(t, cuts_put_together_are_the_text);
    tcase_add_test(t, hostile_size_costs_no_hostile_time);
    suite_add_tcase(s, t);
    return s;
}
