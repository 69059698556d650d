# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything in libpurple that sends without asking the conversation."""
import glob
import os

import profile
from client import NOT_TYPING, SYSTEM, TYPED, TYPING
from raw import RawXmpp
from scenario import (Skip, both, equal, go_private, meet, pair, say,
                      scenario, talk, until)
from server import password


@scenario()
def serv_send_im(lab):
    """What a script sends by D-Bus, past the conversation, goes private."""
    a, b = pair(lab)
    text, m = lab.secret(), b.mark()
    assert a.serv_send_im("bob", text) > 0
    b.wait_im(text, m)
    # before the first contact too: it waits
    c = lab.pidgin("carol", start=False)
    a.command("carol", "/eider on")
    a.wait_state("carol", "starting")  # the keys were typed; now it is done
    text = lab.secret()
    a.serv_send_im("carol", text)
    lab.quiet(1)
    c.start()
    c.wait_im(text, timeout=30)


@scenario()
def pounce(lab):
    """A buddy pounce's message goes private."""
    a, b = pair(lab)
    a.stop("quit")
    b.stop("quit")
    text = lab.secret()
    profile.put_pounce(a.conf, a.ui, a.acct(), "bob", text)
    a.start()
    m = b.mark()
    b.start()
    b.wait_im(text, m, 30)
    talk(lab, a, b)


@scenario(xmpp=False, irc=True, timeout=180)
def offline_messages(lab):
    """What the offline-message plugin kept goes private later."""
    found = glob.glob("/usr/lib/*/purple-2/offlinemsg.so")
    if not found:
        raise Skip("no offlinemsg.so")
    a = lab.pidgin("alice", ("irc",), plugins=lab.plugins + found[:1], prefs={
        "/plugins/core/core-plugin_pack-offlinemsg/always": True})
    b = lab.pidgin("bob", ("irc",))
    meet(a, b, ("irc",))
    go_private(lab, a, b, "irc")
    b.stop("quit")
    a.wait_buddy("bob", online=False, proto="irc", timeout=60)
    text, m = lab.secret(), b.mark()
    a.send_im("bob", text, "irc")
    lab.quiet(2)
    b.start()
    b.join("#lobby")
    b.wait_im(text, m, 90)


@scenario()
def typing(lab):
    """Typing notices of private contacts stay at home; others go on."""
    a, b = pair(lab)
    c = lab.pidgin("carol")
    a.wait_buddy("carol")
    lab.quiet(0.5)
    m = lab.mark()
    for state in (TYPING, TYPED, NOT_TYPING):
        a.typing("bob", state)
    a.present("bob")
    a.type("abcdefgh")
    a.key("ctrl+a", "BackSpace")
    lab.quiet(0.7)
    equal([e.chatstate for e in lab.wire(m, "alice", "out")], [])
    a.present("carol")
    a.type("abcdefgh")
    until(lambda: "composing" in [e.chatstate
                                  for e in lab.wire(m, "alice", "out")],
          5, "typing notice for carol")
    assert c.running


@scenario()
def keyboard(lab):
    """What is typed into the window, Return at the end, goes private."""
    a, b = pair(lab)
    text, m = lab.secret("typed %s & <so>"), b.mark()
    a.present("bob")
    a.type(text)
    a.key("Return")
    b.wait_im(text, m)
    a.wait_written(text)
    equal([w[2] for w in a.written() if text in w[2]], [text])


@scenario(xmpp=False, irc=True, timeout=150)
def irc_commands(lab):
    """/me and /msg on IRC go private, or say why not."""
    a, b = pair(lab, ("irc",))
    text, m = lab.secret("waves %s"), b.mark()
    a.command("bob", "/me " + text, "irc")
    b.wait_im(text, m, 20)
    c = lab.pidgin("carol", ("irc",), plugins=[])
    for line, to in (("/msg bob ", "bob"), ("/msg bob ", "carol"),
                     ("/query bob ", "bob")):
        text, m = lab.secret(), b.mark()
        a.command(to, line + text, "irc")
        b.wait_im(text, m, 20)
    text, m, mb = lab.secret(), a.mark(), b.mark()
    a.command("bob", "/notice bob " + text, "irc")
    a.wait_written("/notice to bob was not sent", m, 5, SYSTEM)
    lab.quiet(3)
    equal(b.got(mb), [])
    equal(c.got(), [])
    # to others they do what they did
    plain = lab.plain()
    a.command("carol", "/msg carol " + plain, "irc")
    c.wait_im(plain, timeout=20)


@scenario()
def unloaded_and_back(lab):
    """Without Eider loaded there is no protection; with it, it is back."""
    a, b = pair(lab)
    say(lab, a, b)
    a.stop("quit")
    a0 = lab.pidgin("alice", name="alice0", plugins=[])
    meet(a0, b)
    plain, m = lab.plain(), b.mark()
    a0.send_im("bob", plain)
    b.wait_im(plain, m)
    assert "not encrypted" in " ".join(w[2] for w in b.written(m))
    a0.stop("quit")
    a.start()
    meet(a, b)
    talk(lab, a, b)


@scenario()
def logs_only_here(lab):
    """Raw lines are in no window and no log; the clear text is, as ever."""
    a, b = both(lab)
    go_private(lab, a, b)
    text = say(lab, a, b)
    for c in (a, b):
        c.stop("quit")
        logs = ""
        for root, _, names in os.walk(os.path.join(c.conf, "logs")):
            for n in names:
                with open(os.path.join(root, n)) as f:
                    logs += f.read()
        assert text in logs
        for raw in ("EIDERS", "EIDERM", "eider: state="):
            assert raw not in logs, raw
        shown = " ".join(w[2] for w in c.written(0))
        assert "EIDERS" not in shown and "EIDERM" not in shown, shown


def refused(lab, client, send, word):
    """SEND a secret text: it stays, and a line that has WORD says why."""
    m, mark = client.mark(), lab.mark()
    send(lab.secret())
    client.wait_written(word, m, 5, SYSTEM)
    lab.quiet(0.5)
    equal(lab.bodies(mark, client.name), [])


def send_as(client, name, text, proto="xmpp"):
    """Send to exactly this name, which may be an odd one."""
    conv = client.call("PurpleConversationNew", 1, client.account(proto), name)
    client.call("PurpleConvImSend",
                client.call("PurpleConversationGetImData", conv), text)


@scenario(xmpp=False, irc=True, timeout=150)
def irc_new_nick(lab):
    """Who takes a new nick is not written to openly, nor under @bob."""
    a, b = pair(lab, ("irc",))
    b.command("alice", "/nick bobby", "irc")
    until(lambda: "bobby" in [
        a.call("PurpleConversationGetName", c)
        for c in a.call("PurpleGetIms")], 10, "new nick")

    def typed(text):
        a.present("bobby", "irc")
        a.type(text)
        a.key("Return")
    refused(lab, a, typed, "was called bob")
    refused(lab, a, lambda t: a.serv_send_im("bobby", t, "irc"), "was called")
    for name in ("@bob", "bob ", "bob,alice"):
        refused(lab, a, lambda t: send_as(a, name, t, "irc"), "may be bob")
    refused(lab, a, lambda t: typed("/msg  bobby " + t), "not clear to whom")
    a.command("bobby", "/eider off", "irc")
    plain, m = lab.plain(), b.mark()
    a.send_im("bobby", plain, "irc")
    b.wait_im(plain, m)


@scenario(timeout=120)
def room_left(lab):
    """Who is private in a room stays so when it is left; invitations too."""
    a, b = both(lab)
    room = "room@rooms.localhost"
    m = a.mark()
    for c in (a, b):
        c.join(room, "xmpp")
    a.wait_signal("ChatBuddyJoined", lambda *x: x[1] == "bob", m)
    chat = a.call("PurpleConvChatGetId", a.call(
        "PurpleConversationGetChatData", a.call("PurpleGetChats")[0]))
    conv = a.call("PurpleConversationNew", 1, a.account(), room + "/bob")
    im = a.call("PurpleConversationGetImData", conv)
    wid = a.wait_window(a.call("PurpleConversationGetTitle", conv))
    a.call("PurpleConversationPresent", conv)
    a.activate(wid)
    lab.quiet(0.5)
    a.click_in(wid, 60, -25)
    a.enter(conv, "/eider on")
    lab.quiet(1)
    a.call("PurpleConvImSend", im, lab.secret())
    lab.quiet(0.5)
    a.call("ServChatLeave", a.connection(), chat)
    lab.quiet(0.5)
    refused(lab, a, lambda t: a.call("PurpleConvImSend", im, t),
            "Join it again")


@scenario()
def odd_names(lab):
    """Other spellings, and the text of an invitation, stay at home."""
    a, b = pair(lab)
    for name in ("bob@localhost ", " bob@localhost", "bob@localhost."):
        refused(lab, a, lambda t: send_as(a, name, t), "may be bob@localhost")
    a.join("room@rooms.localhost", "xmpp")
    chat = a.call("PurpleConvChatGetId", a.call(
        "PurpleConversationGetChatData", a.call("PurpleGetChats")[0]))
    # the server's own words
    lab.guard.allow("room@rooms.localhost/alice invited you to the room "
                    "room@rooms.localhost")
    refused(lab, a, lambda t: a.call("ServChatInvite", a.connection(), chat, t,
                                     a.acct().buddy("bob")),
            "without your text")
    talk(lab, a, b)


@scenario(irc=True, long=True)
def moved(lab):
    """Who a server takes out of a private person is not written to openly."""
    a = lab.pidgin("alice", ("xmpp", "irc"), merged=("bob",))
    me = RawXmpp(lab.prosody.port, "alice", password("alice"))
    a.command("bob", "/eider on", "irc")
    for proto in ("irc", "xmpp"):
        until(lambda: a.status("bob", proto)["private"] == 1, 10)
    me.send("<iq type='set' id='r'><query xmlns='jabber:iq:roster'><item "
            "jid='bob@localhost' name='Bob'><group>Elsewhere</group></item>"
            "</query></iq>")
    until(lambda: a.status("bob")["private"] == 0, 10)
    refused(lab, a, lambda t: a.send_im("bob", t), "by your buddy list")
    me.close()
