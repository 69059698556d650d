/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The handshakes of a contact as bytes of its sealed file. */
#include "work.h"

#include <string.h>

void
eider_meeting_pickle(const eider_meeting *m, eider_buf *out)
{
    eider_put_u8(out, (uint8_t)m->state);
    if (m->state == EIDER_MEET_IDLE)
        return;
    eider_put_u64(out, m->since_ms);
    eider_put_u64(out, m->sent_ms);
    eider_put_u64(out, m->pause_ms);
    eider_put_u64(out, m->wipe_ms);
    eider_put_u32(out, m->sends);
    eider_put_u32(out, m->repeats);
    eider_put_u32(out, m->repeats_max);
    eider_put_u32(out, m->answers);
    eider_attempt_pickle(&m->a, out);
}

void
eider_meeting_unpickle(eider_meeting *m, eider_reader *r)
{
    m->state = eider_get_u8(r);
    if (m->state == EIDER_MEET_IDLE)
        return;
    m->since_ms = eider_get_u64(r);
    m->sent_ms = eider_get_u64(r);
    m->pause_ms = eider_get_u64(r);
    m->wipe_ms = eider_get_u64(r);
    m->sends = eider_get_u32(r);
    m->repeats = eider_get_u32(r);
    m->repeats_max = eider_get_u32(r);
    m->answers = eider_get_u32(r);
    if (m->state >= EIDER_MEET_STATES ||
        eider_attempt_unpickle(&m->a, r) != EIDER_OK)
        r->failed = true;
}

void
eider_leg_pickle(const eider_leg *l, eider_buf *out)
{
    eider_put_u8(out, (uint8_t)l->state);
    eider_buf_add(out, l->id1.b, sizeof l->id1.b);
    eider_buf_add(out, l->id23.b, sizeof l->id23.b);
    eider_buf_add(out, l->h1, sizeof l->h1);
    eider_buf_add(out, l->sid, sizeof l->sid);
    eider_put_u64(out, l->since_ms);
    eider_put_u64(out, l->sent_ms);
    eider_put_u32(out, l->repeats);
    eider_buf_add(out, l->mask.b, sizeof l->mask.b);
    eider_put_u8(out, (uint8_t)l->size);
    eider_put_block(out, l->address != NULL ? l->address : "",
                    l->address != NULL ? strlen(l->address) : 0);
    eider_buf_add(out, l->m3, sizeof l->m3);
    eider_put_u8(out, l->a != NULL);
    if (l->a != NULL)
        eider_attempt_pickle(l->a, out);
}

void
eider_leg_unpickle(eider_contact *c, eider_reader *r)
{
    eider_leg *l = eider_alloc(sizeof *l);
    eider_slice address;

    l->state = eider_get_u8(r);
    eider_get_bytes(r, l->id1.b, sizeof l->id1.b);
    eider_get_bytes(r, l->id23.b, sizeof l->id23.b);
    eider_get_bytes(r, l->h1, sizeof l->h1);
    eider_get_bytes(r, l->sid, sizeof l->sid);
    l->since_ms = eider_get_u64(r);
    l->sent_ms = eider_get_u64(r);
    l->repeats = eider_get_u32(r);
    eider_get_bytes(r, l->mask.b, sizeof l->mask.b);
    l->size = eider_get_u8(r);
    address = eider_get_block(r, 4096);
    if (address.n > 0)
        l->address = g_strndup((const char *)address.p, address.n);
    eider_get_bytes(r, l->m3, sizeof l->m3);
    if (eider_get_u8(r) != 0) {
        l->a = eider_alloc(sizeof *l->a);
        if (eider_attempt_unpickle(l->a, r) != EIDER_OK)
            r->failed = true;
    }
    if (l->state >= EIDER_LEG_STATES || l->size >= EIDER_L ||
        (l->state == EIDER_LEG_ANSWERED || l->state == EIDER_LEG_PROVEN_R) !=
            (l->a != NULL))
        r->failed = true;
    g_ptr_array_add(c->legs, l);
}

void
eider_assembly_pickle(const eider_assembly *as, eider_buf *out)
{
    eider_buf_add(out, as->id.b, sizeof as->id.b);
    eider_put_u8(out, as->message);
    eider_put_u8(out, as->have);
    eider_put_u8(out, (uint8_t)as->size);
    eider_put_u64(out, as->since_ms);
    eider_buf_add(out, as->mask.b, sizeof as->mask.b);
    eider_buf_add(out, as->whole, EIDER_HS_LEN);
}

void
eider_assembly_unpickle(eider_contact *c, eider_reader *r)
{
    eider_assembly *as = eider_alloc(sizeof *as);

    eider_get_bytes(r, as->id.b, sizeof as->id.b);
    as->message = eider_get_u8(r);
    as->have = eider_get_u8(r);
    as->size = eider_get_u8(r);
    as->since_ms = eider_get_u64(r);
    eider_get_bytes(r, as->mask.b, sizeof as->mask.b);
    eider_get_bytes(r, as->whole, EIDER_HS_LEN);
    if (as->message < 1 || as->message > 3 || as->size >= EIDER_L)
        r->failed = true;
    g_ptr_array_add(c->assemblies, as);
}
