/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: what the files of this folder promise one another.
 *
 *     libpurple ──wrap, receive, irc──▶ engine ──env──▶ libpurple
 *
 * One plugin in one process, one thread: the state is static, each piece in
 * the file that owns it.  Everything a *_start() connects, *_stop() takes away
 * again.
 */
#ifndef EIDER_PURPLE_SEAM_H
#define EIDER_PURPLE_SEAM_H

#include <glib.h>

#include <purple.h>

#include "eider/check.h"
#include "eider/engine.h"
#include "eider/keyring.h"
#include "eider/ledger.h"
#include "eider/ui.h"

#define EIDER_PREF_ROOT    "/plugins/core/eider"
#define EIDER_PREF_DEFAULT EIDER_PREF_ROOT "/default"
#define EIDER_PREF_SLOT    EIDER_PREF_ROOT "/slot"
#define EIDER_PREF_LOG     EIDER_PREF_ROOT "/log"
#define EIDER_PREF_LEDGER  EIDER_PREF_ROOT "/ledger"
#define EIDER_PREF_TOR     EIDER_PREF_ROOT "/tor"
#define EIDER_PREF_HARDEN  EIDER_PREF_ROOT "/harden"
#define EIDER_LINE_SETTING "eider-max-line"
#define EIDER_KEEP         "eider-keep-" /* settings: what is kept back */

/* ---- plugin.c ---- */
PurplePlugin *eider_plugin(void); /* NULL while unloaded */

/* ---- names.c: the core's names for libpurple's things ---- */
typedef struct {
    char *account; /* "<protocol id>\t<normalised name>" */
    char *peer;    /* normalised */
} eider_pair;
eider_pair eider_pair_of(PurpleAccount *account, const char *who);
void eider_pair_wipe(eider_pair *p);

char *eider_names_account(const PurpleAccount *account);
PurpleAccount *eider_names_find(const char *account); /* or NULL */
/* How the user calls this contact; g_free(). */
char *eider_names_shown(PurpleAccount *account, const char *who);
bool eider_names_is_irc(const PurpleAccount *account);
/* NULL: that protocol is not there. */
PurplePluginProtocolInfo *eider_names_protocol(const PurpleAccount *account);
/* Does it offer this setting of accounts to its users? */
bool eider_names_has_setting(const PurpleAccount *account, const char *setting);
/* The nick in an IRC target: @bob, bob!user@host, bob@server; g_free(). */
char *eider_names_nick(const char *target);
PurpleConversation *eider_names_conversation(PurpleAccount *account,
                                             const char *who);

/* ---- opening.c: the store, the passphrase, the engine ---- */
void eider_opening_start(void);
void eider_opening_stop(void);
/* NULL: nothing may be sent to anybody, and why() says the reason. */
eider_engine *eider_opening_engine(void);
/* The same, but looks once more whether the reason is gone. */
eider_engine *eider_opening_retry(void);
const char *eider_opening_why(void);
bool eider_opening_wants_passphrase(void);
/* Another program has the folder. */
bool eider_opening_is_held(void);
void eider_opening_ask_passphrase(void);
eider_store *eider_opening_store(void); /* NULL with the engine */
/* The file that holds the master key; false: why() says the reason. */
bool eider_opening_read_master(eider_buf *out);
const eider_files *eider_opening_files(void); /* NULL: none */
/* There is a new passphrase. */
void eider_opening_prepare_letterbox(void);

/* ---- letters.c: what is written, and what arrives, while it is locked ---- */
void eider_letters_open(const eider_files *files);
/* The store is open now. */
void eider_letters_deliver(const eider_files *files, const eider_store *store);
void eider_letters_stop(void);
/* Locked, and texts can be kept. */
bool eider_letters_is_open(void);
eider_err eider_letters_put(PurpleAccount *account, const char *who,
                            const char *html, uint8_t id[EIDER_TEXT_ID_SIZE]);
unsigned eider_letters_count(PurpleAccount *account, const char *who);
/* Delete them; returns how many. */
unsigned eider_letters_cancel(PurpleAccount *account, const char *who);
void eider_letters_keep(const eider_pair *p, const char *from, const char *text,
                        bool is_delayed, time_t when);

/* ---- desk.c: the desktop's keyring in the place of the passphrase ---- */
void eider_desk_start(void);
void eider_desk_stop(void);
bool eider_desk_can(void); /* there is one */
bool eider_desk_is_used(void);
void eider_desk_keep(void); /* anew; says what went wrong */
void eider_desk_forget(void);
/* False: it is not used.  Else @found is called, maybe at once; NULL: ask. */
bool eider_desk_find(void (*found)(const eider_secret *key));
bool eider_desk_is_asked(void);

/* ---- slow.c: Argon2id, in a thread ---- */
typedef void eider_slow_fn(void *data);
/* @work in the thread, then @done in the main loop, unless the plugin goes;
 * @wipe frees @data in any case. */
void eider_slow_run(const char *what, eider_slow_fn *work, eider_slow_fn *done,
                    eider_slow_fn *wipe, void *data);
bool eider_slow_is_busy(void);
void eider_slow_stop(void);

/* ---- vault.c, backup.c: passphrase of the store; sealed backups ---- */
bool eider_vault_is_locked(void);
void eider_vault_set(void);
void eider_vault_remove(void);
void eider_vault_add_field(PurpleRequestFieldGroup *g, const char *id,
                           const char *label);
void eider_backup_export(void);
void eider_backup_ask_import(void);
void eider_backup_stop(void);

/* ---- ring.c: all keys ---- */
size_t eider_ring_list(void (*row)(void *arg, const eider_ui_key *key),
                       void *arg);
bool eider_ring_deed(PurpleAccount *account, const char *who,
                     const char *digits, eider_deed deed);
void eider_ring_forget(PurpleAccount *account, const char *who,
                       const char *digits);
const char *eider_ring_trust(const eider_device *d);
const char *eider_ring_way(eider_check_way way);
void eider_ring_set_window(void (*show)(void));
void eider_ring_show(void);

/* ---- env.c ---- */
void eider_purple_env(eider_env *out);
void eider_purple_env_stop(void);
/* Is the text being shown by env.show()?  True once for each. */
bool eider_purple_env_is_showing(void);
/* Texts that opened while the account was away. */

/* ---- steady.c ---- */
void eider_steady_start(void);
void eider_steady_stop(void);
void eider_steady_set(PurpleAccount *account, const char *who, unsigned slot);
/* What @slot seconds cost, in words; g_free(). */
char *eider_steady_cost_words(PurpleAccount *account, const char *who,
                              unsigned slot);
/* The same for an offer, with what stands against it; g_free(). */
char *eider_steady_detail(PurpleAccount *account, const char *who,
                          unsigned slot);
bool eider_steady_may(void *data, const char *account, const char *peer,
                      unsigned slot, unsigned others);
/* Why a slot is not accepted by itself, or NULL; g_free(). */
char *eider_steady_refusal(PurpleAccount *account, const char *who,
                           unsigned slot, bool *is_final);
size_t eider_steady_line_bytes(PurpleAccount *account);
unsigned eider_steady_suggest(const eider_status *s);
/* Has the account a Steady contact, so that it must not tell of the keyboard? */
bool eider_steady_hides(PurpleAccount *account);
bool eider_steady_hides_status(PurpleAccount *account, PurpleStatus *status);
void eider_steady_refresh(PurpleAccount *account);

/* ---- resources.c: programs without Eider ---- */
void eider_resources_start(void);
void eider_resources_stop(void);
bool eider_resources_has_own(PurpleAccount *account);
/* The resource of another program on our account, one that surely has no
 * Eider first; NULL: none.  Valid until the next presence. */
const char *eider_resources_own(PurpleAccount *account, bool *is_libpurple);
bool eider_resources_has_peer(PurpleAccount *account, const char *peer);
/* One of either side that cannot have Eider, as it is not libpurple's. */
bool eider_resources_has_bystander(void *data, const char *account,
                                   const char *peer);

/* ---- carrier.c: how long a line may be ---- */
size_t eider_carrier_line_max(PurpleAccount *account);
void eider_carrier_lower(PurpleAccount *account, size_t failed);
/* A place in the settings of every account. */
void eider_carrier_start(void);
void eider_carrier_stop(void);
void eider_carrier_show(void);

/* ---- wrap.c: the saved originals ---- */
void eider_wrap_start(void);
void eider_wrap_stop(void);
int eider_wrap_send_im(PurpleConnection *gc, const char *who, const char *text,
                       PurpleMessageFlags flags);
void eider_wrap_send_file(PurpleConnection *gc, const char *who,
                          const char *file);
gboolean eider_wrap_send_attention(PurpleConnection *gc, const char *who,
                                   guint type);
gboolean eider_wrap_initiate_media(PurpleAccount *account, const char *who,
                                   PurpleMediaSessionType type);
void eider_wrap_set_idle(PurpleConnection *gc, int seconds);

/* ---- disguise.c: somebody private, under another name ---- */
void eider_disguise_start(void);
void eider_disguise_stop(void);
/* Is this name open, but may be somebody who is not? */
bool eider_disguise_is(PurpleAccount *account, const char *who);
/* Why nothing was sent to it, or NULL; g_free(). */
char *eider_disguise_words(PurpleAccount *account, const char *who);
/* The user chose for this very name. */
void eider_disguise_settle(PurpleAccount *account, const char *who);

/* ---- outgoing.c: what a wrapper decides ---- */
bool eider_outgoing_is_held(PurpleAccount *account, const char *who);
int eider_outgoing_im(PurpleConnection *gc, const char *who, const char *text,
                      PurpleMessageFlags flags);
void eider_outgoing_typing(PurpleAccount *account, const char *who,
                           PurpleTypingState state);
/* The user's text to a private contact, for commands; says what went wrong. */
bool eider_outgoing_text(PurpleAccount *account, const char *who,
                         const char *html);

/* ---- echo.c: which line of a window is which text ---- */
/* The next own line to @who is this text, if it comes at once. */
void eider_echo_expect(PurpleAccount *account, const char *who,
                       const uint8_t id[EIDER_TEXT_ID_SIZE]);
void eider_echo_note(const uint8_t id[EIDER_TEXT_ID_SIZE],
                     eider_text_state state);
bool eider_echo_take(PurpleAccount *account, const char *who,
                     uint8_t id[EIDER_TEXT_ID_SIZE], eider_text_state *state);
void eider_echo_stop(void);

/* ---- refuse.c: what cannot be encrypted yet ---- */
void eider_refuse_im(PurpleConnection *gc, const char *who, const char *text,
                     PurpleMessageFlags flags);
void eider_refuse_file(PurpleConnection *gc, const char *who, const char *file);
void eider_refuse_attention(PurpleConnection *gc, const char *who, guint type);
void eider_refuse_call(PurpleAccount *account, const char *who,
                       PurpleMediaSessionType type);

/* ---- receive.c ---- */
void eider_receive_start(void);
void eider_receive_stop(void);
/* A line, or an invitation? */
bool eider_receive_is_ours(const char *text);
/* When the stanza being handled was stamped by the server; 0: it was not. */
time_t eider_receive_stamp(void);
/* What arrived at @when, while the store was locked. */
void eider_receive_late(const char *account, const char *peer, const char *from,
                        const char *text, bool is_delayed, time_t when);

/* ---- offers.c: files, calls and buzzes of somebody private ---- */
void eider_offers_start(void);
void eider_offers_stop(void);

/* ---- away.c: IRC's automatic answers ---- */
void eider_away_note_line(const eider_pair *p);
/* Is this automatic answer ours to hide? */
bool eider_away_hides(PurpleAccount *account, const eider_pair *p,
                      const char *text, bool is_private);
void eider_away_stop(void);

/* ---- hygiene.c: what the client would tell by itself ---- */
void eider_hygiene_start(void);
/* As somebody answers who does not know the question; @from NULL: the server
 * asked. */
void eider_hygiene_refuse(PurpleConnection *gc, const char *id,
                          const char *from);
/* Somebody on this account was made private. */
void eider_hygiene_settle(PurpleAccount *account, const char *who);

/* ---- harden.c: what the account tells everybody ---- */
extern const eider_harden_app eider_harden_face;
void eider_harden_init(void);
void eider_harden_start(void);
void eider_harden_stop(void);
/* NULL: the first account that is there. */
void eider_harden_open(PurpleAccount *account);
/* "", "list", "hide ROW", "undo ROW", "undo" */
void eider_harden_command(PurpleConversation *conv, const char *arg);
/* Does the account keep this back from everybody (EIDER_KEEP "...")? */
bool eider_harden_keeps(PurpleAccount *account, const char *what);
/* Are files not sent?  Says so. */
bool eider_harden_refuses_file(PurpleConnection *gc, const char *who);

/* ---- presence.c ---- */
void eider_presence_start(void);
void eider_presence_stop(void);
void eider_presence_report_all(void);

/* ---- others.c: clients of ours on the same account ---- */
/* Private text goes to or comes from @who: says once what others show. */
void eider_others_hint(PurpleAccount *account, const char *who);

/* ---- irc.c, commands.c, menus.c ---- */
void eider_irc_start(void);
void eider_irc_stop(void);
void eider_commands_start(void);
void eider_commands_stop(void);
void eider_menus_start(void);
GList *eider_menus_actions(PurplePlugin *plugin, gpointer context);

/* ---- prefs.c ---- */
void eider_prefs_init(void);
void eider_prefs_start(void);
eider_default eider_prefs_policy(void);
unsigned eider_prefs_slot(void); /* seconds; 0: offers wait for the user */
extern PurplePluginUiInfo eider_prefs_info;

/* ---- logs.c: the client's log of what is private ---- */
void eider_logs_start(void);
void eider_logs_stop(void);
bool eider_logs_is_kept(PurpleAccount *account, const char *who);
void eider_logs_choose(PurpleAccount *account, const char *who, bool keep);

/* ---- decoys.c ---- */
extern const eider_decoys_app eider_decoys_table;
/* The face's window, or a request; NULL: asks of which account. */
void eider_decoys_open(PurpleAccount *account);
void eider_decoys_command(PurpleConversation *conv, const char *arg);
void eider_decoys_stop(void);

/* ---- sees.c: what the server sees ---- */
extern const eider_seen_app eider_sees_table;
/* The face's window, or the words. */
void eider_sees_open(PurpleAccount *account, const char *who);
/* There is something new; @peer NULL: something was deleted. */
void eider_sees_grew(const char *account, const char *peer);
void eider_sees_stop(void);

/* ---- words_sees.c: every sentence about it; g_free() ---- */
const char *eider_words_row(eider_seen_row row);
const char *eider_words_level(eider_seen_level level);
char *eider_words_estimate(eider_seen_row row, const eider_seen_estimate *is,
                           const eider_status *s, const char *name);
char *eider_words_seen_numbers(const eider_seen_sums *sums);
/* What no mode hides; NULL at the end, g_strfreev(). */
char **eider_words_not_hidden(PurpleAccount *account, const char *name);

/* ---- face.c: the table of ui.h ---- */
const eider_app *eider_face_app(void);
bool eider_face_is_watched(void);
void eider_face_changed(PurpleAccount *account, const char *peer);
void eider_face_text(const uint8_t id[EIDER_TEXT_ID_SIZE],
                     eider_text_state state);
void eider_face_stop(void);

/* ---- keys.c: fingerprints ---- */
char *eider_keys_listing(PurpleAccount *account, const char *who);
void eider_keys_show(PurpleAccount *account, const char *who);
void eider_keys_show_own(void);

/* ---- question.c: about a key that nobody knows ---- */
bool eider_question_fill(PurpleAccount *account, const char *who,
                         const char *fingerprint, eider_question *out);
void eider_question_clear(eider_question *q);
/* Ask about the candidate last heard from; false: there is none. */
bool eider_question_ask(PurpleAccount *account, const char *who);

/* ---- unanswered.c ---- */
void eider_unanswered_ask(PurpleAccount *account, const char *who);

/* ---- ask.c: what open questions need to remember ---- */
typedef struct {
    char *protocol, *username, *who;
    char *text; /* a message, a file name, a fingerprint */
    guint number;
    PurpleMessageFlags flags;
    GSList *images; /* ids we hold */
} eider_ask;
eider_ask *eider_ask_new(PurpleAccount *account, const char *who,
                         const char *text);
PurpleAccount *eider_ask_account(const eider_ask *a); /* or NULL */
void eider_ask_done(eider_ask *a);
void eider_ask_stop(void);

/* ---- say.c ---- */
void eider_say_start(void);
void eider_say_stop(void);
/* To who is private: not any more. */
void eider_say_leaving(void);
/* One line in the conversation, if there is one; plain text. */
void eider_say(PurpleAccount *account, const char *who, const char *text);
void eider_say_in(PurpleConversation *conv, const char *text);
/* The same, or a dialog where there is no conversation. */
void eider_say_loudly(PurpleAccount *account, const char *who,
                      const char *text);
void eider_say_news(PurpleAccount *account, const char *who,
                    const eider_news *news);

/* ---- words.c: every sentence about states and news ---- */
const char *eider_words_look(eider_look look);
const char *eider_words_text(eider_text_state state);
char *eider_words_sentence(const eider_status *s, const char *name);
/* "Your texts: 1 waiting, ..."; NULL: there were none. */
char *eider_words_counts(const eider_status *s);
char *eider_words_tooltip(const eider_status *s, const char *name);
char *eider_words_news(const eider_news *news, const char *name);
char *eider_words_machine(const eider_status *s);
char *eider_words_not_sent(eider_err e, const eider_status *s,
                           const char *name);
char *eider_words_closed(const char *name);

/* ---- check.c: checking that it is really them ---- */
extern const eider_check_app eider_check_table;
/* The face's dialog, or a request. */
void eider_check_open(PurpleAccount *account, const char *who);
void eider_check_changed(PurpleAccount *account, const char *who);
void eider_check_stop(void);

/* ---- check_words.c ---- */
char *eider_words_run(const eider_check_view *v, const char *name);
char *eider_words_refused(eider_err err);
char *eider_words_check(const eider_news *news, const char *name);
/* ---- words_steady.c: the same about Steady ---- */
char *eider_words_steady(const eider_status *s, const char *name);
char *eider_words_add_offer(const char *sentence, const eider_status *s,
                            const char *name);
char *eider_words_steady_news(const eider_news *news, const char *name);

/* ---- words_decoys.c: about decoys; char *: g_free() ---- */
const char *eider_words_part(eider_part part);
char *eider_words_one_of(const eider_status *s); /* NULL: nothing of it */
char *eider_words_decoys(const eider_status *s, const char *name); /* NULL */
char *eider_words_decoys_sum(unsigned members, unsigned now);
char *eider_words_decoys_cost(size_t bytes, unsigned n);
char *eider_words_decoys_needs(void);
char *eider_words_decoys_refused(eider_err err); /* NULL: it was not */
char *eider_words_decoy_slot(const char *name);

#endif
