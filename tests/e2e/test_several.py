# SPDX-License-Identifier: GPL-2.0-or-later
"""Several devices of one account."""
import glob

from bouncer import Bouncer
from client import ERROR, SYSTEM
from count import Talk
from guard import is_line
from phone import Phone
from scenario import MET, Skip, equal, meet, pair, scenario, until


FAST_IRC = {"irc": {"ratelimit-interval": 0}}
SHORT = (16, 90)        # no text as long as a handshake's line


def accept(client, peer, proto="xmpp", waiting=False):
    """The user says yes to the new device; waiting: and that it gets what is
    not delivered yet, too, which he is asked where there is any."""
    m = client.mark()
    client.command(peer, "/eider fingerprint", proto)
    first = client.front("Eider")
    client.key("alt+t")

    def accepted():
        return [w for w in client.written(m, SYSTEM)
                if "The new device was accepted" in w[2]]

    def second():
        return [i for i, t in client.windows() if t == "Eider" and i != first]
    until(lambda: accepted() or second(), 15, "end of the question")
    assert second() or not waiting, "not asked about what waits"
    if second():
        client.activate(second()[0])
        client.key("alt+w" if waiting else "alt+o")
    until(accepted, 10, "acceptance")


def no_raw(*clients):
    """Nobody ever saw a line, or was told of one."""
    for c in clients:
        for w in c.written(0):
            assert "EIDER" not in w[2] or w[3] & SYSTEM, (c.name, w[2][:80])


def big(lab, since):
    """Lines of handshakes since then."""
    return len([x for x in lab.lines(since) if x[5] == "M"])


def second_of_bob(lab, a, **kw):
    """A second Pidgin of bob, known to alice as a candidate."""
    c = lab.pidgin("bob", name="bob2", resource="laptop", **kw)
    meet(a, c)
    c.command("alice", "/eider on")
    a.wait_state("bob", "newdevice", timeout=MET, devices=1, candidates=1)
    return c


def everybody(talk, a, devices, n=3):
    """Alice writes to all; each of them writes to her."""
    for _ in range(n):
        talk.send(a, *devices)
        for d in devices:
            talk.send(d, a)
    talk.settle()


@scenario(timeout=240)
def two_pidgins(lab):
    """Two of bob's Pidgins, both accepted, get each message once."""
    a, b = pair(lab)
    c = second_of_bob(lab, a)
    accept(a, "bob")
    a.wait_state("bob", "private", devices=2, candidates=0)
    c.wait_state("alice", "private")
    talk = Talk(lab, SHORT)
    m = lab.mark()
    everybody(talk, a, (b, c))
    to = {e.to for e in lab.wire(m, "alice", "out") if e.body is not None}
    equal(to, {"bob@localhost/pidgin", "bob@localhost/laptop"}, "lines to")
    # after a restart the addresses are not known: lines for either device
    # come to both, and nobody is told of those that are for the other
    marks = [(x, x.mark()) for x in (a, b, c)]
    m = lab.mark()
    a.restart("kill")
    meet(a, b)
    for _ in range(4):
        talk.send(a, b, c)
    written = lab.mark()
    everybody(talk, a, (b, c))
    out = [e for e in lab.wire(m, "alice", "out") if e.body is not None]
    # unless both acknowledged what came before just as she was back
    heard = {e.frm for e in lab.wire(m, "alice", "in")
             if e.body is not None and e.t < written}
    assert "bob@localhost" in [e.to for e in out] or len(heard) == 2, out
    lab.quiet(2)
    equal(big(lab, m), 0, "handshakes")
    for x, since in marks:
        equal(x.written(since, SYSTEM | ERROR), [], "said at " + x.name)
    no_raw(a, b, c)


@scenario(timeout=240)
def carbons(lab):
    """Carbons of the other device's lines: nothing raw, nothing doubled."""
    so = glob.glob("/usr/lib/purple-2/carbons.so") + glob.glob(
        "/usr/lib/*/purple-2/carbons.so")
    if not so:
        raise Skip("no carbons.so")
    a, b = pair(lab, plugins=lab.plugins + so[:1])
    c = second_of_bob(lab, a, plugins=lab.plugins + so[:1])
    talk = Talk(lab, SHORT)
    talk.send(b, a)              # says once that there is another client
    talk.settle()
    marks = [(x, x.mark()) for x in (a, b, c)]
    m = lab.mark()
    # bob2 is not accepted: it sees carbons of what it cannot open
    for _ in range(4):
        talk.send(a, b)
        talk.send(b, a)
    talk.settle()
    assert lab.wire(m, "bob2", "in"), "no carbons"
    lab.quiet(3)
    assert big(lab, m) <= 6, big(lab, m)
    for x, since in marks:
        equal(x.written(since, SYSTEM | ERROR), [], "said at " + x.name)
    accept(a, "bob")
    everybody(talk, a, (b, c))
    no_raw(a, b, c)


@scenario(xmpp=False, irc=True, timeout=240)
def bouncer(lab):
    """Two clients behind a bouncer that echoes own messages."""
    lab.bouncers["bob"] = bouncer = Bouncer(lab.ngircd, "bob")
    a, b = pair(lab, ("irc",), settings=FAST_IRC)
    talk = Talk(lab, SHORT)
    for _ in range(3):
        talk.send(a, b, proto="irc")
        talk.send(b, a, proto="irc")
    talk.settle()
    m, mb = lab.mark(), b.mark()
    c = lab.pidgin("bob", ("irc",), name="bob2", settings=FAST_IRC)
    c.join("#lobby")
    c.wait_buddy("alice", proto="irc", timeout=60)
    # lines that it cannot open make it meet alice: a candidate
    talk.send(a, b, proto="irc")
    a.wait_state("bob", "newdevice", "irc", 60, devices=1, candidates=1)
    c.wait_state("alice", "private", "irc")
    lab.quiet(2)
    accept(a, "bob", "irc")
    for _ in range(3):
        talk.send(a, b, c, proto="irc")
        talk.send(b, a, proto="irc")
        talk.send(c, a, proto="irc")
    talk.settle()
    lab.quiet(2)
    assert bouncer.copies > 20, bouncer.copies
    # a handshake is 12 lines of S, once
    assert len(lab.lines(m)) < 40, len(lab.lines(m))
    equal(b.written(mb, SYSTEM | ERROR), [], "said at the first")
    for x in (b, c):
        equal([w for w in x.written(0) if w[1] == "bob"], [], "from himself")
        equal([t for _, t in x.windows() if t == "Eider"], [], "dialogs")
    no_raw(a, b, c)


@scenario(timeout=120)
def phone(lab):
    """A phone of the same account shows lines; one sentence says so once."""
    a, b = pair(lab)
    m = lab.mark()
    p = Phone(lab, "bob")
    until(lambda: [e for e in lab.wire(m, "bob", "in", messages=False)
                   if e.kind == "presence" and e.frm == "bob@localhost/phone"],
          20, "presence of the phone")
    talk = Talk(lab, SHORT)
    mb, ma = b.mark(), a.mark()
    everybody(talk, a, (b,))
    b.restart("quit")
    meet(a, b)
    everybody(talk, a, (b,), 1)
    said = [w[2] for w in b.written(mb, SYSTEM | ERROR)]
    assert len(said) == 1 and "Another client of yours" in said[0] \
        and "(phone)" in said[0], said
    equal(a.written(ma, SYSTEM | ERROR), [], "said to alice")
    # it is true
    until(lambda: len(p.bodies()) >= 8, 10, "carbons at the phone")
    assert all(is_line(x) for x in p.bodies()), p.bodies()
    p.close()
