/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: pictures, files, buzzes, calls and whispers to a private contact. They
 * cannot be encrypted yet, so they stay; where the user is there to ask, they
 * may send one openly.
 */
#include "seam.h"

#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Asked only where somebody looks at a conversation: what a pounce or a
 * script sends is just refused. */
static void
refuse(PurpleAccount *account, const char *what, eider_ask *a, GCallback open)
{
    bool is_closed = eider_opening_engine() == NULL;
    char *name = eider_names_shown(account, a->who);
    char *disguised = eider_disguise_words(account, a->who);
    char *text = is_closed           ? eider_words_closed(name)
                 : disguised != NULL ? g_strdup(disguised)
                                     : g_strdup_printf(what, name);

    eider_say_loudly(account, a->who, text);
    if (!is_closed && disguised == NULL &&
        eider_names_conversation(account, a->who) != NULL)
        purple_request_action(eider_plugin(), _("Eider"), text,
                              _("The server can read what is sent openly."), 1,
                              account, a->who, NULL, a, 2, _("Send _open once"),
                              open, _("_Do not send"),
                              G_CALLBACK(eider_ask_done));
    else
        eider_ask_done(a);
    g_free(disguised);
    g_free(text);
    g_free(name);
}

static PurpleConnection *
connection_of(const eider_ask *a)
{
    PurpleAccount *account = eider_ask_account(a);

    return account != NULL ? purple_account_get_connection(account) : NULL;
}

/* ---- text with pictures, whispers ---------------------------------------- */

/* The client drops its pictures when the entry is cleared. */
static void
hold_images(eider_ask *a)
{
    for (const char *p = a->text; (p = strchr(p, '<')) != NULL; p++) {
        const char *id = purple_strcasestr(p, "id=\"");
        int n;

        if (g_ascii_strncasecmp(p, "<img ", 5) != 0 || id == NULL)
            continue;
        n = atoi(id + 4);
        if (n <= 0 || purple_imgstore_find_by_id(n) == NULL)
            continue;
        purple_imgstore_ref_by_id(n);
        a->images = g_slist_prepend(a->images, GINT_TO_POINTER(n));
    }
}

static void
note_open(PurpleAccount *account, const eider_ask *a)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, a->who);
    eider_engine *e = eider_opening_engine();

    if (e != NULL)
        eider_engine_saw_open(e, p.account, p.peer, EIDER_SEEN_OUT,
                              strlen(a->text));
}

static void
on_open_im(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleConnection *gc = connection_of(a);
    PurpleConversation *conv;

    if (gc != NULL && eider_wrap_send_im(gc, a->who, a->text, a->flags) > 0) {
        note_open(purple_connection_get_account(gc), a);
        conv =
            eider_names_conversation(purple_connection_get_account(gc), a->who);
        if (conv != NULL)
            purple_conv_im_write(PURPLE_CONV_IM(conv), NULL, a->text,
                                 a->flags | PURPLE_MESSAGE_SEND, time(NULL));
    }
    eider_ask_done(a);
}

void
eider_refuse_im(PurpleConnection *gc, const char *who, const char *text,
                PurpleMessageFlags flags)
{
    eider_ask *a = eider_ask_new(purple_connection_get_account(gc), who, text);

    a->flags = flags;
    hold_images(a);
    refuse(purple_connection_get_account(gc),
           (flags & PURPLE_MESSAGE_WHISPER) != 0
               ? _("Your whisper to %s was not sent: it cannot be encrypted "
                   "yet.")
               : _("Your message to %s was not sent: pictures cannot be "
                   "encrypted yet."),
           a, G_CALLBACK(on_open_im));
}

/* ---- files --------------------------------------------------------------- */

static void
on_open_file(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleConnection *gc = connection_of(a);

    if (gc != NULL)
        eider_wrap_send_file(gc, a->who, a->text);
    eider_ask_done(a);
}

void
eider_refuse_file(PurpleConnection *gc, const char *who, const char *file)
{
    refuse(purple_connection_get_account(gc),
           _("The file to %s was not sent: files cannot be encrypted yet."),
           eider_ask_new(purple_connection_get_account(gc), who, file),
           G_CALLBACK(on_open_file));
}

/* ---- buzz ---------------------------------------------------------------- */

static void
on_open_attention(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleConnection *gc = connection_of(a);

    if (gc != NULL)
        eider_wrap_send_attention(gc, a->who, a->number);
    eider_ask_done(a);
}

void
eider_refuse_attention(PurpleConnection *gc, const char *who, guint type)
{
    eider_ask *a = eider_ask_new(purple_connection_get_account(gc), who, NULL);

    a->number = type;
    refuse(purple_connection_get_account(gc),
           _("%s was not called: a call for attention cannot be encrypted "
             "yet."),
           a, G_CALLBACK(on_open_attention));
}

/* ---- voice, video -------------------------------------------------------- */

static void
on_open_call(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        eider_wrap_initiate_media(account, a->who, a->number);
    eider_ask_done(a);
}

void
eider_refuse_call(PurpleAccount *account, const char *who,
                  PurpleMediaSessionType type)
{
    eider_ask *a = eider_ask_new(account, who, NULL);

    a->number = type;
    refuse(account, _("%s was not called: a call cannot be encrypted yet."), a,
           G_CALLBACK(on_open_call));
}
