# SPDX-License-Identifier: GPL-2.0-or-later
"""What an account tells by itself: there before, gone after, back after undo."""
import os
import re
import socket
import struct
import time
import zlib

from raw import RawIrc, RawXmpp
from run import TOP
from scenario import equal, scenario, until
from server import password
from socks import Socks
from test_shots import DARK, LIGHT, Shots

QUESTIONS = {
    "last": "<query xmlns='jabber:iq:last'/>",
    "program": "<query xmlns='jabber:iq:version'/>",
    "clock": "<time xmlns='urn:xmpp:time'/>",
}
LATER = {"address", "place", "names"}          # with the next login only
PREFS = {
    "/purple/away/idle_reporting": "system",
    "/purple/away/away_when_idle": True,
    "/purple/away/mins_before_away": 10,
}


def png():
    """A small picture."""
    def part(kind, data):
        return (struct.pack(">I", len(data)) + kind + data
                + struct.pack(">I", zlib.crc32(kind + data)))
    rows = b"".join(b"\0" + bytes([i, 99, 200] * 8) for i in range(8))
    return (b"\x89PNG\r\n\x1a\n"
            + part(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0))
            + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b""))


def put_picture(client):
    icons = os.path.join(client.conf, "icons")
    os.makedirs(icons, exist_ok=True)
    with open(os.path.join(icons, "face.png"), "wb") as f:
        f.write(png())


class Look:
    """What the server is told by this client, row by row."""

    def __init__(self, lab, client, proto):
        self.lab, self.client, self.proto = lab, client, proto
        self.pause = 1.2 if proto == "irc" else 1.0   # prpl-irc has a queue

    def out(self, since, kind):
        """What left since then, of that kind."""
        return [e.raw.decode() for e in self.lab.wire(
            since, self.client.name, "out", self.proto, False)
            if e.kind == kind]

    def rows(self, what):
        """Type /eider harden WHAT; returns {row: state}."""
        c, m = self.client, self.client.mark()
        c.command("bob", "/eider harden " + what, self.proto)
        text = self.client.wait_written("[address]", m)
        return dict(m.group(2, 1) for m in re.finditer(
            r"^(\w+): .*\[(\w+)\]", text, re.M))

    def window(self):
        """Open the dialog; returns its window."""
        self.client.command("bob", "/eider harden", self.proto)
        return self.client.wait_window("Hide more of an account")

    def reconnect(self):
        """A new login; returns the moment before it."""
        a = self.client.account(self.proto)
        m = self.lab.mark()
        self.client.call("PurpleAccountDisconnect", a)
        self.lab.quiet(0.5, 8)
        self.client.call("PurpleAccountConnect", a)
        self.client.wait_online()
        self.lab.quiet(0.7, 5)
        return m

    def become_idle(self, kind):
        """What leaves when nobody has touched anything for that long."""
        c, pref = self.client, "/purple/away/mins_before_away"
        time.sleep(1.2)
        m = self.lab.mark()
        for minutes in (0, PREFS[pref]):
            c.call("PurplePrefsSetInt", pref, minutes)
            c.call("PurplePrefsTriggerCallback",
                   "/purple/away/idle_reporting")
            self.lab.quiet(self.pause, 5)
        return "".join(self.out(m, kind))

    def is_written_to(self, send):
        """Does a line of a stranger reach the window?"""
        text, m = self.lab.plain(), self.client.mark()
        send(text)
        try:
            self.client.wait_im(text, m, 5)
            return True
        except TimeoutError:
            return False


def told_by_xmpp(lab, look, login, bob, carol):
    """The rows that the server, or somebody, is told of."""
    a, told = look.client, set()
    to = a.call("PurpleConnectionGetDisplayName", a.connection())
    for row, question in QUESTIONS.items():
        if bob.ask(to, question, "%s%d" % (row, time.time_ns())) == "result":
            told.add(row)
    m = lab.mark()
    a.typing("bob")
    a.send_im("bob", lab.plain())
    lab.quiet(0.5, 5)
    if "chatstates" in "".join(look.out(m, "message")):
        told.add("typing")
    if look.is_written_to(lambda text: carol.send(
            "<message to='alice@localhost' type='chat'><body>%s</body>"
            "</message>" % text)):
        told.add("strangers")
    presence = look.become_idle("presence")
    if "jabber:iq:last" in presence:
        told.add("idle")
    if "<show>away" in presence:
        told.add("away")
    if re.search("<photo>[0-9a-f]+</photo>",
                 "".join(look.out(login, "presence"))):
        told.add("picture")
    if "<resource>pidgin</resource>" in "".join(look.out(login, "iq")):
        told.add("place")
    return told


NS = "http://jabber.org/protocol/"
FEATURES = "".join("<feature var='%s%s'/>" % (NS, f) for f in (
    "si", "si/profile/file-transfer", "bytestreams", "ibb"))
METHOD = ("<feature xmlns='" + NS + "feature-neg'><x xmlns='jabber:x:data' "
          "type='%s'><field var='stream-method'%s></field></x></feature>")
CHOICE = METHOD % ("submit", "><value>" + NS + "bytestreams</value")
OFFER = METHOD % ("form", " type='list-single'><option><value>" + NS
                  + "bytestreams</value></option")


def sends_addresses(lab, look, bob):
    """Alice sends Bob a file; are addresses told on the way?"""
    a, m = look.client, lab.mark()
    to = a.call("PurpleConnectionGetDisplayName", a.connection())

    def answer(to_what, inner, kind="result"):
        attributes = bob.wait("<iq([^>]*)><%s" % to_what)[1]
        name = re.search("id='([^']*)'", attributes)[1]
        bob.send("<iq type='%s' to='%s' id='%s'>%s</iq>" % (
            kind, to, name, inner))
    a.call("ServSendFile", a.connection(), "bob@localhost/raw",
           os.path.join(a.conf, "prefs.xml"))
    if not lab.knows:                  # it asks once
        answer("query xmlns='%sdisco#info'" % NS, "<query xmlns='%sdisco#info'>"
               "<identity category='client' type='pc'/>%s</query>" % (
                   NS, FEATURES))
        lab.knows = True
    answer("si ", "<si xmlns='%ssi'>%s</si>" % (NS, CHOICE))
    answer("query ", "<error type='cancel'><item-not-found xmlns='urn:ietf:"
           "params:xml:ns:xmpp-stanzas'/></error>", "error")
    # it goes on inside the chat
    answer("open ", "<error type='cancel'><not-acceptable xmlns='urn:ietf:"
           "params:xml:ns:xmpp-stanzas'/></error>", "error")
    return "<streamhost " in "".join(look.out(m, "iq"))


def goes_to_address(look, bob):
    """Bob sends Alice a file; does her computer go to his address?"""
    a, name = look.client, "f%d" % time.time_ns()
    to = a.call("PurpleConnectionGetDisplayName", a.connection())
    m = a.mark()
    with socket.create_server(("127.0.0.1", 0)) as server:
        bob.send("<iq type='set' to='%s' id='%s'><si xmlns='%ssi' id='%s' "
                 "profile='%ssi/profile/file-transfer'><file xmlns='%ssi/"
                 "profile/file-transfer' name='x' size='9'/>%s</si></iq>" % (
                     to, name, NS, name, NS, NS, OFFER))
        xfer = a.wait_signal("FileRecvRequest", since=m)[2][0]
        a.call("PurpleXferRequestAccepted", xfer,
               os.path.join(a.dir, name))
        bob.wait("<iq[^>]*id='%s'" % name)
        bob.send("<iq type='set' to='%s' id='%sb'><query xmlns='%sbytestreams' "
                 "sid='%s'><streamhost jid='bob@localhost/raw' host='127.0.0.1' "
                 "port='%d'/></query></iq>" % (
                     to, name, NS, name, server.getsockname()[1]))
        server.settimeout(6)
        try:
            server.accept()[0].close()
            return True
        except socket.timeout:
            return False


def files(lab, look, bob):
    lab.knows = False
    for told in (True, False, True):
        equal(sends_addresses(lab, look, bob), told, "sent")
        equal(goes_to_address(look, bob), told, "fetched")
        look.rows("hide files" if told else "undo files")
    look.rows("undo files")


XMPP = ("last", "program", "clock", "typing", "strangers", "idle", "away",
        "picture", "place")


@scenario(timeout=150, groups=[("alice", "bob"), ("carol",)])
def xmpp_rows(lab):
    """Each row on XMPP: told before, not after and a restart, told after undo."""
    tor = Socks()
    a = lab.pidgin("alice", before=put_picture, buddies=("alice", "bob"),
                   prefs={**PREFS, "/plugins/core/eider/tor":
                          "127.0.0.1:%d" % tor.port},
                   settings={"xmpp": {"buddy_icon": "face.png",
                                      "use-global-buddyicon": False}})
    bob = RawXmpp(lab.prosody.port, "bob", password("bob"))
    carol = RawXmpp(lab.prosody.port, "carol", password("carol"))
    look = Look(lab, a, "xmpp")
    try:
        equal(told_by_xmpp(lab, look, 0, bob, carol), set(XMPP), "before")
        files(lab, look, bob)
        for row in XMPP + ("address",):
            equal(look.rows("hide " + row)[row],
                  "visible" if row in LATER else "hidden", row)
        equal(tor.log, [], "through Tor before a new login")
        m = lab.mark()
        a.restart()
        lab.quiet(0.7, 5)
        equal(told_by_xmpp(lab, look, m, bob, carol), set(), "hidden")
        equal(tor.log, [("127.0.0.1", lab.tap_of("alice").port)])
        equal(look.rows("list")["address"], "hidden")
        rows = look.rows("undo")
        equal({r for r in rows if rows[r] == "hidden"} - LATER, set(),
              "after undo")
        m = look.reconnect()
        equal(told_by_xmpp(lab, look, m, bob, carol), set(XMPP), "undone")
        equal(len(tor.log), 1, "connections through Tor after undo")
        encryption(lab, look)
    finally:
        for s in (bob, carol, tor):
            s.close()


def wants(client):
    """Which encryption the account wants."""
    return client.call("PurpleAccountGetString", client.account(),
                       "connection_security", "")


def encryption(lab, look):
    """The server has none: then nothing is said to it."""
    a = look.client
    wid = look.window()                # the rest by the keyboard alone
    a.activate(wid)
    before = wants(a)
    a.key("Tab", "Tab", "space")       # past the address
    until(lambda: wants(a) == "require_tls", 5, "encryption wanted")
    a.call("PurpleAccountDisconnect", a.account())
    m = lab.mark()
    a.call("PurpleAccountConnect", a.account())
    lab.quiet(1.5, 8)
    equal(look.out(m, "auth"), [], "logins in the clear")
    assert not a.call("PurpleAccountIsConnected", a.account())
    a.activate(wid)
    a.key("alt+u")
    until(lambda: wants(a) == before, 5, "undo")
    m = lab.mark()
    a.enable()
    assert look.out(m, "auth"), "no login after undo"


def told_by_irc(lab, look, login, bob, carol):
    a, told = look.client, set()
    m = lab.mark()
    bob.ctcp("alice", "VERSION")
    bob.ctcp("alice", "PING 17")
    a.call("ServSendFile", a.connection("irc"), "bob",
           os.path.join(a.conf, "prefs.xml"))
    lab.quiet(3.5, 10)               # as long as a line may wait there
    offers = [x for x in lab.bodies(m, a.name) if "DCC SEND" in x]
    for body in offers:
        lab.guard.allow(body)
        told.add("files")
    if "\x01" in "".join(look.out(m, "NOTICE")):
        told.add("ctcp")
    if look.is_written_to(lambda text: carol.send(
            "PRIVMSG alice :%s\r\n" % text)):
        told.add("strangers")
    if "msmith" in "".join(look.out(login, "USER")):
        told.add("names")
    m = look.reconnect()
    if "QUIT :" in "".join(look.out(m, "QUIT")):
        told.add("quit")
    return told


IRC = ("ctcp", "files", "strangers", "names", "quit")


@scenario(irc=True, xmpp=False, long=True, timeout=150)
def irc_rows(lab):
    """Each row on IRC: told before, not after and a restart, told after undo."""
    tor = Socks()
    a = lab.pidgin("alice", ("irc",), buddies=("alice", "bob"),
                   prefs={**PREFS, "/plugins/core/eider/tor":
                          "127.0.0.1:%d" % tor.port},
                   settings={"irc": {"username": "msmith",
                                     "realname": "Mary Smith",
                                     # a line in two seconds takes long
                                     "ratelimit-interval": 0}})
    bob = RawIrc(lab.ngircd.port, "bob")
    carol = RawIrc(lab.ngircd.port, "carol")
    for body in ("VERSION", "VERSION Purple IRC", "PING 17"):
        lab.guard.allow("\x01%s\x01" % body)
    look = Look(lab, a, "irc")
    try:
        equal(told_by_irc(lab, look, 0, bob, carol), set(IRC), "before")
        for row in IRC + ("address",):
            rows = look.rows("hide " + row)
            assert row in LATER or rows[row] == "hidden", row
        m = lab.mark()
        a.restart()
        lab.quiet(0.7, 5)
        equal(told_by_irc(lab, look, m, bob, carol), set(), "hidden")
        equal(set(tor.log), {("127.0.0.1", lab.tap_of("alice", "irc").port)})
        n = len(tor.log)
        rows = look.rows("undo")
        equal({r for r in rows if rows[r] == "hidden"} - LATER, set(),
              "after undo")
        m = look.reconnect()
        equal(told_by_irc(lab, look, m, bob, carol), set(IRC), "undone")
        equal(len(tor.log), n, "connections through Tor after undo")
        secure(lab, look)
    finally:
        for s in (bob, carol, tor):
            s.close()


def secure(lab, look):
    """The server has no TLS: then it hears no name."""
    a = look.client
    look.rows("hide ssl")
    wid = look.window()
    a.call("PurpleAccountDisconnect", a.account("irc"))
    m = lab.mark()
    a.call("PurpleAccountConnect", a.account("irc"))
    lab.quiet(1.5, 8)
    said = b"".join(c.data for c in lab.tap_of("alice", "irc").chunks
                    if c.t >= m and c.dir == "out")
    assert said[:2] == b"\x16\x03", "no TLS: %r" % said[:40]
    assert b"NICK" not in said, said[:200]
    a.activate(wid)
    a.key("alt+u")
    time.sleep(0.5)
    m = lab.mark()
    look.reconnect()
    assert look.out(m, "NICK"), "no login after undo"


@scenario(long=True, timeout=150)
def pictures(lab):
    """The window in a light and a dark theme and with large letters."""
    for who, name, rc in (("alice", "light", LIGHT % 10),
                          ("bob", "dark", DARK % 10),
                          ("carol", "large", LIGHT % 14)):
        f = Shots.__new__(Shots)
        f.out = os.environ.get("EIDER_SHOTS") or os.path.join(
            TOP, "build", "shots")
        os.makedirs(f.out, exist_ok=True)
        f.name, f.rc = name, rc

        def before(client):
            f.theme(client)
            put_picture(client)
        f.p = lab.pidgin(who, before=before, prefs=PREFS, settings={"xmpp": {
            "buddy_icon": "face.png", "use-global-buddyicon": False}})
        to = "bob" if who == "alice" else "alice"
        f.p.command(to, "/eider harden hide typing")
        f.p.command(to, "/eider harden hide place")
        f.p.command(to, "/eider harden")
        wid = f.p.wait_window("Hide more of an account")
        f.settle()
        f.shot("harden", wid)
        f.p.key("End")
        f.p.key(*["shift+Tab"] * 5)
        f.settle()
        f.shot("harden-end", wid)
        f.p.key("Escape")
        f.p.stop()


@scenario(irc=True, xmpp=False, long=True)
def german(lab):
    """The window about an IRC account, in German."""
    lab.env = {**lab.env, "LANGUAGE": "de"}
    f = Shots.__new__(Shots)
    f.out = os.environ.get("EIDER_SHOTS") or os.path.join(TOP, "build", "shots")
    os.makedirs(f.out, exist_ok=True)
    f.name, f.rc = "german", LIGHT % 10
    f.p = lab.pidgin("alice", ("irc",), before=f.theme, prefs=PREFS,
                     settings={"irc": {"realname": "Mary Smith"}})
    f.p.command("bob", "/eider harden", "irc")
    wid = f.p.wait_window("Mehr von einem Konto verbergen")
    f.settle()
    f.shot("harden", wid)
