/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scale.h"

#include "talk.h"

#include "unit/many.h"

#include "eider/crypto.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ACCOUNT  "prpl-fake\talice"
#define MESSAGES 200

/* ---- clocks and scales ---------------------------------------------------- */

static double
ms_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
cpu_ms(void)
{
    return ms_of(CLOCK_PROCESS_CPUTIME_ID);
}

static double
heap_mib(void)
{
    struct mallinfo2 m = mallinfo2();

    return (double)(m.uordblks + m.hblkhd) / 1024 / 1024;
}

/* ---- a store, quickly: without syncs -------------------------------------- */

static char *folder;

static uint64_t
now_ms(void *data)
{
    (void)data;
    return (uint64_t)g_get_real_time() / 1000;
}

static eider_err
quick_write(void *data, const char *name, eider_slice bytes)
{
    char *path = g_build_filename(folder, name, NULL);
    FILE *f = fopen(path, "wb");
    bool is_done = f != NULL && fwrite(bytes.p, 1, bytes.n, f) == bytes.n;

    (void)data;
    is_done = f != NULL && fclose(f) == 0 && is_done;
    g_free(path);
    return is_done ? EIDER_OK : EIDER_E_STORE;
}

static void
no_mark(void *data, const char *name, uint64_t generation)
{
    (void)data, (void)name, (void)generation;
}

void
scale_make_store(unsigned contacts, bool has_twin)
{
    const eider_env env = {.now_ms = now_ms, .speed = 1};
    eider_engine *e = NULL;
    eider_store *s = NULL;
    eider_files f;
    char *why = NULL;

    folder = g_build_filename(host_dir, "eider", NULL);
    if (eider_files_open(&f, folder, NULL, &why) != EIDER_OK)
        g_error("no folder");
    f.write = quick_write;
    f.write_mark = no_mark;
    if (eider_store_open(&s, &f, NULL) != EIDER_OK ||
        eider_engine_new(&e, &env, s) != EIDER_OK)
        g_error("no store");
    many_add(e, ACCOUNT, contacts, EIDER_ON);
    if (has_twin)
        many_add_twin(e, ACCOUNT, contacts);
    eider_engine_free(e);
    eider_store_close(s);
    eider_files_close(&f);
    g_free(folder);
}

/* ---- buddies -------------------------------------------------------------- */

static void
add_buddies(unsigned contacts)
{
    for (unsigned i = 0; i < contacts; i++) {
        char *name = g_strdup_printf("many%u", i);

        purple_blist_add_buddy(purple_buddy_new(host_alice, name, NULL), NULL,
                               NULL, NULL);
        g_free(name);
    }
}

/* All of them; milliseconds of CPU. */
static double
storm(unsigned contacts, const char *status)
{
    double start = cpu_ms();

    for (unsigned i = 0; i < contacts; i++) {
        char *name = g_strdup_printf("many%u", i);

        purple_prpl_got_user_status(host_alice, name, status, NULL);
        g_free(name);
    }
    return cpu_ms() - start;
}

static double
both_storms(unsigned contacts)
{
    double ms = storm(contacts, "offline");

    return ms + storm(contacts, "available");
}

/* ---- all of it ------------------------------------------------------------ */

static double
cpu_of_a_message(void)
{
    double start = cpu_ms();
    unsigned seen;

    for (int i = 0; i < MESSAGES; i++) {
        host_type(i % 2 == 0 ? host_alice : host_bob,
                  i % 2 == 0 ? "bob" : "alice", "ordinary words");
        host_run(3);
    }
    start = cpu_ms() - start;
    host_run(200);
    seen = host_count(host_bob, "ordinary words", PURPLE_MESSAGE_RECV) +
           host_count(host_alice, "ordinary words", PURPLE_MESSAGE_RECV);
    if (seen != MESSAGES)
        g_error("%u of %d texts came", seen, MESSAGES);
    return start / MESSAGES;
}

static bool
have_met(const void *arg)
{
    (void)arg;
    return talk_is_private(host_alice, "bob") &&
           talk_is_private(host_bob, "alice");
}

static void
meet(void)
{
    if (!host_command(host_alice, "bob", "eider on") ||
        !host_run_until(have_met, NULL, 30000))
        g_error("they did not meet");
}

int
scale_measure(unsigned contacts)
{
    double plain, heap, wall, load;

    if (eider_crypto_init() != EIDER_OK)
        return 1;
    host_start("prpl-fake");
    scale_make_store(contacts, false);
    sync(); /* or the first fsync of the plugin's waits for all of it */
    add_buddies(contacts);
    storm(contacts, "available");
    plain = both_storms(contacts);
    malloc_trim(0);
    heap = heap_mib();
    load = cpu_ms();
    wall = ms_of(CLOCK_MONOTONIC);
    host_load();
    wall = ms_of(CLOCK_MONOTONIC) - wall;
    load = cpu_ms() - load;
    printf("load_ms=%.1f load_cpu_ms=%.1f heap_mib=%.2f", wall, load,
           heap_mib() - heap);
    printf(" storm_plain_ms=%.1f storm_ms=%.1f", plain, both_storms(contacts));
    meet();
    printf(" message_cpu_ms=%.3f heap_after_mib=%.2f\n", cpu_of_a_message(),
           heap_mib() - heap);
    host_unload();
    host_stop();
    return 0;
}
