/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: who does what to the people of people.h; shared by the files of this
 * folder only.  The order is that of a message: loaded, met, opened, stored.
 */
#ifndef EIDER_CORE_WORK_H
#define EIDER_CORE_WORK_H

#include "people.h"
#include "slots.h"

/* ---- index.c, index_disk.c ------------------------------------------------ */

void eider_index_init(eider_index *x);
void eider_index_clear(eider_index *x);
void eider_index_pickle(const eider_index *x, eider_buf *out);
EIDER_MUST_USE eider_err eider_index_unpickle(eider_index *x, eider_slice in);
char *eider_people_key(const char *account, const char *peer); /* g_free */
eider_card *eider_card_find(const eider_engine *e, const char *account,
                            const char *peer); /* may be NULL */
eider_card *eider_card_get(eider_engine *e, const char *account,
                           const char *peer); /* makes it */
eider_card *eider_card_of(eider_engine *e, const eider_contact *c);
eider_known *eider_card_key(eider_card *card, const eider_public *pk);
/* By fingerprint; NULL where there is none. */
eider_known *eider_card_digits(eider_card *card, const char *fingerprint);
/* The same for what the user does to it; @card, @c: NULL where there is none,
 * and where its file cannot be read. */
EIDER_MUST_USE eider_err eider_key_find(eider_card *card,
                                        const eider_contact *c,
                                        const char *fingerprint,
                                        eider_known **k);
void eider_look_device(const eider_known *k, eider_contact *c,
                       eider_device *out);
unsigned eider_card_count(const eider_card *card, eider_trust trust);
/* Nobody is left but keys that the user blocked. */
bool eider_card_is_blocked(const eider_card *card);
/* The account's own static key, made and stored when needed. */
EIDER_MUST_USE eider_err eider_index_own(eider_engine *e, const char *account,
                                         eider_keypair *out);
/* All of it; or one card, at a cost that does not grow with their number. */
EIDER_MUST_USE eider_err eider_index_write(eider_engine *e);
EIDER_MUST_USE eider_err eider_index_write_card(eider_engine *e,
                                                const eider_card *card);
EIDER_MUST_USE eider_err eider_index_read(eider_engine *e);
/* Back to what was read or written last. */
void eider_index_roll_back(eider_engine *e);

/* ---- contact.c, stored.c, stored_legs.c ----------------------------------- */

eider_contact *eider_contact_new(const char *account, const char *peer);
void eider_contact_free(eider_contact *c);
void eider_session_free(eider_session *s);
void eider_leg_free(eider_leg *l);
void eider_entry_free(eider_entry *en);
void eider_item_free(eider_item *it);
void eider_partial_free(eider_partial *p);
void eider_effect_free(eider_effect *f);
/* Frees what unpickling made half. */
void eider_contact_pickle(const eider_contact *c, eider_buf *out);
EIDER_MUST_USE eider_err eider_contact_unpickle(eider_contact *c,
                                                eider_slice in);
/* Its check, failures, and the SASKs of its sessions. */
void eider_checks_pickle(const eider_contact *c, eider_buf *out);
void eider_checks_unpickle(eider_contact *c, eider_reader *r);
/* Its handshakes; what is malformed fails the reader. */
void eider_meeting_pickle(const eider_meeting *m, eider_buf *out);
void eider_meeting_unpickle(eider_meeting *m, eider_reader *r);
void eider_leg_pickle(const eider_leg *l, eider_buf *out);
void eider_leg_unpickle(eider_contact *c, eider_reader *r);
void eider_assembly_pickle(const eider_assembly *as, eider_buf *out);
void eider_assembly_unpickle(eider_contact *c, eider_reader *r);
eider_memory *eider_contact_memory(eider_contact *c, const eider_public *pk);
/* The confirmed session that sends to @pk; NULL if there is none. */
eider_session *eider_contact_session(eider_contact *c, const eider_public *pk);
eider_session *eider_contact_sid(eider_contact *c, const uint8_t *sid);
void eider_contact_drop_sessions(eider_contact *c);
bool eider_contact_is_idle(const eider_contact *c);
/* Idle, and a peer who comes online changes nothing either. */
bool eider_contact_is_calm(eider_engine *e, eider_contact *c);

/* ---- commit.c ------------------------------------------------------------- */

uint64_t eider_now(const eider_engine *e);                    /* ms */
uint64_t eider_span(const eider_engine *e, uint64_t seconds); /* ms */
void eider_look_ahead(eider_engine *e, eider_contact *c);
/* When a contact has something to do next; 0: never. */
uint64_t eider_find_due(eider_engine *e, eider_contact *c);
uint64_t eider_span_ms(const eider_engine *e, uint64_t ms); /* ms */
/* Load or make; NULL when its file cannot be read (news STORE was told). */
eider_contact *eider_contact_get(eider_engine *e, const char *account,
                                 const char *peer);
/* Loaded, or its card says that something waits; else NULL. */
eider_contact *eider_contact_if_busy(eider_engine *e, const char *account,
                                     const char *peer);
EIDER_MUST_USE eider_err eider_commit(eider_engine *e, eider_contact *c);
/* The same, or later where it may be. */
void eider_commit_later(eider_engine *e, eider_contact *c);
/* Its own file. */
EIDER_MUST_USE eider_err eider_contact_write(eider_engine *e,
                                             const eider_contact *c);
/* Back to what is on disk; @c is freed. */
void eider_contact_roll_back(eider_engine *e, eider_contact *c);
void eider_note_own_line(eider_engine *e, const char *account,
                         const char *line);
void eider_effects_run(eider_engine *e);
void eider_do_line(eider_engine *e, eider_contact *c, const char *to,
                   const eider_frame *f, const eider_entry *en,
                   const eider_public *pk);
void eider_do_text(eider_engine *e, eider_contact *c, const char *to,
                   const char *text);
/* What is in the line that was done last. */
void eider_do_rides(eider_contact *c, eider_seen_kind kind, unsigned lines);
void eider_do_show(eider_contact *c, eider_item *it);
void eider_do_tell(eider_contact *c, eider_news_kind k, unsigned count,
                   const char *detail);
void eider_do_look(eider_contact *c);
void eider_tell_now(eider_engine *e, const char *account, const char *peer,
                    eider_news_kind k, const char *detail);
void eider_wake(eider_engine *e);
/* No time of @c is in the future any more, nor when it is due too far. */
void eider_clock_settle(const eider_engine *e, eider_contact *c);
/* Was the clock put back, or does it jump?  Then all who are loaded are
 * settled. */
void eider_clock_watch(eider_engine *e);
/* Look at @c again at @ms; 0: never. */
void eider_due(eider_engine *e, eider_contact *c, uint64_t ms);
/* Is this the line of a frame that we sent ourselves a while ago? */
bool eider_is_own_line(const eider_engine *e, const char *account,
                       const eider_frame *f);
/* Sessions are void: our state was put back.  Meets anew. */
void eider_contact_restored(eider_engine *e, eider_contact *c);

/* ---- journal.c: states in one write ---------------------------------------- */

/* Write the states of @contacts (eider_contact); their own files stay. */
EIDER_MUST_USE eider_err eider_journal_write(eider_engine *e,
                                             const GPtrArray *contacts);
/* Its own file is newer. */
void eider_journal_forget(eider_engine *e, const eider_contact *c);
void eider_journaled_free(eider_journaled *j);
/* What a crash left: into the contacts' own files.  EIDER_E_STORE. */
EIDER_MUST_USE eider_err eider_journal_fold(eider_engine *e);
void eider_journal_end(eider_engine *e);

/* ---- meet.c, call.c: own attempts; legs.c: what got an answer ------------- */

typedef enum {
    EIDER_EV_START,     /* the user, or a trigger, wants a session */
    EIDER_EV_INVITED,   /* an invitation that may be answered */
    EIDER_EV_M1_LOW,    /* their message 1, its H1 below ours */
    EIDER_EV_M1_HIGH,   /* the same above ours, or no H1 of ours */
    EIDER_EV_M2,        /* an answer to ours */
    EIDER_EV_M2_CLOSED, /* an answer to one that was closed */
    EIDER_EV_REPEAT,    /* due, or the buddy came online */
    EIDER_EV_RESUME,    /* the pause is over */
    EIDER_EV_CONFIRMED, /* some session was */
    EIDER_EV_EXPIRE,    /* too old, or the ephemeral's time is over */
    EIDER_EV_OFF,       /* the user turned privacy off */
    EIDER_MEET_EVENTS
} eider_meet_event;

typedef enum {
    EIDER_EV_M1_AGAIN,
    EIDER_EV_M2_AGAIN,
    EIDER_EV_M3,
    EIDER_EV_M3_AGAIN,
    EIDER_EV_FRAME,     /* the first frame of its session was opened */
    EIDER_EV_M3_REPEAT, /* due, or the buddy came online */
    EIDER_LEG_EVENTS
} eider_leg_event;

/* EIDER_E_STATE: an empty cell. */
EIDER_MUST_USE eider_err eider_meet_step(eider_engine *e, eider_contact *c,
                                         eider_meet_event ev,
                                         eider_assembly *as);
bool eider_meet_has_cell(eider_meet_state s, eider_meet_event ev,
                         eider_meet_state *next);
EIDER_MUST_USE eider_err eider_leg_step(eider_engine *e, eider_contact *c,
                                        eider_leg *l, eider_leg_event ev,
                                        eider_assembly *as);
bool eider_leg_has_cell(eider_leg_state s, eider_leg_event ev,
                        eider_leg_state *next);
/* A complete message 1, 2 or 3. */
void eider_meet_take(eider_engine *e, eider_contact *c, eider_assembly *as);
/* The user or a waiting text wants a session: invitation or message 1. */
void eider_meet_want(eider_engine *e, eider_contact *c, bool by_user);
/* A sign of a lost session; rate-limited. */
void eider_meet_trigger(eider_engine *e, eider_contact *c);
void eider_meet_tick(eider_engine *e, eider_contact *c, bool came_online);
/* The carrier refused a line of a handshake as too big: again, smaller. */
void eider_meet_too_big(eider_engine *e, const eider_effect *f);
uint64_t eider_meet_due(const eider_engine *e, const eider_contact *c);
uint64_t eider_repeat_after(const eider_engine *e, unsigned repeats);
void eider_meet_send(eider_engine *e, eider_contact *c,
                     const eider_secret *mask);
EIDER_MUST_USE eider_err eider_leg_answer(eider_engine *e, eider_contact *c,
                                          eider_assembly *as);
EIDER_MUST_USE eider_err eider_leg_finish(eider_engine *e, eider_contact *c,
                                          eider_assembly *as);
void eider_send_fragments(eider_engine *e, eider_contact *c, const char *to,
                          const eider_secret *mask, const eider_hs_id *id,
                          uint8_t message, const uint8_t *whole,
                          eider_size size);
eider_leg *eider_leg_find(eider_contact *c, const eider_hs_id *id,
                          uint8_t message);
eider_leg *eider_leg_of_session(eider_contact *c, const uint8_t *sid);
/* Forget what is over; a contact that was not loaded has not been ticked. */
void eider_meet_expire(const eider_engine *e, eider_contact *c);
void eider_legs_expire(eider_engine *e, eider_contact *c);
void eider_legs_tick(eider_engine *e, eider_contact *c, bool came_online);
uint64_t eider_legs_due(const eider_engine *e, const eider_contact *c);
/* Make a session of @o and remember the device; trust is decided here. */
EIDER_MUST_USE eider_err eider_session_begin(eider_engine *e, eider_contact *c,
                                             const eider_outcome *o,
                                             const char *address,
                                             eider_session **out);
/* They acknowledge in a session with @pk what we never sent; or (not @is_sure)
 * something else under a number of ours: either side may have been put back. */
void eider_trust_behind(eider_engine *e, eider_contact *c,
                        const eider_public *pk, bool is_sure);
/* Nothing of a key is left in @c ... */
void eider_trust_forget(eider_contact *c, const eider_public *pk);
/* ... or only which texts came from it, so that none is shown again. */
void eider_trust_leave(eider_contact *c, const eider_public *pk);
void eider_session_confirm(eider_engine *e, eider_contact *c, eider_session *s);

/* Is what this key sends taken at all? */
bool eider_trust_is_heard(const eider_known *k);
/* Was it taken on trust, and not by the user's word? */
bool eider_trust_is_first(const eider_known *k);
/* Change it, and note when. */
void eider_trust_set(eider_engine *e, eider_known *k, eider_trust trust);
/* Another key of this account's contacts is the same one. */
bool eider_trust_is_elsewhere(const eider_engine *e, const eider_contact *c,
                              const eider_public *pk);
/* May a message 1 or an invitation of this peer be answered? */
bool eider_trust_may_answer(eider_engine *e, const char *account,
                            const char *peer);
/* Does something wait for a session that is not there? */
bool eider_trust_wants_session(eider_engine *e, eider_contact *c);
/* Drop times older than @span ms; true while fewer than @max are left. */
/* May a handshake start by itself?  Then it counts as started. */
bool eider_trigger_take(eider_engine *e, eider_contact *c);
bool eider_meet_is_used_up(const eider_engine *e, const eider_meeting *m);
bool eider_budget_has(GArray *times, uint64_t now, uint64_t span, unsigned max);

/* ---- invite.c ------------------------------------------------------------- */

void eider_invite_send(eider_engine *e, eider_contact *c, bool by_user);
uint64_t eider_invite_due(eider_engine *e, const eider_contact *c); /* 0: no */
void eider_invite_tick(eider_engine *e, eider_contact *c);
/* Returns whether it is not to be shown, as it is nothing else. */
bool eider_invite_take(eider_engine *e, const char *account, const char *peer,
                       const char *text, size_t n);

/* ---- receive.c ------------------------------------------------------------ */

/* What a stranger sent, now that the user agreed. */
void eider_receive_stranger(eider_engine *e, eider_contact *c);
void eider_receive_frame(eider_engine *e, const char *account, const char *peer,
                         const char *from, const eider_frame *f);
void eider_receive_tick(eider_engine *e, eider_contact *c);

/* ---- talk.c: frames in and out -------------------------------------------- */

EIDER_MUST_USE eider_err eider_talk_seal(eider_engine *e, eider_contact *c,
                                         eider_session *s, eider_size size,
                                         const eider_text *t,
                                         uint64_t written_ms,
                                         const eider_entry *en);
/* The next frame of @s for a slot: text if some waits, else cover. */
EIDER_MUST_USE eider_err eider_talk_seal_slot(eider_engine *e, eider_contact *c,
                                              eider_session *s,
                                              eider_frame *out,
                                              eider_rides *rides);
EIDER_MUST_USE eider_err eider_talk_cover(eider_engine *e, eider_contact *c,
                                          eider_session *s);
/* Try every session; EIDER_E_AUTH: none opens it. */
EIDER_MUST_USE eider_err eider_talk_open(eider_engine *e, eider_contact *c,
                                         const eider_frame *f,
                                         const char *from);
void eider_talk_tick(eider_engine *e, eider_contact *c);
void eider_talk_goodbye(eider_engine *e, eider_contact *c);
eider_size eider_size_now(const eider_engine *e, const eider_contact *c);

/* ---- texts.c: the user's texts as he sees them ----------------------------- */

eider_text_state eider_entry_state(const eider_entry *en);
bool eider_entry_is_unsent(const eider_entry *en);
bool eider_entry_has_arrived(const eider_entry *en);
/* The entry @i is over, and why. */
void eider_texts_leave(eider_contact *c, guint i, eider_text_state why);
/* Tell of those whose state is another than was told. */
void eider_texts_note(eider_contact *c);
/* The carrier took none of the first sending of the entry with this id: what
 * was not told yet is not true any more. */
void eider_texts_take_back(eider_engine *e, eider_contact *c,
                           const eider_entry *en);
/* @c was read from disk; what is not stored comes from @old, or is new. */
void eider_texts_loaded(eider_contact *c, const eider_contact *old);
void eider_texts_run(eider_engine *e, const eider_effect *f);

/* At most @size - 1 bytes of valid UTF-8 without control characters. */
void eider_copy_utf8(char *out, size_t size, eider_slice in);

/* ---- check.c: what is done; run.c: when and how; fold.c ------------------- */

typedef enum {
    EIDER_EV_ASK,    /* the user asks a question */
    EIDER_EV_CALL,   /* ... wants a code */
    EIDER_EV_ANSWER, /* ... answers */
    EIDER_EV_SAME,   /* ... says that the code is the same */
    EIDER_EV_DIFFER,
    EIDER_EV_STOP,
    EIDER_EV_STEP_1, /* theirs, of this run, for the first time */
    EIDER_EV_STEP_2,
    EIDER_EV_STEP_3,
    EIDER_EV_STEP_4,
    EIDER_EV_STEP_5,
    EIDER_EV_STEP_6,
    EIDER_EV_STEP_7,
    EIDER_EV_STEP_8,
    EIDER_EV_TIME, /* nothing came for a day */
    EIDER_EV_LOST, /* its session was dropped */
    EIDER_RUN_EVENTS
} eider_run_event;

/* @in: the step's value, or the folded answer.
 * EIDER_E_STATE: an empty cell.  EIDER_E_AUTH: what came does not verify, and
 * the run has ended.  Otherwise an error changes nothing. */
EIDER_MUST_USE eider_err eider_check_step(eider_engine *e, eider_contact *c,
                                          eider_run_event ev, eider_slice in);
bool eider_check_has_cell(eider_run_state s, eider_run_event ev,
                          eider_run_state *next);
bool eider_run_is_active(const eider_check *k);
/* A fresh run with the key of @s; the step that starts it comes next. */
void eider_run_begin(eider_contact *c, const eider_session *s,
                     eider_check_way way, bool is_asker);
/* How often the answers of @pk were wrong in a row; closed: too often. */
unsigned eider_tries_count(const eider_engine *e, const eider_contact *c,
                           const eider_public *pk);
bool eider_tries_is_closed(const eider_engine *e, const eider_contact *c,
                           const eider_public *pk);
void eider_tries_add(eider_engine *e, eider_contact *c, const eider_public *pk);
void eider_tries_forget(eider_contact *c, const eider_public *pk);
/* Those of @from count too; of one key the larger number. */
void eider_tries_merge(eider_engine *e, eider_contact *c,
                       const eider_contact *from);
/* What both sides bind a run to. */
EIDER_MUST_USE eider_err eider_run_bind(eider_engine *e, eider_contact *c,
                                        eider_run *out);
/* A record that came; what rides along; what is due gets a frame. */
void eider_check_take(eider_engine *e, eider_contact *c, const eider_session *s,
                      eider_slice value);
void eider_check_ride(eider_engine *e, eider_contact *c, const eider_session *s,
                      eider_body *body);
void eider_check_flush(eider_engine *e, eider_contact *c);
void eider_check_tick(eider_engine *e, eider_contact *c, bool came_online);
uint64_t eider_check_due(const eider_engine *e, const eider_contact *c);
/* The key was (not) compared well; told where it was. */
void eider_check_mark(eider_engine *e, eider_contact *c, const eider_public *pk,
                      eider_check_way how, bool same);
eider_check_phase eider_check_phase_of(const eider_check *k);
/* What people mean as the same becomes the same bytes; @out is empty where
 * nothing is left, or it is no UTF-8, or too long. */
void eider_fold(const char *answer, eider_buf *out);

/* ---- numbers.c: what has arrived, and what an ack says of it ---------------- */

bool eider_numbers_has(const eider_session *s, uint32_t n);
void eider_numbers_arrived(eider_session *s, uint32_t seq, const uint8_t *id,
                           uint64_t now);
void eider_inbox_floor(eider_session *s, uint32_t floor, uint64_t now);
/* Returns its check. */
uint8_t eider_inbox_ack(const eider_session *s, eider_ack *out);
bool eider_ack_has(const eider_ack *a, uint32_t seq);
/* One more than the highest number that it speaks of. */
uint32_t eider_ack_end(const eider_ack *a);
/* What is open of @en for the number that it has in @s; or NULL. */
eider_target *eider_target_in(eider_entry *en, guint j, const eider_session *s);
/* Is it of our texts? */
bool eider_numbers_fit(const eider_contact *c, const eider_session *s,
                       const eider_ack *a, uint8_t check);
void eider_numbers_acked(eider_session *s, const eider_entry *en);
void eider_numbers_pickle(const eider_session *s, eider_buf *out);
void eider_numbers_unpickle(eider_session *s, eider_reader *r);

/* ---- outbox.c, resend.c, inbox.c ------------------------------------------ */
/* Say once that a text waits, unless it is a matter of seconds. */
void eider_outbox_tell(eider_engine *e, eider_contact *c);

/* Take a text as packed; it waits until the next flush.  @letter (may be NULL)
 * gives id and time; @id (may be NULL) is the first message's. */
void eider_outbox_add(eider_engine *e, eider_contact *c, const char *text,
                      bool is_html, const eider_letter *letter,
                      uint8_t id[EIDER_ID_LEN]);
/* By what no device has: the rest makes room. */
bool eider_outbox_is_full(const eider_contact *c);
/* Makes some, where it is not full: the oldest that one device has leave. */
bool eider_outbox_has_room(eider_contact *c);
/* Texts that were for the first key taken on trust, where the user accepts one
 * but not for them: there is nobody left whom they are for. */
void eider_outbox_drop_unbound(eider_contact *c);
unsigned eider_outbox_cancel(eider_contact *c);
/* Send what can be sent; says whether a key without a session has text. */
bool eider_outbox_flush(eider_engine *e, eider_contact *c);
/* In how many S frames the text at @at goes; the rest of one that is too long
 * becomes a text of its own. */
unsigned eider_outbox_fit(eider_engine *e, eider_contact *c, guint at);
/* Was this device silent for so long that nothing goes to it? */
bool eider_outbox_leaves_out(const eider_engine *e, const eider_contact *c,
                             const eider_card *card, const eider_known *k);
void eider_outbox_acked(eider_engine *e, eider_contact *c, eider_session *s,
                        const eider_ack *a, uint8_t check);
/* What left in other sessions with @pk waits again. */
void eider_outbox_again(eider_contact *c, const eider_public *pk);
void eider_outbox_failed(eider_engine *e, const eider_effect *f, bool too_big);
void eider_outbox_bind(eider_contact *c, const eider_public *pk, bool all);
void eider_outbox_unbind(eider_contact *c, const eider_public *pk);
void eider_entry_for(eider_entry *en, const eider_public *pk);
void eider_outbox_tick(eider_engine *e, eider_contact *c, bool came_online);
uint64_t eider_outbox_due(const eider_engine *e, const eider_contact *c);
uint32_t eider_outbox_floor(const eider_contact *c, const eider_session *s);
unsigned eider_outbox_waiting(const eider_contact *c);
void eider_inbox_text(eider_engine *e, eider_contact *c, eider_session *s,
                      const eider_text *t, uint64_t written_ms);
/* Has this text arrived before? */
bool eider_inbox_knows(const eider_memory *m, const uint8_t *id);
void eider_inbox_tick(eider_engine *e, eider_contact *c);
uint64_t eider_inbox_due(const eider_contact *c);
/* How long a gap holds later text back, ms. */
uint64_t eider_inbox_hold(const eider_engine *e, const eider_contact *c);
void eider_inbox_shown(eider_engine *e, const eider_effect *f);

#endif
