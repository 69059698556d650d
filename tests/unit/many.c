/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit/many.h"

#include "core/work.h"

#include "eider/crypto.h"

#include <string.h>

static void
fail_unless(bool is_so)
{
    if (!is_so)
        g_error("many: the store does not take them");
}

/* An outcome that no handshake had. */
static void
draw_outcome(eider_outcome *o)
{
    *o = (eider_outcome){.initiator = true};
    eider_random(&o->keys, sizeof o->keys);
    eider_random(o->peer.b, sizeof o->peer.b);
    eider_random(o->responder_e_pk.b, sizeof o->responder_e_pk.b);
}

static void
add_card(eider_engine *e, const char *account, const char *peer,
         const eider_public *pk, eider_choice choice)
{
    eider_card *card = eider_card_get(e, account, peer);
    eider_known k = {.pk = *pk, .trust = EIDER_TRUST_ACCEPTED};

    k.first_seen = k.last_seen = eider_now(e) / 1000;
    g_strlcpy(k.label, "somebody's laptop", sizeof k.label);
    g_strlcpy(k.name, peer, sizeof k.name);
    card->choice = choice;
    card->was_private = card->has_spoken = card->is_calm = true;
    g_array_append_val(card->keys, k);
}

static void
add_session(eider_engine *e, eider_contact *c, const eider_outcome *o)
{
    eider_session *s = eider_alloc(sizeof *s);
    eider_memory *m = eider_contact_memory(c, &o->peer);

    fail_unless(eider_ratchet_new(&s->ratchet, o) == EIDER_OK);
    s->pk = o->peer;
    memcpy(s->sid, o->keys.sid.b, sizeof s->sid);
    s->is_confirmed = s->hello_arrived = s->hello_seen = true;
    s->confirmed_ms = s->opened_ms = eider_now(e);
    g_ptr_array_add(c->sessions, s);
    m->n_rms = 1;
    m->rms[0] = o->keys.rm;
}

static void
add_one(eider_engine *e, const char *account, const char *peer,
        eider_choice choice)
{
    EIDER_AUTO(eider_buf) out = {0};
    EIDER_AUTO(eider_outcome) o;
    char name[EIDER_STORE_NAME_LEN + 1];
    eider_contact *c = eider_contact_new(account, peer);

    draw_outcome(&o);
    add_card(e, account, peer, &o.peer, choice);
    add_session(e, c, &o);
    eider_contact_pickle(c, &out);
    eider_store_name(e->store, account, peer, name);
    fail_unless(eider_store_put(e->store, name, (eider_slice){out.p, out.n}) ==
                EIDER_OK);
    eider_contact_free(c);
}

void
many_add(eider_engine *e, const char *account, unsigned n, eider_choice choice)
{
    EIDER_AUTO(eider_keypair) own;

    fail_unless(eider_index_own(e, account, &own) == EIDER_OK);
    for (unsigned i = 0; i < n; i++) {
        g_autofree char *peer = g_strdup_printf("many%u", i);

        add_one(e, account, peer, choice);
    }
    fail_unless(eider_index_write(e) == EIDER_OK);
}

void
many_add_twin(eider_engine *e, const char *account, unsigned n)
{
    g_autofree char *peer = g_strdup_printf("many%u", n);
    const eider_card *first = eider_card_find(e, account, "many0");

    fail_unless(first != NULL);
    add_card(e, account, peer, &g_array_index(first->keys, eider_known, 0).pk,
             EIDER_ON);
    fail_unless(eider_index_write(e) == EIDER_OK);
}
