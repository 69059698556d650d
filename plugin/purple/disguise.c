/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: somebody private, under a name that the engine does not know.
 *
 * A choice belongs to an account and a normalised name.  The name of the same
 * person changes with a new nick, with another way to write it, with a room
 * that was left (XMPP then drops the nick), and all names with an account that
 * was renamed.  None of them carries the choice on by itself, as the new name
 * may be somebody else: text is refused, and the user asked to say what he
 * means.  So he is where nothing but the buddy list made somebody private, and
 * the list changed: a server may move people as it likes.
 */
#include "seam.h"

#include "text.h"

#include <string.h>

/* Where a protocol's settings are cleared, those of a face are not. */
#define OUR_UI   "eider"
#define ID_NAMES "names"

#define CASES_MAX 8 /* of []\^ in one nick; 2^n ways to write it */

typedef enum {
    PLAIN,
    RENAMED,
    LEFT_ROOM,
    LEFT_LIST,
    OLD_ACCOUNT,
    OTHER_SPELLING
} kind;

static GHashTable *seen;   /* PurpleConversation * -> its peer */
static GHashTable *former; /* "account\npeer" -> what the peer was called */
static GHashTable *listed; /* "account\npeer" that only the list made private */

/* ---- accounts that were renamed ------------------------------------------ */

/* Everything the account was ever called, the present name among it. */
static char **
names_of(PurpleAccount *account)
{
    const char *kept =
        purple_account_get_ui_string(account, OUR_UI, ID_NAMES, NULL);
    char *id = eider_names_account(account);
    char **list = g_strsplit(kept != NULL ? kept : "", "\n", -1);
    char *all;

    if (!g_strv_contains((const char *const *)list, id)) {
        all = kept != NULL ? g_strconcat(kept, "\n", id, NULL) : g_strdup(id);
        purple_account_set_ui_string(account, OUR_UI, ID_NAMES, all);
        g_strfreev(list);
        list = g_strsplit(all, "\n", -1);
        g_free(all);
    }
    g_free(id);
    return list;
}

static void
on_account(PurpleAccount *account, gpointer data G_GNUC_UNUSED)
{
    g_strfreev(names_of(account));
}

static bool
is_private(PurpleAccount *account, const char *peer)
{
    char **list = names_of(account);
    bool is = false;

    for (char **id = list; *id != NULL && peer[0] != '\0' && !is; id++)
        is = eider_engine_is_private(eider_opening_engine(), *id, peer);
    g_strfreev(list);
    return is;
}

/* ---- spellings ----------------------------------------------------------- */

static char *
find_name(PurpleAccount *account, const char *name)
{
    char *peer = g_strdup(purple_normalize(account, name));

    if (is_private(account, peer))
        return peer;
    g_free(peer);
    return NULL;
}

/* To many servers []\~ are the capitals of {}|^. */
static char *
find_nick(PurpleAccount *account, const char *nick)
{
    static const char capital[] = "[]\\~", small[] = "{}|^";
    char *name = g_strdup(nick), *at[CASES_MAX], *found = NULL;
    unsigned n = 0;

    for (char *p = name; *p != '\0' && n < CASES_MAX; p++)
        if (strchr(capital, *p) != NULL || strchr(small, *p) != NULL)
            at[n++] = p;
    for (unsigned mask = 0; mask < 1u << n && found == NULL; mask++) {
        for (unsigned i = 0; i < n; i++) {
            const char *c = strchr(capital, *at[i]);
            size_t which = (size_t)(c != NULL ? c - capital
                                              : strchr(small, *at[i]) - small);

            *at[i] = (mask >> i & 1) != 0 ? capital[which] : small[which];
        }
        found = find_name(account, name);
    }
    g_free(name);
    return found;
}

/* @bob, "bob ", bob,eve, bob!user@host, bob{ */
static char *
find_in_targets(PurpleAccount *account, const char *who)
{
    char **list = g_strsplit_set(who, ", \t\r\n", -1), *found = NULL;

    for (char **t = list; *t != NULL && found == NULL; t++) {
        char *nick = eider_names_nick(*t);

        found = find_nick(account, nick);
        g_free(nick);
    }
    g_strfreev(list);
    return found;
}

/* " bob@example.org", "bob@example.org.", xmpp:bob@example.org */
static char *
find_in_address(PurpleAccount *account, const char *who)
{
    char *copy = g_strstrip(g_strdup(who)), *name = copy, *found;

    if (g_ascii_strncasecmp(name, "xmpp:", 5) == 0)
        name += 5;
    found = find_name(account, name);
    if (found == NULL) {
        name[strcspn(name, "/")] = '\0';
        while (g_str_has_suffix(name, "."))
            name[strlen(name) - 1] = '\0';
        found = find_name(account, name);
    }
    g_free(copy);
    return found;
}

static char *
find_spelling(PurpleAccount *account, const char *who)
{
    return eider_names_is_irc(account) ? find_in_targets(account, who)
                                       : find_in_address(account, who);
}

/* room@server/nick, whose nick normalising dropped. */
static char *
find_occupant(PurpleAccount *account, const char *who, const char *peer)
{
    const char *slash = strchr(who, '/');
    char *nick, *full;

    if (slash == NULL || strchr(peer, '/') != NULL)
        return NULL;
    nick = g_utf8_normalize(slash, -1, G_NORMALIZE_NFKC);
    full = g_strconcat(peer, nick != NULL ? nick : slash, NULL);
    g_free(nick);
    if (is_private(account, full))
        return full;
    g_free(full);
    return NULL;
}

/* ---- new nicks ----------------------------------------------------------- */

static char *
key_of(const eider_pair *p)
{
    return g_strconcat(p->account, "\n", p->peer, NULL);
}

static void
note_rename(const eider_pair *p, const char *was)
{
    eider_pair old = {p->account, (char *)was};
    char *key = key_of(p), *old_key = key_of(&old);
    const char *first = g_hash_table_lookup(former, old_key);

    first = first != NULL ? first : was;
    if (strcmp(first, p->peer) == 0)
        g_hash_table_remove(former, key);
    else
        g_hash_table_insert(former, g_strdup(key), g_strdup(first));
    g_free(old_key);
    g_free(key);
}

static void
look_at(PurpleConversation *conv)
{
    const char *was = g_hash_table_lookup(seen, conv);

    if (purple_conversation_get_type(conv) != PURPLE_CONV_TYPE_IM)
        return;
    EIDER_AUTO(eider_pair)
    p = eider_pair_of(purple_conversation_get_account(conv),
                      purple_conversation_get_name(conv));
    if (was != NULL && strcmp(was, p.peer) != 0)
        note_rename(&p, was);
    g_hash_table_insert(seen, conv, g_strdup(p.peer));
}

static void
on_created(PurpleConversation *conv, gpointer data G_GNUC_UNUSED)
{
    look_at(conv);
}

/* The title follows the name. */
static void
on_updated(PurpleConversation *conv, PurpleConvUpdateType type,
           gpointer data G_GNUC_UNUSED)
{
    if (type == PURPLE_CONV_UPDATE_TITLE && g_hash_table_contains(seen, conv))
        look_at(conv);
}

static void
on_deleting(PurpleConversation *conv, gpointer data G_GNUC_UNUSED)
{
    g_hash_table_remove(seen, conv);
}

/* ---- asking -------------------------------------------------------------- */

/* The user's own "off" for just this name settles what may be a mistake of
 * ours; for a nick that was taken it counts only from then on (settle), and
 * for somebody in a room there is no such name. */
static kind
look_open(PurpleAccount *account, const char *who, const eider_pair *p,
          const char *key, char **whom)
{
    const char *was = g_hash_table_lookup(former, key);

    if (was != NULL && is_private(account, was)) {
        *whom = g_strdup(was);
        return RENAMED;
    }
    if ((*whom = find_occupant(account, who, p->peer)) != NULL)
        return LEFT_ROOM;
    if (eider_engine_choice(eider_opening_engine(), p->account, p->peer) ==
        EIDER_OFF)
        return PLAIN;
    if (g_hash_table_contains(listed, key)) {
        *whom = g_strdup(p->peer);
        return LEFT_LIST;
    }
    if ((*whom = find_name(account, who)) != NULL)
        return OLD_ACCOUNT;
    *whom = find_spelling(account, who);
    return *whom != NULL ? OTHER_SPELLING : PLAIN;
}

static kind
look(PurpleAccount *account, const char *who, char **whom)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    char *key;
    kind k = PLAIN;

    *whom = NULL;
    if (e == NULL || listed == NULL)
        return PLAIN;
    key = key_of(&p);
    if (!eider_engine_is_private(e, p.account, p.peer))
        k = look_open(account, who, &p, key, whom);
    else if (!eider_engine_is_on(e, p.account, p.peer))
        g_hash_table_add(listed, g_strdup(key));
    g_free(key);
    return k;
}

bool
eider_disguise_is(PurpleAccount *account, const char *who)
{
    char *whom;
    kind k = look(account, who, &whom);

    g_free(whom);
    return k != PLAIN;
}

char *
eider_disguise_words(PurpleAccount *account, const char *who)
{
    char *whom, *out = NULL;

    switch (look(account, who, &whom)) {
    case PLAIN:
        break;
    case RENAMED:
        out = g_strdup_printf(
            _("This was not sent: %s was called %s, with whom you talk "
              "privately. /eider on talks privately with %s, too; /eider off "
              "writes openly."),
            who, whom, who);
        break;
    case LEFT_ROOM:
        out = g_strdup_printf(
            _("This was not sent: you talk privately with %s, but are not in "
              "that room. Join it again."),
            whom);
        break;
    case LEFT_LIST:
        out = g_strdup_printf(
            _("This was not sent: %s was private by your buddy list, which "
              "has changed. /eider on keeps the talk private; /eider off "
              "writes openly."),
            whom);
        break;
    case OLD_ACCOUNT:
        out = g_strdup_printf(
            _("This was not sent: your account had another name when you "
              "began to talk privately with %s. /eider on talks privately "
              "under the new one; /eider off writes openly."),
            whom);
        break;
    case OTHER_SPELLING:
        out = g_strdup_printf(
            _("This was not sent: \"%s\" may be %s, with whom you talk "
              "privately. Write in the conversation with %s, or /eider off "
              "here writes openly."),
            who, whom, whom);
        break;
    }
    g_free(whom);
    return out;
}

void
eider_disguise_settle(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    char *key = key_of(&p);

    if (former != NULL) {
        g_hash_table_remove(former, key);
        g_hash_table_remove(listed, key);
    }
    g_free(key);
}

/* The user said it of everybody. */
static void
on_default(const char *name G_GNUC_UNUSED, PurplePrefType type G_GNUC_UNUSED,
           gconstpointer value G_GNUC_UNUSED, gpointer data G_GNUC_UNUSED)
{
    g_hash_table_remove_all(listed);
}

/* ---- starting ------------------------------------------------------------ */

void
eider_disguise_start(void)
{
    void *convs = purple_conversations_get_handle();

    seen = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    former = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    listed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (GList *l = purple_accounts_get_all(); l != NULL; l = l->next)
        on_account(l->data, NULL);
    for (GList *l = purple_get_ims(); l != NULL; l = l->next)
        look_at(l->data);
    purple_signal_connect(purple_accounts_get_handle(), "account-added",
                          eider_plugin(), PURPLE_CALLBACK(on_account), NULL);
    purple_signal_connect(convs, "conversation-created", eider_plugin(),
                          PURPLE_CALLBACK(on_created), NULL);
    purple_signal_connect(convs, "conversation-updated", eider_plugin(),
                          PURPLE_CALLBACK(on_updated), NULL);
    purple_signal_connect(convs, "deleting-conversation", eider_plugin(),
                          PURPLE_CALLBACK(on_deleting), NULL);
    purple_prefs_connect_callback(eider_plugin(), EIDER_PREF_DEFAULT,
                                  on_default, NULL);
}

void
eider_disguise_stop(void)
{
    g_hash_table_destroy(seen);
    g_hash_table_destroy(former);
    g_hash_table_destroy(listed);
    seen = former = listed = NULL;
}
