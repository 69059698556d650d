/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small things that are made of what people type or call themselves: names and
 * labels in a hello, an answer that is folded, names of files.
 */
#include "fuzz/fuzz.h"

#include "core/work.h"

#include <string.h>

static void
look_copy(eider_slice in, size_t size)
{
    g_autofree char *out = g_malloc(size);
    size_t n;

    memset(out, 1, size);
    eider_copy_utf8(out, size, in);
    n = strnlen(out, size);
    FUZZ_CHECK(n < size);
    FUZZ_CHECK(g_utf8_validate(out, -1, NULL));
    FUZZ_CHECK(strstr(out, "\342\200\256") == NULL);
    for (size_t i = 0; i < n; i++)
        FUZZ_CHECK((unsigned char)out[i] >= 0x20 && out[i] != 0x7f);
}

static void
look_fold(const char *answer)
{
    EIDER_AUTO(eider_buf) a = {0};

    eider_fold(answer, &a);
    FUZZ_CHECK(a.n <= EIDER_ANSWER_MAX);
    FUZZ_CHECK(a.n == 0 ||
               g_utf8_validate((const char *)a.p, (gssize)a.n, NULL));
}

static void
one(const uint8_t *p, size_t n)
{
    fuzz_in in = {p, n};
    uint8_t op = fuzz_u8(&in);
    uint8_t *copy = fuzz_copy(in.p, in.n);

    if (op & 1) {
        g_autofree char *answer = g_strndup((const char *)copy, in.n);

        look_fold(answer);
    } else {
        look_copy((eider_slice){copy, in.n}, 1 + op / 2);
    }
    free(copy);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    static const char *const texts[] = {
        "\1 Der  Stra\303\237e, 12! ",
        "\1\307\205\357\254\201\342\205\243",
        "\1a\314\201\303\241\342\200\213\302\255x",
        "\120bob\303\251\1\177",
        "\6\360\237\230\200\355\240\200abc",
        "\1\316\243\317\202\304\260\304\261 \343\202\251\357\275\242"};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        out(arg, texts[i], strlen(texts[i]));
}

const fuzz_harness fuzz_words = {"words", 200, one, seeds, false};
