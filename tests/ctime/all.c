/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a branch or a memory index of ours depend on a secret?  Handshake,
 * fragments, ratchet with its post-quantum epochs, CPace, the short code, and
 * the store.
 *
 *     tests/ctime/run.sh <build folder>
 *
 * Everything that libsodium draws is marked undefined, so every key is that is
 * made of it; memcheck complains of each jump and each address computed from
 * one.  What becomes public is marked defined where it does: here, where it
 * leaves, and in open.c, with a reason each.  libsodium.supp has what
 * libsodium does by itself.
 *
 * `ctime-all leak` branches on a root key, to see that the check can fail.
 */
#include "eider/fingerprint.h"
#include "eider/kem.h"
#include "eider/ratchet.h"
#include "eider/sas.h"
#include "eider/store.h"
#include "proto/ratchet_state.h"
#include "unit/memfiles.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <valgrind/memcheck.h>

#define PUBLIC(p, n) VALGRIND_MAKE_MEM_DEFINED(p, n)
#define SECRET(p, n) VALGRIND_MAKE_MEM_UNDEFINED(p, n)

/* Whatever is decided by this is meant to be seen. */
#define MUST(x)                                                                \
    do {                                                                       \
        int must_ = (x);                                                       \
        PUBLIC(&must_, sizeof must_);                                          \
        if (!must_) {                                                          \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #x);            \
            exit(2);                                                           \
        }                                                                      \
    } while (0)

/* ---- randomness is secret -------------------------------------------------- */

static const char *
name_random(void)
{
    return "secret";
}

static void
draw(void *const out, const size_t n)
{
    randombytes_sysrandom_implementation.buf(out, n);
    SECRET(out, n);
}

static uint32_t
draw_word(void)
{
    uint32_t v;

    draw(&v, sizeof v);
    return v;
}

static randombytes_implementation secret_random = {
    .implementation_name = name_random,
    .random = draw_word,
    .buf = draw,
};

/* ---- handshake, under a secret mask ------------------------------------------ */

/* A message goes as a fragment in @mask and comes out at the other end. */
static void
carry(const eider_secret *mask, const eider_hs_id *id, uint8_t message,
      const uint8_t *whole, uint8_t *out)
{
    eider_size size = message == 3 ? EIDER_S : EIDER_M;
    eider_hs_id seen = *id;
    eider_fragment got;
    eider_frame f;

    PUBLIC(&seen, sizeof seen); /* a name of the handshake, not a key */
    eider_fragment_seal(mask, &seen, message, 0, whole, size, &f);
    PUBLIC(f.b, eider_frame_len(size)); /* sent */
    MUST(eider_fragment_open(mask, &f, &got) == EIDER_OK);
    memcpy(out, got.data, message == 3 ? EIDER_HS_LEN_3 : EIDER_HS_LEN);
    PUBLIC(out, message == 3 ? EIDER_HS_LEN_3 : EIDER_HS_LEN);
}

static void
meet(eider_outcome *oa, eider_outcome *ob, eider_keypair *a, eider_keypair *b)
{
    EIDER_AUTO(eider_attempt) ta = {0}, tb = {0};
    EIDER_AUTO(eider_secret) mask;
    EIDER_AUTO(eider_buf) stored = {0};
    uint8_t m1[EIDER_HS_LEN], m2[EIDER_HS_LEN], m3[EIDER_HS_LEN_3];
    uint8_t sent3[EIDER_HS_LEN_3];
    eider_reader rd;
    eider_hs_id id;

    eider_random(mask.b, sizeof mask.b);
    eider_keypair_new(a);
    eider_keypair_new(b);
    MUST(eider_attempt_start(&ta, a) == EIDER_OK);
    carry(&mask, &ta.id1, 1, ta.message, m1);
    MUST(eider_attempt_answer(&tb, b, m1) == EIDER_OK);
    eider_attempt_pickle(&ta, &stored); /* it may wait on disk for days */
    rd = eider_reader_of(stored.p, stored.n);
    MUST(eider_attempt_unpickle(&ta, &rd) == EIDER_OK);
    carry(&mask, &tb.id23, 2, tb.message, m2);
    MUST(eider_attempt_finish(&ta, m2, sent3, &id, oa) == EIDER_OK);
    carry(&mask, &id, 3, sent3, m3);
    MUST(eider_attempt_accept(&tb, m3, ob) == EIDER_OK);
    m2[40] ^= 1;
    MUST(eider_attempt_finish(&ta, m2, sent3, &id, oa) == EIDER_E_AUTH);
    m2[40] ^= 1;
    MUST(eider_attempt_finish(&ta, m2, sent3, &id, oa) == EIDER_OK);
}

/* ---- a session ----------------------------------------------------------------- */

static eider_frame
say(eider_ratchet *r, eider_size size)
{
    EIDER_AUTO(eider_body) b;
    uint8_t text[40];
    eider_text t = {.parts = 1, .text = {text, sizeof text}};
    eider_frame f;

    eider_random(text, sizeof text);
    memset(&b, 0, sizeof b);
    eider_body_init(&b, size);
    MUST(eider_body_add_text(&b, &t) == EIDER_OK);
    MUST(eider_ratchet_seal(r, 0, &b, &f) == EIDER_OK);
    PUBLIC(&f, sizeof f); /* sent */
    return f;
}

static eider_err
hear(eider_ratchet *r, const eider_frame *f)
{
    EIDER_AUTO(eider_body) b;
    uint8_t flags;
    eider_err err = eider_ratchet_open(r, 1000, f, &b, &flags);

    PUBLIC(&err, sizeof err);
    return err;
}

static eider_ratchet *
reload(eider_ratchet *r)
{
    EIDER_AUTO(eider_buf) b = {0};
    eider_ratchet *out = NULL;
    eider_reader rd;

    eider_ratchet_pickle(r, &b);
    eider_ratchet_free(r);
    rd = eider_reader_of(b.p, b.n);
    MUST(eider_ratchet_unpickle(&out, &rd) == EIDER_OK);
    return out;
}

static void
talk(const eider_outcome *oa, const eider_outcome *ob, bool leak)
{
    eider_ratchet *a = NULL, *b = NULL;
    eider_frame first, late, f;

    MUST(eider_ratchet_new(&a, oa) == EIDER_OK);
    MUST(eider_ratchet_new(&b, ob) == EIDER_OK);
    first = say(a, EIDER_S);
    MUST(hear(b, &first) == EIDER_OK);
    for (int i = 0; i < 12; i++) { /* M frames: an epoch and more */
        f = say(i % 2 ? a : b, EIDER_M);
        MUST(hear(i % 2 ? b : a, &f) == EIDER_OK);
    }
    MUST(eider_ratchet_mixed(a) > 0);
    late = say(a, EIDER_S);
    f = say(a, EIDER_S);
    MUST(hear(b, &f) == EIDER_OK); /* keys are skipped, ... */
    a = reload(a);
    b = reload(b);
    f = say(b, EIDER_L);
    MUST(hear(a, &f) == EIDER_OK);
    f = say(a, EIDER_S);
    MUST(hear(b, &f) == EIDER_OK);    /* ... the chain ends, ... */
    MUST(hear(b, &late) == EIDER_OK); /* ... and one comes late */
    MUST(hear(b, &late) == EIDER_E_REPLAY);
    MUST(hear(b, &first) == EIDER_E_REPLAY);
    f = say(a, EIDER_S);
    f.b[200] ^= 1;
    MUST(hear(b, &f) == EIDER_E_AUTH);
    f.b[30] ^= 1;
    MUST(hear(b, &f) == EIDER_E_AUTH);
    if (leak && a->c.RK.b[0] & 1)
        puts("the first bit of the root key is 1");
    eider_ratchet_free(a);
    eider_ratchet_free(b);
}

/* ---- checks ----------------------------------------------------------------------- */

static void
run_of(const eider_outcome *o, const eider_keypair *a, const eider_keypair *b,
       eider_run *run)
{
    memset(run, 7, sizeof *run);
    run->sid = o->keys.sid;
    run->initiator = a->pk;
    run->responder = b->pk;
    PUBLIC(&run->initiator, sizeof run->initiator); /* they are shown */
    PUBLIC(&run->responder, sizeof run->responder);
}

static void
prove(const eider_run *run)
{
    EIDER_AUTO(eider_cpace) c;
    uint8_t answer[12];
    const eider_slice said = {answer, sizeof answer};
    eider_cpace_tag tb, ta, mine;
    eider_public ya, yb;

    draw(answer, sizeof answer);
    MUST(eider_cpace_start(&c, run, said) == EIDER_OK);
    PUBLIC(&c.y, sizeof c.y); /* sent, as are the others */
    ya = c.y;
    MUST(eider_cpace_answer(run, said, &ya, &yb, &tb, &ta) == EIDER_OK);
    PUBLIC(&yb, sizeof yb);
    PUBLIC(&tb, sizeof tb);
    MUST(eider_cpace_finish(&c, run, &yb, &tb, &mine) == EIDER_OK);
    MUST(eider_equal(ta.b, mine.b, sizeof ta.b));
    answer[0] ^= 1; /* a wrong answer takes as long */
    MUST(eider_cpace_answer(run, said, &ya, &yb, &tb, &ta) == EIDER_OK);
    PUBLIC(&yb, sizeof yb);
    PUBLIC(&tb, sizeof tb);
    MUST(eider_cpace_finish(&c, run, &yb, &tb, &mine) == EIDER_E_AUTH);
}

static void
compare(const eider_run *run, const eider_secret *sask, const eider_keypair *a)
{
    eider_sas_value na, nb, c, ok, theirs;
    char code[EIDER_SAS_LEN + 1], number[EIDER_SAFETY_LEN + 1];

    draw(&na, sizeof na);
    draw(&nb, sizeof nb);
    eider_sas_commit(run, &na, &a->pk, &c);
    PUBLIC(&c, sizeof c);
    MUST(eider_sas_check(run, &na, &a->pk, &c) == EIDER_OK);
    eider_sas_code(run, sask, &na, &nb, code); /* shown; how it is made is
                                                  nobody's to time */
    eider_sas_ok(run, sask, true, &ok);
    eider_sas_ok(run, sask, true, &theirs);
    MUST(eider_equal(ok.b, theirs.b, sizeof ok.b));
    eider_safety_number(&run->initiator, &run->responder, number);
}

/* ---- the store ----------------------------------------------------------------------- */

static void
keep(void)
{
    memfiles *m = memfiles_new();
    eider_store *s = NULL;
    EIDER_AUTO(eider_buf) out = {0};
    uint8_t data[3000];
    char name[EIDER_STORE_NAME_LEN + 1];

    draw(data, sizeof data);
    memfiles_in_place(m);
    MUST(eider_store_open(&s, memfiles_files(m), NULL) == EIDER_OK);
    for (int i = 0; i < 3; i++)
        MUST(eider_store_put(s, "index", (eider_slice){data, sizeof data}) ==
             EIDER_OK);
    MUST(eider_store_get(s, "index", &out, NULL) == EIDER_OK);
    MUST(out.n == sizeof data);
    eider_store_name(s, "account", "peer", name);
    eider_store_close(s);
    MUST(eider_store_open(&s, memfiles_files(m), NULL) == EIDER_OK);
    MUST(eider_store_get(s, "index", &out, NULL) == EIDER_OK);
    eider_store_close(s);
    memfiles_free(m);
}

int
main(int argc, char **argv)
{
    bool leak = argc > 1 && strcmp(argv[1], "leak") == 0;
    EIDER_AUTO(eider_outcome) oa, ob;
    EIDER_AUTO(eider_keypair) a, b;
    EIDER_AUTO(eider_run) run;

    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "run this under valgrind\n");
        return 2;
    }
    randombytes_set_implementation(&secret_random);
    MUST(eider_crypto_init() == EIDER_OK);
    meet(&oa, &ob, &a, &b);
    talk(&oa, &ob, leak);
    run_of(&oa, &a, &b, &run);
    prove(&run);
    compare(&run, &oa.keys.sask, &a);
    keep();
    return 0;
}
