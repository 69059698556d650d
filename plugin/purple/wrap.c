/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: in place of every protocol's own sending functions.
 *
 * Signals are not enough: pounces, the offline-message plugin, D-Bus, scripts
 * and automatic answers send without them.  All of them end in these slots.
 *
 * Another plugin may have put itself in front of us.  Then the slot is left
 * alone on unload, and our function, which stays in memory, passes through.
 * One that came before us and goes puts back what it found, and us out of the
 * slot: that is looked for whenever a plugin comes or goes.
 */
#include "seam.h"

#include "text.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

typedef struct {
    PurplePluginProtocolInfo *info;
    /* What stood there before us; NULL: nothing did. */
    int (*send_im)(PurpleConnection *, const char *, const char *,
                   PurpleMessageFlags);
    unsigned (*send_typing)(PurpleConnection *, const char *,
                            PurpleTypingState);
    void (*send_file)(PurpleConnection *, const char *, const char *);
    gboolean (*send_attention)(PurpleConnection *, const char *, guint);
    void (*set_idle)(PurpleConnection *, int);
    void (*set_status)(PurpleAccount *, PurpleStatus *);
    void (*chat_whisper)(PurpleConnection *, int, const char *, const char *);
    void (*chat_invite)(PurpleConnection *, int, const char *, const char *);
    void (*add_buddy_with_invite)(PurpleConnection *, PurpleBuddy *,
                                  PurpleGroup *, const char *);
    void (*add_buddies_with_invite)(PurpleConnection *, GList *, GList *,
                                    const char *);
    gboolean (*initiate_media)(PurpleAccount *, const char *,
                               PurpleMediaSessionType);
} wrapped;

static GSList *wraps; /* outlives an unload only for slots we could not free */

static wrapped *
find_info(const PurplePluginProtocolInfo *info)
{
    for (GSList *l = wraps; l != NULL; l = l->next)
        if (((wrapped *)l->data)->info == info)
            return l->data;
    return NULL;
}

static wrapped *
find(PurpleConnection *gc)
{
    PurplePlugin *prpl = gc != NULL ? purple_connection_get_prpl(gc) : NULL;

    return prpl != NULL ? find_info(PURPLE_PLUGIN_PROTOCOL_INFO(prpl)) : NULL;
}

/* ---- ours ---------------------------------------------------------------- */

static int
our_send_im(PurpleConnection *gc, const char *who, const char *text,
            PurpleMessageFlags flags)
{
    if (eider_plugin() == NULL)
        return eider_wrap_send_im(gc, who, text, flags);
    return eider_outgoing_im(gc, who, text, flags);
}

static unsigned
our_send_typing(PurpleConnection *gc, const char *who, PurpleTypingState state)
{
    PurpleAccount *account = purple_connection_get_account(gc);
    wrapped *w = find(gc);

    /* It would say when a private text is being written; in slots it can. */
    if (eider_plugin() != NULL && eider_outgoing_is_held(account, who)) {
        eider_outgoing_typing(account, who, state);
        return 0;
    }
    if (eider_plugin() != NULL &&
        eider_harden_keeps(account, EIDER_KEEP "typing"))
        return 0;
    return w != NULL && w->send_typing != NULL ? w->send_typing(gc, who, state)
                                               : 0;
}

static void
our_set_idle(PurpleConnection *gc, int seconds)
{
    if (eider_plugin() == NULL ||
        !eider_steady_hides(purple_connection_get_account(gc)))
        eider_wrap_set_idle(gc, seconds);
}

static void
our_set_status(PurpleAccount *account, PurpleStatus *status)
{
    wrapped *w = find(purple_account_get_connection(account));

    if (w != NULL && w->set_status != NULL &&
        (eider_plugin() == NULL || !eider_steady_hides_status(account, status)))
        w->set_status(account, status);
}

static void
our_send_file(PurpleConnection *gc, const char *who, const char *file)
{
    if (eider_plugin() != NULL &&
        eider_outgoing_is_held(purple_connection_get_account(gc), who))
        eider_refuse_file(gc, who, file);
    else if (eider_plugin() == NULL || !eider_harden_refuses_file(gc, who))
        eider_wrap_send_file(gc, who, file);
}

static gboolean
our_send_attention(PurpleConnection *gc, const char *who, guint type)
{
    if (eider_plugin() == NULL ||
        !eider_outgoing_is_held(purple_connection_get_account(gc), who))
        return eider_wrap_send_attention(gc, who, type);
    eider_refuse_attention(gc, who, type);
    return FALSE;
}

static gboolean
our_initiate_media(PurpleAccount *account, const char *who,
                   PurpleMediaSessionType type)
{
    if (eider_plugin() == NULL || !eider_outgoing_is_held(account, who))
        return eider_wrap_initiate_media(account, who, type);
    eider_refuse_call(account, who, type);
    return FALSE;
}

static void
our_chat_whisper(PurpleConnection *gc, int id, const char *who,
                 const char *text)
{
    wrapped *w = find(gc);

    if (w == NULL || w->chat_whisper == NULL)
        return;
    if (eider_plugin() != NULL &&
        eider_outgoing_is_held(purple_connection_get_account(gc), who))
        eider_refuse_im(gc, who, text, PURPLE_MESSAGE_WHISPER);
    else
        w->chat_whisper(gc, id, who, text);
}

/* The text that goes with an invitation, or nothing in its place. */
static const char *
guard_greeting(PurpleAccount *account, const char *who, const char *text)
{
    char *name, *line;

    if (eider_plugin() == NULL || who == NULL || text == NULL ||
        text[0] == '\0' || !eider_outgoing_is_held(account, who))
        return text;
    name = eider_names_shown(account, who);
    line = g_strdup_printf(_("%s was invited without your text: it cannot be "
                             "encrypted there."),
                           name);
    eider_say_loudly(account, who, line);
    g_free(line);
    g_free(name);
    return NULL; /* as libpurple does where nothing was written */
}

static void
our_chat_invite(PurpleConnection *gc, int id, const char *text, const char *who)
{
    wrapped *w = find(gc);

    if (w != NULL && w->chat_invite != NULL)
        w->chat_invite(
            gc, id,
            guard_greeting(purple_connection_get_account(gc), who, text), who);
}

static void
our_add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy,
                          PurpleGroup *group, const char *text)
{
    wrapped *w = find(gc);

    if (w != NULL && w->add_buddy_with_invite != NULL)
        w->add_buddy_with_invite(
            gc, buddy, group,
            guard_greeting(purple_connection_get_account(gc),
                           purple_buddy_get_name(buddy), text));
}

/* One text for all of them: for none, where one is private. */
static void
our_add_buddies_with_invite(PurpleConnection *gc, GList *buddies, GList *groups,
                            const char *text)
{
    wrapped *w = find(gc);

    for (GList *l = buddies; l != NULL; l = l->next)
        text = guard_greeting(purple_connection_get_account(gc),
                              purple_buddy_get_name(l->data), text);
    if (w != NULL && w->add_buddies_with_invite != NULL)
        w->add_buddies_with_invite(gc, buddies, groups, text);
}

/* ---- theirs -------------------------------------------------------------- */

int
eider_wrap_send_im(PurpleConnection *gc, const char *who, const char *text,
                   PurpleMessageFlags flags)
{
    wrapped *w = find(gc);

    return w != NULL && w->send_im != NULL ? w->send_im(gc, who, text, flags)
                                           : -EPERM;
}

void
eider_wrap_send_file(PurpleConnection *gc, const char *who, const char *file)
{
    wrapped *w = find(gc);

    if (w != NULL && w->send_file != NULL)
        w->send_file(gc, who, file);
}

gboolean
eider_wrap_send_attention(PurpleConnection *gc, const char *who, guint type)
{
    wrapped *w = find(gc);

    return w != NULL && w->send_attention != NULL &&
           w->send_attention(gc, who, type);
}

gboolean
eider_wrap_initiate_media(PurpleAccount *account, const char *who,
                          PurpleMediaSessionType type)
{
    wrapped *w = find(purple_account_get_connection(account));

    return w != NULL && w->initiate_media != NULL &&
           w->initiate_media(account, who, type);
}

void
eider_wrap_set_idle(PurpleConnection *gc, int seconds)
{
    wrapped *w = find(gc);

    if (w != NULL && w->set_idle != NULL)
        w->set_idle(gc, seconds);
}

/* ---- putting them in and taking them out --------------------------------- */

/* A slot that is left over from an earlier unload keeps what it saved then:
 * whoever stood between is bypassed, so that nothing calls in a circle. */
#define TAKE(slot)                                                             \
    do {                                                                       \
        if (w->info->slot != NULL && w->info->slot != our_##slot) {            \
            if (w->slot == NULL)                                               \
                w->slot = w->info->slot;                                       \
            w->info->slot = our_##slot;                                        \
        }                                                                      \
    } while (0)

#define GIVE_BACK(slot)                                                        \
    do {                                                                       \
        if (w->slot != NULL && w->info->slot == our_##slot) {                  \
            w->info->slot = w->slot;                                           \
            w->slot = NULL;                                                    \
        }                                                                      \
    } while (0)

/* Is this function the protocol's own, and not of a plugin around it? */
static bool
is_own(const PurplePluginProtocolInfo *info, void (*fn)(void))
{
    void (*own)(PurpleAccount *) = info->login;
    void *a, *b;
    Dl_info at, there;

    memcpy(&a, &own, sizeof a); /* C has no cast for this */
    memcpy(&b, &fn, sizeof b);
    return dladdr(a, &at) != 0 && dladdr(b, &there) != 0 &&
           at.dli_fbase == there.dli_fbase;
}

/* What stands in the slot is what we saved, or, after a plugin went, the
 * protocol's own function: we were put out. */
#define TAKE_AGAIN(slot)                                                       \
    do {                                                                       \
        if (w->slot == NULL || w->info->slot == NULL ||                        \
            w->info->slot == our_##slot)                                       \
            break;                                                             \
        if (w->info->slot == w->slot) {                                        \
            w->info->slot = our_##slot;                                        \
        } else if (is_gone && !is_own(w->info, (void (*)(void))w->slot) &&     \
                   is_own(w->info, (void (*)(void))w->info->slot)) {           \
            w->slot = w->info->slot;                                           \
            w->info->slot = our_##slot;                                        \
        }                                                                      \
    } while (0)

static void
take_again(wrapped *w, bool is_gone)
{
    TAKE_AGAIN(send_im);
    TAKE_AGAIN(send_typing);
    TAKE_AGAIN(send_file);
    TAKE_AGAIN(chat_whisper);
    TAKE_AGAIN(chat_invite);
    TAKE_AGAIN(set_idle);
    TAKE_AGAIN(set_status);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, send_attention))
        TAKE_AGAIN(send_attention);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, add_buddy_with_invite))
        TAKE_AGAIN(add_buddy_with_invite);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, add_buddies_with_invite))
        TAKE_AGAIN(add_buddies_with_invite);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, initiate_media))
        TAKE_AGAIN(initiate_media);
}

static void
take_all_again(bool is_gone)
{
    for (GSList *l = wraps; l != NULL; l = l->next)
        take_again(l->data, is_gone);
}

static void
wrap(PurplePlugin *prpl)
{
    PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO(prpl);
    wrapped *w;

    if (info == NULL)
        return;
    w = find_info(info);
    if (w == NULL) {
        w = g_new0(wrapped, 1);
        w->info = info;
        wraps = g_slist_prepend(wraps, w);
    }
    TAKE(send_im);
    TAKE(send_typing);
    TAKE(send_file);
    TAKE(chat_whisper);
    TAKE(chat_invite);
    TAKE(set_idle);
    TAKE(set_status);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(info, send_attention))
        TAKE(send_attention);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(info, add_buddy_with_invite))
        TAKE(add_buddy_with_invite);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(info, add_buddies_with_invite))
        TAKE(add_buddies_with_invite);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(info, initiate_media))
        TAKE(initiate_media);
}

/* Returns whether nothing of ours is left in it. */
static bool
unwrap(wrapped *w)
{
    GIVE_BACK(send_im);
    GIVE_BACK(send_typing);
    GIVE_BACK(send_file);
    GIVE_BACK(chat_whisper);
    GIVE_BACK(chat_invite);
    GIVE_BACK(set_idle);
    GIVE_BACK(set_status);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, send_attention))
        GIVE_BACK(send_attention);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, add_buddy_with_invite))
        GIVE_BACK(add_buddy_with_invite);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, add_buddies_with_invite))
        GIVE_BACK(add_buddies_with_invite);
    if (PURPLE_PROTOCOL_PLUGIN_HAS_FUNC(w->info, initiate_media))
        GIVE_BACK(initiate_media);
    return w->send_im == NULL && w->send_typing == NULL &&
           w->send_file == NULL && w->chat_whisper == NULL &&
           w->send_attention == NULL && w->chat_invite == NULL &&
           w->set_idle == NULL && w->set_status == NULL &&
           w->add_buddy_with_invite == NULL &&
           w->add_buddies_with_invite == NULL && w->initiate_media == NULL;
}

static void
on_plugin_load(PurplePlugin *plugin, gpointer data G_GNUC_UNUSED)
{
    if (PURPLE_IS_PROTOCOL_PLUGIN(plugin))
        wrap(plugin);
    else
        take_all_again(false);
}

static void
on_plugin_unload(PurplePlugin *plugin, gpointer data G_GNUC_UNUSED)
{
    wrapped *w = NULL;

    if (PURPLE_IS_PROTOCOL_PLUGIN(plugin))
        w = find_info(PURPLE_PLUGIN_PROTOCOL_INFO(plugin));
    else if (plugin != eider_plugin())
        take_all_again(true);
    if (w == NULL)
        return;
    unwrap(w);
    wraps = g_slist_remove(wraps, w);
    g_free(w);
}

void
eider_wrap_start(void)
{
    for (GList *l = purple_plugins_get_protocols(); l != NULL; l = l->next)
        wrap(l->data);
    purple_signal_connect(purple_plugins_get_handle(), "plugin-load",
                          eider_plugin(), PURPLE_CALLBACK(on_plugin_load),
                          NULL);
    purple_signal_connect(purple_plugins_get_handle(), "plugin-unload",
                          eider_plugin(), PURPLE_CALLBACK(on_plugin_unload),
                          NULL);
}

void
eider_wrap_stop(void)
{
    GSList *left = NULL;

    for (GSList *l = wraps; l != NULL; l = l->next) {
        if (unwrap(l->data))
            g_free(l->data);
        else
            left = g_slist_prepend(left, l->data);
    }
    g_slist_free(wraps);
    wraps = left;
}
