/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/memfiles.h"

#include <glib.h>
#include <string.h>

struct memfiles_copy {
    GHashTable *files; /* name -> GBytes, never changed in place */
    GHashTable *marks; /* name -> uint64_t */
};

struct memfiles {
    eider_files table;
    memfiles_copy now;
    int fail_after; /* negative: never */
    bool fail_all, fail_reads;
    uint64_t writes;
    memfiles_written *written;
    void *written_data;
    char *why;
};

static eider_err
fail(memfiles *m, const char *name, const char *reason)
{
    g_free(m->why);
    m->why = g_strdup_printf("memory/%s: %s", name, reason);
    return EIDER_E_STORE;
}

static eider_err
read_file(void *data, const char *name, eider_buf *out)
{
    memfiles *m = data;
    GBytes *b = g_hash_table_lookup(m->now.files, name);
    size_t n;
    const void *p;

    if (m->fail_reads)
        return fail(m, name, "Input/output error");
    if (b == NULL)
        return EIDER_E_MISSING;
    p = g_bytes_get_data(b, &n);
    eider_buf_add(out, p, n);
    return EIDER_OK;
}

static eider_err
write_file(void *data, const char *name, eider_slice bytes)
{
    memfiles *m = data;
    bool fails = m->fail_all || m->fail_after == 0;

    if (m->fail_after >= 0)
        m->fail_after--;
    if (fails)
        return fail(m, name, "No space left on device");
    g_hash_table_replace(m->now.files, g_strdup(name),
                         g_bytes_new(bytes.p, bytes.n));
    m->writes++;
    if (m->written != NULL)
        m->written(m->written_data, m, name);
    return EIDER_OK;
}

/* Not atomic, as on the disk: one that fails leaves half of it. */
static eider_err
patch_file(void *data, const char *name, size_t at, eider_slice bytes)
{
    memfiles *m = data;
    GBytes *old = g_hash_table_lookup(m->now.files, name);
    bool fails = m->fail_all || m->fail_after == 0;
    eider_buf b = {0};

    if (old == NULL || g_bytes_get_size(old) < at + bytes.n)
        return EIDER_E_MISSING;
    if (m->fail_after >= 0)
        m->fail_after--;
    eider_buf_add(&b, g_bytes_get_data(old, NULL), g_bytes_get_size(old));
    memcpy(b.p + at, bytes.p, fails ? bytes.n / 2 : bytes.n);
    g_hash_table_replace(m->now.files, g_strdup(name), g_bytes_new(b.p, b.n));
    eider_buf_wipe(&b);
    if (fails)
        return fail(m, name, "No space left on device");
    m->writes++;
    if (m->written != NULL)
        m->written(m->written_data, m, name);
    return EIDER_OK;
}

static void
scrub_file(void *data, const char *name, size_t at, size_t n)
{
    memfiles *m = data;
    GBytes *old = g_hash_table_lookup(m->now.files, name);
    eider_buf b = {0};

    eider_buf_add(&b, g_bytes_get_data(old, NULL), g_bytes_get_size(old));
    memset(b.p + at, 0, n);
    g_hash_table_replace(m->now.files, g_strdup(name), g_bytes_new(b.p, b.n));
    eider_buf_wipe(&b);
}

void
memfiles_in_place(memfiles *m)
{
    m->table.patch = patch_file;
    m->table.scrub = scrub_file;
}

static eider_err
remove_file(void *data, const char *name)
{
    memfiles *m = data;

    if (m->fail_all)
        return fail(m, name, "Read-only file system");
    g_hash_table_remove(m->now.files, name);
    return EIDER_OK;
}

static uint64_t
read_mark(void *data, const char *name)
{
    memfiles *m = data;
    const uint64_t *g = g_hash_table_lookup(m->now.marks, name);

    return g != NULL ? *g : 0;
}

static void
write_mark(void *data, const char *name, uint64_t generation)
{
    memfiles *m = data;

    if (generation == 0)
        g_hash_table_remove(m->now.marks, name);
    else
        g_hash_table_replace(m->now.marks, g_strdup(name),
                             g_memdup2(&generation, sizeof generation));
}

static const char *
last_why(void *data)
{
    const memfiles *m = data;

    return m->why != NULL ? m->why : "";
}

static GHashTable *
new_files(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                 (GDestroyNotify)g_bytes_unref);
}

static GHashTable *
new_marks(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

static GHashTable *
copy_files(GHashTable *from)
{
    GHashTable *to = new_files();
    GHashTableIter i;
    gpointer k, v;

    g_hash_table_iter_init(&i, from);
    while (g_hash_table_iter_next(&i, &k, &v))
        g_hash_table_insert(to, g_strdup(k), g_bytes_ref(v));
    return to;
}

static GHashTable *
copy_marks(GHashTable *from)
{
    GHashTable *to = new_marks();
    GHashTableIter i;
    gpointer k, v;

    g_hash_table_iter_init(&i, from);
    while (g_hash_table_iter_next(&i, &k, &v))
        g_hash_table_insert(to, g_strdup(k), g_memdup2(v, sizeof(uint64_t)));
    return to;
}

memfiles *
memfiles_new(void)
{
    memfiles *m = g_new0(memfiles, 1);

    m->table = (eider_files){.data = m,
                             .read = read_file,
                             .write = write_file,
                             .remove = remove_file,
                             .read_mark = read_mark,
                             .write_mark = write_mark,
                             .why = last_why};
    m->now = (memfiles_copy){new_files(), new_marks()};
    m->fail_after = -1;
    return m;
}

void
memfiles_free(memfiles *m)
{
    if (m == NULL)
        return;
    g_hash_table_destroy(m->now.files);
    g_hash_table_destroy(m->now.marks);
    g_free(m->why);
    g_free(m);
}

eider_files *
memfiles_files(memfiles *m)
{
    return &m->table;
}

void
memfiles_fail_after(memfiles *m, int n)
{
    m->fail_after = n;
}

void
memfiles_fail_all(memfiles *m, bool on)
{
    m->fail_all = on;
}

void
memfiles_fail_reads(memfiles *m, bool on)
{
    m->fail_reads = on;
}

uint64_t
memfiles_writes(const memfiles *m)
{
    return m->writes;
}

void
memfiles_on_write(memfiles *m, memfiles_written *fn, void *data)
{
    m->written = fn;
    m->written_data = data;
}

memfiles_copy *
memfiles_snapshot(const memfiles *m)
{
    memfiles_copy *c = g_new0(memfiles_copy, 1);

    c->files = copy_files(m->now.files);
    c->marks = copy_marks(m->now.marks);
    return c;
}

void
memfiles_restore(memfiles *m, const memfiles_copy *c)
{
    g_hash_table_destroy(m->now.files);
    m->now.files = copy_files(c->files);
}

void
memfiles_rewind(memfiles *m, const memfiles_copy *c)
{
    memfiles_restore(m, c);
    g_hash_table_destroy(m->now.marks);
    m->now.marks = copy_marks(c->marks);
}

void
memfiles_copy_free(memfiles_copy *c)
{
    if (c == NULL)
        return;
    g_hash_table_destroy(c->files);
    g_hash_table_destroy(c->marks);
    g_free(c);
}

void
memfiles_forget_marks(memfiles *m)
{
    g_hash_table_remove_all(m->now.marks);
}

eider_slice
memfiles_peek(const memfiles *m, const char *name)
{
    GBytes *b = g_hash_table_lookup(m->now.files, name);
    eider_slice s = {NULL, 0};

    if (b != NULL)
        s.p = g_bytes_get_data(b, &s.n);
    if (b != NULL && s.p == NULL)
        s.p = (const uint8_t *)""; /* empty, not missing */
    return s;
}

void
memfiles_poke(memfiles *m, const char *name, eider_slice bytes)
{
    if (bytes.p == NULL)
        g_hash_table_remove(m->now.files, name);
    else
        g_hash_table_replace(m->now.files, g_strdup(name),
                             g_bytes_new(bytes.p, bytes.n));
}

unsigned
memfiles_count(const memfiles *m)
{
    return g_hash_table_size(m->now.files);
}

size_t
memfiles_size(const memfiles *m)
{
    GHashTableIter i;
    gpointer bytes;
    size_t sum = 0;

    g_hash_table_iter_init(&i, m->now.files);
    while (g_hash_table_iter_next(&i, NULL, &bytes))
        sum += g_bytes_get_size(bytes);
    return sum;
}

bool
memfiles_contain(const memfiles *m, const void *p, size_t n)
{
    GHashTableIter i;
    gpointer k, v;

    g_hash_table_iter_init(&i, m->now.files);
    while (g_hash_table_iter_next(&i, &k, &v)) {
        size_t len;
        const void *b = g_bytes_get_data(v, &len);

        if (memmem(b, len, p, n) != NULL || memmem(k, strlen(k), p, n) != NULL)
            return true;
    }
    return false;
}
