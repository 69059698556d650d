/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are changed in place. */
#include "disk.h"

#include <errno.h>
#include <glib.h>
#include <unistd.h>

/* An existing file of ours that may be changed in place, or -1.  One with a
 * second link is somebody's copy, and a folder that may not be written to means
 * its files, too. */
static int
open_to_patch(const disk *d, const char *name, size_t need)
{
    struct stat st;
    const char *base;
    int dir = eider_disk_dir_of(d, name, &base), fd;

    if (faccessat(dir, ".", W_OK, AT_EACCESS) != 0)
        return -1;
    fd = TEMP_FAILURE_RETRY(
        openat(dir, base, O_WRONLY | O_NONBLOCK | OPEN_FLAGS));
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
        (size_t)st.st_size >= need)
        return fd;
    close(fd);
    return -1;
}

eider_err
eider_disk_patch(void *data, const char *name, size_t at, eider_slice bytes)
{
    disk *d = data;
    int fd, err = 0;

    g_return_val_if_fail(eider_disk_name_is_valid(name), EIDER_E_INTERNAL);
    fd = open_to_patch(d, name, at + bytes.n);
    if (fd < 0)
        return EIDER_E_MISSING;
    if (lseek(fd, (off_t)at, SEEK_SET) < 0)
        err = errno;
    if (err == 0)
        err = eider_fd_write_all(fd, bytes);
    if (err == 0 && TEMP_FAILURE_RETRY(fdatasync(fd)) != 0)
        err = errno;
    if (close(fd) != 0 && err == 0 && errno != EINTR)
        err = errno;
    if (err != 0)
        return eider_disk_fail(d, name, err);
    eider_disk_count_write();
    return EIDER_OK;
}

/* Without a sync: the kernel writes it when it likes. */
void
eider_disk_scrub(void *data, const char *name, size_t at, size_t n)
{
    g_autofree uint8_t *zeros = g_malloc0(n);
    int fd = open_to_patch(data, name, at + n);

    if (fd < 0)
        return;
    if (lseek(fd, (off_t)at, SEEK_SET) >= 0)
        (void)eider_fd_write_all(fd, (eider_slice){zeros, n});
    close(fd);
}
