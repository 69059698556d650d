/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "vectors.h"

#include <check.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static unsigned *skipped;

/* Before main, so that the children of all runners inherit it. */
__attribute__((constructor)) static void
share_counter(void)
{
    skipped = mmap(NULL, sizeof *skipped, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (skipped == MAP_FAILED)
        abort();
}

unsigned *
tests_skipped_counter(void)
{
    return skipped;
}

static char *
read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    char *text;

    if (f == NULL || fstat(fileno(f), &st) != 0)
        ck_abort_msg("%s: cannot be read", path);
    text = calloc((size_t)st.st_size + 1, 1);
    if (text == NULL ||
        fread(text, 1, (size_t)st.st_size, f) != (size_t)st.st_size)
        ck_abort_msg("%s: cannot be read", path);
    fclose(f);
    return text;
}

/* The hex digits of `name = hex` at @line, or what stands from # on; NULL if it
 * is not such a line. */
static const char *
find_value(const char *line, size_t *name_len, size_t *hex_len)
{
    const char *hex;

    *name_len = strcspn(line, " =\n");
    hex = line + *name_len;
    if (*name_len == 0 || strncmp(hex, " =", 2) != 0)
        return NULL;
    hex += hex[2] == ' ' ? 3 : 2;
    if (hex[0] == '#') {
        *hex_len = 1 + strspn(hex + 1, "0123456789");
        return *hex_len > 1 && strchr("\n", hex[*hex_len]) != NULL ? hex : NULL;
    }
    *hex_len = strspn(hex, "0123456789abcdef");
    if (*hex_len % 2 != 0 || (hex[*hex_len] != '\n' && hex[*hex_len] != '\0'))
        return NULL;
    return hex;
}

/* Cut the next block off: true if one is left.  Aborts at a foreign line. */
static bool
take_block(vectors *v)
{
    size_t name_len, hex_len, len;

    v->block = NULL;
    for (; *v->rest != '\0'; v->rest += len + (v->rest[len] == '\n')) {
        len = strcspn(v->rest, "\n");
        if (v->rest[0] == '#')
            continue;
        if (len == 0 && v->block != NULL)
            break;
        if (len == 0)
            continue;
        if (find_value(v->rest, &name_len, &hex_len) == NULL)
            ck_abort_msg("%s: not a vector: %.*s", v->path,
                         (int)(len < 40 ? len : 40), v->rest);
        if (v->block == NULL)
            v->block = v->rest;
        v->block_end = v->rest + len;
    }
    return v->block != NULL;
}

void
vectors_open(vectors *v, const char *path)
{
    memset(v, 0, sizeof *v);
    snprintf(v->path, sizeof v->path, "%s", path);
    v->text = v->rest = read_file(path);
    if (!take_block(v))
        ck_abort_msg("%s: has no cases", path);
    v->rest = v->text;
}

bool
vectors_open_published(vectors *v, const char *name)
{
    const char *folder = getenv("EIDER_PUBLISHED");
    char path[sizeof v->path];
    struct stat st;

    if (folder == NULL || folder[0] == '\0' || stat(folder, &st) != 0) {
        tests_skipped++;
        return false;
    }
    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    vectors_open(v, path);
    return true;
}

bool
vectors_next(vectors *v)
{
    if (take_block(v)) {
        v->number++;
        return true;
    }
    free(v->text);
    v->text = NULL;
    return false;
}

static const char *
look_up(const vectors *v, const char *name, size_t *hex_len)
{
    const char *line = v->block, *hex;
    size_t name_len;

    while (line < v->block_end) {
        hex = find_value(line, &name_len, hex_len);
        if (hex != NULL && strlen(name) == name_len &&
            memcmp(line, name, name_len) == 0)
            return hex;
        line += strcspn(line, "\n") + 1;
    }
    return NULL;
}

bool
vectors_has(const vectors *v, const char *name)
{
    size_t hex_len;

    return look_up(v, name, &hex_len) != NULL;
}

size_t
vectors_bytes(const vectors *v, const char *name, void *out, size_t cap)
{
    size_t hex_len = 0, len = 0;
    const char *hex = look_up(v, name, &hex_len);

    if (hex == NULL)
        ck_abort_msg("%s, case %u: no %s", v->path, v->number, name);
    if (hex_len / 2 > cap)
        ck_abort_msg("%s, case %u: %s has %zu bytes, room for %zu", v->path,
                     v->number, name, hex_len / 2, cap);
    if (hex_len > 0 &&
        sodium_hex2bin(out, cap, hex, hex_len, NULL, &len, NULL) != 0)
        ck_abort_msg("%s, case %u: %s", v->path, v->number, name);
    return len;
}

void
vectors_exactly(const vectors *v, const char *name, void *out, size_t len)
{
    size_t got = vectors_bytes(v, name, out, len);

    if (got != len)
        ck_abort_msg("%s, case %u: %s has %zu bytes, not %zu", v->path,
                     v->number, name, got, len);
}

uint64_t
vectors_number(const vectors *v, const char *name)
{
    size_t len = 0;
    const char *value = look_up(v, name, &len);

    if (value == NULL || value[0] != '#')
        ck_abort_msg("%s, case %u: no number %s", v->path, v->number, name);
    return strtoull(value + 1, NULL, 10);
}
