/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two people prove to each other: CPace and the short code, with values
 * of a peer who sends anything.  A proof verifies exactly if nothing was
 * touched and both know the same.
 */
#include "fuzz/fuzz.h"

#include "eider/fingerprint.h"
#include "eider/sas.h"

#include <ctype.h>
#include <string.h>

static void
make_run(fuzz_in *in, eider_run *a, eider_run *b, bool *is_same)
{
    memset(a, 0x33, sizeof *a);
    *b = *a;
    *is_same = fuzz_edit(in, b, sizeof *b) == 0;
}

static void
ask(fuzz_in *in)
{
    EIDER_AUTO(eider_run) ra, rb;
    EIDER_AUTO(eider_cpace) c;
    eider_public ya, yb;
    eider_cpace_tag tb, ta_b, ta_a;
    eider_slice answer_a = fuzz_take(in, 1 + fuzz_u8(in) % 16), answer_b;
    bool is_same, is_touched;
    uint8_t *other = fuzz_copy(answer_a.p, answer_a.n);

    answer_b = (eider_slice){other, answer_a.n};
    make_run(in, &ra, &rb, &is_same);
    is_same = fuzz_edit(in, other, answer_b.n) == 0 && is_same;
    FUZZ_CHECK(eider_cpace_start(&c, &ra, answer_a) == EIDER_OK);
    ya = c.y;
    is_touched = fuzz_edit(in, ya.b, sizeof ya.b) > 0;
    if (eider_cpace_answer(&rb, answer_b, &ya, &yb, &tb, &ta_b) != EIDER_OK) {
        FUZZ_CHECK(is_touched);
        for (size_t i = 0; i < sizeof tb.b; i++)
            FUZZ_CHECK((tb.b[i] | ta_b.b[i]) == 0);
        free(other);
        return;
    }
    is_touched = fuzz_edit(in, yb.b, sizeof yb.b) > 0 || is_touched;
    is_touched = fuzz_edit(in, tb.b, sizeof tb.b) > 0 || is_touched;
    if (eider_cpace_finish(&c, &ra, &yb, &tb, &ta_a) == EIDER_OK) {
        FUZZ_CHECK(is_same && !is_touched);
        FUZZ_CHECK(memcmp(ta_a.b, ta_b.b, sizeof ta_a.b) == 0);
    } else {
        FUZZ_CHECK(!is_same || is_touched);
        for (size_t i = 0; i < sizeof ta_a.b; i++)
            FUZZ_CHECK(ta_a.b[i] == 0);
    }
    free(other);
}

/* Points from anywhere, and our own sent back. */
static void
raw(fuzz_in *in)
{
    EIDER_AUTO(eider_run) run, same;
    EIDER_AUTO(eider_cpace) c;
    const eider_slice answer = {(const uint8_t *)"x", 1};
    eider_public y = {{0}}, yb;
    eider_cpace_tag tb, ta;
    bool is_same;

    make_run(in, &run, &same, &is_same);
    FUZZ_CHECK(eider_cpace_start(&c, &run, answer) == EIDER_OK);
    fuzz_fill(in, tb.b, sizeof tb.b);
    FUZZ_CHECK(eider_cpace_finish(&c, &run, &c.y, &tb, &ta) == EIDER_E_AUTH);
    fuzz_fill(in, y.b, sizeof y.b);
    FUZZ_CHECK(eider_cpace_finish(&c, &run, &y, &tb, &ta) == EIDER_E_AUTH);
    (void)!eider_cpace_answer(&run, answer, &y, &yb, &tb, &ta);
}

static void
code(fuzz_in *in)
{
    EIDER_AUTO(eider_run) ra, rb;
    EIDER_AUTO(eider_secret) sask;
    eider_sas_value na, nb, c, x, ok, theirs;
    eider_public key, other;
    char digits[EIDER_SAS_LEN + 1];
    bool is_same;

    memset(&key, 5, sizeof key);
    memset(&sask, 6, sizeof sask);
    fuzz_fill(in, &nb, sizeof nb);
    memset(&na, 9, sizeof na);
    eider_sas_commit((memset(&ra, 0x33, sizeof ra), &ra), &na, &key, &c);
    make_run(in, &ra, &rb, &is_same);
    x = na;
    other = key;
    is_same = fuzz_edit(in, &x, sizeof x) == 0 && is_same;
    is_same = fuzz_edit(in, &other, sizeof other) == 0 && is_same;
    is_same = fuzz_edit(in, &c, sizeof c) == 0 && is_same;
    /* A run binds what is not in a commitment, too. */
    if (eider_sas_check(&rb, &x, &other, &c) == EIDER_OK)
        FUZZ_CHECK(memcmp(&x, &na, sizeof x) == 0 &&
                   memcmp(&other, &key, sizeof key) == 0);
    else
        FUZZ_CHECK(!is_same);
    eider_sas_code(&ra, &sask, &na, &nb, digits);
    FUZZ_CHECK(strlen(digits) == EIDER_SAS_LEN);
    for (size_t i = 0; i < EIDER_SAS_LEN; i++)
        FUZZ_CHECK(i % 5 == 4 ? digits[i] == ' '
                              : isdigit((unsigned char)digits[i]) != 0);
    eider_sas_ok(&ra, &sask, true, &ok);
    eider_sas_ok(&ra, &sask, false, &theirs);
    FUZZ_CHECK(memcmp(&ok, &theirs, sizeof ok) != 0);
}

static void
number(fuzz_in *in)
{
    char a[EIDER_SAFETY_LEN + 1], b[EIDER_SAFETY_LEN + 1];
    char one[EIDER_FINGERPRINT_LEN + 1];
    eider_public x, y;

    fuzz_fill(in, &x, sizeof x);
    fuzz_fill(in, &y, sizeof y);
    eider_safety_number(&x, &y, a);
    eider_safety_number(&y, &x, b);
    FUZZ_CHECK(strcmp(a, b) == 0 && strlen(a) == EIDER_SAFETY_LEN);
    eider_fingerprint(&x, one);
    FUZZ_CHECK(strlen(one) == EIDER_FINGERPRINT_LEN && strstr(a, one) != NULL);
}

static void
one(const uint8_t *p, size_t n)
{
    static void (*const ways[])(fuzz_in *) = {ask, raw, code, number};
    fuzz_in in = {p, n};

    fuzz_random(13);
    ways[fuzz_u8(&in) % 4](&in);
}

static void
seeds(fuzz_seed *out, void *arg)
{
    out(arg, "\0\4abcde\0\0\0\0\0", 12);
    out(arg, "\0\4abcde\1\7\0\1\0\1\0\0\1\0\1\0\1\1\0\7", 24);
    out(arg, "\1\0abcdefghijklmnopqrstuvwxyz", 28);
    out(arg, "\2\0abcdefghijklmnopqrstuvwxyz123456\0\0\0\0", 38);
    out(arg, "\3abcdefghijklmnopqrstuvwxyz123456ABC", 36);
}

const fuzz_harness fuzz_proof = {"proof", 200, one, seeds, false};
