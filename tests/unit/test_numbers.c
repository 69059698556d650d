/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Acknowledgements and their check: of the same texts it is the same on both
 * sides, whatever came when; of other texts under the same numbers it is not.
 */
#include "core/work.h"
#include "unit/peek.h"
#include "unit/vectors.h"

#include <stdlib.h>
#include <string.h>

Suite *numbers_suite(void);

/* ---- the check ------------------------------------------------------------ */

#define N 200

static uint8_t ids[N][EIDER_ID_LEN];
static eider_contact *ours;
static eider_session *s, theirs;

static void
set_up_pair(void)
{
    eider_target t = {.has_seq = true, .state = EIDER_LEFT};

    ours = eider_contact_new("sim\tx", "y");
    s = eider_alloc(sizeof *s);
    s->has_ids = true;
    g_ptr_array_add(ours->sessions, s);
    theirs = (eider_session){.has_ids = true};
    for (uint32_t i = 0; i < N; i++) {
        eider_entry *en = g_new0(eider_entry, 1);

        eider_random(ids[i], sizeof ids[i]);
        memcpy(en->id, ids[i], sizeof en->id);
        en->targets = g_array_new(FALSE, TRUE, sizeof t);
        t.seq = i;
        g_array_append_val(en->targets, t);
        g_ptr_array_add(ours->outbox, en);
    }
    s->next_seq = N;
}

static void
tear_down_pair(void)
{
    eider_contact_free(ours);
}

/* What they have is acknowledged; false where it is not of our texts. */
static bool
acknowledge(const eider_ack *a, uint8_t check)
{
    if (!eider_numbers_fit(ours, s, a, check))
        return false;
    for (guint i = 0; i < ours->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(ours->outbox, i);
        eider_target *t = eider_target_in(en, 0, s);

        if (t == NULL || !eider_ack_has(a, t->seq))
            continue;
        t->state = EIDER_ACKED;
        eider_numbers_acked(s, en);
    }
    return true;
}

static unsigned
count_acked(void)
{
    unsigned n = 0;

    for (guint i = 0; i < ours->outbox->len; i++)
        n += eider_target_in(g_ptr_array_index(ours->outbox, i), 0, s) == NULL;
    return n;
}

static void
write_and_read(void)
{
    EIDER_AUTO(eider_buf) out = {0};
    eider_session again = theirs;
    eider_reader r;

    eider_numbers_pickle(&theirs, &out);
    again.heard_ids = 0;
    memset(again.ahead, 0, sizeof again.ahead);
    r = eider_reader_of(out.p, out.n);
    eider_numbers_unpickle(&again, &r);
    ck_assert(eider_reader_is_done(&r));
    theirs = again;
}

START_TEST(of_the_same_texts_it_is_the_same_in_any_order)
{
    eider_ack late[8] = {{0}};
    uint8_t late_check[8] = {0};

    srand((unsigned)_i);
    for (unsigned i = 0; i < 20 * N; i++) {
        uint32_t seq = theirs.base + (unsigned)rand() % 60;
        unsigned at = (unsigned)rand() % 8;
        eider_ack a;
        uint8_t check;

        if (seq < N && rand() % 3 > 0)
            eider_numbers_arrived(&theirs, seq, ids[seq], 1);
        if (rand() % 10 == 0)
            write_and_read();
        check = eider_inbox_ack(&theirs, &a);
        ck_assert_uint_ge(check, 1);
        ck_assert_uint_le(check, 127);
        if (rand() % 3 == 0)
            ck_assert(acknowledge(&a, check));
        /* One that was late speaks of fewer: it is let pass. */
        ck_assert(acknowledge(&late[at], late_check[at]));
        late[at] = a;
        late_check[at] = check;
    }
    ck_assert_uint_eq(theirs.base, N);
    ck_assert_uint_ge(count_acked(), N - 60);
}
END_TEST

START_TEST(of_another_text_it_is_another)
{
    unsigned taken = 0;

    for (unsigned i = 0; i < 1000; i++) {
        uint8_t twin[EIDER_ID_LEN];
        eider_ack a;
        uint8_t check;

        theirs = (eider_session){.has_ids = true};
        eider_random(twin, sizeof twin);
        eider_numbers_arrived(&theirs, 0, ids[0], 1);
        eider_numbers_arrived(&theirs, 1, twin, 1);
        eider_numbers_arrived(&theirs, 3, ids[3], 1);
        check = eider_inbox_ack(&theirs, &a);
        ck_assert_uint_eq(a.base, 2);
        taken += eider_numbers_fit(ours, s, &a, check);
    }
    ck_assert_uint_le(taken, 30); /* one in 127 is not seen */
}
END_TEST

START_TEST(what_cannot_be_known_is_let_pass)
{
    eider_ack a = {.base = 3};

    ck_assert(eider_numbers_fit(ours, s, &a, 0)); /* an older Eider */
    for (unsigned check = 1; check < 128; check++) {
        /* One that was given up here. */
        eider_entry *en = g_ptr_array_index(ours->outbox, 1);

        g_array_index(en->targets, eider_target, 0).has_seq = false;
        ck_assert(eider_numbers_fit(ours, s, &a, (uint8_t)check));
        g_array_index(en->targets, eider_target, 0).has_seq = true;
        /* A session that an older Eider began here. */
        s->has_ids = false;
        ck_assert(eider_numbers_fit(ours, s, &a, (uint8_t)check));
        s->has_ids = true;
    }
    theirs.has_ids = false;
    eider_numbers_arrived(&theirs, 0, ids[0], 1);
    ck_assert_uint_eq(eider_inbox_ack(&theirs, &a), 0);
}
END_TEST

/* Every number in reach, round and round the ring. */
START_TEST(a_full_window_and_a_jump)
{
    eider_ack a;

    for (uint32_t i = EIDER_SEQ_WINDOW; i-- > 0;)
        eider_numbers_arrived(&theirs, i, ids[i % N], 1);
    ck_assert_uint_eq(theirs.base, EIDER_SEQ_WINDOW);
    eider_numbers_arrived(&theirs, EIDER_SEQ_WINDOW + 5, ids[5], 1);
    write_and_read();
    (void)eider_inbox_ack(&theirs, &a);
    ck_assert_uint_eq(a.bitmap, 1u << 4);
    eider_inbox_floor(&theirs, 100000, 1);
    ck_assert_uint_eq(theirs.base, 100000);
    (void)eider_inbox_ack(&theirs, &a);
    ck_assert_uint_eq(a.bitmap, 0);
}
END_TEST

START_TEST(agrees_with_the_vectors)
{
    vectors v;
    unsigned n = 0;

    vectors_open(&v, "tests/vectors/ack.txt");
    while (vectors_next(&v)) {
        uint64_t count = vectors_number(&v, "arrived");
        eider_session x = {.has_ids = true};
        eider_ack a;

        for (uint64_t i = 0; i < count; i++) {
            g_autofree char *seq = g_strdup_printf("seq%u", (unsigned)i);
            g_autofree char *id = g_strdup_printf("id%u", (unsigned)i);
            uint8_t b[EIDER_ID_LEN];

            ck_assert_uint_eq(vectors_bytes(&v, id, b, sizeof b), sizeof b);
            eider_numbers_arrived(&x, (uint32_t)vectors_number(&v, seq), b, 1);
        }
        ck_assert_uint_eq(eider_inbox_ack(&x, &a), vectors_number(&v, "check"));
        ck_assert_uint_eq(a.base, vectors_number(&v, "base"));
        ck_assert_uint_eq(a.bitmap, vectors_number(&v, "bitmap"));
        n++;
    }
    ck_assert_uint_ge(n, 5);
}
END_TEST

/* ---- a machine that was put back ------------------------------------------ */

static couple two;
static memfiles_copy *copy;

static void
set_up(void)
{
    two = couple_met(17);
    ck_assert_int_eq(device_write(two.a, "bob", "first"), EIDER_OK);
    ck_assert_int_eq(device_write(two.b, "alice", "second"), EIDER_OK);
    world_run(two.w, 5 * WORLD_MINUTE);
    copy = NULL;
}

/* In the middle of a chain, or where each copy begins one of its own. */
static void
copy_alice(bool has_chain)
{
    if (has_chain) {
        ck_assert_int_eq(device_write(two.a, "bob", "before"), EIDER_OK);
        world_run(two.w, 5);
    }
    copy = memfiles_snapshot(two.a->files);
}

static void
tear_down(void)
{
    memfiles_copy_free(copy);
    couple_free(&two);
}

/* The whole machine, with all that could tell. */
static void
rewind_alice(void)
{
    device_crash(two.a);
    memfiles_rewind(two.a->files, copy);
    device_start(two.a);
}

static void
write_as_alice(const char *text)
{
    ck_assert_int_eq(device_write(two.a, "bob", text), EIDER_OK);
}

START_TEST(a_text_under_a_used_number_is_not_delivered_until_it_is_shown)
{
    copy_alice(_i == 1);
    write_as_alice("that was");
    world_run(two.w, 5 * WORLD_MINUTE);
    ck_assert_uint_eq(device_count_shown(two.b, "that was"), 1);
    rewind_alice();
    write_as_alice("that is");
    for (unsigned i = 0; i < 60; i++) {
        world_run(two.w, WORLD_MINUTE);
        if (device_state_of(two.a, NULL) == EIDER_TEXT_DELIVERED)
            ck_assert_uint_eq(device_count_shown(two.b, "that is"), 1);
    }
    ck_assert_uint_eq(device_count_shown(two.b, "that is"), 1);
    ck_assert_int_eq(device_state_of(two.a, NULL), EIDER_TEXT_DELIVERED);
    ck_assert_uint_eq(device_status(two.a, "bob").waiting, 0);
    ck_assert_uint_eq(device_status(two.a, "bob").sent, 0);
}
END_TEST

/* An acknowledgement of the first is on its way while the second is typed. */
START_TEST(an_ack_that_crosses_it_is_not_taken_for_its_own)
{
    copy_alice(true);
    write_as_alice("that was");
    world_run(two.w, WORLD_SECOND); /* and the ack is not there yet */
    ck_assert_uint_eq(device_count_shown(two.b, "that was"), 1);
    tap_open(two.b);
    ck_assert_int_eq(device_write(two.b, "alice", "third"), EIDER_OK);
    rewind_alice();
    tap_open(two.a);
    write_as_alice("that is");
    tap_give(two.b, 0, two.a);
    ck_assert_uint_eq(device_count_shown(two.a, "third"), 1);
    ck_assert_uint_eq(eider_engine_counters(two.a->engine)->forks, 1);
    ck_assert_int_ne(device_state_of(two.a, NULL), EIDER_TEXT_DELIVERED);
    tap_close(two.a);
    tap_close(two.b);
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "that is"), 1);
    ck_assert_int_eq(device_state_of(two.a, NULL), EIDER_TEXT_DELIVERED);
}
END_TEST

/* Two of them, and the line loses the first: nothing but the ids tells that it
 * is not what the number stood for. */
START_TEST(one_that_is_lost_behind_a_used_number_comes_again)
{
    copy_alice(_i == 1);
    write_as_alice("that was");
    world_run(two.w, 5 * WORLD_MINUTE);
    rewind_alice();
    two.w->is_cut = true;
    write_as_alice("that is");
    two.w->is_cut = false;
    write_as_alice("and more");
    world_run(two.w, WORLD_HOUR);
    ck_assert_uint_eq(device_count_shown(two.b, "that is"), 1);
    ck_assert_uint_eq(device_count_shown(two.b, "and more"), 1);
    ck_assert_uint_eq(device_status(two.a, "bob").sent, 0);
}
END_TEST

Suite *
numbers_suite(void)
{
    Suite *suite = suite_create("numbers");
    TCase *t = tcase_create("check");

    tcase_add_checked_fixture(t, set_up_pair, tear_down_pair);
    tcase_add_loop_test(t, of_the_same_texts_it_is_the_same_in_any_order, 0, 8);
    tcase_add_test(t, of_another_text_it_is_another);
    tcase_add_test(t, what_cannot_be_known_is_let_pass);
    tcase_add_test(t, a_full_window_and_a_jump);
    tcase_add_test(t, agrees_with_the_vectors);
    suite_add_tcase(suite, t);
    t = tcase_create("put back");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_loop_test(
        t, a_text_under_a_used_number_is_not_delivered_until_it_is_shown, 0, 2);
    tcase_add_test(t, an_ack_that_crosses_it_is_not_taken_for_its_own);
    tcase_add_loop_test(t, one_that_is_lost_behind_a_used_number_comes_again, 0,
                        2);
    suite_add_tcase(suite, t);
    return suite;
}
