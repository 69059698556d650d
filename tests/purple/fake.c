/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fake.h"

#include <errno.h>
#include <string.h>

fake_knobs fake;
GPtrArray *fake_wire;
int fake_typings, fake_files, fake_attentions, fake_whispers, fake_invitations,
    fake_statuses, fake_calls, fake_idle;

void (*fake_tap)(const char *to, const char *from, const char *text);

static char *fake_id;

/* ---- delivery ------------------------------------------------------------ */

typedef struct {
    char *to, *from, *text;
    PurpleMessageFlags flags;
} parcel;

static char *
bare(const char *name)
{
    char *out = g_strndup(name, strcspn(name, "/"));
    char *low = g_ascii_strdown(out, -1);

    g_free(out);
    return low;
}

void
fake_deliver(const char *to, const char *from, const char *text,
             PurpleMessageFlags flags)
{
    char *name = bare(to);
    PurpleAccount *account = purple_accounts_find(name, fake_id);

    g_free(name);
    if (account != NULL && purple_account_is_connected(account))
        serv_got_im(purple_account_get_connection(account), from, text, flags,
                    time(NULL));
}

static gboolean
on_parcel(gpointer data)
{
    parcel *p = data;

    fake_deliver(p->to, p->from, p->text, p->flags);
    if (fake_tap != NULL)
        fake_tap(p->to, p->from, p->text);
    g_free(p->to);
    g_free(p->from);
    g_free(p->text);
    g_free(p);
    return FALSE;
}

/* What is left of a text when it has been through the service. */
static char *
mangle(const char *text)
{
    GString *s = g_string_new(fake.before);

    if (fake.marks_up)
        g_string_append(s, "<p>");
    g_string_append(s, text);
    if (fake.trims) {
        for (gsize i = 0; i < s->len; i++)
            if (s->str[i] == '\n')
                s->str[i] = ' ';
        g_strstrip(s->str);
        s->len = strlen(s->str);
    }
    if (fake.marks_up)
        g_string_append(s, "</p>");
    return g_string_free(s, FALSE);
}

static void
post(PurpleAccount *from, const char *who, const char *text)
{
    const char *name = purple_account_get_username(from);

    if (fake.loses)
        return;
    for (unsigned i = 0; i < MAX(fake.copies, 1); i++) {
        parcel *p = g_new0(parcel, 1);

        p->to = g_strdup(who);
        p->from = fake.has_resources ? g_strconcat(name, "/home", NULL)
                                     : g_strdup(name);
        p->text = mangle(text);
        p->flags = fake.received;
        if (fake.is_sync)
            on_parcel(p);
        else
            g_timeout_add(1, on_parcel, p);
    }
}

/* ---- the protocol's functions -------------------------------------------- */

static int
fail_if_told(const char *text)
{
    if (fake.not_connected > 0) {
        fake.not_connected--;
        return -ENOTCONN;
    }
    if (fake.failing > 0) {
        fake.failing--;
        return -EIO;
    }
    return fake.limit > 0 && strlen(text) > fake.limit ? -E2BIG : 0;
}

static int
send_im(PurpleConnection *gc, const char *who, const char *text,
        PurpleMessageFlags flags G_GNUC_UNUSED)
{
    PurpleAccount *account = purple_connection_get_account(gc);
    PurpleConversation *conv;
    int failed = fail_if_told(text);

    if (failed != 0)
        return failed;
    g_ptr_array_add(fake_wire, g_strdup(text));
    conv = purple_find_conversation_with_account(PURPLE_CONV_TYPE_IM, who,
                                                 account);
    if (fake.echoes && conv != NULL)
        purple_conversation_write(conv, purple_account_get_username(account),
                                  text, PURPLE_MESSAGE_SEND, time(NULL));
    post(account, who, text);
    return fake.result;
}

static unsigned
send_typing(PurpleConnection *gc G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
            PurpleTypingState state G_GNUC_UNUSED)
{
    fake_typings++;
    return 5;
}

static void
send_file(PurpleConnection *gc G_GNUC_UNUSED, const char *who G_GNUC_UNUSED,
          const char *file)
{
    fake_files++;
    g_ptr_array_add(fake_wire, g_strdup(file));
}

static gboolean
send_attention(PurpleConnection *gc G_GNUC_UNUSED,
               const char *who G_GNUC_UNUSED, guint type G_GNUC_UNUSED)
{
    fake_attentions++;
    return TRUE;
}

static void
chat_whisper(PurpleConnection *gc G_GNUC_UNUSED, int id G_GNUC_UNUSED,
             const char *who G_GNUC_UNUSED, const char *text)
{
    fake_whispers++;
    g_ptr_array_add(fake_wire, g_strdup(text));
}

static void
chat_invite(PurpleConnection *gc G_GNUC_UNUSED, int id G_GNUC_UNUSED,
            const char *text, const char *who G_GNUC_UNUSED)
{
    fake_invitations++;
    if (text != NULL)
        g_ptr_array_add(fake_wire, g_strdup(text));
}

static void
add_buddy_with_invite(PurpleConnection *gc, PurpleBuddy *buddy,
                      PurpleGroup *group G_GNUC_UNUSED, const char *text)
{
    chat_invite(gc, 0, text, purple_buddy_get_name(buddy));
}

static void
add_buddies_with_invite(PurpleConnection *gc, GList *buddies,
                        GList *groups G_GNUC_UNUSED, const char *text)
{
    for (GList *l = buddies; l != NULL; l = l->next)
        chat_invite(gc, 0, text, purple_buddy_get_name(l->data));
}

static gboolean
initiate_media(PurpleAccount *account G_GNUC_UNUSED,
               const char *who G_GNUC_UNUSED,
               PurpleMediaSessionType type G_GNUC_UNUSED)
{
    fake_calls++;
    return TRUE;
}

static void
set_idle(PurpleConnection *gc G_GNUC_UNUSED, int seconds)
{
    fake_idle = seconds;
}

static void
set_status(PurpleAccount *account G_GNUC_UNUSED,
           PurpleStatus *status G_GNUC_UNUSED)
{
    fake_statuses++;
}

static void
log_in(PurpleAccount *account)
{
    PurpleConnection *gc = purple_account_get_connection(account);

    gc->flags |= fake.flags;
    purple_connection_set_display_name(gc,
                                       purple_account_get_username(account));
    purple_connection_set_state(gc, PURPLE_CONNECTED);
}

static void
log_out(PurpleConnection *gc G_GNUC_UNUSED)
{
}

static const char *
icon(PurpleAccount *account G_GNUC_UNUSED, PurpleBuddy *buddy G_GNUC_UNUSED)
{
    return "jabber";
}

static GList *
statuses(PurpleAccount *account G_GNUC_UNUSED)
{
    GList *list =
        g_list_append(NULL, purple_status_type_new(PURPLE_STATUS_AVAILABLE,
                                                   "available", NULL, TRUE));

    list = g_list_append(list, purple_status_type_new_with_attrs(
                                   PURPLE_STATUS_AWAY, "away", NULL, TRUE, TRUE,
                                   FALSE, "message", "Message",
                                   purple_value_new(PURPLE_TYPE_STRING), NULL));
    list = g_list_append(list,
                         purple_status_type_new_full(PURPLE_STATUS_MOOD, "mood",
                                                     NULL, TRUE, TRUE, TRUE));
    return g_list_append(list, purple_status_type_new(PURPLE_STATUS_OFFLINE,
                                                      "offline", NULL, TRUE));
}

static const char *
normalize(const PurpleAccount *account G_GNUC_UNUSED, const char *name)
{
    static char out[256];
    char *low = bare(name);

    /* Somebody in a room keeps the place, as XMPP has it. */
    g_strlcpy(out,
              g_str_has_prefix(name, "room@") && !fake.has_left_room ? name
                                                                     : low,
              sizeof out);
    g_free(low);
    return out;
}

static gboolean
offline_message(const PurpleBuddy *buddy G_GNUC_UNUSED)
{
    return FALSE;
}

PurplePluginProtocolInfo fake_prpl = {
    .struct_size = sizeof(PurplePluginProtocolInfo),
    .options = OPT_PROTO_NO_PASSWORD,
    .list_icon = icon,
    .status_types = statuses,
    .login = log_in,
    .close = log_out,
    .send_im = send_im,
    .send_typing = send_typing,
    .send_file = send_file,
    .send_attention = send_attention,
    .chat_whisper = chat_whisper,
    .chat_invite = chat_invite,
    .add_buddy_with_invite = add_buddy_with_invite,
    .add_buddies_with_invite = add_buddies_with_invite,
    .initiate_media = initiate_media,
    .set_idle = set_idle,
    .set_status = set_status,
    .normalize = normalize,
    .offline_message = offline_message,
};

static PurplePluginInfo plugin_info = {
    .magic = PURPLE_PLUGIN_MAGIC,
    .major_version = PURPLE_MAJOR_VERSION,
    .minor_version = PURPLE_MINOR_VERSION,
    .type = PURPLE_PLUGIN_PROTOCOL,
    .name = (char *)"Fake",
    .version = (char *)"1",
    .summary = (char *)"",
    .description = (char *)"",
    .extra_info = &fake_prpl,
};

void
fake_register(const char *id)
{
    PurplePlugin *real = purple_find_prpl(id);
    PurplePlugin *plugin;

    if (real != NULL)
        real->info->id = g_strconcat(id, "-real", NULL);
    fake_id = g_strdup(id);
    plugin_info.id = fake_id;
    fake_wire = g_ptr_array_new_with_free_func(g_free);
    plugin = purple_plugin_new(TRUE, NULL);
    plugin->info = &plugin_info;
    purple_plugin_register(plugin);
    /* of a libpurple that does not lie where it looks for them */
    if (g_getenv("EIDER_PROTOCOLS") != NULL)
        purple_plugins_add_search_path(g_getenv("EIDER_PROTOCOLS"));
    purple_plugins_probe(G_MODULE_SUFFIX);
    if (purple_find_prpl(id) == NULL)
        g_error("the fake protocol %s was not registered", id);
}

/* ---- for tests ----------------------------------------------------------- */

bool
fake_wire_has(const char *needle)
{
    char *base64 = g_base64_encode((const guchar *)needle, strlen(needle));
    bool found = false;

    for (guint i = 0; i < fake_wire->len; i++) {
        const char *line = g_ptr_array_index(fake_wire, i);

        if (strstr(line, needle) != NULL || strstr(line, base64) != NULL) {
            g_printerr("on the wire: %.200s\n", line);
            found = true;
        }
    }
    g_free(base64);
    return found;
}

void
fake_action(PurpleAccount *account, const char *who, const char *text)
{
    char *me = g_strdup_printf("/me %s", text);

    purple_signal_emit(purple_conversations_get_handle(), "sending-im-msg",
                       account, who, &me);
    if (me != NULL && me[0] != '\0')
        g_ptr_array_add(fake_wire, g_strdup(me));
    g_free(me);
}

void
fake_clear(void)
{
    memset(&fake, 0, sizeof fake);
    fake.result = 1;
    g_ptr_array_set_size(fake_wire, 0);
    fake_typings = fake_files = fake_attentions = fake_whispers = 0;
    fake_invitations = fake_statuses = fake_calls = fake_idle = 0;
}
