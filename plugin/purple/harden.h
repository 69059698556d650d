/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: the rows of the hardening dialog.
 *
 * A row has a value, in words of its own, that says exactly how things stand:
 * what was read can be written back.  "-" is a setting that was never set,
 * "=x" one that was set to x; a row of several settings has tabs between them.
 */
#ifndef EIDER_PURPLE_HARDEN_H
#define EIDER_PURPLE_HARDEN_H

#include "seam.h"

#define EIDER_HARDEN_SETTINGS 3

typedef enum {
    EIDER_SET_BOOL,
    EIDER_SET_INT,
    EIDER_SET_STRING
} eider_setting_kind;

typedef struct {
    const char *name;
    eider_setting_kind kind;
    const char *wanted; /* "=x" */
} eider_setting;

typedef struct eider_harden_def eider_harden_def;
struct eider_harden_def {
    const char *id;
    bool is_global;
    bool waits; /* for a new connection */
    const char *name, *leak, *effect;
    eider_setting set[EIDER_HARDEN_SETTINGS]; /* NULL name: no more */

    bool (*applies)(const PurpleAccount *account);
    eider_harden_state (*state)(PurpleAccount *account, char **values);
    char *(*words)(PurpleAccount *account, char **values);

    /* NULL: as the settings say.  @account is NULL for no row. */
    char *(*read)(const eider_harden_def *d, PurpleAccount *account);
    char *(*wanted)(const eider_harden_def *d, PurpleAccount *account);
    bool (*write)(const eider_harden_def *d, PurpleAccount *account,
                  const char *value);
    /* What stands against hiding it at once, or NULL; g_free(). */
    char *(*doubt)(PurpleAccount *account);
    /* What undoing cannot put back, or NULL; g_free(). */
    char *(*loss)(const char *before);
};

typedef struct {
    const eider_harden_def *rows;
    size_t n;
} eider_harden_table;

/* ---- harden_account.c, harden_own.c, harden_client.c ---- */
extern const eider_harden_table eider_harden_account, eider_harden_own,
    eider_harden_client;

/* ---- harden_set.c: values of settings ---- */
char *eider_set_read(const eider_harden_def *d, PurpleAccount *account);
char *eider_set_wanted(const eider_harden_def *d, PurpleAccount *account);
bool eider_set_write(const eider_harden_def *d, PurpleAccount *account,
                     const char *value);
/* The settings in a value, "-" or "=x" each; g_strfreev(). */
char **eider_set_split(const char *value);
/* The same backwards; g_free(). */
char *eider_set_join(char **values);

/* ---- harden_proxy.c ---- */
bool eider_proxy_applies(const PurpleAccount *account);
char *eider_proxy_read(const eider_harden_def *d, PurpleAccount *account);
char *eider_proxy_wanted(const eider_harden_def *d, PurpleAccount *account);
bool eider_proxy_write(const eider_harden_def *d, PurpleAccount *account,
                       const char *value);
eider_harden_state eider_proxy_state(PurpleAccount *account, char **values);
char *eider_proxy_words(PurpleAccount *account, char **values);
char *eider_proxy_doubt(PurpleAccount *account);
char *eider_proxy_loss(const char *before);

/* ---- harden_picture.c ---- */
bool eider_picture_applies(const PurpleAccount *account);
char *eider_picture_read(const eider_harden_def *d, PurpleAccount *account);
char *eider_picture_wanted(const eider_harden_def *d, PurpleAccount *account);
bool eider_picture_write(const eider_harden_def *d, PurpleAccount *account,
                         const char *value);
eider_harden_state eider_picture_state(PurpleAccount *account, char **values);
char *eider_picture_words(PurpleAccount *account, char **values);

/* ---- harden_rows.c ---- */
#define EIDER_BEFORE "before"
#define EIDER_AFTER  "after"
eider_harden_state eider_harden_hidden_if(bool is_hidden);
bool eider_harden_is_xmpp(const PurpleAccount *account);
void eider_harden_each(PurpleAccount *account,
                       void (*act)(const eider_harden_def *d,
                                   PurpleAccount *account, void *arg),
                       void *arg);
/* NULL: there is no such row for this account. */
const eider_harden_def *eider_harden_find(PurpleAccount *account,
                                          const char *id);
char *eider_harden_read(const eider_harden_def *d, PurpleAccount *account);
bool eider_harden_write(const eider_harden_def *d, PurpleAccount *account,
                        const char *value);
/* The value of before or after it was hidden here; NULL: it was not. */
char *eider_harden_recall(const eider_harden_def *d, PurpleAccount *account,
                          const char *which);
void eider_harden_remember(const eider_harden_def *d, PurpleAccount *account,
                           const char *which, const char *value);
void eider_harden_forget(const eider_harden_def *d, PurpleAccount *account);
/* The value of the present connection, where another one is set by now; else
 * NULL; g_free(). */
char *eider_harden_used(const eider_harden_def *d, PurpleAccount *account);
bool eider_harden_waits(PurpleAccount *account, const char *id);
void eider_harden_rows_init(void);
void eider_harden_rows_start(void);
void eider_harden_rows_stop(void);

/* ---- harden_files.c ---- */
void eider_harden_files_start(void);

/* ---- harden_ask.c: the dialog of a client without one ---- */
void eider_harden_ask(PurpleAccount *account);
void eider_harden_choose(void);

#endif
