/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What many Steady contacts cost the machine of one user, on a real disk. */
#include "bench/bench.h"

#include "unit/world.h"

#include <check.h>
#include <stdlib.h>

#define CONTACTS 50
#define SLOT     10
#define MINUTES  10

static void
open_folder(char *dir, eider_files *out)
{
    char *why = NULL;

    bench_check(mkdtemp(dir) != NULL, "no temporary folder");
    bench_check(eider_files_open(out, dir, NULL, &why) == EIDER_OK,
                why != NULL ? why : "no folder");
    free(why);
}

static void
remove_folder(const char *dir)
{
    g_autofree char *command = g_strdup_printf("rm -rf '%s'", dir);

    bench_check(system(command) == 0, "the folder stays");
}

static void
make_contacts(world *w, device *a)
{
    device_start(a);
    for (unsigned i = 0; i < CONTACTS; i++) {
        g_autofree char *name = g_strdup_printf("bob%u", i);
        device *b = world_add(w, name, "1");

        device_meet(a, b);
        bench_check(eider_engine_steady(a->engine, a->account, name, SLOT) ==
                        EIDER_OK,
                    "they do not agree");
    }
    world_run(w, 2 * WORLD_MINUTE);
}

/* The world asserts with Check, which wants to be in a test. */
START_TEST(measure)
{
    char dir[] = "/tmp/eider-bench-XXXXXX";
    world *w = world_new(1);
    device *a = world_add(w, "alice", "1");
    eider_files real;
    uint64_t writes, lines;

    open_folder(dir, &real);
    a->table = real;
    make_contacts(w, a);
    writes = eider_files_writes(&real);
    lines = a->sent;
    a->is_timed = true;
    world_run(w, MINUTES * WORLD_MINUTE);
    writes = eider_files_writes(&real) - writes;
    lines = a->sent - lines;
    bench_check(lines >= CONTACTS * MINUTES * 60 / SLOT - CONTACTS,
                "slots are missing");
    printf("### Steady: %u contacts, a slot every %u s, both ways\n\n",
           CONTACTS, SLOT);
    printf("| | |\n|---|---|\n");
    printf("| CPU, of one core | %.2f %% |\n",
           a->cpu_us / (MINUTES * 60 * 1e6) * 100);
    printf("| of it for one line sent and one received | %.2f ms |\n",
           a->cpu_us / 1000 / (double)lines);
    printf("| lines sent in a second | %.2f |\n",
           (double)lines / (MINUTES * 60));
    printf("| writes to disk in a second | %.2f |\n",
           (double)writes / (MINUTES * 60));
    world_free(w);
    eider_files_close(&real);
    remove_folder(dir);
}
END_TEST

BENCH(steady)
{
    bench_world("steady", measure);
}
