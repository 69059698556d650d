/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A contact in memory: making, freeing, finding. */
#include "work.h"

#include <string.h>

static void
free_memory(gpointer p)
{
    eider_memory *m = p;

    g_byte_array_free(m->ids, TRUE);
    eider_free(m, sizeof *m);
}

static void
free_assembly(gpointer p)
{
    eider_free(p, sizeof(eider_assembly));
}

void
eider_session_free(eider_session *s)
{
    if (s == NULL)
        return;
    eider_ratchet_free(s->ratchet);
    g_free(s->address);
    eider_free(s, sizeof *s);
}

void
eider_leg_free(eider_leg *l)
{
    if (l == NULL)
        return;
    eider_free(l->a, sizeof *l->a);
    g_free(l->address);
    eider_free(l, sizeof *l);
}

void
eider_entry_free(eider_entry *en)
{
    if (en == NULL)
        return;
    eider_buf_wipe(&en->text);
    g_array_free(en->targets, TRUE);
    g_free(en);
}

void
eider_item_free(eider_item *it)
{
    if (it == NULL)
        return;
    eider_buf_wipe(&it->text);
    g_free(it);
}

void
eider_partial_free(eider_partial *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < EIDER_PARTS_MAX; i++)
        eider_buf_wipe(&p->part[i]);
    g_free(p);
}

void
eider_effect_free(eider_effect *f)
{
    if (f == NULL)
        return;
    g_free(f->account);
    g_free(f->peer);
    g_free(f->to);
    g_free(f->line);
    g_free(f->detail);
    g_free(f);
}

eider_contact *
eider_contact_new(const char *account, const char *peer)
{
    eider_contact *c = eider_alloc(sizeof *c);

    c->account = g_strdup(account);
    c->peer = g_strdup(peer);
    c->sessions =
        g_ptr_array_new_with_free_func((GDestroyNotify)eider_session_free);
    c->memories = g_ptr_array_new_with_free_func(free_memory);
    c->legs = g_ptr_array_new_with_free_func((GDestroyNotify)eider_leg_free);
    c->assemblies = g_ptr_array_new_with_free_func(free_assembly);
    c->outbox =
        g_ptr_array_new_with_free_func((GDestroyNotify)eider_entry_free);
    c->gone = g_ptr_array_new_with_free_func((GDestroyNotify)eider_entry_free);
    c->inbox = g_ptr_array_new_with_free_func((GDestroyNotify)eider_item_free);
    c->partials =
        g_ptr_array_new_with_free_func((GDestroyNotify)eider_partial_free);
    c->closed = g_array_new(FALSE, TRUE, sizeof(eider_closed));
    c->answers = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    c->reads = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    c->unopenable = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    c->tries = g_array_new(FALSE, TRUE, sizeof(eider_tries));
    c->starts = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    g_queue_init(&c->strays);
    g_queue_init(&c->fragments);
    c->typing = -1;
    g_queue_init(&c->effects);
    return c;
}

void
eider_contact_free(eider_contact *c)
{
    if (c == NULL)
        return;
    if (c->due_at != NULL)
        g_sequence_remove(c->due_at);
    g_free(c->account);
    g_free(c->peer);
    g_ptr_array_free(c->sessions, TRUE);
    g_ptr_array_free(c->memories, TRUE);
    g_ptr_array_free(c->legs, TRUE);
    g_ptr_array_free(c->assemblies, TRUE);
    g_ptr_array_free(c->outbox, TRUE);
    g_ptr_array_free(c->gone, TRUE);
    g_ptr_array_free(c->inbox, TRUE);
    g_ptr_array_free(c->partials, TRUE);
    g_array_free(c->closed, TRUE);
    g_array_free(c->answers, TRUE);
    g_array_free(c->reads, TRUE);
    g_array_free(c->unopenable, TRUE);
    g_array_free(c->tries, TRUE);
    g_array_free(c->starts, TRUE);
    g_queue_clear_full(&c->strays, g_free);
    g_queue_clear_full(&c->fragments, (GDestroyNotify)eider_waiting_free);
    g_queue_clear_full(&c->effects, (GDestroyNotify)eider_effect_free);
    eider_free(c, sizeof *c);
}

eider_memory *
eider_contact_memory(eider_contact *c, const eider_public *pk)
{
    eider_memory *m;

    for (guint i = 0; i < c->memories->len; i++) {
        m = g_ptr_array_index(c->memories, i);
        if (eider_public_is_equal(&m->pk, pk))
            return m;
    }
    m = eider_alloc(sizeof *m);
    m->pk = *pk;
    m->ids = g_byte_array_new();
    g_ptr_array_add(c->memories, m);
    return m;
}

eider_session *
eider_contact_session(eider_contact *c, const eider_public *pk)
{
    eider_session *best = NULL;

    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        /* Of several, the one last confirmed, which stands last: a clock that
         * was put back says nothing about it. */
        if (s->is_confirmed && eider_public_is_equal(&s->pk, pk) &&
            eider_ratchet_can_send(s->ratchet))
            best = s;
    }
    return best;
}

eider_session *
eider_contact_sid(eider_contact *c, const uint8_t *sid)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        if (memcmp(s->sid, sid, EIDER_SID_SHORT) == 0)
            return s;
    }
    return NULL;
}

void
eider_contact_drop_sessions(eider_contact *c)
{
    for (guint i = 0; i < c->sessions->len; i++) {
        eider_session *s = g_ptr_array_index(c->sessions, i);

        eider_outbox_again(c, &s->pk);
    }
    g_ptr_array_set_size(c->sessions, 0);
    g_ptr_array_set_size(c->legs, 0);
    g_ptr_array_set_size(c->assemblies, 0);
    g_ptr_array_set_size(c->partials, 0);
    g_queue_clear_full(&c->fragments, (GDestroyNotify)eider_waiting_free);
    eider_attempt_wipe(&c->meeting.a);
    c->meeting = (eider_meeting){0};
}

bool
eider_contact_is_idle(const eider_contact *c)
{
    if (c->meeting.state != EIDER_MEET_IDLE || c->outbox->len > 0 ||
        c->inbox->len > 0 || eider_run_is_active(&c->check) ||
        c->check.due != 0 || c->check.cancels > 0 || c->steady.slot != 0 ||
        c->steady.offer_slot != 0)
        return false;
    for (guint i = 0; i < c->legs->len; i++) {
        const eider_leg *l = g_ptr_array_index(c->legs, i);

        if (l->state != EIDER_LEG_DONE)
            return false;
    }
    for (guint i = 0; i < c->sessions->len; i++) {
        const eider_session *s = g_ptr_array_index(c->sessions, i);

        if (s->ack_ms != 0)
            return false;
    }
    return true;
}

bool
eider_contact_is_calm(eider_engine *e, eider_contact *c)
{
    return eider_contact_is_idle(c) && !eider_trust_wants_session(e, c);
}

/* Has no business in a name: it moves the line, or turns round what a window
 * says beside it. */
static bool
is_odd(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfeff || c == 0x200e ||
           c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069);
}

void
eider_copy_utf8(char *out, size_t size, eider_slice in)
{
    g_autofree char *raw =
        g_strndup(in.p != NULL ? (const char *)in.p : "", in.n);
    g_autofree char *valid = g_utf8_make_valid(raw, -1);
    size_t n = 0;

    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        char one[6];
        size_t len = (size_t)g_unichar_to_utf8(is_odd(c) ? ' ' : c, one);

        if (n + len >= size)
            break;
        memcpy(out + n, one, len);
        n += len;
    }
    out[n] = '\0';
}
