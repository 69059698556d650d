/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two of libolm: what OMEMO in a client does with its own library, as Matrix
 * clients do it. */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>

#if defined(__has_include)
#if __has_include(<olm/olm.h>)
#define HAVE_OLM
#endif
#endif

#ifdef HAVE_OLM
#include "eider/crypto.h"

#include <olm/olm.h>

#define MESSAGE_MAX 8192
#define KEY_B64     43

typedef struct {
    OlmAccount *account[2];
    OlmSession *session[2];
    char identity[2][KEY_B64 + 1];
} ends;

static uint8_t *
random_bytes(size_t n)
{
    static uint8_t out[4096];

    bench_check(n <= sizeof out, "libolm wants much randomness");
    eider_random(out, n);
    return out;
}

static void
fine(size_t result)
{
    bench_check(result != olm_error(), "libolm failed");
}

/* The string behind "name":" in its JSON. */
static void
find_key(const char *json, const char *name, char out[KEY_B64 + 1])
{
    const char *p = strstr(json, name);

    bench_check(p != NULL, "no key of libolm");
    g_strlcpy(out, p + strlen(name), KEY_B64 + 1);
}

static void
make_account(ends *e, int i)
{
    char json[1024] = "";
    size_t n;

    e->account[i] = olm_account(malloc(olm_account_size()));
    n = olm_create_account_random_length(e->account[i]);
    fine(olm_create_account(e->account[i], random_bytes(n), n));
    fine(olm_account_identity_keys(e->account[i], json, sizeof json - 1));
    find_key(json, "\"curve25519\":\"", e->identity[i]);
}

static size_t
encrypt(ends *e, unsigned from, const char *text, size_t n, char *out,
        size_t *type)
{
    size_t random = olm_encrypt_random_length(e->session[from]), len;

    *type = olm_encrypt_message_type(e->session[from]);
    len = olm_encrypt_message_length(e->session[from], n);
    bench_check(len <= MESSAGE_MAX, "a long message of libolm");
    fine(olm_encrypt(e->session[from], text, n, random_bytes(random), random,
                     out, len));
    return len;
}

static void
decrypt(ends *e, unsigned at, size_t type, const char *wire, size_t len,
        const char *text, size_t n)
{
    char copy[MESSAGE_MAX], got[MESSAGE_MAX];
    size_t max, is;

    memcpy(copy, wire, len); /* it is changed */
    max = olm_decrypt_max_plaintext_length(e->session[at], type, copy, len);
    fine(max);
    bench_check(max <= sizeof got, "a long text of libolm");
    memcpy(copy, wire, len);
    is = olm_decrypt(e->session[at], type, copy, len, got, max);
    bench_check(is == n && memcmp(got, text, n) == 0, "another text of libolm");
}

static size_t
pass(void *data, unsigned from, const char *text, size_t n)
{
    char wire[MESSAGE_MAX];
    ends *e = data;
    size_t type, len = encrypt(e, from, text, n, wire, &type);

    decrypt(e, 1 - from, type, wire, len, text, n);
    return len;
}

static void
end_sessions(ends *e)
{
    for (int i = 0; i < 2; i++) {
        if (e->session[i] != NULL)
            olm_clear_session(e->session[i]);
        free(e->session[i]);
        e->session[i] = olm_session(malloc(olm_session_size()));
    }
}

/* A one-time key, the first message with it, and what the other makes of it:
 * three DH each. */
static void
meet(void *data)
{
    char json[1024] = "", one_time[KEY_B64 + 1], wire[MESSAGE_MAX], copy[4096];
    ends *e = data;
    size_t n, type, len;

    end_sessions(e);
    n = olm_account_generate_one_time_keys_random_length(e->account[1], 1);
    fine(olm_account_generate_one_time_keys(e->account[1], 1, random_bytes(n),
                                            n));
    fine(olm_account_one_time_keys(e->account[1], json, sizeof json - 1));
    find_key(json, "\":\"", one_time);
    olm_account_mark_keys_as_published(e->account[1]);

    n = olm_create_outbound_session_random_length(e->session[0]);
    fine(olm_create_outbound_session(e->session[0], e->account[0],
                                     e->identity[1], KEY_B64, one_time, KEY_B64,
                                     random_bytes(n), n));
    len = encrypt(e, 0, "x", 1, wire, &type);
    memcpy(copy, wire, len);
    fine(olm_create_inbound_session(e->session[1], e->account[1], copy, len));
    fine(olm_remove_one_time_keys(e->account[1], e->session[1]));
    decrypt(e, 1, type, wire, len, "x", 1);
}

static void *
start(void)
{
    ends *e = g_new0(ends, 1);

    make_account(e, 0);
    make_account(e, 1);
    meet(e);
    pass(e, 1, "x", 1);
    pass(e, 0, "x", 1);
    return e;
}

static void
stop(void *data)
{
    ends *e = data;

    for (int i = 0; i < 2; i++) {
        olm_clear_session(e->session[i]);
        olm_clear_account(e->account[i]);
        free(e->session[i]);
        free(e->account[i]);
    }
    g_free(e);
}

static const bench_peer olm = {"libolm 3.2", start, stop, meet, pass};
const bench_peer *const bench_olm = &olm;
#else
const bench_peer *const bench_olm = NULL;
#endif
