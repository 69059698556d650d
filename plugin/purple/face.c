/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Eider: the table that a face gets; the commands use it as well. */
#include "seam.h"

#include "text.h"

#include <string.h>

static struct {
    void (*changed)(PurpleAccount *account, const char *who, void *arg);
    void *arg;
    void (*told)(const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state state,
                 void *arg);
    void *told_arg;
} watcher;

/* ---- looking ------------------------------------------------------------- */

static void
view(PurpleAccount *account, const char *who, eider_view *out)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    char *name = eider_names_shown(account, who);

    memset(out, 0, sizeof *out);
    if (e != NULL) {
        (void)eider_disguise_is(account, who); /* what is shown must hold */
        eider_engine_status(e, p.account, p.peer, &out->status);
    } else {
        out->status.look = EIDER_LOOK_PAUSED;
        out->status.is_private = true;
        out->status.waiting = eider_letters_count(account, who);
    }
    out->has_strip = out->status.look != EIDER_LOOK_OPEN ||
                     out->status.is_known || out->status.waiting > 0;
    out->word = eider_words_one_of(&out->status);
    if (out->word == NULL)
        out->word = g_strdup(eider_words_look(out->status.look));
    out->sentence = eider_words_sentence(&out->status, name);
    out->tooltip = eider_words_tooltip(&out->status, name);
    g_free(name);
}

static void
view_clear(eider_view *v)
{
    g_free(v->word);
    g_free(v->sentence);
    g_free(v->tooltip);
    memset(v, 0, sizeof *v);
}

/* ---- doing --------------------------------------------------------------- */

/* Somebody without a picture of the state hears of it in a line. */
static void
say_state(PurpleAccount *account, const char *who)
{
    eider_view v;

    if (watcher.changed != NULL)
        return;
    view(account, who, &v);
    eider_say(account, who, v.sentence);
    view_clear(&v);
}

static void
say_error(PurpleAccount *account, const char *who, eider_err err)
{
    char *text;

    if (eider_opening_engine() == NULL)
        text =
            g_strdup_printf(_("Nothing was changed: %s."), eider_opening_why());
    else
        text = g_strdup_printf(_("Nothing was changed: %s."),
                               err == EIDER_E_STORE
                                   ? _("Eider cannot use its folder")
                                   : eider_err_name(err));
    eider_say_loudly(account, who, text);
    g_free(text);
}

static void
cancel(PurpleAccount *account, const char *who)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    unsigned n = 0, letters = 0;
    eider_err err = EIDER_E_STATE;
    char *text;

    if (e != NULL)
        err = eider_engine_cancel(e, p.account, p.peer, &n);
    else if (eider_letters_is_open())
        err = EIDER_OK;
    if (err == EIDER_OK)
        letters = eider_letters_cancel(account, who);
    n += letters;
    if (letters > 0)
        eider_face_changed(account, who);
    if (err != EIDER_OK) {
        say_error(account, who, err);
        return;
    }
    text =
        n == 0
            ? g_strdup(_("No text waits."))
            : g_strdup_printf(EIDER_PLURAL("%u waiting text was deleted.",
                                           "%u waiting texts were deleted.", n),
                              n);
    eider_say(account, who, text);
    g_free(text);
}

static void
on_keep(eider_ask *a, int action G_GNUC_UNUSED)
{
    eider_ask_done(a);
}

static void
on_delete(eider_ask *a, int action G_GNUC_UNUSED)
{
    PurpleAccount *account = eider_ask_account(a);

    if (account != NULL)
        cancel(account, a->who);
    eider_ask_done(a);
}

static void
ask_about_waiting(PurpleAccount *account, const char *who, unsigned n)
{
    char *text = g_strdup_printf(
        EIDER_PLURAL(
            "%u text is still waiting. It will never go out openly.",
            "%u texts are still waiting. They will never go out openly.", n),
        n);

    purple_request_action(eider_plugin(), _("Eider"), text, NULL, 0, account,
                          who, NULL, eider_ask_new(account, who, NULL), 2,
                          _("_Keep waiting"), G_CALLBACK(on_keep), _("_Delete"),
                          G_CALLBACK(on_delete));
    g_free(text);
}

static void
set_private(PurpleAccount *account, const char *who, bool on)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_retry();
    eider_status s;
    eider_err err;

    if (e == NULL) {
        say_error(account, who, EIDER_E_STATE);
        eider_opening_ask_passphrase();
        return;
    }
    err = eider_engine_choose(e, p.account, p.peer, on ? EIDER_ON : EIDER_OFF);
    if (err != EIDER_OK) {
        say_error(account, who, err);
        return;
    }
    eider_disguise_settle(account, who);
    if (on)
        eider_hygiene_settle(account, who);
    say_state(account, who);
    eider_engine_status(e, p.account, p.peer, &s);
    if (!on && s.waiting > 0)
        ask_about_waiting(account, who, s.waiting);
}

/* ---- keys ---------------------------------------------------------------- */

static size_t
devices(PurpleAccount *account, const char *who, eider_device *out, size_t max)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();

    return e != NULL ? eider_engine_devices(e, p.account, p.peer, out, max) : 0;
}

static bool
own_fingerprint(PurpleAccount *account, char out[EIDER_DIGITS_SIZE])
{
    char *id = eider_names_account(account);
    eider_engine *e = eider_opening_engine();
    bool ok = e != NULL && eider_engine_own_fingerprint(e, id, out) == EIDER_OK;

    g_free(id);
    return ok;
}

static void
decide(PurpleAccount *account, const char *who, const char *fingerprint,
       bool accept, bool with_waiting)
{
    EIDER_AUTO(eider_pair) p = eider_pair_of(account, who);
    eider_engine *e = eider_opening_engine();
    eider_err err = EIDER_E_STATE;

    if (e != NULL)
        err = eider_engine_decide(e, p.account, p.peer, fingerprint, accept,
                                  with_waiting);
    if (err != EIDER_OK)
        say_error(account, who, err);
    else
        eider_say(account, who,
                  accept ? _("The new device was accepted.")
                         : _("The device was refused: nothing goes to it."));
}

static bool
question(PurpleAccount *account, const char *who, const char *fingerprint,
         eider_question *out)
{
    return eider_question_fill(account, who, fingerprint, out);
}

static void
key_deed(PurpleAccount *account, const char *who, const char *fingerprint,
         eider_deed deed)
{
    if (deed == EIDER_KEY_FORGET)
        eider_ring_forget(account, who, fingerprint);
    else
        (void)eider_ring_deed(account, who, fingerprint, deed);
}

/* ---- watching ------------------------------------------------------------ */

static void
subscribe(void (*changed)(PurpleAccount *account, const char *who, void *arg),
          void *arg)
{
    watcher.changed = changed;
    watcher.arg = arg;
}

static void
watch_texts(void (*told)(const uint8_t id[EIDER_TEXT_ID_SIZE],
                         eider_text_state state, void *arg),
            void *arg)
{
    watcher.told = told;
    watcher.told_arg = arg;
}

void
eider_face_text(const uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state state)
{
    if (watcher.told != NULL)
        watcher.told(id, state, watcher.told_arg);
}

bool
eider_face_is_watched(void)
{
    return watcher.changed != NULL;
}

void
eider_face_changed(PurpleAccount *account, const char *peer)
{
    if (watcher.changed != NULL)
        watcher.changed(account, peer, watcher.arg);
    eider_check_changed(account, peer);
}

void
eider_face_stop(void)
{
    subscribe(NULL, NULL);
    watch_texts(NULL, NULL);
}

const eider_app *
eider_face_app(void)
{
    static const eider_app app = {
        .abi = EIDER_UI_ABI,
        .view = view,
        .view_clear = view_clear,
        .set_private = set_private,
        .cancel = cancel,
        .devices = devices,
        .own_fingerprint = own_fingerprint,
        .decide = decide,
        .subscribe = subscribe,
        .check = &eider_check_table,
        .question = question,
        .question_clear = eider_question_clear,
        .set_steady = eider_steady_set,
        .steady_cost = eider_steady_cost_words,
        .keys = eider_ring_list,
        .key_deed = key_deed,
        .key_state = eider_ring_trust,
        .check_way = eider_ring_way,
        .has_passphrase = eider_vault_is_locked,
        .set_passphrase = eider_vault_set,
        .remove_passphrase = eider_vault_remove,
        .export_backup = eider_backup_export,
        .import_backup = eider_backup_ask_import,
        .set_inspector = eider_ring_set_window,
        .shown_text = eider_echo_take,
        .watch_texts = watch_texts,
        .text_words = eider_words_text,
        .is_logged = eider_logs_is_kept,
        .set_logged = eider_logs_choose,
        .is_locked = eider_opening_wants_passphrase,
        .unlock = eider_opening_ask_passphrase,
        .seen = &eider_sees_table,
        .harden = &eider_harden_face,
        .decoys = &eider_decoys_table,
    };

    return &app;
}
