/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/cpace.h"

#include <string.h>

/* draft-irtf-cfrg-cpace: DSI of the suite, and SHA-512's block. */
#define DSI       "CPaceRistretto255"
#define DSI_ISK   "CPaceRistretto255_ISK"
#define DSI_MAC   "CPaceMac"
#define BLOCK_LEN 128

void
eider_run_wipe(eider_run *run)
{
    eider_wipe(run, sizeof *run);
}

void
eider_cpace_wipe(eider_cpace *c)
{
    eider_wipe(c, sizeof *c);
}

static eider_slice
label(const char *s)
{
    return (eider_slice){(const uint8_t *)s, strlen(s)};
}

/* The draft's prepend_len: the length in LEB128, then the bytes. */
static void
put_lv(eider_buf *out, eider_slice s)
{
    size_t n = s.n;
    uint8_t byte;

    do {
        byte = (uint8_t)((n & 0x7f) | (n > 0x7f ? 0x80 : 0));
        eider_buf_add(out, &byte, 1);
        n >>= 7;
    } while (n > 0);
    if (s.n > 0)
        eider_buf_add(out, s.p, s.n);
}

static void
put_lv_zeros(eider_buf *out, size_t n)
{
    static const uint8_t zeros[BLOCK_LEN];

    put_lv(out, (eider_slice){zeros, n});
}

void
eider_cpace_generator(eider_slice prs, eider_slice ci, eider_slice sid,
                      eider_secret *g)
{
    EIDER_AUTO(eider_buf) text = {0};
    uint8_t hash[EIDER_SHA512_LEN];
    eider_slice all;

    put_lv(&text, label(DSI));
    put_lv(&text, prs);
    /* What is secret fills the first block of the hash by itself. */
    put_lv_zeros(&text, text.n < BLOCK_LEN ? BLOCK_LEN - 1 - text.n : 0);
    put_lv(&text, ci);
    put_lv(&text, sid);
    all = (eider_slice){text.p, text.n};
    eider_sha512(hash, &all, 1);
    eider_point_of_hash(hash, g);
    eider_wipe(hash, sizeof hash);
}

static eider_slice
key_bytes(const eider_public *pk)
{
    return (eider_slice){pk->b, sizeof pk->b};
}

void
eider_cpace_isk(eider_slice sid, const eider_secret *k, const eider_public *ya,
                eider_slice ada, const eider_public *yb, eider_slice adb,
                uint8_t isk[EIDER_SHA512_LEN])
{
    EIDER_AUTO(eider_buf) text = {0};
    eider_slice all;

    put_lv(&text, label(DSI_ISK));
    put_lv(&text, sid);
    put_lv(&text, (eider_slice){k->b, sizeof k->b});
    put_lv(&text, key_bytes(ya));
    put_lv(&text, ada);
    put_lv(&text, key_bytes(yb));
    put_lv(&text, adb);
    all = (eider_slice){text.p, text.n};
    eider_sha512(isk, &all, 1);
}

/* ---- as Eider uses it ----------------------------------------------------- */

#define SID_LEN (EIDER_KEY_LEN + EIDER_RUN_ID_LEN)

static void
make_sid(const eider_run *run, uint8_t sid[SID_LEN])
{
    memcpy(sid, run->sid.b, EIDER_KEY_LEN);
    memcpy(sid + EIDER_KEY_LEN, run->run, EIDER_RUN_ID_LEN);
}

static void
make_generator(const eider_run *run, eider_slice answer, eider_secret *g)
{
    EIDER_AUTO(eider_buf) ci = {0};
    uint8_t sid[SID_LEN];

    make_sid(run, sid);
    put_lv(&ci, key_bytes(&run->initiator));
    put_lv(&ci, key_bytes(&run->responder));
    eider_cpace_generator(answer, (eider_slice){ci.p, ci.n},
                          (eider_slice){sid, sizeof sid}, g);
    eider_wipe(sid, sizeof sid);
}

static void
make_tag(const uint8_t key[EIDER_SHA512_LEN], const eider_public *y,
         eider_cpace_tag *out)
{
    EIDER_AUTO(eider_buf) text = {0};

    put_lv(&text, key_bytes(y));
    put_lv(&text, (eider_slice){NULL, 0});
    eider_hmac_sha512(out->b, key, EIDER_SHA512_LEN,
                      (eider_slice){text.p, text.n});
}

static void
make_tags(const eider_run *run, const eider_secret *k, const eider_public *ya,
          const eider_public *yb, eider_cpace_tag *ta, eider_cpace_tag *tb)
{
    const eider_slice none = {NULL, 0};
    uint8_t sid[SID_LEN], isk[EIDER_SHA512_LEN], key[EIDER_SHA512_LEN];
    const eider_slice parts[] = {
        label(DSI_MAC), {sid, sizeof sid}, {isk, sizeof isk}};

    make_sid(run, sid);
    eider_cpace_isk((eider_slice){sid, sizeof sid}, k, ya, none, yb, none, isk);
    eider_sha512(key, parts, 3);
    make_tag(key, ya, ta);
    make_tag(key, yb, tb);
    eider_wipe(isk, sizeof isk);
    eider_wipe(key, sizeof key);
    eider_wipe(sid, sizeof sid);
}

eider_err
eider_cpace_start(eider_cpace *out, const eider_run *run, eider_slice answer)
{
    EIDER_AUTO(eider_secret) g;

    make_generator(run, answer, &g);
    eider_scalar_new(&out->scalar);
    return eider_point_hide(&out->scalar, &g, &out->y);
}

eider_err
eider_cpace_answer(const eider_run *run, eider_slice answer,
                   const eider_public *ya, eider_public *yb,
                   eider_cpace_tag *tb, eider_cpace_tag *ta)
{
    EIDER_AUTO(eider_secret) g;
    EIDER_AUTO(eider_secret) k = {0};
    EIDER_AUTO(eider_secret) scalar;
    eider_err err;

    make_generator(run, answer, &g);
    eider_scalar_new(&scalar);
    err = eider_point_hide(&scalar, &g, yb);
    if (err == EIDER_OK)
        err = eider_point_join(&scalar, ya, &k);
    if (err != EIDER_OK) {
        eider_wipe(yb, sizeof *yb);
        eider_wipe(tb, sizeof *tb);
        eider_wipe(ta, sizeof *ta);
        return err;
    }
    make_tags(run, &k, ya, yb, ta, tb);
    return EIDER_OK;
}

eider_err
eider_cpace_finish(const eider_cpace *c, const eider_run *run,
                   const eider_public *yb, const eider_cpace_tag *tb,
                   eider_cpace_tag *ta)
{
    EIDER_AUTO(eider_secret) k = {0};
    eider_cpace_tag want;
    bool is_right = false;

    /* Our own Ya sent back would make the two tags one. */
    if (!eider_public_is_equal(yb, &c->y) &&
        eider_point_join(&c->scalar, yb, &k) == EIDER_OK) {
        make_tags(run, &k, &c->y, yb, ta, &want);
        is_right = eider_equal(want.b, tb->b, sizeof want.b);
    }
    eider_wipe(&want, sizeof want);
    if (!is_right)
        eider_wipe(ta, sizeof *ta);
    return is_right ? EIDER_OK : EIDER_E_AUTH;
}
