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

/* Loops over coefficients are what all of this is; clang sees it by itself. */
#if defined __GNUC__ && !defined __clang__
#pragma GCC optimize("O3")
#endif

enum { Q = EIDER_POLY_Q, N = EIDER_POLY_N };

/* zeta^BitRev7(i), zeta = 17, from -q / 2 to q / 2 (FIPS 203, appendix A); and
 * what times() wants of it. */
static const struct {
    int16_t of, part;
} ZETA[128] = {
    {1, 20},         {-1600, -31498}, {-749, -14745},  {-40, -787},
    {-687, -13525},  {630, 12402},    {-1432, -28191}, {848, 16694},
    {1062, 20907},   {-1410, -27758}, {193, 3799},     {797, 15690},
    {-543, -10690},  {-69, -1358},    {569, 11202},    {-1583, -31164},
    {296, 5827},     {-882, -17363},  {1339, 26360},   {1476, 29057},
    {-283, -5571},   {56, 1102},      {-1089, -21438}, {1333, 26242},
    {1426, 28073},   {-1235, -24313}, {535, 10532},    {-447, -8800},
    {-936, -18426},  {-450, -8859},   {-1355, -26675}, {821, 16163},
    {289, 5689},     {331, 6516},     {-76, -1496},    {-1573, -30967},
    {1197, 23565},   {-1025, -20179}, {-1052, -20710}, {-1274, -25080},
    {650, 12796},    {-1352, -26616}, {-816, -16064},  {632, 12442},
    {-464, -9134},   {33, 650},       {1320, 25986},   {-1414, -27837},
    {-1010, -19883}, {1435, 28250},   {807, 15887},    {452, 8898},
    {1438, 28309},   {-461, -9075},   {1534, 30199},   {-927, -18249},
    {-682, -13426},  {-712, -14017},  {1481, 29156},   {648, 12757},
    {-855, -16832},  {-219, -4311},   {1227, 24155},   {910, 17915},
    {17, 335},       {-568, -11182},  {583, 11477},    {-680, -13387},
    {1637, 32227},   {723, 14233},    {-1041, -20494}, {1100, 21655},
    {1409, 27738},   {-667, -13131},  {-48, -945},     {233, 4587},
    {756, 14883},    {-1173, -23092}, {-314, -6182},   {-279, -5493},
    {-1626, -32010}, {1651, 32502},   {-540, -10631},  {-1540, -30317},
    {-1482, -29175}, {952, 18741},    {1461, 28762},   {-642, -12639},
    {939, 18486},    {-1021, -20100}, {-892, -17560},  {-941, -18525},
    {733, 14430},    {-992, -19529},  {268, 5276},     {641, 12619},
    {1584, 31183},   {-1031, -20297}, {-1292, -25435}, {-109, -2146},
    {375, 7382},     {-780, -15355},  {-1239, -24391}, {1645, 32384},
    {1063, 20927},   {319, 6280},     {-556, -10946},  {757, 14903},
    {-1230, -24214}, {561, 11044},    {-863, -16989},  {-735, -14469},
    {-525, -10335},  {1092, 21498},   {403, 7934},     {1026, 20198},
    {1143, 22502},   {-1179, -23210}, {-554, -10906},  {886, 17442},
    {-1607, -31636}, {1212, 23860},   {-1455, -28644}, {1029, 20257},
    {-1219, -23998}, {-394, -7756},   {885, 17422},    {-1175, -23132},
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

/*
 * a b mod q, not quite reduced, in 16 bits throughout, so that compilers make
 * one instruction of eight of them.  @part is b / q in units of 1 / 2^16,
 * rounded; so the product less q times what the upper half gives lies between
 * -q / 4 and 5 q / 4 for all a of 16 bits and b from -q / 2 to q / 2.
 */
static inline int16_t
times(int16_t a, int16_t b, int16_t part)
{
    int16_t quotient = (int16_t)((int32_t)a * part >> 16);

    return (int16_t)(uint16_t)((uint32_t)a * (uint32_t)b -
                               (uint32_t)quotient * Q);
}

/* x / q exactly: 40318 is 2^27 / q, and 894 / q too much, less than 2^11 / q. */
static inline uint16_t
reduce_16(uint16_t x)
{
    return (uint16_t)(x - (x * 40318U >> 27) * Q);
}

void
eider_poly_add(eider_poly *sum, const eider_poly *a)
{
    int i;

    for (i = 0; i < N; i++)
        sum->c[i] = reduce_16((uint16_t)(sum->c[i] + a->c[i]));
}

void
eider_poly_subtract(eider_poly *from, const eider_poly *a)
{
    int i;

    for (i = 0; i < N; i++)
        from->c[i] = reduce_16((uint16_t)(from->c[i] + Q - a->c[i]));
}

/* A layer of algorithm 9: coefficients grow by 5 q / 4, to 9.75 q after all. */
static inline void
go_down(int16_t *restrict f, int len)
{
    int block, j;

    for (block = 0; block < N / 2 / len; block++, f += 2 * len) {
        int16_t zeta = ZETA[N / 2 / len + block].of;
        int16_t part = ZETA[N / 2 / len + block].part;

        for (j = 0; j < len; j++) {
            int16_t t = times(f[j + len], zeta, part);

            f[j + len] = (int16_t)(f[j] - t);
            f[j] = (int16_t)(f[j] + t);
        }
    }
}

void
eider_poly_ntt(eider_poly *f)
{
    int16_t c[N];
    int j;

    for (j = 0; j < N; j++)
        c[j] = (int16_t)f->c[j];
    go_down(c, 128);
    go_down(c, 64);
    go_down(c, 32);
    go_down(c, 16);
    go_down(c, 8);
    go_down(c, 4);
    go_down(c, 2);
    for (j = 0; j < N; j++)
        f->c[j] = reduce_16((uint16_t)(c[j] + 9 * Q));
    sodium_memzero(c, sizeof c);
}

/* A layer of algorithm 10: the sums double, the products are as in times(). */
static inline void
go_up(int16_t *restrict f, int len)
{
    int block, j;

    for (block = 0; block < N / 2 / len; block++, f += 2 * len) {
        int16_t zeta = ZETA[N / len - 1 - block].of;
        int16_t part = ZETA[N / len - 1 - block].part;

        for (j = 0; j < len; j++) {
            int16_t a = f[j], b = f[j + len];

            f[j] = (int16_t)(a + b);
            f[j + len] = times((int16_t)(b - a), zeta, part);
        }
    }
}

static inline void
reduce_all(int16_t *restrict f)
{
    int j;

    for (j = 0; j < N; j++)
        f[j] = (int16_t)reduce_16((uint16_t)(f[j] + 8 * Q));
}

/* From -q to 8 q after three layers; to 5 q after two more, and two more.  So
 * no difference is above 8 q. */
void
eider_poly_ntt_inverse(eider_poly *f)
{
    int16_t c[N];
    int j;

    for (j = 0; j < N; j++)
        c[j] = (int16_t)f->c[j];
    go_up(c, 2);
    go_up(c, 4);
    go_up(c, 8);
    reduce_all(c);
    go_up(c, 16);
    go_up(c, 32);
    reduce_all(c);
    go_up(c, 64);
    go_up(c, 128);
    for (j = 0; j < N; j++) /* 1 / 128 is -26 */
        f->c[j] = reduce_16((uint16_t)(times(c[j], -26, -512) + Q));
    sodium_memzero(c, sizeof c);
}

/* Algorithms 11 and 12, not reduced. */
void
eider_poly_multiply(eider_poly_sum *sum, const eider_poly *f,
                    const eider_poly *g)
{
    int i;

    for (i = 0; i < N / 2; i++) {
        uint32_t a0 = f->c[2 * i], a1 = f->c[2 * i + 1];
        uint32_t b0 = g->c[2 * i], b1 = g->c[2 * i + 1];
        int16_t zeta = ZETA[64 + i / 2].of;
        uint32_t gamma = (uint32_t)(i % 2 == 0 ? Q + zeta : Q - zeta);

        sum->even[i] += a0 * b0 + eider_poly_reduce(b1 * gamma) * a1;
        sum->odd[i] += a0 * b1 + a1 * b0;
    }
}

void
eider_poly_reduce_sum(eider_poly *f, const eider_poly_sum *sum)
{
    int i;

    for (i = 0; i < N / 2; i++) {
        f->c[2 * i] = eider_poly_reduce(sum->even[i]);
        f->c[2 * i + 1] = eider_poly_reduce(sum->odd[i]);
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
