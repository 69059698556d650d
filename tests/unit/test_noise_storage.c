/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A handshake on disk: it goes on where it was, or does not come back.
 */
#include "eider/noise.h"
#include "support.h"

#include <check.h>
#include <string.h>

Suite *noise_storage_suite(void);

static const eider_noise wiped;

/* Put @n away and take it back. */
static void
store(eider_noise *n)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_noise before = *n;
    eider_reader r;

    eider_noise_pickle(n, &b);
    memset(n, 0x77, sizeof *n);
    r = eider_reader_of(b.p, b.n);
    ck_assert_int_eq(eider_noise_unpickle(n, &r), EIDER_OK);
    ck_assert(eider_reader_is_done(&r));
    ck_assert_mem_eq(n, &before, sizeof before);
}

START_TEST(goes_on_after_every_message)
{
    eider_keypair s[2];
    eider_noise side[2];
    eider_secret k[2][2];
    EIDER_AUTO(eider_buf) message = {0};
    EIDER_AUTO(eider_buf) payload = {0};

    memset(side, 0, sizeof side); /* padding too, for comparing */
    for (int i = 0; i < 2; i++) {
        eider_keypair_new(&s[i]);
        eider_noise_init(&side[i], (eider_noise_pattern)_i, i == 0,
                         test_string("p"), &s[i]);
        store(&side[i]);
    }
    for (unsigned m = 0; !eider_noise_is_done(&side[m % 2]); m++) {
        ck_assert_int_eq(
            eider_noise_write(&side[m % 2], test_string("hi"), &message),
            EIDER_OK);
        ck_assert_int_eq(eider_noise_read(&side[(m + 1) % 2],
                                          test_slice(message.p, message.n),
                                          &payload),
                         EIDER_OK);
        store(&side[0]);
        store(&side[1]);
    }
    eider_noise_split(&side[0], &k[0][0], &k[0][1]);
    eider_noise_split(&side[1], &k[1][0], &k[1][1]);
    ck_assert_mem_eq(k[0], k[1], sizeof k[0]);
}
END_TEST

static bool
unpickles(eider_slice in, void *data)
{
    eider_reader r = eider_reader_of(in.p, in.n);
    eider_noise n;

    (void)data;
    memset(&n, 0x77, sizeof n);
    if (eider_noise_unpickle(&n, &r) == EIDER_OK)
        return true;
    ck_assert_mem_eq(&n, &wiped, sizeof n);
    return false;
}

START_TEST(what_is_cut_or_out_of_bounds_does_not_come_back)
{
    EIDER_AUTO(eider_buf) b = {0};
    EIDER_AUTO(eider_buf) message = {0};
    /* The first bytes: pattern, initiator, message, has_key. */
    const uint8_t bad[] = {EIDER_NOISE_PATTERNS, 2, 4, 2};
    eider_keypair s;
    eider_noise n;

    eider_keypair_new(&s);
    eider_noise_init(&n, EIDER_NOISE_XXHFS, _i, test_string("p"), &s);
    if (_i)
        ck_assert_int_eq(eider_noise_write(&n, test_string(""), &message),
                         EIDER_OK);
    eider_noise_pickle(&n, &b);
    test_refuses_cuts(test_slice(b.p, b.n), unpickles, NULL);
    for (size_t i = 0; i < sizeof bad; i++) {
        uint8_t was = b.p[i];

        b.p[i] = bad[i];
        ck_assert(!unpickles(test_slice(b.p, b.n), NULL));
        b.p[i] = 0xff;
        ck_assert(!unpickles(test_slice(b.p, b.n), NULL));
        b.p[i] = was;
    }
}
END_TEST

START_TEST(wiping_leaves_nothing)
{
    eider_noise n;

    memset(&n, 0x77, sizeof n);
    eider_noise_wipe(&n);
    ck_assert_mem_eq(&n, &wiped, sizeof n);
}
END_TEST

Suite *
noise_storage_suite(void)
{
    Suite *s = suite_create("noise_storage");
    TCase *tc = tcase_create("noise");

    tcase_add_loop_test(tc, goes_on_after_every_message, 0,
                        EIDER_NOISE_PATTERNS);
    tcase_add_loop_test(tc, what_is_cut_or_out_of_bounds_does_not_come_back, 0,
                        2);
    tcase_add_test(tc, wiping_leaves_nothing);
    suite_add_tcase(s, tc);
    return s;
}
