/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "support.h"

#include <check.h>
#include <sodium.h>
#include <string.h>

static eider_buf queue;
static size_t drawn;

static const char *
name_queue(void)
{
    return "queue of a test";
}

static void
draw(void *const out, const size_t n)
{
    ck_assert_msg(n <= queue.n - drawn, "draws %zu bytes of %zu left", n,
                  queue.n - drawn);
    if (n > 0)
        memcpy(out, queue.p + drawn, n);
    drawn += n;
}

static uint32_t
draw_word(void)
{
    uint32_t v;

    draw(&v, sizeof v);
    return v;
}

static randombytes_implementation from_queue = {
    .implementation_name = name_queue,
    .random = draw_word,
    .buf = draw,
};

void
test_random_push(const void *bytes, size_t n)
{
    eider_buf_add(&queue, bytes, n);
    randombytes_set_implementation(&from_queue);
}

void
test_random_end(void)
{
    ck_assert_msg(drawn == queue.n, "%zu bytes were not drawn",
                  queue.n - drawn);
    eider_buf_wipe(&queue);
    drawn = 0;
    randombytes_set_implementation(&randombytes_sysrandom_implementation);
}

size_t
test_hex(const char *hex, void *out, size_t cap)
{
    size_t n;

    ck_assert_int_eq(sodium_hex2bin(out, cap, hex, strlen(hex), NULL, &n, NULL),
                     0);
    return n;
}

eider_slice
test_slice(const void *p, size_t n)
{
    return (eider_slice){p, n};
}

eider_slice
test_string(const char *s)
{
    return (eider_slice){(const uint8_t *)s, strlen(s)};
}

void
test_refuses_cuts(eider_slice input, test_taker *take, void *data)
{
    ck_assert_msg(take(input, data), "refuses the whole input");
    for (size_t n = 0; n < input.n; n++) {
        uint8_t *copy = eider_alloc(n);

        memcpy(copy, input.p, n);
        ck_assert_msg(!take(test_slice(copy, n), data),
                      "takes the first %zu bytes of %zu", n, input.n);
        eider_free(copy, n);
    }
}

static void
refuse_flip(uint8_t *copy, size_t n, size_t at, uint8_t flip, test_taker *take,
            void *data)
{
    copy[at] ^= flip;
    ck_assert_msg(!take(test_slice(copy, n), data), "takes byte %zu ^ %02x", at,
                  flip);
    copy[at] ^= flip;
}

void
test_refuses_flips(eider_slice input, size_t from, test_taker *take, void *data)
{
    uint8_t *copy = eider_alloc(input.n);

    memcpy(copy, input.p, input.n);
    for (size_t i = from; i < input.n; i++)
        refuse_flip(copy, input.n, i, (uint8_t)(1 << i % 8), take, data);
    ck_assert_msg(take(test_slice(copy, input.n), data),
                  "refuses the whole input");
    eider_free(copy, input.n);
}

void
test_refuses_bit_flips(eider_slice input, test_taker *take, void *data)
{
    uint8_t *copy = eider_alloc(input.n);

    memcpy(copy, input.p, input.n);
    for (size_t i = 0; i < 8 * input.n; i++)
        refuse_flip(copy, input.n, i / 8, (uint8_t)(1 << i % 8), take, data);
    ck_assert_msg(take(test_slice(copy, input.n), data),
                  "refuses the whole input");
    eider_free(copy, input.n);
}
