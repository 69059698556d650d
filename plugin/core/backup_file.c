/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A backup as bytes and as a file:
 *
 *     magic 8 | version 1 | salt 16 | nonce 24 | sealed ... | tag 16 | check 16
 *
 * sealed is a block (u32 length, data) and zeros, so that the whole file has
 * 64 KiB, 256 KiB, 1 MiB and on by factors of four.  Its key is a hash of what
 * comes before the nonce, keyed with Argon2id of passphrase and salt.  The
 * check is a plain hash of all before it: it tells damage from a wrong
 * passphrase.
 */
#include "files.h"

#include "eider/backup.h"
#include "eider/crypto.h"
#include "eider/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC      "EIDERbk1"
#define MAGIC_LEN  (sizeof MAGIC - 1)
#define VERSION    1
#define CHECK_LEN  16
#define BOUND_LEN  (MAGIC_LEN + 1 + EIDER_PASS_SALT_LEN)
#define HEADER_LEN (BOUND_LEN + EIDER_NONCE_LEN)
#define OVERHEAD   (HEADER_LEN + EIDER_TAG_LEN + CHECK_LEN)
#define SIZE_MIN   ((size_t)64 * 1024)

static void
hash_all(const uint8_t *p, size_t n, uint8_t out[CHECK_LEN])
{
    const eider_slice all = {p, n};

    eider_hash(out, CHECK_LEN, NULL, 0, &all, 1);
}

/* @header: BOUND_LEN bytes. */
static eider_err
derive_key(const uint8_t *header, const char *pass, size_t n, eider_secret *out)
{
    EIDER_AUTO(eider_secret) slow = {0};
    const eider_slice part = {header, BOUND_LEN};
    eider_err err =
        eider_passphrase_key(pass, n, header + MAGIC_LEN + 1, &slow);

    if (err == EIDER_OK)
        eider_hash(out->b, sizeof out->b, slow.b, sizeof slow.b, &part, 1);
    return err;
}

eider_err
eider_backup_seal(eider_slice plain, const char *pass, size_t n,
                  eider_buf *file)
{
    EIDER_AUTO(eider_buf) padded = {0};
    EIDER_AUTO(eider_buf) out = {0};
    EIDER_AUTO(eider_secret) key = {0};
    uint8_t salt[EIDER_PASS_SALT_LEN], nonce[EIDER_NONCE_LEN];
    size_t size = SIZE_MIN;
    eider_err err;

    if (plain.n > EIDER_FILE_MAX - OVERHEAD - 4)
        return EIDER_E_LIMIT;
    while (size < plain.n + OVERHEAD + 4)
        size *= 4;
    eider_random(salt, sizeof salt);
    eider_random(nonce, sizeof nonce);
    eider_buf_add(&out, MAGIC, MAGIC_LEN);
    eider_put_u8(&out, VERSION);
    eider_buf_add(&out, salt, sizeof salt);
    eider_buf_add(&out, nonce, sizeof nonce);
    err = derive_key(out.p, pass, n, &key);
    if (err != EIDER_OK)
        return err;
    eider_put_block(&padded, plain.p, plain.n);
    eider_buf_add(&padded, NULL, size - OVERHEAD - padded.n);
    eider_buf_add(&out, NULL, size - HEADER_LEN);
    eider_aead_seal(&key, nonce, padded.p, padded.n, out.p + HEADER_LEN);
    hash_all(out.p, size - CHECK_LEN, out.p + size - CHECK_LEN);
    eider_buf_wipe(file);
    *file = out;
    out = (eider_buf){0}; /* transferred */
    return EIDER_OK;
}

static bool
is_ours(eider_slice file)
{
    return file.n >= MAGIC_LEN && memcmp(file.p, MAGIC, MAGIC_LEN) == 0;
}

eider_err
eider_backup_unseal(eider_slice file, const char *pass, size_t n,
                    eider_buf *plain)
{
    EIDER_AUTO(eider_buf) padded = {0};
    EIDER_AUTO(eider_secret) key = {0};
    uint8_t check[CHECK_LEN];
    eider_reader r;
    eider_slice data;
    eider_err err;

    eider_buf_clear(plain);
    if (!is_ours(file) || file.n < SIZE_MIN || file.p[MAGIC_LEN] < VERSION)
        return EIDER_E_MALFORMED;
    hash_all(file.p, file.n - CHECK_LEN, check);
    if (!eider_equal(check, file.p + file.n - CHECK_LEN, CHECK_LEN))
        return EIDER_E_MALFORMED;
    if (file.p[MAGIC_LEN] > VERSION)
        return EIDER_E_STATE;
    err = derive_key(file.p, pass, n, &key);
    if (err != EIDER_OK)
        return err;
    eider_buf_add(&padded, NULL, file.n - OVERHEAD);
    if (eider_aead_open(&key, file.p + BOUND_LEN, file.p + HEADER_LEN,
                        file.n - HEADER_LEN - CHECK_LEN, padded.p) != EIDER_OK)
        return EIDER_E_AUTH;
    r = eider_reader_of(padded.p, padded.n);
    data = eider_get_block(&r, padded.n);
    if (!eider_reader_ok(&r))
        return EIDER_E_MALFORMED;
    eider_buf_add(plain, data.p, data.n);
    return EIDER_OK;
}

/* ---- on a disk ------------------------------------------------------------ */

static eider_err
say(char **why, int err)
{
    *why = strdup(g_strerror(err));
    return EIDER_E_STORE;
}

/* May what is at @path be replaced? */
static bool
may_replace(const char *path)
{
    uint8_t start[MAGIC_LEN];
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    bool ours;

    if (fd < 0)
        return errno == ENOENT;
    ours = read(fd, start, sizeof start) == (ssize_t)sizeof start &&
           is_ours((eider_slice){start, sizeof start});
    close(fd);
    return ours;
}

static int
write_new(const char *path, eider_slice file)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600), err;

    if (fd < 0)
        return errno;
    err = eider_fd_write_all(fd, file);
    if (err == 0 && fsync(fd) != 0)
        err = errno;
    if (close(fd) != 0 && err == 0 && errno != EINTR)
        err = errno;
    if (err != 0)
        (void)unlink(path);
    return err;
}

eider_err
eider_backup_save(const char *path, eider_slice file, char **why)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *tmp = NULL;
    uint8_t r[8];
    int err, fd;

    *why = NULL;
    if (!may_replace(path)) {
        *why = strdup(path);
        return EIDER_E_LOCKED;
    }
    eider_random(r, sizeof r);
    tmp = g_strdup_printf("%s.%016" G_GINT64_MODIFIER "x", path, eider_be64(r));
    if ((err = write_new(tmp, file)) != 0)
        return say(why, err);
    if (rename(tmp, path) != 0) {
        err = errno;
        (void)unlink(tmp);
        return say(why, err);
    }
    if ((fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
        (void)!fsync(fd); /* some file systems cannot sync a folder */
        close(fd);
    }
    return EIDER_OK;
}

eider_err
eider_backup_load(const char *path, eider_buf *file, char **why)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY), err = 0;
    struct stat st;

    *why = NULL;
    if (fd < 0)
        return say(why, errno);
    if (fstat(fd, &st) != 0)
        err = errno;
    else if (!S_ISREG(st.st_mode))
        err = EINVAL;
    else
        err = eider_fd_read_all(fd, EIDER_FILE_MAX, file);
    close(fd);
    return err != 0 ? say(why, err) : EIDER_OK;
}
