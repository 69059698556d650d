/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that come from nobody we answer, or that are no good: nothing is
 * computed, written, shown, said or sent.
 */
#include "core/work.h"
#include "eider/crypto.h"
#include "unit/world.h"

#include <check.h>
#include <string.h>

static world *w;
static device *a, *b;

static void
set_up(void)
{
    w = world_new(11);
    a = world_add(w, "alice", "1");
    b = world_add(w, "bob", "1");
    a->keeps_lines = b->keeps_lines = true;
}

static void
tear_down(void)
{
    world_free(w);
}

/* What may not change at @b while lines come in. */
typedef struct {
    eider_buf pickle;
    uint64_t dh, writes, sent;
    unsigned shown, news;
} marks;

static marks
mark(bool with_pickle)
{
    marks m = {.dh = eider_dh_count(),
               .writes = memfiles_writes(b->files),
               .sent = b->sent,
               .shown = b->shown->len};

    for (unsigned i = 0; i <= EIDER_NEWS_STORE; i++)
        m.news += b->news[i];
    if (with_pickle)
        device_pickle(b, "alice", &m.pickle);
    return m;
}

static void
assert_unmoved(marks *m)
{
    EIDER_AUTO(eider_buf) now = {0};
    unsigned news = 0;

    for (unsigned i = 0; i <= EIDER_NEWS_STORE; i++)
        news += b->news[i];
    ck_assert_uint_eq(eider_dh_count(), m->dh);
    ck_assert_uint_eq(memfiles_writes(b->files), m->writes);
    ck_assert_uint_eq(b->sent, m->sent);
    ck_assert_uint_eq(b->shown->len, m->shown);
    ck_assert_uint_eq(news, m->news);
    if (m->pickle.n > 0) {
        device_pickle(b, "alice", &now);
        ck_assert_uint_eq(now.n, m->pickle.n);
        ck_assert_mem_eq(now.p, m->pickle.p, now.n);
    }
    eider_buf_wipe(&m->pickle);
}

/* Message 1 of alice, who has called: her lines. */
static void
call_bob(void)
{
    eider_contact *c = eider_contact_get(a->engine, a->account, "bob");

    ck_assert_int_eq(eider_meet_step(a->engine, c, EIDER_EV_START, NULL),
                     EIDER_OK);
    ck_assert_int_eq(eider_commit(a->engine, c), EIDER_OK);
    eider_effects_run(a->engine);
}

static const char *
line_of(const device *d, guint i)
{
    return ((sent_line *)g_ptr_array_index(d->lines, i))->line;
}

START_TEST(a_stranger_costs_nothing_and_is_told_once)
{
    marks m;

    a->line_max = 391;
    b->has_no_buddies = true;
    w->is_cut = true;
    device_start(a);
    device_start(b);
    call_bob();
    ck_assert_uint_eq(a->lines->len, 5);
    device_receive(b, "alice", line_of(a, 0));
    ck_assert_uint_eq(b->news[EIDER_NEWS_STRANGER], 1);
    m = mark(false);
    for (unsigned i = 0; i < 5; i++)
        device_receive(b, "alice", line_of(a, i));
    assert_unmoved(&m);
    ck_assert_uint_eq(memfiles_count(b->files), 1); /* the master key */
    ck_assert_ptr_null(eider_card_find(b->engine, b->account, "alice"));
    ck_assert(!device_status(b, "alice").is_private);
}
END_TEST

START_TEST(their_message_is_answered_when_the_user_agrees)
{
    a->line_max = 391;
    b->has_no_buddies = true;
    w->is_cut = true;
    device_start(a);
    device_start(b);
    call_bob();
    for (unsigned i = 0; i < 5; i++) {
        device_receive(b, "alice", line_of(a, i));
        device_receive(b, "alice", line_of(a, i)); /* repeats push none out */
    }
    ck_assert_uint_eq(b->sent, 0);
    w->is_cut = false;
    ck_assert_int_eq(device_choose(b, "alice", EIDER_ON), EIDER_OK);
    ck_assert_uint_ge(b->sent, 1);
    world_run(w, 5 * WORLD_SECOND);
    ck_assert_uint_eq(device_sessions(b, "alice"), 1);
    ck_assert_uint_eq(device_sessions(a, "bob"), 1);
}
END_TEST

START_TEST(who_is_turned_off_is_not_even_told_of)
{
    w->is_cut = true;
    device_start(a);
    device_start(b);
    ck_assert_int_eq(device_choose(b, "alice", EIDER_OFF), EIDER_OK);
    call_bob();
    device_receive(b, "alice", line_of(a, 0));
    ck_assert_uint_eq(b->news[EIDER_NEWS_STRANGER], 0);
    ck_assert_uint_eq(b->sent, 0);
}
END_TEST

START_TEST(a_default_of_off_answers_nobody)
{
    b->policy = EIDER_DEFAULT_OFF;
    w->is_cut = true;
    device_start(a);
    device_start(b);
    call_bob();
    device_receive(b, "alice", line_of(a, 0));
    ck_assert_uint_eq(b->sent, 0);
    ck_assert_uint_eq(b->news[EIDER_NEWS_STRANGER], 1);
}
END_TEST

/* ---- bad lines ------------------------------------------------------------ */

/* @b and alice talk; one more line of hers is caught on its way. */
static char *
catch_line(void)
{
    char *line;

    device_meet(a, b);
    world_run(w, 5 * WORLD_MINUTE);
    w->is_cut = true;
    ck_assert_int_eq(device_write(a, "bob", "caught"), EIDER_OK);
    line = g_strdup(device_last_line(a));
    w->is_cut = false;
    return line;
}

START_TEST(flipped_lines_change_nothing)
{
    g_autofree char *line = catch_line();
    marks m;

    for (size_t i = 0; i < strlen(line); i += 7) {
        g_autofree char *bad = g_strdup(line);

        bad[i] = bad[i] == 'x' ? 'y' : 'x';
        m = mark(true);
        /* Else the third would be a sign of a lost session. */
        w->now += 11 * WORLD_MINUTE;
        device_receive(b, "alice", bad);
        assert_unmoved(&m);
    }
    device_receive(b, "alice", line);
    ck_assert_uint_eq(device_count_shown(b, "caught"), 1);
}
END_TEST

START_TEST(cut_lines_change_nothing)
{
    g_autofree char *line = catch_line();
    marks m = mark(true);

    for (size_t n = 0; n < strlen(line); n += 5) {
        g_autofree char *bad = g_strndup(line, n);

        device_receive(b, "alice", bad);
    }
    assert_unmoved(&m);
}
END_TEST

START_TEST(repeated_lines_change_nothing)
{
    g_autofree char *line = catch_line();
    marks m;

    device_receive(b, "alice", line);
    world_run(w, 2 * WORLD_MINUTE);
    m = mark(true);
    for (unsigned i = 0; i < 20; i++)
        device_receive(b, "alice", line);
    assert_unmoved(&m);
    ck_assert_uint_eq(device_count_shown(b, "caught"), 1);
}
END_TEST

START_TEST(foreign_lines_change_nothing)
{
    device *c = world_add(w, "carol", "1"), *d = world_add(w, "dave", "1");
    marks m;

    c->keeps_lines = true;
    device_meet(c, d);
    ck_assert_int_eq(device_write(c, "dave", "not for bob"), EIDER_OK);
    device_meet(a, b);
    world_run(w, 5 * WORLD_MINUTE);
    m = mark(true);
    device_receive(b, "alice", device_last_line(c));
    device_receive(b, "alice", device_last_line(c));
    assert_unmoved(&m);
    device_receive(b, "carol", device_last_line(c)); /* no session, no key */
    ck_assert_uint_eq(b->shown->len, 0);
}
END_TEST

START_TEST(an_own_line_that_comes_back_changes_nothing)
{
    marks m;

    b->keeps_lines = true;
    device_meet(a, b);
    ck_assert_int_eq(device_write(b, "alice", "hello"), EIDER_OK);
    world_run(w, 5 * WORLD_MINUTE);
    m = mark(true);
    for (guint i = 0; i < b->lines->len; i++)
        device_receive(b, "alice", line_of(b, i));
    assert_unmoved(&m);
}
END_TEST

START_TEST(three_lines_that_nothing_opens_start_one_handshake)
{
    g_autofree char *line = catch_line();
    uint64_t sent = b->sent;

    w->is_cut = true;
    for (size_t i = 0; i < 30; i++) {
        g_autofree char *bad = g_strdup(line);

        bad[100 + i] = bad[100 + i] == 'x' ? 'y' : 'x';
        device_receive(b, "alice", bad);
        if (i == 1)
            ck_assert_uint_eq(b->sent, sent);
    }
    ck_assert_uint_eq(b->sent, sent + 1); /* one M frame */
}
END_TEST

Suite *stranger_suite(void);

Suite *
stranger_suite(void)
{
    Suite *s = suite_create("stranger");
    TCase *tc = tcase_create("stranger");

    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_stranger_costs_nothing_and_is_told_once);
    tcase_add_test(tc, their_message_is_answered_when_the_user_agrees);
    tcase_add_test(tc, who_is_turned_off_is_not_even_told_of);
    tcase_add_test(tc, a_default_of_off_answers_nobody);
    tcase_add_test(tc, flipped_lines_change_nothing);
    tcase_add_test(tc, cut_lines_change_nothing);
    tcase_add_test(tc, repeated_lines_change_nothing);
    tcase_add_test(tc, foreign_lines_change_nothing);
    tcase_add_test(tc, an_own_line_that_comes_back_changes_nothing);
    tcase_add_test(tc, three_lines_that_nothing_opens_start_one_handshake);
    suite_add_tcase(s, tc);
    return s;
}
