/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/handshake.h"
#include "support.h"
#include "vectors.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

Suite *fragment_suite(void);

/* Opening gives @e, and where that is not EIDER_OK, no fragment. */
static void
expect(const eider_secret *mask, const eider_frame *f, eider_err e,
       eider_fragment *out)
{
    eider_fragment untouched;

    memset(&untouched, 0x77, sizeof untouched);
    *out = untouched;
    ck_assert_int_eq(eider_fragment_open(mask, f, out), e);
    if (e != EIDER_OK)
        ck_assert_mem_eq(out, &untouched, sizeof untouched);
}

/* ---- Against the model ------------------------------------------------- */

static void
frame_from(const vectors *v, unsigned i, eider_frame *f)
{
    char name[16];
    size_t n;

    snprintf(name, sizeof name, "frame%u", i);
    n = vectors_bytes(v, name, f->b, sizeof f->b);
    f->size = n == EIDER_FRAME_S ? EIDER_S : EIDER_M;
    ck_assert_uint_eq(n, eider_frame_len(f->size));
}

/* A whole message, fragment by fragment. */
static void
agree_message(const vectors *v, const eider_secret *mask)
{
    uint8_t whole[EIDER_FRAGMENT_M] = {0}, salt[4];
    uint8_t message = (uint8_t)vectors_number(v, "number");
    eider_frame f, got = {.size = EIDER_L};
    eider_fragment part;
    eider_hs_id id;

    vectors_exactly(v, "id", id.b, sizeof id.b);
    vectors_bytes(v, "message", whole, EIDER_HS_LEN);
    for (unsigned i = 0; i < vectors_number(v, "fragments"); i++) {
        size_t n;
        char name[16];

        frame_from(v, i, &f);
        snprintf(name, sizeof name, "salt%u", i);
        vectors_exactly(v, name, salt, sizeof salt);
        test_random_push(salt, sizeof salt);
        eider_fragment_seal(mask, &id, message, (uint8_t)i, whole, f.size,
                            &got);
        test_random_end();
        ck_assert_int_eq(got.size, f.size);
        ck_assert_mem_eq(got.b, f.b, eider_frame_len(f.size));

        expect(mask, &f, EIDER_OK, &part);
        n = f.size == EIDER_S ? EIDER_FRAGMENT_S : EIDER_FRAGMENT_M;
        ck_assert_mem_eq(part.id.b, id.b, sizeof id.b);
        ck_assert_uint_eq(part.message, message);
        ck_assert_uint_eq(part.index, i);
        ck_assert_int_eq(part.size, f.size);
        ck_assert_mem_eq(part.data, whole + i * n, n);
    }
}

START_TEST(agrees_with_the_model)
{
    unsigned messages = 0, dropped = 0;
    eider_secret mask, public;
    eider_fragment part;
    eider_frame f;
    vectors v;

    eider_mask_public(&public);
    vectors_open(&v, "tests/vectors/fragment.txt");
    while (vectors_next(&v)) {
        vectors_exactly(&v, "mask_key", mask.b, sizeof mask.b);
        if (v.number == 1)
            ck_assert_mem_eq(mask.b, public.b, sizeof mask.b);
        if (vectors_has(&v, "fragments")) {
            agree_message(&v, &mask);
            messages++;
        } else if (vectors_has(&v, "valid")) {
            bool valid = vectors_number(&v, "valid") != 0;

            frame_from(&v, 0, &f);
            ck_assert_int_eq(eider_fragment_open(&mask, &f, &part) == EIDER_OK,
                             valid);
            dropped += !valid;
        }
    }
    ck_assert_uint_gt(messages, 0);
    ck_assert_uint_gt(dropped, 0);
}
END_TEST

/* ---- Properties -------------------------------------------------------- */

static const struct {
    uint8_t message, index;
    eider_size size;
} places[] = {{1, 0, EIDER_S}, {1, 4, EIDER_S}, {1, 0, EIDER_M},
              {2, 0, EIDER_S}, {2, 4, EIDER_S}, {2, 0, EIDER_M},
              {3, 0, EIDER_S}};

static void
seal_place(int i, eider_secret *mask, eider_frame *f)
{
    static uint8_t whole[EIDER_HS_LEN];
    const eider_hs_id id = {{1, 2, 3, 4, 5, 6}};

    memset(f, 0, sizeof *f);
    eider_random(mask, sizeof *mask);
    eider_random(whole, sizeof whole);
    eider_fragment_seal(mask, &id, places[i].message, places[i].index, whole,
                        places[i].size, f);
}

START_TEST(a_frame_changed_in_one_bit_is_not_a_fragment)
{
    eider_fragment part;
    eider_secret mask;
    eider_frame f;
    size_t step = places[_i].size == EIDER_S ? 1 : 8; /* M: a bit a byte */

    seal_place(_i, &mask, &f);
    expect(&mask, &f, EIDER_OK, &part);
    for (size_t bit = 0; bit < 8 * eider_frame_len(f.size); bit += step) {
        uint8_t flip = (uint8_t)(1 << (bit + bit / 8) % 8);

        f.b[bit / 8] ^= flip;
        expect(&mask, &f, EIDER_E_AUTH, &part);
        f.b[bit / 8] ^= flip;
    }
}
END_TEST

START_TEST(another_mask_or_another_size_does_not_open_it)
{
    eider_fragment part;
    eider_secret mask, other;
    eider_frame f;

    seal_place(_i, &mask, &f);
    other = mask;
    other.b[31] ^= 1;
    expect(&other, &f, EIDER_E_AUTH, &part);
    eider_mask_public(&other);
    expect(&other, &f, EIDER_E_AUTH, &part);
    f.size = f.size == EIDER_S ? EIDER_M : EIDER_S;
    expect(&mask, &f, EIDER_E_AUTH, &part);
    f.size = EIDER_L;
    expect(&mask, &f, EIDER_E_AUTH, &part);
}
END_TEST

/* A repeated line is another line, from its first byte on. */
START_TEST(the_same_fragment_sealed_twice_differs_and_opens_to_the_same)
{
    uint8_t whole[EIDER_HS_LEN] = {0};
    const eider_hs_id id = {{0}};
    eider_fragment a, b;
    eider_frame f = {0}, g = {0};
    eider_secret mask;

    eider_mask_public(&mask);
    eider_fragment_seal(&mask, &id, 1, 2, whole, EIDER_S, &f);
    eider_fragment_seal(&mask, &id, 1, 2, whole, EIDER_S, &g);
    ck_assert(memcmp(f.b, g.b, 24) != 0);
    ck_assert(memcmp(f.b + 24, g.b + 24, 12) != 0);
    expect(&mask, &f, EIDER_OK, &a);
    expect(&mask, &g, EIDER_OK, &b);
    ck_assert_mem_eq(&a, &b, sizeof a);
}
END_TEST

/* What only somebody who knows the mask can make. */
static void
forge(const eider_secret *mask, const uint8_t *plain, eider_frame *out)
{
    size_t n = eider_frame_len(out->size) - EIDER_NONCE_LEN;
    const eider_slice part = {plain, n};
    eider_secret ke, km;

    eider_kdf(1, "EIDRmask", mask, &ke);
    eider_kdf(2, "EIDRmask", mask, &km);
    eider_hash(out->b, EIDER_NONCE_LEN, km.b, sizeof km.b, &part, 1);
    eider_stream(&ke, out->b, plain, n, out->b + EIDER_NONCE_LEN);
}

static bool
is_place(unsigned message, unsigned index, eider_size size)
{
    for (unsigned i = 0; i < 5; i++)
        if (index == i && (message == 1 || message == 2))
            return size == EIDER_S || i == 0;
    return message == 3 && index == 0 && size == EIDER_S;
}

START_TEST(of_all_messages_and_indices_only_the_real_ones_are_taken)
{
    uint8_t plain[12 + EIDER_FRAGMENT_M] = {0x48};
    eider_frame f = {.size = _i ? EIDER_M : EIDER_S};
    eider_fragment part;
    eider_secret mask;

    eider_mask_public(&mask);
    for (unsigned place = 0; place < 256; place++) {
        plain[7] = (uint8_t)place;
        forge(&mask, plain, &f);
        expect(&mask, &f,
               is_place(place >> 4, place & 15, f.size) ? EIDER_OK
                                                        : EIDER_E_MALFORMED,
               &part);
    }
    plain[7] = 0x10;
    for (unsigned type = 0; type < 256; type++) {
        plain[0] = (uint8_t)type;
        forge(&mask, plain, &f);
        expect(&mask, &f, type == 0x48 ? EIDER_OK : EIDER_E_MALFORMED, &part);
    }
}
END_TEST

START_TEST(an_m_frame_ends_in_zeros)
{
    uint8_t plain[12 + EIDER_FRAGMENT_M] = {0x48, [7] = 0x20};
    eider_frame f = {.size = EIDER_M};
    eider_fragment part;
    eider_secret mask;

    eider_mask_public(&mask);
    for (size_t at = 8; at < sizeof plain; at++) {
        plain[at] = 1;
        forge(&mask, plain, &f);
        expect(&mask, &f, at < 12 + EIDER_HS_LEN ? EIDER_OK : EIDER_E_MALFORMED,
               &part);
        plain[at] = 0;
    }
}
END_TEST

Suite *
fragment_suite(void)
{
    Suite *s = suite_create("fragment");
    TCase *tc = tcase_create("fragment");
    const int n = sizeof places / sizeof places[0];

    tcase_add_test(tc, agrees_with_the_model);
    tcase_add_loop_test(tc, a_frame_changed_in_one_bit_is_not_a_fragment, 0, n);
    tcase_add_loop_test(tc, another_mask_or_another_size_does_not_open_it, 0,
                        n);
    tcase_add_test(
        tc, the_same_fragment_sealed_twice_differs_and_opens_to_the_same);
    tcase_add_loop_test(
        tc, of_all_messages_and_indices_only_the_real_ones_are_taken, 0, 2);
    tcase_add_test(tc, an_m_frame_ends_in_zeros);
    suite_add_tcase(s, tc);
    return s;
}
