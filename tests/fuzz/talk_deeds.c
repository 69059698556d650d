/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What honest people do besides writing, and what lines come through. */
#include "fuzz/talk.h"

#include "eider/check.h"
#include "eider/keyring.h"

void
talk_decide(device *d, const char *peer, fuzz_in *in)
{
    eider_device all[16];
    uint8_t op = fuzz_u8(in);
    size_t n;

    if (d->engine == NULL || d->is_dead)
        return;
    n = eider_engine_devices(d->engine, d->account, peer, all, 16);
    if (n == 0)
        return;
    n = op / 8 % MIN(n, 16);
    if (op % 8 < 4)
        (void)!eider_engine_decide(d->engine, d->account, peer,
                                   all[n].fingerprint, op & 1, op & 2);
    else if (op % 8 < 7)
        (void)!eider_engine_key(d->engine, d->account, peer, all[n].fingerprint,
                                (eider_deed)(op % 8 - 4));
    else
        eider_engine_forget(d->engine, d->account, peer);
}

void
talk_check(device *d, const char *peer, fuzz_in *in)
{
    uint8_t op = fuzz_u8(in);
    eider_engine *e = d->engine;

    if (e == NULL || d->is_dead)
        return;
    switch (op % 6) {
    case 0:
        (void)!eider_engine_check_start(e, d->account, peer, NULL, "where?",
                                        op & 64 ? "here" : "there");
        break;
    case 1:
        (void)!eider_engine_check_code_start(e, d->account, peer, NULL);
        break;
    case 2:
        (void)!eider_engine_check_answer(e, d->account, peer,
                                         op & 64 ? "Here!" : "else");
        break;
    case 3:
        (void)!eider_engine_check_confirm(e, d->account, peer, op & 64);
        break;
    case 4:
        (void)!eider_engine_check_cancel(e, d->account, peer);
        break;
    default:
        (void)!eider_engine_check_number(e, d->account, peer, NULL, op & 64);
    }
}

void
talk_do(device *d, const char *peer, fuzz_in *in)
{
    static const unsigned slots[] = {5, 10, 15, 30, 0, 7};
    uint8_t op = fuzz_u8(in);
    unsigned count;

    if (d->engine == NULL || d->is_dead)
        return;
    switch (op % 6) {
    case 0:
        (void)!device_choose(d, peer, (eider_choice)(op / 8 % 3));
        break;
    case 1:
        (void)!eider_engine_steady(d->engine, d->account, peer,
                                   slots[op / 8 % 6]);
        break;
    case 2:
        (void)!eider_engine_cancel(d->engine, d->account, peer, &count);
        break;
    case 3:
        eider_engine_typing(d->engine, d->account, peer, op / 8 % 3);
        break;
    case 4:
        d->line_max = op & 64 ? 400 : 8000;
        d->policy = (eider_default)(op / 8 % 3);
        break;
    default:
        d->has_no_buddies = op & 64;
        d->cannot_show = op & 32;
        if (!d->cannot_show)
            eider_engine_account(d->engine, d->account, d->is_online);
    }
}

void
talk_rule(world *w, fuzz_in *in)
{
    uint8_t op = fuzz_u8(in);
    unsigned much = op & 128 ? 700 : 250;

    switch (op % 8) {
    case 0:
        w->loss = op & 8 ? much : 0;
        break;
    case 1:
        w->dup = op & 8 ? much : 0;
        break;
    case 2:
        w->corrupt = op & 8 ? much : 0;
        break;
    case 3:
        w->cut = op & 8 ? much : 0;
        break;
    case 4:
        w->late = op & 8 ? much : 0;
        w->late_ms = 30000;
        break;
    case 5:
        w->keeps = op & 8;
        break;
    case 6:
        w->is_cut = op & 8;
        break;
    default:
        w->is_sync = op & 8;
    }
}
