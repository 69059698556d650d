/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Somebody sits in between, with keys of his own and a session to each side:
 * he is caught by every way of checking.  A ghost at Bob's address gets no byte
 * of what Alice types.
 */
#include "sim/sim.h"

#include "core/work.h"
#include "eider/crypto.h"
#include "unit/world_device.h"

#include <stdio.h>
#include <string.h>

#define RUNS      50
#define LONG_RUNS 1000

/* Alice and Bob, and what each of them takes for the other. */
static struct {
    device *alice, *bob, *as_bob, *as_alice;
    bool relays; /* he opens each frame and seals its body on the other side */
    unsigned relayed, steps;
    /* The session in which each of his victims spoke last: acknowledgements
     * must ride in theirs. */
    eider_session *heard_a, *heard_b;
} mid;

/* ---- in between ----------------------------------------------------------- */

typedef struct {
    device *to;
    const char *peer, *from;
    char *line;
} parcel;

static void
hand_over(world *w, void *a, int n)
{
    parcel *p = a;

    (void)w, (void)n;
    if (p->to->engine != NULL)
        device_hear(p->to, p->peer, p->from, p->line, false);
    g_free(p->line);
    g_free(p);
}

static void
forward(world *w, device *from, device *to, const char *line)
{
    parcel *p = g_new0(parcel, 1);

    p->to = to;
    p->peer = from->name;
    p->from = from->full;
    p->line = g_strdup(line);
    world_later(w, 1 + world_random(w, 100), hand_over, p, 0);
}

static eider_session *
session_of(device *d)
{
    const char *peer = d->name[0] == 'a' ? "bob" : "alice";
    eider_contact *c = eider_contact_get(d->engine, d->account, peer);
    eider_card *card = eider_card_get(d->engine, d->account, peer);

    ck_assert_uint_eq(card->keys->len, 1);
    return eider_contact_session(c,
                                 &g_array_index(card->keys, eider_known, 0).pk);
}

/* All of it, but for what would agree on secrets past him. */
static void
keep_what_he_likes(const eider_body *body, eider_body *out)
{
    eider_record r;

    eider_body_init(out, body->size);
    for (size_t at = 0; eider_body_next(body, &at, &r);) {
        if (r.type == EIDER_R_PQ)
            continue;
        mid.steps += r.type == EIDER_R_CHECK;
        ck_assert_int_eq(eider_body_add(out, r.type, r.value), EIDER_OK);
    }
}

/* Opened at his one half, sealed at the other: every record arrives as it was,
 * in a session of his. */
static bool
relay(world *w, device *half, device *other, device *to, const char *line)
{
    eider_contact *c = eider_contact_get(half->engine, half->account,
                                         to == mid.bob ? "alice" : "bob");
    char text[EIDER_LINE_MAX + 1];
    eider_body body, copy;
    eider_session *out;
    eider_frame f, again;
    eider_err err = EIDER_E_AUTH;
    uint8_t flags;

    ck_assert_int_eq(eider_line_find(line, strlen(line), &f), EIDER_LINE_FRAME);
    for (guint i = 0; i < c->sessions->len && err != EIDER_OK; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        eider_body_init(&body, f.size);
        err = eider_ratchet_open(s->ratchet, 0, &f, &body, &flags);
        if (err == EIDER_OK)
            *(half == mid.as_bob ? &mid.heard_a : &mid.heard_b) = s;
    }
    if (err != EIDER_OK)
        return false;
    keep_what_he_likes(&body, &copy);
    out = other == mid.as_bob ? mid.heard_a : mid.heard_b;
    if (out == NULL)
        out = session_of(other);
    ck_assert_int_eq(eider_ratchet_seal(out->ratchet, flags, &copy, &again),
                     EIDER_OK);
    eider_line_encode(&again, text);
    mid.relayed++;
    forward(w, other, to, text);
    return true;
}

static bool
take_line(world *w, device *from, const char *line)
{
    if (from == mid.alice && mid.relays)
        return relay(w, mid.as_bob, mid.as_alice, mid.bob, line) || true;
    if (from == mid.bob && mid.relays)
        return relay(w, mid.as_alice, mid.as_bob, mid.alice, line) || true;
    if (mid.relays)
        return true; /* his own programs are still */
    if (from == mid.alice)
        forward(w, from, mid.as_bob, line);
    else if (from == mid.as_bob)
        forward(w, from, mid.alice, line);
    else if (from == mid.bob)
        forward(w, from, mid.as_alice, line);
    else
        forward(w, from, mid.bob, line);
    return true;
}

/* Both sides are private, each with him. */
static world *
sit_between(unsigned run)
{
    world *w = world_new(sim_seed(run));
    device **all[] = {&mid.alice, &mid.bob, &mid.as_bob, &mid.as_alice};
    static const char *const names[][2] = {
        {"alice", "1"}, {"bob", "1"}, {"bob", "m"}, {"alice", "m"}};

    memset(&mid, 0, sizeof mid);
    for (unsigned i = 0; i < 4; i++)
        *all[i] = world_add(w, names[i][0], names[i][1]);
    w->takes_line = take_line;
    for (unsigned i = 0; i < 4; i++)
        device_start(*all[i]);
    for (unsigned i = 0; i < 4; i++)
        ck_assert_int_eq(device_choose(*all[i],
                                       names[i][0][0] == 'a' ? "bob" : "alice",
                                       EIDER_ON),
                         EIDER_OK);
    world_run(w, 5 * WORLD_MINUTE);
    ck_assert_int_eq(device_status(mid.alice, "bob").look, EIDER_LOOK_PRIVATE);
    ck_assert_int_eq(device_status(mid.bob, "alice").look, EIDER_LOOK_PRIVATE);
    return w;
}

static eider_check_view
view(device *d)
{
    const char *peer = d->name[0] == 'a' ? "bob" : "alice";
    eider_check_view v;

    eider_engine_check_view(d->engine, d->account, peer, NULL, &v);
    return v;
}

/* Nobody took him for the other, and both were told. */
static bool
is_caught(void)
{
    eider_check_view a = view(mid.alice), b = view(mid.bob);

    return !a.is_checked && !b.is_checked && a.phase == EIDER_PHASE_FAILED &&
           b.phase == EIDER_PHASE_FAILED &&
           mid.alice->news[EIDER_NEWS_CHECK_FAILED] == 1 &&
           mid.bob->news[EIDER_NEWS_CHECK_FAILED] == 1;
}

#define AT(d) (d)->engine, (d)->account, (d)->name[0] == 'a' ? "bob" : "alice"

/* ---- his ways ------------------------------------------------------------- */

/* A text really goes through him: he sits there unnoticed. */
static void
talk_through(world *w)
{
    mid.relays = true;
    ck_assert_int_eq(device_write(mid.alice, "bob", "hi"), EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert_uint_eq(device_count_shown(mid.bob, "hi"), 1);
}

/* Every byte of the check is passed on as it is; Bob knows the answer. */
static void
question_relayed(world *w)
{
    talk_through(w);
    ck_assert_int_eq(
        eider_engine_check_start(AT(mid.alice), NULL, "?", "istanbul"),
        EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert_int_eq(view(mid.bob).phase, EIDER_PHASE_ASKED);
    ck_assert_int_eq(eider_engine_check_answer(AT(mid.bob), "Istanbul"),
                     EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert_uint_ge(mid.steps, 3);
}

/* He guesses, on both sides. */
static void
question_guessed(world *w)
{
    g_autofree char *guess = g_strdup_printf("g%u", world_random(w, 1u << 30));

    ck_assert_int_eq(
        eider_engine_check_start(AT(mid.alice), NULL, "?", "istanbul"),
        EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert_int_eq(eider_engine_check_start(AT(mid.as_alice), NULL,
                                              view(mid.as_bob).question, guess),
                     EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert_int_eq(eider_engine_check_answer(AT(mid.bob), "istanbul"),
                     EIDER_OK);
    ck_assert_int_eq(eider_engine_check_answer(AT(mid.as_bob), guess),
                     EIDER_OK);
    world_run(w, WORLD_SECOND);
}

static void
code_relayed(world *w)
{
    talk_through(w);
    ck_assert_int_eq(eider_engine_check_code_start(AT(mid.alice), NULL),
                     EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert_uint_ge(mid.steps, 3);
}

/* A code with each of them; he says "the same" to both. */
static void
code_of_his_own(world *w)
{
    ck_assert_int_eq(eider_engine_check_code_start(AT(mid.alice), NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_engine_check_code_start(AT(mid.as_alice), NULL),
                     EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert_int_eq(eider_engine_check_confirm(AT(mid.as_bob), true),
                     EIDER_OK);
    ck_assert_int_eq(eider_engine_check_confirm(AT(mid.as_alice), true),
                     EIDER_OK);
    world_run(w, WORLD_SECOND);
    ck_assert(view(mid.alice).is_heard);
    ck_assert(view(mid.bob).is_heard);
    ck_assert(!view(mid.alice).is_checked);
    /* They read the codes to each other, and say what they see. */
    bool same = strcmp(view(mid.alice).code, view(mid.bob).code) == 0;
    ck_assert_int_eq(eider_engine_check_confirm(AT(mid.alice), same), EIDER_OK);
    ck_assert_int_eq(eider_engine_check_confirm(AT(mid.bob), same), EIDER_OK);
    world_run(w, WORLD_SECOND);
}

START_TEST(he_is_caught_in_every_run)
{
    static void (*const ways[])(world * w) = {
        question_relayed, question_guessed, code_relayed, code_of_his_own};
    unsigned runs = sim_is_long() ? LONG_RUNS : RUNS, caught = 0;

    for (unsigned i = 0; i < runs; i++) {
        world *w = sit_between(i);

        ck_assert_str_ne(view(mid.alice).number, view(mid.bob).number);
        ways[i % G_N_ELEMENTS(ways)](w);
        if (is_caught())
            caught++;
        else
            printf("  run %u: not caught\n", i);
        world_free(w);
    }
    printf("sim: in between, caught in %u of %u\n", caught, runs);
    ck_assert_uint_eq(caught, runs);
}
END_TEST

/* ---- nobody in between, a bad line ---------------------------------------- */

START_TEST(whoever_is_really_there_passes_over_a_bad_line)
{
    unsigned runs = sim_is_long() ? 400 : 20, passed = 0;

    for (unsigned i = 0; i < runs; i++) {
        world *w = world_new(sim_seed(i));
        device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");
        bool is_code = i % 2 == 1;

        device_start(a);
        device_start(b);
        device_meet(a, b);
        w->loss = 200;
        w->dup = 100;
        w->late = 100;
        w->late_ms = 20000;
        ck_assert_int_eq(is_code
                             ? eider_engine_check_code_start(AT(a), NULL)
                             : eider_engine_check_start(AT(a), NULL, "", "x"),
                         EIDER_OK);
        for (int minute = 0; minute < 600; minute++) {
            world_run(w, WORLD_MINUTE);
            (void)!eider_engine_check_answer(AT(b), "X");
            if (view(a).phase == EIDER_PHASE_COMPARE)
                (void)!eider_engine_check_confirm(AT(a), true);
            if (view(b).phase == EIDER_PHASE_COMPARE)
                (void)!eider_engine_check_confirm(AT(b), true);
        }
        if (view(a).is_checked && view(b).is_checked)
            passed++;
        else
            printf("  run %u: %d %d\n", i, view(a).phase, view(b).phase);
        world_free(w);
    }
    printf("sim: checked over a bad line in %u of %u\n", passed, runs);
    ck_assert_uint_eq(passed, runs);
}
END_TEST

/* ---- the ghost ------------------------------------------------------------ */

static bool
silence_bob(world *w, device *from, const char *line)
{
    (void)w, (void)line;
    return from == mid.bob; /* and with him his acknowledgements */
}

/* No text and no part of one ever came to @d. */
static bool
got_nothing(device *d)
{
    eider_contact *c = eider_contact_get(d->engine, d->account, "alice");
    static const uint8_t none[EIDER_ARRIVED_BYTES];
    bool nothing =
        d->shown->len == 0 && c->inbox->len == 0 && c->partials->len == 0;

    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        nothing = nothing && s->base == 0 && !s->has_heard &&
                  memcmp(s->arrived, none, sizeof none) == 0;
    }
    return nothing;
}

static void
haunt(unsigned run)
{
    world *w = world_new(sim_seed(run));
    device *ghost;

    memset(&mid, 0, sizeof mid);
    mid.alice = world_add(w, "alice", "1");
    mid.bob = world_add(w, "bob", "1");
    ghost = world_add(w, "bob", "9");
    device_start(mid.alice);
    device_start(mid.bob);
    device_meet(mid.alice, mid.bob);
    w->takes_line = silence_bob;
    if (run % 2 == 0) /* "offline", so that the ghost alone is there */
        device_offline(mid.bob);
    world_run(w, 15 * WORLD_MINUTE);
    device_start(ghost);
    ck_assert_int_eq(device_choose(ghost, "alice", EIDER_ON), EIDER_OK);
    for (int i = 0; i < 10; i++) {
        g_autofree char *text = g_strdup_printf("secret %d", i);

        ck_assert_int_eq(device_write(mid.alice, "bob", text), EIDER_OK);
        world_run(w, 1 + world_random(w, 20 * 60 * 1000));
    }
    ck_assert_int_eq(device_status(mid.alice, "bob").candidates, 1);
    ck_assert(device_status(ghost, "alice").has_session);
    ck_assert(got_nothing(ghost));
    /* "Check first": it does not know the answer. */
    eider_device list[4];
    ck_assert_uint_eq(eider_engine_devices(mid.alice->engine,
                                           mid.alice->account, "bob", list, 4),
                      2);
    for (int i = 0; i < 2; i++)
        if (list[i].trust == EIDER_TRUST_CANDIDATE)
            ck_assert_int_eq(eider_engine_check_start(AT(mid.alice),
                                                      list[i].fingerprint, "?",
                                                      "istanbul"),
                             EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert_int_eq(eider_engine_check_answer(AT(ghost), "ankara"), EIDER_OK);
    world_run(w, WORLD_DAY);
    ck_assert(!view(mid.alice).is_checked);
    ck_assert_uint_eq(mid.alice->news[EIDER_NEWS_CHECK_FAILED], 1);
    ck_assert(got_nothing(ghost));
    world_free(w);
}

START_TEST(a_ghost_gets_no_byte_of_text)
{
    unsigned runs = sim_is_long() ? 200 : 20;

    for (unsigned i = 0; i < runs; i++)
        haunt(i);
    printf("sim: %u ghosts got nothing\n", runs);
}
END_TEST

Suite *sim_check_suite(void);

Suite *
sim_check_suite(void)
{
    Suite *s = suite_create("check");
    TCase *tc = tcase_create("check");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, he_is_caught_in_every_run);
    tcase_add_test(tc, whoever_is_really_there_passes_over_a_bad_line);
    tcase_add_test(tc, a_ghost_gets_no_byte_of_text);
    suite_add_tcase(s, tc);
    return s;
}
