/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a button, a menu or a dialog is about. */
#include "face.h"

#include <pidgin.h>

eider_subject *
eider_subject_new(const PidginConversation *gtkconv)
{
    PurpleConversation *conv = gtkconv != NULL ? gtkconv->active_conv : NULL;
    eider_subject *s;

    if (conv == NULL ||
        purple_conversation_get_type(conv) != PURPLE_CONV_TYPE_IM)
        return NULL;
    s = g_new0(eider_subject, 1);
    s->account = purple_conversation_get_account(conv);
    s->who = g_strdup(purple_conversation_get_name(conv));
    return s;
}

eider_subject *
eider_subject_copy(const eider_subject *s)
{
    eider_subject *copy;

    if (s == NULL)
        return NULL;
    copy = g_new0(eider_subject, 1);
    copy->account = s->account;
    copy->who = g_strdup(s->who);
    return copy;
}

void
eider_subject_free(eider_subject *s)
{
    if (s == NULL)
        return;
    g_free(s->who);
    g_free(s);
}

bool
eider_subject_is_usable(const eider_subject *s)
{
    return s != NULL && s->who != NULL && eider_link_app() != NULL &&
           g_list_find(purple_accounts_get_all(), s->account) != NULL;
}

bool
eider_subject_is_same(const eider_subject *a, const eider_subject *b)
{
    char *folded;
    bool is_same;

    if (a == NULL || b == NULL || a->account != b->account)
        return false;
    /* the result lives in a static buffer */
    folded = g_strdup(purple_normalize(a->account, a->who));
    is_same = purple_strequal(folded, purple_normalize(b->account, b->who));
    g_free(folded);
    return is_same;
}

char *
eider_subject_name(const eider_subject *s)
{
    PurpleBuddy *buddy = purple_find_buddy(s->account, s->who);

    return eider_subject_plain(
        buddy != NULL ? purple_buddy_get_contact_alias(buddy) : s->who);
}

eider_device *
eider_subject_devices(const eider_subject *s, size_t *n)
{
    const eider_app *app = eider_link_app();
    size_t room = 8;

    *n = 0;
    if (!eider_subject_is_usable(s))
        return NULL;
    for (;;) {
        eider_device *list = g_new0(eider_device, room);

        *n = app->devices(s->account, s->who, list, room);
        if (*n <= room)
            return list;
        g_free(list);
        room = *n;
    }
}

/* Marks that turn the reading order could make one name look like another. */
static bool
is_shown(gunichar c)
{
    return g_unichar_isprint(c) && !(c >= 0x202a && c <= 0x202e) &&
           !(c >= 0x2066 && c <= 0x2069) && c != 0x200e && c != 0x200f;
}

char *
eider_subject_plain(const char *text)
{
    char *valid = purple_utf8_salvage(text != NULL ? text : "");
    GString *out = g_string_new(NULL);
    const char *p;

    for (p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (is_shown(c))
            g_string_append_unichar(out, c);
    }
    g_free(valid);
    return g_string_free(out, FALSE);
}
