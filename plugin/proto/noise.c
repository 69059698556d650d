/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/noise.h"

#include "eider/kem.h"

#include <assert.h>
#include <string.h>

#define SEALED(n) ((n) + EIDER_TAG_LEN)

_Static_assert(EIDER_KEM_PK == crypto_kem_mlkem768_PUBLICKEYBYTES, "ek");
_Static_assert(EIDER_KEM_SK == crypto_kem_mlkem768_SECRETKEYBYTES, "dk");
_Static_assert(EIDER_KEM_CT == crypto_kem_mlkem768_CIPHERTEXTBYTES, "ct");

/* ES and SE name the initiator's key first. */
typedef enum { END, E, S, EE, ES, SE, SS, E1, EKEM1 } token;

#define MESSAGES_MAX 3
#define TOKENS_MAX   6

/* Names are not longer than a hash, so they start h as they are. */
static const struct {
    char name[EIDER_HASH_LEN];
    uint8_t messages;
    uint8_t tokens[MESSAGES_MAX][TOKENS_MAX];
} PATTERNS[EIDER_NOISE_PATTERNS] = {
    [EIDER_NOISE_NN] = {"Noise_NN_25519_ChaChaPoly_BLAKE2b", 2, {{E}, {E, EE}}},
    [EIDER_NOISE_NX] = {"Noise_NX_25519_ChaChaPoly_BLAKE2b",
                        2,
                        {{E}, {E, EE, S, ES}}},
    [EIDER_NOISE_XX] = {"Noise_XX_25519_ChaChaPoly_BLAKE2b",
                        3,
                        {{E}, {E, EE, S, ES}, {S, SE}}},
    [EIDER_NOISE_XXHFS] = {"Noise_XXhfs_25519+MLKEM768_ChaChaPoly_BLAKE2b",
                           3,
                           {{E, E1}, {E, EE, EKEM1, S, ES}, {S, SE}}},
};

void
eider_noise_wipe(eider_noise *n)
{
    eider_wipe(n, sizeof *n);
}

/* ---- CipherState and SymmetricState, sections 5.1 and 5.2 -------------- */

static void
mix_hash(eider_noise *n, const void *p, size_t len)
{
    const eider_slice parts[] = {{n->h, sizeof n->h}, {p, len}};

    eider_hash(n->h, sizeof n->h, NULL, 0, parts, 2);
}

static void
mix_key(eider_noise *n, const eider_secret *ikm)
{
    uint8_t out[2][EIDER_HASH_LEN];

    eider_hkdf(n->ck, sizeof n->ck, (eider_slice){ikm->b, sizeof ikm->b}, 2,
               out);
    memcpy(n->ck, out[0], sizeof n->ck);
    memcpy(n->k.b, out[1], sizeof n->k.b);
    n->has_key = 1;
    n->n = 0;
    eider_wipe(out, sizeof out);
}

/* EncryptAndHash, appended to @out. */
static void
encrypt(eider_noise *n, eider_slice in, eider_buf *out)
{
    size_t at = out->n;

    if (n->has_key) {
        eider_buf_add(out, NULL, SEALED(in.n));
        eider_noise_seal(&n->k, n->n++, (eider_slice){n->h, sizeof n->h}, in,
                         out->p + at);
    } else if (in.n > 0) {
        eider_buf_add(out, in.p, in.n);
    }
    mix_hash(n, out->p + at, out->n - at);
}

/* DecryptAndHash of the next field, whose plaintext has @len bytes. */
static eider_err
decrypt(eider_noise *n, eider_reader *r, uint8_t *out, size_t len)
{
    eider_slice in = eider_get_slice(r, n->has_key ? SEALED(len) : len);
    eider_err e;

    if (!eider_reader_ok(r))
        return EIDER_E_MALFORMED;
    if (!n->has_key) {
        if (len > 0)
            memcpy(out, in.p, len);
    } else if ((e = eider_noise_open(&n->k, n->n++,
                                     (eider_slice){n->h, sizeof n->h}, in,
                                     out)) != EIDER_OK) {
        return e;
    }
    mix_hash(n, in.p, in.n);
    return EIDER_OK;
}

/* ---- Tokens, section 5.3 ----------------------------------------------- */

static eider_err
mix_dh(eider_noise *n, const eider_keypair *ours, const eider_public *theirs)
{
    EIDER_AUTO(eider_secret) dh;
    eider_err e = eider_dh(&ours->sk, theirs, &dh);

    if (e == EIDER_OK)
        mix_key(n, &dh);
    return e;
}

/* The tokens that are the same for both directions. */
static eider_err
mix_token(eider_noise *n, token t)
{
    switch (t) {
    case EE:
        return mix_dh(n, &n->e, &n->re);
    case ES:
        return n->initiator ? mix_dh(n, &n->e, &n->rs)
                            : mix_dh(n, &n->s, &n->re);
    case SE:
        return n->initiator ? mix_dh(n, &n->s, &n->re)
                            : mix_dh(n, &n->e, &n->rs);
    case SS:
        return mix_dh(n, &n->s, &n->rs);
    default:
        return EIDER_E_INTERNAL;
    }
}

static eider_err
write_e1(eider_noise *n, eider_buf *out)
{
    uint8_t seed[crypto_kem_mlkem768_SEEDBYTES], pk[EIDER_KEM_PK];

    eider_random(seed, sizeof seed);
    crypto_kem_mlkem768_seed_keypair(pk, n->kem_sk, seed);
    eider_wipe(seed, sizeof seed);
    encrypt(n, (eider_slice){pk, sizeof pk}, out);
    return EIDER_OK;
}

static eider_err
read_e1(eider_noise *n, eider_reader *r)
{
    eider_err e = decrypt(n, r, n->kem_pk, sizeof n->kem_pk);

    if (e == EIDER_OK && !eider_kem_check_ek(n->kem_pk))
        return EIDER_E_AUTH;
    return e;
}

static eider_err
write_ekem1(eider_noise *n, eider_buf *out)
{
    EIDER_AUTO(eider_secret) seed;
    EIDER_AUTO(eider_secret) ss;
    uint8_t ct[EIDER_KEM_CT];

    eider_random(seed.b, sizeof seed.b);
    if (crypto_kem_mlkem768_enc_deterministic(ct, ss.b, n->kem_pk, seed.b) != 0)
        return EIDER_E_AUTH;
    encrypt(n, (eider_slice){ct, sizeof ct}, out);
    mix_key(n, &ss);
    return EIDER_OK;
}

static eider_err
read_ekem1(eider_noise *n, eider_reader *r)
{
    EIDER_AUTO(eider_secret) ss;
    uint8_t ct[EIDER_KEM_CT];
    eider_err e = decrypt(n, r, ct, sizeof ct);

    if (e != EIDER_OK)
        return e;
    if (crypto_kem_mlkem768_dec(ss.b, ct, n->kem_sk) != 0)
        return EIDER_E_INTERNAL;
    mix_key(n, &ss);
    return EIDER_OK;
}

static eider_err
write_token(eider_noise *n, token t, eider_buf *out)
{
    switch (t) {
    case E:
        eider_keypair_new(&n->e);
        eider_buf_add(out, n->e.pk.b, sizeof n->e.pk.b);
        mix_hash(n, n->e.pk.b, sizeof n->e.pk.b);
        return EIDER_OK;
    case S:
        encrypt(n, (eider_slice){n->s.pk.b, sizeof n->s.pk.b}, out);
        return EIDER_OK;
    case E1:
        return write_e1(n, out);
    case EKEM1:
        return write_ekem1(n, out);
    default:
        return mix_token(n, t);
    }
}

static eider_err
read_token(eider_noise *n, token t, eider_reader *r)
{
    switch (t) {
    case E:
        eider_get_bytes(r, n->re.b, sizeof n->re.b);
        if (!eider_reader_ok(r))
            return EIDER_E_MALFORMED;
        mix_hash(n, n->re.b, sizeof n->re.b);
        return EIDER_OK;
    case S:
        return decrypt(n, r, n->rs.b, sizeof n->rs.b);
    case E1:
        return read_e1(n, r);
    case EKEM1:
        return read_ekem1(n, r);
    default:
        return mix_token(n, t);
    }
}

/* ---- HandshakeState ---------------------------------------------------- */

/* The initiator sends the even messages. */
static bool
is_ours(const eider_noise *n, unsigned message)
{
    return (message % 2 == 0) == (n->initiator != 0);
}

static bool
sends_static(const eider_noise *n)
{
    for (unsigned m = 0; m < PATTERNS[n->pattern].messages; m++)
        if (is_ours(n, m) &&
            memchr(PATTERNS[n->pattern].tokens[m], S, TOKENS_MAX) != NULL)
            return true;
    return false;
}

void
eider_noise_init(eider_noise *n, eider_noise_pattern p, bool initiator,
                 eider_slice prologue, const eider_keypair *s)
{
    memset(n, 0, sizeof *n);
    n->pattern = (uint8_t)p;
    n->initiator = initiator;
    assert(s != NULL || !sends_static(n));
    if (s != NULL)
        n->s = *s;
    memcpy(n->h, PATTERNS[p].name, sizeof n->h);
    memcpy(n->ck, n->h, sizeof n->ck);
    mix_hash(n, prologue.p, prologue.n);
}

static eider_err
write_message(eider_noise *n, eider_slice payload, eider_buf *out)
{
    const uint8_t *t = PATTERNS[n->pattern].tokens[n->message];
    eider_err e;

    for (; *t != END; t++)
        if ((e = write_token(n, *t, out)) != EIDER_OK)
            return e;
    encrypt(n, payload, out);
    n->message++;
    return EIDER_OK;
}

static eider_err
read_message(eider_noise *n, eider_slice message, eider_buf *out)
{
    const uint8_t *t = PATTERNS[n->pattern].tokens[n->message];
    eider_reader r = eider_reader_of(message.p, message.n);
    size_t tag;
    eider_err e;

    for (; *t != END; t++)
        if ((e = read_token(n, *t, &r)) != EIDER_OK)
            return e;
    tag = n->has_key ? EIDER_TAG_LEN : 0;
    if (r.n < tag)
        return EIDER_E_MALFORMED;
    eider_buf_add(out, NULL, r.n - tag);
    if ((e = decrypt(n, &r, out->p, out->n)) != EIDER_OK)
        return e;
    n->message++;
    return EIDER_OK;
}

eider_err
eider_noise_write(eider_noise *n, eider_slice payload, eider_buf *out)
{
    eider_err e;

    eider_buf_clear(out);
    if (eider_noise_is_done(n) || !is_ours(n, n->message))
        return EIDER_E_STATE;
    if ((e = write_message(n, payload, out)) != EIDER_OK)
        eider_buf_clear(out);
    return e;
}

eider_err
eider_noise_read(eider_noise *n, eider_slice message, eider_buf *out)
{
    eider_err e;

    eider_buf_clear(out);
    if (eider_noise_is_done(n) || is_ours(n, n->message))
        return EIDER_E_STATE;
    if ((e = read_message(n, message, out)) != EIDER_OK)
        eider_buf_clear(out);
    return e;
}

bool
eider_noise_is_done(const eider_noise *n)
{
    return n->message >= PATTERNS[n->pattern].messages;
}

void
eider_noise_split(const eider_noise *n, eider_secret *k1, eider_secret *k2)
{
    uint8_t out[2][EIDER_HASH_LEN];

    assert(eider_noise_is_done(n));
    eider_hkdf(n->ck, sizeof n->ck, (eider_slice){NULL, 0}, 2, out);
    memcpy(k1->b, out[0], sizeof k1->b);
    memcpy(k2->b, out[1], sizeof k2->b);
    eider_wipe(out, sizeof out);
}

/* ---- Storage ----------------------------------------------------------- */

static void
put_pair(eider_buf *out, const eider_keypair *k)
{
    eider_buf_add(out, k->sk.b, sizeof k->sk.b);
    eider_buf_add(out, k->pk.b, sizeof k->pk.b);
}

static void
get_pair(eider_reader *r, eider_keypair *k)
{
    eider_get_bytes(r, k->sk.b, sizeof k->sk.b);
    eider_get_bytes(r, k->pk.b, sizeof k->pk.b);
}

/* Only the initiator has a kem_sk, only the responder a kem_pk. */
void
eider_noise_pickle(const eider_noise *n, eider_buf *out)
{
    eider_put_u8(out, n->pattern);
    eider_put_u8(out, n->initiator);
    eider_put_u8(out, n->message);
    eider_put_u8(out, n->has_key);
    eider_put_u64(out, n->n);
    eider_buf_add(out, n->ck, sizeof n->ck);
    eider_buf_add(out, n->h, sizeof n->h);
    eider_buf_add(out, n->k.b, sizeof n->k.b);
    put_pair(out, &n->s);
    put_pair(out, &n->e);
    eider_buf_add(out, n->rs.b, sizeof n->rs.b);
    eider_buf_add(out, n->re.b, sizeof n->re.b);
    if (n->initiator)
        eider_buf_add(out, n->kem_sk, sizeof n->kem_sk);
    else
        eider_buf_add(out, n->kem_pk, sizeof n->kem_pk);
}

eider_err
eider_noise_unpickle(eider_noise *n, eider_reader *r)
{
    memset(n, 0, sizeof *n);
    n->pattern = eider_get_u8(r);
    n->initiator = eider_get_u8(r);
    n->message = eider_get_u8(r);
    n->has_key = eider_get_u8(r);
    n->n = eider_get_u64(r);
    eider_get_bytes(r, n->ck, sizeof n->ck);
    eider_get_bytes(r, n->h, sizeof n->h);
    eider_get_bytes(r, n->k.b, sizeof n->k.b);
    get_pair(r, &n->s);
    get_pair(r, &n->e);
    eider_get_bytes(r, n->rs.b, sizeof n->rs.b);
    eider_get_bytes(r, n->re.b, sizeof n->re.b);
    if (n->initiator)
        eider_get_bytes(r, n->kem_sk, sizeof n->kem_sk);
    else
        eider_get_bytes(r, n->kem_pk, sizeof n->kem_pk);
    if (eider_reader_ok(r) && n->pattern < EIDER_NOISE_PATTERNS &&
        n->initiator <= 1 && n->has_key <= 1 &&
        n->message <= PATTERNS[n->pattern].messages)
        return EIDER_OK;
    eider_noise_wipe(n);
    return EIDER_E_MALFORMED;
}
