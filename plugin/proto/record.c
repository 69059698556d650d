/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "eider/record.h"

#include "eider/limits.h"
#include "eider/pack.h"

#include <string.h>

#define RECORD_HEADER 3 /* type, length */
#define U24_MAX       0xffffff

/* The byte "parts" of a text record; its bit 6 is 0. */
#define PARTS_COUNT 0x3f
#define PARTS_HTML  0x80

void
eider_body_init(eider_body *b, eider_size size)
{
    memset(b, 0, sizeof *b);
    b->size = size;
}

void
eider_body_wipe(eider_body *b)
{
    eider_wipe(b, sizeof *b);
}

/* A record whose value is @head and then @tail. */
static eider_err
add_pair(eider_body *b, uint8_t type, eider_slice head, eider_slice tail)
{
    size_t room = eider_body_len(b->size) - b->used;
    size_t n = head.n + tail.n;
    uint8_t *p = b->b + b->used;

    if (type == EIDER_R_PAD || head.n > EIDER_BODY_MAX ||
        tail.n > EIDER_BODY_MAX || RECORD_HEADER + n > room)
        return EIDER_E_LIMIT;
    p[0] = type;
    p[1] = (uint8_t)n;
    p[2] = (uint8_t)(n >> 8);
    if (head.n > 0)
        memcpy(p + RECORD_HEADER, head.p, head.n);
    if (tail.n > 0)
        memcpy(p + RECORD_HEADER + head.n, tail.p, tail.n);
    b->used += RECORD_HEADER + n;
    return EIDER_OK;
}

eider_err
eider_body_add(eider_body *b, uint8_t type, eider_slice value)
{
    return add_pair(b, type, value, (eider_slice){NULL, 0});
}

/* The fields in @head, which is wiped, and then @tail. */
static eider_err
add_fields(eider_body *b, uint8_t type, eider_buf *head, eider_slice tail)
{
    eider_err e = add_pair(b, type, (eider_slice){head->p, head->n}, tail);

    eider_buf_wipe(head);
    return e;
}

eider_err
eider_body_add_text(eider_body *b, const eider_text *t)
{
    eider_buf head = {0};

    if (t->seq > U24_MAX || t->parts < 1 || t->parts > EIDER_PARTS_MAX ||
        t->part >= t->parts)
        return EIDER_E_LIMIT;
    eider_buf_add(&head, t->id, sizeof t->id);
    eider_put_u24(&head, t->seq);
    eider_put_u8(&head, t->part);
    eider_put_u8(&head, (uint8_t)(t->parts | (t->is_html ? PARTS_HTML : 0)));
    return add_fields(b, EIDER_R_TEXT, &head, t->text);
}

eider_err
eider_body_add_ack(eider_body *b, const eider_ack *a)
{
    eider_buf head = {0};

    if (a->base > U24_MAX || a->floor > U24_MAX)
        return EIDER_E_LIMIT;
    eider_put_u24(&head, a->base);
    eider_put_u32(&head, a->bitmap);
    eider_put_u24(&head, a->floor);
    return add_fields(b, EIDER_R_ACK, &head, (eider_slice){NULL, 0});
}

eider_err
eider_body_add_hello(eider_body *b, const eider_hello *h)
{
    eider_buf head = {0};

    if (h->label.n > EIDER_LABEL_MAX || h->name.n > EIDER_NAME_MAX)
        return EIDER_E_LIMIT;
    eider_put_u8(&head, (uint8_t)h->label.n);
    if (h->label.n > 0)
        eider_buf_add(&head, h->label.p, h->label.n);
    return add_fields(b, EIDER_R_HELLO, &head, h->name);
}

eider_err
eider_body_add_when(eider_body *b, uint64_t ms)
{
    eider_buf head = {0};

    if (ms >> 40 != 0)
        return EIDER_E_LIMIT;
    eider_put_u32(&head, (uint32_t)ms);
    eider_put_u8(&head, (uint8_t)(ms >> 32));
    return add_fields(b, EIDER_R_WHEN, &head, (eider_slice){NULL, 0});
}

/* How long the value of a step is; a question may make it longer. */
static bool
is_step_length(uint8_t step, size_t n)
{
    static const uint8_t lengths[EIDER_STEPS] = {
        [EIDER_STEP_ANSWER] = 96, [EIDER_STEP_PROOF] = 64,
        [EIDER_STEP_COMMIT] = 32, [EIDER_STEP_NONCE] = 32,
        [EIDER_STEP_REVEAL] = 32, [EIDER_STEP_OK] = 32,
        [EIDER_STEP_CANCEL] = 1,
    };

    if (step == EIDER_STEP_ASK)
        return n >= 32 && n <= 32 + EIDER_QUESTION_MAX;
    return step < EIDER_STEPS && lengths[step] != 0 && n == lengths[step];
}

eider_err
eider_body_add_check(eider_body *b, const eider_check_record *c)
{
    eider_buf head = {0};

    if (!is_step_length((uint8_t)c->step, c->value.n))
        return EIDER_E_LIMIT;
    eider_put_u8(&head, (uint8_t)c->step);
    eider_buf_add(&head, c->run, sizeof c->run);
    return add_fields(b, EIDER_R_CHECK, &head, c->value);
}

static bool
mode_is_valid(const eider_mode *m)
{
    return m->op >= EIDER_MODE_OFFER && m->op <= EIDER_MODE_STOP;
}

eider_err
eider_body_add_mode(eider_body *b, const eider_mode *m)
{
    eider_buf head = {0};

    if (!mode_is_valid(m))
        return EIDER_E_LIMIT;
    eider_put_u8(&head, EIDER_STATE_MODE);
    eider_put_u8(&head, m->op);
    eider_put_u16(&head, m->run);
    eider_put_u8(&head, m->slot);
    return add_fields(b, EIDER_R_STATE, &head, (eider_slice){NULL, 0});
}

/* As eider_body_next(), but EIDER_E_MISSING at the end. */
static eider_err
read_record(const eider_body *b, size_t *at, eider_record *out)
{
    size_t left = eider_body_len(b->size) - *at;
    const uint8_t *p = b->b + *at;
    size_t n;

    if (left == 0 || p[0] == EIDER_R_PAD)
        return EIDER_E_MISSING;
    if (left < RECORD_HEADER)
        return EIDER_E_MALFORMED;
    n = p[1] | (size_t)p[2] << 8;
    if (n > left - RECORD_HEADER)
        return EIDER_E_MALFORMED;
    *out = (eider_record){p[0], {p + RECORD_HEADER, n}};
    *at += RECORD_HEADER + n;
    return EIDER_OK;
}

eider_err
eider_body_check(const eider_body *b)
{
    eider_record r;
    size_t at = 0;
    eider_err e;

    while ((e = read_record(b, &at, &r)) == EIDER_OK)
        ;
    return e == EIDER_E_MISSING ? EIDER_OK : e;
}

bool
eider_body_next(const eider_body *b, size_t *at, eider_record *out)
{
    return read_record(b, at, out) == EIDER_OK;
}

eider_err
eider_text_parse(eider_slice value, eider_text *out)
{
    eider_reader r = eider_reader_of(value.p, value.n);
    eider_text t;
    uint8_t parts;

    eider_get_bytes(&r, t.id, sizeof t.id);
    t.seq = eider_get_u24(&r);
    t.part = eider_get_u8(&r);
    parts = eider_get_u8(&r);
    t.parts = parts & PARTS_COUNT;
    t.is_html = (parts & PARTS_HTML) != 0;
    t.text = eider_get_slice(&r, r.n);
    if (!eider_reader_ok(&r) || (parts & ~(PARTS_COUNT | PARTS_HTML)) != 0 ||
        t.parts < 1 || t.parts > EIDER_PARTS_MAX || t.part >= t.parts)
        return EIDER_E_MALFORMED;
    *out = t;
    return EIDER_OK;
}

eider_err
eider_ack_parse(eider_slice value, eider_ack *out)
{
    eider_reader r = eider_reader_of(value.p, value.n);
    eider_ack a;

    a.base = eider_get_u24(&r);
    a.bitmap = eider_get_u32(&r);
    a.floor = eider_get_u24(&r);
    if (!eider_reader_is_done(&r))
        return EIDER_E_MALFORMED;
    *out = a;
    return EIDER_OK;
}

eider_err
eider_hello_parse(eider_slice value, eider_hello *out)
{
    eider_reader r = eider_reader_of(value.p, value.n);
    eider_hello h;

    h.label = eider_get_slice(&r, eider_get_u8(&r));
    h.name = eider_get_slice(&r, r.n);
    if (!eider_reader_ok(&r) || h.label.n > EIDER_LABEL_MAX ||
        h.name.n > EIDER_NAME_MAX)
        return EIDER_E_MALFORMED;
    *out = h;
    return EIDER_OK;
}

eider_err
eider_mode_parse(eider_slice value, eider_mode *out)
{
    eider_reader r = eider_reader_of(value.p, value.n);
    eider_mode m;
    uint8_t kind = eider_get_u8(&r);

    m.op = eider_get_u8(&r);
    m.run = eider_get_u16(&r);
    m.slot = eider_get_u8(&r);
    if (!eider_reader_is_done(&r) || kind != EIDER_STATE_MODE ||
        !mode_is_valid(&m))
        return EIDER_E_MALFORMED;
    *out = m;
    return EIDER_OK;
}

eider_err
eider_when_parse(eider_slice value, uint64_t *ms)
{
    eider_reader r = eider_reader_of(value.p, value.n);
    uint64_t low = eider_get_u32(&r);
    uint64_t high = eider_get_u8(&r);

    if (!eider_reader_is_done(&r))
        return EIDER_E_MALFORMED;
    *ms = high << 32 | low;
    return EIDER_OK;
}

eider_err
eider_check_parse(eider_slice value, eider_check_record *out)
{
    eider_reader r = eider_reader_of(value.p, value.n);
    eider_check_record c;
    uint8_t step = eider_get_u8(&r);

    eider_get_bytes(&r, c.run, sizeof c.run);
    c.value = eider_get_slice(&r, r.n);
    if (!eider_reader_ok(&r) || !is_step_length(step, c.value.n))
        return EIDER_E_MALFORMED;
    c.step = step;
    *out = c;
    return EIDER_OK;
}
