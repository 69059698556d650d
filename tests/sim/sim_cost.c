/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a first contact costs in lines, and that they are nothing but lines. */
#include "sim/sim.h"

#include <stdio.h>
#include <string.h>

static unsigned
first_contact(size_t line_max)
{
    world *w = world_new(sim_seed(0));
    device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");
    unsigned lines;

    a->line_max = b->line_max = line_max;
    device_start(a);
    device_start(b);
    ck_assert_int_eq(device_choose(a, "bob", EIDER_ON), EIDER_OK);
    world_run(w, WORLD_MINUTE);
    ck_assert_uint_eq(device_sessions(a, "bob"), 1);
    ck_assert_uint_eq(device_sessions(b, "alice"), 1);
    lines = (unsigned)w->lines;
    world_run(w, WORLD_DAY);
    ck_assert_uint_eq(w->lines, lines); /* and then there is silence */
    world_free(w);
    return lines;
}

START_TEST(a_first_contact_costs_few_lines)
{
    unsigned big = first_contact(8000), small = first_contact(391);

    printf("sim: first contact: %u lines, or %u of 391\n", big, small);
    ck_assert_uint_le(big, 6);
    ck_assert_uint_le(small, 14);
}
END_TEST

/* Every size of text, each way, three line lengths: the world looks at each
 * line; here at that none of it is in one, and that short texts are short. */
START_TEST(no_line_holds_a_word_of_the_text)
{
    static const size_t maxima[] = {391, 1931, 8000};

    for (unsigned i = 0; i < 3; i++) {
        world *w = world_new(sim_seed(i));
        device *a = world_add(w, "alice", "1"), *b = world_add(w, "bob", "1");

        a->line_max = b->line_max = maxima[i];
        a->keeps_lines = true;
        device_meet(a, b);
        for (size_t n = 1; n < 7000; n = n * 3 / 2 + 1) {
            g_autofree char *text = g_strnfill(n, 'q');
            guint before = a->lines->len;

            ck_assert_int_eq(device_write(a, "bob", text), EIDER_OK);
            if (n <= 173) {
                ck_assert_uint_eq(a->lines->len, before + 1);
                ck_assert_uint_eq(strlen(device_last_line(a)), 391);
            }
            world_run(w, 2 * WORLD_MINUTE);
            ck_assert_uint_ge(b->shown->len, 1);
        }
        for (guint n = 0; n < a->lines->len; n++) {
            const sent_line *l = g_ptr_array_index(a->lines, n);

            ck_assert_ptr_null(strstr(l->line, "qqqqqqqq"));
        }
        world_free(w);
    }
}
END_TEST

Suite *sim_cost_suite(void);

Suite *
sim_cost_suite(void)
{
    Suite *s = suite_create("cost");
    TCase *tc = tcase_create("cost");

    tcase_set_timeout(tc, 0);
    tcase_add_test(tc, a_first_contact_costs_few_lines);
    tcase_add_test(tc, no_line_holds_a_word_of_the_text);
    suite_add_tcase(s, tc);
    return s;
}
