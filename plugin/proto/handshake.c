/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/handshake.h"

#include <string.h>

#define PROLOGUE      "EIDER/1"
#define VERSION       1
#define PAYLOAD_1     4
#define PAYLOAD_2     20
#define PAYLOAD_3     180
#define SESSION_LABEL "EIDER1-session"

void
eider_attempt_wipe(eider_attempt *a)
{
    eider_wipe(a, sizeof *a);
}

void
eider_outcome_wipe(eider_outcome *o)
{
    eider_wipe(o, sizeof *o);
}

void
eider_handshake_h1(const uint8_t *message1, uint8_t h1[EIDER_H1_LEN],
                   eider_hs_id *id1)
{
    const eider_slice part = {message1, EIDER_HS_LEN};

    eider_hash(h1, EIDER_H1_LEN, NULL, 0, &part, 1);
    memcpy(id1->b, h1, sizeof id1->b);
}

void
eider_handshake_id23(const uint8_t *h1, const uint8_t *message2,
                     eider_hs_id *out)
{
    /* Message 2 begins with e. */
    const eider_slice parts[] = {{h1, EIDER_H1_LEN}, {message2, EIDER_KEY_LEN}};
    uint8_t hash[32];

    eider_hash(hash, sizeof hash, NULL, 0, parts, 2);
    memcpy(out->b, hash, sizeof out->b);
}

static void
init_noise(eider_noise *n, bool initiator, const eider_keypair *s)
{
    eider_noise_init(
        n, EIDER_NOISE_XXHFS, initiator,
        (eider_slice){(const uint8_t *)PROLOGUE, sizeof PROLOGUE - 1}, s);
}

/* Write a message whose payload has @payload bytes and that has @len. */
static eider_err
write_message(eider_noise *n, size_t payload, uint8_t *out, size_t len)
{
    static const uint8_t zeros[PAYLOAD_3 + 1];
    EIDER_AUTO(eider_buf) p = {0};
    EIDER_AUTO(eider_buf) b = {0};
    eider_err e;

    eider_put_u8(&p, VERSION);
    eider_put_u16(&p, 0); /* capabilities */
    eider_buf_add(&p, zeros, payload - p.n);
    if ((e = eider_noise_write(n, (eider_slice){p.p, p.n}, &b)) != EIDER_OK)
        return e;
    if (b.n != len)
        return EIDER_E_INTERNAL;
    memcpy(out, b.p, len);
    return EIDER_OK;
}

/* Read a message; of its payload only the version is looked at, the rest is
 * bound by h and free for later versions of the program. */
static eider_err
read_message(eider_noise *n, const uint8_t *message, size_t len)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_err e = eider_noise_read(n, (eider_slice){message, len}, &b);

    if (e != EIDER_OK)
        return e;
    return b.n > 0 && b.p[0] == VERSION ? EIDER_OK : EIDER_E_MALFORMED;
}

static void
derive_keys(const eider_noise *n, eider_session_keys *out)
{
    const eider_slice parts[] = {
        {(const uint8_t *)SESSION_LABEL, sizeof SESSION_LABEL - 1},
        {n->h, sizeof n->h}};
    eider_secret *const subkeys[] = {
        &out->rk0, &out->hk_initiator, &out->nhk_responder, &out->sask,
        &out->sid, &out->rm,           &out->export};
    EIDER_AUTO(eider_secret) k;
    eider_secret split[2];
    uint8_t hash[EIDER_HASH_LEN];

    eider_noise_split(n, &split[0], &split[1]);
    eider_hash(hash, sizeof hash, split, sizeof split, parts, 2);
    memcpy(k.b, hash, sizeof k.b);
    for (size_t i = 0; i < sizeof subkeys / sizeof subkeys[0]; i++)
        eider_kdf(i + 1, "EIDRsess", &k, subkeys[i]);
    eider_wipe(split, sizeof split);
    eider_wipe(hash, sizeof hash);
}

static void
conclude(const eider_noise *n, eider_outcome *out)
{
    memset(out, 0, sizeof *out);
    out->initiator = n->initiator != 0;
    derive_keys(n, &out->keys);
    out->peer = n->rs;
    if (!out->initiator)
        out->responder_e = n->e;
    out->responder_e_pk = out->initiator ? n->re : n->e.pk;
}

eider_err
eider_attempt_start(eider_attempt *out, const eider_keypair *s)
{
    eider_err e;

    memset(out, 0, sizeof *out);
    init_noise(&out->noise, true, s);
    e = write_message(&out->noise, PAYLOAD_1, out->message, EIDER_HS_LEN);
    if (e != EIDER_OK) {
        eider_attempt_wipe(out);
        return e;
    }
    eider_handshake_h1(out->message, out->h1, &out->id1);
    return EIDER_OK;
}

eider_err
eider_attempt_answer(eider_attempt *out, const eider_keypair *s,
                     const uint8_t *message1)
{
    eider_err e;

    memset(out, 0, sizeof *out);
    init_noise(&out->noise, false, s);
    if ((e = read_message(&out->noise, message1, EIDER_HS_LEN)) != EIDER_OK ||
        (e = write_message(&out->noise, PAYLOAD_2, out->message,
                           EIDER_HS_LEN)) != EIDER_OK) {
        eider_attempt_wipe(out);
        return e;
    }
    eider_handshake_h1(message1, out->h1, &out->id1);
    eider_handshake_id23(out->h1, out->message, &out->id23);
    return EIDER_OK;
}

eider_err
eider_attempt_finish(const eider_attempt *a, const uint8_t *message2,
                     uint8_t *message3, eider_hs_id *id23, eider_outcome *out)
{
    EIDER_AUTO(eider_noise) n = a->noise;
    eider_err e;

    if (!n.initiator)
        return EIDER_E_STATE;
    if ((e = read_message(&n, message2, EIDER_HS_LEN)) != EIDER_OK ||
        (e = write_message(&n, PAYLOAD_3, message3, EIDER_HS_LEN_3)) !=
            EIDER_OK)
        return e;
    eider_handshake_id23(a->h1, message2, id23);
    conclude(&n, out);
    return EIDER_OK;
}

eider_err
eider_attempt_accept(const eider_attempt *a, const uint8_t *message3,
                     eider_outcome *out)
{
    EIDER_AUTO(eider_noise) n = a->noise;
    eider_err e;

    if (n.initiator)
        return EIDER_E_STATE;
    if ((e = read_message(&n, message3, EIDER_HS_LEN_3)) != EIDER_OK)
        return e;
    conclude(&n, out);
    return EIDER_OK;
}

void
eider_attempt_pickle(const eider_attempt *a, eider_buf *out)
{
    eider_noise_pickle(&a->noise, out);
    eider_buf_add(out, a->message, sizeof a->message);
    eider_buf_add(out, a->h1, sizeof a->h1);
    eider_buf_add(out, a->id1.b, sizeof a->id1.b);
    eider_buf_add(out, a->id23.b, sizeof a->id23.b);
}

eider_err
eider_attempt_unpickle(eider_attempt *a, eider_reader *r)
{
    eider_err e;

    memset(a, 0, sizeof *a);
    e = eider_noise_unpickle(&a->noise, r);
    eider_get_bytes(r, a->message, sizeof a->message);
    eider_get_bytes(r, a->h1, sizeof a->h1);
    eider_get_bytes(r, a->id1.b, sizeof a->id1.b);
    eider_get_bytes(r, a->id23.b, sizeof a->id23.b);
    /* The initiator waits after message 1, the responder after message 2. */
    if (e == EIDER_OK && eider_reader_ok(r) &&
        a->noise.pattern == EIDER_NOISE_XXHFS &&
        a->noise.message == (a->noise.initiator ? 1 : 2))
        return EIDER_OK;
    eider_attempt_wipe(a);
    return EIDER_E_MALFORMED;
}
