/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Eider: work of a second or more (Argon2id), in a thread, one at a time.
 *
 * The thread touches nothing but what it was given.  Its end is seen by a
 * timer of the client's loop, as libpurple may be called from there only.
 */
#include "seam.h"

#include "text.h"

#define POLL 50 /* milliseconds */

static struct {
    GThread *thread;
    guint poll;
    gint is_done; /* atomic */
    eider_slow_fn *work, *done, *wipe;
    void *data;
    void *note; /* "please wait" */
} slow;

static gpointer
run(gpointer unused G_GNUC_UNUSED)
{
    slow.work(slow.data);
    g_atomic_int_set(&slow.is_done, 1);
    return NULL;
}

static void
on_note_closed(gpointer unused G_GNUC_UNUSED)
{
    slow.note = NULL;
}

static void
finish(bool tell)
{
    eider_slow_fn *done = slow.done, *wipe = slow.wipe;
    void *data = slow.data;

    g_thread_join(slow.thread);
    slow.thread = NULL;
    if (slow.note != NULL)
        purple_notify_close(PURPLE_NOTIFY_MESSAGE, slow.note);
    slow.note = NULL;
    if (tell)
        done(data); /* may begin the next one */
    wipe(data);
}

static gboolean
on_poll(gpointer unused G_GNUC_UNUSED)
{
    if (!g_atomic_int_get(&slow.is_done))
        return TRUE;
    slow.poll = 0;
    finish(true);
    return FALSE;
}

bool
eider_slow_is_busy(void)
{
    return slow.thread != NULL;
}

void
eider_slow_run(const char *what, eider_slow_fn *work, eider_slow_fn *done,
               eider_slow_fn *wipe, void *data)
{
    if (eider_slow_is_busy()) {
        purple_notify_info(eider_plugin(), _("Eider"),
                           _("Eider is still working on a passphrase."),
                           _("Try again in a few seconds."));
        wipe(data);
        return;
    }
    slow.work = work;
    slow.done = done;
    slow.wipe = wipe;
    slow.data = data;
    g_atomic_int_set(&slow.is_done, 0);
    slow.note = purple_notify_message(
        eider_plugin(), PURPLE_NOTIFY_MSG_INFO, _("Eider"), what,
        _("This takes a few seconds, on purpose: it makes guessing slow. You "
          "can go on meanwhile."),
        on_note_closed, NULL);
    slow.thread = g_thread_new("eider-slow", run, NULL);
    slow.poll = purple_timeout_add(POLL, on_poll, NULL);
}

void
eider_slow_stop(void)
{
    if (slow.poll != 0)
        purple_timeout_remove(slow.poll);
    slow.poll = 0;
    slow.note = NULL; /* closed with the plugin's notes */
    if (slow.thread != NULL)
        finish(false);
}
