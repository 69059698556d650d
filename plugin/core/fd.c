/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All of a descriptor, whatever a read or a write takes at a time. */
#include "files.h"

#include <errno.h>
#include <unistd.h>

int
eider_fd_read_all(int fd, size_t max, eider_buf *out)
{
    EIDER_AUTO(eider_buf) got = {0};
    uint8_t chunk[16384];
    ssize_t n;

    while ((n = TEMP_FAILURE_RETRY(read(fd, chunk, sizeof chunk))) > 0) {
        if ((size_t)n > max - got.n) {
            n = -1;
            errno = EFBIG;
            break;
        }
        eider_buf_add(&got, chunk, (size_t)n);
    }
    eider_wipe(chunk, sizeof chunk);
    if (n < 0)
        return errno;
    eider_buf_add(out, got.p, got.n);
    return 0;
}

int
eider_fd_write_all(int fd, eider_slice bytes)
{
    while (bytes.n > 0) {
        ssize_t n = TEMP_FAILURE_RETRY(write(fd, bytes.p, bytes.n));

        if (n <= 0)
            return n < 0 ? errno : EIO;
        bytes.p += n;
        bytes.n -= (size_t)n;
    }
    return 0;
}
