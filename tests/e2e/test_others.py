# SPDX-License-Identifier: GPL-2.0-or-later
"""The same over the other servers that people use."""
import time

from nearby import Network
from others import Ejabberd, Inspircd
from scenario import (equal, go_private, pair, say, scenario, talk, until,
                      waits)
from test_meet import first_contact
from test_steady import PREFS


def crash_and_back(lab, a, b, proto):
    """What is written while Bob is gone arrives when he is back; once."""
    b.stop("kill")
    a.wait_buddy("bob", online=False, proto=proto, timeout=60)
    m = b.mark()
    texts = [waits(lab, a, "bob", proto) for _ in range(2)] \
        if proto == "irc" else [lab.secret() for _ in range(2)]
    if proto != "irc":
        for t in texts:
            a.send_im("bob", t, proto)
    b.start()
    if proto == "irc":
        b.join("#lobby")
    until(lambda: b.got(m) == texts, 120, "both texts, in order")
    talk(lab, a, b, proto, timeout=60)
    equal(b.got(m)[:2], texts)


def steady_for_a_while(lab, a, b, proto, seconds):
    """Lines of one size, a slot apart, with text in them or not."""
    a.command("bob", "/eider steady 5", proto)
    a.wait_window("Eider")
    a.key("alt+o")
    a.wait_state("bob", "steady", proto, 60, agreed=1)
    b.wait_state("alice", "steady", proto, 60, agreed=1)
    time.sleep(6)
    since, m = lab.mark(), b.mark()
    text = lab.secret()
    a.send_im("bob", text, proto)
    time.sleep(seconds)
    equal(b.got(m), [text])
    for who in (a.name, b.name):
        ev = [e for e in lab.wire(since, who, "out") if e.body is not None]
        assert len(ev) >= seconds / 5 - 2, len(ev)
        equal({len(e.body) for e in ev}, {391}, "lengths")
        gaps = [y.t - x.t for x, y in zip(ev, ev[1:])]
        # The client's own queue for IRC goes by whole seconds.
        more = 1.1 if proto == "irc" else 0.1
        assert max(gaps) < 5 * 1.2 + more and min(gaps) > 5 * 0.8 - more, gaps


@scenario(long=True, xmpp=Ejabberd, timeout=300)
def ejabberd_meets(lab):
    """First contact, one text each way, over ejabberd."""
    first_contact(lab, "xmpp")


@scenario(long=True, xmpp=Ejabberd, timeout=300)
def ejabberd_crash_steady(lab):
    """Over ejabberd: Bob crashes and is back; the server restarts; Steady."""
    a, b = pair(lab, prefs=PREFS)
    crash_and_back(lab, a, b, "xmpp")
    lab.prosody.stop()
    lab.prosody.start()
    for c in (a, b):
        c.wait_online(timeout=90)
    a.wait_buddy("bob", timeout=60)
    b.wait_buddy("alice", timeout=60)
    talk(lab, a, b, timeout=60)
    steady_for_a_while(lab, a, b, "xmpp", 40)


@scenario(long=True, xmpp=False, irc=Inspircd, timeout=300)
def inspircd_meets(lab):
    """First contact, one text each way, over InspIRCd."""
    first_contact(lab, "irc")


@scenario(long=True, xmpp=False, irc=Inspircd, timeout=400)
def inspircd_crash_steady(lab):
    """Over InspIRCd: Bob crashes and is back; Steady."""
    a, b = pair(lab, ("irc",), prefs=PREFS)
    crash_and_back(lab, a, b, "irc")
    steady_for_a_while(lab, a, b, "irc", 40)


@scenario(long=True, xmpp=False, timeout=200)
def bonjour(lab):
    """Two Pidgins who find each other without a server."""
    network = Network(lab.workdir)
    try:
        a, b = (network.join(lab, n, 5298 + i)
                for i, n in enumerate(("alice", "bob")))
        a.wait_buddy("bob", proto="bonjour", timeout=60)
        b.wait_buddy("alice", proto="bonjour", timeout=60)
        go_private(lab, a, b, "bonjour", timeout=60)
        texts = [say(lab, x, y, "bonjour")
                 for x, y in ((a, b), (b, a)) for _ in range(3)]
        heard = network.heard()
        assert heard.count(b"EIDERS") >= 6, "no line was heard"
        for t in texts:
            assert t.encode() not in heard, "heard: " + t
    finally:
        for c in lab.clients:
            c.stop("kill")
        network.close()
