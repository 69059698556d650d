/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: while the passphrase is not given yet.
 *
 * What the user writes is put into the letterbox (sealed on disk, and in
 * memory), what arrives is kept in memory: nobody acknowledged it, so it would
 * come again.  Once the store is open, texts of this process to private
 * contacts go out; about all others the user is asked, with the text before
 * his eyes: the contact may be open, or somebody who can write our files may
 * have put the text there.
 */
#include "eider/limits.h"
#include "lines.h"
#include "text.h"

#include <errno.h>
#include <string.h>

#define SHOWN_TEXTS 3   /* of one contact, in a question */
#define SHOWN_CHARS 160 /* of each */

typedef struct {
    char *account, *peer, *from, *text;
    bool is_delayed;
    time_t when;
} kept_line;

static struct {
    eider_letterbox *box;
    GQueue lines; /* of kept_line, in order */
    size_t bytes;
    GHashTable *told; /* "<account>\n<peer>": heard that text waits */
} it = {.lines = G_QUEUE_INIT};

static void
line_free(gpointer data)
{
    kept_line *l = data;

    g_free(l->account);
    g_free(l->peer);
    g_free(l->from);
    g_free(l->text);
    g_free(l);
}

/* ---- while it is locked --------------------------------------------------- */

void
eider_letters_open(const eider_files *files)
{
    if (it.box == NULL && eider_letterbox_open(&it.box, files) != EIDER_OK)
        it.box = NULL; /* then text is refused, as before there was one */
}

bool
eider_letters_is_open(void)
{
    return it.box != NULL && eider_opening_wants_passphrase();
}

static bool
is_of(const eider_letter *l, const eider_pair *p)
{
    return strcmp(l->account, p->account) == 0 && strcmp(l->peer, p->peer) == 0;
}

unsigned
eider_letters_count(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    const eider_letter *l;
    unsigned n = 0;

    for (size_t i = 0;
         it.box != NULL && (l = eider_letterbox_get(it.box, i)) != NULL; i++)
        n += is_of(l, &p);
    return n;
}

static void
say_waits(PurpleAccount *account, const char *who, const eider_pair *p)
{
    char *key = g_strdup_printf("%s\n%s", p->account, p->peer);

    if (it.told == NULL)
        it.told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (g_hash_table_add(it.told, key))
        eider_say(account, who,
                  _("Not sent yet: Eider is locked. What you write waits, "
                    "sealed, until you enter the passphrase."));
}

eider_err
eider_letters_put(PurpleAccount *account, const char *who, const char *html,
                  uint8_t id[EIDER_TEXT_ID_SIZE])
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_err err = eider_letterbox_put(it.box, p.account, p.peer, html,
                                        (uint64_t)g_get_real_time() / 1000, id);

    if (err == EIDER_OK) {
        say_waits(account, who, &p);
        eider_face_changed(account, p.peer);
    }
    return err;
}

unsigned
eider_letters_cancel(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    const eider_letter *l;
    unsigned n = 0;
    size_t i = 0;

    while (it.box != NULL && (l = eider_letterbox_get(it.box, i)) != NULL) {
        uint8_t id[EIDER_TEXT_ID_SIZE];

        memcpy(id, l->id, sizeof id);
        if (!is_of(l, &p) || eider_letterbox_drop(it.box, id) != EIDER_OK) {
            i++;
            continue;
        }
        eider_face_text(id, EIDER_TEXT_CANCELLED);
        n++;
    }
    return n;
}

void
eider_letters_keep(const eider_pair *p, const char *from, const char *text,
                   bool is_delayed, time_t when)
{
    size_t n = strlen(text);
    unsigned of_peer = 0;
    kept_line *l;

    for (GList *i = it.lines.head; i != NULL; i = i->next) {
        l = i->data;
        of_peer += strcmp(l->account, p->account) == 0 &&
                   strcmp(l->peer, p->peer) == 0;
    }
    /* What is left out comes again. */
    if (of_peer >= EIDER_KEPT_LINES_MAX || it.bytes + n > EIDER_KEPT_BYTES_MAX)
        return;
    l = g_new(kept_line, 1);
    *l = (kept_line){g_strdup(p->account), g_strdup(p->peer), g_strdup(from),
                     g_strdup(text),       is_delayed,        when};
    it.bytes += n;
    g_queue_push_tail(&it.lines, l);
}

/* ---- questions ------------------------------------------------------------ */

/* The contact's name is hostile, and so may the text be that was found. */
static char *
texts_of(const eider_pair *p, unsigned *count, bool *has_found)
{
    GString *out = g_string_new(NULL);
    const eider_letter *l;

    *count = 0;
    *has_found = false;
    for (size_t i = 0; (l = eider_letterbox_get(it.box, i)) != NULL; i++) {
        if (!is_of(l, p))
            continue;
        *has_found = *has_found || l->is_found;
        if (++*count <= SHOWN_TEXTS) {
            char *stripped = purple_markup_strip_html(l->html);
            char *plain = eider_lines_plain(stripped);
            time_t t = (time_t)(l->written_ms / 1000);

            g_string_append_printf(out, "%s%s: ", out->len > 0 ? "\n" : "",
                                   purple_date_format_full(localtime(&t)));
            if (g_utf8_strlen(plain, -1) > SHOWN_CHARS) {
                *g_utf8_offset_to_pointer(plain, SHOWN_CHARS) = '\0';
                g_string_append_printf(out, "%s...", plain);
            } else {
                g_string_append(out, plain);
            }
            g_free(plain);
            g_free(stripped);
        }
    }
    if (*count > SHOWN_TEXTS)
        g_string_append_printf(out, _("\nand %u more"), *count - SHOWN_TEXTS);
    return g_string_free(out, FALSE);
}

static void
say_failed(PurpleAccount *account, const eider_letter *l, eider_err err)
{
    char *name = eider_names_shown(account, l->peer), *text;
    eider_status s;

    eider_engine_status(eider_opening_engine(), l->account, l->peer, &s);
    text = eider_words_not_sent(err, &s, name);
    eider_say_loudly(account, l->peer, text);
    g_free(text);
    g_free(name);
}

/* Returns whether the letter is done with. */
static bool
send_private(PurpleAccount *account, const eider_letter *l)
{
    eider_err err = eider_engine_send_letter(eider_opening_engine(), l);

    if (err == EIDER_OK)
        return true;
    say_failed(account, l, err);
    return err == EIDER_E_MALFORMED;
}

static bool
send_open(PurpleAccount *account, const eider_letter *l)
{
    PurpleConnection *gc = purple_account_get_connection(account);

    return gc != NULL && PURPLE_CONNECTION_IS_CONNECTED(gc) &&
           eider_wrap_send_im(gc, l->peer, l->html, PURPLE_MESSAGE_SEND) >= 0;
}

/* All of one contact, in order; what cannot go stays, and what is after it. */
static void
send_all(PurpleAccount *account, const char *who, bool may_open)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    const eider_letter *l;
    size_t i = 0;

    while (it.box != NULL && (l = eider_letterbox_get(it.box, i)) != NULL) {
        bool is_private = eider_outgoing_is_held(account, who);

        if (!is_of(l, &p)) {
            i++;
            continue;
        }
        if (eider_opening_engine() == NULL || (!is_private && !may_open) ||
            eider_disguise_is(account, who) ||
            !(is_private ? send_private(account, l) : send_open(account, l)) ||
            eider_letterbox_drop(it.box, l->id) != EIDER_OK) {
            eider_say_loudly(account, who,
                             _("What you wrote while Eider was locked was not "
                               "sent. You are asked about it again when the "
                               "client starts."));
            return;
        }
    }
    eider_face_changed(account, p.peer);
}

static void
on_open(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        send_all(account, a->who, true);
    eider_ask_done(a);
}

static void
on_private(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL) {
        if (!eider_outgoing_is_held(account, a->who))
            eider_face_app()->set_private(account, a->who, true);
        send_all(account, a->who, false);
    }
    eider_ask_done(a);
}

static void
on_delete(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL) {
        (void)eider_letters_cancel(account, a->who);
        eider_face_changed(account, a->who);
    }
    eider_ask_done(a);
}

static void
on_later(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
ask(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_ask *a = eider_ask_new(account, who, NULL);
    bool is_private = eider_outgoing_is_held(account, who), has_found;
    char *shown = eider_names_shown(account, who);
    char *name = eider_lines_plain(shown);
    unsigned n;
    char *texts = texts_of(&p, &n, &has_found);
    char *primary = g_strdup_printf(
        _("Send what you wrote to %s while Eider was locked?"), name);
    char *secondary = g_strdup_printf(
        "%s\n\n%s", texts,
        is_private ? _("It goes out encrypted. It was found in Eider's "
                       "folder, where other programs of yours could write: is "
                       "it yours?")
        : has_found
            ? _("They are not private: the server can read what goes openly. "
                "It was found in Eider's folder, where other programs of "
                "yours could write: is it yours?")
            : _("They are not private: the server can read what goes "
                "openly."));

    if (is_private)
        purple_request_action(
            eider_plugin(), _("Eider"), primary, secondary, 2, account, who,
            NULL, a, 3, _("_Send"), G_CALLBACK(on_private), _("_Delete"),
            G_CALLBACK(on_delete), _("_Later"), G_CALLBACK(on_later));
    else
        purple_request_action(
            eider_plugin(), _("Eider"), primary, secondary, 3, account, who,
            NULL, a, 4, _("Talk _privately"), G_CALLBACK(on_private),
            _("Send _openly"), G_CALLBACK(on_open), _("_Delete"),
            G_CALLBACK(on_delete), _("_Later"), G_CALLBACK(on_later));
    g_free(secondary);
    g_free(primary);
    g_free(texts);
    g_free(name);
    g_free(shown);
}

/* ---- the store is open ---------------------------------------------------- */

static void
open_lines(void)
{
    kept_line *l;

    while ((l = g_queue_pop_head(&it.lines)) != NULL) {
        if (eider_opening_engine() != NULL)
            eider_receive_late(l->account, l->peer, l->from, l->text,
                               l->is_delayed, l->when);
        line_free(l);
    }
    it.bytes = 0;
}

/* Goes out by itself, and did? */
static bool
goes(PurpleAccount *account, const eider_letter *l)
{
    return !l->is_found &&
           eider_engine_is_private(eider_opening_engine(), l->account,
                                   l->peer) &&
           !eider_disguise_is(account, l->peer);
}

/* Of an account that is gone, and so old that a text would be given up. */
static bool
is_over(const PurpleAccount *account, const eider_letter *l)
{
    return account == NULL && l->written_ms / 1000 + EIDER_OUTBOX_KEEP <=
                                  (uint64_t)g_get_real_time() / 1000000;
}

/* In order: after one that cannot go by itself, or failed (which was said),
 * the others of that contact wait with it. */
static void
send_letters(void)
{
    GHashTable *held =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const eider_letter *l;
    size_t i = 0;

    while (it.box != NULL && (l = eider_letterbox_get(it.box, i)) != NULL) {
        char *key = g_strdup_printf("%s\n%s", l->account, l->peer);
        PurpleAccount *account = eider_names_find(l->account);
        bool is_first = account != NULL && !g_hash_table_contains(held, key);
        bool may_go = is_first && goes(account, l);
        bool is_done = may_go ? send_private(account, l) : is_over(account, l);

        if (is_done && eider_letterbox_drop(it.box, l->id) == EIDER_OK) {
            g_free(key);
            continue;
        }
        if (is_first && !may_go)
            ask(account, l->peer);
        g_hash_table_add(held, key);
        i++;
    }
    g_hash_table_destroy(held);
}

static void
warn(bool was_changed, bool is_unread)
{
    if (was_changed)
        purple_notify_warning(
            eider_plugin(), _("Eider"),
            _("Somebody changed Eider's folder while it was locked."),
            _("Whoever did it may be able to read what you wrote until you "
              "entered the passphrase."));
    if (is_unread)
        purple_notify_warning(
            eider_plugin(), _("Eider"),
            _("What was written while Eider was locked cannot be read."),
            _("It is left as it is, in the file \"letters\" of Eider's "
              "folder."));
}

void
eider_letters_deliver(const eider_files *files, const eider_store *store)
{
    bool was_changed = false, is_unread = false;

    if (it.box == NULL) /* left from a time before */
        is_unread = eider_letterbox_open(&it.box, files) == EIDER_E_STORE;
    if (it.box != NULL) {
        eider_letterbox_unlock(it.box, store, &was_changed);
        is_unread = eider_letterbox_closed(it.box) > 0;
    } else {
        eider_letterbox_prepare(files, store);
    }
    warn(was_changed, is_unread);
    open_lines();
    if (it.box != NULL && eider_opening_engine() != NULL)
        send_letters();
}

void
eider_letters_stop(void)
{
    kept_line *l;

    while ((l = g_queue_pop_head(&it.lines)) != NULL)
        line_free(l);
    it.bytes = 0;
    eider_letterbox_close(it.box);
    it.box = NULL;
    if (it.told != NULL)
        g_hash_table_destroy(it.told);
    it.told = NULL;
}
