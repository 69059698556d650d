/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which numbers of a session have arrived, and what an acknowledgement of them
 * says: the numbers, and a check over the ids that stand for them.  A sender
 * whose state was put back uses numbers again, and takes no acknowledgement of
 * the first for one of the second.
 */
#include "work.h"

#include <string.h>

/* ---- the check ------------------------------------------------------------ */

static uint64_t
id_of(const uint8_t *id)
{
    uint64_t n = 0;

    for (unsigned i = EIDER_ID_LEN; i-- > 0;)
        n = n << 8 | id[i];
    return n;
}

static uint8_t
check_of(uint64_t ids)
{
    return (uint8_t)(1 + ids % EIDER_CHECK_MODULUS); /* 0: none */
}

/* ---- theirs --------------------------------------------------------------- */

bool
eider_numbers_has(const eider_session *s, uint32_t n)
{
    uint32_t i = n - s->base;

    return n < s->base || (s->arrived[i / 8] >> (i % 8) & 1) != 0;
}

static uint8_t *
ahead(eider_session *s, uint32_t n)
{
    return s->ahead[n % EIDER_SEQ_WINDOW];
}

static void
shift_by_one(eider_session *s)
{
    if ((s->arrived[0] & 1) != 0)
        s->heard_ids ^= id_of(ahead(s, s->base));
    for (unsigned i = 0; i < EIDER_ARRIVED_BYTES; i++) {
        unsigned next = i + 1 < EIDER_ARRIVED_BYTES ? s->arrived[i + 1] : 0;

        s->arrived[i] = (uint8_t)(s->arrived[i] >> 1 | (next & 1) << 7);
    }
    s->base++;
}

static bool
has_gap(const eider_session *s)
{
    for (unsigned i = 0; i < EIDER_ARRIVED_BYTES; i++)
        if (s->arrived[i] != 0)
            return true;
    return false;
}

/* When the lowest number that is missing became so; a base that moved has
 * another one. */
static void
note_gap(eider_session *s, uint32_t old_base, uint64_t now)
{
    if (!has_gap(s))
        s->gap_ms = 0;
    else if (s->gap_ms == 0 || s->base != old_base)
        s->gap_ms = now;
}

void
eider_numbers_arrived(eider_session *s, uint32_t seq, const uint8_t *id,
                      uint64_t now)
{
    uint32_t base = s->base, i = seq - s->base;

    if (eider_numbers_has(s, seq))
        return;
    s->arrived[i / 8] |= (uint8_t)(1u << i % 8);
    memcpy(ahead(s, seq), id, EIDER_ID_LEN);
    while ((s->arrived[0] & 1) != 0)
        shift_by_one(s);
    note_gap(s, base, now);
}

void
eider_inbox_floor(eider_session *s, uint32_t floor, uint64_t now)
{
    uint32_t base = s->base;

    while (s->base < floor || (s->arrived[0] & 1) != 0) {
        if (s->base < floor && floor - s->base > EIDER_SEQ_WINDOW) {
            memset(s->arrived, 0, sizeof s->arrived);
            s->base = floor; /* they gave some up, and check no more */
        } else {
            shift_by_one(s);
        }
    }
    note_gap(s, base, now);
}

uint8_t
eider_inbox_ack(const eider_session *s, eider_ack *out)
{
    uint64_t ids = s->heard_ids;

    *out = (eider_ack){.base = s->base};
    for (uint32_t i = 0; i < 32; i++) {
        uint32_t n = s->base + 1 + i;

        if (!eider_numbers_has(s, n))
            continue;
        out->bitmap |= 1u << i;
        ids ^= id_of(s->ahead[n % EIDER_SEQ_WINDOW]);
    }
    return s->has_ids ? check_of(ids) : 0;
}

/* ---- ours ----------------------------------------------------------------- */

bool
eider_ack_has(const eider_ack *a, uint32_t seq)
{
    return seq < a->base || (seq > a->base && seq - a->base <= 32 &&
                             (a->bitmap >> (seq - a->base - 1) & 1) != 0);
}

uint32_t
eider_ack_end(const eider_ack *a)
{
    uint32_t n = a->base;

    for (uint32_t i = 0; i < 32; i++)
        if ((a->bitmap >> i & 1) != 0)
            n = a->base + 2 + i;
    return n;
}

eider_target *
eider_target_in(eider_entry *en, guint j, const eider_session *s)
{
    eider_target *t = &g_array_index(en->targets, eider_target, j);

    return t->has_seq && t->state != EIDER_ACKED &&
                   memcmp(t->sid, s->sid, sizeof t->sid) == 0
               ? t
               : NULL;
}

/* Where they speak of a number that was given up here, or of fewer than they
 * did before, nobody can tell. */
bool
eider_numbers_fit(const eider_contact *c, const eider_session *s,
                  const eider_ack *a, uint8_t check)
{
    uint64_t ids = s->acked_ids, n = s->acked, said = a->base;

    for (guint i = 0; i < c->outbox->len; i++) {
        eider_entry *en = g_ptr_array_index(c->outbox, i);

        for (guint j = 0; j < en->targets->len; j++) {
            const eider_target *t = eider_target_in(en, j, s);

            if (t == NULL || !eider_ack_has(a, t->seq))
                continue;
            ids ^= id_of(en->id);
            n++;
        }
    }
    for (uint32_t i = 0; i < 32; i++)
        said += a->bitmap >> i & 1;
    return check == 0 || !s->has_ids || said != n || check == check_of(ids);
}

void
eider_numbers_acked(eider_session *s, const eider_entry *en)
{
    s->acked_ids ^= id_of(en->id);
    s->acked++;
}

/* ---- on disk -------------------------------------------------------------- */

/* What acks are checked against; of numbers ahead those that have arrived. */
void
eider_numbers_pickle(const eider_session *s, eider_buf *out)
{
    eider_put_u8(out, s->has_ids);
    eider_put_u64(out, s->heard_ids);
    eider_put_u64(out, s->acked_ids);
    eider_put_u32(out, s->acked);
    for (uint32_t i = 0; i < EIDER_SEQ_WINDOW; i++)
        if (eider_numbers_has(s, s->base + i))
            eider_buf_add(out, s->ahead[(s->base + i) % EIDER_SEQ_WINDOW],
                          EIDER_ID_LEN);
}

void
eider_numbers_unpickle(eider_session *s, eider_reader *r)
{
    s->has_ids = eider_get_u8(r) != 0;
    s->heard_ids = eider_get_u64(r);
    s->acked_ids = eider_get_u64(r);
    s->acked = eider_get_u32(r);
    for (uint32_t i = 0; i < EIDER_SEQ_WINDOW; i++)
        if (eider_numbers_has(s, s->base + i))
            eider_get_bytes(r, s->ahead[(s->base + i) % EIDER_SEQ_WINDOW],
                            EIDER_ID_LEN);
}
