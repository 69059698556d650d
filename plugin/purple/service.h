/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the desktop's Secret Service (org.freedesktop.secrets), by D-Bus.
 *
 * Everything is asynchronous; the service may ask the user for its own
 * password in between.  After eider_service_stop() nothing is called back.
 */
#ifndef EIDER_PURPLE_SERVICE_H
#define EIDER_PURPLE_SERVICE_H

#include <stdbool.h>

/* @secret: of a find that went well; else NULL.  Valid during the call. */
typedef void eider_service_done(bool ok, const char *secret);

/* Is there one?  Nothing is kept or found before it was looked for. */
void eider_service_look(void);
bool eider_service_is_there(void);
/* In the default collection, under @item; both are short and printable. */
void eider_service_keep(const char *item, const char *secret, const char *label,
                        eider_service_done *done);
void eider_service_find(const char *item, eider_service_done *done);
void eider_service_forget(const char *item);
void eider_service_stop(void);

#endif
