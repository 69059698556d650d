/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What most tests do first, and ask last. */
#ifndef EIDER_TESTS_PURPLE_TALK_H
#define EIDER_TESTS_PURPLE_TALK_H

#include "host.h"

/* A random word that no ciphertext holds by chance; static storage. */
const char *talk_marker(void);

/* Profile, plugin, and a confirmed session of alice and bob. */
void talk_start(void);
void talk_meet(void);
/* Type; wait until the other one sees it once. */
void talk_say(PurpleAccount *from, const char *to, const char *text,
              unsigned copies);
bool talk_is_private(PurpleAccount *account, const char *who);

/* Nothing that was typed is on the wire, and no line in a window. */
void talk_assert_clean(const char *marker);

/* Load, talk, unload, so many times; 0 if nothing was left behind. */
int talk_cycle(int times);

#endif
