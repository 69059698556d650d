/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the scripted core share. */
#ifndef EIDER_TESTS_E2E_FACE_CORE_H
#define EIDER_TESTS_E2E_FACE_CORE_H

#include <purple.h>

#include "eider/ui.h"

/* What $EIDER_FACE says; g_free(). */
char *face_read_state(void);
/* What stands behind "@key=", or "". */
const char *face_value(const char *state, const char *key);
/* A call that it got. */
void face_note(const char *call, const char *who, const char *more);

extern const eider_check_app face_check;

#endif
