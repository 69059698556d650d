/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of the core without anything behind it that checks. */
#include "face_core.h"

#include <stdlib.h>
#include <string.h>

static void
check_view(PurpleAccount *account, const char *who, const char *fingerprint,
           eider_check_view *out)
{
    char *s = face_read_state();

    (void)account, (void)who, (void)fingerprint;
    memset(out, 0, sizeof *out);
    out->has_device = out->has_session = out->has_code = true;
    out->phase = (eider_check_phase)(atoi(face_value(s, "phase")) % 10);
    out->way = (eider_check_way)(atoi(face_value(s, "way")) % 4);
    out->end = (eider_check_end)(atoi(face_value(s, "end")) % 7);
    out->is_checked = atoi(face_value(s, "checked")) != 0;
    out->checked_how = out->is_checked ? out->way : EIDER_CHECK_NONE;
    out->is_closed = atoi(face_value(s, "closed")) != 0;
    out->failures = (unsigned)atoi(face_value(s, "failures"));
    if (atoi(face_value(s, "called")) != 0)
        g_strlcpy(out->called, "mallory <b>", sizeof out->called);
    g_strlcpy(out->question, "Where <b>did</b> we meet?", sizeof out->question);
    g_strlcpy(out->code, "1234 5678 9012", sizeof out->code);
    g_strlcpy(out->fingerprint, "00000 22222 33333 44444 55555 66666",
              sizeof out->fingerprint);
    g_strlcpy(out->number,
              "00000 22222 33333 44444 55555 66666 "
              "99999 88888 77777 66666 55555 44444",
              sizeof out->number);
    g_free(s);
}

static char *
check_words(PurpleAccount *account, const char *who, const eider_check_view *v)
{
    (void)account, (void)who;
    return g_strdup_printf("How it stands: phase %d.", v->phase);
}

static char *
check_ask(PurpleAccount *account, const char *who, const char *fingerprint,
          const char *question, const char *answer)
{
    char *more = g_strdup_printf("%s|%s", question, answer);

    (void)account, (void)fingerprint;
    face_note("check_ask", who, more);
    g_free(more);
    return answer[0] == '\0' ? g_strdup("No answer.") : NULL;
}

static char *
check_call(PurpleAccount *account, const char *who, const char *fingerprint)
{
    (void)account, (void)fingerprint;
    face_note("check_call", who, "");
    return NULL;
}

static char *
check_answer(PurpleAccount *account, const char *who, const char *answer)
{
    (void)account;
    face_note("check_answer", who, answer);
    return NULL;
}

static char *
check_confirm(PurpleAccount *account, const char *who, bool same)
{
    (void)account;
    face_note("check_confirm", who, same ? "same" : "differs");
    return NULL;
}

static char *
check_cancel(PurpleAccount *account, const char *who)
{
    (void)account;
    face_note("check_cancel", who, "");
    return NULL;
}

static char *
check_number(PurpleAccount *account, const char *who, const char *fingerprint,
             bool same)
{
    (void)account, (void)fingerprint;
    face_note("check_number", who, same ? "same" : "differs");
    return NULL;
}

static void
check_watch(void (*open)(PurpleAccount *, const char *, void *), void *arg)
{
    (void)open, (void)arg;
}

const eider_check_app face_check = {
    .view = check_view,
    .words = check_words,
    .ask = check_ask,
    .call = check_call,
    .answer = check_answer,
    .confirm = check_confirm,
    .cancel = check_cancel,
    .number = check_number,
    .watch = check_watch,
};
