# SPDX-License-Identifier: GPL-2.0-or-later
"""What Pidgin tells by itself, and to a private contact does not."""
from client import SYSTEM
from raw import RawIrc, RawXmpp
from scenario import both, equal, go_private, meet, say, scenario, until
from server import password

QUESTIONS = {
    "last": "<query xmlns='jabber:iq:last'/>",
    "version": "<query xmlns='jabber:iq:version'/>",
    "time": "<time xmlns='urn:xmpp:time'/>",
}
AVATAR = (
    "<message type='headline' to='%s'><event xmlns='http://jabber.org/protocol/"
    "pubsub#event'><items node='urn:xmpp:avatar:metadata'><item id='x'><metadata "
    "xmlns='urn:xmpp:avatar:metadata'><info id='x' bytes='9' type='image/png' "
    "url='http://127.0.0.1:%d/face.png'/></metadata></item></items></event>"
    "</message>")


@scenario()
def xmpp_questions(lab):
    """Idle time, clock and version: told to an open contact, not to a private one."""
    a = lab.pidgin("alice")
    bob = RawXmpp(lab.prosody.port, "bob", password("bob"))
    try:
        to = bob.full_name("alice")
        before = {q: bob.ask(to, x, "before" + q) for q, x in QUESTIONS.items()}
        a.command("bob", "/eider on")
        until(lambda: a.status("bob")["private"] == 1, 10)
        after = {q: bob.ask(to, x, "after" + q) for q, x in QUESTIONS.items()}
    finally:
        bob.close()
    equal(before, dict.fromkeys(QUESTIONS, "result"))
    equal(after, dict.fromkeys(QUESTIONS, "error"))


@scenario()
def xmpp_avatar(lab):
    """A picture at an address that the contact chose is not fetched."""
    import socket
    a = lab.pidgin("alice")
    bob = RawXmpp(lab.prosody.port, "bob", password("bob"))
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        to = bob.full_name("alice")

        def is_fetched(seconds):
            server.settimeout(seconds)
            bob.send(AVATAR % (to, port))
            try:
                server.accept()[0].close()
                return True
            except socket.timeout:
                return False
        assert is_fetched(20), "Pidgin does not fetch at all"
        a.command("bob", "/eider on")
        until(lambda: a.status("bob")["private"] == 1, 10)
        fetched = is_fetched(3)
        bob.close()
        assert not fetched


@scenario()
def xmpp_messages(lab):
    """No chat state and no thread goes along with a private line."""
    a, b = both(lab)
    text = lab.plain()
    m, mb = lab.mark(), b.mark()
    a.send_im("bob", text)
    b.wait_im(text, mb)
    open_one = [e.raw for e in lab.wire(m, a.name, "out")]
    assert any(b"chatstates" in r for r in open_one), open_one
    go_private(lab, a, b)
    m = lab.mark()
    say(lab, a, b)
    say(lab, b, a)
    private = [e.raw for e in lab.wire(m, None, "out")]
    assert len(private) >= 2
    for r in private:
        assert b"chatstates" not in r and b"<thread" not in r, r


@scenario(irc=True, xmpp=False)
def irc_ctcp(lab):
    """VERSION and PING: told to an open contact, not to a private one."""
    a = lab.pidgin("alice", ("irc",))
    bob = RawIrc(lab.ngircd.port, "bob")
    for body in ("VERSION", "VERSION Purple IRC", "PING 17", "PING 18",
                 "FINGER"):
        lab.guard.allow("\x01%s\x01" % body)
    try:
        for what in ("VERSION", "PING 17"):
            bob.ctcp("alice", what)
            bob.wait("NOTICE bob :\x01%s" % what.split()[0])
        a.command("bob", "/eider on", "irc")
        until(lambda: a.status("bob", "irc")["private"] == 1, 10)
        for what in ("VERSION", "PING 18"):
            bob.ctcp("alice", what)
        bob.send("PRIVMSG alice :\x01FINGER\x01\r\n")  # never answered
        bob.send("PING :here\r\n")
        bob.wait("PONG")
        lab.quiet(3, 10)
        try:
            m = bob.wait("NOTICE bob :\x01(VERSION|PING)", 1)
        except AssertionError:
            m = None
        assert m is None, "answered: %r" % m
    finally:
        bob.close()


@scenario(timeout=150)
def steady_hints(lab):
    """Every line in Steady asks not to be kept or copied; none in Standard."""
    a, b = both(lab)
    m = lab.mark()
    go_private(lab, a, b)
    say(lab, a, b)
    for e in lab.wire(m, None, "out"):
        assert b"urn:xmpp:hints" not in e.raw, e.raw
    a.command("bob", "/eider steady 5")
    a.front("Eider")
    a.key("alt+o")
    until(lambda: b.status("alice")["theirs"] == 5, 30)
    b.command("alice", "/eider steady 5")
    b.front("Eider")
    b.key("alt+o")
    for x, y in ((a, "bob"), (b, "alice")):
        x.wait_state(y, "steady", timeout=60)
    m = lab.mark()
    say(lab, a, b, timeout=30)
    until(lambda: len(lab.wire(m, None, "out")) >= 5, 30)
    for e in lab.wire(m, None, "out"):
        assert b"<no-store xmlns='urn:xmpp:hints'/>" in e.raw, e.raw
        assert b"<no-copy xmlns='urn:xmpp:hints'/>" in e.raw, e.raw


# ---- what is offered ---------------------------------------------------------

FILE = (
    "<iq type='set' id='file' to='%s'><si xmlns='http://jabber.org/protocol/si' "
    "id='s1' profile='http://jabber.org/protocol/si/profile/file-transfer'><file "
    "xmlns='http://jabber.org/protocol/si/profile/file-transfer' "
    "name='minutes.txt' size='12'/><feature "
    "xmlns='http://jabber.org/protocol/feature-neg'><x xmlns='jabber:x:data' "
    "type='form'><field var='stream-method' type='list-single'><option><value>"
    "http://jabber.org/protocol/bytestreams</value></option><option><value>"
    "http://jabber.org/protocol/ibb</value></option></field></x></feature></si>"
    "</iq>")
CALL = (
    "<iq type='set' id='call' to='%s'><jingle xmlns='urn:xmpp:jingle:1' "
    "action='session-initiate' initiator='bob@localhost/raw' sid='c1'><content "
    "creator='initiator' name='audio'><description "
    "xmlns='urn:xmpp:jingle:apps:rtp:1' media='audio'><payload-type id='0' "
    "name='PCMU' clockrate='8000'/></description><transport "
    "xmlns='urn:xmpp:jingle:transports:raw-udp:1'><candidate generation='0' "
    "id='1' component='1' ip='127.0.0.1' port='9'/></transport></content>"
    "</jingle></iq>")


@scenario(irc=True)
def offers(lab):
    """A file and a call of a private contact are said to be open, on both."""
    a = lab.pidgin("alice", ("xmpp", "irc"))
    bob = RawXmpp(lab.prosody.port, "bob", password("bob"))
    irc = RawIrc(lab.ngircd.port, "bob")
    lab.guard.allow("\x01DCC SEND minutes.txt 2130706433 9 12\x01")
    try:
        to = bob.full_name("alice")
        for proto in ("xmpp", "irc"):
            a.command("bob", "/eider on", proto)
            until(lambda: a.status("bob", proto)["private"] == 1, 10)
        for ask, word in (
                (lambda: bob.send(FILE % to), "Bob offers a file."),
                (lambda: bob.send(CALL % to), "Bob calls."),
                (lambda: irc.ctcp("alice", "DCC SEND minutes.txt 2130706433 9 "
                                  "12"), "Bob on IRC offers a file.")):
            m = a.mark()
            ask()
            a.wait_written("(not encrypted) " + word, m, 10, SYSTEM)
    finally:
        bob.close()
        irc.close()
