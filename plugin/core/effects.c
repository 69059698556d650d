/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a commit is to let out. */
#include "work.h"

#include <string.h>

static eider_effect *
new_effect(eider_do what, const char *account, const char *peer)
{
    eider_effect *f = g_new0(eider_effect, 1);

    f->what = what;
    f->account = g_strdup(account);
    f->peer = g_strdup(peer);
    return f;
}

void
eider_do_text(eider_engine *e, eider_contact *c, const char *to,
              const char *text)
{
    eider_effect *f = new_effect(EIDER_DO_LINE, c->account, c->peer);

    (void)e;
    f->to = g_strdup(to != NULL ? to : c->peer);
    f->line = g_strdup(text);
    g_queue_push_tail(&c->effects, f);
}

void
eider_do_line(eider_engine *e, eider_contact *c, const char *to,
              const eider_frame *frame, const eider_entry *en,
              const eider_public *pk)
{
    char line[EIDER_LINE_MAX + 1];
    eider_effect *f;

    eider_line_encode(frame, line);
    eider_do_text(e, c, to, line);
    f = g_queue_peek_tail(&c->effects);
    f->size = frame->size;
    if (en != NULL) {
        f->rides.kind = EIDER_SEEN_TEXT;
        f->is_text = true;
        memcpy(f->id, en->id, sizeof f->id);
        f->pk = *pk;
    }
}

void
eider_do_rides(eider_contact *c, eider_seen_kind kind, unsigned lines)
{
    eider_effect *f = g_queue_peek_tail(&c->effects);

    f->rides = (eider_rides){(uint8_t)kind, (uint8_t)lines};
}

void
eider_do_show(eider_contact *c, eider_item *it)
{
    eider_effect *f = new_effect(EIDER_DO_SHOW, c->account, c->peer);
    const eider_session *s = eider_contact_sid(c, it->sid);

    it->is_queued = true;
    memcpy(f->id, it->id, sizeof f->id);
    f->pk = it->pk;
    f->to = g_strdup(s != NULL && s->address != NULL ? s->address : c->peer);
    g_queue_push_tail(&c->effects, f);
}

void
eider_do_tell(eider_contact *c, eider_news_kind k, unsigned count,
              const char *detail)
{
    eider_effect *f = new_effect(EIDER_DO_TELL, c->account, c->peer);

    f->news = k;
    f->count = count;
    f->detail = g_strdup(detail);
    g_queue_push_tail(&c->effects, f);
}

void
eider_do_look(eider_contact *c)
{
    g_queue_push_tail(&c->effects,
                      new_effect(EIDER_DO_LOOK, c->account, c->peer));
}

void
eider_tell_now(eider_engine *e, const char *account, const char *peer,
               eider_news_kind k, const char *detail)
{
    eider_effect *f = new_effect(EIDER_DO_TELL, account, peer);

    f->news = k;
    f->detail = g_strdup(detail);
    g_queue_push_tail(&e->effects, f);
}
