/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Many people who are known and have a session, as if each had been met: they
 * are put on the engine's cards and into its store.  Their names are many0,
 * many1, ... and nobody is behind them.
 */
#ifndef EIDER_TESTS_MANY_H
#define EIDER_TESTS_MANY_H

#include "eider/engine.h"

void many_add(eider_engine *e, const char *account, unsigned n,
              eider_choice choice);
/* many@n has the key of many0, too. */
void many_add_twin(eider_engine *e, const char *account, unsigned n);

#endif
