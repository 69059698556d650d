/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers that people mean as the same are the same bytes, in any locale. */
#include "core/work.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "vectors.h"

Suite *fold_suite(void);

static void
folds_to(const char *answer, const char *want)
{
    EIDER_AUTO(eider_buf) out = {0};

    eider_fold(answer, &out);
    ck_assert_msg(out.n == strlen(want) &&
                      (out.n == 0 || memcmp(out.p, want, out.n) == 0),
                  "%s is %.*s, not %s", answer, (int)out.n,
                  out.p != NULL ? (char *)out.p : "", want);
}

static void
check_all(void)
{
    static const char *const same[][2] = {
        {"ISTANBUL", "istanbul"},
        {"istanbul", "istanbul"},
        {"\xc4\xb0STANBUL", "istanbul"}, /* dotted capital */
        {"\xc4\xb0stanbul", "istanbul"},
        {"I\xcc\x87stanbul", "istanbul"}, /* the dot by itself */
        {"ISPARTA", "isparta"},
        {"\xc4\xb1sparta", "isparta"}, /* dotless */
        {"  in Istanbul, of course! ", "inistanbulofcourse"},
        {"Stra\xc3\x9f"
         "e",
         "strasse"},
        {"STRASSE", "strasse"},
        {"STRA\xe1\xba\x9e"
         "E",
         "strasse"}, /* capital sharp s */
        {"Caf\xc3\xa9", "caf\xc3\xa9"},
        {"Cafe\xcc\x81", "caf\xc3\xa9"},    /* composed or not */
        {"\xef\xbc\xa1\xef\xbc\x91", "a1"}, /* full width */
        {"\xef\xac\x81ne", "fine"},         /* a ligature */
        {"12. 5. 1999", "1251999"},
        {"\xce\xa3\xce\x91\xce\xa3", "\xcf\x83\xce\xb1\xcf\x83"},
        {"\xcf\x83\xce\xb1\xcf\x82", "\xcf\x83\xce\xb1\xcf\x83"},
        {"a\xe2\x80\x8b\xe2\x80\xae"
         "b",
         "ab"}, /* invisible marks */
        {"\xe0\xa4\x95\xe0\xa4\xbf", "\xe0\xa4\x95\xe0\xa4\xbf"},
        {"x\xc2\xb2", "x2"},
        /* Cherokee folds to its capitals, also those that lie apart. */
        {"\xe1\x8e\xa0\xe1\x8f\xb5", "\xe1\x8e\xa0\xe1\x8f\xb5"},
        {"\xea\xad\xb0\xe1\x8f\xbd", "\xe1\x8e\xa0\xe1\x8f\xb5"},
        {"", ""},
        {" .,-!\n", ""},
        {"\xff\xfe", ""}, /* no UTF-8 */
        {"a\xc3", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(same); i++)
        folds_to(same[i][0], same[i][1]);
}

START_TEST(what_is_meant_as_the_same_is_the_same)
{
    check_all();
}
END_TEST

/* A locale where i and I are no pair, made for this test: it need not be
 * installed. */
START_TEST(the_locale_does_not_matter)
{
    static const char make[] =
        "localedef -i tr_TR -f UTF-8 \"$0/tr_TR.UTF-8\" >/dev/null 2>&1";
    char dir[] = "/tmp/eider-locale-XXXXXX";
    g_autofree char *clean = NULL;
    bool is_turkish;

    ck_assert_ptr_nonnull(mkdtemp(dir));
    clean = g_strconcat("rm -rf ", dir, NULL);
    g_autofree char *quoted = g_strdup_printf("sh -c '%s' %s", make, dir);
    (void)!system(quoted);
    setenv("LOCPATH", dir, 1);
    is_turkish = setlocale(LC_ALL, "tr_TR.UTF-8") != NULL;
    ck_assert_int_eq(system(clean), 0);
    if (!is_turkish) {
        tests_skipped++; /* no localedef, or no sources of locales */
        return;
    }
    /* It is in force: C's own functions follow it. */
    ck_assert_int_eq((int)towupper(L'i'), 0x130);
    check_all();
}
END_TEST

START_TEST(too_long_is_nothing)
{
    char text[EIDER_ANSWER_MAX + 2];

    memset(text, 'a', sizeof text);
    text[EIDER_ANSWER_MAX] = '\0';
    folds_to(text, text);
    text[EIDER_ANSWER_MAX] = 'a';
    text[EIDER_ANSWER_MAX + 1] = '\0';
    folds_to(text, "");
    /* One character that folds to eighteen. */
    for (int i = 0; i < 300; i++)
        memcpy(text + 3 * i, "\xef\xb7\xba", 3);
    text[900] = '\0';
    folds_to(text, "");
}
END_TEST

Suite *
fold_suite(void)
{
    Suite *s = suite_create("fold");
    TCase *tc = tcase_create("fold");

    tcase_set_timeout(tc, 120); /* localedef is slow on a busy machine */
    tcase_add_test(tc, what_is_meant_as_the_same_is_the_same);
    tcase_add_test(tc, the_locale_does_not_matter);
    tcase_add_test(tc, too_long_is_nothing);
    suite_add_tcase(s, tc);
    return s;
}
