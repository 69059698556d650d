/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two of libotr, version 3 of its protocol. */
#include "bench/bench.h"

#include <string.h>

#if defined(__has_include)
#if __has_include(<libotr/proto.h>)
#define HAVE_OTR
#endif
#endif

#ifdef HAVE_OTR
#include <libotr/proto.h>

#include <libotr/instag.h>
#include <libotr/message.h>
#include <libotr/privkey.h>

#define PROTOCOL "bench"

typedef struct {
    OtrlUserState us[2];
    GQueue wire[2]; /* to 0, to 1 */
    unsigned from;  /* who is running */
    bool is_secure[2];
} ends;

static const char *const names[] = {"alice", "bob"};

static OtrlPolicy
policy(void *data, ConnContext *context)
{
    (void)data, (void)context;
    return OTRL_POLICY_ALLOW_V3 | OTRL_POLICY_REQUIRE_ENCRYPTION;
}

static int
is_logged_in(void *data, const char *account, const char *protocol,
             const char *who)
{
    (void)data, (void)account, (void)protocol, (void)who;
    return 1;
}

static void
inject(void *data, const char *account, const char *protocol, const char *who,
       const char *message)
{
    ends *e = data;

    (void)account, (void)protocol;
    g_queue_push_tail(&e->wire[strcmp(who, names[1]) == 0], g_strdup(message));
}

static void
gone_secure(void *data, ConnContext *context)
{
    ends *e = data;

    e->is_secure[strcmp(context->accountname, names[1]) == 0] = true;
}

static void
still_secure(void *data, ConnContext *context, int is_reply)
{
    (void)is_reply;
    gone_secure(data, context);
}

static void
create_instag(void *data, const char *account, const char *protocol)
{
    ends *e = data;
    FILE *sink = tmpfile();

    otrl_instag_generate_FILEp(e->us[strcmp(account, names[1]) == 0], sink,
                               account, protocol);
    fclose(sink);
}

static void
on_event(void *data, OtrlMessageEvent event, ConnContext *context,
         const char *message, gcry_error_t err)
{
    (void)data, (void)event, (void)context, (void)message, (void)err;
}

static const OtrlMessageAppOps ops = {
    .policy = policy,
    .is_logged_in = is_logged_in,
    .inject_message = inject,
    .gone_secure = gone_secure,
    .still_secure = still_secure,
    .create_instag = create_instag,
    .handle_msg_event = on_event,
};

/* What is on the way to @at is taken; the text that came, otrl_message_free. */
static char *
take(ends *e, unsigned at)
{
    char *wire = g_queue_pop_head(&e->wire[at]), *text = NULL;

    otrl_message_receiving(e->us[at], &ops, e, names[at], PROTOCOL,
                           names[1 - at], wire, &text, NULL, NULL, NULL, NULL);
    g_free(wire);
    return text;
}

static void
meet(void *data)
{
    ends *e = data;

    e->is_secure[0] = e->is_secure[1] = false;
    g_queue_push_tail(&e->wire[1], g_strdup("?OTRv3?"));
    while (!g_queue_is_empty(&e->wire[0]) || !g_queue_is_empty(&e->wire[1]))
        otrl_message_free(take(e, g_queue_is_empty(&e->wire[0])));
    bench_check(e->is_secure[0] && e->is_secure[1], "OTR did not meet");
}

static size_t
pass(void *data, unsigned from, const char *text, size_t n)
{
    g_autofree char *copy = g_strndup(text, n);
    char *wire = NULL, *got;
    ends *e = data;
    size_t len;

    otrl_message_sending(e->us[from], &ops, e, names[from], PROTOCOL,
                         names[1 - from], OTRL_INSTAG_BEST, copy, NULL, &wire,
                         OTRL_FRAGMENT_SEND_SKIP, NULL, NULL, NULL);
    bench_check(wire != NULL && g_str_has_prefix(wire, "?OTR:"), "open OTR");
    len = strlen(wire);
    g_queue_push_tail(&e->wire[1 - from], g_strdup(wire));
    otrl_message_free(wire);
    got = take(e, 1 - from);
    bench_check(got != NULL && strcmp(got, copy) == 0, "another text of OTR");
    otrl_message_free(got);
    return len;
}

/* A key takes libgcrypt seconds: made once. */
static void
give_key(ends *e, int i)
{
    static FILE *keys[2];

    if (keys[i] == NULL) {
        keys[i] = tmpfile();
        otrl_privkey_generate_FILEp(e->us[i], keys[i], names[i], PROTOCOL);
    }
    rewind(keys[i]);
    bench_check(otrl_privkey_read_FILEp(e->us[i], keys[i]) == 0,
                "no key of OTR");
}

static void *
start(void)
{
    static bool is_ready;
    ends *e = g_new0(ends, 1);

    if (!is_ready) {
        otrl_init(OTRL_VERSION_MAJOR, OTRL_VERSION_MINOR, OTRL_VERSION_SUB);
    }
    is_ready = true;
    for (int i = 0; i < 2; i++) {
        e->us[i] = otrl_userstate_create();
        g_queue_init(&e->wire[i]);
        give_key(e, i);
    }
    meet(e);
    pass(e, 0, "x", 1);
    pass(e, 1, "x", 1);
    return e;
}

static void
stop(void *data)
{
    ends *e = data;

    otrl_userstate_free(e->us[0]);
    otrl_userstate_free(e->us[1]);
    g_free(e);
}

static const bench_peer otr = {"libotr " OTRL_VERSION, start, stop, meet, pass};
const bench_peer *const bench_otr = &otr;
#else
const bench_peer *const bench_otr = NULL;
#endif
