/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/sas.h"

#include "eider/pack.h"

#include <string.h>

#define LABEL_COMMIT "EIDER1-sas-c"
#define LABEL_CODE   "EIDER1-sas"
#define LABEL_OK     "EIDER1-sas-ok"
#define ROLE_A       1
#define ROLE_B       2

/* Three numbers of 13 bits, from the top of 40; the lowest bit is not used. */
#define GROUPS      3
#define GROUP_BITS  13
#define GROUP_LEAST 1000

/* A tenth of what has up to 15 bits, without a division: compilers that want
 * small code make one, and its time hangs on the number. */
static unsigned
tenth(unsigned v)
{
    return (v * 52429) >> 19;
}

static eider_slice
label(const char *s)
{
    return (eider_slice){(const uint8_t *)s, strlen(s)};
}

void
eider_sas_commit(const eider_run *run, const eider_sas_value *na,
                 const eider_public *key_a, eider_sas_value *c)
{
    const eider_slice parts[] = {
        label(LABEL_COMMIT),         {run->sid.b, sizeof run->sid.b},
        {run->run, sizeof run->run}, {na->b, sizeof na->b},
        {key_a->b, sizeof key_a->b},
    };

    eider_hash(c->b, sizeof c->b, NULL, 0, parts, 5);
}

eider_err
eider_sas_check(const eider_run *run, const eider_sas_value *na,
                const eider_public *key_a, const eider_sas_value *c)
{
    eider_sas_value want;

    eider_sas_commit(run, na, key_a, &want);
    return eider_equal(want.b, c->b, sizeof want.b) ? EIDER_OK : EIDER_E_AUTH;
}

void
eider_sas_code(const eider_run *run, const eider_secret *sask,
               const eider_sas_value *na, const eider_sas_value *nb,
               char out[EIDER_SAS_LEN + 1])
{
    const eider_slice parts[] = {
        label(LABEL_CODE),
        {run->sid.b, sizeof run->sid.b},
        {run->run, sizeof run->run},
        {na->b, sizeof na->b},
        {nb->b, sizeof nb->b},
        {run->initiator.b, sizeof run->initiator.b},
        {run->responder.b, sizeof run->responder.b},
    };
    uint8_t hash[16];
    uint64_t x;

    eider_hash(hash, sizeof hash, sask->b, sizeof sask->b, parts, 7);
    x = eider_be64(hash) >> 24;
    for (int i = 0; i < GROUPS; i++) {
        unsigned shift = 1 + GROUP_BITS * (unsigned)(GROUPS - 1 - i);
        unsigned v =
            GROUP_LEAST + (unsigned)(x >> shift & ((1u << GROUP_BITS) - 1));

        for (int d = 3; d >= 0; d--, v = tenth(v))
            out[i * 5 + d] = (char)('0' + v - 10 * tenth(v));
        out[i * 5 + 4] = ' ';
    }
    out[EIDER_SAS_LEN] = '\0';
    eider_wipe(hash, sizeof hash);
}

void
eider_sas_ok(const eider_run *run, const eider_secret *sask, bool by_asker,
             eider_sas_value *out)
{
    const uint8_t role = by_asker ? ROLE_A : ROLE_B;
    const eider_slice parts[] = {
        label(LABEL_OK), {run->run, sizeof run->run}, {&role, 1}};

    eider_hash(out->b, sizeof out->b, sask->b, sizeof sask->b, parts, 3);
}
