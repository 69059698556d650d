/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The window about the decoys of an account: who, what it costs and needs. */
#ifndef EIDER_GTK_DECOYS_H
#define EIDER_GTK_DECOYS_H

#include "face.h"

/* The core was asked for it; @arg: unused. */
void eider_decoys_asked_for(PurpleAccount *account, void *arg);
/* Something changed; a second later at most it shows. */
void eider_decoys_refresh(void);

#endif
