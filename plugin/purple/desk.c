/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the desktop's keyring opens the store, if the user wants that.
 *
 * What it keeps is not the passphrase but a random key that wraps the master
 * key a second time (eider/desk.h).  Whatever fails, the passphrase is asked
 * for.
 */
#include "seam.h"

#include "eider/desk.h"

#include "service.h"
#include "text.h"

#include <string.h>

#define ITEM_SIZE (2 * EIDER_DESK_ITEM_LEN + 1)

static struct {
    eider_buf file; /* to be written when the keyring has its part */
    void (*found)(const eider_secret *key);
    bool is_asked;
} desk;

static void
to_hex(const uint8_t *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++)
        g_snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static bool
from_hex(const char *s, eider_secret *out)
{
    if (strlen(s) != 2 * sizeof out->b)
        return false;
    for (size_t i = 0; i < sizeof out->b; i++) {
        int high = g_ascii_xdigit_value(s[2 * i]),
            low = g_ascii_xdigit_value(s[2 * i + 1]);

        if (high < 0 || low < 0)
            return false;
        out->b[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* The name in the keyring; false: it is not used. */
static bool
read_item(const eider_files *f, eider_buf *file, char item[ITEM_SIZE])
{
    uint8_t id[EIDER_DESK_ITEM_LEN];

    if (f == NULL || f->read(f->data, EIDER_DESK_FILE, file) != EIDER_OK ||
        eider_desk_item((eider_slice){file->p, file->n}, id) != EIDER_OK)
        return false;
    to_hex(id, sizeof id, item);
    return true;
}

void
eider_desk_start(void)
{
    eider_service_look();
}

bool
eider_desk_can(void)
{
    return eider_service_is_there();
}

bool
eider_desk_is_used(void)
{
    EIDER_AUTO(eider_buf) file = {0};
    char item[ITEM_SIZE];

    return read_item(eider_opening_files(), &file, item);
}

/* ---- forgetting, keeping -------------------------------------------------- */

void
eider_desk_forget(void)
{
    EIDER_AUTO(eider_buf) file = {0};
    const eider_files *f = eider_opening_files();
    char item[ITEM_SIZE];

    eider_buf_wipe(&desk.file);
    if (!read_item(f, &file, item))
        return;
    /* Without the file the other half is worth nothing. */
    (void)!f->remove(f->data, EIDER_DESK_FILE);
    eider_service_forget(item);
}

static void
on_kept(bool ok, const char *unused G_GNUC_UNUSED)
{
    const eider_files *f = eider_opening_files();

    if (ok && desk.file.n > 0 && f != NULL)
        ok = f->write(f->data, EIDER_DESK_FILE,
                      (eider_slice){desk.file.p, desk.file.n}) == EIDER_OK;
    else
        ok = false;
    eider_buf_wipe(&desk.file);
    if (!ok)
        purple_notify_warning(eider_plugin(), _("Eider"),
                              _("The desktop's keyring did not take the key."),
                              _("You are asked for the passphrase when Pidgin "
                                "starts."));
}

void
eider_desk_keep(void)
{
    EIDER_AUTO(eider_secret) w = {0};
    uint8_t id[EIDER_DESK_ITEM_LEN];
    char item[ITEM_SIZE], hex[2 * EIDER_KEY_LEN + 1];
    eider_store *s = eider_opening_store();

    eider_desk_forget();
    if (s == NULL)
        return;
    eider_desk_wrap(s, id, &w, &desk.file);
    to_hex(id, sizeof id, item);
    to_hex(w.b, sizeof w.b, hex);
    eider_service_keep(item, hex, _("Eider, private conversations"), on_kept);
    eider_wipe(hex, sizeof hex);
}

/* ---- opening -------------------------------------------------------------- */

static void
on_found(bool ok, const char *secret)
{
    EIDER_AUTO(eider_secret) w = {0};
    EIDER_AUTO(eider_secret) key = {0};
    EIDER_AUTO(eider_buf) file = {0};
    char item[ITEM_SIZE];

    desk.is_asked = false;
    ok = ok && from_hex(secret, &w) &&
         read_item(eider_opening_files(), &file, item) &&
         eider_desk_unwrap((eider_slice){file.p, file.n}, &w, &key) == EIDER_OK;
    desk.found(ok ? &key : NULL);
}

bool
eider_desk_find(void (*found)(const eider_secret *key))
{
    EIDER_AUTO(eider_buf) file = {0};
    char item[ITEM_SIZE];

    if (!read_item(eider_opening_files(), &file, item))
        return false;
    desk.found = found;
    desk.is_asked = true;
    eider_service_find(item, on_found);
    return true;
}

bool
eider_desk_is_asked(void)
{
    return desk.is_asked;
}

void
eider_desk_stop(void)
{
    eider_service_stop();
    eider_buf_wipe(&desk.file);
    desk.is_asked = false;
}
