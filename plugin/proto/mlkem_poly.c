/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring of ML-KEM: see mlkem_poly.h.
 *
 * Nothing divides, branches or indexes by a secret: reduction is an exact
 * multiplication and shift, so that there is not even a conditional
 * subtraction for a compiler to turn into a jump.
 */
#include "mlkem_poly.h"

#ifdef EIDER_KEM_OWN

enum { Q = EIDER_POLY_Q, N = EIDER_POLY_N };

/* zeta^BitRev7(i), zeta = 17: FIPS 203, appendix A. */
static const uint16_t ZETA[128] = {
    1,    1729, 2580, 3289, 2642, 630,  1897, 848,  1062, 1919, 193,  797,
    2786, 3260, 569,  1746, 296,  2447, 1339, 1476, 3046, 56,   2240, 1333,
    1426, 2094, 535,  2882, 2393, 2879, 1974, 821,  289,  331,  3253, 1756,
    1197, 2304, 2277, 2055, 650,  1977, 2513, 632,  2865, 33,   1320, 1915,
    2319, 1435, 807,  452,  1438, 2868, 1534, 2402, 2647, 2617, 1481, 648,
    2474, 3110, 1227, 910,  17,   2761, 583,  2649, 1637, 723,  2288, 1100,
    1409, 2662, 3281, 233,  756,  2156, 3015, 3050, 1703, 1651, 2789, 1789,
    1847, 952,  1461, 2687, 939,  2308, 2437, 2388, 733,  2337, 268,  641,
    1584, 2298, 2037, 3220, 375,  2549, 2090, 1645, 1063, 319,  2773, 757,
    2099, 561,  2466, 2594, 2804, 1092, 403,  1026, 1143, 2150, 2775, 886,
    1722, 1212, 1874, 1029, 2110, 2935, 885,  2154,
};

/*
 * x / q, exactly, for x below 2^28.  The factor is 2^40 / q rounded up, which
 * is 3177 / q too much: less than 2^12 / q, so that 28 bits come out right.
 */
static uint32_t
quotient(uint32_t x)
{
    return (uint32_t)((uint64_t)x * 330282857 >> 40);
}

uint16_t
eider_poly_reduce(uint32_t x)
{
    return (uint16_t)(x - quotient(x) * Q);
}

void
eider_poly_add(eider_poly *sum, const eider_poly *a)
{
    int i;

    for (i = 0; i < N; i++)
        sum->c[i] = eider_poly_reduce((uint32_t)sum->c[i] + a->c[i]);
}

void
eider_poly_subtract(eider_poly *from, const eider_poly *a)
{
    int i;

    for (i = 0; i < N; i++)
        from->c[i] = eider_poly_reduce((uint32_t)from->c[i] + Q - a->c[i]);
}

/*
 * Algorithm 9.  Within it coefficients grow by q a layer, to 8q.  The index of
 * zeta is computed anew, as compilers would divide to find where it ends up.
 */
void
eider_poly_ntt(eider_poly *f)
{
    int layer, start, j;

    for (layer = 7; layer >= 1; layer--) {
        int len = 1 << layer;

        for (start = 0; start < N; start += 2 * len) {
            uint32_t zeta = ZETA[(N + start) >> (layer + 1)];

            for (j = start; j < start + len; j++) {
                uint16_t t = eider_poly_reduce(zeta * f->c[j + len]);

                f->c[j + len] = (uint16_t)(f->c[j] + Q - t);
                f->c[j] = (uint16_t)(f->c[j] + t);
            }
        }
    }
    for (j = 0; j < N; j++)
        f->c[j] = eider_poly_reduce(f->c[j]);
}

/*
 * Algorithm 10.  The sums double with each layer: 8q after three of them, 16q
 * before the fourth reduces, 8q again after the last.  So the differences, from
 * which up to 8q is taken, are below 16q, and their products below 2^28.
 */
void
eider_poly_ntt_inverse(eider_poly *f)
{
    int layer, start, j;

    for (layer = 1; layer <= 7; layer++) {
        int len = 1 << layer;

        for (start = 0; start < N; start += 2 * len) {
            uint32_t zeta = ZETA[(2 * N - 1 - start) >> (layer + 1)];

            for (j = start; j < start + len; j++) {
                uint32_t a = f->c[j], b = f->c[j + len];

                f->c[j] =
                    layer == 4 ? eider_poly_reduce(a + b) : (uint16_t)(a + b);
                f->c[j + len] = eider_poly_reduce(zeta * (b + 8 * Q - a));
            }
        }
    }
    for (j = 0; j < N; j++)
        f->c[j] = eider_poly_reduce((uint32_t)f->c[j] * 3303); /* 1/128 */
}

/* Algorithms 11 and 12, added to @sum. */
void
eider_poly_multiply_add(eider_poly *sum, const eider_poly *f,
                        const eider_poly *g)
{
    int i;

    for (i = 0; i < N; i += 2) {
        uint32_t a0 = f->c[i], a1 = f->c[i + 1];
        uint32_t b0 = g->c[i], b1 = g->c[i + 1];
        uint32_t zeta = ZETA[64 + i / 4];
        uint32_t gamma = i % 4 == 0 ? zeta : Q - zeta;

        sum->c[i] = eider_poly_reduce(sum->c[i] + a0 * b0 +
                                      eider_poly_reduce(a1 * b1) * gamma);
        sum->c[i + 1] = eider_poly_reduce(sum->c[i + 1] + a0 * b1 + a1 * b0);
    }
}

/* ---- Bytes ------------------------------------------------------------- */

/* Algorithms 5 and 6 where most bytes go: two coefficients are three bytes. */
static void
encode_12(uint8_t *out, const eider_poly *f)
{
    int i;

    for (i = 0; i < N; i += 2, out += 3) {
        out[0] = (uint8_t)f->c[i];
        out[1] = (uint8_t)(f->c[i] >> 8 | f->c[i + 1] << 4);
        out[2] = (uint8_t)(f->c[i + 1] >> 4);
    }
}

static void
decode_12(eider_poly *f, const uint8_t *in)
{
    int i;

    for (i = 0; i < N; i += 2, in += 3) {
        f->c[i] = eider_poly_reduce(in[0] | (in[1] & 15U) << 8);
        f->c[i + 1] = eider_poly_reduce(in[1] >> 4 | (uint32_t)in[2] << 4);
    }
}

/* Algorithm 5: @d bits a coefficient. */
void
eider_poly_encode(uint8_t *out, const eider_poly *f, unsigned d)
{
    uint32_t bits = 0;
    unsigned n = 0;
    int i;

    if (d == 12) {
        encode_12(out, f);
        return;
    }
    for (i = 0; i < N; i++) {
        bits |= (uint32_t)f->c[i] << n;
        for (n += d; n >= 8; n -= 8) {
            *out++ = (uint8_t)bits;
            bits >>= 8;
        }
    }
}

/* Algorithm 6.  With 12 bits what comes in may be q or more. */
void
eider_poly_decode(eider_poly *f, const uint8_t *in, unsigned d)
{
    uint32_t bits = 0;
    unsigned n = 0;
    int i;

    if (d == 12) {
        decode_12(f, in);
        return;
    }
    for (i = 0; i < N; i++) {
        for (; n < d; n += 8)
            bits |= (uint32_t)*in++ << n;
        f->c[i] = eider_poly_reduce(bits & ((1U << d) - 1));
        bits >>= d;
        n -= d;
    }
}

/* Equation 4.7.  KyberSlash was a division here. */
void
eider_poly_compress(eider_poly *f, unsigned d)
{
    int i;

    for (i = 0; i < N; i++) {
        uint32_t rounded = quotient(((uint32_t)f->c[i] << d) + Q / 2);

        f->c[i] = (uint16_t)(hide(rounded) & ((1U << d) - 1));
    }
}

/* Equation 4.8.  With d = 1 the coefficients are the bits of a message. */
void
eider_poly_decompress(eider_poly *f, unsigned d)
{
    int i;

    for (i = 0; i < N; i++)
        f->c[i] = (uint16_t)((hide(f->c[i]) * Q + (1U << (d - 1))) >> d);
}

#endif
