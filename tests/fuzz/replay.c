/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every harness over its corpus, without a fuzzer: each file as it is, cut at
 * many places and with bits the other way round.
 *
 *     fuzz-replay <corpus> [harness...]
 *     fuzz-replay --seeds <folder> [harness...]     writes first inputs
 *     fuzz-replay --file <harness> <file>           one input
 *
 * The corpus has a folder for each harness.  EIDER_LONG=1: more damage.
 */
#include "fuzz/fuzz.h"

#include <glib.h>
#include <string.h>

#define DAMAGES      24 /* of one file; of a slow harness ... */
#define DAMAGES_SLOW 2
#define LONG         20 /* times as many */

/* ---- all of them ---------------------------------------------------------- */

extern const fuzz_harness fuzz_line, fuzz_fragment, fuzz_record, fuzz_pack,
    fuzz_markup, fuzz_words, fuzz_pq, fuzz_handshake, fuzz_frame, fuzz_proof,
    fuzz_stored, fuzz_sealed, fuzz_disk, fuzz_backup, fuzz_notes, fuzz_talk;

static const fuzz_harness *const fuzz_all[] = {
    &fuzz_line,   &fuzz_fragment, &fuzz_record, &fuzz_pack,
    &fuzz_markup, &fuzz_words,    &fuzz_pq,     &fuzz_handshake,
    &fuzz_frame,  &fuzz_proof,    &fuzz_stored, &fuzz_sealed,
    &fuzz_disk,   &fuzz_backup,   &fuzz_notes,  &fuzz_talk,
    NULL};

static unsigned long runs;
static char *where;

static void
run(const fuzz_harness *h, const uint8_t *p, size_t n)
{
    uint8_t *copy = fuzz_copy(p, n < h->max ? n : h->max);

    h->one(copy, n < h->max ? n : h->max);
    runs++;
    free(copy);
}

/* The name of what is looked at, for whoever sees only the end of a log. */
static void
died(void)
{
    if (where != NULL)
        fprintf(stderr, "fuzz-replay: it was %s\n", where);
}

static void
damage(const fuzz_harness *h, uint8_t *p, size_t n)
{
    unsigned times = h->is_slow ? DAMAGES_SLOW : DAMAGES;

    times *= g_getenv("EIDER_LONG") != NULL ? LONG : 1;
    for (unsigned i = 0; i < times && n > 0; i++) {
        size_t at = (i * 2654435761u) % (8 * n);

        run(h, p, at / 8);
        p[at / 8] ^= (uint8_t)(1 << at % 8);
        run(h, p, n);
        p[at / 8] ^= (uint8_t)(1 << at % 8);
    }
}

static bool
replay_file(const fuzz_harness *h, const char *path)
{
    g_autofree char *bytes = NULL;
    gsize n;

    where = (char *)path;
    if (!g_file_get_contents(path, &bytes, &n, NULL)) {
        fprintf(stderr, "fuzz-replay: cannot read %s\n", path);
        return false;
    }
    run(h, (uint8_t *)bytes, n);
    damage(h, (uint8_t *)bytes, n);
    return true;
}

static bool
replay_all(const fuzz_harness *h, const char *corpus)
{
    g_autofree char *folder = g_build_filename(corpus, h->name, NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    gint64 start = g_get_monotonic_time();
    unsigned long before = runs;
    const char *name;

    where = folder;
    if (dir == NULL) {
        fprintf(stderr, "fuzz-replay: no %s\n", folder);
        return false;
    }
    run(h, (const uint8_t *)"", 0);
    while ((name = g_dir_read_name(dir)) != NULL)
        g_ptr_array_add(names, g_build_filename(folder, name, NULL));
    for (guint i = 0; i < names->len; i++)
        if (!replay_file(h, names->pdata[i]))
            return false;
    printf("%-10s %3u files, %6lu runs, %5.1f s\n", h->name, names->len,
           runs - before, (double)(g_get_monotonic_time() - start) / 1e6);
    return names->len > 0;
}

/* ---- first inputs ----------------------------------------------------------- */

typedef struct {
    const char *folder;
    unsigned n;
} writer;

static void
write_seed(void *arg, const void *p, size_t n)
{
    writer *w = arg;
    g_autofree char *name = g_strdup_printf("seed%02u", w->n++);
    g_autofree char *path = g_build_filename(w->folder, name, NULL);

    FUZZ_CHECK(g_file_set_contents(path, p, (gssize)n, NULL));
}

static bool
write_seeds(const fuzz_harness *h, const char *to)
{
    g_autofree char *folder = g_build_filename(to, h->name, NULL);
    writer w = {folder, 0};

    FUZZ_CHECK(g_mkdir_with_parents(folder, 0755) == 0);
    if (h->seeds != NULL)
        h->seeds(write_seed, &w);
    return true;
}

static const fuzz_harness *
find(const char *name)
{
    for (size_t i = 0; fuzz_all[i] != NULL; i++)
        if (strcmp(fuzz_all[i]->name, name) == 0)
            return fuzz_all[i];
    fprintf(stderr, "fuzz-replay: no harness %s\n", name);
    exit(2);
}

int
main(int argc, char **argv)
{
    bool makes = argc > 2 && strcmp(argv[1], "--seeds") == 0, good;
    unsigned passed = 0, failed = 0;
    int first = makes ? 3 : 2;

    if (argc < 2)
        return 2;
    setvbuf(stdout, NULL, _IOLBF, 0);
    fuzz_start();
    if (argc == 4 && strcmp(argv[1], "--file") == 0)
        return !replay_file(find(argv[2]), argv[3]);
    atexit(died);
    for (size_t i = 0; fuzz_all[i] != NULL; i++) {
        const fuzz_harness *h = fuzz_all[i];
        bool is_named = argc <= first;

        for (int k = first; k < argc; k++)
            is_named = is_named || strcmp(argv[k], h->name) == 0;
        if (!is_named)
            continue;
        good = makes ? write_seeds(h, argv[2]) : replay_all(h, argv[1]);
        passed += good;
        failed += !good;
    }
    where = NULL;
    printf("fuzz: %u passed, %u failed, 0 skipped\n", passed, failed);
    return failed > 0;
}
