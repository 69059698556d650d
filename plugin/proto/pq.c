/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/pq.h"

#include "eider/crypto.h"
#include "eider/kem.h"

#include <string.h>

#define RECORD_HEADER 3 /* type, length */
#define RUN_HEADER    3 /* kind, epoch, first index */
#define HAVE_BITS     5 /* bytes */
#define HAVE_LEN      (2 + HAVE_BITS)

#define EK_LEN  crypto_kem_mlkem768_PUBLICKEYBYTES
#define CT_LEN  crypto_kem_mlkem768_CIPHERTEXTBYTES
#define RUN_MAX (RUN_HEADER + EK_LEN)

_Static_assert(EK_LEN == EIDER_PQ_EK_SYMBOLS * EIDER_PQ_SYMBOL, "symbols");
_Static_assert(CT_LEN == EIDER_PQ_CT_SYMBOLS * EIDER_PQ_SYMBOL, "symbols");
_Static_assert(EIDER_PQ_SEED == crypto_kem_mlkem768_SEEDBYTES, "seed");
_Static_assert(EIDER_PQ_DK == crypto_kem_mlkem768_SECRETKEYBYTES, "dk");

void
eider_pq_init(eider_pq *pq, bool initiator)
{
    eider_wipe(pq, sizeof *pq);
    pq->initiator = initiator;
}

void
eider_pq_wipe(eider_pq *pq)
{
    eider_wipe(pq, sizeof *pq);
}

bool
eider_pq_makes_key(const eider_pq *pq)
{
    bool is_odd = pq->mixed % 2 == 0; /* the epoch after it */

    return is_odd == pq->initiator;
}

uint8_t
eider_pq_epoch(const eider_pq *pq)
{
    return (uint8_t)pq->mixed;
}

static uint8_t
next_epoch(const eider_pq *pq)
{
    return (uint8_t)(pq->mixed + 1);
}

const eider_secret *
eider_pq_to_send(const eider_pq *pq)
{
    return eider_pq_makes_key(pq) && pq->has_ss ? &pq->ss : NULL;
}

eider_err
eider_pq_to_receive(const eider_pq *pq, uint8_t epoch, const eider_secret **ss)
{
    *ss = NULL;
    if (epoch == eider_pq_epoch(pq))
        return EIDER_OK;
    if (epoch != next_epoch(pq) || eider_pq_makes_key(pq) || !pq->has_ss)
        return EIDER_E_AUTH;
    *ss = &pq->ss;
    return EIDER_OK;
}

void
eider_pq_advance(eider_pq *pq)
{
    uint32_t mixed = pq->mixed + 1;

    eider_pq_init(pq, pq->initiator);
    pq->mixed = mixed;
}

static unsigned
symbols_of_ours(const eider_pq *pq)
{
    return eider_pq_makes_key(pq) ? EIDER_PQ_EK_SYMBOLS : EIDER_PQ_CT_SYMBOLS;
}

static unsigned
symbols_of_theirs(const eider_pq *pq)
{
    return eider_pq_makes_key(pq) ? EIDER_PQ_CT_SYMBOLS : EIDER_PQ_EK_SYMBOLS;
}

static uint64_t
all_of(unsigned symbols)
{
    return (UINT64_C(1) << symbols) - 1;
}

/* ---- out ------------------------------------------------------------------ */

static void
make_key(eider_pq *pq)
{
    if (!pq->has_seed)
        eider_random(pq->seed, sizeof pq->seed);
    if (!pq->has_dk)
        crypto_kem_mlkem768_seed_keypair(pq->ours, pq->dk, pq->seed);
    pq->has_seed = pq->has_dk = true;
}

static void
say_have(const eider_pq *pq, eider_body *body)
{
    uint8_t v[HAVE_LEN] = {EIDER_PQ_HAVE, next_epoch(pq)};

    for (unsigned i = 0; i < HAVE_BITS; i++)
        v[2 + i] = (uint8_t)(pq->arrived >> 8 * i);
    (void)!eider_body_add(body, EIDER_R_PQ, (eider_slice){v, sizeof v});
}

/* Symbols of ours from the first that they lack, as many as fit; the run goes
 * on over those that they have. */
static void
say_symbols(eider_pq *pq, eider_body *body)
{
    unsigned n = symbols_of_ours(pq), first = pq->next, k;
    size_t room = eider_body_len(body->size) - body->used;
    uint8_t v[RUN_MAX], *p = v;

    if (pq->marked == all_of(n) ||
        room < RECORD_HEADER + RUN_HEADER + EIDER_PQ_SYMBOL)
        return;
    if (eider_pq_makes_key(pq))
        make_key(pq);
    while (pq->marked >> first & 1)
        first = (first + 1) % n;
    k = (unsigned)((room - RECORD_HEADER - RUN_HEADER) / EIDER_PQ_SYMBOL);
    if (k > n)
        k = n;
    *p++ = eider_pq_makes_key(pq) ? EIDER_PQ_EK : EIDER_PQ_CT;
    *p++ = next_epoch(pq);
    *p++ = (uint8_t)first;
    for (unsigned i = 0; i < k; i++, p += EIDER_PQ_SYMBOL)
        memcpy(p, pq->ours + (first + i) % n * EIDER_PQ_SYMBOL,
               EIDER_PQ_SYMBOL);
    if (eider_body_add(body, EIDER_R_PQ, (eider_slice){v, (size_t)(p - v)}) ==
        EIDER_OK)
        pq->next = (uint8_t)((first + k) % n);
}

void
eider_pq_fill(eider_pq *pq, eider_body *body)
{
    bool has_own = eider_pq_makes_key(pq) ? pq->arrived == 0 : pq->has_ss;

    if (has_own)
        say_symbols(pq, body);
    else
        say_have(pq, body);
}

/* ---- in ------------------------------------------------------------------- */

/* Our key and their ciphertext: the secret.  Only it is kept. */
static void
open_ct(eider_pq *pq)
{
    make_key(pq);
    (void)!crypto_kem_mlkem768_dec(pq->ss.b, pq->theirs, pq->dk);
    pq->has_ss = true;
    pq->has_seed = pq->has_dk = false;
    eider_wipe(pq->seed, sizeof pq->seed);
    eider_wipe(pq->dk, sizeof pq->dk);
    eider_wipe(pq->ours, sizeof pq->ours);
    eider_wipe(pq->theirs, sizeof pq->theirs);
}

/* Their key: a ciphertext of ours, or nothing if it is none. */
static void
answer_ek(eider_pq *pq)
{
    pq->has_ss = eider_kem_check_ek(pq->theirs) &&
                 crypto_kem_mlkem768_enc(pq->ours, pq->ss.b, pq->theirs) == 0;
    if (!pq->has_ss)
        pq->arrived = 0;
    eider_wipe(pq->theirs, sizeof pq->theirs);
}

static void
take_symbols(eider_pq *pq, eider_reader rd)
{
    unsigned n = symbols_of_theirs(pq), first = eider_get_u8(&rd);
    size_t k = rd.n / EIDER_PQ_SYMBOL;

    if (!eider_reader_ok(&rd) || rd.n % EIDER_PQ_SYMBOL != 0 || k == 0 ||
        k > n || first >= n)
        return;
    for (size_t i = 0; i < k; i++) {
        size_t at = (first + i) % n;
        eider_slice symbol = eider_get_slice(&rd, EIDER_PQ_SYMBOL);

        if (pq->arrived >> at & 1)
            continue;
        memcpy(pq->theirs + at * EIDER_PQ_SYMBOL, symbol.p, symbol.n);
        pq->arrived |= UINT64_C(1) << at;
    }
    if (pq->arrived != all_of(n))
        return;
    if (eider_pq_makes_key(pq))
        open_ct(pq);
    else
        answer_ek(pq);
}

static void
take_have(eider_pq *pq, eider_reader rd)
{
    uint64_t bits = eider_get_u32(&rd);

    bits |= (uint64_t)eider_get_u8(&rd) << 32;
    if (eider_reader_is_done(&rd))
        pq->marked |= bits & all_of(symbols_of_ours(pq));
}

static void
take_record(eider_pq *pq, eider_slice value)
{
    eider_reader rd = eider_reader_of(value.p, value.n);
    bool makes = eider_pq_makes_key(pq);
    uint8_t kind = eider_get_u8(&rd), epoch = eider_get_u8(&rd);

    if (!eider_reader_ok(&rd) || epoch != next_epoch(pq))
        return;
    /* Nothing of ours has left yet: what could they have, or answer? */
    if (kind == EIDER_PQ_HAVE && (makes ? pq->has_seed : pq->has_ss))
        take_have(pq, rd);
    else if (kind == EIDER_PQ_EK && !makes && !pq->has_ss)
        take_symbols(pq, rd);
    else if (kind == EIDER_PQ_CT && makes && pq->has_seed)
        take_symbols(pq, rd);
}

void
eider_pq_take(eider_pq *pq, const eider_body *body)
{
    eider_record r;

    if (eider_body_check(body) != EIDER_OK)
        return;
    for (size_t at = 0; eider_body_next(body, &at, &r);)
        if (r.type == EIDER_R_PQ) {
            take_record(pq, r.value);
            return;
        }
}

/* ---- storage -------------------------------------------------------------- */

#define HAS_SEED 1u
#define HAS_SS   2u

static void
put_bits(eider_buf *out, uint64_t bits)
{
    eider_put_u32(out, (uint32_t)bits);
    eider_put_u8(out, (uint8_t)(bits >> 32));
}

static uint64_t
get_bits(eider_reader *rd)
{
    uint64_t low = eider_get_u32(rd);

    return low | (uint64_t)eider_get_u8(rd) << 32;
}

void
eider_pq_pickle(const eider_pq *pq, eider_buf *out)
{
    eider_put_u32(out, pq->mixed);
    eider_put_u8(out, (uint8_t)((pq->has_seed ? HAS_SEED : 0) |
                                (pq->has_ss ? HAS_SS : 0)));
    eider_put_u8(out, pq->next);
    put_bits(out, pq->marked);
    put_bits(out, pq->arrived);
    if (pq->has_seed)
        eider_buf_add(out, pq->seed, sizeof pq->seed);
    if (pq->has_ss)
        eider_buf_add(out, pq->ss.b, sizeof pq->ss.b);
    if (pq->has_ss && !eider_pq_makes_key(pq))
        eider_buf_add(out, pq->ours, CT_LEN);
    for (unsigned i = 0; !pq->has_ss && i < EIDER_PQ_EK_SYMBOLS; i++)
        if (pq->arrived >> i & 1)
            eider_buf_add(out, pq->theirs + i * EIDER_PQ_SYMBOL,
                          EIDER_PQ_SYMBOL);
}

/* Whether the numbers can stand together; @has is what was stored. */
static bool
is_possible(const eider_pq *pq, uint8_t has)
{
    unsigned ours = symbols_of_ours(pq), theirs = symbols_of_theirs(pq);
    bool makes = eider_pq_makes_key(pq), has_own = makes ? has != 0 : has > 1;

    if (has > (HAS_SEED | HAS_SS) || has == (HAS_SEED | HAS_SS) ||
        (!makes && pq->has_seed) || pq->next >= ours ||
        pq->marked > all_of(ours) || pq->arrived > all_of(theirs))
        return false;
    if (!has_own && (pq->marked != 0 || pq->next != 0))
        return false; /* nothing of ours has left */
    if (makes && has == 0 && pq->arrived != 0)
        return false;
    /* All symbols are there exactly if they were made use of. */
    return (pq->arrived == all_of(theirs)) == pq->has_ss;
}

eider_err
eider_pq_unpickle(eider_pq *pq, bool initiator, eider_reader *rd)
{
    EIDER_AUTO(eider_pq) got = {.initiator = initiator};
    uint8_t has;

    got.mixed = eider_get_u32(rd);
    has = eider_get_u8(rd);
    got.has_seed = has & HAS_SEED;
    got.has_ss = has & HAS_SS;
    got.next = eider_get_u8(rd);
    got.marked = get_bits(rd);
    got.arrived = get_bits(rd);
    if (!eider_reader_ok(rd) || !is_possible(&got, has))
        return EIDER_E_MALFORMED;
    if (got.has_seed)
        eider_get_bytes(rd, got.seed, sizeof got.seed);
    if (got.has_ss)
        eider_get_bytes(rd, got.ss.b, sizeof got.ss.b);
    if (got.has_ss && !eider_pq_makes_key(&got))
        eider_get_bytes(rd, got.ours, CT_LEN);
    for (unsigned i = 0; !got.has_ss && i < EIDER_PQ_EK_SYMBOLS; i++)
        if (got.arrived >> i & 1)
            eider_get_bytes(rd, got.theirs + i * EIDER_PQ_SYMBOL,
                            EIDER_PQ_SYMBOL);
    if (!eider_reader_ok(rd))
        return EIDER_E_MALFORMED;
    *pq = got;
    return EIDER_OK;
}
