/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder on a real disk.  Everything is opened relative to the folder's
 * descriptors, so that a folder swapped for another one behind our back is not
 * written to.
 */
#include "disk.h"

#include "eider/crypto.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

_Static_assert(sizeof(ino_t) >= 8, "large disks cannot be read without "
                                   "-D_FILE_OFFSET_BITS=64");

#define TMP_PREFIX ".tmp-"
#define TMP_LEN    (sizeof TMP_PREFIX - 1 + 32)

/* fcntl locks do not conflict within a process, and closing any descriptor of
 * the lock file drops them: a folder that is open here is known before its
 * lock file is touched again. */
static GSList *open_disks;

static uint64_t writes; /* successful ones, of the process */

static void
say_why(disk *d, const char *name, const char *reason)
{
    g_free(d->why);
    d->why = g_strdup_printf("%s%s%s: %s", d->path, *name != '\0' ? "/" : "",
                             name, reason);
}

eider_err
eider_disk_fail(disk *d, const char *name, int err)
{
    say_why(d, name, g_strerror(err));
    return EIDER_E_STORE;
}

/* ---- descriptors ---------------------------------------------------------- */

static int
sync_fd(int fd)
{
    return TEMP_FAILURE_RETRY(fsync(fd)) != 0 ? errno : 0;
}

/* ---- names ---------------------------------------------------------------- */

/* "index" or "s/0123abcd": nothing that leaves the folder or hides in it. */
bool
eider_disk_name_is_valid(const char *name)
{
    size_t n;

    if (g_str_has_prefix(name, "s/"))
        name += 2;
    n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789");
    return n > 0 && n <= 64 && name[n] == '\0' && strcmp(name, "lock") != 0 &&
           strcmp(name, "s") != 0;
}

int
eider_disk_dir_of(const disk *d, const char *name, const char **base)
{
    bool sub = g_str_has_prefix(name, "s/");

    *base = sub ? name + 2 : name;
    return d->dirs[sub ? SUB : TOP];
}

static void
draw_tmp_name(char out[TMP_LEN + 1])
{
    uint8_t r[16];

    eider_random(r, sizeof r);
    strcpy(out, TMP_PREFIX);
    for (size_t i = 0; i < sizeof r; i++)
        g_snprintf(out + strlen(TMP_PREFIX) + 2 * i, 3, "%02x", r[i]);
}

/* ---- the table of functions ----------------------------------------------- */

static eider_err
read_file(void *data, const char *name, eider_buf *out)
{
    disk *d = data;
    const char *base;
    struct stat st;
    int dir, fd, err = 0;

    g_return_val_if_fail(eider_disk_name_is_valid(name), EIDER_E_INTERNAL);
    dir = eider_disk_dir_of(d, name, &base);
    /* O_NONBLOCK: a pipe in the place of a file must not freeze the client. */
    fd = TEMP_FAILURE_RETRY(
        openat(dir, base, O_RDONLY | O_NONBLOCK | OPEN_FLAGS));
    if (fd < 0)
        return errno == ENOENT ? EIDER_E_MISSING
                               : eider_disk_fail(d, name, errno);
    if (fstat(fd, &st) != 0) {
        err = errno;
    } else if (!S_ISREG(st.st_mode)) {
        close(fd);
        say_why(d, name, "not a regular file");
        return EIDER_E_STORE;
    } else {
        err = eider_fd_read_all(fd, EIDER_FILE_MAX, out);
    }
    close(fd);
    return err != 0 ? eider_disk_fail(d, name, err) : EIDER_OK;
}

/* A whole, durable new file @tmp, or none at all. */
static int
write_tmp(int dir, const char *tmp, eider_slice bytes)
{
    int err = 0, fd;

    fd = TEMP_FAILURE_RETRY(
        openat(dir, tmp, O_WRONLY | O_CREAT | O_EXCL | OPEN_FLAGS, 0600));
    if (fd < 0)
        return errno;
    if (fchmod(fd, 0600) != 0) /* whatever the umask took away */
        err = errno;
    if (err == 0)
        err = eider_fd_write_all(fd, bytes);
    if (err == 0)
        err = sync_fd(fd);
    if (close(fd) != 0 && err == 0 && errno != EINTR)
        err = errno;
    if (err != 0)
        (void)unlinkat(dir, tmp, 0);
    return err;
}

void
eider_disk_count_write(void)
{
    writes++;
#ifdef EIDER_TESTING
    const char *n = g_getenv("EIDER_TEST_CRASH");

    if (n != NULL && g_ascii_strtoull(n, NULL, 10) == writes)
        abort();
#endif
}

static eider_err
write_file(void *data, const char *name, eider_slice bytes)
{
    disk *d = data;
    char tmp[TMP_LEN + 1];
    const char *base;
    int dir, err;

    g_return_val_if_fail(eider_disk_name_is_valid(name), EIDER_E_INTERNAL);
    g_return_val_if_fail(bytes.n <= EIDER_FILE_MAX, EIDER_E_INTERNAL);
    dir = eider_disk_dir_of(d, name, &base);
    draw_tmp_name(tmp);
    if ((err = write_tmp(dir, tmp, bytes)) != 0)
        return eider_disk_fail(d, name, err);
    if (renameat(dir, tmp, dir, base) != 0) {
        err = errno;
        (void)unlinkat(dir, tmp, 0);
        return eider_disk_fail(d, name, err);
    }
    /* If this fails the disk is failing: either content may be there after a
     * crash, both are whole, and the caller sends nothing. */
    if ((err = sync_fd(dir)) != 0)
        return eider_disk_fail(d, name, err);
    eider_disk_count_write();
    return EIDER_OK;
}

static eider_err
remove_file(void *data, const char *name)
{
    disk *d = data;
    const char *base;
    int dir, err;

    g_return_val_if_fail(eider_disk_name_is_valid(name), EIDER_E_INTERNAL);
    dir = eider_disk_dir_of(d, name, &base);
    if (unlinkat(dir, base, 0) != 0)
        return errno == ENOENT ? EIDER_OK : eider_disk_fail(d, name, errno);
    return (err = sync_fd(dir)) != 0 ? eider_disk_fail(d, name, err) : EIDER_OK;
}

static uint64_t
read_mark(void *data, const char *name)
{
    return eider_marks_read(((disk *)data)->marks, name);
}

static void
write_mark(void *data, const char *name, uint64_t generation)
{
    eider_marks_write(((disk *)data)->marks, name, generation);
}

static const char *
last_why(void *data)
{
    const disk *d = data;

    return d->why != NULL ? d->why : "";
}

/* ---- opening -------------------------------------------------------------- */

/* Open directory @name below @at, making it if needed: ours, not a symbolic
 * link, and for nobody else.  Returns the descriptor, or -1 and says why. */
static int
open_dir(disk *d, int at, const char *name, const char *shown)
{
    struct stat st;
    bool made = mkdirat(at, name, 0700) == 0;
    int fd;

    if (!made && errno != EEXIST) {
        eider_disk_fail(d, shown, errno);
        return -1;
    }
    fd = openat(at, name, O_RDONLY | O_DIRECTORY | OPEN_FLAGS);
    if (fd < 0 || fstat(fd, &st) != 0) {
        if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
            say_why(d, shown, "not a folder, or a symbolic link");
        else
            eider_disk_fail(d, shown, errno);
    } else if (st.st_uid != geteuid()) {
        say_why(d, shown, "belongs to somebody else");
    } else if ((made || (st.st_mode & 077) != 0) &&
               fchmod(fd, made ? 0700 : st.st_mode & 0700) != 0) {
        eider_disk_fail(d, shown, errno);
    } else {
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static eider_err
open_dirs(disk *d)
{
    g_autofree char *parent = g_path_get_dirname(d->path);
    struct stat st;
    int fd, err;

    if (g_mkdir_with_parents(parent, 0700) != 0)
        return eider_disk_fail(d, "", errno);
    if ((d->dirs[TOP] = open_dir(d, AT_FDCWD, d->path, "")) < 0 ||
        (d->dirs[SUB] = open_dir(d, d->dirs[TOP], "s", "s")) < 0)
        return EIDER_E_STORE;
    if (fstat(d->dirs[TOP], &st) != 0)
        return eider_disk_fail(d, "", errno);
    d->dev = st.st_dev;
    d->ino = st.st_ino;
    if ((err = sync_fd(d->dirs[TOP])) != 0)
        return eider_disk_fail(d, "", err);
    /* The folder's own entry.  A parent that we may not read is not ours to
     * worry about: then the folder was there before. */
    if ((fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
        err = sync_fd(fd);
        close(fd);
    }
    return err != 0 ? eider_disk_fail(d, "", err) : EIDER_OK;
}

static eider_err
say_locked(disk *d, pid_t pid)
{
    g_autofree char *s = g_strdup_printf("held by process %ld", (long)pid);

    say_why(d, "lock", pid > 0 ? s : "held by another process");
    return EIDER_E_LOCKED;
}

static eider_err
take_lock(disk *d)
{
    struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    for (GSList *i = open_disks; i != NULL; i = i->next) {
        const disk *o = i->data;

        /* A child of fork() has the list, but not the locks. */
        if (o->dev == d->dev && o->ino == d->ino && o->pid == d->pid)
            return say_locked(d, d->pid);
    }
    d->lock = openat(d->dirs[TOP], "lock", O_RDWR | O_CREAT | OPEN_FLAGS, 0600);
    if (d->lock < 0)
        return eider_disk_fail(d, "lock", errno);
    if (fchmod(d->lock, 0600) != 0)
        return eider_disk_fail(d, "lock", errno);
    if (fcntl(d->lock, F_SETLK, &l) == 0)
        return EIDER_OK;
    if (errno != EACCES && errno != EAGAIN)
        return eider_disk_fail(d, "lock", errno);
    if (fcntl(d->lock, F_GETLK, &l) != 0 || l.l_type == F_UNLCK)
        l.l_pid = 0; /* let go of meanwhile */
    return say_locked(d, l.l_pid);
}

/* What a crash in the middle of a write left behind; only under the lock. */
static eider_err
sweep(disk *d, int dir)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    const struct dirent *e;
    int err = 0;

    if (list == NULL) {
        err = errno;
        if (fd >= 0)
            close(fd);
        return eider_disk_fail(d, "", err);
    }
    while ((e = readdir(list)) != NULL) {
        if (g_str_has_prefix(e->d_name, TMP_PREFIX) &&
            unlinkat(dir, e->d_name, 0) != 0)
            err = errno;
    }
    closedir(list);
    return err != 0 ? eider_disk_fail(d, "", err) : EIDER_OK;
}

static void
free_disk(disk *d)
{
    open_disks = g_slist_remove(open_disks, d);
    for (int i = 0; i < N_DIRS; i++) {
        if (d->dirs[i] >= 0)
            close(d->dirs[i]);
    }
    if (d->lock >= 0)
        close(d->lock);
    eider_marks_free(d->marks);
    g_free(d->path);
    g_free(d->why);
    g_free(d);
}

eider_err
eider_files_open(eider_files *out, const char *dir, const char *state_dir,
                 char **why)
{
    disk *d;
    eider_err e;

    *why = NULL;
    *out = (eider_files){0};
    if (eider_crypto_init() != EIDER_OK) { /* names of new files are drawn */
        *why = strdup("libsodium does not start");
        return EIDER_E_STORE;
    }
    d = g_new0(disk, 1);
    d->path = g_canonicalize_filename(dir, NULL);
    d->dirs[TOP] = d->dirs[SUB] = d->lock = -1;
    d->pid = getpid();
    if ((e = open_dirs(d)) != EIDER_OK || (e = take_lock(d)) != EIDER_OK ||
        (e = sweep(d, d->dirs[TOP])) != EIDER_OK ||
        (e = sweep(d, d->dirs[SUB])) != EIDER_OK) {
        *why = strdup(last_why(d));
        free_disk(d);
        return e;
    }
    open_disks = g_slist_prepend(open_disks, d);
    d->marks = eider_marks_new(state_dir, d->path);
    *out = (eider_files){d,           read_file,        write_file,
                         remove_file, read_mark,        write_mark,
                         last_why,    eider_disk_patch, eider_disk_scrub};
    return EIDER_OK;
}

void
eider_files_close(eider_files *f)
{
    if (f->data != NULL)
        free_disk(f->data);
    *f = (eider_files){0};
}

uint64_t
eider_files_writes(const eider_files *f)
{
    (void)f;
    return writes;
}

const char *
eider_files_folder(const eider_files *f)
{
    return f->read == read_file ? ((const disk *)f->data)->path : NULL;
}
