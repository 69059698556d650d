/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "files.h"

#include "eider/crypto.h"
#include "eider/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

#define ID_LEN    16
#define CHECK_LEN 24
#define MARK_LEN  (8 + CHECK_LEN)

struct eider_marks {
    char *dir;    /* NULL: keep nothing */
    char *folder; /* absolute path of the folder that is watched */
    uint8_t machine[ID_LEN];
};

static eider_slice
slice_of(const char *s)
{
    return (eider_slice){(const uint8_t *)s, strlen(s) + 1};
}

/* Where there is no machine id (containers) the host's name has to do: when it
 * changes, old marks are unknown, and nothing worse. */
static void
identify_machine(uint8_t out[ID_LEN])
{
    static const char *const paths[] = {"/etc/machine-id",
                                        "/var/lib/dbus/machine-id"};
    g_autofree char *id = NULL;
    eider_slice parts[2] = {slice_of("eider machine"), {NULL, 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(paths) && id == NULL; i++) {
        if (g_file_get_contents(paths[i], &id, NULL, NULL) &&
            *g_strstrip(id) == '\0')
            g_clear_pointer(&id, g_free);
    }
    parts[1] = slice_of(id != NULL ? id : g_get_host_name());
    eider_hash(out, ID_LEN, NULL, 0, parts, 2);
}

eider_marks *
eider_marks_new(const char *dir, const char *folder)
{
    eider_marks *m = g_new0(eider_marks, 1);

    m->folder = g_strdup(folder);
    if (dir != NULL && g_mkdir_with_parents(dir, 0700) == 0)
        m->dir = g_canonicalize_filename(dir, NULL);
    identify_machine(m->machine);
    return m;
}

void
eider_marks_free(eider_marks *m)
{
    if (m == NULL)
        return;
    g_free(m->dir);
    g_free(m->folder);
    g_free(m);
}

static char *
path_of(const eider_marks *m, const char *name)
{
    const eider_slice parts[3] = {slice_of("eider mark"), slice_of(m->folder),
                                  slice_of(name)};
    char hex[2 * ID_LEN + 1];
    uint8_t h[ID_LEN];

    eider_hash(h, sizeof h, NULL, 0, parts, 3);
    for (size_t i = 0; i < sizeof h; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", h[i]);
    return g_build_filename(m->dir, hex, NULL);
}

/* The generation, then a check over it and the machine: a torn write and a
 * mark of another machine both fail it, and both mean "unknown". */
static void
build_mark(const eider_marks *m, uint64_t generation, eider_buf *out)
{
    uint8_t check[CHECK_LEN];
    eider_slice parts[2] = {{m->machine, sizeof m->machine}, {NULL, 8}};

    eider_put_u64(out, generation);
    parts[1].p = out->p;
    eider_hash(check, sizeof check, NULL, 0, parts, 2);
    eider_buf_add(out, check, sizeof check);
}

uint64_t
eider_marks_read(const eider_marks *m, const char *name)
{
    EIDER_AUTO(eider_buf) got = {0};
    EIDER_AUTO(eider_buf) want = {0};
    g_autofree char *path = NULL;
    eider_reader r;
    int fd, err;

    if (m->dir == NULL)
        return 0;
    path = path_of(m, name);
    fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return 0;
    err = eider_fd_read_all(fd, MARK_LEN, &got);
    close(fd);
    if (err != 0 || got.n != MARK_LEN)
        return 0;
    r = eider_reader_of(got.p, got.n);
    build_mark(m, eider_get_u64(&r), &want);
    if (!eider_equal(got.p, want.p, MARK_LEN))
        return 0;
    r = eider_reader_of(got.p, got.n);
    return eider_get_u64(&r);
}

/* One write of 32 bytes in place and no fsync: it costs nearly nothing, and
 * being lost in a crash only makes the mark older than the file. */
void
eider_marks_write(const eider_marks *m, const char *name, uint64_t generation)
{
    EIDER_AUTO(eider_buf) mark = {0};
    g_autofree char *path = NULL;
    int fd;

    if (m->dir == NULL)
        return;
    path = path_of(m, name);
    if (generation == 0) {
        (void)unlink(path);
        return;
    }
    fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
              0600);
    if (fd < 0)
        return;
    build_mark(m, generation, &mark);
    (void)eider_fd_write_all(fd, (eider_slice){mark.p, mark.n});
    close(fd);
}
