/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An engine behind a pipe, for the second implementation to talk to: orders on
 * stdin, one a line, each behind the time in ms at which it is carried out; on
 * stdout what left and what was shown since the last order, then
 * "ok <ms> <next wake, 0: none> <is running>".
 *
 *     new <seed> <longest line> <keeps>    an empty disk; "carol" and, known as online,
 *                                  "alice", who is not in here
 *     run                          nothing but that time passes
 *     recv <from> <delayed> <text>
 *     text <hex of html> · choose <eider_choice> · forget
 *     presence <0|1> · offline · start · stop · crash · lose ·
 *     copy · rewind                of its disk
 *     die <write|send|show> <n>    crash at the nth from now, 0 the next
 *     ask <hex> <hex> · answer <hex> · call · same <0|1> · cancel
 *     decide <0|1> · steady <seconds> · view · kept · fold <hex>
 *     seal <hex> <hex> · unseal <hex> <hex>    of a backup
 *
 * Answers: line <ms> <to> <text> · shown <ms> <maybe> <candidate> <written ms>
 * <hex> · state <hex id> <eider_text_state> · news <kind> <count> · text <hex id>
 * · view <phase> <is checked> <code, - for none> · error <eider_err>
 */
#include "core/work.h"
#include "eider/backup.h"
#include "eider/check.h"
#include "eider/engine.h"
#include "unit/world.h"

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static world *w;
static device *carol, *alice;
static memfiles_copy *disk;
static guint told_lines, told_shown, told_states;
static unsigned told_news[G_N_ELEMENTS(((device *)0)->news)];

static bool
takes_line(world *unused, device *from, const char *line)
{
    (void)unused;
    (void)from;
    (void)line;
    return true;
}

static void
put_hex(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        printf("%02x", bytes[i]);
}

/* Bytes of @hex with a zero behind them; the caller frees them. */
static char *
get_hex(const char *hex)
{
    size_t n = hex != NULL && strcmp(hex, "-") != 0 ? strlen(hex) / 2 : 0;
    char *out = g_malloc0(n + 1);

    for (size_t i = 0; i < n; i++)
        out[i] = (char)(g_ascii_xdigit_value(hex[2 * i]) << 4 |
                        g_ascii_xdigit_value(hex[2 * i + 1]));
    return out;
}

static void
tell_lines(void)
{
    for (; told_lines < carol->lines->len; told_lines++) {
        const sent_line *l = g_ptr_array_index(carol->lines, told_lines);

        printf("line %" PRIu64 " %s %s\n", l->at_ms, l->to, l->line);
    }
}

static void
tell_shown(void)
{
    for (; told_shown < carol->shown->len; told_shown++) {
        const shown_text *t = g_ptr_array_index(carol->shown, told_shown);

        printf("shown %" PRIu64 " %d %d %" PRIu64 " ", t->at_ms, t->maybe_shown,
               t->from_candidate, t->written_ms);
        put_hex((const uint8_t *)t->html, strlen(t->html));
        putchar('\n');
    }
}

static void
tell_rest(void)
{
    for (; told_states < carol->states->len; told_states++) {
        const told_state *s =
            &g_array_index(carol->states, told_state, told_states);

        printf("state ");
        put_hex(s->id, sizeof s->id);
        printf(" %d\n", (int)s->state);
    }
    for (guint i = 0; i < G_N_ELEMENTS(told_news); i++)
        if (carol->news[i] != told_news[i]) {
            printf("news %u %u\n", i, carol->news[i] - told_news[i]);
            told_news[i] = carol->news[i];
        }
}

static void
tell_all(void)
{
    tell_lines();
    tell_shown();
    tell_rest();
    printf("ok %" PRIu64 " %" PRIu64 " %d\n", w->now,
           carol->engine != NULL ? carol->wake_ms : 0, carol->engine != NULL);
    (void)fflush(stdout);
}

static void
make_new(uint64_t seed, size_t line_max, bool keeps)
{
    if (w != NULL)
        world_free(w);
    w = world_new(seed);
    w->takes_line = takes_line;
    w->keeps = keeps;
    alice = world_add(w, "alice", "py");
    alice->is_online = true;
    carol = world_add(w, "carol", "1");
    carol->keeps_lines = true;
    carol->line_max = line_max;
    told_lines = told_shown = told_states = 0;
    memset(told_news, 0, sizeof told_news);
}

static void
complain(eider_err err)
{
    if (err != EIDER_OK)
        printf("error %d\n", (int)err);
}

static void
set_presence(bool online)
{
    alice->is_online = online;
    if (carol->engine != NULL && carol->is_online)
        eider_engine_presence(carol->engine, carol->account, "alice", online);
}

static void
say_view(void)
{
    eider_check_view v;

    eider_engine_check_view(carol->engine, carol->account, "alice", NULL, &v);
    g_strdelimit(v.code, " ", '.');
    printf("view %d %d %s\n", (int)v.phase, v.is_checked,
           v.code[0] != '\0' ? v.code : "-");
}

static void
say_kept(void)
{
    eider_status s = device_status(carol, "alice");

    printf("kept %u %u %d %u\n", s.waiting, s.sent, s.has_session,
           s.candidates);
}

static void
decide(bool accept)
{
    eider_device all[8];
    size_t n = eider_engine_devices(carol->engine, carol->account, "alice", all,
                                    G_N_ELEMENTS(all));

    for (size_t i = 0; i < MIN(n, G_N_ELEMENTS(all)); i++)
        if (all[i].trust == EIDER_TRUST_CANDIDATE)
            complain(eider_engine_decide(carol->engine, carol->account, "alice",
                                         all[i].fingerprint, accept, true));
}

static void
stop_in_order(void)
{
    carol->die_at_write = carol->die_at_send = carol->die_at_show = WORLD_NEVER;
    device_stop(carol);
}

static void
make_copy(void)
{
    memfiles_copy_free(disk);
    disk = memfiles_snapshot(carol->files);
}

/* ---- orders --------------------------------------------------------------- */

static bool
do_check(const char *verb, const char *a, const char *b)
{
    g_autofree char *x = get_hex(a), *y = get_hex(b);
    eider_engine *e = carol->engine;
    const char *own = carol->account;

    if (strcmp(verb, "ask") == 0)
        complain(eider_engine_check_start(e, own, "alice", NULL, x, y));
    else if (strcmp(verb, "answer") == 0)
        complain(eider_engine_check_answer(e, own, "alice", x));
    else if (strcmp(verb, "call") == 0)
        complain(eider_engine_check_code_start(e, own, "alice", NULL));
    else if (strcmp(verb, "same") == 0)
        complain(eider_engine_check_confirm(e, own, "alice", atoi(a) != 0));
    else if (strcmp(verb, "cancel") == 0)
        complain(eider_engine_check_cancel(e, own, "alice"));
    else if (strcmp(verb, "view") == 0)
        say_view();
    else
        return false;
    return true;
}

static void
put_buf(const char *name, const eider_buf *b)
{
    printf("%s ", name);
    put_hex(b->p, b->n);
    putchar('\n');
}

static void
fold(const char *hex)
{
    g_autofree char *answer = get_hex(hex);
    EIDER_AUTO(eider_buf) out = {0};

    eider_fold(answer, &out);
    put_buf("folded", &out);
}

/* @hex: data to seal, or a file to open, under the passphrase. */
static void
backup(bool is_sealing, const char *pass, const char *hex)
{
    g_autofree char *secret = get_hex(pass), *bytes = get_hex(hex);
    const eider_slice in = {(const uint8_t *)bytes, strlen(hex) / 2};
    EIDER_AUTO(eider_buf) out = {0};

    complain(is_sealing
                 ? eider_backup_seal(in, secret, strlen(secret), &out)
                 : eider_backup_unseal(in, secret, strlen(secret), &out));
    put_buf("backup", &out);
}

static void
write_text(const char *hex)
{
    g_autofree char *html = get_hex(hex);
    eider_err err = device_write(carol, "alice", html);

    complain(err);
    if (err == EIDER_OK) {
        printf("text ");
        put_hex(carol->last_id, sizeof carol->last_id);
        putchar('\n');
    }
}

static bool
do_talk(const char *verb, const char *a, const char *b)
{
    if (strcmp(verb, "text") == 0)
        write_text(a);
    else if (strcmp(verb, "choose") == 0)
        complain(device_choose(carol, "alice", (eider_choice)atoi(a)));
    else if (strcmp(verb, "forget") == 0)
        eider_engine_forget(carol->engine, carol->account, "alice");
    else if (strcmp(verb, "decide") == 0)
        decide(atoi(a) != 0);
    else if (strcmp(verb, "steady") == 0)
        complain(eider_engine_steady(carol->engine, carol->account, "alice",
                                     (unsigned)atoi(a)));
    else if (strcmp(verb, "fold") == 0)
        fold(a);
    else if (strcmp(verb, "seal") == 0 || strcmp(verb, "unseal") == 0)
        backup(strcmp(verb, "seal") == 0, a, b);
    else if (strcmp(verb, "kept") == 0)
        say_kept();
    else if (strcmp(verb, "die") == 0 && strcmp(a, "write") == 0)
        carol->die_at_write = atoi(b);
    else if (strcmp(verb, "die") == 0 && strcmp(a, "send") == 0)
        carol->die_at_send = atoi(b);
    else if (strcmp(verb, "die") == 0)
        carol->die_at_show = atoi(b);
    else
        return do_check(verb, a, b);
    return true;
}

static void
receive(const char *from, const char *delayed, const char *text)
{
    (void)eider_engine_receive(carol->engine, carol->account, "alice", from,
                               text, strlen(text), atoi(delayed) != 0);
}

static bool
do_life(const char *verb, char **f)
{
    if (strcmp(verb, "new") == 0)
        make_new(g_ascii_strtoull(f[1], NULL, 10), (size_t)atoi(f[2]),
                 atoi(f[3]) != 0);
    else if (strcmp(verb, "run") == 0)
        return true;
    else if (strcmp(verb, "presence") == 0)
        set_presence(atoi(f[1]) != 0);
    else if (strcmp(verb, "offline") == 0)
        device_offline(carol);
    else if (strcmp(verb, "start") == 0)
        device_start(carol);
    else if (strcmp(verb, "stop") == 0)
        stop_in_order();
    else if (strcmp(verb, "crash") == 0)
        device_crash(carol);
    else if (strcmp(verb, "lose") == 0)
        device_lose(carol, "alice");
    else if (strcmp(verb, "copy") == 0)
        make_copy();
    else if (strcmp(verb, "rewind") == 0 && disk != NULL)
        memfiles_rewind(carol->files, disk);
    else
        return false;
    return true;
}

static void
obey(char *line)
{
    g_auto(GStrv) f = NULL;
    const char *verb;
    uint64_t at;

    line[strcspn(line, "\n")] = '\0';
    f = g_strsplit(line, " ", 5);
    at = g_ascii_strtoull(f[0], NULL, 10);
    verb = f[1];
    if (w != NULL && at > w->now)
        world_run(w, at - w->now);
    if (carol != NULL)
        carol->has_failed = false;
    /* What needs an engine is skipped where it was switched off. */
    if (!do_life(verb, f + 1) && carol->engine != NULL && !carol->is_dead) {
        if (strcmp(verb, "recv") == 0)
            receive(f[2], f[3], f[4]);
        else if (!do_talk(verb, f[2], f[2] != NULL ? f[3] : NULL))
            printf("error unknown\n");
    }
    if (carol->is_dead)
        world_run(w, 0); /* what crashed is taken away */
    tell_all();
}

/* The world asserts, so all of it is one test. */
START_TEST(obeys)
{
    static char line[1 << 20];

    /* What is drawn once a process is drawn before the first seed counts. */
    make_new(0, 391, false);
    device_start(carol);
    while (fgets(line, sizeof line, stdin) != NULL)
        obey(line);
    if (w != NULL)
        world_free(w);
}
END_TEST

int
main(void)
{
    Suite *s = suite_create("peer");
    TCase *t = tcase_create("peer");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_test(t, obeys);
    suite_add_tcase(s, t);
    srunner_set_fork_status(runner, CK_NOFORK);
    srunner_run_all(runner, CK_SILENT);
    failed = srunner_ntests_failed(runner);
    if (failed > 0)
        srunner_print(runner, CK_NORMAL);
    srunner_free(runner);
    return failed > 0;
}
