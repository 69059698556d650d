/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/handshake.h"

#include <assert.h>
#include <string.h>

#define TYPE       0x48
#define SALT_LEN   4
#define MASK_LABEL "EIDER1-mask"

/* Where the fields of the plaintext stand. */
enum { AT_TYPE = 0, AT_ID = 1, AT_PLACE = 7, AT_SALT = 8, AT_DATA = 12 };

_Static_assert(EIDER_FRAME_S == EIDER_NONCE_LEN + AT_DATA + EIDER_FRAGMENT_S,
               "S fragment");
_Static_assert(EIDER_FRAME_M == EIDER_NONCE_LEN + AT_DATA + EIDER_FRAGMENT_M,
               "M fragment");
_Static_assert(EIDER_FRAGMENTS *EIDER_FRAGMENT_S == EIDER_HS_LEN &&
                   EIDER_FRAGMENT_S == EIDER_HS_LEN_3 &&
                   EIDER_FRAGMENT_M >= EIDER_HS_LEN,
               "messages fill their fragments");

void
eider_mask_public(eider_secret *out)
{
    const eider_slice label = {(const uint8_t *)MASK_LABEL,
                               sizeof MASK_LABEL - 1};

    eider_hash(out->b, sizeof out->b, NULL, 0, &label, 1);
}

/* KE and KM. */
static void
derive_keys(const eider_secret *mask, eider_secret *ke, eider_secret *km)
{
    eider_kdf(1, "EIDRmask", mask, ke);
    eider_kdf(2, "EIDRmask", mask, km);
}

static void
compute_nonce(const eider_secret *km, const uint8_t *plain, size_t n,
              uint8_t out[EIDER_NONCE_LEN])
{
    const eider_slice part = {plain, n};

    eider_hash(out, EIDER_NONCE_LEN, km->b, sizeof km->b, &part, 1);
}

/* Messages 1 and 2 are five S frames or one M frame, message 3 is one S. */
static bool
is_place(unsigned message, unsigned index, eider_size size)
{
    if (message < 1 || message > 3)
        return false;
    if (size == EIDER_M)
        return message < 3 && index == 0;
    return size == EIDER_S && index < (message < 3 ? EIDER_FRAGMENTS : 1);
}

void
eider_fragment_seal(const eider_secret *mask, const eider_hs_id *id,
                    uint8_t message, uint8_t index, const uint8_t *whole,
                    eider_size size, eider_frame *out)
{
    EIDER_AUTO(eider_secret) ke;
    EIDER_AUTO(eider_secret) km;
    uint8_t plain[AT_DATA + EIDER_FRAGMENT_M] = {0};
    size_t n = eider_frame_len(size) - EIDER_NONCE_LEN;

    assert(is_place(message, index, size));
    plain[AT_TYPE] = TYPE;
    memcpy(plain + AT_ID, id->b, sizeof id->b);
    plain[AT_PLACE] = (uint8_t)(message << 4 | index);
    eider_random(plain + AT_SALT, SALT_LEN);
    if (size == EIDER_M)
        memcpy(plain + AT_DATA, whole, EIDER_HS_LEN);
    else
        memcpy(plain + AT_DATA, whole + index * EIDER_FRAGMENT_S,
               EIDER_FRAGMENT_S);

    derive_keys(mask, &ke, &km);
    out->size = size;
    compute_nonce(&km, plain, n, out->b);
    eider_stream(&ke, out->b, plain, n, out->b + EIDER_NONCE_LEN);
}

static bool
is_zero(const uint8_t *p, size_t n)
{
    uint8_t all = 0;

    while (n-- > 0)
        all |= *p++;
    return all == 0;
}

static eider_err
parse(const uint8_t *plain, eider_size size, eider_fragment *out)
{
    uint8_t message = plain[AT_PLACE] >> 4, index = plain[AT_PLACE] & 15;
    size_t n = size == EIDER_M ? EIDER_FRAGMENT_M : EIDER_FRAGMENT_S;

    if (plain[AT_TYPE] != TYPE || !is_place(message, index, size) ||
        (size == EIDER_M && !is_zero(plain + AT_DATA + EIDER_HS_LEN,
                                     EIDER_FRAGMENT_M - EIDER_HS_LEN)))
        return EIDER_E_MALFORMED;
    memset(out, 0, sizeof *out);
    memcpy(out->id.b, plain + AT_ID, sizeof out->id.b);
    out->message = message;
    out->index = index;
    out->size = size;
    memcpy(out->data, plain + AT_DATA, n);
    return EIDER_OK;
}

eider_err
eider_fragment_open(const eider_secret *mask, const eider_frame *f,
                    eider_fragment *out)
{
    EIDER_AUTO(eider_secret) ke;
    EIDER_AUTO(eider_secret) km;
    uint8_t plain[AT_DATA + EIDER_FRAGMENT_M], nonce[EIDER_NONCE_LEN];
    size_t n = eider_frame_len(f->size) - EIDER_NONCE_LEN;

    if (f->size == EIDER_L) /* never a fragment, so never under this mask */
        return EIDER_E_AUTH;
    derive_keys(mask, &ke, &km);
    eider_stream(&ke, f->b, f->b + EIDER_NONCE_LEN, n, plain);
    compute_nonce(&km, plain, n, nonce);
    if (!eider_equal(nonce, f->b, sizeof nonce))
        return EIDER_E_AUTH;
    return parse(plain, f->size, out);
}
