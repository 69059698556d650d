/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two of ours: record, ratchet, frame, line and back. */
#include "bench/bench.h"

#include "eider/crypto.h"
#include "eider/ratchet.h"

#include <string.h>

typedef struct {
    eider_keypair s[2];
    eider_ratchet *r[2];
    uint32_t seq[2];
} ends;

static void
meet(void *data)
{
    eider_attempt a, b;
    eider_outcome o[2];
    uint8_t m3[EIDER_HS_LEN_3];
    eider_hs_id id;
    ends *e = data;

    bench_check(eider_attempt_start(&a, &e->s[0]) == EIDER_OK &&
                    eider_attempt_answer(&b, &e->s[1], a.message) == EIDER_OK &&
                    eider_attempt_finish(&a, b.message, m3, &id, &o[0]) ==
                        EIDER_OK &&
                    eider_attempt_accept(&b, m3, &o[1]) == EIDER_OK,
                "the handshake of ours failed");
    for (int i = 0; i < 2; i++) {
        eider_ratchet_free(e->r[i]);
        bench_check(eider_ratchet_new(&e->r[i], &o[i]) == EIDER_OK,
                    "no ratchet");
        e->seq[i] = 0;
        eider_outcome_wipe(&o[i]);
    }
    eider_attempt_wipe(&a);
    eider_attempt_wipe(&b);
}

static void
seal(ends *e, unsigned from, const char *text, size_t n, char *line)
{
    EIDER_AUTO(eider_body) body;
    eider_text t = {.seq = e->seq[from]++, .parts = 1};
    const eider_ack ack = {.base = e->seq[1 - from]};
    eider_frame f;

    eider_random(t.id, sizeof t.id);
    t.text = (eider_slice){(const uint8_t *)text, n};
    eider_body_init(&body, eider_pad_size(n, EIDER_L));
    bench_check(eider_body_add_text(&body, &t) == EIDER_OK &&
                    eider_body_add_ack(&body, &ack) == EIDER_OK &&
                    eider_ratchet_seal(e->r[from], 0, &body, &f) == EIDER_OK,
                "ours does not seal");
    eider_line_encode(&f, line);
}

static void
open_line(ends *e, unsigned at, const char *line, const char *text, size_t n)
{
    EIDER_AUTO(eider_body) body;
    bool is_there = false;
    eider_record r;
    eider_frame f;
    eider_text t;
    uint8_t flags;

    bench_check(eider_line_find(line, strlen(line), &f) == EIDER_LINE_FRAME,
                "no line");
    bench_check(eider_ratchet_open(e->r[at], 0, &f, &body, &flags) ==
                        EIDER_OK &&
                    eider_body_check(&body) == EIDER_OK,
                "ours does not open");
    for (size_t i = 0; eider_body_next(&body, &i, &r);)
        if (r.type == EIDER_R_TEXT &&
            eider_text_parse(r.value, &t) == EIDER_OK && t.text.n == n)
            is_there = n == 0 || memcmp(t.text.p, text, n) == 0;
    bench_check(is_there, "another text");
}

static size_t
pass(void *data, unsigned from, const char *text, size_t n)
{
    char line[EIDER_LINE_MAX + 1];
    ends *e = data;

    seal(e, from, text, n, line);
    open_line(e, 1 - from, line, text, n);
    return strlen(line);
}

static void *
start(void)
{
    ends *e = eider_alloc(sizeof *e);

    eider_keypair_new(&e->s[0]);
    eider_keypair_new(&e->s[1]);
    meet(e);
    pass(e, 0, "x", 1);
    pass(e, 1, "x", 1);
    return e;
}

static void
stop(void *data)
{
    ends *e = data;

    eider_ratchet_free(e->r[0]);
    eider_ratchet_free(e->r[1]);
    eider_free(e, sizeof *e);
}

struct eider_ratchet *
bench_eider_ratchet(void *data, unsigned i)
{
    return ((ends *)data)->r[i];
}

const bench_peer bench_eider = {"Eider", start, stop, meet, pass};
