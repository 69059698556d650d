/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's disk, and the moment at which it stops. */
#include "unit/world_device.h"

void
device_die(device *d)
{
    d->is_dead = true;
    d->died_ms = d->w->now;
    d->w->crashes++;
    memfiles_fail_all(d->files, true);
}

bool
device_counts_down(int *n)
{
    return *n >= 0 && (*n)-- == 0;
}

static eider_err
write_file(void *data, const char *name, eider_slice bytes)
{
    device *d = data;
    const eider_files *real = memfiles_files(d->files);
    eider_err err = real->write(real->data, name, bytes);

    if (err != EIDER_OK)
        d->has_failed = true;
    else if (device_counts_down(&d->die_at_write))
        device_die(d); /* what this write should let out never leaves */
    return err;
}

static eider_err
patch_file(void *data, const char *name, size_t at, eider_slice bytes)
{
    device *d = data;
    const eider_files *real = memfiles_files(d->files);
    eider_err err = real->patch(real->data, name, at, bytes);

    if (err == EIDER_E_STORE)
        d->has_failed = true;
    else if (err == EIDER_OK && device_counts_down(&d->die_at_write))
        device_die(d);
    return err;
}

static void
scrub_file(void *data, const char *name, size_t at, size_t n)
{
    const eider_files *real = memfiles_files(((device *)data)->files);

    if (!((device *)data)->is_dead)
        real->scrub(real->data, name, at, n);
}

static eider_err
read_file(void *data, const char *name, eider_buf *out)
{
    const eider_files *real = memfiles_files(((device *)data)->files);

    return real->read(real->data, name, out);
}

static eider_err
remove_file(void *data, const char *name)
{
    const eider_files *real = memfiles_files(((device *)data)->files);

    return real->remove(real->data, name);
}

static uint64_t
read_mark(void *data, const char *name)
{
    const eider_files *real = memfiles_files(((device *)data)->files);

    return real->read_mark(real->data, name);
}

static void
write_mark(void *data, const char *name, uint64_t generation)
{
    const device *d = data;
    const eider_files *real = memfiles_files(d->files);

    if (!d->is_dead)
        real->write_mark(real->data, name, generation);
}

static const char *
last_why(void *data)
{
    const eider_files *real = memfiles_files(((device *)data)->files);

    return real->why(real->data);
}

eider_files
device_table(device *d)
{
    return (eider_files){d,           read_file,  write_file,
                         remove_file, read_mark,  write_mark,
                         last_why,    patch_file, scrub_file};
}
